// Learns from a shop's orders what its customers will do: come back or not, when, for how much, and
// for which category.
//
// Features are taken on several days of the past, the targets are what followed; the last window of
// the data is the test, looked at once, and the models that are handed out are then trained on all
// of it. Beside each figure stands what costs nothing: the last period repeats, the customer's own
// frequency, the most frequent category. Data too few for a figure or for a model are said to be
// so in the report and are no error. Same orders, options and seed, same bytes on every platform.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"
#include "train/customers.h"

namespace storewise::train {

struct CustomerOptions {
  std::vector<std::int32_t> categories;     // [items] index into category_names, -1 for none
  std::vector<std::string> category_names;  // empty: categories are not predicted
  bool dates = true;                        // whether the times are dates
  std::int32_t window = 90;                 // days that a customer's value is predicted for
  bool list = false;                        // one entry a customer in the report
  std::uint64_t seed = 42;
  std::string licence;         // copied into the model's metadata
  Json data = Json::object();  // likewise
};

struct CustomerResult {
  std::string model;  // the ONNX file (customer_file.h); empty when there are too few data
  Json report;        // wasm/train.h describes it
};

// Reads options from a JSON document (wasm/train.h describes it). Throws Error(kInvalidInput).
CustomerOptions parse_customer_options(std::string_view json);

// Throws Error(kInvalidInput) for lines that cannot be used (make_histories).
CustomerResult train_customers(const OrderLines& lines, const CustomerOptions& options,
                               const TrainingProgress& progress);

}  // namespace storewise::train
