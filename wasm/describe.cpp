#include "describe.h"

namespace storewise::abi {
namespace {

void write_values(JsonWriter& json, const std::vector<graph::ValueInfo>& values) {
  json.begin_array();
  for (const graph::ValueInfo& value : values) {
    json.begin_object().key("name").string(value.name);
    json.key("type").string(graph::data_type_name(value.type)).key("shape");
    if (value.has_shape) {
      json.begin_array();
      for (const std::int64_t dim : value.shape.dims()) json.integer(dim);
      json.end_array();
    } else {
      json.raw("null");
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void describe_model(const ModelObject& model, std::string_view metadata, JsonWriter& json) {
  const graph::Plan& plan = *model.plan;
  json.begin_object().key("name").string(plan.name()).key("inputs");
  write_values(json, plan.inputs());
  json.key("outputs");
  write_values(json, plan.outputs());
  json.key("metadata").raw(metadata);
  json.key("opset").integer(plan.opset()).key("operators").begin_object();
  for (const auto& [name, count] : plan.operators()) json.key(name).integer(count);
  json.end_object().key("steps").begin_array();
  for (const std::string_view step : plan.steps()) json.string(step);
  json.end_array().key("labels").begin_array();
  for (const std::string& label : plan.labels()) json.string(label);
  json.end_array().key("bytes").integer(static_cast<std::int64_t>(plan.model_bytes()));
  json.end_object();
}

}  // namespace storewise::abi
