// Grows classification and regression trees (CART; Breiman, Friedman, Olshen and Stone 1984).
//
// Splits are exact: every boundary between two values that occur in a node is tried. The values of
// a column are numbered once in ascending order; a node then counts by number where its values are
// dense, and sorts numbers where they are sparse, which is faster than to sort values anew in every
// node and finds the same splits. Refuses missing values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "train/feature_table.h"
#include "train/math.h"
#include "train/tree.h"

namespace storewise::train {

enum class Criterion : std::uint8_t {
  kGini,     // for classes; of a target of numbers, the squared error is taken in any case
  kEntropy,  // for classes, in bits
};

struct TreeSettings {
  Criterion criterion = Criterion::kGini;
  std::size_t max_depth = 0;  // 0: any
  std::size_t min_samples_split = 2;
  std::size_t min_samples_leaf = 1;  // rows, however they are weighted
  std::size_t max_leaf_nodes = 0;    // 0: any; else the best splits first
  double min_impurity_decrease = 0.0;
  std::size_t max_features = 0;  // columns drawn for each split; 0: all of them
};

// Throws Error(kInvalidInput) for what no tree can be grown with.
void check_settings(const TreeSettings& settings);

// Holds the numbered columns, so that many trees are grown from the same rows. `table` and `target`
// are read in the constructor only; they must have passed check_training_data.
class TreeGrower {
 public:
  TreeGrower(const FeatureTable& table, const Target& target, Rows rows);
  ~TreeGrower();

  // A tree from the rows whose weight, by position in `rows`, is above 0; at least one is. Values
  // are class shares or means. `random` draws the columns where not all are tried.
  Tree grow(std::span<const double> weights, const TreeSettings& settings, Random& random);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Of a tree of two classes, keeps the second one's share alone, which is what ensembles sum.
void keep_second_class(Tree& tree);

// The tree with the branches below the marked inner nodes cut off, nodes in order again.
// `cut` is one a node.
Tree cut_branches(const Tree& tree, std::span<const std::uint8_t> cut);

}  // namespace storewise::train
