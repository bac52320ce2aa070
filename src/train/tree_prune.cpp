#include "train/tree_prune.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "train/solve.h"

namespace storewise::train {
namespace {

constexpr std::size_t kNoParent = std::numeric_limits<std::size_t>::max();

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
  HeldOut(const FeatureTable& table, const Target& target, Rows rows)
      : table_(table), target_(target), rows_(rows) {}

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
    return label == target_.labels[row] ? 0.0 : 1.0;
  }

  const FeatureTable& table_;
  const Target& target_;
  Rows rows_;
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
  check_settings(settings.growth);
  check_setting(settings.folds == 0 || settings.folds >= 2, "folds", "0, or 2 or more",
                settings.folds);
  check_setting(settings.alpha >= 0 && std::isfinite(settings.alpha), "alpha", "0 or more",
                settings.alpha);
  check_training_data(table, target, rows, weights, false);
  const auto folds = static_cast<std::uint32_t>(settings.folds);
  check_setting(folds <= rows.size(), "folds", "no more than rows", folds);
  const auto report = [&](std::size_t done) {
    if (progress) progress("growing", done, folds + 1);
  };
  report(0);
  TreeGrower grower(table, target, rows);
  Random random(settings.seed);
  Tree tree = grower.grow(weights, settings.growth, random);
  PrunedTree result;
  result.alpha = settings.alpha;
  if (folds > 0) {
    result.alphas = candidates_of(tree);
    std::vector<double>& errors = result.errors;
    errors.assign(result.alphas.size(), 0.0);
    std::vector<std::vector<double>> of_fold;
    const std::vector<std::uint32_t> fold = fold_of(target, rows, folds, settings.seed);
    const HeldOut held_out(table, target, rows);
    double whole = 0;
    for (const double weight : weights) whole += weight;
    for (std::uint32_t f = 0; f < folds; ++f) {
      report(f + 1);
      std::vector<double> kept(weights.begin(), weights.end());
      std::vector<std::uint32_t> out;
      double out_weight = 0;
      for (std::uint32_t i = 0; i < fold.size(); ++i) {
        if (fold[i] != f) continue;
        kept[i] = 0.0;
        out.push_back(i);
        out_weight += weights[i];
      }
      // A part without weight says nothing, and without the rest there is no tree.
      if (!(out_weight > 0) || !(out_weight < whole)) continue;
      const Tree partial = grower.grow(kept, settings.growth, random);
      of_fold.emplace_back(errors.size(), 0.0);
      held_out.add(partial, out, weights, result.alphas, of_fold.back());
      for (std::size_t a = 0; a < errors.size(); ++a) {
        errors[a] += of_fold.back()[a] / whole;
        of_fold.back()[a] /= out_weight;
      }
    }
    // The larger alpha wins among equals, up to the rounding of the sums.
    const auto least = std::min_element(errors.begin(), errors.end());
    double limit = *least * (1.0 + 1e-12);
    if (settings.one_standard_error && of_fold.size() > 1) {
      const auto best = static_cast<std::size_t>(least - errors.begin());
      const auto n = static_cast<double>(of_fold.size());
      double mean = 0;
      double squares = 0;
      for (const auto& parts : of_fold) mean += parts[best] / n;
      for (const auto& parts : of_fold) squares += (parts[best] - mean) * (parts[best] - mean);
      limit += std::sqrt(squares / (n - 1.0) / n);
    }
    for (std::size_t a = 0; a < errors.size(); ++a) {
      if (errors[a] <= limit) result.alpha = result.alphas[a];
    }
  }
  TreeEnsemble& model = result.model;
  model.classes = target.classes;
  model.columns = table.columns;
  model.trees.push_back(prune(tree, result.alpha));
  model.base.assign(target.classes == 2 ? 1 : model.answers(), 0.0);
  model.importance.assign(table.columns, 0.0);
  add_importance(model.trees[0], model.importance);
  normalise(model.importance);
  if (target.classes == 2) keep_second_class(model.trees[0]);
  round_for_exact_sums(model);
  report(folds + 1);
  return result;
}

}  // namespace storewise::train
