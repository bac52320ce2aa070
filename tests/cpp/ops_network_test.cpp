// Layers of networks where ONNX's own cases do not reach: convolutions, pooling, recurrent layers
// and their int8 forms against plain loops in double, normalisation of old opsets, attention's
// masks, and what they refuse.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "catch.h"
#include "graph/plan.h"
#include "graph/registry.h"
#include "ops/operators.h"
#include "small_models.h"

using namespace small_models;
using namespace storewise;
using Ints = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;
using std::string_view;

namespace {

constexpr auto kInt8 = DataType::kInt8;
constexpr auto kUint8 = DataType::kUint8;
constexpr auto kInt32 = DataType::kInt32;
constexpr auto kDouble = DataType::kDouble;
constexpr auto kHalf = DataType::kFloat16;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor one(string_view op, const std::vector<Tensor>& inputs, const NodeOptions& options = {}) {
  return run_node(op, inputs, options).at(0);
}

// Random numbers that float16 holds, from -1 to 1; whole numbers of the range for integer types.
Tensor random(std::mt19937& source, const Shape& shape, DataType type = DataType::kFloat) {
  Tensor result{type, shape, std::vector<double>(shape.elements()), {}};
  for (double& number : result.numbers) {
    const auto raw = static_cast<int>(source() % 256);
    number = type == kUint8 ? raw : type == kInt8 ? raw - 128 : (raw - 128) / 128.0;
  }
  return result;
}

void check_near(const Tensor& found, const Tensor& expected, double tolerance) {
  REQUIRE(found.shape == expected.shape);
  CHECK(found.type == expected.type);
  double worst = 0.0;
  for (std::size_t i = 0; i < expected.numbers.size(); ++i) {
    const double difference = std::fabs(found.numbers[i] - expected.numbers[i]);
    worst = std::max(worst, difference / (1.0 + std::fabs(expected.numbers[i])));
  }
  CHECK(worst <= tolerance);
}

// What a convolution is asked for; numbers for two spatial dimensions.
struct Geometry {
  Ints stride{1, 1};
  Ints dilation{1, 1};
  Ints pads{0, 0, 0, 0};
  std::int64_t group = 1;

  std::vector<Attribute> attributes() const {
    return {{"strides", stride}, {"dilations", dilation}, {"pads", pads}, {"group", group}};
  }
};

// The definition, in double, element by element; the zero points are those of quantised inputs.
Tensor plain_conv(const Tensor& x, const Tensor& w, const std::vector<double>& bias,
                  const Geometry& g, double x_zero = 0, const std::vector<double>& w_zero = {}) {
  const auto size = [&](std::size_t d) {
    const std::int64_t reach = (w.shape[d + 2] - 1) * g.dilation[d] + 1;
    return (x.shape[d + 2] + g.pads[d] + g.pads[d + 2] - reach) / g.stride[d] + 1;
  };
  const std::int64_t rows = size(0);
  const std::int64_t columns = size(1);
  Tensor y{DataType::kFloat, {x.shape[0], w.shape[0], rows, columns}, {}, {}};
  const std::int64_t channels = w.shape[1];
  for (std::int64_t n = 0; n < x.shape[0]; ++n) {
    for (std::int64_t m = 0; m < w.shape[0]; ++m) {
      const std::int64_t first = m / (w.shape[0] / g.group) * channels;
      for (std::int64_t i = 0; i < rows * columns; ++i) {
        double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(m)];
        for (std::int64_t c = 0; c < channels; ++c) {
          for (std::int64_t j = 0; j < w.shape[2] * w.shape[3]; ++j) {
            const std::int64_t row =
                i / columns * g.stride[0] + j / w.shape[3] * g.dilation[0] - g.pads[0];
            const std::int64_t column =
                i % columns * g.stride[1] + j % w.shape[3] * g.dilation[1] - g.pads[1];
            if (row < 0 || row >= x.shape[2] || column < 0 || column >= x.shape[3]) continue;
            const std::int64_t plane = (n * x.shape[1] + first + c) * x.shape[2];
            const double value =
                x.numbers[static_cast<std::size_t>((plane + row) * x.shape[3] + column)];
            const std::int64_t place = (m * channels + c) * w.shape[2] * w.shape[3] + j;
            const double zero = w_zero.empty() ? 0.0 : w_zero[static_cast<std::size_t>(m)];
            sum += (value - x_zero) * (w.numbers[static_cast<std::size_t>(place)] - zero);
          }
        }
        y.numbers.push_back(sum);
      }
    }
  }
  return y;
}

Tensor reshaped(Tensor tensor, const Shape& shape) {
  REQUIRE(shape.elements() == tensor.numbers.size());
  tensor.shape = shape;
  return tensor;
}

Tensor as_type(Tensor tensor, DataType type) {
  tensor.type = type;
  return tensor;
}

// Runs one function under its name by a registry of its own, so that operators that only fusion
// makes can be called from a file.
std::vector<Tensor> run_function(const graph::OperatorDef& row, const std::vector<Tensor>& inputs,
                                 const NodeOptions& options) {
  const graph::OperatorDef rows[] = {row};
  constexpr std::uint8_t kNewest[graph::kDomains] = {28, 5, 1};
  const graph::Registry registry(rows, kNewest);
  const std::string bytes = node_model(row.name, inputs, options, false);
  const auto plan = graph::Plan::open(span_of(bytes), "test", registry);
  std::deque<Memory> memory;
  std::vector<TensorView> given;
  for (const Tensor& input : inputs) {
    if (input.type != DataType::kUndefined) given.push_back(memory.emplace_back(input).view());
  }
  graph::Workspace workspace;
  std::vector<TensorView> made(options.outputs);
  graph::run(*plan, workspace, given, made);
  std::vector<Tensor> results;
  for (const TensorView& view : made) results.push_back(owned(view));
  return results;
}

}  // namespace

TEST_CASE("convolutions of all kinds agree with their definition") {
  std::mt19937 source(7);
  struct Case {
    Shape x;
    Shape w;
    Geometry geometry;
  };
  const Case cases[] = {
      {{1, 1, 9, 9}, {4, 1, 3, 3}, {}},
      {{2, 3, 8, 11}, {5, 3, 3, 2}, {{2, 3}, {1, 2}, {1, 0, 2, 3}, 1}},
      {{1, 4, 7, 7}, {6, 2, 3, 3}, {{1, 1}, {2, 1}, {2, 1, 2, 1}, 2}},
      {{1, 6, 10, 9}, {6, 1, 3, 3}, {{1, 1}, {1, 1}, {1, 1, 1, 1}, 6}},  // depthwise
      {{2, 8, 6, 5}, {3, 8, 1, 1}, {}},                                  // no columns needed
      {{1, 8, 6, 5}, {3, 8, 1, 1}, {{2, 2}, {1, 1}, {0, 0, 0, 0}, 1}},
      {{1, 2, 5, 30}, {7, 2, 3, 30}, {}},  // few positions, rows at once
      {{1, 2, 5, 9}, {3, 2, 3, 3}, {{2, 3}, {1, 3}, {1, 2, 0, 1}, 1}},
      {{1, 64, 40, 41}, {3, 64, 3, 3}, {{1, 1}, {1, 1}, {1, 2, 1, 2}, 1}},  // several strips
      {{1, 3, 2, 2}, {2, 3, 2, 2}, {{1, 1}, {1, 1}, {5, 5, 5, 5}, 1}},      // mostly padding
  };
  for (const Case& c : cases) {
    CAPTURE(c.x.to_string(), c.w.to_string());
    const Tensor x = random(source, c.x);
    const Tensor w = random(source, c.w);
    const Tensor b = random(source, {c.w[0]});
    const NodeOptions options{c.geometry.attributes()};
    check_near(one("Conv", {x, w, b}, options), plain_conv(x, w, b.numbers, c.geometry), 2e-5);
    check_near(one("Conv", {x, w}, options), plain_conv(x, w, {}, c.geometry), 2e-5);

    // The same with int8 weights and scales; activations that meet them are rounded to 16 bits.
    const Tensor q = random(source, c.w, kInt8);
    Tensor scaled = q;
    Tensor scales = random(source, {c.w[0]});
    for (std::size_t i = 0; i < q.numbers.size(); ++i) {
      scaled.numbers[i] *= scales.numbers[i / (q.numbers.size() / scales.numbers.size())];
    }
    const graph::OperatorDef row{"Conv", ops::quantized_conv, "f c f? f > f",
                                 "pads=I strides=I dilations=I group=i"};
    const Tensor found = run_function(row, {x, q, b, scales}, options).at(0);
    check_near(found, plain_conv(x, scaled, b.numbers, c.geometry), 2e-3);

    // And all of it in 8 bits, exactly.
    for (const DataType type : {kInt8, kUint8}) {
      const Tensor qx = random(source, c.x, type);
      const Tensor qw = random(source, c.w, type);
      const Tensor x_zero = numbers(type, {}, {3});
      const Tensor w_zero = random(source, {c.w[0]}, type);
      const Tensor expected = plain_conv(qx, qw, {}, c.geometry, 3, w_zero.numbers);
      CHECK(one("ConvInteger", {qx, qw, x_zero, w_zero}, options) == as_type(expected, kInt32));
    }
  }
  // One and three spatial dimensions, by cases that two can tell.
  const Tensor x = random(source, {2, 3, 1, 20});
  const Tensor w = random(source, {4, 3, 1, 5});
  const Geometry geometry{{1, 2}, {1, 3}, {0, 4, 0, 1}, 1};
  const Tensor expected = plain_conv(x, w, {}, geometry);
  check_near(one("Conv", {reshaped(x, {2, 3, 20}), reshaped(w, {4, 3, 5})},
                 {{{"strides", Ints{2}}, {"dilations", Ints{3}}, {"pads", Ints{4, 1}}}}),
             reshaped(expected, {2, 4, expected.shape[3]}), 2e-5);
  check_near(one("Conv", {reshaped(x, {2, 3, 1, 1, 20}), reshaped(w, {4, 3, 1, 1, 5})},
                 {{{"strides", Ints{1, 1, 2}},
                   {"dilations", Ints{1, 1, 3}},
                   {"pads", Ints{0, 0, 4, 0, 0, 1}}}}),
             reshaped(expected, {2, 4, 1, 1, expected.shape[3]}), 2e-5);
  // Types that are computed as floats, and no elements at all.
  const Tensor doubles = one("Conv", {as_type(x, kDouble), as_type(w, kDouble)});
  CHECK(doubles.type == kDouble);
  check_near(doubles, as_type(plain_conv(x, w, {}, {}), kDouble), 2e-5);
  check_near(one("Conv", {as_type(x, kHalf), as_type(w, kHalf)}),
             as_type(plain_conv(x, w, {}, {}), kHalf), 2e-3);
  CHECK(one("Conv", {floats({0, 3, 4, 4}, {}), random(source, {2, 3, 3, 3})}).shape ==
        Shape{0, 2, 2, 2});
}

TEST_CASE("quantised convolution scales, rounds and saturates each channel by itself") {
  const Tensor x = numbers(kUint8, {1, 1, 1, 3}, {0, 128, 255});
  const Tensor w = numbers(kInt8, {3, 1, 1, 1}, {1, -2, 100});
  const auto run = [&](const std::vector<double>& bias) {
    std::vector<Tensor> inputs{x,
                               floats({}, {0.5}),
                               numbers(kUint8, {}, {128}),
                               w,
                               floats({3}, {1, 0.5, 1}),
                               numbers(kInt8, {3}, {0, 0, 0}),
                               floats({}, {1}),
                               numbers(kInt8, {}, {2})};
    if (!bias.empty()) inputs.push_back(numbers(kInt32, {3}, bias));
    return one("QLinearConv", inputs);
  };
  // Sums -128, 0, 127 and so on; halves are rounded to even before the zero point is added.
  CHECK(run({}) == numbers(kInt8, {1, 3, 1, 3}, {-62, 2, 66, 66, 2, -62, -128, 2, 127}));
  CHECK(run({3, 2, 0}) == numbers(kInt8, {1, 3, 1, 3}, {-60, 4, 67, 66, 2, -61, -128, 2, 127}));
}

TEST_CASE("convolution refuses what does not fit") {
  const Tensor x = floats({1, 2, 3, 3}, std::vector<double>(18, 1));
  const Tensor w = floats({2, 2, 3, 3}, std::vector<double>(36, 1));
  const auto error = [&](const Tensor& a, const Tensor& b, std::vector<Attribute> attributes) {
    return node_error("Conv", {a, b}, {std::move(attributes)});
  };
  CHECK_THAT(error(x, floats({2, 1, 3, 3}, std::vector<double>(18, 1)), {}),
             ContainsSubstring("node \"o0\" (Conv)") && ContainsSubstring("2 channels"));
  CHECK_THAT(error(x, w, {{"group", 2}}), ContainsSubstring("in 2 groups"));
  CHECK_THAT(error(x, w, {{"group", 0}}), ContainsSubstring("in 0 groups"));
  CHECK_THAT(error(x, w, {{"pads", Ints{1, 1}}}), ContainsSubstring("4 numbers"));
  CHECK_THAT(error(x, w, {{"pads", Ints{0, 0, -1, 0}}}), ContainsSubstring("pads"));
  CHECK_THAT(error(x, w, {{"strides", Ints{0, 1}}}), ContainsSubstring("strides"));
  CHECK_THAT(error(x, w, {{"dilations", Ints{2, 1}}}), ContainsSubstring("at least 5 places"));
  CHECK_THAT(error(x, w, {{"kernel_shape", Ints{2, 2}}}), ContainsSubstring("kernel_shape"));
  CHECK_THAT(error(x, w, {{"auto_pad", "SAME"}}), ContainsSubstring("SAME_UPPER"));
  CHECK_THAT(error(x, floats({2, 2, 0, 3}, {}), {}), ContainsSubstring("(Conv)"));
  CHECK_THAT(error(floats({2, 2}, {1, 2, 3, 4}), w, {}), ContainsSubstring("3 dimensions"));
  CHECK_THAT(error(x, w, {{"pads", Ints{1 << 30, 1 << 30, 1 << 30, 1 << 30}}}),
             ContainsSubstring("too large"));
  CHECK_THAT(node_error("Conv", {x, w, floats({3}, {1, 2, 3})}),
             ContainsSubstring("one number or 2"));
}

TEST_CASE("pooling finds the largest, where it is, and averages of what is there") {
  const Tensor x = floats({1, 1, 3, 4}, {1, 5, 5, 2, 7, 0, 7, 1, 3, 7, 4, 9});
  const NodeOptions two{{{"kernel_shape", Ints{2, 2}}}, 17, 2};
  auto found = run_node("MaxPool", {x}, two);
  CHECK(found[0] == floats({1, 1, 2, 3}, {7, 7, 7, 7, 7, 9}));
  // Of equal ones the first in the order of the rows.
  CHECK(found[1] == ints({1, 1, 2, 3}, {4, 6, 6, 4, 6, 11}));
  found = run_node("MaxPool", {x}, {{{"kernel_shape", Ints{2, 2}}, {"storage_order", 1}}, 17, 2});
  CHECK(found[1] == ints({1, 1, 2, 3}, {1, 7, 7, 1, 7, 11}));
  for (const DataType type : {kUint8, kInt8, kDouble, kHalf}) {
    CHECK(run_node("MaxPool", {as_type(x, type)}, two)[0] ==
          numbers(type, {1, 1, 2, 3}, {7, 7, 7, 7, 7, 9}));
  }
  const Tensor low = numbers(kInt8, {1, 1, 1, 2}, {-128, -5});
  CHECK(run_node("MaxPool", {low}, {{{"kernel_shape", Ints{1, 1}}}, 17, 2})[1] ==
        ints({1, 1, 1, 2}, {0, 1}));
  CHECK(one("MaxPool", {floats({1, 1, 2}, {-kInfinity, 1})}, {{{"kernel_shape", Ints{1}}}}) ==
        floats({1, 1, 2}, {-kInfinity, 1}));
  const graph::OperatorDef row{"MaxPool", ops::max_pool, "f > 0", "kernel_shape=I"};
  const Tensor hole =
      run_function(row, {floats({1, 1, 3}, {1, std::nan(""), 0})}, {{{"kernel_shape", Ints{2}}}})
          .at(0);
  CHECK((std::isnan(hole.numbers[0]) && std::isnan(hole.numbers[1])));

  const Tensor line = floats({1, 1, 4}, {1, 2, 3, 4});
  const auto average = [&](std::vector<Attribute> attributes) {
    attributes.emplace_back("kernel_shape", Ints{3});
    return one("AveragePool", {line}, {std::move(attributes), 22});
  };
  CHECK(average({}) == floats({1, 1, 2}, {2, 3}));
  CHECK(average({{"pads", Ints{1, 1}}}) == floats({1, 1, 4}, {1.5, 2, 3, 3.5}));
  CHECK(average({{"pads", Ints{1, 1}}, {"count_include_pad", 1}}) ==
        floats({1, 1, 4}, {1, 2, 3, 7.0f / 3.0f}));
  CHECK(average({{"strides", Ints{3}}, {"ceil_mode", 1}}) == floats({1, 1, 2}, {2, 4}));
  CHECK(average({{"dilations", Ints{2}}, {"pads", Ints{2, 2}}}) == floats({1, 1, 4}, {2, 3, 2, 3}));
  CHECK(average({{"auto_pad", "SAME_UPPER"}, {"strides", Ints{2}}}) == floats({1, 1, 2}, {2, 3.5}));
  // A window in padding alone.
  CHECK(one("AveragePool", {line}, {{{"kernel_shape", Ints{1}}, {"pads", Ints{1, 0}}}}).numbers ==
        std::vector<double>{0, 1, 2, 3, 4});

  CHECK(one("GlobalAveragePool", {x}) == floats({1, 1, 1, 1}, {51.0f / 12.0f}));
  CHECK(one("GlobalMaxPool", {x}) == floats({1, 1, 1, 1}, {9}));
  CHECK_THAT(node_error("MaxPool", {x}), ContainsSubstring("(MaxPool)"));
  CHECK_THAT(node_error("MaxPool", {x}, {{{"kernel_shape", Ints{5, 1}}}}),
             ContainsSubstring("for a kernel of 5"));
  CHECK_THAT(node_error("MaxPool", {as_type(x, kInt32)}, two), ContainsSubstring("int8"));
  // A huge kernel over a little input is no long loop.
  CHECK(
      one("MaxPool", {line}, {{{"kernel_shape", Ints{1 << 30}}, {"pads", Ints{1 << 29, 1 << 29}}}})
          .numbers == std::vector<double>{4, 4, 4, 4, 4});
}

namespace {

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

struct Layer {
  std::int64_t steps = 6;
  std::int64_t batch = 2;
  std::int64_t inputs = 5;
  std::int64_t hidden = 11;
  std::string direction = "forward";
  bool linear = false;   // GRU: linear_before_reset
  bool coupled = false;  // LSTM: input_forget
  double clip = 0.0;
  std::int64_t layout = 0;

  std::int64_t directions() const { return direction == "bidirectional" ? 2 : 1; }
};

// The definition of the three layers, in double, with the default activations. Inputs as in ONNX;
// layout 0. Returns Y, Y_h and Y_c.
std::vector<Tensor> plain_layer(string_view op, const Layer& layer, const std::vector<Tensor>& in) {
  const std::int64_t n = layer.hidden;
  const std::int64_t gates = op == "RNN" ? 1 : op == "GRU" ? 3 : 4;
  const std::int64_t dirs = layer.directions();
  const auto at = [&](std::size_t input, std::int64_t place) {
    if (input >= in.size() || in[input].type == DataType::kUndefined) return 0.0;
    return in[input].numbers[static_cast<std::size_t>(place)];
  };
  const auto has = [&](std::size_t i) {
    return i < in.size() && in[i].type != DataType::kUndefined;
  };
  const auto limit = [&](double x) {
    return layer.clip > 0 ? std::clamp(x, -layer.clip, layer.clip) : x;
  };
  Tensor y{DataType::kFloat, {layer.steps, dirs, layer.batch, n}, {}, {}};
  y.numbers.resize(y.shape.elements());
  Tensor last{DataType::kFloat, {dirs, layer.batch, n}, {}, {}};
  last.numbers.resize(last.shape.elements());
  Tensor last_cell = last;
  for (std::int64_t d = 0; d < dirs; ++d) {
    const bool backwards = d == 1 || layer.direction == "reverse";
    for (std::int64_t b = 0; b < layer.batch; ++b) {
      std::vector<double> h;
      std::vector<double> c;
      for (std::int64_t i = 0; i < n; ++i) {
        h.push_back(at(5, (d * layer.batch + b) * n + i));
        c.push_back(op == "LSTM" ? at(6, (d * layer.batch + b) * n + i) : 0.0);
      }
      const auto length = has(4) ? static_cast<std::int64_t>(at(4, b)) : layer.steps;
      for (std::int64_t s = 0; s < length; ++s) {
        const std::int64_t t = backwards ? length - 1 - s : s;
        const auto input = [&](std::int64_t gate, std::int64_t i) {
          double sum = at(3, d * 2 * gates * n + gate * n + i);
          for (std::int64_t j = 0; j < layer.inputs; ++j) {
            sum += at(1, (d * gates * n + gate * n + i) * layer.inputs + j) *
                   at(0, (t * layer.batch + b) * layer.inputs + j);
          }
          return sum;
        };
        const auto state = [&](std::int64_t gate, std::int64_t i, const std::vector<double>& v) {
          double sum = at(3, (d * 2 + 1) * gates * n + gate * n + i);
          for (std::int64_t j = 0; j < n; ++j) {
            sum += at(2, (d * gates * n + gate * n + i) * n + j) * v[static_cast<std::size_t>(j)];
          }
          return sum;
        };
        std::vector<double> next(h.size());
        std::vector<double> reset_state(h.size());
        for (std::int64_t i = 0; i < n && op == "GRU"; ++i) {
          const auto k = static_cast<std::size_t>(i);
          reset_state[k] = sigmoid(limit(input(1, i) + state(1, i, h))) * h[k];
        }
        for (std::int64_t i = 0; i < n; ++i) {
          const auto k = static_cast<std::size_t>(i);
          if (op == "RNN") {
            next[k] = std::tanh(limit(input(0, i) + state(0, i, h)));
          } else if (op == "GRU") {
            const double z = sigmoid(limit(input(0, i) + state(0, i, h)));
            const double r = sigmoid(limit(input(1, i) + state(1, i, h)));
            const double share = layer.linear ? r * state(2, i, h) : state(2, i, reset_state);
            next[k] = (1 - z) * std::tanh(limit(input(2, i) + share)) + z * h[k];
          } else {
            const auto peephole = [&](std::int64_t gate) { return at(7, (d * 3 + gate) * n + i); };
            const double in_gate =
                sigmoid(limit(input(0, i) + state(0, i, h) + peephole(0) * c[k]));
            double forget = sigmoid(limit(input(2, i) + state(2, i, h) + peephole(2) * c[k]));
            if (layer.coupled) forget = 1 - in_gate;
            c[k] = forget * c[k] + in_gate * std::tanh(limit(input(3, i) + state(3, i, h)));
            const double out = sigmoid(limit(input(1, i) + state(1, i, h) + peephole(1) * c[k]));
            next[k] = out * std::tanh(limit(c[k]));
          }
        }
        h = next;
        for (std::int64_t i = 0; i < n; ++i) {
          const std::int64_t place = ((t * dirs + d) * layer.batch + b) * n + i;
          y.numbers[static_cast<std::size_t>(place)] = h[static_cast<std::size_t>(i)];
        }
      }
      for (std::int64_t i = 0; i < n; ++i) {
        const auto place = static_cast<std::size_t>((d * layer.batch + b) * n + i);
        last.numbers[place] = h[static_cast<std::size_t>(i)];
        last_cell.numbers[place] = c[static_cast<std::size_t>(i)];
      }
    }
  }
  if (op == "LSTM") return {y, last, last_cell};
  return {y, last};
}

// The tensor with dimensions a and b exchanged.
Tensor exchanged(const Tensor& tensor, std::size_t a, std::size_t b) {
  Ints perm;
  for (std::size_t i = 0; i < tensor.shape.rank(); ++i) {
    perm.push_back(static_cast<std::int64_t>(i == a ? b : i == b ? a : i));
  }
  return one("Transpose", {tensor}, {{{"perm", perm}}});
}

std::vector<Tensor> layer_inputs(std::mt19937& source, string_view op, const Layer& layer) {
  const std::int64_t rows = layer.hidden * (op == "RNN" ? 1 : op == "GRU" ? 3 : 4);
  const std::int64_t dirs = layer.directions();
  const Shape state{dirs, layer.batch, layer.hidden};
  std::vector<Tensor> inputs{random(source, {layer.steps, layer.batch, layer.inputs}),
                             random(source, {dirs, rows, layer.inputs}),
                             random(source, {dirs, rows, layer.hidden}),
                             random(source, {dirs, 2 * rows}),
                             numbers(kInt32, {layer.batch}, {static_cast<double>(layer.steps), 3}),
                             random(source, state)};
  if (op == "LSTM") {
    inputs.push_back(random(source, state));
    inputs.push_back(random(source, {dirs, 3 * layer.hidden}));
  }
  return inputs;
}

NodeOptions layer_options(string_view op, const Layer& layer) {
  NodeOptions options{{{"hidden_size", layer.hidden}, {"direction", layer.direction}}};
  options.outputs = op == "LSTM" ? 3 : 2;
  if (layer.clip > 0) options.attributes.emplace_back("clip", static_cast<float>(layer.clip));
  if (layer.linear) options.attributes.emplace_back("linear_before_reset", 1);
  if (layer.coupled) options.attributes.emplace_back("input_forget", 1);
  if (layer.layout > 0) options.attributes.emplace_back("layout", 1);
  return options;
}

}  // namespace

TEST_CASE("recurrent layers agree with their definition") {
  std::mt19937 source(11);
  std::vector<Layer> layers(6);
  layers[1].direction = "reverse";
  layers[2].direction = "bidirectional";
  layers[3].linear = true;
  layers[3].direction = "bidirectional";
  layers[4].clip = 0.4;
  layers[5].coupled = true;
  layers[5].linear = true;
  for (const string_view op : {"RNN", "GRU", "LSTM"}) {
    for (Layer layer : layers) {
      layer.linear = layer.linear && op == "GRU";
      layer.coupled = layer.coupled && op == "LSTM";
      CAPTURE(op, layer.direction, layer.linear, layer.coupled, layer.clip);
      std::vector<Tensor> inputs = layer_inputs(source, op, layer);
      const auto expected = plain_layer(op, layer, inputs);
      const auto found = run_node(op, inputs, layer_options(op, layer));
      for (std::size_t i = 0; i < expected.size(); ++i) check_near(found[i], expected[i], 1e-5);

      // The batch first, which is the same with dimensions exchanged.
      std::vector<Tensor> turned = inputs;
      for (const std::size_t i : {std::size_t{0}, std::size_t{5}, std::size_t{6}}) {
        if (i < 6 || op == "LSTM") turned[i] = exchanged(turned[i], 0, 1);
      }
      layer.layout = 1;
      const auto batch_first = run_node(op, turned, layer_options(op, layer));
      layer.layout = 0;
      CHECK(exchanged(exchanged(batch_first[0], 0, 1), 1, 2) == found[0]);
      CHECK(exchanged(batch_first[1], 0, 1) == found[1]);

      // Nothing but what is required.
      std::vector<Tensor> bare(inputs.begin(), inputs.begin() + 3);
      check_near(run_node(op, bare, layer_options(op, layer))[0], plain_layer(op, layer, bare)[0],
                 1e-5);

      // int8 weights with a scale for each row.
      std::vector<Tensor> exact = inputs;
      std::vector<Tensor> quantised = inputs;
      for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
        quantised[i] = random(source, inputs[i].shape, kInt8);
        Tensor scales = random(source, {inputs[i].shape[0] * inputs[i].shape[1]});
        const auto columns = static_cast<std::size_t>(inputs[i].shape[2]);
        for (double& scale : scales.numbers) scale = std::fabs(scale) / 128 + 1.0 / 1024;
        for (std::size_t j = 0; j < quantised[i].numbers.size(); ++j) {
          exact[i].numbers[j] = quantised[i].numbers[j] * scales.numbers[j / columns];
        }
        quantised.push_back(scales);
      }
      const bool is_lstm = op == "LSTM";
      const graph::OperatorDef row{
          op,
          op == "RNN"   ? ops::quantized_rnn
          : op == "GRU" ? ops::quantized_gru
                        : ops::quantized_lstm,
          is_lstm ? "f c c f? i? f? f? f? f f > f f f" : "f c c f? i? f? f f > f f",
          "hidden_size=i direction=s clip=f linear_before_reset=i "
          "input_forget=i"};
      const auto made = run_function(row, quantised, layer_options(op, layer));
      const auto wanted = plain_layer(op, layer, exact);
      for (std::size_t i = 0; i < wanted.size(); ++i) check_near(made[i], wanted[i], 2e-3);
    }
  }
}

TEST_CASE("recurrent layers know ONNX's activations and their parameters") {
  const Tensor x = floats({3, 1, 1}, {-2, 0.25, 3});
  const Tensor w = floats({1, 1, 1}, {1});
  const Tensor r = floats({1, 1, 1}, {0});
  const auto values = [&](const std::string& name, const std::vector<float>& alpha,
                          const std::vector<float>& beta) {
    std::vector<Attribute> attributes{{"activations", Texts{name}}, {"hidden_size", 1}};
    if (!alpha.empty()) attributes.emplace_back("activation_alpha", alpha);
    if (!beta.empty()) attributes.emplace_back("activation_beta", beta);
    return one("RNN", {x, w, r}, {attributes});
  };
  const auto check = [&](const Tensor& found, const std::vector<double>& expected) {
    check_near(found, floats({3, 1, 1, 1}, expected), 1e-6);
  };
  const auto each = [](auto f) { return std::vector<double>{f(-2.0), f(0.25), f(3.0)}; };
  check(values("Relu", {}, {}), {0, 0.25, 3});
  check(values("Tanh", {}, {}), each([](double v) { return std::tanh(v); }));
  check(values("Sigmoid", {}, {}), each(sigmoid));
  check(values("Affine", {2}, {1}), {-3, 1.5, 7});
  check(values("LeakyRelu", {}, {}), {-0.02, 0.25, 3});
  check(values("LeakyRelu", {0.5f}, {}), {-1, 0.25, 3});
  check(values("ThresholdedRelu", {}, {}), {0, 0, 3});
  check(values("ScaledTanh", {2}, {0.5f}), each([](double v) { return 2 * std::tanh(v / 2); }));
  check(values("HardSigmoid", {}, {}), {0.1, 0.55, 1});
  check(values("Elu", {}, {}), {std::expm1(-2.0), 0.25, 3});
  check(values("Softsign", {}, {}), {-2.0 / 3, 0.2, 0.75});
  check(values("Softplus", {}, {}), each([](double v) { return std::log1p(std::exp(v)); }));
  // Parameters belong to the functions that have them, in their order.
  const Tensor two = one("RNN", {x, floats({2, 1, 1}, {1, 1}), floats({2, 1, 1}, {0, 0})},
                         {{{"activations", Texts{"Tanh", "LeakyRelu"}},
                           {"activation_alpha", std::vector<float>{0.25f}},
                           {"direction", "bidirectional"}}});
  check_near(
      two, floats({3, 2, 1, 1}, {std::tanh(-2.0), -0.5, std::tanh(0.25), 0.25, std::tanh(3.0), 3}),
      1e-6);
  CHECK_THAT(error_of([&] { values("Cosine", {}, {}); }), ContainsSubstring("found Cosine"));
  CHECK_THAT(node_error("GRU", {x, floats({1, 3, 1}, {1, 1, 1}), floats({1, 3, 1}, {1, 1, 1})},
                        {{{"activations", Texts{"Tanh"}}}}),
             ContainsSubstring("2 activations"));
}

TEST_CASE("recurrent layers refuse what does not fit, and do without steps") {
  std::mt19937 source(3);
  const Layer layer;
  const auto inputs = layer_inputs(source, "GRU", layer);
  const NodeOptions options = layer_options("GRU", layer);
  const auto with = [&](std::size_t i, const Tensor& other) {
    auto changed = inputs;
    changed[i] = other;
    return node_error("GRU", changed, options);
  };
  CHECK_THAT(with(0, random(source, {2, 5})), ContainsSubstring("node \"o0\" (GRU)"));
  CHECK_THAT(with(1, random(source, {1, 33, 4})), ContainsSubstring("[1, 33, 5]"));
  CHECK_THAT(with(2, random(source, {1, 33, 12})), ContainsSubstring("hidden_size"));
  CHECK_THAT(with(2, random(source, {33, 11})), ContainsSubstring("(GRU)"));
  CHECK_THAT(with(3, random(source, {1, 33})), ContainsSubstring("[1, 66]"));
  CHECK_THAT(with(4, numbers(kInt32, {2}, {7, 1})), ContainsSubstring("from 0 to 6"));
  CHECK_THAT(with(4, numbers(kInt32, {2}, {-1, 1})), ContainsSubstring("found -1"));
  CHECK_THAT(with(5, random(source, {1, 1, 11})), ContainsSubstring("[1, 2, 11]"));
  NodeOptions sideways = options;
  sideways.attributes[1] = {"direction", "sideways"};
  CHECK_THAT(node_error("GRU", inputs, sideways), ContainsSubstring("found sideways"));

  auto none = inputs;
  none[0] = floats({0, 2, 5}, {});
  none[4] = numbers(kInt32, {2}, {0, 0});
  const auto found = run_node("GRU", none, options);
  CHECK(found[0].shape == Shape{0, 1, 2, 11});
  CHECK(found[1] == inputs[5]);
}

TEST_CASE("batch normalisation of all opsets") {
  const Tensor x = floats({2, 2, 1}, {1, 2, 3, 4});
  const Tensor scale = floats({2}, {2, 1});
  const Tensor bias = floats({2}, {0, 1});
  const Tensor mean = floats({2}, {1, 2});
  const Tensor variance = floats({2}, {4, 1});
  const std::vector<Tensor> inputs{x, scale, bias, mean, variance};
  const Attribute exact("epsilon", 0.0f);
  for (const int opset : {6, 7, 9, 14, 15}) {
    CAPTURE(opset);
    CHECK(one("BatchNormalization", inputs, {{exact}, opset}) == floats({2, 2, 1}, {0, 1, 2, 3}));
  }
  // Each place by itself.
  CHECK(one("BatchNormalization", {floats({1, 1, 2}, {3, 3}), scale, bias, mean, variance},
            {{exact, {"spatial", 0}}, 7}) == floats({1, 1, 2}, {2, 2}));
  // In training, by the input's own mean and variance.
  const auto trained = run_node("BatchNormalization", inputs,
                                {{exact, {"training_mode", 1}, {"momentum", 0.5f}}, 15, 3});
  CHECK(trained[0] == floats({2, 2, 1}, {-2, 0, 2, 2}));
  CHECK(trained[1] == floats({2}, {1.5, 2.5}));
  CHECK(trained[2] == floats({2}, {2.5, 1}));
  CHECK(one("BatchNormalization",
            {floats({2}, {3, 5}), floats({1}, {1}), floats({1}, {0}), floats({1}, {1}),
             floats({1}, {4})},
            {{exact}, 15}) == floats({2}, {1, 2}));
  CHECK_THAT(node_error("BatchNormalization", {x, floats({3}, {1, 2, 3}), bias, mean, variance}),
             ContainsSubstring("2 numbers"));
}

TEST_CASE("layers are normalised over the last dimensions, lines by their norm") {
  const Tensor x = floats({2, 2}, {1, 3, -2, 6});
  const Tensor ones = floats({2}, {1, 1});
  const NodeOptions exact{{{"epsilon", 0.0f}}, 17, 3};
  const auto found = run_node("LayerNormalization", {x, ones}, exact);
  CHECK(found[0] == floats({2, 2}, {-1, 1, -1, 1}));
  CHECK(found[1] == floats({2, 1}, {2, 2}));
  CHECK(found[2] == floats({2, 1}, {1, 0.25}));
  // One factor for all, and factors for each row.
  CHECK(one("LayerNormalization", {x, floats({1}, {3}), floats({2}, {0, 1})}, exact) ==
        floats({2, 2}, {-3, 4, -3, 4}));
  CHECK(one("LayerNormalization", {x, floats({2, 1}, {1, 2})}, exact) ==
        floats({2, 2}, {-1, 1, -2, 2}));
  CHECK(one("LayerNormalization", {as_type(x, kHalf), as_type(ones, kHalf)},
            {{{"epsilon", 0.0f}}}) == numbers(kHalf, {2, 2}, {-1, 1, -1, 1}));
  CHECK(one("RMSNormalization", {floats({1, 2}, {1, -7}), ones}, {{{"epsilon", 0.0f}}, 23})
            .numbers.at(0) == 1.0f / 5.0f);
  CHECK_THAT(node_error("LayerNormalization", {x, floats({3}, {1, 2, 3})}),
             ContainsSubstring("(LayerNormalization)"));
  CHECK_THAT(node_error("LayerNormalization", {x, ones}, {{{"axis", 2}}}),
             ContainsSubstring("axis 2"));
  CHECK(one("LayerNormalization", {floats({0, 2}, {}), ones}).shape == Shape{0, 2});

  CHECK(one("LpNormalization", {floats({2, 2}, {3, 0, 4, 0})}, {{{"axis", 0}}}) ==
        floats({2, 2}, {0.6f, 0, 0.8f, 0}));
  CHECK(one("LpNormalization", {floats({4}, {1, -1, 2, 0})}, {{{"p", 1}}}) ==
        floats({4}, {0.25, -0.25, 0.5, 0}));
  CHECK_THAT(node_error("LpNormalization", {x}, {{{"p", 3}}}), ContainsSubstring("found 3"));
}

TEST_CASE("attention leaves out what masks, windows and lengths exclude") {
  const Tensor q = floats({1, 1, 2, 1}, {0, 0});
  const Tensor k = floats({1, 1, 4, 1}, {1, 2, 3, 4});
  const Tensor v = floats({1, 1, 4, 1}, {1, 2, 4, 8});
  const auto attend = [&](std::vector<Tensor> more, std::vector<Attribute> attributes) {
    std::vector<Tensor> inputs{q, k, v};
    inputs.insert(inputs.end(), more.begin(), more.end());
    return one("Attention", inputs, {std::move(attributes), 25}).numbers;
  };
  using Numbers = std::vector<double>;
  // All keys weigh the same, for the queries are zero.
  CHECK(attend({}, {}) == Numbers{3.75, 3.75});
  CHECK(attend({}, {{"is_causal", 1}}) == Numbers{1, 1.5});
  CHECK(attend({numbers(DataType::kBool, {2, 4}, {0, 1, 1, 0, 0, 0, 0, 0})}, {}) == Numbers{3, 0});
  // A mask of fewer keys, by its additions.
  CHECK(attend({floats({2}, {0, -kInfinity})}, {}) == Numbers{1, 1});
  CHECK(attend({{}, {}, {}, list({2})}, {{"is_causal", 1}}) == Numbers{1, 1.5});
  CHECK(attend({{}, {}, {}, list({3})}, {{"left_window_size", 0}, {"right_window_size", 1}}) ==
        Numbers{3, 4});
  CHECK(attend({{}, {}, {}, list({0})}, {}) == Numbers{0, 0});
  const auto error = [&](const std::vector<Tensor>& inputs, std::vector<Attribute> attributes) {
    return node_error("Attention", inputs, {std::move(attributes), 25});
  };
  CHECK_THAT(error({q, k, q}, {}), ContainsSubstring("node \"o0\" (Attention)"));
  CHECK_THAT(error({q, k, v, floats({5}, {0, 0, 0, 0, 0})}, {}), ContainsSubstring("4 keys"));
  CHECK_THAT(error({q, k, v, {}, k}, {}), ContainsSubstring("both past states"));
  CHECK_THAT(error({q, k, v, {}, {}, {}, list({5})}, {}), ContainsSubstring("from 0 to 4"));
  CHECK_THAT(error({q, k, v, {}, {}, {}, numbers(DataType::kInt32, {1}, {2})}, {}),
             ContainsSubstring("expected int64; found int32"));
  CHECK_THAT(error({reshaped(q, {1, 2, 1}), reshaped(k, {1, 4, 1}), reshaped(v, {1, 4, 1})}, {}),
             ContainsSubstring("numbers of heads"));
}

TEST_CASE("layers without elements take no time, whatever their other sizes") {
  constexpr auto kHuge = static_cast<std::int64_t>(storewise::onnx::kMostBesideZero);
  const Tensor ones = floats({0}, {});
  const NodeOptions last{{{"axis", -1}}};
  const Tensor rows = floats({kHuge, 0}, {});
  CHECK(one("LayerNormalization", {rows, ones}, last) == rows);
  CHECK(one("LpNormalization", {rows}, last) == rows);
  CHECK(one("RMSNormalization", {rows, ones}, {{{"axis", -1}}, 23}) == rows);
  const Tensor planes = floats({kHuge, 1, 0}, {});
  const Tensor two = floats({1}, {2});
  CHECK(one("BatchNormalization", {planes, two, two, two, two}) == planes);
  const Tensor none = floats({0, 1, kHuge}, {});
  const NodeOptions kernel{{{"kernel_shape", Ints{1}}}};
  CHECK(one("MaxPool", {none}, kernel) == none);
  CHECK(one("Conv", {none, floats({1, 1, 1}, {1})}, kernel) == none);
  CHECK_THAT(node_error("AveragePool", {floats({1, 1, 0}, {})},
                        {{{"kernel_shape", Ints{1}}, {"pads", Ints{1, 1}}}}),
             ContainsSubstring("no dimension of 0"));
  CHECK_THAT(node_error("Attention",
                        {floats({1, 1, 0, 1}, {}), floats({1, 1, 2, 1}, {1, 2}),
                         floats({1, 1, 2, 1}, {1, 2})},
                        {{}, 23}),
             ContainsSubstring("none 0"));
  const Tensor weights = floats({1, 1, 1}, {1});
  CHECK(one("RNN", {floats({0, kHuge, 1}, {}), weights, weights}).shape == Shape{0, 1, kHuge, 1});
  CHECK_THAT(node_error("RNN", {floats({kHuge, 1, 0}, {}), floats({1, 1, 0}, {}), weights}),
             ContainsSubstring("(RNN)"));
}
