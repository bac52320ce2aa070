#include "train/svm.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/kernels.h"
#include "support/error.h"
#include "support/message.h"
#include "train/math.h"
#include "train/platt.h"

namespace storewise::train {
namespace {

void check_settings(const SvmSettings& s) {
  check_setting(s.cost > 0 && s.cost <= 1e12, "cost", "more than 0", s.cost);
  check_setting(s.gamma >= 0 && s.gamma <= 1e12, "gamma", "0 or more", s.gamma);
  check_setting(s.tube >= 0 && s.tube <= 1e12, "tube", "0 or more", s.tube);
  check_setting(s.tolerance > 0 && s.tolerance <= 1, "tolerance", "more than 0, at most 1",
                s.tolerance);
  check_setting(s.steps >= 1, "steps", "1 or more", static_cast<double>(s.steps));
  check_setting(s.calibration_folds != 1 && s.calibration_folds <= 1000, "calibration_folds",
                "0, or 2 to 1000", s.calibration_folds);
}

float gamma_of(const Columns& data, const SvmSettings& settings) {
  if (settings.gamma > 0.0) return static_cast<float>(settings.gamma);
  const auto count = static_cast<double>(data.values.size());
  double sum = 0.0;
  for (const float x : data.values) sum += static_cast<double>(x);
  const double mean = sum / count;
  double squares = 0.0;
  for (const float x : data.values) {
    squares += (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
  }
  const double variance = squares / count;
  const auto gamma = variance > 0.0
                         ? static_cast<float>(1.0 / (static_cast<double>(data.columns) * variance))
                         : 1.0f;
  // Numbers of a size that no kernel can tell apart, or all alike.
  return std::isfinite(gamma) && gamma > 0.0f ? gamma : 1.0f;
}

DualSettings dual_settings(const SvmSettings& settings) {
  return {settings.tolerance, settings.shrinking, settings.cache_bytes, settings.steps};
}

// Where products of the numbers overflow, the solver's sums are no numbers any more.
void check_solution(const DualSolution& solution) {
  if (std::isfinite(solution.bias)) return;
  throw_error(ErrorCode::kInvalidInput, "the training data cannot be used", {}, {"table"},
              {"columns scaled to numbers about 1"}, {"numbers too large for the kernel"});
}

// Everything that the machines of one training share.
struct Training {
  const Columns& data;
  const SvmSettings& settings;
  float gamma;
  std::span<const double> costs;  // [rows], of each row
  const TrainingProgress& progress;
  std::size_t machines;
  std::size_t done = 0;

  void next() {
    ++done;
    if (progress) progress("solving", done, machines);
  }
};

// One machine for rows of two classes; is_first [rows].
DualSolution solve_two(Training& training, std::span<const std::uint32_t> rows,
                       std::span<const char> is_first) {
  DualProblem problem;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const double cost = training.costs[rows[r]];
    problem.aim.push_back(is_first[r] != 0 ? 1.0 : -1.0);
    problem.lower.push_back(is_first[r] != 0 ? 0.0 : -cost);
    problem.upper.push_back(is_first[r] != 0 ? cost : 0.0);
  }
  const auto told = [&training](std::uint64_t) {
    if (training.progress) training.progress("solving", training.done, training.machines);
  };
  DualSolution solution = solve_dual(training.data, rows, training.settings.kernel, training.gamma,
                                     problem, dual_settings(training.settings), told);
  check_solution(solution);
  training.next();
  return solution;
}

// The sum of weights x kernel + bias, for rows of numbers.
class Decision {
 public:
  Decision(const Training& training, std::span<const std::uint32_t> rows,
           const DualSolution& solution)
      : data_(training.data),
        bias_(solution.bias),
        kernel_(data_, supports(rows, solution), training.settings.kernel, training.gamma) {
    for (const double weight : solution.weights) {
      if (weight != 0.0) weights_.push_back(weight);
    }
    similar_.resize(weights_.size());
    row_.resize(data_.columns);
  }

  double operator()(std::uint32_t row) {
    for (std::size_t c = 0; c < data_.columns; ++c) row_[c] = data_.column(c)[row];
    kernel_.compute_exactly(row_.data(), similar_);
    double sum = bias_;
    for (std::size_t s = 0; s < weights_.size(); ++s) {
      sum += weights_[s] * static_cast<double>(similar_[s]);
    }
    return sum;
  }

 private:
  static std::vector<std::uint32_t> supports(std::span<const std::uint32_t> rows,
                                             const DualSolution& solution) {
    std::vector<std::uint32_t> result;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (solution.weights[r] != 0.0) result.push_back(rows[r]);
    }
    return result;
  }

  const Columns& data_;
  double bias_;
  KernelRows kernel_;
  std::vector<double> weights_;
  std::vector<float> similar_;
  std::vector<float> row_;
};

// Platt's parameters from machines that did not see the rows they judge.
Platt calibrate_two(Training& training, std::span<const std::uint32_t> rows,
                    std::span<const char> is_first) {
  const std::uint32_t folds = training.settings.calibration_folds;
  const std::vector<std::int32_t> groups(is_first.begin(), is_first.end());
  const std::vector<std::uint32_t> fold = assign_folds(groups, folds, training.settings.seed);
  std::vector<double> values(rows.size(), 0.0);
  for (std::uint32_t f = 0; f < folds; ++f) {
    std::vector<std::uint32_t> kept;
    std::vector<char> kept_first;
    std::size_t first = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (fold[r] == f) continue;
      kept.push_back(rows[r]);
      kept_first.push_back(is_first[r]);
      first += is_first[r] != 0 ? 1 : 0;
    }
    if (first == 0 || first == kept.size()) {
      // All that is left is of one class, which is then the answer.
      const double only = kept.empty() ? 0.0 : first > 0 ? 1.0 : -1.0;
      for (std::size_t r = 0; r < rows.size(); ++r) values[r] = fold[r] == f ? only : values[r];
      training.next();
      continue;
    }
    Decision decision(training, kept, solve_two(training, kept, kept_first));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (fold[r] == f) values[r] = decision(rows[r]);
    }
  }
  return fit_platt(values, is_first);
}

void copy_vectors(const Columns& data, SvmModel& model) {
  model.vectors.resize(model.supports() * model.columns);
  for (std::size_t s = 0; s < model.supports(); ++s) {
    for (std::size_t c = 0; c < model.columns; ++c) {
      model.vectors[s * model.columns + c] = data.column(c)[model.support_rows[s]];
    }
  }
}

// The pairs' solutions as one list of vectors, each once. weights[pair] is by row, [rows].
void gather_supports(std::span<const std::int32_t> labels,
                     const std::vector<std::vector<double>>& weights, SvmModel& model) {
  const std::size_t rows = labels.size();
  const std::size_t classes = model.classes;
  std::vector<char> used(rows, 0);
  for (const std::vector<double>& of_pair : weights) {
    for (std::size_t r = 0; r < rows; ++r) used[r] = used[r] != 0 || of_pair[r] != 0.0 ? 1 : 0;
  }
  for (std::size_t k = 0; k < classes; ++k) {
    const std::size_t before = model.supports();
    for (std::size_t r = 0; r < rows; ++r) {
      if (used[r] != 0 && static_cast<std::size_t>(labels[r]) == k) {
        model.support_rows.push_back(static_cast<std::uint32_t>(r));
      }
    }
    model.vectors_per_class.push_back(static_cast<std::uint32_t>(model.supports() - before));
  }
  const std::size_t supports = model.supports();
  model.coefficients.assign((classes - 1) * supports, 0.0f);
  std::size_t pair = 0;
  for (std::size_t i = 0; i + 1 < classes; ++i) {
    for (std::size_t j = i + 1; j < classes; ++j, ++pair) {
      for (std::size_t s = 0; s < supports; ++s) {
        const std::uint32_t row = model.support_rows[s];
        const auto k = static_cast<std::size_t>(labels[row]);
        if (k != i && k != j) continue;
        const std::size_t line = k == i ? j - 1 : i;
        model.coefficients[line * supports + s] = static_cast<float>(weights[pair][row]);
      }
    }
  }
}

}  // namespace

SvmModel train_svm_classifier(const FeatureTable& table, const Target& target, Rows rows,
                              std::span<const double> row_weights, const SvmSettings& settings,
                              const TrainingProgress& progress) {
  check_settings(settings);
  const Columns data = gather_columns(table, rows);
  const std::vector<std::int32_t> labels = gather_labels(target, table.rows, rows);
  std::vector<double> costs = gather_weights(row_weights, data.rows);
  const std::vector<double> by_class = class_weights(labels, target.classes, settings.balanced);
  for (std::size_t r = 0; r < data.rows; ++r) {
    costs[r] *= settings.cost * by_class[static_cast<std::size_t>(labels[r])];
  }
  SvmModel model;
  model.kernel = settings.kernel;
  model.columns = data.columns;
  model.classes = static_cast<std::size_t>(target.classes);
  model.gamma = gamma_of(data, settings);
  const bool calibrated = settings.calibration_folds > 0;
  Training training{data,  settings, model.gamma,
                    costs, progress, model.pairs() * (1 + settings.calibration_folds)};
  std::vector<std::vector<double>> weights(model.pairs(), std::vector<double>(data.rows, 0.0));
  std::size_t pair = 0;
  for (std::int32_t i = 0; i + 1 < target.classes; ++i) {
    for (std::int32_t j = i + 1; j < target.classes; ++j, ++pair) {
      std::vector<std::uint32_t> chosen;
      std::vector<char> is_first;
      std::size_t first = 0;
      for (std::uint32_t r = 0; r < data.rows; ++r) {
        if (labels[r] != i && labels[r] != j) continue;
        chosen.push_back(r);
        is_first.push_back(labels[r] == i ? 1 : 0);
        first += labels[r] == i ? 1 : 0;
      }
      if (first == 0 || first == chosen.size()) {
        // A class without rows loses against every other.
        const bool wins = first > 0;
        model.rho.push_back(wins ? 1.0f : -1.0f);
        if (calibrated) {
          model.prob_a.push_back(chosen.empty() ? 0.0f : -8.0f);
          model.prob_b.push_back(0.0f);
        }
        continue;
      }
      const DualSolution solution = solve_two(training, chosen, is_first);
      for (std::size_t r = 0; r < chosen.size(); ++r) {
        weights[pair][chosen[r]] = solution.weights[r];
      }
      model.rho.push_back(static_cast<float>(solution.bias));
      model.steps += solution.steps;
      model.converged = model.converged && solution.converged;
      if (!calibrated) continue;
      const Platt platt = calibrate_two(training, chosen, is_first);
      model.prob_a.push_back(static_cast<float>(platt.a));
      model.prob_b.push_back(static_cast<float>(platt.b));
    }
  }
  gather_supports(labels, weights, model);
  copy_vectors(data, model);
  return model;
}

SvmModel train_svm_regressor(const FeatureTable& table, const Target& target, Rows rows,
                             std::span<const double> row_weights, const SvmSettings& settings,
                             const TrainingProgress& progress) {
  check_settings(settings);
  const Columns data = gather_columns(table, rows);
  DualProblem problem;
  problem.aim = gather_numbers(target, table.rows, rows);
  problem.upper = gather_weights(row_weights, data.rows);
  problem.tube = settings.tube;
  for (double& bound : problem.upper) {
    bound *= settings.cost;
    problem.lower.push_back(-bound);
  }
  SvmModel model;
  model.kernel = settings.kernel;
  model.columns = data.columns;
  model.gamma = gamma_of(data, settings);
  std::vector<std::uint32_t> all(data.rows);
  std::iota(all.begin(), all.end(), 0u);
  const auto told = [&progress](std::uint64_t) {
    if (progress) progress("solving", 0, 1);
  };
  const DualSolution solution =
      solve_dual(data, all, settings.kernel, model.gamma, problem, dual_settings(settings), told);
  check_solution(solution);
  for (const std::uint32_t r : all) {
    if (solution.weights[r] == 0.0) continue;
    model.support_rows.push_back(r);
    model.coefficients.push_back(static_cast<float>(solution.weights[r]));
  }
  model.rho.push_back(static_cast<float>(solution.bias));
  model.steps = solution.steps;
  model.converged = solution.converged;
  copy_vectors(data, model);
  if (progress) progress("solving", 1, 1);
  return model;
}

void couple_probabilities(std::size_t n, std::span<const float> pairs, std::span<float> out) {
  std::vector<float> q(n * n);
  std::vector<float> product(n);
  for (std::size_t i = 0; i < n; ++i) {
    float diagonal = 0.0f;
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      diagonal += pairs[j * n + i] * pairs[j * n + i];
      q[i * n + j] = -pairs[j * n + i] * pairs[i * n + j];
    }
    q[i * n + i] = diagonal;
    out[i] = 1.0f / static_cast<float>(n);
  }
  const float limit = 0.005f / static_cast<float>(n);
  for (int round = 0; round < 100; ++round) {
    float whole = 0.0f;
    for (std::size_t i = 0; i < n; ++i) {
      product[i] = kernels::dot_f32(q.data() + i * n, out.data(), n);
      whole += out[i] * product[i];
    }
    float error = 0.0f;
    for (std::size_t i = 0; i < n; ++i) error = std::max(error, std::fabs(product[i] - whole));
    if (error < limit) break;
    for (std::size_t i = 0; i < n; ++i) {
      const float step = (whole - product[i]) / q[i * n + i];
      out[i] += step;
      whole = (whole + step * (step * q[i * n + i] + 2 * product[i])) / (1 + step) / (1 + step);
      for (std::size_t j = 0; j < n; ++j) {
        product[j] = (product[j] + step * q[i * n + j]) / (1 + step);
        out[j] /= 1 + step;
      }
    }
  }
}

SvmPredictions predict(const SvmModel& model, const FeatureTable& table, Rows rows) {
  if (table.columns != model.columns) {
    throw_error(ErrorCode::kInvalidInput, "the rows do not fit the model", {}, {"table"},
                {model.columns, " columns"}, {table.columns});
  }
  const Columns data = gather_columns(table, rows);
  const std::size_t supports = model.supports();
  Columns vectors;
  vectors.rows = supports;
  vectors.columns = model.columns;
  vectors.values.resize(model.vectors.size());
  for (std::size_t s = 0; s < supports; ++s) {
    for (std::size_t c = 0; c < model.columns; ++c) {
      vectors.values[c * supports + s] = model.vectors[s * model.columns + c];
    }
  }
  std::vector<std::uint32_t> all(supports);
  std::iota(all.begin(), all.end(), 0u);
  const KernelRows kernel(vectors, all, model.kernel, model.gamma);
  const std::size_t classes = model.classes;
  std::vector<std::size_t> starts{0};
  for (const std::uint32_t count : model.vectors_per_class) starts.push_back(starts.back() + count);

  SvmPredictions result;
  std::vector<float> row(model.columns);
  std::vector<float> similar(supports);
  std::vector<std::uint32_t> votes(classes);
  std::vector<float> against(classes * classes);
  std::vector<float> coupled(classes);
  const auto sum_over = [&](double sum, const float* weights, std::size_t from, std::size_t to) {
    for (std::size_t s = from; s < to; ++s) {
      sum += static_cast<double>(weights[s]) * static_cast<double>(similar[s]);
    }
    return sum;
  };
  for (std::size_t r = 0; r < data.rows; ++r) {
    for (std::size_t c = 0; c < model.columns; ++c) row[c] = data.column(c)[r];
    kernel.compute_exactly(row.data(), similar);
    if (classes == 0) {
      result.decisions.push_back(
          sum_over(static_cast<double>(model.rho[0]), model.coefficients.data(), 0, supports));
      continue;
    }
    std::fill(votes.begin(), votes.end(), 0u);
    std::size_t pair = 0;
    for (std::size_t i = 0; i + 1 < classes; ++i) {
      for (std::size_t j = i + 1; j < classes; ++j, ++pair) {
        double sum = static_cast<double>(model.rho[pair]);
        sum =
            sum_over(sum, model.coefficients.data() + (j - 1) * supports, starts[i], starts[i + 1]);
        sum = sum_over(sum, model.coefficients.data() + i * supports, starts[j], starts[j + 1]);
        result.decisions.push_back(sum);
        ++votes[sum > 0 ? i : j];
        if (model.prob_a.empty()) continue;
        const double score =
            sum * static_cast<double>(model.prob_a[pair]) + static_cast<double>(model.prob_b[pair]);
        const auto p =
            static_cast<float>(std::clamp(1.0 - 1.0 / (1.0 + exp(-score)), 1e-7, 1.0 - 1e-7));
        against[i * classes + j] = p;
        against[j * classes + i] = 1.0f - p;
      }
    }
    result.labels.push_back(
        static_cast<std::int32_t>(std::max_element(votes.begin(), votes.end()) - votes.begin()));
    if (model.prob_a.empty()) continue;
    couple_probabilities(classes, against, coupled);
    result.probabilities.insert(result.probabilities.end(), coupled.begin(), coupled.end());
  }
  return result;
}

}  // namespace storewise::train
