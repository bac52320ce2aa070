#include "train/dependence.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace storewise::train {
namespace {

// A number with more values is followed at quantiles, where the rows lie, and at even steps
// between, where the picture needs them.
constexpr std::size_t kMostValues = 24;
constexpr std::size_t kQuantiles = 12;
constexpr std::size_t kEvenSteps = 12;
constexpr double kOuterShare = 0.02;  // of the rows, at either end, that the steps do not span
constexpr std::size_t kMostLevels = 12;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// The value that `share` of the sorted values do not exceed.
double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

std::vector<double> sorted_cells(const RawColumn& column, Rows rows) {
  std::vector<double> cells;
  for (const std::uint32_t row : rows) {
    if (!std::isnan(column.cells[row])) cells.push_back(column.cells[row]);
  }
  std::sort(cells.begin(), cells.end());
  return cells;
}

std::vector<double> without_repeats(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<double> places_of(const std::vector<double>& sorted) {
  std::vector<double> distinct = without_repeats(sorted);
  if (distinct.size() <= kMostValues) return distinct;
  const bool whole = std::all_of(distinct.begin(), distinct.end(),
                                 [](double value) { return value == std::floor(value); });
  double from = quantile(sorted, kOuterShare);
  double to = quantile(sorted, 1 - kOuterShare);
  if (from == to) {
    from = sorted.front();
    to = sorted.back();
  }
  std::vector<double> places;
  for (std::size_t i = 0; i < kQuantiles; ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(kQuantiles);
    places.push_back(quantile(sorted, share));
  }
  for (std::size_t i = 0; i <= kEvenSteps; ++i) {
    const double place =
        from + (to - from) * (static_cast<double>(i) / static_cast<double>(kEvenSteps));
    places.push_back(whole ? std::floor(place + 0.5) : place);
  }
  std::erase_if(places, [&](double place) { return place < from || place > to; });
  return without_repeats(std::move(places));
}

std::vector<DependencePoint> points_of_levels(const RawColumn& column, Rows training) {
  const std::size_t levels = column.kind == ColumnKind::kBoolean ? 2 : column.levels.size();
  std::vector<std::size_t> counts(levels, 0);
  for (const std::uint32_t row : training) {
    if (!std::isnan(column.cells[row])) ++counts[static_cast<std::size_t>(column.cells[row])];
  }
  std::vector<std::size_t> order;
  for (std::size_t level = 0; level < levels; ++level) {
    if (counts[level] > 0) order.push_back(level);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  order.resize(std::min(order.size(), kMostLevels));
  std::vector<DependencePoint> points;
  for (const std::size_t level : order) {
    DependencePoint& point = points.emplace_back();
    point.at = static_cast<double>(level);
    point.share = static_cast<double>(counts[level]) / static_cast<double>(training.size());
  }
  return points;
}

// The place `share` of the way through sorted answers, between two where it falls there.
double answer_at(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 == sorted.size()) return sorted[below];
  const double rest = place - static_cast<double>(below);
  return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
}

void read_answers(const TableAnswers& said, std::size_t rows, DependencePoint& point) {
  const std::vector<double>& all = said.numbers.empty() ? said.probabilities : said.numbers;
  const std::size_t answers = all.size() / rows;
  std::vector<double> curve(rows);
  for (std::size_t a = 0; a < answers; ++a) {
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      curve[i] = all[i * answers + a];
      sum += curve[i];
    }
    point.mean.push_back(sum / static_cast<double>(rows));
    std::sort(curve.begin(), curve.end());
    point.p10.push_back(answer_at(curve, 0.10));
    point.p25.push_back(answer_at(curve, 0.25));
    point.p75.push_back(answer_at(curve, 0.75));
    point.p90.push_back(answer_at(curve, 0.90));
  }
}

}  // namespace

bool can_follow(ColumnKind kind) { return kind != ColumnKind::kDate; }

Dependence follow(const TrainedTable& model, const Encoder& encoder, const RawTable& table,
                  std::size_t column, Rows training, Rows sample) {
  const RawColumn& raw = table.columns[column];
  Dependence result;
  result.column = column;
  const std::vector<double> sorted = sorted_cells(raw, training);
  if (raw.kind == ColumnKind::kNumber) {
    for (const double place : places_of(sorted)) result.points.emplace_back().at = place;
    for (int i = 1; i < 10; ++i) result.deciles.push_back(quantile(sorted, i / 10.0));
  } else {
    result.points = points_of_levels(raw, training);
  }
  const std::size_t missing = training.size() - sorted.size();
  if (missing > 0 && missing * 100 >= training.size()) {
    DependencePoint& point = result.points.emplace_back();
    point.at = kMissing;
    point.share = static_cast<double>(missing) / static_cast<double>(training.size());
  }
  // The sample's rows with one column's cells changed.
  FeatureTable features = encode(encoder, table, sample);
  std::vector<double> cells(raw.cells.begin(), raw.cells.end());
  RawTable changed = table;
  changed.columns[column].cells = cells;
  for (DependencePoint& point : result.points) {
    for (const std::uint32_t row : sample) cells[row] = point.at;
    encode_column(encoder, changed, sample, column, features);
    read_answers(model.answer(features), sample.size(), point);
  }
  return result;
}

}  // namespace storewise::train
