// Linear regression: least squares, ridge and elastic net.
//
// What is minimised over w and b, with r = y - X w - b and row weights s that sum to S:
//   none         sum s r^2, and the shortest w of those that tie
//   ridge        sum s r^2 + alpha |w|^2                              (Hoerl and Kennard 1970)
//   elastic net  sum s r^2 / (2 S) + alpha (l1 |w|_1 + (1 - l1) / 2 |w|^2)  (Zou and Hastie 2005)
// The same objectives as scikit-learn's. The intercept b is not penalised. Columns are taken as
// they are: who wants them of one size scales them before.
//
// All three read the data once, for the columns' products in double; so there are at most 4,096
// columns. Refuses missing values, and to choose alpha.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/feature_table.h"

namespace storewise::train {

enum class Penalty { kNone, kRidge, kElasticNet };

struct LinearRegressionSettings {
  Penalty penalty = Penalty::kRidge;
  double alpha = 1.0;     // >= 0
  double l1_ratio = 0.5;  // elastic net only, 0 .. 1; 1 is the lasso
  bool intercept = true;
  // Elastic net only: ends when the duality gap is at most this share of sum s (y - mean)^2 / 2 S.
  double tolerance = 1e-6;       // > 0
  std::uint32_t rounds = 10000;  // >= 1; passes over the columns
};

struct LinearRegression {
  std::vector<double> weights;  // [columns]
  double intercept = 0.0;
  std::uint32_t rounds = 0;  // of the elastic net
  double gap = 0.0;          // its duality gap at the end, as a share (see tolerance)
  bool converged = true;
};

// Trains on `rows` of the table; `row_weights` is [rows] or empty for 1 each. Throws
// Error(kInvalidInput) when a setting is out of range, when a number is missing or infinite, and
// when target or weights do not fit.
LinearRegression train_linear_regression(const FeatureTable& table, const Target& target, Rows rows,
                                         std::span<const double> row_weights,
                                         const LinearRegressionSettings& settings,
                                         const TrainingProgress& progress);

// weights . row + intercept for each of `rows`. Throws Error(kInvalidInput) for another number of
// columns and for numbers that are not finite.
std::vector<double> predict(const LinearRegression& model, const FeatureTable& table, Rows rows);

}  // namespace storewise::train
