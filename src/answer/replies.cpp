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

[[noreturn, gnu::noinline]] void refuse(const char* place, std::size_t at, const char* expected) {
  throw_error(ErrorCode::kInvalidInput, "the approved replies cannot be used|%[%]|%|another", place,
              at, expected);
}

}  // namespace

std::span<const std::int32_t> ReplySearch::sentence(std::size_t i) const {
  const std::int32_t begin = approved_.begins[i];
  return approved_.pieces.subspan(static_cast<std::size_t>(begin),
                                  static_cast<std::size_t>(approved_.begins[i + 1] - begin));
}

ReplySearch::ReplySearch(const ApprovedReplies& approved, std::size_t pieces)
    : approved_(approved), pieces_(pieces) {
  const std::size_t sentences = approved.groups.size();
  const std::size_t groups = approved.next.size() - 1;
  if (groups > kMaxGroups) refuse("next", 0, "1 to 32 masks");
  if (approved.most - 1 >= kMaxReplySentences) refuse("most", approved.most, "1 to 8");
  if (approved.begins.size() != sentences + 1 || approved.begins[0] != 0) {
    refuse("begins", 0, "0 and the end of each sentence");
  }
  for (std::size_t i = 0; i < sentences; ++i) {
    const std::int32_t end = approved.begins[i + 1];
    if (end <= approved.begins[i] || static_cast<std::size_t>(end) > approved.pieces.size()) {
      refuse("begins", i + 1, "rising numbers within the pieces");
    }
    if (static_cast<std::size_t>(approved.groups[i]) >= groups) refuse("groups", i, "a group");
    const auto now = sentence(i);
    for (const std::int32_t piece : now) {
      if (piece < 1 || static_cast<std::size_t>(piece) >= pieces) {
        refuse("sentences", i, "pieces that the model has logits for");
      }
    }
    if (i == 0) continue;
    const auto before = sentence(i - 1);
    std::size_t same = 0;
    while (same < now.size() && same < before.size() && now[same] == before[same]) ++same;
    if (same == now.size() || same == before.size() || now[same] < before[same]) {
      refuse("sentences", i, "rising sentences, none the beginning of another");
    }
  }
  // From which groups a reply can end within so many more sentences.
  std::uint32_t can_end = kReplyMayEnd;
  for (std::uint32_t& wider : endable_) {
    for (std::size_t group = 0; group < groups; ++group) {
      const auto next = static_cast<std::uint32_t>(approved.next[group + 1]);
      if ((next & can_end) != 0) wider |= 1U << group;
    }
    wider |= kReplyMayEnd;
    can_end = wider;
  }
  Path start;
  pause(start);
  bool possible = (start.mask & kReplyMayEnd) != 0;
  for (const std::int32_t group : approved.groups) possible |= (start.mask >> group & 1) != 0;
  if (!possible) refuse("next", 0, "a first sentence, or none");
}

void ReplySearch::pause(Path& path) const {
  const Reply& reply = path.reply;
  path.first = path.depth = 0;
  path.last = static_cast<std::uint32_t>(approved_.groups.size());
  std::size_t from = 0;
  if (reply.sentences > 0) {
    const auto said = static_cast<std::size_t>(reply.sentence[reply.sentences - 1]);
    from = 1 + static_cast<std::size_t>(approved_.groups[said]);
  }
  // Only groups with which the reply can still come to an end.
  const std::size_t left = approved_.most - reply.sentences;
  path.mask = static_cast<std::uint32_t>(approved_.next[from]) &
              (left > 0 ? endable_[left - 1] : kReplyMayEnd);
}

void ReplySearch::Beam::keep(const Path& path, std::size_t most) {
  std::size_t at = size;
  while (at > 0 && paths[at - 1].log_probability < path.log_probability) --at;
  if (at == most) return;
  if (size < most) ++size;
  for (std::size_t i = size - 1; i > at; --i) paths[i] = paths[i - 1];
  paths[at] = path;
}

// Adds to grown_ and done_ all that `path` can go on with, the best `beams` of each.
void ReplySearch::extend(const Path& path, const float* logits, std::size_t beams) {
  const Reply& reply = path.reply;
  // Twice: first for the sum of what is to become probabilities, then for the paths themselves.
  double largest = -2e30;
  double sum = 0;
  double log_sum = 0;
  for (const bool grow : {false, true}) {
    if (grow) log_sum = real::log(sum);
    std::int32_t piece = 0;
    // Behind all sentences that go on so: the end, piece 0.
    for (std::uint32_t i = path.first; i <= path.last; ++i) {
      const bool end = i == path.last;
      std::size_t at = 0;
      if (end) {
        if (path.depth > 0 || (path.mask & kReplyMayEnd) == 0) break;
        piece = 0;
      } else {
        at = static_cast<std::size_t>(approved_.begins[i]) + path.depth;
        if (approved_.pieces[at] == piece || (path.mask >> approved_.groups[i] & 1) == 0) continue;
        bool used = false;
        for (std::size_t k = 0; k < reply.sentences; ++k) {
          used |= static_cast<std::uint32_t>(reply.sentence[k]) == i;
        }
        if (used) continue;
        piece = approved_.pieces[at];
      }
      const double logit = tame(logits[piece]);
      if (!grow) {
        // Relative to the largest so far, so that exp never overflows.
        const double apart = real::exp(-std::abs(logit - largest));
        sum = logit > largest ? sum * apart + 1 : sum + apart;
        largest = std::max(largest, logit);
        continue;
      }
      Path grown = path;
      grown.log_probability += logit - largest - log_sum;
      grown.piece = piece;
      bool whole = end;
      if (!end) {
        grown.first = i;
        grown.last = i + 1;
        while (grown.last < path.last && sentence(grown.last)[path.depth] == piece) ++grown.last;
        ++grown.depth;
        if (at + 1 == static_cast<std::size_t>(approved_.begins[i + 1])) {
          grown.reply.sentence[grown.reply.sentences++] = static_cast<std::int32_t>(i);
          pause(grown);
          whole = grown.mask == kReplyMayEnd;  // what can only end needs no further step
        }
      }
      (whole ? done_ : grown_).keep(grown, beams);
    }
  }
}

void ReplySearch::find(ReplyDecoder& decoder, std::size_t beams, std::vector<Reply>& replies) {
  if (beams - 1 >= kMaxBeams) refuse("beams", beams, "1 to 64");
  done_.size = 0;
  live_.size = 1;
  live_.paths[0] = {};
  pause(live_.paths[0]);
  std::array<std::int32_t, kMaxBeams> rows;
  std::array<std::int64_t, kMaxBeams> pieces;
  // Probabilities only fall: what is behind `beams` finished replies stays behind them.
  while (live_.size > 0 && (done_.size < beams || done_.paths[beams - 1].log_probability <
                                                      live_.paths[0].log_probability)) {
    for (std::size_t i = 0; i < live_.size; ++i) {
      rows[i] = live_.paths[i].row;
      pieces[i] = live_.paths[i].piece;
      live_.paths[i].row = static_cast<std::int32_t>(i);
    }
    const float* const logits =
        decoder.step(std::span(rows).first(live_.size), std::span(pieces).first(live_.size));
    grown_.size = 0;
    for (std::size_t i = 0; i < live_.size; ++i) {
      extend(live_.paths[i], logits + i * pieces_, beams);
    }
    live_ = grown_;
  }
  replies.resize(done_.size);
  for (std::size_t i = 0; i < done_.size; ++i) {
    replies[i] = done_.paths[i].reply;
    replies[i].probability = real::exp(done_.paths[i].log_probability);
  }
}

}  // namespace storewise::answer
