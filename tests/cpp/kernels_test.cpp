#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "kernels_table.h"

namespace {

const KernelTable active = this_implementation();
const KernelTable& reference = reference_kernels();

constexpr std::size_t kSizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 100, 2047, 2048, 2049, 6000};

// `n` elements that start one byte off any alignment a vector of T would have.
template <typename T>
class Unaligned {
 public:
  explicit Unaligned(const std::vector<T>& values) : bytes_(values.size() * sizeof(T) + 1) {
    if (!values.empty()) std::memcpy(bytes_.data() + 1, values.data(), values.size() * sizeof(T));
  }
  T* data() { return reinterpret_cast<T*>(bytes_.data() + 1); }
  std::vector<T> values() const {
    std::vector<T> result((bytes_.size() - 1) / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), bytes_.data() + 1, result.size() * sizeof(T));
    return result;
  }

 private:
  std::vector<unsigned char> bytes_;
};

std::vector<std::int8_t> random_i8(std::size_t n, std::mt19937& random) {
  std::uniform_int_distribution<int> any(-127, 127);
  std::vector<std::int8_t> values(n);
  for (auto& value : values) value = static_cast<std::int8_t>(any(random));
  return values;
}

std::vector<float> random_f32(std::size_t n, std::mt19937& random, float scale = 3.0f) {
  std::normal_distribution<float> any(0.0f, scale);
  std::vector<float> values(n);
  for (auto& value : values) value = any(random);
  return values;
}

// Bit for bit, NaN included.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * 4) == 0);
}

bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

}  // namespace

TEST_CASE("the kernels that were asked for are the ones that run") {
  CHECK(std::string(reference.isa_name()) == "scalar");
  CHECK(std::string(active.isa_name()) == STOREWISE_EXPECTED_ISA);
}

TEST_CASE("int8 matrix products are exact in both layouts, at every size and at the extremes") {
  std::mt19937 random(8);
  for (const auto& [m, k, n] : {std::array<std::size_t, 3>{1, 1, 1},
                                {1, 100, 37},
                                {2, 7, 16},
                                {3, 8, 4},
                                {5, 31, 33},
                                {1, 16, 3},
                                {4, 0, 20},
                                {0, 5, 20},
                                {2, 17, 0},
                                {7, 129, 50},
                                {4, 16, 16},
                                {5, 301, 37},
                                {6, 513, 48}}) {
    CAPTURE(m, k, n);
    const auto most = static_cast<int>(std::min<std::size_t>(32767, 16777215 / (k + 1)));
    std::uniform_int_distribution<int> any(-most, most);
    std::vector<std::int16_t> x(m * (k + 3));
    for (auto& value : x) value = static_cast<std::int16_t>(any(random));
    for (std::size_t l = 0; l < k && m > 0; ++l) x[l] = static_cast<std::int16_t>(most);
    auto weights = random_i8((n + 2) * (k + 2), random);
    for (std::size_t i = 0; i < weights.size(); i += 3) weights[i] = -128;
    Unaligned<std::int8_t> q(weights);
    std::vector<std::int32_t> ours(m * (n + 1), 5), theirs(m * (n + 1), 5);
    active.gemm_i8_rows(x.data(), k + 3, q.data(), k + 2, m, k, n, ours.data(), n + 1);
    reference.gemm_i8_rows(x.data(), k + 3, q.data(), k + 2, m, k, n, theirs.data(), n + 1);
    CHECK(ours == theirs);
    const std::vector<std::int16_t> wide(weights.begin(), weights.end());
    active.gemm_i16_rows(x.data(), k + 3, wide.data(), k + 2, m, k, n, ours.data(), n + 1);
    CHECK(ours == theirs);
    reference.gemm_i16_rows(x.data(), k + 3, wide.data(), k + 2, m, k, n, theirs.data(), n + 1);
    CHECK(ours == theirs);
    active.gemm_i8_columns(x.data(), k + 3, q.data(), n + 2, m, k, n, ours.data(), n + 1);
    reference.gemm_i8_columns(x.data(), k + 3, q.data(), n + 2, m, k, n, theirs.data(), n + 1);
    CHECK(ours == theirs);
    if (m == 0 || n == 0) continue;
    std::int32_t expected = 0;
    for (std::size_t l = 0; l < k; ++l) expected += x[l] * weights[l * (n + 2) + n - 1];
    CHECK(ours[n - 1] == expected);
  }
}

TEST_CASE("integer sums become real numbers alike, with one zero point and scale or many") {
  std::mt19937 random(9);
  for (const std::size_t n : kSizes) {
    CAPTURE(n);
    std::vector<std::int32_t> sums(n + 1), zeros(n + 1);
    for (auto& sum : sums) sum = static_cast<std::int32_t>(random() >> 2);
    for (auto& zero : zeros) zero = static_cast<std::int32_t>(random() % 256);
    Unaligned<float> scales(random_f32(n + 1, random));
    const auto start = random_f32(n, random);
    for (const std::size_t step : {std::size_t{0}, std::size_t{1}}) {
      Unaligned<float> ours(start), theirs(start);
      active.add_scaled_i32(sums.data(), zeros.data(), step, -77, 0.01f, scales.data(), 1 - step, n,
                            ours.data());
      reference.add_scaled_i32(sums.data(), zeros.data(), step, -77, 0.01f, scales.data(), 1 - step,
                               n, theirs.data());
      CHECK(same_bits(ours.values(), theirs.values()));
    }
  }
}

TEST_CASE("half bytes are unpacked the low one first, signed and unsigned") {
  std::vector<std::uint8_t> packed(49);
  for (std::size_t i = 0; i < packed.size(); ++i) packed[i] = static_cast<std::uint8_t>(i * 37 + 5);
  for (const bool is_signed : {false, true}) {
    std::vector<std::int8_t> ours(98), theirs(98);
    active.unpack_i4(packed.data(), is_signed, packed.size(), ours.data());
    reference.unpack_i4(packed.data(), is_signed, packed.size(), theirs.data());
    CHECK(ours == theirs);
    CHECK(ours[0] == 5);
    CHECK(ours[10] == (is_signed ? -2 : 14));  // 5 * 37 + 5 = 0xbe
    CHECK(ours[11] == (is_signed ? -5 : 11));
  }
}

TEST_CASE("a float matrix of rows gives each row's dot product, bit for bit") {
  std::mt19937 random(10);
  for (const auto& [m, k, n] : {std::array<std::size_t, 3>{1, 1, 1},
                                {3, 5, 17},
                                {2, 0, 4},
                                {0, 3, 3},
                                {2, 33, 1026},
                                {1, 8, 7}}) {
    Unaligned<float> a(random_f32(m * k, random)), w(random_f32(n * k, random));
    Unaligned<float> ours(std::vector<float>(m * n, 0.5f)), theirs(std::vector<float>(m * n, 0.5f));
    active.gemm_f32_rows(a.data(), w.data(), m, k, n, ours.data());
    reference.gemm_f32_rows(a.data(), w.data(), m, k, n, theirs.data());
    CHECK(same_bits(ours.values(), theirs.values()));
    if (n > 0 && m > 0) {
      CHECK(ours.values()[n - 1] == 0.5f + reference.dot_f32(a.data(), w.data() + (n - 1) * k, k));
    }
  }
}

TEST_CASE("elementwise float kernels agree bit for bit at every size and unaligned") {
  std::mt19937 random(4);
  for (const std::size_t n : kSizes) {
    CAPTURE(n);
    const auto start = random_f32(n, random);
    auto extreme = random_i8(n, random);
    if (n > 1) extreme[n - 1] = 127, extreme[n / 2] = -127;
    Unaligned<std::int8_t> q(extreme);
    Unaligned<float> x(random_f32(n, random));
    const auto check = [&](auto&& apply) {
      Unaligned<float> ours(start), theirs(start);
      apply(active, ours.data());
      apply(reference, theirs.data());
      CHECK(same_bits(ours.values(), theirs.values()));
    };
    check([&](const KernelTable& k, float* y) { k.axpy_i8(0.37f, q.data(), n, y); });
    check([&](const KernelTable& k, float* y) { k.axpy_f32(-1.7f, x.data(), n, y); });
    check([&](const KernelTable& k, float* y) { k.dequantize_i8(0.01f, q.data(), n, y); });
    check([&](const KernelTable& k, float* y) { k.multiply_f32(x.data(), n, y); });
    check([&](const KernelTable& k, float* y) { k.exp_f32(0.25f, n, y); });
    check([&](const KernelTable& k, float* y) { k.softmax_f32(n, y); });
    check([&](const KernelTable& k, float* y) { k.sigmoid_f32(n, y); });
    check([&](const KernelTable& k, float* y) { k.tanh_f32(n, y); });
    check([&](const KernelTable& k, float* y) { k.erf_f32(n, y); });

    Unaligned<std::int16_t> ours(std::vector<std::int16_t>(n, 1));
    Unaligned<std::int16_t> theirs(std::vector<std::int16_t>(n, 2));
    active.quantize_i16(x.data(), 100.5f, n, ours.data());
    reference.quantize_i16(x.data(), 100.5f, n, theirs.data());
    CHECK(ours.values() == theirs.values());
    active.widen_i8(q.data(), n, ours.data());
    reference.widen_i8(q.data(), n, theirs.data());
    CHECK(ours.values() == theirs.values());
  }
}

TEST_CASE("axpy adds exactly a times q") {
  const std::vector<std::int8_t> q = {1, -2, 127, -127, 0, 5, 6, 7, 8, 9};
  std::vector<float> y(10, 1.0f);
  active.axpy_i8(2.0f, q.data(), q.size(), y.data());
  CHECK(y == std::vector<float>{3, -3, 255, -253, 1, 11, 13, 15, 17, 19});
}

TEST_CASE("float reductions agree bit for bit and stay near a sum in double") {
  std::mt19937 random(5);
  for (const std::size_t n : kSizes) {
    CAPTURE(n);
    Unaligned<float> a(random_f32(n, random)), b(random_f32(n, random));
    CHECK(
        same_bits(active.dot_f32(a.data(), b.data(), n), reference.dot_f32(a.data(), b.data(), n)));
    CHECK(same_bits(active.sum_f32(a.data(), n), reference.sum_f32(a.data(), n)));
    CHECK(same_bits(active.max_f32(a.data(), n), reference.max_f32(a.data(), n)));
    CHECK(same_bits(active.max_abs_f32(a.data(), n), reference.max_abs_f32(a.data(), n)));
    double sum = 0, magnitude = 0;
    const auto left = a.values(), right = b.values();
    for (std::size_t i = 0; i < n; ++i) {
      sum += double(left[i]) * right[i];
      magnitude += std::fabs(double(left[i]) * right[i]);
    }
    CHECK(std::fabs(active.dot_f32(a.data(), b.data(), n) - sum) <=
          magnitude * static_cast<double>(n) * 6e-8);
  }
  CHECK(active.max_f32(nullptr, 0) == -std::numeric_limits<float>::infinity());
  CHECK(active.max_abs_f32(nullptr, 0) == 0.0f);
}

TEST_CASE("exp stays within its stated error, saturates and passes NaN on") {
  std::vector<float> x;
  for (float value = -87.0f; value < 88.0f; value += 0.0137f) x.push_back(value);
  std::vector<float> y = x;
  active.exp_f32(0.0f, y.size(), y.data());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    worst = std::max(worst, std::fabs(y[i] / std::exp(double(x[i])) - 1.0));
  }
  CHECK(worst < 3e-7);
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> edge = {-infinity, -100.0f, 0.0f, 100.0f, infinity, NAN};
  active.exp_f32(0.0f, edge.size(), edge.data());
  CHECK(edge[0] == 0.0f);
  CHECK(edge[1] == 0.0f);
  CHECK(edge[2] == 1.0f);
  CHECK(edge[3] == edge[4]);
  CHECK(std::isfinite(edge[4]));
  CHECK(std::isnan(edge[5]));
}

TEST_CASE("sigmoid, tanh and erf stay within their stated errors, saturate and pass NaN on") {
  std::vector<float> x;
  for (float value = -20.0f; value < 20.0f; value += 0.00137f) x.push_back(value);
  for (float value = 1e-6f; value < 1.0f; value *= 1.1f) x.push_back(value);
  const auto worst = [&](auto kernel, double (*exact)(double)) {
    std::vector<float> y = x;
    kernel(y.size(), y.data());
    double error = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      error = std::max(error, std::fabs(y[i] / exact(double(x[i])) - 1.0));
    }
    return error;
  };
  CHECK(worst(active.sigmoid_f32, [](double v) { return 1 / (1 + std::exp(-v)); }) < 5e-7);
  CHECK(worst(active.tanh_f32, [](double v) { return std::tanh(v); }) < 2e-7);
  CHECK(worst(active.erf_f32, [](double v) { return std::erf(v); }) < 4e-7);
  const float infinity = std::numeric_limits<float>::infinity();
  for (const auto kernel : {active.sigmoid_f32, active.tanh_f32, active.erf_f32}) {
    std::vector<float> edge = {-infinity, -1e30f, 0.0f, 1e30f, infinity, NAN};
    kernel(edge.size(), edge.data());
    const bool odd = kernel != active.sigmoid_f32;
    CHECK(std::fabs(edge[0] - (odd ? -1.0f : 0.0f)) < 1e-38f);
    CHECK(edge[0] == edge[1]);
    CHECK(edge[2] == (odd ? 0.0f : 0.5f));
    CHECK(edge[3] == 1.0f);
    CHECK(edge[4] == 1.0f);
    CHECK(std::isnan(edge[5]));
  }
}

TEST_CASE("two lists, or a list and a number, are combined alike everywhere") {
  using storewise::kernels::Combine;
  std::mt19937 random(8);
  const float extremes[] = {NAN, 0.0f, -0.0f, std::numeric_limits<float>::infinity(), 1e38f};
  for (const std::size_t n : kSizes) {
    auto left = random_f32(n, random), right = random_f32(n, random);
    for (std::size_t i = 0; i < n; i += 5) left[i] = extremes[i / 5 % 5];
    for (std::size_t i = 0; i < n; i += 7) right[i] = extremes[i / 7 % 5];
    Unaligned<float> a(left), b(right);
    for (const Combine how : {Combine::kAdd, Combine::kSubtract, Combine::kMultiply,
                              Combine::kDivide, Combine::kLarger, Combine::kSmaller}) {
      for (std::size_t steps = 0; steps < 4; ++steps) {
        CAPTURE(n, static_cast<int>(how), steps);
        Unaligned<float> ours(std::vector<float>(n, 1)), theirs(std::vector<float>(n, 2));
        active.combine_f32(how, a.data(), steps & 1, b.data(), steps >> 1, n, ours.data());
        reference.combine_f32(how, a.data(), steps & 1, b.data(), steps >> 1, n, theirs.data());
        const auto found = ours.values(), expected = theirs.values();
        for (std::size_t i = 0; i < n; ++i) {  // NaN's own bits are left to the machine
          if (!std::isnan(expected[i]) || !std::isnan(found[i])) {
            CHECK(same_bits(found[i], expected[i]));
          }
        }
      }
    }
  }
  const std::vector<float> a = {1, 5, NAN, 2}, b = {3, 4, 1, NAN};
  std::vector<float> out(4);
  active.combine_f32(Combine::kLarger, a.data(), 1, b.data(), 1, 4, out.data());
  CHECK((out[0] == 3 && out[1] == 5 && std::isnan(out[2]) && std::isnan(out[3])));
  active.combine_f32(Combine::kSmaller, a.data(), 1, b.data(), 1, 4, out.data());
  CHECK((out[0] == 1 && out[1] == 4 && std::isnan(out[2]) && std::isnan(out[3])));
}

TEST_CASE("softmax sums to one and withstands large values") {
  std::vector<float> x = {1000.0f, 999.0f, -1000.0f};
  active.softmax_f32(x.size(), x.data());
  CHECK(std::fabs(x[0] - 0.7310586f) < 1e-6f);
  CHECK(std::fabs(x[1] - 0.2689414f) < 1e-6f);
  CHECK(x[2] == 0.0f);
}

TEST_CASE("gemm agrees bit for bit with the reference and with a plain triple loop") {
  std::mt19937 random(6);
  for (const auto& [m, k, n] : {std::array<std::size_t, 3>{1, 1, 1},
                                {3, 5, 17},
                                {2, 0, 4},
                                {0, 3, 3},
                                {4, 7, 1500},
                                {9, 300, 41},
                                {5, 6, 16},
                                {1, 33, 1024}}) {
    Unaligned<float> a(random_f32(m * k, random)), b(random_f32(k * n, random));
    Unaligned<float> ours(std::vector<float>(m * n, 0.5f)), theirs(std::vector<float>(m * n, 0.5f));
    active.gemm_f32(a.data(), b.data(), m, k, n, ours.data());
    reference.gemm_f32(a.data(), b.data(), m, k, n, theirs.data());
    CHECK(same_bits(ours.values(), theirs.values()));
    const auto left = a.values(), right = b.values();
    std::vector<float> plain(m * n, 0.5f);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t l = 0; l < k; ++l) {
        for (std::size_t j = 0; j < n; ++j) plain[i * n + j] += left[i * k + l] * right[l * n + j];
      }
    }
    CHECK(same_bits(ours.values(), plain));
  }
}

TEST_CASE("find_above finds the first greater element wherever it lies, and skips NaN") {
  for (const std::size_t n : kSizes) {
    CAPTURE(n);
    std::vector<float> x(n, 1.0f);
    CHECK(active.find_above(x.data(), 0, n, 1.0f) == n);
    for (const std::size_t where : {std::size_t{0}, n / 2, n - 1}) {
      if (n == 0) continue;
      std::vector<float> one(n, NAN);
      one[where] = 2.0f;
      CHECK(active.find_above(one.data(), 0, n, 1.0f) == where);
      CHECK(active.find_above(one.data(), where + 1, n, 1.0f) == n);
    }
  }
}

TEST_CASE("top_k agrees with a full stable sort, with ties, NaN and k beyond n") {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> few(0, 20);
  for (const std::size_t n : kSizes) {
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{20}, n}) {
      CAPTURE(n, k);
      std::vector<float> x(n);
      for (auto& value : x) value = static_cast<float>(few(random));
      if (n > 3) x[3] = NAN;
      std::vector<std::uint32_t> expected;
      for (std::uint32_t i = 0; i < n; ++i) {
        if (!std::isnan(x[i])) expected.push_back(i);
      }
      std::stable_sort(expected.begin(), expected.end(),
                       [&](auto a, auto b) { return x[a] > x[b]; });
      if (expected.size() > k) expected.resize(k);
      std::vector<std::uint32_t> found(std::min(n, k));
      found.resize(active.top_k_f32(x.data(), n, k, found.data()));
      CHECK(found == expected);
    }
  }
}
