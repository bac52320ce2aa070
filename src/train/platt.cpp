#include "train/platt.h"

#include <algorithm>
#include <cmath>

#include "train/math.h"

namespace storewise::train {
namespace {

// Minus the logarithm of the likelihood of soft targets, without loss of digits for large scores.
double loss_of(std::span<const double> values, std::span<const double> targets, Platt platt) {
  double loss = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double score = values[i] * platt.a + platt.b;
    const double base = score >= 0.0 ? targets[i] * score : (targets[i] - 1.0) * score;
    loss += base + log(1.0 + exp(-std::fabs(score)));
  }
  return loss;
}

}  // namespace

Platt fit_platt(std::span<const double> values, std::span<const char> is_first) {
  constexpr double kRidge = 1e-12;
  constexpr double kGradient = 1e-6;
  double first = 0.0;
  for (const char one : is_first) first += one != 0 ? 1.0 : 0.0;
  const double second = static_cast<double>(values.size()) - first;
  const double high = (first + 1.0) / (first + 2.0);
  const double low = 1.0 / (second + 2.0);
  std::vector<double> targets;
  targets.reserve(values.size());
  for (const char one : is_first) targets.push_back(one != 0 ? high : low);

  Platt platt{0.0, log((second + 1.0) / (first + 1.0))};
  double loss = loss_of(values, targets, platt);
  for (int round = 0; round < 100; ++round) {
    double aa = kRidge;
    double bb = kRidge;
    double ab = 0.0;
    double slope_a = 0.0;
    double slope_b = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double score = values[i] * platt.a + platt.b;
      const double tail = exp(-std::fabs(score));
      const double p = (score >= 0.0 ? tail : 1.0) / (1.0 + tail);
      const double bend = p * (1.0 - p);
      const double slope = targets[i] - p;
      aa += values[i] * values[i] * bend;
      bb += bend;
      ab += values[i] * bend;
      slope_a += values[i] * slope;
      slope_b += slope;
    }
    if (std::fabs(slope_a) < kGradient && std::fabs(slope_b) < kGradient) break;
    const double area = aa * bb - ab * ab;
    const double step_a = -(bb * slope_a - ab * slope_b) / area;
    const double step_b = -(aa * slope_b - ab * slope_a) / area;
    const double along = slope_a * step_a + slope_b * step_b;
    double length = 1.0;
    bool moved = false;
    for (; length >= 1e-10; length *= 0.5) {
      const Platt next{platt.a + length * step_a, platt.b + length * step_b};
      const double next_loss = loss_of(values, targets, next);
      if (!(next_loss < loss + 1e-4 * length * along)) continue;
      platt = next;
      loss = next_loss;
      moved = true;
      break;
    }
    if (!moved) break;
  }
  return platt;
}

std::vector<std::uint32_t> assign_folds(std::span<const std::int32_t> groups, std::uint32_t folds,
                                        std::uint64_t seed) {
  std::vector<std::vector<std::uint32_t>> members;
  for (std::size_t r = 0; r < groups.size(); ++r) {
    const auto group = static_cast<std::size_t>(groups[r]);
    if (group >= members.size()) members.resize(group + 1);
    members[group].push_back(static_cast<std::uint32_t>(r));
  }
  Random random(seed);
  std::vector<std::uint32_t> result(groups.size());
  std::uint32_t next = 0;
  for (std::vector<std::uint32_t>& rows : members) {
    shuffle(rows, random);
    for (const std::uint32_t row : rows) {
      result[row] = next;
      next = (next + 1) % folds;
    }
  }
  return result;
}

}  // namespace storewise::train
