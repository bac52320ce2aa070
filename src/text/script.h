// A guess at a text's language from its script, for a question that comes without a language.
//
// Refuses to tell languages of one script apart: that takes a model; here it takes a few ranges.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace storewise::text {

// How many letters of a text belong to which script.
struct ScriptCounts {
  std::size_t letters = 0;  // of any script, the ones below included
  std::size_t han = 0;
  std::size_t kana = 0;
  std::size_t hangul = 0;

  // Share of Han characters among the letters, 0..1; 0 for a text without letters.
  double han_share() const {
    return letters == 0 ? 0.0 : static_cast<double>(han) / static_cast<double>(letters);
  }
};

ScriptCounts count_scripts(std::string_view utf8);

// Position in `languages` (tags such as "en", "zh", "zh-Hant") of the language that the script of
// `utf8` suggests: Japanese when a tenth of the letters is kana, Korean and Chinese when three in
// ten are hangul or Han, otherwise the first language that none of these scripts writes; 0 when
// no language fits. `languages` is not empty.
std::size_t guess_language(std::string_view utf8, std::span<const std::string> languages);

}  // namespace storewise::text
