#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
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

TEST_CASE("int8 dot products are exact at every size, at the extremes and unaligned") {
  std::mt19937 random(1);
  for (const std::size_t n : kSizes) {
    CAPTURE(n);
    Unaligned<std::int8_t> a(random_i8(n, random)), b(random_i8(n, random));
    CHECK(active.dot_i8(a.data(), b.data(), n) == reference.dot_i8(a.data(), b.data(), n));
    Unaligned<std::int8_t> most(std::vector<std::int8_t>(n, 127));
    Unaligned<std::int8_t> least(std::vector<std::int8_t>(n, -127));
    const auto expected = static_cast<std::int32_t>(n) * 127 * 127;
    CHECK(active.dot_i8(most.data(), most.data(), n) == expected);
    CHECK(active.dot_i8(least.data(), least.data(), n) == expected);
    CHECK(active.dot_i8(most.data(), least.data(), n) == -expected);
  }
}

TEST_CASE("int8 by int16 dot products are exact beyond the range of int32") {
  std::mt19937 random(2);
  std::uniform_int_distribution<int> any(-32767, 32767);
  for (const std::size_t n : kSizes) {
    CAPTURE(n);
    std::vector<std::int16_t> x(n);
    for (auto& value : x) value = static_cast<std::int16_t>(any(random));
    Unaligned<std::int8_t> q(random_i8(n, random));
    Unaligned<std::int16_t> activations(x);
    CHECK(active.dot_i8_i16(q.data(), activations.data(), n) ==
          reference.dot_i8_i16(q.data(), activations.data(), n));
    Unaligned<std::int8_t> most(std::vector<std::int8_t>(n, -127));
    Unaligned<std::int16_t> top(std::vector<std::int16_t>(n, 32767));
    CHECK(active.dot_i8_i16(most.data(), top.data(), n) ==
          -std::int64_t{127} * 32767 * static_cast<std::int64_t>(n));
  }
}

TEST_CASE("a matrix of int8 rows by a vector gives each row's product") {
  std::mt19937 random(3);
  for (const std::size_t columns : {std::size_t{0}, std::size_t{3}, std::size_t{100}}) {
    const std::size_t rows = 5;
    Unaligned<std::int8_t> q(random_i8(rows * columns, random));
    std::vector<std::int16_t> x(columns);
    std::iota(x.begin(), x.end(), std::int16_t{-50});
    Unaligned<float> ours(std::vector<float>(rows, 9.0f)), theirs(std::vector<float>(rows, 8.0f));
    active.gemv_i8_i16(q.data(), x.data(), rows, columns, ours.data());
    reference.gemv_i8_i16(q.data(), x.data(), rows, columns, theirs.data());
    CHECK(same_bits(ours.values(), theirs.values()));
    for (std::size_t r = 0; r < rows; ++r) {
      float expected = 0;
      for (std::size_t c = 0; c < columns; ++c) {
        expected += static_cast<float>(q.data()[r * columns + c] * x[c]);
      }
      CHECK(ours.values()[r] == expected);
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

    Unaligned<std::int16_t> ours(std::vector<std::int16_t>(n, 1));
    Unaligned<std::int16_t> theirs(std::vector<std::int16_t>(n, 2));
    active.quantize_i16(x.data(), 100.5f, n, ours.data());
    reference.quantize_i16(x.data(), 100.5f, n, theirs.data());
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
