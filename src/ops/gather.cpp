// Gather, GatherElements and GatherND: parts of a tensor by index, for every element type alike.
#include <algorithm>

#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {

void gather(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const TensorView& indices = invocation.input(1);
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{0}), data.shape.rank());
  Shape shape;
  for (std::size_t i = 0; i < axis; ++i) shape.push_back(data.shape[i]);
  for (const std::int64_t dim : indices.shape.dims()) shape.push_back(dim);
  for (std::size_t i = axis + 1; i < data.shape.rank(); ++i) shape.push_back(data.shape[i]);

  const auto size = static_cast<std::size_t>(data.shape[axis]);
  const std::size_t outer = product(data.shape, 0, axis);
  const std::size_t block =
      product(data.shape, axis + 1, data.shape.rank()) * element_size(data.type);
  const std::size_t count = indices.shape.elements();
  char* out = invocation.output_as<char>(0, shape);
  if (shape.elements() == 0) return;
  const Indices index(invocation, 1, size);
  for (std::size_t o = 0; o < outer; ++o) {
    const char* from = data.as<char>() + o * size * block;
    for (std::size_t i = 0; i < count; ++i) {
      copy_bytes(out, from + index[i] * block, block);
      out += block;
    }
  }
}

void gather_elements(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape& shape = invocation.input(1).shape;
  const std::size_t rank = data.shape.rank();
  const std::size_t axis = invocation.axis(invocation.attribute("axis", std::int64_t{0}), rank);
  const std::size_t axis_stride = product(data.shape, axis + 1, rank);
  const auto strides = places_by_index(invocation, data.shape, axis);
  const std::size_t size = element_size(data.type);
  char* out = invocation.output_as<char>(0, shape);
  const Indices index(invocation, 1, static_cast<std::size_t>(data.shape[axis]));
  const auto width = static_cast<std::size_t>(shape[rank - 1]);
  const std::size_t step = strides[rank - 1];
  for_each_row(shape, strides, strides, [&](std::size_t start, std::size_t, std::size_t row) {
    for (std::size_t i = row * width; i < (row + 1) * width; ++i, start += step) {
      std::memcpy(out + i * size, data.as<char>() + (start + index[i] * axis_stride) * size, size);
    }
  });
}

void gather_nd(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape& indices = invocation.input(1).shape;
  const std::int64_t batch_dims = invocation.attribute("batch_dims", std::int64_t{0});
  const auto smaller = static_cast<std::int64_t>(std::min(data.shape.rank(), indices.rank()));
  if (batch_dims < 0 || batch_dims >= smaller) {
    invocation.fail("batch_dims from 0 to %|%", smaller - 1, batch_dims);
  }
  const auto shared = static_cast<std::size_t>(batch_dims);
  const IndexTuples tuples(invocation, data.shape, shared);
  Shape shape;
  for (std::size_t d = 0; d + 1 < indices.rank(); ++d) {
    if (d < shared && indices[d] != data.shape[d]) {
      invocation.fail_shape(1, "indices that begin as %", data.shape);
    }
    shape.push_back(indices[d]);
  }
  for (std::size_t d = shared + tuples.length(); d < data.shape.rank(); ++d) {
    shape.push_back(data.shape[d]);
  }
  const std::size_t size = element_size(data.type);
  char* out = invocation.output_as<char>(0, shape);
  if (shape.elements() == 0) return;
  const std::size_t block = tuples.block() * size;
  const std::size_t batches = product(indices, 0, shared);
  const std::size_t each = product(indices, shared, indices.rank() - 1);
  const std::size_t batch_bytes = product(data.shape, shared, data.shape.rank()) * size;
  for (std::size_t i = 0; i < batches * each; ++i, out += block) {
    const char* batch = data.as<char>() + i / each * batch_bytes;
    std::memcpy(out, batch + tuples.offset(i) * size, block);
  }
}

}  // namespace storewise::ops
