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

// The summary of Node::fail where a node's attributes do not go together.
inline constexpr const char* kContradiction = "attributes contradict each other";

// memcpy that allows null pointers and source = destination when nothing has to move.
inline void copy_bytes(void* to, const void* from, std::size_t bytes) {
  if (bytes > 0 && to != from) std::memcpy(to, from, bytes);
}

// Invocation::scratch for `n` elements of `size` bytes; the bytes may overflow, which fails.
inline void* scratch_for(Invocation& invocation, std::size_t n, std::size_t size) {
  return invocation.scratch(n > SIZE_MAX / size ? SIZE_MAX : n * size);
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
    invocation_.fail("an index from % to %|index % at position %", -size_, size_ - 1, raw(i), i);
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

// Copies a tensor's elements to row-major order, whatever their type: what transposes, slices,
// expands and tiles. Neighbouring dimensions that lie in one line become one.
class StridedCopy {
 public:
  static constexpr std::size_t kMaxDims = 2 * graph::kMaxRank;

  // The next dimension, outermost first: so many places, so many elements from each to the next.
  void add(std::int64_t size, std::ptrdiff_t stride);
  // `from` is the element at the first place of every dimension; `size` bytes an element.
  void run(const char* from, std::size_t size, char* to) const;

 private:
  std::size_t rank_ = 0;
  std::size_t sizes_[kMaxDims] = {};
  std::ptrdiff_t strides_[kMaxDims] = {};
};

// Writes one element `count` times; `element` may be nullptr for zeros (or empty strings).
void fill(char* to, const void* element, std::size_t size, std::size_t count);

// GatherElements and ScatterElements: input 1 holds an index along `axis` for each of its places.
// The strides of those places in `data`, 0 along the axis. Fails unless the places lie in `data`.
std::array<std::size_t, graph::kMaxRank> places_by_index(const Invocation& invocation,
                                                         const Shape& data, std::size_t axis);

// GatherND and ScatterND: input 1 is a list of tuples, each of which names the first places of a
// block of `data`, after `shared` dimensions that both have.
class IndexTuples {
 public:
  IndexTuples(const Invocation& invocation, const Shape& data, std::size_t shared);
  std::size_t length() const { return length_; }  // of a tuple
  std::size_t block() const { return block_; }    // elements that a whole tuple names
  // The first of them for tuple i.
  std::size_t offset(std::size_t i) const;

 private:
  const Invocation& invocation_;
  const Shape& data_;
  std::size_t shared_;
  std::size_t length_ = 0;
  std::size_t block_ = 1;
};

}  // namespace storewise::ops
