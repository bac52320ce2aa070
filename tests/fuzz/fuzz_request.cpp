// Any bytes as a JSON request to a shop, its visit and its models, or as each of a shop's files,
// through the C ABI: a status and a result that is JSON, and the shop answers the next good call.
// A file that opens goes into a shop of its own, which is asked everything that reads the file.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "storewise.h"
#include "support/error.h"
#include "support/json.h"
#include "task_models.h"

namespace {

constexpr std::string_view kOffers = R"({"version":1,"offers":[
  {"id":"dairy","title":{"en":"Dairy"},"kind":"percent","value":10,"min_quantity":2,"items":[0,2]},
  {"id":"wine","title":{"en":"Wine"},"kind":"amount","value":1,"min_spend":5,"items":[6],
   "starts":"2026-01-01","ends":"2026-12-31"}]})";
constexpr std::string_view kRules = R"({"version":1,"rules":[
  {"action":"exclude","where":{"field":"category","values":["Alcohol"]},"slots":["for-you"]}]})";

void require(bool holds) {
  if (!holds) std::abort();
}

// What a call leaves behind is one JSON object; of those that work, perhaps nothing.
void check_result(bool failed) {
  const std::string_view text(sw_result(), sw_result_length());
  if (text.empty()) return require(!failed);
  try {
    const storewise::JsonDocument document(text, "result");
    require(document.root().is_object());
    if (failed) require(!document.root().at("message").string().empty());
  } catch (const storewise::Error&) {
    std::abort();
  }
}

int32_t open(int32_t kind, std::string_view bytes) {
  void* memory = sw_alloc(static_cast<uint32_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(memory, bytes.data(), bytes.size());
  const int32_t handle = sw_open(kind, memory, static_cast<uint32_t>(bytes.size()), "fuzzed", 6);
  check_result(handle <= 0);
  return handle;
}

// Whether the call worked.
bool call(int32_t handle, std::string_view request) {
  const bool works = sw_call(handle, request.data(), static_cast<uint32_t>(request.size())) == 0;
  check_result(!works);
  return works;
}

// The visit that the last call opened; 0 when it opened none.
int32_t opened_visit() {
  constexpr std::string_view kStart = "{\"visit\":";
  const std::string reply(sw_result(), sw_result_length());
  return reply.starts_with(kStart) ? std::atoi(reply.c_str() + kStart.size()) : 0;
}

int32_t open_shop(int32_t catalogue, int32_t recommender, int32_t classifier, int32_t faq,
                  int32_t offers, int32_t rules) {
  std::string json = "{\"catalogue\":" + std::to_string(catalogue);
  const auto add = [&](const char* key, int32_t handle) {
    json += std::string(",\"") + key + "\":" + std::to_string(handle);
  };
  add("recommender", recommender);
  add("classifier", classifier);
  add("faq", faq);
  add("offers", offers);
  add("rules", rules);
  return open(SW_SHOP, json + "}");
}

// A small shop that stays open.
struct Shop {
  int32_t catalogue = open(SW_CATALOGUE, task_models::grocer_catalogue());
  int32_t recommender = open(SW_MODEL, task_models::recommender(task_models::grocer()));
  int32_t classifier = open(SW_MODEL, task_models::classifier(task_models::help_desk()));
  int32_t faq = open(SW_FAQ, task_models::help_faq());
  int32_t offers = open(SW_OFFERS, kOffers);
  int32_t rules = open(SW_RULES, kRules);
  int32_t shop = open_shop(catalogue, recommender, classifier, faq, offers, rules);
  int32_t visit = 0;

  Shop() {
    require(shop > 0 && call(shop, R"({"method":"visit.open"})"));
    visit = opened_visit();
    require(visit > 0);
  }
};

// The bytes as a request to one of those that answer any, which the bytes themselves choose.
void as_request(const Shop& shop, std::string_view bytes) {
  const int32_t handles[] = {shop.shop, shop.visit, shop.visit, shop.recommender, shop.classifier};
  const std::size_t choice = bytes.size() + static_cast<unsigned char>(bytes[bytes.size() / 2]);
  call(handles[choice % std::size(handles)], bytes);
  if (const int32_t visit = opened_visit()) require(sw_close(visit) == 0);
}

// The kind of file that the bytes would be.
int32_t kind_of(std::string_view bytes) {
  constexpr std::pair<std::string_view, int32_t> kKeys[] = {{"\"entries\"", SW_FAQ},
                                                            {"\"offers\"", SW_OFFERS},
                                                            {"\"rules\"", SW_RULES},
                                                            {"\"catalogue\"", SW_SHOP}};
  for (const auto& [key, kind] : kKeys) {
    if (bytes.find(key) != std::string_view::npos) return kind;
  }
  return SW_CATALOGUE;
}

// Asks a shop that has the file `handle` in the place of its own.
void use_file(const Shop& shop, int32_t kind, int32_t handle) {
  const auto own = [&](int32_t wanted, int32_t other) { return kind == wanted ? handle : other; };
  const int32_t other = open_shop(
      own(SW_CATALOGUE, shop.catalogue), kind == SW_FAQ ? 0 : shop.recommender,
      kind == SW_FAQ ? shop.classifier : 0, own(SW_FAQ, 0), own(SW_OFFERS, 0), own(SW_RULES, 0));
  if (other <= 0) return;
  if (kind == SW_FAQ) {
    require(call(other, R"({"method":"ask","text":"where is my parcel"})"));
    call(other, R"({"method":"answer","intent":"payment"})");
  } else {
    require(call(other, R"({"method":"visit.open"})"));
    const int32_t visit = opened_visit();
    call(visit, R"({"method":"event","type":"add","item":"milk","quantity":3,"at":1767300000000})");
    require(call(visit, R"({"method":"recommend","limit":10})"));
    if (kind == SW_OFFERS) require(call(visit, R"({"method":"offers","limit":10})"));
    if (kind == SW_CATALOGUE) require(call(visit, R"({"method":"basket"})"));
    require(call(visit, R"({"method":"predict","kind":"price-sensitivity"})"));
    require(call(visit, R"({"method":"predict","kind":"category-affinity"})"));
    require(sw_close(visit) == 0);
  }
  require(sw_close(other) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Shop shop;
  static unsigned runs = 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.find("\"method\"") != std::string::npos) {
    as_request(shop, bytes);
  } else {
    const int32_t kind = kind_of(bytes);
    const int32_t handle = open(kind, bytes);
    if (handle > 0) {
      if (kind != SW_SHOP) use_file(shop, kind, handle);
      require(sw_close(handle) == 0);
    }
  }
  require(call(shop.visit, R"({"method":"erase"})"));
  if (++runs % 16 == 0) require(call(shop.visit, R"({"method":"recommend","limit":3})"));
  return 0;
}
