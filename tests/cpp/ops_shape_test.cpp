// Operators that change shapes and move elements, where ONNX's own cases do not reach: strings,
// float16, small integers, empty tensors, old opsets, weights at odd bytes, and what they refuse.
#include <cmath>
#include <limits>
#include <random>

#include "catch.h"
#include "small_models.h"

using namespace small_models;
using Ints = std::vector<std::int64_t>;
using std::string_view;

namespace {

constexpr auto kHalf = DataType::kFloat16;
constexpr auto kDouble = DataType::kDouble;
constexpr auto kInt8 = DataType::kInt8;
constexpr auto kInt32 = DataType::kInt32;
constexpr auto kUint64 = DataType::kUint64;
constexpr auto kBool = DataType::kBool;
constexpr double kFar = 9.0e15;

Tensor one(string_view op, const std::vector<Tensor>& inputs, const NodeOptions& options = {}) {
  return run_node(op, inputs, options).at(0);
}

}  // namespace

TEST_CASE("reshape, flatten, squeeze and unsqueeze change the shape of any type") {
  const Tensor words = strings({2, 2}, {"a", "", "c", "d"});
  CHECK(one("Reshape", {words, list({4})}) == strings({4}, words.texts));
  CHECK(one("Reshape", {words, list({0, -1, 1})}) == strings({2, 2, 1}, words.texts));
  CHECK(one("Reshape", {floats({2, 0}, {}), list({0, 5, 2})}, {{{"allowzero", 1}}}) ==
        floats({0, 5, 2}, {}));
  CHECK(one("Reshape", {floats({6}, {1, 2, 3, 4, 5, 6})}, {{{"shape", Ints{3, -1}}}, 1}) ==
        floats({3, 2}, {1, 2, 3, 4, 5, 6}));
  const Tensor nibbles = numbers(DataType::kInt4, {3}, {-8, 7, 1});
  CHECK(one("Unsqueeze", {nibbles, list({-1})}, {{}, 21}) ==
        numbers(DataType::kInt4, {3, 1}, {-8, 7, 1}));
  CHECK(one("Squeeze", {floats({1, 2, 1}, {1, 2})}, {{{"axes", Ints{-1}}}, 11}) ==
        floats({1, 2}, {1, 2}));
  CHECK(one("Squeeze", {floats({1, 2, 1}, {1, 2}), {}}) == floats({2}, {1, 2}));
  CHECK(one("Flatten", {floats({2, 1, 2}, {1, 2, 3, 4})}, {{{"axis", -1}}}) ==
        floats({2, 2}, {1, 2, 3, 4}));
  CHECK(one("Flatten", {floats({2}, {1, 2})}, {{{"axis", 1}}}) == floats({2, 1}, {1, 2}));
  CHECK(one("Flatten", {floats({}, {3})}, {{{"axis", 0}}}) == floats({1, 1}, {3}));
  CHECK_THAT(node_error("Reshape", {words, list({3})}), ContainsSubstring("\"o0\" (Reshape)"));
  CHECK_THAT(node_error("Reshape", {words, list({-1, -1})}), ContainsSubstring("[any, any]"));
  CHECK_THAT(node_error("Flatten", {words}, {{{"axis", 3}}}), ContainsSubstring("axis 3"));
  CHECK_THAT(node_error("Squeeze", {words, list({0})}), ContainsSubstring("a size of 1"));
  CHECK_THAT(node_error("Unsqueeze", {words, list({0, -4})}), ContainsSubstring("each axis once"));
}

TEST_CASE("constants come from attributes of every kind") {
  const auto constant = [](Attribute attribute) {
    return one("Constant", {}, {{std::move(attribute)}});
  };
  CHECK(constant({"value_float", 1.5f}) == floats({}, {1.5}));
  CHECK(constant({"value_floats", std::vector<float>{1, 2}}) == floats({2}, {1, 2}));
  CHECK(constant({"value_int", 7}) == ints({}, {7}));
  CHECK(constant({"value_ints", Ints{7, -7}}) == ints({2}, {7, -7}));
  CHECK(constant({"value_string", "red"}) == strings({}, {"red"}));
  CHECK(constant({"value_strings", std::vector<std::string>{"red", "", "blue"}}) ==
        strings({3}, {"red", "", "blue"}));
  const std::vector<std::uint16_t> half = {0x3C00, 0xC000};
  CHECK(constant({"value",
                  storewise::onnx::TensorSource{kHalf, {2}, storewise::onnx::bytes_of(half)}}) ==
        numbers(kHalf, {2}, {1, -2}));
  CHECK_THAT(node_error("Constant", {}), ContainsSubstring("(Constant)"));
}

TEST_CASE("ConstantOfShape fills with any type, half bytes included") {
  const std::vector<std::int16_t> three = {3};
  const storewise::onnx::TensorSource source{
      DataType::kInt16, {1}, storewise::onnx::bytes_of(three)};
  CHECK(one("ConstantOfShape", {list({2, 2})}, {{{"value", source}}}) ==
        numbers(DataType::kInt16, {2, 2}, {3, 3, 3, 3}));
  CHECK(one("ConstantOfShape", {list({})}) == floats({}, {0}));
  CHECK(one("ConstantOfShape", {list({0, 4})}) == floats({0, 4}, {}));
  CHECK(one("ConstantOfShape", {list({5000})}, {{{"value", source}}}).numbers ==
        std::vector<double>(5000, 3));
  const std::vector<std::uint8_t> nibble = {0x0D};
  const storewise::onnx::TensorSource small{
      DataType::kInt4, {1}, storewise::onnx::bytes_of(nibble)};
  CHECK(one("ConstantOfShape", {list({3})}, {{{"value", small}}, 21}) ==
        numbers(DataType::kInt4, {3}, {-3, -3, -3}));
  CHECK_THAT(node_error("ConstantOfShape", {list({-1})}), ContainsSubstring("(ConstantOfShape)"));
  CHECK_THAT(node_error("ConstantOfShape", {list({kFar})}), ContainsSubstring("too large"));
}

TEST_CASE("Shape, Size and Identity tell and pass on what is there") {
  const Tensor data = floats({2, 0, 3}, {});
  CHECK(one("Shape", {data}) == list({2, 0, 3}));
  CHECK(one("Shape", {data}, {{{"start", -2}, {"end", 9}}}) == list({0, 3}));
  CHECK(one("Shape", {data}, {{{"start", 2}, {"end", 1}}}) == list({}));
  CHECK(one("Size", {data}) == ints({}, {0}));
  CHECK(one("Size", {numbers(DataType::kUint4, {3}, {1, 2, 15})}, {{}, 21}) == ints({}, {3}));
  CHECK(one("Identity", {strings({1}, {"x"})}) == strings({1}, {"x"}));
}

TEST_CASE("Expand broadcasts both ways and moves elements of every size") {
  CHECK(one("Expand", {strings({2, 1}, {"a", "b"}), list({3})}) ==
        strings({2, 3}, {"a", "a", "a", "b", "b", "b"}));
  CHECK(one("Expand", {numbers(kInt8, {1, 2}, {1, 2}), list({2, 2, 1})}) ==
        numbers(kInt8, {2, 2, 2}, {1, 2, 1, 2, 1, 2, 1, 2}));
  CHECK(one("Expand", {numbers(kHalf, {}, {0.5}), list({3})}) == numbers(kHalf, {3}, {.5, .5, .5}));
  CHECK(one("Expand", {floats({1}, {1}), list({0})}) == floats({0}, {}));
  CHECK_THAT(node_error("Expand", {floats({2}, {1, 2}), list({3})}),
             ContainsSubstring("broadcast"));
}

TEST_CASE("Dropout is the input, and a mask of ones") {
  const Tensor data = floats({2}, {1, -1});
  CHECK(run_node("Dropout", {data}, {{}, 17, 2}) ==
        std::vector<Tensor>{data, numbers(kBool, {2}, {1, 1})});
  CHECK(run_node("Dropout", {data}, {{{"ratio", 0.3f}, {"is_test", 1}}, 6, 2}) ==
        std::vector<Tensor>{data, floats({2}, {1, 1})});
  CHECK(run_node("Dropout", {data}, {{}, 10, 2})[1].type == kBool);
  CHECK(one("Dropout", {data, floats({}, {0}), truth(true)}) == data);
  // NumPy's uniform numbers from seed 0 begin 0.549, 0.715: the first of two is dropped at 0.6.
  const auto trained = run_node("Dropout", {data, floats({}, {0.6f}), truth(true)}, {{}, 17, 2});
  CHECK(trained[1] == numbers(kBool, {2}, {0, 1}));
}

TEST_CASE("Range counts up and down in integers and decimals") {
  const auto range = [](DataType type, double start, double limit, double delta) {
    return one("Range", {numbers(type, {}, {start}), numbers(type, {}, {limit}),
                         numbers(type, {}, {delta})});
  };
  CHECK(range(kInt32, 3, 9, 3) == numbers(kInt32, {2}, {3, 6}));
  CHECK(range(kInt32, 3, 10, 3) == numbers(kInt32, {3}, {3, 6, 9}));
  CHECK(range(DataType::kInt64, 5, -3, -4) == list({5, 1}));
  CHECK(range(DataType::kInt64, 5, 5, 1) == list({}));
  CHECK(range(DataType::kInt64, 5, 1, 1) == list({}));
  CHECK(range(DataType::kFloat, 1, 2, 0.25) == floats({4}, {1, 1.25, 1.5, 1.75}));
  CHECK(range(kDouble, 2, -1, -2) == numbers(kDouble, {2}, {2, 0}));
  CHECK(range(DataType::kFloat, 0, 1000, 1).numbers.back() == 999);
  const double least = -9223372036854775808.0;
  CHECK(range(DataType::kInt64, least, 9223372036854774784.0, 4611686018427387904.0).numbers ==
        std::vector<double>{least, least / 2, 0, -least / 2});
  const auto error = [](DataType type, double start, double limit, double delta) {
    return node_error("Range", {numbers(type, {}, {start}), numbers(type, {}, {limit}),
                                numbers(type, {}, {delta})});
  };
  CHECK_THAT(error(kInt32, 0, 1, 0), ContainsSubstring("a delta that is not 0"));
  CHECK_THAT(error(DataType::kFloat, 0, INFINITY, 1), ContainsSubstring("(Range)"));
  CHECK_THAT(error(DataType::kFloat, NAN, 1, 1), ContainsSubstring("(Range)"));
  CHECK_THAT(error(DataType::kInt64, 0, 9e18, 1), ContainsSubstring("too large"));
}

TEST_CASE("Concat joins and Split parts, strings and empty parts too") {
  CHECK(one("Concat", {strings({1, 2}, {"a", "b"}), strings({1, 1}, {"c"})}, {{{"axis", -1}}}) ==
        strings({1, 3}, {"a", "b", "c"}));
  CHECK(one("Concat", {floats({1, 1}, {1}), floats({1, 2}, {2, 3})}, {{}, 1}) ==
        floats({1, 3}, {1, 2, 3}));
  CHECK(one("Concat", {floats({0, 2}, {}), floats({1, 2}, {2, 3})}, {{{"axis", 0}}}) ==
        floats({1, 2}, {2, 3}));
  CHECK_THAT(node_error("Concat", {floats({2}, {1, 2}), floats({1, 1}, {1})}, {{{"axis", 0}}}),
             ContainsSubstring("[1, 1]"));
  CHECK_THAT(node_error("Concat", {floats({}, {1}), floats({}, {1})}, {{{"axis", 0}}}),
             ContainsSubstring("axis"));

  const Tensor data = numbers(kInt8, {2, 5}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const auto uneven = run_node("Split", {data}, {{{"axis", 1}, {"num_outputs", 2}}, 18, 2});
  CHECK(uneven[0] == numbers(kInt8, {2, 3}, {1, 2, 3, 6, 7, 8}));
  CHECK(uneven[1] == numbers(kInt8, {2, 2}, {4, 5, 9, 10}));
  const auto listed = run_node("Split", {data, list({0, 5})}, {{{"axis", -1}}, 13, 2});
  CHECK(listed[0] == numbers(kInt8, {2, 0}, {}));
  CHECK(listed[1] == data);
  const auto old = run_node("Split", {data}, {{{"axis", 1}, {"split", Ints{4, 1}}}, 2, 2});
  CHECK(old[1] == numbers(kInt8, {2, 1}, {5, 10}));
  CHECK(run_node("Split", {strings({2}, {"a", "b"})}, {{}, 13, 2})[1] == strings({1}, {"b"}));
  CHECK_THAT(node_error("Split", {data, list({3, 1})}, {{{"axis", 1}}, 13, 2}),
             ContainsSubstring("sizes that add up to 5"));
  CHECK_THAT(node_error("Split", {data, list({6, -1})}, {{{"axis", 1}}, 13, 2}),
             ContainsSubstring("(Split)"));
  CHECK_THAT(node_error("Split", {data, list({5})}, {{{"axis", 1}}, 13, 2}),
             ContainsSubstring("2 parts"));
}

TEST_CASE("Slice steps forwards and backwards and clamps what lies outside") {
  const Tensor data = ints({2, 4}, {0, 1, 2, 3, 4, 5, 6, 7});
  const auto slice = [&](std::vector<double> starts, std::vector<double> ends,
                         std::vector<double> axes, std::vector<double> steps) {
    return one("Slice", {data, list(starts), list(ends), list(axes), list(steps)});
  };
  CHECK(slice({1}, {3}, {1}, {1}) == ints({2, 2}, {1, 2, 5, 6}));
  CHECK(slice({-1}, {-kFar}, {-1}, {-2}) == ints({2, 2}, {3, 1, 7, 5}));
  CHECK(slice({-1, 0}, {-kFar, kFar}, {0, 1}, {-1, 3}) == ints({2, 2}, {4, 7, 0, 3}));
  CHECK(slice({-kFar}, {kFar}, {1}, {kFar}) == ints({2, 1}, {0, 4}));
  CHECK(slice({3}, {1}, {1}, {1}) == ints({2, 0}, {}));
  CHECK(slice({9}, {-9}, {1}, {-3}) == ints({2, 2}, {3, 0, 7, 4}));
  CHECK(one("Slice", {strings({3}, {"a", "b", "c"}), list({2}), list({-4}), {}, list({-1})}) ==
        strings({3}, {"c", "b", "a"}));
  CHECK(one("Slice", {data}, {{{"starts", Ints{1}}, {"ends", Ints{2}}}, 1}) ==
        ints({1, 4}, {4, 5, 6, 7}));
  const Tensor narrow = numbers(kInt32, {1}, {1});
  CHECK(one("Slice", {data, narrow, numbers(kInt32, {1}, {INT32_MAX}), narrow}) ==
        ints({2, 3}, {1, 2, 3, 5, 6, 7}));
  CHECK_THAT(node_error("Slice", {data, list({0}), list({1}), list({0}), list({0})}),
             ContainsSubstring("steps that are not 0"));
  CHECK_THAT(node_error("Slice", {data, list({0, 0}), list({1, 1}), list({0, -2})}),
             ContainsSubstring("each axis once"));
  CHECK_THAT(node_error("Slice", {data, list({0, 0}), list({1})}),
             ContainsSubstring("a list of 2"));
  CHECK_THAT(node_error("Slice", {data, list({0}), list({1}), list({2})}),
             ContainsSubstring("axis 2"));
}

TEST_CASE("Transpose agrees with the definition for all orders, ranks and sizes of elements") {
  std::mt19937 random(7);
  for (const DataType type : {kInt8, kHalf, kInt32, kDouble, DataType::kString}) {
    for (int round = 0; round < 40; ++round) {
      const std::size_t rank = 1 + random() % 4;
      Shape shape;
      Ints order;
      for (std::size_t d = 0; d < rank; ++d) {
        shape.push_back(1 + static_cast<std::int64_t>(random() % (rank < 3 ? 40 : 5)));
        order.push_back(static_cast<std::int64_t>(d));
      }
      std::shuffle(order.begin(), order.end(), random);
      Tensor data{type, shape, {}, {}};
      Tensor expected{type, {}, {}, {}};
      for (const std::int64_t d : order)
        expected.shape.push_back(shape[static_cast<std::size_t>(d)]);
      const std::size_t n = shape.elements();
      data.numbers.resize(n);
      expected.numbers.resize(n);
      for (std::size_t i = 0; i < n; ++i) {
        data.numbers[i] = static_cast<double>(i % 100);
        std::size_t rest = i;
        std::size_t place[4] = {};
        for (std::size_t d = rank; d-- > 0;) {
          place[d] = rest % static_cast<std::size_t>(shape[d]);
          rest /= static_cast<std::size_t>(shape[d]);
        }
        std::size_t to = 0;
        for (const std::int64_t d : order) {
          to = to * static_cast<std::size_t>(shape[static_cast<std::size_t>(d)]) +
               place[static_cast<std::size_t>(d)];
        }
        expected.numbers[to] = data.numbers[i];
      }
      if (type == DataType::kString) {
        for (Tensor* tensor : {&data, &expected}) {
          for (const double number : tensor->numbers) {
            tensor->texts.push_back(std::to_string(static_cast<int>(number)));
          }
          tensor->numbers.clear();
        }
      }
      CHECK(one("Transpose", {data}, {{{"perm", order}}}) == expected);
    }
  }
  CHECK(one("Transpose", {floats({1, 3}, {1, 2, 3})}) == floats({3, 1}, {1, 2, 3}));
  CHECK(one("Transpose", {floats({0, 3}, {})}) == floats({3, 0}, {}));
  CHECK(one("Transpose", {floats({}, {1})}) == floats({}, {1}));
  CHECK_THAT(node_error("Transpose", {floats({1, 1}, {1})}, {{{"perm", Ints{0, 0}}}}),
             ContainsSubstring("each axis once"));
  CHECK_THAT(node_error("Transpose", {floats({1, 1}, {1})}, {{{"perm", Ints{0}}}}),
             ContainsSubstring("a list of 2"));
}

TEST_CASE("Pad fills, mirrors, repeats and wraps, and takes away") {
  const Tensor row = ints({1, 3}, {1, 2, 3});
  const auto pad = [&](string_view mode, double before, double after) {
    return one("Pad", {row, list({before, after}), {}, list({-1})}, {{{"mode", mode}}, 19}).numbers;
  };
  using Row = std::vector<double>;
  CHECK(pad("constant", 1, 2) == Row{0, 1, 2, 3, 0, 0});
  CHECK(pad("reflect", 2, 2) == Row{3, 2, 1, 2, 3, 2, 1});
  CHECK(pad("reflect", 5, 0) == Row{2, 1, 2, 3, 2, 1, 2, 3});
  CHECK(pad("edge", 2, 1) == Row{1, 1, 1, 2, 3, 3});
  CHECK(pad("wrap", 4, 1) == Row{3, 1, 2, 3, 1, 2, 3, 1});
  CHECK(pad("edge", -1, 2) == Row{2, 3, 3, 3});
  CHECK(pad("constant", 2, -2) == Row{0, 0, 1});
  CHECK(pad("constant", -3, 0) == Row{});
  CHECK(one("Pad", {strings({1}, {"a"}), list({1, 0}), strings({}, {"-"})}) ==
        strings({2}, {"-", "a"}));
  CHECK(one("Pad", {floats({1, 1}, {5})}, {{{"paddings", Ints{0, 1, 1, 0}}, {"value", 2.f}}, 1}) ==
        floats({2, 2}, {2, 5, 2, 2}));
  CHECK(one("Pad", {numbers(kHalf, {1}, {5})}, {{{"pads", Ints{0, 1}}, {"value", 2.f}}, 2}) ==
        numbers(kHalf, {2}, {5, 2}));
  CHECK(one("Pad", {floats({0}, {}), list({1, 1})}) == floats({2}, {0, 0}));
  CHECK(one("Pad", {floats({}, {4}), list({})}) == floats({}, {4}));
  CHECK_THAT(node_error("Pad", {floats({0}, {}), list({1, 1})}, {{{"mode", "edge"}}}),
             ContainsSubstring("possible pads"));
  CHECK_THAT(node_error("Pad", {row, list({0, -4, 0, 0})}), ContainsSubstring("possible pads"));
  CHECK_THAT(node_error("Pad", {row, list({kFar, kFar, kFar, kFar})}), ContainsSubstring("large"));
  CHECK_THAT(node_error("Pad", {row, list({1, 1})}), ContainsSubstring("two pads for each axis"));
  CHECK_THAT(node_error("Pad", {row, list({1, 1, 1, 1})}, {{{"mode", "mirror"}}}),
             ContainsSubstring("found mirror"));
}

TEST_CASE("Tile repeats along every axis") {
  CHECK(one("Tile", {ints({1, 2}, {1, 2}), list({2, 2})}) ==
        ints({2, 4}, {1, 2, 1, 2, 1, 2, 1, 2}));
  CHECK(one("Tile", {strings({2, 1}, {"a", "b"}), list({1, 2})}) ==
        strings({2, 2}, {"a", "a", "b", "b"}));
  CHECK(one("Tile", {ints({2}, {1, 2}), list({0})}) == list({}));
  CHECK(one("Tile", {floats({1, 2}, {1, 2}), floats({}, {2}), floats({}, {1})}, {{}, 1}) ==
        floats({1, 4}, {1, 2, 1, 2}));
  CHECK_THAT(node_error("Tile", {ints({2}, {1, 2}), list({-1})}), ContainsSubstring("repeats"));
  CHECK_THAT(node_error("Tile", {ints({2}, {1, 2}), list({kFar})}), ContainsSubstring("too large"));
  CHECK_THAT(node_error("Tile", {ints({2}, {1, 2}), list({1, 1})}),
             ContainsSubstring("a list of 1"));
}

TEST_CASE("OneHot, NonZero and Trilu know all types") {
  const Tensor indices = numbers(DataType::kFloat, {3}, {0, -1, 7});
  CHECK(one("OneHot", {indices, ints({}, {2}), strings({2}, {"-", "x"})}, {{{"axis", 0}}}) ==
        strings({2, 3}, {"x", "-", "-", "-", "x", "-"}));
  CHECK(one("OneHot", {indices, floats({1}, {2}), numbers(kBool, {2}, {0, 1})}) ==
        numbers(kBool, {3, 2}, {1, 0, 0, 1, 0, 0}));
  CHECK(one("OneHot", {ints({0}, {}), ints({}, {2}), ints({2}, {0, 1})}) == ints({0, 2}, {}));
  CHECK_THAT(node_error("OneHot", {indices, ints({}, {-2}), ints({2}, {0, 1})}),
             ContainsSubstring("a depth of 0 or more"));
  CHECK_THAT(node_error("OneHot", {indices, ints({}, {2}), ints({1}, {0})}),
             ContainsSubstring("two values"));

  CHECK(one("NonZero", {numbers(kHalf, {2, 2}, {0, 0.5, -0.0, 3})}) == ints({2, 2}, {0, 1, 1, 1}));
  CHECK(one("NonZero", {numbers(kUint64, {3}, {0, 1.8e19, 0})}) == ints({1, 1}, {1}));
  CHECK(one("NonZero", {numbers(kBool, {2}, {0, 0})}) == ints({1, 0}, {}));
  CHECK(one("NonZero", {floats({}, {2})}) == ints({0, 1}, {}));
  Tensor long_row = ints({1000}, std::vector<double>(1000, 0));
  long_row.numbers[999] = 1;
  CHECK(one("NonZero", {long_row}) == ints({1, 1}, {999}));

  const Tensor square = ints({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(one("Trilu", {square}) == ints({2, 3}, {1, 2, 3, 0, 5, 6}));
  CHECK(one("Trilu", {square}, {{{"upper", 0}}}) == ints({2, 3}, {1, 0, 0, 4, 5, 0}));
  CHECK(one("Trilu", {square, ints({}, {-kFar})}) == square);
  CHECK(one("Trilu", {square, ints({}, {1})}, {{{"upper", 0}}}) ==
        ints({2, 3}, {1, 2, 0, 4, 5, 6}));
  CHECK(one("Trilu", {square, ints({}, {kFar})}).numbers == std::vector<double>(6, 0));
  CHECK_THAT(node_error("Trilu", {list({1})}), ContainsSubstring("matrices"));
}

TEST_CASE("the Gather operators take elements of any type and refuse indices outside") {
  const Tensor words = strings({2, 2}, {"a", "b", "c", "d"});
  CHECK(one("Gather", {words, numbers(kInt32, {2}, {-1, 0})}, {{{"axis", 1}}}) ==
        strings({2, 2}, {"b", "a", "d", "c"}));
  CHECK(one("Gather", {floats({4, 0}, {}), list({3, 3})}) == floats({2, 0}, {}));
  CHECK(one("GatherElements", {words, ints({2, 1}, {-1, 0})}, {{{"axis", 1}}}) ==
        strings({2, 1}, {"b", "c"}));
  CHECK(one("GatherElements", {numbers(kHalf, {2, 2}, {1, 2, 3, 4}), ints({1, 2}, {1, 0})}) ==
        numbers(kHalf, {1, 2}, {3, 2}));
  CHECK(one("GatherND", {words, ints({2, 2}, {0, -1, 1, 0})}) == strings({2}, {"b", "c"}));
  CHECK(one("GatherND", {words, ints({2, 1}, {1, 0})}, {{{"batch_dims", 1}}, 12}) ==
        strings({2}, {"b", "c"}));
  CHECK(one("GatherND", {words, ints({1, 0}, {})}) == strings({1, 2, 2}, words.texts));
  CHECK_THAT(node_error("Gather", {words, list({2})}), ContainsSubstring("index 2"));
  CHECK_THAT(node_error("Gather", {floats({}, {1}), list({0})}), ContainsSubstring("axis"));
  CHECK_THAT(node_error("GatherElements", {words, ints({1, 1}, {-3})}),
             ContainsSubstring("index -3"));
  CHECK_THAT(node_error("GatherElements", {words, ints({3, 1}, {0, 0, 0})}, {{{"axis", 1}}}),
             ContainsSubstring("within [2, 2]"));
  CHECK_THAT(node_error("GatherElements", {words, list({0})}),
             ContainsSubstring("(GatherElements)"));
  CHECK_THAT(node_error("GatherND", {words, ints({1, 3}, {0, 0, 0})}), ContainsSubstring("tuples"));
  CHECK_THAT(node_error("GatherND", {words, ints({1, 1}, {2})}), ContainsSubstring("index 2"));
  CHECK_THAT(node_error("GatherND", {words, ints({1, 1}, {0})}, {{{"batch_dims", 2}}, 12}),
             ContainsSubstring("batch_dims"));
  CHECK_THAT(node_error("GatherND", {words, ints({1, 1}, {0})}, {{{"batch_dims", 1}}, 12}),
             ContainsSubstring("[1, 1]"));
}

TEST_CASE("the Scatter operators replace or combine in every type") {
  const Tensor words = strings({3}, {"a", "b", "c"});
  CHECK(one("ScatterElements", {words, list({-1, 0}), strings({2}, {"z", "x"})}) ==
        strings({3}, {"x", "b", "z"}));
  CHECK(one("Scatter", {floats({2}, {1, 2}), list({1}), floats({1}, {5})}, {{{"axis", 0}}, 9}) ==
        floats({2}, {1, 5}));
  CHECK(one("ScatterND", {words, ints({1, 1}, {1}), strings({1}, {"y"})}) ==
        strings({3}, {"a", "y", "c"}));
  const auto combined = [](string_view reduction, DataType type, std::vector<double> data,
                           std::vector<double> updates) {
    const auto n = static_cast<std::int64_t>(data.size());
    const Tensor elements = one(
        "ScatterElements", {numbers(type, {n}, data), list({0, 0}), numbers(type, {2}, updates)},
        {{{"reduction", reduction}}, 18});
    const Tensor nd = one(
        "ScatterND", {numbers(type, {n}, data), ints({2, 1}, {0, 0}), numbers(type, {2}, updates)},
        {{{"reduction", reduction}}, 18});
    CHECK(elements == nd);
    CHECK(elements.type == type);
    return elements.numbers;
  };
  using Row = std::vector<double>;
  CHECK(combined("add", DataType::kFloat, {1, 9}, {2, 0.5}) == Row{3.5, 9});
  CHECK(combined("add", kHalf, {1, 9}, {2, 0.5}) == Row{3.5, 9});
  CHECK(combined("mul", kDouble, {2, 9}, {3, 0.5}) == Row{3, 9});
  CHECK(combined("add", kInt8, {100, 9}, {100, 0}) == Row{-56, 9});
  CHECK(combined("mul", DataType::kUint8, {16, 9}, {16, 3}) == Row{0, 9});
  CHECK(combined("max", kUint64, {1, 9}, {1.8e19, 5}) == Row{1.8e19, 9});
  CHECK(combined("min", kUint64, {1.8e19, 9}, {1.7e19, 1.75e19}) == Row{1.7e19, 9});
  CHECK(combined("min", kInt32, {4, 9}, {-3, 5}) == Row{-3, 9});
  CHECK(combined("max", DataType::kInt16, {-4, 9}, {-3, -5}) == Row{-3, 9});
  CHECK(one("ScatterND",
            {floats({2, 2}, {1, 2, 3, 4}), ints({2, 1}, {1, 1}), floats({2, 2}, {1, 1, 2, 2})},
            {{{"reduction", "add"}}, 16}) == floats({2, 2}, {1, 2, 6, 7}));
  CHECK(one("ScatterND", {floats({2}, {1, 2}), ints({0, 1}, {}), floats({0}, {})}) ==
        floats({2}, {1, 2}));
  CHECK_THAT(node_error("ScatterElements", {words, list({0}), strings({1}, {"z"})},
                        {{{"reduction", "add"}}, 16}),
             ContainsSubstring("numbers to reduce"));
  CHECK_THAT(node_error("ScatterElements", {words, list({3}), strings({1}, {"z"})}),
             ContainsSubstring("index 3"));
  CHECK_THAT(node_error("ScatterElements", {words, list({0, 1}), strings({1}, {"z"})}),
             ContainsSubstring("one shape"));
  CHECK_THAT(node_error("ScatterND", {words, ints({1, 1}, {0}), strings({2}, {"z", "y"})}),
             ContainsSubstring("updates of shape [1]"));
  CHECK_THAT(node_error("ScatterND", {words, ints({1, 1}, {0}), strings({1}, {"z"})},
                        {{{"reduction", "avg"}}, 16}),
             ContainsSubstring("\"avg\""));
}

TEST_CASE("Einsum understands every kind of equation") {
  const auto einsum = [](string_view equation, const std::vector<Tensor>& inputs) {
    return one("Einsum", inputs, {{{"equation", equation}}});
  };
  const Tensor a = floats({2, 2}, {1, 2, 3, 4});
  const Tensor b = floats({2, 2}, {5, 6, 7, 8});
  CHECK(einsum("ij,jk->ik", {a, b}) == floats({2, 2}, {19, 22, 43, 50}));
  CHECK(einsum("ij , kj -> ik", {a, b}) == floats({2, 2}, {17, 23, 39, 53}));
  CHECK(einsum("ij,jk", {a, b}) == floats({2, 2}, {19, 22, 43, 50}));
  CHECK(einsum("ba", {a}) == floats({2, 2}, {1, 3, 2, 4}));
  CHECK(einsum("ij->", {a}) == floats({}, {10}));
  CHECK(einsum("ii", {a}) == floats({}, {5}));
  CHECK(einsum("ii->i", {a}) == floats({2}, {1, 4}));
  CHECK(einsum("ij,ij->ij", {a, b}) == floats({2, 2}, {5, 12, 21, 32}));
  CHECK(einsum("ij,kl->", {a, b}) == floats({}, {260}));
  CHECK(einsum("i,j->ij", {floats({2}, {1, 2}), floats({2}, {3, 4})}) ==
        floats({2, 2}, {3, 4, 6, 8}));
  CHECK(einsum("ij,jk,kl->il", {a, b, a}) == floats({2, 2}, {85, 126, 193, 286}));
  CHECK(einsum("...ij,...jk", {floats({1, 2, 2}, a.numbers), b}) ==
        floats({1, 2, 2}, {19, 22, 43, 50}));
  CHECK(einsum("...ij->...ji", {floats({1, 1, 2, 2}, a.numbers)}) ==
        floats({1, 1, 2, 2}, {1, 3, 2, 4}));
  CHECK(einsum("...,...", {floats({2, 1}, {1, 2}), floats({3}, {1, 10, 100})}) ==
        floats({2, 3}, {1, 10, 100, 2, 20, 200}));
  CHECK(einsum("A...a->a...", {floats({2, 1, 2}, a.numbers)}) == floats({2, 1}, {4, 6}));
  CHECK(einsum(",ij->ij", {floats({}, {2}), a}) == floats({2, 2}, {2, 4, 6, 8}));
  CHECK(einsum("ij,jk->ik", {floats({2, 0}, {}), floats({0, 2}, {})}) ==
        floats({2, 2}, {0, 0, 0, 0}));
  CHECK(einsum("ij->i", {floats({0, 2}, {})}) == floats({0}, {}));
  CHECK(einsum("ij,jk->ik", {numbers(kHalf, {1, 2}, {1, 2}), numbers(kHalf, {2, 1}, {3, 4})}) ==
        numbers(kHalf, {1, 1}, {11}));
  CHECK(einsum("i,i", {numbers(kInt8, {2}, {100, 1}), numbers(kInt8, {2}, {2, 3})}) ==
        numbers(kInt8, {}, {-53}));
  CHECK(einsum("i,i->i", {numbers(kUint64, {1}, {9e18}), numbers(kUint64, {1}, {2})}) ==
        numbers(kUint64, {1}, {1.8e19}));
  std::vector<Tensor> ten(10, floats({2}, {1, 2}));
  CHECK(einsum("a,a,a,a,a,a,a,a,a,a", ten) == floats({}, {1025}));

  const auto error = [](string_view equation, const std::vector<Tensor>& inputs) {
    return node_error("Einsum", inputs, {{{"equation", equation}}});
  };
  for (const string_view wrong : {"ij,jk", "ij->ik", "i->i", "ijk->i", "ij->ii", "i..j", "i......j",
                                  "ij-", "ij->i?", "", "ij->i->j", "i1"}) {
    CAPTURE(wrong);
    CHECK_THAT(error(wrong, {a}), ContainsSubstring("(Einsum)"));
  }
  CHECK_THAT(error("ij,jk->ik", {a, floats({3, 1}, {1, 2, 3})}), ContainsSubstring("[3, 1]"));
  CHECK_THAT(error("ij", {a, b}), ContainsSubstring("(Einsum)"));
}

TEST_CASE("a contraction of two large operands is what its definition says") {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> any(-1, 1);
  const std::int64_t n = 17;
  const auto fill = [&] {
    Tensor tensor = floats({n, n, n}, std::vector<double>(17 * 17 * 17));
    for (double& value : tensor.numbers) value = any(random);
    return tensor;
  };
  const Tensor a = fill();
  const Tensor b = fill();
  for (const string_view equation : {"bij,bjk->bik", "bij,bkj->kib", "bij,kjb->ik", "xyz,zyx->y"}) {
    CAPTURE(equation);
    const Tensor made = one("Einsum", {a, b}, {{{"equation", equation}}});
    // One loop for each of the labels of both operands, by their letters.
    std::string labels;
    for (const char c : equation) {
      if (c >= 'a' && c <= 'z' && labels.find(c) == std::string::npos) labels += c;
    }
    std::vector<double> expected(made.numbers.size(), 0);
    std::size_t loops = 1;
    for (std::size_t i = 0; i < labels.size(); ++i) loops *= 17;
    for (std::size_t at = 0; at < loops; ++at) {
      const auto place = [&](string_view term) {
        std::size_t result = 0;
        for (const char c : term) {
          std::size_t rest = at;
          for (std::size_t k = 0; k < labels.find(c); ++k) rest /= 17;
          result = result * 17 + rest % 17;
        }
        return result;
      };
      expected[place(equation.substr(9))] +=
          a.numbers[place(equation.substr(0, 3))] * b.numbers[place(equation.substr(4, 3))];
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(std::fabs(made.numbers[i] - expected[i]) < 1e-4);
    }
  }
}

TEST_CASE("TfIdfVectorizer counts n-grams of numbers and words") {
  const std::vector<Attribute> common = {{"min_gram_length", 1},
                                         {"max_gram_length", 2},
                                         {"ngram_counts", Ints{0, 2}},
                                         {"ngram_indexes", Ints{2, 0, 1, 3}}};
  const auto options = [&](string_view mode, int skips, std::vector<Attribute> more) {
    NodeOptions result{common};
    result.attributes.insert(result.attributes.end(), {{"mode", mode}, {"max_skip_count", skips}});
    result.attributes.insert(result.attributes.end(), more.begin(), more.end());
    return result;
  };
  const Attribute words = {"pool_strings",
                           std::vector<std::string>{"red", "hat", "red", "hat", "hat", "red"}};
  const Attribute codes = {"pool_int64s", Ints{5, 6, 5, 6, 6, 5}};
  const Attribute weights = {"weights", std::vector<float>{10, 20, 30, 40}};
  const Tensor text = strings({2, 3}, {"red", "hat", "red", "red", "", "hat"});
  CHECK(one("TfIdfVectorizer", {text}, options("TF", 0, {words})) ==
        floats({2, 4}, {1, 1, 2, 1, 1, 0, 1, 0}));
  CHECK(one("TfIdfVectorizer", {text}, options("TF", 1, {words})) ==
        floats({2, 4}, {1, 1, 2, 1, 1, 1, 1, 0}));
  const Tensor numbers_row = numbers(kInt32, {3}, {5, 6, 5});
  CHECK(one("TfIdfVectorizer", {numbers_row}, options("TFIDF", 0, {codes, weights})) ==
        floats({4}, {20, 30, 20, 40}));
  CHECK(one("TfIdfVectorizer", {numbers_row}, options("IDF", 0, {codes, weights})) ==
        floats({4}, {20, 30, 10, 40}));
  CHECK(one("TfIdfVectorizer", {numbers_row}, options("IDF", 0, {codes})) ==
        floats({4}, {1, 1, 1, 1}));
  CHECK(one("TfIdfVectorizer", {ints({0}, {})}, options("TF", 0, {codes})) ==
        floats({4}, {0, 0, 0, 0}));
  CHECK(one("TfIdfVectorizer", {ints({0, 3}, {})}, options("TF", 0, {codes})) ==
        floats({0, 4}, {}));
  CHECK_THAT(node_error("TfIdfVectorizer", {text}, options("TF", 0, {codes})),
             ContainsSubstring("a pool of string"));
  CHECK_THAT(node_error("TfIdfVectorizer", {numbers_row}, options("BM25", 0, {codes})),
             ContainsSubstring("BM25"));
  CHECK_THAT(node_error("TfIdfVectorizer", {ints({}, {1})}, options("TF", 0, {codes})),
             ContainsSubstring("a row, or rows"));
  CHECK_THAT(node_error("TfIdfVectorizer", {numbers_row},
                        options("TF", 0, {{"pool_int64s", Ints{5, 6, 5}}})),
             ContainsSubstring("ngram_counts"));
  CHECK_THAT(node_error("TfIdfVectorizer", {numbers_row},
                        options("TF", 0, {{"pool_int64s", Ints{5, 6, 5, 6}}})),
             ContainsSubstring("ngram_indexes"));
}
