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
// pmax(b, a) is b < a ? a : b.
Floats max(Floats a, Floats b) {
  return {wasm_f32x4_pmax(b.low, a.low), wasm_f32x4_pmax(b.high, a.high)};
}
Floats abs(Floats a) { return {wasm_f32x4_abs(a.low), wasm_f32x4_abs(a.high)}; }
Floats nearest(Floats a) { return {wasm_f32x4_nearest(a.low), wasm_f32x4_nearest(a.high)}; }
v128_t power_of_two(v128_t n) {
  const v128_t biased = wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127));
  return wasm_i32x4_shl(biased, 23);
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

// clang 14 does not find this by itself: extend to 16 bits, then multiply and add in pairs.
struct Products {
  v128_t lanes = wasm_i32x4_splat(0);

  void add_pairs(v128_t a, v128_t b) { lanes = wasm_i32x4_add(lanes, wasm_i32x4_dot_i16x8(a, b)); }
  void add(const std::int8_t* a, const std::int8_t* b) {
    const v128_t left = wasm_v128_load(a);
    const v128_t right = wasm_v128_load(b);
    add_pairs(wasm_i16x8_extend_low_i8x16(left), wasm_i16x8_extend_low_i8x16(right));
    add_pairs(wasm_i16x8_extend_high_i8x16(left), wasm_i16x8_extend_high_i8x16(right));
  }
  void add(const std::int8_t* q, const std::int16_t* x) {
    const v128_t left = wasm_v128_load(q);
    add_pairs(wasm_i16x8_extend_low_i8x16(left), wasm_v128_load(x));
    add_pairs(wasm_i16x8_extend_high_i8x16(left), wasm_v128_load(x + 8));
  }
  std::int64_t wide_sum() const {
    const v128_t two =
        wasm_i64x2_add(wasm_i64x2_extend_low_i32x4(lanes), wasm_i64x2_extend_high_i32x4(lanes));
    return wasm_i64x2_extract_lane(two, 0) + wasm_i64x2_extract_lane(two, 1);
  }
  std::int32_t sum() const {
    return wasm_i32x4_extract_lane(lanes, 0) + wasm_i32x4_extract_lane(lanes, 1) +
           wasm_i32x4_extract_lane(lanes, 2) + wasm_i32x4_extract_lane(lanes, 3);
  }
};

}  // namespace

const char* isa_name() { return "simd128"; }

#include "kernels/loops.h"

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
