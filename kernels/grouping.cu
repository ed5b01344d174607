// Terms in groups of one target each, those of a group in their order: a stable sort of the targets, digit by digit.
// Each thread counts and moves the terms of a chunk by itself, so that nothing depends on which thread comes first.

const u32 DIGITS = 16;

// The targets of terms. One that is outside becomes `targets`, which is none.
struct OfIds { u64 len, ids, keys, targets; };
extern "C" __global__ void __launch_bounds__(256) keys_of_ids(const OfIds a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) {
    const u64 id = ((const u64 *)a.ids)[i];
    ((u32 *)a.keys)[i] = (u32)(id < a.targets ? id : a.targets);
  }
}
// `strided` is how many elements lie before the place of the first term; the keys are dense.
extern "C" __global__ void __launch_bounds__(256) keys_of_places(const Strided a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads)
    ((u32 *)a.dense)[i] = (u32)((i64)a.strided + place_of(a, i));
}

struct Sorting { u64 len, each, chunks, shift, counts, keys, order, to_keys, to_order; };

// How often each digit is in each chunk: all chunks of a digit beside each other.
extern "C" __global__ void __launch_bounds__(256) sort_count(const Sorting a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 chunk = (u64)blockIdx.x * blockDim.x + threadIdx.x; chunk < a.chunks; chunk += threads) {
    u32 counts[DIGITS];
    for (u32 digit = 0; digit < DIGITS; digit++) counts[digit] = 0;
    const u64 begin = chunk * a.each, end = begin + a.each < a.len ? begin + a.each : a.len;
    for (u64 i = begin; i < end; i++) counts[((const u32 *)a.keys)[i] >> a.shift & (DIGITS - 1)]++;
    for (u32 digit = 0; digit < DIGITS; digit++) ((u32 *)a.counts)[digit * a.chunks + chunk] = counts[digit];
  }
}

// Where the terms of each digit and chunk begin: what all counts before it come to. One block.
extern "C" __global__ void __launch_bounds__(256) sort_begin(const Sorting a) {
  __shared__ u32 sums[256];
  u32 *counts = (u32 *)a.counts;
  const u32 x = threadIdx.x;
  const u64 all = DIGITS * a.chunks, part = (all + 255) / 256;
  const u64 first = x * part < all ? x * part : all, last = first + part < all ? first + part : all;
  u32 own = 0;
  for (u64 i = first; i < last; i++) own += counts[i];
  sums[x] = own;
  __syncthreads();
  for (u32 step = 1; step < 256; step *= 2) {
    const u32 left = x >= step ? sums[x - step] : 0;
    __syncthreads();
    sums[x] += left;
    __syncthreads();
  }
  u32 before = sums[x] - own;
  for (u64 i = first; i < last; i++) {
    const u32 count = counts[i];
    counts[i] = before;
    before += count;
  }
}

// Each term behind those of lower digits, of chunks before, and before it in its chunk.
extern "C" __global__ void __launch_bounds__(256) sort_move(const Sorting a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 chunk = (u64)blockIdx.x * blockDim.x + threadIdx.x; chunk < a.chunks; chunk += threads) {
    u32 next[DIGITS];
    for (u32 digit = 0; digit < DIGITS; digit++) next[digit] = ((const u32 *)a.counts)[digit * a.chunks + chunk];
    const u64 begin = chunk * a.each, end = begin + a.each < a.len ? begin + a.each : a.len;
    for (u64 i = begin; i < end; i++) {
      const u32 key = ((const u32 *)a.keys)[i], to = next[key >> a.shift & (DIGITS - 1)]++;
      ((u32 *)a.to_keys)[to] = key;
      // Before the first digit the terms are in order.
      ((u32 *)a.to_order)[to] = a.order ? ((const u32 *)a.order)[i] : (u32)i;
    }
  }
}
