//! How far from 1 the numbers of a type lie, for quotients that leave its range on the way to a result inside.
//!
//! Apart from the formulas that ask because a formula does not know its type: here it finds out.

use super::Num;

/// Below what a quotient is taken again, and the powers of two that bring its numbers nearer to 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends<V> {
    /// So small a quotient may have lost digits, and what is divided is far below what divides.
    pub(crate) least: V,
    /// A power of two that does not take such a number over the upper end.
    pub(crate) up: V,
    /// One over it.
    pub(crate) down: V,
}

/// The exponents of `up`, for lanes of `f32` and for `f64`.
const STEPS: [i32; 2] = [77, 540];

impl<V: Num> Ends<V> {
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn of() -> Self {
        let power = |single: i32, double: i32| by_width(exp2(single), exp2(double));
        Ends { least: power(-100, -900), up: power(STEPS[0], STEPS[1]), down: power(-STEPS[0], -STEPS[1]) }
    }

    /// `up` to the power of a number.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn up_to(exponent: f64) -> V {
        let [single, double] = STEPS.map(|step| (f64::from(step) * exponent).exp2());
        by_width(single, double)
    }
}

/// `2ⁿ` for an exponent of normal numbers.
const fn exp2(n: i32) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

/// The first constant in lanes of `f32`, the second in those of `f64`.
#[cfg_attr(optimised, inline(always))]
fn by_width<V: Num>(single: f64, double: f64) -> V {
    let zero = V::c(0.0);
    V::select_eq(V::c(1e-300), zero, V::c(single), V::c(double)) // 0 as an `f32`
}
