// What every trainer that learns from a table is asked alike, whatever it learns: the columns, the
// target, how the rows are parted, and what the answers are told by.
//
// Refuses to know what is learnt.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"
#include "train/columns.h"
#include "train/split.h"

namespace storewise::train {

struct TableRequest {
  // Names, kinds and levels; the cells are given apart. A boolean's two levels are what false and
  // true are called.
  std::vector<RawColumn> columns;
  std::size_t target = 0;
  std::string split = "stratified";  // "shuffle-numpy", "time"
  std::size_t time = 0;              // the column for "time"
  double test_share = 0.2;
  std::size_t test_rows = 0;      // instead of a split: the last rows are those to test
  std::vector<std::string> keep;  // columns to use although they look like ids or leaks
  std::string licence;            // copied into the model's metadata
  Json data = Json::object();     // likewise
};

// Reads these from a JSON document's root (wasm/train.h describes it); what it lacks stays as it
// is. Throws Error(kInvalidInput).
void parse_request(JsonView options, TableRequest& request);
// The place of a column, below `columns`.
std::size_t column_index(JsonView options, std::string_view key, std::size_t columns);
// One of `names`, or `fallback` without the key.
std::string one_of(JsonView options, std::string_view key, std::string_view fallback,
                   std::initializer_list<std::string_view> names);
// A whole number of least..most, or a number of least..most; none without the key.
std::optional<std::size_t> count_or_none(JsonView options, std::string_view key, std::int64_t least,
                                         std::int64_t most);
std::optional<double> number_or_none(JsonView options, std::string_view key, double least,
                                     double most);
// `seed`: 0 to 4294967295, what splits draw from; 42 without the key.
std::uint64_t seed_of(JsonView options);

// [columns]: whether the request keeps it.
std::vector<bool> kept_columns(const TableRequest& request);

// [columns]: whether it is learnt from. Throws Error(kInvalidInput) where none is, with the reason
// for each but those `besides`: `expected` is what would do, `alone` what is found when no other
// column is there.
std::vector<bool> used_columns(const std::vector<RawColumn>& columns,
                               const std::vector<Finding>& findings,
                               std::initializer_list<std::size_t> besides,
                               std::string_view expected, std::string_view alone);

// {kind, seed, training, test, test_share, column, first_tested}: the last three as far as they
// apply to a split of that `kind` ("file" for rows of a file of their own).
Json split_report(const TableRequest& request, const RawTable& table, const Split& split,
                  std::string_view kind, std::uint64_t seed);

}  // namespace storewise::train
