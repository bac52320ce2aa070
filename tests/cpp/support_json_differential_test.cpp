// Our JSON parser against nlohmann's on well-formed documents and on thousands of damaged ones: it
// accepts the same texts and reads the same values. (Duplicate keys and deep nesting, which only
// ours refuses, do not occur here.)
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "support/json.h"

namespace storewise {
namespace {

const std::vector<std::string> kDocuments = {
    R"({"version":1,"name":"Läden 店","price":[1.25,0,-7,1e3,2.5E-3,0.1],"open":true,"no":null})",
    R"({"a":{"b":[{"c":"x\ny\u00e9\ud83d\ude00"},{"d":[]},{}]},"e":false,"f":"\\\"\/\b\f\r\t"})",
    R"([[1,2,3],[],"",{"k":[0.5,123456789012,-1]},"end"])",
    R"(  {"spaces" : [ 1 , 2 ] , "t" : "v" }  )",
};

// Values as the library sees them, or nothing for a text that it refuses.
bool library_reads(const std::string& text, Json& value) {
  value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return !value.is_discarded();
}

bool ours_reads(const std::string& text, Json& value) {
  try {
    const JsonDocument document(text, "text");
    value = document.root().raw();
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool has_duplicate_key(const std::string& text) {
  std::vector<std::vector<std::string>> open;
  bool duplicate = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key) {
      for (const std::string& key : open.back()) duplicate = duplicate || key == parsed;
      open.back().push_back(parsed.get<std::string>());
    }
    return true;
  };
  const bool read = !Json::parse(text, watch, false).is_discarded();
  return read && duplicate;
}

// Equal, but for decimals with exponents beyond 22, which ours reads to within a few units in the
// last place (json.h).
bool same(const Json& ours, const Json& theirs) {
  if (ours.is_number_float() && theirs.is_number_float()) {
    const double a = ours.get<double>();
    const double b = theirs.get<double>();
    return a == b || std::abs(a - b) <= 1e-14 * std::abs(b);
  }
  if (ours.is_structured() && ours.type() == theirs.type() && ours.size() == theirs.size()) {
    if (ours.is_array()) {
      return std::equal(ours.begin(), ours.end(), theirs.begin(), same);
    }
    return std::all_of(ours.items().begin(), ours.items().end(), [&](const auto& entry) {
      return theirs.contains(entry.key()) && same(entry.value(), theirs[entry.key()]);
    });
  }
  return ours == theirs;
}

}  // namespace

TEST_CASE("well-formed documents have the values that nlohmann_json reads") {
  for (const std::string& text : kDocuments) {
    Json theirs;
    Json ours;
    REQUIRE(library_reads(text, theirs));
    REQUIRE(ours_reads(text, ours));
    CHECK(ours == theirs);
  }
}

TEST_CASE("20,000 damaged documents are accepted or refused as nlohmann_json does") {
  std::mt19937 random(7);
  const std::string alphabet = "{}[]\",:\\ 0123456789.eE+-truefalsn\x01\xc3\xa9u/";
  std::size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = kDocuments[random() % kDocuments.size()];
    for (std::size_t edit = 0, edits = 1 + random() % 2; edit < edits && !text.empty(); ++edit) {
      const std::size_t at = random() % text.size();
      const char letter = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0:
          text[at] = letter;
          break;
        case 1:
          text.insert(at, 1, letter);
          break;
        case 2:
          text.erase(at, 1 + random() % 3);
          break;
        default:
          text.resize(at);
      }
    }
    Json theirs;
    Json ours;
    const bool library = library_reads(text, theirs);
    const bool mine = ours_reads(text, ours);
    if (library && has_duplicate_key(text)) continue;
    INFO(text);
    REQUIRE(mine == library);
    if (library) {
      ++accepted;
      REQUIRE(same(ours, theirs));
    }
  }
  CHECK(accepted > 1000);
}

}  // namespace storewise
