// How long one recommendation takes, natively and through the whole C ABI: 50,000 items, 20
// neighbours each, a session of 20, the top 20 with rules and reasons. Prints, never judges.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include "storewise.h"
#include "task_models.h"

namespace {

int32_t open(int32_t kind, const std::string& bytes) {
  void* memory = sw_alloc(static_cast<uint32_t>(bytes.size()));
  std::memcpy(memory, bytes.data(), bytes.size());
  const int32_t handle = sw_open(kind, memory, static_cast<uint32_t>(bytes.size()), "bench", 5);
  if (handle == 0) std::printf("%.*s\n", static_cast<int>(sw_result_length()), sw_result());
  return handle;
}

std::string call(int32_t handle, const std::string& request) {
  sw_call(handle, request.data(), static_cast<uint32_t>(request.size()));
  return std::string(sw_result(), sw_result_length());
}

void measure(const char* what, int32_t handle, const std::string& request) {
  std::vector<double> times;
  std::size_t bytes = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    sw_call(handle, request.data(), static_cast<uint32_t>(request.size()));
    const auto end = std::chrono::steady_clock::now();
    bytes = sw_result_length();
    times.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
  }
  std::sort(times.begin(), times.end());
  std::printf("%-34s p50 %.3f ms  p95 %.3f ms  response %zu bytes\n", what, times[500], times[950],
              bytes);
}

}  // namespace

int main() {
  constexpr int kItems = 50'000;
  constexpr int kNeighbours = 20;
  constexpr int kCategories = 300;
  std::mt19937 random(42);
  task_models::RecommenderSpec spec;
  std::string ids, prices, categories, departments, values;
  for (int i = 0; i < kItems; ++i) {
    const std::string id = "sku-" + std::to_string(100'000 + i);
    spec.items.push_back(id);
    auto& row = spec.neighbours.emplace_back();
    for (int k = 0; k < kNeighbours; ++k) {
      row.push_back(
          {static_cast<std::int32_t>(random() % kItems), static_cast<std::int8_t>(127 - 5 * k)});
    }
    spec.scales.push_back(0.003F);
    spec.popularity.push_back(static_cast<std::int8_t>(random() % 100));
    spec.counts.push_back(static_cast<int>(random() % 200));
    const char* const comma = i > 0 ? "," : "";
    ids += comma + ("\"" + id + "\"");
    prices += comma + std::to_string(1 + random() % 50);
    const auto category = random() % kCategories;
    categories += comma + std::to_string(category);
    departments += comma + std::to_string(category % 20);
  }
  for (int i = 0; i < kCategories; ++i)
    values += (i > 0 ? ",\"c" : "\"c") + std::to_string(i) + "\"";
  std::string departments_values;
  for (int i = 0; i < 20; ++i) {
    departments_values += (i > 0 ? ",\"d" : "\"d") + std::to_string(i) + "\"";
  }
  const int32_t catalogue =
      open(SW_CATALOGUE, R"({"version":1,"id":[)" + ids + R"(],"price":[)" + prices +
                             R"(],"fields":{"category":{"values":[)" + values + R"(],"index":[)" +
                             categories + R"(]},"department":{"values":[)" + departments_values +
                             R"(],"index":[)" + departments + "]}}}");
  const int32_t model = open(SW_MODEL, task_models::recommender(spec));
  const int32_t rules = open(SW_RULES, R"({"version":1,"rules":[
      {"action":"exclude","where":{"field":"department","values":["d3","d7"]}},
      {"action":"boost","factor":1.5,"where":{"field":"department","values":["d1"]},"reason":"own"},
      {"action":"limit","max":3,"where":{"field":"category"}},
      {"action":"pin","position":2,"where":{"items":["sku-100005"]}}]})");
  const auto shop_of = [&](int32_t with_rules) {
    return open(SW_SHOP, "{\"catalogue\":" + std::to_string(catalogue) +
                             ",\"recommender\":" + std::to_string(model) +
                             ",\"rules\":" + std::to_string(with_rules) + "}");
  };
  for (const int32_t with_rules : {rules, 0}) {
    const std::string opened = call(shop_of(with_rules), R"({"method":"visit.open"})");
    const int32_t visit = std::stoi(opened.substr(opened.find(':') + 1));
    for (int i = 0; i < 20; ++i) {
      call(visit, R"({"method":"event","type":"view","at":1,"item":")" +
                      spec.items[static_cast<std::size_t>(i) * 2003] + "\"}");
    }
    std::printf("%s\n", with_rules != 0 ? "with rules" : "without rules");
    measure("  for-you, 20 items, session 20", visit, R"({"method":"recommend","limit":20})");
    measure("  related, 10 items", visit,
            R"({"method":"recommend","slot":"related","item":"sku-100009","limit":10})");
    measure("  popular, 10 items", visit, R"({"method":"recommend","slot":"popular","limit":10})");
  }
  std::string session;
  for (int i = 0; i < 20; ++i) {
    session += (i > 0 ? ",\"" : "\"") + spec.items[static_cast<std::size_t>(i) * 2003] + "\"";
  }
  measure("  rank alone, 20 items", model, R"({"method":"rank","items":[)" + session + "]}");
  return 0;
}
