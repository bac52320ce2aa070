// From the decision values of a support vector machine to probabilities.
//
// The values must come from machines that did not see their rows: folds() says which are held out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace storewise::train {

// P(first) = 1 / (1 + exp(a value + b)): a is negative where larger values mean the first class.
struct Platt {
  double a = 0.0;
  double b = 0.0;
};

// Fits it by maximum likelihood, regularised by how few rows there are (Platt 2000), with the
// Newton method of Lin, Lin and Weng, "A note on Platt's probabilistic outputs for support vector
// machines" (2007). is_first [values] is 0 or 1.
Platt fit_platt(std::span<const double> values, std::span<const char> is_first);

// The fold of each row, 0 .. folds-1: every group's rows are dealt out evenly in an order drawn
// from the seed. groups [rows] >= 0.
std::vector<std::uint32_t> assign_folds(std::span<const std::int32_t> groups, std::uint32_t folds,
                                        std::uint64_t seed);

}  // namespace storewise::train
