#include "ops/ml_common.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "support/real.h"

namespace storewise::ops {
namespace {

float logistic(float x) {
  const float y = 1.0f / (1.0f + static_cast<float>(real::exp(-std::fabs(static_cast<double>(x)))));
  return x < 0 ? 1.0f - y : y;
}

// The inverse of the normal distribution, by Winitzki's approximation of the inverse error
// function ("A handy approximation for the error function and its inverse", 2008).
float probit(float x) {
  const float y = 2.0f * x - 1.0f;
  const auto log = static_cast<float>(real::log(static_cast<double>((1.0f - y) * (1.0f + y))));
  const float a = 2.0f / (3.14159265f * 0.147f) + 0.5f * log;
  const float root = std::sqrt(std::sqrt(a * a - log / 0.147f) - a);
  return 1.41421356f * (y < 0 ? -root : root);
}

// Softmax over the scores that are not zero; zeros stay.
void softmax_zero(std::size_t n, float* scores) {
  const float largest = kernels::max_f32(scores, n);
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (std::fabs(scores[i]) <= 1e-7f) continue;
    scores[i] = static_cast<float>(real::exp(static_cast<double>(scores[i] - largest)));
    sum += scores[i];
  }
  for (std::size_t i = 0; sum > 0 && i < n; ++i) scores[i] /= sum;
}

}  // namespace

template <typename T>
Rows<T> read_rows(Invocation& invocation, std::size_t extra) {
  const TensorView& x = invocation.input(0);
  const std::size_t rank = x.shape.rank();
  if (rank == 0 || rank > 2) invocation.fail_shape(0, "a row or rows of features");
  Rows<T> rows;
  rows.rows = rank == 1 ? 1 : static_cast<std::size_t>(x.shape[0]);
  rows.columns = static_cast<std::size_t>(x.shape[rank - 1]);
  const std::size_t n = x.shape.elements();
  rows.data = static_cast<T*>(invocation.scratch((n + extra) * sizeof(T)));
  rows.extra = rows.data + n;
  if (x.type == (std::is_same_v<T, float> ? DataType::kFloat : DataType::kDouble)) {
    copy_bytes(rows.data, x.data, n * sizeof(T));
    return rows;
  }
  constexpr std::size_t kPiece = 128;
  double piece[kPiece];
  for (std::size_t start = 0; start < n; start += kPiece) {
    const std::size_t count = std::min(kPiece, n - start);
    onnx::load_numbers(x.type, x.data, start, count, piece);
    for (std::size_t i = 0; i < count; ++i) rows.data[start + i] = static_cast<T>(piece[i]);
  }
  return rows;
}
template Rows<float> read_rows<float>(Invocation&, std::size_t);
template Rows<double> read_rows<double>(Invocation&, std::size_t);

bool transform_named(std::string_view name, Transform* transform) {
  const int place = word_place(name, "NONE SOFTMAX LOGISTIC SOFTMAX_ZERO PROBIT");
  *transform = static_cast<Transform>(place);
  return place >= 0;
}

Transform transform_of(const Invocation& invocation) {
  Transform transform = Transform::kNone;
  const std::string_view name = invocation.attribute("post_transform", "NONE");
  if (!transform_named(name, &transform)) {
    invocation.fail("post_transform NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT|\"%\"", name);
  }
  return transform;
}

void apply(Transform transform, std::size_t n, float* scores) {
  if (n == 1 && transform != Transform::kProbit) return;
  if (transform == Transform::kSoftmax) return kernels::softmax_f32(n, scores);
  if (transform == Transform::kSoftmaxZero) return softmax_zero(n, scores);
  for (std::size_t i = 0; i < n; ++i) {
    if (transform == Transform::kLogistic) scores[i] = logistic(scores[i]);
    if (transform == Transform::kProbit) scores[i] = probit(scores[i]);
  }
}

void apply_binary(Transform transform, bool complement, float score, float* two) {
  const bool both_signs = transform == Transform::kLogistic;
  two[0] = both_signs ? logistic(-score) : complement ? 1.0f - score : -score;
  two[1] = both_signs ? logistic(score) : score;
  if (transform != Transform::kProbit) return;
  two[1] = probit(score);
  two[0] = 1.0f - two[1];
}

Labels::Labels(const Invocation& invocation) {
  for (const onnx::AttributeRef& attribute : invocation.node().attributes) {
    if (!attribute.name.starts_with("classlabels")) continue;
    if (!attribute.ints.empty()) ints_ = attribute.ints;
    if (!attribute.strings.empty()) texts_ = attribute.strings;
  }
}

void Labels::write(void* out, std::size_t i, std::size_t index) const {
  if (!texts_.empty()) {
    static_cast<std::string_view*>(out)[i] = index < texts_.size() ? texts_[index] : "";
  } else {
    static_cast<std::int64_t*>(out)[i] =
        index < ints_.size() ? ints_[index] : static_cast<std::int64_t>(index);
  }
}

// Heapsort. What is in order already, as most lists in files are, stays.
void sort_indices(std::uint32_t* order, std::size_t n, const void* context,
                  bool (*less)(const void* context, std::uint32_t a, std::uint32_t b)) {
  bool sorted = true;
  for (std::size_t i = 0; i < n; ++i) {
    order[i] = static_cast<std::uint32_t>(i);
    sorted = sorted && (i == 0 || less(context, order[i - 1], order[i]));
  }
  if (sorted) return;
  std::size_t top = n / 2;  // from here on, no element is less than those below it in the heap
  for (std::size_t end = n; end > 1;) {
    if (top > 0) {
      --top;
    } else {
      std::swap(order[0], order[--end]);
    }
    for (std::size_t at = top;;) {
      std::size_t child = 2 * at + 1;
      if (child >= end) break;
      if (child + 1 < end && less(context, order[child], order[child + 1])) ++child;
      if (!less(context, order[at], order[child])) break;
      std::swap(order[at], order[child]);
      at = child;
    }
  }
}

std::size_t index_of_largest(const float* scores, std::size_t n) {
  return static_cast<std::size_t>(std::max_element(scores, scores + n) - scores);
}

}  // namespace storewise::ops
