// A network as nodes of an ONNX file, in standard operators that every runtime has.
//
// Weights that were rounded (round_weights) are written as int8 with a DequantizeLinear, a scale
// for each channel, as `storewise quantize` writes them; others as float. Refuses to know training.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/writer.h"
#include "train/network/layers.h"

namespace storewise::train::network {

// Rounds `parameter` to int8 where that saves bytes enough to be worth a node: its values become
// scale x integer, what a runtime will reckon with.
void round_weights(Parameter& parameter);

class Graph {
 public:
  // Values that it names begin with "#".
  explicit Graph(onnx::ModelWriter& writer) : writer_(writer) {}

  // Declares the input `name`, string [n, words], and looks its words up: `known[i]` has number
  // i + 2, "" is 0, any other 1. Words beyond the first `most` of a text are not read.
  void add_words(const char* name, const std::vector<std::string>& known, std::size_t most);
  // Of add_words' input: numbers, int64 [n, words]; how many words each text has, int32 [n], at
  // least 1; and 1 for a word and 0 for none, float [n, 1, words].
  const std::string& words() const { return words_; }
  const std::string& lengths();
  const std::string& present();

  // The name of what the node makes.
  std::string node(std::string_view op, const std::vector<std::string_view>& inputs,
                   const std::vector<onnx::Attribute>& attributes = {},
                   std::string_view domain = {});
  // The same as the node's second output, the first left out.
  std::string second_of(std::string_view op, const std::vector<std::string_view>& inputs,
                        const std::vector<onnx::Attribute>& attributes);
  // A tensor of `dims` whose element i is values[source[i]]; `axis` has the channels.
  std::string weights(const Parameter& parameter, const std::vector<std::int64_t>& dims,
                      std::int64_t axis, const std::vector<std::uint32_t>& source);
  std::string floats(const std::vector<float>& values);
  std::string integers(const std::vector<std::int64_t>& values);

  onnx::ModelWriter& writer() { return writer_; }

 private:
  std::string fresh();

  onnx::ModelWriter& writer_;
  std::size_t values_ = 0;
  std::string words_;
  std::string lengths_;
  std::string present_;
};

// Adds the nodes that name the likeliest class: `probabilities`, float [n, classes], to `label`,
// string [n].
void add_label(onnx::ModelWriter& writer, std::string_view probabilities, std::string_view label,
               const std::vector<std::string>& classes);

}  // namespace storewise::train::network
