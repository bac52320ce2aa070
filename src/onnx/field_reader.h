// One protobuf message, field by field.
//
// Small in WebAssembly, where a model is opened on every page: going to the next field reads it
// whole, so that whoever wants nothing of it has nothing to skip. Groups are refused: ONNX has
// none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace storewise::onnx {

enum class Wire : std::uint32_t { kVarint = 0, kFixed64 = 1, kBlock = 2, kFixed32 = 5 };

// How a field of this number and wire type begins.
constexpr std::uint32_t tag_of(std::uint32_t number, Wire wire) {
  return number << 3U | static_cast<std::uint32_t>(wire);
}

// Takes a varint off the front of `bytes`. False when they end in it or it is longer than the ten
// bytes that 64 bits take; what is left of them is unspecified then.
bool take_varint(std::string_view* bytes, std::uint64_t* value);

// Throw that the model cannot be read: it breaks off or is damaged, or is of another format.
[[noreturn]] void fail_broken();
[[noreturn]] void fail_foreign();
// Whether an error is one of these two, so that who has the whole file can say more.
bool is_unreadable(const Error& error);

// Refers to the message's bytes. Every length is held against them in 64 bits: one of gigabytes
// leads nowhere in 32.
class FieldReader {
 public:
  explicit FieldReader(const std::string_view& message) : rest_(message) {}

  // Reads the next field; false after the last. Throws Error where there is none.
  bool next();

  std::uint32_t tag() const { return tag_; }
  std::uint32_t number() const { return tag_ >> 3U; }
  Wire wire() const { return static_cast<Wire>(tag_ & 7U); }
  // The value of a varint.
  std::int64_t integer() const { return static_cast<std::int64_t>(bits_); }
  std::int32_t integer32() const { return static_cast<std::int32_t>(bits_); }
  // What a block holds, or the bytes of a fixed32 or fixed64.
  const std::string_view& block() const { return block_; }
  // The value of a fixed32.
  float single() const {
    float value;
    std::memcpy(&value, block_.data(), sizeof value);
    return value;
  }
  // What follows the field.
  const std::string_view& rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::string_view block_;
  std::uint64_t bits_ = 0;
  std::uint32_t tag_ = 0;
};

// A repeated integer, packed or one at a time.
void append_ints(const FieldReader& in, std::vector<std::int64_t>* values);

// Appends the elements that `bytes` hold side by side.
template <typename T>
void append_elements(const std::string_view& bytes, std::vector<T>* values) {
  if (bytes.size() % sizeof(T) != 0) fail_broken();
  const std::size_t start = values->size();
  values->resize(start + bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(values->data() + start, bytes.data(), bytes.size());
}

// A repeated float under fixed32 or double under fixed64, packed or one at a time.
template <typename T>
void append_fixed(const FieldReader& in, std::vector<T>* values) {
  append_elements(in.block(), values);
}

}  // namespace storewise::onnx
