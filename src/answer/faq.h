// The shop's approved questions and answers, by intent and language, and the filling of templates.
//
// An answer may hold places such as {order_number}. They are filled from the values that the page
// gives, else from the document's own `slots`; a place that neither fills is dropped together with
// brackets or quotes around it, a '#' before it and the space that it leaves, because a reply with
// a hole is better than one with a guess. Values are text: control characters become spaces, only
// the first kMaxSlotCharacters count, and a value is never searched for places again.
// Refuses to answer with anything but these texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace storewise::answer {

inline constexpr std::size_t kMaxFaqEntries = 10'000;
inline constexpr std::size_t kMaxSlotCharacters = 200;

using Texts = std::vector<std::pair<std::string, std::string>>;  // language -> text
using Slot = std::pair<std::string, std::string>;                // name -> value

struct FaqEntry {
  std::string id;
  std::string category;
  Texts questions;
  Texts answers;  // at least one
};

class Faq {
 public:
  // Reads faq.json. Throws Error(kInvalidInput).
  Faq(std::string_view text, std::string_view file_name);

  const std::vector<FaqEntry>& entries() const { return entries_; }
  const FaqEntry* find(std::string_view id) const;  // nullptr when there is none
  // The document's `languages`, else the languages of the answers, most answers first.
  const std::vector<std::string>& languages() const { return languages_; }

  // The text in `language`, in its base language ("zh" for "zh-Hant"), in the document's languages
  // in their order, or the first there is; empty for no texts at all.
  std::string_view choose(const Texts& texts, std::string_view language) const;
  // The entry's answer in `language` with its places filled.
  std::string reply(const FaqEntry& entry, std::string_view language,
                    std::span<const Slot> slots) const;

 private:
  std::vector<FaqEntry> entries_;
  std::vector<std::string> languages_;
  std::vector<std::pair<std::string, Texts>> default_slots_;
};

}  // namespace storewise::answer
