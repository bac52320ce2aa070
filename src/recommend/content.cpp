#include "recommend/content.h"

#include <algorithm>
#include <limits>

#include "support/small_sort.h"

namespace storewise::recommend {
namespace {

constexpr float kSameCategory = 0.5F;
constexpr float kSameBrand = 0.2F;
constexpr float kSameDepartment = 0.15F;
constexpr float kSamePrice = 0.15F;

bool same(const Catalogue::Field* field, Row a, Row b) {
  return field != nullptr && field->index[a] >= 0 && field->index[a] == field->index[b];
}

}  // namespace

ContentIndex::ContentIndex(const Catalogue& catalogue, std::span<const float> evidence)
    : catalogue_(catalogue),
      category_(catalogue.field("category")),
      department_(catalogue.field("department")),
      brand_(catalogue.field("brand")) {
  // A shop with one level of grouping may call it what it likes.
  if (category_ == nullptr) category_ = department_;
  if (category_ == nullptr && !catalogue.fields().empty()) category_ = catalogue.fields().data();

  const std::size_t rows = catalogue.size();
  ignorance_.resize(rows);
  for (Row row = 0; row < rows; ++row) {
    ignorance_[row] = kHalfEvidence / (kHalfEvidence + std::max(0.0F, evidence[row]));
  }
  if (category_ == nullptr) return;
  const std::size_t values = category_->values.size();
  begins_.assign(values + 1, 0);
  for (const std::int32_t value : category_->index) {
    if (value >= 0) ++begins_[value + 1];
  }
  for (std::size_t value = 0; value < values; ++value) begins_[value + 1] += begins_[value];
  rows_.resize(begins_[values]);
  std::vector<std::uint32_t> next(begins_.begin(), begins_.end() - 1);
  for (Row row = 0; row < rows; ++row) {
    const std::int32_t value = category_->index[row];
    if (value >= 0) rows_[next[value]++] = row;
  }
  thin_end_.resize(values);
  std::vector<std::uint64_t> keys;
  for (std::size_t value = 0; value < values; ++value) {
    // The little-known ones first, by row, then the others by evidence.
    keys.clear();
    std::uint32_t thin_end = begins_[value];
    for (std::uint32_t i = begins_[value]; i < begins_[value + 1]; ++i) {
      const bool thin = evidence[rows_[i]] < kThinEvidence;
      if (thin) ++thin_end;
      const float rank = thin ? std::numeric_limits<float>::max() : evidence[rows_[i]];
      keys.push_back(descending_key(rank, rows_[i]));
    }
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      rows_[begins_[value] + i] = static_cast<Row>(keys[i]);
    }
    thin_end_[value] = thin_end;
  }
  positions_.assign(rows, kNoRow);
  for (std::uint32_t i = 0; i < rows_.size(); ++i) positions_[rows_[i]] = i;
}

float ContentIndex::likeness(Row a, Row b) const {
  float sum = 0;
  if (same(category_, a, b)) sum += kSameCategory;
  if (same(department_, a, b)) sum += kSameDepartment;
  if (same(brand_, a, b)) sum += kSameBrand;
  const double price_a = catalogue_.price(a);
  const double price_b = catalogue_.price(b);
  if (price_a > 0 && price_b > 0) {
    sum += kSamePrice * static_cast<float>(std::min(price_a, price_b) / std::max(price_a, price_b));
  }
  return sum;
}

std::span<const Row> ContentIndex::category_of(Row row, bool thin_only) const {
  if (category_ == nullptr) return {};
  const std::int32_t value = category_->index[row];
  if (value < 0) return {};
  const std::uint32_t end = thin_only ? thin_end_[value] : begins_[value + 1];
  return std::span(rows_).subspan(begins_[value], end - begins_[value]);
}

bool ContentIndex::holds(std::span<const Row> rows, Row row) const {
  if (rows.empty() || positions_[row] == kNoRow) return false;
  const auto begin = static_cast<std::size_t>(rows.data() - rows_.data());
  return positions_[row] >= begin && positions_[row] < begin + rows.size();
}

}  // namespace storewise::recommend
