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
float at(const float* x, std::size_t i) {
  float value;
  std::memcpy(&value, reinterpret_cast<const char*>(x) + i * sizeof value, sizeof value);
  return value;
}

void put(float* y, std::size_t i, float value) {
  std::memcpy(reinterpret_cast<char*>(y) + i * sizeof value, &value, sizeof value);
}

std::int16_t at(const std::int16_t* x, std::size_t i) {
  std::int16_t value;
  std::memcpy(&value, reinterpret_cast<const char*>(x) + i * sizeof value, sizeof value);
  return value;
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

}  // namespace

const char* isa_name() { return "scalar"; }

std::int32_t dot_i8(const std::int8_t* a, const std::int8_t* b, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

std::int64_t dot_i8_i16(const std::int8_t* q, const std::int16_t* x, std::size_t n) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += q[i] * at(x, i);
  return sum;
}

void gemv_i8_i16(const std::int8_t* q, const std::int16_t* x, std::size_t rows, std::size_t columns,
                 float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    put(out, r, static_cast<float>(dot_i8_i16(q + r * columns, x, columns)));
  }
}

void quantize_i16(const float* x, float inverse_scale, std::size_t n, std::int16_t* q) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto value = static_cast<std::int16_t>(std::nearbyint(at(x, i) * inverse_scale));
    std::memcpy(reinterpret_cast<char*>(q) + i * sizeof value, &value, sizeof value);
  }
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

std::size_t find_above(const float* x, std::size_t begin, std::size_t end, float threshold) {
  for (std::size_t i = begin; i < end; ++i) {
    if (at(x, i) > threshold) return i;
  }
  return end;
}

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
