// Item ids (skus) in one block of memory: row -> id and id -> row.
//
// Refuses to change after build(): rows are stable, lookups allocate nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace storewise::recommend {

// The row of an item; kNoRow stands for none.
using Row = std::uint32_t;
inline constexpr Row kNoRow = 0xFFFFFFFFU;

class IdIndex {
 public:
  // Appends an id as row size(). Call build() after the last one.
  void add(std::string_view id);
  // Makes find() work. Returns the first row whose id an earlier row has already, kNoRow when all
  // ids are distinct; the earlier row then keeps the id.
  Row build();

  std::size_t size() const { return ends_.size(); }
  // row < size(). Valid as long as the index.
  std::string_view operator[](Row row) const;
  Row find(std::string_view id) const;

 private:
  std::string characters_;           // all ids, one after another
  std::vector<std::uint32_t> ends_;  // [rows] end of each id in characters_
  std::vector<Row> table_;           // open addressing, a power of two, kNoRow = free
};

}  // namespace storewise::recommend
