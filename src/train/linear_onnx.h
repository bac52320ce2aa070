// Writes linear models and support vector machines as nodes of a graph: LinearRegressor,
// LinearClassifier, SVMRegressor and SVMClassifier of ai.onnx.ml, with standard operators where a
// probability needs more.
//
// Adds the operator set to the model; the caller declares the graph's inputs and outputs, and what
// comes before. `input` is float [n, columns]. A classifier makes `label`, string or int64 [n], and
// `probabilities`, float [n, classes]; a regressor makes `output`, float [n, 1]. Further values
// that a graph needs are named after `probabilities`. Refuses machines without calibration: they
// have no probabilities.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/writer.h"
#include "train/linear_model.h"
#include "train/linear_svm.h"
#include "train/logistic.h"
#include "train/svm.h"

namespace storewise::train {

// What a classifier calls its classes: names, or numbers.
class ClassLabels {
 public:
  ClassLabels(const std::vector<std::string>& names);     // NOLINT: meant to convert
  ClassLabels(const std::vector<std::int64_t>& numbers);  // NOLINT

  std::size_t size() const { return size_; }
  const onnx::Attribute& attribute() const { return attribute_; }

 private:
  std::size_t size_;
  onnx::Attribute attribute_;
};

// Throw Error(kInvalidInput) when there is not one label a class, and for a model without
// probabilities or of the other task.
void add_logistic_classifier(onnx::ModelWriter& writer, std::string_view input,
                             std::string_view label, std::string_view probabilities,
                             const LogisticModel& model, const ClassLabels& labels);
void add_linear_svm_classifier(onnx::ModelWriter& writer, std::string_view input,
                               std::string_view label, std::string_view probabilities,
                               const LinearSvmModel& model, const ClassLabels& labels);
void add_svm_classifier(onnx::ModelWriter& writer, std::string_view input, std::string_view label,
                        std::string_view probabilities, const SvmModel& model,
                        const ClassLabels& labels);

void add_linear_regressor(onnx::ModelWriter& writer, std::string_view input,
                          std::string_view output, const LinearRegression& model);
void add_svm_regressor(onnx::ModelWriter& writer, std::string_view input, std::string_view output,
                       const SvmModel& model);

}  // namespace storewise::train
