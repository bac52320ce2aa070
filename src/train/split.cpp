#include "train/split.h"

#include <algorithm>
#include <cmath>

#include "support/message.h"
#include "train/tree.h"

namespace storewise::train {
namespace {

[[noreturn]] void refuse(Pieces expected, Pieces found) {
  throw_error(ErrorCode::kInvalidInput, "the rows cannot be split", {}, {}, expected, found);
}

void check_parts(std::size_t rows, std::size_t tested) {
  if (tested == 0 || tested >= rows) {
    refuse({"a row at least to learn from, and one to test"},
           {rows, " rows, ", tested, " to test"});
  }
}

// How many of `draws` rows fall to each class: its share rounded down, and what is missing to the
// classes that rounding took most from; of those that lost the same, drawn ones.
std::vector<std::size_t> share_out(std::span<const std::size_t> counts, std::size_t draws,
                                   NumpyRandom& random) {
  double all = 0;
  for (const std::size_t count : counts) all += static_cast<double>(count);
  std::vector<std::size_t> shares;
  std::vector<double> lost;
  std::size_t missing = draws;
  for (const std::size_t count : counts) {
    const double exact = static_cast<double>(count) / all * static_cast<double>(draws);
    shares.push_back(static_cast<std::size_t>(exact));
    lost.push_back(exact - std::floor(exact));
    missing -= shares.back();
  }
  std::vector<double> values = lost;
  std::sort(values.begin(), values.end(), std::greater<>());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  for (const double value : values) {
    if (missing == 0) break;
    std::vector<std::uint32_t> tied;
    for (std::uint32_t c = 0; c < lost.size(); ++c) {
      if (lost[c] == value) tied.push_back(c);
    }
    const std::vector<std::uint32_t> order = random.permutation(tied.size());
    const std::size_t added = std::min(tied.size(), missing);
    for (std::size_t i = 0; i < added; ++i) ++shares[tied[order[i]]];
    missing -= added;
  }
  return shares;
}

// Rows by time, oldest first; equal times, and those without one at the front, in their order.
std::vector<std::uint32_t> by_time(std::span<const double> time, Rows rows) {
  std::vector<std::uint32_t> order(rows.begin(), rows.end());
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (std::isnan(time[b])) return false;
    return std::isnan(time[a]) || time[a] < time[b];
  });
  return order;
}

bool same_time(std::span<const double> time, std::uint32_t a, std::uint32_t b) {
  return time[a] == time[b] || (std::isnan(time[a]) && std::isnan(time[b]));
}

}  // namespace

NumpyRandom::NumpyRandom(std::uint32_t seed) {
  for (std::uint32_t i = 0; i < state_.size(); ++i) {
    state_[i] = seed;
    seed = 1812433253u * (seed ^ (seed >> 30)) + i + 1;
  }
}

void NumpyRandom::refill() {
  const std::size_t n = state_.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t bits = (state_[i] & 0x80000000u) | (state_[(i + 1) % n] & 0x7fffffffu);
    state_[i] = state_[(i + 397) % n] ^ (bits >> 1) ^ ((bits & 1) != 0 ? 0x9908b0dfu : 0u);
  }
  place_ = 0;
}

std::uint32_t NumpyRandom::next() {
  if (place_ == state_.size()) refill();
  std::uint32_t y = state_[place_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

std::uint32_t NumpyRandom::up_to(std::uint32_t most) {
  if (most == 0) return 0;
  std::uint32_t mask = most;
  for (int shift = 1; shift <= 16; shift *= 2) mask |= mask >> shift;
  for (;;) {
    const std::uint32_t value = next() & mask;
    if (value <= most) return value;
  }
}

void NumpyRandom::shuffle(std::span<std::uint32_t> values) {
  for (std::size_t i = values.size(); i-- > 1;) {
    std::swap(values[i], values[up_to(static_cast<std::uint32_t>(i))]);
  }
}

std::vector<std::uint32_t> NumpyRandom::permutation(std::size_t n) {
  std::vector<std::uint32_t> values(n);
  for (std::uint32_t i = 0; i < n; ++i) values[i] = i;
  shuffle(values);
  return values;
}

std::size_t test_rows(std::size_t rows, double share) {
  return static_cast<std::size_t>(std::ceil(share * static_cast<double>(rows)));
}

Split split_shuffled(std::size_t rows, double share, std::uint32_t seed) {
  const std::size_t tested = test_rows(rows, share);
  check_parts(rows, tested);
  const std::vector<std::uint32_t> order = NumpyRandom(seed).permutation(rows);
  const auto cut = order.begin() + static_cast<std::ptrdiff_t>(tested);
  return {{cut, order.end()}, {order.begin(), cut}};
}

Split split_stratified(std::span<const std::int32_t> labels, std::int32_t classes, double share,
                       std::uint32_t seed) {
  const std::size_t tested = test_rows(labels.size(), share);
  check_parts(labels.size(), tested);
  std::vector<std::vector<std::uint32_t>> rows_of(static_cast<std::size_t>(classes));
  for (std::uint32_t row = 0; row < labels.size(); ++row) rows_of[labels[row]].push_back(row);
  std::erase_if(rows_of, [](const auto& rows) { return rows.empty(); });
  std::vector<std::size_t> counts;
  for (const auto& rows : rows_of) {
    if (rows.size() < 2) refuse({"two rows or more of every class"}, {"a class with one row"});
    counts.push_back(rows.size());
  }
  const std::size_t trained = labels.size() - tested;
  if (std::min(tested, trained) < counts.size()) {
    refuse({counts.size(), " rows or more in either part, one a class"},
           {trained, " to learn from, ", tested, " to test"});
  }
  NumpyRandom random(seed);
  const std::vector<std::size_t> to_train = share_out(counts, trained, random);
  for (std::size_t c = 0; c < counts.size(); ++c) counts[c] -= to_train[c];
  const std::vector<std::size_t> to_test = share_out(counts, tested, random);
  Split split;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const std::vector<std::uint32_t> order = random.permutation(rows_of[c].size());
    for (std::size_t i = 0; i < to_train[c] + to_test[c]; ++i) {
      (i < to_train[c] ? split.training : split.test).push_back(rows_of[c][order[i]]);
    }
  }
  random.shuffle(split.training);
  random.shuffle(split.test);
  return split;
}

Split split_by_time(std::span<const double> time, double share) {
  const std::size_t rows = time.size();
  check_parts(rows, test_rows(rows, share));
  std::vector<std::uint32_t> all(rows);
  for (std::uint32_t i = 0; i < rows; ++i) all[i] = i;
  const std::vector<std::uint32_t> order = by_time(time, all);
  std::size_t cut = rows - test_rows(rows, share);
  while (cut > 0 && same_time(time, order[cut - 1], order[cut])) --cut;
  if (cut == 0) refuse({"rows of different times"}, {"one time for most of the rows"});
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(cut);
  return {{order.begin(), middle}, {middle, order.end()}};
}

Split split_last(std::size_t rows, std::size_t tested) {
  Split split;
  for (std::uint32_t row = 0; row < rows; ++row) {
    (row + tested < rows ? split.training : split.test).push_back(row);
  }
  return split;
}

void set_aside(Rows rows, double share, std::vector<std::uint32_t>& kept,
               std::vector<std::uint32_t>& aside) {
  double passed = 0.5;
  for (const std::uint32_t row : rows) {
    passed += share;
    (passed >= 1.0 ? aside : kept).push_back(row);
    if (passed >= 1.0) passed -= 1.0;
  }
}

std::vector<Split> folds_of(const Target& target, Rows rows, std::uint32_t folds,
                            std::uint64_t seed) {
  const std::vector<std::uint32_t> part = fold_of(target, rows, folds, seed);
  std::vector<Split> splits(folds);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::uint32_t f = 0; f < folds; ++f) {
      (part[i] == f ? splits[f].test : splits[f].training).push_back(rows[i]);
    }
  }
  return splits;
}

std::vector<Split> folds_in_time(std::span<const double> time, Rows rows, std::uint32_t folds) {
  if (rows.size() <= folds) refuse({folds + 1, " rows or more"}, {rows.size()});
  const std::vector<std::uint32_t> order = by_time(time, rows);
  std::vector<Split> splits;
  for (std::size_t f = 1; f <= folds; ++f) {
    const auto at = [&](std::size_t block) {
      return order.begin() + static_cast<std::ptrdiff_t>(block * rows.size() / (folds + 1));
    };
    splits.push_back({{order.begin(), at(f)}, {at(f), at(f + 1)}});
  }
  return splits;
}

}  // namespace storewise::train
