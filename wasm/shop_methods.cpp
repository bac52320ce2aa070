#include <algorithm>
#include <cmath>
#include <span>

#include "answer/answering.h"
#include "describe.h"
#include "json_writer.h"
#include "kernels/kernels.h"
#include "methods.h"
#include "ops/registry.h"
#include "shop_objects.h"
#include "support/error.h"
#include "support/json.h"
#include "support/message.h"

namespace storewise::abi {
namespace {

using recommend::kNoRow;
using recommend::Row;

constexpr std::int64_t kMaxLimit = recommend::kMaxResults;
constexpr double kMaxTime = 8.64e15;  // the latest that JavaScript's Date can say

[[noreturn]] void refuse_method(const Object& object, std::string_view method,
                                std::string_view known) {
  throw_error(ErrorCode::kInvalidRequest, "there is no such method|$.method|a method of %: %|\"%\"",
              kind_name(object.kind), known, method);
}

std::size_t limit_of(const JsonView& request, std::int64_t fallback) {
  return static_cast<std::size_t>(request.integer_or("limit", fallback, 0, kMaxLimit));
}

Row item_of(const JsonView& view, const recommend::Catalogue& catalogue) {
  const Row row = catalogue.ids().find(view.string());
  if (row == kNoRow) view.fail("the id of an item in the catalogue");
  return row;
}

// ---- models

void classify(TaskModelObject& model, const JsonView& request, JsonWriter& json) {
  answer::Classifier& classifier = *model.classifier;
  const std::size_t limit = limit_of(request, 5);
  std::vector<answer::RankedLabel> ranked;
  const bool known = classifier.classify(request.at("text").string(), ranked);
  json.begin_object().key("ranked").begin_array();
  for (std::size_t i = 0; i < std::min(limit, ranked.size()); ++i) {
    json.begin_object().key("label").string(classifier.labels()[ranked[i].label]);
    json.key("probability").number(ranked[i].probability).end_object();
  }
  json.end_array().key("threshold").number(classifier.threshold()).key("in_scope");
  json.boolean(known && ranked.front().probability >= classifier.threshold()).end_object();
}

// The model's query for a session: its last distinct items that the model knows, newest first.
void session_query(const recommend::Recommender& recommender, const JsonView& items,
                   std::vector<recommend::SessionItem>& out) {
  out.clear();
  for (std::size_t i = items.size(); i-- > 0 && out.size() < recommender.max_session_items();) {
    const Row row = recommender.items().find(items[i].string());
    if (row == kNoRow) continue;
    const bool known =
        std::any_of(out.begin(), out.end(), [&](const auto& item) { return item.row == row; });
    if (!known) out.push_back({row, recommender.decay(out.size())});
  }
}

void rank(TaskModelObject& model, const JsonView& request, JsonWriter& json) {
  recommend::Recommender& recommender = *model.recommender;
  std::vector<recommend::SessionItem> session;
  session_query(recommender, request.at("items"), session);
  std::vector<std::uint32_t> best(std::min(limit_of(request, 20), recommender.items().size()));
  const auto scores = recommender.scores(session);
  const std::size_t found =
      kernels::top_k_f32(scores.data(), scores.size(), best.size(), best.data());
  json.begin_object().key("items").begin_array();
  for (std::size_t i = 0; i < found; ++i) {
    json.begin_object().key("id").string(recommender.items()[best[i]]);
    json.key("score").number(scores[best[i]]).end_object();
  }
  json.end_array().end_object();
}

void rank_batch(TaskModelObject& model, const JsonView& request, JsonWriter& json) {
  recommend::Recommender& recommender = *model.recommender;
  const JsonView sessions = request.at("sessions");
  const JsonView targets = request.at("targets");
  if (targets.size() != sessions.size()) {
    targets.fail(message("% items, one for each session", sessions.size()),
                 message("%", targets.size()));
  }
  std::vector<recommend::SessionItem> session;
  std::vector<std::uint32_t> best(std::min(limit_of(request, 20), recommender.items().size()));
  json.begin_object().key("ranks").begin_array();
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    session_query(recommender, sessions[i], session);
    const Row target = recommender.items().find(targets[i].string());
    std::int64_t place = 0;
    if (target != kNoRow) {
      const auto scores = recommender.scores(session);
      const std::size_t found =
          kernels::top_k_f32(scores.data(), scores.size(), best.size(), best.data());
      const auto end = best.begin() + static_cast<std::ptrdiff_t>(found);
      const auto at = std::find(best.begin(), end, target);
      if (at != end) place = at - best.begin() + 1;
    }
    json.integer(place);
  }
  json.end_array().end_object();
}

void call_model(TaskModelObject& model, const JsonView& request, std::string_view method,
                JsonWriter& json) {
  if (method == "describe")
    return describe_model(model, model.metadata.empty() ? "null" : model.metadata, json);
  if (method == "classify" && model.classifier) return classify(model, request, json);
  if (method == "rank" && model.recommender) return rank(model, request, json);
  if (method == "rank_batch" && model.recommender) return rank_batch(model, request, json);
  refuse_method(model, method,
                "describe; of storewise's classifiers also classify; of its recommenders rank and "
                "rank_batch");
}

// ---- shops

std::string_view name_of(recommend::ReasonKind kind) {
  switch (kind) {
    case recommend::ReasonKind::kViewed:
      return "viewed";
    case recommend::ReasonKind::kInBasket:
      return "in-basket";
    case recommend::ReasonKind::kBought:
      return "bought";
    case recommend::ReasonKind::kPopular:
      return "popular";
    case recommend::ReasonKind::kSimilar:
      return "similar";
    case recommend::ReasonKind::kRule:
      return "rule";
  }
  return "";
}

void write_reasons(const recommend::Catalogue& catalogue,
                   std::span<const recommend::Reason> reasons, JsonWriter& json) {
  json.key("reasons").begin_array();
  for (const recommend::Reason& reason : reasons) {
    json.begin_object().key("kind").string(name_of(reason.kind)).key("item");
    if (reason.item == kNoRow) {
      json.null();
    } else {
      json.string(catalogue.ids()[reason.item]);
    }
    json.key("share").number(reason.share).key("text").string(reason.text).end_object();
  }
  json.end_array();
}

void write_results(const ShopObject& shop, JsonWriter& json) {
  const recommend::Catalogue& catalogue = shop.catalogue->content;
  json.begin_object().key("items").begin_array();
  for (const recommend::Recommendation& item : shop.results.items) {
    json.begin_object().key("id").string(catalogue.ids()[item.item]);
    json.key("score").number(item.score);
    write_reasons(catalogue,
                  std::span(shop.results.reasons).subspan(item.first_reason, item.reasons), json);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_answer(const answer::Answer& answer, JsonWriter& json) {
  json.begin_object().key("kind");
  switch (answer.kind) {
    case answer::AnswerKind::kAnswer:
      json.string("answer");
      break;
    case answer::AnswerKind::kClarify:
      json.string("clarify");
      break;
    case answer::AnswerKind::kHandoff:
      json.string("handoff");
      break;
  }
  json.key("intent");
  if (answer.intent.empty()) {
    json.null();
  } else {
    json.string(answer.intent);
  }
  json.key("confidence").number(answer.confidence).key("text").string(answer.text);
  json.key("choices").begin_array();
  for (const answer::Choice& choice : answer.choices) {
    json.begin_object().key("intent").string(choice.intent);
    json.key("question").string(choice.question);
    json.key("confidence").number(choice.confidence).end_object();
  }
  json.end_array().end_object();
}

std::vector<answer::Slot> slots_of(const JsonView& request) {
  std::vector<answer::Slot> slots;
  if (const auto given = request.find("slots")) {
    given->for_each_member([&](const std::string& name, const JsonView& value) {
      slots.emplace_back(name, value.string());
    });
  }
  return slots;
}

void ask(ShopObject& shop, const JsonView& request, JsonWriter& json) {
  const std::string& text = request.at("text").string();
  const std::string language = request.string_or("language", "");
  const auto slots = slots_of(request);
  const std::size_t limit = limit_of(request, 3);
  if (shop.faq == nullptr || shop.classifier == nullptr) return write_answer({}, json);
  write_answer(
      answer::ask(*shop.classifier->classifier, shop.faq->content, text, language, slots, limit),
      json);
}

void answer_intent(ShopObject& shop, const JsonView& request, JsonWriter& json) {
  const JsonView intent = request.at("intent");
  const std::string language = request.string_or("language", "");
  if (shop.faq == nullptr) intent.fail("an intent of the shop's FAQ, which it does not have");
  write_answer(answer::answer_of(shop.faq->content, intent.string(), language, slots_of(request)),
               json);
}

void similar(ShopObject& shop, const JsonView& request, JsonWriter& json) {
  const Row item = item_of(request.at("item"), shop.catalogue->content);
  shop.ranker->similar(item, limit_of(request, 10), shop.results);
  write_results(shop, json);
}

void describe_shop(const ShopObject& shop, JsonWriter& json) {
  const auto count = [&](std::string_view key, std::size_t value) {
    json.key(key).integer(static_cast<std::int64_t>(value));
  };
  json.begin_object();
  count("items", shop.catalogue->content.size());
  json.key("currency").string(shop.catalogue->content.currency());
  count("model_items",
        shop.recommender != nullptr ? shop.recommender->recommender->items().size() : 0);
  count("shared_items", shop.ranker->shared_items());
  count("faq", shop.faq != nullptr ? shop.faq->content.entries().size() : 0);
  count("offers", shop.offers != nullptr ? shop.offers->content.offers().size() : 0);
  count("rules", shop.rules != nullptr ? shop.rules->content.rules().size() : 0);
  json.key("warnings").begin_array();
  for (const std::string& warning : shop.warnings) json.string(warning);
  json.end_array().end_object();
}

// ---- visits

recommend::EventType event_type_of(const JsonView& view) {
  const std::string& name = view.string();
  if (name == "view") return recommend::EventType::kView;
  if (name == "add") return recommend::EventType::kAdd;
  if (name == "remove") return recommend::EventType::kRemove;
  if (name == "purchase") return recommend::EventType::kPurchase;
  if (name == "page") return recommend::EventType::kPage;
  view.fail("view, add, remove, purchase or page");
}

std::string_view name_of(recommend::EventType type) {
  switch (type) {
    case recommend::EventType::kView:
      return "view";
    case recommend::EventType::kAdd:
      return "add";
    case recommend::EventType::kRemove:
      return "remove";
    case recommend::EventType::kPurchase:
      return "purchase";
    case recommend::EventType::kPage:
      return "page";
  }
  return "";
}

constexpr std::string_view kPageNames[] = {"products", "account", "information"};  // by PageKind

// The product that an event is about, or the kind of its page. False for an unknown product.
bool find_item(recommend::Event& event, const JsonView& item,
               const recommend::Catalogue& catalogue) {
  const std::string& name = item.string();
  if (event.type != recommend::EventType::kPage) {
    event.item = catalogue.ids().find(name);
    return event.item != kNoRow;
  }
  for (std::size_t i = 0; i < std::size(kPageNames); ++i) {
    event.page = static_cast<recommend::PageKind>(i);
    if (kPageNames[i] == name) return true;
  }
  item.fail("products, account or information");
}

// Type, time and quantity of an event; the item is left open.
recommend::Event event_of(const JsonView& view, double last_time) {
  recommend::Event event{event_type_of(view.at("type")), kNoRow, 0, 1};
  event.at = std::floor(view.number_or("at", last_time, 0, kMaxTime));
  const bool all_by_default =
      event.type == recommend::EventType::kRemove || event.type == recommend::EventType::kPurchase;
  event.quantity = static_cast<std::uint32_t>(
      view.integer_or("quantity", all_by_default ? recommend::kWholeLine : 1,
                      all_by_default && !view.has("quantity") ? 0 : 1, recommend::kMaxQuantity));
  if (event.type == recommend::EventType::kView || event.type == recommend::EventType::kPage) {
    event.quantity = 1;
  }
  return event;
}

void record_event(VisitObject& visit, const JsonView& request, JsonWriter& json) {
  const recommend::Catalogue& catalogue = visit.shop.catalogue->content;
  recommend::Event event = event_of(request, visit.visit.last_time());
  const auto item = request.find("item");
  const auto items = request.find("items");
  if (event.type == recommend::EventType::kPurchase && !item) {
    if (!items) {
      visit.purchase_basket(event.at);
    } else {
      std::vector<Row> rows;  // all looked up before the first is recorded
      for (std::size_t i = 0; i < items->size(); ++i)
        rows.push_back(item_of((*items)[i], catalogue));
      for (const Row row : rows) {
        event.item = row;
        visit.record(event);
      }
    }
  } else {
    const JsonView named = request.at("item");
    if (!find_item(event, named, catalogue)) named.fail("the id of an item in the catalogue");
    visit.record(event);
  }
  json.begin_object().end_object();
}

struct Restored {
  recommend::Visit visit;
  std::size_t restored = 0;
  std::size_t skipped = 0;
};

// A visit of the newest events that it can hold; all of them are checked.
Restored restored_visit(const JsonView& events, const recommend::Catalogue& catalogue) {
  Restored result;
  const std::size_t count = events.size();
  for (std::size_t i = 0; i < count; ++i) {
    const JsonView view = events[i];
    recommend::Event event = event_of(view, result.visit.last_time());
    if (!find_item(event, view.at("item"), catalogue) || count - i > recommend::kMaxEvents) {
      ++result.skipped;
      continue;
    }
    result.visit.record(event);
    ++result.restored;
  }
  return result;
}

void open_visit(ShopObject& shop, const JsonView& request, Handles& handles, JsonWriter& json) {
  auto visit = std::make_unique<VisitObject>(shop);
  if (const auto events = request.find("events")) {
    visit->visit = restored_visit(*events, shop.catalogue->content).visit;
  }
  json.begin_object().key("visit").integer(handles.add(std::move(visit))).end_object();
}

void restore(VisitObject& visit, const JsonView& request, JsonWriter& json) {
  Restored restored = restored_visit(request.at("events"), visit.shop.catalogue->content);
  visit.visit = std::move(restored.visit);
  visit.traced.reset();
  json.begin_object().key("restored").integer(static_cast<std::int64_t>(restored.restored));
  json.key("skipped").integer(static_cast<std::int64_t>(restored.skipped)).end_object();
}

void recommend_items(VisitObject& visit, const JsonView& request, JsonWriter& json) {
  ShopObject& shop = visit.shop;
  const recommend::Catalogue& catalogue = shop.catalogue->content;
  const std::string slot = request.string_or("slot", "for-you");
  recommend::Query query;
  query.slot = slot;
  query.limit = limit_of(request, 10);
  query.basket_only = request.boolean_or("basket", false);
  if (const auto item = request.find("item")) query.item = item_of(*item, catalogue);
  std::vector<Row> exclude;
  if (const auto ids = request.find("exclude")) {
    for (std::size_t i = 0; i < ids->size(); ++i) {
      const Row row = catalogue.ids().find((*ids)[i].string());
      if (row != kNoRow) exclude.push_back(row);
    }
  }
  query.exclude = exclude;
  shop.ranker->recommend(visit.visit, query, shop.results);
  write_results(shop, json);
}

void offers(VisitObject& visit, const JsonView& request, JsonWriter& json) {
  ShopObject& shop = visit.shop;
  const recommend::Catalogue& catalogue = shop.catalogue->content;
  const std::size_t limit = limit_of(request, 3);
  const std::string language = request.string_or("language", "");
  const double last = visit.visit.last_time();
  const double now = request.number_or("now", last > 0 ? last : -1, 0, kMaxTime);
  shop.offer_matches.clear();
  if (shop.offers != nullptr) {
    recommend::match_offers(shop.offers->content, visit.visit, *shop.ranker, now, limit,
                            shop.offer_matches);
  }
  json.begin_object().key("offers").begin_array();
  for (const recommend::OfferMatch& match : shop.offer_matches) {
    const recommend::Offer& offer = *match.offer;
    json.begin_object().key("offer").begin_object().key("id").string(offer.id);
    json.key("title").string(offer.title(language)).key("kind");
    json.string(offer.kind == recommend::Offer::Kind::kAmount ? "amount" : "percent");
    json.key("value").number(offer.value).key("items").begin_array();
    for (const Row row : match.items) json.string(catalogue.ids()[row]);
    json.end_array().end_object().key("score").number(match.score).key("status");
    json.string(match.status == recommend::OfferStatus::kApplies  ? "applies"
                : match.status == recommend::OfferStatus::kNearly ? "nearly"
                                                                  : "suggested");
    json.key("missing").begin_object().key("quantity").number(match.missing_quantity);
    json.key("amount").number(match.missing_amount).end_object();
    json.key("saving").number(match.saving);
    write_reasons(catalogue, match.reasons, json);
    json.end_object();
  }
  json.end_array().end_object();
}

void basket(const VisitObject& visit, JsonWriter& json) {
  const recommend::Catalogue& catalogue = visit.shop.catalogue->content;
  double total = 0;
  json.begin_object().key("items").begin_array();
  for (const recommend::BasketLine& line : visit.visit.basket()) {
    const double price = catalogue.price(line.item);
    json.begin_object().key("id").string(catalogue.ids()[line.item]);
    json.key("quantity").integer(line.quantity).key("price");
    if (price < 0) {
      json.null();
    } else {
      json.number(price);
      total += price * line.quantity;
    }
    json.end_object();
  }
  json.end_array().key("total").number(total).end_object();
}

// ---- what the visitor is about to do

void begin_reasons(double probability, double base, std::string_view source, JsonWriter& json) {
  json.key("probability").number(probability).key("base").number(base);
  json.key("source").string(source).key("reasons").begin_array();
}

void write_reason(std::string_view feature, double value, double contribution, JsonWriter& json) {
  json.begin_object().key("feature").string(feature).key("value").number(value);
  json.key("contribution").number(contribution).end_object();
}

void predict(VisitObject& visit, const JsonView& request, JsonWriter& json) {
  using behaviour::Intent;
  using behaviour::VisitFeature;
  ShopObject& shop = visit.shop;
  const JsonView kind = request.at("kind");
  const std::string& name = kind.string();
  const double now = request.number_or("now", visit.visit.last_time(), 0, kMaxTime);
  const double offset = request.number_or("offset", 0, -1440, 1440);
  behaviour::VisitTrace& trace = visit.trace(now);
  const behaviour::VisitFeatures features = trace.features(now, offset);
  const auto give_reason = [&](VisitFeature feature, double contribution) {
    if (contribution == 0) return;
    write_reason(behaviour::name_of(feature),
                 static_cast<double>(features[static_cast<std::size_t>(feature)]), contribution,
                 json);
  };
  json.begin_object().key("value");
  if (name == "price-sensitivity") {
    const behaviour::PriceSensitivity said = trace.price_sensitivity();
    json.number(said.value);
    begin_reasons(said.probability, said.base, "visit", json);
    give_reason(VisitFeature::kRelativePrice, said.of_price);
    give_reason(VisitFeature::kDiscountedShare, said.of_offers);
  } else if (name == "category-affinity") {
    const behaviour::VisitTrace::CategoryShares shares = trace.category_shares();
    const behaviour::CategoryShare& best = shares.best[0];
    const recommend::Catalogue::Field* const field = shop.category_field();
    const auto category = [&](const behaviour::CategoryShare& share) -> std::string_view {
      return field->values[share.category];
    };
    if (shares.count == 0) {
      json.null();
    } else {
      json.string(category(best));
    }
    begin_reasons(best.share, 0, "visit", json);
    for (std::size_t i = 0; i < shares.count; ++i) {
      const behaviour::CategoryShare& share = shares.best[i];
      write_reason(category(share), share.weight, share.share, json);
    }
  } else {
    const bool leave = name == name_of(Intent::kLeave);
    if (!leave && name != name_of(Intent::kPurchase)) {
      kind.fail("purchase-intent, leave-intent, price-sensitivity or category-affinity");
    }
    if (shop.intents == nullptr) {
      throw_error(ErrorCode::kUnsupported,
                  "this shop has no model of intents|$.kind|files.intents in shop.json, which "
                  "\"storewise build\" writes|none");
    }
    const behaviour::IntentModels& models = shop.intents->content;
    const behaviour::IntentAnswer said =
        models.answer(leave ? Intent::kLeave : Intent::kPurchase, features);
    json.boolean(said.decision);
    begin_reasons(said.probability, said.base, models.of_shop() ? "shop" : "default", json);
    for (std::size_t i = 0; i < behaviour::kVisitFeatures; ++i) {
      give_reason(static_cast<VisitFeature>(i), said.contributions[i]);
    }
  }
  json.end_array().end_object();
}

void export_visit(const VisitObject& visit, JsonWriter& json) {
  const recommend::Catalogue& catalogue = visit.shop.catalogue->content;
  json.begin_object().key("version").integer(1).key("events").begin_array();
  for (const recommend::Event& event : visit.visit.events()) {
    json.begin_object().key("type").string(name_of(event.type));
    json.key("item").string(event.type == recommend::EventType::kPage
                                ? kPageNames[static_cast<std::size_t>(event.page)]
                                : catalogue.ids()[event.item]);
    json.key("at").number(event.at);
    json.key("quantity").integer(event.quantity).end_object();
  }
  json.end_array().end_object();
}

void call_shop(ShopObject& shop, const JsonView& request, std::string_view method, Handles& handles,
               JsonWriter& json) {
  if (method == "describe") return describe_shop(shop, json);
  if (method == "visit.open") return open_visit(shop, request, handles, json);
  if (method == "ask") return ask(shop, request, json);
  if (method == "answer") return answer_intent(shop, request, json);
  if (method == "similar") return similar(shop, request, json);
  refuse_method(shop, method, "describe, visit.open, ask, answer, similar");
}

void call_visit(VisitObject& visit, const JsonView& request, std::string_view method,
                JsonWriter& json) {
  if (method == "event") return record_event(visit, request, json);
  if (method == "recommend") return recommend_items(visit, request, json);
  if (method == "offers") return offers(visit, request, json);
  if (method == "basket") return basket(visit, json);
  if (method == "predict") return predict(visit, request, json);
  if (method == "export") return export_visit(visit, json);
  if (method == "restore") return restore(visit, request, json);
  if (method == "erase") {
    visit.visit.erase();
    visit.traced.reset();
    json.begin_object().end_object();
    return;
  }
  refuse_method(visit, method, "event, recommend, offers, basket, predict, export, restore, erase");
}

}  // namespace

const graph::Registry& model_registry() { return ops::shop_registry(); }

std::unique_ptr<Object> open(Kind kind, std::unique_ptr<Bytes> bytes, std::string_view name,
                             Handles& handles) {
  switch (kind) {
    case Kind::kModel:
      return std::make_unique<TaskModelObject>(std::move(bytes), name);
    case Kind::kCatalogue:
      return std::make_unique<CatalogueObject>(bytes->text(), name);
    case Kind::kFaq:
      return std::make_unique<FaqObject>(bytes->text(), name);
    case Kind::kOffers:
      return std::make_unique<OffersObject>(bytes->text(), name);
    case Kind::kRules:
      return std::make_unique<RulesObject>(bytes->text(), name);
    case Kind::kShop:
      return std::make_unique<ShopObject>(bytes->text(), name, handles);
    case Kind::kIntents:
      return std::make_unique<IntentsObject>(bytes->text(), name);
    case Kind::kVisit:
      break;
  }
  return nullptr;
}

const behaviour::Explanation& explain(ModelObject& model, std::span<const graph::TensorView>,
                                      std::size_t) {
  throw_error_in(model.plan->name(), ErrorCode::kUnsupported,
                 "this module takes no answers apart||storewise-onnx.wasm|storewise.wasm");
}

const Replies& reply(ModelObject& model, std::span<const graph::TensorView>, std::size_t,
                     std::size_t) {
  throw_error_in(model.plan->name(), ErrorCode::kUnsupported,
                 "this module makes no replies||storewise-onnx.wasm|storewise.wasm");
}

void call(Object& object, std::string_view request, Handles& handles, std::string& response) {
  const JsonDocument document(request, "");
  const JsonView root = document.root();
  const std::string& method = root.at("method").string();
  JsonWriter json(response);
  switch (object.kind) {
    case Kind::kModel:
      return call_model(static_cast<TaskModelObject&>(object), root, method, json);
    case Kind::kShop:
      return call_shop(static_cast<ShopObject&>(object), root, method, handles, json);
    case Kind::kVisit:
      return call_visit(static_cast<VisitObject&>(object), root, method, json);
    case Kind::kCatalogue:
    case Kind::kFaq:
    case Kind::kOffers:
    case Kind::kRules:
      break;
    case Kind::kIntents:
      if (method != "describe") refuse_method(object, method, "describe");
      json.begin_object().key("metadata");
      json.raw(static_cast<IntentsObject&>(object).content.metadata()).end_object();
      return;
  }
  throw_error(ErrorCode::kInvalidHandle,
              "the handle takes no requests||a model, intents, a shop or a visit|%",
              kind_name(object.kind));
}

}  // namespace storewise::abi
