// Copies of elements by their size alone: filled, from strided memory, to it. E is a plain word of that size.

struct Fill { u64 len, to, bits; };
extern "C" __global__ void __launch_bounds__(256) fill(const Fill a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) ((E *)a.to)[i] = (E)a.bits;
}

extern "C" __global__ void __launch_bounds__(256) copy_strided(const Strided a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads)
    ((E *)a.dense)[i] = ((const E *)a.strided)[place_of(a, i)];
}
extern "C" __global__ void __launch_bounds__(256) put_strided(const Strided a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads)
    ((E *)a.strided)[place_of(a, i)] = ((const E *)a.dense)[i];
}
