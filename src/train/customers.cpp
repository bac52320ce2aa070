#include "train/customers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "support/error.h"

namespace storewise::train {
namespace {

constexpr double kSecondsOfDay = 86400.0;
constexpr double kMostSeconds = 1e12;  // some 30,000 years
constexpr std::int32_t kLeastWindow = 7;

[[noreturn]] void refuse(std::string_view array, std::size_t at, const char* expected,
                         const std::string& found) {
  throw Error(ErrorCode::kInvalidInput, "the order lines cannot be used",
              {"", std::string(array) + "[" + std::to_string(at) + "]", expected, found});
}

void check(const OrderLines& lines, std::span<const std::int32_t> categories,
           std::size_t category_count) {
  const std::size_t count = lines.order.size();
  for (const std::size_t other : {lines.customer.size(), lines.item.size(), lines.quantity.size(),
                                  lines.price.size(), lines.time.size()}) {
    if (other != count) {
      throw Error(ErrorCode::kInvalidInput, "the order lines cannot be used",
                  {"", "lines", std::to_string(count) + " of each", std::to_string(other)});
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (lines.order[i] < 0) refuse("order", i, "0 or more", std::to_string(lines.order[i]));
    if (lines.item[i] < 0) refuse("item", i, "0 or more", std::to_string(lines.item[i]));
    if (lines.customer[i] < -1) {
      refuse("customer", i, "-1 or more", std::to_string(lines.customer[i]));
    }
    if (!(lines.quantity[i] > 0.0) || !std::isfinite(lines.quantity[i])) {
      refuse("quantity", i, "a number above 0", "another");
    }
    if (!(std::fabs(lines.time[i]) <= kMostSeconds)) {
      refuse("time", i, "seconds since 1970", "another number");
    }
    if (std::isinf(lines.price[i])) refuse("price", i, "a finite number", "infinity");
  }
  for (std::size_t i = 0; i < categories.size(); ++i) {
    if (categories[i] < -1 || categories[i] >= static_cast<std::int64_t>(category_count)) {
      refuse("categories", i, "-1, or a category's number", std::to_string(categories[i]));
    }
  }
}

// The median of whole numbers, the lower of two; 0 of none. Reorders them.
std::int32_t quantile(std::vector<std::int32_t>& values, std::size_t tenths) {
  if (values.empty()) return 0;
  const std::size_t at = (values.size() - 1) * tenths / 10;
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(at);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

float as_float(double value) { return static_cast<float>(value); }

// Scores 1 to levels of those with `counted`; equal numbers by their middle place, so that equal
// numbers have equal scores.
std::vector<std::uint8_t> quantile_scores(std::span<const double> values,
                                          std::span<const char> counted, std::int32_t levels) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (counted[i] != 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  std::vector<std::uint8_t> scores(values.size(), 0);
  const std::size_t n = order.size();
  for (std::size_t from = 0; from < n;) {
    std::size_t to = from + 1;
    while (to < n && values[order[to]] == values[order[from]]) ++to;
    // floor(levels x (middle place + 1/2) / n), in whole numbers.
    const std::size_t score = static_cast<std::size_t>(levels) * (from + to) / (2 * n);
    for (std::size_t at = from; at < to; ++at) {
      scores[order[at]] = static_cast<std::uint8_t>(
          std::min<std::size_t>(score + 1, static_cast<std::size_t>(levels)));
    }
    from = to;
  }
  return scores;
}

}  // namespace

Histories make_histories(const OrderLines& lines, std::span<const std::int32_t> categories,
                         std::size_t category_count) {
  check(lines, categories, category_count);
  Histories result;
  result.categories.assign(categories.begin(), categories.end());
  result.category_count = category_count;
  const std::size_t count = lines.order.size();
  if (count == 0) return result;

  // The customer and the day of each order are those of its first line.
  const std::int32_t last_order = *std::max_element(lines.order.begin(), lines.order.end());
  const std::size_t orders = static_cast<std::size_t>(last_order) + 1;
  std::vector<std::int32_t> customer(orders, -2);
  std::vector<std::int64_t> day(orders, 0);
  std::int64_t first_day = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_day = std::numeric_limits<std::int64_t>::min();
  std::int32_t last_customer = -1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto order = static_cast<std::size_t>(lines.order[i]);
    if (customer[order] != -2) continue;
    customer[order] = lines.customer[i];
    day[order] = static_cast<std::int64_t>(std::floor(lines.time[i] / kSecondsOfDay));
    first_day = std::min(first_day, day[order]);
    last_day = std::max(last_day, day[order]);
    last_customer = std::max(last_customer, lines.customer[i]);
    ++(lines.customer[i] < 0 ? result.guest_orders : result.orders);
  }
  result.days = static_cast<std::int32_t>(last_day - first_day + 1);

  // Lines by customer, day and item; the sort is stable, so sums run in the order of the file.
  std::vector<std::uint32_t> sorted;
  sorted.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (customer[static_cast<std::size_t>(lines.order[i])] >= 0) sorted.push_back(i);
  }
  const auto of_line = [&](std::uint32_t i) { return static_cast<std::size_t>(lines.order[i]); };
  std::stable_sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
    const std::size_t x = of_line(a);
    const std::size_t y = of_line(b);
    if (customer[x] != customer[y]) return customer[x] < customer[y];
    if (day[x] != day[y]) return day[x] < day[y];
    return lines.item[a] < lines.item[b];
  });
  result.start.assign(static_cast<std::size_t>(last_customer) + 2, 0);
  std::int32_t current = -1;
  for (const std::uint32_t i : sorted) {
    const std::size_t order = of_line(i);
    const auto today = static_cast<std::int32_t>(day[order] - first_day);
    if (customer[order] != current || result.purchases.back().day != today) {
      while (current < customer[order]) {
        result.start[static_cast<std::size_t>(++current)] =
            static_cast<std::uint32_t>(result.purchases.size());
      }
      result.purchases.push_back({today, 0.0, static_cast<std::uint32_t>(result.items.size()), 0});
    }
    Purchase& purchase = result.purchases.back();
    if (lines.price[i] > 0.0) purchase.value += lines.quantity[i] * lines.price[i];
    if (purchase.item_count == 0 || result.items.back() != lines.item[i]) {
      result.items.push_back(lines.item[i]);
      ++purchase.item_count;
    }
  }
  while (current < last_customer + 1) {
    result.start[static_cast<std::size_t>(++current)] =
        static_cast<std::uint32_t>(result.purchases.size());
  }
  return result;
}

std::string_view name_of(CustomerFeature feature) {
  constexpr std::array<std::string_view, kCustomerFeatures> kNames{
      "orders",          "recency",     "tenure",      "gap",          "gap_deviation",
      "spent",           "mean_basket", "last_basket", "spent_lately", "orders_lately",
      "orders_just_now", "items",       "last_items"};
  return kNames[static_cast<std::size_t>(feature)];
}

std::array<float, kCustomerFeatures> customer_features(const Histories& histories,
                                                       std::size_t customer, std::int32_t today,
                                                       std::int32_t window) {
  std::array<float, kCustomerFeatures> result{};
  const std::span<const Purchase> all = histories.of(customer);
  std::size_t n = 0;
  while (n < all.size() && all[n].day < today) ++n;
  if (n == 0) return result;
  const std::span<const Purchase> past = all.first(n);
  const double count = static_cast<double>(n);
  const Purchase& last = past.back();
  double spent = 0.0;
  double spent_lately = 0.0;
  double squares = 0.0;
  double orders_lately = 0.0;
  double orders_just_now = 0.0;
  std::vector<std::int32_t> items;
  const double gap = n < 2 ? 0.0 : static_cast<double>(last.day - past.front().day) / (count - 1.0);
  for (std::size_t i = 0; i < n; ++i) {
    const Purchase& purchase = past[i];
    spent += purchase.value;
    if (purchase.day >= today - window) {
      spent_lately += purchase.value;
      orders_lately += 1.0;
    }
    if (purchase.day >= today - (window + 2) / 3) orders_just_now += 1.0;
    if (i > 0) {
      const double apart = static_cast<double>(purchase.day - past[i - 1].day) - gap;
      squares += apart * apart;
    }
    const std::span<const std::int32_t> bought = histories.items_of(purchase);
    items.insert(items.end(), bought.begin(), bought.end());
  }
  std::sort(items.begin(), items.end());
  const auto distinct = std::unique(items.begin(), items.end()) - items.begin();
  const auto set = [&](CustomerFeature feature, double value) {
    result[static_cast<std::size_t>(feature)] = as_float(value);
  };
  set(CustomerFeature::kOrders, count);
  set(CustomerFeature::kRecency, static_cast<double>(today - last.day));
  set(CustomerFeature::kTenure, static_cast<double>(today - past.front().day));
  set(CustomerFeature::kGap, gap);
  set(CustomerFeature::kGapDeviation, n < 3 ? 0.0 : std::sqrt(squares / (count - 1.0)));
  set(CustomerFeature::kSpent, spent);
  set(CustomerFeature::kMeanBasket, spent / count);
  set(CustomerFeature::kLastBasket, last.value);
  set(CustomerFeature::kSpentLately, spent_lately);
  set(CustomerFeature::kOrdersLately, orders_lately);
  set(CustomerFeature::kOrdersJustNow, orders_just_now);
  set(CustomerFeature::kItems, static_cast<double>(distinct));
  set(CustomerFeature::kLastItems, static_cast<double>(last.item_count));
  return result;
}

Aftermath aftermath(const Histories& histories, std::size_t customer, std::int32_t today,
                    std::int32_t window) {
  Aftermath result;
  const std::span<const Purchase> all = histories.of(customer);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].day < today || all[i].day >= today + window) continue;
    if (result.wait < 0) {
      result.wait = all[i].day - today;
      result.purchase = i;
    }
    result.value += all[i].value;
  }
  return result;
}

Rhythm rhythm_of(const Histories& histories) {
  std::vector<std::int32_t> gaps;
  for (std::size_t c = 0; c < histories.customers(); ++c) {
    const std::span<const Purchase> all = histories.of(c);
    for (std::size_t i = 1; i < all.size(); ++i) gaps.push_back(all[i].day - all[i - 1].day);
  }
  Rhythm result;
  result.gaps = gaps.size();
  result.median_gap = quantile(gaps, 5);
  result.usual_longest = quantile(gaps, 9);
  return result;
}

std::string_view name_of(Segment segment) {
  constexpr std::array<std::string_view, kSegments> kNames{
      "champions", "loyal", "returning", "new", "at-risk", "sleeping", "one-time"};
  return kNames[static_cast<std::size_t>(segment)];
}

CustomerScores score_customers(const Histories& histories) {
  const std::size_t n = histories.customers();
  std::vector<double> recency(n, 0.0);
  std::vector<double> frequency(n, 0.0);
  std::vector<double> money(n, 0.0);
  std::vector<char> bought(n, 0);
  std::vector<char> again(n, 0);
  std::size_t buyers = 0;
  for (std::size_t c = 0; c < n; ++c) {
    const std::span<const Purchase> all = histories.of(c);
    if (all.empty()) continue;
    ++buyers;
    bought[c] = 1;
    again[c] = all.size() > 1 ? 1 : 0;
    recency[c] = all.back().day;
    frequency[c] = static_cast<double>(all.size());
    for (const Purchase& purchase : all) money[c] += purchase.value;
  }
  CustomerScores result;
  // A score should stand for ten customers at least.
  result.levels = buyers >= 50 ? 5 : buyers >= 30 ? 3 : 2;
  result.recency = quantile_scores(recency, bought, result.levels);
  result.frequency = quantile_scores(frequency, again, result.levels);
  result.money = quantile_scores(money, bought, result.levels);
  for (std::size_t c = 0; c < n; ++c) {
    if (bought[c] != 0 && again[c] == 0) result.frequency[c] = 1;
  }
  return result;
}

// Of those who bought twice or more, with "high" the best two fifths and "low" the last two:
//   recency high, frequency and money high   champions
//   recency not low, frequency not low       loyal
//   recency not low, otherwise               returning
//   recency low, frequency or money high     at risk
//   recency low, otherwise                   sleeping
std::vector<Segment> segment_customers(const Histories& histories, const CustomerScores& scores,
                                       std::int32_t lately) {
  const std::int32_t fifths = std::max(1, scores.levels * 2 / 5);
  const auto high = [&](std::uint8_t score) { return score > scores.levels - fifths; };
  const auto low = [&](std::uint8_t score) { return score <= fifths; };
  std::vector<Segment> result(histories.customers(), Segment::kOneTime);
  for (std::size_t c = 0; c < result.size(); ++c) {
    const std::span<const Purchase> all = histories.of(c);
    if (all.empty()) continue;
    if (all.size() == 1) {
      if (histories.days - all.back().day <= lately) result[c] = Segment::kNew;
      continue;
    }
    const std::uint8_t r = scores.recency[c];
    const std::uint8_t f = scores.frequency[c];
    const std::uint8_t m = scores.money[c];
    if (low(r)) {
      result[c] = high(f) || high(m) ? Segment::kAtRisk : Segment::kSleeping;
    } else if (high(r) && high(f) && high(m)) {
      result[c] = Segment::kChampions;
    } else {
      result[c] = low(f) ? Segment::kReturning : Segment::kLoyal;
    }
  }
  return result;
}

std::vector<SegmentSummary> summarise(const Histories& histories,
                                      const std::vector<Segment>& segments) {
  std::vector<SegmentSummary> result(kSegments);
  std::vector<std::vector<std::int32_t>> recency(kSegments);
  for (std::size_t s = 0; s < kSegments; ++s) result[s].segment = static_cast<Segment>(s);
  for (std::size_t c = 0; c < histories.customers(); ++c) {
    const std::span<const Purchase> all = histories.of(c);
    if (all.empty()) continue;
    const auto s = static_cast<std::size_t>(segments[c]);
    SegmentSummary& summary = result[s];
    ++summary.customers;
    summary.purchases += all.size();
    for (const Purchase& purchase : all) summary.value += purchase.value;
    recency[s].push_back(histories.days - all.back().day);
  }
  for (std::size_t s = 0; s < kSegments; ++s) result[s].median_recency = quantile(recency[s], 5);
  return result;
}

Cutoffs choose_cutoffs(std::int32_t days, std::int32_t wanted, std::size_t most) {
  Cutoffs result;
  const std::int32_t window = std::min(wanted, days / 3);
  if (window < kLeastWindow) return result;
  result.window = window;
  result.test = days - window;
  const std::int32_t step = std::max(1, window / 9);
  // Histories of two thirds of a window look like those of the test; a third is the least that says
  // anything, for data that are short.
  const std::int32_t latest = result.test - window;
  const std::int32_t least = latest - 2 * step >= window * 2 / 3 ? window * 2 / 3 : window / 3;
  for (std::int32_t day = latest; day >= least && result.training.size() < most; day -= step) {
    result.training.push_back(day);
  }
  std::reverse(result.training.begin(), result.training.end());
  return result;
}

}  // namespace storewise::train
