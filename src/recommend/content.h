// Likeness of two products by what the catalogue says of them, for items without sales to learn
// from: same category 0.5, same brand 0.2, same department 0.15, close prices up to 0.15.
//
// A plain sum that a shopkeeper can check by hand. Refuses to read names or to learn weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "recommend/catalogue.h"

namespace storewise::recommend {

class ContentIndex {
 public:
  // `evidence` [rows]: how often each item occurred in the training data, negative when the model
  // does not have it. `catalogue` must outlive the index.
  ContentIndex(const Catalogue& catalogue, std::span<const float> evidence);

  // 0..1, symmetric; 1 for an item and itself when all its fields are known.
  float likeness(Row a, Row b) const;
  // How little is known of an item: 1 without any sale, 1/2 after kHalfEvidence, towards 0.
  float ignorance(Row row) const { return ignorance_[row]; }
  // Items of the category of `row`, those that the model knows least first, then by how often they
  // occurred; only the former when `thin_only`. Empty when the item has no category.
  std::span<const Row> category_of(Row row, bool thin_only) const;
  // Whether `row` lies in `rows`, a part of what category_of() returned.
  bool holds(std::span<const Row> rows, Row row) const;

  static constexpr float kHalfEvidence = 3;
  // Items that occurred less often than this count as little known.
  static constexpr float kThinEvidence = 10;

 private:
  const Catalogue& catalogue_;
  const Catalogue::Field* category_;
  const Catalogue::Field* department_;
  const Catalogue::Field* brand_;
  std::vector<float> ignorance_;          // [rows]
  std::vector<Row> rows_;                 // by category
  std::vector<std::uint32_t> positions_;  // [rows] place in rows_, kNoRow without a category
  std::vector<std::uint32_t> begins_;     // [category values + 1] into rows_
  std::vector<std::uint32_t> thin_end_;   // [category values] end of the little-known part
};

}  // namespace storewise::recommend
