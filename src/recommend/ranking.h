// The best items for a place on the page: model, likeness and popularity, then the shop's rules.
//
// How an item is scored. Each item of the session has a weight: decay by the number of steps since
// (the model's own decay), times Visit::interest. Then
//     score = factor * (model(session) + 0.05 * sum_s weight_s * ignorance_s * likeness_s + prior)
// where the model's part includes the popularity prior, ignorance_s = max over the pair of how
// little the training data knows of either (content.h), and factor is the product of the boosts.
// The likeness part is computed within the categories of the session's items, where the pair lacks
// evidence. Items that the model does not have are reached by likeness, or by catalogue order when
// everything else is used up; items that the catalogue does not have are never shown.
//
// Reasons are these very summands, as shares of the score. Slots: "for-you" and any unknown name
// weigh the whole session and leave out what was viewed; "related" weighs one item (the newest of
// the session without one), "basket" the basket, "popular" nothing. Items in the basket and the
// context item are never shown. Where leaving out what was viewed would leave nothing, it is shown.
//
// Refuses to draw lots: equal input gives equal output. Not thread-safe: it owns its scratch and
// allocates only while that grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recommend/catalogue.h"
#include "recommend/content.h"
#include "recommend/recommender.h"
#include "recommend/rules.h"
#include "recommend/visit.h"

namespace storewise::recommend {

inline constexpr std::size_t kMaxResults = 1000;

enum class ReasonKind : std::uint8_t { kViewed, kInBasket, kBought, kPopular, kSimilar, kRule };

struct Reason {
  ReasonKind kind;
  Row item;               // the session's item that it is about; kNoRow for kPopular and kRule
  float share;            // of the score, 0..1
  std::string_view text;  // the rule's reason, as long as the ranker lives; else empty
};

struct Recommendation {
  Row item;
  float score;
  std::uint32_t first_reason;  // into Recommendations::reasons
  std::uint32_t reasons;       // how many, at least 1; their shares sum to 1
};

struct Recommendations {
  std::vector<Recommendation> items;  // best first, pinned items at their positions
  std::vector<Reason> reasons;        // of each item by descending share
};

struct Query {
  std::string_view slot = "for-you";
  std::size_t limit = 10;  // at most kMaxResults
  std::span<const Row> exclude = {};
  Row item = kNoRow;         // context of "related"
  bool basket_only = false;  // weigh the basket, whatever the slot
};

class Ranker {
 public:
  // All must outlive the ranker; `recommender` and `rules` may be null. Throws Error(kInvalidInput)
  // when the rules do not fit the catalogue.
  Ranker(const Catalogue& catalogue, Recommender* recommender, const RuleBook* rules);

  void recommend(const Visit& visit, const Query& query, Recommendations& out);
  // Products like `item`: by likeness, then popularity; rules of the slot "similar".
  void similar(Row item, std::size_t limit, Recommendations& out);

  // For offers.h: fixes the session and the rules of `slot`; score() and allowed() then answer for
  // any row, explain() for a few.
  void prepare(const Visit& visit, std::string_view slot);
  float score(Row row) const;
  bool allowed(Row row) const { return rules_->blocked[row] == 0; }
  // Appends the reasons of `row` and returns how many. Call score() before, not after.
  std::uint32_t explain(Row row, std::vector<Reason>& reasons);

  const Catalogue& catalogue() const { return catalogue_; }
  // Items that the model and the catalogue share.
  std::size_t shared_items() const { return shared_items_; }

 private:
  struct SessionEntry {
    Row item;
    Row model_row;  // kNoRow when the model does not have it
    float weight;
    ReasonKind kind;
    std::span<const Row> alike;  // the rows whose likeness to it was looked at
  };
  struct Candidate {
    float score;
    Row item;
  };
  struct InOrder {
    bool operator()(const Candidate& a, const Candidate& b) const {
      return a.score != b.score ? a.score > b.score : a.item < b.item;
    }
  };
  enum Flag : std::uint8_t { kHidden = 1, kSeen = 2, kLikeness = 4, kChosen = 8 };

  const SlotRules& rules_for(std::string_view slot) const;
  void reset();
  void set_flag(Row row, Flag flag);
  void weigh_session(const Visit& visit, std::size_t limit);
  void weigh_basket(const Visit& visit);
  void weigh_item(Row row, ReasonKind kind);
  void add_entry(Row item, ReasonKind kind, float interest, std::size_t& steps);
  void compute_scores(bool with_model, bool everywhere);
  float pair_ignorance(Row a, Row b) const;
  void offer_candidate(Row row, float score, std::size_t wanted);
  void collect(std::size_t wanted, std::uint8_t hidden);
  void choose(std::size_t limit, std::uint8_t hidden);
  void finish(Recommendations& out);
  bool within_limits(Row row);
  void explain_chosen(Recommendations& out);
  void append_reasons(Row row, std::span<const float> contributions,
                      std::vector<Reason>& reasons) const;

  const Catalogue& catalogue_;
  Recommender* recommender_;
  std::vector<Row> to_catalogue_;  // [model rows]
  std::vector<Row> to_model_;      // [catalogue rows]
  std::vector<Row> not_in_model_;  // catalogue rows, ascending
  std::vector<float> decay_;
  std::size_t shared_items_ = 0;
  ContentIndex content_;
  SlotRules common_rules_;
  std::vector<std::pair<std::string, SlotRules>> named_rules_;

  // The query at hand.
  const SlotRules* rules_ = nullptr;
  std::vector<SessionEntry> session_;
  std::vector<SessionItem> model_session_;
  std::span<const float> scores_;  // [model rows]
  bool with_model_ = true;
  bool everywhere_ = false;      // likeness counts in full, whatever the evidence
  std::vector<float> likeness_;  // [catalogue rows], zero but for likeness_rows_
  std::vector<Row> likeness_rows_;
  std::vector<std::uint8_t> flags_;  // [catalogue rows], zero but for flagged_
  std::vector<Row> flagged_;
  std::vector<Candidate> candidates_;
  struct Chosen {
    Row item;
    float score;
    const SlotRules::Pin* pin;
  };
  std::vector<Chosen> chosen_;
  std::vector<Chosen> pinned_;
  std::vector<Candidate> rest_;
  std::vector<std::uint32_t> pinned_counts_;
  std::vector<std::uint32_t> limit_counts_;  // of every limit, one count for each field value
  std::vector<Visit::Touched> touched_;
  std::vector<Row> model_targets_;
  std::vector<float> contributions_;
};

}  // namespace storewise::recommend
