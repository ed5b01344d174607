// Terms added to their targets, and combined with them otherwise. Those of one target are walked by one thread, in
// order, so that the result is that of the order. Element type E, computed in T.

// Terms in groups (grouping.cu). Of more than `few` a sum is kept in `double`, and rounded once.
struct Grouped { u64 len, width, targets, keys, order, from, to, few; };

// Each column of each group, and its terms `x`, the element of the target being at `to`.
#define GROUPS_BEGIN                                                                                  \
  const u64 threads = (u64)gridDim.x * blockDim.x;                                                    \
  const u32 *keys = (const u32 *)a.keys, *order = (const u32 *)a.order;                               \
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len * a.width; i += threads) {       \
    const u64 first = i / a.width, column = i - first * a.width, key = keys[first];                   \
    if (key >= a.targets || (first > 0 && keys[first - 1] == key)) continue;                          \
    E *const to = (E *)a.to + key * a.width + column;
#define TERMS_BEGIN                                                                                   \
    for (u64 term = first; term < a.len && keys[term] == key; term++) {                               \
      const T x = Stored<E>::take(((const E *)a.from)[order[term] * a.width + column]);
#define TERMS_END }
#define GROUPS_END }

extern "C" __global__ void __launch_bounds__(256) add_rows(const Grouped a) {
  GROUPS_BEGIN
    T one_by_one = Stored<E>::take(*to);
    double sum = one_by_one;
    u64 terms = 0;
    TERMS_BEGIN
      one_by_one = Stored<E>::take(Stored<E>::give(one_by_one + x));
      sum += (double)x;
      terms++;
    TERMS_END
    *to = terms > a.few ? rounded<E>(sum) : Stored<E>::give(one_by_one);
  GROUPS_END
}

// NaN takes the place of every number, and keeps it.
extern "C" __global__ void __launch_bounds__(256) largest_rows(const Grouped a) {
  GROUPS_BEGIN
    T best = Stored<E>::take(*to);
    TERMS_BEGIN
      if (x > best || x != x) best = x;
    TERMS_END
    *to = Stored<E>::give(best);
  GROUPS_END
}
extern "C" __global__ void __launch_bounds__(256) smallest_rows(const Grouped a) {
  GROUPS_BEGIN
    T best = Stored<E>::take(*to);
    TERMS_BEGIN
      if (x < best || x != x) best = x;
    TERMS_END
    *to = Stored<E>::give(best);
  GROUPS_END
}

// The product of many factors, as src/num/factors.rs has it: it may leave the range of `double` on the way.
struct Factors {
  double mantissa;  // of a size within [1, 2)
  i64 exponent;
  bool negative, zero, infinite, nan;
};
const i64 BIAS = 1023;
HERE double power_of_two(i64 n) { return double_of((u64)(n + BIAS) << 52); }
// The mantissa of a number that is finite and not 0 within bounds, and by how much the exponent rises.
HERE double within_bounds(double x, i64 &exponent) {
  i64 stored = (i64)(bits_of(x) >> 52 & 0x7ff);
  if (stored == 0) {
    x *= 4503599627370496.0;
    exponent -= 52;
    stored = (i64)(bits_of(x) >> 52 & 0x7ff);
  }
  exponent += stored - BIAS;
  return double_of((bits_of(x) & ~(0x7ffull << 52)) | (u64)BIAS << 52);
}
HERE void multiply(Factors &all, double x) {
  if (x != x) { all.nan = true; return; }
  const bool negative = bits_of(x) >> 63;
  x = fabs(x);
  all.negative = all.negative != negative;
  if (x == 0.0) { all.zero = true; return; }
  if (x - x != 0.0) { all.infinite = true; return; }
  x = within_bounds(x, all.exponent);
  all.mantissa = within_bounds(all.mantissa * x, all.exponent);
}
HERE double value_of(const Factors &all) {
  const double sign = all.negative ? -1.0 : 1.0;
  if (all.nan || (all.zero && all.infinite)) return double_of(0x7ff8000000000000ull);
  if (all.zero) return 0.0 * sign;
  if (all.infinite) return double_of(0x7ff0000000000000ull) * sign;
  const double x = all.mantissa * sign;
  const i64 n = all.exponent;
  if (n >= 1024) return x * power_of_two(1023) * power_of_two(1023);
  if (n >= -1022) return x * power_of_two(n);
  // Below the least exponent in two steps, of which only the second one rounds.
  return n >= -1080 ? x * power_of_two(n + 200) * power_of_two(-200) : x * 0.0;
}
extern "C" __global__ void __launch_bounds__(256) multiply_rows(const Grouped a) {
  GROUPS_BEGIN
    Factors all = {1.0, 0, false, false, false, false};
    multiply(all, (double)Stored<E>::take(*to));
    TERMS_BEGIN
      multiply(all, (double)x);
    TERMS_END
    *to = rounded<E>(value_of(all));
  GROUPS_END
}

// Adds `scale` times a value to element `labels[i]` of each row `i`; the values serve again from the first one on.
struct AtLabels { u64 len, width, labels, values, count, to, scale; };
extern "C" __global__ void __launch_bounds__(256) add_at(const AtLabels a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) {
    const u64 label = ((const u64 *)a.labels)[i];
    if (label >= a.width) continue;
    E *to = (E *)a.to + i * a.width + label;
    const T value = Stored<E>::take(((const E *)a.values)[i % a.count]), there = Stored<E>::take(*to);
    const double scale = double_of(a.scale);
    if (sizeof(E) == 2) *to = rounded<E>((double)there + scale * (double)value);
    else *to = Stored<E>::give(there + (T)scale * value);
  }
}

// Adds values in order to the places of axes, no two of which are one.
extern "C" __global__ void __launch_bounds__(256) add_strided(const Strided a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) {
    E *to = (E *)a.strided + place_of(a, i);
    *to = Stored<E>::give(Stored<E>::take(*to) + Stored<E>::take(((const E *)a.dense)[i]));
  }
}
