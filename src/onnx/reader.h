// Reads an ONNX file as views: names and weights stay where they lie in the caller's bytes.
//
// Every length, count and shape in the file is checked before anything follows it. What the reader
// refuses: external data, sparse initializers, model-local functions, graphs in graphs deeper than
// kMaxGraphDepth, more than kMaxParts nodes or tensors. It does not judge whether the graph makes
// sense; the graph room does.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "onnx/types.h"

namespace storewise::onnx {

// More nodes, tensors, inputs or attributes than this in one list is taken for an attack.
inline constexpr std::size_t kMaxParts = 200000;
// Of texts in one attribute: class labels, vocabularies.
inline constexpr std::size_t kMaxTexts = 10000000;
// The model's graph is at depth 0, the body of a Loop in it at 1.
inline constexpr int kMaxGraphDepth = 8;

struct TensorRef {
  std::string_view name;
  DataType type = DataType::kUndefined;
  std::vector<std::int64_t> dims;
  // Exactly the shape's elements, little-endian, row-major, at any alignment: a view into the
  // file, or into `decoded` where the file spells elements out one by one. Of strings, views of
  // their characters in the file.
  std::span<const std::uint8_t> bytes;
  std::unique_ptr<std::uint8_t[]> decoded;
};

enum class AttributeKind : std::uint8_t {
  kNone,
  kFloat,
  kInt,
  kString,
  kTensor,
  kFloats,
  kInts,
  kStrings,
  kGraph,
  kOther
};

struct GraphRef;

// Lists that describe trees (their names begin with nodes_, class_, target_ or leaf_) have an
// element for each of perhaps a million nodes: `ints`, `floats` and `strings` of these stay empty,
// and ListReader reads them where they lie.
struct AttributeRef {
  AttributeRef();
  ~AttributeRef();
  AttributeRef(AttributeRef&&) noexcept;
  AttributeRef& operator=(AttributeRef&&) noexcept;

  std::string_view name;
  AttributeKind kind = AttributeKind::kNone;
  std::int64_t i = 0;
  float f = 0;
  std::string_view s;
  std::vector<std::int64_t> ints;
  std::vector<float> floats;
  std::vector<std::string_view> strings;
  std::unique_ptr<TensorRef> tensor;
  std::unique_ptr<GraphRef> graph;
  std::string_view message;  // all of it as it stands in the file
};

// The elements of an attribute's list one after the other, in place.
class ListReader {
 public:
  ListReader() = default;  // of an empty list
  explicit ListReader(const AttributeRef& attribute) : rest_(attribute.message) {}

  // The next of the ints, of the floats, or of the strings; false after the last, or where the list
  // is damaged. A reader is for one of the three.
  bool next(std::int64_t* value);
  bool next(float* value);
  bool next(std::string_view* value);

 private:
  std::string_view rest_;   // of the message
  std::string_view block_;  // of elements that stand side by side
};

struct NodeRef {
  std::string_view name;
  std::string_view op_type;
  std::string_view domain;
  std::vector<std::string_view> inputs;  // "" where an optional input is left out
  std::vector<std::string_view> outputs;
  std::vector<AttributeRef> attributes;
};

struct ValueInfoRef {
  std::string_view name;
  DataType type = DataType::kUndefined;  // kUndefined when the file does not say, or no tensor
  // A map from `key` to `type` instead of a tensor, where `key` is defined.
  DataType key = DataType::kUndefined;
  bool has_shape = false;
  std::vector<std::int64_t> dims;  // -1 where a name or nothing stands for a size
};

struct GraphRef {
  std::vector<NodeRef> nodes;
  std::vector<TensorRef> initializers;
  std::vector<ValueInfoRef> inputs;
  std::vector<ValueInfoRef> outputs;
};

struct ModelRef : GraphRef {
  std::int64_t ir_version = 0;
  std::vector<std::pair<std::string_view, std::int64_t>> opsets;  // domain ("" is ONNX's), version
  std::vector<std::pair<std::string_view, std::string_view>> metadata;
};

// Reads a ModelProto. `bytes` must outlive the result. Throws Error: kInvalidModel when they are
// not one ("got HTML", truncated, a tensor whose bytes do not fill its shape), kUnsupported for
// what the reader leaves out.
ModelRef read_model(std::span<const std::uint8_t> bytes);

// Reads a lone TensorProto, the form of ONNX's test data. As read_model.
TensorRef read_tensor(std::span<const std::uint8_t> bytes);

}  // namespace storewise::onnx
