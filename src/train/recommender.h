// Trains a shop's recommender from its events: settings chosen on the latest part of the training
// time, figures from sessions held out, an int8 ONNX model from everything.
//
// Refuses to read files and to print. The same events, options and seed give the same bytes on
// every platform.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"
#include "train/ridge.h"
#include "train/sessions.h"

namespace storewise::train {

struct RecommenderOptions {
  std::vector<std::string> items;  // the shop's ids; an event's item is an index into these
  bool tune = false;              // search for settings; otherwise the defaults for the data's kind
  std::uint32_t min_count = 0;    // see make_sessions
  std::uint32_t neighbours = 20;  // k, 1..256: successors kept for each item
  std::uint64_t seed = 42;
  double holdout = 0.1;            // share of the latest sessions for the metrics; 0 for none
  std::optional<bool> ordered;     // empty: decided from the times
  Json settings = Json::object();  // overrides by name: together, lambda, past_decay, ...
  std::string licence;             // copied into the model's metadata
  Json data = Json::object();      // likewise
};

struct RecommenderResult {
  std::string model;  // the ONNX file
  Json report;        // items, sessions, events, ordered, settings, metrics, dropped, bytes
};

// Reads options from a JSON document (wasm/train.h describes it). Throws Error(kInvalidInput).
RecommenderOptions parse_recommender_options(std::string_view json);

// Throws Error(kInvalidInput) for events that cannot be used or leave no item to recommend.
RecommenderResult train_recommender(const Events& events, const RecommenderOptions& options,
                                    const Progress& progress);

}  // namespace storewise::train
