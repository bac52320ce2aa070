// The operators that this engine runs: one table, one row for each definition.
#pragma once

#include "graph/registry.h"

namespace storewise::ops {

// The registry to give to graph::Plan::open. Lives for the whole program.
const graph::Registry& registry();

// Those alone that the models of a shop use, which the trainer makes: what a page of a shop has to
// download. A module that asks only for this one does not contain the other operators.
const graph::Registry& shop_registry();

}  // namespace storewise::ops
