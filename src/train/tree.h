// Decision trees as plain arrays, alone or many together, and what they say about rows.
//
// Single trees, random forests and boosted trees are all one shape here: every tree adds the values
// of the leaf that a row falls into to the row's scores. Who grew them does not matter to what
// reads them (predictions, explanations, the ONNX file).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "train/feature_table.h"

namespace storewise::train {

// Nodes in the order root, left subtree, right subtree. A row goes left where its feature is <= the
// threshold, compared as float32, which is how ONNX's BRANCH_LEQ compares.
struct Tree {
  std::size_t outputs = 1;                 // scores that a leaf speaks of
  std::size_t first_output = 0;            // the first of them
  std::vector<std::int32_t> feature;       // [nodes] column, -1 in a leaf
  std::vector<float> threshold;            // [nodes] 0 in a leaf
  std::vector<std::int32_t> left;          // [nodes] -1 in a leaf
  std::vector<std::int32_t> right;         // [nodes] -1 in a leaf
  std::vector<std::uint8_t> missing_left;  // [nodes] 1 where NaN goes left
  std::vector<double> value;               // [nodes][outputs] of inner nodes too
  std::vector<double> cover;               // [nodes] summed weight of the training rows
  std::vector<double> impurity;            // [nodes] before the split; 0 in boosted trees

  std::size_t nodes() const { return feature.size(); }
  std::size_t leaves() const { return (nodes() + 1) / 2; }
  std::size_t depth() const;  // 0 when the root is a leaf
  // The leaf that a row of the table falls into.
  std::size_t leaf_of(const FeatureTable& table, std::size_t row) const;
  // Adds a leaf with one zero for each output; its number.
  std::int32_t add_node();
};

// What turns scores into probabilities.
enum class Link : std::uint8_t {
  kNone,      // scores are the probabilities (of two classes, the second one's alone) or the number
  kLogistic,  // one score, the log odds of the second of two classes
  kSoftmax,   // one score a class
};

// Scores are base + the sum of the trees' values. A tree of a forest holds its share: the class
// probabilities, or the number, divided by how many trees there are.
struct TreeEnsemble {
  std::int32_t classes = 0;  // 0: predicts a number
  std::size_t columns = 0;   // of the table
  Link link = Link::kNone;
  std::vector<Tree> trees;
  std::vector<double> base;        // [scores]
  std::vector<double> importance;  // [columns] share of what the splits gained; sums to 1, or all 0

  std::size_t scores() const { return base.size(); }
  // Numbers that answer one row: a probability for each class, or 1.
  std::size_t answers() const { return classes > 0 ? static_cast<std::size_t>(classes) : 1; }
};

// Scores of the rows, [rows][scores]. Throws Error(kInvalidInput) when the table has other columns.
std::vector<double> raw_scores(const TreeEnsemble& model, const FeatureTable& table, Rows rows);

// Class probabilities [rows][classes], or the numbers [rows].
std::vector<double> predict(const TreeEnsemble& model, const FeatureTable& table, Rows rows);

// Scores (as raw_scores gives them) as probabilities or numbers.
std::vector<double> apply_link(const TreeEnsemble& model, std::span<const double> scores);

// The most probable class of each row of `probabilities` [rows][classes]; the first among equals.
std::vector<std::int32_t> labels_of(std::span<const double> probabilities, std::int32_t classes);

// Makes the leaves' values and the base multiples of a power of two so large that sums in float32
// lose nothing, in whatever order trees are added: every runtime then finds the same scores, and
// the same label where two classes are as good as equal (of two, the first). Moves no score by more
// than (trees + 1) x 2^-23 of the largest that there could be.
void round_for_exact_sums(TreeEnsemble& model);

// Adds, by column, by how much the splits of a tree lower the impurity, per row of the tree.
void add_importance(const Tree& tree, std::span<double> importance);

// Makes numbers of 0 or more sum to 1, unless all are 0.
void normalise(std::span<double> numbers);

// The largest float32 that is at most halfway between the float32s a < b; at least a, below b.
// x <= this decides for every float32 x as x <= (a + b) / 2 in double does.
float threshold_between(float a, float b);

// How the rows of training count, by position in `rows`: 1 each, or so that every class has the
// same weight together (rows / (classes that occur x rows of the class), as scikit-learn's
// "balanced").
std::vector<double> equal_weights(Rows rows);
std::vector<double> balanced_weights(const Target& target, Rows rows);

// Throws Error(kInvalidInput), with what was expected and found, unless there are rows, the columns
// are full, the target has a label in range or a finite number for each, the weights (one a row)
// are finite and not negative, some of them positive, and, for classes, two of them occur. Infinite
// features are refused, and missing ones unless `missing_allowed`.
void check_training_data(const FeatureTable& table, const Target& target, Rows rows,
                         std::span<const double> weights, bool missing_allowed);

// The rows' parts for cross-validation: part[i] in 0 .. folds-1 for position i. Shuffled; of each
// class, or over the range of the numbers, every part gets its share.
std::vector<std::uint32_t> fold_of(const Target& target, Rows rows, std::uint32_t folds,
                                   std::uint64_t seed);

}  // namespace storewise::train
