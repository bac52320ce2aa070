#include "behaviour/intents.h"

#include <algorithm>
#include <cmath>

#include "onnx/reader.h"
#include "support/json.h"
#include "support/message.h"
#include "support/real.h"

namespace storewise::behaviour {

std::string_view name_of(Intent intent) {
  return intent == Intent::kPurchase ? "purchase-intent" : "leave-intent";
}

void IntentModels::refuse(std::string_view found) const {
  throw_error_in(name_, ErrorCode::kUnsupported,
                 "the models of intents cannot be used||small trees with hit rates, as \"storewise "
                 "train intents\" writes them|%",
                 found);
}

IntentModels::IntentModels(std::string_view file, std::string_view name) : name_(name) {
  const onnx::ModelRef model =
      onnx::read_model({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
  for (const auto& [key, value] : model.metadata) {
    if (key == "storewise") metadata_ = value;
  }
  const JsonDocument document(metadata_, message("metadata of %", name));
  const JsonView root = document.root();
  const JsonView intents = root.at("intents");
  of_shop_ = root.at("source").string() == "shop";
  std::vector<std::size_t> columns;
  const JsonView names = root.at("features");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t feature = find_visit_feature(names[i].string());
    if (feature == kVisitFeatures) names[i].fail("a feature of visits");
    columns.push_back(feature);
  }
  for (std::size_t i = 0; i < kIntents; ++i) {
    const std::string_view intent = name_of(static_cast<Intent>(i));
    Model& to = models_[i];
    const auto entry = intents.find(intent);
    if (!entry) continue;
    to.threshold = entry->at("threshold").number(0, 1);
    if (const auto pace = entry->find("pace")) {
      double* const numbers[] = {&to.pace.a, &to.pace.b, &to.pace.alpha, &to.pace.beta};
      for (std::size_t k = 0; k < 4; ++k) *numbers[k] = (*pace)[k].number(1e-9, 1e9);
      continue;
    }
    for (const onnx::NodeRef& node : model.nodes) {
      if (to.nodes.empty() && node.op_type == "TreeEnsembleClassifier" && !node.outputs.empty() &&
          node.outputs.back() == intent) {
        read_trees(node, columns, to);
      }
    }
    if (to.nodes.empty()) refuse("none");
  }
}

void IntentModels::read_trees(const onnx::NodeRef& node, const std::vector<std::size_t>& columns,
                              Model& to) {
  // In the order of kLists.
  enum { kFeatures, kThresholds, kCovers, kModes, kYes, kNo, kMissing, kWeights, kBase, kLists };
  static constexpr std::string_view kNames[kLists] = {"nodes_featureids",
                                                      "nodes_values",
                                                      "nodes_hitrates",
                                                      "nodes_modes",
                                                      "nodes_truenodeids",
                                                      "nodes_falsenodeids",
                                                      "nodes_missing_value_tracks_true",
                                                      "class_weights",
                                                      "base_values"};
  onnx::ListReader lists[kLists];
  bool logistic = false;
  for (const onnx::AttributeRef& attribute : node.attributes) {
    if (attribute.s == "LOGISTIC") logistic = true;
    for (std::size_t i = 0; i < kLists; ++i) {
      if (attribute.name == kNames[i]) lists[i] = onnx::ListReader(attribute);
    }
  }
  float base = 0;
  lists[kBase].next(&base);
  if (!logistic || !std::isfinite(base)) refuse("another kind of answer");
  to.base = static_cast<double>(base);
  struct Children {
    std::int64_t yes = 0;
    std::int64_t no = 0;
  };
  std::vector<Children> children;
  std::string_view mode;
  while (lists[kModes].next(&mode)) {
    Node& made = to.nodes.emplace_back();
    Children& own = children.emplace_back();
    std::int64_t feature = -1;
    std::int64_t missing = 0;
    lists[kMissing].next(&missing);
    made.missing_is_yes = missing != 0;
    if (!lists[kFeatures].next(&feature) || feature < 0 ||
        feature >= static_cast<std::int64_t>(columns.size()) ||
        !lists[kThresholds].next(&made.threshold) || !lists[kCovers].next(&made.cover) ||
        !(made.cover > 0 && std::isfinite(made.cover)) || !lists[kYes].next(&own.yes) ||
        !lists[kNo].next(&own.no)) {
      refuse("incomplete nodes");
    }
    if (mode == "BRANCH_LEQ") {
      made.feature = static_cast<std::int32_t>(columns[static_cast<std::size_t>(feature)]);
    } else if (mode != "LEAF" || !lists[kWeights].next(&made.threshold) ||
               !std::isfinite(made.threshold)) {
      refuse("other nodes");
    }
  }
  for (std::size_t root = 0; root < to.nodes.size();) {
    const std::size_t end = check_tree(to, root, 0);
    for (std::size_t i = root; i < end; ++i) {
      if (to.nodes[i].feature >= 0 &&
          (children[i].yes != static_cast<std::int64_t>(i + 1 - root) ||
           children[i].no != static_cast<std::int64_t>(to.nodes[i].no - root))) {
        refuse("nodes in another order");
      }
    }
    root = end;
  }
}

std::size_t IntentModels::check_tree(Model& model, std::size_t node, std::size_t depth) const {
  if (node >= model.nodes.size() || depth > kMaxIntentDepth) refuse("trees that are too deep");
  if (model.nodes[node].feature < 0) return node + 1;
  const std::size_t no = check_tree(model, node + 1, depth + 1);
  model.nodes[node].no = static_cast<std::uint32_t>(no);
  return check_tree(model, no, depth + 1);
}

// Takes one answer of trees apart.
class IntentModels::Walk {
 public:
  Walk(const std::vector<Node>& nodes, const VisitFeatures& features, IntentAnswer& out)
      : nodes_(nodes), features_(features), out_(out) {}

  // Adds a subtree's part of the base and of the contributions.
  void add(std::size_t node) {
    const Node& here = nodes_[node];
    if (here.feature < 0) return add_leaf(static_cast<double>(here.threshold));
    const auto feature = static_cast<std::size_t>(here.feature);
    const float x = features_[feature];
    const bool yes = std::isnan(x) ? here.missing_is_yes : x <= here.threshold;
    // A feature that was asked about before has one step for all of it.
    std::size_t at = 0;
    while (at < size_ && path_[at].feature != feature) ++at;
    const std::size_t before_size = size_;
    if (at == size_) path_[size_++] = {feature, 1, 1};
    const Step before = path_[at];
    for (const bool side : {true, false}) {
      const std::size_t child = side ? node + 1 : here.no;
      const double share =
          static_cast<double>(nodes_[child].cover) / static_cast<double>(here.cover);
      path_[at] = {feature, before.zero * share, side == yes ? before.one : 0};
      add(child);
    }
    path_[at] = before;
    size_ = before_size;
  }

 private:
  // A feature on the way to a node: the share of visits that go on when it is unknown, and whether
  // this one does when it is known.
  struct Step {
    std::size_t feature;
    double zero;
    double one;
  };

  void add_leaf(double value) {
    double mean = value;
    for (std::size_t k = 0; k < size_; ++k) mean *= path_[k].zero;
    out_.base += mean;
    for (std::size_t j = 0; j < size_; ++j) {
      // reached[s]: over the subsets of s of the other features, the sum of the shares of visits
      // that come here when those are known.
      double reached[kMaxIntentDepth + 1] = {1};
      for (std::size_t k = 0; k < size_; ++k) {
        if (k == j) continue;
        for (std::size_t s = size_; s-- > 0;) {
          reached[s] = reached[s] * path_[k].zero + (s > 0 ? reached[s - 1] * path_[k].one : 0);
        }
      }
      // Their weight is s! (size - 1 - s)! / size!.
      double weight = 1 / static_cast<double>(size_);
      double sum = 0;
      for (std::size_t s = 0; s < size_; ++s) {
        sum += weight * reached[s];
        weight *= static_cast<double>(s + 1) / static_cast<double>(size_ - 1 - s);
      }
      out_.contributions[path_[j].feature] += sum * (path_[j].one - path_[j].zero) * value;
    }
  }

  const std::vector<Node>& nodes_;
  const VisitFeatures& features_;
  IntentAnswer& out_;
  std::size_t size_ = 0;
  std::array<Step, kMaxIntentDepth> path_;
};

bool IntentModels::has(Intent intent) const {
  const Model& model = models_[static_cast<std::size_t>(intent)];
  return !model.nodes.empty() || model.pace.a > 0;
}

IntentAnswer IntentModels::answer(Intent intent, const VisitFeatures& features) const {
  const Model& model = models_[static_cast<std::size_t>(intent)];
  if (!has(intent)) {
    throw_error_in(name_, ErrorCode::kUnsupported,
                   "the shop cannot tell this intent||a model of %|none", name_of(intent));
  }
  IntentAnswer out;
  out.base = model.base;
  if (model.pace.a > 0) {
    const Pace& pace = model.pace;
    const auto value_of = [&](VisitFeature feature) {
      return static_cast<double>(features[static_cast<std::size_t>(feature)]);
    };
    const auto add = [&](VisitFeature feature, double contribution) {
      out.contributions[static_cast<std::size_t>(feature)] = contribution;
    };
    const double left = std::max(0.0, value_of(VisitFeature::kPages) - 1);
    const double spent = left > 0 ? left * value_of(VisitFeature::kMeanDwell) : 0;
    out.base = real::log(pace.a / pace.b);
    add(VisitFeature::kPages, real::log(pace.b / (pace.b + left)));
    add(VisitFeature::kIdleSeconds,
        (pace.alpha + left) *
            real::log(1 + value_of(VisitFeature::kIdleSeconds) / (pace.beta + spent)));
  }
  Walk walk(model.nodes, features, out);
  for (std::size_t root = 0; root < model.nodes.size();) {
    walk.add(root);
    // A tree's last node is where all its ways to the right lead.
    while (model.nodes[root].feature >= 0) root = model.nodes[root].no;
    ++root;
  }
  double score = out.base;
  for (const double contribution : out.contributions) score += contribution;
  out.probability = 1 / (1 + real::exp(-score));
  out.decision = out.probability >= model.threshold;
  return out;
}

}  // namespace storewise::behaviour
