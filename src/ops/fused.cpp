// The fused operators of graph/fuse.cpp: int8 weights are read as they lie in the model.
// `scale_axis` tells how the scales run: 0 one for each row of weights, 1 one for each column,
// -1 one for all.
#include <algorithm>
#include <limits>

#include "kernels/kernels.h"
#include "ops/common.h"
#include "ops/matmul.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

// Input `i` as a list of `n` factors, or one factor for all.
class Factors {
 public:
  Factors(const Invocation& invocation, std::size_t i, std::size_t n)
      : values_(invocation.elements<float>(i)) {
    const Shape& shape = invocation.input(i).shape;
    const bool one = shape.elements() == 1;
    if (shape.rank() != 1 || (!one && shape.elements() != n)) {
      invocation.fail_shape(i, {"a list of ", n, " numbers"});
    }
    step_ = one ? 0 : 1;
  }
  float operator[](std::size_t i) const { return values_[i * step_]; }

 private:
  graph::Elements<float> values_;
  std::size_t step_;
};

std::size_t list_length(const Invocation& invocation, std::size_t i) {
  if (invocation.input(i).shape.rank() != 1) invocation.fail_shape(i, {"a list"});
  return invocation.input(i).shape.elements();
}

}  // namespace

// (prior float [items], neighbours int [rows][k], q int8 [rows][k], scale, ids [n], weights [n])
// -> scores [items]: prior plus weights[i] * scale * q[ids[i]][j] at neighbours[ids[i]][j].
void sparse_accumulate(Invocation& invocation) {
  const TensorView& prior = invocation.input(0);
  const Shape& table = invocation.input(1).shape;
  const std::size_t items = list_length(invocation, 0);
  const std::size_t n = list_length(invocation, 4);
  const auto rows = static_cast<std::size_t>(table[0]);
  const auto k = static_cast<std::size_t>(table[1]);
  const auto* q = invocation.input(2).as<std::int8_t>();
  const auto scales = invocation.elements<float>(3);
  const bool by_row = invocation.attribute("scale_axis", std::int64_t{-1}) == 0;
  const Indices ids(invocation, 4, rows);
  const Factors weights(invocation, 5, n);
  float* scores = invocation.output_as<float>(0, prior.shape);
  copy_bytes(scores, prior.data, prior.bytes());

  const Indices neighbours(invocation, 1, items);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t row = ids[i];
    const float weight = weights[i] * scales[by_row ? row : 0];
    for (std::size_t j = row * k; j < (row + 1) * k; ++j) {
      scores[neighbours[j]] += weight * static_cast<float>(q[j]);
    }
  }
}

// (weights float [m], q int8 [rows][columns], scale, ids [m]) -> float [columns] or, with keepdims,
// [1, columns]: the sum of weights[i] * scale * q[ids[i]].
void embedding_bag(Invocation& invocation) {
  const Shape& table = invocation.input(1).shape;
  const std::size_t m = list_length(invocation, 3);
  const auto rows = static_cast<std::size_t>(table[0]);
  const auto columns = static_cast<std::size_t>(table[1]);
  const auto* q = invocation.input(1).as<std::int8_t>();
  const auto scales = invocation.elements<float>(2);
  const std::int64_t scale_axis = invocation.attribute("scale_axis", std::int64_t{-1});
  const Indices ids(invocation, 3, rows);
  const Factors weights(invocation, 0, m);
  const bool keep = invocation.attribute("keepdims", std::int64_t{0}) != 0;
  float* out = invocation.output_as<float>(0, keep ? Shape{1, table[1]} : Shape{table[1]});
  std::fill_n(out, columns, 0.0f);
  for (std::size_t i = 0; i < m; ++i) {
    const std::size_t row = ids[i];
    const float scale = scale_axis == 1 ? 1.0f : scales[scale_axis == 0 ? row : 0];
    kernels::axpy_i8(weights[i] * scale, q + row * columns, columns, out);
  }
  if (scale_axis == 1) {
    kernels::multiply_f32(invocation.input(2).as<float>(), columns, out);
  }
}

// (x float [..., k], q int8, scale, bias?) -> float [..., columns]: x times the dequantised matrix,
// q [k][columns], or q [columns][k] when `transposed`; `matrix` asks for x [m][k] as Gemm does.
// Transposed, each row of x is rounded to multiples of its largest magnitude / 32767, so that the
// product runs in integers: an error below k * 1.6e-5 * max|x| * max|w|, typically far below. A row
// that holds NaN or infinity becomes NaN throughout.
void quantized_matmul(Invocation& invocation) {
  const Shape& x = invocation.input(0).shape;
  const Shape& table = invocation.input(1).shape;
  const bool transposed = invocation.attribute("transposed", std::int64_t{0}) != 0;
  const bool matrix = invocation.attribute("matrix", std::int64_t{0}) != 0;
  const auto k = static_cast<std::size_t>(table[transposed ? 1 : 0]);
  const std::int64_t columns = table[transposed ? 0 : 1];
  if (x.rank() == 0 || static_cast<std::size_t>(x[x.rank() - 1]) != k ||
      (matrix && x.rank() != 2)) {
    invocation.fail_shape(0, {"a matrix with ", k, " columns"});
  }
  Shape shape(x.dims().first(x.rank() - 1));
  shape.push_back(columns);
  const auto n = static_cast<std::size_t>(columns);
  const std::size_t rows = product(x, 0, x.rank() - 1);
  float* out = invocation.output_as<float>(0, shape);
  const bool by_output = invocation.attribute("scale_axis", std::int64_t{-1}) >= 0;
  const auto scales = invocation.elements<float>(2);
  const auto values = invocation.elements<float>(0);
  const auto* q = invocation.input(1).as<std::int8_t>();
  // `sums` apart from the output: the scales apply to the products, not to the bias.
  auto* sums =
      static_cast<float*>(invocation.scratch(n * sizeof(float) + k * sizeof(std::int16_t)));
  auto* activations = reinterpret_cast<std::int16_t*>(sums + n);
  fill_with_bias(invocation, 3, 1.0f, rows, n, out);

  for (std::size_t r = 0; r < rows; ++r) {
    float unit = 1.0f;
    const float* row = invocation.input(0).as<float>() + r * k;
    if (transposed) {
      float nothing = 0.0f;  // 0 unless something is not finite
      for (std::size_t l = 0; l < k; ++l) nothing += values[r * k + l] * 0.0f;
      const float largest = kernels::max_abs_f32(row, k);
      if (nothing != 0.0f) {
        std::fill_n(out + r * n, n, std::numeric_limits<float>::quiet_NaN());
        continue;
      }
      if (largest < 1e-30f) continue;
      unit = largest / static_cast<float>(kernels::kActivationMax);
      kernels::quantize_i16(row, 1.0f / unit, k, activations);
      kernels::gemv_i8_i16(q, activations, n, k, sums);
    } else {
      std::fill_n(sums, n, 0.0f);
      for (std::size_t l = 0; l < k; ++l) {
        kernels::axpy_i8(values[r * k + l], q + l * n, n, sums);
      }
    }
    for (std::size_t j = 0; j < n; ++j) {
      out[r * n + j] += sums[j] * (unit * scales[by_output ? j : 0]);
    }
  }
}

// (scale, q int8 [rows][columns], ids [...]) -> float [..., columns]: the rows, dequantised.
void quantized_gather(Invocation& invocation) {
  const Shape& table = invocation.input(1).shape;
  const auto rows = static_cast<std::size_t>(table[0]);
  const auto columns = static_cast<std::size_t>(table[1]);
  const std::int64_t scale_axis = invocation.attribute("scale_axis", std::int64_t{-1});
  const auto* q = invocation.input(1).as<std::int8_t>();
  const auto scales = invocation.elements<float>(0);
  Shape shape = invocation.input(2).shape;
  const std::size_t count = shape.elements();
  shape.push_back(table[1]);
  float* out = invocation.output_as<float>(0, shape);
  const Indices ids(invocation, 2, rows);
  for (std::size_t i = 0; i < count; ++i, out += columns) {
    const std::size_t row = ids[i];
    const float scale = scale_axis == 1 ? 1.0f : scales[scale_axis == 0 ? row : 0];
    kernels::dequantize_i8(scale, q + row * columns, columns, out);
    if (scale_axis == 1) {
      kernels::multiply_f32(invocation.input(0).as<float>(), columns, out);
    }
  }
}

}  // namespace storewise::ops
