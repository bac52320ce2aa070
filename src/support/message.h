// Joins the pieces of a message: message({"$.id[", row, "]"}).
//
// One call instead of a chain of temporary strings: messages stand in nearly every function that
// reads input, and in WebAssembly every temporary brings clean-up code of its own. Whole numbers
// are written in decimal; others are refused at compile time.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "support/error.h"

namespace storewise {

// A text or a whole number; refers to the text's characters.
class Piece {
 public:
  Piece(std::string_view text) : text_(text), is_text_(true) {}    // NOLINT: meant to convert
  Piece(const std::string& text) : text_(text), is_text_(true) {}  // NOLINT
  Piece(const char* text) : text_(text), is_text_(true) {}         // NOLINT
  Piece(std::integral auto number)                                 // NOLINT
      : number_(static_cast<std::uint64_t>(number)), negative_(number < 0) {}

  void append_to(std::string& out) const {
    if (is_text_) {
      out += text_;
      return;
    }
    char digits[20];
    char* first = digits + sizeof(digits);
    for (std::uint64_t rest = negative_ ? 0 - number_ : number_;;) {
      *--first = static_cast<char>('0' + rest % 10);
      rest /= 10;
      if (rest == 0) break;
    }
    if (negative_) out += '-';
    out.append(first, digits + sizeof(digits));
  }

 private:
  std::string_view text_;
  std::uint64_t number_ = 0;
  bool negative_ = false;
  bool is_text_ = false;
};

using Pieces = std::initializer_list<Piece>;

// Not inlined, so that a caller has only to lay out the pieces.
[[gnu::noinline]] inline std::string message(Pieces pieces) {
  std::string text;
  for (const Piece& piece : pieces) piece.append_to(text);
  return text;
}

// Throws the Error of these parts.
[[noreturn, gnu::noinline]] inline void throw_error(ErrorCode code, std::string_view summary,
                                                    std::string_view file, Pieces place,
                                                    Pieces expected, Pieces found) {
  throw Error(code, std::string(summary),
              {std::string(file), message(place), message(expected), message(found)});
}

}  // namespace storewise
