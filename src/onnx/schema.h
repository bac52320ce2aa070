// Field numbers of onnx.proto3 (ONNX 1.12, IR version 8) that the reader and the writer share.
#pragma once

#include <cstdint>

namespace storewise::onnx::field {

using Tag = std::uint32_t;

namespace model {
inline constexpr Tag kIrVersion = 1, kProducerName = 2, kProducerVersion = 3, kGraph = 7,
                     kOpsetImport = 8, kMetadataProps = 14, kFunctions = 25;
}
namespace opset {
inline constexpr Tag kDomain = 1, kVersion = 2;
}
namespace metadata {
inline constexpr Tag kKey = 1, kValue = 2;
}
namespace graph {
inline constexpr Tag kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12,
                     kSparseInitializer = 15;
}
namespace node {
inline constexpr Tag kInput = 1, kOutput = 2, kName = 3, kOpType = 4, kAttribute = 5, kDomain = 7;
}
namespace attribute {
inline constexpr Tag kName = 1, kFloat = 2, kInt = 3, kString = 4, kTensor = 5, kFloats = 7,
                     kInts = 8, kStrings = 9, kGraph = 6, kType = 20;
// AttributeProto.AttributeType
inline constexpr std::int32_t kTypeFloat = 1, kTypeInt = 2, kTypeString = 3, kTypeTensor = 4,
                              kTypeGraph = 5, kTypeFloats = 6, kTypeInts = 7, kTypeStrings = 8;
}  // namespace attribute
namespace tensor {
inline constexpr Tag kDims = 1, kDataType = 2, kSegment = 3, kFloatData = 4, kInt32Data = 5,
                     kStringData = 6, kInt64Data = 7, kName = 8, kRawData = 9, kDoubleData = 10,
                     kUint64Data = 11, kExternalData = 13, kDataLocation = 14;
}
namespace value_info {
inline constexpr Tag kName = 1, kType = 2;
}
namespace type {
inline constexpr Tag kTensorType = 1, kMapType = 5;
}
namespace map_type {
inline constexpr Tag kKeyType = 1, kValueType = 2;
}
namespace tensor_type {
inline constexpr Tag kElementType = 1, kShape = 2;
}
namespace shape {
inline constexpr Tag kDimension = 1;
}
namespace dimension {
inline constexpr Tag kValue = 1, kSymbol = 2;
}

}  // namespace storewise::onnx::field
