#include "json_writer.h"

#include <cmath>

#include "text/code_points.h"

namespace storewise::abi {
namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

}  // namespace

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  string(name);
  out_ += ':';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(const char* name) { return key(std::string_view(name)); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
  constexpr char kHex[] = "0123456789abcdef";
  separate();
  out_ += '"';
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t begin = at;
    while (at < value.size() && is_plain(value[at])) ++at;
    out_.append(value.data() + begin, at - begin);
    if (at == value.size()) break;
    const auto byte = static_cast<unsigned char>(value[at]);
    if (byte >= 0x80) {
      const std::size_t start = at;
      const bool valid = text::next_code_point(value, at) != text::kReplacement || at - start == 3;
      out_ += valid ? value.substr(start, at - start) : "\xEF\xBF\xBD";
      continue;
    }
    ++at;
    if (byte < 0x20) {
      out_ += "\\u00";
      out_ += kHex[byte >> 4];
      out_ += kHex[byte & 15];
    } else {
      out_ += '\\';
      out_ += static_cast<char>(byte);
    }
  }
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  char digits[20];
  int count = 0;
  auto rest = static_cast<std::uint64_t>(value);
  if (value < 0) rest = 0 - rest;
  do {
    digits[count++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  separate();
  if (value < 0) out_ += '-';
  while (count > 0) out_ += digits[--count];
  return *this;
}

JsonWriter& JsonWriter::decimal(double value, int digits) {
  if (!std::isfinite(value)) return null();
  if (value == std::floor(value) && std::fabs(value) < 9007199254740992.0) {
    return integer(static_cast<std::int64_t>(value));
  }
  // value = mantissa * 10^exponent with `digits` digits before the mantissa's point.
  double low = 1;
  for (int i = 1; i < digits; ++i) low *= 10;
  double mantissa = std::fabs(value);
  int exponent = 0;
  while (mantissa >= low * 10) {
    mantissa /= 10;
    ++exponent;
  }
  double scale = 1;  // multiplied up exactly as far as doubles can, for the sake of rounding
  while (mantissa * scale < low && exponent > -300) {
    scale *= 10;
    --exponent;
  }
  auto number = static_cast<std::uint64_t>(std::llround(mantissa * scale));
  if (number == 0) return integer(0);
  while (number % 10 == 0) {
    number /= 10;
    ++exponent;
  }
  char text[24];
  int count = 0;
  for (; number > 0; number /= 10) text[count++] = static_cast<char>('0' + number % 10);
  separate();
  if (value < 0) out_ += '-';
  const int point = count + exponent;  // digits before the decimal point
  if (point > 21 || point < -6) {
    out_ += text[count - 1];
    if (count > 1) out_ += '.';
    for (int i = count - 2; i >= 0; --i) out_ += text[i];
    out_ += 'e';
    first_ = true;  // the exponent continues this number
    integer(point - 1);
    return *this;
  }
  if (point <= 0) {
    out_ += "0.";
    out_.append(static_cast<std::size_t>(-point), '0');
  }
  for (int i = 0; i < count; ++i) {
    if (i == point && i > 0) out_ += '.';
    out_ += text[count - 1 - i];
  }
  if (point > count) out_.append(static_cast<std::size_t>(point - count), '0');
  return *this;
}

}  // namespace storewise::abi
