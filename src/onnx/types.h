// ONNX's element types: their numbers, names and sizes. Types that are not listed are refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace storewise::onnx {

// Element types, numbered as in ONNX's TensorProto.DataType.
enum class DataType : std::int32_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,  // one std::string_view an element; somebody else owns the characters
  kBool = 9,
  kFloat16 = 10,  // IEEE binary16, as its bits
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kUint4 = 21,  // two elements a byte, the first in the low half
  kInt4 = 22,
};

// Of a tensor without elements, the sizes besides 0 have at most this product: operators loop over
// them, and files may say anything.
inline constexpr std::size_t kMostBesideZero = std::size_t{1} << 26;

// Bytes of one element, 1 for the types of half a byte; 0 for a type that this engine does not
// store.
std::size_t element_size(DataType type);
// Bytes of `elements` elements. Types of half a byte are packed; nothing else differs from
// elements * element_size(type), which must not overflow.
std::size_t storage_bytes(DataType type, std::size_t elements);
// "float", "int8", ... as ONNX spells them, also for numbers that this engine does not store.
std::string_view data_type_name(DataType type);
// What to say where a type is refused: the names of all that are stored.
inline constexpr std::string_view kStoredTypes =
    "float, double, float16, an integer type of 4 to 64 bits, bool or string";

}  // namespace storewise::onnx
