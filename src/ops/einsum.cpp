// Einsum: products of tensors summed over the labels of their dimensions. Operands are joined from
// the left, two at a time, so that a chain of products costs what the separate products cost.
#include <algorithm>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

// Labels are numbers: letters in ASCII's order, then the dimensions that "..." stands for, of
// which the last has the last number.
constexpr int kLetters = 52;
constexpr int kLabels = kLetters + static_cast<int>(graph::kMaxRank);
using LabelSet = std::uint64_t;
static_assert(kLabels <= 64);
constexpr LabelSet bit(int label) { return LabelSet{1} << label; }

int label_of(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
  return -1;
}

// A tensor as the loops see it: which labels it has and how far a step along each one goes.
struct Operand {
  const void* data = nullptr;
  LabelSet labels = 0;
  std::size_t strides[kLabels] = {};  // 0 where it has no such label, or repeats along it
};

class Equation {
 public:
  explicit Equation(const Invocation& invocation)
      : invocation_(invocation), text_(invocation.attribute("equation", "")) {
    std::fill_n(sizes, kLabels, 1);
    // "..." stands for as many dimensions in the output as in the operand where it has most.
    for (std::size_t i = 0; i < invocation.input_count(); ++i) read_operand(i);
    if (next() == '-') {
      ++at_;
      if (next() != '>') fail();
      ++at_;
      read_output();
    } else {
      for (int label = kLabels - ellipsis_; label < kLabels; ++label) add_output(label);
      for (int label = 0; label < kLetters; ++label) {
        if ((seen_ & ~repeated_ & bit(label)) != 0) add_output(label);
      }
    }
    if (next() != 0) fail();
  }

  // Operand i with its labels; `data` is left to the caller.
  Operand operand(std::size_t i) {
    Operand result;
    at_ = starts_[std::min(i, std::size(starts_) - 1)];
    for (std::size_t before = std::size(starts_) - 1; before < i; ++before) skip_operand();
    const Shape& shape = invocation_.input(i).shape;
    const auto strides = broadcast_strides(shape, shape);
    std::size_t d = 0;
    for_each_label(shape.rank(), [&](int label) {
      result.labels |= bit(label);
      result.strides[label] += strides[d++];
    });
    return result;
  }

  std::size_t sizes[kLabels];
  int output[graph::kMaxRank] = {};  // the output's labels in their order
  std::size_t output_rank = 0;

 private:
  [[noreturn]] void fail() const {
    invocation_.fail("an equation that fits the inputs|\"%\" at %", text_, at_);
  }

  char next() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool at_ellipsis() {
    if (next() != '.') return false;
    if (text_.substr(at_, 3) != "...") fail();
    at_ += 3;
    return true;
  }

  void skip_operand() {
    while (next() != ',' && next() != 0) ++at_;
    ++at_;
  }

  // Visits the labels of the term here, for a tensor of this rank.
  template <typename Visit>
  void for_each_label(std::size_t rank, Visit&& visit) {
    std::size_t letters = 0;
    for (std::size_t i = at_; i < text_.size() && text_[i] != ',' && text_[i] != '-'; ++i) {
      letters += label_of(text_[i]) >= 0;
    }
    if (letters > rank) fail();
    const int hidden = static_cast<int>(rank - letters);
    bool expanded = false;
    while (true) {
      if (at_ellipsis()) {
        if (expanded) fail();
        expanded = true;
        for (int label = kLabels - hidden; label < kLabels; ++label) visit(label);
        ellipsis_ = std::max(ellipsis_, hidden);
        continue;
      }
      const int label = label_of(next());
      if (label < 0) break;
      ++at_;
      visit(label);
    }
    if (hidden > 0 && !expanded) fail();
  }

  void read_operand(std::size_t i) {
    if (i > 0) {
      if (next() != ',') fail();
      ++at_;
    }
    if (i < std::size(starts_)) starts_[i] = at_;
    const Shape& shape = invocation_.input(i).shape;
    std::size_t d = 0;
    for_each_label(shape.rank(), [&](int label) {
      const auto size = static_cast<std::size_t>(shape[d++]);
      std::size_t& known = sizes[label];
      if (known == 1) known = size;
      if (size != known && size != 1) {
        invocation_.fail_shape(i, "% in dimension %", known, d - 1);
      }
      if ((seen_ & bit(label)) != 0) repeated_ |= bit(label);
      seen_ |= bit(label);
    });
  }

  void read_output() {
    while (true) {
      if (at_ellipsis()) {
        for (int label = kLabels - ellipsis_; label < kLabels; ++label) add_output(label);
        continue;
      }
      const int label = label_of(next());
      if (label < 0) return;
      ++at_;
      if ((seen_ & bit(label)) == 0) fail();
      add_output(label);
    }
  }

  void add_output(int label) {
    if (output_rank == graph::kMaxRank || std::count(output, output + output_rank, label) != 0) {
      fail();
    }
    output[output_rank++] = label;
  }

  const Invocation& invocation_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t starts_[8] = {};  // of the first operands; those behind are looked for
  int ellipsis_ = 0;
  LabelSet seen_ = 0;
  LabelSet repeated_ = 0;
};

// A list of loops, outermost first, over two operands and what they give.
struct Loops {
  std::size_t count = 0;
  std::size_t sizes[kLabels];
  std::size_t a[kLabels];
  std::size_t b[kLabels];
  std::size_t out[kLabels];

  void add(std::size_t size, std::size_t in_a, std::size_t in_b, std::size_t in_out) {
    sizes[count] = size;
    a[count] = in_a;
    b[count] = in_b;
    out[count++] = in_out;
  }
};

// What numbers the sums are made of. Unsigned integers wrap around, as those of every type do.
enum class Carrier { kFloat, kDouble, kInteger };

template <typename T>
void multiply_numbers(const char* a, std::size_t a_step, const char* b, std::size_t b_step,
                      char* out, std::size_t out_step, std::size_t n) {
  const graph::Elements<T> from_a(a);
  const graph::Elements<T> from_b(b);
  T* sum = reinterpret_cast<T*>(out);
  T kept = *sum;  // of a sum that stays in its place
  for (std::size_t i = 0; i < n; ++i) {
    const T product = from_a[i * a_step] * from_b[i * b_step];
    kept += product;
    if (out_step != 0) sum[i * out_step] += product;
  }
  if (out_step == 0) *sum = kept;
}

// The innermost loop: out[i * out_step] += a[i * a_step] * b[i * b_step].
void multiply_row(Carrier carrier, const char* a, std::size_t a_step, const char* b,
                  std::size_t b_step, char* out, std::size_t out_step, std::size_t n) {
  if (carrier == Carrier::kDouble) {
    return multiply_numbers<double>(a, a_step, b, b_step, out, out_step, n);
  }
  if (carrier == Carrier::kInteger) {
    return multiply_numbers<std::uint64_t>(a, a_step, b, b_step, out, out_step, n);
  }
  const auto* from_a = reinterpret_cast<const float*>(a);
  const auto* from_b = reinterpret_cast<const float*>(b);
  auto* sum = reinterpret_cast<float*>(out);
  if (out_step == 1 && a_step + b_step == 1) {
    const bool scale_a = a_step == 0;
    const float scale = graph::Elements<float>(scale_a ? a : b)[0];
    return kernels::axpy_f32(scale, scale_a ? from_b : from_a, n, sum);
  }
  if (out_step == 0 && a_step == 1 && b_step == 1) {
    *sum += kernels::dot_f32(from_a, from_b, n);
    return;
  }
  multiply_numbers<float>(a, a_step, b, b_step, out, out_step, n);
}

void multiply_all(Carrier carrier, const Loops& loops, const char* a, const char* b, char* out) {
  std::size_t position[kLabels] = {};
  const std::size_t last = loops.count - 1;
  const std::size_t size = carrier == Carrier::kFloat ? sizeof(float) : sizeof(double);
  for (std::size_t d = 0; d < loops.count; ++d) {
    if (loops.sizes[d] == 0) return;
  }
  while (true) {
    multiply_row(carrier, a, loops.a[last], b, loops.b[last], out, loops.out[last],
                 loops.sizes[last]);
    std::size_t d = last;
    while (true) {
      if (d-- == 0) return;
      a += loops.a[d] * size;
      b += loops.b[d] * size;
      out += loops.out[d] * size;
      if (++position[d] < loops.sizes[d]) break;
      a -= loops.a[d] * size * loops.sizes[d];
      b -= loops.b[d] * size * loops.sizes[d];
      out -= loops.out[d] * size * loops.sizes[d];
      position[d] = 0;
    }
  }
}

// Walks an equation's operands. The first of two passes has no memory and only counts how much
// the second needs.
class Contraction {
 public:
  Contraction(const Invocation& invocation, Equation& equation, Carrier carrier)
      : invocation_(invocation),
        equation_(equation),
        carrier_(carrier),
        size_(carrier == Carrier::kFloat ? sizeof(float) : sizeof(double)) {}

  // Gives the result in row-major order, in `out` or, where that is nullptr, in the arena.
  const void* run(char* arena, void* out) {
    arena_ = arena;
    used_ = 0;
    char* one = take(1);
    if (one != nullptr) write_one(one);
    LabelSet wanted = 0;
    for (std::size_t i = 0; i < equation_.output_rank; ++i) wanted |= bit(equation_.output[i]);
    const std::size_t count = invocation_.input_count();
    const Operand nothing = {one, 0, {}};
    Operand joined = nothing;
    for (std::size_t i = 0; i < count; ++i) {
      Operand next = load(i);
      LabelSet later = wanted;
      for (std::size_t k = i + 1; k < count; ++k) later |= equation_.operand(k).labels;
      // What only this operand has is summed at once: joining would repeat that sum.
      const LabelSet kept = next.labels & (later | joined.labels);
      if (kept != next.labels && count > 1) next = join(next, nothing, kept, nullptr);
      if (i == 0 && count > 1) {
        joined = next;
      } else {
        joined = join(joined, next, (joined.labels | next.labels) & later,
                      i + 1 == count ? static_cast<char*>(out) : nullptr);
      }
    }
    return joined.data;
  }

  std::size_t used() const { return used_; }

 private:
  char* take(std::size_t elements) {
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(elements, size_, &bytes) ||
        __builtin_add_overflow(used_, bytes, &bytes)) {
      fail_size();
    }
    char* memory = arena_ == nullptr ? nullptr : arena_ + used_;
    used_ = bytes;
    return memory;
  }

  [[noreturn]] void fail_size() const {
    invocation_.fail("products that fit into memory|larger ones");
  }

  void write_one(char* memory) const {
    constexpr float kFloatOne = 1;
    constexpr double kDoubleOne = 1;
    constexpr std::uint64_t kIntegerOne = 1;
    const void* ones[] = {&kFloatOne, &kDoubleOne, &kIntegerOne};
    std::memcpy(memory, ones[static_cast<std::size_t>(carrier_)], size_);
  }

  Operand load(std::size_t i) {
    Operand operand = equation_.operand(i);
    const TensorView& tensor = invocation_.input(i);
    operand.data = tensor.data;
    if (carrier_ == Carrier::kFloat) return operand;
    const std::size_t count = tensor.shape.elements();
    char* numbers = take(count);
    operand.data = numbers;
    if (numbers == nullptr) return operand;
    if (carrier_ == Carrier::kDouble) {
      onnx::load_numbers(tensor.type, tensor.data, 0, count, reinterpret_cast<double*>(numbers));
    } else {
      onnx::load_numbers(tensor.type, tensor.data, 0, count,
                         reinterpret_cast<std::int64_t*>(numbers));
    }
    return operand;
  }

  // The product, summed over the labels that are not kept.
  Operand join(const Operand& a, const Operand& b, LabelSet kept, char* out) {
    Loops loops;
    Operand result;
    result.labels = kept;
    std::size_t elements = 1;
    const auto add = [&](int label) {
      loops.add(equation_.sizes[label], a.strides[label], b.strides[label], result.strides[label]);
    };
    // The order of the output's labels is the memory's; other kept labels come before.
    int order[kLabels];
    std::size_t count = 0;
    LabelSet rest = kept;
    for (std::size_t i = 0; i < equation_.output_rank; ++i) rest &= ~bit(equation_.output[i]);
    for (int label = 0; label < kLabels; ++label) {
      if ((rest & bit(label)) != 0) order[count++] = label;
    }
    for (std::size_t i = 0; i < equation_.output_rank; ++i) {
      if ((kept & bit(equation_.output[i])) != 0) order[count++] = equation_.output[i];
    }
    for (std::size_t i = count; i-- > 0;) {
      result.strides[order[i]] = elements;
      if (__builtin_mul_overflow(elements, equation_.sizes[order[i]], &elements)) fail_size();
    }
    char* memory = out != nullptr ? out : take(elements);
    result.data = memory;
    if (memory == nullptr) return result;
    std::memset(memory, 0, elements * size_);

    // The innermost loop runs along the output where one operand stands still and the other lies
    // in one line, else along a sum; the rest in the order of memory, sums inside.
    int inner = count > 0 ? order[count - 1] : -1;
    if (inner >= 0 && a.strides[inner] + b.strides[inner] != 1) inner = -1;
    for (std::size_t i = 0; i < count; ++i) {
      if (order[i] != inner) add(order[i]);
    }
    for (int label = 0; label < kLabels; ++label) {
      if (((a.labels | b.labels) & ~kept & bit(label)) != 0) add(label);
    }
    if (inner >= 0) add(inner);
    if (loops.count == 0) loops.add(1, 0, 0, 0);
    multiply_all(carrier_, loops, static_cast<const char*>(a.data),
                 static_cast<const char*>(b.data), memory);
    return result;
  }

  const Invocation& invocation_;
  Equation& equation_;
  Carrier carrier_;
  std::size_t size_;  // of a number
  char* arena_ = nullptr;
  std::size_t used_ = 0;
};

}  // namespace

void einsum(Invocation& invocation) {
  Equation equation(invocation);
  Shape shape;
  for (std::size_t i = 0; i < equation.output_rank; ++i) {
    shape.push_back(static_cast<std::int64_t>(equation.sizes[equation.output[i]]));
  }
  const DataType type = invocation.input(0).type;
  const bool direct = type == DataType::kFloat;
  const Carrier carrier = direct                   ? Carrier::kFloat
                          : onnx::is_decimal(type) ? Carrier::kDouble
                                                   : Carrier::kInteger;
  Contraction contraction(invocation, equation, carrier);
  contraction.run(nullptr, nullptr);
  void* out = invocation.output(0, shape);
  const void* made = contraction.run(static_cast<char*>(invocation.scratch(contraction.used())),
                                     direct ? out : nullptr);
  if (direct) return;
  const std::size_t elements = shape.elements();
  if (carrier == Carrier::kDouble) {
    onnx::store_numbers(type, out, 0, elements, static_cast<const double*>(made));
  } else {
    onnx::store_numbers(type, out, 0, elements, static_cast<const std::int64_t*>(made));
  }
}

}  // namespace storewise::ops
