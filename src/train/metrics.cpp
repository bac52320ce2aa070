#include "train/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "train/math.h"

namespace storewise::train {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
// Probabilities below this count as this in the log loss: the machine epsilon, as scikit-learn has.
constexpr double kLeastProbability = std::numeric_limits<double>::epsilon();

// How often each row counts: once, or as often as a resample drew it.
using Counts = std::span<const std::uint32_t>;

// Visits rows from the highest score to the lowest and tells, after each run of equal scores, how
// many that belong and that do not have come so far.
template <typename Visit>
void walk(std::span<const double> scores, std::span<const std::uint8_t> belongs,
          std::span<const std::uint32_t> order, Counts counts, Visit&& visit) {
  double yes = 0;
  double no = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t row = order[i];
    (belongs[row] != 0 ? yes : no) += counts[row];
    if (i + 1 == order.size() || scores[order[i + 1]] != scores[row]) visit(yes, no);
  }
}

double area(std::span<const double> scores, std::span<const std::uint8_t> belongs,
            std::span<const std::uint32_t> order, Counts counts) {
  double sum = 0;
  double yes_before = 0;
  double no_before = 0;
  walk(scores, belongs, order, counts, [&](double yes, double no) {
    sum += (no - no_before) * (yes + yes_before) / 2;
    yes_before = yes;
    no_before = no;
  });
  return yes_before > 0 && no_before > 0 ? sum / (yes_before * no_before) : kNone;
}

// Figures of one set of counts at a time; what does not depend on them is laid out once.
class ClassScorer {
 public:
  explicit ClassScorer(const ClassAnswers& answers) : answers_(answers) {
    const std::size_t rows = answers.truth.size();
    const std::size_t k = answers.classes;
    for (std::size_t r = 0; r < rows; ++r) {
      const double* p = answers.probabilities.data() + r * k;
      const auto truth = static_cast<std::size_t>(answers.truth[r]);
      loss_.push_back(-log(std::clamp(p[truth], kLeastProbability, 1.0 - kLeastProbability)));
      double square = 0;
      for (std::size_t c = k == 2 ? 1 : 0; c < k; ++c) {
        const double error = p[c] - (c == truth ? 1.0 : 0.0);
        square += error * error;
      }
      square_.push_back(square);
    }
    for (std::size_t c = k == 2 ? 1 : 0; c < k; ++c) {
      Curve curve;
      for (std::size_t r = 0; r < rows; ++r) {
        curve.scores.push_back(answers.probabilities[r * k + c]);
        curve.belongs.push_back(answers.truth[r] == static_cast<std::int32_t>(c) ? 1 : 0);
      }
      curve.order = descending(curve.scores);
      curves_.push_back(std::move(curve));
    }
  }

  std::vector<double> score(Counts counts) {
    const std::size_t k = answers_.classes;
    confusion_.assign(k * k, 0.0);
    double rows = 0;
    double loss = 0;
    double square = 0;
    for (std::size_t r = 0; r < counts.size(); ++r) {
      const double n = counts[r];
      confusion_[answers_.truth[r] * k + answers_.predicted[r]] += n;
      rows += n;
      loss += n * loss_[r];
      square += n * square_[r];
    }
    double right = 0;
    double recalls = 0;
    double f1 = 0;
    std::size_t present = 0;
    std::size_t mentioned = 0;
    for (std::size_t c = 0; c < k; ++c) {
      double truth = 0;
      double predicted = 0;
      for (std::size_t o = 0; o < k; ++o) {
        truth += confusion_[c * k + o];
        predicted += confusion_[o * k + c];
      }
      const double hits = confusion_[c * k + c];
      right += hits;
      if (truth > 0) {
        recalls += hits / truth;
        ++present;
      }
      if (truth + predicted > 0 && (k > 2 || c == 1)) {
        f1 += 2 * hits / (truth + predicted);
        ++mentioned;
      }
    }
    double areas = 0;
    std::size_t told = 0;
    for (const Curve& curve : curves_) {
      const double one = area(curve.scores, curve.belongs, curve.order, counts);
      if (std::isnan(one)) continue;
      areas += one;
      ++told;
    }
    return {right / rows,
            recalls / static_cast<double>(present),
            told > 0 ? areas / static_cast<double>(told) : kNone,
            mentioned > 0 ? f1 / static_cast<double>(mentioned) : 0.0,
            loss / rows,
            square / rows};
  }

 private:
  struct Curve {
    std::vector<double> scores;
    std::vector<std::uint8_t> belongs;
    std::vector<std::uint32_t> order;
  };
  const ClassAnswers& answers_;
  std::vector<double> loss_;    // [rows]
  std::vector<double> square_;  // [rows]
  std::vector<Curve> curves_;   // the second class's, or one a class
  std::vector<double> confusion_;
};

std::vector<double> score_numbers(std::span<const double> answers, std::span<const double> truth,
                                  Counts counts) {
  double rows = 0;
  double sum = 0;
  for (std::size_t r = 0; r < truth.size(); ++r) {
    rows += counts[r];
    sum += counts[r] * truth[r];
  }
  const double mean = sum / rows;
  double squares = 0;
  double spread = 0;
  double distance = 0;
  for (std::size_t r = 0; r < truth.size(); ++r) {
    const double error = answers[r] - truth[r];
    squares += counts[r] * error * error;
    spread += counts[r] * (truth[r] - mean) * (truth[r] - mean);
    distance += counts[r] * std::fabs(error);
  }
  return {spread > 0 ? 1.0 - squares / spread : kNone, distance / rows, std::sqrt(squares / rows)};
}

// The figures that `score` finds, with their intervals.
template <typename Score>
std::vector<Figure> with_intervals(std::initializer_list<std::string_view> names, std::size_t rows,
                                   const Resampling& resampling, Score&& score) {
  std::vector<std::uint32_t> counts(rows, 1);
  const std::vector<double> values = score(counts);
  std::vector<std::vector<double>> drawn(values.size());
  Random random(resampling.seed);
  for (std::size_t i = 0; i < resampling.resamples; ++i) {
    std::fill(counts.begin(), counts.end(), 0u);
    for (std::size_t r = 0; r < rows; ++r) ++counts[random.below(static_cast<std::uint32_t>(rows))];
    const std::vector<double> again = score(counts);
    for (std::size_t f = 0; f < again.size(); ++f) {
      if (!std::isnan(again[f])) drawn[f].push_back(again[f]);
    }
  }
  std::vector<Figure> figures;
  for (const std::string_view name : names) {
    const std::size_t f = figures.size();
    figures.push_back({name, values[f], values[f], values[f]});
    std::vector<double>& all = drawn[f];
    if (all.empty()) continue;
    std::sort(all.begin(), all.end());
    const std::size_t cut = all.size() / 40;  // 2.5 %
    figures[f].low = all[cut];
    figures[f].high = all[all.size() - 1 - cut];
  }
  return figures;
}

}  // namespace

std::vector<std::uint32_t> descending(std::span<const double> scores) {
  std::vector<std::uint32_t> order(scores.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  return order;
}

std::size_t usual_resamples(std::size_t rows) {
  return std::clamp<std::size_t>(20000000 / std::max<std::size_t>(rows, 1), 100, 1000);
}

std::vector<Figure> class_figures(const ClassAnswers& answers, const Resampling& resampling) {
  ClassScorer scorer(answers);
  return with_intervals({"accuracy", "balanced_accuracy", "auc", "f1", "log_loss", "brier"},
                        answers.truth.size(), resampling,
                        [&](Counts counts) { return scorer.score(counts); });
}

std::vector<Figure> number_figures(std::span<const double> answers, std::span<const double> truth,
                                   const Resampling& resampling) {
  return with_intervals({"r2", "mae", "rmse"}, truth.size(), resampling,
                        [&](Counts counts) { return score_numbers(answers, truth, counts); });
}

double area_under_curve(std::span<const double> scores, std::span<const std::uint8_t> belongs) {
  const std::vector<std::uint32_t> once(scores.size(), 1);
  return area(scores, belongs, descending(scores), once);
}

std::vector<std::size_t> confusion_matrix(std::span<const std::int32_t> predicted,
                                          std::span<const std::int32_t> truth,
                                          std::size_t classes) {
  std::vector<std::size_t> matrix(classes * classes, 0);
  for (std::size_t r = 0; r < truth.size(); ++r) ++matrix[truth[r] * classes + predicted[r]];
  return matrix;
}

std::vector<RocPoint> roc_points(std::span<const double> scores,
                                 std::span<const std::uint8_t> belongs, std::size_t most) {
  const std::vector<std::uint32_t> once(scores.size(), 1);
  std::vector<RocPoint> points{{0, 0}};
  walk(scores, belongs, descending(scores), once, [&](double yes, double no) {
    points.push_back({no, yes});
  });
  const RocPoint all = points.back();
  if (!(all.false_positives > 0 && all.true_positives > 0)) return {};
  std::vector<RocPoint> kept;
  // A point is kept where the curve has come a step further in either direction.
  const double step = 2.0 / static_cast<double>(std::max<std::size_t>(most, 3) - 2);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const RocPoint point{points[i].false_positives / all.false_positives,
                         points[i].true_positives / all.true_positives};
    if (kept.empty() || i + 1 == points.size() ||
        point.false_positives - kept.back().false_positives + point.true_positives -
                kept.back().true_positives >=
            step) {
      kept.push_back(point);
    }
  }
  return kept;
}

std::vector<CalibrationBin> calibration_bins(const ClassAnswers& answers) {
  constexpr std::size_t kBins = 10;
  const std::size_t k = answers.classes;
  std::vector<CalibrationBin> bins(kBins);
  for (std::size_t r = 0; r < answers.truth.size(); ++r) {
    const std::int32_t said = k == 2 ? 1 : answers.predicted[r];
    const double p = answers.probabilities[r * k + static_cast<std::size_t>(said)];
    CalibrationBin& bin = bins[std::min(static_cast<std::size_t>(p * kBins), kBins - 1)];
    ++bin.rows;
    bin.claimed += p;
    bin.true_share += answers.truth[r] == said ? 1.0 : 0.0;
  }
  std::erase_if(bins, [](const CalibrationBin& bin) { return bin.rows == 0; });
  for (CalibrationBin& bin : bins) {
    bin.claimed /= static_cast<double>(bin.rows);
    bin.true_share /= static_cast<double>(bin.rows);
  }
  return bins;
}

double calibration_error(std::span<const CalibrationBin> bins) {
  double sum = 0;
  double rows = 0;
  for (const CalibrationBin& bin : bins) {
    sum += static_cast<double>(bin.rows) * std::fabs(bin.claimed - bin.true_share);
    rows += static_cast<double>(bin.rows);
  }
  return rows > 0 ? sum / rows : 0;
}

}  // namespace storewise::train
