#include "answer/replies.h"

#include <algorithm>
#include <cmath>

#include "support/message.h"
#include "support/real.h"

namespace storewise::answer {
namespace {

// Whatever a model says becomes a number that exp and comparisons know.
double tame(float logit) {
  constexpr float kFar = 1e30F;
  if (!(logit > -kFar)) return -kFar;  // NaN as well
  return std::min(logit, kFar);
}

[[noreturn]] void refuse(const char* place, std::size_t at, const char* expected,
                         std::int64_t found) {
  throw_error(ErrorCode::kInvalidInput, "the approved replies cannot be used|%[%]|%|%", place, at,
              expected, found);
}

}  // namespace

ReplySearch::ReplySearch(const ApprovedReplies& approved, std::size_t pieces)
    : approved_(approved), pieces_(pieces) {
  const std::size_t sentences = approved.groups.size();
  if (approved.begins.size() != sentences + 1 || approved.begins[0] != 0) {
    refuse("begins", 0, "a 0 and each sentence's end",
           static_cast<std::int64_t>(approved.begins.size()));
  }
  const auto groups = static_cast<std::int64_t>(approved.next.size()) - 1;
  if (groups < 0 || groups > kMaxGroups) refuse("next", 0, "1 to 32 masks", groups + 1);
  if (approved.most < 1 || approved.most > kMaxReplySentences) {
    refuse("most", 0, "1 to 8", static_cast<std::int64_t>(approved.most));
  }
  const auto sentence = [&](std::size_t i) {
    return approved.pieces.subspan(
        static_cast<std::size_t>(approved.begins[i]),
        static_cast<std::size_t>(approved.begins[i + 1] - approved.begins[i]));
  };
  for (std::size_t i = 0; i < sentences; ++i) {
    const std::int32_t end = approved.begins[i + 1];
    if (end <= approved.begins[i] || static_cast<std::size_t>(end) > approved.pieces.size()) {
      refuse("begins", i + 1, "rising numbers within the pieces", end);
    }
    if (approved.groups[i] < 0 || approved.groups[i] >= groups) {
      refuse("groups", i, "a group", approved.groups[i]);
    }
    const auto now = sentence(i);
    for (const std::int32_t piece : now) {
      if (piece < 1 || static_cast<std::size_t>(piece) >= pieces) {
        refuse("sentences", i, "pieces that the model has logits for", piece);
      }
    }
    if (i == 0) continue;
    const auto before = sentence(i - 1);
    const std::size_t both = std::min(now.size(), before.size());
    std::size_t same = 0;
    while (same < both && now[same] == before[same]) ++same;
    if (same == both || now[same] < before[same]) {
      refuse("sentences", i, "rising sentences, none the beginning of another",
             static_cast<std::int64_t>(same));
    }
  }
  // From which groups a reply can end within so many more sentences.
  std::uint32_t can_end = 0;
  for (std::size_t more = 0; more < approved.most; ++more) {
    std::uint32_t wider = 0;
    for (std::int64_t group = 0; group < groups; ++group) {
      const auto next =
          static_cast<std::uint32_t>(approved.next[static_cast<std::size_t>(group) + 1]);
      if ((next & (kReplyMayEnd | can_end)) != 0) wider |= 1U << group;
    }
    endable_[more] = can_end = wider;
  }
  const std::uint32_t start = mask_after({});
  bool possible = (start & kReplyMayEnd) != 0;
  for (const std::int32_t group : approved.groups) possible |= (start >> group & 1) != 0;
  if (!possible) refuse("next", 0, "a first sentence, or none", approved.next[0]);
}

// The groups that may follow, of those with which the reply can still come to an end.
std::uint32_t ReplySearch::mask_after(const Reply& reply) const {
  std::size_t from = 0;
  if (reply.sentences > 0) {
    from = 1 + static_cast<std::size_t>(
                   approved_.groups[static_cast<std::size_t>(reply.sentence[reply.sentences - 1])]);
  }
  const std::size_t left = approved_.most - reply.sentences;
  const std::uint32_t reachable = left > 0 ? endable_[left - 1] : 0;
  return static_cast<std::uint32_t>(approved_.next[from]) & (kReplyMayEnd | reachable);
}

// Adds to grown_ and done_ all that `path` can go on with, the best `beams` of each.
void ReplySearch::extend(const Path& path, const float* logits, std::size_t beams) {
  const auto keep = [&](std::vector<Path>& best, const Path& one) {
    std::size_t at = best.size();
    while (at > 0 && best[at - 1].log_probability < one.log_probability) --at;
    if (at == beams) return;
    if (best.size() == beams) best.pop_back();
    best.insert(best.begin() + static_cast<std::ptrdiff_t>(at), one);
  };
  const Reply& reply = path.reply;
  const std::int32_t* const used = reply.sentence.data();
  // Twice: first for the sum of what is to become probabilities, then for the paths themselves.
  double largest = -2e30;
  double sum = 0;
  double log_sum = 0;
  for (const bool grow : {false, true}) {
    if (grow) log_sum = real::log(sum);
    const auto count = [&](std::int32_t piece) {
      const double logit = tame(logits[piece]);
      if (!grow) {
        // Relative to the largest so far, so that exp never overflows.
        const double apart = real::exp(-std::abs(logit - largest));
        sum = logit > largest ? sum * apart + 1 : sum + apart;
        largest = std::max(largest, logit);
      }
      return path.log_probability + (logit - largest - log_sum);
    };
    if (path.depth == 0 && (path.mask & kReplyMayEnd) != 0) {
      const double log_probability = count(0);
      if (grow) {
        Path end = path;
        end.log_probability = log_probability;
        keep(done_, end);
      }
    }
    std::int32_t piece = 0;
    for (std::size_t i = path.first; i < path.last; ++i) {
      const std::size_t at = static_cast<std::size_t>(approved_.begins[i]) + path.depth;
      if (approved_.pieces[at] == piece || (path.mask >> approved_.groups[i] & 1) == 0 ||
          std::find(used, used + reply.sentences, static_cast<std::int32_t>(i)) !=
              used + reply.sentences) {
        continue;
      }
      piece = approved_.pieces[at];
      const double log_probability = count(piece);
      if (!grow) continue;
      Path grown = path;
      grown.log_probability = log_probability;
      grown.piece = piece;
      grown.first = i;
      for (grown.last = i + 1; grown.last < path.last; ++grown.last) {
        const auto begin = static_cast<std::size_t>(approved_.begins[grown.last]);
        if (approved_.pieces[begin + path.depth] != piece) break;
      }
      ++grown.depth;
      if (at + 1 == static_cast<std::size_t>(approved_.begins[i + 1])) {
        grown.reply.sentence[grown.reply.sentences++] = static_cast<std::int32_t>(i);
        grown.first = grown.depth = 0;
        grown.last = approved_.groups.size();
        grown.mask = mask_after(grown.reply);
      }
      // What can only end needs no further step.
      keep(grown.depth == 0 && grown.mask == kReplyMayEnd ? done_ : grown_, grown);
    }
  }
}

void ReplySearch::find(ReplyDecoder& decoder, std::size_t beams, std::vector<Reply>& replies) {
  if (beams < 1 || beams > kMaxBeams) {
    throw_error(ErrorCode::kInvalidInput, "there is no such beam|beams|1 to 64|%", beams);
  }
  done_.clear();
  live_.assign(1, {});
  live_[0].last = approved_.groups.size();
  live_[0].mask = mask_after({});
  std::vector<std::int32_t> rows;
  std::vector<std::int64_t> pieces;
  while (!live_.empty()) {
    // Probabilities only fall: what is behind `beams` finished replies stays behind them.
    if (done_.size() == beams && done_.back().log_probability >= live_.front().log_probability) {
      break;
    }
    rows.clear();
    pieces.clear();
    for (const Path& path : live_) {
      rows.push_back(path.row);
      pieces.push_back(path.piece);
    }
    const float* const logits = decoder.step(rows, pieces);
    grown_.clear();
    for (std::size_t i = 0; i < live_.size(); ++i) {
      live_[i].row = static_cast<std::int32_t>(i);
      extend(live_[i], logits + i * pieces_, beams);
    }
    live_.swap(grown_);
  }
  replies.clear();
  for (const Path& path : done_) {
    replies.push_back(path.reply);
    replies.back().probability = real::exp(path.log_probability);
  }
}

}  // namespace storewise::answer
