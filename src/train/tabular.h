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
#include <vector>

#include "support/json.h"
#include "train/columns.h"
#include "train/feature_table.h"
#include "train/table_trainer.h"

namespace storewise::train {

struct TableOptions {
  // Names, kinds and levels; the cells are given apart. A boolean's two levels are what false and
  // true are called. A target of classes is a category or a boolean whose levels are the classes.
  std::vector<RawColumn> columns;
  std::size_t target = 0;
  bool classes = true;  // false: the target is a number
  TrainerSettings trainer;
  std::string split = "stratified";  // "shuffle-numpy", "time"; numbers are always shuffled
  std::size_t time = 0;              // the column for "time"
  double test_share = 0.2;
  std::size_t test_rows = 0;      // instead of a split: the last rows are those to test
  std::uint32_t folds = 0;        // of cross-validation within the training part; 0: none
  std::vector<std::string> keep;  // columns to use although they look like ids or leaks
  std::string licence;            // copied into the model's metadata
  Json data = Json::object();     // likewise
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
