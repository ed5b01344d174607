//! `Vector`, what the hardware can do with a register of elements.
//!
//! Apart from `Num` because it is all that an instruction set must supply: the functions of `Num` follow from these
//! few operations through the polynomials, once for every register type.
#![allow(unsafe_code, reason = "registers are read from memory and written to it")]

use super::bits::Bits;
use super::coefficients::Coefficients;
use super::{Real, Simd};

/// A register of `N` elements. Its operations must only run where the processor has them: the types that implement it
/// do not leave this module, and `dispatch` picks among them.
pub(super) trait Vector: Copy + Send {
    /// The type of an element.
    type Element: Coefficients + Simd<Wide = Self::Element>;
    /// The lanes as an array.
    type Lanes: Copy + AsRef<[Self::Element]> + AsMut<[Self::Element]>;
    /// How many elements there are.
    const N: usize;
    /// Whether `fused` rounds once.
    const FUSED: bool;
    /// Whether only processors of before 2013 compute in it: see [`Lane::RARE`](super::Lane::RARE).
    const RARE: bool = false;

    /// Reads `n` elements, 0 elsewhere.
    ///
    /// # Safety
    /// `n <= N`, and `p .. p + n` is readable.
    unsafe fn load(p: *const Self::Element, n: usize) -> Self;
    /// Writes the first `n` elements.
    ///
    /// # Safety
    /// `n <= N`, and `p .. p + n` is writable.
    unsafe fn store(self, p: *mut Self::Element, n: usize);
    /// The first `n` elements of `self`, the others of `other`.
    fn first(self, n: usize, other: Self) -> Self;
    /// The lanes, in order.
    fn to_lanes(self) -> Self::Lanes;
    /// The inverse of `to_lanes`.
    fn from_lanes(lanes: Self::Lanes) -> Self;
    /// `x` in every lane.
    fn splat(x: Self::Element) -> Self;

    /// `self + other`.
    fn plus(self, other: Self) -> Self;
    /// `self - other`.
    fn minus(self, other: Self) -> Self;
    /// `self * other`.
    fn times(self, other: Self) -> Self;
    /// `self / other`.
    fn over(self, other: Self) -> Self;
    /// `self * factor + addend`, fused where the hardware can.
    fn fused(self, factor: Self, addend: Self) -> Self;
    /// The square root.
    fn root(self) -> Self;
    /// Rounded down.
    fn down(self) -> Self;
    /// Rounded up.
    fn up(self) -> Self;
    /// Rounded to the nearest, halves to even.
    fn nearest(self) -> Self;
    /// Rounded towards 0.
    fn toward_zero(self) -> Self;

    /// `self` where it is less than `other`, else `other`.
    fn lesser(self, other: Self) -> Self;
    /// `self` where it is greater than `other`, else `other`.
    fn greater(self, other: Self) -> Self;
    /// Whether `a > b` in any lane.
    fn any_gt(a: Self, b: Self) -> bool;
    /// `then` where `a > b`.
    fn if_gt(a: Self, b: Self, then: Self, other: Self) -> Self;
    /// `then` where `a >= b`.
    fn if_ge(a: Self, b: Self, then: Self, other: Self) -> Self;
    /// `then` where `a == b`.
    fn if_eq(a: Self, b: Self, then: Self, other: Self) -> Self;

    /// The bits that both have.
    fn bits_and(self, other: Self) -> Self;
    /// The bits that `other` has and `self` has not.
    fn bits_and_not(self, other: Self) -> Self;
    /// The bits that either has.
    fn bits_or(self, other: Self) -> Self;
    /// The bits that one of both has.
    fn bits_xor(self, other: Self) -> Self;
    /// The lowest bits moved up to where the exponent stands.
    fn low_to_exponent(self) -> Self;
    /// The sign and the exponent moved down to the lowest bits.
    fn exponent_to_low(self) -> Self;

    /// `-x`.
    #[cfg_attr(optimised, inline(always))]
    fn negated(self) -> Self {
        self.bits_xor(Self::constant(-0.0))
    }
    /// `|x|`.
    #[cfg_attr(optimised, inline(always))]
    fn magnitude(self) -> Self {
        Self::constant(-0.0).bits_and_not(self)
    }
    /// `|x|` with the sign bit of `from`.
    #[cfg_attr(optimised, inline(always))]
    fn signed_as(self, from: Self) -> Self {
        Self::constant(-0.0).bits_and(from).bits_or(self.magnitude())
    }

    /// `self · 2ⁿ` for an integral `n`, rounded once also where the result is subnormal.
    ///
    /// In two steps, for a single factor `2ⁿ` may be too large or too small to exist.
    #[cfg_attr(optimised, inline(always))]
    fn scaled(self, n: Self) -> Self {
        let half = n.times(Self::constant(0.5)).nearest();
        self.times(Self::power_of_two(half)).times(Self::power_of_two(n.minus(half)))
    }

    /// `2ⁿ` for an integral `n` that a normal number can have as exponent.
    ///
    /// From 1.5 · 2ᵈ on, `d` being the number of digits, the last one is worth 1: the lowest bits are `n + bias`.
    #[cfg_attr(optimised, inline(always))]
    fn power_of_two(n: Self) -> Self {
        let integers = Self::splat(Self::Element::INTEGERS_FROM).times(Self::constant(1.5));
        n.plus(integers.plus(Self::splat(Self::Element::BIAS))).low_to_exponent()
    }

    /// `(m, e)` with `self = m · 2ᵉ` and `m` within [√½, √2], for positive finite numbers, subnormal ones included.
    #[cfg_attr(optimised, inline(always))]
    fn split(self) -> (Self, Self) {
        let tiny = |then, other| Self::if_gt(Self::splat(Self::Element::SMALLEST_NORMAL), self, then, other);
        let raised = tiny(self.times(Self::splat(Self::Element::INTEGERS_FROM)), self);
        // The exponent's bits under those of a number whose last digit is worth 1: that number plus the exponent.
        let integers = Self::splat(Self::Element::INTEGERS_FROM);
        let biased = raised.exponent_to_low().bits_or(integers).minus(integers);
        let bias = Self::splat(Self::Element::BIAS);
        let exponent = biased.minus(tiny(bias.plus(Self::splat(Self::Element::DIGITS)), bias));
        let mantissa = raised.bits_and(Self::splat(Self::Element::MANTISSA)).bits_or(Self::constant(1.0));
        Self::around_one(mantissa, exponent)
    }

    /// Makes of `m` within [1, 2) one within [√½, √2], and counts that in `e`.
    #[cfg_attr(optimised, inline(always))]
    fn around_one(m: Self, e: Self) -> (Self, Self) {
        let large = |then, other| Self::if_gt(m, Self::constant(std::f64::consts::SQRT_2), then, other);
        (large(m.times(Self::constant(0.5)), m), large(e.plus(Self::constant(1.0)), e))
    }

    /// The constant `x` in every lane.
    #[cfg_attr(optimised, inline(always))]
    fn constant(x: f64) -> Self {
        Self::splat(Self::Element::from_f64(x))
    }
}
