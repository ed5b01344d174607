//! Means and sums of squares, of numbers of any size, and what variances are made of them.
//!
//! Apart from `programs` because of the care that they take. Squares of large numbers overflow and those of small ones
//! vanish, and the rounded mean of equal numbers is not one of them. Hence the numbers of a row are, in this order, its
//! centre, the sum of the squares of the distances from it, and the power of two that all elements are multiplied by.
//! Nearly every row is right with 1; one that is not is run again, as in Blue 1978, "A portable Fortran program to find
//! the Euclidean norm of a vector".

use super::reducer::program;
use crate::loops::{Combine, MAX_STATS, Reach, RowProgram};
use crate::num::Num;

type Values<V> = [V; MAX_STATS];

/// The numbers of a row before its first pass: around 0, as it is.
pub(crate) const AS_IT_IS: Values<f64> = [0.0, 0.0, 1.0, 0.0, 0.0];

/// Means that are this many times as large as the root of the mean square distance from them, squared, are computed
/// again: before that their rounding is felt in no distance.
const NEAR: f64 = 64.0;

/// The scale at which a sum of squares around `centre` is right, given what it was at `scale`.
#[inline(always)]
pub(crate) fn rescaled<V: Num>(squares: V, centre: V, scale: V, len: f64, reach: Reach) -> V {
    // Around a centre that is not small a distance is 0 or large enough.
    let up = V::select_gt(V::c(reach.small), centre.abs(), V::c(1.0 / reach.down), scale);
    let up = V::select_gt(V::c(reach.least * len), squares, up, scale);
    V::select_gt(V::c(f64::INFINITY), squares, up, V::c(reach.down))
}

/// Whether a row needs another round, and what it starts from.
#[inline(always)]
pub(crate) fn moments_again<V: Num>(s: Values<V>, len: f64, reach: Reach) -> (V, Values<V>) {
    let (zero, one) = (V::c(0.0), V::c(1.0));
    let scale = rescaled(s[1], s[0], s[2], len, reach);
    let moved = V::select_eq(scale, s[2], zero, one);
    let near = V::select_gt(s[0] * s[0] * V::c(len), s[1] * NEAR, one, zero);
    let near = V::select_gt(s[1], zero, near, zero);
    let centre = V::select_eq(moved, zero, V::select_eq(near, zero, zero, s[0]), zero);
    (moved.maximum(near), [centre, zero, scale, zero, zero])
}

/// `√(a² + b²)` of numbers that are not negative.
#[inline(always)]
pub(crate) fn length<V: Num>(a: V, b: V) -> V {
    let (large, small) = (V::select_gt(a, b, a, b), V::select_gt(a, b, b, a));
    let ratio = V::select_eq(large, V::c(0.0), V::c(0.0), small / large);
    let length = large * (ratio * ratio + 1.0).sqrt();
    V::select_eq(a + b, a + b, length, a + b)
}

/// `1 / x`, and 0 of 0.
#[inline(always)]
pub(crate) fn over<V: Num>(x: V) -> V {
    V::select_eq(x, V::c(0.0), V::c(0.0), x.recip())
}

/// An element's distance from the row's centre, on the row's scale.
#[inline(always)]
pub(crate) fn distance<V: Num>(x: V, s: Values<V>) -> V {
    x * s[2] - s[0]
}

/// What an element adds: its distance from a first centre, then the square of its distance from the mean.
#[inline(always)]
pub(crate) fn moment<V: Num>(pass: usize, x: V, s: Values<V>) -> V {
    let distance = distance(x, s);
    if pass == 0 { distance } else { distance * distance }
}

/// The mean, then the sum of squares.
#[inline(always)]
pub(crate) fn moment_of<V: Num>(pass: usize, total: V, len: f64, s: Values<V>) -> V {
    if pass == 0 { s[0] + total / V::c(len) } else { total }
}

/// What sums of squares are divided by: NaN where nothing is left.
fn divisor(len: f64, correction: f64) -> f64 {
    if len > correction { len - correction } else { f64::NAN }
}

program! {
    /// The variance or its root.
    Moments { correction: f64, root: bool } 2 passes, from AS_IT_IS;
    combine [Combine::Sum, Combine::Sum];
    term |self, pass, x, s| moment(pass, x[0], s);
    close |self, pass, total, len, s| moment_of(pass, total, len, s);
    again 3 |self, s, len, reach| moments_again(s, len, reach);
    settle |self, s, len| {
        let variance = s[1] / V::c(divisor(len, self.correction));
        let result = if self.root { variance.sqrt() / s[2] } else { variance / s[2] / s[2] };
        [s[0], result, s[2], s[3], s[4]]
    };
}

program! {
    /// `2 (x - mean) / divisor · dy`, for the root divided by `2 y`; equal elements have no deviation, and no slope.
    VarGradient { correction: f64, root: bool } 2 passes, from AS_IT_IS;
    combine [Combine::Sum, Combine::Sum];
    term |self, pass, x, s| moment(pass, x[0], s);
    close |self, pass, total, len, s| moment_of(pass, total, len, s);
    again 3 |self, s, len, reach| moments_again(s, len, reach);
    settle |self, s, len| {
        let divisor = divisor(len, self.correction);
        let root = over(s[1].sqrt()) * V::c(divisor.sqrt().recip());
        let factor = if self.root { root } else { V::c(2.0 / divisor) / s[2] };
        [s[0], factor, s[2], s[3], s[4]]
    };
    finish |self, x, s| distance(x[0], s) * s[1] * x[1];
}

program! {
    /// A first mean, then what the distances from it add to it: equal numbers have themselves as mean.
    MeanRow {} 2 passes, from AS_IT_IS;
    combine [Combine::Sum, Combine::Sum];
    term |self, _pass, x, s| distance(x[0], s);
    close |self, pass, total, len, s| mean_of(pass, total, V::c(len), s);
    again 2 |self, s, _len, reach| mean_again(s, reach);
    settle |self, s, _len| [s[0], s[1] / s[2], s[2], s[3], s[4]];
}

/// The mean of a pass: the second one adds to the first, which infinities leave as it is.
#[inline(always)]
pub(crate) fn mean_of<V: Num>(pass: usize, total: V, len: V, s: Values<V>) -> V {
    let mean = s[0] + total / len;
    if pass == 0 { mean } else { V::select_eq(s[0].is_inf(), V::c(1.0), s[0], mean) }
}

/// Once more on a smaller scale where the sum was too large.
#[inline(always)]
pub(crate) fn mean_again<V: Num>(s: Values<V>, reach: Reach) -> (V, Values<V>) {
    let zero = V::c(0.0);
    let again = V::c(1.0) - s[0].is_finite();
    let scale = V::select_eq(again, zero, s[2], V::c(reach.down));
    (again, [zero, zero, scale, zero, zero])
}
