#include "train/inspect_model.h"

#include <algorithm>
#include <map>
#include <string>
#include <type_traits>
#include <unordered_set>

#include "graph/registry.h"
#include "ops/registry.h"
#include "support/message.h"
#include "train/model_file.h"

namespace storewise::train {
namespace {

using graph::OperatorDef;

constexpr std::string_view kOnnxDomain = "ai.onnx";

std::string operator_name(const FileNode& node) {
  if (node.domain.empty()) return std::string(node.op_type);
  return message({node.domain, ".", node.op_type});
}

std::string type_text(const FileValue& value) {
  return std::string(value.kind == "tensor" ? onnx::data_type_name(value.type) : value.kind);
}

Json values(const std::vector<FileValue>& list,
            const std::unordered_set<std::string_view>& initializers) {
  Json::array_t all;
  for (const FileValue& value : list) {
    if (initializers.contains(value.name)) continue;
    Json shape = nullptr;  // not even the rank is known
    if (value.has_shape) {
      shape = Json::array();
      for (const auto& [size, symbol] : value.dims) {
        shape.push_back(symbol.empty() ? Json(size) : Json(symbol));
      }
    }
    all.push_back({{"name", value.name}, {"type", type_text(value)}, {"shape", std::move(shape)}});
  }
  return all;
}

bool knows_attribute(const OperatorDef& def, std::string_view name) {
  std::string_view known = def.attributes;
  while (!known.empty()) {
    const std::size_t end = std::min(known.find(' '), known.size());
    if (known.substr(0, std::min(known.find('='), end)) == name) return true;
    known.remove_prefix(std::min(end + 1, known.size()));
  }
  return false;
}

// The name of an operator's domain, whether the table spells it out or numbers it.
template <typename Def>
std::string_view domain_of(const Def& def) {
  if constexpr (std::is_convertible_v<decltype(def.domain), std::string_view>) {
    return def.domain;
  } else {
    return domain_name(def.domain);
  }
}

// Why the engine does not have `node`, written for `opset` of its domain; empty when it has it.
std::string why_unsupported(const FileNode& node, std::int64_t opset) {
  const OperatorDef* best = nullptr;
  std::int64_t oldest = 0;
  bool has_domain = false;
  for (const OperatorDef& def : ops::registry().operators()) {
    if (domain_of(def) != node.domain) continue;
    has_domain = true;
    if (def.name != node.op_type) continue;
    if (oldest == 0 || def.since_version < oldest) oldest = def.since_version;
    if (def.since_version > opset) continue;
    if (best == nullptr || def.since_version > best->since_version) best = &def;
  }
  if (!has_domain) return message({"no operators of the domain ", node.domain});
  if (best == nullptr && oldest > 0) {
    return message({"as of opset ", oldest, " only; the model has ", opset});
  }
  if (best == nullptr) return "not among the engine's operators";
  for (const FileAttribute& attribute : node.attributes) {
    if (!knows_attribute(*best, attribute.name)) {
      return message({"not with the attribute \"", attribute.name, "\""});
    }
  }
  return {};
}

}  // namespace

Json inspect_model(std::span<const std::uint8_t> bytes) {
  const FileModel model = read_model_file(bytes);
  std::map<std::string, int> operators;
  std::map<std::string, std::pair<int, std::size_t>> types;
  std::unordered_set<std::string_view> initializers;
  Json::array_t unsupported;
  std::vector<Json> tensors;
  std::size_t nodes = 0;
  std::size_t graphs = 0;
  for (const FileTensor& tensor : model.graph.initializers) initializers.insert(tensor.name);

  const auto add_tensor = [&](const FileTensor& tensor, std::string_view name) {
    const std::string type(onnx::data_type_name(tensor.type));
    auto& [count, total] = types[type];
    ++count;
    total += tensor.data_bytes;
    tensors.push_back({{"name", name},
                       {"type", type},
                       {"shape", tensor.dims},
                       {"bytes", tensor.data_bytes},
                       {"external", tensor.external}});
  };
  for_each_graph(model.graph, [&](const FileGraph& graph) {
    ++graphs;
    for (const FileTensor& tensor : graph.initializers) add_tensor(tensor, tensor.name);
    for (const FileNode& node : graph.nodes) {
      ++nodes;
      ++operators[operator_name(node)];
      std::int64_t opset = 0;
      for (const auto& [domain, version] : model.opsets) {
        if (domain == node.domain) opset = version;
      }
      const std::string reason = why_unsupported(node, opset);
      if (!reason.empty()) {
        unsupported.push_back(
            {{"operator", operator_name(node)}, {"node", node.label()}, {"reason", reason}});
      }
      std::size_t floats = 0;
      for (const FileAttribute& attribute : node.attributes) {
        if (attribute.tensor != nullptr) {
          add_tensor(*attribute.tensor, node.outputs.empty() ? node.name : node.outputs[0]);
        }
        floats += attribute.float_count;
      }
      if (floats == 0) continue;
      auto& [count, total] = types["attributes"];
      ++count;
      total += floats * sizeof(float);
      tensors.push_back({{"name", node.label()},
                         {"type", "attributes"},
                         {"shape", {floats}},
                         {"bytes", floats * sizeof(float)},
                         {"external", false}});
    }
  });
  std::stable_sort(tensors.begin(), tensors.end(), [](const Json& a, const Json& b) {
    return a["bytes"].get<std::size_t>() > b["bytes"].get<std::size_t>();
  });

  Json opsets = Json::object();
  for (const auto& [domain, version] : model.opsets) {
    opsets[std::string(domain.empty() ? kOnnxDomain : domain)] = version;
  }
  Json by_type = Json::object();
  for (const auto& [type, sum] : types) {
    by_type[type] = {{"tensors", sum.first}, {"bytes", sum.second}};
  }
  Json metadata = Json::object();
  for (const auto& [key, value] : model.metadata) metadata[std::string(key)] = value.size();
  Json functions = Json::array();
  for (const std::string_view name : model.functions) functions.push_back(name);
  return {{"bytes", bytes.size()},
          {"ir_version", model.ir_version},
          {"producer", message({model.producer, model.producer_version.empty() ? "" : " ",
                                model.producer_version})},
          {"opsets", std::move(opsets)},
          {"opset", model.opset()},
          {"name", model.graph.name},
          {"inputs", values(model.graph.inputs, initializers)},
          {"outputs", values(model.graph.outputs, {})},
          {"nodes", nodes},
          {"subgraphs", graphs - 1},
          {"functions", std::move(functions)},
          {"operators", operators},
          {"unsupported", std::move(unsupported)},
          {"tensors", std::move(tensors)},
          {"types", std::move(by_type)},
          {"metadata", std::move(metadata)}};
}

}  // namespace storewise::train
