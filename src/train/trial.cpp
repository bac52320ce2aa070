#include "train/trial.h"

#include <algorithm>
#include <cmath>

#include "support/message.h"
#include "train/table_report.h"

namespace storewise::train {
namespace {

constexpr std::size_t kExampleRows = 20;

[[noreturn]] void refuse(std::string_view summary, Pieces place, Pieces expected, Pieces found) {
  throw_error(ErrorCode::kInvalidInput, summary, {}, place, expected, found);
}

}  // namespace

Trial::Trial(const RawTable& table, const TableRequest& request, bool classes, std::uint64_t seed)
    : table_(table), request_(request), classes_(classes), seed_(seed) {
  read_target();
  part();
  renumber_classes();
}

void Trial::read_target() {
  const RawColumn& column = target_column();
  const bool levels = column.kind == ColumnKind::kCategory || column.kind == ColumnKind::kBoolean;
  if (levels != classes_) {
    refuse("the target is of another sort", {column.name},
           {classes_ ? "a category or boolean" : "a number"}, {name_of(column.kind)});
  }
  for (const double cell : column.cells) {
    if (std::isnan(cell)) refuse("the target is missing in a row", {column.name}, {}, {});
    if (classes_) {
      target_.labels.push_back(static_cast<std::int32_t>(cell));
    } else {
      target_.numbers.push_back(cell);
    }
  }
  target_.classes = classes_ ? static_cast<std::int32_t>(column.levels.size()) : 0;
}

void Trial::part() {
  const auto seed = static_cast<std::uint32_t>(seed_);
  if (request_.test_rows > 0) {
    if (request_.test_rows >= table_.rows) {
      refuse("there is nothing to learn from", {}, {"rows besides those to test"}, {"none"});
    }
    split_ = split_last(table_.rows, request_.test_rows);
    split_name_ = "file";
  } else if (request_.split == "time") {
    split_ = split_by_time(table_.columns[request_.time].cells, request_.test_share);
    split_name_ = "time";
  } else if (request_.split == "shuffle-numpy" || !classes_) {
    split_ = split_shuffled(table_.rows, request_.test_share, seed);
    split_name_ = "shuffle-numpy";
  } else {
    check_classes_for_split();
    split_ = split_stratified(target_.labels, target_.classes, request_.test_share, seed);
    split_name_ = "stratified";
  }
}

void Trial::check_classes_for_split() const {
  std::vector<std::size_t> counts(static_cast<std::size_t>(target_.classes), 0);
  for (const std::int32_t label : target_.labels) ++counts[label];
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] != 1) continue;
    refuse("a class has one row only, which cannot be learnt from and tested as well",
           {target_column().name}, {"two rows or more of every class"},
           {"one row of \"", target_column().levels[c], "\""});
  }
}

void Trial::renumber_classes() {
  if (!classes_) return;
  std::vector<std::int32_t> number(static_cast<std::size_t>(target_.classes), -1);
  for (const std::uint32_t row : split_.training) number[target_.labels[row]] = 0;
  for (std::size_t c = 0; c < number.size(); ++c) {
    if (number[c] < 0) continue;
    number[c] = static_cast<std::int32_t>(labels_.size());
    labels_.push_back(target_column().levels[c]);
  }
  if (labels_.size() < 2) {
    refuse("one class alone leaves nothing to tell apart", {target_column().name},
           {"two classes or more among the rows to learn from"},
           {labels_.empty() ? "none" : labels_.front()});
  }
  for (std::int32_t& label : target_.labels) label = number[label];
  target_.classes = static_cast<std::int32_t>(labels_.size());
  const std::size_t before = split_.test.size();
  std::erase_if(split_.test, [&](std::uint32_t row) { return target_.labels[row] < 0; });
  if (split_.test.size() == before) return;
  warnings_.push_back(message({before - split_.test.size(),
                               " rows to test are of classes that no row to learn from has; "
                               "they are not counted"}));
  if (split_.test.empty()) {
    refuse("there is nothing to test", {}, {"rows of the classes learnt"}, {"none"});
  }
}

Target Trial::target_of(Rows rows) const {
  Target target;
  target.classes = target_.classes;
  for (const std::uint32_t row : rows) {
    if (classes_) {
      target.labels.push_back(target_.labels[row]);
    } else {
      target.numbers.push_back(target_.numbers[row]);
    }
  }
  return target;
}

std::vector<Figure> Trial::figures_of(const TableAnswers& answers, Rows rows,
                                      std::size_t resamples) const {
  const Target truth = target_of(rows);
  const Resampling resampling{resamples, seed_};
  if (!classes_) return number_figures(answers.numbers, truth.numbers, resampling);
  return class_figures({labels_.size(), answers.probabilities, answers.labels, truth.labels},
                       resampling);
}

std::vector<Figure> Trial::test_figures(const TableAnswers& answers) const {
  return figures_of(answers, split_.test, usual_resamples(split_.test.size()));
}

Json Trial::baseline() const {
  // How common the classes are, or the mean, said of every row.
  const auto n = static_cast<double>(split_.training.size());
  TableAnswers same;
  Json report;
  if (classes_) {
    std::vector<double> shares(labels_.size(), 0);
    for (const std::uint32_t row : split_.training) shares[target_.labels[row]] += 1 / n;
    const auto commonest = std::max_element(shares.begin(), shares.end()) - shares.begin();
    for (std::size_t i = 0; i < split_.test.size(); ++i) {
      same.probabilities.insert(same.probabilities.end(), shares.begin(), shares.end());
      same.labels.push_back(static_cast<std::int32_t>(commonest));
    }
    report = {{"says", labels_[static_cast<std::size_t>(commonest)]}};
  } else {
    double mean = 0;
    for (const std::uint32_t row : split_.training) mean += target_.numbers[row] / n;
    same.numbers.assign(split_.test.size(), mean);
    report = {{"says", mean}};
  }
  report["metrics"] = values_of(figures_of(same, split_.test, 0));
  return report;
}

Json Trial::outcome(const std::vector<Figure>& figures) const {
  return {{"task", classes_ ? "classify" : "regress"},
          {"target", target_column().name},
          {"split", split_report(request_, table_, split_, split_name_, seed_)},
          {"metrics", values_of(figures)},
          {"intervals", intervals_of(figures)},
          {"baseline", baseline()}};
}

Json Trial::examples(const TableAnswers& answers) const {
  Json list = Json::array();
  const std::size_t k = labels_.size();
  for (std::size_t i = 0; i < std::min(kExampleRows, split_.test.size()); ++i) {
    const std::uint32_t row = split_.test[i];
    Json example{{"row", row}};
    if (classes_) {
      example["truth"] = labels_[target_.labels[row]];
      example["label"] = labels_[answers.labels[i]];
      const auto first = answers.probabilities.begin() + static_cast<std::ptrdiff_t>(i * k);
      example["probabilities"] = std::vector<double>(first, first + static_cast<int>(k));
    } else {
      example["truth"] = target_.numbers[row];
      example["value"] = answers.numbers[i];
    }
    list.push_back(std::move(example));
  }
  return list;
}

void Trial::add_class_pictures(const TableAnswers& said, Json& report) const {
  const Target truth = target_of(split_.test);
  const ClassAnswers answers{labels_.size(), said.probabilities, said.labels, truth.labels};
  report["labels"] = labels_;
  const std::vector<std::size_t> matrix =
      confusion_matrix(answers.predicted, answers.truth, labels_.size());
  Json confusion = Json::array();
  for (std::size_t c = 0; c < labels_.size(); ++c) {
    const auto first = matrix.begin() + static_cast<std::ptrdiff_t>(c * labels_.size());
    confusion.push_back(
        std::vector<std::size_t>(first, first + static_cast<std::ptrdiff_t>(labels_.size())));
  }
  report["confusion"] = std::move(confusion);
  report["roc"] = roc_report(answers, labels_);
  report["calibration"] = calibration_report(answers);
}

}  // namespace storewise::train
