// Gather: slices of a tensor along one axis, by index, for every element type alike.
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {

void gather(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const TensorView& indices = invocation.input(1);
  if (data.shape.rank() == 0) invocation.fail_shape(0, {"a tensor with at least one dimension"});
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
  const Indices index(invocation, 1, size);
  for (std::size_t o = 0; o < outer; ++o) {
    const char* from = data.as<char>() + o * size * block;
    for (std::size_t i = 0; i < count; ++i) {
      copy_bytes(out, from + index[i] * block, block);
      out += block;
    }
  }
}

}  // namespace storewise::ops
