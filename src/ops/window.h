// How a window slides over the spatial dimensions of a tensor [batch, channels, ...]: what
// convolution and pooling share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ops/common.h"

namespace storewise::ops {

// One number for each spatial dimension.
using Sizes = std::array<std::int64_t, graph::kMaxRank>;

struct Window {
  std::size_t rank = 0;  // spatial dimensions, from 1 to kMaxRank - 2
  Sizes input{};
  Sizes kernel{};
  Sizes stride{};
  Sizes dilation{};
  Sizes before{};  // padding
  Sizes after{};
  Sizes output{};

  std::size_t last() const { return rank - 1; }
  // The product of the numbers of dimensions [0, dimensions).
  static std::size_t product(const Sizes& sizes, std::size_t dimensions);
  // [batch, channels, output...]
  Shape output_shape(std::int64_t batch, std::int64_t channels) const;
};

// The window of the node's attributes over input `i`, with the kernel's sizes from `weights`
// [.., .., kernel...] or, for nullptr, from the attribute kernel_shape. Fails at the node for a
// kernel that does not fit, for sizes below their least, and for lists of the wrong length.
Window read_window(const Invocation& invocation, std::size_t i, const Shape* weights);

// Which of `count` places start, start + step, ... lie in [0, size).
struct Range {
  std::int64_t first = 0;
  std::int64_t end = 0;
};
Range places_inside(std::int64_t start, std::int64_t step, std::int64_t count, std::int64_t size);

// Moves `position` one on in row-major order within dimensions [0, dimensions) of `sizes`.
void advance(Sizes& position, const Sizes& sizes, std::size_t dimensions);

}  // namespace storewise::ops
