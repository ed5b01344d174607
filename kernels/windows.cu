// Windows that slide over each channel of pictures. Each thread has one result, and walks over the elements of its
// window, or over the windows of its element, in the order of the window: so sums are those of that order.
// Element type E, computed in T.

struct Windows {
  u64 channels, apart;  // whether no element lies in two windows
  u64 space[3], places[3], size[3], stride[3], dilation[3], before[3];
  u64 x, best, slope, out;
};

HERE u64 volume(const u64 *sizes) { return sizes[0] * sizes[1] * sizes[2]; }

// Element `k` of the window at a place of an axis, if it lies in the picture.
HERE bool element_at(const Windows &a, int axis, u64 place, u64 k, u64 &index) {
  index = place * a.stride[axis] + k * a.dilation[axis] - a.before[axis];
  return index < a.space[axis];
}
// The place at which element `k` of the window is this element of an axis, if there is one.
HERE bool place_at(const Windows &a, int axis, u64 index, u64 k, u64 &place) {
  const u64 from = k * a.dilation[axis], to = index + a.before[axis];
  place = (to - from) / a.stride[axis];
  return from <= to && place * a.stride[axis] == to - from && place < a.places[axis];
}

// Walks over results of a channel of so many sizes; `z`, `y`, `x` are the indices of the result.
#define EACH_BEGIN(sizes)                                                                          \
  const u64 threads = (u64)gridDim.x * blockDim.x, each = volume(sizes);                           \
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.channels * each; i += threads) {  \
    const u64 channel = i / each, own = i % each;                                                  \
    const u64 x = own % sizes[2], y = own / sizes[2] % sizes[1], z = own / sizes[2] / sizes[1];
#define EACH_END }
// Walks over a window in order: `at` is where the other one is in its channel, element or place; `k` its number.
#define WINDOW_BEGIN(found, others)                                                                \
    {                                                                                              \
      u64 k = 0, fz, fy, fx;                                                                       \
      for (u64 kz = 0; kz < a.size[0]; kz++)                                                       \
        for (u64 ky = 0; ky < a.size[1]; ky++)                                                     \
          for (u64 kx = 0; kx < a.size[2]; kx++, k++) {                                            \
            if (!found(a, 0, z, kz, fz) || !found(a, 1, y, ky, fy) || !found(a, 2, x, kx, fx)) continue; \
            const u64 at = (fz * others[1] + fy) * others[2] + fx;
#define WINDOW_END } }

extern "C" __global__ void __launch_bounds__(256) pool_max(const Windows a) {
  EACH_BEGIN(a.places)
    const E *from = (const E *)a.x + channel * volume(a.space);
    T best = (T)double_of(0xfff0000000000000ull);
    WINDOW_BEGIN(element_at, a.space)
      const T other = Stored<E>::take(from[at]);
      if (other > best || other != other) best = other;
    WINDOW_END
    ((E *)a.out)[i] = Stored<E>::give(best);
  EACH_END
}

// Which element of its window is the first of the largest ones, or the first NaN: by its place in the channel, or by
// its number in the window; all bits of none.
template <bool PLACE> HERE void winners(const Windows &a) {
  EACH_BEGIN(a.places)
    const E *from = (const E *)a.x + channel * volume(a.space);
    const T best = Stored<E>::take(((const E *)a.best)[i]);
    u64 winner = ~0ull;
    WINDOW_BEGIN(element_at, a.space)
      const T other = Stored<E>::take(from[at]);
      if (winner == ~0ull && (other == best || other != other)) winner = PLACE ? at : k;
    WINDOW_END
    ((u64 *)a.out)[i] = winner;
  EACH_END
}
extern "C" __global__ void __launch_bounds__(256) pool_max_places(const Windows a) { winners<true>(a); }
extern "C" __global__ void __launch_bounds__(256) pool_max_winners(const Windows a) { winners<false>(a); }

// `best` are the winners.
extern "C" __global__ void __launch_bounds__(256) pool_max_back(const Windows a) {
  EACH_BEGIN(a.space)
    const u64 windows = channel * volume(a.places);
    const E *slope = (const E *)a.slope + windows;
    double sum = 0.0;
    WINDOW_BEGIN(place_at, a.places)
      if (((const u64 *)a.best)[windows + at] != k) continue;
      const double own = Stored<E>::take(slope[at]);
      sum = a.apart ? own : sum + own;
    WINDOW_END
    ((E *)a.out)[i] = Stored<E>::give((T)sum);
  EACH_END
}

// The mean of terms, of which there are `size`. Where their sum leaves the range of `double`, it is taken of terms so
// small that no number of them does.
const double SMALL = 1.0 / 18446744073709551616.0;
#define MEANS(name, from_memory, found, sizes, others)                                    \
  HERE void name(const Windows &a) {                                                      \
    const double size = (double)volume(a.size);                                           \
    EACH_BEGIN(sizes)                                                                     \
      const E *from = (const E *)from_memory + channel * volume(others);                  \
      double sum = 0.0, small = 0.0;                                                      \
      WINDOW_BEGIN(found, others)                                                         \
        const double term = Stored<E>::take(from[at]);                                    \
        sum += term;                                                                      \
        small += term * SMALL;                                                            \
      WINDOW_END                                                                          \
      const bool left = sizeof(E) == 8 && !(fabs(sum) <= 1.7976931348623157e308);         \
      ((E *)a.out)[i] = Stored<E>::give((T)(left ? small / size / SMALL : sum / size));   \
    EACH_END                                                                              \
  }
MEANS(means, a.x, element_at, a.places, a.space)
MEANS(shares, a.slope, place_at, a.space, a.places)
extern "C" __global__ void __launch_bounds__(256) pool_mean(const Windows a) { means(a); }
extern "C" __global__ void __launch_bounds__(256) pool_mean_back(const Windows a) { shares(a); }

// A row for each element of the window, a column for each place; zeros outside of the picture.
extern "C" __global__ void __launch_bounds__(256) unfold(const Windows a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  const u64 places = volume(a.places), window = volume(a.size), each = places * window;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.channels * each; i += threads) {
    const u64 channel = i / each, k = i / places % window, own = i % places;
    const u64 x = own % a.places[2], y = own / a.places[2] % a.places[1], z = own / a.places[2] / a.places[1];
    const u64 kx = k % a.size[2], ky = k / a.size[2] % a.size[1], kz = k / a.size[2] / a.size[1];
    u64 fz, fy, fx;
    const bool inside = element_at(a, 0, z, kz, fz) && element_at(a, 1, y, ky, fy) && element_at(a, 2, x, kx, fx);
    const E *from = (const E *)a.x + channel * volume(a.space);
    ((E *)a.out)[i] = inside ? from[(fz * a.space[1] + fy) * a.space[2] + fx] : Stored<E>::give((T)0);
  }
}

// The opposite: what stands in the columns for an element is added up, and rounded once.
extern "C" __global__ void __launch_bounds__(256) fold(const Windows a) {
  EACH_BEGIN(a.space)
    const u64 places = volume(a.places);
    const E *from = (const E *)a.slope + channel * places * volume(a.size);
    double sum = 0.0;
    WINDOW_BEGIN(place_at, a.places)
      sum += (double)Stored<E>::take(from[k * places + at]);
    WINDOW_END
    ((E *)a.out)[i] = rounded<E>(sum);
  EACH_END
}
