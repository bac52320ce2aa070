// The normative kernels: plain loops that say what the others have to compute.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/exp_constants.h"
#include "kernels/kernels.h"

namespace storewise::kernels {
inline namespace STOREWISE_KERNELS_IMPLEMENTATION {
namespace {

// An element that may lie at any byte.
template <typename T>
T at(const T* x, std::size_t i) {
  T value;
  std::memcpy(&value, reinterpret_cast<const char*>(x) + i * sizeof value, sizeof value);
  return value;
}

template <typename T>
void put(T* y, std::size_t i, T value) {
  std::memcpy(reinterpret_cast<char*>(y) + i * sizeof value, &value, sizeof value);
}

template <typename Term>
float sum_in_lanes(std::size_t n, Term&& term) {
  float lane[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (std::size_t l = 0; l < 8; ++l) lane[l] += term(i + l);
  }
  float sum =
      ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
  for (; i < n; ++i) sum += term(i);
  return sum;
}

float exp_one(float x) {
  namespace k = exp_constants;
  if (x != x) return x;
  if (x < k::kLowest) return 0.0f;
  if (x > k::kHighest) x = k::kHighest;
  const float n = std::nearbyint(x * k::kLog2E);
  const float r = (x - n * k::kLn2High) - n * k::kLn2Low;
  float p = k::kP0;
  p = p * r + k::kP1;
  p = p * r + k::kP2;
  p = p * r + k::kP3;
  p = p * r + k::kP4;
  p = p * r + k::kP5;
  p = p * (r * r) + r;
  p = p + 1.0f;
  return p * std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
}

// ((c[0] z + c[1]) z + c[2]) ...
template <std::size_t count>
float polynomial(const float (&c)[count], float z) {
  float p = c[0];
  for (std::size_t i = 1; i < count; ++i) p = p * z + c[i];
  return p;
}

float sigmoid_one(float x) { return 1.0f / (1.0f + exp_one(0.0f - x)); }

float tanh_one(float x) {
  namespace k = exp_constants;
  const float magnitude = std::fabs(x);
  if (magnitude < k::kTanhLimit) {
    const float z = x * x;
    return polynomial(k::kTanh, z) * z * x + x;
  }
  const float far = 1.0f - 2.0f / (exp_one(magnitude + magnitude) + 1.0f);
  return x < 0.0f ? 0.0f - far : far;
}

float erf_one(float x) {
  namespace k = exp_constants;
  const float magnitude = std::fabs(x);
  const float z = x * x;
  if (magnitude < 1.0f) return polynomial(k::kErfNear, z) * x;
  const float t = 1.0f / (1.0f + k::kErfStep * magnitude);
  const float far = 1.0f - polynomial(k::kErfFar, t) * t * exp_one(0.0f - z);
  return x < 0.0f ? 0.0f - far : far;
}

float combine_one(Combine how, float x, float y) {
  switch (how) {
    case Combine::kAdd:
      return x + y;
    case Combine::kSubtract:
      return x - y;
    case Combine::kMultiply:
      return x * y;
    case Combine::kDivide:
      return x / y;
    case Combine::kLarger:
      return y != y || x < y ? y : x;
    case Combine::kSmaller:
      return y != y || y < x ? y : x;
  }
  return 0.0f;
}

}  // namespace

const char* isa_name() { return "scalar"; }

namespace {

template <typename Weight>
void multiply_rows(const std::int16_t* x, std::size_t x_stride, const Weight* q,
                   std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                   std::int32_t* out, std::size_t out_stride) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      std::uint32_t sum = 0;
      for (std::size_t l = 0; l < k; ++l) {
        sum += static_cast<std::uint32_t>(at(x, i * x_stride + l) * at(q, j * q_stride + l));
      }
      put(out, i * out_stride + j, static_cast<std::int32_t>(sum));
    }
  }
}

}  // namespace

void gemm_i8_rows(const std::int16_t* x, std::size_t x_stride, const std::int8_t* q,
                  std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                  std::int32_t* out, std::size_t out_stride) {
  multiply_rows(x, x_stride, q, q_stride, m, k, n, out, out_stride);
}

void gemm_i16_rows(const std::int16_t* x, std::size_t x_stride, const std::int16_t* q,
                   std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                   std::int32_t* out, std::size_t out_stride) {
  multiply_rows(x, x_stride, q, q_stride, m, k, n, out, out_stride);
}

void gemm_i8_columns(const std::int16_t* x, std::size_t x_stride, const std::int8_t* q,
                     std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                     std::int32_t* out, std::size_t out_stride) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      std::uint32_t sum = 0;
      for (std::size_t l = 0; l < k; ++l) {
        sum += static_cast<std::uint32_t>(at(x, i * x_stride + l) * q[l * q_stride + j]);
      }
      put(out, i * out_stride + j, static_cast<std::int32_t>(sum));
    }
  }
}

void add_scaled_i32(const std::int32_t* sums, const std::int32_t* zeros, std::size_t zero_step,
                    std::int32_t factor, float unit, const float* scales, std::size_t scale_step,
                    std::size_t n, float* y) {
  for (std::size_t j = 0; j < n; ++j) {
    const std::int32_t sum = at(sums, j) - at(zeros, j * zero_step) * factor;
    put(y, j, at(y, j) + static_cast<float>(sum) * (unit * at(scales, j * scale_step)));
  }
}

void unpack_i4(const std::uint8_t* packed, bool is_signed, std::size_t n, std::int8_t* q) {
  const int sign = is_signed ? 8 : 0;
  for (std::size_t i = 0; i < 2 * n; ++i) {
    const int half = packed[i / 2] >> (i % 2 * 4) & 15;
    q[i] = static_cast<std::int8_t>((half ^ sign) - sign);
  }
}

void quantize_i16(const float* x, float inverse_scale, std::size_t n, std::int16_t* q) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto value = static_cast<std::int16_t>(std::nearbyint(at(x, i) * inverse_scale));
    std::memcpy(reinterpret_cast<char*>(q) + i * sizeof value, &value, sizeof value);
  }
}

void widen_i8(const std::int8_t* q, std::size_t n, std::int16_t* w) {
  for (std::size_t i = 0; i < n; ++i) put(w, i, static_cast<std::int16_t>(q[i]));
}

void axpy_i8(float a, const std::int8_t* q, std::size_t n, float* y) {
  for (std::size_t j = 0; j < n; ++j) put(y, j, at(y, j) + a * static_cast<float>(q[j]));
}

void axpy_f32(float a, const float* x, std::size_t n, float* y) {
  for (std::size_t j = 0; j < n; ++j) put(y, j, at(y, j) + a * at(x, j));
}

void dequantize_i8(float a, const std::int8_t* q, std::size_t n, float* y) {
  for (std::size_t j = 0; j < n; ++j) put(y, j, a * static_cast<float>(q[j]));
}

void multiply_f32(const float* x, std::size_t n, float* y) {
  for (std::size_t j = 0; j < n; ++j) put(y, j, at(y, j) * at(x, j));
}

float dot_f32(const float* a, const float* b, std::size_t n) {
  return sum_in_lanes(n, [&](std::size_t i) { return at(a, i) * at(b, i); });
}

void gemm_f32_rows(const float* a, const float* w, std::size_t m, std::size_t k, std::size_t n,
                   float* c) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      put(c, i * n + j, at(c, i * n + j) + dot_f32(w + j * k, a + i * k, k));
    }
  }
}

void gemm_f32(const float* a, const float* b, std::size_t m, std::size_t k, std::size_t n,
              float* c) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t l = 0; l < k; ++l) {
      axpy_f32(at(a, i * k + l), b + l * n, n, c + i * n);
    }
  }
}

float sum_f32(const float* x, std::size_t n) {
  return sum_in_lanes(n, [&](std::size_t i) { return at(x, i); });
}

float max_f32(const float* x, std::size_t n) {
  float largest = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < n; ++i) {
    if (at(x, i) > largest) largest = at(x, i);
  }
  return largest;
}

float max_abs_f32(const float* x, std::size_t n) {
  float largest = 0.0f;
  for (std::size_t i = 0; i < n; ++i) {
    if (std::fabs(at(x, i)) > largest) largest = std::fabs(at(x, i));
  }
  return largest;
}

void exp_f32(float shift, std::size_t n, float* x) {
  for (std::size_t i = 0; i < n; ++i) put(x, i, exp_one(at(x, i) - shift));
}

void sigmoid_f32(std::size_t n, float* x) {
  for (std::size_t i = 0; i < n; ++i) put(x, i, sigmoid_one(at(x, i)));
}

void tanh_f32(std::size_t n, float* x) {
  for (std::size_t i = 0; i < n; ++i) put(x, i, tanh_one(at(x, i)));
}

void erf_f32(std::size_t n, float* x) {
  for (std::size_t i = 0; i < n; ++i) put(x, i, erf_one(at(x, i)));
}

void combine_f32(Combine how, const float* a, std::size_t step_a, const float* b,
                 std::size_t step_b, std::size_t n, float* out) {
  for (std::size_t i = 0; i < n; ++i) {
    put(out, i, combine_one(how, at(a, i * step_a), at(b, i * step_b)));
  }
}

std::size_t find_above(const float* x, std::size_t begin, std::size_t end, float threshold) {
  for (std::size_t i = begin; i < end; ++i) {
    if (at(x, i) > threshold) return i;
  }
  return end;
}

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
