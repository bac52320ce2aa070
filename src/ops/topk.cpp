// TopK along one axis.
#include <algorithm>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

constexpr std::uint64_t kTopBit = std::uint64_t{1} << 63;

// An element's rank as a number that grows the further back it comes, so that one sort serves
// every type and both directions.
struct Candidate {
  std::uint64_t key;
  std::uint32_t index;
  bool operator<(const Candidate& other) const {
    return key < other.key || (key == other.key && index < other.index);
  }
};

// Unsigned numbers in the order of the numbers, -0 like 0, and NaN behind everything.
std::uint64_t key_of(DataType, bool largest, double value) {
  if (value != value) return UINT64_MAX;
  std::uint64_t bits;
  value += 0.0;
  std::memcpy(&bits, &value, sizeof bits);
  const std::uint64_t key = (bits & kTopBit) != 0 ? ~bits : bits | kTopBit;
  return largest ? ~key : key;
}
std::uint64_t key_of(DataType type, bool largest, std::int64_t value) {
  auto key = static_cast<std::uint64_t>(value);
  if (type != DataType::kUint64) key ^= kTopBit;
  return largest ? ~key : key;
}

// The keys of `n` elements that lie `step` apart, from element `first` on.
template <typename T>
void read_candidates(const TensorView& x, bool largest, std::size_t first, std::size_t step,
                     std::size_t n, Candidate* out) {
  constexpr std::size_t kPiece = 128;
  T piece[kPiece];
  const std::size_t width = step == 1 ? kPiece : 1;
  for (std::size_t start = 0; start < n; start += width) {
    const std::size_t count = std::min(width, n - start);
    onnx::load_numbers(x.type, x.data, first + start * step, count, piece);
    for (std::size_t i = 0; i < count; ++i) {
      out[start + i] = {key_of(x.type, largest, piece[i]), static_cast<std::uint32_t>(start + i)};
    }
  }
}

}  // namespace

void top_k(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  std::int64_t wanted = invocation.attribute("k", std::int64_t{0});
  if (invocation.has_input(1)) {
    const Shape list = invocation.small_ints(1);
    if (list.rank() != 1) invocation.fail_shape(1, "one number");
    wanted = list[0];
  }
  const bool largest = invocation.attribute("largest", std::int64_t{1}) != 0;
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{-1}), x.shape.rank());
  if (wanted < 0 || wanted > x.shape[axis] || x.shape[axis] > UINT32_MAX) {
    invocation.fail("k from 0 to %|%", x.shape[axis], wanted);
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
  auto* candidates = static_cast<Candidate*>(scratch_for(invocation, n + 1, sizeof(Candidate)));

  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      const char* first = x.as<char>() + (o * n * inner + i) * size;
      std::size_t found = 0;
      auto* fast = reinterpret_cast<std::uint32_t*>(candidates);
      const bool scan = largest && inner == 1 && x.type == DataType::kFloat && k < n;
      if (scan) found = kernels::top_k_f32(reinterpret_cast<const float*>(first), n, k, fast);
      const bool scanned = scan && found == k;
      if (!scanned) {  // another type or direction, or NaN among the k
        const auto read =
            onnx::is_decimal(x.type) ? read_candidates<double> : read_candidates<std::int64_t>;
        read(x, largest, o * n * inner + i, inner, n, candidates);
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
