// The text classifier as an ONNX file: features to probabilities.
//
// Refuses to choose anything: weights, temperature and metadata come ready.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "train/softmax.h"

namespace storewise::train {

// A LinearModel in int8, one scale a class.
struct QuantisedClassifier {
  std::uint32_t buckets = 0;
  std::uint32_t classes = 0;
  std::vector<std::int8_t> importance;  // [buckets]
  float importance_scale = 1.0f;
  std::vector<std::int8_t> weights;  // [buckets][classes]
  std::vector<float> scales;         // [classes]
  std::vector<float> bias;           // [classes]
  float inverse_temperature = 1.0f;
};

QuantisedClassifier quantise_classifier(const LinearModel& model);
// The float model that the int8 one stands for.
LinearModel dequantise_classifier(const QuantisedClassifier& model);

// Inputs `feature_ids` int64[m] and `feature_weights` float[m] (1 + ln count); output
// `probabilities` float[classes]. Without features the probabilities are those of the bias.
std::string write_classifier(const QuantisedClassifier& model, const std::string& metadata);

}  // namespace storewise::train
