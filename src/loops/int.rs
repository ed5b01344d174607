//! Numbers without a fraction, as formulas of integers see them: whatever computes as the integers do.
//!
//! Apart from [`Integer`], the element types, because a formula is also read by what only writes it down, as a device
//! does that compiles it for itself.

use super::faults::Outcome;
use crate::dtype::{Elem, Integer, Undefined};
use crate::num::{Trace, Traced};
use std::ops::{BitAnd, BitOr, BitXor, Not};

/// Bits to combine: integers, truth values, and what stands for them in a formula.
pub trait Bits:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
}
impl<V> Bits for V where V: Copy + BitAnd<Output = V> + BitOr<Output = V> + BitXor<Output = V> + Not<Output = V> {}

/// Numbers of an integer element type `E`, or what stands for them in a formula: what [`Num`](crate::num::Num) is to
/// floats. Sums, products and powers wrap around; see [`Integer`] for each function.
pub trait Int<E: Elem>: Bits + Outcome<Self> {
    /// A value that there may not be: a quotient, a power.
    type Partial: Outcome<Self>;

    /// A constant.
    fn c(value: E) -> Self;
    /// The sum.
    fn plus(self, y: Self) -> Self;
    /// The difference.
    fn minus(self, y: Self) -> Self;
    /// The product.
    fn times(self, y: Self) -> Self;
    /// The negative.
    fn negative(self) -> Self;
    /// The absolute value.
    fn absolute(self) -> Self;
    /// -1, 0 or 1.
    fn sign(self) -> Self;
    /// The larger.
    fn maximum(self, y: Self) -> Self;
    /// The smaller.
    fn minimum(self, y: Self) -> Self;
    /// `x` where `a == b`, else `y`.
    fn select_eq(a: Self, b: Self, x: Self, y: Self) -> Self;
    /// `x` where `a > b`, else `y`.
    fn select_gt(a: Self, b: Self, x: Self, y: Self) -> Self;
    /// The quotient rounded towards 0.
    fn quotient(self, y: Self) -> Self::Partial;
    /// The quotient rounded down.
    fn floor_quotient(self, y: Self) -> Self::Partial;
    /// What the quotient rounded towards 0 leaves.
    fn rest(self, y: Self) -> Self::Partial;
    /// What the quotient rounded down leaves.
    fn floor_rest(self, y: Self) -> Self::Partial;
    /// A constant power.
    fn power(self, exponent: u32) -> Self;
    /// The power.
    fn power_of_own(self, exponent: Self) -> Self::Partial;
    /// The bits moved to the left.
    fn shifted_left(self, count: Self) -> Self;
    /// The bits moved to the right, the sign staying.
    fn shifted_right(self, count: Self) -> Self;
}

macro_rules! as_integers_do {
    ($($name:ident($($x:ident),*) $Out:ty;)*) => {$(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self, $($x: E),*) -> $Out {
            Integer::$name(self, $($x),*)
        }
    )*};
}

impl<E: Integer> Int<E> for E {
    type Partial = Result<E, Undefined>;

    #[cfg_attr(optimised, inline(always))]
    fn c(value: E) -> E {
        value
    }
    as_integers_do! {
        plus(y) E;
        minus(y) E;
        times(y) E;
        negative() E;
        absolute() E;
        sign() E;
        quotient(y) Result<E, Undefined>;
        floor_quotient(y) Result<E, Undefined>;
        rest(y) Result<E, Undefined>;
        floor_rest(y) Result<E, Undefined>;
        power_of_own(exponent) Result<E, Undefined>;
        shifted_left(count) E;
        shifted_right(count) E;
    }
    #[cfg_attr(optimised, inline(always))]
    fn power(self, exponent: u32) -> E {
        Integer::power(self, exponent)
    }
    #[cfg_attr(optimised, inline(always))]
    fn maximum(self, y: E) -> E {
        self.max(y)
    }
    #[cfg_attr(optimised, inline(always))]
    fn minimum(self, y: E) -> E {
        self.min(y)
    }
    #[cfg_attr(optimised, inline(always))]
    fn select_eq(a: E, b: E, x: E, y: E) -> E {
        if a == b { x } else { y }
    }
    #[cfg_attr(optimised, inline(always))]
    fn select_gt(a: E, b: E, x: E, y: E) -> E {
        if a > b { x } else { y }
    }
}

/// A method that is a step by its own name.
macro_rules! traced {
    ($($name:ident($($x:ident),*);)*) => {$(
        fn $name(self, $($x: Traced),*) -> Traced {
            Traced::call(stringify!($name), [self, $($x),*])
        }
    )*};
}

impl<E: Elem> Int<E> for Traced {
    type Partial = Traced;

    fn c(value: E) -> Traced {
        Traced::whole(value.as_i64())
    }
    traced! {
        plus(y);
        minus(y);
        times(y);
        negative();
        absolute();
        sign();
        maximum(y);
        minimum(y);
        quotient(y);
        floor_quotient(y);
        rest(y);
        floor_rest(y);
        power_of_own(y);
        shifted_left(count);
        shifted_right(count);
    }
    fn power(self, exponent: u32) -> Traced {
        let exponent = Trace::with_elem(u32::NAME, || Traced::whole(exponent.into()));
        Traced::call("power", [self, exponent])
    }
    fn select_eq(a: Traced, b: Traced, x: Traced, y: Traced) -> Traced {
        Traced::call("select_eq", [a, b, x, y])
    }
    fn select_gt(a: Traced, b: Traced, x: Traced, y: Traced) -> Traced {
        Traced::call("select_gt", [a, b, x, y])
    }
}
