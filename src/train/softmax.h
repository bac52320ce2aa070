// Multinomial logistic regression from sparse features: the text classifier's one layer.
//
// Refuses to know text and labels' names. Every loop runs in a fixed order, so that every platform
// computes the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "text/features.h"

namespace storewise::train {

// Examples as sparse rows. label -1: belongs to no class; it teaches that no class is likely.
struct Examples {
  std::vector<std::uint32_t> starts{0};  // [examples + 1]
  std::vector<text::Feature> features;   // weight = 1 + ln(count)
  std::vector<std::int32_t> labels;      // [examples]

  std::size_t size() const { return labels.size(); }
  std::span<const text::Feature> row(std::size_t e) const {
    return {features.data() + starts[e], features.data() + starts[e + 1]};
  }
};

struct SoftmaxSettings {
  double rate = 0.3;  // AdaGrad's, falls linearly to 0
  std::uint32_t epochs = 20;
  double smoothing = 0.0;  // share of the target spread over all classes
  double dropout = 0.2;    // share of a row's features left out of each step
  // An example out of scope is seen so often in an epoch, unless that makes them more than a tenth.
  std::uint32_t stranger_visits = 5;
  std::uint64_t seed = 42;
};

// logits = bias + sum over the features of value x weights[id], where value = weight x
// importance[id], the row scaled to length 1.
struct LinearModel {
  std::uint32_t buckets = 0;
  std::uint32_t classes = 0;
  std::vector<std::int8_t> importance;  // [buckets] 0..127
  float importance_scale = 1.0f;
  std::vector<float> weights;  // [buckets][classes] row-major
  std::vector<float> bias;     // [classes]
};

// How much each feature is to count, in int8 into model.importance: the root of its inverse
// document frequency ln((n+1)/(df+1)) + 1, times what it tells about the class. That is the
// Kullback-Leibler divergence of the classes of the texts that have it, with three texts of the
// usual mixture added, from the usual mixture of classes; plus 1/2, so that nothing is ignored. A
// feature that never occurred counts as a telling one: unknown words make the known ones count
// less.
void set_importance(const Examples& examples, std::span<const std::uint32_t> rows,
                    LinearModel& model);

// Trains weights and bias of `model` (buckets, classes and importance are set; the rest is
// replaced) on `rows` of `examples` by AdaGrad (Duchi et al. 2011).
void train_softmax(const Examples& examples, std::span<const std::uint32_t> rows,
                   const SoftmaxSettings& settings, LinearModel& model);

// The row's values: weight x importance, scaled to length 1. `values` is resized.
void normalised_values(const LinearModel& model, std::span<const text::Feature> row,
                       std::vector<float>& values);
// Logits of one row into `out` [classes].
void logits(const LinearModel& model, std::span<const text::Feature> row,
            std::vector<float>& scratch, std::span<float> out);
// exp(inverse_temperature x (logit - largest)), divided by their sum, in place.
void softmax(std::span<float> values, double inverse_temperature);

}  // namespace storewise::train
