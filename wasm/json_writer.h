// Writes JSON text piece by piece: commas, quotes and numbers are its business, form the caller's.
//
// Numbers come out short: floats with 7 significant digits, doubles with 12, so that a price of
// 0.1 + 0.2 reads 0.3. What JSON cannot say (NaN, infinity) becomes null.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace storewise::abi {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  // For literals: half the code at the caller, of which there are many.
  JsonWriter& key(const char* name);

  // `value` is UTF-8 or meant to be: what is not becomes U+FFFD.
  JsonWriter& string(std::string_view value);
  JsonWriter& number(float value) { return decimal(value, 7); }
  JsonWriter& number(double value) { return decimal(value, 12); }
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  // A value that is JSON already.
  JsonWriter& raw(std::string_view json);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& decimal(double value, int digits);
  void separate();

  std::string& out_;
  bool first_ = true;  // nothing stands before the next value in its container, or its key does
};

}  // namespace storewise::abi
