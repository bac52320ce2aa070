// What handles stand for: the opened files, the shops that join them, the visits of a shop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "answer/classifier.h"
#include "answer/faq.h"
#include "graph/plan.h"
#include "recommend/catalogue.h"
#include "recommend/offers.h"
#include "recommend/ranking.h"
#include "recommend/recommender.h"
#include "recommend/rules.h"
#include "recommend/visit.h"

namespace storewise::abi {

enum class Kind : std::int32_t {
  kModel = 1,
  kCatalogue = 2,
  kFaq = 3,
  kOffers = 4,
  kRules = 5,
  kShop = 6,
  kVisit = 7,  // opened by a shop's visit.open, not by sw_open
};

std::string_view kind_name(Kind kind);

struct Object {
  explicit Object(Kind object_kind) : kind(object_kind) {}
  virtual ~Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  const Kind kind;
  std::uint32_t uses = 0;  // by shops and visits; it can't be closed while there are any
};

// Memory from sw_alloc that the engine owns.
class Bytes {
 public:
  Bytes(void* data, std::uint32_t length) : data_(data), length_(length) {}
  ~Bytes();
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  std::string_view text() const { return {static_cast<const char*>(data_), length_}; }

 private:
  void* data_;
  std::uint32_t length_;
};

struct ModelObject : Object {
  static constexpr Kind kKind = Kind::kModel;
  ModelObject(std::unique_ptr<Bytes> bytes, std::string_view name);

  std::unique_ptr<Bytes> bytes;  // the plan and its metadata are views into them
  std::unique_ptr<const graph::Plan> plan;
  std::string_view metadata;  // valid JSON, or empty
  graph::Workspace workspace;
  std::unique_ptr<recommend::Recommender> recommender;  // when the metadata's kind says so
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

class Handles;

struct ShopObject : Object {
  static constexpr Kind kKind = Kind::kShop;
  ShopObject(std::string_view json, std::string_view name, Handles& handles);
  ~ShopObject() override;

  CatalogueObject* catalogue = nullptr;
  ModelObject* recommender = nullptr;  // these may be null
  ModelObject* classifier = nullptr;
  FaqObject* faq = nullptr;
  OffersObject* offers = nullptr;
  RulesObject* rules = nullptr;
  std::unique_ptr<recommend::Ranker> ranker;
  std::vector<std::string> warnings;
  recommend::Recommendations results;  // scratch of the shop's calls
  std::vector<recommend::OfferMatch> offer_matches;

 private:
  std::vector<Object*> used_;
};

struct VisitObject : Object {
  static constexpr Kind kKind = Kind::kVisit;
  explicit VisitObject(ShopObject& owner) : Object(Kind::kVisit), shop(owner) { ++shop.uses; }
  ~VisitObject() override { --shop.uses; }

  ShopObject& shop;
  recommend::Visit visit;
};

// Handles are numbers that are not given out again soon: a closed one is recognised as such.
class Handles {
 public:
  std::int32_t add(std::unique_ptr<Object> object);
  // Throws Error(kInvalidHandle) for a handle that is not open.
  Object& get(std::int32_t handle) const;
  // Throws Error(kInvalidHandle) also for one that is still in use.
  void close(std::int32_t handle);

  // Throws Error(kInvalidHandle) also for an object of another kind.
  template <typename T>
  T& get_as(std::int32_t handle) const {
    Object& object = get(handle);
    if (object.kind != T::kKind) refuse_kind(handle, T::kKind, object.kind);
    return static_cast<T&>(object);
  }

 private:
  [[noreturn]] static void refuse_kind(std::int32_t handle, Kind expected, Kind found);

  struct Place {
    std::unique_ptr<Object> object;
    std::uint32_t generation = 1;  // 1..kGenerations
  };
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
};

}  // namespace storewise::abi
