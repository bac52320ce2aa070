// Rewrites a float ONNX model so that its weights are int8.
//
// A weight W becomes an int8 tensor "W_quantized" and a float scale "W_scale" for each output
// channel, which a DequantizeLinear turns back into a value of the old name: who reads W, in the
// graph or in a subgraph, is not touched. Everything else in the file stays byte for byte, except
// that an opset before 13 (DequantizeLinear's axis) is raised when that changes no operator.
//
// What counts as a weight, and the channels that have a scale each:
//   MatMul, second operand       columns (the last axis); first operand: rows (the last but one)
//   Gemm, B                      columns, rows with transB; A the other way round
//   Conv, W                      output channels, axis 0; ConvTranspose, W: axis 1
//   LSTM, GRU, RNN, W and R      the hidden units of each gate, axis 1; two directions share them
//   Gather, data of rank 2 or more   the axis that it gathers along, so a table's rows
// Initializers and Constant nodes count, in subgraphs as well, and so does what Identity,
// Transpose, Reshape, Squeeze or Unsqueeze makes of one; that node is then carried out here. A
// weight that is read by several is quantised once. Readers are also looked for behind Split and
// Slice, and in the body of a Loop whose steps don't change the weight.
//
// What it refuses: to quantise biases, normalisation and whatever else is added or multiplied,
// float16 and double weights, weights in other files, and weights that stand in attributes (trees
// and support vectors of ai.onnx.ml). It runs nothing: what the rounding does to the outputs is for
// the caller to measure, who can name weights to be left.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"

namespace storewise::train {

// Bytes that a weight must save as int8; fewer are not worth a node.
inline constexpr std::int64_t kLeastSaving = 512;

struct QuantizeOptions {
  // A weight is left float when it is named in `leave`, or when `only` is not empty and does not
  // name it. Names as the report gives them.
  std::vector<std::string> leave;
  std::vector<std::string> only;
  std::int64_t least_saving = kLeastSaving;
  // Chooses each channel's scale by its squared error. False takes the largest magnitude / 127.
  bool best_scales = true;
};

struct QuantizedModel {
  std::string model;  // the ONNX file
  // {bytes_before, bytes_after, opset_before, opset,
  //  quantised: [{name, elements, axis, shape, operators, bytes_before, bytes_after, error}],
  //  left: [{name, elements, reason}], integers_before}
  // `error` is the root of the mean squared error over that of the weight itself;
  // `integers_before` counts the tensors of 8 or 4 bits that the model had already.
  Json report;
};

// Reads the JSON object {leave, only, least_saving, best_scales}. Throws Error(kInvalidInput).
QuantizeOptions parse_quantize_options(std::string_view json);

// Throws Error: kInvalidModel when `model` is no ONNX file; kUnsupported when its opset must be
// raised and an operator would then mean something else; kInvalidInput when an option names a
// weight that the model does not have.
QuantizedModel quantize_model(std::span<const std::uint8_t> model, const QuantizeOptions& options);

// Symmetric int8 of one channel: value = scale x integer, integers -127..127, half away from zero.
// Tries to clip the largest magnitudes by up to 30 % and keeps the grid with the least squared
// error; the scale is then the one that fits the integers best (least squares). Returns that scale,
// 1 when every value is 0; `out` is as long as `values`, which are finite.
float quantise_best(std::span<const float> values, std::span<std::int8_t> out);

}  // namespace storewise::train
