// UTF-8 decoding and the few classes of code points that tokenisation needs.
//
// Refuses to own Unicode tables: text arrives NFKC-normalised and lower-cased, so ranges of whole
// blocks are enough. A byte sequence that is not UTF-8 reads as U+FFFD, one byte at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace storewise::text {

inline constexpr char32_t kReplacement = 0xFFFD;

// Decodes the code point that starts at text[at] and moves `at` behind it (at < text.size()).
// Overlong forms, surrogates, values above U+10FFFF and truncated sequences give kReplacement and
// consume one byte.
char32_t next_code_point(std::string_view text, std::size_t& at);

enum class CharClass {
  kSeparator,    // white space, punctuation, control, private use, U+FFFD
  kWord,         // letters, digits and combining marks of scripts that write words
  kIdeographic,  // Han, kana, bopomofo: each character is a token of its own
  kSymbol,       // currency signs, arrows, dingbats, emoji: each a token of its own
  kIgnored,      // joiners, variation selectors, soft hyphens, apostrophes: as if absent
};

CharClass char_class(char32_t code_point);

bool is_han(char32_t code_point);
bool is_kana(char32_t code_point);
bool is_hangul(char32_t code_point);

}  // namespace storewise::text
