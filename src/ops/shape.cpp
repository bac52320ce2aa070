// Operators that change or tell shapes, or bring in constants.
#include <algorithm>
#include <cmath>
#include <random>

#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

// Shapes and axes: an input, which in older opsets is an attribute.
Shape list_of(const Invocation& invocation, const char* attribute) {
  return invocation.has_input(1) ? invocation.small_ints(1)
                                 : Shape(invocation.ints_attribute(attribute));
}

}  // namespace

void reshape(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape wanted = list_of(invocation, "shape");
  const bool allow_zero = invocation.attribute("allowzero", std::int64_t{0}) != 0;
  const std::size_t elements = data.shape.elements();
  const auto fail = [&] {
    invocation.fail("a shape of % elements like %|%", elements, data.shape, wanted);
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

void flatten(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  // The axis may be the one behind the last.
  const std::int64_t given = invocation.attribute("axis", std::int64_t{1});
  const std::size_t axis =
      given == static_cast<std::int64_t>(rank) ? rank : invocation.axis(given, rank);
  Shape sides[2];
  for (std::size_t d = 0; d < rank; ++d) sides[d >= axis].push_back(data.shape[d]);
  invocation.alias_output(0,
                          Shape{static_cast<std::int64_t>(sides[0].elements()),
                                static_cast<std::int64_t>(sides[1].elements())},
                          data.data);
}

void unsqueeze(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape axes = list_of(invocation, "axes");
  const std::size_t rank = data.shape.rank() + axes.rank();
  if (rank > graph::kMaxRank) invocation.fail_shape(0, "fewer dimensions");
  bool inserted[graph::kMaxRank] = {};
  for (const std::int64_t axis : axes.dims()) {
    bool& place = inserted[invocation.axis(axis, rank)];
    if (place) invocation.fail("each axis once|%", axes);
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
  const Shape axes = list_of(invocation, "axes");
  bool dropped[graph::kMaxRank] = {};
  for (const std::int64_t axis : axes.dims()) {
    const std::size_t place = invocation.axis(axis, data.shape.rank());
    if (data.shape[place] != 1) invocation.fail_shape(0, "a size of 1 to drop");
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

void size(Invocation& invocation) {
  *invocation.output_as<std::int64_t>(0, Shape{}) =
      static_cast<std::int64_t>(invocation.input(0).shape.elements());
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
      case onnx::AttributeKind::kString:
        return invocation.alias_output(0, Shape{}, &value.s);
      case onnx::AttributeKind::kStrings:
        return invocation.alias_output(0, Shape{static_cast<std::int64_t>(value.strings.size())},
                                       value.strings.data());
      default:
        break;
    }
  }
  invocation.fail("an attribute value, value_...|none");
}

void constant_of_shape(Invocation& invocation) {
  const Shape shape = invocation.small_ints(0);
  const onnx::TensorRef* value = invocation.tensor_attribute("value");
  const std::size_t size = element_size(invocation.output_type(0));
  if (value && value->bytes.size() != size) {
    invocation.fail("a value of one element|%", value->bytes.size() / size);
  }
  for (const std::int64_t dim : shape.dims()) {
    if (dim < 0) invocation.fail("sizes of 0 or more|%", shape);
  }
  auto* out = invocation.output_as<char>(0, shape);
  if (!value || storage_bytes(value->type, 2) > 1) {
    return fill(out, value ? value->bytes.data() : nullptr, size, shape.elements());
  }
  const std::uint8_t low = value->bytes[0] & 15u;  // half a byte: twice
  std::memset(out, low | low << 4, storage_bytes(value->type, shape.elements()));
}

void expand(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const Shape shape = broadcast(invocation, data.shape, invocation.small_ints(1));
  const auto strides = broadcast_strides(data.shape, shape);
  StridedCopy copy;
  for (std::size_t d = 0; d < shape.rank(); ++d) {
    copy.add(shape[d], static_cast<std::ptrdiff_t>(strides[d]));
  }
  const std::size_t size = element_size(data.type);
  copy.run(data.as<char>(), size, invocation.output_as<char>(0, shape));
}

void dropout(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t n = data.shape.elements();
  const bool training = invocation.has_input(2) && invocation.input(2).shape.elements() == 1 &&
                        invocation.elements<std::uint8_t>(2)[0] != 0;
  double ratio = 0.5;
  if (invocation.has_input(1) && invocation.input(1).shape.elements() == 1) {
    onnx::load_numbers(invocation.input(1).type, invocation.input(1).data, 0, 1, &ratio);
  }
  // Before opset 12 the output is the input itself, and so there is no memory for it.
  void* out = nullptr;
  if (invocation.since_version() >= 12) {
    out = invocation.output(0, data.shape);
    copy_bytes(out, data.data, data.bytes());
  } else {
    invocation.alias_output(0, data.shape, data.data);
  }
  const DataType mask_type = invocation.wants_output(1) ? invocation.output_type(1) : data.type;
  void* mask = invocation.wants_output(1) ? invocation.output(1, data.shape) : nullptr;
  // What is dropped in training follows from the seed as in NumPy's legacy generator, which ONNX's
  // reference uses: the Mersenne Twister's words in pairs make 53 bits.
  std::mt19937 words(static_cast<std::uint32_t>(invocation.attribute("seed", std::int64_t{0})));
  for (std::size_t i = 0; i < n; ++i) {
    std::int64_t kept = 1;
    if (training && out != nullptr) {
      const auto high = static_cast<double>(words() >> 5);
      const auto low = static_cast<double>(words() >> 6);
      kept = (high * 67108864.0 + low) / 9007199254740992.0 >= ratio;
      double value = 0;
      onnx::load_numbers(data.type, data.data, i, 1, &value);
      value = kept != 0 ? value / (1 - ratio) : 0;
      onnx::store_numbers(data.type, out, i, 1, &value);
    }
    if (mask != nullptr) onnx::store_numbers(mask_type, mask, i, 1, &kept);
  }
}

namespace {

// start, limit and delta, each one number.
template <typename T>
void load_bounds(const Invocation& invocation, T* bounds) {
  for (std::size_t i = 0; i < 3; ++i) {
    const TensorView& bound = invocation.input(i);
    if (bound.shape.elements() != 1) invocation.fail_shape(i, "one number");
    onnx::load_numbers(bound.type, bound.data, 0, 1, bounds + i);
  }
  if (bounds[2] == 0) invocation.fail("a delta that is not 0|0");
}

// Unsigned reckoning (`Wide` of integers) never overflows on the way to a value that fits.
template <typename Wide, typename T>
void write_range(Invocation& invocation, std::uint64_t count, T start, T delta) {
  constexpr std::uint64_t kMost = INT64_MAX;
  const Shape shape{static_cast<std::int64_t>(std::min(count, kMost))};
  void* out = invocation.output(0, shape);
  T piece[256];
  for (std::size_t first = 0; first < count; first += std::size(piece)) {
    const auto n =
        static_cast<std::size_t>(std::min<std::uint64_t>(count - first, std::size(piece)));
    for (std::size_t i = 0; i < n; ++i) {
      piece[i] = static_cast<T>(static_cast<Wide>(start) +
                                static_cast<Wide>(first + i) * static_cast<Wide>(delta));
    }
    onnx::store_numbers(invocation.output_type(0), out, first, n, piece);
  }
}

}  // namespace

void range(Invocation& invocation) {
  if (onnx::is_decimal(invocation.input(0).type)) {
    double bounds[3];
    load_bounds(invocation, bounds);
    const double steps = std::ceil((bounds[1] - bounds[0]) / bounds[2]);
    if (!(steps < 1e18)) invocation.fail("a range with an end|none");
    return write_range<double>(invocation, steps > 0 ? static_cast<std::uint64_t>(steps) : 0,
                               bounds[0], bounds[2]);
  }
  std::int64_t bounds[3];
  load_bounds(invocation, bounds);
  // Distances as unsigned numbers, in which none overflows.
  const auto start = static_cast<std::uint64_t>(bounds[0]);
  const auto limit = static_cast<std::uint64_t>(bounds[1]);
  const auto delta = static_cast<std::uint64_t>(bounds[2]);
  const bool up = bounds[2] > 0;
  std::uint64_t count = 0;
  if (up ? bounds[0] < bounds[1] : bounds[0] > bounds[1]) {
    count = ((up ? limit - start : start - limit) - 1) / (up ? delta : 0 - delta) + 1;
  }
  write_range<std::uint64_t>(invocation, count, static_cast<std::int64_t>(start), bounds[2]);
}

}  // namespace storewise::ops
