// The shop's business rules: parsed once, compiled for each slot into bits and factors.
//
// A rule acts before the best items are chosen, so that ten allowed items come back even when the
// ten highest scores are all excluded. What each action does:
//  - exclude: never shown in the slot, not even pinned.
//  - only: what does not match is never shown; several such rules must all match.
//  - boost: multiplies the score by `factor` (below 1 buries; several factors multiply).
//  - pin: the best allowed match stands at `position` (from 1), unless it is in the basket.
//  - limit: at most `max` results share one value of the rule's field, among items that match.
// Rules hold even where that makes a list short. Refuses fields that the catalogue does not have;
// values and items that it does not have are reported as warnings, because assortments change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recommend/catalogue.h"

namespace storewise::recommend {

inline constexpr std::size_t kMaxRules = 1000;
inline constexpr std::size_t kMaxNamedSlots = 64;

enum class RuleAction : std::uint8_t { kExclude, kOnly, kBoost, kPin, kLimit };

// Which items a rule speaks of. Every part given must hold.
struct RuleCondition {
  std::string field;                // empty = any
  std::vector<std::string> values;  // of the field; empty (limit only) = every value
  bool by_items = false;
  std::vector<std::string> items;
  std::optional<double> price_min;  // inclusive; an unknown price never matches
  std::optional<double> price_max;
};

struct Rule {
  RuleAction action;
  RuleCondition where;
  double factor = 1;
  std::uint32_t position = 1;
  std::uint32_t max = 1;
  std::vector<std::string> slots;  // empty = all
  std::string reason;
};

// What rules.json says of a slot besides its rules.
struct SlotSettings {
  std::string slot;
  std::optional<bool> exclude_viewed;  // absent = as Ranker does for the slot's name
  std::string limit_field;             // "limit": {"field", "max"}, as a limit rule; empty = none
  std::uint32_t limit_max = 0;
};

class RuleBook {
 public:
  RuleBook() = default;
  // Reads rules.json. Throws Error(kInvalidInput).
  RuleBook(std::string_view text, std::string_view file_name);

  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<SlotSettings>& slots() const { return slots_; }
  const std::string& file_name() const { return file_name_; }
  // Every slot that a rule or the settings name, each once.
  const std::vector<std::string>& named_slots() const { return named_slots_; }

 private:
  std::string file_name_;
  std::vector<Rule> rules_;
  std::vector<SlotSettings> slots_;
  std::vector<std::string> named_slots_;
};

// A condition against one catalogue.
class Matcher {
 public:
  Matcher(const RuleCondition& where, const Catalogue& catalogue);
  bool matches(Row row) const;

 private:
  const Catalogue* catalogue_;
  const Catalogue::Field* field_ = nullptr;
  std::vector<std::uint8_t> values_;  // [field values] 1 = matches; empty = any
  bool by_items_ = false;
  std::vector<Row> items_;  // ascending
  double price_min_ = 0;
  double price_max_ = 0;
  bool by_price_ = false;
};

// The rules of one slot against one catalogue.
struct SlotRules {
  struct Boost {
    Matcher matcher;
    float factor;
    std::string reason;
  };
  struct Pin {
    std::vector<Row> rows;  // that match, ascending
    std::uint32_t position;
    std::string reason;
  };
  struct Limit {
    const Catalogue::Field* field;
    Matcher matcher;
    std::uint32_t max;
  };

  std::vector<std::uint8_t> blocked;  // [rows] 1 = never shown: excluded, not "only", unavailable
  std::vector<float> factors;         // [rows], or empty when every factor is 1
  std::vector<Row> boosted;           // rows whose factor is above 1 and that are not blocked
  std::vector<Boost> boosts;
  std::vector<Pin> pins;  // by position
  std::vector<Limit> limits;
  std::optional<bool> exclude_viewed;
};

// Compiles the rules that hold in `slot`. Throws Error(kInvalidInput) for an unknown field.
SlotRules compile_rules(const RuleBook& book, std::string_view slot, const Catalogue& catalogue);

// One line for every value and item of the rules that the catalogue does not have.
std::vector<std::string> rule_warnings(const RuleBook& book, const Catalogue& catalogue);

}  // namespace storewise::recommend
