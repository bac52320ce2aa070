// The module that runs any model: it opens nothing else and knows one request.
#include "answer/reply_model.h"
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
  std::unique_ptr<answer::ReplyModel> replier;  // likewise
  std::vector<answer::Reply> found;
  Replies replies;
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

const Replies& reply(ModelObject& object, std::span<const graph::TensorView> inputs,
                     std::size_t beams, std::size_t most) {
  auto& model = static_cast<AnyModelObject&>(object);
  if (!model.replier) model.replier = std::make_unique<answer::ReplyModel>(*model.plan);
  const auto numbers = [&](std::size_t input) {
    const graph::TensorView& view = inputs[input];
    if (view.type != graph::DataType::kInt32) {
      throw_error(ErrorCode::kInvalidInput, "the approved replies cannot be used|input %|int32|%",
                  input, view);
    }
    return std::span(view.as<std::int32_t>(), view.shape.elements());
  };
  answer::ReplySearch search({numbers(1), numbers(2), numbers(3), numbers(4), most},
                             model.replier->pieces());
  model.replier->ask(inputs[0]);
  search.find(*model.replier, beams, model.found);
  Replies& replies = model.replies;
  replies.sentences.clear();
  replies.probabilities.clear();
  for (const answer::Reply& reply : model.found) {
    for (std::size_t i = 0; i < answer::kMaxReplySentences; ++i) {
      replies.sentences.push_back(i < reply.sentences ? reply.sentence[i] : -1);
    }
    replies.probabilities.push_back(reply.probability);
  }
  return replies;
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
