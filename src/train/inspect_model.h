// What is in an ONNX file, whether or not the engine runs it: declarations, operators and which of
// them the engine lacks, tensors by size. It opens no plan: that an operator is there does not mean
// that its types and shapes suit.
#pragma once

#include <cstdint>
#include <span>

#include "support/json.h"

namespace storewise::train {

// {bytes, ir_version, producer, opsets: {domain: version}, name, inputs, outputs: [{name, type,
//  shape}], nodes, subgraphs, functions: [name], operators: {name: count},
//  unsupported: [{operator, node, reason}], tensors: [{name, type, shape, bytes}] (largest first),
//  types: {type: {tensors, bytes}}, metadata: {key: bytes}}
// An open size is its name or -1; operators of another domain carry it: "ai.onnx.ml.Scaler".
// Inputs do not list initializers. Throws Error(kInvalidModel) when `model` is no ONNX file.
Json inspect_model(std::span<const std::uint8_t> model);

}  // namespace storewise::train
