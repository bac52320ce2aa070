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
      invocation.fail("shapes that broadcast|% and %", a, b);
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

namespace {

// A plane of elements to row-major order, in bands that keep both sides within the cache.
template <std::size_t kSize>
void copy_plane(const char* from, std::size_t rows, std::ptrdiff_t row_stride, std::size_t columns,
                std::ptrdiff_t column_stride, char* to) {
  constexpr std::size_t kBand = 16;
  constexpr auto kSigned = static_cast<std::ptrdiff_t>(kSize);
  for (std::size_t start = 0; start < columns; start += kBand) {
    const std::size_t end = std::min(columns, start + kBand);
    const char* row = from + static_cast<std::ptrdiff_t>(start) * column_stride * kSigned;
    for (std::size_t r = 0; r < rows; ++r, row += row_stride * kSigned) {
      const char* element = row;
      for (std::size_t c = start; c < end; ++c, element += column_stride * kSigned) {
        std::memcpy(to + (r * columns + c) * kSize, element, kSize);
      }
    }
  }
}

}  // namespace

void StridedCopy::add(std::int64_t size, std::ptrdiff_t stride) {
  const auto places = static_cast<std::size_t>(size);
  if (places == 1) return;
  if (rank_ > 0 && strides_[rank_ - 1] == stride * static_cast<std::ptrdiff_t>(places)) {
    sizes_[rank_ - 1] *= places;
    strides_[rank_ - 1] = stride;
    return;
  }
  sizes_[rank_] = places;
  strides_[rank_++] = stride;
}

void StridedCopy::run(const char* from, std::size_t size, char* to) const {
  const std::size_t columns = rank_ > 0 ? sizes_[rank_ - 1] : 1;
  const std::ptrdiff_t column_stride = rank_ > 0 ? strides_[rank_ - 1] : 1;
  const std::size_t rows = rank_ > 1 ? sizes_[rank_ - 2] : 1;
  const std::ptrdiff_t row_stride = rank_ > 1 ? strides_[rank_ - 2] : 0;
  const std::size_t outer = rank_ > 2 ? rank_ - 2 : 0;
  const auto bytes = static_cast<std::ptrdiff_t>(size);
  std::size_t planes = 1;
  for (std::size_t d = 0; d < rank_; ++d) {
    if (sizes_[d] == 0) return;
    if (d < outer) planes *= sizes_[d];
  }
  std::size_t position[kMaxDims] = {};
  for (std::size_t plane = 0; plane < planes; ++plane, to += rows * columns * size) {
    if (column_stride == 1) {
      for (std::size_t r = 0; r < rows; ++r) {
        std::memcpy(to + r * columns * size,
                    from + static_cast<std::ptrdiff_t>(r) * row_stride * bytes, columns * size);
      }
    } else if (size == 1) {
      copy_plane<1>(from, rows, row_stride, columns, column_stride, to);
    } else if (size == 2) {
      copy_plane<2>(from, rows, row_stride, columns, column_stride, to);
    } else if (size == 4) {
      copy_plane<4>(from, rows, row_stride, columns, column_stride, to);
    } else if (size == 8) {
      copy_plane<8>(from, rows, row_stride, columns, column_stride, to);
    } else {
      copy_plane<sizeof(std::string_view)>(from, rows, row_stride, columns, column_stride, to);
    }
    for (std::size_t d = outer; d-- > 0;) {
      from += strides_[d] * bytes;
      if (++position[d] < sizes_[d]) break;
      from -= strides_[d] * static_cast<std::ptrdiff_t>(sizes_[d]) * bytes;
      position[d] = 0;
    }
  }
}

void fill(char* to, const void* element, std::size_t size, std::size_t count) {
  if (count == 0) return;
  if (element == nullptr) {
    std::memset(to, 0, size * count);
    return;
  }
  std::memcpy(to, element, size);
  // Every copy doubles what is there, up to what the fastest cache holds.
  const std::size_t all = size * count;
  for (std::size_t done = size; done < all;) {
    const std::size_t more = std::min({done, all - done, std::size_t{4096} / size * size});
    std::memcpy(to + done, to, more);
    done += more;
  }
}

std::array<std::size_t, graph::kMaxRank> places_by_index(const Invocation& invocation,
                                                         const Shape& data, std::size_t axis) {
  const Shape& shape = invocation.input(1).shape;
  bool fits = shape.rank() == data.rank();
  for (std::size_t d = 0; fits && d < data.rank(); ++d) {
    fits = d == axis || shape[d] <= data[d];
  }
  if (!fits) invocation.fail_shape(1, "indices within %", data);
  auto strides = broadcast_strides(data, data);
  strides[axis] = 0;
  return strides;
}

IndexTuples::IndexTuples(const Invocation& invocation, const Shape& data, std::size_t shared)
    : invocation_(invocation), data_(data), shared_(shared) {
  const Shape& indices = invocation.input(1).shape;
  const std::size_t rank = indices.rank();
  if (rank == 0 || indices[rank - 1] > static_cast<std::int64_t>(data.rank() - shared)) {
    invocation.fail_shape(1, "tuples of places in %", data);
  }
  length_ = static_cast<std::size_t>(indices[rank - 1]);
  block_ = product(data, shared + length_, data.rank());
}

std::size_t IndexTuples::offset(std::size_t i) const {
  std::size_t offset = 0;
  for (std::size_t k = 0; k < length_; ++k) {
    const auto size = static_cast<std::size_t>(data_[shared_ + k]);
    offset = offset * size + Indices(invocation_, 1, size)[i * length_ + k];
  }
  return offset * block_;
}

}  // namespace storewise::ops
