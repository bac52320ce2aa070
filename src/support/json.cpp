#include "support/json.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "support/decimal.h"
#include "support/message.h"

namespace storewise {
namespace {

// The length of the UTF-8 sequence at text[at], 0 when it is none (RFC 3629: shortest form, no
// surrogates, at most U+10FFFF).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

void append_utf8(std::uint32_t code_point, std::string* out) {
  const auto put = [out](std::uint32_t byte) { *out += static_cast<char>(byte); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      put(0xE0 | code_point >> 12);
    } else {
      put(0xF0 | code_point >> 18);
      put(0x80 | (code_point >> 12 & 0x3F));
    }
    put(0x80 | (code_point >> 6 & 0x3F));
  }
  put(0x80 | (code_point & 0x3F));
}

// RFC 8259, by recursive descent. Written here because the library's parser, with the printf and
// strtod that it brings along, is a tenth of the runtime that a page downloads.
class Parser {
 public:
  Parser(std::string_view text, JsonEvents& events) : text_(text), events_(events) {}

  // False, with the members below set, when the text is not one JSON value.
  bool parse() {
    skip_space();
    if (!value(0)) return false;
    skip_space();
    return at_ == text_.size() || fail("the end of the text");
  }

  std::size_t at_ = 0;  // where parsing stopped
  std::string expected_;
  std::string found_;  // when it is more than the text at that place

 private:
  bool fail(std::string_view expected) {
    expected_ = expected;
    return false;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char wanted) {
    if (peek() != wanted || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++at_;
  }
  bool word(std::string_view letters, Json&& meaning) {
    if (text_.substr(at_, letters.size()) != letters) return fail("a JSON value");
    at_ += letters.size();
    events_.scalar(std::move(meaning));
    return true;
  }

  bool value(std::size_t depth) {
    switch (peek()) {
      case '{':
      case '[':
        if (depth == kMaxJsonDepth) {
          found_ = "more";
          return fail(message("at most % levels of nesting", kMaxJsonDepth));
        }
        return peek() == '{' ? object(depth + 1) : array(depth + 1);
      case '"':
        if (!string()) return false;
        events_.string(letters_);
        return true;
      case 't':
        return word("true", Json(true));
      case 'f':
        return word("false", Json(false));
      case 'n':
        return word("null", Json(nullptr));
      default:
        return number();
    }
  }

  // The closing bracket is where it was looked for, or `expected` was.
  bool close(char bracket, std::string_view expected) {
    if (!take(bracket)) return fail(expected);
    events_.end();
    return true;
  }

  bool object(std::size_t depth) {
    events_.begin(false);
    ++at_;
    skip_space();
    if (peek() == '}') return close('}', {});
    do {
      skip_space();
      if (peek() != '"') return fail("a key in quotation marks");
      const std::size_t start = at_;
      if (!string()) return false;
      if (!events_.key(letters_)) {
        at_ = start;
        found_ = message("the key \"%\" twice", letters_);
        return fail("each key once");
      }
      skip_space();
      if (!take(':')) return fail("a colon");
      skip_space();
      if (!value(depth)) return false;
      skip_space();
    } while (take(','));
    return close('}', "a comma or }");
  }

  bool array(std::size_t depth) {
    events_.begin(true);
    ++at_;
    skip_space();
    if (peek() == ']') return close(']', {});
    do {
      skip_space();
      if (!value(depth)) return false;
      skip_space();
    } while (take(','));
    return close(']', "a comma or ]");
  }

  // Reads a string into letters_.
  bool string() {
    letters_.clear();
    ++at_;
    for (;;) {
      const std::size_t start = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\') {
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte >= 0x20 && byte < 0x80) {  // nearly always
          ++at_;
          continue;
        }
        const std::size_t length = utf8_length(text_, at_);
        if (length == 0) return fail("UTF-8");
        if (static_cast<unsigned char>(text_[at_]) < 0x20) return fail("an escaped character");
        at_ += length;
      }
      letters_.append(text_, start, at_ - start);
      if (at_ == text_.size()) return fail("a closing quotation mark");
      if (take('"')) return true;
      ++at_;
      if (!escape(&letters_)) return false;
    }
  }

  bool escape(std::string* out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = peek();
    if (const std::size_t known = kLetters.find(letter); known != std::string_view::npos) {
      ++at_;
      *out += kMeanings[known];
      return true;
    }
    std::uint32_t unit = 0;
    if (!take('u') || !hex(&unit)) return fail("an escape sequence");
    if (unit >= 0xD800 && unit < 0xDC00) {  // the first half of a pair
      std::uint32_t second = 0;
      if (!take('\\') || !take('u') || !hex(&second) || second < 0xDC00 || second > 0xDFFF) {
        return fail("the second half of a surrogate pair");
      }
      unit = 0x10000 + ((unit - 0xD800) << 10 | (second - 0xDC00));
    } else if (unit >= 0xDC00 && unit < 0xE000) {
      return fail("the first half of a surrogate pair");
    }
    append_utf8(unit, out);
    return true;
  }

  bool hex(std::uint32_t* out) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const char digit = peek();
      const char letter = static_cast<char>(digit | 0x20);
      if (digit >= '0' && digit <= '9') {
        *out = *out << 4 | static_cast<std::uint32_t>(digit - '0');
      } else if (letter >= 'a' && letter <= 'f') {
        *out = *out << 4 | static_cast<std::uint32_t>(letter - 'a' + 10);
      } else {
        return false;
      }
    }
    return true;
  }

  bool is_digit() const { return peek() >= '0' && peek() <= '9'; }

  bool number() {
    const std::size_t start = at_;
    const bool negative = take('-');
    if (!is_digit()) return fail("a JSON value");
    std::uint64_t digits = 0;
    int exponent = 0;
    // Up to nineteen digits count; further ones only shift the decimal point.
    const auto take_digits = [&](bool fraction) {
      for (; is_digit(); ++at_) {
        const auto digit = static_cast<std::uint64_t>(peek() - '0');
        const bool fits = digits < (UINT64_MAX - 9) / 10;
        if (fits) digits = digits * 10 + digit;
        if (fits == fraction && exponent > -100000 && exponent < 100000) {
          exponent += fraction ? -1 : 1;
        }
      }
    };
    if (take('0')) {
      if (is_digit()) return fail("no digit after a leading zero");
    } else {
      take_digits(false);
    }
    bool whole = exponent == 0;
    if (take('.')) {
      whole = false;
      if (!is_digit()) return fail("a digit");
      take_digits(true);
    }
    if (take('e') || take('E')) {
      whole = false;
      const bool minus = take('-');
      if (!minus) take('+');
      if (!is_digit()) return fail("a digit");
      int power = 0;
      for (; is_digit(); ++at_) power = std::min(power * 10 + (peek() - '0'), 100000);
      exponent += minus ? -power : power;
    }
    if (whole && !negative) {
      events_.scalar(Json(digits));
    } else if (whole && digits <= std::uint64_t{1} << 63) {
      events_.scalar(Json(static_cast<std::int64_t>(0 - digits)));
    } else {
      const double magnitude = scale_by_ten(digits, exponent);
      if (magnitude > std::numeric_limits<double>::max()) {
        at_ = start;
        return fail("a number that a double can hold");
      }
      events_.scalar(Json(negative ? -magnitude : magnitude));
    }
    return true;
  }

  std::string_view text_;
  JsonEvents& events_;
  std::string letters_;  // the last string or key
};

// Builds a document's tree from its events.
class TreeBuilder final : public JsonEvents {
 public:
  explicit TreeBuilder(Json* root) : next_(root) {}

  void begin(bool array) override {
    open_.push_back(place(Json(array ? Json::value_t::array : Json::value_t::object)));
  }
  void end() override { open_.pop_back(); }
  bool key(std::string& name) override {
    const auto [member, is_new] =
        open_.back()->get_ptr<Json::object_t*>()->try_emplace(std::move(name));
    next_ = &member->second;
    return is_new;
  }
  void string(std::string& value) override { place(Json(std::move(value))); }
  void scalar(Json&& value) override { place(std::move(value)); }

 private:
  Json* place(Json&& value) {
    if (!open_.empty() && open_.back()->is_array()) {
      next_ = &open_.back()->get_ptr<Json::array_t*>()->emplace_back();
    }
    *next_ = std::move(value);
    return next_;
  }

  // An outer container's elements stay where they are while an inner one is open.
  std::vector<Json*> open_;
  Json* next_;  // where the next value goes, unless into an array
};

void append_string(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  *out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_length(text, i);
    if (byte == '"' || byte == '\\') {
      *out += '\\';
      *out += text[i];
    } else if (byte < 0x20) {
      constexpr std::string_view kShort = "btn\0fr";  // \b \t \n (\v has none) \f \r
      const char letter = byte >= 8 && byte <= 13 ? kShort[byte - 8u] : '\0';
      *out += '\\';
      if (letter != '\0') {
        *out += letter;
      } else {
        *out += "u00";
        *out += kHex[byte >> 4];
        *out += kHex[byte & 15];
      }
    } else if (length == 0) {
      *out += "\xEF\xBF\xBD";
    } else {
      out->append(text, i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  *out += '"';
}

void append_value(const Json& value, std::string* out) {
  char separator = 0;
  const auto separate = [&] {
    if (separator != 0) *out += separator;
    separator = ',';
  };
  switch (value.type()) {
    case Json::value_t::object:
      *out += '{';
      for (auto member = value.begin(); member != value.end(); ++member) {
        separate();
        append_string(member.key(), out);
        *out += ':';
        append_value(member.value(), out);
      }
      *out += '}';
      break;
    case Json::value_t::array:
      *out += '[';
      for (const Json& element : value) {
        separate();
        append_value(element, out);
      }
      *out += ']';
      break;
    case Json::value_t::string:
      append_string(*value.get_ptr<const std::string*>(), out);
      break;
    case Json::value_t::boolean:
      *out += *value.get_ptr<const bool*>() ? "true" : "false";
      break;
    case Json::value_t::number_unsigned:
      Piece(*value.get_ptr<const std::uint64_t*>()).append_to(*out);
      break;
    case Json::value_t::number_integer:
      Piece(*value.get_ptr<const std::int64_t*>()).append_to(*out);
      break;
    case Json::value_t::number_float: {
      const double number = *value.get_ptr<const double*>();
      if (std::isfinite(number)) {
        // The library's shortest form that reads back as the same number (Grisu2).
        char digits[64];
        out->append(digits, nlohmann::detail::to_chars(digits, digits + sizeof digits, number));
        break;
      }
      [[fallthrough]];
    }
    default:
      *out += "null";
  }
}

std::string plain_number(double value) {
  char digits[kDecimalLength];
  return {digits, write_decimal(value, false, digits)};
}

// A value in a message. Numbers not as json_text writes them, which pages do not download.
std::string describe(const Json& value) {
  std::string text;
  switch (value.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      append_string(*value.get_ptr<const std::string*>(), &text);
      break;
    case Json::value_t::boolean:
      return *value.get_ptr<const bool*>() ? "true" : "false";
    case Json::value_t::number_unsigned:
      return message("%", *value.get_ptr<const std::uint64_t*>());
    case Json::value_t::number_integer:
      return message("%", *value.get_ptr<const std::int64_t*>());
    case Json::value_t::number_float:
      return plain_number(*value.get_ptr<const double*>());
    default:
      return "null";
  }
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

// See JsonDocument::Tree.
void take_apart(Json& value) {
  if (auto* array = value.get_ptr<Json::array_t*>()) {
    for (Json& element : *array) take_apart(element);
    array->clear();
  } else if (auto* object = value.get_ptr<Json::object_t*>()) {
    for (auto& member : *object) take_apart(member.second);
    object->clear();
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
      *path += message("[%]", index++);
      if (find_path(element, target, path)) return true;
      path->resize(length);
    }
  }
  return false;
}

}  // namespace

std::string json_text(const Json& value) {
  std::string text;
  append_value(value, &text);
  return text;
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_end = before.rfind('\n');
  const std::size_t column =
      line_end == std::string_view::npos ? before.size() + 1 : before.size() - line_end;
  return message("line %, column %", line, column);
}

void read_json(std::string_view text, std::string_view name, JsonEvents& events) {
  Parser parser(text, events);
  if (parser.parse()) return;
  if (text.empty()) parser.found_ = "nothing: it is empty";
  if (text.starts_with('<')) parser.found_ = "HTML or XML";
  if (parser.found_.empty()) {
    parser.found_ = parser.at_ >= text.size() ? std::string("the end of the text")
                                              : message("\"%\"", text.substr(parser.at_, 24));
  }
  throw_error_in(name, ErrorCode::kInvalidInput, "the JSON cannot be read|%|%|%",
                 line_and_column(text, std::min(parser.at_, text.size())), parser.expected_,
                 parser.found_);
}

JsonDocument::Tree::~Tree() { take_apart(root); }

JsonDocument::JsonDocument(std::string_view text, std::string_view name) : name_(name) {
  TreeBuilder builder(&tree_.root);
  read_json(text, name, builder);
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
    fail(message("at least % elements", index + 1), message("%", size()));
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
      text += message(" from %", minimum);
    }
    if (maximum != std::numeric_limits<std::int64_t>::max()) {
      text += message(" up to %", maximum);
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
