// Small models of the two shapes that a shop serves (recommender and classifier), with random
// weights, for tests of the engine. The graphs are those that the trainer writes.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "onnx/writer.h"

namespace engine_models {

using storewise::onnx::bytes_of;
using storewise::onnx::DataType;
using storewise::onnx::ModelWriter;
using storewise::onnx::TensorSource;

inline std::vector<std::int8_t> random_weights(std::size_t n, std::mt19937& random) {
  std::uniform_int_distribution<int> any(-127, 127);
  std::vector<std::int8_t> values(n);
  for (auto& value : values) value = static_cast<std::int8_t>(any(random));
  return values;
}

inline std::vector<float> random_scales(std::size_t n, std::mt19937& random) {
  std::uniform_real_distribution<float> any(0.001f, 0.02f);
  std::vector<float> values(n);
  for (auto& value : values) value = any(random);
  return values;
}

// items int64[n], weights float[n] -> scores float[items].
inline std::string recommender(std::int64_t items, std::int64_t k, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int32_t> any(0, static_cast<std::int32_t>(items) - 1);
  std::vector<std::int32_t> neighbours(static_cast<std::size_t>(items * k));
  for (auto& neighbour : neighbours) neighbour = any(random);
  const auto weights = random_weights(neighbours.size(), random);
  const auto scales = random_scales(static_cast<std::size_t>(items), random);
  const auto popularity = random_weights(static_cast<std::size_t>(items), random);

  ModelWriter model("recommender");
  model.add_input("items", DataType::kInt64, {"n"});
  model.add_input("weights", DataType::kFloat, {"n"});
  model.add_output("scores", DataType::kFloat, {items});
  model.add_initializer("neighbours", DataType::kInt32, {items, k}, bytes_of(neighbours));
  model.add_initializer("neighbour_weights", DataType::kInt8, {items, k}, bytes_of(weights));
  model.add_initializer("neighbour_scales", DataType::kFloat, {items}, bytes_of(scales));
  model.add_initializer("popularity_q", DataType::kInt8, {items}, bytes_of(popularity));
  model.add_initializer("popularity_scale", DataType::kFloat, {},
                        bytes_of(std::vector<float>{1e-4f / 127.0f}));
  model.add_initializer("flat", DataType::kInt64, {1}, bytes_of(std::vector<std::int64_t>{-1}));
  model.add_initializer("one", DataType::kInt64, {1}, bytes_of(std::vector<std::int64_t>{1}));
  model.add_node("Gather", {"neighbours", "items"}, {"near"});
  model.add_node("Cast", {"near"}, {"near_wide"}, {{"to", 7}});
  model.add_node("Reshape", {"near_wide", "flat"}, {"indices"});
  model.add_node("Gather", {"neighbour_weights", "items"}, {"near_weights"});
  model.add_node("Gather", {"neighbour_scales", "items"}, {"near_scales"});
  model.add_node("DequantizeLinear", {"near_weights", "near_scales"}, {"near_values"},
                 {{"axis", 0}});
  model.add_node("Unsqueeze", {"weights", "one"}, {"column"});
  model.add_node("Mul", {"near_values", "column"}, {"weighted"});
  model.add_node("Reshape", {"weighted", "flat"}, {"updates"});
  model.add_node("DequantizeLinear", {"popularity_q", "popularity_scale"}, {"prior"});
  model.add_node("ScatterElements", {"prior", "indices", "updates"}, {"scores"},
                 {{"axis", 0}, {"reduction", "add"}});
  model.set_metadata("storewise", R"({"version":1,"kind":"recommender"})");
  return model.bytes();
}

// How the classifier's weights are scaled: one scale for all, for each row or for each column.
enum class Scale { kOne, kRows, kColumns };

// feature_ids int64[m], feature_weights float[m] -> probabilities float[classes].
inline std::string classifier(std::int64_t buckets, std::int64_t classes, Scale scale,
                              unsigned seed = 1) {
  std::mt19937 random(seed);
  const auto weights = random_weights(static_cast<std::size_t>(buckets * classes), random);
  const auto scale_count = scale == Scale::kOne ? 1 : scale == Scale::kRows ? buckets : classes;
  const auto scales = random_scales(static_cast<std::size_t>(scale_count), random);
  std::vector<std::uint8_t> idf(static_cast<std::size_t>(buckets));
  for (auto& value : idf) value = static_cast<std::uint8_t>(random() % 255 + 1);
  const auto bias = random_scales(static_cast<std::size_t>(classes), random);

  ModelWriter model("classifier");
  model.add_input("feature_ids", DataType::kInt64, {"m"});
  model.add_input("feature_weights", DataType::kFloat, {"m"});
  model.add_output("probabilities", DataType::kFloat, {classes});
  const auto number = [&](std::string_view name, float value) {
    model.add_initializer(name, DataType::kFloat, {}, bytes_of(std::vector<float>{value}));
  };
  model.add_initializer("idf_q", DataType::kUint8, {buckets}, bytes_of(idf));
  number("idf_scale", 0.04f);
  model.add_initializer("weights_q", DataType::kInt8, {buckets, classes}, bytes_of(weights));
  if (scale == Scale::kOne) {
    number("weights_scale", scales[0]);
  } else {
    model.add_initializer("weights_scale", DataType::kFloat, {scale_count}, bytes_of(scales));
  }
  model.add_initializer("bias", DataType::kFloat, {classes}, bytes_of(bias));
  number("epsilon", 1e-12f);
  number("inverse_temperature", 1.5f);
  model.add_initializer("first", DataType::kInt64, {1}, bytes_of(std::vector<std::int64_t>{0}));
  model.add_initializer("second", DataType::kInt64, {1}, bytes_of(std::vector<std::int64_t>{1}));
  model.add_node("Gather", {"idf_q", "feature_ids"}, {"rarity_q"});
  model.add_node("DequantizeLinear", {"rarity_q", "idf_scale"}, {"rarity"});
  model.add_node("Mul", {"feature_weights", "rarity"}, {"values"});
  model.add_node("Mul", {"values", "values"}, {"squares"});
  model.add_node("ReduceSum", {"squares", "first"}, {"sum"}, {{"keepdims", 1}});
  model.add_node("Add", {"sum", "epsilon"}, {"positive"});
  model.add_node("Sqrt", {"positive"}, {"norm"});
  model.add_node("Div", {"values", "norm"}, {"unit"});
  model.add_node("Gather", {"weights_q", "feature_ids"}, {"rows_q"});
  if (scale == Scale::kRows) {
    model.add_node("Gather", {"weights_scale", "feature_ids"}, {"rows_scale"});
    model.add_node("DequantizeLinear", {"rows_q", "rows_scale"}, {"rows"}, {{"axis", 0}});
  } else {
    model.add_node("DequantizeLinear", {"rows_q", "weights_scale"}, {"rows"}, {{"axis", 1}});
  }
  model.add_node("Unsqueeze", {"unit", "second"}, {"column"});
  model.add_node("Mul", {"rows", "column"}, {"weighted"});
  model.add_node("ReduceSum", {"weighted", "first"}, {"logits"}, {{"keepdims", 0}});
  model.add_node("Add", {"logits", "bias"}, {"biased"});
  model.add_node("Mul", {"biased", "inverse_temperature"}, {"scaled"});
  model.add_node("Softmax", {"scaled"}, {"probabilities"}, {{"axis", -1}});
  model.set_metadata("storewise", R"({"version":1,"kind":"classifier"})");
  return model.bytes();
}

}  // namespace engine_models
