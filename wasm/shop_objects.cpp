#include "shop_objects.h"

#include <algorithm>

#include "support/error.h"
#include "support/json.h"
#include "support/message.h"

namespace storewise::abi {
namespace {

[[noreturn]] void refuse_kind_of(std::string_view role, const TaskModelObject& model) {
  throw_error_in(model.plan->name(), ErrorCode::kInvalidModel, "%|metadata $.kind|\"%\"|another",
                 message({"the shop's ", role, " cannot be used"}), role);
}

}  // namespace

TaskModelObject::TaskModelObject(std::unique_ptr<Bytes> model_bytes, std::string_view name)
    : ModelObject(std::move(model_bytes), name) {
  if (metadata.empty()) return;
  recommend::ModelMetadata document(metadata, "metadata of " + plan->name());
  if (document.kind == "recommender") {
    recommender = std::make_unique<recommend::Recommender>(*plan, std::move(document));
  } else if (document.kind == "classifier") {
    classifier = std::make_unique<answer::Classifier>(*plan, metadata);
  }
}

ShopObject::ShopObject(std::string_view json, std::string_view name, Handles& handles)
    : Object(Kind::kShop) {
  const JsonDocument document(json, name);
  const JsonView root = document.root();
  const auto handle_of = [&](std::string_view key) {
    return static_cast<std::int32_t>(root.integer_or(key, 0, 0, 0x7FFFFFFF));
  };
  const auto find = [&]<typename T>(std::string_view key, T*& member) {
    if (const std::int32_t handle = handle_of(key)) member = &handles.get_as<T>(handle);
  };
  catalogue = &handles.get_as<CatalogueObject>(
      static_cast<std::int32_t>(root.at("catalogue").integer(0, 0x7FFFFFFF)));
  const auto model = [&](std::string_view key) -> TaskModelObject* {
    const std::int32_t handle = handle_of(key);
    return handle == 0 ? nullptr
                       : static_cast<TaskModelObject*>(&handles.get_as<ModelObject>(handle));
  };
  recommender = model("recommender");
  classifier = model("classifier");
  find("faq", faq);
  find("offers", offers);
  find("rules", rules);
  find("intents", intents);
  if (recommender != nullptr && !recommender->recommender) {
    refuse_kind_of("recommender", *recommender);
  }
  if (classifier != nullptr && !classifier->classifier) {
    refuse_kind_of("classifier", *classifier);
  }
  if (offers != nullptr) offers->content.check(catalogue->content);
  ranker = std::make_unique<recommend::Ranker>(
      catalogue->content, recommender != nullptr ? recommender->recommender.get() : nullptr,
      rules != nullptr ? &rules->content : nullptr);
  if (rules != nullptr) {
    warnings = recommend::rule_warnings(rules->content, catalogue->content);
  }
  for (Object* object : std::initializer_list<Object*>{catalogue, recommender, classifier, faq,
                                                       offers, rules, intents}) {
    if (object != nullptr) used_.push_back(object);
  }
  for (Object* object : used_) ++object->uses;
}

ShopObject::~ShopObject() {
  for (Object* object : used_) --object->uses;
}

const recommend::Catalogue::Field* ShopObject::category_field() const {
  const recommend::Catalogue& products = catalogue->content;
  for (const std::string_view name : {"category", "department"}) {
    if (const auto* field = products.field(name)) return field;
  }
  return products.fields().empty() ? nullptr : products.fields().data();
}

const behaviour::ShopFacts& ShopObject::facts(double now) {
  if (facts_) return *facts_;
  const recommend::Catalogue& products = catalogue->content;
  facts_ = std::make_unique<behaviour::ShopFacts>();
  facts_->price = products.prices();
  if (const auto* field = category_field()) {
    facts_->category = field->index;
    facts_->categories = field->values.size();
  }
  if (offers != nullptr) {
    facts_->on_offer.resize(products.size());
    for (const recommend::Offer& offer : offers->content.offers()) {
      if (!offer.holds(now)) continue;
      for (const recommend::Row row : offer.items) facts_->on_offer[row] = 1;
    }
  }
  facts_->prepare(products.size());
  return *facts_;
}

namespace {

void follow(behaviour::VisitTrace& trace, const recommend::Event& event) {
  using behaviour::VisitEvent;
  static constexpr VisitEvent kEvents[] = {VisitEvent::kView, VisitEvent::kAdd, VisitEvent::kRemove,
                                           VisitEvent::kPurchase};
  static constexpr VisitEvent kPages[] = {VisitEvent::kProductsPage, VisitEvent::kAccountPage,
                                          VisitEvent::kInformationPage};
  const VisitEvent what = event.type == recommend::EventType::kPage
                              ? kPages[static_cast<std::size_t>(event.page)]
                              : kEvents[static_cast<std::size_t>(event.type)];
  trace.add(what, event.item, event.at, event.quantity);
}

}  // namespace

behaviour::VisitTrace& VisitObject::trace(double now) {
  if (!traced) {
    traced = std::make_unique<behaviour::VisitTrace>(shop.facts(now));
    for (const recommend::Event& event : visit.events()) follow(*traced, event);
  }
  return *traced;
}

void VisitObject::record(const recommend::Event& event) {
  visit.record(event);
  if (traced) follow(*traced, visit.events().back());
}

void VisitObject::purchase_basket(double at) {
  const std::size_t lines = visit.basket().size();
  visit.purchase_basket(at);
  if (!traced) return;
  const auto events = visit.events();
  for (const recommend::Event& event : events.last(std::min(lines, events.size()))) {
    follow(*traced, event);
  }
}

}  // namespace storewise::abi
