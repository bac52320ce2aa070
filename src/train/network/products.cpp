#include "train/network/products.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace storewise::train::network {

void transpose(const float* x, std::size_t rows, std::size_t columns, float* y) {
  constexpr std::size_t kBlock = 16;  // both sides of a block stay in the first-level cache
  for (std::size_t r = 0; r < rows; r += kBlock) {
    const std::size_t last_row = std::min(rows, r + kBlock);
    for (std::size_t c = 0; c < columns; c += kBlock) {
      const std::size_t last_column = std::min(columns, c + kBlock);
      for (std::size_t j = c; j < last_column; ++j) {
        for (std::size_t i = r; i < last_row; ++i) y[j * rows + i] = x[i * columns + j];
      }
    }
  }
}

void multiply(const float* a, const float* b, std::size_t m, std::size_t k, std::size_t n,
              float* c) {
  kernels::gemm_f32(a, b, m, k, n, c);
}

void multiply_transposed(const float* a, const float* b, std::size_t m, std::size_t k,
                         std::size_t n, std::vector<float>& scratch, float* c) {
  scratch.resize(std::max(scratch.size(), m * k));
  transpose(a, m, k, scratch.data());
  kernels::gemm_f32(scratch.data(), b, k, m, n, c);
}

void add_rows(const float* a, std::size_t m, std::size_t n, float* c) {
  for (std::size_t i = 0; i < m; ++i) kernels::axpy_f32(1.0f, a + i * n, n, c);
}

}  // namespace storewise::train::network
