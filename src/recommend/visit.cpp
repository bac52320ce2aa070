#include "recommend/visit.h"

#include <algorithm>

namespace storewise::recommend {

std::uint32_t Visit::in_basket(Row item) const {
  for (const BasketLine& line : basket_) {
    if (line.item == item) return line.quantity;
  }
  return 0;
}

void Visit::make_room() {
  if (events_.size() < kMaxEvents) return;
  auto victim = std::find_if(events_.begin(), events_.end(), [&](const Event& event) {
    return event.type == EventType::kView || in_basket(event.item) == 0;  // so are pages
  });
  if (victim == events_.end()) victim = events_.begin();
  events_.erase(victim);
}

void Visit::record(const Event& event) {
  std::uint32_t quantity = event.quantity;
  const auto line = std::find_if(basket_.begin(), basket_.end(), [&](const BasketLine& candidate) {
    return candidate.item == event.item;
  });
  switch (event.type) {
    case EventType::kView:
    case EventType::kPage:
      break;
    case EventType::kAdd:
      if (line == basket_.end()) {
        basket_.push_back({event.item, std::min(event.quantity, kMaxQuantity)});
      } else {
        line->quantity = std::min(line->quantity + event.quantity, kMaxQuantity);
      }
      break;
    case EventType::kRemove:
    case EventType::kPurchase:
      if (quantity == kWholeLine) quantity = std::max(in_basket(event.item), 1U);
      if (line == basket_.end()) break;
      if (quantity >= line->quantity) {
        basket_.erase(line);
      } else {
        line->quantity -= quantity;
      }
      break;
  }
  make_room();
  events_.push_back(event);
  events_.back().quantity = quantity;
}

void Visit::purchase_basket(double at) {
  const std::vector<BasketLine> bought = basket_;
  for (const BasketLine& line : bought) {
    record({EventType::kPurchase, line.item, at, line.quantity});
  }
}

void Visit::erase() {
  // Fresh vectors, so that the memory that held the visit is given back as well.
  events_ = {};
  basket_ = {};
}

void Visit::touched(std::size_t limit, std::vector<Touched>& out) const {
  out.clear();
  for (std::size_t i = events_.size(); i-- > 0 && out.size() < limit;) {
    const Event& event = events_[i];
    if (event.type == EventType::kRemove || event.type == EventType::kPage) continue;
    const bool known = std::any_of(
        out.begin(), out.end(), [&](const Touched& touched) { return touched.item == event.item; });
    if (known) continue;
    Standing standing = Standing::kViewed;
    if (in_basket(event.item) > 0) {
      standing = Standing::kInBasket;
    } else {
      // Bought, however long ago in this visit and whatever was looked at since.
      for (const Event& other : events_) {
        if (other.item == event.item && other.type == EventType::kPurchase) {
          standing = Standing::kBought;
          break;
        }
      }
    }
    out.push_back({event.item, standing});
  }
}

}  // namespace storewise::recommend
