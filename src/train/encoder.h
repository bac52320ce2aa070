// From raw columns to the numbers that trainers read. What an encoder knows (medians, levels,
// rates, scales) comes from the rows that it was fitted on and no others.
//
// Every step is float32 in the order of encoder_model.h's graph, so that the model's file computes
// the same numbers from the same cells (but for the last bit of scaled ones in some runtimes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "train/columns.h"
#include "train/feature_table.h"

namespace storewise::train {

// What a feature is of its column.
enum class Part : std::uint8_t {
  kValue,    // of a number or boolean
  kDay,      // days since 1970
  kWeekday,  // 0 Monday .. 6 Sunday
  kMonth,    // 1 .. 12
  kHour,     // 0 .. 23
  kMissing,  // 1 where a number is missing
  kLevel,    // 1 where the category is this level, or one of the rare ones
  kRate,     // the level's mean of the target, or its share of a class
};

struct Feature {
  std::size_t column = 0;  // of the raw table
  Part part = Part::kValue;
  std::string name;  // "age", "age is missing", "colour = red", "joined: weekday"
};

// How one column becomes features.
struct ColumnCode {
  std::size_t column = 0;
  ColumnKind kind = ColumnKind::kNumber;
  std::vector<Part> parts;  // of a number, boolean or date
  std::vector<float> fill;  // [parts] what stands for a missing value; empty where NaN is left
  bool missing_feature = false;
  // Of a category: the slot of each level among `slots`, -1 for one that was not in the rows; the
  // last entry is that of a missing cell. `slots` name the levels, the rare ones together.
  std::vector<std::int32_t> slot_of_level;  // [levels + 1]
  std::vector<std::string> slots;
  std::size_t rare_levels = 0;  // that share a slot
  // Instead of a feature a slot: [outputs][levels + 1], and what stands for unknown levels.
  std::vector<float> rates;
  std::vector<float> unknown_rate;  // [outputs]

  bool rated() const { return !unknown_rate.empty(); }
};

struct EncoderSettings {
  bool fill_missing = true;     // false: NaN stays, for trainers that read it
  bool scale = false;           // to mean 0 and variance 1; 0/1 features of levels stay as they are
  std::size_t most_slots = 30;  // of a category; one with more is written as rates
  std::optional<std::size_t> without_day;  // the date column whose day is no feature
  std::uint64_t seed = 42;                 // draws the folds of the rates
};

struct Encoder {
  bool fill_missing = true;
  std::vector<ColumnCode> codes;
  // Numbers, booleans and dates in the order of the columns, then what is missing, then categories.
  std::vector<Feature> features;
  std::vector<float> offset;  // [features], with scale: (x - offset) * scale; none when not scaled
  std::vector<float> scale;
};

// Fits an encoder on `rows` for the columns that `used` marks. `training` becomes the features of
// `rows`, in their order; there the rate of a level comes from the other four fifths of the rows
// (so that no row sees its own target; Micci-Barreca 2001 for the smoothing). Throws
// Error(kInvalidInput) when no column is used.
Encoder fit_encoder(const RawTable& table, const Target& target, Rows rows,
                    const std::vector<bool>& used, const EncoderSettings& settings,
                    FeatureTable& training);

// The features of `rows`, in their order, as the model's file computes them.
FeatureTable encode(const Encoder& encoder, const RawTable& table, Rows rows);
// The same for one raw column's features alone; `features` has those of all, of as many rows.
void encode_column(const Encoder& encoder, const RawTable& table, Rows rows, std::size_t column,
                   FeatureTable& features);

// The parts of a date; `days` as in RawColumn, as float32: to 3 minutes. Never to be mistaken in
// the day; a time within 3 minutes of the next hour counts as that hour.
float date_part(Part part, float days);

}  // namespace storewise::train
