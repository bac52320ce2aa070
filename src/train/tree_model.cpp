#include "train/tree_model.h"

#include <algorithm>
#include <cstdint>

#include "support/message.h"

namespace storewise::train {
namespace {

using onnx::Attribute;

// The attributes of nodes and leaves, filled tree by tree.
struct Lists {
  std::vector<std::int64_t> trees, ids, features, yes, no, missing;
  std::vector<float> thresholds, covers;
  std::vector<std::string> modes;
  std::vector<std::int64_t> weight_trees, weight_nodes, weight_targets;
  std::vector<float> weights;
  bool any_missing = false;
  bool any_negative = false;

  // Of a leaf, `value`[0, count) are for the targets from `first` on. Of several shares most are 0,
  // and need not be said.
  void add_weights(std::int64_t tree, std::int64_t node, const double* value, std::size_t count,
                   std::size_t first) {
    for (std::size_t k = 0; k < count; ++k) {
      if (count > 1 && value[k] == 0) continue;
      weight_trees.push_back(tree);
      weight_nodes.push_back(node);
      weight_targets.push_back(static_cast<std::int64_t>(first + k));
      weights.push_back(static_cast<float>(value[k]));
      any_negative = any_negative || value[k] < 0;
    }
  }

  void add_node(std::int64_t tree, std::size_t node, const Tree& from) {
    const bool leaf = from.feature[node] < 0;
    trees.push_back(tree);
    ids.push_back(static_cast<std::int64_t>(node));
    features.push_back(leaf ? 0 : from.feature[node]);
    yes.push_back(leaf ? 0 : from.left[node]);
    no.push_back(leaf ? 0 : from.right[node]);
    missing.push_back(from.missing_left[node]);
    any_missing = any_missing || from.missing_left[node] != 0;
    thresholds.push_back(from.threshold[node]);
    covers.push_back(static_cast<float>(from.cover[node]));
    modes.emplace_back(leaf ? "LEAF" : "BRANCH_LEQ");
  }

  void add_tree(const Tree& tree) {
    const std::int64_t number = trees.empty() ? 0 : trees.back() + 1;
    for (std::size_t i = 0; i < tree.nodes(); ++i) {
      add_node(number, i, tree);
      if (tree.feature[i] >= 0) continue;
      add_weights(number, static_cast<std::int64_t>(i), tree.value.data() + i * tree.outputs,
                  tree.outputs, tree.first_output);
    }
  }

  std::vector<Attribute> attributes(const std::string& targets) const {
    std::vector<Attribute> all{
        {"nodes_treeids", trees},
        {"nodes_nodeids", ids},
        {"nodes_featureids", features},
        {"nodes_values", thresholds},
        {"nodes_hitrates", covers},
        {"nodes_modes", modes},
        {"nodes_truenodeids", yes},
        {"nodes_falsenodeids", no},
        {targets + "_treeids", weight_trees},
        {targets + "_nodeids", weight_nodes},
        {targets + "_ids", weight_targets},
        {targets + "_weights", weights},
    };
    if (any_missing) all.emplace_back("nodes_missing_value_tracks_true", missing);
    return all;
  }
};

std::vector<float> as_floats(const std::vector<double>& numbers) {
  return {numbers.begin(), numbers.end()};
}

bool any_not_zero(const std::vector<double>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(), [](double x) { return x != 0; });
}

void check_model(const TreeEnsemble& model, bool classifier) {
  if (!model.trees.empty() && (model.classes > 0) == classifier) return;
  throw_error(ErrorCode::kInvalidInput, "the trees cannot be written", {}, {},
              {classifier ? "trees that predict classes" : "trees that predict a number"},
              {model.trees.empty() ? "no tree" : "others"});
}

void add_classifier(onnx::ModelWriter& writer, std::string_view input, std::string_view label,
                    std::string_view probabilities, const TreeEnsemble& model, Attribute labels,
                    std::size_t label_count) {
  check_model(model, true);
  if (label_count != static_cast<std::size_t>(model.classes)) {
    throw_error(ErrorCode::kInvalidInput, "the trees cannot be written", {}, {},
                {model.classes, " classes"}, {label_count});
  }
  // Of two classes, runtimes want the second one's score alone, under the number of the first.
  // Where no weight is negative they take it for a probability, and for log odds otherwise.
  Lists lists;
  for (const Tree& tree : model.trees) lists.add_tree(tree);
  std::vector<double> base = model.base;
  if (model.link == Link::kLogistic && !lists.any_negative) {
    Tree below;
    below.add_node();
    below.value[0] = -1.0;
    lists.add_tree(below);
    base[0] += 1.0;
  }
  std::vector<Attribute> attributes = lists.attributes("class");
  attributes.push_back(std::move(labels));
  if (any_not_zero(base)) attributes.emplace_back("base_values", as_floats(base));
  attributes.emplace_back("post_transform", model.link == Link::kLogistic  ? "LOGISTIC"
                                            : model.link == Link::kSoftmax ? "SOFTMAX"
                                                                           : "NONE");
  writer.add_opset("ai.onnx.ml", 3);
  writer.add_node("TreeEnsembleClassifier", {input}, {label, probabilities}, attributes,
                  "ai.onnx.ml");
}

}  // namespace

void add_tree_classifier(onnx::ModelWriter& writer, std::string_view input, std::string_view label,
                         std::string_view probabilities, const TreeEnsemble& model,
                         const std::vector<std::string>& class_names) {
  add_classifier(writer, input, label, probabilities, model,
                 Attribute("classlabels_strings", class_names), class_names.size());
}

void add_tree_classifier(onnx::ModelWriter& writer, std::string_view input, std::string_view label,
                         std::string_view probabilities, const TreeEnsemble& model,
                         const std::vector<std::int64_t>& class_numbers) {
  add_classifier(writer, input, label, probabilities, model,
                 Attribute("classlabels_int64s", class_numbers), class_numbers.size());
}

void add_tree_regressor(onnx::ModelWriter& writer, std::string_view input, std::string_view output,
                        const TreeEnsemble& model) {
  check_model(model, false);
  Lists lists;
  for (const Tree& tree : model.trees) lists.add_tree(tree);
  std::vector<Attribute> attributes = lists.attributes("target");
  attributes.emplace_back("n_targets", static_cast<std::int64_t>(model.scores()));
  attributes.emplace_back("post_transform", "NONE");
  if (any_not_zero(model.base)) attributes.emplace_back("base_values", as_floats(model.base));
  writer.add_opset("ai.onnx.ml", 3);
  writer.add_node("TreeEnsembleRegressor", {input}, {output}, attributes, "ai.onnx.ml");
}

}  // namespace storewise::train
