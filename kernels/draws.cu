// Random masks by Philox4x32-10, as src/random/philox.rs has it: a block of four numbers of 32 bits for each counter.

struct Words { u32 at[4]; };
HERE Words philox(u64 counter, u64 key) {
  u32 a = (u32)counter, b = (u32)(counter >> 32), c = 0, d = 0, low = (u32)key, high = (u32)(key >> 32);
  for (int round = 0; round < 10; round++) {
    const u64 left = (u64)a * 0xD2511F53u, right = (u64)c * 0xCD9E8D57u;
    a = (u32)(right >> 32) ^ b ^ low;
    b = (u32)right;
    c = (u32)(left >> 32) ^ d ^ high;
    d = (u32)left;
    low += 0x9E3779B9u;
    high += 0xBB67AE85u;
  }
  return Words{{a, b, c, d}};
}

// 1, or 0 where the uniform number of 24 bits is below the threshold.
struct Mask { u64 len, to, key, threshold; };
extern "C" __global__ void __launch_bounds__(256) keep_mask(const Mask a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  const float threshold = float_of((u32)a.threshold);
  for (u64 block = (u64)blockIdx.x * blockDim.x + threadIdx.x; 4 * block < a.len; block += threads) {
    const Words words = philox(block, a.key);
    for (u64 i = 0; i < 4 && 4 * block + i < a.len; i++) {
      const float number = (float)(int)(words.at[i] >> 8) / 16777216.0f;
      ((E *)a.to)[4 * block + i] = Stored<E>::give((T)(number < threshold ? 0 : 1));
    }
  }
}
