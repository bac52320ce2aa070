// What the tests of linear models and support vector machines share: a small table from a
// generator, whose numbers scikit-learn was given too, and a model run by the engine.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "graph/plan.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "train/feature_table.h"
#include "train/math.h"

namespace tabular_data {

using namespace storewise;
using train::FeatureTable;
using train::Target;

struct Example {
  FeatureTable table;
  Target numbers;
  Target three;  // 17, 20 and 23 rows
  Target two;    // 37 and 23 rows: the last class of `three` or not
  std::vector<std::uint32_t> rows;
};

// Sixty rows of four columns between -2 and 2, multiples of 1/64; a number that depends on the
// first three, and three classes that overlap, with a noise of up to 1.
inline Example example() {
  constexpr std::size_t kRows = 60;
  constexpr std::size_t kColumns = 4;
  train::Random random(7);
  Example data;
  data.table.rows = kRows;
  data.table.columns = kColumns;
  data.table.values.resize(kRows * kColumns);
  data.three.classes = 3;
  data.two.classes = 2;
  for (std::size_t r = 0; r < kRows; ++r) {
    double x[kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      x[c] = (static_cast<double>(random.below(257)) - 128.0) / 64.0;
      data.table.values[c * kRows + r] = static_cast<float>(x[c]);
    }
    const double noise = (static_cast<double>(random.below(65)) - 32.0) / 32.0;
    data.numbers.numbers.push_back(2.0 * x[0] - x[1] + 0.5 * x[2] * x[2] + noise);
    const int label = x[0] + 0.5 * noise > 0.7 ? 2 : x[1] + 0.5 * noise > 0.0 ? 1 : 0;
    data.three.labels.push_back(label);
    data.two.labels.push_back(label == 2 ? 1 : 0);
    data.rows.push_back(static_cast<std::uint32_t>(r));
  }
  return data;
}

// Weights 1, 2, 3, 1, 2, 3, ...
inline std::vector<double> example_weights(std::size_t rows) {
  std::vector<double> weights;
  for (std::size_t r = 0; r < rows; ++r) weights.push_back(static_cast<double>(1 + r % 3));
  return weights;
}

template <typename A, typename B>
void check_near(const std::vector<A>& found, const std::vector<B>& expected, double tolerance) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i, found[i], expected[i]);
    CHECK(std::fabs(static_cast<double>(found[i]) - static_cast<double>(expected[i])) <= tolerance);
  }
}

// A table as a graph's input has it: row after row.
inline std::vector<float> row_major(const FeatureTable& table) {
  std::vector<float> values;
  for (std::size_t r = 0; r < table.rows; ++r) {
    for (std::size_t c = 0; c < table.columns; ++c) values.push_back(table.at(r, c));
  }
  return values;
}

// What the engine makes of a table.
struct Served {
  std::vector<std::string> names;     // the label, where it is a string
  std::vector<std::int64_t> numbers;  // the label, where it is a number
  std::vector<float> values;          // the last output
};

inline Served serve(const std::string& model, const FeatureTable& table) {
  const std::vector<std::uint8_t> bytes(model.begin(), model.end());
  const auto plan = graph::Plan::open(bytes, "written.onnx", ops::registry());
  graph::Workspace workspace;
  const std::vector<float> input = row_major(table);
  const std::vector<graph::TensorView> inputs{
      {graph::DataType::kFloat,
       {static_cast<std::int64_t>(table.rows), static_cast<std::int64_t>(table.columns)},
       input.data()}};
  std::vector<graph::TensorView> outputs(plan->outputs().size());
  graph::run(*plan, workspace, inputs, outputs);
  Served served;
  const graph::TensorView& label = outputs.front();
  if (label.type == graph::DataType::kString) {
    const auto* names = label.as<std::string_view>();
    served.names.assign(names, names + table.rows);
  } else if (label.type == graph::DataType::kInt64) {
    const auto* numbers = label.as<std::int64_t>();
    served.numbers.assign(numbers, numbers + table.rows);
  }
  const auto* values = outputs.back().as<float>();
  served.values.assign(values, values + outputs.back().shape.elements());
  return served;
}

// A graph of one input, to which `add` adds the rest.
template <typename Add>
std::string classifier_graph(std::size_t columns, std::size_t classes, bool names, Add add) {
  onnx::ModelWriter writer("classifier");
  writer.add_input("x", onnx::DataType::kFloat, {"n", columns});
  writer.add_output("label", names ? onnx::DataType::kString : onnx::DataType::kInt64, {"n"});
  writer.add_output("probabilities", onnx::DataType::kFloat, {"n", classes});
  add(writer);
  return writer.bytes();
}
template <typename Add>
std::string regressor_graph(std::size_t columns, Add add) {
  onnx::ModelWriter writer("regressor");
  writer.add_input("x", onnx::DataType::kFloat, {"n", columns});
  writer.add_output("y", onnx::DataType::kFloat, {"n", 1});
  add(writer);
  return writer.bytes();
}

// The names of classes 0, 1, 2 and their numbers in the tests of written graphs.
inline std::vector<std::string> example_names(std::size_t classes) {
  const std::vector<std::string> names{"none", "some", "many"};
  return {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(classes)};
}

}  // namespace tabular_data
