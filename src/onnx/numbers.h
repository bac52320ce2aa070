// Elements of any numeric type as double or int64 and back, a piece at a time.
//
// The engine's way to have many types without a loop for each pair of operator and type: an
// operator computes on a few hundred doubles or int64s on its stack, and these four functions are
// the only ones that know how each type is stored. Strings are refused by whoever calls.
#pragma once

#include <cstddef>
#include <cstdint>

#include "onnx/types.h"

namespace storewise::onnx {

// IEEE binary16 and binary32; to half rounds to nearest, halves to even, overflow to infinity.
float half_to_float(std::uint16_t half);
std::uint16_t float_to_half(float value);

// Whether `type` is float, float16 or double: then double holds its values exactly, else int64
// does (uint64 as its bits).
constexpr bool is_decimal(DataType type) {
  return type == DataType::kFloat || type == DataType::kFloat16 || type == DataType::kDouble;
}
constexpr bool is_unsigned(DataType type) {
  return type == DataType::kUint8 || type == DataType::kUint16 || type == DataType::kUint32 ||
         type == DataType::kUint64 || type == DataType::kUint4 || type == DataType::kBool;
}

// Elements [first, first + n) of `data`, at any alignment, half bytes included. Decimals as int64
// lose their fraction and saturate at its ends, NaN becomes 0; integers beyond 2^53 as double are
// rounded, uint64 keeps its value.
void load_numbers(DataType type, const void* data, std::size_t first, std::size_t n, double* out);
void load_numbers(DataType type, const void* data, std::size_t first, std::size_t n,
                  std::int64_t* out);

// The other way. Decimals become integers as above, integers are cut to the type's bits, bool is
// "not zero". Half bytes keep the other half of a byte that they share.
void store_numbers(DataType type, void* data, std::size_t first, std::size_t n, const double* in);
void store_numbers(DataType type, void* data, std::size_t first, std::size_t n,
                   const std::int64_t* in);

}  // namespace storewise::onnx
