// The fields of one protobuf message, where protozero needs help.
#pragma once

#include <protozero/pbf_reader.hpp>
#include <string_view>

namespace storewise::onnx {

// A reader of `message`, of which every field ends inside. protozero holds a length against the
// difference of two pointers, so that in 32 bits one of 2 GB and more would lead anywhere, and it
// cuts longer ones off. Throws its exceptions.
protozero::pbf_reader fields_of(std::string_view message);

}  // namespace storewise::onnx
