// Two tensors combined element by element, for elementwise.cpp and its neighbours.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

#include "ops/common.h"

namespace storewise::ops {

// The positions of a shape in row-major order, a row at a time, for up to three operands that
// broadcast to it. Neighbouring dimensions that lie alike in all operands are taken as one, so that
// rows are as long as can be.
class Rows {
 public:
  Rows(const Shape& shape, std::initializer_list<const Shape*> operands);

  std::size_t count() const { return count_; }  // rows
  std::size_t width() const { return width_; }  // positions of a row, none of them missing
  // The element of operand i at the row's begin, and how many further the next one lies: 0 or 1.
  std::size_t at(std::size_t i) const { return at_[i]; }
  std::size_t step(std::size_t i) const { return steps_[i]; }
  void next();

 private:
  std::size_t count_ = 0;
  std::size_t width_ = 1;
  std::size_t rank_ = 0;  // of what is left: without the row itself
  std::array<std::size_t, 3> at_{};
  std::array<std::size_t, 3> steps_{};
  std::array<std::size_t, graph::kMaxRank> sizes_{};
  std::array<std::size_t, graph::kMaxRank> position_{};
  std::array<std::array<std::size_t, graph::kMaxRank>, 3> strides_{};
};

// The first six are those of kernels::Combine.
enum class Pairwise {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kLarger,  // NaN where either is NaN; so is kSmaller
  kSmaller,
  kRemainder,  // with the sign of the first
  kModulo,     // with the sign of the second
  kPower,
  kRectify,  // the first where it is not negative, else the product
  kEqual,
  kLess,
  kLessOrEqual,
};

// out = a how b for tensors of numbers or bools that broadcast to `shape`, computed as double when
// both are decimal (for kPower either), as int64 otherwise (which wraps around; a quotient by 0 is
// 0). `out` may be `a` or `b` when that one has the same shape and type.
void combine(Pairwise how, const TensorView& a, const TensorView& b, const Shape& shape,
             DataType type, void* out);

// A tensor of one number, which must outlive it; to combine with tensors of any type.
inline TensorView one_number(const float& number) { return {DataType::kFloat, {}, &number}; }

}  // namespace storewise::ops
