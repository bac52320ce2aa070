// Cast between all element types by way of int64 or double, in pieces that fit the stack. Numbers
// become text in the fewest digits that tell them apart; text that is no number is refused.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"
#include "support/decimal.h"

namespace storewise::ops {
namespace {

// A number as text in `text`; returns the length.
std::size_t write(double value, DataType type, char (&text)[kDecimalLength]) {
  std::string_view word;
  if (value != value) word = "NaN";
  if (std::isinf(value)) word = value > 0 ? "INF" : "-INF";
  if (word.empty()) return write_decimal(value, type != DataType::kDouble, text);
  std::copy(word.begin(), word.end(), text);
  return word.size();
}

std::size_t write(std::int64_t value, DataType type, char (&text)[kDecimalLength]) {
  auto left = static_cast<std::uint64_t>(value);
  const bool negative = value < 0 && type != DataType::kUint64;
  if (negative) left = 0 - left;
  char* at = text + kDecimalLength;
  do {
    *--at = static_cast<char>('0' + left % 10);
    left /= 10;
  } while (left > 0);
  if (negative) *--at = '-';
  return static_cast<std::size_t>(std::copy(at, text + kDecimalLength, text) - text);
}

// "INF", "+INF", "-INF" and "NaN" in letters of either case; else false.
bool read_special(std::string_view text, double* value) {
  const bool negative = text.substr(0, 1) == "-";
  if (negative || text.substr(0, 1) == "+") text.remove_prefix(1);
  if (text.size() != 3) return false;
  char word[3];
  for (std::size_t i = 0; i < 3; ++i) word[i] = static_cast<char>(text[i] | 0x20);
  const std::string_view letters(word, 3);
  *value = letters == "inf" ? std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::quiet_NaN();
  if (negative) *value = -*value;
  return letters == "inf" || letters == "nan";
}

void read(Invocation& invocation, std::string_view text, DataType type, void* out, std::size_t i) {
  std::string_view trimmed = text;
  while (trimmed.substr(0, 1) == " ") trimmed.remove_prefix(1);
  while (!trimmed.empty() && trimmed.back() == ' ') trimmed.remove_suffix(1);
  Decimal number;
  const bool decimal = onnx::is_decimal(type);
  const bool is_number =
      read_decimal(trimmed, &number) || (decimal && read_special(trimmed, &number.value));
  if (!is_number) {
    constexpr std::size_t kShown = 40;
    invocation.fail("text that is a number|\"%%\"", text.substr(0, kShown),
                    text.size() > kShown ? "..." : "");
  }
  if (number.whole && !decimal) {
    onnx::store_numbers(type, out, i, 1, &number.integer);
  } else {
    onnx::store_numbers(type, out, i, 1, &number.value);
  }
}

template <typename Wide>
void convert(Invocation& invocation, const TensorView& from, DataType type, void* out) {
  constexpr std::size_t kPiece = 256;
  Wide piece[kPiece];
  const std::size_t n = from.shape.elements();
  for (std::size_t start = 0; start < n; start += kPiece) {
    const std::size_t count = std::min(kPiece, n - start);
    onnx::load_numbers(from.type, from.data, start, count, piece);
    if (type != DataType::kString) {
      onnx::store_numbers(type, out, start, count, piece);
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) {
      char text[kDecimalLength];
      const std::size_t length = write(piece[i], from.type, text);
      static_cast<std::string_view*>(out)[start + i] = invocation.keep_text({text, length});
    }
  }
}

}  // namespace

void cast(Invocation& invocation) {
  const TensorView& input = invocation.input(0);
  const DataType type = invocation.output_type(0);
  void* out = invocation.output(0, input.shape);
  if (type == input.type) return copy_bytes(out, input.data, input.bytes());
  if (input.type == DataType::kString) {
    const auto texts = invocation.elements<std::string_view>(0);
    const std::size_t n = input.shape.elements();
    for (std::size_t i = 0; i < n; ++i) read(invocation, texts[i], type, out, i);
  } else if (onnx::is_decimal(input.type) ||
             (input.type == DataType::kUint64 && onnx::is_decimal(type))) {
    // uint64 as well: int64 would take its top bit for a sign.
    convert<double>(invocation, input, type, out);
  } else {
    convert<std::int64_t>(invocation, input, type, out);
  }
}

}  // namespace storewise::ops
