//! Mathematics of two tensors, which broadcast by NumPy's rule.
//!
//! Apart from `arithmetic` because these have names, not operators.

use crate::num::Num;
use congruent_macros::elementwise;
use std::f64::consts::LN_2;

/// `near`, or `x (1 - w) + y w` where that is no number: the ends are far apart or infinite.
#[cfg_attr(optimised, inline(always))]
pub(super) fn between<V: Num>(near: V, x: V, y: V, weight: V) -> V {
    let same = V::select_eq(weight, weight, x, weight); // NaN comes through
    let weighed = V::select_eq(x, y, same, x * (-weight + 1.0) + y * weight);
    let far = V::select_eq(weighed, weighed, weighed, near);
    V::select_eq(near.is_finite(), V::c(1.0), near, far)
}

elementwise! {
    /// Pointwise mathematics of two tensors, or of a tensor and a number: `x.maximum(0.0)`.
    pub trait BinaryMath;

    /// `xʸ`. NaN for negative `x` unless `y` is a whole number.
    ///
    /// As in PyTorch, the gradient of `x` is 0 where `y` is 0, and that of `y` is 0 where `x` is 0 and `y ≥ 0`.
    /// A constant exponent is faster as [`powf`](crate::ops::UnaryMath::powf). Integers wrap around; a negative
    /// exponent has no integer result and raises [`Error::Undefined`](crate::Error::Undefined).
    #[doc(alias = "power")]
    Pow: pow(x, y) = x.powf(y),
        integers = x.power_of_own(y),
        for x in 0.3..2.0, y in -2.0..2.0;

    /// The remainder with the sign of the divisor, as Python's and NumPy's `%`. NaN for divisor 0.
    ///
    /// Of integers, divisor 0 raises [`Error::Undefined`](crate::Error::Undefined); their operator `%` is Rust's, which
    /// is [`fmod`](BinaryMath::fmod).
    #[doc(alias = "remainder")]
    #[doc(alias = "mod")]
    Rem: rem(x, y) = x.rem(y),
        integers = x.floor_rest(y),
        for x in -3.0..3.0, y in 0.7..2.0;

    /// The remainder with the sign of the dividend, as C's `fmod`. NaN for divisor 0.
    ///
    /// Of integers it is the operator `%`; divisor 0 raises [`Error::Undefined`](crate::Error::Undefined).
    Fmod: fmod(x, y) = x.fmod(y),
        integers = x.rest(y),
        for x in -3.0..3.0, y in 0.7..2.0;

    /// The quotient rounded down, as Python's `//`, such that `x = y · floor_div + rem`. IEEE 754 division by zero.
    ///
    /// `floor(x / y)` is something else where the quotient rounds up to an integer: `1 // 0.1` is 9. Integers divided
    /// by 0 raise [`Error::Undefined`](crate::Error::Undefined).
    #[doc(alias = "floor_divide")]
    FloorDiv: floor_div(x, y) = {
            let rest = x.fmod(y);
            let quotient = ((x - rest) / y).round();
            let down = V::select_gt(V::c(0.0), rest.sign() * y.sign(), quotient - 1.0, quotient);
            V::select_eq(y, V::c(0.0), x / y, down)
        }, flat,
        integers = x.floor_quotient(y),
        for x in -3.0..3.0, y in 0.7..2.0;

    /// The larger of two. NaN if either is NaN; at a tie both get half of the gradient.
    Maximum: maximum(x, y) = x.maximum(y),
        integers = x.maximum(y),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// The smaller of two. NaN if either is NaN; at a tie both get half of the gradient.
    Minimum: minimum(x, y) = x.minimum(y),
        integers = x.minimum(y),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// The angle of the point (`x`, `y`), in [-π, π]: `y.atan2(&x)`. The gradient at the origin is NaN.
    #[doc(alias = "arctan2")]
    Atan2: atan2(y, x) = y.atan2(x),
        for y in -3.0..3.0, x in 0.5..2.0;

    /// `√(x² + y²)`, without overflow on the way. The gradient at the origin is NaN.
    Hypot: hypot(x, y) = x.hypot(y),
        for x in 0.5..3.0, y in -3.0..3.0;

    /// The size of one with the sign of another, -0 included. The gradient at `x = 0` is 0, and that of the sign is 0.
    Copysign: copysign(x, sign) = x.copysign(sign),
        for x in 0.5..3.0, sign in -3.0..3.0;

    /// `ln(eˣ + eʸ)`, without overflow on the way; NaN if either is NaN.
    ///
    /// The gradients are written out: dual numbers would see the kinks of `max` and `|x - y|`, which cancel.
    Logaddexp: logaddexp(x, y) =
            V::select_eq(x, y, x + LN_2, x.maximum(y) + (-(x - y).abs()).exp().ln_1p()),
        derivative = (
            V::select_eq(x, y, V::c(0.5), (x - y).sigmoid()),
            V::select_eq(x, y, V::c(0.5), (y - x).sigmoid())
        ),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// `x · ln(y)`, and 0 where `x` is 0 and `y` is not NaN, as entropies want it.
    ///
    /// The gradients are 0 where `x` is 0 and `y` is not positive.
    Xlogy: xlogy(x, y) = V::select_eq(x, V::c(0.0), V::select_eq(y, y, V::c(0.0), y), x * y.ln()),
        derivative = (
            V::select_eq(x, V::c(0.0), V::select_gt(y, V::c(0.0), y.ln(), V::c(0.0)), y.ln()),
            V::select_eq(x, V::c(0.0), V::c(0.0), x / y)
        ),
        for x in -3.0..3.0, y in 0.3..3.0;

    /// The unit step: 0 below 0, 1 above, `at_zero` at 0. NaN gives NaN. Only `at_zero` has a gradient, where `x` is 0.
    Heaviside: heaviside(x, at_zero) = {
            let else_zero = V::select_eq(x, V::c(0.0), at_zero, x);
            V::select_gt(x, V::c(0.0), V::c(1.0), V::select_gt(V::c(0.0), x, V::c(0.0), else_zero))
        },
        except_at = [0.0], for x in -3.0..3.0, at_zero in 0.0..1.0;

    /// `x` where positive, `slope · x` elsewhere, with a slope that is learned. He et al., arXiv:1502.01852.
    ///
    /// A slope a channel broadcasts as any operand does. The gradient of `x` at 0 is `slope`.
    Prelu: prelu(x, slope) = V::select_gt(x, V::c(0.0), x, x * slope),
        derivative = (
            V::select_gt(x, V::c(0.0), V::c(1.0), slope),
            V::select_gt(x, V::c(0.0), V::c(0.0), x)
        ),
        except_at = [0.0], for x in -3.0..3.0, slope in 0.1..0.5;

    /// The point between two that a number tells: `x` at 0, `y` at 1, both exactly. The ends may be as far apart as the
    /// element type is wide, or infinite; NaN between -inf and inf.
    Lerp {
        /// How far to go from `x` to `y`.
        weight: f64 = 0.3
    }: lerp(x, y) = if weight == 0.0 {
            x
        } else if weight == 1.0 {
            y
        } else {
            let way = y - x;
            let near = if weight.abs() < 0.5 { x + way * weight } else { y - way * (1.0 - weight) };
            between(near, x, y, V::c(weight))
        },
        derivative = (V::c(1.0 - weight), V::c(weight)),
        for x in -3.0..3.0, y in -3.0..3.0;
}
