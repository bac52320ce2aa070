// ScatterElements and ScatterND: write updates into a copy of a tensor, replacing or combining.
#include <algorithm>

#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

enum class Reduction { kNone, kAdd, kMultiply, kMinimum, kMaximum };

Reduction reduction_of(const Invocation& invocation) {
  const std::string_view name = invocation.attribute("reduction", "none");
  const int place = word_place(name, "none add mul min max");
  if (place < 0) {
    invocation.fail("a reduction none, add, mul, min or max|\"%\"", name);
  }
  if (place > 0 && invocation.input(0).type == DataType::kString) {
    invocation.fail_shape(0, "numbers to reduce");
  }
  return static_cast<Reduction>(place);
}

// Combines n numbers at `place`, of which the first has this index, with those at `with`. T holds
// them, Wide has their order and adds without overflow.
template <typename T, typename Wide>
void combine(Reduction reduction, DataType type, char* to, std::size_t place, const void* from,
             std::size_t with, std::size_t n) {
  T values[64];
  T others[64];
  for (std::size_t start = 0; start < n; start += std::size(values)) {
    const std::size_t count = std::min(std::size(values), n - start);
    onnx::load_numbers(type, to, place + start, count, values);
    onnx::load_numbers(type, from, with + start, count, others);
    for (std::size_t i = 0; i < count; ++i) {
      auto value = static_cast<Wide>(values[i]);
      const auto other = static_cast<Wide>(others[i]);
      switch (reduction) {
        case Reduction::kAdd:
          value += other;
          break;
        case Reduction::kMultiply:
          value *= other;
          break;
        case Reduction::kMinimum:
          value = std::min(value, other);
          break;
        default:
          value = std::max(value, other);
      }
      values[i] = static_cast<T>(value);
    }
    onnx::store_numbers(type, to, place + start, count, values);
  }
}

// Writes updates [with, with + n) to the places from `place` on.
void update(Reduction reduction, DataType type, char* to, std::size_t place, const void* from,
            std::size_t with, std::size_t n) {
  const std::size_t size = element_size(type);
  const char* source = static_cast<const char*>(from) + with * size;
  char* target = to + place * size;
  if (reduction == Reduction::kNone) {
    std::memcpy(target, source, n * size);
  } else if (type == DataType::kFloat && reduction == Reduction::kAdd) {
    for (std::size_t i = 0; i < n; ++i) {
      float a = 0;
      float b = 0;
      std::memcpy(&a, target + i * sizeof a, sizeof a);
      std::memcpy(&b, source + i * sizeof b, sizeof b);
      a += b;
      std::memcpy(target + i * sizeof a, &a, sizeof a);
    }
  } else if (onnx::is_decimal(type)) {
    combine<double, double>(reduction, type, to, place, from, with, n);
  } else if (onnx::is_unsigned(type) || reduction < Reduction::kMinimum) {
    combine<std::int64_t, std::uint64_t>(reduction, type, to, place, from, with, n);
  } else {
    combine<std::int64_t, std::int64_t>(reduction, type, to, place, from, with, n);
  }
}

}  // namespace

void scatter_elements(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const TensorView& updates = invocation.input(2);
  const Shape& shape = invocation.input(1).shape;
  const std::size_t rank = data.shape.rank();
  const Reduction reduction = reduction_of(invocation);
  const std::size_t axis = invocation.axis(invocation.attribute("axis", std::int64_t{0}), rank);
  if (!(shape == updates.shape)) {
    invocation.fail("indices and updates of one shape|% and %", shape, updates.shape);
  }
  const auto strides = places_by_index(invocation, data.shape, axis);
  const std::size_t axis_stride = product(data.shape, axis + 1, rank);
  char* out = invocation.output_as<char>(0, data.shape);
  copy_bytes(out, data.data, data.bytes());

  const Indices index(invocation, 1, static_cast<std::size_t>(data.shape[axis]));
  const auto width = static_cast<std::size_t>(shape[rank - 1]);
  const std::size_t step = strides[rank - 1];
  for_each_row(shape, strides, strides, [&](std::size_t start, std::size_t, std::size_t row) {
    for (std::size_t i = row * width; i < (row + 1) * width; ++i, start += step) {
      update(reduction, data.type, out, start + index[i] * axis_stride, updates.data, i, 1);
    }
  });
}

void scatter_nd(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const TensorView& updates = invocation.input(2);
  const Shape& indices = invocation.input(1).shape;
  const Reduction reduction = reduction_of(invocation);
  const IndexTuples tuples(invocation, data.shape, 0);
  Shape expected;
  for (std::size_t d = 0; d + 1 < indices.rank(); ++d) expected.push_back(indices[d]);
  for (std::size_t d = tuples.length(); d < data.shape.rank(); ++d) {
    expected.push_back(data.shape[d]);
  }
  if (!(updates.shape == expected)) {
    invocation.fail_shape(2, "updates of shape %", expected);
  }
  char* out = invocation.output_as<char>(0, data.shape);
  copy_bytes(out, data.data, data.bytes());
  const std::size_t block = tuples.block();
  const std::size_t count = expected.elements() == 0 ? 0 : expected.elements() / block;
  for (std::size_t i = 0; i < count; ++i) {
    update(reduction, data.type, out, tuples.offset(i), updates.data, i * block, block);
  }
}

}  // namespace storewise::ops
