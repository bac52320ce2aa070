// Strict JSON: documents from outside, read through typed getters that name the offending path.
// Values are held by nlohmann_json; text is read and written here (json.cpp says why).
//
// A JsonDocument owns a parsed text; a JsonView points at one value in it. A getter that meets the
// wrong type, a missing key or a value out of range throws Error(kInvalidInput) whose place is the
// value's path ("$.fields.department.index[3]"), with what was expected and what was found. The
// parser refuses comments, duplicate keys, invalid UTF-8, trailing text and nesting beyond
// kMaxJsonDepth. Unknown keys are the caller's business: they are simply not asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace storewise {

using Json = nlohmann::json;  // object keys in alphabetical order, so that dumps are deterministic

inline constexpr std::size_t kMaxJsonDepth = 64;

// The values of a text one after another, for readers that do not want all of it in memory.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  // An object or array begins; every end() closes the innermost.
  virtual void begin(bool array) = 0;
  virtual void end() = 0;
  // The key of the next value. False refuses it as a repeated one. May be moved from otherwise.
  virtual bool key(std::string& name) = 0;
  virtual void string(std::string& value) = 0;  // may be moved from
  virtual void scalar(Json&& value) = 0;        // null, true, false or a number

 protected:
  JsonEvents() = default;
};

// Reads `text` as JsonDocument does, but for duplicate keys, which `events` may refuse. Throws
// Error(kInvalidInput) with `name`, line and column, and whatever `events` throws.
void read_json(std::string_view text, std::string_view name, JsonEvents& events);

class JsonDocument;

// One value of a document. Cheap to copy; valid as long as its document lives and stays in place.
class JsonView {
 public:
  JsonView(const Json& node, const JsonDocument& document) : node_(&node), document_(&document) {}

  const Json& raw() const { return *node_; }
  bool is_null() const { return node_->is_null(); }
  bool is_object() const { return node_->is_object(); }
  bool is_array() const { return node_->is_array(); }
  bool is_string() const { return node_->is_string(); }
  bool is_number() const { return node_->is_number(); }

  // Objects. `at` throws when the key is missing; `find` answers nothing when the key is missing
  // or its value is null. Both throw when this is no object.
  JsonView at(std::string_view key) const;
  std::optional<JsonView> find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key).has_value(); }
  // Calls visit(const std::string& key, JsonView value) for every member, in alphabetical order.
  template <typename Visit>
  void for_each_member(Visit&& visit) const {
    expect_object();
    for (auto member = node_->begin(); member != node_->end(); ++member) {
      visit(member.key(), JsonView(member.value(), *document_));
    }
  }

  // Arrays. Both throw when this is no array; operator[] also when there is no such element.
  std::size_t size() const;
  JsonView operator[](std::size_t index) const;

  // Scalars.
  const std::string& string() const;
  bool boolean() const;
  // A number without a fraction within [minimum, maximum].
  std::int64_t integer(std::int64_t minimum = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t maximum = std::numeric_limits<std::int64_t>::max()) const;
  // A finite number within [minimum, maximum].
  double number(double minimum = std::numeric_limits<double>::lowest(),
                double maximum = std::numeric_limits<double>::max()) const;

  // The member's value, or `fallback` when the key is missing or null.
  std::string string_or(std::string_view key, std::string_view fallback) const;
  bool boolean_or(std::string_view key, bool fallback) const;
  std::int64_t integer_or(std::string_view key, std::int64_t fallback,
                          std::int64_t minimum = std::numeric_limits<std::int64_t>::min(),
                          std::int64_t maximum = std::numeric_limits<std::int64_t>::max()) const;
  double number_or(std::string_view key, double fallback,
                   double minimum = std::numeric_limits<double>::lowest(),
                   double maximum = std::numeric_limits<double>::max()) const;
  // Every element a string.
  std::vector<std::string> strings() const;

  // This value's path, "$" for the document itself. Searches the document: for messages only.
  std::string path() const;
  // Throws Error(kInvalidInput) at this value's path; `found` is described when left empty.
  [[noreturn]] void fail(std::string expected, std::string found = {}) const;

 private:
  void expect_object() const;

  const Json* node_;
  const JsonDocument* document_;
};

// A parsed text and the name it goes by in errors. Views point into it, so it does not move.
class JsonDocument {
 public:
  // Parses `text` (UTF-8). Throws Error(kInvalidInput) with line and column (in bytes, from 1).
  // `name` is the file's name or what else the text is: "request", "metadata of shop.onnx".
  JsonDocument(std::string_view text, std::string_view name);
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  JsonView root() const { return JsonView(tree_.root, *this); }
  const std::string& name() const { return name_; }

 private:
  // The library takes memory to destroy an array or object with something in it, and ends the
  // program where there is none. Taken apart from the inside there is nothing in any.
  struct Tree {
    Tree() = default;
    ~Tree();
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    Json root;
  };

  std::string name_;
  Tree tree_;
};

// The compact text of `value`; bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string json_text(const Json& value);

// "line 3, column 14" of byte `offset` in `text`, both from 1.
std::string line_and_column(std::string_view text, std::size_t offset);

}  // namespace storewise
