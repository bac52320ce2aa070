// Softmax along one axis (opset 13) or over everything from the axis on (before).
#include "kernels/kernels.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

// x seen as [outer][n][inner]: the softmax of the n elements for every outer and inner position.
void softmax_of(Invocation& invocation, std::size_t outer, std::size_t n, std::size_t inner) {
  const TensorView& x = invocation.input(0);
  float* out = invocation.output_as<float>(0, x.shape);
  copy_bytes(out, x.data, x.bytes());
  if (x.shape.elements() == 0) return;
  if (inner == 1) {
    for (std::size_t o = 0; o < outer; ++o) kernels::softmax_f32(n, out + o * n);
    return;
  }
  auto* column = static_cast<float*>(invocation.scratch(n * sizeof(float)));
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      float* first = out + o * n * inner + i;
      for (std::size_t k = 0; k < n; ++k) column[k] = first[k * inner];
      kernels::softmax_f32(n, column);
      for (std::size_t k = 0; k < n; ++k) first[k * inner] = column[k];
    }
  }
}

}  // namespace

void softmax(Invocation& invocation) {
  const Shape& shape = invocation.input(0).shape;
  if (shape.rank() == 0) return softmax_of(invocation, 1, 1, 1);
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{-1}), shape.rank());
  softmax_of(invocation, product(shape, 0, axis), static_cast<std::size_t>(shape[axis]),
             product(shape, axis + 1, shape.rank()));
}

void softmax_flattened(Invocation& invocation) {
  const Shape& shape = invocation.input(0).shape;
  std::int64_t axis = invocation.attribute("axis", std::int64_t{1});
  // Here, unlike elsewhere, an axis equal to the rank is allowed: rows of one element.
  if (axis != static_cast<std::int64_t>(shape.rank())) {
    axis = static_cast<std::int64_t>(invocation.axis(axis, shape.rank()));
  }
  const auto split = static_cast<std::size_t>(axis);
  softmax_of(invocation, product(shape, 0, split), product(shape, split, shape.rank()), 1);
}

}  // namespace storewise::ops
