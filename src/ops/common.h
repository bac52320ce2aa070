// What several operator families share: indices from tensors, copies, broadcasting.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "graph/invocation.h"

namespace storewise::ops {

using graph::DataType;
using graph::Invocation;
using graph::Shape;
using graph::TensorView;

// memcpy that allows null pointers and source = destination when nothing has to move.
inline void copy_bytes(void* to, const void* from, std::size_t bytes) {
  if (bytes > 0 && to != from) std::memcpy(to, from, bytes);
}

// The product of sizes [first, last) of a shape that has been checked as a whole.
inline std::size_t product(const Shape& shape, std::size_t first, std::size_t last) {
  std::size_t result = 1;
  for (std::size_t i = first; i < last; ++i) result *= static_cast<std::size_t>(shape[i]);
  return result;
}

// An int32 or int64 input as indices into `size` places; negative ones count from the end.
class Indices {
 public:
  Indices(const Invocation& invocation, std::size_t input, std::size_t size)
      : invocation_(invocation),
        data_(static_cast<const char*>(invocation.input(input).data)),
        wide_(invocation.input(input).type == DataType::kInt64),
        size_(static_cast<std::int64_t>(size)) {}

  // Throws Error(kInvalidInput) naming the node and the index when it is out of range.
  std::size_t operator[](std::size_t i) const {
    std::int64_t index = raw(i);
    if (index < 0) index += size_;
    if (index < 0 || index >= size_) fail(i);
    return static_cast<std::size_t>(index);
  }

 private:
  std::int64_t raw(std::size_t i) const {
    std::int64_t index = 0;
    if (wide_) {
      std::memcpy(&index, data_ + i * sizeof index, sizeof index);
    } else {
      std::int32_t narrow = 0;
      std::memcpy(&narrow, data_ + i * sizeof narrow, sizeof narrow);
      index = narrow;
    }
    return index;
  }
  [[noreturn]] void fail(std::size_t i) const {
    invocation_.fail({"an index from ", -size_, " to ", size_ - 1},
                     {"index ", raw(i), " at position ", i});
  }

  const Invocation& invocation_;
  const char* data_;
  bool wide_;
  std::int64_t size_;
};

// The shape that a and b broadcast to (NumPy's rule); fails at the node when they do not.
Shape broadcast(const Invocation& invocation, const Shape& a, const Shape& b);

// How far, in elements, a step along each dimension of `to` moves in a row-major tensor of shape
// `from`, which broadcasts to `to`: 0 along dimensions that repeat.
std::array<std::size_t, graph::kMaxRank> broadcast_strides(const Shape& from, const Shape& to);

// Walks all positions of `shape` except the last dimension's, in row-major order, for up to two
// operands: visit(offset in a, offset in b, position / last size). One step for rank 0.
template <typename Visit>
void for_each_row(const Shape& shape, const std::array<std::size_t, graph::kMaxRank>& a,
                  const std::array<std::size_t, graph::kMaxRank>& b, Visit&& visit) {
  const std::size_t outer = shape.rank() == 0 ? 0 : shape.rank() - 1;
  const std::size_t rows = shape.elements() == 0 ? 0 : product(shape, 0, outer);
  std::array<std::int64_t, graph::kMaxRank> position{};
  std::size_t at_a = 0;
  std::size_t at_b = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    visit(at_a, at_b, row);
    for (std::size_t d = outer; d-- > 0;) {
      at_a += a[d];
      at_b += b[d];
      if (++position[d] < shape[d]) break;
      at_a -= a[d] * static_cast<std::size_t>(shape[d]);
      at_b -= b[d] * static_cast<std::size_t>(shape[d]);
      position[d] = 0;
    }
  }
}

}  // namespace storewise::ops
