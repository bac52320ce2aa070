#include "train/smo.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>

#include "kernels/kernels.h"

namespace storewise::train {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeastCurvature = 1e-12;
constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = 256;  // places that are searched for an extreme value at a time
constexpr std::uint32_t kNone = std::uint32_t(-1);

std::size_t round_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

// Rows of the kernel by the place of their row. A row may be known up to some place only.
class RowCache {
 public:
  RowCache(const KernelRows& kernel, std::size_t bytes)
      : kernel_(kernel), stride_(round_up(kernel.size(), KernelRows::kTile)) {
    const std::size_t fitting = bytes / (stride_ * sizeof(float));
    slots_.resize(std::clamp<std::size_t>(fitting, 2, std::max<std::size_t>(kernel.size(), 2)));
    slot_of_.assign(kernel.size(), kNone);
  }

  // The row of `place`, known for [0, to) at least. Valid until the call after the next.
  const float* get(std::size_t place, std::size_t to) {
    std::uint32_t slot = slot_of_[place];
    if (slot == kNone) {
      slot = used_ < slots_.size() ? static_cast<std::uint32_t>(used_++) : last_;
      Slot& taken = slots_[slot];
      if (taken.values == nullptr) {
        taken.values.reset(new float[stride_]);
      } else {
        unlink(slot);
        slot_of_[taken.place] = kNone;
      }
      taken.place = static_cast<std::uint32_t>(place);
      taken.known = 0;
      slot_of_[place] = slot;
    } else {
      unlink(slot);
    }
    link_first(slot);
    Slot& entry = slots_[slot];
    extend(entry, place, to);
    return entry.values.get();
  }

  // The row if it is here and known up to `to`, else a computed one in `spare` (only [from, to)).
  const float* peek(std::size_t place, std::size_t from, std::size_t to,
                    std::vector<float>& spare) {
    const std::uint32_t slot = slot_of_[place];
    if (slot != kNone) {
      extend(slots_[slot], place, to);
      return slots_[slot].values.get();
    }
    spare.resize(stride_);
    kernel_.compute(place, from / KernelRows::kTile * KernelRows::kTile, to, spare.data());
    return spare.data();
  }

  // Place p now holds what was at order[p]; of the rows, [0, kept) stays, where `order` ascends.
  void reorder(std::span<const std::uint32_t> order, std::size_t kept) {
    std::vector<std::uint32_t> new_place(order.size());
    for (std::size_t p = 0; p < order.size(); ++p) {
      new_place[order[p]] = static_cast<std::uint32_t>(p);
    }
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(kept);
    std::fill(slot_of_.begin(), slot_of_.end(), kNone);
    for (std::size_t s = 0; s < used_; ++s) {
      Slot& slot = slots_[s];
      slot.known = static_cast<std::size_t>(std::lower_bound(order.begin(), end, slot.known) -
                                            order.begin());
      float* values = slot.values.get();
      for (std::size_t p = 0; p < slot.known; ++p) values[p] = values[order[p]];
      slot.place = new_place[slot.place];
      slot_of_[slot.place] = static_cast<std::uint32_t>(s);
    }
  }

 private:
  struct Slot {
    std::unique_ptr<float[]> values;  // [stride_]
    std::size_t known = 0;
    std::uint32_t place = 0;
    std::uint32_t before = kNone;  // towards the most recently used
    std::uint32_t after = kNone;
  };

  void extend(Slot& slot, std::size_t place, std::size_t to) {
    if (slot.known >= to) return;
    kernel_.compute(place, slot.known / KernelRows::kTile * KernelRows::kTile, to,
                    slot.values.get());
    slot.known = to;
  }
  void unlink(std::uint32_t slot) {
    Slot& entry = slots_[slot];
    (entry.before == kNone ? first_ : slots_[entry.before].after) = entry.after;
    (entry.after == kNone ? last_ : slots_[entry.after].before) = entry.before;
  }
  void link_first(std::uint32_t slot) {
    Slot& entry = slots_[slot];
    entry.before = kNone;
    entry.after = first_;
    (first_ == kNone ? last_ : slots_[first_].before) = slot;
    first_ = slot;
  }

  const KernelRows& kernel_;
  std::size_t stride_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> slot_of_;  // by place
  std::size_t used_ = 0;
  std::uint32_t first_ = kNone;
  std::uint32_t last_ = kNone;
};

// The places with the largest value of those that may grow, and with the least of those that may
// shrink.
struct Extremes {
  double most = -kInfinity;
  double least = kInfinity;
  std::size_t most_block = 0;
};

class Solver {
 public:
  Solver(const Columns& data, std::span<const std::uint32_t> rows, SvmKernel kernel, float gamma,
         const DualProblem& problem, const DualSettings& settings)
      : settings_(settings),
        tube_(problem.tube),
        kernel_(data, rows, kernel, gamma),
        cache_(kernel_, settings.cache_bytes),
        size_(rows.size()),
        active_(rows.size()),
        original_(rows.size()),
        aim_(problem.aim),
        lower_(problem.lower),
        upper_(problem.upper),
        weight_(rows.size(), 0.0),
        pull_(problem.aim),
        grow_(round_up(rows.size(), kLanes), -kInfinity),
        shrink_(round_up(rows.size(), kLanes), kInfinity),
        diagonal_(rows.size()) {
    std::iota(original_.begin(), original_.end(), 0u);
    pull_.resize(grow_.size(), 0.0);
    for (std::size_t p = 0; p < size_; ++p) {
      diagonal_[p] = static_cast<double>(kernel_.diagonal(p));
      set_offsets(p);
    }
  }

  DualSolution solve(const std::function<void(std::uint64_t)>& progress) {
    const std::uint64_t pause = std::clamp<std::uint64_t>(size_, 1, 1000);
    DualSolution solution;
    Extremes extremes = find_extremes();
    std::uint64_t until_shrinking = pause;
    bool refreshed = false;
    while (solution.steps < settings_.steps) {
      const double violation = extremes.most - extremes.least;
      if (active_ < size_ && (violation <= settings_.tolerance ||
                              (!refreshed && violation <= 10.0 * settings_.tolerance))) {
        // Near the end, and at the end, all variables are looked at again.
        refreshed = true;
        restore();
        extremes = find_extremes();
        until_shrinking = 1;
        continue;
      }
      if (violation <= settings_.tolerance) {
        solution.converged = true;
        break;
      }
      if (settings_.shrinking && --until_shrinking == 0) {
        until_shrinking = pause;
        if (set_aside(extremes)) extremes = find_extremes();
        if (progress) progress(solution.steps);
      }
      if (!step(extremes)) {
        // No pair gains anything in double precision.
        if (active_ == size_) {
          solution.converged = true;
          break;
        }
        restore();
        extremes = find_extremes();
        continue;
      }
      ++solution.steps;
    }
    if (active_ < size_) restore();
    solution.bias = bias();
    solution.weights.resize(size_);
    for (std::size_t p = 0; p < size_; ++p) solution.weights[original_[p]] = weight_[p];
    return solution;
  }

 private:
  // The pull on a variable is z - K b. It may grow when pull + grow_ is large, and shrink when
  // pull + shrink_ is small; the tube makes the two differ at 0, bounds make one infinite.
  void set_offsets(std::size_t p) {
    const double b = weight_[p];
    grow_[p] = b >= upper_[p] ? -kInfinity : b >= 0.0 ? -tube_ : tube_;
    shrink_[p] = b <= lower_[p] ? kInfinity : b > 0.0 ? -tube_ : tube_;
  }

  Extremes find_extremes() {
    std::vector<float> zeros(pull_.size(), 0.0f);
    return move_pull(zeros.data(), zeros.data(), 0.0);
  }

  // pull -= amount (a - b) on what is active, and the extremes afterwards.
  Extremes move_pull(const float* a, const float* b, double amount) {
    Extremes result;
    double* pull = pull_.data();
    const double* grow = grow_.data();
    const double* shrink = shrink_.data();
    for (std::size_t first = 0; first < active_; first += kBlock) {
      const std::size_t end = std::min(first + kBlock, active_);
      double most[kLanes];
      double least[kLanes];
      std::fill_n(most, kLanes, -kInfinity);
      std::fill_n(least, kLanes, kInfinity);
      std::size_t p = first;
      for (; p + kLanes <= end; p += kLanes) {
        for (std::size_t l = 0; l < kLanes; ++l) {
          const double next = pull[p + l] - amount * (static_cast<double>(a[p + l]) -
                                                      static_cast<double>(b[p + l]));
          pull[p + l] = next;
          const double up = next + grow[p + l];
          const double down = next + shrink[p + l];
          most[l] = up > most[l] ? up : most[l];
          least[l] = down < least[l] ? down : least[l];
        }
      }
      for (; p < end; ++p) {
        pull[p] -= amount * (static_cast<double>(a[p]) - static_cast<double>(b[p]));
        most[0] = std::max(most[0], pull[p] + grow[p]);
        least[0] = std::min(least[0], pull[p] + shrink[p]);
      }
      const double top = *std::max_element(most, most + kLanes);
      result.least = std::min(result.least, *std::min_element(least, least + kLanes));
      if (top > result.most) {
        result.most = top;
        result.most_block = first;
      }
    }
    return result;
  }

  // Of those that may shrink against `i`, the one whose pair gains most; active_ when none gains.
  std::size_t find_partner(std::size_t i, double most, const float* row) const {
    const double* pull = pull_.data();
    const double* shrink = shrink_.data();
    const double* diagonal = diagonal_.data();
    const double own = diagonal_[i];
    double best = 0.0;
    std::size_t partner = active_;
    double gains[kBlock];
    for (std::size_t first = 0; first < active_; first += kBlock) {
      const std::size_t count = std::min(kBlock, active_ - first);
      for (std::size_t p = 0; p < count; ++p) {
        const double rise = most - (pull[first + p] + shrink[first + p]);
        const double positive = rise > 0.0 ? rise : 0.0;
        const double bend = own + diagonal[first + p] - 2.0 * static_cast<double>(row[first + p]);
        const double curvature = bend > kLeastCurvature ? bend : kLeastCurvature;
        gains[p] = positive * positive / curvature;
      }
      double lanes[kLanes] = {};
      std::size_t p = 0;
      for (; p + kLanes <= count; p += kLanes) {
        for (std::size_t l = 0; l < kLanes; ++l) {
          lanes[l] = gains[p + l] > lanes[l] ? gains[p + l] : lanes[l];
        }
      }
      for (; p < count; ++p) lanes[0] = std::max(lanes[0], gains[p]);
      const double top = *std::max_element(lanes, lanes + kLanes);
      if (top > best) {
        best = top;
        partner = first + static_cast<std::size_t>(std::find(gains, gains + count, top) - gains);
      }
    }
    return partner;
  }

  // Moves the best pair; false when there is none.
  bool step(Extremes& extremes) {
    std::size_t i = extremes.most_block;
    while (i < active_ && pull_[i] + grow_[i] != extremes.most) ++i;
    if (i >= active_) return false;
    const float* row_i = cache_.get(i, active_);
    const std::size_t j = find_partner(i, extremes.most, row_i);
    if (j >= active_ || j == i) return false;
    const float* row_j = cache_.get(j, active_);
    const double bend = diagonal_[i] + diagonal_[j] - 2.0 * static_cast<double>(row_i[j]);
    double amount = (extremes.most - (pull_[j] + shrink_[j])) / std::max(bend, kLeastCurvature);
    // With a tube, the step ends at 0, where the slope changes.
    const double top_i = weight_[i] < 0.0 && tube_ > 0.0 ? 0.0 : upper_[i];
    const double bottom_j = weight_[j] > 0.0 && tube_ > 0.0 ? 0.0 : lower_[j];
    const double room_i = top_i - weight_[i];
    const double room_j = weight_[j] - bottom_j;
    amount = std::min(amount, std::min(room_i, room_j));
    const double old_i = weight_[i];
    const double old_j = weight_[j];
    weight_[i] = amount >= room_i ? top_i : old_i + amount;
    weight_[j] = amount >= room_j ? bottom_j : old_j - amount;
    if (weight_[i] == old_i && weight_[j] == old_j) return false;
    set_offsets(i);
    set_offsets(j);
    extremes = move_pull(row_i, row_j, amount);
    return true;
  }

  // Sets aside the variables that no pair can use while the extremes are what they are, if they
  // are enough to be worth the reordering.
  bool set_aside(const Extremes& extremes) {
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> idle;
    order.reserve(size_);
    for (std::uint32_t p = 0; p < active_; ++p) {
      const bool useless =
          pull_[p] + grow_[p] < extremes.least && pull_[p] + shrink_[p] > extremes.most;
      (useless ? idle : order).push_back(p);
    }
    if (idle.size() * 8 < active_ || order.size() < 2) return false;
    const std::size_t kept = order.size();
    order.insert(order.end(), idle.begin(), idle.end());
    for (auto p = static_cast<std::uint32_t>(active_); p < size_; ++p) order.push_back(p);
    const auto gather = [&](auto& values) {
      const auto before = values;
      for (std::size_t p = 0; p < size_; ++p) values[p] = before[order[p]];
    };
    gather(original_);
    gather(aim_);
    gather(lower_);
    gather(upper_);
    gather(weight_);
    gather(pull_);
    gather(grow_);
    gather(shrink_);
    gather(diagonal_);
    kernel_.reorder(order);
    cache_.reorder(order, kept);
    active_ = kept;
    return true;
  }

  // Computes the pull on what was set aside, and makes all active again.
  void restore() {
    for (std::size_t p = active_; p < size_; ++p) pull_[p] = aim_[p];
    std::vector<float> spare;
    for (std::size_t s = 0; s < size_; ++s) {
      const double b = weight_[s];
      if (b == 0.0) continue;
      const float* row = cache_.peek(s, active_, size_, spare);
      for (std::size_t p = active_; p < size_; ++p) pull_[p] -= b * static_cast<double>(row[p]);
    }
    active_ = size_;
  }

  // The mean pull on the variables between their bounds, less the tube; without one, the middle of
  // what the others allow.
  double bias() const {
    double sum = 0.0;
    std::size_t count = 0;
    double most = -kInfinity;
    double least = kInfinity;
    for (std::size_t p = 0; p < size_; ++p) {
      if (grow_[p] == shrink_[p]) {
        sum += pull_[p] + grow_[p];
        ++count;
      }
      most = std::max(most, pull_[p] + grow_[p]);
      least = std::min(least, pull_[p] + shrink_[p]);
    }
    if (count > 0) return sum / static_cast<double>(count);
    if (most == -kInfinity) return least == kInfinity ? 0.0 : least;
    return least == kInfinity ? most : 0.5 * (most + least);
  }

  const DualSettings& settings_;
  double tube_;
  KernelRows kernel_;
  RowCache cache_;
  std::size_t size_;
  std::size_t active_;                   // places [0, active_) take part
  std::vector<std::uint32_t> original_;  // by place: the number of its row
  std::vector<double> aim_;
  std::vector<double> lower_;
  std::vector<double> upper_;
  std::vector<double> weight_;
  std::vector<double> pull_;
  std::vector<double> grow_;
  std::vector<double> shrink_;
  std::vector<double> diagonal_;
};

// Four floats in one register, by the extension that g++ and clang share: left to itself, g++ turns
// the tile around before it adds.
using Four = float __attribute__((vector_size(16)));

Four load(const float* from) {
  Four value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Squared distances, or products, of one row and a tile of rows, column after column.
template <bool distances>
void one_tile(const float* row, const float* tile, std::size_t columns, float* out) {
  constexpr std::size_t kFours = KernelRows::kTile / 4;
  Four sum[kFours] = {};
  for (std::size_t c = 0; c < columns; ++c, tile += KernelRows::kTile) {
    const Four x = {row[c], row[c], row[c], row[c]};
    for (std::size_t f = 0; f < kFours; ++f) {
      if constexpr (distances) {
        const Four d = x - load(tile + 4 * f);
        sum[f] += d * d;
      } else {
        sum[f] += x * load(tile + 4 * f);
      }
    }
  }
  std::memcpy(out, sum, sizeof sum);
}

}  // namespace

KernelRows::KernelRows(const Columns& data, std::span<const std::uint32_t> rows, SvmKernel kernel,
                       float gamma)
    : data_(data), kernel_(kernel), gamma_(gamma), rows_(rows.begin(), rows.end()) {
  tiles_.resize(round_up(rows_.size(), kTile) * data.columns, 0.0f);
  lay_out();
}

void KernelRows::lay_out() {
  const std::size_t columns = data_.columns;
  for (std::size_t c = 0; c < columns; ++c) {
    const float* column = data_.column(c);
    for (std::size_t p = 0; p < rows_.size(); ++p) {
      tiles_[(p / kTile * columns + c) * kTile + p % kTile] = column[rows_[p]];
    }
  }
}

void KernelRows::reorder(std::span<const std::uint32_t> order) {
  const std::vector<std::uint32_t> before = rows_;
  for (std::size_t p = 0; p < rows_.size(); ++p) rows_[p] = before[order[p]];
  lay_out();
}

float KernelRows::diagonal(std::size_t place) const {
  if (kernel_ == SvmKernel::kRbf) return 1.0f;
  float sum = 0.0f;
  for (std::size_t c = 0; c < data_.columns; ++c) {
    const float x = data_.column(c)[rows_[place]];
    sum += x * x;
  }
  return sum;
}

void KernelRows::arguments(const float* row, std::size_t from, std::size_t to, float* out) const {
  for (std::size_t p = from; p < to; p += kTile) {
    const float* tile = tiles_.data() + p * data_.columns;
    if (kernel_ == SvmKernel::kRbf) {
      one_tile<true>(row, tile, data_.columns, out + p);
      for (std::size_t l = 0; l < kTile; ++l) out[p + l] *= -gamma_;
    } else {
      one_tile<false>(row, tile, data_.columns, out + p);
    }
  }
}

void KernelRows::compute(std::size_t place, std::size_t from, std::size_t to, float* out) const {
  std::vector<float> row(data_.columns);
  for (std::size_t c = 0; c < data_.columns; ++c) row[c] = data_.column(c)[rows_[place]];
  arguments(row.data(), from, to, out);
  if (kernel_ == SvmKernel::kRbf && to > from) {
    kernels::exp_f32(0.0f, round_up(to, kTile) - from, out + from);
  }
}

void KernelRows::compute_exactly(const float* row, std::span<float> out) const {
  std::vector<float> values(tiles_.size() / data_.columns);
  arguments(row, 0, rows_.size(), values.data());
  if (kernel_ == SvmKernel::kRbf) {
    std::vector<double> powers(values.begin(), values.end());
    exp_all(powers.size(), powers.data());
    for (std::size_t p = 0; p < out.size(); ++p) out[p] = static_cast<float>(powers[p]);
  } else {
    std::copy_n(values.begin(), out.size(), out.begin());
  }
}

DualSolution solve_dual(const Columns& data, std::span<const std::uint32_t> rows, SvmKernel kernel,
                        float gamma, const DualProblem& problem, const DualSettings& settings,
                        const std::function<void(std::uint64_t)>& progress) {
  return Solver(data, rows, kernel, gamma, problem, settings).solve(progress);
}

}  // namespace storewise::train
