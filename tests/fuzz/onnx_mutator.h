// Changes an ONNX file in places that mean something: a number, a name, an attribute, a node, a
// shape. Bytes changed at random mostly end in the reader; these reach the plan and the operators.
//
// Refuses to keep a file valid: values are taken from what tends to break things.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/registry.h"
#include "onnx/schema.h"
#include "ops/registry.h"

// libFuzzer's own changes to bytes; gives the new size.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace onnx_mutator {

namespace field = storewise::onnx::field;
using protozero::pbf_wire_type;

// What the bytes of a field hold.
enum class Kind : std::uint8_t {
  kBytes,
  kIntegers,  // packed
  kModel,
  kOpset,
  kGraph,
  kNode,
  kAttribute,
  kTensor,
  kValueInfo,
  kType,
  kTensorType,
  kShape,
  kDimension,
};

inline Kind kind_of(Kind parent, field::Tag tag) {
  struct Row {
    Kind parent;
    field::Tag tag;
    Kind kind;
  };
  constexpr Row kRows[] = {
      {Kind::kModel, field::model::kGraph, Kind::kGraph},
      {Kind::kModel, field::model::kOpsetImport, Kind::kOpset},
      {Kind::kGraph, field::graph::kNode, Kind::kNode},
      {Kind::kGraph, field::graph::kInitializer, Kind::kTensor},
      {Kind::kGraph, field::graph::kInput, Kind::kValueInfo},
      {Kind::kGraph, field::graph::kOutput, Kind::kValueInfo},
      {Kind::kNode, field::node::kAttribute, Kind::kAttribute},
      {Kind::kAttribute, field::attribute::kTensor, Kind::kTensor},
      {Kind::kAttribute, field::attribute::kGraph, Kind::kGraph},
      {Kind::kAttribute, field::attribute::kInts, Kind::kIntegers},
      {Kind::kTensor, field::tensor::kDims, Kind::kIntegers},
      {Kind::kTensor, field::tensor::kInt32Data, Kind::kIntegers},
      {Kind::kTensor, field::tensor::kInt64Data, Kind::kIntegers},
      {Kind::kValueInfo, field::value_info::kType, Kind::kType},
      {Kind::kType, field::type::kTensorType, Kind::kTensorType},
      {Kind::kTensorType, field::tensor_type::kShape, Kind::kShape},
      {Kind::kShape, field::shape::kDimension, Kind::kDimension},
  };
  for (const Row& row : kRows) {
    if (row.parent == parent && row.tag == tag) return row.kind;
  }
  return Kind::kBytes;
}

struct Field {
  field::Tag tag = 0;
  pbf_wire_type wire = pbf_wire_type::length_delimited;
  Kind parent = Kind::kModel;
  Kind kind = Kind::kBytes;
  std::uint64_t number = 0;            // of varints and fixed widths
  std::string bytes;                   // kBytes
  std::vector<Field> fields;           // of messages
  std::vector<std::int64_t> integers;  // kIntegers

  bool is_message() const { return kind > Kind::kIntegers; }
  bool is_text() const { return wire == pbf_wire_type::length_delimited && kind == Kind::kBytes; }
};

// Throws protozero's exceptions.
inline std::vector<Field> parse(protozero::pbf_reader in, Kind kind) {
  std::vector<Field> fields;
  while (in.next()) {
    Field& one = fields.emplace_back();
    one.tag = in.tag();
    one.wire = in.wire_type();
    one.parent = kind;
    switch (one.wire) {
      case pbf_wire_type::varint:
        one.number = in.get_uint64();
        break;
      case pbf_wire_type::fixed32:
        one.number = in.get_fixed32();
        break;
      case pbf_wire_type::fixed64:
        one.number = in.get_fixed64();
        break;
      default:
        one.kind = kind_of(kind, one.tag);
        if (one.is_message()) {
          one.fields = parse(in.get_message(), one.kind);
        } else if (one.kind == Kind::kIntegers) {
          for (const std::int64_t value : in.get_packed_int64()) one.integers.push_back(value);
        } else {
          one.bytes = in.get_bytes();
        }
    }
  }
  return fields;
}

inline std::string text_of(const std::vector<Field>& fields) {
  std::string text;
  protozero::pbf_writer out(text);
  for (const Field& one : fields) {
    switch (one.wire) {
      case pbf_wire_type::varint:
        out.add_uint64(one.tag, one.number);
        break;
      case pbf_wire_type::fixed32:
        out.add_fixed32(one.tag, static_cast<std::uint32_t>(one.number));
        break;
      case pbf_wire_type::fixed64:
        out.add_fixed64(one.tag, one.number);
        break;
      default:
        if (one.is_message()) {
          out.add_message(one.tag, text_of(one.fields));
        } else if (one.kind == Kind::kIntegers) {
          out.add_packed_int64(one.tag, one.integers.begin(), one.integers.end());
        } else {
          out.add_bytes(one.tag, one.bytes);
        }
    }
  }
  return text;
}

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  // One to four changes to the file that `fields` are.
  void change(std::vector<Field>& fields) {
    for (std::size_t times = 1 + below(4); times > 0; --times) change_one(fields);
  }

 private:
  using Place = std::pair<std::vector<Field>*, std::size_t>;  // a field is element second of first

  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  template <typename List>
  auto& any(List& list) {
    return list[below(std::size(list))];
  }

  std::int64_t any_integer(std::int64_t old) {
    constexpr std::int64_t kValues[] = {0,
                                        1,
                                        2,
                                        3,
                                        4,
                                        5,
                                        6,
                                        7,
                                        8,
                                        9,
                                        10,
                                        11,
                                        15,
                                        16,
                                        17,
                                        63,
                                        64,
                                        100,
                                        127,
                                        128,
                                        255,
                                        256,
                                        4096,
                                        65535,
                                        65536,
                                        1000000,
                                        0x7FFFFFFF,
                                        0x80000000,
                                        0xFFFFFFFF,
                                        0x100000000,
                                        0x4000000000000000,
                                        std::numeric_limits<std::int64_t>::max(),
                                        std::numeric_limits<std::int64_t>::min(),
                                        -1,
                                        -2,
                                        -3,
                                        -8,
                                        -100,
                                        -0x80000000LL};
    switch (below(4)) {
      case 0:  // wraps around
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(old) + below(5) - 2);
      case 1:
        return static_cast<std::int64_t>(below(12));
      default:
        return any(kValues);
    }
  }

  float any_float() {
    constexpr float kValues[] = {0.0f,
                                 -0.0f,
                                 1.0f,
                                 -1.0f,
                                 0.5f,
                                 2.0f,
                                 1e-30f,
                                 1e30f,
                                 -1e10f,
                                 3e9f,
                                 std::numeric_limits<float>::infinity(),
                                 -std::numeric_limits<float>::infinity(),
                                 std::numeric_limits<float>::quiet_NaN()};
    return any(kValues);
  }

  static void collect(std::vector<Field>& fields, std::vector<Place>& places) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      places.emplace_back(&fields, i);
      if (fields[i].is_message()) collect(fields[i].fields, places);
    }
  }

  void change_one(std::vector<Field>& fields) {
    std::vector<Place> places;
    collect(fields, places);
    if (places.empty()) return;
    const auto [list, index] = any(places);
    Field& one = (*list)[index];
    if (below(8) == 0) return rearrange(*list, index, places);
    if (one.wire == pbf_wire_type::varint) {
      one.number = static_cast<std::uint64_t>(any_integer(static_cast<std::int64_t>(one.number)));
    } else if (one.wire == pbf_wire_type::fixed32) {
      one.number = std::bit_cast<std::uint32_t>(any_float());
    } else if (one.wire == pbf_wire_type::fixed64) {
      one.number = std::bit_cast<std::uint64_t>(static_cast<double>(any_float()));
    } else if (one.kind == Kind::kIntegers) {
      change_integers(one.integers);
    } else if (one.kind == Kind::kNode && below(2) == 0) {
      add_attribute(one);
    } else if (one.is_message()) {
      rearrange(*list, index, places);
    } else if (one.parent == Kind::kTensor && one.tag == field::tensor::kRawData) {
      change_elements(one.bytes);
    } else {
      change_text(one, places);
    }
  }

  // Removes, repeats, moves or copies a field.
  void rearrange(std::vector<Field>& list, std::size_t index, const std::vector<Place>& places) {
    const auto at = [&](std::size_t i) { return list.begin() + static_cast<std::ptrdiff_t>(i); };
    switch (below(4)) {
      case 0:
        list.erase(at(index));
        break;
      case 1: {
        const Field copy = list[index];
        list.insert(at(below(list.size() + 1)), copy);
        break;
      }
      case 2:
        std::swap(list[index], any(list));
        break;
      default:
        for (int tries = 0; tries < 20; ++tries) {
          const auto [other_list, other_index] = places[below(places.size())];
          const Field& other = (*other_list)[other_index];
          if (other.parent != list[index].parent || other.wire != list[index].wire) continue;
          if (other.kind != list[index].kind || &other == &list[index]) continue;
          const Field copy = other;  // it may hold the place that it replaces
          list[index] = copy;
          break;
        }
    }
  }

  void change_integers(std::vector<std::int64_t>& integers) {
    switch (integers.empty() ? 0 : below(6)) {
      case 0:
        integers.push_back(any_integer(1));
        break;
      case 1:
        integers.pop_back();
        break;
      case 2:
        std::swap(any(integers), any(integers));
        break;
      default: {
        std::int64_t& one = any(integers);
        one = any_integer(one);
      }
    }
  }

  // A weight's elements, of whatever size, without changing their number.
  void change_elements(std::string& bytes) {
    if (bytes.empty()) return;
    const auto put = [&](auto value) {
      if (bytes.size() < sizeof value) return;
      const std::size_t place = below(bytes.size() / sizeof value) * sizeof value;
      std::memcpy(bytes.data() + place, &value, sizeof value);
    };
    switch (below(4)) {
      case 0:
        return put(any_float());
      case 1:
        return put(any_integer(0));
      case 2:
        return put(static_cast<std::int32_t>(any_integer(0)));
      default:
        any(bytes) = static_cast<char>(random_());
    }
  }

  void change_text(Field& one, const std::vector<Place>& places) {
    if (one.parent == Kind::kNode && one.tag == field::node::kOpType && below(4) != 0) {
      const auto operators = storewise::ops::registry().operators();
      one.bytes = operators[below(operators.size())].name;
      return;
    }
    switch (below(4)) {
      case 0: {  // libFuzzer's own ideas
        constexpr std::size_t kRoom = 16;
        const std::size_t old = one.bytes.size();
        one.bytes.resize(old + kRoom);
        one.bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(one.bytes.data()), old,
                                          one.bytes.size()));
        break;
      }
      case 1:
        one.bytes.clear();
        break;
      default:  // another name of the file: other edges, other labels
        for (int tries = 0; tries < 20; ++tries) {
          const auto [list, index] = places[below(places.size())];
          const Field& other = (*list)[index];
          if (!other.is_text() || other.bytes.size() > 100 || &other == &one) continue;
          one.bytes = other.bytes;
          break;
        }
    }
  }

  // An attribute that the node's operator knows, with any value.
  void add_attribute(Field& node) {
    std::string_view known;
    for (const Field& one : node.fields) {
      if (one.tag != field::node::kOpType) continue;
      for (const auto& op : storewise::ops::registry().operators()) {
        if (op.name == one.bytes && (known.empty() || below(2) == 0)) known = op.attributes;
      }
    }
    if (known.empty()) return;
    std::vector<std::string_view> entries;
    while (!known.empty()) {
      entries.push_back(known.substr(0, known.find(' ')));
      known.remove_prefix(std::min(known.size(), entries.back().size() + 1));
    }
    const std::string_view entry = any(entries);
    const std::size_t split = entry.find('=');
    Field attribute;
    attribute.tag = field::node::kAttribute;
    attribute.parent = Kind::kNode;
    attribute.kind = Kind::kAttribute;
    if (!fill(attribute.fields, entry.substr(0, split), entry.substr(split + 1))) return;
    std::erase_if(node.fields, [&](const Field& one) {
      return one.kind == Kind::kAttribute && !one.fields.empty() &&
             one.fields[0].bytes == attribute.fields[0].bytes;
    });
    node.fields.push_back(std::move(attribute));
  }

  bool fill(std::vector<Field>& fields, std::string_view name, std::string_view letter) {
    const auto add = [&](field::Tag tag, pbf_wire_type wire) -> Field& {
      Field& one = fields.emplace_back();
      one.tag = tag;
      one.wire = wire;
      one.parent = Kind::kAttribute;
      return one;
    };
    add(field::attribute::kName, pbf_wire_type::length_delimited).bytes = name;
    std::int32_t type = 0;
    switch (letter.empty() ? '?' : letter[0]) {
      case 'i':
        type = field::attribute::kTypeInt;
        add(field::attribute::kInt, pbf_wire_type::varint).number =
            static_cast<std::uint64_t>(any_integer(0));
        break;
      case 'f':
        type = field::attribute::kTypeFloat;
        add(field::attribute::kFloat, pbf_wire_type::fixed32).number =
            std::bit_cast<std::uint32_t>(any_float());
        break;
      case 's': {
        constexpr std::string_view kWords[] = {"",
                                               "add",
                                               "mul",
                                               "min",
                                               "max",
                                               "none",
                                               "reverse",
                                               "edge",
                                               "wrap",
                                               "reflect",
                                               "constant",
                                               "SAME_UPPER",
                                               "VALID",
                                               "SAME_LOWER",
                                               "ab",
                                               "ij->ji",
                                               "...",
                                               "SUM",
                                               "AVERAGE",
                                               "linear",
                                               "cubic",
                                               "bidirectional",
                                               "PROBIT",
                                               "LOGISTIC",
                                               "SOFTMAX",
                                               "RBF",
                                               "POLY",
                                               "TFIDF",
                                               "IDF",
                                               "L1",
                                               "SOFTMAX_ZERO",
                                               "CRD",
                                               "tanh"};
        type = field::attribute::kTypeString;
        add(field::attribute::kString, pbf_wire_type::length_delimited).bytes = any(kWords);
        break;
      }
      case 'I': {
        type = field::attribute::kTypeInts;
        Field& list = add(field::attribute::kInts, pbf_wire_type::length_delimited);
        list.kind = Kind::kIntegers;
        for (std::size_t n = below(6); n > 0; --n) list.integers.push_back(any_integer(1));
        break;
      }
      case 'F':
        type = field::attribute::kTypeFloats;
        for (std::size_t n = below(6); n > 0; --n) {
          add(field::attribute::kFloats, pbf_wire_type::fixed32).number =
              std::bit_cast<std::uint32_t>(any_float());
        }
        break;
      case 'S':
        type = field::attribute::kTypeStrings;
        for (std::size_t n = below(6); n > 0; --n) {
          add(field::attribute::kStrings, pbf_wire_type::length_delimited).bytes =
              std::string(1 + below(2), static_cast<char>('a' + below(4)));
        }
        break;
      default:
        return false;
    }
    add(field::attribute::kType, pbf_wire_type::varint).number = static_cast<std::uint64_t>(type);
    return true;
  }

  std::mt19937 random_;
};

// The new size; as libFuzzer's LLVMFuzzerCustomMutator. One time in four, and where the file can't
// be read or the result does not fit, the bytes are changed as libFuzzer likes.
inline std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t max_size,
                          unsigned seed) {
  if (seed % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  try {
    std::vector<Field> fields =
        parse(protozero::pbf_reader(reinterpret_cast<const char*>(data), size), Kind::kModel);
    Mutator(seed).change(fields);
    const std::string text = text_of(fields);
    if (!text.empty() && text.size() <= max_size) {
      std::memcpy(data, text.data(), text.size());
      return text.size();
    }
  } catch (const protozero::exception&) {
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

}  // namespace onnx_mutator
