// Messages: a text in which "%" stands for what is only known at run time.
//
//   message("$.id[%]", row)
//   throw_error(ErrorCode::kInvalidInput, "the rows cannot be read|$.id|% rows|%", 5, found);
//
// Messages stand in nearly every function that reads input, so what one costs there is what counts
// in WebAssembly: the address of a constant, and eight bytes for each part. The number of parts is
// checked when the call is compiled. Parts are whole numbers, texts, and whatever has a function
// append_to(std::string&, const T&); they are only read before the call ends.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "support/error.h"

namespace storewise {

// One part, without its kind.
union MessagePart {
  constexpr MessagePart() : number(0) {}
  MessagePart(std::integral auto value)  // NOLINT: meant to convert
      : number(static_cast<std::int64_t>(value)) {}
  MessagePart(const char* value) : text(value) {}              // NOLINT
  MessagePart(const std::string& value) : text(value) {}       // NOLINT
  MessagePart(const std::string_view& value) : text(value) {}  // NOLINT
  template <typename T>
  requires(!std::integral<T> && !std::is_convertible_v<const T&, std::string_view>)
      MessagePart(const T& value)  // NOLINT
      : other{&value, [](std::string& out, const void* object) {
                append_to(out, *static_cast<const T*>(object));
              }} {}

  std::int64_t number;
  std::string_view text;
  struct {
    const void* object;
    void (*append)(std::string& out, const void* object);
  } other;
};

enum class MessageKind : unsigned { kNumber, kUnsigned, kText, kOther };

// The kinds of parts, two bits each, the first in the lowest.
template <typename... Parts>
consteval unsigned message_kinds() {
  constexpr MessageKind kinds_of_parts[] = {
      (!std::is_integral_v<Parts>
           ? (std::is_convertible_v<const Parts&, std::string_view> ? MessageKind::kText
                                                                    : MessageKind::kOther)
       : std::is_unsigned_v<Parts> ? MessageKind::kUnsigned
                                   : MessageKind::kNumber)...,
      MessageKind::kNumber};
  unsigned kinds = 0;
  for (std::size_t i = 0; i < sizeof...(Parts); ++i) {
    kinds |= static_cast<unsigned>(kinds_of_parts[i]) << 2 * i;
  }
  return kinds;
}

// The constant text of a message with `parts` places for parts, in `pieces` pieces apart by "|".
template <std::size_t parts, std::size_t pieces>
struct MessageText {
  consteval MessageText(const char* characters) : text(characters) {  // NOLINT: meant to convert
    std::size_t places = 0;
    std::size_t found = 1;
    for (; *characters != '\0'; ++characters) {
      places += *characters == '%' ? 1 : 0;
      found += *characters == '|' ? 1 : 0;
    }
    if (places != parts || found != pieces) throw "other numbers of % or |";
  }
  const char* text;
};
template <std::size_t pieces, typename... Parts>
using TextOf = MessageText<sizeof...(Parts), pieces>;

// A text and its parts, to be read piece by piece.
class MessageReader {
 public:
  MessageReader(const char* text, unsigned kinds, const MessagePart* parts)
      : text_(text), kinds_(kinds), parts_(parts) {}
  // What stands before the next "|" or the end.
  std::string next();

 private:
  const char* text_;
  unsigned kinds_;
  const MessagePart* parts_;
};

// The parts as an array, of one at least.
template <typename... Parts>
struct MessageParts {
  [[gnu::always_inline]] MessageParts(const Parts&... parts) : list{parts...} {}  // NOLINT
  MessagePart list[sizeof...(Parts)];
};
template <>
struct MessageParts<> {
  static constexpr const MessagePart* list = nullptr;
};

std::string make_message(const char* text, unsigned kinds, const MessagePart* parts);
// `text` in four pieces, as below; `file` may be nullptr.
[[noreturn]] void throw_message(ErrorCode code, const std::string_view* file, const char* text,
                                unsigned kinds, const MessagePart* parts);

template <typename... Parts>
[[gnu::always_inline]] inline std::string message(TextOf<1, Parts...> text, const Parts&... parts) {
  return make_message(text.text, message_kinds<Parts...>(), MessageParts<Parts...>(parts...).list);
}

// Throws the Error of these parts: `text` is "summary|place|expected|found".
template <typename... Parts>
[[noreturn, gnu::always_inline]] inline void throw_error(ErrorCode code, TextOf<4, Parts...> text,
                                                         const Parts&... parts) {
  throw_message(code, nullptr, text.text, message_kinds<Parts...>(),
                MessageParts<Parts...>(parts...).list);
}

// The same with the file's name, where that is known.
template <typename... Parts>
[[noreturn, gnu::always_inline]] inline void throw_error_in(const std::string_view& file,
                                                            ErrorCode code,
                                                            TextOf<4, Parts...> text,
                                                            const Parts&... parts) {
  throw_message(code, &file, text.text, message_kinds<Parts...>(),
                MessageParts<Parts...>(parts...).list);
}

// ---- the same from lists of pieces, for what no page downloads: message({"$.id[", row, "]"})

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
