#include <cstring>
#include <string>
#include <vector>

#include "catch.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "support/error.h"

using namespace storewise;
using namespace storewise::onnx;

namespace {

std::span<const std::uint8_t> span_of(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::string sample() {
  ModelWriter model("sample", 17);
  model.add_input("x", DataType::kFloat, {"n", 3});
  model.add_output("y", DataType::kFloat, {});
  model.add_initializer("w", DataType::kInt8, {2, 2},
                        bytes_of(std::vector<std::int8_t>{1, -2, 3, -4}));
  model.add_node("Op", {"x", "", "w"}, {"a", "y"},
                 {{"count", 7},
                  {"ratio", 0.5f},
                  {"name", "text"},
                  {"list", std::vector<std::int64_t>{-1, 2}},
                  {"decimals", std::vector<float>{1.5f, 2.5f}}});
  model.set_metadata("storewise", "{}");
  model.set_metadata("other", "1");
  model.set_metadata("storewise", "{\"a\":1}");
  return model.bytes();
}

std::string error_of(const std::string& bytes) {
  try {
    read_model(span_of(bytes));
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "no error";
}

// A TensorProto by hand: field tag and wire type, then the payload.
std::string field(int tag, int wire_type, const std::string& payload) {
  std::string out(1, static_cast<char>(tag << 3 | wire_type));
  if (wire_type == 2) out += static_cast<char>(payload.size());
  return out + payload;
}

std::string tensor_error(const std::string& bytes) {
  try {
    read_tensor(span_of(bytes));
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("what the writer writes, the reader reads") {
  const std::string bytes = sample();
  const ModelRef model = read_model(span_of(bytes));
  CHECK(model.ir_version == 8);
  CHECK(model.opsets == std::vector<std::pair<std::string_view, std::int64_t>>{{"", 17}});
  CHECK(model.metadata == std::vector<std::pair<std::string_view, std::string_view>>{
                              {"storewise", "{\"a\":1}"}, {"other", "1"}});
  REQUIRE(model.inputs.size() == 1);
  CHECK(model.inputs[0].name == "x");
  CHECK(model.inputs[0].dims == std::vector<std::int64_t>{-1, 3});
  REQUIRE(model.outputs.size() == 1);
  CHECK(model.outputs[0].has_shape);
  CHECK(model.outputs[0].dims.empty());
  REQUIRE(model.nodes.size() == 1);
  const NodeRef& node = model.nodes[0];
  CHECK(node.name == "a");
  CHECK(node.inputs == std::vector<std::string_view>{"x", "", "w"});
  CHECK(node.outputs == std::vector<std::string_view>{"a", "y"});
  REQUIRE(node.attributes.size() == 5);
  CHECK(node.attributes[0].i == 7);
  CHECK(node.attributes[1].f == 0.5f);
  CHECK(node.attributes[2].s == "text");
  CHECK(node.attributes[3].ints == std::vector<std::int64_t>{-1, 2});
  CHECK(node.attributes[4].floats == std::vector<float>{1.5f, 2.5f});
}

TEST_CASE("weights are views into the file, never copies") {
  const std::string bytes = sample();
  const ModelRef model = read_model(span_of(bytes));
  REQUIRE(model.initializers.size() == 1);
  const TensorRef& tensor = model.initializers[0];
  const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  CHECK(tensor.bytes.data() >= begin);
  CHECK(tensor.bytes.data() + tensor.bytes.size() <= begin + bytes.size());
  CHECK(static_cast<std::int8_t>(tensor.bytes[3]) == -4);
  CHECK(tensor.decoded == nullptr);
}

TEST_CASE("lists of trees are read where they lie, side by side or one by one") {
  ModelWriter writer("trees", 17);
  writer.add_node("Op", {"x"}, {"y"},
                  {{"nodes_ids", std::vector<std::int64_t>{0, -1, 300}},
                   {"nodes_values", std::vector<float>{0.5f, -2}},
                   {"nodes_modes", std::vector<std::string>{"LEAF", ""}},
                   {"nodes", std::vector<std::int64_t>{4}},
                   {"labels_ids", std::vector<std::int64_t>{5}}});
  const std::string bytes = writer.bytes();
  const ModelRef model = read_model(span_of(bytes));
  const std::vector<AttributeRef>& attributes = model.nodes[0].attributes;
  CHECK(attributes[0].ints.empty());
  CHECK(attributes[1].floats.empty());
  CHECK(attributes[2].strings.empty());
  CHECK(attributes[3].ints == std::vector<std::int64_t>{4});
  CHECK(attributes[4].ints == std::vector<std::int64_t>{5});
  const auto read = []<typename T>(const AttributeRef& attribute, T) {
    std::vector<T> values;
    ListReader list(attribute);
    for (T value{}; list.next(&value);) values.push_back(value);
    return values;
  };
  CHECK(attributes[0].kind == AttributeKind::kInts);
  CHECK(read(attributes[0], std::int64_t{}) == std::vector<std::int64_t>{0, -1, 300});
  CHECK(read(attributes[1], 0.0f) == std::vector<float>{0.5f, -2});
  CHECK(read(attributes[2], std::string_view()) == std::vector<std::string_view>{"LEAF", ""});
  // As protobuf's second syntax writes them, mixed with blocks, and blocks that break off.
  AttributeRef by_hand;
  const std::string ints = field(1, 2, "n") + field(8, 0, "\x05") + field(8, 2, "\x01\xAC\x02") +
                           field(8, 2, "") + field(8, 0, "\x07") + field(8, 2, "\x03\x80");
  by_hand.message = ints;
  CHECK(read(by_hand, std::int64_t{}) == std::vector<std::int64_t>{5, 1, 300, 7, 3});
  const std::string floats =
      field(7, 5, std::string("\0\0\x80\x3F", 4)) + field(7, 2, std::string("\0\0\0\x40\0", 5));
  by_hand.message = floats;
  CHECK(read(by_hand, 0.0f) == std::vector<float>{1, 2});
  CHECK(read(AttributeRef(), 0.0f).empty());
}

TEST_CASE("the same calls write the same bytes") { CHECK(sample() == sample()); }

TEST_CASE("graphs inside of nodes, domains, maps and strings are read as they were written") {
  ModelWriter inner("inner");
  inner.add_input("i", DataType::kInt64, {});
  inner.add_output("open", DataType::kUndefined, {});
  inner.add_strings("words", {2}, {"red", ""});
  inner.add_node("Identity", {"words"}, {"open"});
  ModelWriter model("outer", 17);
  model.add_opset("ai.onnx.ml", 2);
  model.add_opset("ai.onnx.ml", 3);
  model.add_map_input("counts", DataType::kString, DataType::kFloat);
  model.add_node("Loop", {"", "", "x"}, {"y"}, {{"body", inner}});
  model.add_node("LabelEncoder", {"y"}, {"z"},
                 {{"keys_strings", std::vector<std::string>{"a", "", "c"}}}, "ai.onnx.ml");
  const std::string bytes = model.bytes();
  const ModelRef read = read_model(span_of(bytes));
  CHECK(read.opsets ==
        std::vector<std::pair<std::string_view, std::int64_t>>{{"", 17}, {"ai.onnx.ml", 3}});
  REQUIRE(read.inputs.size() == 1);
  CHECK(read.inputs[0].key == DataType::kString);
  CHECK(read.inputs[0].type == DataType::kFloat);
  REQUIRE(read.nodes.size() == 2);
  REQUIRE(read.nodes[0].attributes[0].graph != nullptr);
  const GraphRef& body = *read.nodes[0].attributes[0].graph;
  CHECK(body.inputs[0].type == DataType::kInt64);
  CHECK(body.outputs[0].type == DataType::kUndefined);
  REQUIRE(body.initializers.size() == 1);
  CHECK(body.initializers[0].type == DataType::kString);
  REQUIRE(body.initializers[0].bytes.size() == 2 * sizeof(std::string_view));
  std::string_view words[2];
  std::memcpy(words, body.initializers[0].bytes.data(), sizeof words);
  CHECK(words[0] == "red");
  CHECK(words[1].empty());
  CHECK(read.nodes[1].domain == "ai.onnx.ml");
  CHECK(read.nodes[1].attributes[0].strings == std::vector<std::string_view>{"a", "", "c"});
}

TEST_CASE("the writer refuses bytes that do not fill the shape") {
  ModelWriter model("wrong");
  const std::vector<float> three = {1, 2, 3};
  CHECK_THROWS_AS(model.add_initializer("w", DataType::kFloat, {4}, bytes_of(three)), Error);
  CHECK_THROWS_AS(model.add_initializer("w", DataType::kFloat, {-3}, bytes_of(three)), Error);
  CHECK_THROWS_AS(model.add_strings("s", {3}, {"one"}), Error);
  CHECK_THROWS_AS(model.add_initializer("s", DataType::kString, {3}, bytes_of(three)), Error);
  CHECK_NOTHROW(model.add_initializer("w", DataType::kFloat, {3, 1}, bytes_of(three)));
}

TEST_CASE("what is not a model is called by its name") {
  CHECK_THAT(error_of(""), ContainsSubstring("found nothing: it is empty"));
  CHECK_THAT(error_of("<!DOCTYPE html><html>"), ContainsSubstring("found HTML"));
  CHECK_THAT(error_of("\n  <html>"), ContainsSubstring("found HTML"));
  CHECK_THAT(error_of("{\"error\":\"not found\"}"), ContainsSubstring("found JSON"));
  CHECK_THAT(error_of("version https://git-lfs.github.com/spec/v1\n"), ContainsSubstring("LFS"));
  CHECK_THAT(error_of("PK\x03\x04 rest"), ContainsSubstring("a zip archive"));
  CHECK_THAT(error_of("\x1F\x8B\x08 rest"), ContainsSubstring("gzip"));
  CHECK_THAT(error_of(std::string("\0asm\1\0\0\0", 8)), ContainsSubstring("WebAssembly"));
  const std::string bytes = sample();
  const std::string cut = error_of(bytes.substr(0, bytes.size() / 2));
  CHECK_THAT(cut, ContainsSubstring("invalid-model"));
  CHECK_THAT(cut, ContainsSubstring("breaks off"));
}

TEST_CASE("a length that does not fit into the file is seen, however long") {
  // In 32 bits it would lead backwards, or be cut to one that fits: 2^32 + 2 to 2.
  for (const std::uint64_t length :
       {std::uint64_t{3}, std::uint64_t{0x7FFFFFFF}, std::uint64_t{0x80000000},
        std::uint64_t{0xB18F2604}, std::uint64_t{0xFFFFFFFF}, std::uint64_t{0x100000002},
        std::uint64_t{0x7FFFFFFFFFFFFFFF}, std::uint64_t{0xFFFFFFFFFFFFFFFF}}) {
    std::string written;
    for (std::uint64_t rest = length;; rest >>= 7) {
      written += static_cast<char>((rest & 127) | (rest > 127 ? 128 : 0));
      if (rest <= 127) break;
    }
    for (const int tag : {7, 8, 14, 15}) {  // a graph, an operator set, metadata, unknown
      const std::string bytes = std::string(1, static_cast<char>(tag << 3 | 2)) + written + "xy";
      CHECK_THAT(error_of(bytes), ContainsSubstring("breaks off"));
    }
    // In a tensor in a graph: its name, its elements.
    for (const int tag : {8, 9, 4}) {
      const std::string tensor = std::string(1, static_cast<char>(tag << 3 | 2)) + written + "xy";
      CHECK_THAT(error_of(field(7, 2, field(5, 2, tensor))), ContainsSubstring("breaks off"));
    }
  }
}

TEST_CASE("bytes that are no fields are refused, wherever in the file") {
  const std::string endless = std::string(10, '\xff') + '\x01';
  const auto inside = [](const std::string& bytes) {
    return error_of(field(7, 2, field(1, 2, bytes)));  // in a node of the graph
  };
  for (const char first : {'\x0b', '\x0c', '\x0e', '\x0f', '\x00', '\x02'}) {  // types, number 0
    const std::string bytes = std::string(1, first) + "xyz";
    CHECK_THAT(error_of("\x08\x08" + bytes),
               ContainsSubstring("a damaged file or another format (6"));
    CHECK_THAT(inside(bytes), ContainsSubstring("a damaged file or another format (8 bytes)"));
  }
  CHECK_THAT(inside(endless), ContainsSubstring("breaks off or is damaged (15 bytes)"));
  CHECK_THAT(inside("\x08" + endless), ContainsSubstring("breaks off"));
  CHECK_THAT(inside("\x09" + std::string(7, 'x')), ContainsSubstring("breaks off"));
  CHECK_THAT(inside("\x0d" + std::string(3, 'x')), ContainsSubstring("breaks off"));
  CHECK_THAT(inside("\x80"), ContainsSubstring("breaks off"));
  // A tag of more than 32 bits, cut off, would be one that is known.
  CHECK_THAT(inside("\x8a\x80\x80\x80\x10x"), ContainsSubstring("another format"));
}

TEST_CASE("elements spelt out one by one are decoded, in packed blocks and singly") {
  const std::string dims = field(1, 0, "\x02");
  const std::string one = std::string("\x00\x00\x80\x3f", 4);
  const std::string two = std::string("\x00\x00\x00\x40", 4);
  const auto floats_of = [](const std::string& bytes) {
    const TensorRef tensor = read_tensor(span_of(bytes));
    std::vector<float> values(tensor.bytes.size() / 4);
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    return values;
  };
  const std::string type = field(2, 0, "\x01");
  CHECK(floats_of(dims + type + field(4, 2, one + two)) == std::vector<float>{1, 2});
  CHECK(floats_of(dims + type + field(4, 5, one) + field(4, 5, two)) == std::vector<float>{1, 2});
  CHECK(floats_of(dims + type + field(4, 2, one) + field(4, 2, two)) == std::vector<float>{1, 2});

  const std::string minus_one = std::string(9, '\xff') + '\x01';
  const std::string int8 =
      dims + field(2, 0, "\x03") + field(5, 2, minus_one + std::string("\x05"));
  const TensorRef tensor = read_tensor(span_of(int8));
  REQUIRE(tensor.bytes.size() == 2);
  CHECK(static_cast<std::int8_t>(tensor.bytes[0]) == -1);
  CHECK(tensor.bytes[1] == 5);
}

TEST_CASE("a tensor whose data does not fill its shape, or lies elsewhere, is refused") {
  const std::string float_type = field(2, 0, "\x01");
  const std::string raw = field(9, 2, std::string(8, '\0'));
  CHECK(tensor_error(field(1, 0, "\x02") + float_type + raw) == "no error");
  CHECK_THAT(tensor_error(field(1, 0, "\x03") + float_type + raw),
             ContainsSubstring("expected 12 bytes for float [3]; found 8 bytes"));
  const std::string huge = std::string(8, '\xff') + '\x7f';  // 2^63 - 1
  CHECK_THAT(tensor_error(field(1, 0, huge) + field(1, 0, huge) + float_type + raw),
             ContainsSubstring("a possible shape"));
  const std::string minus_one = std::string(9, '\xff') + '\x01';
  CHECK_THAT(tensor_error(field(1, 0, minus_one) + float_type),
             ContainsSubstring("a possible shape"));
  const std::string zero(1, '\0');
  CHECK_THAT(tensor_error(field(1, 0, huge) + field(1, 0, zero) + float_type),
             ContainsSubstring("a possible shape"));
  CHECK(tensor_error(field(1, 0, "\x7F") + field(1, 0, zero) + float_type) == "no error");
  CHECK_THAT(tensor_error(field(1, 0, "\x01") + field(2, 0, "\x10")),
             ContainsSubstring("unsupported"));
  CHECK_THAT(tensor_error(field(1, 0, "\x02") + float_type + field(14, 0, "\x01")),
             ContainsSubstring("external data"));
  CHECK_THAT(tensor_error(float_type + field(9, 2, "abcd").substr(0, 4)),
             ContainsSubstring("breaks off"));
}

TEST_CASE("element types have ONNX's names and sizes") {
  CHECK(data_type_name(DataType::kInt8) == "int8");
  CHECK(data_type_name(static_cast<DataType>(10)) == "float16");
  CHECK(data_type_name(static_cast<DataType>(-5)) == "a newer type");
  CHECK(element_size(DataType::kInt64) == 8);
  CHECK(element_size(DataType::kBool) == 1);
  CHECK(element_size(static_cast<DataType>(14)) == 0);  // complex64
  CHECK(element_size(DataType::kUint4) == 1);
  CHECK(storage_bytes(DataType::kUint4, 5) == 3);
}
