// Support vector machines with a kernel against values by hand, against the conditions of
// optimality worked out anew, against scikit-learn 1.9 (numbers without an explanation), and
// against the engine that runs the written file.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "catch.h"
#include "support/error.h"
#include "tabular_data.h"
#include "train/linear_onnx.h"
#include "train/svm.h"

using namespace storewise;
using namespace storewise::train;
using namespace tabular_data;

namespace {

const Example kData = example();

SvmModel classify(const Target& target, const SvmSettings& settings,
                  const std::vector<double>& weights = {}) {
  return train_svm_classifier(kData.table, target, kData.rows, weights, settings, {});
}

SvmModel regress(const SvmSettings& settings, const std::vector<double>& weights = {}) {
  return train_svm_regressor(kData.table, kData.numbers, kData.rows, weights, settings, {});
}

SvmSettings exact() {
  SvmSettings settings;
  settings.tolerance = 1e-8;
  settings.calibration_folds = 0;
  return settings;
}

std::vector<double> decisions(const SvmModel& model, std::size_t rows) {
  std::vector<double> all = predict(model, kData.table, kData.rows).decisions;
  all.resize(rows * std::max<std::size_t>(model.pairs(), 1));
  return all;
}

// A larger problem, on which variables are set aside and rows forgotten: a class by the distance
// from a corner, with some labels turned.
struct Cloud {
  Columns data;
  std::vector<std::uint32_t> rows;
  std::vector<double> sign;
};

Cloud cloud(std::size_t rows) {
  Cloud result;
  Random random(3);
  result.data.rows = rows;
  result.data.columns = 3;
  result.data.values.resize(3 * rows);
  for (float& value : result.data.values) value = static_cast<float>(random.uniform() * 4.0 - 2.0);
  for (std::uint32_t r = 0; r < rows; ++r) {
    double sum = 0.0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double d = static_cast<double>(result.data.column(c)[r]) - 1.0;
      sum += d * d;
    }
    const bool inside = (sum < 3.0) != (random.below(10) == 0);
    result.sign.push_back(inside ? 1.0 : -1.0);
    result.rows.push_back(r);
  }
  return result;
}

DualProblem classification(const Cloud& from, double cost) {
  DualProblem problem;
  problem.aim = from.sign;
  for (const double sign : from.sign) {
    problem.lower.push_back(sign > 0.0 ? 0.0 : -cost);
    problem.upper.push_back(sign > 0.0 ? cost : 0.0);
  }
  return problem;
}

// The numbers to predict are the first column's sine, about, and the bounds the same for all.
DualProblem regression(const Cloud& from, double cost, double tube) {
  DualProblem problem;
  for (std::size_t r = 0; r < from.rows.size(); ++r) {
    const auto x = static_cast<double>(from.data.column(0)[r]);
    problem.aim.push_back(x - x * x * x / 6.0 + 0.2 * from.sign[r]);
    problem.lower.push_back(-cost);
    problem.upper.push_back(cost);
  }
  problem.tube = tube;
  return problem;
}

// What a solution says of each row but for the bias, with kernels in double.
std::vector<double> scores(const Cloud& from, const std::vector<double>& weights, double gamma) {
  std::vector<double> result(from.rows.size(), 0.0);
  for (std::size_t a = 0; a < result.size(); ++a) {
    for (std::size_t b = 0; b < result.size(); ++b) {
      if (weights[b] == 0.0) continue;
      double sum = 0.0;
      for (std::size_t c = 0; c < 3; ++c) {
        const double d = static_cast<double>(from.data.column(c)[a]) -
                         static_cast<double>(from.data.column(c)[b]);
        sum += d * d;
      }
      result[a] += weights[b] * std::exp(-gamma * sum);
    }
  }
  return result;
}

double value_of(const DualProblem& problem, const std::vector<double>& weights,
                const std::vector<double>& score) {
  double value = 0.0;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    value += 0.5 * weights[r] * score[r] - problem.aim[r] * weights[r] +
             problem.tube * std::fabs(weights[r]);
  }
  return value;
}

// The conditions of Karush, Kuhn and Tucker: no weight can grow at the cost of another and gain
// more than `tolerance`. The weights keep their bounds and sum to nothing.
void check_optimal(const Cloud& from, const DualProblem& problem, const DualSolution& solution,
                   double gamma, double tolerance) {
  CHECK(solution.converged);
  const std::vector<double> score = scores(from, solution.weights, gamma);
  double most = -1e300;
  double least = 1e300;
  double sum = 0.0;
  for (std::size_t r = 0; r < score.size(); ++r) {
    const double b = solution.weights[r];
    CHECK(b >= problem.lower[r]);
    CHECK(b <= problem.upper[r]);
    sum += b;
    const double rest = problem.aim[r] - score[r];
    if (b < problem.upper[r]) most = std::max(most, rest + (b < 0 ? problem.tube : -problem.tube));
    if (b > problem.lower[r])
      least = std::min(least, rest + (b > 0 ? -problem.tube : problem.tube));
  }
  CHECK(std::fabs(sum) < 1e-9);
  CHECK(most - least <= tolerance);
  CHECK(solution.bias >= least - tolerance);
  CHECK(solution.bias <= most + tolerance);
}

}  // namespace

TEST_CASE("the machine between two points is half way") {
  FeatureTable table{2, 1, {-1.0f, 3.0f}};
  Target target;
  target.classes = 2;
  target.labels = {0, 1};
  const std::vector<std::uint32_t> rows{0, 1};
  SvmSettings settings = exact();
  settings.kernel = SvmKernel::kLinear;
  const SvmModel model = train_svm_classifier(table, target, rows, {}, settings, {});
  // w = -1/2 and b = 1/2 say 1 of -1, for class 0, and -1 of 3: both weights are 2 / (x - v)^2.
  check_near(model.coefficients, std::vector<double>{0.125, -0.125}, 1e-12);
  check_near(model.rho, std::vector<double>{0.5}, 1e-12);
  CHECK(model.vectors == std::vector<float>{-1.0f, 3.0f});
  const SvmPredictions said = predict(model, table, rows);
  check_near(said.decisions, std::vector<double>{1.0, -1.0}, 1e-12);
  CHECK(said.labels == std::vector<std::int32_t>{0, 1});
  CHECK(said.probabilities.empty());
  // With a cost below that weight, both end at the cost.
  settings.cost = 0.1;
  check_near(train_svm_classifier(table, target, rows, {}, settings, {}).coefficients,
             std::vector<double>{0.1, -0.1}, 1e-8);
}

TEST_CASE("regression within the tube has no vectors, and beyond it the flattest line") {
  FeatureTable table{2, 1, {0.0f, 2.0f}};
  Target target;
  target.numbers = {1.0, 5.0};
  const std::vector<std::uint32_t> rows{0, 1};
  SvmSettings settings = exact();
  settings.kernel = SvmKernel::kLinear;
  settings.cost = 100.0;
  settings.tube = 0.5;
  // From (0, 1.5) to (2, 4.5): w = 1.5, of which b (x - v) with b = 3/4.
  const SvmModel line = train_svm_regressor(table, target, rows, {}, settings, {});
  check_near(line.coefficients, std::vector<double>{-0.75, 0.75}, 1e-9);
  check_near(predict(line, table, rows).decisions, std::vector<double>{1.5, 4.5}, 1e-6);
  settings.tube = 2.5;
  const SvmModel flat = train_svm_regressor(table, target, rows, {}, settings, {});
  CHECK(flat.supports() == 0);
  check_near(predict(flat, table, rows).decisions, std::vector<double>{3.0, 3.0}, 1e-6);
  const std::string file = regressor_graph(
      1, [&](onnx::ModelWriter& writer) { add_svm_regressor(writer, "x", "y", flat); });
  check_near(serve(file, table).values, std::vector<double>{3.0, 3.0}, 1e-6);
}

TEST_CASE("solutions keep the conditions of optimality, whatever is set aside or forgotten") {
  const Cloud from = cloud(300);
  const float gamma = 0.5f;
  for (const double cost : {0.1, 10.0}) {
    for (const double tube : {-1.0, 0.0, 0.15}) {
      const DualProblem problem =
          tube < 0.0 ? classification(from, cost) : regression(from, cost, tube);
      DualSettings settings;
      settings.tolerance = 1e-5;
      double expected = 0.0;
      for (const bool shrinking : {false, true}) {
        for (const std::size_t cache : {std::size_t{1}, std::size_t{20000}, std::size_t{1} << 24}) {
          CAPTURE(cost, tube, shrinking, cache);
          settings.shrinking = shrinking;
          settings.cache_bytes = cache;
          const DualSolution solution =
              solve_dual(from.data, from.rows, SvmKernel::kRbf, gamma, problem, settings, {});
          // The solver's kernels are float32.
          check_optimal(from, problem, solution, static_cast<double>(gamma), 1e-5 + 2e-6 * cost);
          const double value = value_of(problem, solution.weights,
                                        scores(from, solution.weights, static_cast<double>(gamma)));
          if (expected == 0.0) expected = value;
          CHECK(std::fabs(value - expected) <= 1e-4 * std::fabs(expected));
        }
      }
    }
  }
}

TEST_CASE("the steps taken do not depend on the cache") {
  const Cloud from = cloud(500);
  const DualProblem problem = classification(from, 10.0);
  DualSettings settings;
  const auto solve = [&] {
    return solve_dual(from.data, from.rows, SvmKernel::kRbf, 0.5f, problem, settings, {});
  };
  const DualSolution first = solve();
  settings.cache_bytes = 0;
  const DualSolution second = solve();
  CHECK(first.steps == second.steps);
  CHECK(first.weights == second.weights);
  CHECK(first.bias == second.bias);
}

TEST_CASE("a machine that is stopped early says so") {
  SvmSettings settings = exact();
  settings.steps = 3;
  const SvmModel model = classify(kData.two, settings);
  CHECK_FALSE(model.converged);
  CHECK(model.steps == 3);
}

TEST_CASE("kernel rows are those of the numbers, in any order of the rows") {
  const Cloud from = cloud(37);
  for (const SvmKernel kind : {SvmKernel::kLinear, SvmKernel::kRbf}) {
    KernelRows kernel(from.data, from.rows, kind, 0.25f);
    std::vector<std::uint32_t> order(37);
    for (std::uint32_t p = 0; p < 37; ++p) order[p] = (p * 5 + 3) % 37;
    kernel.reorder(order);
    std::vector<float> out(48, -7.0f);
    kernel.compute(4, 16, 37, out.data());
    const std::uint32_t own = order[4];
    float row[3];
    for (std::size_t c = 0; c < 3; ++c) row[c] = from.data.column(c)[own];
    std::vector<float> all(37);
    kernel.compute_exactly(row, all);
    for (std::size_t p = 0; p < 37; ++p) {
      double product = 0.0;
      double distance = 0.0;
      for (std::size_t c = 0; c < 3; ++c) {
        const auto a = static_cast<double>(row[c]);
        const auto b = static_cast<double>(from.data.column(c)[order[p]]);
        product += a * b;
        distance += (a - b) * (a - b);
      }
      const double expected = kind == SvmKernel::kLinear ? product : std::exp(-0.25 * distance);
      CHECK(std::fabs(static_cast<double>(all[p]) - expected) <= 2e-6);
      if (p < 16) CHECK(out[p] == -7.0f);
      if (p >= 16) CHECK(std::fabs(static_cast<double>(out[p]) - expected) <= 2e-6);
    }
    CHECK(std::fabs(kernel.diagonal(4) - all[4]) <= 1e-6f);
  }
}

TEST_CASE("classification agrees with scikit-learn") {
  // scikit-learn's evidence is for the second class of two, ours for the first.
  const SvmModel two = classify(kData.two, exact());
  CHECK(two.converged);
  CHECK(std::fabs(static_cast<double>(two.gamma) - 0.185347139) < 1e-8);
  CHECK(two.vectors_per_class == std::vector<std::uint32_t>{20, 15});
  check_near(decisions(two, 6),
             std::vector<double>{0.999999967, 1.379171314, 1.095101498, 0.999999976, -0.765443434,
                                 -1.077734665},
             3e-6);
  SvmSettings settings = exact();
  settings.balanced = true;
  settings.cost = 5.0;
  settings.gamma = 0.3;
  const SvmModel balanced = classify(kData.two, settings);
  CHECK(balanced.vectors_per_class == std::vector<std::uint32_t>{18, 13});
  check_near(decisions(balanced, 6),
             std::vector<double>{1.000000037, 1.242208771, 1.016785996, 1.204996919, -0.999999963,
                                 -1.055259503},
             3e-6);
  const SvmModel three = classify(kData.three, exact());
  CHECK(three.vectors_per_class == std::vector<std::uint32_t>{15, 16, 15});
  check_near(decisions(three, 3),
             std::vector<double>{0.999999997, 0.98005132, -0.436265411, 1.000000001, 1.063736312,
                                 0.556263528, -1.117733691, 0.082427616, 0.999999992},
             3e-6);
  settings = exact();
  settings.kernel = SvmKernel::kLinear;
  const SvmModel linear = classify(kData.two, settings);
  std::vector<double> weights(4, 0.0);
  for (std::size_t s = 0; s < linear.supports(); ++s) {
    for (std::size_t c = 0; c < 4; ++c) {
      weights[c] -= static_cast<double>(linear.coefficients[s]) *
                    static_cast<double>(linear.vectors[s * 4 + c]);
    }
  }
  check_near(weights, std::vector<double>{1.981324252, -0.395709833, -0.03694661, 0.31265145},
             1e-5);
  CHECK(std::fabs(static_cast<double>(linear.rho[0]) - 0.942986248) < 1e-5);
}

TEST_CASE("regression agrees with scikit-learn") {
  SvmSettings settings = exact();
  settings.cost = 2.0;
  settings.tube = 0.3;
  const SvmModel plain = regress(settings);
  CHECK(plain.converged);
  CHECK(plain.supports() == 38);
  check_near(decisions(plain, 6),
             std::vector<double>{2.189553398, -1.756264874, -1.957094316, -0.677807665, 4.106656269,
                                 4.973437475},
             1e-5);
  const SvmModel weighted = regress(settings, example_weights(kData.rows.size()));
  CHECK(weighted.supports() == 40);
  check_near(decisions(weighted, 6),
             std::vector<double>{2.255392181, -1.666274991, -2.583667031, -0.677807721, 4.29218718,
                                 4.973437447},
             1e-5);
}

TEST_CASE("coupled probabilities are those that the pairs agree on") {
  const std::vector<float> expected{0.5f, 0.2f, 0.2f, 0.1f};
  std::vector<float> pairs(16, 0.0f);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      if (i != j) pairs[i * 4 + j] = expected[i] / (expected[i] + expected[j]);
    }
  }
  std::vector<float> found(4);
  couple_probabilities(4, pairs, found);
  check_near(found, expected, 0.01);
  CHECK(std::fabs(std::accumulate(found.begin(), found.end(), 0.0f) - 1.0f) < 1e-5f);
}

TEST_CASE("calibrated probabilities follow the votes, and the seed draws the folds") {
  SvmSettings settings;
  for (const Target* target : {&kData.two, &kData.three}) {
    const SvmModel model = classify(*target, settings);
    CHECK(model.prob_a.size() == model.pairs());
    const SvmPredictions said = predict(model, kData.table, kData.rows);
    double loss = 0.0;
    int agreed = 0;
    for (std::size_t r = 0; r < kData.rows.size(); ++r) {
      const float* row = said.probabilities.data() + r * model.classes;
      loss -= std::log(static_cast<double>(row[target->labels[r]])) / 60.0;
      agreed += std::max_element(row, row + model.classes) - row == said.labels[r] ? 1 : 0;
    }
    CHECK(loss < 0.6 * std::log(static_cast<double>(model.classes)));
    CHECK(agreed >= 55);
  }
  const SvmModel first = classify(kData.three, settings);
  const SvmModel again = classify(kData.three, settings);
  CHECK(first.coefficients == again.coefficients);
  CHECK(first.rho == again.rho);
  CHECK(first.prob_a == again.prob_a);
  CHECK(first.prob_b == again.prob_b);
  settings.seed = 43;
  const SvmModel other = classify(kData.three, settings);
  CHECK(first.coefficients == other.coefficients);
  CHECK(first.prob_a != other.prob_a);
}

TEST_CASE("a class without rows is never said") {
  Target target = kData.two;
  target.classes = 4;
  for (std::int32_t& label : target.labels) label = label == 0 ? 1 : 3;
  const SvmModel model = classify(target, {});
  const SvmPredictions said = predict(model, kData.table, kData.rows);
  for (std::size_t r = 0; r < kData.rows.size(); ++r) {
    CHECK((said.labels[r] == 1 || said.labels[r] == 3));
    CHECK(said.probabilities[r * 4] + said.probabilities[r * 4 + 2] < 0.02f);
  }
}

TEST_CASE("the engine runs written machines as they predict") {
  for (const Target* target : {&kData.two, &kData.three}) {
    for (const SvmKernel kernel : {SvmKernel::kLinear, SvmKernel::kRbf}) {
      SvmSettings settings;
      settings.kernel = kernel;
      const SvmModel model = classify(*target, settings);
      const SvmPredictions said = predict(model, kData.table, kData.rows);
      const auto names = example_names(model.classes);
      const std::string file =
          classifier_graph(4, model.classes, true, [&](onnx::ModelWriter& writer) {
            add_svm_classifier(writer, "x", "label", "probabilities", model, names);
          });
      const Served served = serve(file, kData.table);
      check_near(served.values, said.probabilities, 1e-5);
      for (std::size_t r = 0; r < kData.rows.size(); ++r) {
        CHECK(served.names[r] == names[static_cast<std::size_t>(said.labels[r])]);
      }
    }
  }
  const SvmModel model = regress({});
  const std::string file = regressor_graph(
      4, [&](onnx::ModelWriter& writer) { add_svm_regressor(writer, "x", "y", model); });
  check_near(serve(file, kData.table).values, predict(model, kData.table, kData.rows).decisions,
             1e-5);
}

TEST_CASE("machines tell of their progress") {
  std::size_t last = 0;
  const auto progress = [&](std::string_view phase, std::size_t done, std::size_t total) {
    CHECK(phase == "solving");
    CHECK(total == 18);
    CHECK(done >= last);
    CHECK(done <= total);
    last = done;
  };
  train_svm_classifier(kData.table, kData.three, kData.rows, {}, {}, progress);
  CHECK(last == 18);
}

TEST_CASE("machines refuse what they cannot be trained on") {
  SvmSettings settings;
  settings.cost = 0.0;
  CHECK_THROWS_WITH(classify(kData.two, settings), ContainsSubstring("settings.cost"));
  settings = {};
  settings.gamma = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(classify(kData.two, settings), ContainsSubstring("settings.gamma"));
  settings = {};
  settings.tube = -0.1;
  CHECK_THROWS_WITH(regress(settings), ContainsSubstring("settings.tube"));
  settings = {};
  settings.calibration_folds = 1;
  CHECK_THROWS_WITH(classify(kData.two, settings), ContainsSubstring("settings.calibration_folds"));
  CHECK_THROWS_WITH(classify(kData.numbers, {}), ContainsSubstring("labels of two or more"));
  CHECK_THROWS_WITH(classify(kData.two, {}, {1.0}), ContainsSubstring("expected 60 weights"));
  CHECK_THROWS_WITH(train_svm_regressor(kData.table, kData.two, kData.rows, {}, {}, {}),
                    ContainsSubstring("expected 60 numbers"));
  FeatureTable broken = kData.table;
  broken.values[60] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(train_svm_regressor(broken, kData.numbers, kData.rows, {}, {}, {}),
                    ContainsSubstring("row 0, column 1); expected a finite number"));
  FeatureTable huge = kData.table;
  for (float& value : huge.values) value *= 1e25f;
  settings = {};
  settings.kernel = SvmKernel::kLinear;
  CHECK_THROWS_WITH(train_svm_classifier(huge, kData.two, kData.rows, {}, settings, {}),
                    ContainsSubstring("columns scaled to numbers about 1"));
  CHECK_THROWS_WITH(train_svm_regressor(huge, kData.numbers, kData.rows, {}, settings, {}),
                    ContainsSubstring("columns scaled to numbers about 1"));
  const SvmModel model = classify(kData.two, exact());
  FeatureTable narrow{1, 1, {1.0f}};
  const std::vector<std::uint32_t> one{0};
  CHECK_THROWS_WITH(predict(model, narrow, one), ContainsSubstring("expected 4 columns; found 1"));
  onnx::ModelWriter writer("refused");
  CHECK_THROWS_WITH(add_svm_classifier(writer, "x", "l", "p", model, example_names(2)),
                    ContainsSubstring("a machine with probabilities"));
  CHECK_THROWS_WITH(add_svm_regressor(writer, "x", "y", model),
                    ContainsSubstring("a machine that predicts a number"));
  CHECK_THROWS_WITH(add_svm_classifier(writer, "x", "l", "p", regress(exact()), example_names(2)),
                    ContainsSubstring("a machine that tells classes apart"));
}
