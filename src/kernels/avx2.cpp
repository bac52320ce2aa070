// The kernels on x86-64 with AVX2 (Intel Haswell 2013, AMD Zen and later). Compiled with -mavx2
// and without -mfma: fused multiply-add would round differently from the other instruction sets.
#include <immintrin.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/exp_constants.h"
#include "kernels/kernels.h"

namespace storewise::kernels {
inline namespace STOREWISE_KERNELS_IMPLEMENTATION {
namespace {

struct Floats {
  __m256 v;

  static Floats load(const float* x) { return {_mm256_loadu_ps(x)}; }
  static Floats splat(float x) { return {_mm256_set1_ps(x)}; }
  static Floats from_i8(const std::int8_t* q) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(q));
    return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes))};
  }
  void store(float* y) const { _mm256_storeu_ps(y, v); }

  float sum() const {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  float largest() const {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
};

Floats operator+(Floats a, Floats b) { return {_mm256_add_ps(a.v, b.v)}; }
Floats operator-(Floats a, Floats b) { return {_mm256_sub_ps(a.v, b.v)}; }
Floats operator*(Floats a, Floats b) { return {_mm256_mul_ps(a.v, b.v)}; }
Floats max(Floats a, Floats b) { return {_mm256_max_ps(a.v, b.v)}; }
Floats abs(Floats a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v)}; }
Floats nearest(Floats a) {
  return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
Floats power_of_two(Floats n) {
  const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(n.v), _mm256_set1_epi32(127));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(biased, 23))};
}
Floats select_less(Floats a, Floats b, Floats x, Floats y) {
  return {_mm256_blendv_ps(y.v, x.v, _mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ))};
}
Floats is_nan_select(Floats a, Floats x, Floats y) {
  return {_mm256_blendv_ps(y.v, x.v, _mm256_cmp_ps(a.v, a.v, _CMP_UNORD_Q))};
}
bool any_greater(Floats a, Floats b, Floats limit) {
  return _mm256_movemask_ps(_mm256_or_ps(_mm256_cmp_ps(a.v, limit.v, _CMP_GT_OQ),
                                         _mm256_cmp_ps(b.v, limit.v, _CMP_GT_OQ))) != 0;
}
void store_i16(Floats a, std::int16_t* q) {
  const __m256i wide = _mm256_cvtps_epi32(a.v);
  _mm_storeu_si128(
      reinterpret_cast<__m128i*>(q),
      _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1)));
}

struct Products {
  __m256i lanes = _mm256_setzero_si256();

  static __m256i widen(const std::int8_t* q) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(q)));
  }
  void add(const std::int8_t* a, const std::int8_t* b) {
    lanes = _mm256_add_epi32(lanes, _mm256_madd_epi16(widen(a), widen(b)));
  }
  void add(const std::int8_t* q, const std::int16_t* x) {
    const __m256i wide = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
    lanes = _mm256_add_epi32(lanes, _mm256_madd_epi16(widen(q), wide));
  }
  std::int64_t wide_sum() const {
    alignas(32) std::int32_t lane[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lane), lanes);
    std::int64_t sum = 0;
    for (const std::int32_t part : lane) sum += part;
    return sum;
  }
  std::int32_t sum() const {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0b01001110));
    return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0b10110001)));
  }
};

}  // namespace

const char* isa_name() { return "avx2"; }

#include "kernels/loops.h"

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
