// The trainers of trees: what they grow, cut and say, against values by hand, against scikit-learn
// 1.9 (numbers without an explanation), against the plain definition, and against the engine that
// runs the written file.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "catch.h"
#include "graph/invocation.h"
#include "graph/plan.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "support/error.h"
#include "train/boosted.h"
#include "train/forest.h"
#include "train/tree_model.h"
#include "train/tree_prune.h"

using namespace storewise;
using namespace storewise::train;

namespace {

const float kNan = std::numeric_limits<float>::quiet_NaN();
using Labels = std::vector<std::int32_t>;

// From rows as one writes them down.
FeatureTable table_of(const std::vector<std::vector<float>>& rows) {
  FeatureTable table;
  table.rows = rows.size();
  table.columns = rows[0].size();
  for (std::size_t c = 0; c < table.columns; ++c) {
    for (const auto& row : rows) table.values.push_back(row[c]);
  }
  return table;
}

Target classes_of(std::int32_t classes, Labels labels) {
  Target target;
  target.classes = classes;
  target.labels = std::move(labels);
  return target;
}

Target numbers_of(std::vector<double> numbers) {
  Target target;
  target.numbers = std::move(numbers);
  return target;
}

std::vector<std::uint32_t> all_rows(const FeatureTable& table) {
  std::vector<std::uint32_t> rows(table.rows);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

// Ten rows of two columns, with a class and a number that go together.
const FeatureTable kTen =
    table_of({{1, 5}, {2, 3}, {2, 8}, {3, 1}, {4, 7}, {5, 2}, {6, 6}, {7, 4}, {8, 9}, {9, 1}});
const Target kTenLabels = classes_of(2, {0, 0, 1, 0, 1, 1, 1, 0, 1, 1});
const Target kTenNumbers = numbers_of({1.5, 2, 7, 1, 6, 5.5, 8, 2.5, 9, 4});

Tree grow(const FeatureTable& table, const Target& target, const TreeSettings& settings,
          std::vector<double> weights = {}) {
  const auto rows = all_rows(table);
  if (weights.empty()) weights = equal_weights(rows);
  Random random(1);
  return TreeGrower(table, target, rows).grow(weights, settings, random);
}

void check_near(const std::vector<double>& found, const std::vector<double>& expected,
                double tolerance = 1e-12) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i, found[i], expected[i]);
    CHECK(std::fabs(found[i] - expected[i]) <= tolerance);
  }
}

// Rows whose class depends on three of five columns, the last of which has few values.
struct Sample {
  FeatureTable table;
  Target labels;
  Target numbers;
  std::vector<std::uint32_t> rows;
  std::vector<double> weights;
};

Sample sample_of(std::size_t rows, std::int32_t classes, std::uint64_t seed, double missing = 0.0) {
  Random random(seed);
  Sample sample;
  sample.table.rows = rows;
  sample.table.columns = 5;
  sample.table.values.resize(rows * 5);
  sample.labels.classes = classes;
  for (std::size_t i = 0; i < rows; ++i) {
    double x[5];
    for (double& value : x) value = random.uniform() * 10.0;
    x[4] = std::floor(x[4]);
    const double number = 2.0 * x[0] - x[1] + (x[4] > 4 ? 6.0 : 0.0) + 2.0 * random.uniform();
    sample.numbers.numbers.push_back(number);
    const double part = (number + 10.0) / 38.0 * classes;
    sample.labels.labels.push_back(std::min(static_cast<std::int32_t>(part), classes - 1));
    for (std::size_t c = 0; c < 5; ++c) {
      const bool gone = random.uniform() < missing;
      sample.table.values[c * rows + i] = gone ? kNan : static_cast<float>(x[c]);
    }
  }
  sample.rows = all_rows(sample.table);
  sample.weights = equal_weights(sample.rows);
  return sample;
}

double accuracy(const std::vector<double>& probabilities, const Target& target) {
  const auto labels = labels_of(probabilities, target.classes);
  double right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) right += labels[i] == target.labels[i] ? 1 : 0;
  return right / static_cast<double>(labels.size());
}

std::string file_of(const TreeEnsemble& model) {
  onnx::ModelWriter writer("trees");
  writer.add_input("x", onnx::DataType::kFloat, {"n", model.columns});
  if (model.classes > 0) {
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(model.classes));
    std::iota(numbers.begin(), numbers.end(), 0);
    add_tree_classifier(writer, "x", "label", "answer", model, numbers);
    writer.add_output("label", onnx::DataType::kInt64, {"n"});
  } else {
    add_tree_regressor(writer, "x", "answer", model);
  }
  writer.add_output("answer", onnx::DataType::kFloat, {"n", model.answers()});
  return writer.bytes();
}

// The engine finds what predict() says, for every row, and the same label.
void check_engine(const TreeEnsemble& model, const FeatureTable& table) {
  const std::string bytes = file_of(model);
  const auto plan =
      graph::Plan::open({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                        "trees.onnx", ops::registry());
  std::vector<float> rows;
  for (std::size_t i = 0; i < table.rows; ++i) {
    for (std::size_t c = 0; c < table.columns; ++c) rows.push_back(table.at(i, c));
  }
  const graph::Shape shape{static_cast<std::int64_t>(table.rows),
                           static_cast<std::int64_t>(table.columns)};
  const graph::TensorView input{onnx::DataType::kFloat, shape, rows.data()};
  graph::Workspace workspace;
  std::vector<graph::TensorView> outputs(model.classes > 0 ? 2 : 1);
  graph::run(*plan, workspace, std::span(&input, 1), outputs);
  const auto expected = predict(model, table, all_rows(table));
  const graph::Elements<float> answers(outputs.back().data);
  double largest = 1;
  for (const double x : expected) largest = std::max(largest, std::fabs(x));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i, expected[i], answers[i]);
    REQUIRE(std::fabs(answers[i] - expected[i]) <= 1e-6 * largest);
  }
  if (model.classes == 0) return;
  const auto labels = labels_of(expected, model.classes);
  const graph::Elements<std::int64_t> found(outputs[0].data);
  for (std::size_t i = 0; i < labels.size(); ++i) REQUIRE(found[i] == labels[i]);
}

}  // namespace

TEST_CASE("a tree splits at the best boundary of every node until its leaves are pure") {
  const Tree tree = grow(kTen, kTenLabels, {});
  CHECK(tree.feature == std::vector<std::int32_t>{1, 0, -1, 1, -1, -1, -1});
  CHECK(tree.threshold == std::vector<float>{5.5f, 4.0f, 0, 3.0f, 0, 0, 0});
  CHECK(tree.left == std::vector<std::int32_t>{1, 2, -1, 4, -1, -1, -1});
  CHECK(tree.right == std::vector<std::int32_t>{6, 3, -1, 5, -1, -1, -1});
  CHECK(tree.cover == std::vector<double>{10, 6, 3, 3, 2, 1, 4});
  check_near(tree.impurity, {0.48, 4.0 / 9, 0, 4.0 / 9, 0, 0, 0});
  check_near(tree.value, {.4, .6, 4.0 / 6, 2.0 / 6, 1, 0, 1.0 / 3, 2.0 / 3, 0, 1, 1, 0, 0, 1});
  CHECK(tree.leaves() == 4);
  CHECK(tree.depth() == 3);
  std::vector<double> importance(2, 0.0);
  add_importance(tree, importance);
  normalise(importance);
  check_near(importance, {0.2777777777777778, 0.7222222222222223});

  TreeSettings entropy;
  entropy.criterion = Criterion::kEntropy;
  const Tree bits = grow(kTen, kTenLabels, entropy);
  CHECK(bits.feature == tree.feature);
  CHECK(bits.threshold == tree.threshold);
  check_near(bits.impurity,
             {0.9709505944546686, 0.9182958340544896, 0, 0.9182958340544896, 0, 0, 0});
}

TEST_CASE("a tree of numbers lowers the squared error, the best leaves first") {
  TreeSettings settings;
  settings.max_leaf_nodes = 4;
  const Tree tree = grow(kTen, kTenNumbers, settings);
  CHECK(tree.feature == std::vector<std::int32_t>{1, 0, -1, -1, 0, -1, -1});
  CHECK(tree.threshold == std::vector<float>{5.5f, 4.0f, 0, 0, 5.0f, 0, 0});
  check_near(tree.value, {4.65, 2.75, 1.5, 4.0, 7.5, 6.5, 8.5});
  check_near(tree.impurity,
             {7.3525, 2.395833333333334, 0.16666666666666652, 1.5, 1.25, 0.25, 0.25});
}

TEST_CASE("weights count as so many rows, limits keep nodes whole") {
  TreeSettings shallow;
  shallow.max_depth = 2;
  const Tree weighted = grow(kTen, kTenLabels, shallow, {1, 2, 1, 1, 3, 1, 1, 2, 1, 1});
  CHECK(weighted.feature == std::vector<std::int32_t>{1, 1, -1, -1, -1});
  CHECK(weighted.threshold == std::vector<float>{5.5f, 2.5f, 0, 0, 0});
  CHECK(weighted.cover == std::vector<double>{14, 8, 3, 5, 6});
  check_near(weighted.value,
             {0.42857142857142855, 0.5714285714285714, 0.75, 0.25, 1.0 / 3, 2.0 / 3, 1, 0, 0, 1});

  TreeSettings careful;
  careful.min_impurity_decrease = 0.1;
  careful.min_samples_leaf = 2;
  CHECK(grow(kTen, kTenLabels, careful).feature == std::vector<std::int32_t>{1, 0, -1, -1, -1});
  TreeSettings large;
  large.min_samples_split = 7;
  CHECK(grow(kTen, kTenLabels, large).leaves() == 2);
  // Rows of weight 0 are not there.
  const Tree half = grow(kTen, kTenLabels, {}, {1, 1, 1, 1, 1, 0, 0, 0, 0, 0});
  CHECK(half.cover[0] == 5.0);
  // Balanced: both classes weigh the same together.
  check_near(
      balanced_weights(classes_of(3, {0, 2, 2, 2}), all_rows(table_of({{1}, {2}, {3}, {4}}))),
      {2, 2.0 / 3, 2.0 / 3, 2.0 / 3});
}

TEST_CASE("thresholds decide in float32 as the middle does in double") {
  CHECK(threshold_between(1.0f, 2.0f) == 1.5f);
  const float next = std::nextafter(1.0f, 2.0f);
  CHECK(threshold_between(1.0f, next) == 1.0f);
  // The middle of these rounds up to the upper one.
  const float after = std::nextafter(next, 2.0f);
  CHECK(threshold_between(next, after) == next);
  CHECK(threshold_between(-1.0f, 1e-45f) == -0.5f);
  CHECK(threshold_between(-3e38f, 3e38f) == 0.0f);
  const float largest = std::numeric_limits<float>::max();
  CHECK(threshold_between(std::nextafter(largest, 0.0f), largest) < largest);
}

// The plain definition: the largest decrease of the impurity over all columns and boundaries.
double best_decrease(const Sample& sample, const std::vector<double>& weights, bool entropy,
                     std::size_t min_leaf) {
  const bool numbers = sample.labels.classes == 0;
  const auto cost = [&](const std::vector<std::uint32_t>& rows) {
    std::vector<double> sums(numbers ? 3 : static_cast<std::size_t>(sample.labels.classes), 0.0);
    double weight = 0;
    for (const std::uint32_t row : rows) {
      weight += weights[row];
      if (!numbers) {
        sums[static_cast<std::size_t>(sample.labels.labels[row])] += weights[row];
        continue;
      }
      const double y = sample.numbers.numbers[row];
      sums[0] += weights[row] * y;
      sums[1] += weights[row] * y * y;
    }
    if (numbers) return sums[1] - sums[0] * sums[0] / weight;
    double sum = 0;
    for (const double x : sums) {
      const double p = x / weight;
      sum += entropy ? (p > 0 ? -p * std::log2(p) : 0.0) : p * (1 - p);
    }
    return sum * weight;
  };
  double best = 0;
  const double before = cost(sample.rows);
  for (std::size_t c = 0; c < sample.table.columns; ++c) {
    std::vector<float> values(sample.table.column(c).begin(), sample.table.column(c).end());
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (std::size_t v = 0; v + 1 < values.size(); ++v) {
      std::vector<std::uint32_t> left;
      std::vector<std::uint32_t> right;
      for (const std::uint32_t row : sample.rows) {
        (sample.table.at(row, c) <= values[v] ? left : right).push_back(row);
      }
      if (std::min(left.size(), right.size()) < min_leaf) continue;
      best = std::max(best, before - cost(left) - cost(right));
    }
  }
  double whole = 0;
  for (const double weight : weights) whole += weight;
  return best / whole;
}

TEST_CASE("the first split is the best there is, however the column is searched") {
  // Few rows are sorted by insertion, more by comparison, many by digits; the last column is
  // counted by value.
  for (const std::size_t rows : {5u, 30u, 300u}) {
    for (const int kind : {0, 1, 2}) {
      Sample sample = sample_of(rows, kind == 2 ? 0 : 3, rows + static_cast<std::size_t>(kind));
      Random random(7);
      std::vector<double> weights;
      for (std::size_t i = 0; i < rows; ++i) weights.push_back(0.5 + random.uniform());
      TreeSettings settings;
      settings.max_depth = 1;
      settings.min_samples_leaf = rows > 10 ? 3 : 1;
      settings.criterion = kind == 1 ? Criterion::kEntropy : Criterion::kGini;
      const Target& target = kind == 2 ? sample.numbers : sample.labels;
      const Tree tree = grow(sample.table, target, settings, weights);
      REQUIRE(tree.nodes() == 3);
      double found = tree.cover[0] * tree.impurity[0];
      for (const std::size_t child : {1u, 2u}) found -= tree.cover[child] * tree.impurity[child];
      found /= tree.cover[0];
      const double expected = best_decrease(sample, weights, kind == 1, settings.min_samples_leaf);
      CAPTURE(rows, kind, found, expected);
      CHECK(std::fabs(found - expected) <= 1e-9 * std::max(expected, 1.0));
    }
  }
}

TEST_CASE("the pruning path is the one of the cost-complexity measure") {
  std::vector<double> alphas;
  std::vector<double> impurities;
  const auto read = [&](const Tree& tree) {
    alphas.clear();
    impurities.clear();
    for (const PruningStep& step : pruning_path(tree)) {
      alphas.push_back(step.alpha);
      impurities.push_back(step.impurity);
    }
  };
  const Tree tree = grow(kTen, kTenLabels, {});
  read(tree);
  check_near(alphas, {0.0, 0.13333333333333333, 0.21333333333333332});
  check_near(impurities, {0.0, 0.26666666666666666, 0.48});
  CHECK(prune(tree, 0.0).nodes() == 7);
  CHECK(prune(tree, 0.13).nodes() == 7);
  const Tree cut = prune(tree, 0.2);
  CHECK(cut.feature == std::vector<std::int32_t>{1, -1, -1});
  CHECK(cut.cover == std::vector<double>{10, 6, 4});
  CHECK(prune(tree, 1.0).nodes() == 1);

  read(grow(kTen, kTenNumbers, {}));
  check_near(alphas, {0.0, 0.0125, 0.0375, 0.05, 0.05, 0.1125, 0.3375, 0.4, 0.9375, 5.415}, 1e-9);
  check_near(impurities, {0.0, 0.0125, 0.05, 0.1, 0.15, 0.2625, 0.6, 1.0, 1.9375, 7.3525}, 1e-9);
}

TEST_CASE("cross-validation cuts what chance grew and keeps what is there") {
  Sample sample = sample_of(600, 2, 3);
  // A third of the labels are drawn by lot.
  Random random(5);
  for (std::int32_t& label : sample.labels.labels) {
    if (random.below(3) == 0) label = static_cast<std::int32_t>(random.below(2));
  }
  const Sample fresh = sample_of(2000, 2, 4);
  PrunedTreeSettings settings;
  settings.folds = 0;
  const PrunedTree whole =
      train_tree(sample.table, sample.labels, sample.rows, sample.weights, settings, {});
  settings.folds = 5;
  std::size_t calls = 0;
  const PrunedTree pruned =
      train_tree(sample.table, sample.labels, sample.rows, sample.weights, settings,
                 [&](std::string_view phase, std::size_t done, std::size_t total) {
                   CHECK(phase == "growing");
                   CHECK(done <= total);
                   ++calls;
                 });
  CHECK(calls > 5);
  CHECK(whole.alphas.empty());
  CHECK(pruned.alphas.size() == pruned.errors.size());
  CHECK(std::is_sorted(pruned.alphas.begin(), pruned.alphas.end()));
  CHECK(pruned.model.trees[0].leaves() < whole.model.trees[0].leaves() / 3);
  const auto score = [&](const TreeEnsemble& model) {
    return accuracy(predict(model, fresh.table, fresh.rows), fresh.labels);
  };
  CHECK(score(pruned.model) > score(whole.model) + 0.05);
  CHECK(score(pruned.model) > 0.85);
  // What cross-validation reported for the tree that it chose.
  const auto chosen = std::find(pruned.alphas.begin(), pruned.alphas.end(), pruned.alpha);
  REQUIRE(chosen != pruned.alphas.end());
  CHECK(pruned.errors[static_cast<std::size_t>(chosen - pruned.alphas.begin())] ==
        Approx(*std::min_element(pruned.errors.begin(), pruned.errors.end())));
  settings.one_standard_error = true;
  const PrunedTree smaller =
      train_tree(sample.table, sample.labels, sample.rows, sample.weights, settings, {});
  CHECK(smaller.alpha >= pruned.alpha);
  check_engine(pruned.model, fresh.table);
  check_engine(whole.model, fresh.table);
}

TEST_CASE("smoothing puts a node between its rows and its parent") {
  const FeatureTable table = table_of({{1}, {1}, {2}, {3}});
  const Target target = classes_of(2, {0, 0, 1, 0});
  PrunedTreeSettings settings;
  settings.folds = 0;
  settings.smoothing = 2;
  const auto rows = all_rows(table);
  const PrunedTree trained = train_tree(table, target, rows, equal_weights(rows), settings, {});
  const Tree& tree = trained.model.trees[0];
  // The root has a quarter; of its children one has no row of the second class among two, the other
  // one among two; and of that one's children each has one row.
  REQUIRE(tree.nodes() == 5);
  CHECK(tree.value[0] == Approx(0.25).margin(1e-6));
  CHECK(tree.value[1] == Approx((0 + 2 * 0.25) / 4).margin(1e-6));
  const double parent = (1 + 2 * 0.25) / 4;
  CHECK(tree.value[2] == Approx(parent).margin(1e-6));
  CHECK(tree.value[3] == Approx((1 + 2 * parent) / 3).margin(1e-6));
  CHECK(tree.value[4] == Approx((0 + 2 * parent) / 3).margin(1e-6));
  check_engine(trained.model, table);
}

TEST_CASE("a tree's smallest leaf is the one that cross-validation finds better") {
  PrunedTreeSettings settings;
  settings.min_samples_leaves = {50, 1};
  // Of 400 rows in 20 groups of which every second is of the other class, leaves of 50 see nothing.
  FeatureTable table;
  table.rows = 400;
  table.columns = 1;
  Target target;
  target.classes = 2;
  for (int i = 0; i < 400; ++i) {
    const int group = i / 20;
    table.values.push_back(static_cast<float>(group));
    target.labels.push_back(group % 2);
  }
  const auto rows = all_rows(table);
  const PrunedTree fine = train_tree(table, target, rows, equal_weights(rows), settings, {});
  CHECK(fine.min_samples_leaf == 1);
  CHECK(accuracy(predict(fine.model, table, rows), target) == 1.0);
  // Where both are as good, the first stays.
  const FeatureTable plain = [&] {
    FeatureTable halves = table;
    for (int i = 0; i < 400; ++i) halves.values[static_cast<std::size_t>(i)] = i < 200 ? 1 : 2;
    return halves;
  }();
  for (int i = 0; i < 400; ++i) target.labels[static_cast<std::size_t>(i)] = i < 200 ? 0 : 1;
  CHECK(train_tree(plain, target, rows, equal_weights(rows), settings, {}).min_samples_leaf == 50);
  settings.min_samples_leaves = {0};
  CHECK_THROWS_AS(train_tree(plain, target, rows, equal_weights(rows), settings, {}), Error);
}

TEST_CASE("a pruning that heeds probabilities tells of wrong labels and of Brier's score") {
  const Sample sample = sample_of(300, 3, 8);
  PrunedTreeSettings settings;
  const PrunedTree labels =
      train_tree(sample.table, sample.labels, sample.rows, sample.weights, settings, {});
  settings.heeds_probabilities = true;
  const PrunedTree both =
      train_tree(sample.table, sample.labels, sample.rows, sample.weights, settings, {});
  REQUIRE(both.alphas == labels.alphas);
  // Wrong for sure costs 2 in Brier's score; right for sure nothing, so the mean of both lies
  // between half the share of wrong labels and one and a half of it, unless a share is split.
  const std::vector<PruningStep> path = pruning_path(both.model.trees[0]);
  REQUIRE(!path.empty());
  for (std::size_t a = 0; a < both.errors.size(); ++a) {
    CHECK(both.errors[a] > labels.errors[a] / 2);
    CHECK(both.errors[a] < 1.5);
    CHECK(both.errors[a] != labels.errors[a]);
  }
}

TEST_CASE("parts of a cross-validation have their share of each class and of the range") {
  const Sample sample = sample_of(100, 3, 9);
  const auto by_class = fold_of(sample.labels, sample.rows, 5, 1);
  for (std::int32_t label = 0; label < 3; ++label) {
    std::vector<int> counts(5, 0);
    for (std::size_t i = 0; i < 100; ++i) {
      if (sample.labels.labels[i] == label) ++counts[by_class[i]];
    }
    CHECK(*std::max_element(counts.begin(), counts.end()) -
              *std::min_element(counts.begin(), counts.end()) <=
          1);
  }
  const auto by_number = fold_of(sample.numbers, sample.rows, 5, 1);
  std::vector<double> means(5, 0.0);
  for (std::size_t i = 0; i < 100; ++i) means[by_number[i]] += sample.numbers.numbers[i] / 20.0;
  CHECK(*std::max_element(means.begin(), means.end()) -
            *std::min_element(means.begin(), means.end()) <
        1.0);
  CHECK(fold_of(sample.labels, sample.rows, 5, 2) != by_class);
}

TEST_CASE("a forest learns, and its out-of-bag score is what new rows show") {
  const Sample sample = sample_of(800, 3, 11);
  const Sample fresh = sample_of(2000, 3, 12);
  ForestSettings settings;
  settings.trees = 40;
  const Forest forest =
      train_forest(sample.table, sample.labels, sample.rows, sample.weights, settings, {});
  const double score = accuracy(predict(forest.model, fresh.table, fresh.rows), fresh.labels);
  CHECK(score > 0.85);
  CHECK(std::fabs(forest.out_of_bag_score - score) < 0.04);
  CHECK(forest.out_of_bag.size() == 2400);
  // Columns 2 and 3 say nothing.
  const auto& importance = forest.model.importance;
  CHECK(std::accumulate(importance.begin(), importance.end(), 0.0) == Approx(1.0));
  CHECK(importance[0] > importance[1]);
  CHECK(std::min({importance[0], importance[1], importance[4]}) >
        std::max(importance[2], importance[3]));
  check_engine(forest.model, fresh.table);

  const Forest numbers =
      train_forest(sample.table, sample.numbers, sample.rows, sample.weights, settings, {});
  CHECK(numbers.out_of_bag_score > 0.9);
  check_engine(numbers.model, fresh.table);

  settings.trees = 1;
  const Forest one =
      train_forest(sample.table, sample.labels, sample.rows, sample.weights, settings, {});
  const auto unseen = std::count_if(one.out_of_bag.begin(), one.out_of_bag.end(),
                                    [](double x) { return !std::isnan(x); });
  // (1 - 1/n)^n of the rows, 1/e.
  CHECK(std::fabs(static_cast<double>(unseen) / 2400.0 - 0.368) < 0.05);
  settings.bootstrap = false;
  const Forest seen =
      train_forest(sample.table, sample.labels, sample.rows, sample.weights, settings, {});
  CHECK(std::isnan(seen.out_of_bag_score));
}

TEST_CASE("two classes as good as equal: the first, in every runtime") {
  // Seven trees of fourteen vote for each class; their shares are no binary fractions.
  TreeEnsemble model;
  model.classes = 2;
  model.columns = 1;
  model.base = {0.0};
  for (int t = 0; t < 14; ++t) {
    Tree tree;
    tree.add_node();
    tree.value[0] = t % 2 / 14.0;
    model.trees.push_back(tree);
  }
  round_for_exact_sums(model);
  const FeatureTable table = table_of({{1}, {2}});
  const auto scores = raw_scores(model, table, all_rows(table));
  CHECK(scores[0] <= 0.5);
  CHECK(std::fabs(scores[0] - 0.5) < 1e-6);
  float backwards = 0;
  for (std::size_t t = 14; t-- > 0;) backwards += static_cast<float>(model.trees[t].value[0]);
  CHECK(static_cast<double>(backwards) == scores[0]);
  check_engine(model, table);
}

TEST_CASE("sums of leaves are exact in float32, in every order") {
  const Sample sample = sample_of(300, 3, 13);
  ForestSettings settings;
  settings.trees = 30;
  for (const Target& target : {sample.labels, sample.numbers}) {
    const TreeEnsemble model =
        train_forest(sample.table, target, sample.rows, sample.weights, settings, {}).model;
    const std::vector<double> exact = raw_scores(model, sample.table, sample.rows);
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      double whole = 0;
      for (std::size_t k = 0; k < model.scores(); ++k) {
        float sum = 0;
        for (std::size_t t = settings.trees; t-- > 0;) {
          const Tree& tree = model.trees[t];
          const std::size_t leaf = tree.leaf_of(sample.table, i);
          sum += static_cast<float>(tree.value[leaf * tree.outputs + k]);
        }
        REQUIRE(static_cast<double>(sum) == exact[i * model.scores() + k]);
        whole += static_cast<double>(sum);
      }
      if (target.classes > 0) REQUIRE(std::fabs(whole - 1.0) < 3e-6);
    }
  }
}

TEST_CASE("boosted trees learn numbers and classes, with values missing") {
  for (const double missing : {0.0, 0.15}) {
    for (const std::int32_t classes : {0, 2, 4}) {
      const Sample sample = sample_of(1500, classes, 21, missing);
      const Sample fresh = sample_of(1500, classes, 22, missing);
      const Target& target = classes == 0 ? sample.numbers : sample.labels;
      const Boosted boosted =
          train_boosted(sample.table, target, sample.rows, sample.weights, {}, {});
      CAPTURE(missing, classes, boosted.rounds);
      CHECK(boosted.rounds > 10);
      CHECK(boosted.training_loss.back() < boosted.training_loss.front() / 2);
      const auto best =
          std::min_element(boosted.validation_loss.begin(), boosted.validation_loss.end());
      CHECK(std::fabs(*best - boosted.validation_loss[boosted.rounds]) <= 1e-6);
      const auto answers = predict(boosted.model, fresh.table, fresh.rows);
      if (classes > 0) {
        CHECK(accuracy(answers, fresh.labels) > (missing > 0 ? 0.7 : 0.85));
      } else {
        double error = 0;
        for (std::size_t i = 0; i < answers.size(); ++i) {
          error += std::fabs(answers[i] - fresh.numbers.numbers[i]) / 1500.0;
        }
        CHECK(error < (missing > 0 ? 3.0 : 1.0));
      }
      check_engine(boosted.model, fresh.table);
    }
  }
}

TEST_CASE("boosting takes the first step that Newton's method takes") {
  // One split of ten rows, learning rate 1/2, every second row of class 1, more of them on the
  // right.
  FeatureTable table = table_of({{1}, {1}, {1}, {1}, {1}, {2}, {2}, {2}, {2}, {2}});
  const Target target = classes_of(2, {0, 1, 0, 0, 0, 1, 1, 1, 0, 0});
  BoostedSettings settings;
  settings.rounds = 1;
  settings.learning_rate = 0.5;
  settings.min_samples_leaf = 1;
  settings.validation_share = 0;
  settings.l2 = 0.1;
  const auto rows = all_rows(table);
  const Boosted boosted = train_boosted(table, target, rows, equal_weights(rows), settings, {});
  const double p = 0.4;
  CHECK(boosted.model.base[0] == Approx(std::log(p / (1 - p))).margin(1e-6));
  REQUIRE(boosted.model.trees.size() == 1);
  const Tree& tree = boosted.model.trees[0];
  CHECK(tree.threshold[0] == 1.5f);
  CHECK(tree.cover == std::vector<double>{10, 5, 5});
  const double curvature = 5 * p * (1 - p) + 0.1;
  CHECK(tree.value[1] == Approx(-0.5 * (5 * p - 1) / curvature).margin(1e-6));
  CHECK(tree.value[2] == Approx(-0.5 * (5 * p - 3) / curvature).margin(1e-6));
  CHECK(boosted.training_loss[0] ==
        Approx(-p * std::log(p) - (1 - p) * std::log(1 - p)).margin(1e-9));
  CHECK(boosted.validation_loss.empty());
}

TEST_CASE("rows set aside show how many rounds are good, and come back for the model") {
  const Sample sample = sample_of(400, 2, 12);
  BoostedSettings settings;
  settings.rounds = 60;
  settings.learning_rate = 0.3;
  const auto boost = [&](std::size_t folds, std::size_t rounds, double share) {
    BoostedSettings changed = settings;
    changed.folds = folds;
    changed.rounds = rounds;
    changed.validation_share = share;
    std::size_t last = 0;
    return train_boosted(sample.table, sample.labels, sample.rows, sample.weights, changed,
                         [&](std::string_view, std::size_t done, std::size_t total) {
                           CHECK(done <= total);
                           CHECK(done >= last);
                           last = done;
                         });
  };
  const Boosted apart = boost(0, 60, 0.1);
  const Boosted again = boost(1, 60, 0.1);
  CHECK(again.rounds == apart.rounds);
  CHECK(again.validation_loss == apart.validation_loss);
  CHECK(again.model.trees[0].cover[0] == 400);
  CHECK(apart.model.trees[0].cover[0] == 360);
  // The model is the one that as many rounds make of all rows.
  const Boosted plain = boost(0, again.rounds, 0);
  REQUIRE(plain.model.trees.size() == again.model.trees.size());
  for (std::size_t t = 0; t < plain.model.trees.size(); ++t) {
    CHECK(plain.model.trees[t].value == again.model.trees[t].value);
  }
  const Boosted crossed = boost(4, 60, 0.1);
  REQUIRE(crossed.validation_loss.size() == 61);
  const auto& losses = crossed.validation_loss;
  CHECK(static_cast<std::size_t>(std::min_element(losses.begin() + 1, losses.end()) -
                                 losses.begin()) == crossed.rounds);
  CHECK(crossed.model.trees[0].cover[0] == 400);
  CHECK(losses[crossed.rounds] < losses[0]);
}

TEST_CASE("a value's absence can be what tells") {
  FeatureTable table;
  table.rows = 80;
  table.columns = 1;
  Target target;
  target.classes = 2;
  for (int i = 0; i < 80; ++i) {
    table.values.push_back(i % 2 == 0 ? kNan : static_cast<float>(i % 7));
    target.labels.push_back(i % 2);
  }
  BoostedSettings settings;
  settings.validation_share = 0;
  const auto rows = all_rows(table);
  const Boosted boosted = train_boosted(table, target, rows, equal_weights(rows), settings, {});
  const auto answers = predict(boosted.model, table, rows);
  CHECK(accuracy(answers, target) == 1.0);
  CHECK(answers[1] < 0.05);
  check_engine(boosted.model, table);
}

TEST_CASE("log odds that are never negative are not taken for probabilities") {
  TreeEnsemble model;
  model.classes = 2;
  model.columns = 1;
  model.link = Link::kLogistic;
  model.base = {-1.0};
  Tree tree;
  tree.add_node();
  tree.feature[0] = 0;
  tree.threshold[0] = 1.5f;
  tree.left[0] = tree.add_node();
  tree.right[0] = tree.add_node();
  tree.value = {0.0, 0.25, 1.25};
  model.trees = {tree};
  const FeatureTable table = table_of({{1}, {2}});
  const auto answers = predict(model, table, all_rows(table));
  CHECK(answers[3] == Approx(1.0 / (1.0 + std::exp(-0.25))).margin(1e-12));
  check_engine(model, table);
}

TEST_CASE("the same seed trains the same trees, another one others") {
  const Sample sample = sample_of(500, 2, 31);
  const auto forest = [&](std::uint64_t seed) {
    ForestSettings settings;
    settings.trees = 5;
    settings.seed = seed;
    return file_of(
        train_forest(sample.table, sample.labels, sample.rows, sample.weights, settings, {}).model);
  };
  CHECK(forest(1) == forest(1));
  CHECK(forest(1) != forest(2));
  const auto boosted = [&](std::uint64_t seed) {
    BoostedSettings settings;
    settings.seed = seed;
    return file_of(
        train_boosted(sample.table, sample.labels, sample.rows, sample.weights, settings, {})
            .model);
  };
  CHECK(boosted(1) == boosted(1));
  CHECK(boosted(1) != boosted(2));
}

TEST_CASE("a weight of two is a row that stands there twice") {
  // No column has more values than bins, so that the bins are the same.
  Sample sample = sample_of(240, 2, 41);
  std::vector<double> weights = sample.weights;
  std::vector<std::uint32_t> twice = sample.rows;
  for (std::uint32_t i = 0; i < 240; i += 3) {
    weights[i] = 2.0;
    twice.push_back(i);
  }
  PrunedTreeSettings settings;
  settings.folds = 0;
  const auto answers = [&](const std::vector<std::uint32_t>& rows, const std::vector<double>& w) {
    const PrunedTree tree = train_tree(sample.table, sample.labels, rows, w, settings, {});
    return predict(tree.model, sample.table, sample.rows);
  };
  CHECK(answers(sample.rows, weights) == answers(twice, equal_weights(twice)));
  BoostedSettings boosting;
  boosting.validation_share = 0;
  boosting.min_samples_leaf = 1;
  boosting.rounds = 5;
  const auto scores = [&](const std::vector<std::uint32_t>& rows, const std::vector<double>& w) {
    return raw_scores(train_boosted(sample.table, sample.numbers, rows, w, boosting, {}).model,
                      sample.table, sample.rows);
  };
  check_near(scores(sample.rows, weights), scores(twice, equal_weights(twice)), 1e-5);
}

TEST_CASE("data and settings that cannot be used are refused by name") {
  const Sample sample = sample_of(20, 2, 51);
  const auto error_of = [](auto&& action) -> std::string {
    try {
      action();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kInvalidInput);
      return error.what();
    }
    return "no error";
  };
  const auto tree = [&](const FeatureTable& table, const Target& target,
                        const PrunedTreeSettings& settings = {}) {
    return error_of([&] {
      const auto rows = all_rows(table);
      train_tree(table, target, rows, equal_weights(rows), settings, {});
    });
  };
  FeatureTable gap = sample.table;
  gap.values[20 + 3] = kNan;
  CHECK_THAT(tree(gap, sample.labels),
             ContainsSubstring("row 3, column 1") && ContainsSubstring("found a missing value"));
  gap.values[20 + 3] = std::numeric_limits<float>::infinity();
  CHECK_THAT(tree(gap, sample.labels), ContainsSubstring("an infinite one"));
  CHECK_THAT(
      error_of([&] { train_boosted(gap, sample.labels, sample.rows, sample.weights, {}, {}); }),
      ContainsSubstring("a finite number or a missing value"));
  CHECK_THAT(tree(sample.table, classes_of(2, Labels(20, 1))),
             ContainsSubstring("class 1 in every row"));
  CHECK_THAT(tree(sample.table, classes_of(2, Labels(20, 2))),
             ContainsSubstring("a class from 0 to 1") && ContainsSubstring("found 2"));
  CHECK_THAT(tree(sample.table, classes_of(2, {0, 1})), ContainsSubstring("20 rows"));
  CHECK_THAT(tree(sample.table, numbers_of(std::vector<double>(20, HUGE_VAL))),
             ContainsSubstring("target of row 0"));
  CHECK_THAT(error_of([&] {
               train_forest(sample.table, sample.labels, sample.rows, std::vector<double>(20, 0.0),
                            {}, {});
             }),
             ContainsSubstring("weights"));
  CHECK_THAT(error_of([&] {
               const std::vector<std::uint32_t> rows{0, 20};
               train_forest(sample.table, sample.labels, rows, equal_weights(rows), {}, {});
             }),
             ContainsSubstring("numbers below 20"));
  PrunedTreeSettings folds;
  folds.folds = 1;
  CHECK_THAT(tree(sample.table, sample.labels, folds), ContainsSubstring("folds"));
  PrunedTreeSettings leaf;
  leaf.growth.min_samples_leaf = 0;
  CHECK_THAT(tree(sample.table, sample.labels, leaf), ContainsSubstring("min_samples_leaf"));
  BoostedSettings bins;
  bins.max_bins = 256;
  CHECK_THAT(error_of([&] {
               train_boosted(sample.table, sample.labels, sample.rows, sample.weights, bins, {});
             }),
             ContainsSubstring("max_bins") && ContainsSubstring("2 to 255"));
  const PrunedTree good =
      train_tree(sample.table, sample.labels, sample.rows, sample.weights, {}, {});
  CHECK_THAT(error_of([&] {
               predict(good.model, table_of({{1, 2}}), std::vector<std::uint32_t>{0});
             }),
             ContainsSubstring("5 columns"));
  CHECK_THAT(error_of([&] {
               onnx::ModelWriter writer("trees");
               add_tree_classifier(writer, "x", "label", "answer", good.model,
                                   std::vector<std::string>{"no", "yes", "perhaps"});
             }),
             ContainsSubstring("2 classes") && ContainsSubstring("found 3"));
  CHECK_THAT(error_of([&] {
               onnx::ModelWriter writer("trees");
               add_tree_regressor(writer, "x", "answer", good.model);
             }),
             ContainsSubstring("trees that predict a number"));
}
