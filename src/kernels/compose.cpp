// Kernels made of kernels: nothing here depends on an instruction set.
#include <algorithm>
#include <cstring>
#include <limits>

#include "kernels/kernels.h"

namespace storewise::kernels {
inline namespace STOREWISE_KERNELS_IMPLEMENTATION {
namespace {

float at(const float* x, std::size_t i) {
  float value;
  std::memcpy(&value, reinterpret_cast<const char*>(x) + i * sizeof value, sizeof value);
  return value;
}

}  // namespace

void softmax_f32(std::size_t n, float* x) {
  if (n == 0) return;
  exp_f32(max_f32(x, n), n, x);
  const float sum = sum_f32(x, n);
  for (std::size_t i = 0; i < n; ++i) {
    const float share = at(x, i) / sum;
    std::memcpy(reinterpret_cast<char*>(x) + i * sizeof share, &share, sizeof share);
  }
}

std::size_t top_k_f32(const float* x, std::size_t n, std::size_t k, std::uint32_t* indices) {
  if (k == 0) return 0;
  // Whether index a ranks before index b: a heap by this order keeps its worst at the front.
  const auto before = [x](std::uint32_t a, std::uint32_t b) {
    const float left = at(x, a);
    const float right = at(x, b);
    return left > right || (left == right && a < b);
  };
  std::size_t count = 0;
  std::size_t i = 0;
  for (; i < n && count < k; ++i) {
    if (at(x, i) != at(x, i)) continue;
    indices[count++] = static_cast<std::uint32_t>(i);
    std::push_heap(indices, indices + count, before);
  }
  while (count == k) {
    // An equal value at a later index ranks behind all that are in: only greater ones enter.
    i = find_above(x, i, n, at(x, indices[0]));
    if (i >= n) break;
    std::pop_heap(indices, indices + count, before);
    indices[count - 1] = static_cast<std::uint32_t>(i++);
    std::push_heap(indices, indices + count, before);
  }
  std::sort_heap(indices, indices + count, before);
  return count;
}

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
