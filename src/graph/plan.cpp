// Opens a model: names become indices, every node is matched to the registry and checked for
// types, constants are folded, nodes fused, and each value that needs memory gets a slot. The
// graphs inside of If, Loop and Scan are opened the same way, block by block.
#include "graph/plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "graph/invocation.h"
#include "graph/name_table.h"
#include "graph/plan_impl.h"
#include "graph/registry.h"
#include "graph/workspace.h"
#include "onnx/numbers.h"
#include "onnx/reader.h"
#include "support/message.h"
#include "support/small_sort.h"

namespace storewise::graph {
namespace {

// A folded constant may be this large, or as large as what it was made from: folding must not
// undo the compression of int8 weights.
constexpr std::size_t kFoldBytes = 4096;

// Some steps of opening cost as much as all values for each inner graph.
constexpr std::size_t kMaxBlocks = 4096;
// Of names that are counted: more than there are operators.
constexpr std::size_t kMaxOperators = 1000;

TensorView view_of(const onnx::TensorRef& tensor) {
  return {tensor.type, Shape(tensor.dims), tensor.bytes.data()};
}

class Opener {
 public:
  Opener(Plan::Impl& plan, const Registry& registry) : plan_(plan), registry_(registry) {}

  void open(std::span<const std::uint8_t> bytes) {
    onnx::ModelRef model = onnx::read_model(bytes);
    plan_.model_bytes = bytes.size();
    if (!plan_.options.inner_output.empty()) {
      model.outputs.emplace_back().name = plan_.options.inner_output;
    }
    plan_.metadata = std::move(model.metadata);
    check_opsets(model);
    add_initializers(plan_.main, std::move(model.initializers));
    add_inputs(model.inputs);
    add_nodes(plan_.main, std::move(model.nodes));
    add_outputs(model.outputs);
    count_operators();
    remove_dead_nodes(plan_, plan_.main);
    check_nodes(plan_.main);
    // The graphs of nodes that nobody needs are gone with them.
    std::erase_if(plan_.blocks,
                  [](const std::unique_ptr<Block>& block) { return !block->checked; });
    find_labels();
    check_output_types(model.outputs);
    for_each_block([&](Block& block) { prepare_nodes(block); });
    // Outer blocks first: what they fold is constant for the inner ones.
    for_each_block([&](Block& block) { fold_constants(block); });
    for_each_block([&](Block& block) { convert_constants(block); });
    if (plan_.options.fuse) {
      for_each_block([&](Block& block) { fuse_nodes(plan_, block, registry_); });
    }
    for_each_block([&](Block& block) { remove_dead_nodes(plan_, block); });
    for_each_block([&](Block& block) { assign_slots(block); });
  }

 private:
  template <typename Visit>
  void for_each_block(Visit&& visit) {
    visit(plan_.main);
    for (const std::unique_ptr<Block>& block : plan_.blocks) visit(*block);
  }

  void check_opsets(const onnx::ModelRef& model) {
    if (model.opsets.empty() && !model.nodes.empty()) {
      throw_error(ErrorCode::kInvalidModel,
                  "the model names no operator set||an opset_import|none");
    }
    for (const auto& [name, version] : model.opsets) {
      for (const Domain domain : {Domain::kOnnx, Domain::kMl}) {
        if (name != domain_name(domain)) continue;
        const int newest = registry_.newest_opset(domain);
        if (version < 1 || version > newest) {
          throw_error(
              ErrorCode::kUnsupported,
              "the model's operator set is not supported|opset_import|% opset 1 to %|opset %", name,
              newest, version);
        }
        opsets_[static_cast<std::size_t>(domain)] = version;
      }
    }
    plan_.opset = static_cast<int>(opsets_[0]);
  }

  int add_value(std::string_view name, DataType type, Value::Source source, const Block& block) {
    const int index = static_cast<int>(plan_.values.size());
    if (!name.empty()) {
      int& known = by_name_[name];
      if (known != kNoValue && plan_.values[known].block == &block) {
        throw_error(ErrorCode::kInvalidModel,
                    "a value is made twice|value \"%\"|each name once|two of it", name);
      }
      // Until the inner graph ends.
      hidden_.emplace_back(name, known);
      known = index;
    }
    Value& value = plan_.values.emplace_back();
    value.name = name;
    value.type = type;
    value.source = source;
    value.block = &block;
    return index;
  }

  void add_initializers(const Block& block, std::vector<onnx::TensorRef> initializers) {
    for (onnx::TensorRef& tensor : initializers) {
      const int value = add_value(tensor.name, tensor.type, Value::Source::kConstant, block);
      plan_.values[value].constant = view_of(tensor);
      plan_.initializers.push_back(std::move(tensor));
    }
  }

  // The type of an input, if it has a name, of the model or of a graph in `node`; or of an output.
  static void check_stored(DataType type, const std::string_view& input, const Node* node) {
    if (element_size(type) != 0) return;
    std::string place;
    if (!input.empty()) place = message("input \"%\"", input);
    if (!input.empty() && node != nullptr) place += " of a graph in ";
    if (node != nullptr) append_to(place, *node);
    throw_error(ErrorCode::kUnsupported, "the model uses a type that is not supported|%|%|%", place,
                onnx::kStoredTypes, data_type_name(type));
  }

  static ValueInfo declared(const onnx::ValueInfoRef& value) {
    return {std::string(value.name), value.type, Shape(value.dims), value.has_shape};
  }

  // One more input of the model.
  void add_input(ValueInfo info, std::string_view name) {
    check_stored(info.type, info.name, nullptr);
    plan_.main.inputs.push_back(add_value(name, info.type, Value::Source::kInput, plan_.main));
    plan_.inputs.push_back(std::move(info));
  }

  void add_inputs(const std::vector<onnx::ValueInfoRef>& inputs) {
    for (const onnx::ValueInfoRef& input : inputs) {
      // Before IR version 4 weights were listed as inputs as well, later they may be: as defaults.
      if (by_name_[input.name] != kNoValue) continue;
      if (input.key == DataType::kUndefined) {
        add_input(declared(input), input.name);
        continue;
      }
      // A map is two lists, of its keys and of its values, which a node that reads it gets both.
      const std::string name(input.name);
      add_input({name + ".keys", input.key, Shape{-1}, true}, input.name);
      add_input({name + ".values", input.type, Shape{-1}, true}, {});
      plan_.values[plan_.main.inputs.end()[-2]].is_map = true;
    }
  }

  void add_nodes(Block& block, std::vector<onnx::NodeRef> nodes) {
    block.nodes.reserve(nodes.size());
    for (std::size_t position = 0; position < nodes.size(); ++position) {
      onnx::NodeRef& source = nodes[position];
      Node& node = block.nodes.emplace_back();
      node.name = source.name;
      node.op_type = source.op_type;
      node.domain = source.domain;
      node.position = position;
      node.attributes = std::move(source.attributes);
      for (const std::string_view input : source.inputs) {
        const int value = input.empty() ? kNoValue : find_value(input, block, &node);
        node.inputs.push_back(value);
        if (value != kNoValue && plan_.values[value].is_map) node.inputs.push_back(value + 1);
      }
      around_.push_back(&node);
      for (onnx::AttributeRef& attribute : node.attributes) {
        if (attribute.kind == onnx::AttributeKind::kGraph) add_block(node, *attribute.graph);
      }
      around_.pop_back();
      drop_repeats(node.captured);
      for (const std::string_view output : source.outputs) {
        node.outputs.push_back(
            output.empty() ? kNoValue
                           : add_value(output, DataType::kUndefined, Value::Source::kNode, block));
      }
    }
  }

  // Keeps the first of equal values.
  void drop_repeats(std::vector<int>& values) {
    seen_.resize(plan_.values.size());
    std::erase_if(values, [&](int value) {
      const bool again = seen_[value];
      seen_[value] = true;
      return again;
    });
    for (const int value : values) seen_[value] = false;
  }

  // A graph inside of a node: its names hide the same names around it, and end with it.
  void add_block(Node& node, onnx::GraphRef& graph) {
    if (plan_.blocks.size() == kMaxBlocks) {
      throw_error(ErrorCode::kInvalidModel, "the model holds too many graphs|%|at most %|more",
                  node, kMaxBlocks);
    }
    Block& block = *plan_.blocks.emplace_back(std::make_unique<Block>());
    node.blocks.push_back(&block);
    const std::size_t outer_names = hidden_.size();
    add_initializers(block, std::move(graph.initializers));
    for (const onnx::ValueInfoRef& input : graph.inputs) {
      block.inputs.push_back(add_value(input.name, input.type, Value::Source::kInput, block));
      block.input_shapes.emplace_back(input.dims);
    }
    add_nodes(block, std::move(graph.nodes));
    for (const onnx::ValueInfoRef& output : graph.outputs) {
      block.outputs.push_back(find_value(output.name, block, &node));
      block.output_shapes.emplace_back(output.dims);
    }
    for (; hidden_.size() > outer_names; hidden_.pop_back()) {
      by_name_[hidden_.back().first] = hidden_.back().second;
    }
  }

  // The value that `block` calls `name`; what comes from around it is noted at the nodes between.
  // `reader` is nullptr for an output of the model.
  int find_value(std::string_view name, const Block& block, const Node* reader) {
    const int value = by_name_[name];
    if (value == kNoValue) {
      throw_error(ErrorCode::kInvalidModel,
                  "a node reads a value that nothing before it makes|%|an input, an initializer or "
                  "an earlier node's output|value \"%\"",
                  reader == nullptr ? message("output \"%\"", name) : reader->place(), name);
    }
    const Block* owner = plan_.values[value].block;
    for (std::size_t i = around_.size(); i-- > 0 && owner != &block;) {
      around_[i]->captured.push_back(value);
      if (i == 0) break;
      const std::vector<Block*>& between = around_[i - 1]->blocks;
      if (!between.empty() && between.back() == owner) break;
    }
    return value;
  }

  void add_outputs(const std::vector<onnx::ValueInfoRef>& outputs) {
    if (outputs.empty())
      throw_error(ErrorCode::kInvalidModel, "the model has no output|graph|an output|none");
    for (const onnx::ValueInfoRef& output : outputs) {
      plan_.main.outputs.push_back(find_value(output.name, plan_.main, nullptr));
      plan_.outputs.push_back(declared(output));
    }
  }

  void count_operators() {
    std::vector<std::pair<std::string, int>>& operators = plan_.operators;
    for_each_block([&](const Block& block) {
      for (const Node& node : block.nodes) {
        const auto known = std::find_if(operators.begin(), operators.end(), [&](const auto& entry) {
          return entry.first == node.op_type;
        });
        if (known != operators.end()) {
          ++known->second;
        } else if (operators.size() < kMaxOperators) {
          operators.emplace_back(node.op_type, 1);
        }
      }
    });
    small_sort(std::span(operators),
               [](const auto& a, const auto& b) { return a.first < b.first; });
  }

  void find_labels() {
    for (const Node& node : plan_.main.nodes) {
      for (const onnx::AttributeRef& attribute : node.attributes) {
        if (!attribute.name.starts_with("classlabels")) continue;
        if (attribute.ints.empty() && attribute.strings.empty()) continue;
        plan_.labels.assign(attribute.strings.begin(), attribute.strings.end());
        for (const std::int64_t label : attribute.ints) {
          plan_.labels.push_back(message("%", label));
        }
      }
    }
  }

  // Finds every node's definition, holds the node against it and derives its outputs' types.
  void check_nodes(Block& block) {
    for (Node& node : block.nodes) {
      std::int64_t opset = 0;
      for (const Domain domain : {Domain::kOnnx, Domain::kMl}) {
        if (node.domain != domain_name(domain)) continue;
        opset = opsets_[static_cast<std::size_t>(domain)];
        node.op = registry_.find(domain, node.op_type, opset);
      }
      if (node.op == nullptr) {
        throw_error(ErrorCode::kUnsupported, "an operator is not supported|%|%|%% of opset %", node,
                    registry_.describe_supported(node.domain, node.op_type),
                    (node.domain.empty() ? "" : std::string(node.domain) + "."), node.op_type,
                    opset);
      }
      check_attributes(node);
      check_blocks(node);
      check_inputs(node);
      check_outputs(node);
    }
  }

  // The letter by which a registry row asks for an attribute's kind.
  static char kind_letter(onnx::AttributeKind kind) {
    constexpr std::string_view kLetters = "-fistFISg-";
    return kLetters[static_cast<std::size_t>(kind)];
  }

  void check_attributes(const Node& node) const {
    const std::string_view known = node.op->attributes;
    for (const onnx::AttributeRef& attribute : node.attributes) {
      std::string_view rest = known;
      char wanted = 0;
      while (!rest.empty() && wanted == 0) {
        const std::string_view entry = next_word(rest);
        const std::size_t split = entry.find('=');
        if (entry.substr(0, split) == attribute.name) wanted = entry[split + 1];
      }
      if (wanted == 0) {
        throw_error(
            ErrorCode::kUnsupported, "an attribute is not supported|%|%|\"%\"", node,
            known.empty() ? "no attributes" : "of the attributes only " + std::string(known),
            attribute.name);
      }
      if (wanted != kind_letter(attribute.kind)) {
        throw_error(ErrorCode::kInvalidModel,
                    "an attribute has the wrong kind|%|the kind '%' for \"%\"|the kind '%'", node,
                    std::string_view(&wanted, 1), attribute.name,
                    std::string(1, kind_letter(attribute.kind)));
      }
    }
  }

  static std::string_view next_word(std::string_view& rest) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
  }

  // The inner graphs of a node. An input of theirs that has no declared type gets that of the
  // node's input at the same place, counted from the last: Loop and Scan pass them on in order.
  void check_blocks(Node& node) {
    for (Block* block : node.blocks) {
      for (std::size_t i = 0; i < block->inputs.size(); ++i) {
        Value& input = plan_.values[block->inputs[block->inputs.size() - 1 - i]];
        if (input.type == DataType::kUndefined && i < node.inputs.size()) {
          const int outer = node.inputs[node.inputs.size() - 1 - i];
          if (outer != kNoValue) input.type = plan_.values[outer].type;
        }
        if (input.type == DataType::kUndefined && node.op_type == "Loop") {
          const std::size_t place = block->inputs.size() - 1 - i;  // its number or condition
          if (place < 2) input.type = place == 0 ? DataType::kInt64 : DataType::kBool;
        }
        check_stored(input.type, input.name, &node);
      }
      block->checked = true;
      remove_dead_nodes(plan_, *block);
      check_nodes(*block);
    }
  }

  DataType type_of(int value) const {
    return value == kNoValue ? DataType::kUndefined : plan_.values[value].type;
  }

  void check_inputs(const Node& node) const {
    std::string_view words = node.op->signature;
    words = words.substr(0, words.find('>'));
    std::string_view word;
    std::size_t allowed_inputs = 0;
    for (std::size_t i = 0; i < node.inputs.size() || !words.empty(); ++i) {
      if (!word.ends_with('*')) {
        if (words.empty()) {
          throw_error(ErrorCode::kInvalidModel,
                      "a node has the wrong number of inputs|%|at most %|%", node, allowed_inputs,
                      node.inputs.size());
        }
        word = next_word(words);
        ++allowed_inputs;
      }
      const int value = i < node.inputs.size() ? node.inputs[i] : kNoValue;
      if (value == kNoValue) {
        // Optional, or the end of a list; inside of a list none may be left out.
        if (word.ends_with('?') || (word.ends_with('*') && i >= node.inputs.size())) continue;
        throw_error(ErrorCode::kInvalidModel, "a node lacks an input|%|input %|none", node, i);
      }
      const DataType type = plan_.values[value].type;
      const std::string what = message("% as input %", data_type_name(type), i);
      if (word[0] >= '0' && word[0] <= '9') {
        const std::size_t same = static_cast<std::size_t>(word[0] - '0');
        if (same < node.inputs.size() && type_of(node.inputs[same]) != type) {
          throw_error(ErrorCode::kInvalidModel, "a node mixes types|%|the type of input %, %|%",
                      node, same, data_type_name(type_of(node.inputs[same])), what);
        }
      } else if (!types_of_letter(word[0]).contains(type)) {
        throw_error(ErrorCode::kUnsupported, "a type is not supported by this operator|%|%|%", node,
                    types_of_letter(word[0]).to_string(), what);
      }
    }
  }

  void check_outputs(Node& node) {
    std::string_view words = node.op->signature;
    words.remove_prefix(std::min(words.size(), words.find('>') + 2));
    std::string_view word;
    bool fits = !node.outputs.empty();
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (!word.ends_with('*')) {
        if (words.empty()) {
          fits = fits && node.outputs[i] == kNoValue;
          continue;
        }
        word = next_word(words);
      }
      if (node.outputs[i] == kNoValue) {
        if (i > 0 || word.ends_with('?') || word.ends_with('*')) continue;
        throw_error(ErrorCode::kInvalidModel, "a node lacks its first output|%|a name|none", node);
      }
      const DataType type = output_type(node, word, i);
      check_stored(type, {}, &node);
      plan_.values[node.outputs[i]].type = type;
    }
    if (!fits) {
      throw_error(ErrorCode::kInvalidModel, "a node has the wrong number of outputs|%|as in %|%",
                  node, node.op->signature, node.outputs.size());
    }
    if ((node.op->flags & OperatorDef::kViaFloat) == 0) return;
    const auto converts = [&](int value) {
      return type_of(value) == DataType::kFloat16 ||
             (type_of(value) == DataType::kDouble &&
              (node.op->flags & OperatorDef::kKeepsDouble) == 0);
    };
    node.converts = std::any_of(node.inputs.begin(), node.inputs.end(), converts) ||
                    std::any_of(node.outputs.begin(), node.outputs.end(), converts);
  }

  // The type that the first alternative of `word` gives that applies.
  DataType output_type(const Node& node, std::string_view word, std::size_t output) const {
    for (std::size_t i = 0; i < word.size(); ++i) {
      const char letter = word[i];
      DataType type = DataType::kUndefined;
      if (letter >= '0' && letter <= '9') {
        const std::size_t input = static_cast<std::size_t>(letter - '0');
        if (input < node.inputs.size()) type = type_of(node.inputs[input]);
      } else if (letter == '@') {
        type =
            static_cast<DataType>(node.int_attribute("to", node.int_attribute("output_dtype", 0)));
        if (type != DataType::kUndefined) {
          check_stored(type, {}, &node);  // a type of ONNX's that is not ours is no fault
          const TypeSet allowed = types_of_letter(word[i + 1]);
          if (!allowed.contains(type)) {
            throw_error(ErrorCode::kInvalidModel,
                        "a node's attribute asks for a type that its output cannot have|%|%|%",
                        node, allowed.to_string(), data_type_name(type));
          }
        }
      } else if (letter == '$') {
        type = type_of_labels(node);
      } else if (letter == '!') {
        type = type_of(node.inputs[0]) == DataType::kString ? DataType::kInt64 : DataType::kString;
      } else if (letter == '%') {
        type = type_from_block(node, output);
      } else {
        type = first_type_of_letter(letter);
      }
      if (type != DataType::kUndefined) return type;
    }
    return DataType::kUndefined;
  }

  // That of the attribute that holds a node's values or class labels, of which there may be one.
  static DataType type_of_labels(const Node& node) {
    DataType found = DataType::kUndefined;
    for (const onnx::AttributeRef& attribute : node.attributes) {
      if (!attribute.name.starts_with("value") && !attribute.name.starts_with("classlabels")) {
        continue;
      }
      const DataType type = type_of_list(attribute);
      if (type == DataType::kUndefined) continue;
      if (found != DataType::kUndefined) {
        throw_error(ErrorCode::kInvalidModel,
                    "a node has two lists of values or labels|%|one|\"%\" as well", node,
                    attribute.name);
      }
      found = type;
    }
    return found;
  }

  // kUndefined for an empty list.
  static DataType type_of_list(const onnx::AttributeRef& attribute) {
    switch (attribute.kind) {
      case onnx::AttributeKind::kTensor:
        return attribute.tensor->type;
      case onnx::AttributeKind::kInt:
        return DataType::kInt64;
      case onnx::AttributeKind::kInts:
        return attribute.ints.empty() ? DataType::kUndefined : DataType::kInt64;
      case onnx::AttributeKind::kString:
        return DataType::kString;
      case onnx::AttributeKind::kStrings:
        return attribute.strings.empty() ? DataType::kUndefined : DataType::kString;
      case onnx::AttributeKind::kFloats:
        return attribute.floats.empty() ? DataType::kUndefined : DataType::kFloat;
      default:
        return DataType::kFloat;
    }
  }

  // If and Scan pass the inner graph's outputs on; the first of a Loop's says whether to go on.
  DataType type_from_block(const Node& node, std::size_t output) const {
    if (node.blocks.empty()) return DataType::kUndefined;
    const Block& block = *node.blocks[0];
    const std::size_t index = output + (node.op_type == "Loop" ? 1 : 0);
    return index < block.outputs.size() ? type_of(block.outputs[index]) : DataType::kUndefined;
  }

  void check_output_types(const std::vector<onnx::ValueInfoRef>& declared_outputs) {
    for (std::size_t i = 0; i < plan_.outputs.size(); ++i) {
      const DataType made = plan_.values[plan_.main.outputs[i]].type;
      const DataType said = declared_outputs[i].type;
      if (said != DataType::kUndefined && declared_outputs[i].key == DataType::kUndefined &&
          said != made) {
        throw_error(ErrorCode::kInvalidModel,
                    "an output is not what the model declares|output \"%\"|%|%",
                    plan_.outputs[i].name, data_type_name(said), data_type_name(made));
      }
      plan_.outputs[i].type = made;
    }
  }

  void prepare_nodes(Block& block) {
    for (Node& node : block.nodes) {
      if (node.op->prepare == nullptr) continue;
      node.prepared = node.op->prepare(node, type_of(node.inputs[0]));
      std::erase_if(node.attributes, [](const onnx::AttributeRef& attribute) {
        return !attribute.name.starts_with("classlabels");
      });
    }
  }

  // Weights in float16 or double of operators that reckon in float become float once, here.
  void convert_constants(Block& block) {
    for (Node& node : block.nodes) {
      if (!node.converts) continue;
      for (int& input : node.inputs) {
        if (input == kNoValue) continue;
        const Value& value = plan_.values[input];
        if (value.source != Value::Source::kConstant || value.type == DataType::kFloat ||
            !onnx::is_decimal(value.type)) {
          continue;
        }
        as_float_.resize(plan_.values.size(), kNoValue);
        if (as_float_[input] == kNoValue) as_float_[input] = add_converted(value.constant);
        input = as_float_[input];
      }
    }
  }

  int add_converted(TensorView tensor) {
    plan_.folded.push_back(std::make_unique<std::uint8_t[]>(
        std::max<std::size_t>(tensor.shape.elements() * sizeof(float), 1)));
    convert(tensor, DataType::kFloat, plan_.folded.back().get());
    Value& value = plan_.values.emplace_back();
    value.type = DataType::kFloat;
    value.source = Value::Source::kConstant;
    value.block = &plan_.main;
    value.constant = {DataType::kFloat, tensor.shape, plan_.folded.back().get()};
    return static_cast<int>(plan_.values.size() - 1);
  }

  // Runs what depends on constants only, once and for all.
  void fold_constants(Block& block) {
    Workspace workspace;
    Workspace::Impl& work = workspace.impl();
    std::vector<Node> kept;
    for (Node& node : block.nodes) {
      const bool constant = std::all_of(node.inputs.begin(), node.inputs.end(), [&](int value) {
        return value == kNoValue || plan_.values[value].source == Value::Source::kConstant;
      });
      if (constant && (node.op->flags & OperatorDef::kNotFolded) == 0 &&
          fold(node, work, &block != &plan_.main)) {
        plan_.folded_nodes.push_back(std::move(node));
      } else {
        kept.push_back(std::move(node));
      }
    }
    block.nodes = std::move(kept);
  }

  bool fold(Node& node, Workspace::Impl& work, bool inner) {
    static const TensorView kLeftOut;
    std::size_t input_bytes = 0;
    std::vector<const TensorView*> inputs;
    for (const int value : node.inputs) {
      inputs.push_back(value == kNoValue ? &kLeftOut : &plan_.values[value].constant);
      input_bytes += inputs.back()->bytes();
    }
    // Many nodes that each read a large weight, or double what they read, would make opening slow:
    // beyond this the rest runs when the model does.
    if (!plan_.may_make(input_bytes)) return false;
    std::vector<TensorView> outputs(node.outputs.size());
    std::vector<int> slots(node.outputs.size());
    const std::size_t own_slots = node.inputs.size() + node.outputs.size();
    if (work.slots.size() < outputs.size() + own_slots)
      work.slots.resize(outputs.size() + own_slots);
    node.first_state = static_cast<int>(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      slots[i] = static_cast<int>(i);
      if (node.outputs[i] != kNoValue) outputs[i].type = plan_.values[node.outputs[i]].type;
    }
    work.max_tensor_bytes =
        std::min(std::max(kFoldBytes, input_bytes), plan_.options.max_tensor_bytes);
    try {
      execute(plan_, node, inputs, outputs, slots, work, 0);
    } catch (...) {
      const Error* error = caught_error();
      if (error == nullptr) throw;
      // Too large to fold, or in a branch that perhaps never runs: it fails when it does.
      if (error->code() == ErrorCode::kOutOfMemory || inner) return false;
      const Error placed = error->in_file({}, node.place());
      throw Error(ErrorCode::kInvalidModel, placed.summary(), placed.detail());
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
      plan_.made_bytes += outputs[i].bytes();
    }
    for (std::unique_ptr<std::uint8_t[]>& text : work.texts)
      plan_.folded.push_back(std::move(text));
    work.texts.clear();
    return true;
  }

  // Hands out slots along the order of execution: a slot is free again after the last node that
  // reads its value, or a view of it. Inner blocks have slots of their own, because they run while
  // what lies around them lives.
  void assign_slots(Block& block) {
    constexpr std::size_t kForever = SIZE_MAX;
    // The value whose memory each value lies in: itself, or through views another.
    std::vector<int>& owner = owner_;
    std::vector<std::size_t>& last_use = last_use_;
    for (std::size_t i = owner.size(); i < plan_.values.size(); ++i) {
      owner.push_back(static_cast<int>(i));
    }
    last_use.resize(plan_.values.size());
    for (std::size_t n = 0; n < block.nodes.size(); ++n) {
      const Node& node = block.nodes[n];
      if ((node.op->flags & OperatorDef::kAliases) != 0 && node.outputs[0] != kNoValue &&
          !node.inputs.empty() && node.inputs[0] != kNoValue) {
        owner[node.outputs[0]] = owner[node.inputs[0]];
      }
      for_each_read(node, [&](int value) { last_use[owner[value]] = n; });
      for (const int value : node.outputs) {
        if (value != kNoValue && owner[value] == value) last_use[value] = n;
      }
    }
    for (const int value : block.outputs) last_use[owner[value]] = kForever;

    std::vector<int> free_slots;
    const auto take = [&] {
      if (free_slots.empty()) return static_cast<int>(plan_.slot_count++);
      const int slot = free_slots.back();
      free_slots.pop_back();
      return slot;
    };
    for (std::size_t n = 0; n < block.nodes.size(); ++n) {
      Node& node = block.nodes[n];
      if (node.converts || !node.blocks.empty()) {
        node.first_state = static_cast<int>(plan_.slot_count);
        plan_.slot_count += 2 * node.inputs.size() + node.outputs.size() + 1;
      }
      for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        const int output = node.outputs[i];
        int slot = kNoValue;
        if (output != kNoValue && owner[output] == output) {
          slot = i == 0 ? slot_in_place(block, node, n) : kNoValue;
          if (slot == kNoValue) slot = take();
          plan_.values[output].slot = slot;
        }
        block.slots.push_back(slot);
      }
      const auto release = [&](int value) {
        Value& memory = plan_.values[owner[value]];
        if (memory.block == &block && last_use[owner[value]] == n && memory.slot != kNoValue) {
          free_slots.push_back(std::exchange(memory.slot, kNoValue));
        }
      };
      for_each_read(node, release);
      for (const int value : node.outputs) {
        if (value != kNoValue) release(value);
      }
    }
  }

  template <typename Visit>
  static void for_each_read(const Node& node, Visit&& visit) {
    for (const int value : node.inputs) {
      if (value != kNoValue) visit(value);
    }
    for (const int value : node.captured) visit(value);
  }

  // The first input's slot, taken away from it, where the operator may write over it.
  int slot_in_place(const Block& block, const Node& node, std::size_t n) {
    if ((node.op->flags & OperatorDef::kInPlace) == 0 || node.inputs[0] == kNoValue ||
        type_of(node.inputs[0]) != type_of(node.outputs[0])) {
      return kNoValue;
    }
    const int source = owner_[node.inputs[0]];
    const bool read_again = std::any_of(node.inputs.begin() + 1, node.inputs.end(), [&](int value) {
      return value != kNoValue && owner_[value] == source;
    });
    if (read_again || plan_.values[source].block != &block || last_use_[source] != n) {
      return kNoValue;
    }
    return std::exchange(plan_.values[source].slot, kNoValue);
  }

  Plan::Impl& plan_;
  const Registry& registry_;
  std::array<std::int64_t, kDomains> opsets_{};
  NameTable by_name_;
  std::vector<std::pair<std::string_view, int>> hidden_;  // what a name meant before, see add_block
  std::vector<Node*> around_;                             // the nodes whose inner graph is read
  std::vector<int> as_float_;                             // what constants became, by value
  std::vector<std::uint8_t> seen_;                        // by value: for drop_repeats
  std::vector<int> owner_;
  std::vector<std::size_t> last_use_;
};

}  // namespace

bool Plan::Impl::may_make(std::size_t bytes) {
  made_bytes += bytes;
  return made_bytes <= 16 * model_bytes + kFoldBytes * 1024;
}

void remove_dead_nodes(const Plan::Impl& plan, Block& block) {
  std::vector<std::uint8_t> needed(plan.values.size());
  for (const int value : block.outputs) needed[value] = true;
  std::vector<std::uint8_t> live(block.nodes.size());
  for (std::size_t n = block.nodes.size(); n-- > 0;) {
    for (const int value : block.nodes[n].outputs) {
      if (value != kNoValue && needed[value]) live[n] = true;
    }
    if (!live[n]) continue;
    for (const int value : block.nodes[n].inputs) {
      if (value != kNoValue) needed[value] = true;
    }
    for (const int value : block.nodes[n].captured) needed[value] = true;
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < block.nodes.size(); ++n) {
    if (live[n]) kept.push_back(std::move(block.nodes[n]));
  }
  block.nodes = std::move(kept);
}

std::unique_ptr<const Plan> Plan::open(std::span<const std::uint8_t> model_bytes,
                                       std::string_view name, const Registry& registry,
                                       PlanOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->name = name;
  impl->options = options;
  try {
    Opener(*impl, registry).open(model_bytes);
  } catch (...) {
    const Error* error = caught_error();
    if (error == nullptr) throw;
    throw error->in_file(name);
  }
  return std::unique_ptr<const Plan>(new Plan(std::move(impl)));
}

Plan::Plan(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Plan::~Plan() = default;

const std::vector<ValueInfo>& Plan::inputs() const { return impl_->inputs; }
const std::vector<ValueInfo>& Plan::outputs() const { return impl_->outputs; }
const std::string& Plan::name() const { return impl_->name; }
const std::vector<std::string>& Plan::labels() const { return impl_->labels; }
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
  for (const Node& node : impl_->main.nodes) names.push_back(node.op->name);
  for (const std::unique_ptr<Block>& block : impl_->blocks) {
    for (const Node& node : block->nodes) names.push_back(node.op->name);
  }
  return names;
}

TensorView Plan::initializer(std::string_view name) const {
  for (const onnx::TensorRef& tensor : impl_->initializers) {
    if (tensor.name == name) return view_of(tensor);
  }
  return {};
}

}  // namespace storewise::graph
