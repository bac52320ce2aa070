// Any bytes as an ONNX file and as a lone tensor: a value or an Error, never a fault.
#include <cstdint>
#include <vector>

#include "onnx/reader.h"
#include "onnx_mutator.h"
#include "support/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of exactly this size, so that a read one byte too far is seen.
  const std::vector<std::uint8_t> bytes(data, data + size);
  try {
    const storewise::onnx::ModelRef model = storewise::onnx::read_model(bytes);
    volatile std::size_t parts = model.nodes.size() + model.initializers.size();
    (void)parts;
  } catch (const storewise::Error&) {
  }
  try {
    (void)storewise::onnx::read_tensor(bytes);
  } catch (const storewise::Error&) {
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return onnx_mutator::mutate(data, size, max_size, seed);
}
