#include "train/tree.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/message.h"
#include "train/math.h"

namespace storewise::train {
namespace {

constexpr std::string_view kUnusable = "the trees cannot be trained";

[[noreturn]] void refuse(Pieces place, Pieces expected, Pieces found) {
  throw_error(ErrorCode::kInvalidInput, kUnusable, {}, place, expected, found);
}

void check_columns(const FeatureTable& table, Rows rows, bool missing_allowed) {
  for (std::size_t c = 0; c < table.columns; ++c) {
    const auto column = table.column(c);
    for (const std::uint32_t row : rows) {
      const float x = column[row];
      if (std::isfinite(x) || (missing_allowed && std::isnan(x))) continue;
      refuse({"row ", row, ", column ", c},
             {missing_allowed ? "a finite number or a missing value" : "a finite number"},
             {std::isnan(x) ? "a missing value" : "an infinite one"});
    }
  }
}

void check_target(const Target& target, Rows rows) {
  std::int32_t first = -1;
  bool differ = false;
  for (const std::uint32_t row : rows) {
    if (target.classes == 0) {
      if (!std::isfinite(target.numbers[row])) {
        refuse({"target of row ", row}, {"a finite number"}, {"another"});
      }
      continue;
    }
    const std::int32_t label = target.labels[row];
    if (label < 0 || label >= target.classes) {
      refuse({"target of row ", row}, {"a class from 0 to ", target.classes - 1}, {label});
    }
    if (first < 0) first = label;
    differ = differ || label != first;
  }
  if (target.classes > 0 && !differ) {
    refuse({"target"}, {"rows of two classes or more"}, {"class ", first, " in every row"});
  }
}

}  // namespace

std::size_t Tree::depth() const {
  std::vector<std::size_t> depths(nodes(), 0);
  std::size_t deepest = 0;
  for (std::size_t i = 0; i < nodes(); ++i) {
    deepest = std::max(deepest, depths[i]);
    if (feature[i] < 0) continue;
    depths[static_cast<std::size_t>(left[i])] = depths[i] + 1;
    depths[static_cast<std::size_t>(right[i])] = depths[i] + 1;
  }
  return deepest;
}

std::size_t Tree::leaf_of(const FeatureTable& table, std::size_t row) const {
  std::size_t at = 0;
  while (feature[at] >= 0) {
    const float x = table.at(row, static_cast<std::size_t>(feature[at]));
    const bool goes_left = std::isnan(x) ? missing_left[at] != 0 : x <= threshold[at];
    at = static_cast<std::size_t>(goes_left ? left[at] : right[at]);
  }
  return at;
}

std::int32_t Tree::add_node() {
  feature.push_back(-1);
  threshold.push_back(0.0f);
  left.push_back(-1);
  right.push_back(-1);
  missing_left.push_back(0);
  value.resize(value.size() + outputs, 0.0);
  cover.push_back(0.0);
  impurity.push_back(0.0);
  return static_cast<std::int32_t>(feature.size()) - 1;
}

std::vector<double> raw_scores(const TreeEnsemble& model, const FeatureTable& table, Rows rows) {
  if (table.columns != model.columns) {
    throw_error(ErrorCode::kInvalidInput, "the trees cannot read this table", {}, {},
                {model.columns, " columns"}, {table.columns});
  }
  const std::size_t scores = model.scores();
  std::vector<double> sums(rows.size() * scores);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy(model.base.begin(), model.base.end(),
              sums.begin() + static_cast<std::ptrdiff_t>(i * scores));
  }
  for (const Tree& tree : model.trees) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double* value = tree.value.data() + tree.leaf_of(table, rows[i]) * tree.outputs;
      double* sum = sums.data() + i * scores + tree.first_output;
      for (std::size_t k = 0; k < tree.outputs; ++k) sum[k] += value[k];
    }
  }
  return sums;
}

std::vector<double> apply_link(const TreeEnsemble& model, std::span<const double> scores) {
  std::vector<double> answers;
  if (model.link == Link::kLogistic) {
    answers.reserve(scores.size() * 2);
    for (const double score : scores) {
      const double small = exp(-std::fabs(score));
      const double likely = 1.0 / (1.0 + small);
      const double second = score < 0 ? small * likely : likely;
      answers.push_back(score < 0 ? likely : small * likely);
      answers.push_back(second);
    }
    return answers;
  }
  if (model.classes == 2) {
    for (const double score : scores) {
      answers.push_back(1.0 - score);
      answers.push_back(score);
    }
    return answers;
  }
  answers.assign(scores.begin(), scores.end());
  const std::size_t classes = model.scores();
  for (std::size_t start = 0; model.link == Link::kSoftmax && start < answers.size();
       start += classes) {
    const std::span<double> row(answers.data() + start, classes);
    const double largest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (double& x : row) sum += x = exp(x - largest);
    for (double& x : row) x /= sum;
  }
  return answers;
}

std::vector<double> predict(const TreeEnsemble& model, const FeatureTable& table, Rows rows) {
  return apply_link(model, raw_scores(model, table, rows));
}

std::vector<std::int32_t> labels_of(std::span<const double> probabilities, std::int32_t classes) {
  const auto step = static_cast<std::size_t>(classes);
  std::vector<std::int32_t> labels;
  labels.reserve(probabilities.size() / step);
  for (std::size_t start = 0; start < probabilities.size(); start += step) {
    const auto row = probabilities.subspan(start, step);
    labels.push_back(
        static_cast<std::int32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  return labels;
}

void round_for_exact_sums(TreeEnsemble& model) {
  std::vector<double> bounds(model.scores());
  for (std::size_t s = 0; s < bounds.size(); ++s) bounds[s] = std::fabs(model.base[s]);
  for (const Tree& tree : model.trees) {
    for (std::size_t k = 0; k < tree.outputs; ++k) {
      double largest = 0;
      for (std::size_t i = 0; i < tree.nodes(); ++i) {
        if (tree.feature[i] >= 0) continue;
        largest = std::max(largest, std::fabs(tree.value[i * tree.outputs + k]));
      }
      bounds[tree.first_output + k] += largest;
    }
  }
  const double bound = *std::max_element(bounds.begin(), bounds.end());
  if (!(bound > 0)) return;
  // A float32 holds whole numbers up to 2^24. The hair keeps a bound of 1 that was summed from
  // hundredths at 1.
  int exponent = 0;
  const double part = std::frexp(bound * (1.0 - 1e-9), &exponent);
  if (part == 0.5) --exponent;
  // Of two classes numbers are cut: no sum then exceeds the bound, and where just as many trees
  // speak for either, the second class has no more than half. Others are rounded and get a spare
  // bit for that.
  const bool cut = model.classes == 2;
  const double unit = std::ldexp(1.0, exponent - (cut ? 24 : 23));
  const auto whole = [unit, cut](double x) {
    return (cut ? std::trunc(x / unit) : std::nearbyint(x / unit)) * unit;
  };
  for (double& x : model.base) x = whole(x);
  for (Tree& tree : model.trees) {
    for (double& x : tree.value) x = whole(x);
  }
}

void add_importance(const Tree& tree, std::span<double> importance) {
  for (std::size_t i = 0; i < tree.nodes(); ++i) {
    if (tree.feature[i] < 0) continue;
    const auto l = static_cast<std::size_t>(tree.left[i]);
    const auto r = static_cast<std::size_t>(tree.right[i]);
    importance[static_cast<std::size_t>(tree.feature[i])] +=
        (tree.cover[i] * tree.impurity[i] - tree.cover[l] * tree.impurity[l] -
         tree.cover[r] * tree.impurity[r]) /
        tree.cover[0];
  }
}

void normalise(std::span<double> numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  if (!(sum > 0)) return;
  for (double& number : numbers) number /= sum;
}

float threshold_between(float a, float b) {
  const double middle = (static_cast<double>(a) + static_cast<double>(b)) / 2.0;
  const auto nearest = static_cast<float>(middle);
  const float below = static_cast<double>(nearest) <= middle
                          ? nearest
                          : std::nextafter(nearest, -std::numeric_limits<float>::infinity());
  return std::max(below, a);
}

std::vector<double> equal_weights(Rows rows) { return std::vector<double>(rows.size(), 1.0); }

std::vector<double> balanced_weights(const Target& target, Rows rows) {
  std::vector<double> of_class(static_cast<std::size_t>(target.classes), 0.0);
  for (const std::uint32_t row : rows) {
    of_class[static_cast<std::size_t>(target.labels[row])] += 1.0;
  }
  const auto occurring = static_cast<double>(
      std::count_if(of_class.begin(), of_class.end(), [](double n) { return n > 0; }));
  std::vector<double> weights;
  weights.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    weights.push_back(static_cast<double>(rows.size()) /
                      (occurring * of_class[static_cast<std::size_t>(target.labels[row])]));
  }
  return weights;
}

void check_training_data(const FeatureTable& table, const Target& target, Rows rows,
                         std::span<const double> weights, bool missing_allowed) {
  if (table.columns == 0 || table.values.size() != table.rows * table.columns) {
    refuse({"table"}, {"a column or more, ", table.rows, " values in each"},
           {table.columns, " columns, ", table.values.size(), " values"});
  }
  if (table.rows > 0x7fffffff || table.columns > 0x7fffffff) {
    refuse({"table"}, {"fewer than 2^31 rows and columns"}, {table.rows, " x ", table.columns});
  }
  const std::size_t told = target.classes > 0 ? target.labels.size() : target.numbers.size();
  if (told != table.rows) refuse({"target"}, {table.rows, " rows"}, {told});
  if (rows.size() < 2) refuse({"rows"}, {"2 rows or more"}, {rows.size()});
  for (const std::uint32_t row : rows) {
    if (row >= table.rows) refuse({"rows"}, {"numbers below ", table.rows}, {row});
  }
  if (weights.size() != rows.size()) refuse({"weights"}, {rows.size()}, {weights.size()});
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i]) || weights[i] < 0) {
      refuse({"weight ", i}, {"a finite number of 0 or more"}, {"another"});
    }
    sum += weights[i];
  }
  if (!(sum > 0)) refuse({"weights"}, {"one above 0"}, {"none"});
  check_columns(table, rows, missing_allowed);
  check_target(target, rows);
}

std::vector<std::uint32_t> fold_of(const Target& target, Rows rows, std::uint32_t folds,
                                   std::uint64_t seed) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  Random random(seed);
  shuffle(order, random);
  // Dealt out like cards after sorting by class or number; chance decides among equals.
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    return target.classes > 0 ? target.labels[rows[a]] < target.labels[rows[b]]
                              : target.numbers[rows[a]] < target.numbers[rows[b]];
  };
  std::stable_sort(order.begin(), order.end(), before);
  std::vector<std::uint32_t> fold(rows.size());
  if (target.classes > 0) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      fold[order[i]] = static_cast<std::uint32_t>(i % folds);
    }
    return fold;
  }
  // Of numbers, every `folds` neighbours are dealt in an order of their own.
  std::vector<std::uint32_t> hand(folds);
  for (std::size_t start = 0; start < order.size(); start += folds) {
    std::iota(hand.begin(), hand.end(), 0u);
    shuffle(hand, random);
    const std::size_t count = std::min<std::size_t>(folds, order.size() - start);
    for (std::size_t i = 0; i < count; ++i) fold[order[start + i]] = hand[i];
  }
  return fold;
}

}  // namespace storewise::train
