//! The cross entropies of labels: what is computed along each row of logits, and its slope.
//!
//! Apart from `labels`, which says what they mean: here is how no digits are lost.
#![allow(unreachable_pub, reason = "`program!` prints public types")]

use crate::device::{Buf, Device};
use crate::dims::{Dim, Off};
use crate::dtype::Real;
use crate::error::OrRaise;
use crate::graph::{
    Binary, Described, Differentiable, Ex, Given, Leaf, Node, Operand, Pointwise2, Ruled, SlopeRule, Work, total,
};
use crate::layout::count;
use crate::loops::{AlongLast, Combine, MAX_STATS, RowInput, RowProgram, Rows};
use crate::num::Num;
use crate::ops::arithmetic::Sub;
use crate::ops::reduce::{finite_or_zero, program};
use crate::shape::LastAxis;

type Values<V> = [V; MAX_STATS];

/// What the cross entropies give.
pub type CrossEntropyOf<X> = Ruled<X, (), CrossEntropyBack<<X as Operand>::E>>;

#[track_caller]
pub(super) fn rows_of<S: LastAxis>(shape: S) -> Rows {
    Rows::new(count(shape.init()), shape.last().size(), 1)
}

#[track_caller]
pub(super) fn cross_entropy<S, E, D, N>(
    x: Ex<S, E, D, N>,
    labels: Buf<i64>,
    smoothing: f64,
) -> CrossEntropyOf<Ex<S, E, D, N>>
where
    S: LastAxis,
    E: Real,
    D: Device,
    N: Node<E>,
{
    let Ex { shape, device, .. } = x;
    let (rows, values) = (rows_of(shape), x.materialise());
    let picked = device.pick(&values, rows.len, &labels).or_raise();
    let inputs = [RowInput::Elements(&values), RowInput::PerRow(&picked)];
    let logarithm = device.fold_rows(rows, AlongLast(ShiftedLogSumExp {}), &inputs);
    let leaf = |buf: &Buf<E>| Leaf::<_, _, Off>::constant(buf.clone(), shape.init());
    let loss = Binary { op: RowLoss { kept: 1.0 - smoothing }, a: leaf(&logarithm), b: leaf(&picked) };
    let mean = 1.0 / rows.outer as f64;
    let out = if smoothing == 0.0 {
        total(device, &loss, shape.init(), mean)
    } else {
        let spread = device.fold_rows(rows, AlongLast(ShiftedMean { smoothing }), &inputs);
        total(device, &Binary { op: Sub, a: loss, b: leaf(&spread) }, shape.init(), mean)
    };
    x.ruled(out, (), CrossEntropyBack { values, labels, smoothing })
}

/// The rule of the cross entropies: the softmax is computed anew, for the row's logarithm loses digits where the label
/// is far from the largest logit.
pub struct CrossEntropyBack<E> {
    values: Buf<E>,
    labels: Buf<i64>,
    smoothing: f64,
}

impl<E: 'static> Described for CrossEntropyBack<E> {
    const NAME: &'static str = "cross_entropy";
    const KIND: Work = Work::Loss;
}

impl<S: LastAxis, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for CrossEntropyBack<E> {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let rows = rows_of(x.shape);
        let mean = 1.0 / rows.outer as f64;
        let scale = device.download_scalar(&gradient).as_f64() * mean;
        let softmax = AlongLast(ScaledSoftmax { less: self.smoothing / rows.len as f64, scale });
        let mut slope = device.map_rows(rows, softmax, &[RowInput::Elements(&self.values)]);
        device.add_at(&mut slope, rows.len, &self.labels, &gradient, (self.smoothing - 1.0) * mean);
        slope
    }
}

/// By how much logits are lowered whose differences are added up: 2³², more than there are classes.
const ROOM: f64 = (1u64 << 32) as f64;

/// The loss of a row from its logarithm and the logit of its label, of which the logarithm is short by the shift.
#[derive(Clone, Copy)]
struct RowLoss {
    kept: f64,
}

impl Pointwise2 for RowLoss {
    const NAME: &'static str = "row_loss";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, logarithm: V, picked: V) -> V {
        logarithm - (picked - finite_or_zero(picked)) * self.kept
    }
}

program! {
    /// `ln Σ exp(x - shift)`, by way of the maximum; the shift is the label's logit where that is finite.
    ShiftedLogSumExp {} 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| {
        let shifted = x[0] - finite_or_zero(x[1]);
        if pass == 0 { shifted } else { (shifted - finite_or_zero(s[0])).exp() }
    };
    close |self, pass, total, _len, s| if pass == 0 { total } else { total.ln() + finite_or_zero(s[0]) };
}

program! {
    /// `smoothing` times the mean of `x - shift`, of numbers so much smaller that no difference and no sum overflows.
    ShiftedMean { smoothing: f64 } 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| x[0] * (1.0 / ROOM) - finite_or_zero(x[1]) * (1.0 / ROOM);
    close |self, _pass, total, len, _s| total / V::c(len) * (self.smoothing * ROOM);
}

program! {
    /// Maximum, then `Σ exp(x - max)`; finishes with `(softmax - less) · scale`, the exponentials being kept.
    ScaledSoftmax { less: f64, scale: f64 } 2 passes, draft 1;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 { x[0] } else { (x[0] - s[0]).exp() };
    close |self, pass, total, _len, _s| if pass == 0 { total } else { total.recip() };
    finish |self, x, s| (x[0] * s[1] - self.less) * self.scale;
}
