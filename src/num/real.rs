//! `Real`, the two floating-point types and their scalar functions.
//!
//! Apart from `Num` because here an element is just an element: the functions are those of the standard library and of
//! `libm`, which lanes fall back on where no polynomial exists and which references in tests are computed with.

use super::{Simd, special};
use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// Declares the trait and both impls from one table: the method, its arguments, how each type computes it.
macro_rules! reals {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ident),*): $single:path, $double:path;)*) => {
        /// `f32` or `f64`, an element that lanes are made of.
        pub(super) trait Real:
            Simd<Wide = Self> + Debug + PartialOrd
            + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
            + Rem<Output = Self> + Neg<Output = Self>
        {
            /// Rounds `x` to this type.
            fn from_f64(x: f64) -> Self;
            /// `xⁿ`.
            fn powi(self, exponent: i32) -> Self;
            /// The `order`-th derivative of `digamma`.
            fn polygamma(self, order: u32) -> Self;
            $(
                $(#[$doc])*
                #[doc = concat!("See [`Num`](super::Num): `", stringify!($name), "`.")]
                fn $name(self $(, $arg: $kind)*) -> Self;
            )*
        }

        reals!(@ f32, $($name($($arg: $kind),*): $single;)*);
        reals!(@ f64, $($name($($arg: $kind),*): $double;)*);
    };
    (@ $real:ty, $($name:ident($($arg:ident: $kind:ident),*): $function:path;)*) => {
        impl Real for $real {
            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as Self
            }
            #[inline(always)]
            fn powi(self, exponent: i32) -> Self {
                <$real>::powi(self, exponent)
            }
            #[inline(always)]
            fn polygamma(self, order: u32) -> Self {
                special::polygamma(f64::from(self), order) as Self
            }
            $(
                #[inline(always)]
                fn $name(self $(, $arg: $kind)*) -> Self {
                    $function(self $(, $arg)*)
                }
            )*
        }
    };
}

reals! {
    exp(): f32::exp, f64::exp;
    exp2(): f32::exp2, f64::exp2;
    exp_m1(): f32::exp_m1, f64::exp_m1;
    ln(): f32::ln, f64::ln;
    log2(): f32::log2, f64::log2;
    log10(): f32::log10, f64::log10;
    ln_1p(): f32::ln_1p, f64::ln_1p;
    sqrt(): f32::sqrt, f64::sqrt;
    cbrt(): f32::cbrt, f64::cbrt;

    sin(): f32::sin, f64::sin;
    cos(): f32::cos, f64::cos;
    tan(): f32::tan, f64::tan;
    asin(): f32::asin, f64::asin;
    acos(): f32::acos, f64::acos;
    atan(): f32::atan, f64::atan;
    sinh(): f32::sinh, f64::sinh;
    cosh(): f32::cosh, f64::cosh;
    tanh(): f32::tanh, f64::tanh;
    asinh(): special::asinh_single, special::asinh;
    acosh(): special::acosh_single, special::acosh;
    atanh(): special::atanh_single, special::atanh;

    erf(): libm::erff, libm::erf;
    erfc(): libm::erfcf, libm::erfc;
    erfinv(): special::erfinv_single, special::erfinv;
    lgamma(): special::lgamma_single, libm::lgamma;
    digamma(): special::digamma_single, special::digamma;

    floor(): f32::floor, f64::floor;
    ceil(): f32::ceil, f64::ceil;
    round(): f32::round_ties_even, f64::round_ties_even;
    trunc(): f32::trunc, f64::trunc;
    abs(): f32::abs, f64::abs;
    copysign(from: Self): f32::copysign, f64::copysign;

    powf(exponent: Self): f32::powf, f64::powf;
    atan2(x: Self): f32::atan2, f64::atan2;
    hypot(other: Self): f32::hypot, f64::hypot;
    modulo(divisor: Self): modulo, modulo;
    fma(factor: Self, addend: Self): f32::mul_add, f64::mul_add;
}

/// The remainder with the sign of the divisor, as Python's `%`.
fn modulo<E: Real>(x: E, divisor: E) -> E {
    let (rest, zero) = (x % divisor, E::default());
    let wrong_side = rest != zero && (rest < zero) != (divisor < zero);
    if wrong_side { rest + divisor } else { rest }
}
