#include "recommend/recommender.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "recommend/json_columns.h"
#include "support/message.h"
#include "support/real.h"

namespace storewise::recommend {
namespace {

using graph::DataType;

constexpr const char* kUnusable = "the model cannot be used as a recommender";

template <typename T>
T load(const std::uint8_t* bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
  return value;
}

}  // namespace

class ModelMetadata::Reader final : public JsonColumnReader {
 public:
  explicit Reader(ModelMetadata& metadata) : metadata_(metadata) {}

 private:
  enum class Sink { kNone, kItems, kCounts };

  void begin(bool array) override {
    sink_ = Sink::kNone;
    if (frames().size() == 1 && array) fail("an object|an array");
    if (!array) return;
    if (at({"items"}, 2)) sink_ = Sink::kItems;
    if (at({"counts"}, 2)) sink_ = Sink::kCounts;
  }
  void end() override { sink_ = Sink::kNone; }
  void scalar(const JsonScalar& value) override {
    const bool is_number = value.type == JsonScalar::Type::kNumber;
    if (sink_ == Sink::kItems) {
      if (value.type != JsonScalar::Type::kString) return note("a string");
      metadata_.items.add(value.text);
    } else if (sink_ == Sink::kCounts) {
      if (!is_number || !(value.number >= 0)) return note("a number from 0");
      metadata_.counts.push_back(static_cast<float>(value.number));
    } else if (frames().empty()) {
      fail("an object|a single value");
    } else if (at({"kind"}, 1)) {
      metadata_.kind = value.text;
    } else if (at({"session", "decay"}, 2)) {
      if (!is_number || !(value.number >= 0)) return note("a number from 0");
      metadata_.decay = value.number;
    } else if (at({"session", "max_items"}, 2)) {
      if (!is_number || !(value.number >= 1 && value.number <= kMaxSessionItems)) {
        return note("a number from 1 to 100");
      }
      metadata_.max_items = static_cast<std::size_t>(value.number);
    }
  }
  // Not an error yet: the document of another kind of model may use the same keys otherwise.
  void note(std::string_view expected) {
    if (!metadata_.problem_place.empty()) return;
    metadata_.problem_place = path();
    metadata_.problem_expected = expected;
  }

  ModelMetadata& metadata_;
  Sink sink_ = Sink::kNone;
};

ModelMetadata::ModelMetadata(std::string_view text, std::string_view name) {
  Reader reader(*this);
  reader.read(text, name);
}

Recommender::Recommender(const graph::Plan& plan, ModelMetadata metadata)
    : plan_(plan),
      items_(std::move(metadata.items)),
      counts_(std::move(metadata.counts)),
      max_items_(metadata.max_items) {
  const auto& inputs = plan.inputs();
  bool found_items = false;
  bool found_weights = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].name == "items" && inputs[i].type == DataType::kInt64) {
      items_input_ = i;
      found_items = true;
    }
    if (inputs[i].name == "weights" && inputs[i].type == DataType::kFloat) {
      weights_input_ = i;
      found_weights = true;
    }
  }
  if (inputs.size() != 2 || !found_items || !found_weights) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel,
                   "%|inputs|items int64[n] and weights float[n]|% inputs of other names or types",
                   kUnusable, inputs.size());
  }
  if (plan.outputs().size() != 1) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel, "%|outputs|one, the scores|%", kUnusable,
                   plan.outputs().size());
  }
  if (!metadata.problem_place.empty()) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel, "%|metadata %|%|another value", kUnusable,
                   metadata.problem_place, metadata.problem_expected);
  }
  if (items_.size() == 0)
    throw_error_in(plan.name(), ErrorCode::kInvalidModel,
                   "%|metadata $.items|the ids of the items|none", kUnusable);
  if (!counts_.empty() && counts_.size() != items_.size()) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel, "%|metadata $.counts|% numbers|%",
                   kUnusable, items_.size(), counts_.size());
  }
  const Row repeated = items_.build();
  if (repeated != kNoRow) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel,
                   "%|metadata $.items[%]|each id once|\"%\" again", kUnusable, repeated,
                   items_[repeated]);
  }
  counts_.shrink_to_fit();
  decay_.resize(max_items_);
  for (std::size_t steps = 0; steps < max_items_; ++steps) {
    decay_[steps] =
        metadata.decay > 0
            ? static_cast<float>(real::exp(-static_cast<double>(steps) / metadata.decay))
            : static_cast<float>(steps == 0);
  }
  item_tensor_.reserve(kMaxSessionItems);
  weight_tensor_.reserve(kMaxSessionItems);
  outputs_.resize(1);
  // One run tells whether the scores have the promised form, and what they are without a session.
  const SessionItem nothing{0, 0.0F};
  const auto prior = run({&nothing, 1});
  prior_.assign(prior.begin(), prior.end());
  bind_neighbours();
}

void Recommender::bind_neighbours() {
  const graph::TensorView neighbours = plan_.initializer("neighbours");
  const graph::TensorView weights = plan_.initializer("neighbour_weights");
  const graph::TensorView scales = plan_.initializer("neighbour_scales");
  const auto rows = static_cast<std::int64_t>(items_.size());
  const bool usable = neighbours.data != nullptr && weights.data != nullptr &&
                      scales.data != nullptr && neighbours.type == DataType::kInt32 &&
                      weights.type == DataType::kInt8 && scales.type == DataType::kFloat &&
                      neighbours.shape.rank() == 2 && neighbours.shape[0] == rows &&
                      weights.shape == neighbours.shape && scales.shape == graph::Shape({rows});
  if (!usable) return;
  neighbours_per_item_ = static_cast<std::size_t>(neighbours.shape[1]);
  neighbours_ = neighbours.as<std::uint8_t>();
  neighbour_weights_ = weights.as<std::int8_t>();
  neighbour_scales_ = scales.as<std::uint8_t>();
}

std::span<const float> Recommender::run(std::span<const SessionItem> session) {
  item_tensor_.clear();
  weight_tensor_.clear();
  for (const SessionItem& item : session) {
    item_tensor_.push_back(item.row);
    weight_tensor_.push_back(item.weight);
  }
  const graph::Shape shape({static_cast<std::int64_t>(session.size())});
  graph::TensorView inputs[2];
  inputs[items_input_] = {DataType::kInt64, shape, item_tensor_.data()};
  inputs[weights_input_] = {DataType::kFloat, shape, weight_tensor_.data()};
  graph::run(plan_, workspace_, inputs, outputs_);
  const graph::TensorView& scores = outputs_[0];
  if (scores.type != DataType::kFloat || scores.shape.elements() != items_.size()) {
    throw_error_in(plan_.name(), ErrorCode::kInvalidModel,
                   "%|output %|float [%], one score for each item|% %", kUnusable,
                   plan_.outputs()[0].name, items_.size(), graph::data_type_name(scores.type),
                   scores.shape);
  }
  return {scores.as<float>(), items_.size()};
}

std::span<const float> Recommender::scores(std::span<const SessionItem> session) {
  return session.empty() ? prior() : run(session);
}

void Recommender::contributions(std::span<const SessionItem> session, std::span<const Row> targets,
                                std::vector<float>& out) {
  out.assign(targets.size() * session.size(), 0.0F);
  if (out.empty()) return;
  if (neighbours_ == nullptr) {
    // An item's own score above the prior, shared out in proportion: exact for a model that adds
    // its items up, and in the right order for one that does not.
    for (std::size_t s = 0; s < session.size(); ++s) {
      const auto scores = run(session.subspan(s, 1));
      for (std::size_t t = 0; t < targets.size(); ++t) {
        out[t * session.size() + s] = std::max(0.0F, scores[targets[t]] - prior_[targets[t]]);
      }
    }
    return;
  }
  sorted_targets_.clear();
  for (std::size_t t = 0; t < targets.size(); ++t) {
    sorted_targets_.push_back(std::uint64_t{targets[t]} << 32 | t);
  }
  std::sort(sorted_targets_.begin(), sorted_targets_.end());
  for (std::size_t s = 0; s < session.size(); ++s) {
    const std::size_t begin = session[s].row * neighbours_per_item_;
    const float scale = load<float>(neighbour_scales_, session[s].row) * session[s].weight;
    for (std::size_t k = 0; k < neighbours_per_item_; ++k) {
      const int weight = neighbour_weights_[begin + k];
      if (weight == 0) continue;
      const std::uint64_t target = static_cast<Row>(load<std::int32_t>(neighbours_, begin + k));
      auto at = std::lower_bound(sorted_targets_.begin(), sorted_targets_.end(), target << 32);
      for (; at != sorted_targets_.end() && *at >> 32 == target; ++at) {
        const auto t = static_cast<std::uint32_t>(*at);
        out[t * session.size() + s] += static_cast<float>(weight) * scale;
      }
    }
  }
}

}  // namespace storewise::recommend
