// Tiles of rows of heads: their products, what they add up to by factors, and which keys a query sees. Stands before
// attention. Element type E, computed in T. A block of 16 by 16 threads computes tiles of SIDE by SIDE numbers, of
// which thread (x, y) has those of the rows y, y + 16, .. and the columns x, x + 16, ..

const u32 PER = 16 / sizeof(T), SIDE = 16 * PER, HALF = SIDE / 2;
// Columns of a result that a block computes, and in how many tiles.
const u32 WIDE = 128, TILES = WIDE / SIDE;

struct Lines { u64 start, batch[4], shared, row, column; };
struct Attention {
  u64 heads, batch[4], shared, queries, keys, width, depth, causal, sight, scale, damp;
  Lines q, k, v, veil;              // `veil`: of a mask or a bias
  u64 out, gradient, kept, dots;    // rows in order, of all heads
  Lines to;                         // a gradient
};
const u64 EVERYTHING = 0, MASK = 1, BIAS = 2;

// The rows of one head from some row on; a head that shares keys with the one before begins after `each` of them.
struct Rows { const E *start; i64 shared, row, column; u64 each, first, count; };
HERE i64 row_at(const Rows &rows, u64 i) {
  if (i < rows.each) return (i64)i * rows.row;
  const u64 head = i / rows.each;
  return (i64)head * rows.shared + (i64)(i - head * rows.each) * rows.row;
}
HERE i64 begin_of(const Attention &a, const Lines &lines, u64 head) {
  i64 place = 0;
  for (int axis = 3; axis >= 0; axis--) {
    place += (i64)(head % a.batch[axis]) * (i64)lines.batch[axis];
    head /= a.batch[axis];
  }
  return place;
}
HERE Rows rows_of(const Attention &a, const Lines &lines, u64 head, u64 each) {
  const E *start = (const E *)lines.start + begin_of(a, lines, head);
  return {start, (i64)lines.shared, (i64)lines.row, (i64)lines.column, each, 0, 0};
}
// Rows in order of all heads, each of `depth` elements.
HERE Rows rows_in_order(const Attention &a, u64 from, u64 head) {
  const u64 rows = a.shared * a.queries;
  return {(const E *)from + head * rows * a.depth, 0, (i64)a.depth, 1, rows, 0, 0};
}
HERE Rows tile_of(Rows rows, u64 first, u64 all) {
  rows.first = first;
  rows.count = first + SIDE < all ? SIDE : all - first;
  return rows;
}

// Some columns of a tile of rows, in rows of `across + 1`; zeros where there are none.
HERE void lay(T *room, const Rows &rows, u64 first, u64 columns, u32 across) {
  const u32 thread = threadIdx.y * 16 + threadIdx.x, column = thread % across;
  for (u32 row = thread / across; row < SIDE; row += 256 / across) {
    const bool there = row < rows.count && first + column < columns;
    const i64 place = there ? row_at(rows, rows.first + row) + (i64)(first + column) * rows.column : 0;
    room[row * (across + 1) + column] = there ? (T)Stored<E>::take(rows.start[place]) : (T)0;
  }
}

// The products of a tile of rows with another one, over all of their columns. Ends behind a barrier, if there are
// columns.
HERE void products(T (&sums)[PER][PER], T *room, const Rows &left, const Rows &right, u64 columns) {
  const u32 x = threadIdx.x, y = threadIdx.y;
  T *const others = room + SIDE * (HALF + 1);
  for (u32 m = 0; m < PER; m++)
    for (u32 n = 0; n < PER; n++) sums[m][n] = (T)0;
  for (u64 first = 0; first < columns; first += HALF) {
    lay(room, left, first, columns, HALF);
    lay(others, right, first, columns, HALF);
    __syncthreads();
    const u32 terms = first + HALF < columns ? HALF : (u32)(columns - first);
    for (u32 i = 0; i < terms; i++) {
      T own[PER], other[PER];
      for (u32 m = 0; m < PER; m++) own[m] = room[(y + 16 * m) * (HALF + 1) + i];
      for (u32 n = 0; n < PER; n++) other[n] = others[(x + 16 * n) * (HALF + 1) + i];
      for (u32 m = 0; m < PER; m++)
        for (u32 n = 0; n < PER; n++) sums[m][n] = n_fma(own[m], other[n], sums[m][n]);
    }
    __syncthreads();
  }
}

// The factor of what is hidden: by its sign it is told from one that has become 0. What it would multiply may be NaN.
HERE T hidden() { return -(T)0; }
HERE bool is_hidden(T factor) { return factor == (T)0 && bits_of(factor) != 0; }

typedef T Factors[SIDE][SIDE + 1];
// Adds rows times factors, a row of which is for a row of the sums: some columns of them. Ends behind a barrier.
HERE void add_weighted(T (&sums)[PER][PER], const Factors &factors, T *room, const Rows &rows, u64 first, u64 columns) {
  const u32 x = threadIdx.x, y = threadIdx.y;
  lay(room, rows, first, columns, SIDE);
  __syncthreads();
  for (u32 i = 0; i < rows.count; i++) {
    T other[PER];
    for (u32 n = 0; n < PER; n++) other[n] = room[i * (SIDE + 1) + x + 16 * n];
    for (u32 m = 0; m < PER; m++) {
      const T factor = factors[y + 16 * m][i];
      if (is_hidden(factor)) continue;
      for (u32 n = 0; n < PER; n++) sums[m][n] = n_fma(factor, other[n], sums[m][n]);
    }
  }
  __syncthreads();
}

// How many keys a query sees by its order: the last one all, each one before it one less.
HERE u64 seen_by(const Attention &a, u64 query) {
  if (!a.causal) return a.keys;
  const u64 before = a.queries - 1 - (query < a.queries ? query : query % a.queries);
  return before < a.keys ? a.keys - before : 0;
}
// The most that one of some queries sees.
HERE u64 most_seen(const Attention &a, const Rows &queries) {
  const u64 last = queries.first + queries.count - 1;
  const bool one_head = queries.first / a.queries == last / a.queries;
  return seen_by(a, one_head ? last : a.queries - 1);
}

// A query, and where its row of a mask or a bias begins.
struct Looking { u64 seen; i64 veil; };
HERE Looking looking(const Attention &a, const Rows &veil, const Rows &queries, u32 row) {
  if (row >= queries.count) return {0, 0};
  const u64 query = queries.first + row;
  return {seen_by(a, query), a.sight == EVERYTHING ? 0 : row_at(veil, query)};
}
const u64 MINUS_INFINITY = 0xfff0000000000000ull;
// The score of a key, of the product with it: -inf where it is hidden.
HERE T score_of(const Attention &a, const Rows &veil, const Looking &query, u64 key, T product) {
  const T none = (T)double_of(MINUS_INFINITY);
  if (key >= query.seen) return none;
  const T score = product * (T)double_of(a.scale);
  const i64 place = query.veil + (i64)key * veil.column;
  if (a.sight == MASK) return ((const bool *)veil.start)[place] ? score : none;
  if (a.sight == EVERYTHING) return score;
  const T added = Stored<E>::take(veil.start[place]);
  return added == none ? none : score + added;
}
HERE Rows veil_of(const Attention &a, u64 head) {
  Rows veil = rows_of(a, a.veil, head, a.queries);
  if (a.sight == MASK) veil.start = (const E *)((const bool *)a.veil.start + begin_of(a, a.veil, head));
  return veil;
}

// What the 16 threads of a row have between them.
HERE T largest_of_row(T x) {
  for (u32 step = 8; step > 0; step /= 2) x = n_maximum(x, __shfl_xor_sync(0xffffffffu, x, step));
  return x;
}
HERE T sum_of_row(T x) {
  for (u32 step = 8; step > 0; step /= 2) x = n_add(x, __shfl_xor_sync(0xffffffffu, x, step));
  return x;
}
