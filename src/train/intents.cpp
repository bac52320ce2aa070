#include "train/intents.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "behaviour/intents.h"
#include "behaviour/visit_features.h"
#include "onnx/writer.h"
#include "support/message.h"
#include "train/boosted.h"
#include "train/math.h"
#include "train/metrics.h"
#include "train/platt.h"
#include "train/table_report.h"
#include "train/tree_model.h"

namespace storewise::train {
namespace {

using behaviour::Intent;
using behaviour::VisitFeature;
using behaviour::VisitFeatures;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kLeastPurchases = 40;  // visits that bought, and that did not
constexpr std::size_t kLeastOfPart = 4;      // likewise, in each part of the split
constexpr std::size_t kMostRows = 120000;
constexpr std::size_t kResamples = 200;
constexpr double kWaits[] = {5, 15, 30, 60, 120, 300, 900};  // seconds after an event
// 20 KB for both: small steps would need more trees.
constexpr std::size_t kMostTrees = 20;
constexpr std::size_t kMostDefaultTrees = 40;

struct Rows3 {
  std::vector<std::uint32_t> teach, calibrate, test;
};

// Rows of visits, visit after visit in the order of time.
struct Examples {
  std::vector<std::string> names;  // of the columns
  std::vector<std::vector<float>> columns;
  std::vector<std::int32_t> buys;    // a purchase follows
  std::vector<std::int32_t> leaves;  // no event follows; empty for a table
  std::vector<std::uint32_t> visit;  // of each row
  std::vector<std::int32_t> depth;   // events so far
  std::size_t visits = 0;

  std::size_t rows() const { return buys.size(); }
  FeatureTable table() const {
    FeatureTable result{rows(), columns.size(), {}};
    for (const auto& column : columns) {
      result.values.insert(result.values.end(), column.begin(), column.end());
    }
    return result;
  }
};

[[noreturn]] void refuse(std::string_view summary, Pieces place, Pieces expected, Pieces found) {
  throw_error(ErrorCode::kInvalidInput, summary, {}, place, expected, found);
}

std::int64_t whole(double cell, double least, double most, std::string_view column,
                   std::size_t row) {
  if (cell >= least && cell <= most && std::floor(cell) == cell) {
    return static_cast<std::int64_t>(cell);
  }
  refuse("an event cannot be used", {"row ", row + 1, ", ", column},
         {"a whole number from ", static_cast<std::int64_t>(least), " to ",
          static_cast<std::int64_t>(most)},
         {"another"});
}

struct LogEvent {
  std::uint32_t visit;
  std::uint32_t product;
  double time;
  behaviour::VisitEvent event;
  std::uint32_t pieces;
  std::int64_t user;
};

std::vector<LogEvent> read_log(std::span<const double> cells, std::size_t rows,
                               std::size_t products) {
  constexpr double kMostNumber = 2147483647;
  std::vector<LogEvent> events;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto cell = [&](std::size_t column) { return cells[column * rows + i]; };
    LogEvent event{};
    event.visit = static_cast<std::uint32_t>(whole(cell(0), 0, kMostNumber, "session", i));
    event.event = static_cast<behaviour::VisitEvent>(whole(cell(3), 0, 6, "event", i));
    const bool is_page = event.event >= behaviour::VisitEvent::kProductsPage;
    const double most = is_page ? kMostNumber : static_cast<double>(products) - 1;
    event.product = is_page ? 0 : static_cast<std::uint32_t>(whole(cell(1), 0, most, "product", i));
    event.time = cell(2);
    if (!(event.time >= 0 && event.time < 8.64e12)) {
      refuse("an event cannot be used", {"row ", i + 1, ", time"}, {"seconds since 1970"},
             {"another number"});
    }
    event.pieces = static_cast<std::uint32_t>(whole(cell(4), 0, 9999, "pieces", i));
    event.user = whole(cell(5), -1, kMostNumber, "user", i);
    events.push_back(event);
  }
  // Visits by their first event, events by time; equal times keep their order.
  std::uint32_t visits = 0;
  for (const LogEvent& event : events) visits = std::max(visits, event.visit + 1);
  std::vector<double> start(visits, std::numeric_limits<double>::infinity());
  for (const LogEvent& event : events) {
    start[event.visit] = std::min(start[event.visit], event.time);
  }
  std::stable_sort(events.begin(), events.end(), [&](const LogEvent& a, const LogEvent& b) {
    if (start[a.visit] != start[b.visit]) return start[a.visit] < start[b.visit];
    return a.visit != b.visit ? a.visit < b.visit : a.time < b.time;
  });
  return events;
}

Examples examples_of_log(const std::vector<LogEvent>& events, const behaviour::ShopFacts& facts,
                         std::uint64_t seed) {
  Examples result;
  for (std::size_t f = 0; f < behaviour::kVisitFeatures; ++f) {
    result.names.emplace_back(behaviour::name_of(static_cast<VisitFeature>(f)));
  }
  result.columns.resize(behaviour::kVisitFeatures);
  std::vector<std::int64_t> users;  // seen so far, ascending at the end of each visit
  Random random(seed);
  const std::size_t every = 1 + 2 * events.size() / kMostRows;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < events.size(); ++number) {
    std::size_t end = begin;
    std::size_t last_purchase = begin;  // the position behind it
    while (end < events.size() && events[end].visit == events[begin].visit) {
      if (events[end].event == behaviour::VisitEvent::kPurchase) last_purchase = end + 1;
      ++end;
    }
    behaviour::VisitTrace trace(facts);
    const std::int64_t user = events[begin].user;
    const auto known = std::lower_bound(users.begin(), users.end(), user);
    if (user >= 0 && known != users.end() && *known == user) {
      trace.set_returning();
    } else if (user >= 0) {
      users.insert(known, user);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const LogEvent& event = events[i];
      trace.add(event.event, event.product, event.time * 1000, event.pieces);
      const double wait = kWaits[random.below(std::size(kWaits))];
      if (number % every != 0) continue;
      const double gap =
          i + 1 < end ? events[i + 1].time - event.time : std::numeric_limits<double>::infinity();
      for (const double after : {0.0, wait}) {
        if (after > 0 && after >= gap) continue;
        const VisitFeatures features = trace.features((event.time + after) * 1000, 0);
        for (std::size_t f = 0; f < features.size(); ++f) result.columns[f].push_back(features[f]);
        result.buys.push_back(i + 1 < last_purchase ? 1 : 0);
        result.leaves.push_back(i + 1 == end ? 1 : 0);
        result.visit.push_back(static_cast<std::uint32_t>(result.visits));
        result.depth.push_back(static_cast<std::int32_t>(i - begin + 1));
      }
    }
    if (number % every == 0) ++result.visits;
    begin = end;
  }
  return result;
}

Examples examples_of_table(std::span<const double> cells, std::size_t rows,
                           const IntentOptions& options) {
  Examples result;
  result.names = options.columns;
  for (std::size_t c = 0; c < options.columns.size(); ++c) {
    if (behaviour::find_visit_feature(options.columns[c]) == behaviour::kVisitFeatures) {
      refuse("a column cannot be used", {options.columns[c]}, {"the name of a feature of visits"},
             {"another"});
    }
    const auto column = cells.subspan(c * rows, rows);
    std::vector<float>& to = result.columns.emplace_back(column.begin(), column.end());
    // A page knows of an earlier visit or does not know.
    if (options.columns[c] == behaviour::name_of(VisitFeature::kReturning)) {
      for (float& value : to) value = value == 1 ? 1 : kMissing;
    }
  }
  const auto bought = cells.subspan(options.columns.size() * rows, rows);
  for (std::size_t i = 0; i < rows; ++i) {
    result.buys.push_back(static_cast<std::int32_t>(whole(bought[i], 0, 1, "purchase", i)));
    result.visit.push_back(static_cast<std::uint32_t>(i));
  }
  const auto pages = std::find(result.names.begin(), result.names.end(), "pages");
  for (std::size_t i = 0; i < rows; ++i) {
    const auto c = static_cast<std::size_t>(pages - result.names.begin());
    result.depth.push_back(
        pages == result.names.end() ? 1 : static_cast<std::int32_t>(result.columns[c][i]));
  }
  result.visits = rows;
  return result;
}

// Three, one and one fifth of the visits.
Rows3 split(const Examples& examples, bool by_time, std::uint64_t seed) {
  std::vector<std::uint32_t> place(examples.visits);
  std::iota(place.begin(), place.end(), 0U);
  Random random(seed);
  if (!by_time) shuffle(place, random);
  Rows3 result;
  for (std::uint32_t i = 0; i < examples.rows(); ++i) {
    const std::size_t fifth = std::size_t{5} * place[examples.visit[i]] / examples.visits;
    (fifth < 3 ? result.teach : fifth == 3 ? result.calibrate : result.test).push_back(i);
  }
  return result;
}

// A part without purchases, or with nothing else, can neither teach nor test: a log whose purchases
// stop at some day, for one. `bought` [visits].
void check_parts(const Examples& examples, const Rows3& parts, const std::vector<char>& bought) {
  const auto check = [&](const std::vector<std::uint32_t>& part, std::string_view name) {
    std::size_t with = 0;
    std::size_t without = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::uint32_t visit = examples.visit[part[i]];
      if (i > 0 && examples.visit[part[i - 1]] == visit) continue;
      ++(bought[visit] != 0 ? with : without);
    }
    if (with >= kLeastOfPart && without >= kLeastOfPart) return;
    refuse("the visits cannot teach who will buy", {},
           {"at least ", kLeastOfPart, " visits with a purchase after something else, and ",
            kLeastOfPart, " without, in ", name},
           {with, " with and ", without, " without"});
  };
  check(parts.teach, "the three fifths that teach");
  check(parts.calibrate, "the fifth that makes probabilities");
  check(parts.test, "the fifth that tests");
}

double probability_of(double score) { return 1 / (1 + exp(-score)); }

struct Scores {
  double auc = 0;
  double log_loss = 0;
  double brier = 0;
};

// Of rows that count `weight` times; `order` is by falling probability.
Scores scores_of(const std::vector<double>& probability, const std::vector<std::int32_t>& truth,
                 const std::vector<std::uint32_t>& order, const std::vector<double>& weight) {
  Scores result;
  double yes = 0;
  double no = 0;
  double pairs = 0;
  double all = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    double more_yes = 0;
    double more_no = 0;
    std::size_t end = begin;
    for (; end < order.size() && probability[order[end]] == probability[order[begin]]; ++end) {
      const std::uint32_t i = order[end];
      (truth[i] != 0 ? more_yes : more_no) += weight[i];
      const double p = std::min(std::max(probability[i], 1e-12), 1 - 1e-12);
      const double off = p - truth[i];
      result.brier += weight[i] * off * off;
      result.log_loss -= weight[i] * log(truth[i] != 0 ? p : 1 - p);
      all += weight[i];
    }
    pairs += more_no * (yes + more_yes / 2);
    yes += more_yes;
    no += more_no;
    begin = end;
  }
  result.auc = yes > 0 && no > 0 ? pairs / (yes * no) : std::numeric_limits<double>::quiet_NaN();
  result.log_loss /= all;
  result.brier /= all;
  return result;
}

// Figures with intervals from resampled visits: the rows of a visit are no independent witnesses.
Json figures(const std::vector<double>& probability, const std::vector<std::int32_t>& truth,
             const std::vector<std::uint32_t>& visit, std::uint64_t seed, bool intervals) {
  const std::vector<std::uint32_t> order = descending(probability);
  std::vector<double> weight(truth.size(), 1);
  const Scores whole_test = scores_of(probability, truth, order, weight);
  std::vector<Scores> samples;
  std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t most = 0;
  for (const std::uint32_t v : visit) {
    least = std::min(least, v);
    most = std::max(most, v);
  }
  Random random(seed);
  for (std::size_t r = 0; intervals && r < kResamples; ++r) {
    std::vector<double> drawn(most - least + 1, 0);
    for (std::size_t k = 0; k < drawn.size(); ++k) {
      ++drawn[random.below(static_cast<std::uint32_t>(drawn.size()))];
    }
    double all = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) all += weight[i] = drawn[visit[i] - least];
    if (all > 0) samples.push_back(scores_of(probability, truth, order, weight));
  }
  const auto entry = [&](double Scores::*which) {
    std::vector<double> values;
    values.reserve(samples.size());
    for (const Scores& sample : samples) values.push_back(sample.*which);
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
      return values.empty()
                 ? whole_test.*which
                 : values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    return Json{{"value", number_or_null(whole_test.*which)},
                {"low", number_or_null(at(0.025))},
                {"high", number_or_null(at(0.975))}};
  };
  return Json{{"auc", entry(&Scores::auc)},
              {"log_loss", entry(&Scores::log_loss)},
              {"brier", entry(&Scores::brier)}};
}

// The tree with its nodes in the order that pages read: root, left subtree, right subtree.
Tree in_order(const Tree& tree) {
  Tree result;
  result.outputs = tree.outputs;
  result.first_output = tree.first_output;
  const auto visit = [&](const auto& self, std::size_t from) -> std::int32_t {
    const auto to = static_cast<std::size_t>(result.add_node());
    result.feature[to] = tree.feature[from];
    result.threshold[to] = tree.threshold[from];
    result.missing_left[to] = tree.missing_left[from];
    result.value[to] = tree.value[from];
    result.cover[to] = tree.cover[from];
    if (tree.feature[from] >= 0) {
      result.left[to] = self(self, static_cast<std::size_t>(tree.left[from]));
      result.right[to] = self(self, static_cast<std::size_t>(tree.right[from]));
    }
    return static_cast<std::int32_t>(to);
  };
  visit(visit, 0);
  return result;
}

struct Trained {
  TreeEnsemble trees;
  double threshold = 0.5;
  Json report;
};

// The threshold with the best F1.
double best_threshold(const std::vector<double>& probability,
                      const std::vector<std::int32_t>& truth) {
  const std::vector<std::uint32_t> order = descending(probability);
  double all = 0;
  for (const std::int32_t label : truth) all += label;
  double hits = 0;
  double best = -1;
  double threshold = 0.5;
  for (std::size_t i = 0; i < order.size(); ++i) {
    hits += truth[order[i]];
    if (i + 1 < order.size() && probability[order[i + 1]] == probability[order[i]]) continue;
    const double f1 = 2 * hits / (all + static_cast<double>(i + 1));
    if (f1 > best) {
      best = f1;
      threshold = probability[order[i]];
    }
  }
  return threshold;
}

Trained learn(const Examples& examples, const std::vector<std::int32_t>& labels, const Rows3& rows,
              std::size_t most_trees, std::uint64_t seed) {
  const FeatureTable table = examples.table();
  const Target target{2, labels, {}};
  BoostedSettings settings{.rounds = most_trees,
                           .learning_rate = 0.15,
                           .max_leaf_nodes = 8,
                           .max_depth = 6,
                           .min_samples_leaf = 30,
                           .seed = seed};
  const auto ones = [](std::size_t count) { return std::vector<double>(count, 1.0); };
  const Boosted first =
      train_boosted(table, target, rows.teach, ones(rows.teach.size()), settings, {});
  const auto truth_of = [&](const std::vector<std::uint32_t>& of) {
    std::vector<std::int32_t> result;
    result.reserve(of.size());
    for (const std::uint32_t i : of) result.push_back(labels[i]);
    return result;
  };
  const std::vector<double> raw = raw_scores(first.model, table, rows.calibrate);
  const std::vector<std::int32_t> calibrating = truth_of(rows.calibrate);
  const Platt platt = fit_platt(raw, std::vector<char>(calibrating.begin(), calibrating.end()));
  // Platt's first class has the probability 1 / (1 + exp(a value + b)).
  const auto calibrated = [&](const std::vector<double>& scores) {
    std::vector<double> result;
    result.reserve(scores.size());
    for (const double score : scores)
      result.push_back(probability_of(-(platt.a * score + platt.b)));
    return result;
  };
  Trained result;
  result.threshold = best_threshold(calibrated(raw), calibrating);

  const std::vector<double> said = calibrated(raw_scores(first.model, table, rows.test));
  const std::vector<std::int32_t> truth = truth_of(rows.test);
  std::vector<std::uint32_t> visit;
  for (const std::uint32_t i : rows.test) visit.push_back(examples.visit[i]);
  // Baselines: the share of those who did, and that share by how many events there were.
  constexpr std::int32_t kDepths = 30;
  std::vector<double> did(kDepths, 0);
  std::vector<double> seen(kDepths, 0);
  double all = 0;
  for (const std::uint32_t i : rows.teach) {
    const auto depth = static_cast<std::size_t>(std::clamp(examples.depth[i], 1, kDepths) - 1);
    did[depth] += labels[i];
    ++seen[depth];
    all += labels[i];
  }
  const double base_rate = all / static_cast<double>(rows.teach.size());
  std::vector<double> by_depth;
  for (const std::uint32_t i : rows.test) {
    const auto depth = static_cast<std::size_t>(std::clamp(examples.depth[i], 1, kDepths) - 1);
    by_depth.push_back((did[depth] + 10 * base_rate) / (seen[depth] + 10));
  }
  std::vector<double> both;
  std::vector<std::int32_t> predicted;
  for (const double p : said) {
    both.push_back(1 - p);
    both.push_back(p);
    predicted.push_back(p >= result.threshold ? 1 : 0);
  }
  const std::vector<CalibrationBin> bins = calibration_bins({2, both, predicted, truth});
  Json picture = Json::array();
  for (const CalibrationBin& bin : bins) {
    picture.push_back({{"rows", bin.rows}, {"claimed", bin.claimed}, {"true", bin.true_share}});
  }
  const std::vector<double> constant(truth.size(), base_rate);
  result.report = figures(said, truth, visit, seed, true);
  result.report["calibration_error"] = calibration_error(bins);
  result.report["calibration"] = std::move(picture);
  result.report["base_rate"] = base_rate;
  result.report["threshold"] = result.threshold;
  result.report["rows"] = {{"teach", rows.teach.size()},
                           {"calibrate", rows.calibrate.size()},
                           {"test", rows.test.size()}};
  result.report["baselines"] = {{"base_rate", figures(constant, truth, visit, seed, false)},
                                {"events", figures(by_depth, truth, visit, seed, false)}};

  const std::vector<std::uint32_t> everything = table.every_row();
  settings.rounds = std::max<std::size_t>(first.rounds, 1);
  settings.validation_share = 0;
  result.trees =
      train_boosted(table, target, everything, ones(everything.size()), settings, {}).model;
  result.report["trees"] = result.trees.trees.size();
  // Calibrated log odds are -(a score + b): the leaves and the base take it in.
  for (Tree& tree : result.trees.trees) {
    tree = in_order(tree);
    for (double& value : tree.value) value *= -platt.a;
  }
  result.trees.base[0] = -(platt.a * result.trees.base[0] + platt.b);
  round_for_exact_sums(result.trees);
  return result;
}

// ln gamma(x), x > 0, to 1e-10 (Lanczos 1964 by Stirling's series after shifting).
double log_gamma(double x) {
  double shift = 0;
  for (; x < 10; ++x) shift += log(x);
  const double inverse = 1 / (x * x);
  return (x - 0.5) * log(x) - x + 0.91893853320467274 +
         (1.0 / 12 - (1.0 / 360 - inverse / 1260) * inverse) / x - shift;
}

// The two numbers from 1e-6 to 1e6 with the largest likelihood: by steps along each logarithm,
// halved whenever none helps.
template <typename LogLikelihood>
std::pair<double, double> fit_pair(double a, double b, LogLikelihood&& likelihood) {
  double best = likelihood(a, b);
  for (double step = 1; step > 1e-4;) {
    bool better = false;
    for (const auto& [da, db] : {std::pair{step, 0.0},
                                 {-step, 0.0},
                                 {0.0, step},
                                 {0.0, -step},
                                 {step, step},
                                 {-step, -step}}) {
      const double next_a = a * exp(da);
      const double next_b = b * exp(db);
      if (!(std::max(next_a, next_b) < 1e6 && std::min(next_a, next_b) > 1e-6)) continue;
      const double value = likelihood(next_a, next_b);
      if (!(value > best)) continue;
      best = value;
      a = next_a;
      b = next_b;
      better = true;
      break;
    }
    if (!better) step /= 2;
  }
  return {a, b};
}

// Fitted to the pages of finished visits and to the seconds that they took but for the last page.
behaviour::Pace fit_pace(const std::vector<float>& pages, const std::vector<float>& seconds) {
  std::vector<double> counts;  // visits by pages
  for (const float k : pages) {
    const auto at = static_cast<std::size_t>(std::max(k, 1.0F));
    if (counts.size() <= at) counts.resize(at + 1, 0);
    ++counts[at];
  }
  behaviour::Pace pace;
  std::tie(pace.a, pace.b) = fit_pair(2, 20, [&](double a, double b) {
    double sum = 0;
    double going = 0;  // log probability of coming to page k
    for (std::size_t k = 1; k < counts.size(); ++k) {
      const double total = a + b + static_cast<double>(k - 1);
      if (counts[k] > 0) sum += counts[k] * (going + log(a / total));
      going += log((total - a) / total);
    }
    return sum;
  });
  std::tie(pace.alpha, pace.beta) = fit_pair(2, 60, [&](double alpha, double beta) {
    double sum = 0;
    const double fixed = alpha * log(beta) - log_gamma(alpha);
    for (std::size_t i = 0; i < pages.size(); ++i) {
      const double n = static_cast<double>(pages[i]) - 1;
      if (n < 1 || !(seconds[i] > 0)) continue;
      sum +=
          fixed + log_gamma(alpha + n) - (alpha + n) * log(beta + static_cast<double>(seconds[i]));
    }
    return sum;
  });
  return pace;
}

const std::vector<float>* column(const Examples& examples, VisitFeature feature) {
  const auto at =
      std::find(examples.names.begin(), examples.names.end(), behaviour::name_of(feature));
  return at == examples.names.end()
             ? nullptr
             : &examples.columns[static_cast<std::size_t>(at - examples.names.begin())];
}

}  // namespace

IntentOptions parse_intent_options(std::string_view json) {
  const JsonDocument document(json, "training options");
  const JsonView root = document.root();
  IntentOptions options;
  if (const auto columns = root.find("columns")) options.columns = columns->strings();
  options.products = static_cast<std::size_t>(root.integer_or("products", 0, 0, 4000000));
  if (const auto prices = root.find("prices")) {
    for (std::size_t i = 0; i < prices->size(); ++i) {
      options.prices.push_back((*prices)[i].number());
    }
  }
  if (const auto categories = root.find("categories")) {
    for (std::size_t i = 0; i < categories->size(); ++i) {
      options.categories.push_back(
          static_cast<std::int32_t>((*categories)[i].integer(-1, 4000000)));
    }
  }
  for (const std::size_t size : {options.prices.size(), options.categories.size()}) {
    if (size != 0 && size != options.products) {
      refuse("the products cannot be used", {"training options"},
             {options.products, " prices and categories, or none"}, {size});
    }
  }
  options.source = root.string_or("source", "shop");
  options.seed = static_cast<std::uint64_t>(
      root.integer_or("seed", 42, 0, std::numeric_limits<std::int64_t>::max()));
  options.licence = root.string_or("licence", "");
  if (const auto data = root.find("data")) options.data = data->raw();
  return options;
}

IntentResult train_intents(std::span<const double> cells, std::size_t rows,
                           const IntentOptions& options, const TrainingProgress& progress) {
  const bool is_log = options.columns.empty();
  const std::size_t width = is_log ? 6 : options.columns.size() + 1;
  if (rows == 0 || cells.size() != width * rows) {
    refuse("there is nothing to learn from", {}, {width, " columns of events or visits"},
           {cells.size(), " cells"});
  }
  const auto tell = [&](std::size_t done) {
    if (progress) progress("learning intents", done, 3);
  };
  tell(0);
  behaviour::ShopFacts facts;
  facts.price = options.prices;
  facts.category = options.categories;
  for (const std::int32_t category : options.categories) {
    facts.categories = std::max(facts.categories, static_cast<std::size_t>(category + 1));
  }
  facts.prepare(options.products);
  Examples examples =
      is_log ? examples_of_log(read_log(cells, rows, options.products), facts, options.seed)
             : examples_of_table(cells, rows, options);
  std::vector<char> bought(examples.visits, 0);
  for (std::size_t i = 0; i < examples.rows(); ++i) {
    if (examples.buys[i] != 0) bought[examples.visit[i]] = 1;
  }
  const auto buyers = static_cast<std::size_t>(std::count(bought.begin(), bought.end(), 1));
  if (buyers < kLeastPurchases || examples.visits - buyers < kLeastPurchases) {
    refuse("the visits cannot teach who will buy", {},
           {"at least ", kLeastPurchases, " visits with a purchase after something else, and ",
            kLeastPurchases, " without"},
           {buyers, " with and ", examples.visits - buyers, " without"});
  }
  const Rows3 parts = split(examples, is_log, options.seed);
  check_parts(examples, parts, bought);
  Json intents = Json::object();
  IntentResult result;
  result.report = Json{{"visits", examples.visits},
                       {"buyers", buyers},
                       {"rows", examples.rows()},
                       {"split", is_log ? "time" : "drawn"},
                       {"metrics", Json::object()}};
  // The pace before the visits that are doubled below.
  const std::vector<float>* const pages = column(examples, VisitFeature::kPages);
  const std::vector<float>* const seconds = column(examples, VisitFeature::kSeconds);
  if (!is_log && pages != nullptr && seconds != nullptr) {
    const behaviour::Pace pace = fit_pace(*pages, *seconds);
    intents[std::string(name_of(Intent::kLeave))] = {
        {"threshold", 0.5}, {"pace", {pace.a, pace.b, pace.alpha, pace.beta}}};
  }
  Rows3 taught = parts;
  if (!is_log && column(examples, VisitFeature::kReturning) != nullptr) {
    // A page that remembers nothing knows of no earlier visit even where there was one: each visit
    // to learn from counts once as it is and once without.
    const std::size_t before = examples.rows();
    for (std::size_t c = 0; c < examples.columns.size(); ++c) {
      std::vector<float>& values = examples.columns[c];
      const bool forgets = examples.names[c] == behaviour::name_of(VisitFeature::kReturning);
      values.reserve(2 * before);
      for (std::size_t i = 0; i < before; ++i) values.push_back(forgets ? kMissing : values[i]);
    }
    for (std::size_t i = 0; i < before; ++i) {
      examples.buys.push_back(examples.buys[i]);
      examples.visit.push_back(examples.visit[i]);
      examples.depth.push_back(examples.depth[i]);
    }
    for (auto* part : {&taught.teach, &taught.calibrate}) {
      const std::vector<std::uint32_t> own = *part;
      for (const std::uint32_t i : own) part->push_back(static_cast<std::uint32_t>(i + before));
    }
  }
  onnx::ModelWriter writer("intents");
  writer.add_input("visit", onnx::DataType::kFloat, {"n", examples.columns.size()});
  for (const Intent intent : {Intent::kPurchase, Intent::kLeave}) {
    const std::string name(name_of(intent));
    const bool leave = intent == Intent::kLeave;
    tell(leave ? 2 : 1);
    if (leave && !is_log) continue;
    const Trained trained = learn(examples, leave ? examples.leaves : examples.buys, taught,
                                  is_log ? kMostTrees : kMostDefaultTrees, options.seed);
    result.report["metrics"][name] = trained.report;
    intents[name] = {{"threshold", trained.threshold}};
    const std::string label = name + "-label";
    add_tree_classifier(writer, "visit", label, name, trained.trees,
                        std::vector<std::string>{"no", "yes"});
    writer.add_output(label, onnx::DataType::kString, {"n"});
    writer.add_output(name, onnx::DataType::kFloat, {"n", 2});
  }
  Json metadata{{"version", 1},
                {"kind", "intents"},
                {"source", options.source},
                {"features", examples.names},
                {"intents", intents},
                {"data", options.data},
                {"metrics", result.report["metrics"]}};
  if (!options.licence.empty()) metadata["licence"] = options.licence;
  for (auto& entry : metadata["metrics"]) entry.erase("calibration");
  writer.set_metadata("storewise", json_text(metadata));
  result.model = writer.bytes();
  result.report["intents"] = intents;
  result.report["bytes"] = result.model.size();
  tell(3);
  return result;
}

}  // namespace storewise::train
