// The polynomial behind exp_f32, shared so that every implementation rounds alike.
#pragma once

namespace storewise::kernels::exp_constants {

inline constexpr float kLowest = -87.3f, kHighest = 88.3f;
inline constexpr float kLog2E = 1.44269504088896341f;
// ln 2 in two parts: the first has few enough bits that n * kLn2High is exact.
inline constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
inline constexpr float kP0 = 1.9875691500e-4f, kP1 = 1.3981999507e-3f, kP2 = 8.3334519073e-3f,
                       kP3 = 4.1665795894e-2f, kP4 = 1.6666665459e-1f, kP5 = 5.0000001201e-1f;

}  // namespace storewise::kernels::exp_constants
