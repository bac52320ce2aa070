#include "train/network/recurrent.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/kernels.h"
#include "train/network/products.h"

namespace storewise::train::network {
namespace {

constexpr std::string_view kCellNames[] = {"rnn", "gru", "lstm"};

// Rows of an [n][n] matrix, drawn and made orthogonal one after the other (Gram and Schmidt, twice
// for accuracy), into out[row * stride + column].
void fill_orthogonal(std::size_t n, Random& random, std::size_t stride, float* out) {
  std::vector<double> rows(n * n);
  for (double& value : rows) value = 2.0 * random.uniform() - 1.0;
  for (std::size_t i = 0; i < n; ++i) {
    double* row = rows.data() + i * n;
    for (int turn = 0; turn < 2; ++turn) {
      for (std::size_t j = 0; j < i; ++j) {
        const double* other = rows.data() + j * n;
        double along = 0;
        for (std::size_t c = 0; c < n; ++c) along += row[c] * other[c];
        for (std::size_t c = 0; c < n; ++c) row[c] -= along * other[c];
      }
      double square = 0;
      for (std::size_t c = 0; c < n; ++c) square += row[c] * row[c];
      for (std::size_t c = 0; c < n; ++c) row[c] /= std::sqrt(square);
    }
    for (std::size_t c = 0; c < n; ++c) out[i * stride + c] = static_cast<float>(row[c]);
  }
}

std::size_t gates_of(Cell cell) { return cell == Cell::kRnn ? 1 : cell == Cell::kGru ? 3 : 4; }

}  // namespace

std::string_view name_of(Cell cell) { return kCellNames[static_cast<std::size_t>(cell)]; }

std::optional<Cell> cell_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kCellNames); ++i) {
    if (kCellNames[i] == name) return static_cast<Cell>(i);
  }
  return std::nullopt;
}

Recurrent::Recurrent(Cell cell, std::size_t inputs, std::size_t units, bool both_ways,
                     Random& random)
    : cell_(cell),
      inputs_(inputs),
      units_(units),
      directions_(both_ways ? 2 : 1),
      weights_("W", directions_ * inputs * gates_of(cell) * units, gates_of(cell) * units),
      states_("R", directions_ * units * gates_of(cell) * units, gates_of(cell) * units),
      bias_("B", directions_ * gates_of(cell) * units),
      reset_("reset bias", cell == Cell::kGru ? directions_ * units : 0) {
  const std::size_t all = gates() * units;
  fill_uniform(weights_.values, std::sqrt(6.0 / static_cast<double>(inputs + units)), random);
  for (std::size_t d = 0; d < directions_; ++d) {
    for (std::size_t g = 0; g < gates(); ++g) {
      fill_orthogonal(units, random, all, states_.values.data() + d * units * all + g * units);
    }
    if (cell != Cell::kLstm) continue;
    std::fill_n(bias_.values.begin() + static_cast<std::ptrdiff_t>(d * all + 2 * units), units,
                1.0f);
  }
}

std::vector<Parameter*> Recurrent::parameters() {
  std::vector<Parameter*> list{&weights_, &states_, &bias_};
  if (cell_ == Cell::kGru) list.push_back(&reset_);
  return list;
}

std::size_t Recurrent::gates() const { return gates_of(cell_); }

void Recurrent::plan(const Pass& pass) {
  lengths_.assign(pass.lengths.begin(), pass.lengths.end());
  active_.clear();
  first_.clear();
  total_ = 0;
  for (std::size_t step = 0; step < (lengths_.empty() ? 0 : lengths_.front()); ++step) {
    std::size_t rows = lengths_.size();
    while (lengths_[rows - 1] <= step) --rows;
    active_.push_back(rows);
    first_.push_back(total_);
    total_ += rows;
  }
  zeros_.assign(lengths_.size() * units_, 0.0f);
}

std::size_t Recurrent::place(std::size_t direction, std::size_t row, std::size_t step) const {
  return direction == 0 ? step : lengths_[row] - 1 - step;
}

void Recurrent::gather(std::size_t direction, const Signal& in, std::vector<float>& x) const {
  x.resize(total_ * inputs_);
  float* to = x.data();
  for (std::size_t step = 0; step < active_.size(); ++step) {
    for (std::size_t row = 0; row < active_[step]; ++row, to += inputs_) {
      const std::size_t from = (row * in.height + place(direction, row, step)) * inputs_;
      std::memcpy(to, in.values.data() + from, inputs_ * sizeof(float));
    }
  }
}

// What `of` [total][units] holds of the step before, of the rows that have a word at `step`.
const float* Recurrent::before(const std::vector<float>& of, std::size_t step) const {
  return step == 0 ? zeros_.data() : of.data() + first_[step - 1] * units_;
}

void Recurrent::step_forward(std::size_t direction, std::size_t step) {
  Memory& memory = memory_[direction];
  const std::size_t rows = active_[step];
  const std::size_t all = gates() * units_;
  const std::size_t first = first_[step];
  float* gate = memory.gates.data() + first * all;
  const float* state = before(memory.state, step);
  const float* weights = states_.values.data() + direction * units_ * all;
  float* next = memory.state.data() + first * units_;
  if (cell_ == Cell::kRnn) {
    multiply(state, weights, rows, units_, all, gate);
    kernels::tanh_f32(rows * units_, gate);
    std::memcpy(next, gate, rows * units_ * sizeof(float));
    return;
  }
  if (cell_ == Cell::kLstm) {
    multiply(state, weights, rows, units_, all, gate);
    const float* cell = before(memory.cell, step);
    float* next_cell = memory.cell.data() + first * units_;
    float* bent = memory.second.data() + first * units_;
    for (std::size_t row = 0; row < rows; ++row, gate += all) {
      kernels::sigmoid_f32(3 * units_, gate);
      kernels::tanh_f32(units_, gate + 3 * units_);
      for (std::size_t u = 0; u < units_; ++u) {
        next_cell[row * units_ + u] =
            gate[2 * units_ + u] * cell[row * units_ + u] + gate[u] * gate[3 * units_ + u];
      }
    }
    std::memcpy(bent, next_cell, rows * units_ * sizeof(float));
    kernels::tanh_f32(rows * units_, bent);
    gate -= rows * all;
    for (std::size_t row = 0; row < rows; ++row, gate += all) {
      for (std::size_t u = 0; u < units_; ++u) {
        next[row * units_ + u] = gate[units_ + u] * bent[row * units_ + u];
      }
    }
    return;
  }
  from_state_.assign(rows * all, 0.0f);
  multiply(state, weights, rows, units_, all, from_state_.data());
  const float* reset_bias = reset_.values.data() + direction * units_;
  float* met = memory.second.data() + first * units_;
  for (std::size_t row = 0; row < rows; ++row, gate += all) {
    const float* added = from_state_.data() + row * all;
    kernels::axpy_f32(1.0f, added, 2 * units_, gate);
    kernels::sigmoid_f32(2 * units_, gate);
    float* hidden = gate + 2 * units_;
    for (std::size_t u = 0; u < units_; ++u) {
      met[row * units_ + u] = added[2 * units_ + u] + reset_bias[u];
      hidden[u] = hidden[u] + gate[units_ + u] * met[row * units_ + u];
    }
    kernels::tanh_f32(units_, hidden);
    for (std::size_t u = 0; u < units_; ++u) {
      next[row * units_ + u] = (1.0f - gate[u]) * hidden[u] + gate[u] * state[row * units_ + u];
    }
  }
}

void Recurrent::forward(const Signal& in, const Pass& pass, Signal& out) {
  plan(pass);
  const std::size_t all = gates() * units_;
  out.reset(in.rows, 1, 1, directions_ * units_);
  for (std::size_t d = 0; d < directions_; ++d) {
    Memory& memory = memory_[d];
    gather(d, in, memory.x);
    memory.gates.resize(total_ * all);
    memory.state.resize(total_ * units_);
    memory.cell.resize(cell_ == Cell::kLstm ? total_ * units_ : 0);
    memory.second.resize(cell_ == Cell::kRnn ? 0 : total_ * units_);
    for (std::size_t i = 0; i < total_; ++i) {
      std::memcpy(memory.gates.data() + i * all, bias_.values.data() + d * all,
                  all * sizeof(float));
    }
    multiply(memory.x.data(), weights_.values.data() + d * inputs_ * all, total_, inputs_, all,
             memory.gates.data());
    for (std::size_t step = 0; step < active_.size(); ++step) step_forward(d, step);
    for (std::size_t row = 0; row < in.rows; ++row) {
      const float* last = memory.state.data() + (first_[lengths_[row] - 1] + row) * units_;
      std::memcpy(out.values.data() + row * out.each() + d * units_, last, units_ * sizeof(float));
    }
  }
}

// From the gradients by the state (and cell) behind `step` to those by what the gates read, and by
// the state and cell before it. f'(x) is told by f(x): s (1 - s) of the sigmoid, 1 - t t of tanh.
void Recurrent::step_back(std::size_t direction, std::size_t step,
                          std::vector<float>& state_gradient, std::vector<float>& cell_gradient) {
  const Memory& memory = memory_[direction];
  const std::size_t all = gates() * units_;
  const std::size_t first = first_[step];
  const float* state = before(memory.state, step);
  const float* cell = before(memory.cell, step);
  const std::size_t n = units_;
  for (std::size_t row = 0; row < active_[step]; ++row) {
    const float* gate = memory.gates.data() + (first + row) * all;
    float* by = gate_gradient_.data() + (first + row) * all;
    float* by_state = state_gradient.data() + row * n;
    if (cell_ == Cell::kRnn) {
      for (std::size_t u = 0; u < n; ++u) by[u] = by_state[u] * (1.0f - gate[u] * gate[u]);
    } else if (cell_ == Cell::kLstm) {
      float* by_cell = cell_gradient.data() + row * n;
      const float* bent = memory.second.data() + (first + row) * n;
      for (std::size_t u = 0; u < n; ++u) {
        const float in = gate[u];
        const float out = gate[n + u];
        const float forget = gate[2 * n + u];
        const float fresh = gate[3 * n + u];
        const float all_cell = by_cell[u] + by_state[u] * out * (1.0f - bent[u] * bent[u]);
        by[u] = all_cell * fresh * in * (1.0f - in);
        by[n + u] = by_state[u] * bent[u] * out * (1.0f - out);
        by[2 * n + u] = all_cell * cell[row * n + u] * forget * (1.0f - forget);
        by[3 * n + u] = all_cell * in * (1.0f - fresh * fresh);
        by_cell[u] = all_cell * forget;
      }
    } else {
      const float* met = memory.second.data() + (first + row) * n;
      float* behind_reset = reset_gradient_.data() + (first + row) * all;
      for (std::size_t u = 0; u < n; ++u) {
        const float update = gate[u];
        const float reset = gate[n + u];
        const float hidden = gate[2 * n + u];
        const float by_hidden = by_state[u] * (1.0f - update) * (1.0f - hidden * hidden);
        by[u] = by_state[u] * (state[row * n + u] - hidden) * update * (1.0f - update);
        by[n + u] = by_hidden * met[u] * reset * (1.0f - reset);
        by[2 * n + u] = by_hidden;
        behind_reset[u] = by[u];
        behind_reset[n + u] = by[n + u];
        behind_reset[2 * n + u] = by_hidden * reset;
        by_state[u] *= update;
      }
    }
  }
}

void Recurrent::backward(const Signal& in, const Pass&, const Signal& out, Signal& out_gradient,
                         Signal* in_gradient) {
  const std::size_t all = gates() * units_;
  if (in_gradient != nullptr) in_gradient->reset(in.rows, in.height, in.width, in.channels);
  std::vector<float> turned(all * std::max(units_, inputs_));
  for (std::size_t d = 0; d < directions_; ++d) {
    const Memory& memory = memory_[d];
    // A row is not touched before its last word's turn, so it may wait from the beginning.
    std::vector<float> by_state(in.rows * units_);
    std::vector<float> by_cell(in.rows * units_, 0.0f);
    for (std::size_t row = 0; row < in.rows; ++row) {
      std::memcpy(by_state.data() + row * units_,
                  out_gradient.values.data() + row * out.each() + d * units_,
                  units_ * sizeof(float));
    }
    gate_gradient_.resize(total_ * all);
    if (cell_ == Cell::kGru) reset_gradient_.resize(total_ * all);
    const std::vector<float>& behind = cell_ == Cell::kGru ? reset_gradient_ : gate_gradient_;
    transpose(states_.values.data() + d * units_ * all, units_, all, turned.data());
    for (std::size_t step = active_.size(); step-- > 0;) {
      step_back(d, step, by_state, by_cell);
      const std::size_t rows = active_[step];
      if (cell_ != Cell::kGru) std::fill_n(by_state.begin(), rows * units_, 0.0f);
      multiply(behind.data() + first_[step] * all, turned.data(), rows, all, units_,
               by_state.data());
    }
    std::vector<float> before_all(total_ * units_);
    for (std::size_t step = 0; step < active_.size(); ++step) {
      std::memcpy(before_all.data() + first_[step] * units_, before(memory.state, step),
                  active_[step] * units_ * sizeof(float));
    }
    multiply_transposed(memory.x.data(), gate_gradient_.data(), total_, inputs_, all, scratch_,
                        weights_.gradient.data() + d * inputs_ * all);
    multiply_transposed(before_all.data(), behind.data(), total_, units_, all, scratch_,
                        states_.gradient.data() + d * units_ * all);
    add_rows(gate_gradient_.data(), total_, all, bias_.gradient.data() + d * all);
    for (std::size_t i = 0; cell_ == Cell::kGru && i < total_; ++i) {
      kernels::axpy_f32(1.0f, reset_gradient_.data() + i * all + 2 * units_, units_,
                        reset_.gradient.data() + d * units_);
    }
    if (in_gradient == nullptr) continue;
    transpose(weights_.values.data() + d * inputs_ * all, inputs_, all, turned.data());
    std::vector<float> by_x(total_ * inputs_, 0.0f);
    multiply(gate_gradient_.data(), turned.data(), total_, all, inputs_, by_x.data());
    const float* from = by_x.data();
    for (std::size_t step = 0; step < active_.size(); ++step) {
      for (std::size_t row = 0; row < active_[step]; ++row, from += inputs_) {
        kernels::axpy_f32(
            1.0f, from, inputs_,
            in_gradient->values.data() + (row * in.height + place(d, row, step)) * inputs_);
      }
    }
  }
}

}  // namespace storewise::train::network
