// The module that runs any model: it opens nothing else and knows one request.
#include "describe.h"
#include "methods.h"
#include "ops/registry.h"
#include "support/message.h"

namespace storewise::abi {

namespace {

struct AnyModelObject : ModelObject {
  using ModelObject::ModelObject;

  std::unique_ptr<behaviour::Explainer> explainer;  // made when it is first asked
  behaviour::Explanation explanation;
};

}  // namespace

const graph::Registry& model_registry() { return ops::registry(); }

std::unique_ptr<Object> open(Kind kind, std::unique_ptr<Bytes> bytes, std::string_view name,
                             Handles&) {
  if (kind != Kind::kModel) return nullptr;
  return std::make_unique<AnyModelObject>(std::move(bytes), name);
}

const behaviour::Explanation& explain(ModelObject& object,
                                      std::span<const graph::TensorView> inputs,
                                      std::size_t score) {
  auto& model = static_cast<AnyModelObject&>(object);
  if (!model.explainer) {
    const std::string_view text = model.bytes->text();
    model.explainer = std::make_unique<behaviour::Explainer>(
        std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
        model.plan->name(), model_registry());
  }
  model.explainer->explain(inputs, score, model.explanation);
  return model.explanation;
}

void call(Object& object, std::string_view request, Handles&, std::string& response) {
  constexpr std::string_view kDescribe = R"({"method":"describe"})";
  if (request != kDescribe) {
    throw_error(ErrorCode::kInvalidRequest,
                "this module runs models and knows no other request||%|%", kDescribe,
                request.substr(0, 80));
  }
  // Whether the metadata is JSON is left to whoever parses the reply: it comes as a text.
  auto& model = static_cast<ModelObject&>(object);
  std::string metadata;
  JsonWriter(metadata).string(model.metadata);
  JsonWriter json(response);
  describe_model(model, metadata, json);
}

}  // namespace storewise::abi
