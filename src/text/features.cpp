#include "text/features.h"

#include <algorithm>
#include <limits>

#include "support/message.h"
#include "text/code_points.h"

namespace storewise::text {
namespace {

constexpr std::uint32_t kFnvOffset = 2166136261U;
constexpr std::uint32_t kFnvPrime = 16777619U;

constexpr std::uint32_t fnv(std::uint32_t state, std::string_view bytes) {
  for (const char c : bytes) state = (state ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return state;
}

constexpr std::uint32_t kWordSeed = fnv(kFnvOffset, "w");
constexpr std::uint32_t kPairSeed = fnv(kFnvOffset, "p");
constexpr std::uint32_t kGramSeed = fnv(kFnvOffset, "c");
constexpr std::uint32_t kIdeographSeed = fnv(kFnvOffset, "h");
constexpr std::uint32_t kIdeographPairSeed = fnv(kFnvOffset, "k");

}  // namespace

double log_of_count(std::uint32_t count) {
  constexpr double kLn2 = 0.693147180559945309417232;
  int exponent = 0;
  for (std::uint32_t rest = count; rest > 1; rest >>= 1) ++exponent;
  const double mantissa = static_cast<double>(count) / static_cast<double>(1ULL << exponent);
  // ln m = 2 artanh((m-1)/(m+1)); the argument is below 1/3, so 18 terms reach double precision.
  const double y = (mantissa - 1.0) / (mantissa + 1.0);
  const double square = y * y;
  double power = y;
  double sum = 0.0;
  for (int term = 0; term < 18; ++term) {
    sum += power / static_cast<double>(2 * term + 1);
    power *= square;
  }
  return 2.0 * sum + static_cast<double>(exponent) * kLn2;
}

FeatureExtractor::FeatureExtractor(FeatureSettings settings) : settings_(settings) {
  const auto refuse = [](std::string_view place, std::string_view expected, std::uint32_t found) {
    throw_error(ErrorCode::kInvalidInput, "the text features cannot be computed|features.%|%|%",
                place, expected, found);
  };
  if (settings.buckets < 1 || settings.buckets > kMaxBuckets) {
    refuse("buckets", "1 to 16777216", settings.buckets);
  }
  if (settings.char_max > kMaxGram) refuse("char_ngrams[1]", "at most 16", settings.char_max);
  if (settings.char_min < 1) refuse("char_ngrams[0]", "at least 1", settings.char_min);
  counts_.resize(settings.buckets);
  word_.reserve(64);
  boundaries_.reserve(64);
}

void FeatureExtractor::add(std::uint32_t hash) {
  const std::uint32_t id = hash % settings_.buckets;
  std::uint16_t& count = counts_[id];
  if (count == 0) touched_.push_back(id);
  if (count < std::numeric_limits<std::uint16_t>::max()) ++count;
}

// Adds the features of the word in word_ (behind its "<") and empties it.
void FeatureExtractor::end_word() {
  if (word_.size() <= 1) return;
  const std::string_view word = std::string_view(word_).substr(1);
  if (settings_.words) add(fnv(kWordSeed, word));
  if (settings_.word_pairs) {
    if (pair_open_) add(fnv(pair_state_, word));
    pair_state_ = fnv(fnv(kPairSeed, word), " ");
    pair_open_ = true;
  }
  if (settings_.char_min <= settings_.char_max) {
    boundaries_.push_back(static_cast<std::uint32_t>(word_.size()));
    word_.push_back('>');
    boundaries_.push_back(static_cast<std::uint32_t>(word_.size()));
    const std::string_view marked = word_;
    const std::size_t characters = boundaries_.size() - 1;
    for (std::size_t first = 0; first + settings_.char_min <= characters; ++first) {
      // One pass for all lengths: the hash of a longer n-gram continues that of the shorter one.
      std::uint32_t state = kGramSeed;
      const std::size_t longest = std::min<std::size_t>(settings_.char_max, characters - first);
      for (std::size_t length = 1; length <= longest; ++length) {
        const std::size_t begin = boundaries_[first + length - 1];
        state = fnv(state, marked.substr(begin, boundaries_[first + length] - begin));
        if (length >= settings_.char_min) add(state);
      }
    }
  }
  word_.assign(1, '<');
  boundaries_.assign(1, 0);
}

void FeatureExtractor::extract(std::string_view normalised_utf8, std::vector<Feature>& out) {
  touched_.clear();
  word_.assign(1, '<');
  boundaries_.assign(1, 0);
  pair_open_ = false;
  std::string_view ideograph_before;  // empty unless it stands right before

  std::size_t at = 0;
  for (std::size_t i = 0; i < kMaxCodePoints && at < normalised_utf8.size(); ++i) {
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(normalised_utf8, at);
    const std::string_view bytes = normalised_utf8.substr(begin, at - begin);
    CharClass type = char_class(code_point);
    if (type == CharClass::kIgnored) continue;
    if (type == CharClass::kIdeographic && !settings_.cjk) type = CharClass::kWord;
    if (type == CharClass::kWord) {
      boundaries_.push_back(static_cast<std::uint32_t>(word_.size()));
      word_.append(bytes);
      ideograph_before = {};
      continue;
    }
    end_word();
    if (type == CharClass::kIdeographic) {
      add(fnv(kIdeographSeed, bytes));
      if (!ideograph_before.empty()) add(fnv(fnv(kIdeographPairSeed, ideograph_before), bytes));
      ideograph_before = bytes;
      pair_open_ = false;
      continue;
    }
    ideograph_before = {};
    if (type == CharClass::kSymbol && settings_.words) add(fnv(kWordSeed, bytes));
  }
  end_word();

  std::sort(touched_.begin(), touched_.end());
  out.clear();
  out.reserve(touched_.size());
  for (const std::uint32_t id : touched_) {
    const std::uint32_t count = counts_[id];
    counts_[id] = 0;
    const double weight = count == 1 ? 1.0 : 1.0 + log_of_count(count);
    out.push_back({id, static_cast<float>(weight)});
  }
}

}  // namespace storewise::text
