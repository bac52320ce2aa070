#include "support/json.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace storewise {
namespace {

// Builds the document from the parser's events. Written here rather than taken from the library
// because it counts depth and sees duplicate keys, and is smaller than the library's two builders.
class Builder {
 public:
  explicit Builder(Json* root) : root_(root) {}

  bool null() { return add(Json(nullptr)); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(Json::number_integer_t value) { return add(Json(value)); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(Json(value)); }
  bool number_float(Json::number_float_t value, const std::string&) { return add(Json(value)); }
  bool string(std::string& value) { return add(Json(std::move(value))); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::value_t::object); }
  bool start_array(std::size_t) { return open(Json::value_t::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    Json& object = *open_.back();
    if (object.contains(name)) {
      problem_ = "each key once";
      found_ = "the key \"" + name + "\" twice";
      return false;
    }
    member_ = &object[name];
    return true;
  }
  template <typename Exception>
  bool parse_error(std::size_t position, const std::string& last_token, const Exception&) {
    position_ = position;
    problem_ = "JSON";
    // The lexer's token is all of the string or number read so far: its end is what matters.
    const std::size_t start = last_token.size() > 24 ? last_token.size() - 24 : 0;
    found_ = last_token.empty() ? std::string("the end of the text")
                                : "\"" + last_token.substr(start) + "\"";
    return false;
  }

  std::size_t position_ = 0;
  std::string problem_;
  std::string found_;

 private:
  Json* place(Json&& value) {
    if (open_.empty()) {
      *root_ = std::move(value);
      return root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    *member_ = std::move(value);
    return member_;
  }
  bool add(Json&& value) {
    place(std::move(value));
    return true;
  }
  bool open(Json::value_t type) {
    if (open_.size() == kMaxJsonDepth) {
      problem_ = "at most " + std::to_string(kMaxJsonDepth) + " levels of nesting";
      found_ = "more";
      return false;
    }
    open_.push_back(place(Json(type)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json* root_;
  // A parent's elements stay where they are while a child is open: only the innermost grows.
  std::vector<Json*> open_;
  Json* member_ = nullptr;
};

std::string describe(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    default: {
      std::string text = json_text(value);
      if (text.size() > 60) text = text.substr(0, 57) + "...";
      return text;
    }
  }
}

// Extends `path` by the way from `from` to `target`; false, with `path` as it was, if there is
// none.
bool find_path(const Json& from, const Json* target, std::string* path) {
  if (&from == target) return true;
  const std::size_t length = path->size();
  if (from.is_object()) {
    for (auto member = from.begin(); member != from.end(); ++member) {
      *path += "." + member.key();
      if (find_path(member.value(), target, path)) return true;
      path->resize(length);
    }
  } else if (from.is_array()) {
    std::size_t index = 0;
    for (const Json& element : from) {
      *path += "[" + std::to_string(index++) + "]";
      if (find_path(element, target, path)) return true;
      path->resize(length);
    }
  }
  return false;
}

std::string plain_number(double value) { return json_text(Json(value)); }

}  // namespace

std::string json_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_end = before.rfind('\n');
  const std::size_t column =
      line_end == std::string_view::npos ? before.size() + 1 : before.size() - line_end;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

JsonDocument::JsonDocument(std::string_view text, std::string_view name) : name_(name) {
  Builder builder(&root_);
  if (Json::sax_parse(text.begin(), text.end(), &builder)) return;
  ErrorDetail detail{name_, {}, builder.problem_, builder.found_};
  if (builder.problem_ == "JSON") {
    const std::size_t offset = builder.position_ == 0 ? 0 : builder.position_ - 1;
    detail.place = line_and_column(text, std::min(offset, text.size()));
    if (text.empty()) detail.found = "nothing: it is empty";
    if (text.starts_with('<')) detail.found = "HTML or XML";
  }
  throw Error(ErrorCode::kInvalidInput, "the JSON cannot be read", std::move(detail));
}

std::string JsonView::path() const {
  std::string path = "$";
  find_path(document_->root().raw(), node_, &path);
  return path;
}

void JsonView::fail(std::string expected, std::string found) const {
  throw Error(ErrorCode::kInvalidInput, "the JSON does not have the right form",
              {document_->name(), path(), std::move(expected),
               found.empty() ? describe(*node_) : std::move(found)});
}

void JsonView::expect_object() const {
  if (!node_->is_object()) fail("an object");
}

JsonView JsonView::at(std::string_view key) const {
  expect_object();
  const auto member = node_->find(key);
  if (member == node_->end()) fail("the key \"" + std::string(key) + "\"", "an object without it");
  return JsonView(*member, *document_);
}

std::optional<JsonView> JsonView::find(std::string_view key) const {
  expect_object();
  const auto member = node_->find(key);
  if (member == node_->end() || member->is_null()) return std::nullopt;
  return JsonView(*member, *document_);
}

std::size_t JsonView::size() const {
  if (!node_->is_array()) fail("an array");
  return node_->size();
}

JsonView JsonView::operator[](std::size_t index) const {
  if (index >= size()) {
    fail("at least " + std::to_string(index + 1) + " elements", std::to_string(size()));
  }
  return JsonView((*node_)[index], *document_);
}

const std::string& JsonView::string() const {
  if (!node_->is_string()) fail("a string");
  return node_->get_ref<const std::string&>();
}

bool JsonView::boolean() const {
  if (!node_->is_boolean()) fail("true or false");
  return node_->get<bool>();
}

std::int64_t JsonView::integer(std::int64_t minimum, std::int64_t maximum) const {
  const auto expected = [&] {
    std::string text = "a whole number";
    if (minimum != std::numeric_limits<std::int64_t>::min()) {
      text += " from " + std::to_string(minimum);
    }
    if (maximum != std::numeric_limits<std::int64_t>::max()) {
      text += " up to " + std::to_string(maximum);
    }
    return text;
  };
  std::int64_t value = 0;
  if (node_->is_number_unsigned()) {
    const auto large = node_->get<std::uint64_t>();
    if (large > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      fail(expected());
    }
    value = static_cast<std::int64_t>(large);
  } else if (node_->is_number_integer()) {
    value = node_->get<std::int64_t>();
  } else if (node_->is_number_float()) {  // JavaScript may well write 1e3 or 3.0
    const double number = node_->get<double>();
    if (!(std::fabs(number) <= 9007199254740992.0) || number != std::floor(number)) {
      fail(expected());
    }
    value = static_cast<std::int64_t>(number);
  } else {
    fail(expected());
  }
  if (value < minimum || value > maximum) fail(expected());
  return value;
}

double JsonView::number(double minimum, double maximum) const {
  const auto expected = [&] {
    std::string text = "a number";
    if (minimum != std::numeric_limits<double>::lowest()) text += " from " + plain_number(minimum);
    if (maximum != std::numeric_limits<double>::max()) text += " up to " + plain_number(maximum);
    return text;
  };
  if (!node_->is_number()) fail(expected());
  const double value = node_->get<double>();
  if (!(value >= minimum && value <= maximum)) fail(expected());
  return value;
}

std::string JsonView::string_or(std::string_view key, std::string_view fallback) const {
  const auto member = find(key);
  return member ? member->string() : std::string(fallback);
}

bool JsonView::boolean_or(std::string_view key, bool fallback) const {
  const auto member = find(key);
  return member ? member->boolean() : fallback;
}

std::int64_t JsonView::integer_or(std::string_view key, std::int64_t fallback, std::int64_t minimum,
                                  std::int64_t maximum) const {
  const auto member = find(key);
  return member ? member->integer(minimum, maximum) : fallback;
}

double JsonView::number_or(std::string_view key, double fallback, double minimum,
                           double maximum) const {
  const auto member = find(key);
  return member ? member->number(minimum, maximum) : fallback;
}

std::vector<std::string> JsonView::strings() const {
  std::vector<std::string> values;
  values.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) values.push_back((*this)[i].string());
  return values;
}

}  // namespace storewise
