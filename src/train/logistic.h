// Logistic regression, of two classes or several, with an L2 penalty.
//
// Minimised, with row weights s (times the class weights) and cost C, as in scikit-learn:
//   C sum s loss + |w|^2 / 2
// where loss is ln(1 + exp(-m)) for two classes, m = +-(w x + b), and for more classes the cross
// entropy of the softmax of w_k x + b_k. Intercepts are not penalised. By L-BFGS, preconditioned
// with the bound on the Hessian of Boehning and Lindsay (1988), X'X / 4, so that columns of
// different size do not slow it down.
//
// Refuses missing values, one class only, and more than 4,096 columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/feature_table.h"

namespace storewise::train {

struct LogisticSettings {
  double cost = 1.0;      // C > 0; a small one keeps weights small
  bool balanced = false;  // each class weighs the same in all
  bool intercept = true;
  // Ends when no derivative of the objective divided by C sum s exceeds this.
  double tolerance = 1e-6;      // > 0
  std::uint32_t rounds = 1000;  // >= 1
};

// Scores are w x + b of each class; probabilities their softmax. Two classes have one function,
// which is the second's; the first's is 0.
struct LogisticModel {
  std::size_t columns = 0;
  std::size_t classes = 0;
  std::vector<double> weights;  // [1 or classes][columns + 1], the last one the intercept
  std::uint32_t rounds = 0;
  bool converged = false;

  std::size_t outputs() const { return classes == 2 ? 1 : classes; }
};

// Trains on `rows` of the table; `row_weights` is [rows] or empty for 1 each. Throws
// Error(kInvalidInput) when a setting is out of range, when a number is missing or infinite, when
// target or weights do not fit, and when the rows are of one class.
LogisticModel train_logistic(const FeatureTable& table, const Target& target, Rows rows,
                             std::span<const double> row_weights, const LogisticSettings& settings,
                             const TrainingProgress& progress);

// Probabilities [rows][classes]. Throws Error(kInvalidInput) for another number of columns and for
// numbers that are not finite.
std::vector<double> predict_probabilities(const LogisticModel& model, const FeatureTable& table,
                                          Rows rows);

}  // namespace storewise::train
