#include "answer/reply_model.h"

#include <algorithm>

#include "support/message.h"
#include "support/words.h"

namespace storewise::answer {
namespace {

using graph::DataType;
using graph::TensorView;

constexpr const char* kInputs = "question start memory state piece";
constexpr const char* kOutputs = "logits next_state encoded";
enum { kQuestion, kStart, kMemory, kState, kPiece };
enum { kLogits, kNextState, kEncoded };

}  // namespace

ReplyModel::ReplyModel(const graph::Plan& plan) : plan_(plan) {
  const auto refuse = [&](const char* expected) {
    throw_error_in(plan.name(), ErrorCode::kInvalidModel,
                   "the model cannot be used for replies||%|others", expected);
  };
  std::fill(std::begin(input_), std::end(input_), -1);
  std::fill(std::begin(output_), std::end(output_), -1);
  for (std::size_t i = 0; i < plan.inputs().size(); ++i) {
    const int place = word_place(plan.inputs()[i].name, kInputs);
    if (place < 0) refuse(kInputs);
    constexpr DataType kTypes[] = {DataType::kInt64, DataType::kBool, DataType::kFloat,
                                   DataType::kFloat, DataType::kInt64};
    if (plan.inputs()[i].type != kTypes[place]) {
      refuse("int64 question and piece, bool start, float memory and state");
    }
    input_[place] = static_cast<int>(i);
  }
  for (std::size_t i = 0; i < plan.outputs().size(); ++i) {
    const int place = word_place(plan.outputs()[i].name, kOutputs);
    if (place >= 0) output_[place] = static_cast<int>(i);
  }
  if (*std::min_element(std::begin(input_), std::end(input_)) < 0) refuse(kInputs);
  if (*std::min_element(std::begin(output_), std::end(output_)) < 0) refuse(kOutputs);
  // The last size of a matrix.
  const auto size_of = [&](const graph::ValueInfo& value) {
    if (!value.has_shape || value.shape.rank() != 2 || value.shape[1] < 1) {
      refuse("matrices memory, state and logits whose last size is known");
    }
    return static_cast<std::size_t>(value.shape[1]);
  };
  memory_size_ = size_of(plan.inputs()[static_cast<std::size_t>(input_[kMemory])]);
  state_size_ = size_of(plan.inputs()[static_cast<std::size_t>(input_[kState])]);
  pieces_ = size_of(plan.outputs()[static_cast<std::size_t>(output_[kLogits])]);
  inputs_.resize(plan.inputs().size());
  outputs_.resize(plan.outputs().size());
}

void ReplyModel::ask(const TensorView& question) {
  if (question.type != DataType::kInt64 || question.shape.rank() != 2 || question.shape[0] < 1) {
    throw_error_in(plan_.name(), ErrorCode::kInvalidInput,
                   "the question cannot be answered|question|int64 [words, features]|%", question);
  }
  inputs_[static_cast<std::size_t>(input_[kQuestion])] = question;
  started_ = false;
}

const float* ReplyModel::step(std::span<const std::int32_t> rows,
                              std::span<const std::int64_t> pieces) {
  const auto input = [&](int name) -> TensorView& {
    return inputs_[static_cast<std::size_t>(input_[name])];
  };
  const std::size_t count = rows.size();
  chosen_.assign(count * state_size_, 0);
  if (started_) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto from = states_.begin() + static_cast<std::ptrdiff_t>(
                                              static_cast<std::size_t>(rows[i]) * state_size_);
      std::copy_n(from, state_size_,
                  chosen_.begin() + static_cast<std::ptrdiff_t>(i * state_size_));
    }
  } else {
    memory_.assign(memory_size_, 0);
  }
  const bool start = !started_;
  const auto matrix = [](const std::vector<float>& values, std::size_t columns) {
    return TensorView{DataType::kFloat,
                      graph::Shape({static_cast<std::int64_t>(values.size() / columns),
                                    static_cast<std::int64_t>(columns)}),
                      values.data()};
  };
  input(kStart) = {DataType::kBool, {}, &start};
  input(kMemory) = matrix(memory_, memory_size_);
  input(kState) = matrix(chosen_, state_size_);
  input(kPiece) = {DataType::kInt64, graph::Shape({static_cast<std::int64_t>(count)}),
                   pieces.data()};
  graph::run(plan_, workspace_, inputs_, outputs_);
  const auto output = [&](int name, std::size_t row_count, std::size_t columns) {
    const TensorView& found = outputs_[static_cast<std::size_t>(output_[name])];
    if (found.type != DataType::kFloat || found.shape.elements() != row_count * columns) {
      throw_error_in(plan_.name(), ErrorCode::kInvalidModel,
                     "the model cannot be used for replies|output %|float [%, %]|%",
                     plan_.outputs()[static_cast<std::size_t>(output_[name])].name, row_count,
                     columns, found);
    }
    return found.as<float>();
  };
  const float* const next = output(kNextState, count, state_size_);
  states_.assign(next, next + count * state_size_);
  if (start) {
    const auto words = static_cast<std::size_t>(input(kQuestion).shape[0]);
    const float* const encoded = output(kEncoded, words, memory_size_);
    memory_.assign(encoded, encoded + words * memory_size_);
    started_ = true;
  }
  return output(kLogits, count, pieces_);
}

}  // namespace storewise::answer
