// Where the largest or the smallest element of a row stands, and that of all elements so far. Element type E, keys K.
// A block has X rows side by side and Y threads for each.

struct Extremes { u64 count, len, inner, smallest, splits, values, out; };

// Where the elements of a row begin; they are `inner` apart.
HERE const E *row_of(const Extremes &a, u64 row) {
  return (const E *)a.values + (row / a.inner * a.len * a.inner + row % a.inner);
}
// The larger it is the more extreme; NaN is that at both ends.
HERE K extremeness(const Extremes &a, E x) {
  const K key = key_of(x);
  return a.smallest && !is_nan(x) ? (K)~key : key;
}

// A place that is none, of the part of a row that has no elements.
const u64 NOWHERE = ~0ull;

// The first of the most extreme elements of each row, or of each part of it: a row of the grid for each part.
extern "C" __global__ void __launch_bounds__(256) first_extremes(const Extremes a) {
  __shared__ K keys[256];
  __shared__ u64 places[256];
  const u32 X = blockDim.x, Y = blockDim.y, x = threadIdx.x, y = threadIdx.y, own = y * X + x;
  const u64 part = (a.len + a.splits - 1) / a.splits, begin = blockIdx.y * part;
  const u64 end = begin + part < a.len ? begin + part : a.len;
  for (u64 first = (u64)blockIdx.x * X; first < a.count; first += (u64)gridDim.x * X) {
    // Threads without a row of their own take the last one along, so that all meet at the barriers.
    const bool here = first + x < a.count;
    const u64 row = here ? first + x : a.count - 1;
    const E *from = row_of(a, row);
    K best = 0;
    u64 place = NOWHERE;
    for (u64 i = begin + y; i < end; i += Y) {
      const K key = extremeness(a, from[i * a.inner]);
      if (key > best || place == NOWHERE) {
        best = key;
        place = i;
      }
    }
    keys[own] = best;
    places[own] = place;
    __syncthreads();
    for (u32 half = Y / 2; half > 0; half /= 2) {
      const u32 other = own + half * X;
      if (y < half && (keys[other] > keys[own] || (keys[other] == keys[own] && places[other] < places[own]))) {
        keys[own] = keys[other];
        places[own] = places[other];
      }
      __syncthreads();
    }
    if (here && y == 0) ((u64 *)a.out)[blockIdx.y * a.count + row] = places[own];
  }
}

// The first of the most extreme ones of the parts of each row. Their places lie behind each other in `parts`.
struct OfParts { Extremes rows; u64 parts; };
extern "C" __global__ void __launch_bounds__(256) first_of_parts(const OfParts all) {
  const Extremes &a = all.rows;
  const u64 threads = (u64)gridDim.x * blockDim.x, *parts = (const u64 *)all.parts;
  for (u64 row = (u64)blockIdx.x * blockDim.x + threadIdx.x; row < a.count; row += threads) {
    const E *from = row_of(a, row);
    u64 best = parts[row];
    for (u64 split = 1; split < a.splits; split++) {
      const u64 place = parts[split * a.count + row];
      if (place == NOWHERE) break;
      if (extremeness(a, from[place * a.inner]) > extremeness(a, from[best * a.inner])) best = place;
    }
    ((u64 *)a.out)[row] = best;
  }
}

// The latest of the most extreme elements up to each one: Y of them at a time, and what those before have come to.
extern "C" __global__ void __launch_bounds__(256) running_extremes(const Extremes a) {
  __shared__ K keys[256];
  __shared__ u64 places[256];
  const u32 X = blockDim.x, Y = blockDim.y, x = threadIdx.x, y = threadIdx.y, own = y * X + x;
  for (u64 first = (u64)blockIdx.x * X; first < a.count; first += (u64)gridDim.x * X) {
    const bool here = first + x < a.count;
    const u64 row = here ? first + x : a.count - 1;
    const E *from = row_of(a, row);
    u64 *to = (u64 *)a.out + (from - (const E *)a.values);
    K before = 0;
    u64 place_before = 0;
    for (u64 begin = 0; begin < a.len; begin += Y) {
      const u64 i = begin + y;
      K best = i < a.len ? extremeness(a, from[i * a.inner]) : (K)0;
      u64 place = i;
      if (y == 0 && before > best) {
        best = before;
        place = place_before;
      }
      keys[own] = best;
      places[own] = place;
      __syncthreads();
      for (u32 step = 1; step < Y; step *= 2) {
        const K left = y >= step ? keys[own - step * X] : (K)0;
        const u64 left_place = y >= step ? places[own - step * X] : 0;
        __syncthreads();
        if (left > best) {
          keys[own] = best = left;
          places[own] = place = left_place;
        }
        __syncthreads();
      }
      if (here && i < a.len) to[i * a.inner] = place;
      before = keys[(Y - 1) * X + x];
      place_before = places[(Y - 1) * X + x];
      __syncthreads();
    }
  }
}
