// SVMClassifier and SVMRegressor. Probabilities of more than two classes by pairwise coupling:
// T.-F. Wu, C.-J. Lin and R. C. Weng, "Probability Estimates for Multi-class Classification by
// Pairwise Coupling", JMLR 5 (2004), second method, as libsvm has it.
//
// What stands under the exponential, power or tanh is a matrix product for many rows and all
// support vectors at once. Of the RBF kernel it is the distance as |x|^2 + |v|^2 - 2 x v, which
// would lose digits far from the origin: so all are moved to the middle of the support vectors
// first, and the rows that still lie too far out are reckoned by their differences.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "ops/ml_common.h"
#include "ops/operators.h"
#include "support/real.h"

namespace storewise::ops {
namespace {

// k(x, v) of many rows x and `count` support vectors [count][columns].
class Kernel {
 public:
  Kernel(const Invocation& invocation, std::span<const float> vectors, std::size_t count,
         std::size_t columns)
      : vectors_(vectors.data()), count_(count), columns_(columns) {
    const std::string_view name = invocation.attribute("kernel_type", "LINEAR");
    const int place = word_place(name, "LINEAR POLY RBF SIGMOID");
    if (place < 0) {
      invocation.fail("kernel_type LINEAR, POLY, RBF or SIGMOID|\"%\"", name);
    }
    kind_ = static_cast<Kind>(place);
    const std::span<const float> given = invocation.floats_attribute("kernel_params");
    std::copy_n(given.begin(), std::min<std::size_t>(given.size(), 3), params_);
    if (kind_ == kLinear) params_[0] = 1;
    if (kind_ != kPolynomial && kind_ != kSigmoid) params_[1] = 0;
    // A block's results stay in the first-level cache, but four rows share the reads of a vector.
    rows_ = std::clamp<std::size_t>(8192 / (count + 1), 4, 64);
  }

  // How many rows at most one call of operator() takes, and the numbers it wants as room.
  std::size_t rows() const { return rows_; }
  std::size_t room() const { return (columns_ + 2) * (count_ + rows_) + columns_; }

  // Lays the vectors out in `room`, for that many rows in all. Columns of a product: the vectors,
  // and two rows more for what is added to it.
  void begin(std::size_t all_rows, float* room) {
    if (all_rows < kFewRows) return;
    turned_ = room;
    middle_ = turned_ + (columns_ + 2) * count_;
    left_ = middle_ + columns_;
    std::fill_n(middle_, columns_, 0.0f);
    if (kind_ == kRbf) {
      const float share = 1.0f / static_cast<float>(count_);
      for (std::size_t v = 0; v < count_; ++v) {
        kernels::axpy_f32(share, vectors_ + v * columns_, columns_, middle_);
      }
    }
    float* ones = turned_ + columns_ * count_;
    float* squares = ones + count_;
    for (std::size_t v = 0; v < count_; ++v) {
      float square = 0;
      for (std::size_t i = 0; i < columns_; ++i) {
        const float value = vectors_[v * columns_ + i] - middle_[i];
        turned_[i * count_ + v] = value;
        square += value * value;
      }
      ones[v] = 1;
      squares[v] = kind_ == kRbf ? -params_[0] * square : 0;
    }
  }

  // out[r][v] for `n` rows [n][columns].
  void operator()(const float* x, std::size_t n, float* out) const {
    if (turned_ != nullptr) multiply(x, n, out);
    for (std::size_t r = 0; r < n; ++r) {
      const bool done = turned_ != nullptr &&
                        (kind_ != kRbf || std::fabs(left_[r * (columns_ + 2) + columns_]) <= kFar);
      if (!done) reckon(x + r * columns_, out + r * count_);
    }
    if (kind_ == kRbf) kernels::exp_f32(0, n * count_, out);
    if (kind_ == kSigmoid) kernels::tanh_f32(n * count_, out);
    if (kind_ != kPolynomial) return;
    const auto degree = static_cast<double>(params_[2]);
    for (std::size_t i = 0; i < n * count_; ++i) {
      out[i] = static_cast<float>(real::power(static_cast<double>(out[i]), degree));
    }
  }

 private:
  enum Kind { kLinear, kPolynomial, kRbf, kSigmoid };
  static constexpr std::size_t kFewRows = 3;
  // gamma |x|^2 of a row that may be multiplied. The exponent is then good to 1e-5, or the vector
  // so much farther out that the result is next to nothing.
  static constexpr float kFar = 16;

  void multiply(const float* x, std::size_t n, float* out) const {
    const float gamma = params_[0];
    const std::size_t width = columns_ + 2;
    for (std::size_t r = 0; r < n; ++r) {
      float* left = left_ + r * width;
      float square = 0;
      for (std::size_t i = 0; i < columns_; ++i) {
        const float value = x[r * columns_ + i] - middle_[i];
        square += value * value;
        left[i] = (kind_ == kRbf ? 2 * gamma : gamma) * value;
      }
      left[columns_] = kind_ == kRbf ? -gamma * square : params_[1];
      left[columns_ + 1] = 1;
    }
    std::fill_n(out, n * count_, 0.0f);
    kernels::gemm_f32(left_, turned_, n, width, count_, out);
  }

  // One row, without cancellation.
  void reckon(const float* x, float* out) const {
    for (std::size_t v = 0; v < count_; ++v) {
      const float* vector = vectors_ + v * columns_;
      if (kind_ != kRbf) {
        out[v] = params_[0] * kernels::dot_f32(x, vector, columns_) + params_[1];
        continue;
      }
      float sum = 0;
      for (std::size_t i = 0; i < columns_; ++i) sum += (x[i] - vector[i]) * (x[i] - vector[i]);
      out[v] = -params_[0] * sum;
    }
  }

  const float* vectors_;
  std::size_t count_;
  std::size_t columns_;
  std::size_t rows_ = 1;
  Kind kind_ = kLinear;
  float params_[3] = {0, 0, 3};  // gamma, coef0, degree
  float* turned_ = nullptr;      // [columns + 2][count], or null for few rows
  float* middle_ = nullptr;      // [columns]
  float* left_ = nullptr;        // [rows][columns + 2]
};

double logistic(double x) { return 1 / (1 + real::exp(-x)); }

// `pairs` [n][n]: the probability of the row's class against the column's. `q` is room for n * n
// + n numbers; p becomes the n classes' probabilities.
void couple(std::size_t n, const float* pairs, float* q, float* p) {
  float* qp = q + n * n;
  for (std::size_t i = 0; i < n; ++i) {
    float diagonal = 0;
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      diagonal += pairs[j * n + i] * pairs[j * n + i];
      q[i * n + j] = -pairs[j * n + i] * pairs[i * n + j];
    }
    q[i * n + i] = diagonal;
    p[i] = 1.0f / static_cast<float>(n);
  }
  const float limit = 0.005f / static_cast<float>(n);
  for (int round = 0; round < 100; ++round) {
    float pqp = 0;
    for (std::size_t i = 0; i < n; ++i) {
      qp[i] = kernels::dot_f32(q + i * n, p, n);
      pqp += p[i] * qp[i];
    }
    float error = 0;
    for (std::size_t i = 0; i < n; ++i) error = std::max(error, std::fabs(qp[i] - pqp));
    if (error < limit) break;
    for (std::size_t i = 0; i < n; ++i) {
      const float step = (pqp - qp[i]) / q[i * n + i];
      p[i] += step;
      pqp = (pqp + step * (step * q[i * n + i] + 2 * qp[i])) / (1 + step) / (1 + step);
      for (std::size_t j = 0; j < n; ++j) {
        qp[j] = (qp[j] + step * q[i * n + j]) / (1 + step);
        p[j] /= 1 + step;
      }
    }
  }
}

// Of input 0, as read_rows takes it.
std::size_t columns_of(const Invocation& invocation) {
  const Shape& shape = invocation.input(0).shape;
  return shape.rank() == 0 ? 0 : static_cast<std::size_t>(shape[shape.rank() - 1]);
}

}  // namespace

void svm_regressor(Invocation& invocation) {
  const auto supports = static_cast<std::size_t>(
      std::max(invocation.attribute("n_supports", std::int64_t{0}), std::int64_t{0}));
  const std::span<const float> coefficients = invocation.floats_attribute("coefficients");
  const std::span<const float> vectors = invocation.floats_attribute("support_vectors");
  const std::span<const float> rho = invocation.floats_attribute("rho");
  const std::size_t columns = columns_of(invocation);
  const bool by_vectors = supports > 0;
  if (rho.empty() || coefficients.size() != (by_vectors ? supports : columns) ||
      (by_vectors && (supports > vectors.size() || vectors.size() != supports * columns))) {
    invocation.fail("rho and a coefficient for each support vector of % numbers|%, % and %",
                    columns, rho.size(), coefficients.size(), vectors.size());
  }
  Kernel kernel(invocation, vectors, supports, columns);
  const std::size_t similarities = kernel.rows() * supports;
  const Rows<float> x = read_rows<float>(invocation, by_vectors ? similarities + kernel.room() : 0);
  const bool one_class = invocation.attribute("one_class", std::int64_t{0}) != 0;
  const Transform transform = transform_of(invocation);
  float* out = invocation.output_as<float>(0, Shape{static_cast<std::int64_t>(x.rows), 1});
  float* similar = x.extra;
  if (by_vectors) kernel.begin(x.rows, similar + similarities);
  for (std::size_t r = 0; r < x.rows; ++r) {
    const float* row = x.data + r * columns;
    const std::size_t place = r % kernel.rows();
    if (by_vectors && place == 0) kernel(row, std::min(kernel.rows(), x.rows - r), similar);
    float sum = kernels::dot_f32(by_vectors ? similar + place * supports : row, coefficients.data(),
                                 coefficients.size());
    sum += rho[0];
    if (one_class) sum = sum > 0 ? 1.0f : -1.0f;
    apply(transform, 1, &sum);
    out[r] = sum;
  }
}

void svm_classifier(Invocation& invocation) {
  const Labels labels(invocation);
  const std::size_t classes = labels.size();
  const std::span<const float> coefficients = invocation.floats_attribute("coefficients");
  const std::span<const float> vectors = invocation.floats_attribute("support_vectors");
  const std::span<const float> rho = invocation.floats_attribute("rho");
  const std::span<const float> prob_a = invocation.floats_attribute("prob_a");
  const std::span<const float> prob_b = invocation.floats_attribute("prob_b");
  const std::span<const std::int64_t> per_class = invocation.ints_attribute("vectors_per_class");
  if (classes == 0 || classes > 4096) invocation.fail("1 to 4096 class labels|%", classes);
  std::size_t supports = 0;
  for (const std::int64_t count : per_class) {
    if (count < 0 || static_cast<std::uint64_t>(count) > vectors.size() - supports) {
      invocation.fail("vectors_per_class within the support vectors|%", count);
    }
    supports += static_cast<std::size_t>(count);
  }
  const bool by_vectors = supports > 0;
  const std::size_t pairs = classes * (classes - 1) / 2;
  const bool probabilities = by_vectors && !prob_a.empty();
  const std::size_t features = columns_of(invocation);
  const bool fits =
      by_vectors ? per_class.size() == classes && vectors.size() == supports * features &&
                       coefficients.size() >= (classes - 1) * supports && rho.size() >= pairs &&
                       (!probabilities || (prob_a.size() >= pairs && prob_b.size() >= pairs))
                 : coefficients.size() == classes * features && !rho.empty();
  if (!fits) {
    invocation.fail(
        "coefficients, support vectors and rho for % classes and % features|%, % and % numbers",
        classes, features, coefficients.size(), vectors.size(), rho.size());
  }
  Kernel kernel(invocation, vectors, supports, features);
  // Scratch: the kernel of each support vector, the decisions, the votes, for coupling, and the
  // kernel's own.
  const std::size_t similarities = kernel.rows() * supports;
  const std::size_t room =
      by_vectors ? similarities + pairs + classes + 2 * classes * classes + classes + kernel.room()
                 : 0;
  const Rows<float> x = read_rows<float>(invocation, room);
  const Transform transform = transform_of(invocation);
  const bool all_positive =
      std::all_of(coefficients.begin(), coefficients.end(), [](float value) { return value >= 0; });
  const bool binary = by_vectors && !probabilities && classes <= 2;
  const std::size_t columns = binary ? 2 : by_vectors && !probabilities ? pairs : classes;
  const auto rows = static_cast<std::int64_t>(x.rows);
  void* label = invocation.output(0, Shape{rows});
  if (!invocation.wants_output(1)) invocation.fail("both outputs|one");
  float* out = invocation.output_as<float>(1, Shape{rows, static_cast<std::int64_t>(columns)});
  float* decisions = x.extra + similarities;
  float* votes = decisions + pairs;
  float* against = votes + classes;
  if (by_vectors) kernel.begin(x.rows, against + 2 * classes * classes + classes);
  for (std::size_t r = 0; r < x.rows; ++r, out += columns) {
    const float* row = x.data + r * x.columns;
    if (!by_vectors) {
      for (std::size_t c = 0; c < classes; ++c) {
        out[c] = kernels::dot_f32(row, coefficients.data() + c * x.columns, x.columns) + rho[0];
      }
      std::size_t best = index_of_largest(out, classes);
      // Of two classes the second wins by its sign alone.
      if (classes == 2 && (all_positive ? out[best] >= 0.5f : out[best] > 0)) best = 1;
      labels.write(label, r, best);
      apply(transform, classes, out);
      continue;
    }
    const std::size_t place = r % kernel.rows();
    if (place == 0) kernel(row, std::min(kernel.rows(), x.rows - r), x.extra);
    const float* similar = x.extra + place * supports;
    std::fill_n(votes, classes, 0.0f);
    std::size_t pair = 0;
    std::size_t start_i = 0;
    for (std::size_t i = 0; i + 1 < classes; ++i) {
      const auto count_i = static_cast<std::size_t>(per_class[i]);
      std::size_t start_j = start_i + count_i;
      for (std::size_t j = i + 1; j < classes; ++j, ++pair) {
        const auto count_j = static_cast<std::size_t>(per_class[j]);
        const float* of_i = coefficients.data() + (j - 1) * supports + start_i;
        const float* of_j = coefficients.data() + i * supports + start_j;
        const double sum = static_cast<double>(rho[pair]) +
                           static_cast<double>(kernels::dot_f32(of_i, similar + start_i, count_i)) +
                           static_cast<double>(kernels::dot_f32(of_j, similar + start_j, count_j));
        decisions[pair] = static_cast<float>(sum);
        votes[sum > 0 ? i : j] += 1;
        if (probabilities) {
          const double p = 1 - logistic(sum * prob_a[pair] + prob_b[pair]);
          const auto kept = static_cast<float>(std::clamp(p, 1e-7, 1 - 1e-7));
          against[i * classes + j] = kept;
          against[j * classes + i] = 1 - kept;
        }
        start_j += count_j;
      }
      start_i += count_i;
    }
    labels.write(label, r, index_of_largest(votes, classes));
    if (probabilities) {
      couple(classes, against, against + classes * classes, out);
      apply(transform, columns, out);
    } else if (binary) {
      apply_binary(transform, transform != Transform::kNone, pairs > 0 ? decisions[0] : 0, out);
    } else {
      std::copy_n(decisions, pairs, out);
      apply(transform, columns, out);
    }
  }
}

}  // namespace storewise::ops
