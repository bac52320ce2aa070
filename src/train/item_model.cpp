#include "train/item_model.h"

#include <algorithm>
#include <cmath>

#include "train/math.h"
#include "train/quantise.h"

namespace storewise::train {

ItemModel prune_and_quantise(const ItemWeights& weights, std::span<const std::uint32_t> counts,
                             std::size_t k) {
  struct Successor {
    std::int32_t target;
    float weight;
  };
  const std::size_t items = counts.size();
  // Transposed: by source, targets ascending.
  std::vector<std::uint32_t> starts(items + 1, 0);
  for (std::size_t e = 0; e < weights.source.size(); ++e) {
    if (weights.weight[e] > 0) ++starts[weights.source[e] + 1];
  }
  for (std::size_t i = 0; i < items; ++i) starts[i + 1] += starts[i];
  std::vector<Successor> successors(starts[items]);
  std::vector<std::uint32_t> next(starts.begin(), starts.end() - 1);
  for (std::size_t j = 0; j < items; ++j) {
    for (std::uint32_t e = weights.starts[j]; e < weights.starts[j + 1]; ++e) {
      if (weights.weight[e] <= 0) continue;
      successors[next[weights.source[e]]++] = {static_cast<std::int32_t>(j), weights.weight[e]};
    }
  }

  ItemModel model;
  model.items = items;
  model.k = k;
  model.neighbours.assign(items * k, 0);
  model.neighbour_weights.assign(items * k, 0);
  model.neighbour_scales.assign(items, 0.0f);
  std::vector<float> kept;
  for (std::size_t i = 0; i < items; ++i) {
    const auto begin = successors.begin() + starts[i];
    const auto end = successors.begin() + starts[i + 1];
    std::sort(begin, end, [](const Successor& a, const Successor& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.target < b.target;
    });
    const std::size_t n = std::min<std::size_t>(k, end - begin);
    kept.clear();
    for (std::size_t p = 0; p < n; ++p) {
      model.neighbours[i * k + p] = begin[p].target;
      kept.push_back(begin[p].weight);
    }
    model.neighbour_scales[i] =
        quantise(kept, std::span(model.neighbour_weights).subspan(i * k, n));
  }

  std::vector<float> prior;
  for (const std::uint32_t count : counts) prior.push_back(static_cast<float>(log(1.0 + count)));
  if (!prior.empty() && prior[0] > 0) {
    const float busiest = prior[0];
    for (float& p : prior) p = static_cast<float>(kPriorAtMost) * (p / busiest);
  }
  model.popularity.assign(items, 0);
  model.popularity_scale = quantise(prior, model.popularity);
  return model;
}

void make_query(std::span<const std::int32_t> session, double decay,
                std::vector<QueryItem>& query) {
  query.clear();
  for (std::size_t p = session.size(); p-- > 0 && query.size() < kQueryItems;) {
    const std::int32_t item = session[p];
    if (std::any_of(query.begin(), query.end(),
                    [item](const QueryItem& q) { return q.item == item; })) {
      continue;
    }
    query.push_back({item, static_cast<float>(exp(-static_cast<double>(query.size()) / decay))});
  }
}

}  // namespace storewise::train
