// The operators that this engine runs: one table, one row for each definition.
#pragma once

#include "graph/registry.h"

namespace storewise::ops {

// The registry to give to graph::Plan::open. Lives for the whole program.
const graph::Registry& registry();

}  // namespace storewise::ops
