// The inside of a Workspace: slots that the plan hands from value to value.
//
// A plan assigns each value that needs memory a slot when it opens the file; values whose lives do
// not overlap share one. A slot keeps the largest size it ever had, so that a run allocates only
// where it is larger than all before it, and no live value ever moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "graph/plan.h"

namespace storewise::graph {

struct Node;

// Memory that only grows; what it held is lost when it does.
class Buffer {
 public:
  // At least `bytes` bytes, aligned for any element. Throws Error(kOutOfMemory).
  void* reserve(std::size_t bytes);
  // The same, but keeps the first `used` bytes that it holds, and grows by half at least.
  void* grow(std::size_t used, std::size_t bytes);
  std::unique_ptr<std::uint8_t[]> release() {
    capacity_ = 0;
    return std::move(memory_);
  }

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t capacity_ = 0;
};

struct Workspace::Impl {
  // What one level of nested graphs needs while a node of it runs.
  struct Frame {
    std::vector<const TensorView*> inputs;        // of the node that runs
    std::vector<TensorView> outputs;              // likewise
    std::vector<TensorView> as_float;             // its float16 and double tensors, converted
    std::vector<const TensorView*> float_inputs;  // the node's inputs with those in their places
    std::vector<int> float_slots;
  };

  std::vector<Buffer> slots;
  Buffer scratch;
  std::vector<TensorView> values;              // by index of the plan's values; constants excepted
  std::vector<std::unique_ptr<Frame>> frames;  // by depth
  std::vector<std::unique_ptr<std::uint8_t[]>> texts;  // characters of strings made in this run
  std::size_t max_tensor_bytes = 0;                    // the running plan's limit
  std::size_t steps_left = 0;                          // likewise
  const Node* running = nullptr;                       // the node that ran last, for messages

  Frame& frame(int depth) {
    while (frames.size() <= static_cast<std::size_t>(depth)) {
      frames.push_back(std::make_unique<Frame>());
    }
    return *frames[static_cast<std::size_t>(depth)];
  }
};

}  // namespace storewise::graph
