#include "train/boosted.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>

#include "train/math.h"
#include "train/solve.h"
#include "train/split.h"

namespace storewise::train {
namespace {

// Both children must be this curved, or a Newton step from them means nothing.
constexpr double kMinCurvature = 1e-3;
constexpr double kLeastImprovement = 1e-7;
constexpr std::size_t kSampledForBins = 200000;
constexpr std::size_t kManyRows = 20000;

// A column's upper edges: bin b holds edges[b-1] < x <= edges[b], the last bin has none; missing
// values are in bin edges.size() + 1.
using Edges = std::vector<float>;

// Edges so that bins hold about equally many of the values; what alone would fill a bin gets one.
Edges find_edges(std::vector<float>& values, std::size_t max_bins) {
  std::sort(values.begin(), values.end());
  std::vector<float> distinct;
  std::vector<std::size_t> counts;
  for (const float value : values) {
    if (distinct.empty() || value != distinct.back()) {
      distinct.push_back(value);
      counts.push_back(0);
    }
    ++counts.back();
  }
  Edges edges;
  if (distinct.size() <= max_bins) {
    for (std::size_t i = 1; i < distinct.size(); ++i) {
      edges.push_back(threshold_between(distinct[i - 1], distinct[i]));
    }
    return edges;
  }
  const std::size_t fair = (values.size() + max_bins - 1) / max_bins;
  std::size_t rest = values.size();
  std::size_t bins = max_bins;
  for (const std::size_t count : counts) {
    if (count < fair) continue;
    rest -= count;
    --bins;
  }
  std::size_t held = 0;
  for (std::size_t i = 0; i + 1 < distinct.size() && edges.size() + 1 < max_bins; ++i) {
    const bool large = counts[i] >= fair;
    held += counts[i];
    if (!large) rest -= counts[i];
    const bool next_large = counts[i + 1] >= fair;
    // Half a fair share before a large value is better than to be lost in its bin.
    const std::size_t share = (rest + held) / std::max<std::size_t>(bins, 1);
    if (!large && held < share && !(next_large && 2 * held >= share)) continue;
    edges.push_back(threshold_between(distinct[i], distinct[i + 1]));
    if (!large && bins > 0) --bins;
    held = 0;
  }
  return edges;
}

// The rows' bins, column after column, and where each column's bins begin in a histogram.
struct BinnedTable {
  std::size_t rows = 0;
  std::vector<Edges> edges;           // [columns]
  std::vector<std::uint8_t> bins;     // [columns][rows]
  std::vector<std::uint8_t> missing;  // [columns] 1 where a value is missing
  std::vector<std::size_t> starts;    // [columns + 1] in a histogram

  std::size_t columns() const { return edges.size(); }
  std::size_t missing_bin(std::size_t column) const { return edges[column].size() + 1; }
};

BinnedTable bin_table(const FeatureTable& table, Rows rows, std::size_t max_bins) {
  BinnedTable binned;
  binned.rows = rows.size();
  binned.bins.resize(table.columns * rows.size());
  binned.starts.push_back(0);
  const std::size_t step = (rows.size() + kSampledForBins - 1) / kSampledForBins;
  std::vector<float> values;
  for (std::size_t c = 0; c < table.columns; ++c) {
    const auto column = table.column(c);
    values.clear();
    for (std::size_t i = 0; i < rows.size(); i += step) {
      if (!std::isnan(column[rows[i]])) values.push_back(column[rows[i]] + 0.0f);  // no -0
    }
    // One bin stays for missing values.
    binned.edges.push_back(find_edges(values, max_bins));
    const Edges& edges = binned.edges.back();
    bool missing = false;
    std::uint8_t* bins = binned.bins.data() + c * rows.size();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const float x = column[rows[i]];
      std::size_t bin = edges.size() + 1;
      if (std::isnan(x)) {
        missing = true;
      } else {
        bin = static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), x) -
                                       edges.begin());
      }
      bins[i] = static_cast<std::uint8_t>(bin);
    }
    binned.missing.push_back(missing ? 1 : 0);
    binned.starts.push_back(binned.starts.back() + edges.size() + (missing ? 2 : 1));
  }
  return binned;
}

// First and second derivative of the loss, of a row or summed.
struct Slope {
  double gradient = 0;
  double curvature = 0;
};

struct Histogram {
  std::vector<Slope> slopes;          // by bin
  std::vector<std::uint32_t> counts;  // rows
};

struct Split {
  double gain = 0;
  std::size_t column = 0;
  std::size_t bin = 0;  // rows with bins up to this go left
  bool missing_left = false;
  bool found = false;
};

// A leaf that may be split.
struct Leaf {
  std::int32_t node = 0;
  std::size_t begin = 0, end = 0;  // of the order of rows
  std::size_t depth = 0;
  Slope sum;
  std::unique_ptr<Histogram> histogram;
  Split split;
};

class BoostedGrower {
 public:
  BoostedGrower(const BinnedTable& table, const BoostedSettings& settings)
      : table_(table), settings_(settings) {}

  // Grows one tree from the slopes of `rows` (rows of the binned table) and adds its values, times
  // the learning rate, to `scores`, by row with `stride`. Covers are sums of `weights`.
  Tree grow(std::span<const std::uint32_t> rows, std::span<const Slope> slopes,
            std::span<const double> weights, double* scores, std::size_t stride,
            std::span<double> importance);

 private:
  std::unique_ptr<Histogram> take_histogram();
  void count(const Leaf& leaf, std::span<const Slope> slopes);
  void find_split(Leaf& leaf) const;
  void scan(const Leaf& leaf, std::size_t column, bool missing_left, Split& best) const;
  bool may_split(const Leaf& leaf) const;
  std::size_t divide(const Leaf& leaf);
  double gain_of(const Slope& sum) const {
    return sum.gradient * sum.gradient / (sum.curvature + settings_.l2);
  }
  double value_of(const Slope& sum) const {
    const double curvature = sum.curvature + settings_.l2;
    return curvature > 0 ? -settings_.learning_rate * sum.gradient / curvature : 0.0;
  }

  const BinnedTable& table_;
  const BoostedSettings& settings_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> moved_;
  std::vector<Slope> ordered_;  // slopes of a leaf's rows, side by side
  std::vector<std::unique_ptr<Histogram>> free_;
};

std::unique_ptr<Histogram> BoostedGrower::take_histogram() {
  if (!free_.empty()) {
    std::unique_ptr<Histogram> histogram = std::move(free_.back());
    free_.pop_back();
    return histogram;
  }
  auto histogram = std::make_unique<Histogram>();
  histogram->slopes.resize(table_.starts.back());
  histogram->counts.resize(table_.starts.back());
  return histogram;
}

void BoostedGrower::count(const Leaf& leaf, std::span<const Slope> slopes) {
  Histogram& histogram = *leaf.histogram;
  std::fill(histogram.slopes.begin(), histogram.slopes.end(), Slope{});
  std::fill(histogram.counts.begin(), histogram.counts.end(), 0u);
  const std::size_t rows = leaf.end - leaf.begin;
  const std::uint32_t* order = order_.data() + leaf.begin;
  for (std::size_t i = 0; i < rows; ++i) ordered_[i] = slopes[order[i]];
  for (std::size_t c = 0; c < table_.columns(); ++c) {
    const std::uint8_t* bins = table_.bins.data() + c * table_.rows;
    Slope* sums = histogram.slopes.data() + table_.starts[c];
    std::uint32_t* counts = histogram.counts.data() + table_.starts[c];
    for (std::size_t i = 0; i < rows; ++i) {
      const std::uint8_t bin = bins[order[i]];
      sums[bin].gradient += ordered_[i].gradient;
      sums[bin].curvature += ordered_[i].curvature;
      ++counts[bin];
    }
  }
}

bool BoostedGrower::may_split(const Leaf& leaf) const {
  return leaf.end - leaf.begin >= 2 * settings_.min_samples_leaf &&
         (settings_.max_depth == 0 || leaf.depth < settings_.max_depth) &&
         leaf.sum.curvature >= 2 * kMinCurvature;
}

void BoostedGrower::scan(const Leaf& leaf, std::size_t column, bool missing_left,
                         Split& best) const {
  const std::size_t start = table_.starts[column];
  const Slope* sums = leaf.histogram->slopes.data() + start;
  const std::uint32_t* counts = leaf.histogram->counts.data() + start;
  const std::size_t cuts = table_.edges[column].size();  // after which bin
  const bool missing = table_.missing[column] != 0;
  Slope left;
  std::size_t left_count = 0;
  if (missing_left) {
    left = sums[cuts + 1];
    left_count = counts[cuts + 1];
  }
  const std::size_t count = leaf.end - leaf.begin;
  const double before = gain_of(leaf.sum);
  // With missing values on the right alone, they may be split off as a whole.
  const std::size_t last = missing && !missing_left ? cuts + 1 : cuts;
  for (std::size_t bin = 0; bin < last; ++bin) {
    left.gradient += sums[bin].gradient;
    left.curvature += sums[bin].curvature;
    left_count += counts[bin];
    if (counts[bin] == 0 || left_count < settings_.min_samples_leaf) continue;
    if (count - left_count < settings_.min_samples_leaf) return;
    const Slope right{leaf.sum.gradient - left.gradient, leaf.sum.curvature - left.curvature};
    if (left.curvature < kMinCurvature || right.curvature < kMinCurvature) continue;
    const double gain = gain_of(left) + gain_of(right) - before;
    if (!(gain > best.gain)) continue;
    best.gain = gain;
    best.column = column;
    best.bin = bin;
    best.found = true;
    // What is not missing in training goes the way of most, should it be missing later.
    best.missing_left = missing ? missing_left : left_count > count - left_count;
  }
}

void BoostedGrower::find_split(Leaf& leaf) const {
  leaf.split = {};
  for (std::size_t c = 0; c < table_.columns(); ++c) {
    scan(leaf, c, false, leaf.split);
    if (table_.missing[c] != 0) scan(leaf, c, true, leaf.split);
  }
}

std::size_t BoostedGrower::divide(const Leaf& leaf) {
  const std::uint8_t* bins = table_.bins.data() + leaf.split.column * table_.rows;
  const std::size_t missing_bin = table_.missing_bin(leaf.split.column);
  std::size_t left = leaf.begin;
  std::size_t right = 0;
  for (std::size_t i = leaf.begin; i < leaf.end; ++i) {
    const std::uint32_t row = order_[i];
    const std::size_t bin = bins[row];
    const bool goes_left = bin == missing_bin ? leaf.split.missing_left : bin <= leaf.split.bin;
    order_[left] = row;
    moved_[right] = row;
    left += goes_left ? 1 : 0;
    right += goes_left ? 0 : 1;
  }
  std::copy_n(moved_.begin(), right, order_.begin() + static_cast<std::ptrdiff_t>(left));
  return left;
}

Tree BoostedGrower::grow(std::span<const std::uint32_t> rows, std::span<const Slope> slopes,
                         std::span<const double> weights, double* scores, std::size_t stride,
                         std::span<double> importance) {
  order_.assign(rows.begin(), rows.end());
  moved_.resize(rows.size());
  ordered_.resize(rows.size());
  Tree tree;
  std::vector<Leaf> open;  // a heap: the largest gain first, the older node among equals
  std::vector<Leaf> closed;
  const auto worse = [](const Leaf& a, const Leaf& b) {
    return a.split.gain < b.split.gain || (a.split.gain == b.split.gain && a.node > b.node);
  };
  const auto make = [&](std::size_t begin, std::size_t end, std::size_t depth) {
    Leaf leaf;
    leaf.node = tree.add_node();
    leaf.begin = begin;
    leaf.end = end;
    leaf.depth = depth;
    for (std::size_t i = begin; i < end; ++i) {
      leaf.sum.gradient += slopes[order_[i]].gradient;
      leaf.sum.curvature += slopes[order_[i]].curvature;
      tree.cover[static_cast<std::size_t>(leaf.node)] += weights[order_[i]];
    }
    tree.value[static_cast<std::size_t>(leaf.node)] = value_of(leaf.sum);
    return leaf;
  };
  const auto keep = [&](Leaf leaf) {
    if (leaf.histogram) find_split(leaf);
    if (leaf.split.found) {
      open.push_back(std::move(leaf));
      std::push_heap(open.begin(), open.end(), worse);
      return;
    }
    if (leaf.histogram) free_.push_back(std::move(leaf.histogram));
    closed.push_back(std::move(leaf));
  };
  Leaf root = make(0, rows.size(), 0);
  if (may_split(root)) {
    root.histogram = take_histogram();
    count(root, slopes);
  }
  keep(std::move(root));
  while (!open.empty() && open.size() + closed.size() < settings_.max_leaf_nodes) {
    std::pop_heap(open.begin(), open.end(), worse);
    Leaf parent = std::move(open.back());
    open.pop_back();
    const std::size_t middle = divide(parent);
    const auto at = static_cast<std::size_t>(parent.node);
    const std::size_t column = parent.split.column;
    importance[column] += parent.split.gain;
    const Edges& edges = table_.edges[column];
    tree.feature[at] = static_cast<std::int32_t>(column);
    tree.threshold[at] = parent.split.bin < edges.size() ? edges[parent.split.bin]
                                                         : std::numeric_limits<float>::infinity();
    tree.missing_left[at] = parent.split.missing_left ? 1 : 0;
    Leaf left = make(parent.begin, middle, parent.depth + 1);
    Leaf right = make(middle, parent.end, parent.depth + 1);
    tree.left[at] = left.node;
    tree.right[at] = right.node;
    // What can't be split any more needs no histogram.
    const bool full = open.size() + closed.size() + 2 >= settings_.max_leaf_nodes;
    Leaf& small = middle - parent.begin <= parent.end - middle ? left : right;
    Leaf& large = &small == &left ? right : left;
    if (!full && (may_split(small) || may_split(large))) {
      small.histogram = take_histogram();
      count(small, slopes);
      if (may_split(large)) {
        large.histogram = std::move(parent.histogram);
        for (std::size_t b = 0; b < table_.starts.back(); ++b) {
          large.histogram->slopes[b].gradient -= small.histogram->slopes[b].gradient;
          large.histogram->slopes[b].curvature -= small.histogram->slopes[b].curvature;
          large.histogram->counts[b] -= small.histogram->counts[b];
        }
      }
      if (!may_split(small)) free_.push_back(std::move(small.histogram));
    }
    if (parent.histogram) free_.push_back(std::move(parent.histogram));
    keep(std::move(left));
    keep(std::move(right));
  }
  for (std::vector<Leaf>* leaves : {&open, &closed}) {
    for (Leaf& leaf : *leaves) {
      const double value = tree.value[static_cast<std::size_t>(leaf.node)];
      for (std::size_t i = leaf.begin; i < leaf.end; ++i) scores[order_[i] * stride] += value;
      if (leaf.histogram) free_.push_back(std::move(leaf.histogram));
    }
  }
  return tree;
}

// The leaf of a binned row; `cut` is by node the last bin that goes left.
double binned_value(const Tree& tree, const BinnedTable& table, std::size_t row) {
  std::size_t at = 0;
  while (tree.feature[at] >= 0) {
    const auto column = static_cast<std::size_t>(tree.feature[at]);
    const std::size_t bin = table.bins[column * table.rows + row];
    const Edges& edges = table.edges[column];
    const bool goes_left = bin == table.missing_bin(column) ? tree.missing_left[at] != 0
                           : bin < edges.size()             ? edges[bin] <= tree.threshold[at]
                                                            : std::isinf(tree.threshold[at]);
    at = static_cast<std::size_t>(goes_left ? tree.left[at] : tree.right[at]);
  }
  return tree.value[at];
}

// What boosting lowers: the loss of a row's scores, and its slopes.
class Loss {
 public:
  Loss(const Target& target, Rows rows) : target_(target), rows_(rows) {}

  // Scores of a row: 1, or one for each of several classes.
  std::size_t scores() const {
    return target_.classes > 2 ? static_cast<std::size_t>(target_.classes) : 1;
  }

  // The scores that fit best when all rows have the same.
  std::vector<double> base(std::span<const std::uint32_t> positions,
                           std::span<const double> weights) const {
    std::vector<double> sums(target_.classes > 0 ? static_cast<std::size_t>(target_.classes) : 1);
    double whole = 0;
    for (const std::uint32_t i : positions) {
      whole += weights[i];
      const std::uint32_t row = rows_[i];
      if (target_.classes == 0) {
        sums[0] += weights[i] * target_.numbers[row];
      } else {
        sums[static_cast<std::size_t>(target_.labels[row])] += weights[i];
      }
    }
    if (target_.classes == 0) return {sums[0] / whole};
    // A class that does not occur is as rare as one row in a million.
    for (double& sum : sums) sum = std::max(sum / whole, 1e-6);
    if (target_.classes == 2) return {log(sums[1]) - log(sums[0])};
    for (double& sum : sums) sum = log(sum);
    return sums;
  }

  // Fills slopes[class][rows] (of the binned table) and returns the mean loss of the positions.
  double slopes(std::span<const std::uint32_t> positions, std::span<const double> weights,
                const std::vector<double>& scores, std::vector<Slope>& slopes) const {
    double loss = 0;
    double whole = 0;
    // A logarithm is dear: of rows that weigh 1, that of the product of up to 64 factors above 1/2.
    double product = 1;
    std::size_t factors = 0;
    const std::size_t classes = this->scores();
    std::vector<double> shares(classes);
    for (const std::uint32_t i : positions) {
      const double weight = weights[i];
      const double* score = scores.data() + i * classes;
      whole += weight;
      if (target_.classes == 0) {
        const double gap = score[0] - target_.numbers[rows_[i]];
        loss += weight * gap * gap / 2.0;
        slopes[i] = {weight * gap, weight};
        continue;
      }
      const std::int32_t label = target_.labels[rows_[i]];
      if (classes == 1) {
        const double small = exp(-std::fabs(score[0]));
        const double likely = 1.0 / (1.0 + small);
        const double second = score[0] < 0 ? small * likely : likely;
        slopes[i] = {weight * (second - label), weight * small * likely * likely};
        const double wrong = label == 1 ? -score[0] : score[0];
        loss += weight * std::max(wrong, 0.0);
        if (weight != 1.0) {
          loss -= weight * log(likely);
          continue;
        }
        product *= likely;
        if (++factors < 64) continue;
        loss -= log(product);
        product = 1;
        factors = 0;
        continue;
      }
      const double largest = *std::max_element(score, score + classes);
      double sum = 0;
      for (std::size_t k = 0; k < classes; ++k) sum += shares[k] = exp(score[k] - largest);
      for (std::size_t k = 0; k < classes; ++k) {
        const double share = shares[k] / sum;
        const double truth = static_cast<std::size_t>(label) == k ? 1.0 : 0.0;
        slopes[k * rows_.size() + i] = {weight * (share - truth), weight * share * (1.0 - share)};
      }
      loss += weight * (log(sum) - score[static_cast<std::size_t>(label)] + largest);
    }
    return (loss - log(product)) / whole;
  }

 private:
  const Target& target_;
  Rows rows_;
};

void check(const BoostedSettings& settings) {
  const auto whole = [](std::string_view name, std::size_t value, std::size_t least,
                        std::size_t most, std::string_view expected) {
    check_setting(value >= least && value <= most, name, expected, static_cast<double>(value));
  };
  constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
  whole("rounds", settings.rounds, 1, 100000, "1 to 100000, or 0 for the usual number");
  whole("max_leaf_nodes", settings.max_leaf_nodes, 2, kAny, "2 or more, or 0 for the usual number");
  whole("min_samples_leaf", settings.min_samples_leaf, 1, kAny, "1 or more");
  whole("max_bins", settings.max_bins, 2, 255, "2 to 255");
  whole("patience", settings.patience, 1, kAny, "1 or more");
  check_setting(settings.learning_rate > 0 && settings.learning_rate <= 1, "learning_rate",
                "above 0, at most 1, or 0 for the usual one", settings.learning_rate);
  check_setting(settings.l2 >= 0 && std::isfinite(settings.l2), "l2", "0 or more", settings.l2);
  check_setting(settings.validation_share >= 0 && settings.validation_share < 1, "validation_share",
                "0 or more, below 1", settings.validation_share);
}

// Of the positions in `order`, those to train on and those set aside: of every class, or over the
// range of the numbers, the same share, but no more than leaves one row to train on.
void hold_out(const Target& target, Rows rows, std::vector<std::uint32_t> order,
              const BoostedSettings& settings, std::vector<std::uint32_t>& trained,
              std::vector<std::uint32_t>& held_out) {
  if (settings.validation_share == 0) {
    trained = std::move(order);
    return;
  }
  Random random(settings.seed);
  shuffle(order, random);
  if (target.classes > 0) {
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return target.labels[rows[a]] < target.labels[rows[b]];
    });
  }
  set_aside(order, settings.validation_share, trained, held_out);
  std::sort(trained.begin(), trained.end());
  std::sort(held_out.begin(), held_out.end());
}

// Boosts on some of the rows of one table.
class Booster {
 public:
  Booster(const FeatureTable& table, const Target& target, Rows rows,
          std::span<const double> weights, const BoostedSettings& settings)
      : rows_(rows.size()),
        columns_(table.columns),
        classes_(target.classes),
        weights_(weights),
        settings_(settings),
        loss_(target, rows),
        binned_(bin_table(table, rows, settings.max_bins)) {}

  // For `rounds` at most. With rows set aside the rounds up to the best of them stay, and it stops
  // once `patience` rounds (0: never) have not made their loss better. `tell` is called before
  // each.
  Boosted boost(std::span<const std::uint32_t> trained, std::span<const std::uint32_t> held_out,
                std::size_t rounds, std::size_t patience, const std::function<void()>& tell) const {
    const std::size_t scores = loss_.scores();
    Boosted result;
    TreeEnsemble& model = result.model;
    model.classes = classes_;
    model.columns = columns_;
    model.link = classes_ == 0 ? Link::kNone : scores == 1 ? Link::kLogistic : Link::kSoftmax;
    model.base = loss_.base(trained, weights_);
    model.importance.assign(columns_, 0.0);
    std::vector<double> raw;  // [rows][scores]
    for (std::size_t i = 0; i < rows_; ++i) {
      raw.insert(raw.end(), model.base.begin(), model.base.end());
    }
    std::vector<Slope> slopes(rows_ * scores);
    result.training_loss.push_back(loss_.slopes(trained, weights_, raw, slopes));
    double best = std::numeric_limits<double>::infinity();
    if (!held_out.empty()) {
      result.validation_loss.push_back(loss_.slopes(held_out, weights_, raw, slopes));
      best = result.validation_loss.back();
    }
    BoostedGrower grower(binned_, settings_);
    std::vector<double> importance_then = model.importance;
    for (std::size_t round = 1; round <= rounds; ++round) {
      tell();
      bool grown = false;
      for (std::size_t k = 0; k < scores; ++k) {
        const std::span<const Slope> of_class(slopes.data() + k * rows_, rows_);
        Tree tree =
            grower.grow(trained, of_class, weights_, raw.data() + k, scores, model.importance);
        tree.first_output = k;
        grown = grown || tree.nodes() > 1;
        for (const std::uint32_t i : held_out) {
          raw[i * scores + k] += binned_value(tree, binned_, i);
        }
        model.trees.push_back(std::move(tree));
      }
      result.training_loss.push_back(loss_.slopes(trained, weights_, raw, slopes));
      if (held_out.empty()) {
        result.rounds = round;
      } else {
        result.validation_loss.push_back(loss_.slopes(held_out, weights_, raw, slopes));
        if (result.validation_loss.back() < best - kLeastImprovement) {
          best = result.validation_loss.back();
          result.rounds = round;
          importance_then = model.importance;
        } else if (patience > 0 && round - result.rounds >= patience) {
          break;
        }
      }
      if (!grown) break;
    }
    if (!held_out.empty()) model.importance = importance_then;
    // A file without a tree is none: where nothing helped, the first round stays.
    result.rounds = std::max<std::size_t>(result.rounds, 1);
    model.trees.resize(result.rounds * scores);
    return result;
  }

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::int32_t classes_;
  std::span<const double> weights_;
  const BoostedSettings& settings_;
  Loss loss_;
  BinnedTable binned_;
};

// The mean loss by round of rows that were set aside, each part of a cross-validation in turn.
// `positions`: those with a weight.
std::vector<double> cross_validate(const Booster& booster, const Target& target, Rows rows,
                                   std::span<const double> weights,
                                   std::span<const std::uint32_t> positions,
                                   const BoostedSettings& settings,
                                   const std::function<void()>& tell) {
  std::vector<double> losses;
  double whole = 0;
  const std::vector<std::uint32_t> fold =
      fold_of(target, rows, static_cast<std::uint32_t>(settings.folds), settings.seed);
  for (std::uint32_t part = 0; part < settings.folds; ++part) {
    std::vector<std::uint32_t> trained;
    std::vector<std::uint32_t> held_out;
    double weight = 0;
    for (const std::uint32_t i : positions) {
      (fold[i] == part ? held_out : trained).push_back(i);
      if (fold[i] == part) weight += weights[i];
    }
    if (trained.empty() || held_out.empty()) continue;
    std::vector<double> of_part =
        booster.boost(trained, held_out, settings.rounds, 0, tell).validation_loss;
    // Where no split was left to make, further rounds change nothing.
    of_part.resize(settings.rounds + 1, of_part.back());
    losses.resize(of_part.size(), 0.0);
    for (std::size_t r = 0; r < losses.size(); ++r) losses[r] += weight * of_part[r];
    whole += weight;
  }
  for (double& loss : losses) loss /= whole;
  return losses;
}

}  // namespace

BoostedSettings usual_boosting(BoostedSettings settings, std::size_t rows) {
  const bool few = rows < kManyRows;
  if (settings.rounds == 0) settings.rounds = few ? 200 : 150;
  if (settings.learning_rate == 0) settings.learning_rate = few ? 0.05 : 0.1;
  if (settings.max_leaf_nodes == 0) settings.max_leaf_nodes = few ? 15 : 31;
  return settings;
}

Boosted train_boosted(const FeatureTable& table, const Target& target, Rows rows,
                      std::span<const double> weights, const BoostedSettings& given,
                      const TrainingProgress& progress) {
  const BoostedSettings settings = usual_boosting(given, rows.size());
  check(settings);
  check_training_data(table, target, rows, weights, true);
  check_setting(settings.folds <= rows.size(), "folds", "no more than rows",
                static_cast<double>(settings.folds));
  const std::size_t trainings = settings.folds + 1;
  std::size_t told = 0;
  const auto tell = [&] {
    if (progress) progress("boosting", told++, trainings * settings.rounds);
  };
  const Booster booster(table, target, rows, weights, settings);
  std::vector<std::uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0u);
  std::erase_if(all, [&](std::uint32_t i) { return !(weights[i] > 0); });
  Boosted result;
  if (settings.folds < 2) {
    std::vector<std::uint32_t> trained;
    std::vector<std::uint32_t> held_out;
    hold_out(target, rows, all, settings, trained, held_out);
    check_setting(!trained.empty(), "validation_share", "so small that rows remain to train on",
                  settings.validation_share);
    result = booster.boost(trained, held_out, settings.rounds, settings.patience, tell);
    if (settings.folds == 1 && !held_out.empty()) {
      std::vector<double> losses = std::move(result.validation_loss);
      result = booster.boost(all, {}, result.rounds, 0, tell);
      result.validation_loss = std::move(losses);
    }
  } else {
    std::vector<double> losses =
        cross_validate(booster, target, rows, weights, all, settings, tell);
    std::size_t rounds = settings.rounds;
    if (losses.size() > 1) {
      rounds = static_cast<std::size_t>(std::min_element(losses.begin() + 1, losses.end()) -
                                        losses.begin());
    }
    result = booster.boost(all, {}, rounds, 0, tell);
    result.validation_loss = std::move(losses);
  }
  normalise(result.model.importance);
  round_for_exact_sums(result.model);
  if (progress) progress("boosting", trainings * settings.rounds, trainings * settings.rounds);
  return result;
}

}  // namespace storewise::train
