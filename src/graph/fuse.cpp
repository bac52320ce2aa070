// Fusion: groups of nodes become one step that does the same in one pass: integer weights are read
// as they are instead of through DequantizeLinear, biases and activations join the product before
// them, spelled-out functions (Gelu, LayerNormalization) become the operator of that name. What a
// fused operator computes stands at its function in src/ops.
//
// Nodes are matched by what they compute, not by their names, and only where the weights' shapes
// are known from the file; anything else stays as it is and runs as it is. Everything is float.
//
// The nodes are visited in their order, so that a node finds what was fused before it. It takes
// over its group's result; the nodes before it are left alone: whichever nobody else needs are
// removed afterwards as dead. Where that would mean to compute something large twice, the group is
// fused only if nobody else reads it.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "graph/invocation.h"
#include "graph/plan_impl.h"
#include "onnx/numbers.h"

namespace storewise::graph {
namespace {

class Fuser {
 public:
  Fuser(Plan::Impl& plan, Block& block, const Registry& registry)
      : plan_(plan), block_(block), registry_(registry) {
    made_by_.assign(plan.values.size(), kNoValue);
    uses_.assign(plan.values.size(), 0);
    const auto use = [&](const std::vector<int>& values) {
      for (const int value : values) {
        if (value != kNoValue) ++uses_[value];
      }
    };
    for (std::size_t n = 0; n < block.nodes.size(); ++n) {
      const Node& node = block.nodes[n];
      for (const int value : node.outputs) {
        if (value != kNoValue) made_by_[value] = static_cast<int>(n);
      }
      use(node.inputs);
      use(node.captured);
    }
    use(block.outputs);
  }

  void run() {
    using Step = bool (Fuser::*)(Node&);
    constexpr std::pair<std::string_view, Step> kSteps[] = {
        {"ScatterElements", &Fuser::fuse_sparse_accumulate},
        {"ReduceSum", &Fuser::fuse_embedding_bag},
        {"ReduceMean", &Fuser::fuse_embedding_bag},
        {"MatMul", &Fuser::fuse_product},
        {"Gemm", &Fuser::fuse_product},
        {"Add", &Fuser::fuse_layer_normalization},
        {"Add", &Fuser::fuse_bias},
        {"Relu", &Fuser::fuse_activation},
        {"Sigmoid", &Fuser::fuse_activation},
        {"Tanh", &Fuser::fuse_activation},
        {"MaxPool", &Fuser::fuse_max_pool},
        {"Mul", &Fuser::fuse_gelu},
        {"Gather", &Fuser::fuse_gather},
        {"Conv", &Fuser::fuse_conv},
        {"BatchNormalization", &Fuser::fuse_normalized_conv},
        {"GRU", &Fuser::fuse_recurrent},
        {"LSTM", &Fuser::fuse_recurrent},
        {"RNN", &Fuser::fuse_recurrent},
    };
    for (Node& node : block_.nodes) {
      const auto made = std::find_if(node.outputs.begin(), node.outputs.end(),
                                     [](int value) { return value != kNoValue; });
      if (node.converts || made == node.outputs.end() || !is_float(*made)) continue;
      const std::string_view name = node.op->name;
      for (const auto& [op, step] : kSteps) {
        if (op == name && (this->*step)(node)) break;
      }
    }
  }

 private:
  // ---- what a value is

  bool is_float(int value) const { return plan_.values[value].type == DataType::kFloat; }

  Node* producer(int value, std::string_view op) const {
    if (value == kNoValue || static_cast<std::size_t>(value) >= made_by_.size()) return nullptr;
    if (made_by_[value] == kNoValue) return nullptr;
    Node& node = block_.nodes[made_by_[value]];
    return node.op->name == op && node.outputs[0] == value ? &node : nullptr;
  }

  // Only one node reads the value, and it is no output.
  bool is_single(int value) const { return uses_[value] == 1; }

  const TensorView* constant(int value) const {
    if (value == kNoValue || plan_.values[value].source != Value::Source::kConstant) return nullptr;
    return &plan_.values[value].constant;
  }

  // A constant of floats; of that rank, where one is given.
  const TensorView* float_constant(int value, std::size_t rank = kMaxRank + 1) const {
    const TensorView* tensor = constant(value);
    const bool fits = tensor && tensor->type == DataType::kFloat &&
                      (rank > kMaxRank || tensor->shape.rank() == rank);
    return fits ? tensor : nullptr;
  }

  static int input(const Node& node, std::size_t i) {
    return i < node.inputs.size() ? node.inputs[i] : kNoValue;
  }

  // Whether `value` is a constant with this one number, to six digits.
  bool is_number(int value, float number) const {
    const TensorView* tensor = float_constant(value);
    return tensor && tensor->shape.elements() == 1 &&
           std::fabs(Elements<float>(tensor->data)[0] - number) <= 1e-6f * number;
  }

  // The one number of the attribute `name` or of the constant list in input 1.
  bool one_number(const Node& node, const char* name, std::int64_t* number) const {
    if (const onnx::AttributeRef* list = node.find_attribute(name)) {
      if (list->ints.size() != 1) return false;
      *number = list->ints[0];
      return true;
    }
    const TensorView* list = constant(input(node, 1));
    if (!list || list->type != DataType::kInt64 || list->shape.elements() != 1) return false;
    *number = Elements<std::int64_t>(list->data)[0];
    return true;
  }

  // ---- patterns: "Add(MatMul(x,w),b)". A small letter stands for a value, the same one wherever
  // it occurs; "p=MatMul(x,w)" names one inside. The inputs of Add and Mul match in either order;
  // inputs that a pattern leaves out may be anything.

  using Letters = std::array<int, 26>;

  static bool bind(char letter, int value, Letters& letters) {
    int& place = letters[static_cast<std::size_t>(letter - 'a')];
    if (place == kNoValue) place = value;
    return place == value && value != kNoValue;
  }

  static bool is_small(char c) { return c >= 'a' && c <= 'z'; }

  // Matches the term at the start of `pattern` and leaves what follows it.
  bool matches(std::string_view& pattern, int value, Letters& letters) const {
    char letter = 0;
    if (is_small(pattern[0]) && pattern.size() > 1 && pattern[1] == '=') {
      letter = pattern[0];
      pattern.remove_prefix(2);
    } else if (is_small(pattern[0])) {
      letter = pattern[0];
      pattern.remove_prefix(1);
      return bind(letter, value, letters);
    }
    const std::string_view op = pattern.substr(0, pattern.find('('));
    const Node* node = producer(value, op);
    if (node == nullptr) return false;
    const Letters before = letters;
    const std::string_view inside = pattern.substr(op.size() + 1);
    const std::size_t orders = op == "Add" || op == "Mul" ? 2 : 1;
    for (std::size_t swapped = 0; swapped < orders; ++swapped) {
      pattern = inside;
      letters = before;
      bool fits = true;
      for (std::size_t i = 0; fits && pattern[0] != ')'; ++i) {
        if (pattern[0] == ',') pattern.remove_prefix(1);
        fits = matches(pattern, input(*node, i ^ swapped), letters);
      }
      if (!fits) continue;
      pattern.remove_prefix(1);
      return letter == 0 || bind(letter, value, letters);
    }
    return false;
  }

  // Whether the node's result is the pattern; `at` then tells the letters' values.
  bool is(const Node& node, std::string_view pattern) {
    letters_.fill(kNoValue);
    return matches(pattern, node.outputs[0], letters_);
  }
  int at(char letter) const { return letters_[static_cast<std::size_t>(letter - 'a')]; }

  // ---- how a node is replaced

  static void set(Node& node, const char* name, std::int64_t value) {
    onnx::AttributeRef& attribute = node.attributes.emplace_back();
    attribute.name = name;
    attribute.kind = onnx::AttributeKind::kInt;
    attribute.i = value;
  }

  bool replace(Node& node, std::string_view name, std::initializer_list<int> inputs,
               Domain domain = Domain::kFused, std::int64_t opset = 1) {
    const OperatorDef* op = registry_.find(domain, name, opset);
    if (op == nullptr) return false;
    node.op = op;
    node.inputs.assign(inputs.begin(), inputs.end());
    return true;
  }

  // The node becomes what `source` was, which nobody else reads, under another operator's name.
  bool take_over(Node& node, Node& source, std::string_view name) {
    const OperatorDef* op = registry_.find(Domain::kFused, name, 1);
    if (op == nullptr) return false;
    node.op = op;
    node.inputs = std::move(source.inputs);
    node.attributes = std::move(source.attributes);
    return true;
  }

  int add_constant(DataType type, const Shape& shape, const void* data) {
    Value& value = plan_.values.emplace_back();
    value.type = type;
    value.source = Value::Source::kConstant;
    value.block = &plan_.main;
    value.constant = {type, shape, data};
    return static_cast<int>(plan_.values.size() - 1);
  }

  // A new constant of floats, which the caller fills in; null when constants take too much already.
  float* add_floats(const Shape& shape, int* value) {
    const std::size_t bytes = shape.elements() * sizeof(float);
    if (!plan_.may_make(bytes)) return nullptr;
    plan_.folded.push_back(std::make_unique<std::uint8_t[]>(bytes + 1));
    void* data = plan_.folded.back().get();
    *value = add_constant(DataType::kFloat, shape, data);
    return static_cast<float*>(data);
  }

  // ---- integer weights behind DequantizeLinear

  struct Weights {
    int q = kNoValue;
    int scale = kNoValue;
    int zero = kNoValue;      // left out where it is zero throughout
    std::int64_t axis = -1;   // along which scales run, of q's; -1 for one scale
    std::int64_t block = 0;   // the size of blocks of that axis; 0 for none
    bool transposed = false;  // the value is q with its two axes swapped
  };

  bool is_zero(const TensorView& tensor) const {
    for (std::size_t i = 0, n = tensor.shape.elements(); i < n; ++i) {
      std::int64_t number = 0;
      onnx::load_numbers(tensor.type, tensor.data, i, 1, &number);
      if (number != 0) return false;
    }
    return true;
  }

  // `value` is DequantizeLinear of weights that `q` tells; scale and zero point are constant.
  bool match_quantised(const Node& node, const Shape& q, Weights* weights) const {
    const TensorView* scale = float_constant(input(node, 1));
    if (scale == nullptr || !is_float(node.outputs[0])) return false;
    weights->scale = node.inputs[1];
    weights->block = node.int_attribute("block_size", 0);
    weights->axis = node.int_attribute("axis", 1);
    const auto rank = static_cast<std::int64_t>(q.rank());
    if (weights->axis < 0) weights->axis += rank;
    if (weights->block == 0 && scale->shape.elements() == 1) {
      weights->axis = -1;
    } else {
      if (weights->axis < 0 || weights->axis >= rank || weights->block < 0) return false;
      const std::int64_t along = q[static_cast<std::size_t>(weights->axis)];
      if (weights->block == 0) {
        if (scale->shape.rank() != 1 || scale->shape[0] != along) return false;
      } else if (scale->shape.rank() != q.rank()) {
        return false;
      }
      for (std::size_t d = 0; weights->block > 0 && d < q.rank(); ++d) {
        const bool blocked = static_cast<std::int64_t>(d) == weights->axis;
        const std::int64_t size =
            blocked ? along / weights->block + (along % weights->block > 0 ? 1 : 0) : q[d];
        if (scale->shape[d] != size) return false;
      }
    }
    weights->zero = input(node, 2);
    if (weights->zero == kNoValue) return true;
    const TensorView* zero = constant(weights->zero);
    if (zero == nullptr || zero->shape.elements() != scale->shape.elements() ||
        !plan_.may_make(zero->bytes())) {
      return false;
    }
    if (is_zero(*zero)) weights->zero = kNoValue;
    return true;
  }

  // A constant of 8 or 4 bits.
  const TensorView* small_integers(int value) const {
    const TensorView* q = constant(value);
    const bool fits = q && (q->type == DataType::kInt8 || q->type == DataType::kUint8 ||
                            q->type == DataType::kInt4 || q->type == DataType::kUint4);
    return fits ? q : nullptr;
  }

  // Constant weights of that rank (0: any) behind DequantizeLinear, perhaps transposed after it.
  bool match_weights(int value, std::size_t rank, Weights* weights) const {
    const Node* transpose = producer(value, "Transpose");
    if (transpose != nullptr && rank == 2) {
      const onnx::AttributeRef* perm = transpose->find_attribute("perm");
      if (perm && perm->ints != std::vector<std::int64_t>{1, 0}) return false;
      weights->transposed = true;
      value = transpose->inputs[0];
    }
    const Node* node = producer(value, "DequantizeLinear");
    const TensorView* q = node ? small_integers(node->inputs[0]) : nullptr;
    if (q == nullptr || q->shape.elements() == 0) return false;
    if (rank > 0 && q->shape.rank() != rank) return false;
    weights->q = node->inputs[0];
    return match_quantised(*node, q->shape, weights);
  }

  bool is_symmetric_int8(const Weights& weights) const {
    return plan_.values[weights.q].type == DataType::kInt8 && weights.zero == kNoValue &&
           weights.block == 0;
  }

  void set_quantisation(Node& node, const Weights& weights) {
    node.attributes.clear();
    set(node, "axis", weights.axis);
    set(node, "block_size", weights.block);
  }

  // ---- products

  // y = x * W (MatMul, Gemm) or x * W^T (Gemm with transB), plus Gemm's bias.
  bool fuse_product(Node& node) {
    Weights weights;
    if (!match_weights(node.inputs[1], 2, &weights) || !is_float(node.inputs[0])) return false;
    const bool is_gemm = node.op->name == "Gemm";
    if (is_gemm) {
      for (const char* factor : {"alpha", "beta"}) {
        const onnx::AttributeRef* found = node.find_attribute(factor);
        if (found && found->f != 1.0f) return false;
      }
      if (node.int_attribute("transA", 0) != 0) return false;
    }
    const bool transposed = weights.transposed != (node.int_attribute("transB", 0) != 0);
    // Blocks must run along the inputs, and their sums must fit.
    constexpr std::int64_t kLargestBlock = 4096;
    if (weights.block > kLargestBlock) return false;
    if (weights.block > 0 && weights.axis != (transposed ? 1 : 0)) return false;
    if (!replace(node, "QuantizedMatMul",
                 {node.inputs[0], weights.q, weights.scale, weights.zero, input(node, 2)})) {
      return false;
    }
    set_quantisation(node, weights);
    set(node, "transposed", transposed ? 1 : 0);
    set(node, "matrix", is_gemm ? 1 : 0);
    return true;
  }

  // The product that makes `value` for this node alone, and what it is called when fused.
  Node* product_of(int value, std::string_view* fused) const {
    constexpr std::pair<std::string_view, std::string_view> kProducts[] = {
        {"MatMul", "FusedMatMul"}, {"FusedMatMul", "FusedMatMul"},
        {"Gemm", "FusedGemm"},     {"QuantizedMatMul", "QuantizedMatMul"},
        {"Conv", "FusedConv"},     {"QuantizedConv", "QuantizedConv"}};
    for (const auto& [name, with] : kProducts) {
      Node* node = producer(value, name);
      if (node == nullptr || !is_single(value) || node->int_attribute("activation", 0) != 0) {
        continue;
      }
      *fused = with;
      return node;
    }
    return nullptr;
  }

  bool fuse_bias(Node& node) {
    for (const std::size_t side : {0, 1}) {
      std::string_view fused;
      Node* product = product_of(node.inputs[side], &fused);
      const TensorView* bias = float_constant(node.inputs[1 - side], 1);
      if (product == nullptr || bias == nullptr || fused == "FusedGemm") continue;
      const std::size_t place = fused == "FusedMatMul" ? 2 : 4;
      const TensorView* weights = constant(product->inputs[1]);
      if (input(*product, place) != kNoValue || !weights || weights->shape.rank() != 2) continue;
      const std::size_t axis = product->int_attribute("transposed", 0) != 0 ? 0 : 1;
      if (weights->shape[axis] != bias->shape[0]) continue;
      const int added = node.inputs[1 - side];
      if (!take_over(node, *product, fused)) return false;
      node.inputs.resize(place + 1, kNoValue);
      node.inputs[place] = added;
      return true;
    }
    return false;
  }

  // The numbers are those of ops::Activation.
  bool fuse_activation(Node& node) {
    std::string_view fused;
    Node* product = product_of(node.inputs[0], &fused);
    if (product == nullptr) return false;
    const std::int64_t activation = node.op->name == "Relu"      ? 1
                                    : node.op->name == "Sigmoid" ? 2
                                                                 : 3;
    if (!take_over(node, *product, fused)) return false;
    set(node, "activation", activation);
    return true;
  }

  // The largest of a window is the same before Relu, which has less to do after it.
  bool fuse_max_pool(Node& node) {
    for (const std::string_view name : {"FusedConv", "QuantizedConv"}) {
      Node* conv = producer(node.inputs[0], name);
      const OperatorDef* op = registry_.find(Domain::kFused, "FusedMaxPool", 1);
      if (conv == nullptr || op == nullptr || node.outputs.size() > 1 ||
          node.find_attribute("dilations") != nullptr || !is_single(node.inputs[0]) ||
          conv->int_attribute("activation", 0) != 1) {
        continue;
      }
      conv->attributes.back().i = 0;  // fuse_activation has set it last
      node.op = op;
      set(node, "activation", 1);
      return true;
    }
    return false;
  }

  // ---- spelled-out functions

  bool fuse_gelu(Node& node) {
    constexpr std::string_view kPatterns[] = {
        "Mul(Mul(x,Add(Erf(Div(x,s)),o)),h)", "Mul(x,Mul(Add(Erf(Div(x,s)),o),h))",
        "Mul(Mul(x,h),Add(Erf(Div(x,s)),o))", "Mul(Mul(x,Add(Erf(Mul(x,r)),o)),h)",
        "Mul(x,Mul(Add(Erf(Mul(x,r)),o),h))", "Mul(Mul(x,h),Add(Erf(Mul(x,r)),o))"};
    for (const std::string_view pattern : kPatterns) {
      if (!is(node, pattern) || !is_number(at('o'), 1.0f) || !is_number(at('h'), 0.5f)) continue;
      if (at('s') != kNoValue ? !is_number(at('s'), 1.41421356f)
                              : !is_number(at('r'), 0.70710678f)) {
        continue;
      }
      if (!replace(node, "Gelu", {at('x')}, Domain::kOnnx, 20)) return false;
      node.attributes.clear();
      return true;
    }
    return false;
  }

  bool fuse_layer_normalization(Node& node) {
    constexpr std::string_view kPatterns[] = {
        "Add(Mul(Div(d=Sub(x,m=ReduceMean(x)),Sqrt(Add(v=ReduceMean(Pow(d,t)),e))),g),b)",
        "Add(Mul(Div(d=Sub(x,m=ReduceMean(x)),Sqrt(Add(v=ReduceMean(Mul(d,d)),e))),g),b)"};
    for (const std::string_view pattern : kPatterns) {
      if (!is(node, pattern) || (at('t') != kNoValue && !is_number(at('t'), 2.0f))) continue;
      bool fits = true;
      for (const char mean : {'m', 'v'}) {
        const Node* reduce = producer(at(mean), "ReduceMean");
        std::int64_t axis = 0;
        fits = fits && one_number(*reduce, "axes", &axis) && axis == -1 &&
               reduce->int_attribute("keepdims", 1) == 1;
      }
      const TensorView* epsilon = float_constant(at('e'));
      const TensorView* scale = float_constant(at('g'), 1);
      const TensorView* bias = float_constant(at('b'), 1);
      if (!fits || !epsilon || epsilon->shape.elements() != 1 || !scale || !bias ||
          !(scale->shape == bias->shape)) {
        continue;
      }
      const float least = Elements<float>(epsilon->data)[0];
      if (!replace(node, "LayerNormalization", {at('x'), at('g'), at('b')}, Domain::kOnnx, 17)) {
        return false;
      }
      node.attributes.clear();
      set(node, "axis", -1);
      set(node, "epsilon", 0);
      node.attributes.back().kind = onnx::AttributeKind::kFloat;
      node.attributes.back().f = least;
      return true;
    }
    return false;
  }

  // ---- convolutions and recurrent layers

  bool fuse_conv(Node& node) {
    Weights weights;
    if (!match_weights(node.inputs[1], 0, &weights) || !is_symmetric_int8(weights)) return false;
    if (weights.axis > 0 || plan_.values[weights.q].constant.shape.rank() < 1) return false;
    const std::int64_t channels = plan_.values[weights.q].constant.shape[0];
    int scale = weights.scale;
    if (weights.axis < 0) {
      const float all = Elements<float>(constant(weights.scale)->data)[0];
      float* each = add_floats({channels}, &scale);
      if (each == nullptr) return false;
      std::fill_n(each, channels, all);
    }
    return replace(node, "QuantizedConv", {node.inputs[0], weights.q, input(node, 2), scale});
  }

  // BatchNormalization of a convolution's result is a factor and a shift of each output channel.
  bool fuse_normalized_conv(Node& node) {
    if (node.outputs.size() > 1 || node.int_attribute("training_mode", 0) != 0) return false;
    Node* quantised = producer(node.inputs[0], "QuantizedConv");
    Node* conv = quantised ? quantised : producer(node.inputs[0], "Conv");
    if (conv == nullptr || conv->converts || !is_single(node.inputs[0])) return false;
    const int factors = quantised ? conv->inputs[3] : conv->inputs[1];
    const int old_bias = input(*conv, 2);
    if (!float_constant(factors) || (old_bias != kNoValue && !float_constant(old_bias, 1))) {
      return false;
    }
    const Shape shape = constant(factors)->shape;
    if (shape.rank() == 0 || shape.elements() == 0) return false;
    const auto channels = static_cast<std::size_t>(shape[0]);
    const void* numbers[5] = {};  // scale, bias, mean, variance of each channel; the old bias
    for (std::size_t i = 0; i < 5; ++i) {
      const int value = i < 4 ? node.inputs[i + 1] : old_bias;
      if (value == kNoValue) continue;
      const TensorView* list = float_constant(value, 1);
      if (!list || list->shape.elements() != channels) return false;
      numbers[i] = list->data;
    }
    const onnx::AttributeRef* epsilon = node.find_attribute("epsilon");
    const float least = epsilon ? epsilon->f : 1e-5f;
    const Elements<float> old(constant(factors)->data);
    const std::size_t each = shape.elements() / channels;
    int scaled = kNoValue;
    int bias = kNoValue;
    float* scaled_values = add_floats(shape, &scaled);
    float* bias_values = add_floats({shape[0]}, &bias);
    if (scaled_values == nullptr || bias_values == nullptr) return false;
    for (std::size_t channel = 0; channel < channels; ++channel) {
      float number[5] = {};
      for (std::size_t i = 0; i < 5; ++i) {
        if (numbers[i] != nullptr) number[i] = Elements<float>(numbers[i])[channel];
      }
      const float factor = number[0] / std::sqrt(number[3] + least);
      bias_values[channel] = (number[4] - number[2]) * factor + number[1];
      for (std::size_t i = channel * each; i < (channel + 1) * each; ++i) {
        scaled_values[i] = old[i] * factor;
      }
    }
    node.inputs = {conv->inputs[0], quantised ? conv->inputs[1] : scaled, bias};
    if (quantised) node.inputs.push_back(scaled);
    node.attributes = std::move(conv->attributes);
    node.op = conv->op;
    return true;
  }

  // int8 weights of a recurrent layer, [directions][rows][size], perhaps with a dimension of one
  // added after DequantizeLinear: the weights in that shape, and a scale for each row.
  bool match_layer(int value, std::int64_t directions, std::int64_t rows, int* q, int* scale) {
    for (const std::string_view view : {"Unsqueeze", "Reshape"}) {
      if (const Node* node = producer(value, view)) value = node->inputs[0];
    }
    Weights weights;
    if (!match_weights(value, 0, &weights) || !is_symmetric_int8(weights)) return false;
    const TensorView tensor = *constant(weights.q);
    const auto count = static_cast<std::size_t>(directions * rows);
    const std::size_t rank = tensor.shape.rank();
    if (rank < 2 || rank > 3 || count == 0 || tensor.shape.elements() % count != 0) return false;
    // Scales that run along the inputs cannot be taken out of the sums.
    if (weights.axis == static_cast<std::int64_t>(rank) - 1) return false;
    if (tensor.shape[rank - 1] != static_cast<std::int64_t>(tensor.shape.elements() / count)) {
      return false;
    }
    const Elements<float> scales(plan_.values[weights.scale].constant.data);
    const std::size_t many = plan_.values[weights.scale].constant.shape.elements();
    const bool by_direction = rank == 3 && weights.axis == 0;
    float* list = add_floats({static_cast<std::int64_t>(count)}, scale);
    if (list == nullptr) return false;
    for (std::size_t i = 0; i < count; ++i) {
      list[i] = scales[by_direction ? i / static_cast<std::size_t>(rows) : i % many];
    }
    *q = add_constant(DataType::kInt8, {directions, rows, tensor.shape[rank - 1]}, tensor.data);
    return true;
  }

  bool fuse_recurrent(Node& node) {
    const std::string_view name = node.op->name;
    const bool is_lstm = name == "LSTM";
    const std::int64_t gates = is_lstm ? 4 : name == "GRU" ? 3 : 1;
    const onnx::AttributeRef* direction = node.find_attribute("direction");
    const std::int64_t directions = direction && direction->s == "bidirectional" ? 2 : 1;
    const std::int64_t hidden = node.int_attribute("hidden_size", 0);
    if (hidden < 1 || hidden > 65536) return false;
    const OperatorDef* op = registry_.find(Domain::kFused,
                                           is_lstm      ? "QuantizedLSTM"
                                           : gates == 3 ? "QuantizedGRU"
                                                        : "QuantizedRNN",
                                           1);
    int q[2];
    int scales[2];
    for (const std::size_t i : {0, 1}) {
      if (!match_layer(node.inputs[i + 1], directions, gates * hidden, &q[i], &scales[i])) {
        return false;
      }
    }
    if (op == nullptr) return false;
    node.op = op;
    node.inputs.resize(is_lstm ? 8 : 6, kNoValue);
    for (const std::size_t i : {0, 1}) {
      node.inputs[i + 1] = q[i];
      node.inputs.push_back(scales[i]);
    }
    return true;
  }

  // ---- rows of tables

  // Rows of a dequantised table: dequantise the rows that are asked for, not the table.
  bool fuse_gather(Node& node) {
    Weights weights;
    if (node.int_attribute("axis", 0) != 0 || !match_weights(node.inputs[0], 0, &weights)) {
      return false;
    }
    if (plan_.values[weights.q].constant.shape.rank() < 1 ||
        !replace(node, "QuantizedGather",
                 {weights.q, node.inputs[1], weights.scale, weights.zero})) {
      return false;
    }
    set_quantisation(node, weights);
    return true;
  }

  // What a Gather along axis 0 reads from a constant table; null for anything else.
  const TensorView* gathered(int value, const Node** gather) const {
    *gather = producer(value, "Gather");
    if (*gather == nullptr || (*gather)->int_attribute("axis", 0) != 0) return nullptr;
    return constant((*gather)->inputs[0]);
  }

  // Rows of a table, dequantised or float: what EmbeddingBag reads. `is_list` says that the ids
  // are a list, so that the rows have two dimensions.
  bool match_rows(int value, bool is_list, int* ids, Weights* weights) const {
    if (const Node* rows = producer(value, "QuantizedGather")) {
      *ids = rows->inputs[1];
      weights->q = rows->inputs[0];
      weights->scale = rows->inputs[2];
      weights->zero = rows->inputs[3];
      weights->axis = rows->int_attribute("axis", -1);
      weights->block = rows->int_attribute("block_size", 0);
      return constant(weights->q)->shape.rank() == 2;
    }
    const Node* rows = nullptr;
    const Node* dequantize = producer(value, "DequantizeLinear");
    const TensorView* table = gathered(dequantize ? dequantize->inputs[0] : value, &rows);
    if (table == nullptr || table->shape.rank() != 2) return false;
    *ids = rows->inputs[1];
    weights->q = rows->inputs[0];
    if (dequantize == nullptr) return table->type == DataType::kFloat;
    if (!small_integers(weights->q)) return false;
    // Scales gathered along with the rows.
    const Node* with = nullptr;
    if (const TensorView* scales = gathered(dequantize->inputs[1], &with)) {
      const std::int64_t axis = dequantize->int_attribute("axis", 1);
      weights->scale = with->inputs[0];
      weights->axis = 0;
      return with->inputs[1] == *ids && scales->type == DataType::kFloat &&
             scales->shape.rank() == 1 && scales->shape[0] == table->shape[0] &&
             (axis == 0 || axis == -2) && input(*dequantize, 2) == kNoValue;
    }
    if (!match_quantised(*dequantize, table->shape, weights) || weights->block != 0) return false;
    return weights->axis == -1 || dequantize->int_attribute("axis", 1) == -1 ||
           (is_list && weights->axis == 1);
  }

  // y = sum over the rows of weight * row, or their plain sum or mean.
  bool fuse_embedding_bag(Node& node) {
    std::int64_t over = 0;
    if (!one_number(node, "axes", &over)) return false;
    Weights weights;
    int ids = kNoValue;
    int factors = kNoValue;
    const bool is_mean = node.op->name == "ReduceMean";
    bool fits = match_rows(node.inputs[0], false, &ids, &weights);
    if (const Node* product = producer(node.inputs[0], "Mul"); product && over == 0 && !is_mean) {
      for (const std::size_t side : {0, 1}) {
        if (fits) break;
        weights = {};
        factors = behind_column(product->inputs[1 - side]);
        fits = factors != kNoValue && match_rows(product->inputs[side], true, &ids, &weights);
      }
    }
    const std::int64_t keep = node.int_attribute("keepdims", 1);
    if (!fits ||
        !replace(node, "EmbeddingBag", {weights.q, ids, weights.scale, weights.zero, factors})) {
      return false;
    }
    set_quantisation(node, weights);
    set(node, "over", over);
    set(node, "mean", is_mean ? 1 : 0);
    set(node, "keepdims", keep);
    return true;
  }

  // The value behind a few Reshapes to [-1] and Casts to int64: the same numbers in the same order.
  int behind_flattening(int value) const {
    constexpr int kFew = 4;
    for (int i = 0; i < kFew; ++i) {
      const Node* reshape = producer(value, "Reshape");
      const Node* cast = producer(value, "Cast");
      std::int64_t size = 0;
      if (reshape && one_number(*reshape, "shape", &size) && size == -1) {
        value = reshape->inputs[0];
      } else if (cast && cast->int_attribute("to", 0) == static_cast<int>(DataType::kInt64)) {
        value = cast->inputs[0];
      } else {
        break;
      }
    }
    return value;
  }

  // The value v where `value` is v [n] seen as [n, 1]; kNoValue when it is not that.
  int behind_column(int value) const {
    std::int64_t axis = 0;
    const Node* unsqueeze = producer(value, "Unsqueeze");
    if (unsqueeze && one_number(*unsqueeze, "axes", &axis) && axis == 1) {
      return unsqueeze->inputs[0];
    }
    const Node* reshape = producer(value, "Reshape");
    const TensorView* shape = reshape ? constant(input(*reshape, 1)) : nullptr;
    if (shape && shape->shape.elements() == 2) {
      const Elements<std::int64_t> sizes(shape->data);
      if (sizes[0] == -1 && sizes[1] == 1) return reshape->inputs[0];
    }
    return kNoValue;
  }

  // scores = prior, then for every item n of the session and each of its k neighbours:
  // scores[neighbours[item][j]] += weights[n] * scale[item] * q[item][j].
  bool fuse_sparse_accumulate(Node& node) {
    const onnx::AttributeRef* reduction = node.find_attribute("reduction");
    if (!reduction || reduction->s != "add" || node.int_attribute("axis", 0) != 0) return false;
    const Node* gather = nullptr;
    const TensorView* neighbours = gathered(behind_flattening(node.inputs[1]), &gather);
    const Node* product = producer(behind_flattening(node.inputs[2]), "Mul");
    if (!neighbours || !product) return false;
    for (const std::size_t side : {0, 1}) {
      Weights weights;
      int ids = kNoValue;
      const int factors = behind_column(product->inputs[1 - side]);
      if (factors == kNoValue || !match_rows(product->inputs[side], true, &ids, &weights)) continue;
      if (ids != gather->inputs[1] || weights.axis == 1 || weights.scale == kNoValue ||
          !is_symmetric_int8(weights) ||
          !(plan_.values[weights.q].constant.shape == neighbours->shape)) {
        continue;
      }
      if (!replace(node, "SparseAccumulate",
                   {node.inputs[0], gather->inputs[0], weights.q, weights.scale, ids, factors})) {
        return false;
      }
      node.attributes.clear();
      return true;
    }
    return false;
  }

  Plan::Impl& plan_;
  Block& block_;
  const Registry& registry_;
  std::vector<int> made_by_;  // the node that makes each value; kNoValue for inputs, constants
  std::vector<int> uses_;     // how many nodes and outputs read each value
  Letters letters_{};
};

}  // namespace

void fuse_nodes(Plan::Impl& plan, Block& block, const Registry& registry) {
  Fuser(plan, block, registry).run();
}

}  // namespace storewise::graph
