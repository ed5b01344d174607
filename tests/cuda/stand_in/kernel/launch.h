// All blocks of a launch, one after the other, in the order that was asked for; and the door through which the
// stand-in of the driver calls a kernel.
#pragma once

namespace cusim {

// Calls `visit` for each number below `count`: forward, backward, or in steps from anywhere that meet every one.
template <class Visit> void in_order(uint64_t count, Visit visit) {
    if (order != Shuffled) {
        for (uint64_t i = 0; i < count; i++) {
            visit(order == Backward ? count - 1 - i : i);
        }
        return;
    }
    auto divides = [](uint64_t a, uint64_t b) {
        while (b) {
            a %= b;
            std::swap(a, b);
        }
        return a != 1;
    };
    uint64_t step = random_below(1 << 20) | 1, start = random_below(1 << 20);
    while (divides(step, count)) {
        step += 2;
    }
    for (uint64_t i = 0; i < count; i++) {
        visit((start + i * step) % count);
    }
}

inline uint3 place(uint64_t number, const dim3& size) {
    uint64_t row = number / size.x;
    return {unsigned(number % size.x), unsigned(row % size.y), unsigned(row / size.y)};
}

// `run` is one thread. Where none of them waits for another, they need no stacks of their own, and there are none.
template <class Run> void launch(dim3 grid, dim3 size, size_t shared, char* stacks, Run&& run) {
    static thread_local Block own;
    block = &own;
    own.threads = size.x * size.y * size.z;
#ifdef __SANITIZE_ADDRESS__
    static std::mutex lock;
    std::lock_guard<std::mutex> guard(lock);
#endif
    // Neither zeros nor what the last launch has left there.
    if (posix_memalign(&own.dynamic_shared, 128, shared) != 0) {
        abort();
    }
    memset(own.dynamic_shared, 0xCD, shared);
    block_size = size;
    grid_size = grid;
    own.run = [](void* argument) { (*static_cast<std::remove_reference_t<Run>*>(argument))(); };
    own.argument = static_cast<void*>(&run);
    in_order(uint64_t(grid.x) * grid.y * grid.z, [&](uint64_t number) {
        block_index = place(number, grid);
        if (!stacks) {
            in_order(own.threads, [&](uint64_t thread) {
                thread_index = place(thread, size);
                own.current = unsigned(thread);
                run();
            });
            return;
        }
        for (unsigned thread = 0; thread < own.threads; thread++) {
            own.places[thread] = place(thread, size);
            prepare(own.fibers[thread], stacks + thread * STACK_BYTES, fiber_entry);
        }
        run_block();
    });
    free(own.dynamic_shared);
}

// Each argument is a pointer to its value, as for cuLaunchKernel.
template <class... Parameters, size_t... I>
void call(void (*kernel)(Parameters...), void** arguments, std::index_sequence<I...>) {
    kernel(*static_cast<std::remove_cv_t<std::remove_reference_t<Parameters>>*>(arguments[I])...);
}

template <class... Parameters>
void launch_kernel(
    void (*kernel)(Parameters...), const unsigned* grid, const unsigned* size, size_t shared, void** arguments,
    int chosen_order, char* stacks
) {
    order = Order(chosen_order);
    launch(dim3(grid[0], grid[1], grid[2]), dim3(size[0], size[1], size[2]), shared, stacks, [&] {
        call(kernel, arguments, std::index_sequence_for<Parameters...>{});
    });
}

}  // namespace cusim

// `waits` says whether threads of the kernel wait for each other.
#define CUSIM_EXPORT(kernel, waits)                                                                          \
    extern "C" void cusim_launch_##kernel(                                                                   \
        const unsigned* grid, const unsigned* size, size_t shared, void** arguments, int order, char* stacks \
    ) {                                                                                                      \
        cusim::launch_kernel(&kernel, grid, size, shared, arguments, order, waits ? stacks : nullptr);       \
    }
