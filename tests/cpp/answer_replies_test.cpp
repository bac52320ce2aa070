// The search for replies: against every reply that is allowed, one by one, and under noise.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "answer/reply_model.h"
#include "catch.h"
#include "files.h"
#include "ops/registry.h"
#include "support/json.h"
#include "task_models.h"

using namespace storewise::answer;

namespace {

using Pieces = std::vector<std::int32_t>;

// What a shop approves, as a test makes it.
struct Shop {
  std::vector<Pieces> sentences;
  std::vector<std::int32_t> groups;  // of each sentence
  std::vector<std::uint32_t> next;   // [groups + 1]
  std::size_t most = 3;
  std::int32_t vocabulary = 1;  // pieces with piece 0

  Pieces pieces;
  Pieces begins;
  Pieces masks;

  ApprovedReplies approved() {
    pieces.clear();
    begins.assign(1, 0);
    for (const Pieces& sentence : sentences) {
      pieces.insert(pieces.end(), sentence.begin(), sentence.end());
      begins.push_back(static_cast<std::int32_t>(pieces.size()));
    }
    masks.clear();
    for (const std::uint32_t mask : next) masks.push_back(static_cast<std::int32_t>(mask));
    return {pieces, begins, groups, masks, most};
  }
  // What may come after the sentences said so far.
  std::uint32_t after(const Pieces& reply) const {
    if (reply.empty()) return next[0];
    return next[1 + static_cast<std::size_t>(groups[static_cast<std::size_t>(reply.back())])];
  }
  bool may_end(const Pieces& reply) const { return (after(reply) & kReplyMayEnd) != 0; }
  bool may_follow(const Pieces& reply, std::int32_t sentence) const {
    return std::find(reply.begin(), reply.end(), sentence) == reply.end() &&
           (after(reply) >> groups[static_cast<std::size_t>(sentence)] & 1) != 0;
  }
  bool allows(const Pieces& reply) const {
    Pieces so_far;
    for (const std::int32_t sentence : reply) {
      if (!may_follow(so_far, sentence)) return false;
      so_far.push_back(sentence);
    }
    return reply.size() <= most && may_end(reply);
  }
  // Every reply that is allowed, as sentences.
  void all(Pieces& reply, std::vector<Pieces>& found) const {
    if (may_end(reply)) found.push_back(reply);
    if (reply.size() == most) return;
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(sentences.size()); ++i) {
      if (!may_follow(reply, i)) continue;
      reply.push_back(i);
      all(reply, found);
      reply.pop_back();
    }
  }
};

// Distinct sentences of 1 to 4 pieces, none the beginning of another, in ascending order.
Shop random_shop(std::mt19937& random, std::size_t sentences, std::int32_t groups) {
  const auto any = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Shop shop;
  shop.vocabulary = any(4, 8);
  const auto begins = [](const Pieces& a, const Pieces& b) {
    return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
  };
  std::set<Pieces> chosen;
  for (int tries = 0; tries < 1000 && chosen.size() < sentences; ++tries) {
    Pieces sentence;
    for (int length = any(1, 4); length > 0; --length) {
      sentence.push_back(any(1, shop.vocabulary - 1));
    }
    const bool clashes = std::any_of(chosen.begin(), chosen.end(), [&](const Pieces& other) {
      return begins(sentence, other) || begins(other, sentence);
    });
    if (!clashes) chosen.insert(sentence);
  }
  shop.sentences.assign(chosen.begin(), chosen.end());
  for (std::size_t i = 0; i < shop.sentences.size(); ++i) shop.groups.push_back(any(0, groups - 1));
  for (std::int32_t group = -1; group < groups; ++group) {
    auto mask = static_cast<std::uint32_t>(any(0, (1 << groups) - 1));
    // A group with sentences can be met at the start, and left again.
    if (group < 0) mask = (1U << groups) - 1;
    if (group < 0 || any(0, 1) == 1) mask |= kReplyMayEnd;
    shop.next.push_back(mask);
  }
  shop.most = static_cast<std::size_t>(any(1, 3));
  return shop;
}

// Logits that depend on all that was said so far, and on nothing else.
class Oracle : public ReplyDecoder {
 public:
  Oracle(std::int32_t vocabulary, unsigned seed) : vocabulary_(vocabulary), seed_(seed) {}

  std::vector<float> logits_of(const Pieces& said) const {
    unsigned state = seed_;
    for (const std::int32_t piece : said)
      state = (state ^ static_cast<unsigned>(piece)) * 16777619U;
    std::mt19937 random(state);
    std::normal_distribution<float> any(0, 2);
    std::vector<float> logits(static_cast<std::size_t>(vocabulary_));
    for (float& logit : logits) logit = any(random);
    return logits;
  }
  const float* step(std::span<const std::int32_t> rows,
                    std::span<const std::int64_t> pieces) override {
    std::vector<Pieces> said;
    out_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Pieces now = said_.empty() ? Pieces{} : said_.at(static_cast<std::size_t>(rows[i]));
      if (!said_.empty()) now.push_back(static_cast<std::int32_t>(pieces[i]));
      const auto logits = logits_of(now);
      out_.insert(out_.end(), logits.begin(), logits.end());
      said.push_back(now);
    }
    said_ = said;
    ++steps;
    return out_.data();
  }
  int steps = 0;

 private:
  std::int32_t vocabulary_;
  unsigned seed_;
  std::vector<Pieces> said_;
  std::vector<float> out_;
};

// The probability of each reply: of all allowed ones as strings of pieces with a 0 at the end, the
// softmax at each piece over the pieces with which one of them goes on.
std::vector<std::pair<double, Pieces>> exhaustive(const Shop& shop, const Oracle& oracle) {
  std::vector<Pieces> replies;
  Pieces none;
  shop.all(none, replies);
  std::vector<Pieces> strings;
  std::map<Pieces, std::set<std::int32_t>> goes_on;
  for (const Pieces& reply : replies) {
    Pieces text;
    for (const std::int32_t sentence : reply) {
      const Pieces& pieces = shop.sentences[static_cast<std::size_t>(sentence)];
      text.insert(text.end(), pieces.begin(), pieces.end());
    }
    text.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      goes_on[Pieces(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i))].insert(text[i]);
    }
    strings.push_back(text);
  }
  std::vector<std::pair<double, Pieces>> result;
  for (std::size_t r = 0; r < replies.size(); ++r) {
    double probability = 1;
    Pieces so_far;
    for (const std::int32_t piece : strings[r]) {
      const auto logits = oracle.logits_of(so_far);
      double sum = 0;
      for (const std::int32_t other : goes_on[so_far]) {
        sum += std::exp(static_cast<double>(logits[static_cast<std::size_t>(other)]));
      }
      probability *= std::exp(static_cast<double>(logits[static_cast<std::size_t>(piece)])) / sum;
      so_far.push_back(piece);
    }
    result.emplace_back(probability, replies[r]);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  return result;
}

Pieces sentences_of(const Reply& reply) {
  return {reply.sentence.begin(),
          reply.sentence.begin() + static_cast<std::ptrdiff_t>(reply.sentences)};
}

// Noise of every kind, the values that no model should give among it.
class Noise : public ReplyDecoder {
 public:
  Noise(std::int32_t vocabulary, unsigned seed) : vocabulary_(vocabulary), random_(seed) {}
  const float* step(std::span<const std::int32_t> rows, std::span<const std::int64_t>) override {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr float kOdd[] = {kInfinity,
                              -kInfinity,
                              std::numeric_limits<float>::quiet_NaN(),
                              std::numeric_limits<float>::max(),
                              0,
                              -1e-30F};
    out_.resize(rows.size() * static_cast<std::size_t>(vocabulary_));
    for (float& logit : out_) {
      const auto bits = static_cast<std::uint32_t>(random_());
      switch (bits % 4) {
        case 0:
          logit = kOdd[bits / 4 % 6];
          break;
        case 1:
          std::memcpy(&logit, &bits, sizeof logit);  // any bits at all
          break;
        default:
          logit = static_cast<float>(bits >> 8) * 1e-6F - 8;
      }
    }
    return out_.data();
  }

 private:
  std::int32_t vocabulary_;
  std::mt19937 random_;
  std::vector<float> out_;
};

}  // namespace

TEST_CASE("a beam as wide as there are replies finds the likeliest, with their probabilities") {
  std::mt19937 random(1);
  int compared = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    // More sentences in each group than a reply can use up, so that no chain ends in a blind alley.
    Shop shop = random_shop(random, 3, 1);
    if (shop.sentences.size() < 3) continue;
    shop.most = 1 + seed % 3;
    if (seed % 2 == 0) shop.next[1] = kReplyMayEnd | 1;
    if (shop.next[1] == 0) shop.next[1] = kReplyMayEnd;
    shop.next[1] |= kReplyMayEnd;
    Oracle oracle(shop.vocabulary, seed);
    std::vector<Reply> found;
    ReplySearch(shop.approved(), static_cast<std::size_t>(shop.vocabulary))
        .find(oracle, kMaxBeams, found);
    const auto expected = exhaustive(shop, oracle);
    REQUIRE(found.size() == std::min(expected.size(), kMaxBeams));
    double sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(sentences_of(found[i]) == expected[i].second);
      CHECK(std::abs(found[i].probability - expected[i].first) < 1e-12);
      sum += found[i].probability;
    }
    CHECK(std::abs(sum - 1) < 1e-9);
    ++compared;
  }
  CHECK(compared > 300);
}

TEST_CASE("rules between groups are kept while the model chooses") {
  std::mt19937 random(2);
  int replies = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Shop shop = random_shop(random, 6, 3);
    Oracle oracle(shop.vocabulary, seed);
    std::vector<Reply> found;
    ReplySearch(shop.approved(), static_cast<std::size_t>(shop.vocabulary)).find(oracle, 8, found);
    const auto expected = exhaustive(shop, oracle);
    double before = 2;
    for (const Reply& reply : found) {
      const Pieces sentences = sentences_of(reply);
      CHECK(shop.allows(sentences));
      CHECK(reply.probability <= before);
      before = reply.probability;
      // Where a chain can come to a blind alley its share is lost, never given to another reply.
      for (const auto& [probability, one] : expected) {
        if (one == sentences) CHECK(reply.probability < probability + 1e-12);
      }
      ++replies;
    }
  }
  CHECK(replies > 500);
}

TEST_CASE("a narrow beam gives the probability of what it finds") {
  std::mt19937 random(3);
  int best = 0;
  int all = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Shop shop = random_shop(random, 12, 1);
    shop.next[1] |= kReplyMayEnd;
    shop.most = 2;
    Oracle oracle(shop.vocabulary, seed);
    std::vector<Reply> found;
    ReplySearch(shop.approved(), static_cast<std::size_t>(shop.vocabulary)).find(oracle, 4, found);
    const auto expected = exhaustive(shop, oracle);
    REQUIRE(!found.empty());
    const auto same = std::find_if(expected.begin(), expected.end(), [&](const auto& one) {
      return one.second == sentences_of(found[0]);
    });
    REQUIRE(same != expected.end());
    CHECK(std::abs(same->first - found[0].probability) < 1e-12);
    if (same == expected.begin()) ++best;
    ++all;
    // No more steps than the longest reply has pieces, and one for the end.
    CHECK(oracle.steps <= 2 * 4 + 1);
  }
  CHECK(best > all * 9 / 10);  // of noise; a trained model is surer
}

TEST_CASE("10,000 times noise: what comes out is approved, whatever the logits are") {
  std::mt19937 random(4);
  std::size_t longest = 0;
  for (unsigned seed = 0; seed < 10'000; ++seed) {
    Shop shop = random_shop(random, 1 + seed % 9, 1 + static_cast<std::int32_t>(seed % 4));
    Noise noise(shop.vocabulary, seed);
    std::vector<Reply> found;
    ReplySearch(shop.approved(), static_cast<std::size_t>(shop.vocabulary))
        .find(noise, 1 + seed % 5, found);
    double sum = 0;
    std::set<Pieces> seen;
    for (const Reply& reply : found) {
      const Pieces sentences = sentences_of(reply);
      if (!shop.allows(sentences)) FAIL("a reply that is not allowed, seed " << seed);
      if (!seen.insert(sentences).second) FAIL("a reply twice, seed " << seed);
      if (!(reply.probability >= 0)) FAIL("no probability, seed " << seed);
      sum += reply.probability;
      longest = std::max(longest, sentences.size());
    }
    if (sum > 1 + 1e-9) FAIL("probabilities sum to " << sum);
  }
  CHECK(longest == 3);
}

TEST_CASE("what a shop forbids is not among the choices, even when the model is sure of it") {
  // 0 "hello" (group 0), 1 "yes" and 2 "yes and no" (group 1).
  Shop shop{{{1}, {2, 3}, {2, 4}}, {0, 1, 1}, {0b11, 0b10, kReplyMayEnd}, 2, 5, {}, {}, {}};
  struct Sure : ReplyDecoder {
    const float* step(std::span<const std::int32_t> rows, std::span<const std::int64_t>) override {
      out.clear();
      // Says: end; but that is not allowed at the start, nor after "hello".
      for (std::size_t i = 0; i < rows.size(); ++i) {
        out.insert(out.end(), {50, 10, 0, 1, 2});
      }
      return out.data();
    }
    std::vector<float> out;
  } sure;
  std::vector<Reply> found;
  ReplySearch(shop.approved(), 5).find(sure, 4, found);
  REQUIRE(found.size() == 4);
  CHECK(sentences_of(found[0]) == Pieces{0, 2});
  CHECK(sentences_of(found[1]) == Pieces{0, 1});
  CHECK(sentences_of(found[2]) == Pieces{2});
  CHECK(std::abs(found[0].probability - std::exp(10.0) / (std::exp(10.0) + 1) * std::exp(2.0) /
                                            (std::exp(2.0) + std::exp(1.0))) < 1e-12);
  double sum = 0;
  for (const Reply& reply : found) sum += reply.probability;
  CHECK(std::abs(sum - 1) < 1e-12);
}

TEST_CASE("approved replies that do not fit are refused by their place") {
  const Shop good{{{1}, {2, 3}, {2, 4}}, {0, 1, 1}, {0b11, 0b10, kReplyMayEnd}, 2, 5, {}, {}, {}};
  const auto refused = [&](const char* what, auto&& damage) {
    Shop shop = good;
    ApprovedReplies approved = shop.approved();
    damage(shop, approved);
    CHECK_THROWS_WITH(ReplySearch(approved, 5), ContainsSubstring(what));
  };
  Shop shop = good;
  CHECK_NOTHROW(ReplySearch(shop.approved(), 5));
  const auto change = [](auto edit) {
    return [edit](Shop& s, ApprovedReplies& approved) {
      edit(s);
      approved = s.approved();
    };
  };
  refused("sentences[1]", change([](Shop& s) { s.sentences[1] = {2, 5}; }));
  refused("sentences[2]", change([](Shop& s) { s.sentences[2] = {2, 3}; }));
  refused("sentences[2]", change([](Shop& s) { s.sentences[2] = {2, 3, 1}; }));
  refused("sentences[1]", change([](Shop& s) { s.sentences[0] = {3}; }));
  refused("sentences[0]", change([](Shop& s) { s.sentences[0] = {0}; }));
  refused("sentences[0]", change([](Shop& s) { s.sentences[0] = {-7}; }));
  refused("begins[1]", change([](Shop& s) { s.sentences[0] = {}; }));
  refused("groups[2]", change([](Shop& s) { s.groups[2] = 2; }));
  refused("groups[0]", change([](Shop& s) { s.groups[0] = -1; }));
  refused("most", change([](Shop& s) { s.most = 0; }));
  refused("most", change([](Shop& s) { s.most = 9; }));
  refused("next", change([](Shop& s) { s.next.clear(); }));
  refused("next", change([](Shop& s) { s.next.assign(33, 1); }));
  refused("next[0]", change([](Shop& s) { s.next = {0b11, 0, 0}; }));
  refused("next[0]", change([](Shop& s) { s.next = {0, 0b10, kReplyMayEnd}; }));
  refused("begins[3]", [](Shop& s, ApprovedReplies& a) {
    s.begins[3] = 1000;
    a.begins = s.begins;
  });
  refused("begins[2]", [](Shop& s, ApprovedReplies& a) {
    s.begins[2] = -1;
    a.begins = s.begins;
  });
  refused("begins[0]", [](Shop&, ApprovedReplies& a) { a.begins = {}; });
  Oracle oracle(5, 1);
  std::vector<Reply> found;
  ReplySearch search(shop.approved(), 5);
  CHECK_THROWS_WITH(search.find(oracle, 0, found), ContainsSubstring("beams"));
  CHECK_THROWS_WITH(search.find(oracle, 65, found), ContainsSubstring("beams"));
}

namespace {

// The shipped model of replies with what its metadata approves.
struct Shipped {
  Shipped()
      : bytes(read_file(STOREWISE_SOURCE_DIR "/models/replies/model.onnx")),
        plan(storewise::graph::Plan::open(bytes, "replies.onnx", storewise::ops::registry())),
        document(storewise::Json::parse(plan->metadata("storewise"))) {
    const auto bits = [](const storewise::Json& groups) {
      std::uint32_t mask = 0;
      for (const std::uint32_t group : groups) mask |= 1U << group;
      return mask;
    };
    shop.next.push_back(kReplyMayEnd | bits(document["first"]));
    for (const auto& group : document["groups"]) {
      shop.next.push_back((group["ends"] ? kReplyMayEnd : 0) | bits(group["next"]));
    }
    for (const auto& sentence : document["sentences"]) {
      shop.sentences.push_back(sentence["pieces"]);
      shop.groups.push_back(sentence["group"]);
    }
    shop.most = document["most"];
  }

  std::vector<std::uint8_t> bytes;
  std::unique_ptr<const storewise::graph::Plan> plan;
  storewise::Json document;
  Shop shop;
};

storewise::graph::TensorView view_of(const std::vector<std::int64_t>& ids, std::int64_t words) {
  return {storewise::graph::DataType::kInt64,
          storewise::graph::Shape({words, static_cast<std::int64_t>(ids.size()) / words}),
          ids.data()};
}

}  // namespace

TEST_CASE("10,000 questions of noise to the shipped model: approved replies and nothing else") {
  Shipped shipped;
  ReplyModel model(*shipped.plan);
  ReplySearch search(shipped.shop.approved(), model.pieces());
  const std::int64_t buckets = shipped.document["question"]["buckets"];
  std::mt19937 random(5);
  std::vector<Reply> found;
  std::vector<std::int64_t> ids;
  std::set<Pieces> different;
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t words = 1 + static_cast<std::int64_t>(random() % 8);
    ids.resize(static_cast<std::size_t>(words) * (1 + random() % 6));
    for (auto& id : ids) id = static_cast<std::int64_t>(random() % (buckets + 1));
    model.ask(view_of(ids, words));
    search.find(model, 1 + random() % 3, found);
    REQUIRE(!found.empty());
    double sum = 0;
    for (const Reply& reply : found) {
      if (!shipped.shop.allows(sentences_of(reply))) FAIL("a reply that is not allowed");
      different.insert(sentences_of(reply));
      sum += reply.probability;
    }
    if (!(sum < 1 + 1e-9)) FAIL("probabilities sum to " << sum);
  }
  CHECK(different.size() > 100);
}

TEST_CASE("a question that does not fit the model is refused, and the next is answered") {
  Shipped shipped;
  ReplyModel model(*shipped.plan);
  ReplySearch search(shipped.shop.approved(), model.pieces());
  std::vector<Reply> found;
  const std::vector<std::int64_t> far{1'000'000'000};
  const std::vector<std::int64_t> good{1, 2};
  model.ask(view_of(far, 1));
  CHECK_THROWS_AS(search.find(model, 4, found), storewise::Error);
  model.ask(view_of(good, 1));
  search.find(model, 4, found);
  const auto first = found;
  CHECK_THROWS_WITH(model.ask({storewise::graph::DataType::kFloat, {}, good.data()}),
                    ContainsSubstring("question"));
  // The same again gives the same: nothing of the question before is left.
  model.ask(view_of(far, 1));
  CHECK_THROWS_AS(search.find(model, 4, found), storewise::Error);
  model.ask(view_of(good, 1));
  search.find(model, 4, found);
  REQUIRE(found.size() == first.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].probability == first[i].probability);
  }
}

TEST_CASE("a model of another form makes no replies") {
  const std::string bytes = task_models::classifier(task_models::help_desk());
  const auto plan = storewise::graph::Plan::open(
      {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "c.onnx",
      storewise::ops::registry());
  CHECK_THROWS_WITH(ReplyModel(*plan), ContainsSubstring("c.onnx") &&
                                           ContainsSubstring("question start memory state piece"));
}
