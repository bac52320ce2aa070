// The quadratic programme of support vector machines with a kernel, solved two variables at a time.
//
//   minimise 1/2 b' K b - z' b + tube |b|_1   with sum b = 0 and lower <= b <= upper
//
// Classification has z = y, tube = 0 and b between 0 and +-C; regression has z the targets and b
// from -C to C: one variable a row, where the usual form has two of which one is 0. Pairs are
// chosen by second order information (Fan, Chen and Lin 2005), variables that stay at a bound are
// set aside (shrinking, Joachims 1998), and rows of K are kept in a cache of limited size that
// forgets the least recently used.
//
// Kernels are float32, as ONNX's operators compute them; what is summed up is double, in a fixed
// order, so every platform takes the same steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "train/solve.h"

namespace storewise::train {

enum class SvmKernel { kLinear, kRbf };  // x . v and exp(-gamma |x - v|^2)

// Rows in tiles of sixteen, column after column within a tile: what one row's kernel with all the
// others is computed from.
class KernelRows {
 public:
  // `rows` are rows of `data`, which stays the caller's.
  KernelRows(const Columns& data, std::span<const std::uint32_t> rows, SvmKernel kernel,
             float gamma);
  // Lays the rows out anew: place p holds what was at place order[p].
  void reorder(std::span<const std::uint32_t> order);

  std::size_t size() const { return rows_.size(); }
  // A row of `data` by its place.
  std::uint32_t row(std::size_t place) const { return rows_[place]; }
  float diagonal(std::size_t place) const;
  // The kernel of the row at `place` with places [from, to), to out + from. `from` is a multiple
  // of kTile; out has room for `to` rounded up to one.
  void compute(std::size_t place, std::size_t from, std::size_t to, float* out) const;
  // The kernel of a row of numbers, [columns], with every place, out [size]. Its exponential is
  // that of a double rounded to float, as a runtime takes it; compute's may differ by 3e-7.
  void compute_exactly(const float* row, std::span<float> out) const;

  static constexpr std::size_t kTile = 16;

 private:
  void lay_out();
  // -gamma |x - v|^2, or x . v
  void arguments(const float* row, std::size_t from, std::size_t to, float* out) const;

  const Columns& data_;
  SvmKernel kernel_;
  float gamma_;
  std::vector<std::uint32_t> rows_;  // by place
  std::vector<float> tiles_;         // [tiles][columns][kTile]
};

struct DualProblem {
  std::vector<double> aim;    // z, [rows]
  std::vector<double> lower;  // [rows], <= 0
  std::vector<double> upper;  // [rows], >= 0
  double tube = 0.0;          // >= 0
};

struct DualSettings {
  double tolerance = 1e-3;  // ends when no pair breaks the conditions of optimality by more
  bool shrinking = true;
  std::size_t cache_bytes = std::size_t{100} << 20;  // two rows are kept at least
  std::uint64_t steps = 10000000;
};

struct DualSolution {
  std::vector<double> weights;  // b, [rows]
  double bias = 0.0;            // of sum b K + bias
  std::uint64_t steps = 0;
  bool converged = false;
};

// Solves it for `rows` of `data` (both are read only here). `progress` is given the steps now and
// then.
DualSolution solve_dual(const Columns& data, std::span<const std::uint32_t> rows, SvmKernel kernel,
                        float gamma, const DualProblem& problem, const DualSettings& settings,
                        const std::function<void(std::uint64_t)>& progress);

}  // namespace storewise::train
