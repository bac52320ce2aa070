// Pooling over any number of dimensions, computed separably: the rows under a window are combined
// into one, whole rows at a time, and then the elements of that row under each window.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/kernels.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "ops/window.h"

namespace storewise::ops {
namespace {

using kernels::Combine;

constexpr std::int64_t kShifts = 16;
constexpr std::int64_t kMostPadding = 4096;

// Bytes as floats and back: what MaxPool does with types of 8 bits.
void load_bytes(DataType type, const void* from, std::size_t n, float* to) {
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = type == DataType::kInt8 ? static_cast<float>(static_cast<const std::int8_t*>(from)[i])
                                    : static_cast<float>(static_cast<const std::uint8_t*>(from)[i]);
  }
}

// The places of one dimension that lie under a window, and how many an average counts.
struct Under {
  std::int64_t first = 0;
  std::int64_t places = 0;
  std::int64_t counted = 0;
};

Under under(const Window& w, std::size_t d, std::int64_t position, bool count_padding) {
  const std::int64_t start = position * w.stride[d] - w.before[d];
  const Range inside = places_inside(start, w.dilation[d], w.kernel[d], w.input[d]);
  Under result{start + inside.first * w.dilation[d], inside.end - inside.first, 0};
  const std::int64_t padded = w.input[d] + w.before[d] + w.after[d];
  result.counted = count_padding
                       ? places_inside(start + w.before[d], w.dilation[d], w.kernel[d], padded).end
                       : result.places;
  return result;
}

void pool(Invocation& invocation, bool largest) {
  const TensorView& input = invocation.input(0);
  const Window w = read_window(invocation, 0, nullptr);
  const bool is_float = input.type == DataType::kFloat;
  const std::size_t last = w.last();
  const Shape shape = w.output_shape(input.shape[0], input.shape[1]);
  const std::size_t planes = product(input.shape, 0, 2);
  const std::size_t plane = Window::product(w.input, w.rank);
  const auto width = static_cast<std::size_t>(w.input[last]);
  const auto out_width = static_cast<std::size_t>(w.output[last]);
  const std::size_t out_rows = Window::product(w.output, last);
  const bool count_padding = invocation.attribute("count_include_pad", std::int64_t{0}) != 0;
  const bool by_column = invocation.attribute("storage_order", std::int64_t{0}) != 0;

  auto* out = static_cast<char*>(invocation.output(0, shape));
  std::int64_t* indices = nullptr;
  if (largest && invocation.wants_output(1)) indices = invocation.output_as<std::int64_t>(1, shape);
  if (shape.elements() == 0) return;
  // The windows of a row at once, by whole rows shifted against each other, where they are small:
  // the row then lies between its padding, so that all windows are alike.
  const std::int64_t reach = (w.kernel[last] - 1) * w.dilation[last] + 1;
  const std::int64_t spread = (w.output[last] - 1) * w.stride[last] + 1;
  const bool shifted = !indices && w.kernel[last] <= kShifts &&
                       spread + reach <= w.input[last] + kMostPadding &&
                       w.before[last] <= kMostPadding;
  const auto before = static_cast<std::size_t>(shifted ? w.before[last] : 0);
  const auto swept = static_cast<std::size_t>(shifted ? spread : 0);
  const std::size_t padded =
      std::max(before + width, swept + static_cast<std::size_t>(shifted ? reach : 0));
  // Scratch: what lies under the windows along each dimension, where the largest of each column
  // is, the row and its shifted sum, a row of the output and a plane as floats.
  std::size_t positions = 0;
  for (std::size_t d = 0; d < w.rank; ++d) positions += static_cast<std::size_t>(w.output[d]);
  auto* windows = static_cast<Under*>(
      invocation.scratch(positions * sizeof(Under) + (indices ? width * sizeof(std::int64_t) : 0) +
                         (padded + swept + (is_float ? 0 : out_width + plane)) * sizeof(float)));
  auto* found = reinterpret_cast<std::int64_t*>(windows + positions);
  float* padded_row = reinterpret_cast<float*>(found + (indices ? width : 0));
  float* sweep = padded_row + padded;
  float* bytes_out = sweep + swept;
  float* bytes_in = bytes_out + out_width;
  float* combined = padded_row + before;
  const Under* along[graph::kMaxRank] = {};
  Under* next = windows;
  for (std::size_t d = 0; d < w.rank; ++d) {
    along[d] = next;
    for (std::int64_t o = 0; o < w.output[d]; ++o) *next++ = under(w, d, o, count_padding);
  }
  // What a window that lies in padding altogether gives.
  float start = 0.0f;
  if (largest && is_float) start = -std::numeric_limits<float>::infinity();
  if (largest && input.type == DataType::kInt8) start = -128.0f;
  const Combine how = largest ? Combine::kLarger : Combine::kAdd;
  std::fill_n(padded_row, padded, start);

  for (std::size_t p = 0; p < planes; ++p) {
    const float* x = input.as<float>() + (is_float ? p * plane : 0);
    if (!is_float) {
      load_bytes(input.type, input.as<char>() + p * plane, plane, bytes_in);
      x = bytes_in;
    }
    Sizes at{};
    for (std::size_t row = 0; row < out_rows; ++row, advance(at, w.output, last)) {
      // The rows under the window.
      Sizes places{};
      std::int64_t counted = 1;
      for (std::size_t d = 0; d < last; ++d) {
        places[d] = along[d][at[d]].places;
        counted *= along[d][at[d]].counted;
      }
      const std::size_t rows_under = Window::product(places, last);
      if (rows_under == 0) std::fill_n(combined, width, start);
      Sizes k{};
      const float* above = nullptr;
      for (std::size_t r = 0; r < rows_under; ++r, advance(k, places, last)) {
        std::int64_t line = 0;
        for (std::size_t d = 0; d < last; ++d) {
          line = line * w.input[d] + along[d][at[d]].first + k[d] * w.dilation[d];
        }
        const std::int64_t place = line * w.input[last];
        const float* values = x + place;
        if (!indices) {
          // The first two at once; one alone is copied.
          if (r == 0 && rows_under > 1) {
            above = values;
          } else if (r == 0) {
            copy_bytes(combined, values, width * sizeof(float));
          } else {
            kernels::combine_f32(how, above, 1, values, 1, width, combined);
            above = combined;
          }
          continue;
        }
        const graph::Elements<float> elements(values);
        for (std::size_t j = 0; j < width; ++j) {
          const float value = elements[j];
          if (r > 0 && !(value > combined[j])) continue;
          combined[j] = value;
          found[j] = place + static_cast<std::int64_t>(j);
        }
      }

      const std::size_t offset = (p * out_rows + row) * out_width;
      float* y = is_float ? reinterpret_cast<float*>(out) + offset : bytes_out;
      const auto dilation = static_cast<std::size_t>(w.dilation[last]);
      const float* swept_row = padded_row;
      for (std::size_t i = 1; shifted && i < static_cast<std::size_t>(w.kernel[last]); ++i) {
        kernels::combine_f32(how, swept_row, 1, padded_row + i * dilation, 1, swept, sweep);
        swept_row = sweep;
      }
      const bool done = shifted && largest;
      for (std::size_t o = 0; done && o < out_width; ++o) {
        y[o] = swept_row[o * static_cast<std::size_t>(w.stride[last])];
      }
      for (std::size_t o = 0; !done && o < out_width; ++o) {
        const Under& here = along[last][o];
        float value = start;
        std::int64_t place = -1;
        if (shifted) {
          value = swept_row[o * static_cast<std::size_t>(w.stride[last])];
        } else {
          auto j = static_cast<std::size_t>(here.first);
          const std::int64_t end = rows_under == 0 ? 0 : here.places;
          for (std::int64_t i = 0; i < end; ++i, j += dilation) {
            const float v = combined[j];
            if (!largest) {
              value += v;
            } else if (v > value || v != v ||
                       (indices && (place < 0 || (v == value && found[j] < place)))) {
              value = v;
              if (indices) place = found[j];
            }
          }
        }
        if (!largest) {
          value /= static_cast<float>(std::max<std::int64_t>(counted * here.counted, 1));
        }
        y[o] = value;
        if (!indices) continue;
        std::int64_t index = place < 0 ? -1 : place + static_cast<std::int64_t>(p * plane);
        // By column the first spatial dimension runs fastest within a plane.
        for (std::size_t d = w.rank; by_column && place >= 0 && d-- > 0;) {
          if (d == last) index -= place;
          std::int64_t stride = 1;
          for (std::size_t e = 0; e < d; ++e) stride *= w.input[e];
          index += place % w.input[d] * stride;
          place /= w.input[d];
        }
        indices[offset + o] = index;
      }
      for (std::size_t o = 0; !is_float && o < out_width; ++o) {
        out[offset + o] = static_cast<char>(static_cast<int>(bytes_out[o]));
      }
    }
  }
  if (is_float) {
    activate(activation_of(invocation), shape.elements(), reinterpret_cast<float*>(out));
  }
}

void global_pool(Invocation& invocation, bool largest) {
  const TensorView& input = invocation.input(0);
  if (input.shape.rank() < 2) invocation.fail_shape(0, "a tensor with at least 2 dimensions");
  Shape shape{input.shape[0], input.shape[1]};
  for (std::size_t d = 2; d < input.shape.rank(); ++d) shape.push_back(1);
  const std::size_t n = product(input.shape, 2, input.shape.rank());
  const std::size_t planes = product(input.shape, 0, 2);
  float* y = invocation.output_as<float>(0, shape);
  for (std::size_t p = 0; p < planes; ++p) {
    const float* x = input.as<float>() + p * n;
    y[p] = largest ? kernels::max_f32(x, n) : kernels::sum_f32(x, n) / static_cast<float>(n);
  }
}

}  // namespace

void average_pool(Invocation& invocation) { pool(invocation, false); }
// Fused, Relu may follow.
void max_pool(Invocation& invocation) { pool(invocation, true); }
void global_average_pool(Invocation& invocation) { global_pool(invocation, false); }
void global_max_pool(Invocation& invocation) { global_pool(invocation, true); }

}  // namespace storewise::ops
