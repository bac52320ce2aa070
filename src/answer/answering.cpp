#include "answer/answering.h"

#include "support/message.h"
#include "text/script.h"

namespace storewise::answer {
namespace {

constexpr float kChoiceShare = 0.25F;

}  // namespace

Answer ask(Classifier& classifier, const Faq& faq, std::string_view text, std::string_view language,
           std::span<const Slot> slots, std::size_t limit) {
  Answer answer;
  std::vector<RankedLabel> ranked;
  if (!classifier.classify(text, ranked)) return answer;
  if (language.empty() && !faq.languages().empty()) {
    language = faq.languages()[text::guess_language(text, faq.languages())];
  }
  const RankedLabel& best = ranked.front();
  answer.intent = classifier.labels()[best.label];
  answer.confidence = best.probability;
  const float second = ranked.size() > 1 ? ranked[1].probability : 0.0F;
  const bool sure = best.probability >= classifier.threshold();
  const bool clear = best.probability - second >= classifier.clarify_margin();
  const FaqEntry* const entry = faq.find(answer.intent);
  if (sure && clear) {
    if (entry == nullptr) return answer;
    answer.kind = AnswerKind::kAnswer;
    answer.text = faq.reply(*entry, language, slots);
    return answer;
  }
  if (!sure && best.probability < classifier.clarify_threshold()) return answer;
  for (const RankedLabel& candidate : ranked) {
    if (answer.choices.size() == limit) break;
    if (candidate.probability < best.probability * kChoiceShare) break;
    const FaqEntry* const known = faq.find(classifier.labels()[candidate.label]);
    if (known == nullptr) continue;
    const std::string_view question = faq.choose(known->questions, language);
    if (question.empty()) continue;
    answer.choices.push_back({known->id, question, candidate.probability});
  }
  if (!answer.choices.empty()) answer.kind = AnswerKind::kClarify;
  return answer;
}

Answer answer_of(const Faq& faq, std::string_view intent, std::string_view language,
                 std::span<const Slot> slots) {
  const FaqEntry* const entry = faq.find(intent);
  if (entry == nullptr) {
    throw_error(ErrorCode::kInvalidInput,
                "there is no such question|$.intent|the id of an FAQ entry|\"%\"", intent);
  }
  Answer answer;
  answer.kind = AnswerKind::kAnswer;
  answer.intent = entry->id;
  answer.confidence = 1;
  answer.text = faq.reply(*entry, language, slots);
  return answer;
}

}  // namespace storewise::answer
