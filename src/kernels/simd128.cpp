// The kernels in WebAssembly's fixed-width SIMD: eight floats are two vectors of four.
// Relaxed SIMD is left out: Safari lacks it and its results differ between machines.
#include <wasm_simd128.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/exp_constants.h"
#include "kernels/kernels.h"

namespace storewise::kernels {
inline namespace STOREWISE_KERNELS_IMPLEMENTATION {
namespace {

struct Floats {
  v128_t low, high;

  static Floats load(const float* x) { return {wasm_v128_load(x), wasm_v128_load(x + 4)}; }
  static Floats splat(float x) { return {wasm_f32x4_splat(x), wasm_f32x4_splat(x)}; }
  static Floats from_i8(const std::int8_t* q) {
    const v128_t words = wasm_i16x8_load8x8(q);
    return {wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(words)),
            wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(words))};
  }
  void store(float* y) const {
    wasm_v128_store(y, low);
    wasm_v128_store(y + 4, high);
  }

  float sum() const {
    const v128_t four = wasm_f32x4_add(low, high);
    return (wasm_f32x4_extract_lane(four, 0) + wasm_f32x4_extract_lane(four, 2)) +
           (wasm_f32x4_extract_lane(four, 1) + wasm_f32x4_extract_lane(four, 3));
  }
  float largest() const {
    const v128_t four = wasm_f32x4_max(low, high);
    const v128_t two = wasm_f32x4_max(four, wasm_i32x4_shuffle(four, four, 2, 3, 0, 1));
    return wasm_f32x4_extract_lane(wasm_f32x4_max(two, wasm_i32x4_shuffle(two, two, 1, 0, 3, 2)),
                                   0);
  }
};

Floats operator+(Floats a, Floats b) {
  return {wasm_f32x4_add(a.low, b.low), wasm_f32x4_add(a.high, b.high)};
}
Floats operator-(Floats a, Floats b) {
  return {wasm_f32x4_sub(a.low, b.low), wasm_f32x4_sub(a.high, b.high)};
}
Floats operator*(Floats a, Floats b) {
  return {wasm_f32x4_mul(a.low, b.low), wasm_f32x4_mul(a.high, b.high)};
}
Floats operator/(Floats a, Floats b) {
  return {wasm_f32x4_div(a.low, b.low), wasm_f32x4_div(a.high, b.high)};
}
// pmax(b, a) is b < a ? a : b.
Floats max(Floats a, Floats b) {
  return {wasm_f32x4_pmax(b.low, a.low), wasm_f32x4_pmax(b.high, a.high)};
}
Floats min(Floats a, Floats b) {
  return {wasm_f32x4_pmin(b.low, a.low), wasm_f32x4_pmin(b.high, a.high)};
}
Floats abs(Floats a) { return {wasm_f32x4_abs(a.low), wasm_f32x4_abs(a.high)}; }
Floats nearest(Floats a) { return {wasm_f32x4_nearest(a.low), wasm_f32x4_nearest(a.high)}; }
v128_t power_of_two(v128_t n) {
  return wasm_i32x4_shl(wasm_i32x4_add(n, wasm_i32x4_splat(127)), 23);
}
Floats power_of_two(Floats n) { return {power_of_two(n.low), power_of_two(n.high)}; }
Floats select_less(Floats a, Floats b, Floats x, Floats y) {
  return {wasm_v128_bitselect(x.low, y.low, wasm_f32x4_lt(a.low, b.low)),
          wasm_v128_bitselect(x.high, y.high, wasm_f32x4_lt(a.high, b.high))};
}
Floats is_nan_select(Floats a, Floats x, Floats y) {
  return {wasm_v128_bitselect(x.low, y.low, wasm_f32x4_ne(a.low, a.low)),
          wasm_v128_bitselect(x.high, y.high, wasm_f32x4_ne(a.high, a.high))};
}
bool any_greater(Floats a, Floats b, Floats limit) {
  const v128_t first =
      wasm_v128_or(wasm_f32x4_gt(a.low, limit.low), wasm_f32x4_gt(a.high, limit.high));
  const v128_t second =
      wasm_v128_or(wasm_f32x4_gt(b.low, limit.low), wasm_f32x4_gt(b.high, limit.high));
  return wasm_v128_any_true(wasm_v128_or(first, second));
}
void store_i16(Floats a, std::int16_t* q) {
  wasm_v128_store(q, wasm_i16x8_narrow_i32x4(wasm_i32x4_trunc_sat_f32x4(a.low),
                                             wasm_i32x4_trunc_sat_f32x4(a.high)));
}

// Eight int16 that are multiplied and added in pairs, and four sums of such pairs.
struct Shorts {
  static constexpr std::size_t kWidth = 8;
  v128_t v;

  static Shorts load(const std::int16_t* x) { return {wasm_v128_load(x)}; }
  static Shorts widen(const std::int8_t* q) { return {wasm_i16x8_load8x8(q)}; }
  static Shorts pair(const std::int16_t* two) { return {wasm_v128_load32_splat(two)}; }
  void store(std::int16_t* x) const { wasm_v128_store(x, v); }
};

struct Sums {
  v128_t v = wasm_i32x4_splat(0);

  static Sums load(const std::int32_t* in) { return {wasm_v128_load(in)}; }
  void add(Shorts a, Shorts b) { v = wasm_i32x4_add(v, wasm_i32x4_dot_i16x8(a.v, b.v)); }
  void store(std::int32_t* out) const { wasm_v128_store(out, v); }
};

void store_totals(const Sums (&s)[4], std::int32_t* out) {
  const v128_t a = wasm_i32x4_add(wasm_i32x4_shuffle(s[0].v, s[1].v, 0, 4, 1, 5),
                                  wasm_i32x4_shuffle(s[0].v, s[1].v, 2, 6, 3, 7));
  const v128_t b = wasm_i32x4_add(wasm_i32x4_shuffle(s[2].v, s[3].v, 0, 4, 1, 5),
                                  wasm_i32x4_shuffle(s[2].v, s[3].v, 2, 6, 3, 7));
  wasm_v128_store(out,
                  wasm_i32x4_add(wasm_i64x2_shuffle(a, b, 0, 2), wasm_i64x2_shuffle(a, b, 1, 3)));
}

// Sixteen columns of two rows as pairs.
void interleave(const std::int8_t* first, const std::int8_t* second, Shorts (&pairs)[4]) {
  for (std::size_t half = 0; half < 2; ++half) {
    const v128_t a = wasm_i16x8_load8x8(first + 8 * half);
    const v128_t b = wasm_i16x8_load8x8(second + 8 * half);
    pairs[2 * half].v = wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    pairs[2 * half + 1].v = wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

Floats real_difference(const std::int32_t* sums, const std::int32_t* zeros, std::int32_t factor) {
  const v128_t times = wasm_i32x4_splat(factor);
  const auto four = [&](std::size_t i) {
    return wasm_f32x4_convert_i32x4(
        wasm_i32x4_sub(wasm_v128_load(sums + i), wasm_i32x4_mul(wasm_v128_load(zeros + i), times)));
  };
  return {four(0), four(4)};
}

void unpack_sixteen(const std::uint8_t* packed, int sign, std::int8_t* q) {
  const v128_t bytes = wasm_v128_load(packed);
  const v128_t flip = wasm_i8x16_splat(static_cast<std::int8_t>(sign));
  const auto signed_half = [&](v128_t half) {
    return wasm_i8x16_sub(wasm_v128_xor(half, flip), flip);
  };
  const v128_t low = signed_half(wasm_v128_and(bytes, wasm_i8x16_splat(15)));
  const v128_t high = signed_half(wasm_u8x16_shr(bytes, 4));
  wasm_v128_store(
      q, wasm_i8x16_shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  wasm_v128_store(q + 16, wasm_i8x16_shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                             29, 14, 30, 15, 31));
}

// Columns of a tile of gemm_f32, in Floats: four rows of it must leave registers for the rest.
constexpr std::size_t kTileFloats = 1;

}  // namespace

const char* isa_name() { return "simd128"; }

#include "kernels/loops.h"

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
