#include "train/calibrate.h"

#include <algorithm>
#include <cmath>

#include "train/math.h"
#include "train/softmax.h"

namespace storewise::train {
namespace {

// Share of the questions in scope that may be turned away when no example tells what is out of
// scope. Most of them would have been answered wrongly anyway.
constexpr double kRejectedShare = 0.04;

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

float fit_threshold(std::span<const Verdict> verdicts) {
  std::vector<float> in_scope;
  std::vector<float> right;  // probabilities of right answers
  std::vector<float> out_of_scope;
  for (const Verdict& v : verdicts) {
    if (v.label < 0) {
      out_of_scope.push_back(v.probability);
      continue;
    }
    in_scope.push_back(v.probability);
    if (v.label == v.predicted) right.push_back(v.probability);
  }
  if (in_scope.empty()) return 0.0f;
  std::sort(in_scope.begin(), in_scope.end());
  std::sort(right.begin(), right.end());
  std::sort(out_of_scope.begin(), out_of_scope.end());
  // Without examples out of scope: the line that turns away a small share of those in scope.
  const auto turned_away =
      static_cast<std::size_t>(kRejectedShare * static_cast<double>(in_scope.size()));
  const float by_share = in_scope[turned_away];
  if (out_of_scope.size() < 20) return by_share;
  // With them: the line with the best sum of both rates, right answers given and strangers turned
  // away.
  float best = by_share;
  double best_sum = -1.0;
  const auto below = [](const std::vector<float>& sorted, float value) {
    return static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                               sorted.begin());
  };
  for (int step = 1; step < 100; ++step) {
    const float threshold = static_cast<float>(step) * 0.01f;
    const double answered = (static_cast<double>(right.size()) - below(right, threshold)) /
                            static_cast<double>(in_scope.size());
    const double found = below(out_of_scope, threshold) / static_cast<double>(out_of_scope.size());
    if (answered + found > best_sum) {
      best_sum = answered + found;
      best = threshold;
    }
  }
  return best;
}

}  // namespace storewise::train
