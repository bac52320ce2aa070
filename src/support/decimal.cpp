#include "support/decimal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace storewise {
namespace {

// Powers of ten that a double holds exactly.
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Appends `count` zeros.
char* put_zeros(char* at, int count) { return std::fill_n(at, std::max(count, 0), '0'); }

}  // namespace

double scale_by_ten(std::uint64_t digits, int exponent) {
  auto value = static_cast<double>(digits);
  for (; exponent > 22 && value != 0.0 && value < 1e300; exponent -= 22) value *= 1e22;
  for (; exponent < -22 && value != 0.0; exponent += 22) value /= 1e22;
  if (value == 0.0) return value;
  if (exponent > 22) return std::numeric_limits<double>::infinity();
  return exponent < 0 ? value / kPowersOfTen[-exponent] : value * kPowersOfTen[exponent];
}

std::size_t write_decimal(double value, bool single, char (&text)[kDecimalLength]) {
  char digits[24];
  int count = 0;
  int exponent = 0;  // the value is digits * 10^exponent
  char* at = text;
  if (std::signbit(value)) *at++ = '-';
  const double magnitude = std::fabs(value);
  namespace shortest = nlohmann::detail::dtoa_impl;
  if (magnitude == 0.0) {
    digits[count++] = '0';
  } else if (single) {
    shortest::grisu2(digits, count, exponent, static_cast<float>(magnitude));
  } else {
    shortest::grisu2(digits, count, exponent, magnitude);
  }
  int point = count + exponent;  // digits before the decimal point
  const bool plain = point > -4 && point <= 16;
  const int power = point - 1;
  if (!plain) point = 1;
  if (point <= 0) {
    *at++ = '0';
    *at++ = '.';
    at = put_zeros(at, -point);
  }
  for (int i = 0; i < count; ++i) {
    if (i == point && i > 0) *at++ = '.';
    *at++ = digits[i];
  }
  if (plain) {
    at = put_zeros(at, point - count);
  } else {
    *at++ = 'e';
    *at++ = power < 0 ? '-' : '+';
    const int size = power < 0 ? -power : power;
    if (size >= 100) *at++ = static_cast<char>('0' + size / 100);
    *at++ = static_cast<char>('0' + size / 10 % 10);
    *at++ = static_cast<char>('0' + size % 10);
  }
  return static_cast<std::size_t>(at - text);
}

bool read_decimal(std::string_view text, Decimal* result) {
  std::size_t at = 0;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  const auto take = [&](char wanted) {
    if (peek() != wanted) return false;
    ++at;
    return true;
  };
  const auto is_digit = [&] { return peek() >= '0' && peek() <= '9'; };
  const bool negative = take('-');
  if (!negative) take('+');
  std::uint64_t digits = 0;
  int exponent = 0;
  std::size_t seen = 0;
  bool full = false;
  // As many digits as an integer holds count; further ones only shift the decimal point.
  const auto take_digits = [&](bool fraction) {
    for (; is_digit(); ++at, ++seen) {
      const auto digit = static_cast<std::uint64_t>(peek() - '0');
      full = full || digits > (UINT64_MAX - digit) / 10;
      if (!full) digits = digits * 10 + digit;
      if (full != fraction && exponent > -100000 && exponent < 100000) {
        exponent += fraction ? -1 : 1;
      }
    }
  };
  take_digits(false);
  if (take('.')) take_digits(true);
  if (seen == 0) return false;
  if (take('e') || take('E')) {
    const bool minus = take('-');
    if (!minus) take('+');
    if (!is_digit()) return false;
    int power = 0;
    for (; is_digit(); ++at) power = std::min(power * 10 + (peek() - '0'), 100000);
    exponent += minus ? -power : power;
  }
  if (at != text.size()) return false;
  result->whole = exponent == 0;
  result->integer = static_cast<std::int64_t>(negative ? 0 - digits : digits);
  const double magnitude = scale_by_ten(digits, exponent);
  result->value = negative ? -magnitude : magnitude;
  return true;
}

}  // namespace storewise
