// The boundary: exceptions end here and become a code and a JSON error, pointers become views.
//
// Refuses to know what a request means (methods.h does) or what an object holds (objects.h does).
#include "storewise.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "json_writer.h"
#include "methods.h"
#include "objects.h"
#include "support/message.h"

namespace {

using storewise::Error;
using storewise::ErrorCode;
namespace abi = storewise::abi;
namespace graph = storewise::graph;

constexpr std::size_t kAlignment = 16;

// Never destroyed: at the end of a program visits would outlive the shops that they point to.
abi::Handles& handles = *new abi::Handles;
std::string result_text;
std::string_view result;  // result_text, or a constant when even an error did not fit in memory

void fail(const Error& error) {
  const storewise::ErrorDetail& detail = error.detail();
  result_text.clear();
  abi::JsonWriter json(result_text);
  json.begin_object().key("code").string(storewise::error_code_name(error.code()));
  json.key("message").string(error.what()).key("file").string(detail.file);
  json.key("place").string(detail.place).key("expected").string(detail.expected);
  json.key("found").string(detail.found).end_object();
  result = result_text;
}

void fail_out_of_memory() {
  result =
      R"({"code":"out-of-memory","message":"there is not enough memory for this call","file":"",)"
      R"("place":"","expected":"","found":""})";
}

// Runs `body` and keeps its exceptions: 0, or -1 with the error as result.
template <typename Body>
int32_t guard(Body&& body) noexcept {
  try {
    result_text.clear();
    result = {};
    try {
      body();
      result = result_text;
      return 0;
    } catch (...) {
      // What is no Error our own code did not throw: an allocation failed, or a container was to
      // grow beyond what it can index.
      if (const Error* error = storewise::caught_error()) {
        fail(*error);
      } else {
        fail_out_of_memory();
      }
    }
  } catch (...) {
    fail_out_of_memory();  // the error itself did not fit
  }
  return -1;
}

std::unique_ptr<abi::Object> open(int32_t kind, std::unique_ptr<abi::Bytes> bytes,
                                  std::string_view name) {
  std::unique_ptr<abi::Object> object =
      abi::open(static_cast<abi::Kind>(kind), std::move(bytes), name, handles);
  if (object) return object;
  storewise::throw_error_in(name, ErrorCode::kInvalidRequest,
                            "this module opens no such kind of file||1 model, or for a shop 2 "
                            "catalogue, 3 faq, 4 offers, 5 rules, 6 shop, 8 intents|%",
                            kind);
}

// Strings cross the boundary as n + 1 offsets (uint32), then the characters that they count.
std::vector<std::string_view> read_texts(const sw_tensor& tensor, std::size_t count,
                                         uint32_t index) {
  const auto refuse = [&](const std::string& found) {
    storewise::throw_error(ErrorCode::kInvalidInput,
                           "the strings cannot be read|input %|% rising offsets and the characters "
                           "they count|%",
                           index, count + 1, found);
  };
  const char* bytes = static_cast<const char*>(tensor.data);
  const std::size_t room = tensor.bytes / sizeof(uint32_t);
  if (bytes == nullptr || room == 0 || count > room - 1)
    refuse(storewise::message("% bytes", tensor.bytes));
  const std::size_t first = (count + 1) * sizeof(uint32_t);
  std::vector<std::string_view> texts(count);
  uint32_t start = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    uint32_t end = 0;
    std::memcpy(&end, bytes + i * sizeof end, sizeof end);
    if (end < start || end > tensor.bytes - first || (i == 0 && end != 0))
      refuse(storewise::message("offset %", end));
    if (i > 0) texts[i - 1] = {bytes + first + start, end - start};
    start = end;
  }
  return texts;
}

std::string write_texts(const graph::TensorView& tensor) {
  const std::size_t count = tensor.shape.elements();
  const auto* texts = tensor.as<std::string_view>();
  std::string bytes((count + 1) * sizeof(uint32_t), '\0');
  uint32_t end = 0;
  for (std::size_t i = 0; i < count; ++i) {
    bytes += texts[i];
    end += static_cast<uint32_t>(texts[i].size());
    std::memcpy(bytes.data() + (i + 1) * sizeof end, &end, sizeof end);
  }
  return bytes;
}

graph::TensorView input_view(const sw_tensor& tensor, uint32_t index,
                             std::vector<std::vector<std::string_view>>& texts) {
  const auto type = static_cast<graph::DataType>(tensor.type);
  const std::size_t size = graph::element_size(type);
  if (size == 0)
    storewise::throw_error(ErrorCode::kInvalidInput,
                           "the tensor cannot be read|input %|an element type of ONNX|number %",
                           index, tensor.type);
  if (tensor.rank < 0 || tensor.rank > 8)
    storewise::throw_error(ErrorCode::kInvalidInput,
                           "the tensor cannot be read|input %|a rank of 0 to 8|%", index,
                           tensor.rank);
  graph::Shape shape;
  for (int32_t axis = 0; axis < tensor.rank; ++axis) {
    if (tensor.dims[axis] < 0)
      storewise::throw_error(ErrorCode::kInvalidInput,
                             "the tensor cannot be read|input %|sizes of 0 and more|%", index,
                             tensor.dims[axis]);
    shape.push_back(tensor.dims[axis]);
  }
  const std::size_t elements = shape.elements();
  if (type == graph::DataType::kString) {
    texts.push_back(read_texts(tensor, elements, index));
    return {type, shape, texts.back().data()};
  }
  if (elements / 2 > tensor.bytes || graph::storage_bytes(type, elements) != tensor.bytes) {
    storewise::throw_error(ErrorCode::kInvalidInput,
                           "the tensor cannot be read|input %|% elements of % bytes|% bytes", index,
                           elements, size, tensor.bytes);
  }
  if (elements > 0 && tensor.data == nullptr)
    storewise::throw_error(ErrorCode::kInvalidInput,
                           "the tensor cannot be read|input %|elements|a null pointer", index);
  if (reinterpret_cast<std::uintptr_t>(tensor.data) % size != 0) {
    storewise::throw_error(
        ErrorCode::kInvalidInput,
        "the tensor cannot be read|input %|elements at a multiple of their size|others", index);
  }
  return {type, shape, tensor.data};
}

void describe_tensor(const graph::TensorView& view, sw_tensor& tensor) {
  tensor = {};
  tensor.type = static_cast<int32_t>(view.type);
  tensor.rank = static_cast<int32_t>(view.shape.rank());
  for (std::size_t axis = 0; axis < view.shape.rank(); ++axis) {
    tensor.dims[axis] = static_cast<int32_t>(view.shape[axis]);
  }
  tensor.data = const_cast<void*>(view.data);
  tensor.bytes = static_cast<uint32_t>(view.bytes());
}

void run(int32_t handle, sw_tensor* tensors, uint32_t inputs, uint32_t outputs) {
  auto& model = handles.get_as<abi::ModelObject>(handle);
  if (inputs != model.plan->inputs().size() || outputs != model.plan->outputs().size()) {
    storewise::throw_error_in(
        model.plan->name(), ErrorCode::kInvalidInput,
        "the model has other inputs or outputs||% inputs and % outputs|% and %",
        model.plan->inputs().size(), model.plan->outputs().size(), inputs, outputs);
  }
  std::vector<std::vector<std::string_view>> texts;
  std::vector<graph::TensorView> given(inputs);
  for (uint32_t i = 0; i < inputs; ++i) given[i] = input_view(tensors[i], i, texts);
  std::vector<graph::TensorView> made(outputs);
  graph::run(*model.plan, model.workspace, given, made);
  model.texts.clear();
  model.texts.reserve(outputs);  // so that none moves
  for (uint32_t i = 0; i < outputs; ++i) {
    sw_tensor& tensor = tensors[inputs + i];
    const graph::TensorView& view = made[i];
    if (view.type == graph::DataType::kString) {
      std::string& text = model.texts.emplace_back(write_texts(view));
      describe_tensor({view.type, view.shape, nullptr}, tensor);
      tensor.data = text.data();
      tensor.bytes = static_cast<uint32_t>(text.size());
    } else {
      describe_tensor(view, tensor);
    }
  }
}

void explain(int32_t handle, sw_tensor* tensors, uint32_t inputs, uint32_t score) {
  auto& model = handles.get_as<abi::ModelObject>(handle);
  std::vector<std::vector<std::string_view>> texts;
  std::vector<graph::TensorView> given(inputs);
  for (uint32_t i = 0; i < inputs; ++i) given[i] = input_view(tensors[i], i, texts);
  const storewise::behaviour::Explanation& said = abi::explain(model, given, score);
  const auto view = [](const auto& numbers, graph::DataType type) {
    return graph::TensorView{type, graph::Shape({static_cast<std::int64_t>(numbers.size())}),
                             numbers.data()};
  };
  constexpr auto kDouble = graph::DataType::kDouble;
  sw_tensor* to = tensors + inputs;
  describe_tensor({kDouble, {}, &said.base}, *to++);
  describe_tensor(view(said.contributions, kDouble), *to++);
  describe_tensor(view(said.features, graph::DataType::kFloat), *to++);
  describe_tensor(view(said.weights, kDouble), *to++);
  describe_tensor(view(said.path, kDouble), *to++);
}

void reply(int32_t handle, sw_tensor* tensors, uint32_t beams, uint32_t most) {
  constexpr uint32_t kInputs = 5;
  auto& model = handles.get_as<abi::ModelObject>(handle);
  std::vector<std::vector<std::string_view>> texts;
  graph::TensorView given[kInputs];
  for (uint32_t i = 0; i < kInputs; ++i) given[i] = input_view(tensors[i], i, texts);
  const abi::Replies& replies = abi::reply(model, given, beams, most);
  const auto count = static_cast<std::int64_t>(replies.probabilities.size());
  describe_tensor(
      {graph::DataType::kInt32, graph::Shape({count, storewise::answer::kMaxReplySentences}),
       replies.sentences.data()},
      tensors[kInputs]);
  describe_tensor({graph::DataType::kDouble, graph::Shape({count}), replies.probabilities.data()},
                  tensors[kInputs + 1]);
}

}  // namespace

extern "C" {

uint32_t sw_version(void) { return 1; }

void* sw_alloc(uint32_t bytes) {
  // aligned_alloc wants a multiple of the alignment; 0 bytes get an address of their own.
  const std::size_t rounded =
      (static_cast<std::size_t>(bytes) + kAlignment - 1) / kAlignment * kAlignment;
  if (rounded < bytes) return nullptr;
  return std::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded);
}

void sw_free(void* memory) { std::free(memory); }

int32_t sw_open(int32_t kind, void* bytes, uint32_t length, const char* name,
                uint32_t name_length) {
  int32_t handle = 0;
  std::unique_ptr<abi::Bytes> owned(new (std::nothrow) abi::Bytes(bytes, length));
  if (!owned) {
    sw_free(bytes);
    fail_out_of_memory();
    return 0;
  }
  const std::string_view file =
      name == nullptr ? std::string_view() : std::string_view(name, name_length);
  guard([&] {
    if (bytes == nullptr) {
      storewise::throw_error_in(file, ErrorCode::kInvalidInput,
                                "there is nothing to open||bytes|a null pointer");
    }
    try {
      handle = handles.add(open(kind, std::move(owned), file));
    } catch (...) {
      const Error* error = storewise::caught_error();
      if (error == nullptr) throw;
      throw error->in_file(file);
    }
  });
  return handle;
}

int32_t sw_close(int32_t handle) {
  return guard([&] { handles.close(handle); });
}

int32_t sw_run(int32_t model, struct sw_tensor* tensors, uint32_t inputs, uint32_t outputs) {
  return guard([&] { run(model, tensors, inputs, outputs); });
}

int32_t sw_explain(int32_t model, struct sw_tensor* tensors, uint32_t inputs, uint32_t score) {
  return guard([&] { explain(model, tensors, inputs, score); });
}

int32_t sw_reply(int32_t model, struct sw_tensor* tensors, uint32_t beams, uint32_t most) {
  return guard([&] { reply(model, tensors, beams, most); });
}

int32_t sw_call(int32_t handle, const char* json, uint32_t length) {
  return guard([&] {
    abi::call(handles.get(handle),
              json == nullptr ? std::string_view() : std::string_view(json, length), handles,
              result_text);
  });
}

const char* sw_result(void) { return result.data(); }

uint32_t sw_result_length(void) { return static_cast<uint32_t>(result.size()); }

}  // extern "C"
