//! Means and sums of squares, of numbers of any size, and what variances are made of them.
//!
//! Apart from `programs` because of the care that they take. Squares of large numbers overflow and those of small ones
//! vanish, and the rounded mean of equal numbers is not one of them. Hence the numbers of a row are, in this order: the
//! centre, which distances are from; the sum of the squares of the distances from the mean; the power of two that all
//! elements are multiplied by; 1 where the row is run again around a mean; how far the mean is from the centre. In a
//! first round the centre is the rounded mean. Where elements differ in their last digits its rounding is as large as
//! the deviation, and it is the centre of the next round.
//! Nearly every row is right with scale 1 at once; one that is not is run again, as in Blue 1978, "A portable Fortran
//! program to find the Euclidean norm of a vector".

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
#[cfg_attr(optimised, inline(always))]
pub(crate) fn rescaled<V: Num>(squares: V, centre: V, scale: V, len: V, reach: Reach) -> V {
    // Around a centre that is not small a distance is 0 or large enough.
    let up = V::select_gt(V::c(reach.small), centre.abs(), V::c(1.0 / reach.down), scale);
    let up = V::select_gt(V::c(reach.least) * len, squares, up, scale);
    V::select_gt(V::c(f64::INFINITY), squares, up, V::c(reach.down))
}

/// Whether a row needs another round for a sum of squares around 0, and what it starts from.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn squares_again<V: Num>(s: Values<V>, len: V, reach: Reach) -> (V, Values<V>) {
    let (zero, one) = (V::c(0.0), V::c(1.0));
    let scale = rescaled(s[0], zero, s[2], len, reach);
    (V::select_eq(scale, s[2], zero, one), [zero, zero, scale, zero, zero])
}

/// Whether a row needs another round, and what it starts from: its mean is the next centre.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn moments_again<V: Num>(s: Values<V>, len: V, reach: Reach) -> (V, Values<V>) {
    let (zero, one) = (V::c(0.0), V::c(1.0));
    let [centre, squares, scale, late, off] = s;
    let mean = centre + off;
    let next = rescaled(squares, mean, scale, len, reach);
    let moved = V::select_eq(next, scale, zero, one);
    let near = V::select_gt(squares, mean * mean * (len / V::c(NEAR)), zero, one);
    let near = V::select_gt(squares, zero, near, late);
    // A centre that the mean does not leave is the best one; that of a first round is the mean.
    let near = V::select_eq(mean, centre, V::select_eq(late, one, zero, near), near);
    let finite = mean.is_finite();
    let centre = V::select_eq(finite, one, mean * (next / scale), zero);
    (moved.maximum(near * finite), [centre, zero, next, finite, zero])
}

/// `√(a² + b²)` of numbers that are not negative.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn length<V: Num>(a: V, b: V) -> V {
    let (large, small) = (V::select_gt(a, b, a, b), V::select_gt(a, b, b, a));
    let ratio = V::select_eq(large, V::c(0.0), V::c(0.0), small / large);
    let length = large * (ratio * ratio + 1.0).sqrt();
    V::select_eq(a + b, a + b, length, a + b)
}

/// `1 / x`, and 0 of 0.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn over<V: Num>(x: V) -> V {
    V::select_eq(x, V::c(0.0), V::c(0.0), x.recip())
}

/// An element's distance from the row's centre, on the row's scale.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn distance<V: Num>(x: V, s: Values<V>) -> V {
    x * s[2] - s[0]
}

/// An element's distance from the row's mean times a number, once [`times`] has settled it.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn deviation<V: Num>(x: V, s: Values<V>) -> V {
    distance(x, s).fma(s[1], s[4])
}

/// The numbers of a row for [`deviation`] times `factor`.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn times<V: Num>(s: Values<V>, factor: V) -> Values<V> {
    [s[0], factor, s[2], s[3], -(s[4] * factor)]
}

/// What an element adds: its distance from the centre, then the square of that.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn moment<V: Num>(pass: usize, x: V, s: Values<V>) -> V {
    let distance = distance(x, s);
    if pass == 0 { distance } else { distance * distance }
}

/// Where the mean is, then the sum of squares of the distances from it, `Σd² - (Σd)² / n`: in a round that begins with
/// the mean as its centre, at most half of it is taken off.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn moment_of<V: Num>(pass: usize, total: V, len: V, s: Values<V>) -> Values<V> {
    let [centre, squares, scale, late, off] = s;
    let (zero, one) = (V::c(0.0), V::c(1.0));
    if pass == 0 {
        let mean = total / len;
        let [centre, off] = [V::select_eq(late, one, centre, mean), V::select_eq(late, one, mean, zero)];
        return [centre, squares, scale, late, off];
    }
    let squares = total - off * off * len;
    [centre, V::select_gt(zero, squares, zero, squares), scale, late, off]
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
    closed |self, pass, total, len, s| moment_of(pass, total, V::c(len), s);
    again 4 |self, s, len, reach| moments_again(s, V::c(len), reach);
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
    closed |self, pass, total, len, s| moment_of(pass, total, V::c(len), s);
    again 4 |self, s, len, reach| moments_again(s, V::c(len), reach);
    settle |self, s, len| {
        let divisor = divisor(len, self.correction);
        let root = over(s[1].sqrt()) * V::c(divisor.sqrt().recip());
        let factor = if self.root { root } else { V::c(2.0 / divisor) / s[2] };
        times(s, factor)
    };
    finish |self, x, s| deviation(x[0], s) * x[1];
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
#[cfg_attr(optimised, inline(always))]
pub(crate) fn mean_of<V: Num>(pass: usize, total: V, len: V, s: Values<V>) -> V {
    let mean = s[0] + total / len;
    if pass == 0 { mean } else { V::select_eq(s[0].is_inf(), V::c(1.0), s[0], mean) }
}

/// Once more on a smaller scale where the sum was too large, or a distance from the first mean.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn mean_again<V: Num>(s: Values<V>, reach: Reach) -> (V, Values<V>) {
    let zero = V::c(0.0);
    let again = V::c(1.0) - s[1].is_finite();
    let scale = V::select_eq(again, zero, s[2], V::c(reach.down));
    (again, [zero, zero, scale, zero, zero])
}
