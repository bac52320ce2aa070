// Writes an encoder as the first nodes of a graph, so that a page passes the columns as they are.
//
// One input for each column that is used, [n, 1]: float for a number, a boolean (0 or 1) and a date
// (days since 1970 in UTC, the time of day as a fraction), NaN where it is missing; string for a
// category, "" where it is missing. Operators of ONNX and of ai.onnx.ml that every runtime has.
#pragma once

#include <string>
#include <vector>

#include "onnx/writer.h"
#include "train/encoder.h"

namespace storewise::train {

// The names of a model's inputs: those of the columns, changed where they collide with each other's
// or with one of `taken` (the outputs'). By raw column; "" where it is not used.
std::vector<std::string> input_names(const Encoder& encoder, const RawTable& table,
                                     const std::vector<std::string>& taken);

// Declares the inputs and adds the nodes. Answers the name of the features, float [n, features];
// names of values in between begin with "#".
std::string add_encoder(onnx::ModelWriter& writer, const Encoder& encoder, const RawTable& table,
                        const std::vector<std::string>& inputs);

}  // namespace storewise::train
