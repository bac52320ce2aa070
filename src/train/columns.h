// The columns of a CSV as the trainers get them, and which of them are of use.
//
// Refuses text: who read the file knows what a cell is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"
#include "train/feature_table.h"

namespace storewise::train {

enum class ColumnKind : std::uint8_t { kNumber, kBoolean, kDate, kCategory };
std::string_view name_of(ColumnKind kind);  // "number", "boolean", "date", "category"
// The kind of that name, or nothing.
std::optional<ColumnKind> column_kind(std::string_view name);

struct RawColumn {
  std::string name;
  ColumnKind kind = ColumnKind::kNumber;
  // [rows]: the number; 0 or 1; days since 1970 in UTC, the time of day as a fraction; or the place
  // in `levels`. NaN: missing. Belongs to the caller.
  std::span<const double> cells;
  std::vector<std::string> levels;  // of a category
};

struct RawTable {
  std::size_t rows = 0;
  std::vector<RawColumn> columns;
};

// Reads [{name, kind, levels}] of a JSON document; cells are none. Throws Error(kInvalidInput).
std::vector<RawColumn> parse_columns(JsonView list);

// The table that `cells` [columns][rows] fill. Throws Error(kInvalidInput) where they do not, and
// for cells out of the range that RawColumn tells.
RawTable fill_table(std::vector<RawColumn> columns, std::span<const double> cells,
                    std::size_t rows);

// What was found out about a column.
struct Finding {
  bool used = true;
  std::string reason;   // why it is not used, in words
  std::string warning;  // what its owner should look at, or empty
  std::size_t missing = 0;
  std::size_t distinct = 0;    // of the values that are there
  double least = 0, most = 0;  // of a number or date
};

// The lower of the two middle numbers of a column in `rows`; nothing where every cell is missing.
std::optional<double> lower_median(const RawColumn& column, Rows rows);

// Looks at every column in `rows`. Not used are columns without a value or with one only; ids, of
// which nearly every row has its own; and those that give the target away: the same but for names
// or units, or a category of which each level, over 20 rows on average, has one class or number.
// A number that alone tells the classes apart without fail is used, with a warning. `keep[c]`
// overrules all but the first; `target_column` is never used.
std::vector<Finding> examine(const RawTable& table, const Target& target, Rows rows,
                             std::size_t target_column, const std::vector<bool>& keep);

}  // namespace storewise::train
