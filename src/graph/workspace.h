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

// Memory that only grows; what it held is lost when it does.
class Buffer {
 public:
  // At least `bytes` bytes, aligned for any element. Throws Error(kOutOfMemory).
  void* reserve(std::size_t bytes);
  std::unique_ptr<std::uint8_t[]> release() {
    capacity_ = 0;
    return std::move(memory_);
  }

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t capacity_ = 0;
};

struct Workspace::Impl {
  std::vector<Buffer> slots;
  Buffer scratch;
  std::vector<TensorView> values;         // by index of the plan's values; constants excepted
  std::vector<const TensorView*> inputs;  // of the node that runs
  std::vector<TensorView> outputs;        // likewise
  std::size_t max_tensor_bytes = 0;       // the running plan's limit
};

}  // namespace storewise::graph
