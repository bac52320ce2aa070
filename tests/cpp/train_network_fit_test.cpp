// Networks as a whole: that they learn, when they stop, and that the files they become answer as
// they do, with float and with int8 weights.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "graph/plan.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "train/network/fit.h"
#include "train/network/graph.h"
#include "train/network/network.h"

namespace storewise::train::network {
namespace {

std::vector<std::uint32_t> all_rows(std::size_t n) {
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

struct Data {
  Examples examples;
  Target target;
};

// 6 x 6 pictures of noise with a bright line: upright, flat or aslant.
Data pictures(std::size_t rows, std::uint64_t seed) {
  Data data;
  Examples& e = data.examples;
  e.rows = rows;
  e.height = e.width = 6;
  e.channels = 1;
  data.target.classes = 3;
  Random random(seed);
  for (std::size_t r = 0; r < rows; ++r) {
    const auto kind = static_cast<std::int32_t>(r % 3);
    const std::uint32_t at = random.below(6);
    for (std::uint32_t y = 0; y < 6; ++y) {
      for (std::uint32_t x = 0; x < 6; ++x) {
        const bool bright = kind == 0 ? x == at : kind == 1 ? y == at : (x + at) % 6 == y;
        e.numbers.push_back(static_cast<float>(random.uniform()) * 0.5f + (bright ? 0.5f : 0.0f));
      }
    }
    data.target.labels.push_back(kind);
  }
  return data;
}

// Texts of 1 to 7 words out of nine; class 1 where word 3 comes before word 4, else 0.
Data texts(std::size_t rows, std::uint64_t seed) {
  Data data;
  Examples& e = data.examples;
  e.rows = rows;
  data.target.classes = 2;
  Random random(seed);
  for (std::size_t r = 0; r < rows; ++r) {
    std::vector<std::int32_t> text;
    const std::size_t length = 1 + random.below(7);
    for (std::size_t i = 0; i < length; ++i) {
      text.push_back(1 + static_cast<std::int32_t>(random.below(9)));
    }
    const auto first = std::find(text.begin(), text.end(), 3);
    const bool one = first != text.end() && std::find(first, text.end(), 4) != text.end();
    e.words.insert(e.words.end(), text.begin(), text.end());
    e.ends.push_back(static_cast<std::uint32_t>(e.words.size()));
    data.target.labels.push_back(one ? 1 : 0);
  }
  return data;
}

Data numbers(std::size_t rows, std::uint64_t seed) {
  Data data;
  Examples& e = data.examples;
  e.rows = rows;
  e.channels = 3;
  Random random(seed);
  for (std::size_t r = 0; r < rows; ++r) {
    double x[3];
    for (double& value : x) {
      value = 2 * random.uniform() - 1;
      e.numbers.push_back(static_cast<float>(value));
    }
    data.target.numbers.push_back(1000 + 50 * x[0] * x[1] + 20 * x[2]);
  }
  return data;
}

Design small() {
  Design design;
  design.filters = {8};
  design.embedding = 8;
  design.units = {16};
  return design;
}

FitSettings long_fit(std::size_t epochs) {
  FitSettings settings;
  settings.epochs = epochs;
  settings.learning_rate = 0.01;
  return settings;
}

const std::vector<std::string> kKnown{"two", "three", "four",  "five",
                                      "six", "seven", "eight", "nine"};

// The file of a network of texts or of pictures (numbers in the order of Examples).
std::string file_of(const Network& network, const Examples& examples) {
  onnx::ModelWriter writer("network");
  Graph graph(writer);
  std::string input;
  if (examples.of_text()) {
    graph.add_words("words", kKnown, 6);
  } else {
    writer.add_input("x", onnx::DataType::kFloat,
                     {"n", examples.height, examples.width, examples.channels});
    input = examples.height * examples.width > 1
                ? graph.node("Transpose", {"x"}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}})
                : graph.node("Flatten", {"x"}, {{"axis", 1}});
  }
  network.write(graph, input, "y");
  writer.add_output("y", onnx::DataType::kFloat, {"n", network.outputs()});
  return writer.bytes();
}

// What the engine makes of the first `rows` examples; texts are padded by `padding` words beyond
// the longest.
std::vector<float> served(const std::string& file, const Examples& examples, std::size_t rows,
                          std::size_t padding = 0) {
  const std::vector<std::uint8_t> bytes(file.begin(), file.end());
  const auto plan = graph::Plan::open(bytes, "network.onnx", ops::registry());
  graph::Workspace workspace;
  std::vector<std::string_view> words;
  std::vector<graph::TensorView> inputs;
  const auto n = static_cast<std::int64_t>(rows);
  if (examples.of_text()) {
    std::size_t steps = 0;
    for (std::size_t r = 0; r < rows; ++r) steps = std::max(steps, examples.text(r).size());
    steps += padding;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t i = 0; i < steps; ++i) {
        if (i >= examples.text(r).size()) {
          words.emplace_back("");
        } else {
          const std::int32_t word = examples.text(r)[i];
          words.emplace_back(word == 1 ? std::string_view("never seen") : kKnown[word - 2]);
        }
      }
    }
    inputs = {{graph::DataType::kString, {n, static_cast<std::int64_t>(steps)}, words.data()}};
  } else {
    inputs = {
        {graph::DataType::kFloat,
         {n, static_cast<std::int64_t>(examples.height), static_cast<std::int64_t>(examples.width),
          static_cast<std::int64_t>(examples.channels)},
         examples.numbers.data()}};
  }
  std::vector<graph::TensorView> outputs(1);
  graph::run(*plan, workspace, inputs, outputs);
  const auto* values = outputs[0].as<float>();
  return {values, values + outputs[0].shape.elements()};
}

double farthest(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return most;
}

struct Kind {
  std::string name;
  Data data;
  std::function<Network(Random&)> make;
};

std::vector<Kind> kinds() {
  std::vector<Kind> list;
  list.push_back({"pictures", pictures(60, 1),
                  [](Random& random) { return picture_network(6, 6, 1, 3, small(), random); }});
  list.push_back({"texts by convolution", texts(60, 2),
                  [](Random& random) { return text_network(10, 2, small(), random); }});
  for (const Cell cell : {Cell::kRnn, Cell::kGru, Cell::kLstm}) {
    for (const bool both_ways : {false, true}) {
      list.push_back({std::string(name_of(cell)) + (both_ways ? " both ways" : ""), texts(60, 3),
                      [=](Random& random) {
                        Design design = small();
                        design.cell = cell;
                        design.both_ways = both_ways;
                        return recurrent_network(10, 2, design, random);
                      }});
    }
  }
  list.push_back({"numbers", numbers(60, 4), [](Random& random) {
                    Design design = small();
                    design.units = {16, 24};
                    return features_network(3, 1, design, random);
                  }});
  return list;
}

}  // namespace

TEST_CASE("Adam takes the steps of its formulas") {
  Parameter parameter("p", 3);
  parameter.values = {1.0f, -2.0f, 0.5f};
  Adam adam({&parameter});
  double value[3] = {1.0, -2.0, 0.5};
  double mean[3] = {};
  double square[3] = {};
  for (int step = 1; step <= 5; ++step) {
    for (std::size_t i = 0; i < 3; ++i) {
      const double g = value[i] - 0.25 * step;
      parameter.gradient[i] = static_cast<float>(g);
      mean[i] = 0.9 * mean[i] + 0.1 * g;
      square[i] = 0.999 * square[i] + 0.001 * g * g;
      value[i] -= 0.01 * (mean[i] / (1 - std::pow(0.9, step))) /
                  (std::sqrt(square[i] / (1 - std::pow(0.999, step))) + 1e-7);
    }
    adam.step(0.01, 1e9);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(parameter.values[i] == Approx(value[i]).margin(1e-6));
    }
  }
}

TEST_CASE("gradients longer than the longest are shortened together") {
  Parameter a("a", 1);
  Parameter b("b", 1);
  Parameter c("c", 1);
  a.gradient = {30.0f};
  b.gradient = {40.0f};
  c.gradient = {3.0f};  // what 30 becomes at a length of 5 of 50, nearly
  Adam together({&a, &b});
  Adam apart({&c});
  together.step(0.01, 5.0);
  apart.step(0.01, 5.0);
  // The first step of Adam is one of the rate whatever the gradient: the next tells.
  a.gradient = {-0.5f};
  b.gradient = {0.0f};
  c.gradient = {-0.5f};
  together.step(0.01, 5.0);
  apart.step(0.01, 5.0);
  CHECK(a.values[0] == Approx(c.values[0]));
}

TEST_CASE("every kind of network learns sixty rows by heart") {
  for (const Kind& kind : kinds()) {
    INFO(kind.name);
    Random random(9);
    Network network = kind.make(random);
    FitSettings settings = long_fit(400);
    settings.validation_share = 0;
    settings.batch = 16;
    // Without rows held out the epochs are few; more of them are taken one after the other.
    const std::vector<std::uint32_t> rows = all_rows(kind.data.examples.rows);
    if (kind.data.target.classes > 0) {
      for (int turn = 0; turn < 4; ++turn) {
        fit(network, kind.data.examples, kind.data.target, rows, settings, {});
      }
    } else {
      fit(network, kind.data.examples, kind.data.target, rows, settings, {});
    }
    const std::vector<float> said = network.answer(kind.data.examples, rows);
    CHECK(score_of(network, said, kind.data.target, rows) >
          (kind.data.target.classes > 0 ? 0.98 : 0.95));
  }
}

TEST_CASE("networks tell rows that they have not seen") {
  const Data data = pictures(600, 10);
  std::vector<std::uint32_t> rows = all_rows(600);
  const std::vector<std::uint32_t> test(rows.begin() + 480, rows.end());
  rows.resize(480);
  Random random(1);
  Network network = picture_network(6, 6, 1, 3, small(), random);
  const Fit made = fit(network, data.examples, data.target, rows, long_fit(30), {});
  CHECK(score_of(network, network.answer(data.examples, test), data.target, test) > 0.95);
  CHECK(made.curve.size() > 2);
  CHECK(made.curve.back().training_loss < made.curve.front().training_loss);
}

TEST_CASE("a tenth of each class is held out, and the best epoch of it kept") {
  const Data data = texts(400, 11);
  const std::vector<std::uint32_t> rows = all_rows(400);
  Random random(2);
  Network network = recurrent_network(10, 2, small(), random);
  const Fit made = fit(network, data.examples, data.target, rows, long_fit(60), {});
  CHECK(made.validation.size() >= 39);
  CHECK(made.validation.size() <= 41);
  const auto ones = [&](Rows of) {
    double count = 0;
    for (const std::uint32_t row : of) count += data.target.labels[row];
    return count / static_cast<double>(of.size());
  };
  CHECK(ones(made.validation) == Approx(ones(rows)).margin(0.02));
  for (const Epoch& epoch : made.curve) {
    CHECK(epoch.validation_loss >= made.curve[made.best].validation_loss);
  }
  CHECK(made.best + 1 + 8 >= made.curve.size());
  const std::vector<float> said = network.answer(data.examples, made.validation);
  CHECK(score_of(network, said, data.target, made.validation) ==
        made.curve[made.best].validation_score);
}

TEST_CASE("numbers are answered in the units of the target") {
  const Data data = numbers(800, 12);
  const std::vector<std::uint32_t> rows = all_rows(800);
  Random random(3);
  Network network = features_network(3, 1, small(), random);
  const Fit made = fit(network, data.examples, data.target, rows, long_fit(60), {});
  const std::vector<float> said = network.answer(data.examples, made.validation);
  CHECK(score_of(network, said, data.target, made.validation) > 0.97);
  CHECK(score_of(network, said, data.target, made.validation) ==
        Approx(made.curve[made.best].validation_score).margin(1e-4));
}

TEST_CASE("rare classes can weigh as much as common ones") {
  // Class 1 is one row in ten, and what tells it is drowned in noise.
  Data data;
  data.examples.channels = 1;
  data.examples.rows = 1000;
  data.target.classes = 2;
  Random random(13);
  for (int i = 0; i < 1000; ++i) {
    const int label = i % 10 == 0 ? 1 : 0;
    data.examples.numbers.push_back(static_cast<float>(0.7 * label + 2 * random.uniform()));
    data.target.labels.push_back(label);
  }
  const std::vector<std::uint32_t> rows = all_rows(1000);
  const auto ones_said = [&](bool balanced) {
    Random weights(4);
    Network network = features_network(1, 2, small(), weights);
    FitSettings settings = long_fit(20);
    settings.balanced = balanced;
    fit(network, data.examples, data.target, rows, settings, {});
    const std::vector<float> said = network.answer(data.examples, rows);
    int count = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) count += said[2 * i + 1] > 0.5f ? 1 : 0;
    return count;
  };
  CHECK(ones_said(true) > 2 * ones_said(false));
}

TEST_CASE("the same seed gives the same network, another one another") {
  const Data data = texts(100, 14);
  const std::vector<std::uint32_t> rows = all_rows(100);
  const auto made = [&](std::uint64_t seed) {
    Random random(seed);
    Design design = small();
    design.dropout = 0.2f;
    Network network = recurrent_network(10, 2, design, random);
    FitSettings settings = long_fit(3);
    settings.seed = seed;
    fit(network, data.examples, data.target, rows, settings, {});
    return file_of(network, data.examples);
  };
  CHECK(made(5) == made(5));
  CHECK(made(5) != made(6));
}

TEST_CASE("the engine answers a network's file as the network does, float and int8") {
  for (Kind& kind : kinds()) {
    INFO(kind.name);
    Random random(15);
    Network network = kind.make(random);
    const std::vector<std::uint32_t> rows = all_rows(20);
    fit(network, kind.data.examples, kind.data.target, all_rows(60), long_fit(10), {});
    // A file reads the first six words of a text.
    if (kind.data.examples.of_text()) {
      Examples cut;
      cut.rows = kind.data.examples.rows;
      for (std::size_t r = 0; r < cut.rows; ++r) {
        const auto text = kind.data.examples.text(r);
        const auto kept = text.first(std::min<std::size_t>(6, text.size()));
        cut.words.insert(cut.words.end(), kept.begin(), kept.end());
        cut.ends.push_back(static_cast<std::uint32_t>(cut.words.size()));
      }
      const std::vector<float> whole = served(file_of(network, cut), kind.data.examples, 20);
      CHECK(farthest(whole, served(file_of(network, cut), cut, 20)) == 0);
      kind.data.examples = cut;
    }
    const double unit = kind.data.target.classes > 0 ? 1 : 50;
    const std::string as_float = file_of(network, kind.data.examples);
    CHECK(farthest(network.answer(kind.data.examples, rows),
                   served(as_float, kind.data.examples, 20)) < 2e-5 * unit);
    network.round();
    const std::string as_int8 = file_of(network, kind.data.examples);
    CHECK(as_int8.size() < as_float.size());
    const std::vector<float> said = served(as_int8, kind.data.examples, 20);
    CHECK(farthest(network.answer(kind.data.examples, rows), said) < 1e-3 * unit);
    if (!kind.data.examples.of_text()) continue;
    CHECK(farthest(served(as_int8, kind.data.examples, 20, 5), said) < 1e-6);
  }
}

TEST_CASE("weights too few to be worth a node stay float") {
  Parameter few("few", 100, 10);
  Random random(16);
  fill_uniform(few.values, 1, random);
  const std::vector<float> before = few.values;
  round_weights(few);
  CHECK(few.integers.empty());
  CHECK(few.values == before);
  Parameter many("many", 1000, 10);
  fill_uniform(many.values, 1, random);
  round_weights(many);
  REQUIRE(many.integers.size() == 1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    CHECK(many.values[i] == many.scales[i % 10] * static_cast<float>(many.integers[i]));
  }
}

}  // namespace storewise::train::network
