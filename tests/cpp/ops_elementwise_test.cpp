// Elementwise operators, Cast, reductions, Softmax and TopK, where the ONNX project's cases do not
// reach: small types, strings, empty tensors, old opsets, unaligned weights, wrong shapes.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "graph/invocation.h"
#include "graph/plan.h"
#include "onnx/numbers.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "support/error.h"

namespace {

using namespace storewise;
using graph::DataType;
using graph::Shape;
using graph::TensorView;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A tensor that owns its elements; strings are literals.
struct Tensor {
  DataType type = DataType::kUndefined;
  Shape shape;
  std::vector<std::uint8_t> bytes;
  TensorView view() const { return {type, shape, bytes.data()}; }
};

Shape list_shape(std::size_t n) { return {static_cast<std::int64_t>(n)}; }

Tensor numbers(DataType type, const std::vector<double>& values,
               const std::optional<Shape>& shape = {}) {
  Tensor tensor{type, shape.value_or(list_shape(values.size())), {}};
  tensor.bytes.resize(values.size() * 8 + 8);
  onnx::store_numbers(type, tensor.bytes.data(), 0, values.size(), values.data());
  return tensor;
}
Tensor integers(DataType type, const std::vector<std::int64_t>& values) {
  Tensor tensor{type, list_shape(values.size()), {}};
  tensor.bytes.resize(values.size() * 8 + 8);
  onnx::store_numbers(type, tensor.bytes.data(), 0, values.size(), values.data());
  return tensor;
}
Tensor floats(const std::vector<double>& values, const std::optional<Shape>& shape = {}) {
  return numbers(DataType::kFloat, values, shape);
}
Tensor texts(const std::vector<std::string_view>& values) {
  Tensor tensor{DataType::kString, list_shape(values.size()), {}};
  tensor.bytes.resize(values.size() * sizeof(std::string_view) + 1);
  std::memcpy(tensor.bytes.data(), values.data(), values.size() * sizeof(std::string_view));
  return tensor;
}

// One node and what it gives; everything stays alive until the program ends.
struct Run {
  graph::Workspace workspace;
  std::string bytes;
  std::unique_ptr<const graph::Plan> plan;
  std::vector<TensorView> outputs;

  const TensorView& output(std::size_t i = 0) const { return outputs[i]; }
  std::vector<double> values(std::size_t i = 0) const {
    std::vector<double> result(outputs[i].shape.elements());
    onnx::load_numbers(outputs[i].type, outputs[i].data, 0, result.size(), result.data());
    return result;
  }
  std::vector<std::int64_t> whole(std::size_t i = 0) const {
    std::vector<std::int64_t> result(outputs[i].shape.elements());
    onnx::load_numbers(outputs[i].type, outputs[i].data, 0, result.size(), result.data());
    return result;
  }
  std::vector<std::string> strings() const {
    REQUIRE(outputs[0].type == DataType::kString);
    const auto* text = outputs[0].as<std::string_view>();
    return {text, text + outputs[0].shape.elements()};
  }
};

struct Options {
  std::vector<onnx::Attribute> attributes = {};
  std::int64_t opset = 21;
  std::vector<DataType> types = {};  // of the outputs; the first input's where it is empty
};

Run& run(std::string_view op, const std::vector<Tensor>& inputs, const Options& options = {}) {
  static std::deque<Run> runs;
  Run& one = runs.emplace_back();
  onnx::ModelWriter model("one", options.opset);
  std::vector<std::string_view> names;
  static const std::string_view kNames[] = {"a", "b", "c", "d"};
  std::vector<TensorView> given;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].type == DataType::kUndefined) {
      names.push_back("");
      continue;
    }
    names.push_back(kNames[i]);
    std::vector<onnx::Dimension> dims;
    for (std::size_t d = 0; d < inputs[i].shape.rank(); ++d) dims.push_back(inputs[i].shape[d]);
    model.add_input(kNames[i], inputs[i].type, dims);
    given.push_back(inputs[i].view());
  }
  std::vector<DataType> types = options.types;
  if (types.empty()) types.push_back(inputs[0].type);
  static const std::string_view kOutputs[] = {"y", "z"};
  std::vector<std::string_view> outputs(kOutputs, kOutputs + types.size());
  model.add_node(op, names, outputs, options.attributes);
  for (std::size_t i = 0; i < types.size(); ++i) {
    // The rank is the run's to tell: the writer asks for dimensions that nobody checks.
    model.add_output(kOutputs[i], types[i], {});
  }
  one.bytes = model.bytes();
  one.plan =
      graph::Plan::open({reinterpret_cast<const std::uint8_t*>(one.bytes.data()), one.bytes.size()},
                        "test.onnx", ops::registry(), {});
  one.outputs.resize(types.size());
  graph::run(*one.plan, one.workspace, given, one.outputs);
  return one;
}

std::string error_of(std::string_view op, const std::vector<Tensor>& inputs,
                     const Options& options = {}) {
  try {
    run(op, inputs, options);
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "no error";
}

using List = std::vector<double>;
using Whole = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("arithmetic on integers wraps around in their own width") {
  for (const auto& [type, least, most] :
       {std::tuple<DataType, std::int64_t, std::int64_t>{DataType::kInt8, -128, 127},
        {DataType::kInt16, -32768, 32767},
        {DataType::kInt32, INT32_MIN, INT32_MAX},
        {DataType::kInt64, INT64_MIN, INT64_MAX},
        {DataType::kUint8, 0, 255},
        {DataType::kUint16, 0, 65535},
        {DataType::kUint32, 0, UINT32_MAX}}) {
    CAPTURE(data_type_name(type));
    const Tensor a = integers(type, {most, least, 7});
    const Tensor one = integers(type, {1, 1, 2});
    CHECK(run("Add", {a, one}).whole() == Whole{least, least + 1, 9});
    CHECK(run("Sub", {a, one}).whole() == Whole{most - 1, most, 5});
    CHECK(run("Div", {a, one}).whole() == Whole{most, least, 3});
    CHECK(run("Div", {a, integers(type, {0, 0, 0})}).whole() == Whole{0, 0, 0});
    CHECK(run("Mod", {a, integers(type, {0, 0, 0})}).whole() == Whole{0, 0, 0});
    CHECK(run("Max", {a, one}).whole() == Whole{most, std::max<std::int64_t>(1, least), 7});
    CHECK(run("Min", {a, one}).whole() == Whole{1, std::min<std::int64_t>(1, least), 2});
    if (least < 0) {
      const Tensor minus = integers(type, {-1, -1, -2});
      CHECK(run("Div", {a, minus}).whole() == Whole{-most, least, -3});
      CHECK(run("Mod", {a, minus}).whole() == Whole{0, 0, -1});
      CHECK(run("Mod", {a, minus}, {{{"fmod", 1}}}).whole() == Whole{0, 0, 1});
      CHECK(run("Neg", {a}).whole() == Whole{-most, least, -7});
      CHECK(run("Abs", {a}).whole() == Whole{most, least, 7});
      CHECK(run("Sign", {a}).whole() == Whole{1, -1, 1});
    } else {
      CHECK(run("Abs", {a}).whole() == Whole{most, 0, 7});
      CHECK(run("Sign", {a}).whole() == Whole{1, 0, 1});
    }
  }
}

TEST_CASE("uint64 keeps its upper half") {
  const auto top = INT64_MIN;  // 2^63 as bits
  const Tensor a = integers(DataType::kUint64, {top, 5, -1});
  const Tensor b = integers(DataType::kUint64, {3, 9, top});
  CHECK(run("Max", {a, b}).whole() == Whole{top, 9, -1});
  CHECK(run("Min", {a, b}).whole() == Whole{3, 5, top});
  CHECK(run("Div", {a, b}).whole() == Whole{3074457345618258602, 0, 1});
  CHECK(run("Mod", {a, b}).whole() == Whole{2, 5, INT64_MAX});
  CHECK(run("Less", {a, b}, {{}, 21, {DataType::kBool}}).whole() == Whole{0, 1, 0});
  CHECK(run("Abs", {a}).whole() == Whole{top, 5, -1});
  CHECK(run("Sign", {a}).whole() == Whole{1, 1, 1});
  CHECK(run("Relu", {a}).whole() == Whole{top, 5, -1});
  CHECK(run("ReduceMax", {a}).whole() == Whole{-1});
  CHECK(run("ReduceMin", {a}).whole() == Whole{5});
  CHECK(run("ReduceMean", {integers(DataType::kUint64, {-1})}).whole() == Whole{-1});
  CHECK(run("ArgMax", {a}, {{}, 21, {DataType::kInt64}}).whole() == Whole{2});
  CHECK(run("TopK", {a, integers(DataType::kInt64, {2})}, {{}, 21, {a.type, DataType::kInt64}})
            .whole(1) == Whole{2, 0});
  CHECK(run("Cast", {a}, {{{"to", 1}}, 21, {DataType::kFloat}}).values()[0] == 0x1p63);
  CHECK(run("Cast", {a}, {{{"to", 8}}, 21, {DataType::kString}}).strings()[2] ==
        "18446744073709551615");
}

TEST_CASE("shapes broadcast in every arrangement, empty ones too") {
  const Tensor row = floats({1, 2, 3}, Shape{1, 3});
  const Tensor column = floats({10, 20}, Shape{2, 1});
  CHECK(run("Add", {row, column}).values() == List{11, 12, 13, 21, 22, 23});
  CHECK(run("Sub", {column, row}).values() == List{9, 8, 7, 19, 18, 17});
  const Tensor block = floats({1, 2, 3, 4, 5, 6, 7, 8}, Shape{2, 2, 2});
  const Tensor middle = floats({10, 20}, Shape{2, 1});
  CHECK(run("Mul", {block, middle}).values() == List{10, 20, 60, 80, 50, 60, 140, 160});
  CHECK(run("Div", {floats({6}, Shape{}), floats({2, 3})}).values() == List{3, 2});
  const Run& empty = run("Add", {floats({}, Shape{0, 3}), floats({1}, Shape{1})});
  CHECK(empty.output().shape == Shape{0, 3});
  CHECK_THAT(error_of("Add", {floats({1, 2, 3}), floats({1, 2})}),
             ContainsSubstring("node \"y\" (Add)") && ContainsSubstring("[3] and [2]"));
  // The same through doubles and longer than one piece.
  List many(1000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<double>(i);
  const Tensor wide = numbers(DataType::kDouble, many, Shape{2, 500});
  const auto sums = run("Add", {wide, numbers(DataType::kDouble, {0.5})}).values();
  CHECK(sums[0] == 0.5);
  CHECK(sums[999] == 999.5);
}

TEST_CASE("before opset 7, axis says where the second shape goes") {
  const Tensor a = floats({1, 2, 3, 4}, Shape{2, 2});
  const Tensor b = floats({10, 20});
  CHECK(run("Add", {a, b}, {{{"broadcast", 1}, {"axis", 0}}, 6}).values() == List{11, 12, 23, 24});
  CHECK(run("Add", {a, b}, {{{"broadcast", 1}, {"axis", 1}}, 6}).values() == List{11, 22, 13, 24});
  CHECK(run("Add", {a, b}, {{{"broadcast", 1}}, 6}).values() == List{11, 22, 13, 24});
  CHECK_THAT(error_of("Add", {a, b}, {{{"broadcast", 1}, {"axis", 2}}, 6}),
             ContainsSubstring("axis 2"));
  const Tensor x = floats({-1, -2, -3, -4}, Shape{1, 2, 2});
  CHECK(run("PRelu", {x, b}, {{}, 6}).values() == List{-10, -20, -60, -80});
  CHECK(run("PRelu", {x, b}).values() == List{-10, -40, -30, -80});
  CHECK_THAT(error_of("PRelu", {floats({1}), b}), ContainsSubstring("slopes"));
}

TEST_CASE("NaN passes through the larger and the smaller") {
  const Tensor a = floats({kNan, 1, 2}), b = floats({1, kNan, 3});
  for (const std::string_view op : {"Max", "Min"}) {
    const auto values = run(op, {a, b}).values();
    CHECK(std::isnan(values[0]));
    CHECK(std::isnan(values[1]));
    CHECK(values[2] == (op == "Max" ? 3 : 2));
  }
  CHECK(std::isnan(run("Relu", {a}).values()[0]));
  CHECK(std::isnan(run("Clip", {a, floats({0}, Shape{}), floats({1}, Shape{})}).values()[0]));
  CHECK(std::isnan(run("ReduceMax", {a}).values()[0]));
  CHECK(run("ArgMax", {a}, {{}, 21, {DataType::kInt64}}).whole() == Whole{0});
  CHECK(run("Equal", {a, a}, {{}, 21, {DataType::kBool}}).whole() == Whole{0, 1, 1});
}

TEST_CASE("Sum, Mean and their like take any number of inputs") {
  const Tensor a = floats({1, 2}), b = floats({10}, Shape{}), c = floats({3, 5}, Shape{2, 1});
  CHECK(run("Sum", {a, b, c}).values() == List{14, 15, 16, 17});
  CHECK(run("Mean", {a, c, a}).values() == List{5.0f / 3, 7.0f / 3, 7.0f / 3, 3});
  CHECK(run("Max", {a, c}).values() == List{3, 3, 5, 5});
  CHECK(run("Sum", {a}).values() == List{1, 2});
  const Tensor half = numbers(DataType::kFloat16, {1.5, 2048});
  CHECK(run("Mean", {half, half, half}).values() == List{1.5, 2048});
  CHECK(run("Add", {half, half}).values() == List{3, 4096});
}

TEST_CASE("Pow mixes types and is exact on whole numbers") {
  const Tensor base = integers(DataType::kInt64, {3, -2, 0, 2, -1});
  const Tensor exponent = integers(DataType::kInt32, {39, 63, 0, -1, -3});
  CHECK(run("Pow", {base, exponent}).whole() == Whole{4052555153018976267, INT64_MIN, 1, 0, -1});
  CHECK(run("Pow", {integers(DataType::kInt32, {4, 9}), floats({0.5, 0.5})}).whole() ==
        Whole{2, 3});
  CHECK(run("Pow", {floats({2, -3, 4}), integers(DataType::kInt8, {10, 3, -1})}).values() ==
        List{1024, -27, 0.25});
  CHECK(run("Pow", {floats({3, -4}), floats({2}, Shape{})}).values() == List{9, 16});
  const auto edge = run("Pow", {floats({-8, 0, kInfinity, -1, -2, kNan, 2}),
                                floats({1.0 / 3, -1, -2, kInfinity, 1025, 0, 0.1})})
                        .values();
  CHECK(std::isnan(edge[0]));
  CHECK(edge[1] == kInfinity);
  CHECK(edge[2] == 0);
  CHECK(edge[3] == 1);
  CHECK(edge[4] == -kInfinity);
  CHECK(edge[5] == 1);
  CHECK(std::fabs(edge[6] - std::pow(2.0, 0.1)) < 1e-7);
}

TEST_CASE("Exp and Log reach the ends of float and double") {
  const auto e = run("Exp", {floats({88.5, 89, -87.5, -104, kInfinity, -kInfinity})}).values();
  CHECK(std::fabs(e[0] / std::exp(88.5) - 1) < 1e-6);
  CHECK(e[1] == kInfinity);
  CHECK(std::fabs(e[2] / std::exp(-87.5) - 1) < 1e-6);
  CHECK(e[3] == 0);
  CHECK(e[4] == kInfinity);
  CHECK(e[5] == 0);
  const Tensor x = numbers(DataType::kDouble, {709.7, -700, 1e-9, 710});
  const auto wide = run("Exp", {x}).values();
  CHECK(std::fabs(wide[0] / std::exp(709.7) - 1) < 1e-14);
  CHECK(std::fabs(wide[1] / std::exp(-700) - 1) < 1e-14);
  CHECK(std::fabs(wide[2] - std::exp(1e-9)) < 1e-15);
  CHECK(std::isinf(wide[3]));
  const auto log = run("Log", {numbers(DataType::kDouble, {0, -1, 5e-324, 1.1, 1e308})}).values();
  CHECK(log[0] == -kInfinity);
  CHECK(std::isnan(log[1]));
  CHECK(std::fabs(log[2] / std::log(5e-324) - 1) < 1e-14);
  CHECK(std::fabs(log[3] / std::log(1.1) - 1) < 1e-14);
  CHECK(std::fabs(log[4] / std::log(1e308) - 1) < 1e-14);
}

TEST_CASE("activations agree with their definitions") {
  List x;
  for (double value = -6; value <= 6; value += 0.37) x.push_back(static_cast<float>(value));
  const auto check = [&](std::string_view op, auto&& definition,
                         const std::vector<onnx::Attribute>& attributes = {}) {
    CAPTURE(op);
    const auto y = run(op, {floats(x)}, {attributes}).values();
    const auto half = run(op, {numbers(DataType::kFloat16, x)}, {attributes}).values();
    for (std::size_t i = 0; i < x.size(); ++i) {
      CAPTURE(x[i]);
      CHECK(std::fabs(y[i] - definition(x[i])) <= 1e-6 * (1 + std::fabs(x[i])));
      CHECK(std::fabs(half[i] - definition(x[i])) <= 5e-3 * (1 + std::fabs(x[i])));
    }
  };
  const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
  check("Sigmoid", sigmoid);
  check("Tanh", [](double v) { return std::tanh(v); });
  check("Erf", [](double v) { return std::erf(v); });
  check("Gelu", [](double v) { return v / 2 * (1 + std::erf(v / std::sqrt(2.0))); });
  check("Gelu",
        [](double v) { return v / 2 * (1 + std::tanh(0.7978845608 * (v + 0.044715 * v * v * v))); },
        {{"approximate", "tanh"}});
  check("Softplus", [](double v) { return std::log1p(std::exp(v)); });
  check("Softsign", [](double v) { return v / (1 + std::fabs(v)); });
  check("Elu", [](double v) { return v > 0 ? v : 2 * std::expm1(v); }, {{"alpha", 2.0f}});
  check("Celu", [](double v) { return v > 0 ? v : 2 * std::expm1(v / 2); }, {{"alpha", 2.0f}});
  check("Selu", [](double v) { return 1.05070098 * (v > 0 ? v : 1.67326324 * std::expm1(v)); });
  for (const float alpha : {0.0f, 0.1f, 2.0f, -0.5f}) {
    check("LeakyRelu", [&](double v) { return v < 0 ? static_cast<double>(alpha) * v : v; },
          {{"alpha", alpha}});
  }
  check("HardSigmoid", [](double v) { return std::min(1.0, std::max(0.0, 0.2 * v + 0.5)); });
  check("HardSwish", [](double v) { return v * std::min(1.0, std::max(0.0, v / 6 + 0.5)); });
  check("ThresholdedRelu", [](double v) { return v > 1 ? v : 0; });
  CHECK_THAT(error_of("Gelu", {floats({1})}, {{{"approximate", "other"}}}),
             ContainsSubstring("other"));
}

TEST_CASE("rounding keeps double's whole range, and infinities are told apart") {
  const Tensor x = numbers(DataType::kDouble, {1e10 + 0.5, -2.5, 1.5, -0.5});
  CHECK(run("Floor", {x}).values() == List{1e10, -3, 1, -1});
  CHECK(run("Ceil", {x}).values() == List{1e10 + 1, -2, 2, 0});
  CHECK(run("Round", {x}).values() == List{1e10, -2, 2, 0});
  const Tensor ends = numbers(DataType::kDouble, {1e300, -INFINITY, INFINITY, NAN});
  const Options to_bool{{}, 21, {DataType::kBool}};
  CHECK(run("IsInf", {ends}, to_bool).whole() == Whole{0, 1, 1, 0});
  CHECK(run("IsInf", {ends}, {{{"detect_negative", 0}}, 21, {DataType::kBool}}).whole() ==
        Whole{0, 0, 1, 0});
  CHECK(run("IsNaN", {ends}, to_bool).whole() == Whole{0, 0, 0, 1});
  CHECK(run("Not", {integers(DataType::kBool, {1, 0})}).whole() == Whole{0, 1});
}

TEST_CASE("Clip takes its bounds from attributes, from inputs, or has none") {
  const Tensor x = floats({-5, 0.5, 5});
  CHECK(run("Clip", {x}, {{{"min", -1.0f}, {"max", 1.0f}}, 6}).values() == List{-1, 0.5, 1});
  CHECK(run("Clip", {x}, {{}, 6}).values() == List{-5, 0.5, 5});
  CHECK(run("Clip", {x, Tensor{}, floats({1}, Shape{})}).values() == List{-5, 0.5, 1});
  CHECK(run("Clip", {x}).values() == List{-5, 0.5, 5});
  CHECK(run("Clip", {integers(DataType::kInt8, {-5, 3, 100}), integers(DataType::kInt8, {0}),
                     integers(DataType::kInt8, {50})})
            .whole() == Whole{0, 3, 50});
  CHECK_THAT(error_of("Clip", {x, floats({1, 2})}), ContainsSubstring("one number"));
}

TEST_CASE("strings are compared and chosen") {
  const Tensor a = texts({"red", "", "blue"}), b = texts({"red", "x", "Blue"});
  CHECK(run("Equal", {a, b}, {{}, 21, {DataType::kBool}}).whole() == Whole{1, 0, 0});
  CHECK(run("Where", {integers(DataType::kBool, {1, 0, 0}), a, b}, {{}, 21, {DataType::kString}})
            .strings() == std::vector<std::string>{"red", "x", "Blue"});
  for (const DataType type : {DataType::kInt8, DataType::kInt16, DataType::kFloat,
                              DataType::kDouble, DataType::kFloat16, DataType::kBool}) {
    const Tensor x = numbers(type, {1, 0, 1}), y = numbers(type, {0});
    CHECK(run("Where", {integers(DataType::kBool, {1, 1, 0}), x, y}, {{}, 21, {type}}).values() ==
          List{1, 0, 0});
  }
  const Tensor bits = integers(DataType::kBool, {0, 0, 1, 1});
  const Tensor other = integers(DataType::kBool, {0, 1, 0, 1});
  CHECK(run("And", {bits, other}).whole() == Whole{0, 0, 0, 1});
  CHECK(run("Or", {bits, other}).whole() == Whole{0, 1, 1, 1});
  CHECK(run("Xor", {bits, other}).whole() == Whole{0, 1, 1, 0});
  CHECK(run("Equal", {bits, other}).whole() == Whole{1, 0, 0, 1});
}

TEST_CASE("numbers become the shortest text and text becomes numbers") {
  const auto to_text = [](const Tensor& x) {
    return run("Cast", {x}, {{{"to", 8}}, 21, {DataType::kString}}).strings();
  };
  CHECK(to_text(floats({1, 0.1, -0.25, 1e-5, 123456789, 1e8, 1e17, 0.9767611, 3.4e38, 0, kNan,
                        kInfinity, -kInfinity, 0.00012})) ==
        std::vector<std::string>{"1", "0.1", "-0.25", "1e-05", "123456790", "100000000", "1e+17",
                                 "0.9767611", "3.4e+38", "0", "NaN", "INF", "-INF", "0.00012"});
  CHECK(to_text(numbers(DataType::kDouble, {0.1, 1.0 / 3, 1e300, -5e-324})) ==
        std::vector<std::string>{"0.1", "0.3333333333333333", "1e+300", "-5e-324"});
  CHECK(to_text(integers(DataType::kInt64, {INT64_MIN, 0, 42})) ==
        std::vector<std::string>{"-9223372036854775808", "0", "42"});
  CHECK(to_text(integers(DataType::kBool, {1, 0})) == std::vector<std::string>{"1", "0"});

  const auto to = [](DataType type, const std::vector<std::string_view>& values) -> Run& {
    return run("Cast", {texts(values)}, {{{"to", static_cast<int>(type)}}, 21, {type}});
  };
  const auto decimals =
      to(DataType::kFloat, {"1.5", "-1e3", " +.25 ", "inf", "-INF", "1E-2", "7."}).values();
  CHECK(decimals == List{1.5, -1000, 0.25, kInfinity, -kInfinity, static_cast<double>(0.01f), 7});
  CHECK(std::isnan(to(DataType::kFloat, {"NaN"}).values()[0]));
  CHECK(
      to(DataType::kInt64, {"9223372036854775807", "-9223372036854775808", "2.9", "1e3"}).whole() ==
      Whole{INT64_MAX, INT64_MIN, 2, 1000});
  CHECK(to(DataType::kUint64, {"18446744073709551615"}).whole() == Whole{-1});
  CHECK(to(DataType::kBool, {"0", "2"}).whole() == Whole{0, 1});
  for (const std::string_view wrong : {"", "abc", "1.5x", "-", ".", "1e", "0x10", "infinity"}) {
    CAPTURE(wrong);
    CHECK_THAT(error_of("Cast", {texts({wrong})}, {{{"to", 1}}, 21, {DataType::kFloat}}),
               ContainsSubstring("text that is a number") && ContainsSubstring("(Cast)"));
  }
  CHECK_THAT(error_of("Cast", {texts({"inf"})}, {{{"to", 6}}, 21, {DataType::kInt32}}),
             ContainsSubstring("\"inf\""));
}

TEST_CASE("Cast goes between all types of numbers, half bytes included") {
  const DataType types[] = {DataType::kFloat,  DataType::kDouble, DataType::kFloat16,
                            DataType::kInt8,   DataType::kInt16,  DataType::kInt32,
                            DataType::kInt64,  DataType::kUint8,  DataType::kUint16,
                            DataType::kUint32, DataType::kUint64, DataType::kInt4,
                            DataType::kUint4};
  for (const DataType from : types) {
    for (const DataType to : types) {
      CAPTURE(data_type_name(from), data_type_name(to));
      const Tensor x = numbers(from, {0, 1, 7, 5, 3});
      const Run& result = run("Cast", {x}, {{{"to", static_cast<int>(to)}}, 21, {to}});
      CHECK(result.values() == List{0, 1, 7, 5, 3});
      CHECK(result.output().type == to);
    }
  }
  const Options to_int{{{"to", 6}}, 21, {DataType::kInt32}};
  CHECK(run("Cast", {floats({-1.9, 2.9, kNan})}, to_int).whole() == Whole{-1, 2, 0});
  CHECK(run("Cast", {floats({0.4, 0, -3})}, {{{"to", 9}}, 21, {DataType::kBool}}).whole() ==
        Whole{1, 0, 1});
  CHECK(
      run("CastLike", {floats({1.5}), integers(DataType::kInt8, {0})}, {{}, 21, {DataType::kInt8}})
          .whole() == Whole{1});
}

TEST_CASE("reductions go over any axes of every type") {
  const Shape cube{2, 3, 2};
  const List x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  for (const DataType type : {DataType::kFloat, DataType::kDouble, DataType::kFloat16,
                              DataType::kInt8, DataType::kInt32, DataType::kUint16}) {
    CAPTURE(data_type_name(type));
    const Tensor input = numbers(type, x, cube);
    const auto reduce = [&](std::string_view op, const std::vector<std::int64_t>& axes,
                            int keep = 0) -> Run& {
      return run(op, {input, integers(DataType::kInt64, axes)}, {{{"keepdims", keep}}});
    };
    CHECK(reduce("ReduceSum", {1}).values() == List{9, 12, 27, 30});
    CHECK(reduce("ReduceSum", {-1}, 1).output().shape == Shape{2, 3, 1});
    CHECK(reduce("ReduceSum", {0, 2}).values() == List{18, 26, 34});
    CHECK(reduce("ReduceSum", {}).values() == List{78});
    CHECK(reduce("ReduceMean", {1, 2}).values()[0] == (onnx::is_decimal(type) ? 3.5 : 3));
    CHECK(reduce("ReduceMax", {0}).values() == List{7, 8, 9, 10, 11, 12});
    CHECK(reduce("ReduceMin", {2}).values() == List{1, 3, 5, 7, 9, 11});
    CHECK(reduce("ReduceL1", {2}).values() == List{3, 7, 11, 15, 19, 23});
    CHECK(reduce("ReduceProd", {2}).values()[1] == 12);
    CHECK(reduce("ReduceSumSquare", {2}).values()[1] == 25);
    CHECK(reduce("ReduceL2", {2}).values()[1] == 5);
  }
  CHECK_THAT(error_of("ReduceSum", {floats(x, cube), integers(DataType::kInt64, {3})}),
             ContainsSubstring("axis 3"));
  CHECK(run("ReduceSum", {floats(x, cube)},
            {{{"axes", std::vector<std::int64_t>{0, 1}}, {"keepdims", 0}}, 11})
            .values() == List{36, 42});
}

TEST_CASE("reductions of nothing give the neutral element, and no axes leave the rest to do") {
  const auto of_nothing = [](std::string_view op, DataType type) {
    return run(op, {numbers(type, {}, Shape{0, 2}), integers(DataType::kInt64, {0})}).values()[1];
  };
  CHECK(of_nothing("ReduceSum", DataType::kFloat) == 0);
  CHECK(of_nothing("ReduceProd", DataType::kInt32) == 1);
  CHECK(of_nothing("ReduceMax", DataType::kFloat) == -kInfinity);
  CHECK(of_nothing("ReduceMax", DataType::kInt8) == -128);
  CHECK(of_nothing("ReduceMin", DataType::kInt8) == 127);
  CHECK(of_nothing("ReduceMax", DataType::kUint16) == 0);
  CHECK(of_nothing("ReduceMin", DataType::kUint16) == 65535);
  CHECK(of_nothing("ReduceMin", DataType::kInt32) == INT32_MAX);
  CHECK(of_nothing("ReduceMin", DataType::kBool) == 1);
  CHECK(of_nothing("ReduceMax", DataType::kBool) == 0);
  CHECK(of_nothing("ReduceMin", DataType::kUint64) == 0x1p64);
  CHECK(of_nothing("ReduceLogSumExp", DataType::kFloat) == -kInfinity);
  CHECK(std::isnan(of_nothing("ReduceMean", DataType::kFloat)));
  CHECK(
      run("ReduceSum", {floats({}, Shape{2, 0}), integers(DataType::kInt64, {0})}).output().shape ==
      Shape{1, 0});
  const Options noop{{{"noop_with_empty_axes", 1}}};
  CHECK(run("ReduceSum", {floats({-1, 2})}, noop).values() == List{-1, 2});
  CHECK(run("ReduceSumSquare", {floats({-3, 2})}, noop).values() == List{9, 4});
  // Large numbers do not leave exp's range.
  CHECK(std::fabs(run("ReduceLogSumExp", {floats({1000, 1000})}).values()[0] -
                  (1000 + std::log(2.0))) < 1e-3);
  CHECK(run("ReduceLogSumExp", {floats({-kInfinity, 3})}).values()[0] == 3);
  CHECK(run("ReduceLogSumExp", {floats({kInfinity, 3})}).values()[0] == kInfinity);
}

TEST_CASE("ArgMax and ArgMin settle ties, run along any axis and refuse an empty one") {
  const Options number{{}, 21, {DataType::kInt64}};
  const Tensor x = numbers(DataType::kInt16, {3, 1, 3, 1, 2, 1}, Shape{2, 3});
  CHECK(run("ArgMax", {x}, {{{"axis", 1}, {"keepdims", 0}}, 21, number.types}).whole() ==
        Whole{0, 1});
  CHECK(run("ArgMax", {x}, {{{"axis", 1}, {"select_last_index", 1}}, 21, number.types}).whole() ==
        Whole{2, 1});
  CHECK(run("ArgMin", {x}, number).whole() == Whole{1, 0, 1});
  List many(700, 1.0);
  many[600] = 2;
  CHECK(run("ArgMax", {floats(many)}, number).whole() == Whole{600});
  CHECK_THAT(error_of("ArgMax", {floats({}, Shape{0, 2})}, number),
             ContainsSubstring("along axis 0"));
  CHECK(
      run("ArgMax", {floats({}, Shape{0, 2})}, {{{"axis", 1}}, 21, number.types}).output().shape ==
      Shape{0, 1});
}

TEST_CASE("CumSum runs both ways in every type") {
  const Tensor axis = integers(DataType::kInt32, {-1});
  for (const DataType type : {DataType::kFloat, DataType::kFloat16, DataType::kInt8}) {
    const Tensor x = numbers(type, {1, 2, 3, 4, 5, 6}, Shape{2, 3});
    CHECK(run("CumSum", {x, axis}).values() == List{1, 3, 6, 4, 9, 15});
    CHECK(run("CumSum", {x, axis}, {{{"exclusive", 1}, {"reverse", 1}}}).values() ==
          List{5, 3, 0, 11, 6, 0});
    CHECK(run("CumSum", {x, integers(DataType::kInt64, {0})}).values() == List{1, 2, 3, 5, 7, 9});
  }
  CHECK_THAT(error_of("CumSum", {floats({1}), integers(DataType::kInt64, {1})}),
             ContainsSubstring("axis 1"));
  CHECK_THAT(error_of("CumSum", {floats({1}), integers(DataType::kInt64, {})}),
             ContainsSubstring("one number"));
}

TEST_CASE("LogSoftmax is the logarithm of Softmax along any axis") {
  List x(24);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<double>(i)) * 5;
  for (const int axis : {0, 1, -1}) {
    for (const std::int64_t opset : {12, 21}) {
      if (axis < 0 && opset < 13) continue;
      const Options options{{{"axis", axis}}, opset};
      const auto plain = run("Softmax", {floats(x, Shape{2, 3, 4})}, options).values();
      const auto log = run("LogSoftmax", {floats(x, Shape{2, 3, 4})}, options).values();
      double sum = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        CHECK(std::fabs(std::log(plain[i]) - log[i]) < 1e-5);
        sum += plain[i];
      }
      const double rows = opset < 13 ? (axis == 0 ? 1 : 2) : axis == 0 ? 12 : axis == 1 ? 8 : 6;
      CHECK(std::fabs(sum - rows) < 1e-5);
    }
  }
  CHECK(std::fabs(run("LogSoftmax", {floats({1000, 0})}).values()[1] + 1000) < 1e-3);
  CHECK(run("LogSoftmax", {numbers(DataType::kFloat16, {0, 0})}).values()[0] < -0.69);
  CHECK(run("Softmax", {floats({}, Shape{0, 3})}).output().shape == Shape{0, 3});
}

TEST_CASE("TopK orders every type, both ways, with ties by index and NaN last") {
  for (const DataType type : {DataType::kFloat, DataType::kDouble, DataType::kFloat16,
                              DataType::kInt8, DataType::kInt16, DataType::kInt64}) {
    CAPTURE(data_type_name(type));
    const Tensor x = numbers(type, {-3, 7, 0, 7, -100, 2}, Shape{1, 6, 1});
    const Tensor k = integers(DataType::kInt64, {3});
    const Run& most = run("TopK", {x, k}, {{{"axis", 1}}, 21, {type, DataType::kInt64}});
    CHECK(most.values() == List{7, 7, 2});
    CHECK(most.whole(1) == Whole{1, 3, 5});
    const Run& least =
        run("TopK", {x, k}, {{{"axis", 1}, {"largest", 0}}, 21, {type, DataType::kInt64}});
    CHECK(least.values() == List{-100, -3, 0});
  }
  const std::vector<DataType> types = {DataType::kFloat, DataType::kInt64};
  CHECK(run("TopK", {floats({kNan, -kInfinity, 1})}, {{{"k", 3}}, 9, types}).whole(1) ==
        Whole{2, 1, 0});
  CHECK(run("TopK", {floats({1, 2})}, {{{"k", 0}}, 9, types}).output().shape == Shape{0});
  CHECK_THAT(error_of("TopK", {floats({1, 2})}, {{{"k", 3}}, 9, types}),
             ContainsSubstring("k from 0 to 2"));
}

TEST_CASE("weights that lie at odd places in the file are read all the same") {
  for (const std::size_t shift : {0, 1, 2, 3}) {
    onnx::ModelWriter model(std::string(shift + 1, 'm'));  // the name moves what follows
    model.add_input("x", DataType::kFloat, {"n"});
    model.add_output("y", DataType::kFloat, {"n"});
    const std::vector<float> weights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const std::vector<std::int64_t> powers(11, 3);
    model.add_initializer("w", DataType::kFloat, {11}, onnx::bytes_of(weights));
    model.add_initializer("p", DataType::kInt64, {11}, onnx::bytes_of(powers));
    model.add_node("Add", {"x", "w"}, {"sum"});
    model.add_node("Pow", {"sum", "p"}, {"cube"});
    model.add_node("Max", {"cube", "w"}, {"y"});
    const std::string bytes = std::string(shift, ' ') + model.bytes();
    const auto plan = graph::Plan::open(
        {reinterpret_cast<const std::uint8_t*>(bytes.data()) + shift, bytes.size() - shift},
        "test.onnx", ops::registry(), {});
    graph::Workspace workspace;
    const Tensor x = floats(List(11, -3.0));
    const TensorView input = x.view();
    TensorView output;
    graph::run(*plan, workspace, {&input, 1}, {&output, 1});
    for (std::size_t i = 0; i < 11; ++i) {
      const auto base = static_cast<float>(i) - 2.0f;
      CHECK(output.as<float>()[i] == std::max(base * base * base, weights[i]));
    }
  }
}
