// Rows in order, and places in sorted memory. An element is its key K and its place in the row: no two of a row are
// equal, so that there is one order, whichever threads find it. Element type E.

// Elements that a block sorts, or merges, at a time.
const u32 TILE = 2048;

struct Sorting {
  u64 count, len, inner, keep, descending, elements;  // whether elements are the result, or their places
  u64 run;                                            // elements that are in order, from the first one of a row on
  u64 values, out, keys, places, to_keys, to_places;
};

HERE u64 row_start(const Sorting &a, u64 row, u64 len) { return row / a.inner * len * a.inner + row % a.inner; }

// What stands at a place of a sorted row.
HERE void deliver(const Sorting &a, u64 row, u64 at, u32 place) {
  if (at >= a.keep) return;
  const u64 to = row_start(a, row, a.keep) + at * a.inner;
  if (a.elements) ((E *)a.out)[to] = ((const E *)a.values)[row_start(a, row, a.len) + place * a.inner];
  else ((u64 *)a.out)[to] = place;
}

// Runs of `run` elements, a power of two up to TILE, by Batcher's bitonic network. What is behind the end of a row has
// the largest keys and places. Where a run is a whole row, the result is written.
extern "C" __global__ void __launch_bounds__(256) sort_runs(const Sorting a) {
  __shared__ K keys[TILE];
  __shared__ u32 places[TILE];
  const u32 run = (u32)a.run, together = TILE / run;
  const u64 runs_of_row = (a.len + run - 1) / run, runs = a.count * runs_of_row;
  for (u64 first = (u64)blockIdx.x * together; first < runs; first += (u64)gridDim.x * together) {
    for (u32 i = threadIdx.x; i < TILE; i += 256) {
      const u64 number = first + i / run, row = number / runs_of_row, at = number % runs_of_row * run + i % run;
      const bool there = number < runs && at < a.len;
      const K key = there ? key_of(((const E *)a.values)[row_start(a, row, a.len) + at * a.inner]) : (K)0;
      keys[i] = there ? (a.descending ? (K)~key : key) : (K)~(K)0;
      places[i] = (u32)at;
    }
    __syncthreads();
    for (u32 size = 2; size <= run; size *= 2) {
      for (u32 step = size / 2; step > 0; step /= 2) {
        for (u32 pair = threadIdx.x; pair < TILE / 2; pair += 256) {
          const u32 low = 2 * pair - (pair & (step - 1)), high = low + step;
          const bool ascending = (low & (run - 1) & size) == 0;
          const bool behind = keys[low] > keys[high] || (keys[low] == keys[high] && places[low] > places[high]);
          if (behind == ascending) {
            const K key = keys[low];
            keys[low] = keys[high];
            keys[high] = key;
            const u32 place = places[low];
            places[low] = places[high];
            places[high] = place;
          }
        }
        __syncthreads();
      }
    }
    for (u32 i = threadIdx.x; i < TILE; i += 256) {
      const u64 number = first + i / run, row = number / runs_of_row, at = number % runs_of_row * run + i % run;
      if (number >= runs || at >= a.len) continue;
      if (runs_of_row == 1) deliver(a, row, at, places[i]);
      else {
        ((K *)a.to_keys)[row * a.len + at] = keys[i];
        ((u32 *)a.to_places)[row * a.len + at] = places[i];
      }
    }
  }
}

// How many of the first `count` elements of two merged runs are of the left one; of equal ones it comes first.
HERE u64 of_left(const K *left, u64 lefts, const K *right, u64 rights, u64 count) {
  u64 low = count > rights ? count - rights : 0, high = count < lefts ? count : lefts;
  while (low < high) {
    const u64 middle = (low + high) / 2;
    if (left[middle] <= right[count - 1 - middle]) low = middle + 1;
    else high = middle;
  }
  return low;
}

// How many keys in order are below this one; `equal`: or equal to it.
HERE u64 before(const K *keys, u64 count, K key, bool equal) {
  u64 low = 0, high = count;
  while (low < high) {
    const u64 middle = (low + high) / 2;
    if (keys[middle] < key || (equal && keys[middle] == key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Merges each run with the next one: a block writes TILE elements of them, each thread finds its own elements' places.
// Where two runs are a whole row, the result is written.
extern "C" __global__ void __launch_bounds__(256) merge_runs(const Sorting a) {
  __shared__ K keys[TILE];
  __shared__ u64 from_left[2];
  const u64 tiles_of_row = (a.len + TILE - 1) / TILE, tiles = a.count * tiles_of_row;
  for (u64 tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    const u64 row = tile / tiles_of_row, begin = tile % tiles_of_row * TILE;
    const u64 end = begin + TILE < a.len ? begin + TILE : a.len, start = begin / (2 * a.run) * (2 * a.run);
    const u64 middle = start + a.run < a.len ? start + a.run : a.len;
    const u64 stop = middle + a.run < a.len ? middle + a.run : a.len, lefts = middle - start, rights = stop - middle;
    const K *left = (const K *)a.keys + row * a.len + start, *right = left + lefts;
    if (threadIdx.x < 2)
      from_left[threadIdx.x] = of_left(left, lefts, right, rights, (threadIdx.x == 0 ? begin : end) - start);
    __syncthreads();
    const u64 first_left = from_left[0], first_right = begin - start - first_left;
    const u32 all = (u32)(end - begin), own_lefts = (u32)(from_left[1] - first_left), own_rights = all - own_lefts;
    const u32 *places = (const u32 *)a.places + row * a.len + start;
    for (u32 i = threadIdx.x; i < all; i += 256)
      keys[i] = i < own_lefts ? left[first_left + i] : right[first_right + (i - own_lefts)];
    __syncthreads();
    for (u32 i = threadIdx.x; i < all; i += 256) {
      const bool is_left = i < own_lefts;
      const u32 others = (u32)(is_left ? before(keys + own_lefts, own_rights, keys[i], false)
                                       : before(keys, own_lefts, keys[i], true));
      const u64 at = begin + (is_left ? i : i - own_lefts) + others;
      const u32 place = places[is_left ? first_left + i : lefts + first_right + (i - own_lefts)];
      if (2 * a.run >= a.len) deliver(a, row, at, place);
      else {
        ((K *)a.to_keys)[row * a.len + at] = keys[i];
        ((u32 *)a.to_places)[row * a.len + at] = place;
      }
    }
  }
}

// How many elements of sorted memory come before each value; `right`: or equal it.
struct Search { u64 len, sorted, sorted_len, values, out, right; };
extern "C" __global__ void __launch_bounds__(256) search_sorted(const Search a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) {
    const K key = key_of(((const E *)a.values)[i]);
    u64 low = 0, high = a.sorted_len;
    while (low < high) {
      const u64 middle = (low + high) / 2;
      const K other = key_of(((const E *)a.sorted)[middle]);
      if (other < key || (a.right && other == key)) low = middle + 1;
      else high = middle;
    }
    ((u64 *)a.out)[i] = low;
  }
}
