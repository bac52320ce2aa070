// Whether a text is a given word, for the many places that ask this of attributes and names.
//
// In WebAssembly a std::string_view that is passed by value is first written to memory and then
// copied: twice the code of a call with a pointer, at hundreds of calls.
#pragma once

#include <cstddef>
#include <string_view>

namespace storewise {

// `word` ends with a zero.
[[gnu::noinline]] inline bool same_text(const std::string_view& text, const char* word) {
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (word[i] == '\0' || word[i] != text[i]) return false;
  }
  return word[i] == '\0';
}

// What a comparison with a literal means wherever this header is included.
template <std::size_t n>
bool operator==(const std::string_view& text, const char (&word)[n]) {
  return same_text(text, word);
}

// Which of `words`, which stand apart by one space each, `text` is: from 0, or -1 for none of them.
[[gnu::noinline]] inline int word_place(const std::string_view& text, const char* words) {
  for (int place = 0;; ++place) {
    std::size_t i = 0;
    // The end of `words` is no letter, even where the text has a zero: nothing is read behind it.
    while (i < text.size() && text[i] != ' ' && words[i] != '\0' && words[i] == text[i]) ++i;
    if (i == text.size() && (words[i] == ' ' || words[i] == '\0')) return place;
    for (words += i; *words != ' '; ++words) {
      if (*words == '\0') return -1;
    }
    ++words;
  }
}

}  // namespace storewise
