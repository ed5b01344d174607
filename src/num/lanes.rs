//! Every register as a `Num` and a `Lane`.
//!
//! Apart from `pack.rs`, of which the functions are made that stand here under their names.
#![allow(unsafe_code, reason = "lanes are read from memory and written to it")]

use super::pack::Pack;
use super::poly;
use super::primitives::{of_one, of_two};
use super::stored::Stored;
use super::vector::Vector;
use super::{Lane, Num, Real, Simd};

/// Chooses between two lanes; their sum is NaN if neither wins because one is NaN.
#[cfg_attr(optimised, inline(always))]
fn extreme<E: Real>(first_wins: bool, second_wins: bool, first: E, second: E) -> E {
    match (first_wins, second_wins) {
        (true, _) => first,
        (_, true) => second,
        _ => first + second,
    }
}

/// Methods of `Num`, each by what its row says.
macro_rules! by_row {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self) -> Self {
            by_row!(@ $lanes self $name)
        }
    )* };
    ($($(#[$doc:meta])* $name:ident($arg:ident): $single:path, $double:path, $lanes:ident;)*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self, $arg: Self) -> Self {
            by_row!(@ $lanes self $arg $name)
        }
    )* };
    (@ polynomial $x:ident $name:ident) => { poly::$name($x) };
    (@ each $x:ident $name:ident) => { $x.map(Real::$name) };
    (@ each $x:ident $arg:ident $name:ident) => { $x.zip($arg, Real::$name) };
    (@ $hardware:ident $x:ident $name:ident) => { Pack($x.0.$hardware()) };
    (@ $hardware:ident $x:ident $arg:ident $name:ident) => { Pack($x.0.$hardware($arg.0)) };
}

impl<V: Vector> Num for Pack<V> {
    #[cfg_attr(optimised, inline(always))]
    fn c(x: f64) -> Self {
        Pack(V::splat(V::Element::from_f64(x)))
    }
    #[cfg_attr(optimised, inline(always))]
    fn select_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
        Pack(V::if_gt(a.0, b.0, then.0, other.0))
    }
    #[cfg_attr(optimised, inline(always))]
    fn select_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
        Pack(V::if_ge(a.0, b.0, then.0, other.0))
    }
    #[cfg_attr(optimised, inline(always))]
    fn select_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
        Pack(V::if_eq(a.0, b.0, then.0, other.0))
    }

    of_one!(by_row);
    of_two!(by_row);

    #[cfg_attr(optimised, inline(always))]
    fn fma(self, factor: Self, addend: Self) -> Self {
        Pack(self.0.fused(factor.0, addend.0))
    }
    /// Of two numbers of which one is NaN, hardware takes the second.
    #[cfg_attr(optimised, inline(always))]
    fn at_least(self, bound: f64) -> Self {
        Pack(V::constant(bound).greater(self.0))
    }

    #[cfg_attr(optimised, inline(always))]
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
    #[cfg_attr(optimised, inline(always))]
    fn fma_of_halves(self, factor: Self, addend: Self) -> Self {
        let product = self * factor;
        poly::rounded_to_odd(product, addend, self.fma_once(factor, addend))
    }
    #[cfg_attr(optimised, inline(always))]
    fn polygamma(self, order: u32) -> Self {
        self.map(|x| x.polygamma(order))
    }
}

/// One impl for what lies in memory as it is computed with, and for what is converted on the way.
impl<E: Simd<Wide = V::Element>, V: Stored<E>> Lane<E> for Pack<V> {
    type Wide = Self;
    const N: usize = V::N;
    const RARE: bool = V::RARE;

    #[cfg_attr(optimised, inline(always))]
    unsafe fn load(p: *const E, n: usize) -> Self {
        // SAFETY: the caller's contract is the same.
        Pack(unsafe { V::read(p, n) })
    }
    #[cfg_attr(optimised, inline(always))]
    unsafe fn store(self, p: *mut E, n: usize) {
        // SAFETY: the caller's contract is the same.
        unsafe { self.0.write(p, n) }
    }
    #[cfg_attr(optimised, inline(always))]
    unsafe fn scatter(self, p: *mut E, step: isize, n: usize) {
        let write = |i, lane| {
            // SAFETY: the caller vouches for each of the `n` elements, and no others are written.
            unsafe { *p.offset(i as isize * step) = lane }
        };
        // A constant count is unrolled, as in `gather`.
        if n == V::N { self.0.each(V::N, write) } else { self.0.each(n, write) }
    }
    #[cfg_attr(optimised, inline(always))]
    fn splat(x: E) -> Self {
        Pack(V::spread(x))
    }
    #[cfg_attr(optimised, inline(always))]
    fn keep_or(self, n: usize, other: Self) -> Self {
        Pack(self.0.first(n, other.0))
    }
    #[cfg_attr(optimised, inline(always))]
    fn hsum(self) -> V::Element {
        self.fold(|a, b| a + b)
    }
    #[cfg_attr(optimised, inline(always))]
    fn hprod(self) -> V::Element {
        self.fold(|a, b| a * b)
    }
    #[cfg_attr(optimised, inline(always))]
    fn hmax(self) -> V::Element {
        self.fold(|a, b| extreme(a > b, b >= a, a, b))
    }
    #[cfg_attr(optimised, inline(always))]
    fn hmin(self) -> V::Element {
        self.fold(|a, b| extreme(a < b, b <= a, a, b))
    }
    #[cfg_attr(optimised, inline(always))]
    fn wide(self) -> Self {
        self
    }
    #[cfg_attr(optimised, inline(always))]
    fn of_wide(wide: Self) -> Self {
        wide
    }
    #[cfg_attr(optimised, inline(always))]
    fn lanes(self, out: &mut [E]) {
        let count = V::N.min(out.len());
        self.0.each(count, |i, lane| out[i] = lane);
    }
    #[cfg_attr(optimised, inline(always))]
    fn from_fn(n: usize, f: impl FnMut(usize) -> E) -> Self {
        Pack(V::collect(n, f))
    }
}
