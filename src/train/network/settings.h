// What a caller may say of a network and its training; what is left open is chosen from the data.
#pragma once

#include <optional>
#include <vector>

#include "support/json.h"
#include "train/network/fit.h"
#include "train/network/network.h"

namespace storewise::train::network {

struct NetworkSettings {
  std::optional<std::vector<std::size_t>> filters;  // of convolutions, one after the other
  std::optional<std::vector<std::size_t>> units;    // of hidden layers
  std::optional<std::size_t> embedding;
  Cell cell = Cell::kLstm;
  bool both_ways = false;
  std::optional<double> dropout;
  std::optional<std::size_t> epochs, batch, patience;
  std::optional<double> learning_rate;
  bool keep_float = false;  // no int8
};

// Reads filters, units, embedding, cell, bidirectional, dropout, epochs, batch, patience,
// learning_rate and float from a JSON object (wasm/train.h describes them). Throws
// Error(kInvalidInput).
NetworkSettings parse_network_settings(JsonView options);

// `usual` with what the settings say instead.
Design design_of(const NetworkSettings& settings, Design usual);
FitSettings fit_of(const NetworkSettings& settings, FitSettings usual);

// A network that has learnt, what it was before it was rounded, and how it went.
struct Trained {
  Network network;
  Fit fit;
  double float_score = 0;    // on the rows held out, with float weights; NaN without such rows
  double rounded_score = 0;  // the same with what the file has
};
// Fits the network, and rounds it unless the settings keep it float.
Trained train(Network network, const Examples& examples, const Target& target, Rows rows,
              const NetworkSettings& settings, const FitSettings& fit_settings,
              const TrainingProgress& progress);

// {epochs, best_epoch, batch, learning_rate, dropout, weights, precision, validation_rows,
// validation, validation_float}: numbers and names, for reports.
Json facts_of(const Trained& trained, const Design& design, const FitSettings& fit_settings,
              const NetworkSettings& settings);
// [{training_loss, validation_loss, validation}] by epoch; null where there is none.
Json curve_of(const Fit& fit);
// "64, 32"
std::string listed(const std::vector<std::size_t>& sizes);

}  // namespace storewise::train::network
