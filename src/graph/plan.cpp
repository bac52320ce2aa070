// Opens a model: names become indices, every node is matched to the registry and checked for
// types, constants are folded, nodes fused, and each value that needs memory gets a slot.
#include "graph/plan.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "graph/invocation.h"
#include "graph/plan_impl.h"
#include "graph/registry.h"
#include "graph/workspace.h"
#include "onnx/reader.h"
#include "support/message.h"

namespace storewise::graph {
namespace {

// A folded constant may be this large, or as large as what it was made from: folding must not
// undo the compression of int8 weights.
constexpr std::size_t kFoldBytes = 4096;

[[noreturn]] void fail_model(std::string_view summary, Pieces place, Pieces expected,
                             Pieces found) {
  throw_error(ErrorCode::kInvalidModel, summary, {}, place, expected, found);
}

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

TensorView view_of(const onnx::TensorRef& tensor) {
  return {tensor.type, Shape(tensor.dims), tensor.bytes.data()};
}

class Opener {
 public:
  Opener(Plan::Impl& plan, const Registry& registry) : plan_(plan), registry_(registry) {}

  void open(std::span<const std::uint8_t> bytes) {
    onnx::ModelRef model = onnx::read_model(bytes);
    plan_.model_bytes = bytes.size();
    plan_.metadata = std::move(model.metadata);
    opsets_ = std::move(model.opsets);
    check_opset(model);
    add_initializers(std::move(model.initializers));
    add_inputs(model.inputs);
    add_nodes(std::move(model.nodes));
    add_outputs(model.outputs);
    count_operators();
    remove_dead_nodes(plan_);
    check_nodes();
    check_output_types(model.outputs);
    fold_constants();
    if (plan_.options.fuse) fuse_nodes(plan_, registry_);
    remove_dead_nodes(plan_);
    assign_slots();
  }

 private:
  void check_opset(const onnx::ModelRef& model) {
    const std::int64_t opset = opset_of({});
    if (opsets_.empty() && !model.nodes.empty()) {
      fail_model("the model names no operator set", {}, {"an opset_import"}, {"none"});
    }
    if (opset != 0 && (opset < registry_.oldest_opset() || opset > registry_.newest_opset())) {
      throw_error(ErrorCode::kUnsupported, "the model's operator set is not supported", {},
                  {"opset_import"},
                  {"opset ", registry_.oldest_opset(), " to ", registry_.newest_opset()},
                  {"opset ", opset});
    }
    plan_.opset = static_cast<int>(opset);
  }

  std::int64_t opset_of(std::string_view domain) const {
    for (const auto& [name, version] : opsets_) {
      if (name == domain) return version;
    }
    return 0;
  }

  int add_value(std::string_view name, DataType type, Value::Source source) {
    const int index = static_cast<int>(plan_.values.size());
    if (!by_name_.emplace(name, index).second) {
      fail_model("a value is made twice", {"value ", quoted(name)}, {"each name once"},
                 {"two of it"});
    }
    Value& value = plan_.values.emplace_back();
    value.name = name;
    value.type = type;
    value.source = source;
    return index;
  }

  void add_initializers(std::vector<onnx::TensorRef> initializers) {
    plan_.initializers = std::move(initializers);
    for (const onnx::TensorRef& tensor : plan_.initializers) {
      const int value = add_value(tensor.name, tensor.type, Value::Source::kConstant);
      plan_.values[value].constant = view_of(tensor);
    }
  }

  static ValueInfo declared(const onnx::ValueInfoRef& value) {
    return {std::string(value.name), value.type, Shape(value.dims), value.has_shape};
  }

  void add_inputs(const std::vector<onnx::ValueInfoRef>& inputs) {
    for (const onnx::ValueInfoRef& input : inputs) {
      // Before IR version 4 weights were listed as inputs as well, later they may be: as defaults.
      if (by_name_.contains(input.name)) continue;
      if (element_size(input.type) == 0) {
        throw_error(ErrorCode::kUnsupported, "the model has an input that is not supported", {},
                    {"input ", quoted(input.name)},
                    {"a tensor of float, double, int8, uint8, int32, int64 or bool"},
                    {data_type_name(input.type)});
      }
      plan_.inputs.push_back(declared(input));
      plan_.input_values.push_back(add_value(input.name, input.type, Value::Source::kInput));
    }
  }

  void add_nodes(std::vector<onnx::NodeRef> nodes) {
    for (std::size_t position = 0; position < nodes.size(); ++position) {
      onnx::NodeRef& source = nodes[position];
      Node& node = plan_.nodes.emplace_back();
      node.name = source.name;
      node.op_type = source.op_type;
      node.position = position;
      node.attributes = std::move(source.attributes);
      domains_.push_back(source.domain);
      for (const std::string_view input : source.inputs) {
        node.inputs.push_back(input.empty() ? kNoValue : find_value(input, node));
      }
      for (const std::string_view output : source.outputs) {
        node.outputs.push_back(output.empty()
                                   ? kNoValue
                                   : add_value(output, DataType::kUndefined, Value::Source::kNode));
      }
    }
  }

  int find_value(std::string_view name, const Node& node) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
      fail_model("a node reads a value that nothing before it makes", {node.place()},
                 {"an input, an initializer or an earlier node's output"},
                 {"value ", quoted(name)});
    }
    return found->second;
  }

  void add_outputs(const std::vector<onnx::ValueInfoRef>& outputs) {
    if (outputs.empty()) fail_model("the model has no output", {"graph"}, {"an output"}, {"none"});
    for (const onnx::ValueInfoRef& output : outputs) {
      const auto found = by_name_.find(output.name);
      if (found == by_name_.end()) {
        fail_model("nothing makes an output", {"output ", quoted(output.name)},
                   {"the name of a node's output"}, {"a name that no node has"});
      }
      plan_.outputs.push_back(declared(output));
      plan_.output_values.push_back(found->second);
    }
  }

  void count_operators() {
    for (const Node& node : plan_.nodes) {
      const auto known =
          std::find_if(plan_.operators.begin(), plan_.operators.end(),
                       [&](const auto& entry) { return entry.first == node.op_type; });
      if (known != plan_.operators.end()) {
        ++known->second;
      } else {
        plan_.operators.emplace_back(node.op_type, 1);
      }
    }
    std::sort(plan_.operators.begin(), plan_.operators.end());
  }

  // Finds every node's definition, holds the node against it and derives its outputs' types.
  void check_nodes() {
    for (Node& node : plan_.nodes) {
      const std::string_view domain = domains_[node.position];
      const std::int64_t opset = opset_of(domain);
      if (domain != kFusedDomain && opset > 0) {
        const int version = static_cast<int>(std::min<std::int64_t>(opset, 1 << 20));
        node.op = registry_.find(domain, node.op_type, version);
      }
      if (node.op == nullptr) {
        throw_error(
            ErrorCode::kUnsupported, "an operator is not supported", {}, {node.place()},
            {registry_.describe_supported(domain, node.op_type)},
            {(domain.empty() ? "" : std::string(domain) + "."), node.op_type, " of opset ", opset});
      }
      check_counts(node);
      check_attributes(node);
      check_input_types(node);
      for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i] != kNoValue) plan_.values[node.outputs[i]].type = output_type(node, i);
      }
    }
  }

  void check_counts(const Node& node) const {
    const OperatorDef& op = *node.op;
    std::size_t required = 0;
    for (std::size_t i = 0; i < node.inputs.size() && i < op.min_inputs; ++i) {
      if (node.inputs[i] != kNoValue) ++required;
    }
    const bool too_many =
        op.max_inputs != OperatorDef::kAnyNumber && node.inputs.size() > op.max_inputs;
    if (required < op.min_inputs || too_many) {
      fail_model("a node has the wrong number of inputs", {node.place()},
                 {too_many ? "at most " + std::to_string(op.max_inputs)
                           : "at least " + std::to_string(op.min_inputs)},
                 {too_many ? node.inputs.size() : required});
    }
    if (node.outputs.empty() || node.outputs.size() > op.max_outputs) {
      fail_model("a node has the wrong number of outputs", {node.place()},
                 {"1 to ", op.max_outputs}, {node.outputs.size()});
    }
  }

  // The letter by which a registry row asks for an attribute's kind.
  static char kind_letter(onnx::AttributeKind kind) {
    constexpr std::string_view kLetters = "-fistFIS-";
    return kLetters[static_cast<std::size_t>(kind)];
  }

  void check_attributes(const Node& node) const {
    for (const onnx::AttributeRef& attribute : node.attributes) {
      std::string_view rest = node.op->attributes;
      char wanted = 0;
      while (!rest.empty() && wanted == 0) {
        const std::string_view entry = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
        const std::size_t split = entry.find('=');
        if (entry.substr(0, split) == attribute.name) wanted = entry[split + 1];
      }
      if (wanted == 0) {
        throw_error(ErrorCode::kUnsupported, "an attribute is not supported", {}, {node.place()},
                    {node.op->attributes.empty()
                         ? "no attributes"
                         : "of the attributes only " + std::string(node.op->attributes)},
                    {quoted(attribute.name)});
      }
      if (wanted != kind_letter(attribute.kind)) {
        fail_model("an attribute has the wrong kind", {node.place()},
                   {"the kind '", std::string_view(&wanted, 1), "' for ", quoted(attribute.name)},
                   {"the kind '", std::string(1, kind_letter(attribute.kind)), "'"});
      }
    }
  }

  void check_input_types(const Node& node) const {
    const OperatorDef& op = *node.op;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNoValue) continue;
      const DataType type = plan_.values[node.inputs[i]].type;
      const TypeSet& allowed = op.input_types[std::min<std::size_t>(i, op.input_types.size() - 1)];
      const bool same = (op.flags & OperatorDef::kSameTypes) == 0 || node.inputs[0] == kNoValue ||
                        type == plan_.values[node.inputs[0]].type;
      if (allowed.contains(type) && same) continue;
      const std::string what = std::string(data_type_name(type)) + " as input " + std::to_string(i);
      if (!same) {
        fail_model("a node mixes types", {node.place()},
                   {"inputs of type ", data_type_name(plan_.values[node.inputs[0]].type)}, {what});
      }
      throw_error(ErrorCode::kUnsupported, "a type is not supported by this operator", {},
                  {node.place()}, {allowed.to_string()}, {what});
    }
  }

  DataType output_type(const Node& node, std::size_t output) const {
    const auto first_input = [&] {
      return node.inputs.empty() || node.inputs[0] == kNoValue ? DataType::kUndefined
                                                               : plan_.values[node.inputs[0]].type;
    };
    DataType type = DataType::kUndefined;
    switch (node.op->output_type) {
      case OutputType::kFirstInput:
        type = first_input();
        break;
      case OutputType::kFloat:
        type = DataType::kFloat;
        break;
      case OutputType::kInt64:
        type = DataType::kInt64;
        break;
      case OutputType::kBool:
        type = DataType::kBool;
        break;
      case OutputType::kFirstThenInt64:
        type = output == 0 ? first_input() : DataType::kInt64;
        break;
      case OutputType::kAttributeTo:
        type = static_cast<DataType>(node.int_attribute("to", 0));
        break;
      case OutputType::kAttributeValue: {
        type = DataType::kFloat;
        if (const onnx::AttributeRef* value = node.find_attribute("value")) {
          type = value->tensor->type;
        } else if (node.find_attribute("value_int") || node.find_attribute("value_ints")) {
          type = DataType::kInt64;
        }
        break;
      }
    }
    if (element_size(type) == 0) {
      throw_error(ErrorCode::kUnsupported, "a node makes a type that is not supported", {},
                  {node.place()}, {"float, double, int8, uint8, int32, int64 or bool"},
                  {data_type_name(type)});
    }
    return type;
  }

  void check_output_types(const std::vector<onnx::ValueInfoRef>& declared_outputs) {
    for (std::size_t i = 0; i < plan_.outputs.size(); ++i) {
      const DataType made = plan_.values[plan_.output_values[i]].type;
      const DataType said = declared_outputs[i].type;
      if (said != DataType::kUndefined && said != made) {
        fail_model("an output is not what the model declares",
                   {"output ", quoted(plan_.outputs[i].name)}, {data_type_name(said)},
                   {data_type_name(made)});
      }
      plan_.outputs[i].type = made;
    }
  }

  // Runs what depends on constants only, once and for all.
  void fold_constants() {
    Workspace workspace;
    Workspace::Impl& work = workspace.impl();
    std::vector<Node> kept;
    for (Node& node : plan_.nodes) {
      const bool constant = std::all_of(node.inputs.begin(), node.inputs.end(), [&](int value) {
        return value == kNoValue || plan_.values[value].source == Value::Source::kConstant;
      });
      if (constant && fold(node, work)) {
        plan_.folded_nodes.push_back(std::move(node));
      } else {
        kept.push_back(std::move(node));
      }
    }
    plan_.nodes = std::move(kept);
  }

  bool fold(const Node& node, Workspace::Impl& work) {
    static const TensorView kLeftOut;
    std::size_t input_bytes = 0;
    std::vector<const TensorView*> inputs;
    for (const int value : node.inputs) {
      inputs.push_back(value == kNoValue ? &kLeftOut : &plan_.values[value].constant);
      input_bytes += inputs.back()->bytes();
    }
    std::vector<TensorView> outputs(node.outputs.size());
    std::vector<int> slots(node.outputs.size());
    work.slots.resize(std::max(work.slots.size(), outputs.size()));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      slots[i] = static_cast<int>(i);
      if (node.outputs[i] != kNoValue) outputs[i].type = plan_.values[node.outputs[i]].type;
    }
    work.max_tensor_bytes =
        std::min(std::max(kFoldBytes, input_bytes), plan_.options.max_tensor_bytes);
    try {
      Invocation invocation(node, inputs, outputs, slots, work);
      node.op->run(invocation);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kOutOfMemory) return false;  // too large to fold: runs later
      throw Error(ErrorCode::kInvalidModel, error.summary(), error.detail());
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (node.outputs[i] == kNoValue) continue;
      // Either a view of what is constant already, or the slot's memory, which it then keeps.
      if (std::unique_ptr<std::uint8_t[]> memory = work.slots[i].release();
          memory.get() == outputs[i].data) {
        plan_.folded.push_back(std::move(memory));
      }
      Value& value = plan_.values[node.outputs[i]];
      value.source = Value::Source::kConstant;
      value.constant = outputs[i];
    }
    return true;
  }

  // Hands out slots along the order of execution: a slot is free again after the last node that
  // reads its value, or a view of it.
  void assign_slots() {
    constexpr std::size_t kForever = SIZE_MAX;
    // The value whose memory each value lies in: itself, or through views another.
    std::vector<int> owner(plan_.values.size());
    for (std::size_t i = 0; i < owner.size(); ++i) owner[i] = static_cast<int>(i);
    std::vector<std::size_t> last_use(plan_.values.size(), 0);
    for (std::size_t n = 0; n < plan_.nodes.size(); ++n) {
      const Node& node = plan_.nodes[n];
      if ((node.op->flags & OperatorDef::kAliases) != 0 && node.outputs[0] != kNoValue &&
          !node.inputs.empty() && node.inputs[0] != kNoValue) {
        owner[node.outputs[0]] = owner[node.inputs[0]];
      }
      for (const int value : node.inputs) {
        if (value != kNoValue) last_use[owner[value]] = n;
      }
      for (const int value : node.outputs) {
        if (value != kNoValue && owner[value] == value) last_use[value] = n;
      }
    }
    for (const int value : plan_.output_values) last_use[owner[value]] = kForever;

    std::vector<int> free_slots;
    const auto take = [&] {
      if (free_slots.empty()) return static_cast<int>(plan_.slot_count++);
      const int slot = free_slots.back();
      free_slots.pop_back();
      return slot;
    };
    for (std::size_t n = 0; n < plan_.nodes.size(); ++n) {
      const Node& node = plan_.nodes[n];
      for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        const int output = node.outputs[i];
        int slot = kNoValue;
        if (output != kNoValue && owner[output] == output) {
          slot = i == 0 ? slot_in_place(node, n, owner, last_use) : kNoValue;
          if (slot == kNoValue) slot = take();
          plan_.values[output].slot = slot;
        }
        plan_.slots.push_back(slot);
      }
      const auto release = [&](int value) {
        if (value == kNoValue) return;
        Value& memory = plan_.values[owner[value]];
        if (last_use[owner[value]] == n && memory.slot != kNoValue) {
          free_slots.push_back(std::exchange(memory.slot, kNoValue));
        }
      };
      for (const int value : node.inputs) release(value);
      for (const int value : node.outputs) release(value);
    }
  }

  // The first input's slot, taken away from it, where the operator may write over it.
  int slot_in_place(const Node& node, std::size_t n, const std::vector<int>& owner,
                    const std::vector<std::size_t>& last_use) {
    if ((node.op->flags & OperatorDef::kInPlace) == 0 || node.inputs[0] == kNoValue) {
      return kNoValue;
    }
    const int source = owner[node.inputs[0]];
    const bool read_again = std::any_of(node.inputs.begin() + 1, node.inputs.end(), [&](int value) {
      return value != kNoValue && owner[value] == source;
    });
    if (read_again || last_use[source] != n) return kNoValue;
    return std::exchange(plan_.values[source].slot, kNoValue);
  }

  Plan::Impl& plan_;
  const Registry& registry_;
  std::vector<std::pair<std::string_view, std::int64_t>> opsets_;
  std::vector<std::string_view> domains_;  // of the file's nodes, by position
  std::unordered_map<std::string_view, int> by_name_;
};

}  // namespace

void remove_dead_nodes(Plan::Impl& plan) {
  std::vector<bool> needed(plan.values.size(), false);
  for (const int value : plan.output_values) needed[value] = true;
  std::vector<bool> live(plan.nodes.size(), false);
  for (std::size_t n = plan.nodes.size(); n-- > 0;) {
    for (const int value : plan.nodes[n].outputs) {
      if (value != kNoValue && needed[value]) live[n] = true;
    }
    if (!live[n]) continue;
    for (const int value : plan.nodes[n].inputs) {
      if (value != kNoValue) needed[value] = true;
    }
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < plan.nodes.size(); ++n) {
    if (live[n]) kept.push_back(std::move(plan.nodes[n]));
  }
  plan.nodes = std::move(kept);
}

std::unique_ptr<const Plan> Plan::open(std::span<const std::uint8_t> model_bytes,
                                       std::string_view name, const Registry& registry,
                                       PlanOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->name = name;
  impl->options = options;
  try {
    Opener(*impl, registry).open(model_bytes);
  } catch (const Error& error) {
    throw error.in_file(name);
  }
  return std::unique_ptr<const Plan>(new Plan(std::move(impl)));
}

Plan::Plan(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Plan::~Plan() = default;

const std::vector<ValueInfo>& Plan::inputs() const { return impl_->inputs; }
const std::vector<ValueInfo>& Plan::outputs() const { return impl_->outputs; }
const std::string& Plan::name() const { return impl_->name; }
int Plan::opset() const { return impl_->opset; }
std::size_t Plan::model_bytes() const { return impl_->model_bytes; }
const std::vector<std::pair<std::string, int>>& Plan::operators() const { return impl_->operators; }

std::string_view Plan::metadata(std::string_view key) const {
  for (const auto& [name, value] : impl_->metadata) {
    if (name == key) return value;
  }
  return {};
}

std::vector<std::string_view> Plan::steps() const {
  std::vector<std::string_view> names;
  for (const Node& node : impl_->nodes) names.push_back(node.op->name);
  return names;
}

TensorView Plan::initializer(std::string_view name) const {
  for (const onnx::TensorRef& tensor : impl_->initializers) {
    if (tensor.name == name) return view_of(tensor);
  }
  return {};
}

}  // namespace storewise::graph
