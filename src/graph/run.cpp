// Executes a plan: node by node, in the plan's order, out of the workspace's slots.
#include <algorithm>
#include <new>
#include <utility>

#include "graph/invocation.h"
#include "graph/plan_impl.h"
#include "graph/workspace.h"
#include "onnx/numbers.h"
#include "support/checked.h"
#include "support/message.h"

namespace storewise::graph {
namespace {

const TensorView kLeftOut;  // stands for an optional input that a node does without

void check_input(const ValueInfo& expected, const TensorView& found) {
  bool fits = expected.type == found.type &&
              (!expected.has_shape || expected.shape.rank() == found.shape.rank());
  for (std::size_t i = 0; fits && expected.has_shape && i < expected.shape.rank(); ++i) {
    fits = expected.shape[i] == -1 || expected.shape[i] == found.shape[i];
  }
  fits = fits && (found.shape.elements() == 0 || found.data != nullptr);
  if (fits) return;
  throw_error(ErrorCode::kInvalidInput, "an input does not fit the model|input \"%\"|% %|%",
              expected.name, data_type_name(expected.type),
              expected.has_shape ? expected.shape.to_string() : "of any shape", found);
}

}  // namespace

void* Buffer::reserve(std::size_t bytes) {
  if (bytes <= capacity_ && memory_) return memory_.get();
  memory_.reset();
  capacity_ = 0;
  const std::size_t size = bytes < 16 ? 16 : bytes;
  memory_.reset(new (std::nothrow) std::uint8_t[size]);
  if (!memory_) {
    throw_error(ErrorCode::kOutOfMemory, "the memory for a tensor is not to be had|||% bytes",
                bytes);
  }
  capacity_ = size;
  return memory_.get();
}

void* Buffer::grow(std::size_t used, std::size_t bytes) {
  if (bytes <= capacity_ && memory_) return memory_.get();
  const std::unique_ptr<std::uint8_t[]> old = std::move(memory_);
  reserve(std::max(bytes, used + used / 2));
  if (used > 0) std::memcpy(memory_.get(), old.get(), used);
  return memory_.get();
}

Workspace::Workspace() : impl_(std::make_unique<Impl>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

std::string Node::place() const {
  if (name.empty()) return message("node % (%)", position, op_type);
  return message("node \"%\" (%)", name, op_type);
}

void append_to(std::string& text, const Node& node) { text += node.place(); }

void Node::fail_with(const char* summary, const char* text, unsigned kinds,
                     const MessagePart* parts) const {
  MessageReader reader(text, kinds, parts);
  const std::string expected = reader.next();
  throw_error(ErrorCode::kInvalidModel, "%|%|%|%", summary, *this, expected, reader.next());
}

Shape Invocation::small_ints(std::size_t i) const {
  const TensorView& list = input(i);
  const std::size_t count = list.shape.elements();
  if (list.shape.rank() > 1 || count > kMaxRank) {
    fail_shape(i, "a list of at most % numbers", kMaxRank);
  }
  Shape values;
  for (std::size_t n = 0; n < count; ++n) {
    values.push_back(list.type == DataType::kInt32 ? elements<std::int32_t>(i)[n]
                                                   : elements<std::int64_t>(i)[n]);
  }
  return values;
}

std::size_t Invocation::checked_bytes(DataType type, const Shape& shape) const {
  std::size_t bytes = 0;
  const std::size_t elements = shape.elements();
  const bool fits = checked_multiply(elements, element_size(type), &bytes) &&
                    bytes <= workspace_.max_tensor_bytes;
  if (!fits) {
    throw_error(ErrorCode::kOutOfMemory, "a tensor is too large|%|at most % bytes|% %", node_,
                workspace_.max_tensor_bytes, data_type_name(type), shape);
  }
  return storage_bytes(type, elements);
}

void* Invocation::output(std::size_t i, const Shape& shape) {
  const std::size_t bytes = checked_bytes(outputs_[i].type, shape);
  void* memory = workspace_.slots[slots_[i]].reserve(bytes);
  outputs_[i].shape = shape;
  outputs_[i].data = memory;
  return memory;
}

void* Invocation::grow_output(std::size_t i, const Shape& shape) {
  const std::size_t used = outputs_[i].data == nullptr ? 0 : outputs_[i].bytes();
  const std::size_t bytes = checked_bytes(outputs_[i].type, shape);
  void* memory = workspace_.slots[slots_[i]].grow(used, bytes);
  outputs_[i].shape = shape;
  outputs_[i].data = memory;
  return memory;
}

void* Invocation::state(std::size_t i, std::size_t bytes) {
  if (bytes > workspace_.max_tensor_bytes) {
    throw_error(ErrorCode::kOutOfMemory, "a tensor is too large|%||% bytes", node_, bytes);
  }
  return workspace_.slots[static_cast<std::size_t>(node_.first_state) + i].reserve(bytes);
}

std::string_view Invocation::keep_text(std::string_view text) {
  if (text.empty()) return {};
  workspace_.texts.push_back(std::make_unique<std::uint8_t[]>(text.size()));
  std::memcpy(workspace_.texts.back().get(), text.data(), text.size());
  return {reinterpret_cast<const char*>(workspace_.texts.back().get()), text.size()};
}

void Invocation::alias_output(std::size_t i, const Shape& shape, const void* data) {
  static_cast<void>(shape.elements());  // throws where they cannot be
  outputs_[i].shape = shape;
  outputs_[i].data = data;
}

void* Invocation::scratch(std::size_t bytes) {
  if (bytes > workspace_.max_tensor_bytes) {
    throw_error(ErrorCode::kOutOfMemory, "an operator needs too much memory|%||% bytes", node_,
                bytes);
  }
  return workspace_.scratch.reserve(bytes);
}

float Invocation::attribute(const char* name, float fallback) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  return found ? found->f : fallback;
}

std::string_view Invocation::attribute(const char* name, const char* fallback) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  return found ? found->s : std::string_view(fallback);
}

std::span<const std::int64_t> Invocation::ints_attribute(const char* name) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  if (!found) return {};
  return found->ints;
}

std::span<const float> Invocation::floats_attribute(const char* name) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  if (!found) return {};
  return found->floats;
}

const onnx::TensorRef* Invocation::tensor_attribute(const char* name) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  return found ? found->tensor.get() : nullptr;
}

std::size_t Invocation::axis(std::int64_t axis, std::size_t rank) const {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    fail("an axis of a tensor with % dimensions|axis %", rank, axis);
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

void Invocation::fail_with(const char* text, unsigned kinds, const MessagePart* parts) const {
  MessageReader reader(text, kinds, parts);
  const std::string expected = reader.next();
  throw_error(ErrorCode::kInvalidInput, "the model cannot run on these inputs|%|%|%", node_,
              expected, reader.next());
}

void Invocation::fail_shape_with(std::size_t i, const char* text, unsigned kinds,
                                 const MessagePart* parts) const {
  fail("%|% as input %", MessageReader(text, kinds, parts).next(), input(i), i);
}

void convert(const TensorView& tensor, DataType type, void* out) {
  constexpr std::size_t kPiece = 256;
  double piece[kPiece];
  const std::size_t n = tensor.shape.elements();
  for (std::size_t start = 0; start < n; start += kPiece) {
    const std::size_t count = std::min(kPiece, n - start);
    onnx::load_numbers(tensor.type, tensor.data, start, count, piece);
    onnx::store_numbers(type, out, start, count, piece);
  }
}

namespace {

bool is_converted(DataType type) { return type == DataType::kFloat16 || type == DataType::kDouble; }

// Runs a node of OperatorDef::kViaFloat on float copies of its float16 and double tensors.
void execute_in_float(const Plan::Impl& plan, const Node& node,
                      std::span<const TensorView* const> inputs, std::span<TensorView> outputs,
                      std::span<const int> slots, Workspace::Impl& work, int depth) {
  Workspace::Impl::Frame& frame = work.frame(depth);
  frame.as_float.assign(inputs.size() + outputs.size(), TensorView{});
  frame.float_slots.assign(slots.begin(), slots.end());
  std::vector<const TensorView*>& given = frame.float_inputs;
  given.assign(inputs.begin(), inputs.end());
  const auto first_slot = static_cast<std::size_t>(node.first_state);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!is_converted(inputs[i]->type)) continue;
    void* memory = work.slots[first_slot + i].reserve(inputs[i]->shape.elements() * sizeof(float));
    convert(*inputs[i], DataType::kFloat, memory);
    frame.as_float[i] = {DataType::kFloat, inputs[i]->shape, memory};
    given[i] = &frame.as_float[i];
  }
  std::span<TensorView> made(frame.as_float.data() + inputs.size(), outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    made[i] = outputs[i];
    if (!is_converted(outputs[i].type)) continue;
    made[i].type = DataType::kFloat;
    frame.float_slots[i] = node.first_state + static_cast<int>(inputs.size() + i);
  }
  Invocation invocation(plan, node, given, made, frame.float_slots, work, depth);
  node.op->run(invocation);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const DataType type = outputs[i].type;
    outputs[i] = made[i];
    if (!is_converted(type)) continue;
    void* memory = work.slots[static_cast<std::size_t>(slots[i])].reserve(made[i].shape.elements() *
                                                                          element_size(type));
    convert(made[i], type, memory);
    outputs[i] = {type, made[i].shape, memory};
  }
}

const TensorView& view(const Plan::Impl& plan, const Workspace::Impl& work, int value) {
  if (value == kNoValue) return kLeftOut;
  const Value& info = plan.values[static_cast<std::size_t>(value)];
  return info.source == Value::Source::kConstant ? info.constant
                                                 : work.values[static_cast<std::size_t>(value)];
}

void count_step(const Plan::Impl& plan, const Node& node, Workspace::Impl& work) {
  if (work.steps_left == 0) {
    throw_error(ErrorCode::kInvalidInput, "the model runs without end|%|at most % steps|more", node,
                plan.options.max_steps);
  }
  --work.steps_left;
  work.running = &node;
}

void run_nodes(const Plan::Impl& plan, const Block& block, Workspace::Impl& work, int depth) {
  Workspace::Impl::Frame& frame = work.frame(depth);
  const int* slots = block.slots.data();
  for (const Node& node : block.nodes) {
    count_step(plan, node, work);
    frame.inputs.clear();
    for (const int value : node.inputs) frame.inputs.push_back(&view(plan, work, value));
    frame.outputs.assign(node.outputs.size(), TensorView{});
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) frame.outputs[i].type = plan.values[node.outputs[i]].type;
    }
    execute(plan, node, frame.inputs, frame.outputs, {slots, node.outputs.size()}, work, depth);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) work.values[node.outputs[i]] = frame.outputs[i];
    }
    slots += node.outputs.size();
  }
}

}  // namespace

void execute(const Plan::Impl& plan, const Node& node, std::span<const TensorView* const> inputs,
             std::span<TensorView> outputs, std::span<const int> slots, Workspace::Impl& work,
             int depth) {
  if (node.converts) return execute_in_float(plan, node, inputs, outputs, slots, work, depth);
  Invocation invocation(plan, node, inputs, outputs, slots, work, depth);
  node.op->run(invocation);
}

void Invocation::run_block(const Block& block, std::span<const TensorView> inputs,
                           std::span<TensorView> outputs) {
  if (inputs.size() != block.inputs.size() || outputs.size() > block.outputs.size()) {
    fail("an inner graph of % inputs and % outputs|% and %", inputs.size(), outputs.size(),
         block.inputs.size(), block.outputs.size());
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const DataType type = plan_.values[block.inputs[i]].type;
    if (inputs[i].type != type) {
      fail("% as input % of the inner graph|%", data_type_name(type), i,
           data_type_name(inputs[i].type));
    }
    workspace_.values[block.inputs[i]] = inputs[i];
  }
  count_step(plan_, node_, workspace_);  // a loop without nodes is without end as well
  run_nodes(plan_, block, workspace_, depth_ + 1);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i] = view(plan_, workspace_, block.outputs[i]);
  }
}

void run(const Plan& plan, Workspace& workspace, std::span<const TensorView> inputs,
         std::span<TensorView> outputs) try {
  const Plan::Impl& impl = plan.impl();
  Workspace::Impl& work = workspace.impl();
  if (inputs.size() != impl.inputs.size() || outputs.size() != impl.outputs.size()) {
    throw_error(ErrorCode::kInvalidInput,
                "the number of tensors does not fit the model||% inputs and % outputs|% and %",
                impl.inputs.size(), impl.outputs.size(), inputs.size(), outputs.size());
  }
  const std::size_t all_slots = impl.slot_count + outputs.size();
  if (work.slots.size() < all_slots) work.slots.resize(all_slots);
  if (work.values.size() < impl.values.size()) work.values.resize(impl.values.size());
  work.max_tensor_bytes = impl.options.max_tensor_bytes;
  work.steps_left = impl.options.max_steps;
  work.running = nullptr;
  work.texts.clear();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check_input(impl.inputs[i], inputs[i]);
    TensorView& value = work.values[impl.main.inputs[i]] = inputs[i];
    if (value.data == nullptr) value.data = &kLeftOut;  // nothing of it is read, but memcpy minds
  }
  run_nodes(impl, impl.main, work, 0);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i] = view(impl, work, impl.main.outputs[i]);
    // An output that is a weight, seen through Identity or Reshape, may lie at any byte of the
    // file; callers are promised alignment.
    if (reinterpret_cast<std::uintptr_t>(outputs[i].data) % element_size(outputs[i].type) != 0) {
      void* aligned = work.slots[impl.slot_count + i].reserve(outputs[i].bytes());
      outputs[i].data = std::memcpy(aligned, outputs[i].data, outputs[i].bytes());
    }
  }
} catch (...) {
  const Error* error = caught_error();
  if (error == nullptr) throw;
  const Node* node = workspace.impl().running;
  throw error->in_file(plan.name(), node == nullptr ? std::string() : node->place());
}

}  // namespace storewise::graph
