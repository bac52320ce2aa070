#include "train/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/message.h"

namespace storewise::train {
namespace {

constexpr std::size_t kFewRows = 20;  // below this, nothing is said about ids and leaks

struct Cell {
  double value;
  std::uint32_t row;
};

// The cells that are there, by value.
std::vector<Cell> sorted_cells(const RawColumn& column, Rows rows) {
  std::vector<Cell> cells;
  for (const std::uint32_t row : rows) {
    if (!std::isnan(column.cells[row])) cells.push_back({column.cells[row], row});
  }
  std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    return a.value != b.value ? a.value < b.value : a.row < b.row;
  });
  return cells;
}

void check_cells(const RawColumn& column) {
  const bool places = column.kind == ColumnKind::kBoolean || column.kind == ColumnKind::kCategory;
  const double most = column.kind == ColumnKind::kBoolean ? 1
                      : places ? static_cast<double>(column.levels.size()) - 1
                               : std::numeric_limits<float>::max();
  for (std::size_t row = 0; row < column.cells.size(); ++row) {
    const double cell = column.cells[row];
    if (std::isnan(cell)) continue;
    const bool fits =
        places ? cell >= 0 && cell <= most && cell == std::floor(cell) : std::fabs(cell) <= most;
    if (fits) continue;
    throw_error(ErrorCode::kInvalidInput, "a cell is out of range", {},
                {column.name, ", row ", row},
                {places ? "the place of a level" : "a number that float32 can hold"}, {"another"});
  }
}

// The last word of a name such as "customer_id", "CustomerId" or "Customer ID", in lower case.
std::string last_word(std::string_view name) {
  std::string word;
  bool before_lower = false;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    if (!upper && !lower) {
      if (c == '_' || c == ' ' || c == '-' || c == '.') word.clear();
      before_lower = false;
      continue;
    }
    if (upper && before_lower) word.clear();
    word += upper ? static_cast<char>(c - 'A' + 'a') : c;
    before_lower = lower;
  }
  return word;
}

bool sounds_like_id(std::string_view name) {
  static constexpr std::string_view kWords[] = {"id",  "ids",   "uuid", "guid",   "nr",   "no",
                                                "key", "index", "row",  "number", "rowid"};
  return std::find(std::begin(kWords), std::end(kWords), last_word(name)) != std::end(kWords);
}

bool whole_numbers(std::span<const Cell> cells) {
  return std::all_of(cells.begin(), cells.end(),
                     [](const Cell& cell) { return cell.value == std::floor(cell.value); });
}

std::string id_reason(const RawColumn& column, std::span<const Cell> cells, std::size_t distinct) {
  if (cells.size() < kFewRows) return {};
  if (column.kind == ColumnKind::kCategory) {
    return distinct * 10 > cells.size() * 9 ? "nearly every row has a value of its own: an id" : "";
  }
  if (column.kind != ColumnKind::kNumber || distinct != cells.size() || !whole_numbers(cells)) {
    return {};
  }
  if (cells.back().value - cells.front().value + 1 == static_cast<double>(cells.size())) {
    return "it counts the rows";
  }
  return sounds_like_id(column.name) ? "every row has a number of its own: an id" : "";
}

// What the target is within each run of equal values.
struct Runs {
  std::size_t pure = 0;  // runs with one class
  std::size_t changes =
      0;                   // how often the class changes along the values, plus 1; with `pure` only
  bool one_to_one = true;  // no class has two runs
};

Runs runs_of(std::span<const Cell> cells, const Target& target) {
  Runs runs;
  std::vector<bool> taken(static_cast<std::size_t>(target.classes), false);
  std::int32_t before = -1;
  for (std::size_t i = 0; i < cells.size();) {
    const std::int32_t label = target.labels[cells[i].row];
    bool pure = true;
    std::size_t end = i;
    for (; end < cells.size() && cells[end].value == cells[i].value; ++end) {
      pure = pure && target.labels[cells[end].row] == label;
    }
    if (pure) ++runs.pure;
    if (label != before) ++runs.changes;
    runs.one_to_one = runs.one_to_one && pure && !taken[label];
    taken[label] = true;
    before = label;
    i = end;
  }
  return runs;
}

std::size_t classes_among(std::span<const Cell> cells, const Target& target) {
  std::vector<bool> seen(static_cast<std::size_t>(target.classes), false);
  for (const Cell& cell : cells) seen[target.labels[cell.row]] = true;
  return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

void find_class_leak(const RawColumn& column, std::span<const Cell> cells, std::size_t distinct,
                     const Target& target, Finding& finding) {
  const std::size_t classes = classes_among(cells, target);
  if (classes < 2) return;
  const Runs runs = runs_of(cells, target);
  if (runs.pure != distinct) return;
  if (runs.one_to_one) {
    finding.used = false;
    finding.reason = "it is the target under other names: each of its values has one class";
  } else if (column.kind == ColumnKind::kCategory && distinct * kFewRows <= cells.size()) {
    finding.used = false;
    finding.reason = "it gives the target away: each of its values has one class only";
  } else if (column.kind != ColumnKind::kCategory && runs.changes == classes) {
    finding.warning = "alone it tells the classes apart without fail: is it known beforehand?";
  }
}

// Whether the target is slope x value + a constant, but for rounding.
bool straight_line(std::span<const Cell> cells, const Target& target) {
  const auto n = static_cast<double>(cells.size());
  double mean_x = 0;
  double mean_y = 0;
  for (const Cell& cell : cells) {
    mean_x += cell.value / n;
    mean_y += target.numbers[cell.row] / n;
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const Cell& cell : cells) {
    const double x = cell.value - mean_x;
    const double y = target.numbers[cell.row] - mean_y;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  return yy > 0 && xx > 0 && xy * xy >= (1 - 1e-9) * xx * yy;
}

void find_number_leak(const RawColumn& column, std::span<const Cell> cells, std::size_t distinct,
                      const Target& target, Finding& finding) {
  if (column.kind != ColumnKind::kCategory) {
    if (!straight_line(cells, target)) return;
    finding.used = false;
    finding.reason = "it is the target, or the target in other units";
    return;
  }
  if (distinct * kFewRows > cells.size()) return;
  for (std::size_t i = 1; i < cells.size(); ++i) {
    if (cells[i].value == cells[i - 1].value &&
        target.numbers[cells[i].row] != target.numbers[cells[i - 1].row]) {
      return;
    }
  }
  finding.used = false;
  finding.reason = "it gives the target away: each of its values has one number only";
}

Finding examine_column(const RawColumn& column, const Target& target, Rows rows, bool keep) {
  Finding finding;
  const std::vector<Cell> cells = sorted_cells(column, rows);
  finding.missing = rows.size() - cells.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == 0 || cells[i].value != cells[i - 1].value) ++finding.distinct;
  }
  if (cells.empty()) {
    finding.used = false;
    finding.reason = "it is empty";
    return finding;
  }
  finding.least = cells.front().value;
  finding.most = cells.back().value;
  if (finding.distinct == 1 && finding.missing == 0) {
    finding.used = false;
    finding.reason = "it is the same in every row";
    return finding;
  }
  if (keep || finding.distinct == 1) return finding;
  finding.reason = id_reason(column, cells, finding.distinct);
  finding.used = finding.reason.empty();
  if (!finding.used || cells.size() < kFewRows || cells.size() * 10 < rows.size() * 9) {
    return finding;
  }
  if (target.classes > 0) {
    find_class_leak(column, cells, finding.distinct, target, finding);
  } else {
    find_number_leak(column, cells, finding.distinct, target, finding);
  }
  return finding;
}

constexpr std::string_view kKindNames[] = {"number", "boolean", "date", "category"};

}  // namespace

std::string_view name_of(ColumnKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<ColumnKind> column_kind(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kKindNames); ++i) {
    if (kKindNames[i] == name) return static_cast<ColumnKind>(i);
  }
  return std::nullopt;
}

std::vector<RawColumn> parse_columns(JsonView list) {
  std::vector<RawColumn> columns;
  for (std::size_t c = 0; c < list.size(); ++c) {
    RawColumn column;
    column.name = list[c].at("name").string();
    const std::optional<ColumnKind> kind = column_kind(list[c].at("kind").string());
    if (!kind) list[c].at("kind").fail("number, boolean, date or category");
    column.kind = *kind;
    if (const auto levels = list[c].find("levels")) column.levels = levels->strings();
    if (column.kind == ColumnKind::kBoolean && column.levels.size() != 2) {
      list[c].fail("levels that name false and true");
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

RawTable fill_table(std::vector<RawColumn> columns, std::span<const double> cells,
                    std::size_t rows) {
  if (rows > std::numeric_limits<std::int32_t>::max() || cells.size() != columns.size() * rows) {
    throw_error(ErrorCode::kInvalidInput, "the cells do not fill the table", {}, {"cells"},
                {columns.size(), " columns of ", rows, " rows"}, {cells.size(), " cells"});
  }
  RawTable table{rows, std::move(columns)};
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    table.columns[c].cells = cells.subspan(c * rows, rows);
    check_cells(table.columns[c]);
  }
  return table;
}

std::optional<double> lower_median(const RawColumn& column, Rows rows) {
  std::vector<double> values;
  for (const std::uint32_t row : rows) {
    if (!std::isnan(column.cells[row])) values.push_back(column.cells[row]);
  }
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<Finding> examine(const RawTable& table, const Target& target, Rows rows,
                             std::size_t target_column, const std::vector<bool>& keep) {
  std::vector<Finding> findings;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c == target_column) {
      findings.push_back({false, "it is what is learnt", {}, 0, 0, 0, 0});
    } else {
      findings.push_back(examine_column(table.columns[c], target, rows, keep[c]));
    }
  }
  return findings;
}

}  // namespace storewise::train
