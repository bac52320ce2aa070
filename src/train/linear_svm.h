// Linear support vector machines, one for each class against the rest (one in all for two
// classes), as liblinear's: the intercept is a weight like the others, of a column of ones.
//
//   minimise |w|^2 / 2 + sum C_i loss(y_i w x_i),  loss = max(0, 1 - m) or its square
//
// By dual coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi and Sundararajan 2008), or,
// for the squared loss where rows outnumber columns, by L-BFGS on the weights themselves: then the
// dual, with a variable for each row, is far slower. For two classes C_i is C times the weight of
// the row's class; for more, the class's own rows count with its weight and the rest with 1.
//
// Columns are taken as they are: scale them before. Refuses missing values and one class only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/feature_table.h"

namespace storewise::train {

enum class SvmLoss { kHinge, kSquaredHinge };
enum class LinearSvmSolver { kChoose, kDual, kPrimal };  // kPrimal: squared loss only

struct LinearSvmSettings {
  SvmLoss loss = SvmLoss::kSquaredHinge;
  LinearSvmSolver solver = LinearSvmSolver::kChoose;
  double cost = 1.0;  // C > 0
  bool balanced = false;
  // Dual: ends when projected derivatives differ by at most this. Primal: when no derivative of
  // the objective divided by the sum of C_i exceeds a hundredth of it.
  double tolerance = 1e-4;
  std::uint32_t rounds = 1000;          // >= 1
  std::uint32_t calibration_folds = 5;  // 2 or more, or 0 for no probabilities
  std::uint64_t seed = 42;              // draws the folds and the order of the rows
};

// Two classes have one function: positive for the second.
struct LinearSvmModel {
  std::size_t columns = 0;
  std::size_t classes = 0;
  std::vector<double> weights;  // [1 or classes][columns + 1], the last one the intercept
  // P(class against the rest) = 1 / (1 + exp(prob_a score + prob_b)), [1 or classes] or none.
  std::vector<double> prob_a;
  std::vector<double> prob_b;
  std::uint32_t rounds = 0;  // the most of any function
  bool converged = true;     // all did

  std::size_t outputs() const { return classes == 2 ? 1 : classes; }
};

// Trains on `rows` of the table; `row_weights` is [rows] or empty, and multiplies the cost. Throws
// Error(kInvalidInput) when a setting is out of range, when a number is missing or infinite, when
// target or weights do not fit, and when the rows are of one class.
LinearSvmModel train_linear_svm(const FeatureTable& table, const Target& target, Rows rows,
                                std::span<const double> row_weights,
                                const LinearSvmSettings& settings,
                                const TrainingProgress& progress);

struct LinearSvmPredictions {
  std::vector<double> scores;         // [rows][1 or classes]
  std::vector<std::int32_t> labels;   // [rows]: by the largest score, the first among equals
  std::vector<double> probabilities;  // [rows][classes], sum 1; none without calibration
};
// Throws Error(kInvalidInput) for another number of columns and for numbers that are not finite.
LinearSvmPredictions predict(const LinearSvmModel& model, const FeatureTable& table, Rows rows);

}  // namespace storewise::train
