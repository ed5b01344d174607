//! Rounding to decimals.
//!
//! Apart from the tables, whose constants are floats: how many decimals there are is a whole number.

use super::apply::{UnaryOf, unary};
use crate::dtype::Floating;
use crate::graph::{Operand, Pointwise1};
use crate::num::Num;

/// The formula of [`round_to`](Decimals::round_to).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundTo {
    /// The power of ten that moves the point behind the last decimal, or with `before` back from in front of it.
    power: f64,
    before: bool,
}

/// Rounding to decimals.
pub trait Decimals: Operand + Sized {
    /// The nearest number of so many decimals; halves go to the even digit, as in NumPy's `round(x, decimals)` and
    /// PyTorch's: `round(x · 10ⁿ) / 10ⁿ`. Fewer than 0 round to tens, hundreds and so on.
    ///
    /// The gradient is 0. What has no digits there, being large, infinite or NaN, stays as it is.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([3.14159, -2.5, 1250.0]);
    /// assert_eq!(x.round_to(2).eval().as_slice(), [3.14, -2.5, 1250.0]);
    /// assert_eq!(x.round_to(-2).eval().as_slice(), [0.0, 0.0, 1200.0]);
    /// ```
    fn round_to(self, decimals: i32) -> UnaryOf<RoundTo, Self>
    where
        Self::E: Floating,
    {
        // As it is written: a power that is multiplied up would be rounded on the way.
        let power = format!("1e{}", decimals.unsigned_abs()).parse().unwrap_or(f64::INFINITY);
        unary(RoundTo { power, before: decimals < 0 }, self)
    }
}
impl<X: Operand> Decimals for X {}

impl Pointwise1 for RoundTo {
    const NAME: &'static str = "round_to";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V) -> V {
        let (zero, power) = (V::c(0.0), V::c(self.power));
        let moved = if self.before { x / power } else { x * power };
        let whole = moved.round();
        let rounded = if self.before { whole * power } else { whole / power };
        // Neither 0 times a power beyond the type, nor a number whose digits end before.
        let rounded = V::select_eq(whole, zero, whole, rounded);
        let one = V::c(1.0);
        let stays = V::select_eq(x, zero, one, moved.is_inf().maximum(x.is_inf()));
        V::select_eq(stays, one, x, rounded)
    }
    #[cfg_attr(optimised, inline(always))]
    fn with_derivative<V: Num>(self, x: V) -> (V, V) {
        (self.value(x), V::c(0.0))
    }
}
