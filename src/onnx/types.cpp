#include "onnx/types.h"

#include <array>

namespace storewise::onnx {
namespace {

struct TypeInfo {
  std::string_view name;
  std::uint8_t size;  // 0: known by name only
};

constexpr std::array<TypeInfo, 23> kTypes = {{
    {"undefined", 0},      {"float", 4},      {"uint8", 1},
    {"int8", 1},           {"uint16", 2},     {"int16", 2},
    {"int32", 4},          {"int64", 8},      {"string", sizeof(std::string_view)},
    {"bool", 1},           {"float16", 2},    {"double", 8},
    {"uint32", 4},         {"uint64", 8},     {"complex64", 0},
    {"complex128", 0},     {"bfloat16", 0},   {"float8e4m3fn", 0},
    {"float8e4m3fnuz", 0}, {"float8e5m2", 0}, {"float8e5m2fnuz", 0},
    {"uint4", 1},          {"int4", 1},
}};

const TypeInfo* find(DataType type) {
  const auto number = static_cast<std::uint32_t>(type);
  return number < kTypes.size() ? &kTypes[number] : nullptr;
}

}  // namespace

std::size_t element_size(DataType type) {
  const TypeInfo* info = find(type);
  return info ? info->size : 0;
}

std::size_t storage_bytes(DataType type, std::size_t elements) {
  if (type == DataType::kInt4 || type == DataType::kUint4) return elements / 2 + elements % 2;
  return elements * element_size(type);
}

std::string_view data_type_name(DataType type) {
  const TypeInfo* info = find(type);
  return info ? info->name : "a newer type";
}

}  // namespace storewise::onnx
