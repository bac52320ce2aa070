// Attention of opsets 23 to 25, one head at a time: its queries, keys and values are brought
// together as matrices, so that the rest is two products and a softmax.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/kernels.h"
#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// An input [batch, heads, length, width] or [batch, length, heads * width].
struct Heads {
  Heads(const Invocation& invocation, std::size_t i, const char* heads_attribute)
      : data(invocation.input(i).as<float>()) {
    const Shape& shape = invocation.input(i).shape;
    by_head = shape.rank() == 4;
    const std::int64_t count =
        by_head ? shape[1] : invocation.attribute(heads_attribute, std::int64_t{0});
    if ((shape.rank() != 3 && !by_head) || count < 1 || (!by_head && shape[2] % count != 0) ||
        shape.elements() == 0) {
      invocation.fail_shape(i, "4 dimensions, or 3 and the numbers of heads as attributes; none 0");
    }
    batch = static_cast<std::size_t>(shape[0]);
    heads = static_cast<std::size_t>(count);
    length = static_cast<std::size_t>(shape[by_head ? 2 : 1]);
    width = static_cast<std::size_t>(by_head ? shape[3] : shape[2] / count);
  }

  // Where row `row` of a head begins.
  std::size_t place(std::size_t b, std::size_t head, std::size_t row) const {
    return (by_head ? (b * heads + head) * length + row : (b * length + row) * heads + head) *
           width;
  }
  void gather(std::size_t b, std::size_t head, float* to) const {
    for (std::size_t row = 0; row < length; ++row) {
      copy_bytes(to + row * width, data + place(b, head, row), width * sizeof(float));
    }
  }

  const float* data;
  std::size_t batch;
  std::size_t heads;
  std::size_t length;
  std::size_t width;
  bool by_head;
};

Shape shape_of(std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  return {static_cast<std::int64_t>(a), static_cast<std::int64_t>(b), static_cast<std::int64_t>(c),
          static_cast<std::int64_t>(d)};
}

}  // namespace

// Inputs Q, K, V, mask?, past key?, past value?, lengths without padding?; outputs Y, present key,
// present value, and the products at the stage that qk_matmul_output_mode tells. A query that may
// attend nothing gives zeros.
void attention(Invocation& invocation) {
  const Heads q(invocation, 0, "q_num_heads");
  const Heads k(invocation, 1, "kv_num_heads");
  const Heads v(invocation, 2, "kv_num_heads");
  if (k.batch != q.batch || v.batch != q.batch || k.heads != v.heads || k.length != v.length ||
      k.width != q.width || q.heads % k.heads != 0) {
    invocation.fail_shape(1, "keys that fit the queries and values");
  }
  const bool has_past = invocation.has_input(4);
  std::size_t past = 0;
  if (has_past != invocation.has_input(5)) invocation.fail("both past states|one");
  if (has_past) {
    past = static_cast<std::size_t>(invocation.input(4).shape[2]);
    for (std::size_t i = 4; i < 6; ++i) {
      const Shape expected = shape_of(q.batch, k.heads, past, i == 4 ? k.width : v.width);
      if (!(invocation.input(i).shape == expected)) {
        invocation.fail_shape(i, "a tensor of shape %", expected);
      }
    }
  }
  const std::size_t total = past + k.length;
  const bool has_lengths = invocation.has_input(6);
  if (has_lengths && (has_past || invocation.input(6).shape.rank() != 1 ||
                      invocation.input(6).shape.elements() != q.batch)) {
    invocation.fail_shape(6, "a length for each batch, and no past states");
  }
  // A mask's last dimension may be shorter: nothing behind it is attended.
  const bool has_mask = invocation.has_input(3);
  const TensorView& mask = invocation.input(has_mask ? 3 : 0);
  std::size_t masked = total;
  std::array<std::size_t, graph::kMaxRank> mask_strides{};
  if (has_mask) {
    const Shape& shape = mask.shape;
    if (shape.rank() < 1 || shape.rank() > 4 ||
        static_cast<std::size_t>(shape[shape.rank() - 1]) > total ||
        (mask.type != DataType::kBool && mask.type != DataType::kFloat)) {
      invocation.fail_shape(3, "a mask of decimals or bool for % keys", total);
    }
    masked = static_cast<std::size_t>(shape[shape.rank() - 1]);
    const Shape target = shape_of(q.batch, q.heads, q.length, masked);
    if (!(broadcast(invocation, shape, target) == target)) {
      invocation.fail_shape(3, "a mask that broadcasts to %", target);
    }
    mask_strides = broadcast_strides(shape, target);
  }

  const float scale = invocation.attribute("scale", 1.0f / std::sqrt(static_cast<float>(q.width)));
  const float softcap = invocation.attribute("softcap", 0.0f);
  const std::int64_t mode = invocation.attribute("qk_matmul_output_mode", std::int64_t{0});
  const bool causal = invocation.attribute("is_causal", std::int64_t{0}) != 0;
  const std::int64_t left = invocation.attribute("left_window_size", std::int64_t{-1});
  std::int64_t right = invocation.attribute("right_window_size", std::int64_t{-1});
  if (causal) right = 0;

  float* y = invocation.output_as<float>(
      0, q.by_head ? shape_of(q.batch, q.heads, q.length, v.width)
                   : Shape{invocation.input(0).shape[0], invocation.input(0).shape[1],
                           static_cast<std::int64_t>(q.heads * v.width)});
  float* present[2] = {};
  const Heads* states[2] = {&k, &v};
  for (std::size_t i = 0; i < 2; ++i) {
    if (!invocation.wants_output(i + 1)) continue;
    present[i] =
        invocation.output_as<float>(i + 1, shape_of(q.batch, k.heads, total, states[i]->width));
  }
  float* products = nullptr;
  if (invocation.wants_output(3)) {
    products = invocation.output_as<float>(3, shape_of(q.batch, q.heads, q.length, total));
  }
  // Scratch: one head's queries, keys, values, products and result.
  const std::uint64_t floats = std::uint64_t{q.length} * (q.width + total + v.width) +
                               std::uint64_t{total} * (k.width + v.width);
  float* queries = static_cast<float*>(invocation.scratch(
      static_cast<std::size_t>(std::min<std::uint64_t>(floats * sizeof(float), SIZE_MAX))));
  float* keys = queries + q.length * q.width;
  float* values = keys + total * k.width;
  float* scores = values + total * v.width;
  float* result = scores + q.length * total;
  float* gathered[2] = {keys, values};

  for (std::size_t b = 0; b < q.batch; ++b) {
    // The position of the first query among the keys, and how many keys there are.
    auto offset = static_cast<std::int64_t>(past);
    auto valid = static_cast<std::int64_t>(total);
    if (has_lengths) {
      valid = invocation.elements<std::int64_t>(6)[b];
      if (valid < 0 || valid > static_cast<std::int64_t>(total)) {
        invocation.fail("lengths from 0 to %|%", total, valid);
      }
      offset = valid - static_cast<std::int64_t>(q.length);
    }
    const bool everything = !has_mask && left < 0 && right < 0 && total > 0 &&
                            valid == static_cast<std::int64_t>(total);
    for (std::size_t head = 0; head < q.heads; ++head) {
      const std::size_t group = q.heads / k.heads;
      const std::size_t kv_head = head / group;
      for (std::size_t i = 0; head % group == 0 && i < 2; ++i) {
        const std::size_t width = states[i]->width;
        if (has_past) {
          copy_bytes(gathered[i],
                     invocation.input(4 + i).as<float>() + (b * k.heads + kv_head) * past * width,
                     past * width * sizeof(float));
        }
        states[i]->gather(b, kv_head, gathered[i] + past * width);
        if (present[i]) {
          copy_bytes(present[i] + (b * k.heads + kv_head) * total * width, gathered[i],
                     total * width * sizeof(float));
        }
      }
      q.gather(b, head, queries);
      kernels::combine_f32(kernels::Combine::kMultiply, queries, 1, &scale, 0, q.length * q.width,
                           queries);
      std::fill_n(scores, q.length * total, 0.0f);
      std::fill_n(result, q.length * v.width, 0.0f);
      kernels::gemm_f32_rows(queries, keys, q.length, k.width, total, scores);
      for (std::size_t i = 0; i < q.length; ++i) {
        float* row = scores + i * total;
        float* shown = products;
        if (products) shown += ((b * q.heads + head) * q.length + i) * total;
        const auto show = [&](std::int64_t stage) {
          if (products && mode == stage) copy_bytes(shown, row, total * sizeof(float));
        };
        show(0);
        if (softcap > 0.0f) {
          const float inverse = 1.0f / softcap;
          kernels::combine_f32(kernels::Combine::kMultiply, row, 1, &inverse, 0, total, row);
          kernels::tanh_f32(total, row);
          kernels::combine_f32(kernels::Combine::kMultiply, row, 1, &softcap, 0, total, row);
        }
        show(1);
        const std::int64_t position = offset + static_cast<std::int64_t>(i);
        const std::size_t mask_row =
            b * mask_strides[0] + head * mask_strides[1] + i * mask_strides[2];
        bool any = everything;
        for (std::size_t j = 0; !everything && j < total; ++j) {
          const auto at = static_cast<std::int64_t>(j);
          bool attended = at < valid && (left < 0 || at >= position - left) &&
                          (right < 0 || at <= position + right);
          float added = j < masked ? 0.0f : -kInfinity;
          if (attended && has_mask && j < masked) {
            const std::size_t place = mask_row + j * mask_strides[3];
            if (mask.type == DataType::kBool) {
              attended = mask.as<char>()[place] != 0;
            } else {
              added = invocation.elements<float>(3)[place];
            }
          }
          attended = attended && added != -kInfinity;
          any = any || attended;
          row[j] = attended ? row[j] + added : -kInfinity;
        }
        show(2);
        if (any) {
          kernels::softmax_f32(total, row);
        } else {
          std::fill_n(row, total, 0.0f);
        }
        show(3);
      }
      kernels::gemm_f32(scores, values, q.length, total, v.width, result);
      for (std::size_t i = 0; i < q.length; ++i) {
        const std::size_t place =
            q.by_head ? (b * q.heads + head) * q.length + i : (b * q.length + i) * q.heads + head;
        copy_bytes(y + place * v.width, result + i * v.width, v.width * sizeof(float));
      }
    }
  }
}

}  // namespace storewise::ops
