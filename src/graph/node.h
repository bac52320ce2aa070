// One step of a plan: an operator, the values it reads and makes, and its attributes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "graph/registry.h"
#include "onnx/reader.h"
#include "support/message.h"
#include "support/words.h"

namespace storewise::graph {

inline constexpr int kNoValue = -1;  // an optional input or output left out

struct Block;

struct Node {
  const OperatorDef* op = nullptr;
  std::string_view name;     // as in the file; may be empty
  std::string_view op_type;  // as in the file; for a fused node, of the node it took the place of
  std::string_view domain;   // likewise
  std::size_t position = 0;  // in its graph's list, from 0
  std::vector<int> inputs;   // indices of values, or kNoValue
  std::vector<int> outputs;  // likewise
  std::vector<onnx::AttributeRef> attributes;
  std::vector<Block*> blocks;          // the graphs among the attributes, in their order
  std::vector<int> captured;           // values made outside of `blocks` that are read inside
  int first_state = 0;                 // the first of the node's own slots: Invocation::state
  std::vector<std::uint8_t> prepared;  // see PrepareFunction; in words of 8 bytes
  bool converts = false;  // OperatorDef::kViaFloat, and some tensor is float16 or double

  // Attributes by their names, which end with a zero; nullptr if absent.
  const onnx::AttributeRef* find_attribute(const char* attribute) const {
    for (const onnx::AttributeRef& candidate : attributes) {
      if (same_text(candidate.name, attribute)) return &candidate;
    }
    return nullptr;
  }
  std::int64_t int_attribute(const char* attribute, std::int64_t fallback) const {
    const onnx::AttributeRef* found = find_attribute(attribute);
    return found ? found->i : fallback;
  }
  // How messages call this node: `node "Gather_3" (Gather)`, or by its position when it has no
  // name.
  std::string place() const;
  // Throws Error(kInvalidModel) at this node: `text` is "expected|found".
  template <typename... Parts>
  [[noreturn, gnu::always_inline]] void fail(const char* summary, TextOf<2, Parts...> text,
                                             const Parts&... parts) const {
    fail_with(summary, text.text, message_kinds<Parts...>(), MessageParts<Parts...>(parts...).list);
  }

 private:
  [[noreturn]] void fail_with(const char* summary, const char* text, unsigned kinds,
                              const MessagePart* parts) const;
};

// Writes the node's place into a message.
void append_to(std::string& text, const Node& node);

// A graph: the model's own, or one that a node (If, Loop, Scan) runs. All values of a plan are
// numbered in one list, so that a block sees what lies around it.
struct Block {
  std::vector<int> inputs;
  std::vector<int> outputs;
  // As declared: -1 where a size is open, no dimensions where nothing is said.
  std::vector<Shape> input_shapes;
  std::vector<Shape> output_shapes;
  bool checked = false;     // else no node that is needed runs it
  std::vector<Node> nodes;  // in an order in which they can run
  std::vector<int> slots;   // the outputs' slots, node after node
};

}  // namespace storewise::graph
