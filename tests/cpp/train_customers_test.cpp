// What a shop's orders say of its customers: histories, features, segments, cutoffs, and the models
// that are learnt from them.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "catch.h"
#include "graph/invocation.h"
#include "graph/plan.h"
#include "ops/registry.h"
#include "support/error.h"
#include "train/customer_file.h"
#include "train/customer_models.h"
#include "train/customers.h"
#include "train/math.h"

namespace storewise::train {
namespace {

constexpr double kDay = 86400.0;

// Order lines that are added one by one.
struct Shop {
  std::vector<std::int32_t> customer;
  std::vector<std::int32_t> order;
  std::vector<std::int32_t> item;
  std::vector<double> quantity;
  std::vector<double> price;
  std::vector<double> time;

  void add(int who, int number, int what, double units, double each, double day) {
    customer.push_back(who);
    order.push_back(number);
    item.push_back(what);
    quantity.push_back(units);
    price.push_back(each);
    time.push_back(day * kDay);
  }
  OrderLines lines() const { return {customer, order, item, quantity, price, time}; }
  Histories histories() const { return make_histories(lines(), {}, 0); }
};

float at(const std::array<float, kCustomerFeatures>& features, CustomerFeature feature) {
  return features[static_cast<std::size_t>(feature)];
}

// A customer for each pair: how often, and the day of the last purchase; ten days apart, 10 each.
Histories regulars(const std::vector<std::pair<int, int>>& customers) {
  Shop shop;
  int order = 0;
  for (std::size_t c = 0; c < customers.size(); ++c) {
    for (int i = 0; i < customers[c].first; ++i) {
      shop.add(static_cast<int>(c), order++, 0, 1, 10, customers[c].second - 10.0 * i);
    }
  }
  return shop.histories();
}

}  // namespace

TEST_CASE("histories: orders of one day are one purchase, guests are counted and left out") {
  Shop shop;
  shop.add(1, 0, 7, 2, 3.0, 100.2);
  shop.add(1, 0, 5, 1, 4.0, 100.2);
  shop.add(1, 2, 7, 1, 3.0, 100.9);
  shop.add(-1, 3, 7, 1, 3.0, 99.5);
  shop.add(1, 4, 9, 1, -1.0, 103.0);
  const Histories histories = shop.histories();
  CHECK(histories.guest_orders == 1);
  CHECK(histories.orders == 3);
  CHECK(histories.days == 5);
  REQUIRE(histories.customers() == 2);
  CHECK(histories.of(0).empty());
  const std::span<const Purchase> purchases = histories.of(1);
  REQUIRE(purchases.size() == 2);
  CHECK(purchases[0].day == 1);
  CHECK(purchases[0].value == 13.0);
  CHECK(purchases[0].item_count == 2);
  CHECK(histories.items_of(purchases[0])[0] == 5);
  CHECK(histories.items_of(purchases[0])[1] == 7);
  CHECK(purchases[1].day == 4);
  CHECK(purchases[1].value == 0.0);
}

TEST_CASE("histories: lines out of range are refused by name and place") {
  Shop shop;
  shop.add(0, 0, 0, 1, 1, 1);
  shop.add(0, 1, 0, 1, 1, 1);
  const auto place = [&] {
    try {
      make_histories(shop.lines(), {}, 0);
    } catch (const Error& error) {
      return error.detail().place;
    }
    return std::string("none");
  };
  shop.quantity[1] = 0;
  CHECK(place() == "quantity[1]");
  shop.quantity[1] = 1;
  shop.time[0] = std::nan("");
  CHECK(place() == "time[0]");
  shop.time[0] = 0;
  shop.customer[1] = -2;
  CHECK(place() == "customer[1]");
  shop.customer[1] = 0;
  shop.item.pop_back();
  CHECK(place() == "lines");
  shop.item.push_back(0);
  CHECK(place() == "none");
  const std::vector<std::int32_t> categories{3};
  CHECK_THROWS_AS(make_histories(shop.lines(), categories, 3), Error);
}

TEST_CASE("features speak of the days before the cutoff only") {
  Shop shop;
  shop.add(0, 0, 1, 1, 10, 0);
  shop.add(0, 1, 1, 2, 10, 10);
  shop.add(0, 1, 2, 1, 10, 10);
  shop.add(0, 2, 3, 1, 60, 40);
  shop.add(0, 3, 3, 1, 99, 50);
  const Histories histories = shop.histories();
  const auto features = customer_features(histories, 0, 50, 30);
  CHECK(at(features, CustomerFeature::kOrders) == 3.0F);
  CHECK(at(features, CustomerFeature::kRecency) == 10.0F);
  CHECK(at(features, CustomerFeature::kTenure) == 50.0F);
  CHECK(at(features, CustomerFeature::kGap) == 20.0F);
  CHECK(at(features, CustomerFeature::kGapDeviation) == 10.0F);
  CHECK(at(features, CustomerFeature::kSpent) == 100.0F);
  CHECK(at(features, CustomerFeature::kMeanBasket) == static_cast<float>(100.0 / 3));
  CHECK(at(features, CustomerFeature::kLastBasket) == 60.0F);
  CHECK(at(features, CustomerFeature::kSpentLately) == 60.0F);
  CHECK(at(features, CustomerFeature::kOrdersLately) == 1.0F);
  CHECK(at(features, CustomerFeature::kOrdersJustNow) == 1.0F);
  CHECK(at(features, CustomerFeature::kItems) == 3.0F);
  CHECK(at(features, CustomerFeature::kLastItems) == 1.0F);
  for (const float value : customer_features(histories, 0, 0, 30)) CHECK(value == 0.0F);

  const Aftermath after = aftermath(histories, 0, 50, 30);
  CHECK(after.wait == 0);
  CHECK(after.value == 99.0);
  CHECK(after.purchase == 3);
  CHECK(aftermath(histories, 0, 11, 29).wait == -1);
  CHECK(aftermath(histories, 0, 11, 30).wait == 29);
}

TEST_CASE("the rhythm of a shop is that of its customers' gaps") {
  const Histories histories = regulars({{5, 100}, {3, 90}, {1, 5}});
  const Rhythm rhythm = rhythm_of(histories);
  CHECK(rhythm.gaps == 6);
  CHECK(rhythm.median_gap == 10);
  CHECK(rhythm.usual_longest == 10);
  CHECK(rhythm_of(regulars({{1, 5}})).gaps == 0);
}

TEST_CASE("scores are quantiles, equal numbers score equal, small shops have fewer levels") {
  std::vector<std::pair<int, int>> customers;
  customers.reserve(100);
  for (int c = 0; c < 60; ++c) customers.emplace_back(2 + c / 12, 400 - c);
  const CustomerScores scores = score_customers(regulars(customers));
  CHECK(scores.levels == 5);
  for (std::size_t c = 0; c < 60; ++c) {
    CHECK(scores.recency[c] == 5 - c / 12);
    CHECK(scores.frequency[c] == 1 + c / 12);
    CHECK(scores.money[c] == 1 + c / 12);
  }
  customers.resize(36);
  CHECK(score_customers(regulars(customers)).levels == 3);
  customers.resize(12);
  const CustomerScores few = score_customers(regulars(customers));
  CHECK(few.levels == 2);
  CHECK(std::all_of(few.frequency.begin(), few.frequency.end(),
                    [&](std::uint8_t score) { return score == few.frequency[0]; }));
}

TEST_CASE("segments: the best, the late, the new and those who came once") {
  std::vector<std::pair<int, int>> customers;
  customers.reserve(100);
  for (int c = 0; c < 20; ++c) customers.emplace_back(8, 400);  // often and lately
  for (int c = 0; c < 20; ++c) customers.emplace_back(2, 399);  // seldom and lately
  for (int c = 0; c < 20; ++c) customers.emplace_back(7, 150);  // often, long ago
  for (int c = 0; c < 20; ++c) customers.emplace_back(2, 150);  // seldom, long ago
  for (int c = 0; c < 20; ++c) customers.emplace_back(1, c < 10 ? 395 : 200);
  const Histories histories = regulars(customers);
  const std::vector<Segment> segments =
      segment_customers(histories, score_customers(histories), 30);
  CHECK(segments[0] == Segment::kChampions);
  CHECK(segments[20] == Segment::kReturning);
  CHECK(segments[40] == Segment::kAtRisk);
  CHECK(segments[60] == Segment::kSleeping);
  CHECK(segments[80] == Segment::kNew);
  CHECK(segments[90] == Segment::kOneTime);

  std::size_t customers_in_all = 0;
  double value = 0;
  const std::vector<SegmentSummary> summaries = summarise(histories, segments);
  REQUIRE(summaries.size() == kSegments);
  for (const SegmentSummary& summary : summaries) {
    customers_in_all += summary.customers;
    value += summary.value;
  }
  CHECK(customers_in_all == 100);
  CHECK(value == 10.0 * (20 * 8 + 20 * 2 + 20 * 7 + 20 * 2 + 20));
  CHECK(summaries[0].median_recency == 1);
  CHECK(summaries[0].purchases == 160);
}

TEST_CASE("cutoffs: no training target reaches into the test") {
  const Cutoffs year = choose_cutoffs(374, 90, 16);
  CHECK(year.window == 90);
  CHECK(year.test == 284);
  REQUIRE(!year.training.empty());
  CHECK(year.training.back() + year.window == year.test);
  CHECK(year.training.front() == 64);
  CHECK(std::is_sorted(year.training.begin(), year.training.end()));
  const Cutoffs month = choose_cutoffs(31, 90, 8);
  CHECK(month.window == 10);
  CHECK(month.training == std::vector<std::int32_t>{6, 7, 8, 9, 10, 11});
  CHECK(choose_cutoffs(20, 90, 8).window == 0);
  CHECK(choose_cutoffs(21, 90, 8).training == std::vector<std::int32_t>{4, 5, 6, 7});
  CHECK(choose_cutoffs(1, 90, 8).window == 0);
  CHECK(choose_cutoffs(3000, 90, 8).training.size() == 8);
}

namespace {

// A year of a made-up shop: customers come in at any time, each with a pace, a taste for one of
// five categories and a usual basket; a third of them stop for good at some point.
Shop lively_shop(int customers, std::uint64_t seed) {
  Random random(seed);
  Shop shop;
  int order = 0;
  for (int c = 0; c < customers; ++c) {
    const double pace = 6.0 + 60.0 * random.uniform() * random.uniform();
    const double basket = 5.0 + 80.0 * random.uniform() * random.uniform();
    const int taste = static_cast<int>(random.below(5));
    double day = 250.0 * random.uniform();
    const double last = random.below(3) == 0 ? day + 150.0 * random.uniform() : 366.0;
    while (day < last && day < 365.0) {
      for (int i = 0; i < 2; ++i) {
        const int category = random.below(3) > 0 ? taste : static_cast<int>(random.below(5));
        shop.add(c, order, category * 10 + static_cast<int>(random.below(10)), 1 + random.below(3),
                 basket * (0.5 + random.uniform()), 18000.0 + day);
      }
      ++order;
      day += 0.5 + pace * (0.3 + 1.4 * random.uniform());
    }
  }
  return shop;
}

CustomerOptions with_categories() {
  CustomerOptions options;
  for (int item = 0; item < 50; ++item) options.categories.push_back(item / 10);
  options.category_names = {"tea", "cups", "pots", "books", "cards"};
  return options;
}

CustomerResult train(const Shop& shop, const CustomerOptions& options) {
  return train_customers(shop.lines(), options, {});
}

double figure(const Json& metrics, const char* task, const char* name) {
  return metrics[task][name]["value"].get<double>();
}

}  // namespace

TEST_CASE("customers: what is learnt beats what costs nothing, and every figure is there") {
  const CustomerResult result = train(lively_shop(600, 3), with_categories());
  const Json& report = result.report;
  CHECK(report["missing"].is_null());
  CHECK(report["customers"] == 600);
  CHECK(report["window"] == 90);
  const Json& metrics = report["metrics"];
  CHECK(metrics["customers"].get<int>() > 300);
  CHECK(figure(metrics, "churn", "auc") >
        metrics["churn"]["baselines"]["own_frequency"]["auc"].get<double>());
  CHECK(figure(metrics, "churn", "auc") > 0.8);
  CHECK(figure(metrics, "churn", "log_loss") <
        metrics["churn"]["baselines"]["majority"]["log_loss"].get<double>());
  CHECK(metrics["churn"]["calibration_error"].get<double>() < 0.1);
  CHECK(figure(metrics, "value", "mae") <
        metrics["value"]["baselines"]["last_period"]["mae"].get<double>());
  CHECK(metrics["value"]["tenths"].size() == 10);
  CHECK(metrics["wait"]["concordance"].get<double>() > 0.6);
  CHECK(metrics["category"]["hit_1"].get<double>() >
        metrics["category"]["baselines"]["most_popular"]["hit_1"].get<double>() + 0.2);
  CHECK(report["segments"].size() == kSegments);
  double expected = 0;
  for (const Json& segment : report["segments"])
    expected += segment["expected_value"].get<double>();
  CHECK(std::fabs(expected - report["outlook"]["expected_value"].get<double>()) < 1e-6 * expected);
  CHECK(train(lively_shop(600, 3), with_categories()).model == result.model);
}

TEST_CASE("customers: the written file says in the engine what the list says") {
  const Shop shop = lively_shop(400, 5);
  CustomerOptions options = with_categories();
  options.list = true;
  const CustomerResult result = train(shop, options);
  const Json& each = result.report["outlook"]["customers"];
  REQUIRE(each.size() == 400);
  const Histories histories =
      make_histories(shop.lines(), options.categories, options.category_names.size());

  const auto plan = graph::Plan::open(
      {reinterpret_cast<const std::uint8_t*>(result.model.data()), result.model.size()},
      "customers.onnx", ops::registry());
  std::vector<float> visitors;
  for (std::size_t c = 0; c < 400; ++c) {
    const auto row = customer_features(histories, c, histories.days, 90);
    visitors.insert(visitors.end(), row.begin(), row.end());
  }
  // The first visitor's counts: all of them tea.
  std::vector<float> bought(5, 0.0F);
  bought[0] = visitors[0];
  const std::array<graph::TensorView, 2> inputs{
      graph::TensorView{graph::DataType::kFloat, graph::Shape{400, kCustomerFeatures},
                        visitors.data()},
      graph::TensorView{graph::DataType::kFloat, graph::Shape{5}, bought.data()}};
  std::vector<graph::TensorView> outputs(3);
  graph::Workspace workspace;
  graph::run(*plan, workspace, inputs, outputs);
  const std::size_t horizons = result.report["horizons"].size();
  std::size_t place = 0;
  while (result.report["horizons"][place] != result.report["churn_days"]) ++place;
  const auto* returns = static_cast<const float*>(outputs[0].data);
  const auto* value = static_cast<const float*>(outputs[1].data);
  const auto* category = static_cast<const float*>(outputs[2].data);
  for (std::size_t c = 0; c < 400; ++c) {
    const double risk = each[c]["churn_risk"].get<double>();
    const double worth = each[c]["expected_value"].get<double>();
    CHECK(std::fabs(1.0 - returns[c * horizons + place] - risk) < 1e-5);
    CHECK(std::fabs(value[c] - worth) < 1e-4 * (1.0 + worth));
    for (std::size_t h = 1; h < horizons; ++h) {
      CHECK(returns[c * horizons + h] >= returns[c * horizons + h - 1]);
    }
  }
  // The order is that of popularity; what is bought each time is likeliest.
  for (std::size_t k = 1; k < 5; ++k) CHECK(category[0] > category[k]);
}

TEST_CASE("customers: a model is written for the comparison with WebAssembly") {
  // The same lines as in tests/js/customers.test.mjs, by Lehmer's generator.
  std::uint64_t state = 13;
  const auto next = [&](std::uint64_t below) {
    state = state * 48271 % 2147483647;
    return static_cast<int>(state % below);
  };
  Shop shop;
  int order = 0;
  for (int c = 0; c < 300; ++c) {
    const int pace = 4 + next(40);
    const int end = next(3) == 0 ? 150 + next(100) : 365;
    for (int day = next(150); day < end; day += 1 + next(2 * static_cast<std::uint64_t>(pace))) {
      for (int i = 0; i < 3; ++i) {
        const int item = next(50);
        const int units = 1 + next(4);
        const int price = 100 + next(2000);
        shop.add(c, order, item, units, price / 100.0, 18000.0 + day);
      }
      ++order;
    }
  }
  const CustomerResult result = train(shop, with_categories());
  REQUIRE(!result.model.empty());
  const std::filesystem::path folder(STOREWISE_BINARY_DIR "/same-bytes");
  std::filesystem::create_directories(folder);
  std::ofstream file(folder / "customers.onnx", std::ios::binary);
  file.write(result.model.data(), static_cast<std::streamsize>(result.model.size()));
  REQUIRE(file.good());
}

TEST_CASE("customers: too few data are said to be so") {
  const auto missing = [](const Shop& shop, const CustomerOptions& options = {}) {
    const CustomerResult result = train(shop, options);
    CHECK(result.model.empty());
    CHECK(result.report["metrics"].is_null());
    return result.report["missing"].get<std::string>();
  };
  CHECK(missing(Shop{}) == "no-customers");
  CHECK(missing(lively_shop(10, 1)) == "few-customers");
  CustomerOptions without_dates;
  without_dates.dates = false;
  CHECK(missing(lively_shop(300, 1), without_dates) == "no-dates");

  Shop guests = lively_shop(50, 1);
  std::fill(guests.customer.begin(), guests.customer.end(), -1);
  CHECK(missing(guests) == "no-customers");
  Shop one_day = lively_shop(300, 1);
  std::fill(one_day.time.begin(), one_day.time.end(), 18000.0 * kDay);
  CHECK(missing(one_day) == "short-period");
  Shop once;
  for (int c = 0; c < 300; ++c) once.add(c, c, 0, 1, 10, 18000.0 + c);
  CHECK(missing(once) == "few-returns");
  CHECK(train(once, {}).report["segments"].size() == kSegments);
}

}  // namespace storewise::train
