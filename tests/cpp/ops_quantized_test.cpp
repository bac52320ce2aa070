// Products and quantised weights: MatMul, Gemm, QuantizeLinear and their kin directly, and what
// fusion makes of models with quantised weights, held against the same model unfused.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "small_models.h"

namespace {

using namespace small_models;
using Steps = std::vector<std::string_view>;

std::vector<double> random_numbers(std::size_t n, double low, double high, unsigned seed,
                                   bool whole = false) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> any(low, high);
  std::vector<double> values(n);
  for (double& value : values) value = whole ? std::round(any(random)) : float(any(random));
  return values;
}

Tensor random_floats(const Shape& shape, unsigned seed, double size = 1.0) {
  return floats(shape, random_numbers(shape.elements(), -size, size, seed));
}

// The outputs fused and unfused must agree to `tolerance` of the largest; the steps are those that
// really run when fused.
void check_fused(const ModelWriter& model, const std::vector<Tensor>& inputs, const Steps& steps,
                 double tolerance) {
  const std::string bytes = model.bytes();
  std::vector<Tensor> results;
  for (const bool fuse : {false, true}) {
    const auto plan = storewise::graph::Plan::open(span_of(bytes), "test",
                                                   storewise::ops::registry(), {.fuse = fuse});
    if (fuse) CHECK(plan->steps() == steps);
    storewise::graph::Workspace workspace;
    std::deque<Memory> memory;
    std::vector<TensorView> given;
    for (const Tensor& input : inputs) given.push_back(memory.emplace_back(input).view());
    std::vector<TensorView> made(plan->outputs().size());
    storewise::graph::run(*plan, workspace, given, made);
    for (const TensorView& view : made) results.push_back(owned(view));
  }
  const std::size_t outputs = results.size() / 2;
  for (std::size_t i = 0; i < outputs; ++i) {
    const Tensor& plain = results[i];
    const Tensor& fused = results[outputs + i];
    REQUIRE(plain.shape == fused.shape);
    double largest = 0;
    for (const double value : plain.numbers) largest = std::max(largest, std::fabs(value));
    double worst = 0;
    for (std::size_t j = 0; j < plain.numbers.size(); ++j) {
      worst = std::max(worst, std::fabs(plain.numbers[j] - fused.numbers[j]));
    }
    CHECK(largest > 0);
    CHECK(worst <= tolerance * largest);
  }
}

struct Range {
  DataType type;
  double low, high;
};
constexpr Range kWeights[] = {{DataType::kInt8, -128, 127},
                              {DataType::kUint8, 0, 255},
                              {DataType::kInt4, -8, 7},
                              {DataType::kUint4, 0, 15}};

// "w" = DequantizeLinear of random weights [rows, columns].
void add_quantised(ModelWriter& model, const Range& range, const Shape& shape, int axis, int block,
                   bool zero_point, unsigned seed = 1) {
  Shape scales;
  if (block > 0) {
    for (std::size_t d = 0; d < shape.rank(); ++d) {
      scales.push_back(static_cast<int>(d) == axis ? (shape[d] + block - 1) / block : shape[d]);
    }
  } else if (axis >= 0) {
    scales = Shape{shape[static_cast<std::size_t>(axis)]};
  }
  add_weight(model, "q",
             numbers(range.type, shape,
                     random_numbers(shape.elements(), range.low, range.high, seed, true)));
  add_weight(model, "s", floats(scales, random_numbers(scales.elements(), 0.001, 0.02, seed + 1)));
  std::vector<std::string_view> inputs = {"q", "s"};
  if (zero_point) {
    add_weight(model, "z",
               numbers(range.type, scales,
                       random_numbers(scales.elements(), range.low, range.high, seed + 2, true)));
    inputs.push_back("z");
  }
  std::vector<Attribute> attributes = {{"axis", axis < 0 ? 1 : axis}};
  if (block > 0) attributes.emplace_back("block_size", block);
  model.add_node("DequantizeLinear", inputs, {"w"}, attributes);
}

ModelWriter model_of(const Tensor& x, int opset = 21) {
  ModelWriter model("test", opset);
  declare_input(model, "x", x);
  model.add_output("y", DataType::kUndefined, {});
  return model;
}

}  // namespace

TEST_CASE("products read 8 and 4 bit weights in every layout, scale and zero point") {
  const std::int64_t k = 41, n = 70;
  const Tensor x = random_floats({3, k}, 5);
  for (const Range& range : kWeights) {
    for (const int axis : {-1, 0, 1}) {
      for (const int block : {0, 16}) {
        for (const bool zero_point : {false, true}) {
          for (const std::string kind : {"MatMul", "Transpose", "Gemm", "Gemm transposed"}) {
            const bool transposed = kind != "MatMul" && kind != "Gemm";
            // Blocks run along the inputs; along the outputs they are left alone.
            if (block > 0 && axis != (transposed ? 1 : 0)) continue;
            CAPTURE(data_type_name(range.type), axis, block, zero_point, kind);
            ModelWriter model = model_of(x);
            add_quantised(model, range, transposed ? Shape{n, k} : Shape{k, n}, axis, block,
                          zero_point);
            if (kind == "Transpose") {
              model.add_node("Transpose", {"w"}, {"t"});
              model.add_node("MatMul", {"x", "t"}, {"y"});
            } else if (kind == "MatMul") {
              model.add_node("MatMul", {"x", "w"}, {"y"});
            } else {
              add_weight(model, "b", random_floats({n}, 9));
              model.add_node("Gemm", {"x", "w", "b"}, {"y"}, {{"transB", transposed ? 1 : 0}});
            }
            check_fused(model, {x}, {"QuantizedMatMul"}, 1e-4);
          }
        }
      }
    }
  }
}

TEST_CASE("a product of many inputs, many rows and few outputs stays near the float one") {
  for (const auto& [m, k, n] :
       {std::array<std::int64_t, 3>{70, 300, 5}, {1, 9000, 20}, {2, 5, 1100}, {33, 64, 129}}) {
    CAPTURE(m, k, n);
    const Tensor x = random_floats({1, m, k}, 6);
    ModelWriter model = model_of(x);
    add_quantised(model, kWeights[0], {k, n}, 1, 0, false);
    model.add_node("MatMul", {"x", "w"}, {"y"});
    check_fused(model, {x}, {"QuantizedMatMul"}, 1e-3);
  }
  // A block of scales along the outputs cannot leave the sums: it stays as it is.
  const Tensor x = random_floats({2, 40}, 7);
  ModelWriter model = model_of(x);
  add_quantised(model, kWeights[0], {40, 64}, 1, 16, false);
  model.add_node("MatMul", {"x", "w"}, {"y"});
  check_fused(model, {x}, {"DequantizeLinear", "MatMul"}, 0);
}

TEST_CASE("biases and activations join the product before them") {
  const Tensor x = random_floats({4, 30}, 1);
  for (const std::string activation : {"", "Relu", "Sigmoid", "Tanh"}) {
    for (const std::string product : {"MatMul", "Gemm", "quantised"}) {
      CAPTURE(activation, product);
      ModelWriter model = model_of(x);
      if (product == "quantised") {
        add_quantised(model, kWeights[0], {30, 64}, 1, 0, false);
      } else {
        add_weight(model, "w", random_floats({30, 64}, 2));
      }
      add_weight(model, "b", random_floats({64}, 3));
      const std::string_view last = activation.empty() ? "y" : "p";
      if (product == "Gemm") {
        model.add_node("Gemm", {"x", "w", "b"}, {last});
      } else {
        model.add_node("MatMul", {"x", "w"}, {"m"});
        model.add_node("Add", {"b", "m"}, {last});
      }
      if (!activation.empty()) model.add_node(activation, {"p"}, {"y"});
      const std::string_view step = product == "quantised" ? "QuantizedMatMul"
                                    : product == "MatMul"  ? "FusedMatMul"
                                    : activation.empty()   ? "Gemm"
                                                           : "FusedGemm";
      check_fused(model, {x}, {step}, product == "quantised" ? 1e-3 : 1e-6);
    }
  }
}

TEST_CASE("a product that others read, or whose bias has another form, keeps its bias apart") {
  const Tensor x = random_floats({4, 30}, 1);
  for (const std::string why : {"output", "reader", "shape", "input"}) {
    CAPTURE(why);
    ModelWriter model = model_of(x);
    add_weight(model, "w", random_floats({30, why == "shape" ? 1 : 64}, 2));
    add_weight(model, "b", random_floats({64}, 3));
    model.add_node("MatMul", {"x", "w"}, {"m"});
    if (why == "input") {
      model.add_node("Relu", {"x"}, {"r"});
      model.add_node("ReduceSum", {"r"}, {"c"}, {{"keepdims", 0}});
      model.add_node("Add", {"m", "c"}, {"y"});
      check_fused(model, {x}, {"MatMul", "Relu", "ReduceSum", "Add"}, 1e-6);
      continue;
    }
    model.add_node("Add", {"m", "b"}, {"y"});
    if (why == "output") model.add_output("m", DataType::kUndefined, {});
    if (why == "reader") {
      model.add_output("n", DataType::kUndefined, {});
      model.add_node("Neg", {"m"}, {"n"});
    }
    check_fused(model, {x},
                why == "reader" ? Steps{"MatMul", "Add", "Neg"} : Steps{"MatMul", "Add"}, 0);
  }
}

TEST_CASE("Gelu and LayerNormalization are recognised where they are spelled out") {
  const Tensor x = random_floats({2, 3, 8}, 1, 3.0);
  const auto number = [](ModelWriter& model, std::string_view name, double value) {
    add_weight(model, name, floats({}, {float(value)}));
  };
  for (int form = 0; form < 3; ++form) {
    CAPTURE(form);
    ModelWriter model = model_of(x, 20);
    number(model, "s", form == 2 ? std::sqrt(0.5) : std::sqrt(2.0));
    number(model, "o", 1);
    number(model, "h", 0.5);
    model.add_node(form == 2 ? "Mul" : "Div", {"x", "s"}, {"a"});
    model.add_node("Erf", {"a"}, {"e"});
    model.add_node("Add", {"e", "o"}, {"p"});
    if (form == 0) {
      model.add_node("Mul", {"x", "p"}, {"m"});
      model.add_node("Mul", {"m", "h"}, {"y"});
    } else {
      model.add_node("Mul", {"h", "p"}, {"m"});
      model.add_node("Mul", {"m", "x"}, {"y"});
    }
    check_fused(model, {x}, {"Gelu"}, 1e-5);
  }
  for (const double two : {2.0, 3.0}) {
    ModelWriter model = model_of(x, 17);
    number(model, "t", two);
    number(model, "e", 1e-5);
    add_weight(model, "g", random_floats({8}, 2));
    add_weight(model, "b", random_floats({8}, 3));
    const std::vector<Attribute> last = {{"axes", std::vector<std::int64_t>{-1}}};
    model.add_node("ReduceMean", {"x"}, {"m"}, last);
    model.add_node("Sub", {"x", "m"}, {"d"});
    model.add_node("Pow", {"d", "t"}, {"p"});
    if (two != 2.0) model.add_node("Abs", {"p"}, {"q"});
    model.add_node("ReduceMean", {two == 2.0 ? "p" : "q"}, {"v"}, last);
    model.add_node("Add", {"v", "e"}, {"w"});
    model.add_node("Sqrt", {"w"}, {"r"});
    model.add_node("Div", {"d", "r"}, {"n"});
    model.add_node("Mul", {"n", "g"}, {"o"});
    model.add_node("Add", {"o", "b"}, {"y"});
    check_fused(model, {x},
                two == 2.0 ? Steps{"LayerNormalization"}
                           : Steps{"ReduceMean", "Sub", "Pow", "Abs", "ReduceMean", "Add", "Sqrt",
                                   "Div", "Mul", "Add"},
                1e-5);
  }
}

TEST_CASE("rows of quantised tables are dequantised when they are asked for") {
  const Tensor ids = ints({2, 3}, {0, 99, -1, 7, 7, 3});
  for (const Range& range : kWeights) {
    for (const int axis : {-1, 0, 1}) {
      for (const int block : {0, 8}) {
        if (block > 0 && axis < 0) continue;
        for (const bool zero_point : {false, true}) {
          CAPTURE(data_type_name(range.type), axis, block, zero_point);
          ModelWriter model = model_of(ids);
          add_quantised(model, range, {100, 30}, axis, block, zero_point);
          model.add_node("Gather", {"w", "x"}, {"y"});
          check_fused(model, {ids}, {"QuantizedGather"}, 0);
        }
      }
    }
  }
}

TEST_CASE("sums and means of a table's rows are an embedding bag, over whichever dimension") {
  const Tensor ids = ints({2, 3}, {0, 99, -1, 7, 7, 3});
  for (const std::string table : {"float", "int8", "uint4"}) {
    for (const std::string reduce : {"ReduceSum", "ReduceMean"}) {
      for (const int axis : {-3, -2, -1, 0, 1, 2}) {
        for (const int keep : {0, 1}) {
          CAPTURE(table, reduce, axis, keep);
          ModelWriter model = model_of(ids);
          if (table == "float") {
            add_weight(model, "w", random_floats({100, 30}, 1));
          } else {
            add_quantised(model, table == "int8" ? kWeights[0] : kWeights[3], {100, 30}, 0, 0,
                          table == "uint4");
          }
          add_weight(model, "a", list({double(axis)}));
          model.add_node("Gather", {"w", "x"}, {"r"});
          model.add_node(reduce, {"r", "a"}, {"y"}, {{"keepdims", keep}});
          check_fused(model, {ids}, {"EmbeddingBag"}, 1e-6);
        }
      }
    }
  }
}

TEST_CASE("the weights of recurrent layers are read as int8, with scales for rows or for all") {
  const std::int64_t hidden = 12, size = 40;
  const Tensor x = random_floats({5, 1, size}, 1);
  for (const auto& [op, gates] : {std::pair<std::string, int>{"GRU", 3}, {"LSTM", 4}, {"RNN", 1}}) {
    for (const int axis : {-1, 0, 1}) {
      for (const bool both : {false, true}) {
        if (axis == 0 && both) continue;
        CAPTURE(op, axis, both);
        const std::int64_t rows = gates * hidden * 4;
        const std::int64_t directions = both ? 2 : 1;
        ModelWriter model = model_of(x, 17);
        for (const std::string name : {"W", "R"}) {
          const std::int64_t inner = name == "W" ? size : hidden * 4;
          const bool flat = axis == 0;  // [rows, inner], made a direction by Unsqueeze
          const Shape shape = flat ? Shape{rows, inner} : Shape{directions, rows, inner};
          add_weight(model, name + "q",
                     numbers(DataType::kInt8, shape,
                             random_numbers(shape.elements(), -127, 127, 3, true)));
          const Shape scales = axis < 0 ? Shape{} : Shape{rows};
          add_weight(model, name + "s",
                     floats(scales, random_numbers(scales.elements(), 0.001, 0.003, 4)));
          model.add_node("DequantizeLinear", {name + "q", name + "s"}, {flat ? name + "f" : name},
                         {{"axis", flat ? 0 : 1}});
          if (!flat) continue;
          add_weight(model, name + "a", list({0}));
          model.add_node("Unsqueeze", {name + "f", name + "a"}, {name});
        }
        add_weight(model, "B", random_floats({directions, 2 * rows}, 5));
        // All states, or only the last one.
        model.add_node(
            op, {"x", "W", "R", "B"}, both ? Steps{"y"} : Steps{"", "y"},
            {{"hidden_size", hidden * 4}, {"direction", both ? "bidirectional" : "forward"}});
        check_fused(model, {x},
                    {op == "GRU"    ? "QuantizedGRU"
                     : op == "LSTM" ? "QuantizedLSTM"
                                    : "QuantizedRNN"},
                    2e-2);
      }
    }
  }
}

TEST_CASE("convolutions read int8 weights and take BatchNormalization into them") {
  const Tensor x = random_floats({1, 3, 12, 12}, 1);
  for (const bool quantised : {false, true}) {
    for (const bool normalised : {false, true}) {
      for (const int axis : {-1, 0}) {
        if (!quantised && (axis == 0 || !normalised)) continue;
        CAPTURE(quantised, normalised, axis);
        ModelWriter model = model_of(x, 17);
        if (quantised) {
          add_quantised(model, {DataType::kInt8, -127, 127}, {40, 3, 3, 3}, axis, 0, false);
        } else {
          add_weight(model, "w", random_floats({40, 3, 3, 3}, 2));
        }
        add_weight(model, "b", random_floats({40}, 3));
        model.add_node("Conv", {"x", "w", "b"}, {normalised ? "c" : "y"},
                       {{"strides", std::vector<std::int64_t>{2, 1}}});
        if (normalised) {
          add_weight(model, "g", random_floats({40}, 4));
          add_weight(model, "h", random_floats({40}, 5));
          add_weight(model, "m", random_floats({40}, 6));
          add_weight(model, "v", floats({40}, random_numbers(40, 0.1, 2, 7)));
          model.add_node("BatchNormalization", {"c", "g", "h", "m", "v"}, {"y"});
        }
        check_fused(model, {x}, {quantised ? "QuantizedConv" : "Conv"}, quantised ? 2e-2 : 1e-5);
      }
    }
  }
}

TEST_CASE("convolutions meet int8 weights in integers under every kind of window") {
  struct Case {
    Shape x;
    Shape weights;
    std::vector<std::int64_t> strides;
    std::vector<std::int64_t> dilations;
    std::vector<std::int64_t> pads;
    std::int64_t group;
  };
  const Case cases[] = {
      // More than 1,024 weights each: fewer are floats from the start.
      {{2, 3, 9, 11}, {40, 3, 3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1},
      {{1, 40, 7, 9}, {8, 40, 2, 3}, {2, 1}, {1, 1}, {0, 2, 1, 3}, 1},  // runs that are copied
                                                                        // whole
      {{1, 6, 9, 10}, {60, 3, 3, 2}, {1, 3}, {2, 4}, {3, 0, 0, 5}, 2},
      {{1, 5, 4, 4}, {210, 5, 1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1},
      {{1, 1, 5, 50}, {16, 1, 5, 50}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1},    // one position
      {{1, 2, 3000}, {104, 2, 5}, {1}, {1}, {2, 2}, 1},                    // many
      {{1, 300, 3, 3}, {40, 300, 3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1},  // long sums
      {{1, 2, 4, 5, 6}, {44, 2, 2, 3, 2}, {1, 2, 1}, {1, 1, 2}, {0, 1, 0, 1, 0, 2}, 1},
      {{1, 115, 8, 8}, {115, 1, 3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 115},  // a weight for each
                                                                            // channel
  };
  for (const Case& one : cases) {
    for (const std::string activation : {"", "Relu", "Tanh"}) {
      CAPTURE(one.x.to_string(), activation);
      const Tensor x = random_floats(one.x, 1);
      ModelWriter model = model_of(x);
      add_quantised(model, {DataType::kInt8, -127, 127}, one.weights, 0, 0, false);
      add_weight(model, "b", random_floats({one.weights[0]}, 3));
      const bool ends = activation.empty();
      model.add_node("Conv", {"x", "w", "b"}, {ends ? "y" : "c"},
                     {{"strides", one.strides},
                      {"dilations", one.dilations},
                      {"pads", one.pads},
                      {"group", one.group}});
      if (!ends) model.add_node(activation, {"c"}, {"y"});
      check_fused(model, {x}, {"QuantizedConv"}, activation == "Tanh" ? 5e-3 : 1e-3);
    }
  }
  // Zeros stay zeros, and what is not finite shows.
  for (const double value : {0.0, std::numeric_limits<double>::infinity()}) {
    Tensor x = floats({1, 1, 4, 4}, std::vector<double>(16, 0.0));
    x.numbers[5] = value;
    ModelWriter model = model_of(x);
    add_quantised(model, {DataType::kInt8, 1, 127}, {260, 1, 2, 2}, 0, 0, false);
    model.add_node("Conv", {"x", "w"}, {"y"});
    const std::string bytes = model.bytes();
    const auto plan = storewise::graph::Plan::open(span_of(bytes), "test",
                                                   storewise::ops::registry(), {.fuse = true});
    storewise::graph::Workspace workspace;
    Memory memory(x);
    const std::vector<TensorView> given = {memory.view()};
    std::vector<TensorView> made(1);
    storewise::graph::run(*plan, workspace, given, made);
    const Tensor y = owned(made[0]);
    for (const double number : y.numbers) CHECK((value == 0 ? number == 0 : std::isnan(number)));
  }
}

TEST_CASE("activations join convolutions of floats") {
  const Tensor x = random_floats({1, 3, 12, 12}, 1);
  ModelWriter model = model_of(x);
  add_weight(model, "w", random_floats({8, 3, 3, 3}, 2));
  model.add_node("Conv", {"x", "w"}, {"c"});
  model.add_node("Relu", {"c"}, {"y"});
  check_fused(model, {x}, {"FusedConv"}, 0);

  // Relu moves behind MaxPool, also where padding lies under the windows.
  for (const bool quantised : {false, true}) {
    ModelWriter pooled = model_of(x);
    if (quantised) {
      add_quantised(pooled, {DataType::kInt8, -127, 127}, {40, 3, 3, 3}, 0, 0, false);
    } else {
      add_weight(pooled, "w", random_floats({40, 3, 3, 3}, 2));
    }
    pooled.add_node("Conv", {"x", "w"}, {"c"});
    pooled.add_node("Relu", {"c"}, {"r"});
    pooled.add_node("MaxPool", {"r"}, {"y"},
                    {{"kernel_shape", std::vector<std::int64_t>{3, 2}},
                     {"strides", std::vector<std::int64_t>{2, 2}},
                     {"pads", std::vector<std::int64_t>{1, 0, 1, 0}}});
    check_fused(pooled, {x}, {quantised ? "QuantizedConv" : "FusedConv", "FusedMaxPool"},
                quantised ? 1e-3 : 0);
  }
}

TEST_CASE("MatMul is exact in double and wraps around in integers; Gemm has factors") {
  const auto d = run_node("MatMul", {numbers(DataType::kDouble, {1, 2}, {1e8, 1}),
                                     numbers(DataType::kDouble, {2, 1}, {1, 0.25})});
  CHECK(d[0] == numbers(DataType::kDouble, {1, 1}, {100000000.25}));
  const auto i = run_node("MatMul", {numbers(DataType::kInt32, {2}, {65536, 3}),
                                     numbers(DataType::kInt32, {2, 2}, {65536, 1, 1, 2})});
  CHECK(i[0] == numbers(DataType::kInt32, {2}, {3, 65542}));
  const auto u = run_node("MatMul", {numbers(DataType::kUint64, {1}, {1048576.0 * 4096 * 256}),
                                     numbers(DataType::kUint64, {1}, {8})});
  CHECK(u[0] == numbers(DataType::kUint64, {}, {1048576.0 * 4096 * 2048}));
  const auto h = run_node("MatMul", {numbers(DataType::kFloat16, {1, 2}, {1, 2}),
                                     numbers(DataType::kFloat16, {2, 1}, {3, 4})});
  CHECK(h[0] == numbers(DataType::kFloat16, {1, 1}, {11}));

  const std::vector<double> a = {1, 2, 3, 4, 5, 6}, b = {1, 0, 2, 0, 1, 3};
  for (const DataType type : {DataType::kFloat, DataType::kDouble, DataType::kInt32}) {
    const auto y = run_node(
        "Gemm",
        {numbers(type, {3, 2}, a), numbers(type, {2, 3}, b), numbers(type, {2, 1}, {1, 10})},
        {.attributes = {{"alpha", 2.0f}, {"beta", 3.0f}, {"transA", 1}, {"transB", 1}}});
    CHECK(y[0] == numbers(type, {2, 2}, {25, 39, 58, 74}));
  }
  const auto old = run_node(
      "Gemm", {floats({1, 2}, {1, 2}), floats({2, 2}, {1, 2, 3, 4}), floats({2}, {10, 20})},
      {.attributes = {{"broadcast", 1}}, .opset = 6});
  CHECK(old[0] == floats({1, 2}, {17, 30}));
  CHECK(run_node("MatMul", {floats({2, 0}, {}), floats({0, 3}, {})})[0] ==
        floats({2, 3}, {0, 0, 0, 0, 0, 0}));
  CHECK(run_node("MatMul", {floats({0, 2}, {}), floats({2, 3}, {1, 2, 3, 4, 5, 6})})[0] ==
        floats({0, 3}, {}));
  CHECK(error_of([] {
          run_node("MatMul", {floats({1, 2}, {1, 2}), floats({1, 2}, {1, 2})});
        }).find("(MatMul)); expected inner sizes") != std::string::npos);
}

TEST_CASE("MatMulInteger takes every pair of signs, with zero points of rows and columns") {
  const std::vector<double> a = random_numbers(6 * 5, 0, 127, 1, true);
  const std::vector<double> b = random_numbers(5 * 20, 0, 127, 2, true);
  for (const DataType left : {DataType::kInt8, DataType::kUint8}) {
    for (const DataType right : {DataType::kInt8, DataType::kUint8}) {
      for (const bool many : {false, true}) {
        CAPTURE(data_type_name(left), data_type_name(right), many);
        std::vector<double> za(many ? 6 : 1, 3), zb(many ? 20 : 1, 100);
        if (many) za[5] = 120, zb[19] = 0;
        std::vector<double> expected;
        for (std::size_t i = 0; i < 6; ++i) {
          for (std::size_t j = 0; j < 20; ++j) {
            double sum = 0;
            for (std::size_t l = 0; l < 5; ++l) {
              sum += (a[i * 5 + l] - za[many ? i : 0]) * (b[l * 20 + j] - zb[many ? j : 0]);
            }
            expected.push_back(sum);
          }
        }
        const auto y =
            run_node("MatMulInteger", {numbers(left, {6, 5}, a), numbers(right, {5, 20}, b),
                                       numbers(left, many ? Shape{6} : Shape{}, za),
                                       numbers(right, many ? Shape{20} : Shape{}, zb)});
        CHECK(y[0] == numbers(DataType::kInt32, {6, 20}, expected));
      }
    }
  }
  const auto none = run_node("MatMulInteger", {numbers(DataType::kUint8, {1, 1}, {255}),
                                               numbers(DataType::kUint8, {1, 1}, {255})});
  CHECK(none[0] == numbers(DataType::kInt32, {1, 1}, {65025}));
  CHECK(error_of([] {
          run_node("MatMulInteger", {numbers(DataType::kUint8, {2, 1}, {1, 2}),
                                     numbers(DataType::kUint8, {1, 1}, {1}),
                                     numbers(DataType::kUint8, {3}, {1, 1, 1})});
        }).find("(MatMulInteger)); expected one number, or 2") != std::string::npos);
}

TEST_CASE("QLinearMatMul has scales of rows and columns") {
  const auto y =
      run_node("QLinearMatMul", {numbers(DataType::kUint8, {2, 2}, {10, 20, 30, 40}),
                                 floats({2}, {0.5, 0.25}), numbers(DataType::kUint8, {2}, {10, 20}),
                                 numbers(DataType::kInt8, {2, 2}, {1, 2, 3, -4}),
                                 floats({2}, {1, 2}), numbers(DataType::kInt8, {2}, {0, 1}),
                                 floats({}, {0.5}), numbers(DataType::kInt8, {}, {-3})});
  // Row 0: 0, 10 times 0.5; row 1: 10, 20 times 0.25; columns 1, 3 times 1 and 1, -5 times 2.
  CHECK(y[0] == numbers(DataType::kInt8, {2, 2}, {27, -103, 32, -93}));
}

TEST_CASE("QuantizeLinear rounds halves to even and stays within every type") {
  const Tensor x = floats({8}, {-1e9, -2.5, -0.5, 0.5, 1.5, 2.5, 1e9, NAN});
  const Range ranges[] = {{DataType::kInt8, -128, 127},      {DataType::kUint8, 0, 255},
                          {DataType::kInt16, -32768, 32767}, {DataType::kUint16, 0, 65535},
                          {DataType::kInt4, -8, 7},          {DataType::kUint4, 0, 15}};
  for (const Range& range : ranges) {
    CAPTURE(data_type_name(range.type));
    const NodeOptions by_attribute = {
        .attributes = {{"output_dtype", static_cast<int>(range.type)}}, .opset = 21};
    const auto plain = run_node("QuantizeLinear", {x, floats({}, {1})}, by_attribute);
    const auto clamp = [&](double v) { return std::clamp(v, range.low, range.high); };
    CHECK(plain[0] == numbers(range.type, {8},
                              {range.low, clamp(-2), clamp(0), 0, 2, 2, range.high, range.low}));
    const auto shifted = run_node(
        "QuantizeLinear", {x, floats({}, {0.5}), numbers(range.type, {}, {3})}, {.opset = 21});
    CHECK(shifted[0] == numbers(range.type, {8},
                                {range.low, clamp(-2), 2, 4, 6, clamp(8), range.high, range.low}));
  }
  const auto columns =
      run_node("QuantizeLinear", {floats({2, 2}, {1, 2, 3, 4}), floats({2}, {1, 0.5}),
                                  numbers(DataType::kUint8, {2}, {0, 1})});
  CHECK(columns[0] == numbers(DataType::kUint8, {2, 2}, {1, 5, 3, 9}));
  const auto blocks =
      run_node("QuantizeLinear", {floats({1, 3}, {1, 2, 3}), floats({1, 2}, {1, 0.5})},
               {.attributes = {{"axis", -1}, {"block_size", 2}}, .opset = 21});
  CHECK(blocks[0] == numbers(DataType::kUint8, {1, 3}, {1, 2, 6}));
}

TEST_CASE("DequantizeLinear refuses scales and zero points that do not fit") {
  const Tensor q = numbers(DataType::kInt8, {2, 3}, {1, 2, 3, 4, 5, 6});
  const auto error = [&](const std::vector<Tensor>& more,
                         const std::vector<Attribute>& attributes) {
    std::vector<Tensor> inputs = {q};
    inputs.insert(inputs.end(), more.begin(), more.end());
    return error_of(
        [&] { run_node("DequantizeLinear", inputs, {.attributes = attributes, .opset = 21}); });
  };
  const std::string scales = "expected scales along axis 1 of [2, 3]";
  CHECK(error({floats({2}, {1, 2})}, {}).find(scales) != std::string::npos);
  CHECK(error({floats({2, 2}, {1, 2, 3, 4})}, {{"block_size", 3}}).find(scales) !=
        std::string::npos);
  CHECK(error({floats({3}, {1, 2, 3})}, {{"axis", 2}}).find("expected an axis") !=
        std::string::npos);
  CHECK(error({floats({3}, {1, 2, 3})}, {{"block_size", -1}}).find("size of blocks") !=
        std::string::npos);
  CHECK(error({floats({3}, {1, 2, 3}), numbers(DataType::kInt8, {2}, {1, 2})}, {})
            .find("as many zero points as scales") != std::string::npos);
  CHECK(run_node("DequantizeLinear", {q, floats({2}, {1, 10})},
                 {.attributes = {{"axis", -2}}})[0] == floats({2, 3}, {1, 2, 3, 40, 50, 60}));
}

TEST_CASE("DynamicQuantizeLinear holds 0 and survives a tensor of zeros") {
  const auto y = run_node("DynamicQuantizeLinear", {floats({3}, {-1, 0, 1.5})}, {.outputs = 3});
  CHECK(y[0] == numbers(DataType::kUint8, {3}, {0, 102, 255}));
  CHECK(std::fabs(y[1].numbers[0] - 2.5 / 255) < 1e-8);
  CHECK(y[2] == numbers(DataType::kUint8, {}, {102}));
  CHECK(run_node("DynamicQuantizeLinear", {floats({2}, {0, 0})}, {.outputs = 3})[0] ==
        numbers(DataType::kUint8, {2}, {0, 0}));
}
