// What ai.onnx.ml's models share: rows of numbers, class labels, and the functions that turn
// scores into probabilities. Where the specification is silent, ONNX Runtime's way is followed,
// because that is what exporters test against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ops/common.h"

namespace storewise::ops {

// Input 0 as numbers in scratch memory: [rows][columns]; a vector is one row. `extra` more numbers
// behind them are the caller's.
template <typename T>
struct Rows {
  std::size_t rows = 0;
  std::size_t columns = 0;
  T* data = nullptr;
  T* extra = nullptr;
};
template <typename T>
Rows<T> read_rows(Invocation& invocation, std::size_t extra);

enum class Transform : std::uint8_t { kNone, kSoftmax, kLogistic, kSoftmaxZero, kProbit };
// By its name; false when there is no such transform.
bool transform_named(std::string_view name, Transform* transform);
// By its name in the attribute; fails at the node for another.
Transform transform_of(const Invocation& invocation);

// Applies it to one row of scores. A score that stands alone is changed by kProbit only, as ONNX
// Runtime has it.
void apply(Transform transform, std::size_t n, float* scores);
// The scores of two classes from the one that a binary model has: `complement` makes the other
// 1 - score, else it is -score; a logistic one is the function of both signs.
void apply_binary(Transform transform, bool complement, float score, float* two);

// The class labels of a classifier: int64s or strings, whichever the node lists.
class Labels {
 public:
  explicit Labels(const Invocation& invocation);
  std::size_t size() const { return ints_.empty() ? texts_.size() : ints_.size(); }
  // Writes label `index` as element i of output 0; without labels, the index itself.
  void write(void* out, std::size_t i, std::size_t index) const;

 private:
  std::span<const std::int64_t> ints_;
  std::span<const std::string_view> texts_;
};

// Makes order[0, n) the numbers 0 to n - 1, sorted so that less(context, a, b) holds for
// neighbours; less is a strict order without ties. At most about 2 n log n comparisons, whatever
// they say.
void sort_indices(std::uint32_t* order, std::size_t n, const void* context,
                  bool (*less)(const void* context, std::uint32_t a, std::uint32_t b));

std::size_t index_of_largest(const float* scores, std::size_t n);

}  // namespace storewise::ops
