#include "graph/tensor.h"

#include "support/checked.h"
#include "support/message.h"

namespace storewise::graph {

Shape::Shape(std::initializer_list<std::int64_t> dims) {
  for (const std::int64_t dim : dims) push_back(dim);
}

Shape::Shape(std::span<const std::int64_t> dims) {
  for (const std::int64_t dim : dims) push_back(dim);
}

void Shape::push_back(std::int64_t dim) {
  if (rank_ == kMaxRank) {
    throw_error(ErrorCode::kUnsupported, "a tensor has too many dimensions||at most %|more",
                kMaxRank);
  }
  dims_[rank_++] = dim;
}

std::size_t Shape::elements() const {
  std::size_t product = 1;
  bool fits = true;
  bool empty = false;
  for (const std::int64_t dim : dims()) {
    empty = empty || dim == 0;
    fits = fits && static_cast<std::uint64_t>(dim) <= SIZE_MAX &&
           checked_multiply(product, dim == 0 ? 1 : static_cast<std::size_t>(dim), &product);
    if (dim < 0) {
      throw_error(ErrorCode::kInvalidInput, "a tensor has a negative size|||%", *this);
    }
  }
  if (!fits || (empty && product > onnx::kMostBesideZero)) {
    throw_error(ErrorCode::kInvalidInput, "a tensor is too large|||%", *this);
  }
  return empty ? 0 : product;
}

std::string Shape::to_string() const { return message("%", *this); }

void append_to(std::string& text, const Shape& shape) {
  text += '[';
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (i > 0) text += ", ";
    text += shape[i] == -1 ? "any" : message("%", shape[i]);
  }
  text += ']';
}

void append_to(std::string& text, const TensorView& tensor) {
  text += message("% %", data_type_name(tensor.type), tensor.shape);
}

bool Shape::operator==(const Shape& other) const {
  if (rank_ != other.rank_) return false;
  for (std::size_t i = 0; i < rank_; ++i) {
    if (dims_[i] != other.dims_[i]) return false;
  }
  return true;
}

}  // namespace storewise::graph
