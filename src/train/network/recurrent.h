// RNN, GRU (Cho et al. 2014) and LSTM (Hochreiter and Schmidhuber 1997) over the words of a text,
// in the forms of ONNX's operators; what they give is the state behind the last word.
//
// Texts of a batch have their own lengths: a step takes those that still have a word, which stand
// first, so padding costs nothing and changes nothing.
#pragma once

#include <optional>
#include <string_view>

#include "train/network/layers.h"

namespace storewise::train::network {

enum class Cell : std::uint8_t { kRnn, kGru, kLstm };
std::string_view name_of(Cell cell);  // "rnn", "gru", "lstm"
std::optional<Cell> cell_named(std::string_view name);

// in [rows][steps][1][inputs] -> out [rows][directions * units]: the state of the way forward and,
// with `both_ways`, that of the way from the last word to the first. Gates stand as in ONNX: LSTM
// input, output, forget, cell; GRU update, reset, hidden (the state is multiplied before it is
// reset, as in Keras).
class Recurrent : public Layer {
 public:
  // Input weights are drawn as Glorot and Bengio do, state weights are orthogonal by gates (Saxe et
  // al. 2014), the bias is 0, that of an LSTM's forget gate 1 (Jozefowicz et al. 2015).
  Recurrent(Cell cell, std::size_t inputs, std::size_t units, bool both_ways, Random& random);
  void forward(const Signal& in, const Pass& pass, Signal& out) override;
  void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                Signal* in_gradient) override;
  std::vector<Parameter*> parameters() override;
  std::string write(Graph& graph, const std::string& input) const override;

 private:
  // What the way forward leaves for the way back, in the order of steps, at each the rows that have
  // a word there: `total` rows in all.
  struct Memory {
    std::vector<float> x;       // [total][inputs]
    std::vector<float> gates;   // [total][gates * units], after their functions
    std::vector<float> state;   // [total][units]
    std::vector<float> cell;    // [total][units], of an LSTM
    std::vector<float> second;  // [total][units]: tanh(cell); of a GRU, what the reset gate meets
  };

  std::size_t gates() const;
  void plan(const Pass& pass);
  // The word of `row` that a direction reads at `step`.
  std::size_t place(std::size_t direction, std::size_t row, std::size_t step) const;
  void gather(std::size_t direction, const Signal& in, std::vector<float>& x) const;
  void step_forward(std::size_t direction, std::size_t step);
  void step_back(std::size_t direction, std::size_t step, std::vector<float>& state_gradient,
                 std::vector<float>& cell_gradient);
  const float* before(const std::vector<float>& of, std::size_t step) const;

  Cell cell_;
  std::size_t inputs_, units_, directions_;
  Parameter weights_;  // [directions][inputs][gates * units]
  Parameter states_;   // [directions][units][gates * units]
  Parameter bias_;     // [directions][gates * units]
  Parameter reset_;    // [directions][units]: of a GRU, added before the reset

  std::vector<std::size_t> active_;  // by step: rows that have a word there
  std::vector<std::size_t> first_;   // by step: where they stand among all
  std::vector<std::size_t> lengths_;
  std::size_t total_ = 0;
  Memory memory_[2];
  std::vector<float> from_state_;      // [rows][gates * units] of one step of a GRU
  std::vector<float> gate_gradient_;   // [total][gates * units] by what the gates' functions read
  std::vector<float> reset_gradient_;  // the same where a GRU's hidden gate has met the reset
  std::vector<float> zeros_;           // [rows][units]
  std::vector<float> scratch_;
};

}  // namespace storewise::train::network
