// TreeEnsembleClassifier, TreeEnsembleRegressor and TreeEnsemble.
//
// When a model is opened its trees are laid out anew: breadth first, the two children of a node
// side by side, so that a step is `left + (x > threshold)` without a branch. All comparisons become
// this one: "<" by the next smaller threshold, ">" and ">=" by exchanging the children, "==" and
// set membership by several nodes. A leaf steps to itself. Eight lanes walk together, which hides
// the time that the memory takes to answer: eight rows in one tree, or one row in eight trees.
//
// A node takes 12 bytes (16 with thresholds of double). The file's lists are read in place, tree
// after tree where the file has them in order, so that opening needs little more than what it
// makes: a forest's file is far larger than its nodes.
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

constexpr std::uint32_t kNanGoesRight = 0x80000000;
constexpr std::uint32_t kMostWeights = 1u << 22;
// A position in the weights is the payload of a NaN, which no number is larger than.
constexpr std::uint32_t kLeafBits = 0x7FC00000;

template <typename T>
struct TreeNode {
  T threshold;            // of a leaf, the NaN that tells its first weight
  std::uint32_t feature;  // of a leaf 0; kNanGoesRight added where that is so
  std::uint32_t left;     // the right child is the next one; of a leaf, itself
};

// What the codes say of a leaf's weights, which stand side by side: twice the target's number, plus
// 1 on the last of the leaf. A leaf without any has one for kNoTarget. There are no codes where
// every leaf has one weight for each target, in order.
constexpr std::uint32_t kNoTarget = kNone >> 1;

enum class Aggregate : std::uint8_t { kAverage, kSum, kMin, kMax };

// What stands at the start of the prepared bytes; then come base values (doubles), roots, weights,
// codes and nodes.
struct Header {
  std::uint32_t weights = 0, codes = 0, bases = 0, roots = 0;
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

// A node as the file has it; `yes` and `no` are others of the same group.
struct Source {
  Mode mode = kLeaf;
  bool nan_is_true = false;
  std::uint32_t feature = 0;
  std::uint32_t yes = 0, no = 0;
  std::uint32_t weight = 0;  // kLeaf: the first one
  double value = 0;
  std::uint32_t member = 0, members = 0;  // kMember: the set among the member values
};

// The numbers of a list of floats or of a tensor, one after the other: the attribute `name` or
// `name`_as_tensor.
class Numbers {
 public:
  Numbers(const graph::Node& node, const char* name) {
    for (const onnx::AttributeRef& attribute : node.attributes) {
      if (!attribute.name.starts_with(name)) continue;
      const std::string_view rest = attribute.name.substr(std::strlen(name));
      if (!rest.empty() && rest != "_as_tensor") continue;
      floats_ = onnx::ListReader(attribute);
      tensor_ = attribute.tensor.get();
      if (tensor_ == nullptr || tensor_->type == DataType::kString) continue;
      count_ = tensor_->bytes.size() / element_size(tensor_->type);
    }
  }

  bool next(double* value) {
    if (tensor_ != nullptr) {
      if (at_ >= count_) return false;
      onnx::load_numbers(tensor_->type, tensor_->bytes.data(), at_++, 1, value);
      return true;
    }
    float number = 0;
    const bool found = floats_.next(&number);
    *value = static_cast<double>(number);
    return found;
  }

 private:
  onnx::ListReader floats_;
  const onnx::TensorRef* tensor_ = nullptr;
  std::size_t count_ = 0;
  std::size_t at_ = 0;
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

// Makes the prepared bytes of a node; thresholds and weights are floats or doubles, as the inputs
// are.
class Layout {
 public:
  Layout(const graph::Node& node, DataType type)
      : node_(node), is_double_(type == DataType::kDouble) {}

  // Of opset 1 to 4: nodes are known by the number of their tree and their own in it.
  void read_numbered(bool classifier) {
    read_transform(classifier);
    read_names();
    const WeightNames names(classifier);
    std::vector<std::uint32_t> ends(count_, 0);
    count_weights(classifier, names, ends);
    begin(root_count_, count_);
    // Where the weights of a node end that comes before: there the next one's start.
    std::uint32_t all = 0;
    for (std::uint32_t& end : ends) {
      const std::uint32_t count = end;
      end = all;
      if (count == kNone) continue;
      if (count == 0) set_weight(end++, 0, 2 * kNoTarget + 1);
      all += std::max(count, 1u);
    }
    Weights weights(*this, names);
    for (Weight weight; weights.next(&weight);) {
      if (is_leaf_[weight.node] == 0) continue;
      set_weight(ends[weight.node]++, weight.value, 2 * static_cast<std::uint32_t>(weight.id));
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (is_leaf_[i] != 0) mark_last(ends[i] - 1);
    }
    read_trees(ends);
  }

  // Opset 5: nodes and leaves are numbered from 0, and a leaf's number stands in its parent.
  void read_listed() {
    header_.aggregate = static_cast<Aggregate>(
        index("aggregate_function", node_.int_attribute("aggregate_function", 1), 4));
    header_.transform = static_cast<Transform>(
        index("post_transform", node_.int_attribute("post_transform", 0), 5));
    header_.targets = 1 + index("n_targets", node_.int_attribute("n_targets", 1) - 1, kMaxTargets);
    std::vector<double> members;
    Numbers member_list(node_, "membership_values");
    for (double value = 0; member_list.next(&value);) members.push_back(value);
    Numbers weights(node_, "leaf_weights");
    std::uint32_t leaves = 0;
    for (double value = 0; weights.next(&value);) ++leaves;
    const onnx::AttributeRef* root_list = node_.find_attribute("tree_roots");
    if (root_list == nullptr || root_list->ints.empty()) fail("tree_roots|none");

    onnx::ListReader features = list("nodes_featureids"), yes = list("nodes_truenodeids"),
                     no = list("nodes_falsenodeids"), yes_leaf = list("nodes_trueleafs"),
                     no_leaf = list("nodes_falseleafs"),
                     nan = list("nodes_missing_value_tracks_true");
    std::int64_t first = 0;
    const bool has_nan = onnx::ListReader(nan).next(&first);
    Numbers splits(node_, "nodes_splits"), modes(node_, "nodes_modes");
    std::uint32_t n = 0;
    onnx::ListReader all = features;
    for (std::int64_t value = 0; all.next(&value);) ++n;
    if (n == 0 || n >= kNone / 4 || leaves >= kNone / 4) fail("nodes|%", n);
    header_.weights = leaves;
    header_.codes = header_.targets == 1 ? 0 : leaves;
    begin(root_list->ints.size(), n + leaves);

    // Branches first, then a node for every leaf.
    sources_.resize(n + leaves);
    std::size_t member = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      Source& branch = sources_[i];
      double mode = 0;
      std::int64_t numbers[5];
      const bool there = modes.next(&mode) && splits.next(&branch.value) &&
                         features.next(&numbers[0]) && yes.next(&numbers[1]) &&
                         no.next(&numbers[2]) && yes_leaf.next(&numbers[3]) &&
                         no_leaf.next(&numbers[4]);
      if (!there) fail_lengths();
      branch.mode = static_cast<Mode>(index("nodes_modes", static_cast<std::int64_t>(mode), 7));
      branch.nan_is_true = has_nan && next_flag(nan);
      branch.feature = index("nodes_featureids", numbers[0], kNone / 2);
      const auto child = [&](std::int64_t id, bool is_leaf) {
        return (is_leaf ? n : 0) + index("the children", id, is_leaf ? leaves : n);
      };
      branch.yes = child(numbers[1], numbers[3] != 0);
      branch.no = child(numbers[2], numbers[4] != 0);
      if (branch.mode != kMember) continue;
      // The sets follow each other, a NaN after each.
      branch.member = static_cast<std::uint32_t>(member);
      while (member < members.size() && !std::isnan(members[member])) ++member;
      branch.members = static_cast<std::uint32_t>(member) - branch.member;
      if (branch.members == 0) fail("membership_values for each set|none");
      sort_numbers(members.data() + branch.member, branch.members);
      ++member;
    }
    check_ends({&yes, &no, &yes_leaf, &no_leaf, &nan}, {&splits, &modes});
    onnx::ListReader targets = list("leaf_targetids");
    weights = Numbers(node_, "leaf_weights");
    for (std::uint32_t i = 0; i < leaves; ++i) {
      sources_[n + i].weight = i;
      std::int64_t target = 0;
      double value = 0;
      if (!targets.next(&target) || !weights.next(&value)) fail_lengths();
      set_weight(i, value, 2 * index("leaf_targetids", target, header_.targets) + 1);
    }
    check_ends({&targets}, {});
    for (const std::int64_t root : root_list->ints) {
      group_roots_.push_back(index("tree_roots", root, n));
    }
    place_group(members);
  }

  std::vector<std::uint8_t> take() {
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    return std::move(bytes_);
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  template <typename... Parts>
  [[noreturn, gnu::always_inline]] void fail(TextOf<2, Parts...> text,
                                             const Parts&... parts) const {
    node_.fail("the trees contradict themselves", text, parts...);
  }
  [[noreturn]] void fail_lengths() const {
    fail("as many numbers in each list of nodes or weights|lists of other lengths");
  }

  std::uint32_t index(const char* name, std::int64_t value, std::size_t limit) const {
    if (value < 0 || static_cast<std::uint64_t>(value) >= limit) {
      fail("numbers from 0 to % in %|%", limit - 1, name, value);
    }
    return static_cast<std::uint32_t>(value);
  }

  onnx::ListReader list(const char* name) const {
    const onnx::AttributeRef* found = node_.find_attribute(name);
    return found == nullptr ? onnx::ListReader() : onnx::ListReader(*found);
  }
  bool next_flag(onnx::ListReader& flags) const {
    std::int64_t value = 0;
    if (!flags.next(&value)) fail_lengths();
    return value != 0;
  }
  // Fails unless all lists have been read to their ends.
  void check_ends(std::initializer_list<onnx::ListReader*> lists,
                  std::initializer_list<Numbers*> numbers) const {
    std::int64_t whole = 0;
    double number = 0;
    for (onnx::ListReader* one : lists) {
      if (one->next(&whole)) fail_lengths();
    }
    for (Numbers* one : numbers) {
      if (one->next(&number)) fail_lengths();
    }
  }

  void read_transform(bool classifier) {
    const auto name = [&](const char* attribute, const char* fallback) {
      const onnx::AttributeRef* found = node_.find_attribute(attribute);
      return found ? found->s : std::string_view(fallback);
    };
    const std::string_view aggregate = classifier ? "SUM" : name("aggregate_function", "SUM");
    const int place = word_place(aggregate, "AVERAGE SUM MIN MAX");
    if (place < 0) fail("AVERAGE, SUM, MIN or MAX|%", aggregate);
    header_.aggregate = static_cast<Aggregate>(place);
    const std::string_view transform = name("post_transform", "NONE");
    if (!transform_named(transform, &header_.transform)) {
      fail("a known post_transform|%", transform);
    }
  }

  // ---- names

  // What nodes are called in the file, in one tree, or with `trees` in all of them.
  struct Names {
    const std::int64_t* trees;
    const std::int64_t* ids;

    // Whether node a comes before the node `id` of `tree`.
    bool before(std::uint32_t a, std::int64_t tree, std::int64_t id) const {
      if (trees != nullptr && trees[a] != tree) return trees[a] < tree;
      return ids[a] < id;
    }
    static bool less(const void* context, std::uint32_t a, std::uint32_t b) {
      const Names& names = *static_cast<const Names*>(context);
      const std::int64_t tree = names.trees == nullptr ? 0 : names.trees[b];
      if (names.before(a, tree, names.ids[b])) return true;
      const bool same =
          names.ids[a] == names.ids[b] && (names.trees == nullptr || names.trees[a] == tree);
      return same && a < b;
    }
  };

  // Nodes that stand side by side: a tree, or all where the file mixes trees.
  struct Group {
    std::int64_t tree = 0;
    std::int64_t first = 0;  // the first node's number
    std::uint32_t start = 0;
    std::uint32_t end = 0;
  };

  void read_names() {
    onnx::ListReader trees = list("nodes_treeids"), ids = list("nodes_nodeids");
    bool in_order = true;
    bool counted = true;
    std::int64_t tree = 0;
    for (std::int64_t id = 0, last = 0; ids.next(&id); last = id, ++count_) {
      if (count_ >= kNone / 4) fail("nodes|%", count_);
      if (!trees.next(&tree)) fail_lengths();
      if (count_ > 0 && groups_.back().tree == tree) {
        counted = counted && id - 1 == last;
      } else {
        in_order = in_order && (count_ == 0 || groups_.back().tree < tree);
        groups_.push_back({tree, id, count_, 0});
        ++root_count_;
      }
      groups_.back().end = count_ + 1;
    }
    check_ends({&trees}, {});
    if (count_ == 0) fail("nodes|none");
    if (in_order && counted) return;  // as nearly all files are

    ids = list("nodes_nodeids");
    ids_.resize(count_);
    for (std::int64_t& id : ids_) ids.next(&id);
    if (!in_order) {
      trees = list("nodes_treeids");
      trees_.resize(count_);
      for (std::int64_t& number : trees_) trees.next(&number);
      groups_ = {{0, 0, 0, count_}};
    }
    order_.resize(count_);
    for (const Group& group : groups_) {
      const Names names{in_order ? nullptr : trees_.data(), ids_.data() + group.start};
      sort_indices(order_.data() + group.start, group.end - group.start, &names, &Names::less);
    }
  }

  // The place in the file's lists of a node, and its group.
  std::uint32_t find(std::int64_t tree, std::int64_t id) {
    if (trees_.empty() && groups_[group_].tree != tree) {
      std::size_t low = 0;
      for (std::size_t high = groups_.size(); low < high;) {
        const std::size_t middle = low + (high - low) / 2;
        groups_[middle].tree < tree ? low = middle + 1 : high = middle;
      }
      if (low == groups_.size() || groups_[low].tree != tree) fail_missing(tree, id);
      group_ = low;
    }
    const Group& group = groups_[group_];
    const std::uint32_t count = group.end - group.start;
    if (order_.empty()) {
      const std::uint64_t place =
          static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(group.first);
      if (place >= count) fail_missing(tree, id);
      return group.start + static_cast<std::uint32_t>(place);
    }
    const Names names{trees_.empty() ? nullptr : trees_.data(), ids_.data() + group.start};
    const std::uint32_t* order = order_.data() + group.start;
    std::uint32_t low = 0;
    for (std::uint32_t high = count; low < high;) {
      const std::uint32_t middle = low + (high - low) / 2;
      names.before(order[middle], tree, id) ? low = middle + 1 : high = middle;
    }
    const bool there = low < count && names.ids[order[low]] == id &&
                       (names.trees == nullptr || names.trees[order[low]] == tree);
    if (!there) fail_missing(tree, id);
    return group.start + order[low];
  }

  [[noreturn]] void fail_missing(std::int64_t tree, std::int64_t id) const {
    fail("a node that is there|node % of tree %", id, tree);
  }

  Mode mode_of(const std::string_view& name) const {
    const int place = word_place(
        name, "BRANCH_LEQ BRANCH_LT BRANCH_GTE BRANCH_GT BRANCH_EQ BRANCH_NEQ BRANCH_MEMBER LEAF");
    if (place < 0 || place == kMember) fail("a known mode|\"%\"", name);
    return static_cast<Mode>(place);
  }

  // ---- weights

  struct WeightNames {
    explicit WeightNames(bool classifier)
        : trees(classifier ? "class_treeids" : "target_treeids"),
          nodes(classifier ? "class_nodeids" : "target_nodeids"),
          ids(classifier ? "class_ids" : "target_ids"),
          values(classifier ? "class_weights" : "target_weights") {}
    const char *trees, *nodes, *ids, *values;
  };

  struct Weight {
    std::uint32_t node = 0;
    std::int64_t id = 0;
    double value = 0;
  };

  class Weights {
   public:
    Weights(Layout& layout, const WeightNames& names)
        : layout_(layout),
          trees_(layout.list(names.trees)),
          nodes_(layout.list(names.nodes)),
          ids_(layout.list(names.ids)),
          values_(layout.node_, names.values) {}

    bool next(Weight* weight) {
      std::int64_t tree = 0;
      std::int64_t node = 0;
      if (!values_.next(&weight->value)) {
        layout_.check_ends({&trees_, &nodes_, &ids_}, {});
        return false;
      }
      if (!trees_.next(&tree) || !nodes_.next(&node) || !ids_.next(&weight->id)) {
        layout_.fail_lengths();
      }
      weight->node = layout_.find(tree, node);
      return true;
    }

   private:
    Layout& layout_;
    onnx::ListReader trees_, nodes_, ids_;
    Numbers values_;
  };

  // Makes `counts` the number of weights of each leaf, kNone for branches, and tells the header
  // how many there are and for what.
  void count_weights(bool classifier, const WeightNames& names,
                     std::vector<std::uint32_t>& counts) {
    is_leaf_.resize(count_);
    onnx::ListReader modes = list("nodes_modes");
    std::string_view mode;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!modes.next(&mode)) fail_lengths();
      is_leaf_[i] = mode_of(mode) == kLeaf ? 1 : 0;
      if (is_leaf_[i] == 0) counts[i] = kNone;
    }
    if (modes.next(&mode)) fail_lengths();

    std::size_t targets =
        static_cast<std::size_t>(std::max(node_.int_attribute("n_targets", 1), std::int64_t{1}));
    if (classifier) {
      targets = 1;
      for (const onnx::AttributeRef& attribute : node_.attributes) {
        if (!attribute.name.starts_with("classlabels")) continue;
        targets = std::max({targets, attribute.ints.size(), attribute.strings.size()});
      }
    }
    if (targets > kMaxTargets) fail("at most % targets|%", kMaxTargets, targets);
    header_.targets = static_cast<std::uint32_t>(targets);
    header_.one_id = targets <= 2;
    header_.all_positive = true;
    bool all_in_order = true;
    std::int64_t first_id = -1;
    Weights weights(*this, names);
    for (Weight weight; weights.next(&weight);) {
      if (first_id < 0) first_id = weight.id;
      if (is_leaf_[weight.node] == 0) continue;  // some exporters give weights to branches as well
      index("the targets", weight.id, targets);
      all_in_order = all_in_order && weight.id == counts[weight.node];
      ++counts[weight.node];
      header_.one_id = header_.one_id && weight.id == first_id;
      header_.first_id = first_id == 0;
      header_.all_positive = header_.all_positive && weight.value >= 0;
    }
    for (const std::uint32_t count : counts) {
      if (count == kNone) continue;
      all_in_order = all_in_order && count == targets;
      header_.weights += std::max(count, 1u);
    }
    header_.codes = all_in_order ? 0 : header_.weights;
  }

  // ---- the prepared bytes

  // Makes room for what the header counts, and for about `nodes` nodes.
  void begin(std::size_t roots, std::size_t nodes) {
    if (header_.weights > kMostWeights) {
      throw_error(ErrorCode::kUnsupported,
                  "there are too many trees|%|at most % weights of leaves|%", node_, kMostWeights,
                  header_.weights);
    }
    std::vector<double> bases;
    Numbers base_list(node_, "base_values");
    for (double value = 0; base_list.next(&value);) bases.push_back(value);
    header_.bases = static_cast<std::uint32_t>(bases.size());
    header_.roots = static_cast<std::uint32_t>(roots);
    std::size_t size = padded(sizeof(Header));
    const std::size_t bases_at = size;
    size += header_.bases * sizeof(double);
    roots_at_ = size;
    size += padded(header_.roots * sizeof(std::uint32_t));
    weights_at_ = size;
    size += padded(header_.weights * weight_bytes());
    codes_at_ = size;
    size += padded(header_.codes * sizeof(std::uint32_t));
    bytes_.reserve(size + nodes * node_bytes());
    bytes_.resize(size);
    copy_bytes(bytes_.data() + bases_at, bases.data(), header_.bases * sizeof(double));
  }

  std::size_t weight_bytes() const { return is_double_ ? sizeof(double) : sizeof(float); }
  std::size_t node_bytes() const {
    return is_double_ ? sizeof(TreeNode<double>) : sizeof(TreeNode<float>);
  }

  void set_number(std::uint8_t* to, double value) const {
    const auto narrow = static_cast<float>(value);
    is_double_ ? std::memcpy(to, &value, sizeof value) : std::memcpy(to, &narrow, sizeof narrow);
  }

  void set_weight(std::uint32_t i, double value, std::uint32_t code) {
    set_number(bytes_.data() + weights_at_ + i * weight_bytes(), value);
    if (header_.codes > 0) std::memcpy(code_at(i), &code, sizeof code);
  }
  void mark_last(std::uint32_t i) {
    if (header_.codes > 0) *code_at(i) |= 1;  // the lowest of the code's bytes
  }
  std::uint8_t* code_at(std::uint32_t i) {
    return bytes_.data() + codes_at_ + i * sizeof(std::uint32_t);
  }

  // ---- trees

  // Group after group; ends[i] is where the weights of node i end.
  void read_trees(const std::vector<std::uint32_t>& ends) {
    onnx::ListReader features = list("nodes_featureids"), modes = list("nodes_modes"),
                     yes = list("nodes_truenodeids"), no = list("nodes_falsenodeids"),
                     nan = list("nodes_missing_value_tracks_true");
    std::int64_t first = 0;
    const bool has_nan = onnx::ListReader(nan).next(&first);
    Numbers values(node_, "nodes_values");
    for (const Group& group : groups_) {
      sources_.assign(group.end - group.start, {});
      for (std::uint32_t i = group.start; i < group.end; ++i) {
        Source& node = sources_[i - group.start];
        std::string_view mode;
        std::int64_t feature = 0, yes_id = 0, no_id = 0;
        const bool there = modes.next(&mode) && values.next(&node.value) &&
                           features.next(&feature) && yes.next(&yes_id) && no.next(&no_id);
        if (!there) fail_lengths();
        node.nan_is_true = has_nan && next_flag(nan);
        const std::int64_t tree = trees_.empty() ? group.tree : trees_[i];
        if (i == group.start || (!trees_.empty() && tree != trees_[i - 1])) {
          group_roots_.push_back(i - group.start);
        }
        node.mode = mode_of(mode);
        if (node.mode == kLeaf) {
          node.weight = i == 0 ? 0 : ends[i - 1];
          continue;
        }
        node.feature = index("nodes_featureids", feature, kNone / 2);
        node.yes = find(tree, yes_id) - group.start;
        node.no = find(tree, no_id) - group.start;
      }
      place_group({});
    }
    check_ends({&features, &yes, &no, &nan}, {&values});
  }

  // Fails where nodes lead back to themselves: then not all can be reached from those without
  // parents.
  void check_acyclic() {
    std::vector<std::uint32_t>& parents = placed_;
    parents.assign(sources_.size(), 0);
    for (const Source& node : sources_) {
      if (node.mode == kLeaf) continue;
      ++parents[node.yes];
      ++parents[node.no];
    }
    std::vector<std::uint32_t> free;
    for (std::uint32_t i = 0; i < sources_.size(); ++i) {
      if (parents[i] == 0) free.push_back(i);
    }
    for (std::size_t next = 0; next < free.size(); ++next) {
      const Source& node = sources_[free[next]];
      if (node.mode == kLeaf) continue;
      if (--parents[node.yes] == 0) free.push_back(node.yes);
      if (--parents[node.no] == 0) free.push_back(node.no);
    }
    if (free.size() != sources_.size()) fail("trees|nodes that lead back to themselves");
  }

  // A node that is to be written.
  struct Placed {
    double threshold = std::numeric_limits<double>::quiet_NaN();
    std::uint32_t feature = 0;
    std::uint32_t left = 0;        // until it is placed, the source that it stands for
    std::uint32_t part = 0;        // until then, how much of its comparison is done
    std::uint32_t weight = kNone;  // of a leaf
  };

  // Lays the group's trees out breadth first.
  void place_group(const std::vector<double>& members) {
    check_acyclic();
    placed_.assign(sources_.size(), kNone);
    nodes_.clear();
    std::size_t next = 0;
    for (const std::uint32_t root : group_roots_) {
      const std::uint32_t at = node_count_ + add(root);
      std::memcpy(bytes_.data() + roots_at_, &at, sizeof at);
      roots_at_ += sizeof at;
      while (next < nodes_.size()) place(static_cast<std::uint32_t>(next++), members);
    }
    group_roots_.clear();
    std::size_t at = bytes_.size();
    bytes_.resize(at + nodes_.size() * node_bytes());
    for (const Placed& node : nodes_) {
      set_number(bytes_.data() + at, node.threshold);
      if (node.weight != kNone) {
        const std::uint32_t bits = kLeafBits + node.weight;
        std::memcpy(bytes_.data() + at, &bits, sizeof bits);
      }
      at += node_bytes();
      const std::uint32_t rest[] = {node.feature, node_count_ + node.left};
      std::memcpy(bytes_.data() + at - sizeof rest, rest, sizeof rest);
      header_.features = std::max(header_.features, (node.feature & ~kNanGoesRight) + 1);
      header_.nan_goes_right = header_.nan_goes_right || (node.feature & kNanGoesRight) != 0;
    }
    node_count_ += static_cast<std::uint32_t>(nodes_.size());
  }

  std::uint32_t add(std::uint32_t source, std::uint32_t part = 0) {
    const auto at = static_cast<std::uint32_t>(nodes_.size());
    Placed node;
    node.left = source;
    node.part = part;
    if (part == 0 && sources_[source].mode != kLeaf) {
      if (placed_[source] == kNone) {
        placed_[source] = at;
      } else {
        // It is there: a node that always leads to it.
        node.threshold = kInfinity;
        node.left = placed_[source];
        node.part = kNone;
      }
    }
    nodes_.push_back(node);
    return at;
  }

  double below(double value) const {
    if (is_double_) return std::nextafter(value, -kInfinity);
    return static_cast<double>(
        std::nextafter(static_cast<float>(value), -std::numeric_limits<float>::infinity()));
  }

  void place(std::uint32_t at, const std::vector<double>& members) {
    Placed node = nodes_[at];
    if (node.part == kNone) return;
    const std::uint32_t number = node.left;
    const std::uint32_t part = node.part;
    const Source& source = sources_[number];
    if (source.mode == kLeaf) {
      nodes_[at].left = at;
      nodes_[at].weight = source.weight;
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
      if (member) node.threshold = members[source.member + which];
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
    if (nan_goes_right) node.feature |= kNanGoesRight;
    nodes_[at] = node;
  }

  static constexpr std::size_t padded(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

  const graph::Node& node_;
  bool is_double_;
  Header header_;
  std::vector<std::uint8_t> bytes_;
  std::size_t roots_at_ = 0, weights_at_ = 0, codes_at_ = 0;  // in them; roots: of the next one
  std::uint32_t count_ = 0;                                   // of the file's nodes
  std::uint32_t node_count_ = 0;                              // of the nodes written
  std::size_t root_count_ = 0;
  std::vector<std::uint8_t> is_leaf_;  // by node of the file
  std::vector<Group> groups_;
  std::size_t group_ = 0;             // the last one that `find` saw
  std::vector<std::int64_t> ids_;     // where the nodes of a tree are not in order: their numbers
  std::vector<std::int64_t> trees_;   // where trees are not: their trees
  std::vector<std::uint32_t> order_;  // and in each group, what comes after what
  std::vector<Source> sources_;       // the nodes of one group,
  std::vector<std::uint32_t> group_roots_;
  std::vector<std::uint32_t> placed_;  // where they went,
  std::vector<Placed> nodes_;          // and what they became
};

// One step down from `here`; the node itself from a leaf.
template <bool kNan, typename T>
[[gnu::always_inline]] inline std::uint32_t step(const TreeNode<T>* nodes, const T* x,
                                                 std::uint32_t here) {
  const TreeNode<T>& node = nodes[here];
  const T value = x[node.feature & ~kNanGoesRight];
  std::uint32_t right = value > node.threshold;
  if (kNan) right |= static_cast<std::uint32_t>(value != value) & (node.feature >> 31);
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

// The prepared bytes again.
template <typename T>
struct Trees {
  explicit Trees(const std::uint8_t* at) : header(*reinterpret_cast<const Header*>(at)) {
    take<Header>(at, 1);
    bases = take<double>(at, header.bases);
    roots = take<std::uint32_t>(at, header.roots);
    weights = take<T>(at, header.weights);
    codes = take<std::uint32_t>(at, header.codes);
    nodes = reinterpret_cast<const TreeNode<T>*>(at);
  }

  const Header& header;
  const double* bases;
  const std::uint32_t* roots;
  const T* weights;
  const std::uint32_t* codes;
  const TreeNode<T>* nodes;

 private:
  template <typename U>
  static const U* take(const std::uint8_t*& at, std::size_t count) {
    const auto* here = reinterpret_cast<const U*>(at);
    at += (count * sizeof(U) + 7) / 8 * 8;
    return here;
  }
};

// Adds a leaf's weights to the sums of one row; `seen` tells which targets any leaf spoke of.
template <typename T>
void add_leaf(const Trees<T>& trees, std::uint32_t leaf, T* sums, std::uint8_t* seen) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &trees.nodes[leaf].threshold, sizeof bits);
  const std::uint32_t first = bits - kLeafBits;
  const T* weight = trees.weights + first;
  const Aggregate aggregate = trees.header.aggregate;
  if (trees.header.codes == 0 && aggregate <= Aggregate::kSum) {
    for (std::uint32_t target = 0; target < trees.header.targets; ++target) {
      sums[target] += weight[target];
      seen[target] = 1;
    }
    return;
  }
  for (std::uint32_t i = 0;; ++i) {
    std::uint32_t code = 2 * i + (i + 1 == trees.header.targets ? 1 : 0);
    if (trees.header.codes > 0) code = trees.codes[first + i];
    const std::uint32_t target = code >> 1;
    if (target == kNoTarget) return;
    T& sum = sums[target];
    if (aggregate <= Aggregate::kSum) {
      sum += weight[i];
    } else if (seen[target] == 0 || (aggregate == Aggregate::kMin) == (weight[i] < sum)) {
      sum = weight[i];
    }
    seen[target] = 1;
    if ((code & 1u) != 0) return;
  }
}

// The sums of `count` rows, 1 or a multiple of kLanes, [count][targets].
template <typename T>
void sum_rows(const Trees<T>& trees, const T* rows, std::size_t columns, std::size_t count, T* sums,
              std::uint8_t* seen) {
  const TreeNode<T>* nodes = trees.nodes;
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
        add_leaf(trees, at[i], sums + to, seen + to);
      }
    }
  }
}

// Makes a row's sums the outputs.
class Finish {
 public:
  Finish(Invocation& invocation, const Header& header, const double* bases, bool is_double,
         bool classifier, std::size_t rows)
      : header_(header),
        bases_(bases),
        is_double_(is_double),
        classifier_(classifier),
        columns_(header.targets),
        labels_(invocation) {
    const auto row_count = static_cast<std::int64_t>(rows);
    if (classifier) {
      // Of two classes, all weights may be for one of them. If it is the first, the weights are
      // the second class's nevertheless, and the first one's score follows from that.
      alone_ = columns_ == 1 || (header_.one_id && header_.first_id);
      columns_ = std::max<std::size_t>(columns_, 2);
      label_ = invocation.output(0, Shape{row_count});
      if (!invocation.wants_output(1)) invocation.fail("both outputs|one");
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
  const Trees<T> trees(invocation.prepared());
  const std::size_t targets = trees.header.targets;
  const std::size_t together = targets > kTargetsTogether ? 1 : kTogether;
  const Rows<T> x = read_rows<T>(invocation, (2 * together + 1) * targets);
  if (x.columns < trees.header.features) {
    invocation.fail("at least % features|%", trees.header.features, x.columns);
  }
  const Finish finish(invocation, trees.header, trees.bases, std::is_same_v<T, double>, classifier,
                      x.rows);
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
  Layout layout(node, type);
  layout.read_numbered(classifier);
  return layout.take();
}

}  // namespace

std::vector<std::uint8_t> prepare_tree_ensemble(const graph::Node& node, DataType type) {
  Layout layout(node, type);
  layout.read_listed();
  return layout.take();
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
