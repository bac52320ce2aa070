// The fused operators of graph/fuse.cpp: integer weights are read as they lie in the model.
//
// Weights q are int8, uint8, int4 or uint4 behind the attributes "axis" and "block_size" of
// DequantizeLinear (ops/quantize.h); their zero point is optional. In a matrix product "axis" is -1
// where there is one scale for all.
#include <algorithm>
#include <limits>
#include <optional>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "ops/quantize.h"

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
      invocation.fail_shape(i, "a list of % numbers", n);
    }
    step_ = one ? 0 : 1;
  }
  float operator[](std::size_t i) const { return values_[i * step_]; }

 private:
  graph::Elements<float> values_;
  std::size_t step_;
};

std::size_t list_length(const Invocation& invocation, std::size_t i) {
  if (invocation.input(i).shape.rank() != 1) invocation.fail_shape(i, "a list");
  return invocation.input(i).shape.elements();
}

}  // namespace

// (prior float [items], neighbours int [rows][k], q int8 [rows][k], scale of all or of each row,
// ids [n], weights [n]) -> scores [items]: prior plus weights[i] * scale * q[ids[i]][j] at
// neighbours[ids[i]][j].
void sparse_accumulate(Invocation& invocation) {
  const TensorView& prior = invocation.input(0);
  const Shape& table = invocation.input(1).shape;
  const std::size_t items = list_length(invocation, 0);
  const std::size_t n = list_length(invocation, 4);
  const auto rows = static_cast<std::size_t>(table[0]);
  const auto k = static_cast<std::size_t>(table[1]);
  const auto* q = invocation.input(2).as<std::int8_t>();
  const auto scales = invocation.elements<float>(3);
  const bool by_row = invocation.input(3).shape.elements() != 1;
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

// (table, ids [...], scale?, zero?, factors?) -> float: rows of the table (q, or float without a
// scale) summed over dimension "over" of the ids, a negative one counted from the end of
// [ids..., columns]; with "mean" their mean; each row times its factor, when there are factors
// (then ids is a list). "keepdims" as ReduceSum has it.
void embedding_bag(Invocation& invocation) {
  const TensorView& table = invocation.input(0);
  const Shape& ids_shape = invocation.input(1).shape;
  const std::size_t rank = ids_shape.rank();
  const std::size_t columns = product(table.shape, 1, table.shape.rank());
  const bool weighted = invocation.has_input(4);
  if (rank == 0 || (weighted && rank != 1)) invocation.fail_shape(1, "a list");
  const std::size_t over =
      invocation.axis(invocation.attribute("over", std::int64_t{-2}), rank + 1);
  Shape shape;
  for (std::size_t d = 0; d <= rank; ++d) {
    if (d != over) {
      shape.push_back(d == rank ? table.shape[1] : ids_shape[d]);
    } else if (invocation.attribute("keepdims", std::int64_t{1}) != 0) {
      shape.push_back(1);
    }
  }
  float* out = invocation.output_as<float>(0, shape);
  const bool quantised = invocation.has_input(2);
  const bool mean = invocation.attribute("mean", std::int64_t{0}) != 0;
  const auto rows = static_cast<std::size_t>(table.shape[0]);
  const Indices ids(invocation, 1, rows);
  // Over the columns, each id gives one number.
  const bool across = over == rank;
  const std::size_t count = across ? 1 : static_cast<std::size_t>(ids_shape[over]);
  const std::size_t added = across ? columns : count;
  const std::size_t inner = across ? 1 : product(ids_shape, over + 1, rank);
  const float share = mean ? 1.0f / static_cast<float>(added) : 1.0f;
  std::fill_n(out, shape.elements(),
              mean && added == 0 ? std::numeric_limits<float>::quiet_NaN() : 0.0f);
  std::optional<Factors> factors;
  if (weighted) factors.emplace(invocation, 4, ids_shape.elements());
  std::optional<Quantization> quantization;
  if (quantised) quantization.emplace(invocation, table.shape, 2, 3);
  // One scale for a whole row is a factor; anything else is dequantised a row at a time.
  const bool one_scale = quantised && invocation.input(2).shape.elements() == 1;
  const bool by_row = quantised && table.type == DataType::kInt8 && !invocation.has_input(3) &&
                      invocation.attribute("block_size", std::int64_t{0}) == 0 && !across &&
                      (one_scale || invocation.attribute("axis", std::int64_t{1}) == 0);
  auto* row_values = static_cast<float*>(invocation.scratch(columns * sizeof(float)));
  for (std::size_t i = 0, n = ids_shape.elements(); i < n; ++i) {
    const std::size_t row = ids[i];
    float factor = weighted ? share * (*factors)[i] : share;
    float* to = out + (i / (count * inner) * inner + i % inner) * (across ? 1 : columns);
    if (by_row) {
      factor *= invocation.elements<float>(2)[one_scale ? 0 : row];
      kernels::axpy_i8(factor, table.as<std::int8_t>() + row * columns, columns, to);
      continue;
    }
    const float* values = table.as<float>() + row * columns;
    if (quantised) {
      dequantize(invocation, *quantization, 0, 2, 3, row * columns, columns, row_values);
      values = row_values;
    }
    if (across) {
      *to = factor * kernels::sum_f32(values, columns);
    } else {
      kernels::axpy_f32(factor, values, columns, to);
    }
  }
}

// (x float [..., k], q, scale, zero?, bias?) -> float [..., n]: x times the dequantised matrix, q
// [k][n], or q [n][k] when "transposed"; "matrix" asks for x [m][k] as Gemm does; "activation" as
// in ops/matmul.h. The product runs in integers: each row of x, block by block, is rounded to
// multiples of its largest magnitude / 32767, or for more than 256 inputs / (2^23 / inputs), so
// that sums fit int32; blocks have at most 4096 inputs. A row that holds NaN or infinity becomes
// NaN throughout.
void quantized_matmul(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const TensorView& q = invocation.input(1);
  const bool transposed = invocation.attribute("transposed", std::int64_t{0}) != 0;
  const auto k = static_cast<std::size_t>(q.shape[transposed ? 1 : 0]);
  const auto n = static_cast<std::size_t>(q.shape[transposed ? 0 : 1]);
  const std::size_t rank = x.shape.rank();
  if (rank == 0 || static_cast<std::size_t>(x.shape[rank - 1]) != k ||
      (invocation.attribute("matrix", std::int64_t{0}) != 0 && rank != 2)) {
    invocation.fail_shape(0, "a matrix with % columns", k);
  }
  Shape shape(x.shape.dims().first(rank - 1));
  shape.push_back(static_cast<std::int64_t>(n));
  const std::size_t rows = product(x.shape, 0, rank - 1);
  float* out = invocation.output_as<float>(0, shape);
  const Bias bias(invocation, 4, rows, n);
  const Activation activation = activation_of(invocation);

  // How scales and zero points run: along the inputs they join the activations.
  const auto block = static_cast<std::size_t>(invocation.attribute("block_size", std::int64_t{0}));
  const std::int64_t axis = invocation.attribute("axis", std::int64_t{-1});
  const bool along_inputs = block == 0 && axis == (transposed ? 1 : 0);
  const bool along_outputs = block == 0 && axis == (transposed ? 0 : 1);
  constexpr std::size_t kDepth = 4096;
  IntegerProduct integers(invocation, {q.type, q.as<std::uint8_t>(), k, n, transposed},
                          block > 0 ? block : std::min(k, kDepth), rows, k);
  const std::size_t pieces = integers.pieces();
  const std::size_t piece_step = block == 0 ? 0 : transposed ? 1 : n;
  const std::size_t output_step = along_outputs ? 1 : block == 0 ? 0 : transposed ? pieces : 1;
  const auto* scales = invocation.input(2).as<float>();
  const std::uint8_t no_zero = 0;
  const TensorView none{q.type, Shape{}, &no_zero};
  const bool shifted = invocation.has_input(3);
  const TensorView& points = shifted ? invocation.input(3) : none;
  const bool has_offset = shifted || integer_offset(q.type) != 0;
  const float one = 1.0f;

  const auto quantise = [&](std::size_t r, const float* values) {
    if (along_inputs) {
      kernels::combine_f32(kernels::Combine::kMultiply, values, 1, scales, 1, k, integers.extra());
      values = integers.extra();
    }
    for (std::size_t p = 0; p < pieces; ++p) {
      const std::size_t depth = integers.depth_of(p);
      const float* part = values + p * (block > 0 ? block : kDepth);
      std::int16_t* to = integers.activations(r) + p * (block > 0 ? block : kDepth);
      // 128 for the weights and as much for the zero points.
      integers.unit(r, p) = round_activations(part, depth, depth, has_offset ? 256 : 128, to);
      std::int32_t total = 0;
      for (std::size_t l = 0; l < depth && has_offset; ++l) {
        std::int8_t zero = 1;
        if (along_inputs) {
          zero = 0;
          unpack_integers(points.type, points.data, shifted ? p * kDepth + l : 0, 1, &zero);
        }
        total += to[l] * zero;
      }
      integers.total(r, p) = total;
    }
  };
  for (std::size_t done = 0; done < rows; done += integers.rows()) {
    const std::size_t count = std::min(integers.rows(), rows - done);
    for (std::size_t r = 0; r < count; ++r) quantise(r, x.as<float>() + (done + r) * k);
    const auto each = [&](std::size_t first, auto&& visit) {
      for (std::size_t r = 0; r < count; ++r) visit(r, out + (done + r) * n + first);
    };
    integers.run(
        count,
        [&](std::size_t first, std::size_t width) {
          each(first,
               [&](std::size_t r, float* to) { bias.fill(done + r, first, width, 1.0f, to); });
        },
        [&](std::size_t piece, std::size_t first, std::size_t width, const std::int32_t* sums) {
          const std::size_t at = piece * piece_step + first * output_step;
          const std::size_t step = output_step == 0 ? 0 : 1;
          const std::size_t size = step == 0 ? 1 : width;
          const std::int32_t unity = 1;
          const std::int32_t* zeros =
              along_inputs ? &unity
                           : integers.zeros(points, shifted ? at : 0, shifted ? output_step : 0,
                                            shifted ? size : 1);
          const float* factors =
              along_inputs ? &one : integers.scales(scales, at, output_step, size);
          each(first, [&](std::size_t r, float* to) {
            kernels::add_scaled_i32(sums + r * width, zeros, shifted && !along_inputs ? step : 0,
                                    integers.total(r, piece), integers.unit(r, piece), factors,
                                    step, width, to);
          });
        },
        [&](std::size_t first, std::size_t width) {
          if (activation == Activation::kNone) return;
          each(first, [&](std::size_t, float* to) { activate(activation, width, to); });
        });
  }
}

// (q [rows, ...], ids [...], scale, zero?) -> float: the rows, dequantised.
void quantized_gather(Invocation& invocation) {
  const Shape& table = invocation.input(0).shape;
  const auto rows = static_cast<std::size_t>(table[0]);
  const std::size_t columns = product(table, 1, table.rank());
  const Quantization quantization(invocation, table, 2, 3);
  Shape shape = invocation.input(1).shape;
  const std::size_t count = shape.elements();
  for (const std::int64_t size : table.dims().subspan(1)) shape.push_back(size);
  float* out = invocation.output_as<float>(0, shape);
  const Indices ids(invocation, 1, rows);
  for (std::size_t i = 0; i < count; ++i, out += columns) {
    dequantize(invocation, quantization, 0, 2, 3, ids[i] * columns, columns, out);
  }
}

}  // namespace storewise::ops
