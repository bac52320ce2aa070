// How well scores order people by what a treatment does to them, measured on a randomised
// experiment: some were treated by chance, the others are the control.
//
// Refuses to know models, and experiments with several arms: one arm and the control at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/metrics.h"

namespace storewise::train {

// People of one arm and of the control, [rows] each.
struct UpliftRows {
  std::span<const double> scores;  // finite; the largest are treated first
  std::span<const std::uint8_t> treated;
  std::span<const double> outcomes;
};

// effect, qini, auuc, auuc_random, in this order, all in units of the outcome for each person:
//   effect       mean outcome of the treated less that of the control
//   qini         area between the Qini curve and the straight line to its end (Radcliffe 2007);
//                0 for scores that order at random
//   auuc         area under the cumulative uplift curve (Gutierrez and Gerardy 2017)
//   auuc_random  that area for scores that order at random: half the effect
// Of rows with equal scores each has the same place on the curve. NaN without rows in both arms.
std::vector<Figure> uplift_figures(const UpliftRows& rows, const Resampling& resampling);

struct UpliftPoint {
  double share = 0;  // of all rows, those with the highest scores
  double gain = 0;   // outcome added by treating these, for each of all the treated
};
// The Qini curve from (0, 0) on: gain = (Yt - Yc Nt / Nc) / all treated, with the outcomes Y and
// the numbers N of the treated and the control so far. At most about `most` points.
std::vector<UpliftPoint> qini_curve(const UpliftRows& rows, std::size_t most);

struct UpliftGroup {
  std::size_t treated = 0;
  std::size_t control = 0;
  double score = 0;            // mean
  double treated_outcome = 0;  // mean; NaN without rows
  double control_outcome = 0;
  double effect = 0;  // the difference, and its 95 % interval (Neyman 1923, unequal variances)
  double low = 0, high = 0;
};
// `groups` parts of nearly equal size, the highest scores first; equal scores in order of the rows.
std::vector<UpliftGroup> uplift_groups(const UpliftRows& rows, std::size_t groups);

}  // namespace storewise::train
