// The kernels' loops, written once over eight floats and sixteen products at a time. An
// instruction set's file defines the types `Floats` (eight floats) and `Products` (an integer
// accumulator), then includes this. It must not be included anywhere else.
//
// Needed of Floats: load, store, splat, from_i8 (eight int8), operators + - *, max (the second
// where the first is not greater), abs, nearest (halves to even), power_of_two (2^n of whole
// numbers n in [-126, 127]), select_less (a < b ? x : y), is_nan_select (a NaN ? x : y),
// any_greater (an element of either), store_i16 (eight rounded), sum (in the order that kernels.h
// states), largest. Needed of Products: add(int8 x16, int8 x16), add(int8 x16, int16 x16), sum in
// int32 / int64.

#ifndef STOREWISE_KERNELS_IMPLEMENTATION
#error "include kernels/kernels.h and define Floats and Products first"
#endif

namespace {

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

Floats exp_eight(Floats x) {
  namespace k = exp_constants;
  const Floats lowest = Floats::splat(k::kLowest);
  const Floats highest = Floats::splat(k::kHighest);
  const Floats clamped = select_less(highest, x, highest, select_less(x, lowest, lowest, x));
  const Floats n = nearest(clamped * Floats::splat(k::kLog2E));
  const Floats r = (clamped - n * Floats::splat(k::kLn2High)) - n * Floats::splat(k::kLn2Low);
  Floats p = Floats::splat(k::kP0);
  p = p * r + Floats::splat(k::kP1);
  p = p * r + Floats::splat(k::kP2);
  p = p * r + Floats::splat(k::kP3);
  p = p * r + Floats::splat(k::kP4);
  p = p * r + Floats::splat(k::kP5);
  p = p * (r * r) + r;
  p = p + Floats::splat(1.0f);
  p = p * power_of_two(n);
  return is_nan_select(x, x, select_less(x, lowest, Floats::splat(0.0f), p));
}

}  // namespace

std::int32_t dot_i8(const std::int8_t* a, const std::int8_t* b, std::size_t n) {
  Products products;
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) products.add(a + i, b + i);
  std::int32_t sum = products.sum();
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

std::int64_t dot_i8_i16(const std::int8_t* q, const std::int16_t* x, std::size_t n) {
  std::int64_t total = 0;
  std::size_t i = 0;
  while (i + 16 <= n) {
    // kDotBlock products to each block, so that no lane leaves int32's range.
    const std::size_t end = n - i > kDotBlock ? i + kDotBlock : n;
    Products products;
    for (; i + 16 <= end; i += 16) products.add(q + i, x + i);
    total += products.wide_sum();
  }
  for (; i < n; ++i) total += q[i] * at(x, i);
  return total;
}

void gemv_i8_i16(const std::int8_t* q, const std::int16_t* x, std::size_t rows, std::size_t columns,
                 float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    put(out, r, static_cast<float>(dot_i8_i16(q + r * columns, x, columns)));
  }
}

void quantize_i16(const float* x, float inverse_scale, std::size_t n, std::int16_t* q) {
  const Floats scale = Floats::splat(inverse_scale);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) store_i16(nearest(Floats::load(x + i) * scale), q + i);
  for (; i < n; ++i) {
    put(q, i, static_cast<std::int16_t>(std::nearbyint(at(x, i) * inverse_scale)));
  }
}

void axpy_i8(float a, const std::int8_t* q, std::size_t n, float* y) {
  const Floats factor = Floats::splat(a);
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (Floats::load(y + j) + factor * Floats::from_i8(q + j)).store(y + j);
  for (; j < n; ++j) put(y, j, at(y, j) + a * static_cast<float>(q[j]));
}

void axpy_f32(float a, const float* x, std::size_t n, float* y) {
  const Floats factor = Floats::splat(a);
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (Floats::load(y + j) + factor * Floats::load(x + j)).store(y + j);
  for (; j < n; ++j) put(y, j, at(y, j) + a * at(x, j));
}

void dequantize_i8(float a, const std::int8_t* q, std::size_t n, float* y) {
  const Floats factor = Floats::splat(a);
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (factor * Floats::from_i8(q + j)).store(y + j);
  for (; j < n; ++j) put(y, j, a * static_cast<float>(q[j]));
}

void multiply_f32(const float* x, std::size_t n, float* y) {
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (Floats::load(y + j) * Floats::load(x + j)).store(y + j);
  for (; j < n; ++j) put(y, j, at(y, j) * at(x, j));
}

float dot_f32(const float* a, const float* b, std::size_t n) {
  Floats lanes = Floats::splat(0.0f);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = lanes + Floats::load(a + i) * Floats::load(b + i);
  float result = lanes.sum();
  for (; i < n; ++i) result += at(a, i) * at(b, i);
  return result;
}

float sum_f32(const float* x, std::size_t n) {
  Floats lanes = Floats::splat(0.0f);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = lanes + Floats::load(x + i);
  float result = lanes.sum();
  for (; i < n; ++i) result += at(x, i);
  return result;
}

float max_f32(const float* x, std::size_t n) {
  float largest = -std::numeric_limits<float>::infinity();
  Floats lanes = Floats::splat(largest);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = max(Floats::load(x + i), lanes);
  if (i > 0) largest = lanes.largest();
  for (; i < n; ++i) {
    if (at(x, i) > largest) largest = at(x, i);
  }
  return largest;
}

float max_abs_f32(const float* x, std::size_t n) {
  float largest = 0.0f;
  Floats lanes = Floats::splat(largest);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = max(abs(Floats::load(x + i)), lanes);
  if (i > 0) largest = lanes.largest();
  for (; i < n; ++i) {
    if (std::fabs(at(x, i)) > largest) largest = std::fabs(at(x, i));
  }
  return largest;
}

void exp_f32(float shift, std::size_t n, float* x) {
  const Floats shifts = Floats::splat(shift);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) exp_eight(Floats::load(x + i) - shifts).store(x + i);
  if (i < n) {  // the rest as eight with padding: one path, the same bits
    float rest[8] = {};
    std::memcpy(rest, x + i, (n - i) * sizeof(float));
    exp_eight(Floats::load(rest) - shifts).store(rest);
    std::memcpy(x + i, rest, (n - i) * sizeof(float));
  }
}

std::size_t find_above(const float* x, std::size_t begin, std::size_t end, float threshold) {
  const Floats limit = Floats::splat(threshold);
  std::size_t i = begin;
  for (; i + 16 <= end; i += 16) {
    if (any_greater(Floats::load(x + i), Floats::load(x + i + 8), limit)) break;
  }
  for (; i < end; ++i) {
    if (at(x, i) > threshold) return i;
  }
  return end;
}
