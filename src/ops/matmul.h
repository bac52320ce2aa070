// What Gemm and the fused products share.
#pragma once

#include "ops/common.h"

namespace storewise::ops {

// Fills out [rows][columns] with factor * input `bias` broadcast to it, or with zeros when the
// node has no such input. Fails at the node when the bias does not broadcast.
void fill_with_bias(const Invocation& invocation, std::size_t bias, float factor, std::size_t rows,
                    std::size_t columns, float* out);

}  // namespace storewise::ops
