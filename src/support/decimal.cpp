#include "support/decimal.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace storewise {
namespace {

// Powers of ten that a double holds exactly.
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// A whole number of `size` words, the lowest first.
struct Big {
  static constexpr int kMost = 38;  // what the smallest double needs below

  Big(int words_used, std::uint64_t value) : size(words_used) {
    words[0] = static_cast<std::uint32_t>(value);
    words[1] = static_cast<std::uint32_t>(value >> 32);
  }
  void times(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (int i = 0; i < size; ++i) {
      carry += std::uint64_t{words[i]} * factor;
      words[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  void shift(int bits) {
    for (; bits > 16; bits -= 16) times(1U << 16);
    times(1U << bits);
  }
  // Adds other * sign, which leaves nothing below 0.
  void add(const Big& other, std::int64_t sign) {
    std::int64_t carry = 0;
    for (int i = 0; i < size; ++i) {
      carry += std::int64_t{words[i]} + sign * std::int64_t{other.words[i]};
      words[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  // Whether it is below `other` or, where `equal` says that this counts, as large.
  bool is_below(const Big& other, bool equal) const {
    int i = size - 1;
    while (i > 0 && words[i] == other.words[i]) --i;
    return words[i] < other.words[i] || (equal && words[i] == other.words[i]);
  }

  int size;
  std::uint32_t words[kMost] = {};
};

// The fewest digits that lie closer to mantissa * 2^exponent than its neighbours, and of those the
// nearest: it is 0.DIGITS * 10^point. By exact fractions rest / unit (Steele and White 1990), with
// half of the way to the neighbours as `under` and `over`. The middle itself is read back as the
// neighbour with an even mantissa. `narrow` says that the neighbour below is half as far.
int shortest_digits(std::uint64_t mantissa, int exponent, bool narrow, char* digits, int* point) {
  const bool even = mantissa % 2 == 0;
  const int up = std::max(exponent, 0);
  const int down = std::max(-exponent, 0);
  const int size = (up + down + 75) / 32 + 1;
  Big rest(size, mantissa);
  Big unit(size, 1);
  Big under(size, 1);
  rest.shift(up + 1 + narrow);
  unit.shift(down + 1 + narrow);
  under.shift(up);
  Big over = under;
  over.shift(narrow);
  // Whether what is left reaches the unit by `over`, `factor` times as large as they are.
  const auto reaches = [&](std::uint32_t factor) {
    Big sum = rest;
    sum.add(over, 1);
    sum.times(factor);
    return unit.is_below(sum, even);
  };
  const auto next = [&] {
    rest.times(10);
    under.times(10);
    over.times(10);
  };
  for (*point = 0; reaches(1); ++*point) unit.times(10);
  for (; !reaches(10); --*point) next();
  for (int count = 0;;) {
    next();
    char digit = '0';
    for (; unit.is_below(rest, true); ++digit) rest.add(unit, -1);
    const bool low = rest.is_below(under, even);
    const bool high = reaches(1);
    if (low || high) {
      rest.times(2);
      if (high && (!low || unit.is_below(rest, digit % 2 != 0))) ++digit;
    }
    digits[count++] = digit;
    if (low || high) return count;
  }
}

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
  int count = 1;
  int point = 1;  // digits before the decimal point
  char* at = text;
  if (std::signbit(value)) *at++ = '-';
  const double magnitude = std::fabs(value);
  if (magnitude == 0.0) {
    digits[0] = '0';
  } else {
    // A float is a double of fewer bits of mantissa, below its smallest exponent of even fewer.
    std::uint64_t bits = 0;
    std::memcpy(&bits, &magnitude, sizeof bits);
    int exponent = static_cast<int>(bits >> 52);
    std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    const bool narrow = mantissa == 0 && exponent > (single ? 897 : 1);
    if (exponent > 0) mantissa |= std::uint64_t{1} << 52;
    if (exponent == 0) exponent = 1;
    if (single) {
      const int left_out = 29 + std::max(897 - exponent, 0);
      mantissa >>= left_out;
      exponent += left_out;
    }
    count = shortest_digits(mantissa, exponent - 1075, narrow, digits, &point);
  }
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
