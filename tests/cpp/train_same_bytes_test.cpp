// The native half of "same data, same bytes": trains both models on data from a small generator and
// leaves them in build/*/same-bytes for tests/js/same-bytes.test.mjs, which trains in WebAssembly
// on the same data (made there by the same generator) and compares every byte.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "support/json.h"
#include "train/classifier.h"
#include "train/recommender.h"

namespace storewise::train {
namespace {

// Lehmer's generator with Park and Miller's constants (1988).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::int32_t below(std::int32_t limit) {
    state_ = state_ * 48271 % 2147483647;
    return static_cast<std::int32_t>(state_ % static_cast<std::uint64_t>(limit));
  }

 private:
  std::uint64_t state_;
};

// Options as the JSON text that the C interface takes, with the ids or labels added.
std::string options_of(const char* model, const char* list, std::string_view prefix, int count) {
  std::ifstream file(STOREWISE_SOURCE_DIR "/tests/golden/training/options.json");
  REQUIRE(file);
  Json options = Json::parse(std::string(std::istreambuf_iterator<char>(file), {}))[model];
  for (int i = 0; i < count; ++i) {
    options[list].push_back(std::string(prefix) + std::to_string(i));
  }
  return options.dump();
}

void write(const char* name, const std::string& model) {
  const std::filesystem::path folder(STOREWISE_BINARY_DIR "/same-bytes");
  std::filesystem::create_directories(folder);
  std::ofstream file(folder / name, std::ios::binary);
  file.write(model.data(), static_cast<std::streamsize>(model.size()));
  REQUIRE(file.good());
}

}  // namespace

TEST_CASE("the recommender of the shared data is written for the comparison with WebAssembly") {
  Numbers numbers(11);
  std::vector<std::int32_t> sessions;
  std::vector<std::int32_t> items;
  std::vector<double> times;
  for (int session = 0; session < 600; ++session) {
    const std::int32_t base = numbers.below(80);
    for (int step = 0; step < 6; ++step) {
      sessions.push_back(session);
      items.push_back((base + numbers.below(7)) % 80);
      times.push_back(session * 100.0 + step * 10.0);
    }
  }
  const RecommenderResult result =
      train_recommender({sessions, items, times},
                        parse_recommender_options(options_of("recommender", "items", "sku-", 80)),
                        [](std::string_view, double, double) {});
  CHECK(result.model.size() > 1000);
  write("recommender.onnx", result.model);
}

TEST_CASE("the classifier of the shared data is written for the comparison with WebAssembly") {
  Numbers numbers(12);
  std::vector<std::string> texts;
  std::vector<std::int32_t> labels;
  for (int example = 0; example < 240; ++example) {
    const std::int32_t label = example % 12;
    std::string text;
    for (int word = 0; word < 5; ++word) {
      if (word > 0) text += ' ';
      text += "word" + std::to_string(label * 7 + numbers.below(20));
    }
    texts.push_back(text);
    labels.push_back(label);
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const ClassifierResult result = train_classifier(
      views, labels, parse_classifier_options(options_of("classifier", "labels", "intent-", 12)),
      [](std::string_view, double, double) {});
  CHECK(result.model.size() > 1000);
  write("classifier.onnx", result.model);
}

}  // namespace storewise::train
