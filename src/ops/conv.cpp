// Convolution as products of matrices. The elements under each position of the window are laid out
// as columns, as many positions at a time as stay in the cache, and multiplied by the weights of a
// group. Where there are few positions it is the other way round: they become rows, and each
// output is one dot product.
//
// 8-bit inputs are multiplied as floats, minus their zero points. Sums of kExact products of two
// such numbers are exact in a float; longer ones are added up in int32.
//
// Float inputs that meet int8 weights are rounded to 16 bits and multiplied in integers, unless a
// group has few outputs.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "ops/window.h"

namespace storewise::ops {
namespace {

constexpr std::size_t kExact = 256;              // 255 * 255 * 256 < 2^24
constexpr std::size_t kCacheFloats = 64 * 1024;  // of columns
constexpr std::size_t kFewPositions = 8;
constexpr std::size_t kFewChannels = 4;
// Of the products of integers: windows at a time and weights at a time, in elements of 16 bits.
constexpr std::size_t kCacheWindows = 16 * 1024;
constexpr std::size_t kCacheWeights = 128 * 1024;
constexpr std::size_t kStep = 8;  // windows have a multiple of it
constexpr std::size_t kSide = 4;  // and there are at least so many

// The grid that runs slower and the one that runs faster: kernel and output or the reverse. An
// element of the input is at a * step_a + b * step_b - before.
struct Grid {
  const Sizes& size;
  const Sizes& step;
};

// Lays out `channels` planes of the input: for channel c, position a of the outer grid and
// positions b from `first` on, `count` of them, of the inner one, the element goes to
// out[c * channel_step + a * outer_step + b - first]; 0 where it lies in the padding.
void unfold(const Window& w, const float* x, std::size_t channels, const Grid& outer,
            const Grid& inner, std::size_t first, std::size_t count, std::size_t channel_step,
            std::size_t outer_step, float* out) {
  const std::size_t last = w.last();
  const std::size_t plane = Window::product(w.input, w.rank);
  const std::size_t outer_count = Window::product(outer.size, w.rank);
  const auto run = static_cast<std::size_t>(inner.size[last]);
  const std::int64_t step = inner.step[last];
  for (std::size_t c = 0; c < channels; ++c, x += plane) {
    Sizes a{};
    for (std::size_t i = 0; i < outer_count; ++i, advance(a, outer.size, w.rank)) {
      float* to = out + c * channel_step + i * outer_step;
      Sizes b{};
      std::size_t line = first / run;
      for (std::size_t d = last; d-- > 0;) {
        const auto size = static_cast<std::size_t>(inner.size[d]);
        b[d] = static_cast<std::int64_t>(line % size);
        line /= size;
      }
      std::size_t done = 0;
      for (std::size_t from = first % run; done < count; from = 0, advance(b, inner.size, last)) {
        const std::size_t n = std::min(run - from, count - done);
        std::int64_t place = 0;
        bool inside = true;
        for (std::size_t d = 0; d < last; ++d) {
          const std::int64_t at = a[d] * outer.step[d] + b[d] * inner.step[d] - w.before[d];
          inside = inside && at >= 0 && at < w.input[d];
          place = place * w.input[d] + at;
        }
        const std::int64_t start =
            a[last] * outer.step[last] + static_cast<std::int64_t>(from) * step - w.before[last];
        Range range = places_inside(start, step, static_cast<std::int64_t>(n), w.input[last]);
        if (!inside) range = {};
        const auto head = static_cast<std::size_t>(range.first);
        const auto end = static_cast<std::size_t>(range.end);
        std::fill_n(to, head, 0.0f);
        std::fill_n(to + end, n - end, 0.0f);
        if (head < end) {
          const float* source = x + (place * w.input[last] + start + range.first * step);
          if (step == 1) {
            copy_bytes(to + head, source, (end - head) * sizeof(float));
          } else {
            const graph::Elements<float> elements(source);
            for (std::size_t j = head; j < end; ++j) {
              to[j] = elements[(j - head) * static_cast<std::size_t>(step)];
            }
          }
        }
        to += n;
        done += n;
      }
    }
  }
}

// A number for each output channel, or one for all; `fallback` without the input.
class PerChannel {
 public:
  PerChannel(const Invocation& invocation, std::size_t i, std::size_t channels, float fallback)
      : fallback_(fallback) {
    if (!invocation.has_input(i)) return;
    const TensorView& input = invocation.input(i);
    const std::size_t n = input.shape.elements();
    if (n != 1 && (n != channels || input.shape.rank() != 1)) {
      invocation.fail_shape(i, "one number or %", channels);
    }
    input_ = &input;
    one_ = n == 1;
  }
  float operator[](std::size_t m) const {
    if (input_ == nullptr) return fallback_;
    double value;
    onnx::load_numbers(input_->type, input_->data, one_ ? 0 : m, 1, &value);
    return static_cast<float>(value);
  }

 private:
  float fallback_;
  const TensorView* input_ = nullptr;
  bool one_ = true;
};

// to[i] = scale * (from[i] - zero)
void to_floats(const TensorView& from, std::size_t first, std::size_t n, float zero, float scale,
               float* to) {
  const auto* bytes = static_cast<const std::uint8_t*>(from.data) + first;
  if (from.type == DataType::kInt8 && zero == 0.0f) {
    kernels::dequantize_i8(scale, reinterpret_cast<const std::int8_t*>(bytes), n, to);
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const int value = from.type == DataType::kInt8 ? static_cast<std::int8_t>(bytes[i]) : bytes[i];
    to[i] = scale * (static_cast<float>(value) - zero);
  }
}

std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

// Which inputs of a node are which; kNone where the operator has no such input.
struct Inputs {
  static constexpr std::size_t kNone = 99;
  std::size_t x = 0;
  std::size_t weights = 1;
  std::size_t bias = kNone;
  std::size_t x_zero = kNone;
  std::size_t weights_zero = kNone;
  std::size_t weights_scale = kNone;  // of weights that are int8 beside an input that is float
};

// to[0, n) = from[0, n), mostly few.
void copy_shorts(const std::int16_t* from, std::size_t n, std::int16_t* to) {
  if (n >= 4 * kStep) return copy_bytes(to, from, n * sizeof *to);
  for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
}

// Lays out what lies under the window at `count` positions from `position` on, which moves on, of
// an image with its channels next to each other: `size` elements for each, zeros at the end.
void lay_out_windows(const Window& w, const std::int16_t* image, std::size_t channels,
                     std::size_t size, std::size_t count, Sizes& position, std::int16_t* out) {
  const std::size_t last = w.last();
  const std::size_t lines = Window::product(w.kernel, last);
  // Neighbours in the window are neighbours in the image.
  const std::int64_t run = w.dilation[last] == 1 ? w.kernel[last] : 1;
  for (std::size_t i = 0; i < count; ++i, advance(position, w.output, w.rank)) {
    std::int16_t* to = out + i * size;
    const auto zeros = [&](std::int64_t places) {
      const std::size_t n = static_cast<std::size_t>(places) * channels;
      std::fill_n(to, n, std::int16_t{0});
      to += n;
    };
    Sizes line{};
    for (std::size_t l = 0; l < lines; ++l, advance(line, w.kernel, last)) {
      std::int64_t place = 0;
      bool inside = true;
      for (std::size_t d = 0; d < last; ++d) {
        const std::int64_t at = position[d] * w.stride[d] + line[d] * w.dilation[d] - w.before[d];
        inside = inside && at >= 0 && at < w.input[d];
        place = place * w.input[d] + at;
      }
      for (std::int64_t k = 0; k < w.kernel[last]; k += run) {
        const std::int64_t start =
            position[last] * w.stride[last] + k * w.dilation[last] - w.before[last];
        const std::int64_t width = inside ? w.input[last] : 0;
        const std::int64_t head = std::clamp<std::int64_t>(-start, 0, run);
        const std::int64_t end = std::clamp<std::int64_t>(width - start, head, run);
        zeros(head);
        if (end > head) {
          const std::size_t n = static_cast<std::size_t>(end - head) * channels;
          const auto from = static_cast<std::size_t>(place * width + start + head);
          copy_shorts(image + from * channels, n, to);
          to += n;
        }
        zeros(run - end);
      }
    }
    std::fill(to, out + (i + 1) * size, std::int16_t{0});
  }
}

// Conv of float inputs and int8 weights with a scale for each output channel, in integers. The
// channels of a group are rounded together, as round_activations does: if they hold NaN or
// infinity, all that they reach is NaN.
void convolve_integers(Invocation& invocation, const Window& w, std::size_t groups,
                       const PerChannel& bias, const PerChannel& scales, float* out) {
  const TensorView& x = invocation.input(0);
  const TensorView& weights = invocation.input(1);
  const auto m_all = static_cast<std::size_t>(weights.shape[0]);
  const auto channels = static_cast<std::size_t>(weights.shape[1]);
  const std::size_t m = m_all / groups;
  const std::size_t kernel = Window::product(w.kernel, w.rank);
  const std::size_t k = channels * kernel;
  const std::size_t size = (k + kStep - 1) / kStep * kStep;
  const std::size_t plane = Window::product(w.input, w.rank);
  const std::size_t positions = Window::product(w.output, w.rank);
  const std::size_t strip =
      std::min(std::max(kCacheWindows / size, 2 * kSide), std::max(positions, kSide));
  const std::size_t block = std::min(std::max(kCacheWeights / size, 2 * kSide), m);

  // Scratch: rounded, and with channels together; windows, weights, the weights' bytes, sums.
  const std::uint64_t shorts =
      std::uint64_t{2} * channels * plane + std::uint64_t{size} * (strip + block);
  const std::uint64_t bytes =
      shorts * sizeof(std::int16_t) + std::uint64_t{block} * (strip * sizeof(std::int32_t) + k);
  auto* sums = static_cast<std::int32_t*>(
      invocation.scratch(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, SIZE_MAX))));
  auto* rounded = reinterpret_cast<std::int16_t*>(sums + block * strip);
  std::int16_t* image = rounded + channels * plane;
  std::int16_t* windows = image + channels * plane;
  std::int16_t* wide = windows + strip * size;
  auto* ordered = reinterpret_cast<std::int8_t*>(wide + block * size);

  for (std::size_t g = 0; g < groups * static_cast<std::size_t>(x.shape[0]); ++g) {
    const float unit =
        round_activations(x.as<float>() + g * channels * plane, channels * plane, k, 128, rounded);
    const auto transpose = [](const void* from, std::size_t rows, std::size_t columns,
                              std::size_t element, void* to) {
      StridedCopy copy;
      copy.add(static_cast<std::int64_t>(columns), 1);
      copy.add(static_cast<std::int64_t>(rows), static_cast<std::ptrdiff_t>(columns));
      copy.run(static_cast<const char*>(from), element, static_cast<char*>(to));
    };
    transpose(rounded, channels, plane, sizeof *image, image);
    const std::size_t first_channel = g % groups * m;
    for (std::size_t c = 0; c < m; c += block) {
      const std::size_t rows = std::min(block, m - c);
      for (std::size_t row = 0; row < rows; ++row) {
        transpose(weights.as<std::int8_t>() + (first_channel + c + row) * k, channels, kernel, 1,
                  ordered);
        kernels::widen_i8(ordered, k, wide + row * size);
        std::fill(wide + row * size + k, wide + (row + 1) * size, std::int16_t{0});
      }
      Sizes position{};
      for (std::size_t first = 0; first < positions; first += strip) {
        const std::size_t n = std::min(strip, positions - first);
        const std::size_t padded = std::max(n, kSide);
        lay_out_windows(w, image, channels, size, n, position, windows);
        std::fill(windows + n * size, windows + padded * size, std::int16_t{0});
        kernels::gemm_i16_rows(wide, size, windows, size, rows, size, padded, sums, padded);
        for (std::size_t row = 0; row < rows; ++row) {
          const std::size_t channel = first_channel + c + row;
          float* y = out + (g * m + c + row) * positions + first;
          const float start = bias[channel];
          const float scale = scales[channel];
          const float one = 1.0f;
          const std::int32_t zero = 0;
          kernels::combine_f32(kernels::Combine::kMultiply, &start, 0, &one, 0, n, y);
          kernels::add_scaled_i32(sums + row * padded, &zero, 0, 0, unit, &scale, 0, n, y);
        }
      }
    }
  }
}

// What becomes of the sums: floats as they are; int32; or 8 bits by scales and zero point.
enum class Result { kFloat, kInt32, kRequantized };

void convolve(Invocation& invocation, const Inputs& in, Result result) {
  const TensorView& x = invocation.input(in.x);
  const TensorView& weights = invocation.input(in.weights);
  if (x.shape.rank() < 3) {
    invocation.fail_shape(in.x, "a tensor with at least 3 dimensions");
  }
  const std::int64_t groups_given = invocation.attribute("group", std::int64_t{1});
  const std::int64_t out_channels = weights.shape[0];
  if (weights.shape.rank() != x.shape.rank() || groups_given < 1 ||
      groups_given > std::max<std::int64_t>(x.shape[1], 1) ||
      weights.shape[1] != x.shape[1] / groups_given || x.shape[1] % groups_given != 0 ||
      out_channels % groups_given != 0) {
    invocation.fail_shape(in.weights, "weights for % channels in % groups, of the input's rank",
                          x.shape[1], groups_given);
  }
  const Window w = read_window(invocation, in.x, &weights.shape);
  const auto groups = static_cast<std::size_t>(groups_given);
  const auto m_all = static_cast<std::size_t>(out_channels);
  const std::size_t m = m_all / groups;
  const auto channels = static_cast<std::size_t>(weights.shape[1]);
  const std::size_t kernel = Window::product(w.kernel, w.rank);
  const std::size_t k = channels * kernel;
  const std::size_t plane = Window::product(w.input, w.rank);
  const Shape shape = w.output_shape(x.shape[0], out_channels);
  auto* out = static_cast<char*>(invocation.output(0, shape));
  const std::size_t positions = Window::product(w.output, w.rank);
  if (shape.elements() == 0) return;

  const bool exact = result != Result::kFloat;
  const bool converts_weights = weights.type != DataType::kFloat;
  const PerChannel bias(invocation, in.bias, m_all, 0.0f);
  const PerChannel weights_zero(invocation, in.weights_zero, m_all, 0.0f);
  const PerChannel weights_scale(invocation, in.weights_scale, m_all, 1.0f);
  const float x_zero = PerChannel(invocation, in.x_zero, 1, 0.0f)[0];
  auto* floats = reinterpret_cast<float*>(out);
  if (weights.type == DataType::kInt8 && !exact && m >= kFewChannels) {
    convolve_integers(invocation, w, groups, bias, weights_scale, floats);
    return activate(activation_of(invocation), shape.elements(), floats);
  }
  // A kernel of one element at every place needs no columns: the input's planes are them.
  bool plain = kernel == 1 && positions == plane;
  for (std::size_t d = 0; d < w.rank; ++d) plain = plain && w.before[d] == 0 && w.stride[d] == 1;
  const bool by_position = !plain && !exact && positions < kFewPositions;
  std::size_t strip = positions;
  if (!plain && k > 0 && positions > kCacheFloats / k) {
    strip = std::min(positions, std::max<std::size_t>(kCacheFloats / k / 16 * 16, 16));
  }
  const bool direct = !exact && strip == positions;  // sums go where they belong at once

  // Scratch: the weights of a group, an input's group, columns and sums, all as floats, and the
  // sums as int32.
  const std::size_t weight_floats = converts_weights ? m * k : 0;
  const std::size_t x_floats = exact ? channels * plane : 0;
  const std::uint64_t column_floats = plain ? 0 : std::uint64_t{k} * strip;
  const std::size_t sum_floats = direct ? 0 : m * strip;
  const std::uint64_t bytes =
      (std::uint64_t{weight_floats} + x_floats + column_floats + std::uint64_t{2} * sum_floats) *
      sizeof(float);
  auto* scratch = static_cast<float*>(
      invocation.scratch(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, SIZE_MAX))));
  float* x_converted = scratch + weight_floats;
  float* columns = x_converted + x_floats;
  float* sums = columns + column_floats;
  auto* wide_sums = reinterpret_cast<std::int32_t*>(sums + sum_floats);

  const Grid kernel_grid{w.kernel, w.dilation};
  const Grid output_grid{w.output, w.stride};
  const std::size_t chunk = exact ? kExact : std::max<std::size_t>(k, 1);
  for (std::size_t g = 0; g < groups; ++g) {
    const float* matrix = weights.as<float>() + (converts_weights ? 0 : g * m * k);
    if (converts_weights) {
      // Chunk after chunk of the products, each with all its rows.
      matrix = scratch;
      for (std::size_t first = 0; first < k; first += chunk) {
        const std::size_t n = std::min(chunk, k - first);
        for (std::size_t row = 0; row < m; ++row) {
          const std::size_t channel = g * m + row;
          to_floats(weights, channel * k + first, n, weights_zero[channel], weights_scale[channel],
                    scratch + first * m + row * n);
        }
      }
    }
    for (std::size_t batch = 0; batch < static_cast<std::size_t>(x.shape[0]); ++batch) {
      const std::size_t first_plane = (batch * groups + g) * channels;
      const float* planes = x.as<float>() + (exact ? 0 : first_plane * plane);
      if (exact) {
        to_floats(x, first_plane * plane, channels * plane, x_zero, 1.0f, x_converted);
        planes = x_converted;
      }
      const std::size_t first_out = (batch * groups + g) * m * positions;
      for (std::size_t first = 0; first < positions; first += strip) {
        const std::size_t n = std::min(strip, positions - first);
        if (by_position) {
          unfold(w, planes, channels, output_grid, kernel_grid, 0, kernel, kernel, k, columns);
        } else if (!plain) {
          unfold(w, planes, channels, kernel_grid, output_grid, first, n, kernel * n, n, columns);
        }
        float* to = direct ? floats + first_out : sums;
        for (std::size_t row = 0; row < m; ++row) {
          std::fill_n(to + row * n, n, exact ? 0.0f : bias[g * m + row]);
          if (exact) std::fill_n(wide_sums + row * n, n, std::int32_t{0});
        }
        for (std::size_t done = 0; done < k; done += chunk) {
          const std::size_t length = std::min(chunk, k - done);
          if (by_position) {
            kernels::gemm_f32_rows(matrix, columns, m, k, n, to);
            continue;
          }
          kernels::gemm_f32(matrix + done * m, (plain ? planes : columns) + done * n, m, length, n,
                            to);
          for (std::size_t i = 0; exact && i < m * n; ++i) {
            wide_sums[i] = wrapping_sum(wide_sums[i], static_cast<std::int32_t>(to[i]));
            to[i] = 0.0f;
          }
        }
        if (direct) continue;
        for (std::size_t row = 0; row < m; ++row) {
          const std::size_t to_place = first_out + row * positions + first;
          const std::int32_t* wide = wide_sums + row * n;
          if (result == Result::kFloat) {
            copy_bytes(floats + to_place, to + row * n, n * sizeof(float));
          } else if (result == Result::kInt32) {
            copy_bytes(reinterpret_cast<std::int32_t*>(out) + to_place, wide, n * sizeof *wide);
          } else {
            const std::size_t channel = g * m + row;
            const TensorView& zero = invocation.input(7);
            const float offset = PerChannel(invocation, 7, 1, 0.0f)[0];
            const float factor = PerChannel(invocation, 1, 1, 1.0f)[0] *
                                 PerChannel(invocation, 4, m_all, 1.0f)[channel] /
                                 PerChannel(invocation, 6, 1, 1.0f)[0];
            std::int32_t added = 0;
            if (invocation.has_input(8)) added = invocation.elements<std::int32_t>(8)[channel];
            const float lowest = zero.type == DataType::kInt8 ? -128.0f : 0.0f;
            for (std::size_t j = 0; j < n; ++j) {
              const auto sum = static_cast<float>(wrapping_sum(wide[j], added));
              const float value = std::nearbyint(sum * factor) + offset;
              // Not a number (scales may be 0) becomes the least.
              const float kept = value > lowest ? std::min(value, lowest + 255.0f) : lowest;
              out[to_place + j] = static_cast<char>(static_cast<int>(kept));
            }
          }
        }
      }
    }
  }
  if (!exact) activate(activation_of(invocation), shape.elements(), floats);
}

}  // namespace

// As Conv; fused, an activation may follow.
void conv(Invocation& invocation) { convolve(invocation, {.bias = 2}, Result::kFloat); }

// (x float, weights int8, bias?, scales float [output channels]): Conv of weights * scales, and an
// activation as of ops/matmul.h.
void quantized_conv(Invocation& invocation) {
  convolve(invocation, {.bias = 2, .weights_scale = 3}, Result::kFloat);
}

void conv_integer(Invocation& invocation) {
  convolve(invocation, {.x_zero = 2, .weights_zero = 3}, Result::kInt32);
}

void qlinear_conv(Invocation& invocation) {
  if (invocation.has_input(8) &&
      !(invocation.input(8).shape == Shape{invocation.input(3).shape[0]})) {
    invocation.fail_shape(8, "a number for each output channel");
  }
  convolve(invocation, {.x = 0, .weights = 3, .x_zero = 2, .weights_zero = 5},
           Result::kRequantized);
}

}  // namespace storewise::ops
