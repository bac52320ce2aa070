// The operators of ai.onnx.ml, one node a model: what the ONNX project's cases do not reach.
// Numbers without an explanation were computed by ONNX Runtime 1.32 on the same model.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "graph/invocation.h"
#include "graph/plan.h"
#include "onnx/writer.h"
#include "ops/registry.h"
#include "support/error.h"

namespace {

using namespace storewise;
using graph::DataType;
using graph::Plan;
using graph::Shape;
using graph::TensorView;
using graph::Workspace;
using onnx::Attribute;
using onnx::bytes_of;
using onnx::ModelWriter;
using onnx::TensorSource;

using Floats = std::vector<float>;
using Ints = std::vector<std::int64_t>;
using Strings = std::vector<std::string>;
using Views = std::vector<std::string_view>;
using Attributes = std::vector<Attribute>;

const float kNan = std::numeric_limits<float>::quiet_NaN();

template <typename T>
TensorView view(DataType type, const Shape& shape, const std::vector<T>& values) {
  static const T kNothing{};
  return {type, shape, values.empty() ? &kNothing : values.data()};
}
TensorView floats(const Shape& shape, const Floats& values) {
  return view(DataType::kFloat, shape, values);
}
TensorView ints(const Shape& shape, const Ints& values) {
  return view(DataType::kInt64, shape, values);
}
TensorView texts(const Shape& shape, const Views& values) {
  return view(DataType::kString, shape, values);
}

// One node of ai.onnx.ml; the outputs' types as declared, which the plan checks. Inputs may have
// any rank: the file is written anew where it changes.
class Model {
 public:
  Model(std::string_view op, const std::vector<DataType>& inputs,
        const std::vector<DataType>& outputs, const Attributes& attributes, int version = 3)
      : op_(op),
        inputs_(inputs),
        results_(outputs),
        attributes_(attributes),
        version_(version),
        ranks_(inputs.size(), 2) {
    write();
  }
  explicit Model(const ModelWriter& writer) : results_(1) { open(writer.bytes()); }

  std::vector<TensorView> run(const std::vector<TensorView>& inputs) {
    std::vector<std::size_t> ranks;
    for (const TensorView& input : inputs) ranks.push_back(input.shape.rank());
    if (!op_.empty() && ranks != ranks_) {
      ranks_ = ranks;
      write();
    }
    graph::run(*plan_, workspace_, inputs, outputs_);
    return outputs_;
  }

 private:
  void write() {
    ModelWriter writer("ml");
    writer.add_opset("ai.onnx.ml", version_);
    const Strings names = {"x0", "x1", "x2"};
    const Strings results = {"y0", "y1"};
    std::vector<std::string_view> in;
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      writer.add_input(names[i], inputs_[i], std::vector<onnx::Dimension>(ranks_[i], "n"));
      in.push_back(names[i]);
    }
    for (std::size_t i = 0; i < results_.size(); ++i) {
      writer.add_output(results[i], results_[i], {});
      out.push_back(results[i]);
    }
    writer.add_node(op_, in, out, attributes_, "ai.onnx.ml");
    open(writer.bytes());
  }

  void open(std::string bytes) {
    plan_.reset();
    bytes_ = std::move(bytes);
    plan_ = Plan::open({reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size()},
                       "ml.onnx", ops::registry());
    outputs_.resize(results_.size());
  }

  std::string op_;
  std::vector<DataType> inputs_;
  std::vector<DataType> results_;
  Attributes attributes_;
  int version_ = 0;
  std::vector<std::size_t> ranks_;
  std::string bytes_;
  std::unique_ptr<const Plan> plan_;
  Workspace workspace_;
  std::vector<TensorView> outputs_;
};

template <typename T>
std::vector<T> values_of(const TensorView& tensor) {
  const graph::Elements<T> elements(tensor.data);
  std::vector<T> values;
  for (std::size_t i = 0; i < tensor.shape.elements(); ++i) values.push_back(elements[i]);
  return values;
}

void check_close(const TensorView& found, const Shape& shape, const Floats& expected) {
  REQUIRE(found.type == DataType::kFloat);
  REQUIRE(found.shape == shape);
  const Floats values = values_of<float>(found);
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i, values[i], expected[i]);
    const bool both_nan = std::isnan(values[i]) && std::isnan(expected[i]);
    CHECK(
        (both_nan || std::fabs(values[i] - expected[i]) <= 1e-5f + 1e-5f * std::fabs(expected[i])));
  }
}

template <typename Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "no error";
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("ArrayFeatureExtractor picks along the last axis, of any type") {
  Model numbers("ArrayFeatureExtractor", {DataType::kFloat, DataType::kInt64}, {DataType::kFloat},
                {});
  CHECK(values_of<float>(numbers.run(
            {floats({2, 3}, {1, 2, 3, 4, 5, 6}), ints({1, 2}, {2, 0})})[0]) == Floats{3, 1, 6, 4});
  const TensorView row = numbers.run({floats({3}, {1, 2, 3}), ints({2}, {2, 2})})[0];
  CHECK(row.shape == Shape{1, 2});
  CHECK(values_of<float>(row) == Floats{3, 3});
  CHECK(numbers.run({floats({2, 3}, {1, 2, 3, 4, 5, 6}), ints({0}, {})})[0].shape == Shape{2, 0});
  for (const std::int64_t bad : {-1, 3}) {
    const std::string error = error_of([&] {
      numbers.run({floats({3}, {1, 2, 3}), ints({1}, {bad})});
    });
    CHECK(contains(error, "invalid-input"));
    CHECK(contains(error, "ArrayFeatureExtractor"));
  }
  Model words("ArrayFeatureExtractor", {DataType::kString, DataType::kInt64}, {DataType::kString},
              {});
  CHECK(values_of<std::string_view>(words.run(
            {texts({2, 2}, {"a", "b", "c", "d"}), ints({1}, {1})})[0]) == Views{"b", "d"});
}

TEST_CASE("Binarizer, Scaler, Normalizer and Imputer") {
  Model binarizer("Binarizer", {DataType::kFloat}, {DataType::kFloat}, {{"threshold", 1.5f}});
  CHECK(values_of<float>(binarizer.run({floats({2, 2}, {1.5f, 2, -3, kNan})})[0]) ==
        Floats{0, 1, 0, 0});

  Model scaler("Scaler", {DataType::kInt64}, {DataType::kFloat},
               {{"offset", Floats{1, 2}}, {"scale", Floats{2, 0.5f}}});
  CHECK(values_of<float>(scaler.run({ints({2, 2}, {1, 2, 3, 4})})[0]) == Floats{0, 0, 4, 1});
  CHECK(contains(error_of([&] { scaler.run({ints({1, 3}, {1, 2, 3})}); }), "Scaler"));
  CHECK(scaler.run({ints({0, 2}, {})})[0].shape == Shape{0, 2});
  Model same("Scaler", {DataType::kDouble}, {DataType::kFloat}, {{"scale", Floats{3}}});
  CHECK(values_of<float>(same.run(
            {view(DataType::kDouble, {3}, std::vector<double>{1, 2, 3})})[0]) == Floats{3, 6, 9});

  const Floats rows = {1, -4, 2, 0, 0, 0, -1, -2, -3};
  const std::pair<const char*, Floats> norms[] = {
      {"MAX", {0.5f, -2, 1, 0, 0, 0, 1, 2, 3}},
      {"L1", {0.14285715f, -0.5714286f, 0.2857143f, 0, 0, 0, -0.16666667f, -0.33333334f, -0.5f}},
      {"L2",
       {0.2182179f, -0.8728716f, 0.4364358f, 0, 0, 0, -0.26726124f, -0.5345225f, -0.80178374f}}};
  for (const auto& [name, expected] : norms) {
    Model normalizer("Normalizer", {DataType::kFloat}, {DataType::kFloat}, {{"norm", name}});
    check_close(normalizer.run({floats({3, 3}, rows)})[0], {3, 3}, expected);
    CHECK(contains(error_of([&] { normalizer.run({floats({1, 1, 1}, {1})}); }), "Normalizer"));
  }

  Model columns("Imputer", {DataType::kFloat}, {DataType::kFloat},
                {{"imputed_value_floats", Floats{7, 8}}, {"replaced_value_float", kNan}});
  CHECK(values_of<float>(columns.run({floats({2, 2}, {kNan, 0, 1, kNan})})[0]) ==
        Floats{7, 0, 1, 8});
  CHECK(contains(error_of([&] { columns.run({floats({1, 3}, {1, 2, 3})}); }), "Imputer"));
  Model whole("Imputer", {DataType::kInt64}, {DataType::kInt64},
              {{"imputed_value_int64s", Ints{9007199254740993}}, {"replaced_value_int64", 2}});
  CHECK(values_of<std::int64_t>(whole.run({ints({1, 3}, {1, 2, 9007199254740995})})[0]) ==
        Ints{1, 9007199254740993, 9007199254740995});
}

TEST_CASE("LabelEncoder maps by sorted tables; the last of equal keys counts") {
  Model words("LabelEncoder", {DataType::kString}, {DataType::kInt64},
              {{"keys_strings", Strings{"b", "a", "b", ""}},
               {"values_int64s", Ints{1, 2, 3, 4}},
               {"default_string", "unused"},
               {"default_int64", 42}},
              2);
  CHECK(values_of<std::int64_t>(words.run({texts({5}, {"a", "b", "c", "", "aa"})})[0]) ==
        Ints{2, 3, 42, 4, 42});
  Model defaults("LabelEncoder", {DataType::kInt64}, {DataType::kString},
                 {{"keys_int64s", Ints{5, -5}}, {"values_strings", Strings{"five", "minus"}}}, 2);
  CHECK(values_of<std::string_view>(defaults.run({ints({2, 2}, {5, 0, -5, 6})})[0]) ==
        Views{"five", "_Unused", "minus", "_Unused"});
  Model decimals("LabelEncoder", {DataType::kFloat}, {DataType::kFloat},
                 {{"keys_floats", Floats{kNan, 0, 1.5f}}, {"values_floats", Floats{1, 2, 3}}}, 4);
  const Floats found = values_of<float>(decimals.run({floats({5}, {1.5f, -kNan, -0.0f, 7, 0})})[0]);
  CHECK(found == Floats{3, 1, 2, 0, 2});
  CHECK(std::signbit(found[3]));  // the default is -0

  // Tensors, of a type that has no list.
  const std::vector<std::int16_t> keys = {1, 2};
  const std::vector<double> values = {0.25, 0.5};
  const std::vector<double> fallback = {-2};
  Model tensors("LabelEncoder", {DataType::kInt16}, {DataType::kDouble},
                {{"keys_tensor", TensorSource{DataType::kInt16, {2}, bytes_of(keys)}},
                 {"values_tensor", TensorSource{DataType::kDouble, {2}, bytes_of(values)}},
                 {"default_tensor", TensorSource{DataType::kDouble, {1}, bytes_of(fallback)}}},
                4);
  CHECK(values_of<double>(
            tensors.run({view(DataType::kInt16, {3}, std::vector<std::int16_t>{2, 3, 1})})[0]) ==
        std::vector<double>{0.5, -2, 0.25});

  // Version 1 numbers its classes.
  Model old("LabelEncoder", {DataType::kInt64}, {DataType::kString},
            {{"classes_strings", Strings{"one", "two"}}}, 1);
  CHECK(values_of<std::string_view>(old.run({ints({3}, {1, 2, -1})})[0]) ==
        Views{"two", "_Unused", "_Unused"});

  const auto open = [](const Attributes& attributes) {
    return error_of(
        [&] { Model("LabelEncoder", {DataType::kString}, {DataType::kInt64}, attributes, 2); });
  };
  CHECK(contains(open({{"keys_strings", Strings{"a", "b"}}, {"values_int64s", Ints{1}}}),
                 "invalid-model"));
  CHECK(contains(open({{"keys_int64s", Ints{1}}, {"values_int64s", Ints{1}}}), "LabelEncoder"));
  CHECK(contains(open({{"values_int64s", Ints{1}}}), "LabelEncoder"));
  const std::vector<std::uint8_t> halves = {0x21};
  const std::string half_bytes = error_of([&] {
    Model model("LabelEncoder", {DataType::kInt64}, {DataType::kInt4},
                {{"keys_int64s", Ints{1, 2}},
                 {"values_tensor", TensorSource{DataType::kInt4, {2}, bytes_of(halves)}}},
                4);
    model.run({ints({2}, {1, 2})});
  });
  CHECK(contains(half_bytes, "LabelEncoder"));
}

TEST_CASE("LabelEncoder finds each of many keys, whatever their order in the file") {
  std::mt19937 random(7);
  Ints keys(20000);
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<std::int64_t>(i) * 3 - 20000;
  std::shuffle(keys.begin(), keys.end(), random);
  Strings names;
  Ints values;
  for (const std::int64_t key : keys) {
    names.push_back("key " + std::to_string(key));
    values.push_back(key * 7);
  }
  Model numbers("LabelEncoder", {DataType::kInt64}, {DataType::kInt64},
                {{"keys_int64s", keys}, {"values_int64s", values}, {"default_int64", -1}}, 2);
  CHECK(values_of<std::int64_t>(
            numbers.run({ints({static_cast<std::int64_t>(keys.size())}, keys)})[0]) == values);
  CHECK(values_of<std::int64_t>(numbers.run({ints({2}, {-20001, -19999})})[0]) == Ints{-1, -1});
  Model words("LabelEncoder", {DataType::kString}, {DataType::kInt64},
              {{"keys_strings", names}, {"values_int64s", values}}, 2);
  const Views looked_up(names.begin(), names.end());
  CHECK(values_of<std::int64_t>(
            words.run({texts({static_cast<std::int64_t>(names.size())}, looked_up)})[0]) == values);
}

TEST_CASE("CategoryMapper, OneHotEncoder, DictVectorizer, FeatureVectorizer and ZipMap") {
  const Attributes categories = {{"cats_strings", Strings{"a", "b"}}, {"cats_int64s", Ints{7, 8}}};
  Model to_number("CategoryMapper", {DataType::kString}, {DataType::kInt64}, categories);
  CHECK(values_of<std::int64_t>(to_number.run({texts({3}, {"b", "q", "a"})})[0]) == Ints{8, -1, 7});
  Model to_text("CategoryMapper", {DataType::kInt64}, {DataType::kString}, categories);
  CHECK(values_of<std::string_view>(to_text.run({ints({2}, {7, 9})})[0]) == Views{"a", "_Unused"});

  Model one_hot("OneHotEncoder", {DataType::kFloat}, {DataType::kFloat},
                {{"cats_int64s", Ints{1, 2, 3}}});
  check_close(one_hot.run({floats({2, 2}, {1.5f, 2, 3, -1})})[0], {2, 2, 3},
              {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0});
  Model strict("OneHotEncoder", {DataType::kString}, {DataType::kFloat},
               {{"cats_strings", Strings{"x", "y"}}, {"zeros", 0}});
  check_close(strict.run({texts({1}, {"y"})})[0], {1, 2}, {0, 1});
  CHECK(contains(error_of([&] { strict.run({texts({1}, {"z"})}); }), "OneHotEncoder"));
  CHECK(contains(
      error_of([] {
        Model("OneHotEncoder", {DataType::kString}, {DataType::kFloat}, {{"cats_int64s", Ints{1}}});
      }),
      "invalid-model"));

  ModelWriter writer("map");
  writer.add_opset("ai.onnx.ml", 1);
  writer.add_map_input("map", DataType::kString, DataType::kFloat);
  writer.add_output("row", DataType::kFloat, {1, 3});
  writer.add_node("DictVectorizer", {"map"}, {"row"},
                  {{"string_vocabulary", Strings{"tea", "milk", "salt"}}}, "ai.onnx.ml");
  Model dictionary(writer);
  check_close(dictionary.run({texts({3}, {"milk", "cake", "tea"}), floats({3}, {2, 9, 5})})[0],
              {1, 3}, {5, 2, 0});
  CHECK(contains(error_of([&] {
                   dictionary.run({texts({1}, {"tea"}), floats({2}, {1, 2})});
                 }),
                 "DictVectorizer"));

  Model features("FeatureVectorizer", {DataType::kFloat, DataType::kInt64, DataType::kDouble},
                 {DataType::kFloat}, {{"inputdimensions", Ints{3, 1, 1}}});
  check_close(features.run({floats({2, 2}, {1, 2, 3, 4}), ints({2, 1}, {5, 6}),
                            view(DataType::kDouble, {2, 2}, std::vector<double>{7, 8, 9, 10})})[0],
              {2, 5}, {1, 2, 0, 5, 7, 3, 4, 0, 6, 9});
  CHECK(contains(error_of([&] {
                   features.run({floats({2, 1}, {1, 2}), ints({1}, {5}),
                                 view(DataType::kDouble, {1}, std::vector<double>{7})});
                 }),
                 "FeatureVectorizer"));

  ModelWriter zip("zip");
  zip.add_opset("ai.onnx.ml", 1);
  zip.add_input("p", DataType::kFloat, {"n", 2});
  zip.add_output("z", DataType::kUndefined, {});
  zip.add_node("ZipMap", {"p"}, {"z"}, {{"classlabels_strings", Strings{"no", "yes"}}},
               "ai.onnx.ml");
  Model zip_map(zip);
  check_close(zip_map.run({floats({2, 2}, {1, 2, 3, 4})})[0], {2, 2}, {1, 2, 3, 4});
}

TEST_CASE("Linear models: one score for two classes, several, text labels, targets") {
  Model binary("LinearClassifier", {DataType::kFloat}, {DataType::kString, DataType::kFloat},
               {{"coefficients", Floats{1, -2}},
                {"intercepts", Floats{0.5f}},
                {"classlabels_strings", Strings{"no", "yes"}},
                {"post_transform", "LOGISTIC"}});
  auto out = binary.run({floats({2, 2}, {1, 0, 0, 1})});
  CHECK(values_of<std::string_view>(out[0]) == Views{"yes", "no"});
  check_close(out[1], {2, 2}, {0.18242552f, 0.81757448f, 0.81757448f, 0.18242552f});

  Model three("LinearClassifier", {DataType::kInt64}, {DataType::kInt64, DataType::kFloat},
              {{"coefficients", Floats{1, 0, 0, 1, 1, 1}},
               {"intercepts", Floats{0, 0, -1}},
               {"classlabels_ints", Ints{10, 20, 30}},
               {"post_transform", "SOFTMAX"}});
  out = three.run({ints({2}, {2, 3})});
  CHECK(values_of<std::int64_t>(out[0]) == Ints{30});
  check_close(out[1], {1, 3}, {0.09003057f, 0.24472848f, 0.66524094f});
  CHECK(contains(error_of([&] { three.run({ints({1, 3}, {1, 2, 3})}); }), "LinearClassifier"));

  Model targets("LinearRegressor", {DataType::kFloat}, {DataType::kFloat},
                {{"coefficients", Floats{1, 2, 3, 4}}, {"targets", 2}});
  check_close(targets.run({floats({1, 2}, {1, 1})})[0], {1, 2}, {3, 7});
  // A score that stands alone keeps out of LOGISTIC, as in ONNX Runtime.
  Model single("LinearRegressor", {DataType::kFloat}, {DataType::kFloat},
               {{"coefficients", Floats{1, 2}}, {"post_transform", "LOGISTIC"}});
  check_close(single.run({floats({1, 2}, {1, 1})})[0], {1, 1}, {3});
}

TEST_CASE("SVMClassifier with every kernel: scores of pairs, and probabilities") {
  const auto classifier = [](const char* kernel, bool probabilities) {
    Attributes attributes = {{"kernel_type", kernel},
                             {"kernel_params", Floats{0.5f, 0.25f, 2}},
                             {"vectors_per_class", Ints{2, 1, 1}},
                             {"support_vectors", Floats{1, 0, 0, 1, -1, 0.5f, 0.5f, -1}},
                             {"coefficients", Floats{1, 0.5f, -1, -0.5f, 0.75f, 1, 0.25f, -1}},
                             {"rho", Floats{0.1f, -0.2f, 0.3f}},
                             {"classlabels_ints", Ints{3, 4, 5}}};
    if (probabilities) {
      attributes.emplace_back("prob_a", Floats{-1, -0.5f, -2});
      attributes.emplace_back("prob_b", Floats{0.1f, 0, -0.1f});
    }
    return attributes;
  };
  const Floats rows = {0.5f, 0.25f, -1, 2};
  struct Case {
    const char* kernel;
    bool probabilities;
    Ints labels;
    Floats scores;
  };
  const Case cases[] = {
      {"LINEAR",
       false,
       {3, 4},
       {1.10000002f, 0.425000012f, 0.206250012f, -1.89999998f, 2.29999995f, 3.29999995f}},
      {"LINEAR",
       true,
       {3, 4},
       {0.475259483f, 0.252762467f, 0.27197814f, 0.112855561f, 0.873039901f, 0.0141045442f}},
      {"POLY",
       false,
       {3, 3},
       {0.416406244f, 0.096874997f, 0.238476574f, -0.618749976f, 0.909375012f, -0.309374988f}},
      {"POLY",
       true,
       {3, 3},
       {0.382585973f, 0.34710905f, 0.270305067f, 0.306396544f, 0.345853686f, 0.34774977f}},
      {"RBF",
       false,
       {3, 4},
       {0.973753154f, 0.8787359f, -0.0791673511f, -0.0223970972f, 0.179812893f, 0.377556562f}},
      {"RBF",
       true,
       {3, 4},
       {0.483872533f, 0.229279369f, 0.286848217f, 0.332372695f, 0.435770839f, 0.231856421f}},
      {"SIGMOID",
       false,
       {3, 4},
       {0.678877115f, 0.382485926f, 0.0706860349f, -0.569060504f, 0.84539175f, 1.27366507f}},
      {"SIGMOID",
       true,
       {3, 4},
       {0.422871172f, 0.286022663f, 0.291106254f, 0.282424599f, 0.626991808f, 0.0905836746f}},
  };
  for (const Case& item : cases) {
    CAPTURE(item.kernel, item.probabilities);
    Model model("SVMClassifier", {DataType::kFloat}, {DataType::kInt64, DataType::kFloat},
                classifier(item.kernel, item.probabilities));
    const auto out = model.run({floats({2, 2}, rows)});
    CHECK(values_of<std::int64_t>(out[0]) == item.labels);
    check_close(out[1], {2, 3}, item.scores);
  }
}

TEST_CASE("SVMClassifier of two classes and of linear models, SVMRegressor") {
  const Attributes two = {{"kernel_type", "RBF"},
                          {"kernel_params", Floats{0.5f, 0, 3}},
                          {"support_vectors", Floats{1, 0, 0, 1}},
                          {"coefficients", Floats{1, -0.5f}},
                          {"rho", Floats{0.1f}}};
  const Floats rows = {0.5f, 0.25f, -1, 2};
  Attributes scores = two;
  scores.emplace_back("vectors_per_class", Ints{1, 1});
  scores.emplace_back("classlabels_strings", Strings{"n", "p"});
  const std::vector<DataType> text_and_float = {DataType::kString, DataType::kFloat};
  Model plain("SVMClassifier", {DataType::kFloat}, text_and_float, scores);
  auto out = plain.run({floats({2, 2}, rows)});
  CHECK(values_of<std::string_view>(out[0]) == Views{"n", "p"});
  check_close(out[1], {2, 2}, {-0.622273505f, 0.622273505f, 0.065624088f, -0.065624088f});
  scores.emplace_back("prob_a", Floats{-1});
  scores.emplace_back("prob_b", Floats{0.2f});
  Model likely("SVMClassifier", {DataType::kFloat}, text_and_float, scores);
  check_close(likely.run({floats({2, 2}, rows)})[1], {2, 2},
              {0.60335356f, 0.39664638f, 0.433815241f, 0.566184878f});
  CHECK(contains(error_of([&] { likely.run({floats({1, 3}, {1, 2, 3})}); }), "SVMClassifier"));

  Attributes regression = two;
  regression.emplace_back("n_supports", 2);
  Model regressor("SVMRegressor", {DataType::kFloat}, {DataType::kFloat}, regression);
  check_close(regressor.run({floats({2, 2}, rows)})[0], {2, 1}, {0.622273564f, -0.0656240806f});
  regression.emplace_back("one_class", 1);
  Model inside("SVMRegressor", {DataType::kFloat}, {DataType::kFloat}, regression);
  check_close(inside.run({floats({2, 2}, rows)})[0], {2, 1}, {1, -1});
  Model linear("SVMRegressor", {DataType::kFloat}, {DataType::kFloat},
               {{"coefficients", Floats{2, -1}}, {"rho", Floats{0.5f}}});
  check_close(linear.run({floats({2}, {1, 3})})[0], {1, 1}, {-0.5f});
}

// Rows alone and by the block, support vectors by the tile and what is left of both; near the
// vectors and so far out that a difference of squares would have no digits left.
TEST_CASE("Support vectors: each kernel gives what its formula does, wherever the numbers lie") {
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  const std::size_t supports = 203;
  const std::size_t columns = 11;
  struct Case {
    std::string kernel;
    float gamma, middle, outlier;
  };
  for (const Case& item :
       {Case{"LINEAR", 0, 0, 0}, Case{"POLY", 0.05f, 0, 0}, Case{"SIGMOID", 0.05f, 0, 0},
        Case{"RBF", 0.1f, 0, 0}, Case{"RBF", 0.1f, 1000, 0}, Case{"RBF", 0.1f, 0, 300}}) {
    CAPTURE(item.kernel, item.middle, item.outlier);
    Floats vectors(supports * columns);
    for (float& value : vectors) value = item.middle + normal(random);
    for (std::size_t i = 0; i < columns; ++i) vectors[i] += item.outlier;
    Floats coefficients(supports);
    for (float& value : coefficients) value = normal(random) / 16;
    Model model("SVMRegressor", {DataType::kFloat}, {DataType::kFloat},
                {{"kernel_type", item.kernel},
                 {"kernel_params", Floats{item.gamma, 0.25f, 3}},
                 {"n_supports", static_cast<std::int64_t>(supports)},
                 {"support_vectors", vectors},
                 {"coefficients", coefficients},
                 {"rho", Floats{0.5f}}});
    for (const std::size_t rows : {1u, 3u, 39u, 90u}) {
      Floats x(rows * columns);
      Floats expected;
      for (std::size_t r = 0; r < rows; ++r) {
        // Every other row lies next to the first vector.
        float* row = x.data() + r * columns;
        for (std::size_t i = 0; i < columns; ++i) {
          row[i] = (r % 2 == 0 ? vectors[i] : item.middle) + normal(random) / 2;
        }
        double sum = 0.5;
        for (std::size_t v = 0; v < supports; ++v) {
          double dot = 0;
          double distance = 0;
          for (std::size_t c = 0; c < columns; ++c) {
            const double a = row[c];
            const double b = vectors[v * columns + c];
            dot += a * b;
            distance += (a - b) * (a - b);
          }
          const double inner = item.gamma * dot + 0.25;
          sum += coefficients[v] * (item.kernel == "LINEAR" ? dot
                                    : item.kernel == "POLY" ? inner * inner * inner
                                    : item.kernel == "RBF"  ? std::exp(-item.gamma * distance)
                                                            : std::tanh(inner));
        }
        expected.push_back(static_cast<float>(sum));
      }
      const auto count = static_cast<std::int64_t>(rows);
      check_close(model.run({floats({count, static_cast<std::int64_t>(columns)}, x)})[0],
                  {count, 1}, expected);
    }
  }
}

// Trees as lists, node after node, numbered from 0 in each tree.
struct TreeLists {
  Ints trees, nodes, features, yes, no, missing;
  Floats values;
  Strings modes;
  Ints weight_trees, weight_nodes, weight_ids;
  Floats weights;

  // The number of the new node of tree `tree`.
  std::int64_t add(std::int64_t tree, const char* mode, std::int64_t feature, float value,
                   bool nan_is_true = false) {
    const std::int64_t id = trees.empty() || trees.back() != tree ? 0 : nodes.back() + 1;
    trees.push_back(tree);
    nodes.push_back(id);
    features.push_back(feature);
    yes.push_back(0);
    no.push_back(0);
    missing.push_back(nan_is_true);
    values.push_back(value);
    modes.emplace_back(mode);
    return id;
  }
  std::int64_t leaf(std::int64_t tree, std::int64_t target, float weight) {
    const std::int64_t id = add(tree, "LEAF", 0, 0);
    weigh(tree, id, target, weight);
    return id;
  }
  void weigh(std::int64_t tree, std::int64_t node, std::int64_t target, float weight) {
    weight_trees.push_back(tree);
    weight_nodes.push_back(node);
    weight_ids.push_back(target);
    weights.push_back(weight);
  }

  Attributes attributes(const std::string& prefix, const Attributes& more) const {
    Attributes list = {{"nodes_treeids", trees},
                       {"nodes_nodeids", nodes},
                       {"nodes_featureids", features},
                       {"nodes_truenodeids", yes},
                       {"nodes_falsenodeids", no},
                       {"nodes_missing_value_tracks_true", missing},
                       {"nodes_values", values},
                       {"nodes_modes", modes},
                       {prefix + "_treeids", weight_trees},
                       {prefix + "_nodeids", weight_nodes},
                       {prefix + "_ids", weight_ids},
                       {prefix + "_weights", weights}};
    list.insert(list.end(), more.begin(), more.end());
    return list;
  }
  Model regressor(const Attributes& more = {}, DataType input = DataType::kFloat) const {
    return Model("TreeEnsembleRegressor", {input}, {DataType::kFloat}, attributes("target", more));
  }
};

// feature 0 against `value`: 1 where that holds, else 2.
TreeLists stump(const char* mode, float value, bool nan_is_true = false) {
  TreeLists lists;
  lists.add(0, mode, 0, value, nan_is_true);
  lists.yes[0] = lists.leaf(0, 0, 1);
  lists.no[0] = lists.leaf(0, 0, 2);
  return lists;
}

TEST_CASE("Trees: every comparison, at the value and next to it, and with NaN") {
  const float below = std::nextafter(2.0f, 0.0f);
  const float above = std::nextafter(2.0f, 3.0f);
  const Floats rows = {below, 2, above, kNan, -std::numeric_limits<float>::max()};
  const std::pair<const char*, Floats> cases[] = {
      {"BRANCH_LEQ", {1, 1, 2, 2, 1}}, {"BRANCH_LT", {1, 2, 2, 2, 1}},
      {"BRANCH_GTE", {2, 1, 1, 2, 2}}, {"BRANCH_GT", {2, 2, 1, 2, 2}},
      {"BRANCH_EQ", {2, 1, 2, 2, 2}},  {"BRANCH_NEQ", {1, 2, 1, 1, 1}}};
  for (const auto& [mode, expected] : cases) {
    CAPTURE(mode);
    check_close(stump(mode, 2).regressor().run({floats({5, 1}, rows)})[0], {5, 1}, expected);
    Floats to_true = expected;
    to_true[3] = 1;
    check_close(stump(mode, 2, true).regressor().run({floats({5, 1}, rows)})[0], {5, 1}, to_true);
    // In doubles next to the value is nearer.
    const std::vector<double> wide = {std::nextafter(2.0, 0.0), 2, std::nextafter(2.0, 3.0), NAN,
                                      -9};
    Model doubles = stump(mode, 2).regressor({}, DataType::kDouble);
    check_close(doubles.run({view(DataType::kDouble, {5, 1}, wide)})[0], {5, 1}, expected);
  }
  CHECK(contains(error_of([] { stump("BRANCH_MEMBER", 2).regressor(); }), "BRANCH_MEMBER"));
}

TEST_CASE("Trees: how targets are put together, base values and transforms") {
  TreeLists lists;
  for (std::int64_t tree = 0; tree < 3; ++tree) {
    lists.add(tree, "BRANCH_LEQ", tree, 0);
    const auto at = lists.yes.size() - 1;
    lists.yes[at] = lists.leaf(tree, 0, 1.0f + static_cast<float>(tree));
    lists.weigh(tree, lists.yes[at], 1, -2);
    lists.no[at] = lists.leaf(tree, 1, 4);
  }
  const Floats row = {-1, 1, -1};  // 1 and -2, then 4 for the second, then 3 and -2
  const std::pair<const char*, Floats> cases[] = {
      {"SUM", {4, 0}}, {"AVERAGE", {4.0f / 3, 0}}, {"MIN", {1, -2}}, {"MAX", {3, 4}}};
  for (const auto& [how, expected] : cases) {
    CAPTURE(how);
    const Attributes attributes = {{"aggregate_function", how}, {"n_targets", 2}};
    check_close(lists.regressor(attributes).run({floats({1, 3}, row)})[0], {1, 2}, expected);
    Attributes more = attributes;
    more.emplace_back("base_values", Floats{10, 20});
    check_close(lists.regressor(more).run({floats({3}, row)})[0], {1, 2},
                {expected[0] + 10, expected[1] + 20});
  }
  check_close(lists.regressor({{"n_targets", 2}, {"post_transform", "LOGISTIC"}})
                  .run({floats({1, 3}, row)})[0],
              {1, 2}, {0.98201379f, 0.5f});
  CHECK(contains(error_of([&] { lists.regressor().run({floats({1, 3}, row)}); }), "targets"));
}

TEST_CASE("Tree classifiers: labels and scores of one, two and three classes") {
  const std::vector<DataType> outputs = {DataType::kInt64, DataType::kFloat};
  const auto classifier = [&](const TreeLists& lists, const Attributes& more) {
    return Model("TreeEnsembleClassifier", {DataType::kFloat}, outputs,
                 lists.attributes("class", more));
  };
  const Attributes two = {{"classlabels_int64s", Ints{5, 9}}};
  // All weights for one class and none negative: probabilities.
  TreeLists lists = stump("BRANCH_LEQ", 0);
  lists.weights = {0.25f, 0.75f};
  Model shares = classifier(lists, two);
  auto out = shares.run({floats({2, 1}, {-1, 1})});
  CHECK(values_of<std::int64_t>(out[0]) == Ints{5, 9});
  check_close(out[1], {2, 2}, {0.75f, 0.25f, 0.25f, 0.75f});
  // Of both signs: margins.
  lists.weights = {-2, 1};
  Attributes logistic = two;
  logistic.emplace_back("post_transform", "LOGISTIC");
  logistic.emplace_back("base_values", Floats{0.5f});
  Model margins = classifier(lists, logistic);
  out = margins.run({floats({2, 1}, {-1, 1})});
  CHECK(values_of<std::int64_t>(out[0]) == Ints{5, 9});
  check_close(out[1], {2, 2}, {0.81757448f, 0.18242552f, 0.18242552f, 0.81757448f});
  // All for the second class: the first has 0.
  lists.weight_ids = {1, 1};
  Model second = classifier(lists, two);
  out = second.run({floats({2, 1}, {-1, 1})});
  CHECK(values_of<std::int64_t>(out[0]) == Ints{5, 9});
  check_close(out[1], {2, 2}, {0, -2, 0, 1});
  // A class that no leaf speaks of can't win over a negative score.
  lists.weight_ids = {0, 2};
  lists.weights = {-1, -3};
  Model three = classifier(lists, {{"classlabels_int64s", Ints{5, 7, 9}}});
  out = three.run({floats({2, 1}, {-1, 1})});
  CHECK(values_of<std::int64_t>(out[0]) == Ints{5, 9});
  check_close(out[1], {2, 3}, {-1, 0, 0, 0, 0, -3});

  Model words("TreeEnsembleClassifier", {DataType::kInt64}, {DataType::kString, DataType::kFloat},
              lists.attributes("class", {{"classlabels_strings", Strings{"a", "b", "c"}}}));
  CHECK(values_of<std::string_view>(words.run({ints({2, 1}, {0, 1})})[0]) == Views{"a", "c"});
}

TEST_CASE("Trees: rows alone, in blocks and in between give the same as a plain walk") {
  std::mt19937 random(3);
  const auto chance = [&](unsigned n) { return random() % n; };
  TreeLists lists;
  struct Plain {
    std::int64_t yes = -1, no = -1, feature = 0;
    float value = 0, weight = 0;
  };
  std::vector<std::vector<Plain>> forest(13);
  for (std::int64_t tree = 0; tree < 13; ++tree) {
    auto& plain = forest[static_cast<std::size_t>(tree)];
    const std::size_t branches = 1 + chance(60);
    // Node i of the branches has its children among those behind it, or two leaves.
    plain.resize(2 * branches + 1);
    std::size_t next = 1;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      Plain& node = plain[i];
      if (next + 1 < plain.size() && (i + 1 == next || chance(3) > 0)) {
        node.yes = static_cast<std::int64_t>(next++);
        node.no = static_cast<std::int64_t>(next++);
        node.feature = chance(4);
        node.value = static_cast<float>(chance(1000)) / 500 - 1;
        lists.add(tree, "BRANCH_LEQ", node.feature, node.value);
        lists.yes.back() = node.yes;
        lists.no.back() = node.no;
      } else {
        node.weight = static_cast<float>(chance(1000));
        lists.leaf(tree, 0, node.weight);
      }
    }
  }
  Model model = lists.regressor();
  for (const std::size_t rows : {0u, 1u, 2u, 7u, 8u, 9u, 63u, 64u, 65u, 200u}) {
    CAPTURE(rows);
    Floats x(rows * 4);
    for (float& value : x) {
      value = chance(20) == 0 ? kNan : static_cast<float>(chance(1000)) / 500 - 1;
    }
    Floats expected(rows);
    for (std::size_t r = 0; r < rows; ++r) {
      for (const auto& plain : forest) {
        std::size_t at = 0;
        while (plain[at].yes >= 0) {
          const float value = x[r * 4 + static_cast<std::size_t>(plain[at].feature)];
          at = static_cast<std::size_t>(value <= plain[at].value ? plain[at].yes : plain[at].no);
        }
        expected[r] += plain[at].weight;
      }
    }
    const auto count = static_cast<std::int64_t>(rows);
    check_close(model.run({floats({count, 4}, x)})[0], {count, 1}, expected);
  }
}

// The same trees by other names: numbers that descend, trees that do, weights in another order.
TEST_CASE("Trees: in whichever order the file has its lists, the answers are the same") {
  std::mt19937 random(5);
  TreeLists lists;
  for (std::int64_t tree = 0; tree < 9; ++tree) {
    for (std::int64_t i = 0; i < 15; ++i) {
      if (i < 7) {
        lists.add(tree, "BRANCH_LEQ", i % 4, static_cast<float>(random() % 1000) / 500 - 1);
        lists.yes.back() = 2 * i + 1;
        lists.no.back() = 2 * i + 2;
        continue;
      }
      const std::int64_t leaf = lists.leaf(tree, 0, static_cast<float>(random() % 64));
      lists.weigh(tree, leaf, 1, static_cast<float>(random() % 64));
      lists.weigh(tree, leaf, 2, static_cast<float>(random() % 64));
    }
  }
  const auto renamed = [&](auto&& tree_of, auto&& node_of, bool backward) {
    TreeLists other = lists;
    for (Ints* trees : {&other.trees, &other.weight_trees}) {
      for (std::int64_t& tree : *trees) tree = tree_of(tree);
    }
    for (Ints* nodes : {&other.nodes, &other.yes, &other.no, &other.weight_nodes}) {
      for (std::int64_t& node : *nodes) node = node_of(node);
    }
    if (backward) {
      std::reverse(other.weight_trees.begin(), other.weight_trees.end());
      std::reverse(other.weight_nodes.begin(), other.weight_nodes.end());
      std::reverse(other.weight_ids.begin(), other.weight_ids.end());
      std::reverse(other.weights.begin(), other.weights.end());
    }
    return other.regressor({{"n_targets", 3}});
  };
  const auto same = [](std::int64_t n) { return n; };
  Floats x(20 * 4);
  for (float& value : x) value = static_cast<float>(random() % 1000) / 500 - 1;
  Model plain = renamed(same, same, false);
  const Floats expected = values_of<float>(plain.run({floats({20, 4}, x)})[0]);
  const auto agrees = [&](Model other) {
    check_close(other.run({floats({20, 4}, x)})[0], {20, 3}, expected);
  };
  const auto descending = [](std::int64_t n) { return 100 - n; };
  const auto apart = [](std::int64_t n) { return 7 * n - 50; };
  agrees(renamed(same, same, true));
  agrees(renamed(same, descending, false));
  agrees(renamed(apart, apart, true));
  agrees(renamed(descending, same, false));
  agrees(renamed(descending, descending, true));
}

// Equality after equality, whose hits all lead to one leaf and whose misses lead on: a set, as
// LightGBM's exporter writes it. Copies of what is shared would double with every node.
TEST_CASE("Trees: nodes with several parents stay one node") {
  TreeLists lists;
  const std::int64_t depth = 64;
  for (std::int64_t i = 0; i < depth; ++i) {
    lists.add(0, "BRANCH_EQ", 0, static_cast<float>(2 * i));
    lists.yes.back() = depth;
    lists.no.back() = i + 1 < depth ? i + 1 : depth + 3;
  }
  lists.add(0, "BRANCH_NEQ", 1, 0);  // the one hit
  lists.yes.back() = lists.leaf(0, 0, 10);
  lists.yes[static_cast<std::size_t>(depth)] = depth + 1;
  lists.no[static_cast<std::size_t>(depth)] = lists.leaf(0, 0, 20);
  lists.leaf(0, 0, 30);
  check_close(lists.regressor().run({floats({4, 2}, {126, 1, 0, 0, 3, 1, 40, kNan})})[0], {4, 1},
              {10, 20, 30, 10});
}

TEST_CASE("Trees that contradict themselves are refused when the model is opened") {
  const auto open = [](const TreeLists& lists, const Attributes& more = {}) {
    return error_of([&] { lists.regressor(more); });
  };
  const TreeLists good = stump("BRANCH_LEQ", 0);
  CHECK(open(good) == "no error");
  const auto refused = [&](const TreeLists& lists, const Attributes& more = {}) {
    const std::string error = open(lists, more);
    CAPTURE(error);
    CHECK(contains(error, "invalid-model"));
    CHECK(contains(error, "TreeEnsembleRegressor"));
  };
  TreeLists bad = good;
  bad.yes[0] = 0;  // itself
  refused(bad);
  bad = good;
  bad.yes[0] = 7;
  refused(bad);
  bad = good;
  bad.no[0] = -1;
  refused(bad);
  bad = good;
  bad.features[0] = -1;
  refused(bad);
  bad = good;
  bad.features.pop_back();
  refused(bad);
  bad = good;
  bad.weight_ids[0] = 1;
  refused(bad);
  bad = good;
  bad.weight_nodes[0] = 9;
  refused(bad);
  bad = good;
  bad.weights.pop_back();
  refused(bad);
  refused(TreeLists{});
  refused(good, {{"n_targets", std::int64_t{1} << 40}});
  refused(good, {{"aggregate_function", "MEDIAN"}});
  refused(good, {{"post_transform", "SQUARE"}});
  // A circle behind the root, and one that nobody reaches.
  bad = TreeLists{};
  bad.add(0, "BRANCH_LEQ", 0, 0);
  bad.add(0, "BRANCH_LEQ", 0, 0);
  bad.leaf(0, 0, 1);
  bad.yes = {1, 0, 0};
  bad.no = {2, 2, 0};
  refused(bad);
  bad = good;
  bad.add(0, "BRANCH_LEQ", 0, 0);
  bad.yes.back() = bad.no.back() = 3;
  refused(bad);

  // Features that the row does not have; outputs larger than a run may have.
  Model narrow = good.regressor();
  CHECK(contains(error_of([&] { narrow.run({floats({1, 0}, {})}); }), "features"));
  CHECK(contains(error_of([&] { narrow.run({floats({1, 1, 1}, {0})}); }), "invalid-input"));
  Model wide = good.regressor({{"n_targets", 1000000}});
  CHECK(contains(error_of([&] { wide.run({floats({1000, 1}, Floats(1000))}); }), "out-of-memory"));
  CHECK(wide.run({floats({1, 1}, {0})})[0].shape == Shape{1, 1000000});
}

TEST_CASE("TreeEnsemble: sets of members, leaves by number, doubles") {
  const std::vector<std::uint8_t> modes = {6, 6, 0};  // BRANCH_MEMBER twice, BRANCH_LEQ
  const std::vector<double> splits = {0, 0, 0.5};
  const std::vector<double> members = {5, 1, 3, NAN, 2, NAN};
  const std::vector<double> weights = {1, 2, 3, 4};
  const auto tensor = [](DataType type, const auto& values) {
    return TensorSource{type, {static_cast<std::int64_t>(values.size())}, bytes_of(values)};
  };
  const auto model = [&](const std::vector<double>& sets, std::int64_t transform,
                         const Ints& roots = {0}) {
    return Model("TreeEnsemble", {DataType::kDouble}, {DataType::kDouble},
                 {{"nodes_featureids", Ints{0, 1, 1}},
                  {"nodes_modes", tensor(DataType::kUint8, modes)},
                  {"nodes_splits", tensor(DataType::kDouble, splits)},
                  {"membership_values", tensor(DataType::kDouble, sets)},
                  {"nodes_truenodeids", Ints{1, 0, 2}},
                  {"nodes_trueleafs", Ints{0, 1, 1}},
                  {"nodes_falsenodeids", Ints{2, 1, 3}},
                  {"nodes_falseleafs", Ints{0, 1, 1}},
                  {"leaf_targetids", Ints{0, 1, 0, 1}},
                  {"leaf_weights", tensor(DataType::kDouble, weights)},
                  {"n_targets", 2},
                  {"post_transform", transform},
                  {"tree_roots", roots}},
                 5);
  };
  const std::vector<double> rows = {3, 2, 5, 0, 4, 0.5, 6, 1, NAN, 2};
  Model plain = model(members, 0);
  CHECK(values_of<double>(plain.run({view(DataType::kDouble, {5, 2}, rows)})[0]) ==
        std::vector<double>{1, 0, 0, 2, 3, 0, 0, 4, 0, 4});
  Model softmax = model(members, 1);
  const auto shares = values_of<double>(softmax.run({view(DataType::kDouble, {1, 2}, rows)})[0]);
  CHECK(std::fabs(shares[0] - 0.7310586) < 1e-6);
  CHECK(contains(error_of([&] { model({5, 1, 3, NAN}, 0); }), "membership_values"));
  CHECK(contains(error_of([&] { model(members, 5); }), "post_transform"));
  CHECK(contains(error_of([&] { model(members, 0, {}); }), "tree_roots"));
  CHECK(contains(error_of([&] { model(members, 0, {3}); }), "tree_roots"));
}

}  // namespace
