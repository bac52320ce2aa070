#include "recommend/rules.h"

#include <algorithm>
#include <span>

#include "support/error.h"
#include "support/json.h"
#include "support/message.h"
#include "support/small_sort.h"

namespace storewise::recommend {
namespace {

RuleAction action_of(const JsonView& view) {
  const std::string& name = view.string();
  if (name == "exclude") return RuleAction::kExclude;
  if (name == "only") return RuleAction::kOnly;
  if (name == "boost") return RuleAction::kBoost;
  if (name == "pin") return RuleAction::kPin;
  if (name == "limit") return RuleAction::kLimit;
  view.fail("exclude, only, boost, pin or limit");
}

RuleCondition condition_of(const JsonView& where, RuleAction action) {
  RuleCondition condition;
  condition.field = where.string_or("field", "");
  if (const auto values = where.find("values")) {
    if (condition.field.empty()) where.fail("\"field\" beside \"values\"", "none");
    condition.values = values->strings();
    if (condition.values.empty()) values->fail("at least one value");
  } else if (!condition.field.empty() && action != RuleAction::kLimit) {
    where.fail("\"values\" beside \"field\"", "none");
  }
  if (const auto items = where.find("items")) {
    condition.by_items = true;
    condition.items = items->strings();
  }
  if (const auto price = where.find("price")) {
    if (price->has("min")) condition.price_min = price->at("min").number();
    if (price->has("max")) condition.price_max = price->at("max").number();
    if (!condition.price_min && !condition.price_max) price->fail("\"min\" or \"max\"");
  }
  if (condition.field.empty() && !condition.by_items && !condition.price_min &&
      !condition.price_max) {
    where.fail("\"field\", \"items\" or \"price\"");
  }
  return condition;
}

Rule rule_of(const JsonView& view) {
  Rule rule;
  rule.action = action_of(view.at("action"));
  const JsonView where = view.at("where");
  rule.where = condition_of(where, rule.action);
  if (rule.action == RuleAction::kBoost) rule.factor = view.at("factor").number(0, 1e6);
  if (rule.action == RuleAction::kPin) {
    rule.position = static_cast<std::uint32_t>(view.integer_or("position", 1, 1, 1000));
  }
  if (rule.action == RuleAction::kLimit) {
    if (rule.where.field.empty()) where.fail("\"field\" in a limit");
    rule.max = static_cast<std::uint32_t>(view.at("max").integer(1, 1'000'000));
  }
  if (const auto slots = view.find("slots")) {
    rule.slots = slots->strings();
    if (rule.slots.empty()) slots->fail("at least one slot, or no \"slots\" for all");
  }
  rule.reason = view.string_or("reason", "");
  return rule;
}

bool holds_in(const Rule& rule, std::string_view slot) {
  return rule.slots.empty() ||
         std::find(rule.slots.begin(), rule.slots.end(), slot) != rule.slots.end();
}

[[noreturn]] void refuse_field(const std::string& name, const Catalogue& catalogue,
                               const RuleBook& book, const std::string& place) {
  std::string known;
  for (const Catalogue::Field& candidate : catalogue.fields()) {
    if (!known.empty()) known += ", ";
    known += candidate.name;
  }
  throw_error_in(book.file_name(), ErrorCode::kInvalidInput,
                 "the rules do not fit the catalogue|%|a field of the catalogue (%)|\"%\"", place,
                 known, name);
}

}  // namespace

RuleBook::RuleBook(std::string_view text, std::string_view file_name) : file_name_(file_name) {
  const JsonDocument document(text, file_name);
  const JsonView root = document.root();
  root.at("version").integer(1, 1);
  if (const auto rules = root.find("rules")) {
    if (rules->size() > kMaxRules) rules->fail(message("at most % rules", kMaxRules));
    rules_.reserve(rules->size());
    for (std::size_t i = 0; i < rules->size(); ++i) rules_.push_back(rule_of((*rules)[i]));
  }
  if (const auto slots = root.find("slots")) {
    slots->for_each_member([&](const std::string& slot, const JsonView& view) {
      SlotSettings settings;
      settings.slot = slot;
      if (view.has("exclude_viewed")) {
        settings.exclude_viewed = view.at("exclude_viewed").boolean();
      }
      if (const auto limit = view.find("limit")) {
        settings.limit_field = limit->at("field").string();
        settings.limit_max = static_cast<std::uint32_t>(limit->at("max").integer(1, 1'000'000));
      }
      slots_.push_back(std::move(settings));
    });
  }
  const auto name = [&](const std::string& slot) {
    if (std::find(named_slots_.begin(), named_slots_.end(), slot) == named_slots_.end()) {
      named_slots_.push_back(slot);
    }
  };
  for (const Rule& rule : rules_) {
    for (const std::string& slot : rule.slots) name(slot);
  }
  for (const SlotSettings& settings : slots_) name(settings.slot);
  if (named_slots_.size() > kMaxNamedSlots) {
    root.fail(message("at most % different slots", kMaxNamedSlots),
              message("%", named_slots_.size()));
  }
}

Matcher::Matcher(const RuleCondition& where, const Catalogue& catalogue) : catalogue_(&catalogue) {
  if (!where.field.empty()) {
    field_ = catalogue.field(where.field);
    if (!where.values.empty() && field_ != nullptr) {
      values_.resize(field_->values.size());
      for (std::size_t i = 0; i < field_->values.size(); ++i) {
        values_[i] = std::find(where.values.begin(), where.values.end(), field_->values[i]) !=
                     where.values.end();
      }
    }
  }
  by_items_ = where.by_items;
  for (const std::string& id : where.items) {
    const Row row = catalogue.ids().find(id);
    if (row != kNoRow) items_.push_back(row);
  }
  std::sort(items_.begin(), items_.end());
  by_price_ = where.price_min || where.price_max;
  price_min_ = where.price_min.value_or(0.0);
  price_max_ = where.price_max.value_or(1e300);
}

bool Matcher::matches(Row row) const {
  if (field_ != nullptr) {
    const std::int32_t value = field_->index[row];
    if (value < 0 || (!values_.empty() && values_[value] == 0)) return false;
  }
  if (by_items_ && !std::binary_search(items_.begin(), items_.end(), row)) return false;
  if (by_price_) {
    const double price = catalogue_->price(row);
    if (price < 0 || price < price_min_ || price > price_max_) return false;
  }
  return true;
}

SlotRules compile_rules(const RuleBook& book, std::string_view slot, const Catalogue& catalogue) {
  SlotRules compiled;
  compiled.blocked.resize(catalogue.size());
  for (Row row = 0; row < catalogue.size(); ++row)
    compiled.blocked[row] = !catalogue.available(row);

  for (std::size_t i = 0; i < book.rules().size(); ++i) {
    const Rule& rule = book.rules()[i];
    const Catalogue::Field* field = catalogue.field(rule.where.field);
    if (field == nullptr && !rule.where.field.empty()) {
      refuse_field(rule.where.field, catalogue, book, message("$.rules[%].where.field", i));
    }
    if (!holds_in(rule, slot)) continue;
    const Matcher matcher(rule.where, catalogue);
    switch (rule.action) {
      case RuleAction::kExclude:
      case RuleAction::kOnly: {
        const bool block_matches = rule.action == RuleAction::kExclude;
        for (Row row = 0; row < catalogue.size(); ++row) {
          if (matcher.matches(row) == block_matches) compiled.blocked[row] = 1;
        }
        break;
      }
      case RuleAction::kBoost: {
        const auto factor = static_cast<float>(rule.factor);
        if (compiled.factors.empty()) compiled.factors.assign(catalogue.size(), 1.0F);
        for (Row row = 0; row < catalogue.size(); ++row) {
          if (matcher.matches(row)) compiled.factors[row] *= factor;
        }
        compiled.boosts.push_back({matcher, factor, rule.reason});
        break;
      }
      case RuleAction::kPin: {
        SlotRules::Pin pin{{}, rule.position, rule.reason};
        for (Row row = 0; row < catalogue.size(); ++row) {
          if (matcher.matches(row)) pin.rows.push_back(row);
        }
        compiled.pins.push_back(std::move(pin));
        break;
      }
      case RuleAction::kLimit:
        compiled.limits.push_back({field, matcher, rule.max});
        break;
    }
  }
  for (const SlotSettings& settings : book.slots()) {
    const Catalogue::Field* field = catalogue.field(settings.limit_field);
    if (field == nullptr && !settings.limit_field.empty()) {
      refuse_field(settings.limit_field, catalogue, book,
                   message("$.slots.%.limit.field", settings.slot));
    }
    if (settings.slot != slot) continue;
    compiled.exclude_viewed = settings.exclude_viewed;
    if (field != nullptr) {
      RuleCondition where;
      where.field = settings.limit_field;
      compiled.limits.push_back({field, Matcher(where, catalogue), settings.limit_max});
    }
  }
  for (Row row = 0; row < compiled.factors.size(); ++row) {
    if (compiled.factors[row] > 1 && compiled.blocked[row] == 0) compiled.boosted.push_back(row);
  }
  small_sort(std::span(compiled.pins),
             [](const auto& a, const auto& b) { return a.position < b.position; });
  return compiled;
}

std::vector<std::string> rule_warnings(const RuleBook& book, const Catalogue& catalogue) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < book.rules().size(); ++i) {
    const Rule& rule = book.rules()[i];
    if (const Catalogue::Field* field = catalogue.field(rule.where.field)) {
      for (const std::string& value : rule.where.values) {
        if (field->find(value) < 0) {
          warnings.push_back(message("%: $.rules[%].where: no item has % \"%\"", book.file_name(),
                                     i, rule.where.field, value));
        }
      }
    }
    for (const std::string& id : rule.where.items) {
      if (catalogue.ids().find(id) == kNoRow) {
        warnings.push_back(message("%: $.rules[%].where: the catalogue has no item \"%\"",
                                   book.file_name(), i, id));
      }
    }
  }
  return warnings;
}

}  // namespace storewise::recommend
