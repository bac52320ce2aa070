// If, Loop and Scan, and what opening a file with graphs inside of nodes has to get right: names,
// captured values, constants, fused steps, and files that go on without end.
#include <limits>

#include "allocation_counter.h"
#include "catch.h"
#include "small_models.h"

using namespace small_models;
using Ints = std::vector<std::int64_t>;
using std::string_view;

namespace {

constexpr auto kUndefined = DataType::kUndefined;
constexpr auto kFloat = DataType::kFloat;
constexpr auto kInt64 = DataType::kInt64;
constexpr auto kBool = DataType::kBool;
constexpr auto kString = DataType::kString;

ModelWriter branch(string_view op, const std::vector<string_view>& inputs,
                   const std::vector<Attribute>& attributes = {}) {
  ModelWriter graph("branch");
  graph.add_output("result", kUndefined, {});
  graph.add_node(op, inputs, {"result"}, attributes);
  return graph;
}

// if (c) then_branch else else_branch, over inputs "c", "x" and "y".
std::string if_model(const ModelWriter& then_branch, const ModelWriter& else_branch,
                     const Tensor& x, const Tensor& y) {
  ModelWriter model("if");
  declare_input(model, "c", truth(true));
  declare_input(model, "x", x);
  declare_input(model, "y", y);
  model.add_output("z", kUndefined, {});
  // The other branch first: what a branch is called counts, not its place.
  model.add_node("If", {"c"}, {"z"}, {{"else_branch", else_branch}, {"then_branch", then_branch}});
  return model.bytes();
}

// The body of a loop: its number and condition, which goes on, and carried values a, b, ....
ModelWriter loop_body(const std::vector<std::pair<string_view, DataType>>& carried) {
  ModelWriter body("body");
  body.add_input("number", kInt64, {});
  body.add_input("go", kBool, {});
  for (const auto& [name, type] : carried) body.add_input(name, type, {"n"});
  body.add_node("Identity", {"go"}, {"on"});
  body.add_output("on", kBool, {});
  return body;
}

struct LoopInputs {
  Tensor most;
  Tensor condition;
  std::vector<Tensor> values;
};

// A model of one Loop whose inputs are "most", "condition" and "v0", "v1", ....
std::string loop_model(const ModelWriter& body, const LoopInputs& inputs, std::size_t outputs) {
  ModelWriter model("loop");
  std::deque<std::string> names;
  std::vector<string_view> given;
  std::vector<string_view> made;
  const auto add = [&](const Tensor& tensor, string_view name) {
    given.push_back(tensor.type == kUndefined ? "" : name);
    if (tensor.type != kUndefined) declare_input(model, name, tensor);
  };
  add(inputs.most, "most");
  add(inputs.condition, "condition");
  for (std::size_t i = 0; i < inputs.values.size(); ++i) {
    add(inputs.values[i], names.emplace_back("v" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < outputs; ++i) {
    made.push_back(names.emplace_back("o" + std::to_string(i)));
    model.add_output(made.back(), kUndefined, {});
  }
  model.add_node("Loop", given, made, {{"body", body}});
  return model.bytes();
}

std::vector<Tensor> run_loop(const ModelWriter& body, const LoopInputs& inputs, std::size_t outputs,
                             storewise::graph::PlanOptions options = {}) {
  std::vector<Tensor> given;
  if (inputs.most.type != kUndefined) given.push_back(inputs.most);
  if (inputs.condition.type != kUndefined) given.push_back(inputs.condition);
  given.insert(given.end(), inputs.values.begin(), inputs.values.end());
  return run_model(loop_model(body, inputs, outputs), given, options);
}

Tensor number(double value) { return ints({}, {value}); }

}  // namespace

TEST_CASE("If runs the branch that its condition names and reads what lies around it") {
  const Tensor x = floats({2}, {1, 2});
  const Tensor y = floats({3}, {5, 6, 7});
  const std::string model = if_model(branch("Neg", {"x"}), branch("Identity", {"y"}), x, y);
  CHECK(run_model(model, {truth(true), x, y})[0] == floats({2}, {-1, -2}));
  CHECK(run_model(model, {truth(false), x, y})[0] == y);
  // Branches whose result is an outer value itself.
  ModelWriter outer("outer");
  outer.add_output("x", kUndefined, {});
  const std::string direct = if_model(outer, branch("Identity", {"y"}), x, y);
  CHECK(run_model(direct, {truth(true), x, y})[0] == x);
  CHECK_THAT(error_of([&] {
               run_model(model, {numbers(kBool, {2}, {1, 1}), x, y});
             }),
             ContainsSubstring("input \"c\""));
  const std::string mixed = if_model(branch("Shape", {"x"}), branch("Identity", {"y"}), x, y);
  CHECK_THAT(error_of([&] {
               run_model(mixed, {truth(true), x, y});
             }),
             ContainsSubstring("from the inner graph"));
}

TEST_CASE("a branch that is not taken may fail, but may not hold unknown operators") {
  const Tensor x = floats({2}, {1, 2});
  // Folding this reshape fails; only running the branch may say so.
  ModelWriter wrong("wrong");
  add_weight(wrong, "w", floats({2}, {1, 2}));
  add_weight(wrong, "s", list({3}));
  wrong.add_node("Reshape", {"w", "s"}, {"r"});
  wrong.add_output("r", kUndefined, {});
  const std::string model = if_model(branch("Neg", {"x"}), wrong, x, x);
  CHECK(run_model(model, {truth(true), x, x})[0] == floats({2}, {-1, -2}));
  CHECK_THAT(error_of([&] {
               run_model(model, {truth(false), x, x});
             }),
             ContainsSubstring("\"r\" (Reshape)"));
  const std::string unknown = if_model(branch("Neg", {"x"}), branch("Nonsense", {"x"}), x, x);
  CHECK_THAT(error_of([&] {
               run_model(unknown, {truth(true), x, x});
             }),
             ContainsSubstring("Nonsense"));
  // Unless nothing reads it.
  ModelWriter unread = branch("Neg", {"x"});
  unread.add_node("Nonsense", {"x"}, {"unread"});
  const std::string fine = if_model(unread, branch("Abs", {"x"}), x, x);
  CHECK(run_model(fine, {truth(true), x, x})[0] == floats({2}, {-1, -2}));
}

TEST_CASE("a node with graphs that nothing reads goes, and its graphs with it") {
  ModelWriter model("dead");
  declare_input(model, "c", truth(true));
  declare_input(model, "x", floats({1}, {1}));
  model.add_output("y", kUndefined, {});
  model.add_node(
      "If", {"c"}, {"z"},
      {{"then_branch", branch("Nonsense", {"x"})}, {"else_branch", branch("Neg", {"x"})}});
  model.add_node("Abs", {"x"}, {"y"});
  CHECK(run_model(model.bytes(), {truth(true), floats({1}, {-3})})[0] == floats({1}, {3}));
}

TEST_CASE("inner names hide outer ones and end with their graph") {
  // "x" is the model's input, a weight of one branch and a node's output in the other.
  const Tensor x = floats({1}, {1});
  ModelWriter first("first");
  add_weight(first, "x", floats({1}, {10}));
  first.add_node("Neg", {"x"}, {"result"});
  first.add_output("result", kUndefined, {});
  ModelWriter second("second");
  second.add_node("Exp", {"y"}, {"x"});
  second.add_node("Identity", {"x"}, {"result"});
  second.add_output("result", kUndefined, {});
  ModelWriter model("names");
  declare_input(model, "c", truth(true));
  declare_input(model, "x", x);
  declare_input(model, "y", x);
  model.add_node("If", {"c"}, {"z"}, {{"then_branch", first}, {"else_branch", second}});
  model.add_node("Add", {"x", "z"}, {"result"});
  model.add_output("result", kUndefined, {});
  CHECK(run_model(model.bytes(), {truth(true), x, x})[0] == floats({1}, {-9}));
  CHECK(run_model(model.bytes(), {truth(false), x, floats({1}, {0})})[0] == floats({1}, {2}));
  // A name twice in one graph stays an error, and an inner name is unknown outside.
  ModelWriter twice = branch("Neg", {"x"});
  twice.add_node("Abs", {"x"}, {"result"});
  CHECK_THAT(error_of([&] {
               run_model(if_model(twice, branch("Neg", {"x"}), x, x), {truth(true), x, x});
             }),
             ContainsSubstring("made twice"));
  ModelWriter leak("leak");
  declare_input(leak, "c", truth(true));
  declare_input(leak, "x", x);
  leak.add_node("If", {"c"}, {"z"}, {{"then_branch", first}, {"else_branch", first}});
  leak.add_node("Neg", {"result"}, {"w"});
  leak.add_output("w", kUndefined, {});
  CHECK_THAT(error_of([&] {
               run_model(leak.bytes(), {truth(true), x});
             }),
             ContainsSubstring("\"result\""));
}

TEST_CASE("values captured across two levels live until the inner graphs have read them") {
  // then: if (d) h + w else h, where h is made outside and has no other reader.
  ModelWriter add("add");
  add.add_node("Add", {"h", "w"}, {"sum"});
  add.add_output("sum", kUndefined, {});
  ModelWriter as_it_is("as_it_is");
  as_it_is.add_output("h", kUndefined, {});
  ModelWriter then_branch("then");
  add_weight(then_branch, "w", floats({2}, {100, 200}));
  then_branch.add_node("Abs", {"h"}, {"other"});  // a slot that a freed h would be given
  then_branch.add_node("If", {"d"}, {"inner"}, {{"then_branch", add}, {"else_branch", as_it_is}});
  then_branch.add_node("Mul", {"inner", "other"}, {"product"});
  then_branch.add_output("product", kUndefined, {});
  ModelWriter model("levels");
  declare_input(model, "c", truth(true));
  declare_input(model, "d", truth(true));
  declare_input(model, "x", floats({2}, {1, 2}));
  model.add_node("Neg", {"x"}, {"h"});
  model.add_node("Exp", {"x"}, {"e1"});
  model.add_node("Exp", {"e1"}, {"e2"});
  model.add_node("If", {"c"}, {"y"},
                 {{"then_branch", then_branch}, {"else_branch", branch("Identity", {"e2"})}});
  model.add_output("y", kUndefined, {});
  const Tensor x = floats({2}, {1, 2});
  CHECK(run_model(model.bytes(), {truth(true), truth(true), x})[0] == floats({2}, {99, 396}));
  CHECK(run_model(model.bytes(), {truth(true), truth(false), x})[0] == floats({2}, {-1, -4}));
}

TEST_CASE("Loop carries values whose shapes change, and stacks what each round makes") {
  ModelWriter body = loop_body({{"a", kFloat}});
  body.add_node("Concat", {"a", "a"}, {"longer"}, {{"axis", 0}});
  body.add_node("Mul", {"number", "number"}, {"square"});
  body.add_output("longer", kUndefined, {});
  body.add_output("square", kUndefined, {});
  const auto made = run_loop(body, {number(4), truth(true), {floats({1}, {3})}}, 2);
  CHECK(made[0] == floats({16}, std::vector<double>(16, 3)));
  CHECK(made[1] == ints({4}, {0, 1, 4, 9}));
  // Without a number or a condition, and with only some of the outputs.
  CHECK(run_loop(body, {number(2), {}, {floats({1}, {3})}}, 1)[0] == floats({4}, {3, 3, 3, 3}));
  CHECK(run_loop(body, {ints({1}, {1}), numbers(kBool, {1}, {1}), {floats({1}, {3})}}, 1)[0] ==
        floats({2}, {3, 3}));
}

TEST_CASE("Loop keeps what its body swaps, passes on or reads from outside") {
  ModelWriter body = loop_body({{"a", kString}, {"b", kString}, {"c", kString}});
  body.add_output("b", kUndefined, {});
  body.add_output("a", kUndefined, {});
  body.add_output("word", kUndefined, {});
  body.add_output("c", kUndefined, {});
  ModelWriter model("swap");
  const std::vector<Tensor> values = {strings({1}, {"one"}), strings({2}, {"two", "too"}),
                                      strings({1}, {"three"})};
  declare_input(model, "most", number(1));
  declare_input(model, "v0", values[0]);
  declare_input(model, "v1", values[1]);
  declare_input(model, "v2", values[2]);
  add_weight(model, "word", strings({1}, {"word"}));
  model.add_node("Loop", {"most", "", "v0", "v1", "v2"}, {"o0", "o1", "o2", "o3"},
                 {{"body", body}});
  for (const char* name : {"o0", "o1", "o2", "o3"}) model.add_output(name, kUndefined, {});
  for (int rounds = 0; rounds < 5; ++rounds) {
    CAPTURE(rounds);
    const auto made = run_model(model.bytes(), {number(rounds), values[0], values[1], values[2]});
    CHECK(made[0] == values[static_cast<std::size_t>(rounds % 2)]);
    CHECK(made[1] == values[static_cast<std::size_t>(1 - rounds % 2)]);
    CHECK(made[2] == (rounds == 0 ? values[2] : strings({1}, {"word"})));
    std::vector<std::string> words(static_cast<std::size_t>(rounds), "word");
    if (rounds > 0) words[0] = "three";
    const Shape shape = rounds == 0 ? Shape{0} : Shape{rounds, 1};
    CHECK(made[3] == strings(shape, words));
  }
}

TEST_CASE("Loop ends when its condition says so") {
  // Doubles a until it is above 100.
  ModelWriter body("body");
  body.add_input("number", kUndefined, {});  // types that the file may leave out
  body.add_input("go", kUndefined, {});
  body.add_input("a", kUndefined, {});
  add_weight(body, "limit", floats({}, {100}));
  body.add_node("Add", {"a", "a"}, {"twice"});
  body.add_node("Less", {"twice", "limit"}, {"on"});
  body.add_output("on", kBool, {});
  body.add_output("twice", kUndefined, {});
  CHECK(run_loop(body, {{}, {}, {floats({}, {3})}}, 1)[0] == floats({}, {192}));
  CHECK(run_loop(body, {{}, truth(true), {floats({}, {3})}}, 1)[0] == floats({}, {192}));
  CHECK(run_loop(body, {number(3), truth(true), {floats({}, {3})}}, 1)[0] == floats({}, {24}));
  CHECK(run_loop(body, {{}, truth(false), {floats({}, {3})}}, 1)[0] == floats({}, {3}));
  CHECK(run_loop(body, {number(-5), {}, {floats({}, {3})}}, 1)[0] == floats({}, {3}));
}

TEST_CASE("a loop without rounds gives empty outputs of the declared rank") {
  ModelWriter body = loop_body({});
  body.add_node("Cast", {"number"}, {"small"}, {{"to", 1}});
  body.add_node("Expand", {"small", "sizes"}, {"wide"});
  add_weight(body, "sizes", list({2, 3}));
  body.add_output("wide", kFloat, {2, "m"});
  CHECK(run_loop(body, {number(0), {}, {}}, 1)[0] == floats({0, 2, 0}, {}));
  CHECK(run_loop(body, {number(1), {}, {}}, 1)[0] == floats({1, 2, 3}, {0, 0, 0, 0, 0, 0}));
}

TEST_CASE("loops without end meet the limit of steps, with nodes inside and without") {
  ModelWriter busy = loop_body({{"a", kFloat}});
  busy.add_node("Neg", {"a"}, {"minus"});
  busy.add_output("minus", kUndefined, {});
  ModelWriter idle("idle");
  idle.add_input("number", kInt64, {});
  idle.add_input("go", kBool, {});
  idle.add_output("go", kBool, {});
  const storewise::graph::PlanOptions few{.max_steps = 1000};
  CHECK_THAT(error_of([&] {
               run_loop(busy, {{}, {}, {floats({1}, {1})}}, 1, few);
             }),
             ContainsSubstring("without end"));
  idle.add_output("number", kInt64, {});
  CHECK_THAT(error_of([&] {
               run_loop(idle, {{}, {}, {}}, 1, few);
             }),
             ContainsSubstring("without end"));
  // A stack that grows in every round meets the limit of memory first.
  const storewise::graph::PlanOptions small{.max_tensor_bytes = 4096};
  CHECK_THAT(error_of([&] {
               run_loop(idle, {{}, {}, {}}, 1, small);
             }),
             ContainsSubstring("too large"));
}

TEST_CASE("a body that does not fit its node is refused in words") {
  ModelWriter body = loop_body({{"a", kFloat}});
  body.add_node("Shape", {"a"}, {"shape"});
  body.add_output("shape", kUndefined, {});
  const Tensor a = floats({1}, {1});
  CHECK_THAT(error_of([&] {
               run_loop(body, {number(2), {}, {a}}, 1);
             }),
             ContainsSubstring("(Loop)"));  // a float comes back as int64
  CHECK_THAT(error_of([&] {
               run_loop(body, {number(0), {}, {a}}, 1);
             }),
             ContainsSubstring("(Loop)"));
  CHECK_THAT(error_of([&] {
               run_loop(body, {number(2), {}, {}}, 1);
             }),
             ContainsSubstring("an inner graph of 2 inputs"));
  CHECK_THAT(error_of([&] {
               run_loop(body, {number(2), {}, {a, a}}, 1);
             }),
             ContainsSubstring("an inner graph of 4 inputs"));
  CHECK_THAT(error_of([&] {
               run_loop(body, {number(2), {}, {a}}, 3);
             }),
             ContainsSubstring("(Loop)"));
  CHECK_THAT(error_of([&] {
               run_loop(body, {number(2), {}, {ints({1}, {1})}}, 1);
             }),
             ContainsSubstring("float as input 2 of the inner graph"));
  ModelWriter uneven = loop_body({});
  uneven.add_node("Range", {"zero", "number", "one"}, {"longer"});
  add_weight(uneven, "zero", number(0));
  add_weight(uneven, "one", number(1));
  uneven.add_output("longer", kUndefined, {});
  CHECK_THAT(error_of([&] {
               run_loop(uneven, {number(3), {}, {}}, 1);
             }),
             ContainsSubstring("slices"));
  CHECK_THAT(node_error("If", {truth(true)}), ContainsSubstring("(If)"));
}

TEST_CASE("constants fold and steps fuse inside of bodies, and captured ones do not vanish") {
  // A classifier's row lookup, of which fusion makes one step, inside of a loop; the weights lie
  // outside. The gathered rows are read a second time by a deeper graph in the last case.
  const auto model_of = [](bool read_again) {
    ModelWriter body = loop_body({{"a", kFloat}});
    body.add_node("Gather", {"table", "ids"}, {"rows_q"});
    body.add_node("DequantizeLinear", {"rows_q", "scale"}, {"rows"}, {{"axis", 1}});
    body.add_node("Add", {"two", "two"}, {"four"});
    body.add_node("Mul", {"four", "factors"}, {"eight"});
    body.add_node("Unsqueeze", {"eight", "second"}, {"column"});
    body.add_node("Mul", {"rows", "column"}, {"scaled"});
    body.add_node("ReduceSum", {"scaled", "first"}, {"sum"}, {{"keepdims", 0}});
    body.add_node("Add", {"sum", "a"}, {"next"});
    body.add_output("next", kUndefined, {});
    if (read_again) {
      body.add_node("If", {"go"}, {"seen"},
                    {{"then_branch", branch("Neg", {"scaled"})},
                     {"else_branch", branch("Identity", {"rows"})}});
      body.add_output("seen", kUndefined, {});
    }
    ModelWriter model("fused");
    declare_input(model, "most", number(1));
    declare_input(model, "ids", list({0}));
    declare_input(model, "v0", floats({2}, {0, 0}));
    declare_input(model, "factors", floats({2}, {1, 1}));
    add_weight(model, "table", numbers(DataType::kInt8, {3, 2}, {1, 2, 3, 4, 5, 6}));
    add_weight(model, "scale", floats({}, {0.5}));
    add_weight(model, "two", floats({2}, {2, 2}));
    add_weight(model, "second", list({1}));
    add_weight(model, "first", list({0}));
    model.add_node(
        "Loop", {"most", "", "v0"},
        read_again ? std::vector<string_view>{"o", "all"} : std::vector<string_view>{"o"},
        {{"body", body}});
    model.add_output("o", kUndefined, {});
    if (read_again) model.add_output("all", kUndefined, {});
    return model.bytes();
  };
  const std::vector<Tensor> inputs = {number(3), list({2, 0}), floats({2}, {1, 1}),
                                      floats({2}, {1, 1})};
  const std::string once = model_of(false);
  const auto plan = storewise::graph::Plan::open(span_of(once), "test", storewise::ops::registry());
  CHECK(plan->steps() ==
        std::vector<string_view>{"Loop", "Identity", "Mul", "EmbeddingBag", "Add"});
  CHECK(run_model(model_of(false), inputs)[0] == floats({2}, {37, 49}));
  const auto both = run_model(model_of(true), inputs);
  CHECK(both[0] == floats({2}, {37, 49}));
  CHECK(both[1] == floats({3, 2, 2}, {-10, -12, -2, -4, -10, -12, -2, -4, -10, -12, -2, -4}));
}

TEST_CASE("float16 and double reach operators of float inside of bodies too") {
  for (const DataType type : {DataType::kFloat16, DataType::kDouble}) {
    ModelWriter body = loop_body({{"a", type}});
    body.add_node("Softmax", {"a"}, {"soft"}, {{"axis", 0}});
    body.add_node("MatMul", {"soft", "outer"}, {"product"});
    body.add_node("MatMul", {"product", "weight"}, {"next"});
    body.add_output("next", kUndefined, {});
    ModelWriter model("half");
    add_weight(model, "weight", numbers(type, {2, 2}, {2, 0, 0, 2}));
    declare_input(model, "most", number(1));
    declare_input(model, "v0", numbers(type, {2}, {0, 0}));
    declare_input(model, "m", numbers(type, {2, 2}, {0, 0, 0, 0}));
    model.add_node("Neg", {"m"}, {"outer"});
    model.add_node("Loop", {"most", "", "v0"}, {"o"}, {{"body", body}});
    model.add_output("o", kUndefined, {});
    CHECK(run_model(model.bytes(), {number(3), numbers(type, {2}, {4, 4}),
                                    numbers(type, {2, 2}, {-1, -2, -1, -2})})[0]
              .type == type);
    CHECK(run_model(model.bytes(), {number(1), numbers(type, {2}, {4, 4}),
                                    numbers(type, {2, 2}, {-1, -2, -3, -4})})[0] ==
          numbers(type, {2}, {4, 6}));
  }
}

TEST_CASE("Scan runs over any axes in any direction") {
  // state + row -> state; row -> output.
  ModelWriter body("body");
  body.add_input("s", kFloat, {2});
  body.add_input("row", kFloat, {2});
  body.add_node("Add", {"s", "row"}, {"sum"});
  body.add_node("Identity", {"sum"}, {"seen"});
  body.add_output("sum", kFloat, {2});
  body.add_output("seen", kFloat, {2});
  const Tensor zero = floats({2}, {0, 0});
  const Tensor rows = floats({3, 2}, {1, 10, 2, 20, 3, 30});
  const auto scan = [&](const Tensor& sequence, std::vector<Attribute> more) {
    more.insert(more.end(), {{"body", body}, {"num_scan_inputs", 1}});
    return run_node("Scan", {zero, sequence}, {more, 17, 2});
  };
  const auto plain = scan(rows, {});
  CHECK(plain[0] == floats({2}, {6, 60}));
  CHECK(plain[1] == floats({3, 2}, {1, 10, 3, 30, 6, 60}));
  CHECK(scan(rows, {{"scan_input_directions", Ints{1}}})[1] ==
        floats({3, 2}, {3, 30, 5, 50, 6, 60}));
  CHECK(scan(rows, {{"scan_output_directions", Ints{1}}})[1] ==
        floats({3, 2}, {6, 60, 3, 30, 1, 10}));
  const Tensor columns = floats({2, 3}, {1, 2, 3, 10, 20, 30});
  const auto turned =
      scan(columns, {{"scan_input_axes", Ints{-1}}, {"scan_output_axes", Ints{-1}}});
  CHECK(turned[0] == floats({2}, {6, 60}));
  CHECK(turned[1] == floats({2, 3}, {1, 3, 6, 10, 30, 60}));
  const auto nothing = scan(floats({0, 2}, {}), {});
  CHECK(nothing[0] == zero);
  CHECK(nothing[1] == floats({0, 2}, {}));

  const auto error = [&](const std::vector<Tensor>& inputs, std::vector<Attribute> more) {
    more.insert(more.end(), {{"body", body}});
    return node_error("Scan", inputs, {more, 17, 2});
  };
  CHECK_THAT(error({zero, rows}, {}), ContainsSubstring("num_scan_inputs"));
  CHECK_THAT(error({zero, rows}, {{"num_scan_inputs", 3}}), ContainsSubstring("num_scan_inputs"));
  CHECK_THAT(error({zero, rows}, {{"num_scan_inputs", 2}}), ContainsSubstring("one length"));
  CHECK_THAT(error({zero, rows}, {{"num_scan_inputs", 1}, {"scan_input_axes", Ints{2}}}),
             ContainsSubstring("axis 2"));
  CHECK_THAT(error({zero, rows, rows}, {{"num_scan_inputs", 2}}),
             ContainsSubstring("an inner graph of 3 inputs"));
  CHECK_THAT(error({zero, rows}, {{"num_scan_inputs", 1}, {"scan_output_axes", Ints{-3}}}),
             ContainsSubstring("axis -3"));
}

TEST_CASE("Scan of opset 8 runs batch by batch, over sequences of different lengths") {
  ModelWriter body("body");
  body.add_input("s", kFloat, {});
  body.add_input("x", kFloat, {});
  body.add_node("Add", {"s", "x"}, {"sum"});
  body.add_node("Neg", {"sum"}, {"seen"});
  body.add_output("sum", kFloat, {});
  body.add_output("seen", kFloat, {});
  const Tensor start = floats({2}, {0, 100});
  const Tensor sequences = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  const auto scan = [&](const Tensor& lengths, std::vector<Attribute> more) {
    more.insert(more.end(), {{"body", body}, {"num_scan_inputs", 1}});
    return run_node("Scan", {lengths, start, sequences}, {more, 8, 2});
  };
  const auto all = scan({}, {});
  CHECK(all[0] == floats({2}, {6, 115}));
  CHECK(all[1] == floats({2, 3}, {-1, -3, -6, -104, -109, -115}));
  const auto some = scan(list({3, 2}), {{"directions", Ints{1}}});
  CHECK(some[0] == floats({2}, {6, 109}));
  CHECK(some[1] == floats({2, 3}, {-3, -5, -6, -105, -109, 0}));
  CHECK_THAT(node_error("Scan", {list({4, 0}), start, sequences},
                        {{{"body", body}, {"num_scan_inputs", 1}}, 8, 2}),
             ContainsSubstring("at most 3"));
  CHECK_THAT(node_error("Scan", {list({1}), start, sequences},
                        {{{"body", body}, {"num_scan_inputs", 1}}, 8, 2}),
             ContainsSubstring("a length for each batch"));
}

TEST_CASE("a loop in a scan in a branch reads values of all levels") {
  // scan rows r: loop 2 times: v = v * w + r; w lies in the branch, the bias outside of all.
  ModelWriter inner = loop_body({{"v", kFloat}});
  inner.add_node("Mul", {"v", "w"}, {"vw"});
  inner.add_node("Add", {"vw", "r"}, {"vr"});
  inner.add_node("Add", {"vr", "bias"}, {"vb"});
  inner.add_output("vb", kUndefined, {});
  ModelWriter scan("scan");
  scan.add_input("r", kFloat, {1});
  add_weight(scan, "two", number(2));
  scan.add_node("Loop", {"two", "", "r"}, {"v2"}, {{"body", inner}});
  scan.add_output("v2", kUndefined, {});
  ModelWriter then_branch("then");
  then_branch.add_node("Add", {"one", "one"}, {"w"});
  then_branch.add_node("Scan", {"rows"}, {"all"}, {{"body", scan}, {"num_scan_inputs", 1}});
  then_branch.add_output("all", kUndefined, {});
  ModelWriter model("deep");
  declare_input(model, "c", truth(true));
  declare_input(model, "rows", floats({2, 1}, {0, 0}));
  add_weight(model, "one", floats({1}, {1}));
  add_weight(model, "bias", floats({1}, {0.5}));
  model.add_node("If", {"c"}, {"y"},
                 {{"then_branch", then_branch}, {"else_branch", branch("Identity", {"rows"})}});
  model.add_output("y", kUndefined, {});
  // 1 -> 3.5 -> 8.5; 10 -> 30.5 -> 71.5
  CHECK(run_model(model.bytes(), {truth(true), floats({2, 1}, {1, 10})})[0] ==
        floats({2, 1}, {8.5, 71.5}));
}

TEST_CASE("graphs in graphs do not allocate once a workspace has grown") {
  for (const DataType type : {kFloat, DataType::kDouble}) {
    ModelWriter body = loop_body({{"a", type}});
    body.add_node("Softmax", {"a"}, {"soft"}, {{"axis", 0}});
    body.add_node("Add", {"soft", "a"}, {"next"});
    body.add_node("Identity", {"next"}, {"seen"});
    body.add_output("next", kUndefined, {});
    body.add_output("seen", kUndefined, {});
    const std::vector<Tensor> inputs = {number(10), numbers(type, {8}, std::vector<double>(8, 1))};
    const std::string bytes = loop_model(body, {inputs[0], {}, {inputs[1]}}, 2);
    const auto plan =
        storewise::graph::Plan::open(span_of(bytes), "test", storewise::ops::registry());
    storewise::graph::Workspace workspace;
    const Memory most(inputs[0]);
    const Memory start(inputs[1]);
    const std::vector<TensorView> given = {most.view(), start.view()};
    std::vector<TensorView> made(2);
    storewise::graph::run(*plan, workspace, given, made);
    const auto before = allocation_count();
    storewise::graph::run(*plan, workspace, given, made);
    CHECK(allocation_count() == before);
  }
}

TEST_CASE("damaged graphs in graphs end in an error or a run") {
  // Every byte of a loop in a branch, changed in several ways.
  ModelWriter inner = loop_body({{"v", kFloat}});
  inner.add_node("Add", {"v", "x"}, {"w"});
  inner.add_output("w", kUndefined, {});
  inner.add_output("number", kUndefined, {});
  ModelWriter then_branch("then");
  add_weight(then_branch, "two", number(2));
  then_branch.add_node("Loop", {"two", "", "x"}, {"a", "b"}, {{"body", inner}});
  then_branch.add_output("a", kUndefined, {});
  const Tensor x = floats({2}, {1, 2});
  const std::string model = if_model(then_branch, branch("Neg", {"x"}), x, x);
  const Memory condition(truth(true));
  const Memory value(x);
  const std::vector<TensorView> given = {condition.view(), value.view(), value.view()};
  std::size_t runs = 0;
  const auto try_out = [&](const std::string& bytes) {
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    try {
      const auto plan =
          storewise::graph::Plan::open(exact, "damaged", storewise::ops::registry(),
                                       {.max_tensor_bytes = 1 << 20, .max_steps = 500});
      storewise::graph::Workspace workspace;
      std::vector<TensorView> made(plan->outputs().size());
      storewise::graph::run(*plan, workspace, given, made);
      for (const TensorView& view : made) owned(view);
      ++runs;
    } catch (const storewise::Error& error) {
      CHECK_FALSE(std::string(error.what()).empty());
    }
  };
  for (std::size_t i = 0; i < model.size(); ++i) {
    for (const int change : {1, 2, 4, 0x40, 0x80, 0xFF}) {
      std::string damaged = model;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      try_out(damaged);
    }
    try_out(model.substr(0, i));
  }
  CHECK(runs > 100);  // names and such may be anything
}
