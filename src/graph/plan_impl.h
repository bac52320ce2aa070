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
  const Block* block = nullptr;  // where it belongs
  TensorView constant;           // kConstant: an initializer in place, or a folded result
  int slot = kNoValue;           // kNode with memory of its own: the workspace's slot
  bool is_map = false;           // the keys of a map: the next value are what they stand for
};

struct Plan::Impl {
  std::string name;
  PlanOptions options;
  int opset = 0;
  std::size_t model_bytes = 0;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::vector<Value> values;
  Block main;                                  // its inputs and outputs are those above
  std::vector<std::unique_ptr<Block>> blocks;  // those of If, Loop and Scan, outer before inner
  std::size_t slot_count = 0;
  std::vector<std::pair<std::string_view, std::string_view>> metadata;
  std::vector<std::pair<std::string, int>> operators;  // of the file: name and count

  std::vector<std::string> labels;  // see Plan::labels

  // Owners of what constants point to, besides the model's bytes.
  std::vector<onnx::TensorRef> initializers;
  std::vector<std::unique_ptr<std::uint8_t[]>> folded;
  std::vector<Node> folded_nodes;  // their attributes may hold a constant's elements

  // Bytes that folding and fusion have read and made so far. A few nodes of a file can ask for any
  // amount; beyond a multiple of the file's size the rest stays as it is and runs as it is.
  std::size_t made_bytes = 0;
  bool may_make(std::size_t bytes);
};

// Removes the nodes that no output needs. Keeps their order.
void remove_dead_nodes(const Plan::Impl& plan, Block& block);

// Replaces groups of nodes by the fused operators that `registry` has (fuse.cpp).
void fuse_nodes(Plan::Impl& plan, Block& block, const Registry& registry);

// Runs one node: `outputs` have their types, `slots` are those of the outputs. `depth` counts the
// nodes that this one runs inside of (run.cpp).
void execute(const Plan::Impl& plan, const Node& node, std::span<const TensorView* const> inputs,
             std::span<TensorView> outputs, std::span<const int> slots, Workspace::Impl& work,
             int depth);

// Writes the numbers of `tensor` as `type`, float or double, to `out`.
void convert(const TensorView& tensor, DataType type, void* out);

}  // namespace storewise::graph
