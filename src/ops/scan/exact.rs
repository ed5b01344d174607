//! Running sums and products of integers and `bool`: exact, without a gradient, as wide as sums are.
//!
//! Apart from the running formulas of floats because nothing flows back.

use super::backward::{RunningOf, RunningProductBack, RunningSumBack, RunsForward, scan};
use crate::device::Device;
use crate::dims::Off;
use crate::dtype::{Discrete, Elem, NoFloat, Real};
use crate::graph::{Ex, Leaf, Located, Node};
use crate::loops::{ExactFold, Rows};
use crate::ops::reduce::{ExactProduct, ExactSum};
use crate::shape::Shape;

/// What runs along an axis, told by its backward `B`, of the graph `N` over elements of this type.
///
/// Floats give floats, with a gradient; integers and `bool` give `i64`, or `u64` where there is no sign.
pub trait Runs<B, N, Float = <Self as Elem>::Float>: Elem {
    /// The expression.
    type Expr<S: Shape, D: Device>;
    /// Runs along rows.
    fn run<S: Shape, D: Device>(x: Ex<S, Self, D, N>, rows: Rows) -> Self::Expr<S, D>;
}

// Without `do_not_recommend`: what is wrong with a graph is said by `Node`.
impl<E: Real, N: Node<E>, B: RunsForward> Runs<B, N, E> for E {
    type Expr<S: Shape, D: Device> = RunningOf<Ex<S, E, D, N>, B>;
    fn run<S: Shape, D: Device>(x: Ex<S, E, D, N>, rows: Rows) -> Self::Expr<S, D> {
        scan(x, rows)
    }
}

/// What runs along an axis of elements without gradients.
pub trait ExactRunning<E: Discrete> {
    /// How.
    type Fold: ExactFold<E>;
    /// How.
    const FOLD: Self::Fold;
}
impl<E: Discrete> ExactRunning<E> for RunningSumBack {
    type Fold = ExactSum;
    const FOLD: ExactSum = ExactSum;
}
impl<E: Discrete> ExactRunning<E> for RunningProductBack {
    type Fold = ExactProduct;
    const FOLD: ExactProduct = ExactProduct;
}

impl<K, E: Discrete<Kind = K>, N: Located<E>, B: ExactRunning<E>> Runs<B, N, NoFloat<K>> for E {
    type Expr<S: Shape, D: Device> =
        Ex<S, <B::Fold as ExactFold<E>>::Out, D, Leaf<S, <B::Fold as ExactFold<E>>::Out, Off>>;
    #[track_caller]
    fn run<S: Shape, D: Device>(x: Ex<S, E, D, N>, rows: Rows) -> Self::Expr<S, D> {
        let out = x.device.scan_rows(rows, B::FOLD, &[&x.node.in_order(x.device, x.shape)]);
        Ex::new(Leaf::constant(out, x.shape), x.shape, x.device)
    }
}
