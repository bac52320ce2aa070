// What a model of rows is put on trial by: the target, the classes that it has, which rows are
// learnt from and which are tested, and the figures of what was answered about those.
//
// The same for whatever learns from rows. Refuses to know columns other than the target and models.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"
#include "train/columns.h"
#include "train/metrics.h"
#include "train/split.h"
#include "train/table_request.h"
#include "train/table_trainer.h"

namespace storewise::train {

class Trial {
 public:
  // Reads the target, parts the rows and keeps the classes that the rows to learn from have; rows
  // to test of other classes cannot be asked about and are left out, with a warning. Numbers are
  // shuffled where classes are stratified. Throws Error(kInvalidInput) for a target that is missing
  // somewhere or of another sort than `classes` says, one class, and a part without rows. `table`
  // and `request` must outlive it.
  Trial(const RawTable& table, const TableRequest& request, bool classes, std::uint64_t seed);

  bool classes() const { return classes_; }
  const Target& target() const { return target_; }
  const std::vector<std::string>& labels() const { return labels_; }
  const Split& split() const { return split_; }
  const std::string& split_name() const { return split_name_; }
  const Json& warnings() const { return warnings_; }
  void warn(const std::string& text) { warnings_.push_back(text); }

  // Targets of some rows, in their order.
  Target target_of(Rows rows) const;
  // What was answered about `rows`, measured; no intervals without resamples.
  std::vector<Figure> figures_of(const TableAnswers& answers, Rows rows,
                                 std::size_t resamples) const;
  // The figures of the rows tested.
  std::vector<Figure> test_figures(const TableAnswers& answers) const;

  // What a model's metadata and its report both say: {task, target, split, metrics, intervals,
  // baseline: {says, metrics}}. `figures` are test_figures(); the baseline is what is said without
  // a look at a row, the commonest class or the mean.
  Json outcome(const std::vector<Figure>& figures) const;
  // The first rows tested and what was said of them.
  Json examples(const TableAnswers& answers) const;
  // Adds labels, confusion, roc and calibration of the rows tested to the report of a model of
  // classes.
  void add_class_pictures(const TableAnswers& answers, Json& report) const;

 private:
  const RawColumn& target_column() const { return table_.columns[request_.target]; }
  void read_target();
  void part();
  void check_classes_for_split() const;
  void renumber_classes();
  Json baseline() const;

  const RawTable& table_;
  const TableRequest& request_;
  bool classes_;
  std::uint64_t seed_;
  Target target_;
  std::vector<std::string> labels_;
  Split split_;
  std::string split_name_;
  Json warnings_ = Json::array();
};

}  // namespace storewise::train
