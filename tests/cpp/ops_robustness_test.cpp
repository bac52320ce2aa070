// Damaged model files: whatever the bytes, opening and running ends in an Error or in a valid run.
// Run under AddressSanitizer and UndefinedBehaviorSanitizer this is the proof that no length,
// offset or index from a file is trusted.
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "engine_models.h"
#include "graph/plan.h"
#include "ops/registry.h"
#include "small_models.h"
#include "support/error.h"

namespace {

using namespace storewise;

// Opens and runs `bytes` with inputs of the declared types; true if that worked.
bool survives(const std::string& bytes, bool fuse) {
  // A copy of exactly this size, so that the sanitizer sees a read one byte too far.
  const std::vector<std::uint8_t> model(bytes.begin(), bytes.end());
  try {
    const auto plan = graph::Plan::open(model, "damaged", ops::registry(),
                                        {.fuse = fuse, .max_tensor_bytes = 1 << 22});
    graph::Workspace workspace;
    const std::vector<float> ones(1 << 14, 1.0f);
    const std::vector<std::int64_t> small(1 << 13, 1);
    const std::vector<std::string_view> texts(1 << 13, "red");
    std::vector<graph::TensorView> inputs;
    for (const graph::ValueInfo& input : plan->inputs()) {
      graph::Shape shape;
      for (const std::int64_t dim : input.shape.dims()) shape.push_back(dim == -1 ? 2 : dim);
      if (shape.elements() > small.size()) return false;
      const void* data = small.data();
      if (input.type == graph::DataType::kFloat) data = ones.data();
      if (input.type == graph::DataType::kString) data = texts.data();
      inputs.push_back({input.type, shape, data});
    }
    std::vector<graph::TensorView> outputs(plan->outputs().size());
    graph::run(*plan, workspace, inputs, outputs);
    unsigned sum = 0;
    for (const graph::TensorView& output : outputs) {
      if (output.type == graph::DataType::kString) {
        for (std::size_t i = 0; i < output.shape.elements(); ++i) {
          for (const char c : output.as<std::string_view>()[i]) sum += static_cast<unsigned>(c);
        }
        continue;
      }
      for (std::size_t i = 0; i < output.bytes(); ++i) sum += output.as<std::uint8_t>()[i];
    }
    return sum != ~0u;
  } catch (const Error& error) {
    CHECK_FALSE(std::string(error.what()).empty());
    return false;
  }
}

std::string other_operators() {
  using namespace engine_models;
  ModelWriter model("others");
  model.add_input("x", DataType::kFloat, {2, 3});
  model.add_output("y", DataType::kFloat, {"a", "b"});
  model.add_output("i", DataType::kInt64, {"a", "b"});
  model.add_initializer("w", DataType::kFloat, {3, 4}, bytes_of(std::vector<float>(12, 0.5f)));
  model.add_initializer("v", DataType::kFloat, {4, 3}, bytes_of(std::vector<float>(12, 0.5f)));
  model.add_initializer("k", DataType::kInt64, {1}, bytes_of(std::vector<std::int64_t>{2}));
  model.add_node("MatMul", {"x", "w"}, {"a"});
  model.add_node("Gemm", {"x", "v"}, {"b"}, {{"transB", 1}, {"alpha", 0.5f}});
  model.add_node("Concat", {"a", "b"}, {"c"}, {{"axis", 1}});
  model.add_node("Shape", {"c"}, {"shape"});
  const std::vector<float> one = {1.0f};
  model.add_node("ConstantOfShape", {"shape"}, {"ones"},
                 {{"value", TensorSource{DataType::kFloat, {1}, bytes_of(one)}}});
  model.add_node("Sub", {"c", "ones"}, {"d"});
  model.add_node("Relu", {"d"}, {"e"});
  model.add_node("Squeeze", {"e"}, {"f"});
  model.add_node("Identity", {"f"}, {"g"});
  model.add_node("TopK", {"g", "k"}, {"y", "i"}, {{"axis", 1}});
  return model.bytes();
}

// Words become numbers and numbers words.
std::string words() {
  using namespace engine_models;
  ModelWriter model("words");
  model.add_opset("ai.onnx.ml", 2);
  model.add_input("x", DataType::kString, {"n"});
  model.add_output("y", DataType::kString, {"n"});
  model.add_output("z", DataType::kString, {"n"});
  model.add_node("LabelEncoder", {"x"}, {"n"},
                 {{"keys_strings", std::vector<std::string>{"red", "blue"}},
                  {"values_int64s", std::vector<std::int64_t>{1, 2}}},
                 "ai.onnx.ml");
  model.add_node("Cast", {"n"}, {"y"}, {{"to", 8}});
  model.add_node("Identity", {"x"}, {"z"});
  return model.bytes();
}

std::vector<std::string> models() {
  return {engine_models::recommender(12, 3),
          engine_models::classifier(16, 4, engine_models::Scale::kRows),
          engine_models::classifier(16, 4, engine_models::Scale::kColumns), other_operators(),
          words()};
}

}  // namespace

TEST_CASE("the models that the damage is done to run") {
  for (const std::string& model : models()) {
    CHECK(survives(model, true));
    CHECK(survives(model, false));
  }
}

TEST_CASE("a model cut off at any byte is an error or still valid") {
  for (const std::string& model : models()) {
    int valid = 0;
    for (std::size_t length = 0; length < model.size(); ++length) {
      valid += survives(model.substr(0, length), true) ? 1 : 0;
    }
    // Only the metadata at the end may be missing.
    CHECK(valid <= 2);
  }
}

TEST_CASE("ten thousand models with flipped bits are errors or still valid") {
  std::mt19937 random(20260101);
  const std::vector<std::string> originals = models();
  int valid = 0;
  for (int i = 0; i < 10000; ++i) {
    std::string model = originals[static_cast<std::size_t>(i) % originals.size()];
    const auto flips = 1 + random() % 4;
    for (std::size_t flip = 0; flip < flips; ++flip) {
      model[random() % model.size()] ^= static_cast<char>(1u << random() % 8);
    }
    valid += survives(model, i % 2 == 0) ? 1 : 0;
  }
  CHECK(valid > 800);   // flips in weights and names do no harm
  CHECK(valid < 9000);  // flips elsewhere are seen
}

TEST_CASE("random bytes are errors") {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    CHECK_FALSE(survives(bytes, true));
  }
}

TEST_CASE("an input in the middle of a list cannot be left out") {
  using small_models::floats;
  for (const char* op : {"Max", "Min", "Sum", "Mean"}) {
    CHECK_THAT(small_models::node_error(op, {{}, floats({2}, {1, 2})}),
               ContainsSubstring("lacks an input"));
    CHECK_THAT(small_models::node_error(op, {floats({2}, {1, 2}), {}, floats({2}, {1, 2})}),
               ContainsSubstring("lacks an input"));
  }
}

TEST_CASE("outputs that an operator always makes cannot be left out, the others can") {
  using small_models::floats;
  const auto outputs = [](std::string_view op, const std::vector<std::string_view>& made,
                          const std::vector<std::string_view>& given) {
    onnx::ModelWriter model("outputs");
    small_models::declare_input(model, "x", floats({2, 2}, {1, 2, 3, 4}));
    small_models::add_weight(model, "w", floats({2}, {1, 1}));
    for (const std::string_view name : made) {
      if (!name.empty()) model.add_output(name, graph::DataType::kUndefined, {});
    }
    model.add_node(op, given, made);
    return small_models::error_of([&] {
      small_models::run_model(model.bytes(), {floats({2, 2}, {1, 2, 3, 4})});
    });
  };
  CHECK_THAT(outputs("LayerNormalization", {"", "m"}, {"x", "w"}),
             ContainsSubstring("first output"));
  CHECK_THAT(outputs("Dropout", {"", "m"}, {"x"}), ContainsSubstring("first output"));
  CHECK_THAT(outputs("DynamicQuantizeLinear", {"", "s", "z"}, {"x"}),
             ContainsSubstring("first output"));
  CHECK(outputs("DynamicQuantizeLinear", {"y", "", "z"}, {"x"}) == "no error");
  CHECK(outputs("DynamicQuantizeLinear", {"y", "s", ""}, {"x"}) == "no error");
  CHECK(outputs("LayerNormalization", {"y", "", "d"}, {"x", "w"}) == "no error");
  CHECK(outputs("Split", {"", "b"}, {"x"}) == "no error");
  CHECK(outputs("Neg", {"y", ""}, {"x"}) == "no error");
  for (const auto& more : std::vector<std::vector<std::string_view>>{{"y", "z"}, {"y", "z", ""}}) {
    CHECK_THAT(outputs("Neg", more, {"x"}), ContainsSubstring("wrong number of outputs"));
  }
}

TEST_CASE("a classifier with labels of two kinds is refused") {
  using small_models::floats;
  const std::vector<float> four = {1, 2, 3, 4};
  const auto classify = [&](const std::vector<std::string>& texts) {
    return small_models::node_error(
        "LinearClassifier", {floats({3, 2}, {1, 2, 3, 4, 5, 6})},
        {.attributes = {{"classlabels_ints", std::vector<std::int64_t>{7, 8}},
                        {"coefficients", four},
                        {"classlabels_strings", texts}},
         .outputs = 2,
         .domain = "ai.onnx.ml"});
  };
  CHECK_THAT(classify({"a", "b"}), ContainsSubstring("two lists of values or labels"));
  CHECK(classify({}) == "no error");
}

TEST_CASE("an attribute cannot ask for a type that the operator does not make") {
  using onnx::DataType;
  using small_models::floats;
  using small_models::numbers;
  const auto asked = [&](const char* op, DataType given, DataType type) {
    return small_models::node_error(
        op, {numbers(given, {3}, {1, 2, 3}), floats({}, {0.5})},
        {.attributes = {{"output_dtype", std::int64_t{static_cast<int>(type)}}}, .opset = 23});
  };
  CHECK_THAT(asked("DequantizeLinear", DataType::kUint8, DataType::kUint8),
             ContainsSubstring("expected float, float16 or double; found uint8"));
  CHECK_THAT(asked("QuantizeLinear", DataType::kFloat, DataType::kFloat),
             ContainsSubstring("found float"));
  CHECK(asked("DequantizeLinear", DataType::kUint8, DataType::kFloat16) == "no error");
  CHECK(asked("QuantizeLinear", DataType::kFloat, DataType::kInt8) == "no error");
}

TEST_CASE("a product of integers takes whole factors that an integer holds") {
  const auto scaled = [](double alpha) {
    const auto one = small_models::numbers(onnx::DataType::kInt32, {1, 1}, {3});
    return small_models::node_error(
        "Gemm", {one, one, one},
        {.attributes = {{"alpha", static_cast<float>(alpha)}}, .opset = 15});
  };
  CHECK(scaled(-2) == "no error");
  for (const double alpha : {0.5, 1e30, -1e30, std::numeric_limits<double>::infinity()}) {
    CHECK_THAT(scaled(alpha), ContainsSubstring("whole factors below 2^63"));
  }
}
