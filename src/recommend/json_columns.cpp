#include "recommend/json_columns.h"

#include <algorithm>
#include <cmath>

#include "support/error.h"
#include "support/json.h"

namespace storewise::recommend {

// The parser's events, with the way to each value kept on the side.
class JsonColumnReader::Events final : public nlohmann::json_sax<Json> {
 public:
  explicit Events(JsonColumnReader& reader) : reader_(reader) {}

  bool null() override { return scalar({}); }
  bool boolean(bool value) override { return scalar({JsonScalar::Type::kBoolean, value, 0, {}}); }
  bool number_integer(Json::number_integer_t value) override {
    return scalar({JsonScalar::Type::kNumber, false, static_cast<double>(value), {}});
  }
  bool number_unsigned(Json::number_unsigned_t value) override {
    return scalar({JsonScalar::Type::kNumber, false, static_cast<double>(value), {}});
  }
  bool number_float(Json::number_float_t value, const std::string&) override {
    return scalar({JsonScalar::Type::kNumber, false, value, {}});
  }
  bool string(std::string& value) override {
    return scalar({JsonScalar::Type::kString, false, 0, value});
  }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    reader_.frames_.back().key = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::detail::exception&) override {
    position_ = position;
    const std::size_t start = last_token.size() > 24 ? last_token.size() - 24 : 0;
    found_ = last_token.empty() ? std::string("the end of the text")
                                : "\"" + last_token.substr(start) + "\"";
    return false;
  }

  std::size_t position_ = 0;
  std::string found_;

 private:
  bool scalar(const JsonScalar& value) {
    reader_.scalar(value);
    next();
    return true;
  }
  bool open(bool array) {
    if (reader_.frames_.size() == kMaxJsonDepth) {
      reader_.fail({"at most ", kMaxJsonDepth, " levels of nesting"}, {"more"});
    }
    reader_.frames_.push_back({array, {}, 0});
    reader_.begin(array);
    return true;
  }
  bool close() {
    reader_.end();
    reader_.frames_.pop_back();
    next();
    return true;
  }
  void next() {
    if (!reader_.frames_.empty() && reader_.frames_.back().array) ++reader_.frames_.back().index;
  }

  JsonColumnReader& reader_;
};

void JsonColumnReader::read(std::string_view text, std::string_view name) {
  name_ = name;
  frames_.clear();
  Events events(*this);
  nlohmann::json_sax<Json>* const handler = &events;
  if (Json::sax_parse(text.begin(), text.end(), handler)) return;
  const std::size_t offset = events.position_ == 0 ? 0 : events.position_ - 1;
  std::string found = std::move(events.found_);
  if (text.empty()) found = "nothing: it is empty";
  if (text.starts_with('<')) found = "HTML or XML";
  throw Error(ErrorCode::kInvalidInput, "the JSON cannot be read",
              {name_, line_and_column(text, std::min(offset, text.size())), "JSON", found});
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
      path += message({"[", frame.index, "]"});
    } else if (!frame.key.empty()) {
      path += "." + frame.key;
    }
  }
  return path;
}

void JsonColumnReader::fail(Pieces expected, Pieces found) const {
  throw_error(ErrorCode::kInvalidInput, "the JSON does not have the right form", name_, {path()},
              expected, found);
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
        return message({static_cast<std::int64_t>(value.number)});
      }
      return "another number";
    case JsonScalar::Type::kString:
      return message({"the string \"", value.text.substr(0, 60), "\""});
  }
  return {};
}

}  // namespace

void JsonColumnReader::fail_range(std::string_view what, const JsonScalar& value, double minimum,
                                  double maximum) const {
  fail({what, " from ", static_cast<std::int64_t>(minimum), " up to ",
        static_cast<std::int64_t>(maximum)},
       {describe(value)});
}

std::string_view JsonColumnReader::expect_string(const JsonScalar& value) const {
  if (value.type != JsonScalar::Type::kString) fail({"a string"}, {describe(value)});
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
