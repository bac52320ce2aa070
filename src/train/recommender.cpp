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
constexpr std::size_t kTuningQueries = 2000;   // asked for each setting tried
constexpr std::size_t kTuningTargets = 1500;   // items that are ranked while tuning
constexpr std::size_t kCooccurrences = 1000;   // successors of the baseline
constexpr double kLeastGain = 5e-4;            // a smaller one is noise: the default stays
// Pairs of events within sessions that counting may visit: bounds time and memory.
constexpr double kMostPairs = 6e7;

constexpr std::size_t kTuningEvents = 250000;  // of the training's end that tuning reads
constexpr double kTuningPairs = 4e6;           // of events within these sessions, at most
constexpr int kTuningTrials = 40;
constexpr double kNoDecay = 1e6;  // steps: every item of a query counts alike

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Everything that decides a model.
struct Settings {
  RidgeSettings ridge;
  double query_decay = 2.0;  // dpr, steps
};

// Chosen on the validation tails of public shops' data: clicks like strong order and recent items;
// orders, listed in the sequence of packing or scanning, a little of both.
Settings default_settings(const Sessions& sessions, bool sequence) {
  Settings s;
  s.ridge.recency = 1.0;
  s.ridge.past_decay = 1.0;
  s.ridge.itself = sessions.repeats;
  if (sessions.ordered) {
    s.ridge.together = 0.5;
    s.ridge.lambda = 10.0;
    s.ridge.future_decay = 1.0;
    s.query_decay = 2.0;
  } else if (sequence) {
    s.ridge.together = 0.75;
    s.ridge.lambda = 30.0;
    s.ridge.future_decay = 2.0;
    s.query_decay = 4.0;
  } else {
    s.ridge.together = 1.0;
    s.ridge.lambda = 30.0;
    s.query_decay = kNoDecay;
  }
  return s;
}

// Whether the given order within sessions may mean something. Times tell; without them the order
// of the list does, unless it is by the items' ids, which says nothing about what came first.
bool may_be_sequence(const Sessions& sessions, const std::vector<std::string>& ids) {
  if (sessions.ordered) return true;
  std::size_t pairs = 0;
  std::size_t ascending = 0;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const std::span<const std::int32_t> session = sessions.session(s);
    for (std::size_t p = 1; p < session.size(); ++p) {
      const std::string& before = ids[sessions.original[session[p - 1]]];
      const std::string& after = ids[sessions.original[session[p]]];
      // Numbers sort by value, other ids by letter: a shorter number is a smaller one.
      const bool up = before.size() != after.size() && is_number(before) && is_number(after)
                          ? before.size() < after.size()
                          : before < after;
      ++pairs;
      if (up) ++ascending;
    }
  }
  return ascending * 4 < pairs * 3 && ascending * 4 > pairs;
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

// Successors kept for each item: as many as fit a model of about 1 MB, 20 at least, for a small
// catalogue affords more and baskets gain from it.
std::uint32_t choose_neighbours(std::size_t items) {
  constexpr std::size_t kModelBytes = 1000000;
  constexpr std::size_t kBytesPerNeighbour = 5;
  return static_cast<std::uint32_t>(
      std::clamp<std::size_t>(kModelBytes / (kBytesPerNeighbour * items), 20, 50));
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
  Tuner(const Sessions& training, std::size_t session_items, std::uint64_t seed,
        const Progress& progress)
      : progress_(progress) {
    // Recent sessions stand for all: what people do next changes little over the years, and the
    // time stays bounded.
    const std::size_t count = training.size();
    std::size_t begin = count;
    double pairs = 0.0;
    while (begin > 0) {
      const auto n =
          static_cast<double>(std::min(training.session(begin - 1).size(), session_items));
      pairs += n * n;
      if (pairs > kTuningPairs ||
          training.items.size() - training.starts[begin - 1] > kTuningEvents) {
        break;
      }
      --begin;
    }
    const std::size_t cut = count - std::max<std::size_t>(1, (count - begin) / 10);
    known_ = slice_sessions(training, begin, std::max(begin, cut));
    queries_ = make_queries(training, cut, count, known_, 0);
    const std::size_t items = known_.item_count();
    if (items > kTuningTargets) {
      // The targets of random queries stand for all items: the others are neither solved nor asked
      // for. Busy items are among them and compete, as they do in earnest.
      std::vector<QuerySet::Query> drawn = queries_.queries;
      Random random(seed);
      shuffle(drawn, random);
      std::vector<bool> chosen(items, false);
      for (const QuerySet::Query& q : drawn) {
        if (chosen[q.target]) continue;
        chosen[q.target] = true;
        targets_.push_back(q.target);
        if (targets_.size() == kTuningTargets) break;
      }
      std::sort(targets_.begin(), targets_.end());
      std::erase_if(queries_.queries,
                    [&chosen](const QuerySet::Query& q) { return !chosen[q.target]; });
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

  // With fewer queries the differences between settings would be luck.
  bool possible() const { return known_.item_count() >= 2 && queries_.queries.size() >= 100; }

  // `sequence` says that the order within a session may mean something.
  Settings run(const Settings& start, bool sequence) {
    decays_ = sequence ? std::vector<double>{0.5, 1, 1.5, 2, 4, 8, 16, 32, kNoDecay}
                       : std::vector<double>{kNoDecay};
    best_ = start;
    consider({start});
    vary(&RidgeSettings::lambda, {1.0, 3.0, 30.0, 100.0});
    if (sequence) {
      vary(&RidgeSettings::together, {0.02, 0.1, 0.25, 0.5, 0.75, 1.0});
      if (best_.ridge.together < 1.0) {
        vary(&RidgeSettings::past_decay, {0.5, 1.0, 2.0});
        vary(&RidgeSettings::future_decay, {0.5, 1.0, 2.0, 4.0});
        vary(&RidgeSettings::together, {0.02, 0.1, 0.25, 0.5, 0.75});
      }
    }
    vary(&RidgeSettings::recency, {0.0, 0.5, 2.0, 4.0});
    if (best_.ridge.together > 0.0) vary(&RidgeSettings::size_power, {0.0, 0.5, 1.0});
    vary(&RidgeSettings::lambda, {1.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0, 100.0, 300.0});
    return best_;
  }

 private:
  // Tries `values` of one setting, the others as they are best so far.
  void vary(double RidgeSettings::*field, std::initializer_list<double> values) {
    std::vector<Settings> candidates;
    for (const double value : values) {
      if (value == best_.ridge.*field) continue;
      candidates.push_back(best_);
      candidates.back().ridge.*field = value;
    }
    consider(candidates);
  }

  void consider(const std::vector<Settings>& candidates) {
    const Progress quiet = [](std::string_view, double, double) {};
    std::optional<RidgeProblem> problem;
    const RidgeSettings* made_with = nullptr;
    for (const Settings& s : candidates) {
      if (made_with == nullptr || !same_counts(*made_with, s.ridge)) {
        problem.emplace(known_, s.ridge, quiet);
        made_with = &s.ridge;
      }
      const Successors successors = by_source(problem->solve(s.ridge, targets_, quiet));
      for (const double decay : decays_) {
        const double value = objective(evaluate(successors, queries_, decay, kRankingDepth));
        if (value > best_value_ + (best_value_ < 0 ? 0.0 : kLeastGain)) {
          best_value_ = value;
          best_ = s;
          best_.query_decay = decay;
        }
      }
      progress_("tuning", std::min(++tried_, kTuningTrials), kTuningTrials);
    }
  }

  // Only what the counts do not depend on differs.
  static bool same_counts(const RidgeSettings& a, const RidgeSettings& b) {
    return a.together == b.together && a.past_decay == b.past_decay &&
           a.future_decay == b.future_decay && a.recency == b.recency &&
           a.size_power == b.size_power && a.session_items == b.session_items;
  }

  Sessions known_;
  QuerySet queries_;
  std::vector<std::int32_t> targets_;
  std::vector<double> decays_;
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
  const ItemWeights weights = solve_ridge(known, settings.ridge, progress);
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
  options.neighbours = static_cast<std::uint32_t>(root.integer_or("neighbours", 0, 0, 256));
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
  if (options.neighbours > 256) {
    throw Error(ErrorCode::kInvalidInput, "the training options cannot be used",
                {"", "neighbours", "0 to 256", std::to_string(options.neighbours)});
  }
  const Sessions sessions =
      make_sessions(events, options.items.size(), options.min_count, options.ordered);
  if (sessions.item_count() == 0) {
    throw Error(ErrorCode::kInvalidInput, "no item is left to recommend",
                {"", "events", "at least one item that sessions contain",
                 std::to_string(events.session.size()) + " events"});
  }
  const std::uint32_t neighbours =
      options.neighbours > 0 ? options.neighbours : choose_neighbours(sessions.item_count());
  const std::size_t count = sessions.size();
  std::size_t cut = count;
  if (options.holdout > 0 && count >= 2) {
    const auto share = static_cast<std::size_t>(options.holdout * static_cast<double>(count));
    cut = count - std::max<std::size_t>(1, share);
  }

  const bool sequence = may_be_sequence(sessions, options.items);
  Settings settings = default_settings(sessions, sequence);
  settings.ridge.session_items = bounded_session_items(sessions, settings.ridge.session_items);
  override_settings(options.settings, settings);
  bool tuned = false;
  if (options.tune) {
    // The held-out sessions stay unseen while settings are chosen.
    Tuner tuner(slice_sessions(sessions, 0, cut), settings.ridge.session_items, options.seed,
                progress);
    if (tuner.possible()) {
      settings = tuner.run(settings, sequence);
      override_settings(options.settings, settings);
      tuned = true;
    }
  }
  Json metrics =
      cut < count ? measure(sessions, cut, settings, neighbours, progress) : Json(nullptr);

  const ItemModel model = prune_and_quantise(solve_ridge(sessions, settings.ridge, progress),
                                             sessions.counts, neighbours);
  Json items = Json::array();
  for (const std::int32_t item : sessions.original) items.push_back(options.items[item]);
  const Json chosen = settings_json(settings, neighbours);
  Json metadata = {
      {"version", 1},
      {"kind", "recommender"},
      {"items", std::move(items)},
      {"counts", sessions.counts},
      {"session",
       {{"decay", settings.query_decay},
        {"max_items", kQueryItems},
        {"ordered", sessions.ordered},
        {"repeats", sessions.repeats}}},
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
      {"repeats", sessions.repeats},
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
