#include "train/encoder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/message.h"
#include "train/split.h"

namespace storewise::train {
namespace {

constexpr std::uint32_t kRateFolds = 5;
constexpr double kRateWeight = 20;  // rows that the general rate counts for in a level's
constexpr std::int32_t kMostRatedClasses = 20;

float floored(float x) { return std::floor(x); }

// The place of a cell in slot_of_level.
std::size_t level_of(const RawColumn& column, std::uint32_t row) {
  const double cell = column.cells[row];
  return std::isnan(cell) ? column.levels.size() : static_cast<std::size_t>(cell);
}

float part_of(const RawColumn& column, Part part, std::uint32_t row) {
  const auto cell = static_cast<float>(column.cells[row]);
  return column.kind == ColumnKind::kDate ? date_part(part, cell) : cell;
}

float median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const float below = *std::max_element(values.begin(), middle);
  return static_cast<float>((static_cast<double>(below) + static_cast<double>(*middle)) / 2);
}

std::vector<Part> date_parts(const RawColumn& column, Rows rows, bool with_day) {
  std::vector<Part> parts;
  if (with_day) parts.push_back(Part::kDay);
  parts.push_back(Part::kWeekday);
  parts.push_back(Part::kMonth);
  const bool timed = std::any_of(rows.begin(), rows.end(), [&](std::uint32_t row) {
    const double cell = column.cells[row];
    return !std::isnan(cell) && cell != std::floor(cell);
  });
  if (timed) parts.push_back(Part::kHour);
  return parts;
}

ColumnCode fit_numbers(const RawTable& table, std::size_t c, Rows rows,
                       const EncoderSettings& settings) {
  const RawColumn& column = table.columns[c];
  ColumnCode code;
  code.column = c;
  code.kind = column.kind;
  if (column.kind == ColumnKind::kDate) {
    code.parts = date_parts(column, rows, settings.without_day != c);
  } else {
    code.parts = {Part::kValue};
  }
  if (!settings.fill_missing) return code;
  std::size_t missing = 0;
  for (const Part part : code.parts) {
    std::vector<float> values;
    for (const std::uint32_t row : rows) {
      const float value = part_of(column, part, row);
      if (!std::isnan(value)) values.push_back(value);
    }
    missing = rows.size() - values.size();
    code.fill.push_back(median(std::move(values)));
  }
  // Worth a feature where it is no rarity.
  code.missing_feature = missing >= 5 && missing * 100 >= rows.size();
  return code;
}

// Numbers the levels that have rows enough by how they are numbered in the file, the rare ones
// together behind them.
void number_slots(const RawColumn& column, std::span<const std::size_t> counts, std::size_t least,
                  ColumnCode& code) {
  const std::size_t missing = column.levels.size();
  code.slot_of_level.assign(counts.size(), -1);
  for (std::size_t level = 0; level < counts.size(); ++level) {
    if (counts[level] < least) continue;
    code.slot_of_level[level] = static_cast<std::int32_t>(code.slots.size());
    code.slots.push_back(level == missing ? "(missing)" : column.levels[level]);
  }
  for (std::size_t level = 0; level < counts.size(); ++level) {
    if (counts[level] == 0 || counts[level] >= least) continue;
    code.slot_of_level[level] = static_cast<std::int32_t>(code.slots.size());
    ++code.rare_levels;
  }
  if (code.rare_levels > 0) {
    code.slots.push_back(message({"(", code.rare_levels, " rare)"}));
  }
}

// The rows that the `most`-th commonest level has.
std::size_t rows_of_commonest(std::span<const std::size_t> counts, std::size_t most) {
  std::vector<std::size_t> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  return most < sorted.size() ? sorted[most - 1] + (sorted[most] == sorted[most - 1] ? 1 : 0) : 1;
}

// Smoothed means of the target by level: [outputs][levels + 1], and the general ones.
void fit_rates(const RawColumn& column, const Target& target, Rows rows, ColumnCode& code) {
  const std::size_t levels = column.levels.size() + 1;
  const std::size_t outputs =
      target.classes > 2 ? static_cast<std::size_t>(target.classes) : std::size_t{1};
  std::vector<double> count(levels, 0);
  std::vector<double> sum(outputs * levels, 0);
  std::vector<double> general(outputs, 0);
  for (const std::uint32_t row : rows) {
    const std::size_t level = level_of(column, row);
    count[level] += 1;
    for (std::size_t o = 0; o < outputs; ++o) {
      const double value = target.classes == 0 ? target.numbers[row]
                           : target.classes == 2
                               ? target.labels[row]
                               : (target.labels[row] == static_cast<std::int32_t>(o) ? 1.0 : 0.0);
      sum[o * levels + level] += value;
      general[o] += value;
    }
  }
  code.rates.clear();
  code.unknown_rate.clear();
  for (std::size_t o = 0; o < outputs; ++o) {
    const double mean = general[o] / static_cast<double>(rows.size());
    code.unknown_rate.push_back(static_cast<float>(mean));
    for (std::size_t level = 0; level < levels; ++level) {
      code.rates.push_back(static_cast<float>((sum[o * levels + level] + kRateWeight * mean) /
                                              (count[level] + kRateWeight)));
    }
  }
}

ColumnCode fit_category(const RawTable& table, std::size_t c, const Target& target, Rows rows,
                        const EncoderSettings& settings) {
  const RawColumn& column = table.columns[c];
  ColumnCode code;
  code.column = c;
  code.kind = column.kind;
  std::vector<std::size_t> counts(column.levels.size() + 1, 0);
  for (const std::uint32_t row : rows) ++counts[level_of(column, row)];
  const std::size_t least = std::clamp<std::size_t>(rows.size() / 200, 2, 20);
  number_slots(column, counts, least, code);
  if (code.slots.size() <= settings.most_slots) return code;
  if (target.classes <= kMostRatedClasses) {
    fit_rates(column, target, rows, code);
    code.slots.clear();
    code.rare_levels = 0;
    for (std::size_t level = 0; level < counts.size(); ++level) {
      code.slot_of_level[level] = counts[level] > 0 ? 0 : -1;
    }
    return code;
  }
  // Rates of so many classes would be features without number: the commonest levels it is.
  code.slots.clear();
  code.rare_levels = 0;
  number_slots(column, counts, rows_of_commonest(counts, settings.most_slots - 1), code);
  return code;
}

std::string part_name(const std::string& column, Part part) {
  switch (part) {
    case Part::kDay:
      return column + ": day";
    case Part::kWeekday:
      return column + ": weekday";
    case Part::kMonth:
      return column + ": month";
    case Part::kHour:
      return column + ": hour";
    case Part::kMissing:
      return column + " is missing";
    default:
      return column;
  }
}

void list_features(const RawTable& table, const Target& target, Encoder& encoder) {
  for (const ColumnCode& code : encoder.codes) {
    for (const Part part : code.parts) {
      encoder.features.push_back(
          {code.column, part, part_name(table.columns[code.column].name, part)});
    }
  }
  for (const ColumnCode& code : encoder.codes) {
    if (!code.missing_feature) continue;
    encoder.features.push_back(
        {code.column, Part::kMissing, part_name(table.columns[code.column].name, Part::kMissing)});
  }
  for (const ColumnCode& code : encoder.codes) {
    const std::string& name = table.columns[code.column].name;
    for (std::size_t o = 0; o < code.unknown_rate.size(); ++o) {
      const std::string of =
          target.classes > 2 ? message({name, ": rate of class ", o}) : name + ": rate";
      encoder.features.push_back({code.column, Part::kRate, of});
    }
    for (const std::string& slot : code.slots) {
      encoder.features.push_back({code.column, Part::kLevel, message({name, " = ", slot})});
    }
  }
}

constexpr std::size_t kEveryColumn = std::numeric_limits<std::size_t>::max();

// Writes the features of `rows` in `table` but for the scaling, those of one raw column or of all;
// `out` is sized.
void encode_unscaled(const Encoder& encoder, const RawTable& table, Rows rows, std::size_t only,
                     FeatureTable& out) {
  std::size_t f = 0;
  const auto next = [&] { return out.values.data() + (f++) * out.rows; };
  const auto wanted = [&](const ColumnCode& code) {
    return only == kEveryColumn || code.column == only;
  };
  for (const ColumnCode& code : encoder.codes) {
    const RawColumn& column = table.columns[code.column];
    for (std::size_t p = 0; p < code.parts.size(); ++p) {
      float* values = next();
      if (!wanted(code)) continue;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const float value = part_of(column, code.parts[p], rows[i]);
        values[i] = std::isnan(value) && encoder.fill_missing ? code.fill[p] : value;
      }
    }
  }
  for (const ColumnCode& code : encoder.codes) {
    if (!code.missing_feature) continue;
    float* values = next();
    if (!wanted(code)) continue;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      values[i] = std::isnan(table.columns[code.column].cells[rows[i]]) ? 1.0f : 0.0f;
    }
  }
  for (const ColumnCode& code : encoder.codes) {
    const RawColumn& column = table.columns[code.column];
    const std::size_t levels = column.levels.size() + 1;
    for (std::size_t o = 0; o < code.unknown_rate.size(); ++o) {
      float* values = next();
      if (!wanted(code)) continue;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t level = level_of(column, rows[i]);
        values[i] =
            code.slot_of_level[level] < 0 ? code.unknown_rate[o] : code.rates[o * levels + level];
      }
    }
    for (std::size_t slot = 0; slot < code.slots.size(); ++slot) {
      float* values = next();
      if (!wanted(code)) continue;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        values[i] = code.slot_of_level[level_of(column, rows[i])] == static_cast<std::int32_t>(slot)
                        ? 1.0f
                        : 0.0f;
      }
    }
  }
}

// Replaces the rates of `rows` by those of the folds that a row is not in.
void hold_rates_out(const Encoder& encoder, const RawTable& table, const Target& target, Rows rows,
                    std::uint64_t seed, FeatureTable& out) {
  std::vector<std::uint32_t> position(table.rows, 0);
  for (std::uint32_t i = 0; i < rows.size(); ++i) position[rows[i]] = i;
  const std::vector<Split> folds = folds_of(target, rows, kRateFolds, seed);
  std::size_t f = 0;
  while (f < encoder.features.size() && encoder.features[f].part != Part::kRate &&
         encoder.features[f].part != Part::kLevel) {
    ++f;
  }
  for (const ColumnCode& code : encoder.codes) {
    if (code.rated()) {
      const RawColumn& column = table.columns[code.column];
      const std::size_t levels = column.levels.size() + 1;
      for (const Split& fold : folds) {
        ColumnCode others;
        fit_rates(column, target, fold.training, others);
        for (const std::uint32_t row : fold.test) {
          for (std::size_t o = 0; o < others.unknown_rate.size(); ++o) {
            out.values[(f + o) * out.rows + position[row]] =
                others.rates[o * levels + level_of(column, row)];
          }
        }
      }
    }
    f += code.unknown_rate.size() + code.slots.size();
  }
}

void fit_scale(const FeatureTable& table, Encoder& encoder) {
  for (std::size_t f = 0; f < table.columns; ++f) {
    const Part part = encoder.features[f].part;
    double mean = 0;
    double variance = 1;
    if (part != Part::kLevel && part != Part::kMissing) {
      const auto n = static_cast<double>(table.rows);
      for (const float value : table.column(f)) mean += value / n;
      variance = 0;
      for (const float value : table.column(f)) variance += (value - mean) * (value - mean) / n;
      if (!(variance > 1e-24 * (1 + mean * mean))) variance = 1;
    }
    encoder.offset.push_back(static_cast<float>(mean));
    encoder.scale.push_back(static_cast<float>(1.0 / std::sqrt(variance)));
  }
}

void apply_scale(const Encoder& encoder, std::size_t only, FeatureTable& table) {
  if (encoder.scale.empty()) return;
  for (std::size_t f = 0; f < table.columns; ++f) {
    if (only != kEveryColumn && encoder.features[f].column != only) continue;
    float* values = table.values.data() + f * table.rows;
    for (std::size_t i = 0; i < table.rows; ++i) {
      values[i] = (values[i] - encoder.offset[f]) * encoder.scale[f];
    }
  }
}

FeatureTable sized(const Encoder& encoder, std::size_t rows) {
  FeatureTable table;
  table.rows = rows;
  table.columns = encoder.features.size();
  table.values.resize(table.rows * table.columns);
  return table;
}

}  // namespace

Encoder fit_encoder(const RawTable& table, const Target& target, Rows rows,
                    const std::vector<bool>& used, const EncoderSettings& settings,
                    FeatureTable& training) {
  Encoder encoder;
  encoder.fill_missing = settings.fill_missing;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (!used[c]) continue;
    encoder.codes.push_back(table.columns[c].kind == ColumnKind::kCategory
                                ? fit_category(table, c, target, rows, settings)
                                : fit_numbers(table, c, rows, settings));
  }
  list_features(table, target, encoder);
  if (encoder.features.empty()) {
    throw_error(ErrorCode::kInvalidInput, "there is nothing to learn from", {}, {},
                {"a column of use besides the target"}, {"none"});
  }
  training = sized(encoder, rows.size());
  encode_unscaled(encoder, table, rows, kEveryColumn, training);
  hold_rates_out(encoder, table, target, rows, settings.seed, training);
  if (settings.scale) fit_scale(training, encoder);
  apply_scale(encoder, kEveryColumn, training);
  return encoder;
}

FeatureTable encode(const Encoder& encoder, const RawTable& table, Rows rows) {
  FeatureTable out = sized(encoder, rows.size());
  encode_unscaled(encoder, table, rows, kEveryColumn, out);
  apply_scale(encoder, kEveryColumn, out);
  return out;
}

void encode_column(const Encoder& encoder, const RawTable& table, Rows rows, std::size_t column,
                   FeatureTable& features) {
  encode_unscaled(encoder, table, rows, column, features);
  apply_scale(encoder, column, features);
}

float date_part(Part part, float days) {
  // 1/512 of a day makes up for what float32 cuts off a time of day.
  const float shifted = days + 0.001953125f;
  const float day = floored(shifted);
  if (part == Part::kDay) return day;
  if (part == Part::kHour) return floored((shifted - day) * 24.0f);
  if (part == Part::kWeekday) {
    const float since = day + 3.0f;  // 1970-01-01 was a Thursday
    return since - 7.0f * floored(since / 7.0f);
  }
  // The month of the civil calendar, counted from the first of March 0000 in eras of 400 years.
  const float from = day + 719468.0f;
  const float in_era = from - 146097.0f * floored(from / 146097.0f);
  const float leap = (in_era - floored(in_era / 1460.0f)) + floored(in_era / 36524.0f);
  const float year = floored((leap - floored(in_era / 146096.0f)) / 365.0f);
  const float before = (365.0f * year + floored(year / 4.0f)) - floored(year / 100.0f);
  const float month = floored((5.0f * (in_era - before) + 2.0f) / 153.0f);  // 0 March .. 11
  return (month + 3.0f) - 12.0f * floored(month / 10.0f);
}

}  // namespace storewise::train
