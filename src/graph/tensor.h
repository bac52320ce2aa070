// Typed views of tensors: an element type, a shape, and memory that somebody else owns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "onnx/types.h"

namespace storewise::graph {

// The types themselves belong to the file format; everybody right of it finds them here.
using onnx::data_type_name;
using onnx::DataType;
using onnx::element_size;
using onnx::storage_bytes;

inline constexpr std::size_t kMaxRank = 8;

// Up to kMaxRank dimensions. In the declared shape of a model's input, -1 stands for any size.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims);
  explicit Shape(std::span<const std::int64_t> dims);  // throws Error(kUnsupported) above kMaxRank

  std::size_t rank() const { return rank_; }
  std::int64_t operator[](std::size_t i) const { return dims_[i]; }
  std::span<const std::int64_t> dims() const { return {dims_.data(), rank_}; }
  void push_back(std::int64_t dim);
  // Number of elements; throws Error(kInvalidInput) when the product overflows, a size is negative,
  // or one is 0 and the others exceed kMostBesideZero.
  std::size_t elements() const;
  // "[2, 3]"
  std::string to_string() const;
  bool operator==(const Shape& other) const;

 private:
  std::array<std::int64_t, kMaxRank> dims_{};
  std::size_t rank_ = 0;
};

// Write "[2, 3]" and "float [2, 3]" into a message.
void append_to(std::string& text, const Shape& shape);
struct TensorView;
void append_to(std::string& text, const TensorView& tensor);

// Row-major elements in memory owned by somebody else; valid as long as the owner says.
// `data` is aligned to element_size(type) except for initializers, which lie in the model file as
// they are: readers of those use memcpy or byte loads.
struct TensorView {
  DataType type = DataType::kUndefined;
  Shape shape;
  const void* data = nullptr;

  std::size_t bytes() const { return storage_bytes(type, shape.elements()); }
  template <typename T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
};

}  // namespace storewise::graph
