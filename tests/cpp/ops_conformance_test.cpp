// The ONNX project's own cases through the engine, natively and so under the sanitizers too: every
// case whose operators, types and attributes are in the registry has to give the expected outputs,
// with fusion and without; the others have to be refused in words. tests/conformance/run.mjs does
// the same on the shipped wasm.
//
// The cases are Debian's (libonnx-testdata); STOREWISE_ONNX_CASES names other folders, separated
// by colons. Writes what was refused and why to conformance.txt in the build directory.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "catch.h"
#include "files.h"
#include "graph/invocation.h"
#include "graph/plan.h"
#include "onnx/numbers.h"
#include "onnx/reader.h"
#include "ops/registry.h"
#include "support/error.h"

namespace {

namespace fs = std::filesystem;
using namespace storewise;
using graph::DataType;
using graph::TensorView;

std::vector<fs::path> case_folders() {
  const char* given = std::getenv("STOREWISE_ONNX_CASES");
  const fs::path debian = "/usr/include/onnx/backend/test/data";
  std::vector<fs::path> folders;
  if (given == nullptr) {
    for (const char* group : {"node", "simple", "pytorch-operator", "pytorch-converted"}) {
      folders.push_back(debian / group);
    }
  } else {
    std::string list = given;
    for (std::size_t start = 0; start <= list.size();) {
      const std::size_t end = std::min(list.find(':', start), list.size());
      if (end > start) folders.push_back(list.substr(start, end - start));
      start = end + 1;
    }
  }
  std::vector<fs::path> cases;
  for (const fs::path& folder : folders) {
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
    }
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

TensorView view_of(const onnx::TensorRef& tensor) {
  return {tensor.type, graph::Shape(tensor.dims), tensor.bytes.data()};
}

// Empty when equal within ONNX's own tolerance (its backend test: relative 1e-3, absolute 1e-7,
// here 1e-6 for sums in another order; float16 twice that, two units in its last place), else what
// differs.
std::string difference(const TensorView& found, const TensorView& expected) {
  if (found.type != expected.type) {
    return "type " + std::string(data_type_name(found.type)) + " for " +
           std::string(data_type_name(expected.type));
  }
  if (!(found.shape == expected.shape)) {
    return "shape " + found.shape.to_string() + " for " + expected.shape.to_string();
  }
  const std::size_t n = expected.shape.elements();
  if (expected.type == DataType::kString) {
    const graph::Elements<std::string_view> a(found.data);
    const graph::Elements<std::string_view> b(expected.data);
    for (std::size_t i = 0; i < n; ++i) {
      if (a[i] != b[i]) {
        return "element " + std::to_string(i) + ": \"" + std::string(a[i]) + "\" for \"" +
               std::string(b[i]) + "\"";
      }
    }
    return {};
  }
  const double relative = expected.type == DataType::kFloat16 ? 2e-3 : 1e-3;
  std::vector<double> a(n);
  std::vector<double> b(n);
  onnx::load_numbers(found.type, found.data, 0, n, a.data());
  onnx::load_numbers(expected.type, expected.data, 0, n, b.data());
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (a[i] == b[i]) continue;
    if (!(std::fabs(a[i] - b[i]) <= 1e-6 + relative * std::fabs(b[i]))) {
      return "element " + std::to_string(i) + ": " + std::to_string(a[i]) + " for " +
             std::to_string(b[i]);
    }
  }
  return {};
}

std::vector<std::vector<std::uint8_t>> read_tensors(const fs::path& folder,
                                                    const std::string& prefix) {
  std::vector<std::vector<std::uint8_t>> files;
  for (int i = 0;; ++i) {
    const fs::path path = folder / (prefix + std::to_string(i) + ".pb");
    if (!fs::exists(path)) return files;
    files.push_back(read_file(path));
  }
}

// Empty when the case passes. Throws Error(kUnsupported) for a case outside the engine.
std::string run_case(const fs::path& folder, bool fuse) {
  const std::vector<std::uint8_t> model = read_file(folder / "model.onnx");
  const auto plan =
      graph::Plan::open(model, folder.filename().string(), ops::registry(), {.fuse = fuse});
  graph::Workspace workspace;
  std::string problem;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    const auto input_files = read_tensors(entry.path(), "input_");
    const auto output_files = read_tensors(entry.path(), "output_");
    std::vector<onnx::TensorRef> tensors;
    std::vector<TensorView> inputs;
    for (const auto& file : input_files) tensors.push_back(onnx::read_tensor(file));
    // Cases list a node's inputs, of which an unused one is dropped from the file's end.
    for (std::size_t i = 0; i < plan->inputs().size() && i < tensors.size(); ++i) {
      inputs.push_back(view_of(tensors[i]));
    }
    std::vector<TensorView> outputs(plan->outputs().size());
    graph::run(*plan, workspace, inputs, outputs);
    if (output_files.size() != outputs.size()) return "number of outputs";
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const onnx::TensorRef expected = onnx::read_tensor(output_files[i]);
      problem = difference(outputs[i], view_of(expected));
      if (!problem.empty()) return "output " + std::to_string(i) + ": " + problem;
    }
  }
  return problem;
}

}  // namespace

TEST_CASE("the ONNX project's cases of supported operators give the expected outputs") {
  const std::vector<fs::path> folders = case_folders();
  if (folders.empty()) {
    WARN("not run: there are no cases (install libonnx-testdata)");
    return;
  }
  const char* only = std::getenv("STOREWISE_ONNX_ONLY");  // a part of a case's name
  std::size_t passed = 0;
  std::size_t unsupported = 0;
  std::size_t failed = 0;
  std::ofstream report(std::string(STOREWISE_BINARY_DIR) + "/conformance.txt");
  for (const fs::path& folder : folders) {
    const std::string name = folder.filename().string();
    if (only != nullptr && name.find(only) == std::string::npos) continue;
    CAPTURE(name);
    std::string problem;
    try {
      problem = run_case(folder, true);
      if (problem.empty()) problem = run_case(folder, false);
      passed += problem.empty() ? 1 : 0;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kUnsupported) {
        ++unsupported;
        CHECK_FALSE(error.detail().expected.empty());
        std::string text = error.what();
        report << "unsupported " << text.substr(0, 300) << "\n";
      } else {
        problem = error.what();
      }
    }
    if (!problem.empty()) {
      ++failed;
      report << "FAILED " << name << ": " << problem << "\n";
    }
    CHECK(problem == "");
  }
  WARN(passed << " of " << folders.size() << " cases passed, " << unsupported << " unsupported, "
              << failed << " failed");
  if (only == nullptr) CHECK(passed >= 700);
}
