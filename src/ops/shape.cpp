// Operators that change or tell shapes, join tensors, or bring in constants.
#include <algorithm>

#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

// The axes to drop or insert: an input since opset 13, an attribute before.
Shape axes_of(const Invocation& invocation) {
  return invocation.has_input(1) ? invocation.small_ints(1)
                                 : Shape(invocation.ints_attribute("axes"));
}

}  // namespace

void reshape(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape wanted = invocation.small_ints(1);
  const bool allow_zero = invocation.attribute("allowzero", std::int64_t{0}) != 0;
  const std::size_t elements = data.shape.elements();
  const auto fail = [&] {
    invocation.fail({"a shape of ", elements, " elements like ", data.shape.to_string()},
                    {wanted.to_string()});
  };
  Shape known;  // with 1 in the place of -1
  bool infer = false;
  for (std::size_t i = 0; i < wanted.rank(); ++i) {
    std::int64_t dim = wanted[i];
    if (dim == 0 && !allow_zero) {
      if (i >= data.shape.rank()) fail();
      dim = data.shape[i];
    }
    if (dim < -1 || (dim == -1 && infer)) fail();
    infer = infer || dim == -1;
    known.push_back(dim == -1 ? 1 : dim);
  }
  const std::size_t others = known.elements();
  Shape shape;
  for (std::size_t i = 0; i < wanted.rank(); ++i) {
    if (wanted[i] == -1 && others != 0) {
      shape.push_back(static_cast<std::int64_t>(elements / others));
    } else {
      shape.push_back(wanted[i] == -1 ? 0 : known[i]);
    }
  }
  if (shape.elements() != elements) fail();
  invocation.alias_output(0, shape, data.data);
}

void unsqueeze(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape axes = axes_of(invocation);
  const std::size_t rank = data.shape.rank() + axes.rank();
  if (rank > graph::kMaxRank) invocation.fail_shape(0, {"fewer dimensions"});
  bool inserted[graph::kMaxRank] = {};
  for (const std::int64_t axis : axes.dims()) {
    bool& place = inserted[invocation.axis(axis, rank)];
    if (place) invocation.fail({"each axis once"}, {axes.to_string()});
    place = true;
  }
  Shape shape;
  std::size_t next = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    shape.push_back(inserted[i] ? 1 : data.shape[next++]);
  }
  invocation.alias_output(0, shape, data.data);
}

void squeeze(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape axes = axes_of(invocation);
  bool dropped[graph::kMaxRank] = {};
  for (const std::int64_t axis : axes.dims()) {
    const std::size_t place = invocation.axis(axis, data.shape.rank());
    if (data.shape[place] != 1) invocation.fail_shape(0, {"a size of 1 to drop"});
    dropped[place] = true;
  }
  Shape shape;
  for (std::size_t i = 0; i < data.shape.rank(); ++i) {
    const bool drop = axes.rank() == 0 ? data.shape[i] == 1 : dropped[i];
    if (!drop) shape.push_back(data.shape[i]);
  }
  invocation.alias_output(0, shape, data.data);
}

void identity(Invocation& invocation) {
  invocation.alias_output(0, invocation.input(0).shape, invocation.input(0).data);
}

void shape(Invocation& invocation) {
  const Shape& input = invocation.input(0).shape;
  const auto rank = static_cast<std::int64_t>(input.rank());
  const auto clamp = [rank](std::int64_t place) {
    if (place < 0) place = place < -rank ? 0 : place + rank;
    return std::min(place, rank);
  };
  const std::int64_t start = clamp(invocation.attribute("start", std::int64_t{0}));
  const std::int64_t end = std::max(clamp(invocation.attribute("end", rank)), start);
  auto* out = invocation.output_as<std::int64_t>(0, Shape{end - start});
  for (std::int64_t i = start; i < end; ++i) out[i - start] = input[static_cast<std::size_t>(i)];
}

void constant(Invocation& invocation) {
  if (const onnx::TensorRef* tensor = invocation.tensor_attribute("value")) {
    return invocation.alias_output(0, Shape(tensor->dims), tensor->bytes.data());
  }
  // The attribute itself is the tensor: it lives as long as the plan.
  for (const onnx::AttributeRef& value : invocation.node().attributes) {
    switch (value.kind) {
      case onnx::AttributeKind::kFloat:
        return invocation.alias_output(0, Shape{}, &value.f);
      case onnx::AttributeKind::kInt:
        return invocation.alias_output(0, Shape{}, &value.i);
      case onnx::AttributeKind::kFloats:
        return invocation.alias_output(0, Shape{static_cast<std::int64_t>(value.floats.size())},
                                       value.floats.data());
      case onnx::AttributeKind::kInts:
        return invocation.alias_output(0, Shape{static_cast<std::int64_t>(value.ints.size())},
                                       value.ints.data());
      default:
        break;
    }
  }
  invocation.fail({"one of the attributes value, value_float(s), value_int(s)"}, {"none"});
}

void constant_of_shape(Invocation& invocation) {
  const Shape shape = invocation.small_ints(0);
  const onnx::TensorRef* value = invocation.tensor_attribute("value");
  const std::size_t size = element_size(invocation.output_type(0));
  if (value && value->bytes.size() != size) {
    invocation.fail({"a value of one element"}, {value->bytes.size() / size});
  }
  for (const std::int64_t dim : shape.dims()) {
    if (dim < 0) invocation.fail({"sizes of 0 or more"}, {shape.to_string()});
  }
  auto* out = invocation.output_as<char>(0, shape);
  const std::size_t elements = shape.elements();
  if (!value) return std::fill_n(reinterpret_cast<float*>(out), elements, 0.0f), void();
  for (std::size_t i = 0; i < elements; ++i) {
    std::memcpy(out + i * size, value->bytes.data(), size);
  }
}

void concat(Invocation& invocation) {
  const Shape& first = invocation.input(0).shape;
  if (!invocation.has_attribute("axis")) invocation.fail({"the attribute axis"}, {"none"});
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{0}), first.rank());
  std::int64_t total = 0;
  for (std::size_t i = 0; i < invocation.input_count(); ++i) {
    const Shape& shape = invocation.input(i).shape;
    bool fits = shape.rank() == first.rank();
    for (std::size_t d = 0; fits && d < first.rank(); ++d) {
      fits = d == axis || shape[d] == first[d];
    }
    if (!fits) invocation.fail_shape(i, {"a shape like ", first.to_string()});
    total += shape[axis];
  }
  Shape shape;
  for (std::size_t d = 0; d < first.rank(); ++d) shape.push_back(d == axis ? total : first[d]);

  const std::size_t size = element_size(invocation.input(0).type);
  const std::size_t inner = product(first, axis + 1, first.rank()) * size;
  const std::size_t outer = product(first, 0, axis);
  char* out = invocation.output_as<char>(0, shape);
  std::size_t start = 0;
  for (std::size_t i = 0; i < invocation.input_count(); ++i) {
    const std::size_t block = static_cast<std::size_t>(invocation.input(i).shape[axis]) * inner;
    const char* from = invocation.input(i).as<char>();
    for (std::size_t o = 0; o < outer; ++o) {
      copy_bytes(out + o * static_cast<std::size_t>(total) * inner + start, from + o * block,
                 block);
    }
    start += block;
  }
}

}  // namespace storewise::ops
