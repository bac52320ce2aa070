#include "train/customer_file.h"

#include <algorithm>

#include "onnx/writer.h"
#include "train/math.h"
#include "train/tree_model.h"

namespace storewise::train {
namespace {

using onnx::DataType;

// Pairs of columns whose products are columns too, as numbers among the logarithms and, behind
// them, "one purchase only".
constexpr std::size_t kPairs = kReturnColumns - kCustomerFeatures - 1;
constexpr auto kOrdersColumn = static_cast<std::int64_t>(CustomerFeature::kOrders);
constexpr auto kRecencyColumn = static_cast<std::int64_t>(CustomerFeature::kRecency);
constexpr auto kGapColumn = static_cast<std::int64_t>(CustomerFeature::kGap);
constexpr auto kOnceColumn = static_cast<std::int64_t>(kCustomerFeatures);
constexpr std::array<std::int64_t, kPairs> kLeft{kOrdersColumn, kRecencyColumn, kOnceColumn,
                                                 kGapColumn, kOrdersColumn};
constexpr std::array<std::int64_t, kPairs> kRight{kRecencyColumn, kRecencyColumn, kRecencyColumn,
                                                  kRecencyColumn, kOrdersColumn};

double logistic(double x) {
  const double tail = exp(x < 0 ? x : -x);
  return (x < 0 ? tail : 1.0) / (1.0 + tail);
}

void add_floats(onnx::ModelWriter& writer, std::string_view name,
                const std::vector<std::int64_t>& dims, const std::vector<float>& values) {
  writer.add_initializer(name, DataType::kFloat, dims, onnx::bytes_of(values));
}

void add_returns(onnx::ModelWriter& writer, const ReturnModel& model) {
  const std::size_t spans = model.horizons.size();
  add_floats(writer, "one", {}, {1.0F});
  add_floats(writer, "two", {}, {2.0F});
  writer.add_node("Add", {"visitor", "one"}, {"visitor_from_one"});
  writer.add_node("Log", {"visitor_from_one"}, {"logs"});
  const std::array<std::int64_t, 1> orders{kOrdersColumn};
  writer.add_initializer("orders_column", DataType::kInt64, {1}, onnx::bytes_of(orders));
  writer.add_node("Gather", {"visitor", "orders_column"}, {"orders"}, {{"axis", 1}});
  // Purchases are whole: 1 of one, 0 of more.
  writer.add_node("Sub", {"two", "orders"}, {"missing_orders"});
  writer.add_node("Relu", {"missing_orders"}, {"once"});
  writer.add_node("Concat", {"logs", "once"}, {"single_columns"}, {{"axis", 1}});
  const auto pairs = static_cast<std::int64_t>(kPairs);
  writer.add_initializer("left_columns", DataType::kInt64, {pairs}, onnx::bytes_of(kLeft));
  writer.add_initializer("right_columns", DataType::kInt64, {pairs}, onnx::bytes_of(kRight));
  writer.add_node("Gather", {"single_columns", "left_columns"}, {"left"}, {{"axis", 1}});
  writer.add_node("Gather", {"single_columns", "right_columns"}, {"right"}, {{"axis", 1}});
  writer.add_node("Mul", {"left", "right"}, {"products"});
  writer.add_node("Concat", {"single_columns", "products"}, {"columns"}, {{"axis", 1}});
  // The score and the step from it to each probability are one layer.
  std::vector<float> weights(kReturnColumns * spans);
  std::vector<float> bias(spans);
  for (std::size_t h = 0; h < spans; ++h) {
    const Platt& step = model.steps[h];
    for (std::size_t c = 0; c < kReturnColumns; ++c) {
      weights[c * spans + h] = static_cast<float>(-step.a * model.weights[c]);
    }
    bias[h] = static_cast<float>(-(step.a * model.intercept + step.b));
  }
  const auto width = static_cast<std::int64_t>(spans);
  add_floats(writer, "return_weights", {static_cast<std::int64_t>(kReturnColumns), width}, weights);
  add_floats(writer, "return_bias", {width}, bias);
  writer.add_node("Gemm", {"columns", "return_weights", "return_bias"}, {"return_scores"});
  if (spans == 1) {
    writer.add_node("Sigmoid", {"return_scores"}, {"returns"});
    return;
  }
  writer.add_node("Sigmoid", {"return_scores"}, {"each_return"});
  // A longer span is never less likely than a shorter one.
  std::vector<std::string> names;
  for (std::size_t h = 0; h < spans; ++h) names.push_back("return_" + std::to_string(h));
  std::vector<std::string> most{names[0]};
  writer.add_node("Split", {"each_return"}, {names.begin(), names.end()}, {{"axis", 1}});
  for (std::size_t h = 1; h < spans; ++h) {
    most.push_back("return_up_to_" + std::to_string(h));
    writer.add_node("Max", {most[h - 1], names[h]}, {most[h]});
  }
  writer.add_node("Concat", {most.begin(), most.end()}, {"returns"}, {{"axis", 1}});
}

void add_value(onnx::ModelWriter& writer, const ValueModel& model) {
  add_tree_regressor(writer, "visitor", "root", model.trees);
  writer.add_node("Relu", {"root"}, {"root_from_zero"});
  writer.add_node("Mul", {"root_from_zero", "root_from_zero"}, {"value_of_trees"});
  const std::array<std::int64_t, 1> column{
      static_cast<std::int64_t>(CustomerFeature::kSpentLately)};
  writer.add_initializer("spent_column", DataType::kInt64, {1}, onnx::bytes_of(column));
  writer.add_node("Gather", {"visitor", "spent_column"}, {"spent_lately"}, {{"axis", 1}});
  writer.add_node("Add", {"value_of_trees", "spent_lately"}, {"twice_the_value"});
  writer.add_node("Div", {"twice_the_value", "two"}, {"value"});
}

void add_categories(onnx::ModelWriter& writer, const CategoryModel& model) {
  const auto count = static_cast<std::int64_t>(model.categories.size());
  std::vector<float> prior;
  for (const double share : model.popularity) {
    prior.push_back(static_cast<float>(model.pull * share));
  }
  add_floats(writer, "prior_counts", {count}, prior);
  add_floats(writer, "pull", {}, {static_cast<float>(model.pull)});
  add_floats(writer, "category_slope", {}, {static_cast<float>(-model.step.a)});
  add_floats(writer, "category_bias", {}, {static_cast<float>(-model.step.b)});
  // The orders of the first visitor, as one number for all categories.
  const std::array<std::int64_t, 1> first{0};
  writer.add_initializer("first", DataType::kInt64, {1}, onnx::bytes_of(first));
  const std::array<std::int64_t, 1> flat{-1};
  writer.add_initializer("flat", DataType::kInt64, {1}, onnx::bytes_of(flat));
  writer.add_node("Gather", {"orders", "first"}, {"first_orders"}, {{"axis", 0}});
  writer.add_node("Reshape", {"first_orders", "flat"}, {"purchases"});
  writer.add_node("Add", {"bought", "prior_counts"}, {"pulled_counts"});
  writer.add_node("Add", {"purchases", "pull"}, {"pulled_purchases"});
  writer.add_node("Div", {"pulled_counts", "pulled_purchases"}, {"shares"});
  writer.add_node("Log", {"shares"}, {"log_shares"});
  writer.add_node("Mul", {"log_shares", "category_slope"}, {"sloped_shares"});
  writer.add_node("Add", {"sloped_shares", "category_bias"}, {"category_scores"});
  writer.add_node("Sigmoid", {"category_scores"}, {"category"});
}

}  // namespace

std::array<double, kReturnColumns> return_columns(
    const std::array<float, kCustomerFeatures>& features) {
  std::array<double, kReturnColumns> columns{};
  for (std::size_t f = 0; f < kCustomerFeatures; ++f) columns[f] = log(1.0 + features[f]);
  columns[kCustomerFeatures] =
      std::max(0.0, 2.0 - features[static_cast<std::size_t>(CustomerFeature::kOrders)]);
  for (std::size_t p = 0; p < kPairs; ++p) {
    columns[kCustomerFeatures + 1 + p] =
        columns[static_cast<std::size_t>(kLeft[p])] * columns[static_cast<std::size_t>(kRight[p])];
  }
  return columns;
}

double ReturnModel::score(const std::array<float, kCustomerFeatures>& features) const {
  const std::array<double, kReturnColumns> columns = return_columns(features);
  double sum = intercept;
  for (std::size_t c = 0; c < kReturnColumns; ++c) sum += weights[c] * columns[c];
  return sum;
}

std::vector<double> ReturnModel::probabilities(double score) const {
  std::vector<double> result;
  double most = 0.0;
  for (const Platt& step : steps) {
    most = std::max(most, logistic(-(step.a * score + step.b)));
    result.push_back(most);
  }
  return result;
}

double ValueModel::value(double root, const std::array<float, kCustomerFeatures>& features) const {
  const double positive = std::max(0.0, root);
  return (positive * positive + features[static_cast<std::size_t>(CustomerFeature::kSpentLately)]) /
         2.0;
}

std::vector<double> CategoryModel::log_shares(std::span<const float> counts,
                                              double purchases) const {
  std::vector<double> result;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    result.push_back(log((counts[k] + pull * popularity[k]) / (purchases + pull)));
  }
  return result;
}

std::vector<double> CategoryModel::probabilities(std::span<const float> counts,
                                                 double purchases) const {
  std::vector<double> result = log_shares(counts, purchases);
  for (double& value : result) value = logistic(-(step.a * value + step.b));
  return result;
}

std::vector<float> category_counts(const CategoryModel& model, const Histories& histories,
                                   std::size_t customer, std::int32_t today) {
  const std::size_t count = model.categories.size();
  std::vector<float> result(count, 0.0F);
  std::vector<std::int32_t> place(histories.category_count, -1);
  for (std::size_t k = 0; k < count; ++k) {
    place[static_cast<std::size_t>(model.categories[k])] = static_cast<std::int32_t>(k);
  }
  std::vector<std::int32_t> counted(count, -1);
  for (const Purchase& purchase : histories.of(customer)) {
    if (purchase.day >= today) break;
    for (const std::int32_t item : histories.items_of(purchase)) {
      const std::int32_t category = histories.category_of(item);
      if (category < 0 || place[static_cast<std::size_t>(category)] < 0) continue;
      const auto k = static_cast<std::size_t>(place[static_cast<std::size_t>(category)]);
      if (counted[k] == purchase.day) continue;
      counted[k] = purchase.day;
      result[k] += 1.0F;
    }
  }
  return result;
}

std::string write_customers(const ReturnModel& returns, const ValueModel& value,
                            const CategoryModel* categories, const std::string& metadata) {
  onnx::ModelWriter writer("customers");
  writer.add_input("visitor", DataType::kFloat, {"n", kCustomerFeatures});
  if (categories != nullptr) {
    writer.add_input("bought", DataType::kFloat, {categories->categories.size()});
  }
  writer.add_output("returns", DataType::kFloat, {"n", returns.horizons.size()});
  writer.add_output("value", DataType::kFloat, {"n", 1});
  add_returns(writer, returns);
  add_value(writer, value);
  if (categories != nullptr) {
    writer.add_output("category", DataType::kFloat, {categories->categories.size()});
    add_categories(writer, *categories);
  }
  writer.set_metadata("storewise", metadata);
  return writer.bytes();
}

}  // namespace storewise::train
