// Replies that can only be what a shop approved: a beam search through the replies that its
// sentences can form, for those that a sequence model finds likeliest.
//
// A reply is a chain of whole approved sentences, each at most once. A sentence is a sequence of
// pieces (words, or runs of words) and belongs to a group; the shop says which groups may start a
// reply, follow one another and end it. The model only ever chooses among the pieces with which
// some allowed reply goes on (constrained decoding under a trie, as in De Cao et al. 2021,
// "Autoregressive entity retrieval"): its logits for those, and for no others, become probabilities
// that sum to 1. So the probability of a reply is a share of all that the shop allows, forced
// pieces cost nothing, long and short replies need no normalisation by length, and no other text
// can come out, whatever the model says. The trie is the sorted list of sentences itself: a node is
// the range of those that begin alike. Refuses to know texts: sentences are numbers here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace storewise::answer {

inline constexpr std::size_t kMaxReplySentences = 8;  // in one reply
inline constexpr std::size_t kMaxBeams = 64;
inline constexpr std::int32_t kMaxGroups = 31;
// In the masks of groups below: the reply may end here.
inline constexpr std::uint32_t kReplyMayEnd = 1U << 31;

// What a shop allows. Views: whoever searches keeps the memory alive.
struct ApprovedReplies {
  // Sentence i is pieces[begins[i]] to pieces[begins[i + 1] - 1], each from 1 on (piece 0 starts
  // and ends replies). Sentences ascend lexicographically, and none is the beginning of another.
  std::span<const std::int32_t> pieces;
  std::span<const std::int32_t> begins;  // [sentences + 1], from 0 to pieces.size()
  std::span<const std::int32_t> groups;  // [sentences], 0 to kMaxGroups - 1
  // [groups + 1]: bit g of next[k + 1] says that a sentence of group g may follow one of group k,
  // kReplyMayEnd that the reply may end after it; next[0] is for the start of a reply.
  std::span<const std::int32_t> next;
  std::size_t most = 3;  // sentences in a reply, 1 to kMaxReplySentences
};

// A sequence model, one step at a time.
class ReplyDecoder {
 public:
  virtual ~ReplyDecoder() = default;
  // Row i continues row rows[i] of the step before (of the first step: the start) by pieces[i].
  // Returns logits [rows.size()][pieces of the model], valid until the next step; any float is one.
  virtual const float* step(std::span<const std::int32_t> rows,
                            std::span<const std::int64_t> pieces) = 0;
};

struct Reply {
  double probability =
      0;  // above 0 unless it underflows; of all allowed replies they sum to 1 at most
  std::size_t sentences = 0;  // 0: the model finds that nothing is to be said
  std::array<std::int32_t, kMaxReplySentences> sentence{};  // places in ApprovedReplies
};

class ReplySearch {
 public:
  // `pieces` is how many the model knows, piece 0 included. Throws Error(kInvalidInput) where
  // `approved` breaks a rule above or allows no reply at all.
  ReplySearch(const ApprovedReplies& approved, std::size_t pieces);

  // The likeliest replies that a beam of `beams` (1 to kMaxBeams, throws Error(kInvalidInput))
  // finds, best first, at most `beams`. With a beam as wide as there are replies they are the
  // likeliest. Few steps: no more than the longest reply has pieces.
  void find(ReplyDecoder& decoder, std::size_t beams, std::vector<Reply>& replies);

 private:
  struct Path {
    double log_probability = 0;
    Reply reply;
    std::uint32_t first = 0;  // the sentences that begin with its pieces: the node of the trie
    std::uint32_t last = 0;
    std::uint32_t depth = 0;  // pieces of the sentence so far; 0 between sentences
    std::uint32_t mask = 0;   // groups that the sentence may be of
    std::int32_t row = 0;
    std::int32_t piece = 0;
  };
  // The best paths so far, best first.
  struct Beam {
    std::array<Path, kMaxBeams> paths;
    std::size_t size = 0;
    void keep(const Path& path, std::size_t most);
  };

  std::span<const std::int32_t> sentence(std::size_t i) const;
  // Between sentences: how the reply can go on.
  void pause(Path& path) const;
  void extend(const Path& path, const float* logits, std::size_t beams);

  ApprovedReplies approved_;
  std::size_t pieces_;
  std::array<std::uint32_t, kMaxReplySentences> endable_{};  // by sentences that may still follow
  Beam live_;
  Beam grown_;
  Beam done_;
};

}  // namespace storewise::answer
