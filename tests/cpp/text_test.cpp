#include <cmath>
#include <string>
#include <vector>

#include "catch.h"
#include "support/error.h"
#include "text/code_points.h"
#include "text/features.h"
#include "text/script.h"

using namespace storewise::text;

namespace {

// The recipe of features.h once more, by hand, from a list of family-prefixed strings.
std::uint32_t fnv1a(const std::string& bytes) {
  std::uint32_t hash = 2166136261U;
  for (const unsigned char c : bytes) hash = (hash ^ c) * 16777619U;
  return hash;
}

std::vector<Feature> expected(const std::vector<std::string>& features, std::uint32_t buckets) {
  std::vector<int> counts(buckets);
  for (const std::string& feature : features) ++counts[fnv1a(feature) % buckets];
  std::vector<Feature> result;
  for (std::uint32_t id = 0; id < buckets; ++id) {
    if (counts[id] > 0) {
      result.push_back({id, static_cast<float>(1.0 + std::log(static_cast<double>(counts[id])))});
    }
  }
  return result;
}

std::vector<Feature> extract(const FeatureSettings& settings, std::string_view text) {
  FeatureExtractor extractor(settings);
  std::vector<Feature> features;
  extractor.extract(text, features);
  return features;
}

void check_same(const std::vector<Feature>& found, const std::vector<Feature>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].id == wanted[i].id);
    CHECK(std::abs(found[i].weight - wanted[i].weight) < 1e-6F);
  }
}

const FeatureSettings kWide{1U << 20, true, true, 3, 5, true};

}  // namespace

TEST_CASE("FNV-1a has the published test values") {
  CHECK(fnv1a("") == 0x811c9dc5U);
  CHECK(fnv1a("a") == 0xe40c292cU);
  CHECK(fnv1a("foobar") == 0xbf9cf968U);
}

TEST_CASE("words, pairs and n-grams follow the recipe") {
  check_same(
      extract(kWide, "where is my"),
      expected({"wwhere", "wis",   "wmy",    "pwhere is", "pis my", "c<wh",   "c<whe", "c<wher",
                "cwhe",   "cwher", "cwhere", "cher",      "chere",  "chere>", "cere",  "cere>",
                "cre>",   "c<is",  "c<is>",  "cis>",      "c<my",   "c<my>",  "cmy>"},
               kWide.buckets));
}

TEST_CASE("a repeated word weighs 1 + ln(count)") {
  const FeatureSettings words{1U << 20, true, false, 2, 1, true};
  const auto features = extract(words, "no no, no! yes");
  check_same(features, expected({"wno", "wno", "wno", "wyes"}, words.buckets));
}

TEST_CASE("Chinese text gives characters and pairs, a space or a Latin word breaks a pair") {
  check_same(extract(kWide, "我的 包裹ab在哪里?"),
             expected({"h我", "h的", "k我的", "h包", "h裹", "k包裹", "wab", "c<ab", "c<ab>", "cab>",
                       "h在", "h哪", "h里", "k在哪", "k哪里"},
                      kWide.buckets));
}

TEST_CASE("without cjk an ideographic run is a word") {
  const FeatureSettings words{1U << 20, true, false, 2, 1, false};
  check_same(extract(words, "我的 包裹"), expected({"w我的", "w包裹"}, words.buckets));
}

TEST_CASE("apostrophes and joiners vanish, emoji are words of their own") {
  const FeatureSettings words{1U << 20, true, true, 2, 1, true};
  check_same(extract(words, "don't can\xE2\x80\x99t go\xF0\x9F\x98\x80\xEF\xB8\x8Fnow \xC2\xA3"),
             expected({"wdont", "wcant", "pdont cant", "wgo", "pcant go", "w\xF0\x9F\x98\x80",
                       "wnow", "pgo now", "w\xC2\xA3"},
                      words.buckets));
}

TEST_CASE("n-grams count code points, not bytes") {
  const FeatureSettings grams{1U << 20, false, false, 3, 3, true};
  check_same(extract(grams, "größe"),
             expected({"c<gr", "cgrö", "cröß", "cöße", "cße>"}, grams.buckets));
}

TEST_CASE("ids are ascending, distinct and below the number of buckets") {
  const FeatureSettings narrow{7, true, true, 1, 5, true};
  const auto features = extract(narrow, "a question with many more features than buckets");
  REQUIRE(features.size() <= 7);
  for (std::size_t i = 0; i < features.size(); ++i) {
    CHECK(features[i].id < 7);
    if (i > 0) CHECK(features[i - 1].id < features[i].id);
    CHECK(features[i].weight >= 1.0F);
  }
}

TEST_CASE("bytes that are not UTF-8 separate like spaces and never disturb the next text") {
  FeatureExtractor extractor(kWide);
  std::vector<Feature> clean;
  std::vector<Feature> found;
  extractor.extract("ab cd", clean);
  for (const std::string bad : {"\x80", "\xFF\xFE", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                                "\xF4\x90\x80\x80", "\xF0\x9F\x98", "\xE4\xB8"}) {
    extractor.extract("ab" + bad + "cd", found);
    CHECK(found == clean);
    extractor.extract("ab cd" + bad, found);
    CHECK(found == clean);
  }
  extractor.extract("", found);
  CHECK(found.empty());
  extractor.extract("?!  \n", found);
  CHECK(found.empty());
}

TEST_CASE("text beyond the cap is not read") {
  std::string longer;
  for (std::size_t i = 0; i < kMaxCodePoints / 2; ++i) longer += "a ";
  const auto capped = extract(kWide, longer);
  CHECK(extract(kWide, longer + "zebra") == capped);
  CHECK(extract(kWide, longer.substr(0, 20)) != capped);
}

TEST_CASE("log_of_count agrees with the C library") {
  CHECK(log_of_count(1) == 0.0);
  for (std::uint32_t count = 2; count < 70000; count = count * 3 / 2 + 1) {
    CHECK(std::abs(log_of_count(count) - std::log(static_cast<double>(count))) < 1e-14 * 12);
  }
}

TEST_CASE("settings out of range are refused by name") {
  CHECK_THROWS_WITH(FeatureExtractor({0, true, true, 3, 5, true}), ContainsSubstring("buckets"));
  CHECK_THROWS_WITH(FeatureExtractor({8, true, true, 3, 99, true}),
                    ContainsSubstring("char_ngrams"));
  CHECK_THROWS_WITH(FeatureExtractor({8, true, true, 0, 3, true}),
                    ContainsSubstring("char_ngrams"));
}

TEST_CASE("decoding refuses overlong forms, surrogates and truncation") {
  const auto first = [](std::string_view text) {
    std::size_t at = 0;
    const char32_t code_point = next_code_point(text, at);
    return std::pair(code_point, at);
  };
  CHECK(first("a") == std::pair(char32_t{'a'}, std::size_t{1}));
  CHECK(first("\xC3\xA9") == std::pair(char32_t{0xE9}, std::size_t{2}));
  CHECK(first("\xE6\x88\x91") == std::pair(char32_t{0x6211}, std::size_t{3}));
  CHECK(first("\xF0\x9F\x98\x80") == std::pair(char32_t{0x1F600}, std::size_t{4}));
  CHECK(first("\xC0\xAF") == std::pair(kReplacement, std::size_t{1}));
  CHECK(first("\xED\xA0\x80") == std::pair(kReplacement, std::size_t{1}));
  CHECK(first("\xF4\x90\x80\x80") == std::pair(kReplacement, std::size_t{1}));
  CHECK(first("\xE6\x88") == std::pair(kReplacement, std::size_t{1}));
}

TEST_CASE("classes of code points") {
  CHECK(char_class('q') == CharClass::kWord);
  CHECK(char_class('Q') == CharClass::kWord);
  CHECK(char_class('7') == CharClass::kWord);
  CHECK(char_class(0xE9) == CharClass::kWord);    // e acute
  CHECK(char_class(0x436) == CharClass::kWord);   // Cyrillic
  CHECK(char_class(0xAC00) == CharClass::kWord);  // hangul
  CHECK(char_class(0x3042) == CharClass::kIdeographic);
  CHECK(char_class(0x6211) == CharClass::kIdeographic);
  CHECK(char_class(0x20000) == CharClass::kIdeographic);
  CHECK(char_class('-') == CharClass::kSeparator);
  CHECK(char_class('_') == CharClass::kSeparator);
  CHECK(char_class(0x3002) == CharClass::kSeparator);
  CHECK(char_class(0xFF1F) == CharClass::kSeparator);
  CHECK(char_class(0x1F600) == CharClass::kSymbol);
  CHECK(char_class(0x200D) == CharClass::kIgnored);
}

TEST_CASE("the script suggests the language") {
  const std::vector<std::string> languages = {"en", "zh", "ja"};
  CHECK(guess_language("where is my parcel", languages) == 0);
  CHECK(guess_language("我的包裹在哪里", languages) == 1);
  CHECK(guess_language("iphone 什么时候到货", languages) == 1);
  CHECK(guess_language("荷物はどこですか", languages) == 2);
  CHECK(guess_language("12?", languages) == 0);
  const std::vector<std::string> chinese_first = {"zh-Hans", "de"};
  CHECK(guess_language("wo ist mein paket", chinese_first) == 1);
  CHECK(guess_language("", chinese_first) == 1);
  CHECK(guess_language("내 소포는 어디에", chinese_first) == 0);
  CHECK(count_scripts("我a").han_share() == 0.5);
  CHECK(count_scripts("").han_share() == 0.0);
}
