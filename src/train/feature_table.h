// What the trainers of trees, forests, boosted trees, support vector machines and linear models
// read: numbers by column, and one target. Plain data; who fills it says where it came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace storewise::train {

// Rows x columns of float32, the type that ONNX's ai.onnx.ml operators read: a model is trained on
// exactly the values that it will see. NaN is a missing value; only boosted trees read those.
struct FeatureTable {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<float> values;  // column after column: [columns][rows]

  std::span<const float> column(std::size_t c) const {
    return std::span(values).subspan(c * rows, rows);
  }
  float at(std::size_t row, std::size_t column) const { return values[column * rows + row]; }
  // 0 .. rows-1.
  std::vector<std::uint32_t> every_row() const {
    std::vector<std::uint32_t> all(rows);
    std::iota(all.begin(), all.end(), 0u);
    return all;
  }
};

// What a row is worth. Exactly one of `labels` (classes > 0) and `numbers` (classes == 0) is full.
struct Target {
  std::int32_t classes = 0;          // labels are 0 .. classes-1
  std::vector<std::int32_t> labels;  // [rows]
  std::vector<double> numbers;       // [rows]
};

// Rows of a table by number, in any order; a bootstrap may name one more than once.
using Rows = std::span<const std::uint32_t>;

// Called now and then from the thread that trains: phase, done, total.
using TrainingProgress =
    std::function<void(std::string_view phase, std::size_t done, std::size_t total)>;

}  // namespace storewise::train
