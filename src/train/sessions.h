// Events as a shop records them, made into sessions in the order of time.
//
// Refuses to guess: an item outside the list, a negative session or a time that is not a number is
// an error that names the event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace storewise::train {

// One entry per event, in any order; the three spans are equally long and must outlive the call.
struct Events {
  std::span<const std::int32_t> session;  // dense ids from 0
  std::span<const std::int32_t> item;     // 0 .. items-1
  std::span<const double> time;           // seconds; events of equal time keep their given order
};

// Sessions by ascending time of their last event. Items are renumbered by descending count (ties
// by their first number), so that the busiest come first: `original[new] = old`.
struct Sessions {
  std::vector<std::int32_t> items;     // [events] concatenated sessions, oldest event first
  std::vector<std::uint32_t> starts;   // [sessions + 1] offsets into `items`
  std::vector<std::int32_t> original;  // [kept items]
  std::vector<std::uint32_t> counts;   // [kept items] sessions that contain the item
  bool ordered = false;                // the order within a session means something
  bool repeats = false;  // visitors come back to items that they have seen in the same session
  std::size_t dropped_items = 0;     // never seen, or seen in fewer sessions than asked for
  std::size_t dropped_events = 0;    // of dropped items; repeats within an orderless session
  std::size_t dropped_sessions = 0;  // left without an item

  std::size_t size() const { return starts.empty() ? 0 : starts.size() - 1; }
  std::size_t item_count() const { return original.size(); }
  std::span<const std::int32_t> session(std::size_t s) const {
    return {items.data() + starts[s], items.data() + starts[s + 1]};
  }
};

// `item_count` bounds the items of `events`. `min_count` is the least number of sessions an item
// is kept for; 0 chooses: 1, or as much more as it takes to keep at most 60,000 items. `ordered`
// empty asks to decide from the times: most neighbouring events of a session differ in time.
// A session without order keeps the first of an item's repeated events only. `repeats` is true when
// at least 1 % of the events after a session's first name one of its last 20 items again.
// Throws Error(kInvalidInput).
Sessions make_sessions(const Events& events, std::size_t item_count, std::uint32_t min_count,
                       std::optional<bool> ordered);

// Sessions [begin, end) of `all`, with the items of that part only, renumbered by their counts
// there. `original` keeps referring to the numbers given to make_sessions.
Sessions slice_sessions(const Sessions& all, std::size_t begin, std::size_t end);

}  // namespace storewise::train
