// QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear.
#include "ops/quantize.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

constexpr std::size_t kPiece = 256;

// The smallest and the largest number of an integer type of 4, 8 or 16 bits.
struct Range {
  explicit Range(DataType type) {
    const bool half = type == DataType::kInt4 || type == DataType::kUint4;
    const std::size_t bits = half ? 4 : 8 * graph::element_size(type);
    const auto count = static_cast<float>(std::int64_t{1} << bits);
    lowest = onnx::is_unsigned(type) ? 0.0f : -count / 2;
    highest = lowest + count - 1;
  }
  float lowest;
  float highest;
};

// q[i] = x[i] / scale to the nearest, halves to even, plus the zero point, within the range.
void quantize(const float* x, std::size_t n, graph::Elements<float> scales, std::size_t step,
              const std::int64_t* zeros, Range range, std::int64_t* q) {
  for (std::size_t i = 0; i < n; ++i) {
    float value = std::nearbyint(graph::Elements<float>(x)[i] / scales[i * step]) +
                  static_cast<float>(zeros[i * step]);
    if (!(value > range.lowest)) value = range.lowest;  // NaN too
    q[i] = static_cast<std::int64_t>(std::min(value, range.highest));
  }
}

}  // namespace

Quantization::Quantization(const Invocation& invocation, const Shape& x, std::size_t scale,
                           std::size_t zero) {
  const Shape& scales = invocation.input(scale).shape;
  const std::int64_t block = invocation.attribute("block_size", std::int64_t{0});
  if (block < 0) invocation.fail("a size of blocks|%", block);
  inner_ = x.elements();
  if (block > 0 || scales.elements() != 1) {
    const std::size_t axis =
        invocation.axis(invocation.attribute("axis", std::int64_t{1}), x.rank());
    channels_ = static_cast<std::size_t>(x[axis]);
    inner_ = product(x, axis + 1, x.rank());
    bool fits = scales.rank() == (block > 0 ? x.rank() : 1);
    if (block > 0) {
      block_ = static_cast<std::size_t>(block);
      blocks_ = channels_ / block_ + (channels_ % block_ > 0 ? 1 : 0);
      for (std::size_t d = 0; fits && d < x.rank(); ++d) {
        fits = static_cast<std::size_t>(scales[d]) ==
               (d == axis ? blocks_ : static_cast<std::size_t>(x[d]));
      }
    } else {
      fits = fits && scales[0] == x[axis];
    }
    if (!fits) {
      invocation.fail_shape(scale, "scales along axis % of %, block size %", axis, x, block);
    }
  }
  if (invocation.has_input(zero) && invocation.input(zero).shape.elements() != scales.elements()) {
    invocation.fail_shape(zero, "as many zero points as scales, %", scales.elements());
  }
}

void dequantize(const Invocation& invocation, const Quantization& quantization, std::size_t q,
                std::size_t scale, std::size_t zero, std::size_t first, std::size_t n, float* out) {
  const TensorView& x = invocation.input(q);
  const auto* scales = invocation.input(scale).as<float>();
  const bool shifted = invocation.has_input(zero);
  quantization.for_each_run(
      first, n, [&](std::size_t at, std::size_t count, std::size_t scale_at, std::size_t step) {
        float* to = out + (at - first);
        if (x.type == DataType::kInt8 && !shifted) {
          const float all = step == 0 ? graph::Elements<float>(scales)[scale_at] : 1.0f;
          kernels::dequantize_i8(all, x.as<std::int8_t>() + at, count, to);
        } else {
          for (std::size_t done = 0; done < count; done += kPiece) {
            const std::size_t size = std::min(kPiece, count - done);
            std::int64_t values[kPiece];
            std::int64_t zeros[kPiece] = {};
            onnx::load_numbers(x.type, x.data, at + done, size, values);
            if (shifted) {
              const TensorView& points = invocation.input(zero);
              onnx::load_numbers(points.type, points.data, scale_at + done * step,
                                 step == 0 ? 1 : size, zeros);
            }
            for (std::size_t i = 0; i < size; ++i) {
              to[done + i] = static_cast<float>(values[i] - zeros[i * step]);
            }
          }
          if (step == 0) {
            kernels::combine_f32(kernels::Combine::kMultiply, to, 1, scales + scale_at, 0, count,
                                 to);
          }
        }
        if (step != 0) kernels::multiply_f32(scales + scale_at, count, to);
      });
}

void dequantize_linear(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const Quantization quantization(invocation, x.shape, 1, 2);
  if (invocation.has_input(2) && invocation.input(2).type != x.type) {
    invocation.fail_shape(2, "a zero point of type %", data_type_name(x.type));
  }
  float* out = invocation.output_as<float>(0, x.shape);
  dequantize(invocation, quantization, 0, 1, 2, 0, x.shape.elements(), out);
}

void quantize_linear(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const Quantization quantization(invocation, x.shape, 1, 2);
  const DataType type = invocation.output_type(0);
  const Range range(type);
  void* out = invocation.output(0, x.shape);
  const auto* scales = invocation.input(1).as<float>();
  quantization.for_each_run(
      0, x.shape.elements(),
      [&](std::size_t at, std::size_t count, std::size_t scale_at, std::size_t step) {
        for (std::size_t done = 0; done < count; done += kPiece) {
          const std::size_t size = std::min(kPiece, count - done);
          const std::size_t place = scale_at + done * step;
          std::int64_t q[kPiece];
          std::int64_t zeros[kPiece] = {};
          if (invocation.has_input(2)) {
            onnx::load_numbers(type, invocation.input(2).data, place, step == 0 ? 1 : size, zeros);
          }
          quantize(x.as<float>() + at + done, size, graph::Elements<float>(scales + place), step,
                   zeros, range, q);
          onnx::store_numbers(type, out, at + done, size, q);
        }
      });
}

// The range of x, widened to hold 0, in 256 steps.
void dynamic_quantize_linear(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const std::size_t n = x.shape.elements();
  const auto values = invocation.elements<float>(0);
  float lowest = 0.0f;
  float highest = 0.0f;
  for (std::size_t i = 0; i < n; ++i) {
    lowest = std::min(lowest, values[i]);
    highest = std::max(highest, values[i]);
  }
  const Range range(DataType::kUint8);
  float scale = (highest - lowest) / 255.0f;
  if (!(scale > 0.0f)) scale = 1.0f;
  const float zero = std::min(std::nearbyint((0.0f - lowest) / scale), range.highest);
  const auto point = static_cast<std::int64_t>(zero > 0.0f ? zero : 0.0f);
  auto* out = invocation.output_as<std::uint8_t>(0, x.shape);
  if (invocation.wants_output(1)) *invocation.output_as<float>(1, Shape{}) = scale;
  if (invocation.wants_output(2)) {
    *invocation.output_as<std::uint8_t>(2, Shape{}) = static_cast<std::uint8_t>(point);
  }
  for (std::size_t done = 0; done < n; done += kPiece) {
    const std::size_t size = std::min(kPiece, n - done);
    std::int64_t q[kPiece];
    quantize(x.as<float>() + done, size, graph::Elements<float>(&scale), 0, &point, range, q);
    for (std::size_t i = 0; i < size; ++i) out[done + i] = static_cast<std::uint8_t>(q[i]);
  }
}

}  // namespace storewise::ops
