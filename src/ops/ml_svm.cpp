// SVMClassifier and SVMRegressor. Probabilities of more than two classes by pairwise coupling:
// T.-F. Wu, C.-J. Lin and R. C. Weng, "Probability Estimates for Multi-class Classification by
// Pairwise Coupling", JMLR 5 (2004), second method, as libsvm has it.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "ops/ml_common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

// k(x, v) for each of `count` vectors [count][columns].
class Kernel {
 public:
  explicit Kernel(const Invocation& invocation) {
    const std::string_view name = invocation.attribute("kernel_type", std::string_view("LINEAR"));
    constexpr std::string_view kNames[] = {"LINEAR", "POLY", "RBF", "SIGMOID"};
    const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
    if (found == std::end(kNames)) {
      invocation.fail({"kernel_type LINEAR, POLY, RBF or SIGMOID"}, {"\"", name, "\""});
    }
    kind_ = static_cast<int>(found - std::begin(kNames));
    const std::span<const float> given = invocation.floats_attribute("kernel_params");
    std::copy_n(given.begin(), std::min<std::size_t>(given.size(), 3), params_);
  }
  void make_linear() { kind_ = 0; }

  float operator()(const float* x, const float* v, std::size_t n) const {
    const float gamma = params_[0];
    if (kind_ == 2) {
      float sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += (x[i] - v[i]) * (x[i] - v[i]);
      return static_cast<float>(std::exp(static_cast<double>(-gamma * sum)));
    }
    const float dot = kernels::dot_f32(x, v, n);
    if (kind_ == 0) return dot;
    const double inner = gamma * dot + params_[1];
    return static_cast<float>(kind_ == 1 ? std::pow(inner, static_cast<double>(params_[2]))
                                         : std::tanh(inner));
  }

 private:
  int kind_ = 0;
  float params_[3] = {0, 0, 3};  // gamma, coef0, degree
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

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

}  // namespace

void svm_regressor(Invocation& invocation) {
  const auto supports = static_cast<std::size_t>(
      std::max(invocation.attribute("n_supports", std::int64_t{0}), std::int64_t{0}));
  const std::span<const float> coefficients = invocation.floats_attribute("coefficients");
  const std::span<const float> vectors = invocation.floats_attribute("support_vectors");
  const std::span<const float> rho = invocation.floats_attribute("rho");
  const Rows<float> x = read_rows<float>(invocation, 0);
  const bool by_vectors = supports > 0;
  if (rho.empty() || coefficients.size() != (by_vectors ? supports : x.columns) ||
      (by_vectors && (supports > vectors.size() || vectors.size() != supports * x.columns))) {
    invocation.fail({"rho and a coefficient for each support vector of ", x.columns, " numbers"},
                    {rho.size(), ", ", coefficients.size(), " and ", vectors.size()});
  }
  const Kernel kernel(invocation);
  const bool one_class = invocation.attribute("one_class", std::int64_t{0}) != 0;
  const Transform transform = transform_of(invocation);
  float* out = invocation.output_as<float>(0, Shape{static_cast<std::int64_t>(x.rows), 1});
  for (std::size_t r = 0; r < x.rows; ++r) {
    const float* row = x.data + r * x.columns;
    float sum = by_vectors ? 0.0f : kernels::dot_f32(row, coefficients.data(), x.columns);
    for (std::size_t s = 0; s < supports; ++s) {
      sum += coefficients[s] * kernel(row, vectors.data() + s * x.columns, x.columns);
    }
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
  if (classes == 0 || classes > 4096) invocation.fail({"1 to 4096 class labels"}, {classes});
  std::size_t supports = 0;
  for (const std::int64_t count : per_class) {
    if (count < 0 || static_cast<std::uint64_t>(count) > vectors.size() - supports) {
      invocation.fail({"vectors_per_class within the support vectors"}, {count});
    }
    supports += static_cast<std::size_t>(count);
  }
  const bool by_vectors = supports > 0;
  const std::size_t pairs = classes * (classes - 1) / 2;
  const bool probabilities = by_vectors && !prob_a.empty();
  // Scratch: the kernel of each support vector, the decisions, the votes, then for coupling.
  const std::size_t room =
      by_vectors ? supports + pairs + classes + 2 * classes * classes + classes : 0;
  const Rows<float> x = read_rows<float>(invocation, room);
  const bool fits =
      by_vectors ? per_class.size() == classes && vectors.size() == supports * x.columns &&
                       coefficients.size() >= (classes - 1) * supports && rho.size() >= pairs &&
                       (!probabilities || (prob_a.size() >= pairs && prob_b.size() >= pairs))
                 : coefficients.size() == classes * x.columns && !rho.empty();
  if (!fits) {
    invocation.fail({"coefficients, support vectors and rho for ", classes, " classes and ",
                     x.columns, " features"},
                    {coefficients.size(), ", ", vectors.size(), " and ", rho.size(), " numbers"});
  }
  const Kernel kernel(invocation);
  const Transform transform = transform_of(invocation);
  const bool all_positive =
      std::all_of(coefficients.begin(), coefficients.end(), [](float value) { return value >= 0; });
  const bool binary = by_vectors && !probabilities && classes <= 2;
  const std::size_t columns = binary ? 2 : by_vectors && !probabilities ? pairs : classes;
  const auto rows = static_cast<std::int64_t>(x.rows);
  void* label = invocation.output(0, Shape{rows});
  if (!invocation.wants_output(1)) invocation.fail({"both outputs"}, {"one"});
  float* out = invocation.output_as<float>(1, Shape{rows, static_cast<std::int64_t>(columns)});
  float* similar = x.extra;
  float* decisions = similar + supports;
  float* votes = decisions + pairs;
  float* against = votes + classes;
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
    for (std::size_t s = 0; s < supports; ++s) {
      similar[s] = kernel(row, vectors.data() + s * x.columns, x.columns);
    }
    std::fill_n(votes, classes, 0.0f);
    std::size_t pair = 0;
    std::size_t start_i = 0;
    for (std::size_t i = 0; i + 1 < classes; ++i) {
      const auto count_i = static_cast<std::size_t>(per_class[i]);
      std::size_t start_j = start_i + count_i;
      for (std::size_t j = i + 1; j < classes; ++j, ++pair) {
        const auto count_j = static_cast<std::size_t>(per_class[j]);
        double sum = rho[pair];
        for (std::size_t s = start_i; s < start_i + count_i; ++s) {
          sum += static_cast<double>(coefficients[(j - 1) * supports + s]) * similar[s];
        }
        for (std::size_t s = start_j; s < start_j + count_j; ++s) {
          sum += static_cast<double>(coefficients[i * supports + s]) * similar[s];
        }
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
