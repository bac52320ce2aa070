#include "train/classifier_model.h"

#include <array>

#include "onnx/writer.h"
#include "train/quantise.h"

namespace storewise::train {

QuantisedClassifier quantise_classifier(const LinearModel& model) {
  QuantisedClassifier result;
  result.buckets = model.buckets;
  result.classes = model.classes;
  result.importance = model.importance;
  result.importance_scale = model.importance_scale;
  result.bias = model.bias;
  result.weights.resize(model.weights.size());
  std::vector<float> column(model.buckets);
  std::vector<std::int8_t> rounded(model.buckets);
  for (std::uint32_t c = 0; c < model.classes; ++c) {
    for (std::uint32_t b = 0; b < model.buckets; ++b) {
      column[b] = model.weights[std::size_t{b} * model.classes + c];
    }
    result.scales.push_back(quantise(column, rounded));
    for (std::uint32_t b = 0; b < model.buckets; ++b) {
      result.weights[std::size_t{b} * model.classes + c] = rounded[b];
    }
  }
  return result;
}

LinearModel dequantise_classifier(const QuantisedClassifier& model) {
  LinearModel result;
  result.buckets = model.buckets;
  result.classes = model.classes;
  result.importance = model.importance;
  result.importance_scale = model.importance_scale;
  result.bias = model.bias;
  result.weights.reserve(model.weights.size());
  for (std::size_t w = 0; w < model.weights.size(); ++w) {
    result.weights.push_back(model.scales[w % model.classes] *
                             static_cast<float>(model.weights[w]));
  }
  return result;
}

std::string write_classifier(const QuantisedClassifier& model, const std::string& metadata) {
  using onnx::DataType;
  const auto buckets = static_cast<std::int64_t>(model.buckets);
  const auto classes = static_cast<std::int64_t>(model.classes);
  onnx::ModelWriter writer("classifier");
  writer.add_input("feature_ids", DataType::kInt64, {"m"});
  writer.add_input("feature_weights", DataType::kFloat, {"m"});
  writer.add_output("probabilities", DataType::kFloat, {classes});
  const auto scalar = [&writer](const char* name, float value) {
    const std::array<float, 1> one{value};
    writer.add_initializer(name, DataType::kFloat, {}, onnx::bytes_of(one));
  };
  const auto axis = [&writer](const char* name, std::int64_t value) {
    const std::array<std::int64_t, 1> one{value};
    writer.add_initializer(name, DataType::kInt64, {1}, onnx::bytes_of(one));
  };
  writer.add_initializer("importance_q", DataType::kInt8, {buckets},
                         onnx::bytes_of(model.importance));
  scalar("importance_scale", model.importance_scale);
  writer.add_initializer("class_weights", DataType::kInt8, {buckets, classes},
                         onnx::bytes_of(model.weights));
  writer.add_initializer("class_scales", DataType::kFloat, {classes}, onnx::bytes_of(model.scales));
  writer.add_initializer("bias", DataType::kFloat, {classes}, onnx::bytes_of(model.bias));
  scalar("inverse_temperature", model.inverse_temperature);
  scalar("epsilon", 1e-12f);
  axis("first_axis", 0);
  axis("last_axis", 1);

  writer.add_node("Gather", {"importance_q", "feature_ids"}, {"importance_rows"}, {{"axis", 0}});
  writer.add_node("DequantizeLinear", {"importance_rows", "importance_scale"}, {"importance"});
  writer.add_node("Mul", {"feature_weights", "importance"}, {"values"});
  writer.add_node("Mul", {"values", "values"}, {"squares"});
  writer.add_node("ReduceSum", {"squares", "first_axis"}, {"square_sum"}, {{"keepdims", 1}});
  writer.add_node("Sqrt", {"square_sum"}, {"length"});
  writer.add_node("Add", {"length", "epsilon"}, {"safe_length"});
  writer.add_node("Div", {"values", "safe_length"}, {"unit_values"});
  writer.add_node("Gather", {"class_weights", "feature_ids"}, {"weight_rows"}, {{"axis", 0}});
  writer.add_node("DequantizeLinear", {"weight_rows", "class_scales"}, {"row_weights"},
                  {{"axis", 1}});
  writer.add_node("Unsqueeze", {"unit_values", "last_axis"}, {"column_values"});
  writer.add_node("Mul", {"row_weights", "column_values"}, {"contributions"});
  writer.add_node("ReduceSum", {"contributions", "first_axis"}, {"evidence"}, {{"keepdims", 0}});
  writer.add_node("Add", {"evidence", "bias"}, {"logits"});
  writer.add_node("Mul", {"logits", "inverse_temperature"}, {"scaled_logits"});
  writer.add_node("Softmax", {"scaled_logits"}, {"probabilities"}, {{"axis", -1}});
  writer.set_metadata("storewise", metadata);
  return writer.bytes();
}

}  // namespace storewise::train
