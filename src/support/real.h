// Exponential, logarithm and power in double, written out: small where libm brings tables of
// several KB, and the same bits on every platform.
//
// Only IEEE 754 additions, multiplications and divisions are used, in a stated order; the build
// forbids contraction to fused multiply-add.
#pragma once

namespace storewise::real {

// e^x to 2 units in the last place; 0 below -708, infinity above 709.78. NaN stays NaN.
double exp(double x);
// Natural logarithm to 2 units in the last place; -infinity at 0, NaN below. NaN stays NaN.
double log(double x);
// x^y as C's pow. By multiplication for whole |y| <= 1024, else as exp(y log |x|), whose relative
// error grows to |y log x| * 2^-52.
double power(double x, double y);

}  // namespace storewise::real
