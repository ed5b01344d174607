//! Elementary and special functions of one tensor, by the names of NumPy and PyTorch.
//!
//! Apart from `activation` because these are mathematics that no network had to invent.

use crate::num::Num;
use congruent_macros::elementwise;
use std::f64::consts::{LN_2, PI};

/// `x` to a constant power: PyTorch's shortcuts, and two more whole numbers, avoid the general power, which is slow.
#[cfg_attr(optimised, inline(always))]
pub(super) fn power<V: Num>(x: V, exponent: f64) -> V {
    match exponent {
        0.5 => x.sqrt(),
        -0.5 => x.rsqrt(),
        whole if whole.fract() == 0.0 && whole.abs() <= 4.0 => x.powi(whole as i32),
        other => x.powf(V::c(other)),
    }
}

/// `sin(πx)` and `cos(πx)`: the angle less the nearest half turn is exact, however large it is.
///
/// The cosine is the sine of the way to the quarter turn: exactly 0 there, where that of a rounded `π/2` is not.
#[cfg_attr(optimised, inline(always))]
fn half_turns<V: Num>(x: V) -> (V, V) {
    let turns = x.round();
    let rest = x - turns;
    let (rest, to_quarter) = (rest * PI, (-rest.abs() + 0.5) * PI);
    let odd = turns - (turns * 0.5).floor() * 2.0;
    let sign = -(odd + odd) + 1.0;
    (rest.sin() * sign, to_quarter.sin() * sign)
}

/// `(cosh t - sinh(t) / t) / t²` for `z = t²` within [-1, 1], with trigonometric functions where it is negative: the
/// series `Σ 2k zᵏ⁻¹ / (2k + 1)!`, whose terms do not cancel.
#[cfg_attr(optimised, inline(always))]
pub(super) fn odd_difference<V: Num>(z: V) -> V {
    let mut sum = V::c(0.0);
    for k in (1..=9).rev() {
        let factorial: f64 = (1..=2 * k + 1).map(f64::from).product();
        sum = sum.fma(z, V::c(2.0 * f64::from(k) / factorial));
    }
    sum
}

elementwise! {
    /// Pointwise mathematics of one tensor.
    pub trait UnaryMath;

    /// The absolute value; its gradient at 0 is 0. NaN gives NaN. That of the smallest integer is itself.
    Abs: abs(x) = x.abs(),
        integers = x.absolute(),
        except_at = [0.0], for x in -3.0..3.0;

    /// -1, 0 or 1. NaN gives NaN.
    #[doc(alias = "sgn")]
    Sign: sign(x) = x.sign(), flat,
        integers = x.sign(),
        except_at = [0.0], for x in -3.0..3.0;

    /// The square root. NaN below 0; the gradient at 0 is inf.
    Sqrt: sqrt(x) = x.sqrt(),
        for x in 0.1..4.0;

    /// The reciprocal of the square root, `1 / √x`. Inf at 0, NaN below.
    Rsqrt: rsqrt(x) = x.rsqrt(),
        for x in 0.1..4.0;

    /// The square. Integers wrap around.
    Square: square(x) = x * x,
        integers = x.times(x),
        for x in -3.0..3.0;

    /// The reciprocal, `1 / x`. Inf or -inf at 0, by its sign.
    #[doc(alias = "reciprocal")]
    Recip: recip(x) = x.recip(),
        for x in 0.5..2.0;

    /// The cube root, also of negative numbers; the gradient at 0 is inf.
    Cbrt: cbrt(x) = x.cbrt(),
        except_at = [0.0], for x in -3.0..3.0;

    /// A constant power. NaN for negative elements unless the exponent is a whole number; of -inf what C's `pow` gives,
    /// but NaN for roots. `x⁰` is 1 even for NaN.
    ///
    /// Whole exponents from -4 to 4 are products and ±½ are roots: others take the general power, lane by lane.
    /// The gradient of `x⁰` is 0 also at 0.
    #[doc(alias = "pow")]
    Powf {
        /// The exponent.
        exponent: f64 = 2.5
    }: powf(x) = power(x, exponent),
        derivative = if exponent == 0.0 { V::c(0.0) } else { power(x, exponent - 1.0) * exponent },
        for x in 0.1..3.0;

    /// *e* raised to each element. Inf from where the result is too large, 0 at -inf.
    Exp: exp(x) = x.exp(),
        for x in -4.0..4.0;

    /// 2 raised to each element.
    ///
    /// The gradient is written out as a product of roots: it is still finite where the value has just become inf.
    Exp2: exp2(x) = x.exp2(),
        derivative = { let root = (x * 0.5).exp2(); root * LN_2 * root },
        for x in -4.0..4.0;

    /// `eˣ - 1`, exact also near 0.
    #[doc(alias = "exp_m1")]
    Expm1: expm1(x) = x.exp_m1(),
        derivative = x.exp(),
        for x in -4.0..4.0;

    /// The natural logarithm. -inf at 0, NaN below.
    #[doc(alias = "log")]
    Ln: ln(x) = x.ln(),
        for x in 0.1..4.0;

    /// The logarithm to base 2. -inf at 0, NaN below.
    Log2: log2(x) = x.log2(),
        for x in 0.1..4.0;

    /// The logarithm to base 10. -inf at 0, NaN below.
    Log10: log10(x) = x.log10(),
        for x in 0.1..4.0;

    /// `ln(1 + x)`, exact also near 0. -inf at -1, NaN below.
    #[doc(alias = "ln_1p")]
    Log1p: log1p(x) = x.ln_1p(),
        for x in -0.5..4.0;

    /// The log-odds, `ln(x / (1 - x))`, the inverse of [`sigmoid`](crate::ops::Activations::sigmoid).
    ///
    /// ±inf at 1 and 0, NaN outside of [0, 1]. Computed from the nearer of both ends, so that it is exact around ½ too.
    Logit: logit(x) = {
            let end = x.minimum(-x + 1.0);
            let middle = ((-(end + end) + 1.0) / end).ln_1p();
            V::select_gt(end, V::c(0.1), middle, (-end).ln_1p() - end.ln()).copysign(x - 0.5)
        },
        derivative = (x * (-x + 1.0)).recip(),
        for x in 0.05..0.95;

    /// The sine of an angle in radians. NaN at ±inf.
    Sin: sin(x) = x.sin(),
        for x in -3.0..3.0;

    /// The cosine of an angle in radians. NaN at ±inf.
    Cos: cos(x) = x.cos(),
        for x in -3.0..3.0;

    /// The tangent of an angle in radians. NaN at ±inf.
    Tan: tan(x) = x.tan(),
        for x in -1.4..1.4;

    /// The inverse sine, in [-π/2, π/2]. NaN outside of [-1, 1].
    #[doc(alias = "arcsin")]
    Asin: asin(x) = x.asin(),
        for x in -0.9..0.9;

    /// The inverse cosine, in [0, π]. NaN outside of [-1, 1].
    #[doc(alias = "arccos")]
    Acos: acos(x) = x.acos(),
        for x in -0.9..0.9;

    /// The inverse tangent, in [-π/2, π/2].
    #[doc(alias = "arctan")]
    Atan: atan(x) = x.atan(),
        for x in -3.0..3.0;

    /// `sin(πx) / (πx)`, and 1 at 0, where the gradient is 0. 0 at whole numbers and at ±inf.
    ///
    /// The gradient is written out: `(cos(πx) - sinc(x)) / x` cancels near 0, where its series is taken.
    Sinc: sinc(x) = {
            let (sine, _) = half_turns(x);
            let inside = V::select_eq(x, V::c(0.0), V::c(1.0), sine / PI / x);
            V::select_eq(x.is_inf(), V::c(1.0), V::c(0.0), inside)
        },
        derivative = {
            let (angle, (sine, cosine)) = (x * PI, half_turns(x));
            let near = angle * odd_difference(-(angle * angle)) * -PI;
            let far = (cosine - sine / PI / x) / x;
            let inside = V::select_gt(V::c(1.0), angle.abs(), near, far);
            V::select_eq(x.is_inf(), V::c(1.0), V::c(0.0), inside)
        },
        for x in 0.2..3.0;

    /// The hyperbolic sine.
    Sinh: sinh(x) = x.sinh(),
        for x in -3.0..3.0;

    /// The hyperbolic cosine.
    Cosh: cosh(x) = x.cosh(),
        for x in -3.0..3.0;

    /// The hyperbolic tangent.
    Tanh: tanh(x) = x.tanh(),
        for x in -3.0..3.0;

    /// The inverse hyperbolic sine.
    #[doc(alias = "arcsinh")]
    Asinh: asinh(x) = x.asinh(),
        for x in -3.0..3.0;

    /// The inverse hyperbolic cosine. NaN below 1.
    #[doc(alias = "arccosh")]
    Acosh: acosh(x) = x.acosh(),
        for x in 1.5..5.0;

    /// The inverse hyperbolic tangent. ±inf at ±1, NaN beyond.
    #[doc(alias = "arctanh")]
    Atanh: atanh(x) = x.atanh(),
        for x in -0.9..0.9;

    /// The error function, `2/√π ∫₀ˣ e^(-t²) dt`.
    Erf: erf(x) = x.erf(),
        for x in -3.0..3.0;

    /// `1 - erf(x)`, exact also where `erf` is nearly 1.
    Erfc: erfc(x) = x.erfc(),
        for x in -3.0..3.0;

    /// The inverse of `erf`. ±inf at ±1, NaN beyond.
    Erfinv: erfinv(x) = x.erfinv(),
        for x in -0.9..0.9;

    /// The logarithm of the gamma function's absolute value. Inf at 0 and at the negative integers.
    Lgamma: lgamma(x) = x.lgamma(),
        for x in 0.5..6.0;

    /// The derivative of `lgamma`. NaN at the negative integers, -inf at 0.
    #[doc(alias = "psi")]
    Digamma: digamma(x) = x.digamma(),
        for x in 0.5..6.0;

    /// The greatest integer that is not above the element.
    Floor: floor(x) = x.floor(), flat,
        for x in -3.0..3.0;

    /// The least integer that is not below the element.
    Ceil: ceil(x) = x.ceil(), flat,
        for x in -3.0..3.0;

    /// The nearest integer; halves go to the even one, as in NumPy and PyTorch.
    Round: round(x) = x.round(), flat,
        for x in -3.0..3.0;

    /// The integer part: rounded towards 0.
    #[doc(alias = "fix")]
    Trunc: trunc(x) = x.trunc(), flat,
        for x in -3.0..3.0;

    /// What `trunc` cuts off, with the sign of the element. NaN at ±inf.
    Frac: frac(x) = x - x.trunc(),
        derivative = V::c(1.0),
        except_at = [-2.0, -1.0, 1.0, 2.0], for x in -3.0..3.0;

    /// Each element no less than one number and no greater than another. NaN stays NaN. The numbers are `f64` for
    /// floats, and of the element type for integers.
    ///
    /// The gradient is 1 from `min` to `max`, both included, as in PyTorch. Where `min > max`, the result is `max`.
    #[doc(alias = "clip")]
    Clamp {
        /// The least result.
        min: f64 = -0.5,
        /// The greatest result.
        max: f64 = 0.75
    }: clamp(x) = x.maximum(V::c(min)).minimum(V::c(max)),
        integers = x.maximum(min).minimum(max),
        derivative = V::select_ge(x, V::c(min), V::select_ge(V::c(max), x, V::c(1.0), V::c(0.0)), V::c(0.0)),
        except_at = [-0.5, 0.75], for x in -2.0..2.0;

    /// Numbers in place of NaN, inf and -inf; these pass no gradient.
    ///
    /// PyTorch's defaults are 0 and the extreme numbers of the element type: `nan_to_num(0.0, f32::MAX.into(), ..)`.
    NanToNum {
        /// Stands for NaN.
        nan: f64 = 0.0,
        /// Stands for inf.
        posinf: f64 = 1e30,
        /// Stands for -inf.
        neginf: f64 = -1e30
    }: nan_to_num(x) = {
            let infinity = V::c(f64::INFINITY);
            let number = V::select_eq(x, x, x, V::c(nan));
            V::select_eq(x, infinity, V::c(posinf), V::select_eq(x, -infinity, V::c(neginf), number))
        },
        for x in -3.0..3.0;

    /// Degrees as radians.
    #[doc(alias = "radians")]
    Deg2rad: deg2rad(x) = x * (PI / 180.0),
        for x in -180.0..180.0;

    /// Radians as degrees.
    #[doc(alias = "degrees")]
    Rad2deg: rad2deg(x) = x * (180.0 / PI),
        for x in -3.0..3.0;
}
