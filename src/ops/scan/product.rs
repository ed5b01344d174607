//! Running products that leave the range of `f64` on their way, and come back.
//!
//! Apart from `formulas` because sums and extremes never do.

use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::loops::Rows;
use crate::num::{Num, Scaled};

/// By so much a product is lowered that comes near to the ends of `f64`: 2⁶⁰⁰.
const STEP: f64 = f64::from_bits((1023 + 600) << 52);
/// So large no two numbers are whose product is one.
const LARGE: f64 = f64::from_bits((1023 + 500) << 52);

/// `x` in steps of 2⁶⁰⁰, and the number of steps that were taken from it.
#[cfg_attr(optimised, inline(always))]
pub(super) fn nearer_one<V: Num>(x: V) -> (V, V) {
    let (size, zero) = (x.abs(), V::c(0.0));
    let small = V::select_gt(V::c(1.0 / LARGE), size, V::select_gt(size, zero, V::c(1.0), zero), zero);
    let large = V::select_gt(size, V::c(LARGE), V::c(1.0), zero);
    let x = V::select_gt(small, zero, x * STEP, x);
    (V::select_gt(large, zero, x * (1.0 / STEP), x), large - small)
}

/// `x` as many steps larger; after three it is inf, or 0.
#[cfg_attr(optimised, inline(always))]
pub(super) fn as_raised<V: Num>(mut x: V, steps: V) -> V {
    for step in [0.0, 1.0, 2.0] {
        let down = V::select_gt(-steps, V::c(step), V::c(1.0 / STEP), V::c(1.0));
        x = x * V::select_gt(steps, V::c(step), V::c(STEP), down);
    }
    x
}

/// Whether no quotient or product of two of these leaves the range of their type, or loses digits that it stores.
pub(super) fn middling<E: Real, D: Device>(device: D, values: &Buf<E>) -> bool {
    !E::NARROW && device.download(values).iter().all(|x| (1e-12..1e12).contains(&x.as_f64().abs()))
}

/// The gradient of running products with exponents that have no bounds, a row after the other.
#[track_caller]
pub(super) fn unrolled<E: Real>(rows: Rows, x: &[E], gradient: &[E]) -> Vec<E> {
    let Rows { len, inner, .. } = rows;
    let mut slope = vec![E::default(); x.len()];
    if x.is_empty() {
        return slope; // There may be more rows without elements than a loop can walk over.
    }
    for row in 0..rows.count() {
        let place = |i: usize| (row / inner * len + i) * inner + row % inner;
        let number = |values: &[E], i: usize| Scaled::of(values[place(i)].as_f64());
        let mut before = vec![Scaled::ONE; len];
        (1..len).for_each(|i| before[i] = before[i - 1].times(number(x, i - 1)));
        let mut later = Scaled::ZERO;
        for i in (0..len).rev() {
            let next = if i + 1 < len { number(x, i + 1) } else { Scaled::ZERO };
            later = number(gradient, i).plus(later.times(next));
            slope[place(i)] = E::of_f64(before[i].times(later).value());
        }
    }
    slope
}
