#include "train/math.h"

#include <limits>

#include "support/real.h"

namespace storewise::train {
double exp(double x) { return x > 709.0 ? std::numeric_limits<double>::max() : real::exp(x); }

double log(double x) {
  if (x < std::numeric_limits<double>::min()) return -std::numeric_limits<double>::infinity();
  return real::log(x);
}

double power(double x, double y) { return y == 0.0 ? 1.0 : exp(y * log(x)); }

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15ull;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

std::uint32_t Random::below(std::uint32_t bound) {
  return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

}  // namespace storewise::train
