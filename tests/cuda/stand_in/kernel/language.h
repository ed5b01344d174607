// The words of CUDA C that C++ does not have.
#pragma once

#define __global__
#define __device__
#define __host__
#define __managed__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __constant__ static
// A host's thread runs one block at a time: what is static in it is shared by the block. The address sanitizer watches
// the ends of what is not of a thread alone; then one thread of the host launches at a time.
#ifdef __SANITIZE_ADDRESS__
#define __shared__ static
#else
#define __shared__ static thread_local
#endif
#define __align__(bytes) alignas(bytes)

#define threadIdx cusim::thread_index
#define blockIdx cusim::block_index
#define blockDim cusim::block_size
#define gridDim cusim::grid_size
#define warpSize 32

// `extern __shared__ T name[];` is rewritten to this before it is compiled.
#define CUSIM_DYN_SHARED(T, name) T* name = reinterpret_cast<T*>(cusim::dynamic_shared())

namespace cusim {
inline void* dynamic_shared() { return block->dynamic_shared; }
}  // namespace cusim

inline void __syncthreads() { cusim::wait(cusim::State::AtBarrier); }
inline void __syncwarp(unsigned = 0xffffffffu) { cusim::wait(cusim::State::AtWarpBarrier); }
inline void __threadfence() {}
inline void __threadfence_block() {}
inline void __threadfence_system() {}

// Vectors, aligned as the device has them.
#define CUSIM_VECTORS(T, name)                                                       \
    struct alignas(2 * sizeof(T)) name##2 { T x, y; };                               \
    struct name##3 { T x, y, z; };                                                   \
    struct alignas(4 * sizeof(T) > 16 ? 16 : 4 * sizeof(T)) name##4 { T x, y, z, w; }; \
    inline name##2 make_##name##2(T x, T y) { return {x, y}; }                       \
    inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; }               \
    inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }
CUSIM_VECTORS(float, float)
CUSIM_VECTORS(double, double)
CUSIM_VECTORS(int, int)
CUSIM_VECTORS(short, short)
CUSIM_VECTORS(signed char, char)
CUSIM_VECTORS(unsigned char, uchar)
CUSIM_VECTORS(unsigned short, ushort)
CUSIM_VECTORS(long long, longlong)
CUSIM_VECTORS(unsigned long long, ulonglong)
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return {x, y, z}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

template <class T> inline T __ldg(const T* place) { return *place; }
template <class T> inline T __ldcs(const T* place) { return *place; }
template <class T> inline void __stcs(T* place, T value) { *place = value; }
