#include "train/uplift_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "train/math.h"

namespace storewise::train {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view kNames[] = {"effect", "qini", "auuc", "auuc_random"};
constexpr std::size_t kFigures = std::size(kNames);

// The treated and the control so far.
struct Sums {
  double treated = 0;
  double control = 0;
  double treated_outcome = 0;
  double control_outcome = 0;

  // What treating these added, estimated from the control among them.
  double gain() const {
    return control > 0 ? treated_outcome - control_outcome * treated / control : treated_outcome;
  }
  double uplift() const {
    return treated > 0 && control > 0 ? treated_outcome / treated - control_outcome / control : 0.0;
  }
};

// Visits the sums after each run of equal scores, the highest first; row i counts counts[i] times.
template <typename Visit>
void walk(const UpliftRows& rows, std::span<const std::uint32_t> order,
          std::span<const std::uint32_t> counts, Visit&& visit) {
  Sums sums;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t row = order[i];
    const double n = counts[row];
    if (rows.treated[row] != 0) {
      sums.treated += n;
      sums.treated_outcome += n * rows.outcomes[row];
    } else {
      sums.control += n;
      sums.control_outcome += n * rows.outcomes[row];
    }
    if (i + 1 == order.size() || rows.scores[order[i + 1]] != rows.scores[row]) visit(sums);
  }
}

std::vector<double> figures_of(const UpliftRows& rows, std::span<const std::uint32_t> order,
                               std::span<const std::uint32_t> counts) {
  double gains = 0;    // area under the gains, by rows
  double uplifts = 0;  // area under uplift x rows, by rows
  double before = 0;
  double last_gain = 0;
  double last_uplift = 0;
  Sums all;
  walk(rows, order, counts, [&](const Sums& sums) {
    const double n = sums.treated + sums.control;
    const double gain = sums.gain();
    const double uplift = sums.uplift() * n;
    gains += (n - before) * (gain + last_gain) / 2;
    uplifts += (n - before) * (uplift + last_uplift) / 2;
    before = n;
    last_gain = gain;
    last_uplift = uplift;
    all = sums;
  });
  if (!(all.treated > 0 && all.control > 0)) return std::vector<double>(kFigures, kNone);
  const double n = all.treated + all.control;
  const double effect = all.uplift();
  return {effect, (gains / n - last_gain / 2) / all.treated, uplifts / (n * n), effect / 2};
}

double mean_of(double sum, std::size_t n) { return n > 0 ? sum / static_cast<double>(n) : kNone; }

}  // namespace

std::vector<Figure> uplift_figures(const UpliftRows& rows, const Resampling& resampling) {
  const std::size_t n = rows.scores.size();
  const std::vector<std::uint32_t> order = descending(rows.scores);
  std::vector<std::uint32_t> counts(n, 1);
  const std::vector<double> values = figures_of(rows, order, counts);
  std::vector<std::vector<double>> drawn(kFigures);
  Random random(resampling.seed);
  for (std::size_t r = 0; r < resampling.resamples && n > 0; ++r) {
    std::fill(counts.begin(), counts.end(), 0u);
    for (std::size_t i = 0; i < n; ++i) ++counts[random.below(static_cast<std::uint32_t>(n))];
    const std::vector<double> found = figures_of(rows, order, counts);
    for (std::size_t f = 0; f < kFigures; ++f) {
      if (std::isfinite(found[f])) drawn[f].push_back(found[f]);
    }
  }
  std::vector<Figure> figures;
  for (std::size_t f = 0; f < kFigures; ++f) {
    Figure figure{kNames[f], values[f], values[f], values[f]};
    if (!drawn[f].empty()) {
      std::sort(drawn[f].begin(), drawn[f].end());
      const auto last = static_cast<double>(drawn[f].size() - 1);
      figure.low = drawn[f][static_cast<std::size_t>(std::floor(0.025 * last))];
      figure.high = drawn[f][static_cast<std::size_t>(std::ceil(0.975 * last))];
    }
    figures.push_back(figure);
  }
  return figures;
}

std::vector<UpliftPoint> qini_curve(const UpliftRows& rows, std::size_t most) {
  const std::vector<std::uint32_t> order = descending(rows.scores);
  const std::vector<std::uint32_t> counts(order.size(), 1);
  const auto all = static_cast<double>(order.size());
  const auto treated =
      static_cast<double>(std::count(rows.treated.begin(), rows.treated.end(), std::uint8_t{1}));
  std::vector<UpliftPoint> points{{0, 0}};
  double next = 0;
  walk(rows, order, counts, [&](const Sums& sums) {
    const double share = (sums.treated + sums.control) / all;
    if (share < next && share < 1) return;
    points.push_back({share, treated > 0 ? sums.gain() / treated : 0.0});
    next = share + 1.0 / static_cast<double>(most);
  });
  return points;
}

std::vector<UpliftGroup> uplift_groups(const UpliftRows& rows, std::size_t groups) {
  const std::vector<std::uint32_t> order = descending(rows.scores);
  std::vector<UpliftGroup> list;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t first = order.size() * g / groups;
    const std::size_t end = order.size() * (g + 1) / groups;
    if (first == end) continue;
    UpliftGroup group;
    double score = 0, treated = 0, control = 0;
    for (std::size_t i = first; i < end; ++i) {
      const std::uint32_t row = order[i];
      score += rows.scores[row];
      ++(rows.treated[row] != 0 ? group.treated : group.control);
      (rows.treated[row] != 0 ? treated : control) += rows.outcomes[row];
    }
    group.score = mean_of(score, end - first);
    group.treated_outcome = mean_of(treated, group.treated);
    group.control_outcome = mean_of(control, group.control);
    double treated_square = 0, control_square = 0;
    for (std::size_t i = first; i < end; ++i) {
      const std::uint32_t row = order[i];
      const bool is_treated = rows.treated[row] != 0;
      const double apart =
          rows.outcomes[row] - (is_treated ? group.treated_outcome : group.control_outcome);
      (is_treated ? treated_square : control_square) += apart * apart;
    }
    group.effect = group.treated_outcome - group.control_outcome;
    const auto variance = [](double square, std::size_t n) {
      const auto count = static_cast<double>(n);
      return n > 1 ? square / (count - 1) / count : kNone;
    };
    const double spread = 1.959964 * std::sqrt(variance(treated_square, group.treated) +
                                               variance(control_square, group.control));
    group.low = group.effect - spread;
    group.high = group.effect + spread;
    list.push_back(group);
  }
  return list;
}

}  // namespace storewise::train
