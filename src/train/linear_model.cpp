#include "train/linear_model.h"

#include <algorithm>
#include <cmath>

#include "support/error.h"
#include "support/message.h"
#include "train/solve.h"

namespace storewise::train {
namespace {

void check_settings(const LinearRegressionSettings& s) {
  check_setting(s.alpha >= 0 && s.alpha <= 1e15, "alpha", "0 or more", s.alpha);
  check_setting(s.l1_ratio >= 0 && s.l1_ratio <= 1, "l1_ratio", "0 to 1", s.l1_ratio);
  check_setting(s.tolerance > 0 && s.tolerance <= 1, "tolerance", "more than 0, at most 1",
                s.tolerance);
  check_setting(s.rounds >= 1, "rounds", "1 or more", s.rounds);
}

// X'X, X'y and y'y of centred data: all that the three solvers read.
struct Normal {
  std::size_t n = 0;
  std::vector<double> cross;   // [n][n]
  std::vector<double> target;  // [n]
  double energy = 0.0;
};

Normal normal_of(const Products& products, std::size_t n) {
  Normal result;
  result.n = n;
  result.cross.resize(n * n);
  result.target.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::copy_n(products.cross.data() + i * (n + 1), n, result.cross.data() + i * n);
    result.target[i] = products.cross[n * (n + 1) + i];
  }
  result.energy = products.cross[n * (n + 1) + n];
  return result;
}

std::vector<double> solve_ridge_regression(const Normal& normal, double alpha) {
  if (alpha > 0.0) {
    std::vector<double> lower = normal.cross;
    for (std::size_t i = 0; i < normal.n; ++i) lower[i * normal.n + i] += alpha;
    if (factor(normal.n, lower.data())) {
      std::vector<double> weights = normal.target;
      solve_factored(normal.n, lower.data(), weights.data());
      return weights;
    }
  }
  // No penalty, or one that vanishes beside the data's size.
  return solve_least_norm(normal.n, normal.cross, normal.target);
}

// Cyclic coordinate descent on 1/2 w'Qw - q'w + l1 |w|_1 + l2/2 |w|^2 (Friedman, Hastie and
// Tibshirani 2010, covariance updates).
class ElasticNet {
 public:
  ElasticNet(const Normal& normal, double l1, double l2)
      : normal_(normal), l1_(l1), l2_(l2), weights_(normal.n, 0.0), image_(normal.n, 0.0) {}

  // One pass over the columns.
  void pass() {
    const std::size_t n = normal_.n;
    for (std::size_t j = 0; j < n; ++j) {
      const double* row = normal_.cross.data() + j * n;
      if (!(row[j] > 0.0)) continue;  // a constant column
      const double old = weights_[j];
      const double pull = normal_.target[j] - image_[j] + row[j] * old;
      const double size = std::max(std::fabs(pull) - l1_, 0.0) / (row[j] + l2_);
      const double next = pull < 0.0 ? -size : size;
      if (next == old) continue;
      weights_[j] = next;
      const double change = next - old;
      for (std::size_t i = 0; i < n; ++i) image_[i] += change * row[i];
    }
  }

  // The value at w less the value of a dual point. The ridge part is taken for further rows of
  // data, root(l2) e_j with target 0: then this is a lasso, and its residual scaled into
  // |X'r| <= l1 is dual feasible.
  double gap() const {
    double wq = 0.0;
    double fit = 0.0;
    double square = 0.0;
    double size = 0.0;
    double steepest = 0.0;
    for (std::size_t j = 0; j < normal_.n; ++j) {
      wq += weights_[j] * normal_.target[j];
      fit += weights_[j] * image_[j];
      square += weights_[j] * weights_[j];
      size += std::fabs(weights_[j]);
      steepest = std::max(steepest, std::fabs(normal_.target[j] - image_[j] - l2_ * weights_[j]));
    }
    const double residual = std::max(normal_.energy - 2.0 * wq + fit, 0.0) + l2_ * square;
    const double scale = steepest > l1_ ? l1_ / steepest : 1.0;
    // dual: scale (r . y) - scale^2 |r|^2 / 2, with r . y = y'y - w'X'y
    return 0.5 * residual + l1_ * size - scale * (normal_.energy - wq) +
           0.5 * scale * scale * residual;
  }

  const std::vector<double>& weights() const { return weights_; }

 private:
  const Normal& normal_;
  double l1_;
  double l2_;
  std::vector<double> weights_;
  std::vector<double> image_;  // Q w
};

}  // namespace

LinearRegression train_linear_regression(const FeatureTable& table, const Target& target, Rows rows,
                                         std::span<const double> row_weights,
                                         const LinearRegressionSettings& settings,
                                         const TrainingProgress& progress) {
  check_settings(settings);
  check_column_count(table);
  const Columns data = gather_columns(table, rows);
  const std::vector<double> numbers = gather_numbers(target, table.rows, rows);
  const std::vector<double> weights = gather_weights(row_weights, data.rows);
  if (progress) progress("counting", 0, 1);
  const Products products = products_of(data, numbers, weights, settings.intercept);
  const Normal normal = normal_of(products, data.columns);

  LinearRegression model;
  if (settings.penalty == Penalty::kNone) {
    model.weights = solve_ridge_regression(normal, 0.0);
  } else if (settings.penalty == Penalty::kRidge) {
    model.weights = solve_ridge_regression(normal, settings.alpha);
  } else if (settings.alpha == 0.0 || settings.l1_ratio == 0.0) {
    model.weights = solve_ridge_regression(normal, settings.alpha * products.weight);
  } else {
    const double whole = settings.alpha * products.weight;
    ElasticNet net(normal, whole * settings.l1_ratio, whole * (1.0 - settings.l1_ratio));
    const double unit = normal.energy > 0.0 ? 0.5 * normal.energy : 1.0;
    do {
      net.pass();
      ++model.rounds;
      model.gap = std::max(net.gap(), 0.0) / unit;
      model.converged = model.gap <= settings.tolerance;
      if (progress && model.rounds % 100 == 0) progress("solving", model.rounds, settings.rounds);
    } while (!model.converged && model.rounds < settings.rounds);
    model.weights = net.weights();
  }
  if (settings.intercept) {
    model.intercept = products.mean[data.columns];
    for (std::size_t c = 0; c < data.columns; ++c) {
      model.intercept -= products.mean[c] * model.weights[c];
    }
  }
  if (progress) progress("solving", 1, 1);
  return model;
}

std::vector<double> predict(const LinearRegression& model, const FeatureTable& table, Rows rows) {
  if (table.columns != model.weights.size()) {
    throw_error(ErrorCode::kInvalidInput, "the rows do not fit the model", {}, {"table"},
                {model.weights.size(), " columns"}, {table.columns});
  }
  const Columns data = gather_columns(table, rows);
  std::vector<double> weights = model.weights;
  weights.push_back(model.intercept);
  return scores_of(data, 1, weights);
}

}  // namespace storewise::train
