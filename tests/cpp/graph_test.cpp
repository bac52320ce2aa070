#include <array>
#include <string>

#include "catch.h"
#include "graph/registry.h"
#include "graph/tensor.h"
#include "support/error.h"

using namespace storewise;
using namespace storewise::graph;

TEST_CASE("a shape counts its elements and sees what cannot be") {
  CHECK(Shape{}.elements() == 1);
  CHECK(Shape{2, 3, 4}.elements() == 24);
  CHECK(Shape{2, 0, 3}.elements() == 0);
  CHECK(Shape{0, 1 << 13, 1 << 13}.elements() == 0);
  // Nothing, so many times that a loop over it has no end.
  CHECK_THROWS_AS((Shape{0, 1 << 13, 1 << 14}.elements()), Error);
  CHECK_THROWS_AS((Shape{2, 0, INT64_MAX, INT64_MAX}.elements()), Error);
  CHECK_THROWS_AS((Shape{INT64_MAX, INT64_MAX, 0}.elements()), Error);
  CHECK_THROWS_AS((Shape{INT64_MAX, 3}.elements()), Error);
  CHECK_THROWS_AS((Shape{2, -1}.elements()), Error);
  CHECK_THROWS_AS((Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), Error);
  CHECK(Shape{2, -1, 3}.to_string() == "[2, any, 3]");
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{2, 3, 1});
}

TEST_CASE("the registry picks the newest definition that the model's opset knows") {
  constexpr std::array<OperatorDef, 3> kTable = {
      OperatorDef{"Sum", nullptr, "", "", 1}, OperatorDef{"Sum", nullptr, "", "", 13},
      OperatorDef{"Scaler", nullptr, "", "", 2, Domain::kMl}};
  static constexpr std::uint8_t kNewest[kDomains] = {20, 3, 1};
  const Registry registry(kTable, kNewest);
  CHECK(registry.find(Domain::kOnnx, "Sum", 12)->since_version == 1);
  CHECK(registry.find(Domain::kOnnx, "Sum", 13)->since_version == 13);
  CHECK(registry.find(Domain::kOnnx, "Sum", 17)->since_version == 13);
  CHECK(registry.find(Domain::kMl, "Scaler", 1) == nullptr);
  CHECK(registry.find(Domain::kMl, "Scaler", 2)->since_version == 2);
  CHECK(registry.find(Domain::kOnnx, "Mean", 17) == nullptr);
  CHECK(registry.describe_supported("", "Mean") == "one of the operators Sum");
  CHECK(registry.describe_supported("ai.onnx.ml", "Scaler") == "Scaler as of opset 2");
  CHECK(registry.describe_supported("com.example", "Sum") ==
        "operators of the domains ai.onnx and ai.onnx.ml");
}

TEST_CASE("a set of types reads as a sentence") {
  CHECK(TypeSet{DataType::kFloat, DataType::kInt8, DataType::kInt64}.to_string() ==
        "float, int8 or int64");
  CHECK(TypeSet{DataType::kBool}.to_string() == "bool");
}
