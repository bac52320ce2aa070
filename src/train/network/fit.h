// Training of a network: batches, Adam, and an end when rows held out say that it gets no better.
//
// Settings are judged on a validation part of the rows given; rows to test are never seen here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/feature_table.h"
#include "train/network/network.h"

namespace storewise::train::network {

// Adam (Kingma and Ba 2015) with its usual settings.
class Adam {
 public:
  explicit Adam(const std::vector<Parameter*>& parameters);
  // Moves every parameter by its gradient. Where the gradients together are longer than `longest`,
  // they are shortened to that first (Pascanu et al. 2013).
  void step(double learning_rate, double longest);

 private:
  std::vector<Parameter*> parameters_;
  std::vector<std::vector<float>> mean_;    // by parameter
  std::vector<std::vector<float>> square_;  // likewise
  double mean_decay_ = 1;                   // beta1 to the power of the steps so far
  double square_decay_ = 1;
};

struct FitSettings {
  std::size_t epochs = 60;      // at most, where there is a validation part
  std::size_t batch = 32;       // rows
  double learning_rate = 1e-3;  // halved when three epochs have not helped
  std::size_t patience = 8;     // epochs without help before the end
  double validation_share = 0.1;
  bool balanced = false;  // every class weighs the same
  std::uint64_t seed = 42;
};

struct Epoch {
  double training_loss = 0;     // mean over its batches, with dropout
  double validation_loss = 0;   // NaN without a validation part, as is the score
  double validation_score = 0;  // accuracy of classes, R2 of numbers
};

struct Fit {
  std::vector<Epoch> curve;
  std::size_t best = 0;                   // the epoch, from 0, whose weights the network has
  std::vector<std::uint32_t> validation;  // rows held out
};

// Learns from `rows` of the examples, whose truth is `target`. A tenth of them, of each class or
// over the range of the numbers, is held out; of fewer than 50 none is, and a fixed number of
// epochs taken. The network ends with the weights of the epoch with the least loss on those, and
// numbers in the target's units. Deterministic from the seed.
Fit fit(Network& network, const Examples& examples, const Target& target, Rows rows,
        const FitSettings& settings, const TrainingProgress& progress);

// The share of rows told rightly, or R2.
double score_of(const Network& network, std::span<const float> answers, const Target& target,
                Rows rows);

}  // namespace storewise::train::network
