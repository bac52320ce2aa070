#include "shop_objects.h"

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
  for (Object* object :
       std::initializer_list<Object*>{catalogue, recommender, classifier, faq, offers, rules}) {
    if (object != nullptr) used_.push_back(object);
  }
  for (Object* object : used_) ++object->uses;
}

ShopObject::~ShopObject() {
  for (Object* object : used_) --object->uses;
}

}  // namespace storewise::abi
