#include "ops/registry.h"

#include <array>

#include "ops/operators.h"

namespace storewise::ops {
namespace {

using graph::Domain;
using graph::OperatorDef;

// The newest opset of each domain that the rows below have been held against.
constexpr std::uint8_t kNewest[graph::kDomains] = {28, 5, 1};

constexpr std::uint8_t kAliases = OperatorDef::kAliases;
constexpr std::uint8_t kInPlace = OperatorDef::kInPlace;
constexpr std::uint8_t kViaFloat = OperatorDef::kViaFloat;
constexpr std::uint8_t kNotFolded = OperatorDef::kNotFolded;
constexpr std::uint8_t kKeepsDouble = OperatorDef::kKeepsDouble;
constexpr Domain kMl = Domain::kMl;
constexpr Domain kFused = Domain::kFused;

// Attributes that several operators share.
#define WINDOW "auto_pad=s kernel_shape=I pads=I strides=I"
#define CONVOLUTION WINDOW " dilations=I group=i"
#define RECURRENT                                                                        \
  "activation_alpha=F activation_beta=F activations=S clip=f direction=s hidden_size=i " \
  "output_sequence=i layout=i"
#define TREES                                                                        \
  "aggregate_function=s base_values=F base_values_as_tensor=t nodes_falsenodeids=I " \
  "nodes_featureids=I nodes_hitrates=F nodes_hitrates_as_tensor=t "                  \
  "nodes_missing_value_tracks_true=I nodes_modes=S nodes_nodeids=I nodes_treeids=I " \
  "nodes_truenodeids=I nodes_values=F nodes_values_as_tensor=t post_transform=s "
#define SVM "coefficients=F kernel_params=F kernel_type=s post_transform=s rho=F support_vectors=F "

// Name, function, signature, attributes, since, domain, flags: see OperatorDef. In alphabetical
// order. A definition that differs from an older one in types only has no row of its own; before
// opset 7 "broadcast" and "axis" said which dimensions of the second input are missing.
constexpr OperatorDef kOperators[] = {
    {"Abs", absolute, "N > 0", "consumed_inputs=I", 1},
    {"Add", add, "N 0 > 0", "axis=i broadcast=i consumed_inputs=I", 1},
    {"Add", add, "N 0 > 0", "", 7},
    {"And", logical_and, "b b > b", "axis=i broadcast=i", 1},
    {"ArgMax", arg_max, "N > l", "axis=i keepdims=i select_last_index=i", 1},
    {"ArgMin", arg_min, "N > l", "axis=i keepdims=i select_last_index=i", 1},
    {"Attention", attention, "F 0 F B? F? F? l? > 0 2 2 0",
     "is_causal=i kv_num_heads=i left_window_size=i q_num_heads=i qk_matmul_output_mode=i "
     "right_window_size=i scale=f softcap=f softmax_precision=i",
     23, Domain::kOnnx, kViaFloat},
    {"AveragePool", average_pool, "F > 0", WINDOW " ceil_mode=i count_include_pad=i dilations=I", 1,
     Domain::kOnnx, kViaFloat},
    {"BatchNormalization", batch_normalization, "F F F F F > 0 3 4 3 4",
     "consumed_inputs=I epsilon=f is_test=i momentum=f spatial=i", 1, Domain::kOnnx, kViaFloat},
    {"BatchNormalization", batch_normalization, "F F F F F > 0 3 4 3 4",
     "epsilon=f momentum=f spatial=i training_mode=i", 7, Domain::kOnnx, kViaFloat},
    {"Cast", cast, "P > @P", "round_mode=s saturate=i to=i", 6},
    {"CastLike", cast, "P P > 1", "round_mode=s saturate=i", 15},
    {"Ceil", ceiling, "F > 0", "consumed_inputs=I", 1},
    {"Celu", celu, "F > 0", "alpha=f", 12, Domain::kOnnx, kViaFloat},
    {"Clip", clip, "F > 0", "consumed_inputs=I max=f min=f", 1},
    {"Clip", clip, "N 0? 0? > 0", "", 11},
    {"Concat", concat, "A 0* > 0", "axis=i", 1},
    {"Constant", constant, "> $f",
     "value=t value_float=f value_floats=F value_int=i value_ints=I value_string=s value_strings=S",
     1},
    {"ConstantOfShape", constant_of_shape, "l > $f", "value=t", 9},
    {"Conv", conv, "F 0 0? > 0", CONVOLUTION, 1, Domain::kOnnx, kViaFloat},
    {"ConvInteger", conv_integer, "Q Q 0? 1? > i", CONVOLUTION, 10},
    {"CumSum", cumulative_sum, "N I > 0", "exclusive=i reverse=i", 11},
    {"DequantizeLinear", dequantize_linear, "W F 0? > @F1", "axis=i block_size=i output_dtype=i",
     10, Domain::kOnnx, kViaFloat},
    {"Div", divide, "N 0 > 0", "axis=i broadcast=i consumed_inputs=I", 1},
    {"Div", divide, "N 0 > 0", "", 7},
    {"Dropout", dropout, "F > 0 0", "consumed_inputs=I is_test=i ratio=f", 1, Domain::kOnnx,
     kAliases},
    {"Dropout", dropout, "F > 0 b", "ratio=f", 10, Domain::kOnnx, kAliases},
    {"Dropout", dropout, "F F? b? > 0 b", "seed=i", 12},
    {"DynamicQuantizeLinear", dynamic_quantize_linear, "f > u f u", "", 11},
    {"Einsum", einsum, "N 0* > 0", "equation=s", 12},
    {"Elu", elu, "F > 0", "alpha=f consumed_inputs=I", 1, Domain::kOnnx, kViaFloat},
    {"Equal", equal, "A 0 > b", "axis=i broadcast=i", 1},
    {"Erf", error_function, "F > 0", "", 9, Domain::kOnnx, kViaFloat},
    {"Exp", exponential, "F > 0", "consumed_inputs=I", 1},
    {"Expand", expand, "A l > 0", "", 8},
    {"Flatten", flatten, "P > 0", "axis=i", 1, Domain::kOnnx, kAliases},
    {"Floor", floor, "F > 0", "consumed_inputs=I", 1},
    {"GRU", gru, "F 0 0 0? i? 0? > 0? 0", RECURRENT " linear_before_reset=i", 1, Domain::kOnnx,
     kViaFloat},
    {"Gather", gather, "A I > 0", "axis=i", 1},
    {"GatherElements", gather_elements, "A I > 0", "axis=i", 11},
    {"GatherND", gather_nd, "A l > 0", "batch_dims=i", 11},
    {"Gelu", gelu, "F > 0", "approximate=s", 20, Domain::kOnnx, kViaFloat},
    {"Gemm", gemm, "N 0 0 > 0", "alpha=f beta=f broadcast=i transA=i transB=i", 1, Domain::kOnnx,
     kViaFloat | kKeepsDouble},
    {"Gemm", gemm, "N 0 0? > 0", "alpha=f beta=f transA=i transB=i", 7, Domain::kOnnx,
     kViaFloat | kKeepsDouble},
    {"GlobalAveragePool", global_average_pool, "F > 0", "", 1, Domain::kOnnx, kViaFloat},
    {"GlobalMaxPool", global_max_pool, "F > 0", "", 1, Domain::kOnnx, kViaFloat},
    {"Greater", greater, "N 0 > b", "axis=i broadcast=i", 1},
    {"GreaterOrEqual", greater_or_equal, "N 0 > b", "", 12},
    {"HardSigmoid", hard_sigmoid, "F > 0", "alpha=f beta=f consumed_inputs=I", 1, Domain::kOnnx,
     kViaFloat},
    {"HardSwish", hard_swish, "F > 0", "", 14, Domain::kOnnx, kViaFloat},
    {"Identity", identity, "P > 0", "", 1, Domain::kOnnx, kAliases},
    {"If", run_if, "b > %*", "else_branch=g then_branch=g", 1, Domain::kOnnx, kNotFolded},
    {"IsInf", is_infinite, "F > b", "detect_negative=i detect_positive=i", 10},
    {"IsNaN", is_nan, "F > b", "", 9},
    {"LSTM", lstm, "F 0 0 0? i? 0? 0? 0? > 0? 0 0", RECURRENT " input_forget=i", 1, Domain::kOnnx,
     kViaFloat},
    {"LayerNormalization", layer_normalization, "F F F? > 0 f f", "axis=i epsilon=f stash_type=i",
     17, Domain::kOnnx, kViaFloat},
    {"LeakyRelu", leaky_relu, "F > 0", "alpha=f consumed_inputs=I", 1, Domain::kOnnx, kViaFloat},
    {"Less", less, "N 0 > b", "axis=i broadcast=i", 1},
    {"LessOrEqual", less_or_equal, "N 0 > b", "", 12},
    {"Log", logarithm, "F > 0", "consumed_inputs=I", 1},
    {"LogSoftmax", log_softmax_flattened, "F > 0", "axis=i", 1, Domain::kOnnx, kViaFloat},
    {"LogSoftmax", log_softmax, "F > 0", "axis=i", 13, Domain::kOnnx, kViaFloat},
    {"Loop", run_loop, "l? b? A* > %*", "body=g", 1, Domain::kOnnx, kNotFolded},
    {"LpNormalization", lp_normalization, "F > 0", "axis=i p=i", 1, Domain::kOnnx, kViaFloat},
    {"MatMul", matmul, "N 0 > 0", "", 1, Domain::kOnnx, kViaFloat | kKeepsDouble},
    {"MatMulInteger", matmul_integer, "Q Q 0? 1? > i", "", 10},
    {"Max", maximum, "N 0* > 0", "consumed_inputs=I", 1},
    {"MaxPool", max_pool, "G > 0 l", WINDOW " ceil_mode=i dilations=I storage_order=i", 1,
     Domain::kOnnx, kViaFloat},
    {"Mean", mean, "F 0* > 0", "consumed_inputs=I", 1},
    {"Min", minimum, "N 0* > 0", "consumed_inputs=I", 1},
    {"Mod", modulo, "N 0 > 0", "fmod=i", 10},
    {"Mul", multiply, "N 0 > 0", "axis=i broadcast=i consumed_inputs=I", 1},
    {"Mul", multiply, "N 0 > 0", "", 7},
    {"Neg", negate, "N > 0", "consumed_inputs=I", 1},
    {"NonZero", non_zero, "B > l", "", 9},
    {"Not", logical_not, "b > b", "", 1},
    {"OneHot", one_hot, "N N A > 2", "axis=i", 9},
    {"Or", logical_or, "b b > b", "axis=i broadcast=i", 1},
    {"PRelu", prelu, "F 0 > 0", "consumed_inputs=I", 1},
    {"PRelu", prelu, "N 0 > 0", "", 7},
    {"Pad", pad, "F > 0", "mode=s paddings=I pads=I value=f", 1},
    {"Pad", pad, "A l 0? I? > 0", "mode=s", 11},
    {"Pow", power, "N N > 0", "axis=i broadcast=i", 1},
    {"QLinearConv", qlinear_conv, "Q f Q Q f 3 f Q i? > 7", CONVOLUTION, 10},
    {"QLinearMatMul", qlinear_matmul, "Q F 0 Q F 3 F Q > 7", "", 10, Domain::kOnnx, kViaFloat},
    {"QuantizeLinear", quantize_linear, "F F W? > 2@Wu",
     "axis=i block_size=i output_dtype=i precision=i saturate=i", 10, Domain::kOnnx, kViaFloat},
    {"RMSNormalization", rms_normalization, "F F > 1", "axis=i epsilon=f stash_type=i", 23,
     Domain::kOnnx, kViaFloat},
    {"RNN", rnn, "F 0 0 0? i? 0? > 0? 0", RECURRENT, 1, Domain::kOnnx, kViaFloat},
    {"Range", range, "N 0 0 > 0", "stash_type=i", 11},
    {"Reciprocal", reciprocal, "F > 0", "consumed_inputs=I", 1},
    {"ReduceL1", reduce_l1, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceL2", reduce_l2, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceLogSum", reduce_log_sum, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceLogSumExp", reduce_log_sum_exp, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i",
     1},
    {"ReduceMax", reduce_max, "B l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceMean", reduce_mean, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceMin", reduce_min, "B l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceProd", reduce_prod, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceSum", reduce_sum, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i", 1},
    {"ReduceSumSquare", reduce_sum_square, "N l? > 0", "axes=I keepdims=i noop_with_empty_axes=i",
     1},
    {"Relu", relu, "N > 0", "consumed_inputs=I", 1, Domain::kOnnx, kInPlace},
    {"Reshape", reshape, "P > 0", "consumed_inputs=I shape=I", 1, Domain::kOnnx, kAliases},
    {"Reshape", reshape, "P l > 0", "allowzero=i", 5, Domain::kOnnx, kAliases},
    {"Round", round_half_even, "F > 0", "", 11},
    {"Scan", run_scan, "l? A* > %*", "body=g directions=I num_scan_inputs=i", 8, Domain::kOnnx,
     kNotFolded},
    {"Scan", run_scan, "A* > %*",
     "body=g num_scan_inputs=i scan_input_axes=I scan_input_directions=I scan_output_axes=I "
     "scan_output_directions=I",
     9, Domain::kOnnx, kNotFolded},
    {"Scatter", scatter_elements, "A I 0 > 0", "axis=i", 9, Domain::kOnnx, kInPlace},
    {"ScatterElements", scatter_elements, "A I 0 > 0", "axis=i reduction=s", 11, Domain::kOnnx,
     kInPlace},
    {"ScatterND", scatter_nd, "A l 0 > 0", "reduction=s", 11, Domain::kOnnx, kInPlace},
    {"Selu", selu, "F > 0", "alpha=f consumed_inputs=I gamma=f", 1, Domain::kOnnx, kViaFloat},
    {"Shape", shape, "P > l", "end=i start=i", 1},
    {"Sigmoid", sigmoid, "F > 0", "consumed_inputs=I", 1, Domain::kOnnx, kInPlace | kViaFloat},
    {"Sign", sign, "N > 0", "", 9},
    {"Size", size, "P > l", "", 1},
    {"Slice", slice, "A > 0", "axes=I ends=I starts=I", 1},
    {"Slice", slice, "A I 1 1? 1? > 0", "", 10},
    {"Softmax", softmax_flattened, "F > 0", "axis=i", 1, Domain::kOnnx, kInPlace | kViaFloat},
    {"Softmax", softmax, "F > 0", "axis=i", 13, Domain::kOnnx, kInPlace | kViaFloat},
    {"Softplus", softplus, "F > 0", "", 1, Domain::kOnnx, kViaFloat},
    {"Softsign", softsign, "F > 0", "", 1, Domain::kOnnx, kViaFloat},
    {"Split", split, "A 0? > 0*", "axis=i split=I", 1},
    {"Split", split, "A l? > 0*", "axis=i num_outputs=i", 13},
    {"Sqrt", square_root, "F > 0", "consumed_inputs=I", 1},
    {"Squeeze", squeeze, "P > 0", "axes=I", 1, Domain::kOnnx, kAliases},
    {"Squeeze", squeeze, "P l? > 0", "", 13, Domain::kOnnx, kAliases},
    {"Sub", subtract, "N 0 > 0", "axis=i broadcast=i consumed_inputs=I", 1},
    {"Sub", subtract, "N 0 > 0", "", 7},
    {"Sum", sum, "F 0* > 0", "consumed_inputs=I", 1},
    {"Tanh", hyperbolic_tangent, "F > 0", "consumed_inputs=I", 1, Domain::kOnnx,
     kInPlace | kViaFloat},
    {"TfIdfVectorizer", tf_idf_vectorizer, "A > f",
     "max_gram_length=i max_skip_count=i min_gram_length=i mode=s ngram_counts=I "
     "ngram_indexes=I pool_int64s=I pool_strings=S weights=F",
     9, Domain::kOnnx, 0, prepare_tf_idf},
    {"ThresholdedRelu", thresholded_relu, "F > 0", "alpha=f", 10, Domain::kOnnx, kViaFloat},
    {"Tile", tile, "A 0 0 > 0", "", 1},
    {"Tile", tile, "A l > 0", "", 6},
    {"TopK", top_k, "N > 0? l", "axis=i k=i", 1},
    {"TopK", top_k, "N l > 0? l", "axis=i largest=i sorted=i", 10},
    {"Transpose", transpose, "A > 0", "perm=I", 1},
    {"Trilu", trilu, "A l? > 0", "upper=i", 14},
    {"Unsqueeze", unsqueeze, "P > 0", "axes=I", 1, Domain::kOnnx, kAliases},
    {"Unsqueeze", unsqueeze, "P l > 0", "", 13, Domain::kOnnx, kAliases},
    {"Where", where, "b A 1 > 1", "", 9},
    {"Xor", logical_xor, "b b > b", "axis=i broadcast=i", 1},

    {"ArrayFeatureExtractor", array_feature_extractor, "A l > 0", "", 1, kMl},
    {"Binarizer", binarizer, "M > 0", "threshold=f", 1, kMl},
    {"CategoryMapper", category_mapper, "K > !",
     "cats_int64s=I cats_strings=S default_int64=i default_string=s", 1, kMl, 0,
     prepare_label_encoder},
    {"DictVectorizer", dict_vectorizer, "K A > 1", "int64_vocabulary=I string_vocabulary=S", 1, kMl,
     0, prepare_categories},
    {"FeatureVectorizer", feature_vectorizer, "M* > f", "inputdimensions=I", 1, kMl},
    {"Imputer", imputer, "M > 0",
     "imputed_value_floats=F imputed_value_int64s=I replaced_value_float=f "
     "replaced_value_int64=i",
     1, kMl},
    {"LabelEncoder", label_encoder, "K > !", "classes_strings=S default_int64=i default_string=s",
     1, kMl, 0, prepare_label_encoder},
    {"LabelEncoder", label_encoder, "A > $",
     "default_float=f default_int64=i default_string=s default_tensor=t keys_floats=F "
     "keys_int64s=I keys_strings=S keys_tensor=t values_floats=F values_int64s=I "
     "values_strings=S values_tensor=t",
     2, kMl, 0, prepare_label_encoder},
    {"LinearClassifier", linear_classifier, "M > $l f",
     "classlabels_ints=I classlabels_strings=S coefficients=F intercepts=F multi_class=i "
     "post_transform=s",
     1, kMl},
    {"LinearRegressor", linear_regressor, "M > f",
     "coefficients=F intercepts=F post_transform=s targets=i", 1, kMl},
    {"Normalizer", normalizer, "M > f", "norm=s", 1, kMl},
    {"OneHotEncoder", one_hot_encoder, "A > f", "cats_int64s=I cats_strings=S zeros=i", 1, kMl, 0,
     prepare_categories},
    {"SVMClassifier", svm_classifier, "M > $l f",
     SVM "classlabels_ints=I classlabels_strings=S prob_a=F prob_b=F vectors_per_class=I", 1, kMl},
    {"SVMRegressor", svm_regressor, "M > f", SVM "n_supports=i one_class=i", 1, kMl},
    {"Scaler", scaler, "M > f", "offset=F scale=F", 1, kMl},
    {"TreeEnsemble", tree_ensemble, "F > 0",
     "aggregate_function=i leaf_targetids=I leaf_weights=t membership_values=t n_targets=i "
     "nodes_falseleafs=I nodes_falsenodeids=I nodes_featureids=I nodes_hitrates=t "
     "nodes_missing_value_tracks_true=I nodes_modes=t nodes_splits=t nodes_trueleafs=I "
     "nodes_truenodeids=I post_transform=i tree_roots=I",
     5, kMl, 0, prepare_tree_ensemble},
    {"TreeEnsembleClassifier", tree_ensemble_classifier, "M > $l f",
     TREES "class_ids=I class_nodeids=I class_treeids=I class_weights=F class_weights_as_tensor=t "
           "classlabels_int64s=I classlabels_strings=S",
     1, kMl, 0, prepare_tree_classifier},
    {"TreeEnsembleRegressor", tree_ensemble_regressor, "M > f",
     TREES "n_targets=i target_ids=I target_nodeids=I target_treeids=I target_weights=F "
           "target_weights_as_tensor=t",
     1, kMl, 0, prepare_tree_regressor},
    {"ZipMap", zip_map, "f > 0", "classlabels_int64s=I classlabels_strings=S", 1, kMl, kAliases},

    // Made by fusion only.
    {"EmbeddingBag", embedding_bag, "A I f? W? f? > f",
     "axis=i block_size=i keepdims=i mean=i over=i", 1, kFused},
    {"FusedConv", conv, "f f f? > f", "activation=i " CONVOLUTION, 1, kFused},
    {"FusedGemm", gemm, "f f f? > f", "activation=i alpha=f beta=f transA=i transB=i", 1, kFused},
    {"FusedMatMul", matmul, "f f f? > f", "activation=i", 1, kFused},
    {"FusedMaxPool", max_pool, "f > f",
     "activation=i " WINDOW " ceil_mode=i dilations=I storage_order=i", 1, kFused},
    {"QuantizedConv", quantized_conv, "f c f? f > f", "activation=i " CONVOLUTION, 1, kFused},
    {"QuantizedGRU", quantized_gru, "f c c f? i? f? f f > f f", RECURRENT " linear_before_reset=i",
     1, kFused},
    {"QuantizedGather", quantized_gather, "W I f W? > f", "axis=i block_size=i", 1, kFused},
    {"QuantizedLSTM", quantized_lstm, "f c c f? i? f? f? f? f f > f f f",
     RECURRENT " input_forget=i", 1, kFused},
    {"QuantizedMatMul", quantized_matmul, "f W f W? f? > f",
     "activation=i axis=i block_size=i matrix=i transposed=i", 1, kFused},
    {"QuantizedRNN", quantized_rnn, "f c c f? i? f? f f > f f", RECURRENT, 1, kFused},
    {"SparseAccumulate", sparse_accumulate, "f I c f I f > f", "", 1, kFused, kInPlace},
};

constexpr graph::Registry kRegistry(kOperators, kNewest);

constexpr std::string_view kShopNames[] = {"Add",
                                           "Cast",
                                           "Concat",
                                           "Constant",
                                           "ConstantOfShape",
                                           "DequantizeLinear",
                                           "Div",
                                           "Gather",
                                           "Gemm",
                                           "Identity",
                                           "MatMul",
                                           "Mul",
                                           "ReduceSum",
                                           "Relu",
                                           "Reshape",
                                           "Scatter",
                                           "ScatterElements",
                                           "Shape",
                                           "Softmax",
                                           "Sqrt",
                                           "Squeeze",
                                           "Sub",
                                           "TopK",
                                           "Unsqueeze",
                                           "EmbeddingBag",
                                           "QuantizedGather",
                                           "QuantizedMatMul",
                                           "SparseAccumulate"};

constexpr bool is_for_shops(const OperatorDef& op) {
  for (const std::string_view name : kShopNames) {
    if (name == op.name) return true;
  }
  return false;
}

constexpr std::size_t kShopCount = [] {
  std::size_t count = 0;
  for (const OperatorDef& op : kOperators) count += is_for_shops(op) ? 1 : 0;
  return count;
}();

constexpr std::array<OperatorDef, kShopCount> kShopOperators = [] {
  std::array<OperatorDef, kShopCount> rows{};
  std::size_t next = 0;
  for (const OperatorDef& op : kOperators) {
    if (is_for_shops(op)) rows[next++] = op;
  }
  return rows;
}();

constexpr graph::Registry kShopRegistry(kShopOperators, kNewest);

}  // namespace

const graph::Registry& registry() { return kRegistry; }
const graph::Registry& shop_registry() { return kShopRegistry; }

}  // namespace storewise::ops
