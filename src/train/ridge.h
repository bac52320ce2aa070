// Locally restricted ridge regression from a session's past to its next items.
//
// Item-item weights in closed form: EASE (Steck 2019) with the dropout regulariser of EDLAE
// (Steck 2020) and the session-aware weights of SLIST (Choi et al. 2021), solved for each target
// among its own best candidates only, so that nothing of size items x items is ever held.
// For a session a_1 .. a_L of weight w and each position t: the past vector P_t[i] =
// exp(-(age of i in steps) / past_decay), the future vector F_t[j] = exp(-(steps until j) /
// future_decay) at most 8 steps ahead, and 1 the indicator of the session's items:
//   G  = sum w [ (1-a) sum_t P_t P_t' + a 1 1' ]      past x past
//   XY = sum w [ (1-a) sum_t P_t F_t' + a 1 1' ]      past x future
// For a target j: candidates C are the items with the highest XY_ij / sqrt(G_ii + lambda); the
// solution of (G_CC + lambda I + diag G_CC) b = XY_Cj holds the weights i -> j.
//
// Refuses to prune and to quantise (item_model.h does). Sums run in a fixed order and vectors are
// worked element by element, so every platform computes the same bits; this is why the Cholesky
// factorisation is written out rather than taken from a library that blocks by the processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "train/sessions.h"

namespace storewise::train {

// phase ("solving"), done, total. Called from the thread that trains.
using Progress = std::function<void(std::string_view phase, double done, double total)>;

struct RidgeSettings {
  double together = 0.5;             // a: share of "anywhere in the same session", 0..1
  double lambda = 10.0;              // > 0
  double past_decay = 1.0;           // dp, steps, > 0
  double future_decay = 1.0;         // df, steps, > 0
  double recency = 0.5;              // tw: w_s = exp(-tw (S-1-s) / S), >= 0
  double size_power = 0.0;           // w_s is further divided by (distinct items)^size_power
  bool itself = true;                // an item may be its own candidate: repeated visits count
  std::uint32_t candidates = 100;    // m, 1..256
  std::uint32_t session_items = 40;  // a session's last events that are read, >= 2
};

// Item-item weights by target: item j is predicted by source[starts[j] .. starts[j+1]), in
// ascending order of source, with weights of either sign.
struct ItemWeights {
  std::vector<std::uint32_t> starts;  // [items + 1]
  std::vector<std::int32_t> source;
  std::vector<float> weight;
};

// The counts G and XY of some sessions, to be solved with different regularisation. Of the settings
// that it is made with, lambda, itself and candidates play no part. `sessions` is read in the
// constructor only. Throws Error(kInvalidInput) when a setting is out of range.
class RidgeProblem {
 public:
  RidgeProblem(const Sessions& sessions, const RidgeSettings& settings, const Progress& progress);
  ~RidgeProblem();

  // Weights of all items, or of those in `targets` only (ascending; the others get an empty range),
  // with the lambda, itself and candidates of `settings`.
  ItemWeights solve(const RidgeSettings& settings, std::span<const std::int32_t> targets,
                    const Progress& progress);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Counts and solves all items.
ItemWeights solve_ridge(const Sessions& sessions, const RidgeSettings& settings,
                        const Progress& progress);

// Solves A x = b for symmetric positive definite A by Cholesky, in place. `a` is [(n + 1)][stride]
// row-major, of which the lower triangle of the first n rows is A and row n is b'; x replaces the
// first n entries of row n. stride >= n + 1. False when A is not positive definite.
bool solve_positive_definite(float* a, std::size_t n, std::size_t stride);

}  // namespace storewise::train
