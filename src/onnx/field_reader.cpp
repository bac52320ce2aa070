#include "onnx/field_reader.h"

#include "support/message.h"
#include "support/words.h"

namespace storewise::onnx {

void fail_broken() {
  throw_error(ErrorCode::kInvalidModel,
              "the model cannot be read||an ONNX file|a file that breaks off or is damaged");
}

void fail_foreign() {
  throw_error(ErrorCode::kInvalidModel,
              "the model cannot be read||an ONNX file|a damaged file or another format");
}

bool is_unreadable(const Error& error) {
  return same_text(error.summary(), "the model cannot be read");
}

bool take_varint(std::string_view* bytes, std::uint64_t* value) {
  *value = 0;
  for (std::size_t at = 0; at < bytes->size() && at < 10; ++at) {
    const auto byte = static_cast<unsigned char>((*bytes)[at]);
    *value |= std::uint64_t{byte & 127U} << 7 * at;
    if (byte >= 128) continue;
    bytes->remove_prefix(at + 1);
    return true;
  }
  return false;
}

void append_ints(const FieldReader& in, std::vector<std::int64_t>* values) {
  if (in.wire() == Wire::kVarint) {
    values->push_back(in.integer());
    return;
  }
  std::string_view packed = in.block();
  std::uint64_t value = 0;
  while (!packed.empty()) {
    if (!take_varint(&packed, &value)) fail_broken();
    values->push_back(static_cast<std::int64_t>(value));
  }
}

bool FieldReader::next() {
  if (rest_.empty()) return false;
  std::uint64_t size = 0;
  if (!take_varint(&rest_, &bits_)) fail_broken();
  tag_ = static_cast<std::uint32_t>(bits_);
  if (number() == 0 || bits_ != tag_) fail_foreign();
  switch (wire()) {
    case Wire::kFixed64:
      size = 8;
      break;
    case Wire::kFixed32:
      size = 4;
      break;
    case Wire::kVarint:
    case Wire::kBlock:
      if (!take_varint(&rest_, &bits_)) fail_broken();
      if (wire() == Wire::kBlock) size = bits_;
      break;
    default:
      fail_foreign();
  }
  if (size > rest_.size()) fail_broken();
  block_ = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(block_.size());
  return true;
}

}  // namespace storewise::onnx
