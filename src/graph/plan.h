// A model file made ready to run: checked, ordered, folded, fused. Immutable and shareable.
//
// What a Plan refuses: to execute (run.h does), to own an instruction set (kernels do), to copy
// weights (initializers stay views into the model's bytes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/tensor.h"

namespace storewise::graph {

class Registry;  // the operators a plan may use; graph/registry.h, filled by src/ops

// A model's declared input or output.
struct ValueInfo {
  std::string name;
  DataType type = DataType::kUndefined;
  Shape shape;            // -1 where the file leaves a size open
  bool has_shape = true;  // false where the file leaves even the rank open
};

struct PlanOptions {
  bool fuse = true;  // false runs every node as the file has it: for tests and comparison
  // No tensor of a run may be larger: a file or an input that asks for more gets kOutOfMemory.
  std::size_t max_tensor_bytes = std::size_t{1} << 29;
  // No run executes more nodes, those inside of loops counted each time: a Loop that would never
  // end gets kInvalidInput.
  std::size_t max_steps = 1000000;
  // The name of a value inside of the graph that a run is to answer as well, as one more output at
  // the end; empty for none. Read by open() only.
  std::string_view inner_output = {};
};

class Plan {
 public:
  // Reads and checks `model_bytes`, which must outlive the plan. `name` names the file in errors.
  // Throws Error: kInvalidModel (not ONNX, truncated, inconsistent), kUnsupported (an operator,
  // opset or type outside the registry, named with its node).
  static std::unique_ptr<const Plan> open(std::span<const std::uint8_t> model_bytes,
                                          std::string_view name, const Registry& registry,
                                          PlanOptions options = {});
  ~Plan();

  const std::vector<ValueInfo>& inputs() const;
  const std::vector<ValueInfo>& outputs() const;
  // The value of metadata_props[key], a view into the model's bytes; empty when there is none.
  std::string_view metadata(std::string_view key) const;
  const std::string& name() const;
  // The version of ONNX's default operator set that the file asks for.
  int opset() const;
  std::size_t model_bytes() const;
  // The file's operators by name with how often each occurs, before anything is folded or fused.
  const std::vector<std::pair<std::string, int>>& operators() const;
  // The class labels that the model's last classifier or ZipMap lists, whole numbers in decimal:
  // what the columns of its probabilities mean. Empty when there is none.
  const std::vector<std::string>& labels() const;
  // The names of what really runs, in order: for tests and for people who ask why it is fast.
  std::vector<std::string_view> steps() const;
  // A weight by name, a view into the model (at any alignment); type kUndefined when there is none.
  TensorView initializer(std::string_view name) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit Plan(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

// Scratch of one caller. Grows to what the largest run so far needed, then never allocates again.
// Not thread-safe; one per thread.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// Runs the plan. `inputs` in the order of plan.inputs(); `outputs` receives views in the order of
// plan.outputs(), which point into `workspace`, the inputs or the model, valid until the next run
// with that workspace. Throws Error(kInvalidInput) naming the input, its expected and found type
// and shape, or the node at which sizes do not fit.
void run(const Plan& plan, Workspace& workspace, std::span<const TensorView> inputs,
         std::span<TensorView> outputs);

}  // namespace storewise::graph
