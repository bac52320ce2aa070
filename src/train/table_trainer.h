// One face for all that learns from a feature table: trees, forests, boosted trees, support vector
// machines, linear and logistic regression, networks, with settings that suit most data.
//
// A further kind is one more class in table_trainer.cpp and one more name. Refuses to know raw
// columns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/writer.h"
#include "support/json.h"
#include "train/feature_table.h"
#include "train/network/settings.h"

namespace storewise::train {

struct Tree;

enum class TableKind : std::uint8_t { kTree, kForest, kBoosted, kSvm, kLinear, kLogistic, kMlp };
std::string_view name_of(TableKind kind);  // "tree", "forest", ...
std::optional<TableKind> table_kind(std::string_view name);

// What is left open is chosen from the data. A setting that a kind does not have is ignored.
struct TrainerSettings {
  TableKind kind = TableKind::kTree;
  bool balanced = false;  // every class weighs the same; not for numbers
  std::uint64_t seed = 42;
  std::optional<std::size_t> depth;     // of trees; 0: any
  std::optional<std::size_t> min_leaf;  // rows in a leaf
  // Of a tree, or of each; 0: any, or in boosting the usual number.
  std::optional<std::size_t> max_leaves;
  std::optional<std::size_t> min_split;  // rows that a node must have to be split, 2 or more
  bool entropy = false;                  // trees of classes: instead of Gini's impurity
  std::optional<std::size_t> trees;      // of a forest
  // Of a forest, the features drawn for each split: so many, or below 1 their share; or "sqrt",
  // "log2", "all", or "auto", the root for classes, a third for numbers.
  std::optional<double> max_features;
  std::string drawn = "auto";
  std::optional<std::size_t> rounds;    // of boosting, at most
  std::optional<double> learning_rate;  // of boosting
  std::optional<double> l2;             // of boosting: added to the second derivatives
  std::optional<std::size_t> max_bins;  // of boosting, that a column is cut into: 2 to 255
  std::optional<double> tube;   // of a machine for numbers: errors up to this are free, in spreads
  std::optional<double> cost;   // of support vector machines and logistic regression
  std::optional<double> gamma;  // of the RBF kernel
  std::optional<double> alpha;  // of linear regression's penalty; of a tree's pruning
  std::optional<double> l1_ratio;    // of linear regression: elastic net
  std::string kernel = "auto";       // "rbf", "linear", or by the number of rows
  network::NetworkSettings network;  // of a network; its learning rate is there
};

// What a kind wants of its features.
bool reads_missing(TableKind kind);  // NaN is a value like others
bool wants_scaled(TableKind kind);   // mean 0 and variance 1

// What a model says of some rows.
struct TableAnswers {
  std::vector<double> probabilities;  // [rows][classes], of classes
  std::vector<std::int32_t> labels;   // [rows], of classes
  std::vector<double> numbers;        // [rows], of numbers
};

// What a network says of rows of `examples`, in the order of `rows`.
TableAnswers answers_of(network::Network& network, const network::Examples& examples, Rows rows);

class TrainedTable {
 public:
  virtual ~TrainedTable() = default;
  virtual TableAnswers answer(const FeatureTable& table) const = 0;
  // Adds the model's nodes: `features`, float [n, columns], to `label` and `probabilities`, or, of
  // numbers, to `value`, float [n, 1].
  virtual void write_classifier(onnx::ModelWriter& writer, std::string_view features,
                                std::string_view label, std::string_view probabilities,
                                const std::vector<std::string>& classes) const = 0;
  virtual void write_regressor(onnx::ModelWriter& writer, std::string_view features,
                               std::string_view value) const = 0;
  // Settings as they came to be, and what the model is like.
  virtual Json facts() const = 0;
  // By feature: weights of the one linear function there is, or none.
  virtual std::vector<double> weights() const { return {}; }
  // By feature: how much the model leans on it, in units of its own, 0 where not at all.
  virtual std::vector<double> leaning() const = 0;
  // The one tree that it is, or null.
  virtual const Tree* single_tree() const { return nullptr; }
  // How a network's training went, by epoch (network/settings.h); empty for others.
  virtual Json curve() const { return Json::array(); }

 protected:
  TrainedTable() = default;
};

// Learns from every row of the table. Throws Error(kInvalidInput) for settings out of range and for
// a target of the other sort: logistic regression has classes, linear regression numbers.
std::unique_ptr<TrainedTable> train_on(const FeatureTable& table, const Target& target,
                                       const TrainerSettings& settings,
                                       const TrainingProgress& progress);

}  // namespace storewise::train
