#include "train/uplift_learner.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/message.h"
#include "train/boosted.h"
#include "train/forest.h"
#include "train/tree_model.h"

namespace storewise::train {
namespace {

constexpr std::uint32_t kFolds = 5;
constexpr std::string_view kMethodNames[] = {"same", "linear", "boosted", "forest", "cross"};
// Penalty of the lines, for each row that they learn from; features have variance 1 or less.
constexpr double kPenalties[] = {0.01, 0.1, 1.0};
constexpr double kOutcomePenalty = 0.01;
constexpr std::size_t kForestTrees = 50;
constexpr double kForestShare = 0.025;  // of the rows, in a leaf at least
constexpr std::size_t kLeastLeaf = 20;

using Numbers = std::vector<double>;
using RowList = std::vector<std::uint32_t>;

std::size_t leaf_rows(std::size_t rows, double share) {
  return std::max(kLeastLeaf, static_cast<std::size_t>(share * static_cast<double>(rows)));
}

// A target of numbers; learners read those of the rows they are given.
Target target_of(Numbers numbers) {
  Target target;
  target.numbers = std::move(numbers);
  return target;
}

LinearRegression fit_line(const FeatureTable& table, const Target& target, Rows rows,
                          double penalty) {
  LinearRegressionSettings settings;
  settings.alpha = penalty * static_cast<double>(rows.size());
  return train_linear_regression(table, target, rows, {}, settings, {});
}

// How far boosting goes: for outcomes, or gently and strongly for effects.
struct Steps {
  std::size_t rounds;
  std::size_t leaves;
  double leaf_share;
};
constexpr Steps kOutcomeSteps{60, 8, 0.01};
constexpr Steps kEffectSteps[] = {{60, 4, 0.025}, {150, 15, 0.0025}};

TreeEnsemble fit_boosted(const FeatureTable& table, const Target& target, Rows rows,
                         const Steps& steps, std::uint64_t seed) {
  BoostedSettings settings;
  settings.rounds = steps.rounds;
  settings.learning_rate = 0.05;
  settings.max_leaf_nodes = steps.leaves;
  settings.min_samples_leaf = leaf_rows(rows.size(), steps.leaf_share);
  settings.validation_share = 0;
  settings.seed = seed;
  return train_boosted(table, target, rows, equal_weights(rows), settings, {}).model;
}

TreeEnsemble fit_forest(const FeatureTable& table, const Target& target, Rows rows,
                        std::uint64_t seed) {
  ForestSettings settings;
  settings.trees = kForestTrees;
  settings.growth.min_samples_leaf = leaf_rows(rows.size(), kForestShare);
  settings.seed = seed;
  return train_forest(table, target, rows, equal_weights(rows), settings, {}).model;
}

// Multiplies what the trees say.
void scale(TreeEnsemble& model, double factor) {
  for (double& base : model.base) base *= factor;
  for (Tree& tree : model.trees) {
    for (double& value : tree.value) value *= factor;
  }
}

// One treatment's effect.
struct Effect {
  LinearRegression line;
  TreeEnsemble trees;
};

class Learner {
 public:
  Learner(const UpliftFeatures& features, const Experiment& experiment, std::uint64_t seed,
          const TrainingProgress& progress)
      : features_(features), experiment_(experiment), seed_(seed), progress_(progress) {
    check();
    rows_.resize(features.plain.rows);
    std::iota(rows_.begin(), rows_.end(), 0u);
    Target arms;
    arms.classes = experiment.arms + 1;
    arms.labels = experiment.arm;
    fold_ = fold_of(arms, rows_, kFolds, seed);
    for (std::int32_t a = 0; a <= experiment.arms; ++a) {
      share_.push_back(
          static_cast<double>(std::count(experiment.arm.begin(), experiment.arm.end(), a)) /
          static_cast<double>(rows_.size()));
    }
  }

  UpliftModel run() {
    predict_outcomes();
    make_pseudo_outcomes();
    try_candidates();
    choose();
    finish();
    return std::move(model_);
  }

 private:
  std::size_t arms() const { return static_cast<std::size_t>(experiment_.arms); }

  void check() const {
    const std::size_t rows = features_.plain.rows;
    const bool fits = experiment_.arm.size() == rows && experiment_.outcome.size() == rows &&
                      features_.scaled.rows == rows && experiment_.arms >= 1;
    for (std::int32_t a = 0; fits && a <= experiment_.arms; ++a) {
      const auto found = std::count(experiment_.arm.begin(), experiment_.arm.end(), a);
      if (static_cast<std::size_t>(found) >= kLeastArmRows) continue;
      throw_error(ErrorCode::kInvalidInput, "an arm has too few rows to learn from", {},
                  {"arm ", a}, {"at least ", kLeastArmRows}, {static_cast<std::int64_t>(found)});
    }
    if (fits) return;
    throw_error(ErrorCode::kInvalidInput, "the experiment does not fit its features", {}, {},
                {rows, " rows"}, {experiment_.arm.size()});
  }

  void say(std::string_view phase, std::size_t done, std::size_t total) const {
    if (progress_) progress_(phase, done, total);
  }

  RowList rows_where(std::uint32_t without_fold, std::int32_t arm) const {
    RowList rows;
    for (const std::uint32_t row : rows_) {
      if (fold_[row] != without_fold && experiment_.arm[row] == arm) rows.push_back(row);
    }
    return rows;
  }
  RowList rows_of(std::uint32_t fold, bool inside) const {
    RowList rows;
    for (const std::uint32_t row : rows_) {
      if ((fold_[row] == fold) == inside) rows.push_back(row);
    }
    return rows;
  }

  // outcome_[arm][row]: what the row would have done in that arm, from the folds that it is not in.
  void predict_outcomes() {
    const Target target = target_of(experiment_.outcome);
    for (std::int32_t a = 0; a <= experiment_.arms; ++a) {
      Numbers line(rows_.size());
      Numbers trees(rows_.size());
      for (std::uint32_t f = 0; f < kFolds; ++f) {
        say("learning outcomes", static_cast<std::size_t>(a) * kFolds + f, (arms() + 1) * kFolds);
        const RowList from = rows_where(f, a);
        const RowList to = rows_of(f, true);
        const Numbers by_line = predict(fit_line(features_.scaled, target, from, kOutcomePenalty),
                                        features_.scaled, to);
        const Numbers by_trees = predict(
            fit_boosted(features_.plain, target, from, kOutcomeSteps, seed_), features_.plain, to);
        for (std::size_t i = 0; i < to.size(); ++i) {
          line[to[i]] = by_line[i];
          trees[to[i]] = by_trees[i];
        }
      }
      double line_error = 0;
      double trees_error = 0;
      for (const std::uint32_t row : rows_) {
        if (experiment_.arm[row] != a) continue;
        const double y = experiment_.outcome[row];
        line_error += (y - line[row]) * (y - line[row]);
        trees_error += (y - trees[row]) * (y - trees[row]);
      }
      outcome_.push_back(trees_error < line_error ? std::move(trees) : std::move(line));
    }
  }

  void make_pseudo_outcomes() {
    for (std::size_t a = 1; a <= arms(); ++a) {
      Numbers pseudo(rows_.size());
      double mean = 0;
      for (const std::uint32_t row : rows_) {
        const double y = experiment_.outcome[row];
        double value = outcome_[a][row] - outcome_[0][row];
        if (experiment_.arm[row] == static_cast<std::int32_t>(a)) {
          value += (y - outcome_[a][row]) / share_[a];
        } else if (experiment_.arm[row] == 0) {
          value -= (y - outcome_[0][row]) / share_[0];
        }
        pseudo[row] = value;
        mean += value;
      }
      mean_.push_back(mean / static_cast<double>(rows_.size()));
      pseudo_.push_back(target_of(std::move(pseudo)));
    }
  }

  // The effect of treatment `a` (from 0) from `rows`.
  Effect fit(const UpliftCandidate& candidate, std::size_t a, const RowList& rows) const {
    const Steps& steps = kEffectSteps[candidate.strength > 0 ? 1 : 0];
    Effect effect;
    switch (candidate.method) {
      case UpliftMethod::kSame:
        break;
      case UpliftMethod::kLinear:
        effect.line = fit_line(features_.scaled, pseudo_[a], rows, candidate.strength);
        break;
      case UpliftMethod::kBoosted:
        effect.trees = fit_boosted(features_.plain, pseudo_[a], rows, steps, seed_);
        break;
      case UpliftMethod::kForest:
        effect.trees = fit_forest(features_.plain, pseudo_[a], rows, seed_);
        break;
      case UpliftMethod::kCross:
        effect.trees = fit_cross(a, rows, steps);
        break;
    }
    return effect;
  }

  // What the treated gained over what they would have done, what the control missed, and both
  // weighted by the share of the other arm.
  TreeEnsemble fit_cross(std::size_t a, const RowList& rows, const Steps& steps) const {
    const double treated = share_[a + 1] / (share_[a + 1] + share_[0]);
    TreeEnsemble both;
    for (const bool of_treated : {true, false}) {
      RowList own;
      Numbers imputed(rows_.size());
      for (const std::uint32_t row : rows) {
        if (experiment_.arm[row] != (of_treated ? static_cast<std::int32_t>(a) + 1 : 0)) continue;
        own.push_back(row);
        imputed[row] = of_treated ? experiment_.outcome[row] - outcome_[0][row]
                                  : outcome_[a + 1][row] - experiment_.outcome[row];
      }
      TreeEnsemble part =
          fit_boosted(features_.plain, target_of(std::move(imputed)), own, steps, seed_);
      scale(part, of_treated ? 1 - treated : treated);
      if (both.base.empty()) {
        both = std::move(part);
        continue;
      }
      both.base[0] += part.base[0];
      both.trees.insert(both.trees.end(), part.trees.begin(), part.trees.end());
    }
    return both;
  }

  Numbers answers(const UpliftCandidate& candidate, const Effect& effect,
                  const RowList& rows) const {
    return candidate.method == UpliftMethod::kLinear ? predict(effect.line, features_.scaled, rows)
                                                     : predict(effect.trees, features_.plain, rows);
  }

  // The squared errors of each row on what was learnt without it, and what was said of it.
  void try_candidates() {
    std::vector<UpliftCandidate>& list = model_.candidates;
    for (const double penalty : kPenalties) list.push_back({UpliftMethod::kLinear, penalty});
    for (const double strength : {0.0, 1.0}) list.push_back({UpliftMethod::kBoosted, strength});
    list.push_back({UpliftMethod::kForest});
    for (const double strength : {0.0, 1.0}) list.push_back({UpliftMethod::kCross, strength});
    for (std::size_t c = 0; c < list.size(); ++c) {
      Numbers errors(rows_.size(), 0.0);
      std::vector<Numbers> said;
      for (std::size_t a = 0; a < arms(); ++a) {
        Numbers held_out(rows_.size());
        for (std::uint32_t f = 0; f < kFolds; ++f) {
          say("comparing learners", (c * arms() + a) * kFolds + f, list.size() * arms() * kFolds);
          const RowList to = rows_of(f, true);
          const Numbers found = answers(list[c], fit(list[c], a, rows_of(f, false)), to);
          for (std::size_t i = 0; i < to.size(); ++i) held_out[to[i]] = found[i];
        }
        for (const std::uint32_t row : rows_) {
          const double apart = pseudo_[a].numbers[row] - held_out[row];
          errors[row] += apart * apart;
        }
        said.push_back(std::move(held_out));
      }
      for (const double error : errors) {
        list[c].loss += error / static_cast<double>(rows_.size());
      }
      errors_.push_back(std::move(errors));
      held_out_.push_back(std::move(said));
    }
  }

  void choose() {
    std::vector<UpliftCandidate>& list = model_.candidates;
    std::size_t line = 0;
    for (std::size_t c = 0; c < std::size(kPenalties); ++c) {
      if (list[c].loss < list[line].loss) line = c;
    }
    chosen_ = line;
    for (std::size_t c = 0; c < list.size(); ++c) {
      const auto n = static_cast<double>(rows_.size());
      list[c].difference = list[c].loss - list[line].loss;
      double square = 0;
      for (const std::uint32_t row : rows_) {
        const double apart = errors_[c][row] - errors_[line][row] - list[c].difference;
        square += apart * apart;
      }
      list[c].error = std::sqrt(square / n / (n - 1));
      if (list[c].difference + list[c].error < 0 && list[c].loss < list[chosen_].loss) chosen_ = c;
    }
  }

  // The slope of the pseudo-outcome on what was said of rows held out, 0 to 1.
  double confirmed(std::size_t a) const {
    const Numbers& said = held_out_[chosen_][a];
    double mean = 0;
    for (const double x : said) mean += x / static_cast<double>(said.size());
    double together = 0;
    double variance = 0;
    for (const std::uint32_t row : rows_) {
      together += (said[row] - mean) * (pseudo_[a].numbers[row] - mean_[a]);
      variance += (said[row] - mean) * (said[row] - mean);
    }
    return variance > 0 ? std::clamp(together / variance, 0.0, 1.0) : 0.0;
  }

  void finish() {
    const UpliftCandidate& candidate = model_.candidates[chosen_];
    for (std::size_t a = 0; a < arms(); ++a) model_.confirmed.push_back(confirmed(a));
    const bool any = std::any_of(model_.confirmed.begin(), model_.confirmed.end(),
                                 [](double share) { return share > 0; });
    model_.method = any ? candidate.method : UpliftMethod::kSame;
    model_.strength = any ? candidate.strength : 0;
    const bool line = !any || candidate.method == UpliftMethod::kLinear;
    model_.trees.columns = features_.plain.columns;
    model_.trees.importance.assign(features_.plain.columns, 0.0);
    for (std::size_t a = 0; a < arms(); ++a) {
      say("learning effects", a, arms());
      const double share = model_.confirmed[a];
      if (line) {
        LinearRegression same;
        same.weights.assign(features_.scaled.columns, 0.0);
        model_.lines.push_back(share > 0 ? fit(candidate, a, rows_).line : same);
        shrink(model_.lines.back(), a, share);
      } else {
        add_trees(fit(candidate, a, rows_).trees, a, share);
      }
    }
    if (!line) round_for_exact_sums(model_.trees);
  }

  double mean_of(const Numbers& said) const {
    double mean = 0;
    for (const double x : said) mean += x / static_cast<double>(said.size());
    return mean;
  }

  void shrink(LinearRegression& line, std::size_t a, double share) const {
    const double mean = mean_of(predict(line, features_.scaled, rows_));
    for (double& weight : line.weights) weight *= share;
    line.intercept = mean_[a] + share * (line.intercept - mean);
  }

  void add_trees(TreeEnsemble part, std::size_t a, double share) {
    const double mean = mean_of(predict(part, features_.plain, rows_));
    scale(part, share);
    model_.trees.base.push_back(part.base[0] + mean_[a] - share * mean);
    for (Tree& tree : part.trees) {
      tree.first_output = a;
      model_.trees.trees.push_back(std::move(tree));
    }
  }

  const UpliftFeatures& features_;
  const Experiment& experiment_;
  const std::uint64_t seed_;
  const TrainingProgress& progress_;
  RowList rows_;
  std::vector<std::uint32_t> fold_;             // [rows]
  Numbers share_;                               // [arms + 1] of the rows
  std::vector<Numbers> outcome_;                // [arms + 1][rows]
  std::vector<Target> pseudo_;                  // [arms]
  Numbers mean_;                                // [arms] of the pseudo-outcomes
  std::vector<Numbers> errors_;                 // [candidates][rows]
  std::vector<std::vector<Numbers>> held_out_;  // [candidates][arms][rows]
  std::size_t chosen_ = 0;
  UpliftModel model_;
};

}  // namespace

std::string_view name_of(UpliftMethod method) {
  return kMethodNames[static_cast<std::size_t>(method)];
}

UpliftModel train_uplift(const UpliftFeatures& features, const Experiment& experiment,
                         std::uint64_t seed, const TrainingProgress& progress) {
  return Learner(features, experiment, seed, progress).run();
}

std::vector<double> predict(const UpliftModel& model, const FeatureTable& table, Rows rows) {
  if (!model.reads_scaled()) return raw_scores(model.trees, table, rows);
  const std::size_t arms = model.arms();
  std::vector<double> values(rows.size() * arms);
  for (std::size_t a = 0; a < arms; ++a) {
    const std::vector<double> said = predict(model.lines[a], table, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) values[i * arms + a] = said[i];
  }
  return values;
}

void add_uplift_regressor(onnx::ModelWriter& writer, std::string_view features,
                          std::string_view value, const UpliftModel& model) {
  if (!model.reads_scaled()) {
    add_tree_regressor(writer, features, value, model.trees);
    return;
  }
  std::vector<float> coefficients;  // [arms][features]
  std::vector<float> intercepts;
  for (const LinearRegression& line : model.lines) {
    coefficients.insert(coefficients.end(), line.weights.begin(), line.weights.end());
    intercepts.push_back(static_cast<float>(line.intercept));
  }
  writer.add_opset("ai.onnx.ml", 3);
  writer.add_node("LinearRegressor", {features}, {value},
                  {{"coefficients", coefficients},
                   {"intercepts", intercepts},
                   {"targets", static_cast<std::int64_t>(model.arms())}},
                  "ai.onnx.ml");
}

}  // namespace storewise::train
