#include "train/network/settings.h"

#include <cmath>

#include "support/message.h"
#include "train/network/graph.h"
#include "train/table_report.h"
#include "train/table_request.h"

namespace storewise::train::network {
namespace {

constexpr std::int64_t kMostUnits = 4096;
constexpr std::size_t kMostLayers = 8;

std::optional<std::vector<std::size_t>> sizes(JsonView options, std::string_view key) {
  const std::optional<JsonView> list = options.find(key);
  if (!list) return std::nullopt;
  if (list->size() == 0 || list->size() > kMostLayers) list->fail("a list of 1 to 8 sizes");
  std::vector<std::size_t> values;
  for (std::size_t i = 0; i < list->size(); ++i) {
    values.push_back(static_cast<std::size_t>((*list)[i].integer(1, kMostUnits)));
  }
  return values;
}

}  // namespace

NetworkSettings parse_network_settings(JsonView options) {
  NetworkSettings settings;
  settings.filters = sizes(options, "filters");
  settings.units = sizes(options, "units");
  settings.embedding = count_or_none(options, "embedding", 1, kMostUnits);
  settings.cell = *cell_named(one_of(options, "cell", "lstm", {"lstm", "gru", "rnn"}));
  settings.both_ways = options.boolean_or("bidirectional", false);
  settings.dropout = number_or_none(options, "dropout", 0.0, 0.95);
  settings.epochs = count_or_none(options, "epochs", 1, 10000);
  settings.batch = count_or_none(options, "batch", 1, 65536);
  settings.patience = count_or_none(options, "patience", 1, 10000);
  settings.learning_rate = number_or_none(options, "learning_rate", 1e-9, 10.0);
  settings.keep_float = options.boolean_or("float", false);
  return settings;
}

Design design_of(const NetworkSettings& settings, Design usual) {
  if (settings.filters) usual.filters = *settings.filters;
  if (settings.units) usual.units = *settings.units;
  usual.embedding = settings.embedding.value_or(usual.embedding);
  usual.cell = settings.cell;
  usual.both_ways = settings.both_ways;
  if (settings.dropout) usual.dropout = static_cast<float>(*settings.dropout);
  return usual;
}

FitSettings fit_of(const NetworkSettings& settings, FitSettings usual) {
  usual.epochs = settings.epochs.value_or(usual.epochs);
  usual.batch = settings.batch.value_or(usual.batch);
  usual.patience = settings.patience.value_or(usual.patience);
  usual.learning_rate = settings.learning_rate.value_or(usual.learning_rate);
  return usual;
}

Trained train(Network network, const Examples& examples, const Target& target, Rows rows,
              const NetworkSettings& settings, const FitSettings& fit_settings,
              const TrainingProgress& progress) {
  Fit made = fit(network, examples, target, rows, fit_settings, progress);
  Trained trained{std::move(network), std::move(made)};
  const Rows held_out = trained.fit.validation;
  const auto score = [&] {
    return score_of(trained.network, trained.network.answer(examples, held_out), target, held_out);
  };
  trained.float_score = trained.rounded_score = score();
  if (settings.keep_float) return trained;
  trained.network.round();
  trained.rounded_score = score();
  return trained;
}

Json facts_of(const Trained& trained, const Design& design, const FitSettings& fit_settings,
              const NetworkSettings& settings) {
  return {{"epochs", trained.fit.curve.size()},
          {"best_epoch", trained.fit.best + 1},
          {"batch", fit_settings.batch},
          {"learning_rate", fit_settings.learning_rate},
          {"dropout", number_or_null(std::round(static_cast<double>(design.dropout) * 1e6) / 1e6)},
          {"weights", trained.network.weights()},
          {"precision", settings.keep_float ? "float" : "int8"},
          {"validation_rows", trained.fit.validation.size()},
          {"validation", number_or_null(trained.rounded_score)},
          {"validation_float", number_or_null(trained.float_score)}};
}

Json curve_of(const Fit& fit) {
  Json curve = Json::array();
  for (const Epoch& epoch : fit.curve) {
    curve.push_back({{"training_loss", number_or_null(epoch.training_loss)},
                     {"validation_loss", number_or_null(epoch.validation_loss)},
                     {"validation", number_or_null(epoch.validation_score)}});
  }
  return curve;
}

std::string listed(const std::vector<std::size_t>& sizes) {
  std::string text;
  for (const std::size_t one : sizes) {
    if (!text.empty()) text += ", ";
    text += message("%", one);
  }
  return text;
}

}  // namespace storewise::train::network
