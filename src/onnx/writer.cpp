#include "onnx/writer.h"

#include <protozero/pbf_writer.hpp>

#include "onnx/schema.h"
#include "support/checked.h"
#include "support/message.h"

namespace storewise::onnx {
namespace {

using protozero::pbf_writer;

constexpr std::int64_t kIrVersion = 8;

void add_bytes(pbf_writer& out, field::Tag tag, std::span<const std::uint8_t> bytes) {
  out.add_bytes(tag, reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void check_size(std::string_view name, std::size_t needed, std::string_view unit,
                std::size_t given) {
  if (needed == given) return;
  throw_error(ErrorCode::kInvalidInput,
              "the tensor cannot be written|tensor \"%\"|% % for its type and shape|%", name,
              needed, unit, given);
}

// The number of elements, or SIZE_MAX where there can be none.
std::size_t elements_of(const std::vector<std::int64_t>& dims) {
  std::size_t count = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || !checked_multiply(count, static_cast<std::size_t>(dim), &count)) return SIZE_MAX;
  }
  return count;
}

void write_tensor_head(pbf_writer& out, std::string_view name, DataType type,
                       const std::vector<std::int64_t>& dims) {
  out.add_packed_int64(field::tensor::kDims, dims.begin(), dims.end());
  out.add_int32(field::tensor::kDataType, static_cast<std::int32_t>(type));
  if (!name.empty()) out.add_string(field::tensor::kName, name.data(), name.size());
}

void write_tensor(pbf_writer& out, std::string_view name, const TensorSource& tensor) {
  std::size_t size = elements_of(tensor.dims);
  const std::size_t element = element_size(tensor.type);
  const bool has_bytes = element != 0 && tensor.type != DataType::kString;
  if (!has_bytes || size > SIZE_MAX / element) {
    size = SIZE_MAX;
  } else {
    size = storage_bytes(tensor.type, size);
  }
  check_size(name, size, "bytes", tensor.bytes.size());
  write_tensor_head(out, name, tensor.type, tensor.dims);
  add_bytes(out, field::tensor::kRawData, tensor.bytes);
}

// A ValueInfoProto: a name and, by `write_type`, its TypeProto.
template <typename WriteType>
std::string value_info(std::string_view name, WriteType&& write_type) {
  std::string message;
  pbf_writer out(message);
  out.add_string(field::value_info::kName, name.data(), name.size());
  pbf_writer type_out(out, field::value_info::kType);
  write_type(type_out);
  type_out.commit();
  return message;
}

std::string tensor_info(std::string_view name, DataType type, const std::vector<Dimension>& dims) {
  std::string shape;
  pbf_writer shape_out(shape);
  for (const Dimension& dim : dims) {
    pbf_writer dim_out(shape_out, field::shape::kDimension);
    if (dim.symbol.empty()) {
      dim_out.add_int64(field::dimension::kValue, dim.size);
    } else {
      dim_out.add_string(field::dimension::kSymbol, dim.symbol);
    }
  }
  return value_info(name, [&](pbf_writer& out) {
    if (type == DataType::kUndefined) return;
    pbf_writer tensor(out, field::type::kTensorType);
    tensor.add_int32(field::tensor_type::kElementType, static_cast<std::int32_t>(type));
    tensor.add_message(field::tensor_type::kShape, shape);  // also when empty: a scalar
  });
}

// Writes an AttributeProto: its name, the value by `write_value`, and its type.
template <typename WriteValue>
std::string attribute_message(std::string_view name, std::int32_t type, WriteValue&& write_value) {
  std::string message;
  pbf_writer out(message);
  out.add_string(field::attribute::kName, name.data(), name.size());
  write_value(out);
  out.add_enum(field::attribute::kType, type);
  return message;
}

}  // namespace

Attribute::Attribute(std::string_view name, std::int64_t value)
    : message_(attribute_message(name, field::attribute::kTypeInt, [&](pbf_writer& out) {
        out.add_int64(field::attribute::kInt, value);
      })) {}

Attribute::Attribute(std::string_view name, float value)
    : message_(attribute_message(name, field::attribute::kTypeFloat, [&](pbf_writer& out) {
        out.add_float(field::attribute::kFloat, value);
      })) {}

Attribute::Attribute(std::string_view name, std::string_view value)
    : message_(attribute_message(name, field::attribute::kTypeString, [&](pbf_writer& out) {
        out.add_bytes(field::attribute::kString, value.data(), value.size());
      })) {}

Attribute::Attribute(std::string_view name, const std::vector<std::int64_t>& values)
    : message_(attribute_message(name, field::attribute::kTypeInts, [&](pbf_writer& out) {
        out.add_packed_int64(field::attribute::kInts, values.begin(), values.end());
      })) {}

Attribute::Attribute(std::string_view name, const std::vector<float>& values)
    : message_(attribute_message(name, field::attribute::kTypeFloats, [&](pbf_writer& out) {
        out.add_packed_float(field::attribute::kFloats, values.begin(), values.end());
      })) {}

Attribute::Attribute(std::string_view name, const std::vector<std::string>& values)
    : message_(attribute_message(name, field::attribute::kTypeStrings, [&](pbf_writer& out) {
        for (const std::string& value : values) out.add_bytes(field::attribute::kStrings, value);
      })) {}

Attribute::Attribute(std::string_view name, const ModelWriter& graph)
    : message_(attribute_message(name, field::attribute::kTypeGraph, [&](pbf_writer& out) {
        out.add_message(field::attribute::kGraph, graph.graph());
      })) {}

Attribute::Attribute(std::string_view name, const TensorSource& value)
    : message_(attribute_message(name, field::attribute::kTypeTensor, [&](pbf_writer& out) {
        pbf_writer tensor_out(out, field::attribute::kTensor);
        write_tensor(tensor_out, {}, value);
      })) {}

ModelWriter::ModelWriter(std::string_view graph_name, std::int64_t opset)
    : graph_name_(graph_name), opsets_{{"", opset}} {}

void ModelWriter::add_opset(std::string_view domain, std::int64_t version) {
  for (auto& opset : opsets_) {
    if (opset.first == domain) {
      opset.second = version;
      return;
    }
  }
  opsets_.emplace_back(domain, version);
}

void ModelWriter::add_input(std::string_view name, DataType type,
                            const std::vector<Dimension>& dims) {
  inputs_.push_back(tensor_info(name, type, dims));
}

void ModelWriter::add_map_input(std::string_view name, DataType key, DataType value) {
  inputs_.push_back(value_info(name, [&](pbf_writer& out) {
    pbf_writer map(out, field::type::kMapType);
    map.add_int32(field::map_type::kKeyType, static_cast<std::int32_t>(key));
    pbf_writer type(map, field::map_type::kValueType);
    pbf_writer tensor(type, field::type::kTensorType);
    tensor.add_int32(field::tensor_type::kElementType, static_cast<std::int32_t>(value));
    tensor.add_message(field::tensor_type::kShape, std::string());
  }));
}

void ModelWriter::add_output(std::string_view name, DataType type,
                             const std::vector<Dimension>& dims) {
  outputs_.push_back(tensor_info(name, type, dims));
}

void ModelWriter::add_initializer(std::string_view name, DataType type,
                                  const std::vector<std::int64_t>& dims,
                                  std::span<const std::uint8_t> bytes) {
  std::string message;
  pbf_writer out(message);
  write_tensor(out, name, {type, dims, bytes});
  initializers_.push_back(std::move(message));
}

void ModelWriter::add_strings(std::string_view name, const std::vector<std::int64_t>& dims,
                              const std::vector<std::string>& values) {
  check_size(name, elements_of(dims), "strings", values.size());
  std::string message;
  pbf_writer out(message);
  write_tensor_head(out, name, DataType::kString, dims);
  for (const std::string& value : values) out.add_bytes(field::tensor::kStringData, value);
  initializers_.push_back(std::move(message));
}

void ModelWriter::add_node(std::string_view op_type, const std::vector<std::string_view>& inputs,
                           const std::vector<std::string_view>& outputs,
                           const std::vector<Attribute>& attributes, std::string_view domain) {
  std::string message;
  pbf_writer out(message);
  for (const std::string_view input : inputs) {
    out.add_string(field::node::kInput, input.data(), input.size());
  }
  for (const std::string_view output : outputs) {
    out.add_string(field::node::kOutput, output.data(), output.size());
  }
  if (!outputs.empty()) out.add_string(field::node::kName, outputs[0].data(), outputs[0].size());
  out.add_string(field::node::kOpType, op_type.data(), op_type.size());
  for (const Attribute& attribute : attributes) {
    out.add_message(field::node::kAttribute, attribute.message());
  }
  if (!domain.empty()) out.add_string(field::node::kDomain, domain.data(), domain.size());
  nodes_.push_back(std::move(message));
}

void ModelWriter::set_metadata(std::string_view key, std::string_view value) {
  for (auto& entry : metadata_) {
    if (entry.first == key) {
      entry.second = value;
      return;
    }
  }
  metadata_.emplace_back(key, value);
}

std::string ModelWriter::graph() const {
  std::string message;
  pbf_writer out(message);
  for (const std::string& node : nodes_) out.add_message(field::graph::kNode, node);
  out.add_string(field::graph::kName, graph_name_);
  for (const std::string& tensor : initializers_) {
    out.add_message(field::graph::kInitializer, tensor);
  }
  for (const std::string& input : inputs_) out.add_message(field::graph::kInput, input);
  for (const std::string& output : outputs_) out.add_message(field::graph::kOutput, output);
  return message;
}

std::string ModelWriter::bytes() const {
  std::string message;
  pbf_writer out(message);
  out.add_int64(field::model::kIrVersion, kIrVersion);
  out.add_string(field::model::kProducerName, "storewise");
  out.add_message(field::model::kGraph, graph());
  for (const auto& [domain, version] : opsets_) {
    pbf_writer opset(out, field::model::kOpsetImport);
    opset.add_string(field::opset::kDomain, domain);
    opset.add_int64(field::opset::kVersion, version);
  }
  for (const auto& [key, value] : metadata_) {
    pbf_writer entry(out, field::model::kMetadataProps);
    entry.add_string(field::metadata::kKey, key);
    entry.add_string(field::metadata::kValue, value);
  }
  return message;
}

}  // namespace storewise::onnx
