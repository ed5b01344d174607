//! Losses of a prediction and a target of one shape: means of the terms.
//!
//! Nothing broadcasts here: `(B,)` against `(B, 1)` would silently compare every row with every other.

use super::terms;
use crate::device::SameDevice;
use crate::dtype::Real;
use crate::error::raise;
use crate::graph::{Binary, Ex, Node, Operand, Ternary};
use crate::layout::MAX_AXES;
use crate::ops::reduce::{Mean, ReducedTo, SumOver, reduce};
use crate::ops::{NodeOver, OtherGraphOf, Reductions};
use crate::shape::{Mismatch, SameShape, Shape};

/// The terms of a node: shape, element type and device are the prediction's.
type Terms<X, N> = Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, N>;
/// The terms of two operands of one shape.
pub(super) type Pair<Op, X, Y> = Terms<X, Binary<Op, <X as Operand>::N, OtherGraphOf<X, Y>>>;
/// The terms of three operands of one shape.
type Triple<Op, X, Y, Z> = Terms<X, Ternary<Op, <X as Operand>::N, OtherGraphOf<X, Y>, OtherGraphOf<X, Z>>>;

/// A loss over two operands: the mean of its terms.
pub type LossOf<Op, X, Y> = ReducedTo<Pair<Op, X, Y>, (), Mean>;
/// A loss over three operands: the mean of its terms.
pub type TripleLossOf<Op, X, Y, Z> = ReducedTo<Triple<Op, X, Y, Z>, (), Mean>;
/// A sum of terms, divided by the number of rows.
pub type RowLossOf<Op, X, Y> = ReducedTo<Pair<Op, X, Y>, (), SumOver>;

macro_rules! losses {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: f64)?) is $Op:ident, $example:literal;
    )*) => {
        /// Losses of a prediction and a target of the same shape.
        ///
        /// Each is a mean of terms, which are methods of [`LossTerms`](super::LossTerms) and
        /// [`MoreLossTerms`](super::MoreLossTerms): the term alone is PyTorch's `reduction="none"`, and
        /// `x.squared_error(&y).sum()` its `reduction="sum"`.
        ///
        /// The target is any operand; it has a gradient where it depends on parameters. Run-time sizes that differ
        /// raise
        /// [`Error::Sizes`](crate::Error::Sizes).
        pub trait Losses: Operand + Sized {
            $(
                $(#[$doc])*
                #[doc = concat!("```\n# use congruent::prelude::*;\n", $example, "\n```")]
                #[track_caller]
                fn $name<Y: Operand>(self, target: Y $(, $argument: f64)?) -> LossOf<terms::$Op, Self, Y>
                where
                    Self: Operand<E: Real, D: SameDevice<Y::D>, S: SameShape<Y::S>, N: Node<Self::E>>,
                    Y::N: NodeOver<Self::E, Y::E>,
                {
                    pair(stringify!($name), terms::$Op $({ $argument })?, self, target).mean()
                }
            )*

            /// Kullback-Leibler divergence of a target distribution from an estimate that is given by its logarithm:
            /// `Σ y · (ln y - x) / B`, `B` being the first axis, as PyTorch's `batchmean`. 0 where `y` is.
            /// ```
            /// # use congruent::prelude::*;
            /// let target = Cpu.tensor([[0.5, 0.5]]);
            /// assert!(target.ln().kl_div(&target).eval().item().abs() < 1e-6);
            /// ```
            #[track_caller]
            fn kl_div<Y: Operand>(self, target: Y) -> RowLossOf<terms::KlTerm, Self, Y>
            where
                Self: Operand<E: Real, D: SameDevice<Y::D>, S: SameShape<Y::S>, N: Node<Self::E>>,
                Y::N: NodeOver<Self::E, Y::E>,
            {
                let terms = pair("kl_div", terms::KlTerm, self, target);
                let rows = terms.shape.dims().first().copied().unwrap_or(1);
                reduce(terms, [true; MAX_AXES], |_| (), SumOver { divisor: rows as f64 })
            }

            /// Whether two predictions stand in the right order: mean of `max(0, margin - sign · (x - other))`.
            /// ```
            /// # use congruent::prelude::*;
            /// let (x, y) = (Cpu.tensor([1.0, 1.0]), Cpu.tensor([0.0, 3.0]));
            /// assert_eq!(x.margin_ranking(&y, &Cpu.tensor([1.0, 1.0]), 0.5).eval().item(), 1.25);
            /// ```
            #[track_caller]
            fn margin_ranking<Y: Operand, Z: Operand>(
                self,
                other: Y,
                sign: Z,
                margin: f64,
            ) -> TripleLossOf<terms::RankingTerm, Self, Y, Z>
            where
                Self: Operand<E: Real, N: Node<Self::E>>,
                Self::D: SameDevice<Y::D> + SameDevice<Z::D>,
                Self::S: SameShape<Y::S> + SameShape<Z::S>,
                Y::N: NodeOver<Self::E, Y::E>,
                Z::N: NodeOver<Self::E, Z::E>,
            {
                triple("margin_ranking", terms::RankingTerm { margin }, self, other, sign).mean()
            }

            /// Negative log-likelihood under a normal distribution of predicted mean and variance: mean of
            /// `½ (ln v + (x - y)² / v)` with `v = max(variance, eps)`; PyTorch's `eps` is 1e-6.
            /// ```
            /// # use congruent::prelude::*;
            /// let (x, y) = (Cpu.tensor([1.0]), Cpu.tensor([3.0]));
            /// assert_eq!(x.gaussian_nll(&y, &Cpu.tensor([1.0]), 1e-6).eval().item(), 2.0);
            /// ```
            #[track_caller]
            fn gaussian_nll<Y: Operand, Z: Operand>(
                self,
                target: Y,
                variance: Z,
                eps: f64,
            ) -> TripleLossOf<terms::GaussianTerm, Self, Y, Z>
            where
                Self: Operand<E: Real, N: Node<Self::E>>,
                Self::D: SameDevice<Y::D> + SameDevice<Z::D>,
                Self::S: SameShape<Y::S> + SameShape<Z::S>,
                Y::N: NodeOver<Self::E, Y::E>,
                Z::N: NodeOver<Self::E, Z::E>,
            {
                triple("gaussian_nll", terms::GaussianTerm { eps }, self, target, variance).mean()
            }
        }
        impl<X: Operand> Losses for X {}
    };
}

losses! {
    /// Mean squared error, of [`squared_error`](super::LossTerms::squared_error): `mean (x - y)²`
    mse() is SquaredError, "assert_eq!(Cpu.tensor([1.0, 2.0]).mse(&Cpu.tensor([1.0, 4.0])).eval().item(), 2.0);";

    /// Mean absolute error, of [`absolute_error`](super::LossTerms::absolute_error): `mean |x - y|`
    #[doc(alias = "mae")]
    l1() is AbsoluteError, "assert_eq!(Cpu.tensor([1.0, 2.0]).l1(&Cpu.tensor([1.0, 4.0])).eval().item(), 1.0);";

    /// Mean of [`smooth_absolute_error`](super::LossTerms::smooth_absolute_error); PyTorch's `beta` is 1.
    smooth_l1(beta: f64) is SmoothAbsoluteError,
        "assert_eq!(Cpu.tensor([1.0, 2.0]).smooth_l1(&Cpu.tensor([0.5, 4.0]), 1.0).eval().item(), 0.8125);";

    /// Mean of [`huber_error`](super::LossTerms::huber_error); PyTorch's `delta` is 1.
    huber(delta: f64) is HuberError,
        "assert_eq!(Cpu.tensor([1.0, 2.0]).huber(&Cpu.tensor([0.5, 4.0]), 1.0).eval().item(), 0.8125);";

    /// Binary cross entropy of probabilities: mean of [`binary_entropy`](super::LossTerms::binary_entropy). For
    /// probabilities that come from a sigmoid [`bce_with_logits`](Losses::bce_with_logits) is exact and faster.
    #[doc(alias = "binary_cross_entropy")]
    bce() is BinaryEntropy,
        "let loss = Cpu.tensor([0.5]).bce(&Cpu.tensor([1.0])).eval().item();\n\
         assert!((loss - 2.0f32.ln()).abs() < 1e-6);";

    /// Binary cross entropy of log-odds: mean of
    /// [`binary_entropy_with_logits`](super::LossTerms::binary_entropy_with_logits), without overflow.
    bce_with_logits() is BinaryEntropyWithLogits,
        "let loss = Cpu.tensor([1000.0]).bce_with_logits(&Cpu.tensor([0.0])).eval().item();\nassert_eq!(loss, 1000.0);";

    /// Negative log-likelihood of counts whose rate is given by its logarithm: mean of
    /// [`poisson_term`](super::LossTerms::poisson_term), `eˣ - y x`.
    poisson_nll() is PoissonTerm,
        "assert_eq!(Cpu.tensor([0.0]).poisson_nll(&Cpu.tensor([3.0])).eval().item(), 1.0);";

    /// Distances that should be small where the target is 1 and at least `margin` where it is -1: mean of `x`, or of
    /// `max(0, margin - x)`; PyTorch's `margin` is 1.
    hinge_embedding(margin: f64) is HingeTerm,
        "let loss = Cpu.tensor([0.5, 0.5]).hinge_embedding(&Cpu.tensor([1.0, -1.0]), 2.0);\n\
         assert_eq!(loss.eval().item(), 1.0);";

    /// Scores that should be at least 1 where the target is 1, and at most -1 where it is -1: mean of
    /// [`margin_term`](super::LossTerms::margin_term), the loss of support vector machines.
    hinge() is MarginTerm,
        "let loss = Cpu.tensor([0.5, 3.0]).hinge(&Cpu.tensor([1.0, -1.0])).eval().item();\nassert_eq!(loss, 2.25);";

    /// Logistic loss of scores whose target is 1 or -1: mean of
    /// [`soft_margin_term`](super::LossTerms::soft_margin_term).
    soft_margin() is SoftMarginTerm,
        "let loss = Cpu.tensor([0.0, 1000.0]).soft_margin(&Cpu.tensor([1.0, -1.0])).eval().item();\n\
         assert_eq!(loss, (2f32.ln() + 1000.0) / 2.0);";

    /// Binary cross entropy of log-odds in which easy examples count less: mean of
    /// [`focal_term`](super::LossTerms::focal_term); usual is `gamma = 2`.
    focal_with_logits(gamma: f64) is FocalTerm,
        "let loss = Cpu.tensor([0.0]).focal_with_logits(&Cpu.tensor([1.0]), 2.0).eval().item();\n\
         assert!((loss - 0.25 * 2.0f32.ln()).abs() < 1e-6);";
}

/// The formula over two operands of one shape.
#[track_caller]
pub(super) fn pair<Op, X, Y>(law: &'static str, op: Op, x: X, y: Y) -> Pair<Op, X, Y>
where
    X: Operand<E: Real>,
    Y: Operand<N: NodeOver<X::E, Y::E>>,
{
    let (x, y) = (x.ex(), y.ex());
    check(law, x.shape, y.shape);
    Ex::new(Binary { op, a: x.node, b: y.node.node() }, x.shape, x.device)
}

#[track_caller]
fn triple<Op, X, Y, Z>(law: &'static str, op: Op, x: X, y: Y, z: Z) -> Triple<Op, X, Y, Z>
where
    X: Operand<E: Real>,
    Y: Operand<N: NodeOver<X::E, Y::E>>,
    Z: Operand<N: NodeOver<X::E, Z::E>>,
{
    let (x, y, z) = (x.ex(), y.ex(), z.ex());
    check(law, x.shape, y.shape);
    check(law, x.shape, z.shape);
    Ex::new(Ternary { op, a: x.node, b: y.node.node(), c: z.node.node() }, x.shape, x.device)
}

/// Raises the difference of two shapes that are one type.
#[track_caller]
pub(super) fn check<X: Shape, Y: Shape>(law: &'static str, x: X, y: Y) {
    if x.dims().as_slice() != y.dims().as_slice() {
        raise(Mismatch::new(law, x, y).into());
    }
}
