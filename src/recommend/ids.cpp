#include "recommend/ids.h"

namespace storewise::recommend {
namespace {

std::size_t hash_of(std::string_view id) {
  std::uint32_t state = 2166136261U;  // FNV-1a, then a mix so that the low bits are good ones
  for (const char c : id) state = (state ^ static_cast<unsigned char>(c)) * 16777619U;
  state ^= state >> 15;
  state *= 0x2C1B3C6DU;
  return state ^ (state >> 13);
}

}  // namespace

void IdIndex::add(std::string_view id) {
  characters_.append(id);
  ends_.push_back(static_cast<std::uint32_t>(characters_.size()));
}

std::string_view IdIndex::operator[](Row row) const {
  const std::uint32_t begin = row == 0 ? 0 : ends_[row - 1];
  return std::string_view(characters_).substr(begin, ends_[row] - begin);
}

Row IdIndex::build() {
  characters_.shrink_to_fit();
  ends_.shrink_to_fit();
  std::size_t capacity = 8;
  while (capacity < ends_.size() * 3 / 2) capacity *= 2;
  table_.assign(capacity, kNoRow);
  Row repeated = kNoRow;
  for (Row row = 0; row < ends_.size(); ++row) {
    const std::string_view id = (*this)[row];
    std::size_t at = hash_of(id) & (capacity - 1);
    while (table_[at] != kNoRow && (*this)[table_[at]] != id) at = (at + 1) & (capacity - 1);
    if (table_[at] == kNoRow) {
      table_[at] = row;
    } else if (repeated == kNoRow) {
      repeated = row;
    }
  }
  return repeated;
}

Row IdIndex::find(std::string_view id) const {
  if (table_.empty()) return kNoRow;
  std::size_t at = hash_of(id) & (table_.size() - 1);
  while (table_[at] != kNoRow) {
    if ((*this)[table_[at]] == id) return table_[at];
    at = (at + 1) & (table_.size() - 1);
  }
  return kNoRow;
}

}  // namespace storewise::recommend
