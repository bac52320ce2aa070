#include "train/quantise.h"

#include <algorithm>
#include <cmath>

namespace storewise::train {

float quantise(std::span<const float> values, std::span<std::int8_t> out) {
  float largest = 0.0f;
  for (const float v : values) largest = std::max(largest, std::fabs(v));
  // Below this the scale itself would be subnormal, and such weights mean nothing.
  if (!(largest > 1e-30f)) {
    std::fill(out.begin(), out.end(), std::int8_t{0});
    return 1.0f;
  }
  const float scale = largest / 127.0f;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float magnitude = std::floor(std::fabs(values[i]) / scale + 0.5f);
    const float clamped = std::min(magnitude, 127.0f);
    out[i] = static_cast<std::int8_t>(values[i] < 0 ? -clamped : clamped);
  }
  return scale;
}

}  // namespace storewise::train
