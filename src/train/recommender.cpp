#include "train/recommender.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "support/error.h"
#include "train/evaluate.h"
#include "train/item_model.h"
#include "train/math.h"
#include "train/recommender_model.h"

namespace storewise::train {
namespace {

constexpr std::size_t kRankingDepth = 20;      // recall@20, MRR@20
constexpr std::size_t kReportQueries = 20000;  // asked of the held-out sessions
constexpr std::size_t kTuningQueries = 3000;   // asked for each setting tried
constexpr std::size_t kTuningTargets = 4000;   // items that are ranked while tuning
constexpr std::size_t kCooccurrences = 1000;   // successors of the baseline
constexpr double kLeastGain = 5e-4;            // a smaller one is noise: the default stays
// Pairs of events within sessions that counting may visit: bounds time and memory.
constexpr double kMostPairs = 6e7;

// Everything that decides a model.
struct Settings {
  RidgeSettings ridge;
  double query_decay = 2.0;  // dpr, steps
};

Settings default_settings(bool ordered) {
  Settings s;
  if (ordered) {
    s.ridge.together = 0.5;
    s.ridge.lambda = 10.0;
    s.ridge.past_decay = 1.0;
    s.ridge.future_decay = 1.0;
    s.ridge.recency = 1.0;
    s.query_decay = 3.0;
  } else {
    s.ridge.together = 1.0;
    s.ridge.lambda = 10.0;
    s.ridge.recency = 1.0;
    s.ridge.size_power = 0.0;
    s.ridge.itself = false;
    s.ridge.session_items = 400;
    s.query_decay = 1e6;
  }
  return s;
}

void override_settings(const Json& overrides, Settings& s) {
  if (!overrides.is_object()) {
    throw Error(ErrorCode::kInvalidInput, "the training options cannot be used",
                {"", "settings", "an object", overrides.type_name()});
  }
  const auto refuse = [](const std::string& name, const char* expected, const Json& found) {
    throw Error(ErrorCode::kInvalidInput, "the training options cannot be used",
                {"", "settings." + name, expected, json_text(found)});
  };
  for (auto member = overrides.begin(); member != overrides.end(); ++member) {
    const std::string& name = member.key();
    const Json& value = member.value();
    if (name == "itself") {
      if (!value.is_boolean()) refuse(name, "true or false", value);
      s.ridge.itself = value.get<bool>();
      continue;
    }
    if (!value.is_number()) refuse(name, "a number", value);
    const double number = value.get<double>();
    const bool whole = number >= 0 && number <= 1e6 && number == std::floor(number);
    if (name == "together") {
      s.ridge.together = number;
    } else if (name == "lambda") {
      s.ridge.lambda = number;
    } else if (name == "past_decay") {
      s.ridge.past_decay = number;
    } else if (name == "future_decay") {
      s.ridge.future_decay = number;
    } else if (name == "recency") {
      s.ridge.recency = number;
    } else if (name == "size_power") {
      s.ridge.size_power = number;
    } else if (name == "query_decay") {
      if (!(number > 0)) refuse(name, "more than 0", value);
      s.query_decay = number;
    } else if (name == "candidates") {
      if (!whole) refuse(name, "a whole number", value);
      s.ridge.candidates = static_cast<std::uint32_t>(number);
    } else if (name == "session_items") {
      if (!whole) refuse(name, "a whole number", value);
      s.ridge.session_items = static_cast<std::uint32_t>(number);
    } else {
      refuse(name, "a known setting", value);
    }
  }
}

Json settings_json(const Settings& s, std::uint32_t neighbours) {
  return {{"together", s.ridge.together},
          {"lambda", s.ridge.lambda},
          {"past_decay", s.ridge.past_decay},
          {"future_decay", s.ridge.future_decay},
          {"recency", s.ridge.recency},
          {"size_power", s.ridge.size_power},
          {"itself", s.ridge.itself},
          {"candidates", s.ridge.candidates},
          {"session_items", s.ridge.session_items},
          {"query_decay", s.query_decay},
          {"neighbours", neighbours}};
}

// The largest number of a session's last events for which all pairs stay below kMostPairs.
std::uint32_t bounded_session_items(const Sessions& sessions, std::uint32_t wanted) {
  std::uint32_t most = wanted;
  while (most > 10) {
    double pairs = 0.0;
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      const double n = static_cast<double>(std::min<std::size_t>(sessions.session(s).size(), most));
      pairs += n * n;
    }
    if (pairs <= kMostPairs) break;
    most = most * 4 / 5;
  }
  return most;
}

double objective(const RankingMetrics& m) { return m.recall + 2.0 * m.mrr; }

// Settings tried one at a time, each kept when it ranks the tail of the training time better.
class Tuner {
 public:
  Tuner(const Sessions& training, std::uint64_t seed, const Progress& progress)
      : progress_(progress) {
    const std::size_t cut = training.size() - std::max<std::size_t>(1, training.size() / 10);
    known_ = slice_sessions(training, 0, cut);
    queries_ = make_queries(training, cut, training.size(), known_, 0);
    const std::size_t items = known_.item_count();
    if (items > kTuningTargets) {
      // A random part of the items stands for all: the others are neither solved nor asked for.
      std::vector<std::int32_t> all(items);
      for (std::size_t i = 0; i < items; ++i) all[i] = static_cast<std::int32_t>(i);
      Random random(seed);
      shuffle(all, random);
      targets_.assign(all.begin(), all.begin() + kTuningTargets);
      std::sort(targets_.begin(), targets_.end());
      std::erase_if(queries_.queries, [this](const QuerySet::Query& q) {
        return !std::binary_search(targets_.begin(), targets_.end(), q.target);
      });
    }
    const std::size_t found = queries_.queries.size();
    if (found > kTuningQueries) {
      std::vector<QuerySet::Query> some;
      for (std::size_t q = 0; q < kTuningQueries; ++q) {
        some.push_back(queries_.queries[q * found / kTuningQueries]);
      }
      queries_.queries = std::move(some);
    }
  }

  bool possible() const { return known_.item_count() >= 2 && queries_.queries.size() >= 100; }

  Settings run(Settings start) {
    const bool ordered = known_.ordered;
    best_ = start;
    best_value_ = -1.0;
    try_setting(start);
    const auto vary = [&](double RidgeSettings::*field, std::initializer_list<double> values) {
      const double before = best_.ridge.*field;
      for (const double value : values) {
        if (value == before) continue;
        Settings s = best_;
        s.ridge.*field = value;
        try_setting(s);
      }
    };
    if (ordered) {
      vary(&RidgeSettings::together, {0.05, 0.2, 0.8, 1.0});
      vary(&RidgeSettings::lambda, {1.0, 3.0, 30.0, 100.0});
      if (best_.ridge.together < 1.0) {
        vary(&RidgeSettings::past_decay, {0.5, 2.0});
        vary(&RidgeSettings::future_decay, {0.5, 2.0, 4.0});
        vary(&RidgeSettings::together, {0.02, 0.1, 0.35, 0.65});
      }
      vary(&RidgeSettings::recency, {0.0, 0.5, 2.0, 4.0});
      Settings other = best_;
      other.ridge.itself = !other.ridge.itself;
      try_setting(other);
    } else {
      vary(&RidgeSettings::lambda, {1.0, 3.0, 30.0, 100.0, 300.0});
      vary(&RidgeSettings::recency, {0.0, 0.5, 2.0, 4.0});
      vary(&RidgeSettings::size_power, {0.25, 0.5, 1.0});
      vary(&RidgeSettings::lambda, {0.3, 5.0, 20.0, 60.0, 150.0});
    }
    return best_;
  }

 private:
  void try_setting(const Settings& s) {
    const Successors successors =
        by_source(solve_ridge(known_, s.ridge, targets_, [](std::string_view, double, double) {}));
    static constexpr std::array<double, 8> kOrderedDecays{0.5, 1, 1.5, 2, 4, 8, 16, 32};
    static constexpr std::array<double, 3> kBasketDecays{1e6, 20, 8};
    const std::span<const double> decays =
        known_.ordered ? std::span<const double>(kOrderedDecays) : std::span(kBasketDecays);
    for (const double decay : decays) {
      const double value = objective(evaluate(successors, queries_, decay, kRankingDepth));
      if (value > best_value_ + (best_value_ < 0 ? 0.0 : kLeastGain)) {
        best_value_ = value;
        best_ = s;
        best_.query_decay = decay;
      }
    }
    progress_("tuning", ++tried_, 28);
  }

  Sessions known_;
  QuerySet queries_;
  std::vector<std::int32_t> targets_;
  const Progress& progress_;
  Settings best_;
  double best_value_ = -1.0;
  int tried_ = 0;
};

Json ranking_json(const RankingMetrics& m) { return {{"recall", m.recall}, {"mrr", m.mrr}}; }

// Figures of a model of sessions [0, cut) on the sessions from cut on.
Json measure(const Sessions& all, std::size_t cut, const Settings& settings,
             std::uint32_t neighbours, const Progress& progress) {
  const Sessions known = slice_sessions(all, 0, cut);
  const QuerySet queries = make_queries(all, cut, all.size(), known, kReportQueries);
  if (known.item_count() == 0 || queries.queries.empty()) return nullptr;
  const ItemWeights weights = solve_ridge(known, settings.ridge, {}, progress);
  const ItemModel model = prune_and_quantise(weights, known.counts, neighbours);
  progress("measuring", 0, 1);
  const auto figures = [&](const Successors& successors, double decay) {
    return evaluate(successors, queries, decay, kRankingDepth);
  };
  const std::size_t items = known.item_count();
  Json metrics = ranking_json(figures(by_source(model), settings.query_decay));
  metrics["k"] = kRankingDepth;
  metrics["queries"] = queries.queries.size();
  metrics["unknown_targets"] = queries.unknown_targets;
  metrics["sessions"] = all.size() - cut;
  metrics["protocol"] = all.ordered ? "next" : "last";
  metrics["float"] = ranking_json(figures(by_source(weights), settings.query_decay));
  metrics["popularity"] = ranking_json(figures(nothing(items), 1.0));
  metrics["cooccurrence"] =
      ranking_json(figures(cooccurrence(known, kCooccurrences), settings.query_decay));
  metrics["own_items"] = ranking_json(figures(identity(items), settings.query_decay));
  progress("measuring", 1, 1);
  return metrics;
}

// A session asks for an item that it has already seen in at least this share of its steps: then a
// ranking without the seen items would be a worse prediction.
double repeat_share(const Sessions& sessions) {
  double steps = 0.0;
  double repeats = 0.0;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const std::span<const std::int32_t> session = sessions.session(s);
    for (std::size_t p = 1; p < session.size(); ++p) {
      const std::size_t from = p > kQueryItems ? p - kQueryItems : 0;
      const auto begin = session.begin();
      steps += 1.0;
      if (std::find(begin + from, begin + p, session[p]) != begin + p) repeats += 1.0;
    }
  }
  return steps > 0 ? repeats / steps : 0.0;
}

}  // namespace

RecommenderOptions parse_recommender_options(std::string_view json) {
  const JsonDocument document(json, "training options");
  const JsonView root = document.root();
  RecommenderOptions options;
  options.items = root.at("items").strings();
  const std::string tune = root.string_or("tune", "off");
  if (tune != "on" && tune != "off") root.at("tune").fail("\"on\" or \"off\"");
  options.tune = tune == "on";
  options.min_count = static_cast<std::uint32_t>(root.integer_or("min_count", 0, 0, 1000000));
  options.neighbours = static_cast<std::uint32_t>(root.integer_or("neighbours", 20, 1, 256));
  options.seed = static_cast<std::uint64_t>(
      root.integer_or("seed", 42, 0, std::numeric_limits<std::int64_t>::max()));
  options.holdout = root.number_or("holdout", 0.1, 0.0, 0.9);
  if (const auto ordered = root.find("ordered")) {
    if (ordered->is_string()) {
      if (ordered->string() != "auto") ordered->fail("\"auto\", true or false");
    } else {
      options.ordered = ordered->boolean();
    }
  }
  if (const auto settings = root.find("settings")) options.settings = settings->raw();
  if (const auto data = root.find("data")) options.data = data->raw();
  options.licence = root.string_or("licence", "");
  return options;
}

RecommenderResult train_recommender(const Events& events, const RecommenderOptions& options,
                                    const Progress& progress) {
  if (options.neighbours < 1 || options.neighbours > 256) {
    throw Error(ErrorCode::kInvalidInput, "the training options cannot be used",
                {"", "neighbours", "1 to 256", std::to_string(options.neighbours)});
  }
  const Sessions sessions =
      make_sessions(events, options.items.size(), options.min_count, options.ordered);
  if (sessions.item_count() == 0) {
    throw Error(ErrorCode::kInvalidInput, "no item is left to recommend",
                {"", "events", "at least one item that sessions contain",
                 std::to_string(events.session.size()) + " events"});
  }
  const std::size_t count = sessions.size();
  std::size_t cut = count;
  if (options.holdout > 0 && count >= 2) {
    const auto share = static_cast<std::size_t>(options.holdout * static_cast<double>(count));
    cut = count - std::max<std::size_t>(1, share);
  }

  Settings settings = default_settings(sessions.ordered);
  settings.ridge.session_items = bounded_session_items(sessions, settings.ridge.session_items);
  override_settings(options.settings, settings);
  bool tuned = false;
  if (options.tune) {
    // The held-out sessions stay unseen while settings are chosen.
    Tuner tuner(slice_sessions(sessions, 0, cut), options.seed, progress);
    if (tuner.possible()) {
      settings = tuner.run(settings);
      override_settings(options.settings, settings);
      tuned = true;
    }
  }
  Json metrics =
      cut < count ? measure(sessions, cut, settings, options.neighbours, progress) : Json(nullptr);

  const ItemModel model = prune_and_quantise(solve_ridge(sessions, settings.ridge, {}, progress),
                                             sessions.counts, options.neighbours);
  Json items = Json::array();
  for (const std::int32_t item : sessions.original) items.push_back(options.items[item]);
  const Json chosen = settings_json(settings, options.neighbours);
  const double repeats = repeat_share(sessions);
  Json metadata = {
      {"version", 1},
      {"kind", "recommender"},
      {"items", std::move(items)},
      {"counts", sessions.counts},
      {"session",
       {{"decay", settings.query_decay},
        {"max_items", kQueryItems},
        {"ordered", sessions.ordered},
        {"repeats", repeats}}},
      {"settings", chosen},
      {"metrics", metrics},
      {"data", options.data},
  };
  if (!options.licence.empty()) metadata["licence"] = options.licence;

  RecommenderResult result;
  result.model = write_recommender(model, json_text(metadata));
  result.report = {
      {"items", sessions.item_count()},
      {"sessions", count},
      {"events", sessions.items.size()},
      {"ordered", sessions.ordered},
      {"tuned", tuned},
      {"settings", chosen},
      {"metrics", std::move(metrics)},
      {"dropped",
       {{"items", sessions.dropped_items},
        {"events", sessions.dropped_events},
        {"sessions", sessions.dropped_sessions}}},
      {"bytes", result.model.size()},
  };
  return result;
}

}  // namespace storewise::train
