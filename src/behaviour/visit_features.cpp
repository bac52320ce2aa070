#include "behaviour/visit_features.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "support/words.h"

namespace storewise::behaviour {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr std::uint32_t kMaxPieces = 9999;
constexpr double kDayMs = 86400000;
// How many products of the average visitor a visit starts with.
constexpr double kPricePull = 5;
constexpr double kCategoryPull = 3;
constexpr float kViewWeight = 1;
constexpr float kAddWeight = 2;

constexpr const char* kNames =
    "views product_pages account_pages information_pages pages products repeat_views adds removes "
    "purchases product_seconds account_seconds information_seconds seconds mean_dwell last_dwell "
    "idle_seconds basket_pieces basket_value relative_price discounted_share hour weekday month "
    "weekend returning";

// The month, 1..12, of a day since 1970 in the Gregorian calendar (Hinnant 2013).
int month_of(double days) {
  const auto shifted = static_cast<std::int64_t>(days) + 719468;
  const std::int64_t of_era = shifted % 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  return static_cast<int>(month < 10 ? month + 3 : month - 9);
}

}  // namespace

std::string_view name_of(VisitFeature feature) {
  std::string_view names = kNames;
  for (auto left = static_cast<std::size_t>(feature); left > 0; --left) {
    names.remove_prefix(names.find(' ') + 1);
  }
  return names.substr(0, names.find(' '));
}

std::size_t find_visit_feature(std::string_view name) {
  const int place = word_place(name, kNames);
  return place < 0 ? kVisitFeatures : static_cast<std::size_t>(place);
}

void ShopFacts::prepare(std::size_t products) {
  cheapness.assign(products, kMissing);
  products_of.assign(categories, 0);
  // Category, then price: the bits of floats from 0 on are ordered like them.
  const auto category_key = [&](std::size_t i) {
    return static_cast<std::uint64_t>(category.empty() ? 0 : category[i] + 1) << 32;
  };
  const auto key_of = [&](std::size_t i) {
    const float own = static_cast<float>(price[i]) + 0.0F;
    std::uint32_t bits = 0;
    std::memcpy(&bits, &own, sizeof(bits));
    return category_key(i) | bits;
  };
  const bool any = !price.empty();
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < products; ++i) {
    if (!category.empty() && category[i] >= 0) ++products_of[static_cast<std::size_t>(category[i])];
    if (any && price[i] >= 0) keys.push_back(key_of(i));
  }
  std::sort(keys.begin(), keys.end());
  const auto below = [&](std::uint64_t key) {
    return static_cast<float>(std::lower_bound(keys.begin(), keys.end(), key) - keys.begin());
  };
  constexpr std::uint64_t kNextCategory = std::uint64_t{1} << 32;
  for (std::size_t i = 0; any && i < products; ++i) {
    if (!(price[i] >= 0)) continue;
    const float end = below(category_key(i) + kNextCategory);
    cheapness[i] =
        (2 * end - below(key_of(i)) - below(key_of(i) + 1)) / (2 * (end - below(category_key(i))));
  }
  double count = 0;
  double priced = 0;
  double cheap = 0;
  double bargain = 0;
  double bargains = 0;
  for (std::size_t i = 0; i < products; ++i) {
    const bool offered = this->offered(i);
    const auto own = static_cast<double>(cheapness[i]);
    if (own >= 0) {
      cheap += own;
      ++priced;
    }
    if (!offered && !(own >= 0)) continue;
    const double b = offered ? 1 : own;
    ++count;
    bargain += b;
    if (b > 0.5) ++bargains;
  }
  if (priced > 0) mean_cheapness = cheap / priced;
  if (count > 0) {
    mean_bargain = bargain / count;
    bargain_share = bargains / count;
  }
}

double VisitTrace::price_of(std::uint32_t item) const {
  const double price = facts_->price.empty() ? 0 : facts_->price[item];
  return price > 0 ? price : 0;
}

void VisitTrace::grow() {
  std::vector<Entry> old(std::max<std::size_t>(16, table_.size() * 2));
  old.swap(table_);
  used_ = 0;
  for (const Entry& entry : old) {
    if (entry.key != 0) entry_of(entry.key - 1) = entry;
  }
}

VisitTrace::Entry& VisitTrace::entry_of(std::uint32_t item) {
  if (used_ * 2 >= table_.size()) grow();
  const std::size_t mask = table_.size() - 1;
  std::size_t place = (item * 0x9E3779B1U >> 7) & mask;
  while (table_[place].key != item + 1) {
    if (table_[place].key == 0) {
      table_[place].key = item + 1;
      ++used_;
      break;
    }
    place = (place + 1) & mask;
  }
  return table_[place];
}

void VisitTrace::taste(std::uint32_t item, float weight) {
  const auto w = static_cast<double>(weight);
  const std::int32_t category = facts_->category.empty() ? -1 : facts_->category[item];
  if (category >= 0) {
    category_weight_.resize(facts_->categories);
    category_weight_[static_cast<std::size_t>(category)] += weight;
    category_total_ += w;
  }
  const bool offered = facts_->offered(item);
  const auto own = static_cast<double>(facts_->cheapness[item]);
  if (!offered && !(own >= 0)) return;
  const double bargain = offered ? 1 : own;
  weight_ += w;
  cheapness_ += w * (own >= 0 ? own : facts_->mean_cheapness);
  bargain_ += w * bargain;
  if (bargain > 0.5) bargains_ += w;
}

void VisitTrace::add(VisitEvent event, std::uint32_t item, double at, std::uint32_t pieces) {
  if (!(at >= 0)) at = std::max(last_, 0.0);
  if (last_ >= 0) {
    const double passed = (at - last_) / 1000;
    if (passed > kPauseSeconds) {
      counts_ = {};
      ++visit_;
      returning_ = true;
    } else if (passed > 0) {
      counts_[VisitFeature::kSeconds] += passed;
      counts_.dwell += passed;
      if (counts_.page >= 0) counts_.after(VisitFeature::kProductSeconds, counts_.page) += passed;
    }
  }
  last_ = at;
  const bool is_view = event == VisitEvent::kView;
  if (is_view || event >= VisitEvent::kProductsPage) {
    if (counts_.page >= 0) {
      ++counts_.left;
      counts_.left_seconds += counts_.dwell;
      counts_[VisitFeature::kLastDwell] = counts_.dwell;
    }
    counts_.dwell = 0;
    counts_.page =
        is_view ? 0 : static_cast<int>(event) - static_cast<int>(VisitEvent::kProductsPage);
    ++counts_[VisitFeature::kPages];
    ++counts_.after(VisitFeature::kProductPages, counts_.page);
    if (!is_view) return;
  }
  Entry& entry = entry_of(item);
  if (is_view) {
    ++counts_[VisitFeature::kViews];
    ++counts_[entry.seen_in == visit_ ? VisitFeature::kRepeatViews : VisitFeature::kProducts];
    entry.seen_in = visit_;
    const auto cheapness = static_cast<double>(facts_->cheapness[item]);
    if (cheapness >= 0) {
      ++counts_.priced;
      counts_.cheapness += cheapness;
    }
    if (facts_->offered(item)) ++counts_.on_offer;
    taste(item, kViewWeight);
    return;
  }
  const std::uint32_t before = entry.pieces;
  if (event == VisitEvent::kAdd) {
    ++counts_[VisitFeature::kAdds];
    entry.pieces = std::min(before + std::min(pieces, kMaxPieces), kMaxPieces);
    taste(item, kAddWeight);
  } else {
    const bool bought = event == VisitEvent::kPurchase;
    // The lines of one order are one purchase.
    if (!bought || counts_.bought_at != at) {
      ++counts_[bought ? VisitFeature::kPurchases : VisitFeature::kRemoves];
    }
    if (bought) counts_.bought_at = at;
    entry.pieces -= pieces == 0 ? before : std::min(pieces, before);
  }
  const double more = static_cast<double>(entry.pieces) - before;
  basket_pieces_ += more;
  basket_value_ += more * price_of(item);
  if (basket_pieces_ == 0) basket_value_ = 0;  // and no rounding stays behind
}

VisitFeatures VisitTrace::features(double now, double offset) const {
  constexpr auto kNone = static_cast<double>(kMissing);
  Counts counts = counts_;
  const bool left = counts.left > 0;
  counts[VisitFeature::kMeanDwell] = left ? counts.left_seconds / counts.left : kNone;
  if (!left) counts[VisitFeature::kLastDwell] = kNone;
  if (!(now >= last_)) now = last_;
  if (last_ >= 0) {
    counts[VisitFeature::kIdleSeconds] = std::min((now - last_) / 1000, kPauseSeconds);
  }
  counts[VisitFeature::kBasketPieces] = basket_pieces_;
  counts[VisitFeature::kBasketValue] = basket_value_;
  counts[VisitFeature::kRelativePrice] =
      counts.priced > 0 ? 1 - counts.cheapness / counts.priced : kNone;
  const double views = counts[VisitFeature::kViews];
  counts[VisitFeature::kDiscountedShare] =
      views > 0 && !facts_->on_offer.empty() ? counts.on_offer / views : kNone;
  const double local = std::max(0.0, now + offset * 60000);
  const double days = std::floor(local / kDayMs);
  const double weekday = days + 3 - 7 * std::floor((days + 3) / 7);
  const bool dated = now >= 0;
  counts[VisitFeature::kHour] = dated ? std::floor((local - days * kDayMs) / 3600000) : kNone;
  counts[VisitFeature::kWeekday] = dated ? weekday : kNone;
  counts[VisitFeature::kMonth] = dated ? month_of(days) : kNone;
  counts[VisitFeature::kWeekend] = dated ? (weekday >= 5 ? 1 : 0) : kNone;
  counts[VisitFeature::kReturning] = returning_ ? 1 : kNone;
  VisitFeatures result;
  for (std::size_t i = 0; i < kVisitFeatures; ++i) result[i] = static_cast<float>(counts.of[i]);
  return result;
}

PriceSensitivity VisitTrace::price_sensitivity() const {
  const ShopFacts& facts = *facts_;
  const double all = kPricePull + weight_;
  PriceSensitivity result;
  result.base = facts.mean_bargain;
  result.value = (kPricePull * facts.mean_bargain + bargain_) / all;
  result.probability = (kPricePull * facts.bargain_share + bargains_) / all;
  result.of_price = (cheapness_ - weight_ * facts.mean_cheapness) / all;
  result.of_offers = result.value - result.base - result.of_price;
  return result;
}

VisitTrace::CategoryShares VisitTrace::category_shares() const {
  double products = 0;
  for (const std::uint32_t count : facts_->products_of) products += count;
  CategoryShares result;
  for (std::size_t c = 0; c < facts_->categories; ++c) {
    const double weight = category_weight_.empty() ? 0 : static_cast<double>(category_weight_[c]);
    const double usual = products > 0 ? facts_->products_of[c] / products : 0;
    const double share = (kCategoryPull * usual + weight) / (kCategoryPull + category_total_);
    std::size_t place = std::min(result.count, kMostCategoryShares - 1);
    if (result.count < kMostCategoryShares) {
      ++result.count;
    } else if (!(result.best[place].share < share)) {
      continue;
    }
    // The first among equals stays first.
    for (; place > 0 && result.best[place - 1].share < share; --place) {
      result.best[place] = result.best[place - 1];
    }
    result.best[place] = {c, share, weight};
  }
  return result;
}

}  // namespace storewise::behaviour
