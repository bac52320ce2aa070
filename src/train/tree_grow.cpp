#include "train/tree_grow.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "train/solve.h"

namespace storewise::train {
namespace {

constexpr double kInverseLn2 = 1.4426950408889634;
// Below this a node is as good as pure.
constexpr double kPure = std::numeric_limits<double>::epsilon();

// What the scan of a column found best: rows whose number is <= cut go left.
struct Split {
  double merit = -std::numeric_limits<double>::infinity();
  double decrease = 0.0;  // of the impurity, times the node's share of the weight
  std::int32_t feature = -1;
  std::uint32_t cut = 0;   // the largest number of a value that goes left
  std::uint32_t next = 0;  // the smallest of one that goes right
};

// The rows of a node, one after the other, as every column's scan reads them.
struct NodeRows {
  std::size_t count = 0;
  std::vector<std::uint32_t> label;
  std::vector<double> number;
  std::vector<double> weight;
};

// The bits of a finite float, in the order of the values; -0 is 0. (By memcpy: Emscripten 3.1.6
// lacks std::bit_cast.)
std::uint32_t ordered_bits(float value) {
  value += 0.0f;
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
}

// Sorts keys by bits [32, 32 + bits) and, among equals, leaves the order as it is: `from` is sorted
// or ends up so through `room`, which has as much space.
void radix_sort(std::vector<std::uint64_t>& from, std::vector<std::uint64_t>& room,
                std::size_t count, int bits) {
  const int passes = (bits + 10) / 11;
  const int width = (bits + passes - 1) / passes;
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  std::array<std::uint32_t, 2048> starts;
  for (int pass = 0; pass < passes; ++pass) {
    const int shift = 32 + pass * width;
    const auto digit = [shift, mask](std::uint64_t key) {
      return static_cast<std::size_t>((key >> shift) & mask);
    };
    starts.fill(0);
    for (std::size_t i = 0; i < count; ++i) ++starts[digit(from[i])];
    std::uint32_t sum = 0;
    for (std::size_t d = 0; d <= mask; ++d) {
      const std::uint32_t here = starts[d];
      starts[d] = sum;
      sum += here;
    }
    for (std::size_t i = 0; i < count; ++i) room[starts[digit(from[i])]++] = from[i];
    from.swap(room);
  }
}

void sort_keys(std::vector<std::uint64_t>& keys, std::vector<std::uint64_t>& room,
               std::size_t count, int bits) {
  if (count > 256) return radix_sort(keys, room, count, bits);
  if (count > 24) {
    std::sort(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count));
    return;
  }
  for (std::size_t i = 1; i < count; ++i) {
    const std::uint64_t key = keys[i];
    std::size_t at = i;
    for (; at > 0 && keys[at - 1] > key; --at) keys[at] = keys[at - 1];
    keys[at] = key;
  }
}

// x ln x, from a table for the whole numbers that unweighted counts are.
class XLogX {
 public:
  void resize(std::size_t count) {
    for (std::size_t i = table_.size(); i <= count; ++i) {
      table_.push_back(i == 0 ? 0.0 : static_cast<double>(i) * log(static_cast<double>(i)));
    }
  }
  double operator()(double x) const {
    if (x < static_cast<double>(table_.size()) && x >= 0) {
      const auto whole = static_cast<std::size_t>(x);
      if (static_cast<double>(whole) == x) return table_[whole];
    }
    return x > 0 ? x * log(x) : 0.0;
  }

 private:
  std::vector<double> table_;
};

// The sums on both sides of a boundary that moves up through a node's rows. merit() is larger where
// the children are purer, and comparable among the boundaries of one node only.

// Gini: sum over the classes of (weight^2) / weight of the side, kept up row by row.
class GiniSums {
 public:
  GiniSums(const NodeRows& rows, std::span<const double> totals, std::vector<double>& room)
      : rows_(rows), cells_(totals.size()), left_(room.data()), right_(room.data() + cells_) {
    for (std::size_t k = 0; k < cells_; ++k) {
      left_[k] = 0;
      right_[k] = totals[k];
      right_weight_ += totals[k];
      right_squares_ += totals[k] * totals[k];
    }
  }
  std::size_t cells() const { return cells_; }
  void count(double* cell, std::size_t row) const { cell[rows_.label[row]] += rows_.weight[row]; }
  void move_row(std::size_t row) { move(rows_.label[row], rows_.weight[row]); }
  void move_cell(const double* cell) {
    for (std::size_t k = 0; k < cells_; ++k) move(k, cell[k]);
  }
  double merit() const { return left_squares_ / left_weight_ + right_squares_ / right_weight_; }

 private:
  void move(std::size_t k, double weight) {
    left_squares_ += weight * (2.0 * left_[k] + weight);
    right_squares_ += weight * (weight - 2.0 * right_[k]);
    left_[k] += weight;
    right_[k] -= weight;
    left_weight_ += weight;
    right_weight_ -= weight;
  }

  const NodeRows& rows_;
  std::size_t cells_;
  double* left_;
  double* right_;
  double left_weight_ = 0, right_weight_ = 0;
  double left_squares_ = 0, right_squares_ = 0;
};

class EntropySums {
 public:
  EntropySums(const NodeRows& rows, std::span<const double> totals, std::vector<double>& room,
              const XLogX& xlogx)
      : rows_(rows),
        xlogx_(xlogx),
        cells_(totals.size()),
        left_(room.data()),
        right_(room.data() + cells_) {
    for (std::size_t k = 0; k < cells_; ++k) {
      left_[k] = 0;
      right_[k] = totals[k];
      right_weight_ += totals[k];
    }
  }
  std::size_t cells() const { return cells_; }
  void count(double* cell, std::size_t row) const { cell[rows_.label[row]] += rows_.weight[row]; }
  void move_row(std::size_t row) { move(rows_.label[row], rows_.weight[row]); }
  void move_cell(const double* cell) {
    for (std::size_t k = 0; k < cells_; ++k) move(k, cell[k]);
  }
  double merit() const {
    double sum = -xlogx_(left_weight_) - xlogx_(right_weight_);
    for (std::size_t k = 0; k < cells_; ++k) sum += xlogx_(left_[k]) + xlogx_(right_[k]);
    return sum;
  }

 private:
  void move(std::size_t k, double weight) {
    left_[k] += weight;
    right_[k] -= weight;
    left_weight_ += weight;
    right_weight_ -= weight;
  }

  const NodeRows& rows_;
  const XLogX& xlogx_;
  std::size_t cells_;
  double* left_;
  double* right_;
  double left_weight_ = 0, right_weight_ = 0;
};

// Squared error: (sum of the numbers)^2 / weight. A cell is the weight and the sum.
class SquareSums {
 public:
  SquareSums(const NodeRows& rows, std::span<const double> totals)
      : rows_(rows), right_weight_(totals[0]), right_sum_(totals[1]) {}
  static std::size_t cells() { return 2; }
  void count(double* cell, std::size_t row) const {
    cell[0] += rows_.weight[row];
    cell[1] += rows_.weight[row] * rows_.number[row];
  }
  void move_row(std::size_t row) { move(rows_.weight[row], rows_.weight[row] * rows_.number[row]); }
  void move_cell(const double* cell) { move(cell[0], cell[1]); }
  double merit() const {
    return left_sum_ * left_sum_ / left_weight_ + right_sum_ * right_sum_ / right_weight_;
  }

 private:
  void move(double weight, double sum) {
    left_weight_ += weight;
    left_sum_ += sum;
    right_weight_ -= weight;
    right_sum_ -= sum;
  }

  const NodeRows& rows_;
  double left_weight_ = 0, left_sum_ = 0;
  double right_weight_, right_sum_;
};

}  // namespace

struct TreeGrower::Impl {
  // A node whose split is known and not yet made.
  struct Open {
    std::int32_t node = 0;
    std::size_t begin = 0, end = 0;  // of order_
    std::size_t depth = 0;
    Split split;
  };

  Impl(const FeatureTable& table, const Target& target, Rows rows);
  Tree grow(std::span<const double> weights, const TreeSettings& settings, Random& random);
  // Makes a node of order_[begin, end): its value, and the split if it is worth one.
  Open examine(Tree& tree, std::size_t begin, std::size_t end, std::size_t depth, Random& random);
  void read_rows(std::size_t begin, std::size_t end);
  double impurity_of(std::span<const double> totals) const;
  bool pure() const;
  Split find_split(std::size_t begin, Random& random);
  // False where the column is constant in the node.
  bool scan_column(std::size_t column, std::size_t begin, Split& best);
  template <typename Sums>
  void scan_dense(Sums sums, std::uint32_t low, std::uint32_t range, Split& best);
  template <typename Sums>
  void scan_sorted(Sums sums, std::uint32_t low, std::uint32_t range, Split& best);
  template <typename Sums>
  void scan(const Sums& sums, std::uint32_t low, std::uint32_t range, Split& best);
  double decrease_of(const Split& split, std::size_t begin, double impurity, double weight) const;
  std::size_t divide(const Open& open);

  std::size_t columns_;
  std::size_t rows_;
  std::size_t outputs_;  // classes, or 1
  bool classes_;
  std::vector<std::uint32_t> labels_;  // [rows]
  std::vector<double> numbers_;        // [rows] less the mean
  double mean_ = 0;
  std::vector<std::uint32_t> codes_;        // [columns][rows] number of the value
  std::vector<std::vector<float>> values_;  // [columns] by number
  // Of the tree that grows.
  TreeSettings settings_;
  std::span<const double> weights_;
  double whole_weight_ = 0;
  bool needs_decrease_ = false;
  std::vector<std::uint32_t> order_;  // rows, those of a node side by side
  // Of the node that is examined.
  NodeRows node_;
  std::vector<double> totals_;        // [classes], or weight and sum
  std::vector<std::uint32_t> drawn_;  // columns, in the order in which they are tried
  std::vector<std::uint32_t> code_;   // [rows of the node]
  std::vector<double> cells_;
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint64_t> keys_, key_room_;
  std::vector<double> sums_room_;
  std::vector<std::uint32_t> moved_;
  XLogX xlogx_;
};

TreeGrower::Impl::Impl(const FeatureTable& table, const Target& target, Rows rows)
    : columns_(table.columns),
      rows_(rows.size()),
      outputs_(target.classes > 0 ? static_cast<std::size_t>(target.classes) : 1),
      classes_(target.classes > 0) {
  for (const std::uint32_t row : rows) {
    if (classes_) {
      labels_.push_back(static_cast<std::uint32_t>(target.labels[row]));
    } else {
      numbers_.push_back(target.numbers[row]);
      mean_ += target.numbers[row];
    }
  }
  mean_ /= static_cast<double>(rows_);
  for (double& number : numbers_) number -= mean_;

  codes_.resize(columns_ * rows_);
  values_.resize(columns_);
  keys_.resize(rows_);
  key_room_.resize(rows_);
  for (std::size_t c = 0; c < columns_; ++c) {
    const auto column = table.column(c);
    for (std::size_t i = 0; i < rows_; ++i) {
      keys_[i] = (std::uint64_t{ordered_bits(column[rows[i]])} << 32) | i;
    }
    sort_keys(keys_, key_room_, rows_, 32);
    for (std::size_t i = 0; i < rows_; ++i) {
      const auto row = static_cast<std::uint32_t>(keys_[i]);
      const float value = column[rows[row]] + 0.0f;
      if (i == 0 || value != values_[c].back()) values_[c].push_back(value);
      codes_[c * rows_ + row] = static_cast<std::uint32_t>(values_[c].size() - 1);
    }
  }
  drawn_.resize(columns_);
  totals_.resize(classes_ ? outputs_ : 2);
  sums_room_.resize(2 * totals_.size());
}

void TreeGrower::Impl::read_rows(std::size_t begin, std::size_t end) {
  node_.count = end - begin;
  std::fill(totals_.begin(), totals_.end(), 0.0);
  for (std::size_t i = 0; i < node_.count; ++i) {
    const std::uint32_t row = order_[begin + i];
    const double weight = weights_[row];
    node_.weight[i] = weight;
    if (classes_) {
      node_.label[i] = labels_[row];
      totals_[labels_[row]] += weight;
    } else {
      node_.number[i] = numbers_[row];
      totals_[0] += weight;
      totals_[1] += weight * numbers_[row];
    }
  }
}

bool TreeGrower::Impl::pure() const {
  if (classes_) {
    return std::count_if(totals_.begin(), totals_.end(), [](double x) { return x > 0; }) < 2;
  }
  const auto first = node_.number.begin();
  const auto [low, high] =
      std::minmax_element(first, first + static_cast<std::ptrdiff_t>(node_.count));
  return *low == *high;
}

double TreeGrower::Impl::impurity_of(std::span<const double> totals) const {
  double weight = 0;
  for (const double total : totals) weight += total;
  double sum = 0;
  if (settings_.criterion == Criterion::kEntropy) {
    for (const double total : totals) {
      if (total > 0) sum -= total / weight * log(total / weight);
    }
    return sum * kInverseLn2;
  }
  for (const double total : totals) sum += total / weight * (total / weight);
  return 1.0 - sum;
}

template <typename Sums>
void TreeGrower::Impl::scan_dense(Sums sums, std::uint32_t low, std::uint32_t range, Split& best) {
  const std::size_t cells = sums.cells();
  cells_.assign(range * cells, 0.0);
  counts_.assign(range, 0);
  for (std::size_t i = 0; i < node_.count; ++i) {
    const std::uint32_t code = code_[i] - low;
    sums.count(cells_.data() + code * cells, i);
    ++counts_[code];
  }
  std::size_t left = 0;
  std::uint32_t before = 0;
  for (std::uint32_t code = 0; code < range; ++code) {
    if (counts_[code] == 0) continue;
    if (left >= settings_.min_samples_leaf) {
      if (node_.count - left < settings_.min_samples_leaf) return;
      const double merit = sums.merit();
      if (merit > best.merit) {
        best.merit = merit;
        best.cut = before + low;
        best.next = code + low;
      }
    }
    sums.move_cell(cells_.data() + code * cells);
    left += counts_[code];
    before = code;
  }
}

template <typename Sums>
void TreeGrower::Impl::scan_sorted(Sums sums, std::uint32_t low, std::uint32_t range, Split& best) {
  for (std::size_t i = 0; i < node_.count; ++i) {
    keys_[i] = (std::uint64_t{code_[i] - low} << 32) | i;
  }
  sort_keys(keys_, key_room_, node_.count, std::bit_width(range - 1));
  // Boundaries are where the number changes and both sides have rows enough.
  const std::size_t last = node_.count - settings_.min_samples_leaf;
  for (std::size_t i = 0; i < last;) {
    sums.move_row(static_cast<std::uint32_t>(keys_[i]));
    ++i;
    if (i < settings_.min_samples_leaf || (keys_[i] >> 32) == (keys_[i - 1] >> 32)) continue;
    const double merit = sums.merit();
    if (merit > best.merit) {
      best.merit = merit;
      best.cut = static_cast<std::uint32_t>(keys_[i - 1] >> 32) + low;
      best.next = static_cast<std::uint32_t>(keys_[i] >> 32) + low;
    }
  }
}

template <typename Sums>
void TreeGrower::Impl::scan(const Sums& sums, std::uint32_t low, std::uint32_t range, Split& best) {
  if (range * sums.cells() <= 4 * node_.count) return scan_dense(sums, low, range, best);
  scan_sorted(sums, low, range, best);
}

bool TreeGrower::Impl::scan_column(std::size_t column, std::size_t begin, Split& best) {
  const std::uint32_t* codes = codes_.data() + column * rows_;
  std::uint32_t low = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t high = 0;
  for (std::size_t i = 0; i < node_.count; ++i) {
    const std::uint32_t code = codes[order_[begin + i]];
    code_[i] = code;
    low = std::min(low, code);
    high = std::max(high, code);
  }
  if (low == high) return false;
  const double before = best.merit;
  const std::uint32_t range = high - low + 1;
  if (!classes_) {
    scan(SquareSums(node_, totals_), low, range, best);
  } else if (settings_.criterion == Criterion::kEntropy) {
    scan(EntropySums(node_, totals_, sums_room_, xlogx_), low, range, best);
  } else {
    scan(GiniSums(node_, totals_, sums_room_), low, range, best);
  }
  if (best.merit > before) best.feature = static_cast<std::int32_t>(column);
  return true;
}

Split TreeGrower::Impl::find_split(std::size_t begin, Random& random) {
  Split best;
  if (settings_.max_features == 0 || settings_.max_features >= columns_) {
    for (std::size_t c = 0; c < columns_; ++c) scan_column(c, begin, best);
    return best;
  }
  // As scikit-learn draws: constant columns count, but one that is not constant must be among them.
  std::size_t visited = 0;
  bool varied = false;
  for (std::size_t left = columns_; left > 0 && (visited < settings_.max_features || !varied);
       --left) {
    std::swap(drawn_[random.below(static_cast<std::uint32_t>(left))], drawn_[left - 1]);
    varied = scan_column(drawn_[left - 1], begin, best) || varied;
    ++visited;
  }
  return best;
}

double TreeGrower::Impl::decrease_of(const Split& split, std::size_t begin, double impurity,
                                     double weight) const {
  const std::uint32_t* codes = codes_.data() + static_cast<std::size_t>(split.feature) * rows_;
  std::vector<double> left(totals_.size(), 0.0);
  for (std::size_t i = 0; i < node_.count; ++i) {
    if (codes[order_[begin + i]] > split.cut) continue;
    if (classes_) {
      left[node_.label[i]] += node_.weight[i];
    } else {
      left[0] += node_.weight[i];
      left[1] += node_.weight[i] * node_.number[i];
    }
  }
  if (!classes_) {
    // The variance between the two means.
    const double right_weight = weight - left[0];
    const double gap = left[1] / left[0] - (totals_[1] - left[1]) / right_weight;
    return left[0] * right_weight / weight * gap * gap / whole_weight_;
  }
  std::vector<double> right(totals_);
  double left_weight = 0;
  for (std::size_t k = 0; k < left.size(); ++k) {
    left_weight += left[k];
    right[k] -= left[k];
  }
  const double share = left_weight / weight;
  return weight / whole_weight_ *
         (impurity - share * impurity_of(left) - (1.0 - share) * impurity_of(right));
}

TreeGrower::Impl::Open TreeGrower::Impl::examine(Tree& tree, std::size_t begin, std::size_t end,
                                                 std::size_t depth, Random& random) {
  read_rows(begin, end);
  const std::int32_t number = tree.add_node();
  const auto at = static_cast<std::size_t>(number);
  double weight = totals_[0];
  double* value = tree.value.data() + at * outputs_;
  if (classes_) {
    weight = 0;
    for (const double total : totals_) weight += total;
    for (std::size_t k = 0; k < outputs_; ++k) value[k] = totals_[k] / weight;
  } else {
    value[0] = mean_ + totals_[1] / weight;
  }
  tree.cover[at] = weight;
  Open open{number, begin, end, depth, {}};
  if (pure()) return open;
  double impurity = 0;
  if (classes_) {
    impurity = impurity_of(totals_);
  } else {
    const double mean = totals_[1] / weight;
    for (std::size_t i = 0; i < node_.count; ++i) {
      const double gap = node_.number[i] - mean;
      impurity += node_.weight[i] * gap * gap;
    }
    impurity /= weight;
  }
  tree.impurity[at] = impurity;
  const bool deep = settings_.max_depth != 0 && depth >= settings_.max_depth;
  if (deep || node_.count < settings_.min_samples_split ||
      node_.count < 2 * settings_.min_samples_leaf || impurity <= kPure) {
    return open;
  }
  open.split = find_split(begin, random);
  if (open.split.feature < 0 || !needs_decrease_) return open;
  open.split.decrease = decrease_of(open.split, begin, impurity, weight);
  if (open.split.decrease + kPure < settings_.min_impurity_decrease) open.split.feature = -1;
  return open;
}

// Rows that go left first, each side in the order that it has; where the right side begins.
std::size_t TreeGrower::Impl::divide(const Open& open) {
  const std::uint32_t* codes = codes_.data() + static_cast<std::size_t>(open.split.feature) * rows_;
  std::size_t left = open.begin;
  std::size_t right = 0;
  for (std::size_t i = open.begin; i < open.end; ++i) {
    const std::uint32_t row = order_[i];
    const bool goes_left = codes[row] <= open.split.cut;
    order_[left] = row;
    moved_[right] = row;
    left += goes_left ? 1 : 0;
    right += goes_left ? 0 : 1;
  }
  std::copy_n(moved_.begin(), right, order_.begin() + static_cast<std::ptrdiff_t>(left));
  return left;
}

Tree TreeGrower::Impl::grow(std::span<const double> weights, const TreeSettings& settings,
                            Random& random) {
  settings_ = settings;
  weights_ = weights;
  needs_decrease_ = settings.max_leaf_nodes > 0 || settings.min_impurity_decrease > 0;
  order_.clear();
  whole_weight_ = 0;
  for (std::size_t i = 0; i < rows_; ++i) {
    if (!(weights[i] > 0)) continue;
    order_.push_back(static_cast<std::uint32_t>(i));
    whole_weight_ += weights[i];
  }
  const std::size_t count = order_.size();
  if (classes_ && settings.criterion == Criterion::kEntropy) xlogx_.resize(rows_);
  node_.label.resize(classes_ ? count : 0);
  node_.number.resize(classes_ ? 0 : count);
  node_.weight.resize(count);
  code_.resize(count);
  moved_.resize(count);
  std::iota(drawn_.begin(), drawn_.end(), 0u);

  Tree tree;
  tree.outputs = outputs_;
  // Without a limit of leaves the order does not matter, and the last one found needs the least
  // memory; with one, the best split is made first, the first found among equals.
  const auto worse = [](const Open& a, const Open& b) {
    return a.split.decrease < b.split.decrease ||
           (a.split.decrease == b.split.decrease && a.node > b.node);
  };
  std::vector<Open> open;
  const auto keep = [&](Open node) {
    if (node.split.feature < 0) return;
    open.push_back(node);
    if (settings.max_leaf_nodes > 0) std::push_heap(open.begin(), open.end(), worse);
  };
  keep(examine(tree, 0, count, 0, random));
  std::size_t leaves = 1;
  while (!open.empty() && (settings.max_leaf_nodes == 0 || leaves < settings.max_leaf_nodes)) {
    if (settings.max_leaf_nodes > 0) std::pop_heap(open.begin(), open.end(), worse);
    const Open node = open.back();
    open.pop_back();
    const std::size_t middle = divide(node);
    const auto at = static_cast<std::size_t>(node.node);
    const auto column = static_cast<std::size_t>(node.split.feature);
    const std::vector<float>& values = values_[column];
    tree.feature[at] = node.split.feature;
    tree.threshold[at] = threshold_between(values[node.split.cut], values[node.split.next]);
    const Open left = examine(tree, node.begin, middle, node.depth + 1, random);
    const Open right = examine(tree, middle, node.end, node.depth + 1, random);
    tree.left[at] = left.node;
    tree.right[at] = right.node;
    keep(right);
    keep(left);
    ++leaves;
  }
  return cut_branches(tree, std::vector<std::uint8_t>(tree.nodes(), 0));
}

TreeGrower::TreeGrower(const FeatureTable& table, const Target& target, Rows rows)
    : impl_(std::make_unique<Impl>(table, target, rows)) {}
TreeGrower::~TreeGrower() = default;

Tree TreeGrower::grow(std::span<const double> weights, const TreeSettings& settings,
                      Random& random) {
  return impl_->grow(weights, settings, random);
}

void check_settings(const TreeSettings& settings) {
  const auto split = static_cast<double>(settings.min_samples_split);
  check_setting(split >= 2, "min_samples_split", "2 or more", split);
  const auto leaf = static_cast<double>(settings.min_samples_leaf);
  check_setting(leaf >= 1, "min_samples_leaf", "1 or more", leaf);
  const auto leaves = static_cast<double>(settings.max_leaf_nodes);
  check_setting(leaves != 1, "max_leaf_nodes", "0 for any number, or 2 or more", leaves);
  const double decrease = settings.min_impurity_decrease;
  check_setting(decrease >= 0 && std::isfinite(decrease), "min_impurity_decrease", "0 or more",
                decrease);
}

void keep_second_class(Tree& tree) {
  for (std::size_t i = 0; i < tree.nodes(); ++i) tree.value[i] = tree.value[2 * i + 1];
  tree.value.resize(tree.nodes());
  tree.outputs = 1;
}

Tree cut_branches(const Tree& tree, std::span<const std::uint8_t> cut) {
  struct Copy {
    std::int32_t from;
    std::int32_t parent;  // -1: of none
    bool is_left;
  };
  Tree result;
  result.outputs = tree.outputs;
  result.first_output = tree.first_output;
  std::vector<Copy> waiting{{0, -1, false}};
  while (!waiting.empty()) {
    const Copy copy = waiting.back();
    waiting.pop_back();
    const auto from = static_cast<std::size_t>(copy.from);
    const std::int32_t number = result.add_node();
    const auto to = static_cast<std::size_t>(number);
    if (copy.parent >= 0) {
      (copy.is_left ? result.left : result.right)[static_cast<std::size_t>(copy.parent)] = number;
    }
    std::copy_n(tree.value.begin() + static_cast<std::ptrdiff_t>(from * tree.outputs), tree.outputs,
                result.value.begin() + static_cast<std::ptrdiff_t>(to * tree.outputs));
    result.cover[to] = tree.cover[from];
    result.impurity[to] = tree.impurity[from];
    if (tree.feature[from] < 0 || cut[from] != 0) continue;
    result.feature[to] = tree.feature[from];
    result.threshold[to] = tree.threshold[from];
    result.missing_left[to] = tree.missing_left[from];
    waiting.push_back({tree.right[from], number, false});
    waiting.push_back({tree.left[from], number, true});
  }
  return result;
}

}  // namespace storewise::train
