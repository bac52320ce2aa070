// One visitor's session: what was viewed, added, removed and bought, and the basket that follows.
//
// Knows rows, not skus; holds at most kMaxEvents events and forgets the oldest that the basket does
// not rest on. Nothing is stored anywhere else: erase() leaves nothing behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "recommend/ids.h"

namespace storewise::recommend {

inline constexpr std::size_t kMaxEvents = 500;
inline constexpr std::uint32_t kMaxQuantity = 9999;

enum class EventType : std::uint8_t { kView, kAdd, kRemove, kPurchase, kPage };

// Of an event of type kPage, a page that is of no single product: what it shows.
enum class PageKind : std::uint8_t {
  kProducts,     // many products: home, department, search
  kAccount,      // account, orders, checkout
  kInformation,  // help, delivery, contact
};

struct Event {
  EventType type;
  Row item;                // kNoRow for a page
  double at;               // milliseconds since 1970, as the page's clock says
  std::uint32_t quantity;  // 1..kMaxQuantity; 1 for a view; kWholeLine for a removal without one
  PageKind page = PageKind::kProducts;
};

// Of a removal or purchase: however many there are. Recorded as that number, 1 for none.
inline constexpr std::uint32_t kWholeLine = 0;

struct BasketLine {
  Row item;
  std::uint32_t quantity;
};

// How a visitor last dealt with an item. The order is that of interest: what is in the basket
// counts double, everything else once (Visit::interest).
enum class Standing : std::uint8_t { kViewed, kBought, kInBasket };

class Visit {
 public:
  // An item of the session, newest first.
  struct Touched {
    Row item;
    Standing standing;
  };

  // Appends an event and updates the basket. A removal of an item that is not in the basket and a
  // purchase of one that is not are recorded too: the page knows best.
  void record(const Event& event);
  // One purchase event for each line of the basket, which is then empty.
  void purchase_basket(double at);
  void erase();

  std::span<const Event> events() const { return events_; }
  // In the order of the first addition.
  std::span<const BasketLine> basket() const { return basket_; }
  std::uint32_t in_basket(Row item) const;  // quantity, 0 = not in it
  // The time of the newest event, 0 without one.
  double last_time() const { return events_.empty() ? 0.0 : events_.back().at; }

  // The distinct items of the session, most recently touched first, at most `limit`. Removing an
  // item does not touch it: it keeps its place and counts as viewed.
  void touched(std::size_t limit, std::vector<Touched>& out) const;

  // Factor on an item's weight: 2 in the basket, 1 viewed or bought. Adding to the basket is the
  // stronger sign of what the visit is about; a purchase ends that.
  static float interest(Standing standing) { return standing == Standing::kInBasket ? 2.0F : 1.0F; }

 private:
  void make_room();

  std::vector<Event> events_;  // oldest first
  std::vector<BasketLine> basket_;
};

}  // namespace storewise::recommend
