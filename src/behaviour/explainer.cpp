#include "behaviour/explainer.h"

#include <algorithm>

#include "onnx/reader.h"
#include "support/message.h"

namespace storewise::behaviour {
namespace {

using graph::DataType;
using onnx::AttributeRef;
using onnx::ListReader;
using onnx::NodeRef;

const AttributeRef* find(const NodeRef& node, std::string_view name) {
  for (const AttributeRef& attribute : node.attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

ListReader list(const NodeRef& node, std::string_view name) {
  const AttributeRef* const found = find(node, name);
  return found == nullptr ? ListReader() : ListReader(*found);
}

std::size_t class_count(const NodeRef& node, std::string_view names, std::string_view numbers) {
  std::size_t count = 0;
  std::string_view text;
  for (ListReader reader = list(node, names); reader.next(&text);) ++count;
  std::int64_t number = 0;
  for (ListReader reader = list(node, numbers); reader.next(&number);) ++count;
  return count;
}

}  // namespace

void Explainer::refuse(std::string_view found) const {
  throw_error_in(name_, ErrorCode::kUnsupported,
                 "this model's answers cannot be taken apart||one node of trees with "
                 "nodes_hitrates, or of a linear model, of ai.onnx.ml|%",
                 found);
}

Explainer::Explainer(std::span<const std::uint8_t> model, std::string_view name,
                     const graph::Registry& registry)
    : name_(name) {
  const onnx::ModelRef file = onnx::read_model(model);
  const NodeRef* node = nullptr;
  bool linear = false;
  for (const NodeRef& candidate : file.nodes) {
    if (candidate.domain != "ai.onnx.ml" || candidate.inputs.empty()) continue;
    const bool is_linear = candidate.op_type.starts_with("Linear");
    if (!is_linear && !candidate.op_type.starts_with("TreeEnsemble")) continue;
    if (node != nullptr) refuse("several of them");
    node = &candidate;
    linear = is_linear;
  }
  if (node == nullptr) refuse("none of them");
  const bool classifier = node->op_type.ends_with("Classifier");
  if (!classifier && !node->op_type.ends_with("Regressor")) refuse(node->op_type);
  if (linear) {
    read_linear(*node, classifier);
  } else {
    read_trees(*node, classifier);
  }
  graph::PlanOptions options;
  options.inner_output = node->inputs[0];
  plan_ = graph::Plan::open(model, name, registry, options);
  outputs_.resize(plan_->outputs().size());
}

void Explainer::read_linear(const NodeRef& node, bool classifier) {
  classes_ = classifier ? class_count(node, "classlabels_strings", "classlabels_ints") : 0;
  float value = 0;
  for (ListReader reader = list(node, "coefficients"); reader.next(&value);) {
    coefficients_.push_back(value);
  }
  for (ListReader reader = list(node, "intercepts"); reader.next(&value);) bases_.push_back(value);
  if (bases_.empty()) {
    const AttributeRef* const targets = find(node, "targets");
    const std::size_t count = classifier ? classes_ : 1;
    bases_.resize(targets == nullptr ? count : static_cast<std::size_t>(targets->i));
  }
  scores_ = bases_.size();
  if (scores_ == 0 || coefficients_.empty() || coefficients_.size() % scores_ != 0) {
    refuse("coefficients that do not fit");
  }
  features_ = coefficients_.size() / scores_;
  const AttributeRef* const transform = find(node, "post_transform");
  if (classes_ == 2 && scores_ == 2 && transform != nullptr && transform->s == "SOFTMAX") {
    // Of two scores only their difference counts: the log odds of the second class.
    for (std::size_t f = 0; f < features_; ++f) {
      coefficients_[f] = coefficients_[features_ + f] - coefficients_[f];
    }
    coefficients_.resize(features_);
    bases_ = {bases_[1] - bases_[0]};
    scores_ = 1;
  }
}

void Explainer::read_trees(const NodeRef& node, bool classifier) {
  ListReader trees = list(node, "nodes_treeids");
  ListReader ids = list(node, "nodes_nodeids");
  ListReader features = list(node, "nodes_featureids");
  ListReader thresholds = list(node, "nodes_values");
  ListReader covers = list(node, "nodes_hitrates");
  ListReader modes = list(node, "nodes_modes");
  ListReader yes = list(node, "nodes_truenodeids");
  ListReader no = list(node, "nodes_falsenodeids");
  ListReader missing = list(node, "nodes_missing_value_tracks_true");
  std::vector<std::int64_t> tree_numbers;  // of the roots
  std::int64_t tree = 0;
  std::int64_t id = 0;
  while (trees.next(&tree) && ids.next(&id)) {
    const auto position = static_cast<std::uint32_t>(nodes_.size());
    if (tree_numbers.empty() || tree_numbers.back() != tree) {
      tree_numbers.push_back(tree);
      roots_.push_back(position);
    }
    const std::uint32_t root = roots_.back();
    ShapNode& to = nodes_.emplace_back();
    std::int64_t feature = 0;
    std::int64_t first = 0;
    std::int64_t second = 0;
    std::int64_t tracks = 0;
    std::string_view mode;
    if (!features.next(&feature) || !thresholds.next(&to.threshold) || !modes.next(&mode) ||
        !yes.next(&first) || !no.next(&second)) {
      refuse("lists of nodes that are not equally long");
    }
    if (!covers.next(&to.cover) || !(to.cover > 0)) refuse("trees without covers");
    if (missing.next(&tracks)) to.missing_is_yes = tracks != 0;
    if (id != static_cast<std::int64_t>(position - root)) refuse("nodes in another order");
    if (mode == "LEAF") continue;
    if (mode != "BRANCH_LEQ") refuse(mode);
    constexpr std::int64_t kLimit = std::int64_t{1} << 30;
    if (first <= id || second <= id || first > kLimit || second > kLimit || feature < 0 ||
        feature > kLimit) {
      refuse("nodes in another order");
    }
    to.feature = static_cast<std::int32_t>(feature);
    to.yes = static_cast<std::uint32_t>(root + first);
    to.no = static_cast<std::uint32_t>(root + second);
    features_ = std::max(features_, static_cast<std::size_t>(feature) + 1);
  }
  if (nodes_.empty()) refuse("no nodes");
  // Children that are there, and in their own tree; how deep they lie.
  roots_.push_back(static_cast<std::uint32_t>(nodes_.size()));
  std::vector<std::uint8_t> depth(nodes_.size(), 0);
  for (std::size_t t = 0; t + 1 < roots_.size(); ++t) {
    for (std::uint32_t i = roots_[t]; i < roots_[t + 1]; ++i) {
      if (i > roots_[t] && depth[i] == 0) refuse("a node without a parent");
      if (nodes_[i].feature < 0) continue;
      if (depth[i] == kMaxExplainedDepth) refuse("trees that are too deep");
      for (const std::uint32_t child : {nodes_[i].yes, nodes_[i].no}) {
        if (child >= roots_[t + 1]) refuse("a child that there is not");
        if (depth[child] > 0) refuse("a node with two parents");
        depth[child] = static_cast<std::uint8_t>(depth[i] + 1);
      }
      // Trees as TreeShap walks them, whose nodes have one parent, start from the root.
      nodes_[i].yes -= roots_[t];
      nodes_[i].no -= roots_[t];
    }
  }

  const std::string prefix = classifier ? "class_" : "target_";
  ListReader leaf_trees = list(node, prefix + "treeids");
  ListReader leaf_ids = list(node, prefix + "nodeids");
  ListReader targets = list(node, prefix + "ids");
  ListReader weights = list(node, prefix + "weights");
  std::int64_t target = 0;
  float weight = 0;
  std::uint32_t last = 0;
  while (leaf_trees.next(&tree) && leaf_ids.next(&id) && targets.next(&target) &&
         weights.next(&weight)) {
    const auto at = std::lower_bound(tree_numbers.begin(), tree_numbers.end(), tree);
    const auto t = static_cast<std::size_t>(at - tree_numbers.begin());
    if (at == tree_numbers.end() || *at != tree || id < 0 ||
        id >= static_cast<std::int64_t>(roots_[t + 1] - roots_[t]) || target < 0 ||
        target > 1000000) {
      refuse("leaves that there are not");
    }
    const auto leaf = static_cast<std::uint32_t>(roots_[t] + id);
    if (leaf < last) refuse("leaves in another order");
    last = leaf;
    leaf_values_.push_back({leaf, static_cast<std::uint32_t>(target), weight});
    scores_ = std::max(scores_, static_cast<std::size_t>(target) + 1);
  }
  classes_ = classifier ? class_count(node, "classlabels_strings", "classlabels_int64s") : 0;
  if (classes_ == 2) {
    // One score between two classes: whatever number it goes by, it speaks for the second.
    const bool one = std::all_of(
        leaf_values_.begin(), leaf_values_.end(),
        [&](const LeafValue& leaf) { return leaf.score == leaf_values_.front().score; });
    if (one) {
      for (LeafValue& leaf : leaf_values_) leaf.score = 0;
      scores_ = 1;
    }
  }
  const AttributeRef* const transform = find(node, "post_transform");
  is_probability_ = transform == nullptr || transform->s == "NONE";
  const AttributeRef* const aggregate = find(node, "aggregate_function");
  if (aggregate != nullptr && aggregate->s != "SUM") {
    if (aggregate->s != "AVERAGE") refuse(aggregate->s);
    tree_share_ = 1 / static_cast<double>(tree_numbers.size());
  }
  bases_.assign(scores_, 0);
  float base = 0;
  std::size_t next = 0;
  for (ListReader reader = list(node, "base_values"); reader.next(&base); ++next) {
    if (next < scores_) bases_[next] = base;
  }
}

void Explainer::explain(std::span<const graph::TensorView> inputs, std::size_t score,
                        Explanation& out) {
  const std::size_t asked = classes_ > 0 ? classes_ : scores_;
  if (score >= asked) {
    throw_error_in(name_, ErrorCode::kInvalidInput,
                   "there is no such class to explain||a number below %|%", asked, score);
  }
  graph::run(*plan_, workspace_, inputs, outputs_);
  const graph::TensorView& features = outputs_.back();
  if (features.type != DataType::kFloat || features.shape.elements() < features_ ||
      (features.shape.rank() > 1 && features.shape[0] != 1)) {
    throw_error_in(name_, ErrorCode::kInvalidInput,
                   "one row at a time can be explained|the features|float [1, %]|% %", features_,
                   graph::data_type_name(features.type), features.shape);
  }
  const std::size_t count = features.shape.elements();
  out.features.assign(features.as<float>(), features.as<float>() + count);
  out.contributions.assign(count, 0);
  out.weights.clear();
  out.path.clear();
  const bool shared = classes_ == 2 && scores_ == 1;
  const std::size_t column = shared ? 0 : score;
  out.base = bases_[column];
  if (!coefficients_.empty()) {
    const double* const w = coefficients_.data() + column * features_;
    out.weights.assign(w, w + features_);
    out.weights.resize(count, 0);
    for (std::size_t f = 0; f < count; ++f) {
      out.contributions[f] = out.weights[f] * static_cast<double>(out.features[f]);
    }
  } else {
    for (ShapNode& node : nodes_) node.value = 0;
    for (const LeafValue& leaf : leaf_values_) {
      if (leaf.score == column) {
        nodes_[leaf.node].value += static_cast<double>(leaf.value) * tree_share_;
      }
    }
    for (std::size_t t = 0; t + 1 < roots_.size(); ++t) {
      const std::span<const ShapNode> tree(nodes_.data() + roots_[t], roots_[t + 1] - roots_[t]);
      out.base += shap_.add(tree, out.features, out.contributions);
    }
    if (roots_.size() == 2) {
      for (std::uint32_t i = 0; nodes_[i].feature >= 0;) {
        const bool yes = goes_yes(nodes_[i], out.features);
        out.path.insert(out.path.end(),
                        {static_cast<double>(nodes_[i].feature),
                         static_cast<double>(nodes_[i].threshold), yes ? 1.0 : 0.0});
        i = yes ? nodes_[i].yes : nodes_[i].no;
      }
    }
  }
  if (shared && score == 0) {
    // What speaks for one class speaks against the other.
    out.base = (is_probability_ ? 1 : 0) - out.base;
    for (double& value : out.contributions) value = -value;
    for (double& value : out.weights) value = -value;
  }
}

}  // namespace storewise::behaviour
