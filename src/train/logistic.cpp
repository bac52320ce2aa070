#include "train/logistic.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "support/error.h"
#include "support/message.h"
#include "train/math.h"
#include "train/solve.h"

namespace storewise::train {
namespace {

void check_settings(const LogisticSettings& s) {
  check_setting(s.cost > 0 && s.cost <= 1e12, "cost", "more than 0", s.cost);
  check_setting(s.tolerance > 0 && s.tolerance <= 1, "tolerance", "more than 0, at most 1",
                s.tolerance);
  check_setting(s.rounds >= 1, "rounds", "1 or more", s.rounds);
}

// Softmax over `classes` scores of each of `count` rows, in place; logs[r] becomes the logarithm
// of the sum of e^score.
void softmax_block(std::size_t classes, std::size_t count, double* scores, double* logs) {
  std::array<double, kScoreBlock> most;
  std::array<double, kScoreBlock> sum;
  std::copy_n(scores, count, most.begin());
  for (std::size_t k = 1; k < classes; ++k) {
    const double* z = scores + k * kScoreBlock;
    for (std::size_t r = 0; r < count; ++r) most[r] = z[r] > most[r] ? z[r] : most[r];
  }
  std::fill_n(sum.begin(), count, 0.0);
  for (std::size_t k = 0; k < classes; ++k) {
    double* z = scores + k * kScoreBlock;
    for (std::size_t r = 0; r < count; ++r) z[r] -= most[r];
    exp_all(count, z);
    for (std::size_t r = 0; r < count; ++r) sum[r] += z[r];
  }
  for (std::size_t r = 0; r < count; ++r) {
    logs[r] = most[r] + log(sum[r]);
    sum[r] = 1.0 / sum[r];
  }
  for (std::size_t k = 0; k < classes; ++k) {
    double* z = scores + k * kScoreBlock;
    for (std::size_t r = 0; r < count; ++r) z[r] *= sum[r];
  }
}

// The loss of a block of rows and its derivatives, for two classes and for more.
class Loss {
 public:
  Loss(std::span<const std::int32_t> labels, std::span<const double> weights, std::size_t classes)
      : labels_(labels), weights_(weights), classes_(classes) {}

  double operator()(std::size_t first, std::size_t count, std::span<double> scores) const {
    return classes_ == 2 ? two(first, count, scores.data()) : many(first, count, scores.data());
  }

 private:
  double two(std::size_t first, std::size_t count, double* z) const {
    std::array<double, kScoreBlock> tail;  // e^-|z|
    std::array<double, kScoreBlock> logs;
    for (std::size_t r = 0; r < count; ++r) tail[r] = -std::fabs(z[r]);
    exp_all(count, tail.data());
    std::copy_n(tail.begin(), count, logs.begin());
    log1p_all(count, logs.data());
    double loss = 0.0;
    for (std::size_t r = 0; r < count; ++r) {
      const bool second = labels_[first + r] == 1;
      const double margin = second ? z[r] : -z[r];
      loss += weights_[first + r] * (logs[r] + std::max(-margin, 0.0));
      // How improbable the truth is: 1 / (1 + e^margin).
      const double miss = (margin > 0.0 ? tail[r] : 1.0) / (1.0 + tail[r]);
      z[r] = weights_[first + r] * (second ? -miss : miss);
    }
    return loss;
  }

  double many(std::size_t first, std::size_t count, double* scores) const {
    std::array<double, kScoreBlock> own;
    std::array<double, kScoreBlock> logs;
    for (std::size_t r = 0; r < count; ++r) {
      own[r] = scores[static_cast<std::size_t>(labels_[first + r]) * kScoreBlock + r];
    }
    softmax_block(classes_, count, scores, logs.data());
    double loss = 0.0;
    for (std::size_t r = 0; r < count; ++r) {
      loss += weights_[first + r] * (logs[r] - own[r]);
      scores[static_cast<std::size_t>(labels_[first + r]) * kScoreBlock + r] -= 1.0;
    }
    for (std::size_t k = 0; k < classes_; ++k) {
      double* z = scores + k * kScoreBlock;
      for (std::size_t r = 0; r < count; ++r) z[r] *= weights_[first + r];
    }
    return loss;
  }

  std::span<const std::int32_t> labels_;
  std::span<const double> weights_;
  std::size_t classes_;
};

// Solves with the bound on the Hessian, the same for every function.
class Bound {
 public:
  // bend x [X 1]' S [X 1] / W, and decay on the diagonal of what is penalised.
  Bound(const Columns& data, std::span<const double> weights, double bend, double decay)
      : n_(data.columns + 1) {
    const std::vector<double> ones(data.rows, 1.0);
    const Products products = products_of(data, ones, weights, false);
    lower_ = products.cross;
    for (std::size_t i = 0; i < n_ * n_; ++i) lower_[i] *= bend / products.weight;
    for (std::size_t i = 0; i < n_; ++i) {
      double& diagonal = lower_[i * n_ + i];
      diagonal = diagonal * (1.0 + 1e-10) + (i < data.columns ? decay : 0.0) + 1e-300;
    }
    if (!factor(n_, lower_.data())) lower_.clear();  // then every direction is taken as it is
  }
  void operator()(std::span<double> v) const {
    if (lower_.empty()) return;
    for (std::size_t k = 0; k < v.size() / n_; ++k) {
      solve_factored(n_, lower_.data(), v.data() + k * n_);
    }
  }

 private:
  std::size_t n_;
  std::vector<double> lower_;
};

}  // namespace

LogisticModel train_logistic(const FeatureTable& table, const Target& target, Rows rows,
                             std::span<const double> row_weights, const LogisticSettings& settings,
                             const TrainingProgress& progress) {
  check_settings(settings);
  check_column_count(table);
  const Columns data = gather_columns(table, rows);
  const std::vector<std::int32_t> labels = gather_labels(target, table.rows, rows);
  std::vector<double> weights = gather_weights(row_weights, data.rows);
  const std::vector<double> by_class = class_weights(labels, target.classes, settings.balanced);
  double whole = 0.0;
  for (std::size_t r = 0; r < data.rows; ++r) {
    weights[r] *= by_class[static_cast<std::size_t>(labels[r])];
    whole += weights[r];
  }
  LogisticModel model;
  model.columns = data.columns;
  model.classes = static_cast<std::size_t>(target.classes);
  const std::size_t outputs = model.outputs();
  const std::size_t stride = data.columns + 1;
  model.weights.assign(outputs * stride, 0.0);

  if (progress) progress("counting", 0, settings.rounds);
  const double decay = 1.0 / (settings.cost * whole);
  const Bound bound(data, weights, outputs == 1 ? 0.25 : 0.5, decay);
  const Loss loss(labels, weights, model.classes);
  const auto objective = [&](std::span<const double> at, std::span<double> gradient) {
    double value = score_pass(data, outputs, at, loss, gradient) / whole;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const bool is_intercept = i % stride == data.columns;
      gradient[i] /= whole;
      if (!is_intercept) {
        gradient[i] += decay * at[i];
        value += 0.5 * decay * at[i] * at[i];
      } else if (!settings.intercept) {
        gradient[i] = 0.0;
      }
    }
    return value;
  };
  const auto precondition = [&](std::span<double> v) {
    bound(v);
    for (std::size_t k = 0; !settings.intercept && k < outputs; ++k) {
      v[k * stride + data.columns] = 0.0;
    }
  };
  const auto round = [&](std::uint32_t done) {
    if (progress) progress("solving", done, settings.rounds);
  };
  const Minimum minimum = minimise(objective, precondition, {settings.tolerance, settings.rounds},
                                   round, model.weights);
  model.rounds = minimum.rounds;
  model.converged = minimum.converged;
  return model;
}

std::vector<double> predict_probabilities(const LogisticModel& model, const FeatureTable& table,
                                          Rows rows) {
  if (table.columns != model.columns) {
    throw_error(ErrorCode::kInvalidInput, "the rows do not fit the model", {}, {"table"},
                {model.columns, " columns"}, {table.columns});
  }
  const Columns data = gather_columns(table, rows);
  const std::size_t outputs = model.outputs();
  const std::vector<double> scores = scores_of(data, outputs, model.weights);
  std::vector<double> result(data.rows * model.classes);
  for (std::size_t r = 0; r < data.rows; ++r) {
    double* out = result.data() + r * model.classes;
    if (outputs == 1) {
      const double tail = exp(-std::fabs(scores[r]));
      out[1] = (scores[r] > 0.0 ? 1.0 : tail) / (1.0 + tail);
      out[0] = (scores[r] > 0.0 ? tail : 1.0) / (1.0 + tail);
      continue;
    }
    double most = scores[r];
    for (std::size_t k = 1; k < outputs; ++k) most = std::max(most, scores[k * data.rows + r]);
    double sum = 0.0;
    for (std::size_t k = 0; k < outputs; ++k) {
      out[k] = exp(scores[k * data.rows + r] - most);
      sum += out[k];
    }
    for (std::size_t k = 0; k < outputs; ++k) out[k] /= sum;
  }
  return result;
}

}  // namespace storewise::train
