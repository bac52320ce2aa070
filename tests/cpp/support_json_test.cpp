#include <cmath>
#include <string>

#include "catch.h"
#include "support/json.h"

using namespace storewise;

namespace {

template <typename Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string parse_error(std::string_view text) {
  return error_of([&] { JsonDocument document(text, "shop.json"); });
}

}  // namespace

TEST_CASE("a document's values come out as they were written") {
  const JsonDocument document(
      R"({"name":"Läden","count":3,"price":1.25,"large":1e3,"open":true,"none":null,
          "list":["a","b","c"],"deep":{"x":[1,2,{"y":-7}]}})",
      "shop.json");
  const JsonView root = document.root();
  CHECK(root.at("name").string() == "Läden");
  CHECK(root.at("count").integer() == 3);
  CHECK(root.at("price").number() == 1.25);
  CHECK(root.at("large").integer() == 1000);
  CHECK(root.at("open").boolean());
  CHECK_FALSE(root.has("none"));
  CHECK_FALSE(root.has("missing"));
  CHECK(root.at("list").strings() == std::vector<std::string>{"a", "b", "c"});
  CHECK(root.at("deep").at("x")[2].at("y").integer() == -7);
  CHECK(root.integer_or("missing", 9) == 9);
  CHECK(root.string_or("none", "fallback") == "fallback");
  std::string keys;
  root.for_each_member([&](const std::string& key, JsonView) { keys += key + " "; });
  CHECK(keys == "count deep large list name none open price ");
  CHECK(json_text(root.at("deep").raw()) == R"({"x":[1,2,{"y":-7}]})");
}

TEST_CASE("a wrong value is named by file, path, what was expected and what was found") {
  const JsonDocument document(R"({"fields":{"department":{"index":[0,1,2,"x"]}},"n":3.5})",
                              "catalogue.json");
  const JsonView root = document.root();
  const JsonView index = root.at("fields").at("department").at("index");
  CHECK(error_of([&] { index[3].integer(); }) ==
        "catalogue.json: the JSON does not have the right form (at $.fields.department.index[3]); "
        "expected a whole number; found \"x\"");
  CHECK_THAT(error_of([&] { index[4]; }),
             ContainsSubstring("(at $.fields.department.index); expected at least 5 elements"));
  CHECK_THAT(error_of([&] { root.at("version"); }),
             ContainsSubstring("(at $); expected the key \"version\""));
  CHECK_THAT(error_of([&] { root.at("n").integer(); }), ContainsSubstring("found 3.5"));
  CHECK_THAT(error_of([&] { index[2].integer(0, 1); }),
             ContainsSubstring("a whole number from 0 up to 1; found 2"));
  CHECK_THAT(error_of([&] { root.at("n").number(4.0, 5.0); }),
             ContainsSubstring("a number from 4 up to 5; found 3.5"));
  CHECK_THAT(error_of([&] { root.at("n").at("x"); }), ContainsSubstring("expected an object"));
  CHECK_THAT(error_of([&] { root.at("fields").string(); }),
             ContainsSubstring("expected a string; found an object"));
  CHECK_THAT(error_of([&] { root.at("fields").size(); }), ContainsSubstring("expected an array"));
}

TEST_CASE("integers beyond what they may hold are refused") {
  const JsonDocument document("[18446744073709551615, 1e300, -9223372036854775808, 0.5]", "n");
  CHECK(error_of([&] { document.root()[0].integer(); }) != "no error");
  CHECK(error_of([&] { document.root()[1].integer(); }) != "no error");
  CHECK(document.root()[2].integer() == INT64_MIN);
  CHECK(error_of([&] { document.root()[3].integer(); }) != "no error");
}

TEST_CASE("a text that is no JSON is located by line and column") {
  CHECK_THAT(parse_error(""), ContainsSubstring("found nothing: it is empty"));
  CHECK_THAT(parse_error("<html>"), ContainsSubstring("found HTML"));
  CHECK_THAT(parse_error("{\"a\": 1,\n \"b\": }"), ContainsSubstring("(at line 2, column 7)"));
  CHECK_THAT(
      parse_error("[1, 2"),
      ContainsSubstring("(at line 1, column 6); expected a comma or ]; found the end of the text"));
  for (const char* text :
       {"[1,]",        "{'a':1}", "[1] 2",        "// c\n1",          "[01]",
        "[NaN]",       "[1e999]", "\"\xff\"",     "{\"a\" 1}",        "tru",
        "-",           "1.",      "1e",           "\"\\x\"",          "\"\\ud800\"",
        "\"\\udc00\"", "\"\n\"",  "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"a",
        "[",           "{"}) {
    CAPTURE(text);
    CHECK(parse_error(text) != "no error");
  }
}

TEST_CASE("duplicate keys and bottomless nesting are refused") {
  CHECK_THAT(parse_error(R"({"a":1,"b":{"a":2},"a":3})"),
             ContainsSubstring("found the key \"a\" twice"));
  CHECK(parse_error(std::string(64, '[') + std::string(64, ']')) == "no error");
  CHECK_THAT(parse_error(std::string(65, '[') + std::string(65, ']')),
             ContainsSubstring("64 levels"));
  CHECK_THAT(parse_error(std::string(1000000, '[')), ContainsSubstring("64 levels"));
}

TEST_CASE("text that is not UTF-8 is still written as JSON") {
  CHECK(json_text(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("escapes, numbers and texts survive writing and reading") {
  const JsonDocument document(
      R"(["\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00", 0, -0, 0.1, 1e22, 1.5e-7, 123456789012345,
         -9007199254740993, 12345678901234567890, 1e-400, 99999999999999999999999, 3.0e+2])",
      "n");
  const JsonView root = document.root();
  CHECK(root[0].string() == "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001F600");
  CHECK(root[3].number() == 0.1);
  CHECK(root[4].number() == 1e22);
  CHECK(root[5].number() == 1.5e-7);
  CHECK(root[6].integer() == 123456789012345);
  CHECK(root[7].integer() == -9007199254740993);
  CHECK(root[8].raw().get<std::uint64_t>() == 12345678901234567890u);
  CHECK(root[9].number() == 0.0);
  CHECK(std::fabs(root[10].number() / 1e23 - 1.0) < 1e-15);
  CHECK(root[11].number() == 300.0);
  // The library agrees on what was read and on how it is written.
  const Json control = Json::parse(json_text(root.raw()));
  CHECK(control == root.raw());
  CHECK(json_text(root.raw()) == root.raw().dump());
  CHECK(json_text(Json("\x01\x0b\x1f\x7f")) == Json("\x01\x0b\x1f\x7f").dump());
}

TEST_CASE("short decimals are read as the nearest double") {
  for (int i = 0; i < 20000; ++i) {
    const double value = static_cast<double>(i * 7919LL % 1000003) / 1000.0;
    const std::string text = Json(value).dump();
    const JsonDocument document(text, "n");
    if (document.root().number() != value) FAIL(text);
  }
}
