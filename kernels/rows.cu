// What row programs have around their formulas: the rows of a block, and how the terms of its threads become one.
// A block has X rows side by side and Y threads for each; element type E, computed in T, and Args stand above.

struct Sum {
  HERE static double neutral() { return 0.0; }
  HERE static double join(double x, double y) { return x + y; }
};
struct Product {
  HERE static double neutral() { return 1.0; }
  HERE static double join(double x, double y) { return x * y; }
};
struct Maximum {
  HERE static double neutral() { return double_of(0xfff0000000000000ull); }
  HERE static double join(double x, double y) { return n_maximum(x, y); }
};
struct Minimum {
  HERE static double neutral() { return double_of(0x7ff0000000000000ull); }
  HERE static double join(double x, double y) { return n_minimum(x, y); }
};

// The terms of all threads of a row, in an order that only the size of the block decides.
template <class How> HERE double together(double *sums, double mine, u32 x, u32 y, u32 X, u32 Y) {
  sums[y * X + x] = mine;
  __syncthreads();
  for (u32 half = Y / 2; half > 0; half /= 2) {
    if (y < half) sums[y * X + x] = How::join(sums[y * X + x], sums[(y + half) * X + x]);
    __syncthreads();
  }
  double all = sums[x];
  __syncthreads();
  return all;
}

// Whether a row of the block says so.
HERE bool any(double *sums, bool mine, u32 x, u32 y, u32 X, u32 Y) {
  if (y == 0) sums[x] = mine ? 1.0 : 0.0;
  __syncthreads();
  bool found = false;
  for (u32 i = 0; i < X; i++) found |= sums[i] != 0.0;
  __syncthreads();
  return found;
}

// Threads without a row of their own take the last one along, so that all meet at the barriers; they write nothing.
#define ROWS_BEGIN                                                                      \
  __shared__ double sums[256];                                                          \
  const u64 count = a.w[0], len = a.w[1], inner = a.w[2];                               \
  E *out = (E *)a.w[3];                                                                 \
  const u32 X = blockDim.x, Y = blockDim.y, x = threadIdx.x, y = threadIdx.y;           \
  u32 fault = 0;                                                                        \
  for (u64 first = (u64)blockIdx.x * X; first < count; first += (u64)gridDim.x * X) {   \
    const bool here = first + x < count;                                                \
    const u64 row = here ? first + x : count - 1;                                       \
    const u64 start = row / inner * len * inner + row % inner;
#define ROWS_END }
