#include "ops/common.h"

#include <algorithm>

namespace storewise::ops {

Shape broadcast(const Invocation& invocation, const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.rank(), b.rank());
  Shape result;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t from_a = i + a.rank() < rank ? 1 : a[i + a.rank() - rank];
    const std::int64_t from_b = i + b.rank() < rank ? 1 : b[i + b.rank() - rank];
    if (from_a != from_b && from_a != 1 && from_b != 1) {
      invocation.fail({"shapes that broadcast"}, {a.to_string(), " and ", b.to_string()});
    }
    result.push_back(from_a == 1 ? from_b : from_a);
  }
  return result;
}

std::array<std::size_t, graph::kMaxRank> broadcast_strides(const Shape& from, const Shape& to) {
  std::array<std::size_t, graph::kMaxRank> strides{};
  std::size_t stride = 1;
  for (std::size_t i = from.rank(); i-- > 0;) {
    strides[i + to.rank() - from.rank()] = from[i] == 1 ? 0 : stride;
    stride *= static_cast<std::size_t>(from[i]);
  }
  return strides;
}

}  // namespace storewise::ops
