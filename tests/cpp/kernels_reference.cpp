// Built with STOREWISE_KERNELS_IMPLEMENTATION=reference, together with scalar.cpp and compose.cpp.
#include "kernels_table.h"

const KernelTable& reference_kernels() {
  static const KernelTable table = this_implementation();
  return table;
}
