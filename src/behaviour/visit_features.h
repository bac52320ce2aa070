// What a visit looks like in numbers, kept up to date event by event, and what its products say of
// the visitor's taste. The trainer and the page use this one class, so that a model is asked about
// the same numbers that it learnt from.
//
// A visit that goes on after a pause of more than kPauseSeconds is a new one of a returning
// visitor: the numbers start again, basket and taste stay. Clocks may be wrong: an event before the
// last one happens at the same moment as that one, and later events count from its own time on. An
// event costs O(1), amortised. Refuses to know ids, names and files: products are rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace storewise::behaviour {

inline constexpr double kPauseSeconds = 1800;

// The numbers, in the order of kVisitFeatureNames. Counts and seconds are 0 or more and of this
// visit alone; "dwell" is the time from opening a page to opening the next one.
enum class VisitFeature : std::uint8_t {
  kViews,               // pages of one product
  kProductPages,        // those and lists of products (home, department, search)
  kAccountPages,        // account, orders, checkout
  kInformationPages,    // help, delivery, contact
  kPages,               // all of these: how deep the visit is
  kProducts,            // distinct products viewed
  kRepeatViews,         // views of a product that was viewed before
  kAdds,                // events, not pieces
  kRemoves,             // likewise
  kPurchases,           // moments at which something was bought
  kProductSeconds,      // spent on product pages, up to the last event
  kAccountSeconds,      // likewise
  kInformationSeconds,  // likewise
  kSeconds,             // from the first event to the last
  kMeanDwell,           // seconds, of the pages left so far; missing without one
  kLastDwell,           // of the last of these
  kIdleSeconds,         // since the last event, at most kPauseSeconds
  kBasketPieces,        // in the basket
  kBasketValue,         // their prices, in the shop's currency, as far as they are known
  kRelativePrice,       // 0 cheapest of its category .. 1 dearest, mean over the views; or missing
  kDiscountedShare,     // of the views, 0..1; missing without views or in a shop without offers
  kHour,                // 0..23, the visitor's own clock
  kWeekday,             // 0 Monday .. 6 Sunday
  kMonth,               // 1..12
  kWeekend,             // 0 or 1
  kReturning,  // 1 where an earlier visit is known; missing otherwise (Visit::set_returning)
};
inline constexpr std::size_t kVisitFeatures = 26;
using VisitFeatures = std::array<float, kVisitFeatures>;

// "views", "product_pages", ...: as models name them.
std::string_view name_of(VisitFeature feature);
// The feature of that name, or kVisitFeatures.
std::size_t find_visit_feature(std::string_view name);

// What is known of the shop's products, [products] each.
struct ShopFacts {
  std::span<const double> price;           // below 0 or NaN: unknown. Empty: all are
  std::span<const std::int32_t> category;  // 0 .. categories-1, -1 none. Empty: none has one
  std::size_t categories = 0;
  std::vector<std::uint8_t> on_offer;  // empty: the shop has no offers
  // Filled by prepare(). How cheap for its category, 1 - (cheaper + half of the equally dear) /
  // all of the category; NaN without a price.
  std::vector<float> cheapness;
  std::vector<std::uint32_t> products_of;  // [categories] products
  // Means over the products with a price or on offer, of: cheapness; bargain (1 on offer, else the
  // cheapness); whether the bargain is above a half.
  double mean_cheapness = 0.5;
  double mean_bargain = 0.5;
  double bargain_share = 0.5;

  // Sorts the products: O(n log n). `products` is the length of the spans that are not empty.
  void prepare(std::size_t products);
  bool offered(std::size_t product) const { return !on_offer.empty() && on_offer[product] != 0; }
};

enum class VisitEvent : std::uint8_t {
  kView,
  kAdd,
  kRemove,
  kPurchase,
  kProductsPage,  // a list of products
  kAccountPage,
  kInformationPage,
};

// How far the visitor goes for what is cheap. With w = 1 for a product viewed and 2 for one put
// into the basket, b its bargain and k = 5: value = (k mean_bargain + sum w b) / (k + sum w), which
// is base + of_price + of_offers; and the probability that the next product is in the cheaper half
// of its category or on offer = (k bargain_share + sum over those of w) / (k + sum w).
struct PriceSensitivity {
  double value = 0;
  double probability = 0;
  double base = 0;
  double of_price = 0;
  double of_offers = 0;
};

inline constexpr std::size_t kMostCategoryShares = 5;

struct CategoryShare {
  std::size_t category = 0;
  double share = 0;
  double weight = 0;  // this visit's
};

class VisitTrace {
 public:
  // `facts` must outlive the trace and be prepared.
  explicit VisitTrace(const ShopFacts& facts) : facts_(&facts) {}

  // `item` is a product's row (any number for pages), `at` milliseconds since 1970, `pieces` how
  // many were added, removed or bought; 0 for a removal or purchase means all.
  void add(VisitEvent event, std::uint32_t item, double at, std::uint32_t pieces);
  // The visitor was here before, whatever this trace knows of it.
  void set_returning() { returning_ = true; }

  // The numbers at `now`, milliseconds since 1970; before the last event, or no number: at that
  // event. `offset` is the visitor's clock less UTC, in minutes.
  VisitFeatures features(double now, double offset) const;

  PriceSensitivity price_sensitivity() const;
  // The categories with the largest shares: (3 x the category's share of the products + the weight
  // of its products seen) / (3 + all that weight), weights as above. Largest first.
  struct CategoryShares {
    std::size_t count = 0;
    std::array<CategoryShare, kMostCategoryShares> best;
  };
  CategoryShares category_shares() const;

 private:
  struct Entry {
    std::uint32_t key = 0;  // item + 1; 0 is free
    std::uint32_t pieces = 0;
    std::uint32_t seen_in = 0;  // the last visit that viewed it
  };

  Entry& entry_of(std::uint32_t item);
  void grow();
  void taste(std::uint32_t item, float weight);
  double price_of(std::uint32_t item) const;

  // Of one visit; a new one starts with fresh ones.
  struct Counts {
    // By VisitFeature; 0 for those that features() works out.
    std::array<double, kVisitFeatures> of{};
    double left = 0;          // pages
    double left_seconds = 0;  // dwell of the pages left
    double dwell = 0;         // of the open page so far
    double priced = 0;        // views of products with a price
    double cheapness = 0;     // summed over them
    double on_offer = 0;      // views
    int page = -1;            // the open one's kind: 0 product, 1 account, 2 information
    double bought_at = -1;    // the last purchase

    double& operator[](VisitFeature feature) { return of[static_cast<std::size_t>(feature)]; }
    // The feature `steps` behind `first`.
    double& after(VisitFeature first, int steps) {
      return of[static_cast<std::size_t>(first) + static_cast<std::size_t>(steps)];
    }
  };

  const ShopFacts* facts_;
  Counts counts_;
  double last_ = -1;  // time of the last event; -1 before the first
  bool returning_ = false;
  std::uint32_t visit_ = 1;
  std::vector<Entry> table_;  // open addressing, a power of two, at most half full
  std::size_t used_ = 0;
  double basket_pieces_ = 0;
  double basket_value_ = 0;
  std::vector<float> category_weight_;
  double category_total_ = 0;
  double weight_ = 0;  // of products with a bargain
  double cheapness_ = 0;
  double bargain_ = 0;
  double bargains_ = 0;
};

}  // namespace storewise::behaviour
