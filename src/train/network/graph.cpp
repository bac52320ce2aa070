#include "train/network/graph.h"

#include <array>

#include "support/message.h"
#include "train/network/recurrent.h"
#include "train/quantize_model.h"

namespace storewise::train::network {
namespace {

using onnx::DataType;

constexpr std::int64_t kBool = 9;  // ONNX's numbers of types, for Cast
constexpr std::int64_t kInt32 = 6;
constexpr std::int64_t kFloat = 1;

std::int64_t size_of(std::size_t n) { return static_cast<std::int64_t>(n); }

// By element of a tensor of `dims`: its place in an array that the steps lead through.
std::vector<std::uint32_t> strided(const std::vector<std::size_t>& dims,
                                   const std::vector<std::size_t>& steps) {
  std::vector<std::uint32_t> places{0};
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    std::vector<std::uint32_t> finer;
    finer.reserve(places.size() * dims[axis]);
    for (const std::uint32_t place : places) {
      for (std::size_t i = 0; i < dims[axis]; ++i) {
        finer.push_back(static_cast<std::uint32_t>(place + i * steps[axis]));
      }
    }
    places = std::move(finer);
  }
  return places;
}

}  // namespace

void round_weights(Parameter& parameter) {
  const std::size_t channels = parameter.channels;
  const std::int64_t saved = 3 * size_of(parameter.values.size()) - 4 * size_of(channels);
  if (channels == 0 || saved < kLeastSaving) return;
  const std::size_t inner = parameter.inner;
  const std::size_t outer = parameter.values.size() / channels / inner;
  parameter.integers.resize(parameter.values.size());
  parameter.scales.resize(channels);
  std::vector<float> channel(outer * inner);
  std::vector<std::int8_t> rounded(outer * inner);
  for (std::size_t c = 0; c < channels; ++c) {
    const auto place = [&](std::size_t i) {
      return (i / inner * channels + c) * inner + i % inner;
    };
    for (std::size_t i = 0; i < channel.size(); ++i) channel[i] = parameter.values[place(i)];
    parameter.scales[c] = quantise_best(channel, rounded);
    for (std::size_t i = 0; i < channel.size(); ++i) {
      parameter.integers[place(i)] = rounded[i];
      parameter.values[place(i)] = parameter.scales[c] * static_cast<float>(rounded[i]);
    }
  }
}

// ---- values

std::string Graph::fresh() { return message("#n%", ++values_); }

std::string Graph::node(std::string_view op, const std::vector<std::string_view>& inputs,
                        const std::vector<onnx::Attribute>& attributes, std::string_view domain) {
  std::string name = fresh();
  writer_.add_node(op, inputs, {name}, attributes, domain);
  return name;
}

std::string Graph::second_of(std::string_view op, const std::vector<std::string_view>& inputs,
                             const std::vector<onnx::Attribute>& attributes) {
  std::string name = fresh();
  writer_.add_node(op, inputs, {"", name}, attributes);
  return name;
}

std::string Graph::floats(const std::vector<float>& values) {
  std::string name = fresh();
  writer_.add_initializer(name, DataType::kFloat, {size_of(values.size())}, onnx::bytes_of(values));
  return name;
}

std::string Graph::integers(const std::vector<std::int64_t>& values) {
  std::string name = fresh();
  writer_.add_initializer(name, DataType::kInt64, {size_of(values.size())}, onnx::bytes_of(values));
  return name;
}

std::string Graph::weights(const Parameter& parameter, const std::vector<std::int64_t>& dims,
                           std::int64_t axis, const std::vector<std::uint32_t>& source) {
  std::string name = message("#% %", parameter.name, ++values_);
  if (parameter.integers.empty()) {
    std::vector<float> values;
    values.reserve(source.size());
    for (const std::uint32_t from : source) values.push_back(parameter.values[from]);
    writer_.add_initializer(name, DataType::kFloat, dims, onnx::bytes_of(values));
    return name;
  }
  std::vector<std::int8_t> values;
  values.reserve(source.size());
  for (const std::uint32_t from : source) values.push_back(parameter.integers[from]);
  const std::string integers = name + "_q";
  const std::string scales = name + "_scale";
  writer_.add_initializer(integers, DataType::kInt8, dims, onnx::bytes_of(values));
  writer_.add_initializer(scales, DataType::kFloat, {size_of(parameter.scales.size())},
                          onnx::bytes_of(parameter.scales));
  writer_.add_node("DequantizeLinear", {integers, scales}, {name}, {{"axis", axis}});
  return name;
}

// ---- words

void Graph::add_words(const char* name, const std::vector<std::string>& known, std::size_t most) {
  writer_.add_opset("ai.onnx.ml", 3);
  writer_.add_input(name, DataType::kString, {"n", name});
  std::vector<std::string> keys{""};
  std::vector<std::int64_t> numbers{0};
  for (const std::string& word : known) {
    keys.push_back(word);
    numbers.push_back(size_of(numbers.size()) + 1);
  }
  const std::string all = node(
      "LabelEncoder", {name},
      {{"keys_strings", keys}, {"values_int64s", numbers}, {"default_int64", 1}}, "ai.onnx.ml");
  const std::string first = integers({0});
  const std::string end = integers({size_of(most)});
  const std::string axis = integers({1});
  words_ = node("Slice", {all, first, end, axis});
}

const std::string& Graph::lengths() {
  if (lengths_.empty()) {
    const std::string is_word = node("Cast", {words_}, {{"to", kBool}});
    const std::string ones = node("Cast", {is_word}, {{"to", kInt32}});
    const std::string axis = integers({1});
    const std::string count = node("ReduceSum", {ones, axis}, {{"keepdims", 0}});
    const std::array<std::int32_t, 1> one{1};
    const std::string least = fresh();
    writer_.add_initializer(least, DataType::kInt32, {1}, onnx::bytes_of(one));
    lengths_ = node("Max", {count, least});
  }
  return lengths_;
}

const std::string& Graph::present() {
  if (present_.empty()) {
    const std::string is_word = node("Cast", {words_}, {{"to", kBool}});
    const std::string ones = node("Cast", {is_word}, {{"to", kFloat}});
    const std::string axis = integers({1});
    present_ = node("Unsqueeze", {ones, axis});
  }
  return present_;
}

// ---- answers

void add_label(onnx::ModelWriter& writer, std::string_view probabilities, std::string_view label,
               const std::vector<std::string>& classes) {
  std::vector<std::int64_t> numbers;
  for (std::size_t c = 0; c < classes.size(); ++c) numbers.push_back(static_cast<std::int64_t>(c));
  writer.add_opset("ai.onnx.ml", 3);
  writer.add_node("ArgMax", {probabilities}, {"#class"}, {{"axis", 1}, {"keepdims", 0}});
  writer.add_node("LabelEncoder", {"#class"}, {label},
                  {{"keys_int64s", numbers}, {"values_strings", classes}}, "ai.onnx.ml");
}

// ---- layers; pictures are [n, channels, height, width] here, texts [n, words, values] between an
// embedding and what reads it, [n, values, words] behind a convolution

std::string Dense::write(Graph& graph, const std::string& input) const {
  std::string values = input;
  if (height_ * width_ > 1) values = graph.node("Flatten", {input}, {{"axis", 1}});
  const std::string weights =
      graph.weights(weights_, {size_of(inputs_), size_of(outputs_)}, 1,
                    strided({channels_, height_, width_, outputs_},
                            {outputs_, width_ * channels_ * outputs_, channels_ * outputs_, 1}));
  const std::string sums = graph.node("Gemm", {values, weights, graph.floats(bias_.values)});
  return relu_ ? graph.node("Relu", {sums}) : sums;
}

std::string Dropout::write(Graph&, const std::string& input) const { return input; }

std::string Embedding::write(Graph& graph, const std::string&) const {
  const std::string vectors = graph.weights(vectors_, {size_of(words_), size_of(size_)}, 0,
                                            strided({words_, size_}, {size_, 1}));
  return graph.node("Gather", {vectors, graph.words()}, {{"axis", 0}});
}

std::string Convolution::write(Graph& graph, const std::string& input) const {
  std::vector<std::int64_t> dims{size_of(filters_), size_of(channels_), size_of(kernel_height_)};
  std::vector<std::int64_t> kernel{size_of(kernel_height_)};
  std::vector<std::int64_t> pads(2, size_of(kernel_height_ / 2));
  if (!of_text_) {
    dims.push_back(size_of(kernel_width_));
    kernel.push_back(size_of(kernel_width_));
    pads.insert(pads.begin() + 1, size_of(kernel_width_ / 2));
    pads.push_back(size_of(kernel_width_ / 2));
  }
  const std::string weights = graph.weights(
      weights_, dims, 0,
      strided({filters_, channels_, kernel_height_, kernel_width_},
              {1, filters_, kernel_width_ * channels_ * filters_, channels_ * filters_}));
  const std::string values =
      of_text_ ? graph.node("Transpose", {input}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}})
               : input;
  const std::string sums = graph.node("Conv", {values, weights, graph.floats(bias_.values)},
                                      {{"kernel_shape", kernel}, {"pads", pads}});
  return graph.node("Relu", {sums});
}

std::string MaxPool::write(Graph& graph, const std::string& input) const {
  const std::vector<std::int64_t> window{size_of(high_), size_of(wide_)};
  return graph.node("MaxPool", {input}, {{"kernel_shape", window}, {"strides", window}});
}

std::string MaxOverWords::write(Graph& graph, const std::string& input) const {
  const std::string present = graph.node("Mul", {input, graph.present()});
  return graph.node("ReduceMax", {present},
                    {{"axes", std::vector<std::int64_t>{2}}, {"keepdims", 0}});
}

std::string Recurrent::write(Graph& graph, const std::string& input) const {
  const std::size_t all = gates() * units_;
  const std::string values =
      graph.node("Transpose", {input}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}});
  const std::string weights =
      graph.weights(weights_, {size_of(directions_), size_of(all), size_of(inputs_)}, 1,
                    strided({directions_, all, inputs_}, {inputs_ * all, 1, all}));
  const std::string states =
      graph.weights(states_, {size_of(directions_), size_of(all), size_of(units_)}, 1,
                    strided({directions_, all, units_}, {units_ * all, 1, all}));
  // Of each direction the bias of the inputs and that of the state.
  Parameter bias("B", directions_ * 2 * all);
  for (std::size_t d = 0; d < directions_; ++d) {
    for (std::size_t i = 0; i < all; ++i) bias.values[d * 2 * all + i] = bias_.values[d * all + i];
    for (std::size_t u = 0; cell_ == Cell::kGru && u < units_; ++u) {
      bias.values[(d * 2 + 1) * all + 2 * units_ + u] = reset_.values[d * units_ + u];
    }
  }
  const std::string biases = graph.weights(bias, {size_of(directions_), size_of(2 * all)}, 0,
                                           strided({bias.values.size()}, {1}));
  std::vector<onnx::Attribute> attributes{{"hidden_size", size_of(units_)}};
  if (directions_ == 2) attributes.emplace_back("direction", "bidirectional");
  if (cell_ == Cell::kGru) attributes.emplace_back("linear_before_reset", 1);
  const std::string_view op = cell_ == Cell::kRnn ? "RNN" : cell_ == Cell::kGru ? "GRU" : "LSTM";
  const std::string last =
      graph.second_of(op, {values, weights, states, biases, graph.lengths()}, attributes);
  const std::string by_row =
      graph.node("Transpose", {last}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}});
  return graph.node("Flatten", {by_row}, {{"axis", 1}});
}

}  // namespace storewise::train::network
