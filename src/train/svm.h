// Support vector machines with a kernel: classification (C-SVC) and regression (epsilon-SVR).
//
// Several classes are told apart pair by pair, and the pairs vote. Probabilities are Platt's for
// each pair, fitted on held-out folds, coupled by the second method of Wu, Lin and Weng,
// "Probability Estimates for Multi-class Classification by Pairwise Coupling" (2004): what ONNX's
// SVMClassifier computes. Votes and probabilities may disagree about a row on the border.
//
// Columns are taken as they are: scale them before. Refuses missing values and one class only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/feature_table.h"
#include "train/smo.h"

namespace storewise::train {

struct SvmSettings {
  SvmKernel kernel = SvmKernel::kRbf;
  double cost = 1.0;  // C > 0
  // Of the RBF kernel, > 0; or 0: 1 / (columns x the variance of all the numbers), scikit-learn's
  // "scale".
  double gamma = 0.0;
  bool balanced = false;  // classification: each class weighs the same in all
  double tube = 0.1;      // regression: errors up to this cost nothing, >= 0
  double tolerance = 1e-3;
  bool shrinking = true;
  std::size_t cache_bytes = std::size_t{200} << 20;
  std::uint64_t steps = 10000000;       // of each machine
  std::uint32_t calibration_folds = 5;  // classification: 2 or more, or 0 for no probabilities
  std::uint64_t seed = 42;              // draws the folds
};

// A machine's vectors and numbers as ONNX's SVMClassifier and SVMRegressor have them.
struct SvmModel {
  SvmKernel kernel = SvmKernel::kRbf;
  float gamma = 0.0f;
  std::size_t columns = 0;
  std::size_t classes = 0;                       // 0: regression
  std::vector<float> vectors;                    // [supports][columns], by class
  std::vector<std::uint32_t> support_rows;       // [supports]: places in the rows trained on
  std::vector<std::uint32_t> vectors_per_class;  // [classes]
  // Of class i against j > i, vectors of i count with row j - 1, those of j with row i.
  std::vector<float> coefficients;  // [classes - 1][supports]; regression: [supports]
  std::vector<float> rho;           // [pairs], added; regression: [1]
  std::vector<float> prob_a;        // [pairs], or none
  std::vector<float> prob_b;
  std::uint64_t steps = 0;  // of all machines
  bool converged = true;    // all machines did

  std::size_t supports() const { return support_rows.size(); }
  std::size_t pairs() const { return classes * (classes - 1) / 2; }
};

// Train on `rows` of the table; `row_weights` is [rows] or empty, and multiplies the cost. Throw
// Error(kInvalidInput) when a setting is out of range, when a number is missing or infinite, when
// target or weights do not fit, and when the rows are of one class.
SvmModel train_svm_classifier(const FeatureTable& table, const Target& target, Rows rows,
                              std::span<const double> row_weights, const SvmSettings& settings,
                              const TrainingProgress& progress);
SvmModel train_svm_regressor(const FeatureTable& table, const Target& target, Rows rows,
                             std::span<const double> row_weights, const SvmSettings& settings,
                             const TrainingProgress& progress);

// What a machine says of rows. Decisions: for each pair i < j the evidence for i; the number for
// regression.
struct SvmPredictions {
  std::vector<double> decisions;     // [rows][pairs or 1]
  std::vector<std::int32_t> labels;  // [rows]: the class with most votes, the first among equals
  std::vector<float> probabilities;  // [rows][classes], none without calibration
};
// Throws Error(kInvalidInput) for another number of columns and for numbers that are not finite.
SvmPredictions predict(const SvmModel& model, const FeatureTable& table, Rows rows);

// The n classes' probabilities from those of each class i against j, pairs [n][n]: Wu, Lin and
// Weng's second method, in float32 and with the limit that ONNX runtimes take.
void couple_probabilities(std::size_t n, std::span<const float> pairs, std::span<float> out);

}  // namespace storewise::train
