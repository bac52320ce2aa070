// A question as hashed n-gram features: what the text classifier sees, in training and in the page.
//
// The recipe, exact enough to be written again in another language:
//  - Input is UTF-8, NFKC-normalised and lower-cased by the caller; only the first kMaxCodePoints
//    code points count. Invalid bytes separate, like a space.
//  - A run of letters and digits is a word; ignored characters (apostrophes, joiners) vanish inside
//    it. A symbol or emoji is a word of its own without pairs or n-grams. With `cjk`, an
//    ideographic character is a token of its own; without, it is a letter like any other.
//  - A feature is a family byte followed by UTF-8 bytes: 'w' word; 'p' word, space, next word
//  (words
//    that follow each other, whatever separates them); 'c' every n-gram of code points of "<word>",
//    char_min..char_max long; 'h' an ideographic character; 'k' two ideographic characters side by
//    side.
//  - Its id is FNV-1a 32 (Fowler, Noll, Vo) of these bytes modulo `buckets`; a bucket hit `count`
//    times weighs 1 + ln(count).
//
// Refuses to normalise, to know idf or classes, and to allocate once it has seen its longest input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace storewise::text {

// The part of a text beyond this many code points is not read: a question is short, and the work
// for a hostile one stays bounded.
inline constexpr std::size_t kMaxCodePoints = 2000;
inline constexpr std::uint32_t kMaxBuckets = 1U << 24;
inline constexpr std::uint32_t kMaxGram = 16;

struct FeatureSettings {
  std::uint32_t buckets = 8192;  // 1..kMaxBuckets
  bool words = true;
  bool word_pairs = true;
  std::uint32_t char_min = 3;  // code points, 1..kMaxGram; char_min > char_max means no n-grams
  std::uint32_t char_max = 5;  // at most kMaxGram
  bool cjk = true;             // ideographic characters and their pairs instead of words

  bool operator==(const FeatureSettings&) const = default;
};

struct Feature {
  std::uint32_t id;  // 0..buckets-1
  float weight;      // 1 + ln(count)

  bool operator==(const Feature&) const = default;
};

class FeatureExtractor {
 public:
  // Throws Error(kInvalidInput) for settings out of range.
  explicit FeatureExtractor(FeatureSettings settings);

  const FeatureSettings& settings() const { return settings_; }

  // Replaces `out` by the features of `normalised_utf8`, distinct and ascending by id. Any bytes
  // are accepted; an empty result is a valid one. Not thread-safe: an extractor owns its scratch.
  void extract(std::string_view normalised_utf8, std::vector<Feature>& out);

 private:
  void add(std::uint32_t hash);
  void end_word();

  FeatureSettings settings_;
  std::vector<std::uint16_t> counts_;      // [buckets], all zero between calls
  std::vector<std::uint32_t> touched_;     // buckets hit by the current text
  std::string word_;                       // "<word>" being read, UTF-8
  std::vector<std::uint32_t> boundaries_;  // byte offset of each code point of word_, and its end
  std::uint32_t pair_state_ = 0;           // hash of 'p', the word before, space
  bool pair_open_ = false;
};

// ln(count) for count >= 1 from additions, multiplications and divisions only, so that every
// platform rounds it alike (the C library's log is not the same everywhere).
double log_of_count(std::uint32_t count);

}  // namespace storewise::text
