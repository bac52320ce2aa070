// From a visitor's question to an approved answer, a question back, or a hand-over to people.
//
// With p1 >= p2 the probabilities of the two likeliest intents (calibrated by the model):
//  - answer:  p1 >= threshold, p1 - p2 >= the model's margin, and the FAQ has the intent.
//  - clarify: otherwise, from p1 >= the model's clarify threshold on. Choices are the likeliest
//    intents with at least a quarter of p1 that the FAQ has a question for.
//  - handoff: everything else; also a text without any known feature, and when nothing is left to
//    choose from.
// Refuses to make up text: every reply and every choice stands in the FAQ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "answer/classifier.h"
#include "answer/faq.h"

namespace storewise::answer {

enum class AnswerKind : std::uint8_t { kAnswer, kClarify, kHandoff };

struct Choice {
  std::string_view intent;
  std::string_view question;
  float confidence;
};

// Views point into the FAQ and the classifier.
struct Answer {
  AnswerKind kind = AnswerKind::kHandoff;
  std::string_view intent;  // the likeliest; empty when the text says nothing
  float confidence = 0;     // its probability
  std::string text;         // the reply, empty unless kAnswer
  std::vector<Choice> choices;
};

// `text` is NFKC-normalised, lower-cased UTF-8. `language` may be empty: the text's script then
// suggests one. At most `limit` choices.
Answer ask(Classifier& classifier, const Faq& faq, std::string_view text, std::string_view language,
           std::span<const Slot> slots, std::size_t limit);

// The reply of a known intent, for a choice that was clicked. Throws Error(kInvalidInput) for an
// intent that the FAQ does not have.
Answer answer_of(const Faq& faq, std::string_view intent, std::string_view language,
                 std::span<const Slot> slots);

}  // namespace storewise::answer
