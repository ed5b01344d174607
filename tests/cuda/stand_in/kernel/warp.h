// What the lanes of a warp hand to each other: each writes to its slot, all wait, each reads another one's, all wait.
//
// As on the device, a lane that has ended is not waited for; masks are not looked at.
#pragma once

namespace cusim {

inline unsigned lane() { return block->current % WARP; }

template <class T> T exchange(T value, unsigned source) {
    static_assert(sizeof(T) <= 8, "values that lanes exchange have at most 8 bytes");
    uint64_t* slots = block->slots[block->current / WARP];
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(T));
    slots[lane()] = bits;
    wait(State::AtWarpBarrier);
    bits = slots[source % WARP];
    wait(State::AtWarpBarrier);
    memcpy(&value, &bits, sizeof(T));
    return value;
}

}  // namespace cusim

template <class T> T __shfl_sync(unsigned, T value, int source, int width = 32) {
    return cusim::exchange(value, (cusim::lane() & ~unsigned(width - 1)) | unsigned(source & (width - 1)));
}
template <class T> T __shfl_xor_sync(unsigned, T value, unsigned mask, int width = 32) {
    unsigned lane = cusim::lane(), source = lane ^ mask;
    T other = cusim::exchange(value, source);
    return source / unsigned(width) <= lane / unsigned(width) ? other : value;
}
template <class T> T __shfl_down_sync(unsigned, T value, unsigned distance, int width = 32) {
    unsigned lane = cusim::lane();
    T other = cusim::exchange(value, lane + distance);
    return lane % unsigned(width) + distance < unsigned(width) ? other : value;
}
template <class T> T __shfl_up_sync(unsigned, T value, unsigned distance, int width = 32) {
    unsigned lane = cusim::lane();
    T other = cusim::exchange(value, lane - distance);
    return lane % unsigned(width) >= distance ? other : value;
}

inline unsigned __activemask() {
    unsigned first = cusim::block->current / 32 * 32, mask = 0;
    for (unsigned i = 0; i < 32 && first + i < cusim::block->threads; i++) {
        mask |= unsigned(cusim::block->fibers[first + i].state != cusim::State::Done) << i;
    }
    return mask;
}
inline unsigned __ballot_sync(unsigned mask, int predicate) {
    unsigned votes = 0;
    unsigned active = __activemask();
    for (unsigned i = 0; i < 32; i++) {
        unsigned vote = cusim::exchange(unsigned(predicate != 0), i);
        votes |= (active >> i & vote) << i;
    }
    return votes & mask;
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, !predicate) == 0; }

template <class T, class Combine> T cusim_reduce(T value, Combine combine) {
    unsigned active = __activemask();
    T total{};
    bool first = true;
    for (unsigned i = 0; i < 32; i++) {
        T other = cusim::exchange(value, i);
        if (active >> i & 1) {
            total = first ? other : combine(total, other);
            first = false;
        }
    }
    return total;
}
template <class T> T __reduce_add_sync(unsigned, T value) {
    return cusim_reduce(value, [](T a, T b) { return a + b; });
}
template <class T> T __reduce_min_sync(unsigned, T value) {
    return cusim_reduce(value, [](T a, T b) { return a < b ? a : b; });
}
template <class T> T __reduce_max_sync(unsigned, T value) {
    return cusim_reduce(value, [](T a, T b) { return a < b ? b : a; });
}

// Barriers of the block that also count.
inline int __syncthreads_count(int predicate) {
    static thread_local int count;
    __syncthreads();
    count = 0;
    __syncthreads();
    count += predicate != 0;
    __syncthreads();
    return count;
}
inline int __syncthreads_or(int predicate) { return __syncthreads_count(predicate) != 0; }
inline int __syncthreads_and(int predicate) { return __syncthreads_count(!predicate) == 0; }
