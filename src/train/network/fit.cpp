#include "train/network/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "train/math.h"
#include "train/split.h"

namespace storewise::train::network {
namespace {

constexpr float kMeanRate = 0.9f;
constexpr float kSquareRate = 0.999f;
constexpr double kLongestGradient = 5.0;
constexpr std::size_t kFewestRows = 50;   // for a validation part
constexpr std::size_t kFixedEpochs = 40;  // without one
constexpr std::size_t kSlower = 3;        // epochs without help before the rate is halved

// A share of the rows by class or number is held out, so that both parts are alike.
void hold_out(const Target& target, Rows rows, const FitSettings& settings, Random& random,
              std::vector<std::uint32_t>& training, std::vector<std::uint32_t>& validation) {
  std::vector<std::uint32_t> order(rows.begin(), rows.end());
  shuffle(order, random);
  if (rows.size() < kFewestRows || settings.validation_share <= 0) {
    training = std::move(order);
    return;
  }
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return target.classes > 0 ? target.labels[a] < target.labels[b]
                              : target.numbers[a] < target.numbers[b];
  });
  set_aside(order, settings.validation_share, training, validation);
}

// Targets as the network is to say them: classes, or numbers with mean 0 and variance 1.
struct Truth {
  std::vector<double> values;   // [rows of the table]
  std::vector<double> weights;  // likewise
  double mean = 0;
  double deviation = 1;
};

Truth truth_of(const Target& target, Rows training, bool balanced) {
  Truth truth;
  const auto n = static_cast<double>(training.size());
  if (target.classes > 0) {
    truth.values.assign(target.labels.begin(), target.labels.end());
    truth.weights.assign(target.labels.size(), 1.0);
    if (!balanced) return truth;
    std::vector<double> counts(static_cast<std::size_t>(target.classes), 0);
    for (const std::uint32_t row : training) counts[target.labels[row]] += 1;
    const auto present = static_cast<double>(counts.size()) -
                         static_cast<double>(std::count(counts.begin(), counts.end(), 0.0));
    for (std::size_t row = 0; row < truth.weights.size(); ++row) {
      const double count = counts[target.labels[row]];
      truth.weights[row] = count > 0 ? n / present / count : 1.0;
    }
    return truth;
  }
  for (const std::uint32_t row : training) truth.mean += target.numbers[row] / n;
  double variance = 0;
  for (const std::uint32_t row : training) {
    const double off = target.numbers[row] - truth.mean;
    variance += off * off / n;
  }
  if (variance > 0) truth.deviation = std::sqrt(variance);
  for (const double number : target.numbers) {
    truth.values.push_back((number - truth.mean) / truth.deviation);
  }
  truth.weights.assign(target.numbers.size(), 1.0);
  return truth;
}

// The mean loss of answers, as Network::learn reckons it.
double loss_of(const Network& network, std::span<const float> answers, const Truth& truth,
               Rows rows) {
  double loss = 0;
  const auto n = static_cast<double>(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double value = truth.values[rows[i]];
    if (network.classes()) {
      const double right = answers[i * network.outputs() + static_cast<std::size_t>(value)];
      loss -= truth.weights[rows[i]] * log(std::max(right, 1e-30)) / n;
    } else {
      const double off = answers[i] - value;
      loss += 0.5 * off * off / n;
    }
  }
  return loss;
}

std::vector<std::vector<float>> values_of(const std::vector<Parameter*>& parameters) {
  std::vector<std::vector<float>> values;
  values.reserve(parameters.size());
  for (const Parameter* parameter : parameters) values.push_back(parameter->values);
  return values;
}

}  // namespace

Adam::Adam(const std::vector<Parameter*>& parameters) : parameters_(parameters) {
  for (const Parameter* parameter : parameters_) {
    mean_.emplace_back(parameter->values.size(), 0.0f);
    square_.emplace_back(parameter->values.size(), 0.0f);
  }
}

void Adam::step(double learning_rate, double longest) {
  double length = 0;
  for (const Parameter* parameter : parameters_) {
    for (const float g : parameter->gradient) length += static_cast<double>(g) * g;
  }
  length = std::sqrt(length);
  const auto shorter = static_cast<float>(length > longest ? longest / length : 1.0);
  mean_decay_ *= static_cast<double>(kMeanRate);
  square_decay_ *= static_cast<double>(kSquareRate);
  const auto rate =
      static_cast<float>(learning_rate * std::sqrt(1 - square_decay_) / (1 - mean_decay_));
  const auto least = static_cast<float>(1e-7 * std::sqrt(1 - square_decay_));
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    float* values = parameters_[p]->values.data();
    const float* gradient = parameters_[p]->gradient.data();
    float* mean = mean_[p].data();
    float* square = square_[p].data();
    const std::size_t n = parameters_[p]->values.size();
    for (std::size_t i = 0; i < n; ++i) {
      const float g = gradient[i] * shorter;
      mean[i] = kMeanRate * mean[i] + (1.0f - kMeanRate) * g;
      square[i] = kSquareRate * square[i] + (1.0f - kSquareRate) * g * g;
      values[i] -= rate * mean[i] / (std::sqrt(square[i]) + least);
    }
  }
}

double score_of(const Network& network, std::span<const float> answers, const Target& target,
                Rows rows) {
  const std::size_t k = network.outputs();
  const auto n = static_cast<double>(rows.size());
  if (rows.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (network.classes()) {
    double right = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = answers.subspan(i * k, k);
      const auto said = std::max_element(row.begin(), row.end()) - row.begin();
      right += said == target.labels[rows[i]] ? 1 / n : 0;
    }
    return right;
  }
  double mean = 0;
  for (const std::uint32_t row : rows) mean += target.numbers[row] / n;
  double wrong = 0;
  double all = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double number = target.numbers[rows[i]];
    wrong += (answers[i] - number) * (answers[i] - number);
    all += (number - mean) * (number - mean);
  }
  return all > 0 ? 1 - wrong / all : std::numeric_limits<double>::quiet_NaN();
}

Fit fit(Network& network, const Examples& examples, const Target& target, Rows rows,
        const FitSettings& settings, const TrainingProgress& progress) {
  Random random(settings.seed);
  Fit result;
  std::vector<std::uint32_t> training;
  hold_out(target, rows, settings, random, training, result.validation);
  const Truth truth = truth_of(target, training, settings.balanced);
  const bool watched = !result.validation.empty();
  const std::size_t epochs = watched ? settings.epochs : std::min(settings.epochs, kFixedEpochs);
  const std::size_t batches = (training.size() + settings.batch - 1) / settings.batch;
  Adam adam(network.parameters());
  std::vector<std::vector<float>> best = values_of(network.parameters());
  double least = std::numeric_limits<double>::infinity();
  double rate = settings.learning_rate;
  std::vector<double> batch_truth;
  std::vector<double> batch_weights;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    shuffle(training, random);
    Epoch made;
    for (std::size_t b = 0; b < batches; ++b) {
      if (progress) progress("training", epoch * batches + b, epochs * batches);
      const std::size_t first = b * settings.batch;
      const Rows batch =
          Rows(training).subspan(first, std::min(settings.batch, training.size() - first));
      batch_truth.clear();
      batch_weights.clear();
      for (const std::uint32_t row : batch) {
        batch_truth.push_back(truth.values[row]);
        batch_weights.push_back(truth.weights[row]);
      }
      made.training_loss += network.learn(examples, batch, batch_truth, batch_weights, random) *
                            static_cast<double>(batch.size()) /
                            static_cast<double>(training.size());
      adam.step(rate, kLongestGradient);
    }
    const std::vector<float> said = network.answer(examples, result.validation);
    made.validation_loss = watched ? loss_of(network, said, truth, result.validation)
                                   : std::numeric_limits<double>::quiet_NaN();
    if (network.classes()) {
      made.validation_score = score_of(network, said, target, result.validation);
    } else {
      std::vector<float> numbers(said);
      for (float& number : numbers) {
        number = static_cast<float>(number * truth.deviation + truth.mean);
      }
      made.validation_score = score_of(network, numbers, target, result.validation);
    }
    result.curve.push_back(made);
    if (!watched) {
      result.best = epoch;
      continue;
    }
    if (made.validation_loss < least) {
      least = made.validation_loss;
      result.best = epoch;
      best = values_of(network.parameters());
      continue;
    }
    const std::size_t waited = epoch - result.best;
    if (waited >= settings.patience) break;
    if (waited % kSlower == 0) rate *= 0.5;
  }
  const std::vector<Parameter*> parameters = network.parameters();
  for (std::size_t p = 0; watched && p < parameters.size(); ++p) {
    parameters[p]->values = std::move(best[p]);
  }
  if (!network.classes()) network.rescale(truth.deviation, truth.mean);
  return result;
}

}  // namespace storewise::train::network
