// Products of matrices for training, by the engine's own kernel: every sum adds its products in
// order, so that results depend on neither the instruction set nor how rows are put together.
#pragma once

#include <cstddef>
#include <vector>

namespace storewise::train::network {

// y [columns][rows] = the transpose of x [rows][columns].
void transpose(const float* x, std::size_t rows, std::size_t columns, float* y);

// c [m][n] += a [m][k] * b [k][n]
void multiply(const float* a, const float* b, std::size_t m, std::size_t k, std::size_t n,
              float* c);
// c [k][n] += a^T * b of a [m][k] and b [m][n]. `scratch` grows as it needs to.
void multiply_transposed(const float* a, const float* b, std::size_t m, std::size_t k,
                         std::size_t n, std::vector<float>& scratch, float* c);
// c [n] += the sum of the rows of a [m][n].
void add_rows(const float* a, std::size_t m, std::size_t n, float* c);

}  // namespace storewise::train::network
