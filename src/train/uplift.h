// From the columns of a randomised experiment (who was treated, what they did, what was known of
// them before) to a model's file that says of a person how much a treatment changes the outcome,
// measured on rows that it did not see.
//
// Refuses an experiment in which the features tell who was treated: then the treated differ from
// the control by more than the treatment, and no figure here would mean what it says. Columns that
// differ between the arms, though the treatment as a whole looks drawn, are left out: they were
// written down after the treatment. Refuses to read text and files. The same cells, options and
// seed give the same bytes on every platform.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "support/json.h"
#include "train/feature_table.h"
#include "train/table_request.h"

namespace storewise::train {

// The target is a number or a boolean, missing nowhere; every arm gets its share of a stratified
// split; columns kept may look like outcomes as well.
struct UpliftOptions : TableRequest {
  UpliftOptions() { test_share = 0.3; }
  std::size_t treatment = 0;  // a category or a boolean; missing nowhere
  std::size_t control = 0;    // the place of the control among the treatment's levels
  std::uint64_t seed = 42;
};

// Reads options from a JSON document (wasm/train.h describes it). Throws Error(kInvalidInput).
UpliftOptions parse_uplift_options(std::string_view json);

struct UpliftResult {
  std::string model;  // the ONNX file: output `value`, float [n, treatments]
  Json report;        // wasm/train.h describes it
};

// `cells` are [columns][rows] (RawColumn says what they mean). Throws Error(kInvalidInput) for
// cells and options that do not fit, an arm with too few rows, and a treatment that was not drawn.
UpliftResult train_uplift_table(std::span<const double> cells, std::size_t rows,
                                const UpliftOptions& options, const TrainingProgress& progress);

}  // namespace storewise::train
