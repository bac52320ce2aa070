// Small models for tests of operators: owned tensors of any type, models of one node, and runs of
// models with fusion and without, whose outputs must agree.
#pragma once

#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "catch.h"
#include "graph/plan.h"
#include "onnx/numbers.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "support/error.h"

namespace small_models {

using storewise::graph::DataType;
using storewise::graph::Shape;
using storewise::graph::TensorView;
using storewise::onnx::Attribute;
using storewise::onnx::ModelWriter;

// Numbers of any type, or strings, that it owns. A default one stands for an input left out.
struct Tensor {
  DataType type = DataType::kUndefined;
  Shape shape;
  std::vector<double> numbers;
  std::vector<std::string> texts;

  bool operator==(const Tensor& other) const {
    return type == other.type && shape == other.shape && numbers == other.numbers &&
           texts == other.texts;
  }
};

inline Tensor numbers(DataType type, const Shape& shape, const std::vector<double>& values) {
  REQUIRE(values.size() == shape.elements());
  return {type, shape, values, {}};
}
inline Tensor floats(const Shape& shape, const std::vector<double>& values) {
  return numbers(DataType::kFloat, shape, values);
}
inline Tensor ints(const Shape& shape, const std::vector<double>& values) {
  return numbers(DataType::kInt64, shape, values);
}
// A list of int64.
inline Tensor list(const std::vector<double>& values) {
  return ints({static_cast<std::int64_t>(values.size())}, values);
}
inline Tensor truth(bool value) { return numbers(DataType::kBool, {}, {value ? 1.0 : 0.0}); }
inline Tensor strings(const Shape& shape, const std::vector<std::string>& values) {
  REQUIRE(values.size() == shape.elements());
  return {DataType::kString, shape, {}, values};
}

inline std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  out << data_type_name(tensor.type) << ' ' << tensor.shape.to_string() << " {";
  for (const double value : tensor.numbers) out << ' ' << value;
  for (const std::string& value : tensor.texts) out << " \"" << value << '"';
  return out << " }";
}

// The memory of a tensor: numbers begin at an odd byte, as weights in a file may.
class Memory {
 public:
  explicit Memory(const Tensor& tensor) : tensor_(tensor) {
    if (tensor.type == DataType::kString) {
      for (const std::string& text : tensor_.texts) views_.push_back(text);
      if (views_.empty()) views_.emplace_back();
      return;
    }
    bytes_.resize(1 + storage_bytes(tensor.type, tensor.numbers.size()));
    storewise::onnx::store_numbers(tensor.type, bytes_.data() + 1, 0, tensor.numbers.size(),
                                   tensor.numbers.data());
  }
  TensorView view() const {
    if (tensor_.type == DataType::kString) return {tensor_.type, tensor_.shape, views_.data()};
    return {tensor_.type, tensor_.shape, bytes_.data() + 1};
  }
  std::span<const std::uint8_t> bytes() const { return std::span(bytes_).subspan(1); }

 private:
  Tensor tensor_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::string_view> views_;
};

inline Tensor owned(const TensorView& view) {
  const std::size_t n = view.shape.elements();
  Tensor result{view.type, view.shape, {}, {}};
  if (view.type == DataType::kString) {
    const auto* texts = view.as<std::string_view>();
    result.texts.assign(texts, texts + n);
  } else {
    result.numbers.resize(n);
    storewise::onnx::load_numbers(view.type, view.data, 0, n, result.numbers.data());
  }
  return result;
}

inline std::span<const std::uint8_t> span_of(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

// Runs a model, fused and plain, and twice with each workspace, as servers do.
inline std::vector<Tensor> run_model(const std::string& bytes, const std::vector<Tensor>& inputs,
                                     storewise::graph::PlanOptions options = {}) {
  std::vector<Tensor> first;
  for (const bool fuse : {false, true}) {
    options.fuse = fuse;
    const auto plan =
        storewise::graph::Plan::open(span_of(bytes), "test", storewise::ops::registry(), options);
    storewise::graph::Workspace workspace;
    std::deque<Memory> memory;
    std::vector<TensorView> given;
    for (const Tensor& input : inputs) given.push_back(memory.emplace_back(input).view());
    for (int repeat = 0; repeat < 2; ++repeat) {
      std::vector<TensorView> made(plan->outputs().size());
      storewise::graph::run(*plan, workspace, given, made);
      std::vector<Tensor> results;
      for (const TensorView& view : made) results.push_back(owned(view));
      if (first.empty()) first = results;
      CHECK(first == results);
    }
  }
  return first;
}

// Declares a tensor as input of a model, of any sizes.
inline void declare_input(ModelWriter& model, std::string_view name, const Tensor& tensor) {
  const std::vector<storewise::onnx::Dimension> open(tensor.shape.rank(), "n");
  model.add_input(name, tensor.type, open);
}
inline void add_weight(ModelWriter& model, std::string_view name, const Tensor& tensor) {
  const auto dims = tensor.shape.dims();
  if (tensor.type == DataType::kString) {
    model.add_strings(name, {dims.begin(), dims.end()}, tensor.texts);
  } else {
    model.add_initializer(name, tensor.type, {dims.begin(), dims.end()}, Memory(tensor).bytes());
  }
}

struct NodeOptions {
  std::vector<Attribute> attributes = {};
  int opset = 17;
  std::size_t outputs = 1;
  std::string_view domain = {};
  std::int64_t domain_version = 1;
};

// A model of one node that reads the given tensors: as inputs, or all as weights.
inline std::string node_model(std::string_view op, const std::vector<Tensor>& inputs,
                              const NodeOptions& options, bool as_weights) {
  ModelWriter model("node", options.opset);
  if (!options.domain.empty()) model.add_opset(options.domain, options.domain_version);
  std::deque<std::string> names;
  std::vector<std::string_view> given;
  std::vector<std::string_view> made;
  for (const Tensor& input : inputs) {
    if (input.type == DataType::kUndefined) {
      given.emplace_back();
      continue;
    }
    given.push_back(names.emplace_back("i" + std::to_string(given.size())));
    if (as_weights) {
      add_weight(model, given.back(), input);
    } else {
      declare_input(model, given.back(), input);
    }
  }
  for (std::size_t i = 0; i < options.outputs; ++i) {
    made.push_back(names.emplace_back("o" + std::to_string(i)));
    model.add_output(made.back(), DataType::kUndefined, {});
  }
  model.add_node(op, given, made, options.attributes, options.domain);
  return model.bytes();
}

// Runs one node on inputs, and again with all inputs as weights, which folds it.
inline std::vector<Tensor> run_node(std::string_view op, const std::vector<Tensor>& inputs,
                                    const NodeOptions& options = {}) {
  std::vector<Tensor> present;
  for (const Tensor& input : inputs) {
    if (input.type != DataType::kUndefined) present.push_back(input);
  }
  const auto results = run_model(node_model(op, inputs, options, false), present);
  CHECK(run_model(node_model(op, inputs, options, true), {}) == results);
  return results;
}

// What opening or running throws, as one line.
template <typename Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const storewise::Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "no error";
}
inline std::string node_error(std::string_view op, const std::vector<Tensor>& inputs,
                              const NodeOptions& options = {}) {
  std::vector<Tensor> present;
  for (const Tensor& input : inputs) {
    if (input.type != DataType::kUndefined) present.push_back(input);
  }
  return error_of([&] { run_model(node_model(op, inputs, options, false), present); });
}

}  // namespace small_models
