// Cast between all element types by way of int64 or double, in pieces that fit the stack: three
// loops for each type instead of one for each pair of types.
#include <algorithm>

#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

constexpr std::size_t kPiece = 128;

template <typename T, typename Wide>
void widen(const char* from, std::size_t n, Wide* to) {
  const graph::Elements<T> elements(from);
  for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<Wide>(elements[i]);
}

std::int64_t to_integer(std::int64_t value) { return value; }
std::int64_t to_integer(double value) {
  if (!(value > -9223372036854775808.0)) return value != value ? 0 : INT64_MIN;
  if (value >= 9223372036854775808.0) return INT64_MAX;
  return static_cast<std::int64_t>(value);
}

template <typename T, typename Wide>
void narrow(const Wide* from, std::size_t n, char* to) {
  for (std::size_t i = 0; i < n; ++i) {
    T value;
    if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<T>(from[i]);
    } else {
      value = static_cast<T>(to_integer(from[i]));
    }
    std::memcpy(to + i * sizeof value, &value, sizeof value);
  }
}

template <typename Wide>
void store(DataType type, const Wide* from, std::size_t n, char* to) {
  switch (type) {
    case DataType::kFloat:
      return narrow<float>(from, n, to);
    case DataType::kDouble:
      return narrow<double>(from, n, to);
    case DataType::kInt8:
    case DataType::kUint8:  // the same bits once they are cut to eight
      return narrow<std::uint8_t>(from, n, to);
    case DataType::kInt32:
      return narrow<std::int32_t>(from, n, to);
    case DataType::kInt64:
      return narrow<std::int64_t>(from, n, to);
    default:
      for (std::size_t i = 0; i < n; ++i) to[i] = from[i] != 0;
  }
}

}  // namespace

void cast(Invocation& invocation) {
  const TensorView& input = invocation.input(0);
  const DataType type = invocation.output_type(0);
  const std::size_t n = input.shape.elements();
  const std::size_t from_size = element_size(input.type);
  const std::size_t to_size = element_size(type);
  char* out = invocation.output_as<char>(0, input.shape);
  if (type == input.type) return copy_bytes(out, input.data, n * to_size);
  std::int64_t integers[kPiece];
  double decimals[kPiece];
  for (std::size_t start = 0; start < n; start += kPiece) {
    const std::size_t count = std::min(kPiece, n - start);
    const char* from = input.as<char>() + start * from_size;
    char* to = out + start * to_size;
    switch (input.type) {
      case DataType::kFloat:
        widen<float>(from, count, decimals);
        break;
      case DataType::kDouble:
        widen<double>(from, count, decimals);
        break;
      case DataType::kInt8:
        widen<std::int8_t>(from, count, integers);
        break;
      case DataType::kInt32:
        widen<std::int32_t>(from, count, integers);
        break;
      case DataType::kInt64:
        widen<std::int64_t>(from, count, integers);
        break;
      default:
        widen<std::uint8_t>(from, count, integers);
    }
    if (input.type == DataType::kFloat || input.type == DataType::kDouble) {
      store(type, decimals, count, to);
    } else {
      store(type, integers, count, to);
    }
  }
}

}  // namespace storewise::ops
