#include "graph/registry.h"

#include <vector>

#include "support/message.h"

namespace storewise::graph {

std::string TypeSet::to_string() const {
  std::vector<std::string_view> names;
  for (std::int32_t number = 0; number < 32; ++number) {
    const auto type = static_cast<DataType>(number);
    if (contains(type)) names.push_back(data_type_name(type));
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

TypeSet types_of_letter(char letter) {
  using Type = DataType;
  constexpr TypeSet kDecimals = {Type::kFloat, Type::kFloat16, Type::kDouble};
  constexpr TypeSet kIntegers = {Type::kInt8,  Type::kInt16,  Type::kInt32,  Type::kInt64,
                                 Type::kUint8, Type::kUint16, Type::kUint32, Type::kUint64};
  constexpr TypeSet kHalfBytes = {Type::kInt4, Type::kUint4};
  constexpr TypeSet kNumbers = kDecimals | kIntegers;
  constexpr TypeSet kAll = kNumbers | TypeSet{Type::kBool, Type::kString};
  switch (letter) {
    case 'F':
      return kDecimals;
    case 'J':
      return kIntegers;
    case 'N':
      return kNumbers;
    case 'B':
      return kNumbers | TypeSet{Type::kBool};
    case 'A':
      return kAll;
    case 'P':
      return kAll | kHalfBytes;
    case 'I':
      return {Type::kInt32, Type::kInt64};
    case 'Q':
      return {Type::kInt8, Type::kUint8};
    case 'G':
      return kDecimals | TypeSet{Type::kInt8, Type::kUint8};
    case 'W':
      return kHalfBytes |
             TypeSet{Type::kInt8, Type::kUint8, Type::kInt16, Type::kUint16, Type::kInt32};
    case 'M':
      return {Type::kFloat, Type::kDouble, Type::kInt32, Type::kInt64};
    case 'K':
      return {Type::kInt64, Type::kString};
    default:
      return {first_type_of_letter(letter)};
  }
}

DataType first_type_of_letter(char letter) {
  switch (letter) {
    case 'f':
      return DataType::kFloat;
    case 'd':
      return DataType::kDouble;
    case 'l':
      return DataType::kInt64;
    case 'i':
      return DataType::kInt32;
    case 'u':
      return DataType::kUint8;
    case 'c':
      return DataType::kInt8;
    case 'b':
      return DataType::kBool;
    case 's':
      return DataType::kString;
    default:
      return DataType::kUndefined;
  }
}

std::string_view domain_name(Domain domain) {
  constexpr std::string_view kNames[kDomains] = {"", "ai.onnx.ml", "storewise.fused"};
  return kNames[static_cast<std::size_t>(domain)];
}

const OperatorDef* Registry::find(Domain domain, std::string_view name, std::int64_t opset) const {
  const OperatorDef* newest = nullptr;
  for (const OperatorDef& candidate : operators_) {
    if (candidate.name == name && candidate.domain == domain && candidate.since_version <= opset &&
        (newest == nullptr || candidate.since_version > newest->since_version)) {
      newest = &candidate;
    }
  }
  return newest;
}

std::string Registry::describe_supported(std::string_view domain, std::string_view name) const {
  std::string names;
  std::string_view last;
  int oldest = 0;
  for (const OperatorDef& candidate : operators_) {
    if (domain_name(candidate.domain) != domain || candidate.domain == Domain::kFused) continue;
    if (candidate.name == name && (oldest == 0 || candidate.since_version < oldest)) {
      oldest = candidate.since_version;
    }
    if (candidate.name != last) names += (names.empty() ? "" : ", ") + std::string(candidate.name);
    last = candidate.name;
  }
  if (oldest > 0) return message("% as of opset %", name, oldest);
  if (names.empty()) return "operators of the domains ai.onnx and ai.onnx.ml";
  return "one of the operators " + names;
}

}  // namespace storewise::graph
