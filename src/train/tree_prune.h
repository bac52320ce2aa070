// Minimal cost-complexity pruning of a decision tree (Breiman, Friedman, Olshen and Stone 1984,
// chapter 3), as scikit-learn's ccp_alpha does it.
//
// The cost of a tree is the summed impurity of its leaves, each weighted by its share of the rows,
// plus alpha for each leaf. As alpha grows, the branch that is worth least for its leaves is cut
// first, then the next, down to the root.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/tree_grow.h"

namespace storewise::train {

// One step of the path: the node of the unpruned tree whose branch is cut, once alpha reaches this,
// and the summed impurity of the leaves after that. The first step has node -1, alpha 0: nothing is
// cut.
struct PruningStep {
  std::int32_t node = -1;
  double alpha = 0;
  double impurity = 0;
};

// Ascending alpha; among equals, the node that comes first in the tree.
std::vector<PruningStep> pruning_path(const Tree& tree);

// The tree cut by every step whose alpha is <= `alpha`, >= 0.
Tree prune(const Tree& tree, double alpha);

// How a single tree is trained.
struct PrunedTreeSettings {
  TreeSettings growth;
  // What growth.min_samples_leaf is chosen from, together with alpha, where folds is not 0; none:
  // it is as it is.
  std::vector<std::size_t> min_samples_leaves;
  // So many rows of a node's parent are added to those that a node has, and so on up to the root:
  // the values of small leaves lie between the two ("m-estimates"), which ranks better and is
  // better calibrated than pure shares. 0: none.
  double smoothing = 0.0;
  // Of classes, what is right is not the label alone: the error that chooses is the mean of the
  // share of wrong labels and the squared distance of the probabilities (Brier's score, over all
  // classes).
  bool heeds_probabilities = false;
  // Parts of the cross-validation that chooses alpha, 2 or more; 0: see `alpha`. Of 20,000 rows or
  // more only the first part is held out.
  std::int32_t folds = 5;
  double alpha = 0.0;  // used where folds is 0
  // Take the smallest tree whose error is within one standard error of the best one's, as Breiman
  // et al. advise; else the best, and the smaller of two that are as good.
  bool one_standard_error = false;
  std::uint64_t seed = 42;
};

struct PrunedTree {
  TreeEnsemble model;
  double alpha = 0;
  std::size_t min_samples_leaf = 1;
  // Where alpha was chosen: candidates, with that leaf, and, for each, the error in
  // cross-validation: the weighted share of wrong labels, or the mean squared error.
  std::vector<double> alphas;
  std::vector<double> errors;
};

// Grows a tree from `rows`, weighted by `weights` (one a row of `rows`), and prunes it. Throws
// Error(kInvalidInput) for data or settings that cannot be used (check_training_data).
PrunedTree train_tree(const FeatureTable& table, const Target& target, Rows rows,
                      std::span<const double> weights, const PrunedTreeSettings& settings,
                      const TrainingProgress& progress);

}  // namespace storewise::train
