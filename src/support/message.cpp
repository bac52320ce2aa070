#include "support/message.h"

#include <utility>

namespace storewise {
namespace {

void append_number(std::string& out, std::uint64_t rest, bool negative) {
  char digits[20];
  char* first = digits + sizeof(digits);
  if (negative) {
    out += '-';
    rest = 0 - rest;
  }
  do {
    *--first = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  out.append(first, digits + sizeof(digits));
}

}  // namespace

std::string MessageReader::next() {
  std::string out;
  while (*text_ != '\0') {
    const char c = *text_++;
    if (c == '|') break;
    if (c != '%') {
      out += c;
      continue;
    }
    switch (static_cast<MessageKind>(kinds_ & 3U)) {
      case MessageKind::kNumber:
        append_number(out, static_cast<std::uint64_t>(parts_->number), parts_->number < 0);
        break;
      case MessageKind::kUnsigned:
        append_number(out, static_cast<std::uint64_t>(parts_->number), false);
        break;
      case MessageKind::kText:
        out += parts_->text;
        break;
      case MessageKind::kOther:
        parts_->other.append(out, parts_->other.object);
        break;
    }
    kinds_ >>= 2U;
    ++parts_;
  }
  return out;
}

std::string make_message(const char* text, unsigned kinds, const MessagePart* parts) {
  return MessageReader(text, kinds, parts).next();
}

void throw_message(ErrorCode code, const std::string_view* file, const char* text, unsigned kinds,
                   const MessagePart* parts) {
  MessageReader reader(text, kinds, parts);
  std::string summary = reader.next();
  ErrorDetail detail;
  if (file != nullptr) detail.file = *file;
  detail.place = reader.next();
  detail.expected = reader.next();
  detail.found = reader.next();
  throw Error(code, std::move(summary), std::move(detail));
}

}  // namespace storewise
