#include "train/tree_prune.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>

#include "train/solve.h"

namespace storewise::train {
namespace {

constexpr std::size_t kNoParent = std::numeric_limits<std::size_t>::max();

// From so many rows on, one part of them held out says as much as all parts in turn.
constexpr std::size_t kManyRows = 20000;

// What cutting a branch would cost, when that was reckoned.
struct Candidate {
  double alpha;
  std::size_t node;
  std::uint32_t version;  // of the node's sums

  // The queue gives the greatest first.
  bool operator<(const Candidate& other) const {
    return alpha > other.alpha || (alpha == other.alpha && node > other.node);
  }
};

std::vector<std::size_t> parents_of(const Tree& tree) {
  std::vector<std::size_t> parent(tree.nodes(), kNoParent);
  for (std::size_t i = 0; i < tree.nodes(); ++i) {
    if (tree.feature[i] < 0) continue;
    parent[static_cast<std::size_t>(tree.left[i])] = i;
    parent[static_cast<std::size_t>(tree.right[i])] = i;
  }
  return parent;
}

// Children come after their parents, so one pass from behind sums branches up.
template <typename Number>
void sum_branches(const std::vector<std::size_t>& parent, std::vector<Number>& sums) {
  for (std::size_t i = parent.size(); i-- > 1;) sums[parent[i]] += sums[i];
}

// Errors on rows that a tree was not grown from, for each alpha of an ascending list.
class HeldOut {
 public:
  HeldOut(const FeatureTable& table, const Target& target, Rows rows, bool heeds_probabilities)
      : table_(table), target_(target), rows_(rows), heeds_probabilities_(heeds_probabilities) {}

  // Adds to errors[a] the weighted error of the tree pruned by alphas[a], on the positions.
  void add(const Tree& tree, std::span<const std::uint32_t> positions,
           std::span<const double> weights, std::span<const double> alphas,
           std::span<double> errors) const {
    const std::size_t n = tree.nodes();
    const std::vector<std::size_t> parent = parents_of(tree);
    std::vector<double> own(n, 0.0);  // error of the rows that reach a node, were it a leaf
    for (const std::uint32_t position : positions) {
      const std::uint32_t row = rows_[position];
      for (std::size_t at = tree.leaf_of(table_, row); at != kNoParent; at = parent[at]) {
        own[at] += weights[position] * error(tree, at, row);
      }
    }
    std::vector<double> branch(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) branch[i] = tree.feature[i] < 0 ? own[i] : 0.0;
    sum_branches(parent, branch);
    const std::vector<PruningStep> path = pruning_path(tree);
    std::size_t step = 1;
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      for (; step < path.size() && path[step].alpha <= alphas[a]; ++step) {
        const auto node = static_cast<std::size_t>(path[step].node);
        const double change = own[node] - branch[node];
        for (std::size_t at = node; at != kNoParent; at = parent[at]) branch[at] += change;
      }
      errors[a] += branch[0];
    }
  }

 private:
  double error(const Tree& tree, std::size_t node, std::uint32_t row) const {
    const double* value = tree.value.data() + node * tree.outputs;
    if (target_.classes == 0) {
      const double gap = value[0] - target_.numbers[row];
      return gap * gap;
    }
    const auto label = std::max_element(value, value + tree.outputs) - value;
    const double wrong = label == target_.labels[row] ? 0.0 : 1.0;
    if (!heeds_probabilities_) return wrong;
    double squares = 0;
    for (std::size_t k = 0; k < tree.outputs; ++k) {
      const double truth = static_cast<std::int32_t>(k) == target_.labels[row] ? 1.0 : 0.0;
      squares += (value[k] - truth) * (value[k] - truth);
    }
    return (wrong + squares) / 2.0;
  }

  const FeatureTable& table_;
  const Target& target_;
  Rows rows_;
  bool heeds_probabilities_;
};

// Between two steps of the path every alpha prunes alike; the geometric mean stands for them.
std::vector<double> candidates_of(const Tree& tree) {
  std::vector<double> steps;
  for (const PruningStep& step : pruning_path(tree)) {
    const double alpha = std::max(step.alpha, 0.0);
    if (steps.empty() || alpha > steps.back()) steps.push_back(alpha);
  }
  std::vector<double> alphas;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    alphas.push_back(i + 1 < steps.size() ? std::sqrt(steps[i] * steps[i + 1]) : steps[i]);
  }
  return alphas;
}

// Adds to every node `smoothing` rows of its parent, who has those of its own; parents come first.
void smooth(Tree& tree, double smoothing) {
  if (!(smoothing > 0)) return;
  const std::vector<std::size_t> parent = parents_of(tree);
  for (std::size_t i = 1; i < tree.nodes(); ++i) {
    const double* above = tree.value.data() + parent[i] * tree.outputs;
    double* value = tree.value.data() + i * tree.outputs;
    for (std::size_t k = 0; k < tree.outputs; ++k) {
      value[k] = (tree.cover[i] * value[k] + smoothing * above[k]) / (tree.cover[i] + smoothing);
    }
  }
}

void check_pruning(const PrunedTreeSettings& settings) {
  check_settings(settings.growth);
  check_setting(settings.folds == 0 || settings.folds >= 2, "folds", "0, or 2 or more",
                settings.folds);
  check_setting(settings.alpha >= 0 && std::isfinite(settings.alpha), "alpha", "0 or more",
                settings.alpha);
  check_setting(settings.smoothing >= 0 && std::isfinite(settings.smoothing), "smoothing",
                "0 or more", settings.smoothing);
  for (const std::size_t rows : settings.min_samples_leaves) {
    TreeSettings growth = settings.growth;
    growth.min_samples_leaf = rows;
    check_settings(growth);
  }
}

// One way to grow, and what cross-validation says of it.
struct Trial {
  TreeSettings growth;
  Tree tree;  // of all rows, unpruned
  double alpha = 0;
  double error = std::numeric_limits<double>::infinity();  // at alpha
  std::vector<double> alphas;
  std::vector<double> errors;
};

// Grows and prunes trees of one set of rows.
class PrunedTrainer {
 public:
  PrunedTrainer(const FeatureTable& table, const Target& target, Rows rows,
                std::span<const double> weights, const PrunedTreeSettings& settings,
                std::function<void()> grown)
      : weights_(weights),
        settings_(settings),
        grown_(std::move(grown)),
        grower_(table, target, rows),
        held_out_(table, target, rows, settings.heeds_probabilities),
        random_(settings.seed) {
    if (settings.folds == 0) return;
    fold_ = fold_of(target, rows, static_cast<std::uint32_t>(settings.folds), settings.seed);
    parts_ = rows.size() < kManyRows ? static_cast<std::uint32_t>(settings.folds) : 1;
  }

  // Trees that a trial grows.
  std::size_t trees() const { return parts_ + 1; }

  Trial attempt(std::size_t min_samples_leaf) {
    Trial trial;
    trial.growth = settings_.growth;
    trial.growth.min_samples_leaf = min_samples_leaf;
    trial.tree = grow(weights_, trial.growth);
    trial.alpha = settings_.alpha;
    if (parts_ == 0) return trial;
    trial.alphas = candidates_of(trial.tree);
    trial.errors.assign(trial.alphas.size(), 0.0);
    std::vector<std::vector<double>> of_part;
    double tested = 0;
    for (std::uint32_t part = 0; part < parts_; ++part) {
      tested += add_errors(trial, part, of_part);
    }
    for (double& error : trial.errors) error /= std::max(tested, kPositive);
    choose_alpha(trial, of_part);
    return trial;
  }

 private:
  static constexpr double kPositive = std::numeric_limits<double>::min();

  Tree grow(std::span<const double> weights, const TreeSettings& growth) {
    Tree tree = grower_.grow(weights, growth, random_);
    smooth(tree, settings_.smoothing);
    grown_();
    return tree;
  }

  // Adds to the trial's errors those of rows that a tree of the others did not see, and keeps their
  // means; the weight of the rows. A part without weight says nothing, and without the rest there
  // is no tree: 0.
  double add_errors(Trial& trial, std::uint32_t part, std::vector<std::vector<double>>& of_part) {
    std::vector<double> kept(weights_.begin(), weights_.end());
    std::vector<std::uint32_t> out;
    double out_weight = 0;
    double whole = 0;
    for (std::uint32_t i = 0; i < fold_.size(); ++i) {
      whole += weights_[i];
      if (fold_[i] != part) continue;
      kept[i] = 0.0;
      out.push_back(i);
      out_weight += weights_[i];
    }
    if (!(out_weight > 0) || !(out_weight < whole)) return 0;
    const Tree partial = grow(kept, trial.growth);
    std::vector<double>& errors = of_part.emplace_back(trial.alphas.size(), 0.0);
    held_out_.add(partial, out, weights_, trial.alphas, errors);
    for (std::size_t a = 0; a < errors.size(); ++a) {
      trial.errors[a] += errors[a];
      errors[a] /= out_weight;
    }
    return out_weight;
  }

  // The larger alpha wins among equals, up to the rounding of the sums.
  void choose_alpha(Trial& trial, const std::vector<std::vector<double>>& of_part) const {
    const std::vector<double>& errors = trial.errors;
    const auto best =
        static_cast<std::size_t>(std::min_element(errors.begin(), errors.end()) - errors.begin());
    double limit = errors[best] * (1.0 + 1e-12);
    if (settings_.one_standard_error && of_part.size() > 1) {
      const auto n = static_cast<double>(of_part.size());
      double mean = 0;
      double squares = 0;
      for (const auto& parts : of_part) mean += parts[best] / n;
      for (const auto& parts : of_part) squares += (parts[best] - mean) * (parts[best] - mean);
      limit += std::sqrt(squares / (n - 1.0) / n);
    }
    for (std::size_t a = 0; a < errors.size(); ++a) {
      if (errors[a] > limit) continue;
      trial.alpha = trial.alphas[a];
      trial.error = errors[best];
    }
  }

  std::span<const double> weights_;
  const PrunedTreeSettings& settings_;
  std::function<void()> grown_;
  TreeGrower grower_;
  HeldOut held_out_;
  Random random_;
  std::vector<std::uint32_t> fold_;
  std::uint32_t parts_ = 0;  // of the folds, that are tested on
};

}  // namespace

std::vector<PruningStep> pruning_path(const Tree& tree) {
  const std::size_t n = tree.nodes();
  const std::vector<std::size_t> parent = parents_of(tree);
  std::vector<double> own(n);     // share of the rows x impurity
  std::vector<double> branch(n);  // of the leaves below
  std::vector<std::int64_t> leaves(n);
  for (std::size_t i = 0; i < n; ++i) {
    own[i] = tree.cover[i] / tree.cover[0] * tree.impurity[i];
    branch[i] = tree.feature[i] < 0 ? own[i] : 0.0;
    leaves[i] = tree.feature[i] < 0 ? 1 : 0;
  }
  sum_branches(parent, branch);
  sum_branches(parent, leaves);
  std::vector<std::uint32_t> version(n, 0);
  std::vector<std::uint8_t> gone(n, 0);
  std::priority_queue<Candidate> queue;
  const auto offer = [&](std::size_t i) {
    queue.push({(own[i] - branch[i]) / static_cast<double>(leaves[i] - 1), i, version[i]});
  };
  for (std::size_t i = 0; i < n; ++i) {
    if (tree.feature[i] >= 0) offer(i);
  }
  std::vector<PruningStep> path{{-1, 0.0, branch[0]}};
  std::vector<std::size_t> below;
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    if (gone[best.node] != 0 || version[best.node] != best.version) continue;
    below.assign(1, best.node);
    while (!below.empty()) {
      const std::size_t i = below.back();
      below.pop_back();
      if (gone[i] != 0) continue;
      gone[i] = 1;
      if (tree.feature[i] < 0) continue;
      below.push_back(static_cast<std::size_t>(tree.left[i]));
      below.push_back(static_cast<std::size_t>(tree.right[i]));
    }
    const double change = own[best.node] - branch[best.node];
    const std::int64_t fewer = leaves[best.node] - 1;
    for (std::size_t at = parent[best.node]; at != kNoParent; at = parent[at]) {
      branch[at] += change;
      leaves[at] -= fewer;
      ++version[at];
      offer(at);
    }
    if (best.node == 0) branch[0] = own[0];
    path.push_back({static_cast<std::int32_t>(best.node), best.alpha, branch[0]});
  }
  return path;
}

Tree prune(const Tree& tree, double alpha) {
  std::vector<std::uint8_t> cut(tree.nodes(), 0);
  for (const PruningStep& step : pruning_path(tree)) {
    if (step.node < 0) continue;
    if (step.alpha > alpha) break;
    cut[static_cast<std::size_t>(step.node)] = 1;
  }
  return cut_branches(tree, cut);
}

PrunedTree train_tree(const FeatureTable& table, const Target& target, Rows rows,
                      std::span<const double> weights, const PrunedTreeSettings& settings,
                      const TrainingProgress& progress) {
  check_pruning(settings);
  check_training_data(table, target, rows, weights, false);
  check_setting(settings.folds <= static_cast<std::int64_t>(rows.size()), "folds",
                "no more than rows", settings.folds);
  std::vector<std::size_t> leaves = settings.min_samples_leaves;
  if (leaves.empty() || settings.folds == 0) leaves.assign(1, settings.growth.min_samples_leaf);
  std::size_t grown = 0;
  std::size_t all = 0;
  const auto report = [&] {
    if (progress) progress("growing", grown++, all);
  };
  PrunedTrainer trainer(table, target, rows, weights, settings, report);
  all = leaves.size() * trainer.trees();
  report();
  // The first that is best by its error in cross-validation.
  Trial best = trainer.attempt(leaves.front());
  for (std::size_t i = 1; i < leaves.size(); ++i) {
    Trial trial = trainer.attempt(leaves[i]);
    if (trial.error < best.error * (1.0 - 1e-12)) best = std::move(trial);
  }
  PrunedTree result;
  result.min_samples_leaf = best.growth.min_samples_leaf;
  result.alpha = best.alpha;
  result.alphas = std::move(best.alphas);
  result.errors = std::move(best.errors);
  TreeEnsemble& model = result.model;
  model.classes = target.classes;
  model.columns = table.columns;
  model.trees.push_back(prune(best.tree, result.alpha));
  model.base.assign(target.classes == 2 ? 1 : model.answers(), 0.0);
  model.importance.assign(table.columns, 0.0);
  add_importance(model.trees[0], model.importance);
  normalise(model.importance);
  if (target.classes == 2) keep_second_class(model.trees[0]);
  round_for_exact_sums(model);
  return result;
}

}  // namespace storewise::train
