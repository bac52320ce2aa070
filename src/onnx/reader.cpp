#include "onnx/reader.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "onnx/field_reader.h"
#include "onnx/schema.h"
#include "support/checked.h"
#include "support/message.h"

namespace storewise::onnx {
namespace {

// A field is read only under the wire type it must have; anything else is passed over as unknown,
// which is what protobuf asks for.
constexpr std::uint32_t varint(field::Tag tag) { return tag_of(tag, Wire::kVarint); }
constexpr std::uint32_t fixed32(field::Tag tag) { return tag_of(tag, Wire::kFixed32); }
constexpr std::uint32_t fixed64(field::Tag tag) { return tag_of(tag, Wire::kFixed64); }
constexpr std::uint32_t block(field::Tag tag) { return tag_of(tag, Wire::kBlock); }

template <typename T>
T& append(std::vector<T>& list, std::size_t most = kMaxParts) {
  if (list.size() >= most) {
    throw_error(ErrorCode::kUnsupported,
                "the model is too large||at most % nodes, tensors or values in one list|more",
                most);
  }
  return list.emplace_back();
}

std::string tensor_place(const TensorRef& tensor) {
  return tensor.name.empty() ? "a tensor without a name"
                             : "tensor \"" + std::string(tensor.name) + "\"";
}

// Elements given one by one instead of as raw bytes. Collected as wide numbers, then narrowed.
struct TypedData {
  std::vector<float> floats;
  std::vector<std::int64_t> ints;  // int32_data, int64_data and uint64_data
  std::vector<std::string_view> texts;
  std::vector<double> doubles;
  std::string_view packed_floats;  // the only block so far: usable as it is
};

std::span<const std::uint8_t> bytes_of(const std::string_view& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <typename To, typename From>
std::span<const std::uint8_t> keep(const std::vector<From>& values, TensorRef* tensor) {
  const std::size_t size = values.size() * sizeof(To);
  tensor->decoded = std::make_unique<std::uint8_t[]>(size);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const To value = static_cast<To>(values[i]);
    std::memcpy(tensor->decoded.get() + i * sizeof value, &value, sizeof value);
  }
  return {tensor->decoded.get(), size};
}

std::span<const std::uint8_t> decode(const TypedData& data, TensorRef* tensor) {
  switch (tensor->type) {
    case DataType::kFloat:
      if (!data.packed_floats.empty()) return bytes_of(data.packed_floats);
      return keep<float>(data.floats, tensor);
    case DataType::kDouble:
      return keep<double>(data.doubles, tensor);
    case DataType::kString:
      return keep<std::string_view>(data.texts, tensor);
    default:
      break;
  }
  // Integers, and float16 as its bits: cut to their size, signed and unsigned alike.
  switch (element_size(tensor->type)) {
    case 1:  // types of half a byte come packed already
      return keep<std::uint8_t>(data.ints, tensor);
    case 2:
      return keep<std::uint16_t>(data.ints, tensor);
    case 4:
      return keep<std::uint32_t>(data.ints, tensor);
    default:
      return keep<std::uint64_t>(data.ints, tensor);
  }
}

void append_floats(const std::string_view& bytes, TypedData* data) {
  if (bytes.size() % sizeof(float) != 0) fail_broken();
  if (data->floats.empty() && data->packed_floats.empty()) {
    data->packed_floats = bytes;
    return;
  }
  // Several blocks or a mixture, which no writer known to us makes: gather them all.
  append_elements(std::exchange(data->packed_floats, {}), &data->floats);
  append_elements(bytes, &data->floats);
}

TensorRef parse_tensor(FieldReader in) {
  TensorRef tensor;
  TypedData typed;
  bool has_raw = false;
  bool external = false;
  while (in.next()) {
    switch (in.tag()) {
      case varint(field::tensor::kDims):
      case block(field::tensor::kDims):
        append_ints(in, &tensor.dims);
        break;
      case varint(field::tensor::kDataType):
        tensor.type = static_cast<DataType>(in.integer32());
        break;
      case block(field::tensor::kName):
        tensor.name = in.block();
        break;
      case block(field::tensor::kRawData):
        tensor.bytes = bytes_of(in.block());
        has_raw = true;
        break;
      case fixed32(field::tensor::kFloatData):
      case block(field::tensor::kFloatData):
        append_floats(in.block(), &typed);
        break;
      case varint(field::tensor::kInt32Data):
      case block(field::tensor::kInt32Data):
      case varint(field::tensor::kInt64Data):
      case block(field::tensor::kInt64Data):
      case varint(field::tensor::kUint64Data):
      case block(field::tensor::kUint64Data):
        append_ints(in, &typed.ints);
        break;
      case fixed64(field::tensor::kDoubleData):
      case block(field::tensor::kDoubleData):
        append_fixed(in, &typed.doubles);
        break;
      case block(field::tensor::kStringData):
        append(typed.texts) = in.block();
        break;
      case varint(field::tensor::kDataLocation):
        external = in.integer32() == 1;
        break;
      default:
        break;
    }
  }
  const std::size_t element = element_size(tensor.type);
  if (element == 0) {
    throw_error(ErrorCode::kUnsupported,
                "the model holds a tensor of a type that is not supported|%|%|%",
                tensor_place(tensor), kStoredTypes, data_type_name(tensor.type));
  }
  if (external) {
    throw_error(
        ErrorCode::kUnsupported,
        "the model keeps weights in another file|%|all weights inside the model file|external data",
        tensor_place(tensor));
  }
  std::size_t needed = element;
  bool fits = true;
  bool empty = false;
  for (const std::int64_t dim : tensor.dims) {
    empty = empty || dim == 0;
    fits = fits && dim >= 0 && static_cast<std::uint64_t>(dim) <= SIZE_MAX &&
           checked_multiply(needed, dim == 0 ? 1 : static_cast<std::size_t>(dim), &needed);
  }
  if (empty) {
    fits = fits && needed / element <= kMostBesideZero;
    needed = 0;
  }
  if (storage_bytes(tensor.type, 2) == 1) needed = needed / 2 + needed % 2;
  if (!has_raw || tensor.type == DataType::kString) tensor.bytes = decode(typed, &tensor);
  if (!fits || needed != tensor.bytes.size()) {
    std::string shape;
    for (const std::int64_t dim : tensor.dims) {
      shape += (shape.empty() ? "" : ", ") + message("%", dim);
    }
    throw_error(ErrorCode::kInvalidModel,
                "a tensor's data does not fill its shape|%|% for % [%]|% bytes",
                tensor_place(tensor), fits ? message("% bytes", needed) : "a possible shape",
                data_type_name(tensor.type), shape, tensor.bytes.size());
  }
  return tensor;
}

AttributeKind kind_of_type(std::int32_t type) {
  switch (type) {
    case field::attribute::kTypeFloat:
      return AttributeKind::kFloat;
    case field::attribute::kTypeInt:
      return AttributeKind::kInt;
    case field::attribute::kTypeString:
      return AttributeKind::kString;
    case field::attribute::kTypeTensor:
      return AttributeKind::kTensor;
    case field::attribute::kTypeFloats:
      return AttributeKind::kFloats;
    case field::attribute::kTypeInts:
      return AttributeKind::kInts;
    case field::attribute::kTypeStrings:
      return AttributeKind::kStrings;
    case field::attribute::kTypeGraph:
      return AttributeKind::kGraph;
    default:
      return AttributeKind::kOther;
  }
}

void parse_graph(FieldReader in, int depth, GraphRef* graph);

bool stays_in_place(std::string_view name) {
  constexpr std::string_view kStarts = "nodes_class_target_leaf_";
  const std::size_t start = name.find('_') + 1;
  return start > 0 && kStarts.find(name.substr(0, start)) != std::string_view::npos;
}

AttributeRef parse_attribute(FieldReader in, int depth) {
  AttributeRef attribute;
  attribute.message = in.rest();
  bool in_place = false;
  AttributeKind seen = AttributeKind::kNone;
  std::int32_t type = 0;
  while (in.next()) {
    if (in_place && in.number() >= field::attribute::kFloats &&
        in.number() <= field::attribute::kStrings) {
      continue;
    }
    switch (in.tag()) {
      case block(field::attribute::kName):
        attribute.name = in.block();
        in_place = stays_in_place(attribute.name);
        break;
      case varint(field::attribute::kType):
        type = in.integer32();
        break;
      case fixed32(field::attribute::kFloat):
        attribute.f = in.single();
        seen = AttributeKind::kFloat;
        break;
      case varint(field::attribute::kInt):
        attribute.i = in.integer();
        seen = AttributeKind::kInt;
        break;
      case block(field::attribute::kString):
        attribute.s = in.block();
        seen = AttributeKind::kString;
        break;
      case block(field::attribute::kTensor):
        attribute.tensor = std::make_unique<TensorRef>(parse_tensor(FieldReader(in.block())));
        seen = AttributeKind::kTensor;
        break;
      case block(field::attribute::kGraph):
        attribute.graph = std::make_unique<GraphRef>();
        parse_graph(FieldReader(in.block()), depth + 1, attribute.graph.get());
        seen = AttributeKind::kGraph;
        break;
      case fixed32(field::attribute::kFloats):
      case block(field::attribute::kFloats):
        append_fixed(in, &attribute.floats);
        seen = AttributeKind::kFloats;
        break;
      case varint(field::attribute::kInts):
      case block(field::attribute::kInts):
        append_ints(in, &attribute.ints);
        seen = AttributeKind::kInts;
        break;
      case block(field::attribute::kStrings):
        append(attribute.strings, kMaxTexts) = in.block();
        seen = AttributeKind::kStrings;
        break;
      default:
        break;
    }
  }
  // Files before IR version 2 leave the type out. Where both speak, an empty list or a zero may
  // have no field of its own, so the type wins, except that a tensor or graph must really be there.
  attribute.kind = type == 0 ? seen : kind_of_type(type);
  if ((attribute.kind == AttributeKind::kTensor && !attribute.tensor) ||
      (attribute.kind == AttributeKind::kGraph && !attribute.graph)) {
    throw_error(ErrorCode::kInvalidModel,
                "an attribute lacks its value|attribute \"%\"|a tensor or graph|none",
                attribute.name);
  }
  return attribute;
}

NodeRef parse_node(FieldReader in, int depth) {
  NodeRef node;
  while (in.next()) {
    switch (in.tag()) {
      case block(field::node::kInput):
        append(node.inputs) = in.block();
        break;
      case block(field::node::kOutput):
        append(node.outputs) = in.block();
        break;
      case block(field::node::kName):
        node.name = in.block();
        break;
      case block(field::node::kOpType):
        node.op_type = in.block();
        break;
      case block(field::node::kDomain):
        node.domain = in.block();
        break;
      case block(field::node::kAttribute):
        append(node.attributes) = parse_attribute(FieldReader(in.block()), depth);
        break;
      default:
        break;
    }
  }
  if (node.domain == "ai.onnx") node.domain = {};
  return node;
}

void parse_shape(FieldReader in, ValueInfoRef* value) {
  value->has_shape = true;
  while (in.next()) {
    if (in.tag() != block(field::shape::kDimension)) continue;
    std::int64_t size = -1;
    FieldReader dimension = FieldReader(in.block());
    while (dimension.next()) {
      if (dimension.tag() == varint(field::dimension::kValue)) {
        size = std::max<std::int64_t>(dimension.integer(), -1);
      }
    }
    append(value->dims) = size;
  }
}

void parse_tensor_type(FieldReader in, ValueInfoRef* value) {
  while (in.next()) {
    switch (in.tag()) {
      case varint(field::tensor_type::kElementType):
        value->type = static_cast<DataType>(in.integer32());
        break;
      case block(field::tensor_type::kShape):
        parse_shape(FieldReader(in.block()), value);
        break;
      default:
        break;
    }
  }
}

// A tensor, or a map to tensors; of other types nothing is said. A map's values have a TypeProto
// of their own: one level of recursion, and more are nonsense that ends the same way.
void parse_type(FieldReader in, int depth, ValueInfoRef* value) {
  while (in.next()) {
    const auto tag = in.tag();
    if (tag == block(field::type::kTensorType)) {
      parse_tensor_type(FieldReader(in.block()), value);
    } else if (tag == block(field::type::kMapType) && depth == 0) {
      FieldReader map = FieldReader(in.block());
      while (map.next()) {
        if (map.tag() == varint(field::map_type::kKeyType)) {
          value->key = static_cast<DataType>(map.integer32());
        } else if (map.tag() == block(field::map_type::kValueType)) {
          parse_type(FieldReader(map.block()), 1, value);
        }
      }
    }
  }
}

ValueInfoRef parse_value_info(FieldReader in) {
  ValueInfoRef value;
  while (in.next()) {
    switch (in.tag()) {
      case block(field::value_info::kName):
        value.name = in.block();
        break;
      case block(field::value_info::kType):
        parse_type(FieldReader(in.block()), 0, &value);
        break;
      default:
        break;
    }
  }
  return value;
}

void parse_graph(FieldReader in, int depth, GraphRef* graph) {
  if (depth > kMaxGraphDepth) {
    throw_error(ErrorCode::kUnsupported, "graphs lie too deep in graphs||at most % levels|more",
                kMaxGraphDepth);
  }
  while (in.next()) {
    switch (in.tag()) {
      case block(field::graph::kNode):
        append(graph->nodes) = parse_node(FieldReader(in.block()), depth);
        break;
      case block(field::graph::kInitializer):
        append(graph->initializers) = parse_tensor(FieldReader(in.block()));
        break;
      case block(field::graph::kInput):
        append(graph->inputs) = parse_value_info(FieldReader(in.block()));
        break;
      case block(field::graph::kOutput):
        append(graph->outputs) = parse_value_info(FieldReader(in.block()));
        break;
      case block(field::graph::kSparseInitializer):
        throw_error(ErrorCode::kUnsupported,
                    "the model holds sparse weights||dense initializers|a sparse initializer");
      default:
        break;
    }
  }
}

// Reads a message of two fields: the text of the first, and the second as it was read.
std::pair<std::string_view, FieldReader> parse_pair(FieldReader in, std::uint32_t first,
                                                    std::uint32_t second) {
  std::pair<std::string_view, FieldReader> pair{{}, FieldReader({})};
  while (in.next()) {
    if (in.tag() == first) pair.first = in.block();
    if (in.tag() == second) pair.second = in;
  }
  return pair;
}

// What the bytes look like when they are no model: the names of what is usually mixed up.
std::string describe(std::span<const std::uint8_t> bytes) {
  std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                         std::min<std::size_t>(bytes.size(), 256));
  if (start.empty()) return "nothing: it is empty";
  if (start.starts_with("\xEF\xBB\xBF")) start.remove_prefix(3);
  while (!start.empty() &&
         (start[0] == ' ' || start[0] == '\n' || start[0] == '\r' || start[0] == '\t')) {
    start.remove_prefix(1);
  }
  if (start.starts_with('<')) return "HTML or XML: is the address right?";
  if (start.starts_with('{') || start.starts_with('[')) return "JSON";
  if (start.starts_with("version https://git-lfs")) return "a Git LFS pointer, not the file itself";
  if (start.starts_with("PK")) return "a zip archive";
  if (start.starts_with("\x1F\x8B")) return "gzip: it must be decompressed first";
  if (start.starts_with(std::string_view("\0asm", 4))) return "a WebAssembly module";
  if (start.starts_with("\x89HDF")) return "HDF5 (a Keras file?): export it to ONNX";
  return {};
}

[[noreturn]] void fail_unreadable(std::span<const std::uint8_t> bytes, std::string_view otherwise) {
  const std::string found = describe(bytes);
  throw_error(ErrorCode::kInvalidModel, "the model cannot be read||an ONNX file|%",
              found.empty() ? otherwise : std::string_view(found));
}

// Goes to the next field that has one of two tags.
bool next_of(FieldReader& in, std::uint32_t alone, std::uint32_t side_by_side) {
  while (in.next()) {
    if (in.tag() == alone || in.tag() == side_by_side) return true;
  }
  return false;
}

// Runs `parse`, and says of bytes that are no fields what they are instead.
template <typename Parse>
void guarded(std::span<const std::uint8_t> bytes, Parse&& parse) {
  try {
    parse(FieldReader({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  } catch (...) {
    const Error* error = caught_error();
    if (error == nullptr || !is_unreadable(*error)) throw;
    fail_unreadable(bytes, message("% (% bytes)", error->detail().found, bytes.size()));
  }
}

}  // namespace

bool ListReader::next(std::int64_t* value) {
  while (block_.empty()) {
    FieldReader in(rest_);
    if (!next_of(in, varint(field::attribute::kInts), block(field::attribute::kInts))) return false;
    block_ = in.block();
    rest_ = in.rest();
    if (in.wire() == Wire::kBlock) continue;
    *value = in.integer();
    return true;
  }
  std::uint64_t bits = 0;
  if (!take_varint(&block_, &bits)) return false;
  *value = static_cast<std::int64_t>(bits);
  return true;
}

bool ListReader::next(float* value) {
  while (block_.empty()) {
    FieldReader in(rest_);
    if (!next_of(in, fixed32(field::attribute::kFloats), block(field::attribute::kFloats))) {
      return false;
    }
    block_ = in.block();
    rest_ = in.rest();
  }
  if (block_.size() < sizeof *value) return false;
  std::memcpy(value, block_.data(), sizeof *value);
  block_.remove_prefix(sizeof *value);
  return true;
}

bool ListReader::next(std::string_view* value) {
  FieldReader in(rest_);
  const std::uint32_t tag = block(field::attribute::kStrings);
  if (!next_of(in, tag, tag)) return false;
  *value = in.block();
  rest_ = in.rest();
  return true;
}

AttributeRef::AttributeRef() = default;
AttributeRef::~AttributeRef() = default;
AttributeRef::AttributeRef(AttributeRef&&) noexcept = default;
AttributeRef& AttributeRef::operator=(AttributeRef&&) noexcept = default;

ModelRef read_model(std::span<const std::uint8_t> bytes) {
  ModelRef model;
  bool has_graph = false;
  guarded(bytes, [&](FieldReader in) {
    while (in.next()) {
      switch (in.tag()) {
        case varint(field::model::kIrVersion):
          model.ir_version = in.integer();
          break;
        case block(field::model::kGraph):
          parse_graph(FieldReader(in.block()), 0, &model);
          has_graph = true;
          break;
        case block(field::model::kOpsetImport): {
          const auto opset = parse_pair(FieldReader(in.block()), block(field::opset::kDomain),
                                        varint(field::opset::kVersion));
          append(model.opsets) = {opset.first == "ai.onnx" ? std::string_view() : opset.first,
                                  opset.second.integer()};
          break;
        }
        case block(field::model::kMetadataProps): {
          const auto entry = parse_pair(FieldReader(in.block()), block(field::metadata::kKey),
                                        block(field::metadata::kValue));
          append(model.metadata) = {entry.first, entry.second.block()};
          break;
        }
        case block(field::model::kFunctions):
          throw_error(
              ErrorCode::kUnsupported,
              "the model defines functions of its own||a graph of operators|model-local functions");
        default:
          break;
      }
    }
  });
  if (!has_graph) fail_unreadable(bytes, "a file without a graph");
  return model;
}

TensorRef read_tensor(std::span<const std::uint8_t> bytes) {
  TensorRef tensor;
  guarded(bytes, [&](FieldReader in) { tensor = parse_tensor(in); });
  return tensor;
}

}  // namespace storewise::onnx
