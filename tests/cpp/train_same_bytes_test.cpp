// The native half of "same data, same bytes": trains models of every kind on data from a small
// generator and leaves them in build/*/same-bytes for tests/js/same-bytes.test.mjs, which trains in
// WebAssembly on the same data (made there by the same generator) and compares every byte.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "support/json.h"
#include "train/classifier.h"
#include "train/network/trainer.h"
#include "train/recommender.h"
#include "train/tabular.h"
#include "train/uplift.h"

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

Json golden_options(const char* model) {
  std::ifstream file(STOREWISE_SOURCE_DIR "/tests/golden/training/options.json");
  REQUIRE(file);
  return Json::parse(std::string(std::istreambuf_iterator<char>(file), {}))[model];
}

// Options as the JSON text that the C interface takes, with the ids or labels added.
std::string options_of(const char* model, const char* list, std::string_view prefix, int count) {
  Json options = golden_options(model);
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

TEST_CASE("models of the shared table are written for the comparison with WebAssembly") {
  constexpr int kRows = 400;
  Numbers numbers(13);
  std::vector<double> cells(std::size_t{3} * kRows);
  std::vector<double> classes;
  std::vector<double> values;
  for (int row = 0; row < kRows; ++row) {
    const int amount = numbers.below(1000);
    const int visits = numbers.below(12);
    const int plan = numbers.below(4);
    const int sum = amount / 10 + 7 * visits + (plan == 2 ? 40 : 0) + numbers.below(30);
    cells[static_cast<std::size_t>(row)] = amount / 8.0;
    cells[static_cast<std::size_t>(kRows + row)] =
        row % 17 == 0 ? std::numeric_limits<double>::quiet_NaN() : visits;
    cells[static_cast<std::size_t>(2 * kRows + row)] = plan;
    classes.push_back(sum < 80 ? 0 : sum < 130 ? 1 : 2);
    values.push_back(sum / 4.0);
  }
  for (const bool of_classes : {true, false}) {
    for (const char* kind :
         {"tree", "forest", "boosted", "svm", "mlp", of_classes ? "logistic" : "linear"}) {
      Json options = golden_options("table");
      options["kind"] = kind;
      options["classes"] = of_classes;
      Json target = Json::object();
      target["name"] = "target";
      target["kind"] = of_classes ? "category" : "number";
      target["levels"] = Json::array();
      for (const char* level : {"low", "middle", "high"}) {
        if (of_classes) target["levels"].push_back(level);
      }
      options["columns"].push_back(target);
      std::vector<double> all = cells;
      const std::vector<double>& last = of_classes ? classes : values;
      all.insert(all.end(), last.begin(), last.end());
      const TableResult result = train_table(all, kRows, parse_table_options(options.dump()),
                                             [](std::string_view, std::size_t, std::size_t) {});
      CHECK(result.model.size() > 500);
      write(
          (std::string("table-") + kind + (of_classes ? "-classes" : "-numbers") + ".onnx").c_str(),
          result.model);
    }
  }
}

TEST_CASE("networks of the shared pictures and texts are written for the comparison") {
  constexpr int kRows = 120;
  constexpr int kPixels = 36;
  const auto progress = [](std::string_view, std::size_t, std::size_t) {};
  Numbers numbers(15);
  std::vector<double> cells(std::size_t{kPixels + 1} * kRows);
  std::vector<double> target;
  std::string texts;
  std::vector<std::uint32_t> ends;
  for (int row = 0; row < kRows; ++row) {
    const int label = row % 3;
    const int at = numbers.below(6);
    for (int pixel = 0; pixel < kPixels; ++pixel) {
      const int x = pixel % 6;
      const int y = pixel / 6;
      const bool bright = label == 0 ? x == at : label == 1 ? y == at : (x + at) % 6 == y;
      cells[static_cast<std::size_t>(pixel * kRows + row)] =
          numbers.below(100) + (bright ? 100 : 0);
    }
    cells[static_cast<std::size_t>(kPixels * kRows + row)] = label;
    target.push_back(label);
    const int words = 2 + numbers.below(6);
    for (int word = 0; word < words; ++word) {
      if (word > 0) texts += ' ';
      texts += "word" + std::to_string(label * 5 + numbers.below(12));
    }
    ends.push_back(static_cast<std::uint32_t>(texts.size()));
  }
  for (const char* model : {"cnn-pictures", "cnn-texts", "lstm", "gru"}) {
    const bool of_pictures = std::string_view(model) == "cnn-pictures";
    Json options = golden_options("network")[model];
    options["columns"] = Json::array();
    for (int pixel = 0; of_pictures && pixel < kPixels; ++pixel) {
      options["columns"].push_back(
          {{"name", "p" + std::to_string(pixel)}, {"kind", "number"}, {"levels", Json::array()}});
    }
    options["columns"].push_back(
        {{"name", "target"}, {"kind", "category"}, {"levels", {"a", "b", "c"}}});
    options["target"] = of_pictures ? kPixels : 0;
    const TableResult result =
        network::train_network(of_pictures ? cells : target, kRows, texts, ends,
                               network::parse_network_options(options.dump()), progress);
    CHECK(result.report["metrics"]["accuracy"].get<double>() > 0.6);
    write((std::string(model) + ".onnx").c_str(), result.model);
  }
}

TEST_CASE("uplift of the shared experiment is written for the comparison with WebAssembly") {
  constexpr int kRows = 900;
  for (const bool of_line : {true, false}) {
    Numbers numbers(14);
    std::vector<double> cells(std::size_t{5} * kRows);
    for (int row = 0; row < kRows; ++row) {
      const int amount = numbers.below(1000);
      const int visits = numbers.below(12);
      const int plan = numbers.below(4);
      const int arm = numbers.below(2);
      const int effect = of_line ? amount / 8 : (plan == 2 && visits > 5 ? 200 : 0);
      const int sum = 7 * visits + (arm == 1 ? effect : 0) + numbers.below(60);
      const double values[] = {
          amount / 8.0,
          row % 17 == 0 ? std::numeric_limits<double>::quiet_NaN() : visits,
          static_cast<double>(plan),
          static_cast<double>(arm),
          sum / 4.0,
      };
      for (std::size_t c = 0; c < 5; ++c) {
        cells[c * kRows + static_cast<std::size_t>(row)] = values[c];
      }
    }
    Json options = golden_options("uplift");
    const UpliftResult result =
        train_uplift_table(cells, kRows, parse_uplift_options(options.dump()),
                           [](std::string_view, std::size_t, std::size_t) {});
    CHECK((result.report["settings"]["method"] == "linear") == of_line);
    write(of_line ? "uplift-line.onnx" : "uplift-trees.onnx", result.model);
  }
}

}  // namespace storewise::train
