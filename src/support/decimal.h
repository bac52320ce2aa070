// Decimal numbers as text and back, without printf and strtod, which cost a page more to download.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace storewise {

// digits * 10^exponent. Correctly rounded (Clinger 1990) while digits < 2^53 and |exponent| <= 22,
// which covers what people and programs write in 15 digits; beyond, a few units in the last place.
double scale_by_ten(std::uint64_t digits, int exponent);

inline constexpr std::size_t kDecimalLength = 32;

// A finite number in the fewest digits that read back as the same double or, if `single`, as the
// same float, of those the nearest: "1", "-0.25", "1e+17"; in plain form from 1e-4 to below 1e16.
// Returns the length.
std::size_t write_decimal(double value, bool single, char (&text)[kDecimalLength]);

struct Decimal {
  double value = 0;
  bool whole = false;        // neither a fraction nor an exponent, and `integer` has all digits
  std::int64_t integer = 0;  // the value when `whole`; above int64 uint64's bits
};

// The whole text as a number: sign, digits with or without a point, exponent. False when it is
// none; infinities and NaN are the caller's.
bool read_decimal(std::string_view text, Decimal* result);

}  // namespace storewise
