// Add, Sub, Mul, Div with broadcasting; Relu and Sqrt. Broadcasting is walked once for all of
// them; what differs by operator and type is one short row loop.
#include <cmath>
#include <type_traits>

#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

using graph::Elements;

// Integers are computed unsigned, where overflow is defined to wrap around.
template <typename T>
auto arithmetic(T x) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::make_unsigned_t<T>>(x);
  } else {
    return x;
  }
}

struct Plus {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(arithmetic(a) + arithmetic(b));
  }
};
struct Minus {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(arithmetic(a) - arithmetic(b));
  }
};
struct Times {
  template <typename T>
  static T apply(T a, T b) {
    return static_cast<T>(arithmetic(a) * arithmetic(b));
  }
};
struct Over {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0) return 0;
      if (std::is_signed_v<T> && b == T(-1))
        return Minus::apply(T(0), a);  // the quotient of the least by -1 overflows
    }
    return static_cast<T>(a / b);
  }
};

// out[i] = a[i * step_a] op b[i * step_b], steps of 0 or 1 element.
using RowFunction = void (*)(const char* a, std::size_t step_a, const char* b, std::size_t step_b,
                             std::size_t n, void* out);

template <typename Operation, typename T>
void row(const char* a, std::size_t step_a, const char* b, std::size_t step_b, std::size_t n,
         void* out) {
  const Elements<T> left(a);
  const Elements<T> right(b);
  for (std::size_t i = 0; i < n; ++i) {
    static_cast<T*>(out)[i] = Operation::apply(left[i * step_a], right[i * step_b]);
  }
}

void binary(Invocation& invocation, RowFunction function) {
  const TensorView& a = invocation.input(0);
  const TensorView& b = invocation.input(1);
  const Shape shape = broadcast(invocation, a.shape, b.shape);
  const std::size_t size = element_size(a.type);
  const auto strides_a = broadcast_strides(a.shape, shape);
  const auto strides_b = broadcast_strides(b.shape, shape);
  const std::size_t last = shape.rank() == 0 ? 0 : shape.rank() - 1;
  const std::size_t width = shape.rank() == 0 ? 1 : static_cast<std::size_t>(shape[last]);
  char* out = invocation.output_as<char>(0, shape);
  for_each_row(shape, strides_a, strides_b,
               [&](std::size_t at_a, std::size_t at_b, std::size_t index) {
                 function(a.as<char>() + at_a * size, strides_a[last], b.as<char>() + at_b * size,
                          strides_b[last], width, out + index * width * size);
               });
}

template <typename Operation>
void binary(Invocation& invocation) {
  switch (invocation.input(0).type) {
    case DataType::kFloat:
      return binary(invocation, row<Operation, float>);
    case DataType::kDouble:
      return binary(invocation, row<Operation, double>);
    case DataType::kInt32:
      return binary(invocation, row<Operation, std::int32_t>);
    case DataType::kUint8:
      return binary(invocation, row<Operation, std::uint8_t>);
    default:
      return binary(invocation, row<Operation, std::int64_t>);
  }
}

template <typename Function>
void unary(Invocation& invocation, Function&& function) {
  const auto x = invocation.elements<float>(0);
  const std::size_t n = invocation.input(0).shape.elements();
  float* y = invocation.output_as<float>(0, invocation.input(0).shape);
  for (std::size_t i = 0; i < n; ++i) y[i] = function(x[i]);
}

}  // namespace

void add(Invocation& invocation) { binary<Plus>(invocation); }
void subtract(Invocation& invocation) { binary<Minus>(invocation); }
void multiply(Invocation& invocation) { binary<Times>(invocation); }
void divide(Invocation& invocation) { binary<Over>(invocation); }

void relu(Invocation& invocation) {
  // Not x > 0 ? x : 0: NaN has to stay visible.
  unary(invocation, [](float x) { return x < 0.0f ? 0.0f : x; });
}

void square_root(Invocation& invocation) {
  unary(invocation, [](float x) { return std::sqrt(x); });
}

}  // namespace storewise::ops
