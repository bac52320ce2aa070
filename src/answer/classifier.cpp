#include "answer/classifier.h"

#include <algorithm>

#include "support/error.h"
#include "support/json.h"
#include "support/message.h"
#include "support/small_sort.h"

namespace storewise::answer {
namespace {

using graph::DataType;

constexpr const char* kUnusable = "the model cannot be used as a text classifier";

std::string metadata_name(const graph::Plan& plan) { return "metadata of " + plan.name(); }

}  // namespace

text::FeatureSettings feature_settings(std::string_view metadata, std::string_view name) {
  const JsonDocument document(metadata, name);
  const JsonView features = document.root().at("features");
  text::FeatureSettings settings;
  settings.buckets =
      static_cast<std::uint32_t>(features.at("buckets").integer(1, text::kMaxBuckets));
  if (features.string_or("hash", "fnv1a") != "fnv1a") features.at("hash").fail("\"fnv1a\"");
  settings.words = features.boolean_or("words", true);
  settings.word_pairs = features.boolean_or("word_pairs", true);
  if (const auto grams = features.find("char_ngrams")) {
    if (grams->size() != 2) grams->fail("two numbers, the shortest and the longest");
    settings.char_min = static_cast<std::uint32_t>((*grams)[0].integer(1, text::kMaxGram));
    settings.char_max = static_cast<std::uint32_t>((*grams)[1].integer(0, text::kMaxGram));
  } else {
    settings.char_min = 1;
    settings.char_max = 0;
  }
  const std::string cjk = features.string_or("cjk", "words");
  if (cjk != "characters+pairs" && cjk != "words") {
    features.at("cjk").fail("\"characters+pairs\" or \"words\"");
  }
  settings.cjk = cjk == "characters+pairs";
  return settings;
}

Classifier::Classifier(const graph::Plan& plan, std::string_view metadata)
    : plan_(plan), features_(feature_settings(metadata, metadata_name(plan))) {
  const JsonDocument document(metadata, metadata_name(plan));
  const JsonView root = document.root();
  root.at("version").integer(1, 1);
  labels_ = root.at("labels").strings();
  if (labels_.empty()) root.at("labels").fail("at least one label");
  threshold_ = static_cast<float>(root.number_or("threshold", 0, 0, 1));
  clarify_threshold_ = threshold_;
  if (const auto clarify = root.find("clarify")) {
    clarify_threshold_ = static_cast<float>(clarify->number_or("threshold", threshold_, 0, 1));
    clarify_margin_ = static_cast<float>(clarify->number_or("margin", 0, 0, 1));
  }

  const auto& inputs = plan.inputs();
  bool found_ids = false;
  bool found_weights = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].name == "feature_ids" && inputs[i].type == DataType::kInt64) {
      ids_input_ = i;
      found_ids = true;
    }
    if (inputs[i].name == "feature_weights" && inputs[i].type == DataType::kFloat) {
      weights_input_ = i;
      found_weights = true;
    }
  }
  if (inputs.size() != 2 || !found_ids || !found_weights) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel,
                   "%|inputs|feature_ids int64[m] and feature_weights float[m]|% inputs of other "
                   "names or types",
                   kUnusable, inputs.size());
  }
  if (plan.outputs().size() != 1) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel, "%|outputs|one, the probabilities|%",
                   kUnusable, plan.outputs().size());
  }
  outputs_.resize(1);
  std::vector<RankedLabel> ignored;
  classify("", ignored);  // the model's form is checked now, not at a visitor's first question
}

bool Classifier::classify(std::string_view text, std::vector<RankedLabel>& out) {
  features_.extract(text, extracted_);
  ids_.clear();
  weights_.clear();
  for (const text::Feature& feature : extracted_) {
    ids_.push_back(feature.id);
    weights_.push_back(feature.weight);
  }
  if (extracted_.empty()) {  // a tensor without elements still wants an address
    ids_.reserve(1);
    weights_.reserve(1);
  }
  const graph::Shape shape({static_cast<std::int64_t>(ids_.size())});
  graph::TensorView inputs[2];
  inputs[ids_input_] = {DataType::kInt64, shape, ids_.data()};
  inputs[weights_input_] = {DataType::kFloat, shape, weights_.data()};
  graph::run(plan_, workspace_, inputs, outputs_);
  const graph::TensorView& result = outputs_[0];
  if (result.type != DataType::kFloat || result.shape.elements() != labels_.size()) {
    throw_error_in(plan_.name(), ErrorCode::kInvalidModel,
                   "%|output %|float [%], one probability for each label|% %", kUnusable,
                   plan_.outputs()[0].name, labels_.size(), graph::data_type_name(result.type),
                   result.shape);
  }
  const float* const probabilities = result.as<float>();
  keys_.clear();
  for (std::uint32_t label = 0; label < labels_.size(); ++label) {
    keys_.push_back(descending_key(probabilities[label], label));
  }
  std::sort(keys_.begin(), keys_.end());
  out.clear();
  out.reserve(keys_.size());
  for (const std::uint64_t key : keys_) {
    const auto label = static_cast<std::uint32_t>(key);
    out.push_back({label, probabilities[label]});
  }
  return !extracted_.empty();
}

}  // namespace storewise::answer
