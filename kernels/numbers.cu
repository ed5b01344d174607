// The primitive functions of numbers, by the names that traced formulas call them: what src/num/primitives.rs and
// src/loops/int.rs list. Stands before every printed loop.

typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define HERE __device__ __forceinline__
// What is long enough to take the compiler seconds where a formula has it many times.
#define THERE static __device__ __noinline__

// Bits as the number that they are.
HERE double double_of(u64 bits) { double x; memcpy(&x, &bits, 8); return x; }
HERE u64 bits_of(double x) { u64 bits; memcpy(&bits, &x, 8); return bits; }
HERE float float_of(u32 bits) { float x; memcpy(&x, &bits, 4); return x; }
HERE u32 bits_of(float x) { u32 bits; memcpy(&bits, &x, 4); return bits; }

// 16-bit floats in memory; they are computed with as `float`.
struct f16 { u16 bits; };
struct bf16 { u16 bits; };
#ifdef CUSIM
HERE float wide(f16 x) { _Float16 h; memcpy(&h, &x.bits, 2); return (float)h; }
HERE f16 narrow_f16(float x) { _Float16 h = (_Float16)x; f16 y; memcpy(&y.bits, &h, 2); return y; }
#else
HERE float wide(f16 x) { float y; asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits)); return y; }
HERE f16 narrow_f16(float x) { f16 y; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x)); return y; }
#endif
HERE float wide(bf16 x) { return float_of((u32)x.bits << 16); }
HERE bf16 narrow_bf16(float x) {
  u32 bits = bits_of(x);
  bf16 y;
  // To the nearest, halves to the even one; a NaN stays one.
  y.bits = x != x ? (u16)((bits >> 16) | 0x40) : (u16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  return y;
}
HERE float wide(float x) { return x; }
HERE double wide(double x) { return x; }

// From memory to what is computed with, and back.
template <class T> struct Stored {
  typedef T Wide;
  HERE static T take(T x) { return x; }
  HERE static T give(T x) { return x; }
};
template <> struct Stored<f16> {
  typedef float Wide;
  HERE static float take(f16 x) { return wide(x); }
  HERE static f16 give(float x) { return narrow_f16(x); }
};
template <> struct Stored<bf16> {
  typedef float Wide;
  HERE static float take(bf16 x) { return wide(x); }
  HERE static bf16 give(float x) { return narrow_bf16(x); }
};
// So many elements beside each other, read and written in one go.
template <class T, int N> struct alignas(sizeof(T) * N) Side { T at[N]; };

// Arithmetic of floats. Written out, so that no two steps become one that rounds otherwise than the host's.
#define OPERATORS(T)                                                          \
  HERE T n_add(T x, T y) { return x + y; }                                    \
  HERE T n_sub(T x, T y) { return x - y; }                                    \
  HERE T n_mul(T x, T y) { return x * y; }                                    \
  HERE T n_div(T x, T y) { return x / y; }                                    \
  HERE T n_neg(T x) { return -x; }                                            \
  HERE T n_select_gt(T a, T b, T x, T y) { return a > b ? x : y; }            \
  HERE T n_select_ge(T a, T b, T x, T y) { return a >= b ? x : y; }           \
  HERE T n_select_eq(T a, T b, T x, T y) { return a == b ? x : y; }           \
  HERE T n_maximum(T x, T y) { T z = x > y ? x : y; return x == x ? z : x; }  \
  HERE T n_minimum(T x, T y) { T z = y > x ? x : y; return x == x ? z : x; }  \
  HERE bool n_holds(T x) { return x != (T)0; }
OPERATORS(float)
OPERATORS(double)
HERE float n_fma(float x, float y, float z) { return fmaf(x, y, z); }
HERE double n_fma(double x, double y, double z) { return fma(x, y, z); }

// A function of one number, of each type.
#define FUNCTION(how, name, single, twice) \
  how float n_##name(float x) { return single(x); } \
  how double n_##name(double x) { return twice(x); }
FUNCTION(HERE, exp, expf, exp)
FUNCTION(HERE, exp2, exp2f, exp2)
FUNCTION(HERE, exp_m1, expm1f, expm1)
FUNCTION(HERE, ln, logf, log)
FUNCTION(HERE, log2, log2f, log2)
FUNCTION(HERE, log10, log10f, log10)
FUNCTION(HERE, ln_1p, log1pf, log1p)
FUNCTION(HERE, sqrt, sqrtf, sqrt)
FUNCTION(THERE, cbrt, cbrtf, cbrt)
FUNCTION(THERE, sin, sinf, sin)
FUNCTION(THERE, cos, cosf, cos)
FUNCTION(THERE, tan, tanf, tan)
FUNCTION(THERE, asin, asinf, asin)
FUNCTION(THERE, acos, acosf, acos)
FUNCTION(THERE, atan, atanf, atan)
FUNCTION(THERE, sinh, sinhf, sinh)
FUNCTION(THERE, cosh, coshf, cosh)
FUNCTION(HERE, tanh, tanhf, tanh)
FUNCTION(THERE, asinh, asinhf, asinh)
FUNCTION(THERE, acosh, acoshf, acosh)
FUNCTION(THERE, atanh, atanhf, atanh)
FUNCTION(HERE, erf, erff, erf)
FUNCTION(THERE, erfc, erfcf, erfc)
FUNCTION(THERE, lgamma, lgammaf, lgamma)
FUNCTION(HERE, floor, floorf, floor)
FUNCTION(HERE, ceil, ceilf, ceil)
FUNCTION(HERE, round, rintf, rint)
FUNCTION(HERE, trunc, truncf, trunc)
FUNCTION(HERE, abs, fabsf, fabs)

// A function of two numbers.
#define FUNCTION_OF_TWO(how, name, single, twice) \
  how float n_##name(float x, float y) { return single(x, y); } \
  how double n_##name(double x, double y) { return twice(x, y); }
FUNCTION_OF_TWO(HERE, copysign, copysignf, copysign)
FUNCTION_OF_TWO(THERE, powf, powf, pow)
FUNCTION_OF_TWO(THERE, atan2, atan2f, atan2)
FUNCTION_OF_TWO(THERE, hypot, hypotf, hypot)
FUNCTION_OF_TWO(THERE, fmod, fmodf, fmod)
template <class T> HERE T modulo(T rest, T divisor) {
  bool wrong = rest != (T)0 && (rest < (T)0) != (divisor < (T)0);
  return wrong ? rest + divisor : rest;
}
THERE float n_rem(float x, float y) { return modulo(fmodf(x, y), y); }
THERE double n_rem(double x, double y) { return modulo(fmod(x, y), y); }

// `x · y + z` of 16-bit floats, rounded to odd, so that to round it to 16 bits rounds once. The product is exact.
THERE float n_fma_of_halves(float x, float y, float z) {
  double product = (double)x * y, sum = product + z;
  double part = sum - product, lost = (product - (sum - part)) + (z - part);
  if (!(fabs(sum) <= 1.7976931348623157e308)) return (float)sum;
  u64 bits = bits_of(sum);
  // Rounded to odd as a double first: one step back where the sum was rounded up, and the last digit set.
  if (lost != 0.0) {
    if (sum != 0.0 && (lost < 0.0) == (sum > 0.0)) bits -= 1;
    bits |= 1;
  }
  double odd = double_of(bits);
  float near = (float)odd;
  if ((double)near == odd || !(fabsf(near) <= 3.4028235e38f)) return near;
  u32 there = bits_of(near);
  if (fabs((double)near) > fabs(odd)) there -= 1;
  return float_of(there | 1);
}
THERE double n_fma_of_halves(double x, double y, double z) { return fma(x, y, z); }

// The inverse of `erf`: a closed form of Winitzki's, then three steps of Halley's method.
THERE double n_erfinv(double x) {
  const double slope = 1.12837916709551257390;
  double size = fabs(x);
  if (!(size <= 1.0)) return double_of(0x7ff8000000000000ull);
  if (size == 1.0) return x * double_of(0x7ff0000000000000ull);
  if (size < 1e-300) return x / slope;
  double y = size / slope;
  if (size >= 0.1) {
    double bend = 0.147, log_of = log(1.0 - size) + log1p(size);
    double half = 2.0 / (3.14159265358979323846 * bend) + log_of / 2.0;
    y = sqrt(sqrt(half * half - log_of / bend) - half);
  }
  for (int i = 0; i < 3; i++) {
    double excess = size > 0.5 ? (1.0 - size) - erfc(y) : erf(y) - size;
    double step = excess / (slope * exp(-y * y));
    y -= step / (1.0 + y * step);
  }
  return copysign(y, x);
}
THERE float n_erfinv(float x) { return (float)n_erfinv((double)x); }

// The derivatives of `lgamma`, as src/num/special.rs has them (Abramowitz and Stegun 6.3.5 to 6.3.18).
static __device__ const double AT_ROOT[11] = {
    0.010538791616612175, -0.01542476590494896, 0.022597648232218104, -0.03316112647484736,
    0.04880428816414311,  -0.07219956125645471, 0.10782405069126237,  -0.16394270544240652,
    0.258499760955651,    -0.4427631689835921,  0.9676722454476212};
static __device__ const double AT_INFINITY[8] = {
    -3617.0 / 8160.0, 1.0 / 12.0, -691.0 / 32760.0, 1.0 / 132.0, -1.0 / 240.0, 1.0 / 252.0, -1.0 / 120.0, 1.0 / 12.0};
HERE double horner(double x, const double *coefficients, int count) {
  double sum = 0.0;
  for (int i = 0; i < count; i++) sum = sum * x + coefficients[i];
  return sum;
}
THERE double cotangent(double x) {
  const double pi = 3.14159265358979323846;
  double fraction = x - rint(x), to_half = 0.5 - fabs(fraction);
  return to_half < 0.25 ? copysign(tan(pi * to_half), fraction) : 1.0 / tan(pi * fraction);
}
THERE double n_digamma(double x) {
  double back = 0.0;
  if (x <= 0.0) {
    double fraction = x - rint(x);
    if (x == 0.0) return copysign(double_of(0x7ff0000000000000ull), -x);
    if (fraction == 0.0 || x - x != 0.0) return double_of(0x7ff8000000000000ull);
    back = 3.14159265358979323846 * cotangent(x);
    x = 1.0 - x;
  }
  double from_root = (x - 1.4616321449683623) - 9.549995429965697e-17;
  if (fabs(from_root) < 0.05) return from_root * horner(from_root, AT_ROOT, 11) - back;
  double sum = 0.0;
  while (x < 10.0) { sum -= 1.0 / x; x += 1.0; }
  double square = 1.0 / (x * x);
  return sum + log(x) - 0.5 / x - square * horner(square, AT_INFINITY, 8) - back;
}
THERE float n_digamma(float x) { return (float)n_digamma((double)x); }
THERE double hurwitz_zeta(double s, double x) {
  double sum = 0.0;
  while (x < 10.0 + s) { sum += pow(x, -s); x += 1.0; }
  double first = pow(x, -s), factor = first * s / x;
  sum += pow(x, 1.0 - s) / (s - 1.0) + 0.5 * first;
  for (int k = 0; k < 8; k++) {
    double even = 2.0 * k + 2.0, odd = 2.0 * k + 3.0;
    sum += factor * AT_INFINITY[7 - k];
    factor *= (s + even - 1.0) * (s + even) / (even * odd * x * x);
  }
  return sum;
}
// Orders of `polygamma` up to which there is room for the polynomial of the reflection.
const int ORDERS = 32;
THERE double cotangent_derivative(double x, int order) {
  const double pi = 3.14159265358979323846;
  double now[ORDERS + 2], next[ORDERS + 2];
  for (int i = 0; i < ORDERS + 2; i++) now[i] = 0.0;
  now[1] = pi;
  for (int k = 0; k < order; k++) {
    for (int i = 0; i < ORDERS + 2; i++) next[i] = 0.0;
    for (int power = 1; power <= k + 1; power++) {
      double slope = -pi * power * now[power];
      next[power - 1] += slope;
      next[power + 1] += slope;
    }
    for (int i = 0; i < ORDERS + 2; i++) now[i] = next[i];
  }
  double c = cotangent(x), sum = now[order + 1];
  for (int power = order; power >= 0; power--) sum = sum * c + now[power];
  return sum;
}
THERE double n_polygamma(double x, double order) {
  int n = (int)order;
  if (n == 0) return n_digamma(x);
  bool odd = n % 2 == 1, reflected = x <= 0.0;
  double sign = odd ? 1.0 : -1.0, back = 0.0;
  if (reflected) {
    bool pole = x == floor(x);
    if (pole) return double_of(odd && x - x == 0.0 ? 0x7ff0000000000000ull : 0x7ff8000000000000ull);
    if (n > ORDERS) return double_of(0x7ff8000000000000ull);
    back = cotangent_derivative(x, n);
    x = 1.0 - x;
  }
  double value = sign * hurwitz_zeta(n + 1.0, x);
  for (int k = 1; k <= n; k++) value *= k;
  return reflected ? -(sign * value + back) : value;
}
THERE float n_polygamma(float x, float order) { return (float)n_polygamma((double)x, (double)order); }

// Integers: what does not fit wraps around; what has no value is 0, and the reason is noted.
template <class T> struct Bits { typedef T Plain; };
template <> struct Bits<i8> { typedef u8 Plain; };
template <> struct Bits<short> { typedef u16 Plain; };
template <> struct Bits<int> { typedef u32 Plain; };
template <> struct Bits<i64> { typedef u64 Plain; };
const u32 BY_ZERO = 1, NEGATIVE_POWER = 2;

#define INTEGERS(T)                                                                                              \
  HERE T n_plus(T x, T y) { return (T)((u64)x + (u64)y); }                                                       \
  HERE T n_minus(T x, T y) { return (T)((u64)x - (u64)y); }                                                      \
  HERE T n_times(T x, T y) { return (T)((u64)x * (u64)y); }                                                      \
  HERE T n_negative(T x) { return (T)(0 - (u64)x); }                                                             \
  HERE T n_absolute(T x) { return x < (T)0 ? n_negative(x) : x; }                                                \
  HERE T n_sign(T x) { return (T)((x > (T)0) - (x < (T)0)); }                                                    \
  HERE T n_maximum(T x, T y) { return x > y ? x : y; }                                                           \
  HERE T n_minimum(T x, T y) { return y > x ? x : y; }                                                           \
  HERE T n_select_eq(T a, T b, T x, T y) { return a == b ? x : y; }                                              \
  HERE T n_select_gt(T a, T b, T x, T y) { return a > b ? x : y; }                                               \
  HERE T n_bitand(T x, T y) { return (T)(x & y); }                                                               \
  HERE T n_bitor(T x, T y) { return (T)(x | y); }                                                                \
  HERE T n_bitxor(T x, T y) { return (T)(x ^ y); }                                                               \
  HERE T n_not(T x) { return (T)~x; }                                                                            \
  HERE bool n_holds(T x) { return x != (T)0; }                                                                   \
  /* The smallest number by -1 is itself: the machine's division would trap. */                                  \
  HERE T n_quotient(T x, T y, u32 &fault) {                                                                      \
    if (y == (T)0) { fault |= BY_ZERO; return (T)0; }                                                            \
    return y == (T)-1 && (T)-1 < (T)0 ? n_negative(x) : (T)(x / y);                                              \
  }                                                                                                              \
  HERE T n_rest(T x, T y, u32 &fault) {                                                                          \
    if (y == (T)0) { fault |= BY_ZERO; return (T)0; }                                                            \
    return y == (T)-1 && (T)-1 < (T)0 ? (T)0 : (T)(x % y);                                                       \
  }                                                                                                              \
  HERE T n_floor_quotient(T x, T y, u32 &fault) {                                                                \
    T quotient = n_quotient(x, y, fault);                                                                        \
    if (y == (T)0) return quotient;                                                                              \
    T rest = n_rest(x, y, fault);                                                                                \
    return rest != (T)0 && (rest < (T)0) != (y < (T)0) ? n_minus(quotient, (T)1) : quotient;                     \
  }                                                                                                              \
  HERE T n_floor_rest(T x, T y, u32 &fault) {                                                                    \
    T rest = n_rest(x, y, fault);                                                                                \
    return rest != (T)0 && (rest < (T)0) != (y < (T)0) ? n_plus(rest, y) : rest;                                 \
  }                                                                                                              \
  HERE T power_of(T x, u64 exponent) {                                                                           \
    T power = (T)1;                                                                                              \
    for (; exponent > 0; exponent >>= 1) {                                                                       \
      if (exponent & 1) power = n_times(power, x);                                                               \
      x = n_times(x, x);                                                                                         \
    }                                                                                                            \
    return power;                                                                                                \
  }                                                                                                              \
  HERE T n_power(T x, u32 exponent) { return power_of(x, exponent); }                                            \
  HERE T n_power_of_own(T x, T exponent, u32 &fault) {                                                           \
    if (exponent < (T)0) { fault |= NEGATIVE_POWER; return (T)0; }                                               \
    return power_of(x, (u64)exponent);                                                                           \
  }                                                                                                              \
  HERE T n_shifted_left(T x, T count) {                                                                          \
    typedef Bits<T>::Plain U;                                                                                    \
    return (U)count < (U)(8 * sizeof(T)) ? (T)((u64)x << (u64)(U)count) : (T)0;                                  \
  }                                                                                                              \
  HERE T n_shifted_right(T x, T count) {                                                                         \
    typedef Bits<T>::Plain U;                                                                                    \
    bool inside = (U)count < (U)(8 * sizeof(T));                                                                 \
    T moved = (T)(x >> (inside ? (int)(U)count : (int)(8 * sizeof(T) - 1)));                                     \
    return inside ? moved : (T)(moved >> 1);                                                                     \
  }
INTEGERS(i8)
INTEGERS(short)
INTEGERS(int)
INTEGERS(i64)
INTEGERS(u8)
INTEGERS(u16)
INTEGERS(u32)
INTEGERS(u64)

// Truth values.
HERE bool n_bitand(bool x, bool y) { return x && y; }
HERE bool n_bitor(bool x, bool y) { return x || y; }
HERE bool n_bitxor(bool x, bool y) { return x != y; }
HERE bool n_not(bool x) { return !x; }
HERE bool n_holds(bool x) { return x; }
