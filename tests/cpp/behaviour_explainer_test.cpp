// What explanations say, against the plain definition of Shapley values: every subset of features,
// the ones outside of it averaged over by the trees' covers.
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "behaviour/explainer.h"
#include "catch.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "support/error.h"
#include "train/boosted.h"
#include "train/forest.h"
#include "train/linear_onnx.h"
#include "train/logistic.h"
#include "train/tree_model.h"
#include "train/tree_prune.h"

using namespace storewise;
using behaviour::Explainer;
using behaviour::Explanation;

namespace {

// Three classes, or a number, that hang on some of five columns together.
struct Data {
  train::FeatureTable table;
  train::Target classes;
  train::Target numbers;
  std::vector<std::uint32_t> rows;
};

Data make_data(std::int32_t classes) {
  constexpr std::size_t kRows = 200;
  Data data;
  data.table.rows = kRows;
  data.table.columns = 5;
  data.table.values.resize(5 * kRows);
  data.classes.classes = classes;
  std::uint32_t state = 7;
  const auto next = [&] { return (state = state * 1664525 + 1013904223) >> 16; };
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < 5; ++c) {
      data.table.values[c * kRows + r] = static_cast<float>(next() % 10);
    }
    const float a = data.table.at(r, 0);
    const float b = data.table.at(r, 1);
    const float c = data.table.at(r, 2);
    const float mix = a * b + 3 * c + static_cast<float>(next() % 5);
    data.numbers.numbers.push_back(mix);
    data.classes.labels.push_back(mix < 20 ? 0 : mix < 45 || classes == 2 ? 1 : 2);
    data.rows.push_back(static_cast<std::uint32_t>(r));
  }
  return data;
}

std::string write(const train::TreeEnsemble& model, const std::vector<std::string>& names) {
  onnx::ModelWriter writer("trees");
  writer.add_input("x", onnx::DataType::kFloat, {"n", 5});
  if (model.classes > 0) {
    writer.add_output("label", onnx::DataType::kString, {"n"});
    writer.add_output("probabilities", onnx::DataType::kFloat, {"n", model.classes});
    train::add_tree_classifier(writer, "x", "label", "probabilities", model, names);
  } else {
    writer.add_output("value", onnx::DataType::kFloat, {"n", 1});
    train::add_tree_regressor(writer, "x", "value", model);
  }
  return writer.bytes();
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The score of one tree where the features outside of `known` are averaged over.
double expected(const train::Tree& tree, std::size_t node, std::size_t score, unsigned known,
                const std::vector<float>& row) {
  if (tree.feature[node] < 0) {
    const std::size_t first = tree.first_output;
    return score < first || score >= first + tree.outputs
               ? 0
               : tree.value[node * tree.outputs + score - first];
  }
  const auto f = static_cast<std::size_t>(tree.feature[node]);
  const auto left = static_cast<std::size_t>(tree.left[node]);
  const auto right = static_cast<std::size_t>(tree.right[node]);
  if ((known >> f & 1) != 0) {
    const bool missing = std::isnan(row[f]) && tree.missing_left[node] != 0;
    return expected(tree, missing || row[f] <= tree.threshold[node] ? left : right, score, known,
                    row);
  }
  return (tree.cover[left] * expected(tree, left, score, known, row) +
          tree.cover[right] * expected(tree, right, score, known, row)) /
         tree.cover[node];
}

double expected(const train::TreeEnsemble& model, std::size_t score, unsigned known,
                const std::vector<float>& row) {
  double sum = model.base[score];
  for (const train::Tree& tree : model.trees) sum += expected(tree, 0, score, known, row);
  return sum;
}

double factorial(std::size_t n) { return n < 2 ? 1 : static_cast<double>(n) * factorial(n - 1); }

std::vector<double> shapley(const train::TreeEnsemble& model, std::size_t score,
                            const std::vector<float>& row) {
  const std::size_t n = row.size();
  std::vector<double> values(n, 0);
  for (std::size_t f = 0; f < n; ++f) {
    for (unsigned subset = 0; subset < 1U << n; ++subset) {
      if ((subset >> f & 1) != 0) continue;
      std::size_t size = 0;
      for (std::size_t i = 0; i < n; ++i) size += subset >> i & 1;
      const double weight = factorial(size) * factorial(n - size - 1) / factorial(n);
      values[f] += weight * (expected(model, score, subset | 1U << f, row) -
                             expected(model, score, subset, row));
    }
  }
  return values;
}

std::vector<float> row_of(const train::FeatureTable& table, std::size_t r) {
  std::vector<float> row;
  for (std::size_t c = 0; c < table.columns; ++c) row.push_back(table.at(r, c));
  return row;
}

Explanation explain(Explainer& explainer, const std::vector<float>& row, std::size_t score) {
  const graph::TensorView input{
      graph::DataType::kFloat,
      graph::Shape({1, static_cast<std::int64_t>(row.size())}),
      row.data(),
  };
  Explanation out;
  explainer.explain({&input, 1}, score, out);
  return out;
}

// Against every subset, and that all sum to the score.
void check(const train::TreeEnsemble& model, const train::FeatureTable& table,
           const std::vector<std::string>& names) {
  const std::string file = write(model, names);
  Explainer explainer(bytes_of(file), "trees.onnx", ops::registry());
  const std::size_t asked = model.classes > 0 ? static_cast<std::size_t>(model.classes) : 1;
  for (std::size_t r = 0; r < 12; ++r) {
    std::vector<float> row = row_of(table, r);
    for (std::size_t score = 0; score < asked; ++score) {
      const bool shared = model.classes == 2 && model.scores() == 1;
      const std::size_t column = shared ? 0 : score;
      const double sign = shared && score == 0 ? -1 : 1;
      const Explanation said = explain(explainer, row, score);
      const std::vector<double> right = shapley(model, column, row);
      double sum = 0;
      for (std::size_t f = 0; f < row.size(); ++f) {
        INFO("row " << r << ", score " << score << ", feature " << f);
        CHECK(std::abs(said.contributions[f] - sign * right[f]) < 2e-5);
        sum += said.contributions[f];
      }
      const double whole = sign * expected(model, column, (1U << row.size()) - 1, row);
      const double rest = sign < 0 && model.link == train::Link::kNone ? 1 : 0;
      CHECK(std::abs(said.base + sum - whole - rest) < 2e-5);
    }
  }
}

}  // namespace

TEST_CASE("trees are explained by their exact Shapley values") {
  const Data data = make_data(3);
  train::ForestSettings settings;
  settings.trees = 5;
  settings.growth.max_depth = 6;
  const auto weights = train::equal_weights(data.rows);
  const std::vector<std::string> names{"low", "middle", "high"};
  SECTION("a forest of three classes") {
    const auto forest =
        train::train_forest(data.table, data.classes, data.rows, weights, settings, {});
    check(forest.model, data.table, names);
  }
  SECTION("a forest of two classes") {
    const Data two = make_data(2);
    const auto forest =
        train::train_forest(two.table, two.classes, two.rows, weights, settings, {});
    check(forest.model, two.table, {"low", "high"});
  }
  SECTION("a forest of numbers") {
    const auto forest =
        train::train_forest(data.table, data.numbers, data.rows, weights, settings, {});
    check(forest.model, data.table, {});
  }
  SECTION("boosted trees, with missing values") {
    Data holes = make_data(2);
    for (std::size_t i = 0; i < holes.table.values.size(); i += 7) {
      holes.table.values[i] = std::numeric_limits<float>::quiet_NaN();
    }
    train::BoostedSettings boosting;
    boosting.rounds = 8;
    boosting.validation_share = 0;
    boosting.max_leaf_nodes = 8;
    const auto two =
        train::train_boosted(holes.table, holes.classes, holes.rows, weights, boosting, {});
    check(two.model, holes.table, {"low", "high"});
    const auto three =
        train::train_boosted(data.table, data.classes, data.rows, weights, boosting, {});
    check(three.model, data.table, names);
  }
}

TEST_CASE("a single tree tells the way it went") {
  const Data data = make_data(2);
  train::PrunedTreeSettings settings;
  settings.folds = 0;
  settings.growth.max_depth = 5;
  const auto weights = train::equal_weights(data.rows);
  const train::TreeEnsemble model =
      train::train_tree(data.table, data.classes, data.rows, weights, settings, {}).model;
  const train::Tree& tree = model.trees[0];
  const std::string file = write(model, {"low", "high"});
  Explainer explainer(bytes_of(file), "tree.onnx", ops::registry());
  const std::vector<float> row = row_of(data.table, 3);
  const Explanation said = explain(explainer, row, 1);
  REQUIRE(said.path.size() >= 3);
  std::size_t node = 0;
  for (std::size_t i = 0; i < said.path.size(); i += 3) {
    CHECK(said.path[i] == tree.feature[node]);
    CHECK(said.path[i + 1] == static_cast<double>(tree.threshold[node]));
    const bool yes = row[static_cast<std::size_t>(tree.feature[node])] <= tree.threshold[node];
    CHECK((said.path[i + 2] == 1) == yes);
    node = static_cast<std::size_t>(yes ? tree.left[node] : tree.right[node]);
  }
  CHECK(tree.feature[node] == -1);
}

TEST_CASE("a linear model is explained by its weights") {
  const Data data = make_data(3);
  const auto model = train::train_logistic(data.table, data.classes, data.rows, {}, {}, {});
  onnx::ModelWriter writer("linear");
  writer.add_input("x", onnx::DataType::kFloat, {"n", 5});
  writer.add_output("label", onnx::DataType::kString, {"n"});
  writer.add_output("probabilities", onnx::DataType::kFloat, {"n", 3});
  train::add_logistic_classifier(writer, "x", "label", "probabilities", model,
                                 std::vector<std::string>{"a", "b", "c"});
  const std::string file = writer.bytes();
  Explainer explainer(bytes_of(file), "linear.onnx", ops::registry());
  const std::vector<float> row = row_of(data.table, 1);
  for (std::size_t score = 0; score < 3; ++score) {
    const Explanation said = explain(explainer, row, score);
    const double* const w = model.weights.data() + score * 6;
    CHECK(std::abs(said.base - w[5]) < 1e-5 * (1 + std::abs(w[5])));
    for (std::size_t f = 0; f < 5; ++f) {
      CHECK(std::abs(said.weights[f] - w[f]) < 1e-5);
      CHECK(said.contributions[f] == said.weights[f] * static_cast<double>(row[f]));
    }
  }
}

TEST_CASE("of two classes of a linear model either is explained, by log odds") {
  const Data data = make_data(2);
  const auto model = train::train_logistic(data.table, data.classes, data.rows, {}, {}, {});
  onnx::ModelWriter writer("linear");
  writer.add_input("x", onnx::DataType::kFloat, {"n", 5});
  writer.add_output("label", onnx::DataType::kString, {"n"});
  writer.add_output("probabilities", onnx::DataType::kFloat, {"n", 2});
  train::add_logistic_classifier(writer, "x", "label", "probabilities", model,
                                 std::vector<std::string>{"a", "b"});
  const std::string file = writer.bytes();
  Explainer explainer(bytes_of(file), "linear.onnx", ops::registry());
  const std::vector<std::uint32_t> one{4};
  const double probability = train::predict_probabilities(model, data.table, one)[1];
  const double log_odds = std::log(probability / (1 - probability));
  for (const std::size_t score : {0U, 1U}) {
    const Explanation said = explain(explainer, row_of(data.table, 4), score);
    const double sum =
        std::accumulate(said.contributions.begin(), said.contributions.end(), said.base);
    CHECK(std::abs(sum - (score == 1 ? log_odds : -log_odds)) < 1e-4);
  }
}

TEST_CASE("what cannot be explained is said so") {
  const Data data = make_data(2);
  train::ForestSettings settings;
  settings.trees = 2;
  const auto weights = train::equal_weights(data.rows);
  auto forest = train::train_forest(data.table, data.classes, data.rows, weights, settings, {});
  const std::string file = write(forest.model, {"low", "high"});
  Explainer explainer(bytes_of(file), "trees.onnx", ops::registry());
  const std::vector<float> row = row_of(data.table, 1);
  CHECK_THROWS_AS(explain(explainer, row, 2), Error);
  const std::vector<float> two(10, 1.0F);
  const graph::TensorView input{graph::DataType::kFloat, graph::Shape({2, 5}), two.data()};
  Explanation out;
  CHECK_THROWS_AS(explainer.explain({&input, 1}, 0, out), Error);

  forest.model.trees[0].cover[0] = 0;
  const std::string bare = write(forest.model, {"low", "high"});
  CHECK_THROWS_AS(Explainer(bytes_of(bare), "bare.onnx", ops::registry()), Error);
  onnx::ModelWriter writer("none");
  writer.add_input("x", onnx::DataType::kFloat, {"n"});
  writer.add_output("y", onnx::DataType::kFloat, {"n"});
  writer.add_node("Relu", {"x"}, {"y"});
  const std::string none = writer.bytes();
  CHECK_THROWS_AS(Explainer(bytes_of(none), "none.onnx", ops::registry()), Error);
}
