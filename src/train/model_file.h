// An ONNX file as views of its messages, for tools that look at a file or rewrite parts of it.
//
// Unlike the engine's reader (onnx/reader.h) it accepts every model that is ONNX at all: unknown
// operators, domains and types, subgraphs, functions, external data. It checks that messages lie
// within the file and nothing else; it executes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "onnx/types.h"

namespace storewise::train {

struct FileTensor {
  std::string_view message;  // its TensorProto
  std::string_view name;
  onnx::DataType type = onnx::DataType::kUndefined;
  std::vector<std::int64_t> dims;
  std::size_t data_bytes = 0;  // what its elements take in the file
  bool external = false;       // its elements lie in another file

  // Product of the sizes; SIZE_MAX when it overflows or a size is negative.
  std::size_t elements() const;
  // The elements of a float tensor; empty when it is of another type, external, or its data do not
  // fill its shape.
  std::vector<float> floats() const;
  // The same for int64.
  std::vector<std::int64_t> ints() const;
};

struct FileGraph;

struct FileAttribute {
  std::string_view message;  // its AttributeProto
  std::string_view name;
  std::int64_t i = 0;
  float f = 0;
  std::string_view s;
  std::vector<std::int64_t> ints;
  std::size_t float_count = 0;         // of a list of floats
  std::unique_ptr<FileTensor> tensor;  // null when it is of another kind
  std::vector<FileGraph> graphs;       // of a subgraph, or of a list of them
};

struct FileNode {
  std::string_view message;  // its NodeProto
  std::string_view name;
  std::string_view op_type;
  std::string_view domain;               // "" for ONNX's own
  std::vector<std::string_view> inputs;  // "" where an optional input is left out
  std::vector<std::string_view> outputs;
  std::vector<FileAttribute> attributes;

  const FileAttribute* find(std::string_view attribute) const;
  std::int64_t int_or(std::string_view attribute, std::int64_t fallback) const;
  // How messages call it: its name, or "Conv that makes "x"" when it has none.
  std::string label() const;
};

// A declared input, output or intermediate value.
struct FileValue {
  std::string_view name;
  onnx::DataType type = onnx::DataType::kUndefined;  // kUndefined also for what is no tensor
  std::string_view kind = "tensor";                  // "sequence", "map", "optional", ...
  bool has_shape = false;
  std::vector<std::pair<std::int64_t, std::string_view>> dims;  // size, or -1 and a name or ""
};

struct FileGraph {
  std::string_view message;  // its GraphProto
  std::string_view name;
  std::vector<FileNode> nodes;
  std::vector<FileTensor> initializers;
  std::vector<FileValue> inputs;
  std::vector<FileValue> outputs;
  std::vector<FileValue> values;  // value_info
  std::size_t sparse_initializers = 0;
};

struct FileModel {
  std::string_view message;  // the whole file
  std::int64_t ir_version = 0;
  std::string_view producer;
  std::string_view producer_version;
  std::vector<std::pair<std::string_view, std::int64_t>> opsets;  // domain ("" is ONNX's), version
  std::vector<std::pair<std::string_view, std::string_view>> metadata;
  std::vector<std::string_view> functions;  // names of model-local functions
  FileGraph graph;

  // The version of ONNX's own operator set; 0 when the file imports none.
  std::int64_t opset() const;
};

// Reads the messages; `bytes` must outlive the result. Throws Error(kInvalidModel) when they are no
// ONNX file, kUnsupported when subgraphs nest beyond 32 levels.
FileModel read_model_file(std::span<const std::uint8_t> bytes);

// Calls visit(const FileGraph&) for the graph and every subgraph within it, outer ones first.
template <typename Visit>
void for_each_graph(const FileGraph& graph, Visit&& visit) {
  visit(graph);
  for (const FileNode& node : graph.nodes) {
    for (const FileAttribute& attribute : node.attributes) {
      for (const FileGraph& inner : attribute.graphs) for_each_graph(inner, visit);
    }
  }
}

}  // namespace storewise::train
