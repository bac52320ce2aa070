#include "train/solve.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "support/error.h"
#include "support/message.h"
#include "support/real.h"

namespace storewise::train {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kProductBlock = 128;
constexpr std::size_t kPairs = 10;

double sum_lanes(const double* s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

// Sum of a[i] * b[i]: lane l takes elements l, l + 8, ..., the rest follow one by one.
template <typename A>
double dot(const A* a, const double* b, std::size_t n) {
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) lanes[l] += static_cast<double>(a[i + l]) * b[i + l];
  }
  double sum = sum_lanes(lanes);
  for (; i < n; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

double largest(std::span<const double> values) {
  double most = 0.0;
  for (const double v : values) most = std::max(most, std::fabs(v));
  return most;
}

[[noreturn]] void refuse(Pieces place, Pieces expected, Pieces found) {
  throw_error(ErrorCode::kInvalidInput, "the training data cannot be used", {}, place, expected,
              found);
}

// Scores [outputs][kScoreBlock] of rows [first, first + count).
void score_block(const Columns& data, std::size_t outputs, std::span<const double> weights,
                 std::size_t first, std::size_t count, double* scores) {
  const std::size_t stride = data.columns + 1;
  for (std::size_t k = 0; k < outputs; ++k) {
    std::fill_n(scores + k * kScoreBlock, count, weights[k * stride + data.columns]);
  }
  // Four columns at a time, so that a score is loaded and stored once for them; each is added in
  // its turn all the same.
  std::size_t c = 0;
  for (; c + 4 <= data.columns; c += 4) {
    const float* x0 = data.column(c) + first;
    const float* x1 = data.column(c + 1) + first;
    const float* x2 = data.column(c + 2) + first;
    const float* x3 = data.column(c + 3) + first;
    for (std::size_t k = 0; k < outputs; ++k) {
      const double* w = weights.data() + k * stride + c;
      double* z = scores + k * kScoreBlock;
      for (std::size_t r = 0; r < count; ++r) {
        double sum = z[r] + w[0] * static_cast<double>(x0[r]);
        sum += w[1] * static_cast<double>(x1[r]);
        sum += w[2] * static_cast<double>(x2[r]);
        z[r] = sum + w[3] * static_cast<double>(x3[r]);
      }
    }
  }
  for (; c < data.columns; ++c) {
    const float* x = data.column(c) + first;
    for (std::size_t k = 0; k < outputs; ++k) {
      const double w = weights[k * stride + c];
      double* z = scores + k * kScoreBlock;
      for (std::size_t r = 0; r < count; ++r) z[r] += w * static_cast<double>(x[r]);
    }
  }
}

// What L-BFGS remembers of its last steps.
class Memory {
 public:
  explicit Memory(std::size_t n) : n_(n) {}

  void add(std::vector<double> step, std::vector<double> change) {
    const double curvature = dot(step.data(), change.data(), n_);
    const double size = dot(change.data(), change.data(), n_);
    if (!(curvature > 1e-14 * size)) return;
    if (steps_.size() == kPairs) {
      steps_.erase(steps_.begin());
      changes_.erase(changes_.begin());
      inverse_.erase(inverse_.begin());
    }
    steps_.push_back(std::move(step));
    changes_.push_back(std::move(change));
    inverse_.push_back(1.0 / curvature);
  }
  void clear() {
    steps_.clear();
    changes_.clear();
    inverse_.clear();
  }
  bool empty() const { return steps_.empty(); }

  // Multiplies v by the estimate of the inverse Hessian.
  void apply(const std::function<void(std::span<double>)>& precondition, std::span<double> v) {
    std::vector<double> shares(steps_.size());
    for (std::size_t p = steps_.size(); p-- > 0;) {
      shares[p] = inverse_[p] * dot(steps_[p].data(), v.data(), n_);
      for (std::size_t i = 0; i < n_; ++i) v[i] -= shares[p] * changes_[p][i];
    }
    double scale = 1.0;
    if (!steps_.empty()) {
      // The preconditioner is right but for a factor: the last step tells it.
      std::vector<double> scaled = changes_.back();
      precondition(scaled);
      const double size = dot(scaled.data(), changes_.back().data(), n_);
      if (size > 0.0) scale = 1.0 / (inverse_.back() * size);
    }
    precondition(v);
    for (double& value : v) value *= scale;
    for (std::size_t p = 0; p < steps_.size(); ++p) {
      const double share = shares[p] - inverse_[p] * dot(changes_[p].data(), v.data(), n_);
      for (std::size_t i = 0; i < n_; ++i) v[i] += share * steps_[p][i];
    }
  }

 private:
  std::size_t n_;
  std::vector<std::vector<double>> steps_;
  std::vector<std::vector<double>> changes_;
  std::vector<double> inverse_;  // 1 / (step . change)
};

}  // namespace

void check_setting(bool good, std::string_view place, std::string_view expected, double found) {
  if (good) return;
  throw Error(ErrorCode::kInvalidInput, "a training setting is out of range",
              {"", "settings." + std::string(place), std::string(expected), std::to_string(found)});
}

void check_column_count(const FeatureTable& table) {
  constexpr std::size_t kMostColumns = 4096;
  if (table.columns > kMostColumns) {
    throw_error(ErrorCode::kInvalidInput, "the training data cannot be used", {}, {"table"},
                {"at most ", kMostColumns, " columns"}, {table.columns});
  }
}

Columns gather_columns(const FeatureTable& table, Rows rows) {
  if (table.columns == 0 || rows.empty()) {
    refuse({"table"}, {"rows and columns of numbers"},
           {rows.size(), " rows of ", table.columns, " columns"});
  }
  if (table.values.size() / table.columns != table.rows ||
      table.values.size() % table.columns != 0) {
    refuse({"table"}, {table.rows, " x ", table.columns, " numbers"}, {table.values.size()});
  }
  for (const std::uint32_t row : rows) {
    if (row >= table.rows) refuse({"rows"}, {"rows below ", table.rows}, {row});
  }
  Columns data;
  data.rows = rows.size();
  data.columns = table.columns;
  data.values.resize(data.rows * data.columns);
  for (std::size_t c = 0; c < data.columns; ++c) {
    const float* from = table.values.data() + c * table.rows;
    float* to = data.values.data() + c * data.rows;
    bool finite = true;
    for (std::size_t r = 0; r < data.rows; ++r) {
      to[r] = from[rows[r]];
      finite = finite && std::fabs(to[r]) <= std::numeric_limits<float>::max();
    }
    if (finite) continue;
    std::size_t bad = 0;
    while (std::isfinite(to[bad])) ++bad;
    refuse({"row ", rows[bad], ", column ", c}, {"a finite number"},
           {std::isnan(to[bad]) ? "a missing value" : "an infinite one"});
  }
  return data;
}

std::vector<std::int32_t> gather_labels(const Target& target, std::size_t table_rows, Rows rows) {
  if (target.classes < 2 || target.labels.size() != table_rows) {
    refuse({"target"}, {table_rows, " labels of two or more classes"},
           {target.labels.size(), " labels of ", target.classes, " classes"});
  }
  std::vector<std::int32_t> labels;
  labels.reserve(rows.size());
  bool several = false;
  for (const std::uint32_t row : rows) {
    const std::int32_t label = target.labels[row];
    if (label < 0 || label >= target.classes) {
      refuse({"target, row ", row}, {"a label from 0 to ", target.classes - 1}, {label});
    }
    labels.push_back(label);
    several = several || label != labels.front();
  }
  if (!several) refuse({"target"}, {"two or more classes among the rows"}, {"one"});
  return labels;
}

std::vector<double> gather_numbers(const Target& target, std::size_t table_rows, Rows rows) {
  if (target.classes != 0 || target.numbers.size() != table_rows) {
    refuse({"target"}, {table_rows, " numbers"},
           {target.numbers.size(), " numbers and ", target.labels.size(), " labels"});
  }
  std::vector<double> numbers;
  numbers.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    if (!std::isfinite(target.numbers[row])) {
      refuse({"target, row ", row}, {"a finite number"},
             {std::isnan(target.numbers[row]) ? "a missing value" : "an infinite one"});
    }
    numbers.push_back(target.numbers[row]);
  }
  return numbers;
}

std::vector<double> gather_weights(std::span<const double> given, std::size_t rows) {
  if (given.empty()) return std::vector<double>(rows, 1.0);
  if (given.size() != rows) refuse({"row weights"}, {rows, " weights"}, {given.size()});
  double sum = 0.0;
  for (const double weight : given) {
    if (!(weight >= 0.0) || !std::isfinite(weight)) {
      refuse({"row weights"}, {"finite weights of 0 or more"}, {std::to_string(weight)});
    }
    sum += weight;
  }
  if (!(sum > 0.0)) refuse({"row weights"}, {"a sum above 0"}, {"0"});
  return {given.begin(), given.end()};
}

std::vector<double> class_weights(std::span<const std::int32_t> labels, std::int32_t classes,
                                  bool balanced) {
  std::vector<double> weights(static_cast<std::size_t>(classes), 1.0);
  if (!balanced) return weights;
  std::vector<std::size_t> counts(weights.size(), 0);
  for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
  const auto present = static_cast<double>(
      std::count_if(counts.begin(), counts.end(), [](std::size_t count) { return count > 0; }));
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (counts[k] == 0) continue;
    weights[k] = static_cast<double>(labels.size()) / (present * static_cast<double>(counts[k]));
  }
  return weights;
}

Products products_of(const Columns& data, std::span<const double> last,
                     std::span<const double> weights, bool centred) {
  const std::size_t n = data.columns + 1;
  Products result;
  result.mean.assign(n, 0.0);
  result.cross.assign(n * n, 0.0);
  for (const double w : weights) result.weight += w;
  if (centred) {
    for (std::size_t c = 0; c < data.columns; ++c) {
      result.mean[c] = dot(data.column(c), weights.data(), data.rows) / result.weight;
    }
    result.mean[data.columns] = dot(last.data(), weights.data(), data.rows) / result.weight;
  }
  // Blocks of rows whose centred columns, plain and weighted, stay in the nearest caches.
  std::vector<double> plain(n * kProductBlock);
  std::vector<double> weighted(n * kProductBlock);
  for (std::size_t first = 0; first < data.rows; first += kProductBlock) {
    const std::size_t count = std::min(kProductBlock, data.rows - first);
    for (std::size_t c = 0; c < n; ++c) {
      double* x = plain.data() + c * kProductBlock;
      double* wx = weighted.data() + c * kProductBlock;
      const double mean = result.mean[c];
      for (std::size_t r = 0; r < count; ++r) {
        x[r] =
            (c < data.columns ? static_cast<double>(data.column(c)[first + r]) : last[first + r]) -
            mean;
        wx[r] = x[r] * weights[first + r];
      }
      for (std::size_t b = 0; b <= c; ++b) {
        result.cross[c * n + b] += dot(plain.data() + b * kProductBlock, wx, count);
      }
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < a; ++b) result.cross[b * n + a] = result.cross[a * n + b];
  }
  return result;
}

bool factor(std::size_t n, double* a) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double rest = a[i * n + j] - dot(a + i * n, a + j * n, j);
      if (i != j) {
        a[i * n + j] = rest / a[j * n + j];
      } else {
        if (!(rest > 0.0)) return false;
        a[i * n + i] = std::sqrt(rest);
      }
    }
  }
  return true;
}

void solve_factored(std::size_t n, const double* a, double* b) {
  for (std::size_t i = 0; i < n; ++i) b[i] = (b[i] - dot(a + i * n, b, i)) / a[i * n + i];
  for (std::size_t i = n; i-- > 0;) {
    b[i] /= a[i * n + i];
    for (std::size_t j = 0; j < i; ++j) b[j] -= a[i * n + j] * b[i];
  }
}

// Cholesky with pivots finds A = L L' with as many columns of L as A has independent ones; then
// x = L (L'L)^-2 L' b. Columns are scaled to one size first, so that units do not decide which of
// them depend on others.
std::vector<double> solve_least_norm(std::size_t n, std::vector<double> a,
                                     std::span<const double> b) {
  constexpr double kDependent = 1e-11;  // what is left of a column that others make up
  std::vector<double> scale(n);
  for (std::size_t i = 0; i < n; ++i) scale[i] = std::sqrt(std::max(a[i * n + i], 0.0));
  std::vector<double> rest(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double size = scale[i] * scale[j];
      a[i * n + j] = size > 0.0 ? a[i * n + j] / size : 0.0;
    }
    rest[i] = scale[i] > 0.0 ? 1.0 : 0.0;
  }
  std::vector<double> lower(n * n, 0.0);  // row i: its entries of L, in the order of the pivots
  std::vector<char> taken(n, 0);
  std::size_t rank = 0;
  while (rank < n) {
    std::size_t pivot = n;
    for (std::size_t i = 0; i < n; ++i) {
      if (taken[i] == 0 && rest[i] > kDependent && (pivot == n || rest[i] > rest[pivot])) pivot = i;
    }
    if (pivot == n) break;
    taken[pivot] = 1;
    const double root = std::sqrt(rest[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == pivot) {
        lower[i * n + rank] = root;
      } else if (taken[i] == 0) {
        const double value =
            (a[i * n + pivot] - dot(lower.data() + i * n, lower.data() + pivot * n, rank)) / root;
        lower[i * n + rank] = value;
        rest[i] -= value * value;
      }
    }
    ++rank;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t p = 0; p < rank; ++p) lower[i * n + p] *= scale[i];
  }
  std::vector<double> inner(rank * rank, 0.0);
  std::vector<double> image(rank, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const double* row = lower.data() + i * n;
    for (std::size_t p = 0; p < rank; ++p) {
      for (std::size_t q = 0; q <= p; ++q) inner[p * rank + q] += row[p] * row[q];
      image[p] += row[p] * b[i];
    }
  }
  std::vector<double> x(n, 0.0);
  if (!factor(rank, inner.data())) return x;
  solve_factored(rank, inner.data(), image.data());
  solve_factored(rank, inner.data(), image.data());
  for (std::size_t i = 0; i < n; ++i) x[i] = dot(lower.data() + i * n, image.data(), rank);
  return x;
}

void exp_all(std::size_t n, double* x) {
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  constexpr double kInverseLn2 = 1.44269504088896338700e+00;
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to whole numbers
  for (std::size_t i = 0; i < n; ++i) {
    const double value = x[i] > -708.0 ? x[i] : -708.0;
    const double shifted = value * kInverseLn2 + kRound;
    const double k = shifted - kRound;
    const double r = (value - k * kLn2High) - k * kLn2Low;
    double sum = 1.0 / 6227020800.0;
    sum = sum * r + 1.0 / 479001600.0;
    sum = sum * r + 1.0 / 39916800.0;
    sum = sum * r + 1.0 / 3628800.0;
    sum = sum * r + 1.0 / 362880.0;
    sum = sum * r + 1.0 / 40320.0;
    sum = sum * r + 1.0 / 5040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    // The low bits of `shifted` are k: shifted into the exponent's place, they make 2^k.
    std::uint64_t bits = 0;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double power = 0.0;
    std::memcpy(&power, &bits, sizeof power);
    x[i] = sum * power;
  }
}

void log1p_all(std::size_t n, double* x) {
  for (std::size_t i = 0; i < n; ++i) {
    // 1 + x above the root of 2 is halved. Then ln m = 2 artanh s, |s| <= 0.1716.
    const bool halved = x[i] > 0.4142135623730951;
    const double above = halved ? (x[i] - 1.0) * 0.5 : x[i];  // m - 1
    const double s = above / (2.0 + above);
    const double s2 = s * s;
    double sum = 1.0 / 21.0;
    sum = sum * s2 + 1.0 / 19.0;
    sum = sum * s2 + 1.0 / 17.0;
    sum = sum * s2 + 1.0 / 15.0;
    sum = sum * s2 + 1.0 / 13.0;
    sum = sum * s2 + 1.0 / 11.0;
    sum = sum * s2 + 1.0 / 9.0;
    sum = sum * s2 + 1.0 / 7.0;
    sum = sum * s2 + 1.0 / 5.0;
    sum = sum * s2 + 1.0 / 3.0;
    x[i] = (halved ? 6.93147180559945286e-01 : 0.0) + (2.0 * s + 2.0 * s * s2 * sum);
  }
}

double score_pass(const Columns& data, std::size_t outputs, std::span<const double> weights,
                  const BlockLoss& loss, std::span<double> gradient) {
  const std::size_t stride = data.columns + 1;
  std::vector<double> scores(outputs * kScoreBlock);
  std::vector<double> ones(kScoreBlock, 1.0);
  std::fill(gradient.begin(), gradient.end(), 0.0);
  double value = 0.0;
  for (std::size_t first = 0; first < data.rows; first += kScoreBlock) {
    const std::size_t count = std::min(kScoreBlock, data.rows - first);
    score_block(data, outputs, weights, first, count, scores.data());
    value += loss(first, count, scores);
    for (std::size_t k = 0; k < outputs; ++k) {
      const double* derivative = scores.data() + k * kScoreBlock;
      for (std::size_t c = 0; c < data.columns; ++c) {
        gradient[k * stride + c] += dot(data.column(c) + first, derivative, count);
      }
      gradient[k * stride + data.columns] += dot(ones.data(), derivative, count);
    }
  }
  return value;
}

std::vector<double> scores_of(const Columns& data, std::size_t outputs,
                              std::span<const double> weights) {
  std::vector<double> result(outputs * data.rows);
  std::vector<double> scores(outputs * kScoreBlock);
  for (std::size_t first = 0; first < data.rows; first += kScoreBlock) {
    const std::size_t count = std::min(kScoreBlock, data.rows - first);
    score_block(data, outputs, weights, first, count, scores.data());
    for (std::size_t k = 0; k < outputs; ++k) {
      std::copy_n(scores.data() + k * kScoreBlock, count, result.data() + k * data.rows + first);
    }
  }
  return result;
}

Minimum minimise(
    const std::function<double(std::span<const double> at, std::span<double> gradient)>& function,
    const std::function<void(std::span<double>)>& precondition, const MinimiseSettings& settings,
    const std::function<void(std::uint32_t)>& round, std::span<double> at) {
  const std::size_t n = at.size();
  Memory memory(n);
  std::vector<double> gradient(n);
  std::vector<double> next(n);
  std::vector<double> next_gradient(n);
  Minimum result;
  result.value = function(at, gradient);
  while (true) {
    result.gradient = largest(gradient);
    result.converged = result.gradient <= settings.tolerance;
    if (result.converged || result.rounds >= settings.rounds) return result;
    std::vector<double> direction = gradient;
    memory.apply(precondition, direction);
    for (double& value : direction) value = -value;
    double slope = dot(direction.data(), gradient.data(), n);
    if (!(slope < 0.0)) {
      if (memory.empty()) return result;
      memory.clear();
      continue;
    }
    // Armijo's rule; a step that falls short is cut where a parabola has its least value. The
    // rounding of the function's value is allowed for, lest the last rounds get stuck.
    const double slack = 1e-14 * std::fabs(result.value);
    double length = 1.0;
    double value = 0.0;
    bool good = false;
    for (int attempt = 0; attempt < 40 && !good; ++attempt) {
      for (std::size_t i = 0; i < n; ++i) next[i] = at[i] + length * direction[i];
      value = function(next, next_gradient);
      good = value <= result.value + 1e-4 * length * slope + slack;
      if (good) break;
      const double bend = 2.0 * (value - result.value - length * slope);
      const double cut = bend > 0.0 ? -slope * length * length / bend : 0.0;
      length = std::clamp(cut, 0.1 * length, 0.5 * length);
    }
    if (!good) {
      if (memory.empty()) return result;
      memory.clear();
      continue;
    }
    std::vector<double> step(n);
    std::vector<double> change(n);
    for (std::size_t i = 0; i < n; ++i) {
      step[i] = next[i] - at[i];
      change[i] = next_gradient[i] - gradient[i];
    }
    memory.add(std::move(step), std::move(change));
    std::copy(next.begin(), next.end(), at.begin());
    gradient.swap(next_gradient);
    result.value = value;
    round(++result.rounds);
  }
}

}  // namespace storewise::train
