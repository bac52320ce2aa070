// The operators' functions, one file for each family; registry.cpp says when each applies.
// What an operator computes is ONNX's operator specification, with differences noted here.
#pragma once

#include "graph/invocation.h"

namespace storewise::ops {

using graph::Invocation;

// elementwise.cpp: two or more tensors, NumPy broadcasting. Integers wrap around; an integer
// divided by 0 gives 0, as does its remainder. Max and Min are NaN where an input is.
void add(Invocation&);
void subtract(Invocation&);
void multiply(Invocation&);
void divide(Invocation&);
void modulo(Invocation&);
void power(Invocation&);
void prelu(Invocation&);
void equal(Invocation&);
void less(Invocation&);
void less_or_equal(Invocation&);
void greater(Invocation&);
void greater_or_equal(Invocation&);
void logical_and(Invocation&);
void logical_or(Invocation&);
void logical_xor(Invocation&);
void maximum(Invocation&);
void minimum(Invocation&);
void sum(Invocation&);
void mean(Invocation&);
void where(Invocation&);

// unary.cpp: one tensor, element by element. Activations of double are computed in float.
void absolute(Invocation&);
void ceiling(Invocation&);
void celu(Invocation&);
void clip(Invocation&);
void elu(Invocation&);
void error_function(Invocation&);
void exponential(Invocation&);
void floor(Invocation&);
void gelu(Invocation&);
void hard_sigmoid(Invocation&);
void hard_swish(Invocation&);
void hyperbolic_tangent(Invocation&);
void is_infinite(Invocation&);
void is_nan(Invocation&);
void leaky_relu(Invocation&);
void logarithm(Invocation&);
void logical_not(Invocation&);
void negate(Invocation&);
void reciprocal(Invocation&);
void relu(Invocation&);
void round_half_even(Invocation&);
void selu(Invocation&);
void sigmoid(Invocation&);
void sign(Invocation&);
void softplus(Invocation&);
void softsign(Invocation&);
void square_root(Invocation&);
void thresholded_relu(Invocation&);

// cast.cpp: decimals lose their fraction, saturate at int64's ends and then wrap around; NaN is 0.
// Numbers become text as support/decimal.h writes them; text that is no number fails.
// CastLike is Cast: the plan knows the type.
void cast(Invocation&);

// reduce.cpp: any axes; empty sets give the reduction's neutral element.
void reduce_l1(Invocation&);
void reduce_l2(Invocation&);
void reduce_log_sum(Invocation&);
void reduce_log_sum_exp(Invocation&);
void reduce_max(Invocation&);
void reduce_mean(Invocation&);
void reduce_min(Invocation&);
void reduce_prod(Invocation&);
void reduce_sum(Invocation&);
void reduce_sum_square(Invocation&);
void arg_max(Invocation&);
void arg_min(Invocation&);
void cumulative_sum(Invocation&);

// softmax.cpp
void softmax(Invocation&);
void softmax_flattened(Invocation&);  // before opset 13: over everything from the axis on
void log_softmax(Invocation&);
void log_softmax_flattened(Invocation&);

// shape.cpp: what changes or tells shapes, or brings in constants.
void reshape(Invocation&);
void flatten(Invocation&);
void unsqueeze(Invocation&);
void squeeze(Invocation&);
void identity(Invocation&);
void shape(Invocation&);
void size(Invocation&);
void constant(Invocation&);
void constant_of_shape(Invocation&);
void expand(Invocation&);
void dropout(Invocation&);  // of inference: the input, and a mask of ones
void range(Invocation&);

// move.cpp: what copies elements to other places, for every type alike.
void concat(Invocation&);
void split(Invocation&);
void slice(Invocation&);
void transpose(Invocation&);
void pad(Invocation&);
void tile(Invocation&);
void one_hot(Invocation&);
void non_zero(Invocation&);
void trilu(Invocation&);

// gather.cpp
void gather(Invocation&);
void gather_elements(Invocation&);
void gather_nd(Invocation&);

// scatter.cpp: duplicate indices are combined in the order of the updates.
void scatter_elements(Invocation&);
void scatter_nd(Invocation&);

// einsum.cpp
void einsum(Invocation&);

// conv.cpp
void conv(Invocation&);
void quantized_conv(Invocation&);  // fused: X float, W int8, B?, a scale for each output channel
void conv_integer(Invocation&);
void qlinear_conv(Invocation&);

// pool.cpp
void average_pool(Invocation&);
void max_pool(Invocation&);
void global_average_pool(Invocation&);
void global_max_pool(Invocation&);

// normalize.cpp
void batch_normalization(Invocation&);
void layer_normalization(Invocation&);
void lp_normalization(Invocation&);
void rms_normalization(Invocation&);

// attention.cpp
void attention(Invocation&);

// recurrent.cpp. The fused ones have W and R as int8, and after the last input the scales of W's
// and of R's rows: float [directions * gates * hidden] each.
void rnn(Invocation&);
void gru(Invocation&);
void lstm(Invocation&);
void quantized_rnn(Invocation&);
void quantized_gru(Invocation&);
void quantized_lstm(Invocation&);

// matmul.cpp
void matmul(Invocation&);
void gemm(Invocation&);
void matmul_integer(Invocation&);
void qlinear_matmul(Invocation&);

// quantize.cpp
void quantize_linear(Invocation&);
void dequantize_linear(Invocation&);
void dynamic_quantize_linear(Invocation&);

// topk.cpp: always sorted; NaN ranks behind every number.
void top_k(Invocation&);

// control.cpp: graphs inside of graphs.
void run_if(Invocation&);
void run_loop(Invocation&);
void run_scan(Invocation&);

// tfidf.cpp
void tf_idf_vectorizer(Invocation&);
std::vector<std::uint8_t> prepare_tf_idf(const graph::Node&, graph::DataType);

// ml_features.cpp: ai.onnx.ml's preprocessing. A map is two inputs, its keys and its values.
// ZipMap gives the tensor of probabilities as it is: its labels are the model's to tell.
void array_feature_extractor(Invocation&);
void binarizer(Invocation&);
void category_mapper(Invocation&);
void dict_vectorizer(Invocation&);
void feature_vectorizer(Invocation&);
void imputer(Invocation&);
void label_encoder(Invocation&);
void normalizer(Invocation&);
void one_hot_encoder(Invocation&);
void scaler(Invocation&);
void zip_map(Invocation&);
std::vector<std::uint8_t> prepare_label_encoder(const graph::Node&, graph::DataType);
std::vector<std::uint8_t> prepare_categories(const graph::Node&, graph::DataType);

// ml_linear.cpp, ml_svm.cpp, ml_trees.cpp
void linear_classifier(Invocation&);
void linear_regressor(Invocation&);
void svm_classifier(Invocation&);
void svm_regressor(Invocation&);
void tree_ensemble(Invocation&);
std::vector<std::uint8_t> prepare_tree_ensemble(const graph::Node&, graph::DataType);
std::vector<std::uint8_t> prepare_tree_classifier(const graph::Node&, graph::DataType);
std::vector<std::uint8_t> prepare_tree_regressor(const graph::Node&, graph::DataType);
void tree_ensemble_classifier(Invocation&);
void tree_ensemble_regressor(Invocation&);

// fused.cpp: made by graph/fuse.cpp only.
void sparse_accumulate(Invocation&);
void embedding_bag(Invocation&);
void quantized_matmul(Invocation&);
void quantized_gather(Invocation&);

}  // namespace storewise::ops
