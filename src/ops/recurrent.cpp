// RNN, GRU and LSTM. The inputs of all steps meet their weights in one product; each step then
// adds the weights times the state to its row of that and turns it into the next state in place.
// Weights are float, or int8 with a scale for each row, then also the vector that they meet is
// rounded, to multiples of its largest magnitude / 32767 at finest, and the product runs in
// integers.
#include <algorithm>
#include <cmath>

#include "graph/invocation.h"
#include "kernels/kernels.h"
#include "ops/common.h"
#include "ops/matmul.h"
#include "ops/operators.h"
#include "support/real.h"

namespace storewise::ops {
namespace {

using kernels::Combine;

enum class Cell : std::size_t { kRnn = 1, kGru = 3, kLstm = 4 };  // the number of gates

// A function of the list that ONNX gives for these operators.
struct Function {
  enum Kind : std::uint8_t {
    kRelu,
    kTanh,
    kSigmoid,
    kAffine,
    kLeakyRelu,
    kThresholdedRelu,
    kScaledTanh,
    kHardSigmoid,
    kElu,
    kSoftsign,
    kSoftplus,
  };
  std::uint8_t kind = kTanh;
  float alpha = 0.0f;
  float beta = 0.0f;
};

struct FunctionName {
  std::string_view name;
  std::uint8_t parameters;  // alpha, or alpha and beta
  float alpha;
  float beta;
};
constexpr FunctionName kFunctions[] = {
    {"Relu", 0, 0.0f, 0.0f},       {"Tanh", 0, 0.0f, 0.0f},
    {"Sigmoid", 0, 0.0f, 0.0f},    {"Affine", 2, 1.0f, 0.0f},
    {"LeakyRelu", 1, 0.01f, 0.0f}, {"ThresholdedRelu", 1, 1.0f, 0.0f},
    {"ScaledTanh", 2, 1.0f, 1.0f}, {"HardSigmoid", 2, 0.2f, 0.5f},
    {"Elu", 1, 1.0f, 0.0f},        {"Softsign", 0, 0.0f, 0.0f},
    {"Softplus", 0, 0.0f, 0.0f},
};

// The functions of all directions, `count` each. Alphas and betas are used up in the order of the
// functions that have them.
void read_functions(const Invocation& invocation, Cell cell, std::size_t count,
                    std::size_t directions, Function* functions) {
  for (std::size_t i = 0; i < count * directions; ++i) {
    // f is Sigmoid except in an RNN.
    const bool gate = cell != Cell::kRnn && i % count == 0;
    functions[i].kind = gate ? Function::kSigmoid : Function::kTanh;
  }
  const graph::Node& node = invocation.node();
  const auto* names = node.find_attribute("activations");
  const auto* alphas = node.find_attribute("activation_alpha");
  const auto* betas = node.find_attribute("activation_beta");
  if (names == nullptr || names->strings.empty()) return;
  if (names->strings.size() != count * directions) {
    invocation.fail("% activations|%", count * directions, names->strings.size());
  }
  std::size_t alpha = 0;
  std::size_t beta = 0;
  const auto next = [](const onnx::AttributeRef* list, std::size_t* at, float fallback) {
    return list != nullptr && *at < list->floats.size() ? list->floats[(*at)++] : fallback;
  };
  for (std::size_t i = 0; i < count * directions; ++i) {
    const auto* known = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                     [&](auto& f) { return f.name == names->strings[i]; });
    if (known == std::end(kFunctions)) {
      invocation.fail("an activation of ONNX's list|%", names->strings[i]);
    }
    functions[i].kind = static_cast<std::uint8_t>(known - std::begin(kFunctions));
    if (known->parameters > 0) functions[i].alpha = next(alphas, &alpha, known->alpha);
    if (known->parameters > 1) functions[i].beta = next(betas, &beta, known->beta);
  }
}

void apply(const Function& f, float clip, std::size_t n, float* x) {
  if (clip > 0.0f) {
    for (std::size_t i = 0; i < n; ++i) x[i] = std::clamp(x[i], -clip, clip);
  }
  if (f.kind == Function::kSigmoid) return kernels::sigmoid_f32(n, x);
  if (f.kind == Function::kTanh) return kernels::tanh_f32(n, x);
  if (f.kind == Function::kScaledTanh) {
    kernels::combine_f32(Combine::kMultiply, x, 1, &f.beta, 0, n, x);
    kernels::tanh_f32(n, x);
    return kernels::combine_f32(Combine::kMultiply, x, 1, &f.alpha, 0, n, x);
  }
  const double alpha = static_cast<double>(f.alpha);
  const double beta = static_cast<double>(f.beta);
  for (std::size_t i = 0; i < n; ++i) {
    double v = static_cast<double>(x[i]);
    const double negative = std::min(v, 0.0);
    const double magnitude = std::fabs(v);
    switch (f.kind) {
      case Function::kRelu:
        v -= negative;
        break;
      case Function::kHardSigmoid:
        v = std::clamp(alpha * v + beta, 0.0, 1.0);
        break;
      case Function::kAffine:
        v = alpha * v + beta;
        break;
      case Function::kLeakyRelu:
        v += (alpha - 1.0) * negative;
        break;
      case Function::kThresholdedRelu:
        v = v > alpha ? v : 0.0;
        break;
      case Function::kElu:
        v += alpha * (real::exp(negative) - 1.0) - negative;
        break;
      case Function::kSoftsign:
        v /= 1.0 + magnitude;
        break;
      default:  // Softplus, without overflow
        v += real::log(1.0 + real::exp(-magnitude)) - negative;
    }
    x[i] = static_cast<float>(v);
  }
}

// The rows of one direction's weights.
struct Matrix {
  const char* values;
  const float* scales;  // one for each row of int8; nullptr for rows of float
  std::size_t columns;
};

// How many vectors meet int8 weights at a time.
constexpr std::size_t kVectors = 16;

// Room that add_product needs for up to kVectors vectors, in floats.
std::uint64_t product_work(std::size_t rows, std::size_t columns) {
  return kVectors * (std::uint64_t{rows} + columns / 2 + 1);
}

// y[r] += row first + r of the matrix times x, for `rows` rows; likewise for `count` vectors x one
// after the other, of which the results lie `rows` apart. A vector that holds NaN or infinity then
// makes all its results NaN.
void add_product(const Matrix& matrix, std::size_t first, std::size_t rows, const float* x,
                 std::size_t count, float* work, float* y) {
  const std::size_t k = matrix.columns;
  if (matrix.scales == nullptr) {
    const auto* values = reinterpret_cast<const float*>(matrix.values) + first * k;
    return kernels::gemm_f32_rows(x, values, count, k, rows, y);
  }
  auto* sums = reinterpret_cast<std::int32_t*>(work);
  auto* rounded = reinterpret_cast<std::int16_t*>(work + kVectors * rows);
  const auto* q = reinterpret_cast<const std::int8_t*>(matrix.values) + first * k;
  for (std::size_t done = 0; done < count; done += kVectors) {
    const std::size_t many = std::min(kVectors, count - done);
    float units[kVectors];
    for (std::size_t i = 0; i < many; ++i) {
      units[i] = round_activations(x + (done + i) * k, k, k, 128, rounded + i * k);
    }
    kernels::gemm_i8_rows(rounded, k, q, k, many, k, rows, sums, rows);
    const std::int32_t zero = 0;
    for (std::size_t i = 0; i < many; ++i) {
      kernels::add_scaled_i32(sums + i * rows, &zero, 0, 0, units[i], matrix.scales + first, 1,
                              rows, y + (done + i) * rows);
    }
  }
}

// What one direction's steps work with. Pointers to inputs may be unaligned.
struct Direction {
  Cell cell = Cell::kRnn;
  std::size_t hidden = 0;
  Matrix recurrent{};
  bool linear_before_reset = false;       // GRU
  const float* candidate_bias = nullptr;  // then: the recurrent bias of its last gate, if any
  const float* peepholes = nullptr;       // LSTM: of input, output and forget gate, if any
  bool input_forget = false;              // LSTM
  const Function* functions = nullptr;
  float clip = 0.0f;
  float* h = nullptr;
  float* c = nullptr;     // LSTM
  float* work = nullptr;  // [hidden], then room for add_product

  // y = y how x
  void combine(Combine how, const float* x, float* y) const {
    kernels::combine_f32(how, y, 1, x, 1, hidden, y);
  }
  void activate(std::size_t function, std::size_t gates, float* x) const {
    apply(functions[function], clip, gates * hidden, x);
  }
  void add_recurrent(std::size_t first, std::size_t gates, const float* state, float* y) const {
    add_product(recurrent, first * hidden, gates * hidden, state, 1, work + hidden, y);
  }

  // `gates`: the inputs' share, biases included; overwritten.
  void step(float* gates) const {
    const std::size_t n = hidden;
    if (cell == Cell::kRnn) {
      add_recurrent(0, 1, h, gates);
      activate(0, 1, gates);
      copy_bytes(h, gates, n * sizeof(float));
    } else if (cell == Cell::kGru) {
      // Update, reset, candidate.
      float* reset = gates + n;
      float* candidate = gates + 2 * n;
      add_recurrent(0, 2, h, gates);
      activate(0, 2, gates);
      if (linear_before_reset) {
        std::fill_n(work, n, 0.0f);
        if (candidate_bias != nullptr) copy_bytes(work, candidate_bias, n * sizeof(float));
        add_recurrent(2, 1, h, work);
        combine(Combine::kMultiply, reset, work);
        combine(Combine::kAdd, work, candidate);
      } else {
        combine(Combine::kMultiply, h, reset);
        add_recurrent(2, 1, reset, candidate);
      }
      activate(1, 1, candidate);
      combine(Combine::kSubtract, candidate, h);
      combine(Combine::kMultiply, gates, h);
      combine(Combine::kAdd, candidate, h);
    } else {
      // Input, output, forget, candidate.
      float* out = gates + n;
      float* forget = gates + 2 * n;
      float* candidate = gates + 3 * n;
      add_recurrent(0, 4, h, gates);
      if (peepholes == nullptr) {
        activate(0, 3, gates);
      } else {
        add_peephole(0, gates);
        activate(0, 1, gates);
        add_peephole(2, forget);
        activate(0, 1, forget);
      }
      if (input_forget) {
        const float one = 1.0f;
        kernels::combine_f32(Combine::kSubtract, &one, 0, gates, 1, n, forget);
      }
      activate(1, 1, candidate);
      combine(Combine::kMultiply, forget, c);
      combine(Combine::kMultiply, gates, candidate);
      combine(Combine::kAdd, candidate, c);
      if (peepholes != nullptr) {
        add_peephole(1, out);
        activate(0, 1, out);
      }
      copy_bytes(h, c, n * sizeof(float));
      activate(2, 1, h);
      combine(Combine::kMultiply, out, h);
    }
  }

  void add_peephole(std::size_t gate, float* x) const {
    copy_bytes(work, peepholes + gate * hidden, hidden * sizeof(float));
    combine(Combine::kMultiply, c, work);
    combine(Combine::kAdd, work, x);
  }
};

void check_shape(const Invocation& invocation, std::size_t i,
                 std::initializer_list<std::int64_t> sizes) {
  const Shape shape(sizes);
  if (invocation.has_input(i) && !(invocation.input(i).shape == shape)) {
    invocation.fail_shape(i, "a tensor of shape %", shape);
  }
}

// Inputs X, W, R, B, sequence_lens, initial_h and, for an LSTM, initial_c and P; `scales`: the
// number of the input with W's scales, if W and R are int8, followed by R's.
void recurrent(Invocation& invocation, Cell cell, std::size_t scales) {
  const TensorView& x = invocation.input(0);
  if (x.shape.rank() != 3) invocation.fail_shape(0, "a tensor with 3 dimensions");
  const auto gates = static_cast<std::int64_t>(cell);
  const bool batch_first = invocation.attribute("layout", std::int64_t{0}) != 0;
  const std::int64_t steps_signed = x.shape[batch_first ? 1 : 0];
  const std::int64_t batch_signed = x.shape[batch_first ? 0 : 1];
  const std::int64_t hidden_signed = invocation.input(2).shape[2];
  const std::string_view way = invocation.attribute("direction", "forward");
  const std::int64_t directions_signed = way == "bidirectional" ? 2 : 1;
  if (way != "forward" && way != "reverse" && directions_signed == 1) {
    invocation.fail("forward, reverse or bidirectional as direction|%", way);
  }
  if (hidden_signed < 1 || hidden_signed > INT32_MAX ||
      invocation.attribute("hidden_size", hidden_signed) != hidden_signed || x.shape[2] < 1) {
    invocation.fail_shape(2, "weights of the size that hidden_size tells");
  }
  const std::int64_t rows_signed = gates * hidden_signed;
  for (std::size_t i = 1; i < 3; ++i) {
    check_shape(invocation, i,
                {directions_signed, rows_signed, i == 1 ? x.shape[2] : hidden_signed});
    if (scales > 0) check_shape(invocation, scales + i - 1, {directions_signed * rows_signed});
  }
  check_shape(invocation, 3, {directions_signed, 2 * rows_signed});
  check_shape(invocation, 4, {batch_signed});
  // Of the states' first two dimensions, and of the result's.
  const std::int64_t outer = batch_first ? batch_signed : directions_signed;
  const std::int64_t inner = batch_first ? directions_signed : batch_signed;
  const bool is_lstm = cell == Cell::kLstm;
  for (std::size_t i = 5; i < (is_lstm ? 7 : 6); ++i) {
    check_shape(invocation, i, {outer, inner, hidden_signed});
  }
  if (is_lstm) check_shape(invocation, 7, {directions_signed, 3 * hidden_signed});

  const auto steps = static_cast<std::size_t>(steps_signed);
  const auto batch = static_cast<std::size_t>(batch_signed);
  const auto hidden = static_cast<std::size_t>(hidden_signed);
  const auto directions = static_cast<std::size_t>(directions_signed);
  const auto inputs = static_cast<std::size_t>(x.shape[2]);
  const auto rows = static_cast<std::size_t>(rows_signed);
  const bool linear_before_reset =
      invocation.attribute("linear_before_reset", std::int64_t{0}) != 0;
  Function functions[6];
  const std::size_t function_count = cell == Cell::kRnn ? 1 : cell == Cell::kGru ? 2 : 3;
  read_functions(invocation, cell, function_count, directions, functions);

  float* y = nullptr;
  float* last[2] = {};
  if (invocation.wants_output(0)) {
    const std::int64_t first = batch_first ? batch_signed : steps_signed;
    const std::int64_t second = batch_first ? steps_signed : directions_signed;
    y = invocation.output_as<float>(0, {first, second, inner, hidden_signed});
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!invocation.wants_output(i + 1)) continue;
    last[i] = invocation.output_as<float>(i + 1, {outer, inner, hidden_signed});
  }
  if (steps == 0 && last[0] == nullptr && last[1] == nullptr) return;
  // Scratch: the gates of all steps, the states, and work.
  const std::uint64_t floats = std::uint64_t{steps} * batch * rows + 3 * hidden +
                               product_work(rows, std::max(inputs, hidden));
  auto* projected = static_cast<float*>(invocation.scratch(
      static_cast<std::size_t>(std::min<std::uint64_t>(floats * sizeof(float), SIZE_MAX))));
  float* h = projected + steps * batch * rows;
  float* c = h + hidden;
  float* work = c + hidden;

  for (std::size_t d = 0; d < directions; ++d) {
    const auto matrix = [&](std::size_t i, std::size_t columns) {
      const std::size_t element = scales > 0 ? 1 : sizeof(float);
      return Matrix{invocation.input(i).as<char>() + d * rows * columns * element,
                    scales > 0 ? invocation.input(scales + i - 1).as<float>() + d * rows : nullptr,
                    columns};
    };
    const float* biases = nullptr;
    if (invocation.has_input(3)) biases = invocation.input(3).as<float>() + d * 2 * rows;
    Direction direction;
    direction.cell = cell;
    direction.hidden = hidden;
    direction.recurrent = matrix(2, hidden);
    direction.linear_before_reset = linear_before_reset;
    direction.input_forget = invocation.attribute("input_forget", std::int64_t{0}) != 0;
    direction.functions = functions + d * function_count;
    direction.clip = invocation.attribute("clip", 0.0f);
    direction.h = h;
    direction.c = c;
    direction.work = work;
    if (is_lstm && invocation.has_input(7)) {
      direction.peepholes = invocation.input(7).as<float>() + d * 3 * hidden;
    }
    // The recurrent biases join the inputs', but for the one that the reset gate scales.
    const std::size_t joined = rows - (linear_before_reset ? hidden : 0);
    if (linear_before_reset && biases != nullptr) direction.candidate_bias = biases + rows + joined;
    const std::size_t times = steps * batch;
    const Matrix weights = matrix(1, inputs);
    for (std::size_t i = 0; i < times; ++i) {
      float* row = projected + i * rows;
      if (biases == nullptr) {
        std::fill_n(row, rows, 0.0f);
        continue;
      }
      copy_bytes(row, biases, rows * sizeof(float));
      kernels::combine_f32(Combine::kAdd, row, 1, biases + rows, 1, joined, row);
    }
    add_product(weights, 0, rows, x.as<float>(), times, work, projected);

    const bool backwards = d == 1 || way == "reverse";
    for (std::size_t b = 0; b < batch; ++b) {
      std::size_t length = steps;
      if (invocation.has_input(4)) {
        const std::int32_t given = invocation.elements<std::int32_t>(4)[b];
        if (given < 0 || given > steps_signed) {
          invocation.fail("lengths from 0 to %|%", steps_signed, given);
        }
        length = static_cast<std::size_t>(given);
      }
      const std::size_t place = (batch_first ? b * directions + d : d * batch + b) * hidden;
      float* states[2] = {h, c};
      for (std::size_t i = 0; i < 2; ++i) {
        std::fill_n(states[i], hidden, 0.0f);
        if ((i == 0 || is_lstm) && invocation.has_input(5 + i)) {
          copy_bytes(states[i], invocation.input(5 + i).as<float>() + place,
                     hidden * sizeof(float));
        }
      }
      for (std::size_t s = 0; s < steps; ++s) {
        const std::size_t t = backwards && s < length ? length - 1 - s : s;
        if (s < length) {
          direction.step(projected + (batch_first ? b * steps + t : t * batch + b) * rows);
        }
        if (y == nullptr) continue;
        const std::size_t row =
            batch_first ? (b * steps + t) * directions + d : (t * directions + d) * batch + b;
        float* to = y + row * hidden;
        std::fill_n(to, hidden, 0.0f);
        if (s < length) copy_bytes(to, h, hidden * sizeof(float));
      }
      for (std::size_t i = 0; i < 2; ++i) {
        if (last[i] != nullptr) copy_bytes(last[i] + place, states[i], hidden * sizeof(float));
      }
    }
  }
}

}  // namespace

void rnn(Invocation& invocation) { recurrent(invocation, Cell::kRnn, 0); }
void gru(Invocation& invocation) { recurrent(invocation, Cell::kGru, 0); }
void lstm(Invocation& invocation) { recurrent(invocation, Cell::kLstm, 0); }
void quantized_rnn(Invocation& invocation) { recurrent(invocation, Cell::kRnn, 6); }
void quantized_gru(Invocation& invocation) { recurrent(invocation, Cell::kGru, 6); }
void quantized_lstm(Invocation& invocation) { recurrent(invocation, Cell::kLstm, 8); }

}  // namespace storewise::ops
