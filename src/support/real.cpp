#include "support/real.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace storewise::real {
namespace {

// ln 2 in two parts, the first exact when multiplied by an exponent (Cody and Waite 1980).
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kInverseLn2 = 1.44269504088896338700e+00;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// std::bit_cast, which Emscripten 3.1.6's library lacks.
template <typename To, typename From>
To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

// 2^exponent for a normal result.
double power_of_two(int exponent) {
  return bits_as<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

}  // namespace

double exp(double x) {
  if (x != x) return x;
  if (x < -708.0) return 0.0;
  if (x > 709.782712893384) return kInfinity;
  const double k = std::floor(x * kInverseLn2 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  // Taylor's series on |r| <= ln 2 / 2: the first term left out is below 1e-17.
  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  // In two steps: 2^1024 is not a double.
  return sum * power_of_two(static_cast<int>(k) - 1) * 2.0;
}

double log(double x) {
  if (x < 0.0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0.0) return -kInfinity;
  if (!(x < kInfinity)) return x;
  int exponent = -1023;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent -= 54;
  }
  const auto bits = bits_as<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52);
  double mantissa = bits_as<double>((bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    ++exponent;
  }
  // ln m = 2 artanh s with s = (m - 1) / (m + 1), |s| <= 0.1716.
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  const double s2 = s * s;
  double sum = 1.0 / 21.0;
  for (int denominator = 19; denominator >= 3; denominator -= 2) {
    sum = sum * s2 + 1.0 / denominator;
  }
  const double tail = 2.0 * s * s2 * sum;
  return exponent * kLn2High + (2.0 * s + (tail + exponent * kLn2Low));
}

double power(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (x != x || y != y) return x + y;
  const double size = std::fabs(y);
  if (size == 0.5 && x >= 0.0) return y > 0.0 ? std::sqrt(x) : 1.0 / std::sqrt(x);
  const bool whole = y == std::floor(y);
  if (whole && size <= 1024.0) {
    double result = 1.0;
    double factor = x;
    for (auto left = static_cast<unsigned>(size); left > 0; left >>= 1) {
      if ((left & 1u) != 0) result *= factor;
      factor *= factor;
    }
    return y < 0.0 ? 1.0 / result : result;
  }
  if (size == kInfinity && x == -1.0) return 1.0;
  if (x < 0.0 && x > -kInfinity && !whole) return std::numeric_limits<double>::quiet_NaN();
  const double result = exp(y * log(std::fabs(x)));
  const bool odd = whole && y * 0.5 != std::floor(y * 0.5);
  return x < 0.0 && odd ? -result : result;
}

}  // namespace storewise::real
