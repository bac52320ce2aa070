#include "train/quantize_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <initializer_list>
#include <numeric>
#include <optional>
#include <protozero/pbf_writer.hpp>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "onnx/field_reader.h"
#include "onnx/schema.h"
#include "support/message.h"
#include "train/model_file.h"

namespace storewise::train {
namespace {

namespace field = onnx::field;
using onnx::DataType;
using protozero::pbf_writer;

constexpr std::int64_t kOpset = 13;       // DequantizeLinear's first with an axis
constexpr std::int64_t kOldestOpset = 7;  // before it, Add and its kin broadcast by attributes
constexpr std::int64_t kIrVersion = 7;    // that of opset 13
constexpr std::int64_t kIrInitializersApart = 4;  // until then every initializer is an input too

// ---- the constants of a model and who reads them

struct Constant;

struct Use {
  const FileNode* node = nullptr;
  std::size_t input = 0;
};

// A value that is the same in every run.
struct Constant {
  const FileGraph* graph = nullptr;
  const FileTensor* tensor = nullptr;  // of an initializer or a Constant node
  const FileNode* node = nullptr;      // what makes it; null for an initializer
  Constant* source = nullptr;          // what `node` makes it of; null for a Constant node
  std::string_view name;
  DataType type = DataType::kUndefined;
  std::vector<std::int64_t> dims;
  std::vector<std::size_t> perm;  // of a Transpose
  std::vector<Use> uses;
  std::size_t first_use = SIZE_MAX;  // the first node of `graph` that needs it, itself or within
  bool is_output = false;            // of the graph or of a subgraph
  bool is_input = false;             // an initializer that callers may replace

  Constant* whole = nullptr;  // what it is a part of, by Split or Slice; it is never int8 itself
  std::optional<std::int64_t> part_axis;  // that by which a part of it is read as a weight
  bool is_weight = false;                 // read as one, before anything speaks against it
  std::int64_t axis = 0;
  std::string left;  // why it stays float
  bool chosen = false;
  bool removed = false;
  std::vector<std::int8_t> q;
  std::vector<float> scales;
  double error = 0;

  std::size_t elements() const {
    return std::accumulate(dims.begin(), dims.end(), std::size_t{1},
                           [](std::size_t product, std::int64_t dim) {
                             return product * static_cast<std::size_t>(dim);
                           });
  }
  bool is_candidate() const { return is_weight && left.empty(); }
};

std::int64_t last_axis_but(std::size_t rank, std::size_t steps) {
  return static_cast<std::int64_t>(rank - 1 - steps);
}

// The axis whose entries have a scale each when `use` reads a weight of this rank; nothing when it
// is not read as a weight.
std::optional<std::int64_t> weight_axis(const Use& use, std::size_t rank) {
  const FileNode& node = *use.node;
  const std::string_view op = node.op_type;
  const std::size_t i = use.input;
  if (!node.domain.empty() || rank < 2) return {};
  if (op == "MatMul") return last_axis_but(rank, i == 1 ? 0 : 1);
  if (op == "Gemm" && i < 2 && rank == 2) {
    const bool transposed = node.int_or(i == 1 ? "transB" : "transA", 0) != 0;
    return (i == 1) != transposed ? 1 : 0;
  }
  if (op == "Conv" && i == 1) return 0;
  if (op == "ConvTranspose" && i == 1) return 1;
  if ((op == "LSTM" || op == "GRU" || op == "RNN") && (i == 1 || i == 2) && rank == 3) return 1;
  if (op == "Gather" && i == 0) {
    const std::int64_t axis = node.int_or("axis", 0);
    const auto wrapped = axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis;
    if (wrapped >= 0 && wrapped < static_cast<std::int64_t>(rank)) return wrapped;
  }
  return {};
}

class Constants {
 public:
  explicit Constants(const FileModel& model) : model_(model) { collect(model.graph, nullptr, {}); }

  std::deque<Constant>& all() { return all_; }

 private:
  struct Scope {
    const Scope* outer;
    std::size_t at = 0;                                     // the node that is being looked at
    std::unordered_map<std::string_view, Constant*> names;  // null for what changes from run to run
  };

  // The constant of that name, which is used by the node at hand of each scope on the way.
  static Constant* find(const Scope& scope, std::string_view name) {
    if (name.empty()) return nullptr;
    for (const Scope* s = &scope; s != nullptr; s = s->outer) {
      const auto found = s->names.find(name);
      if (found == s->names.end()) continue;
      Constant* constant = found->second;
      if (constant != nullptr) constant->first_use = std::min(constant->first_use, s->at);
      return constant;
    }
    return nullptr;
  }

  Constant& add(const FileGraph& graph, Scope& scope, std::string_view name) {
    Constant& constant = all_.emplace_back();
    constant.graph = &graph;
    constant.name = name;
    scope.names[name] = &constant;
    return constant;
  }

  static void set_tensor(Constant& constant, const FileTensor& tensor) {
    constant.tensor = &tensor;
    constant.type = tensor.type;
    constant.dims = tensor.dims;
    if (tensor.external) {
      constant.left = "its numbers lie in another file";
    } else if (tensor.elements() > tensor.data_bytes * 2) {
      constant.left = "its numbers do not fill its shape";  // 4-bit numbers: two a byte
    }
    if (!constant.left.empty()) constant.dims.clear();
  }

  using Names = std::unordered_map<std::string_view, Constant*>;

  // Keras hands a cell's weights to the Loop over its steps as variables that no step changes:
  // within the body such an input is the constant itself.
  static Names unchanged_in_loop(const Scope& scope, const FileNode& node, const FileGraph& body) {
    Names names;
    if (node.op_type != "Loop" || !node.domain.empty()) return names;
    // Loop: count, condition, variables; its body takes the same and gives condition, variables.
    for (std::size_t i = 2; i < node.inputs.size(); ++i) {
      if (i >= body.inputs.size() || i - 1 >= body.outputs.size()) break;
      const std::string_view inside = body.inputs[i].name;
      std::string_view given_back = body.outputs[i - 1].name;
      for (const FileNode& step : body.nodes) {
        if (step.op_type == "Identity" && step.inputs.size() == 1 && step.outputs.size() == 1 &&
            step.outputs[0] == given_back) {
          given_back = step.inputs[0];
          break;
        }
      }
      Constant* constant = given_back == inside ? find(scope, node.inputs[i]) : nullptr;
      if (constant != nullptr) names[inside] = constant;
    }
    return names;
  }

  // `unchanged` are inputs that stand for a constant of an outer graph.
  void collect(const FileGraph& graph, const Scope* outer, const Names& unchanged) {
    Scope scope{outer, 0, {}};
    for (const FileValue& input : graph.inputs) {
      const auto found = unchanged.find(input.name);
      scope.names[input.name] = found == unchanged.end() ? nullptr : found->second;
    }
    for (const FileTensor& tensor : graph.initializers) {
      const bool is_input = scope.names.contains(tensor.name);  // before it is entered itself
      Constant& constant = add(graph, scope, tensor.name);
      set_tensor(constant, tensor);
      constant.is_input = is_input && model_.ir_version >= kIrInitializersApart;
    }
    for (; scope.at < graph.nodes.size(); ++scope.at) {
      const FileNode& node = graph.nodes[scope.at];
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (Constant* constant = find(scope, node.inputs[i])) constant->uses.push_back({&node, i});
      }
      for (const FileAttribute& attribute : node.attributes) {
        for (const FileGraph& inner : attribute.graphs) {
          collect(inner, &scope, unchanged_in_loop(scope, node, inner));
        }
      }
      for (const std::string_view output : node.outputs) scope.names[output] = nullptr;
      if (node.domain.empty() && (node.op_type == "Split" || node.op_type == "Slice")) {
        add_parts(graph, scope, node);
        continue;
      }
      if (!node.domain.empty() || node.outputs.size() != 1) continue;
      if (node.op_type == "Constant") {
        const FileAttribute* value = node.find("value");
        if (value == nullptr || value->tensor == nullptr) continue;
        Constant& constant = add(graph, scope, node.outputs[0]);
        constant.node = &node;
        set_tensor(constant, *value->tensor);
      } else {
        add_made(graph, scope, node);
      }
    }
    for (const FileValue& output : graph.outputs) {
      if (Constant* constant = find(scope, output.name)) constant->is_output = true;
    }
  }

  // What Split or Slice takes out of a constant: remembered only to learn how it is read.
  void add_parts(const FileGraph& graph, Scope& scope, const FileNode& node) {
    Constant* whole = node.inputs.empty() ? nullptr : find(scope, node.inputs[0]);
    if (whole == nullptr || whole->type != DataType::kFloat) return;
    for (const std::string_view output : node.outputs) {
      if (output.empty()) continue;
      Constant& part = add(graph, scope, output);
      part.node = &node;
      part.whole = whole;
      part.dims.resize(whole->dims.size());  // zeros: its axes are the whole's, its sizes unknown
    }
  }

  // What a node makes of a constant without changing a number; nothing when it is another node.
  void add_made(const FileGraph& graph, Scope& scope, const FileNode& node) {
    if (node.inputs.empty()) return;
    Constant* source = find(scope, node.inputs[0]);
    if (source == nullptr || source->type != DataType::kFloat || !source->left.empty() ||
        source->is_input) {
      return;
    }
    std::vector<std::size_t> perm;
    std::optional<std::vector<std::int64_t>> dims = made_dims(scope, node, source->dims, &perm);
    if (!dims) return;
    Constant made;
    made.dims = std::move(*dims);
    if (made.elements() != source->elements()) return;
    Constant& constant = add(graph, scope, node.outputs[0]);
    constant.node = &node;
    constant.source = source;
    constant.type = source->type;
    constant.dims = std::move(made.dims);
    constant.perm = std::move(perm);
  }

  // The list in the attribute `name` or the constant input `i`.
  static std::optional<std::vector<std::int64_t>> list(const Scope& scope, const FileNode& node,
                                                       std::string_view name, std::size_t i) {
    if (const FileAttribute* attribute = node.find(name)) return attribute->ints;
    const Constant* constant = i < node.inputs.size() ? find(scope, node.inputs[i]) : nullptr;
    if (constant == nullptr || constant->tensor == nullptr || constant->is_input) return {};
    std::vector<std::int64_t> values = constant->tensor->ints();
    if (values.empty() && constant->elements() != 0) return {};
    return values;
  }

  // Whether every axis lies within `rank`, once each, after negative ones were counted from the
  // end.
  static bool wrap_axes(std::vector<std::int64_t>& axes, std::size_t rank) {
    std::set<std::int64_t> seen;
    for (std::int64_t& axis : axes) {
      if (axis < 0) axis += static_cast<std::int64_t>(rank);
      if (axis < 0 || axis >= static_cast<std::int64_t>(rank) || !seen.insert(axis).second) {
        return false;
      }
    }
    return true;
  }

  static std::optional<std::vector<std::int64_t>> made_dims(const Scope& scope,
                                                            const FileNode& node,
                                                            const std::vector<std::int64_t>& dims,
                                                            std::vector<std::size_t>* perm) {
    const std::string_view op = node.op_type;
    if (op == "Identity") return dims;
    if (op == "Transpose") {
      std::vector<std::int64_t> order;
      if (const FileAttribute* given = node.find("perm")) {
        order = given->ints;
      } else {
        for (std::size_t axis = dims.size(); axis-- > 0;) {
          order.push_back(static_cast<std::int64_t>(axis));
        }
      }
      if (order.size() != dims.size() || !wrap_axes(order, dims.size())) return {};
      std::vector<std::int64_t> made;
      for (const std::int64_t axis : order) {
        perm->push_back(static_cast<std::size_t>(axis));
        made.push_back(dims[static_cast<std::size_t>(axis)]);
      }
      return made;
    }
    if (op == "Reshape") {
      std::optional<std::vector<std::int64_t>> shape = list(scope, node, "shape", 1);
      if (!shape || node.int_or("allowzero", 0) != 0) return {};
      return reshaped(std::move(*shape), dims);
    }
    if (op != "Unsqueeze" && op != "Squeeze") return {};
    std::optional<std::vector<std::int64_t>> axes = list(scope, node, "axes", 1);
    if (!axes) return {};
    const std::size_t rank = op == "Squeeze" ? dims.size() : dims.size() + axes->size();
    if (!wrap_axes(*axes, rank)) return {};
    std::vector<std::int64_t> made;
    std::size_t next = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const bool listed =
          std::find(axes->begin(), axes->end(), static_cast<std::int64_t>(axis)) != axes->end();
      if (op == "Unsqueeze") {
        made.push_back(listed ? 1 : dims[next++]);
      } else if (!listed) {
        made.push_back(dims[axis]);
      } else if (dims[axis] != 1) {
        return {};
      }
    }
    return made;
  }

  // Reshape's rules: 0 keeps a size, one -1 takes what is left.
  static std::optional<std::vector<std::int64_t>> reshaped(std::vector<std::int64_t> shape,
                                                           const std::vector<std::int64_t>& dims) {
    std::int64_t total = 1;
    for (const std::int64_t dim : dims) total *= dim;
    std::int64_t known = 1;
    std::int64_t* open = nullptr;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == 0) {
        if (axis >= dims.size()) return {};
        shape[axis] = dims[axis];
      }
      if (shape[axis] == -1 && open == nullptr) {
        open = &shape[axis];
      } else if (shape[axis] < 1 || known > total / shape[axis]) {
        return {};  // also keeps the product from overflowing
      } else {
        known *= shape[axis];
      }
    }
    if (open != nullptr) *open = total / known;
    return shape;
  }

  const FileModel& model_;
  std::deque<Constant> all_;  // what a constant is made of stands before it
};

std::vector<float> values_of(const Constant& constant) {
  if (constant.source == nullptr) return constant.tensor->floats();
  std::vector<float> from = values_of(*constant.source);
  if (constant.perm.empty() || from.empty()) return from;
  // Walks the result in order; `steps` is how far each of its axes moves in the source.
  const std::size_t rank = constant.dims.size();
  std::vector<std::size_t> strides(rank, 1);
  for (std::size_t axis = rank - 1; axis-- > 0;) {
    strides[axis] = strides[axis + 1] * static_cast<std::size_t>(constant.source->dims[axis + 1]);
  }
  std::vector<std::size_t> index(rank, 0);
  std::vector<float> to(from.size());
  std::size_t at = 0;
  for (float& value : to) {
    value = from[at];
    for (std::size_t axis = rank; axis-- > 0;) {
      const std::size_t step = strides[constant.perm[axis]];
      at += step;
      if (++index[axis] < static_cast<std::size_t>(constant.dims[axis])) break;
      at -= step * index[axis];
      index[axis] = 0;
    }
  }
  return to;
}

// ---- which constants become int8

std::string readers_of(const Constant& constant) {
  std::string names;
  std::set<std::string_view> seen;
  for (const Use& use : constant.uses) {
    if (!seen.insert(use.node->op_type).second) continue;
    names += (names.empty() ? "" : ", ") + std::string(use.node->op_type);
  }
  return names;
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether every reader of `constant` goes away, so that it does as well.
bool is_spent(const Constant& constant, const std::unordered_set<const FileNode*>& gone) {
  return !constant.is_output && !constant.is_input && !constant.uses.empty() &&
         std::all_of(constant.uses.begin(), constant.uses.end(),
                     [&](const Use& use) { return gone.contains(use.node); });
}

// About what the int8 form takes in the file: integers, scales, two names, a node.
std::size_t int8_bytes(const Constant& constant) {
  const auto channels =
      static_cast<std::size_t>(constant.dims[static_cast<std::size_t>(constant.axis)]);
  return constant.elements() + channels * sizeof(float) + 100 + 6 * constant.name.size();
}

// `steps` entries of each channel lie `count` / channels apart: gathers one channel of a
// row-major tensor seen as [outer][channels][inner].
struct Layout {
  std::size_t outer = 1;
  std::size_t channels = 1;
  std::size_t inner = 1;

  Layout(const std::vector<std::int64_t>& dims, std::int64_t axis) {
    for (std::size_t i = 0; i < dims.size(); ++i) {
      const auto dim = static_cast<std::size_t>(dims[i]);
      const auto place = static_cast<std::int64_t>(i);
      (place < axis ? outer : place > axis ? inner : channels) *= dim;
    }
  }
  // Calls visit(place in the tensor) for the entries of a channel in order.
  template <typename Visit>
  void for_each(std::size_t channel, Visit&& visit) const {
    for (std::size_t o = 0; o < outer; ++o) {
      const std::size_t begin = (o * channels + channel) * inner;
      for (std::size_t i = 0; i < inner; ++i) visit(begin + i);
    }
  }
};

// Symmetric int8 with a given step; returns the integers' fit (least squares) and its squared
// error.
struct Fit {
  double scale = 0;
  double error = 0;
};

Fit fit(std::span<const float> values, float step, double square_sum, std::span<std::int8_t> out) {
  double mixed = 0;
  double squares = 0;
  const float inverse = 1.0f / step;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float magnitude = std::min(std::floor(std::fabs(values[i]) * inverse + 0.5f), 127.0f);
    const float rounded = values[i] < 0 ? -magnitude : magnitude;
    out[i] = static_cast<std::int8_t>(rounded);
    mixed += static_cast<double>(values[i]) * rounded;
    squares += static_cast<double>(rounded) * rounded;
  }
  // The values lie near scale x integers, so that both sums are positive unless all are zero.
  if (!(squares > 0)) return {1.0, square_sum};
  return {mixed / squares, square_sum - mixed * mixed / squares};
}

float largest_magnitude(std::span<const float> values) {
  float largest = 0.0f;
  for (const float v : values) largest = std::max(largest, std::fabs(v));
  return largest;
}

// Below this the scale itself would be subnormal, and such weights mean nothing.
constexpr float kNothing = 1e-30f;

float quantise_largest(std::span<const float> values, std::span<std::int8_t> out) {
  const float largest = largest_magnitude(values);
  if (!(largest > kNothing)) {
    std::fill(out.begin(), out.end(), std::int8_t{0});
    return 1.0f;
  }
  fit(values, largest / 127.0f, 0, out);
  return largest / 127.0f;
}

void quantise(Constant& constant, const std::vector<float>& values, bool best) {
  const Layout layout(constant.dims, constant.axis);
  constant.q.resize(values.size());
  constant.scales.resize(layout.channels);
  std::vector<float> channel(layout.outer * layout.inner);
  std::vector<std::int8_t> q(channel.size());
  double wrong = 0;
  double all = 0;
  for (std::size_t c = 0; c < layout.channels; ++c) {
    std::size_t n = 0;
    layout.for_each(c, [&](std::size_t place) { channel[n++] = values[place]; });
    const float scale = best ? quantise_best(channel, q) : quantise_largest(channel, q);
    constant.scales[c] = scale;
    n = 0;
    layout.for_each(c, [&](std::size_t place) { constant.q[place] = q[n++]; });
    for (std::size_t i = 0; i < n; ++i) {
      const double difference = static_cast<double>(channel[i]) - static_cast<double>(scale) * q[i];
      wrong += difference * difference;
      all += static_cast<double>(channel[i]) * channel[i];
    }
  }
  constant.error = all > 0 ? std::sqrt(wrong / all) : 0;
}

// ---- opsets

// An operator whose meaning changed on the way to opset 13: nodes written for an earlier opset
// would mean something else, or nothing. With `attribute`, only nodes that have it.
struct Change {
  std::string_view op;
  std::int64_t since;
  std::string_view attribute;
};

constexpr std::array kChanges = {
    Change{"BatchNormalization", 9, "spatial"},
    Change{"Clip", 11, "max"},
    Change{"Clip", 11, "min"},
    Change{"Dropout", 12, "ratio"},
    Change{"Hardmax", 13, ""},
    Change{"LogSoftmax", 13, ""},
    Change{"Pad", 11, ""},
    Change{"ReduceSum", 13, "axes"},
    Change{"Resize", 11, ""},
    Change{"Scan", 9, ""},
    Change{"Scatter", 11, ""},
    Change{"Slice", 10, ""},
    Change{"Softmax", 13, ""},
    Change{"Split", 13, "split"},
    Change{"Squeeze", 13, "axes"},
    Change{"TopK", 10, ""},
    Change{"Unsqueeze", 13, "axes"},
    Change{"Upsample", 9, ""},
    Change{"Upsample", 10, ""},
};

// The rank of a value as far as the graph's declarations tell; 0 when they don't.
std::size_t declared_rank(const FileGraph& graph, std::string_view name) {
  for (const auto* list : {&graph.values, &graph.outputs, &graph.inputs}) {
    for (const FileValue& value : *list) {
      if (value.name == name && value.has_shape) return value.dims.size();
    }
  }
  return 0;
}

// Softmax and its kin took everything from `axis` (1 unless told) on together; as of opset 13 they
// take one axis, the last unless told. Both are the same for the last axis.
bool means_last_axis(const FileGraph& graph, const FileNode& node) {
  const std::int64_t axis = node.int_or("axis", 1);
  if (axis == -1) return true;
  std::size_t rank = node.inputs.empty() ? 0 : declared_rank(graph, node.inputs[0]);
  if (rank == 0 && !node.outputs.empty()) rank = declared_rank(graph, node.outputs[0]);
  return rank > 0 && axis == static_cast<std::int64_t>(rank) - 1;
}

void require_same_meaning(const FileModel& model) {
  const std::int64_t opset = model.opset();
  constexpr std::string_view kSummary = "the model's opset is too old for int8 weights";
  if (opset < kOldestOpset || !model.functions.empty()) {
    throw_error(ErrorCode::kUnsupported, kSummary, {}, {"opset ", opset},
                {"opset ", kOpset, ", or a model of opset ", kOldestOpset,
                 " or later without functions of its own: export it anew"},
                {opset < kOldestOpset ? "an older one" : "functions of its own"});
  }
  for_each_graph(model.graph, [&](const FileGraph& graph) {
    for (const FileNode& node : graph.nodes) {
      if (!node.domain.empty()) continue;
      for (const Change& change : kChanges) {
        if (node.op_type != change.op || opset >= change.since) continue;
        if (!change.attribute.empty() && node.find(change.attribute) == nullptr) continue;
        const bool is_softmax =
            change.op == "Softmax" || change.op == "LogSoftmax" || change.op == "Hardmax";
        if (is_softmax && means_last_axis(graph, node)) continue;
        throw_error(ErrorCode::kUnsupported, kSummary, {},
                    {"opset ", opset, ", node \"", node.label(), "\""},
                    {"opset ", kOpset, ": export the model anew, or convert it"},
                    {node.op_type, ", which means something else as of opset ", change.since});
      }
    }
  });
}

// ---- writing

// AttributeProto's subgraph and list of subgraphs.
constexpr field::Tag kAttributeGraph = 6, kAttributeGraphs = 11;

struct Field {
  field::Tag tag = 0;
  onnx::Wire wire = onnx::Wire::kVarint;
  std::string_view raw;      // with its tag and length
  std::string_view content;  // of a message or text
};

template <typename Visit>
void for_each_field(std::string_view message, Visit&& visit) {
  onnx::FieldReader in(message);
  for (std::string_view before = message; in.next(); before = in.rest()) {
    const Field field{in.number(), in.wire(), before.substr(0, before.size() - in.rest().size()),
                      in.wire() == onnx::Wire::kBlock ? in.block() : std::string_view()};
    visit(field);
  }
}

bool is_graph_field(const Field& part) {
  return part.wire == onnx::Wire::kBlock &&
         (part.tag == kAttributeGraph || part.tag == kAttributeGraphs);
}

class Rewriter {
 public:
  Rewriter(const FileModel& model, std::deque<Constant>& constants) : model_(model) {
    for_each_graph(model.graph, [&](const FileGraph& graph) {
      for (const FileTensor& tensor : graph.initializers) taken_.emplace(tensor.name);
      for (const FileValue& value : graph.inputs) taken_.emplace(value.name);
      for (const FileNode& node : graph.nodes) {
        for (const std::string_view name : node.inputs) taken_.emplace(name);
        for (const std::string_view name : node.outputs) taken_.emplace(name);
      }
    });
    for (Constant& constant : constants) {
      if (!constant.chosen && !constant.removed) continue;
      touched_.insert(constant.graph);
      if (constant.node != nullptr) {
        by_node_[constant.node] = &constant;
        continue;
      }
      by_tensor_[constant.tensor] = &constant;
      if (constant.chosen) pending_[constant.graph].push_back(&constant);
    }
  }

  // `opset` is the version to declare; what it changes besides is named in the header.
  std::string model(std::int64_t opset) {
    const bool raised = opset != model_.opset();
    const std::int64_t ir_version = raised ? kIrVersion : kIrInitializersApart;
    std::string message;
    pbf_writer out(message);
    bool has_ir_version = false;
    for_each_field(model_.message, [&](const Field& field) {
      const bool is_block = field.wire == onnx::Wire::kBlock;
      if (field.tag == field::model::kGraph && is_block) {
        out.add_message(field::model::kGraph, graph(model_.graph));
      } else if (field.tag == field::model::kOpsetImport && is_block && raised &&
                 is_default_domain(field.content)) {
        pbf_writer import(out, field::model::kOpsetImport);
        import.add_string(field::opset::kDomain, "");
        import.add_int64(field::opset::kVersion, opset);
      } else if (field.tag == field::model::kIrVersion && !is_block) {
        has_ir_version = true;
        out.add_int64(field::model::kIrVersion, std::max(model_.ir_version, ir_version));
      } else {
        message += field.raw;
      }
    });
    if (!has_ir_version) out.add_int64(field::model::kIrVersion, ir_version);
    return message;
  }

  std::size_t bytes_of(const Constant& constant) const {
    const auto found = bytes_.find(&constant);
    return found == bytes_.end() ? 0 : found->second;
  }

 private:
  static bool is_default_domain(std::string_view import) {
    bool is_default = true;
    for_each_field(import, [&](const Field& field) {
      if (field.tag == field::opset::kDomain) {
        is_default = field.content.empty() || field.content == "ai.onnx";
      }
    });
    return is_default;
  }

  bool is_touched(const FileGraph& graph) const {
    bool touched = false;
    for_each_graph(graph,
                   [&](const FileGraph& inner) { touched = touched || touched_.contains(&inner); });
    return touched;
  }

  std::string graph(const FileGraph& graph) {
    std::string message;
    pbf_writer out(message);
    std::size_t node = 0;
    std::size_t initializer = 0;
    std::size_t input = 0;
    std::unordered_set<std::string_view> dropped;  // inputs that stood for an initializer
    for (const FileTensor& tensor : graph.initializers) {
      if (by_tensor_.contains(&tensor)) dropped.insert(tensor.name);
    }
    for_each_field(graph.message, [&](const Field& field) {
      // Every part of a graph that is rewritten is a message.
      const auto tag = field.wire == onnx::Wire::kBlock ? field.tag : 0;
      if (tag == field::graph::kNode) {
        const FileNode& source = graph.nodes[node];
        for (Constant* constant : pending_[&graph]) {
          if (constant->first_use == node) dequantize(message, *constant);
        }
        ++node;
        const auto found = by_node_.find(&source);
        if (found == by_node_.end()) {
          if (const std::string inner = this->node(source); !inner.empty()) {
            out.add_message(field::graph::kNode, inner);
          } else {
            message += field.raw;
          }
        } else if (found->second->chosen) {
          tensors(message, *found->second);
          dequantize(message, *found->second);
        }
      } else if (tag == field::graph::kInitializer) {
        const auto found = by_tensor_.find(&graph.initializers[initializer++]);
        if (found == by_tensor_.end()) {
          message += field.raw;
        } else if (found->second->chosen) {
          tensors(message, *found->second);
        }
      } else if (tag == field::graph::kInput) {
        if (!dropped.contains(graph.inputs[input++].name)) message += field.raw;
      } else {
        message += field.raw;
      }
    });
    return message;
  }

  // A node whose subgraphs change; empty when they don't.
  std::string node(const FileNode& node) {
    const bool touched =
        std::any_of(node.attributes.begin(), node.attributes.end(), [&](const auto& attribute) {
          return std::any_of(attribute.graphs.begin(), attribute.graphs.end(),
                             [&](const FileGraph& inner) { return is_touched(inner); });
        });
    if (!touched) return {};
    std::string message;
    pbf_writer out(message);
    std::size_t attribute = 0;
    for_each_field(node.message, [&](const Field& field) {
      if (field.tag != field::node::kAttribute || field.wire != onnx::Wire::kBlock) {
        message += field.raw;
        return;
      }
      const FileAttribute& source = node.attributes[attribute++];
      std::size_t inner = 0;
      std::string content;
      pbf_writer content_out(content);
      for_each_field(field.content, [&](const Field& part) {
        if (is_graph_field(part)) {
          const FileGraph& within = source.graphs[inner++];
          if (is_touched(within)) {
            content_out.add_message(part.tag, graph(within));
            return;
          }
        }
        content += part.raw;
      });
      out.add_message(field::node::kAttribute, content);
    });
    return message;
  }

  // A name that nothing in the model has: `wanted`, or that with a number.
  std::string free_name(const std::string& wanted) {
    std::string name = wanted;
    for (int n = 2; !taken_.insert(name).second; ++n) name = wanted + '_' + std::to_string(n);
    return name;
  }

  struct Names {
    std::string q;
    std::string scale;
  };

  // Made when the first of them is written: initializers may stand before or behind the nodes.
  const Names& names_of(const Constant& constant) {
    Names& names = names_[&constant];
    if (names.q.empty()) {
      names.q = free_name(std::string(constant.name) + "_quantized");
      names.scale = free_name(std::string(constant.name) + "_scale");
    }
    return names;
  }

  static std::string tensor(std::string_view name, DataType type,
                            const std::vector<std::int64_t>& dims, const void* data,
                            std::size_t bytes) {
    std::string message;
    pbf_writer out(message);
    out.add_packed_int64(field::tensor::kDims, dims.begin(), dims.end());
    out.add_int32(field::tensor::kDataType, static_cast<std::int32_t>(type));
    out.add_string(field::tensor::kName, name.data(), name.size());
    out.add_bytes(field::tensor::kRawData, static_cast<const char*>(data), bytes);
    return message;
  }

  // Appends the two initializers to a graph.
  void tensors(std::string& message, const Constant& constant) {
    const Names& names = names_of(constant);
    const std::size_t before = message.size();
    pbf_writer out(message);
    out.add_message(field::graph::kInitializer, tensor(names.q, DataType::kInt8, constant.dims,
                                                       constant.q.data(), constant.q.size()));
    out.add_message(
        field::graph::kInitializer,
        tensor(names.scale, DataType::kFloat, {static_cast<std::int64_t>(constant.scales.size())},
               constant.scales.data(), constant.scales.size() * sizeof(float)));
    bytes_[&constant] += message.size() - before;
  }

  // Appends the node that makes the weight of them.
  void dequantize(std::string& message, const Constant& constant) {
    const Names& names = names_of(constant);
    const std::size_t before = message.size();
    std::string axis;
    pbf_writer axis_out(axis);
    axis_out.add_string(field::attribute::kName, "axis");
    axis_out.add_int64(field::attribute::kInt, constant.axis);
    axis_out.add_enum(field::attribute::kType, field::attribute::kTypeInt);
    std::string node;
    pbf_writer node_out(node);
    node_out.add_string(field::node::kInput, names.q);
    node_out.add_string(field::node::kInput, names.scale);
    node_out.add_string(field::node::kOutput, constant.name.data(), constant.name.size());
    node_out.add_string(field::node::kName, std::string(constant.name) + "_DequantizeLinear");
    node_out.add_string(field::node::kOpType, "DequantizeLinear");
    node_out.add_message(field::node::kAttribute, axis);
    pbf_writer out(message);
    out.add_message(field::graph::kNode, node);
    bytes_[&constant] += message.size() - before;
  }

  const FileModel& model_;
  std::set<std::string, std::less<>> taken_;
  std::unordered_set<const FileGraph*> touched_;
  std::unordered_map<const FileNode*, Constant*> by_node_;
  std::unordered_map<const FileTensor*, Constant*> by_tensor_;
  std::unordered_map<const FileGraph*, std::vector<Constant*>> pending_;
  std::unordered_map<const Constant*, Names> names_;
  std::unordered_map<const Constant*, std::size_t> bytes_;
};

// ---- all together

// The axis by which `constant` is read as a weight. A product needs its scales along its outputs to
// stay fast; a table does with any axis, and so gives way.
std::optional<std::int64_t> axis_of(const Constant& constant) {
  std::optional<std::int64_t> axis;
  for (const Use& use : constant.uses) {
    const std::optional<std::int64_t> wanted = weight_axis(use, constant.dims.size());
    if (wanted && (!axis || use.node->op_type != "Gather")) axis = wanted;
  }
  return axis ? axis : constant.part_axis;
}

// Chooses what becomes int8 and says of the rest why not.
void choose(std::deque<Constant>& constants, const QuantizeOptions& options) {
  // Parts are made after their whole: from the last on, so that parts of parts count.
  for (auto part = constants.rbegin(); part != constants.rend(); ++part) {
    if (part->whole == nullptr) continue;
    if (const std::optional<std::int64_t> axis = axis_of(*part)) part->whole->part_axis = axis;
  }
  for (Constant& constant : constants) {
    // Of what a weight is made, and what is made of a weight, only one is quantised: the first that
    // is read as one.
    bool covered = false;
    for (const Constant* c = constant.source; c != nullptr; c = c->source) {
      covered = covered || c->is_weight;
    }
    if (covered || constant.whole != nullptr || constant.elements() == 0) continue;
    const std::optional<std::int64_t> axis = axis_of(constant);
    if (!axis) continue;
    constant.is_weight = true;
    constant.axis = *axis;
    if (!constant.left.empty()) continue;
    const auto by_name = [&](const std::vector<std::string>& names) {
      return holds(names, constant.name);
    };
    if (constant.type != DataType::kFloat) {
      constant.left = std::string(onnx::data_type_name(constant.type)) + " weights";
    } else if (by_name(options.leave) || (!options.only.empty() && !by_name(options.only))) {
      constant.left = "not asked for";
    } else if (constant.is_input) {
      constant.left = "an input that callers may set";
    }
  }
}

// Leaves what would save too little. A weight that is made of another tensor saves that tensor only
// when nobody else reads it.
void leave_small(std::deque<Constant>& constants, std::int64_t least_saving) {
  std::unordered_set<const FileNode*> gone;
  for (const Constant& constant : constants) {
    if (constant.is_candidate() && constant.node != nullptr) gone.insert(constant.node);
  }
  std::unordered_map<const Constant*, std::int64_t> saving;  // by the constant in the file
  const auto origin_of = [](const Constant& constant) {
    const Constant* origin = &constant;
    while (origin->source != nullptr) origin = origin->source;
    return origin;
  };
  for (auto constant = constants.rbegin(); constant != constants.rend(); ++constant) {
    if (constant->is_candidate()) {
      saving[origin_of(*constant)] -= static_cast<std::int64_t>(int8_bytes(*constant));
      if (constant->source == nullptr) {
        saving[&*constant] += static_cast<std::int64_t>(constant->tensor->message.size());
      }
    } else if (constant->whole == nullptr && is_spent(*constant, gone)) {
      if (constant->node != nullptr) gone.insert(constant->node);
      if (constant->source == nullptr) {
        saving[&*constant] += static_cast<std::int64_t>(constant->tensor->message.size());
      }
    }
  }
  for (Constant& constant : constants) {
    if (!constant.is_candidate()) continue;
    const std::int64_t saved = saving[origin_of(constant)];
    if (saved >= least_saving) continue;
    constant.left = saved > 0 ? message({"too small: it would save ", saved, " bytes"})
                              : std::string("it would save nothing");
  }
}

std::string why_left(const Constant& constant) {
  if (!constant.left.empty()) return constant.left;
  if (constant.uses.empty()) return "read by no operator";
  return message({"read by ", readers_of(constant), ", not as a weight"});
}

bool is_float_kind(DataType type) {
  constexpr std::array kNumbers = {1, 10, 11, 16};  // float, float16, double, bfloat16
  return std::find(kNumbers.begin(), kNumbers.end(), static_cast<int>(type)) != kNumbers.end();
}

// int8, uint8, uint4, int4: weights that were quantised before.
bool is_small_integer(DataType type) {
  constexpr std::array kNumbers = {2, 3, 21, 22};
  return std::find(kNumbers.begin(), kNumbers.end(), static_cast<int>(type)) != kNumbers.end();
}

// Of weights that were quantised before.
bool is_scale(const Constant& constant) {
  return !constant.uses.empty() &&
         std::all_of(constant.uses.begin(), constant.uses.end(), [](const Use& use) {
           return use.input > 0 && use.node->op_type == "DequantizeLinear";
         });
}

constexpr std::size_t kLeastAttribute = 256;  // floats in an attribute that are worth a line
constexpr std::size_t kLeastIntegers = 16;

Json::array_t list_left(const FileModel& model, const std::deque<Constant>& constants) {
  Json::array_t left;
  for (const Constant& constant : constants) {
    if (constant.chosen || constant.removed || constant.whole != nullptr) continue;
    if (!constant.is_weight && constant.source != nullptr) continue;
    if (!is_float_kind(constant.type) || is_scale(constant)) continue;
    const std::size_t count = constant.dims.empty() && constant.tensor != nullptr
                                  ? constant.tensor->elements()
                                  : constant.elements();
    if (count < 2) continue;
    left.push_back({{"name", constant.name}, {"elements", count}, {"reason", why_left(constant)}});
  }
  for_each_graph(model.graph, [&](const FileGraph& graph) {
    for (const FileNode& node : graph.nodes) {
      std::size_t count = 0;
      for (const FileAttribute& attribute : node.attributes) count += attribute.float_count;
      if (count < kLeastAttribute) continue;
      left.push_back({{"name", node.label()},
                      {"elements", count},
                      {"reason", message({"attributes of ", node.op_type, ", not a tensor"})}});
    }
  });
  return left;
}

void require_known(const std::vector<std::string>& names, const std::deque<Constant>& constants,
                   const char* place) {
  for (const std::string& name : names) {
    const bool known = std::any_of(constants.begin(), constants.end(),
                                   [&](const Constant& c) { return c.name == name; });
    if (known) continue;
    throw_error(ErrorCode::kInvalidInput, "there is no such weight", {}, {place},
                {"a name of the model's constants"}, {"\"", name, "\""});
  }
}

}  // namespace

float quantise_best(std::span<const float> values, std::span<std::int8_t> out) {
  const float largest = largest_magnitude(values);
  if (!(largest > kNothing)) {
    std::fill(out.begin(), out.end(), std::int8_t{0});
    return 1.0f;
  }
  double square_sum = 0;
  for (const float v : values) square_sum += static_cast<double>(v) * v;
  float best_step = 0;
  Fit best;
  constexpr int kSteps = 10;
  for (int clip = 0; clip <= kSteps; ++clip) {
    const float step = largest / 127.0f * (1.0f - 0.03f * static_cast<float>(clip));
    const Fit tried = fit(values, step, square_sum, out);
    if (clip > 0 && tried.error >= best.error) continue;
    best = tried;
    best_step = step;
  }
  fit(values, best_step, square_sum, out);
  return static_cast<float>(best.scale);
}

QuantizeOptions parse_quantize_options(std::string_view json) {
  const JsonDocument document(json, "options");
  const JsonView root = document.root();
  QuantizeOptions options;
  if (const auto names = root.find("leave")) options.leave = names->strings();
  if (const auto names = root.find("only")) options.only = names->strings();
  options.least_saving = root.integer_or("least_saving", options.least_saving, 1);
  options.best_scales = root.boolean_or("best_scales", options.best_scales);
  return options;
}

QuantizedModel quantize_model(std::span<const std::uint8_t> bytes, const QuantizeOptions& options) {
  const FileModel model = read_model_file(bytes);
  Constants collected(model);
  std::deque<Constant>& constants = collected.all();
  require_known(options.leave, constants, "$.leave");
  require_known(options.only, constants, "$.only");
  choose(constants, options);
  leave_small(constants, options.least_saving);

  std::unordered_set<const FileNode*> gone;
  std::size_t chosen = 0;
  for (Constant& constant : constants) {
    if (!constant.is_candidate()) continue;
    const std::vector<float> values = values_of(constant);
    if (values.size() != constant.elements()) {
      constant.left = "its numbers do not fill its shape";
    } else if (!std::all_of(values.begin(), values.end(),
                            [](float value) { return std::isfinite(value); })) {
      constant.left = "it holds numbers that are not finite";
    } else {
      quantise(constant, values, options.best_scales);
      constant.chosen = true;
      ++chosen;
      if (constant.node != nullptr) gone.insert(constant.node);
    }
  }
  std::int64_t opset = model.opset();
  if (chosen > 0 && opset < kOpset) {
    require_same_meaning(model);
    opset = kOpset;
  }
  std::size_t integers = 0;
  for (auto constant = constants.rbegin(); constant != constants.rend(); ++constant) {
    if (constant->source == nullptr && is_small_integer(constant->type) &&
        constant->elements() >= kLeastIntegers) {
      ++integers;
    }
    if (constant->chosen || constant->whole != nullptr || !is_spent(*constant, gone)) continue;
    constant->removed = true;
    if (constant->node != nullptr) gone.insert(constant->node);
  }

  QuantizedModel result;
  Json::array_t quantised;
  Rewriter rewriter(model, constants);
  // Untouched bytes when there is nothing to do: the file may spell something in its own way.
  result.model = chosen > 0 ? rewriter.model(opset) : std::string(model.message);
  for (const Constant& constant : constants) {
    if (!constant.chosen) continue;
    quantised.push_back({{"name", constant.name},
                         {"elements", constant.elements()},
                         {"axis", constant.axis},
                         {"shape", constant.dims},
                         {"operators", readers_of(constant)},
                         {"bytes_before", constant.elements() * sizeof(float)},
                         {"bytes_after", rewriter.bytes_of(constant)},
                         {"error", constant.error}});
  }
  result.report = {{"bytes_before", bytes.size()},      {"bytes_after", result.model.size()},
                   {"opset_before", model.opset()},     {"opset", opset},
                   {"quantised", std::move(quantised)}, {"left", list_left(model, constants)},
                   {"integers_before", integers}};
  return result;
}

}  // namespace storewise::train
