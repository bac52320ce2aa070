// Operators that copy elements to other places. They know an element by its size only, so that
// all types are treated alike.
#include <algorithm>

#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

using Strides = std::array<std::size_t, graph::kMaxRank>;

// Copies the part [start, start + length) along `axis` of one tensor into the same of another:
// either side may be longer than the part.
void copy_part(const Shape& part, std::size_t axis, std::size_t size, const char* from,
               std::size_t from_length, char* to, std::size_t to_length) {
  const std::size_t inner = product(part, axis + 1, part.rank()) * size;
  const std::size_t block = static_cast<std::size_t>(part[axis]) * inner;
  const std::size_t outer = block == 0 ? 0 : product(part, 0, axis);
  for (std::size_t o = 0; o < outer; ++o) {
    std::memcpy(to + o * to_length * inner, from + o * from_length * inner, block);
  }
}

Shape with_size(const Shape& shape, std::size_t axis, std::int64_t size) {
  Shape result;
  for (std::size_t d = 0; d < shape.rank(); ++d) result.push_back(d == axis ? size : shape[d]);
  return result;
}

// An attribute or input list has as many numbers as there are axes, or one for each of `axes`.
void check_count(const Invocation& invocation, std::size_t expected, const Shape& found) {
  if (found.rank() != expected) {
    invocation.fail("a list of %|%", expected, found);
  }
}

}  // namespace

void concat(Invocation& invocation) {
  const Shape& first = invocation.input(0).shape;
  // Before opset 4 the axis was 1 where nothing was said.
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{1}), first.rank());
  std::int64_t total = 0;
  for (std::size_t i = 0; i < invocation.input_count(); ++i) {
    const Shape& shape = invocation.input(i).shape;
    bool fits = shape.rank() == first.rank();
    for (std::size_t d = 0; fits && d < first.rank(); ++d) {
      fits = d == axis || shape[d] == first[d];
    }
    if (!fits || __builtin_add_overflow(total, shape[axis], &total)) {
      invocation.fail_shape(i, "a shape like %", first);
    }
  }
  const std::size_t size = element_size(invocation.input(0).type);
  const std::size_t inner = product(first, axis + 1, first.rank()) * size;
  char* out = invocation.output_as<char>(0, with_size(first, axis, total));
  for (std::size_t i = 0; i < invocation.input_count(); ++i) {
    const TensorView& part = invocation.input(i);
    const auto length = static_cast<std::size_t>(part.shape[axis]);
    copy_part(part.shape, axis, size, part.as<char>(), length, out,
              static_cast<std::size_t>(total));
    out += length * inner;
  }
}

void split(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t count = invocation.node().outputs.size();
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{0}), data.shape.rank());
  const std::int64_t length = data.shape[axis];
  const std::span<const std::int64_t> listed = invocation.ints_attribute("split");
  const bool has_input = invocation.has_input(1);
  const std::size_t given = has_input ? invocation.input(1).shape.elements() : listed.size();
  const bool even = !has_input && listed.empty();
  const auto parts = static_cast<std::int64_t>(count);
  if ((!even && given != count) || invocation.attribute("num_outputs", parts) != parts) {
    invocation.fail("% parts, one for each output|another number", count);
  }
  const std::size_t size = element_size(data.type);
  const std::size_t inner = product(data.shape, axis + 1, data.shape.rank()) * size;
  const std::int64_t chunk = length / parts + (length % parts != 0);
  std::int64_t rest = length;
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t part = std::min(chunk, rest);
    if (has_input) {
      onnx::load_numbers(invocation.input(1).type, invocation.input(1).data, i, 1, &part);
    } else if (!even) {
      part = listed[i];
    }
    if (part < 0 || part > rest || (i + 1 == count && part != rest)) {
      invocation.fail("sizes that add up to %|% as size %", length, part, i);
    }
    if (invocation.wants_output(i)) {
      const Shape shape = with_size(data.shape, axis, part);
      const char* from = data.as<char>() + static_cast<std::size_t>(length - rest) * inner;
      copy_part(shape, axis, size, from, static_cast<std::size_t>(length),
                invocation.output_as<char>(i, shape), static_cast<std::size_t>(part));
    }
    rest -= part;
  }
}

void slice(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  const bool by_attribute = !invocation.has_input(1);
  const auto list = [&](std::size_t input, const char* name) {
    return by_attribute ? Shape(invocation.ints_attribute(name)) : invocation.small_ints(input);
  };
  const Shape starts = list(1, "starts");
  const Shape ends = list(2, "ends");
  const bool has_axes = by_attribute ? invocation.has_attribute("axes") : invocation.has_input(3);
  const bool has_steps = invocation.has_input(4);
  const Shape axes = has_axes ? list(3, "axes") : Shape{};
  const Shape steps = has_steps ? invocation.small_ints(4) : Shape{};
  check_count(invocation, starts.rank(), ends);
  if (has_axes) check_count(invocation, starts.rank(), axes);
  if (has_steps) check_count(invocation, starts.rank(), steps);

  std::int64_t first[graph::kMaxRank] = {};
  std::int64_t step[graph::kMaxRank];
  std::int64_t size[graph::kMaxRank];
  for (std::size_t d = 0; d < rank; ++d) {
    step[d] = 1;
    size[d] = data.shape[d];
  }
  unsigned seen = 0;
  for (std::size_t i = 0; i < starts.rank(); ++i) {
    const std::size_t d = invocation.axis(has_axes ? axes[i] : static_cast<std::int64_t>(i), rank);
    if ((seen >> d & 1u) != 0) invocation.fail("each axis once|%", axes);
    seen |= 1u << d;
    const std::int64_t length = data.shape[d];
    step[d] = has_steps ? steps[i] : 1;
    if (step[d] == 0) invocation.fail("steps that are not 0|%", steps);
    // Forwards between 0 and the length, backwards between -1 and the last place.
    const std::int64_t low = step[d] > 0 ? 0 : -1;
    const std::int64_t high = step[d] > 0 ? length : length - 1;
    const auto place = [&](std::int64_t index) {
      return std::clamp(index < 0 ? index + length : index, low, high);
    };
    first[d] = place(starts[i]);
    const std::int64_t end = place(ends[i]);
    const std::int64_t toward = step[d] > 0 ? 1 : -1;
    const bool empty = step[d] > 0 ? first[d] >= end : first[d] <= end;
    size[d] = empty ? 0 : (end - first[d] - toward) / step[d] + 1;
  }
  Shape shape;
  for (std::size_t d = 0; d < rank; ++d) shape.push_back(size[d]);
  const std::size_t element = element_size(data.type);
  char* out = invocation.output_as<char>(0, shape);
  if (shape.elements() == 0) return;
  const Strides strides = broadcast_strides(data.shape, data.shape);
  StridedCopy copy;
  const char* from = data.as<char>();
  for (std::size_t d = 0; d < rank; ++d) {
    from += static_cast<std::size_t>(first[d]) * strides[d] * element;
    copy.add(size[d], size[d] == 1 ? 0
                                   : static_cast<std::ptrdiff_t>(step[d]) *
                                         static_cast<std::ptrdiff_t>(strides[d]));
  }
  copy.run(from, element, out);
}

void transpose(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  const std::span<const std::int64_t> order = invocation.ints_attribute("perm");
  const Strides strides = broadcast_strides(data.shape, data.shape);
  if (!order.empty()) check_count(invocation, rank, Shape(order));
  Shape shape;
  StridedCopy copy;
  unsigned seen = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t d = order.empty() ? rank - 1 - i : invocation.axis(order[i], rank);
    seen |= 1u << d;
    shape.push_back(data.shape[d]);
    copy.add(data.shape[d], static_cast<std::ptrdiff_t>(strides[d]));
  }
  if (seen + 1 != 1u << rank) {
    invocation.fail("each axis once in perm|%", Shape(order).to_string());
  }
  const std::size_t size = element_size(data.type);
  copy.run(data.as<char>(), size, invocation.output_as<char>(0, shape));
}

namespace {

enum class Padding { kConstant, kReflect, kEdge, kWrap };

// Where the element at `place` outside of [0, length) comes from; -1 for the constant.
std::int64_t source_of(Padding mode, std::int64_t place, std::int64_t length) {
  if (place >= 0 && place < length) return place;
  switch (mode) {
    case Padding::kReflect: {
      if (length == 1) return 0;
      const std::int64_t period = 2 * (length - 1);
      place = (place % period + period) % period;
      return std::min(place, period - place);
    }
    case Padding::kEdge:
      return place < 0 ? 0 : length - 1;
    case Padding::kWrap:
      return (place % length + length) % length;
    default:
      return -1;
  }
}

}  // namespace

void pad(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  const std::string_view name = invocation.attribute("mode", "constant");
  const int place = word_place(name, "constant reflect edge wrap");
  if (place < 0) {
    invocation.fail("the mode constant, reflect, edge or wrap|%", name);
  }
  const auto mode = static_cast<Padding>(place);

  // Two numbers for each padded axis: a list that is longer than a shape can be.
  std::span<const std::int64_t> listed = invocation.ints_attribute("pads");
  if (listed.empty()) listed = invocation.ints_attribute("paddings");
  std::int64_t pads[2 * graph::kMaxRank];
  std::size_t count = listed.size();
  if (invocation.has_input(1)) count = invocation.input(1).shape.elements();
  const bool has_axes = invocation.has_input(3);
  const Shape axes = has_axes ? invocation.small_ints(3) : Shape{};
  if (count != 2 * (has_axes ? axes.rank() : rank) || count > std::size(pads)) {
    invocation.fail("two pads for each axis|%", count);
  }
  if (invocation.has_input(1)) {
    onnx::load_numbers(invocation.input(1).type, invocation.input(1).data, 0, count, pads);
  } else {
    std::copy_n(listed.begin(), count, pads);
  }

  const std::size_t size = element_size(data.type);
  const float number = invocation.attribute("value", 0.0f);
  char constant[16] = {};
  if (invocation.has_input(2)) {
    if (invocation.input(2).shape.elements() != 1) invocation.fail_shape(2, "one element");
    std::memcpy(constant, invocation.input(2).data, size);
  } else if (number != 0) {
    const double wide = number;
    onnx::store_numbers(data.type, constant, 0, 1, &wide);
  }

  std::int64_t before[graph::kMaxRank] = {};
  std::int64_t sizes[graph::kMaxRank];
  for (std::size_t d = 0; d < rank; ++d) sizes[d] = data.shape[d];
  for (std::size_t i = 0; i < count / 2; ++i) {
    const std::size_t d = invocation.axis(has_axes ? axes[i] : static_cast<std::int64_t>(i), rank);
    before[d] = pads[i];
    const std::int64_t after = pads[i + count / 2];
    if (sizes[d] != data.shape[d] || std::min(before[d], after) < -data.shape[d] ||
        __builtin_add_overflow(data.shape[d], before[d], &sizes[d]) ||
        __builtin_add_overflow(sizes[d], after, &sizes[d]) || sizes[d] < 0 ||
        (data.shape[d] == 0 && sizes[d] > 0 && mode != Padding::kConstant)) {
      invocation.fail("possible pads for %|% and % on axis %", data.shape, before[d], after, d);
    }
  }
  Shape shape;
  for (std::size_t d = 0; d < rank; ++d) shape.push_back(sizes[d]);
  char* out = invocation.output_as<char>(0, shape);
  if (rank == 0) return copy_bytes(out, data.data, size);

  // Row by row: which row of the data, and in it the part that is there in one piece.
  const Strides strides = broadcast_strides(data.shape, data.shape);
  const std::size_t last = rank - 1;
  const std::int64_t width = sizes[last];
  const std::int64_t length = data.shape[last];
  const std::int64_t begin = std::clamp(before[last], std::int64_t{0}, width);
  const std::int64_t end = std::clamp(before[last] + length, begin, width);
  std::int64_t position[graph::kMaxRank] = {};
  const std::size_t rows = shape.elements() == 0 ? 0 : product(shape, 0, last);
  for (std::size_t row = 0; row < rows; ++row) {
    const char* from = data.as<char>();
    for (std::size_t d = 0; d < last && from != nullptr; ++d) {
      const std::int64_t source = source_of(mode, position[d] - before[d], data.shape[d]);
      from = source < 0 ? nullptr : from + static_cast<std::size_t>(source) * strides[d] * size;
    }
    const auto pad_places = [&](std::int64_t first, std::int64_t behind) {
      for (std::int64_t i = first; i < behind; ++i) {
        const std::int64_t source =
            from == nullptr ? -1 : source_of(mode, i - before[last], length);
        std::memcpy(out + static_cast<std::size_t>(i) * size,
                    source < 0 ? constant : from + static_cast<std::size_t>(source) * size, size);
      }
    };
    if (from == nullptr) {
      fill(out, constant, size, static_cast<std::size_t>(width));
    } else {
      pad_places(0, begin);
      if (end > begin) {
        std::memcpy(out + static_cast<std::size_t>(begin) * size,
                    from + static_cast<std::size_t>(begin - before[last]) * size,
                    static_cast<std::size_t>(end - begin) * size);
      }
      pad_places(end, width);
    }
    out += static_cast<std::size_t>(width) * size;
    for (std::size_t d = last; d-- > 0;) {
      if (++position[d] < sizes[d]) break;
      position[d] = 0;
    }
  }
}

void tile(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  std::int64_t repeats[graph::kMaxRank];
  std::fill_n(repeats, rank, 1);
  if (invocation.has_input(2)) {  // before opset 6: one number, and its axis
    std::int64_t numbers[2] = {};
    for (std::size_t i = 0; i < 2; ++i) {
      const TensorView& list = invocation.input(i + 1);
      if (list.shape.elements() != 1) invocation.fail_shape(i + 1, "one number");
      onnx::load_numbers(list.type, list.data, 0, 1, &numbers[i]);
    }
    repeats[invocation.axis(numbers[1], rank)] = numbers[0];
  } else {
    const Shape list = invocation.small_ints(1);
    check_count(invocation, rank, list);
    std::copy_n(list.dims().begin(), rank, repeats);
  }
  const Strides strides = broadcast_strides(data.shape, data.shape);
  Shape shape;
  StridedCopy copy;
  for (std::size_t d = 0; d < rank; ++d) {
    std::int64_t size = 0;
    if (repeats[d] < 0 || __builtin_mul_overflow(data.shape[d], repeats[d], &size)) {
      invocation.fail("possible repeats|%", repeats[d]);
    }
    shape.push_back(size);
    copy.add(repeats[d], 0);
    copy.add(data.shape[d], static_cast<std::ptrdiff_t>(strides[d]));
  }
  const std::size_t size = element_size(data.type);
  copy.run(data.as<char>(), size, invocation.output_as<char>(0, shape));
}

void one_hot(Invocation& invocation) {
  const TensorView& indices = invocation.input(0);
  const TensorView& values = invocation.input(2);
  std::int64_t depth = 0;
  if (invocation.input(1).shape.elements() != 1) invocation.fail_shape(1, "one number");
  onnx::load_numbers(invocation.input(1).type, invocation.input(1).data, 0, 1, &depth);
  if (values.shape.elements() != 2) invocation.fail_shape(2, "two values, off and on");
  if (depth < 0) invocation.fail("a depth of 0 or more|%", depth);
  const std::size_t rank = indices.shape.rank() + 1;
  const std::size_t axis = invocation.axis(invocation.attribute("axis", std::int64_t{-1}), rank);
  Shape shape;
  for (std::size_t d = 0; d < rank; ++d) {
    shape.push_back(d == axis ? depth : indices.shape[d < axis ? d : d - 1]);
  }
  const std::size_t size = element_size(values.type);
  char* out = invocation.output_as<char>(0, shape);
  const std::size_t elements = shape.elements();
  fill(out, values.data, size, elements);
  if (elements == 0) return;
  const std::size_t inner = product(shape, axis + 1, rank);
  const std::size_t count = indices.shape.elements();
  std::int64_t piece[256];
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i % std::size(piece);
    if (at == 0) {
      onnx::load_numbers(indices.type, indices.data, i, std::min(std::size(piece), count - i),
                         piece);
    }
    const std::int64_t index = piece[at] < 0 ? piece[at] + depth : piece[at];
    if (index < 0 || index >= depth) continue;  // all off, as the specification says
    const std::size_t place =
        (i / inner * static_cast<std::size_t>(depth) + static_cast<std::size_t>(index)) * inner +
        i % inner;
    std::memcpy(out + place * size, values.as<char>() + size, size);
  }
}

namespace {

// Calls visit(index) for every element that is not zero.
template <typename T, typename Visit>
void for_each_non_zero(const TensorView& data, std::size_t count, Visit&& visit) {
  T piece[256];
  for (std::size_t start = 0; start < count; start += std::size(piece)) {
    const std::size_t n = std::min(std::size(piece), count - start);
    onnx::load_numbers(data.type, data.data, start, n, piece);
    for (std::size_t i = 0; i < n; ++i) {
      if (piece[i] != 0) visit(start + i);
    }
  }
}

}  // namespace

void non_zero(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  const std::size_t count = data.shape.elements();
  const auto walk = [&](auto&& visit) {
    if (onnx::is_decimal(data.type)) {
      for_each_non_zero<double>(data, count, visit);
    } else {
      for_each_non_zero<std::int64_t>(data, count, visit);
    }
  };
  std::size_t found = 0;
  walk([&](std::size_t) { ++found; });
  auto* out = invocation.output_as<std::int64_t>(
      0, Shape{static_cast<std::int64_t>(rank), static_cast<std::int64_t>(found)});
  walk([&](std::size_t index) {
    for (std::size_t d = rank; d-- > 0;) {
      const auto size = static_cast<std::size_t>(data.shape[d]);
      out[d * found] = static_cast<std::int64_t>(index % size);
      index /= size;
    }
    ++out;
  });
}

void trilu(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  if (rank < 2) invocation.fail_shape(0, "matrices");
  std::int64_t k = 0;
  if (invocation.has_input(1)) {
    if (invocation.input(1).shape.elements() != 1) invocation.fail_shape(1, "one number");
    k = invocation.elements<std::int64_t>(1)[0];
  }
  const bool upper = invocation.attribute("upper", std::int64_t{1}) != 0;
  const std::int64_t rows = data.shape[rank - 2];
  const std::int64_t columns = data.shape[rank - 1];
  const std::size_t size = element_size(data.type);
  char* out = invocation.output_as<char>(0, data.shape);
  const std::size_t count = data.shape.elements();
  if (count == 0) return;
  k = std::clamp(k, -rows, columns);
  const char* from = data.as<char>();
  const std::size_t row_bytes = static_cast<std::size_t>(columns) * size;
  for (std::size_t row = 0; row < count / static_cast<std::size_t>(columns); ++row) {
    // The diagonal's place in this row: what lies before belongs to the lower triangle.
    const std::int64_t in_matrix = static_cast<std::int64_t>(row % static_cast<std::size_t>(rows));
    const std::int64_t edge = std::clamp(in_matrix + k + (upper ? 0 : 1), std::int64_t{0}, columns);
    const std::size_t before = static_cast<std::size_t>(edge) * size;
    std::memset(out + (upper ? 0 : before), 0, upper ? before : row_bytes - before);
    copy_bytes(out + (upper ? before : 0), from + (upper ? before : 0),
               upper ? row_bytes - before : before);
    out += row_bytes;
    from += row_bytes;
  }
}

}  // namespace storewise::ops
