// Exact Shapley values of trees: by how much each feature moved a row's score away from the mean.
//
// The path-dependent form of TreeSHAP (Lundberg, Erion and Lee 2018, algorithm 2): where a feature
// counts as unknown, a row goes both ways, weighted by how many training rows did. So the trees and
// their covers are all that is needed, no data. The values of a row sum to its score less the mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace storewise::behaviour {

// One tree for one score. A row goes to `yes` where its feature is <= the threshold.
struct ShapNode {
  std::int32_t feature = -1;  // -1 in a leaf
  std::uint32_t yes = 0;      // both children come after their parent
  std::uint32_t no = 0;
  float threshold = 0;
  float cover = 0;              // training rows that came here, above 0
  bool missing_is_yes = false;  // where NaN goes
  double value = 0;             // of a leaf
};

// A path longer than this from the root is refused by who fills the nodes: the time to explain
// grows with its square.
inline constexpr std::size_t kMaxExplainedDepth = 128;

// True where the row goes to `yes`.
bool goes_yes(const ShapNode& node, std::span<const float> features);

class TreeShap {
 public:
  // Adds the tree's Shapley values for `features` to `values` (as long as `features`), and answers
  // the tree's mean over its training rows. `nodes` start with the root and are at most
  // kMaxExplainedDepth deep.
  double add(std::span<const ShapNode> nodes, std::span<const float> features,
             std::span<double> values);

 private:
  // A feature of the path from the root. `zero` and `one`: the share of rows that go on along the
  // path when the feature is unknown, and (0 or 1) when it is known. `weight`: of the subsets of
  // the path's other features by their size, what they count together.
  struct Step {
    std::int32_t feature;
    double zero;
    double one;
    double weight;
  };

  static void extend(Step* path, std::size_t length, const Step& step);
  static void unwind(Step* path, std::size_t length, std::size_t which);
  static double unwound_sum(const Step* path, std::size_t length, std::size_t which);
  void walk(std::uint32_t node, std::size_t parent, std::size_t length, const Step& step);

  std::span<const ShapNode> nodes_;
  std::span<const float> features_;
  std::span<double> values_;
  std::vector<Step> steps_;  // one path a level of the tree, each a copy of the one above
};

}  // namespace storewise::behaviour
