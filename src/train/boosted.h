// Gradient boosting of trees on histograms (Friedman 2001; leaf by leaf and with the gain of second
// order as in LightGBM, Ke et al. 2017, and scikit-learn's HistGradientBoosting).
//
// Each column is cut into at most 255 bins; a node's sums of gradients by bin show the best split,
// and of two siblings only the smaller is counted, the other is the parent less that. Missing
// values have a bin of their own and go to the side where they help. Classes: log loss (two) or
// multinomial log loss; numbers: squared error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/tree.h"

namespace storewise::train {

// Rounds, learning rate and leaves of 0 stand for what suits the number of rows (usual_boosting).
struct BoostedSettings {
  std::size_t rounds = 0;  // at most; a round grows one tree, or one for each of several classes
  double learning_rate = 0.0;
  std::size_t max_leaf_nodes = 0;
  std::size_t max_depth = 0;  // 0: any
  std::size_t min_samples_leaf = 20;
  double l2 = 5.0;  // added to the second derivatives
  std::size_t max_bins = 255;
  // Set aside this share of the rows, drawn by seed, and stop once `patience` rounds have not made
  // their loss better; the rounds up to the best one stay. 0: train on every row for all rounds.
  double validation_share = 0.1;
  std::size_t patience = 10;
  // What the rows set aside are for. 0: the model is of the others. 1: they show how many rounds
  // are good, and the model is grown anew from all rows. 2 or more: so does a cross-validation with
  // as many parts, each set aside in turn for all rounds; `validation_share` and `patience` are not
  // heeded. That is worth its time where a share of the rows is so few that chance decides.
  std::size_t folds = 0;
  std::uint64_t seed = 42;
};

struct Boosted {
  TreeEnsemble model;
  std::size_t rounds = 0;  // that stayed
  // Mean loss before the first and after every round, of the rows that the model is grown from and
  // of those that were set aside (none where nothing was; of a cross-validation the mean over all).
  // The squared error's loss is half the square.
  std::vector<double> training_loss;
  std::vector<double> validation_loss;
};

// The settings with their zeros filled in. Below 20,000 rows, steps and trees smaller than
// LightGBM's: 200 rounds of 0.05 with 15 leaves, which cross-validation on shop visits found
// better; from there on 150 rounds of 0.1 with 31 leaves.
BoostedSettings usual_boosting(BoostedSettings settings, std::size_t rows);

// Trains on `rows`, weighted by `weights` (one a row of `rows`); NaN is a missing value. Throws
// Error(kInvalidInput) for data or settings that cannot be used (check_training_data).
Boosted train_boosted(const FeatureTable& table, const Target& target, Rows rows,
                      std::span<const double> weights, const BoostedSettings& settings,
                      const TrainingProgress& progress);

}  // namespace storewise::train
