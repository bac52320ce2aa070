// Fusion: groups of nodes that read int8 weights through DequantizeLinear become one step that
// reads the int8 weights themselves. What a fused operator computes stands at its function in
// src/ops/fused.cpp. Nodes are matched by what they compute, not by their names, and only where
// the weights' shapes are known from the file; anything else stays as it is and runs as it is.
//
// A fused node takes over its last node's output. The nodes before it are left alone: whichever
// nobody else needs are removed afterwards as dead.
#include <algorithm>
#include <utility>

#include "graph/invocation.h"
#include "graph/plan_impl.h"

namespace storewise::graph {
namespace {

class Fuser {
 public:
  Fuser(Plan::Impl& plan, const Registry& registry) : plan_(plan), registry_(registry) {
    made_by_.assign(plan.values.size(), kNoValue);
    for (std::size_t n = 0; n < plan.nodes.size(); ++n) {
      for (const int value : plan.nodes[n].outputs) {
        if (value != kNoValue) made_by_[value] = static_cast<int>(n);
      }
    }
  }

  void run() {
    // From the last node to the first: the largest groups are found from their ends.
    for (std::size_t n = plan_.nodes.size(); n-- > 0;) {
      Node& node = plan_.nodes[n];
      if (!node.op->domain.empty()) continue;
      if (node.op->name == "ScatterElements") fuse_sparse_accumulate(node);
      if (node.op->name == "ReduceSum") fuse_embedding_bag(node);
      if (node.op->name == "MatMul" || node.op->name == "Gemm") fuse_matrix_product(node);
      if (node.op->name == "Gather") fuse_gather(node);
    }
  }

 private:
  // int8 weights behind a DequantizeLinear: x [rows][columns] constant, symmetric.
  struct Weights {
    int q = kNoValue;
    int scale = kNoValue;
    // Which way the scale runs: 0 one for each row, 1 one for each column, -1 one for all.
    std::int64_t scale_axis = -1;
  };

  const Node* producer(int value, std::string_view op) const {
    if (value == kNoValue || made_by_[value] == kNoValue) return nullptr;
    const Node& node = plan_.nodes[made_by_[value]];
    return node.op->domain.empty() && node.op->name == op ? &node : nullptr;
  }

  const TensorView* constant(int value) const {
    if (value == kNoValue || plan_.values[value].source != Value::Source::kConstant) return nullptr;
    return &plan_.values[value].constant;
  }

  const TensorView* constant(int value, DataType type, std::size_t rank) const {
    const TensorView* tensor = constant(value);
    return tensor && tensor->type == type && tensor->shape.rank() == rank ? tensor : nullptr;
  }

  // Whether `value` is the constant list `numbers` (or, for one number, that scalar).
  bool is_list(int value, std::initializer_list<std::int64_t> numbers) const {
    const TensorView* tensor = constant(value);
    if (!tensor || tensor->type != DataType::kInt64 || tensor->shape.elements() != numbers.size()) {
      return false;
    }
    std::size_t i = 0;
    for (const std::int64_t number : numbers) {
      if (Elements<std::int64_t>(tensor->data)[i++] != number) return false;
    }
    return true;
  }

  static int input(const Node& node, std::size_t i) {
    return i < node.inputs.size() ? node.inputs[i] : kNoValue;
  }

  // No zero point, or one that is zero throughout.
  bool is_symmetric(const Node& dequantize) const {
    const int zero_point = input(dequantize, 2);
    if (zero_point == kNoValue) return true;
    const TensorView* zeros = constant(zero_point);
    if (!zeros || element_size(zeros->type) != 1) return false;
    const auto* bytes = zeros->as<std::uint8_t>();
    return std::all_of(bytes, bytes + zeros->shape.elements(), [](auto byte) { return byte == 0; });
  }

  // The value behind any Reshape to [-1] and Cast to int64: the same numbers in the same order.
  int behind_flattening(int value) const {
    for (;;) {
      const Node* reshape = producer(value, "Reshape");
      const Node* cast = producer(value, "Cast");
      if (reshape && is_list(input(*reshape, 1), {-1})) {
        value = reshape->inputs[0];
      } else if (cast && cast->int_attribute("to", 0) == static_cast<int>(DataType::kInt64)) {
        value = cast->inputs[0];
      } else {
        return value;
      }
    }
  }

  // The value v where `value` is v [n] seen as [n, 1]; kNoValue when it is not that.
  int behind_column(int value) const {
    if (const Node* unsqueeze = producer(value, "Unsqueeze")) {
      if (is_list(input(*unsqueeze, 1), {1})) return unsqueeze->inputs[0];
      const onnx::AttributeRef* axes = unsqueeze->find_attribute("axes");
      if (axes && axes->ints == std::vector<std::int64_t>{1}) return unsqueeze->inputs[0];
    }
    const Node* reshape = producer(value, "Reshape");
    if (reshape && is_list(input(*reshape, 1), {-1, 1})) return reshape->inputs[0];
    return kNoValue;
  }

  // Gather along axis 0 from a constant of this type and rank; `table` receives the constant.
  const Node* gather_of(int value, DataType type, std::size_t rank, int* table) const {
    const Node* gather = producer(value, "Gather");
    if (!gather || gather->int_attribute("axis", 0) != 0) return nullptr;
    if (!constant(gather->inputs[0], type, rank)) return nullptr;
    *table = gather->inputs[0];
    return gather;
  }

  // Rows of int8 weights gathered by `ids` and dequantised: [m][columns] float.
  bool match_gathered_rows(int value, Weights* weights, int* ids) const {
    const Node* dequantize = producer(value, "DequantizeLinear");
    if (!dequantize || !is_symmetric(*dequantize)) return false;
    const Node* rows = gather_of(dequantize->inputs[0], DataType::kInt8, 2, &weights->q);
    if (!rows) return false;
    *ids = rows->inputs[1];
    const Shape& shape = plan_.values[weights->q].constant.shape;
    const int scale = dequantize->inputs[1];
    const std::int64_t axis = dequantize->int_attribute("axis", 1);
    if (const TensorView* fixed = constant(scale)) {
      weights->scale = scale;
      if (fixed->type != DataType::kFloat) return false;
      if (fixed->shape.elements() == 1) {
        weights->scale_axis = -1;
        return true;
      }
      weights->scale_axis = 1;
      return fixed->shape.rank() == 1 && fixed->shape[0] == shape[1] && (axis == 1 || axis == -1);
    }
    const Node* scales = gather_of(scale, DataType::kFloat, 1, &weights->scale);
    weights->scale_axis = 0;
    return scales && scales->inputs[1] == *ids && (axis == 0 || axis == -2) &&
           plan_.values[weights->scale].constant.shape[0] == shape[0];
  }

  // A constant int8 matrix behind DequantizeLinear.
  bool match_matrix(int value, Weights* weights) const {
    const Node* dequantize = producer(value, "DequantizeLinear");
    if (!dequantize || !is_symmetric(*dequantize)) return false;
    const TensorView* q = constant(dequantize->inputs[0], DataType::kInt8, 2);
    const TensorView* scale = constant(dequantize->inputs[1]);
    if (!q || !scale || scale->type != DataType::kFloat) return false;
    weights->q = dequantize->inputs[0];
    weights->scale = dequantize->inputs[1];
    if (scale->shape.elements() == 1) {
      weights->scale_axis = -1;
      return true;
    }
    std::int64_t axis = dequantize->int_attribute("axis", 1);
    if (axis < 0) axis += 2;
    weights->scale_axis = axis;
    return (axis == 0 || axis == 1) && scale->shape.rank() == 1 &&
           scale->shape[0] == q->shape[axis == 0 ? 0 : 1];
  }

  static onnx::AttributeRef int_attribute(std::string_view name, std::int64_t value) {
    onnx::AttributeRef attribute;
    attribute.name = name;
    attribute.kind = onnx::AttributeKind::kInt;
    attribute.i = value;
    return attribute;
  }

  bool replace(Node& node, std::string_view fused, std::vector<int> inputs,
               std::initializer_list<std::pair<std::string_view, std::int64_t>> attributes) {
    const OperatorDef* op = registry_.find(kFusedDomain, fused, 1);
    if (op == nullptr) return false;
    node.op = op;
    node.inputs = std::move(inputs);
    node.attributes.clear();
    for (const auto& [name, value] : attributes) {
      node.attributes.push_back(int_attribute(name, value));
    }
    return true;
  }

  // scores = prior, then for every item n of the session and each of its k neighbours:
  // scores[neighbours[item][j]] += weights[n] * scale[item] * q[item][j].
  void fuse_sparse_accumulate(Node& node) {
    const onnx::AttributeRef* reduction = node.find_attribute("reduction");
    if (!reduction || reduction->s != "add" || node.int_attribute("axis", 0) != 0) return;
    const int indices = behind_flattening(node.inputs[1]);
    int neighbours = kNoValue;
    const Node* gather = gather_of(indices, DataType::kInt32, 2, &neighbours);
    if (!gather) gather = gather_of(indices, DataType::kInt64, 2, &neighbours);
    const Node* product = producer(behind_flattening(node.inputs[2]), "Mul");
    if (!gather || !product) return;
    for (const std::size_t side : {0, 1}) {
      Weights weights;
      int ids = kNoValue;
      const int factors = behind_column(product->inputs[1 - side]);
      if (factors == kNoValue || !match_gathered_rows(product->inputs[side], &weights, &ids)) {
        continue;
      }
      if (ids != gather->inputs[1] || weights.scale_axis == 1 ||
          !(plan_.values[weights.q].constant.shape == plan_.values[neighbours].constant.shape)) {
        continue;
      }
      replace(node, "SparseAccumulate",
              {node.inputs[0], neighbours, weights.q, weights.scale, ids, factors},
              {{"scale_axis", weights.scale_axis}});
      return;
    }
  }

  // y [columns] = sum over m of v[m] * scale * q[ids[m]].
  void fuse_embedding_bag(Node& node) {
    const onnx::AttributeRef* axes = node.find_attribute("axes");
    const bool over_rows =
        axes ? axes->ints == std::vector<std::int64_t>{0} : is_list(input(node, 1), {0});
    const Node* product = producer(node.inputs[0], "Mul");
    if (!over_rows || !product) return;
    for (const std::size_t side : {0, 1}) {
      Weights weights;
      int ids = kNoValue;
      const int factors = behind_column(product->inputs[1 - side]);
      if (factors == kNoValue || !match_gathered_rows(product->inputs[side], &weights, &ids)) {
        continue;
      }
      replace(
          node, "EmbeddingBag", {factors, weights.q, weights.scale, ids},
          {{"scale_axis", weights.scale_axis}, {"keepdims", node.int_attribute("keepdims", 1)}});
      return;
    }
  }

  // y = x * W (MatMul, Gemm) or x * W^T (Gemm with transB), plus Gemm's bias.
  void fuse_matrix_product(Node& node) {
    Weights weights;
    if (!match_matrix(node.inputs[1], &weights)) return;
    const bool transposed = node.int_attribute("transB", 0) != 0;
    if (node.op->name == "Gemm") {
      for (const std::string_view factor : {"alpha", "beta"}) {
        const onnx::AttributeRef* found = node.find_attribute(factor);
        if (found && found->f != 1.0f) return;
      }
      if (node.int_attribute("transA", 0) != 0) return;
    }
    if (plan_.values[node.inputs[0]].type != DataType::kFloat) return;
    // The scale must run along the outputs, else it cannot be taken out of the sums.
    if (weights.scale_axis == (transposed ? 1 : 0)) return;
    replace(node, "QuantizedMatMul", {node.inputs[0], weights.q, weights.scale, input(node, 2)},
            {{"scale_axis", weights.scale_axis},
             {"transposed", transposed ? 1 : 0},
             {"matrix", node.op->name == "Gemm" ? 1 : 0}});
  }

  // Rows of a dequantised matrix: dequantise the rows that are asked for, not the matrix.
  void fuse_gather(Node& node) {
    Weights weights;
    if (node.int_attribute("axis", 0) != 0 || !match_matrix(node.inputs[0], &weights)) return;
    replace(node, "QuantizedGather", {weights.scale, weights.q, node.inputs[1]},
            {{"scale_axis", weights.scale_axis}});
  }

  Plan::Impl& plan_;
  const Registry& registry_;
  std::vector<int> made_by_;  // the node that makes each value; kNoValue for inputs, constants
};

}  // namespace

void fuse_nodes(Plan::Impl& plan, const Registry& registry) { Fuser(plan, registry).run(); }

}  // namespace storewise::graph
