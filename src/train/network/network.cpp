#include "train/network/network.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/kernels.h"
#include "train/math.h"
#include "train/network/graph.h"

namespace storewise::train::network {
namespace {

constexpr std::size_t kAsked = 128;  // rows at a time

}  // namespace

void Network::add_head(std::size_t inputs, Random& random) {
  auto head = std::make_unique<Dense>(1, 1, inputs, outputs_, false, random);
  head_ = head.get();
  layers_.push_back(std::move(head));
}

std::vector<Parameter*> Network::parameters() const {
  std::vector<Parameter*> all;
  for (const auto& layer : layers_) {
    for (Parameter* parameter : layer->parameters()) all.push_back(parameter);
  }
  return all;
}

std::size_t Network::weights() const {
  std::size_t count = 0;
  for (const Parameter* parameter : parameters()) count += parameter->values.size();
  return count;
}

void Network::take(const Examples& examples, Rows rows) {
  signals_.resize(layers_.size() + 1);
  gradients_.resize(2);
  order_.resize(rows.size());
  std::iota(order_.begin(), order_.end(), 0u);
  pass_ = {};
  Signal& in = signals_.front();
  if (!examples.of_text()) {
    in.reset(rows.size(), examples.height, examples.width, examples.channels);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::memcpy(in.values.data() + i * in.each(), examples.numbers.data() + rows[i] * in.each(),
                  in.each() * sizeof(float));
    }
    return;
  }
  std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return examples.text(rows[a]).size() > examples.text(rows[b]).size();
  });
  in.reset(rows.size(), 1, 1, 0);
  const std::size_t steps =
      rows.empty() ? 0 : std::max<std::size_t>(1, examples.text(rows[order_[0]]).size());
  words_.assign(rows.size() * steps, 0);
  lengths_.clear();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span<const std::int32_t> text = examples.text(rows[order_[i]]);
    std::copy(text.begin(), text.end(), words_.begin() + static_cast<std::ptrdiff_t>(i * steps));
    lengths_.push_back(std::max(1, static_cast<std::int32_t>(text.size())));
  }
  pass_.words = words_;
  pass_.lengths = lengths_;
}

void Network::forward(bool training, Random* random) {
  pass_.training = training;
  pass_.random = random;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l]->forward(signals_[l], pass_, signals_[l + 1]);
  }
  Signal& out = signals_.back();
  for (std::size_t i = 0; classes() && i < out.rows; ++i) {
    kernels::softmax_f32(outputs_, out.values.data() + i * outputs_);
  }
}

std::vector<float> Network::answer(const Examples& examples, Rows rows) {
  std::vector<float> answers(rows.size() * outputs_);
  for (std::size_t first = 0; first < rows.size(); first += kAsked) {
    take(examples, rows.subspan(first, std::min(kAsked, rows.size() - first)));
    forward(false, nullptr);
    for (std::size_t i = 0; i < order_.size(); ++i) {
      std::memcpy(answers.data() + (first + order_[i]) * outputs_,
                  signals_.back().values.data() + i * outputs_, outputs_ * sizeof(float));
    }
  }
  return answers;
}

double Network::learn(const Examples& examples, Rows batch, std::span<const double> truth,
                      std::span<const double> weights, Random& random) {
  take(examples, batch);
  forward(true, &random);
  for (Parameter* parameter : parameters()) {
    std::fill(parameter->gradient.begin(), parameter->gradient.end(), 0.0f);
  }
  // By what the softmax reads, or by the number: what was said less what is true.
  gradients_[0] = signals_.back();
  double loss = 0;
  const auto n = static_cast<double>(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    float* said = gradients_[0].values.data() + i * outputs_;
    const double true_one = truth[order_[i]];
    const double weight = weights[order_[i]];
    if (classes()) {
      float& right = said[static_cast<std::size_t>(true_one)];
      loss -= weight * log(std::max(static_cast<double>(right), 1e-30)) / n;
      right -= 1.0f;
    } else {
      *said = static_cast<float>(*said - true_one);
      loss += weight * 0.5 * static_cast<double>(*said) * *said / n;
    }
    const auto share = static_cast<float>(weight / n);
    for (std::size_t o = 0; o < outputs_; ++o) said[o] *= share;
  }
  for (std::size_t l = layers_.size(); l-- > 0;) {
    layers_[l]->backward(signals_[l], pass_, signals_[l + 1], gradients_[0],
                         l > 0 ? &gradients_[1] : nullptr);
    std::swap(gradients_[0], gradients_[1]);
  }
  return loss;
}

void Network::round() {
  for (Parameter* parameter : parameters()) round_weights(*parameter);
}

void Network::write(Graph& graph, const std::string& input, std::string_view output) const {
  std::string value = input;
  for (const auto& layer : layers_) value = layer->write(graph, value);
  if (classes()) {
    graph.writer().add_node("Softmax", {value}, {output}, {{"axis", -1}});
  } else {
    graph.writer().add_node("Identity", {value}, {output});
  }
}

// ---- designs

Network features_network(std::size_t features, std::size_t outputs, const Design& design,
                         Random& random) {
  Network network(outputs);
  std::size_t size = features;
  for (const std::size_t units : design.units) {
    network.add(std::make_unique<Dense>(1, 1, size, units, true, random));
    network.add(std::make_unique<Dropout>(design.dropout));
    size = units;
  }
  network.add_head(size, random);
  return network;
}

Network picture_network(std::size_t height, std::size_t width, std::size_t channels,
                        std::size_t outputs, const Design& design, Random& random) {
  Network network(outputs);
  for (const std::size_t filters : design.filters) {
    network.add(std::make_unique<Convolution>(3, 3, channels, filters, false, random));
    channels = filters;
    if (std::max(height, width) < 4) continue;
    network.add(std::make_unique<MaxPool>(height, width));
    height = height > 1 ? height / 2 : 1;
    width = width > 1 ? width / 2 : 1;
  }
  std::size_t size = height * width * channels;
  for (const std::size_t units : design.units) {
    network.add(std::make_unique<Dense>(height, width, channels, units, true, random));
    height = width = 1;
    channels = size = units;
  }
  network.add(std::make_unique<Dropout>(design.dropout));
  network.add_head(size, random);
  return network;
}

Network text_network(std::size_t words, std::size_t outputs, const Design& design, Random& random) {
  Network network(outputs);
  network.add(std::make_unique<Embedding>(words, design.embedding, random));
  network.add(std::make_unique<Dropout>(design.dropout));
  const std::size_t filters = design.filters.front();
  network.add(std::make_unique<Convolution>(3, 1, design.embedding, filters, true, random));
  network.add(std::make_unique<MaxOverWords>());
  network.add(std::make_unique<Dropout>(design.dropout));
  network.add_head(filters, random);
  return network;
}

Network recurrent_network(std::size_t words, std::size_t outputs, const Design& design,
                          Random& random) {
  Network network(outputs);
  network.add(std::make_unique<Embedding>(words, design.embedding, random));
  network.add(std::make_unique<Dropout>(design.dropout));
  const std::size_t units = design.units.front();
  network.add(
      std::make_unique<Recurrent>(design.cell, design.embedding, units, design.both_ways, random));
  network.add(std::make_unique<Dropout>(design.dropout));
  network.add_head(design.both_ways ? 2 * units : units, random);
  return network;
}

}  // namespace storewise::train::network
