// Tiny models and files for the tests of the task rooms, small enough to compute by hand.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/writer.h"
#include "text/features.h"

namespace task_models {

namespace onnx = storewise::onnx;

// One neighbour of an item: where it points and its int8 weight.
struct Neighbour {
  std::int32_t item;
  std::int8_t weight;
};

struct RecommenderSpec {
  std::vector<std::string> items;
  std::vector<std::vector<Neighbour>> neighbours;  // of each item, at most `k`
  std::vector<float> scales;                       // of each item
  std::vector<std::int8_t> popularity;             // prior = popularity * 1e-6
  std::vector<int> counts;                         // empty = not in the metadata
  double decay = 2;
  std::string prefix;  // before the tables' names: hides them from those who look for them
};

inline constexpr float kPriorScale = 1e-6F;

inline std::string recommender(const RecommenderSpec& spec) {
  const auto items = static_cast<std::int64_t>(spec.items.size());
  std::size_t k = 1;
  for (const auto& row : spec.neighbours) k = std::max(k, row.size());
  std::vector<std::int32_t> neighbours(spec.items.size() * k, 0);
  std::vector<std::int8_t> weights(spec.items.size() * k, 0);
  for (std::size_t i = 0; i < spec.neighbours.size(); ++i) {
    for (std::size_t j = 0; j < spec.neighbours[i].size(); ++j) {
      neighbours[i * k + j] = spec.neighbours[i][j].item;
      weights[i * k + j] = spec.neighbours[i][j].weight;
    }
  }
  const std::string n = spec.prefix + "neighbours";
  const std::string w = spec.prefix + "neighbour_weights";
  const std::string s = spec.prefix + "neighbour_scales";
  onnx::ModelWriter writer("recommender");
  writer.add_input("items", onnx::DataType::kInt64, {"n"});
  writer.add_input("weights", onnx::DataType::kFloat, {"n"});
  writer.add_output("scores", onnx::DataType::kFloat, {items});
  const auto columns = static_cast<std::int64_t>(k);
  writer.add_initializer(n, onnx::DataType::kInt32, {items, columns}, onnx::bytes_of(neighbours));
  writer.add_initializer(w, onnx::DataType::kInt8, {items, columns}, onnx::bytes_of(weights));
  writer.add_initializer(s, onnx::DataType::kFloat, {items}, onnx::bytes_of(spec.scales));
  writer.add_initializer("popularity_q", onnx::DataType::kInt8, {items},
                         onnx::bytes_of(spec.popularity));
  writer.add_initializer("popularity_scale", onnx::DataType::kFloat, {},
                         onnx::bytes_of(std::vector<float>{kPriorScale}));
  writer.add_initializer("flat", onnx::DataType::kInt64, {1},
                         onnx::bytes_of(std::vector<std::int64_t>{-1}));
  writer.add_initializer("one", onnx::DataType::kInt64, {1},
                         onnx::bytes_of(std::vector<std::int64_t>{1}));
  writer.add_node("Gather", {n, "items"}, {"near"}, {{"axis", 0}});
  writer.add_node("Cast", {"near"}, {"near64"}, {{"to", 7}});
  writer.add_node("Reshape", {"near64", "flat"}, {"indices"});
  writer.add_node("Gather", {w, "items"}, {"row_weights"}, {{"axis", 0}});
  writer.add_node("Gather", {s, "items"}, {"row_scales"}, {{"axis", 0}});
  writer.add_node("DequantizeLinear", {"row_weights", "row_scales"}, {"rows"}, {{"axis", 0}});
  writer.add_node("Unsqueeze", {"weights", "one"}, {"column"});
  writer.add_node("Mul", {"rows", "column"}, {"weighed"});
  writer.add_node("Reshape", {"weighed", "flat"}, {"updates"});
  writer.add_node("DequantizeLinear", {"popularity_q", "popularity_scale"}, {"prior"});
  writer.add_node("ScatterElements", {"prior", "indices", "updates"}, {"scores"},
                  {{"axis", 0}, {"reduction", "add"}});
  std::string metadata = R"({"version":1,"kind":"recommender","items":[)";
  for (std::size_t i = 0; i < spec.items.size(); ++i) {
    metadata += (i > 0 ? ",\"" : "\"") + spec.items[i] + "\"";
  }
  metadata += "]";
  if (!spec.counts.empty()) {
    metadata += ",\"counts\":[";
    for (std::size_t i = 0; i < spec.counts.size(); ++i) {
      metadata += (i > 0 ? "," : "") + std::to_string(spec.counts[i]);
    }
    metadata += "]";
  }
  metadata += ",\"session\":{\"decay\":" + std::to_string(spec.decay) +
              ",\"max_items\":20,\"ordered\":true}}";
  writer.set_metadata("storewise", metadata);
  return writer.bytes();
}

// Ten products of a small grocer. The model has the first eight, and "gone", which the catalogue
// does not have; "new-milk" and "new-tea" are too new for it.
inline RecommenderSpec grocer() {
  RecommenderSpec spec;
  spec.items = {"milk", "bread", "butter", "cheese", "tea", "coffee", "wine", "beer", "gone"};
  spec.neighbours = {
      {{1, 100}, {2, 50}, {8, 120}},  // milk -> bread, butter, gone
      {{2, 100}, {3, 60}},            // bread -> butter, cheese
      {{1, 80}, {3, 40}},             // butter -> bread, cheese
      {{6, 100}, {1, 20}},            // cheese -> wine, bread
      {{5, 60}, {0, 50}},             // tea -> coffee, milk
      {{4, 60}, {0, 50}},             // coffee -> tea, milk
      {{3, 90}, {7, 30}},             // wine -> cheese, beer
      {{6, 70}},                      // beer -> wine
      {{0, 10}},                      // gone -> milk
  };
  spec.scales = {0.01F, 0.01F, 0.005F, 0.01F, 0.01F, 0.01F, 0.02F, 0.01F, 0.01F};
  spec.popularity = {100, 90, 70, 60, 50, 40, 30, 20, 10};
  spec.counts = {1000, 900, 700, 600, 500, 400, 300, 200, 100};
  return spec;
}

inline std::string grocer_catalogue() {
  return R"({"version":1,"currency":"EUR","count":10,
    "id":["milk","bread","butter","cheese","tea","coffee","wine","beer","new-milk","new-tea"],
    "name":["Milk","Bread","Butter","Cheese","Tea","Coffee","Wine","Beer","New milk","New tea"],
    "names":{"zh":["牛奶","面包","黄油","奶酪","茶","咖啡","葡萄酒","啤酒","新牛奶","新茶"]},
    "price":[1.2,2.5,2,4,3,5,8,1.5,1.4,3.2],
    "fields":{
      "department":{"values":["Food","Drinks"],"index":[0,0,0,0,1,1,1,1,0,1]},
      "category":{"values":["Dairy","Bakery","Hot drinks","Alcohol"],
                  "names":{"zh":["乳制品","烘焙","热饮","酒"]},
                  "index":[0,1,0,0,2,2,3,3,0,2]},
      "brand":{"values":["Alm","Hof"],"index":[0,1,0,1,-1,-1,1,1,0,-1]}}})";
}

// A classifier over words only: a label's logit is 20 times its words' weight in the text's unit
// vector, the bias 0; `weights` names each label's words.
struct ClassifierSpec {
  std::vector<std::string> labels;
  std::vector<std::vector<std::string>> words;  // of each label
  std::string threshold = "0.6";
  std::string clarify = R"({"threshold":0.2,"margin":0.15})";
};

inline std::string classifier(const ClassifierSpec& spec) {
  constexpr std::uint32_t kBuckets = 4096;
  const auto classes = static_cast<std::int64_t>(spec.labels.size());
  storewise::text::FeatureExtractor extractor({kBuckets, true, false, 1, 0, true});
  std::vector<std::int8_t> weights(kBuckets * spec.labels.size(), 0);
  std::vector<storewise::text::Feature> features;
  for (std::size_t label = 0; label < spec.labels.size(); ++label) {
    for (const std::string& word : spec.words[label]) {
      extractor.extract(word, features);
      for (const auto& feature : features) {
        weights[feature.id * spec.labels.size() + label] = 100;
      }
    }
  }
  onnx::ModelWriter writer("classifier");
  writer.add_input("feature_ids", onnx::DataType::kInt64, {"m"});
  writer.add_input("feature_weights", onnx::DataType::kFloat, {"m"});
  writer.add_output("probabilities", onnx::DataType::kFloat, {classes});
  writer.add_initializer("class_weights", onnx::DataType::kInt8,
                         {static_cast<std::int64_t>(kBuckets), classes}, onnx::bytes_of(weights));
  writer.add_initializer("class_scales", onnx::DataType::kFloat, {classes},
                         onnx::bytes_of(std::vector<float>(spec.labels.size(), 0.05F)));
  writer.add_initializer("epsilon", onnx::DataType::kFloat, {},
                         onnx::bytes_of(std::vector<float>{1e-12F}));
  writer.add_initializer("first", onnx::DataType::kInt64, {1},
                         onnx::bytes_of(std::vector<std::int64_t>{0}));
  writer.add_initializer("last", onnx::DataType::kInt64, {1},
                         onnx::bytes_of(std::vector<std::int64_t>{1}));
  writer.add_node("Mul", {"feature_weights", "feature_weights"}, {"squares"});
  writer.add_node("ReduceSum", {"squares", "first"}, {"sum"}, {{"keepdims", 1}});
  writer.add_node("Sqrt", {"sum"}, {"root"});
  writer.add_node("Add", {"root", "epsilon"}, {"length"});
  writer.add_node("Div", {"feature_weights", "length"}, {"unit"});
  writer.add_node("Gather", {"class_weights", "feature_ids"}, {"rows"}, {{"axis", 0}});
  writer.add_node("DequantizeLinear", {"rows", "class_scales"}, {"values"}, {{"axis", 1}});
  writer.add_node("Unsqueeze", {"unit", "last"}, {"column"});
  writer.add_node("Mul", {"values", "column"}, {"parts"});
  writer.add_node("ReduceSum", {"parts", "first"}, {"logits"}, {{"keepdims", 0}});
  writer.add_node("Softmax", {"logits"}, {"probabilities"}, {{"axis", -1}});
  std::string metadata = R"({"version":1,"kind":"classifier","labels":[)";
  for (std::size_t i = 0; i < spec.labels.size(); ++i) {
    metadata += (i > 0 ? ",\"" : "\"") + spec.labels[i] + "\"";
  }
  metadata += R"(],"features":{"buckets":4096,"hash":"fnv1a","words":true,"word_pairs":false,)"
              R"("char_ngrams":[1,0],"cjk":"characters+pairs"},"threshold":)" +
              spec.threshold + R"(,"clarify":)" + spec.clarify + "}";
  writer.set_metadata("storewise", metadata);
  return writer.bytes();
}

// Five intents; "secret" is a label without an entry in help_faq().
inline ClassifierSpec help_desk() {
  return {{"delivery-fee", "delivery-time", "returns", "payment", "secret"},
          {{"delivery", "fee", "cost", "运"},
           {"delivery", "time", "long", "arrive"},
           {"return", "back", "refund"},
           {"pay", "card"},
           {"secret"}},
          "0.6",
          R"({"threshold":0.2,"margin":0.15})"};
}

inline std::string help_faq() {
  return R"({"version":1,"languages":["en","zh"],
    "slots":{"phone":{"en":"our hotline","zh":"我们的热线"},"store_name":"the shop"},
    "entries":[
    {"id":"delivery-fee","category":"delivery","question":{"en":"What is the fee?","zh":"运费多少？"},
     "answer":{"en":"Delivery by {store_name} costs 3.","zh":"{store_name}运费3元。"}},
    {"id":"delivery-time","category":"delivery","question":{"en":"How long does it take?"},
     "answer":{"en":"Order (#{order_number}) arrives in two days."}},
    {"id":"returns","question":{"en":"Can I return it?"},"answer":{"en":"Yes. Call {phone}."}},
    {"id":"payment","question":{"en":"How can I pay?"},"answer":{"en":"By card {not a place}."}}]})";
}

}  // namespace task_models
