#include <cmath>
#include <memory>

#include "catch.h"
#include "graph/plan.h"
#include "ops/registry.h"
#include "recommend/offers.h"
#include "support/error.h"
#include "task_models.h"

using namespace storewise::recommend;

namespace {

constexpr double kDay = 86'400'000;
constexpr double k2026 = 1767225600000;  // 2026-01-01T00:00:00Z

// Rows: milk 0, bread 1, butter 2, cheese 3, tea 4, coffee 5, wine 6, beer 7.
struct OfferShop {
  explicit OfferShop(const std::string& offers, const std::string& rules = R"({"version":1})")
      : catalogue(task_models::grocer_catalogue(), "catalogue.json"),
        bytes(task_models::recommender(task_models::grocer())),
        plan(storewise::graph::Plan::open(
            {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "r.onnx",
            storewise::ops::registry())),
        recommender(*plan, plan->metadata("storewise")),
        book(R"({"version":1,"offers":[)" + offers + "]}", "offers.json"),
        rule_book(rules, "rules.json"),
        ranker(catalogue, &recommender, &rule_book) {
    book.check(catalogue);
  }
  std::vector<std::string> match(double now = k2026, std::size_t limit = 10) {
    match_offers(book, visit, ranker, now, limit, out);
    std::vector<std::string> ids;
    for (const OfferMatch& offer : out) {
      float sum = 0;
      for (const Reason& reason : offer.reasons) sum += reason.share;
      CHECK(std::abs(sum - 1) < 1e-5F);
      ids.push_back(offer.offer->id);
    }
    return ids;
  }
  void add(Row row, std::uint32_t quantity = 1) {
    visit.record({EventType::kAdd, row, 1, quantity});
  }

  Catalogue catalogue;
  std::string bytes;
  std::unique_ptr<const storewise::graph::Plan> plan;
  Recommender recommender;
  OfferBook book;
  RuleBook rule_book;
  Ranker ranker;
  Visit visit;
  std::vector<OfferMatch> out;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("an offer applies once quantity and spend are reached, with what it saves") {
  OfferShop shop(R"({"id":"dairy","title":{"en":"Dairy"},"kind":"percent","value":10,
      "min_quantity":3,"min_spend":5,"items":[0,2,3]})");
  shop.add(0, 2);  // 2.40
  shop.match();
  REQUIRE(shop.out.size() == 1);
  CHECK(shop.out[0].status == OfferStatus::kSuggested);  // less than half of the spend
  shop.add(2);                                           // 4.40
  shop.match();
  CHECK(shop.out[0].status == OfferStatus::kNearly);
  CHECK(shop.out[0].missing_quantity == 0);
  CHECK(std::abs(shop.out[0].missing_amount - 0.6) < 1e-9);
  CHECK(std::abs(shop.out[0].saving - 0.5) < 1e-9);
  shop.add(1, 9);  // bread is not part of it
  shop.match();
  CHECK(shop.out[0].status == OfferStatus::kNearly);
  shop.add(3);  // 8.40
  shop.match();
  CHECK(shop.out[0].status == OfferStatus::kApplies);
  CHECK(shop.out[0].missing_amount == 0);
  CHECK(std::abs(shop.out[0].saving - 0.84) < 1e-9);
  REQUIRE(shop.out[0].reasons.size() == 3);
  CHECK(shop.out[0].reasons[0].kind == ReasonKind::kInBasket);
  CHECK(shop.out[0].reasons[0].item == 3);
  CHECK(std::abs(shop.out[0].reasons[0].share - 4 / 8.4) < 1e-6);
}

TEST_CASE("an amount never saves more than what is spent") {
  OfferShop shop(R"({"id":"a","title":{"en":"A"},"kind":"amount","value":5,"items":[0]})");
  shop.add(0);
  shop.match();
  CHECK(shop.out[0].status == OfferStatus::kApplies);
  CHECK(std::abs(shop.out[0].saving - 1.2) < 1e-9);
}

TEST_CASE("offers are sorted: earned by saving, nearly by saving, suggested by score") {
  OfferShop shop(R"({"id":"alcohol","title":{"en":"A"},"kind":"amount","value":9,"items":[6,7]},
      {"id":"bread","title":{"en":"B"},"kind":"amount","value":0.1,"items":[1]},
      {"id":"small","title":{"en":"S"},"kind":"amount","value":0.5,"items":[0]},
      {"id":"large","title":{"en":"L"},"kind":"amount","value":0.7,"items":[0]},
      {"id":"two","title":{"en":"T"},"kind":"amount","value":1,"min_quantity":2,"items":[0,2]})");
  shop.add(0);
  CHECK(shop.match() == Ids{"large", "small", "two", "bread", "alcohol"});
  CHECK(shop.out[2].missing_quantity == 1);
  const OfferMatch& bread = shop.out[3];
  CHECK(bread.status == OfferStatus::kSuggested);
  CHECK(std::abs(bread.score - 2.0F) < 1e-3F);
  CHECK(bread.reasons[0].kind == ReasonKind::kInBasket);
  CHECK(bread.reasons[0].item == 0);
  CHECK(shop.match(k2026, 2) == Ids{"large", "small"});
  CHECK(shop.match(k2026, 0).empty());
}

TEST_CASE("offers hold on their days only, and never while the time is unknown") {
  OfferShop shop(R"({"id":"day","title":{"en":"D"},"kind":"amount","value":1,"items":[0],
      "starts":"2026-01-01","ends":"2026-01-01"},
      {"id":"leap","title":{"en":"D"},"kind":"amount","value":1,"items":[0],
      "starts":"2028-02-29"},
      {"id":"always","title":{"en":"A"},"kind":"amount","value":1,"items":[0]})");
  CHECK(shop.match(k2026 - 1) == Ids{"always"});
  CHECK(shop.match(k2026) == Ids{"day", "always"});
  CHECK(shop.match(k2026 + kDay - 1) == Ids{"day", "always"});
  CHECK(shop.match(k2026 + kDay) == Ids{"always"});
  CHECK(shop.match(1835395200000 - 1) == Ids{"always"});  // 2028-02-29
  CHECK(shop.match(1835395200000) == Ids{"leap", "always"});
  CHECK(shop.match(-1) == Ids{"always"});
}

TEST_CASE("an offer without items is for the whole basket") {
  OfferShop shop(R"({"id":"all","title":{"en":"A"},"kind":"percent","value":50,"min_spend":10})");
  shop.match();
  REQUIRE(shop.out.size() == 1);
  CHECK(shop.out[0].status == OfferStatus::kSuggested);
  CHECK(shop.out[0].missing_amount == 10);
  shop.add(1, 2);
  shop.match();
  CHECK(shop.out[0].status == OfferStatus::kNearly);
  CHECK(shop.out[0].missing_amount == 5);
  CHECK(shop.out[0].saving == 5);
}

TEST_CASE("items that the rules forbid are not shown in offers") {
  OfferShop shop(
      R"({"id":"drinks","title":{"en":"D"},"kind":"amount","value":1,"items":[4,5,6,7]},
      {"id":"wine","title":{"en":"W"},"kind":"amount","value":1,"items":[6]})",
      R"({"version":1,"rules":[{"action":"exclude","where":{"field":"category","values":["Alcohol"]}}]})");
  CHECK(shop.match() == Ids{"drinks"});
  CHECK(shop.out[0].items == std::vector<Row>{4, 5});
}

TEST_CASE("an offer shows its twelve best items, best first") {
  OfferShop shop(
      R"({"id":"a","title":{"en":"A"},"kind":"amount","value":1,"items":[9,8,7,6,5,4,3,2,1,0,0]})");
  shop.visit.record({EventType::kView, 6, 1, 1});
  shop.match();
  REQUIRE(shop.out[0].items.size() == 10);
  CHECK(shop.out[0].items[0] == 3);  // wine -> cheese
  CHECK(shop.out[0].items[1] == 7);  // wine -> beer
}

TEST_CASE("titles fall back from region to language to the first") {
  const OfferBook book(R"({"version":1,"offers":[{"id":"a","title":{"en":"E","zh":"Z"},
      "kind":"amount","value":1}]})",
                       "offers.json");
  const Offer& offer = book.offers()[0];
  CHECK(offer.title("zh") == "Z");
  CHECK(offer.title("zh-Hant") == "Z");
  CHECK(offer.title("fr") == "E");
  CHECK(offer.title("") == "E");
}

TEST_CASE("offers that cannot be meant are refused by their path") {
  const auto refused = [](const char* offer, const char* what) {
    INFO(offer);
    CHECK_THROWS_WITH(OfferShop(offer), ContainsSubstring(what));
  };
  refused(R"({"title":{"en":"A"},"kind":"amount","value":1})", "\"id\"");
  refused(R"({"id":"a","title":{},"kind":"amount","value":1})", "$.offers[0].title");
  refused(R"({"id":"a","title":"A","kind":"amount","value":1})", "$.offers[0].title");
  refused(R"({"id":"a","title":{"en":"A"},"kind":"gift","value":1})", "$.offers[0].kind");
  refused(R"({"id":"a","title":{"en":"A"},"kind":"percent","value":101})", "$.offers[0].value");
  refused(R"({"id":"a","title":{"en":"A"},"kind":"amount","value":-1})", "$.offers[0].value");
  refused(R"({"id":"a","title":{"en":"A"},"kind":"amount","value":1,"items":[10]})",
          "$.offers[0].items");
  refused(R"({"id":"a","title":{"en":"A"},"kind":"amount","value":1,"items":[-1]})",
          "$.offers[0].items[0]");
  for (const char* date : {"2026-02-29", "2026-13-01", "2026-00-01", "26-01-01", "2026-1-1",
                           "2026-01-01T00:00", "tomorrow", ""}) {
    refused((R"({"id":"a","title":{"en":"A"},"kind":"amount","value":1,"ends":")" +
             std::string(date) + "\"}")
                .c_str(),
            "$.offers[0].ends");
  }
}
