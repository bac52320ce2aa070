#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "catch.h"
#include "support/error.h"
#include "support/words.h"

using storewise::caught_error;
using storewise::Error;
using storewise::ErrorCode;

TEST_CASE("an error's message names file, place, expected and found") {
  const Error error(ErrorCode::kInvalidModel, "the model cannot be read",
                    {"shop.onnx", "node 3", "a tensor", "the end of the file"});
  CHECK(std::string(error.what()) ==
        "shop.onnx: the model cannot be read (at node 3); expected a tensor; found the end of the "
        "file");
}

TEST_CASE("in_file names a file once and never overwrites it") {
  const Error plain(ErrorCode::kInvalidInput, "wrong");
  const Error named = plain.in_file("a.json");
  CHECK(std::string(named.what()) == "a.json: wrong");
  CHECK(named.in_file("b.json").detail().file == "a.json");
}

TEST_CASE("a text is compared with words to its end, zeros and all, and never beyond theirs") {
  using namespace std::string_view_literals;
  using storewise::word_place;
  CHECK(word_place("none", "none add mul") == 0);
  CHECK(word_place("mul", "none add mul") == 2);
  for (const std::string_view text : {""sv, "n"sv, "mu"sv, "mull"sv, "none add"sv, " add"sv,
                                      "mul\0"sv, "mul\0beyond"sv, "\0"sv}) {
    CAPTURE(text);
    CHECK(word_place(text, "none add mul") == -1);
  }
  CHECK(storewise::same_text("mul"sv, "mul"));
  CHECK_FALSE(storewise::same_text("mul\0"sv, "mul"));
}

TEST_CASE("a handler of anything knows an Error, and keeps it while another is thrown in it") {
  const auto kind = [](auto&& body) -> std::string {
    try {
      body();
    } catch (...) {
      const Error* error = caught_error();
      if (error == nullptr) return "something else";
      try {
        throw error->in_file("outer.onnx");
      } catch (...) {
        return std::string(caught_error()->what()) + ", " + error->what();
      }
    }
    return "nothing";
  };
  CHECK(kind([] { throw Error(ErrorCode::kInvalidInput, "wrong"); }) == "outer.onnx: wrong, wrong");
  CHECK(kind([] { throw std::bad_alloc(); }) == "something else");
  CHECK(kind([] { throw std::length_error("long"); }) == "something else");
  CHECK(kind([] {
          try {
            throw Error(ErrorCode::kInvalidInput, "again");
          } catch (...) {
            throw;
          }
        }) == "outer.onnx: again, again");
}
