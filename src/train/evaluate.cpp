#include "train/evaluate.h"

#include <algorithm>
#include <numeric>

namespace storewise::train {
namespace {

// A busier item comes first among equals; the difference stays below any neighbour's weight.
float prior_of(std::size_t item, std::size_t items) {
  return static_cast<float>(kPriorAtMost) *
         (1.0f - static_cast<float>(item) / static_cast<float>(items));
}

}  // namespace

QuerySet make_queries(const Sessions& all, std::size_t begin, std::size_t end,
                      const Sessions& known, std::size_t at_most) {
  QuerySet set;
  set.exclude_seen = !all.repeats;
  std::int32_t largest = -1;
  for (const std::int32_t o : all.original) largest = std::max(largest, o);
  std::vector<std::int32_t> number(static_cast<std::size_t>(largest + 1), -1);
  for (std::size_t i = 0; i < known.original.size(); ++i) {
    number[known.original[i]] = static_cast<std::int32_t>(i);
  }
  std::vector<std::int32_t> session;
  for (std::size_t s = begin; s < end; ++s) {
    const std::span<const std::int32_t> items = all.session(s);
    if (items.size() < 2) continue;
    const auto start = static_cast<std::uint32_t>(set.items.size());
    for (std::size_t p = 0; p < items.size(); ++p) {
      const std::int32_t item = number[all.original[items[p]]];
      const auto now = static_cast<std::uint32_t>(set.items.size());
      const bool asked = all.ordered ? p > 0 : p + 1 == items.size();
      if (asked && item < 0) ++set.unknown_targets;
      if (asked && item >= 0) set.queries.push_back({start, now, item});
      if (item >= 0) set.items.push_back(item);
    }
  }
  if (set.queries.size() > at_most && at_most > 0) {
    std::vector<QuerySet::Query> some;
    for (std::size_t q = 0; q < at_most; ++q) {
      some.push_back(set.queries[q * set.queries.size() / at_most]);
    }
    set.queries = std::move(some);
  }
  return set;
}

Successors by_source(const ItemWeights& weights) {
  Successors result;
  const std::size_t items = weights.starts.size() - 1;
  result.starts.assign(items + 1, 0);
  for (const std::int32_t source : weights.source) ++result.starts[source + 1];
  std::partial_sum(result.starts.begin(), result.starts.end(), result.starts.begin());
  result.target.resize(weights.source.size());
  result.weight.resize(weights.source.size());
  std::vector<std::uint32_t> next(result.starts.begin(), result.starts.end() - 1);
  for (std::size_t j = 0; j < items; ++j) {
    for (std::uint32_t e = weights.starts[j]; e < weights.starts[j + 1]; ++e) {
      const std::uint32_t place = next[weights.source[e]]++;
      result.target[place] = static_cast<std::int32_t>(j);
      result.weight[place] = weights.weight[e];
    }
  }
  return result;
}

Successors by_source(const ItemModel& model) {
  Successors result;
  result.starts.push_back(0);
  for (std::size_t i = 0; i < model.items; ++i) {
    for (std::size_t p = i * model.k; p < (i + 1) * model.k; ++p) {
      if (model.neighbour_weights[p] == 0) continue;
      result.target.push_back(model.neighbours[p]);
      result.weight.push_back(model.neighbour_scales[i] *
                              static_cast<float>(model.neighbour_weights[p]));
    }
    result.starts.push_back(static_cast<std::uint32_t>(result.target.size()));
  }
  return result;
}

Successors cooccurrence(const Sessions& sessions, std::size_t most) {
  const std::size_t items = sessions.item_count();
  // Sessions by item; a session counts once however often it repeats the item.
  std::vector<std::vector<std::uint32_t>> sessions_of(items);
  for (std::uint32_t s = 0; s < sessions.size(); ++s) {
    for (const std::int32_t item : sessions.session(s)) {
      if (sessions_of[item].empty() || sessions_of[item].back() != s) {
        sessions_of[item].push_back(s);
      }
    }
  }
  Successors result;
  result.starts.push_back(0);
  std::vector<std::uint32_t> together(items, 0);
  std::vector<std::uint64_t> seen(items, 0);
  std::uint64_t stamp = 0;
  std::vector<std::int32_t> touched;
  for (std::size_t i = 0; i < items; ++i) {
    touched.clear();
    for (const std::uint32_t s : sessions_of[i]) {
      ++stamp;
      for (const std::int32_t other : sessions.session(s)) {
        if (other == static_cast<std::int32_t>(i) || seen[other] == stamp) continue;
        seen[other] = stamp;
        if (together[other]++ == 0) touched.push_back(other);
      }
    }
    std::sort(touched.begin(), touched.end(), [&](std::int32_t a, std::int32_t b) {
      return together[a] != together[b] ? together[a] > together[b] : a < b;
    });
    for (std::size_t p = 0; p < touched.size(); ++p) {
      if (p < most) {
        result.target.push_back(touched[p]);
        result.weight.push_back(static_cast<float>(together[touched[p]]) /
                                static_cast<float>(sessions_of[i].size()));
      }
      together[touched[p]] = 0;
    }
    result.starts.push_back(static_cast<std::uint32_t>(result.target.size()));
  }
  return result;
}

Successors identity(std::size_t items) {
  Successors result;
  result.starts.resize(items + 1);
  std::iota(result.starts.begin(), result.starts.end(), 0u);
  result.target.resize(items);
  std::iota(result.target.begin(), result.target.end(), 0);
  result.weight.assign(items, 1.0f);
  return result;
}

Successors nothing(std::size_t items) {
  Successors result;
  result.starts.assign(items + 1, 0);
  return result;
}

RankingMetrics evaluate(const Successors& successors, const QuerySet& queries, double decay,
                        std::size_t k) {
  const std::size_t items = successors.starts.size() - 1;
  RankingMetrics metrics;
  metrics.queries = queries.queries.size();
  if (metrics.queries == 0) return metrics;
  std::vector<float> sum(items, 0.0f);
  std::vector<std::uint8_t> state(items, 0);  // 1 touched, 2 left out
  std::vector<std::int32_t> touched;
  std::vector<QueryItem> query;
  double hits = 0.0;
  double reciprocal = 0.0;
  for (const QuerySet::Query& q : queries.queries) {
    touched.clear();
    make_query(std::span(queries.items).subspan(q.begin, q.end - q.begin), decay, query);
    for (const QueryItem& item : query) {
      for (std::uint32_t e = successors.starts[item.item]; e < successors.starts[item.item + 1];
           ++e) {
        const std::int32_t target = successors.target[e];
        if (state[target] == 0) {
          state[target] = 1;
          sum[target] = prior_of(target, items);
          touched.push_back(target);
        }
        sum[target] += item.weight * successors.weight[e];
      }
    }
    if (queries.exclude_seen) {
      for (std::uint32_t p = q.begin; p < q.end; ++p) {
        const std::int32_t seen = queries.items[p];
        if (seen == q.target) continue;
        if (state[seen] == 0) touched.push_back(seen);
        state[seen] = 2;
      }
    }
    const float score = state[q.target] == 0 ? prior_of(q.target, items) : sum[q.target];
    std::size_t ahead = 0;
    for (const std::int32_t other : touched) {
      if (state[other] == 2 || other == q.target) continue;
      if (sum[other] > score || (sum[other] == score && other < q.target)) ++ahead;
    }
    // Untouched items rank by number; those with a prior above the score come first.
    if (score < static_cast<float>(kPriorAtMost)) {
      for (std::int32_t other = 0; static_cast<std::size_t>(other) < items && ahead < k; ++other) {
        if (prior_of(other, items) <= score) break;
        if (state[other] == 0 && other != q.target) ++ahead;
      }
    }
    if (ahead < k) {
      hits += 1.0;
      reciprocal += 1.0 / static_cast<double>(ahead + 1);
    }
    for (const std::int32_t other : touched) state[other] = 0;
  }
  metrics.recall = hits / static_cast<double>(metrics.queries);
  metrics.mrr = reciprocal / static_cast<double>(metrics.queries);
  return metrics;
}

}  // namespace storewise::train
