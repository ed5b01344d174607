// Elements of type A as elements of type B, as Rust's `as` converts them: what is too large saturates, NaN is 0.

// The bounds of integers, as what is compared with them.
template <class B> struct Bounds;
#define BOUNDS(B, low, high) \
  template <> struct Bounds<B> { HERE static B least() { return (B)(low); } HERE static B most() { return (B)(high); } };
BOUNDS(i8, -128, 127)
BOUNDS(short, -32768, 32767)
BOUNDS(int, -2147483647 - 1, 2147483647)
BOUNDS(i64, -9223372036854775807ll - 1, 9223372036854775807ll)
BOUNDS(u8, 0, 255)
BOUNDS(u16, 0, 65535)
BOUNDS(u32, 0, 4294967295u)
BOUNDS(u64, 0, 18446744073709551615ull)

// From integers and truth values the number is kept, modulo the bits of the other type.
template <class B, class A> struct Convert { HERE static B of(A x) { return (B)x; } };
template <class A> struct Convert<bool, A> { HERE static bool of(A x) { return x != (A)0; } };
// From floats to integers. The bounds round to powers of two, which are outside already where they are not exact.
template <class B, class F> HERE B saturated(F x) {
  if (x != x) return (B)0;
  if (x <= (F)Bounds<B>::least()) return Bounds<B>::least();
  if (x >= (F)Bounds<B>::most()) return Bounds<B>::most();
  return (B)x;
}
#define SATURATES(B)                                                                            \
  template <> struct Convert<B, float> { HERE static B of(float x) { return saturated<B>(x); } }; \
  template <> struct Convert<B, double> { HERE static B of(double x) { return saturated<B>(x); } };
SATURATES(i8)
SATURATES(short)
SATURATES(int)
SATURATES(i64)
SATURATES(u8)
SATURATES(u16)
SATURATES(u32)
SATURATES(u64)

struct Conversion { u64 len, from, to; };
extern "C" __global__ void __launch_bounds__(256) convert(const Conversion a) {
  const u64 threads = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < a.len; i += threads) {
    typedef Stored<A>::Wide From;
    typedef Stored<B>::Wide To;
    ((B *)a.to)[i] = Stored<B>::give(Convert<To, From>::of(Stored<A>::take(((const A *)a.from)[i])));
  }
}
