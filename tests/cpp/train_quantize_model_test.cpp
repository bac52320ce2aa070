// Quantising anybody's model: what the rewritten file holds, that the engine computes nearly the
// same with it, and that everything else in the file is as it was. ONNX Runtime's view of the same
// files is in tests/js/cli-quantize.test.mjs.
#include <algorithm>
#include <cmath>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "graph/plan.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "train/inspect_model.h"
#include "train/math.h"
#include "train/model_file.h"
#include "train/quantize_model.h"

using namespace storewise;
using namespace storewise::train;
using onnx::bytes_of;
using onnx::DataType;
using onnx::ModelWriter;

namespace {

std::span<const std::uint8_t> view(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::vector<float> numbers(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform() * 2 - 1);
  return values;
}

std::vector<float> run(const std::string& model, const std::vector<float>& x,
                       const graph::Shape& shape) {
  const std::vector<std::uint8_t> bytes(model.begin(), model.end());
  const auto plan = graph::Plan::open(bytes, "test.onnx", ops::registry());
  graph::Workspace workspace;
  const std::vector<graph::TensorView> inputs{{DataType::kFloat, shape, x.data()}};
  std::vector<graph::TensorView> outputs(1);
  graph::run(*plan, workspace, inputs, outputs);
  const float* data = outputs[0].as<float>();
  return {data, data + outputs[0].shape.elements()};
}

// The largest difference, as a share of the largest magnitude of `b`.
double difference_of(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  double magnitude = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, static_cast<double>(std::fabs(a[i] - b[i])));
    magnitude = std::max(magnitude, static_cast<double>(std::fabs(b[i])));
  }
  return largest / magnitude;
}

// x [n, 24] -> MatMul w [24, 20] + bias -> Gemm v [16, 20] transposed -> y [n, 16].
ModelWriter two_products(std::int64_t opset = 17) {
  ModelWriter writer("two products", opset);
  writer.add_input("x", DataType::kFloat, {"n", 24});
  writer.add_output("y", DataType::kFloat, {"n", 16});
  writer.add_initializer("w", DataType::kFloat, {24, 20}, bytes_of(numbers(480, 1)));
  writer.add_initializer("bias", DataType::kFloat, {20}, bytes_of(numbers(20, 2)));
  writer.add_initializer("v", DataType::kFloat, {16, 20}, bytes_of(numbers(320, 3)));
  writer.add_node("MatMul", {"x", "w"}, {"h"});
  writer.add_node("Add", {"h", "bias"}, {"h1"});
  writer.add_node("Gemm", {"h1", "v"}, {"y"}, {{"transB", 1}});
  writer.set_metadata("who", "a shop");
  return writer;
}

const FileTensor* initializer(const FileModel& model, std::string_view name) {
  for (const FileTensor& tensor : model.graph.initializers) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

const FileNode* maker(const FileModel& model, std::string_view output) {
  for (const FileNode& node : model.graph.nodes) {
    if (std::find(node.outputs.begin(), node.outputs.end(), output) != node.outputs.end()) {
      return &node;
    }
  }
  return nullptr;
}

std::vector<std::string> names(const Json& list) {
  std::vector<std::string> all;
  for (const Json& entry : list) all.push_back(entry["name"]);
  return all;
}

std::string reason(const Json& report, std::string_view name) {
  for (const Json& entry : report["left"]) {
    if (entry["name"] == name) return entry["reason"];
  }
  return "not listed";
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("weights of products become int8 with a scale for each output; the rest stays") {
  const std::string before = two_products().bytes();
  const QuantizedModel after = quantize_model(view(before), {});
  CHECK(names(after.report["quantised"]) == Names{"w", "v"});
  CHECK(after.report["quantised"][0]["axis"] == 1);
  CHECK(after.report["quantised"][1]["axis"] == 0);
  CHECK(reason(after.report, "bias") == "read by Add, not as a weight");
  CHECK(after.report["bytes_before"] == before.size());
  CHECK(after.report["bytes_after"] == after.model.size());
  CHECK(after.model.size() < before.size() / 2);

  const FileModel file = read_model_file(view(after.model));
  const FileTensor* q = initializer(file, "w_quantized");
  REQUIRE(q != nullptr);
  CHECK(q->type == DataType::kInt8);
  CHECK(q->dims == std::vector<std::int64_t>{24, 20});
  REQUIRE(initializer(file, "w_scale") != nullptr);
  CHECK(initializer(file, "w_scale")->dims == std::vector<std::int64_t>{20});
  CHECK(initializer(file, "w") == nullptr);
  const FileNode* dequantize = maker(file, "w");
  REQUIRE(dequantize != nullptr);
  CHECK(dequantize->op_type == "DequantizeLinear");
  CHECK(dequantize->inputs == std::vector<std::string_view>{"w_quantized", "w_scale"});
  CHECK(dequantize->int_or("axis", -7) == 1);
  CHECK(file.metadata == read_model_file(view(before)).metadata);
  CHECK(file.opset() == 17);

  const std::vector<float> x = numbers(5 * 24, 9);
  const std::vector<float> expected = run(before, x, {5, 24});
  const double difference = difference_of(run(after.model, x, {5, 24}), expected);
  CHECK(difference > 0);
  CHECK(difference < 0.01);
  // Once more: nothing is left to do, and not a byte changes.
  const QuantizedModel again = quantize_model(view(after.model), {});
  CHECK(again.model == after.model);
  CHECK(again.report["quantised"].empty());
  CHECK(again.report["integers_before"] == 2);
}

TEST_CASE("leave and only choose among the weights; a name that is none is an error") {
  const std::string before = two_products().bytes();
  QuantizeOptions options = parse_quantize_options(R"({"leave":["w"]})");
  CHECK(names(quantize_model(view(before), options).report["quantised"]) == Names{"v"});
  CHECK(reason(quantize_model(view(before), options).report, "w") == "not asked for");
  options = parse_quantize_options(R"({"only":["w"]})");
  CHECK(names(quantize_model(view(before), options).report["quantised"]) == Names{"w"});
  options.only = {"nothing"};
  CHECK_THROWS_AS(quantize_model(view(before), options), Error);
  options.only.clear();
  options.least_saving = 1 << 20;
  const QuantizedModel none = quantize_model(view(before), options);
  CHECK(none.model == before);
  CHECK(reason(none.report, "v").starts_with("too small: it would save "));
}

TEST_CASE("what the file has besides, unknown fields included, is kept byte for byte") {
  std::string before = two_products().bytes();
  protozero::pbf_writer(before).add_string(900, "a field of a later version");
  const std::string after = quantize_model(view(before), {}).model;
  CHECK(after.ends_with(before.substr(before.size() - 26)));
  // Leaving every weight gives the file itself.
  QuantizeOptions options;
  options.leave = {"w", "v"};
  CHECK(quantize_model(view(before), options).model == before);
}

TEST_CASE("a weight behind Transpose is carried out; a tied one is quantised where it stands") {
  const std::vector<float> w = numbers(20 * 24, 4);
  ModelWriter writer("transposed");
  writer.add_input("x", DataType::kFloat, {"n", 24});
  writer.add_output("y", DataType::kFloat, {"n", 20});
  writer.add_initializer("w", DataType::kFloat, {20, 24}, bytes_of(w));
  writer.add_node("Identity", {"w"}, {"same"});
  writer.add_node("Transpose", {"same"}, {"wt"}, {{"perm", std::vector<std::int64_t>{1, 0}}});
  writer.add_node("MatMul", {"x", "wt"}, {"y"});
  const std::string before = writer.bytes();
  const QuantizedModel after = quantize_model(view(before), {});
  CHECK(names(after.report["quantised"]) == Names{"wt"});
  const FileModel file = read_model_file(view(after.model));
  CHECK(file.graph.nodes.size() == 2);
  CHECK(file.graph.initializers.size() == 2);
  REQUIRE(initializer(file, "wt_quantized") != nullptr);
  CHECK(initializer(file, "wt_quantized")->dims == std::vector<std::int64_t>{24, 20});

  // The same numbers as when they are given transposed to begin with.
  std::vector<float> turned(w.size());
  for (std::size_t r = 0; r < 20; ++r) {
    for (std::size_t c = 0; c < 24; ++c) turned[c * 20 + r] = w[r * 24 + c];
  }
  ModelWriter plain("plain");
  plain.add_input("x", DataType::kFloat, {"n", 24});
  plain.add_output("y", DataType::kFloat, {"n", 20});
  plain.add_initializer("wt", DataType::kFloat, {24, 20}, bytes_of(turned));
  plain.add_node("MatMul", {"x", "wt"}, {"y"});
  const std::vector<float> x = numbers(3 * 24, 5);
  CHECK(run(after.model, x, {3, 24}) ==
        run(quantize_model(view(plain.bytes()), {}).model, x, {3, 24}));

  ModelWriter tied("tied");
  tied.add_input("ids", DataType::kInt64, {"n"});
  tied.add_output("y", DataType::kFloat, {"n", 20});
  tied.add_initializer("w", DataType::kFloat, {20, 24}, bytes_of(w));
  tied.add_node("Gather", {"w", "ids"}, {"rows"});
  tied.add_node("Transpose", {"w"}, {"wt"});
  tied.add_node("MatMul", {"rows", "wt"}, {"y"});
  const QuantizedModel both = quantize_model(view(tied.bytes()), {});
  CHECK(names(both.report["quantised"]) == Names{"w"});
  CHECK(both.report["quantised"][0]["axis"] == 0);
  CHECK(maker(read_model_file(view(both.model)), "wt")->op_type == "Transpose");
}

TEST_CASE("a transposed weight whose source others read as it is saves nothing and is left") {
  ModelWriter writer("read twice");
  writer.add_input("x", DataType::kFloat, {24, 24});
  writer.add_output("y", DataType::kFloat, {24, 24});
  writer.add_initializer("w", DataType::kFloat, {24, 24}, bytes_of(numbers(576, 4)));
  writer.add_node("Transpose", {"w"}, {"wt"});
  writer.add_node("MatMul", {"x", "wt"}, {"h"});
  writer.add_node("Add", {"h", "w"}, {"y"});
  const QuantizedModel after = quantize_model(view(writer.bytes()), {});
  CHECK(after.report["quantised"].empty());
  CHECK(reason(after.report, "wt") == "it would save nothing");
}

TEST_CASE("what is no weight, no float or no number stays, with the reason") {
  std::vector<float> broken = numbers(24 * 20, 6);
  broken[7] = std::numeric_limits<float>::infinity();
  ModelWriter writer("left");
  writer.add_input("x", DataType::kFloat, {"n", 24});
  writer.add_output("y", DataType::kFloat, {"n", 20});
  writer.add_initializer("w", DataType::kFloat, {24, 20}, bytes_of(broken));
  writer.add_initializer("spare", DataType::kFloat, {24, 20}, bytes_of(broken));
  writer.add_initializer("wide", DataType::kDouble, {24, 20},
                         bytes_of(std::vector<double>(480, 1.0)));
  writer.add_node("Cast", {"x"}, {"x64"}, {{"to", 11}});
  writer.add_node("MatMul", {"x64", "wide"}, {"unused"});
  writer.add_node("MatMul", {"x", "w"}, {"y"});
  const std::string before = writer.bytes();
  const QuantizedModel after = quantize_model(view(before), {});
  CHECK(after.model == before);
  CHECK(reason(after.report, "w") == "it holds numbers that are not finite");
  CHECK(reason(after.report, "spare") == "read by no operator");
  CHECK(reason(after.report, "wide") == "double weights");
}

TEST_CASE("an old opset is raised when no operator changes its meaning, else refused") {
  const QuantizedModel raised = quantize_model(view(two_products(11).bytes()), {});
  CHECK(raised.report["opset_before"] == 11);
  CHECK(raised.report["opset"] == 13);
  CHECK(read_model_file(view(raised.model)).opset() == 13);
  const std::vector<float> x = numbers(24, 9);
  CHECK(difference_of(run(raised.model, x, {1, 24}), run(two_products(11).bytes(), x, {1, 24})) <
        0.01);

  const auto with = [](const char* op, std::vector<onnx::Attribute> attributes) {
    ModelWriter writer = two_products(11);
    writer.add_node(op, {"y"}, {"z"}, std::move(attributes));
    return writer.bytes();
  };
  // y is declared [n, 16]: the second axis is the last.
  CHECK_NOTHROW(quantize_model(view(with("Softmax", {})), {}));
  CHECK_NOTHROW(quantize_model(view(with("Squeeze", {})), {}));
  CHECK_THROWS_WITH(quantize_model(view(with("Softmax", {{"axis", 0}})), {}),
                    ContainsSubstring("Softmax, which means something else as of opset 13"));
  CHECK_THROWS_WITH(
      quantize_model(view(with("Squeeze", {{"axes", std::vector<std::int64_t>{0}}})), {}),
      ContainsSubstring("node \"z\"") && ContainsSubstring("export the model anew"));
  CHECK_THROWS_AS(quantize_model(view(two_products(6).bytes()), {}), Error);
}

TEST_CASE("names that are taken get a number") {
  ModelWriter writer = two_products();
  writer.add_initializer("w_scale", DataType::kFloat, {2}, bytes_of(numbers(2, 8)));
  const FileModel file = [&] {
    static std::string after;
    after = quantize_model(view(writer.bytes()), {}).model;
    return read_model_file(view(after));
  }();
  CHECK(maker(file, "w")->inputs[1] == "w_scale_2");
  CHECK(initializer(file, "w_scale")->dims == std::vector<std::int64_t>{2});
}

TEST_CASE("the best scale errs no more than the largest magnitude's, and nothing errs wildly") {
  Random random(11);
  for (const std::size_t count : {1, 2, 3, 17, 500}) {
    for (int round = 0; round < 20; ++round) {
      std::vector<float> values(count);
      // Mostly small numbers, a few large ones: what trained weights look like.
      for (float& value : values) {
        const double u = random.uniform() * 2 - 1;
        value = static_cast<float>(u * u * u * std::pow(10, round - 10));
      }
      const auto squared_error = [&](float scale, const std::vector<std::int8_t>& q) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const double wrong = static_cast<double>(values[i]) - static_cast<double>(scale) * q[i];
          sum += wrong * wrong;
        }
        return sum;
      };
      std::vector<std::int8_t> q(count);
      const double best = squared_error(quantise_best(values, q), q);
      CHECK(*std::min_element(q.begin(), q.end()) >= -127);
      float largest = 0;
      for (const float value : values) largest = std::max(largest, std::fabs(value));
      std::vector<std::int8_t> plain(count);
      for (std::size_t i = 0; i < count; ++i) {
        plain[i] = static_cast<std::int8_t>(std::round(values[i] / (largest / 127)));
      }
      CHECK(best <= squared_error(largest / 127, plain) * (1 + 1e-6) + 1e-30);
    }
  }
  std::vector<std::int8_t> q(3, 5);
  CHECK(quantise_best(std::vector<float>{0, 0, 0}, q) == 1.0f);
  CHECK(q == std::vector<std::int8_t>{0, 0, 0});
}

TEST_CASE("a file that breaks off or is damaged gives an error or a file, never a fault") {
  const std::string whole = two_products().bytes();
  for (std::size_t length = 0; length < whole.size(); length += 3) {
    const std::string part = whole.substr(0, length);
    CHECK_THROWS_AS(quantize_model(view(part), {}), Error);
  }
  Random random(13);
  int written = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = whole;
    for (int flips = 0; flips < 3; ++flips) {
      // Mostly where the messages' own fields are, not within the weights.
      const std::size_t byte = random.below(static_cast<std::uint32_t>(damaged.size()));
      damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << random.below(8)));
    }
    try {
      written += quantize_model(view(damaged), {}).model.empty() ? 0 : 1;
    } catch (const Error&) {
    }
  }
  CHECK(written > 0);
}

TEST_CASE("inspecting tells operators, sizes and what the engine lacks, of any ONNX file") {
  ModelWriter writer = two_products();
  writer.add_node("Quux", {"y"}, {"z"});
  writer.add_node("Relu", {"z"}, {"r"}, {{"slope", 1}});
  const Json report = inspect_model(view(writer.bytes()));
  CHECK(report["operators"] ==
        Json{{"Add", 1}, {"Gemm", 1}, {"MatMul", 1}, {"Quux", 1}, {"Relu", 1}});
  CHECK(report["opsets"] == Json{{"ai.onnx", 17}});
  CHECK(report["inputs"] ==
        Json::array({{{"name", "x"}, {"type", "float"}, {"shape", {"n", 24}}}}));
  CHECK(report["tensors"][0]["name"] == "w");
  CHECK(report["types"]["float"]["tensors"] == 3);
  CHECK(report["metadata"] == Json{{"who", 6}});
  REQUIRE(report["unsupported"].size() == 2);
  CHECK(report["unsupported"][0]["operator"] == "Quux");
  CHECK(report["unsupported"][0]["reason"] == "not among the engine's operators");
  CHECK(report["unsupported"][1]["node"] == "r");
  CHECK(report["unsupported"][1]["reason"] == "not with the attribute \"slope\"");
  const std::string whole = writer.bytes();
  // Behind the graph there are only the opset and the metadata, which a file may lack.
  for (std::size_t length = 0; length < whole.size() - 100; length += 5) {
    const std::string part = whole.substr(0, length);
    CHECK_THROWS_AS(inspect_model(view(part)), Error);
  }
}
