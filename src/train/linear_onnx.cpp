#include "train/linear_onnx.h"

#include <array>
#include <span>

#include "support/message.h"

namespace storewise::train {
namespace {

using onnx::DataType;

constexpr const char* kDomain = "ai.onnx.ml";

void check(bool good, Pieces expected, Pieces found) {
  if (good) return;
  throw_error(ErrorCode::kInvalidInput, "the model cannot be written", {}, {}, expected, found);
}

void check_labels(std::size_t classes, const ClassLabels& labels) {
  check(labels.size() == classes, {"a label for each of ", classes, " classes"},
        {labels.size(), " labels"});
}

// The functions' weights apart from their intercepts, by class: where two classes have one
// function, the first class's is `opposite` times it.
struct Functions {
  std::vector<float> coefficients;  // [classes][columns]
  std::vector<float> intercepts;    // [classes]

  Functions(std::size_t columns, std::size_t classes, std::span<const double> weights,
            double opposite) {
    for (std::size_t k = 0; k < classes; ++k) {
      const std::size_t from = classes == 2 ? 0 : k;
      const double sign = classes == 2 && k == 0 ? opposite : 1.0;
      const double* row = weights.data() + from * (columns + 1);
      // Plus 0: no class has a weight of minus nothing.
      for (std::size_t c = 0; c < columns; ++c) {
        coefficients.push_back(static_cast<float>(sign * row[c] + 0.0));
      }
      intercepts.push_back(static_cast<float>(sign * row[columns] + 0.0));
    }
  }
};

void add_linear_classifier(onnx::ModelWriter& writer, std::string_view input,
                           std::string_view label, std::string_view output,
                           const Functions& functions, const ClassLabels& labels,
                           const char* transform) {
  writer.add_opset(kDomain, 3);
  writer.add_node("LinearClassifier", {input}, {label, output},
                  {{"coefficients", functions.coefficients},
                   {"intercepts", functions.intercepts},
                   {"multi_class", 1},
                   {"post_transform", transform},
                   labels.attribute()},
                  kDomain);
}

const char* kernel_name(SvmKernel kernel) { return kernel == SvmKernel::kRbf ? "RBF" : "LINEAR"; }

std::vector<float> kernel_params(float gamma) { return {gamma, 0.0f, 3.0f}; }

}  // namespace

ClassLabels::ClassLabels(const std::vector<std::string>& names)
    : size_(names.size()), attribute_("classlabels_strings", names) {}

ClassLabels::ClassLabels(const std::vector<std::int64_t>& numbers)
    : size_(numbers.size()), attribute_("classlabels_ints", numbers) {}

void add_logistic_classifier(onnx::ModelWriter& writer, std::string_view input,
                             std::string_view label, std::string_view probabilities,
                             const LogisticModel& model, const ClassLabels& labels) {
  check_labels(model.classes, labels);
  // Of two classes, the softmax of 0 and w x + b is the logistic function.
  add_linear_classifier(writer, input, label, probabilities,
                        Functions(model.columns, model.classes, model.weights, 0.0), labels,
                        "SOFTMAX");
}

void add_linear_svm_classifier(onnx::ModelWriter& writer, std::string_view input,
                               std::string_view label, std::string_view probabilities,
                               const LinearSvmModel& model, const ClassLabels& labels) {
  check_labels(model.classes, labels);
  check(!model.prob_a.empty(), {"a machine with probabilities"}, {"one without calibration"});
  const std::string name(probabilities);
  const std::string scores = name + "_scores";
  add_linear_classifier(writer, input, label, scores,
                        Functions(model.columns, model.classes, model.weights, -1.0), labels,
                        "NONE");
  // The probability is the logistic function of -(a score + b). Two classes share a and b: the
  // first one's score is the other's negative, and so is what it is to become.
  std::vector<float> slope;
  std::vector<float> offset;
  for (std::size_t k = 0; k < model.classes; ++k) {
    const std::size_t from = model.classes == 2 ? 0 : k;
    const double sign = model.classes == 2 && k == 0 ? 1.0 : -1.0;
    slope.push_back(static_cast<float>(-model.prob_a[from]));
    offset.push_back(static_cast<float>(sign * model.prob_b[from]));
  }
  const auto classes = static_cast<std::int64_t>(model.classes);
  const std::array<std::int64_t, 1> axis{1};
  writer.add_initializer(name + "_slope", DataType::kFloat, {classes}, onnx::bytes_of(slope));
  writer.add_initializer(name + "_offset", DataType::kFloat, {classes}, onnx::bytes_of(offset));
  writer.add_initializer(name + "_axis", DataType::kInt64, {1}, onnx::bytes_of(axis));
  writer.add_node("Mul", {scores, name + "_slope"}, {name + "_steep"});
  writer.add_node("Add", {name + "_steep", name + "_offset"}, {name + "_logits"});
  writer.add_node("Sigmoid", {name + "_logits"}, {name + "_alone"});
  writer.add_node("ReduceSum", {name + "_alone", name + "_axis"}, {name + "_sum"},
                  {{"keepdims", 1}});
  writer.add_node("Div", {name + "_alone", name + "_sum"}, {probabilities});
}

void add_svm_classifier(onnx::ModelWriter& writer, std::string_view input, std::string_view label,
                        std::string_view probabilities, const SvmModel& model,
                        const ClassLabels& labels) {
  check(model.classes > 0, {"a machine that tells classes apart"}, {"one that predicts a number"});
  check_labels(model.classes, labels);
  check(!model.prob_a.empty(), {"a machine with probabilities"}, {"one without calibration"});
  const std::vector<std::int64_t> per_class(model.vectors_per_class.begin(),
                                            model.vectors_per_class.end());
  writer.add_opset(kDomain, 3);
  writer.add_node("SVMClassifier", {input}, {label, probabilities},
                  {{"coefficients", model.coefficients},
                   {"kernel_params", kernel_params(model.gamma)},
                   {"kernel_type", kernel_name(model.kernel)},
                   {"post_transform", "NONE"},
                   {"prob_a", model.prob_a},
                   {"prob_b", model.prob_b},
                   {"rho", model.rho},
                   {"support_vectors", model.vectors},
                   {"vectors_per_class", per_class},
                   labels.attribute()},
                  kDomain);
}

void add_linear_regressor(onnx::ModelWriter& writer, std::string_view input,
                          std::string_view output, const LinearRegression& model) {
  const std::vector<float> coefficients(model.weights.begin(), model.weights.end());
  const std::vector<float> intercepts{static_cast<float>(model.intercept)};
  writer.add_opset(kDomain, 3);
  writer.add_node("LinearRegressor", {input}, {output},
                  {{"coefficients", coefficients}, {"intercepts", intercepts}, {"targets", 1}},
                  kDomain);
}

void add_svm_regressor(onnx::ModelWriter& writer, std::string_view input, std::string_view output,
                       const SvmModel& model) {
  check(model.classes == 0, {"a machine that predicts a number"}, {"one that tells classes apart"});
  writer.add_opset(kDomain, 3);
  if (model.supports() == 0) {
    // Every target was within the tube: the same number for every row.
    writer.add_node("LinearRegressor", {input}, {output},
                    {{"coefficients", std::vector<float>(model.columns, 0.0f)},
                     {"intercepts", model.rho},
                     {"targets", 1}},
                    kDomain);
    return;
  }
  writer.add_node("SVMRegressor", {input}, {output},
                  {{"coefficients", model.coefficients},
                   {"kernel_params", kernel_params(model.gamma)},
                   {"kernel_type", kernel_name(model.kernel)},
                   {"n_supports", static_cast<std::int64_t>(model.supports())},
                   {"post_transform", "NONE"},
                   {"rho", model.rho},
                   {"support_vectors", model.vectors}},
                  kDomain);
}

}  // namespace storewise::train
