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
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kDouble = 11,
};

// Bytes of one element; 0 for a type that this engine does not store.
std::size_t element_size(DataType type);
// "float", "int8", ... as ONNX spells them, also for numbers that this engine does not store.
std::string_view data_type_name(DataType type);

}  // namespace storewise::onnx
