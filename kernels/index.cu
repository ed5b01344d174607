// Rows and elements by index, of elements by their size alone: E is a plain word of that size.

// The number of the first index that is not below the limit, if there is one.
struct Look { u64 len, ids, limit, first; };
extern "C" __global__ void __launch_bounds__(256) look(const Look a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads)
    // Negative ones are beyond every limit.
    if (((const u64 *)a.ids)[i] >= a.limit) atomicMin((u64 *)a.first, i);
}

struct Rows { u64 len, width, limit, ids, from, to; };

// Row `ids[i]` of a table, for each `i`; all indices were looked at.
extern "C" __global__ void __launch_bounds__(256) take_rows(const Rows a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len * a.width; i += threads) {
    const u64 row = i / a.width, column = i - row * a.width;
    ((E *)a.to)[i] = ((const E *)a.from)[((const u64 *)a.ids)[row] * a.width + column];
  }
}

// Element `ids[i]` of row `i`; all were looked at.
extern "C" __global__ void __launch_bounds__(256) pick(const Rows a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads)
    ((E *)a.to)[i] = ((const E *)a.from)[i * a.width + ((const u64 *)a.ids)[i]];
}

// One row for all ids: which thread writes it last makes no difference.
extern "C" __global__ void __launch_bounds__(256) put_one_row(const Rows a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len * a.width; i += threads) {
    const u64 row = i / a.width, column = i - row * a.width, id = ((const u64 *)a.ids)[row];
    if (id < a.limit) ((E *)a.to)[id * a.width + column] = ((const E *)a.from)[column];
  }
}

// Of the terms of a group the last one. Rows that are fewer than the ids serve again from the first one on.
struct Grouped { u64 len, width, targets, keys, order, from, to, rows; };
extern "C" __global__ void __launch_bounds__(256) put_rows(const Grouped a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  const u32 *keys = (const u32 *)a.keys;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len * a.width; i += threads) {
    const u64 term = i / a.width, column = i - term * a.width, key = keys[term];
    if (key >= a.targets || (term + 1 < a.len && keys[term + 1] == key)) continue;
    const u64 row = ((const u32 *)a.order)[term] % a.rows;
    ((E *)a.to)[key * a.width + column] = ((const E *)a.from)[row * a.width + column];
  }
}
