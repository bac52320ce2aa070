// Any bytes as a JSON request to a shop and its visit, and as each of a shop's files, through the C
// ABI: a status and a result that is JSON, and the shop answers the next good call.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "storewise.h"
#include "task_models.h"

namespace {

int32_t open(int32_t kind, std::string_view bytes) {
  void* memory = sw_alloc(static_cast<uint32_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(memory, bytes.data(), bytes.size());
  return sw_open(kind, memory, static_cast<uint32_t>(bytes.size()), "fuzzed", 6);
}

int32_t call(int32_t handle, std::string_view request) {
  return sw_call(handle, request.data(), static_cast<uint32_t>(request.size()));
}

void require(bool holds) {
  if (!holds) std::abort();
}

struct Shop {
  int32_t shop = 0;
  int32_t visit = 0;

  Shop() {
    const int32_t catalogue = open(SW_CATALOGUE, task_models::grocer_catalogue());
    const int32_t recommender = open(SW_MODEL, task_models::recommender(task_models::grocer()));
    const int32_t classifier = open(SW_MODEL, task_models::classifier(task_models::help_desk()));
    const int32_t faq = open(SW_FAQ, task_models::help_faq());
    require(catalogue > 0 && recommender > 0 && classifier > 0 && faq > 0);
    shop = open(SW_SHOP, "{\"catalogue\":" + std::to_string(catalogue) +
                             ",\"recommender\":" + std::to_string(recommender) +
                             ",\"classifier\":" + std::to_string(classifier) +
                             ",\"faq\":" + std::to_string(faq) + ",\"offers\":0,\"rules\":0}");
    require(shop > 0);
    require(call(shop, R"({"method":"visit.open"})") == 0);
    const std::string reply(sw_result(), sw_result_length());  // {"visit":n}
    visit = std::atoi(reply.c_str() + reply.find(':') + 1);
    require(visit > 0);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Shop shop;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const int32_t handle : {shop.shop, shop.visit}) {
    call(handle, bytes);
    require(sw_result_length() > 0 && sw_result()[0] == '{');
    // A request may have opened a visit of its own.
    const std::string_view reply(sw_result(), sw_result_length());
    if (reply.starts_with("{\"visit\":")) sw_close(std::atoi(sw_result() + 9));
  }
  for (const int32_t kind : {SW_CATALOGUE, SW_FAQ, SW_OFFERS, SW_RULES}) {
    const int32_t handle = open(kind, bytes);
    if (handle > 0) require(sw_close(handle) == 0);
  }
  require(call(shop.visit, R"({"method":"recommend","limit":3})") == 0);
  require(call(shop.visit, R"({"method":"erase"})") == 0);
  return 0;
}
