// The kernels' loops, written once over eight floats and eight or sixteen int16 at a time. An
// instruction set's file defines the types `Floats`, `Shorts` and `Sums` and the functions below,
// then includes this. It must not be included anywhere else.
//
// Needed of Floats: load, store, splat, from_i8 (eight int8), operators + - * /, max and min (the
// second where the first is not greater, or less), abs, nearest (halves to even), power_of_two (2^n
// of n + kWhole, n in [-126, 127]), select_less (a < b ? x : y), is_nan_select (a NaN ? x : y),
// any_greater (an element of either), store_i16 (eight rounded), sum (in the order that kernels.h
// states), largest. Needed of Shorts (kWidth int16): load, store, widen (kWidth int8), pair (two
// int16 throughout). Needed of Sums (kWidth / 2 int32): load, store, add (products of two Shorts,
// added in pairs). Functions: store_totals (the sum of each of four Sums), interleave (sixteen
// columns of two rows as pairs), real_difference (eight int32 less a factor times eight others, as
// Floats), unpack_sixteen (bytes of two halves). Constant: kTileFloats, see gemm_f32.

#ifndef STOREWISE_KERNELS_IMPLEMENTATION
#error "include kernels/kernels.h and define Floats, Shorts and Sums first"
#endif

namespace {

template <typename T>
T at(const T* x, std::size_t i) {
  T value;
  std::memcpy(&value, reinterpret_cast<const char*>(x) + i * sizeof value, sizeof value);
  return value;
}

template <typename T>
void put(T* y, std::size_t i, T value) {
  std::memcpy(reinterpret_cast<char*>(y) + i * sizeof value, &value, sizeof value);
}

Floats exp_eight(Floats x) {
  namespace k = exp_constants;
  const Floats lowest = Floats::splat(k::kLowest);
  // What is not a number passes through all of it.
  const Floats clamped = min(Floats::splat(k::kHighest), max(lowest, x));
  // Adding this leaves no place for a fraction: the sum is the nearest whole number in the low
  // bits.
  const Floats whole = Floats::splat(k::kWhole);
  const Floats rounded = clamped * Floats::splat(k::kLog2E) + whole;
  const Floats n = rounded - whole;
  const Floats r = (clamped - n * Floats::splat(k::kLn2High)) - n * Floats::splat(k::kLn2Low);
  Floats p = Floats::splat(k::kP0);
  p = p * r + Floats::splat(k::kP1);
  p = p * r + Floats::splat(k::kP2);
  p = p * r + Floats::splat(k::kP3);
  p = p * r + Floats::splat(k::kP4);
  p = p * r + Floats::splat(k::kP5);
  p = p * (r * r) + r;
  p = p + Floats::splat(1.0f);
  return select_less(x, lowest, Floats::splat(0.0f), p * power_of_two(rounded));
}

// ((c[0] z + c[1]) z + c[2]) ...
template <std::size_t count>
Floats polynomial(const float (&c)[count], Floats z) {
  Floats p = Floats::splat(c[0]);
  for (std::size_t i = 1; i < count; ++i) p = p * z + Floats::splat(c[i]);
  return p;
}

// `value` of a magnitude with the sign of x.
Floats with_sign_of(Floats x, Floats value) {
  const Floats zero = Floats::splat(0.0f);
  return select_less(x, zero, zero - value, value);
}

Floats sigmoid_eight(Floats x) {
  const Floats one = Floats::splat(1.0f);
  return one / (one + exp_eight(Floats::splat(0.0f) - x));
}

Floats tanh_eight(Floats x) {
  namespace k = exp_constants;
  const Floats one = Floats::splat(1.0f);
  const Floats magnitude = abs(x);
  const Floats z = x * x;
  const Floats near = polynomial(k::kTanh, z) * z * x + x;
  const Floats far = one - Floats::splat(2.0f) / (exp_eight(magnitude + magnitude) + one);
  return select_less(magnitude, Floats::splat(k::kTanhLimit), near, with_sign_of(x, far));
}

Floats erf_eight(Floats x) {
  namespace k = exp_constants;
  const Floats one = Floats::splat(1.0f);
  const Floats magnitude = abs(x);
  const Floats z = x * x;
  const Floats near = polynomial(k::kErfNear, z) * x;
  const Floats t = one / (one + Floats::splat(k::kErfStep) * magnitude);
  const Floats rest = polynomial(k::kErfFar, t) * t * exp_eight(Floats::splat(0.0f) - z);
  return select_less(magnitude, one, near, with_sign_of(x, one - rest));
}

// x[i] = apply(x[i]), eight at a time; what is left as eight with padding. One path: the same bits,
// and `apply`, which is long, stands once in the code.
template <typename Apply>
void for_eights(std::size_t n, float* x, Apply&& apply) {
  float rest[8] = {};
  for (std::size_t i = 0; i < n; i += 8) {
    const bool full = n - i >= 8;
    float* eight = x + i;
    if (!full) eight = static_cast<float*>(std::memcpy(rest, eight, (n - i) * sizeof(float)));
    apply(Floats::load(eight)).store(eight);
    if (!full) std::memcpy(x + i, rest, (n - i) * sizeof(float));
  }
}

template <typename Apply>
void combine(const float* a, std::size_t step_a, const float* b, std::size_t step_b, std::size_t n,
             float* out, Apply&& apply) {
  // What is read throughout lies here eight times.
  float same_a[8];
  float same_b[8];
  if (n > 0 && step_a == 0) {
    Floats::splat(at(a, 0)).store(same_a);
    a = same_a;
  }
  if (n > 0 && step_b == 0) {
    Floats::splat(at(b, 0)).store(same_b);
    b = same_b;
  }
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    apply(Floats::load(a), Floats::load(b)).store(out + i);
    a += 8 * step_a;
    b += 8 * step_b;
  }
  if (i < n) {
    float rest_a[8] = {};
    float rest_b[8] = {};
    std::memcpy(rest_a, a, (n - i) * sizeof(float));
    std::memcpy(rest_b, b, (n - i) * sizeof(float));
    apply(Floats::load(rest_a), Floats::load(rest_b)).store(rest_a);
    std::memcpy(out + i, rest_a, (n - i) * sizeof(float));
  }
}

}  // namespace

namespace {

constexpr std::size_t kPairs = 32 / Shorts::kWidth;  // the vectors of sixteen pairs

Shorts load_shorts(const std::int8_t* q) { return Shorts::widen(q); }
Shorts load_shorts(const std::int16_t* q) { return Shorts::load(q); }

// out[i][j] for kRows rows of x from `first` on and all n >= 4 outputs; k >= Shorts::kWidth.
template <std::size_t kRows, typename Weight>
void multiply_rows(const std::int16_t* x, std::size_t x_stride, const Weight* q,
                   std::size_t q_stride, std::size_t k, std::size_t n, std::int32_t* out,
                   std::size_t out_stride) {
  // What is left after the last full width is read as the last full width of the row, with zeros
  // for the activations that have been counted: nothing beyond the row is touched.
  constexpr std::size_t kWidth = Shorts::kWidth;
  const std::size_t rest = k % kWidth;
  std::int16_t tail[kRows][kWidth] = {};
  for (std::size_t i = 0; i < kRows && rest > 0; ++i) {
    std::memcpy(tail[i] + kWidth - rest, x + i * x_stride + k - rest, rest * sizeof *x);
  }
  for (std::size_t j = 0; j < n; j += 4) {
    if (j + 4 > n) j = n - 4;  // the last four overlap those before
    const Weight* rows[4];
    for (std::size_t r = 0; r < 4; ++r) rows[r] = q + (j + r) * q_stride;
    Sums sums[kRows][4];
    std::size_t l = 0;
    for (; l + kWidth <= k; l += kWidth) {
      Shorts activations[kRows];
      for (std::size_t i = 0; i < kRows; ++i) activations[i] = Shorts::load(x + i * x_stride + l);
      for (std::size_t r = 0; r < 4; ++r) {
        const Shorts weights = load_shorts(rows[r] + l);
        for (std::size_t i = 0; i < kRows; ++i) sums[i][r].add(weights, activations[i]);
      }
    }
    for (std::size_t r = 0; r < 4 && rest > 0; ++r) {
      const Shorts weights = load_shorts(rows[r] + k - kWidth);
      for (std::size_t i = 0; i < kRows; ++i) sums[i][r].add(weights, Shorts::load(tail[i]));
    }
    for (std::size_t i = 0; i < kRows; ++i) store_totals(sums[i], out + i * out_stride + j);
  }
}

// Sixteen columns of rows l and l + 1 of q as pairs; a last row without a partner is its own, and
// meets a zero.
void pair_columns(const std::int8_t* q, std::size_t q_stride, std::size_t l, std::size_t k,
                  Shorts (&pairs)[kPairs]) {
  const std::int8_t* first = q + l * q_stride;
  interleave(first, l + 1 < k ? first + q_stride : first, pairs);
}

// Sixteen outputs of kRows rows of x for weights in columns, from `packed` where they have been
// paired before; adds to `out` if `more`.
template <std::size_t kRows, bool kPacked>
void multiply_columns(const std::int16_t* x, std::size_t x_stride, const std::int8_t* q,
                      std::size_t q_stride, const std::int16_t* packed, std::size_t k, bool more,
                      std::int32_t* out, std::size_t out_stride) {
  constexpr std::size_t kLanes = Shorts::kWidth / 2;
  Sums sums[kRows][kPairs];
  for (std::size_t i = 0; i < kRows && more; ++i) {
    for (std::size_t v = 0; v < kPairs; ++v) {
      sums[i][v] = Sums::load(out + i * out_stride + v * kLanes);
    }
  }
  const auto add = [&](std::size_t l, const std::int16_t* activations, std::size_t stride) {
    Shorts weights[kPairs];
    if constexpr (kPacked) {
      for (std::size_t v = 0; v < kPairs; ++v) {
        weights[v] = Shorts::load(packed + l * 16 + v * Shorts::kWidth);
      }
    } else {
      pair_columns(q, q_stride, l, k, weights);
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      const Shorts two = Shorts::pair(activations + i * stride);
      for (std::size_t v = 0; v < kPairs; ++v) sums[i][v].add(weights[v], two);
    }
  };
  // A last row without a partner meets a zero.
  std::int16_t last[kRows][2];
  const auto set_last = [&] {
    for (std::size_t i = 0; i < kRows; ++i) {
      last[i][0] = at(x, i * x_stride + k - 1);
      last[i][1] = 0;
    }
  };
  std::size_t l = 0;
  if constexpr (kPacked) {
    // One loop for both: it is long, and entered a second time at most.
    if (k % 2 != 0) set_last();
    for (std::size_t end = k - k % 2; l < k; x = last[0], x_stride = 2, end = k) {
      for (; l < end; l += 2, x += 2) add(l, x, x_stride);
    }
  } else {
    for (; l + 2 <= k; l += 2) add(l, x + l, x_stride);
    if (l < k) {
      set_last();
      add(l, last[0], 2);
    }
  }
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t v = 0; v < kPairs; ++v) sums[i][v].store(out + i * out_stride + v * kLanes);
  }
}

// All outputs of one row, n >= 16. A few rows of weights at a time, so that each is read along its
// length; the last sixteen outputs, which may overlap those before, by themselves.
void multiply_all_columns(const std::int16_t* x, const std::int8_t* q, std::size_t q_stride,
                          std::size_t k, std::size_t n, std::int32_t* out) {
  std::size_t block = 16;
  std::size_t end = n - n % 16;
  for (std::size_t first = 0; first < n; first = n - 16, block = k, end = n) {
    std::size_t l = 0;
    do {
      const std::size_t depth = k - l < block ? k - l : block;
      for (std::size_t j = first; j < end; j += 16) {
        multiply_columns<1, false>(x + l, 0, q + l * q_stride + j, q_stride, nullptr, depth, l > 0,
                                   out + j, 0);
      }
      l += depth;
    } while (l < k);
    if (end == n) break;
  }
}

// What is too small for vectors: step_j and step_l lead from weight to weight.
template <typename Weight>
void multiply_small(const std::int16_t* x, std::size_t x_stride, const Weight* q,
                    std::size_t step_j, std::size_t step_l, std::size_t m, std::size_t k,
                    std::size_t n, std::int32_t* out, std::size_t out_stride) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      std::uint32_t sum = 0;
      for (std::size_t l = 0; l < k; ++l) {
        sum += static_cast<std::uint32_t>(at(x, i * x_stride + l) * at(q, j * step_j + l * step_l));
      }
      put(out, i * out_stride + j, static_cast<std::int32_t>(sum));
    }
  }
}

}  // namespace

void gemm_i8_rows(const std::int16_t* x, std::size_t x_stride, const std::int8_t* q,
                  std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                  std::int32_t* out, std::size_t out_stride) {
  if (k < Shorts::kWidth || n < 4) {
    return multiply_small(x, x_stride, q, q_stride, 1, m, k, n, out, out_stride);
  }
  for (; m >= 2; m -= 2, x += 2 * x_stride, out += 2 * out_stride) {
    multiply_rows<2>(x, x_stride, q, q_stride, k, n, out, out_stride);
  }
  if (m > 0) multiply_rows<1>(x, x_stride, q, q_stride, k, n, out, out_stride);
}

void gemm_i16_rows(const std::int16_t* x, std::size_t x_stride, const std::int16_t* q,
                   std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                   std::int32_t* out, std::size_t out_stride) {
  if (k < Shorts::kWidth || n < 4) {
    return multiply_small(x, x_stride, q, q_stride, 1, m, k, n, out, out_stride);
  }
  // The last two rows overlap those before; a single one is its own partner.
  if (m == 1) x_stride = out_stride = 0;
  for (std::size_t i = 0; i < m; i += 2) {
    if (i + 2 > m && m > 1) i = m - 2;
    multiply_rows<2>(x + i * x_stride, x_stride, q, q_stride, k, n, out + i * out_stride,
                     out_stride);
  }
}

void gemm_i8_columns(const std::int16_t* x, std::size_t x_stride, const std::int8_t* q,
                     std::size_t q_stride, std::size_t m, std::size_t k, std::size_t n,
                     std::int32_t* out, std::size_t out_stride) {
  if (n < 16) return multiply_small(x, x_stride, q, 1, q_stride, m, k, n, out, out_stride);
  // Few rows, and one without a partner, each by itself.
  while (m % 2 != 0 || m == 2) {
    --m;
    multiply_all_columns(x + m * x_stride, q, q_stride, k, n, out + m * out_stride);
  }
  if (m == 0) return;
  // Many rows share the work of pairing the weights.
  constexpr std::size_t kDepth = 256;
  std::int16_t packed[kDepth * 16];
  for (std::size_t j = 0; j < n; j += 16) {
    if (j + 16 > n) j = n - 16;  // the last sixteen overlap those before
    std::size_t first = 0;
    do {
      const std::size_t depth = k - first < kDepth ? k - first : kDepth;
      const std::int8_t* weights = q + first * q_stride + j;
      for (std::size_t l = 0; l < depth; l += 2) {
        Shorts pairs[kPairs];
        pair_columns(weights, q_stride, l, depth, pairs);
        for (std::size_t v = 0; v < kPairs; ++v) {
          pairs[v].store(packed + l * 16 + v * Shorts::kWidth);
        }
      }
      for (std::size_t i = 0; i < m; i += 2) {
        multiply_columns<2, true>(x + i * x_stride + first, x_stride, nullptr, 0, packed, depth,
                                  first > 0, out + i * out_stride + j, out_stride);
      }
      first += depth;
    } while (first < k);
  }
}

void add_scaled_i32(const std::int32_t* sums, const std::int32_t* zeros, std::size_t zero_step,
                    std::int32_t factor, float unit, const float* scales, std::size_t scale_step,
                    std::size_t n, float* y) {
  const Floats units = Floats::splat(unit);
  std::int32_t same_zeros[8];
  float same_scales[8];
  for (std::size_t i = 0; i < 8 && n > 0; ++i) {
    same_zeros[i] = at(zeros, 0);
    same_scales[i] = at(scales, 0);
  }
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) {
    const Floats value = real_difference(sums + j, zero_step == 0 ? same_zeros : zeros + j, factor);
    const Floats scale = units * Floats::load(scale_step == 0 ? same_scales : scales + j);
    (Floats::load(y + j) + value * scale).store(y + j);
  }
  for (; j < n; ++j) {
    const std::int32_t sum = at(sums, j) - at(zeros, j * zero_step) * factor;
    put(y, j, at(y, j) + static_cast<float>(sum) * (unit * at(scales, j * scale_step)));
  }
}

void unpack_i4(const std::uint8_t* packed, bool is_signed, std::size_t n, std::int8_t* q) {
  const int sign = is_signed ? 8 : 0;
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) unpack_sixteen(packed + i, sign, q + 2 * i);
  for (; i < n; ++i) {
    q[2 * i] = static_cast<std::int8_t>(((packed[i] & 15) ^ sign) - sign);
    q[2 * i + 1] = static_cast<std::int8_t>(((packed[i] >> 4) ^ sign) - sign);
  }
}

void quantize_i16(const float* x, float inverse_scale, std::size_t n, std::int16_t* q) {
  const Floats scale = Floats::splat(inverse_scale);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) store_i16(nearest(Floats::load(x + i) * scale), q + i);
  for (; i < n; ++i) {
    put(q, i, static_cast<std::int16_t>(std::nearbyint(at(x, i) * inverse_scale)));
  }
}

void widen_i8(const std::int8_t* q, std::size_t n, std::int16_t* w) {
  std::size_t i = 0;
  for (; i + Shorts::kWidth <= n; i += Shorts::kWidth) Shorts::widen(q + i).store(w + i);
  for (; i < n; ++i) put(w, i, static_cast<std::int16_t>(q[i]));
}

void axpy_i8(float a, const std::int8_t* q, std::size_t n, float* y) {
  const Floats factor = Floats::splat(a);
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (Floats::load(y + j) + factor * Floats::from_i8(q + j)).store(y + j);
  for (; j < n; ++j) put(y, j, at(y, j) + a * static_cast<float>(q[j]));
}

void axpy_f32(float a, const float* x, std::size_t n, float* y) {
  const Floats factor = Floats::splat(a);
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (Floats::load(y + j) + factor * Floats::load(x + j)).store(y + j);
  for (; j < n; ++j) put(y, j, at(y, j) + a * at(x, j));
}

void dequantize_i8(float a, const std::int8_t* q, std::size_t n, float* y) {
  const Floats factor = Floats::splat(a);
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (factor * Floats::from_i8(q + j)).store(y + j);
  for (; j < n; ++j) put(y, j, a * static_cast<float>(q[j]));
}

void multiply_f32(const float* x, std::size_t n, float* y) {
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) (Floats::load(y + j) * Floats::load(x + j)).store(y + j);
  for (; j < n; ++j) put(y, j, at(y, j) * at(x, j));
}

float dot_f32(const float* a, const float* b, std::size_t n) {
  Floats lanes = Floats::splat(0.0f);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = lanes + Floats::load(a + i) * Floats::load(b + i);
  float result = lanes.sum();
  for (; i < n; ++i) result += at(a, i) * at(b, i);
  return result;
}

void gemm_f32_rows(const float* a, const float* w, std::size_t m, std::size_t k, std::size_t n,
                   float* c) {
  // Rows of w in strips that stay in the second-level cache while the rows of a pass over them.
  const std::size_t strip = (16384 / (k + 1) + 1) * 4;
  for (std::size_t first = 0; first < n; first += strip) {
    const std::size_t end = n - first < strip ? n : first + strip;
    for (std::size_t i = 0; i < m; ++i) {
      const float* x = a + i * k;
      std::size_t j = first;
      for (; j + 4 <= end; j += 4) {
        Floats lanes[4];
        for (Floats& lane : lanes) lane = Floats::splat(0.0f);
        std::size_t l = 0;
        for (; l + 8 <= k; l += 8) {
          const Floats eight = Floats::load(x + l);
          for (std::size_t r = 0; r < 4; ++r) {
            lanes[r] = lanes[r] + Floats::load(w + (j + r) * k + l) * eight;
          }
        }
        for (std::size_t r = 0; r < 4; ++r) {
          float sum = lanes[r].sum();
          for (std::size_t rest = l; rest < k; ++rest) {
            sum += at(w, (j + r) * k + rest) * at(x, rest);
          }
          put(c, i * n + j + r, at(c, i * n + j + r) + sum);
        }
      }
      for (; j < end; ++j) put(c, i * n + j, at(c, i * n + j) + dot_f32(w + j * k, x, k));
    }
  }
}

namespace {

// A tile of c, four rows of kTileFloats * 8, which stays in registers while k runs; `b` is packed.
void multiply_tile(const float* a, std::size_t a_stride, const float* b, std::size_t k,
                   std::size_t n, float* c) {
  Floats sums[4][kTileFloats];
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t v = 0; v < kTileFloats; ++v) sums[i][v] = Floats::load(c + i * n + 8 * v);
  }
  for (std::size_t l = 0; l < k; ++l, b += 8 * kTileFloats) {
    for (std::size_t i = 0; i < 4; ++i) {
      const Floats left = Floats::splat(at(a, i * a_stride + l));
      for (std::size_t v = 0; v < kTileFloats; ++v) {
        sums[i][v] = sums[i][v] + left * Floats::load(b + 8 * v);
      }
    }
  }
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t v = 0; v < kTileFloats; ++v) sums[i][v].store(c + i * n + 8 * v);
  }
}

// y[j] += a[0] * b[0][j], then a[1] * b[1][j], ..., a[3] * b[3][j]
void axpy_four(const float* a, const float* b, std::size_t stride, std::size_t n, float* y) {
  Floats factors[4];
  for (std::size_t l = 0; l < 4; ++l) factors[l] = Floats::splat(at(a, l));
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) {
    Floats sum = Floats::load(y + j);
    for (std::size_t l = 0; l < 4; ++l) sum = sum + factors[l] * Floats::load(b + l * stride + j);
    sum.store(y + j);
  }
  for (; j < n; ++j) {
    float sum = at(y, j);
    for (std::size_t l = 0; l < 4; ++l) sum += at(a, l) * at(b, l * stride + j);
    put(y, j, sum);
  }
}

}  // namespace

void gemm_f32(const float* a, const float* b, std::size_t m, std::size_t k, std::size_t n,
              float* c) {
  constexpr std::size_t kColumns = 8 * kTileFloats;
  constexpr std::size_t kDepth = 256;
  constexpr std::size_t kStrip = 1024;
  const std::size_t tiled_rows = m - m % 4;
  const std::size_t tiled_columns = tiled_rows == 0 ? 0 : n - n % kColumns;
  for (std::size_t first = 0; first < k && tiled_columns > 0; first += kDepth) {
    const std::size_t depth = k - first < kDepth ? k - first : kDepth;
    for (std::size_t j = 0; j < tiled_columns; j += kColumns) {
      // Packed: rows of b that lie a power of two apart would share few lines of the cache.
      float packed[kDepth * kColumns];
      for (std::size_t l = 0; l < depth; ++l) {
        std::memcpy(packed + l * kColumns, b + (first + l) * n + j, kColumns * sizeof(float));
      }
      for (std::size_t i = 0; i < tiled_rows; i += 4) {
        multiply_tile(a + i * k + first, k, packed, depth, n, c + i * n + j);
      }
    }
  }
  // A row by itself reads b once, in order; c in strips that stay in the first-level cache.
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = i < tiled_rows ? tiled_columns : 0; j < n; j += kStrip) {
      const std::size_t width = n - j < kStrip ? n - j : kStrip;
      std::size_t l = 0;
      for (; l + 4 <= k; l += 4) axpy_four(a + i * k + l, b + l * n + j, n, width, c + i * n + j);
      for (; l < k; ++l) axpy_f32(at(a, i * k + l), b + l * n + j, width, c + i * n + j);
    }
  }
}

float sum_f32(const float* x, std::size_t n) {
  Floats lanes = Floats::splat(0.0f);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = lanes + Floats::load(x + i);
  float result = lanes.sum();
  for (; i < n; ++i) result += at(x, i);
  return result;
}

float max_f32(const float* x, std::size_t n) {
  float largest = -std::numeric_limits<float>::infinity();
  Floats lanes = Floats::splat(largest);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = max(Floats::load(x + i), lanes);
  if (i > 0) largest = lanes.largest();
  for (; i < n; ++i) {
    if (at(x, i) > largest) largest = at(x, i);
  }
  return largest;
}

float max_abs_f32(const float* x, std::size_t n) {
  float largest = 0.0f;
  Floats lanes = Floats::splat(largest);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = max(abs(Floats::load(x + i)), lanes);
  if (i > 0) largest = lanes.largest();
  for (; i < n; ++i) {
    if (std::fabs(at(x, i)) > largest) largest = std::fabs(at(x, i));
  }
  return largest;
}

void exp_f32(float shift, std::size_t n, float* x) {
  const Floats shifts = Floats::splat(shift);
  for_eights(n, x, [shifts](Floats eight) { return exp_eight(eight - shifts); });
}

void sigmoid_f32(std::size_t n, float* x) { for_eights(n, x, sigmoid_eight); }
void tanh_f32(std::size_t n, float* x) { for_eights(n, x, tanh_eight); }
void erf_f32(std::size_t n, float* x) { for_eights(n, x, erf_eight); }

void combine_f32(Combine how, const float* a, std::size_t step_a, const float* b,
                 std::size_t step_b, std::size_t n, float* out) {
  switch (how) {
    case Combine::kAdd:
      return combine(a, step_a, b, step_b, n, out, [](Floats x, Floats y) { return x + y; });
    case Combine::kSubtract:
      return combine(a, step_a, b, step_b, n, out, [](Floats x, Floats y) { return x - y; });
    case Combine::kMultiply:
      return combine(a, step_a, b, step_b, n, out, [](Floats x, Floats y) { return x * y; });
    case Combine::kDivide:
      return combine(a, step_a, b, step_b, n, out, [](Floats x, Floats y) { return x / y; });
    case Combine::kLarger:
      return combine(a, step_a, b, step_b, n, out, [](Floats x, Floats y) {
        return is_nan_select(y, y, select_less(x, y, y, x));
      });
    case Combine::kSmaller:
      return combine(a, step_a, b, step_b, n, out, [](Floats x, Floats y) {
        return is_nan_select(y, y, select_less(y, x, y, x));
      });
  }
}

std::size_t find_above(const float* x, std::size_t begin, std::size_t end, float threshold) {
  const Floats limit = Floats::splat(threshold);
  std::size_t i = begin;
  for (; i + 16 <= end; i += 16) {
    if (any_greater(Floats::load(x + i), Floats::load(x + i + 8), limit)) break;
  }
  for (; i < end; ++i) {
    if (at(x, i) > threshold) return i;
  }
  return end;
}
