// What an operator's function sees of one execution of its node.
//
// Inputs are read through `elements<T>` or kernels, because weights lie in the model file at any
// alignment. Outputs come from the workspace, aligned, uninitialised, not overlapping any input
// (except under OperatorDef::kInPlace). Types have been checked against the operator's row;
// shapes and values have not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "graph/node.h"
#include "graph/plan.h"
#include "graph/tensor.h"
#include "graph/workspace.h"
#include "support/message.h"

namespace storewise::graph {

// Reads elements that may lie at any byte.
template <typename T>
class Elements {
 public:
  explicit Elements(const void* data) : data_(static_cast<const char*>(data)) {}
  T operator[](std::size_t i) const {
    T value;
    std::memcpy(&value, data_ + i * sizeof(T), sizeof(T));
    return value;
  }

 private:
  const char* data_;
};

class Invocation {
 public:
  // `slots[i]` is the workspace's slot for output i; kNoValue for an output left out or aliased.
  Invocation(const Plan::Impl& plan, const Node& node, std::span<const TensorView* const> inputs,
             std::span<TensorView> outputs, std::span<const int> slots, Workspace::Impl& workspace,
             int depth)
      : plan_(plan),
        node_(node),
        inputs_(inputs),
        outputs_(outputs),
        slots_(slots),
        workspace_(workspace),
        depth_(depth) {}

  const Node& node() const { return node_; }
  int since_version() const { return node_.op->since_version; }

  std::size_t input_count() const { return inputs_.size(); }
  std::size_t output_count() const { return outputs_.size(); }
  bool has_input(std::size_t i) const {
    return i < inputs_.size() && inputs_[i]->type != DataType::kUndefined;
  }
  const TensorView& input(std::size_t i) const { return *inputs_[i]; }
  template <typename T>
  Elements<T> elements(std::size_t i) const {
    return Elements<T>(inputs_[i]->data);
  }
  // Input i as a list of int64, from int32 or int64; at most kMaxRank long. For shapes and axes.
  Shape small_ints(std::size_t i) const;

  bool wants_output(std::size_t i) const {
    return i < node_.outputs.size() && node_.outputs[i] != kNoValue;
  }
  // Memory for output i; its type is the one that the plan derived. Once for each output.
  void* output(std::size_t i, const Shape& shape);
  template <typename T>
  T* output_as(std::size_t i, const Shape& shape) {
    return static_cast<T*>(output(i, shape));
  }
  DataType output_type(std::size_t i) const { return outputs_[i].type; }
  // Memory for output i that may be asked for again: what it held stays when it grows.
  void* grow_output(std::size_t i, const Shape& shape);
  // Output i is a view of `data` in another shape: for OperatorDef::kAliases and constants.
  void alias_output(std::size_t i, const Shape& shape, const void* data);
  // Memory for this execution only. One piece at a time: a second call may move the first.
  void* scratch(std::size_t bytes);
  // Characters of a string that an output holds: a copy that lives as long as the outputs do.
  std::string_view keep_text(std::string_view text);

  // For operators that run graphs. The node's graph attributes in their order.
  std::span<Block* const> blocks() const { return node_.blocks; }
  // Runs one of them. `inputs` and what they point to stay valid meanwhile; `outputs` points to
  // memory that the next run of that block overwrites, so copy before (TensorView::data of an
  // output may be an input's or outer memory as well).
  void run_block(const Block& block, std::span<const TensorView> inputs,
                 std::span<TensorView> outputs);
  // Piece i of 2 * inputs + outputs + 1 pieces of memory that only this node uses; it keeps what
  // it holds from one run_block to the next. `bytes` as for an output.
  void* state(std::size_t i, std::size_t bytes);

  std::int64_t attribute(const char* name, std::int64_t fallback) const {
    return node_.int_attribute(name, fallback);
  }
  float attribute(const char* name, float fallback) const;
  std::string_view attribute(const char* name, const char* fallback) const;
  bool has_attribute(const char* name) const { return node_.find_attribute(name) != nullptr; }
  std::span<const std::int64_t> ints_attribute(const char* name) const;  // empty if absent
  std::span<const float> floats_attribute(const char* name) const;       // likewise
  const onnx::TensorRef* tensor_attribute(const char* name) const;       // nullptr if absent

  // What OperatorDef::prepare made, at a multiple of 8.
  const std::uint8_t* prepared() const { return node_.prepared.data(); }

  // Brings `axis` in [-rank, rank) to [0, rank); anything else fails.
  std::size_t axis(std::int64_t axis, std::size_t rank) const;

  // Throws Error(kInvalidInput) at this node: "expected|found", as of support/message.h.
  template <typename... Parts>
  [[noreturn, gnu::always_inline]] void fail(TextOf<2, Parts...> text,
                                             const Parts&... parts) const {
    fail_with(text.text, message_kinds<Parts...>(), MessageParts<Parts...>(parts...).list);
  }
  // The same about the shape of input i: "expected" alone.
  template <typename... Parts>
  [[noreturn, gnu::always_inline]] void fail_shape(std::size_t i, TextOf<1, Parts...> text,
                                                   const Parts&... parts) const {
    fail_shape_with(i, text.text, message_kinds<Parts...>(), MessageParts<Parts...>(parts...).list);
  }

 private:
  [[noreturn]] void fail_with(const char* text, unsigned kinds, const MessagePart* parts) const;
  [[noreturn]] void fail_shape_with(std::size_t i, const char* text, unsigned kinds,
                                    const MessagePart* parts) const;
  // Throws kOutOfMemory when a tensor of this type and shape is larger than a run may have.
  std::size_t checked_bytes(DataType type, const Shape& shape) const;

  const Plan::Impl& plan_;
  const Node& node_;
  std::span<const TensorView* const> inputs_;
  std::span<TensorView> outputs_;
  std::span<const int> slots_;
  Workspace::Impl& workspace_;
  int depth_;
};

}  // namespace storewise::graph
