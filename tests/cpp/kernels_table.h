// The kernels of one implementation as pointers, so that a test can hold two side by side.
// Compiled once for the active implementation and once for the reference (kernels_reference.cpp).
#pragma once

#include "kernels/kernels.h"

struct KernelTable {
  decltype(&storewise::kernels::isa_name) isa_name;
  decltype(&storewise::kernels::gemm_i8_rows) gemm_i8_rows;
  decltype(&storewise::kernels::gemm_i16_rows) gemm_i16_rows;
  decltype(&storewise::kernels::gemm_i8_columns) gemm_i8_columns;
  decltype(&storewise::kernels::add_scaled_i32) add_scaled_i32;
  decltype(&storewise::kernels::unpack_i4) unpack_i4;
  decltype(&storewise::kernels::gemm_f32_rows) gemm_f32_rows;
  decltype(&storewise::kernels::widen_i8) widen_i8;
  decltype(&storewise::kernels::quantize_i16) quantize_i16;
  decltype(&storewise::kernels::axpy_i8) axpy_i8;
  decltype(&storewise::kernels::axpy_f32) axpy_f32;
  decltype(&storewise::kernels::dequantize_i8) dequantize_i8;
  decltype(&storewise::kernels::multiply_f32) multiply_f32;
  decltype(&storewise::kernels::dot_f32) dot_f32;
  decltype(&storewise::kernels::sum_f32) sum_f32;
  decltype(&storewise::kernels::max_f32) max_f32;
  decltype(&storewise::kernels::max_abs_f32) max_abs_f32;
  decltype(&storewise::kernels::exp_f32) exp_f32;
  decltype(&storewise::kernels::sigmoid_f32) sigmoid_f32;
  decltype(&storewise::kernels::tanh_f32) tanh_f32;
  decltype(&storewise::kernels::erf_f32) erf_f32;
  decltype(&storewise::kernels::combine_f32) combine_f32;
  decltype(&storewise::kernels::find_above) find_above;
  decltype(&storewise::kernels::gemm_f32) gemm_f32;
  decltype(&storewise::kernels::softmax_f32) softmax_f32;
  decltype(&storewise::kernels::top_k_f32) top_k_f32;
};

// Of internal linkage: each of the two files has its own.
[[maybe_unused]] static KernelTable this_implementation() {
  using namespace storewise::kernels;  // NOLINT: a list of its names
  return KernelTable{isa_name,  gemm_i8_rows,  gemm_i16_rows, gemm_i8_columns, add_scaled_i32,
                     unpack_i4, gemm_f32_rows, widen_i8,      quantize_i16,    axpy_i8,
                     axpy_f32,  dequantize_i8, multiply_f32,  dot_f32,         sum_f32,
                     max_f32,   max_abs_f32,   exp_f32,       sigmoid_f32,     tanh_f32,
                     erf_f32,   combine_f32,   find_above,    gemm_f32,        softmax_f32,
                     top_k_f32};
}

const KernelTable& reference_kernels();
