// The polynomials behind exp_f32, tanh_f32 and erf_f32, shared so that every implementation rounds
// alike.
#pragma once

namespace storewise::kernels::exp_constants {

inline constexpr float kLowest = -87.3f, kHighest = 88.3f;
inline constexpr float kWhole = 12582912.0f;  // 1.5 * 2^23
inline constexpr float kLog2E = 1.44269504088896341f;
// ln 2 in two parts: the first has few enough bits that n * kLn2High is exact.
inline constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
inline constexpr float kP0 = 1.9875691500e-4f, kP1 = 1.3981999507e-3f, kP2 = 8.3334519073e-3f,
                       kP3 = 4.1665795894e-2f, kP4 = 1.6666665459e-1f, kP5 = 5.0000001201e-1f;

// tanh x = x + x^3 P(x^2) below kTanhLimit.
inline constexpr float kTanhLimit = 0.625f;
inline constexpr float kTanh[] = {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f,
                                  1.33314422036e-1f, -3.33332819422e-1f};
// erf x = x P(x^2) below 1.
inline constexpr float kErfNear[] = {
    7.853861353153693e-5f, -8.010193625184903e-4f, 5.188327685732524e-3f, -2.685381193529856e-2f,
    1.128358514861418e-1f, -3.761262582423300e-1f, 1.128379165726710f};
// erf x = 1 - t P(t) exp(-x^2) with t = 1 / (1 + kErfStep x) from 1 on.
inline constexpr float kErfStep = 0.3275911f;
inline constexpr float kErfFar[] = {1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f,
                                    0.254829592f};

}  // namespace storewise::kernels::exp_constants
