//! Every register as a `Num` and a `Lane`.
//!
//! Apart from `pack.rs`, of which the functions are made that stand here under their names.
#![allow(unsafe_code, reason = "lanes are read from memory and written to it")]

use super::pack::Pack;
use super::poly;
use super::stored::Stored;
use super::vector::Vector;
use super::{Lane, Num, Real, Simd};

/// Chooses between two lanes; their sum is NaN if neither wins because one is NaN.
#[inline(always)]
fn extreme<E: Real>(first_wins: bool, second_wins: bool, first: E, second: E) -> E {
    match (first_wins, second_wins) {
        (true, _) => first,
        (_, true) => second,
        _ => first + second,
    }
}

/// Methods of `Num` that are one method of `Vector`.
macro_rules! by_hardware {
    ($($name:ident: $hardware:ident($($arg:ident),*);)*) => { $(
        #[inline(always)]
        fn $name(self $(, $arg: Self)*) -> Self {
            Pack(self.0.$hardware($($arg.0),*))
        }
    )* };
}

/// Methods of `Num` that `poly.rs` has.
macro_rules! by_polynomial {
    ($($name:ident)*) => { $(
        #[inline(always)]
        fn $name(self) -> Self {
            poly::$name(self)
        }
    )* };
}

/// Methods of `Num` that call the scalar function for each lane.
macro_rules! lane_by_lane {
    ($($name:ident)*) => { $(
        #[inline(always)]
        fn $name(self) -> Self {
            self.map(Real::$name)
        }
    )* };
}

impl<V: Vector> Num for Pack<V> {
    #[inline(always)]
    fn c(x: f64) -> Self {
        Pack(V::splat(V::Element::from_f64(x)))
    }
    #[inline(always)]
    fn select_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
        Pack(V::if_gt(a.0, b.0, then.0, other.0))
    }
    #[inline(always)]
    fn select_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
        Pack(V::if_ge(a.0, b.0, then.0, other.0))
    }
    #[inline(always)]
    fn select_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
        Pack(V::if_eq(a.0, b.0, then.0, other.0))
    }

    by_hardware! {
        sqrt: root();
        floor: down();
        ceil: up();
        round: nearest();
        trunc: toward_zero();
        abs: magnitude();
        copysign: signed_as(from);
        fma: fused(factor, addend);
    }

    /// Of two numbers of which one is NaN, hardware takes the second.
    #[inline(always)]
    fn at_least(self, bound: f64) -> Self {
        Pack(V::constant(bound).greater(self.0))
    }

    by_polynomial! { exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tanh erf erfc }

    lane_by_lane! {
        cbrt tan asin acos atan sinh cosh asinh acosh atanh
        erfinv lgamma digamma
    }

    #[inline(always)]
    fn fma_once(self, factor: Self, addend: Self) -> Self {
        if V::FUSED {
            return self.fma(factor, addend);
        }
        let mut lanes = self.0.to_lanes();
        let factors = factor.0.to_lanes();
        let addends = addend.0.to_lanes();
        for (i, lane) in lanes.as_mut().iter_mut().enumerate() {
            *lane = lane.fma(factors.as_ref()[i], addends.as_ref()[i]);
        }
        Pack(V::from_lanes(lanes))
    }
    /// The product of two numbers of half as many digits is exact.
    #[inline(always)]
    fn fma_of_halves(self, factor: Self, addend: Self) -> Self {
        let product = self * factor;
        poly::rounded_to_odd(product, addend, self.fma_once(factor, addend))
    }
    #[inline(always)]
    fn polygamma(self, order: u32) -> Self {
        self.map(|x| x.polygamma(order))
    }
    #[inline(always)]
    fn powf(self, exponent: Self) -> Self {
        self.zip(exponent, Real::powf)
    }
    #[inline(always)]
    fn atan2(self, x: Self) -> Self {
        self.zip(x, Real::atan2)
    }
    #[inline(always)]
    fn hypot(self, other: Self) -> Self {
        self.zip(other, Real::hypot)
    }
    #[inline(always)]
    fn rem(self, divisor: Self) -> Self {
        self.zip(divisor, Real::modulo)
    }
    #[inline(always)]
    fn fmod(self, divisor: Self) -> Self {
        self.zip(divisor, |x, y| x % y)
    }
}

/// One impl for what lies in memory as it is computed with, and for what is converted on the way.
impl<E: Simd<Wide = V::Element>, V: Stored<E>> Lane<E> for Pack<V> {
    type Wide = Self;
    const N: usize = V::N;
    const RARE: bool = V::RARE;

    #[inline(always)]
    unsafe fn load(p: *const E, n: usize) -> Self {
        // SAFETY: the caller's contract is the same.
        Pack(unsafe { V::read(p, n) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut E, n: usize) {
        // SAFETY: the caller's contract is the same.
        unsafe { self.0.write(p, n) }
    }
    #[inline(always)]
    unsafe fn scatter(self, p: *mut E, step: isize, n: usize) {
        let write = |i, lane| {
            // SAFETY: the caller vouches for each of the `n` elements, and no others are written.
            unsafe { *p.offset(i as isize * step) = lane }
        };
        // A constant count is unrolled, as in `gather`.
        if n == V::N { self.0.each(V::N, write) } else { self.0.each(n, write) }
    }
    #[inline(always)]
    fn splat(x: E) -> Self {
        Pack(V::spread(x))
    }
    #[inline(always)]
    fn keep_or(self, n: usize, other: Self) -> Self {
        Pack(self.0.first(n, other.0))
    }
    #[inline(always)]
    fn hsum(self) -> V::Element {
        self.fold(|a, b| a + b)
    }
    #[inline(always)]
    fn hprod(self) -> V::Element {
        self.fold(|a, b| a * b)
    }
    #[inline(always)]
    fn hmax(self) -> V::Element {
        self.fold(|a, b| extreme(a > b, b >= a, a, b))
    }
    #[inline(always)]
    fn hmin(self) -> V::Element {
        self.fold(|a, b| extreme(a < b, b <= a, a, b))
    }
    #[inline(always)]
    fn wide(self) -> Self {
        self
    }
    #[inline(always)]
    fn of_wide(wide: Self) -> Self {
        wide
    }
    #[inline(always)]
    fn lanes(self, out: &mut [E]) {
        let count = V::N.min(out.len());
        self.0.each(count, |i, lane| out[i] = lane);
    }
    #[inline(always)]
    fn from_fn(n: usize, f: impl FnMut(usize) -> E) -> Self {
        Pack(V::collect(n, f))
    }
}
