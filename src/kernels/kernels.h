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
// - Elementwise float kernels (axpy, dequantize, multiply, combine, exp, sigmoid, tanh, erf) round
//   every operation once, in the stated order, without fused multiply-add: bit-identical too.
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
// within +-kActivationMax. On 16 bits they cost no more than on 8 would: weights are widened to 16
// bits for the instruction that multiplies and adds in pairs.
inline constexpr std::int32_t kActivationMax = 32767;

// "scalar", "simd128" or "avx2".
const char* isa_name();

// Integer products of activations x [m][k] (rows `x_stride` elements apart) and weights:
// out[i][j] = sum over l of x[i][l] * w, modulo 2^32: exact where k * 128 * the largest |x| is
// below 2^31, with any int8 weights; x above -32768. `out_stride` elements from row to row of out.
//
// Weights one row for each output, q [n][q_stride]: w = q[j][l].
void gemm_i8_rows(const std::int16_t* x, std::size_t x_stride, const std::int8_t* q,
                  std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                  std::int32_t* out, std::size_t out_stride);
// The same with weights of 16 bits, above -32768: exact where k * the largest |x| * the largest |w|
// is below 2^31.
void gemm_i16_rows(const std::int16_t* x, std::size_t x_stride, const std::int16_t* q,
                   std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                   std::int32_t* out, std::size_t out_stride);
// Weights one column for each output, q [k][q_stride]: w = q[l][j].
void gemm_i8_columns(const std::int16_t* x, std::size_t x_stride, const std::int8_t* q,
                     std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                     std::int32_t* out, std::size_t out_stride);
// y[j] += float(sums[j] - zeros[j * zero_step] * factor) * (unit * scales[j * scale_step]), the
// difference in int32: what turns those sums into real numbers. Steps are 0 or 1.
void add_scaled_i32(const std::int32_t* sums, const std::int32_t* zeros, std::size_t zero_step,
                    std::int32_t factor, float unit, const float* scales, std::size_t scale_step,
                    std::size_t n, float* y);
// q[0, 2 n) = the half bytes of packed[0, n), the low one first; as two's complement if is_signed.
void unpack_i4(const std::uint8_t* packed, bool is_signed, std::size_t n, std::int8_t* q);

// w[i] = q[i]
void widen_i8(const std::int8_t* q, std::size_t n, std::int16_t* w);

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
// c [m][n] += a [m][k] * w^T, w [n][k] one row for each output: each c[i][j] plus
// dot_f32(w[j], a[i]), four of which share the reads of a.
void gemm_f32_rows(const float* a, const float* w, std::size_t m, std::size_t k, std::size_t n,
                   float* c);
// c [m][n] += a [m][k] * b [k][n], row-major; each c[i][j] adds its k products in order.
void gemm_f32(const float* a, const float* b, std::size_t m, std::size_t k, std::size_t n,
              float* c);
// Sum of x[i].
float sum_f32(const float* x, std::size_t n);
// The largest element, passing over NaN; -infinity when there is none.
float max_f32(const float* x, std::size_t n);
// The largest magnitude, passing over NaN; 0 when there is none.
float max_abs_f32(const float* x, std::size_t n);

// x[i] = exp(x[i] - shift) with a relative error below 3e-7; 0 below -87.3, exp(88.3) above 88.3,
// NaN stays. After S. Moshier's Cephes expf (1989): a polynomial on [-ln 2 / 2, ln 2 / 2].
void exp_f32(float shift, std::size_t n, float* x);

// x[i] = 1 / (1 + exp(-x[i])) with a relative error below 5e-7; from 4.5e-39 to 1, NaN stays.
void sigmoid_f32(std::size_t n, float* x);
// x[i] = tanh(x[i]) with a relative error below 2e-7; from -1 to 1, NaN stays. After S. Moshier's
// Cephes tanhf (1989): a polynomial below 0.625, 1 - 2 / (exp(2 x) + 1) above.
void tanh_f32(std::size_t n, float* x);
// x[i] = erf(x[i]) with a relative error below 4e-7; from -1 to 1, NaN stays. After Cephes erff
// below 1, Abramowitz and Stegun's formula 7.1.26 above.
void erf_f32(std::size_t n, float* x);

// out[i] = a[i] how b[i]. A step of 0 reads the one element a[0] or b[0] throughout, 1 a list.
// kLarger and kSmaller give NaN where either is NaN. `out` may be `a` or `b`.
enum class Combine { kAdd, kSubtract, kMultiply, kDivide, kLarger, kSmaller };
void combine_f32(Combine how, const float* a, std::size_t step_a, const float* b,
                 std::size_t step_b, std::size_t n, float* out);

// The first index in [begin, end) with x[index] > threshold, or end.
std::size_t find_above(const float* x, std::size_t begin, std::size_t end, float threshold);

// Built from the kernels above (compose.cpp), the same for every instruction set.

// x becomes its softmax; n = 0 does nothing.
void softmax_f32(std::size_t n, float* x);

// The k largest of x [n], in descending order, equal values by ascending index, NaN left out.
// Writes at most min(k, n) indices and returns how many. A heap of k holds the best so far and
// find_above skips what cannot enter it, so that a large n costs little more than one read.
std::size_t top_k_f32(const float* x, std::size_t n, std::size_t k, std::uint32_t* indices);

}  // namespace STOREWISE_KERNELS_IMPLEMENTATION
}  // namespace storewise::kernels
