#include "train/table_report.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "support/message.h"

namespace storewise::train {
namespace {

constexpr std::string_view kPartNames[] = {"value", "day",     "weekday", "month",
                                           "hour",  "missing", "level",   "rate"};
constexpr std::size_t kRocPoints = 120;
constexpr std::size_t kMostCurves = 12;

const ColumnCode* code_of(const Encoder& encoder, std::size_t column) {
  const auto at = std::find_if(encoder.codes.begin(), encoder.codes.end(),
                               [&](const ColumnCode& code) { return code.column == column; });
  return at == encoder.codes.end() ? nullptr : &*at;
}

std::size_t known_levels(const ColumnCode& code) {
  return static_cast<std::size_t>(std::count_if(code.slot_of_level.begin(),
                                                code.slot_of_level.end(),
                                                [](std::int32_t slot) { return slot >= 0; }));
}

std::string encoding_of(const ColumnCode& code) {
  if (code.rated()) return message({"the target's mean by level, ", known_levels(code), " levels"});
  if (code.kind == ColumnKind::kCategory) {
    std::string text = message({"0 or 1 for each of ", code.slots.size(), " levels"});
    if (code.rare_levels > 0) text += message({", ", code.rare_levels, " rare ones as one"});
    return text;
  }
  std::string text;
  if (code.kind == ColumnKind::kDate) {
    for (const Part part : code.parts) {
      if (!text.empty()) text += ", ";
      text += name_of(part);
    }
  } else {
    text = code.kind == ColumnKind::kBoolean ? "0 or 1" : "as it is";
  }
  return code.missing_feature ? text + ", and whether it is missing" : text;
}

// Levels as a page passes them, "" for a missing cell.
Json levels_of(const RawColumn& column, const ColumnCode& code) {
  Json levels = Json::array();
  for (std::size_t level = 0; level < code.slot_of_level.size(); ++level) {
    if (code.slot_of_level[level] < 0) continue;
    levels.push_back(level == column.levels.size() ? "" : column.levels[level]);
  }
  return levels;
}

Json usual_cell(const RawColumn& column, Rows rows) {
  if (column.kind == ColumnKind::kCategory) {
    std::vector<std::size_t> counts(column.levels.size() + 1, 0);  // the last: missing
    for (const std::uint32_t row : rows) {
      const double cell = column.cells[row];
      ++counts[std::isnan(cell) ? column.levels.size() : static_cast<std::size_t>(cell)];
    }
    const auto commonest =
        static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
    return commonest == column.levels.size() ? Json("") : Json(column.levels[commonest]);
  }
  const std::optional<double> median = lower_median(column, rows);
  return median ? Json(*median) : Json();
}

}  // namespace

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

std::string_view name_of(Part part) { return kPartNames[static_cast<std::size_t>(part)]; }

Json column_report(const RawTable& table, const std::vector<Finding>& findings,
                   const Encoder& encoder) {
  Json columns = Json::array();
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const RawColumn& column = table.columns[c];
    const Finding& finding = findings[c];
    const ColumnCode* code = code_of(encoder, c);
    Json entry{{"name", column.name},         {"kind", name_of(column.kind)},
               {"used", code != nullptr},     {"reason", finding.reason},
               {"warning", finding.warning},  {"missing", finding.missing},
               {"distinct", finding.distinct}};
    if (column.kind == ColumnKind::kNumber || column.kind == ColumnKind::kDate) {
      entry["least"] = finding.least;
      entry["most"] = finding.most;
    }
    if (code != nullptr) {
      entry["encoding"] = encoding_of(*code);
      entry["features"] = std::count_if(encoder.features.begin(), encoder.features.end(),
                                        [&](const Feature& f) { return f.column == c; });
      if (code->kind == ColumnKind::kCategory) entry["levels"] = levels_of(column, *code);
    }
    columns.push_back(std::move(entry));
  }
  return columns;
}

Json column_metadata(const RawTable& table, const std::vector<Finding>& findings,
                     const Encoder& encoder, Rows training,
                     const std::vector<std::string>& inputs) {
  Json columns = Json::array();
  for (const ColumnCode& code : encoder.codes) {
    const RawColumn& column = table.columns[code.column];
    Json entry{{"name", column.name},
               {"input", inputs[code.column]},
               {"kind", name_of(column.kind)},
               {"usual", usual_cell(column, training)}};
    if (column.kind == ColumnKind::kCategory) {
      entry["levels"] = levels_of(column, code);
    } else {
      entry["least"] = findings[code.column].least;
      entry["most"] = findings[code.column].most;
      if (!code.fill.empty() && column.kind != ColumnKind::kDate) entry["fill"] = code.fill.front();
      if (column.kind == ColumnKind::kBoolean) entry["levels"] = column.levels;
      if (column.kind == ColumnKind::kNumber &&
          std::all_of(column.cells.begin(), column.cells.end(),
                      [](double cell) { return std::isnan(cell) || cell == std::floor(cell); })) {
        entry["whole"] = true;
      }
    }
    columns.push_back(std::move(entry));
  }
  return columns;
}

Json feature_metadata(const RawTable& table, const Encoder& encoder, const FeatureTable* training) {
  Json features = Json::array();
  for (std::size_t f = 0; f < encoder.features.size(); ++f) {
    const Feature& feature = encoder.features[f];
    Json entry{{"name", feature.name},
               {"column", table.columns[feature.column].name},
               {"part", name_of(feature.part)}};
    if (training != nullptr) {
      double sum = 0;
      for (const float value : training->column(f)) sum += static_cast<double>(value);
      entry["mean"] = number_or_null(sum / static_cast<double>(training->rows));
    }
    features.push_back(std::move(entry));
  }
  return features;
}

Json dependence_report(const RawTable& table, const std::vector<Dependence>& dependences,
                       const std::vector<std::string>& answers, std::size_t rows) {
  Json columns = Json::array();
  for (const Dependence& dependence : dependences) {
    const RawColumn& column = table.columns[dependence.column];
    Json points = Json::array();
    for (const DependencePoint& point : dependence.points) {
      Json at;
      if (column.kind == ColumnKind::kNumber) {
        at = number_or_null(point.at);
      } else if (!std::isnan(point.at)) {
        at = column.levels[static_cast<std::size_t>(point.at)];
      }
      // Of two classes the first says nothing that the second does not.
      const auto wanted = [&](const std::vector<double>& values) {
        return std::vector<double>(values.end() - static_cast<std::ptrdiff_t>(answers.size()),
                                   values.end());
      };
      points.push_back({{"at", std::move(at)},
                        {"share", point.share},
                        {"mean", wanted(point.mean)},
                        {"p10", wanted(point.p10)},
                        {"p25", wanted(point.p25)},
                        {"p75", wanted(point.p75)},
                        {"p90", wanted(point.p90)}});
    }
    Json entry{
        {"column", column.name}, {"kind", name_of(column.kind)}, {"points", std::move(points)}};
    if (!dependence.deciles.empty()) entry["deciles"] = dependence.deciles;
    columns.push_back(std::move(entry));
  }
  return {{"answers", answers}, {"rows", rows}, {"columns", std::move(columns)}};
}

Json values_of(std::span<const Figure> figures) {
  Json values = Json::object();
  for (const Figure& figure : figures) {
    values[std::string(figure.name)] = number_or_null(figure.value);
  }
  return values;
}

Json intervals_of(std::span<const Figure> figures) {
  Json intervals = Json::object();
  for (const Figure& figure : figures) {
    intervals[std::string(figure.name)] =
        Json::array({number_or_null(figure.low), number_or_null(figure.high)});
  }
  return intervals;
}

Json roc_report(const ClassAnswers& answers, const std::vector<std::string>& labels) {
  Json curves = Json::array();
  const std::size_t k = answers.classes;
  for (std::size_t c = k == 2 ? 1 : 0; c < k && curves.size() < kMostCurves; ++c) {
    std::vector<double> scores;
    std::vector<std::uint8_t> belongs;
    for (std::size_t r = 0; r < answers.truth.size(); ++r) {
      scores.push_back(answers.probabilities[r * k + c]);
      belongs.push_back(answers.truth[r] == static_cast<std::int32_t>(c) ? 1 : 0);
    }
    Json points = Json::array();
    for (const RocPoint& point : roc_points(scores, belongs, kRocPoints)) {
      points.push_back({point.false_positives, point.true_positives});
    }
    curves.push_back({{"label", labels[c]},
                      {"auc", number_or_null(area_under_curve(scores, belongs))},
                      {"points", std::move(points)}});
  }
  return curves;
}

Json calibration_report(const ClassAnswers& answers) {
  const std::vector<CalibrationBin> bins = calibration_bins(answers);
  Json list = Json::array();
  for (const CalibrationBin& bin : bins) {
    list.push_back({{"rows", bin.rows}, {"claimed", bin.claimed}, {"share", bin.true_share}});
  }
  return {{"error", calibration_error(bins)}, {"bins", std::move(list)}};
}

Json tree_drawing(const Tree& tree, const Encoder& encoder, const RawTable& table,
                  std::size_t levels) {
  struct Place {
    std::size_t node;
    std::size_t level;
  };
  Json nodes = Json::array();
  std::deque<Place> waiting{{0, 0}};
  // Breadth first: what is waiting has the numbers that follow.
  for (std::size_t written = 0; !waiting.empty(); ++written) {
    const Place place = waiting.front();
    waiting.pop_front();
    const std::size_t n = place.node;
    Json value = Json::array();
    for (std::size_t o = 0; o < tree.outputs; ++o)
      value.push_back(tree.value[n * tree.outputs + o]);
    Json node{{"rows", tree.cover[n]}, {"value", std::move(value)}};
    if (tree.feature[n] >= 0 && place.level < levels) {
      const Feature& feature = encoder.features[static_cast<std::size_t>(tree.feature[n])];
      node["feature"] = feature.name;
      node["column"] = table.columns[feature.column].name;
      node["part"] = name_of(feature.part);
      node["threshold"] = tree.threshold[n];
      node["yes"] = written + waiting.size() + 1;
      node["no"] = written + waiting.size() + 2;
      waiting.push_back({static_cast<std::size_t>(tree.left[n]), place.level + 1});
      waiting.push_back({static_cast<std::size_t>(tree.right[n]), place.level + 1});
    }
    node["cut"] = tree.feature[n] >= 0 && place.level >= levels;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace storewise::train
