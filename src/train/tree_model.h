// Writes trees as nodes of a graph: TreeEnsembleClassifier or TreeEnsembleRegressor of ai.onnx.ml
// (version 3, as ONNX Runtime and scikit-learn's exporter have them).
//
// The nodes' hit rates are the trees' covers, so that the file alone is enough to explain an answer
// by exact Shapley values. Adds the operator set to the model; the caller declares the graph's
// inputs and outputs, and what comes before.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "onnx/writer.h"
#include "train/tree.h"

namespace storewise::train {

// `input` is float [n, columns]; makes `label`, string [n], and `probabilities`, float
// [n, classes]. One name a class. Throws Error(kInvalidInput) for another number of names, or for
// trees that predict a number.
void add_tree_classifier(onnx::ModelWriter& writer, std::string_view input, std::string_view label,
                         std::string_view probabilities, const TreeEnsemble& model,
                         const std::vector<std::string>& class_names);
// The same with the classes' numbers as labels, int64 [n]; one a class.
void add_tree_classifier(onnx::ModelWriter& writer, std::string_view input, std::string_view label,
                         std::string_view probabilities, const TreeEnsemble& model,
                         const std::vector<std::int64_t>& class_numbers);

// `input` is float [n, columns]; makes `output`, float [n, scores]: 1 unless several ensembles were
// joined. Throws Error(kInvalidInput) for trees that predict classes.
void add_tree_regressor(onnx::ModelWriter& writer, std::string_view input, std::string_view output,
                        const TreeEnsemble& model);

}  // namespace storewise::train
