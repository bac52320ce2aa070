// MatMul (NumPy's rules for batches and vectors) and Gemm, in float.
#include "ops/matmul.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "ops/operators.h"

namespace storewise::ops {

void fill_with_bias(const Invocation& invocation, std::size_t bias, float factor, std::size_t rows,
                    std::size_t columns, float* out) {
  if (!invocation.has_input(bias)) {
    std::fill_n(out, rows * columns, 0.0f);
    return;
  }
  const Shape target{static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)};
  const Shape& shape = invocation.input(bias).shape;
  if (shape.rank() > 2 || !(broadcast(invocation, shape, target) == target)) {
    invocation.fail_shape(bias, {"a bias that broadcasts to ", target.to_string()});
  }
  const auto strides = broadcast_strides(shape, target);
  const auto values = invocation.elements<float>(bias);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      out[r * columns + c] = factor * values[r * strides[0] + c * strides[1]];
    }
  }
}

void matmul(Invocation& invocation) {
  Shape a = invocation.input(0).shape;
  Shape b = invocation.input(1).shape;
  if (a.rank() == 0) invocation.fail_shape(0, {"a tensor with at least one dimension"});
  if (b.rank() == 0) invocation.fail_shape(1, {"a tensor with at least one dimension"});
  // A vector on the left is a row, on the right a column; that dimension is dropped again.
  const bool row = a.rank() == 1;
  const bool column = b.rank() == 1;
  if (row) a = Shape{1, a[0]};
  if (column) b = Shape{b[0], 1};
  const std::int64_t m = a[a.rank() - 2];
  const std::int64_t k = a[a.rank() - 1];
  const std::int64_t n = b[b.rank() - 1];
  if (b[b.rank() - 2] != k) {
    invocation.fail({"inner sizes that are equal"}, {a.to_string(), " and ", b.to_string()});
  }
  const Shape batches_a(a.dims().first(a.rank() - 2));
  const Shape batches_b(b.dims().first(b.rank() - 2));
  Shape batches = broadcast(invocation, batches_a, batches_b);
  Shape shape = batches;
  if (!row) shape.push_back(m);
  if (!column) shape.push_back(n);
  float* out = invocation.output_as<float>(0, shape);
  std::fill_n(out, shape.elements(), 0.0f);

  const auto size_a = static_cast<std::size_t>(m * k);
  const auto size_b = static_cast<std::size_t>(k * n);
  // A last dimension of one makes every batch a row of its own to walk.
  auto strides_a = broadcast_strides(batches_a, batches);
  auto strides_b = broadcast_strides(batches_b, batches);
  batches.push_back(1);
  for_each_row(batches, strides_a, strides_b,
               [&](std::size_t at_a, std::size_t at_b, std::size_t batch) {
                 kernels::gemm_f32(invocation.input(0).as<float>() + at_a * size_a,
                                   invocation.input(1).as<float>() + at_b * size_b,
                                   static_cast<std::size_t>(m), static_cast<std::size_t>(k),
                                   static_cast<std::size_t>(n),
                                   out + batch * static_cast<std::size_t>(m * n));
               });
}

void gemm(Invocation& invocation) {
  const Shape& a = invocation.input(0).shape;
  const Shape& b = invocation.input(1).shape;
  if (a.rank() != 2) invocation.fail_shape(0, {"a matrix"});
  if (b.rank() != 2) invocation.fail_shape(1, {"a matrix"});
  const bool transpose_a = invocation.attribute("transA", std::int64_t{0}) != 0;
  const bool transpose_b = invocation.attribute("transB", std::int64_t{0}) != 0;
  const float alpha = invocation.attribute("alpha", 1.0f);
  const float beta = invocation.attribute("beta", 1.0f);
  const auto m = static_cast<std::size_t>(a[transpose_a ? 1 : 0]);
  const auto k = static_cast<std::size_t>(a[transpose_a ? 0 : 1]);
  const auto n = static_cast<std::size_t>(b[transpose_b ? 0 : 1]);
  if (static_cast<std::size_t>(b[transpose_b ? 1 : 0]) != k) {
    invocation.fail({"inner sizes that are equal"}, {a.to_string(), " and ", b.to_string()});
  }
  float* out = invocation.output_as<float>(
      0, Shape{static_cast<std::int64_t>(m), static_cast<std::int64_t>(n)});
  fill_with_bias(invocation, 2, beta, m, n, out);

  const auto left = invocation.elements<float>(0);
  const auto* right = invocation.input(1).as<float>();
  auto* row = static_cast<float*>(invocation.scratch(k * sizeof(float)));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t l = 0; l < k; ++l) row[l] = alpha * left[transpose_a ? l * m + i : i * k + l];
    if (transpose_b) {
      for (std::size_t j = 0; j < n; ++j) {
        out[i * n + j] += kernels::dot_f32(row, right + j * k, k);
      }
    } else {
      kernels::gemm_f32(row, right, 1, k, n, out + i * n);
    }
  }
}

}  // namespace storewise::ops
