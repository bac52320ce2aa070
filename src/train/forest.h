// Random forests (Breiman 2001): many trees, each grown from rows drawn with replacement, with some
// columns drawn anew for each split; their mean is the answer.
//
// Every row is missing from about a third of the trees: what those say of it ("out of bag") is an
// honest estimate without a held-out part. Refuses missing values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/tree_grow.h"

namespace storewise::train {

struct ForestSettings {
  // max_features 0: the root of the columns for classes, a third for numbers. min_samples_leaf 0:
  // 1 below 1,000 rows, else 3, which cross-validation on shop visits found better and which halves
  // the file.
  TreeSettings growth{.min_samples_leaf = 0};
  std::size_t trees = 100;
  bool bootstrap = true;  // false: every tree sees every row, and nothing is out of bag
  std::uint64_t seed = 42;
};

struct Forest {
  TreeEnsemble model;
  // Of each row of `rows`, from the trees that did not see it: class probabilities [rows][classes]
  // or numbers [rows]; NaN for a row that every tree saw.
  std::vector<double> out_of_bag;
  // The weighted share of right labels, or R2, of the rows that have one; NaN when none has.
  double out_of_bag_score = 0;
};

// The columns that are drawn where growth.max_features is 0.
std::size_t usual_max_features(std::size_t columns, bool classes);

// Trains on `rows`, weighted by `weights` (one a row of `rows`). Throws Error(kInvalidInput) for
// data or settings that cannot be used (check_training_data).
Forest train_forest(const FeatureTable& table, const Target& target, Rows rows,
                    std::span<const double> weights, const ForestSettings& settings,
                    const TrainingProgress& progress);

}  // namespace storewise::train
