// The recommender's training: the solver against a dense solution by Eigen, pruning, int8, and what
// happens to small, odd and broken data.
#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "catch.h"
#include "support/error.h"
#include "train/evaluate.h"
#include "train/item_model.h"
#include "train/math.h"
#include "train/quantise.h"
#include "train/recommender.h"

using namespace storewise;
using namespace storewise::train;

namespace {

const Progress kQuiet = [](std::string_view, double, double) {};

struct Log {
  std::vector<std::int32_t> session, item;
  std::vector<double> time;
  void add(std::int32_t s, std::int32_t i, double t) {
    session.push_back(s);
    item.push_back(i);
    time.push_back(t);
  }
  Events events() const { return {session, item, time}; }
};

// A shop whose visitors walk through rings of five items; x' = (1103515245 x + 12345) mod 2^31
// draws the numbers, so that another language can make the same events.
Log ring_shop(std::int32_t sessions, std::int32_t items) {
  Log log;
  std::uint32_t x = 1;
  const auto draw = [&x](std::uint32_t bound) {
    x = (1103515245u * x + 12345u) & 0x7fffffffu;
    return (x >> 8) % bound;
  };
  for (std::int32_t s = 0; s < sessions; ++s) {
    std::uint32_t item = draw(static_cast<std::uint32_t>(items));
    const std::uint32_t length = 2 + draw(5);
    for (std::uint32_t step = 0; step < length; ++step) {
      log.add(s, static_cast<std::int32_t>(item), s * 100.0 + step);
      const std::uint32_t ring = item / 5 * 5;
      item = draw(10) == 0 ? draw(static_cast<std::uint32_t>(items)) : ring + (item - ring + 1) % 5;
    }
  }
  return log;
}

std::vector<std::string> ids(std::size_t count) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back("sku-" + std::to_string(i));
  return result;
}

RecommenderOptions options_for(std::size_t items) {
  RecommenderOptions options;
  options.items = ids(items);
  return options;
}

// G and XY by the letter of their definition (train/ridge.h), item by item and step by step.
struct Dense {
  Eigen::MatrixXd g, xy;
};

Dense dense_counts(const Sessions& sessions, const RidgeSettings& r) {
  const auto n = static_cast<Eigen::Index>(sessions.item_count());
  Dense d{Eigen::MatrixXd::Zero(n, n), Eigen::MatrixXd::Zero(n, n)};
  const auto count = static_cast<double>(sessions.size());
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const auto session = sessions.session(s);
    const double w = std::exp(-r.recency * (count - 1 - static_cast<double>(s)) / count);
    Eigen::VectorXd indicator = Eigen::VectorXd::Zero(n);
    for (const std::int32_t item : session) indicator[item] = 1;
    d.g += w * r.together * indicator * indicator.transpose();
    d.xy += w * r.together * indicator * indicator.transpose();
    for (std::size_t t = 0; t + 1 < session.size(); ++t) {
      Eigen::VectorXd past = Eigen::VectorXd::Zero(n);
      Eigen::VectorXd future = Eigen::VectorXd::Zero(n);
      for (std::size_t p = 0; p <= t; ++p) {
        past[session[p]] = std::exp(-static_cast<double>(t - p) / r.past_decay);
      }
      for (std::size_t f = std::min(session.size() - 1, t + 8); f > t; --f) {
        future[session[f]] = std::exp(-static_cast<double>(f - t) / r.future_decay);
      }
      d.g += w * (1 - r.together) * past * past.transpose();
      d.xy += w * (1 - r.together) * past * future.transpose();
    }
  }
  return d;
}

}  // namespace

TEST_CASE("exp and log agree with the C library to a few units in the last place") {
  for (double x = -700; x < 700; x += 0.37) {
    CHECK(std::fabs(train::exp(x) / std::exp(x) - 1) < 1e-15);
  }
  for (double x = 1e-300; x < 1e300; x *= 1.7) {
    CHECK(std::fabs(train::log(x) - std::log(x)) <= 4e-16 * std::max(1.0, std::fabs(std::log(x))));
  }
  CHECK(train::exp(0) == 1.0);
  CHECK(train::log(1) == 0.0);
  CHECK(train::exp(-1000) == 0.0);
  CHECK(train::log(0) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("the Cholesky solver agrees with Eigen at every size around its block") {
  for (const std::size_t n : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 31u, 100u}) {
    Random random(n);
    Eigen::MatrixXd m(n, n);
    Eigen::VectorXd b(n);
    for (std::size_t i = 0; i < n; ++i) {
      b[i] = random.uniform() - 0.5;
      for (std::size_t j = 0; j < n; ++j) m(i, j) = random.uniform() - 0.5;
    }
    const Eigen::MatrixXd a =
        m * m.transpose() + static_cast<double>(n) * Eigen::MatrixXd::Identity(n, n);
    const std::size_t stride = n + 3;
    std::vector<float> system((n + 1) * stride, 0.0f);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) system[i * stride + j] = static_cast<float>(a(i, j));
      system[n * stride + i] = static_cast<float>(b[i]);
    }
    REQUIRE(solve_positive_definite(system.data(), n, stride));
    const Eigen::VectorXd x = a.llt().solve(b);
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(system[n * stride + i] == Approx(x[i]).margin(1e-5));
    }
  }
}

TEST_CASE("the Cholesky solver refuses a matrix that is not positive definite") {
  std::vector<float> system{1, 0, 2, 1, 1, 1};  // [[1, .], [2, 1]] and b
  CHECK_FALSE(solve_positive_definite(system.data(), 2, 2));
}

TEST_CASE("with every item a candidate the weights are the dense ridge solution") {
  const Log log = ring_shop(400, 25);
  const Sessions sessions = make_sessions(log.events(), 25, 1, {});
  for (const double together : {0.0, 0.4, 1.0}) {
    for (const bool itself : {true, false}) {
      RidgeSettings r;
      r.together = together;
      r.lambda = 7;
      r.past_decay = 0.8;
      r.future_decay = 1.5;
      r.itself = itself;
      const ItemWeights weights = solve_ridge(sessions, r, kQuiet);
      const Dense d = dense_counts(sessions, r);
      const auto n = static_cast<Eigen::Index>(sessions.item_count());
      for (Eigen::Index j = 0; j < n; ++j) {
        std::vector<Eigen::Index> chosen;
        for (Eigen::Index i = 0; i < n; ++i) {
          if (d.xy(i, j) > 1e-3 && (itself || i != j)) chosen.push_back(i);
        }
        const auto m = static_cast<Eigen::Index>(chosen.size());
        Eigen::MatrixXd a(m, m);
        Eigen::VectorXd b(m);
        for (Eigen::Index p = 0; p < m; ++p) {
          b[p] = d.xy(chosen[p], j);
          for (Eigen::Index q = 0; q < m; ++q) a(p, q) = d.g(chosen[p], chosen[q]);
          a(p, p) += r.lambda + d.g(chosen[p], chosen[p]);
        }
        const Eigen::VectorXd x = a.llt().solve(b);
        Eigen::VectorXd found = Eigen::VectorXd::Zero(n);
        for (std::uint32_t e = weights.starts[j]; e < weights.starts[j + 1]; ++e) {
          found[weights.source[e]] = weights.weight[e];
        }
        // Past weights below 0.001 are cut off, which leaves this much.
        for (Eigen::Index p = 0; p < m; ++p) CHECK(std::fabs(found[chosen[p]] - x[p]) < 2e-3);
      }
    }
  }
}

TEST_CASE("few candidates lose little against all") {
  const Log log = ring_shop(2000, 100);
  const Sessions sessions = make_sessions(log.events(), 100, 1, {});
  const QuerySet queries = make_queries(sessions, 1800, 2000, sessions, 0);
  RidgeSettings r;
  const double all = evaluate(by_source(solve_ridge(sessions, r, kQuiet)), queries, 2, 20).recall;
  r.candidates = 20;
  const double few = evaluate(by_source(solve_ridge(sessions, r, kQuiet)), queries, 2, 20).recall;
  CHECK(all > 0.8);
  CHECK(few > all - 0.02);
}

TEST_CASE("pruning keeps each source's largest positive weights in order, int8 half a step off") {
  ItemWeights weights;
  weights.starts = {0, 2, 4, 6, 7};
  weights.source = {0, 1, 0, 1, 0, 1, 0};
  weights.weight = {0.1f, -0.5f, 0.4f, 0.2f, 0.3f, 0.9f, 0.4f};
  const std::vector<std::uint32_t> counts{9, 5, 2, 1};
  const ItemModel model = prune_and_quantise(weights, counts, 3);
  CHECK(std::vector<std::int32_t>(model.neighbours.begin(), model.neighbours.begin() + 6) ==
        std::vector<std::int32_t>{1, 3, 2, 2, 1, 0});
  CHECK(model.neighbour_weights[0] == 127);
  CHECK(model.neighbour_weights[1] == 127);
  CHECK(model.neighbour_weights[5] == 0);  // the place that nothing fills
  const float scale = model.neighbour_scales[0];
  CHECK(std::fabs(scale * model.neighbour_weights[2] - 0.3f) <= scale / 2 + 1e-6f);
  // Popularity descends, and its maximum is the prior's.
  CHECK(model.popularity_scale * model.popularity[0] == Approx(1e-4));
  CHECK(model.popularity[0] > model.popularity[1]);
  CHECK(model.popularity[2] > model.popularity[3]);
}

TEST_CASE("a query holds the latest distinct items, newest first") {
  std::vector<QueryItem> query;
  make_query(std::vector<std::int32_t>{3, 1, 2, 1}, 2.0, query);
  REQUIRE(query.size() == 3);
  CHECK(query[0].item == 1);
  CHECK(query[0].weight == 1.0f);
  CHECK(query[1].item == 2);
  CHECK(query[1].weight == Approx(std::exp(-0.5)));
  CHECK(query[2].item == 3);
  std::vector<std::int32_t> longer(50);
  for (std::int32_t i = 0; i < 50; ++i) longer[i] = i;
  make_query(longer, 2.0, query);
  CHECK(query.size() == kQueryItems);
  CHECK(query.back().item == 30);
}

TEST_CASE("events in any order give the same sessions; equal times keep their order") {
  Log log;
  log.add(1, 4, 20);
  log.add(0, 2, 5);
  log.add(1, 3, 20);
  log.add(0, 1, 3);
  log.add(1, 4, 10);
  const Sessions s = make_sessions(log.events(), 5, 1, true);
  REQUIRE(s.size() == 2);
  const auto name = [&s](std::size_t session, std::size_t p) {
    return s.original[s.session(session)[p]];
  };
  CHECK(name(0, 0) == 1);
  CHECK(name(0, 1) == 2);
  CHECK(name(1, 0) == 4);
  CHECK(name(1, 1) == 4);
  CHECK(name(1, 2) == 3);
  CHECK(s.dropped_items == 1);  // item 0 never occurs
}

TEST_CASE("times decide whether sessions have an order; baskets keep an item once") {
  Log baskets;
  for (std::int32_t s = 0; s < 10; ++s) {
    for (const std::int32_t item : {0, 1, 0, 2}) baskets.add(s, item, s);
  }
  const Sessions b = make_sessions(baskets.events(), 3, 1, {});
  CHECK_FALSE(b.ordered);
  CHECK(b.session(0).size() == 3);
  CHECK(b.dropped_events == 10);
  CHECK(make_sessions(ring_shop(50, 10).events(), 10, 1, {}).ordered);
}

TEST_CASE("evaluation ranks by hand-computable places") {
  // Item 0 leads to 1 (strongly) and 2; popularity order is 0, 1, 2, 3.
  Successors s;
  s.starts = {0, 2, 2, 2, 2};
  s.target = {1, 2};
  s.weight = {0.9f, 0.5f};
  QuerySet q;
  q.items = {0};
  q.queries = {{0, 1, 2}};
  CHECK(evaluate(s, q, 1, 20).mrr == Approx(0.5));
  q.queries = {{0, 1, 3}};  // untouched: after 1, 2 and the untouched 0
  CHECK(evaluate(s, q, 1, 20).mrr == Approx(0.25));
  q.exclude_seen = true;
  CHECK(evaluate(s, q, 1, 20).mrr == Approx(1.0 / 3));
  CHECK(evaluate(s, q, 1, 2).recall == 0.0);
}

TEST_CASE("a trained recommender beats popularity and co-occurrence, and int8 costs nothing") {
  const Log log = ring_shop(3000, 200);
  RecommenderOptions options = options_for(200);
  options.tune = true;
  const RecommenderResult result = train_recommender(log.events(), options, kQuiet);
  const Json& m = result.report.at("metrics");
  CHECK(result.report.at("tuned") == true);
  CHECK(m.at("recall").get<double>() > m.at("popularity").at("recall").get<double>() + 0.3);
  CHECK(m.at("mrr").get<double>() > m.at("cooccurrence").at("mrr").get<double>());
  CHECK(m.at("recall").get<double>() > m.at("float").at("recall").get<double>() - 0.003);
  CHECK(m.at("mrr").get<double>() > m.at("float").at("mrr").get<double>() - 0.003);
  CHECK(result.report.at("bytes") == result.model.size());
}

TEST_CASE("the same events and options give the same bytes") {
  const Log log = ring_shop(500, 50);
  RecommenderOptions options = options_for(50);
  options.tune = true;
  const RecommenderResult first = train_recommender(log.events(), options, kQuiet);
  const RecommenderResult second = train_recommender(log.events(), options, kQuiet);
  CHECK(first.model == second.model);
  CHECK(first.report == second.report);
}

TEST_CASE("small data gives a smaller honest result") {
  Log log;
  SECTION("one event") { log.add(0, 2, 1); }
  SECTION("one session") {
    for (const std::int32_t i : {0, 1, 2, 3}) log.add(0, i, i);
  }
  SECTION("one item everywhere") {
    for (std::int32_t s = 0; s < 20; ++s) log.add(s, 1, s);
  }
  SECTION("one item again and again") {
    for (std::int32_t i = 0; i < 30; ++i) log.add(i / 10, 1, i);
  }
  SECTION("two sessions without a common item") {
    for (const std::int32_t i : {0, 1}) log.add(0, i, i);
    for (const std::int32_t i : {2, 3}) log.add(1, i, i + 10);
  }
  RecommenderOptions options = options_for(4);
  options.tune = true;
  const RecommenderResult result = train_recommender(log.events(), options, kQuiet);
  CHECK_FALSE(result.model.empty());
  CHECK(result.report.at("tuned") == false);
  CHECK(result.report.at("items").get<int>() >= 1);
}

TEST_CASE("events that cannot be used are refused by name") {
  Log log = ring_shop(10, 10);
  const auto message = [&](const RecommenderOptions& options) -> std::string {
    try {
      train_recommender(log.events(), options, kQuiet);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kInvalidInput);
      return error.what();
    }
    return "";
  };
  SECTION("none") {
    log = {};
    CHECK_THAT(message(options_for(10)), ContainsSubstring("no item is left"));
  }
  SECTION("no items at all") { CHECK_THAT(message({}), ContainsSubstring("event 0")); }
  SECTION("a time that is no number") {
    log.time[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK_THAT(message(options_for(10)), ContainsSubstring("event 3"));
  }
  SECTION("an item out of range") {
    log.item[5] = 10;
    CHECK_THAT(message(options_for(10)), ContainsSubstring("event 5"));
  }
  SECTION("a negative session") {
    log.session[0] = -1;
    CHECK_THAT(message(options_for(10)), ContainsSubstring("event 0"));
  }
  SECTION("columns of different length") {
    log.time.pop_back();
    CHECK_THAT(message(options_for(10)), ContainsSubstring("differ in length"));
  }
  SECTION("every item too rare") {
    RecommenderOptions options = options_for(10);
    options.min_count = 1000;
    CHECK_THAT(message(options), ContainsSubstring("no item is left"));
  }
  SECTION("a setting out of range") {
    RecommenderOptions options = options_for(10);
    options.settings = {{"lambda", -1}};
    CHECK_THAT(message(options), ContainsSubstring("settings.lambda"));
  }
  SECTION("an unknown setting") {
    RecommenderOptions options = options_for(10);
    options.settings = {{"lamda", 1}};
    CHECK_THAT(message(options), ContainsSubstring("settings.lamda"));
  }
}

TEST_CASE("int8 rounds half away from zero and survives zeros and tiny numbers") {
  std::vector<std::int8_t> out(3);
  CHECK(quantise(std::vector<float>{1.27f, -0.005f, 0.004f}, out) == Approx(0.01f));
  CHECK(out == std::vector<std::int8_t>{127, -1, 0});
  CHECK(quantise(std::vector<float>{0, 0, 0}, out) == 1.0f);
  CHECK(out == std::vector<std::int8_t>{0, 0, 0});
  CHECK(quantise(std::vector<float>{1e-38f, 0, 0}, out) == 1.0f);
}
