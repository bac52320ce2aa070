// The shop's catalogue as the engine needs it: ids, prices, availability and text fields, by row.
//
// Names and translations are checked but not kept: the page shows them from its own copy. Refuses
// rows whose columns disagree in length, ids that are empty or come twice, and indices without a
// value, each by its JSON path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recommend/ids.h"

namespace storewise::recommend {

inline constexpr std::size_t kMaxCatalogueItems = 4'000'000;
inline constexpr std::size_t kMaxIdBytes = 256;

class Catalogue {
 public:
  // A dictionary-encoded text column.
  struct Field {
    std::string name;
    std::vector<std::string> values;
    std::vector<std::int32_t> index;  // [rows] position in values, -1 = none

    // Position of `value` in values, -1 when there is none.
    std::int32_t find(std::string_view value) const;
  };

  // Reads catalogue.json (version 1, columns; HACKING.md has the format). `text` may be released
  // afterwards. Throws Error(kInvalidInput).
  Catalogue(std::string_view text, std::string_view file_name);

  std::size_t size() const { return ids_.size(); }
  const IdIndex& ids() const { return ids_; }
  // In the catalogue's currency; -1 = unknown.
  double price(Row row) const { return prices_.empty() ? -1.0 : prices_[row]; }
  std::span<const double> prices() const { return prices_; }  // [rows], or empty
  bool available(Row row) const { return available_.empty() || available_[row] != 0; }
  const std::vector<Field>& fields() const { return fields_; }
  const Field* field(std::string_view name) const;  // nullptr when there is none
  const std::string& currency() const { return currency_; }

 private:
  class Reader;
  std::string currency_;
  IdIndex ids_;
  std::vector<double> prices_;           // [rows] or empty
  std::vector<std::uint8_t> available_;  // [rows] or empty
  std::vector<Field> fields_;
};

}  // namespace storewise::recommend
