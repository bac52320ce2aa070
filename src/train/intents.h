// Learns what visitors are about to do, and writes the file that a page asks (behaviour/intents.h).
//
// From a log of events: after every event of every visit, and once more while nothing happens, the
// numbers of the visit (behaviour/visit_features.h, the very class that the page runs) are a row;
// its answers are whether a purchase follows in the visit and whether the event was the last. From
// a table of finished visits: a row a visit, and whether it bought; when visits end is then told by
// a pace (behaviour::Pace) fitted to their pages and seconds. Boosted trees, split by the visits'
// time: the first three fifths teach, the next fifth makes the log odds probabilities (Platt 2000)
// and sets the threshold (best F1), the last is the test; the trees that are handed out then learn
// from all. Of a table, whose visits have no time, the fifths are drawn by the seed. Refuses data
// with too few purchases, or with hardly any in one of these parts. Same data, options and seed,
// same bytes everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"
#include "train/feature_table.h"

namespace storewise::train {

struct IntentOptions {
  // Of a table: the names of its columns, features of visits. Empty: the data are a log.
  std::vector<std::string> columns;
  // Of a log: the products' prices (below 0 unknown) and categories (-1 none); may be empty.
  std::size_t products = 0;
  std::vector<double> prices;
  std::vector<std::int32_t> categories;
  std::string source = "shop";  // or "default", as pages then say
  std::uint64_t seed = 42;
  std::string licence;         // copied into the model's metadata
  Json data = Json::object();  // likewise
};

struct IntentResult {
  std::string model;  // the ONNX file
  Json report;        // wasm/train.h describes it
};

// Throws Error(kInvalidInput).
IntentOptions parse_intent_options(std::string_view json);

// `cells` are column after column, [columns][rows]. Of a log, six: session (from 0), product (from
// 0; any for pages), seconds since 1970, event (a behaviour::VisitEvent's number), pieces (0: all),
// user (from 0, -1 unknown). Of a table, those of options.columns (NaN is missing) and last whether
// the visit bought, 0 or 1; a column "returning" is 1 where an earlier visit is known. Throws
// Error(kInvalidInput) for cells out of range and for too few purchases.
IntentResult train_intents(std::span<const double> cells, std::size_t rows,
                           const IntentOptions& options, const TrainingProgress& progress);

}  // namespace storewise::train
