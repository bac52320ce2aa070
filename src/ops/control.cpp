// If, Loop and Scan: operators that run graphs which the model holds inside of the node.
//
// What a body makes lies in memory that its next run overwrites, so everything that lives longer
// is copied: carried values to and fro between two pieces of memory, one of which the body reads
// while the other is written, even where it passes its inputs on or swaps them.
#include <algorithm>
#include <memory>

#include "ops/common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

using graph::Block;

const Block& block_named(const Invocation& invocation, const char* name) {
  std::size_t graphs = 0;
  for (const onnx::AttributeRef& attribute : invocation.node().attributes) {
    if (attribute.kind != onnx::AttributeKind::kGraph) continue;
    if (attribute.name == name) return *invocation.blocks()[graphs];
    ++graphs;
  }
  invocation.fail("the attribute %|none", name);
}

void check_counts(const Invocation& invocation, const Block& block, std::size_t inputs,
                  std::size_t outputs) {
  const std::size_t found = block.outputs.size();
  if (block.inputs.size() != inputs || found < outputs) {
    invocation.fail("an inner graph of % inputs and % outputs or more|% and %", inputs, outputs,
                    block.inputs.size(), found);
  }
}

// Memory for n views while this node runs: the last of its pieces of memory.
TensorView* views(Invocation& invocation, std::size_t n) {
  const graph::Node& node = invocation.node();
  void* memory = invocation.state(2 * node.inputs.size() + node.outputs.size(),
                                  std::max<std::size_t>(n, 1) * sizeof(TensorView));
  auto* list = static_cast<TensorView*>(memory);
  std::uninitialized_value_construct_n(list, n);
  return list;
}

void check_type(const Invocation& invocation, DataType expected, const TensorView& found) {
  if (found.type == expected) return;
  invocation.fail("% from the inner graph|%", data_type_name(expected), data_type_name(found.type));
}

// `value` becomes output i.
void give(Invocation& invocation, std::size_t i, const TensorView& value) {
  if (!invocation.wants_output(i)) return;
  check_type(invocation, invocation.output_type(i), value);
  copy_bytes(invocation.output(i, value.shape), value.data, value.bytes());
}

// A carried value moves to piece `piece` of the node's memory.
TensorView keep(Invocation& invocation, std::size_t piece, const TensorView& value) {
  void* memory = invocation.state(piece, value.bytes());
  copy_bytes(memory, value.data, value.bytes());
  return {value.type, value.shape, memory};
}

Shape with_dimension(const Shape& shape, std::size_t axis, std::int64_t size) {
  Shape result;
  for (std::size_t d = 0; d <= shape.rank(); ++d) {
    if (d == axis) result.push_back(size);
    if (d < shape.rank()) result.push_back(shape[d]);
  }
  return result;
}

Shape without_dimension(const Shape& shape, std::size_t axis) {
  Shape result;
  for (std::size_t d = 0; d < shape.rank(); ++d) {
    if (d != axis) result.push_back(shape[d]);
  }
  return result;
}

// The shape that a graph declares for an output, with 0 for sizes that it leaves open: for outputs
// to which no run adds anything.
Shape declared_shape(const Block& block, std::size_t output) {
  Shape result;
  for (const std::int64_t size : block.output_shapes[output].dims()) {
    result.push_back(std::max<std::int64_t>(size, 0));
  }
  return result;
}

// Fails unless the next slice of an output is like the first.
void check_slice(const Invocation& invocation, const TensorView& first, const TensorView& slice) {
  if (first.shape == slice.shape && storage_bytes(slice.type, 2) > 1) return;
  invocation.fail("slices of whole bytes like %|% %", first.shape, data_type_name(slice.type),
                  slice.shape);
}

bool truth(const Invocation& invocation, const TensorView& condition) {
  if (condition.type != DataType::kBool || condition.shape.elements() != 1) {
    invocation.fail("one bool as condition|% %", data_type_name(condition.type), condition.shape);
  }
  return *condition.as<std::uint8_t>() != 0;
}

}  // namespace

void run_if(Invocation& invocation) {
  const Block& block = block_named(
      invocation, truth(invocation, invocation.input(0)) ? "then_branch" : "else_branch");
  const std::size_t count = invocation.node().outputs.size();
  check_counts(invocation, block, 0, count);
  TensorView* made = views(invocation, count);
  invocation.run_block(block, {}, {made, count});
  for (std::size_t i = 0; i < count; ++i) give(invocation, i, made[i]);
}

void run_loop(Invocation& invocation) {
  const Block& body = block_named(invocation, "body");
  const std::size_t carried = std::max<std::size_t>(invocation.input_count(), 2) - 2;
  check_counts(invocation, body, carried + 2, carried + 1);
  const std::size_t scanned = body.outputs.size() - carried - 1;
  std::int64_t most = INT64_MAX;
  if (invocation.has_input(0)) {
    if (invocation.input(0).shape.elements() != 1) invocation.fail_shape(0, "one number");
    most = invocation.elements<std::int64_t>(0)[0];
  }
  std::uint8_t condition = 1;
  if (invocation.has_input(1)) condition = truth(invocation, invocation.input(1));
  std::int64_t round = 0;

  TensorView* given = views(invocation, 3 + 2 * (carried + scanned));
  TensorView* made = given + 2 + carried;
  TensorView* first = made + 1 + carried + scanned;  // slices of the outputs that grow
  // Some exporters declare number and condition as lists of one.
  const auto alone = [&](std::size_t i) {
    return body.input_shapes[i].rank() == 1 ? Shape{1} : Shape{};
  };
  given[0] = {DataType::kInt64, alone(0), &round};
  given[1] = {DataType::kBool, alone(1), &condition};
  for (std::size_t i = 0; i < carried; ++i) given[2 + i] = invocation.input(2 + i);

  for (; round < most && condition != 0; ++round) {
    invocation.run_block(body, {given, 2 + carried}, {made, 1 + carried + scanned});
    const bool on = truth(invocation, made[0]);
    for (std::size_t i = 0; i < carried; ++i) {
      given[2 + i] = keep(invocation, 2 * i + static_cast<std::size_t>(round % 2), made[1 + i]);
    }
    for (std::size_t i = 0; i < scanned; ++i) {
      const TensorView& slice = made[1 + carried + i];
      if (!invocation.wants_output(carried + i)) continue;
      if (round == 0) first[i] = slice;
      check_slice(invocation, first[i], slice);
      const std::size_t bytes = slice.bytes();
      void* all = invocation.grow_output(carried + i, with_dimension(slice.shape, 0, round + 1));
      copy_bytes(static_cast<char*>(all) + static_cast<std::size_t>(round) * bytes, slice.data,
                 bytes);
    }
    condition = on;
  }
  for (std::size_t i = 0; i < carried; ++i) give(invocation, i, given[2 + i]);
  if (round > 0) return;
  for (std::size_t i = 0; i < scanned; ++i) {
    if (!invocation.wants_output(carried + i)) continue;
    invocation.output(carried + i, with_dimension(declared_shape(body, 1 + carried + i), 0, 0));
  }
}

namespace {

// Element `index` of a list attribute, or 0 where it is left out.
std::int64_t listed(const Invocation& invocation, const char* name, std::size_t index) {
  const std::span<const std::int64_t> list = invocation.ints_attribute(name);
  return index < list.size() ? list[index] : 0;
}

// One of the equal parts of a tensor along its first dimension.
TensorView part_of(const TensorView& whole, std::size_t index) {
  TensorView part = {whole.type, without_dimension(whole.shape, 0), whole.data};
  part.data = whole.as<char>() + index * part.bytes();
  return part;
}

}  // namespace

void run_scan(Invocation& invocation) {
  const Block& body = block_named(invocation, "body");
  // In opset 8 lengths come first, and every tensor begins with a dimension of batches.
  const bool batched = invocation.since_version() == 8;
  const std::size_t skipped = batched ? 1 : 0;
  const std::size_t inputs = invocation.input_count() - skipped;
  const std::int64_t wanted = invocation.attribute("num_scan_inputs", std::int64_t{0});
  if (wanted < 1 || wanted > static_cast<std::int64_t>(inputs)) {
    invocation.fail("num_scan_inputs from 1 to %|%", inputs, wanted);
  }
  const auto sequences = static_cast<std::size_t>(wanted);
  const std::size_t states = inputs - sequences;
  check_counts(invocation, body, inputs, states);
  const std::size_t scanned = body.outputs.size() - states;

  TensorView* given = views(invocation, inputs + sequences + states + 3 * scanned);
  TensorView* sequence = given + inputs;
  TensorView* made = sequence + sequences;
  TensorView* first = made + states + scanned;  // slices of the outputs
  TensorView* whole = first + scanned;          // the outputs themselves

  // How long the sequences are, and how many batches there are.
  std::size_t axes_in[graph::kMaxRank * 4] = {};
  if (sequences > std::size(axes_in)) {
    invocation.fail("at most % scan inputs|%", std::size(axes_in), sequences);
  }
  std::int64_t length = -1;
  std::int64_t batches = batched ? -1 : 1;
  for (std::size_t i = 0; i < inputs; ++i) {
    const Shape& shape = invocation.input(skipped + i).shape;
    bool fits = true;
    if (batched) {
      fits = shape.rank() > (i < states ? 0u : 1u);
      if (fits && batches < 0) batches = shape[0];
      fits = fits && shape[0] == batches;
    }
    if (fits && i >= states) {
      const std::size_t k = i - states;
      axes_in[k] =
          batched ? 0 : invocation.axis(listed(invocation, "scan_input_axes", k), shape.rank());
      const std::int64_t size = shape[axes_in[k] + skipped];
      if (length < 0) length = size;
      fits = size == length;
    }
    if (!fits) invocation.fail_shape(skipped + i, "batches and sequences of one length");
  }
  if (batched && invocation.has_input(0) &&
      invocation.input(0).shape.elements() != static_cast<std::size_t>(batches)) {
    invocation.fail_shape(0, "a length for each batch");
  }
  const char* directions = batched ? "directions" : "scan_input_directions";

  // The memory of scan output i whose slices have this shape.
  const auto start_output = [&](std::size_t i, const Shape& slice) {
    std::size_t axis = 0;
    Shape shape = slice;
    if (!batched) {
      axis = invocation.axis(listed(invocation, "scan_output_axes", i), slice.rank() + 1);
    }
    shape = with_dimension(shape, axis, length);
    if (batched) shape = with_dimension(shape, 0, batches);
    void* memory = invocation.output(states + i, shape);
    whole[i] = {invocation.output_type(states + i), shape, memory};
    if (batched) std::memset(memory, 0, whole[i].bytes());  // behind the end of short sequences
  };

  TensorView* state = given;
  for (std::size_t batch = 0; batch < static_cast<std::size_t>(batches); ++batch) {
    std::int64_t steps = length;
    if (batched && invocation.has_input(0)) steps = invocation.elements<std::int64_t>(0)[batch];
    if (steps < 0 || steps > length) {
      invocation.fail("sequences of at most %|% for batch %", length, steps, batch);
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      const TensorView& input = invocation.input(skipped + i);
      (i < states ? state[i] : sequence[i - states]) = batched ? part_of(input, batch) : input;
    }
    for (std::int64_t step = 0; step < steps; ++step) {
      for (std::size_t i = 0; i < sequences; ++i) {
        const bool backwards = listed(invocation, directions, i) != 0;
        const auto index = static_cast<std::size_t>(backwards ? steps - 1 - step : step);
        TensorView& slice = given[states + i];
        if (axes_in[i] == 0) {
          slice = part_of(sequence[i], index);
          continue;
        }
        const Shape& shape = sequence[i].shape;
        slice = {sequence[i].type, without_dimension(shape, axes_in[i]), nullptr};
        const std::size_t size = element_size(slice.type);
        void* memory = invocation.state(2 * states + i, slice.bytes());
        slice.data = memory;
        if (slice.bytes() == 0) continue;
        const std::size_t inner = product(shape, axes_in[i] + 1, shape.rank());
        StridedCopy copy;
        copy.add(static_cast<std::int64_t>(product(shape, 0, axes_in[i])),
                 static_cast<std::ptrdiff_t>(static_cast<std::size_t>(length) * inner));
        copy.add(static_cast<std::int64_t>(inner), 1);
        copy.run(sequence[i].as<char>() + index * inner * size, size, static_cast<char*>(memory));
      }
      invocation.run_block(body, {given, inputs}, {made, states + scanned});
      for (std::size_t i = 0; i < states; ++i) {
        state[i] = keep(invocation, 2 * i + static_cast<std::size_t>(step % 2), made[i]);
      }
      for (std::size_t i = 0; i < scanned; ++i) {
        if (!invocation.wants_output(states + i)) continue;
        const TensorView& slice = made[states + i];
        if (whole[i].data == nullptr) {
          first[i] = slice;
          check_slice(invocation, first[i], slice);
          start_output(i, slice.shape);
        }
        check_slice(invocation, first[i], slice);
        const std::size_t bytes = slice.bytes();
        if (bytes == 0) continue;
        std::size_t axis = 0;
        if (!batched) {
          axis = invocation.axis(listed(invocation, "scan_output_axes", i), slice.shape.rank() + 1);
        }
        const bool backwards = !batched && listed(invocation, "scan_output_directions", i) != 0;
        const auto index = static_cast<std::size_t>(backwards ? steps - 1 - step : step);
        const std::size_t outer = product(slice.shape, 0, axis);
        const std::size_t inner = bytes / outer;
        const auto all = static_cast<std::size_t>(length);
        char* to = static_cast<char*>(const_cast<void*>(whole[i].data)) + batch * all * bytes;
        for (std::size_t o = 0; o < outer; ++o) {
          std::memcpy(to + (o * all + index) * inner, slice.as<char>() + o * inner, inner);
        }
      }
    }
    for (std::size_t i = 0; i < states; ++i) {
      if (!batched) {
        give(invocation, i, state[i]);
      } else if (invocation.wants_output(i)) {
        check_type(invocation, invocation.output_type(i), state[i]);
        // Grows batch by batch: bodies may change a state's shape, but for all batches alike.
        const TensorView last = state[i];
        const std::size_t bytes = last.bytes();
        const auto done = static_cast<std::int64_t>(batch);
        void* memory = invocation.grow_output(i, with_dimension(last.shape, 0, done + 1));
        copy_bytes(static_cast<char*>(memory) + batch * bytes, last.data, bytes);
      }
    }
  }
  for (std::size_t i = 0; i < states && batches == 0; ++i) {
    give(invocation, i, invocation.input(skipped + i));
  }
  for (std::size_t i = 0; i < scanned; ++i) {
    if (!invocation.wants_output(states + i) || whole[i].data != nullptr) continue;
    start_output(i, declared_shape(body, states + i));
  }
}

}  // namespace storewise::ops
