#include "train/forest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "train/solve.h"

namespace storewise::train {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double score_labels(const Forest& forest, const Target& target, Rows rows,
                    std::span<const double> weights) {
  const std::vector<std::int32_t> labels = labels_of(forest.out_of_bag, target.classes);
  const std::size_t step = forest.model.answers();
  double right = 0;
  double whole = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(forest.out_of_bag[i * step])) continue;
    whole += weights[i];
    if (labels[i] == target.labels[rows[i]]) right += weights[i];
  }
  return whole > 0 ? right / whole : kNan;
}

double score_numbers(const Forest& forest, const Target& target, Rows rows,
                     std::span<const double> weights) {
  double mean = 0;
  double whole = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(forest.out_of_bag[i])) continue;
    whole += weights[i];
    mean += weights[i] * target.numbers[rows[i]];
  }
  mean /= whole;
  double unexplained = 0;
  double variance = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(forest.out_of_bag[i])) continue;
    const double number = target.numbers[rows[i]];
    unexplained += weights[i] * (number - forest.out_of_bag[i]) * (number - forest.out_of_bag[i]);
    variance += weights[i] * (number - mean) * (number - mean);
  }
  return variance > 0 ? 1.0 - unexplained / variance : kNan;
}

}  // namespace

std::size_t usual_max_features(std::size_t columns, bool classes) {
  if (!classes) return std::max<std::size_t>(columns / 3, 1);
  std::size_t root = 1;
  while ((root + 1) * (root + 1) <= columns) ++root;
  return root;
}

Forest train_forest(const FeatureTable& table, const Target& target, Rows rows,
                    std::span<const double> weights, const ForestSettings& settings,
                    const TrainingProgress& progress) {
  TreeSettings growth = settings.growth;
  if (growth.min_samples_leaf == 0) growth.min_samples_leaf = rows.size() < 1000 ? 1 : 3;
  check_settings(growth);
  check_setting(settings.trees >= 1 && settings.trees <= 100000, "trees", "1 to 100000",
                static_cast<double>(settings.trees));
  check_training_data(table, target, rows, weights, false);
  if (growth.max_features == 0) {
    growth.max_features = usual_max_features(table.columns, target.classes > 0);
  }
  Forest forest;
  TreeEnsemble& model = forest.model;
  model.classes = target.classes;
  model.columns = table.columns;
  const std::size_t answers = model.answers();
  model.base.assign(answers == 2 ? 1 : answers, 0.0);
  model.importance.assign(table.columns, 0.0);
  forest.out_of_bag.assign(rows.size() * answers, 0.0);
  std::vector<std::uint32_t> unseen_by(rows.size(), 0);
  std::vector<std::uint32_t> drawn(rows.size());
  std::vector<double> counted(weights.begin(), weights.end());

  TreeGrower grower(table, target, rows);
  const auto trees = static_cast<double>(settings.trees);
  for (std::size_t t = 0; t < settings.trees; ++t) {
    if (progress) progress("growing", t, settings.trees);
    Random random(settings.seed + t * 0x9e3779b97f4a7c15ull);
    random = Random(random.next());
    if (settings.bootstrap) {
      bool any = false;
      do {  // again where all that were drawn have weight 0
        std::fill(drawn.begin(), drawn.end(), 0u);
        for (std::size_t i = 0; i < rows.size(); ++i) {
          ++drawn[random.below(static_cast<std::uint32_t>(rows.size()))];
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
          counted[i] = weights[i] * drawn[i];
          any = any || counted[i] > 0;
        }
      } while (!any);
    }
    Tree tree = grower.grow(counted, growth, random);
    std::vector<double> importance(table.columns, 0.0);
    add_importance(tree, importance);
    normalise(importance);
    for (std::size_t c = 0; c < table.columns; ++c) model.importance[c] += importance[c];
    for (std::size_t i = 0; settings.bootstrap && i < rows.size(); ++i) {
      if (drawn[i] != 0) continue;
      ++unseen_by[i];
      const double* value = tree.value.data() + tree.leaf_of(table, rows[i]) * answers;
      for (std::size_t k = 0; k < answers; ++k) forest.out_of_bag[i * answers + k] += value[k];
    }
    if (answers == 2) keep_second_class(tree);
    for (double& value : tree.value) value /= trees;
    model.trees.push_back(std::move(tree));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < answers; ++k) {
      double& value = forest.out_of_bag[i * answers + k];
      value = unseen_by[i] == 0 ? kNan : value / unseen_by[i];
    }
  }
  forest.out_of_bag_score = target.classes > 0 ? score_labels(forest, target, rows, weights)
                                               : score_numbers(forest, target, rows, weights);
  normalise(model.importance);
  round_for_exact_sums(model);
  if (progress) progress("growing", settings.trees, settings.trees);
  return forest;
}

}  // namespace storewise::train
