// From pictures or texts of a CSV to a network's file and an honest report: the split, what is made
// of pixels or words, training until rows held out within the part to learn from say that it is
// enough, int8 weights, the figures on rows that it did not see, and an ONNX graph that reads what
// the CSV had.
//
// Pictures: the input `pixels`, float [n, height, width, channels], in the file's own numbers.
// Texts: the input `words`, string [n, words], each row's words and "" behind the last. Outputs as
// a table's model has them: `label` and `probabilities`, or `value`. Refuses to read files and to
// find the words of a text: its caller, and pages (web/src/words.ts), do that.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "support/json.h"
#include "train/network/settings.h"
#include "train/table_request.h"
#include "train/tabular.h"

namespace storewise::train::network {

enum class NetworkKind : std::uint8_t { kCnn, kLstm };

// `columns` are a picture's pixels, row by row and all channels of a pixel together, and the
// target; of texts the target alone.
struct NetworkOptions : TableRequest {
  NetworkKind kind = NetworkKind::kCnn;
  bool classes = true;  // false: the target is a number
  bool balanced = false;
  std::uint64_t seed = 42;
  std::string text;  // the name of the column of texts; empty: pictures
  std::size_t height = 0, width = 0, channels = 0;  // of pictures
  std::size_t vocabulary = 10000;                   // words known at most
  std::size_t most_words = 0;  // of a text that are read; 0: as many as 99 of 100 texts have
  NetworkSettings network;
};

// Reads options from a JSON document (wasm/train.h describes it). Throws Error(kInvalidInput).
NetworkOptions parse_network_options(std::string_view json);

// `cells` are [columns][rows] as RawColumn has them; texts, one after the other, are words with one
// space between each, and `text_ends[row]` is behind a row's. Throws Error(kInvalidInput) for what
// does not fit, for an empty pixel, and for what Trial refuses.
TableResult train_network(std::span<const double> cells, std::size_t rows, std::string_view texts,
                          std::span<const std::uint32_t> text_ends, const NetworkOptions& options,
                          const TrainingProgress& progress);

}  // namespace storewise::train::network
