// Trains the question classifier from labelled texts: features, softmax, calibrated probabilities,
// a threshold for "none of these", and an int8 ONNX model.
//
// Refuses to normalise text (NFKC and lower case are the caller's) and to read files. The same
// texts, options and seed give the same bytes on every platform.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"
#include "train/ridge.h"
#include "train/softmax.h"

namespace storewise::train {

struct ClassifierOptions {
  std::vector<std::string> labels;  // distinct
  std::uint32_t buckets = 0;        // 0: chosen from the amount of text
  std::uint64_t seed = 42;
  // The share of messages out of scope that the model will meet, which the threshold weighs; 0
  // takes the share among the examples.
  double out_of_scope_share = 0.0;
  std::uint32_t cross_validation = 0;  // 0, or the number of folds, 2..20: reports confusions
  std::uint32_t epochs = 0;            // 0: chosen
  std::string licence;                 // copied into the model's metadata
  Json data = Json::object();          // likewise
};

struct ClassifierResult {
  std::string model;  // the ONNX file
  Json report;        // classes, examples, metrics, threshold, temperature, confusions, bytes, ...
};

// Reads options from a JSON document (wasm/train.h describes it). Throws Error(kInvalidInput).
ClassifierOptions parse_classifier_options(std::string_view json);

// texts[i] belongs to labels[i], an index into options.labels, or -1 for out of scope. Labels
// without a usable text are left out of the model and reported. Throws Error(kInvalidInput) when
// fewer than two labels have a usable text.
ClassifierResult train_classifier(std::span<const std::string_view> texts,
                                  std::span<const std::int32_t> labels,
                                  const ClassifierOptions& options, const Progress& progress);

}  // namespace storewise::train
