#include "train/uplift.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "onnx/writer.h"
#include "support/message.h"
#include "train/boosted.h"
#include "train/encoder.h"
#include "train/encoder_model.h"
#include "train/math.h"
#include "train/metrics.h"
#include "train/split.h"
#include "train/table_report.h"
#include "train/uplift_learner.h"
#include "train/uplift_metrics.h"

namespace storewise::train {
namespace {

constexpr std::size_t kLeastTestRows = 10;  // of an arm
constexpr std::size_t kExampleRows = 20;
constexpr std::size_t kImportanceRows = 2000;
constexpr std::size_t kCurvePoints = 100;
constexpr std::size_t kGroups = 10;
constexpr std::size_t kGuessedRows = 20000;  // of which it is guessed who was treated
constexpr std::uint32_t kGuessFolds = 3;
// How well the features may tell who was treated (0.5 is chance): above, that is no experiment. The
// interval must lie above the lower bound as well, which few rows hardly reach by chance.
constexpr double kLargestAuc = 0.6;
constexpr double kSureAuc = 0.55;
constexpr double kOddAuc = 0.52;
// Standard errors by which a column may differ between arms: by chance 1 of 1.7 million does more.
constexpr double kLargestGap = 5;

[[noreturn]] void refuse(std::string_view summary, Pieces place, Pieces expected, Pieces found) {
  throw_error(ErrorCode::kInvalidInput, summary, {}, place, expected, found);
}

double square(double x) { return x * x; }

// Sums of one arm's values.
struct Moments {
  double n = 0, sum = 0, squares = 0;
  void add(double x) {
    n += 1;
    sum += x;
    squares += x * x;
  }
  double mean() const { return n > 0 ? sum / n : 0; }
  double variance_of_mean() const {
    return n > 1 ? std::max(squares / n - square(mean()), 0.0) / (n - 1) : 0;
  }
};

// Standard errors between the means of two arms; 0 where neither varies.
double gap(const Moments& a, const Moments& b) {
  const double error = std::sqrt(a.variance_of_mean() + b.variance_of_mean());
  return error > 0 && a.n > 1 && b.n > 1 ? std::fabs(a.mean() - b.mean()) / error : 0;
}

// The work on one table; its members are filled in the order of the calls in run.
class Work {
 public:
  Work(std::span<const double> cells, std::size_t rows, const UpliftOptions& options,
       const TrainingProgress& progress)
      : options_(options), progress_(progress), table_(fill_table(options.columns, cells, rows)) {}

  UpliftResult run() {
    read_treatment();
    read_target();
    split();
    look_at_columns();
    check_balance();
    train();
    measure();
    measure_importance();
    return finish();
  }

 private:
  const RawColumn& target_column() const { return table_.columns[options_.target]; }
  const RawColumn& treatment_column() const { return table_.columns[options_.treatment]; }
  void say(std::string_view phase, std::size_t done, std::size_t total) const {
    if (progress_) progress_(phase, done, total);
  }

  void read_treatment() {
    const RawColumn& column = treatment_column();
    const bool levels = column.kind == ColumnKind::kCategory || column.kind == ColumnKind::kBoolean;
    if (!levels || options_.treatment == options_.target) {
      refuse("the treatment is no column of arms", {column.name}, {"a category or boolean"},
             {options_.treatment == options_.target ? "the target" : name_of(column.kind)});
    }
    if (options_.control >= column.levels.size()) {
      refuse("there is no such control", {column.name},
             {"the place of one of ", column.levels.size(), " levels"}, {options_.control});
    }
    std::vector<std::int32_t> arm_of(column.levels.size(), 0);
    for (std::size_t level = 0; level < column.levels.size(); ++level) {
      if (level == options_.control) continue;
      arms_.push_back(column.levels[level]);
      arm_of[level] = static_cast<std::int32_t>(arms_.size());
    }
    if (arms_.empty()) {
      refuse("one arm alone has nothing to be compared with", {column.name},
             {"the control and one treatment or more"}, {column.levels.front()});
    }
    for (const double cell : column.cells) {
      if (std::isnan(cell)) refuse("the treatment is missing in a row", {column.name}, {}, {});
      arm_.push_back(arm_of[static_cast<std::size_t>(cell)]);
    }
  }

  void read_target() {
    const RawColumn& column = target_column();
    if (column.kind != ColumnKind::kNumber && column.kind != ColumnKind::kBoolean) {
      refuse("the target is of another sort", {column.name}, {"a number or boolean"},
             {name_of(column.kind)});
    }
    for (const double cell : column.cells) {
      if (std::isnan(cell)) refuse("the target is missing in a row", {column.name}, {}, {});
      is_share_ = is_share_ && (cell == 0 || cell == 1);
    }
    outcome_.assign(column.cells.begin(), column.cells.end());
  }

  void split() {
    const auto seed = static_cast<std::uint32_t>(options_.seed);
    split_name_ = options_.test_rows > 0 ? "file" : options_.split;
    if (options_.test_rows > 0) {
      split_ = split_last(table_.rows, options_.test_rows);
    } else if (split_name_ == "time") {
      split_ = split_by_time(table_.columns[options_.time].cells, options_.test_share);
    } else if (split_name_ == "shuffle-numpy") {
      split_ = split_shuffled(table_.rows, options_.test_share, seed);
    } else {
      // Of a target of yes and no, each arm's are parted alike as well.
      std::vector<std::int32_t> labels;
      for (std::size_t row = 0; row < table_.rows; ++row) {
        const std::int32_t yes = is_share_ && outcome_[row] == 1 ? 1 : 0;
        labels.push_back(2 * arm_[row] + yes);
      }
      std::vector<std::size_t> counts(2 * (arms_.size() + 1), 0);
      for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
      for (std::int32_t& label : labels) {
        if (counts[static_cast<std::size_t>(label | 1)] < 2) label &= ~1;
      }
      check_arms_of_file();
      split_ = split_stratified(labels, static_cast<std::int32_t>(counts.size()),
                                options_.test_share, seed);
    }
    check_arms(split_.training, kLeastArmRows, "an arm has too few rows to learn from");
    check_arms(split_.test, kLeastTestRows, "an arm has too few rows to be tested on");
  }

  std::string_view arm_name(std::size_t arm) const {
    return arm == 0 ? treatment_column().levels[options_.control] : arms_[arm - 1];
  }

  void check_arms_of_file() const {
    std::vector<std::uint32_t> every(table_.rows);
    std::iota(every.begin(), every.end(), 0u);
    check_arms(every, kLeastArmRows + kLeastTestRows, "an arm has too few rows");
  }

  void check_arms(Rows rows, std::size_t least, std::string_view summary) const {
    std::vector<std::size_t> counts(arms_.size() + 1, 0);
    for (const std::uint32_t row : rows) ++counts[static_cast<std::size_t>(arm_[row])];
    for (std::size_t arm = 0; arm < counts.size(); ++arm) {
      if (counts[arm] >= least) continue;
      refuse(summary, {treatment_column().name}, {"at least ", least, " rows of every arm"},
             {counts[arm], " of \"", arm_name(arm), "\""});
    }
  }

  void look_at_columns() {
    Target target;
    target.numbers = outcome_;
    keep_ = kept_columns(options_);
    findings_ = examine(table_, target, split_.training, options_.target, keep_);
    leave_out(options_.treatment, "it is the treatment");
    if (split_name_ == "time" && table_.columns[options_.time].kind == ColumnKind::kNumber &&
        !keep_[options_.time]) {
      leave_out(options_.time, "it is the time of the split, and only grows");
    }
    check_any_used();
  }

  void leave_out(std::size_t c, std::string reason) {
    if (c == options_.target || !findings_[c].used) return;
    findings_[c].used = false;
    findings_[c].reason = std::move(reason);
  }

  void check_any_used() {
    used_ = used_columns(
        table_.columns, findings_, {options_.target, options_.treatment},
        "a column of use besides target and treatment, or one to keep all the same", "these alone");
  }

  // The most standard errors between an arm and the control, over the column's mean, the share of
  // its cells above the median (a mean drowns in what few people spend), the share of its missing
  // cells or that of a level.
  double largest_gap(std::size_t c) const {
    const RawColumn& column = table_.columns[c];
    const std::size_t arms = arms_.size() + 1;
    std::vector<Moments> values(arms);
    std::vector<Moments> above(arms);
    std::vector<Moments> missing(arms);
    const bool category = column.kind == ColumnKind::kCategory;
    std::vector<double> counts(category ? column.levels.size() * arms : 0, 0.0);
    const double median = category ? 0 : lower_median(column, split_.training).value_or(0);
    for (const std::uint32_t row : split_.training) {
      const auto arm = static_cast<std::size_t>(arm_[row]);
      const double cell = column.cells[row];
      missing[arm].add(std::isnan(cell) ? 1 : 0);
      if (std::isnan(cell)) continue;
      if (category) {
        counts[static_cast<std::size_t>(cell) * arms + arm] += 1;
      } else {
        values[arm].add(cell);
        above[arm].add(cell > median ? 1 : 0);
      }
    }
    double largest = 0;
    for (std::size_t arm = 1; arm < arms; ++arm) {
      largest = std::max({largest, gap(missing[arm], missing[0]), gap(values[arm], values[0]),
                          gap(above[arm], above[0])});
      for (std::size_t level = 0; level * arms < counts.size(); ++level) {
        const auto of = [&](std::size_t a) {
          const double yes = counts[level * arms + a];
          return Moments{missing[a].n, yes, yes};
        };
        // Of rare levels the normal approximation says too much.
        if (of(0).sum + of(arm).sum >= 20) largest = std::max(largest, gap(of(arm), of(0)));
      }
    }
    return largest;
  }

  // How well boosted trees tell the arms apart from the features, on rows held out.
  Figure guess_arms() const {
    Target target;
    target.classes = static_cast<std::int32_t>(arms_.size()) + 1;
    target.labels = arm_;
    std::vector<std::uint32_t> rows = split_.training;
    Random random(options_.seed);
    shuffle(rows, random);
    rows.resize(std::min(rows.size(), kGuessedRows));
    std::vector<double> probabilities;
    std::vector<std::int32_t> predicted;
    std::vector<std::int32_t> truth;
    const std::vector<Split> folds = folds_of(target, rows, kGuessFolds, options_.seed);
    for (std::size_t f = 0; f < folds.size(); ++f) {
      say("checking who was treated", f, folds.size());
      Target arms{target.classes, {}, {}};
      for (const std::uint32_t row : folds[f].training) arms.labels.push_back(arm_[row]);
      FeatureTable features;
      EncoderSettings settings;
      settings.seed = options_.seed;
      const Encoder encoder =
          fit_encoder(table_, target, folds[f].training, used_, settings, features);
      BoostedSettings boosting;
      boosting.rounds = 40;
      boosting.max_leaf_nodes = 8;
      boosting.validation_share = 0;
      const std::vector<std::uint32_t> all = features.every_row();
      const TreeEnsemble trees =
          train_boosted(features, arms, all, equal_weights(all), boosting, {}).model;
      const FeatureTable held_out = encode(encoder, table_, folds[f].test);
      const std::vector<double> said = predict(trees, held_out, held_out.every_row());
      probabilities.insert(probabilities.end(), said.begin(), said.end());
      const std::vector<std::int32_t> labels = labels_of(said, target.classes);
      predicted.insert(predicted.end(), labels.begin(), labels.end());
      for (const std::uint32_t row : folds[f].test) truth.push_back(arm_[row]);
    }
    const auto classes = static_cast<std::size_t>(target.classes);
    return class_figures({classes, probabilities, predicted, truth}, {100, options_.seed})[2];
  }

  void check_balance() {
    struct Gap {
      std::size_t column;
      double gap;
    };
    std::vector<Gap> gaps;
    for (std::size_t c = 0; c < used_.size(); ++c) {
      if (used_[c]) gaps.push_back({c, largest_gap(c)});
    }
    std::stable_sort(gaps.begin(), gaps.end(),
                     [](const Gap& a, const Gap& b) { return a.gap > b.gap; });
    const auto listed = [&](double least) {
      std::string names;
      for (const Gap& one : gaps) {
        if (!(one.gap > least)) break;
        if (!names.empty()) names += ", ";
        names += message({"\"", table_.columns[one.column].name, "\""});
      }
      return names;
    };
    const Figure auc = guess_arms();
    if (auc.value > kLargestAuc && auc.low > kSureAuc) {
      const std::string names = listed(kLargestGap);
      refuse(
          "the treatment does not look drawn by chance: the columns tell who was treated, so that "
          "the arms differ by more than the treatment. Leave out columns that were written down "
          "after the treatment; where treatments were chosen, no uplift can be learnt from them",
          {treatment_column().name}, {"an AUC near 0.5, as chance gives"},
          {short_number(auc.value), names.empty() ? "" : "; most apart: ", names});
    }
    balance_ = {{"auc", number_or_null(auc.value)},
                {"low", number_or_null(auc.low)},
                {"high", number_or_null(auc.high)},
                {"columns", Json::array()}};
    for (const Gap& one : gaps) {
      const RawColumn& column = table_.columns[one.column];
      balance_["columns"].push_back({{"column", column.name}, {"gap", one.gap}});
      if (!(one.gap > kLargestGap)) continue;
      if (keep_[one.column]) {
        warnings_.push_back(message({"\"", column.name, "\" differs between the arms by ",
                                     short_number(one.gap), " standard errors and is kept"}));
        continue;
      }
      leave_out(one.column,
                message({"it differs between the arms by ", short_number(one.gap),
                         " standard errors: written down after the treatment, it seems"}));
    }
    check_any_used();
    if (auc.low > kOddAuc && listed(kLargestGap).empty()) {
      warnings_.push_back(
          message({"the columns tell a little who was treated (AUC ", short_number(auc.value),
                   "): make sure that treatments were drawn by chance"}));
    }
  }

  // Two digits after the point.
  static std::string short_number(double value) {
    const auto hundredths = static_cast<std::int64_t>(std::llround(value * 100));
    const std::int64_t rest = hundredths % 100;
    return message({hundredths / 100, rest < 10 ? ".0" : ".", rest});
  }

  // Stands for the effect of any treatment where the levels of a category are written as means: its
  // mean over some rows is that effect (the transformed outcome of Athey and Imbens 2015).
  Target effect_target() const {
    double treated = 0;
    double mean = 0;
    const auto n = static_cast<double>(split_.training.size());
    for (const std::uint32_t row : split_.training) {
      treated += arm_[row] > 0 ? 1 / n : 0;
      mean += outcome_[row] / n;
    }
    Target target;
    for (std::size_t row = 0; row < table_.rows; ++row) {
      target.numbers.push_back((outcome_[row] - mean) *
                               (arm_[row] > 0 ? 1 / treated : -1 / (1 - treated)));
    }
    return target;
  }

  void train() {
    UpliftFeatures features;
    EncoderSettings settings;
    settings.seed = options_.seed;
    if (split_name_ == "time") settings.without_day = options_.time;
    const Target target = effect_target();
    Encoder plain = fit_encoder(table_, target, split_.training, used_, settings, features.plain);
    settings.scale = true;
    Encoder scaled = fit_encoder(table_, target, split_.training, used_, settings, features.scaled);
    Experiment experiment;
    experiment.arms = static_cast<std::int32_t>(arms_.size());
    for (const std::uint32_t row : split_.training) {
      experiment.arm.push_back(arm_[row]);
      experiment.outcome.push_back(outcome_[row]);
    }
    model_ = train_uplift(features, experiment, options_.seed, progress_);
    encoder_ = model_.reads_scaled() ? std::move(scaled) : std::move(plain);
    training_ = model_.reads_scaled() ? std::move(features.scaled) : std::move(features.plain);
    if (model_.method == UpliftMethod::kSame) {
      warnings_.push_back(
          "no difference between people was confirmed on rows held out: the model says the average "
          "effect of everybody");
    }
  }

  void measure() {
    say("measuring", 0, 1);
    const FeatureTable features = encode(encoder_, table_, split_.test);
    answers_ = predict(model_, features, features.every_row());
    effects_ = Json::array();
    for (std::size_t a = 0; a < arms_.size(); ++a) measure_arm(a);
  }

  // Of the rows tested, those of one treatment and of the control.
  void measure_arm(std::size_t a) {
    std::vector<double> scores;
    std::vector<std::uint8_t> treated;
    std::vector<double> outcomes;
    for (std::size_t i = 0; i < split_.test.size(); ++i) {
      const std::uint32_t row = split_.test[i];
      const auto arm = static_cast<std::size_t>(arm_[row]);
      if (arm != 0 && arm != a + 1) continue;
      // As float32, which is what the file says: equal there is equal here.
      scores.push_back(static_cast<double>(static_cast<float>(answers_[i * arms_.size() + a])));
      treated.push_back(arm != 0 ? 1 : 0);
      outcomes.push_back(outcome_[row]);
    }
    const UpliftRows rows{scores, treated, outcomes};
    const std::vector<Figure> figures =
        uplift_figures(rows, {usual_resamples(scores.size()), options_.seed});
    const auto count = static_cast<std::size_t>(std::count(treated.begin(), treated.end(), 1));
    Json groups = Json::array();
    for (const UpliftGroup& group : uplift_groups(rows, kGroups)) {
      groups.push_back({{"treated", group.treated},
                        {"control", group.control},
                        {"said", group.score},
                        {"treated_outcome", number_or_null(group.treated_outcome)},
                        {"control_outcome", number_or_null(group.control_outcome)},
                        {"effect", number_or_null(group.effect)},
                        {"low", number_or_null(group.low)},
                        {"high", number_or_null(group.high)}});
    }
    Json curve = Json::array();
    for (const UpliftPoint& point : qini_curve(rows, kCurvePoints)) {
      curve.push_back({point.share, point.gain});
    }
    effects_.push_back({{"arm", arms_[a]},
                        {"treated", count},
                        {"control", treated.size() - count},
                        {"metrics", values_of(figures)},
                        {"intervals", intervals_of(figures)},
                        {"confirmed", model_.confirmed[a]},
                        {"groups", std::move(groups)},
                        {"curve", std::move(curve)}});
  }

  // How far what is said moves, root mean square over treatments, when a column's cells are dealt
  // out anew among the rows tested. (The fall of the Qini would be noise for the most part.)
  void measure_importance() {
    const std::size_t count = std::min(split_.test.size(), kImportanceRows);
    const Rows rows = Rows(split_.test).first(count);
    FeatureTable features = encode(encoder_, table_, rows);
    const std::vector<std::uint32_t> every = features.every_row();
    const std::vector<double> before = predict(model_, features, every);
    Random random(options_.seed);
    importance_ = Json::array();
    RawTable mixed = table_;
    for (std::size_t c = 0; c < used_.size(); ++c) {
      if (!used_[c]) continue;
      say("weighing columns", c, used_.size());
      std::vector<std::uint32_t> order(rows.begin(), rows.end());
      shuffle(order, random);
      std::vector<double> cells(table_.columns[c].cells.begin(), table_.columns[c].cells.end());
      for (std::size_t i = 0; i < count; ++i) cells[rows[i]] = table_.columns[c].cells[order[i]];
      mixed.columns[c].cells = cells;
      encode_column(encoder_, mixed, rows, c, features);
      const std::vector<double> after = predict(model_, features, every);
      encode_column(encoder_, table_, rows, c, features);
      double moved = 0;
      for (std::size_t i = 0; i < before.size(); ++i) moved += square(after[i] - before[i]);
      importance_.push_back({{"column", table_.columns[c].name},
                             {"moves", std::sqrt(moved / static_cast<double>(before.size()))}});
    }
    std::stable_sort(importance_.begin(), importance_.end(), [](const Json& a, const Json& b) {
      return a["moves"].get<double>() > b["moves"].get<double>();
    });
  }

  Json split_report() const {
    return train::split_report(options_, table_, split_, split_name_, options_.seed);
  }

  Json settings() const {
    Json settings{{"method", name_of(model_.method)}};
    if (model_.method == UpliftMethod::kLinear) {
      settings["penalty"] = model_.strength;
    } else if (!model_.trees.trees.empty()) {
      settings["trees"] = model_.trees.trees.size();
      settings["strength"] = model_.strength > 0 ? "strong" : "gentle";
    }
    return settings;
  }

  Json candidates() const {
    Json list = Json::array();
    for (const UpliftCandidate& candidate : model_.candidates) {
      list.push_back({{"method", name_of(candidate.method)},
                      {"strength", candidate.strength},
                      {"loss", candidate.loss},
                      {"difference", candidate.difference},
                      {"error", candidate.error}});
    }
    return list;
  }

  // Weights of the lines, the weightiest first: [{feature, weights: [treatments]}].
  Json weights() const {
    Json list = Json::array();
    if (model_.method != UpliftMethod::kLinear) return list;
    std::vector<std::size_t> order(encoder_.features.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto size = [&](std::size_t f) {
      double sum = 0;
      for (const LinearRegression& line : model_.lines) sum += square(line.weights[f]);
      return sum;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
    for (const std::size_t f : order) {
      Json each = Json::array();
      for (const LinearRegression& line : model_.lines) each.push_back(line.weights[f]);
      list.push_back({{"feature", encoder_.features[f].name}, {"weights", std::move(each)}});
    }
    return list;
  }

  Json examples() const {
    Json list = Json::array();
    for (std::size_t i = 0; i < std::min(kExampleRows, split_.test.size()); ++i) {
      const std::uint32_t row = split_.test[i];
      const auto first = answers_.begin() + static_cast<std::ptrdiff_t>(i * arms_.size());
      list.push_back({{"row", row},
                      {"arm", arm_name(static_cast<std::size_t>(arm_[row]))},
                      {"outcome", outcome_[row]},
                      {"uplift", std::vector<double>(
                                     first, first + static_cast<std::ptrdiff_t>(arms_.size()))}});
    }
    return list;
  }

  Json metadata(const std::vector<std::string>& inputs) const {
    Json metrics = Json::array();
    for (const Json& effect : effects_) {
      metrics.push_back({{"arm", effect["arm"]},
                         {"metrics", effect["metrics"]},
                         {"intervals", effect["intervals"]}});
    }
    Json document{
        {"version", 1},
        {"kind", "uplift"},
        {"task", "regress"},
        {"target", target_column().name},
        {"treatment", treatment_column().name},
        {"control", arm_name(0)},
        {"arms", arms_},
        {"columns", column_metadata(table_, findings_, encoder_, split_.training, inputs)},
        {"features",
         feature_metadata(table_, encoder_, model_.reads_scaled() ? &training_ : nullptr)},
        {"settings", settings()},
        {"split", split_report()},
        {"metrics", std::move(metrics)},
        {"importance", importance_},
        {"data", options_.data}};
    if (!options_.licence.empty()) document["licence"] = options_.licence;
    return document;
  }

  UpliftResult finish() {
    const std::vector<std::string> inputs = input_names(encoder_, table_, {"value"});
    onnx::ModelWriter writer("uplift");
    const std::string features = add_encoder(writer, encoder_, table_, inputs);
    writer.add_output("value", onnx::DataType::kFloat, {"n", arms_.size()});
    add_uplift_regressor(writer, features, "value", model_);
    writer.set_metadata("storewise", json_text(metadata(inputs)));
    UpliftResult result;
    result.model = writer.bytes();
    result.report = {{"kind", "uplift"},
                     {"target", target_column().name},
                     {"target_is_share", is_share_},
                     {"treatment", treatment_column().name},
                     {"control", arm_name(0)},
                     {"arms", arms_},
                     {"rows", table_.rows},
                     {"columns", column_report(table_, findings_, encoder_)},
                     {"features", encoder_.features.size()},
                     {"split", split_report()},
                     {"settings", settings()},
                     {"candidates", candidates()},
                     {"balance", balance_},
                     {"effects", effects_},
                     {"importance", importance_},
                     {"weights", weights()},
                     {"examples", examples()},
                     {"warnings", warnings_},
                     {"bytes", result.model.size()}};
    return result;
  }

  const UpliftOptions& options_;
  const TrainingProgress& progress_;
  RawTable table_;
  std::vector<std::string> arms_;  // without the control
  std::vector<std::int32_t> arm_;  // [rows] 0: control; 1 .. arms
  std::vector<double> outcome_;    // [rows]
  bool is_share_ = true;           // every outcome is 0 or 1
  Split split_;
  std::string split_name_;
  std::vector<bool> keep_;
  std::vector<Finding> findings_;
  std::vector<bool> used_;
  Json balance_;
  Encoder encoder_;
  FeatureTable training_;
  UpliftModel model_;
  std::vector<double> answers_;  // [rows tested][arms]
  Json effects_;
  Json importance_;
  Json warnings_ = Json::array();
};

}  // namespace

UpliftOptions parse_uplift_options(std::string_view json) {
  const JsonDocument document(json, "options");
  const JsonView root = document.root();
  UpliftOptions options;
  parse_request(root, options);
  options.treatment = column_index(root, "treatment", options.columns.size());
  options.control = static_cast<std::size_t>(root.at("control").integer(0, 2147483647));
  options.seed = seed_of(root);
  return options;
}

UpliftResult train_uplift_table(std::span<const double> cells, std::size_t rows,
                                const UpliftOptions& options, const TrainingProgress& progress) {
  return Work(cells, rows, options, progress).run();
}

}  // namespace storewise::train
