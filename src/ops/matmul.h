// What the matrix products share: biases, activations, and products of integers.
#pragma once

#include <algorithm>

#include "ops/common.h"

namespace storewise::ops {

// Input `input` broadcast to [rows][columns]; nothing when the node has no such input. Fails at the
// node when it does not broadcast.
class Bias {
 public:
  Bias(const Invocation& invocation, std::size_t input, std::size_t rows, std::size_t columns);
  // out[0, n) = factor times columns [first, first + n) of `row`, or zeros.
  void fill(std::size_t row, std::size_t first, std::size_t n, float factor, float* out) const;

 private:
  const float* values_ = nullptr;
  std::size_t row_step_ = 0;
  std::size_t column_step_ = 0;
};

// What fusion may let a product do at its end; graph/fuse.cpp writes the attribute "activation" by
// the same numbers.
enum class Activation : std::int64_t { kNone, kRelu, kSigmoid, kTanh };
Activation activation_of(const Invocation& invocation);
void activate(Activation activation, std::size_t n, float* y);

// n elements of a type of 8 or 4 bits as int8, those of uint8 less kUint8Offset.
inline constexpr std::int32_t kUint8Offset = 128;
void unpack_integers(DataType type, const void* data, std::size_t first, std::size_t n,
                     std::int8_t* out);
inline std::int32_t integer_offset(DataType type) {
  return type == DataType::kUint8 ? kUint8Offset : 0;
}

// to[i] = x[i] / unit, rounded; returns the unit: the largest magnitude of x / kActivationMax, or a
// larger one where the sums of `depth` products with numbers below `largest_weight` would not fit
// int32. Zeros, and NaN as the unit, where x holds NaN or infinity; 0 where all is (nearly) 0.
float round_activations(const float* x, std::size_t n, std::size_t depth,
                        std::size_t largest_weight, std::int16_t* to);

// Products of rows of int16 activations and weights of 8 or 4 bits, in pieces that fit caches: the
// inner size in pieces of `depth`, the outputs in strips. Its memory is the node's scratch.
class IntegerProduct {
 public:
  struct Weights {
    DataType type;
    const std::uint8_t* data;
    std::size_t k;
    std::size_t n;
    bool in_rows;  // [n][k], else [k][n]
  };
  // `rows` activations are multiplied at a time; `extra` floats are for the caller.
  IntegerProduct(Invocation& invocation, Weights weights, std::size_t depth, std::size_t rows,
                 std::size_t extra);

  std::size_t rows() const { return rows_; }
  std::size_t pieces() const { return pieces_; }
  std::size_t depth_of(std::size_t piece) const {
    return std::min(depth_, weights_.k - piece * depth_);
  }
  std::int16_t* activations(std::size_t row) { return activations_ + row * weights_.k; }
  // For each row and piece a scale of the activations and a sum of what meets the zero points.
  float& unit(std::size_t row, std::size_t piece) { return units_[row * pieces_ + piece]; }
  std::int32_t& total(std::size_t row, std::size_t piece) { return totals_[row * pieces_ + piece]; }
  float* extra() { return extra_; }
  void set_weights(const std::uint8_t* data) { weights_.data = data; }

  // For each strip start(first, width), then for each piece visit(piece, first, width, sums) where
  // sums[row * width + j] belongs to output first + j, then end(first, width).
  template <typename Start, typename Visit, typename End>
  void run(std::size_t rows, Start&& start, Visit&& visit, End&& end) {
    for (std::size_t first = 0; first < weights_.n; first += width_) {
      const std::size_t width = std::min(width_, weights_.n - first);
      start(first, width);
      for (std::size_t piece = 0; piece < pieces_; ++piece) {
        multiply(rows, piece, first, width);
        visit(piece, first, width, static_cast<const std::int32_t*>(sums_));
      }
      end(first, width);
    }
  }
  // Of a strip: the stored zero points, less the offset, that `at(j)` tells for outputs first + j,
  // and where they are; the same for scales.
  const std::int32_t* zeros(const TensorView& zeros, std::size_t first, std::size_t step,
                            std::size_t n);
  const float* scales(const void* scales, std::size_t first, std::size_t step, std::size_t n);

 private:
  void multiply(std::size_t rows, std::size_t piece, std::size_t first, std::size_t width);

  Weights weights_;
  std::size_t depth_;
  std::size_t pieces_;
  std::size_t rows_;
  std::size_t width_;
  float* extra_;
  float* units_;
  std::int32_t* totals_;
  std::int32_t* sums_;
  std::int32_t* zeros_;
  float* scales_;
  std::int16_t* activations_;
  std::int8_t* unpacked_;
};

}  // namespace storewise::ops
