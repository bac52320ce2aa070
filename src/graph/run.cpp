// Executes a plan: node by node, in the plan's order, out of the workspace's slots.
#include <new>
#include <utility>

#include "graph/invocation.h"
#include "graph/plan_impl.h"
#include "graph/workspace.h"
#include "support/checked.h"
#include "support/message.h"

namespace storewise::graph {
namespace {

const TensorView kLeftOut;  // stands for an optional input that a node does without

std::string describe(DataType type, const Shape& shape) {
  return message({data_type_name(type), " ", shape.to_string()});
}

void check_input(const ValueInfo& expected, const TensorView& found) {
  bool fits = expected.type == found.type &&
              (!expected.has_shape || expected.shape.rank() == found.shape.rank());
  for (std::size_t i = 0; fits && expected.has_shape && i < expected.shape.rank(); ++i) {
    fits = expected.shape[i] == -1 || expected.shape[i] == found.shape[i];
  }
  fits = fits && (found.shape.elements() == 0 || found.data != nullptr);
  if (fits) return;
  throw_error(ErrorCode::kInvalidInput, "an input does not fit the model", {},
              {"input \"", expected.name, "\""},
              {expected.has_shape ? describe(expected.type, expected.shape)
                                  : std::string(data_type_name(expected.type)) + " of any shape"},
              {describe(found.type, found.shape)});
}

}  // namespace

void* Buffer::reserve(std::size_t bytes) {
  if (bytes <= capacity_ && memory_) return memory_.get();
  memory_.reset();
  capacity_ = 0;
  const std::size_t size = bytes < 16 ? 16 : bytes;
  memory_.reset(new (std::nothrow) std::uint8_t[size]);
  if (!memory_) {
    throw_error(ErrorCode::kOutOfMemory, "the memory for a tensor is not to be had", {}, {}, {},
                {bytes, " bytes"});
  }
  capacity_ = size;
  return memory_.get();
}

Workspace::Workspace() : impl_(std::make_unique<Impl>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

std::string Node::place() const {
  if (name.empty()) return message({"node ", position, " (", op_type, ")"});
  return message({"node \"", name, "\" (", op_type, ")"});
}

Shape Invocation::small_ints(std::size_t i) const {
  const TensorView& list = input(i);
  const std::size_t count = list.shape.elements();
  if (list.shape.rank() > 1 || count > kMaxRank) {
    fail_shape(i, {"a list of at most ", kMaxRank, " numbers"});
  }
  Shape values;
  for (std::size_t n = 0; n < count; ++n) {
    values.push_back(list.type == DataType::kInt32 ? elements<std::int32_t>(i)[n]
                                                   : elements<std::int64_t>(i)[n]);
  }
  return values;
}

void* Invocation::output(std::size_t i, const Shape& shape) {
  std::size_t bytes = 0;
  const bool fits = checked_multiply(shape.elements(), element_size(outputs_[i].type), &bytes) &&
                    bytes <= workspace_.max_tensor_bytes;
  if (!fits) {
    throw_error(ErrorCode::kOutOfMemory, "a tensor is too large", {}, {node_.place()},
                {"at most ", workspace_.max_tensor_bytes, " bytes"},
                {describe(outputs_[i].type, shape)});
  }
  void* memory = workspace_.slots[slots_[i]].reserve(bytes);
  outputs_[i].shape = shape;
  outputs_[i].data = memory;
  return memory;
}

void Invocation::alias_output(std::size_t i, const Shape& shape, const void* data) {
  outputs_[i].shape = shape;
  outputs_[i].data = data;
}

void* Invocation::scratch(std::size_t bytes) {
  if (bytes > workspace_.max_tensor_bytes) {
    throw_error(ErrorCode::kOutOfMemory, "an operator needs too much memory", {}, {node_.place()},
                {}, {bytes, " bytes"});
  }
  return workspace_.scratch.reserve(bytes);
}

float Invocation::attribute(std::string_view name, float fallback) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  return found ? found->f : fallback;
}

std::string_view Invocation::attribute(std::string_view name, std::string_view fallback) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  return found ? found->s : fallback;
}

std::span<const std::int64_t> Invocation::ints_attribute(std::string_view name) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  if (!found) return {};
  return found->ints;
}

const onnx::TensorRef* Invocation::tensor_attribute(std::string_view name) const {
  const onnx::AttributeRef* found = node_.find_attribute(name);
  return found ? found->tensor.get() : nullptr;
}

std::size_t Invocation::axis(std::int64_t axis, std::size_t rank) const {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    fail({"an axis of a tensor with ", rank, " dimensions"}, {"axis ", axis});
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

void Invocation::fail(Pieces expected, Pieces found) const {
  throw_error(ErrorCode::kInvalidInput, "the model cannot run on these inputs", {}, {node_.place()},
              expected, found);
}

void Invocation::fail_shape(std::size_t i, Pieces expected) const {
  fail(expected, {describe(input(i).type, input(i).shape), " as input ", i});
}

void run(const Plan& plan, Workspace& workspace, std::span<const TensorView> inputs,
         std::span<TensorView> outputs) try {
  const Plan::Impl& impl = plan.impl();
  Workspace::Impl& work = workspace.impl();
  if (inputs.size() != impl.inputs.size() || outputs.size() != impl.outputs.size()) {
    throw_error(ErrorCode::kInvalidInput, "the number of tensors does not fit the model", {}, {},
                {impl.inputs.size(), " inputs and ", impl.outputs.size(), " outputs"},
                {inputs.size(), " and ", outputs.size()});
  }
  const std::size_t all_slots = impl.slot_count + outputs.size();
  if (work.slots.size() < all_slots) work.slots.resize(all_slots);
  if (work.values.size() < impl.values.size()) work.values.resize(impl.values.size());
  work.max_tensor_bytes = impl.options.max_tensor_bytes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check_input(impl.inputs[i], inputs[i]);
    work.values[impl.input_values[i]] = inputs[i];
  }
  const auto view = [&](int value) -> const TensorView& {
    if (value == kNoValue) return kLeftOut;
    const Value& info = impl.values[value];
    return info.source == Value::Source::kConstant ? info.constant : work.values[value];
  };

  const int* slots = impl.slots.data();
  for (const Node& node : impl.nodes) {
    work.inputs.clear();
    for (const int value : node.inputs) work.inputs.push_back(&view(value));
    work.outputs.assign(node.outputs.size(), TensorView{});
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) work.outputs[i].type = impl.values[node.outputs[i]].type;
    }
    Invocation invocation(node, work.inputs, work.outputs, {slots, node.outputs.size()}, work);
    node.op->run(invocation);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) work.values[node.outputs[i]] = work.outputs[i];
    }
    slots += node.outputs.size();
  }

  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i] = view(impl.output_values[i]);
    // An output that is a weight, seen through Identity or Reshape, may lie at any byte of the
    // file; callers are promised alignment.
    if (reinterpret_cast<std::uintptr_t>(outputs[i].data) % element_size(outputs[i].type) != 0) {
      void* aligned = work.slots[impl.slot_count + i].reserve(outputs[i].bytes());
      outputs[i].data = std::memcpy(aligned, outputs[i].data, outputs[i].bytes());
    }
  }
} catch (const Error& error) {
  throw error.in_file(plan.name());
}

}  // namespace storewise::graph
