#include "onnx/numbers.h"

#include <cstring>
#include <type_traits>

namespace storewise::onnx {
namespace {

// Stands for a float16 element in the templates below.
struct Half {
  std::uint16_t bits;
};
// Stands for an element of half a byte.
struct SignedNibble {};
struct UnsignedNibble {};

// std::bit_cast, which the C++ library of older Emscriptens lacks.
template <typename To, typename From>
To bits_as(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  std::memcpy(&result, &value, sizeof result);
  return result;
}

std::int64_t to_integer(std::int64_t value) { return value; }
std::int64_t to_integer(double value) {
  if (!(value > -9223372036854775808.0)) return value != value ? 0 : INT64_MIN;
  if (value >= 9223372036854775808.0) {
    // Above int64 only uint64 has values, which these bits are.
    return value < 18446744073709551616.0
               ? static_cast<std::int64_t>(static_cast<std::uint64_t>(value))
               : INT64_MAX;
  }
  return static_cast<std::int64_t>(value);
}

template <typename T, typename Wide>
void load(const char* data, std::size_t first, std::size_t n, Wide* out) {
  for (std::size_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<T, SignedNibble> || std::is_same_v<T, UnsignedNibble>) {
      const auto byte = static_cast<unsigned char>(data[(first + i) / 2]);
      const int nibble = (first + i) % 2 == 0 ? byte & 15 : byte >> 4;
      out[i] = std::is_same_v<T, SignedNibble> && nibble > 7 ? nibble - 16 : nibble;
    } else {
      T value;
      std::memcpy(&value, data + (first + i) * sizeof value, sizeof value);
      if constexpr (std::is_same_v<T, Half>) {
        const float number = half_to_float(value.bits);
        if constexpr (std::is_same_v<Wide, double>) {
          out[i] = number;
        } else {
          out[i] = to_integer(static_cast<double>(number));
        }
      } else if constexpr (std::is_floating_point_v<T> && !std::is_floating_point_v<Wide>) {
        out[i] = to_integer(static_cast<double>(value));
      } else {
        out[i] = static_cast<Wide>(value);
      }
    }
  }
}

template <typename Wide>
void load_any(DataType type, const void* data, std::size_t first, std::size_t n, Wide* out) {
  const char* from = static_cast<const char*>(data);
  switch (type) {
    case DataType::kFloat:
      return load<float>(from, first, n, out);
    case DataType::kDouble:
      return load<double>(from, first, n, out);
    case DataType::kFloat16:
      return load<Half>(from, first, n, out);
    case DataType::kInt8:
      return load<std::int8_t>(from, first, n, out);
    case DataType::kInt16:
      return load<std::int16_t>(from, first, n, out);
    case DataType::kUint16:
      return load<std::uint16_t>(from, first, n, out);
    case DataType::kInt32:
      return load<std::int32_t>(from, first, n, out);
    case DataType::kUint32:
      return load<std::uint32_t>(from, first, n, out);
    case DataType::kInt64:
      return load<std::int64_t>(from, first, n, out);
    case DataType::kUint64:
      return load<std::uint64_t>(from, first, n, out);
    case DataType::kInt4:
      return load<SignedNibble>(from, first, n, out);
    case DataType::kUint4:
      return load<UnsignedNibble>(from, first, n, out);
    default:
      return load<std::uint8_t>(from, first, n, out);
  }
}

template <typename T, typename Wide>
void store(char* data, std::size_t first, std::size_t n, const Wide* in) {
  for (std::size_t i = 0; i < n; ++i) {
    T value;
    if constexpr (std::is_same_v<T, Half>) {
      value.bits = float_to_half(static_cast<float>(in[i]));
    } else if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<T>(in[i]);
    } else {
      value = static_cast<T>(to_integer(in[i]));
    }
    std::memcpy(data + (first + i) * sizeof value, &value, sizeof value);
  }
}

template <typename Wide>
void store_any(DataType type, void* data, std::size_t first, std::size_t n, const Wide* in) {
  char* to = static_cast<char*>(data);
  switch (type) {
    case DataType::kFloat:
      return store<float>(to, first, n, in);
    case DataType::kDouble:
      return store<double>(to, first, n, in);
    case DataType::kFloat16:
      return store<Half>(to, first, n, in);
    // Cut to its bits, a signed integer is the unsigned one.
    case DataType::kInt8:
    case DataType::kUint8:
      return store<std::uint8_t>(to, first, n, in);
    case DataType::kInt16:
    case DataType::kUint16:
      return store<std::uint16_t>(to, first, n, in);
    case DataType::kInt32:
    case DataType::kUint32:
      return store<std::uint32_t>(to, first, n, in);
    case DataType::kInt64:
    case DataType::kUint64:
      return store<std::uint64_t>(to, first, n, in);
    case DataType::kInt4:
    case DataType::kUint4:
      for (std::size_t i = 0; i < n; ++i) {
        const auto nibble = static_cast<unsigned>(to_integer(in[i])) & 15u;
        char& byte = to[(first + i) / 2];
        const auto old = static_cast<unsigned char>(byte);
        byte = static_cast<char>((first + i) % 2 == 0 ? (old & 0xF0u) | nibble
                                                      : (old & 0x0Fu) | nibble << 4);
      }
      return;
    default:
      for (std::size_t i = 0; i < n; ++i) to[first + i] = in[i] != 0;
  }
}

}  // namespace

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t rest = half & 0x7FFFu;
  if (rest >= 0x7C00u) return bits_as<float>(sign | 0x7F800000u | (rest & 0x3FFu) << 13);
  // Reckoned as a float whose exponent is too small by 112: one product puts that right, for
  // subnormal numbers as well.
  const float scaled = bits_as<float>(rest << 13) * 0x1p112f;
  return bits_as<float>(bits_as<std::uint32_t>(scaled) | sign);
}

std::uint16_t float_to_half(float value) {
  const auto bits = bits_as<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
  const std::uint32_t rest = bits & 0x7FFFFFFFu;
  if (rest > 0x7F800000u) return sign | 0x7E00u;   // NaN
  if (rest >= 0x477FF000u) return sign | 0x7C00u;  // rounds to 65536 or more: infinity
  std::uint32_t half = 0;
  if (rest < 0x38800000u) {
    // Subnormal: adding 0.5 leaves the wanted bits at the end, rounded by the addition.
    const float shifted = bits_as<float>(rest) + 0.5f;
    half = bits_as<std::uint32_t>(shifted) - bits_as<std::uint32_t>(0.5f);
  } else {
    const std::uint32_t odd = rest >> 13 & 1u;
    half = (rest - 0x38000000u + 0xFFFu + odd) >> 13;
  }
  return static_cast<std::uint16_t>(sign | half);
}

void load_numbers(DataType type, const void* data, std::size_t first, std::size_t n, double* out) {
  load_any(type, data, first, n, out);
}
void load_numbers(DataType type, const void* data, std::size_t first, std::size_t n,
                  std::int64_t* out) {
  load_any(type, data, first, n, out);
}
void store_numbers(DataType type, void* data, std::size_t first, std::size_t n, const double* in) {
  store_any(type, data, first, n, in);
}
void store_numbers(DataType type, void* data, std::size_t first, std::size_t n,
                   const std::int64_t* in) {
  store_any(type, data, first, n, in);
}

}  // namespace storewise::onnx
