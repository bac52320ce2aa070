#include "train/table_request.h"

#include <algorithm>

#include "support/message.h"

namespace storewise::train {

std::size_t column_index(JsonView options, std::string_view key, std::size_t columns) {
  return static_cast<std::size_t>(
      options.at(key).integer(0, static_cast<std::int64_t>(columns) - 1));
}

std::string one_of(JsonView options, std::string_view key, std::string_view fallback,
                   std::initializer_list<std::string_view> names) {
  std::string text = options.string_or(key, fallback);
  if (std::find(names.begin(), names.end(), text) != names.end()) return text;
  std::string expected;
  for (const std::string_view name : names) {
    if (!expected.empty()) expected += " or ";
    expected += name;
  }
  options.at(key).fail(expected);
}

std::optional<std::size_t> count_or_none(JsonView options, std::string_view key, std::int64_t least,
                                         std::int64_t most) {
  if (!options.has(key)) return std::nullopt;
  return static_cast<std::size_t>(options.at(key).integer(least, most));
}

std::optional<double> number_or_none(JsonView options, std::string_view key, double least,
                                     double most) {
  if (!options.has(key)) return std::nullopt;
  return options.at(key).number(least, most);
}

std::uint64_t seed_of(JsonView options) {
  return static_cast<std::uint64_t>(options.integer_or("seed", 42, 0, 4294967295));
}

void parse_request(JsonView options, TableRequest& request) {
  request.columns = parse_columns(options.at("columns"));
  request.target = column_index(options, "target", request.columns.size());
  request.split = one_of(options, "split", request.split, {"stratified", "shuffle-numpy", "time"});
  if (request.split == "time") {
    request.time = column_index(options, "time", request.columns.size());
    const ColumnKind kind = request.columns[request.time].kind;
    if (kind != ColumnKind::kNumber && kind != ColumnKind::kDate) {
      options.at("time").fail("a column of dates or numbers");
    }
  }
  request.test_share = options.number_or("test_share", request.test_share, 1e-6, 1 - 1e-6);
  request.test_rows = static_cast<std::size_t>(options.integer_or("test_rows", 0, 0, 2147483647));
  if (const auto keep = options.find("keep")) request.keep = keep->strings();
  request.licence = options.string_or("licence", "");
  if (const auto data = options.find("data")) request.data = data->raw();
}

std::vector<bool> kept_columns(const TableRequest& request) {
  std::vector<bool> kept;
  for (const RawColumn& column : request.columns) {
    kept.push_back(std::find(request.keep.begin(), request.keep.end(), column.name) !=
                   request.keep.end());
  }
  return kept;
}

std::vector<bool> used_columns(const std::vector<RawColumn>& columns,
                               const std::vector<Finding>& findings,
                               std::initializer_list<std::size_t> besides,
                               std::string_view expected, std::string_view alone) {
  std::vector<bool> used;
  used.reserve(findings.size());
  for (const Finding& finding : findings) used.push_back(finding.used);
  if (std::find(used.begin(), used.end(), true) != used.end()) return used;
  std::string reasons;
  for (std::size_t c = 0; c < findings.size(); ++c) {
    if (std::find(besides.begin(), besides.end(), c) != besides.end()) continue;
    if (!reasons.empty()) reasons += "; ";
    reasons += message({"\"", columns[c].name, "\": ", findings[c].reason});
  }
  throw_error(ErrorCode::kInvalidInput, "no column is left to learn from", {}, {}, {expected},
              {reasons.empty() ? alone : std::string_view(reasons)});
}

Json split_report(const TableRequest& request, const RawTable& table, const Split& split,
                  std::string_view kind, std::uint64_t seed) {
  Json report{{"kind", kind},
              {"seed", seed},
              {"training", split.training.size()},
              {"test", split.test.size()}};
  if (kind != "file") report["test_share"] = request.test_share;
  if (kind == "time") {
    report["column"] = table.columns[request.time].name;
    report["first_tested"] = table.columns[request.time].cells[split.test.front()];
  }
  return report;
}

}  // namespace storewise::train
