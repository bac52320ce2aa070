// Small files that ask for a lot: sizes that overflow, tensors of gigabytes, loops without end,
// graphs in graphs, and graphs on which a careless step of opening would take hours. Each ends
// soon, in an error that says what is too large or in a run.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.h"
#include "small_models.h"

using namespace small_models;
using std::string_view;
using storewise::graph::Plan;
using storewise::graph::PlanOptions;

namespace {

constexpr auto kFloat = DataType::kFloat;
constexpr auto kInt8 = DataType::kInt8;
constexpr auto kInt64 = DataType::kInt64;
constexpr auto kUndefined = DataType::kUndefined;

std::unique_ptr<const Plan> open(const std::string& bytes, bool fuse = true) {
  return Plan::open(span_of(bytes), "hostile", storewise::ops::registry(), {.fuse = fuse});
}

std::string open_error(const std::string& bytes) {
  return error_of([&] { open(bytes); });
}

std::string name_of(const char* stem, int i) { return stem + std::to_string(i); }

// `levels` graphs in graphs: If in If.
std::string nested(int levels) {
  ModelWriter inner("leaf");
  inner.add_output("leaf", kUndefined, {});
  inner.add_node("Neg", {"x"}, {"leaf"});
  for (int level = 1; level < levels; ++level) {
    ModelWriter outer("level");
    const std::string name = name_of("level", level);
    outer.add_output(name, kUndefined, {});
    outer.add_node("If", {"c"}, {name}, {{"then_branch", inner}, {"else_branch", inner}});
    inner = outer;
  }
  ModelWriter model("nested");
  declare_input(model, "c", truth(true));
  declare_input(model, "x", floats({1}, {1}));
  model.add_output("y", kUndefined, {});
  model.add_node("If", {"c"}, {"y"}, {{"then_branch", inner}, {"else_branch", inner}});
  return model.bytes();
}

// A field of wire type 2 around `inside`, as often as `times`.
std::string wrapped(std::string inside, int tag, int times) {
  for (int i = 0; i < times; ++i) {
    std::string length;
    for (std::size_t rest = inside.size();; rest >>= 7) {
      length += static_cast<char>((rest & 127) | (rest > 127 ? 128 : 0));
      if (rest <= 127) break;
    }
    inside = std::string(1, static_cast<char>(tag << 3 | 2)) + length + inside;
  }
  return inside;
}

}  // namespace

TEST_CASE("a node that asks for more than there may be says so") {
  const double far = 9007199254740992.0;
  const Tensor one = floats({1}, {1});
  const auto fails = [](string_view op, const std::vector<Tensor>& inputs,
                        const NodeOptions& options = {}) {
    INFO(op);
    const std::string error = node_error(op, inputs, options);
    INFO(error);
    CHECK((error.starts_with("out-of-memory") || error.starts_with("invalid-")));
    CHECK_THAT(error, ContainsSubstring("(" + std::string(op) + ")"));
  };
  for (const std::vector<double>& sizes : std::vector<std::vector<double>>{
           {65536, 65536}, {far, far}, {far, far, far}, {1 << 30, 1, 1 << 30}, {-1}, {-far, 2}}) {
    fails("ConstantOfShape", {list(sizes)});
    if (sizes[0] > 0) fails("Expand", {one, list(sizes)});
    if (sizes[0] > 0 && sizes.size() == 2) {
      fails("Tile", {floats({1, 1}, {1}), list(sizes)}, {.opset = 13});
      fails("Pad", {floats({1, 1}, {1}), list({0, 0, sizes[0], sizes[1]})});
      fails("Pad", {floats({1, 1}, {1}), list({sizes[0], sizes[1], 0, 0})});
    }
  }
  fails("Range", {ints({}, {0}), ints({}, {far}), ints({}, {1})});
  fails("Range", {floats({}, {0}), floats({}, {3e38}), floats({}, {1e-30})});
  fails("OneHot", {ints({2}, {0, 1}), ints({}, {far}), floats({2}, {0, 1})});
  fails("Conv", {floats({1, 1, 2}, {1, 2}), floats({1, 1, 1}, {1})},
        {.attributes = {{"pads", std::vector<std::int64_t>{1LL << 40, 1LL << 40}}}});
  fails("MaxPool", {floats({1, 1, 2}, {1, 2})},
        {.attributes = {{"kernel_shape", std::vector<std::int64_t>{1LL << 62}},
                        {"pads", std::vector<std::int64_t>{1LL << 61, 1LL << 61}}}});
  fails("TfIdfVectorizer", {ints({2}, {1, 2})},
        {.attributes = {{"mode", "TF"},
                        {"min_gram_length", 1},
                        {"max_gram_length", 1},
                        {"max_skip_count", 0},
                        {"ngram_counts", std::vector<std::int64_t>{0}},
                        {"ngram_indexes", std::vector<std::int64_t>{1LL << 40}},
                        {"pool_int64s", std::vector<std::int64_t>{1}}}});
}

TEST_CASE("nothing, but over and over, is too large as well") {
  constexpr std::int64_t kFar = std::int64_t{1} << 40;
  for (const string_view op : {"ArgMin", "Softmax", "ReduceMax", "Identity", "Transpose"}) {
    for (const Shape& shape : {Shape{kFar, 0}, Shape{0, kFar}, Shape{kFar, 0, kFar}}) {
      ModelWriter model("nothing");
      model.add_input("x", kFloat, {"a", "b"});
      model.add_output("y", kUndefined, {});
      model.add_node(op, {"x"}, {"y"});
      const std::string bytes = model.bytes();
      const auto plan = open(bytes);
      storewise::graph::Workspace workspace;
      TensorView input{kFloat, shape, nullptr};
      TensorView output;
      CHECK_THAT(error_of([&] {
                   storewise::graph::run(*plan, workspace, {&input, 1}, {&output, 1});
                 }),
                 ContainsSubstring("too large") || ContainsSubstring("does not fit"));
    }
  }
  CHECK_THAT(node_error("Reshape", {floats({0}, {}), list({9007199254740992.0, 0})},
                        {.attributes = {{"allowzero", 1}}}),
             ContainsSubstring("too large"));
  CHECK_THAT(node_error("ConstantOfShape", {list({9007199254740992.0, 0})}),
             ContainsSubstring("too large"));
}

TEST_CASE("tensors that double from node to node meet the limit of memory") {
  ModelWriter model("doubling");
  declare_input(model, "v0", floats({4}, {1, 2, 3, 4}));
  model.add_output("v63", kUndefined, {});
  for (int i = 0; i < 63; ++i) {
    const std::string from = name_of("v", i);
    model.add_node("Concat", {from, from}, {name_of("v", i + 1)}, {{"axis", 0}});
  }
  PlanOptions options;
  options.max_tensor_bytes = 1 << 20;
  CHECK_THAT(error_of([&] {
               run_model(model.bytes(), {floats({4}, {1, 2, 3, 4})}, options);
             }),
             ContainsSubstring("a tensor is too large"));
}

TEST_CASE("constants that double from node to node are not folded without end") {
  ModelWriter model("doubling");
  add_weight(model, "v0", floats({4}, {1, 2, 3, 4}));
  model.add_output("v63", kUndefined, {});
  for (int i = 0; i < 63; ++i) {
    const std::string from = name_of("v", i);
    model.add_node("Concat", {from, from}, {name_of("v", i + 1)}, {{"axis", 0}});
  }
  const std::string bytes = model.bytes();
  CHECK_FALSE(open(bytes)->steps().empty());
}

TEST_CASE("folding makes constants of a multiple of the file, not of any size") {
  // Each node of thirty bytes is worth a constant of 4096.
  constexpr int kNodes = 4000;
  ModelWriter model("constants");
  add_weight(model, "s", list({1024}));
  for (int i = 0; i < kNodes; ++i) {
    const std::string name = name_of("c", i);
    model.add_output(name, kUndefined, {});
    model.add_node("ConstantOfShape", {"s"}, {name});
  }
  const std::string bytes = model.bytes();
  const std::size_t left = open(bytes)->steps().size();
  CHECK(left > 0);
  CHECK(left < kNodes);
}

TEST_CASE("fusion copies weights up to a multiple of the file") {
  // Each convolution and its normalisation fuse to weights of their own, of which the file has one.
  constexpr int kPairs = 2000;
  ModelWriter model("copies");
  declare_input(model, "x", floats({1, 64, 1}, std::vector<double>(64)));
  add_weight(model, "w", floats({64, 64, 1}, std::vector<double>(4096, 0.5)));
  add_weight(model, "n", floats({64}, std::vector<double>(64, 1)));
  for (int i = 0; i < kPairs; ++i) {
    const std::string y = name_of("y", i);
    const std::string z = name_of("z", i);
    model.add_node("Conv", {"x", "w"}, {y});
    model.add_node("BatchNormalization", {y, "n", "n", "n", "n"}, {z});
    model.add_output(z, kUndefined, {});
  }
  const std::string bytes = model.bytes();
  const auto steps = open(bytes)->steps();
  const auto whole = std::count(steps.begin(), steps.end(), string_view("BatchNormalization"));
  CHECK(whole > 0);
  CHECK(whole < kPairs);
}

TEST_CASE("loops in loops share one limit of steps") {
  const auto body = [](string_view op, const std::vector<Attribute>& attributes) {
    ModelWriter graph("body");
    graph.add_input("i", kInt64, {});
    graph.add_input("go", DataType::kBool, {});
    graph.add_input("v", kFloat, {"n"});
    graph.add_output("go", DataType::kBool, {});
    graph.add_output("w", kUndefined, {});
    if (op == "Loop") {
      graph.add_node("Loop", {"most", "", "v"}, {"w"}, attributes);
    } else {
      graph.add_node(op, {"v"}, {"w"}, attributes);
    }
    return graph;
  };
  ModelWriter model("loops");
  declare_input(model, "most", ints({}, {1}));
  declare_input(model, "v0", floats({1}, {1}));
  model.add_output("o", kUndefined, {});
  const ModelWriter inner = body("Neg", {});
  const ModelWriter outer = body("Loop", {{"body", inner}});
  model.add_node("Loop", {"most", "", "v0"}, {"o"}, {{"body", outer}});
  const Tensor v0 = floats({1}, {1});
  CHECK(run_model(model.bytes(), {ints({}, {3}), v0}) == std::vector<Tensor>{floats({1}, {-1})});
  CHECK_THAT(error_of([&] {
               run_model(model.bytes(), {ints({}, {1e6}), v0});
             }),
             ContainsSubstring("at most 1000000 steps"));
  CHECK_THAT(error_of([&] {
               run_model(model.bytes(), {ints({}, {9e18}), v0});
             }),
             ContainsSubstring("without end"));
}

TEST_CASE("graphs in graphs end at a depth, and so does nesting that means nothing") {
  CHECK_FALSE(open(nested(8))->steps().empty());
  CHECK_THAT(open_error(nested(9)), ContainsSubstring("too deep"));
  // A graph in an attribute in a node in a graph ..., of which the reader sees the start only.
  std::string graph;
  for (int i = 0; i < 200; ++i) graph = wrapped(wrapped(wrapped(graph, 6, 1), 5, 1), 1, 1);
  CHECK_THAT(open_error(wrapped(graph, 7, 1)), ContainsSubstring("too deep"));
  // Types of maps of maps, and any other field in itself.
  const std::string type = wrapped("", 5, 20000);
  CHECK(open_error(wrapped(wrapped(wrapped(type, 2, 1), 11, 1), 7, 1)) != "no error");
  for (const int tag : {1, 2, 5, 6, 7, 11}) CHECK(open_error(wrapped("", tag, 5000)) != "no error");
}

TEST_CASE("more graphs than any model has are refused") {
  ModelWriter leaf("leaf");
  leaf.add_output("x", kUndefined, {});
  ModelWriter model("many");
  declare_input(model, "c", truth(true));
  declare_input(model, "x", floats({1}, {1}));
  model.add_output("y", kUndefined, {});
  const Attribute then_branch("then_branch", leaf);
  const Attribute else_branch("else_branch", leaf);
  for (int i = 0; i < 2100; ++i) {
    model.add_node("If", {"c"}, {name_of("y", i)}, {then_branch, else_branch});
  }
  model.add_node("If", {"c"}, {"y"}, {then_branch, else_branch});
  CHECK_THAT(open_error(model.bytes()), ContainsSubstring("at most 4096"));
}

TEST_CASE("what grows with the square of a list in the file is no list") {
  constexpr int kMany = 30000;
  SECTION("operators of as many names") {
    ModelWriter model("names");
    declare_input(model, "x", floats({1}, {1}));
    model.add_output("y0", kUndefined, {});
    for (int i = 0; i < kMany; ++i) model.add_node(name_of("Op", i), {"x"}, {name_of("y", i)});
    CHECK_THAT(open_error(model.bytes()), ContainsSubstring("Op0"));
  }
  SECTION("values that an inner graph reads from outside") {
    ModelWriter inner("inner");
    ModelWriter model("captured");
    declare_input(model, "c", truth(true));
    declare_input(model, "x", floats({1}, {1}));
    inner.add_output("s", kUndefined, {});
    std::vector<std::string> names;
    for (int i = 0; i < kMany; ++i) names.push_back(name_of("v", i));
    for (const std::string& name : names) model.add_node("Neg", {"x"}, {name});
    inner.add_node("Sum", {names.begin(), names.end()}, {"s"});
    model.add_output("y", kUndefined, {});
    model.add_node("If", {"c"}, {"y"}, {{"then_branch", inner}, {"else_branch", inner}});
    const Tensor x = floats({1}, {1});
    CHECK(run_model(model.bytes(), {truth(true), x})[0] == floats({1}, {-double{kMany}}));
  }
  SECTION("inputs that are maps") {
    ModelWriter model("maps");
    declare_input(model, "x", floats({1}, {1}));
    for (int i = 0; i < kMany; ++i) model.add_map_input(name_of("m", i), kInt64, kFloat);
    for (int i = 0; i < kMany; ++i) model.add_node("Neg", {"x"}, {name_of("v", i)});
    model.add_output("v7", kUndefined, {});
    CHECK(open(model.bytes())->steps().size() == 1);
  }
  SECTION("steps that fusion looks through") {
    ModelWriter model("views");
    declare_input(model, "x", ints({1}, {0}));
    declare_input(model, "p", floats({1}, {1}));
    add_weight(model, "flat", list({-1}));
    std::string last = "x";
    for (int i = 0; i < kMany; ++i) {
      const std::string name = name_of("v", i);
      model.add_node("Reshape", {last, "flat"}, {name});
      last = name;
    }
    for (int i = 0; i < kMany; ++i) {
      model.add_node("ScatterElements", {"p", last, "p"}, {name_of("s", i)},
                     {{"reduction", "add"}});
      model.add_output(name_of("s", i), kUndefined, {});
    }
    CHECK(open(model.bytes())->steps().size() == 2 * kMany);
  }
  SECTION("products that share a zero point") {
    // Each looks at the zero points of all the columns.
    constexpr int kColumns = 20000;
    ModelWriter model("zeros");
    declare_input(model, "x", floats({1, 8}, std::vector<double>(8, 1)));
    add_weight(model, "w", numbers(kInt8, {8, kColumns}, std::vector<double>(8 * kColumns, 1)));
    add_weight(model, "s", floats({kColumns}, std::vector<double>(kColumns, 1)));
    add_weight(model, "z", numbers(kInt8, {kColumns}, std::vector<double>(kColumns, 0)));
    model.add_node("DequantizeLinear", {"w", "s", "z"}, {"d"}, {{"axis", 1}});
    for (int i = 0; i < kMany; ++i) {
      model.add_node("MatMul", {"x", "d"}, {name_of("y", i)});
      model.add_output(name_of("y", i), kUndefined, {});
    }
    CHECK(open(model.bytes())->steps().size() > kMany);
  }
}
