//! Duals as numbers: what the derivative of each function is.
//!
//! Apart from `dual.rs`, which is the pair and its arithmetic: here stands how each function takes it, by the slope in
//! its row of `primitives`, or by hand. Where a derivative is a matter of convention (the tie of `maximum`, `|x|` at
//! 0), it is PyTorch's.

use super::primitives::{composed, of_one, of_two};
use super::{Dual, Num};
use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LOG2_E, LOG10_E};

/// Methods of `Num`, each by the slope that its row says.
macro_rules! by_slope {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self) -> Self {
            by_slope!(@ $kind self $name $x $y $($slope)?)
        }
    )* };
    ($($(#[$doc:meta])* $name:ident($x:ident) = $y:ident: $formula:expr, $kind:ident $($slope:expr)?;)*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self) -> Self {
            by_slope!(@ $kind self $name $x $y $($slope)?)
        }
    )* };
    ($($(#[$doc:meta])* $name:ident($arg:ident): $single:path, $double:path, $lanes:ident;)*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self, $arg: Self) -> Self {
            $name(self, $arg)
        }
    )* };
    (@ derivative $own:ident $name:ident $x:ident $y:ident $slope:expr) => {{
        let ($x, $y) = ($own.value, $own.value.$name());
        let _ = ($x, $y);
        $own.chain($y, $slope)
    }};
    (@ flat $own:ident $name:ident $x:ident $y:ident) => { Self::step($own.value.$name()) };
    (@ by_hand $own:ident $name:ident $x:ident $y:ident) => { $name($own) };
}

impl<V: Num> Num for Dual<V> {
    #[cfg_attr(optimised, inline(always))]
    fn c(x: f64) -> Self {
        Self::step(V::c(x))
    }

    #[cfg_attr(optimised, inline(always))]
    fn select_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
        let choose = |then, other| V::select_gt(a.value, b.value, then, other);
        Dual { value: choose(then.value, other.value), tangent: choose(then.tangent, other.tangent) }
    }

    #[cfg_attr(optimised, inline(always))]
    fn select_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
        let choose = |then, other| V::select_ge(a.value, b.value, then, other);
        Dual { value: choose(then.value, other.value), tangent: choose(then.tangent, other.tangent) }
    }

    #[cfg_attr(optimised, inline(always))]
    fn select_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
        let choose = |then, other| V::select_eq(a.value, b.value, then, other);
        Dual { value: choose(then.value, other.value), tangent: choose(then.tangent, other.tangent) }
    }

    of_one!(by_slope);
    of_two!(by_slope);
    composed!(by_slope);

    #[cfg_attr(optimised, inline(always))]
    fn polygamma(self, order: u32) -> Self {
        self.chain(self.value.polygamma(order), self.value.polygamma(order + 1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn powi(self, exponent: i32) -> Self {
        let slope = match exponent {
            0 => V::c(0.0),
            n => self.value.powi(n - 1) * f64::from(n),
        };
        self.chain(self.value.powi(exponent), slope)
    }

    #[cfg_attr(optimised, inline(always))]
    fn maximum(self, other: Self) -> Self {
        Dual {
            value: self.value.maximum(other.value),
            tangent: decide(self.value, other.value, self.tangent, other.tangent),
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn minimum(self, other: Self) -> Self {
        Dual {
            value: self.value.minimum(other.value),
            tangent: decide(self.value, other.value, other.tangent, self.tangent),
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn fma(self, factor: Self, addend: Self) -> Self {
        let tangent = self.tangent.fma(factor.value, self.value.fma(factor.tangent, addend.tangent));
        Dual { value: self.value.fma(factor.value, addend.value), tangent }
    }
}

/// `if_greater` where `left > right`, `if_less` where it is less, their mean at a tie, their sum at NaN, as in PyTorch.
#[cfg_attr(optimised, inline(always))]
fn decide<V: Num>(left: V, right: V, if_greater: V, if_less: V) -> V {
    let sum = if_greater + if_less;
    let undecided = V::select_eq(left, right, sum * 0.5, sum);
    V::select_gt(left, right, if_greater, V::select_gt(right, left, if_less, undecided))
}

#[cfg_attr(optimised, inline(always))]
fn copysign<V: Num>(x: Dual<V>, from: Dual<V>) -> Dual<V> {
    let slope = x.value.sign() * V::c(1.0).copysign(from.value);
    x.chain(x.value.copysign(from.value), slope)
}

/// A constant base or exponent has no part in the tangent, even where its slope is infinite or NaN: the slope by
/// the exponent is `ln` of a base that may be negative.
#[cfg_attr(optimised, inline(always))]
fn powf<V: Num>(base: Dual<V>, exponent: Dual<V>) -> Dual<V> {
    let (x, y, zero) = (base.value, exponent.value, V::c(0.0));
    let power = x.powf(y);
    let by_base = V::select_eq(y, zero, zero, slope_of_base(x, y, power));
    let raw = power * x.ln();
    let raw = V::select_eq(power, zero, V::select_ge(x, zero, zero, raw), raw);
    let by_exponent = V::select_eq(x, zero, V::select_ge(y, zero, zero, raw), raw);
    Dual { value: power, tangent: part(base.tangent, by_base) + part(exponent.tangent, by_exponent) }
}

#[cfg_attr(optimised, inline(always))]
fn atan2<V: Num>(y: Dual<V>, x: Dual<V>) -> Dual<V> {
    let ([own, other], size) = within_one(y.value, x.value);
    let square = other.fma(other, own * own);
    let tangent = part(y.tangent, other / square / size) - part(x.tangent, own / square / size);
    Dual { value: y.value.atan2(x.value), tangent }
}

#[cfg_attr(optimised, inline(always))]
fn hypot<V: Num>(a: Dual<V>, b: Dual<V>) -> Dual<V> {
    let ([x, y], _) = within_one(a.value, b.value);
    let length = x.fma(x, y * y).sqrt();
    let tangent = (x / length).fma(a.tangent, y / length * b.tangent);
    Dual { value: a.value.hypot(b.value), tangent }
}

/// `x - y ⌊x / y⌋`: the slope by `y` is the whole number that the remainder says, which a rounded quotient is not.
#[cfg_attr(optimised, inline(always))]
fn rem<V: Num>(x: Dual<V>, divisor: Dual<V>) -> Dual<V> {
    let (times, below) = quotient(x.value, divisor.value);
    Dual { value: x.value.rem(divisor.value), tangent: x.tangent - part(divisor.tangent, times - below) }
}

#[cfg_attr(optimised, inline(always))]
fn fmod<V: Num>(x: Dual<V>, divisor: Dual<V>) -> Dual<V> {
    let (times, _) = quotient(x.value, divisor.value);
    Dual { value: x.value.fmod(divisor.value), tangent: x.tangent - part(divisor.tangent, times) }
}

/// `σ' = σ(x) · σ(-x)`, both from one exponential.
#[cfg_attr(optimised, inline(always))]
fn sigmoid<V: Num>(x: Dual<V>) -> Dual<V> {
    let tail = (-x.value.abs()).exp();
    let near_one = (tail + 1.0).recip();
    let near_zero = tail * near_one;
    let value = V::select_ge(x.value, V::c(0.0), near_one, near_zero);
    x.chain(value, near_one * near_zero)
}

/// `tangent · slope`, and 0 for a constant: the slope by it may be infinite where the other one is not.
#[cfg_attr(optimised, inline(always))]
fn part<V: Num>(tangent: V, slope: V) -> V {
    let zero = V::c(0.0);
    V::select_eq(tangent, zero, zero, tangent * slope)
}

/// `y · xʸ⁻¹`: where that power is too large, by `xʸ / x`, and where `y - 1` is rounded to `y`, with the other sign.
#[cfg_attr(optimised, inline(always))]
fn slope_of_base<V: Num>(x: V, y: V, power: V) -> V {
    let lower = x.powf(y - 1.0);
    let lower = V::select_eq(y - 1.0, y, lower.copysign(power * x), lower);
    let apart = V::select_gt(x.abs(), V::c(0.0), lower.is_inf() * x.is_finite(), V::c(0.0));
    V::select_eq(apart, V::c(1.0), y / x * power, y * lower)
}

/// `1 / √(1 + x²)`, where no square overflows.
#[cfg_attr(optimised, inline(always))]
fn over_length<V: Num>(x: V) -> V {
    let (one, size) = (V::c(1.0), x.abs());
    let part = V::select_gt(size, one, size.recip(), size);
    V::select_gt(size, one, part, one) * part.fma(part, one).rsqrt()
}

/// Two numbers over the larger of their sizes, and that. One that is infinite becomes ±1, and one beside it 0.
#[cfg_attr(optimised, inline(always))]
fn within_one<V: Num>(x: V, y: V) -> ([V; 2], V) {
    let (size, infinity) = (x.abs().maximum(y.abs()), V::c(f64::INFINITY));
    let part = |x: V| V::select_eq(x.abs(), infinity, V::c(1.0).copysign(x), x / size);
    ([part(x), part(y)], size)
}

/// How often `y` goes into `x`, towards 0, and 1 where that is one more than rounded down.
#[cfg_attr(optimised, inline(always))]
fn quotient<V: Num>(x: V, y: V) -> (V, V) {
    let rest = x.fmod(y);
    let below = V::select_gt(V::c(0.0), rest.sign() * y.sign(), V::c(1.0), V::c(0.0));
    (((x - rest) / y).round(), below)
}
