#include "train/table_trainer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "support/message.h"
#include "train/boosted.h"
#include "train/forest.h"
#include "train/linear_model.h"
#include "train/linear_onnx.h"
#include "train/linear_svm.h"
#include "train/logistic.h"
#include "train/network/graph.h"
#include "train/svm.h"
#include "train/tree_model.h"
#include "train/tree_prune.h"

namespace storewise::train {
namespace {

constexpr std::string_view kKindNames[] = {"tree",   "forest",   "boosted", "svm",
                                           "linear", "logistic", "mlp"};

// The work of a machine with an RBF kernel grows with the square of the rows and more.
constexpr std::size_t kMostRbfRows = 20000;

// Of a single tree. Cross-validation on thirty data sets, none of them parity's, found leaves of 5
// rows or of 1, whichever is better in pruning, with values between a node and its parent, ahead of
// 5 rows and pure shares: 1.4 points of accuracy, 1.2 of AUC; and a pruning that heeds
// probabilities, with more of the parent where there are two classes, 0.6 points of AUC further.
constexpr std::size_t kUsualLeaf = 5;
constexpr double kSmoothing = 2.0;
constexpr double kTwoClassesSmoothing = 10.0;

// Of boosting. With several classes most rows say little about any one of them: what keeps two
// apart from chance holds the others back. Cross-validation on ten data sets found these 0.5 points
// of accuracy ahead of those for two classes, with half the trees.
constexpr std::size_t kFewRows = 1000;
constexpr std::size_t kManyRows = 20000;
constexpr double kSeveralClassesL2 = 0.1;
constexpr double kSeveralClassesRate = 0.1;

[[noreturn]] void refuse_task(TableKind kind, std::string_view expected, std::string_view found) {
  throw_error(ErrorCode::kInvalidInput, "this kind of model cannot learn the target", {},
              {name_of(kind)}, {expected}, {found});
}

std::size_t leaves_of(const TreeEnsemble& model) {
  std::size_t leaves = 0;
  for (const Tree& tree : model.trees) leaves += tree.leaves();
  return leaves;
}

std::size_t depth_of(const TreeEnsemble& model) {
  std::size_t depth = 0;
  for (const Tree& tree : model.trees) depth = std::max(depth, tree.depth());
  return depth;
}

class Trees : public TrainedTable {
 public:
  Trees(TreeEnsemble model, Json facts) : model_(std::move(model)), facts_(std::move(facts)) {
    facts_["leaves"] = leaves_of(model_);
    facts_["depth"] = depth_of(model_);
  }

  TableAnswers answer(const FeatureTable& table) const override {
    TableAnswers answers;
    std::vector<double> values = predict(model_, table, table.every_row());
    if (model_.classes == 0) {
      answers.numbers = std::move(values);
    } else {
      answers.labels = labels_of(values, model_.classes);
      answers.probabilities = std::move(values);
    }
    return answers;
  }
  void write_classifier(onnx::ModelWriter& writer, std::string_view features,
                        std::string_view label, std::string_view probabilities,
                        const std::vector<std::string>& classes) const override {
    add_tree_classifier(writer, features, label, probabilities, model_, classes);
  }
  void write_regressor(onnx::ModelWriter& writer, std::string_view features,
                       std::string_view value) const override {
    add_tree_regressor(writer, features, value, model_);
  }
  Json facts() const override { return facts_; }
  std::vector<double> leaning() const override { return model_.importance; }
  const Tree* single_tree() const override {
    return facts_.contains("alpha") ? &model_.trees.front() : nullptr;
  }

 private:
  TreeEnsemble model_;
  Json facts_;
};

// What is answered by a linear function or by a kernel machine, each with its own way to say it.
template <typename Model>
class Linear : public TrainedTable {
 public:
  Linear(Model model, Json facts) : model_(std::move(model)), facts_(std::move(facts)) {}

  TableAnswers answer(const FeatureTable& table) const override {
    const std::vector<std::uint32_t> rows = table.every_row();
    TableAnswers answers;
    if constexpr (std::is_same_v<Model, LinearRegression>) {
      answers.numbers = predict(model_, table, rows);
    } else if constexpr (std::is_same_v<Model, LogisticModel>) {
      answers.probabilities = predict_probabilities(model_, table, rows);
      answers.labels = labels_of(answers.probabilities, static_cast<std::int32_t>(model_.classes));
    } else if constexpr (std::is_same_v<Model, LinearSvmModel>) {
      LinearSvmPredictions said = predict(model_, table, rows);
      answers.probabilities = std::move(said.probabilities);
      answers.labels = std::move(said.labels);
    } else {
      SvmPredictions said = predict(model_, table, rows);
      answers.probabilities.assign(said.probabilities.begin(), said.probabilities.end());
      answers.labels = std::move(said.labels);
      if (model_.classes == 0) answers.numbers = std::move(said.decisions);
    }
    return answers;
  }
  void write_classifier(onnx::ModelWriter& writer, std::string_view features,
                        std::string_view label, std::string_view probabilities,
                        const std::vector<std::string>& classes) const override {
    if constexpr (std::is_same_v<Model, LogisticModel>) {
      add_logistic_classifier(writer, features, label, probabilities, model_, classes);
    } else if constexpr (std::is_same_v<Model, LinearSvmModel>) {
      add_linear_svm_classifier(writer, features, label, probabilities, model_, classes);
    } else if constexpr (std::is_same_v<Model, SvmModel>) {
      add_svm_classifier(writer, features, label, probabilities, model_, classes);
    } else {
      refuse_task(TableKind::kLinear, "numbers", "classes");
    }
  }
  void write_regressor(onnx::ModelWriter& writer, std::string_view features,
                       std::string_view value) const override {
    if constexpr (std::is_same_v<Model, LinearRegression>) {
      add_linear_regressor(writer, features, value, model_);
    } else if constexpr (std::is_same_v<Model, SvmModel>) {
      add_svm_regressor(writer, features, value, model_);
    } else {
      refuse_task(TableKind::kLogistic, "classes", "numbers");
    }
  }
  Json facts() const override { return facts_; }
  std::vector<double> weights() const override {
    if constexpr (std::is_same_v<Model, LinearRegression>) {
      return model_.weights;
    } else if constexpr (std::is_same_v<Model, SvmModel>) {
      return {};
    } else {
      if (model_.outputs() != 1) return {};
      return {model_.weights.begin(), model_.weights.end() - 1};
    }
  }
  // Of linear functions the size of the weights. Of a kernel machine that of the vectors' sum, each
  // times its coefficients: the direction in which the decisions change about the mean row.
  std::vector<double> leaning() const override {
    std::vector<double> sizes;
    if constexpr (std::is_same_v<Model, LinearRegression>) {
      for (const double weight : model_.weights) sizes.push_back(std::fabs(weight));
    } else if constexpr (std::is_same_v<Model, SvmModel>) {
      sizes.resize(model_.columns, 0);
      const std::size_t supports = model_.supports();
      for (std::size_t at = 0; at < model_.coefficients.size(); at += supports) {
        for (std::size_t f = 0; f < sizes.size(); ++f) {
          double sum = 0;
          for (std::size_t s = 0; s < supports; ++s) {
            sum += static_cast<double>(model_.coefficients[at + s]) *
                   static_cast<double>(model_.vectors[s * sizes.size() + f]);
          }
          sizes[f] += std::fabs(sum);
        }
      }
    } else {
      sizes.resize(model_.columns, 0);
      for (std::size_t o = 0; o < model_.outputs(); ++o) {
        for (std::size_t f = 0; f < sizes.size(); ++f) {
          sizes[f] += std::fabs(model_.weights[o * (sizes.size() + 1) + f]);
        }
      }
    }
    return sizes;
  }

 private:
  Model model_;
  Json facts_;
};

// A network of dense layers.
class Layers : public TrainedTable {
 public:
  // `units` of the first layer.
  Layers(network::Trained trained, std::size_t units, Json facts)
      : trained_(std::move(trained)), units_(units), facts_(std::move(facts)) {}

  static network::Examples examples_of(const FeatureTable& table) {
    network::Examples examples;
    examples.rows = table.rows;
    examples.channels = table.columns;
    examples.numbers.reserve(table.rows * table.columns);
    for (std::size_t row = 0; row < table.rows; ++row) {
      for (std::size_t c = 0; c < table.columns; ++c) {
        examples.numbers.push_back(table.at(row, c));
      }
    }
    return examples;
  }

  TableAnswers answer(const FeatureTable& table) const override {
    return answers_of(trained_.network, examples_of(table), table.every_row());
  }
  void write_classifier(onnx::ModelWriter& writer, std::string_view features,
                        std::string_view label, std::string_view probabilities,
                        const std::vector<std::string>& classes) const override {
    network::Graph graph(writer);
    trained_.network.write(graph, std::string(features), probabilities);
    network::add_label(writer, probabilities, label, classes);
  }
  void write_regressor(onnx::ModelWriter& writer, std::string_view features,
                       std::string_view value) const override {
    network::Graph graph(writer);
    trained_.network.write(graph, std::string(features), value);
  }
  Json facts() const override { return facts_; }
  // The sizes of the weights that the first layer reads a feature by.
  std::vector<double> leaning() const override {
    const std::vector<float>& weights = trained_.network.first_weights();
    std::vector<double> sizes(weights.size() / units_, 0);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      sizes[i / units_] += std::fabs(static_cast<double>(weights[i]));
    }
    return sizes;
  }
  Json curve() const override { return network::curve_of(trained_.fit); }

 private:
  mutable network::Trained trained_;  // its layers keep what they made of the last rows
  std::size_t units_;
  Json facts_;
};

std::vector<double> weights_for(const Target& target, Rows rows, bool balanced) {
  return balanced && target.classes > 0 ? balanced_weights(target, rows) : equal_weights(rows);
}

using Trained = std::unique_ptr<TrainedTable>;

void take_growth(const TrainerSettings& settings, TreeSettings& growth) {
  growth.max_depth = settings.depth.value_or(growth.max_depth);
  growth.min_samples_leaf = settings.min_leaf.value_or(growth.min_samples_leaf);
  growth.min_samples_split = settings.min_split.value_or(growth.min_samples_split);
  growth.max_leaf_nodes = settings.max_leaves.value_or(growth.max_leaf_nodes);
  if (settings.entropy) growth.criterion = Criterion::kEntropy;
}

// How many of the features are drawn for each split; 0 for the usual number.
std::size_t drawn_features(const TrainerSettings& settings, std::size_t columns) {
  if (settings.max_features) {
    const double wanted = *settings.max_features;
    const auto of_all = static_cast<double>(columns);
    return static_cast<std::size_t>(
        std::clamp(wanted < 1.0 ? std::floor(wanted * of_all) : wanted, 1.0, of_all));
  }
  if (settings.drawn == "sqrt") return usual_max_features(columns, true);
  if (settings.drawn == "log2") return std::max<std::size_t>(std::bit_width(columns) - 1, 1);
  return settings.drawn == "all" ? columns : 0;
}

Trained train_one_tree(const FeatureTable& table, const Target& target, Rows rows,
                       const TrainerSettings& settings, const TrainingProgress& progress) {
  PrunedTreeSettings tree;
  tree.growth.min_samples_leaf = kUsualLeaf;
  take_growth(settings, tree.growth);
  if (!settings.min_leaf) tree.min_samples_leaves = {kUsualLeaf, 1};
  tree.smoothing = target.classes == 2 ? kTwoClassesSmoothing : kSmoothing;
  tree.heeds_probabilities = true;
  if (settings.alpha) tree.folds = 0;
  tree.alpha = settings.alpha.value_or(0.0);
  tree.seed = settings.seed;
  PrunedTree trained =
      train_tree(table, target, rows, weights_for(target, rows, settings.balanced), tree, progress);
  return std::make_unique<Trees>(
      std::move(trained.model),
      Json{{"alpha", trained.alpha}, {"min_leaf", trained.min_samples_leaf}});
}

Trained train_many_trees(const FeatureTable& table, const Target& target, Rows rows,
                         const TrainerSettings& settings, const TrainingProgress& progress) {
  ForestSettings forest;
  forest.trees = settings.trees.value_or(forest.trees);
  forest.seed = settings.seed;
  take_growth(settings, forest.growth);
  forest.growth.max_features = drawn_features(settings, table.columns);
  Forest trained = train_forest(table, target, rows, weights_for(target, rows, settings.balanced),
                                forest, progress);
  Json facts{{"trees", forest.trees}};
  facts["out_of_bag_score"] =
      std::isnan(trained.out_of_bag_score) ? Json() : Json(trained.out_of_bag_score);
  return std::make_unique<Trees>(std::move(trained.model), std::move(facts));
}

Trained train_boosting(const FeatureTable& table, const Target& target, Rows rows,
                       const TrainerSettings& settings, const TrainingProgress& progress) {
  BoostedSettings boosted;
  boosted.rounds = settings.rounds.value_or(boosted.rounds);
  if (target.classes > 2) {
    boosted.l2 = kSeveralClassesL2;
    boosted.learning_rate = kSeveralClassesRate;
  }
  boosted.learning_rate = settings.learning_rate.value_or(boosted.learning_rate);
  boosted.max_depth = settings.depth.value_or(0);
  boosted.max_leaf_nodes = settings.max_leaves.value_or(boosted.max_leaf_nodes);
  boosted.l2 = settings.l2.value_or(boosted.l2);
  boosted.max_bins = settings.max_bins.value_or(boosted.max_bins);
  boosted.min_samples_leaf = settings.min_leaf.value_or(
      std::clamp<std::size_t>(rows.size() / 20, 2, boosted.min_samples_leaf));
  // Where a tenth of the rows is few, chance decides which round is best, so more are asked; and
  // what they are taken away from the model is given back, unless there are plenty.
  boosted.folds = rows.size() < kFewRows ? 5 : rows.size() < kManyRows ? 1 : 0;
  boosted.seed = settings.seed;
  Boosted trained = train_boosted(table, target, rows, weights_for(target, rows, settings.balanced),
                                  boosted, progress);
  return std::make_unique<Trees>(
      std::move(trained.model),
      Json{{"rounds", trained.rounds}, {"min_leaf", boosted.min_samples_leaf}});
}

Trained train_linear_machine(const FeatureTable& table, const Target& target, Rows rows,
                             const TrainerSettings& settings, const TrainingProgress& progress) {
  LinearSvmSettings svm;
  svm.cost = settings.cost.value_or(1.0);
  svm.balanced = settings.balanced;
  svm.seed = settings.seed;
  LinearSvmModel model = train_linear_svm(table, target, rows, {}, svm, progress);
  Json facts{{"kernel", "linear"}, {"cost", svm.cost}, {"converged", model.converged}};
  return std::make_unique<Linear<LinearSvmModel>>(std::move(model), std::move(facts));
}

// Learns the target in units of its spread, of which a tube of a tenth means something, and turns
// the machine's numbers back.
SvmModel train_svm_numbers(const FeatureTable& table, const Target& target, Rows rows,
                           const SvmSettings& settings, const TrainingProgress& progress) {
  const auto n = static_cast<double>(target.numbers.size());
  double mean = 0;
  for (const double number : target.numbers) mean += number / n;
  double variance = 0;
  for (const double number : target.numbers) variance += (number - mean) * (number - mean) / n;
  const double spread = variance > 0 ? std::sqrt(variance) : 1.0;
  Target scaled;
  for (const double number : target.numbers) scaled.numbers.push_back((number - mean) / spread);
  SvmModel model = train_svm_regressor(table, scaled, rows, {}, settings, progress);
  for (float& coefficient : model.coefficients) {
    coefficient = static_cast<float>(static_cast<double>(coefficient) * spread);
  }
  for (float& rho : model.rho) {
    rho = static_cast<float>(static_cast<double>(rho) * spread + mean);
  }
  return model;
}

Trained train_machine(const FeatureTable& table, const Target& target, Rows rows,
                      const TrainerSettings& settings, const TrainingProgress& progress) {
  const bool linear =
      settings.kernel == "linear" || (settings.kernel == "auto" && rows.size() > kMostRbfRows);
  if (linear && target.classes > 0) {
    return train_linear_machine(table, target, rows, settings, progress);
  }
  SvmSettings svm;
  svm.kernel = linear ? SvmKernel::kLinear : SvmKernel::kRbf;
  svm.cost = settings.cost.value_or(1.0);
  svm.gamma = settings.gamma.value_or(0.0);
  svm.tube = settings.tube.value_or(svm.tube);
  svm.balanced = settings.balanced;
  svm.seed = settings.seed;
  SvmModel model = target.classes > 0 ? train_svm_classifier(table, target, rows, {}, svm, progress)
                                      : train_svm_numbers(table, target, rows, svm, progress);
  Json facts{{"kernel", linear ? "linear" : "rbf"},
             {"cost", svm.cost},
             {"vectors", model.supports()},
             {"converged", model.converged}};
  if (!linear) facts["gamma"] = model.gamma;
  return std::make_unique<Linear<SvmModel>>(std::move(model), std::move(facts));
}

Trained train_line(const FeatureTable& table, const Target& target, Rows rows,
                   const TrainerSettings& settings, const TrainingProgress& progress) {
  LinearRegressionSettings linear;
  if (settings.l1_ratio) {
    if (!settings.alpha) {
      throw_error(ErrorCode::kInvalidInput, "an elastic net needs the size of its penalty", {},
                  {"alpha"}, {"a number from 0"}, {"none"});
    }
    linear.penalty = Penalty::kElasticNet;
    linear.l1_ratio = *settings.l1_ratio;
  }
  linear.alpha = settings.alpha.value_or(1.0);
  LinearRegression model = train_linear_regression(table, target, rows, {}, linear, progress);
  Json facts{{"penalty", settings.l1_ratio ? "elastic net" : "ridge"},
             {"alpha", linear.alpha},
             {"intercept", model.intercept},
             {"converged", model.converged}};
  if (settings.l1_ratio) facts["l1_ratio"] = linear.l1_ratio;
  return std::make_unique<Linear<LinearRegression>>(std::move(model), std::move(facts));
}

Trained train_log_odds(const FeatureTable& table, const Target& target, Rows rows,
                       const TrainerSettings& settings, const TrainingProgress& progress) {
  LogisticSettings logistic;
  logistic.cost = settings.cost.value_or(1.0);
  logistic.balanced = settings.balanced;
  LogisticModel model = train_logistic(table, target, rows, {}, logistic, progress);
  Json facts{{"cost", logistic.cost}, {"rounds", model.rounds}, {"converged", model.converged}};
  return std::make_unique<Linear<LogisticModel>>(std::move(model), std::move(facts));
}

Trained train_layers(const FeatureTable& table, const Target& target, Rows rows,
                     const TrainerSettings& settings, const TrainingProgress& progress) {
  network::Design usual;
  usual.units = {64, 32};
  usual.dropout = 0.1f;
  network::FitSettings usual_fit;
  usual_fit.epochs = 100;
  // Enough steps for few rows, large products for many.
  usual_fit.batch = std::clamp<std::size_t>(rows.size() / 150, 16, 256);
  network::FitSettings fit = network::fit_of(settings.network, usual_fit);
  fit.balanced = settings.balanced;
  fit.seed = settings.seed;
  const network::Design design = network::design_of(settings.network, usual);
  Random random(settings.seed);
  const std::size_t outputs = target.classes > 0 ? static_cast<std::size_t>(target.classes) : 1;
  network::Trained trained =
      network::train(network::features_network(table.columns, outputs, design, random),
                     Layers::examples_of(table), target, rows, settings.network, fit, progress);
  Json facts = network::facts_of(trained, design, fit, settings.network);
  facts["units"] = network::listed(design.units);
  return std::make_unique<Layers>(std::move(trained), design.units.front(), std::move(facts));
}

}  // namespace

std::string_view name_of(TableKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<TableKind> table_kind(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kKindNames); ++i) {
    if (kKindNames[i] == name) return static_cast<TableKind>(i);
  }
  return std::nullopt;
}

bool reads_missing(TableKind kind) { return kind == TableKind::kBoosted; }

bool wants_scaled(TableKind kind) {
  return kind == TableKind::kSvm || kind == TableKind::kLinear || kind == TableKind::kLogistic ||
         kind == TableKind::kMlp;
}

TableAnswers answers_of(network::Network& network, const network::Examples& examples, Rows rows) {
  const std::vector<float> said = network.answer(examples, rows);
  TableAnswers answers;
  if (network.classes()) {
    answers.probabilities.assign(said.begin(), said.end());
    answers.labels = labels_of(answers.probabilities, static_cast<std::int32_t>(network.outputs()));
  } else {
    answers.numbers.assign(said.begin(), said.end());
  }
  return answers;
}

std::unique_ptr<TrainedTable> train_on(const FeatureTable& table, const Target& target,
                                       const TrainerSettings& settings,
                                       const TrainingProgress& progress) {
  const std::vector<std::uint32_t> rows = table.every_row();
  switch (settings.kind) {
    case TableKind::kTree:
      return train_one_tree(table, target, rows, settings, progress);
    case TableKind::kForest:
      return train_many_trees(table, target, rows, settings, progress);
    case TableKind::kBoosted:
      return train_boosting(table, target, rows, settings, progress);
    case TableKind::kSvm:
      return train_machine(table, target, rows, settings, progress);
    case TableKind::kLinear:
      if (target.classes > 0) refuse_task(settings.kind, "numbers", "classes");
      return train_line(table, target, rows, settings, progress);
    case TableKind::kLogistic:
      if (target.classes == 0) refuse_task(settings.kind, "classes", "numbers");
      return train_log_odds(table, target, rows, settings, progress);
    case TableKind::kMlp:
      return train_layers(table, target, rows, settings, progress);
  }
  refuse_task(settings.kind, "a kind of model", "none");
}

}  // namespace storewise::train
