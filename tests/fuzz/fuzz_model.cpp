// Any bytes as a model that is opened, with fusion or without, and run twice: on inputs of its
// declared types, open sizes as 2 and then as 1 or 0. The bytes choose, so that one run is short.
// The seeds are real models.
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "graph/plan.h"
#include "onnx_mutator.h"
#include "ops/registry.h"
#include "support/error.h"

namespace {

using namespace storewise;

constexpr std::size_t kMaxElements = 1024;

void read_all(const graph::TensorView& tensor) {
  volatile unsigned sum = 0;
  if (tensor.type == graph::DataType::kString) {
    for (std::size_t i = 0; i < tensor.shape.elements(); ++i) {
      for (const char c : tensor.as<std::string_view>()[i]) sum = sum + static_cast<unsigned>(c);
    }
    return;
  }
  for (std::size_t i = 0; i < tensor.bytes(); ++i) sum = sum + tensor.as<std::uint8_t>()[i];
}

void run_once(const graph::Plan& plan, graph::Workspace& workspace, std::int64_t open_size) {
  std::vector<graph::TensorView> inputs;
  std::vector<std::unique_ptr<std::uint8_t[]>> memory;
  for (const graph::ValueInfo& input : plan.inputs()) {
    graph::Shape shape;
    for (const std::int64_t dim : input.shape.dims()) shape.push_back(dim == -1 ? open_size : dim);
    const std::size_t elements = shape.elements();
    if (elements > kMaxElements) return;
    const std::size_t bytes = graph::storage_bytes(input.type, elements);
    memory.push_back(std::make_unique<std::uint8_t[]>(bytes + 1));
    std::uint8_t* data = memory.back().get();
    if (input.type == graph::DataType::kString) {
      auto* texts = reinterpret_cast<std::string_view*>(data);
      for (std::size_t i = 0; i < elements; ++i) texts[i] = i % 2 == 0 ? "red" : "";
    } else if (input.type == graph::DataType::kFloat) {
      auto* numbers = reinterpret_cast<float*>(data);
      for (std::size_t i = 0; i < elements; ++i) numbers[i] = static_cast<float>(i % 7) - 2.5f;
    } else {
      for (std::size_t i = 0; i < bytes; ++i) data[i] = i % 8 == 0 ? 1 : 0;
    }
    inputs.push_back({input.type, shape, data});
  }
  std::vector<graph::TensorView> outputs(plan.outputs().size());
  graph::run(plan, workspace, inputs, outputs);
  for (const graph::TensorView& output : outputs) read_all(output);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of exactly this size, so that a read one byte too far is seen.
  const std::vector<std::uint8_t> bytes(data, data + size);
  const unsigned choice = bytes.empty() ? 0 : static_cast<unsigned>(size) + bytes[size / 2];
  try {
    const auto plan = graph::Plan::open(
        bytes, "fuzzed", ops::registry(),
        {.fuse = choice % 3 != 0, .max_tensor_bytes = std::size_t{1} << 14, .max_steps = 200});
    graph::Workspace workspace;
    for (const std::int64_t open_size : {2, choice % 4 == 0 ? 0 : 1}) {
      try {
        run_once(*plan, workspace, open_size);
      } catch (const Error&) {
      }
    }
  } catch (const Error&) {
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return onnx_mutator::mutate(data, size, max_size, seed);
}
