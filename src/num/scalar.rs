//! One number as a number: `Scalar<E>`, and `f64` as it is.
//!
//! Apart from the vector lanes because accuracy, not speed, is the point: references and examples use these.
#![allow(unsafe_code, reason = "one element is read from memory and written to it")]

use super::primitives::{of_one, of_two};
use super::{Lane, Num, Real};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// One element as a [`Num`] and as a [`Lane`] of length 1.
///
/// `f32` needs the wrapper because formulas multiply by `f64` constants and `f32 * f64` does not exist. `f64` is a
/// [`Num`] by itself too.
///
/// ```
/// # use congruent::num;
/// use num::{Num, Scalar};
///
/// assert_eq!((Scalar(3.0_f32) * 0.5).exp().0, 1.5_f32.exp());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Scalar<E>(pub E);

/// The operators with another scalar and with a constant.
macro_rules! operators {
    ($($operator:ident $method:ident;)*) => { $(
        impl<E: Real> $operator for Scalar<E> {
            type Output = Self;
            #[cfg_attr(optimised, inline(always))]
            fn $method(self, other: Self) -> Self {
                Scalar(self.0.$method(other.0))
            }
        }

        impl<E: Real> $operator<f64> for Scalar<E> {
            type Output = Self;
            #[cfg_attr(optimised, inline(always))]
            fn $method(self, other: f64) -> Self {
                Scalar(self.0.$method(E::from_f64(other)))
            }
        }
    )* };
}

operators! { Add add; Sub sub; Mul mul; Div div; }

impl<E: Real> Neg for Scalar<E> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn neg(self) -> Self {
        Scalar(-self.0)
    }
}

/// `Num` for a type that is an element but for a wrapper.
macro_rules! num_of_element {
    ([$($generics:tt)*] $number:ty, $element:ty, $wrap:expr, $unwrap:expr) => {
        impl<$($generics)*> Num for $number {
            #[cfg_attr(optimised, inline(always))]
            fn c(x: f64) -> Self {
                $wrap(<$element as Real>::from_f64(x))
            }
            #[cfg_attr(optimised, inline(always))]
            fn select_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
                if a > b { then } else { other }
            }
            #[cfg_attr(optimised, inline(always))]
            fn select_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
                if a >= b { then } else { other }
            }
            #[cfg_attr(optimised, inline(always))]
            fn select_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
                if a == b { then } else { other }
            }
            #[cfg_attr(optimised, inline(always))]
            fn powi(self, exponent: i32) -> Self {
                $wrap(Real::powi($unwrap(self), exponent))
            }
            #[cfg_attr(optimised, inline(always))]
            fn polygamma(self, order: u32) -> Self {
                $wrap(Real::polygamma($unwrap(self), order))
            }
            #[cfg_attr(optimised, inline(always))]
            fn fma(self, factor: Self, addend: Self) -> Self {
                $wrap(Real::fma($unwrap(self), $unwrap(factor), $unwrap(addend)))
            }
            of_one!(by_element [$wrap, $unwrap]);
            of_two!(by_element [$wrap, $unwrap]);
        }
    };
}

/// The methods that are those of an element.
macro_rules! by_element {
    ([$wrap:expr, $unwrap:expr] $(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self) -> Self {
            $wrap(Real::$name($unwrap(self)))
        }
    )* };
    ([$wrap:expr, $unwrap:expr] $(
        $(#[$doc:meta])* $name:ident($arg:ident): $single:path, $double:path, $lanes:ident;
    )*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self, $arg: Self) -> Self {
            $wrap(Real::$name($unwrap(self), $unwrap($arg)))
        }
    )* };
}

num_of_element!([E: Real] Scalar<E>, E, Scalar, (|x: Self| x.0));
num_of_element!([] f64, f64, std::convert::identity, std::convert::identity);

/// `Lane` of length 1.
macro_rules! lane_of_one {
    ([$($generics:tt)*] $number:ty, $element:ty, $wrap:expr, $unwrap:expr) => {
        impl<$($generics)*> Lane<$element> for $number {
            type Wide = Self;
            const N: usize = 1;

            #[cfg_attr(optimised, inline(always))]
            unsafe fn load(p: *const $element, n: usize) -> Self {
                // SAFETY: the caller vouches for the element if there is one.
                if n == 0 { Self::c(0.0) } else { $wrap(unsafe { *p }) }
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn store(self, p: *mut $element, n: usize) {
                if n > 0 {
                    // SAFETY: the caller vouches for the element if there is one.
                    unsafe { *p = $unwrap(self) }
                }
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn scatter(self, p: *mut $element, _step: isize, n: usize) {
                // SAFETY: the only element lies at `p`, whatever the step.
                unsafe { self.store(p, n) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn splat(x: $element) -> Self {
                $wrap(x)
            }
            #[cfg_attr(optimised, inline(always))]
            fn keep_or(self, n: usize, other: Self) -> Self {
                if n > 0 { self } else { other }
            }
            #[cfg_attr(optimised, inline(always))]
            fn hsum(self) -> $element {
                $unwrap(self)
            }
            #[cfg_attr(optimised, inline(always))]
            fn hprod(self) -> $element {
                $unwrap(self)
            }
            #[cfg_attr(optimised, inline(always))]
            fn hmax(self) -> $element {
                $unwrap(self)
            }
            #[cfg_attr(optimised, inline(always))]
            fn hmin(self) -> $element {
                $unwrap(self)
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
            fn lanes(self, out: &mut [$element]) {
                if let Some(first) = out.first_mut() {
                    *first = $unwrap(self);
                }
            }
            #[cfg_attr(optimised, inline(always))]
            fn from_fn(n: usize, mut f: impl FnMut(usize) -> $element) -> Self {
                if n > 0 { $wrap(f(0)) } else { Self::c(0.0) }
            }
        }
    };
}

lane_of_one!([E: Real] Scalar<E>, E, Scalar, (|x: Self| x.0));
lane_of_one!([] f64, f64, std::convert::identity, std::convert::identity);
