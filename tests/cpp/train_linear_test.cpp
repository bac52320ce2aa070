// Linear models against values by hand, against scikit-learn 1.9 (numbers without an explanation),
// and against the engine that runs the written file; and what they stand on.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "catch.h"
#include "support/error.h"
#include "tabular_data.h"
#include "train/linear_model.h"
#include "train/linear_onnx.h"
#include "train/linear_svm.h"
#include "train/logistic.h"
#include "train/platt.h"
#include "train/solve.h"

using namespace storewise;
using namespace storewise::train;
using namespace tabular_data;

namespace {

const Example kData = example();

LinearRegression regress(const LinearRegressionSettings& settings,
                         const std::vector<double>& weights = {}) {
  return train_linear_regression(kData.table, kData.numbers, kData.rows, weights, settings, {});
}

void check_fit(const LinearRegression& model, const std::vector<double>& weights, double intercept,
               double tolerance = 1e-8) {
  CHECK(model.converged);
  check_near(model.weights, weights, tolerance);
  CHECK(std::fabs(model.intercept - intercept) <= tolerance);
}

LogisticModel classify(const Target& target, const LogisticSettings& settings = {},
                       const std::vector<double>& weights = {}) {
  return train_logistic(kData.table, target, kData.rows, weights, settings, {});
}

LinearSvmModel separate(const Target& target, const LinearSvmSettings& settings) {
  return train_linear_svm(kData.table, target, kData.rows, {}, settings, {});
}

}  // namespace

TEST_CASE("least squares is the line through two points") {
  FeatureTable table{2, 1, {1.0f, 3.0f}};
  Target target;
  target.numbers = {5.0, 9.0};
  const std::vector<std::uint32_t> rows{0, 1};
  LinearRegressionSettings settings;
  settings.penalty = Penalty::kNone;
  const LinearRegression model = train_linear_regression(table, target, rows, {}, settings, {});
  check_fit(model, {2.0}, 3.0, 1e-12);
  check_near(predict(model, table, rows), target.numbers, 1e-12);
  // Ridge: the centred products are 2 and 4, so w = 4 / (2 + alpha).
  settings.penalty = Penalty::kRidge;
  settings.alpha = 2.0;
  check_fit(train_linear_regression(table, target, rows, {}, settings, {}), {1.0}, 5.0, 1e-12);
  // The lasso: 1/4 (2 w^2 - 8 w) + alpha w has its least value at w = 2 - alpha.
  settings.penalty = Penalty::kElasticNet;
  settings.l1_ratio = 1.0;
  settings.alpha = 0.5;
  settings.tolerance = 1e-14;
  check_fit(train_linear_regression(table, target, rows, {}, settings, {}), {1.5}, 4.0, 1e-6);
  settings.alpha = 3.0;
  check_fit(train_linear_regression(table, target, rows, {}, settings, {}), {0.0}, 7.0, 1e-12);
}

TEST_CASE("linear regression agrees with scikit-learn") {
  LinearRegressionSettings settings;
  const std::vector<double> weights = example_weights(kData.rows.size());
  settings.penalty = Penalty::kNone;
  check_fit(regress(settings), {1.994823263, -1.058232291, 0.127308337, 0.141068771}, 0.643851987);
  settings.penalty = Penalty::kRidge;
  settings.alpha = 3.0;
  check_fit(regress(settings), {1.926360326, -1.023921307, 0.105561076, 0.138651743}, 0.661800801);
  check_fit(regress(settings, weights), {1.974481063, -1.092609496, 0.170308841, 0.120708669},
            0.628938677);
  settings.intercept = false;
  check_fit(regress(settings), {2.004605756, -1.090352152, 0.14821459, 0.112124299}, 0.0);
  settings.intercept = true;
  settings.penalty = Penalty::kElasticNet;
  settings.tolerance = 1e-14;
  settings.alpha = 0.2;
  check_fit(regress(settings), {1.793346099, -0.914799707, 0.0, 0.070588879}, 0.702116058, 1e-6);
  check_fit(regress(settings, weights), {1.81514486, -0.956608363, 0.035091703, 0.04600199},
            0.669799718, 1e-6);
  settings.l1_ratio = 1.0;
  settings.alpha = 0.3;
  check_fit(regress(settings), {1.787127041, -0.838299641, 0.0, 0.0}, 0.71152352, 1e-6);
}

TEST_CASE("an elastic net without its first part is ridge") {
  LinearRegressionSettings net;
  net.penalty = Penalty::kElasticNet;
  net.l1_ratio = 0.0;
  net.alpha = 0.05;
  LinearRegressionSettings ridge;
  ridge.alpha = 0.05 * 60;  // the elastic net's is for the mean
  const LinearRegression expected = regress(ridge);
  check_fit(regress(net), expected.weights, expected.intercept, 1e-12);
  net.alpha = 0.0;
  ridge.penalty = Penalty::kNone;
  const LinearRegression plain = regress(ridge);
  check_fit(regress(net), plain.weights, plain.intercept, 1e-12);
}

TEST_CASE("of columns that depend on each other, least squares takes the shortest weights") {
  Example data = example();
  for (std::size_t r = 0; r < data.table.rows; ++r) {
    data.table.values.push_back(data.table.at(r, 0) + data.table.at(r, 1));
  }
  ++data.table.columns;
  LinearRegressionSettings settings;
  settings.penalty = Penalty::kNone;
  check_fit(train_linear_regression(data.table, data.numbers, data.rows, {}, settings, {}),
            {1.682626272, -1.370429281, 0.127308337, 0.141068771, 0.312196991}, 0.643851987);
}

TEST_CASE("a row of weight two counts as two rows") {
  std::vector<std::uint32_t> twice = kData.rows;
  std::vector<double> weights(kData.rows.size(), 1.0);
  for (std::uint32_t r = 0; r < 20; ++r) {
    twice.push_back(r);
    weights[r] = 2.0;
  }
  const LinearRegression counted = regress({}, weights);
  check_fit(train_linear_regression(kData.table, kData.numbers, twice, {}, {}, {}), counted.weights,
            counted.intercept, 1e-10);
  const LogisticModel weighted = classify(kData.three, {}, weights);
  check_near(train_logistic(kData.table, kData.three, twice, {}, {}, {}).weights, weighted.weights,
             1e-4);
}

TEST_CASE("a constant column has weight 0") {
  Example data = example();
  data.table.values.insert(data.table.values.end(), data.table.rows, 3.0f);
  ++data.table.columns;
  for (const Penalty penalty : {Penalty::kNone, Penalty::kRidge, Penalty::kElasticNet}) {
    LinearRegressionSettings settings;
    settings.penalty = penalty;
    settings.alpha = 0.01;
    const LinearRegression with =
        train_linear_regression(data.table, data.numbers, data.rows, {}, settings, {});
    CHECK(with.weights[4] == 0.0);
    const LinearRegression without = regress(settings);
    for (std::size_t c = 0; c < 4; ++c) {
      CHECK(std::fabs(with.weights[c] - without.weights[c]) <= 1e-9);
    }
  }
}

TEST_CASE("logistic regression agrees with scikit-learn") {
  LogisticSettings settings;
  settings.tolerance = 1e-10;
  const LogisticModel two = classify(kData.two, settings);
  CHECK(two.converged);
  CHECK(two.outputs() == 1);
  check_near(two.weights,
             std::vector<double>{2.654805892, -0.612243621, -0.202053778, 0.346208193, -1.7793247},
             1e-6);
  const std::vector<std::uint32_t> first_three{0, 1, 2};
  check_near(predict_probabilities(two, kData.table, first_three),
             std::vector<double>{8.771981684e-01, 1.228018316e-01, 9.912262756e-01, 8.773724378e-03,
                                 9.990547842e-01, 9.452157930e-04},
             1e-6);
  const LogisticModel three = classify(kData.three, settings);
  CHECK(three.converged);
  check_near(
      three.weights,
      std::vector<double>{-0.998627991, -1.153815634, -0.038919277, -0.385099578, 0.085089836,
                          -1.047093528, 1.70220192, 0.168123556, 0.195189993, 0.201341074,
                          2.045721519, -0.548386287, -0.129204279, 0.189909585, -0.28643091},
      1e-6);
  const std::vector<std::uint32_t> first_two{0, 1};
  check_near(predict_probabilities(three, kData.table, first_two),
             std::vector<double>{0.937658442, 0.007177303, 0.055164255, 0.758102398, 0.231340533,
                                 0.01055707},
             1e-6);
  settings.cost = 0.1;
  settings.balanced = true;
  check_near(classify(kData.two, settings).weights,
             std::vector<double>{1.085606689, -0.293661096, -0.12988394, 0.152711943, -0.543501367},
             1e-6);
}

TEST_CASE("without an intercept, logistic regression leaves it at 0") {
  LogisticSettings settings;
  settings.intercept = false;
  const LogisticModel model = classify(kData.three, settings);
  CHECK(model.converged);
  for (std::size_t k = 0; k < 3; ++k) CHECK(model.weights[k * 5 + 4] == 0.0);
}

TEST_CASE("columns of very different size do not keep logistic regression from converging") {
  Example data = example();
  for (std::size_t r = 0; r < data.table.rows; ++r) data.table.values[r] *= 10000.0f;
  LogisticSettings settings;
  settings.cost = 1e9;  // next to no penalty: the scores are the same for any size
  settings.tolerance = 1e-9;
  const LogisticModel scaled = train_logistic(data.table, data.two, data.rows, {}, settings, {});
  const LogisticModel plain = classify(data.two, settings);
  CHECK(scaled.converged);
  CHECK(plain.converged);
  CHECK(scaled.rounds < 100);
  check_near(predict_probabilities(scaled, data.table, data.rows),
             predict_probabilities(plain, kData.table, kData.rows), 1e-3);
}

TEST_CASE("a linear support vector machine agrees with scikit-learn, by either solver") {
  LinearSvmSettings settings;
  settings.cost = 0.5;
  settings.tolerance = 1e-8;
  settings.rounds = 100000;
  settings.calibration_folds = 0;
  const std::vector<double> squared{1.285323041, -0.263533609, -0.074773347, 0.189339177,
                                    -0.757300541};
  for (const auto solver : {LinearSvmSolver::kDual, LinearSvmSolver::kPrimal}) {
    settings.solver = solver;
    const LinearSvmModel model = separate(kData.two, settings);
    CHECK(model.converged);
    check_near(model.weights, squared, 1e-6);
  }
  settings.balanced = true;
  for (const auto solver : {LinearSvmSolver::kDual, LinearSvmSolver::kPrimal}) {
    settings.solver = solver;
    check_near(
        separate(kData.three, settings).weights,
        std::vector<double>{-0.684135559, -0.668466481, 0.003759241, -0.258911183, -0.690693916,
                            -0.789598839, 1.348000347, 0.119595118, 0.144846924, -0.763729957,
                            1.237899063, -0.255144721, -0.073322136, 0.180018118, -0.767006082},
        1e-6);
  }
  settings.balanced = false;
  settings.solver = LinearSvmSolver::kChoose;
  settings.loss = SvmLoss::kHinge;
  const LinearSvmModel hinge = separate(kData.two, settings);
  CHECK(hinge.converged);
  check_near(
      hinge.weights,
      std::vector<double>{1.727031024, -0.400116971, -0.044303335, 0.317369662, -0.783653801},
      1e-5);
}

TEST_CASE("Platt's probabilities agree with scikit-learn's sigmoid") {
  std::vector<double> values;
  std::vector<char> is_first;
  for (std::size_t r = 0; r < kData.table.rows; ++r) {
    values.push_back(static_cast<double>(kData.table.at(r, 0)));
    is_first.push_back(kData.two.labels[r] == 1 ? 1 : 0);
  }
  const Platt platt = fit_platt(values, is_first);
  CHECK(std::fabs(platt.a + 3.008611312) <= 1e-4);
  CHECK(std::fabs(platt.b - 1.951490458) <= 1e-4);
}

TEST_CASE("folds are even in each class, and drawn from the seed") {
  const auto folds = assign_folds(kData.three.labels, 5, 42);
  std::vector<std::vector<int>> counts(3, std::vector<int>(5, 0));
  std::vector<int> sizes(5, 0);
  for (std::size_t r = 0; r < folds.size(); ++r) {
    REQUIRE(folds[r] < 5);
    ++counts[static_cast<std::size_t>(kData.three.labels[r])][folds[r]];
    ++sizes[folds[r]];
  }
  CHECK(sizes == std::vector<int>(5, 12));
  for (const std::vector<int>& of_class : counts) {
    const auto [least, most] = std::minmax_element(of_class.begin(), of_class.end());
    CHECK(*most - *least <= 1);
  }
  CHECK(assign_folds(kData.three.labels, 5, 42) == folds);
  CHECK(assign_folds(kData.three.labels, 5, 43) != folds);
}

TEST_CASE("calibrated probabilities of a linear machine sum to 1 and follow the scores") {
  for (const Target* target : {&kData.two, &kData.three}) {
    const LinearSvmModel model = separate(*target, {});
    CHECK(model.converged);
    const LinearSvmPredictions said = predict(model, kData.table, kData.rows);
    const std::size_t classes = model.classes;
    int right = 0;
    for (std::size_t r = 0; r < kData.rows.size(); ++r) {
      double sum = 0.0;
      for (std::size_t k = 0; k < classes; ++k) sum += said.probabilities[r * classes + k];
      CHECK(std::fabs(sum - 1.0) < 1e-12);
      right += said.labels[r] == target->labels[r] ? 1 : 0;
    }
    CHECK(right >= 48);
    for (const double a : model.prob_a) CHECK(a < 0.0);
  }
}

TEST_CASE("the engine runs written linear models as they predict") {
  for (const Target* target : {&kData.two, &kData.three}) {
    const auto classes = static_cast<std::size_t>(target->classes);
    for (const bool names : {true, false}) {
      const ClassLabels labels =
          names ? ClassLabels(example_names(classes))
                : ClassLabels(classes == 2 ? std::vector<std::int64_t>{4, 9}
                                           : std::vector<std::int64_t>{4, 9, 2});
      const std::vector<std::int64_t> numbers{4, 9, 2};
      const auto check_served = [&](const Served& served, const std::vector<double>& probabilities,
                                    const std::vector<std::int32_t>& expected) {
        check_near(served.values, probabilities, 1e-5);
        for (std::size_t r = 0; r < expected.size(); ++r) {
          const auto k = static_cast<std::size_t>(expected[r]);
          if (names) CHECK(served.names[r] == example_names(classes)[k]);
          if (!names) CHECK(served.numbers[r] == numbers[k]);
        }
      };
      const LogisticModel logistic = classify(*target);
      const auto probabilities = predict_probabilities(logistic, kData.table, kData.rows);
      std::vector<std::int32_t> best;
      for (std::size_t r = 0; r < kData.rows.size(); ++r) {
        const double* row = probabilities.data() + r * classes;
        best.push_back(static_cast<std::int32_t>(std::max_element(row, row + classes) - row));
      }
      check_served(serve(classifier_graph(4, classes, names,
                                          [&](onnx::ModelWriter& writer) {
                                            add_logistic_classifier(writer, "x", "label",
                                                                    "probabilities", logistic,
                                                                    labels);
                                          }),
                         kData.table),
                   probabilities, best);
      const LinearSvmModel machine = separate(*target, {});
      const LinearSvmPredictions said = predict(machine, kData.table, kData.rows);
      check_served(serve(classifier_graph(4, classes, names,
                                          [&](onnx::ModelWriter& writer) {
                                            add_linear_svm_classifier(writer, "x", "label",
                                                                      "probabilities", machine,
                                                                      labels);
                                          }),
                         kData.table),
                   said.probabilities, said.labels);
    }
  }
  const LinearRegression line = regress({});
  const std::string file = regressor_graph(
      4, [&](onnx::ModelWriter& writer) { add_linear_regressor(writer, "x", "y", line); });
  check_near(serve(file, kData.table).values, predict(line, kData.table, kData.rows), 1e-5);
}

TEST_CASE("training tells of its progress") {
  std::vector<std::string> phases;
  const auto progress = [&](std::string_view phase, std::size_t done, std::size_t total) {
    CHECK(done <= total);
    if (phases.empty() || phases.back() != phase) phases.emplace_back(phase);
  };
  train_linear_regression(kData.table, kData.numbers, kData.rows, {}, {}, progress);
  train_logistic(kData.table, kData.three, kData.rows, {}, {}, progress);
  train_linear_svm(kData.table, kData.three, kData.rows, {}, {}, progress);
  CHECK(phases == std::vector<std::string>{"counting", "solving", "counting", "solving"});
}

TEST_CASE("linear models refuse what they cannot be trained on") {
  const auto logistic = [](const FeatureTable& table, const Target& target,
                           const std::vector<std::uint32_t>& rows, const LogisticSettings& s = {},
                           const std::vector<double>& weights = {}) {
    train_logistic(table, target, rows, weights, s, {});
  };
  Example data = example();
  CHECK_THROWS_WITH(logistic(data.table, data.numbers, data.rows),
                    ContainsSubstring("expected 60 labels of two or more classes"));
  CHECK_THROWS_WITH(regress({}, {1.0, 2.0}), ContainsSubstring("expected 60 weights; found 2"));
  CHECK_THROWS_WITH(regress({}, std::vector<double>(60, 0.0)), ContainsSubstring("a sum above 0"));
  CHECK_THROWS_WITH(regress({}, std::vector<double>(60, -1.0)),
                    ContainsSubstring("finite weights of 0 or more"));
  CHECK_THROWS_WITH(train_linear_regression(data.table, data.three, data.rows, {}, {}, {}),
                    ContainsSubstring("expected 60 numbers; found 0 numbers and 60 labels"));
  CHECK_THROWS_WITH(logistic(data.table, data.two, {}), ContainsSubstring("found 0 rows"));
  CHECK_THROWS_WITH(logistic(data.table, data.two, {1, 60}),
                    ContainsSubstring("expected rows below 60; found 60"));
  std::vector<std::uint32_t> of_one_class;
  for (const std::uint32_t r : data.rows) {
    if (data.two.labels[r] == 0) of_one_class.push_back(r);
  }
  CHECK_THROWS_WITH(logistic(data.table, data.two, of_one_class),
                    ContainsSubstring("two or more classes among the rows; found one"));
  CHECK_THROWS_WITH(train_linear_svm(data.table, data.two, of_one_class, {}, {}, {}),
                    ContainsSubstring("two or more classes among the rows"));
  data.two.labels[5] = 7;
  CHECK_THROWS_WITH(logistic(data.table, data.two, data.rows),
                    ContainsSubstring("target, row 5); expected a label from 0 to 1; found 7"));
  data.numbers.numbers[8] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(train_linear_regression(data.table, data.numbers, data.rows, {}, {}, {}),
                    ContainsSubstring("target, row 8); expected a finite number"));
  data.table.values[2 * 60 + 17] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(
      logistic(data.table, data.three, data.rows),
      ContainsSubstring("row 17, column 2); expected a finite number; found a missing value"));
  data.table.values[2 * 60 + 17] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(logistic(data.table, data.three, data.rows),
                    ContainsSubstring("row 17, column 2); expected a finite number; found an inf"));
  data.table.values.pop_back();
  CHECK_THROWS_WITH(logistic(data.table, data.three, data.rows),
                    ContainsSubstring("expected 60 x 4 numbers; found 239"));

  LinearRegressionSettings regression;
  regression.alpha = -1;
  CHECK_THROWS_WITH(regress(regression), ContainsSubstring("settings.alpha"));
  regression = {};
  regression.l1_ratio = 1.5;
  CHECK_THROWS_WITH(regress(regression), ContainsSubstring("settings.l1_ratio"));
  regression = {};
  regression.tolerance = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(regress(regression), ContainsSubstring("settings.tolerance"));
  LogisticSettings settings;
  settings.cost = 0;
  CHECK_THROWS_WITH(classify(kData.two, settings), ContainsSubstring("settings.cost"));
  LinearSvmSettings machine;
  machine.calibration_folds = 1;
  CHECK_THROWS_WITH(separate(kData.two, machine), ContainsSubstring("settings.calibration_folds"));
  machine = {};
  machine.loss = SvmLoss::kHinge;
  machine.solver = LinearSvmSolver::kPrimal;
  CHECK_THROWS_WITH(separate(kData.two, machine), ContainsSubstring("settings.solver"));

  const LogisticModel model = classify(kData.two);
  FeatureTable narrow{2, 1, {1.0f, 2.0f}};
  const std::vector<std::uint32_t> two_rows{0, 1};
  CHECK_THROWS_WITH(predict_probabilities(model, narrow, two_rows),
                    ContainsSubstring("expected 4 columns; found 1"));
  CHECK_THROWS_WITH(predict(regress({}), narrow, two_rows), ContainsSubstring("4 columns"));
  CHECK_THROWS_WITH(predict(separate(kData.two, {}), narrow, two_rows),
                    ContainsSubstring("4 columns"));
  onnx::ModelWriter writer("refused");
  CHECK_THROWS_WITH(add_logistic_classifier(writer, "x", "l", "p", model, example_names(3)),
                    ContainsSubstring("a label for each of 2 classes; found 3 labels"));
  machine = {};
  machine.calibration_folds = 0;
  CHECK_THROWS_WITH(add_linear_svm_classifier(writer, "x", "l", "p", separate(kData.two, machine),
                                              example_names(2)),
                    ContainsSubstring("a machine with probabilities"));
}

TEST_CASE("powers and logarithms of many numbers are those of one") {
  std::vector<double> x;
  for (int i = -2500; i <= 2500; ++i) x.push_back(i * 0.28);
  std::vector<double> found = x;
  exp_all(found.size(), found.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    CAPTURE(x[i]);
    CHECK(std::fabs(found[i] - std::exp(x[i])) <= 1e-15 * std::exp(x[i]));
  }
  std::vector<double> shares;
  for (int i = 0; i <= 1000; ++i) shares.push_back(i * 0.001);
  shares.push_back(1e-300);
  found = shares;
  log1p_all(found.size(), found.data());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    CAPTURE(shares[i]);
    CHECK(std::fabs(found[i] - std::log1p(shares[i])) <= 1e-15 * std::log1p(shares[i]) + 1e-17);
  }
}

TEST_CASE("the minimiser finds the bottom of a bowl in any direction") {
  // 1/2 x'Ax - b'x with A = diag(1, 100, 10000) turned a little.
  const auto bowl = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = x[0] + 0.5 * x[1] - 1.0;
    gradient[1] = 0.5 * x[0] + 100.0 * x[1] - 10.0 * x[2] - 2.0;
    gradient[2] = -10.0 * x[1] + 10000.0 * x[2] - 3.0;
    return 0.5 * (x[0] * x[0] + 100.0 * x[1] * x[1] + 10000.0 * x[2] * x[2]) + 0.5 * x[0] * x[1] -
           10.0 * x[1] * x[2] - x[0] - 2.0 * x[1] - 3.0 * x[2];
  };
  for (const bool scaled : {false, true}) {
    std::vector<double> at{0.0, 0.0, 0.0};
    const auto precondition = [&](std::span<double> v) {
      if (!scaled) return;
      v[1] /= 100.0;
      v[2] /= 10000.0;
    };
    const Minimum minimum = minimise(
        bowl, precondition, {1e-10, 500}, [](std::uint32_t) {}, at);
    CHECK(minimum.converged);
    std::vector<double> gradient(3);
    bowl(at, gradient);
    for (const double slope : gradient) CHECK(std::fabs(slope) <= 1e-10);
  }
  std::vector<double> at{0.0, 0.0, 0.0};
  const Minimum stopped = minimise(
      bowl, [](std::span<double>) {}, {1e-12, 1}, [](std::uint32_t) {}, at);
  CHECK_FALSE(stopped.converged);
  CHECK(stopped.rounds == 1);
}

TEST_CASE("the shortest solution of a system whose columns depend on each other") {
  // x + y = 2 in two columns that are the same: 1 and 1.
  check_near(solve_least_norm(2, {1.0, 1.0, 1.0, 1.0}, std::vector<double>{2.0, 2.0}),
             std::vector<double>{1.0, 1.0}, 1e-12);
  // The second column is twice the first: x + 2 y = 5 is shortest at (1, 2).
  check_near(solve_least_norm(2, {1.0, 2.0, 2.0, 4.0}, std::vector<double>{5.0, 10.0}),
             std::vector<double>{1.0, 2.0}, 1e-12);
  check_near(solve_least_norm(2, {0.0, 0.0, 0.0, 0.0}, std::vector<double>{0.0, 0.0}),
             std::vector<double>{0.0, 0.0}, 0.0);
}
