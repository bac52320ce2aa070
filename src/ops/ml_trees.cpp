// TreeEnsembleClassifier, TreeEnsembleRegressor and TreeEnsemble.
//
// When a model is opened its trees are laid out anew: breadth first, the two children of a node
// side by side, so that a step is `left + (x > threshold)` without a branch. All comparisons become
// this one: "<" by the next smaller threshold, ">" and ">=" by exchanging the children, "==" and
// set membership by several nodes. A leaf steps to itself. Eight lanes walk together, which hides
// the time that the memory takes to answer: eight rows in one tree, or one row in eight trees.
//
// Refused: nodes that lead back to themselves, numbers of nodes that are not there. A node may have
// several parents, since exporters write sets as chains of "==" that share one.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "onnx/numbers.h"
#include "ops/ml_common.h"
#include "ops/operators.h"
#include "support/message.h"

namespace storewise::ops {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kTogether = 64;  // rows that a tree is asked about before the next one
constexpr std::uint32_t kNone = 0xFFFFFFFF;
constexpr std::size_t kMaxTargets = 1000000;
// With more targets than this, rows are finished one by one, to keep the sums small.
constexpr std::size_t kTargetsTogether = 256;

template <typename T>
struct TreeNode {
  T threshold;
  std::uint32_t feature;
  std::uint32_t left;   // the right child is the next one; of a leaf, itself
  std::uint32_t extra;  // of a leaf, twice its first weight; else 1 where NaN goes right
};

// A leaf's weights stand side by side; a leaf without any has one for kNoTarget.
template <typename T>
struct LeafWeight {
  T value;
  std::uint32_t target;  // twice its number, plus 1 on a leaf's last weight
};
constexpr std::uint32_t kNoTarget = kNone >> 1;

enum class Aggregate : std::uint8_t { kAverage, kSum, kMin, kMax };

// What stands at the start of the prepared bytes; then come nodes, weights, base values (doubles)
// and roots.
struct Header {
  std::uint32_t nodes = 0, weights = 0, bases = 0, roots = 0;
  std::uint32_t targets = 0;
  std::uint32_t features = 1;  // of an input at least; a leaf reads the first
  Aggregate aggregate = Aggregate::kSum;
  Transform transform = Transform::kNone;
  bool nan_goes_right = false;  // somewhere
  bool one_id = false;          // all weights of a classifier of two classes are for one class,
  bool first_id = false;        // the first,
  bool all_positive = false;    // and none is negative
};

// The two spellings of the attributes, by node number.
enum Mode : std::uint8_t { kLeq, kLt, kGte, kGt, kEq, kNeq, kMember, kLeaf };

struct Source {
  Mode mode = kLeaf;
  bool nan_is_true = false;
  std::uint32_t feature = 0;
  std::uint32_t yes = 0, no = 0;  // nodes
  std::uint32_t leaf = kNone;
  double value = 0;
  std::uint32_t member = 0, members = 0;  // kMember: the set among the member values
};

struct Forest {
  std::vector<Source> nodes;
  std::vector<std::uint32_t> roots;
  std::vector<std::uint32_t> weight_leaves;  // kNone for one that does not count
  std::vector<std::uint32_t> weight_targets;
  std::vector<double> weights;
  std::vector<double> bases;
  std::vector<double> members;
  std::uint32_t leaves = 0;
  Header header;
};

class TreeReader {
 public:
  explicit TreeReader(const graph::Node& node) : node_(node) {}

  [[noreturn]] void fail(Pieces expected, Pieces found) const {
    throw_error(ErrorCode::kInvalidModel, "the trees contradict themselves", {}, {node_.place()},
                expected, found);
  }

  std::span<const std::int64_t> ints(std::string_view name) const {
    const onnx::AttributeRef* found = node_.find_attribute(name);
    if (!found) return {};
    return found->ints;
  }

  // Numbers from a list of floats, or a tensor: the attribute `name` or `name`_as_tensor.
  std::vector<double> numbers(std::string_view name) const {
    std::vector<double> values;
    const onnx::AttributeRef* found = nullptr;
    for (const onnx::AttributeRef& attribute : node_.attributes) {
      if (!attribute.name.starts_with(name)) continue;
      const std::string_view rest = attribute.name.substr(name.size());
      if (rest.empty() || rest == "_as_tensor") found = &attribute;
    }
    if (!found) return values;
    if (!found->tensor) {
      values.assign(found->floats.begin(), found->floats.end());
      return values;
    }
    const onnx::TensorRef& tensor = *found->tensor;
    const std::size_t size = element_size(tensor.type);
    if (tensor.type == DataType::kString || size == 0) fail({name, " in numbers"}, {"others"});
    values.resize(tensor.bytes.size() / size);
    onnx::load_numbers(tensor.type, tensor.bytes.data(), 0, values.size(), values.data());
    return values;
  }

  // Of lists that tell about the same things.
  void check_lengths(std::initializer_list<std::size_t> lengths, std::size_t wanted) const {
    for (const std::size_t length : lengths) {
      if (length != wanted) fail({wanted, " numbers in each list of nodes or weights"}, {length});
    }
  }

  std::uint32_t index(std::string_view name, std::int64_t value, std::size_t limit) const {
    if (value < 0 || static_cast<std::uint64_t>(value) >= limit) {
      fail({"numbers from 0 to ", limit - 1, " in ", name}, {value});
    }
    return static_cast<std::uint32_t>(value);
  }

  // Of opset 1 to 4: nodes are known by the number of their tree and their own in it.
  Forest read_numbered(bool classifier) {
    const auto trees = ints("nodes_treeids");
    const auto ids = ints("nodes_nodeids");
    const auto features = ints("nodes_featureids");
    const auto yes = ints("nodes_truenodeids");
    const auto no = ints("nodes_falsenodeids");
    const auto nan = ints("nodes_missing_value_tracks_true");
    const std::vector<double> values = numbers("nodes_values");
    const onnx::AttributeRef* modes = node_.find_attribute("nodes_modes");
    const std::size_t n = ids.size();
    if (modes == nullptr || n == 0 || n >= kNone / 4) fail({"nodes"}, {n});
    check_lengths({trees.size(), features.size(), yes.size(), no.size(), values.size(),
                   modes->strings.size(), nan.empty() ? n : nan.size()},
                  n);
    names_ = {trees, ids};
    order_.resize(n);
    sort_indices(order_.data(), n, &names_,
                 [](const void* names, std::uint32_t a, std::uint32_t b) {
                   return static_cast<const Names*>(names)->less(a, b);
                 });

    Forest forest;
    forest.nodes.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      Source& node = forest.nodes[i];
      node.mode = mode_of(modes->strings[i]);
      node.nan_is_true = !nan.empty() && nan[i] != 0;
      if (i == 0 || trees[i] != trees[i - 1]) forest.roots.push_back(static_cast<std::uint32_t>(i));
      if (node.mode == kLeaf) {
        node.leaf = forest.leaves++;
        continue;
      }
      node.value = values[i];
      node.feature = index("nodes_featureids", features[i], kNone / 2);
      node.yes = find(trees[i], yes[i]);
      node.no = find(trees[i], no[i]);
    }
    read_weights(classifier, forest);
    return forest;
  }

 private:
  // What nodes are called in the file.
  struct Names {
    std::span<const std::int64_t> trees, ids;

    bool is(std::uint32_t i, std::int64_t tree, std::int64_t id) const {
      return trees[i] == tree && ids[i] == id;
    }
    bool before(std::uint32_t i, std::int64_t tree, std::int64_t id) const {
      return trees[i] < tree || (trees[i] == tree && ids[i] < id);
    }
    bool less(std::uint32_t a, std::uint32_t b) const {
      return before(a, trees[b], ids[b]) || (is(a, trees[b], ids[b]) && a < b);
    }
  };

  std::uint32_t find(std::int64_t tree, std::int64_t id) {
    // Most files number the nodes of a tree from 0 without gaps.
    const std::size_t guess = start_ + static_cast<std::size_t>(id);
    if (guess < order_.size() && names_.is(order_[guess], tree, id)) return order_[guess];
    std::size_t low = 0;
    for (std::size_t high = order_.size(); low < high;) {
      const std::size_t middle = low + (high - low) / 2;
      if (names_.before(order_[middle], tree, id)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == order_.size() || !names_.is(order_[low], tree, id)) {
      fail({"a node that is there"}, {"node ", id, " of tree ", tree});
    }
    start_ = low - static_cast<std::size_t>(id);
    return order_[low];
  }

  Mode mode_of(std::string_view name) const {
    constexpr std::string_view kNames[] = {"BRANCH_LEQ", "BRANCH_LT",  "BRANCH_GTE", "BRANCH_GT",
                                           "BRANCH_EQ",  "BRANCH_NEQ", "",           "LEAF"};
    const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
    if (name.empty() || found == std::end(kNames)) fail({"a known mode"}, {"\"", name, "\""});
    return static_cast<Mode>(found - std::begin(kNames));
  }

  void read_weights(bool classifier, Forest& forest) {
    const auto trees = ints(classifier ? "class_treeids" : "target_treeids");
    const auto nodes = ints(classifier ? "class_nodeids" : "target_nodeids");
    const auto ids = ints(classifier ? "class_ids" : "target_ids");
    forest.weights = numbers(classifier ? "class_weights" : "target_weights");
    const std::vector<double>& values = forest.weights;
    check_lengths({trees.size(), nodes.size(), ids.size()}, values.size());
    forest.weight_leaves.resize(values.size(), kNone);
    forest.weight_targets.resize(values.size());
    std::size_t targets =
        static_cast<std::size_t>(std::max(node_.int_attribute("n_targets", 1), std::int64_t{1}));
    if (classifier) {
      targets = 1;
      for (const onnx::AttributeRef& attribute : node_.attributes) {
        if (!attribute.name.starts_with("classlabels")) continue;
        targets = std::max({targets, attribute.ints.size(), attribute.strings.size()});
      }
    }
    if (targets > kMaxTargets) fail({"at most ", kMaxTargets, " targets"}, {targets});
    forest.header.targets = static_cast<std::uint32_t>(targets);
    forest.header.one_id = targets <= 2;
    forest.header.all_positive = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Source& leaf = forest.nodes[find(trees[i], nodes[i])];
      if (leaf.mode != kLeaf) continue;  // some exporters give weights to branches as well
      forest.weight_leaves[i] = leaf.leaf;
      forest.weight_targets[i] = index("the targets", ids[i], targets);
      forest.header.one_id = forest.header.one_id && ids[i] == ids[0];
      forest.header.first_id = ids[0] == 0;
      forest.header.all_positive = forest.header.all_positive && values[i] >= 0;
    }
    forest.bases = numbers("base_values");
  }

  const graph::Node& node_;
  Names names_;
  std::vector<std::uint32_t> order_;  // of the names
  std::size_t start_ = 0;             // where a tree's nodes begin in that order
};

void sort_numbers(double* numbers, std::size_t n) {
  const std::vector<double> given(numbers, numbers + n);
  std::vector<std::uint32_t> order(n);
  sort_indices(order.data(), n, given.data(),
               [](const void* all, std::uint32_t a, std::uint32_t b) {
                 const auto* number = static_cast<const double*>(all);
                 return number[a] < number[b] || (number[a] == number[b] && a < b);
               });
  for (std::size_t i = 0; i < n; ++i) numbers[i] = given[order[i]];
}

// Opset 5: nodes and leaves are numbered from 0, and a leaf's number stands in its parent.
Forest read_listed(const TreeReader& in, const graph::Node& node) {
  Forest forest;
  const auto features = in.ints("nodes_featureids");
  const auto yes = in.ints("nodes_truenodeids");
  const auto no = in.ints("nodes_falsenodeids");
  const auto yes_leaf = in.ints("nodes_trueleafs");
  const auto no_leaf = in.ints("nodes_falseleafs");
  const auto nan = in.ints("nodes_missing_value_tracks_true");
  const std::vector<double> splits = in.numbers("nodes_splits");
  const std::vector<double> modes = in.numbers("nodes_modes");
  const auto targets = in.ints("leaf_targetids");
  forest.weights = in.numbers("leaf_weights");
  const std::size_t leaves = forest.weights.size();
  forest.members = in.numbers("membership_values");
  const std::size_t n = features.size();
  if (n == 0 || n >= kNone / 4) in.fail({"nodes"}, {n});
  in.check_lengths({yes.size(), no.size(), yes_leaf.size(), no_leaf.size(), splits.size(),
                    modes.size(), nan.empty() ? n : nan.size()},
                   n);
  const std::int64_t target_count = node.int_attribute("n_targets", 1);
  const std::uint32_t last = in.index("n_targets", target_count - 1, kMaxTargets);
  forest.header.targets = last + 1;
  in.check_lengths({targets.size()}, leaves);
  forest.leaves = static_cast<std::uint32_t>(leaves);
  // Branches first, then a node for every leaf.
  forest.nodes.resize(n + leaves);
  std::size_t member = 0;
  for (std::size_t i = 0; i < n; ++i) {
    Source& branch = forest.nodes[i];
    branch.mode =
        static_cast<Mode>(in.index("nodes_modes", static_cast<std::int64_t>(modes[i]), 7));
    branch.nan_is_true = !nan.empty() && nan[i] != 0;
    branch.feature = in.index("nodes_featureids", features[i], kNone / 2);
    branch.value = splits[i];
    const auto child = [&](std::int64_t id, bool is_leaf) {
      return static_cast<std::uint32_t>((is_leaf ? n : 0) +
                                        in.index("the children", id, is_leaf ? leaves : n));
    };
    branch.yes = child(yes[i], yes_leaf[i] != 0);
    branch.no = child(no[i], no_leaf[i] != 0);
    if (branch.mode != kMember) continue;
    // The sets follow each other, a NaN after each.
    branch.member = static_cast<std::uint32_t>(member);
    while (member < forest.members.size() && !std::isnan(forest.members[member])) ++member;
    branch.members = static_cast<std::uint32_t>(member) - branch.member;
    if (branch.members == 0) in.fail({"membership_values for each set"}, {"none"});
    sort_numbers(forest.members.data() + branch.member, branch.members);
    ++member;
  }
  for (std::size_t i = 0; i < leaves; ++i) {
    const auto leaf = static_cast<std::uint32_t>(i);
    forest.nodes[n + i].leaf = leaf;
    forest.weight_leaves.push_back(leaf);
    forest.weight_targets.push_back(in.index("leaf_targetids", targets[i], last + 1));
  }
  for (const std::int64_t root : in.ints("tree_roots")) {
    forest.roots.push_back(in.index("tree_roots", root, n));
  }
  forest.header.aggregate = static_cast<Aggregate>(
      in.index("aggregate_function", node.int_attribute("aggregate_function", 1), 4));
  forest.header.transform = static_cast<Transform>(
      in.index("post_transform", node.int_attribute("post_transform", 0), 5));
  return forest;
}

// Fails where nodes lead back to themselves: then not all can be reached from those without
// parents.
void check_acyclic(const TreeReader& in, const std::vector<Source>& nodes) {
  std::vector<std::uint32_t> parents(nodes.size(), 0);
  for (const Source& node : nodes) {
    if (node.mode == kLeaf) continue;
    ++parents[node.yes];
    ++parents[node.no];
  }
  std::vector<std::uint32_t> free;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (parents[i] == 0) free.push_back(i);
  }
  for (std::size_t next = 0; next < free.size(); ++next) {
    const Source& node = nodes[free[next]];
    if (node.mode == kLeaf) continue;
    if (--parents[node.yes] == 0) free.push_back(node.yes);
    if (--parents[node.no] == 0) free.push_back(node.no);
  }
  if (free.size() != nodes.size()) in.fail({"trees"}, {"nodes that lead back to themselves"});
}

// Lays trees out breadth first; thresholds are floats or doubles, as the inputs are.
class Layout {
 public:
  Layout(const Forest& forest, bool is_double)
      : forest_(forest), is_double_(is_double), placed_(forest.nodes.size(), kNone) {
    for (const std::uint32_t root : forest.roots) {
      roots.push_back(add(root));
      while (next_ < nodes.size()) place(static_cast<std::uint32_t>(next_++));
    }
  }

  std::vector<TreeNode<double>> nodes;
  std::vector<std::uint32_t> roots;

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  // A new node holds what it stands for until it is placed: in `left` a node of the file, in
  // `extra` how much of its comparison is done, or kNone when there is nothing to do.
  std::uint32_t add(std::uint32_t source, std::uint32_t part = 0) {
    const auto at = static_cast<std::uint32_t>(nodes.size());
    TreeNode<double> node{kInfinity, 0, source, part};
    if (part == 0 && forest_.nodes[source].mode != kLeaf) {
      if (placed_[source] == kNone) {
        placed_[source] = at;
      } else {
        // It is there: a node that always leads to it.
        node.left = placed_[source];
        node.extra = kNone;
      }
    }
    nodes.push_back(node);
    return at;
  }

  double below(double value) const {
    if (is_double_) return std::nextafter(value, -kInfinity);
    return static_cast<double>(
        std::nextafter(static_cast<float>(value), -std::numeric_limits<float>::infinity()));
  }

  void place(std::uint32_t at) {
    TreeNode<double> node = nodes[at];
    if (node.extra == kNone) {
      nodes[at].extra = 0;
      return;
    }
    const std::uint32_t number = node.left;
    const std::uint32_t part = node.extra;
    const Source& source = forest_.nodes[number];
    if (source.mode == kLeaf) {
      nodes[at] = {kInfinity, 0, at, source.leaf};
      return;
    }
    node.feature = source.feature;
    node.threshold = source.value;
    // NaN compares as false, unless the node says that it goes the true way.
    bool nan_goes_right = !source.nan_is_true;
    if (source.mode <= kGt) {
      const bool swapped = source.mode == kGte || source.mode == kGt;
      if (source.mode == kLt || source.mode == kGte) node.threshold = below(source.value);
      node.left = add(swapped ? source.no : source.yes);
      add(swapped ? source.yes : source.no);
      if (swapped) nan_goes_right = !nan_goes_right;
    } else {
      // x == value: right of what is below the value and not right of the value. Two nodes for each
      // value of a set, which ascend: left of one there is nothing more to find. NaN goes the false
      // way, of != that is the true one in any case.
      const bool member = source.mode == kMember;
      const std::uint32_t hit = source.mode == kNeq ? source.no : source.yes;
      const std::uint32_t miss = source.mode == kNeq ? source.yes : source.no;
      const std::uint32_t which = part / 2;
      const bool first_half = part % 2 == 0;
      if (member) node.threshold = forest_.members[source.member + which];
      if (first_half) {
        node.threshold = below(node.threshold);
        node.left = add(miss);
        add(number, part + 1);
      } else {
        node.left = add(hit);
        const bool more = member && which + 1 < source.members;
        more ? add(number, part + 1) : add(miss);
      }
      nan_goes_right = first_half == (source.nan_is_true && source.mode != kNeq);
    }
    node.extra = nan_goes_right ? 1 : 0;
    nodes[at] = node;
  }

  const Forest& forest_;
  bool is_double_;
  std::vector<std::uint32_t> placed_;  // by node of the file
  std::size_t next_ = 0;
};

template <typename T>
T* append(std::vector<std::uint8_t>& bytes, std::size_t count) {
  const std::size_t start = bytes.size();
  bytes.resize(start + (count * sizeof(T) + 7) / 8 * 8);
  return reinterpret_cast<T*>(bytes.data() + start);
}

template <typename T>
void append_trees(std::vector<std::uint8_t>& bytes, const std::vector<TreeNode<double>>& nodes,
                  const std::vector<LeafWeight<double>>& weights) {
  TreeNode<T>* to = append<TreeNode<T>>(bytes, nodes.size());
  for (const TreeNode<double>& node : nodes) {
    *to++ = {static_cast<T>(node.threshold), node.feature, node.left, node.extra};
  }
  LeafWeight<T>* weight_to = append<LeafWeight<T>>(bytes, weights.size());
  for (const LeafWeight<double>& weight : weights) {
    *weight_to++ = {static_cast<T>(weight.value), weight.target};
  }
}

std::vector<std::uint8_t> pack(const TreeReader& in, Forest forest, DataType type) {
  if (forest.roots.empty()) in.fail({"tree_roots"}, {"none"});
  check_acyclic(in, forest.nodes);
  // The weights of a leaf side by side, in the order of the file.
  std::vector<std::uint32_t> ends(forest.leaves, 0);
  for (const std::uint32_t leaf : forest.weight_leaves) {
    if (leaf != kNone) ++ends[leaf];
  }
  std::vector<std::uint32_t> firsts(forest.leaves, 0);
  std::uint32_t all = 0;
  for (std::uint32_t leaf = 0; leaf < forest.leaves; ++leaf) {
    firsts[leaf] = all;
    all += std::max(ends[leaf], 1u);
    ends[leaf] = firsts[leaf];
  }
  std::vector<LeafWeight<double>> weights(all, {0, 2 * kNoTarget});
  for (std::size_t i = 0; i < forest.weights.size(); ++i) {
    const std::uint32_t leaf = forest.weight_leaves[i];
    if (leaf != kNone) weights[ends[leaf]++] = {forest.weights[i], 2 * forest.weight_targets[i]};
  }
  for (std::uint32_t leaf = 0; leaf < forest.leaves; ++leaf) {
    weights[std::max(ends[leaf], firsts[leaf] + 1) - 1].target |= 1;
  }
  for (Source& node : forest.nodes) {
    if (node.mode == kLeaf) node.leaf = 2 * firsts[node.leaf];
  }
  const bool is_double = type == DataType::kDouble;
  const Layout layout(forest, is_double);
  Header& header = forest.header;
  header.nodes = static_cast<std::uint32_t>(layout.nodes.size());
  header.weights = all;
  header.bases = static_cast<std::uint32_t>(forest.bases.size());
  header.roots = static_cast<std::uint32_t>(layout.roots.size());
  for (const TreeNode<double>& node : layout.nodes) {
    header.features = std::max(header.features, node.feature + 1);
    header.nan_goes_right = header.nan_goes_right || node.extra == 1;
  }
  std::vector<std::uint8_t> bytes;
  *append<Header>(bytes, 1) = header;
  if (is_double) {
    append_trees<double>(bytes, layout.nodes, weights);
  } else {
    append_trees<float>(bytes, layout.nodes, weights);
  }
  copy_bytes(append<double>(bytes, header.bases), forest.bases.data(),
             header.bases * sizeof(double));
  copy_bytes(append<std::uint32_t>(bytes, header.roots), layout.roots.data(),
             header.roots * sizeof(std::uint32_t));
  return bytes;
}

// One step down from `here`; the node itself from a leaf.
template <bool kNan, typename T>
[[gnu::always_inline]] inline std::uint32_t step(const TreeNode<T>* nodes, const T* x,
                                                 std::uint32_t here) {
  const TreeNode<T>& node = nodes[here];
  const T value = x[node.feature];
  std::uint32_t right = value > node.threshold;
  if (kNan) right |= static_cast<std::uint32_t>(value != value) & node.extra & 1u;
  return node.left + right;
}

// Walks down from the nodes `at`, lane i with the features x[i], to leaves. Written out lane by
// lane, so that their places stay in registers.
template <bool kNan, typename T, std::size_t... kLane>
void walk(const TreeNode<T>* nodes, const T* const* x, std::uint32_t* at,
          std::index_sequence<kLane...>) {
  std::uint32_t here[] = {at[kLane]...};
  for (std::uint32_t moved = 1; moved != 0;) {
    const std::uint32_t next[] = {step<kNan>(nodes, x[kLane], here[kLane])...};
    moved = ((next[kLane] ^ here[kLane]) | ...);
    ((here[kLane] = next[kLane]), ...);
  }
  ((at[kLane] = here[kLane]), ...);
}

// The prepared bytes again, and the sums of rows that they give.
struct Trees {
  const Header& header;
  const std::uint8_t* nodes;
  const std::uint8_t* weights;
  const double* bases;
  const std::uint32_t* roots;

  template <typename T>
  static Trees read(const std::uint8_t* at) {
    const Header& header = *reinterpret_cast<const Header*>(at);
    const auto take = [&at](std::size_t bytes) {
      const std::uint8_t* here = at;
      at += (bytes + 7) / 8 * 8;
      return here;
    };
    take(sizeof(Header));
    const std::uint8_t* nodes = take(header.nodes * sizeof(TreeNode<T>));
    const std::uint8_t* weights = take(header.weights * sizeof(LeafWeight<T>));
    const auto* bases = reinterpret_cast<const double*>(take(header.bases * sizeof(double)));
    return {header, nodes, weights, bases, reinterpret_cast<const std::uint32_t*>(at)};
  }
};

// Adds a leaf's weights to the sums of one row; `seen` tells which targets any leaf spoke of.
template <typename T>
void add_leaf(Aggregate aggregate, const LeafWeight<T>* weight, T* sums, std::uint8_t* seen) {
  if (weight->target >> 1 == kNoTarget) return;
  for (;; ++weight) {
    const std::uint32_t target = weight->target >> 1;
    T& sum = sums[target];
    if (aggregate <= Aggregate::kSum) {
      sum += weight->value;
    } else if (seen[target] == 0 || (aggregate == Aggregate::kMin) == (weight->value < sum)) {
      sum = weight->value;
    }
    seen[target] = 1;
    if ((weight->target & 1u) != 0) return;
  }
}

// The sums of `count` rows, 1 or a multiple of kLanes, [count][targets].
template <typename T>
void sum_rows(const Trees& trees, const T* rows, std::size_t columns, std::size_t count, T* sums,
              std::uint8_t* seen) {
  const auto* nodes = reinterpret_cast<const TreeNode<T>*>(trees.nodes);
  const auto* weights = reinterpret_cast<const LeafWeight<T>*>(trees.weights);
  const std::size_t targets = trees.header.targets;
  std::fill_n(sums, count * targets, T(0));
  std::fill_n(seen, count * targets, std::uint8_t{0});
  bool nan = false;
  for (std::size_t i = 0; trees.header.nan_goes_right && i < count * columns; ++i) {
    nan |= rows[i] != rows[i];
  }
  const bool one = count == 1;
  constexpr std::make_index_sequence<kLanes> kAll;
  for (std::size_t tree = 0; tree < trees.header.roots; tree += one ? kLanes : 1) {
    const std::size_t used = one ? std::min(kLanes, trees.header.roots - tree) : kLanes;
    for (std::size_t row = 0; row < count; row += kLanes) {
      const T* x[kLanes];
      std::uint32_t at[kLanes];
      // Lanes that have no tree of their own walk down the last one once more.
      for (std::size_t i = 0; i < kLanes; ++i) {
        x[i] = rows + (one ? 0 : row + i) * columns;
        at[i] = trees.roots[tree + (one ? std::min(i, used - 1) : 0)];
      }
      if (nan || std::is_same_v<T, double>) {  // doubles are too rare for a loop more
        walk<true>(nodes, x, at, kAll);
      } else {
        walk<false>(nodes, x, at, kAll);
      }
      for (std::size_t i = 0; i < used; ++i) {
        const std::size_t to = (one ? 0 : row + i) * targets;
        add_leaf(trees.header.aggregate, weights + (nodes[at[i]].extra >> 1), sums + to, seen + to);
      }
    }
  }
}

// Makes a row's sums the outputs.
class Finish {
 public:
  Finish(Invocation& invocation, const Trees& trees, bool is_double, bool classifier,
         std::size_t rows)
      : header_(trees.header),
        bases_(trees.bases),
        is_double_(is_double),
        classifier_(classifier),
        columns_(trees.header.targets),
        labels_(invocation) {
    const auto row_count = static_cast<std::int64_t>(rows);
    if (classifier) {
      // Of two classes, all weights may be for one of them. If it is the first, the weights are
      // the second class's nevertheless, and the first one's score follows from that.
      alone_ = columns_ == 1 || (header_.one_id && header_.first_id);
      columns_ = std::max<std::size_t>(columns_, 2);
      label_ = invocation.output(0, Shape{row_count});
      if (!invocation.wants_output(1)) invocation.fail({"both outputs"}, {"one"});
    }
    const std::size_t i = classifier ? 1 : 0;
    out_ = invocation.output(i, Shape{row_count, static_cast<std::int64_t>(columns_)});
    wide_ = invocation.output_type(i) == DataType::kDouble;
  }

  // `sums` are doubles or floats, as the input is; `room` is for as many floats.
  void operator()(std::size_t row, const void* sums, std::uint8_t* seen, float* room) const {
    float* scores = wide_ ? room : static_cast<float*>(out_) + row * columns_;
    double* wide = static_cast<double*>(out_) + row * columns_;
    const bool add_bases = classifier_ ? !alone_ : header_.bases == header_.targets;
    for (std::size_t t = 0; t < header_.targets; ++t) {
      double value = is_double_ ? static_cast<const double*>(sums)[t]
                                : static_cast<double>(static_cast<const float*>(sums)[t]);
      if (header_.aggregate == Aggregate::kAverage) value /= header_.roots;
      if (add_bases && t < header_.bases) {
        value += bases_[t];
        seen[t] = 1;
      }
      scores[t] = static_cast<float>(value);
      if (wide_) wide[t] = value;
    }
    if (classifier_) return classify(row, seen, scores);
    apply(header_.transform, columns_, scores);
    for (std::size_t t = 0; wide_ && header_.transform != Transform::kNone && t < columns_; ++t) {
      wide[t] = static_cast<double>(scores[t]);
    }
  }

 private:
  // Where all weights are for one class, the sign of the score decides, or 0.5 if no weight is
  // negative. Else the largest score does, among the classes that any leaf spoke of. (ONNX Runtime
  // takes the sign of the second score even where each of two classes has one.)
  void classify(std::size_t row, const std::uint8_t* seen, float* scores) const {
    const float least = header_.all_positive ? 0.5f : 0.0f;
    if (alone_) {
      if (header_.bases > 0) scores[0] += static_cast<float>(bases_[header_.bases - 1]);
      labels_.write(label_, row, scores[0] > least ? 1 : 0);
      return apply_binary(header_.transform, header_.all_positive, scores[0], scores);
    }
    std::size_t best = columns_;
    for (std::size_t c = 0; c < columns_; ++c) {
      if (seen[c] != 0 && (best == columns_ || scores[c] > scores[best])) best = c;
    }
    if (header_.one_id) best = scores[1] > least ? 1 : 0;
    labels_.write(label_, row, best < columns_ ? best : 0);
    apply(header_.transform, columns_, scores);
  }

  const Header& header_;
  const double* bases_;
  bool is_double_;
  bool classifier_;
  bool alone_ = false;
  bool wide_ = false;
  std::size_t columns_;
  Labels labels_;
  void* label_ = nullptr;
  void* out_ = nullptr;
};

template <typename T>
void run_typed(Invocation& invocation, bool classifier) {
  const Trees trees = Trees::read<T>(invocation.prepared());
  const std::size_t targets = trees.header.targets;
  const std::size_t together = targets > kTargetsTogether ? 1 : kTogether;
  const Rows<T> x = read_rows<T>(invocation, (2 * together + 1) * targets);
  if (x.columns < trees.header.features) {
    invocation.fail({"at least ", trees.header.features, " features"}, {x.columns});
  }
  const Finish finish(invocation, trees, std::is_same_v<T, double>, classifier, x.rows);
  T* sums = x.extra;
  auto* room = reinterpret_cast<float*>(sums + together * targets);
  auto* seen = reinterpret_cast<std::uint8_t*>(sums + (together + 1) * targets);
  for (std::size_t row = 0; row < x.rows;) {
    std::size_t count = std::min(together, x.rows - row);
    count = count < kLanes ? 1 : count / kLanes * kLanes;
    sum_rows(trees, x.data + row * x.columns, x.columns, count, sums, seen);
    for (std::size_t i = 0; i < count; ++i) {
      finish(row + i, sums + i * targets, seen + i * targets, room);
    }
    row += count;
  }
}

void run_trees(Invocation& invocation, bool classifier) {
  if (invocation.input(0).type == DataType::kDouble) {
    return run_typed<double>(invocation, classifier);
  }
  run_typed<float>(invocation, classifier);
}

std::vector<std::uint8_t> prepare_numbered(const graph::Node& node, DataType type,
                                           bool classifier) {
  TreeReader in(node);
  Forest forest = in.read_numbered(classifier);
  const auto name = [&](std::string_view attribute, std::string_view fallback) {
    const onnx::AttributeRef* found = node.find_attribute(attribute);
    return found ? found->s : fallback;
  };
  constexpr std::string_view kAggregates[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  const std::string_view aggregate = classifier ? "SUM" : name("aggregate_function", "SUM");
  const auto* found = std::find(std::begin(kAggregates), std::end(kAggregates), aggregate);
  if (found == std::end(kAggregates)) in.fail({"AVERAGE, SUM, MIN or MAX"}, {aggregate});
  forest.header.aggregate = static_cast<Aggregate>(found - std::begin(kAggregates));
  const std::string_view transform = name("post_transform", "NONE");
  if (!transform_named(transform, &forest.header.transform)) {
    in.fail({"a known post_transform"}, {transform});
  }
  return pack(in, std::move(forest), type);
}

}  // namespace

std::vector<std::uint8_t> prepare_tree_ensemble(const graph::Node& node, DataType type) {
  const TreeReader in(node);
  return pack(in, read_listed(in, node), type);
}
std::vector<std::uint8_t> prepare_tree_classifier(const graph::Node& node, DataType type) {
  return prepare_numbered(node, type, true);
}
std::vector<std::uint8_t> prepare_tree_regressor(const graph::Node& node, DataType type) {
  return prepare_numbered(node, type, false);
}

void tree_ensemble(Invocation& invocation) { run_trees(invocation, false); }
void tree_ensemble_regressor(Invocation& invocation) { run_trees(invocation, false); }
void tree_ensemble_classifier(Invocation& invocation) { run_trees(invocation, true); }

}  // namespace storewise::ops
