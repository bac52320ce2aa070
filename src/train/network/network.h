// A network: layers in a row and what its outputs mean, a class each or one number.
//
// The same examples, layers and seed give the same bits on every platform: products add in order
// (products.h), exp and tanh are the kernels', and whatever is drawn comes from Random.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/feature_table.h"
#include "train/network/layers.h"
#include "train/network/recurrent.h"

namespace storewise::train::network {

// Rows to learn from or to be asked about: numbers, or the words of texts.
struct Examples {
  std::size_t rows = 0;
  // [rows][height][width][channels]; features have a height and width of 1.
  std::size_t height = 1;
  std::size_t width = 1;
  std::size_t channels = 0;
  std::vector<float> numbers;
  // The words of all texts, as numbers from 1; ends[row] is behind a text's last one.
  std::vector<std::int32_t> words;
  std::vector<std::uint32_t> ends;

  bool of_text() const { return !ends.empty(); }
  std::span<const std::int32_t> text(std::size_t row) const {
    const std::size_t first = row == 0 ? 0 : ends[row - 1];
    return std::span(words).subspan(first, ends[row] - first);
  }
};

// Sizes, and what is the same for all kinds.
struct Design {
  std::vector<std::size_t> filters;  // of convolutions, one after the other
  std::size_t embedding = 0;         // numbers that stand for a word
  Cell cell = Cell::kLstm;
  bool both_ways = false;
  std::vector<std::size_t> units;  // of the hidden layers; of a recurrent one, the first
  float dropout = 0.0f;            // before the last layer, and of word vectors
};

class Network {
 public:
  // `outputs` classes from 2 on, or 1 for a number.
  explicit Network(std::size_t outputs) : outputs_(outputs) {}

  void add(std::unique_ptr<Layer> layer) { layers_.push_back(std::move(layer)); }
  // The last layer, from as many inputs to the outputs.
  void add_head(std::size_t inputs, Random& random);

  std::size_t outputs() const { return outputs_; }
  bool classes() const { return outputs_ > 1; }
  std::vector<Parameter*> parameters() const;
  std::size_t weights() const;  // how many numbers it has learnt
  // The first layer's weights, in its own order.
  const std::vector<float>& first_weights() const { return layers_[0]->parameters()[0]->values; }

  // [rows][outputs]: probabilities that sum to 1, or numbers. In the order of `rows`; a row's
  // answer does not depend on the others.
  std::vector<float> answer(const Examples& examples, Rows rows);

  // The mean loss of a batch: cross-entropy, or half the squared error. Sets the gradients by every
  // parameter. truth[i] is of batch[i], a class or a number; weights are the rows', 1 on average.
  double learn(const Examples& examples, Rows batch, std::span<const double> truth,
               std::span<const double> weights, Random& random);

  // From now on numbers come as `factor` times what they were, plus `shift`.
  void rescale(double factor, double shift) { head_->rescale(factor, shift); }
  // Rounds the weights to int8 where it pays.
  void round();
  // Adds its nodes: the value `input` to `output`, probabilities or numbers, float [n, outputs].
  void write(Graph& graph, const std::string& input, std::string_view output) const;

 private:
  // Brings rows into the form of layers; texts come longest first, `order_` says which.
  void take(const Examples& examples, Rows rows);
  void forward(bool training, Random* random);

  std::size_t outputs_;
  std::vector<std::unique_ptr<Layer>> layers_;
  Dense* head_ = nullptr;
  std::vector<Signal> signals_;    // [layers + 1]: the inputs, then what each layer made
  std::vector<Signal> gradients_;  // [2]: of the layer at work and the one before
  Pass pass_;
  std::vector<std::int32_t> words_;
  std::vector<std::int32_t> lengths_;
  std::vector<std::uint32_t> order_;
};

// Dense layers over features.
Network features_network(std::size_t features, std::size_t outputs, const Design& design,
                         Random& random);
// Convolutions of 3 x 3, each with a pooling while the picture is 4 or more high or wide, then
// dense layers.
Network picture_network(std::size_t height, std::size_t width, std::size_t channels,
                        std::size_t outputs, const Design& design, Random& random);
// Word vectors, a convolution over three words, its largest answers, a dense layer. `words` counts
// none and unknown ones as well.
Network text_network(std::size_t words, std::size_t outputs, const Design& design, Random& random);
// Word vectors, a recurrent layer, a dense layer.
Network recurrent_network(std::size_t words, std::size_t outputs, const Design& design,
                          Random& random);

}  // namespace storewise::train::network
