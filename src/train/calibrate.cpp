#include "train/calibrate.h"

#include <algorithm>
#include <cmath>

#include "train/math.h"
#include "train/softmax.h"

namespace storewise::train {
namespace {

// Without examples out of scope: the share of the right answers that may be withheld is a fifth of
// the share of wrong ones, within bounds. A model that errs more gains more by keeping silent.
constexpr double kWithheldPerError = 0.2;
constexpr double kLeastWithheld = 0.02;
constexpr double kMostWithheld = 0.05;
// With examples out of scope, they weigh as much as their share of the examples, and at least this.
constexpr double kLeastStrangers = 0.2;
constexpr std::size_t kEnoughStrangers = 20;
// Where they are rare or few, a line drawn between them would be luck: it withholds this share of
// the right answers instead. (New questions are harder than those held out: there it becomes more.)
constexpr double kRareStrangers = 0.1;
constexpr std::size_t kFewStrangers = 50;
constexpr double kWithheldForRare = 0.013;

double cross_entropy(const Predictions& predictions, double inverse_temperature) {
  double total = 0.0;
  for (std::size_t e = 0; e < predictions.size(); ++e) {
    if (predictions.labels[e] < 0) continue;
    const std::span<const float> row = predictions.row(e);
    const float largest = *std::max_element(row.begin(), row.end());
    double sum = 0.0;
    for (const float v : row) sum += exp(inverse_temperature * (static_cast<double>(v) - largest));
    const double own = static_cast<double>(row[predictions.labels[e]]) - largest;
    total += log(sum) - inverse_temperature * own;
  }
  return total;
}

}  // namespace

double fit_inverse_temperature(const Predictions& predictions) {
  if (std::all_of(predictions.labels.begin(), predictions.labels.end(),
                  [](std::int32_t label) { return label < 0; })) {
    return 1.0;
  }
  // Golden-section search over ln(1/temperature): the cross entropy is convex in 1/temperature.
  constexpr double kGolden = 0.6180339887498949;
  double low = -2.772588722239781;  // ln(1/16)
  double high = 2.772588722239781;
  double a = high - kGolden * (high - low);
  double b = low + kGolden * (high - low);
  double at_a = cross_entropy(predictions, exp(a));
  double at_b = cross_entropy(predictions, exp(b));
  for (int step = 0; step < 16; ++step) {
    if (at_a <= at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - kGolden * (high - low);
      at_a = cross_entropy(predictions, exp(a));
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + kGolden * (high - low);
      at_b = cross_entropy(predictions, exp(b));
    }
  }
  return exp(0.5 * (low + high));
}

std::vector<Verdict> verdicts(const Predictions& predictions, double inverse_temperature) {
  std::vector<Verdict> result;
  std::vector<float> row;
  for (std::size_t e = 0; e < predictions.size(); ++e) {
    row.assign(predictions.row(e).begin(), predictions.row(e).end());
    softmax(row, inverse_temperature);
    Verdict v{predictions.labels[e], 0, 0.0f, 0.0f};
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (row[c] > v.probability) {
        v.second = v.probability;
        v.probability = row[c];
        v.predicted = static_cast<std::int32_t>(c);
      } else if (row[c] > v.second) {
        v.second = row[c];
      }
    }
    result.push_back(v);
  }
  return result;
}

double calibration_error(std::span<const Verdict> verdicts) {
  constexpr std::size_t kBins = 15;
  std::vector<double> count(kBins, 0.0);
  std::vector<double> right(kBins, 0.0);
  std::vector<double> confidence(kBins, 0.0);
  double total = 0.0;
  for (const Verdict& v : verdicts) {
    if (v.label < 0) continue;
    const auto bin =
        std::min<std::size_t>(kBins - 1, static_cast<std::size_t>(v.probability * kBins));
    count[bin] += 1.0;
    right[bin] += v.label == v.predicted ? 1.0 : 0.0;
    confidence[bin] += v.probability;
    total += 1.0;
  }
  double error = 0.0;
  for (std::size_t b = 0; b < kBins; ++b) {
    if (count[b] > 0) error += std::fabs(right[b] - confidence[b]) / total;
  }
  return error;
}

ScopeFigures scope_figures(std::span<const Verdict> verdicts, float threshold) {
  ScopeFigures figures;
  double right = 0.0;
  double answered_right = 0.0;
  double rejected = 0.0;
  double found = 0.0;
  for (const Verdict& v : verdicts) {
    const bool below = v.probability < threshold;
    if (v.label < 0) {
      ++figures.out_of_scope;
      found += below ? 1.0 : 0.0;
      continue;
    }
    ++figures.in_scope;
    rejected += below ? 1.0 : 0.0;
    if (v.label != v.predicted) continue;
    right += 1.0;
    answered_right += below ? 0.0 : 1.0;
  }
  if (figures.in_scope > 0) {
    const auto n = static_cast<double>(figures.in_scope);
    figures.accuracy = right / n;
    figures.accuracy_in_scope = answered_right / n;
    figures.rejected_in_scope = rejected / n;
  }
  if (figures.out_of_scope > 0) {
    figures.out_of_scope_recall = found / static_cast<double>(figures.out_of_scope);
  }
  return figures;
}

float fit_threshold(std::span<const Verdict> verdicts, double stranger_share) {
  std::vector<float> right;  // probabilities of right answers
  std::vector<float> strangers;
  for (const Verdict& v : verdicts) {
    if (v.label < 0) {
      strangers.push_back(v.probability);
    } else if (v.label == v.predicted) {
      right.push_back(v.probability);
    }
  }
  if (right.empty()) return 0.0f;
  std::sort(right.begin(), right.end());
  std::sort(strangers.begin(), strangers.end());
  const auto withholding = [&right](double share) {
    return right[static_cast<std::size_t>(share * static_cast<double>(right.size()))];
  };
  const double in_scope = static_cast<double>(verdicts.size() - strangers.size());
  if (strangers.size() < kEnoughStrangers) {
    const double errors = 1.0 - static_cast<double>(right.size()) / in_scope;
    return withholding(std::clamp(kWithheldPerError * errors, kLeastWithheld, kMostWithheld));
  }
  if (stranger_share < kRareStrangers || strangers.size() < kFewStrangers) {
    return withholding(kWithheldForRare);
  }
  const double weight = std::max(kLeastStrangers, stranger_share);
  const auto below = [](const std::vector<float>& sorted, float value) {
    return static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                               sorted.begin());
  };
  float best = 0.0f;
  double best_value = -1.0;
  constexpr int kSteps = 200;
  for (int step = 1; step < kSteps; ++step) {
    const float threshold = static_cast<float>(step) / static_cast<float>(kSteps);
    const double answered =
        (static_cast<double>(right.size()) - below(right, threshold)) / in_scope;
    const double found = below(strangers, threshold) / static_cast<double>(strangers.size());
    const double value = (1.0 - weight) * answered + weight * found;
    if (value > best_value) {
      best_value = value;
      best = threshold;
    }
  }
  return best;
}

}  // namespace storewise::train
