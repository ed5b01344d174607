// Products of matrices that lie in memory as they like: any strides, sums over axes of the batch. What cuBLAS does not
// take, and integers, and all of them where it is missing. Element type E, computed in T, summed in S.

const int BATCH_AXES = 4;
const u32 TILE = 16;
struct Product {
  u64 m, k, n, a, b, c, add;
  u64 a_row, a_column, b_row, b_column, c_row, c_column;
  u64 kept, summed;            // matrices of C, and how many products are added up in each
  u64 size[BATCH_AXES];        // axes over which nothing is summed have `sums` 0
  u64 sums[BATCH_AXES];
  u64 a_step[BATCH_AXES], b_step[BATCH_AXES], c_step[BATCH_AXES];
};

// Where number `i` of the axes that are summed, or are not, begins.
HERE i64 begin_of(const Product &p, const u64 *step, u64 summed, u64 i) {
  i64 place = 0;
  for (int axis = BATCH_AXES - 1; axis >= 0; axis--) {
    if (p.sums[axis] != summed) continue;
    place += (i64)(i % p.size[axis]) * (i64)step[axis];
    i /= p.size[axis];
  }
  return place;
}

// A block computes a tile of C: tiles of both factors are read by all of its threads, each element once.
extern "C" __global__ void __launch_bounds__(256) multiply(const Product p) {
  __shared__ T left[TILE][TILE + 1], right[TILE][TILE + 1];
  const u32 x = threadIdx.x, y = threadIdx.y;
  const u64 across = (p.n + TILE - 1) / TILE, down = (p.m + TILE - 1) / TILE;
  for (u64 tile = blockIdx.x; tile < across * down * p.kept; tile += gridDim.x) {
    const u64 column = tile % across * TILE + x, row = tile / across % down * TILE + y, matrix = tile / across / down;
    S sum = (S)0;
    for (u64 term = 0; term < p.summed; term++) {
      const E *a = (const E *)p.a + begin_of(p, p.a_step, 0, matrix) + begin_of(p, p.a_step, 1, term);
      const E *b = (const E *)p.b + begin_of(p, p.b_step, 0, matrix) + begin_of(p, p.b_step, 1, term);
      for (u64 first = 0; first < p.k; first += TILE) {
        const bool a_there = row < p.m && first + x < p.k, b_there = first + y < p.k && column < p.n;
        const i64 a_place = (i64)row * (i64)p.a_row + (i64)(first + x) * (i64)p.a_column;
        const i64 b_place = (i64)(first + y) * (i64)p.b_row + (i64)column * (i64)p.b_column;
        left[y][x] = a_there ? (T)Stored<E>::take(a[a_place]) : (T)0;
        right[y][x] = b_there ? (T)Stored<E>::take(b[b_place]) : (T)0;
        __syncthreads();
        T part = (T)0;
        // Not `left[y][i] * 0`: what lies behind the last term may be infinite on the other side.
        const u32 terms = first + TILE <= p.k ? TILE : (u32)(p.k - first);
        for (u32 i = 0; i < terms; i++) part = MULTIPLY_ADD(left[y][i], right[i][x], part);
        sum = ADD(sum, (S)part);
        __syncthreads();
      }
    }
    if (row < p.m && column < p.n) {
      E *c = (E *)p.c + begin_of(p, p.c_step, 0, matrix) + (i64)row * (i64)p.c_row + (i64)column * (i64)p.c_column;
      if (p.add) sum = ADD(sum, (S)Stored<E>::take(*c));
      *c = Stored<E>::give((T)sum);
    }
  }
}
