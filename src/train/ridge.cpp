#include "train/ridge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "support/error.h"
#include "train/math.h"

namespace storewise::train {
namespace {

constexpr std::uint32_t kFutureSteps = 8;
// A past weight below this is left out; exp(-7) and less cannot be seen in any result.
constexpr double kLeastDecay = 1e-3;
constexpr std::uint32_t kBlock = 4;

void check(bool good, const char* place, const char* expected, double found) {
  if (good) return;
  throw Error(ErrorCode::kInvalidInput, "a training setting is out of range",
              {"", std::string("settings.") + place, expected, std::to_string(found)});
}

void check_settings(const RidgeSettings& s) {
  check(s.together >= 0 && s.together <= 1, "together", "0 to 1", s.together);
  check(s.lambda > 0 && s.lambda <= 1e9, "lambda", "more than 0", s.lambda);
  check(s.past_decay > 0 && s.past_decay <= 1e6, "past_decay", "more than 0", s.past_decay);
  check(s.future_decay > 0 && s.future_decay <= 1e6, "future_decay", "more than 0", s.future_decay);
  check(s.recency >= 0 && s.recency <= 100, "recency", "0 to 100", s.recency);
  check(s.size_power >= -4 && s.size_power <= 4, "size_power", "-4 to 4", s.size_power);
  check(s.candidates >= 1 && s.candidates <= 256, "candidates", "1 to 256", s.candidates);
  check(s.session_items >= 2 && s.session_items <= 100000, "session_items", "2 to 100000",
        s.session_items);
}

// exp(-step / decay) for step 0, 1, ... until it is too small to matter or `most` steps are made.
std::vector<float> decay_table(double decay, std::size_t most) {
  std::vector<float> table;
  while (table.size() < most) {
    const double weight = exp(-static_cast<double>(table.size()) / decay);
    if (weight < kLeastDecay && !table.empty()) break;
    table.push_back(static_cast<float>(weight));
  }
  return table;
}

// A sum over items that remembers which it touched: dense storage, sparse use.
class SparseSum {
 public:
  explicit SparseSum(std::size_t items) : value_(items, 0.0f) {}
  // amount > 0
  void add(std::int32_t item, float amount) {
    float& value = value_[item];
    if (value == 0.0f) touched_.push_back(item);
    value += amount;
  }
  float operator[](std::int32_t item) const { return value_[item]; }
  std::vector<std::int32_t>& touched() { return touched_; }
  void clear() {
    for (const std::int32_t item : touched_) value_[item] = 0.0f;
    touched_.clear();
  }

 private:
  std::vector<float> value_;
  std::vector<std::int32_t> touched_;
};

// The sessions as the counts read them: the last events of each, and where each item occurs.
class Occurrences {
 public:
  Occurrences(const Sessions& sessions, const RidgeSettings& settings) {
    const std::size_t count = sessions.size();
    const std::size_t items = sessions.item_count();
    starts_.push_back(0);
    distinct_starts_.push_back(0);
    std::vector<std::uint32_t> seen(items, std::uint32_t(-1));
    for (std::uint32_t s = 0; s < count; ++s) {
      std::span<const std::int32_t> session = sessions.session(s);
      if (session.size() > settings.session_items) {
        session = session.subspan(session.size() - settings.session_items);
      }
      for (const std::int32_t item : session) {
        items_.push_back(item);
        session_of_.push_back(s);
      }
      starts_.push_back(static_cast<std::uint32_t>(items_.size()));
      const std::size_t distinct_before = distinct_.size();
      for (const std::int32_t item : session) {
        if (seen[item] == s) continue;
        seen[item] = s;
        distinct_.push_back(item);
      }
      std::sort(distinct_.begin() + static_cast<std::ptrdiff_t>(distinct_before), distinct_.end());
      distinct_starts_.push_back(static_cast<std::uint32_t>(distinct_.size()));
      const std::size_t distinct = distinct_.size() - distinct_before;
      const double age = static_cast<double>(count - 1 - s) / static_cast<double>(count);
      double weight = exp(-settings.recency * age);
      if (settings.size_power != 0)
        weight /= power(static_cast<double>(distinct), settings.size_power);
      weight_.push_back(static_cast<float>(weight));
    }
    // Positions by item, ascending (a counting sort).
    item_starts_.assign(items + 1, 0);
    for (const std::int32_t item : items_) ++item_starts_[item + 1];
    std::partial_sum(item_starts_.begin(), item_starts_.end(), item_starts_.begin());
    positions_.resize(items_.size());
    std::vector<std::uint32_t> next(item_starts_.begin(), item_starts_.end() - 1);
    for (std::uint32_t p = 0; p < items_.size(); ++p) positions_[next[items_[p]]++] = p;
  }

  std::span<const std::uint32_t> of(std::int32_t item) const {
    return {positions_.data() + item_starts_[item], positions_.data() + item_starts_[item + 1]};
  }
  std::int32_t item(std::uint32_t position) const { return items_[position]; }
  std::uint32_t session(std::uint32_t position) const { return session_of_[position]; }
  std::uint32_t begin(std::uint32_t session) const { return starts_[session]; }
  std::uint32_t end(std::uint32_t session) const { return starts_[session + 1]; }
  // The session's items, each once, ascending.
  std::span<const std::int32_t> distinct(std::uint32_t session) const {
    return {distinct_.data() + distinct_starts_[session],
            distinct_.data() + distinct_starts_[session + 1]};
  }
  float weight(std::uint32_t session) const { return weight_[session]; }

 private:
  std::vector<std::int32_t> items_;             // [positions]
  std::vector<std::uint32_t> session_of_;       // [positions]
  std::vector<std::uint32_t> starts_;           // [sessions + 1]
  std::vector<std::int32_t> distinct_;          // each session's items once, ascending
  std::vector<std::uint32_t> distinct_starts_;  // [sessions + 1]
  std::vector<float> weight_;                   // [sessions]
  std::vector<std::uint32_t> item_starts_;      // [items + 1]
  std::vector<std::uint32_t> positions_;        // [positions] by item
};

// Rows of G and columns of XY, each summed over the occurrences of its item.
class Counts {
 public:
  Counts(const Sessions& sessions, const RidgeSettings& settings)
      : occurrences_(sessions, settings),
        past_(decay_table(settings.past_decay, settings.session_items)),
        future_(decay_table(settings.future_decay, kFutureSteps + 1)),
        together_(static_cast<float>(settings.together)),
        stepwise_(static_cast<float>(1.0 - settings.together)),
        seen_(sessions.item_count(), 0) {}

  // Adds row `item` of G. Entries of items above `item` are left out: G is symmetric.
  void add_past_row(std::int32_t item, SparseSum& sum) {
    std::uint32_t session_before = std::uint32_t(-1);
    const std::span<const std::uint32_t> positions = occurrences_.of(item);
    for (std::size_t o = 0; o < positions.size(); ++o) {
      const std::uint32_t position = positions[o];
      const std::uint32_t session = occurrences_.session(position);
      const std::uint32_t begin = occurrences_.begin(session);
      const std::uint32_t end = occurrences_.end(session);
      const float weight = occurrences_.weight(session);
      if (together_ > 0 && session != session_before) {
        for (const std::int32_t other : occurrences_.distinct(session)) {
          if (other > item) break;
          sum.add(other, weight * together_);
        }
      }
      session_before = session;
      if (stepwise_ <= 0) continue;
      // `item` was last seen at `position` for every t until it occurs again. The last event of a
      // session has no future, so no t stands there.
      std::uint32_t last = end - 1;
      if (o + 1 < positions.size()) last = std::min(last, positions[o + 1]);
      last = std::min<std::uint32_t>(last, position + static_cast<std::uint32_t>(past_.size()));
      for (std::uint32_t t = position; t < last; ++t) {
        add_past(begin, t, weight * stepwise_ * past_[t - position], item, sum);
      }
    }
  }

  // Adds column `item` of XY.
  void add_future_column(std::int32_t item, SparseSum& sum) {
    std::uint32_t session_before = std::uint32_t(-1);
    std::uint32_t position_before = 0;
    for (const std::uint32_t position : occurrences_.of(item)) {
      const std::uint32_t session = occurrences_.session(position);
      const std::uint32_t begin = occurrences_.begin(session);
      const float weight = occurrences_.weight(session);
      const bool same_session = session == session_before;
      if (together_ > 0 && !same_session) {
        for (const std::int32_t other : occurrences_.distinct(session)) {
          sum.add(other, weight * together_);
        }
      }
      if (stepwise_ > 0) {
        // From each t before `position` on, this is the item's next occurrence back to the one
        // before it.
        const std::uint32_t first = same_session ? position_before : begin;
        for (std::uint32_t step = 1; step < future_.size(); ++step) {
          if (position < first + step) break;
          add_past(begin, position - step, weight * stepwise_ * future_[step],
                   std::numeric_limits<std::int32_t>::max(), sum);
        }
      }
      session_before = session;
      position_before = position;
    }
  }

 private:
  // Adds weight x P_t for the items of at most `most`.
  void add_past(std::uint32_t begin, std::uint32_t t, float weight, std::int32_t most,
                SparseSum& sum) {
    ++stamp_;
    for (std::uint32_t age = 0; age < past_.size() && begin + age <= t; ++age) {
      const std::int32_t other = occurrences_.item(t - age);
      if (seen_[other] == stamp_) continue;  // seen again since
      seen_[other] = stamp_;
      if (other <= most) sum.add(other, weight * past_[age]);
    }
  }

  Occurrences occurrences_;
  std::vector<float> past_;    // by age
  std::vector<float> future_;  // by steps ahead; entry 0 is not used
  float together_;
  float stepwise_;
  std::vector<std::uint64_t> seen_;
  std::uint64_t stamp_ = 0;
};

// The lower triangle of G, row by row, columns ascending; the diagonal apart.
struct PastCounts {
  std::vector<std::size_t> starts;  // [items + 1]
  std::vector<std::int32_t> column;
  std::vector<float> value;
  std::vector<float> diagonal;  // [items]
};

PastCounts count_past(Counts& counts, std::size_t items, const Progress& progress) {
  PastCounts result;
  result.starts.push_back(0);
  SparseSum row(items);
  for (std::size_t i = 0; i < items; ++i) {
    const auto item = static_cast<std::int32_t>(i);
    counts.add_past_row(item, row);
    std::sort(row.touched().begin(), row.touched().end());
    float diagonal = 0.0f;
    for (const std::int32_t other : row.touched()) {
      if (other == item) {
        diagonal = row[other];
      } else {
        result.column.push_back(other);
        result.value.push_back(row[other]);
      }
    }
    result.diagonal.push_back(diagonal);
    result.starts.push_back(result.column.size());
    row.clear();
    if (i % 1024 == 0) {
      progress("counting", static_cast<double>(i), static_cast<double>(items));
    }
  }
  return result;
}

// Writes the entries of row `item` of G at the columns where place[] is positive to
// out[place - 1]. `chosen` are these columns, ascending.
void gather_row(const PastCounts& past, std::int32_t item, std::span<const std::int32_t> chosen,
                const std::vector<std::uint16_t>& place, float* out) {
  const std::int32_t* columns = past.column.data() + past.starts[item];
  const float* values = past.value.data() + past.starts[item];
  const std::size_t length = past.starts[item + 1] - past.starts[item];
  // A short row is read through; in a long one each of the few columns is searched for.
  constexpr std::size_t kSearchCost = 12;
  if (length <= chosen.size() * kSearchCost) {
    for (std::size_t e = 0; e < length; ++e) {
      const std::uint16_t p = place[columns[e]];
      if (p != 0) out[p - 1] = values[e];
    }
    return;
  }
  const std::int32_t* from = columns;
  for (std::size_t p = 0; p < chosen.size(); ++p) {
    from = std::lower_bound(from, columns + length, chosen[p]);
    if (from == columns + length) break;
    if (*from == chosen[p]) out[p] = values[from - columns];
  }
}

}  // namespace

bool solve_positive_definite(float* a, std::size_t n, std::size_t stride) {
  // Right-looking, kBlock columns at a time; b rides along as one more row, which the
  // factorisation turns into the forward substitution. Every element is updated in the order of
  // the columns, whatever the width of the machine's vectors.
  std::vector<float> panel(kBlock * (n + 1));  // [kBlock][n + 1], the block's columns as rows
  for (std::size_t first = 0; first < n; first += kBlock) {
    const std::size_t width = std::min<std::size_t>(kBlock, n - first);
    for (std::size_t c = first; c < first + width; ++c) {
      const float pivot = a[c * stride + c];
      if (!(pivot > 0.0f)) return false;
      const float root = std::sqrt(pivot);
      const float inverse = 1.0f / root;
      a[c * stride + c] = root;
      for (std::size_t r = c + 1; r <= n; ++r) {
        const float below = a[r * stride + c] * inverse;
        a[r * stride + c] = below;
        panel[(c - first) * (n + 1) + r] = below;
        for (std::size_t next = c + 1; next < first + width && next <= r; ++next) {
          // Row `next` of column c is already scaled: next <= r.
          a[r * stride + next] -= below * a[next * stride + c];
        }
      }
    }
    const std::size_t rest = first + width;
    if (width < kBlock) continue;  // the last, narrow block leaves nothing behind it but b's row
    const float* p0 = panel.data();
    const float* p1 = p0 + (n + 1);
    const float* p2 = p1 + (n + 1);
    const float* p3 = p2 + (n + 1);
    for (std::size_t r = rest; r <= n; ++r) {
      float* row = a + r * stride;
      const float l0 = p0[r];
      const float l1 = p1[r];
      const float l2 = p2[r];
      const float l3 = p3[r];
      const std::size_t end = std::min(r + 1, n);
      for (std::size_t c = rest; c < end; ++c) {
        row[c] = (((row[c] - l0 * p0[c]) - l1 * p1[c]) - l2 * p2[c]) - l3 * p3[c];
      }
    }
  }
  float* x = a + n * stride;
  for (std::size_t i = n; i-- > 0;) {
    const float* row = a + i * stride;
    x[i] /= row[i];
    const float value = x[i];
    for (std::size_t c = 0; c < i; ++c) x[c] -= value * row[c];
  }
  return true;
}

struct RidgeProblem::Impl {
  Impl(const Sessions& sessions, const RidgeSettings& settings, const Progress& progress)
      : items(sessions.item_count()),
        counts(sessions, settings),
        past(count_past(counts, items, progress)) {}

  std::size_t items;
  Counts counts;
  PastCounts past;
};

RidgeProblem::RidgeProblem(const Sessions& sessions, const RidgeSettings& settings,
                           const Progress& progress) {
  check_settings(settings);
  impl_ = std::make_unique<Impl>(sessions, settings, progress);
}

RidgeProblem::~RidgeProblem() = default;

ItemWeights RidgeProblem::solve(const RidgeSettings& settings,
                                std::span<const std::int32_t> targets, const Progress& progress) {
  check_settings(settings);
  const std::size_t items = impl_->items;
  Counts& counts = impl_->counts;
  const PastCounts& past = impl_->past;
  const auto lambda = static_cast<float>(settings.lambda);

  ItemWeights result;
  result.starts.assign(items + 1, 0);
  SparseSum future(items);
  std::vector<std::uint16_t> place(items, 0);
  std::vector<float> score(items, 0.0f);
  const std::size_t stride = (settings.candidates + 1 + 7) / 8 * 8;
  std::vector<float> system((settings.candidates + 1) * stride);
  std::size_t next_target = 0;
  for (std::size_t j = 0; j < items; ++j) {
    const auto target = static_cast<std::int32_t>(j);
    const bool wanted =
        targets.empty() || (next_target < targets.size() && targets[next_target] == target);
    if (wanted) {
      ++next_target;
      counts.add_future_column(target, future);
      std::vector<std::int32_t> best(future.touched());
      if (!settings.itself) std::erase(best, target);
      for (const std::int32_t i : best) {
        score[i] = future[i] / std::sqrt(past.diagonal[i] + lambda);
      }
      const auto better = [&](std::int32_t x, std::int32_t y) {
        return score[x] != score[y] ? score[x] > score[y] : x < y;
      };
      if (best.size() > settings.candidates) {
        std::nth_element(best.begin(), best.begin() + settings.candidates, best.end(), better);
        best.resize(settings.candidates);
      }
      std::sort(best.begin(), best.end());
      const std::size_t n = best.size();
      for (std::size_t p = 0; p < n; ++p) place[best[p]] = static_cast<std::uint16_t>(p + 1);
      std::fill(system.begin(), system.begin() + (n + 1) * stride, 0.0f);
      for (std::size_t p = 0; p < n; ++p) {
        float* row = system.data() + p * stride;
        gather_row(past, best[p], std::span(best).first(p), place, row);
        row[p] = 2.0f * past.diagonal[best[p]] + lambda;
        system[n * stride + p] = future[best[p]];
      }
      for (const std::int32_t i : best) place[i] = 0;
      if (solve_positive_definite(system.data(), n, stride)) {
        for (std::size_t p = 0; p < n; ++p) {
          const float weight = system[n * stride + p];
          if (!std::isfinite(weight) || weight == 0.0f) continue;
          result.source.push_back(best[p]);
          result.weight.push_back(weight);
        }
      }
      future.clear();
    }
    result.starts[j + 1] = static_cast<std::uint32_t>(result.source.size());
    if (j % 256 == 0) progress("solving", static_cast<double>(j), static_cast<double>(items));
  }
  progress("solving", static_cast<double>(items), static_cast<double>(items));
  return result;
}

ItemWeights solve_ridge(const Sessions& sessions, const RidgeSettings& settings,
                        const Progress& progress) {
  return RidgeProblem(sessions, settings, progress).solve(settings, {}, progress);
}

}  // namespace storewise::train
