// Memory that is walked by axes, the fastest of which comes first, beside memory in order.

struct Strided { u64 len, strided, dense, axes, each[2 * MOST_AXES]; };
HERE i64 place_of(const Strided &a, u64 i) {
  i64 place = 0;
  for (u64 k = 0; k < a.axes; k++) {
    place += (i64)(i % a.each[2 * k]) * (i64)a.each[2 * k + 1];
    i /= a.each[2 * k];
  }
  return place;
}
