// The inside of a Plan, shared by opening (plan.cpp), fusion (fuse.cpp) and running (run.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/node.h"
#include "graph/plan.h"
#include "graph/registry.h"

namespace storewise::graph {

// A tensor that the graph names: an input, a constant, or what a node makes.
struct Value {
  enum class Source : std::uint8_t { kInput, kConstant, kNode };
  std::string_view name;
  DataType type = DataType::kUndefined;
  Source source = Source::kNode;
  TensorView constant;  // kConstant: an initializer in place, or a folded result
  int slot = kNoValue;  // kNode with memory of its own: the workspace's slot
};

struct Plan::Impl {
  std::string name;
  PlanOptions options;
  int opset = 0;
  std::size_t model_bytes = 0;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::vector<int> input_values;   // the value of each input
  std::vector<int> output_values;  // likewise of each output
  std::vector<Value> values;
  std::vector<Node> nodes;  // in an order in which they can run
  std::vector<int> slots;   // the outputs' slots, node after node
  std::size_t slot_count = 0;
  std::vector<std::pair<std::string_view, std::string_view>> metadata;
  std::vector<std::pair<std::string, int>> operators;  // of the file: name and count

  // Owners of what constants point to, besides the model's bytes.
  std::vector<onnx::TensorRef> initializers;
  std::vector<std::unique_ptr<std::uint8_t[]>> folded;
  std::vector<Node> folded_nodes;  // their attributes may hold a constant's elements
};

// Removes the nodes that no output needs. Keeps their order.
void remove_dead_nodes(Plan::Impl& plan);

// Replaces groups of nodes by the fused operators that `registry` has (fuse.cpp).
void fuse_nodes(Plan::Impl& plan, const Registry& registry);

}  // namespace storewise::graph
