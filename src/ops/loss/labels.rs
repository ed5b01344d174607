//! Losses of classifiers: rows of logits along the last axis, under any leading axes, and one label a row.
//!
//! Apart from `pairs` because the target is an index: what is compared is picked out of each row.

use super::counted::{self, CountedEntropyOf, EntropyTermsOf, NllOfCounted, NllTermsOf};
use super::entropy::{CrossEntropyOf, cross_entropy};
use super::label_rule::{ClassWeights, LabelRule};
use super::pairs::{RowLossOf, check, pair};
use super::pick::{LabelledOf, picked};
use super::terms::EntropyTerm;
use crate::device::{Device, SameDevice};
use crate::dims::{Dim, One};
use crate::dtype::Real;
use crate::graph::{Boxed, Ex, Node, Operand, Pointwise1, Pointwise2, Reshaped, Sharing};
use crate::layout::{MAX_AXES, count};
use crate::loops::AlongLast;
use crate::num::Num;
use crate::ops::arithmetic::{Affine, Neg};
use crate::ops::reduce::{Mean, ReducedTo, SumOver, reduce};
use crate::ops::softmax::{LogSoftmaxBack, RowsOf};
use crate::ops::{NodeOver, Normalisations, Reductions, UnaryOf, binary, unary};
use crate::shape::{LastAxis, SameRows, SameShape, Shape};
use crate::tensor::Tensor;

/// What [`nll`](LabelLosses::nll) gives.
pub type NllOf<X> = ReducedTo<UnaryOf<Neg, LabelledOf<X>>, (), Mean>;
/// What [`focal`](LabelLosses::focal) gives.
pub type FocalOf<X> = ReducedTo<UnaryOf<Focal, LabelledOf<RowsOf<X, AlongLast<LogSoftmaxBack>>>>, (), Mean>;

/// Losses of rows of logits (or log-probabilities) with a label each, the mean over all rows.
///
/// Shapes: `(.., C)` with labels of shape `(..)`. A label outside of `0..C` raises
/// [`Error::Label`](crate::Error::Label);
/// without rows the loss is NaN.
pub trait LabelLosses: Operand + Sized {
    /// Cross entropy of logits: mean of `ln Σ eˣ - x[label]`, `dx = dy · (softmax(x) - onehot) / rows`.
    ///
    /// Nothing overflows, and large logits cost no digits: the logarithm is taken of `Σ e^(x - x[label])`. NaN in a
    /// row gives NaN; a label whose logit is -inf gives inf.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[0.0, 0.0], [1000.0, 0.0]]);
    /// let loss = x.cross_entropy(&Cpu.tensor([1, 0])).eval().item();
    /// assert!((loss - 2.0f32.ln() / 2.0).abs() < 1e-6);
    /// let error = attempt(|| x.cross_entropy(&Cpu.tensor([1, 2])).eval()).err().unwrap();
    /// assert_eq!(error.to_string(), "label 2 at position 1 is not one of the 2 classes 0..2");
    /// ```
    #[track_caller]
    fn cross_entropy<L: Shape, D: Device>(self, labels: &Tensor<L, i64, D>) -> CrossEntropyOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
    {
        self.cross_entropy_smoothed(labels, 0.0)
    }

    /// Cross entropy with a target that is `1 - smoothing` at the label and `smoothing / C` more everywhere:
    /// `(1 - smoothing) · cross_entropy + smoothing · mean of -log_softmax`. Szegedy et al., arXiv:1512.00567.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 3.0]]);
    /// let (label, other) = (x.cross_entropy(&Cpu.tensor([1])), x.cross_entropy(&Cpu.tensor([0])));
    /// let expected = 0.9 * label.eval().item() + 0.1 * other.eval().item();
    /// let smoothed = x.cross_entropy_smoothed(&Cpu.tensor([1]), 0.2).eval().item();
    /// assert!((smoothed - expected).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn cross_entropy_smoothed<L: Shape, D: Device>(
        self,
        labels: &Tensor<L, i64, D>,
        smoothing: f64,
    ) -> CrossEntropyOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
    {
        let x = self.ex();
        check("cross_entropy", x.shape.init(), labels.shape);
        cross_entropy(x, labels.buf.clone(), smoothing)
    }

    /// Cross entropy in which labels count as a [`LabelRule`] says: PyTorch's `ignore_index`, `weight` and
    /// `label_smoothing`. The mean is PyTorch's, over the weights of the labels that count:
    /// `Σ w[label] · (ln Σ eˣ - x[label]) / Σ w[label]`.
    ///
    /// Where no label counts it is NaN, with gradients of 0. A row that is ignored has no part in it, whatever stands
    /// there. Shapes: `(.., C)`, labels `(..)`, weights `(C,)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[0.0, 0.0], [f32::NAN, 0.0]]);
    /// let loss = x.cross_entropy_by(&Cpu.tensor([1, -100]), &LabelRule::new().ignore_index(-100)).eval().item();
    /// assert!((loss - 2.0f32.ln()).abs() < 1e-6);
    ///
    /// let (x, weights) = (Cpu.tensor([[0.0, 0.0], [3.0, 0.0]]), Cpu.tensor([3.0, 1.0]));
    /// let loss = x.cross_entropy_by(&Cpu.tensor([0, 1]), &LabelRule::new().weight(&weights)).eval().item();
    /// assert!((loss - (3.0 * 2.0f32.ln() + (1.0 + 3.0f32.exp()).ln()) / 4.0).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn cross_entropy_by<L: Shape, D: Device, W>(
        self,
        labels: &Tensor<L, i64, D>,
        rule: &LabelRule<W>,
    ) -> CountedEntropyOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
        W: ClassWeights<<Self::S as LastAxis>::Last, Self::E, Self::D>,
    {
        let x = self.ex();
        check("cross_entropy_by", x.shape.init(), labels.shape);
        counted::mean(x, labels, rule)
    }

    /// The cross entropy of each row, before any mean: PyTorch's `reduction="none"`; 0 where a label is ignored.
    /// `.sum()` of it is PyTorch's `reduction="sum"`. Shapes: `(.., C)` gives `(..)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[0.0, 0.0], [1000.0, 0.0]]);
    /// let terms = x.cross_entropy_terms(&Cpu.tensor([0, 1]), &LabelRule::new()).eval();
    /// assert!((terms.as_slice()[0] - 2.0f32.ln()).abs() < 1e-6 && terms.as_slice()[1] == 1000.0);
    /// ```
    #[track_caller]
    fn cross_entropy_terms<L: Shape, D: Device, W>(
        self,
        labels: &Tensor<L, i64, D>,
        rule: &LabelRule<W>,
    ) -> EntropyTermsOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
        W: ClassWeights<<Self::S as LastAxis>::Last, Self::E, Self::D>,
    {
        let x = self.ex();
        check("cross_entropy_terms", x.shape.init(), labels.shape);
        counted::terms(x, labels, rule)
    }

    /// Cross entropy with a distribution as target: mean over rows of `-Σ y · log_softmax(x)`; 0 where `y` is.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 3.0]]);
    /// let (hard, soft) = (x.cross_entropy(&Cpu.tensor([1])), x.cross_entropy_probs(&Cpu.tensor([[0.0, 1.0]])));
    /// assert!((hard.eval().item() - soft.eval().item()).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn cross_entropy_probs<Y>(self, target: Y) -> RowLossOf<EntropyTerm, RowsOf<Self, AlongLast<LogSoftmaxBack>>, Y>
    where
        Self: Operand<E: Real, S: LastAxis + SameShape<Y::S>, D: SameDevice<Y::D>, N: Node<Self::E>>,
        Y: Operand<N: NodeOver<Self::E, Y::E>>,
    {
        let x = self.log_softmax();
        let rows = count(x.shape.init());
        let terms = pair("cross_entropy_probs", EntropyTerm, x, target);
        reduce(terms, [true; MAX_AXES], |_| (), SumOver { divisor: rows as f64 })
    }

    /// Negative log-likelihood of log-probabilities: mean of `-x[label]`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[-1.0, -2.0], [-3.0, -4.0]]);
    /// assert_eq!(x.nll(&Cpu.tensor([0, 1])).eval().item(), 2.5);
    /// ```
    #[track_caller]
    fn nll<L: Shape, D: Device>(self, labels: &Tensor<L, i64, D>) -> NllOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
    {
        unary(Neg, self.pick(labels)).mean()
    }

    /// [`nll`](LabelLosses::nll) in which labels count as a [`LabelRule`] says, with the mean of
    /// [`cross_entropy_by`](LabelLosses::cross_entropy_by). A rule that smooths labels raises
    /// [`Error::Value`](crate::Error::Value): that is of cross entropies.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, weights) = (Cpu.tensor([[-1.0, -2.0], [-3.0, -4.0]]), Cpu.tensor([3.0, 1.0]));
    /// let loss = x.nll_by(&Cpu.tensor([0, 1]), &LabelRule::new().weight(&weights)).eval().item();
    /// assert_eq!(loss, (3.0 * 1.0 + 4.0) / 4.0);
    /// ```
    #[track_caller]
    fn nll_by<L: Shape, D: Device, W>(self, labels: &Tensor<L, i64, D>, rule: &LabelRule<W>) -> NllOfCounted<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
        W: ClassWeights<<Self::S as LastAxis>::Last, Self::E, Self::D>,
    {
        let x = self.ex();
        check("nll_by", x.shape.init(), labels.shape);
        counted::nll(x, labels, rule)
    }

    /// The negative log-likelihood of each row, before any mean; 0 where a label is ignored.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[-1.0, -2.0], [-3.0, -4.0]]);
    /// assert_eq!(x.nll_terms(&Cpu.tensor([0, 1]), &LabelRule::new()).eval().as_slice(), [1.0, 4.0]);
    /// ```
    #[track_caller]
    fn nll_terms<L: Shape, D: Device, W>(self, labels: &Tensor<L, i64, D>, rule: &LabelRule<W>) -> NllTermsOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
        W: ClassWeights<<Self::S as LastAxis>::Last, Self::E, Self::D>,
    {
        let x = self.ex();
        check("nll_terms", x.shape.init(), labels.shape);
        counted::nll_terms(x, labels, rule)
    }

    /// Cross entropy in which rows that are right already count less: mean of `(1 - p)^gamma · -ln p`, where `p` is the
    /// softmax of the label. Lin et al., arXiv:1708.02002; `gamma = 0` leaves the cross entropy, usual is 2.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let loss = Cpu.tensor([[0.0, 0.0]]).focal(&Cpu.tensor([0]), 2.0).eval().item();
    /// assert!((loss - 0.25 * 2.0f32.ln()).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn focal<L: Shape, D: Device>(self, labels: &Tensor<L, i64, D>, gamma: f64) -> FocalOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
    {
        unary(Focal { gamma }, self.log_softmax().pick(labels)).mean()
    }

    /// By how much the scores of other classes come nearer to the label's than `margin`: mean over rows of
    /// `Σ max(0, margin - x[label] + x[i]) / C` over all other classes `i`. PyTorch's `margin` is 1.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let loss = Cpu.tensor([[0.5, 1.0, -2.0]]).multi_margin(&Cpu.tensor([0]), 1.0).eval().item();
    /// assert!((loss - 0.5).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn multi_margin<L: Shape, D: Device>(self, labels: &Tensor<L, i64, D>, margin: f64) -> Boxed<(), Self::E, Self::D>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
    {
        let x = self.ex();
        let classes = x.shape.last().size() as f64;
        let mean = x.with(|x| {
            let label = x.pick(labels);
            let (shape, device) = (x.shape().with_last(One::default()), label.device);
            let label =
                Ex::<_, Self::E, _, _>::new(Reshaped::new(device, label.node, label.shape, shape), shape, device);
            binary(Closer { margin }, x, label).mean()
        });
        // The label's own term is `margin`, whatever the scores are.
        unary(Affine { slope: 1.0, shift: -margin.max(0.0) / classes }, mean).boxed()
    }

    /// The element of each row that its label names. `dx` is `dy` there and 0 elsewhere.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.pick(&Cpu.tensor([1, 0])).eval().as_slice(), [2.0, 3.0]);
    /// ```
    #[track_caller]
    fn pick<L: Shape, D: Device>(self, labels: &Tensor<L, i64, D>) -> LabelledOf<Self>
    where
        Self: Operand<E: Real, S: LastAxis, N: Node<Self::E>>,
        <Self::S as LastAxis>::Init: SameRows<L>,
        Self::D: SameDevice<D>,
    {
        let x = self.ex();
        check("pick", x.shape.init(), labels.shape);
        picked(x, labels.buf.clone())
    }
}
impl<X: Operand> LabelLosses for X {}

/// `max(0, margin - label + x)`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Closer {
    margin: f64,
}

impl Pointwise2 for Closer {
    const NAME: &'static str = "margin_term";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V, label: V) -> V {
        let missing = x - label + self.margin;
        V::select_gt(V::c(0.0), missing, V::c(0.0), missing)
    }
}

/// `-(1 - eˣ)^gamma · x` of a log-probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Focal {
    gamma: f64,
}

impl Pointwise1 for Focal {
    const NAME: &'static str = "focal";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V) -> V {
        -((-x.exp_m1()).powf(V::c(self.gamma)) * x)
    }
    /// `(1 - p)^gamma · (gamma · p · x / (1 - p) - 1)`: the quotient goes to -1 where both go to 0.
    #[cfg_attr(optimised, inline(always))]
    fn with_derivative<V: Num>(self, x: V) -> (V, V) {
        let (missed, p, zero) = (-x.exp_m1(), x.exp(), V::c(0.0));
        let weight = missed.powf(V::c(self.gamma));
        let quotient = V::select_eq(missed, zero, V::c(-1.0), p * x / missed);
        let quotient = V::select_eq(p, zero, zero, quotient);
        (-(weight * x), weight * (quotient * self.gamma - 1.0))
    }
}
