#include "train/customer_models.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "support/error.h"
#include "train/boosted.h"
#include "train/customer_file.h"
#include "train/logistic.h"
#include "train/math.h"
#include "train/metrics.h"
#include "train/table_report.h"

namespace storewise::train {
namespace {

constexpr std::size_t kLeastCustomers = 20;  // for segments
constexpr std::int32_t kLeastDays = 7;       // likewise
constexpr std::size_t kMostCutoffs = 16;     // to train on
constexpr std::size_t kMostRows = 100000;    // customers x cutoffs that a model is trained on
constexpr std::size_t kMostCategoryRows = 150000;
constexpr std::size_t kLeastOfAKind = 40;  // rows that came back, and that did not, for a model
constexpr std::size_t kLeastTested = 10;   // of each, for figures
constexpr std::size_t kMostCategories = 60;
constexpr std::size_t kLeastCategoryPurchases = 5;
constexpr std::size_t kMostCompared = 3000;  // customers whose waits are compared pair by pair
constexpr std::int32_t kShortestChurn = 14;  // days
constexpr std::uint32_t kFolds = 3;

float feature(const std::array<float, kCustomerFeatures>& features, CustomerFeature name) {
  return features[static_cast<std::size_t>(name)];
}

// Customers on days: what was known, and what followed within the window.
struct Examples {
  std::vector<std::array<float, kCustomerFeatures>> features;
  std::vector<Aftermath> after;
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;

  std::size_t size() const { return features.size(); }
  std::size_t returned(std::int32_t horizon) const {
    return static_cast<std::size_t>(
        std::count_if(after.begin(), after.end(),
                      [&](const Aftermath& a) { return a.wait >= 0 && a.wait < horizon; }));
  }
};

// Of every `every`-th customer.
Examples collect(const Histories& histories, std::span<const std::int32_t> days,
                 std::int32_t window, std::size_t every) {
  Examples result;
  for (const std::int32_t day : days) {
    for (std::size_t c = 0; c < histories.customers(); c += every) {
      const std::span<const Purchase> all = histories.of(c);
      if (all.empty() || all.front().day >= day) continue;
      result.features.push_back(customer_features(histories, c, day, window));
      result.after.push_back(aftermath(histories, c, day, window));
      result.customer.push_back(static_cast<std::uint32_t>(c));
      result.day.push_back(day);
    }
  }
  return result;
}

// How many customers to pass over so that the examples of all days stay within bounds.
std::size_t stride(const Histories& histories, std::size_t days, std::size_t most) {
  return 1 + histories.customers() * days / most;
}

FeatureTable raw_table(std::span<const std::array<float, kCustomerFeatures>> features) {
  FeatureTable table{features.size(), kCustomerFeatures, {}};
  table.values.reserve(table.rows * table.columns);
  for (std::size_t c = 0; c < kCustomerFeatures; ++c) {
    for (const auto& row : features) table.values.push_back(row[c]);
  }
  return table;
}

// Columns of one size, and how to take a linear model of them back to the columns as they were.
struct Scaled {
  FeatureTable table;
  std::vector<double> mean;
  std::vector<double> spread;
};

template <std::size_t kColumns>
Scaled scaled(const std::vector<std::array<double, kColumns>>& rows) {
  Scaled result;
  result.table = {rows.size(), kColumns, std::vector<float>(rows.size() * kColumns)};
  const double count = static_cast<double>(rows.size());
  for (std::size_t c = 0; c < kColumns; ++c) {
    double sum = 0.0;
    for (const auto& row : rows) sum += row[c];
    const double mean = sum / count;
    double squares = 0.0;
    for (const auto& row : rows) squares += (row[c] - mean) * (row[c] - mean);
    const double spread = squares > 0.0 ? std::sqrt(squares / count) : 1.0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      result.table.values[c * rows.size() + r] = static_cast<float>((rows[r][c] - mean) / spread);
    }
    result.mean.push_back(mean);
    result.spread.push_back(spread);
  }
  return result;
}

// Weights [columns] and intercept for the columns as they were.
template <std::size_t kColumns>
double unscale(const LogisticModel& model, const Scaled& scale,
               std::array<double, kColumns>& weights) {
  double intercept = model.weights[kColumns];
  for (std::size_t c = 0; c < kColumns; ++c) {
    weights[c] = model.weights[c] / scale.spread[c];
    intercept -= weights[c] * scale.mean[c];
  }
  return intercept;
}

double score_of(const LogisticModel& model, const FeatureTable& table, std::size_t row) {
  double sum = model.weights[table.columns];
  for (std::size_t c = 0; c < table.columns; ++c) {
    sum += model.weights[c] * static_cast<double>(table.at(row, c));
  }
  return sum;
}

ReturnModel train_returns(const Examples& examples, std::int32_t churn_days,
                          const std::vector<std::int32_t>& horizons, std::uint64_t seed) {
  std::vector<std::array<double, kReturnColumns>> rows;
  Target target{2, {}, {}};
  for (std::size_t i = 0; i < examples.size(); ++i) {
    rows.push_back(return_columns(examples.features[i]));
    const std::int32_t wait = examples.after[i].wait;
    target.labels.push_back(wait >= 0 && wait < churn_days ? 1 : 0);
  }
  const Scaled scale = scaled(rows);
  const LogisticSettings settings{.cost = 0.1, .tolerance = 1e-5, .rounds = 300};
  // The steps to probabilities are learnt from scores of customers that the score did not see.
  std::vector<std::uint32_t> fold;
  for (const std::uint32_t c : examples.customer) {
    fold.push_back(Random(seed + 0x9E3779B97F4A7C15ULL * (c + 1)).below(kFolds));
  }
  std::vector<double> unseen(examples.size(), 0.0);
  for (std::uint32_t f = 0; f < kFolds; ++f) {
    std::vector<std::uint32_t> others;
    for (std::uint32_t i = 0; i < fold.size(); ++i) {
      if (fold[i] != f) others.push_back(i);
    }
    const LogisticModel model = train_logistic(scale.table, target, others, {}, settings, {});
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] == f) unseen[i] = score_of(model, scale.table, i);
    }
  }
  std::vector<std::uint32_t> all(examples.size());
  std::iota(all.begin(), all.end(), 0U);
  const LogisticModel model = train_logistic(scale.table, target, all, {}, settings, {});
  ReturnModel result;
  result.intercept = unscale(model, scale, result.weights);
  result.horizons = horizons;
  for (const std::int32_t horizon : horizons) {
    std::vector<char> returned;
    for (const Aftermath& after : examples.after) {
      returned.push_back(after.wait >= 0 && after.wait < horizon ? 1 : 0);
    }
    result.steps.push_back(fit_platt(unseen, returned));
  }
  return result;
}

ValueModel train_value(const Examples& examples, std::int32_t window, std::uint64_t seed) {
  Target target;
  for (const Aftermath& after : examples.after) target.numbers.push_back(std::sqrt(after.value));
  std::vector<std::uint32_t> all(examples.size());
  std::iota(all.begin(), all.end(), 0U);
  const std::vector<double> weights(examples.size(), 1.0);
  const BoostedSettings settings{
      .rounds = 300, .learning_rate = 0.05, .max_leaf_nodes = 4, .seed = seed};
  ValueModel result;
  result.trees =
      train_boosted(raw_table(examples.features), target, all, weights, settings, {}).model;
  result.window = window;
  return result;
}

std::vector<double> values_of(const ValueModel& model,
                              std::span<const std::array<float, kCustomerFeatures>> features) {
  const FeatureTable table = raw_table(features);
  std::vector<std::uint32_t> all(features.size());
  std::iota(all.begin(), all.end(), 0U);
  std::vector<double> result = predict(model.trees, table, all);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = model.value(result[i], features[i]);
  return result;
}

// [model's categories] 1 where the purchase has it.
std::vector<char> categories_in(const CategoryModel& model, const Histories& histories,
                                const Purchase& purchase) {
  std::vector<char> result(model.categories.size(), 0);
  for (const std::int32_t item : histories.items_of(purchase)) {
    const auto place =
        std::find(model.categories.begin(), model.categories.end(), histories.category_of(item));
    if (place != model.categories.end()) {
      result[static_cast<std::size_t>(place - model.categories.begin())] = 1;
    }
  }
  return result;
}

// The commonest categories of the purchases before a day, and how common each is.
CategoryModel common_categories(const Histories& histories, std::int32_t before) {
  std::vector<std::size_t> counts(histories.category_count, 0);
  std::vector<std::size_t> seen(histories.category_count, 0);
  std::size_t purchases = 0;
  for (const Purchase& purchase : histories.purchases) {
    if (purchase.day >= before) continue;
    ++purchases;
    for (const std::int32_t item : histories.items_of(purchase)) {
      const std::int32_t category = histories.category_of(item);
      if (category < 0 || seen[static_cast<std::size_t>(category)] == purchases) continue;
      seen[static_cast<std::size_t>(category)] = purchases;
      ++counts[static_cast<std::size_t>(category)];
    }
  }
  CategoryModel model;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] >= kLeastCategoryPurchases) {
      model.categories.push_back(static_cast<std::int32_t>(k));
    }
  }
  std::stable_sort(
      model.categories.begin(), model.categories.end(), [&](std::int32_t a, std::int32_t b) {
        return counts[static_cast<std::size_t>(a)] > counts[static_cast<std::size_t>(b)];
      });
  if (model.categories.size() > kMostCategories) model.categories.resize(kMostCategories);
  for (const std::int32_t category : model.categories) {
    const double with = static_cast<double>(counts[static_cast<std::size_t>(category)]);
    model.popularity.push_back(with / static_cast<double>(purchases));
  }
  return model;
}

// Nothing when there are too few categories or purchases.
std::optional<CategoryModel> train_categories(const Histories& histories,
                                              std::span<const std::int32_t> days,
                                              std::int32_t window, std::int32_t known_until) {
  CategoryModel model = common_categories(histories, known_until);
  if (model.categories.size() < 3) return std::nullopt;
  const Examples examples =
      collect(histories, days, window,
              stride(histories, days.size() * model.categories.size(), kMostCategoryRows));
  std::vector<std::vector<float>> counts;
  std::vector<double> purchases;
  std::vector<char> bought;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (examples.after[i].wait < 0) continue;
    const std::size_t customer = examples.customer[i];
    counts.push_back(category_counts(model, histories, customer, examples.day[i]));
    purchases.push_back(feature(examples.features[i], CustomerFeature::kOrders));
    const std::vector<char> next =
        categories_in(model, histories, histories.of(customer)[examples.after[i].purchase]);
    bought.insert(bought.end(), next.begin(), next.end());
  }
  const auto yes = static_cast<std::size_t>(std::count(bought.begin(), bought.end(), 1));
  if (yes < kLeastOfAKind || bought.size() - yes < kLeastOfAKind) return std::nullopt;
  double best = std::numeric_limits<double>::infinity();
  CategoryModel chosen = model;
  for (const double pull : {2.0, 5.0, 10.0, 20.0, 40.0, 80.0}) {
    model.pull = pull;
    std::vector<double> values;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::vector<double> shares = model.log_shares(counts[i], purchases[i]);
      values.insert(values.end(), shares.begin(), shares.end());
    }
    model.step = fit_platt(values, bought);
    double loss = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double score = model.step.a * values[i] + model.step.b;
      loss += log(1.0 + exp(bought[i] != 0 ? score : -score));
    }
    if (loss < best) {
      best = loss;
      chosen = model;
    }
  }
  return chosen;
}

struct Models {
  ReturnModel returns;
  ValueModel value;
  std::optional<CategoryModel> categories;
};

Models train_models(const Histories& histories, const std::vector<std::int32_t>& days,
                    std::int32_t window, std::int32_t churn_days,
                    const std::vector<std::int32_t>& horizons, const Examples& examples,
                    std::uint64_t seed) {
  Models models;
  models.returns = train_returns(examples, churn_days, horizons, seed);
  models.value = train_value(examples, window, seed);
  if (histories.category_count > 0) {
    models.categories = train_categories(histories, days, window, days.back() + window);
  }
  return models;
}

// Days until the next purchase of a customer who will come within the longest horizon: half of the
// customers like this one who do will have come by then.
double days_until(const ReturnModel& model, const std::vector<double>& probabilities) {
  const double half = probabilities.back() / 2.0;
  double day = 0.0;
  double before = 0.0;
  for (std::size_t h = 0; h < probabilities.size(); ++h) {
    const double horizon = model.horizons[h];
    if (probabilities[h] >= half) {
      const double rise = probabilities[h] - before;
      return rise > 0.0 ? day + (horizon - day) * (half - before) / rise : horizon;
    }
    day = horizon;
    before = probabilities[h];
  }
  return day;
}

Json with_interval(const Figure& figure) {
  return Json{{"value", number_or_null(figure.value)},
              {"low", number_or_null(figure.low)},
              {"high", number_or_null(figure.high)}};
}

Json figures_of(const std::vector<Figure>& figures) {
  Json result = Json::object();
  for (const Figure& figure : figures) result[std::string(figure.name)] = with_interval(figure);
  return result;
}

// How often of two customers the one said to come first does (Harrell's C); waits beyond the window
// are only known to be longer. NaN without a pair.
double concordance(const Examples& test, const std::vector<double>& soon) {
  const std::size_t every = 1 + test.size() / kMostCompared;
  double right = 0.0;
  double pairs = 0.0;
  for (std::size_t i = 0; i < test.size(); i += every) {
    const std::int32_t wait = test.after[i].wait;
    if (wait < 0) continue;
    for (std::size_t j = 0; j < test.size(); j += every) {
      const std::int32_t other = test.after[j].wait;
      if (other >= 0 && other <= wait) continue;
      pairs += 1.0;
      right += soon[i] > soon[j] ? 1.0 : soon[i] == soon[j] ? 0.5 : 0.0;
    }
  }
  return pairs > 0.0 ? right / pairs : std::numeric_limits<double>::quiet_NaN();
}

Json measure_churn(const Models& models, const Examples& test, std::int32_t churn_days,
                   double training_share, std::uint64_t seed) {
  const auto place =
      std::find(models.returns.horizons.begin(), models.returns.horizons.end(), churn_days) -
      models.returns.horizons.begin();
  std::vector<double> probabilities;
  std::vector<double> constant;
  std::vector<std::int32_t> predicted;
  std::vector<std::int32_t> truth;
  std::vector<std::uint8_t> churned;
  std::vector<double> own_frequency;
  std::vector<double> recency;
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto& features = test.features[i];
    const double back = models.returns.probabilities(
        models.returns.score(features))[static_cast<std::size_t>(place)];
    probabilities.insert(probabilities.end(), {back, 1.0 - back});
    constant.insert(constant.end(), {1.0 - training_share, training_share});
    predicted.push_back(back < 0.5 ? 1 : 0);
    const std::int32_t wait = test.after[i].wait;
    truth.push_back(wait >= 0 && wait < churn_days ? 0 : 1);
    churned.push_back(static_cast<std::uint8_t>(truth.back()));
    own_frequency.push_back(-static_cast<double>(feature(features, CustomerFeature::kOrders)) /
                            feature(features, CustomerFeature::kTenure));
    recency.push_back(feature(features, CustomerFeature::kRecency));
  }
  const Resampling resampling{usual_resamples(test.size()), static_cast<std::uint64_t>(seed)};
  const ClassAnswers answers{2, probabilities, predicted, truth};
  const std::vector<CalibrationBin> bins = calibration_bins(answers);
  Json result = figures_of(class_figures(answers, resampling));
  result["churned"] = std::count(truth.begin(), truth.end(), 1);
  result["calibration_error"] = number_or_null(calibration_error(bins));
  Json shown = Json::array();
  for (const CalibrationBin& bin : bins) {
    shown.push_back({{"customers", bin.rows}, {"claimed", bin.claimed}, {"true", bin.true_share}});
  }
  result["calibration"] = std::move(shown);
  const std::vector<std::int32_t> usual(test.size(), training_share > 0.5 ? 1 : 0);
  const std::vector<Figure> majority = class_figures({2, constant, usual, truth}, Resampling{0, 0});
  result["baselines"] = {
      {"own_frequency", {{"auc", number_or_null(area_under_curve(own_frequency, churned))}}},
      {"recency", {{"auc", number_or_null(area_under_curve(recency, churned))}}},
      {"majority",
       {{"accuracy", number_or_null(majority[0].value)},
        {"log_loss", number_or_null(majority[4].value)},
        {"brier", number_or_null(majority[5].value)}}}};
  return result;
}

Json measure_wait(const Models& models, const Examples& test, std::int32_t window,
                  std::int32_t median_gap) {
  std::vector<double> soon;
  std::vector<double> own;
  double error = 0.0;
  double own_error = 0.0;
  double usual_error = 0.0;
  std::vector<std::int32_t> waits;
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto& features = test.features[i];
    const double score = models.returns.score(features);
    soon.push_back(score);
    const double gap = feature(features, CustomerFeature::kOrders) < 2
                           ? static_cast<double>(median_gap)
                           : static_cast<double>(feature(features, CustomerFeature::kGap));
    const double expected = gap - feature(features, CustomerFeature::kRecency);
    own.push_back(static_cast<double>(feature(features, CustomerFeature::kOrders)) /
                  feature(features, CustomerFeature::kTenure));
    const std::int32_t wait = test.after[i].wait;
    if (wait < 0) continue;
    waits.push_back(wait);
    error += std::fabs(days_until(models.returns, models.returns.probabilities(score)) - wait);
    own_error += std::fabs(std::clamp(expected, 0.0, static_cast<double>(window)) - wait);
    usual_error += std::fabs(std::min(median_gap, window) - wait);
  }
  const double count = static_cast<double>(waits.size());
  return Json{{"concordance", number_or_null(concordance(test, soon))},
              {"mae", number_or_null(error / count)},
              {"returned", waits.size()},
              {"baselines",
               {{"own_frequency", {{"concordance", number_or_null(concordance(test, own))}}},
                {"own_gap", {{"mae", number_or_null(own_error / count)}}},
                {"usual_gap", {{"mae", number_or_null(usual_error / count)}}}}}};
}

Json measure_value(const Models& models, const Examples& test, double training_mean,
                   std::uint64_t seed) {
  const std::vector<double> answers = values_of(models.value, test.features);
  std::vector<double> truth;
  std::vector<double> last;
  for (std::size_t i = 0; i < test.size(); ++i) {
    truth.push_back(test.after[i].value);
    last.push_back(feature(test.features[i], CustomerFeature::kSpentLately));
  }
  const std::vector<double> mean(test.size(), training_mean);
  const Resampling resampling{usual_resamples(test.size()), seed};
  Json result = figures_of(number_figures(answers, truth, resampling));
  const auto sum = [](const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  };
  result["total"] = sum(truth);
  result["predicted_total"] = sum(answers);
  const auto plain = [&](const std::vector<double>& baseline) {
    const std::vector<Figure> figures = number_figures(baseline, truth, Resampling{0, 0});
    return Json{{"r2", number_or_null(figures[0].value)},
                {"mae", number_or_null(figures[1].value)},
                {"rmse", number_or_null(figures[2].value)},
                {"predicted_total", sum(baseline)}};
  };
  result["baselines"] = {{"last_period", plain(last)}, {"mean", plain(mean)}};
  // Tenths of the customers by what was said of them, the most valuable first.
  std::vector<std::uint32_t> order(test.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return answers[a] > answers[b]; });
  Json tenths = Json::array();
  for (std::size_t t = 0; t < 10; ++t) {
    const std::size_t from = order.size() * t / 10;
    const std::size_t to = order.size() * (t + 1) / 10;
    double claimed = 0.0;
    double spent = 0.0;
    for (std::size_t i = from; i < to; ++i) {
      claimed += answers[order[i]];
      spent += truth[order[i]];
    }
    const double count = std::max<double>(1.0, static_cast<double>(to - from));
    tenths.push_back({{"claimed", claimed / count}, {"true", spent / count}});
  }
  result["tenths"] = std::move(tenths);
  return result;
}

// Whether one of the `depth` best by score is among the bought. Ties go to the commoner.
bool hits(const std::vector<double>& scores, const std::vector<char>& bought, std::size_t depth) {
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
  return std::any_of(order.begin(),
                     order.begin() + static_cast<std::ptrdiff_t>(std::min(depth, order.size())),
                     [&](std::uint32_t k) { return bought[k] != 0; });
}

Json measure_categories(const CategoryModel& model, const Histories& histories,
                        const Examples& test) {
  std::array<std::array<double, 2>, 3> hit{};  // model, own, popular; at 1 and at 3
  std::size_t asked = 0;
  for (std::size_t i = 0; i < test.size(); ++i) {
    if (test.after[i].wait < 0) continue;
    const std::size_t customer = test.customer[i];
    const std::vector<char> bought =
        categories_in(model, histories, histories.of(customer)[test.after[i].purchase]);
    if (std::find(bought.begin(), bought.end(), 1) == bought.end()) continue;
    ++asked;
    const std::vector<float> counts = category_counts(model, histories, customer, test.day[i]);
    const std::array<std::vector<double>, 3> scores{
        model.log_shares(counts, feature(test.features[i], CustomerFeature::kOrders)),
        {counts.begin(), counts.end()},
        model.popularity};
    for (std::size_t s = 0; s < 3; ++s) {
      if (hits(scores[s], bought, 1)) hit[s][0] += 1.0;
      if (hits(scores[s], bought, 3)) hit[s][1] += 1.0;
    }
  }
  if (asked < kLeastTested) return nullptr;
  const auto share = [&](std::size_t s) {
    return Json{{"hit_1", hit[s][0] / static_cast<double>(asked)},
                {"hit_3", hit[s][1] / static_cast<double>(asked)}};
  };
  Json result = share(0);
  result["asked"] = asked;
  result["baselines"] = {{"own_most_frequent", share(1)}, {"most_popular", share(2)}};
  return result;
}

std::vector<std::int32_t> horizons_of(std::int32_t churn_days, std::int32_t window) {
  std::vector<std::int32_t> result;
  for (const std::int32_t days :
       {std::max(1, churn_days / 4), std::max(1, churn_days / 2), churn_days, window}) {
    if (result.empty() || days > result.back()) result.push_back(days);
  }
  return result;
}

// What the customers of today are expected to do, by segment, and one by one when asked for.
void add_outlook(Json& report, const Models& models, const Histories& histories,
                 const std::vector<Segment>& segments, std::int32_t churn_days, bool list) {
  const auto place = static_cast<std::size_t>(
      std::find(models.returns.horizons.begin(), models.returns.horizons.end(), churn_days) -
      models.returns.horizons.begin());
  std::vector<std::array<float, kCustomerFeatures>> features;
  std::vector<std::uint32_t> customers;
  for (std::uint32_t c = 0; c < histories.customers(); ++c) {
    if (histories.of(c).empty()) continue;
    customers.push_back(c);
    features.push_back(customer_features(histories, c, histories.days, models.value.window));
  }
  const std::vector<double> values = values_of(models.value, features);
  std::array<double, kSegments> risk{};
  std::array<double, kSegments> value{};
  double total = 0.0;
  double returning = 0.0;
  Json each = Json::array();
  for (std::size_t i = 0; i < customers.size(); ++i) {
    const auto segment = static_cast<std::size_t>(segments[customers[i]]);
    const std::vector<double> back =
        models.returns.probabilities(models.returns.score(features[i]));
    risk[segment] += 1.0 - back[place];
    value[segment] += values[i];
    total += values[i];
    returning += back[place];
    if (list) {
      each.push_back({{"customer", customers[i]},
                      {"churn_risk", 1.0 - back[place]},
                      {"expected_value", values[i]},
                      {"days", days_until(models.returns, back)}});
    }
  }
  for (std::size_t s = 0; s < kSegments; ++s) {
    Json& entry = report["segments"][s];
    const double count = entry["customers"].get<double>();
    entry["churn_risk"] = count > 0 ? Json(risk[s] / count) : Json(nullptr);
    entry["expected_value"] = value[s];
  }
  report["outlook"] = {{"expected_value", total}, {"expected_returning", returning}};
  if (list) report["outlook"]["customers"] = std::move(each);
}

Json metadata_of(const Models& models, const CustomerOptions& options, const Json& report) {
  Json features = Json::array();
  for (std::size_t f = 0; f < kCustomerFeatures; ++f) {
    features.push_back(name_of(static_cast<CustomerFeature>(f)));
  }
  Json metadata{{"version", 1},
                {"kind", "customers"},
                {"features", features},
                {"window", models.value.window},
                {"churn_days", report["churn_days"]},
                {"horizons", models.returns.horizons},
                {"metrics", report["metrics"]},
                {"data", options.data}};
  if (models.categories) {
    Json names = Json::array();
    for (const std::int32_t k : models.categories->categories) {
      names.push_back(options.category_names[static_cast<std::size_t>(k)]);
    }
    metadata["categories"] = std::move(names);
  }
  if (!options.licence.empty()) metadata["licence"] = options.licence;
  return metadata;
}

// Why there are no segments: "" when there are.
std::string_view missing_for_segments(const CustomerOptions& options, const Histories& histories,
                                      std::size_t buyers) {
  if (!options.dates) return "no-dates";
  if (buyers == 0) return "no-customers";
  if (buyers < kLeastCustomers) return "few-customers";
  if (histories.days < kLeastDays) return "short-period";
  return {};
}

std::string_view missing_for_models(const Cutoffs& cutoffs, const Examples& training,
                                    std::int32_t churn_days) {
  if (cutoffs.window == 0 || cutoffs.training.empty()) return "short-period";
  const std::size_t back = training.returned(churn_days);
  if (training.size() < 2 * kLeastOfAKind) return "few-customers";
  if (back < kLeastOfAKind) return "few-returns";
  if (training.size() - back < kLeastOfAKind) return "few-lost";
  return {};
}

void learn(const Histories& histories, const std::vector<Segment>& segments, const Cutoffs& cutoffs,
           std::int32_t churn_days, const CustomerOptions& options,
           const TrainingProgress& progress, CustomerResult& result) {
  Json& report = result.report;
  const std::size_t every = stride(histories, cutoffs.training.size() + 1, kMostRows);
  const Examples training = collect(histories, cutoffs.training, cutoffs.window, every);
  const std::string_view missing = missing_for_models(cutoffs, training, churn_days);
  if (!missing.empty()) {
    report["missing"] = missing;
    return;
  }
  const auto tell = [&](std::size_t done) {
    if (progress) progress("learning customers", done, 4);
  };
  tell(0);
  const std::vector<std::int32_t> horizons = horizons_of(churn_days, cutoffs.window);
  const std::vector<std::int32_t> last{cutoffs.test};
  const Examples test = collect(histories, last, cutoffs.window, 1);
  const std::size_t back = test.returned(churn_days);
  Json metrics{{"customers", test.size()},
               {"training_cutoffs", cutoffs.training.size()},
               {"training_rows", training.size()},
               {"churn", nullptr},
               {"wait", nullptr},
               {"value", nullptr},
               {"category", nullptr}};
  if (back >= kLeastTested && test.size() - back >= kLeastTested) {
    const Models models = train_models(histories, cutoffs.training, cutoffs.window, churn_days,
                                       horizons, training, options.seed);
    tell(1);
    const double lost = 1.0 - static_cast<double>(training.returned(churn_days)) /
                                  static_cast<double>(training.size());
    double mean = 0.0;
    for (const Aftermath& after : training.after) mean += after.value;
    mean /= static_cast<double>(training.size());
    metrics["churn"] = measure_churn(models, test, churn_days, lost, options.seed);
    metrics["wait"] = measure_wait(models, test, cutoffs.window,
                                   report["rhythm"]["median_gap"].get<std::int32_t>());
    // Orders without prices are worth nothing, and nothing can be said of that.
    if (mean > 0.0) metrics["value"] = measure_value(models, test, mean, options.seed);
    if (models.categories) {
      metrics["category"] = measure_categories(*models.categories, histories, test);
    }
  }
  tell(2);
  // What is handed out has seen all days.
  std::vector<std::int32_t> days = cutoffs.training;
  days.push_back(cutoffs.test);
  const Models models = train_models(histories, days, cutoffs.window, churn_days, horizons,
                                     collect(histories, days, cutoffs.window, every), options.seed);
  tell(3);
  report["window"] = cutoffs.window;
  report["horizons"] = horizons;
  report["metrics"] = std::move(metrics);
  report["categories"] = models.categories ? models.categories->categories.size() : 0;
  add_outlook(report, models, histories, segments, churn_days, options.list);
  result.model = write_customers(models.returns, models.value,
                                 models.categories ? &*models.categories : nullptr,
                                 json_text(metadata_of(models, options, report)));
  report["bytes"] = result.model.size();
  tell(4);
}

}  // namespace

CustomerOptions parse_customer_options(std::string_view json) {
  const JsonDocument document(json, "training options");
  const JsonView root = document.root();
  CustomerOptions options;
  options.dates = root.boolean_or("dates", true);
  options.list = root.boolean_or("list", false);
  options.window = static_cast<std::int32_t>(root.integer_or("window", 90, 7, 3650));
  options.seed = static_cast<std::uint64_t>(
      root.integer_or("seed", 42, 0, std::numeric_limits<std::int64_t>::max()));
  if (const auto names = root.find("category_names")) options.category_names = names->strings();
  if (const auto categories = root.find("categories")) {
    const auto most = static_cast<std::int64_t>(options.category_names.size()) - 1;
    for (std::size_t i = 0; i < categories->size(); ++i) {
      options.categories.push_back(static_cast<std::int32_t>((*categories)[i].integer(-1, most)));
    }
  }
  options.licence = root.string_or("licence", "");
  if (const auto data = root.find("data")) options.data = data->raw();
  return options;
}

CustomerResult train_customers(const OrderLines& lines, const CustomerOptions& options,
                               const TrainingProgress& progress) {
  const Histories histories =
      make_histories(lines, options.categories, options.category_names.size());
  std::size_t buyers = 0;
  std::size_t again = 0;
  for (std::size_t c = 0; c < histories.customers(); ++c) {
    const std::size_t purchases = histories.of(c).size();
    buyers += purchases > 0 ? 1 : 0;
    again += purchases > 1 ? 1 : 0;
  }
  const Rhythm rhythm = rhythm_of(histories);
  CustomerResult result;
  Json& report = result.report;
  report = Json{{"customers", buyers},
                {"came_again", again},
                {"orders", histories.orders},
                {"guest_orders", histories.guest_orders},
                {"purchases", histories.purchases.size()},
                {"days", histories.days},
                {"rhythm",
                 {{"gaps", rhythm.gaps},
                  {"median_gap", rhythm.median_gap},
                  {"usual_longest", rhythm.usual_longest}}},
                {"missing", nullptr},
                {"levels", nullptr},
                {"churn_days", nullptr},
                {"segments", nullptr},
                {"window", nullptr},
                {"horizons", nullptr},
                {"metrics", nullptr},
                {"categories", 0},
                {"outlook", nullptr},
                {"bytes", 0}};
  const std::string_view missing = missing_for_segments(options, histories, buyers);
  if (!missing.empty()) {
    report["missing"] = missing;
    return result;
  }
  const Cutoffs cutoffs = choose_cutoffs(histories.days, options.window, kMostCutoffs);
  // A customer counts as lost after a pause that nine of ten of the shop's pauses do not reach, as
  // far as the data are long enough to see it.
  const std::int32_t longest = cutoffs.window > 0 ? cutoffs.window : histories.days;
  const std::int32_t churn_days = std::min(longest, std::max(kShortestChurn, rhythm.usual_longest));
  const CustomerScores scores = score_customers(histories);
  const std::vector<Segment> segments = segment_customers(histories, scores, churn_days);
  report["levels"] = scores.levels;
  report["churn_days"] = churn_days;
  report["segments"] = Json::array();
  for (const SegmentSummary& summary : summarise(histories, segments)) {
    report["segments"].push_back({{"segment", name_of(summary.segment)},
                                  {"customers", summary.customers},
                                  {"purchases", summary.purchases},
                                  {"value", summary.value},
                                  {"median_recency", summary.median_recency}});
  }
  if (options.list) {
    report["segment_of"] = Json::array();
    for (std::size_t c = 0; c < segments.size(); ++c) {
      report["segment_of"].push_back(histories.of(c).empty() ? std::string_view()
                                                             : name_of(segments[c]));
    }
  }
  learn(histories, segments, cutoffs, churn_days, options, progress, result);
  return result;
}

}  // namespace storewise::train
