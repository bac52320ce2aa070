#include "recommend/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/kernels.h"
#include "support/real.h"
#include "support/small_sort.h"

namespace storewise::recommend {
namespace {

// What full likeness to an item of weight 1 is worth: less than a usual neighbour of the item-item
// model (0.05 to 0.5), far more than the popularity prior (at most 0.0001).
constexpr float kLikenessScale = 0.05F;
// Likeness is looked at for at most so many items of a category, and so many pairs in all.
constexpr std::size_t kMaxPerCategory = 512;
constexpr std::size_t kMaxPairs = 4096;
// Without a model, an item of the session is worth 1/e of the newest one after so many steps.
constexpr double kDefaultDecay = 4.0;
constexpr std::size_t kDefaultSession = 20;

bool better(float score_a, Row a, float score_b, Row b) {
  return score_a != score_b ? score_a > score_b : a < b;
}

ReasonKind kind_of(Standing standing) {
  switch (standing) {
    case Standing::kInBasket:
      return ReasonKind::kInBasket;
    case Standing::kBought:
      return ReasonKind::kBought;
    case Standing::kViewed:
      break;
  }
  return ReasonKind::kViewed;
}

std::vector<float> evidence_of(const Catalogue& catalogue, const Recommender* recommender) {
  std::vector<float> evidence(catalogue.size(), -1.0F);
  if (recommender == nullptr) return evidence;
  for (Row row = 0; row < recommender->items().size(); ++row) {
    const Row item = catalogue.ids().find(recommender->items()[row]);
    if (item == kNoRow) continue;
    // A model that does not tell its counts is believed to know its items.
    evidence[item] = recommender->has_counts() ? static_cast<float>(recommender->count(row)) : 1e9F;
  }
  return evidence;
}

const RuleBook& no_rules() {
  static const RuleBook book;
  return book;
}

}  // namespace

Ranker::Ranker(const Catalogue& catalogue, Recommender* recommender, const RuleBook* rules)
    : catalogue_(catalogue),
      recommender_(recommender),
      content_(catalogue, evidence_of(catalogue, recommender)),
      common_rules_(compile_rules(rules != nullptr ? *rules : no_rules(), "", catalogue)) {
  to_model_.assign(catalogue.size(), kNoRow);
  if (recommender != nullptr) {
    to_catalogue_.resize(recommender->items().size());
    for (Row row = 0; row < to_catalogue_.size(); ++row) {
      const Row item = catalogue.ids().find(recommender->items()[row]);
      to_catalogue_[row] = item;
      if (item == kNoRow) continue;
      to_model_[item] = row;
      ++shared_items_;
    }
    for (std::size_t steps = 0; steps < recommender->max_session_items(); ++steps) {
      decay_.push_back(recommender->decay(steps));
    }
  } else {
    for (std::size_t steps = 0; steps < kDefaultSession; ++steps) {
      decay_.push_back(static_cast<float>(real::exp(-static_cast<double>(steps) / kDefaultDecay)));
    }
  }
  for (Row row = 0; row < catalogue.size(); ++row) {
    if (to_model_[row] == kNoRow) not_in_model_.push_back(row);
  }
  if (rules != nullptr) {
    named_rules_.reserve(rules->named_slots().size());
    for (const std::string& slot : rules->named_slots()) {
      named_rules_.emplace_back(slot, compile_rules(*rules, slot, catalogue));
    }
  }
  likeness_.assign(catalogue.size(), 0.0F);
  flags_.assign(catalogue.size(), 0);
  rules_ = &common_rules_;
}

const SlotRules& Ranker::rules_for(std::string_view slot) const {
  for (const auto& [name, rules] : named_rules_) {
    if (name == slot) return rules;
  }
  return common_rules_;
}

void Ranker::reset() {
  for (const Row row : flagged_) flags_[row] = 0;
  for (const Row row : likeness_rows_) likeness_[row] = 0;
  flagged_.clear();
  likeness_rows_.clear();
  session_.clear();
}

void Ranker::set_flag(Row row, Flag flag) {
  if (flags_[row] == 0) flagged_.push_back(row);
  flags_[row] |= flag;
}

// Steps count the items that the model knows, as in training, where the others did not exist.
void Ranker::add_entry(Row item, ReasonKind kind, float interest, std::size_t& steps) {
  const Row model_row = to_model_[item];
  const float decay = decay_[std::min(steps, decay_.size() - 1)];
  session_.push_back({item, model_row, decay * interest, kind, {}});
  if (model_row != kNoRow || recommender_ == nullptr) ++steps;
}

void Ranker::weigh_session(const Visit& visit, std::size_t limit) {
  visit.touched(limit, touched_);
  std::size_t steps = 0;
  for (const Visit::Touched& touched : touched_) {
    add_entry(touched.item, kind_of(touched.standing), Visit::interest(touched.standing), steps);
  }
}

// The basket as it is, without order: what was added last is not worth more.
void Ranker::weigh_basket(const Visit& visit) {
  const auto basket = visit.basket();
  const std::size_t count = std::min(basket.size(), decay_.size());
  for (std::size_t i = basket.size() - count; i < basket.size(); ++i) {
    weigh_item(basket[i].item, ReasonKind::kInBasket);
  }
}

void Ranker::weigh_item(Row row, ReasonKind kind) {
  session_.push_back({row, to_model_[row], 1.0F, kind, {}});
}

float Ranker::pair_ignorance(Row a, Row b) const {
  return everywhere_ ? 1.0F : std::max(content_.ignorance(a), content_.ignorance(b));
}

// Fills scores_ and likeness_ from session_.
void Ranker::compute_scores(bool with_model, bool everywhere) {
  with_model_ = with_model;
  everywhere_ = everywhere;
  std::size_t pairs = 0;
  for (SessionEntry& entry : session_) {
    // A well-known item has neighbours of its own: only what the model hardly knows needs help.
    const bool thin_only = !everywhere && entry.model_row != kNoRow &&
                           content_.ignorance(entry.item) <
                               ContentIndex::kHalfEvidence /
                                   (ContentIndex::kHalfEvidence + ContentIndex::kThinEvidence);
    auto rows = content_.category_of(entry.item, thin_only);
    rows = rows.first(std::min({rows.size(), kMaxPerCategory, kMaxPairs - pairs}));
    pairs += rows.size();
    entry.alike = rows;
    for (const Row row : rows) {
      if (row == entry.item) continue;
      if (likeness_[row] == 0) {
        likeness_rows_.push_back(row);
        set_flag(row, kLikeness);
      }
      likeness_[row] += kLikenessScale * entry.weight * pair_ignorance(entry.item, row) *
                        content_.likeness(entry.item, row);
    }
  }
  scores_ = {};
  if (recommender_ == nullptr) return;
  model_session_.clear();
  if (with_model) {
    for (const SessionEntry& entry : session_) {
      if (entry.model_row != kNoRow) model_session_.push_back({entry.model_row, entry.weight});
    }
  }
  scores_ = recommender_->scores(model_session_);
}

float Ranker::score(Row row) const {
  const Row model_row = to_model_[row];
  const float sum = (model_row == kNoRow ? 0.0F : scores_[model_row]) + likeness_[row];
  return rules_->factors.empty() || sum <= 0 ? sum : sum * rules_->factors[row];
}

// Keeps the best `wanted` in candidates_, a heap whose front is the worst of them.
void Ranker::offer_candidate(Row row, float score, std::size_t wanted) {
  if (candidates_.size() == wanted) {
    const Candidate& worst = candidates_.front();
    if (!better(score, row, worst.score, worst.item)) return;
    std::pop_heap(candidates_.begin(), candidates_.end(), InOrder());
    candidates_.pop_back();
  }
  candidates_.push_back({score, row});
  std::push_heap(candidates_.begin(), candidates_.end(), InOrder());
}

// The `wanted` best rows that neither the rules nor a flag of `hidden` forbids, best first.
void Ranker::collect(std::size_t wanted, std::uint8_t hidden) {
  candidates_.clear();
  if (wanted == 0) return;
  const auto open = [&](Row row) {
    return rules_->blocked[row] == 0 && (flags_[row] & (hidden | kChosen)) == 0;
  };
  for (const Row row : likeness_rows_) {
    if (open(row)) offer_candidate(row, score(row), wanted);
  }
  for (const Row row : rules_->boosted) {
    if (open(row) && (flags_[row] & kLikeness) == 0) offer_candidate(row, score(row), wanted);
  }
  // Nothing lifts the others above what the model gave them, so that what does not exceed the worst
  // candidate is skipped without a look at its rules.
  const bool with_factors = !rules_->factors.empty();
  for (std::size_t model_row = 0; model_row < scores_.size(); ++model_row) {
    const float bound = candidates_.size() == wanted ? candidates_.front().score
                                                     : -std::numeric_limits<float>::infinity();
    model_row = kernels::find_above(scores_.data(), model_row, scores_.size(), bound);
    if (model_row == scores_.size()) break;
    const Row row = to_catalogue_[model_row];
    if (row == kNoRow || !open(row) || (flags_[row] & kLikeness) != 0) continue;
    if (with_factors && rules_->factors[row] > 1) continue;
    offer_candidate(row, score(row), wanted);
  }
  for (const Row row : not_in_model_) {
    if (candidates_.size() == wanted) break;
    if (open(row) && (flags_[row] & kLikeness) == 0) offer_candidate(row, 0.0F, wanted);
  }
  std::sort_heap(candidates_.begin(), candidates_.end(), InOrder());
}

// Counts `row` against every limit unless one of them is used up already.
bool Ranker::within_limits(Row row) {
  std::size_t base = 0;
  for (const SlotRules::Limit& limit : rules_->limits) {
    if (limit.matcher.matches(row) && limit_counts_[base + limit.field->index[row]] >= limit.max) {
      return false;
    }
    base += limit.field->values.size();
  }
  base = 0;
  for (const SlotRules::Limit& limit : rules_->limits) {
    if (limit.matcher.matches(row)) ++limit_counts_[base + limit.field->index[row]];
    base += limit.field->values.size();
  }
  return true;
}

// Fills chosen_: pins at their places, the best candidates around them.
void Ranker::choose(std::size_t limit, std::uint8_t hidden) {
  chosen_.clear();
  std::size_t counts = 0;
  for (const SlotRules::Limit& rule : rules_->limits) counts += rule.field->values.size();
  limit_counts_.assign(counts, 0);

  // The shop's own wish shows an item even if the visitor saw it; that is what a pin is for.
  pinned_.clear();
  for (const SlotRules::Pin& pin : rules_->pins) {
    if (pinned_.size() == limit) break;
    Row best = kNoRow;
    float best_score = 0;
    for (const Row row : pin.rows) {
      if (!allowed(row) || (flags_[row] & (kHidden | kChosen)) != 0) continue;
      const float value = score(row);
      if (best == kNoRow || better(value, row, best_score, best)) {
        best = row;
        best_score = value;
      }
    }
    if (best == kNoRow) continue;
    set_flag(best, kChosen);
    within_limits(best);
    pinned_.push_back({best, best_score, &pin});
  }

  pinned_counts_ = limit_counts_;
  const std::size_t free_places = limit - pinned_.size();
  std::size_t wanted = rules_->limits.empty() ? free_places : free_places * 4 + 64;
  while (true) {
    wanted = std::min(wanted, catalogue_.size());
    collect(wanted, hidden);
    rest_.clear();
    if (!rules_->limits.empty()) limit_counts_ = pinned_counts_;
    for (const Candidate& candidate : candidates_) {
      if (rest_.size() == free_places) break;
      if (within_limits(candidate.item)) rest_.push_back(candidate);
    }
    const bool more = candidates_.size() == wanted && wanted < catalogue_.size();
    if (rest_.size() == free_places || !more) break;
    wanted *= 8;
  }

  std::size_t next_pin = 0;
  for (const Candidate& candidate : rest_) {
    while (next_pin < pinned_.size() && pinned_[next_pin].pin->position <= chosen_.size() + 1) {
      chosen_.push_back(pinned_[next_pin++]);
    }
    chosen_.push_back({candidate.item, candidate.score, nullptr});
  }
  while (next_pin < pinned_.size()) chosen_.push_back(pinned_[next_pin++]);
}

void Ranker::recommend(const Visit& visit, const Query& query, Recommendations& out) {
  reset();
  const bool related = query.slot == "related";
  const bool basket_slot = query.slot == "basket" || query.basket_only;
  const bool popular = query.slot == "popular";
  rules_ = &rules_for(query.slot);
  const bool exclude_viewed =
      rules_->exclude_viewed.value_or(!related && !popular && query.slot != "basket");

  if (related) {
    Row item = query.item;
    if (item == kNoRow) {
      visit.touched(1, touched_);
      if (!touched_.empty()) item = touched_.front().item;
    }
    if (item != kNoRow) {
      const bool in_basket = visit.in_basket(item) > 0;
      weigh_item(item, in_basket ? ReasonKind::kInBasket : ReasonKind::kViewed);
      set_flag(item, kHidden);
    }
  } else if (basket_slot) {
    weigh_basket(visit);
  } else if (!popular) {
    weigh_session(visit, decay_.size());
  }
  if (query.item != kNoRow) set_flag(query.item, kHidden);
  for (const BasketLine& line : visit.basket()) set_flag(line.item, kHidden);
  for (const Row row : query.exclude) set_flag(row, kHidden);
  if (exclude_viewed) {
    for (const Event& event : visit.events()) {
      if (event.type != EventType::kPage) set_flag(event.item, kSeen);
    }
  }

  compute_scores(true, false);
  const std::size_t limit = std::min(query.limit, kMaxResults);
  choose(limit, kHidden | kSeen);
  // Everything was seen already: better that than nothing.
  if (chosen_.empty() && limit > 0 && exclude_viewed) choose(limit, kHidden);
  finish(out);
}

void Ranker::similar(Row item, std::size_t limit, Recommendations& out) {
  reset();
  rules_ = &rules_for("similar");
  weigh_item(item, ReasonKind::kSimilar);
  set_flag(item, kHidden);
  compute_scores(false, true);
  choose(std::min(limit, kMaxResults), kHidden);
  finish(out);
}

void Ranker::prepare(const Visit& visit, std::string_view slot) {
  reset();
  rules_ = &rules_for(slot);
  weigh_session(visit, decay_.size());
  compute_scores(true, false);
}

// Copies chosen_ to `out`, with reasons.
void Ranker::finish(Recommendations& out) {
  out.items.clear();
  out.reasons.clear();
  model_targets_.clear();
  for (const Chosen& chosen : chosen_) {
    const Row model_row = to_model_[chosen.item];
    if (model_row != kNoRow) model_targets_.push_back(model_row);
  }
  contributions_.clear();
  if (!model_session_.empty()) {
    recommender_->contributions(model_session_, model_targets_, contributions_);
  }
  std::size_t target = 0;
  for (const Chosen& chosen : chosen_) {
    const auto first = static_cast<std::uint32_t>(out.reasons.size());
    std::span<const float> contributions;
    if (to_model_[chosen.item] != kNoRow) {
      if (!contributions_.empty()) {
        contributions = std::span(contributions_)
                            .subspan(target * model_session_.size(), model_session_.size());
      }
      ++target;
    }
    if (chosen.pin != nullptr) {
      // Its place is the shop's choice alone, whatever it would have scored.
      out.reasons.push_back({ReasonKind::kRule, kNoRow, 1.0F, chosen.pin->reason});
    } else {
      append_reasons(chosen.item, contributions, out.reasons);
    }
    out.items.push_back(
        {chosen.item, chosen.score, first, static_cast<std::uint32_t>(out.reasons.size()) - first});
  }
}

std::uint32_t Ranker::explain(Row row, std::vector<Reason>& reasons) {
  const std::size_t before = reasons.size();
  contributions_.clear();
  const Row model_row = to_model_[row];
  if (model_row != kNoRow && !model_session_.empty()) {
    recommender_->contributions(model_session_, {&model_row, 1}, contributions_);
  }
  append_reasons(row, contributions_, reasons);
  return static_cast<std::uint32_t>(reasons.size() - before);
}

// `contributions`: of the model, for each of model_session_; empty when the model has no part.
void Ranker::append_reasons(Row row, std::span<const float> contributions,
                            std::vector<Reason>& reasons) const {
  const std::size_t first = reasons.size();
  const Row model_row = to_model_[row];
  float sum = 0;
  const auto add = [&](ReasonKind kind, Row item, float part) {
    if (!(part > 0)) return;
    reasons.push_back({kind, item, part, {}});
    sum += part;
  };
  std::size_t in_model = 0;
  for (const SessionEntry& entry : session_) {
    if (with_model_ && entry.model_row != kNoRow) {
      if (!contributions.empty()) add(entry.kind, entry.item, contributions[in_model]);
      ++in_model;
    }
    if (row != entry.item && content_.holds(entry.alike, row)) {
      add(ReasonKind::kSimilar, entry.item,
          kLikenessScale * entry.weight * pair_ignorance(entry.item, row) *
              content_.likeness(entry.item, row));
    }
  }
  if (model_row != kNoRow) add(ReasonKind::kPopular, kNoRow, recommender_->prior()[model_row]);
  if (sum <= 0) {
    // Nothing is known of it or of the visitor: it stands there by the catalogue's order.
    reasons.push_back({ReasonKind::kPopular, kNoRow, 1.0F, {}});
    return;
  }
  const float factor = rules_->factors.empty() ? 1.0F : rules_->factors[row];
  const float own = factor > 1 ? 1 / factor : 1.0F;
  for (std::size_t i = first; i < reasons.size(); ++i) reasons[i].share *= own / sum;
  if (factor > 1) {
    float lifts = 0;
    for (const SlotRules::Boost& boost : rules_->boosts) {
      if (boost.factor > 1 && boost.matcher.matches(row)) lifts += boost.factor - 1;
    }
    for (const SlotRules::Boost& boost : rules_->boosts) {
      if (boost.factor > 1 && boost.matcher.matches(row)) {
        reasons.push_back(
            {ReasonKind::kRule, kNoRow, (1 - own) * (boost.factor - 1) / lifts, boost.reason});
      }
    }
  }
  small_sort(std::span(reasons).subspan(first),
             [](const Reason& a, const Reason& b) { return a.share > b.share; });
}

}  // namespace storewise::recommend
