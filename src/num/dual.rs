//! Dual numbers: a value and its derivative along one direction, over any other number.
//!
//! Apart from the other numbers because derivatives are about formulas, not about memory. What each function's own
//! derivative is stands in `primitives` and `slopes`, once: the formulas built of them need none.

use super::Num;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `value + tangent · ε` with `ε² = 0`.
///
/// The product rule takes both tangents, also one that is 0: beside an infinite value that is NaN. To look at each of
/// them would make a chain of products up to 1.9 times slower in cache; formulas that are right at infinities write
/// their derivative out.
///
/// ```
/// # use congruent::num;
/// use num::{Dual, Num};
///
/// let x = Dual { value: 3.0_f64, tangent: 1.0 };
/// let y = x * x + x.ln();
/// assert_eq!(y.tangent, 6.0 + 1.0 / 3.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<V> {
    /// The number itself.
    pub value: V,
    /// Its derivative.
    pub tangent: V,
}

impl<V: Num> Dual<V> {
    /// The chain rule: `f(x)` with derivative `f'(x) · dx`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn chain(self, value: V, slope: V) -> Self {
        Dual { value, tangent: self.tangent * slope }
    }

    /// A function that is constant but for its jumps.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn step(value: V) -> Self {
        Dual { value, tangent: V::c(0.0) }
    }
}

impl<V: Num> Add for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn add(self, other: Self) -> Self {
        Dual { value: self.value + other.value, tangent: self.tangent + other.tangent }
    }
}

impl<V: Num> Sub for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn sub(self, other: Self) -> Self {
        Dual { value: self.value - other.value, tangent: self.tangent - other.tangent }
    }
}

impl<V: Num> Mul for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn mul(self, other: Self) -> Self {
        let tangent = self.tangent.fma(other.value, self.value * other.tangent);
        Dual { value: self.value * other.value, tangent }
    }
}

impl<V: Num> Div for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Dual { value, tangent: (self.tangent - value * other.tangent) / other.value }
    }
}

impl<V: Num> Neg for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn neg(self) -> Self {
        Dual { value: -self.value, tangent: -self.tangent }
    }
}

impl<V: Num> Add<f64> for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn add(self, other: f64) -> Self {
        Dual { value: self.value + other, tangent: self.tangent }
    }
}

impl<V: Num> Sub<f64> for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn sub(self, other: f64) -> Self {
        Dual { value: self.value - other, tangent: self.tangent }
    }
}

impl<V: Num> Mul<f64> for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn mul(self, other: f64) -> Self {
        Dual { value: self.value * other, tangent: self.tangent * other }
    }
}

impl<V: Num> Div<f64> for Dual<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn div(self, other: f64) -> Self {
        Dual { value: self.value / other, tangent: self.tangent / other }
    }
}
