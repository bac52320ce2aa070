// Learns from a randomised experiment how much each treatment changes an outcome, person by person.
//
// Two steps. First, for each arm, what its people would have done: ridge regression or boosted
// trees, whichever is nearer on rows held out, and always said of rows that it did not see (five
// folds). From these and the outcome comes for each row and treatment a number whose mean given the
// features is the effect, whatever the first step got wrong as long as treatments were drawn by
// chance: the doubly robust pseudo-outcome (Kennedy 2020). Second, several learners of that number:
//   linear   ridge regression: the effect is a straight line of the features, shrunk to the average
//   boosted  gentle boosted trees on the pseudo-outcome
//   forest   a random forest of large leaves on the pseudo-outcome (the DR-learner, Kennedy 2020)
//   cross    boosted trees on the effects imputed to each arm, weighted (the X-learner, Kuenzel,
//            Sekhon, Bickel and Yu 2019)
// The line is kept unless another's error on rows held out is smaller by more than one standard
// error of the difference (the rule of Breiman et al. 1984): effects are small beside the noise,
// and on public experiments flexible learners chosen by bare minimum, as well as one model an arm
// (the T-learner) or one with the arm as a feature (the S-learner), did worse. At last effects are
// shrunk to the average by what held-out rows confirm of their differences (the best linear
// predictor of Chernozhukov, Demirer, Duflo and Fernandez-Val 2018).
//
// Refuses missing values, and treatments that were chosen instead of drawn (it cannot know).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/writer.h"
#include "train/feature_table.h"
#include "train/linear_model.h"
#include "train/tree.h"

namespace storewise::train {

struct Experiment {
  std::int32_t arms = 0;          // treatments besides the control
  std::vector<std::int32_t> arm;  // [rows] 0: control; 1 .. arms
  std::vector<double> outcome;    // [rows] finite
};

// The same rows twice: scaled to variance 1 for lines, as they are for trees.
struct UpliftFeatures {
  FeatureTable scaled;
  FeatureTable plain;
};

enum class UpliftMethod : std::uint8_t { kSame, kLinear, kBoosted, kForest, kCross };
std::string_view name_of(UpliftMethod method);  // "same", "linear", "boosted", "forest", "cross"

struct UpliftCandidate {
  UpliftMethod method = UpliftMethod::kLinear;
  double strength = 0;    // of linear: penalty a row; of others: 0 gentle, 1 strong
  double loss = 0;        // mean squared error on held-out pseudo-outcomes, summed over treatments
  double difference = 0;  // from the best line; below 0 is better
  double error = 0;       // its standard error
};

struct UpliftModel {
  UpliftMethod method = UpliftMethod::kSame;
  double strength = 0;
  std::vector<LinearRegression> lines;  // [arms] of scaled features; of kSame and kLinear
  TreeEnsemble trees;                   // of plain features, a score a treatment; of the others
  std::vector<double> confirmed;        // [arms] 0 .. 1: how much of the differences stayed
  std::vector<UpliftCandidate> candidates;

  bool reads_scaled() const { return !lines.empty(); }
  std::size_t arms() const { return reads_scaled() ? lines.size() : trees.base.size(); }
};

// The fewest rows of an arm that can be learnt from.
inline constexpr std::size_t kLeastArmRows = 50;

// Learns from every row. Throws Error(kInvalidInput) for arms with fewer rows than that, and for
// features or outcomes that do not fit.
UpliftModel train_uplift(const UpliftFeatures& features, const Experiment& experiment,
                         std::uint64_t seed, const TrainingProgress& progress);

// Expected change of the outcome by each treatment, [rows][arms]. `table` is the scaled one where
// the model reads_scaled(), the plain one otherwise.
std::vector<double> predict(const UpliftModel& model, const FeatureTable& table, Rows rows);

// Adds the model's node: `features`, float [n, columns], to `value`, float [n, arms].
void add_uplift_regressor(onnx::ModelWriter& writer, std::string_view features,
                          std::string_view value, const UpliftModel& model);

}  // namespace storewise::train
