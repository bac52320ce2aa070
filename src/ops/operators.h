// The operators' functions, one file for each family; registry.cpp says when each applies.
// What an operator computes is ONNX's operator specification, with differences noted here.
#pragma once

#include "graph/invocation.h"

namespace storewise::ops {

using graph::Invocation;

// elementwise.cpp: NumPy broadcasting. Integers wrap around; an integer divided by 0 gives 0.
void add(Invocation&);
void subtract(Invocation&);
void multiply(Invocation&);
void divide(Invocation&);
void relu(Invocation&);
void square_root(Invocation&);

// cast.cpp: decimals lose their fraction, saturate at int64's ends and then wrap around; NaN is 0.
void cast(Invocation&);

// gather.cpp
void gather(Invocation&);

// scatter.cpp: duplicate indices are combined in the order of the updates.
void scatter_elements(Invocation&);

// quantize.cpp
void dequantize_linear(Invocation&);

// matmul.cpp
void matmul(Invocation&);
void gemm(Invocation&);

// reduce.cpp
void reduce_sum(Invocation&);

// softmax.cpp
void softmax(Invocation&);
void softmax_flattened(Invocation&);  // before opset 13: over everything from the axis on

// shape.cpp
void reshape(Invocation&);
void unsqueeze(Invocation&);
void squeeze(Invocation&);
void identity(Invocation&);
void shape(Invocation&);
void constant(Invocation&);
void constant_of_shape(Invocation&);
void concat(Invocation&);

// topk.cpp: always sorted; NaN ranks behind every number.
void top_k(Invocation&);

// fused.cpp: made by graph/fuse.cpp only.
void sparse_accumulate(Invocation&);
void embedding_bag(Invocation&);
void quantized_matmul(Invocation&);
void quantized_gather(Invocation&);

}  // namespace storewise::ops
