// A sum in `double` as an element, rounded once. Stands behind the numbers, before what keeps its sums so.

template <class E> HERE E rounded(double x) { return (E)x; }
// To `float` rounded to odd first: the digits of it that 16 bits have not then tell the side of a half.
HERE float rounded_to_odd(double x) {
  const float near = (float)x;
  if ((double)near == x || !(fabsf(near) <= 3.4028235e38f)) return near;
  u32 bits = bits_of(near);
  if (fabs((double)near) > fabs(x)) bits -= 1;
  return float_of(bits | 1);
}
template <> HERE f16 rounded<f16>(double x) { return narrow_f16(rounded_to_odd(x)); }
template <> HERE bf16 rounded<bf16>(double x) { return narrow_bf16(rounded_to_odd(x)); }
