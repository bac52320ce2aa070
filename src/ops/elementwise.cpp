// Operators of two and more tensors with broadcasting. Floats take the kernels where there is one;
// all else is brought to double or int64 in pieces, so that there is one loop for all types.
#include "ops/elementwise.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <type_traits>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/operators.h"
#include "support/real.h"

namespace storewise::ops {
namespace {

constexpr std::size_t kPiece = 256;

// Integers are computed unsigned, where overflow is defined to wrap around.
template <typename T>
auto arithmetic(T x) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::uint64_t>(x);
  } else {
    return x;
  }
}

template <typename T>
T quotient(T x, T y) {
  if constexpr (std::is_integral_v<T>) {
    if (y == 0) return 0;
    // The quotient of the least by -1 overflows.
    if (std::is_signed_v<T> && y == static_cast<T>(-1)) return static_cast<T>(0 - arithmetic(x));
  }
  return x / y;
}

template <typename T>
T remainder(T x, T y) {
  if constexpr (std::is_integral_v<T>) {
    return y == 0 || (std::is_signed_v<T> && y == static_cast<T>(-1)) ? 0 : x % y;
  } else {
    return std::fmod(x, y);
  }
}

template <typename T>
T modulo_of(T x, T y) {
  const T rest = remainder(x, y);
  if (rest != T(0) && (rest < T(0)) != (y < T(0))) return static_cast<T>(rest + y);
  if constexpr (!std::is_integral_v<T>) {
    if (rest == 0) return std::copysign(rest, y);
  }
  return rest;
}

template <typename T>
T power_of(T x, T y) {
  if constexpr (std::is_integral_v<T>) {
    if (y < T(0)) {  // the quotient of 1 by x to the power of -y
      if (x != T(1) && x != static_cast<T>(-1)) return 0;
      y = y % 2 == 0 ? T(0) : T(1);
    }
    std::uint64_t result = 1;
    std::uint64_t factor = arithmetic(x);
    for (std::uint64_t left = arithmetic(y); left > 0; left >>= 1) {
      if ((left & 1) != 0) result *= factor;
      factor *= factor;
    }
    return static_cast<T>(result);
  } else {
    return real::power(x, y);
  }
}

template <typename T>
T combine_one(Pairwise how, T x, T y) {
  switch (how) {
    case Pairwise::kAdd:
      return static_cast<T>(arithmetic(x) + arithmetic(y));
    case Pairwise::kSubtract:
      return static_cast<T>(arithmetic(x) - arithmetic(y));
    case Pairwise::kMultiply:
      return static_cast<T>(arithmetic(x) * arithmetic(y));
    case Pairwise::kDivide:
      return quotient(x, y);
    case Pairwise::kLarger:
      return y != y || x < y ? y : x;
    case Pairwise::kSmaller:
      return y != y || y < x ? y : x;
    case Pairwise::kRemainder:
      return remainder(x, y);
    case Pairwise::kModulo:
      return modulo_of(x, y);
    case Pairwise::kPower:
      return power_of(x, y);
    case Pairwise::kRectify:
      return x < T(0) ? static_cast<T>(arithmetic(x) * arithmetic(y)) : x;
    case Pairwise::kEqual:
      return static_cast<T>(x == y);
    case Pairwise::kLess:
      return static_cast<T>(x < y);
    case Pairwise::kLessOrEqual:
      return static_cast<T>(x <= y);
  }
  return x;
}

template <typename T>
void combine_all(Pairwise how, T* x, const T* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = combine_one(how, x[i], y[i]);
}

template <typename T>
void load(const TensorView& from, std::size_t first, std::size_t step, std::size_t n, T* piece) {
  onnx::load_numbers(from.type, from.data, first, step == 0 ? 1 : n, piece);
  if (step == 0) std::fill_n(piece + 1, n - 1, piece[0]);
}

template <typename T>
void combine_rows(Pairwise how, const TensorView& a, const TensorView& b, Rows& rows, DataType type,
                  void* out) {
  constexpr DataType kUint64 = DataType::kUint64;
  T x[kPiece];
  T y[kPiece];
  std::size_t place = 0;
  for (std::size_t row = 0; row < rows.count(); ++row, rows.next()) {
    for (std::size_t start = 0; start < rows.width(); start += kPiece) {
      const std::size_t n = std::min(kPiece, rows.width() - start);
      load(a, rows.at(0) + start * rows.step(0), rows.step(0), n, x);
      load(b, rows.at(1) + start * rows.step(1), rows.step(1), n, y);
      if (std::is_integral_v<T> && (a.type == kUint64 || b.type == kUint64)) {
        combine_all(how, reinterpret_cast<std::uint64_t*>(x),
                    reinterpret_cast<const std::uint64_t*>(y), n);
      } else {
        combine_all(how, x, y, n);
      }
      onnx::store_numbers(type, out, place, n, x);
      place += n;
    }
  }
}

// The shape of input 1 as seen by input 0. Before opset 7 the attribute "axis" told with which
// dimension of input 0 its first one goes together.
Shape second_shape(const Invocation& invocation) {
  const Shape& a = invocation.input(0).shape;
  const Shape& b = invocation.input(1).shape;
  if (!invocation.has_attribute("axis")) return b;
  const std::size_t first =
      invocation.axis(invocation.attribute("axis", std::int64_t{0}), a.rank());
  Shape padded = b;
  while (first + padded.rank() < a.rank()) padded.push_back(1);
  return padded;
}

void pairwise(Invocation& invocation, Pairwise how, bool swapped = false) {
  TensorView a = invocation.input(0);
  TensorView b = invocation.input(1);
  b.shape = second_shape(invocation);
  const Shape shape = broadcast(invocation, a.shape, b.shape);
  void* out = invocation.output(0, shape);
  combine(how, swapped ? b : a, swapped ? a : b, shape, invocation.output_type(0), out);
}

// (input 0 how input 1 how input 2 ...) / divisor
void variadic(Invocation& invocation, Pairwise how, std::size_t divisor = 1) {
  Shape shape = invocation.input(0).shape;
  const std::size_t count = invocation.input_count();
  for (std::size_t i = 1; i < count; ++i) {
    shape = broadcast(invocation, shape, invocation.input(i).shape);
  }
  void* out = invocation.output(0, shape);
  TensorView so_far = invocation.input(0);
  if (count == 1) copy_bytes(out, so_far.data, so_far.bytes());
  for (std::size_t i = 1; i < count; ++i) {
    combine(how, so_far, invocation.input(i), shape, so_far.type, out);
    so_far = {so_far.type, shape, out};
  }
  const auto number = static_cast<float>(divisor);
  if (divisor > 1) {
    combine(Pairwise::kDivide, so_far, one_number(number), shape, so_far.type, out);
  }
}

// out[i] = condition[i] ? x[i] : y[i] for elements of the size of T.
template <typename T>
void choose(const Rows& rows, const bool* condition, const void* x, const void* y, void* out) {
  const graph::Elements<T> left(x);
  const graph::Elements<T> right(y);
  for (std::size_t i = 0; i < rows.width(); ++i) {
    const T value = condition[rows.at(0) + i * rows.step(0)] ? left[rows.at(1) + i * rows.step(1)]
                                                             : right[rows.at(2) + i * rows.step(2)];
    std::memcpy(static_cast<char*>(out) + i * sizeof value, &value, sizeof value);
  }
}

}  // namespace

Rows::Rows(const Shape& shape, std::initializer_list<const Shape*> operands) {
  std::size_t operand = 0;
  std::array<std::array<std::size_t, graph::kMaxRank>, 3> strides{};
  for (const Shape* from : operands) strides[operand++] = broadcast_strides(*from, shape);
  for (std::size_t d = 0; d < shape.rank(); ++d) {
    const auto size = static_cast<std::size_t>(shape[d]);
    if (size == 1) continue;
    bool alike = rank_ > 0;
    for (std::size_t i = 0; i < operand && alike; ++i) {
      alike = strides_[i][rank_ - 1] == strides[i][d] * size;
    }
    if (!alike) sizes_[rank_++] = 1;
    sizes_[rank_ - 1] *= size;
    for (std::size_t i = 0; i < operand; ++i) strides_[i][rank_ - 1] = strides[i][d];
  }
  const std::size_t elements = shape.elements();
  if (rank_ > 0) {
    width_ = sizes_[--rank_];
    for (std::size_t i = 0; i < operand; ++i) steps_[i] = strides_[i][rank_];
  }
  count_ = elements == 0 ? 0 : elements / width_;
}

void Rows::next() {
  for (std::size_t d = rank_; d-- > 0;) {
    for (std::size_t i = 0; i < at_.size(); ++i) at_[i] += strides_[i][d];
    if (++position_[d] < sizes_[d]) return;
    for (std::size_t i = 0; i < at_.size(); ++i) at_[i] -= strides_[i][d] * sizes_[d];
    position_[d] = 0;
  }
}

void combine(Pairwise how, const TensorView& a, const TensorView& b, const Shape& shape,
             DataType type, void* out) {
  Rows rows(shape, {&a.shape, &b.shape});
  constexpr DataType kFloat = DataType::kFloat;
  if (a.type == kFloat && b.type == kFloat && type == kFloat && how <= Pairwise::kSmaller) {
    auto* to = static_cast<float*>(out);
    for (std::size_t row = 0; row < rows.count(); ++row, rows.next(), to += rows.width()) {
      kernels::combine_f32(static_cast<kernels::Combine>(how), a.as<float>() + rows.at(0),
                           rows.step(0), b.as<float>() + rows.at(1), rows.step(1), rows.width(),
                           to);
    }
    return;
  }
  const bool decimal_a = onnx::is_decimal(a.type);
  const bool decimal_b = onnx::is_decimal(b.type);
  if (how == Pairwise::kPower ? decimal_a || decimal_b : decimal_a && decimal_b) {
    combine_rows<double>(how, a, b, rows, type, out);
  } else {
    combine_rows<std::int64_t>(how, a, b, rows, type, out);
  }
}

void add(Invocation& invocation) { pairwise(invocation, Pairwise::kAdd); }
void subtract(Invocation& invocation) { pairwise(invocation, Pairwise::kSubtract); }
void multiply(Invocation& invocation) { pairwise(invocation, Pairwise::kMultiply); }
void divide(Invocation& invocation) { pairwise(invocation, Pairwise::kDivide); }
void less(Invocation& invocation) { pairwise(invocation, Pairwise::kLess); }
void less_or_equal(Invocation& invocation) { pairwise(invocation, Pairwise::kLessOrEqual); }
void greater(Invocation& invocation) { pairwise(invocation, Pairwise::kLess, true); }
void greater_or_equal(Invocation& invocation) {
  pairwise(invocation, Pairwise::kLessOrEqual, true);
}
// A bool is stored as "not zero".
void logical_and(Invocation& invocation) { pairwise(invocation, Pairwise::kMultiply); }
void logical_or(Invocation& invocation) { pairwise(invocation, Pairwise::kAdd); }
void logical_xor(Invocation& invocation) { pairwise(invocation, Pairwise::kSubtract); }

void modulo(Invocation& invocation) {
  const bool truncated = invocation.attribute("fmod", std::int64_t{0}) != 0;
  pairwise(invocation, truncated ? Pairwise::kRemainder : Pairwise::kModulo);
}

void power(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const TensorView& y = invocation.input(1);
  // Squares are what normalisations are made of.
  if (x.type == DataType::kFloat && y.type == DataType::kFloat && y.shape.elements() == 1 &&
      y.shape.rank() <= x.shape.rank() && invocation.elements<float>(1)[0] == 2.0f) {
    void* out = invocation.output(0, x.shape);
    return combine(Pairwise::kMultiply, x, x, x.shape, x.type, out);
  }
  pairwise(invocation, Pairwise::kPower);
}

void prelu(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  TensorView slope = invocation.input(1);
  // Before opset 7 a list of slopes went along the channels, which are dimension 1.
  if (invocation.since_version() < 7 && slope.shape.rank() == 1) {
    while (slope.shape.rank() + 1 < x.shape.rank()) slope.shape.push_back(1);
  }
  if (!(broadcast(invocation, x.shape, slope.shape) == x.shape)) {
    invocation.fail_shape(1, "slopes that broadcast to %", x.shape);
  }
  void* out = invocation.output(0, x.shape);
  combine(Pairwise::kRectify, x, slope, x.shape, x.type, out);
}

void equal(Invocation& invocation) {
  const TensorView& a = invocation.input(0);
  if (a.type != DataType::kString) return pairwise(invocation, Pairwise::kEqual);
  const Shape second = second_shape(invocation);
  const Shape shape = broadcast(invocation, a.shape, second);
  bool* out = invocation.output_as<bool>(0, shape);
  const auto left = invocation.elements<std::string_view>(0);
  const auto right = invocation.elements<std::string_view>(1);
  Rows rows(shape, {&a.shape, &second});
  for (std::size_t row = 0; row < rows.count(); ++row, rows.next()) {
    for (std::size_t i = 0; i < rows.width(); ++i) {
      *out++ = left[rows.at(0) + i * rows.step(0)] == right[rows.at(1) + i * rows.step(1)];
    }
  }
}

void maximum(Invocation& invocation) { variadic(invocation, Pairwise::kLarger); }
void minimum(Invocation& invocation) { variadic(invocation, Pairwise::kSmaller); }
void sum(Invocation& invocation) { variadic(invocation, Pairwise::kAdd); }

void mean(Invocation& invocation) {
  variadic(invocation, Pairwise::kAdd, invocation.input_count());
}

void where(Invocation& invocation) {
  const TensorView& condition = invocation.input(0);
  const TensorView& x = invocation.input(1);
  const TensorView& y = invocation.input(2);
  const Shape shape =
      broadcast(invocation, broadcast(invocation, condition.shape, x.shape), y.shape);
  const std::size_t size = element_size(x.type);
  char* out = invocation.output_as<char>(0, shape);
  Rows rows(shape, {&condition.shape, &x.shape, &y.shape});
  using Function = void (*)(const Rows&, const bool*, const void*, const void*, void*);
  const Function choose_row = size == 1   ? choose<std::uint8_t>
                              : size == 2 ? choose<std::uint16_t>
                              : size == 4 ? choose<std::uint32_t>
                              : size == 8 ? choose<std::uint64_t>
                                          : choose<std::string_view>;
  for (std::size_t row = 0; row < rows.count(); ++row, rows.next()) {
    choose_row(rows, condition.as<bool>(), x.data, y.data, out);
    out += rows.width() * size;
  }
}

}  // namespace storewise::ops
