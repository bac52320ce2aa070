// DequantizeLinear: y = (x - zero point) * scale, with one scale for all or one along an axis.
#include "kernels/kernels.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

template <typename T>
void dequantize(const Invocation& invocation, std::size_t outer, std::size_t channels,
                std::size_t inner, float* out) {
  const auto x = invocation.elements<T>(0);
  const auto scales = invocation.elements<float>(1);
  const bool has_zero = invocation.has_input(2);
  const auto zeros = invocation.elements<T>(has_zero ? 2 : 0);
  std::size_t i = 0;
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t c = 0; c < channels; ++c) {
      const float scale = scales[c];
      const std::int64_t zero = has_zero ? zeros[c] : T(0);
      if constexpr (std::is_same_v<T, std::int8_t>) {
        if (zero == 0 && inner > 1) {
          kernels::dequantize_i8(scale, invocation.input(0).as<std::int8_t>() + i, inner, out + i);
          i += inner;
          continue;
        }
      }
      for (const std::size_t end = i + inner; i < end; ++i) {
        out[i] = static_cast<float>(x[i] - zero) * scale;
      }
    }
  }
}

}  // namespace

void dequantize_linear(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const Shape& scale = invocation.input(1).shape;
  std::size_t outer = 1;
  std::size_t channels = 1;
  std::size_t inner = x.shape.elements();
  if (invocation.attribute("block_size", std::int64_t{0}) != 0) {
    invocation.fail({"one scale, or one along an axis"}, {"blocks"});
  }
  if (scale.elements() != 1) {
    const std::size_t axis =
        invocation.axis(invocation.attribute("axis", std::int64_t{1}), x.shape.rank());
    if (scale.rank() != 1 || scale[0] != x.shape[axis]) {
      invocation.fail_shape(1, {"a scale or ", x.shape[axis], " scales"});
    }
    outer = product(x.shape, 0, axis);
    channels = static_cast<std::size_t>(x.shape[axis]);
    inner = product(x.shape, axis + 1, x.shape.rank());
  }
  if (invocation.has_input(2) && invocation.input(2).shape.elements() != channels) {
    invocation.fail_shape(2, {channels, " zero points"});
  }
  if (invocation.has_input(2) && invocation.input(2).type != x.type) {
    invocation.fail_shape(2, {"a zero point of type ", data_type_name(x.type)});
  }
  float* out = invocation.output_as<float>(0, x.shape);
  switch (x.type) {
    case DataType::kInt8:
      return dequantize<std::int8_t>(invocation, outer, channels, inner, out);
    case DataType::kUint8:
      return dequantize<std::uint8_t>(invocation, outer, channels, inner, out);
    default:
      return dequantize<std::int32_t>(invocation, outer, channels, inner, out);
  }
}

}  // namespace storewise::ops
