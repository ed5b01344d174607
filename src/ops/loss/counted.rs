//! Losses of labels that do not all count alike, along each row of logits.
//!
//! Apart from `entropy`, where every row counts: here each has a factor of its own, and the mean divides by their sum.
#![allow(unreachable_pub, reason = "`program!` prints public types")]

use super::entropy::{ShiftedLogSumExp, rows_of};
use super::label_rule::{ClassWeights, Counted, LabelRule};
use super::pick::{LabelledOf, picked};
use crate::device::{Buf, Device};
use crate::dims::{Dim, Off, One};
use crate::dtype::Real;
use crate::error::OrRaise;
use crate::graph::{
    Binary, Described, Differentiable, Ex, Given, Leaf, Node, Operand, Pointwise2, Pointwise3, Ruled, SlopeRule,
    Ternary, Work, materialise, total,
};
use crate::layout::count;
use crate::loops::{AlongLast, Combine, MAX_STATS, RowInput, RowProgram};
use crate::num::Num;
use crate::ops::reduce::{finite_or_zero, program};
use crate::shape::{LastAxis, Shape};
use crate::tensor::Tensor;

type Values<V> = [V; MAX_STATS];

/// What [`cross_entropy_by`](super::LabelLosses::cross_entropy_by) gives.
pub type CountedEntropyOf<X> = Ruled<X, (), CountedEntropyBack<<X as Operand>::E>>;
/// What [`cross_entropy_terms`](super::LabelLosses::cross_entropy_terms) gives.
pub type EntropyTermsOf<X> = Ruled<X, <<X as Operand>::S as LastAxis>::Init, CountedEntropyBack<<X as Operand>::E>>;
/// What [`nll_terms`](super::LabelLosses::nll_terms) gives.
pub type NllTermsOf<X> = Ex<
    <<X as Operand>::S as LastAxis>::Init,
    <X as Operand>::E,
    <X as Operand>::D,
    Binary<CountedNll, <LabelledOf<X> as Operand>::N, FactorNode<X>>,
>;
/// What each row counts by.
type FactorNode<X> = Leaf<<<X as Operand>::S as LastAxis>::Init, <X as Operand>::E, Off>;
/// What [`nll_by`](super::LabelLosses::nll_by) gives.
pub type NllOfCounted<X> = Ruled<X, (), CountedNllBack<<X as Operand>::E>>;

/// The mean of the terms, over what counts.
#[track_caller]
pub(super) fn mean<S, E, D, N, W, L, A>(
    x: Ex<S, E, D, N>,
    labels: &Tensor<L, i64, A>,
    rule: &LabelRule<W>,
) -> CountedEntropyOf<Ex<S, E, D, N>>
where
    S: LastAxis,
    E: Real,
    D: Device,
    N: Node<E>,
    W: ClassWeights<S::Last, E, D>,
{
    let counted = Counted::new(x.shape, x.device, &labels.buf, rule);
    let (rows, divisor) = (x.shape.init(), counted.sum);
    let (losses, back) = losses(&x, counted, rule.smoothing, Some(divisor));
    let out = total(x.device, &constant(&losses, rows), rows, 1.0 / divisor);
    x.ruled(out, (), back)
}

/// The terms.
#[track_caller]
pub(super) fn terms<S, E, D, N, W, L, A>(
    x: Ex<S, E, D, N>,
    labels: &Tensor<L, i64, A>,
    rule: &LabelRule<W>,
) -> EntropyTermsOf<Ex<S, E, D, N>>
where
    S: LastAxis,
    E: Real,
    D: Device,
    N: Node<E>,
    W: ClassWeights<S::Last, E, D>,
{
    let counted = Counted::new(x.shape, x.device, &labels.buf, rule);
    let rows = x.shape.init();
    let (losses, back) = losses(&x, counted, rule.smoothing, None);
    x.ruled(losses, rows, back)
}

fn constant<S: Shape, E: Real>(buf: &Buf<E>, shape: S) -> Leaf<S, E, Off> {
    Leaf::constant(buf.clone(), shape)
}

/// The target of each row where labels are smoothed: its factor at the label, and a part of every class's weight.
fn smoothed<S: LastAxis, E: Real, D: Device>(counted: &Counted<E>, shape: S, device: D, smoothing: f64) -> Buf<E> {
    let classes = shape.last().size();
    let weights = counted.weights.clone().unwrap_or_else(|| device.upload(&vec![E::of_f64(1.0); classes]));
    let spread = Binary {
        op: Part { scale: smoothing / classes as f64 },
        a: constant(&counted.counts, shape.with_last(One::default())),
        b: constant(&weights, (shape.last(),)),
    };
    let mut target = device.unshared(materialise(device, &spread, shape));
    device.add_at(&mut target, classes, &counted.labels, &counted.factors, 1.0 - smoothing);
    target
}

/// The loss of each row, and the rule of its gradient, or of the gradient of their sum over a divisor.
#[track_caller]
fn losses<S, E, D, N>(
    x: &Ex<S, E, D, N>,
    counted: Counted<E>,
    smoothing: f64,
    divisor: Option<f64>,
) -> (Buf<E>, CountedEntropyBack<E>)
where
    S: LastAxis,
    E: Real,
    D: Device,
    N: Node<E>,
{
    let Ex { shape, device, .. } = *x;
    let (rows, values) = (rows_of(shape), x.materialise());
    let picked = device.pick(&values, rows.len, &counted.labels).or_raise();
    let [elements, shift] = [RowInput::Elements(&values), RowInput::PerRow(&picked)];
    let target = (smoothing != 0.0).then(|| smoothed(&counted, shape, device, smoothing));
    let losses = match &target {
        Some(target) => {
            device.fold_rows(rows, AlongLast(SoftEntropy {}), &[elements, RowInput::Elements(target), shift])
        }
        None => {
            let logarithm = device.fold_rows(rows, AlongLast(ShiftedLogSumExp {}), &[elements, shift]);
            let [a, b, c] = [&logarithm, &picked, &counted.factors].map(|of_rows| constant(of_rows, shape.init()));
            materialise(device, &Ternary { op: CountedLoss, a, b, c }, shape.init())
        }
    };
    let Counted { labels, factors, .. } = counted;
    (losses, CountedEntropyBack { values, labels, factors, target, divisor })
}

/// The mean negative log-likelihood, over what counts.
#[track_caller]
pub(super) fn nll<S, E, D, N, W, L, A>(
    x: Ex<S, E, D, N>,
    labels: &Tensor<L, i64, A>,
    rule: &LabelRule<W>,
) -> NllOfCounted<Ex<S, E, D, N>>
where
    S: LastAxis,
    E: Real,
    D: Device,
    N: Node<E>,
    W: ClassWeights<S::Last, E, D>,
{
    let (device, rows, width) = (x.device, x.shape.init(), x.shape.last().size());
    let Counted { labels, factors, sum: divisor, .. } = Counted::without_smoothing(x.shape, device, &labels.buf, rule);
    let picked = device.pick(&x.materialise(), width, &labels).or_raise();
    let terms = Binary { op: CountedNll, a: constant(&picked, rows), b: constant(&factors, rows) };
    let out = total(device, &terms, rows, 1.0 / divisor);
    x.ruled(out, (), CountedNllBack { width, labels, factors, divisor })
}

/// The negative log-likelihood of each row.
#[track_caller]
pub(super) fn nll_terms<S, E, D, N, W, L, A>(
    x: Ex<S, E, D, N>,
    labels: &Tensor<L, i64, A>,
    rule: &LabelRule<W>,
) -> NllTermsOf<Ex<S, E, D, N>>
where
    S: LastAxis,
    E: Real,
    D: Device,
    N: Node<E>,
    W: ClassWeights<S::Last, E, D>,
{
    let (shape, device) = (x.shape.init(), x.device);
    let counted = Counted::without_smoothing(x.shape, device, &labels.buf, rule);
    let factors = constant(&counted.factors, shape);
    let node = Binary { op: CountedNll, a: picked(x, counted.labels).node, b: factors };
    Ex::new(node, shape, device)
}

/// The rule of cross entropies whose labels count as a [`LabelRule`] says.
pub struct CountedEntropyBack<E> {
    values: Buf<E>,
    labels: Buf<i64>,
    factors: Buf<E>,
    /// The target of every class, where labels are smoothed.
    target: Option<Buf<E>>,
    /// What the sum of the terms was divided by; nothing where they were not summed.
    divisor: Option<f64>,
}

impl<E: 'static> Described for CountedEntropyBack<E> {
    const NAME: &'static str = "cross_entropy";
    const KIND: Work = Work::Loss;
}

impl<S: LastAxis, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for CountedEntropyBack<E> {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let (rows, shape) = (rows_of(x.shape), x.shape.init());
        let (gradient, scale) = match self.divisor {
            None => (gradient, 1.0),
            Some(0.0) => return device.zeroed(count(x.shape)),
            // A quotient in `f64`: of many rows it may be no normal number of the type.
            Some(divisor) => {
                let scale = device.download_scalar(&gradient).as_f64() / divisor;
                (device.upload(&vec![E::of_f64(1.0); rows.outer]), scale)
            }
        };
        let elements = RowInput::Elements(&self.values);
        if let Some(target) = &self.target {
            let inputs = [elements, RowInput::Elements(target), RowInput::PerRow(&gradient)];
            return device.map_rows(rows, AlongLast(SoftEntropySlope { scale }), &inputs);
        }
        let [a, b] = [&self.factors, &gradient].map(|of_rows| constant(of_rows, shape));
        let shares = materialise(device, &Binary { op: Part { scale: 1.0 }, a, b }, shape);
        let softmax = AlongLast(CountedSoftmax { scale });
        let mut slope = device.map_rows(rows, softmax, &[elements, RowInput::PerRow(&shares)]);
        device.add_at(&mut slope, rows.len, &self.labels, &shares, -scale);
        slope
    }
}

/// The rule of [`nll_by`](super::LabelLosses::nll_by).
pub struct CountedNllBack<E> {
    width: usize,
    labels: Buf<i64>,
    factors: Buf<E>,
    divisor: f64,
}

impl<E: 'static> Described for CountedNllBack<E> {
    const NAME: &'static str = "nll";
    const KIND: Work = Work::Loss;
}

impl<S: Shape, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for CountedNllBack<E> {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let mut slope = device.zeroed(count(x.shape));
        if self.divisor != 0.0 {
            let scale = device.download_scalar(&gradient).as_f64() / self.divisor;
            device.add_at(&mut slope, self.width, &self.labels, &self.factors, -scale);
        }
        slope
    }
}

/// `factor · x · scale`, and 0 where the factor is, whatever `x` is.
#[derive(Clone, Copy)]
struct Part {
    scale: f64,
}

impl Pointwise2 for Part {
    const NAME: &'static str = "part";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, factor: V, x: V) -> V {
        part(factor, x * self.scale)
    }
}

#[cfg_attr(optimised, inline(always))]
fn part<V: Num>(factor: V, x: V) -> V {
    V::select_eq(factor, V::c(0.0), V::c(0.0), factor * x)
}

/// `-x · factor`, and 0 where the factor is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountedNll;

impl Pointwise2 for CountedNll {
    const NAME: &'static str = "nll";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V, factor: V) -> V {
        part(factor, -x)
    }
}

/// The loss of a row from its logarithm, the logit of its label, of which the logarithm is short by the shift, and its
/// factor.
#[derive(Clone, Copy)]
struct CountedLoss;

impl Pointwise3 for CountedLoss {
    const NAME: &'static str = "row_loss";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, logarithm: V, picked: V, factor: V) -> V {
        part(factor, logarithm - (picked - finite_or_zero(picked)))
    }
}

program! {
    /// `Σ target · (ln Σ eˣ - x)`, of numbers less the label's logit.
    SoftEntropy {} 3 passes;
    combine [Combine::Maximum, Combine::Sum, Combine::Sum];
    term |self, pass, x, s| {
        let shifted = x[0] - finite_or_zero(x[2]);
        match pass {
            0 => shifted,
            1 => (shifted - finite_or_zero(s[0])).exp(),
            _ => part(x[1], s[1] - shifted),
        }
    };
    close |self, pass, total, _len, s| if pass == 1 { total.ln() + finite_or_zero(s[0]) } else { total };
}

program! {
    /// Maximum, `Σ exp(x - max)` and `Σ target`; finishes with `(softmax · Σ target - target) · dy · scale`, and 0
    /// where the row has no target.
    SoftEntropySlope { scale: f64 } 3 passes;
    combine [Combine::Maximum, Combine::Sum, Combine::Sum];
    term |self, pass, x, s| match pass {
        0 => x[0],
        1 => (x[0] - s[0]).exp(),
        _ => x[1],
    };
    close |self, pass, total, _len, _s| if pass == 1 { total.recip() } else { total };
    finish |self, x, s| {
        let slope = ((x[0] - s[0]).exp() * s[1] * s[2] - x[1]) * x[2] * self.scale;
        V::select_eq(s[2], V::c(0.0), V::c(0.0), slope)
    };
}

program! {
    /// Maximum, then `Σ exp(x - max)`; finishes with `softmax · share · scale`, and 0 where the row has no share.
    CountedSoftmax { scale: f64 } 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 { x[0] } else { (x[0] - s[0]).exp() };
    close |self, pass, total, _len, _s| if pass == 0 { total } else { total.recip() };
    finish |self, x, s| part(x[1], (x[0] - s[0]).exp() * s[1] * self.scale);
}
