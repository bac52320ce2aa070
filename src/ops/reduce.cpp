// Reductions over any axes, ArgMax and ArgMin, CumSum. All types are brought to double or int64 in
// pieces; sums and means of floats take kernels.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/elementwise.h"
#include "ops/operators.h"
#include "support/real.h"

namespace storewise::ops {
namespace {

constexpr std::size_t kPiece = 256;

enum class Fold { kSum, kMean, kSumSquare, kL1, kL2, kLogSum, kLogSumExp, kProduct, kMax, kMin };

// int64 in place of T where T is an integer, computed unsigned: overflow wraps around.
template <typename T>
using Wrapping = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;

// Loads a piece so that comparing int64s orders uint64 as well: its top bit is turned over.
constexpr std::int64_t kTopBit = std::numeric_limits<std::int64_t>::min();
void turn(DataType type, std::size_t n, std::int64_t* piece) {
  for (std::size_t i = 0; i < n && type == DataType::kUint64; ++i) piece[i] ^= kTopBit;
}
void turn(DataType, std::size_t, double*) {}

double neutral(Fold how, DataType, double) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return how == Fold::kMax ? -kInfinity : how == Fold::kMin ? kInfinity : how == Fold::kProduct;
}
std::int64_t neutral(Fold how, DataType type, std::int64_t) {
  if (how != Fold::kMax && how != Fold::kMin) return how == Fold::kProduct;
  const auto last_bit = static_cast<unsigned>(element_size(type) * 8 - 1);
  const bool from_zero = onnx::is_unsigned(type) && type != DataType::kUint64;
  const std::int64_t half = static_cast<std::int64_t>(~std::uint64_t{0} << last_bit);
  const std::int64_t least = from_zero ? 0 : half;
  if (how == Fold::kMax) return least;
  return type == DataType::kBool ? 1 : from_zero ? ~half * 2 + 1 : ~half;
}

template <typename T>
T fold_one(Fold how, T so_far, T x, T shift) {
  using Number = Wrapping<T>;
  const auto sum = static_cast<Number>(so_far);
  const auto number = static_cast<Number>(x);
  switch (how) {
    case Fold::kSumSquare:
    case Fold::kL2:
      return static_cast<T>(sum + number * number);
    case Fold::kL1:
      return static_cast<T>(x < T(0) ? sum - number : sum + number);
    case Fold::kLogSumExp:
      return so_far + static_cast<T>(real::exp(static_cast<double>(x - shift)));
    case Fold::kProduct:
      return static_cast<T>(sum * number);
    case Fold::kMax:
      return x != x || so_far < x ? x : so_far;
    case Fold::kMin:
      return x != x || x < so_far ? x : so_far;
    default:
      return static_cast<T>(sum + number);
  }
}

// Folds the input into `to`, whose elements lie in the shape `kept`.
template <typename T>
void fold_into(const TensorView& x, Fold how, const Shape& kept, const T* shifts, T* to) {
  T piece[kPiece];
  std::fill_n(to, kept.elements(), neutral(how, x.type, T(0)));
  Rows rows(x.shape, {&kept});
  std::size_t place = 0;
  for (std::size_t row = 0; row < rows.count(); ++row, rows.next()) {
    for (std::size_t start = 0; start < rows.width(); start += kPiece) {
      const std::size_t n = std::min(kPiece, rows.width() - start);
      onnx::load_numbers(x.type, x.data, place, n, piece);
      turn(x.type, how == Fold::kMax || how == Fold::kMin ? n : 0, piece);
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t at = rows.at(0) + (start + i) * rows.step(0);
        to[at] = fold_one(how, to[at], piece[i], shifts == nullptr ? T(0) : shifts[at]);
      }
      place += n;
    }
  }
}

double finish(Fold how, DataType, double value, double shift, std::size_t count) {
  if (how == Fold::kMean) return value / static_cast<double>(count);
  if (how == Fold::kL2) return std::sqrt(value);
  if (how == Fold::kLogSum || how == Fold::kLogSumExp) return real::log(value) + shift;
  return value;
}
std::int64_t finish(Fold how, DataType type, std::int64_t value, std::int64_t, std::size_t count) {
  if (how != Fold::kMean || count == 0) return value;
  if (type == DataType::kUint64) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) / count);
  }
  return value / static_cast<std::int64_t>(count);
}

template <typename T>
void fold(Invocation& invocation, Fold how, const Shape& kept, std::size_t count, void* out) {
  const TensorView& x = invocation.input(0);
  const std::size_t n = kept.elements();
  const bool shifted = how == Fold::kLogSumExp;
  T* result = static_cast<T*>(scratch_for(invocation, n, sizeof(T) * (shifted ? 2 : 1)));
  T* shifts = nullptr;
  if (shifted) {  // by the largest, so that exp stays in its range
    shifts = result + n;
    fold_into<T>(x, Fold::kMax, kept, nullptr, shifts);
    for (std::size_t i = 0; i < n; ++i) {
      if (!std::isfinite(static_cast<double>(shifts[i]))) shifts[i] = T(0);
    }
  }
  fold_into<T>(x, how, kept, shifts, result);
  for (std::size_t i = 0; i < n; ++i) {
    result[i] = finish(how, x.type, result[i], shifted ? shifts[i] : T(0), count);
  }
  turn(x.type, how == Fold::kMax || how == Fold::kMin ? n : 0, result);
  onnx::store_numbers(invocation.output_type(0), out, 0, n, result);
}

// Sum or mean of floats.
void fold_floats(const TensorView& x, const Shape& kept, float divisor, float* out) {
  std::fill_n(out, kept.elements(), 0.0f);
  Rows rows(x.shape, {&kept});
  const float* from = x.as<float>();
  for (std::size_t row = 0; row < rows.count(); ++row, rows.next(), from += rows.width()) {
    float* to = out + rows.at(0);
    if (rows.step(0) == 0) {
      *to += kernels::sum_f32(from, rows.width());
    } else {
      kernels::combine_f32(kernels::Combine::kAdd, to, 1, from, 1, rows.width(), to);
    }
  }
  kernels::combine_f32(kernels::Combine::kDivide, out, 1, &divisor, 0, kept.elements(), out);
}

void reduce(Invocation& invocation, Fold how) {
  const TensorView& x = invocation.input(0);
  const bool keep = invocation.attribute("keepdims", std::int64_t{1}) != 0;
  const Shape axes =
      invocation.has_input(1) ? invocation.small_ints(1) : Shape(invocation.ints_attribute("axes"));
  // No axes: all of them, or none, and then what is not folded (roots, squares) still happens.
  const bool all =
      axes.rank() == 0 && invocation.attribute("noop_with_empty_axes", std::int64_t{0}) == 0;
  bool reduced[graph::kMaxRank];
  std::fill_n(reduced, graph::kMaxRank, all);
  for (const std::int64_t axis : axes.dims()) reduced[invocation.axis(axis, x.shape.rank())] = true;
  Shape kept;    // with sizes of 1, to add up in
  Shape result;  // as asked for
  std::size_t count = 1;
  for (std::size_t i = 0; i < x.shape.rank(); ++i) {
    kept.push_back(reduced[i] ? 1 : x.shape[i]);
    if (keep || !reduced[i]) result.push_back(kept[i]);
    if (reduced[i]) count *= static_cast<std::size_t>(x.shape[i]);
  }
  void* out = invocation.output(0, result);
  if (x.type == DataType::kFloat && (how == Fold::kSum || how == Fold::kMean)) {
    const float divisor = how == Fold::kSum ? 1.0f : static_cast<float>(count);
    return fold_floats(x, kept, divisor, static_cast<float*>(out));
  }
  const bool decimal = onnx::is_decimal(x.type) || how == Fold::kL2 || how == Fold::kLogSum ||
                       how == Fold::kLogSumExp;
  if (decimal) return fold<double>(invocation, how, kept, count, out);
  fold<std::int64_t>(invocation, how, kept, count, out);
}

// A tensor seen as [outer][n][inner] around one axis.
struct Lines {
  Lines(const Shape& shape, std::size_t axis)
      : outer(product(shape, 0, axis)),
        n(static_cast<std::size_t>(shape[axis])),
        inner(product(shape, axis + 1, shape.rank())) {}
  std::size_t outer, n, inner;
};

template <typename T>
void find_extreme(Invocation& invocation, bool least, const Lines& lines, std::int64_t* out) {
  const bool last = invocation.attribute("select_last_index", std::int64_t{0}) != 0;
  const TensorView& x = invocation.input(0);
  T piece[kPiece];
  T best[kPiece];
  const bool one = lines.inner == 1;  // then a piece runs along the axis, else beside it
  for (std::size_t o = 0; o < lines.outer; ++o) {
    for (std::size_t start = 0; start < lines.inner; start += kPiece) {
      for (std::size_t k = 0; k < lines.n; k += one ? kPiece : 1) {
        const std::size_t n = std::min(kPiece, one ? lines.n - k : lines.inner - start);
        onnx::load_numbers(x.type, x.data, (o * lines.n + k) * lines.inner + start, n, piece);
        turn(x.type, n, piece);
        for (std::size_t i = 0; i < n; ++i) {
          const std::size_t place = one ? 0 : i;
          const std::size_t index = one ? k + i : k;
          const T value = piece[i];
          const T rival = best[place];
          const bool better = index == 0 || (least ? value < rival : rival < value) ||
                              (value != value && rival == rival) || (last && value == rival);
          if (!better) continue;
          best[place] = value;
          out[o * lines.inner + start + place] = static_cast<std::int64_t>(index);
        }
      }
    }
  }
}

void extreme(Invocation& invocation, bool least) {
  const TensorView& x = invocation.input(0);
  const std::size_t axis =
      invocation.axis(invocation.attribute("axis", std::int64_t{0}), x.shape.rank());
  const bool keep = invocation.attribute("keepdims", std::int64_t{1}) != 0;
  Shape shape;
  for (std::size_t d = 0; d < x.shape.rank(); ++d) {
    if (d != axis) shape.push_back(x.shape[d]);
    if (d == axis && keep) shape.push_back(1);
  }
  const Lines lines(x.shape, axis);
  if (lines.n == 0 && shape.elements() > 0) {
    invocation.fail_shape(0, "something along axis %", axis);
  }
  auto* out = invocation.output_as<std::int64_t>(0, shape);
  if (onnx::is_decimal(x.type)) return find_extreme<double>(invocation, least, lines, out);
  find_extreme<std::int64_t>(invocation, least, lines, out);
}

template <typename T>
void accumulate(Invocation& invocation, const Lines& lines, void* out) {
  const bool exclusive = invocation.attribute("exclusive", std::int64_t{0}) != 0;
  const bool reverse = invocation.attribute("reverse", std::int64_t{0}) != 0;
  const TensorView& x = invocation.input(0);
  T piece[kPiece];
  T sums[kPiece];
  for (std::size_t o = 0; o < lines.outer; ++o) {
    for (std::size_t start = 0; start < lines.inner; start += kPiece) {
      const std::size_t n = std::min(kPiece, lines.inner - start);
      std::fill_n(sums, n, T(0));
      for (std::size_t k = 0; k < lines.n; ++k) {
        const std::size_t along = reverse ? lines.n - 1 - k : k;
        const std::size_t first = (o * lines.n + along) * lines.inner + start;
        onnx::load_numbers(x.type, x.data, first, n, piece);
        if (exclusive) onnx::store_numbers(x.type, out, first, n, sums);
        for (std::size_t i = 0; i < n; ++i) {
          sums[i] = fold_one(Fold::kSum, sums[i], piece[i], T(0));
        }
        if (!exclusive) onnx::store_numbers(x.type, out, first, n, sums);
      }
    }
  }
}

}  // namespace

void reduce_l1(Invocation& invocation) { reduce(invocation, Fold::kL1); }
void reduce_l2(Invocation& invocation) { reduce(invocation, Fold::kL2); }
void reduce_log_sum(Invocation& invocation) { reduce(invocation, Fold::kLogSum); }
void reduce_log_sum_exp(Invocation& invocation) { reduce(invocation, Fold::kLogSumExp); }
void reduce_max(Invocation& invocation) { reduce(invocation, Fold::kMax); }
void reduce_mean(Invocation& invocation) { reduce(invocation, Fold::kMean); }
void reduce_min(Invocation& invocation) { reduce(invocation, Fold::kMin); }
void reduce_prod(Invocation& invocation) { reduce(invocation, Fold::kProduct); }
void reduce_sum(Invocation& invocation) { reduce(invocation, Fold::kSum); }
void reduce_sum_square(Invocation& invocation) { reduce(invocation, Fold::kSumSquare); }
void arg_max(Invocation& invocation) { extreme(invocation, false); }
void arg_min(Invocation& invocation) { extreme(invocation, true); }

void cumulative_sum(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const Shape list = invocation.small_ints(1);
  if (list.rank() != 1) invocation.fail_shape(1, "one number");
  const Lines lines(x.shape, invocation.axis(list[0], x.shape.rank()));
  void* out = invocation.output(0, x.shape);
  if (onnx::is_decimal(x.type)) return accumulate<double>(invocation, lines, out);
  accumulate<std::int64_t>(invocation, lines, out);
}

}  // namespace storewise::ops
