// The shop's offers (coupons, deals) against a visit: earned, nearly earned, or worth suggesting.
//
// An offer concerns its items, or the whole basket when it lists none. It applies when the basket
// holds at least one of them, min_quantity pieces and min_spend worth; it is nearly there from half
// of each on; otherwise it is suggested by the score of its best item for this visitor. An offer
// outside its dates is never shown, and a dated one not either while the time is unknown.
// Refuses to combine offers or to change prices: `saving` is what one offer takes off by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recommend/ranking.h"

namespace storewise::recommend {

inline constexpr std::size_t kMaxOffers = 100'000;
inline constexpr std::size_t kOfferItemsShown = 12;

struct Offer {
  enum class Kind : std::uint8_t { kAmount, kPercent };
  std::string id;
  std::vector<std::pair<std::string, std::string>> titles;  // by language, at least one
  Kind kind = Kind::kAmount;
  double value = 0;  // in the catalogue's currency, or per cent
  double min_quantity = 1;
  double min_spend = 0;
  std::vector<Row> items;  // ascending, distinct; empty = every item
  bool dated = false;
  double starts = 0;  // milliseconds since 1970, UTC
  double ends = 0;    // the first moment at which it no longer holds

  // The title in `language`, in its base language ("zh" for "zh-Hant"), or the first one.
  std::string_view title(std::string_view language) const;
  // At `now`, milliseconds since 1970; below 0 = unknown, when no dated offer holds.
  bool holds(double now) const { return !dated || (now >= 0 && now >= starts && now < ends); }
};

class OfferBook {
 public:
  // Reads offers.json. Throws Error(kInvalidInput). Item indices are checked against a catalogue by
  // check(), because an offers file is opened before the shop that joins the two.
  OfferBook(std::string_view text, std::string_view file_name);
  void check(const Catalogue& catalogue) const;

  const std::vector<Offer>& offers() const { return offers_; }

 private:
  std::string file_name_;
  std::vector<Offer> offers_;
};

enum class OfferStatus : std::uint8_t { kApplies, kNearly, kSuggested };

struct OfferMatch {
  const Offer* offer;
  OfferStatus status;
  float score;                  // of its best item for this visitor
  double missing_quantity;      // pieces
  double missing_amount;        // in the catalogue's currency
  double saving;                // once earned, at least
  std::vector<Row> items;       // best first, at most kOfferItemsShown
  std::vector<Reason> reasons;  // of the basket's lines by what they cost, or of the best item
};

// The best `limit` offers at `now` (milliseconds since 1970; below 0 = unknown): those that apply
// by saving, then the nearly earned by saving, then the rest by score. Items that the rules of the
// slot "offers" forbid are not shown; an offer without any other is left out.
void match_offers(const OfferBook& book, const Visit& visit, Ranker& ranker, double now,
                  std::size_t limit, std::vector<OfferMatch>& out);

}  // namespace storewise::recommend
