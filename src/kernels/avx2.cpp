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
Floats operator/(Floats a, Floats b) { return {_mm256_div_ps(a.v, b.v)}; }
Floats max(Floats a, Floats b) { return {_mm256_max_ps(a.v, b.v)}; }
Floats min(Floats a, Floats b) { return {_mm256_min_ps(a.v, b.v)}; }
Floats abs(Floats a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v)}; }
Floats nearest(Floats a) {
  return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
Floats power_of_two(Floats n) {
  const __m256i biased = _mm256_add_epi32(_mm256_castps_si256(n.v), _mm256_set1_epi32(127));
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

// Sixteen int16 that are multiplied and added in pairs, and eight sums of such pairs.
struct Shorts {
  static constexpr std::size_t kWidth = 16;
  __m256i v;

  static Shorts load(const std::int16_t* x) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x))};
  }
  static Shorts widen(const std::int8_t* q) {
    return {_mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(q)))};
  }
  static Shorts pair(const std::int16_t* two) {
    std::int32_t both;
    std::memcpy(&both, two, sizeof both);
    return {_mm256_set1_epi32(both)};
  }
  void store(std::int16_t* x) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(x), v); }
};

struct Sums {
  __m256i v = _mm256_setzero_si256();

  static Sums load(const std::int32_t* in) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(in))};
  }
  void add(Shorts a, Shorts b) { v = _mm256_add_epi32(v, _mm256_madd_epi16(a.v, b.v)); }
  void store(std::int32_t* out) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), v); }
};

void store_totals(const Sums (&s)[4], std::int32_t* out) {
  const __m256i eight =
      _mm256_hadd_epi32(_mm256_hadd_epi32(s[0].v, s[1].v), _mm256_hadd_epi32(s[2].v, s[3].v));
  _mm_storeu_si128(
      reinterpret_cast<__m128i*>(out),
      _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1)));
}

// Sixteen columns of two rows as pairs.
void interleave(const std::int8_t* first, const std::int8_t* second, Shorts (&pairs)[2]) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(first));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(second));
  pairs[0].v = _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b));
  pairs[1].v = _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(a, b));
}

Floats real_difference(const std::int32_t* sums, const std::int32_t* zeros, std::int32_t factor) {
  const __m256i zero = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(zeros));
  const __m256i sum = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums));
  return {_mm256_cvtepi32_ps(
      _mm256_sub_epi32(sum, _mm256_mullo_epi32(zero, _mm256_set1_epi32(factor))))};
}

void unpack_sixteen(const std::uint8_t* packed, int sign, std::int8_t* q) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(packed));
  const __m128i flip = _mm_set1_epi8(static_cast<char>(sign));
  const __m128i mask = _mm_set1_epi8(15);
  const __m128i low = _mm_sub_epi8(_mm_xor_si128(_mm_and_si128(bytes, mask), flip), flip);
  const __m128i high =
      _mm_sub_epi8(_mm_xor_si128(_mm_and_si128(_mm_srli_epi16(bytes, 4), mask), flip), flip);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(q), _mm_unpacklo_epi8(low, high));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(q + 16), _mm_unpackhi_epi8(low, high));
}

// Columns of a tile of gemm_f32, in Floats: four rows of it must leave registers for the rest.
constexpr std::size_t kTileFloats = 2;

}  // namespace

const char* isa_name() { return "avx2"; }

#include "kernels/loops.h"

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
