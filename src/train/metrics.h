// How right predictions of classes and numbers are, with intervals from resampled rows, and the
// points of the pictures that show it.
//
// A figure is NaN where the rows cannot tell it (an AUC where only one class occurs). Refuses to
// know models. Sums run in the order of the rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace storewise::train {

struct Figure {
  std::string_view name;
  double value = 0;
  // 2.5 % of the resamples lie below, 2.5 % above (percentile bootstrap, Efron 1979).
  double low = 0;
  double high = 0;
};

struct Resampling {
  std::size_t resamples = 1000;  // 0: no intervals, low = high = value
  std::uint64_t seed = 42;
};
// As many resamples as keep the work within bounds: 1,000, fewer for many rows, at least 100.
std::size_t usual_resamples(std::size_t rows);

// What was answered about rows of known class: [rows][classes], sum 1; and what is true, [rows].
struct ClassAnswers {
  std::size_t classes = 0;
  std::span<const double> probabilities;
  std::span<const std::int32_t> predicted;
  std::span<const std::int32_t> truth;
};

// accuracy, balanced_accuracy, auc, f1, log_loss, brier, in this order. Of two classes, auc, f1 and
// brier are the second's; of several, auc is the mean of each class against the rest, f1 the mean
// over the classes that occur, and brier sums over the classes. The same as scikit-learn's.
std::vector<Figure> class_figures(const ClassAnswers& answers, const Resampling& resampling);

// r2, mae, rmse, in this order; `answers` and `truth` are [rows].
std::vector<Figure> number_figures(std::span<const double> answers, std::span<const double> truth,
                                   const Resampling& resampling);

// The places of scores from the highest to the lowest, equal ones in their order.
std::vector<std::uint32_t> descending(std::span<const double> scores);

// Area under the curve of scores for rows that belong (1) or not (0); ties count half (Hanley and
// McNeil 1982). NaN when all belong or none does.
double area_under_curve(std::span<const double> scores, std::span<const std::uint8_t> belongs);

// How often truth was taken for what, [classes truth][classes predicted].
std::vector<std::size_t> confusion_matrix(std::span<const std::int32_t> predicted,
                                          std::span<const std::int32_t> truth, std::size_t classes);

struct RocPoint {
  double false_positives;  // share of the rows that do not belong
  double true_positives;   // share of those that do
};
// From (0, 0) to (1, 1), at most about `most` points. None when all belong or none does.
std::vector<RocPoint> roc_points(std::span<const double> scores,
                                 std::span<const std::uint8_t> belongs, std::size_t most);

struct CalibrationBin {
  std::size_t rows = 0;
  double claimed = 0;  // mean probability
  double true_share = 0;
};
// Ten equal bins of probability, those without rows left out. Of two classes the second's
// probability; of several that of the class predicted, which is right or not.
std::vector<CalibrationBin> calibration_bins(const ClassAnswers& answers);
// Mean distance of claim and truth over the bins, weighted by rows (expected calibration error).
double calibration_error(std::span<const CalibrationBin> bins);

}  // namespace storewise::train
