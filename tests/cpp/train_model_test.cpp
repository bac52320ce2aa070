// What the trainer writes, the engine runs: both ONNX files are opened with the engine's own plan
// and must compute what the trainer means.
#include "catch.h"
#include "graph/plan.h"
#include "ops/registry.h"
#include "train/classifier_model.h"
#include "train/item_model.h"
#include "train/math.h"
#include "train/recommender_model.h"

using namespace storewise;
using namespace storewise::train;

namespace {

struct Opened {
  explicit Opened(const std::string& model)
      : bytes(model.begin(), model.end()),
        plan(graph::Plan::open(bytes, "written.onnx", ops::registry())) {}
  std::vector<float> run(const std::vector<std::int64_t>& ids, const std::vector<float>& weights) {
    const auto n = static_cast<std::int64_t>(ids.size());
    const std::vector<graph::TensorView> inputs{{graph::DataType::kInt64, {n}, ids.data()},
                                                {graph::DataType::kFloat, {n}, weights.data()}};
    std::vector<graph::TensorView> outputs(1);
    graph::run(*plan, workspace, inputs, outputs);
    const float* data = outputs[0].as<float>();
    return {data, data + outputs[0].shape.elements()};
  }
  std::vector<std::uint8_t> bytes;
  std::unique_ptr<const graph::Plan> plan;
  graph::Workspace workspace;
};

}  // namespace

TEST_CASE("the written recommender sums its neighbours over popularity") {
  ItemWeights weights;
  weights.starts = {0, 2, 4, 6, 7};
  weights.source = {1, 2, 0, 2, 0, 3, 0};
  weights.weight = {0.1f, 0.5f, 0.4f, 0.2f, 0.3f, 0.9f, 0.6f};
  const std::vector<std::uint32_t> counts{9, 5, 2, 1};
  const ItemModel model = prune_and_quantise(weights, counts, 3);
  Opened opened(write_recommender(model, R"({"version":1})"));
  CHECK(opened.plan->metadata("storewise") == R"({"version":1})");
  REQUIRE(opened.plan->inputs().size() == 2);
  CHECK(opened.plan->inputs()[0].name == "items");
  CHECK(opened.plan->inputs()[1].name == "weights");
  CHECK(opened.plan->outputs()[0].name == "scores");

  const std::vector<std::int64_t> items{2, 0, 3};
  const std::vector<float> query{1.0f, 0.5f, 0.25f};
  const std::vector<float> scores = opened.run(items, query);
  std::vector<float> expected(4);
  for (std::size_t i = 0; i < 4; ++i) expected[i] = model.popularity_scale * model.popularity[i];
  for (std::size_t q = 0; q < items.size(); ++q) {
    const auto row = static_cast<std::size_t>(items[q]);
    for (std::size_t p = row * model.k; p < (row + 1) * model.k; ++p) {
      expected[model.neighbours[p]] +=
          query[q] * model.neighbour_scales[row] * model.neighbour_weights[p];
    }
  }
  REQUIRE(scores.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(scores[i] == Approx(expected[i]).margin(1e-6));
  // An empty session leaves popularity, in its order.
  const std::vector<float> cold = opened.run({}, {});
  CHECK(std::is_sorted(cold.rbegin(), cold.rend()));
  CHECK(cold[0] == Approx(1e-4));
}

TEST_CASE("the written classifier computes the trainer's probabilities, features or none") {
  LinearModel model;
  model.buckets = 16;
  model.classes = 5;
  Random random(3);
  for (std::uint32_t b = 0; b < model.buckets; ++b) {
    model.importance.push_back(static_cast<std::int8_t>(1 + random.below(127)));
  }
  model.importance_scale = 0.05f;
  for (std::uint32_t w = 0; w < model.buckets * model.classes; ++w) {
    model.weights.push_back(static_cast<float>(random.uniform() * 8 - 4));
  }
  for (std::uint32_t c = 0; c < model.classes; ++c) {
    model.bias.push_back(static_cast<float>(random.uniform() - 0.5));
  }
  QuantisedClassifier quantised = quantise_classifier(model);
  quantised.inverse_temperature = 1.3f;
  Opened opened(write_classifier(quantised, "{}"));
  REQUIRE(opened.plan->inputs().size() == 2);
  CHECK(opened.plan->inputs()[0].name == "feature_ids");
  CHECK(opened.plan->inputs()[1].name == "feature_weights");
  CHECK(opened.plan->outputs()[0].name == "probabilities");

  const LinearModel meant = dequantise_classifier(quantised);
  const std::vector<std::vector<text::Feature>> rows{
      {{0, 1.0f}, {3, 1.6f}, {7, 1.0f}, {15, 2.1f}}, {{4, 1.0f}}, {}};
  for (const std::vector<text::Feature>& row : rows) {
    std::vector<std::int64_t> ids;
    std::vector<float> weights;
    for (const text::Feature& f : row) {
      ids.push_back(f.id);
      weights.push_back(f.weight);
    }
    std::vector<float> scratch;
    std::vector<float> expected(model.classes);
    logits(meant, row, scratch, expected);
    softmax(expected, quantised.inverse_temperature);
    const std::vector<float> found = opened.run(ids, weights);
    REQUIRE(found.size() == expected.size());
    for (std::size_t c = 0; c < found.size(); ++c)
      CHECK(found[c] == Approx(expected[c]).margin(1e-5));
  }
}
