// ReduceSum over any axes.
#include <algorithm>

#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

template <typename T, typename Sum>
void sum_into(const Invocation& invocation, const Shape& kept, T* out) {
  const Shape& shape = invocation.input(0).shape;
  const auto x = invocation.elements<T>(0);
  std::fill_n(out, kept.elements(), T(0));
  // The output seen in the input's shape: reduced dimensions have stride 0.
  const auto strides = broadcast_strides(kept, shape);
  const std::size_t last = shape.rank() == 0 ? 0 : shape.rank() - 1;
  const std::size_t width = shape.rank() == 0 ? 1 : static_cast<std::size_t>(shape[last]);
  for_each_row(shape, strides, strides, [&](std::size_t start, std::size_t, std::size_t row) {
    for (std::size_t i = 0; i < width; ++i) {
      T& place = out[start + i * strides[last]];
      place = static_cast<T>(static_cast<Sum>(place) + static_cast<Sum>(x[row * width + i]));
    }
  });
}

}  // namespace

void reduce_sum(Invocation& invocation) {
  const Shape& shape = invocation.input(0).shape;
  const bool keep = invocation.attribute("keepdims", std::int64_t{1}) != 0;
  const Shape axes =
      invocation.has_input(1) ? invocation.small_ints(1) : Shape(invocation.ints_attribute("axes"));
  const bool all = axes.rank() == 0;
  if (all && invocation.attribute("noop_with_empty_axes", std::int64_t{0}) != 0) {
    void* out = invocation.output(0, shape);
    return copy_bytes(out, invocation.input(0).data, invocation.input(0).bytes());
  }
  bool reduced[graph::kMaxRank];
  std::fill_n(reduced, graph::kMaxRank, all);
  for (const std::int64_t axis : axes.dims()) reduced[invocation.axis(axis, shape.rank())] = true;
  Shape kept;    // with sizes of 1, to add up in
  Shape result;  // as asked for
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    kept.push_back(reduced[i] ? 1 : shape[i]);
    if (keep || !reduced[i]) result.push_back(kept[i]);
  }
  void* out = invocation.output(0, result);
  switch (invocation.input(0).type) {
    case DataType::kFloat:
      return sum_into<float, float>(invocation, kept, static_cast<float*>(out));
    case DataType::kDouble:
      return sum_into<double, double>(invocation, kept, static_cast<double*>(out));
    case DataType::kInt32:
      return sum_into<std::int32_t, std::uint32_t>(invocation, kept,
                                                   static_cast<std::int32_t*>(out));
    default:
      return sum_into<std::int64_t, std::uint64_t>(invocation, kept,
                                                   static_cast<std::int64_t*>(out));
  }
}

}  // namespace storewise::ops
