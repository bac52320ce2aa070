#include "text/script.h"

#include "text/code_points.h"

namespace storewise::text {
namespace {

bool is_language(std::string_view tag, std::string_view language) {
  return tag.substr(0, language.size()) == language &&
         (tag.size() == language.size() || tag[language.size()] == '-');
}

}  // namespace

ScriptCounts count_scripts(std::string_view utf8) {
  ScriptCounts counts;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t code_point = next_code_point(utf8, at);
    const CharClass type = char_class(code_point);
    if (type != CharClass::kWord && type != CharClass::kIdeographic) continue;
    ++counts.letters;
    if (is_han(code_point)) ++counts.han;
    if (is_kana(code_point)) ++counts.kana;
    if (is_hangul(code_point)) ++counts.hangul;
  }
  return counts;
}

std::size_t guess_language(std::string_view utf8, std::span<const std::string> languages) {
  const ScriptCounts counts = count_scripts(utf8);
  std::string_view wanted;
  if (counts.letters > 0) {
    if (counts.kana * 10 >= counts.letters) {
      wanted = "ja";
    } else if (counts.hangul * 10 >= counts.letters * 3) {
      wanted = "ko";
    } else if (counts.han * 10 >= counts.letters * 3) {
      wanted = "zh";
    }
  }
  for (std::size_t i = 0; i < languages.size(); ++i) {
    const std::string_view tag = languages[i];
    const bool east_asian =
        is_language(tag, "ja") || is_language(tag, "ko") || is_language(tag, "zh");
    if (wanted.empty() ? !east_asian : is_language(tag, wanted)) return i;
  }
  return 0;
}

}  // namespace storewise::text
