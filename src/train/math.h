// The transcendental functions and random numbers of training, written out so that every platform
// computes the same bits: libm differs between systems in the last place, and the standard
// library's distributions are left to each implementation.
//
// Only IEEE 754 additions, multiplications, divisions and square roots are used, in a stated
// order; the build forbids contraction to fused multiply-add.
#pragma once

#include <cstdint>
#include <vector>

namespace storewise::train {

// e^x to 2 units in the last place; 0 below -708, a finite maximum above 709. NaN stays NaN.
double exp(double x);
// Natural logarithm to 2 units in the last place for normal x > 0; -infinity for x <= 0 and for
// subnormals. NaN stays NaN.
double log(double x);
// x^y for x > 0 as exp(y log x); 1 when y is 0.
double power(double x, double y);

// SplitMix64 (Steele, Lea and Flood 2014): small, and equal everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  // Uniform in [0, bound); 0 when bound is 0. The bias of the multiplication is below 2^-32.
  std::uint32_t below(std::uint32_t bound);
  // Uniform in [0, 1), a multiple of 2^-53.
  double uniform();

 private:
  std::uint64_t state_;
};

// Fisher and Yates in place.
template <typename T>
void shuffle(std::vector<T>& values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace storewise::train
