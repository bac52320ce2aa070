// Reads a large JSON document value by value, without building it in memory.
//
// For documents of columns (a catalogue, a recommender's metadata) whose tree would take ten times
// their text. As strict as JsonDocument about syntax and depth; whether a key comes twice is for
// the reader to notice, because only the reader knows which keys matter.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/message.h"

namespace storewise::recommend {

// One scalar: `text` holds a string's characters, `number` a number's value.
struct JsonScalar {
  enum class Type { kNull, kBoolean, kNumber, kString };
  Type type = Type::kNull;
  bool boolean = false;
  double number = 0;
  std::string_view text;
};

class JsonColumnReader {
 public:
  virtual ~JsonColumnReader() = default;
  JsonColumnReader(const JsonColumnReader&) = delete;
  JsonColumnReader& operator=(const JsonColumnReader&) = delete;

  // Reads all of `text`. Throws Error(kInvalidInput) with file `name` and line and column, or what
  // the overridden functions throw.
  void read(std::string_view text, std::string_view name);

  // The enclosing containers of the current value, outermost (the document) first.
  struct Frame {
    bool array = false;
    std::string key;        // of the current member, in an object
    std::size_t index = 0;  // of the current element, in an array
  };

 protected:
  JsonColumnReader() = default;

  // An object or array begins; frames() already ends with it. `array` tells which.
  virtual void begin(bool array) = 0;
  // It ends; frames() still ends with it.
  virtual void end() {}
  virtual void scalar(const JsonScalar& value) = 0;

  const std::vector<Frame>& frames() const { return frames_; }
  // True when the current value is reached by these object keys and nothing else.
  bool at(std::initializer_list<std::string_view> keys, std::size_t depth) const;
  // "$.fields.department.index[3]"
  std::string path() const;
  // Throws Error(kInvalidInput) at path().
  template <typename... Parts>
  [[noreturn, gnu::always_inline]] void fail(TextOf<2, Parts...> text,
                                             const Parts&... parts) const {
    fail_with(text.text, message_kinds<Parts...>(), MessageParts<Parts...>(parts...).list);
  }
  // Fails unless `value` is a string / a whole number within [minimum, maximum].
  std::string_view expect_string(const JsonScalar& value) const;
  double expect_number(const JsonScalar& value, double minimum, double maximum) const;
  double expect_whole(const JsonScalar& value, double minimum, double maximum) const;

 private:
  [[noreturn]] void fail_with(const char* text, unsigned kinds, const MessagePart* parts) const;
  [[noreturn]] void fail_range(std::string_view what, const JsonScalar& value, double minimum,
                               double maximum) const;
  class Events;
  std::string name_;
  std::vector<Frame> frames_;
};

}  // namespace storewise::recommend
