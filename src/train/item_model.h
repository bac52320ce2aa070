// The item-item model as it is served: each item's strongest successors in int8, and how a session
// becomes a query.
//
// Refuses to know where the weights came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/ridge.h"

namespace storewise::train {

// A session's most recent distinct items that a query reads.
inline constexpr std::size_t kQueryItems = 20;

// Successors by source, padded: every item has `k` places, of which the unused ones name item 0
// with weight 0.
struct ItemModel {
  std::size_t items = 0;
  std::size_t k = 0;
  std::vector<std::int32_t> neighbours;        // [items][k]
  std::vector<std::int8_t> neighbour_weights;  // [items][k], -127..127
  std::vector<float> neighbour_scales;         // [items], weight = scale * int8
  std::vector<std::int8_t> popularity;         // [items], 0..127
  float popularity_scale = 0.0f;               // the busiest item's prior is kPriorAtMost
};

// The prior breaks ties and answers when nothing is known; it never outweighs a neighbour.
inline constexpr double kPriorAtMost = 1e-4;

// Keeps each source's k largest positive weights (ties: the lower target first), in descending
// order, rounded to int8 with one scale a source. `counts` [items], descending, give the prior, in
// proportion to the logarithm of 1 + count. k >= 1.
ItemModel prune_and_quantise(const ItemWeights& weights, std::span<const std::uint32_t> counts,
                             std::size_t k);

struct QueryItem {
  std::int32_t item;
  float weight;
};

// The last kQueryItems distinct items of `session` (oldest first), newest first, each weighing
// exp(-(distinct items seen since) / decay).
void make_query(std::span<const std::int32_t> session, double decay, std::vector<QueryItem>& query);

}  // namespace storewise::train
