// The one error type of the core: what was wrong, where, what was expected and what was found.
//
// Thrown for bad input only (a file, a request, a CSV); never on the path of a query that was
// accepted. The C ABI turns it into a status and a JSON document (wasm/storewise.h).
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace storewise {

enum class ErrorCode {
  kInvalidModel,    // the bytes are not a usable ONNX model
  kUnsupported,     // a valid model that needs something this engine leaves out
  kInvalidInput,    // a tensor, document or table has the wrong type, shape or value
  kInvalidRequest,  // a call names an unknown method or lacks an argument
  kInvalidHandle,   // a handle that was never opened or is closed
  kOutOfMemory,     // the memory that the request needs is not to be had
};

// The stable name of a code as users see it, e.g. "invalid-model".
std::string_view error_code_name(ErrorCode code);

// The parts of an error. `file` and `place` may be empty when they are not known at the point of
// failure; callers that know more add them (Error::in_file).
struct ErrorDetail {
  std::string file;      // the file's name as the caller gave it
  std::string place;     // node, JSON path, tensor or line and column
  std::string expected;  // in words: "a float tensor of shape [n]"
  std::string found;     // in words: "an int64 tensor of shape [3, 4]"
};

class Error : public std::exception {
 public:
  // `summary` is one plain clause without a full stop: "the model cannot be read".
  Error(ErrorCode code, std::string summary, ErrorDetail detail = {});

  ErrorCode code() const { return code_; }
  const std::string& summary() const { return summary_; }
  const ErrorDetail& detail() const { return detail_; }
  // The whole message on one line: summary, then file, place, expected and found when known.
  const char* what() const noexcept override { return message_.c_str(); }
  // A copy of this error that names `file` and `place`, unless it names others already.
  Error in_file(std::string_view file, std::string_view place = {}) const;

 private:
  ErrorCode code_;
  std::string summary_;
  ErrorDetail detail_;
  std::string message_;
};

// In a `catch (...)`: the Error that it handles, valid until the handler ends, or nullptr when
// something else was thrown. The rooms that pages download ask by this and not by a handler's type,
// so that nothing in a module has to match types (wasm/exceptions.cpp).
const Error* caught_error();

}  // namespace storewise
