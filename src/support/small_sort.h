// A stable sort for a handful of elements, and sort keys for many scores.
//
// Insertion sort: quadratic, hence for lists that stay short (reasons, pins, languages), where it
// is as fast as any and a fiftieth of std::stable_sort's code, which counts in WebAssembly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace storewise {

// Sorts `values` by `before(a, b)`, a strict weak order; equal elements keep their order.
template <typename T, typename Before>
void small_sort(std::span<T> values, Before before) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (!before(values[i], values[i - 1])) continue;
    T moving = std::move(values[i]);
    std::size_t at = i;
    do {
      values[at] = std::move(values[at - 1]);
      --at;
    } while (at > 0 && before(moving, values[at - 1]));
    values[at] = std::move(moving);
  }
}

// A number that sorts ascending where `score` sorts descending and equal scores by ascending
// `index`: the bits of floats that are not negative are ordered like the floats. What is below 0,
// and NaN, counts as 0. The index is the key's low half.
inline std::uint64_t descending_key(float score, std::uint32_t index) {
  const float ordered = score > 0 ? score : 0.0F;
  std::uint32_t bits = 0;
  std::memcpy(&bits, &ordered, sizeof(bits));
  return std::uint64_t{~bits} << 32 | index;
}

}  // namespace storewise
