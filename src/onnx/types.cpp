#include "onnx/types.h"

#include <array>

namespace storewise::onnx {

std::size_t element_size(DataType type) {
  switch (type) {
    case DataType::kUint8:
    case DataType::kInt8:
    case DataType::kBool:
      return 1;
    case DataType::kFloat:
    case DataType::kInt32:
      return 4;
    case DataType::kInt64:
    case DataType::kDouble:
      return 8;
    case DataType::kUndefined:
      break;
  }
  return 0;
}

std::string_view data_type_name(DataType type) {
  static constexpr std::array<std::string_view, 17> kNames = {
      "undefined", "float",  "uint8",     "int8",       "uint16",  "int16",
      "int32",     "int64",  "string",    "bool",       "float16", "double",
      "uint32",    "uint64", "complex64", "complex128", "bfloat16"};
  const auto number = static_cast<std::uint32_t>(type);
  return number < kNames.size() ? kNames[number] : "a newer type";
}

}  // namespace storewise::onnx
