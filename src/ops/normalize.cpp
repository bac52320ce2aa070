// Normalisation by means, deviations and norms.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

using kernels::Combine;

// y = y how factors, where the factors broadcast to y's shape.
void combine_broadcast(const Invocation& invocation, Combine how, std::size_t i, const Shape& shape,
                       float* y) {
  const TensorView& factors = invocation.input(i);
  if (factors.shape.rank() > shape.rank() ||
      !(broadcast(invocation, factors.shape, shape) == shape)) {
    invocation.fail_shape(i, "a tensor that broadcasts to %", shape);
  }
  const auto strides = broadcast_strides(factors.shape, shape);
  const std::size_t last = shape.rank() - 1;
  const auto n = static_cast<std::size_t>(shape[last]);
  for_each_row(shape, strides, strides, [&](std::size_t at, std::size_t, std::size_t row) {
    kernels::combine_f32(how, y + row * n, 1, factors.as<float>() + at, strides[last], n,
                         y + row * n);
  });
}

// Sum of (x[i] - shift) ^ 2; `work` [n] is overwritten.
float squares(const float* x, float shift, std::size_t n, float* work) {
  kernels::combine_f32(Combine::kSubtract, x, 1, &shift, 0, n, work);
  return kernels::dot_f32(work, work, n);
}

// Over the dimensions from the axis on: (x - mean) / sqrt(mean square of that + epsilon), with no
// mean for RMSNormalization, times input 1, plus input 2.
void normalize_rows(Invocation& invocation, bool centred) {
  const TensorView& input = invocation.input(0);
  const Shape& shape = input.shape;
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{-1}), shape.rank());
  const std::size_t n = product(shape, axis, shape.rank());
  const float epsilon = invocation.attribute("epsilon", 1e-5f);
  float* y = invocation.output_as<float>(0, shape);
  Shape kept(shape.dims().first(axis));
  while (kept.rank() < shape.rank()) kept.push_back(1);
  float* statistics[2] = {};
  for (std::size_t i = 0; i < 2; ++i) {
    if (centred && invocation.wants_output(i + 1)) {
      statistics[i] = invocation.output_as<float>(i + 1, kept);
    }
  }
  const bool needs_rows = n > 0 || statistics[0] != nullptr || statistics[1] != nullptr;
  const std::size_t rows = needs_rows ? product(shape, 0, axis) : 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const float* x = input.as<float>() + row * n;
    float* to = y + row * n;
    const float mean = centred ? kernels::sum_f32(x, n) / static_cast<float>(n) : 0.0f;
    const float variance = squares(x, mean, n, to) / static_cast<float>(n);
    const float inverse = 1.0f / std::sqrt(variance + epsilon);
    kernels::combine_f32(Combine::kMultiply, to, 1, &inverse, 0, n, to);
    if (statistics[0]) statistics[0][row] = mean;
    if (statistics[1]) statistics[1][row] = inverse;
  }
  combine_broadcast(invocation, Combine::kMultiply, 1, shape, y);
  if (invocation.has_input(2)) combine_broadcast(invocation, Combine::kAdd, 2, shape, y);
}

}  // namespace

void layer_normalization(Invocation& invocation) { normalize_rows(invocation, true); }
void rms_normalization(Invocation& invocation) { normalize_rows(invocation, false); }

// With the attribute training_mode, or before it existed with outputs for them, means and variances
// are the input's own, and outputs 1 and 2 the running ones.
void batch_normalization(Invocation& invocation) {
  const TensorView& input = invocation.input(0);
  const Shape& shape = input.shape;
  const std::size_t rank = shape.rank();
  // Before opset 9 spatial=0 normalised each place of a channel by itself.
  const bool spatial = invocation.attribute("spatial", std::int64_t{1}) != 0;
  const std::size_t batch =
      shape.elements() == 0 ? 0 : product(shape, 0, std::min<std::size_t>(rank, 1));
  const std::size_t channels = rank < 2 ? 1 : product(shape, 1, spatial ? 2 : rank);
  const std::size_t n = rank < 2 || !spatial ? 1 : product(shape, 2, rank);
  for (std::size_t i = 1; i < 5; ++i) {
    if (invocation.input(i).shape.elements() != channels) {
      invocation.fail_shape(i, "% numbers", channels);
    }
  }
  const bool training =
      invocation.attribute("training_mode", std::int64_t{0}) != 0 || invocation.wants_output(1);
  const float epsilon = invocation.attribute("epsilon", 1e-5f);
  const float momentum = invocation.attribute("momentum", 0.9f);
  const auto scale = invocation.elements<float>(1);
  const auto bias = invocation.elements<float>(2);
  float* y = invocation.output_as<float>(0, shape);
  float* statistics[5] = {};  // of outputs 1 to 4
  for (std::size_t i = 1; i < 5; ++i) {
    const Shape& same = invocation.input(3 + (i - 1) % 2).shape;
    if (invocation.wants_output(i)) statistics[i] = invocation.output_as<float>(i, same);
  }
  for (std::size_t c = 0; c < channels; ++c) {
    const float given[2] = {invocation.elements<float>(3)[c], invocation.elements<float>(4)[c]};
    float used[2] = {given[0], given[1]};
    if (training) {
      const auto count = static_cast<float>(batch * n);
      float sums[2] = {0.0f, 0.0f};
      for (std::size_t b = 0; b < batch; ++b) {
        sums[0] += kernels::sum_f32(input.as<float>() + (b * channels + c) * n, n);
      }
      for (std::size_t b = 0; b < batch; ++b) {
        const std::size_t at = (b * channels + c) * n;
        sums[1] += squares(input.as<float>() + at, sums[0] / count, n, y + at);
      }
      for (std::size_t i = 0; i < 2; ++i) {
        used[i] = sums[i] / count;
        if (statistics[i + 1]) {
          statistics[i + 1][c] = given[i] * momentum + used[i] * (1.0f - momentum);
        }
        if (statistics[i + 3]) statistics[i + 3][c] = used[i];
      }
    }
    const float factor = scale[c] / std::sqrt(used[1] + epsilon);
    const float added = bias[c] - used[0] * factor;
    for (std::size_t b = 0; b < batch; ++b) {
      const std::size_t at = (b * channels + c) * n;
      kernels::combine_f32(Combine::kMultiply, input.as<float>() + at, 1, &factor, 0, n, y + at);
      kernels::combine_f32(Combine::kAdd, y + at, 1, &added, 0, n, y + at);
    }
  }
}

// A norm of 0 leaves zeros.
void lp_normalization(Invocation& invocation) {
  const TensorView& input = invocation.input(0);
  const Shape& shape = input.shape;
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{-1}), shape.rank());
  const std::int64_t p = invocation.attribute("p", std::int64_t{2});
  if (p != 1 && p != 2) invocation.fail("1 or 2 as p|%", p);
  const auto n = static_cast<std::size_t>(shape[axis]);
  const std::size_t step = product(shape, axis + 1, shape.rank());
  const auto x = invocation.elements<float>(0);
  float* y = invocation.output_as<float>(0, shape);
  const std::size_t lines = shape.elements() == 0 ? 0 : product(shape, 0, axis) * step;
  for (std::size_t line = 0; line < lines; ++line) {
    const std::size_t first = line / step * n * step + line % step;
    float sum = 0.0f;
    for (std::size_t i = 0; i < n; ++i) {
      const float value = x[first + i * step];
      sum += p == 1 ? std::fabs(value) : value * value;
    }
    const float norm = sum == 0.0f ? 1.0f : p == 1 ? sum : std::sqrt(sum);
    for (std::size_t i = 0; i < n; ++i) y[first + i * step] = x[first + i * step] / norm;
  }
}

}  // namespace storewise::ops
