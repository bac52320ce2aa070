// How often this test program has called operator new so far.
#pragma once

#include <cstddef>

std::size_t allocation_count();
