// What a model says of itself, for both modules.
#pragma once

#include <string_view>

#include "json_writer.h"
#include "objects.h"

namespace storewise::abi {

// The reply to "describe" (methods.h); `metadata` is a JSON value.
void describe_model(const ModelObject& model, std::string_view metadata, JsonWriter& json);

}  // namespace storewise::abi
