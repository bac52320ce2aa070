#include "train/encoder_model.h"

#include <algorithm>
#include <array>
#include <limits>

#include "support/message.h"

namespace storewise::train {
namespace {

using onnx::DataType;

class GraphOfEncoder {
 public:
  GraphOfEncoder(onnx::ModelWriter& writer, const Encoder& encoder, const RawTable& table,
                 const std::vector<std::string>& inputs)
      : writer_(writer), encoder_(encoder), table_(table), inputs_(inputs) {}

  std::string add() {
    writer_.add_opset("ai.onnx.ml", 3);
    for (const ColumnCode& code : encoder_.codes) {
      const bool text = code.kind == ColumnKind::kCategory;
      writer_.add_input(inputs_[code.column], text ? DataType::kString : DataType::kFloat,
                        {"n", 1});
    }
    std::vector<std::string> blocks;
    add_numbers(blocks);
    add_missing(blocks);
    for (const ColumnCode& code : encoder_.codes) {
      if (code.rated()) add_rates(code, blocks);
      if (!code.slots.empty()) blocks.push_back(one_hot(code));
    }
    std::string features = joined(blocks, "#features");
    if (encoder_.scale.empty()) return features;
    writer_.add_node("Scaler", {features}, {"#scaled"},
                     {{"offset", encoder_.offset}, {"scale", encoder_.scale}}, "ai.onnx.ml");
    return "#scaled";
  }

 private:
  std::string fresh() { return message({"#", ++values_}); }

  std::string joined(const std::vector<std::string>& parts, std::string_view name) {
    if (parts.size() == 1) return parts.front();
    writer_.add_node("Concat", {parts.begin(), parts.end()}, {name}, {{"axis", 1}});
    return std::string(name);
  }

  std::string constant(float value) {
    for (const auto& [known, name] : constants_) {
      if (known == value) return name;
    }
    constants_.emplace_back(value, message({"#c", constants_.size()}));
    const std::array<float, 1> one{value};
    writer_.add_initializer(constants_.back().second, DataType::kFloat, {}, onnx::bytes_of(one));
    return constants_.back().second;
  }

  std::string node(std::string_view op, const std::vector<std::string_view>& inputs) {
    std::string name = fresh();
    writer_.add_node(op, inputs, {name});
    return name;
  }
  std::string with(std::string_view op, const std::string& a, float b) {
    const std::string second = constant(b);
    return node(op, {a, second});
  }
  // floor(a / b)
  std::string whole_part(const std::string& a, float b) {
    return node("Floor", {with("Div", a, b)});
  }
  // a - b floor(a / b)
  std::string rest_of(const std::string& a, float b) {
    return node("Sub", {a, with("Mul", whole_part(a, b), b)});
  }

  // As date_part in encoder.cpp, step by step.
  void add_date(const ColumnCode& code, std::vector<std::string>& parts) {
    const std::string shifted = with("Add", inputs_[code.column], 0.001953125f);
    const std::string day = node("Floor", {shifted});
    for (const Part part : code.parts) {
      if (part == Part::kDay) {
        parts.push_back(day);
      } else if (part == Part::kHour) {
        parts.push_back(node("Floor", {with("Mul", node("Sub", {shifted, day}), 24.0f)}));
      } else if (part == Part::kWeekday) {
        parts.push_back(rest_of(with("Add", day, 3.0f), 7.0f));
      } else {
        parts.push_back(month_of(day));
      }
    }
  }

  std::string month_of(const std::string& day) {
    const std::string in_era = rest_of(with("Add", day, 719468.0f), 146097.0f);
    const std::string without_leap = node("Sub", {in_era, whole_part(in_era, 1460.0f)});
    const std::string leap = node("Add", {without_leap, whole_part(in_era, 36524.0f)});
    const std::string year_days = node("Sub", {leap, whole_part(in_era, 146096.0f)});
    const std::string year = whole_part(year_days, 365.0f);
    const std::string years = node("Add", {with("Mul", year, 365.0f), whole_part(year, 4.0f)});
    const std::string before = node("Sub", {years, whole_part(year, 100.0f)});
    const std::string in_year = node("Sub", {in_era, before});
    const std::string month = whole_part(with("Add", with("Mul", in_year, 5.0f), 2.0f), 153.0f);
    return node("Sub", {with("Add", month, 3.0f), with("Mul", whole_part(month, 10.0f), 12.0f)});
  }

  void add_numbers(std::vector<std::string>& blocks) {
    std::vector<std::string> parts;
    std::vector<float> fill;
    for (const ColumnCode& code : encoder_.codes) {
      if (code.parts.empty()) continue;
      if (code.kind == ColumnKind::kDate) {
        add_date(code, parts);
      } else {
        parts.push_back(inputs_[code.column]);
      }
      fill.insert(fill.end(), code.fill.begin(), code.fill.end());
    }
    if (parts.empty()) return;
    std::string numbers = joined(parts, "#numbers");
    if (encoder_.fill_missing) {
      writer_.add_node("Imputer", {numbers}, {"#filled"},
                       {{"imputed_value_floats", fill},
                        {"replaced_value_float", std::numeric_limits<float>::quiet_NaN()}},
                       "ai.onnx.ml");
      numbers = "#filled";
    }
    blocks.push_back(std::move(numbers));
  }

  void add_missing(std::vector<std::string>& blocks) {
    std::vector<std::string> columns;
    for (const ColumnCode& code : encoder_.codes) {
      if (code.missing_feature) columns.push_back(inputs_[code.column]);
    }
    if (columns.empty()) return;
    const std::string all = joined(columns, "#may_miss");
    writer_.add_node("IsNaN", {all}, {"#is_missing"});
    writer_.add_node("Cast", {"#is_missing"}, {"#missing"},
                     {{"to", static_cast<int>(DataType::kFloat)}});
    blocks.emplace_back("#missing");
  }

  // The levels that have a slot, as a page passes them, and their places.
  std::vector<std::string> keys_of(const ColumnCode& code, std::vector<std::size_t>& places) const {
    const std::vector<std::string>& levels = table_.columns[code.column].levels;
    std::vector<std::string> keys;
    for (std::size_t level = 0; level < code.slot_of_level.size(); ++level) {
      if (code.slot_of_level[level] < 0) continue;
      keys.push_back(level == levels.size() ? std::string() : levels[level]);
      places.push_back(level);
    }
    return keys;
  }

  void add_rates(const ColumnCode& code, std::vector<std::string>& blocks) {
    std::vector<std::size_t> places;
    const std::vector<std::string> keys = keys_of(code, places);
    for (std::size_t o = 0; o < code.unknown_rate.size(); ++o) {
      std::vector<float> values;
      values.reserve(places.size());
      for (const std::size_t level : places) {
        values.push_back(code.rates[o * code.slot_of_level.size() + level]);
      }
      blocks.push_back(fresh());
      writer_.add_node("LabelEncoder", {inputs_[code.column]}, {blocks.back()},
                       {{"keys_strings", keys},
                        {"values_floats", values},
                        {"default_float", code.unknown_rate[o]}},
                       "ai.onnx.ml");
    }
  }

  // [n, 1] strings to [n, 1, slots], then [n, slots]; a level without a slot is all zeros.
  std::string one_hot(const ColumnCode& code) {
    std::vector<std::size_t> places;
    const std::vector<std::string> keys = keys_of(code, places);
    const std::string wide = fresh();
    if (code.rare_levels == 0) {
      writer_.add_node("OneHotEncoder", {inputs_[code.column]}, {wide},
                       {{"cats_strings", keys}, {"zeros", 1}}, "ai.onnx.ml");
    } else {
      std::vector<std::int64_t> slots;
      slots.reserve(places.size());
      for (const std::size_t level : places) slots.push_back(code.slot_of_level[level]);
      std::vector<std::int64_t> every;
      for (std::size_t s = 0; s < code.slots.size(); ++s) {
        every.push_back(static_cast<std::int64_t>(s));
      }
      const std::string numbered = fresh();
      writer_.add_node("LabelEncoder", {inputs_[code.column]}, {numbered},
                       {{"keys_strings", keys}, {"values_int64s", slots}, {"default_int64", -1}},
                       "ai.onnx.ml");
      writer_.add_node("OneHotEncoder", {numbered}, {wide}, {{"cats_int64s", every}, {"zeros", 1}},
                       "ai.onnx.ml");
    }
    std::string flat = fresh();
    writer_.add_node("Flatten", {wide}, {flat}, {{"axis", 1}});
    return flat;
  }

  onnx::ModelWriter& writer_;
  const Encoder& encoder_;
  const RawTable& table_;
  const std::vector<std::string>& inputs_;
  std::vector<std::pair<float, std::string>> constants_;
  std::size_t values_ = 0;
};

}  // namespace

std::vector<std::string> input_names(const Encoder& encoder, const RawTable& table,
                                     const std::vector<std::string>& taken) {
  std::vector<std::string> names(table.columns.size());
  const auto collides = [&](const std::string& name) {
    return name.empty() || name.front() == '#' ||
           std::find(taken.begin(), taken.end(), name) != taken.end() ||
           std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const ColumnCode& code : encoder.codes) {
    std::string name = table.columns[code.column].name;
    if (!name.empty() && name.front() == '#') name.insert(0, "column ");
    while (collides(name)) name += "_";
    names[code.column] = std::move(name);
  }
  return names;
}

std::string add_encoder(onnx::ModelWriter& writer, const Encoder& encoder, const RawTable& table,
                        const std::vector<std::string>& inputs) {
  return GraphOfEncoder(writer, encoder, table, inputs).add();
}

}  // namespace storewise::train
