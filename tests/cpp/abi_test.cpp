#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "catch.h"
#include "files.h"
#include "json_writer.h"
#include "storewise.h"
#include "support/json.h"
#include "task_models.h"

using storewise::Json;

namespace {

std::string result() { return std::string(sw_result(), sw_result_length()); }

int32_t open(int32_t kind, const std::string& bytes, const std::string& name = "file") {
  void* memory = sw_alloc(static_cast<uint32_t>(bytes.size()));
  REQUIRE(memory != nullptr);
  CHECK(reinterpret_cast<std::uintptr_t>(memory) % 16 == 0);
  std::memcpy(memory, bytes.data(), bytes.size());
  return sw_open(kind, memory, static_cast<uint32_t>(bytes.size()), name.data(),
                 static_cast<uint32_t>(name.size()));
}

int32_t raw_call(int32_t handle, const std::string& request) {
  return sw_call(handle, request.data(), static_cast<uint32_t>(request.size()));
}

// The response of a call that works.
Json call(int32_t handle, const Json& request) {
  const int32_t status = raw_call(handle, request.dump());
  INFO(request.dump());
  INFO(result());
  REQUIRE(status == 0);
  return Json::parse(result());
}

// The code of the error of a call that fails.
std::string error_of(int32_t handle, const std::string& request) {
  INFO(request);
  REQUIRE(raw_call(handle, request) == -1);
  const Json error = Json::parse(result());
  for (const char* key : {"code", "message", "file", "place", "expected", "found"}) {
    REQUIRE(error.at(key).is_string());
  }
  CHECK(error.size() == 6);
  CHECK(!error.at("message").get<std::string>().empty());
  return error.at("code");
}

const char kOffers[] = R"({"version":1,"offers":[
  {"id":"dairy","title":{"en":"Dairy week","zh":"乳制品周"},"kind":"percent","value":10,
   "min_quantity":2,"items":[0,2,3]},
  {"id":"dated","title":{"en":"Dated"},"kind":"amount","value":1,"items":[4],
   "starts":"2026-01-01","ends":"2026-12-31"}]})";
const char kRules[] = R"({"version":1,"rules":[
  {"action":"exclude","where":{"field":"category","values":["Alcohol","Tobacco"]},
   "slots":["for-you"]}]})";

// A whole shop behind handles; closes everything in order and checks that it can.
struct Shop {
  Shop() {
    catalogue = open(SW_CATALOGUE, task_models::grocer_catalogue(), "catalogue.json");
    recommender = open(SW_MODEL, task_models::recommender(task_models::grocer()), "r.onnx");
    classifier = open(SW_MODEL, task_models::classifier(task_models::help_desk()), "c.onnx");
    faq = open(SW_FAQ, task_models::help_faq(), "faq.json");
    offers = open(SW_OFFERS, kOffers, "offers.json");
    rules = open(SW_RULES, kRules, "rules.json");
    REQUIRE(recommender > 0);
    REQUIRE(classifier > 0);
    shop = open(SW_SHOP, Json{{"catalogue", catalogue},
                              {"recommender", recommender},
                              {"classifier", classifier},
                              {"faq", faq},
                              {"offers", offers},
                              {"rules", rules}}
                             .dump());
    INFO(result());
    REQUIRE(shop > 0);
    visit = call(shop, {{"method", "visit.open"}}).at("visit");
    REQUIRE(visit > 0);
  }
  ~Shop() {
    for (const int32_t handle :
         {visit, shop, catalogue, recommender, classifier, faq, offers, rules}) {
      CHECK(sw_close(handle) == 0);
    }
  }
  void event(const char* type, const char* item, int at = 1, int quantity = 1) {
    CHECK(call(visit, {{"method", "event"},
                       {"type", type},
                       {"item", item},
                       {"at", at},
                       {"quantity", quantity}}) == Json::object());
  }

  int32_t catalogue, recommender, classifier, faq, offers, rules, shop, visit;
};

std::vector<std::string> ids(const Json& response) {
  std::vector<std::string> found;
  for (const Json& item : response.at("items")) found.push_back(item.at("id"));
  return found;
}

using Ids = std::vector<std::string>;

std::string written(double value) {
  std::string text;
  storewise::abi::JsonWriter(text).number(value);
  return text;
}

}  // namespace

TEST_CASE("numbers are written short and read back the same") {
  CHECK(written(0) == "0");
  CHECK(written(-3) == "-3");
  CHECK(written(1.99) == "1.99");
  CHECK(written(0.1 + 0.2) == "0.3");
  CHECK(written(-0.5) == "-0.5");
  CHECK(written(1767225600000.0) == "1767225600000");
  CHECK(written(12345678.91) == "12345678.91");
  CHECK(written(1.0 / 3) == "0.333333333333");
  CHECK(written(0.0001) == "0.0001");
  CHECK(written(1.5e-9) == "1.5e-9");
  CHECK(written(2.5e300) == "2.5e300");
  CHECK(written(0.99999999999999) == "1");
  CHECK(written(1.0 / 0.0) == "null");
  for (double value = 1.2345678901e-12; value < 1e25; value *= 37.1) {
    const double back = std::stod(written(value));
    CHECK(std::abs(back - value) <= value * 1e-11);
  }
  std::string text;
  storewise::abi::JsonWriter json(text);
  json.begin_object().key("a\n\"").begin_array().number(0.25F).string("\\\x01 é").null();
  json.end_array().key("b").boolean(true).key("c").begin_object().end_object().end_object();
  CHECK(text == "{\"a\\u000a\\\"\":[0.25,\"\\\\\\u0001 é\",null],\"b\":true,\"c\":{}}");
}

TEST_CASE("a model describes itself and runs on raw tensors") {
  const int32_t model = open(SW_MODEL, task_models::recommender(task_models::grocer()), "r.onnx");
  REQUIRE(model > 0);
  const Json description = call(model, {{"method", "describe"}});
  CHECK(description.at("name") == "r.onnx");
  CHECK(description.at("inputs").at(0) ==
        Json{{"name", "items"}, {"type", "int64"}, {"shape", {-1}}});
  CHECK(description.at("outputs").at(0).at("shape") == Json{9});
  CHECK(description.at("metadata").at("kind") == "recommender");
  CHECK(description.at("opset") == 17);
  CHECK(description.at("operators").at("Gather") == 3);
  CHECK(description.at("bytes") == task_models::recommender(task_models::grocer()).size());

  alignas(8) int64_t items[2] = {0, 1};
  float weights[2] = {1, 0.5F};
  sw_tensor tensors[3] = {};
  tensors[0] = {7, 1, {2}, items, 16};
  tensors[1] = {1, 1, {2}, weights, 8};
  REQUIRE(sw_run(model, tensors, 2, 1) == 0);
  CHECK(tensors[2].type == 1);
  CHECK(tensors[2].rank == 1);
  CHECK(tensors[2].dims[0] == 9);
  REQUIRE(tensors[2].bytes == 36);
  const float* scores = static_cast<const float*>(tensors[2].data);
  CHECK(std::abs(scores[2] - (0.5F + 0.5F + 70e-6F)) < 1e-6F);

  const auto fails = [&](sw_tensor first, uint32_t inputs = 2, uint32_t outputs = 1) {
    sw_tensor all[4] = {first, {1, 1, {2}, weights, 8}, {}, {}};
    CHECK(sw_run(model, all, inputs, outputs) == -1);
    CHECK(Json::parse(result()).at("code") == "invalid-input");
  };
  fails({7, 1, {2}, items, 16}, 1);
  fails({7, 1, {2}, items, 16}, 2, 2);
  fails({7, 1, {2}, items, 8});
  fails({7, 1, {2}, nullptr, 16});
  fails({7, 9, {2}, items, 16});
  fails({7, -1, {2}, items, 16});
  fails({7, 1, {-2}, items, 16});
  fails({99, 1, {2}, items, 16});
  fails({1, 1, {2}, items, 8});
  fails({7, 8, {0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 2, 2, 2, 2}, items, 16});
  fails({7, 1, {1}, reinterpret_cast<char*>(items) + 1, 8});
  items[0] = 9;
  fails({7, 1, {2}, items, 16});
  items[0] = 0;
  CHECK(sw_run(model, tensors, 2, 1) == 0);
  CHECK(sw_close(model) == 0);
}

TEST_CASE("recommenders rank and classifiers classify without a shop") {
  const int32_t model = open(SW_MODEL, task_models::recommender(task_models::grocer()), "r.onnx");
  const Json ranked = call(
      model, {{"method", "rank"}, {"items", {"bread", "nothing", "milk", "milk"}}, {"limit", 2}});
  REQUIRE(ranked.at("items").size() == 2);
  CHECK(ranked.at("items").at(0).at("id") == "gone");
  CHECK(ranked.at("items").at(1).at("id") == "butter");
  CHECK(std::abs(ranked.at("items").at(1).at("score").get<double>() - (0.5 + std::exp(-0.5))) <
        1e-3);
  CHECK(ids(call(model, {{"method", "rank"}, {"items", Json::array()}, {"limit", 1}})) ==
        Ids{"milk"});
  CHECK(call(model, {{"method", "rank_batch"},
                     {"sessions", {{"milk"}, {"milk"}, {"wine"}, Json::array()}},
                     {"targets", {"butter", "unknown", "cheese", "beer"}},
                     {"limit", 3}}) == Json{{"ranks", {3, 0, 1, 0}}});
  CHECK(error_of(model, R"({"method":"rank_batch","sessions":[["milk"]],"targets":[]})") ==
        "invalid-input");
  CHECK(error_of(model, R"({"method":"classify","text":"x"})") == "invalid-request");
  const int32_t desk = open(SW_MODEL, task_models::classifier(task_models::help_desk()), "c.onnx");
  const Json result = call(desk, {{"method", "classify"}, {"text", "refund"}, {"limit", 2}});
  REQUIRE(result.at("ranked").size() == 2);
  CHECK(result.at("ranked").at(0).at("label") == "returns");
  CHECK(result.at("in_scope") == true);
  CHECK(std::abs(result.at("threshold").get<double>() - 0.6) < 1e-6);
  CHECK(call(desk, {{"method", "classify"}, {"text", ""}}).at("in_scope") == false);
  CHECK(sw_close(model) == 0);
  CHECK(sw_close(desk) == 0);
}

TEST_CASE("a visit through the shop: events, recommendations, basket, offers") {
  Shop shop;
  const Json described = call(shop.shop, {{"method", "describe"}});
  CHECK(described.at("items") == 10);
  CHECK(described.at("shared_items") == 8);
  CHECK(described.at("currency") == "EUR");
  REQUIRE(described.at("warnings").size() == 1);

  CHECK(ids(call(shop.visit, {{"method", "recommend"}, {"limit", 2}})) == Ids{"milk", "bread"});
  shop.event("view", "bread", 1767225600000 % 1000);
  shop.event("view", "milk", 5);
  const Json list = call(shop.visit, {{"method", "recommend"}, {"exclude", {"tea", "unknown"}}});
  CHECK(ids(list) == Ids{"butter", "cheese", "new-milk", "coffee", "new-tea"});
  const Json reason = list.at("items").at(0).at("reasons").at(0);
  CHECK(reason.at("kind") == "viewed");
  CHECK(reason.at("item") == "bread");
  CHECK(reason.at("text") == "");
  double shares = 0;
  for (const Json& one : list.at("items").at(0).at("reasons"))
    shares += one.at("share").get<double>();
  CHECK(std::abs(shares - 1) < 1e-5);
  CHECK(list.at("items").at(0).at("reasons").back().at("item").is_null());

  CHECK(ids(call(shop.visit,
                 {{"method", "recommend"}, {"slot", "related"}, {"item", "wine"}, {"limit", 2}})) ==
        Ids{"cheese", "beer"});
  CHECK(ids(call(shop.shop, {{"method", "similar"}, {"item", "tea"}, {"limit", 2}})) ==
        Ids{"new-tea", "coffee"});

  shop.event("add", "milk", 6, 2);
  shop.event("add", "tea", 7);
  CHECK(call(shop.visit, {{"method", "basket"}}) ==
        Json::parse(R"({"items":[{"id":"milk","quantity":2,"price":1.2},
                                 {"id":"tea","quantity":1,"price":3}],"total":5.4})"));
  const Json offers = call(shop.visit, {{"method", "offers"}, {"language", "zh"}});
  REQUIRE(offers.at("offers").size() == 1);  // the visit's clock says 1970: no dated offer
  const Json& offer = offers.at("offers").at(0);
  CHECK(offer.at("offer") == Json::parse(R"({"id":"dairy","title":"乳制品周","kind":"percent",
      "value":10,"items":["milk","butter","cheese"]})"));
  CHECK(offer.at("status") == "applies");
  CHECK(offer.at("saving") == 0.24);
  CHECK(offer.at("missing") == Json{{"quantity", 0}, {"amount", 0}});
  CHECK(offer.at("reasons").at(0) ==
        Json{{"kind", "in-basket"}, {"item", "milk"}, {"share", 1}, {"text", ""}});
  CHECK(call(shop.visit, {{"method", "offers"}, {"now", 1767225600000}}).at("offers").size() == 2);

  shop.event("remove", "milk", 8, 1);
  CHECK(call(shop.visit, {{"method", "basket"}}).at("items").at(0).at("quantity") == 1);
  call(shop.visit, {{"method", "event"}, {"type", "purchase"}, {"items", {"tea"}}});
  CHECK(call(shop.visit, {{"method", "basket"}}).at("items").size() == 1);
  call(shop.visit, {{"method", "event"}, {"type", "purchase"}, {"at", 9}});
  CHECK(call(shop.visit, {{"method", "basket"}}) == Json{{"items", Json::array()}, {"total", 0}});
}

TEST_CASE("a visit is exported, erased and restored as it was") {
  Shop shop;
  shop.event("view", "bread", 3);
  shop.event("add", "milk", 4, 2);
  shop.event("remove", "milk", 5, 1);
  const Json exported = call(shop.visit, {{"method", "export"}});
  CHECK(exported == Json::parse(R"({"version":1,"events":[
      {"type":"view","item":"bread","at":3,"quantity":1},
      {"type":"add","item":"milk","at":4,"quantity":2},
      {"type":"remove","item":"milk","at":5,"quantity":1}]})"));
  const Json list = call(shop.visit, {{"method", "recommend"}});
  CHECK(call(shop.visit, {{"method", "erase"}}) == Json::object());
  CHECK(call(shop.visit, {{"method", "export"}}).at("events").empty());
  CHECK(call(shop.visit, {{"method", "basket"}}).at("items").empty());

  Json events = exported.at("events");
  events.insert(events.begin() + 1, Json{{"type", "view"}, {"item", "sold-out-since"}, {"at", 3}});
  CHECK(call(shop.visit, {{"method", "restore"}, {"events", events}}) ==
        Json{{"restored", 3}, {"skipped", 1}});
  CHECK(call(shop.visit, {{"method", "export"}}) == exported);
  CHECK(call(shop.visit, {{"method", "recommend"}}) == list);
  const int32_t second =
      call(shop.shop, {{"method", "visit.open"}, {"events", exported.at("events")}}).at("visit");
  CHECK(call(second, {{"method", "recommend"}}) == list);
  CHECK(sw_close(second) == 0);

  // One malformed event, and nothing is restored.
  events.push_back(Json{{"type", "view"}, {"item", 3}});
  CHECK(error_of(shop.visit, Json{{"method", "restore"}, {"events", events}}.dump()) ==
        "invalid-input");
  CHECK(call(shop.visit, {{"method", "export"}}) == exported);

  Json many = Json::array();
  for (int i = 0; i < 1200; ++i) many.push_back(Json{{"type", "view"}, {"item", "tea"}, {"at", i}});
  const Json counted = call(shop.visit, {{"method", "restore"}, {"events", many}});
  CHECK(counted.at("restored").get<int>() + counted.at("skipped").get<int>() == 1200);
  CHECK(call(shop.visit, {{"method", "export"}}).at("events").back().at("at") == 1199);
}

TEST_CASE("removing without a quantity takes the whole line and exports what it took") {
  Shop shop;
  shop.event("add", "milk", 1, 3);
  call(shop.visit, {{"method", "event"}, {"type", "remove"}, {"item", "milk"}});
  CHECK(call(shop.visit, {{"method", "basket"}}).at("items").empty());
  CHECK(call(shop.visit, {{"method", "export"}}).at("events").back() ==
        Json{{"type", "remove"}, {"item", "milk"}, {"at", 1}, {"quantity", 3}});
}

TEST_CASE("a visit says what its visitor is about to do, and why") {
  Shop shop;
  const std::string kKinds[] = {"purchase-intent", "leave-intent", "price-sensitivity",
                                "category-affinity"};
  for (const std::string& kind : kKinds) {
    const std::string request = Json{{"method", "predict"}, {"kind", kind}}.dump();
    if (kind.ends_with("-intent")) {
      CHECK(error_of(shop.visit, request) == "unsupported");
    } else {
      CHECK(raw_call(shop.visit, request) == 0);
    }
  }
  CHECK(error_of(shop.visit, R"({"method":"predict","kind":"mood"})") == "invalid-input");
  CHECK_THAT(result(), ContainsSubstring("leave-intent"));
  CHECK(error_of(shop.visit, R"({"method":"event","type":"page","item":"garden"})") ==
        "invalid-input");
  CHECK_THAT(result(), ContainsSubstring("information"));

  const auto file = read_file(STOREWISE_SOURCE_DIR "/models/intents/model.onnx");
  const int32_t intents = open(SW_INTENTS, std::string(file.begin(), file.end()), "intents.onnx");
  REQUIRE(intents > 0);
  CHECK(call(intents, {{"method", "describe"}}).at("metadata").at("source") == "default");
  CHECK(error_of(intents, R"({"method":"classify"})") == "invalid-request");
  const int32_t telling = open(
      SW_SHOP,
      Json{{"catalogue", shop.catalogue}, {"offers", shop.offers}, {"intents", intents}}.dump());
  REQUIRE(telling > 0);
  CHECK(sw_close(intents) == -1);  // in use
  const int32_t visit = call(telling, {{"method", "visit.open"}}).at("visit");
  const char* const kItems[] = {"milk", "bread", "butter", "cheese", "tea", "wine"};
  const char* const kPages[] = {"products", "account", "information"};
  std::mt19937 engine(23);
  const auto random = [&] { return static_cast<unsigned>(engine()); };
  double now = 1767571200000;
  for (int i = 0; i < 300; ++i) {
    now += random() % 20 == 0 ? 2000000.0 : random() % 90000;
    Json event{{"method", "event"}, {"at", now}};
    const unsigned what = random() % 10;
    event["type"] = what < 4 ? "view" : what < 6 ? "page" : what < 8 ? "add" : "remove";
    event["item"] = what == 4 || what == 5 ? kPages[random() % 3] : kItems[random() % 6];
    if (what == 7) event["quantity"] = 1 + random() % 5;
    if (what == 9 && random() % 4 == 0) {
      event = {{"method", "event"}, {"at", now}, {"type", "purchase"}};
      if (random() % 2 == 0) event["items"] = {kItems[random() % 6], kItems[random() % 6]};
    }
    call(visit, event);
    if (i % 7 != 0) continue;
    // Another visit that is told all of it at once says the same.
    const int32_t other =
        call(telling, {{"method", "visit.open"},
                       {"events", call(visit, {{"method", "export"}}).at("events")}})
            .at("visit");
    const double later = now + random() % 600000;
    for (const std::string& kind : kKinds) {
      const Json request{{"method", "predict"}, {"kind", kind}, {"now", later}, {"offset", 60}};
      const Json said = call(visit, request);
      CHECK(call(other, request) == said);
      CHECK(said.size() == 5);
      const double probability = said.at("probability");
      CHECK(probability > 0);
      CHECK(probability < 1);
      double sum = said.at("base");
      for (const Json& reason : said.at("reasons")) sum += reason.at("contribution").get<double>();
      if (kind.ends_with("-intent")) {
        CHECK(said.at("source") == "default");
        CHECK(said.at("value").is_boolean());
        CHECK(std::abs(sum - std::log(probability / (1 - probability))) < 1e-5);
      } else if (kind == "price-sensitivity") {
        CHECK(std::abs(sum - said.at("value").get<double>()) < 1e-9);
      } else {
        CHECK(said.at("reasons").at(0).at("feature") == said.at("value"));
        CHECK(said.at("reasons").at(0).at("contribution") == said.at("probability"));
      }
    }
    CHECK(sw_close(other) == 0);
  }
  for (const int32_t handle : {visit, telling, intents}) CHECK(sw_close(handle) == 0);
  CHECK(open(SW_INTENTS, "<html>") == 0);
  CHECK(open(SW_INTENTS, task_models::recommender(task_models::grocer())) == 0);
}

TEST_CASE("questions through the shop keep one shape") {
  Shop shop;
  const auto check_shape = [](const Json& answer) {
    CHECK(answer.size() == 5);
    for (const char* key : {"kind", "intent", "confidence", "text", "choices"}) {
      CHECK(answer.contains(key));
    }
  };
  const Json answer = call(shop.shop, {{"method", "ask"},
                                       {"text", "arrive long"},
                                       {"language", "en"},
                                       {"slots", {{"order_number", "<b>7</b>"}}}});
  check_shape(answer);
  CHECK(answer.at("kind") == "answer");
  CHECK(answer.at("intent") == "delivery-time");
  CHECK(answer.at("text") == "Order (#<b>7</b>) arrives in two days.");
  const Json clarify = call(shop.shop, {{"method", "ask"}, {"text", "delivery"}});
  check_shape(clarify);
  CHECK(clarify.at("kind") == "clarify");
  REQUIRE(clarify.at("choices").size() == 2);
  CHECK(clarify.at("choices").at(0).at("question") == "What is the fee?");
  const Json handoff = call(shop.shop, {{"method", "ask"}, {"text", ""}});
  check_shape(handoff);
  CHECK(handoff.at("kind") == "handoff");
  CHECK(handoff.at("intent").is_null());
  const Json chosen = call(shop.shop, {{"method", "answer"}, {"intent", "payment"}});
  check_shape(chosen);
  CHECK(chosen.at("confidence") == 1);
  CHECK(error_of(shop.shop, R"({"method":"answer","intent":"secret"})") == "invalid-input");
}

TEST_CASE("a shop of a catalogue alone works") {
  const int32_t catalogue = open(SW_CATALOGUE, task_models::grocer_catalogue());
  const int32_t shop = open(SW_SHOP, Json{{"catalogue", catalogue}, {"faq", 0}}.dump());
  REQUIRE(shop > 0);
  const int32_t visit = call(shop, {{"method", "visit.open"}}).at("visit");
  CHECK(call(visit, {{"method", "recommend"}}).at("items").size() == 10);
  CHECK(call(visit, {{"method", "offers"}}) == Json{{"offers", Json::array()}});
  CHECK(call(shop, {{"method", "ask"}, {"text", "hello"}}).at("kind") == "handoff");
  CHECK(error_of(shop, R"({"method":"answer","intent":"x"})") == "invalid-input");
  for (const int32_t handle : {visit, shop, catalogue}) CHECK(sw_close(handle) == 0);
}

TEST_CASE("handles are checked: unknown, closed, reused, of another kind, in use") {
  Shop shop;
  for (const int32_t handle : {0, -1, 1, 77, 0x7FFFFFFF, static_cast<int32_t>(0x80000000U)}) {
    CHECK(error_of(handle, R"({"method":"describe"})") == "invalid-handle");
    CHECK(sw_close(handle) == -1);
    CHECK(sw_run(handle, nullptr, 0, 0) == -1);
  }
  for (const int32_t handle : {shop.catalogue, shop.faq, shop.offers, shop.rules}) {
    CHECK(error_of(handle, R"({"method":"describe"})") == "invalid-handle");
  }
  CHECK(sw_run(shop.shop, nullptr, 0, 0) == -1);
  CHECK_THAT(result(), ContainsSubstring("a model"));
  for (const int32_t handle : {shop.catalogue, shop.recommender, shop.classifier, shop.faq,
                               shop.offers, shop.rules, shop.shop}) {
    CHECK(sw_close(handle) == -1);
    CHECK_THAT(result(), ContainsSubstring("invalid-handle"));
  }
  const int32_t visit = call(shop.shop, {{"method", "visit.open"}}).at("visit");
  CHECK(sw_close(visit) == 0);
  CHECK(sw_close(visit) == -1);
  CHECK(error_of(visit, R"({"method":"basket"})") == "invalid-handle");
  const int32_t next = call(shop.shop, {{"method", "visit.open"}}).at("visit");
  CHECK(next != visit);
  CHECK(error_of(visit, R"({"method":"basket"})") == "invalid-handle");
  CHECK(sw_close(next) == 0);
  CHECK(open(SW_SHOP, Json{{"catalogue", shop.faq}}.dump()) == 0);
  CHECK(open(SW_SHOP,
             Json{{"catalogue", shop.catalogue}, {"recommender", shop.classifier}}.dump()) == 0);
  CHECK_THAT(result(), ContainsSubstring("\\\"recommender\\\""));
  CHECK(open(SW_SHOP, Json{{"catalogue", visit}}.dump()) == 0);
}

TEST_CASE("files that cannot be opened say why and leave nothing open") {
  const auto refused = [](int32_t kind, const std::string& bytes, const char* code,
                          const char* what) {
    CHECK(open(kind, bytes, "the-file") == 0);
    const Json error = Json::parse(result());
    INFO(result());
    CHECK(error.at("code") == code);
    CHECK_THAT(error.at("message").get<std::string>(), ContainsSubstring("the-file"));
    CHECK_THAT(error.at("message").get<std::string>(), ContainsSubstring(what));
  };
  refused(SW_MODEL, "", "invalid-model", "");
  refused(SW_MODEL, "<html>", "invalid-model", "");
  refused(SW_CATALOGUE, "<html>", "invalid-input", "HTML");
  refused(SW_FAQ, "{}", "invalid-input", "version");
  refused(SW_OFFERS, R"({"version":1,"offers":[{}]})", "invalid-input", "$.offers[0]");
  refused(SW_RULES, R"({"version":1,"rules":3})", "invalid-input", "$.rules");
  refused(SW_SHOP, "{}", "invalid-input", "catalogue");
  refused(SW_SHOP, R"({"catalogue":"x"})", "invalid-input", "$.catalogue");
  refused(SW_SHOP, R"({"catalogue":99999999999})", "invalid-input", "$.catalogue");
  refused(0, "x", "invalid-request", "1 model");
  refused(7, "x", "invalid-request", "1 model");
  refused(-1, "x", "invalid-request", "1 model");
  CHECK(sw_open(SW_MODEL, nullptr, 5, nullptr, 0) == 0);
  CHECK_THAT(result(), ContainsSubstring("null pointer"));
  const std::string model = task_models::recommender(task_models::grocer());
  for (std::size_t length = 0; length < model.size(); length += 97) {
    CHECK(open(SW_MODEL, model.substr(0, length)) == 0);
  }
  sw_free(nullptr);
  CHECK(sw_version() == 1);
}

TEST_CASE("hostile requests get an error, and the next good call its answer") {
  Shop shop;
  shop.event("view", "milk", 1);
  const Json before = call(shop.visit, {{"method", "export"}});
  const Json list = call(shop.visit, {{"method", "recommend"}});
  const std::string deep = std::string(100'000, '[');
  const std::pair<const char*, const char*> kRequests[] = {
      {"", "invalid-input"},
      {"nonsense", "invalid-input"},
      {"[]", "invalid-input"},
      {"3", "invalid-input"},
      {"{}", "invalid-input"},
      {R"({"method":3})", "invalid-input"},
      {R"({"method":"nothing"})", "invalid-request"},
      {R"({"method":"recommend","method":"basket"})", "invalid-input"},
      {R"({"method":"recommend","limit":-1})", "invalid-input"},
      {R"({"method":"recommend","limit":1e9})", "invalid-input"},
      {R"({"method":"recommend","limit":1.5})", "invalid-input"},
      {R"({"method":"recommend","limit":"10"})", "invalid-input"},
      {R"({"method":"recommend","limit":1e999})", "invalid-input"},
      {R"({"method":"recommend","limit":99999999999999999999})", "invalid-input"},
      {R"({"method":"recommend","slot":7})", "invalid-input"},
      {R"({"method":"recommend","item":"unknown"})", "invalid-input"},
      {R"({"method":"recommend","exclude":"milk"})", "invalid-input"},
      {R"({"method":"recommend","exclude":[{}]})", "invalid-input"},
      {R"({"method":"event"})", "invalid-input"},
      {R"({"method":"event","type":"look","item":"milk"})", "invalid-input"},
      {R"({"method":"event","type":"view"})", "invalid-input"},
      {R"({"method":"event","type":"view","item":"unknown"})", "invalid-input"},
      {R"({"method":"event","type":"view","item":"milk","at":-1})", "invalid-input"},
      {R"({"method":"event","type":"view","item":"milk","at":1e300})", "invalid-input"},
      {R"({"method":"event","type":"add","item":"milk","quantity":0})", "invalid-input"},
      {R"({"method":"event","type":"add","item":"milk","quantity":10000})", "invalid-input"},
      {R"({"method":"event","type":"add","item":"milk","quantity":0.5})", "invalid-input"},
      {R"({"method":"event","type":"purchase","items":["milk","unknown"]})", "invalid-input"},
      {R"({"method":"restore"})", "invalid-input"},
      {R"({"method":"restore","events":{}})", "invalid-input"},
      {R"({"method":"restore","events":[3]})", "invalid-input"},
      {R"({"method":"offers","now":"today"})", "invalid-input"},
      {"{\"method\":\"recommend\",\"slot\":\"\xFF\xFE\"}", "invalid-input"},
      {"{\"method\":\"basket\"} x", "invalid-input"},
  };
  for (const auto& [request, code] : kRequests) {
    CHECK(error_of(shop.visit, request) == code);
    CHECK(call(shop.visit, {{"method", "recommend"}}) == list);
  }
  CHECK(error_of(shop.visit, deep) == "invalid-input");
  CHECK(error_of(shop.visit, R"({"method":)" + deep) == "invalid-input");
  CHECK(sw_call(shop.visit, nullptr, 0) == -1);
  for (const char* request :
       {R"({"method":"ask"})", R"({"method":"ask","text":3})",
        R"({"method":"ask","text":"x","slots":[]})",
        R"({"method":"ask","text":"x","slots":{"a":3}})",
        R"({"method":"similar","item":"unknown"})", R"({"method":"visit.open","events":7})"}) {
    CHECK(error_of(shop.shop, request) == "invalid-input");
  }
  CHECK(call(shop.visit, {{"method", "export"}}) == before);
  CHECK(error_of(shop.visit, R"({"method":"event","type":"view","item":"the-sku"})") ==
        "invalid-input");
  CHECK_THAT(result(), ContainsSubstring("the-sku"));
}

// The sanitizers watch the end of the program: a visit's shop was gone before the visit.
TEST_CASE("what is still open when the program ends does no harm") {
  const int32_t catalogue = open(SW_CATALOGUE, task_models::grocer_catalogue());
  const int32_t shop = open(SW_SHOP, Json{{"catalogue", catalogue}}.dump());
  CHECK(call(shop, {{"method", "visit.open"}}).at("visit") > 0);
}
