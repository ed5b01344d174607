// Attention by tiles: scores, weights and their gradients are never in memory. After Dao, "FlashAttention-2", 2023.

typedef T Sums[TILES][PER][PER];

// A job is a tile of rows of a head, and some columns of their results.
#define JOBS_BEGIN(rows, columns)                                                                    \
  __shared__ T room[2 * SIDE * (HALF + 1)];                                                          \
  __shared__ Factors factors;                                                                        \
  const u32 x = threadIdx.x, y = threadIdx.y;                                                        \
  const u64 tiles = ((rows) + SIDE - 1) / SIDE, parts = ((columns) + WIDE - 1) / WIDE;               \
  for (u64 job = blockIdx.x; job < a.heads * tiles * parts; job += gridDim.x) {                      \
    const u64 part = job % parts * WIDE, first = job / parts % tiles * SIDE, head = job / parts / tiles; \
    Sums sums;                                                                                       \
    for (u32 tile = 0; tile < TILES; tile++)                                                         \
      for (u32 m = 0; m < PER; m++)                                                                  \
        for (u32 n = 0; n < PER; n++) sums[tile][m][n] = (T)0;
#define JOBS_END }

// Each sum that has a place in a tile of so many rows: `sum`, its row `row` of the tile, its column.
#define SUMS_BEGIN(count, columns)                                     \
  for (u32 m = 0; m < PER; m++)                                        \
    for (u32 tile = 0; tile < TILES; tile++)                           \
      for (u32 n = 0; n < PER; n++) {                                  \
        const u64 column = part + tile * SIDE + x + 16 * n;            \
        const u32 row = y + 16 * m;                                    \
        const T sum = sums[tile][m][n];                                \
        if (row >= (count) || column >= (columns)) continue;
#define SUMS_END }

// Adds rows times factors to all of these columns.
HERE void add_all(Sums &sums, const Factors &factors, T *room, const Rows &rows, u64 part, u64 columns) {
#pragma unroll
  for (u32 tile = 0; tile < TILES; tile++)
    if (part + tile * SIDE < columns) add_weighted(sums[tile], factors, room, rows, part + tile * SIDE, columns);
}

// The values, weighted for each query. The largest score and the sum of exponentials go on from tile to tile; weights
// are `damp` times as large, a power of two, so that no sum of values leaves the range of the largest.
extern "C" __global__ void __launch_bounds__(256) attend(const Attention a) {
  const u64 rows = a.shared * a.queries;
  const T none = (T)double_of(MINUS_INFINITY), damp = (T)double_of(a.damp);
  JOBS_BEGIN(rows, a.depth)
    const Rows queries = tile_of(rows_of(a, a.q, head, a.queries), first, rows), veil = veil_of(a, head);
    T most[PER], totals[PER];
    Looking own[PER];
    for (u32 m = 0; m < PER; m++) {
      most[m] = none;
      totals[m] = (T)0;
      own[m] = looking(a, veil, queries, y + 16 * m);
    }
    const u64 seen = most_seen(a, queries);
    for (u64 key = 0; key < seen; key += SIDE) {
      const Rows keys = tile_of(rows_of(a, a.k, head, a.keys), key, a.keys);
      const Rows values = tile_of(rows_of(a, a.v, head, a.keys), key, a.keys);
      T scores[PER][PER];
      products(scores, room, queries, keys, a.width);
      for (u32 m = 0; m < PER; m++) {
        T top = none, sum = (T)0;
        for (u32 n = 0; n < PER; n++) {
          scores[m][n] = score_of(a, veil, own[m], key + x + 16 * n, scores[m][n]);
          top = n_maximum(top, scores[m][n]);
        }
        const T before = most[m];
        most[m] = n_maximum(before, largest_of_row(top));
        const T shift = most[m] == none ? (T)0 : most[m], factor = n_exp(before - shift);
        for (u32 n = 0; n < PER; n++) {
          const T score = scores[m][n], weight = score == none ? hidden() : n_exp(score - shift) * damp;
          sum += weight;
          factors[y + 16 * m][x + 16 * n] = weight;
        }
        totals[m] = n_fma(totals[m], factor, sum_of_row(sum));
        for (u32 tile = 0; tile < TILES; tile++)
          for (u32 n = 0; n < PER; n++) sums[tile][m][n] *= factor;
      }
      add_all(sums, factors, room, values, part, a.depth);
    }
    const u64 before = head * rows + first;
    SUMS_BEGIN(queries.count, a.depth)
      const T over = totals[m] == (T)0 ? (T)0 : (T)1 / totals[m];
      ((E *)a.out)[(before + row) * a.depth + column] = Stored<E>::give(sum * over);
      if (column > 0) continue;
      ((T *)a.kept)[2 * (before + row)] = most[m] == none ? (T)0 : most[m];
      ((T *)a.kept)[2 * (before + row) + 1] = over * damp;
    SUMS_END
  JOBS_END
}

// The product of each result with its gradient.
extern "C" __global__ void __launch_bounds__(256) attend_dots(const Attention a) {
  const u64 threads = (u64)gridDim.x * blockDim.x, rows = a.heads * a.shared * a.queries;
  for (u64 row = (u64)blockIdx.x * blockDim.x + threadIdx.x; row < rows; row += threads) {
    const E *out = (const E *)a.out + row * a.depth, *gradient = (const E *)a.gradient + row * a.depth;
    T sum = (T)0;
    for (u64 i = 0; i < a.depth; i++) sum = n_fma((T)Stored<E>::take(out[i]), (T)Stored<E>::take(gradient[i]), sum);
    ((T *)a.dots)[row] = sum;
  }
}

// The weights of a tile of keys for a tile of queries, or the gradients of their scores, as factors of queries or, in
// rows of keys, of these.
template <bool OF_SCORES, bool OF_KEYS>
HERE void weigh(const Attention &a, u64 head, const Rows &queries, const Rows &keys, T *room, Factors &factors) {
  const u32 x = threadIdx.x, y = threadIdx.y;
  const u64 before = head * a.shared * a.queries + queries.first;
  const Rows veil = veil_of(a, head);
  T scores[PER][PER], slopes[PER][PER];
  products(scores, room, queries, keys, a.width);
  if (OF_SCORES) {
    Rows values = rows_of(a, a.v, head, a.keys), gradient = rows_in_order(a, a.gradient, head);
    values.first = keys.first, values.count = keys.count;
    gradient.first = queries.first, gradient.count = queries.count;
    products(slopes, room, gradient, values, a.depth);
  }
  for (u32 m = 0; m < PER; m++) {
    const u32 row = y + 16 * m;
    const Looking query = looking(a, veil, queries, row);
    const bool there = row < queries.count;
    const T *const kept = (const T *)a.kept + 2 * (before + (there ? row : 0));
    const T shift = kept[0], over = kept[1], dot = OF_SCORES ? ((const T *)a.dots)[before + (there ? row : 0)] : (T)0;
    for (u32 n = 0; n < PER; n++) {
      const u32 column = x + 16 * n;
      const T score = score_of(a, veil, query, keys.first + column, scores[m][n]);
      T factor = n_exp(score - shift) * over;
      if (OF_SCORES) factor = factor * (slopes[m][n] - dot) * (T)double_of(a.scale);
      if (score == (T)double_of(MINUS_INFINITY)) factor = hidden();
      if (OF_KEYS) factors[column][row] = factor;
      else factors[row][column] = factor;
    }
  }
}

HERE void deliver(const Attention &a, Rows to, u32 row, u64 column, T sum) {
  ((E *)to.start)[row_at(to, to.first + row) + (i64)column * to.column] = Stored<E>::give(sum);
}

// The gradient of queries: keys by the gradients of their scores.
extern "C" __global__ void __launch_bounds__(256) attend_to_queries(const Attention a) {
  const u64 rows = a.shared * a.queries;
  JOBS_BEGIN(rows, a.width)
    const Rows queries = tile_of(rows_of(a, a.q, head, a.queries), first, rows);
    const u64 seen = most_seen(a, queries);
    for (u64 key = 0; key < seen; key += SIDE) {
      const Rows keys = tile_of(rows_of(a, a.k, head, a.keys), key, a.keys);
      weigh<true, false>(a, head, queries, keys, room, factors);
      add_all(sums, factors, room, keys, part, a.width);
    }
    const Rows to = tile_of(rows_of(a, a.to, head, a.queries), first, rows);
    SUMS_BEGIN(to.count, a.width)
      deliver(a, to, row, column, sum);
    SUMS_END
  JOBS_END
}

// The gradient of keys: queries by the gradients of their scores; that of values: gradients of results by weights.
template <bool OF_VALUES> HERE void to_keys(const Attention &a) {
  const u64 rows = a.shared * a.queries, columns = OF_VALUES ? a.depth : a.width;
  JOBS_BEGIN(a.keys, columns)
    const Rows keys = tile_of(rows_of(a, a.k, head, a.keys), first, a.keys);
    for (u64 query = 0; query < rows; query += SIDE) {
      const Rows queries = tile_of(rows_of(a, a.q, head, a.queries), query, rows);
      if (most_seen(a, queries) <= first) continue;
      weigh<!OF_VALUES, true>(a, head, queries, keys, room, factors);
      const Rows gradient = tile_of(rows_in_order(a, a.gradient, head), query, rows);
      add_all(sums, factors, room, OF_VALUES ? gradient : queries, part, columns);
    }
    const Rows to = tile_of(rows_of(a, a.to, head, a.keys), first, a.keys);
    SUMS_BEGIN(to.count, columns)
      deliver(a, to, row, column, sum);
    SUMS_END
  JOBS_END
}
extern "C" __global__ void __launch_bounds__(256) attend_to_keys(const Attention a) { to_keys<false>(a); }
extern "C" __global__ void __launch_bounds__(256) attend_to_values(const Attention a) { to_keys<true>(a); }
