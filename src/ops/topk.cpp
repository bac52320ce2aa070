// TopK along one axis.
#include <algorithm>
#include <bit>

#include "kernels/kernels.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

// An element's rank as a number that grows the further back it comes, so that one sort serves
// every type and both directions.
struct Candidate {
  std::uint64_t key;
  std::uint32_t index;
  bool operator<(const Candidate& other) const {
    return key < other.key || (key == other.key && index < other.index);
  }
};

// Unsigned numbers in the same order as the elements'.
std::uint64_t ascending_key(DataType type, const char* element) {
  if (type == DataType::kFloat) {
    std::uint32_t bits;
    std::memcpy(&bits, element, sizeof bits);
    if (bits << 1 == 0) bits = 0;  // -0 equals 0
    return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
  }
  std::int64_t value = 0;
  if (type == DataType::kInt32) {
    std::int32_t narrow;
    std::memcpy(&narrow, element, sizeof narrow);
    value = narrow;
  } else {
    std::memcpy(&value, element, sizeof value);
  }
  return static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63);
}

bool is_nan(DataType type, const char* element) {
  if (type != DataType::kFloat) return false;
  float value;
  std::memcpy(&value, element, sizeof value);
  return value != value;
}

}  // namespace

void top_k(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  std::int64_t wanted = invocation.attribute("k", std::int64_t{0});
  if (invocation.has_input(1)) {
    const Shape list = invocation.small_ints(1);
    if (list.rank() != 1) invocation.fail_shape(1, {"one number"});
    wanted = list[0];
  }
  const bool largest = invocation.attribute("largest", std::int64_t{1}) != 0;
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{-1}), x.shape.rank());
  if (wanted < 0 || wanted > x.shape[axis] || x.shape[axis] > UINT32_MAX) {
    invocation.fail({"k from 0 to ", x.shape[axis]}, {wanted});
  }
  Shape shape;
  for (std::size_t d = 0; d < x.shape.rank(); ++d) {
    shape.push_back(d == axis ? wanted : x.shape[d]);
  }
  const auto n = static_cast<std::size_t>(x.shape[axis]);
  const auto k = static_cast<std::size_t>(wanted);
  const std::size_t outer = product(x.shape, 0, axis);
  const std::size_t inner = product(x.shape, axis + 1, x.shape.rank());
  const std::size_t size = element_size(x.type);
  char* values = invocation.wants_output(0) ? invocation.output_as<char>(0, shape) : nullptr;
  auto* indices =
      invocation.wants_output(1) ? invocation.output_as<std::int64_t>(1, shape) : nullptr;
  auto* candidates = static_cast<Candidate*>(invocation.scratch((n + 1) * sizeof(Candidate)));

  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      const char* first = x.as<char>() + (o * n * inner + i) * size;
      std::size_t found = 0;
      auto* fast = reinterpret_cast<std::uint32_t*>(candidates);
      const bool scan = largest && inner == 1 && x.type == DataType::kFloat && k < n;
      if (scan) found = kernels::top_k_f32(reinterpret_cast<const float*>(first), n, k, fast);
      const bool scanned = scan && found == k;
      if (!scanned) {  // another type or direction, or NaN among the k
        for (std::size_t e = 0; e < n; ++e) {
          const char* element = first + e * inner * size;
          std::uint64_t key = ascending_key(x.type, element);
          if (largest) key = ~key;
          candidates[e] = {is_nan(x.type, element) ? UINT64_MAX : key,
                           static_cast<std::uint32_t>(e)};
        }
        std::partial_sort(candidates, candidates + k, candidates + n);
      }
      for (std::size_t rank = 0; rank < k; ++rank) {
        const std::size_t place = (o * k + rank) * inner + i;
        const std::uint32_t index = scanned ? fast[rank] : candidates[rank].index;
        if (values) std::memcpy(values + place * size, first + index * inner * size, size);
        if (indices) indices[place] = index;
      }
    }
  }
}

}  // namespace storewise::ops
