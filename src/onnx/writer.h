// Builds an ONNX model, value by value, into bytes that any ONNX runtime opens.
//
// Writes what it is told: names, types and the order of nodes are the caller's duty (the graph
// room checks them when it opens the file). The same calls give the same bytes. It refuses only
// what it can see: an initializer whose bytes or strings do not match its shape.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "onnx/types.h"

namespace storewise::onnx {

// A dimension of a declared input or output: a size, or a name where any size will do ("n").
struct Dimension {
  Dimension(std::int64_t fixed) : size(fixed) {}  // NOLINT: meant to convert
  Dimension(int fixed) : size(fixed) {}           // NOLINT
  Dimension(std::size_t fixed) : size(static_cast<std::int64_t>(fixed)) {}  // NOLINT
  Dimension(const char* name) : symbol(name) {}                             // NOLINT
  std::int64_t size = -1;
  std::string symbol;
};

// A tensor to be written; `bytes` are little-endian elements in row-major order.
struct TensorSource {
  DataType type = DataType::kUndefined;
  std::vector<std::int64_t> dims;
  std::span<const std::uint8_t> bytes;
};

// The bytes of a vector or array of numbers, for TensorSource and add_initializer.
template <typename Numbers>
std::span<const std::uint8_t> bytes_of(const Numbers& numbers) {
  static_assert(std::is_arithmetic_v<typename Numbers::value_type>);
  return {reinterpret_cast<const std::uint8_t*>(numbers.data()),
          numbers.size() * sizeof(typename Numbers::value_type)};
}

class ModelWriter;

// A node's attribute. The constructors that ONNX's kinds need and no others: give integers as
// std::int64_t or int, decimals as float.
class Attribute {
 public:
  Attribute(std::string_view name, std::int64_t value);
  Attribute(std::string_view name, int value) : Attribute(name, std::int64_t{value}) {}
  Attribute(std::string_view name, float value);
  Attribute(std::string_view name, std::string_view value);
  Attribute(std::string_view name, const char* value) : Attribute(name, std::string_view(value)) {}
  Attribute(std::string_view name, const std::vector<std::int64_t>& values);
  Attribute(std::string_view name, const std::vector<float>& values);
  Attribute(std::string_view name, const std::vector<std::string>& values);
  Attribute(std::string_view name, const TensorSource& value);
  // The writer's graph as it is now, for If, Loop and Scan; opsets and metadata are the model's.
  Attribute(std::string_view name, const ModelWriter& graph);

  const std::string& message() const { return message_; }  // its AttributeProto

 private:
  std::string message_;
};

class ModelWriter {
 public:
  // `opset` is the version of ONNX's default operator set that the nodes are written for.
  explicit ModelWriter(std::string_view graph_name, std::int64_t opset = 17);

  // One more operator set, "ai.onnx.ml" for example. The last version of a domain stays.
  void add_opset(std::string_view domain, std::int64_t version);

  // kUndefined as type leaves type and shape open, as inner graphs may.
  void add_input(std::string_view name, DataType type, const std::vector<Dimension>& dims);
  // A map from `key` (int64 or string) to `value`.
  void add_map_input(std::string_view name, DataType key, DataType value);
  void add_output(std::string_view name, DataType type, const std::vector<Dimension>& dims);
  // Copies `bytes`. Throws Error(kInvalidInput) when they do not fill the shape exactly.
  void add_initializer(std::string_view name, DataType type, const std::vector<std::int64_t>& dims,
                       std::span<const std::uint8_t> bytes);
  // The same for strings.
  void add_strings(std::string_view name, const std::vector<std::int64_t>& dims,
                   const std::vector<std::string>& values);
  // Nodes in an order in which every value is made before it is used. An empty input name stands
  // for an optional input left out. The node is named after its first output.
  void add_node(std::string_view op_type, const std::vector<std::string_view>& inputs,
                const std::vector<std::string_view>& outputs,
                const std::vector<Attribute>& attributes = {}, std::string_view domain = {});
  void set_metadata(std::string_view key, std::string_view value);  // the last value of a key stays

  // The whole ModelProto: ir_version 8, producer "storewise".
  std::string bytes() const;
  std::string graph() const;  // its GraphProto alone

 private:
  std::string graph_name_;
  std::vector<std::pair<std::string, std::int64_t>> opsets_;  // domain, version
  // Finished messages of GraphProto, in the order of the calls.
  std::vector<std::string> nodes_;
  std::vector<std::string> initializers_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  std::vector<std::pair<std::string, std::string>> metadata_;
};

}  // namespace storewise::onnx
