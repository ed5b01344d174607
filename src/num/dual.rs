//! Dual numbers: a value and its derivative along one direction, over any other number.
//!
//! Apart from the other numbers because here stands, once, what each function's derivative is; the formulas built of
//! them need none of their own. Where a derivative is a matter of convention (the tie of `maximum`, `|x|` at 0), it is
//! PyTorch's.

use super::Num;
use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LOG2_E, LOG10_E};
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
    #[inline(always)]
    fn chain(self, value: V, slope: V) -> Self {
        Dual { value, tangent: self.tangent * slope }
    }

    /// A function that is constant but for its jumps.
    #[inline(always)]
    fn step(value: V) -> Self {
        Dual { value, tangent: V::c(0.0) }
    }
}

impl<V: Num> Add for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Dual { value: self.value + other.value, tangent: self.tangent + other.tangent }
    }
}

impl<V: Num> Sub for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Dual { value: self.value - other.value, tangent: self.tangent - other.tangent }
    }
}

impl<V: Num> Mul for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let tangent = self.tangent.fma(other.value, self.value * other.tangent);
        Dual { value: self.value * other.value, tangent }
    }
}

impl<V: Num> Div for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Dual { value, tangent: (self.tangent - value * other.tangent) / other.value }
    }
}

impl<V: Num> Neg for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Dual { value: -self.value, tangent: -self.tangent }
    }
}

impl<V: Num> Add<f64> for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: f64) -> Self {
        Dual { value: self.value + other, tangent: self.tangent }
    }
}

impl<V: Num> Sub<f64> for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: f64) -> Self {
        Dual { value: self.value - other, tangent: self.tangent }
    }
}

impl<V: Num> Mul<f64> for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: f64) -> Self {
        Dual { value: self.value * other, tangent: self.tangent * other }
    }
}

impl<V: Num> Div<f64> for Dual<V> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: f64) -> Self {
        Dual { value: self.value / other, tangent: self.tangent / other }
    }
}

/// The method, and the slope as a formula of the argument `x` and the result `y`.
macro_rules! slopes {
    ($($name:ident: |$x:ident, $y:ident| $slope:expr;)*) => { $(
        #[inline(always)]
        fn $name(self) -> Self {
            let ($x, $y) = (self.value, self.value.$name());
            let _ = ($x, $y);
            self.chain($y, $slope)
        }
    )* };
}

/// Functions whose derivative is 0 wherever it exists.
macro_rules! steps {
    ($($name:ident)*) => { $(
        #[inline(always)]
        fn $name(self) -> Self {
            Self::step(self.value.$name())
        }
    )* };
}

impl<V: Num> Num for Dual<V> {
    #[inline(always)]
    fn c(x: f64) -> Self {
        Self::step(V::c(x))
    }

    #[inline(always)]
    fn select_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
        let choose = |then, other| V::select_gt(a.value, b.value, then, other);
        Dual { value: choose(then.value, other.value), tangent: choose(then.tangent, other.tangent) }
    }

    #[inline(always)]
    fn select_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
        let choose = |then, other| V::select_ge(a.value, b.value, then, other);
        Dual { value: choose(then.value, other.value), tangent: choose(then.tangent, other.tangent) }
    }

    #[inline(always)]
    fn select_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
        let choose = |then, other| V::select_eq(a.value, b.value, then, other);
        Dual { value: choose(then.value, other.value), tangent: choose(then.tangent, other.tangent) }
    }

    slopes! {
        exp:    |x, y| y;
        exp2:   |x, y| y * LN_2;
        exp_m1: |x, y| y + 1.0;
        ln:     |x, y| x.recip();
        log2:   |x, y| V::c(LOG2_E) / x;
        log10:  |x, y| V::c(LOG10_E) / x;
        ln_1p:  |x, y| (x + 1.0).recip();
        sqrt:   |x, y| V::c(0.5) / y;
        // Halved first: `y / x` may be too large where half of it is not.
        rsqrt:  |x, y| y * -0.5 / x;
        recip:  |x, y| -(y * y);
        cbrt:   |x, y| (y * y * 3.0).recip();

        sin:    |x, y| x.cos();
        cos:    |x, y| -x.sin();
        tan:    |x, y| y.fma(y, V::c(1.0));
        asin:   |x, y| ((-x + 1.0) * (x + 1.0)).rsqrt();
        acos:   |x, y| -((-x + 1.0) * (x + 1.0)).rsqrt();
        atan:   |x, y| { let length = over_length(x); length * length };
        sinh:   |x, y| x.cosh();
        cosh:   |x, y| x.sinh();
        tanh:   |x, y| { let tail = (x.abs() * -2.0).exp(); let all = tail + 1.0; tail / (all * all) * 4.0 };
        asinh:  |x, y| over_length(x);
        acosh:  |x, y| ((x - 1.0).sqrt() * (x + 1.0).sqrt()).recip();
        atanh:  |x, y| ((-x + 1.0) * (x + 1.0)).recip();

        erf:    |x, y| (-(x * x)).exp() * FRAC_2_SQRT_PI;
        erfc:   |x, y| (-(x * x)).exp() * -FRAC_2_SQRT_PI;
        erfinv: |x, y| (y * y).exp() / FRAC_2_SQRT_PI;
        lgamma: |x, y| x.digamma();
        digamma: |x, y| x.polygamma(1);

        abs:    |x, y| x.sign();
    }

    steps! { floor ceil round trunc sign is_nan is_inf is_finite }

    #[inline(always)]
    fn polygamma(self, order: u32) -> Self {
        self.chain(self.value.polygamma(order), self.value.polygamma(order + 1))
    }

    #[inline(always)]
    fn copysign(self, from: Self) -> Self {
        let slope = self.value.sign() * V::c(1.0).copysign(from.value);
        self.chain(self.value.copysign(from.value), slope)
    }

    /// A constant base or exponent has no part in the tangent, even where its slope is infinite or NaN: the slope by
    /// the exponent is `ln` of a base that may be negative.
    #[inline(always)]
    fn powf(self, exponent: Self) -> Self {
        let (x, y, zero) = (self.value, exponent.value, V::c(0.0));
        let power = x.powf(y);
        let by_base = V::select_eq(y, zero, zero, slope_of_base(x, y, power));
        let raw = power * x.ln();
        let raw = V::select_eq(power, zero, V::select_ge(x, zero, zero, raw), raw);
        let by_exponent = V::select_eq(x, zero, V::select_ge(y, zero, zero, raw), raw);
        Dual { value: power, tangent: part(self.tangent, by_base) + part(exponent.tangent, by_exponent) }
    }

    #[inline(always)]
    fn powi(self, exponent: i32) -> Self {
        let slope = match exponent {
            0 => V::c(0.0),
            n => self.value.powi(n - 1) * f64::from(n),
        };
        self.chain(self.value.powi(exponent), slope)
    }

    #[inline(always)]
    fn atan2(self, x: Self) -> Self {
        let ([own, other], size) = within_one(self.value, x.value);
        let square = other.fma(other, own * own);
        let tangent = part(self.tangent, other / square / size) - part(x.tangent, own / square / size);
        Dual { value: self.value.atan2(x.value), tangent }
    }

    #[inline(always)]
    fn hypot(self, other: Self) -> Self {
        let ([x, y], _) = within_one(self.value, other.value);
        let length = x.fma(x, y * y).sqrt();
        let tangent = (x / length).fma(self.tangent, y / length * other.tangent);
        Dual { value: self.value.hypot(other.value), tangent }
    }

    /// `x - y ⌊x / y⌋`: the slope by `y` is the whole number that the remainder says, which a rounded quotient is not.
    #[inline(always)]
    fn rem(self, divisor: Self) -> Self {
        let (times, below) = quotient(self.value, divisor.value);
        Dual { value: self.value.rem(divisor.value), tangent: self.tangent - part(divisor.tangent, times - below) }
    }

    #[inline(always)]
    fn fmod(self, divisor: Self) -> Self {
        let (times, _) = quotient(self.value, divisor.value);
        Dual { value: self.value.fmod(divisor.value), tangent: self.tangent - part(divisor.tangent, times) }
    }

    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        Dual {
            value: self.value.maximum(other.value),
            tangent: decide(self.value, other.value, self.tangent, other.tangent),
        }
    }

    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        Dual {
            value: self.value.minimum(other.value),
            tangent: decide(self.value, other.value, other.tangent, self.tangent),
        }
    }

    #[inline(always)]
    fn fma(self, factor: Self, addend: Self) -> Self {
        let tangent = self.tangent.fma(factor.value, self.value.fma(factor.tangent, addend.tangent));
        Dual { value: self.value.fma(factor.value, addend.value), tangent }
    }

    /// `σ' = σ(x) · σ(-x)`, both from one exponential.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        let tail = (-self.value.abs()).exp();
        let near_one = (tail + 1.0).recip();
        let near_zero = tail * near_one;
        let value = V::select_ge(self.value, V::c(0.0), near_one, near_zero);
        self.chain(value, near_one * near_zero)
    }

    #[inline(always)]
    fn softplus(self) -> Self {
        self.chain(self.value.softplus(), self.value.sigmoid())
    }
}

/// `tangent · slope`, and 0 for a constant: the slope by it may be infinite where the other one is not.
#[inline(always)]
fn part<V: Num>(tangent: V, slope: V) -> V {
    let zero = V::c(0.0);
    V::select_eq(tangent, zero, zero, tangent * slope)
}

/// `if_greater` where `left > right`, `if_less` where it is less, their mean at a tie, their sum at NaN, as in PyTorch.
#[inline(always)]
fn decide<V: Num>(left: V, right: V, if_greater: V, if_less: V) -> V {
    let sum = if_greater + if_less;
    let undecided = V::select_eq(left, right, sum * 0.5, sum);
    V::select_gt(left, right, if_greater, V::select_gt(right, left, if_less, undecided))
}

/// `y · xʸ⁻¹`: where that power is too large, by `xʸ / x`, and where `y - 1` is rounded to `y`, with the other sign.
#[inline(always)]
fn slope_of_base<V: Num>(x: V, y: V, power: V) -> V {
    let lower = x.powf(y - 1.0);
    let lower = V::select_eq(y - 1.0, y, lower.copysign(power * x), lower);
    let apart = V::select_gt(x.abs(), V::c(0.0), lower.is_inf() * x.is_finite(), V::c(0.0));
    V::select_eq(apart, V::c(1.0), y / x * power, y * lower)
}

/// `1 / √(1 + x²)`, where no square overflows.
#[inline(always)]
fn over_length<V: Num>(x: V) -> V {
    let (one, size) = (V::c(1.0), x.abs());
    let part = V::select_gt(size, one, size.recip(), size);
    V::select_gt(size, one, part, one) * part.fma(part, one).rsqrt()
}

/// Two numbers over the larger of their sizes, and that. One that is infinite becomes ±1, and one beside it 0.
#[inline(always)]
fn within_one<V: Num>(x: V, y: V) -> ([V; 2], V) {
    let (size, infinity) = (x.abs().maximum(y.abs()), V::c(f64::INFINITY));
    let part = |x: V| V::select_eq(x.abs(), infinity, V::c(1.0).copysign(x), x / size);
    ([part(x), part(y)], size)
}

/// How often `y` goes into `x`, towards 0, and 1 where that is one more than rounded down.
#[inline(always)]
fn quotient<V: Num>(x: V, y: V) -> (V, V) {
    let rest = x.fmod(y);
    let below = V::select_gt(V::c(0.0), rest.sign() * y.sign(), V::c(1.0), V::c(0.0));
    (((x - rest) / y).round(), below)
}
