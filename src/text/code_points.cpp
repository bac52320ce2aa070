#include "text/code_points.h"

#include <array>

namespace storewise::text {
namespace {

struct Range {
  char32_t first;
  char32_t last;
  CharClass type;
};

// Ascending, without overlap. What lies between two ranges is a word character: most of Unicode is
// letters, so only what is not one is listed.
constexpr std::array kRanges = {
    Range{0x00, 0x26, CharClass::kSeparator},
    Range{0x27, 0x27, CharClass::kIgnored},  // ' joins: "don't" and "dont" are one word
    Range{0x28, 0x2F, CharClass::kSeparator},
    Range{0x3A, 0x60, CharClass::kSeparator},  // A-Z are taken out before the search
    Range{0x7B, 0xA1, CharClass::kSeparator},
    Range{0xA2, 0xA5, CharClass::kSymbol},  // cent, pound, currency, yen
    Range{0xA6, 0xAC, CharClass::kSeparator},
    Range{0xAD, 0xAD, CharClass::kIgnored},  // soft hyphen
    Range{0xAE, 0xB4, CharClass::kSeparator},
    Range{0xB6, 0xB9, CharClass::kSeparator},
    Range{0xBB, 0xBF, CharClass::kSeparator},
    Range{0xD7, 0xD7, CharClass::kSeparator},
    Range{0xF7, 0xF7, CharClass::kSeparator},
    Range{0x2B9, 0x2DF, CharClass::kSeparator},  // modifier marks
    Range{0x37E, 0x37E, CharClass::kSeparator},  // Greek question mark
    Range{0x387, 0x387, CharClass::kSeparator},  // Greek middle dot
    Range{0x55A, 0x55F, CharClass::kSeparator},  // Armenian punctuation
    Range{0x589, 0x58A, CharClass::kSeparator},
    Range{0x5BE, 0x5BE, CharClass::kSeparator},  // Hebrew punctuation
    Range{0x5C0, 0x5C0, CharClass::kSeparator},
    Range{0x5C3, 0x5C3, CharClass::kSeparator},
    Range{0x5F3, 0x5F4, CharClass::kSeparator},
    Range{0x600, 0x60F, CharClass::kSeparator},  // Arabic signs and punctuation
    Range{0x61B, 0x61F, CharClass::kSeparator},
    Range{0x640, 0x640, CharClass::kIgnored},  // tatweel only stretches a word
    Range{0x66A, 0x66D, CharClass::kSeparator},
    Range{0x6D4, 0x6D4, CharClass::kSeparator},
    Range{0x964, 0x965, CharClass::kSeparator},    // Devanagari dandas
    Range{0xE3F, 0xE3F, CharClass::kSymbol},       // baht
    Range{0x1680, 0x1680, CharClass::kSeparator},  // Ogham space
    Range{0x2000, 0x200A, CharClass::kSeparator},  // spaces
    Range{0x200B, 0x200F, CharClass::kIgnored},    // zero-width space, joiners, direction marks
    Range{0x2010, 0x2018, CharClass::kSeparator},
    Range{0x2019, 0x2019, CharClass::kIgnored},  // the typographic apostrophe
    Range{0x201A, 0x2029, CharClass::kSeparator},
    Range{0x202A, 0x202E, CharClass::kIgnored},  // direction controls
    Range{0x202F, 0x205F, CharClass::kSeparator},
    Range{0x2060, 0x206F, CharClass::kIgnored},
    Range{0x2070, 0x209F, CharClass::kSeparator},
    Range{0x20A0, 0x20CF, CharClass::kSymbol},   // currency signs
    Range{0x20D0, 0x20FF, CharClass::kIgnored},  // combining marks for symbols, keycaps
    Range{0x2100, 0x2BFF, CharClass::kSymbol},   // letter-like, arrows, mathematics, dingbats
    Range{0x2E00, 0x2E7F, CharClass::kSeparator},
    Range{0x2E80, 0x2FFF, CharClass::kIdeographic},  // radicals
    Range{0x3000, 0x3004, CharClass::kSeparator},
    Range{0x3005, 0x3007, CharClass::kIdeographic},  // iteration mark, closing mark, zero
    Range{0x3008, 0x3020, CharClass::kSeparator},
    Range{0x3021, 0x3029, CharClass::kIdeographic},  // Suzhou numerals
    Range{0x302A, 0x303F, CharClass::kSeparator},
    Range{0x3040, 0x309F, CharClass::kIdeographic},  // hiragana
    Range{0x30A0, 0x30A0, CharClass::kSeparator},
    Range{0x30A1, 0x30FA, CharClass::kIdeographic},  // katakana
    Range{0x30FB, 0x30FB, CharClass::kSeparator},    // katakana middle dot
    Range{0x30FC, 0x312F, CharClass::kIdeographic},  // prolonged sound mark, bopomofo
    Range{0x3190, 0x33FF, CharClass::kIdeographic},
    Range{0x3400, 0x9FFF, CharClass::kIdeographic},  // Han
    Range{0xE000, 0xF8FF, CharClass::kSeparator},    // private use
    Range{0xF900, 0xFAFF, CharClass::kIdeographic},  // Han compatibility
    Range{0xFE00, 0xFE0F, CharClass::kIgnored},      // variation selectors
    Range{0xFE10, 0xFE6F, CharClass::kSeparator},
    Range{0xFEFF, 0xFEFF, CharClass::kIgnored},    // byte order mark
    Range{0xFF01, 0xFF0F, CharClass::kSeparator},  // full-width punctuation
    Range{0xFF1A, 0xFF20, CharClass::kSeparator},
    Range{0xFF3B, 0xFF40, CharClass::kSeparator},
    Range{0xFF5B, 0xFF65, CharClass::kSeparator},
    Range{0xFF66, 0xFF9F, CharClass::kIdeographic},  // half-width katakana
    Range{0xFFE0, 0xFFEF, CharClass::kSymbol},
    Range{0xFFF0, 0xFFFF, CharClass::kSeparator},  // specials, U+FFFD
    Range{0x1D000, 0x1D3FF, CharClass::kSymbol},   // musical and other notation
    Range{0x1F000, 0x1F3FA, CharClass::kSymbol},   // emoji
    Range{0x1F3FB, 0x1F3FF, CharClass::kIgnored},  // skin tones
    Range{0x1F400, 0x1FAFF, CharClass::kSymbol},
    Range{0x20000, 0x3FFFF, CharClass::kIdeographic},
    Range{0xE0000, 0xE0FFF, CharClass::kIgnored},  // tags, further variation selectors
    Range{0xF0000, 0x10FFFF, CharClass::kSeparator},
};

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) {
    ++at;
    return kReplacement;
  }
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned next = byte(at + i);
    if ((next & 0xC0) != 0x80) {
      ++at;
      return kReplacement;
    }
    value = (value << 6) | (next & 0x3F);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || (value >= 0xD800 && value <= 0xDFFF) || value > 0x10FFFF) {
    ++at;
    return kReplacement;
  }
  at += length;
  return value;
}

CharClass char_class(char32_t code_point) {
  if (code_point < 0x80) {
    const bool letter = (code_point >= 'a' && code_point <= 'z') ||
                        (code_point >= 'A' && code_point <= 'Z') ||
                        (code_point >= '0' && code_point <= '9');
    if (letter) return CharClass::kWord;
  }
  std::size_t low = 0;
  std::size_t high = kRanges.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (kRanges[middle].last < code_point) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < kRanges.size() && kRanges[low].first <= code_point) return kRanges[low].type;
  return CharClass::kWord;
}

bool is_han(char32_t code_point) {
  return (code_point >= 0x3400 && code_point <= 0x9FFF) ||
         (code_point >= 0xF900 && code_point <= 0xFAFF) ||
         (code_point >= 0x20000 && code_point <= 0x3FFFF) || code_point == 0x3005 ||
         code_point == 0x3007;
}

bool is_kana(char32_t code_point) {
  return (code_point >= 0x3041 && code_point <= 0x30FF && code_point != 0x30FB) ||
         (code_point >= 0x31F0 && code_point <= 0x31FF) ||
         (code_point >= 0xFF66 && code_point <= 0xFF9F);
}

bool is_hangul(char32_t code_point) {
  return (code_point >= 0xAC00 && code_point <= 0xD7AF) ||
         (code_point >= 0x1100 && code_point <= 0x11FF) ||
         (code_point >= 0x3130 && code_point <= 0x318F);
}

}  // namespace storewise::text
