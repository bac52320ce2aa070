#include "catch.h"
#include "support/error.h"

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
