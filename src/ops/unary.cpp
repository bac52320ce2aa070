// Operators of one tensor, element by element. Floats take kernels where speed matters; all else
// goes through one loop over doubles or int64s that calls the operator's function.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/elementwise.h"
#include "ops/operators.h"
#include "support/real.h"

namespace storewise::ops {
namespace {

using kernels::Combine;

// An operator on one number; alpha and beta are its attributes.
using OfDecimal = double (*)(double x, double alpha, double beta);
using OfInteger = std::int64_t (*)(std::int64_t x);

template <typename T, typename Function>
void each_piece(Invocation& invocation, Function&& function) {
  constexpr std::size_t kPiece = 256;
  T piece[kPiece];
  const TensorView& x = invocation.input(0);
  const std::size_t n = x.shape.elements();
  void* out = invocation.output(0, x.shape);
  for (std::size_t start = 0; start < n; start += kPiece) {
    const std::size_t count = std::min(kPiece, n - start);
    onnx::load_numbers(x.type, x.data, start, count, piece);
    for (std::size_t i = 0; i < count; ++i) piece[i] = function(piece[i]);
    onnx::store_numbers(invocation.output_type(0), out, start, count, piece);
  }
}

void each(Invocation& invocation, OfDecimal function, float alpha = 0.0f, float beta = 0.0f) {
  each_piece<double>(invocation, [=](double x) {
    return function(x, static_cast<double>(alpha), static_cast<double>(beta));
  });
}
void each(Invocation& invocation, OfInteger function) {
  each_piece<std::int64_t>(invocation, function);
}

// The input's floats in the output, for kernels that work in place.
struct Floats {
  explicit Floats(Invocation& invocation)
      : from(invocation.input(0)),
        n(from.shape.elements()),
        y(invocation.output_as<float>(0, from.shape)) {}
  void copy() const { copy_bytes(y, from.data, from.bytes()); }
  // y = y how number; y = y how input; y = input how number
  void with(Combine how, float number) const { kernels::combine_f32(how, y, 1, &number, 0, n, y); }
  void with_input(Combine how) const { kernels::combine_f32(how, y, 1, from.as<float>(), 1, n, y); }
  void start(Combine how, float number) const {
    kernels::combine_f32(how, from.as<float>(), 1, &number, 0, n, y);
  }

  const TensorView& from;
  std::size_t n;
  float* y;
};

bool is_float(const Invocation& invocation) { return invocation.input(0).type == DataType::kFloat; }

// min(max(alpha x + beta, 0), 1)
Floats limited_line(Invocation& invocation, float alpha, float beta) {
  const Floats floats(invocation);
  floats.start(Combine::kMultiply, alpha);
  floats.with(Combine::kAdd, beta);
  floats.with(Combine::kLarger, 0.0f);
  floats.with(Combine::kSmaller, 1.0f);
  return floats;
}

void with_number(Invocation& invocation, Pairwise how, float number, bool swapped = false) {
  const TensorView& x = invocation.input(0);
  const TensorView right = one_number(number);
  void* out = invocation.output(0, x.shape);
  combine(how, swapped ? right : x, swapped ? x : right, x.shape, x.type, out);
}

}  // namespace

void absolute(Invocation& invocation) {
  const DataType type = invocation.input(0).type;
  if (onnx::is_decimal(type)) {
    return each(invocation, [](double x, double, double) { return std::fabs(x); });
  }
  if (onnx::is_unsigned(type)) return with_number(invocation, Pairwise::kAdd, 0.0f);
  each(invocation, [](std::int64_t x) {
    return x < 0 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x)) : x;
  });
}

void sign(Invocation& invocation) {
  const DataType type = invocation.input(0).type;
  if (onnx::is_decimal(type)) {
    return each(invocation, [](double x, double, double) {
      return x != x ? x : static_cast<double>((x > 0.0) - (x < 0.0));
    });
  }
  if (onnx::is_unsigned(type)) return with_number(invocation, Pairwise::kSmaller, 1.0f);
  each(invocation, [](std::int64_t x) { return static_cast<std::int64_t>((x > 0) - (x < 0)); });
}

void negate(Invocation& invocation) { with_number(invocation, Pairwise::kSubtract, -0.0f, true); }
void reciprocal(Invocation& invocation) { with_number(invocation, Pairwise::kDivide, 1.0f, true); }
void relu(Invocation& invocation) { with_number(invocation, Pairwise::kLarger, 0.0f); }

void ceiling(Invocation& invocation) {
  each(invocation, [](double x, double, double) { return std::ceil(x); });
}
void floor(Invocation& invocation) {
  each(invocation, [](double x, double, double) { return std::floor(x); });
}
void round_half_even(Invocation& invocation) {
  each(invocation, [](double x, double, double) { return std::nearbyint(x); });
}
void square_root(Invocation& invocation) {
  each(invocation, [](double x, double, double) { return std::sqrt(x); });
}
void logarithm(Invocation& invocation) {
  each(invocation, [](double x, double, double) { return real::log(x); });
}
void is_nan(Invocation& invocation) {
  each(invocation, [](double x, double, double) { return static_cast<double>(x != x); });
}
void is_infinite(Invocation& invocation) {
  const bool positive = invocation.attribute("detect_positive", std::int64_t{1}) != 0;
  const bool negative = invocation.attribute("detect_negative", std::int64_t{1}) != 0;
  each(
      invocation,
      [](double x, double up, double down) { return std::isinf(x) ? (x > 0 ? up : down) : 0.0; },
      positive ? 1.0f : 0.0f, negative ? 1.0f : 0.0f);
}
void logical_not(Invocation& invocation) {
  each(invocation, [](std::int64_t x) { return static_cast<std::int64_t>(x == 0); });
}

void exponential(Invocation& invocation) {
  if (!is_float(invocation)) {
    return each(invocation, [](double x, double, double) { return real::exp(x); });
  }
  const Floats floats(invocation);
  floats.copy();
  kernels::exp_f32(0.0f, floats.n, floats.y);
  // Where the kernel stops short of float's range.
  const auto x = invocation.elements<float>(0);
  for (std::size_t i = 0; i < floats.n; ++i) {
    if (std::fabs(x[i]) > 87.0f) {
      floats.y[i] = static_cast<float>(real::exp(static_cast<double>(x[i])));
    }
  }
}

// From here on the table has kViaFloat: all tensors are float.

void sigmoid(Invocation& invocation) {
  const Floats floats(invocation);
  floats.copy();
  kernels::sigmoid_f32(floats.n, floats.y);
}

void hyperbolic_tangent(Invocation& invocation) {
  const Floats floats(invocation);
  floats.copy();
  kernels::tanh_f32(floats.n, floats.y);
}

void error_function(Invocation& invocation) {
  const Floats floats(invocation);
  floats.copy();
  kernels::erf_f32(floats.n, floats.y);
}

void gelu(Invocation& invocation) {
  const std::string_view form = invocation.attribute("approximate", "none");
  const Floats floats(invocation);
  if (form == "none") {  // x / 2 (1 + erf(x / sqrt 2))
    floats.start(Combine::kMultiply, 0.70710678f);
    kernels::erf_f32(floats.n, floats.y);
    floats.with(Combine::kAdd, 1.0f);
    floats.with(Combine::kMultiply, 0.5f);
  } else if (form == "tanh") {
    // x / 2 (1 + tanh z) = x sigmoid(2 z) with z = sqrt(2 / pi) (x + 0.044715 x^3)
    floats.copy();
    floats.with_input(Combine::kMultiply);
    floats.with(Combine::kMultiply, 0.044715f);
    floats.with(Combine::kAdd, 1.0f);
    floats.with(Combine::kMultiply, 1.5957691f);
    floats.with_input(Combine::kMultiply);
    kernels::sigmoid_f32(floats.n, floats.y);
  } else {
    invocation.fail("approximate none or tanh|%", form);
  }
  floats.with_input(Combine::kMultiply);
}

void hard_sigmoid(Invocation& invocation) {
  limited_line(invocation, invocation.attribute("alpha", 0.2f), invocation.attribute("beta", 0.5f));
}

void hard_swish(Invocation& invocation) {
  limited_line(invocation, 1.0f / 6.0f, 0.5f).with_input(Combine::kMultiply);
}

void leaky_relu(Invocation& invocation) {
  const float alpha = invocation.attribute("alpha", 0.01f);
  if (alpha == 0.0f) return relu(invocation);
  // The line of the two that lies above, or below when alpha is beyond 1.
  const Floats floats(invocation);
  floats.start(Combine::kMultiply, alpha);
  floats.with_input(alpha > 1.0f ? Combine::kSmaller : Combine::kLarger);
}

void thresholded_relu(Invocation& invocation) {
  each(
      invocation, [](double x, double alpha, double) { return x <= alpha ? 0.0 : x; },
      invocation.attribute("alpha", 1.0f));
}

void celu(Invocation& invocation) {
  each(
      invocation,
      [](double x, double alpha, double) {
        return x > 0.0 ? x : alpha * (real::exp(x / alpha) - 1.0);
      },
      invocation.attribute("alpha", 1.0f));
}

// Elu is Selu with other constants.
static double exponential_line(double x, double alpha, double gamma) {
  return gamma * (x > 0.0 ? x : alpha * (real::exp(x) - 1.0));
}
void elu(Invocation& invocation) {
  each(invocation, exponential_line, invocation.attribute("alpha", 1.0f), 1.0f);
}
void selu(Invocation& invocation) {
  each(invocation, exponential_line, invocation.attribute("alpha", 1.67326319f),
       invocation.attribute("gamma", 1.05070102f));
}

void softplus(Invocation& invocation) {
  each(invocation, [](double x, double, double) {
    return (x > 0.0 ? x : 0.0) + real::log(1.0 + real::exp(-std::fabs(x)));
  });
}

void softsign(Invocation& invocation) {
  each(invocation, [](double x, double, double) { return x / (1.0 + std::fabs(x)); });
}

void clip(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  void* out = invocation.output(0, x.shape);
  TensorView so_far = x;
  for (const std::size_t bound : {1, 2}) {
    TensorView limit;
    float number = 0.0f;
    if (invocation.has_input(bound)) {
      limit = invocation.input(bound);
      if (limit.shape.elements() != 1) invocation.fail_shape(bound, "one number");
      limit.shape = {};
    } else {
      const char* name = bound == 1 ? "min" : "max";
      if (!invocation.has_attribute(name)) continue;
      number = invocation.attribute(name, 0.0f);
      limit = one_number(number);
    }
    combine(bound == 1 ? Pairwise::kLarger : Pairwise::kSmaller, so_far, limit, x.shape, x.type,
            out);
    so_far = {x.type, x.shape, out};
  }
  if (so_far.data != out) copy_bytes(out, x.data, x.bytes());
}

}  // namespace storewise::ops
