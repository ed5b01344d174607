//! What each reduction computes along a row, and the gradient of that.

use super::moments::{MeanRow, Moments, VarGradient};
use super::reducer::{Reducer, program, reducer};
use crate::loops::{Combine, MAX_STATS, RowProgram};
use crate::num::Num;

type Values<V> = [V; MAX_STATS];

/// Terms of one simple pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fold {
    combine: Combine,
}

impl RowProgram for Fold {
    const PASSES: usize = 1;
    #[cfg_attr(optimised, inline(always))]
    fn combine(self, _: usize) -> Combine {
        self.combine
    }
    #[cfg_attr(optimised, inline(always))]
    fn term<V: Num>(self, _: usize, x: Values<V>, _: Values<V>) -> V {
        x[0]
    }
}

const fn fold(combine: Combine) -> Fold {
    Fold { combine }
}

/// The reduction of [`sum`](super::Reductions::sum).
#[derive(Clone, Copy, Debug)]
pub struct Sum;
/// The reduction of [`mean`](super::Reductions::mean).
#[derive(Clone, Copy, Debug)]
pub struct Mean;
/// The reduction of [`max`](super::Reductions::max).
#[derive(Clone, Copy, Debug)]
pub struct Max;
/// The reduction of [`min`](super::Reductions::min).
#[derive(Clone, Copy, Debug)]
pub struct Min;
/// The reduction of [`var`](super::Reductions::var).
#[derive(Clone, Copy, Debug)]
pub struct Var {
    pub(super) correction: usize,
}
/// The reduction of [`std`](super::Reductions::std).
#[derive(Clone, Copy, Debug)]
pub struct Std {
    pub(super) correction: usize,
}
/// The reduction of [`logsumexp`](super::Reductions::logsumexp).
#[derive(Clone, Copy, Debug)]
pub struct LogSumExp;

/// The reduction of losses that are sums, divided by the number of rows: two-byte floats hold the quotient, not the
/// sum.
#[derive(Clone, Copy, Debug)]
pub struct SumOver {
    pub(crate) divisor: f64,
}

program! {
    /// The sum, divided.
    SumOverRow { divisor: f64 } 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| x[0];
    close |self, _pass, total, _len, _s| total / V::c(self.divisor);
}

impl Reducer for SumOver {
    type Forward = SumOverRow;
    type Backward = SumOverRow;
    const NAME: &'static str = "mean_of_losses";
    const UNIFORM: bool = true;
    fn forward(self) -> SumOverRow {
        SumOverRow { divisor: self.divisor }
    }
    fn backward(self, _: usize) -> SumOverRow {
        self.forward()
    }
    fn uniform(self, _: usize) -> Option<f64> {
        Some(1.0 / self.divisor)
    }
}

macro_rules! linear {
    ($name:ident $called:literal, $Row:ty = $row:expr, $averages:literal, $uniform:expr) => {
        impl Reducer for $name {
            type Forward = $Row;
            type Backward = $Row;
            const NAME: &'static str = $called;
            const UNIFORM: bool = true;
            const AVERAGES: bool = $averages;
            fn forward(self) -> $Row {
                $row
            }
            fn backward(self, _: usize) -> $Row {
                self.forward()
            }
            fn uniform(self, len: usize) -> Option<f64> {
                let uniform: fn(f64) -> f64 = $uniform;
                Some(uniform(len as f64))
            }
        }
    };
}
linear! { Sum "sum", Fold = fold(Combine::Sum), false, |_| 1.0 }
linear! { Mean "mean", MeanRow = MeanRow {}, true, |len| 1.0 / len }

reducer! { Max "max": Fold = |_own| fold(Combine::Maximum), ExtremeGradient = |_own, _len| ExtremeGradient {} }
reducer! { Min "min": Fold = |_own| fold(Combine::Minimum), ExtremeGradient = |_own, _len| ExtremeGradient {} }
reducer! { Var "var": Moments = |own| Moments { correction: own.correction as f64, root: false },
VarGradient = |own, _len| VarGradient { correction: own.correction as f64, root: false } }
reducer! { Std "std": Moments = |own| Moments { correction: own.correction as f64, root: true },
VarGradient = |own, _len| VarGradient { correction: own.correction as f64, root: true } }
reducer! { LogSumExp "logsumexp":
LogSumExpRow = |_own| LogSumExpRow {}, LogSumExpGradient = |_own, _len| LogSumExpGradient {} }

program! {
    /// `dx = dy / ties` where `x` is the extreme.
    ExtremeGradient {} 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| V::select_eq(x[0], x[2], V::c(1.0), V::c(0.0));
    finish |self, x, s| V::select_eq(x[0], x[2], x[1] / s[0], V::c(0.0));
}

/// The shift that keeps exponentials in range: the maximum, or 0 where that is infinite.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn finite_or_zero<V: Num>(max: V) -> V {
    V::select_eq(max.is_inf(), V::c(1.0), V::c(0.0), max)
}

program! {
    /// Maximum, then `ln Σ exp(x - max) + max`.
    LogSumExpRow {} 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 { x[0] } else { (x[0] - finite_or_zero(s[0])).exp() };
    close |self, pass, total, _len, s| if pass == 0 { total } else { total.ln() + finite_or_zero(s[0]) };
}

/// `exp(x - max)` for the terms of a softmax: also of infinite maxima, which share equally.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn share<V: Num>(x: V, max: V) -> V {
    V::select_eq(x, max, V::c(1.0), (x - max).exp())
}

program! {
    /// Maximum, then `Σ exp(x - max)`; finishes with the softmax times `dy`: the row's value, which may have lost
    /// digits, is not needed. 0 where the whole row is -inf.
    LogSumExpGradient {} 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 { x[0] } else { share(x[0], s[0]) };
    finish |self, x, s| {
        let nothing = V::c(f64::NEG_INFINITY);
        V::select_eq(s[0], nothing, V::c(0.0), share(x[0], s[0]) / s[1] * x[1])
    };
}
