#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "catch.h"
#include "graph/plan.h"
#include "ops/registry.h"
#include "recommend/ranking.h"
#include "support/error.h"
#include "task_models.h"

using namespace storewise::recommend;
using storewise::Error;

namespace {

const float kStep = std::exp(-0.5F);  // the models' decay is 2

// A shop of task_models, with a visit.
struct Shop {
  explicit Shop(task_models::RecommenderSpec spec = task_models::grocer(),
                std::string_view rules_json = "", bool with_model = true,
                std::string_view catalogue_json = {})
      : catalogue(
            catalogue_json.empty() ? task_models::grocer_catalogue() : std::string(catalogue_json),
            "catalogue.json") {
    if (with_model) {
      bytes = task_models::recommender(spec);
      plan = storewise::graph::Plan::open(
          {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "r.onnx",
          storewise::ops::registry());
      recommender = std::make_unique<Recommender>(*plan, plan->metadata("storewise"));
    }
    if (!rules_json.empty()) rules = std::make_unique<RuleBook>(rules_json, "rules.json");
    ranker = std::make_unique<Ranker>(catalogue, recommender.get(), rules.get());
  }

  Row row(std::string_view id) const {
    const Row found = catalogue.ids().find(id);
    REQUIRE(found != kNoRow);
    return found;
  }
  void view(std::string_view id) { visit.record({EventType::kView, row(id), 1, 1}); }
  void add(std::string_view id, std::uint32_t quantity = 1) {
    visit.record({EventType::kAdd, row(id), 1, quantity});
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    for (const auto& item : out.items) found.emplace_back(catalogue.ids()[item.item]);
    return found;
  }
  std::vector<std::string> recommend(std::string_view slot = "for-you", std::size_t limit = 10,
                                     std::string_view item = "") {
    Query query;
    query.slot = slot;
    query.limit = limit;
    if (!item.empty()) query.item = row(item);
    ranker->recommend(visit, query, out);
    check_shares();
    return ids();
  }
  // Every list keeps these promises.
  void check_shares() const {
    std::set<Row> seen;
    for (const auto& item : out.items) {
      CHECK(seen.insert(item.item).second);
      REQUIRE(item.reasons >= 1);
      float sum = 0;
      float last = 1;
      for (std::uint32_t i = 0; i < item.reasons; ++i) {
        const Reason& reason = out.reasons[item.first_reason + i];
        CHECK(reason.share > 0);
        CHECK(reason.share <= last);
        last = reason.share;
        sum += reason.share;
      }
      CHECK(std::abs(sum - 1) < 1e-5F);
    }
  }
  float score(std::string_view id) const {
    for (const auto& item : out.items) {
      if (catalogue.ids()[item.item] == id) return item.score;
    }
    return -1;
  }
  // "kind item" -> share
  std::map<std::string, float> reasons(std::string_view id) const {
    static const char* const kNames[] = {"viewed",  "in-basket", "bought",
                                         "popular", "similar",   "rule"};
    std::map<std::string, float> found;
    for (const auto& item : out.items) {
      if (catalogue.ids()[item.item] != id) continue;
      for (std::uint32_t i = 0; i < item.reasons; ++i) {
        const Reason& reason = out.reasons[item.first_reason + i];
        std::string name = kNames[static_cast<int>(reason.kind)];
        if (reason.item != kNoRow) name += " " + std::string(catalogue.ids()[reason.item]);
        if (!reason.text.empty()) name += " " + std::string(reason.text);
        found[name] = reason.share;
      }
    }
    return found;
  }

  Catalogue catalogue;
  std::string bytes;
  std::unique_ptr<const storewise::graph::Plan> plan;
  std::unique_ptr<Recommender> recommender;
  std::unique_ptr<RuleBook> rules;
  std::unique_ptr<Ranker> ranker;
  Visit visit;
  Recommendations out;
};

Shop shop_with(std::string_view rules) { return Shop(task_models::grocer(), rules); }

bool near(float a, float b) { return std::abs(a - b) < 1e-5F; }

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("without a visit the list is popularity, then what the model does not have") {
  Shop shop;
  CHECK(shop.recommend() == Ids{"milk", "bread", "butter", "cheese", "tea", "coffee", "wine",
                                "beer", "new-milk", "new-tea"});
  CHECK(near(shop.score("milk"), 1e-4F));
  CHECK(shop.reasons("milk") == std::map<std::string, float>{{"popular", 1.0F}});
  CHECK(shop.reasons("new-tea") == std::map<std::string, float>{{"popular", 1.0F}});
  CHECK(shop.recommend("popular", 2) == Ids{"milk", "bread"});
}

TEST_CASE("a session's items add up, older ones decayed, with exact shares") {
  Shop shop;
  shop.view("bread");
  shop.view("milk");
  CHECK(shop.recommend() ==
        Ids{"butter", "cheese", "new-milk", "tea", "coffee", "wine", "beer", "new-tea"});
  const float butter = 0.5F + kStep + 70e-6F;
  CHECK(near(shop.score("butter"), butter));
  const auto reasons = shop.reasons("butter");
  REQUIRE(reasons.size() == 3);
  CHECK(near(reasons.at("viewed bread"), kStep / butter));
  CHECK(near(reasons.at("viewed milk"), 0.5F / butter));
  CHECK(near(reasons.at("popular"), 70e-6F / butter));
  CHECK(near(shop.score("cheese"), 0.6F * kStep + 60e-6F));
}

TEST_CASE("an item without sales comes by likeness to what was viewed") {
  Shop shop;
  shop.view("milk");
  shop.recommend();
  // Same category, department and brand; prices 1.2 and 1.4.
  const float likeness = 0.5F + 0.15F + 0.2F + 0.15F * 1.2F / 1.4F;
  CHECK(near(shop.score("new-milk"), 0.05F * likeness));
  CHECK(shop.reasons("new-milk").size() == 1);
  CHECK(near(shop.reasons("new-milk").at("similar milk"), 1));
  CHECK(shop.reasons("butter").count("similar milk") == 0);  // well known: the model speaks
}

TEST_CASE("a viewed item that the model does not know still leads to its like") {
  Shop shop;
  shop.view("new-tea");
  const Ids ids = shop.recommend("for-you", 3);
  CHECK(std::set<std::string>(ids.begin(), ids.begin() + 2) ==
        std::set<std::string>{"tea", "coffee"});
  const auto reasons = shop.reasons("tea");
  CHECK(reasons.at("similar new-tea") > 0.99F);
  CHECK(reasons.at("popular") > 0);
}

TEST_CASE("unknown items do not count as steps of the decay") {
  Shop shop;
  shop.view("bread");
  shop.view("new-tea");
  shop.recommend();
  CHECK(near(shop.score("butter"), 1.0F + 70e-6F));
}

TEST_CASE("what lies in the basket counts double and is never shown") {
  Shop shop;
  shop.view("tea");
  shop.add("milk");
  const Ids ids = shop.recommend();
  CHECK(near(shop.score("bread"), 2.0F + 90e-6F));
  CHECK(shop.reasons("bread").at("in-basket milk") > 0.99F);
  CHECK(near(shop.score("coffee"), 0.6F * kStep + 40e-6F));
  CHECK(std::find(ids.begin(), ids.end(), "milk") == ids.end());
  for (const std::string_view slot : {"related", "basket", "popular", "similar", "anything"}) {
    const Ids others = shop.recommend(slot);
    CHECK(std::find(others.begin(), others.end(), "milk") == others.end());
  }
}

TEST_CASE("a removed item counts as viewed, at its old place") {
  Shop shop;
  shop.add("milk");
  shop.view("tea");
  shop.visit.record({EventType::kRemove, shop.row("milk"), 1, kWholeLine});
  shop.recommend();
  CHECK(near(shop.score("bread"), kStep + 90e-6F));
  CHECK(shop.reasons("bread").count("viewed milk") == 1);
  CHECK(shop.visit.basket().empty());
}

TEST_CASE("a purchase empties the basket and its items count once") {
  Shop shop;
  shop.add("milk", 3);
  shop.add("tea");
  shop.visit.purchase_basket(5);
  CHECK(shop.visit.basket().empty());
  CHECK(shop.visit.events().size() == 4);
  shop.recommend();
  CHECK(near(shop.score("coffee"), 0.6F + 40e-6F));
  CHECK(shop.reasons("coffee").count("bought tea") == 1);
}

TEST_CASE("related weighs one item, shows what was viewed, never the item itself") {
  Shop shop;
  shop.view("bread");
  shop.view("tea");
  CHECK(shop.recommend("related", 2, "milk") == Ids{"bread", "butter"});
  CHECK(near(shop.score("bread"), 1.0F + 90e-6F));
  CHECK(shop.reasons("bread").count("viewed milk") == 1);
  CHECK(shop.recommend("related", 2) == Ids{"coffee", "milk"});  // the newest item: tea
}

TEST_CASE("the basket slot weighs every line alike") {
  Shop shop;
  shop.add("milk");
  shop.add("tea");
  shop.view("wine");
  shop.recommend("basket");
  CHECK(near(shop.score("bread"), 1.0F + 90e-6F));
  CHECK(near(shop.score("coffee"), 0.6F + 40e-6F));
  CHECK(near(shop.score("cheese"), 60e-6F));
  CHECK(shop.reasons("coffee").count("in-basket tea") == 1);
}

TEST_CASE("a model item that the catalogue lacks is never shown, however high it scores") {
  Shop shop;
  shop.view("milk");
  for (const std::string& id : shop.recommend("for-you", 100)) CHECK(id != "gone");
}

TEST_CASE("when everything was viewed it is shown again, but not what is in the basket") {
  Shop shop;
  for (Row row = 0; row < shop.catalogue.size(); ++row) {
    shop.visit.record({EventType::kView, row, 1, 1});
  }
  shop.add("bread");
  const Ids ids = shop.recommend("for-you", 20);
  CHECK(ids.size() == 9);
  CHECK(std::find(ids.begin(), ids.end(), "bread") == ids.end());
}

TEST_CASE("without a model the list follows likeness, then the catalogue") {
  Shop shop(task_models::grocer(), "", false);
  CHECK(shop.recommend("for-you", 3) == Ids{"milk", "bread", "butter"});
  shop.view("wine");
  CHECK(shop.recommend("for-you", 3) == Ids{"beer", "milk", "bread"});
  CHECK(shop.reasons("beer") == std::map<std::string, float>{{"similar wine", 1.0F}});
  CHECK(shop.reasons("milk") == std::map<std::string, float>{{"popular", 1.0F}});
}

TEST_CASE("similar goes by likeness and popularity, not by what is bought together") {
  Shop shop;
  shop.ranker->similar(shop.row("milk"), 3, shop.out);
  shop.check_shares();
  CHECK(shop.ids() == Ids{"new-milk", "butter", "cheese"});
  CHECK(shop.reasons("butter").at("similar milk") > 0.99F);
}

TEST_CASE("a model without the neighbour tables is explained by running it") {
  auto spec = task_models::grocer();
  spec.prefix = "hidden_";
  Shop hidden(spec);
  Shop plain;
  for (Shop* shop : {&hidden, &plain}) {
    shop->view("wine");
    shop->view("bread");
    shop->add("milk");
    shop->recommend();
  }
  REQUIRE(hidden.ids() == plain.ids());
  for (const std::string& id : plain.ids()) {
    const auto expected = plain.reasons(id);
    const auto found = hidden.reasons(id);
    REQUIRE(found.size() == expected.size());
    for (const auto& [name, share] : expected) CHECK(near(found.at(name), share));
  }
}

// ---- rules

TEST_CASE("exclude keeps items out of every slot, and the list stays full") {
  Shop shop = shop_with(R"({"version":1,"rules":[{"action":"exclude",
      "where":{"field":"category","values":["Bakery","Alcohol"]}}]})");
  shop.view("milk");
  CHECK(shop.recommend("for-you", 3) == Ids{"butter", "new-milk", "cheese"});
  CHECK(shop.recommend("popular", 10).size() == 7);
}

TEST_CASE("a rule may hold in some slots only") {
  Shop shop = shop_with(R"({"version":1,"rules":[{"action":"exclude","slots":["for-you"],
      "where":{"items":["bread"]}}]})");
  shop.view("milk");
  CHECK(shop.recommend("for-you", 1) == Ids{"butter"});
  CHECK(shop.recommend("related", 1, "milk") == Ids{"bread"});
}

TEST_CASE("only keeps what matches; several must all match") {
  Shop shop = shop_with(R"({"version":1,"rules":[
      {"action":"only","where":{"field":"department","values":["Drinks"]}},
      {"action":"only","where":{"price":{"max":4}}}]})");
  shop.view("milk");
  CHECK(shop.recommend("for-you", 10) == Ids{"tea", "beer", "new-tea"});
}

TEST_CASE("boost multiplies the score and takes its share of the reasons") {
  Shop shop = shop_with(R"({"version":1,"rules":[{"action":"boost","factor":4,
      "where":{"field":"brand","values":["Alm"]},"reason":"Our own dairy"}]})");
  shop.view("milk");
  CHECK(shop.recommend("for-you", 2) == Ids{"butter", "bread"});
  CHECK(near(shop.score("butter"), 4 * (0.5F + 70e-6F)));
  const auto reasons = shop.reasons("butter");
  CHECK(near(reasons.at("rule Our own dairy"), 0.75F));
  CHECK(near(reasons.at("viewed milk"), 0.25F * 0.5F / (0.5F + 70e-6F)));
}

TEST_CASE("a factor below one buries without a reason; factors multiply") {
  Shop shop = shop_with(R"({"version":1,"rules":[
      {"action":"boost","factor":0.1,"where":{"items":["bread"]}},
      {"action":"boost","factor":0.5,"where":{"items":["bread","butter"]}}]})");
  shop.view("milk");
  CHECK(shop.recommend("for-you", 2) == Ids{"butter", "bread"});
  CHECK(near(shop.score("bread"), 0.05F * (1.0F + 90e-6F)));
  CHECK(shop.reasons("bread").count("rule") == 0);
}

TEST_CASE("pins stand at their positions with the shop's reason") {
  Shop shop = shop_with(R"({"version":1,"rules":[
      {"action":"pin","position":3,"where":{"items":["beer"]},"reason":"New in"},
      {"action":"pin","position":1,"where":{"field":"category","values":["Hot drinks"]}}]})");
  shop.view("milk");
  CHECK(shop.recommend("for-you", 4) == Ids{"tea", "bread", "beer", "butter"});
  CHECK(shop.reasons("beer") == std::map<std::string, float>{{"rule New in", 1.0F}});
  CHECK(shop.recommend("for-you", 1) == Ids{"tea"});
}

TEST_CASE("a pin shows what was viewed but neither what is excluded nor what is in the basket") {
  Shop shop = shop_with(R"({"version":1,"rules":[
      {"action":"pin","where":{"items":["wine"]}},
      {"action":"pin","where":{"items":["beer"]}},
      {"action":"pin","where":{"items":["tea"]}},
      {"action":"exclude","where":{"items":["beer"]}}]})");
  shop.view("wine");
  shop.add("tea");
  const Ids ids = shop.recommend("for-you", 10);
  CHECK(ids.front() == "wine");
  CHECK(std::count(ids.begin(), ids.end(), "beer") == 0);
  CHECK(std::count(ids.begin(), ids.end(), "tea") == 0);
}

TEST_CASE("a limit holds for every value of its field, pins included") {
  Shop shop = shop_with(R"({"version":1,"rules":[
      {"action":"limit","max":1,"where":{"field":"category"}},
      {"action":"pin","position":2,"where":{"items":["cheese"]}}]})");
  shop.view("wine");
  const Ids ids = shop.recommend("for-you", 10);
  CHECK(ids == Ids{"beer", "cheese", "bread", "tea"});
}

TEST_CASE("a limit may hold for some values only, or stand in the slot's settings") {
  Shop some = shop_with(R"({"version":1,"rules":[
      {"action":"limit","max":1,"where":{"field":"category","values":["Dairy"]}}]})");
  CHECK(some.recommend("for-you", 4) == Ids{"milk", "bread", "tea", "coffee"});
  Shop slot = shop_with(R"({"version":1,"slots":{"for-you":
      {"limit":{"field":"department","max":2},"exclude_viewed":false}}})");
  slot.view("milk");
  CHECK(slot.recommend("for-you", 10).size() == 4);
  CHECK(slot.recommend("other", 10).size() == 9);
}

TEST_CASE("limits look as far down as it takes") {
  // 400 items in two categories, the first 399 by popularity in one.
  std::string ids, index;
  task_models::RecommenderSpec spec;
  for (int i = 0; i < 400; ++i) {
    const std::string id = "i" + std::to_string(i);
    ids += (i > 0 ? ",\"" : "\"") + id + "\"";
    index += std::string(i > 0 ? "," : "") + (i == 399 ? "1" : "0");
    spec.items.push_back(id);
    spec.neighbours.emplace_back();
    spec.scales.push_back(1);
    spec.popularity.push_back(static_cast<std::int8_t>(i == 399 ? 1 : 2));
  }
  Shop shop(spec,
            R"({"version":1,"rules":[{"action":"limit","max":1,"where":{"field":"category"}}]})",
            true,
            R"({"version":1,"id":[)" + ids +
                R"(],"fields":{"category":{"values":["a","b"],"index":[)" + index + "]}}}");
  CHECK(shop.recommend("for-you", 2) == Ids{"i0", "i399"});
}

TEST_CASE("unavailable items are not shown") {
  Shop shop(task_models::grocer(), "", true,
            R"({"version":1,"id":["milk","bread","tea"],"available":[1,0,true]})");
  CHECK(shop.recommend() == Ids{"milk", "tea"});
}

TEST_CASE("excluding everything gives an empty list, not an error") {
  Shop shop =
      shop_with(R"({"version":1,"rules":[{"action":"only","where":{"items":["nothing"]}}]})");
  CHECK(shop.recommend().empty());
  CHECK(shop.recommend("related", 10, "milk").empty());
}

TEST_CASE("rules that do not fit are refused or reported") {
  CHECK_THROWS_WITH(
      shop_with(
          R"({"version":1,"rules":[{"action":"exclude","where":{"field":"colour","values":["x"]}}]})"),
      ContainsSubstring("$.rules[0].where.field") && ContainsSubstring("department, category"));
  const auto refused = [](const char* rule, const char* place) {
    const std::string text = R"({"version":1,"rules":[)" + std::string(rule) + "]}";
    CHECK_THROWS_WITH(RuleBook(text, "rules.json"), ContainsSubstring(place));
  };
  refused(R"({"action":"hide","where":{"items":[]}})", "$.rules[0].action");
  refused(R"({"action":"exclude"})", "where");
  refused(R"({"action":"exclude","where":{}})", "$.rules[0].where");
  refused(R"({"action":"exclude","where":{"field":"category"}})", "values");
  refused(R"({"action":"boost","where":{"items":["a"]},"factor":-1})", "$.rules[0].factor");
  refused(R"({"action":"boost","where":{"items":["a"]},"factor":1e999})", "");
  refused(R"({"action":"pin","where":{"items":["a"]},"position":0})", "$.rules[0].position");
  refused(R"({"action":"limit","where":{"items":["a"]},"max":1})", "$.rules[0].where");
  refused(R"({"action":"exclude","where":{"items":[1]}})", "$.rules[0].where.items[0]");
  Shop shop;
  const RuleBook book(R"({"version":1,"rules":[{"action":"exclude",
      "where":{"field":"category","values":["Wines","Dairy"]}},
      {"action":"pin","where":{"items":["milk","mlik"]}}]})",
                      "rules.json");
  const auto warnings = rule_warnings(book, shop.catalogue);
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], ContainsSubstring("\"Wines\""));
  CHECK_THAT(warnings[1], ContainsSubstring("\"mlik\""));
}

// ---- visits

TEST_CASE("a visit keeps the newest events and those its basket rests on") {
  Visit visit;
  visit.record({EventType::kAdd, 7, 1, 2});
  for (std::size_t i = 0; i < kMaxEvents + 50; ++i) {
    visit.record({EventType::kView, static_cast<Row>(100 + i), 2, 1});
  }
  CHECK(visit.events().size() == kMaxEvents);
  CHECK(visit.events().front().item == 7);
  CHECK(visit.events().back().item == 100 + kMaxEvents + 49);
  REQUIRE(visit.basket().size() == 1);
  CHECK(visit.basket()[0].quantity == 2);
  visit.erase();
  CHECK(visit.events().empty());
  CHECK(visit.basket().empty());
}

TEST_CASE("quantities add up, are capped, and can be taken out in part") {
  Visit visit;
  visit.record({EventType::kAdd, 1, 1, 9000});
  visit.record({EventType::kAdd, 1, 1, 9000});
  CHECK(visit.in_basket(1) == kMaxQuantity);
  visit.record({EventType::kRemove, 1, 1, 9998});
  CHECK(visit.in_basket(1) == 1);
  visit.record({EventType::kRemove, 2, 1, 1});
  visit.record({EventType::kPurchase, 1, 1, 5});
  CHECK(visit.in_basket(1) == 0);
}

// ---- models

TEST_CASE("a recommender whose metadata does not fit its graph is refused") {
  auto spec = task_models::grocer();
  spec.counts.pop_back();
  CHECK_THROWS_WITH(Shop(spec), ContainsSubstring("$.counts"));
  spec = task_models::grocer();
  spec.items[3] = "milk";
  CHECK_THROWS_WITH(Shop(spec), ContainsSubstring("$.items[3]"));
}
