#include "objects.h"

#include <span>

#include "storewise.h"
#include "support/error.h"
#include "support/message.h"

namespace storewise::abi {
namespace {

constexpr std::uint32_t kPlaceBits = 16;
constexpr std::uint32_t kMaxPlaces = 1U << kPlaceBits;
constexpr std::uint32_t kGenerations = (1U << 15) - 1;

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kModel:
      return "a model";
    case Kind::kCatalogue:
      return "a catalogue";
    case Kind::kFaq:
      return "an FAQ";
    case Kind::kOffers:
      return "an offers file";
    case Kind::kRules:
      return "a rules file";
    case Kind::kShop:
      return "a shop";
    case Kind::kVisit:
      return "a visit";
    case Kind::kIntents:
      return "a file of intents";
  }
  return "nothing";
}

Bytes::~Bytes() { sw_free(data_); }

ModelObject::ModelObject(std::unique_ptr<Bytes> model_bytes, std::string_view name)
    : Object(Kind::kModel), bytes(std::move(model_bytes)) {
  const std::string_view text = bytes->text();
  plan = graph::Plan::open({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, name,
                           model_registry());
  metadata = plan->metadata("storewise");
}

std::int32_t Handles::add(std::unique_ptr<Object> object) {
  std::uint32_t place = 0;
  if (!free_.empty()) {
    place = free_.back();
    free_.pop_back();
  } else {
    if (places_.size() == kMaxPlaces) {
      throw_error(ErrorCode::kOutOfMemory,
                  "too many things are open||at most 65536 handles|one more");
    }
    places_.emplace_back();
    free_.reserve(places_.size());  // so that close() cannot fail
    place = static_cast<std::uint32_t>(places_.size() - 1);
  }
  places_[place].object = std::move(object);
  return static_cast<std::int32_t>(places_[place].generation << kPlaceBits | place);
}

Object& Handles::get(std::int32_t handle) const {
  const auto bits = static_cast<std::uint32_t>(handle);
  const std::uint32_t place = bits & (kMaxPlaces - 1);
  if (handle > 0 && place < places_.size() && places_[place].object &&
      places_[place].generation == bits >> kPlaceBits) {
    return *places_[place].object;
  }
  throw_error(ErrorCode::kInvalidHandle,
              "the handle is not open||a handle that sw_open returned and sw_close did not close|%",
              handle);
}

void Handles::close(std::int32_t handle) {
  const Object& object = get(handle);
  if (object.uses > 0) {
    throw_error(
        ErrorCode::kInvalidHandle,
        "the handle is still in use||the shops and visits that use it closed before|% with % users",
        kind_name(object.kind), object.uses);
  }
  const std::uint32_t index = static_cast<std::uint32_t>(handle) & (kMaxPlaces - 1);
  Place& place = places_[index];
  place.object.reset();
  place.generation = place.generation % kGenerations + 1;
  free_.push_back(index);
}

Object& Handles::get_kind(std::int32_t handle, Kind expected) const {
  Object& object = get(handle);
  if (object.kind == expected) return object;
  throw_error(ErrorCode::kInvalidHandle, "the handle stands for something else|%|%|%", handle,
              kind_name(expected), kind_name(object.kind));
}

}  // namespace storewise::abi
