//! `Num`, what a pointwise formula may ask of a number.
//!
//! Apart from the numbers themselves because formulas see this trait alone. Constants are `f64` for every element
//! type: `x * 0.5 + 1.0` reads the same for `f32` lanes.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number that pointwise formulas are generic over.
///
/// Functions follow IEEE 754 outside their domain: `ln(-1)` is NaN, `ln(0)` is -inf, and NaN in gives NaN out unless
/// the method says otherwise. Mark formulas `#[inline(always)]`, or they lose the instruction set of their loop.
///
/// ```
/// # use congruent::num;
/// use num::{Num, Scalar};
///
/// #[inline(always)]
/// fn mish<V: Num>(x: V) -> V {
///     x * x.softplus().tanh()
/// }
///
/// assert!((mish(1.0_f64) - 0.865098388).abs() < 1e-9);
/// assert!((mish(Scalar(1.0_f32)).0 - 0.8650984).abs() < 1e-6);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number that formulas can be written for",
    label = "formulas take `f64`, `Scalar<f32>`, the lanes of a kernel, or a `Dual` of these",
    note = "`f32` itself cannot take part, as `f32 * f64` does not exist: wrap it as `Scalar(x)`"
)]
pub trait Num:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// The constant `x`, rounded to the element type.
    fn c(x: f64) -> Self;
    /// `then` where `a > b`, `other` elsewhere and where either is NaN.
    fn select_gt(a: Self, b: Self, then: Self, other: Self) -> Self;
    /// `then` where `a >= b`, `other` elsewhere and where either is NaN.
    fn select_ge(a: Self, b: Self, then: Self, other: Self) -> Self;
    /// `then` where `a == b`, `other` elsewhere and where either is NaN.
    fn select_eq(a: Self, b: Self, then: Self, other: Self) -> Self;

    /// `eˣ`.
    fn exp(self) -> Self;
    /// `2ˣ`.
    fn exp2(self) -> Self;
    /// `eˣ - 1`, without cancellation near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The logarithm to base 2.
    fn log2(self) -> Self;
    /// The logarithm to base 10.
    fn log10(self) -> Self;
    /// `ln(1 + x)`, without cancellation near 0.
    fn ln_1p(self) -> Self;
    /// The square root; its derivative at 0 is inf.
    fn sqrt(self) -> Self;
    /// `1 / √x`.
    #[inline(always)]
    fn rsqrt(self) -> Self {
        self.sqrt().recip()
    }
    /// `1 / x`.
    #[inline(always)]
    fn recip(self) -> Self {
        Self::c(1.0) / self
    }
    /// The cube root, also of negative numbers.
    fn cbrt(self) -> Self;

    /// The sine of an angle in radians.
    fn sin(self) -> Self;
    /// The cosine of an angle in radians.
    fn cos(self) -> Self;
    /// The tangent of an angle in radians.
    fn tan(self) -> Self;
    /// The inverse sine, in [-π/2, π/2].
    fn asin(self) -> Self;
    /// The inverse cosine, in [0, π].
    fn acos(self) -> Self;
    /// The inverse tangent, in [-π/2, π/2].
    fn atan(self) -> Self;
    /// The hyperbolic sine.
    fn sinh(self) -> Self;
    /// The hyperbolic cosine.
    fn cosh(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The inverse hyperbolic sine.
    fn asinh(self) -> Self;
    /// The inverse hyperbolic cosine; NaN below 1.
    fn acosh(self) -> Self;
    /// The inverse hyperbolic tangent; NaN outside [-1, 1].
    fn atanh(self) -> Self;

    /// The error function, `2/√π ∫₀ˣ e^(-t²) dt`.
    fn erf(self) -> Self;
    /// `1 - erf(x)`, without cancellation for large `x`.
    fn erfc(self) -> Self;
    /// The inverse of `erf`: ±inf at ±1, NaN beyond.
    fn erfinv(self) -> Self;
    /// `ln |Γ(x)|`.
    fn lgamma(self) -> Self;
    /// `ψ(x)`, the derivative of `lgamma`: ∓inf at ±0, NaN at the negative integers, as PyTorch has it.
    fn digamma(self) -> Self;
    /// The `order`-th derivative of `digamma`; `polygamma(0)` is `digamma`.
    fn polygamma(self, order: u32) -> Self;

    /// The greatest integer that is not above `x`; derivative 0.
    fn floor(self) -> Self;
    /// The least integer that is not below `x`; derivative 0.
    fn ceil(self) -> Self;
    /// The nearest integer, halves to the even one; derivative 0.
    fn round(self) -> Self;
    /// The integer part; derivative 0.
    fn trunc(self) -> Self;
    /// The absolute value; derivative 0 at 0.
    fn abs(self) -> Self;
    /// -1, 0 or 1, NaN for NaN; derivative 0.
    #[inline(always)]
    fn sign(self) -> Self {
        let zero = Self::c(0.0);
        Self::select_gt(self, zero, Self::c(1.0), Self::select_gt(zero, self, Self::c(-1.0), self))
    }
    /// The size of `self` with the sign bit of `from`.
    fn copysign(self, from: Self) -> Self;

    /// `xʸ`; NaN for negative `x` unless `y` is an integer.
    ///
    /// The derivative by `x` is 0 where `y` is 0, and the one by `y` is 0 where `x` is 0 and `y >= 0`.
    fn powf(self, exponent: Self) -> Self;
    /// `xⁿ` by repeated squaring; `x⁰` is 1 for every `x`, NaN included.
    #[inline(always)]
    fn powi(self, exponent: i32) -> Self {
        let mut square = self;
        let mut left = exponent.unsigned_abs();
        let mut power = if left & 1 == 1 { self } else { Self::c(1.0) };
        while left > 1 {
            left >>= 1;
            square = square * square;
            if left & 1 == 1 {
                power = power * square;
            }
        }
        if exponent < 0 { power.recip() } else { power }
    }
    /// The angle of the point (`x`, `self`), in [-π, π].
    fn atan2(self, x: Self) -> Self;
    /// `√(x² + y²)`, without overflow on the way.
    fn hypot(self, other: Self) -> Self;
    /// The remainder with the sign of the divisor, as Python's `%`; NaN for divisor 0.
    fn rem(self, divisor: Self) -> Self;
    /// The remainder with the sign of the dividend, as C's `fmod`; NaN for divisor 0.
    fn fmod(self, divisor: Self) -> Self;
    /// The number, or the bound where it is less; NaN stays NaN. One instruction of lanes, where `maximum` takes more.
    #[inline(always)]
    fn at_least(self, bound: f64) -> Self {
        Self::select_gt(Self::c(bound), self, Self::c(bound), self)
    }
    /// The larger one, NaN if either is NaN; at a tie the derivative goes to both in halves.
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        let larger = Self::select_gt(self, other, self, other);
        Self::select_eq(self, self, larger, self)
    }
    /// The smaller one, NaN if either is NaN; at a tie the derivative goes to both in halves.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        let smaller = Self::select_gt(other, self, self, other);
        Self::select_eq(self, self, smaller, self)
    }
    /// `self · factor + addend`, in one rounding where the hardware has such an instruction.
    #[inline(always)]
    fn fma(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }

    /// `self · factor + addend` in one rounding on every processor: slow where the hardware has no such instruction.
    #[inline(always)]
    fn fma_once(self, factor: Self, addend: Self) -> Self {
        self.fma(factor, addend)
    }
    /// `self · factor + addend` of 16-bit floats, which `f32` lanes compute, as it must be to be rounded to these once:
    /// rounded to odd, so that what was cut off leaves the last digit set.
    #[inline(always)]
    fn fma_of_halves(self, factor: Self, addend: Self) -> Self {
        self.fma_once(factor, addend)
    }

    /// `1 / (1 + e⁻ˣ)`, to full relative accuracy in both tails.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        let tail = (-self.abs()).exp();
        let one = Self::c(1.0);
        Self::select_ge(self, Self::c(0.0), one, tail) / (tail + one)
    }
    /// `ln(1 + eˣ)`, to full relative accuracy in both tails.
    #[inline(always)]
    fn softplus(self) -> Self {
        let tail = (-self.abs()).exp().ln_1p();
        Self::select_gt(self, Self::c(0.0), self, Self::c(0.0)) + tail
    }

    /// 1 where `x` is NaN, 0 elsewhere.
    #[inline(always)]
    fn is_nan(self) -> Self {
        Self::select_eq(self, self, Self::c(0.0), Self::c(1.0))
    }
    /// 1 where `x` is inf or -inf, 0 elsewhere.
    #[inline(always)]
    fn is_inf(self) -> Self {
        Self::select_eq(self.abs(), Self::c(f64::INFINITY), Self::c(1.0), Self::c(0.0))
    }
    /// 1 where `x` is neither NaN nor infinite, 0 elsewhere.
    #[inline(always)]
    fn is_finite(self) -> Self {
        Self::select_gt(Self::c(f64::INFINITY), self.abs(), Self::c(1.0), Self::c(0.0))
    }
}
