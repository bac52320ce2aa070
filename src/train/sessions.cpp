#include "train/sessions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "support/error.h"

namespace storewise::train {
namespace {

constexpr std::size_t kMostItemsByDefault = 60000;

[[noreturn]] void bad_event(std::size_t event, std::string expected, std::string found) {
  throw Error(ErrorCode::kInvalidInput, "the events cannot be used",
              {"", "event " + std::to_string(event), std::move(expected), std::move(found)});
}

void check_events(const Events& events, std::size_t item_count) {
  const std::size_t n = events.session.size();
  if (events.item.size() != n || events.time.size() != n) {
    throw Error(ErrorCode::kInvalidInput, "the events' columns differ in length",
                {"", "", std::to_string(n) + " sessions, items and times",
                 std::to_string(events.item.size()) + " items and " +
                     std::to_string(events.time.size()) + " times"});
  }
  if (n > std::numeric_limits<std::uint32_t>::max() / 2) {
    throw Error(ErrorCode::kInvalidInput, "there are more events than one run can take");
  }
  for (std::size_t e = 0; e < n; ++e) {
    if (events.session[e] < 0) {
      bad_event(e, "a session number of 0 or more", std::to_string(events.session[e]));
    }
    if (events.item[e] < 0 || static_cast<std::size_t>(events.item[e]) >= item_count) {
      bad_event(e, "an item below " + std::to_string(item_count), std::to_string(events.item[e]));
    }
    if (!std::isfinite(events.time[e])) bad_event(e, "a time in seconds", "no finite number");
  }
}

// Most neighbours within a session carry different times.
bool times_tell_order(const Events& events, const std::vector<std::uint32_t>& order) {
  std::size_t pairs = 0;
  std::size_t different = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::uint32_t a = order[i - 1];
    const std::uint32_t b = order[i];
    if (events.session[a] != events.session[b]) continue;
    ++pairs;
    if (events.time[a] != events.time[b]) ++different;
  }
  return pairs > 0 && different * 2 > pairs;
}

// Whether sessions return to recent items often enough to be worth predicting.
bool visitors_return(const std::vector<std::int32_t>& items,
                     const std::vector<std::uint32_t>& starts) {
  constexpr std::uint32_t kRecent = 20;
  constexpr std::size_t kOneIn = 100;
  std::size_t steps = 0;
  std::size_t returns = 0;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    for (std::uint32_t p = starts[s] + 1; p < starts[s + 1]; ++p) {
      const std::uint32_t from = std::max(starts[s], p > kRecent ? p - kRecent : 0);
      ++steps;
      const auto begin = items.begin() + from;
      const auto end = items.begin() + p;
      if (std::find(begin, end, items[p]) != end) ++returns;
    }
  }
  return returns > 0 && returns * kOneIn >= steps;
}

// Fills starts and items from `rows` of item numbers that may hold items without a new number
// (-1 in `renumber`), counts the sessions of each item, and sorts the numbers by count.
Sessions renumber_by_count(const std::vector<std::int32_t>& items,
                           const std::vector<std::uint32_t>& starts,
                           const std::vector<std::int32_t>& original, std::uint32_t min_count) {
  Sessions result;
  std::vector<std::uint32_t> counts(original.size(), 0);
  std::vector<std::uint32_t> last_session(original.size(), std::uint32_t(-1));
  for (std::uint32_t s = 0; s + 1 < starts.size(); ++s) {
    for (std::uint32_t e = starts[s]; e < starts[s + 1]; ++e) {
      const auto item = static_cast<std::size_t>(items[e]);
      if (last_session[item] == s) continue;
      last_session[item] = s;
      ++counts[item];
    }
  }
  std::vector<std::int32_t> by_count(original.size());
  std::iota(by_count.begin(), by_count.end(), 0);
  std::sort(by_count.begin(), by_count.end(), [&](std::int32_t a, std::int32_t b) {
    if (counts[a] != counts[b]) return counts[a] > counts[b];
    return original[a] < original[b];
  });
  if (min_count == 0) {
    min_count = 1;
    if (by_count.size() > kMostItemsByDefault) {
      min_count = std::max(min_count, counts[by_count[kMostItemsByDefault]] + 1);
    }
  }
  std::vector<std::int32_t> number(original.size(), -1);
  for (const std::int32_t item : by_count) {
    if (counts[item] < min_count) break;
    number[item] = static_cast<std::int32_t>(result.original.size());
    result.original.push_back(original[item]);
    result.counts.push_back(counts[item]);
  }
  result.dropped_items = original.size() - result.original.size();
  result.starts.push_back(0);
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    for (std::uint32_t e = starts[s]; e < starts[s + 1]; ++e) {
      const std::int32_t item = number[items[e]];
      if (item >= 0) {
        result.items.push_back(item);
      } else {
        ++result.dropped_events;
      }
    }
    if (result.items.size() == result.starts.back()) {
      ++result.dropped_sessions;
    } else {
      result.starts.push_back(static_cast<std::uint32_t>(result.items.size()));
    }
  }
  return result;
}

}  // namespace

Sessions make_sessions(const Events& events, std::size_t item_count, std::uint32_t min_count,
                       std::optional<bool> ordered) {
  check_events(events, item_count);
  const std::size_t n = events.session.size();
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (events.session[a] != events.session[b]) return events.session[a] < events.session[b];
    if (events.time[a] != events.time[b]) return events.time[a] < events.time[b];
    return a < b;
  });
  const bool is_ordered = ordered ? *ordered : times_tell_order(events, order);

  struct Range {
    double time;  // of the last event
    std::uint32_t begin, end;
  };
  std::vector<Range> ranges;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (i == 0 || events.session[order[i]] != events.session[order[i - 1]]) {
      ranges.push_back({0.0, i, i});
    }
    ranges.back().end = i + 1;
    ranges.back().time = events.time[order[i]];
  }
  std::sort(ranges.begin(), ranges.end(), [&](const Range& a, const Range& b) {
    if (a.time != b.time) return a.time < b.time;
    return order[a.begin] < order[b.begin];
  });

  std::vector<std::int32_t> items;
  std::vector<std::uint32_t> starts{0};
  std::vector<std::uint32_t> seen_in(item_count, std::uint32_t(-1));
  items.reserve(n);
  std::size_t repeats = 0;
  for (std::uint32_t r = 0; r < ranges.size(); ++r) {
    for (std::uint32_t i = ranges[r].begin; i < ranges[r].end; ++i) {
      const std::int32_t item = events.item[order[i]];
      if (!is_ordered && seen_in[item] == r) {
        ++repeats;
        continue;
      }
      seen_in[item] = r;
      items.push_back(item);
    }
    starts.push_back(static_cast<std::uint32_t>(items.size()));
  }
  std::vector<std::int32_t> original(item_count);
  std::iota(original.begin(), original.end(), 0);
  // An item that no event names is never kept, whatever min_count says: it is counted as dropped.
  Sessions result = renumber_by_count(items, starts, original, min_count);
  result.ordered = is_ordered;
  result.repeats = is_ordered && visitors_return(items, starts);
  result.dropped_events += repeats;
  return result;
}

Sessions slice_sessions(const Sessions& all, std::size_t begin, std::size_t end) {
  std::vector<std::uint32_t> starts;
  for (std::size_t s = begin; s <= end; ++s) starts.push_back(all.starts[s] - all.starts[begin]);
  const std::vector<std::int32_t> items(all.items.begin() + all.starts[begin],
                                        all.items.begin() + all.starts[end]);
  Sessions result = renumber_by_count(items, starts, all.original, 1);
  result.ordered = all.ordered;
  result.repeats = all.repeats;
  return result;
}

}  // namespace storewise::train
