#include "train/model_file.h"

#include <algorithm>
#include <cstring>
#include <protozero/pbf_reader.hpp>

#include "onnx/fields.h"
#include "onnx/schema.h"
#include "support/checked.h"
#include "support/message.h"

namespace storewise::train {
namespace {

namespace field = onnx::field;
using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr int kMaxNesting = 32;

// Fields that only tools ask for; the rest are in onnx/schema.h.
constexpr field::Tag kGraphName = 2, kGraphValueInfo = 13;
constexpr field::Tag kAttributeGraph = 6, kAttributeGraphs = 11;
constexpr field::Tag kFunctionName = 1;

// A field counts only under the wire type it must have; anything else is unknown and skipped.
bool is(const pbf_reader& in, field::Tag tag, pbf_wire_type type) {
  return in.tag() == tag && in.wire_type() == type;
}
bool is_block(const pbf_reader& in, field::Tag tag) {
  return is(in, tag, pbf_wire_type::length_delimited);
}
bool is_varint(const pbf_reader& in, field::Tag tag) { return is(in, tag, pbf_wire_type::varint); }

std::string_view text(pbf_reader& in) {
  const protozero::data_view view = in.get_view();
  return {view.data(), view.size()};
}

pbf_reader reader(std::string_view message) { return onnx::fields_of(message); }

// A repeated number: packed, or one at a time.
void append_ints(pbf_reader& in, std::vector<std::int64_t>* values) {
  if (in.wire_type() == pbf_wire_type::varint) {
    values->push_back(in.get_int64());
  } else {
    for (const std::int64_t value : in.get_packed_int64()) values->push_back(value);
  }
}

bool is_repeated_int(const pbf_reader& in, field::Tag tag) {
  return is_varint(in, tag) || is_block(in, tag);
}

std::string_view plain_domain(std::string_view domain) {
  return domain == "ai.onnx" ? std::string_view() : domain;
}

FileTensor parse_tensor(std::string_view message) {
  FileTensor tensor;
  tensor.message = message;
  pbf_reader in = reader(message);
  while (in.next()) {
    if (is_repeated_int(in, field::tensor::kDims)) {
      append_ints(in, &tensor.dims);
    } else if (is_varint(in, field::tensor::kDataType)) {
      tensor.type = static_cast<onnx::DataType>(in.get_int32());
    } else if (is_block(in, field::tensor::kName)) {
      tensor.name = text(in);
    } else if (is_varint(in, field::tensor::kDataLocation)) {
      tensor.external = in.get_enum() == 1;
    } else {
      switch (in.tag()) {
        case field::tensor::kRawData:
        case field::tensor::kFloatData:
        case field::tensor::kInt32Data:
        case field::tensor::kInt64Data:
        case field::tensor::kDoubleData:
        case field::tensor::kUint64Data:
        case field::tensor::kStringData: {
          if (in.wire_type() == pbf_wire_type::length_delimited) {
            tensor.data_bytes += in.get_view().size();
            break;
          }
          const std::size_t before = in.length();
          in.skip();
          tensor.data_bytes += before - in.length();
          break;
        }
        default:
          in.skip();
      }
    }
  }
  return tensor;
}

FileGraph parse_graph(std::string_view message, int nesting);

FileAttribute parse_attribute(std::string_view message, int nesting) {
  FileAttribute attribute;
  attribute.message = message;
  pbf_reader in = reader(message);
  while (in.next()) {
    if (is_block(in, field::attribute::kName)) {
      attribute.name = text(in);
    } else if (is_varint(in, field::attribute::kInt)) {
      attribute.i = in.get_int64();
    } else if (is(in, field::attribute::kFloat, pbf_wire_type::fixed32)) {
      attribute.f = in.get_float();
    } else if (is_block(in, field::attribute::kString)) {
      attribute.s = text(in);
    } else if (is_repeated_int(in, field::attribute::kInts)) {
      append_ints(in, &attribute.ints);
    } else if (is_block(in, field::attribute::kFloats)) {
      attribute.float_count += in.get_view().size() / sizeof(float);
    } else if (is(in, field::attribute::kFloats, pbf_wire_type::fixed32)) {
      in.skip();
      ++attribute.float_count;
    } else if (is_block(in, field::attribute::kTensor)) {
      attribute.tensor = std::make_unique<FileTensor>(parse_tensor(text(in)));
    } else if (is_block(in, kAttributeGraph) || is_block(in, kAttributeGraphs)) {
      attribute.graphs.push_back(parse_graph(text(in), nesting + 1));
    } else {
      in.skip();
    }
  }
  return attribute;
}

FileNode parse_node(std::string_view message, int nesting) {
  FileNode node;
  node.message = message;
  pbf_reader in = reader(message);
  while (in.next()) {
    if (is_block(in, field::node::kInput)) {
      node.inputs.push_back(text(in));
    } else if (is_block(in, field::node::kOutput)) {
      node.outputs.push_back(text(in));
    } else if (is_block(in, field::node::kName)) {
      node.name = text(in);
    } else if (is_block(in, field::node::kOpType)) {
      node.op_type = text(in);
    } else if (is_block(in, field::node::kDomain)) {
      node.domain = plain_domain(text(in));
    } else if (is_block(in, field::node::kAttribute)) {
      node.attributes.push_back(parse_attribute(text(in), nesting));
    } else {
      in.skip();
    }
  }
  return node;
}

void parse_shape(std::string_view message, FileValue* value) {
  value->has_shape = true;
  pbf_reader in = reader(message);
  while (in.next()) {
    if (!is_block(in, field::shape::kDimension)) {
      in.skip();
      continue;
    }
    auto& [size, symbol] = value->dims.emplace_back(-1, std::string_view());
    pbf_reader dimension = reader(text(in));
    while (dimension.next()) {
      if (is_varint(dimension, field::dimension::kValue)) {
        size = std::max<std::int64_t>(dimension.get_int64(), -1);
      } else if (is_block(dimension, field::dimension::kSymbol)) {
        symbol = text(dimension);
      } else {
        dimension.skip();
      }
    }
  }
}

FileValue parse_value(std::string_view message) {
  FileValue value;
  pbf_reader in = reader(message);
  while (in.next()) {
    if (is_block(in, field::value_info::kName)) {
      value.name = text(in);
      continue;
    }
    if (!is_block(in, field::value_info::kType)) {
      in.skip();
      continue;
    }
    pbf_reader type = reader(text(in));
    while (type.next()) {
      // TypeProto's kinds by field number.
      static constexpr std::string_view kKinds[] = {
          "", "tensor", "", "", "sequence", "map", "", "", "sparse tensor", "optional"};
      if (type.wire_type() != pbf_wire_type::length_delimited || type.tag() >= std::size(kKinds) ||
          kKinds[type.tag()].empty()) {
        type.skip();
        continue;
      }
      value.kind = kKinds[type.tag()];
      if (type.tag() != field::type::kTensorType) {
        type.skip();
        continue;
      }
      pbf_reader tensor = reader(text(type));
      while (tensor.next()) {
        if (is_varint(tensor, field::tensor_type::kElementType)) {
          value.type = static_cast<onnx::DataType>(tensor.get_int32());
        } else if (is_block(tensor, field::tensor_type::kShape)) {
          parse_shape(text(tensor), &value);
        } else {
          tensor.skip();
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
  pbf_reader in = reader(message);
  while (in.next()) {
    if (in.wire_type() != pbf_wire_type::length_delimited) {
      in.skip();
      continue;
    }
    switch (in.tag()) {
      case field::graph::kNode:
        graph.nodes.push_back(parse_node(text(in), nesting));
        break;
      case kGraphName:
        graph.name = text(in);
        break;
      case field::graph::kInitializer:
        graph.initializers.push_back(parse_tensor(text(in)));
        break;
      case field::graph::kInput:
        graph.inputs.push_back(parse_value(text(in)));
        break;
      case field::graph::kOutput:
        graph.outputs.push_back(parse_value(text(in)));
        break;
      case kGraphValueInfo:
        graph.values.push_back(parse_value(text(in)));
        break;
      case field::graph::kSparseInitializer:
        ++graph.sparse_initializers;
        in.skip();
        break;
      default:
        in.skip();
    }
  }
  return graph;
}

// Two fields of a message: text and text, or text and number.
template <typename Second>
std::pair<std::string_view, Second> parse_pair(std::string_view message) {
  std::pair<std::string_view, Second> pair{};
  pbf_reader in = reader(message);
  while (in.next()) {
    if (is_block(in, 1)) {
      pair.first = text(in);
    } else if constexpr (std::is_same_v<Second, std::int64_t>) {
      if (is_varint(in, 2)) {
        pair.second = in.get_int64();
      } else {
        in.skip();
      }
    } else if (is_block(in, 2)) {
      pair.second = text(in);
    } else {
      in.skip();
    }
  }
  return pair;
}

std::string_view function_name(std::string_view message) {
  std::string_view name;
  pbf_reader in = reader(message);
  while (in.next()) {
    if (is_block(in, kFunctionName)) {
      name = text(in);
    } else {
      in.skip();
    }
  }
  return name;
}

// The elements of a tensor of 4-byte or 8-byte numbers, raw or spelt out under `tag`.
template <typename Number, typename Packed, typename Single>
std::vector<Number> numbers(const FileTensor& tensor, field::Tag tag, pbf_wire_type single_type,
                            Packed&& packed, Single&& single) {
  std::vector<Number> values;
  try {
    pbf_reader in = reader(tensor.message);
    while (in.next()) {
      if (is_block(in, field::tensor::kRawData)) {
        const std::string_view raw = text(in);
        values.resize(raw.size() / sizeof(Number));
        if (!values.empty()) std::memcpy(values.data(), raw.data(), values.size() * sizeof(Number));
      } else if (is_block(in, tag)) {
        packed(in, &values);
      } else if (is(in, tag, single_type)) {
        values.push_back(single(in));
      } else {
        in.skip();
      }
    }
  } catch (const protozero::exception&) {
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
  return numbers<float>(
      *this, field::tensor::kFloatData, pbf_wire_type::fixed32,
      [](pbf_reader& in, std::vector<float>* values) {
        for (const float value : in.get_packed_float()) values->push_back(value);
      },
      [](pbf_reader& in) { return in.get_float(); });
}

std::vector<std::int64_t> FileTensor::ints() const {
  if (type != onnx::DataType::kInt64) return {};
  return numbers<std::int64_t>(
      *this, field::tensor::kInt64Data, pbf_wire_type::varint,
      [](pbf_reader& in, std::vector<std::int64_t>* values) { append_ints(in, values); },
      [](pbf_reader& in) { return in.get_int64(); });
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
    pbf_reader in = reader(model.message);
    while (in.next()) {
      if (is_varint(in, field::model::kIrVersion)) {
        model.ir_version = in.get_int64();
      } else if (is_block(in, field::model::kProducerName)) {
        model.producer = text(in);
      } else if (is_block(in, field::model::kProducerVersion)) {
        model.producer_version = text(in);
      } else if (is_block(in, field::model::kGraph)) {
        model.graph = parse_graph(text(in), 0);
        has_graph = true;
      } else if (is_block(in, field::model::kOpsetImport)) {
        auto opset = parse_pair<std::int64_t>(text(in));
        opset.first = plain_domain(opset.first);
        model.opsets.push_back(opset);
      } else if (is_block(in, field::model::kMetadataProps)) {
        model.metadata.push_back(parse_pair<std::string_view>(text(in)));
      } else if (is_block(in, field::model::kFunctions)) {
        model.functions.push_back(function_name(text(in)));
      } else {
        in.skip();
      }
    }
  } catch (const protozero::exception&) {
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
