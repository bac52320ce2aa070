#include "train/model_file.h"

#include <algorithm>
#include <cstring>

#include "onnx/field_reader.h"
#include "onnx/schema.h"
#include "support/checked.h"
#include "support/message.h"

namespace storewise::train {
namespace {

namespace field = onnx::field;
using onnx::append_ints;
using onnx::FieldReader;
using onnx::Wire;

constexpr int kMaxNesting = 32;

// Fields that only tools ask for; the rest are in onnx/schema.h.
constexpr field::Tag kGraphName = 2, kGraphValueInfo = 13;
constexpr field::Tag kAttributeGraph = 6, kAttributeGraphs = 11;
constexpr field::Tag kFunctionName = 1;

// A field counts only under the wire type it must have; anything else is unknown and passed over.
bool is_block(const FieldReader& in, field::Tag number) {
  return in.tag() == onnx::tag_of(number, Wire::kBlock);
}
bool is_varint(const FieldReader& in, field::Tag number) {
  return in.tag() == onnx::tag_of(number, Wire::kVarint);
}
bool is_fixed32(const FieldReader& in, field::Tag number) {
  return in.tag() == onnx::tag_of(number, Wire::kFixed32);
}

bool is_repeated_int(const FieldReader& in, field::Tag tag) {
  return is_varint(in, tag) || is_block(in, tag);
}

std::string_view plain_domain(std::string_view domain) {
  return domain == "ai.onnx" ? std::string_view() : domain;
}

FileTensor parse_tensor(std::string_view message) {
  FileTensor tensor;
  tensor.message = message;
  FieldReader in(message);
  while (in.next()) {
    if (is_repeated_int(in, field::tensor::kDims)) {
      append_ints(in, &tensor.dims);
    } else if (is_varint(in, field::tensor::kDataType)) {
      tensor.type = static_cast<onnx::DataType>(in.integer32());
    } else if (is_block(in, field::tensor::kName)) {
      tensor.name = in.block();
    } else if (is_varint(in, field::tensor::kDataLocation)) {
      tensor.external = in.integer32() == 1;
    } else {
      switch (in.number()) {
        case field::tensor::kRawData:
        case field::tensor::kFloatData:
        case field::tensor::kInt32Data:
        case field::tensor::kInt64Data:
        case field::tensor::kDoubleData:
        case field::tensor::kUint64Data:
        case field::tensor::kStringData: {
          tensor.data_bytes += in.block().size();
          if (in.wire() == Wire::kVarint) {
            tensor.data_bytes += 1;
            for (auto left = static_cast<std::uint64_t>(in.integer()) >> 7; left > 0; left >>= 7) {
              ++tensor.data_bytes;
            }
          }
          break;
        }
        default:
          break;
      }
    }
  }
  return tensor;
}

FileGraph parse_graph(std::string_view message, int nesting);

FileAttribute parse_attribute(std::string_view message, int nesting) {
  FileAttribute attribute;
  attribute.message = message;
  FieldReader in(message);
  while (in.next()) {
    if (is_block(in, field::attribute::kName)) {
      attribute.name = in.block();
    } else if (is_varint(in, field::attribute::kInt)) {
      attribute.i = in.integer();
    } else if (is_fixed32(in, field::attribute::kFloat)) {
      attribute.f = in.single();
    } else if (is_block(in, field::attribute::kString)) {
      attribute.s = in.block();
    } else if (is_repeated_int(in, field::attribute::kInts)) {
      append_ints(in, &attribute.ints);
    } else if (is_block(in, field::attribute::kFloats)) {
      attribute.float_count += in.block().size() / sizeof(float);
    } else if (is_fixed32(in, field::attribute::kFloats)) {
      ++attribute.float_count;
    } else if (is_block(in, field::attribute::kTensor)) {
      attribute.tensor = std::make_unique<FileTensor>(parse_tensor(in.block()));
    } else if (is_block(in, kAttributeGraph) || is_block(in, kAttributeGraphs)) {
      attribute.graphs.push_back(parse_graph(in.block(), nesting + 1));
    }
  }
  return attribute;
}

FileNode parse_node(std::string_view message, int nesting) {
  FileNode node;
  node.message = message;
  FieldReader in(message);
  while (in.next()) {
    if (is_block(in, field::node::kInput)) {
      node.inputs.push_back(in.block());
    } else if (is_block(in, field::node::kOutput)) {
      node.outputs.push_back(in.block());
    } else if (is_block(in, field::node::kName)) {
      node.name = in.block();
    } else if (is_block(in, field::node::kOpType)) {
      node.op_type = in.block();
    } else if (is_block(in, field::node::kDomain)) {
      node.domain = plain_domain(in.block());
    } else if (is_block(in, field::node::kAttribute)) {
      node.attributes.push_back(parse_attribute(in.block(), nesting));
    }
  }
  return node;
}

void parse_shape(std::string_view message, FileValue* value) {
  value->has_shape = true;
  FieldReader in(message);
  while (in.next()) {
    if (!is_block(in, field::shape::kDimension)) continue;
    auto& [size, symbol] = value->dims.emplace_back(-1, std::string_view());
    FieldReader dimension(in.block());
    while (dimension.next()) {
      if (is_varint(dimension, field::dimension::kValue)) {
        size = std::max<std::int64_t>(dimension.integer(), -1);
      } else if (is_block(dimension, field::dimension::kSymbol)) {
        symbol = dimension.block();
      }
    }
  }
}

FileValue parse_value(std::string_view message) {
  FileValue value;
  FieldReader in(message);
  while (in.next()) {
    if (is_block(in, field::value_info::kName)) {
      value.name = in.block();
      continue;
    }
    if (!is_block(in, field::value_info::kType)) continue;
    FieldReader type(in.block());
    while (type.next()) {
      // TypeProto's kinds by field number.
      static constexpr std::string_view kKinds[] = {
          "", "tensor", "", "", "sequence", "map", "", "", "sparse tensor", "optional"};
      if (type.wire() != Wire::kBlock || type.number() >= std::size(kKinds) ||
          kKinds[type.number()].empty()) {
        continue;
      }
      value.kind = kKinds[type.number()];
      if (type.number() != field::type::kTensorType) continue;
      FieldReader tensor(type.block());
      while (tensor.next()) {
        if (is_varint(tensor, field::tensor_type::kElementType)) {
          value.type = static_cast<onnx::DataType>(tensor.integer32());
        } else if (is_block(tensor, field::tensor_type::kShape)) {
          parse_shape(tensor.block(), &value);
        }
      }
    }
  }
  return value;
}

FileGraph parse_graph(std::string_view message, int nesting) {
  if (nesting > kMaxNesting) {
    throw_error(ErrorCode::kUnsupported, "the model's subgraphs nest too deep", {}, {},
                {"at most ", kMaxNesting, " levels"}, {"more"});
  }
  FileGraph graph;
  graph.message = message;
  FieldReader in(message);
  while (in.next()) {
    if (in.wire() != Wire::kBlock) continue;
    switch (in.number()) {
      case field::graph::kNode:
        graph.nodes.push_back(parse_node(in.block(), nesting));
        break;
      case kGraphName:
        graph.name = in.block();
        break;
      case field::graph::kInitializer:
        graph.initializers.push_back(parse_tensor(in.block()));
        break;
      case field::graph::kInput:
        graph.inputs.push_back(parse_value(in.block()));
        break;
      case field::graph::kOutput:
        graph.outputs.push_back(parse_value(in.block()));
        break;
      case kGraphValueInfo:
        graph.values.push_back(parse_value(in.block()));
        break;
      case field::graph::kSparseInitializer:
        ++graph.sparse_initializers;
        break;
      default:
        break;
    }
  }
  return graph;
}

// Two fields of a message: text and text, or text and number.
template <typename Second>
std::pair<std::string_view, Second> parse_pair(std::string_view message) {
  std::pair<std::string_view, Second> pair{};
  FieldReader in(message);
  while (in.next()) {
    if (is_block(in, 1)) {
      pair.first = in.block();
    } else if constexpr (std::is_same_v<Second, std::int64_t>) {
      if (is_varint(in, 2)) {
        pair.second = in.integer();
      }
    } else if (is_block(in, 2)) {
      pair.second = in.block();
    }
  }
  return pair;
}

std::string_view function_name(std::string_view message) {
  std::string_view name;
  FieldReader in(message);
  while (in.next()) {
    if (is_block(in, kFunctionName)) {
      name = in.block();
    }
  }
  return name;
}

// The elements of a tensor of 4-byte or 8-byte numbers, raw or spelt out under `number`, of which
// one alone has the wire type `single`.
template <typename Number, typename Append>
std::vector<Number> numbers(const FileTensor& tensor, field::Tag number, Wire single,
                            Append&& append) {
  std::vector<Number> values;
  try {
    FieldReader in(tensor.message);
    while (in.next()) {
      if (is_block(in, field::tensor::kRawData)) {
        const std::string_view raw = in.block();
        values.resize(raw.size() / sizeof(Number));
        if (!values.empty()) std::memcpy(values.data(), raw.data(), values.size() * sizeof(Number));
      } else if (is_block(in, number) || in.tag() == onnx::tag_of(number, single)) {
        append(in, &values);
      }
    }
  } catch (const Error&) {
    return {};  // a list that is damaged inside
  }
  if (tensor.external || values.size() != tensor.elements()) values.clear();
  return values;
}

}  // namespace

std::size_t FileTensor::elements() const {
  std::size_t count = 1;
  bool fits = true;
  for (const std::int64_t dim : dims) {
    fits = fits && dim >= 0 && checked_multiply(count, static_cast<std::size_t>(dim), &count);
  }
  return fits ? count : SIZE_MAX;
}

std::vector<float> FileTensor::floats() const {
  if (type != onnx::DataType::kFloat) return {};
  return numbers<float>(*this, field::tensor::kFloatData, Wire::kFixed32,
                        onnx::append_fixed<float>);
}

std::vector<std::int64_t> FileTensor::ints() const {
  if (type != onnx::DataType::kInt64) return {};
  return numbers<std::int64_t>(*this, field::tensor::kInt64Data, Wire::kVarint, append_ints);
}

const FileAttribute* FileNode::find(std::string_view attribute) const {
  for (const FileAttribute& candidate : attributes) {
    if (candidate.name == attribute) return &candidate;
  }
  return nullptr;
}

std::int64_t FileNode::int_or(std::string_view attribute, std::int64_t fallback) const {
  const FileAttribute* found = find(attribute);
  return found != nullptr ? found->i : fallback;
}

std::string FileNode::label() const {
  if (!name.empty()) return std::string(name);
  if (outputs.empty()) return std::string(op_type);
  return storewise::message({op_type, " that makes \"", outputs[0], "\""});
}

std::int64_t FileModel::opset() const {
  for (const auto& [domain, version] : opsets) {
    if (domain.empty()) return version;
  }
  return 0;
}

FileModel read_model_file(std::span<const std::uint8_t> bytes) {
  FileModel model;
  model.message = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  bool has_graph = false;
  try {
    FieldReader in(model.message);
    while (in.next()) {
      if (is_varint(in, field::model::kIrVersion)) {
        model.ir_version = in.integer();
      } else if (is_block(in, field::model::kProducerName)) {
        model.producer = in.block();
      } else if (is_block(in, field::model::kProducerVersion)) {
        model.producer_version = in.block();
      } else if (is_block(in, field::model::kGraph)) {
        model.graph = parse_graph(in.block(), 0);
        has_graph = true;
      } else if (is_block(in, field::model::kOpsetImport)) {
        auto opset = parse_pair<std::int64_t>(in.block());
        opset.first = plain_domain(opset.first);
        model.opsets.push_back(opset);
      } else if (is_block(in, field::model::kMetadataProps)) {
        model.metadata.push_back(parse_pair<std::string_view>(in.block()));
      } else if (is_block(in, field::model::kFunctions)) {
        model.functions.push_back(function_name(in.block()));
      }
    }
  } catch (const Error& error) {
    if (!onnx::is_unreadable(error)) throw;
    throw_error(ErrorCode::kInvalidModel, "the model cannot be read", {}, {}, {"an ONNX file"},
                {"a damaged file or another format (", bytes.size(), " bytes)"});
  }
  if (!has_graph) {
    throw_error(ErrorCode::kInvalidModel, "the model cannot be read", {}, {}, {"an ONNX file"},
                {"a file without a graph (", bytes.size(), " bytes)"});
  }
  return model;
}

}  // namespace storewise::train
