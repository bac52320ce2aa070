#include "support/error.h"

namespace storewise {

const Error* caught_error() {
  try {
    throw;
  } catch (const Error& error) {
    return &error;  // the handler that asks keeps it
  } catch (...) {
    return nullptr;
  }
}

}  // namespace storewise
