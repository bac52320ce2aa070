#include "support/error.h"

#include <utility>

namespace storewise {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidModel:
      return "invalid-model";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kInvalidInput:
      return "invalid-input";
    case ErrorCode::kInvalidRequest:
      return "invalid-request";
    case ErrorCode::kInvalidHandle:
      return "invalid-handle";
    case ErrorCode::kOutOfMemory:
      return "out-of-memory";
  }
  return "unknown";
}

Error::Error(ErrorCode code, std::string summary, ErrorDetail detail)
    : code_(code), summary_(std::move(summary)), detail_(std::move(detail)) {
  if (!detail_.file.empty()) message_ += detail_.file + ": ";
  message_ += summary_;
  if (!detail_.place.empty()) message_ += " (at " + detail_.place + ")";
  if (!detail_.expected.empty()) message_ += "; expected " + detail_.expected;
  if (!detail_.found.empty()) message_ += "; found " + detail_.found;
}

Error Error::in_file(std::string_view file, std::string_view place) const {
  ErrorDetail detail = detail_;
  if (detail.file.empty()) detail.file = file;
  if (detail.place.empty()) detail.place = place;
  return Error(code_, summary_, std::move(detail));
}

}  // namespace storewise
