// Features of visits against numbers worked out by hand, and models of intents: what the trainer
// writes, the page's reader answers as the engine does and explains as TreeShap does.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "behaviour/explainer.h"
#include "behaviour/intents.h"
#include "behaviour/visit_features.h"
#include "catch.h"
#include "ops/registry.h"
#include "support/error.h"
#include "train/intents.h"

namespace {

using namespace storewise;
using behaviour::Intent;
using behaviour::ShopFacts;
using behaviour::VisitEvent;
using behaviour::VisitFeature;
using behaviour::VisitTrace;

// Numbers from 0 to 2^31 - 1.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int operator()() { return static_cast<int>(engine_() & 0x7FFFFFFFU); }

 private:
  std::mt19937 engine_;
};

constexpr double kMonday = 1767571200000;  // 2026-01-05 00:00 UTC

struct Shop {
  std::vector<double> price{1, 2, 2, 10, -1};
  std::vector<std::int32_t> category{0, 0, 0, 1, -1};
  ShopFacts facts;
  Shop() {
    facts.price = price;
    facts.category = category;
    facts.categories = 2;
    facts.on_offer = {0, 1, 0, 0, 0};
    facts.prepare(price.size());
  }
};

double at(const behaviour::VisitFeatures& features, VisitFeature feature) {
  return static_cast<double>(features[static_cast<std::size_t>(feature)]);
}

TEST_CASE("features of a visit are what one counts by hand") {
  const Shop shop;
  CHECK(shop.facts.cheapness[0] == 2.5F / 3);
  CHECK(shop.facts.cheapness[1] == 1.0F / 3);
  CHECK(shop.facts.cheapness[3] == 0.5F);
  CHECK(std::isnan(shop.facts.cheapness[4]));
  VisitTrace trace(shop.facts);
  const auto nothing = trace.features(std::nan(""), 0);
  CHECK(at(nothing, VisitFeature::kPages) == 0);
  CHECK(std::isnan(at(nothing, VisitFeature::kHour)));
  const double start = kMonday + 9.5 * 3600000;
  trace.add(VisitEvent::kProductsPage, 0, start, 1);
  trace.add(VisitEvent::kView, 0, start + 10000, 1);
  trace.add(VisitEvent::kAdd, 0, start + 15000, 2);
  trace.add(VisitEvent::kView, 1, start + 40000, 1);
  trace.add(VisitEvent::kInformationPage, 0, start + 50000, 1);
  trace.add(VisitEvent::kView, 0, start + 70000, 1);
  trace.add(VisitEvent::kRemove, 0, start + 75000, 1);
  const auto f = trace.features(start + 80000, 60);
  CHECK(at(f, VisitFeature::kViews) == 3);
  CHECK(at(f, VisitFeature::kProductPages) == 4);
  CHECK(at(f, VisitFeature::kInformationPages) == 1);
  CHECK(at(f, VisitFeature::kAccountPages) == 0);
  CHECK(at(f, VisitFeature::kPages) == 5);
  CHECK(at(f, VisitFeature::kProducts) == 2);
  CHECK(at(f, VisitFeature::kRepeatViews) == 1);
  CHECK(at(f, VisitFeature::kAdds) == 1);
  CHECK(at(f, VisitFeature::kRemoves) == 1);
  CHECK(at(f, VisitFeature::kProductSeconds) == 10 + 30 + 10 + 5);
  CHECK(at(f, VisitFeature::kInformationSeconds) == 20);
  CHECK(at(f, VisitFeature::kSeconds) == 75);
  CHECK(at(f, VisitFeature::kMeanDwell) == 17.5);  // 10, 30, 10, 20
  CHECK(at(f, VisitFeature::kLastDwell) == 20);
  CHECK(at(f, VisitFeature::kIdleSeconds) == 5);
  CHECK(at(f, VisitFeature::kBasketPieces) == 1);
  CHECK(at(f, VisitFeature::kBasketValue) == 1);
  CHECK(at(f, VisitFeature::kRelativePrice) == Approx((1.0 / 6 + 2.0 / 3 + 1.0 / 6) / 3));
  CHECK(at(f, VisitFeature::kDiscountedShare) == Approx(1.0 / 3));
  CHECK(at(f, VisitFeature::kHour) == 10);
  CHECK(at(f, VisitFeature::kWeekday) == 0);
  CHECK(at(f, VisitFeature::kMonth) == 1);
  CHECK(at(f, VisitFeature::kWeekend) == 0);
  CHECK(std::isnan(at(f, VisitFeature::kReturning)));
  // The whole basket and two products in one purchase.
  trace.add(VisitEvent::kAdd, 3, start + 81000, 1);
  trace.add(VisitEvent::kPurchase, 0, start + 82000, 0);
  trace.add(VisitEvent::kPurchase, 3, start + 82000, 0);
  const auto bought = trace.features(start + 82000, 0);
  CHECK(at(bought, VisitFeature::kPurchases) == 1);
  CHECK(at(bought, VisitFeature::kBasketPieces) == 0);
  CHECK(at(bought, VisitFeature::kBasketValue) == 0);
  // After a pause a new visit of somebody known.
  trace.add(VisitEvent::kView, 0, start + 82000 + 1801000, 1);
  const auto again = trace.features(0, 0);
  CHECK(at(again, VisitFeature::kReturning) == 1);
  CHECK(at(again, VisitFeature::kViews) == 1);
  CHECK(at(again, VisitFeature::kRepeatViews) == 0);
  CHECK(at(again, VisitFeature::kSeconds) == 0);
}

TEST_CASE("wrong clocks make no wrong numbers") {
  const Shop shop;
  VisitTrace trace(shop.facts);
  trace.add(VisitEvent::kView, 0, kMonday, 1);
  trace.add(VisitEvent::kView, 1, kMonday - 3600000, 1);
  trace.add(VisitEvent::kView, 2, std::nan(""), 1);
  trace.add(VisitEvent::kView, 3, kMonday - 3600000 + 4000, 1);
  const auto f = trace.features(-1, 0);
  CHECK(at(f, VisitFeature::kViews) == 4);
  CHECK(at(f, VisitFeature::kSeconds) == 4);
  CHECK(at(f, VisitFeature::kIdleSeconds) == 0);
  CHECK(at(trace.features(1e15, 0), VisitFeature::kIdleSeconds) == behaviour::kPauseSeconds);
}

TEST_CASE("a visit that is asked at every event has the numbers of one asked at its end") {
  const Shop shop;
  Dice random(7);
  for (int round = 0; round < 50; ++round) {
    VisitTrace asked(shop.facts);
    std::vector<std::tuple<VisitEvent, std::uint32_t, double, std::uint32_t>> events;
    double time = kMonday;
    for (int i = 0; i < 200; ++i) {
      time += static_cast<double>(random() % 200000) - 20000;
      if (random() % 40 == 0) time += 2000000;
      events.emplace_back(static_cast<VisitEvent>(random() % 7),
                          static_cast<std::uint32_t>(random() % 5), time,
                          static_cast<std::uint32_t>(random() % 4));
      const auto& [event, item, when, pieces] = events.back();
      asked.add(event, item, when, pieces);
      (void)asked.features(when + 1000, 0);
      (void)asked.category_shares();
      (void)asked.price_sensitivity();
      VisitTrace fresh(shop.facts);
      for (const auto& [e, p, t, n] : events) fresh.add(e, p, t, n);
      const auto a = asked.features(when + 7000, 90);
      const auto b = fresh.features(when + 7000, 90);
      for (std::size_t f = 0; f < a.size(); ++f) {
        if (!(a[f] == b[f] || (std::isnan(a[f]) && std::isnan(b[f])))) FAIL("feature " << f);
      }
    }
  }
}

struct Happened {
  VisitEvent event;
  std::uint32_t item;
  double at;
  std::uint32_t pieces;
};

bool opens_page(const Happened& one) {
  return one.event == VisitEvent::kView || one.event >= VisitEvent::kProductsPage;
}

// 0 product, 1 account, 2 information.
int page_kind(const Happened& one) {
  return one.event == VisitEvent::kAccountPage       ? 1
         : one.event == VisitEvent::kInformationPage ? 2
                                                     : 0;
}

// The numbers as visit_features.h defines them, each worked out from the whole list of events.
behaviour::VisitFeatures worked_out(const std::vector<Happened>& all, double now,
                                    const Shop& shop) {
  std::map<VisitFeature, double> f;
  const auto passed = [&](std::size_t i) { return (all[i].at - all[i - 1].at) / 1000; };
  std::size_t start = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (passed(i) > behaviour::kPauseSeconds) start = i;
  }
  const auto count = [&](auto&& is) {
    return static_cast<double>(
        std::count_if(all.begin() + static_cast<std::ptrdiff_t>(start), all.end(), is));
  };
  const auto of_event = [&](VisitEvent event) {
    return count([&](const Happened& one) { return one.event == event; });
  };
  f[VisitFeature::kViews] = of_event(VisitEvent::kView);
  f[VisitFeature::kPages] = count(opens_page);
  const VisitFeature pages[] = {VisitFeature::kProductPages, VisitFeature::kAccountPages,
                                VisitFeature::kInformationPages};
  const VisitFeature seconds[] = {VisitFeature::kProductSeconds, VisitFeature::kAccountSeconds,
                                  VisitFeature::kInformationSeconds};
  for (int kind = 0; kind < 3; ++kind) {
    f[pages[kind]] =
        count([&](const Happened& one) { return opens_page(one) && page_kind(one) == kind; });
    double spent = 0;
    for (std::size_t i = start + 1; i < all.size(); ++i) {
      std::size_t page = i;  // that was open before event i
      while (page > start && !opens_page(all[page - 1])) --page;
      if (page > start && page_kind(all[page - 1]) == kind) spent += std::max(0.0, passed(i));
    }
    f[seconds[kind]] = spent;
  }
  std::set<std::uint32_t> seen;
  double cheap = 0;
  double priced = 0;
  double offered = 0;
  for (std::size_t i = start; i < all.size(); ++i) {
    const Happened& one = all[i];
    if (i > start) f[VisitFeature::kSeconds] += std::max(0.0, passed(i));
    if (one.event != VisitEvent::kView) continue;
    seen.insert(one.item);
    offered += shop.facts.on_offer[one.item];
    const auto cheapness = static_cast<double>(shop.facts.cheapness[one.item]);
    if (std::isnan(cheapness)) continue;
    cheap += cheapness;
    ++priced;
  }
  f[VisitFeature::kProducts] = static_cast<double>(seen.size());
  f[VisitFeature::kRepeatViews] = f[VisitFeature::kViews] - f[VisitFeature::kProducts];
  f[VisitFeature::kAdds] = of_event(VisitEvent::kAdd);
  f[VisitFeature::kRemoves] = of_event(VisitEvent::kRemove);
  std::set<double> bought;
  for (std::size_t i = start; i < all.size(); ++i) {
    if (all[i].event == VisitEvent::kPurchase) bought.insert(all[i].at);
  }
  f[VisitFeature::kPurchases] = static_cast<double>(bought.size());
  // From one page to the next.
  std::vector<double> dwells;
  for (std::size_t i = start; i < all.size(); ++i) {
    if (!opens_page(all[i])) continue;
    double dwell = 0;
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      dwell += std::max(0.0, passed(j));
      if (!opens_page(all[j])) continue;
      dwells.push_back(dwell);
      break;
    }
  }
  const double none = std::nan("");
  f[VisitFeature::kMeanDwell] =
      dwells.empty()
          ? none
          : std::accumulate(dwells.begin(), dwells.end(), 0.0) / static_cast<double>(dwells.size());
  f[VisitFeature::kLastDwell] = dwells.empty() ? none : dwells.back();
  f[VisitFeature::kIdleSeconds] =
      std::clamp((now - all.back().at) / 1000, 0.0, behaviour::kPauseSeconds);
  std::map<std::uint32_t, std::uint32_t> basket;  // of all visits
  for (const Happened& one : all) {
    std::uint32_t& pieces = basket[one.item];
    if (one.event == VisitEvent::kAdd) pieces = std::min(9999U, pieces + one.pieces);
    if (one.event == VisitEvent::kRemove || one.event == VisitEvent::kPurchase) {
      pieces -= one.pieces == 0 ? pieces : std::min(pieces, one.pieces);
    }
  }
  for (const auto& [item, pieces] : basket) {
    f[VisitFeature::kBasketPieces] += pieces;
    f[VisitFeature::kBasketValue] += pieces * std::max(0.0, shop.price[item]);
  }
  f[VisitFeature::kRelativePrice] = priced > 0 ? 1 - cheap / priced : none;
  f[VisitFeature::kDiscountedShare] =
      f[VisitFeature::kViews] > 0 ? offered / f[VisitFeature::kViews] : none;
  const auto asked = static_cast<std::time_t>(std::max(now, all.back().at) / 1000);
  const std::tm clock = *std::gmtime(&asked);
  f[VisitFeature::kHour] = clock.tm_hour;
  f[VisitFeature::kWeekday] = (clock.tm_wday + 6) % 7;
  f[VisitFeature::kMonth] = clock.tm_mon + 1;
  f[VisitFeature::kWeekend] = clock.tm_wday == 0 || clock.tm_wday == 6 ? 1 : 0;
  f[VisitFeature::kReturning] = start > 0 ? 1 : none;
  behaviour::VisitFeatures result{};
  for (const auto& [feature, value] : f) {
    result[static_cast<std::size_t>(feature)] = static_cast<float>(value);
  }
  return result;
}

TEST_CASE("numbers kept event by event are those worked out from all events") {
  const Shop shop;
  Dice random(19);
  for (int round = 0; round < 60; ++round) {
    VisitTrace trace(shop.facts);
    std::vector<Happened> all;
    double time = kMonday + static_cast<double>(random() % 400) * 86400000.0;
    for (int i = 0; i < 80; ++i) {
      // Pauses, lines of one order, and no purchase at the time of an earlier one.
      const bool same_moment = !all.empty() && random() % 4 == 0;
      if (!same_moment) time += 1000 + static_cast<double>(random() % 120000);
      if (random() % 25 == 0) time += 1000.0 * behaviour::kPauseSeconds + 1;
      const Happened one{static_cast<VisitEvent>(random() % 7),
                         static_cast<std::uint32_t>(random() % 5), time,
                         static_cast<std::uint32_t>(random() % 30 == 0 ? 9999 : random() % 4)};
      if (one.event == VisitEvent::kAdd && one.pieces == 0) continue;
      all.push_back(one);
      trace.add(one.event, one.item, one.at, one.pieces);
      const double now = time + static_cast<double>(random() % 3000) * 1000;
      const auto kept = trace.features(now, 0);
      const auto expected = worked_out(all, now, shop);
      for (std::size_t f = 0; f < kept.size(); ++f) {
        const bool same = std::isnan(kept[f])
                              ? std::isnan(expected[f])
                              : std::abs(kept[f] - expected[f]) <= 1e-5F * std::abs(expected[f]);
        if (!same) {
          FAIL(behaviour::name_of(static_cast<VisitFeature>(f))
               << " is " << kept[f] << ", expected " << expected[f]);
        }
      }
    }
  }
}

TEST_CASE("taste is a mean that starts at the shop's and follows what is looked at") {
  const Shop shop;
  VisitTrace trace(shop.facts);
  const auto before = trace.price_sensitivity();
  CHECK(before.value == Approx(shop.facts.mean_bargain));
  CHECK(before.probability == Approx(shop.facts.bargain_share));
  trace.add(VisitEvent::kView, 0, kMonday, 1);
  trace.add(VisitEvent::kAdd, 1, kMonday, 1);
  const auto said = trace.price_sensitivity();
  CHECK(said.value == Approx((5 * shop.facts.mean_bargain + 2.5 / 3 + 2 * 1) / 8));
  CHECK(said.base + said.of_price + said.of_offers == Approx(said.value));
  CHECK(said.probability == Approx((5 * shop.facts.bargain_share + 1 + 2) / 8));
  const auto shares = trace.category_shares();
  REQUIRE(shares.count == 2);
  CHECK(shares.best[0].category == 0);
  CHECK(shares.best[0].share == Approx((3 * 0.75 + 3) / 6));
  CHECK(shares.best[0].share + shares.best[1].share == Approx(1));
}

// A log of visits: who puts much into the basket buys.
struct Log {
  std::vector<double> session, product, time, event, pieces, user;
  std::size_t rows() const { return session.size(); }
  void add(double s, double p, double t, VisitEvent e, double u) {
    session.push_back(s);
    product.push_back(p);
    time.push_back(t);
    event.push_back(static_cast<double>(e));
    pieces.push_back(e == VisitEvent::kPurchase ? 0 : 1);
    user.push_back(u);
  }
  std::vector<double> cells() const {
    std::vector<double> all;
    for (const auto* column : {&session, &product, &time, &event, &pieces, &user}) {
      all.insert(all.end(), column->begin(), column->end());
    }
    return all;
  }
};

// The first `buying` visits may buy.
Log made_log(std::size_t visits, std::size_t buying = 1000000) {
  Log log;
  Dice random(3);
  for (std::size_t v = 0; v < visits; ++v) {
    double time = kMonday / 1000 + static_cast<double>(v) * 4000;
    const auto number = static_cast<double>(v);
    const auto user = static_cast<double>(random() % 300);
    const int events = 1 + random() % 10;
    int adds = 0;
    for (int i = 0; i < events; ++i) {
      time += static_cast<double>(5 + random() % 60);
      const bool add = i > 0 && random() % 4 == 0;
      adds += add ? 1 : 0;
      log.add(number, static_cast<double>(random() % 5), time,
              add ? VisitEvent::kAdd : VisitEvent::kView, user);
    }
    if (v < buying && adds >= 2 && random() % 5 != 0) {
      log.add(number, 0, time + 30, VisitEvent::kPurchase, user);
    }
  }
  return log;
}

train::IntentOptions log_options() {
  train::IntentOptions options;
  options.products = 5;
  options.prices = {1, 2, 2, 10, -1};
  options.categories = {0, 0, 0, 1, -1};
  return options;
}

TEST_CASE("a page answers as the engine does and explains as TreeShap does") {
  const Log log = made_log(1500);
  const auto cells = log.cells();
  const train::IntentResult made = train::train_intents(cells, log.rows(), log_options(), {});
  CHECK(made.model.size() < 20 * 1024);
  CHECK(train::train_intents(cells, log.rows(), log_options(), {}).model == made.model);
  const Json& metrics = made.report["metrics"]["purchase-intent"];
  CHECK(metrics["auc"]["value"].get<double>() >
        metrics["baselines"]["events"]["auc"]["value"].get<double>());
  CHECK(metrics["auc"]["low"].get<double>() < metrics["auc"]["high"].get<double>());

  const behaviour::IntentModels models(made.model, "intents.onnx");
  CHECK(models.of_shop());
  const std::span<const std::uint8_t> bytes(
      reinterpret_cast<const std::uint8_t*>(made.model.data()), made.model.size());
  const auto plan = graph::Plan::open(bytes, "intents.onnx", ops::registry());
  graph::Workspace workspace;
  std::vector<graph::TensorView> outputs(plan->outputs().size());
  const Shop shop;
  VisitTrace trace(shop.facts);
  Dice random(11);
  double time = kMonday;
  std::size_t told_apart = 0;
  for (int i = 0; i < 100; ++i) {
    time += static_cast<double>(random() % 90000);
    trace.add(static_cast<VisitEvent>(random() % 7), static_cast<std::uint32_t>(random() % 5), time,
              1);
    const auto features = trace.features(time + static_cast<double>(random() % 100000), 0);
    const graph::TensorView input{graph::DataType::kFloat, graph::Shape({1, 26}), features.data()};
    graph::run(*plan, workspace, {&input, 1}, outputs);
    for (const Intent intent : {Intent::kPurchase, Intent::kLeave}) {
      const auto said = models.answer(intent, features);
      const std::size_t output = intent == Intent::kPurchase ? 1 : 3;
      CHECK(said.probability ==
            Approx(static_cast<double>(outputs[output].as<float>()[1])).margin(1e-6));
      double score = said.base;
      for (const double contribution : said.contributions) score += contribution;
      CHECK(1 / (1 + std::exp(-score)) == Approx(said.probability));
      told_apart += std::count_if(said.contributions.begin(), said.contributions.end(),
                                  [](double c) { return c != 0; }) > 2
                        ? 1
                        : 0;
    }
  }
  CHECK(told_apart > 50);
}

TEST_CASE("the values of a small tree are those of TreeShap") {
  const Log log = made_log(1500);
  const train::IntentResult made = train::train_intents(log.cells(), log.rows(), log_options(), {});
  // The page's reader against the explainer, which takes files with one node: a table's file.
  train::IntentOptions options;
  options.columns = {"pages", "seconds", "returning"};
  std::vector<double> cells(4 * 600);
  Dice random(5);
  for (std::size_t i = 0; i < 600; ++i) {
    cells[i] = 1 + random() % 30;
    cells[600 + i] = random() % 2000;
    cells[1200 + i] = random() % 2;
    cells[1800 + i] = cells[i] > 12 && random() % 3 != 0 ? 1 : 0;
  }
  const train::IntentResult table = train::train_intents(cells, 600, options, {});
  const behaviour::IntentModels models(table.model, "intents.onnx");
  const std::span<const std::uint8_t> bytes(
      reinterpret_cast<const std::uint8_t*>(table.model.data()), table.model.size());
  behaviour::Explainer explainer(bytes, "intents.onnx", ops::registry());
  for (std::size_t i = 0; i < 600; i += 7) {
    behaviour::VisitFeatures features{};
    const std::vector<float> row{static_cast<float>(cells[i]), static_cast<float>(cells[600 + i]),
                                 cells[1200 + i] == 1 ? 1.0F : std::nanf("")};
    features[static_cast<std::size_t>(VisitFeature::kPages)] = row[0];
    features[static_cast<std::size_t>(VisitFeature::kSeconds)] = row[1];
    features[static_cast<std::size_t>(VisitFeature::kReturning)] = row[2];
    const auto said = models.answer(Intent::kPurchase, features);
    const graph::TensorView input{graph::DataType::kFloat, graph::Shape({1, 3}), row.data()};
    behaviour::Explanation expected;
    explainer.explain({&input, 1}, 1, expected);
    CHECK(said.base == Approx(expected.base).margin(1e-9));
    CHECK(said.contributions[static_cast<std::size_t>(VisitFeature::kPages)] ==
          Approx(expected.contributions[0]).margin(1e-9));
    CHECK(said.contributions[static_cast<std::size_t>(VisitFeature::kSeconds)] ==
          Approx(expected.contributions[1]).margin(1e-9));
  }
  // Such a file tells the end of a visit by its pace: later and idler is likelier.
  behaviour::VisitFeatures features{};
  features[static_cast<std::size_t>(VisitFeature::kPages)] = 5;
  features[static_cast<std::size_t>(VisitFeature::kMeanDwell)] = 20;
  double before = models.answer(Intent::kLeave, features).probability;
  for (const float idle : {5.0F, 30.0F, 120.0F, 900.0F}) {
    features[static_cast<std::size_t>(VisitFeature::kIdleSeconds)] = idle;
    const double now = models.answer(Intent::kLeave, features).probability;
    CHECK(now > before);
    before = now;
  }
}

TEST_CASE("what cannot be learnt from or read is refused") {
  const Log log = made_log(300, 0);
  const auto cells = log.cells();
  CHECK_THROWS_WITH(train::train_intents(cells, log.rows(), log_options(), {}),
                    ContainsSubstring("who will buy") && ContainsSubstring("0 with"));
  // Enough in all, but none among the newest.
  const Log stopped = made_log(1500, 800);
  CHECK_THROWS_WITH(train::train_intents(stopped.cells(), stopped.rows(), log_options(), {}),
                    ContainsSubstring("the fifth that makes probabilities") &&
                        ContainsSubstring("0 with and 300 without"));
  CHECK_THROWS_AS(train::train_intents({}, 0, log_options(), {}), Error);
  auto wrong = cells;
  wrong[log.rows()] = 77;  // a product
  CHECK_THROWS_WITH(train::train_intents(wrong, log.rows(), log_options(), {}),
                    ContainsSubstring("row 1") && ContainsSubstring("from 0 to 4"));
  CHECK_THROWS_AS(behaviour::IntentModels("<html>", "intents.onnx"), Error);
  const Log good = made_log(1500);
  const std::string model =
      train::train_intents(good.cells(), good.rows(), log_options(), {}).model;
  for (std::size_t length = 0; length < model.size(); length += 37) {
    CHECK_THROWS_AS(behaviour::IntentModels(model.substr(0, length), "intents.onnx"), Error);
  }
  std::string other = model;
  const std::size_t place = other.find("repeat_views");
  REQUIRE(place != std::string::npos);
  other.replace(place, 6, "REPEAT");
  CHECK_THROWS_WITH(behaviour::IntentModels(other, "intents.onnx"),
                    ContainsSubstring("a feature of visits"));
}

}  // namespace
