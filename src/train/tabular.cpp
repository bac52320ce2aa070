#include "train/tabular.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "onnx/writer.h"
#include "support/message.h"
#include "train/dependence.h"
#include "train/encoder.h"
#include "train/encoder_model.h"
#include "train/math.h"
#include "train/split.h"
#include "train/table_report.h"
#include "train/trial.h"

namespace storewise::train {
namespace {

constexpr std::size_t kImportanceRows = 2000;
constexpr std::size_t kDrawnLevels = 5;
// Of more columns, those that the model leans on least are not weighed: each costs as much as the
// whole test.
constexpr std::size_t kMostWeighed = 200;
// Columns whose dependence is drawn, and the rows that it is drawn from.
constexpr std::size_t kMostFollowed = 6;
constexpr std::size_t kFollowedRows = 300;
constexpr std::size_t kFollowedCells = 3'000'000;  // of features, that bound the rows

TrainerSettings parse_trainer(JsonView options) {
  const auto count = [&](std::string_view key, std::int64_t least) {
    return count_or_none(options, key, least, 1000000);
  };
  const auto number = [&](std::string_view key) { return number_or_none(options, key, 0.0, 1e12); };
  TrainerSettings trainer;
  const std::optional<TableKind> kind = table_kind(options.at("kind").string());
  if (!kind) options.at("kind").fail("tree, forest, boosted, svm, linear, logistic or mlp");
  trainer.kind = *kind;
  trainer.balanced = options.boolean_or("balanced", false);
  trainer.seed = seed_of(options);
  trainer.depth = count("depth", 0);
  trainer.min_leaf = count("min_leaf", 1);
  trainer.max_leaves = count("max_leaves", 0);
  trainer.min_split = count("min_split", 2);
  trainer.entropy = one_of(options, "criterion", "gini", {"gini", "entropy"}) == "entropy";
  trainer.trees = count("trees", 1);
  if (const auto drawn = options.find("max_features"); drawn && drawn->is_number()) {
    trainer.max_features = drawn->number(1e-6, 1e6);
  } else {
    trainer.drawn = one_of(options, "max_features", "auto", {"auto", "sqrt", "log2", "all"});
  }
  trainer.rounds = count("rounds", 1);
  trainer.learning_rate = number("learning_rate");
  trainer.l2 = number("l2");
  trainer.max_bins = count("max_bins", 2);
  trainer.tube = number("tube");
  trainer.cost = number("cost");
  trainer.gamma = number("gamma");
  trainer.alpha = number("alpha");
  trainer.l1_ratio = number("l1_ratio");
  trainer.kernel = one_of(options, "kernel", "auto", {"auto", "rbf", "linear"});
  if (*kind == TableKind::kMlp) trainer.network = network::parse_network_settings(options);
  return trainer;
}

// The work on one table; its members are filled in the order of the calls in train_table.
class Work {
 public:
  Work(std::span<const double> cells, std::size_t rows, const TableOptions& options,
       const TrainingProgress& progress)
      : options_(options),
        progress_(progress),
        table_(fill_table(options.columns, cells, rows)),
        trial_(table_, options, options.classes, options.trainer.seed) {}

  TableResult run() {
    look_at_columns();
    train();
    measure();
    measure_importance();
    measure_dependence();
    cross_validate();
    return finish();
  }

 private:
  bool classes() const { return options_.classes; }
  const RawColumn& target_column() const { return table_.columns[options_.target]; }

  void look_at_columns() {
    const std::vector<bool> keep = kept_columns(options_);
    findings_ = examine(table_, trial_.target(), trial_.split().training, options_.target, keep);
    // Numbers that order the rows only grow: what is tested lies beyond all that was learnt from.
    if (trial_.split_name() == "time" &&
        table_.columns[options_.time].kind == ColumnKind::kNumber && !keep[options_.time] &&
        options_.time != options_.target) {
      findings_[options_.time].used = false;
      findings_[options_.time].reason = "it is the time of the split, and only grows";
    }
    used_ = used_columns(table_.columns, findings_, {options_.target},
                         "a column of use besides the target, or one to keep all the same",
                         "the target alone");
  }

  EncoderSettings encoder_settings() const {
    EncoderSettings settings;
    settings.fill_missing = !reads_missing(options_.trainer.kind);
    settings.scale = wants_scaled(options_.trainer.kind);
    settings.seed = options_.trainer.seed;
    if (trial_.split_name() == "time") settings.without_day = options_.time;
    return settings;
  }

  std::unique_ptr<TrainedTable> train_part(Rows rows, Encoder& encoder,
                                           const TrainingProgress& progress) const {
    FeatureTable features;
    encoder = fit_encoder(table_, trial_.target(), rows, used_, encoder_settings(), features);
    return train_on(features, trial_.target_of(rows), options_.trainer, progress);
  }

  void train() { model_ = train_part(trial_.split().training, encoder_, progress_); }

  void measure() {
    if (progress_) progress_("measuring", 0, 1);
    answers_ = model_->answer(encode(encoder_, table_, trial_.split().test));
    figures_ = trial_.test_figures(answers_);
  }

  // The figure that importance is told in: the AUC, or the accuracy where there is none, or R2.
  static double main_figure(const std::vector<Figure>& figures) {
    const std::size_t at = figures.size() > 3 && std::isfinite(figures[2].value) ? 2 : 0;
    return figures[at].value;
  }

  // The columns used, by place; of very many, those that the model leans on most.
  std::vector<std::size_t> columns_to_weigh() {
    std::vector<std::size_t> columns;
    for (std::size_t c = 0; c < used_.size(); ++c) {
      if (used_[c]) columns.push_back(c);
    }
    if (columns.size() <= kMostWeighed) return columns;
    const std::vector<double> by_feature = model_->leaning();
    std::vector<double> leaning(used_.size(), 0);
    for (std::size_t f = 0; f < by_feature.size(); ++f) {
      leaning[encoder_.features[f].column] += by_feature[f];
    }
    trial_.warn(message({"of ", columns.size(), " columns only the ", kMostWeighed,
                         " that the model leans on most were weighed"}));
    std::stable_sort(columns.begin(), columns.end(),
                     [&](std::size_t a, std::size_t b) { return leaning[a] > leaning[b]; });
    columns.resize(kMostWeighed);
    std::sort(columns.begin(), columns.end());
    return columns;
  }

  // By how much the figure falls when a column's cells are dealt out anew among the rows tested
  // (Breiman 2001).
  void measure_importance() {
    const std::size_t count = std::min(trial_.split().test.size(), kImportanceRows);
    const Rows rows = Rows(trial_.split().test).first(count);
    FeatureTable features = encode(encoder_, table_, rows);
    const std::vector<Figure> before = trial_.figures_of(model_->answer(features), rows, 0);
    const std::size_t repeats = options_.trainer.kind == TableKind::kSvm ? 1 : 3;
    importance_ = Json::array();
    Random random(options_.trainer.seed);
    RawTable mixed = table_;
    for (const std::size_t c : columns_to_weigh()) {
      if (progress_) progress_("weighing columns", c, used_.size());
      double fall = 0;
      std::vector<double> cells(table_.columns[c].cells.begin(), table_.columns[c].cells.end());
      mixed.columns[c].cells = cells;
      for (std::size_t r = 0; r < repeats; ++r) {
        std::vector<std::uint32_t> order(rows.begin(), rows.end());
        shuffle(order, random);
        for (std::size_t i = 0; i < count; ++i) {
          cells[rows[i]] = table_.columns[c].cells[order[i]];
        }
        encode_column(encoder_, mixed, rows, c, features);
        fall +=
            main_figure(before) - main_figure(trial_.figures_of(model_->answer(features), rows, 0));
      }
      mixed.columns[c].cells = table_.columns[c].cells;
      encode_column(encoder_, mixed, rows, c, features);
      const double mean = fall / static_cast<double>(repeats);
      weighed_.push_back({c, std::isfinite(mean) ? mean : 0.0});
    }
    std::stable_sort(weighed_.begin(), weighed_.end(),
                     [](const Weighed& a, const Weighed& b) { return a.fall > b.fall; });
    for (const Weighed& one : weighed_) {
      importance_.push_back({{"column", table_.columns[one.column].name}, {"fall", one.fall}});
    }
  }

  // Follows the weightiest columns over some of the rows learnt from.
  void measure_dependence() {
    std::vector<std::uint32_t> sample = trial_.split().training;
    Random random(options_.trainer.seed);
    shuffle(sample, random);
    const std::size_t most = std::max<std::size_t>(50, kFollowedCells / encoder_.features.size());
    sample.resize(std::min({sample.size(), kFollowedRows, most}));
    std::vector<Dependence> dependences;
    for (const auto& [column, fall] : weighed_) {
      if (dependences.size() == kMostFollowed || !(fall > 0)) break;
      if (!can_follow(table_.columns[column].kind)) continue;
      if (progress_) progress_("following columns", dependences.size(), kMostFollowed);
      dependences.push_back(
          follow(*model_, encoder_, table_, column, trial_.split().training, sample));
    }
    std::vector<std::string> answers{target_column().name};
    if (classes()) answers = trial_.labels();
    if (answers.size() == 2) answers.erase(answers.begin());
    dependence_ = dependence_report(table_, dependences, answers, sample.size());
  }

  void cross_validate() {
    if (options_.folds == 0) return;
    const std::vector<Split> folds = trial_.split_name() == "time"
                                         ? folds_in_time(table_.columns[options_.time].cells,
                                                         trial_.split().training, options_.folds)
                                         : folds_of(trial_.target(), trial_.split().training,
                                                    options_.folds, options_.trainer.seed);
    std::vector<std::vector<double>> values(figures_.size());
    for (std::size_t f = 0; f < folds.size(); ++f) {
      if (progress_) progress_("cross-validation", f, folds.size());
      Encoder encoder;
      const auto model = train_part(folds[f].training, encoder, {});
      const TableAnswers said = model->answer(encode(encoder, table_, folds[f].test));
      const std::vector<Figure> figures = trial_.figures_of(said, folds[f].test, 0);
      for (std::size_t i = 0; i < figures.size(); ++i) values[i].push_back(figures[i].value);
    }
    Json metrics = Json::object();
    for (std::size_t i = 0; i < figures_.size(); ++i) {
      double mean = 0;
      double square = 0;
      const auto n = static_cast<double>(values[i].size());
      for (const double value : values[i]) mean += value / n;
      for (const double value : values[i]) square += (value - mean) * (value - mean) / n;
      Json entry{{"mean", nullptr}, {"deviation", nullptr}};
      if (std::isfinite(mean)) entry = {{"mean", mean}, {"deviation", std::sqrt(square)}};
      metrics[std::string(figures_[i].name)] = std::move(entry);
    }
    cross_validation_ = {{"folds", options_.folds}, {"metrics", std::move(metrics)}};
  }

  Json model_facts() const {
    Json facts = model_->facts();
    facts["class_weight"] = options_.trainer.balanced && classes() ? "balanced" : "none";
    return facts;
  }

  Json metadata(const Json& outcome, const std::vector<std::string>& inputs) const {
    // What a linear model's explanations are reckoned from.
    const bool linear = wants_scaled(options_.trainer.kind);
    const FeatureTable training =
        linear ? encode(encoder_, table_, trial_.split().training) : FeatureTable{};
    Json document = outcome;
    document.update(
        {{"version", 1},
         {"kind", name_of(options_.trainer.kind)},
         {"columns", column_metadata(table_, findings_, encoder_, trial_.split().training, inputs)},
         {"features", feature_metadata(table_, encoder_, linear ? &training : nullptr)},
         {"settings", model_facts()},
         {"importance", importance_},
         {"data", options_.data}});
    if (classes()) {
      document["labels"] = trial_.labels();
      if (trial_.labels().size() == 2) document["thresholds"] = {{"decision", 0.5}};
    }
    if (!options_.licence.empty()) document["licence"] = options_.licence;
    return document;
  }

  std::string write(const Json& document, const std::vector<std::string>& inputs) const {
    using onnx::DataType;
    onnx::ModelWriter writer(name_of(options_.trainer.kind));
    const std::string features = add_encoder(writer, encoder_, table_, inputs);
    if (classes()) {
      writer.add_output("label", DataType::kString, {"n"});
      writer.add_output("probabilities", DataType::kFloat, {"n", trial_.labels().size()});
      model_->write_classifier(writer, features, "label", "probabilities", trial_.labels());
    } else {
      writer.add_output("value", DataType::kFloat, {"n", 1});
      model_->write_regressor(writer, features, "value");
    }
    writer.set_metadata("storewise", json_text(document));
    return writer.bytes();
  }

  Json weights() const {
    Json list = Json::array();
    const std::vector<double> weights = model_->weights();
    for (std::size_t f = 0; f < weights.size(); ++f) {
      list.push_back({{"feature", encoder_.features[f].name}, {"weight", weights[f]}});
    }
    std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) {
      return std::fabs(a["weight"].get<double>()) > std::fabs(b["weight"].get<double>());
    });
    return list;
  }

  TableResult finish() {
    const std::vector<std::string> inputs =
        input_names(encoder_, table_, {"label", "probabilities", "value"});
    const Json outcome = trial_.outcome(figures_);
    const Json document = metadata(outcome, inputs);
    TableResult result;
    result.model = write(document, inputs);
    Json& report = result.report;
    report = outcome;
    report.update({{"kind", name_of(options_.trainer.kind)},
                   {"rows", table_.rows},
                   {"columns", column_report(table_, findings_, encoder_)},
                   {"features", encoder_.features.size()},
                   {"settings", model_facts()},
                   {"importance", importance_},
                   {"importance_figure",
                    classes() ? (std::isfinite(figures_[2].value) ? "auc" : "accuracy") : "r2"},
                   {"dependence", dependence_},
                   {"cross_validation", cross_validation_},
                   {"weights", weights()},
                   {"examples", trial_.examples(answers_)},
                   {"warnings", trial_.warnings()},
                   {"bytes", result.model.size()}});
    if (classes()) trial_.add_class_pictures(answers_, report);
    if (Json curve = model_->curve(); !curve.empty()) report["curve"] = std::move(curve);
    if (const Tree* tree = model_->single_tree()) {
      report["tree"] = tree_drawing(*tree, encoder_, table_, kDrawnLevels);
    }
    return result;
  }

  const TableOptions& options_;
  const TrainingProgress& progress_;
  RawTable table_;
  Trial trial_;
  std::vector<Finding> findings_;
  std::vector<bool> used_;
  Encoder encoder_;
  std::unique_ptr<TrainedTable> model_;
  TableAnswers answers_;
  std::vector<Figure> figures_;
  struct Weighed {
    std::size_t column;
    double fall;
  };
  std::vector<Weighed> weighed_;  // the weightiest first
  Json importance_;
  Json dependence_;
  Json cross_validation_;
};

}  // namespace

TableOptions parse_table_options(std::string_view json) {
  const JsonDocument document(json, "options");
  const JsonView root = document.root();
  TableOptions options;
  parse_request(root, options);
  options.classes = root.at("classes").boolean();
  options.trainer = parse_trainer(root);
  options.folds = static_cast<std::uint32_t>(root.integer_or("folds", 0, 0, 50));
  if (options.folds == 1) root.at("folds").fail("0 for none, or 2 or more");
  return options;
}

TableResult train_table(std::span<const double> cells, std::size_t rows,
                        const TableOptions& options, const TrainingProgress& progress) {
  return Work(cells, rows, options, progress).run();
}

}  // namespace storewise::train
