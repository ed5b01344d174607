// Atomic operations, for the types that the device has them for: no thread is interrupted, so they are plain ones.
#pragma once

#define CUSIM_ATOMIC(name, T, result)          \
    inline T name(T* place, T value) {         \
        T old = *place;                        \
        *place = result;                       \
        return old;                            \
    }
#define CUSIM_ATOMIC_SUMS(T) CUSIM_ATOMIC(atomicAdd, T, old + value)
#define CUSIM_ATOMIC_EXCHANGES(T) CUSIM_ATOMIC(atomicExch, T, value)
#define CUSIM_ATOMIC_INTEGERS(T)                               \
    CUSIM_ATOMIC(atomicMin, T, value < old ? value : old)      \
    CUSIM_ATOMIC(atomicMax, T, old < value ? value : old)      \
    CUSIM_ATOMIC(atomicAnd, T, old & value)                    \
    CUSIM_ATOMIC(atomicOr, T, old | value)                     \
    CUSIM_ATOMIC(atomicXor, T, old ^ value)
#define CUSIM_ATOMIC_COMPARISONS(T)                            \
    inline T atomicCAS(T* place, T compare, T value) {         \
        T old = *place;                                        \
        *place = old == compare ? value : old;                 \
        return old;                                            \
    }

CUSIM_ATOMIC_SUMS(int)
CUSIM_ATOMIC_SUMS(unsigned)
CUSIM_ATOMIC_SUMS(unsigned long long)
CUSIM_ATOMIC_SUMS(float)
CUSIM_ATOMIC_SUMS(double)
CUSIM_ATOMIC_EXCHANGES(int)
CUSIM_ATOMIC_EXCHANGES(unsigned)
CUSIM_ATOMIC_EXCHANGES(unsigned long long)
CUSIM_ATOMIC_EXCHANGES(float)
CUSIM_ATOMIC_INTEGERS(int)
CUSIM_ATOMIC_INTEGERS(unsigned)
CUSIM_ATOMIC_INTEGERS(long long)
CUSIM_ATOMIC_INTEGERS(unsigned long long)
CUSIM_ATOMIC_COMPARISONS(int)
CUSIM_ATOMIC_COMPARISONS(unsigned)
CUSIM_ATOMIC_COMPARISONS(unsigned short)
CUSIM_ATOMIC_COMPARISONS(unsigned long long)
CUSIM_ATOMIC(atomicSub, int, old - value)
CUSIM_ATOMIC(atomicSub, unsigned, old - value)
CUSIM_ATOMIC(atomicInc, unsigned, old >= value ? 0 : old + 1)
CUSIM_ATOMIC(atomicDec, unsigned, old == 0 || old > value ? value : old - 1)
