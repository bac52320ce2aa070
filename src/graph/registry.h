// The table of operators that a plan may use. The graph room defines its form, src/ops fills it.
//
// To add an operator: write one function over graph::Invocation (invocation.h) in src/ops and add
// one row to the table in src/ops/registry.cpp. Everything a plan has to know when it opens a file
// stands in the row, so that an operator's function meets only what its row allows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/tensor.h"

namespace storewise::graph {

class Invocation;
struct Node;

// What a node's attributes say in the form that its function works with, made once when a model is
// opened: Invocation::prepared gives these bytes back. `type` is the first input's. Throws
// Error(kInvalidModel) where attributes contradict each other.
using PrepareFunction = std::vector<std::uint8_t> (*)(const Node& node, DataType type);

// Computes a node's outputs from its inputs; throws Error(kInvalidInput) by Invocation::fail.
using OperatorFunction = void (*)(Invocation&);

// A set of element types.
class TypeSet {
 public:
  constexpr TypeSet() = default;
  constexpr TypeSet(std::initializer_list<DataType> types) {
    for (const DataType type : types) bits_ |= 1u << static_cast<unsigned>(type);
  }
  constexpr bool contains(DataType type) const {
    return (bits_ >> (static_cast<unsigned>(type) & 31u) & 1u) != 0;
  }
  constexpr TypeSet operator|(TypeSet other) const {
    other.bits_ |= bits_;
    return other;
  }
  std::string to_string() const;  // "float, int32 or int64"

 private:
  std::uint32_t bits_ = 0;
};

// The types that a letter of a signature stands for; empty for a letter without a meaning.
TypeSet types_of_letter(char letter);
// The one type of a small letter; kUndefined for others.
DataType first_type_of_letter(char letter);

enum class Domain : std::uint8_t { kOnnx, kMl, kFused };
inline constexpr std::size_t kDomains = 3;
// "", "ai.onnx.ml" and a name that no file may use: fusion makes those operators.
std::string_view domain_name(Domain domain);

struct OperatorDef {
  std::string_view name;
  OperatorFunction run = nullptr;
  // The inputs' types, then "> " and the outputs': one word each, every word followed by a space.
  //   An input is a letter (types_of_letter says which types it allows) or a digit: the type of
  //   the input with that number. After it "?" makes it optional and "*" repeats it, from none on.
  //   An output lists alternatives, of which the first that applies gives the type: a digit (the
  //   type of that input, if it is there), "@" (the attribute "to" or "output_dtype"; the letter
  //   behind it says which types that may be), "$" (the attribute that holds values or class
  //   labels), "!" (string for int64, int64 for string), "%" (the inner graph's output), a small
  //   letter. "*" at the end repeats it. The first output may be left out with "?" or "*" at its
  //   end, those behind it always.
  const char* signature = "";
  // Attributes that the function knows, with a letter for the kind (i int, f float, s string,
  // t tensor, g graph, I ints, F floats, S strings): "axis=i keepdims=i". A node with any other is
  // refused, because leaving an attribute out of account gives wrong numbers silently.
  const char* attributes = "";
  std::uint8_t since_version = 1;  // the opset in which this definition appeared
  Domain domain = Domain::kOnnx;
  std::uint8_t flags = 0;
  PrepareFunction prepare = nullptr;  // then the node keeps its class labels only

  // flags
  static constexpr std::uint8_t kAliases = 1;  // the output is the first input's memory, reshaped
  // The function may write its output over its first input: same shape, same element type, and
  // it reads element i before or when it writes element i.
  static constexpr std::uint8_t kInPlace = 2;
  // The function knows float only: float16 and double tensors reach it as float and what it makes
  // is converted back. Constants are converted once, when the file is opened.
  static constexpr std::uint8_t kViaFloat = 4;
  // With kViaFloat: the function knows double as well.
  static constexpr std::uint8_t kKeepsDouble = 16;
  // The function does not depend on its inputs alone (it runs subgraphs): never folded.
  static constexpr std::uint8_t kNotFolded = 8;
};

class Registry {
 public:
  // `operators` and everything it points to must outlive the registry (a constexpr table does).
  // A plan accepts models whose opset of each domain is at most that in `newest`.
  constexpr Registry(std::span<const OperatorDef> operators,
                     std::span<const std::uint8_t, kDomains> newest)
      : operators_(operators), newest_(newest) {}

  // The newest definition with since_version <= opset; nullptr when there is none.
  const OperatorDef* find(Domain domain, std::string_view name, std::int64_t opset) const;
  // What to tell a user whose operator was not found: "an operator of the list Add, Cast, ...", or
  // the opsets from which this one is supported.
  std::string describe_supported(std::string_view domain, std::string_view name) const;

  std::span<const OperatorDef> operators() const { return operators_; }
  int newest_opset(Domain domain) const { return newest_[static_cast<std::size_t>(domain)]; }

 private:
  std::span<const OperatorDef> operators_;
  std::span<const std::uint8_t, kDomains> newest_;
};

}  // namespace storewise::graph
