#include <cmath>
#include <memory>

#include "answer/answering.h"
#include "catch.h"
#include "ops/registry.h"
#include "support/error.h"
#include "task_models.h"

using namespace storewise::answer;

namespace {

struct Desk {
  explicit Desk(const task_models::ClassifierSpec& spec = task_models::help_desk())
      : faq(task_models::help_faq(), "faq.json"),
        bytes(task_models::classifier(spec)),
        plan(storewise::graph::Plan::open(
            {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "c.onnx",
            storewise::ops::registry())),
        classifier(*plan, plan->metadata("storewise")) {}

  Answer ask(std::string_view text, std::string_view language = "en",
             const std::vector<Slot>& slots = {}, std::size_t limit = 3) {
    return storewise::answer::ask(classifier, faq, text, language, slots, limit);
  }

  Faq faq;
  std::string bytes;
  std::unique_ptr<const storewise::graph::Plan> plan;
  Classifier classifier;
};

std::string reply(const std::string& pattern, const std::vector<Slot>& slots = {}) {
  std::string escaped;
  for (const char c : pattern) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  const Faq faq(R"({"version":1,"entries":[{"id":"a","answer":{"en":")" + escaped + "\"}}]}", "f");
  return faq.reply(faq.entries()[0], "en", slots);
}

}  // namespace

TEST_CASE("probabilities are the softmax of the words' weights") {
  Desk desk;
  std::vector<RankedLabel> ranked;
  CHECK(desk.classifier.classify("refund", ranked));
  REQUIRE(ranked.size() == 5);
  CHECK(desk.classifier.labels()[ranked[0].label] == "returns");
  CHECK(std::abs(ranked[0].probability - std::exp(5.0) / (std::exp(5.0) + 4)) < 1e-5);
  float sum = 0;
  for (const RankedLabel& label : ranked) sum += label.probability;
  CHECK(std::abs(sum - 1) < 1e-5F);
  CHECK(!desk.classifier.classify("?!", ranked));
  CHECK(std::abs(ranked[0].probability - 0.2) < 1e-5);
}

TEST_CASE("a clear question gets the approved answer in the visitor's language") {
  Desk desk;
  const Answer answer = desk.ask("delivery fee cost");
  CHECK(answer.kind == AnswerKind::kAnswer);
  CHECK(answer.intent == "delivery-fee");
  CHECK(answer.confidence > 0.6F);
  CHECK(answer.text == "Delivery by the shop costs 3.");
  CHECK(answer.choices.empty());
  CHECK(desk.ask("delivery fee cost", "zh-Hans").text == "the shop运费3元。");
  CHECK(desk.ask("refund", "zh").text == "Yes. Call 我们的热线.");  // no Chinese answer: the first
}

TEST_CASE("without a language the script decides") {
  Desk desk;
  CHECK(desk.ask("运", "").text == "the shop运费3元。");
  CHECK(desk.ask("delivery fee cost", "").text == "Delivery by the shop costs 3.");
}

TEST_CASE("two likely intents give choices") {
  Desk desk;
  const Answer answer = desk.ask("delivery");
  CHECK(answer.kind == AnswerKind::kClarify);
  CHECK(answer.text.empty());
  REQUIRE(answer.choices.size() == 2);
  CHECK(answer.choices[0].intent == "delivery-fee");
  CHECK(answer.choices[0].question == "What is the fee?");
  CHECK(answer.choices[1].intent == "delivery-time");
  CHECK(std::abs(answer.choices[0].confidence - answer.choices[1].confidence) < 1e-6F);
  CHECK(answer.confidence == answer.choices[0].confidence);
  CHECK(desk.ask("delivery", "zh").choices[0].question == "运费多少？");
  CHECK(desk.ask("delivery", "en", {}, 1).choices.size() == 1);
  CHECK(desk.ask("delivery", "en", {}, 0).kind == AnswerKind::kHandoff);
}

TEST_CASE("above the threshold a close second still asks back") {
  auto spec = task_models::help_desk();
  spec.threshold = "0.3";
  CHECK(Desk(spec).ask("delivery").kind == AnswerKind::kClarify);
  spec.clarify = R"({"threshold":0.2,"margin":0})";
  CHECK(Desk(spec).ask("delivery").kind == AnswerKind::kAnswer);
}

TEST_CASE("what is unlikely, unknown or empty is handed over") {
  auto spec = task_models::help_desk();
  spec.clarify = R"({"threshold":0.5,"margin":0.15})";
  Desk desk(spec);
  const Answer weak = desk.ask("delivery");
  CHECK(weak.kind == AnswerKind::kHandoff);
  CHECK(weak.intent == "delivery-fee");
  CHECK(weak.text.empty());
  CHECK(weak.choices.empty());
  const Answer empty = desk.ask("");
  CHECK(empty.kind == AnswerKind::kHandoff);
  CHECK(empty.intent.empty());
  CHECK(empty.confidence == 0);
  CHECK(desk.ask("weather tomorrow").kind == AnswerKind::kHandoff);
  CHECK(desk.ask(std::string(100'000, 'x')).kind == AnswerKind::kHandoff);
}

TEST_CASE("a label without an approved text is never answered") {
  Desk desk;
  const Answer answer = desk.ask("secret");
  CHECK(answer.kind == AnswerKind::kHandoff);
  CHECK(answer.intent == "secret");
  CHECK(answer.text.empty());
}

TEST_CASE("slots fill places: given, then the document's own, then dropped") {
  Desk desk;
  CHECK(desk.ask("arrive long", "en", {{"order_number", "10423"}}).text ==
        "Order (#10423) arrives in two days.");
  CHECK(desk.ask("arrive long").text == "Order arrives in two days.");
  CHECK(desk.ask("refund", "en", {{"phone", "0123"}}).text == "Yes. Call 0123.");
  CHECK(desk.ask("refund").text == "Yes. Call our hotline.");
  CHECK(desk.ask("pay", "en", {{"not", "x"}}).text == "By card {not a place}.");
}

TEST_CASE("a dropped place leaves a sentence that reads on") {
  CHECK(reply("Your order {n} is on its way.") == "Your order is on its way.");
  CHECK(reply("It costs {n}.") == "It costs.");
  CHECK(reply("{n} is here.") == "is here.");
  CHECK(reply("Dear {n}, welcome") == "Dear, welcome");
  CHECK(reply("Code \"{n}\" works") == "Code works");
  CHECK(reply("订单（{n}）已发货。") == "订单已发货。");
  CHECK(reply("您的订单 {n}。") == "您的订单。");
  CHECK(reply("{n}").empty());
  CHECK(reply("{n}{m}!") == "!");
}

TEST_CASE("what is no place is text, and a value is never searched for places") {
  CHECK(reply("{} {a b} { {a") == "{} {a b} { {a");
  CHECK(reply("{a}", {{"a", "{b} <b>&\"x\"</b>"}, {"b", "y"}}) == "{b} <b>&\"x\"</b>");
  CHECK(reply("{a}", {{"a", "one\ntwo\x01"}}) == "one two ");
  CHECK(reply("{a}", {{"a", std::string(500, 'x')}}) == std::string(200, 'x'));
  CHECK(reply("{{a}}", {{"a", "x"}}) == "{x}");
}

TEST_CASE("a chosen intent is answered, an unknown one refused by name") {
  Desk desk;
  const Answer answer = answer_of(desk.faq, "payment", "en", {});
  CHECK(answer.kind == AnswerKind::kAnswer);
  CHECK(answer.confidence == 1);
  CHECK(answer.text == "By card {not a place}.");
  CHECK_THROWS_WITH(answer_of(desk.faq, "secret", "en", {}), ContainsSubstring("\"secret\""));
}

TEST_CASE("languages come from the document, else from what is answered most") {
  const Faq faq(R"({"version":1,"entries":[
      {"id":"a","answer":{"de":"x","en":"y"}},{"id":"b","answer":{"en":"z"}}]})",
                "f");
  CHECK(faq.languages() == std::vector<std::string>{"en", "de"});
}

TEST_CASE("an FAQ that does not fit is refused by its path") {
  const auto refused = [](const char* text, const char* what) {
    INFO(text);
    CHECK_THROWS_WITH(Faq(text, "faq.json"), ContainsSubstring(what));
  };
  refused("", "empty");
  refused("[]", "an object");
  refused(R"({"version":1})", "entries");
  refused(R"({"version":2,"entries":[]})", "$.version");
  refused(R"({"version":1,"entries":[{"answer":{"en":"x"}}]})", "\"id\"");
  refused(R"({"version":1,"entries":[{"id":"a"}]})", "\"answer\"");
  refused(R"({"version":1,"entries":[{"id":"a","answer":{}}]})", "$.entries[0].answer");
  refused(R"({"version":1,"entries":[{"id":"a","answer":{"en":3}}]})", "$.entries[0].answer.en");
  refused(R"({"version":1,"entries":[{"id":"a","answer":"x"}]})", "$.entries[0].answer");
  refused(R"({"version":1,"entries":[{"id":"a","answer":{"en":"x"}},
              {"id":"a","answer":{"en":"x"}}]})",
          "twice");
}

TEST_CASE("a classifier whose metadata does not fit is refused") {
  auto spec = task_models::help_desk();
  spec.labels.push_back("one-more");
  spec.words.emplace_back();
  const auto open = [](const std::string& bytes, const std::string& metadata) {
    const auto plan = storewise::graph::Plan::open(
        {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "c.onnx",
        storewise::ops::registry());
    const Classifier classifier(*plan, metadata);
  };
  const std::string bytes = task_models::classifier(task_models::help_desk());
  const std::string features = R"("features":{"buckets":4096,"char_ngrams":[1,0]})";
  CHECK_NOTHROW(open(bytes, R"({"version":1,"labels":["a","b","c","d","e"],)" + features + "}"));
  CHECK_THROWS_WITH(open(bytes, R"({"version":1,"labels":["a","b"],)" + features + "}"),
                    ContainsSubstring("one probability for each label"));
  CHECK_THROWS_WITH(open(bytes, R"({"version":1,"labels":["a"]})"), ContainsSubstring("features"));
  CHECK_THROWS_WITH(open(bytes, R"({"version":1,"labels":[],"features":{"buckets":0}})"),
                    ContainsSubstring("$.features.buckets"));
  CHECK_THROWS_WITH(
      open(bytes, R"({"version":1,"labels":["a"],"features":{"buckets":8,"hash":"md5"}})"),
      ContainsSubstring("$.features.hash"));
  CHECK_THROWS_WITH(
      open(bytes, R"({"version":1,"labels":["a","b","c","d","e"],"threshold":2,)" + features + "}"),
      ContainsSubstring("$.threshold"));
}
