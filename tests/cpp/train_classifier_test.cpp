// The classifier's training: what it learns, how it is calibrated, where it draws the line, and
// what happens to small, odd and broken data.
#include <cmath>

#include "catch.h"
#include "support/error.h"
#include "train/calibrate.h"
#include "train/classifier.h"
#include "train/classifier_model.h"
#include "train/softmax.h"

using namespace storewise;
using namespace storewise::train;

namespace {

const Progress kQuiet = [](std::string_view, double, double) {};

struct Questions {
  std::vector<std::string> labels;
  std::vector<std::string> texts;
  std::vector<std::int32_t> label_of;

  std::vector<std::string_view> views() const { return {texts.begin(), texts.end()}; }
  ClassifierOptions options() const {
    ClassifierOptions o;
    o.labels = labels;
    return o;
  }
  ClassifierResult train(const ClassifierOptions& o) const {
    return train_classifier(views(), label_of, o, kQuiet);
  }
  ClassifierResult train() const { return train(options()); }
};

// Four intents, each said in `each` ways put together from the same phrases; `strangers` texts
// belong to none.
Questions shop_questions(int each, int strangers) {
  Questions q;
  q.labels = {"delivery", "returns", "payment", "hours"};
  const std::vector<std::string> openings{"please tell me", "hello,", "i want to know",
                                          "quick question:", "hi there,"};
  const std::vector<std::vector<std::string>> subjects{
      {"when my parcel arrives", "how long delivery takes", "where is my shipment"},
      {"how do i return shoes", "can i send it back", "the refund for a return"},
      {"can i pay by card", "which payment do you take", "is paypal accepted"},
      {"when does the shop open", "your opening hours", "are you open on sunday"}};
  const std::vector<std::string> closings{"today", "", "thanks", "for my order", "in london"};
  for (std::size_t l = 0; l < subjects.size(); ++l) {
    for (int i = 0; i < each; ++i) {
      const auto n = static_cast<std::size_t>(i);
      q.texts.push_back(openings[n % 5] + " " + subjects[l][n % 3] + " " + closings[(n / 5) % 5]);
      q.label_of.push_back(static_cast<std::int32_t>(l));
    }
  }
  const std::vector<std::string> others{"the capital of france", "sing a song", "what is love",
                                        "weather tomorrow", "two plus two"};
  for (int i = 0; i < strangers; ++i) {
    const auto n = static_cast<std::size_t>(i);
    q.texts.push_back(others[n % 5] + " " + closings[(n / 5) % 5] + " " + openings[(n / 25) % 5]);
    q.label_of.push_back(-1);
  }
  return q;
}

Predictions predictions_of(std::size_t classes, std::vector<float> logits,
                           std::vector<std::int32_t> labels) {
  return {classes, std::move(logits), std::move(labels)};
}

}  // namespace

TEST_CASE("a trained classifier tells the intents apart and is calibrated") {
  const ClassifierResult r = shop_questions(60, 0).train();
  CHECK(r.report.at("classes") == 4);
  CHECK(r.report.at("examples") == 240);
  const Json& m = r.report.at("metrics");
  CHECK(m.at("accuracy").get<double>() > 0.95);
  CHECK(m.at("accuracy").get<double>() > m.at("float").at("accuracy").get<double>() - 0.01);
  CHECK(m.at("calibration_error").get<double>() < 0.1);
  CHECK(m.at("out_of_scope_recall").is_null());
  CHECK(m.at("rejected_in_scope").get<double>() < 0.08);
  CHECK(r.report.at("bytes") == r.model.size());
}

TEST_CASE("examples out of scope set the line that turns their like away") {
  const ClassifierResult r = shop_questions(60, 60).train();
  const Json& m = r.report.at("metrics");
  CHECK(m.at("out_of_scope_examples") == 60);
  CHECK(m.at("out_of_scope_recall").get<double>() > 0.8);
  CHECK(m.at("accuracy_in_scope").get<double>() > 0.85);
  const double threshold = r.report.at("threshold").get<double>();
  CHECK(threshold > 0.25);
  CHECK(threshold < 1.0);
}

TEST_CASE("the same texts and options give the same bytes, another seed does not") {
  const Questions q = shop_questions(20, 5);
  const ClassifierResult first = q.train();
  CHECK(first.model == q.train().model);
  ClassifierOptions other = q.options();
  other.seed = 43;
  CHECK(first.model != q.train(other).model);
}

TEST_CASE("cross-validation predicts every example once and names confusions") {
  Questions q = shop_questions(30, 0);
  // A fifth label with the words of the first: the two cannot be told apart.
  q.labels.push_back("shipping");
  for (int i = 0; i < 30; ++i) {
    q.texts.push_back(q.texts[static_cast<std::size_t>(i)]);
    q.label_of.push_back(4);
  }
  ClassifierOptions options = q.options();
  options.cross_validation = 5;
  const ClassifierResult r = q.train(options);
  CHECK(r.report.at("metrics").at("examples") == 150);
  CHECK(r.report.at("metrics").at("protocol") == "5-fold cross-validation");
  REQUIRE_FALSE(r.report.at("confusions").empty());
  for (const Json& confusion : r.report.at("confusions")) {
    CHECK(confusion.at("label") != confusion.at("predicted"));
    CHECK(confusion.at("count").get<int>() >= 1);
  }
  const std::string label = r.report.at("confusions")[0].at("label");
  CHECK((label == "delivery" || label == "shipping"));
}

TEST_CASE("Chinese questions are learned beside English ones") {
  Questions q = shop_questions(30, 0);
  const std::vector<std::vector<std::string>> zh{
      {"我的包裹什么时候到", "送货要多久", "快递在哪里"},
      {"怎么退货", "可以退款吗", "我想把鞋子退回去"},
      {"可以刷卡付款吗", "支持什么支付方式", "能用微信支付吗"},
      {"几点开门", "营业时间是几点", "星期天开门吗"}};
  for (std::size_t l = 0; l < zh.size(); ++l) {
    for (int i = 0; i < 12; ++i) {
      const auto n = static_cast<std::size_t>(i);
      q.texts.push_back((n % 2 == 0 ? "请问" : "") + zh[l][n % 3] + (n % 4 == 0 ? "谢谢" : ""));
      q.label_of.push_back(static_cast<std::int32_t>(l));
    }
  }
  CHECK(q.train().report.at("metrics").at("accuracy").get<double>() > 0.9);
}

TEST_CASE("labels without a usable text are left out and reported") {
  Questions q = shop_questions(10, 0);
  q.labels.insert(q.labels.begin() + 1, "nothing");
  q.labels.push_back("only dots");
  for (std::int32_t& l : q.label_of) l += l >= 1 ? 1 : 0;
  q.texts.push_back("... !?");
  q.label_of.push_back(5);
  const ClassifierResult r = q.train();
  CHECK(r.report.at("classes") == 4);
  CHECK(r.report.at("unused_labels") == Json{"nothing", "only dots"});
  CHECK(r.report.at("dropped").at("examples") == 1);
}

TEST_CASE("one example a label still makes a model that knows its limits") {
  Questions q = shop_questions(1, 0);
  const ClassifierResult r = q.train();
  CHECK(r.report.at("classes") == 4);
  CHECK_FALSE(r.model.empty());
  const double threshold = r.report.at("threshold").get<double>();
  CHECK(threshold >= 0.0);
  CHECK(threshold < 1.0);
}

TEST_CASE("texts that cannot be learned from are refused by name") {
  Questions q = shop_questions(5, 0);
  const auto message = [&q]() -> std::string {
    try {
      q.train();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kInvalidInput);
      return error.what();
    }
    return "";
  };
  SECTION("none") {
    q.texts.clear();
    q.label_of.clear();
    CHECK_THAT(message(), ContainsSubstring("two labels"));
  }
  SECTION("one label") {
    for (std::int32_t& l : q.label_of) l = 2;
    CHECK_THAT(message(), ContainsSubstring("two labels"));
  }
  SECTION("only strangers") {
    for (std::int32_t& l : q.label_of) l = -1;
    CHECK_THAT(message(), ContainsSubstring("two labels"));
  }
  SECTION("only texts without features") {
    for (std::string& t : q.texts) t = "?!";
    CHECK_THAT(message(), ContainsSubstring("two labels"));
  }
  SECTION("a label out of range") {
    q.label_of[3] = 4;
    CHECK_THAT(message(), ContainsSubstring("example 3"));
  }
  SECTION("a label twice") {
    q.labels[1] = q.labels[0];
    CHECK_THAT(message(), ContainsSubstring("\"delivery\" twice"));
  }
  SECTION("fewer labels than texts") {
    q.label_of.pop_back();
    CHECK_THAT(message(), ContainsSubstring("20 labels"));
  }
}

TEST_CASE("bytes that are no UTF-8 and very long texts do no harm") {
  Questions q = shop_questions(10, 0);
  q.texts[0] = std::string("\xff\xfe delivery \xc3");
  q.texts[1] = std::string(200000, 'a');
  CHECK(q.train().report.at("examples").get<int>() >= 39);
}

TEST_CASE("the temperature makes confident nonsense modest and leaves sound logits alone") {
  // Right half of the time with logits 8 apart: the best probability is one half.
  std::vector<float> logits;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 100; ++i) {
    logits.insert(logits.end(), {8.0f, 0.0f});
    labels.push_back(i % 2);
  }
  const Predictions overconfident = predictions_of(2, logits, labels);
  CHECK(fit_inverse_temperature(overconfident) < 0.07);
  // ln 3 apart and right three times in four: already calibrated.
  const auto third = static_cast<float>(std::log(3.0));
  std::vector<float> sound;
  for (int i = 0; i < 100; ++i) {
    sound.insert(sound.end(), {third, 0.0f});
    labels[i] = i % 4 == 0 ? 1 : 0;
  }
  const Predictions calibrated = predictions_of(2, sound, labels);
  CHECK(fit_inverse_temperature(calibrated) == Approx(1.0).margin(0.01));
  CHECK(calibration_error(verdicts(calibrated, 1.0)) == Approx(0.0).margin(1e-6));
  CHECK(fit_inverse_temperature(predictions_of(2, {1, 0}, {-1})) == 1.0);
}

TEST_CASE("the figures at a threshold count what they say") {
  const std::vector<Verdict> v{{0, 0, 0.9f, 0}, {0, 1, 0.8f, 0},  {1, 1, 0.4f, 0},
                               {1, 1, 0.7f, 0}, {-1, 0, 0.3f, 0}, {-1, 1, 0.6f, 0}};
  const ScopeFigures f = scope_figures(v, 0.5f);
  CHECK(f.in_scope == 4);
  CHECK(f.out_of_scope == 2);
  CHECK(f.accuracy == Approx(0.75));
  CHECK(f.accuracy_in_scope == Approx(0.5));
  CHECK(f.rejected_in_scope == Approx(0.25));
  CHECK(f.out_of_scope_recall == Approx(0.5));
}

TEST_CASE("the softmax survives huge logits and the row without features") {
  std::vector<float> values{1e30f, 0.0f, -1e30f};
  softmax(values, 1.0);
  CHECK(values == std::vector<float>{1.0f, 0.0f, 0.0f});
  LinearModel model;
  model.buckets = 2;
  model.classes = 2;
  model.importance = {1, 1};
  model.weights = {1, 2, 3, 4};
  model.bias = {0.5f, -0.5f};
  std::vector<float> scratch;
  std::vector<float> out(2);
  logits(model, {}, scratch, out);
  CHECK(out == std::vector<float>{0.5f, -0.5f});
}

TEST_CASE("importance favours features that tell classes apart") {
  Examples examples;
  // Bucket 0 occurs with both classes, bucket 1 with class 0 only; both in four texts of eight.
  for (int e = 0; e < 8; ++e) {
    if (e % 4 < 2) examples.features.push_back({0, 1.0f});
    if (e < 4) examples.features.push_back({1, 1.0f});
    examples.starts.push_back(static_cast<std::uint32_t>(examples.features.size()));
    examples.labels.push_back(e < 4 ? 0 : 1);
  }
  LinearModel model;
  model.buckets = 3;
  model.classes = 2;
  set_importance(examples, std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7}, model);
  CHECK(model.importance[1] > model.importance[0]);
  CHECK(model.importance[2] > model.importance[1]);  // never seen: a stranger's word
  CHECK(model.importance[0] > 0);
}
