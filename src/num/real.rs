//! `Real`, the two floating-point types and their scalar functions, which `primitives` names.
//!
//! Apart from `Num` because here an element is just an element: the functions are those of the standard library and of
//! `libm`, which lanes fall back on where no polynomial exists and which references in tests are computed with.

use super::primitives::{declared, of_one, of_two};
use super::{Simd, special};
use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// `f32` or `f64`, an element that lanes are made of: [`Num`](super::Num)'s functions of one element.
pub(super) trait Real:
    Simd<Wide = Self>
    + Debug
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Rem<Output = Self>
    + Neg<Output = Self>
{
    /// Rounds `x` to this type.
    fn from_f64(x: f64) -> Self;
    /// `xⁿ`.
    fn powi(self, exponent: i32) -> Self;
    /// The `order`-th derivative of `digamma`.
    fn polygamma(self, order: u32) -> Self;
    /// `self · factor + addend`, rounded once.
    fn fma(self, factor: Self, addend: Self) -> Self;
    of_one!(declared);
    of_two!(declared);
}

/// The methods of one type: the tables name the function of each.
macro_rules! implemented {
    ([$real:ident] $(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self) -> Self {
            implemented!(@ $real $single, $double)(self)
        }
    )* };
    ([$real:ident] $(
        $(#[$doc:meta])* $name:ident($arg:ident): $single:path, $double:path, $lanes:ident;
    )*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self, $arg: Self) -> Self {
            implemented!(@ $real $single, $double)(self, $arg)
        }
    )* };
    (@ f32 $single:path, $double:path) => { $single };
    (@ f64 $single:path, $double:path) => { $double };
}

macro_rules! reals {
    ($($real:ident)*) => { $(
        impl Real for $real {
            #[cfg_attr(optimised, inline(always))]
            fn from_f64(x: f64) -> Self {
                x as Self
            }
            #[cfg_attr(optimised, inline(always))]
            fn powi(self, exponent: i32) -> Self {
                <$real>::powi(self, exponent)
            }
            #[cfg_attr(optimised, inline(always))]
            fn polygamma(self, order: u32) -> Self {
                special::polygamma(f64::from(self), order) as Self
            }
            #[cfg_attr(optimised, inline(always))]
            fn fma(self, factor: Self, addend: Self) -> Self {
                self.mul_add(factor, addend)
            }
            of_one!(implemented [$real]);
            of_two!(implemented [$real]);
        }
    )* };
}
reals! { f32 f64 }

/// The remainder with the sign of the divisor, as Python's `%`.
fn modulo<E: Real>(x: E, divisor: E) -> E {
    let (rest, zero) = (x % divisor, E::default());
    let wrong_side = rest != zero && (rest < zero) != (divisor < zero);
    if wrong_side { rest + divisor } else { rest }
}
