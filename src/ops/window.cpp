#include "ops/window.h"

#include <algorithm>

namespace storewise::ops {
namespace {

// Larger numbers mean nothing and could overflow a sum of products.
constexpr std::int64_t kLargest = std::int64_t{1} << 31;

// One number for each of `count` dimensions from an attribute; `fallback` for all without it.
void read_list(const Invocation& invocation, const char* name, std::size_t count,
               std::int64_t least, std::int64_t fallback, std::int64_t* out) {
  const auto list = invocation.ints_attribute(name);
  std::fill_n(out, count, fallback);
  if (list.empty()) return;
  bool fits = list.size() == count;
  for (std::size_t i = 0; fits && i < count; ++i) {
    out[i] = list[i];
    fits = out[i] >= least && out[i] < kLargest;
  }
  if (!fits) {
    invocation.fail("% numbers from % on as %|%", count, least, name,
                    Shape(list.first(std::min(list.size(), graph::kMaxRank))).to_string());
  }
}

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return a / b + (a % b > 0 ? 1 : 0); }

}  // namespace

std::size_t Window::product(const Sizes& sizes, std::size_t dimensions) {
  std::size_t result = 1;
  for (std::size_t d = 0; d < dimensions; ++d) result *= static_cast<std::size_t>(sizes[d]);
  return result;
}

Shape Window::output_shape(std::int64_t batch, std::int64_t channels) const {
  Shape shape{batch, channels};
  for (std::size_t d = 0; d < rank; ++d) shape.push_back(output[d]);
  return shape;
}

Window read_window(const Invocation& invocation, std::size_t i, const Shape* weights) {
  const Shape& x = invocation.input(i).shape;
  if (x.rank() < 3) invocation.fail_shape(i, "a tensor with at least 3 dimensions");
  Window w;
  w.rank = x.rank() - 2;
  std::array<std::int64_t, 2 * graph::kMaxRank> pads{};
  if (weights == nullptr) {
    read_list(invocation, "kernel_shape", w.rank, 1, 0, w.kernel.data());
  } else {
    for (std::size_t d = 0; d < w.rank; ++d) w.kernel[d] = (*weights)[d + 2];
    Sizes told;
    read_list(invocation, "kernel_shape", w.rank, 1, 0, told.data());
    if (invocation.has_attribute("kernel_shape") &&
        !std::equal(told.begin(), told.begin() + w.rank, w.kernel.begin())) {
      invocation.fail_shape(1, "weights of the sizes that kernel_shape tells");
    }
  }
  read_list(invocation, "strides", w.rank, 1, 1, w.stride.data());
  read_list(invocation, "dilations", w.rank, 1, 1, w.dilation.data());
  read_list(invocation, "pads", 2 * w.rank, 0, 0, pads.data());
  const std::string_view padding = invocation.attribute("auto_pad", "NOTSET");
  const bool lower = padding == "SAME_LOWER";
  const bool same = lower || padding == "SAME_UPPER";
  if (!same && padding != "NOTSET" && padding != "VALID" && !padding.empty()) {
    invocation.fail("NOTSET, SAME_UPPER, SAME_LOWER or VALID as auto_pad|%", padding);
  }
  const bool ceiling = invocation.attribute("ceil_mode", std::int64_t{0}) != 0;

  for (std::size_t d = 0; d < w.rank; ++d) {
    w.input[d] = x[d + 2];
    if (w.input[d] < 1) invocation.fail_shape(i, "no dimension of 0 behind the first two");
    const std::int64_t reach = (w.kernel[d] - 1) * w.dilation[d] + 1;
    if (same) {
      w.output[d] = divide_up(w.input[d], w.stride[d]);
      const std::int64_t total =
          std::max<std::int64_t>((w.output[d] - 1) * w.stride[d] + reach - w.input[d], 0);
      w.before[d] = (total + (lower ? 1 : 0)) / 2;
      w.after[d] = total - w.before[d];
      continue;
    }
    if (padding != "VALID") {
      w.before[d] = pads[d];
      w.after[d] = pads[d + w.rank];
    }
    const std::int64_t room = w.input[d] + w.before[d] + w.after[d] - reach;
    if (w.kernel[d] < 1 || room < 0) {
      invocation.fail_shape(i, "at least % places in dimension % for a kernel of %",
                            reach - w.before[d] - w.after[d], d + 2, w.kernel[d]);
    }
    w.output[d] = (ceiling ? divide_up(room, w.stride[d]) : room / w.stride[d]) + 1;
    // A window that would begin in the padding behind the input is left out.
    if (ceiling && (w.output[d] - 1) * w.stride[d] >= w.input[d] + w.before[d]) --w.output[d];
  }
  return w;
}

Range places_inside(std::int64_t start, std::int64_t step, std::int64_t count, std::int64_t size) {
  Range range;
  range.first = start >= 0 ? 0 : divide_up(-start, step);
  range.end = start >= size ? 0 : std::min(count, divide_up(size - start, step));
  range.first = std::min(range.first, count);
  range.end = std::max(range.first, range.end);
  return range;
}

void advance(Sizes& position, const Sizes& sizes, std::size_t dimensions) {
  for (std::size_t d = dimensions; d-- > 0;) {
    if (++position[d] < sizes[d]) return;
    position[d] = 0;
  }
}

}  // namespace storewise::ops
