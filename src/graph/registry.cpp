#include "graph/registry.h"

#include <vector>

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

const OperatorDef* Registry::find(std::string_view domain, std::string_view name, int opset) const {
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
    if (candidate.domain != domain) continue;
    if (candidate.name == name && (oldest == 0 || candidate.since_version < oldest)) {
      oldest = candidate.since_version;
    }
    if (candidate.name != last) names += (names.empty() ? "" : ", ") + std::string(candidate.name);
    last = candidate.name;
  }
  if (oldest > 0) return std::string(name) + " as of opset " + std::to_string(oldest);
  if (names.empty()) return "operators of ONNX's default domain";
  return "one of the operators " + names;
}

}  // namespace storewise::graph
