// The engine as a whole: plans of the shop's two models, fused and plain, errors, memory.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "allocation_counter.h"
#include "catch.h"
#include "engine_models.h"
#include "graph/plan.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "support/error.h"

namespace {

using namespace storewise;
using engine_models::Scale;
using graph::DataType;
using graph::Plan;
using graph::Shape;
using graph::TensorView;
using graph::Workspace;
using onnx::bytes_of;
using onnx::ModelWriter;

std::span<const std::uint8_t> span_of(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

// Keeps the bytes, which a plan does not, until the program ends.
std::unique_ptr<const Plan> open(const std::string& bytes, graph::PlanOptions options = {}) {
  static std::deque<std::string> files;
  return Plan::open(span_of(files.emplace_back(bytes)), "test.onnx", ops::registry(), options);
}

template <typename T>
TensorView tensor(DataType type, const Shape& shape, const std::vector<T>& values) {
  static const T kNothing{};
  return {type, shape, values.empty() ? &kNothing : values.data()};
}
TensorView floats(const std::vector<float>& values) {
  return tensor(DataType::kFloat, {static_cast<std::int64_t>(values.size())}, values);
}
TensorView ints(const std::vector<std::int64_t>& values) {
  return tensor(DataType::kInt64, {static_cast<std::int64_t>(values.size())}, values);
}

std::vector<float> floats_of(const TensorView& tensor) {
  REQUIRE(tensor.type == DataType::kFloat);
  const float* data = tensor.as<float>();
  return {data, data + tensor.shape.elements()};
}

std::vector<float> run_floats(const Plan& plan, const std::vector<TensorView>& inputs) {
  Workspace workspace;
  TensorView output;
  graph::run(plan, workspace, inputs, {&output, 1});
  return floats_of(output);
}

void check_close(const std::vector<float>& a, const std::vector<float>& b, float tolerance) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    CHECK(std::fabs(a[i] - b[i]) <= tolerance * (1.0f + std::fabs(b[i])));
  }
}

// What opening or running throws, as one line.
template <typename Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("the recommender's graph runs as one sparse step and agrees with the plain nodes") {
  const std::string bytes = engine_models::recommender(3000, 20);
  const auto fused = open(bytes);
  const auto plain = open(bytes, {.fuse = false});
  CHECK(fused->steps() == std::vector<std::string_view>{"DequantizeLinear", "SparseAccumulate"});
  CHECK(plain->steps().size() == 11);
  for (const std::size_t n : {0, 1, 3, 20}) {
    CAPTURE(n);
    std::vector<std::int64_t> items;
    std::vector<float> weights;
    for (std::size_t i = 0; i < n; ++i) {
      items.push_back(static_cast<std::int64_t>(i * 149 % 3000));
      weights.push_back(std::exp(-static_cast<float>(i) / 4.0f));
    }
    const std::vector<TensorView> inputs = {ints(items), floats(weights)};
    const auto scores = run_floats(*fused, inputs);
    CHECK(scores.size() == 3000);
    check_close(scores, run_floats(*plain, inputs), 1e-6f);
    if (n > 0) CHECK(*std::max_element(scores.begin(), scores.end()) > 0.1f);
  }
}

TEST_CASE("the recommender's scores are what the definition says") {
  // Worked by hand from the initializers: prior, then every item's neighbours.
  const std::string bytes = engine_models::recommender(50, 4);
  const auto plan = open(bytes);
  const auto weight_of = [&](std::string_view name, std::size_t i, auto type) {
    decltype(type) value;
    std::memcpy(&value, plan->initializer(name).as<char>() + i * sizeof value, sizeof value);
    return value;
  };
  std::vector<double> expected(50);
  for (std::size_t i = 0; i < 50; ++i) {
    expected[i] = weight_of("popularity_q", i, std::int8_t{}) * (1e-4 / 127);
  }
  const std::vector<std::int64_t> items = {7, 49, 7};
  const std::vector<float> weights = {1.0f, 0.5f, 0.25f};
  for (std::size_t s = 0; s < items.size(); ++s) {
    const auto item = static_cast<std::size_t>(items[s]);
    for (std::size_t j = item * 4; j < item * 4 + 4; ++j) {
      const auto neighbour = static_cast<std::size_t>(weight_of("neighbours", j, std::int32_t{}));
      expected[neighbour] += double(weights[s]) * weight_of("neighbour_scales", item, float{}) *
                             weight_of("neighbour_weights", j, std::int8_t{});
    }
  }
  const auto scores = run_floats(*plan, {ints(items), floats(weights)});
  for (std::size_t i = 0; i < 50; ++i) CHECK(std::fabs(scores[i] - expected[i]) < 1e-5);
}

TEST_CASE("the classifier's graph runs as an embedding bag and agrees with the plain nodes") {
  for (const Scale scale : {Scale::kOne, Scale::kRows, Scale::kColumns}) {
    const std::string bytes = engine_models::classifier(4096, 77, scale);
    const auto fused = open(bytes);
    const auto plain = open(bytes, {.fuse = false});
    const auto steps = fused->steps();
    CHECK(std::count(steps.begin(), steps.end(), "EmbeddingBag") == 1);
    CHECK(std::count(steps.begin(), steps.end(), "Unsqueeze") == 0);
    for (const std::size_t m : {0, 1, 5, 300}) {
      CAPTURE(int(scale), m);
      std::vector<std::int64_t> ids;
      std::vector<float> weights;
      for (std::size_t i = 0; i < m; ++i) {
        ids.push_back(static_cast<std::int64_t>(i * 131 % 4096));
        weights.push_back(1.0f + static_cast<float>(i % 3));
      }
      const std::vector<TensorView> inputs = {ints(ids), floats(weights)};
      const auto probabilities = run_floats(*fused, inputs);
      CHECK(probabilities.size() == 77);
      double sum = 0;
      for (const float p : probabilities) sum += p;
      CHECK(std::fabs(sum - 1.0) < 1e-5);
      check_close(probabilities, run_floats(*plain, inputs), 1e-5f);
    }
  }
}

TEST_CASE("a product with int8 weights keeps them int8, whichever way they lie") {
  std::mt19937 random(3);
  const std::int64_t k = 200, n = 60;
  const auto q = engine_models::random_weights(static_cast<std::size_t>(k * n), random);
  std::vector<float> x(3 * k);
  std::normal_distribution<float> any(0.0f, 1.0f);
  for (auto& value : x) value = any(random);
  for (const std::string kind : {"MatMul", "Gemm", "Gemm transposed"}) {
    for (const bool per_output : {false, true}) {
      CAPTURE(kind, per_output);
      const bool transposed = kind == "Gemm transposed";
      const auto scales = engine_models::random_scales(per_output ? n : 1, random);
      std::vector<float> bias(n, 0.5f);
      ModelWriter model("product");
      model.add_input("x", DataType::kFloat, {"rows", k});
      model.add_output("y", DataType::kFloat, {"rows", n});
      model.add_initializer(
          "q", DataType::kInt8,
          transposed ? std::vector<std::int64_t>{n, k} : std::vector<std::int64_t>{k, n},
          bytes_of(q));
      model.add_initializer("s", DataType::kFloat,
                            per_output ? std::vector<std::int64_t>{n} : std::vector<std::int64_t>{},
                            bytes_of(scales));
      model.add_initializer("b", DataType::kFloat, {n}, bytes_of(bias));
      model.add_node("DequantizeLinear", {"q", "s"}, {"w"}, {{"axis", transposed ? 0 : 1}});
      if (kind == "MatMul") {
        model.add_node("MatMul", {"x", "w"}, {"y"});
      } else {
        model.add_node("Gemm", {"x", "w", "b"}, {"y"}, {{"transB", transposed ? 1 : 0}});
      }
      const std::string bytes = model.bytes();
      const auto fused = open(bytes);
      const auto plain = open(bytes, {.fuse = false});
      CHECK(fused->steps() == std::vector<std::string_view>{"QuantizedMatMul"});
      CHECK(plain->steps().size() == 2);
      const std::vector<TensorView> inputs = {tensor(DataType::kFloat, {3, k}, x)};
      // Activations are rounded to half a step of max|x| / 32767.
      check_close(run_floats(*fused, inputs), run_floats(*plain, inputs), 1e-3f);
      std::vector<float> not_finite = x;
      not_finite[5] = INFINITY;
      not_finite[static_cast<std::size_t>(k) + 1] = NAN;
      const auto y = run_floats(*fused, {tensor(DataType::kFloat, {3, k}, not_finite)});
      CHECK_FALSE(std::isfinite(y[0]));
      CHECK(std::isnan(y[static_cast<std::size_t>(n)]));
      CHECK(std::isfinite(y[static_cast<std::size_t>(2 * n)]));
    }
  }
}

TEST_CASE("rows of a dequantised table are dequantised one by one") {
  std::mt19937 random(4);
  const auto q = engine_models::random_weights(2000 * 8, random);
  for (const std::int64_t axis : {-1, 0, 1}) {
    const std::int64_t scale_count = axis == -1 ? 1 : axis == 0 ? 2000 : 8;
    const auto scales = engine_models::random_scales(static_cast<std::size_t>(scale_count), random);
    ModelWriter model("table");
    model.add_input("ids", DataType::kInt64, {"a", "b"});
    model.add_output("rows", DataType::kFloat, {"a", "b", 8});
    model.add_initializer("q", DataType::kInt8, {2000, 8}, bytes_of(q));
    model.add_initializer(
        "s", DataType::kFloat,
        axis == -1 ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{scale_count},
        bytes_of(scales));
    model.add_node("DequantizeLinear", {"q", "s"}, {"table"}, {{"axis", axis == -1 ? 1 : axis}});
    model.add_node("Gather", {"table", "ids"}, {"rows"});
    const std::string bytes = model.bytes();
    const auto fused = open(bytes);
    CHECK(fused->steps() == std::vector<std::string_view>{"QuantizedGather"});
    const std::vector<std::int64_t> ids = {0, 1999, -1, 7, 7, 3};
    const std::vector<TensorView> inputs = {tensor(DataType::kInt64, {2, 3}, ids)};
    CHECK(run_floats(*fused, inputs) == run_floats(*open(bytes, {.fuse = false}), inputs));
  }
}

TEST_CASE("an index that a visitor's data makes too large is an error, named with its node") {
  for (const bool fuse : {true, false}) {
    const auto plan = open(engine_models::recommender(100, 4), {.fuse = fuse});
    for (const std::int64_t item : {std::int64_t{100}, std::int64_t{-101}, INT64_MIN, INT64_MAX}) {
      const std::vector<std::int64_t> items = {1, item};
      const std::vector<float> weights = {1.0f, 1.0f};
      const std::string error = error_of([&] {
        run_floats(*plan, {ints(items), floats(weights)});
      });
      CAPTURE(error);
      CHECK(error.starts_with("invalid-input: test.onnx"));
      CHECK_THAT(error, ContainsSubstring("index " + std::to_string(item) + " at position 1"));
    }
  }
}

TEST_CASE("inputs of the wrong number, type, rank or size are errors that say so") {
  const auto plan = open(engine_models::recommender(100, 4));
  const std::vector<std::int64_t> items = {1, 2};
  const std::vector<float> weights = {1.0f, 1.0f};
  const std::vector<float> three = {1.0f, 1.0f, 1.0f};
  const auto run_with = [&](std::vector<TensorView> inputs) {
    return error_of([&] { run_floats(*plan, inputs); });
  };
  CHECK(run_with({ints(items), floats(weights)}) == "no error");
  CHECK_THAT(run_with({ints(items)}), ContainsSubstring("expected 2 inputs and 1 outputs"));
  CHECK_THAT(run_with({floats(weights), floats(weights)}),
             ContainsSubstring("input \"items\"); expected int64 [any]; found float [2]"));
  CHECK_THAT(run_with({tensor(DataType::kInt64, {1, 2}, items), floats(weights)}),
             ContainsSubstring("found int64 [1, 2]"));
  CHECK_THAT(run_with({ints(items), floats(three)}), ContainsSubstring("a list of 2 numbers"));
  CHECK_THAT(run_with({{DataType::kInt64, {-5}, items.data()}, floats(weights)}),
             ContainsSubstring("negative"));
}

TEST_CASE("a run allocates nothing once its workspace has seen as much") {
  for (const bool fuse : {true, false}) {
    const auto recommender = open(engine_models::recommender(5000, 20), {.fuse = fuse});
    const auto classifier = open(engine_models::classifier(2048, 50, Scale::kRows), {.fuse = fuse});
    Workspace workspace;  // shared: a page has one
    std::vector<std::int64_t> ids(20);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i * 97);
    const std::vector<float> weights(20, 0.7f);
    const auto run_both = [&](std::int64_t n) {
      const TensorView inputs[] = {{DataType::kInt64, {n}, ids.data()},
                                   {DataType::kFloat, {n}, weights.data()}};
      TensorView output;
      graph::run(*recommender, workspace, inputs, {&output, 1});
      graph::run(*classifier, workspace, inputs, {&output, 1});
    };
    run_both(20);
    const std::size_t before = allocation_count();
    for (const std::int64_t n : {20, 1, 7, 0, 20, 13}) run_both(n);
    CHECK(allocation_count() == before);
  }
}

TEST_CASE("a plan is shared: two workspaces give the same answer in turns") {
  const auto plan = open(engine_models::recommender(300, 8));
  Workspace first, second;
  TensorView a, b;
  const std::vector<std::int64_t> items = {1, 2, 3}, others = {250, 4};
  const std::vector<float> weights = {1.0f, 0.5f, 0.2f}, other_weights = {1.0f, 2.0f};
  const TensorView inputs[] = {ints(items), floats(weights)};
  const TensorView other_inputs[] = {ints(others), floats(other_weights)};
  graph::run(*plan, first, inputs, {&a, 1});
  const auto expected = floats_of(a);
  graph::run(*plan, second, other_inputs, {&b, 1});
  CHECK(floats_of(a) == expected);
  CHECK(floats_of(b) != expected);
}

TEST_CASE("what the file makes constant is computed once, except what would undo int8") {
  ModelWriter model("fold");
  const std::vector<std::int8_t> q(20000, 3);
  model.add_input("x", DataType::kFloat, {1});
  model.add_output("y", DataType::kFloat, {20000});
  model.add_initializer("q", DataType::kInt8, {20000}, bytes_of(q));
  model.add_initializer("s", DataType::kFloat, {}, bytes_of(std::vector<float>{0.5f}));
  model.add_node("Add", {"s", "s"}, {"folded"});
  model.add_node("DequantizeLinear", {"q", "s"}, {"large"});
  model.add_node("Mul", {"large", "x"}, {"product"});
  model.add_node("Mul", {"product", "folded"}, {"y"});
  model.add_node("Sqrt", {"y"}, {"dead"});
  const std::string bytes = model.bytes();
  const auto plan = open(bytes);
  CHECK(plan->steps() == std::vector<std::string_view>{"DequantizeLinear", "Mul", "Mul"});
  const std::vector<float> x = {2.0f};
  CHECK(run_floats(*plan, {floats(x)}) == std::vector<float>(20000, 3.0f));
  CHECK(plan->operators() == std::vector<std::pair<std::string, int>>{
                                 {"Add", 1}, {"DequantizeLinear", 1}, {"Mul", 2}, {"Sqrt", 1}});
}

TEST_CASE("an output that is a weight seen through Identity is aligned for its type") {
  for (std::size_t padding = 0; padding < 8; ++padding) {
    ModelWriter model(std::string(padding, 'x'));
    model.add_input("unused", DataType::kFloat, {1});
    model.add_output("y", DataType::kInt64, {2});
    model.add_node("Identity", {"w"}, {"y"});
    model.add_initializer("w", DataType::kInt64, {2}, bytes_of(std::vector<std::int64_t>{5, 6}));
    const std::string bytes = model.bytes();
    const auto plan = open(bytes);
    Workspace workspace;
    const std::vector<float> x = {1.0f};
    const TensorView input = floats(x);
    TensorView output;
    graph::run(*plan, workspace, {&input, 1}, {&output, 1});
    CHECK(reinterpret_cast<std::uintptr_t>(output.data) % 8 == 0);
    CHECK(output.as<std::int64_t>()[1] == 6);
  }
}

TEST_CASE("a model that asks for too much memory is an error, not an allocation") {
  ModelWriter model("huge");
  model.add_input("shape", DataType::kInt64, {"n"});
  model.add_output("y", DataType::kFloat, {"a", "b"});
  model.add_node("ConstantOfShape", {"shape"}, {"y"});
  const std::string bytes = model.bytes();
  const auto plan = open(bytes);
  const auto ask = [&](std::vector<std::int64_t> shape) {
    return error_of([&] { run_floats(*plan, {ints(shape)}); });
  };
  CHECK(ask({2, 3}) == "no error");
  CHECK(ask({0, 1000000}) == "no error");
  CHECK(ask({0, INT64_MAX}).starts_with("invalid-input"));
  CHECK(ask({1 << 20, 1 << 20}).starts_with("out-of-memory"));
  CHECK(ask({INT64_MAX, INT64_MAX}).starts_with("invalid-input"));
  CHECK(ask({-1, 2}).starts_with("invalid-input"));
  CHECK(ask({1, 1, 1, 1, 1, 1, 1, 1, 1}).starts_with("invalid-input"));
}

TEST_CASE("what a model lacks or asks for in vain is said at open, with node and remedy") {
  const auto one_node = [](std::string_view op, const std::vector<onnx::Attribute>& attributes,
                           DataType type = DataType::kFloat, std::int64_t opset = 17) {
    ModelWriter model("one", opset);
    model.add_input("x", type, {"n"});
    model.add_output("y", type, {"n"});
    model.add_node(op, {"x"}, {"y"}, attributes);
    const std::string bytes = model.bytes();
    return error_of([&] { open(bytes); });
  };
  CHECK(one_node("Relu", {}) == "no error");
  CHECK_THAT(
      one_node("Frobnicate", {}),
      ContainsSubstring("unsupported: test.onnx: an operator is not supported (at node \"y\" "
                        "(Frobnicate)); expected one of the operators Abs, Add, "));
  CHECK_THAT(one_node("ConstantOfShape", {}, DataType::kInt64, 8),
             ContainsSubstring("expected ConstantOfShape as of opset 9; found ConstantOfShape of "
                               "opset 8"));
  CHECK_THAT(one_node("Relu", {}, DataType::kFloat, 99), ContainsSubstring("found opset 99"));
  CHECK_THAT(one_node("Relu", {}, DataType::kBool),
             ContainsSubstring("or uint64; found bool as input 0"));
  CHECK_THAT(one_node("Softmax", {{"axes", 1}}), ContainsSubstring("\"axes\""));
  CHECK_THAT(one_node("Softmax", {{"axis", 1.0f}}), ContainsSubstring("wrong kind"));
  CHECK_THAT(one_node("Add", {}), ContainsSubstring("expected input 1; found none"));
  CHECK_THAT(one_node("Cast", {{"to", 16}}), ContainsSubstring("found bfloat16"));

  const auto graph_error = [](auto&& build) {
    ModelWriter model("broken");
    model.add_input("x", DataType::kFloat, {"n"});
    build(model);
    const std::string bytes = model.bytes();
    return error_of([&] { open(bytes); });
  };
  CHECK_THAT(graph_error([](ModelWriter& model) {
               model.add_output("y", DataType::kFloat, {"n"});
               model.add_node("Relu", {"later"}, {"y"});
               model.add_node("Relu", {"x"}, {"later"});
             }),
             ContainsSubstring("value \"later\""));
  CHECK_THAT(graph_error([](ModelWriter& model) {
               model.add_output("y", DataType::kFloat, {"n"});
               model.add_node("Relu", {"x"}, {"y"});
               model.add_node("Relu", {"x"}, {"y"});
             }),
             ContainsSubstring("made twice"));
  CHECK_THAT(graph_error([](ModelWriter& model) { model.add_node("Relu", {"x"}, {"y"}); }),
             ContainsSubstring("no output"));
  CHECK_THAT(graph_error([](ModelWriter& model) {
               model.add_output("z", DataType::kFloat, {"n"});
               model.add_node("Relu", {"x"}, {"y"});
             }),
             ContainsSubstring("output \"z\""));
  CHECK_THAT(graph_error([](ModelWriter& model) {
               model.add_output("y", DataType::kInt64, {"n"});
               model.add_node("Relu", {"x"}, {"y"});
             }),
             ContainsSubstring("expected int64; found float"));
}

TEST_CASE("softmax before opset 13 runs over everything from its axis on") {
  const std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8};
  for (const std::int64_t opset : {std::int64_t{12}, std::int64_t{13}}) {
    ModelWriter model("softmax", opset);
    model.add_input("x", DataType::kFloat, {2, 2, 2});
    model.add_output("y", DataType::kFloat, {2, 2, 2});
    model.add_node("Softmax", {"x"}, {"y"}, {{"axis", 1}});
    const std::string bytes = model.bytes();
    const auto y = run_floats(*open(bytes), {tensor(DataType::kFloat, {2, 2, 2}, x)});
    const float sum = opset == 12 ? y[0] + y[1] + y[2] + y[3] : y[0] + y[2];
    CHECK(std::fabs(sum - 1.0f) < 1e-6f);
  }
}

TEST_CASE("integers divided by zero give zero, and overflow wraps around") {
  ModelWriter model("divide");
  model.add_input("a", DataType::kInt32, {"n"});
  model.add_input("b", DataType::kInt32, {"n"});
  model.add_output("y", DataType::kInt32, {"n"});
  model.add_node("Div", {"a", "b"}, {"y"});
  const std::string bytes = model.bytes();
  const auto plan = open(bytes);
  Workspace workspace;
  const std::vector<std::int32_t> a = {7, 7, INT32_MIN, -7}, b = {0, 2, -1, 2};
  const TensorView inputs[] = {tensor(DataType::kInt32, {4}, a), tensor(DataType::kInt32, {4}, b)};
  TensorView output;
  graph::run(*plan, workspace, inputs, {&output, 1});
  const auto* y = output.as<std::int32_t>();
  CHECK(std::vector<std::int32_t>(y, y + 4) == std::vector<std::int32_t>{0, 3, INT32_MIN, -3});
}

TEST_CASE("the k largest come sorted, NaN behind every number") {
  ModelWriter model("top");
  model.add_input("x", DataType::kFloat, {"n"});
  model.add_initializer("k", DataType::kInt64, {1}, bytes_of(std::vector<std::int64_t>{4}));
  model.add_output("values", DataType::kFloat, {4});
  model.add_output("indices", DataType::kInt64, {4});
  model.add_node("TopK", {"x", "k"}, {"values", "indices"});
  const std::string bytes = model.bytes();
  const auto plan = open(bytes);
  Workspace workspace;
  const std::vector<float> x = {NAN, 1.0f, NAN, 3.0f, 3.0f};
  const TensorView input = floats(x);
  TensorView outputs[2];
  graph::run(*plan, workspace, {&input, 1}, outputs);
  const auto* indices = outputs[1].as<std::int64_t>();
  CHECK(std::vector<std::int64_t>(indices, indices + 4) == std::vector<std::int64_t>{3, 4, 1, 0});
  const std::vector<float> few = {1.0f, 2.0f};
  const TensorView too_few = floats(few);
  CHECK_THAT(error_of([&] {
               graph::run(*plan, workspace, {&too_few, 1}, outputs);
             }),
             ContainsSubstring("k from 0 to 2; found 4"));
}
