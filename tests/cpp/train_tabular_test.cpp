// From columns to a model's file: which columns are used, how they are written as numbers, that the
// engine computes from raw cells what the report says, and what is refused.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "catch.h"
#include "graph/plan.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "support/error.h"
#include "train/columns.h"
#include "train/dependence.h"
#include "train/encoder.h"
#include "train/encoder_model.h"
#include "train/math.h"
#include "train/tabular.h"

using namespace storewise;
using namespace storewise::train;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// A table that grows column by column and keeps its cells.
struct Data {
  std::size_t rows;
  std::vector<RawColumn> columns;
  std::vector<double> cells;  // [columns][rows]

  void add(const std::string& name, ColumnKind kind, std::vector<double> values,
           std::vector<std::string> levels = {}) {
    REQUIRE(values.size() == rows);
    columns.push_back({name, kind, {}, std::move(levels)});
    cells.insert(cells.end(), values.begin(), values.end());
  }
  RawTable table() const {
    RawTable table{rows, columns};
    for (std::size_t c = 0; c < columns.size(); ++c) {
      table.columns[c].cells = std::span(cells).subspan(c * rows, rows);
    }
    return table;
  }
};

template <typename Value>
std::vector<double> each(std::size_t rows, Value&& value) {
  std::vector<double> values;
  for (int i = 0; i < static_cast<int>(rows); ++i) values.push_back(value(i));
  return values;
}

std::vector<std::uint32_t> first_rows(std::size_t rows) {
  std::vector<std::uint32_t> all(rows);
  for (std::uint32_t i = 0; i < rows; ++i) all[i] = i;
  return all;
}

// Visits of a shop: a number with gaps, a category with rare levels, one with many, a date with a
// time, a boolean, and a target that follows some of them with noise.
Data shop(std::size_t rows, bool classes) {
  Random random(11);
  Data data{rows, {}, {}};
  std::vector<double> pages, spent, source, page, joined, member, target;
  const std::vector<std::string> sources{"mail", "search", "social", "direct", "print", "fair"};
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) names.push_back("page " + std::to_string(i));
  for (std::size_t i = 0; i < rows; ++i) {
    pages.push_back(random.below(30));
    spent.push_back(random.below(10) == 0 ? kNone : random.uniform() * 100 - 20);
    const std::uint32_t s = random.below(40);
    source.push_back(s >= 36 ? (s == 39 ? kNone : 4 + (s - 36) % 2) : s % 4);
    page.push_back(random.below(60));
    joined.push_back(random.below(20) == 0 ? kNone : 15000 + random.below(4000) + random.uniform());
    member.push_back(random.below(2));
    const double spend = std::isnan(spent.back()) ? 30 : spent.back();
    const double score = 0.2 * pages.back() + 0.03 * spend + (source.back() == 1 ? 2 : 0) +
                         (page.back() < 20 ? 1.5 : 0) + member.back() + random.uniform() * 2;
    target.push_back(classes ? (score > 8 ? 2 : (score > 5.5 ? 1 : 0)) : score);
  }
  data.add("pages", ColumnKind::kNumber, pages);
  data.add("spent", ColumnKind::kNumber, spent);
  data.add("source", ColumnKind::kCategory, source, sources);
  data.add("page", ColumnKind::kCategory, page, names);
  data.add("joined", ColumnKind::kDate, joined);
  data.add("member", ColumnKind::kBoolean, member, {"no", "yes"});
  if (classes) {
    data.add("label", ColumnKind::kCategory, target, {"low", "middle", "high"});
  } else {
    data.add("label", ColumnKind::kNumber, target);
  }
  return data;
}

TableOptions options_for(const Data& data, TableKind kind, bool classes) {
  TableOptions options;
  options.columns = data.columns;
  options.target = data.columns.size() - 1;
  options.classes = classes;
  options.trainer.kind = kind;
  options.trainer.trees = 12;
  options.trainer.rounds = 15;
  return options;
}

// Runs a model's file on raw cells, as a page does.
struct Opened {
  explicit Opened(const std::string& model)
      : bytes(model.begin(), model.end()),
        plan(graph::Plan::open(bytes, "trained.onnx", ops::registry())) {}

  void run(const RawTable& table, std::span<const std::uint32_t> rows) {
    std::vector<std::vector<float>> numbers;
    std::vector<std::vector<std::string_view>> texts;
    std::vector<graph::TensorView> inputs;
    numbers.reserve(plan->inputs().size());
    texts.reserve(plan->inputs().size());
    const auto n = static_cast<std::int64_t>(rows.size());
    for (const auto& input : plan->inputs()) {
      const auto column = std::find_if(
          table.columns.begin(), table.columns.end(),
          [&](const RawColumn& c) { return c.name == input.name || c.name + "_" == input.name; });
      REQUIRE(column != table.columns.end());
      if (column->kind == ColumnKind::kCategory) {
        texts.emplace_back();
        for (const std::uint32_t row : rows) {
          const double cell = column->cells[row];
          texts.back().push_back(std::isnan(cell) ? std::string_view()
                                                  : column->levels[static_cast<int>(cell)]);
        }
        inputs.push_back({graph::DataType::kString, {n, 1}, texts.back().data()});
      } else {
        numbers.emplace_back();
        for (const std::uint32_t row : rows) {
          numbers.back().push_back(static_cast<float>(column->cells[row]));
        }
        inputs.push_back({graph::DataType::kFloat, {n, 1}, numbers.back().data()});
      }
    }
    outputs.resize(plan->outputs().size());
    graph::run(*plan, workspace, inputs, outputs);
  }

  std::vector<std::uint8_t> bytes;
  std::unique_ptr<const graph::Plan> plan;
  graph::Workspace workspace;
  std::vector<graph::TensorView> outputs;
};

std::string failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was refused";
}

}  // namespace

TEST_CASE("ids, leaks, empty and constant columns are found and told by what is wrong") {
  const std::size_t rows = 200;
  Data data{rows, {}, {}};
  const auto label = [](int i) { return i * 7 % 3 == 0 ? 1.0 : 0.0; };
  data.add("customer_id", ColumnKind::kNumber, each(rows, [](int i) { return 1e6 + i * 17.0; }));
  data.add("line", ColumnKind::kNumber, each(rows, [](int i) { return 500.0 - i; }));
  data.add("code", ColumnKind::kCategory, each(rows, [](int i) { return i; }),
           std::vector<std::string>(rows, "x"));
  data.add("empty", ColumnKind::kNumber, each(rows, [](int) { return kNone; }));
  data.add("constant", ColumnKind::kNumber, each(rows, [](int) { return 3.0; }));
  data.add("bought", ColumnKind::kBoolean, each(rows, [&](int i) { return 1 - label(i); }),
           {"no", "yes"});
  data.add("status", ColumnKind::kCategory,
           each(rows, [&](int i) { return label(i) + (i % 2) * 2.0; }), {"a", "b", "c", "d"});
  data.add("margin", ColumnKind::kNumber,
           each(rows, [&](int i) { return label(i) * 100 + i % 50 + 0.5; }));
  data.add("pages", ColumnKind::kNumber, each(rows, [](int i) { return i * 13 % 29; }));
  data.add("price", ColumnKind::kNumber, each(rows, [](int i) { return i * 0.25 + 0.125; }));
  data.add("target", ColumnKind::kBoolean, each(rows, label), {"no", "yes"});
  const RawTable table = data.table();
  Target target;
  target.classes = 2;
  for (int i = 0; i < static_cast<int>(rows); ++i) target.labels.push_back(label(i) > 0 ? 1 : 0);
  std::vector<bool> keep(data.columns.size(), false);
  const auto all = first_rows(rows);
  const std::vector<Finding> found = examine(table, target, all, 10, keep);
  const auto is = [&](std::size_t c, bool used, const std::string& reason) {
    INFO(data.columns[c].name + ": " + found[c].reason);
    CHECK(found[c].used == used);
    CHECK_THAT(found[c].reason, ContainsSubstring(reason));
  };
  is(0, false, "an id");
  is(1, false, "counts the rows");
  is(2, false, "an id");
  is(3, false, "empty");
  is(4, false, "the same in every row");
  is(5, false, "the target under other names");
  is(6, false, "gives the target away");
  is(7, true, "");
  CHECK_THAT(found[7].warning, ContainsSubstring("tells the classes apart"));
  is(8, true, "");
  is(9, true, "");
  is(10, false, "what is learnt");
  CHECK(found[8].distinct == 29);
  CHECK((found[9].least == 0.125 && found[9].most == 49.875));
  keep.assign(keep.size(), true);
  const std::vector<Finding> kept = examine(table, target, all, 10, keep);
  for (const std::size_t c : {0, 1, 2, 5, 6}) CHECK(kept[c].used);
  CHECK_FALSE(kept[3].used);
  CHECK_FALSE(kept[4].used);

  Target numbers;
  numbers.numbers = each(rows, [](int i) { return std::sin(0.3 * i) * 40; });
  Data more{rows, {}, {}};
  more.add("in pence", ColumnKind::kNumber,
           each(rows, [&](int i) { return 5 - 100 * numbers.numbers[i]; }));
  more.add("near", ColumnKind::kNumber,
           each(rows, [&](int i) { return numbers.numbers[i] + i % 3; }));
  const std::vector<Finding> of_numbers =
      examine(more.table(), numbers, all, 9, std::vector<bool>(2, false));
  CHECK_FALSE(of_numbers[0].used);
  CHECK_THAT(of_numbers[0].reason, ContainsSubstring("other units"));
  CHECK(of_numbers[1].used);
}

TEST_CASE("an encoder knows the rows that it was fitted on and no others") {
  Data data{8, {}, {}};
  data.add("x", ColumnKind::kNumber, {1, 5, kNone, 2, 10, 900, 800, kNone});
  data.add("c", ColumnKind::kCategory, {0, 0, 1, 1, kNone, 2, 2, 2}, {"a", "b", "new"});
  const RawTable table = data.table();
  Target target;
  target.numbers = {0, 1, 2, 3, 4, 5, 6, 7};
  FeatureTable training;
  EncoderSettings settings;
  const std::vector<std::uint32_t> rows{0, 1, 2, 3, 4};
  const Encoder encoder = fit_encoder(table, target, rows, {true, true}, settings, training);
  REQUIRE(encoder.features.size() == 4);
  CHECK(encoder.features[0].name == "x");
  CHECK(encoder.features[1].name == "c = a");
  CHECK(encoder.features[2].name == "c = b");
  CHECK(encoder.features[3].name == "c = (1 rare)");  // the one missing cell
  CHECK(encoder.codes[0].fill == std::vector<float>{3.5f});
  CHECK(std::vector<float>(training.column(0).begin(), training.column(0).end()) ==
        std::vector<float>{1, 5, 3.5f, 2, 10});
  const std::vector<std::uint32_t> others{5, 7};
  const FeatureTable encoded = encode(encoder, table, others);
  CHECK(encoded.values == std::vector<float>{900, 3.5f, 0, 0, 0, 0, 0, 0});
  EncoderSettings scaled = settings;
  scaled.scale = true;
  const Encoder scaling = fit_encoder(table, target, rows, {true, false}, scaled, training);
  double sum = 0;
  double square = 0;
  for (const float value : training.column(0)) {
    sum += value;
    square += value * value;
  }
  CHECK(sum == Approx(0).margin(1e-6));
  CHECK(square == Approx(5).epsilon(1e-5));
  CHECK_THROWS_AS(fit_encoder(table, target, rows, {false, false}, settings, training), Error);
}

TEST_CASE("a row's rate is learnt from other rows, a level's from all") {
  const std::size_t rows = 400;
  Data data{rows, {}, {}};
  std::vector<std::string> names;
  for (int i = 0; i < 50; ++i) names.push_back("level " + std::to_string(i));
  data.add("c", ColumnKind::kCategory, each(rows, [](int i) { return i % 50; }), names);
  Target target;
  for (std::size_t i = 0; i < rows; ++i) target.numbers.push_back(i % 50 < 25 ? 100.0 : 0.0);
  target.numbers[0] = 1e6;
  FeatureTable training;
  const Encoder encoder = fit_encoder(data.table(), target, first_rows(rows), {true}, {}, training);
  REQUIRE(encoder.features.size() == 1);
  CHECK(encoder.features[0].part == Part::kRate);
  // Row 0 alone is enormous: its own feature must not show it, its level's rate must.
  CHECK(training.at(0, 0) < 3000);
  CHECK(training.at(50, 0) > 10000);
  CHECK(encoder.codes[0].rates[0] > 30000);
  CHECK(encoder.codes[0].rates[1] > encoder.codes[0].rates[40]);
}

TEST_CASE("dates have the weekday, month and hour of the calendar") {
  // Day 0 was Thursday, 1 January 1970; 19782 is Thursday, 29 February 2024.
  CHECK(date_part(Part::kWeekday, 0.0f) == 3);
  CHECK(date_part(Part::kMonth, 0.0f) == 1);
  CHECK(date_part(Part::kMonth, -1.0f) == 12);
  CHECK(date_part(Part::kWeekday, -4.0f) == 6);
  CHECK(date_part(Part::kMonth, 19782.0f) == 2);
  CHECK(date_part(Part::kWeekday, 19782.0f) == 3);
  CHECK(date_part(Part::kMonth, 19783.0f) == 3);
  CHECK(date_part(Part::kHour, 19782.0f) == 0);
  // Every day of four centuries has the month that counting gives.
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  float day = -62091;  // 1 January 1800
  std::size_t wrong = 0;
  for (int year = 1800; year < 2200; ++year) {
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    for (int month = 0; month < 12; ++month) {
      const int days = kDays[month] + (leap && month == 1 ? 1 : 0);
      for (int d = 0; d < days; ++d, ++day) {
        wrong += date_part(Part::kMonth, day) != static_cast<float>(month + 1) ? 1 : 0;
        wrong += date_part(Part::kDay, day) != day ? 1 : 0;
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(day == 84006);  // 1 January 2200
  for (int hour = 0; hour < 24; ++hour) {
    const auto at = static_cast<float>(19782 + hour / 24.0);
    CHECK(date_part(Part::kHour, at) == static_cast<float>(hour));
    CHECK(date_part(Part::kDay, at) == 19782);
    CHECK(date_part(Part::kHour, static_cast<float>(19782 + hour / 24.0 + 50 / 1440.0)) ==
          static_cast<float>(hour));
  }
}

TEST_CASE("the graph computes the encoder's numbers from raw cells") {
  const Data data = shop(300, true);
  const RawTable table = data.table();
  Target target;
  target.classes = 3;
  for (const double label : table.columns.back().cells) {
    target.labels.push_back(static_cast<std::int32_t>(label));
  }
  std::vector<bool> used(table.columns.size(), true);
  used.back() = false;
  const std::vector<std::uint32_t> fitted = first_rows(240);
  for (const bool fill : {true, false}) {
    EncoderSettings settings;
    settings.fill_missing = fill;
    settings.scale = fill;
    FeatureTable training;
    const Encoder encoder = fit_encoder(table, target, fitted, used, settings, training);
    std::set<Part> parts;
    for (const Feature& feature : encoder.features) parts.insert(feature.part);
    CHECK(parts.size() == (fill ? 8u : 7u));  // every sort of feature; kMissing when filled
    onnx::ModelWriter writer("encoder");
    const std::string features =
        add_encoder(writer, encoder, table, input_names(encoder, table, {"label"}));
    writer.add_output(features, onnx::DataType::kFloat, {"n", encoder.features.size()});
    Opened opened(writer.bytes());
    const std::vector<std::uint32_t> rows = first_rows(300);
    opened.run(table, rows);
    const FeatureTable expected = encode(encoder, table, rows);
    const float* computed = opened.outputs[0].as<float>();
    std::map<std::string, std::size_t> wrong;
    for (std::size_t row = 0; row < expected.rows; ++row) {
      for (std::size_t f = 0; f < expected.columns; ++f) {
        const float a = computed[row * expected.columns + f];
        const float b = expected.at(row, f);
        // Trees compare, so theirs are equal; scaling may be rounded once less.
        const bool same = a == b || (std::isnan(a) && std::isnan(b)) ||
                          (settings.scale && std::fabs(a - b) <= 3e-7f * (1 + std::fabs(b)));
        if (!same) ++wrong[encoder.features[f].name];
      }
    }
    for (const auto& [name, count] : wrong) {
      INFO(name << ": " << count);
      CHECK(count == 0);
    }
  }
}

TEST_CASE("every kind learns, and its file answers raw cells as its report says") {
  for (const bool classes : {true, false}) {
    const Data data = shop(700, classes);
    for (const TableKind kind : {TableKind::kTree, TableKind::kForest, TableKind::kBoosted,
                                 TableKind::kSvm, TableKind::kLinear, TableKind::kLogistic}) {
      const TableOptions options = options_for(data, kind, classes);
      INFO(std::string(name_of(kind)) << (classes ? " of classes" : " of numbers"));
      if (kind == (classes ? TableKind::kLinear : TableKind::kLogistic)) {
        CHECK_THAT(failure([&] { train_table(data.cells, data.rows, options, {}); }),
                   ContainsSubstring("cannot learn the target"));
        continue;
      }
      const TableResult result = train_table(data.cells, data.rows, options, {});
      const Json& report = result.report;
      CHECK(report["split"]["test"] == 140);
      const std::string figure = classes ? "accuracy" : "r2";
      const double value = report["metrics"][figure];
      CHECK(value > report["baseline"]["metrics"][figure].get<double>() + 0.15);
      CHECK(report["intervals"][figure][0].get<double>() < value);
      CHECK(report["intervals"][figure][1].get<double>() > value);
      CHECK(report["importance"][0]["column"] == "pages");

      Opened opened(result.model);
      const JsonDocument metadata(std::string(opened.plan->metadata("storewise")), "metadata");
      CHECK(metadata.root().at("kind").string() == name_of(kind));
      CHECK(metadata.root().at("columns").size() == opened.plan->inputs().size());
      std::vector<std::uint32_t> rows;
      for (const Json& example : report["examples"]) rows.push_back(example["row"]);
      opened.run(data.table(), rows);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const Json& example = report["examples"][i];
        if (classes) {
          CHECK(opened.outputs[0].as<std::string_view>()[i] == example["label"].get<std::string>());
          for (std::size_t k = 0; k < 3; ++k) {
            CHECK(opened.outputs[1].as<float>()[i * 3 + k] ==
                  Approx(example["probabilities"][k].get<double>()).margin(1e-5));
          }
        } else {
          CHECK(opened.outputs[0].as<float>()[i] ==
                Approx(example["value"].get<double>()).epsilon(1e-5).margin(1e-5));
        }
      }
      // The same again gives the same bytes.
      CHECK(train_table(data.cells, data.rows, options, {}).model == result.model);
    }
  }
}

TEST_CASE("the metadata knows what an ordinary row of the training part has") {
  Data data{100, {}, {}};
  // The last 40 rows are tested: what is usual there is not what is usual.
  const auto late = [](int i) { return i >= 60; };
  const auto part = [&](double usual, double other, double tested) {
    return each(100, [=](int i) { return late(i) ? tested : (i % 5 < 3 ? usual : other); });
  };
  data.add("pages", ColumnKind::kNumber, each(100, [&](int i) { return late(i) ? 900 : 2 * i; }));
  data.add("source", ColumnKind::kCategory, part(1, 0, 2), {"mail", "search", "social"});
  data.add("coupon", ColumnKind::kCategory, part(kNone, 0, 0), {"summer"});
  data.add("member", ColumnKind::kBoolean, part(1, 0, 0), {"no", "yes"});
  data.add("day", ColumnKind::kDate, part(19000, kNone, 19700));
  data.add("label", ColumnKind::kCategory, each(100, [](int i) { return i * 7 % 11 < 5 ? 1 : 0; }),
           {"no", "yes"});
  TableOptions options = options_for(data, TableKind::kSvm, true);
  options.test_rows = 40;
  const Opened opened(train_table(data.cells, data.rows, options, {}).model);
  const JsonDocument metadata(std::string(opened.plan->metadata("storewise")), "metadata");
  const JsonView columns = metadata.root().at("columns");
  CHECK(columns.size() == 5);
  CHECK(columns[0].at("usual").number() == 58);
  CHECK(columns[1].at("usual").string() == "search");
  CHECK(columns[2].at("usual").string().empty());
  CHECK(columns[3].at("usual").number() == 1);
  CHECK(columns[4].at("usual").number() == 19000);
}

TEST_CASE("a column is followed by asking about every row with its cell changed") {
  const Data data = shop(500, false);
  const RawTable table = data.table();
  Target target;
  target.numbers.assign(table.columns.back().cells.begin(), table.columns.back().cells.end());
  const std::vector<std::uint32_t> training = first_rows(400);
  const std::vector<std::uint32_t> sample{3, 399, 7, 250, 8, 120, 61};
  const std::vector<bool> used{true, true, true, true, true, true, false};
  EncoderSettings coded;
  coded.scale = true;
  FeatureTable features;
  const Encoder encoder = fit_encoder(table, target, training, used, coded, features);
  Target learnt;
  learnt.numbers.assign(target.numbers.begin(), target.numbers.begin() + 400);
  TrainerSettings settings;
  for (const TableKind kind : {TableKind::kLinear, TableKind::kTree}) {
    settings.kind = kind;
    const auto model = train_on(features, learnt, settings, {});
    for (std::size_t c = 0; c < 6; ++c) {
      if (!can_follow(table.columns[c].kind)) continue;
      const Dependence followed = follow(*model, encoder, table, c, training, sample);
      INFO(table.columns[c].name << " by " << name_of(kind));
      CHECK(followed.column == c);
      REQUIRE(followed.points.size() >= 2);
      for (const DependencePoint& point : followed.points) {
        // By another way: a table of the sample's rows, encoded as a whole.
        Data changed{sample.size(), {}, {}};
        for (std::size_t k = 0; k < table.columns.size(); ++k) {
          const RawColumn& column = table.columns[k];
          std::vector<double> cells;
          for (const std::uint32_t row : sample) {
            cells.push_back(k == c ? point.at : column.cells[row]);
          }
          changed.add(column.name, column.kind, cells, column.levels);
        }
        std::vector<double> said =
            model->answer(encode(encoder, changed.table(), first_rows(sample.size()))).numbers;
        double mean = 0;
        for (const double number : said) mean += number / 7;
        std::sort(said.begin(), said.end());
        CHECK(point.mean[0] == Approx(mean).epsilon(1e-12));
        CHECK(point.p25[0] == Approx((said[1] + said[2]) / 2));
        CHECK(point.p75[0] == Approx((said[4] + said[5]) / 2));
        CHECK(point.p10[0] == Approx(said[0] + 0.6 * (said[1] - said[0])));
        CHECK(point.p90[0] == Approx(said[5] + 0.4 * (said[6] - said[5])));
      }
    }
  }
}

TEST_CASE("a column is followed where its values lie") {
  Data data{1000, {}, {}};
  // Nine in ten are 0, the others reach far.
  data.add("spent", ColumnKind::kNumber, each(1000, [](int i) {
             return i % 10 == 0 ? i / 10 + 0.5 : (i % 50 == 1 ? kNone : 0);
           }));
  data.add(
      "level", ColumnKind::kCategory,
      each(1000, [](int i) { return i % 3 == 0 ? 2 : (i % 3 == 1 ? i % 15 + 3 : 0); }),
      {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"});
  data.add("label", ColumnKind::kNumber, each(1000, [](int i) { return i % 7 + (i % 10) * 2; }));
  const RawTable table = data.table();
  Target target;
  target.numbers.assign(table.columns[2].cells.begin(), table.columns[2].cells.end());
  const std::vector<std::uint32_t> rows = first_rows(1000);
  FeatureTable features;
  const Encoder encoder = fit_encoder(table, target, rows, {true, true, false}, {}, features);
  const auto model = train_on(features, target, {}, {});
  const std::vector<std::uint32_t> sample = first_rows(10);
  const std::vector<DependencePoint> spent = follow(*model, encoder, table, 0, rows, sample).points;
  CHECK(spent.front().at == 0);
  CHECK(spent.size() > 10);
  CHECK(std::isnan(spent.back().at));
  CHECK(spent.back().share == Approx(0.02));
  for (std::size_t i = 1; i + 1 < spent.size(); ++i) CHECK(spent[i].at > spent[i - 1].at);
  CHECK(spent[spent.size() - 2].at < 99);  // the last values of all are left out
  const Dependence level = follow(*model, encoder, table, 1, rows, sample);
  CHECK(level.deciles.empty());
  CHECK(level.points.size() == 7);  // of 18 levels 11 never occur
  CHECK(level.points[0].at == 2);
  CHECK(level.points[0].share == Approx(0.334));
  CHECK(level.points[1].at == 0);
}

TEST_CASE("the report follows the weightiest columns, of two classes the second") {
  const Data data = shop(700, true);
  const TableOptions options = options_for(data, TableKind::kForest, true);
  const Json report = train_table(data.cells, data.rows, options, {}).report;
  const Json& followed = report["dependence"];
  CHECK(followed["answers"] == Json::array({"low", "middle", "high"}));
  CHECK(followed["rows"] == 300);
  REQUIRE(followed["columns"].size() >= 3);
  CHECK(followed["columns"][0]["column"] == report["importance"][0]["column"]);
  for (const Json& column : followed["columns"]) {
    CHECK(column["kind"] != "date");
    for (const Json& point : column["points"]) {
      const double sum = point["mean"][0].get<double>() + point["mean"][1].get<double>() +
                         point["mean"][2].get<double>();
      CHECK(sum == Approx(1));
      CHECK(point["p10"][2].get<double>() <= point["p25"][2].get<double>());
      CHECK(point["p75"][2].get<double>() <= point["p90"][2].get<double>());
    }
  }
  // More pages, more of the high ones.
  const Json& pages = followed["columns"][0]["points"];
  CHECK(pages.back()["mean"][2].get<double>() > pages.front()["mean"][2].get<double>() + 0.2);

  Data two = data;
  two.columns.back().levels = {"no", "yes"};
  for (std::size_t i = two.cells.size() - two.rows; i < two.cells.size(); ++i) {
    two.cells[i] = two.cells[i] > 0 ? 1 : 0;
  }
  const Json halves =
      train_table(two.cells, two.rows, options_for(two, TableKind::kTree, true), {}).report;
  CHECK(halves["dependence"]["answers"] == Json::array({"yes"}));
  const Json& some = halves["dependence"]["columns"][0]["points"];
  CHECK(some[0]["mean"].size() == 1);
  CHECK(some.back()["mean"][0].get<double>() > some.front()["mean"][0].get<double>());
}

TEST_CASE("of very many columns those that the model leans on are weighed") {
  Data data{120, {}, {}};
  Random random(5);
  for (int c = 0; c < 230; ++c) {
    data.add("c" + std::to_string(c), ColumnKind::kNumber,
             each(120, [&](int) { return random.uniform(); }));
  }
  const double* const told = data.cells.data() + 225 * 120;
  data.add("label", ColumnKind::kCategory,
           each(120, [&](int i) { return told[i] + 0.2 * random.uniform() > 0.6 ? 1 : 0; }),
           {"no", "yes"});
  for (const TableKind kind : {TableKind::kTree, TableKind::kForest, TableKind::kBoosted,
                               TableKind::kSvm, TableKind::kLogistic}) {
    const Json report =
        train_table(data.cells, data.rows, options_for(data, kind, true), {}).report;
    INFO(name_of(kind));
    CHECK(report["importance"].size() == 200);
    CHECK(report["importance"][0]["column"] == "c225");
    CHECK(report["warnings"].back().get<std::string>() ==
          "of 230 columns only the 200 that the model leans on most were weighed");
  }
}

TEST_CASE("test rows, time, cross-validation and class weights do what they say") {
  const Data data = shop(600, true);
  TableOptions options = options_for(data, TableKind::kTree, true);
  options.test_rows = 100;
  options.folds = 3;
  const Json by_file = train_table(data.cells, data.rows, options, {}).report;
  CHECK(by_file["split"]["kind"] == "file");
  CHECK(by_file["split"]["test"] == 100);
  CHECK(by_file["examples"][0]["row"] == 500);
  CHECK(by_file["cross_validation"]["folds"] == 3);
  const double mean = by_file["cross_validation"]["metrics"]["accuracy"]["mean"];
  CHECK(mean == Approx(by_file["metrics"]["accuracy"].get<double>()).margin(0.2));

  options = options_for(data, TableKind::kBoosted, true);
  options.split = "time";
  options.time = 4;
  options.folds = 2;
  const Json by_time = train_table(data.cells, data.rows, options, {}).report;
  CHECK(by_time["split"]["kind"] == "time");
  CHECK(by_time["split"]["column"] == "joined");
  const double cut = by_time["split"]["first_tested"];
  const auto joined = data.table().columns[4].cells;
  CHECK(std::count_if(joined.begin(), joined.end(), [&](double t) { return t >= cut; }) ==
        by_time["split"]["test"].get<int>());
  // Later days lie beyond those learnt from: the day is no feature then, weekday and month are.
  CHECK(by_time["columns"][4]["encoding"] == "weekday, month, hour");

  Data counted = data;
  counted.add("step", ColumnKind::kNumber, each(data.rows, [](int i) { return i % 200; }));
  std::swap(counted.columns[6], counted.columns[7]);
  std::swap_ranges(counted.cells.begin() + 6 * 600, counted.cells.begin() + 7 * 600,
                   counted.cells.begin() + 7 * 600);
  options = options_for(counted, TableKind::kTree, true);
  options.split = "time";
  options.time = 6;
  const Json by_step = train_table(counted.cells, counted.rows, options, {}).report;
  CHECK_THAT(by_step["columns"][6]["reason"].get<std::string>(), ContainsSubstring("only grows"));

  options = options_for(data, TableKind::kLogistic, true);
  const double plain =
      train_table(data.cells, data.rows, options, {}).report["metrics"]["balanced_accuracy"];
  options.trainer.balanced = true;
  const Json balanced = train_table(data.cells, data.rows, options, {}).report;
  CHECK(balanced["settings"]["class_weight"] == "balanced");
  CHECK(balanced["metrics"]["balanced_accuracy"].get<double>() != plain);
}

TEST_CASE("columns may be called like the outputs") {
  Data data = shop(200, false);
  data.columns[0].name = "value";
  data.columns[1].name = "#odd";
  data.columns[5].name = "label";
  data.columns.back().name = "target";
  const TableResult result =
      train_table(data.cells, data.rows, options_for(data, TableKind::kLinear, false), {});
  Opened opened(result.model);
  std::set<std::string> names;
  for (const auto& input : opened.plan->inputs()) names.insert(std::string(input.name));
  CHECK(names ==
        std::set<std::string>{"value_", "column #odd", "source", "page", "joined", "label_"});
}

TEST_CASE("what cannot be learnt is refused by name") {
  const Data data = shop(60, true);
  const auto with = [&](const std::function<void(Data&, TableOptions&)>& change) {
    Data other = data;
    TableOptions options = options_for(data, TableKind::kTree, true);
    change(other, options);
    options.columns = other.columns;
    return failure([&] { train_table(other.cells, other.rows, options, {}); });
  };
  CHECK_THAT(with([](Data& d, TableOptions&) {
               for (std::size_t i = 0; i < d.rows; ++i) d.cells[6 * d.rows + i] = 1;
             }),
             ContainsSubstring("one class alone") && ContainsSubstring("middle"));
  CHECK_THAT(with([](Data& d, TableOptions&) {
               for (std::size_t i = 0; i < d.rows; ++i) d.cells[6 * d.rows + i] = i == 7 ? 2 : 1;
             }),
             ContainsSubstring("one row of \"high\""));
  CHECK_THAT(with([](Data& d, TableOptions&) { d.cells[6 * d.rows + 5] = kNone; }),
             ContainsSubstring("target is missing"));
  CHECK_THAT(with([](Data& d, TableOptions&) { d.cells[2 * d.rows + 5] = 17; }),
             ContainsSubstring("source, row 5"));
  CHECK_THAT(with([](Data& d, TableOptions&) { d.cells[5] = 1e300; }),
             ContainsSubstring("out of range"));
  CHECK_THAT(with([](Data& d, TableOptions&) { d.cells.pop_back(); }),
             ContainsSubstring("do not fill the table"));
  CHECK_THAT(with([](Data& d, TableOptions& o) { o.test_rows = d.rows; }),
             ContainsSubstring("nothing to learn from"));
  CHECK_THAT(with([](Data&, TableOptions& o) { o.classes = false; }),
             ContainsSubstring("another sort"));
  CHECK_THAT(with([](Data& d, TableOptions& o) {
               d.columns.erase(d.columns.begin(), d.columns.end() - 1);
               d.cells.erase(d.cells.begin(), d.cells.end() - static_cast<int>(d.rows));
               o.target = 0;
             }),
             ContainsSubstring("no column is left"));
}

TEST_CASE("options that do not fit are refused by their path") {
  const auto fails = [](const std::string& json) {
    return failure([&] { parse_table_options(json); });
  };
  const std::string columns =
      R"("columns":[{"name":"a","kind":"number"},{"name":"b","kind":"boolean","levels":["n","y"]}])";
  const auto options = parse_table_options(
      R"({"kind":"forest","target":1,"classes":true,"folds":5,"trees":7,)" + columns + "}");
  CHECK(options.trainer.kind == TableKind::kForest);
  CHECK(options.trainer.trees == 7u);
  CHECK(options.folds == 5);
  CHECK(options.columns[1].levels[1] == "y");
  CHECK_THAT(fails(R"({"kind":"bush","target":1,"classes":true,)" + columns + "}"),
             ContainsSubstring("$.kind"));
  CHECK_THAT(fails(R"({"kind":"tree","target":2,"classes":true,)" + columns + "}"),
             ContainsSubstring("$.target"));
  CHECK_THAT(fails(R"({"kind":"tree","target":1,"classes":true,"folds":1,)" + columns + "}"),
             ContainsSubstring("$.folds"));
  CHECK_THAT(
      fails(R"({"kind":"tree","target":1,"classes":true,"split":"time","time":1,)" + columns + "}"),
      ContainsSubstring("dates or numbers"));
  CHECK_THAT(fails(R"({"kind":"tree","target":1,"classes":true,"test_share":1,)" + columns + "}"),
             ContainsSubstring("$.test_share"));
  CHECK_THAT(fails(R"({"kind":"tree","target":0,"classes":true,"columns":[{"name":"a",)"
                   R"("kind":"boolean"}]})"),
             ContainsSubstring("name false and true"));
}
