// The schedule of one block: every thread runs until it waits; when all that live wait for the same, they go on.
//
// A thread that forgets to wait reads what another one has not yet written in one order of threads, and has written in
// another: CUSIM_ORDER is 0 (forward), 1 (backward) or 2 (shuffled).
#pragma once

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
struct uint3 {
    unsigned x, y, z;
};

namespace cusim {

enum Order { Forward, Backward, Shuffled };

struct Block {
    Fiber fibers[MOST_THREADS];
    uint3 places[MOST_THREADS];
    unsigned threads = 0;
    unsigned current = 0;
    void* scheduler = nullptr;
    void (*run)(void*) = nullptr;
    void* argument = nullptr;
    // What the lanes of each warp hand to each other.
    uint64_t slots[MOST_THREADS / WARP][WARP];
    void* dynamic_shared = nullptr;
};

// Of the host's thread: two of them may run kernels at once.
inline thread_local Block* block = nullptr;
inline thread_local uint3 thread_index, block_index;
inline thread_local dim3 block_size, grid_size;
inline thread_local Order order = Forward;
inline thread_local uint32_t random_state = 1;

inline unsigned random_below(unsigned limit) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

inline void shuffle(unsigned* values, unsigned count) {
    for (unsigned i = count; i-- > 1;) {
        std::swap(values[i], values[random_below(i + 1)]);
    }
}

// The address sanitizer would take what is left of these two on the stack of a fiber for its own.
#define CUSIM_UNCHECKED __attribute__((noinline, no_sanitize("address")))

CUSIM_UNCHECKED inline void wait(State state) {
    Fiber& self = block->fibers[block->current];
    self.state = state;
    cusim_switch(&self.stack_pointer, block->scheduler);
}

CUSIM_UNCHECKED inline void fiber_entry() {
    block->run(block->argument);
    wait(State::Done);
    abort();
}

// Lets the threads of a warp run until all have ended or wait for the block; says whether any of them ran.
inline bool run_warp(unsigned first, unsigned last, const unsigned* lanes, unsigned& done) {
    Block& b = *block;
    bool progress = false;
    for (;;) {
        for (unsigned lane = 0; lane < WARP; lane++) {
            unsigned thread = first + lanes[lane];
            if (thread >= last || b.fibers[thread].state != State::Ready) {
                continue;
            }
            b.current = thread;
            thread_index = b.places[thread];
            cusim_switch(&b.scheduler, b.fibers[thread].stack_pointer);
            progress = true;
            done += b.fibers[thread].state == State::Done;
        }
        bool any = false;
        for (unsigned thread = first; thread < last; thread++) {
            if (b.fibers[thread].state == State::AtWarpBarrier) {
                b.fibers[thread].state = State::Ready;
                any = true;
            }
        }
        if (!any) {
            return progress;
        }
    }
}

// Opens the barrier of the block if all threads that live wait there.
inline bool open_barrier() {
    Block& b = *block;
    unsigned waiting = 0;
    for (unsigned thread = 0; thread < b.threads; thread++) {
        State state = b.fibers[thread].state;
        if (state == State::Ready || state == State::AtWarpBarrier) {
            return false;
        }
        waiting += state == State::AtBarrier;
    }
    if (waiting && waiting != b.threads && getenv("CUSIM_STRICT")) {
        fprintf(stderr, "cusim: %u of %u threads wait at __syncthreads, the others have ended\n", waiting, b.threads);
        abort();
    }
    for (unsigned thread = 0; thread < b.threads; thread++) {
        if (b.fibers[thread].state == State::AtBarrier) {
            b.fibers[thread].state = State::Ready;
        }
    }
    return waiting > 0;
}

inline void run_block() {
    Block& b = *block;
    unsigned lanes[WARP], warps[MOST_THREADS / WARP];
    unsigned warp_count = (b.threads + WARP - 1) / WARP;
    for (unsigned i = 0; i < WARP; i++) {
        lanes[i] = order == Backward ? WARP - 1 - i : i;
    }
    for (unsigned i = 0; i < warp_count; i++) {
        warps[i] = order == Backward ? warp_count - 1 - i : i;
    }
    for (unsigned done = 0; done < b.threads;) {
        if (order == Shuffled) {
            shuffle(lanes, WARP);
            shuffle(warps, warp_count);
        }
        bool progress = false;
        for (unsigned i = 0; i < warp_count; i++) {
            unsigned first = warps[i] * WARP;
            progress |= run_warp(first, std::min(b.threads, first + WARP), lanes, done);
        }
        progress |= done < b.threads && open_barrier();
        if (!progress) {
            fprintf(stderr, "cusim: the threads of a block wait for each other for ever\n");
            abort();
        }
    }
}

}  // namespace cusim
