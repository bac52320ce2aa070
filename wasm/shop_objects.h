// The files of a shop, the shops that join them, the visits of a shop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "answer/classifier.h"
#include "answer/faq.h"
#include "behaviour/intents.h"
#include "behaviour/visit_features.h"
#include "objects.h"
#include "recommend/catalogue.h"
#include "recommend/offers.h"
#include "recommend/ranking.h"
#include "recommend/recommender.h"
#include "recommend/rules.h"
#include "recommend/visit.h"

namespace storewise::abi {

// A model with what its metadata's kind makes of it.
struct TaskModelObject : ModelObject {
  TaskModelObject(std::unique_ptr<Bytes> bytes, std::string_view name);

  std::unique_ptr<recommend::Recommender> recommender;
  std::unique_ptr<answer::Classifier> classifier;
};

template <Kind kFileKind, typename Content>
struct FileObject : Object {
  static constexpr Kind kKind = kFileKind;
  FileObject(std::string_view text, std::string_view name)
      : Object(kFileKind), content(text, name) {}
  Content content;
};
using CatalogueObject = FileObject<Kind::kCatalogue, recommend::Catalogue>;
using FaqObject = FileObject<Kind::kFaq, answer::Faq>;
using OffersObject = FileObject<Kind::kOffers, recommend::OfferBook>;
using RulesObject = FileObject<Kind::kRules, recommend::RuleBook>;
using IntentsObject = FileObject<Kind::kIntents, behaviour::IntentModels>;

struct ShopObject : Object {
  static constexpr Kind kKind = Kind::kShop;
  ShopObject(std::string_view json, std::string_view name, Handles& handles);
  ~ShopObject() override;

  CatalogueObject* catalogue = nullptr;
  TaskModelObject* recommender = nullptr;  // these may be null
  TaskModelObject* classifier = nullptr;
  FaqObject* faq = nullptr;
  OffersObject* offers = nullptr;
  RulesObject* rules = nullptr;
  IntentsObject* intents = nullptr;
  std::unique_ptr<recommend::Ranker> ranker;
  std::vector<std::string> warnings;
  recommend::Recommendations results;  // scratch of the shop's calls
  std::vector<recommend::OfferMatch> offer_matches;

  // What visits' features need of the catalogue and the offers; made when it is first asked for, of
  // the offers that hold `now`.
  const behaviour::ShopFacts& facts(double now);
  // The field whose values are the products' categories; null for a catalogue without fields.
  const recommend::Catalogue::Field* category_field() const;

 private:
  std::vector<Object*> used_;
  std::unique_ptr<behaviour::ShopFacts> facts_;
};

struct VisitObject : Object {
  static constexpr Kind kKind = Kind::kVisit;
  explicit VisitObject(ShopObject& owner) : Object(Kind::kVisit), shop(owner) { ++shop.uses; }
  ~VisitObject() override { --shop.uses; }

  // The visit as its models see it; follows `visit` once it was asked for, which is `now`.
  behaviour::VisitTrace& trace(double now);
  void record(const recommend::Event& event);
  void purchase_basket(double at);

  ShopObject& shop;
  recommend::Visit visit;
  std::unique_ptr<behaviour::VisitTrace> traced;  // null again whenever `visit` is replaced
};

}  // namespace storewise::abi
