// Uplift: figures against sums by hand, known effects of made experiments found again, experiments
// that are none refused, and the file that says what the report says.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "catch.h"
#include "graph/plan.h"
#include "ops/registry.h"
#include "support/error.h"
#include "train/math.h"
#include "train/uplift.h"
#include "train/uplift_learner.h"
#include "train/uplift_metrics.h"

using namespace storewise;
using namespace storewise::train;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
const Resampling kNoIntervals{0, 1};

double figure(const std::vector<Figure>& figures, std::string_view name) {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Figure& one) { return one.name == name; });
  REQUIRE(found != figures.end());
  return found->value;
}

// Nearly normal: mean 0, variance 1.
double noise(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

// Three features between -1 and 1; arms drawn by chance; the outcome is a base, the arm's effect
// and noise.
struct Made {
  UpliftFeatures features;
  Experiment experiment;
  std::vector<std::vector<double>> effects;  // [arms][rows]
  std::vector<std::uint32_t> rows;
};

template <typename Effect>
Made made(std::size_t rows, std::int32_t arms, double noise_size, Effect&& effect) {
  Random random(5);
  Made data;
  FeatureTable& table = data.features.plain;
  table.rows = rows;
  table.columns = 3;
  table.values.resize(rows * 3);
  data.experiment.arms = arms;
  data.effects.resize(static_cast<std::size_t>(arms));
  for (std::size_t r = 0; r < rows; ++r) {
    double x[3];
    for (std::size_t c = 0; c < 3; ++c) {
      x[c] = 2 * random.uniform() - 1;
      table.values[c * rows + r] = static_cast<float>(x[c]);
    }
    const auto arm = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(arms) + 1));
    double y = 2 * x[1] + x[2] * x[2] + noise_size * noise(random);
    for (std::int32_t a = 0; a < arms; ++a) {
      data.effects[static_cast<std::size_t>(a)].push_back(effect(a, x));
      if (arm == a + 1) y += data.effects[static_cast<std::size_t>(a)].back();
    }
    data.experiment.arm.push_back(arm);
    data.experiment.outcome.push_back(y);
    data.rows.push_back(static_cast<std::uint32_t>(r));
  }
  data.features.scaled = table;
  return data;
}

std::vector<double> said(const UpliftModel& model, const Made& data, std::size_t arm) {
  const std::vector<double> all =
      predict(model, model.reads_scaled() ? data.features.scaled : data.features.plain, data.rows);
  std::vector<double> values;
  for (std::size_t r = 0; r < data.rows.size(); ++r) values.push_back(all[r * model.arms() + arm]);
  return values;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

// Customers of a shop, a mailing with two kinds of letter, and what they did afterwards: `letter`
// helps those with many visits, `gift` those of one source. `seen` is written down afterwards.
struct Mailing {
  std::vector<RawColumn> columns;
  std::vector<double> cells;  // [columns][rows]
  std::size_t rows;

  RawTable table() const { return fill_table(columns, cells, rows); }
  std::size_t place(std::string_view name) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const RawColumn& column) { return column.name == name; });
    REQUIRE(found != columns.end());
    return static_cast<std::size_t>(found - columns.begin());
  }
};

Mailing mailing(std::size_t rows, bool chosen = false) {
  Random random(31);
  std::vector<double> visits, spent, source, member, arm, seen, bought;
  for (std::size_t r = 0; r < rows; ++r) {
    visits.push_back(random.below(20));
    spent.push_back(random.below(12) == 0 ? kNone : random.uniform() * 200);
    source.push_back(random.below(4));
    member.push_back(random.below(2));
    const bool lucky = chosen && visits.back() > 12 && random.below(10) != 0;
    arm.push_back(lucky ? 1 : random.below(3));
    double chance = 0.1 + 0.005 * visits.back() + (member.back() == 1 ? 0.05 : 0);
    if (arm.back() == 1) chance += 0.03 * visits.back();
    if (arm.back() == 2) chance += source.back() == 2 ? 0.5 : 0;
    bought.push_back(random.uniform() < chance ? 1 : 0);
    seen.push_back(arm.back() == 0 || random.below(8) != 0 ? 0 : 1);
  }
  Mailing data{{}, {}, rows};
  const auto add = [&](const std::string& name, ColumnKind kind, const std::vector<double>& values,
                       std::vector<std::string> levels = {}) {
    data.columns.push_back({name, kind, {}, std::move(levels)});
    data.cells.insert(data.cells.end(), values.begin(), values.end());
  };
  add("visits", ColumnKind::kNumber, visits);
  add("spent", ColumnKind::kNumber, spent);
  add("source", ColumnKind::kCategory, source, {"mail", "search", "social", "direct"});
  add("member", ColumnKind::kBoolean, member, {"no", "yes"});
  add("mailing", ColumnKind::kCategory, arm, {"none", "letter", "gift"});
  add("seen", ColumnKind::kNumber, seen);
  add("bought", ColumnKind::kNumber, bought);
  return data;
}

UpliftOptions options_for(const Mailing& data) {
  UpliftOptions options;
  options.columns = data.columns;
  options.target = data.place("bought");
  options.treatment = data.place("mailing");
  options.control = 0;
  return options;
}

UpliftResult learn(const Mailing& data, const UpliftOptions& options) {
  return train_uplift_table(data.cells, data.rows, options, {});
}

const Json& column_of(const Json& report, std::string_view name) {
  for (const Json& column : report["columns"]) {
    if (column["name"] == name) return column;
  }
  FAIL("no column " << name);
  return report;
}

}  // namespace

TEST_CASE("Qini and AUUC are the areas that sums by hand give") {
  // Gains by row: 1, 1, 2, 1, 0.5, 0. Uplifts x rows: 0, 2, 3, 2, 5 (2/3 - 1/2), 0.
  const std::vector<double> scores{6, 5, 4, 3, 2, 1};
  const std::vector<std::uint8_t> treated{1, 0, 1, 0, 1, 0};
  const std::vector<double> outcomes{1, 0, 1, 1, 0, 1};
  const UpliftRows rows{scores, treated, outcomes};
  const std::vector<Figure> figures = uplift_figures(rows, kNoIntervals);
  CHECK(figure(figures, "effect") == Approx(0).margin(1e-12));
  CHECK(figure(figures, "qini") == Approx(5.5 / 6 / 3));
  CHECK(figure(figures, "auuc") == Approx((1 + 2.5 + 2.5 + 17.0 / 12 + 5.0 / 12) / 36));
  CHECK(figure(figures, "auuc_random") == Approx(0).margin(1e-12));

  const std::vector<UpliftPoint> curve = qini_curve(rows, 100);
  const double gains[] = {0, 1, 1, 2, 1, 0.5, 0};
  REQUIRE(curve.size() == 7);
  for (std::size_t i = 0; i < curve.size(); ++i) {
    CHECK(curve[i].share == Approx(static_cast<double>(i) / 6));
    CHECK(curve[i].gain == Approx(gains[i] / 3));
  }
}

TEST_CASE("scores that say nothing have a Qini of 0 and half the effect as AUUC") {
  const std::vector<double> scores(8, 0.5);
  const std::vector<std::uint8_t> treated{1, 1, 1, 0, 0, 0, 1, 0};
  const std::vector<double> outcomes{3, 1, 2, 1, 1, 0, 2, 0};
  const std::vector<Figure> figures = uplift_figures({scores, treated, outcomes}, kNoIntervals);
  CHECK(figure(figures, "effect") == Approx(1.5));
  CHECK(figure(figures, "qini") == Approx(0).margin(1e-12));
  CHECK(figure(figures, "auuc") == Approx(0.75));
  CHECK(figure(figures, "auuc_random") == Approx(0.75));
}

TEST_CASE("figures are none where an arm has no rows, and tenths hold every row once") {
  const std::vector<double> scores{3, 1, 2};
  const std::vector<std::uint8_t> treated{1, 1, 1};
  const std::vector<double> outcomes{1, 0, 1};
  for (const Figure& one : uplift_figures({scores, treated, outcomes}, {10, 1})) {
    CHECK(std::isnan(one.value));
  }
  const std::vector<UpliftGroup> groups = uplift_groups({scores, treated, outcomes}, 2);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].score == 3);
  CHECK(groups[1].score == 1.5);
  CHECK(groups[0].treated + groups[1].treated == 3);
  CHECK(std::isnan(groups[0].effect));
}

TEST_CASE("intervals hold what an experiment was made with, and order matters to them") {
  Random random(9);
  std::vector<double> scores, outcomes;
  std::vector<std::uint8_t> treated;
  for (int i = 0; i < 4000; ++i) {
    scores.push_back(random.uniform());
    treated.push_back(random.below(2) == 0 ? 0 : 1);
    outcomes.push_back((treated.back() != 0 ? scores.back() : 0) + 0.5 * noise(random));
  }
  const std::vector<Figure> figures = uplift_figures({scores, treated, outcomes}, {200, 3});
  // Treating the best share s adds (s - s^2 / 2); less the line s / 2 that is an area of 1/12.
  CHECK(figures[0].low < 0.5);
  CHECK(figures[0].high > 0.5);
  CHECK(figures[1].low < 1.0 / 12);
  CHECK(figures[1].high > 1.0 / 12);
  CHECK(figures[1].low > 0.04);
  for (double& score : scores) score = -score;
  CHECK(uplift_figures({scores, treated, outcomes}, {200, 3})[1].high < -0.04);
}

TEST_CASE("an effect that is a straight line is found by the line") {
  const Made data = made(4000, 1, 0.5, [](int, const double* x) { return 0.5 + x[0]; });
  const UpliftModel model = train_uplift(data.features, data.experiment, 42, {});
  CHECK(model.method == UpliftMethod::kLinear);
  CHECK(model.confirmed[0] > 0.9);
  // Saying the average of everybody would be 0.577 off.
  CHECK(distance(said(model, data, 0), data.effects[0]) < 0.1);
}

TEST_CASE("an effect of two columns together is found by trees, for each treatment its own") {
  const auto effect = [](int arm, const double* x) {
    return arm == 0 ? (x[0] > 0 && x[1] > 0 ? 1.0 : 0.0) : (x[2] * x[0] > 0 ? -0.5 : 0.5);
  };
  const Made data = made(6000, 2, 0.5, effect);
  const UpliftModel model = train_uplift(data.features, data.experiment, 42, {});
  CHECK(model.method != UpliftMethod::kLinear);
  CHECK(model.method != UpliftMethod::kSame);
  REQUIRE(model.arms() == 2);
  CHECK(distance(said(model, data, 0), data.effects[0]) < 0.2);  // the average: 0.43
  CHECK(distance(said(model, data, 1), data.effects[1]) < 0.3);  // the average: 0.5
}

TEST_CASE("an effect that is the same for all is said nearly so") {
  const Made data = made(4000, 1, 1.0, [](int, const double*) { return 0.4; });
  const UpliftModel model = train_uplift(data.features, data.experiment, 42, {});
  CHECK(distance(said(model, data, 0), data.effects[0]) < 0.12);
}

TEST_CASE("an arm with too few rows is refused") {
  Made data = made(400, 1, 1.0, [](int, const double*) { return 0.4; });
  for (std::size_t r = 0; r < 360; ++r) data.experiment.arm[r] = 0;
  CHECK_THROWS_AS(train_uplift(data.features, data.experiment, 42, {}), Error);
}

TEST_CASE("a mailing: whom which letter moves, and the file says what the report says") {
  const Mailing data = mailing(6000);
  const UpliftResult result = learn(data, options_for(data));
  const Json& report = result.report;
  CHECK(report["arms"] == Json({"letter", "gift"}));
  CHECK(report["control"] == "none");
  CHECK(report["target_is_share"] == true);
  CHECK(report["balance"]["auc"].get<double>() > 0.45);
  // Written down after the treatment: it would tell who was treated.
  CHECK(column_of(report, "seen")["used"] == false);
  CHECK(column_of(report, "seen")["reason"].get<std::string>().find("differs between the arms") !=
        std::string::npos);
  CHECK(column_of(report, "mailing")["reason"] == "it is the treatment");
  for (const char* name : {"visits", "spent", "source", "member"}) {
    CHECK(column_of(report, name)["used"] == true);
  }
  for (const Json& effect : report["effects"]) {
    CHECK(effect["intervals"]["qini"][0].get<double>() > 0);
    CHECK(effect["groups"].size() == 10);
    CHECK(effect["curve"].front() == Json({0.0, 0.0}));
  }
  CHECK(report["importance"].size() == 4);

  const std::vector<std::uint8_t> bytes(result.model.begin(), result.model.end());
  const auto plan = graph::Plan::open(bytes, "uplift.onnx", ops::registry());
  graph::Workspace workspace;
  const RawTable table = data.table();
  for (const Json& example : report["examples"]) {
    const auto row = example["row"].get<std::size_t>();
    std::vector<float> numbers(plan->inputs().size());
    std::vector<std::string_view> texts(plan->inputs().size());
    std::vector<graph::TensorView> inputs;
    for (std::size_t i = 0; i < plan->inputs().size(); ++i) {
      const RawColumn& column = table.columns[data.place(plan->inputs()[i].name)];
      if (column.kind == ColumnKind::kCategory) {
        texts[i] = column.levels[static_cast<std::size_t>(column.cells[row])];
        inputs.push_back({graph::DataType::kString, {1, 1}, &texts[i]});
      } else {
        numbers[i] = static_cast<float>(column.cells[row]);
        inputs.push_back({graph::DataType::kFloat, {1, 1}, &numbers[i]});
      }
    }
    std::vector<graph::TensorView> outputs(1);
    graph::run(*plan, workspace, inputs, outputs);
    REQUIRE(outputs[0].shape.elements() == 2);
    for (std::size_t a = 0; a < 2; ++a) {
      CHECK(static_cast<double>(outputs[0].as<float>()[a]) ==
            Approx(example["uplift"][a].get<double>()).margin(1e-6));
    }
  }
}

TEST_CASE("a treatment that was chosen instead of drawn is refused, and the column named") {
  const Mailing data = mailing(6000, true);
  try {
    learn(data, options_for(data));
    FAIL("trained on what is no experiment");
  } catch (const Error& error) {
    const std::string text = error.what();
    CHECK(text.find("does not look drawn by chance") != std::string::npos);
    CHECK(text.find("\"visits\"") != std::string::npos);
  }
}

TEST_CASE("a column that differs between the arms is used where its owner says so") {
  const Mailing data = mailing(4000);
  UpliftOptions options = options_for(data);
  options.keep = {"seen"};
  const Json report = learn(data, options).report;
  CHECK(column_of(report, "seen")["used"] == true);
  CHECK(report["warnings"].dump().find("is kept") != std::string::npos);
}

TEST_CASE("what is no experiment is refused with what was found") {
  const Mailing data = mailing(600);
  const auto refused = [&](auto change, std::string_view expected) {
    Mailing changed = data;
    UpliftOptions options = options_for(data);
    change(changed, options);
    CAPTURE(std::string(expected));
    try {
      learn(changed, options);
      FAIL("trained");
    } catch (const Error& error) {
      const std::string text = error.what();
      CAPTURE(text);
      CHECK(text.find(expected) != std::string::npos);
    }
  };
  const std::size_t treatment = data.place("mailing");
  const std::size_t target = data.place("bought");
  refused([&](Mailing& of, UpliftOptions&) { of.cells[treatment * 600 + 7] = kNone; },
          "the treatment is missing");
  refused([&](Mailing& of, UpliftOptions&) { of.cells[target * 600 + 7] = kNone; },
          "the target is missing");
  refused([&](Mailing&, UpliftOptions& options) { options.treatment = options.target; },
          "no column of arms");
  refused([&](Mailing&, UpliftOptions& options) { options.control = 3; }, "no such control");
  refused(
      [&](Mailing& of, UpliftOptions&) {
        for (std::size_t r = 0; r < 600; ++r) {
          double& cell = of.cells[treatment * 600 + r];
          if (cell == 2 && r > 20) cell = 1;
        }
      },
      "too few rows");
  refused([&](Mailing&, UpliftOptions& options) { options.target = data.place("source"); },
          "another sort");
}

TEST_CASE("options of uplift are read strictly") {
  const std::string columns =
      R"("columns":[{"name":"x","kind":"number"},{"name":"t","kind":"category","levels":["a","b"]},)"
      R"({"name":"y","kind":"number"}])";
  const UpliftOptions options = parse_uplift_options(
      "{" + columns + R"(,"target":2,"treatment":1,"control":1,"keep":["x"],"seed":7})");
  CHECK(options.target == 2);
  CHECK(options.treatment == 1);
  CHECK(options.control == 1);
  CHECK(options.keep == std::vector<std::string>{"x"});
  CHECK(options.seed == 7);
  CHECK(options.test_share == 0.3);
  CHECK_THROWS_AS(parse_uplift_options("{" + columns + R"(,"target":3,"treatment":1,"control":0})"),
                  Error);
  CHECK_THROWS_AS(parse_uplift_options("{" + columns + R"(,"target":2,"treatment":1})"), Error);
  CHECK_THROWS_AS(
      parse_uplift_options("{" + columns +
                           R"(,"target":2,"treatment":1,"control":0,"split":"time","time":1})"),
      Error);
  CHECK_THROWS_AS(parse_uplift_options("{" + columns +
                                       R"(,"target":2,"treatment":1,"control":0,"split":"odd"})"),
                  Error);
}
