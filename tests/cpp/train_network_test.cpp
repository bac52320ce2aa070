// The layers of networks: what they make, worked out by hand, and that the gradients on their way
// back are those that finite differences find.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catch.h"
#include "train/network/layers.h"
#include "train/network/products.h"
#include "train/network/recurrent.h"

namespace storewise::train::network {
namespace {

// Texts of 4, 3 and 1 words; a word that comes twice in a text and one that comes in two.
const std::vector<std::int32_t> kWords{1, 3, 2, 3, 4, 2, 1, 0, 5, 0, 0, 0};
const std::vector<std::int32_t> kLengths{4, 3, 1};

Signal drawn(std::size_t rows, std::size_t height, std::size_t width, std::size_t channels,
             std::uint64_t seed) {
  Signal signal;
  signal.reset(rows, height, width, channels);
  Random random(seed);
  fill_uniform(signal.values, 1.0, random);
  return signal;
}

// Different values, at least 0.05 apart and away from 0, in a drawn order: a step of 0.01 changes
// neither which is the largest nor what is negative.
Signal apart(std::size_t rows, std::size_t height, std::size_t width, std::size_t channels,
             std::uint64_t seed) {
  Signal signal;
  signal.reset(rows, height, width, channels);
  const std::size_t n = signal.values.size();
  for (std::size_t i = 0; i < n; ++i) {
    signal.values[i] = 0.05f * (static_cast<float>(i) - static_cast<float>(n) / 2) + 0.025f;
  }
  Random random(seed);
  shuffle(signal.values, random);
  return signal;
}

Pass of_texts() {
  Pass pass;
  pass.words = kWords;
  pass.lengths = kLengths;
  return pass;
}

// Compares the gradients of sum(k * outputs), k drawn, by every parameter and input with central
// differences of `step`. `tolerance` is of 1 + the gradient's magnitude.
void check_gradients(Layer& layer, Signal in, const Pass& pass, float step = 0.01f,
                     double tolerance = 2e-3) {
  Signal out;
  layer.forward(in, pass, out);
  const Signal factors = drawn(out.rows, out.height, out.width, out.channels, 77);
  const auto loss = [&] {
    layer.forward(in, pass, out);
    double sum = 0;
    for (std::size_t i = 0; i < out.values.size(); ++i) {
      sum += static_cast<double>(out.values[i]) * factors.values[i];
    }
    return sum;
  };
  const auto difference = [&](float& value) {
    const float before = value;
    value = before + step;
    const double up = loss();
    value = before - step;
    const double down = loss();
    value = before;
    return (up - down) / (2.0 * step);
  };
  loss();
  Signal gradient = factors;
  Signal in_gradient;
  const bool by_input = !in.values.empty();
  for (Parameter* parameter : layer.parameters()) {
    std::fill(parameter->gradient.begin(), parameter->gradient.end(), 0.0f);
  }
  layer.backward(in, pass, out, gradient, by_input ? &in_gradient : nullptr);
  std::size_t checked = 0;
  double largest = 0;
  const auto compare = [&](const std::string& name, std::vector<float>& values,
                           const std::vector<float>& gradients) {
    REQUIRE(values.size() == gradients.size());
    const std::size_t every = std::max<std::size_t>(1, values.size() / 200);
    for (std::size_t i = 0; i < values.size(); i += every) {
      const double expected = difference(values[i]);
      INFO(name << " " << i << ": " << gradients[i] << " instead of " << expected);
      CHECK(std::fabs(gradients[i] - expected) <= tolerance * (1 + std::fabs(expected)));
      largest = std::max(largest, std::fabs(expected));
      ++checked;
    }
  };
  for (Parameter* parameter : layer.parameters()) {
    compare(parameter->name, parameter->values, parameter->gradient);
  }
  if (by_input) compare("input", in.values, in_gradient.values);
  CHECK(checked > 0);
  CHECK(largest > 0.1);  // not all of them nothing
}

// Weights that are not as tame as fresh ones.
void stir(Layer& layer) {
  Random random(5);
  for (Parameter* parameter : layer.parameters()) {
    std::vector<float> added(parameter->values.size());
    fill_uniform(added, 0.3, random);
    for (std::size_t i = 0; i < added.size(); ++i) parameter->values[i] += added[i];
  }
}

}  // namespace

TEST_CASE("products of transposed matrices are those of the matrices written out") {
  constexpr std::size_t kM = 19;
  constexpr std::size_t kK = 33;
  constexpr std::size_t kN = 21;
  const Signal a = drawn(kM, 1, 1, kK, 1);
  const Signal b = drawn(kM, 1, 1, kN, 2);
  std::vector<float> scratch;
  std::vector<float> c(kK * kN, 1.0f);
  multiply_transposed(a.values.data(), b.values.data(), kM, kK, kN, scratch, c.data());
  for (std::size_t i = 0; i < kK; ++i) {
    for (std::size_t j = 0; j < kN; ++j) {
      double expected = 1;
      for (std::size_t l = 0; l < kM; ++l) {
        expected += static_cast<double>(a.values[l * kK + i]) * b.values[l * kN + j];
      }
      REQUIRE(c[i * kN + j] == Approx(expected).margin(1e-5));
    }
  }
  std::vector<float> back(kM * kK);
  std::vector<float> turned(kM * kK);
  transpose(a.values.data(), kM, kK, turned.data());
  CHECK(turned[2 * kM + 1] == a.values[1 * kK + 2]);
  transpose(turned.data(), kK, kM, back.data());
  CHECK(back == a.values);
}

TEST_CASE("a row's product does not depend on the rows beside it") {
  Random random(3);
  Dense dense(1, 1, 37, 13, true, random);
  const Signal all = drawn(9, 1, 1, 37, 4);
  Signal out;
  dense.forward(all, {}, out);
  for (std::size_t row = 0; row < all.rows; ++row) {
    Signal one;
    one.reset(1, 1, 1, 37);
    std::copy_n(all.values.begin() + static_cast<std::ptrdiff_t>(row * 37), 37, one.values.begin());
    Signal alone;
    dense.forward(one, {}, alone);
    CHECK(std::equal(alone.values.begin(), alone.values.end(),
                     out.values.begin() + static_cast<std::ptrdiff_t>(row * 13)));
  }
}

TEST_CASE("a dense layer goes back as finite differences say") {
  Random random(6);
  Dense plain(1, 1, 7, 5, false, random);
  check_gradients(plain, drawn(4, 1, 1, 7, 8), {});
  Dense of_picture(2, 3, 4, 5, false, random);
  check_gradients(of_picture, drawn(3, 2, 3, 4, 9), {});
  // With a bend: small steps, so that none crosses it.
  Dense bent(1, 1, 6, 9, true, random);
  check_gradients(bent, drawn(5, 1, 1, 6, 10), {}, 0.001f, 5e-3);
}

TEST_CASE("a dense layer can be brought to other units") {
  Random random(6);
  Dense layer(1, 1, 3, 2, false, random);
  const Signal in = drawn(2, 1, 1, 3, 8);
  Signal before;
  layer.forward(in, {}, before);
  layer.rescale(4.0, -1.0);
  Signal after;
  layer.forward(in, {}, after);
  for (std::size_t i = 0; i < before.values.size(); ++i) {
    CHECK(after.values[i] == Approx(4.0 * before.values[i] - 1.0).margin(1e-6));
  }
}

TEST_CASE("dropout drops its share while training, makes up for it, and goes back the same way") {
  Dropout dropout(0.25f);
  Signal in;
  in.reset(50, 1, 1, 40);
  std::fill(in.values.begin(), in.values.end(), 3.0f);
  Random random(2);
  Pass pass;
  Signal out;
  dropout.forward(in, pass, out);
  CHECK(out.values == in.values);
  pass.training = true;
  pass.random = &random;
  dropout.forward(in, pass, out);
  const auto dropped = std::count(out.values.begin(), out.values.end(), 0.0f);
  CHECK(dropped > 400);
  CHECK(dropped < 600);
  CHECK(std::count(out.values.begin(), out.values.end(), 4.0f) == 2000 - dropped);
  Signal gradient = in;
  Signal by_input;
  dropout.backward(in, pass, out, gradient, &by_input);
  CHECK(by_input.values == out.values);
}

TEST_CASE("an embedding has word 0 at nothing and goes back to the words that came") {
  Random random(7);
  Embedding embedding(6, 3, random);
  stir(embedding);
  std::fill_n(embedding.parameters()[0]->values.begin(), 3, 0.0f);
  const Pass pass = of_texts();
  Signal out;
  embedding.forward({}, pass, out);
  CHECK(out.rows == 3);
  CHECK(out.height == 4);
  CHECK(std::count(out.values.begin(), out.values.end(), 0.0f) == 4 * 3);
  Signal gradient;
  gradient.reset(3, 4, 1, 3);
  std::fill(gradient.values.begin(), gradient.values.end(), 1.0f);
  embedding.backward({}, pass, out, gradient, nullptr);
  const std::vector<float> times{0, 2, 2, 2, 1, 1};  // how often each word comes
  for (std::size_t word = 0; word < times.size(); ++word) {
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(embedding.parameters()[0]->gradient[word * 3 + i] == times[word]);
    }
  }
}

TEST_CASE("a convolution sums the windows of a picture, with nothing beyond its edges") {
  Random random(1);
  Convolution sum(3, 3, 1, 1, false, random);
  std::fill(sum.parameters()[0]->values.begin(), sum.parameters()[0]->values.end(), 1.0f);
  sum.parameters()[1]->values[0] = 0.5f;
  Signal in;
  in.reset(1, 3, 4, 1);
  in.values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -90};
  Signal out;
  sum.forward(in, {}, out);
  CHECK(out.values ==
        std::vector<float>{14.5f, 24.5f, 30.5f, 22.5f, 33.5f, 54.5f, 0, 0, 30.5f, 48.5f, 0, 0});
}

TEST_CASE("convolutions of pictures and texts go back as finite differences say") {
  Random random(11);
  Convolution of_picture(3, 3, 2, 3, false, random);
  check_gradients(of_picture, drawn(2, 5, 4, 2, 12), {}, 0.001f, 5e-3);
  Convolution narrow(3, 3, 2, 3, false, random);  // a picture smaller than the window
  check_gradients(narrow, drawn(2, 1, 2, 2, 13), {}, 0.001f, 5e-3);
  Convolution of_text(3, 1, 4, 5, true, random);
  check_gradients(of_text, drawn(3, 4, 1, 4, 14), of_texts(), 0.001f, 5e-3);
}

TEST_CASE("pooling takes the largest and goes back to it alone") {
  MaxPool pool(5, 4);
  check_gradients(pool, apart(2, 5, 4, 3, 15), {});
  MaxPool flat(1, 6);
  Signal out;
  flat.forward(apart(1, 1, 6, 2, 16), {}, out);
  CHECK(out.height == 1);
  CHECK(out.width == 3);
  MaxOverWords over;
  check_gradients(over, apart(3, 4, 1, 3, 17), of_texts());
}

TEST_CASE("the largest over the words of a text knows nothing of what lies behind its end") {
  MaxOverWords over;
  Signal in = apart(3, 4, 1, 3, 17);
  Signal before;
  over.forward(in, of_texts(), before);
  for (std::size_t i = 1; i < 4; ++i) in.values[(2 * 4 + i) * 3] = 100;
  Signal after;
  over.forward(in, of_texts(), after);
  CHECK(before.values == after.values);
}

TEST_CASE("recurrent layers of every cell go back as finite differences say") {
  for (const Cell cell : {Cell::kRnn, Cell::kGru, Cell::kLstm}) {
    for (const bool both_ways : {false, true}) {
      INFO(name_of(cell) << (both_ways ? " both ways" : ""));
      Random random(21);
      Recurrent layer(cell, 3, 4, both_ways, random);
      stir(layer);
      // What lies behind a text's end is never read: its gradient is 0 there, and so it is found.
      check_gradients(layer, drawn(3, 4, 1, 3, 22), of_texts());
    }
  }
}

TEST_CASE("an LSTM of one unit takes the steps that its formulas say") {
  Random random(23);
  Recurrent layer(Cell::kLstm, 1, 1, false, random);
  stir(layer);
  const std::vector<Parameter*> p = layer.parameters();
  Signal in;
  in.reset(1, 2, 1, 1);
  in.values = {0.7f, -0.4f};
  const std::vector<std::int32_t> words{1, 1};
  const std::vector<std::int32_t> lengths{2};
  Pass pass;
  pass.words = words;
  pass.lengths = lengths;
  Signal out;
  layer.forward(in, pass, out);
  double h = 0;
  double c = 0;
  for (const float x : in.values) {
    const auto gate = [&](std::size_t g) {
      return static_cast<double>(p[0]->values[g]) * x + p[1]->values[g] * h + p[2]->values[g];
    };
    const auto sigmoid = [](double z) { return 1 / (1 + std::exp(-z)); };
    c = sigmoid(gate(2)) * c + sigmoid(gate(0)) * std::tanh(gate(3));
    h = sigmoid(gate(1)) * std::tanh(c);
  }
  CHECK(out.values[0] == Approx(h).margin(1e-6));
}

TEST_CASE("a text's state does not depend on the texts beside it, nor on how long they are") {
  for (const Cell cell : {Cell::kRnn, Cell::kGru, Cell::kLstm}) {
    Random random(24);
    Recurrent layer(cell, 3, 4, true, random);
    const Signal in = drawn(3, 4, 1, 3, 25);
    Signal out;
    layer.forward(in, of_texts(), out);
    Signal second;  // the text of three words by itself
    second.reset(1, 3, 1, 3);
    std::copy_n(in.values.begin() + 12, 9, second.values.begin());
    const std::vector<std::int32_t> words{4, 2, 1};
    const std::vector<std::int32_t> lengths{3};
    Pass pass;
    pass.words = words;
    pass.lengths = lengths;
    Signal alone;
    layer.forward(second, pass, alone);
    CHECK(std::equal(alone.values.begin(), alone.values.end(), out.values.begin() + 8));
  }
}

TEST_CASE("state weights are drawn orthogonal") {
  Random random(26);
  Recurrent layer(Cell::kGru, 2, 5, false, random);
  const std::vector<float>& states = layer.parameters()[1]->values;  // [5][15]
  for (std::size_t gate = 0; gate < 3; ++gate) {
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t j = 0; j < 5; ++j) {
        double product = 0;
        for (std::size_t u = 0; u < 5; ++u) {
          product +=
              static_cast<double>(states[i * 15 + gate * 5 + u]) * states[j * 15 + gate * 5 + u];
        }
        CHECK(product == Approx(i == j ? 1.0 : 0.0).margin(1e-6));
      }
    }
  }
}

}  // namespace storewise::train::network
