#include "recommend/json_columns.h"

#include <algorithm>
#include <cmath>

#include "support/error.h"
#include "support/json.h"

namespace storewise::recommend {

// The parser's events, with the way to each value kept on the side.
class JsonColumnReader::Events final : public JsonEvents {
 public:
  explicit Events(JsonColumnReader& reader) : reader_(reader) {}

  void begin(bool array) override {
    reader_.frames_.push_back({array, {}, 0});
    reader_.begin(array);
  }
  void end() override {
    reader_.end();
    reader_.frames_.pop_back();
    next();
  }
  bool key(std::string& name) override {
    reader_.frames_.back().key = name;
    return true;
  }
  void string(std::string& value) override {
    reader_.scalar({JsonScalar::Type::kString, false, 0, value});
    next();
  }
  void scalar(Json&& value) override {
    JsonScalar scalar;
    if (value.is_boolean()) {
      scalar.type = JsonScalar::Type::kBoolean;
      scalar.boolean = value.get<bool>();
    } else if (value.is_number()) {
      scalar.type = JsonScalar::Type::kNumber;
      scalar.number = value.get<double>();
    }
    reader_.scalar(scalar);
    next();
  }

 private:
  void next() {
    if (!reader_.frames_.empty() && reader_.frames_.back().array) ++reader_.frames_.back().index;
  }

  JsonColumnReader& reader_;
};

void JsonColumnReader::read(std::string_view text, std::string_view name) {
  name_ = name;
  frames_.clear();
  Events events(*this);
  read_json(text, name, events);
}

bool JsonColumnReader::at(std::initializer_list<std::string_view> keys, std::size_t depth) const {
  if (frames_.size() != depth || keys.size() > depth) return false;
  std::size_t level = 0;
  for (const std::string_view key : keys) {
    const Frame& frame = frames_[level++];
    if (frame.array || (!key.empty() && frame.key != key)) return false;
  }
  return true;
}

std::string JsonColumnReader::path() const {
  std::string path = "$";
  for (const Frame& frame : frames_) {
    if (frame.array) {
      path += message("[%]", frame.index);
    } else if (!frame.key.empty()) {
      path += "." + frame.key;
    }
  }
  return path;
}

void JsonColumnReader::fail_with(const char* text, unsigned kinds, const MessagePart* parts) const {
  MessageReader reader(text, kinds, parts);
  const std::string expected = reader.next();
  throw_error_in(name_, ErrorCode::kInvalidInput, "the JSON does not have the right form|%|%|%",
                 path(), expected, reader.next());
}

namespace {

std::string describe(const JsonScalar& value) {
  switch (value.type) {
    case JsonScalar::Type::kNull:
      return "null";
    case JsonScalar::Type::kBoolean:
      return value.boolean ? "true" : "false";
    case JsonScalar::Type::kNumber:
      if (value.number == std::floor(value.number) && std::fabs(value.number) < 1e15) {
        return message("%", static_cast<std::int64_t>(value.number));
      }
      return "another number";
    case JsonScalar::Type::kString:
      return message("the string \"%\"", value.text.substr(0, 60));
  }
  return {};
}

}  // namespace

void JsonColumnReader::fail_range(std::string_view what, const JsonScalar& value, double minimum,
                                  double maximum) const {
  fail("% from % up to %|%", what, static_cast<std::int64_t>(minimum),
       static_cast<std::int64_t>(maximum), describe(value));
}

std::string_view JsonColumnReader::expect_string(const JsonScalar& value) const {
  if (value.type != JsonScalar::Type::kString) fail("a string|%", describe(value));
  return value.text;
}

double JsonColumnReader::expect_number(const JsonScalar& value, double minimum,
                                       double maximum) const {
  if (value.type != JsonScalar::Type::kNumber ||
      !(value.number >= minimum && value.number <= maximum)) {
    fail_range("a number", value, minimum, maximum);
  }
  return value.number;
}

double JsonColumnReader::expect_whole(const JsonScalar& value, double minimum,
                                      double maximum) const {
  if (value.type != JsonScalar::Type::kNumber || value.number != std::floor(value.number) ||
      !(value.number >= minimum && value.number <= maximum)) {
    fail_range("a whole number", value, minimum, maximum);
  }
  return value.number;
}

}  // namespace storewise::recommend
