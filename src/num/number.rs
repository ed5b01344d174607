//! `Num`, what a pointwise formula may ask of a number.
//!
//! Apart from the numbers themselves because formulas see this trait alone; most of its methods are rows of
//! `primitives`. Constants are `f64` for every element type: `x * 0.5 + 1.0` reads the same for `f32` lanes.

use super::primitives::{composed, declared, of_one, of_two};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A method with its formula for each function that is composed of others.
macro_rules! defined {
    ($($(#[$doc:meta])* $name:ident($x:ident) = $y:ident: $formula:expr, $kind:ident $($slope:expr)?;)*) => { $(
        $(#[$doc])*
        #[cfg_attr(optimised, inline(always))]
        fn $name(self) -> Self {
            let $x = self;
            $formula
        }
    )* };
}

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

    of_one!(declared);
    of_two!(declared);
    composed!(defined);

    /// The `order`-th derivative of `digamma`; `polygamma(0)` is `digamma`.
    fn polygamma(self, order: u32) -> Self;
    /// `xⁿ` by repeated squaring; `x⁰` is 1 for every `x`, NaN included.
    #[cfg_attr(optimised, inline(always))]
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
    /// The number, or the bound where it is less; NaN stays NaN. One instruction of lanes, where `maximum` takes more.
    #[cfg_attr(optimised, inline(always))]
    fn at_least(self, bound: f64) -> Self {
        Self::select_gt(Self::c(bound), self, Self::c(bound), self)
    }
    /// The larger one, NaN if either is NaN; at a tie the derivative goes to both in halves.
    #[cfg_attr(optimised, inline(always))]
    fn maximum(self, other: Self) -> Self {
        let larger = Self::select_gt(self, other, self, other);
        Self::select_eq(self, self, larger, self)
    }
    /// The smaller one, NaN if either is NaN; at a tie the derivative goes to both in halves.
    #[cfg_attr(optimised, inline(always))]
    fn minimum(self, other: Self) -> Self {
        let smaller = Self::select_gt(other, self, self, other);
        Self::select_eq(self, self, smaller, self)
    }
    /// `self · factor + addend`, in one rounding where the hardware has such an instruction.
    #[cfg_attr(optimised, inline(always))]
    fn fma(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }

    /// `self · factor + addend` in one rounding on every processor: slow where the hardware has no such instruction.
    #[cfg_attr(optimised, inline(always))]
    fn fma_once(self, factor: Self, addend: Self) -> Self {
        self.fma(factor, addend)
    }
    /// `self · factor + addend` of 16-bit floats, which `f32` lanes compute, as it must be to be rounded to these once:
    /// rounded to odd, so that what was cut off leaves the last digit set.
    #[cfg_attr(optimised, inline(always))]
    fn fma_of_halves(self, factor: Self, addend: Self) -> Self {
        self.fma_once(factor, addend)
    }
}
