#include "answer/faq.h"

#include <algorithm>
#include <array>

#include "support/error.h"
#include "support/json.h"
#include "support/message.h"
#include "support/small_sort.h"
#include "text/code_points.h"

namespace storewise::answer {
namespace {

constexpr std::size_t kMaxPlaceName = 64;

Texts texts_of(const JsonView& view) {
  Texts texts;
  view.for_each_member([&](const std::string& language, const JsonView& text) {
    if (!text.string().empty()) texts.emplace_back(language, text.string());
  });
  return texts;
}

const std::string* find_text(const Texts& texts, std::string_view language) {
  for (const auto& [name, text] : texts) {
    if (name == language) return &text;
  }
  return nullptr;
}

// The length of the place at the start of `text`, braces included; 0 when there is none.
std::size_t place_length(std::string_view text) {
  if (text.empty() || text.front() != '{') return 0;
  std::size_t end = 1;
  while (end < text.size() && end <= kMaxPlaceName) {
    const char c = text[end];
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!letter) break;
    ++end;
  }
  return end > 1 && end < text.size() && text[end] == '}' ? end + 1 : 0;
}

// A value as plain text on one line, at most kMaxSlotCharacters code points.
void append_value(std::string_view value, std::string& out) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < kMaxSlotCharacters && at < value.size(); ++i) {
    const std::size_t begin = at;
    const char32_t code_point = text::next_code_point(value, at);
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) {
      out += ' ';
    } else {
      out.append(value.substr(begin, at - begin));
    }
  }
}

// Makes `out` and the `rest` of the pattern meet well where a place between them was dropped.
void close_gap(std::string& out, std::string_view& rest) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kPairs = {{{"(", ")"},
                                                                                    {"[", "]"},
                                                                                    {"\"", "\""},
                                                                                    {"'", "'"},
                                                                                    {"（", "）"},
                                                                                    {"「", "」"},
                                                                                    {"“", "”"},
                                                                                    {"‘", "’"},
                                                                                    {"【", "】"}}};
  for (bool again = true; again;) {
    again = false;
    if (out.ends_with('#')) out.pop_back();
    for (const auto& [open, close] : kPairs) {
      if (out.ends_with(open) && rest.starts_with(close)) {
        out.resize(out.size() - open.size());
        rest.remove_prefix(close.size());
        again = true;
      }
    }
  }
  if (out.empty() || out.back() == ' ' || out.back() == '\n') {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  constexpr std::array<std::string_view, 13> kClosing = {".",  ",",  ";",  ":",  "!",  "?", ")",
                                                         "\n", "。", "，", "！", "？", "）"};
  const bool closed = rest.empty() || std::any_of(kClosing.begin(), kClosing.end(), [&](auto mark) {
                        return rest.starts_with(mark);
                      });
  if (closed) {
    while (out.ends_with(' ')) out.pop_back();
  }
}

}  // namespace

Faq::Faq(std::string_view text, std::string_view file_name) {
  const JsonDocument document(text, file_name);
  const JsonView root = document.root();
  root.at("version").integer(1, 1);
  const JsonView entries = root.at("entries");
  if (entries.size() > kMaxFaqEntries) {
    entries.fail(message("at most % entries", kMaxFaqEntries));
  }
  std::vector<std::pair<std::size_t, std::string>> counts;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const JsonView view = entries[i];
    FaqEntry entry;
    entry.id = view.at("id").string();
    if (entry.id.empty()) view.at("id").fail("an id");
    if (find(entry.id) != nullptr) {
      view.at("id").fail("each id once", message("\"%\" twice", entry.id));
    }
    entry.category = view.string_or("category", "");
    if (const auto questions = view.find("question")) entry.questions = texts_of(*questions);
    entry.answers = texts_of(view.at("answer"));
    if (entry.answers.empty()) view.at("answer").fail("an answer in at least one language");
    for (const auto& answer : entry.answers) {
      const auto count = std::find_if(counts.begin(), counts.end(), [&](const auto& known) {
        return known.second == answer.first;
      });
      if (count == counts.end()) {
        counts.emplace_back(1, answer.first);
      } else {
        ++count->first;
      }
    }
    entries_.push_back(std::move(entry));
  }
  if (const auto languages = root.find("languages")) {
    languages_ = languages->strings();
  } else {
    small_sort(std::span(counts), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [count, language] : counts) languages_.push_back(language);
  }
  if (const auto slots = root.find("slots")) {
    slots->for_each_member([&](const std::string& name, const JsonView& value) {
      default_slots_.emplace_back(
          name, value.is_string() ? Texts{{"", value.string()}} : texts_of(value));
    });
  }
}

const FaqEntry* Faq::find(std::string_view id) const {
  for (const FaqEntry& entry : entries_) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

std::string_view Faq::choose(const Texts& texts, std::string_view language) const {
  if (texts.empty()) return {};
  if (const std::string* text = find_text(texts, language)) return *text;
  if (const std::string* text = find_text(texts, language.substr(0, language.find('-')))) {
    return *text;
  }
  for (const std::string& other : languages_) {
    if (const std::string* text = find_text(texts, other)) return *text;
  }
  return texts.front().second;
}

std::string Faq::reply(const FaqEntry& entry, std::string_view language,
                       std::span<const Slot> slots) const {
  std::string out;
  std::string_view rest = choose(entry.answers, language);
  while (!rest.empty()) {
    const std::size_t brace = std::min(rest.find('{'), rest.size());
    out.append(rest.substr(0, brace));
    rest.remove_prefix(brace);
    if (rest.empty()) break;
    const std::size_t length = place_length(rest);
    if (length == 0) {
      out += '{';
      rest.remove_prefix(1);
      continue;
    }
    const std::string_view name = rest.substr(1, length - 2);
    rest.remove_prefix(length);
    std::string_view value;
    for (const auto& [slot, given] : slots) {
      if (slot == name) value = given;
    }
    if (value.empty()) {
      for (const auto& [slot, texts] : default_slots_) {
        if (slot == name) value = choose(texts, language);
      }
    }
    if (value.empty()) {
      close_gap(out, rest);
    } else {
      append_value(value, out);
    }
  }
  return out;
}

}  // namespace storewise::answer
