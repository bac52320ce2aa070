#include "behaviour/tree_shap.h"

#include <algorithm>
#include <cmath>

namespace storewise::behaviour {

bool goes_yes(const ShapNode& node, std::span<const float> features) {
  const float x = features[static_cast<std::size_t>(node.feature)];
  return std::isnan(x) ? node.missing_is_yes : x <= node.threshold;
}

// Appends `step` behind path[0, length).
void TreeShap::extend(Step* path, std::size_t length, const Step& step) {
  path[length] = step;
  path[length].weight = length == 0 ? 1 : 0;
  const auto size = static_cast<double>(length + 1);
  for (std::size_t i = length; i-- > 0;) {
    path[i + 1].weight += step.one * path[i].weight * static_cast<double>(i + 1) / size;
    path[i].weight = step.zero * path[i].weight * static_cast<double>(length - i) / size;
  }
}

// Takes path[which] out again, as if it had never been added. `length` counts it still.
void TreeShap::unwind(Step* path, std::size_t length, std::size_t which) {
  const Step gone = path[which];
  const auto size = static_cast<double>(length);
  double next = path[length - 1].weight;
  for (std::size_t i = length - 1; i-- > 0;) {
    if (gone.one != 0) {
      const double weight = path[i].weight;
      path[i].weight = next * size / (static_cast<double>(i + 1) * gone.one);
      next = weight - path[i].weight * gone.zero * static_cast<double>(length - 1 - i) / size;
    } else {
      path[i].weight = path[i].weight * size / (gone.zero * static_cast<double>(length - 1 - i));
    }
  }
  for (std::size_t i = which; i + 1 < length; ++i) {
    path[i].feature = path[i + 1].feature;
    path[i].zero = path[i + 1].zero;
    path[i].one = path[i + 1].one;
  }
}

// The sum of the weights that unwind() would leave.
double TreeShap::unwound_sum(const Step* path, std::size_t length, std::size_t which) {
  const Step& gone = path[which];
  const auto size = static_cast<double>(length);
  double sum = 0;
  double next = path[length - 1].weight;
  for (std::size_t i = length - 1; i-- > 0;) {
    if (gone.one != 0) {
      const double weight = next * size / (static_cast<double>(i + 1) * gone.one);
      sum += weight;
      next = path[i].weight - weight * gone.zero * static_cast<double>(length - 1 - i) / size;
    } else {
      sum += path[i].weight * size / (gone.zero * static_cast<double>(length - 1 - i));
    }
  }
  return sum;
}

// `parent` is where the path above begins in steps_, `length` how long it is.
void TreeShap::walk(std::uint32_t node, std::size_t parent, std::size_t length, const Step& step) {
  const std::size_t start = parent + length;
  Step* const path = steps_.data() + start;
  std::copy_n(steps_.data() + parent, length, path);
  extend(path, length, step);
  ++length;
  const ShapNode& here = nodes_[node];
  if (here.feature < 0) {
    for (std::size_t i = 1; i < length; ++i) {
      values_[static_cast<std::size_t>(path[i].feature)] +=
          unwound_sum(path, length, i) * (path[i].one - path[i].zero) * here.value;
    }
    return;
  }
  // A feature that was asked about before takes its old step's place.
  Step before{here.feature, 1, 1, 0};
  for (std::size_t i = 1; i < length; ++i) {
    if (path[i].feature != here.feature) continue;
    before = path[i];
    unwind(path, length, i);
    --length;
    break;
  }
  const bool yes = goes_yes(here, features_);
  for (const bool side : {true, false}) {
    const std::uint32_t child = side ? here.yes : here.no;
    const double share = static_cast<double>(nodes_[child].cover) / static_cast<double>(here.cover);
    walk(child, start, length,
         {here.feature, share * before.zero, side == yes ? before.one : 0, 0});
  }
}

double TreeShap::add(std::span<const ShapNode> nodes, std::span<const float> features,
                     std::span<double> values) {
  nodes_ = nodes;
  features_ = features;
  values_ = values;
  // Level d holds a path of d + 1 steps at most.
  steps_.resize((kMaxExplainedDepth + 2) * (kMaxExplainedDepth + 3) / 2);
  walk(0, 0, 0, {-1, 1, 1, 0});
  double mean = 0;
  for (const ShapNode& node : nodes) {
    if (node.feature < 0) {
      mean += node.value * static_cast<double>(node.cover) / static_cast<double>(nodes[0].cover);
    }
  }
  return mean;
}

}  // namespace storewise::behaviour
