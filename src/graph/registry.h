// The table of operators that a plan may use. The graph room defines its form, src/ops fills it.
//
// To add an operator: write one function over graph::Invocation (invocation.h) in src/ops and add
// one row to the table in src/ops/registry.cpp. Everything a plan has to know when it opens a file
// stands in the row, so that an operator's function meets only what its row allows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "graph/tensor.h"

namespace storewise::graph {

class Invocation;

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
    return (bits_ >> static_cast<unsigned>(type) & 1u) != 0;
  }
  std::string to_string() const;  // "float, int32 or int64"

 private:
  std::uint32_t bits_ = 0;
};

// How the type of a node's outputs follows from its inputs and attributes.
enum class OutputType : std::uint8_t {
  kFirstInput,      // that of the first input
  kFloat,           // float
  kInt64,           // int64
  kBool,            // bool
  kAttributeTo,     // the number in the attribute "to" (Cast)
  kAttributeValue,  // that of the tensor in the attribute "value", float without it
  kFirstThenInt64,  // first output: the first input's; second: int64 (TopK)
};

struct OperatorDef {
  std::string_view domain;  // "" is ONNX's own
  std::string_view name;
  int since_version = 1;  // the opset in which this definition appeared
  OperatorFunction run = nullptr;
  std::uint8_t min_inputs = 1;
  std::uint8_t max_inputs = 1;  // kAnyNumber: the last entry of `input_types` repeats
  std::uint8_t max_outputs = 1;
  OutputType output_type = OutputType::kFirstInput;
  // Types allowed at each input; inputs beyond the fourth follow the fourth.
  std::array<TypeSet, 4> input_types{};
  // Attributes that the function knows, with a letter for the kind (i int, f float, s string,
  // t tensor, I ints, F floats, S strings): "axis=i keepdims=i". A node with any other is refused,
  // because leaving an attribute out of account gives wrong numbers silently.
  std::string_view attributes = {};
  unsigned flags = 0;

  static constexpr std::uint8_t kAnyNumber = 255;
  // flags
  static constexpr unsigned kSameTypes = 1;  // all inputs have the first one's type
  static constexpr unsigned kAliases = 2;    // the output is the first input's memory, reshaped
  // The function may write its output over its first input: same shape, same element type, and
  // it reads element i before or when it writes element i.
  static constexpr unsigned kInPlace = 4;
};

class Registry {
 public:
  // `operators` and everything it points to must outlive the registry (a constexpr table does).
  // A plan accepts models whose default opset lies in [oldest_opset, newest_opset].
  constexpr Registry(std::span<const OperatorDef> operators, int oldest_opset, int newest_opset)
      : operators_(operators), oldest_opset_(oldest_opset), newest_opset_(newest_opset) {}

  // The newest definition with since_version <= opset; nullptr when there is none.
  const OperatorDef* find(std::string_view domain, std::string_view name, int opset) const;
  // What to tell a user whose operator was not found: "an operator of the list Add, Cast, ...", or
  // the opsets from which this one is supported.
  std::string describe_supported(std::string_view domain, std::string_view name) const;

  std::span<const OperatorDef> operators() const { return operators_; }
  int oldest_opset() const { return oldest_opset_; }
  int newest_opset() const { return newest_opset_; }

 private:
  std::span<const OperatorDef> operators_;
  int oldest_opset_;
  int newest_opset_;
};

}  // namespace storewise::graph
