//! Lanes as plain arrays, for every processor.
//!
//! Apart from `x86.rs` because here the compiler finds the vector instructions. It does when each operation is a short
//! loop without branches. x86-64 has registers of its own for what all its processors have (`x86_base`); its tests hold
//! these arrays against them.
#![allow(unsafe_code, reason = "lanes are read from memory and written to it")]

use super::Real;
use super::coefficients::Coefficients;
use super::vector::Vector;

/// A number as the bits that it is stored as.
pub(super) trait Patterns: Sized {
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
}

/// Methods that are an operation on the bits.
macro_rules! patterns {
    ($real:ty: $($name:ident($bits:ident $(, $other:ident)?): $value:expr;)*) => {
        impl Patterns for $real { $(
            #[cfg_attr(optimised, inline(always))]
            fn $name(self $(, $other: Self)?) -> Self {
                let $bits = self.to_bits();
                $( let $other = $other.to_bits(); )?
                Self::from_bits($value)
            }
        )* }
    };
    ($($real:ty)*) => { $(
        patterns! { $real:
            bits_and(bits, other): bits & other;
            bits_and_not(bits, other): !bits & other;
            bits_or(bits, other): bits | other;
            bits_xor(bits, other): bits ^ other;
            low_to_exponent(bits): bits << (<$real>::MANTISSA_DIGITS - 1);
            exponent_to_low(bits): bits >> (<$real>::MANTISSA_DIGITS - 1);
        }
    )* };
}

patterns! { f32 f64 }

/// `N` elements; `FUSED` says that the target multiplies and adds in one instruction.
#[derive(Clone, Copy)]
pub(super) struct Array<E, const N: usize, const FUSED: bool>([E; N]);

/// Whether every processor of the target has a fused multiply-add.
const HAS_FMA: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

/// The least that `f32` is computed in.
pub(super) type F32 = Array<f32, 8, HAS_FMA>;
/// The least that `f64` is computed in.
pub(super) type F64 = Array<f64, 4, HAS_FMA>;

impl<E: Real, const N: usize, const FUSED: bool> Array<E, N, FUSED> {
    /// `f` of each element.
    #[cfg_attr(optimised, inline(always))]
    fn each(mut self, f: impl Fn(E) -> E) -> Self {
        for x in &mut self.0 {
            *x = f(*x);
        }
        self
    }

    /// `f` of each pair of elements.
    #[cfg_attr(optimised, inline(always))]
    fn pairs(mut self, other: Self, f: impl Fn(E, E) -> E) -> Self {
        for (x, y) in self.0.iter_mut().zip(other.0) {
            *x = f(*x, y);
        }
        self
    }

    /// Lane by lane, `then` where `holds(a, b)`.
    #[cfg_attr(optimised, inline(always))]
    fn choose(a: Self, b: Self, then: Self, mut other: Self, holds: impl Fn(E, E) -> bool) -> Self {
        for i in 0..N {
            other.0[i] = if holds(a.0[i], b.0[i]) { then.0[i] } else { other.0[i] };
        }
        other
    }
}

/// Methods that are an expression of one or two elements.
macro_rules! elementwise {
    ($($name:ident: |$x:ident $(, $y:ident)?| $value:expr;)*) => { $(
        elementwise!(@ $name, $x, $($y,)? $value);
    )* };
    (@ $name:ident, $x:ident, $value:expr) => {
        #[cfg_attr(optimised, inline(always))]
        fn $name(self) -> Self {
            self.each(|$x| $value)
        }
    };
    (@ $name:ident, $x:ident, $y:ident, $value:expr) => {
        #[cfg_attr(optimised, inline(always))]
        fn $name(self, other: Self) -> Self {
            self.pairs(other, |$x, $y| $value)
        }
    };
}

impl<E: Coefficients + Patterns, const N: usize, const FUSED: bool> Vector for Array<E, N, FUSED> {
    type Element = E;
    type Lanes = [E; N];
    const N: usize = N;
    const FUSED: bool = FUSED;

    #[cfg_attr(optimised, inline(always))]
    unsafe fn load(p: *const E, n: usize) -> Self {
        if n == N {
            // SAFETY: the caller vouches for all lanes; an array needs no more alignment than its elements.
            return Array(unsafe { *p.cast::<[E; N]>() });
        }
        let mut lanes = [E::default(); N];
        // SAFETY: the caller vouches for `n <= N` elements.
        unsafe { std::ptr::copy_nonoverlapping(p, lanes.as_mut_ptr(), n) };
        Array(lanes)
    }
    #[cfg_attr(optimised, inline(always))]
    unsafe fn store(self, p: *mut E, n: usize) {
        if n == N {
            // SAFETY: as in `load`.
            return unsafe { *p.cast::<[E; N]>() = self.0 };
        }
        // SAFETY: the caller vouches for `n <= N` elements.
        unsafe { std::ptr::copy_nonoverlapping(self.0.as_ptr(), p, n) }
    }
    #[cfg_attr(optimised, inline(always))]
    fn first(mut self, n: usize, other: Self) -> Self {
        for i in 0..N {
            self.0[i] = if i < n { self.0[i] } else { other.0[i] };
        }
        self
    }
    #[cfg_attr(optimised, inline(always))]
    fn to_lanes(self) -> [E; N] {
        self.0
    }
    #[cfg_attr(optimised, inline(always))]
    fn from_lanes(lanes: [E; N]) -> Self {
        Array(lanes)
    }
    #[cfg_attr(optimised, inline(always))]
    fn splat(x: E) -> Self {
        Array([x; N])
    }

    elementwise! {
        plus: |x, y| x + y;
        minus: |x, y| x - y;
        times: |x, y| x * y;
        over: |x, y| x / y;
        lesser: |x, y| if x < y { x } else { y };
        greater: |x, y| if x > y { x } else { y };
        root: |x| x.sqrt();
        down: |x| x.floor();
        up: |x| x.ceil();
        nearest: |x| x.round();
        toward_zero: |x| x.trunc();
        bits_and: |x, y| x.bits_and(y);
        bits_and_not: |x, y| x.bits_and_not(y);
        bits_or: |x, y| x.bits_or(y);
        bits_xor: |x, y| x.bits_xor(y);
        low_to_exponent: |x| x.low_to_exponent();
        exponent_to_low: |x| x.exponent_to_low();
    }

    #[cfg_attr(optimised, inline(always))]
    fn fused(self, factor: Self, addend: Self) -> Self {
        let mut sum = addend;
        for i in 0..N {
            sum.0[i] = match FUSED {
                true => self.0[i].fma(factor.0[i], sum.0[i]),
                false => self.0[i] * factor.0[i] + sum.0[i],
            };
        }
        sum
    }
    #[cfg_attr(optimised, inline(always))]
    fn any_gt(a: Self, b: Self) -> bool {
        a.0.into_iter().zip(b.0).fold(false, |any, (a, b)| any | (a > b))
    }
    #[cfg_attr(optimised, inline(always))]
    fn if_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
        Self::choose(a, b, then, other, |a, b| a > b)
    }
    #[cfg_attr(optimised, inline(always))]
    fn if_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
        Self::choose(a, b, then, other, |a, b| a >= b)
    }
    #[cfg_attr(optimised, inline(always))]
    fn if_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
        Self::choose(a, b, then, other, |a, b| a == b)
    }
}
