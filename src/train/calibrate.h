// From scores on unseen examples to probabilities that mean what they say, and to the line below
// which a question belongs to none of the classes.
//
// Refuses to train: it sees predictions of models that did not see the examples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace storewise::train {

// Logits of unseen examples, [examples][classes] row-major, and their labels (-1 out of scope).
struct Predictions {
  std::size_t classes = 0;
  std::vector<float> logits;
  std::vector<std::int32_t> labels;

  std::size_t size() const { return labels.size(); }
  std::span<const float> row(std::size_t e) const { return {logits.data() + e * classes, classes}; }
};

// The inverse temperature, 1/16 .. 16, with the least cross entropy on the examples in scope
// (Guo et al. 2017); 1 when there is none.
double fit_inverse_temperature(const Predictions& predictions);

// An example's best class.
struct Verdict {
  std::int32_t label;      // the truth; -1 out of scope
  std::int32_t predicted;  // the most probable class, the lowest number among equals
  float probability;       // of that class
  float second;            // probability of the runner-up, 0 when there is none
};

std::vector<Verdict> verdicts(const Predictions& predictions, double inverse_temperature);

// Expected calibration error in 15 equal bins of probability, over the examples in scope
// (Naeini et al. 2015); 0 when there is none.
double calibration_error(std::span<const Verdict> verdicts);

// The figures at a threshold: a probability below it counts as out of scope.
struct ScopeFigures {
  double accuracy = 0.0;             // in scope, ignoring the threshold
  double accuracy_in_scope = 0.0;    // in scope, right and not rejected
  double rejected_in_scope = 0.0;    // share of the examples in scope
  double out_of_scope_recall = 0.0;  // share of the examples out of scope that are rejected
  std::size_t in_scope = 0;
  std::size_t out_of_scope = 0;
};

ScopeFigures scope_figures(std::span<const Verdict> verdicts, float threshold);

// The threshold, 0 .. 1. `stranger_share` is the share of messages out of scope to reckon with,
// which the predictions may hold more or less of. With at least 20 of them: the line with the most
// right verdicts, strangers turned away and questions answered, where strangers weigh a fifth or
// more; where they are rare or few it withholds 1.3 % of the right answers. Otherwise the
// line that withholds 2 to 5 % of the right answers, more where more answers are wrong. (A line
// found by leaving labels out turns away too much when examples are few.)
float fit_threshold(std::span<const Verdict> verdicts, double stranger_share);

}  // namespace storewise::train
