//! Reductions that leave out NaN: sums, means, extremes, variances of the elements that are numbers.
//!
//! Apart from `reductions`, which take each element as it is: here its kind decides whether it counts.

use super::methods::reduction_table;
use super::moments::{deviation, distance, mean_again, mean_of, moment, moment_of, moments_again, over, times};
use super::programs::ExtremeGradient;
use super::reducer::{program, reducer};
use crate::loops::{Combine, MAX_STATS, RowProgram};
use crate::num::Num;

type Values<V> = [V; MAX_STATS];

/// The reduction of [`nansum`](NanReductions::nansum).
#[derive(Clone, Copy, Debug)]
pub struct NanSum;
/// The reduction of [`nanmean`](NanReductions::nanmean).
#[derive(Clone, Copy, Debug)]
pub struct NanMean;
/// The reduction of [`nanmax`](NanReductions::nanmax).
#[derive(Clone, Copy, Debug)]
pub struct NanMax;
/// The reduction of [`nanmin`](NanReductions::nanmin).
#[derive(Clone, Copy, Debug)]
pub struct NanMin;
/// The reduction of [`nanvar`](NanReductions::nanvar).
#[derive(Clone, Copy, Debug)]
pub struct NanVar {
    correction: usize,
}
/// The reduction of [`nanstd`](NanReductions::nanstd).
#[derive(Clone, Copy, Debug)]
pub struct NanStd {
    correction: usize,
}

reducer! { NanSum "nansum": SumWithoutNan = |_own| SumWithoutNan {},
WithoutNanBack = |_own, _len| WithoutNanBack { mean: false } }
reducer! { NanMean "nanmean": MeanWithoutNan = |_own| MeanWithoutNan {},
WithoutNanBack = |_own, _len| WithoutNanBack { mean: true } }
reducer! { NanMax "nanmax": ExtremeWithoutNan = |_own| ExtremeWithoutNan { sign: 1.0 },
ExtremeGradient = |_own, _len| ExtremeGradient {} }
reducer! { NanMin "nanmin": ExtremeWithoutNan = |_own| ExtremeWithoutNan { sign: -1.0 },
ExtremeGradient = |_own, _len| ExtremeGradient {} }
reducer! { NanVar "nanvar":
MomentsWithoutNan = |own| MomentsWithoutNan { correction: own.correction as f64, root: false },
VarWithoutNanBack = |own, _len| VarWithoutNanBack { correction: own.correction as f64, root: false } }
reducer! { NanStd "nanstd":
MomentsWithoutNan = |own| MomentsWithoutNan { correction: own.correction as f64, root: true },
VarWithoutNanBack = |own, _len| VarWithoutNanBack { correction: own.correction as f64, root: true } }

reduction_table! {
    /// Reductions that leave out NaN; each over all axes, one, or several (`Axes![0, 2]`), `-1` being the last.
    NanReductions, NanReductionsTable:
    floats {
        /// Sum of the elements that are not NaN. `dx = dy`, and 0 where `x` is NaN; 0 when there are none.
        nansum() is NanSum NanSum, "nansum()", nothing is 0.0, for ();
        /// Mean of the elements that are not NaN. `dx = dy / n` for `n` such elements, and 0 where `x` is NaN; NaN when
        /// there are none.
        nanmean() is NanMean NanMean, "nanmean()", nothing is f64::NAN, for ();
        /// Largest of the elements that are not NaN. `dx = dy` there, shared equally among ties; NaN when there are
        /// none.
        nanmax() is NanMax NanMax, "nanmax()", nothing is f64::NAN, for ();
        /// Smallest of the elements that are not NaN. `dx = dy` there, shared equally among ties; NaN when there are
        /// none.
        nanmin() is NanMin NanMin, "nanmin()", nothing is f64::NAN, for ();
        /// Variance of the `n` elements that are not NaN. `y = Σ (x - mean)² / (n - correction)`,
        /// `dx = dy · 2 (x - mean) / (n - correction)`, and 0 where `x` is NaN. `correction` is 1 for the unbiased
        /// estimate, 0 for the population's (NumPy's default); NaN when `n <= correction`.
        nanvar(correction: usize) is NanVar NanVar { correction }, "nanvar(1)", nothing is f64::NAN, for (1) (0);
        /// Standard deviation of the elements that are not NaN, the root of their
        /// [`nanvar`](NanReductions::nanvar)iance. Its gradient is 0 where all of them are equal.
        nanstd(correction: usize) is NanStd NanStd { correction }, "nanstd(1)", nothing is f64::NAN, for (1) (0);
    }
}

/// `x`, and 0 where it is NaN.
#[cfg_attr(optimised, inline(always))]
fn or_zero<V: Num>(x: V) -> V {
    V::select_eq(x, x, x, V::c(0.0))
}

program! {
    /// The sum of those that are not NaN.
    SumWithoutNan {} 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| or_zero(x[0]);
}

program! {
    /// How many are not NaN, a first mean, then what the distances from it add to it. The numbers of a mean stand
    /// behind the count.
    MeanWithoutNan {} 3 passes, from [0.0, 0.0, 0.0, 1.0, 0.0];
    combine [Combine::Sum, Combine::Sum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 {
        V::c(1.0) - x[0].is_nan()
    } else {
        V::select_eq(x[0], x[0], distance(x[0], behind(s)), V::c(0.0))
    };
    close |self, pass, total, _len, s| if pass == 0 { total } else { mean_of(pass - 1, total, s[0], behind(s)) };
    again 2 |self, s, _len, reach| {
        let (again, [centre, _, scale, ..]) = mean_again(behind(s), reach);
        let zero = V::c(0.0);
        (V::select_eq(s[0], zero, zero, again), [zero, centre, zero, scale, zero])
    };
    settle |self, s, _len| [s[0], s[1], s[2] / s[3], s[3], s[4]];
}

#[cfg_attr(optimised, inline(always))]
fn behind<V: Num>(s: Values<V>) -> Values<V> {
    [s[1], s[2], s[3], s[4], s[0]]
}

program! {
    /// How many are not NaN; finishes with `dy`, for the mean divided by their number.
    WithoutNanBack { mean: bool } 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| V::c(1.0) - x[0].is_nan();
    finish |self, x, s| {
        let slope = if self.mean { x[1] / s[0] } else { x[1] };
        V::select_eq(x[0], x[0], slope, V::c(0.0))
    };
}

program! {
    /// How many are not NaN, then the largest of them by the sign.
    ExtremeWithoutNan { sign: f64 } 2 passes;
    combine [Combine::Sum, Combine::Maximum];
    term |self, pass, x, _s| if pass == 0 {
        V::c(1.0) - x[0].is_nan()
    } else {
        V::select_eq(x[0], x[0], x[0] * V::c(self.sign), V::c(f64::NEG_INFINITY))
    };
    settle |self, s, _len| {
        let extreme = V::select_eq(s[0], V::c(0.0), V::c(f64::NAN), s[1] * V::c(self.sign));
        [s[0], extreme, s[2], s[3], s[4]]
    };
}

/// The numbers of a row for [`moments`](super::moments), and how many elements count. In front of them stands the
/// count, with a minus sign where the row is run again around a mean: there is no place for both.
#[cfg_attr(optimised, inline(always))]
fn counted<V: Num>(s: Values<V>) -> (V, Values<V>) {
    let late = V::select_gt(V::c(0.0), s[0], V::c(1.0), V::c(0.0));
    (s[0].abs(), [s[1], s[2], s[3], late, s[4]])
}

/// The same row, `first` in front: a count, or before it is known 1 where the row is run again.
#[cfg_attr(optimised, inline(always))]
fn with_count<V: Num>(first: V, [centre, squares, scale, _, off]: Values<V>) -> Values<V> {
    [first, centre, squares, scale, off]
}

/// What an element adds to a pass: itself to the count, then its distance from the centre, then the square of that.
#[cfg_attr(optimised, inline(always))]
fn moment_or_nothing<V: Num>(pass: usize, x: V, s: Values<V>) -> V {
    match pass {
        0 => V::c(1.0) - x.is_nan(),
        _ => V::select_eq(x, x, moment(pass - 1, x, counted(s).1), V::c(0.0)),
    }
}

/// The numbers of a row after a pass.
#[cfg_attr(optimised, inline(always))]
fn moments_after<V: Num>(pass: usize, total: V, s: Values<V>) -> Values<V> {
    if pass == 0 {
        return [V::select_eq(s[0], V::c(1.0), -total, total), s[1], s[2], s[3], s[4]];
    }
    let (count, own) = counted(s);
    with_count(s[0], moment_of(pass - 1, total, count, own))
}

/// Whether a row that has elements needs another round, and what it starts from.
#[cfg_attr(optimised, inline(always))]
fn counted_again<V: Num>(s: Values<V>, reach: crate::loops::Reach) -> (V, Values<V>) {
    let (count, own) = counted(s);
    let (again, next) = moments_again(own, count, reach);
    (V::select_eq(count, V::c(0.0), V::c(0.0), again), with_count(next[3], next))
}

/// What the squares are divided by: NaN where nothing is left.
#[cfg_attr(optimised, inline(always))]
fn divisor<V: Num>(count: V, correction: f64) -> V {
    V::select_gt(count, V::c(correction), count - V::c(correction), V::c(f64::NAN))
}

/// Before the first pass: around 0, on the scale 1, for the first time.
const FIRST: Values<f64> = [0.0, 0.0, 0.0, 1.0, 0.0];

program! {
    /// The variance of those that are not NaN, or its root.
    MomentsWithoutNan { correction: f64, root: bool } 3 passes, from FIRST;
    combine [Combine::Sum, Combine::Sum, Combine::Sum];
    term |self, pass, x, s| moment_or_nothing(pass, x[0], s);
    closed |self, pass, total, _len, s| moments_after(pass, total, s);
    again 4 |self, s, _len, reach| counted_again(s, reach);
    settle |self, s, _len| {
        let (count, [_, squares, scale, ..]) = counted(s);
        let variance = squares / divisor(count, self.correction);
        let result = if self.root { variance.sqrt() / scale } else { variance / scale / scale };
        [s[0], s[1], result, s[3], s[4]]
    };
}

program! {
    /// `2 (x - mean) / divisor · dy`, for the root divided by `2 y`; nothing where `x` is NaN.
    VarWithoutNanBack { correction: f64, root: bool } 3 passes, from FIRST;
    combine [Combine::Sum, Combine::Sum, Combine::Sum];
    term |self, pass, x, s| moment_or_nothing(pass, x[0], s);
    closed |self, pass, total, _len, s| moments_after(pass, total, s);
    again 4 |self, s, _len, reach| counted_again(s, reach);
    settle |self, s, _len| {
        let (count, own) = counted(s);
        let divisor = divisor(count, self.correction);
        let root = over(own[1].sqrt()) * divisor.sqrt().recip();
        let factor = if self.root { root } else { V::c(2.0) / divisor / own[2] };
        with_count(s[0], times(own, factor))
    };
    finish |self, x, s| V::select_eq(x[0], x[0], deviation(x[0], counted(s).1) * x[1], V::c(0.0));
}
