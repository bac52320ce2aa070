// From the columns of a CSV to a model's file and an honest report: which columns are used, the
// split, the encoder, the trainer, the figures on rows that it did not see, and an ONNX graph with
// the encoder inside.
//
// The file holds the model that was measured, trained on the training part alone. Refuses to read
// text and files. The same cells, options and seed give the same bytes on every platform.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "support/json.h"
#include "train/feature_table.h"
#include "train/table_request.h"
#include "train/table_trainer.h"

namespace storewise::train {

// A target of classes is a category or a boolean whose levels are the classes. Numbers are shuffled
// where classes are stratified.
struct TableOptions : TableRequest {
  bool classes = true;  // false: the target is a number
  TrainerSettings trainer;
  std::uint32_t folds = 0;  // of cross-validation within the training part; 0: none
};

// Reads options from a JSON document (wasm/train.h describes it). Throws Error(kInvalidInput).
TableOptions parse_table_options(std::string_view json);

struct TableResult {
  std::string model;  // the ONNX file
  Json report;        // wasm/train.h describes it
};

// `cells` are [columns][rows] (RawColumn says what they mean). Throws Error(kInvalidInput) for
// cells and options that do not fit, a missing target, one class, a part without rows, and for what
// the trainer refuses.
TableResult train_table(std::span<const double> cells, std::size_t rows,
                        const TableOptions& options, const TrainingProgress& progress);

}  // namespace storewise::train
