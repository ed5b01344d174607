// Sizes that the stand-in of the driver and the kernels have in common.
#pragma once
#include <cstddef>

namespace cusim {

constexpr unsigned WARP = 32;
constexpr unsigned MOST_THREADS = 1024;

// Only pages that a thread touches are ever there.
constexpr size_t STACK_BYTES = 256 * 1024;

// How the driver calls a kernel. `stacks` holds MOST_THREADS of them, for whoever needs them.
typedef void Launch(
    const unsigned* grid, const unsigned* size, size_t shared, void** arguments, int order, char* stacks
);

}  // namespace cusim
