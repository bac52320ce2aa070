// A model of replies bound for serving: an encoder of the question and a decoder of pieces in one
// ONNX file.
//
// Works with any model of these inputs and outputs, by name (q features a word, H and S its own):
//   question    int64 [words, q]   hashed features of each word, 0 where it has fewer
//   start       bool []            true: encode the question; false: go on with what that made
//   memory      float [words, H]   the encoded question; any one row while `start`
//   state       float [rows, S]    of each row's decoder; any one row while `start`
//   piece       int64 [rows]       the piece that each row goes on with; 0 starts a reply
//   -> logits   float [rows, pieces], next_state float [rows, S], encoded float [words, H]
// Refuses to know texts: the page makes a question's features and has the words of the sentences.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "answer/replies.h"
#include "graph/plan.h"

namespace storewise::answer {

class ReplyModel final : public ReplyDecoder {
 public:
  // `plan` must outlive this. Throws Error(kInvalidModel) for other inputs, outputs or types, and
  // where H, S or the number of pieces stays open.
  explicit ReplyModel(const graph::Plan& plan);

  // How many pieces there are logits for, piece 0 included.
  std::size_t pieces() const { return pieces_; }

  // The question of the steps that follow: int64 [words, q], which must live as long as those.
  void ask(const graph::TensorView& question);

  // Throws Error(kInvalidInput) where the question does not fit, kInvalidModel where the outputs do
  // not.
  const float* step(std::span<const std::int32_t> rows,
                    std::span<const std::int64_t> pieces) override;

 private:
  const graph::Plan& plan_;
  graph::Workspace workspace_;
  std::vector<graph::TensorView> inputs_;
  std::vector<graph::TensorView> outputs_;
  int input_[5];   // where each of the names above stands in the file's inputs
  int output_[3];  // likewise
  std::size_t pieces_ = 0;
  std::size_t memory_size_ = 0;
  std::size_t state_size_ = 0;
  bool started_ = false;
  std::vector<float> memory_;
  std::vector<float> states_;  // as the last step left them
  std::vector<float> chosen_;  // of the rows that go on
};

}  // namespace storewise::answer
