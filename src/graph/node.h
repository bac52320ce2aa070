// One step of a plan: an operator, the values it reads and makes, and its attributes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "graph/registry.h"
#include "onnx/reader.h"

namespace storewise::graph {

inline constexpr int kNoValue = -1;  // an optional input or output left out

// The domain of operators that only fusion makes; a file that asks for it is refused.
inline constexpr std::string_view kFusedDomain = "storewise.fused";

struct Node {
  const OperatorDef* op = nullptr;
  std::string_view name;     // as in the file; may be empty
  std::string_view op_type;  // as in the file; for a fused node, of the node it took the place of
  std::size_t position = 0;  // in the file's list, from 0
  std::vector<int> inputs;   // indices of values, or kNoValue
  std::vector<int> outputs;  // likewise
  std::vector<onnx::AttributeRef> attributes;

  const onnx::AttributeRef* find_attribute(std::string_view attribute) const {
    for (const onnx::AttributeRef& candidate : attributes) {
      if (candidate.name == attribute) return &candidate;
    }
    return nullptr;
  }
  std::int64_t int_attribute(std::string_view attribute, std::int64_t fallback) const {
    const onnx::AttributeRef* found = find_attribute(attribute);
    return found ? found->i : fallback;
  }
  // How messages call this node: `node "Gather_3" (Gather)`, or by its position when it has no
  // name.
  std::string place() const;
};

}  // namespace storewise::graph
