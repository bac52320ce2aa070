// What a visitor is about to do: a file of small models of visits, and what each says and why.
//
// The file is a standard ONNX model (`storewise train intents` makes it): one input of visit
// features, and for each intent a TreeEnsembleClassifier whose log odds are the answer. Only its
// trees are read here, without the engine: an answer is the sum of the trees' exact Shapley values
// (tree_shap.h says which). Trees are as our writer lays them out, parents before their children
// and the left before the right, and small: then a leaf's values come straight from the definition,
// the sum over the subsets of its path's features, in a fifth of TreeShap's code. Instead of trees,
// an intent may have a pace (below). Refuses other files and features that visits do not have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "behaviour/visit_features.h"

namespace storewise::onnx {
struct NodeRef;
}  // namespace storewise::onnx

namespace storewise::behaviour {

enum class Intent : std::uint8_t { kPurchase, kLeave };
inline constexpr std::size_t kIntents = 2;
inline constexpr std::size_t kMaxIntentDepth = 12;  // of a tree; a leaf costs its third power
std::string_view name_of(Intent intent);            // "purchase-intent", "leave-intent"

// How visits end, in a closed form. Page number k is the last with probability a / (a + b + k - 1)
// (a beta-geometric number of pages). A visitor's time to the next event is exponential with a rate
// of their own, of which a gamma distribution (shape alpha, scale 1 / beta seconds) and the n pages
// left so far after s seconds tell; so after t idle seconds the visit goes on with a probability
// smaller by ((beta + s) / (beta + s + t))^(alpha + n), and the log odds that it has ended are
// logit(a / (a + b + k - 1)) + (alpha + n) ln(1 + t / (beta + s)).
struct Pace {
  double a = 0;  // all four above 0; 0: there is no pace
  double b = 0;
  double alpha = 0;
  double beta = 0;
};

struct IntentAnswer {
  bool decision = false;  // the probability is at least the model's threshold
  double probability = 0;
  double base = 0;  // log odds of the mean visit
  // By VisitFeature; base + their sum = the log odds of the probability.
  std::array<double, kVisitFeatures> contributions{};
};

class IntentModels {
 public:
  // `file` may be released afterwards; `name` names it in errors. Throws Error: kInvalidModel or
  // kInvalidInput for a file as above, kUnsupported for trees that can't be explained.
  IntentModels(std::string_view file, std::string_view name);

  // False when the file has no model of it.
  bool has(Intent intent) const;
  // Trained on the shop's own visits, or a shipped default.
  bool of_shop() const { return of_shop_; }
  // What the file says of itself, JSON.
  const std::string& metadata() const { return metadata_; }
  // Throws Error(kUnsupported) for an intent that there is no model of.
  IntentAnswer answer(Intent intent, const VisitFeatures& features) const;

 private:
  struct Node {
    std::int32_t feature = -1;  // a VisitFeature; -1 in a leaf
    std::uint32_t no = 0;       // where the visit goes that is not <= the threshold; else the next
    float threshold = 0;        // or a leaf's value
    float cover = 0;
    bool missing_is_yes = false;
  };
  struct Model {
    double threshold = 0.5;
    double base = 0;
    std::vector<Node> nodes;  // tree after tree
    Pace pace;
  };
  class Walk;

  void read_trees(const onnx::NodeRef& node, const std::vector<std::size_t>& columns, Model& to);
  // Finds the children of a subtree; answers where the next one begins.
  std::size_t check_tree(Model& model, std::size_t node, std::size_t depth) const;
  [[noreturn]] void refuse(std::string_view found) const;

  std::string name_;
  std::string metadata_ = "{}";
  bool of_shop_ = false;
  std::array<Model, kIntents> models_;
};

}  // namespace storewise::behaviour
