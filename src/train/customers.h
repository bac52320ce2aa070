// What a shop's orders say of its customers: their histories, their segments, and the numbers that
// models of customers learn from.
//
// Plain data in, plain data out. Time is whole days; orders of one customer on one day are one
// purchase, so that a parcel split in two is no second visit. Orders without a customer are counted
// and left out. Refuses to know names, files and money's currency. Sums run in the order of the
// customers and of their purchases: the same orders give the same numbers everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "train/feature_table.h"

namespace storewise::train {

// Lines of orders, all spans of one length, in any order.
struct OrderLines {
  std::span<const std::int32_t> customer;  // from 0, -1 for a guest
  std::span<const std::int32_t> order;     // from 0; the first line of an order has its customer
  std::span<const std::int32_t> item;      // from 0
  std::span<const double> quantity;        // above 0
  std::span<const double> price;           // of one unit; below 0 or NaN when unknown: counts as 0
  std::span<const double> time;            // seconds; the first line of an order has its time
};

// What one customer bought on one day.
struct Purchase {
  std::int32_t day = 0;          // since the first day of the file, which is 0
  double value = 0;              // summed quantity x price
  std::uint32_t first_item = 0;  // into Histories::items
  std::uint32_t item_count = 0;  // distinct items
};

struct Histories {
  std::vector<std::uint32_t> start;      // [customers + 1] into purchases
  std::vector<Purchase> purchases;       // by customer, then by day
  std::vector<std::int32_t> items;       // of the purchases, each ascending
  std::vector<std::int32_t> categories;  // [items of the shop] -1 for none; may be empty
  std::size_t category_count = 0;
  std::int32_t days = 0;         // from the first day to the last, both counted
  std::size_t orders = 0;        // of customers
  std::size_t guest_orders = 0;  // left out

  std::size_t customers() const { return start.empty() ? 0 : start.size() - 1; }
  std::span<const Purchase> of(std::size_t customer) const {
    return std::span(purchases).subspan(start[customer], start[customer + 1] - start[customer]);
  }
  std::span<const std::int32_t> items_of(const Purchase& purchase) const {
    return std::span(items).subspan(purchase.first_item, purchase.item_count);
  }
  std::int32_t category_of(std::int32_t item) const {
    const auto at = static_cast<std::size_t>(item);
    return at < categories.size() ? categories[at] : -1;
  }
};

// Customers without an order keep their number and an empty history. `categories` is [items] or
// empty. Throws Error(kInvalidInput) for spans of unequal length, a negative order or item, a
// quantity that is not above 0, a time that is not finite or out of the calendar, and a category
// that is not below category_count.
Histories make_histories(const OrderLines& lines, std::span<const std::int32_t> categories,
                         std::size_t category_count);

// The columns of a customer's features, in this order; all are 0 or more.
enum class CustomerFeature : std::uint8_t {
  kOrders,         // purchases (days with an order) so far
  kRecency,        // days since the last
  kTenure,         // days since the first
  kGap,            // mean days from one to the next; 0 with one only
  kGapDeviation,   // standard deviation of these; 0 with fewer than three purchases
  kSpent,          // in all
  kMeanBasket,     // spent / orders
  kLastBasket,     // value of the last
  kSpentLately,    // in the last `window` days
  kOrdersLately,   // likewise
  kOrdersJustNow,  // in the last third of the window
  kItems,          // distinct items so far
  kLastItems,      // of the last purchase
};
inline constexpr std::size_t kCustomerFeatures = 13;
std::string_view name_of(CustomerFeature feature);

// Features of the purchases before day `today`; `window` >= 1 days. All 0 when there are none.
std::array<float, kCustomerFeatures> customer_features(const Histories& histories,
                                                       std::size_t customer, std::int32_t today,
                                                       std::int32_t window);

// What followed a day: the first purchase on or after it within `window` days.
struct Aftermath {
  std::int32_t wait = -1;    // days until it, 0 on the day itself; -1 when there was none
  double value = 0;          // spent within the window
  std::size_t purchase = 0;  // its position in the customer's history
};
Aftermath aftermath(const Histories& histories, std::size_t customer, std::int32_t today,
                    std::int32_t window);

// How often the shop's customers come back.
struct Rhythm {
  std::size_t gaps = 0;            // between purchases of one customer
  std::int32_t median_gap = 0;     // days; 0 without gaps
  std::int32_t usual_longest = 0;  // nine gaps in ten are no longer
};
Rhythm rhythm_of(const Histories& histories);

enum class Segment : std::uint8_t {
  kChampions,
  kLoyal,
  kReturning,
  kNew,
  kAtRisk,
  kSleeping,
  kOneTime,
};
inline constexpr std::size_t kSegments = 7;
std::string_view name_of(Segment segment);

// Recency, frequency and money (Hughes 1994), each scored 1 to `levels` by quantiles over the
// customers, 5 the best: with fewer customers the quintiles become thirds or halves. Equal numbers
// have equal scores.
struct CustomerScores {
  std::int32_t levels = 5;
  std::vector<std::uint8_t> recency;    // [customers] 0 for customers without a purchase
  std::vector<std::uint8_t> frequency;  // of those who bought twice at least; the others have 1
  std::vector<std::uint8_t> money;
};
CustomerScores score_customers(const Histories& histories);

// The segment of each customer; customers without a purchase count as kOneTime and are not in
// summaries. One purchase: new when it is as recent as `lately` days, else one-time. More: see
// the table in customers.cpp.
std::vector<Segment> segment_customers(const Histories& histories, const CustomerScores& scores,
                                       std::int32_t lately);

struct SegmentSummary {
  Segment segment = Segment::kChampions;
  std::size_t customers = 0;
  std::size_t purchases = 0;
  double value = 0;                 // spent in all
  std::int32_t median_recency = 0;  // days before the day after the last
};
// All segments in the order of the enumeration, empty ones too.
std::vector<SegmentSummary> summarise(const Histories& histories,
                                      const std::vector<Segment>& segments);

// Days that features are taken on. What follows each is its target: `window` days.
struct Cutoffs {
  std::int32_t window = 0;             // 0: the data are too short for any
  std::vector<std::int32_t> training;  // ascending; the targets end before `test`
  std::int32_t test = 0;               // the last one, its target ends with the data
};
// The window is `wanted` days, or a third of the data when these are shorter than three windows;
// below a week there is none. Training days lie a ninth of a window apart, at most `most` of them.
Cutoffs choose_cutoffs(std::int32_t days, std::int32_t wanted, std::size_t most);

}  // namespace storewise::train
