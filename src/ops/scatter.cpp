// ScatterElements: writes updates into a copy of a tensor, replacing or combining.
#include <algorithm>
#include <type_traits>

#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

enum class Reduction { kNone, kAdd, kMultiply, kMinimum, kMaximum };

template <typename T>
void combine(Reduction reduction, const char* update, char* place) {
  // Integers are added and multiplied unsigned, where overflow is defined.
  using Wide = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                           std::type_identity<T>>::type;
  T with;
  T value;
  std::memcpy(&with, update, sizeof with);
  std::memcpy(&value, place, sizeof value);
  switch (reduction) {
    case Reduction::kAdd:
      value = static_cast<T>(static_cast<Wide>(value) + static_cast<Wide>(with));
      break;
    case Reduction::kMultiply:
      value = static_cast<T>(static_cast<Wide>(value) * static_cast<Wide>(with));
      break;
    case Reduction::kMinimum:
      value = std::min(value, with);
      break;
    default:
      value = std::max(value, with);
  }
  std::memcpy(place, &value, sizeof value);
}

Reduction reduction_of(const Invocation& invocation) {
  const std::string_view name = invocation.attribute("reduction", std::string_view("none"));
  if (name == "add") return Reduction::kAdd;
  if (name == "mul") return Reduction::kMultiply;
  if (name == "min") return Reduction::kMinimum;
  if (name == "max") return Reduction::kMaximum;
  if (name != "none") {
    invocation.fail({"a reduction none, add, mul, min or max"}, {"\"", name, "\""});
  }
  return Reduction::kNone;
}

}  // namespace

void scatter_elements(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const TensorView& updates = invocation.input(2);
  const Shape& shape = invocation.input(1).shape;
  const std::size_t rank = data.shape.rank();
  const Reduction reduction = reduction_of(invocation);
  if (rank == 0) invocation.fail_shape(0, {"a tensor with at least one dimension"});
  const std::size_t axis = invocation.axis(invocation.attribute("axis", std::int64_t{0}), rank);
  if (!(shape == updates.shape) || shape.rank() != rank) {
    invocation.fail({"indices and updates of one shape with ", rank, " dimensions"},
                    {shape.to_string(), " and ", updates.shape.to_string()});
  }
  // Strides in `data`; along the axis the index decides.
  auto strides = broadcast_strides(data.shape, data.shape);
  const std::size_t axis_stride = product(data.shape, axis + 1, rank);
  strides[axis] = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    if (i != axis && shape[i] > data.shape[i]) {
      invocation.fail_shape(1, {"indices within ", data.shape.to_string()});
    }
  }
  const std::size_t size = element_size(data.type);
  const std::size_t bytes = data.bytes();
  char* out = invocation.output_as<char>(0, data.shape);
  copy_bytes(out, data.data, bytes);

  const Indices index(invocation, 1, static_cast<std::size_t>(data.shape[axis]));
  const auto width = static_cast<std::size_t>(shape[rank - 1]);
  const std::size_t step = strides[rank - 1];
  for_each_row(shape, strides, strides, [&](std::size_t start, std::size_t, std::size_t row) {
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t update = row * width + i;
      char* place = out + (start + i * step + index[update] * axis_stride) * size;
      const char* from = updates.as<char>() + update * size;
      if (reduction == Reduction::kNone) {
        std::memcpy(place, from, size);
      } else if (data.type == DataType::kFloat) {
        combine<float>(reduction, from, place);
      } else if (data.type == DataType::kDouble) {
        combine<double>(reduction, from, place);
      } else if (data.type == DataType::kInt32) {
        combine<std::int32_t>(reduction, from, place);
      } else if (data.type == DataType::kInt64) {
        combine<std::int64_t>(reduction, from, place);
      } else {
        invocation.fail_shape(0, {"float, double, int32 or int64 to reduce"});
      }
    }
  });
}

}  // namespace storewise::ops
