// Softmax and its logarithm along one axis (opset 13) or over everything from the axis on (before).
#include "kernels/kernels.h"
#include "ops/common.h"
#include "ops/operators.h"
#include "support/real.h"

namespace storewise::ops {
namespace {

// x becomes the logarithm of its softmax; `work` has as many elements.
void log_softmax_of(std::size_t n, float* x, float* work) {
  const float largest = kernels::max_f32(x, n);
  copy_bytes(work, x, n * sizeof(float));
  kernels::exp_f32(largest, n, work);
  const auto sum = static_cast<double>(kernels::sum_f32(work, n));
  const auto shift = static_cast<float>(real::log(sum));
  // One after the other, so that small differences to a large maximum are kept.
  kernels::combine_f32(kernels::Combine::kSubtract, x, 1, &largest, 0, n, x);
  kernels::combine_f32(kernels::Combine::kSubtract, x, 1, &shift, 0, n, x);
}

// x seen as [outer][n][inner]: the softmax of the n elements for every outer and inner position.
void softmax_of(Invocation& invocation, bool logarithm, std::size_t outer, std::size_t n,
                std::size_t inner) {
  const TensorView& x = invocation.input(0);
  float* out = invocation.output_as<float>(0, x.shape);
  copy_bytes(out, x.data, x.bytes());
  if (x.shape.elements() == 0) return;
  const bool needs_work = logarithm || inner > 1;
  auto* work =
      needs_work ? static_cast<float*>(scratch_for(invocation, n, 2 * sizeof(float))) : out;
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      float* first = out + o * n * inner + i;
      float* row = inner == 1 ? first : work + n;
      if (inner > 1) {
        for (std::size_t k = 0; k < n; ++k) row[k] = first[k * inner];
      }
      if (logarithm) {
        log_softmax_of(n, row, work);
      } else {
        kernels::softmax_f32(n, row);
      }
      if (inner > 1) {
        for (std::size_t k = 0; k < n; ++k) first[k * inner] = row[k];
      }
    }
  }
}

void along_axis(Invocation& invocation, bool logarithm) {
  const Shape& shape = invocation.input(0).shape;
  if (shape.rank() == 0) return softmax_of(invocation, logarithm, 1, 1, 1);
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{-1}), shape.rank());
  softmax_of(invocation, logarithm, product(shape, 0, axis), static_cast<std::size_t>(shape[axis]),
             product(shape, axis + 1, shape.rank()));
}

void from_axis_on(Invocation& invocation, bool logarithm) {
  const Shape& shape = invocation.input(0).shape;
  std::int64_t axis = invocation.attribute("axis", std::int64_t{1});
  // Here, unlike elsewhere, an axis equal to the rank is allowed: rows of one element.
  if (axis != static_cast<std::int64_t>(shape.rank())) {
    axis = static_cast<std::int64_t>(invocation.axis(axis, shape.rank()));
  }
  const auto split = static_cast<std::size_t>(axis);
  softmax_of(invocation, logarithm, product(shape, 0, split), product(shape, split, shape.rank()),
             1);
}

}  // namespace

void softmax(Invocation& invocation) { along_axis(invocation, false); }
void softmax_flattened(Invocation& invocation) { from_axis_on(invocation, false); }
void log_softmax(Invocation& invocation) { along_axis(invocation, true); }
void log_softmax_flattened(Invocation& invocation) { from_axis_on(invocation, true); }

}  // namespace storewise::ops
