// How quantised tensors store their numbers: (q - zero point) * scale, with one scale for all, one
// along an axis, or one for each block of an axis (ONNX's DequantizeLinear of opset 21).
#pragma once

#include <algorithm>

#include "ops/common.h"

namespace storewise::ops {

class Quantization {
 public:
  // Of a tensor of shape `x`, by the node's attributes "axis" and "block_size"; `scale` and `zero`
  // are inputs. Fails at the node when the shapes do not fit.
  Quantization(const Invocation& invocation, const Shape& x, std::size_t scale, std::size_t zero);

  // Elements [first, first + n) in runs: visit(element, count, scale, step) where the elements'
  // scales (and zero points) are those from `scale` on, `step` (0 or 1) apart.
  template <typename Visit>
  void for_each_run(std::size_t first, std::size_t n, Visit&& visit) const {
    while (n > 0) {
      const std::size_t inside = first % inner_;
      const std::size_t channel = first / inner_ % channels_;
      std::size_t scale = channel;
      std::size_t run = inner_ - inside;
      bool step = false;
      if (block_ > 0) {
        scale = (first / inner_ / channels_ * blocks_ + channel / block_) * inner_ + inside;
        step = inner_ > 1;
        if (!step) run = std::min(block_ - channel % block_, channels_ - channel);
      } else if (inner_ == 1) {
        step = true;
        run = channels_ - channel;
      }
      run = std::min(run, n);
      visit(first, run, scale, step ? std::size_t{1} : std::size_t{0});
      first += run;
      n -= run;
    }
  }

 private:
  std::size_t channels_ = 1;
  std::size_t inner_ = 1;
  std::size_t block_ = 0;
  std::size_t blocks_ = 0;  // of an axis
};

// out[0, n) = elements [first, first + n) of input `q`, dequantised.
void dequantize(const Invocation& invocation, const Quantization& quantization, std::size_t q,
                std::size_t scale, std::size_t zero, std::size_t first, std::size_t n, float* out);

}  // namespace storewise::ops
