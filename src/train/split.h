// Which rows a model learns from and which it is measured on.
//
// The shuffled splits are scikit-learn's, row for row, so that figures can be compared: they draw
// from NumPy's legacy generator (Mersenne Twister; Matsumoto and Nishimura 1998). Refuses parts
// without a row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/feature_table.h"

namespace storewise::train {

// numpy.random.RandomState(seed), as far as splits need it.
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed);
  std::uint32_t next();
  // Uniform in [0, most]: the lowest bits that can hold `most`, drawn until they do not exceed it.
  std::uint32_t up_to(std::uint32_t most);
  void shuffle(std::span<std::uint32_t> values);
  std::vector<std::uint32_t> permutation(std::size_t n);  // of 0 .. n-1

 private:
  void refill();
  std::array<std::uint32_t, 624> state_;
  std::size_t place_ = 624;
};

struct Split {
  std::vector<std::uint32_t> training;
  std::vector<std::uint32_t> test;
};

// Rows that are tested when `share` of `rows` is: rounded up, as scikit-learn does.
std::size_t test_rows(std::size_t rows, double share);

// train_test_split(range(rows), test_size=share, random_state=seed). Throws Error(kInvalidInput)
// when a part would be empty.
Split split_shuffled(std::size_t rows, double share, std::uint32_t seed);

// The same with stratify=labels; labels are 0 .. classes-1, a class without rows plays no part.
// Throws Error(kInvalidInput) as well when a class has one row only, or a part fewer rows than
// there are classes.
Split split_stratified(std::span<const std::int32_t> labels, std::int32_t classes, double share,
                       std::uint32_t seed);

// The latest rows are tested: at least `share` of them, rows of the same time together. Rows
// without a time (NaN) count as the oldest. Throws Error(kInvalidInput) when a part would be empty.
Split split_by_time(std::span<const double> time, double share);

// The last `tested` rows are tested; none is learnt from where there are no more than that.
Split split_last(std::size_t rows, std::size_t tested);

// Sets a share of `rows` aside, spread evenly over their order: the nth where n x share + 1/2
// passes a whole number. Adds it to `aside` and the others to `kept`.
void set_aside(Rows rows, double share, std::vector<std::uint32_t>& kept,
               std::vector<std::uint32_t>& aside);

// Parts for cross-validation within `rows`. `folds` >= 2. Of each class, or over the range of the
// numbers, every part gets its share (fold_of in tree.h).
std::vector<Split> folds_of(const Target& target, Rows rows, std::uint32_t folds,
                            std::uint64_t seed);
// The same for rows with a time: `folds` + 1 blocks in time, each but the first tested once by what
// was learnt from all before it. Throws Error(kInvalidInput) when there are fewer rows than blocks.
std::vector<Split> folds_in_time(std::span<const double> time, Rows rows, std::uint32_t folds);

}  // namespace storewise::train
