// Recall and mean reciprocal rank of item scorers on sessions that they were not trained on.
//
// Protocols: sessions with an order are asked at every step (given the items so far, where does
// the next one rank?); baskets once (given all but the last item, where does that rank?). Where
// visitors do not return to items (Sessions::repeats), those given are left out of the ranking.
// Targets that the scorer cannot know are left out and counted. All items are ranked; there is no
// sampling of negatives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/item_model.h"
#include "train/ridge.h"
#include "train/sessions.h"

namespace storewise::train {

struct QuerySet {
  struct Query {
    std::uint32_t begin, end;  // of `items`: what was seen, oldest first
    std::int32_t target;
  };
  std::vector<std::int32_t> items;
  std::vector<Query> queries;
  bool exclude_seen = false;
  std::size_t unknown_targets = 0;
};

// Queries of sessions [begin, end) of `all`, in the item numbers of `known`; every n-th of them
// when there are more than `at_most`.
QuerySet make_queries(const Sessions& all, std::size_t begin, std::size_t end,
                      const Sessions& known, std::size_t at_most);

// Item-item scores by source: target[starts[i] .. starts[i+1]) with weights.
struct Successors {
  std::vector<std::uint32_t> starts;  // [items + 1]
  std::vector<std::int32_t> target;
  std::vector<float> weight;
};

Successors by_source(const ItemWeights& weights);
Successors by_source(const ItemModel& model);
// First-order conditional probability: sessions with both items / sessions with the source. The
// `most` strongest of a source.
Successors cooccurrence(const Sessions& sessions, std::size_t most);
// Every item followed by itself: the line of the session's own items.
Successors identity(std::size_t items);
// Nothing follows anything: the line of popularity.
Successors nothing(std::size_t items);

struct RankingMetrics {
  double recall = 0.0;  // share of queries whose target is among the first k
  double mrr = 0.0;     // mean of 1 / rank, 0 beyond k
  std::size_t queries = 0;
};

// Scores of untouched items follow popularity, which is the order of the item numbers.
RankingMetrics evaluate(const Successors& successors, const QuerySet& queries, double decay,
                        std::size_t k);

}  // namespace storewise::train
