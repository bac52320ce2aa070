// MatMul (NumPy's rules for batches and vectors) and Gemm in float, double and integers, and the
// products of quantised matrices. Sums of float are added in float, in the kernels' order; double
// and integers in their own type, integers wrapping around.
#include "ops/matmul.h"

#include <cmath>
#include <cstring>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/operators.h"

namespace storewise::ops {

Bias::Bias(const Invocation& invocation, std::size_t input, std::size_t rows, std::size_t columns) {
  if (!invocation.has_input(input)) return;
  const Shape target{static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)};
  const Shape& shape = invocation.input(input).shape;
  if (shape.rank() > 2 || !(broadcast(invocation, shape, target) == target)) {
    invocation.fail_shape(input, "a bias that broadcasts to %", target);
  }
  const auto strides = broadcast_strides(shape, target);
  values_ = invocation.input(input).as<float>();
  row_step_ = strides[0];
  column_step_ = strides[1];
}

void Bias::fill(std::size_t row, std::size_t first, std::size_t n, float factor, float* out) const {
  if (values_ == nullptr) return static_cast<void>(std::memset(out, 0, n * sizeof *out));
  kernels::combine_f32(kernels::Combine::kMultiply,
                       values_ + row * row_step_ + first * column_step_, column_step_, &factor, 0,
                       n, out);
}

Activation activation_of(const Invocation& invocation) {
  return static_cast<Activation>(invocation.attribute("activation", std::int64_t{0}));
}

void activate(Activation activation, std::size_t n, float* y) {
  const float zero = 0.0f;
  switch (activation) {
    case Activation::kNone:
      return;
    case Activation::kRelu:
      return kernels::combine_f32(kernels::Combine::kLarger, y, 1, &zero, 0, n, y);
    case Activation::kSigmoid:
      return kernels::sigmoid_f32(n, y);
    case Activation::kTanh:
      return kernels::tanh_f32(n, y);
  }
}

float round_activations(const float* x, std::size_t n, std::size_t depth,
                        std::size_t largest_weight, std::int16_t* to) {
  const auto most = static_cast<float>(std::clamp<std::size_t>(
      INT32_MAX / largest_weight / std::max<std::size_t>(depth, 1), 1, kernels::kActivationMax));
  const float largest = kernels::max_abs_f32(x, n);
  // 0 unless something is not finite; a sum may also overflow.
  float nothing = kernels::sum_f32(x, n) * 0.0f;
  if (nothing != 0.0f) {
    nothing = 0.0f;
    for (std::size_t i = 0; i < n; ++i) nothing += graph::Elements<float>(x)[i] * 0.0f;
  }
  if (nothing != 0.0f || largest < 1e-30f) {
    std::fill_n(to, n, std::int16_t{0});
    return nothing;
  }
  kernels::quantize_i16(x, most / largest, n, to);
  return largest / most;
}

void unpack_integers(DataType type, const void* data, std::size_t first, std::size_t n,
                     std::int8_t* out) {
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  if (type == DataType::kInt8) return copy_bytes(out, bytes + first, n);
  if (type == DataType::kUint8) {
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::int8_t>(bytes[first + i] ^ 0x80);
    return;
  }
  // Half bytes: those at the ends may share a byte with others.
  const bool is_signed = type == DataType::kInt4;
  std::int8_t both[2];
  if (first % 2 != 0 && n > 0) {
    kernels::unpack_i4(bytes + first / 2, is_signed, 1, both);
    *out++ = both[1];
    ++first;
    --n;
  }
  kernels::unpack_i4(bytes + first / 2, is_signed, n / 2, out);
  if (n % 2 != 0) {
    kernels::unpack_i4(bytes + (first + n) / 2, is_signed, 1, both);
    out[n - 1] = both[0];
  }
}

IntegerProduct::IntegerProduct(Invocation& invocation, Weights weights, std::size_t depth,
                               std::size_t rows, std::size_t extra)
    : weights_(weights),
      depth_(std::max<std::size_t>(depth, 1)),
      pieces_(std::max<std::size_t>((weights.k + depth_ - 1) / depth_, 1)),
      rows_(std::min<std::size_t>(rows, 64)),
      // Weights of a strip stay in a near cache while the rows pass over them. A single row reads
      // them once: the longer the strip, the better.
      width_(rows_ == 1 && weights.type == DataType::kInt8
                 ? 2048
                 : std::clamp<std::size_t>(65536 / 16 / depth_, 4, 64) * 16) {
  width_ = std::min(width_, weights.n);
  const std::size_t piece = weights.type == DataType::kInt8 ? 0 : depth_ * width_;
  const std::size_t words = extra + 2 * rows_ * pieces_ + (rows_ + 1) * width_ + width_;
  auto* memory = static_cast<float*>(invocation.scratch(
      words * sizeof(float) + rows_ * weights.k * sizeof(std::int16_t) + std::max(piece, width_)));
  extra_ = memory;
  units_ = extra_ + extra;
  scales_ = units_ + rows_ * pieces_;
  totals_ = reinterpret_cast<std::int32_t*>(scales_ + width_);
  sums_ = totals_ + rows_ * pieces_;
  zeros_ = sums_ + rows_ * width_;
  activations_ = reinterpret_cast<std::int16_t*>(zeros_ + width_);
  unpacked_ = reinterpret_cast<std::int8_t*>(activations_ + rows_ * weights.k);
}

void IntegerProduct::multiply(std::size_t rows, std::size_t piece, std::size_t first,
                              std::size_t width) {
  const std::size_t start = piece * depth_;
  const std::size_t depth = depth_of(piece);
  const std::size_t length = weights_.in_rows ? weights_.k : weights_.n;
  const std::size_t at = weights_.in_rows ? first * length + start : start * length + first;
  const auto* q = reinterpret_cast<const std::int8_t*>(weights_.data) + at;
  std::size_t stride = length;
  if (weights_.type != DataType::kInt8) {
    const std::size_t lines = weights_.in_rows ? width : depth;
    stride = weights_.in_rows ? depth : width;
    for (std::size_t line = 0; line < lines; ++line) {
      unpack_integers(weights_.type, weights_.data, at + line * length, stride,
                      unpacked_ + line * stride);
    }
    q = unpacked_;
  }
  const auto product = weights_.in_rows ? kernels::gemm_i8_rows : kernels::gemm_i8_columns;
  product(activations_ + start, weights_.k, q, stride, rows, depth, width, sums_, width);
}

const std::int32_t* IntegerProduct::zeros(const TensorView& zeros, std::size_t first,
                                          std::size_t step, std::size_t n) {
  // The unpacked weights have been multiplied: their place is free.
  if (step == 1) {
    unpack_integers(zeros.type, zeros.data, first, n, unpacked_);
  } else {
    for (std::size_t i = 0; i < n; ++i) {
      unpack_integers(zeros.type, zeros.data, first + i * step, 1, unpacked_ + i);
    }
  }
  for (std::size_t i = 0; i < n; ++i) zeros_[i] = unpacked_[i];
  return zeros_;
}

const float* IntegerProduct::scales(const void* scales, std::size_t first, std::size_t step,
                                    std::size_t n) {
  if (step <= 1) return static_cast<const float*>(scales) + first;
  for (std::size_t i = 0; i < n; ++i) {
    scales_[i] = graph::Elements<float>(scales)[first + i * step];
  }
  return scales_;
}

namespace {

// The sizes of a product by NumPy's rules, as a list of products of matrices [m][k] and [k][n].
struct Product {
  Product(const Invocation& invocation, std::size_t left, std::size_t right) {
    Shape a = invocation.input(left).shape;
    Shape b = invocation.input(right).shape;
    if (a.rank() == 0) invocation.fail_shape(left, "a tensor with at least one dimension");
    if (b.rank() == 0) invocation.fail_shape(right, "a tensor with at least one dimension");
    // A vector on the left is a row, on the right a column; that dimension is dropped again.
    const bool row = a.rank() == 1;
    const bool column = b.rank() == 1;
    if (row) a = Shape{1, a[0]};
    if (column) b = Shape{b[0], 1};
    m = static_cast<std::size_t>(a[a.rank() - 2]);
    k = static_cast<std::size_t>(a[a.rank() - 1]);
    n = static_cast<std::size_t>(b[b.rank() - 1]);
    if (static_cast<std::size_t>(b[b.rank() - 2]) != k) {
      invocation.fail("inner sizes that are equal|% and %", a, b);
    }
    const Shape batches_a(a.dims().first(a.rank() - 2));
    const Shape batches_b(b.dims().first(b.rank() - 2));
    batches = broadcast(invocation, batches_a, batches_b);
    shape = batches;
    if (!row) shape.push_back(a[a.rank() - 2]);
    if (!column) shape.push_back(b[b.rank() - 1]);
    // A last dimension of one makes every batch a row of its own to walk.
    strides_a = broadcast_strides(batches_a, batches);
    strides_b = broadcast_strides(batches_b, batches);
    batches.push_back(1);
    if (batches_b.elements() == 1) {  // one matrix for all: one product
      m *= batches_a.elements();
      batches = Shape{1};
    }
  }
  // visit(batch of the left, batch of the right, batch of the result)
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for_each_row(batches, strides_a, strides_b, visit);
  }

  std::size_t m = 0;
  std::size_t k = 0;
  std::size_t n = 0;
  Shape batches;
  Shape shape;  // of the result
  std::array<std::size_t, graph::kMaxRank> strides_a{};
  std::array<std::size_t, graph::kMaxRank> strides_b{};
};

std::int64_t multiply_add(std::int64_t sum, std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) +
                                   static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
double multiply_add(double sum, double a, double b) { return sum + a * b; }

// A matrix of any numeric type: element (i, j) is number first + i * row + j * column.
struct Matrix {
  const TensorView& tensor;
  std::size_t first;
  std::size_t row;
  std::size_t column;
};

// out[first + i * n + j] = alpha * sum over l of a(i, l) * b(l, j) + beta * c(i, j).
template <typename Number>
void multiply_numbers(Matrix a, Matrix b, const Matrix* c, std::size_t m, std::size_t k,
                      std::size_t n, Number alpha, Number beta, std::size_t first, void* out) {
  constexpr std::size_t kPiece = 128;
  const auto load = [](const Matrix& from, std::size_t i, std::size_t j, std::size_t count,
                       Number* to) {
    const std::size_t at = from.first + i * from.row + j * from.column;
    if (from.column == 1) {
      return onnx::load_numbers(from.tensor.type, from.tensor.data, at, count, to);
    }
    for (std::size_t p = 0; p < count; ++p) {
      onnx::load_numbers(from.tensor.type, from.tensor.data, at + p * from.column, 1, to + p);
    }
  };
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; j += kPiece) {
      const std::size_t width = std::min(kPiece, n - j);
      Number sums[kPiece] = {};
      Number right[kPiece];
      Number left = 0;
      for (std::size_t l = 0; l < k; ++l) {
        load(a, i, l, 1, &left);
        load(b, l, j, width, right);
        for (std::size_t p = 0; p < width; ++p) sums[p] = multiply_add(sums[p], left, right[p]);
      }
      if (c != nullptr) load(*c, i, j, width, right);
      for (std::size_t p = 0; p < width; ++p) {
        sums[p] = multiply_add(c == nullptr ? Number{0} : multiply_add(Number{0}, beta, right[p]),
                               alpha, sums[p]);
      }
      onnx::store_numbers(a.tensor.type, out, first + i * n + j, width, sums);
    }
  }
}

}  // namespace

// As MatMul; fused, input 2 is a bias of the columns and an activation may follow.
void matmul(Invocation& invocation) {
  const Product product(invocation, 0, 1);
  const std::size_t m = product.m;
  const std::size_t k = product.k;
  const std::size_t n = product.n;
  const TensorView& a = invocation.input(0);
  const TensorView& b = invocation.input(1);
  void* out = invocation.output(0, product.shape);
  const Bias bias(invocation, 2, m, n);
  product.for_each([&](std::size_t at_a, std::size_t at_b, std::size_t batch) {
    const Matrix left{a, at_a * m * k, k, 1};
    const Matrix right{b, at_b * k * n, n, 1};
    if (a.type == DataType::kDouble) {
      return multiply_numbers<double>(left, right, nullptr, m, k, n, 1, 0, batch * m * n, out);
    }
    if (a.type != DataType::kFloat) {
      return multiply_numbers<std::int64_t>(left, right, nullptr, m, k, n, 1, 0, batch * m * n,
                                            out);
    }
    float* sums = static_cast<float*>(out) + batch * m * n;
    for (std::size_t i = 0; i < m; ++i) bias.fill(i, 0, n, 1.0f, sums + i * n);
    // A single column is a row as well.
    const auto multiply = n == 1 ? kernels::gemm_f32_rows : kernels::gemm_f32;
    multiply(a.as<float>() + left.first, b.as<float>() + right.first, m, k, n, sums);
    activate(activation_of(invocation), m * n, sums);
  });
}

void gemm(Invocation& invocation) {
  const TensorView& a = invocation.input(0);
  const TensorView& b = invocation.input(1);
  if (a.shape.rank() != 2) invocation.fail_shape(0, "a matrix");
  if (b.shape.rank() != 2) invocation.fail_shape(1, "a matrix");
  const bool transpose_a = invocation.attribute("transA", std::int64_t{0}) != 0;
  const bool transpose_b = invocation.attribute("transB", std::int64_t{0}) != 0;
  const float alpha = invocation.attribute("alpha", 1.0f);
  const float beta = invocation.attribute("beta", 1.0f);
  const auto m = static_cast<std::size_t>(a.shape[transpose_a ? 1 : 0]);
  const auto k = static_cast<std::size_t>(a.shape[transpose_a ? 0 : 1]);
  const auto n = static_cast<std::size_t>(b.shape[transpose_b ? 0 : 1]);
  if (static_cast<std::size_t>(b.shape[transpose_b ? 1 : 0]) != k) {
    invocation.fail("inner sizes that are equal|% and %", a.shape, b.shape);
  }
  const Shape shape{static_cast<std::int64_t>(m), static_cast<std::int64_t>(n)};
  void* out = invocation.output(0, shape);
  const Bias bias(invocation, 2, m, n);
  if (a.type != DataType::kFloat) {
    const Matrix left{a, 0, transpose_a ? 1 : k, transpose_a ? m : 1};
    const Matrix right{b, 0, transpose_b ? 1 : n, transpose_b ? k : 1};
    const bool has_bias = invocation.has_input(2);
    const TensorView& c = invocation.input(has_bias ? 2 : 0);
    std::array<std::size_t, graph::kMaxRank> strides{};
    if (has_bias) strides = broadcast_strides(c.shape, shape);
    const Matrix added{c, 0, strides[0], strides[1]};
    if (a.type == DataType::kDouble) {
      return multiply_numbers<double>(left, right, has_bias ? &added : nullptr, m, k, n, alpha,
                                      beta, 0, out);
    }
    const auto is_whole = [](float factor) {
      return factor == std::trunc(factor) && std::abs(factor) < 0x1p63f;
    };
    if (!is_whole(alpha) || !is_whole(beta)) {
      invocation.fail("whole factors below 2^63 for a product of integers|another");
    }
    return multiply_numbers<std::int64_t>(left, right, has_bias ? &added : nullptr, m, k, n,
                                          static_cast<std::int64_t>(alpha),
                                          static_cast<std::int64_t>(beta), 0, out);
  }
  auto* sums = static_cast<float*>(out);
  for (std::size_t i = 0; i < m; ++i) bias.fill(i, 0, n, beta, sums + i * n);
  const auto* left = a.as<float>();
  if (transpose_a || alpha != 1.0f) {
    const auto values = invocation.elements<float>(0);
    auto* copy = static_cast<float*>(invocation.scratch(m * k * sizeof(float)));
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t l = 0; l < k; ++l) {
        copy[i * k + l] = alpha * values[transpose_a ? l * m + i : i * k + l];
      }
    }
    left = copy;
  }
  const auto multiply = transpose_b || n == 1 ? kernels::gemm_f32_rows : kernels::gemm_f32;
  multiply(left, b.as<float>(), m, k, n, sums);
  activate(activation_of(invocation), m * n, sums);
}

namespace {

// A list that goes with the rows of a left matrix or the columns of a right one: one number for
// all, one for each, or one for each in every batch.
struct Along {
  Along(const Invocation& invocation, std::size_t input, std::size_t size, std::size_t batches) {
    if (!invocation.has_input(input)) return;
    const std::size_t count = invocation.input(input).shape.elements();
    step = count == 1 ? 0 : 1;
    batch_step = count == size ? 0 : size;
    if (count != 1 && count != size && count != size * batches) {
      invocation.fail_shape(input, "one number, or %", size);
    }
    if (count == 1) batch_step = 0;
  }
  std::size_t at(std::size_t batch, std::size_t i) const { return batch * batch_step + i * step; }
  std::size_t step = 0;
  std::size_t batch_step = 0;
};

std::int64_t number_at(const Invocation& invocation, std::size_t input, std::size_t i) {
  std::int64_t value = 0;
  if (invocation.has_input(input)) {
    const TensorView& tensor = invocation.input(input);
    onnx::load_numbers(tensor.type, tensor.data, i, 1, &value);
  }
  return value;
}

// A part of a row of a product of integers: `sums` of a * b, less zeros[j * step] * total.
struct IntegerRow {
  std::size_t batch_a;
  std::size_t batch_b;
  std::size_t row;        // of its matrix
  std::size_t whole_row;  // of the whole result
  std::size_t first;      // of its columns
  std::size_t width;
  const std::int32_t* sums;
  const std::int32_t* zeros;
  std::size_t step;
  std::uint32_t total;
};

// Sums of (a - zero of the row) * (b - zero of the column), exact modulo 2^32, for the inputs with
// these numbers: a part of a row after the other.
void multiply_integers(Invocation& invocation, const Product& product, std::size_t a, std::size_t b,
                       std::size_t zero_a, std::size_t zero_b,
                       void (*finish)(const Invocation&, const Product&, void*, const IntegerRow&),
                       void* out) {
  const std::size_t m = product.m;
  const std::size_t k = product.k;
  const std::size_t n = product.n;
  const TensorView& left = invocation.input(a);
  const TensorView& right = invocation.input(b);
  const std::size_t batches_a = m * k == 0 ? 1 : left.shape.elements() / (m * k);
  const std::size_t batches_b = k * n == 0 ? 1 : right.shape.elements() / (k * n);
  const Along rows(invocation, zero_a, m, batches_a);
  const Along columns(invocation, zero_b, n, batches_b);
  const auto* weights = right.as<std::uint8_t>();
  IntegerProduct integers(invocation, {right.type, weights, k, n, false}, k, m, 0);
  const std::uint8_t no_zero = 0;
  const TensorView none{right.type, Shape{}, &no_zero};
  const TensorView& points = invocation.has_input(zero_b) ? invocation.input(zero_b) : none;
  product.for_each([&](std::size_t at_a, std::size_t at_b, std::size_t batch) {
    integers.set_weights(weights + at_b * k * n);
    for (std::size_t i = 0; i < m; i += integers.rows()) {
      const std::size_t count = std::min(integers.rows(), m - i);
      for (std::size_t r = 0; r < count; ++r) {
        std::int16_t* x = integers.activations(r);
        const std::int64_t zero = number_at(invocation, zero_a, rows.at(at_a, i + r));
        std::uint32_t total = 0;
        for (std::size_t l = 0; l < k; ++l) {
          const std::size_t place = at_a * m * k + (i + r) * k + l;
          const std::int64_t value = left.type == DataType::kInt8 ? left.as<std::int8_t>()[place]
                                                                  : left.as<std::uint8_t>()[place];
          x[l] = static_cast<std::int16_t>(value - zero);
          total += static_cast<std::uint32_t>(x[l]);
        }
        integers.total(r, 0) = static_cast<std::int32_t>(total);
      }
      integers.run(
          count, [](std::size_t, std::size_t) {},
          [&](std::size_t, std::size_t first, std::size_t width, const std::int32_t* sums) {
            const std::int32_t* zeros =
                integers.zeros(points, columns.at(at_b, first * columns.step), columns.step,
                               columns.step == 0 ? 1 : width);
            for (std::size_t r = 0; r < count; ++r) {
              finish(invocation, product, out,
                     {at_a, at_b, i + r, batch * m + i + r, first, width, sums + r * width, zeros,
                      columns.step, static_cast<std::uint32_t>(integers.total(r, 0))});
            }
          },
          [](std::size_t, std::size_t) {});
    }
  });
}

std::int32_t sum_at(const IntegerRow& part, std::size_t j) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(part.sums[j]) -
                                   static_cast<std::uint32_t>(part.zeros[j * part.step]) *
                                       part.total);
}

void finish_int32(const Invocation&, const Product& product, void* out, const IntegerRow& part) {
  std::int32_t* to = static_cast<std::int32_t*>(out) + part.whole_row * product.n + part.first;
  for (std::size_t j = 0; j < part.width; ++j) to[j] = sum_at(part, j);
}

void finish_quantised(const Invocation& invocation, const Product& product, void* out,
                      const IntegerRow& part) {
  const std::size_t m = product.m;
  const std::size_t k = product.k;
  const std::size_t n = product.n;
  const std::size_t batches_a = k == 0 ? 1 : invocation.input(0).shape.elements() / (m * k);
  const std::size_t batches_b = k == 0 ? 1 : invocation.input(3).shape.elements() / (k * n);
  const std::size_t batches_y = product.shape.elements() / (m * n);
  const std::size_t batch = part.whole_row / m;
  const Along scales_a(invocation, 1, m, batches_a);
  const Along scales_b(invocation, 4, n, batches_b);
  const Along scales_y(invocation, 6, m, batches_y);
  const Along zeros_y(invocation, 7, m, batches_y);
  const float scale = invocation.elements<float>(1)[scales_a.at(part.batch_a, part.row)] /
                      invocation.elements<float>(6)[scales_y.at(batch, part.row)];
  const auto zero = static_cast<float>(number_at(invocation, 7, zeros_y.at(batch, part.row)));
  const float lowest = invocation.output_type(0) == DataType::kInt8 ? -128.0f : 0.0f;
  std::uint8_t* to = static_cast<std::uint8_t*>(out) + part.whole_row * n + part.first;
  for (std::size_t j = 0; j < part.width; ++j) {
    const float factor =
        scale * invocation.elements<float>(4)[scales_b.at(part.batch_b, part.first + j)];
    float value = std::nearbyint(static_cast<float>(sum_at(part, j)) * factor) + zero;
    if (!(value > lowest)) value = lowest;
    to[j] = static_cast<std::uint8_t>(static_cast<std::int32_t>(std::min(value, lowest + 255.0f)));
  }
}

}  // namespace

void matmul_integer(Invocation& invocation) {
  const Product product(invocation, 0, 1);
  void* out = invocation.output(0, product.shape);
  multiply_integers(invocation, product, 0, 1, 2, 3, finish_int32, out);
}

void qlinear_matmul(Invocation& invocation) {
  const Product product(invocation, 0, 3);
  void* out = invocation.output(0, product.shape);
  multiply_integers(invocation, product, 0, 3, 2, 5, finish_quantised, out);
}

}  // namespace storewise::ops
