// The models of a shop's customers as plain numbers, what they say of a customer, and the one ONNX
// file that says the same on a page.
//
// Whether and when a customer comes back is one logistic score, turned into a probability for each
// of several spans of days. What is spent is half what trees say (of its square root) and half what
// was spent in the last window: the half that repeats keeps the trees' answer in proportion. The
// next category is the customer's own most frequent, as far as there is enough to go by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/customers.h"
#include "train/platt.h"
#include "train/tree.h"

namespace storewise::train {

// The logarithms ln(1 + x) of the features, whether there is one purchase only, and products.
inline constexpr std::size_t kReturnColumns = kCustomerFeatures + 6;
std::array<double, kReturnColumns> return_columns(
    const std::array<float, kCustomerFeatures>& features);

struct ReturnModel {
  std::array<double, kReturnColumns> weights{};
  double intercept = 0;
  std::vector<std::int32_t> horizons;  // days, ascending, at least one
  std::vector<Platt> steps;            // [horizons] from the score to a probability

  double score(const std::array<float, kCustomerFeatures>& features) const;
  // Of a purchase within each horizon; never falls from one to the next.
  std::vector<double> probabilities(double score) const;
};

struct ValueModel {
  TreeEnsemble trees;       // of the square root of what is spent
  std::int32_t window = 0;  // days, those of the features and of the answer

  double value(double root, const std::array<float, kCustomerFeatures>& features) const;
};

// The share of a customer's purchases with a category, pulled towards the share of all purchases:
// as if `pull` purchases of the average customer were the customer's own (a Dirichlet prior).
struct CategoryModel {
  std::vector<std::int32_t> categories;  // the shop's numbers, the commonest first
  std::vector<double> popularity;        // share of all purchases with it, above 0
  double pull = 0;
  Platt step;  // from the logarithm of that share to the probability

  // `counts` is [categories]: the customer's purchases with each; `purchases` all of them.
  std::vector<double> log_shares(std::span<const float> counts, double purchases) const;
  std::vector<double> probabilities(std::span<const float> counts, double purchases) const;
};
// [categories of the model] how many purchases before `today` have each.
std::vector<float> category_counts(const CategoryModel& model, const Histories& histories,
                                   std::size_t customer, std::int32_t today);

// Inputs: `visitor` float [n, kCustomerFeatures]; with categories also `bought` float [categories],
// the counts of the first visitor. Outputs: `returns` float [n, horizons], `value` float [n, 1],
// and `category` float [categories]. `categories` may be null.
std::string write_customers(const ReturnModel& returns, const ValueModel& value,
                            const CategoryModel* categories, const std::string& metadata);

}  // namespace storewise::train
