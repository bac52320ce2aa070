// What handles stand for, and handles themselves; shop_objects.h has what only a shop's module
// knows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/plan.h"

namespace storewise::abi {

enum class Kind : std::int32_t {
  kModel = 1,
  kCatalogue = 2,
  kFaq = 3,
  kOffers = 4,
  kRules = 5,
  kShop = 6,
  kVisit = 7,  // opened by a shop's visit.open, not by sw_open
  kIntents = 8,
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

// The operators that this module's models may use: shop_methods.cpp or model_methods.cpp says.
const graph::Registry& model_registry();

struct ModelObject : Object {
  static constexpr Kind kKind = Kind::kModel;
  ModelObject(std::unique_ptr<Bytes> bytes, std::string_view name);

  std::unique_ptr<Bytes> bytes;  // the plan and its metadata are views into them
  std::unique_ptr<const graph::Plan> plan;
  std::string_view metadata;  // under the key "storewise"; empty when there is none
  graph::Workspace workspace;
  std::vector<std::string> texts;  // string outputs of the last run, as they cross the boundary
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
    return static_cast<T&>(get_kind(handle, T::kKind));
  }

 private:
  Object& get_kind(std::int32_t handle, Kind expected) const;

  struct Place {
    std::unique_ptr<Object> object;
    std::uint32_t generation = 1;  // 1..kGenerations
  };
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
};

}  // namespace storewise::abi
