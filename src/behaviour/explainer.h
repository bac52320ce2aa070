// Why a model of trees, or a linear one, says what it says of a row: what each feature added to the
// score. Works on any file with one such node of ai.onnx.ml, ours or another exporter's.
//
// What comes before that node (imputers, scalers, encoders) is run as it is; the features are what
// the node reads. Refuses models of other kinds, and trees without the covers of their nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "behaviour/tree_shap.h"
#include "graph/plan.h"
#include "graph/registry.h"

namespace storewise::onnx {
struct NodeRef;
}  // namespace storewise::onnx

namespace storewise::behaviour {

// One row's score, taken apart. The score is what the node makes before any link: of a forest the
// probability, of boosted trees and logistic regression log odds, of a regression the number.
struct Explanation {
  double base = 0;  // the score of the mean row; of a linear model, of a row of zeros
  std::vector<double> contributions;  // [features]; base + their sum = the score
  std::vector<float> features;        // [features] as the node reads them
  // Of a linear model: what a feature's next unit adds. Empty for trees.
  std::vector<double> weights;
  // Of a single tree: the way of the row, {feature, threshold, 1 where it is <= that} a step.
  std::vector<double> path;
};

class Explainer {
 public:
  // `model` must outlive the explainer; `name` names the file in errors. Throws Error: what
  // Plan::open throws, and kUnsupported for a model that it can't explain.
  Explainer(std::span<const std::uint8_t> model, std::string_view name,
            const graph::Registry& registry);

  // Explains the score of class `score` (0 for a number) for the one row of `inputs`, which are
  // the model's own. Of two classes with one score between them, that score speaks for class 1, and
  // class 0 is explained by its opposite. Throws Error(kInvalidInput) for inputs that do not fit,
  // more than one row, or a class that there is not.
  void explain(std::span<const graph::TensorView> inputs, std::size_t score, Explanation& out);

  std::size_t scores() const { return scores_; }

 private:
  void read_trees(const onnx::NodeRef& node, bool classifier);
  void read_linear(const onnx::NodeRef& node, bool classifier);
  [[noreturn]] void refuse(std::string_view found) const;

  struct LeafValue {
    std::uint32_t node;
    std::uint32_t score;
    float value;
  };

  std::string name_;
  std::unique_ptr<const graph::Plan> plan_;  // with the features as its last output
  graph::Workspace workspace_;
  std::vector<graph::TensorView> outputs_;
  std::size_t scores_ = 1;            // that the node makes; of two classes perhaps only one
  std::size_t classes_ = 0;           // 0: a number
  std::vector<double> bases_;         // [scores]
  std::vector<double> coefficients_;  // [scores][features]; empty for trees
  std::vector<ShapNode> nodes_;
  std::vector<std::uint32_t> roots_;
  std::vector<LeafValue> leaf_values_;  // in the order of the nodes
  std::size_t features_ = 0;            // that the trees ask about, at least
  bool is_probability_ = false;         // a classifier's trees without a link
  double tree_share_ = 1;               // 1 / trees where the node averages
  TreeShap shap_;
};

}  // namespace storewise::behaviour
