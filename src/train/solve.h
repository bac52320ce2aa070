// What linear models and support vector machines stand on: the chosen rows of a table laid out for
// long loops, symmetric systems, and a minimiser of smooth convex functions.
//
// Refuses numbers that are not finite. Sums run in a fixed order (eight interleaved partial sums
// within a block of rows, then block after block) and what is long is worked element by element,
// so every platform computes the same bits whatever the width of its vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "train/feature_table.h"

namespace storewise::train {

// Throws Error(kInvalidInput): setting `place`, what is `expected`, what was found.
void check_setting(bool good, std::string_view place, std::string_view expected, double found);

// Throws Error(kInvalidInput) for a table of more than 4,096 columns: a matrix of columns x columns
// is held.
void check_column_count(const FeatureTable& table);

// Chosen rows of a table, column after column, every number finite.
struct Columns {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<float> values;  // [columns][rows]

  const float* column(std::size_t c) const { return values.data() + c * rows; }
};

// Copies them in the order of `rows`. Throws Error(kInvalidInput) when the table's numbers do not
// fill it, when there is no row or no column, when a row is not in the table, and when a chosen
// number is not finite (its row and column are named).
Columns gather_columns(const FeatureTable& table, Rows rows);

// The targets of `rows`: labels with at least two classes among them, or finite numbers. Throw
// Error(kInvalidInput) when the target is of the other kind, of another length or out of range.
std::vector<std::int32_t> gather_labels(const Target& target, std::size_t table_rows, Rows rows);
std::vector<double> gather_numbers(const Target& target, std::size_t table_rows, Rows rows);
// What each row counts for: `given` [rows], or 1 for every row when it is empty. Throws
// Error(kInvalidInput) for another length, a negative or infinite weight, or a sum of 0.
std::vector<double> gather_weights(std::span<const double> given, std::size_t rows);
// rows / (classes present x rows of the class), as scikit-learn's "balanced"; 1 for all when not.
std::vector<double> class_weights(std::span<const std::int32_t> labels, std::int32_t classes,
                                  bool balanced);

// Weighted sums of products of columns and of one more column, `last`.
struct Products {
  double weight = 0.0;        // sum of the weights
  std::vector<double> mean;   // [columns + 1]; 0 when not centred
  std::vector<double> cross;  // [columns + 1][columns + 1], symmetric: sum w (a - mean)(b - mean)
};
Products products_of(const Columns& data, std::span<const double> last,
                     std::span<const double> weights, bool centred);

// Factors the symmetric `a` [n][n] (lower triangle) into its lower triangle L with L L' = A. False
// when A is not positive definite.
bool factor(std::size_t n, double* a);
// b = A^-1 b from factor's triangle.
void solve_factored(std::size_t n, const double* a, double* b);
// The x of least length among those that minimise |A x - b|, for symmetric positive semidefinite A
// whose columns may depend on each other. A is given by its whole matrix [n][n] and is replaced.
std::vector<double> solve_least_norm(std::size_t n, std::vector<double> a,
                                     std::span<const double> b);

// x[i] = e^x[i] to 2 units in the last place, for x <= 709; e^-708 below -708.
void exp_all(std::size_t n, double* x);
// x[i] = ln(1 + x[i]) for x in [0, 1].
void log1p_all(std::size_t n, double* x);

// One pass over the data for the linear scores of `outputs` functions. `weights` and `gradient` are
// [outputs][columns + 1], the last one the intercept. For each block of rows [first, first + count)
// `loss` is given scores [outputs][kScoreBlock], replaces each by the derivative of the loss in it,
// and returns the loss. The sum of losses is returned, and their gradient written.
inline constexpr std::size_t kScoreBlock = 512;
using BlockLoss =
    std::function<double(std::size_t first, std::size_t count, std::span<double> scores)>;
double score_pass(const Columns& data, std::size_t outputs, std::span<const double> weights,
                  const BlockLoss& loss, std::span<double> gradient);
// weights . row + intercept for each row, [outputs][rows].
std::vector<double> scores_of(const Columns& data, std::size_t outputs,
                              std::span<const double> weights);

struct Minimum {
  double value = 0.0;
  double gradient = 0.0;  // the largest magnitude in it
  std::uint32_t rounds = 0;
  bool converged = false;
};
struct MinimiseSettings {
  double tolerance = 1e-6;  // ends when the gradient's largest magnitude is at most this
  std::uint32_t rounds = 1000;
};
// Finds the least value of a smooth convex function from `at`, which becomes its place. L-BFGS
// (Nocedal 1980; Liu and Nocedal 1989) with ten pairs; `precondition` multiplies a vector by an
// estimate of the inverse Hessian, in place. `round` is told the number of each round done.
Minimum minimise(
    const std::function<double(std::span<const double> at, std::span<double> gradient)>& function,
    const std::function<void(std::span<double>)>& precondition, const MinimiseSettings& settings,
    const std::function<void(std::uint32_t)>& round, std::span<double> at);

}  // namespace storewise::train
