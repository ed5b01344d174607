// Sums of what lies in memory already: over axes, of parts, of two buffers. Element type E, computed in T.

// The place of number `i` of some axes, the fastest of which comes first: each is a size and then its steps.
HERE i64 place_of(const u64 *axes, int count, int each, int step, u64 i) {
  i64 place = 0;
  for (int k = 0; k < count; k++) {
    const u64 size = axes[k * each];
    place += (i64)(i % size) * (i64)axes[k * each + step];
    i /= size;
  }
  return place;
}

// What becomes of a sum: it is rounded, added to what is there, or one of several parts.
const u64 WRITTEN = 0, ADDED = 1, WIDE = 2, DOUBLE = 3;
HERE void deposit(u64 how, u64 to, i64 place, double sum) {
  if (how == WRITTEN) ((E *)to)[place] = Stored<E>::give((T)sum);
  if (how == ADDED) ((E *)to)[place] = Stored<E>::give(Stored<E>::take(((E *)to)[place]) + (T)sum);
  if (how == WIDE) ((T *)to)[place] = (T)sum;
  if (how == DOUBLE) ((double *)to)[place] = sum;
}

const int AXES = 6;
struct OverAxes {
  u64 kept, reduced, splits, from, to, how;
  u64 kept_axes[AXES * 3];     // size, step in `from`, step in `to`
  u64 reduced_axes[AXES * 2];  // size, step in `from`
};

// X places side by side, Y threads that add the terms of each; a row of the grid for each part of the terms.
extern "C" __global__ void __launch_bounds__(256) sum_axes(const OverAxes a) {
  __shared__ double sums[256];
  const u32 X = blockDim.x, Y = blockDim.y, x = threadIdx.x, y = threadIdx.y;
  const u64 part = (a.reduced + a.splits - 1) / a.splits, begin = blockIdx.y * part;
  const u64 end = begin + part < a.reduced ? begin + part : a.reduced;
  for (u64 first = (u64)blockIdx.x * X; first < a.kept; first += (u64)gridDim.x * X) {
    const bool here = first + x < a.kept;
    const u64 place = here ? first + x : a.kept - 1;
    const T *from = (const T *)a.from + place_of(a.kept_axes, AXES, 3, 1, place);
    double sum = 0.0;
    for (u64 i = begin + y; i < end; i += Y) sum += from[place_of(a.reduced_axes, AXES, 2, 1, i)];
    sums[y * X + x] = sum;
    __syncthreads();
    for (u32 half = Y / 2; half > 0; half /= 2) {
      if (y < half) sums[y * X + x] += sums[(y + half) * X + x];
      __syncthreads();
    }
    if (here && y == 0) {
      const i64 to = a.splits > 1 ? (i64)(blockIdx.y * a.kept + place) : place_of(a.kept_axes, AXES, 3, 2, place);
      deposit(a.splits > 1 ? DOUBLE : a.how, a.to, to, sums[x]);
    }
    __syncthreads();
  }
}

// The parts that `sum_axes` has left, in order.
extern "C" __global__ void __launch_bounds__(256) sum_splits(const OverAxes a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.kept; i += threads) {
    double sum = 0.0;
    for (u64 split = 0; split < a.splits; split++) sum += ((const double *)a.from)[split * a.kept + i];
    deposit(a.how, a.to, place_of(a.kept_axes, AXES, 3, 2, i), sum);
  }
}

// Where indices share places in other ways than by axes that stretch: one after the other.
extern "C" __global__ void sum_one_by_one(const OverAxes a) {
  for (u64 i = 0; i < a.kept; i++) {
    const T *from = (const T *)a.from + place_of(a.kept_axes, AXES, 3, 1, i);
    const i64 to = place_of(a.kept_axes, AXES, 3, 2, i);
    for (u64 k = 0; k < a.reduced; k++) {
      const T term = from[place_of(a.reduced_axes, AXES, 2, 1, k)];
      if (a.how == WIDE) ((T *)a.to)[to] += term;
      else deposit(ADDED, a.to, to, term);
    }
  }
}

struct OfParts { u64 len, from, to, count, scale; };

// The total of parts in `double`, times a scale, as one element.
extern "C" __global__ void __launch_bounds__(256) finish_total(const OfParts a) {
  __shared__ double sums[256];
  double sum = 0.0;
  for (u64 i = threadIdx.x; i < a.count; i += 256) sum += ((const double *)a.from)[i];
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (u32 half = 128; half > 0; half /= 2) {
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) ((E *)a.to)[0] = Stored<E>::give((T)(sums[0] * double_of(a.scale)));
}

// Adds parts of type T to elements; each sum is rounded once.
extern "C" __global__ void __launch_bounds__(256) sum_parts(const OfParts a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) {
    double sum = 0.0;
    for (u64 part = 0; part < a.count; part++) sum += ((const T *)a.from)[part * a.len + i];
    E *to = (E *)a.to + i;
    *to = Stored<E>::give((T)((double)Stored<E>::take(*to) + sum));
  }
}

// Adds a buffer of the same length.
extern "C" __global__ void __launch_bounds__(256) add(const OfParts a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) {
    E *to = (E *)a.to + i;
    *to = Stored<E>::give(Stored<E>::take(*to) + Stored<E>::take(((const E *)a.from)[i]));
  }
}

// Every element times a number.
extern "C" __global__ void __launch_bounds__(256) scaled(const OfParts a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads)
    ((E *)a.to)[i] = Stored<E>::give(Stored<E>::take(((const E *)a.from)[i]) * (T)double_of(a.scale));
}
