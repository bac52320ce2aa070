#include "recommend/offers.h"

#include <algorithm>
#include <cmath>

#include "support/error.h"
#include "support/json.h"
#include "support/message.h"
#include "support/small_sort.h"

namespace storewise::recommend {
namespace {

constexpr double kDay = 86'400'000.0;
constexpr double kMaxMoney = 1e12;

// Days from 1970-01-01 to a date of the Gregorian calendar: years are counted from March, so that
// the leap day comes last and the months' lengths follow one formula.
std::int64_t days_since_1970(int year, int month, int day) {
  const int shifted_year = month <= 2 ? year - 1 : year;
  const int shifted_month = month <= 2 ? month + 9 : month - 3;
  const std::int64_t leap_days = shifted_year / 4 - shifted_year / 100 + shifted_year / 400;
  return std::int64_t{365} * shifted_year + leap_days + (153 * shifted_month + 2) / 5 + day - 1 -
         719468;
}

// Midnight UTC of "2026-01-31".
double date_of(const JsonView& view) {
  const std::string& text = view.string();
  const auto digits = [&](std::size_t begin, std::size_t count) {
    int value = 0;
    for (std::size_t i = begin; i < begin + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int year = digits(0, 4);
    const int month = digits(5, 2);
    const int day = digits(8, 2);
    if (year >= 1970 && month >= 1 && month <= 12 && day >= 1) {
      const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      if (day <= kLengths[month - 1] + (leap && month == 2 ? 1 : 0)) {
        return static_cast<double>(days_since_1970(year, month, day)) * kDay;
      }
    }
  }
  view.fail("a date such as \"2026-01-31\"");
}

Offer offer_of(const JsonView& view) {
  Offer offer;
  offer.id = view.at("id").string();
  if (offer.id.empty()) view.at("id").fail("an id");
  view.at("title").for_each_member([&](const std::string& language, const JsonView& title) {
    offer.titles.emplace_back(language, title.string());
  });
  if (offer.titles.empty()) view.at("title").fail("a title in at least one language");
  const JsonView kind = view.at("kind");
  if (kind.string() == "amount") {
    offer.kind = Offer::Kind::kAmount;
    offer.value = view.at("value").number(0, kMaxMoney);
  } else if (kind.string() == "percent") {
    offer.kind = Offer::Kind::kPercent;
    offer.value = view.at("value").number(0, 100);
  } else {
    kind.fail("\"amount\" or \"percent\"");
  }
  offer.min_quantity = view.number_or("min_quantity", 1, 0, kMaxQuantity);
  offer.min_spend = view.number_or("min_spend", 0, 0, kMaxMoney);
  if (const auto items = view.find("items")) {
    offer.items.reserve(items->size());
    for (std::size_t i = 0; i < items->size(); ++i) {
      offer.items.push_back(static_cast<Row>((*items)[i].integer(0, kMaxCatalogueItems - 1)));
    }
    std::sort(offer.items.begin(), offer.items.end());
    offer.items.erase(std::unique(offer.items.begin(), offer.items.end()), offer.items.end());
  }
  const auto starts = view.find("starts");
  const auto ends = view.find("ends");
  offer.dated = starts || ends;
  offer.starts = starts ? date_of(*starts) : 0;
  offer.ends = ends ? date_of(*ends) + kDay : 1e300;
  return offer;
}

struct Earned {
  double quantity = 0;  // eligible pieces in the basket
  double spend = 0;     // what they cost
};

bool ranks_before(const OfferMatch& a, const OfferMatch& b) {
  if (a.status != b.status) return a.status < b.status;
  if (a.status != OfferStatus::kSuggested && a.saving != b.saving) return a.saving > b.saving;
  return a.score > b.score;
}

double saving_of(const Offer& offer, double spend) {
  return offer.kind == Offer::Kind::kPercent ? spend * offer.value / 100
                                             : std::min(offer.value, spend);
}

}  // namespace

std::string_view Offer::title(std::string_view language) const {
  const auto find = [&](std::string_view tag) -> const std::string* {
    for (const auto& [name, title] : titles) {
      if (name == tag) return &title;
    }
    return nullptr;
  };
  if (const std::string* title = find(language)) return *title;
  if (const std::string* title = find(language.substr(0, language.find('-')))) return *title;
  return titles.front().second;
}

OfferBook::OfferBook(std::string_view text, std::string_view file_name) : file_name_(file_name) {
  const JsonDocument document(text, file_name);
  const JsonView root = document.root();
  root.at("version").integer(1, 1);
  const JsonView offers = root.at("offers");
  if (offers.size() > kMaxOffers) offers.fail(message("at most % offers", kMaxOffers));
  offers_.reserve(offers.size());
  for (std::size_t i = 0; i < offers.size(); ++i) offers_.push_back(offer_of(offers[i]));
}

void OfferBook::check(const Catalogue& catalogue) const {
  for (std::size_t i = 0; i < offers_.size(); ++i) {
    const auto& items = offers_[i].items;
    if (!items.empty() && items.back() >= catalogue.size()) {
      throw_error_in(
          file_name_, ErrorCode::kInvalidInput,
          "the offers do not fit the catalogue|$.offers[%].items|rows of the catalogue, below %|%",
          i, catalogue.size(), items.back());
    }
  }
}

void match_offers(const OfferBook& book, const Visit& visit, Ranker& ranker, double now,
                  std::size_t limit, std::vector<OfferMatch>& out) {
  const Catalogue& catalogue = ranker.catalogue();
  out.clear();
  ranker.prepare(visit, "offers");
  const auto eligible = [](const Offer& offer, Row row) {
    return offer.items.empty() || std::binary_search(offer.items.begin(), offer.items.end(), row);
  };

  for (const Offer& offer : book.offers()) {
    if (!offer.holds(now)) continue;

    Earned earned;
    for (const BasketLine& line : visit.basket()) {
      if (!eligible(offer, line.item)) continue;
      earned.quantity += line.quantity;
      earned.spend += std::max(0.0, catalogue.price(line.item)) * line.quantity;
    }
    OfferMatch match{&offer, OfferStatus::kSuggested, 0.0F, 0, 0, 0, {}, {}};
    // The best item that may be shown decides how well the offer suits.
    Row best = kNoRow;
    for (const Row row : offer.items) {
      if (!ranker.allowed(row)) continue;
      const float score = ranker.score(row);
      if (best == kNoRow || score > match.score) {
        best = row;
        match.score = score;
      }
    }
    if (!offer.items.empty() && best == kNoRow) continue;

    match.missing_quantity = std::max(0.0, offer.min_quantity - earned.quantity);
    match.missing_amount = std::max(0.0, offer.min_spend - earned.spend);
    if (match.missing_amount < 0.005) match.missing_amount = 0;  // less than a cent is rounding
    if (earned.quantity > 0) {
      if (match.missing_quantity == 0 && match.missing_amount == 0) {
        match.status = OfferStatus::kApplies;
      } else if (earned.quantity * 2 >= offer.min_quantity && earned.spend * 2 >= offer.min_spend) {
        match.status = OfferStatus::kNearly;
      }
    }
    // What will have been spent once the conditions are met, at least.
    double spend = std::max(earned.spend, offer.min_spend);
    if (match.missing_quantity > 0 && best != kNoRow) {
      spend = std::max(
          spend, earned.spend + match.missing_quantity * std::max(0.0, catalogue.price(best)));
    }
    match.saving = saving_of(offer, spend);
    // Only the best `limit` so far are kept, in order.
    std::size_t at = out.size();
    if (at < limit) {
      out.push_back(match);
    } else if (limit > 0 && ranks_before(match, out[at - 1])) {
      --at;
    } else {
      continue;
    }
    for (; at > 0 && ranks_before(match, out[at - 1]); --at) out[at] = std::move(out[at - 1]);
    out[at] = std::move(match);
  }

  for (OfferMatch& match : out) {
    // The best few by insertion: offers may have thousands of items, and twelve are shown.
    float scores[kOfferItemsShown];
    for (const Row row : match.offer->items) {
      if (!ranker.allowed(row)) continue;
      const float score = ranker.score(row);
      std::size_t at = match.items.size();
      if (at < kOfferItemsShown) {
        match.items.push_back(row);
      } else if (score > scores[at - 1]) {
        --at;
      } else {
        continue;
      }
      for (; at > 0 && score > scores[at - 1]; --at) {
        scores[at] = scores[at - 1];
        match.items[at] = match.items[at - 1];
      }
      scores[at] = score;
      match.items[at] = row;
    }
  }
  // Explaining may run the model again, so it comes after the last score.
  for (OfferMatch& match : out) {
    if (match.status == OfferStatus::kSuggested) {
      if (match.items.empty()) {
        match.reasons.push_back({ReasonKind::kPopular, kNoRow, 1.0F, {}});
      } else {
        ranker.explain(match.items.front(), match.reasons);
      }
      continue;
    }
    double total = 0;
    std::size_t lines = 0;
    for (const BasketLine& line : visit.basket()) {
      if (!eligible(*match.offer, line.item)) continue;
      total += std::max(0.0, catalogue.price(line.item)) * line.quantity;
      ++lines;
    }
    for (const BasketLine& line : visit.basket()) {
      if (!eligible(*match.offer, line.item)) continue;
      const double cost = std::max(0.0, catalogue.price(line.item)) * line.quantity;
      const double share = total > 0 ? cost / total : 1.0 / static_cast<double>(lines);
      match.reasons.push_back({ReasonKind::kInBasket, line.item, static_cast<float>(share), {}});
    }
    small_sort(std::span(match.reasons),
               [](const Reason& a, const Reason& b) { return a.share > b.share; });
  }
}

}  // namespace storewise::recommend
