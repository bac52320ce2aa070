// Arithmetic on lengths, offsets and sizes that came from a file: it says when it overflowed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace storewise {

// *result = a * b; false, with *result unspecified, when that does not fit.
[[nodiscard]] inline bool checked_multiply(std::size_t a, std::size_t b, std::size_t* result) {
  return !__builtin_mul_overflow(a, b, result);
}

// *result = a + b; false, with *result unspecified, when that does not fit.
[[nodiscard]] inline bool checked_add(std::size_t a, std::size_t b, std::size_t* result) {
  return !__builtin_add_overflow(a, b, result);
}

}  // namespace storewise
