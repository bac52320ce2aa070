// Symmetric int8: value = scale x integer, integers -127..127.
#pragma once

#include <cstdint>
#include <span>

namespace storewise::train {

// Rounds `values` to `out` (as many) with the scale that maps the largest magnitude to 127, half
// away from zero. Returns the scale; 1 when every value is 0, so that it can be divided by.
float quantise(std::span<const float> values, std::span<std::int8_t> out);

}  // namespace storewise::train
