// Exponential, logarithm and power, and numbers as text: held against the standard library's.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "catch.h"
#include "support/decimal.h"
#include "support/real.h"

using namespace storewise;

namespace {

std::string written(double value, bool single = false) {
  char text[kDecimalLength];
  return {text, write_decimal(value, single, text)};
}

bool close(double a, double b, double relative) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= relative * std::fabs(b);
}

}  // namespace

TEST_CASE("exp, log and power agree with the standard library over their ranges") {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> any(-708, 709);
  for (int i = 0; i < 20000; ++i) {
    const double x = any(random);
    CAPTURE(x);
    CHECK(close(real::exp(x), std::exp(x), 5e-16));
    CHECK(close(real::log(std::exp(x)), std::log(std::exp(x)), 5e-16));
    CHECK(close(real::power(std::fabs(x), x / 100), std::pow(std::fabs(x), x / 100), 2e-14));
  }
  CHECK(close(real::exp(709.78), std::exp(709.78), 5e-16));
  CHECK(std::isinf(real::exp(709.79)));
  CHECK(real::exp(-709) == 0);
  CHECK(close(real::log(4e-310), std::log(4e-310), 5e-16));
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double edges[] = {0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1000.0, inf, -inf, nan};
  for (const double x : edges) {
    CHECK(close(real::exp(x), std::exp(x), 5e-16));
    CHECK(close(real::log(x), std::log(x), 5e-16));
    for (const double y : edges) {
      CAPTURE(x, y);
      CHECK(close(real::power(x, y), std::pow(x, y), 4e-13));  // 1025 ln 2 * 2^-52
    }
  }
}

TEST_CASE("numbers are written so that they read back as themselves") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = written(value);
    CAPTURE(text);
    CHECK(std::strtod(text.c_str(), nullptr) == value);
    Decimal read;
    REQUIRE(read_decimal(text, &read));
    CHECK(close(read.value, value, 1e-14));
    const auto single =
        static_cast<float>(std::ldexp(static_cast<double>(bits >> 40), i % 200 - 100));
    CHECK(std::strtof(written(static_cast<double>(single), true).c_str(), nullptr) == single);
  }
  CHECK(written(0) == "0");
  CHECK(written(-0.0) == "-0");
  CHECK(written(9999999999999998) == "9999999999999998");
  CHECK(written(1e16) == "1e+16");
  CHECK(written(0.0001) == "0.0001");
  CHECK(written(0.00001234) == "1.234e-05");
  CHECK(written(-1.7976931348623157e308) == "-1.7976931348623157e+308");
}

TEST_CASE("only a whole number is read as one") {
  Decimal read;
  for (const char* text : {"", "+", "-", ".", "e5", "1e", "1e+", "1 ", " 1", "0x1", "1..2", "1-"}) {
    CAPTURE(text);
    CHECK_FALSE(read_decimal(text, &read));
  }
  REQUIRE(read_decimal("18446744073709551615", &read));
  CHECK((read.whole && read.integer == -1));
  // The digit that does not fit ends the counting: no later one may slip in.
  REQUIRE(read_decimal("1844674407370955161900", &read));
  CHECK((!read.whole && close(read.value, 1844674407370955161900.0, 1e-15)));
  REQUIRE(read_decimal("-12.50e1", &read));
  CHECK((!read.whole && read.value == -125));
  REQUIRE(read_decimal("1e99999999", &read));
  CHECK(std::isinf(read.value));
  REQUIRE(read_decimal("1e-99999999", &read));
  CHECK(read.value == 0);
}

TEST_CASE("numbers are written in the fewest digits, of those the nearest, as std::to_chars does") {
  // Its own layout: the digits and the exponent are compared.
  const auto digits_of = [](std::string text) {
    std::string digits;
    int power = 0;
    const std::size_t letter = text.find('e');
    if (letter != std::string::npos) {
      power = std::stoi(text.substr(letter + 1));
      text.resize(letter);
    }
    std::size_t point = text.find('.');
    if (point == std::string::npos) point = text.size();
    power += static_cast<int>(point);
    for (const char c : text) {
      if (c != '.') digits += c;
    }
    const std::size_t first = digits.find_first_not_of('0');
    digits.erase(0, first);
    power -= static_cast<int>(first);
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits + "e" + std::to_string(power);
  };
  const auto expected = [&](auto value) {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
    return digits_of(std::string(text, end.ptr));
  };
  std::mt19937_64 random(7);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    value = std::fabs(value);
    if (i % 3 == 1) value = std::ldexp(1.0, i % 2098 - 1074);            // narrow below
    if (i % 3 == 2) value = static_cast<double>(bits % 1000000) / 1000;  // what people write
    if (!std::isfinite(value) || value == 0) continue;
    CAPTURE(value);
    REQUIRE(digits_of(written(value)) == expected(value));
    const auto low = static_cast<std::uint32_t>(bits);
    float single = 0;
    std::memcpy(&single, &low, sizeof single);
    single = std::fabs(single);
    if (i % 3 == 1) single = std::ldexp(1.0F, i % 277 - 149);
    if (!std::isfinite(single) || single == 0) continue;
    CAPTURE(single);
    REQUIRE(digits_of(written(static_cast<double>(single), true)) == expected(single));
  }
}
