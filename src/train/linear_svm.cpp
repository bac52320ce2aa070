#include "train/linear_svm.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/error.h"
#include "support/message.h"
#include "train/math.h"
#include "train/platt.h"
#include "train/solve.h"

namespace storewise::train {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostPrimalColumns = 4096;
constexpr std::size_t kLanes = 8;

void check_settings(const LinearSvmSettings& s) {
  check_setting(s.cost > 0 && s.cost <= 1e12, "cost", "more than 0", s.cost);
  check_setting(s.tolerance > 0 && s.tolerance <= 1, "tolerance", "more than 0, at most 1",
                s.tolerance);
  check_setting(s.rounds >= 1, "rounds", "1 or more", s.rounds);
  check_setting(s.calibration_folds != 1 && s.calibration_folds <= 1000, "calibration_folds",
                "0, or 2 to 1000", s.calibration_folds);
  check_setting(s.solver != LinearSvmSolver::kPrimal || s.loss == SvmLoss::kSquaredHinge, "solver",
                "kPrimal with the squared loss", 0);
}

// The rows of one function: sign and cost of each.
struct Sides {
  std::vector<double> sign;  // +1 or -1
  std::vector<double> cost;
};

struct Fitted {
  std::vector<double> weights;  // [columns + 1]
  std::uint32_t rounds = 0;
  bool converged = false;
};

// Coordinate descent on the dual. Rows lie one after another, padded with zeros to whole lanes, the
// column of ones after the others.
class DualDescent {
 public:
  DualDescent(const Columns& data, const Sides& sides, const LinearSvmSettings& settings)
      : sides_(sides),
        settings_(settings),
        rows_(data.rows),
        ones_(data.columns),
        stride_((data.columns + kLanes) / kLanes * kLanes),
        values_(data.rows * stride_, 0.0f),
        curvature_(data.rows),
        dual_(data.rows, 0.0),
        weights_(stride_, 0.0) {
    for (std::size_t c = 0; c <= data.columns; ++c) {
      for (std::size_t r = 0; r < rows_; ++r) {
        values_[r * stride_ + c] = c < data.columns ? data.column(c)[r] : 1.0f;
      }
    }
    const bool squared = settings.loss == SvmLoss::kSquaredHinge;
    for (std::size_t r = 0; r < rows_; ++r) {
      double sum = 0.0;
      for (std::size_t c = 0; c < stride_; ++c) {
        const auto x = static_cast<double>(values_[r * stride_ + c]);
        sum += x * x;
      }
      curvature_[r] = sum + (squared ? 0.5 / sides.cost[r] : 0.0);
    }
  }

  Fitted solve(const std::function<void(std::uint32_t)>& round) {
    Fitted result;
    Random random(settings_.seed);
    std::vector<std::uint32_t> order;
    const auto everything = [&] {
      order.clear();
      for (std::uint32_t r = 0; r < rows_; ++r) {
        if (sides_.cost[r] > 0.0) order.push_back(r);
      }
    };
    everything();
    const std::size_t all = order.size();
    double top_before = kInfinity;
    double bottom_before = -kInfinity;
    while (result.rounds < settings_.rounds) {
      shuffle(order, random);
      double top = -kInfinity;
      double bottom = kInfinity;
      std::size_t kept = 0;
      for (const std::uint32_t r : order) {
        // Kept in front of where the loop reads.
        if (visit(r, top_before, bottom_before, top, bottom)) order[kept++] = r;
      }
      order.resize(kept);
      round(++result.rounds);
      if (order.empty() || top - bottom <= settings_.tolerance) {
        if (order.size() == all) {
          result.converged = true;
          break;
        }
        everything();
        top_before = kInfinity;
        bottom_before = -kInfinity;
        continue;
      }
      top_before = top > 0.0 ? top : kInfinity;
      bottom_before = bottom < 0.0 ? bottom : -kInfinity;
    }
    result.weights.assign(weights_.begin(), weights_.begin() + static_cast<std::ptrdiff_t>(ones_));
    result.weights.push_back(weights_[ones_]);
    return result;
  }

 private:
  // One row's step; false when the row can be set aside.
  bool visit(std::uint32_t r, double top_before, double bottom_before, double& top,
             double& bottom) {
    const bool squared = settings_.loss == SvmLoss::kSquaredHinge;
    const float* x = values_.data() + r * stride_;
    const double y = sides_.sign[r];
    const double limit = squared ? kInfinity : sides_.cost[r];
    const double slack = squared ? 0.5 / sides_.cost[r] : 0.0;
    double lanes[kLanes] = {};
    for (std::size_t c = 0; c < stride_; c += kLanes) {
      for (std::size_t l = 0; l < kLanes; ++l) {
        lanes[l] += static_cast<double>(x[c + l]) * weights_[c + l];
      }
    }
    const double score = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
    const double old = dual_[r];
    const double slope = y * score - 1.0 + slack * old;
    double projected = slope;
    if (old == 0.0) {
      if (slope > top_before) return false;
      projected = std::min(slope, 0.0);
    } else if (old >= limit) {
      if (slope < bottom_before) return false;
      projected = std::max(slope, 0.0);
    }
    top = std::max(top, projected);
    bottom = std::min(bottom, projected);
    if (std::fabs(projected) < 1e-12) return true;
    dual_[r] = std::min(std::max(old - slope / curvature_[r], 0.0), limit);
    const double change = (dual_[r] - old) * y;
    for (std::size_t c = 0; c < stride_; ++c) weights_[c] += change * static_cast<double>(x[c]);
    return true;
  }

  const Sides& sides_;
  const LinearSvmSettings& settings_;
  std::size_t rows_;
  std::size_t ones_;  // the place of the column of ones
  std::size_t stride_;
  std::vector<float> values_;      // [rows][stride]
  std::vector<double> curvature_;  // [rows]
  std::vector<double> dual_;       // [rows]
  std::vector<double> weights_;    // [stride]
};

// The squared loss by its weights. `products` are those of the columns with the costs as weights.
Fitted solve_primal(const Columns& data, const Sides& sides, const LinearSvmSettings& settings,
                    const std::function<void(std::uint32_t)>& round) {
  const std::size_t n = data.columns + 1;
  const std::vector<double> ones(data.rows, 1.0);
  const Products products = products_of(data, ones, sides.cost, false);
  const double whole = products.weight;
  std::vector<double> bound = products.cross;  // of the Hessian: I + 2 X'CX, divided by the whole
  for (std::size_t i = 0; i < n * n; ++i) bound[i] *= 2.0 / whole;
  for (std::size_t i = 0; i < n; ++i) bound[i * n + i] += 1.0 / whole;
  const bool usable = factor(n, bound.data());
  const auto loss = [&](std::size_t first, std::size_t count, std::span<double> scores) {
    double sum = 0.0;
    for (std::size_t r = 0; r < count; ++r) {
      const double y = sides.sign[first + r];
      const double miss = std::max(1.0 - y * scores[r], 0.0);
      const double cost = sides.cost[first + r];
      sum += cost * miss * miss;
      scores[r] = -2.0 * cost * miss * y;
    }
    return sum;
  };
  const auto objective = [&](std::span<const double> at, std::span<double> gradient) {
    double value = score_pass(data, 1, at, loss, gradient);
    for (std::size_t i = 0; i < n; ++i) {
      value += 0.5 * at[i] * at[i];
      gradient[i] = (gradient[i] + at[i]) / whole;
    }
    return value / whole;
  };
  const auto precondition = [&](std::span<double> v) {
    if (usable) solve_factored(n, bound.data(), v.data());
  };
  Fitted result;
  result.weights.assign(n, 0.0);
  const Minimum minimum = minimise(
      objective, precondition, {settings.tolerance * 0.01, settings.rounds}, round, result.weights);
  result.rounds = minimum.rounds;
  result.converged = minimum.converged;
  return result;
}

Fitted solve_one(const Columns& data, const Sides& sides, const LinearSvmSettings& settings,
                 const std::function<void(std::uint32_t)>& round) {
  const bool primal =
      settings.solver == LinearSvmSolver::kPrimal ||
      (settings.solver == LinearSvmSolver::kChoose && settings.loss == SvmLoss::kSquaredHinge &&
       data.rows > data.columns && data.columns < kMostPrimalColumns);
  if (primal) return solve_primal(data, sides, settings, round);
  return DualDescent(data, sides, settings).solve(round);
}

Sides sides_of(std::span<const std::int32_t> labels, std::span<const double> costs,
               std::span<const double> by_class, std::size_t output) {
  const bool two = by_class.size() == 2;
  const auto own = static_cast<std::int32_t>(two ? 1 : output);
  Sides sides;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const auto k = static_cast<std::size_t>(labels[r]);
    sides.sign.push_back(labels[r] == own ? 1.0 : -1.0);
    sides.cost.push_back(costs[r] * (two || labels[r] == own ? by_class[k] : 1.0));
  }
  return sides;
}

// Scores of rows by functions that did not see them, and Platt's parameters from those.
Platt calibrate_one(const Columns& data, const Sides& sides, std::span<const std::uint32_t> fold,
                    const LinearSvmSettings& settings,
                    const std::function<void(std::uint32_t)>& round) {
  std::vector<double> scores(data.rows);
  for (std::uint32_t f = 0; f < settings.calibration_folds; ++f) {
    std::vector<std::uint32_t> kept;
    for (std::uint32_t r = 0; r < data.rows; ++r) {
      if (fold[r] != f) kept.push_back(r);
    }
    Columns part;
    part.rows = kept.size();
    part.columns = data.columns;
    part.values.resize(part.rows * part.columns);
    Sides part_sides;
    double positive = 0.0;
    for (const std::uint32_t r : kept) {
      part_sides.sign.push_back(sides.sign[r]);
      part_sides.cost.push_back(sides.cost[r]);
      positive += sides.sign[r] > 0.0 ? 1.0 : 0.0;
    }
    for (std::size_t c = 0; c < data.columns; ++c) {
      float* to = part.values.data() + c * part.rows;
      for (std::size_t r = 0; r < kept.size(); ++r) to[r] = data.column(c)[kept[r]];
    }
    std::vector<double> weights(data.columns + 1, 0.0);
    if (positive == 0.0 || positive == static_cast<double>(kept.size())) {
      weights.back() = positive > 0.0 ? 1.0 : -1.0;  // one class is left, and is the answer
    } else {
      weights = solve_one(part, part_sides, settings, round).weights;
    }
    const std::vector<double> judged = scores_of(data, 1, weights);
    for (std::size_t r = 0; r < data.rows; ++r) {
      if (fold[r] == f) scores[r] = judged[r];
    }
  }
  std::vector<char> is_first;
  for (const double sign : sides.sign) is_first.push_back(sign > 0.0 ? 1 : 0);
  return fit_platt(scores, is_first);
}

}  // namespace

LinearSvmModel train_linear_svm(const FeatureTable& table, const Target& target, Rows rows,
                                std::span<const double> row_weights,
                                const LinearSvmSettings& settings,
                                const TrainingProgress& progress) {
  check_settings(settings);
  const Columns data = gather_columns(table, rows);
  const std::vector<std::int32_t> labels = gather_labels(target, table.rows, rows);
  std::vector<double> costs = gather_weights(row_weights, data.rows);
  for (double& cost : costs) cost *= settings.cost;
  const std::vector<double> by_class = class_weights(labels, target.classes, settings.balanced);
  LinearSvmModel model;
  model.columns = data.columns;
  model.classes = by_class.size();
  const bool calibrated = settings.calibration_folds > 0;
  const std::size_t machines = model.outputs() * (1 + settings.calibration_folds);
  std::size_t done = 0;
  const auto round = [&](std::uint32_t number) {
    if (progress && number % 16 == 1) progress("solving", done, machines);
  };
  const std::vector<std::uint32_t> fold =
      calibrated ? assign_folds(labels, settings.calibration_folds, settings.seed)
                 : std::vector<std::uint32_t>();
  for (std::size_t k = 0; k < model.outputs(); ++k) {
    const Sides sides = sides_of(labels, costs, by_class, k);
    const Fitted fitted = solve_one(data, sides, settings, round);
    model.weights.insert(model.weights.end(), fitted.weights.begin(), fitted.weights.end());
    model.rounds = std::max(model.rounds, fitted.rounds);
    model.converged = model.converged && fitted.converged;
    ++done;
    if (!calibrated) continue;
    const Platt platt = calibrate_one(data, sides, fold, settings, round);
    model.prob_a.push_back(platt.a);
    model.prob_b.push_back(platt.b);
    done += settings.calibration_folds;
  }
  if (progress) progress("solving", machines, machines);
  return model;
}

LinearSvmPredictions predict(const LinearSvmModel& model, const FeatureTable& table, Rows rows) {
  if (table.columns != model.columns) {
    throw_error(ErrorCode::kInvalidInput, "the rows do not fit the model", {}, {"table"},
                {model.columns, " columns"}, {table.columns});
  }
  const Columns data = gather_columns(table, rows);
  const std::size_t outputs = model.outputs();
  const std::vector<double> scores = scores_of(data, outputs, model.weights);
  LinearSvmPredictions result;
  std::vector<double> row(model.classes);
  for (std::size_t r = 0; r < data.rows; ++r) {
    std::size_t best = 0;
    for (std::size_t k = 0; k < outputs; ++k) {
      const double score = scores[k * data.rows + r];
      result.scores.push_back(score);
      if (score > scores[best * data.rows + r]) best = k;
      if (!model.prob_a.empty()) {
        row[k] = 1.0 / (1.0 + exp(score * model.prob_a[k] + model.prob_b[k]));
      }
    }
    if (outputs == 1) {
      best = scores[r] > 0.0 ? 1 : 0;
      row[1] = row[0];
      row[0] = 1.0 - row[1];
    }
    result.labels.push_back(static_cast<std::int32_t>(best));
    if (model.prob_a.empty()) continue;
    double sum = 0.0;
    for (const double p : row) sum += p;
    for (double& p : row) {
      // Where no class has anything, all have the same.
      result.probabilities.push_back(sum > 0.0 ? p / sum : 1.0 / static_cast<double>(row.size()));
    }
  }
  return result;
}

}  // namespace storewise::train
