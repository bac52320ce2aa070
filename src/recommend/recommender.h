// A recommender model bound for serving: session items in, one score for each of its items out.
//
// Works with any ONNX model of the form  items int64[n], weights float[n] -> scores float[items]
// whose metadata names the items. Where the model also has the tables `neighbours`,
// `neighbour_weights` and `neighbour_scales` (the item-item form), a score's parts are read from
// them; otherwise they are measured by running the session's items one at a time.
// Refuses to know prices, rules or the catalogue: ranking.h does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/plan.h"
#include "recommend/ids.h"

namespace storewise::recommend {

inline constexpr std::size_t kMaxSessionItems = 100;

// One item of a session, by the model's own row, with its weight in the query.
struct SessionItem {
  Row row;
  float weight;
};

// What a model's "storewise" document says, of any kind of model; its long columns are read without
// building them as a tree. The constructor throws Error(kInvalidInput) for what is no JSON object.
struct ModelMetadata {
  ModelMetadata(std::string_view text, std::string_view name);

  std::string kind;  // "recommender", "classifier", ...; empty when it does not say
  // Of a recommender; anything may stand there for another kind.
  IdIndex items;              // not built yet
  std::vector<float> counts;  // one for each item, or none
  double decay = 1;           // of "session", in steps
  std::size_t max_items = 20;
  std::string problem_place;  // path of the first value that a recommender could not have
  std::string problem_expected;

 private:
  class Reader;
};

class Recommender {
 public:
  // `plan` must outlive the recommender. Throws Error(kInvalidModel) when inputs, outputs or
  // metadata do not have the form above.
  Recommender(const graph::Plan& plan, ModelMetadata metadata);
  Recommender(const graph::Plan& plan, std::string_view metadata)
      : Recommender(plan, ModelMetadata(metadata, "metadata of " + plan.name())) {}

  const IdIndex& items() const { return items_; }
  // How often the item occurred in the training data; 0 when the model does not say.
  double count(Row row) const { return counts_.empty() ? 0.0 : counts_[row]; }
  bool has_counts() const { return !counts_.empty(); }
  // At most this many distinct items make a query, newest first.
  std::size_t max_session_items() const { return max_items_; }
  // The weight of an item that lies `steps` items back: exp(-steps/decay); steps below
  // max_session_items().
  float decay(std::size_t steps) const { return decay_[steps]; }

  // Scores of all items, [items().size()], valid until the next call. Rows must be below
  // items().size(); an empty session gives prior().
  std::span<const float> scores(std::span<const SessionItem> session);
  // Scores without a session: the popularity part.
  std::span<const float> prior() const { return prior_; }
  // The part of each score that each session item brings: out [targets][session], row-major. The
  // rest of a target's score is its prior. Invalidates the view that scores() returned.
  void contributions(std::span<const SessionItem> session, std::span<const Row> targets,
                     std::vector<float>& out);

 private:
  void bind_neighbours();
  std::span<const float> run(std::span<const SessionItem> session);

  const graph::Plan& plan_;
  graph::Workspace workspace_;
  IdIndex items_;
  std::vector<float> counts_;
  std::vector<float> decay_;
  std::size_t max_items_ = 20;
  std::vector<float> prior_;
  std::size_t items_input_ = 0;  // positions among the plan's inputs and outputs
  std::size_t weights_input_ = 1;
  std::vector<std::int64_t> item_tensor_;
  std::vector<float> weight_tensor_;
  std::vector<graph::TensorView> outputs_;

  // Views into the model's bytes; null without them.
  std::size_t neighbours_per_item_ = 0;
  const std::uint8_t* neighbours_ = nullptr;        // int32 [items][k], unaligned
  const std::int8_t* neighbour_weights_ = nullptr;  // int8 [items][k]
  const std::uint8_t* neighbour_scales_ = nullptr;  // float [items], unaligned
  std::vector<std::uint64_t> sorted_targets_;       // target row << 32 | position
};

}  // namespace storewise::recommend
