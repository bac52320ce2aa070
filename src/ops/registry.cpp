#include "ops/registry.h"

#include <iterator>

#include "ops/operators.h"

namespace storewise::ops {
namespace {

using graph::OperatorDef;
using graph::OutputType;
using graph::TypeSet;
using Type = graph::DataType;

constexpr int kOldestOpset = 1;   // the rows say which operators are that old
constexpr int kNewestOpset = 22;  // newer ones may change what an operator means

constexpr TypeSet kAny = {Type::kFloat, Type::kDouble, Type::kInt8, Type::kUint8,
                          Type::kInt32, Type::kInt64,  Type::kBool};
constexpr TypeSet kNumber = {Type::kFloat, Type::kDouble, Type::kInt32, Type::kInt64};
constexpr TypeSet kTerm = {Type::kFloat, Type::kDouble, Type::kInt32, Type::kInt64, Type::kUint8};
constexpr TypeSet kFloat = {Type::kFloat};
constexpr TypeSet kInt64 = {Type::kInt64};
constexpr TypeSet kIndex = {Type::kInt32, Type::kInt64};
constexpr TypeSet kInt8 = {Type::kInt8};
constexpr TypeSet kQuantized = {Type::kInt8, Type::kUint8, Type::kInt32};
constexpr TypeSet kSortable = {Type::kFloat, Type::kInt32, Type::kInt64};

constexpr unsigned kSameTypes = OperatorDef::kSameTypes;
constexpr unsigned kAliases = OperatorDef::kAliases;
constexpr unsigned kInPlace = OperatorDef::kInPlace;
constexpr std::uint8_t kMany = OperatorDef::kAnyNumber;

// domain, name, since, function, inputs at least, at most, outputs at most, type of the output,
// types of the inputs, attributes, flags. In alphabetical order. A definition that differs from
// an older one in types only has no row of its own.
constexpr OperatorDef kOperators[] = {
    {"", "Add", 7, add, 2, 2, 1, OutputType::kFirstInput, {kTerm, kTerm}, "", kSameTypes},
    {"", "Cast", 6, cast, 1, 1, 1, OutputType::kAttributeTo, {kAny}, "to=i saturate=i"},
    {"",
     "Concat",
     4,
     concat,
     1,
     kMany,
     1,
     OutputType::kFirstInput,
     {kAny, kAny, kAny, kAny},
     "axis=i",
     kSameTypes},
    {"",
     "Constant",
     1,
     constant,
     0,
     0,
     1,
     OutputType::kAttributeValue,
     {},
     "value=t value_float=f value_floats=F value_int=i value_ints=I"},
    {"",
     "ConstantOfShape",
     9,
     constant_of_shape,
     1,
     1,
     1,
     OutputType::kAttributeValue,
     {kInt64},
     "value=t"},
    {"",
     "DequantizeLinear",
     10,
     dequantize_linear,
     2,
     3,
     1,
     OutputType::kFloat,
     {kQuantized, kFloat, kQuantized},
     "axis=i block_size=i"},
    {"", "Div", 7, divide, 2, 2, 1, OutputType::kFirstInput, {kTerm, kTerm}, "", kSameTypes},
    {"", "Gather", 1, gather, 2, 2, 1, OutputType::kFirstInput, {kAny, kIndex}, "axis=i"},
    {"",
     "Gemm",
     7,
     gemm,
     2,
     3,
     1,
     OutputType::kFirstInput,
     {kFloat, kFloat, kFloat},
     "alpha=f beta=f transA=i transB=i"},
    {"", "Identity", 1, identity, 1, 1, 1, OutputType::kFirstInput, {kAny}, "", kAliases},
    {"", "MatMul", 1, matmul, 2, 2, 1, OutputType::kFirstInput, {kFloat, kFloat}},
    {"", "Mul", 7, multiply, 2, 2, 1, OutputType::kFirstInput, {kTerm, kTerm}, "", kSameTypes},
    {"",
     "ReduceSum",
     1,
     reduce_sum,
     1,
     1,
     1,
     OutputType::kFirstInput,
     {kNumber},
     "axes=I keepdims=i"},
    {"",
     "ReduceSum",
     13,
     reduce_sum,
     1,
     2,
     1,
     OutputType::kFirstInput,
     {kNumber, kInt64},
     "keepdims=i noop_with_empty_axes=i"},
    {"", "Relu", 6, relu, 1, 1, 1, OutputType::kFirstInput, {kFloat}, "", kInPlace},
    {"",
     "Reshape",
     5,
     reshape,
     2,
     2,
     1,
     OutputType::kFirstInput,
     {kAny, kInt64},
     "allowzero=i",
     kAliases},
    {"",
     "ScatterElements",
     11,
     scatter_elements,
     3,
     3,
     1,
     OutputType::kFirstInput,
     {kAny, kIndex, kAny},
     "axis=i reduction=s",
     kInPlace},
    {"", "Shape", 1, shape, 1, 1, 1, OutputType::kInt64, {kAny}, "start=i end=i"},
    {"",
     "Softmax",
     1,
     softmax_flattened,
     1,
     1,
     1,
     OutputType::kFirstInput,
     {kFloat},
     "axis=i",
     kInPlace},
    {"", "Softmax", 13, softmax, 1, 1, 1, OutputType::kFirstInput, {kFloat}, "axis=i", kInPlace},
    {"", "Sqrt", 6, square_root, 1, 1, 1, OutputType::kFirstInput, {kFloat}, "", kInPlace},
    {"", "Squeeze", 1, squeeze, 1, 1, 1, OutputType::kFirstInput, {kAny}, "axes=I", kAliases},
    {"", "Squeeze", 13, squeeze, 1, 2, 1, OutputType::kFirstInput, {kAny, kInt64}, "", kAliases},
    {"", "Sub", 7, subtract, 2, 2, 1, OutputType::kFirstInput, {kTerm, kTerm}, "", kSameTypes},
    {"", "TopK", 1, top_k, 1, 1, 2, OutputType::kFirstThenInt64, {kSortable}, "axis=i k=i"},
    {"",
     "TopK",
     10,
     top_k,
     2,
     2,
     2,
     OutputType::kFirstThenInt64,
     {kSortable, kInt64},
     "axis=i largest=i sorted=i"},
    {"", "Unsqueeze", 1, unsqueeze, 1, 1, 1, OutputType::kFirstInput, {kAny}, "axes=I", kAliases},
    {"",
     "Unsqueeze",
     13,
     unsqueeze,
     2,
     2,
     1,
     OutputType::kFirstInput,
     {kAny, kInt64},
     "",
     kAliases},

    // Made by fusion only.
    {graph::kFusedDomain,
     "EmbeddingBag",
     1,
     embedding_bag,
     4,
     4,
     1,
     OutputType::kFloat,
     {kFloat, kInt8, kFloat, kIndex},
     "scale_axis=i keepdims=i"},
    {graph::kFusedDomain,
     "QuantizedGather",
     1,
     quantized_gather,
     3,
     3,
     1,
     OutputType::kFloat,
     {kFloat, kInt8, kIndex},
     "scale_axis=i"},
    {graph::kFusedDomain,
     "QuantizedMatMul",
     1,
     quantized_matmul,
     3,
     4,
     1,
     OutputType::kFloat,
     {kFloat, kInt8, kFloat, kFloat},
     "scale_axis=i transposed=i matrix=i"},
    {graph::kFusedDomain,
     "SparseAccumulate",
     1,
     sparse_accumulate,
     6,
     6,
     1,
     OutputType::kFloat,
     {kFloat, kIndex, kInt8, kFloat},
     "scale_axis=i",
     kInPlace},
};

constexpr graph::Registry kRegistry(kOperators, kOldestOpset, kNewestOpset);

}  // namespace

const graph::Registry& registry() { return kRegistry; }

}  // namespace storewise::ops
