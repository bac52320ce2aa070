// The layers of a dense network: each goes forward from values to values, and back from the
// gradient of the loss by its outputs to the gradients by its inputs and parameters
// (reverse-mode differentiation; Rumelhart, Hinton and Williams 1986).
//
// Values are float, gradients are those of one batch. A layer keeps what its way back needs from
// the last way forward, so a network serves one caller. Refuses to know losses, optimisers and
// files other than by graph.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/math.h"

namespace storewise::train::network {

class Graph;

// What flows between layers: [rows][height][width][channels], row-major. Plain features have a
// height and width of 1; texts are as high as the longest of the batch has words, and 1 wide.
struct Signal {
  std::size_t rows = 0;
  std::size_t height = 1;
  std::size_t width = 1;
  std::size_t channels = 0;
  std::vector<float> values;

  std::size_t each() const { return height * width * channels; }  // values of a row
  // Gives it this shape, and every value 0.
  void reset(std::size_t new_rows, std::size_t new_height, std::size_t new_width,
             std::size_t new_channels);
};

// What layers are told of a batch besides their inputs.
struct Pass {
  bool training = false;     // dropout drops
  Random* random = nullptr;  // for dropout, while training
  // Of texts: [rows][steps], numbers of words, 0 behind a text's end; and how many words each has,
  // from 1 and descending (an empty text has one word, number 0).
  std::span<const std::int32_t> words;
  std::span<const std::int32_t> lengths;

  std::size_t steps() const { return lengths.empty() ? 0 : words.size() / lengths.size(); }
};

// Weights, and the gradient of the loss by them.
struct Parameter {
  Parameter(std::string_view its_name, std::size_t size, std::size_t outputs = 0)
      : name(its_name), values(size, 0.0f), gradient(size, 0.0f), channels(outputs) {}

  std::string name;
  std::vector<float> values;    // [size / channels / inner][channels][inner]
  std::vector<float> gradient;  // likewise
  std::size_t channels;         // those that have a scale each as int8; 0: it stays float
  std::size_t inner = 1;
  // Once it is rounded: values[i] = scales[channel of i] * integers[i].
  std::vector<std::int8_t> integers;
  std::vector<float> scales;
};

class Layer {
 public:
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  virtual void forward(const Signal& in, const Pass& pass, Signal& out) = 0;
  // After forward() with the same `in`, `pass` and `out`: adds to the parameters' gradients, and
  // gives the gradient by `in` unless `in_gradient` is null. `out_gradient` may be changed.
  virtual void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                        Signal* in_gradient) = 0;
  virtual std::vector<Parameter*> parameters() { return {}; }
  // Adds its nodes to a model's file, from the value `input` on; gives the name of what they make.
  virtual std::string write(Graph& graph, const std::string& input) const = 0;

 protected:
  Layer() = default;
};

// out [rows][outputs] = in [rows][inputs] * weights [inputs][outputs] + bias, negative ones 0 with
// `relu`. Reads the values of a picture in a row.
class Dense : public Layer {
 public:
  // The inputs' shape; weights are drawn uniformly (Glorot and Bengio 2010; with relu He et al.
  // 2015), the bias is 0.
  Dense(std::size_t height, std::size_t width, std::size_t channels, std::size_t outputs, bool relu,
        Random& random);
  void forward(const Signal& in, const Pass& pass, Signal& out) override;
  void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                Signal* in_gradient) override;
  std::vector<Parameter*> parameters() override { return {&weights_, &bias_}; }
  std::string write(Graph& graph, const std::string& input) const override;
  // From now on the outputs are `factor` times what they were, plus `shift`. Not with relu.
  void rescale(double factor, double shift);

 private:
  std::size_t height_, width_, channels_;
  std::size_t inputs_, outputs_;
  bool relu_;
  Parameter weights_;
  Parameter bias_;
  std::vector<float> scratch_;
};

// Zeroes a share of the values while training and makes up for it with the others (Srivastava et
// al. 2014); a file has nothing of it.
class Dropout : public Layer {
 public:
  explicit Dropout(float share) : share_(share) {}
  void forward(const Signal& in, const Pass& pass, Signal& out) override;
  void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                Signal* in_gradient) override;
  std::string write(Graph& graph, const std::string& input) const override;

 private:
  float share_;
  std::vector<float> kept_;  // by value: what it is multiplied by
};

// out [rows][steps][1][size] = the vectors of the words; that of word 0 is 0 and stays so.
class Embedding : public Layer {
 public:
  Embedding(std::size_t words, std::size_t size, Random& random);
  void forward(const Signal& in, const Pass& pass, Signal& out) override;
  void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                Signal* in_gradient) override;
  std::vector<Parameter*> parameters() override { return {&vectors_}; }
  std::string write(Graph& graph, const std::string& input) const override;

 private:
  std::size_t words_, size_;
  Parameter vectors_;  // [words][size]
};

// Products with every window of kernel_height x kernel_width, both odd, 0 beyond the edges, so that
// heights and widths stay; then negative values become 0. Of a picture (Conv2D), or of a text with
// a kernel_width of 1 (Conv1D).
class Convolution : public Layer {
 public:
  Convolution(std::size_t kernel_height, std::size_t kernel_width, std::size_t channels,
              std::size_t filters, bool of_text, Random& random);
  void forward(const Signal& in, const Pass& pass, Signal& out) override;
  void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                Signal* in_gradient) override;
  std::vector<Parameter*> parameters() override { return {&weights_, &bias_}; }
  std::string write(Graph& graph, const std::string& input) const override;

 private:
  // The windows of one row's values: [height * width][kernel_height][kernel_width][channels].
  void unfold(const Signal& in, std::size_t row);
  // Adds the gradients by windows to those by values.
  void fold(Signal& in_gradient, std::size_t row) const;

  std::size_t kernel_height_, kernel_width_, channels_, filters_;
  bool of_text_;
  Parameter weights_;  // [kernel_height][kernel_width][channels][filters]
  Parameter bias_;
  std::vector<float> windows_;
  std::vector<float> scratch_;
};

// The largest of every 2 x 2 values of a picture of height x width, of 1 x 2 or 2 x 1 where a side
// is 1 long; an odd end is left out.
class MaxPool : public Layer {
 public:
  MaxPool(std::size_t height, std::size_t width)
      : high_(height > 1 ? 2 : 1), wide_(width > 1 ? 2 : 1) {}
  void forward(const Signal& in, const Pass& pass, Signal& out) override;
  void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                Signal* in_gradient) override;
  std::string write(Graph& graph, const std::string& input) const override;

 private:
  std::size_t high_, wide_;
  std::vector<std::uint32_t> from_;  // by output: the place in a row's inputs
};

// out [rows][channels] = the largest value over the words that a text has. Inputs are not negative:
// a file takes 0 for what lies behind a text's end.
class MaxOverWords : public Layer {
 public:
  void forward(const Signal& in, const Pass& pass, Signal& out) override;
  void backward(const Signal& in, const Pass& pass, const Signal& out, Signal& out_gradient,
                Signal* in_gradient) override;
  std::string write(Graph& graph, const std::string& input) const override;

 private:
  std::vector<std::uint32_t> from_;
};

// Draws `values` uniformly from [-bound, bound].
void fill_uniform(std::span<float> values, double bound, Random& random);

}  // namespace storewise::train::network
