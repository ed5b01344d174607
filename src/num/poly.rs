//! Exponentials, logarithms, sine, cosine and the error function as branch-free polynomials over lanes.
//!
//! Apart from `pack.rs` because this is numerics: each function says how it reduces its argument and how far off it may
//! be. Both element types and all registers share the code; `coefficients.rs` has the numbers.
//!
//! The largest errors found, in units of the last place, the worse of two kinds of lanes. For `f32`: AVX-512 over all
//! 2³² arguments and portable ones over each 67th, against the standard library in `f64`. For `f64`: both over six
//! million arguments of all sizes, against functions of 113 bits. `sigmoid` and `softplus` are composed of the others.
//!
//! | | `exp` | `exp2` | `exp_m1` | `ln` | `log2` | `log10` | `ln_1p` |
//! |---|---|---|---|---|---|---|---|
//! | `f32` | 1.02 | 1.01 | 1.49 | 0.84 | 1.68 | 1.92 | 1.40 |
//! | `f64` | 1.02 | 1.08 | 2.09 | 0.81 | 1.70 | 1.82 | 1.38 |
//!
//! | | `sin` | `cos` | `tanh` | `erf` | `sigmoid` | `softplus` |
//! |---|---|---|---|---|---|---|
//! | `f32` | 1.54 | 1.53 | 1.43 | 1.19 | 2.41 | 1.68 |
//! | `f64` | 1.48 | 1.46 | 1.45 | 1.35 | 2.23 | 1.65 |
//!
//! `erfc` is off by at most 3.8 for `f32` and 4.0 for `f64`, over each 67th argument and ten million, against `libm`.

use super::bits::Bits as _;
use super::coefficients::Coefficients;
use super::pack::Pack;
use super::vector::Vector;
use super::{Num, Real};

/// The type of a register's elements.
type Element<V> = <V as Vector>::Element;

/// `x` in every lane.
#[cfg_attr(optimised, inline(always))]
fn all<V: Vector>(x: Element<V>) -> Pack<V> {
    Pack(V::splat(x))
}

/// The polynomial with these coefficients, highest power first.
#[cfg_attr(optimised, inline(always))]
fn horner<V: Vector>(x: Pack<V>, coefficients: &'static [Element<V>]) -> Pack<V> {
    let mut sum = all::<V>(coefficients[0]);
    let mut i = 1;
    while i < coefficients.len() {
        sum = sum.fma(x, all(coefficients[i]));
        i += 1;
    }
    sum
}

/// `x` within `low` and `high`; NaN stays NaN.
#[cfg_attr(optimised, inline(always))]
fn clamp<V: Vector>(x: Pack<V>, low: Element<V>, high: Element<V>) -> Pack<V> {
    Pack(V::splat(high).lesser(V::splat(low).greater(x.0)))
}

/// `self · 2ⁿ`.
#[cfg_attr(optimised, inline(always))]
fn scaled<V: Vector>(x: Pack<V>, n: Pack<V>) -> Pack<V> {
    Pack(x.0.scaled(n.0))
}

/// `x = n ln 2 + r` with integral `n` and `|r| <= ln(2)/2`, as `(n, r)`.
#[cfg_attr(optimised, inline(always))]
fn halvings<V: Vector>(x: Pack<V>) -> (Pack<V>, Pack<V>) {
    let (high, low) = Element::<V>::LN_2;
    let n = (x * all(Element::<V>::LOG2_E.0)).round();
    (n, (-n).fma(all(low), (-n).fma(all(high), x)))
}

/// `eʳ - 1` for `|r| <= ln(2)/2`.
#[cfg_attr(optimised, inline(always))]
fn exp_m1_small<V: Vector>(r: Pack<V>) -> Pack<V> {
    horner(r, Element::<V>::EXP).fma(r * r, r)
}

/// `eˣ`, after Cody and Waite: `2ⁿ eʳ`.
#[cfg_attr(optimised, inline(always))]
pub(super) fn exp<V: Vector>(x: Pack<V>) -> Pack<V> {
    let (lowest, highest) = Element::<V>::EXP_RANGE;
    exp_inside(clamp(x, lowest, highest))
}

/// `eˣ` where it neither overflows nor has long been 0.
#[cfg_attr(optimised, inline(always))]
fn exp_inside<V: Vector>(x: Pack<V>) -> Pack<V> {
    let (n, r) = halvings(x);
    scaled(exp_m1_small(r) + 1.0, n)
}

/// `2ˣ`: the reduction is exact.
#[cfg_attr(optimised, inline(always))]
pub(super) fn exp2<V: Vector>(x: Pack<V>) -> Pack<V> {
    let (lowest, highest) = Element::<V>::EXP_RANGE;
    let per_halving = Element::<V>::from_f64(1.5);
    let x = clamp(x, lowest * per_halving, highest * per_halving);
    let n = x.round();
    scaled(exp_m1_small((x - n) * std::f64::consts::LN_2) + 1.0, n)
}

/// `eˣ - 1` as `2ⁿ (eʳ - 1) + (2ⁿ - 1)`, in halves, as `2ⁿ` alone may overflow where the difference does not.
#[cfg_attr(optimised, inline(always))]
pub(super) fn exp_m1<V: Vector>(x: Pack<V>) -> Pack<V> {
    let (n, r) = halvings(clamp(x, Element::<V>::from_f64(-40.0), Element::<V>::EXP_RANGE.1));
    let power = Pack(V::power_of_two((n - 1.0).0));
    let half = exp_m1_small(r).fma(power, power - 0.5);
    Num::select_eq(x, all(Element::<V>::default()), x, half + half)
}

/// `tanh x`: an odd polynomial up to 0.56, beyond it `1 - 2 / (e²ˣ + 1)`, where that loses nothing.
#[cfg_attr(optimised, inline(always))]
pub(super) fn tanh<V: Vector>(x: Pack<V>) -> Pack<V> {
    let size = x.abs();
    let z = x * x;
    let near = (horner(z, Element::<V>::TANH) * z).fma(size, size);
    // tanh 20 is 1 in both types.
    let capped = Pack(V::constant(20.0).lesser(size.0));
    let far = Pack::c(-2.0) / (exp_inside(capped + capped) + 1.0) + 1.0;
    Num::select_gt(Pack::c(0.56), size, near, far).copysign(x)
}

/// `ln(1 + f)` for `1 + f` within [√½, √2].
///
/// With `s = f / (2 + f)` it is `ln((1 + s) / (1 - s))`, as in FreeBSD's `e_log.c`: the large part `f` is added last.
#[cfg_attr(optimised, inline(always))]
fn ln_1p_small<V: Vector>(f: Pack<V>, low: Pack<V>) -> Pack<V> {
    let s = f / (f + 2.0);
    let z = s * s;
    let half_square = f * f * 0.5;
    let rest = horner(z, Element::<V>::LN).fma(z, half_square);
    f - (half_square - s.fma(rest, low))
}

/// The values of a logarithm at the edges of its domain: -inf at 0, NaN below, inf at inf.
#[cfg_attr(optimised, inline(always))]
fn at_edges<V: Vector>(x: Pack<V>, inside: Pack<V>) -> Pack<V> {
    let (zero, infinity) = (Pack::c(0.0), Pack::c(f64::INFINITY));
    let outside = Num::select_eq(x, zero, -infinity, Pack::c(f64::NAN));
    Num::select_gt(x, zero, Num::select_eq(x, infinity, x, inside), outside)
}

/// `e ln 2 + ln m` where `x = m 2ᵉ`.
#[cfg_attr(optimised, inline(always))]
pub(super) fn ln<V: Vector>(x: Pack<V>) -> Pack<V> {
    let (m, e) = x.0.split();
    at_edges(x, ln_of_parts(Pack(m) - 1.0, Pack(e)))
}

/// `e ln 2 + ln(1 + f)`.
#[cfg_attr(optimised, inline(always))]
fn ln_of_parts<V: Vector>(f: Pack<V>, e: Pack<V>) -> Pack<V> {
    let (high, low) = Element::<V>::LN_2;
    e.fma(all(high), ln_1p_small(f, e * all(low)))
}

/// The logarithm to another base, from that of `e` and that of 2 in two parts each.
#[cfg_attr(optimised, inline(always))]
fn log<V: Vector>(x: Pack<V>, of_e: (Element<V>, Element<V>), of_2: (Element<V>, Element<V>)) -> Pack<V> {
    let (m, e) = x.0.split();
    let ln = ln_1p_small(Pack(m) - 1.0, all(Element::<V>::default()));
    let low = ln.fma(all(of_e.1), Pack(e) * all(of_2.1));
    at_edges(x, Pack(e).fma(all(of_2.0), ln.fma(all(of_e.0), low)))
}

/// `e + ln(m) log₂(e)` where `x = m 2ᵉ`.
#[cfg_attr(optimised, inline(always))]
pub(super) fn log2<V: Vector>(x: Pack<V>) -> Pack<V> {
    log(x, Element::<V>::LOG2_E, (Element::<V>::from_f64(1.0), Element::<V>::default()))
}

/// `e log₁₀(2) + ln(m) log₁₀(e)` where `x = m 2ᵉ`.
#[cfg_attr(optimised, inline(always))]
pub(super) fn log10<V: Vector>(x: Pack<V>) -> Pack<V> {
    log(x, Element::<V>::LOG10_E, Element::<V>::LOG10_2)
}

/// `ln(1 + x)`: with `1 + x ≈ m 2ᵉ`, `f = x 2⁻ᵉ + (2⁻ᵉ - 1)` loses nothing of a small `x`, for which `e` is 0.
///
/// All of it fourfold at first, for `2⁻ᵉ` may be too small to be a normal number.
#[cfg_attr(optimised, inline(always))]
pub(super) fn ln_1p<V: Vector>(x: Pack<V>) -> Pack<V> {
    let sum = x + 1.0;
    let e = Pack(sum.0.split().1);
    let scale = Pack(V::power_of_two((-e + 2.0).0));
    let ln = ln_of_parts(x.fma(scale, scale - 4.0) * 0.25, e);
    Num::select_eq(x, all(Element::<V>::default()), x, at_edges(sum, ln))
}

/// `erf x` up to the split: an odd polynomial.
#[cfg_attr(optimised, inline(always))]
fn erf_near<V: Vector>(x: Pack<V>) -> Pack<V> {
    horner(x * x, Element::<V>::ERF).fma(x, x)
}

/// `erf x`: an odd polynomial up to the split, beyond it `1 - e^(x q(x))`.
#[cfg_attr(optimised, inline(always))]
pub(super) fn erf<V: Vector>(x: Pack<V>) -> Pack<V> {
    let size = x.abs();
    let near = erf_near(x);
    let capped = Pack(V::splat(Element::<V>::ERF_END).lesser(size.0));
    let tail = exp_inside(horner(capped, Element::<V>::ERFC) * capped);
    let far = (-tail + 1.0).copysign(x);
    Num::select_gt(all(Element::<V>::ERF_SPLIT), size, near, far)
}

/// `erfc x = e^(-x²) p(t) / (1 + 2x)` with `t = (x - 3) / (x + 3)`, and `2 - erfc(-x)` below 0: after Shepherd and
/// Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x", 1981. Around 0, `1 - erf x` is nearer.
///
/// The error of `x²` would be the relative error of the power, so it is computed in two parts, the first exact.
#[cfg_attr(optimised, inline(always))]
pub(super) fn erfc<V: Vector>(x: Pack<V>) -> Pack<V> {
    let size = clamp(x.abs(), Element::<V>::default(), Element::<V>::ERFC_END);
    let steps = all(Element::<V>::SQUARE_STEPS);
    let high = (size * steps).round() / steps;
    let (square, rest) = (high * high, (size - high) * (size + high));
    let n = (-(square + rest) * all(Element::<V>::LOG2_E.0)).round();
    let (ln_2, ln_2_low) = Element::<V>::LN_2;
    let r = (-n).fma(all(ln_2_low), (-n).fma(all(ln_2), -square)) - rest;
    let factor = horner((size - 3.0) / (size + 3.0), Element::<V>::ERFC_SCALED) / (size + size + 1.0);
    let tail = scaled(exp_m1_small(r).fma(factor, factor), n);
    let far = Num::select_gt(all(Element::<V>::default()), x, -tail + 2.0, tail);
    Num::select_gt(Pack::c(0.5), size, -erf_near(x) + 1.0, far)
}

/// `sum`, the rounded sum of two numbers, moved to the nearer one of its neighbours that has an odd last digit, unless
/// it is exact: whoever rounds that to fewer digits sees on which side of a half the sum lies.
///
/// What was cut off is Knuth's difference of the sum ("The Art of Computer Programming", vol. 2, 4.2.2).
#[cfg_attr(optimised, inline(always))]
pub(super) fn rounded_to_odd<V: Vector>(a: Pack<V>, b: Pack<V>, sum: Pack<V>) -> Pack<V> {
    let (zero, own) = (all(Element::<V>::default()), sum - a);
    let rest = (a - (sum - own)) + (b - own);
    let last = Element::<V>::SMALLEST_NORMAL / Element::<V>::INTEGERS_FROM;
    // The neighbour towards 0, where the sum was rounded away from it.
    let lower = sum * (Pack::c(1.0) - Pack::c(0.5) / all(Element::<V>::INTEGERS_FROM));
    let below = Num::select_gt(zero, rest * sum.sign(), lower, sum);
    Num::select_gt(rest.abs(), zero, Pack(below.0.bits_or(V::splat(last))), sum)
}

/// `x = n π/2 + r` with integral `n` and `|r| <= π/4`, as `(n, r)`.
#[cfg_attr(optimised, inline(always))]
fn quarter_turns<V: Vector>(x: Pack<V>) -> (Pack<V>, Pack<V>) {
    let n = (x * std::f64::consts::FRAC_2_PI).round();
    if V::FUSED {
        let [high, middle, low] = Element::<V>::HALF_PI;
        return (n, (-n).fma(all(low), (-n).fma(all(middle), (-n).fma(all(high), x))));
    }
    let (exact, rest) = Element::<V>::HALF_PI_SHORT.split_at(Element::<V>::HALF_PI_SHORT.len() - 2);
    let r = exact.iter().fold(x, |r, &part| r - n * all(part));
    // The first of the last two products may be rounded off in the difference: the second takes that up.
    let product = n * all(rest[0]);
    let high = r - product;
    (n, high + (((r - high) - product) - n * all(rest[1])))
}

/// 0 for an even integer, 1 or -1 for an odd one.
#[cfg_attr(optimised, inline(always))]
fn parity<V: Vector>(n: Pack<V>) -> Pack<V> {
    let half = (n * 0.5).round();
    n - (half + half)
}

/// `sin r`, or `cos r` where `n` is odd; negated in the lower half of the circle.
#[cfg_attr(optimised, inline(always))]
fn sine_of_quarter<V: Vector>(n: Pack<V>, r: Pack<V>) -> Pack<V> {
    let zero = all(Element::<V>::default());
    let z = r * r;
    let sin = (horner(z, Element::<V>::SIN) * z).fma(r, r);
    let half_square = z * 0.5;
    let near_one = -half_square + 1.0;
    let cos = near_one + (horner(z, Element::<V>::COS)).fma(z * z, (-near_one + 1.0) - half_square);
    let size = Num::select_eq(parity(n), zero, sin, cos);
    Num::select_eq(parity((n * 0.5).floor()), zero, size, -size)
}

/// `sin x`; angles beyond the limit go to the standard library lane by lane.
#[cfg_attr(optimised, inline(always))]
pub(super) fn sin<V: Vector>(x: Pack<V>) -> Pack<V> {
    let (n, r) = quarter_turns(x);
    let sine = Num::select_eq(x, all(Element::<V>::default()), x, sine_of_quarter(n, r));
    beyond_limit(x, sine, Real::sin)
}

/// `cos x = sin(x + π/2)`; angles beyond the limit go to the standard library lane by lane.
#[cfg_attr(optimised, inline(always))]
pub(super) fn cos<V: Vector>(x: Pack<V>) -> Pack<V> {
    let (n, r) = quarter_turns(x);
    beyond_limit(x, sine_of_quarter(n + 1.0, r), Real::cos)
}

/// `inside` but for the lanes that lie beyond the limit of the reduction.
#[cfg_attr(optimised, inline(always))]
fn beyond_limit<V: Vector>(x: Pack<V>, inside: Pack<V>, f: fn(Element<V>) -> Element<V>) -> Pack<V> {
    let (fused, unfused) = Element::<V>::ANGLE_LIMIT;
    let limit = all(if V::FUSED { fused } else { unfused });
    if !V::any_gt(x.abs().0, limit.0) {
        return inside;
    }
    Num::select_gt(x.abs(), limit, x.map(f), inside)
}
