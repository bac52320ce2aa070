// The inner loops of the engine: one interface, one implementation for each instruction set.
//
// scalar.cpp is the normative reference; simd128.cpp (WebAssembly) and avx2.cpp (x86-64) do the
// same faster. One of them is linked as the active one, chosen when the library is compiled;
// isa_name() tells which. Kernels do not allocate, do not throw and know nothing of tensors.
//
// What is promised
// - Pointers need no alignment beyond a byte: weights are read where they lie in a model file.
//   Outputs do not overlap inputs. Sizes may be 0.
// - Integer kernels are exact, hence bit-identical in every implementation, for values in the
//   stated ranges.
// - Elementwise float kernels (axpy, dequantize, multiply, exp) round every operation once, in the
//   stated order, without fused multiply-add: bit-identical too.
// - dot_f32 and sum_f32 keep eight interleaved partial sums, lane l taking elements l, l+8, ...,
//   added as ((0+4)+(2+6)) + ((1+5)+(3+7)); what is left after the last full eight follows one by
//   one. Bit-identical as well; against another order allow n * 2^-24 of the sum of magnitudes.
#pragma once

#include <cstddef>
#include <cstdint>

// The tests compile scalar.cpp a second time, under the name `reference`, to compare.
#ifndef STOREWISE_KERNELS_IMPLEMENTATION
#define STOREWISE_KERNELS_IMPLEMENTATION active
#endif

namespace storewise::kernels {
inline namespace STOREWISE_KERNELS_IMPLEMENTATION {

// Activations that meet int8 weights in an integer product are rounded to multiples of a scale
// within +-kActivationMax. A lane of four gets at most a quarter of kDotBlock products of a block:
// 127 * 32767 * 512 < 2^31.
inline constexpr std::int32_t kActivationMax = 32767;
inline constexpr std::size_t kDotBlock = 2048;

// "scalar", "simd128" or "avx2".
const char* isa_name();

// Sum of a[i] * b[i] in int32; a and b in [-127, 127], n <= 133,000.
std::int32_t dot_i8(const std::int8_t* a, const std::int8_t* b, std::size_t n);

// Sum of q[i] * x[i]; q in [-127, 127], x in [-kActivationMax, kActivationMax]; int32 in each lane
// within blocks of kDotBlock, int64 across lanes and blocks. Any n.
std::int64_t dot_i8_i16(const std::int8_t* q, const std::int16_t* x, std::size_t n);

// out[r] = float(dot_i8_i16(q[r], x)) for the rows of q [rows][columns], row-major.
void gemv_i8_i16(const std::int8_t* q, const std::int16_t* x, std::size_t rows, std::size_t columns,
                 float* out);

// q[i] = x[i] * inverse_scale, rounded to nearest, halves to even. The results must fit int16.
void quantize_i16(const float* x, float inverse_scale, std::size_t n, std::int16_t* q);

// y[j] += a * float(q[j])
void axpy_i8(float a, const std::int8_t* q, std::size_t n, float* y);
// y[j] += a * x[j]
void axpy_f32(float a, const float* x, std::size_t n, float* y);
// y[j] = a * float(q[j])
void dequantize_i8(float a, const std::int8_t* q, std::size_t n, float* y);
// y[j] *= x[j]
void multiply_f32(const float* x, std::size_t n, float* y);

// Sum of a[i] * b[i].
float dot_f32(const float* a, const float* b, std::size_t n);
// Sum of x[i].
float sum_f32(const float* x, std::size_t n);
// The largest element, passing over NaN; -infinity when there is none.
float max_f32(const float* x, std::size_t n);
// The largest magnitude, passing over NaN; 0 when there is none.
float max_abs_f32(const float* x, std::size_t n);

// x[i] = exp(x[i] - shift) with a relative error below 3e-7; 0 below -87.3, exp(88.3) above 88.3,
// NaN stays. After S. Moshier's Cephes expf (1989): a polynomial on [-ln 2 / 2, ln 2 / 2].
void exp_f32(float shift, std::size_t n, float* x);

// The first index in [begin, end) with x[index] > threshold, or end.
std::size_t find_above(const float* x, std::size_t begin, std::size_t end, float threshold);

// Built from the kernels above (compose.cpp), the same for every instruction set.

// c [m][n] += a [m][k] * b [k][n], row-major; each c[i][j] adds its k products in order.
void gemm_f32(const float* a, const float* b, std::size_t m, std::size_t k, std::size_t n,
              float* c);

// x becomes its softmax; n = 0 does nothing.
void softmax_f32(std::size_t n, float* x);

// The k largest of x [n], in descending order, equal values by ascending index, NaN left out.
// Writes at most min(k, n) indices and returns how many. A heap of k holds the best so far and
// find_above skips what cannot enter it, so that a large n costs little more than one read.
std::size_t top_k_f32(const float* x, std::size_t n, std::size_t k, std::uint32_t* indices);

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
