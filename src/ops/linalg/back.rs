//! The graphs of operations on matrices: how a result becomes one, and how its gradient comes back.
//!
//! Apart from `methods`, which say what is computed.

use super::error::MatrixError;
use super::host::{MatrixBack, Sizes, Slope, Stack, download, flat, upload};
use super::shape::MatrixAxes;
use super::solver;
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::Real;
use crate::error::raise;
use crate::graph::{Ex, Lazy, Op, Pullback};
use crate::ops::{FloatingNode, GraphOf, Operand, ResultOf};
use crate::shape::{Mismatch, Shape};

/// What an operation on matrices gives: a tensor of shape `S`.
pub type MatrixOf<X, S> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<X, Op<S, <X as Operand>::E, MatrixBack<<X as Operand>::S, GraphOf<X>>>>,
>;

/// The value, or its error to whoever listens.
#[track_caller]
pub(super) fn heard<T>(result: Result<T, MatrixError>) -> T {
    result.unwrap_or_else(|error| raise(error.into()))
}

pub(super) fn each(slope: impl FnOnce(Vec<f64>) -> Stack + 'static) -> Slope {
    Box::new(move |gradient| Ok(slope(gradient)))
}

/// The operand as the operations see it.
pub(super) type WholeOf<X> = Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, GraphOf<X>>;

pub(super) fn result<X, S: Shape>(x: WholeOf<X>, values: &[f64], shape: S, slope: Slope) -> MatrixOf<X, S>
where
    X: Operand<E: FloatingNode<X::N>>,
{
    let out = upload(x.device, values);
    Ex::new(X::E::result(Op::new(out, shape, MatrixBack::new(x.node, x.shape, slope))), shape, x.device)
}

/// The sizes of a system whose sides agree, or the error of two sizes that only the run knows.
pub(super) fn equations<A: MatrixAxes, B: Shape>(law: &'static str, a: A, b: B) -> Result<Sizes, MatrixError> {
    let sizes = if law == "solve" { Sizes::square(law, a)? } else { Sizes::of(a) };
    let rows = A::RANK - 1;
    match a.dims()[..rows] == b.dims()[..rows] {
        true => Ok(sizes),
        false => Err(Mismatch::new(law, a, b).into()),
    }
}

/// The backward of [`solve`](super::Decompositions::solve).
pub struct SolveBack<SA, SB, A, B> {
    pub(super) a: A,
    pub(super) b: B,
    pub(super) shapes: (SA, SB),
    pub(super) stack: Stack,
    pub(super) solutions: Stack,
    pub(super) right: Sizes,
}

impl<SA: Shape, SB: Shape, E: Real, A: Lazy<E>, B: Lazy<E>> Pullback<E> for SolveBack<SA, SB, A, B> {
    type Grad = <A::Grad as Flag>::Or<B::Grad>;
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, _: Buf<E>) {
        let gradient = self.right.cut(&download(device, &gradient));
        let [to_a, to_b] = heard(solver::solution_slopes(&self.stack, &self.solutions, &gradient));
        if B::Grad::ON && self.b.live() {
            self.b.accept(device, self.shapes.1, upload(device, &flat(&to_b)));
        }
        if A::Grad::ON && self.a.live() {
            self.a.accept(device, self.shapes.0, upload(device, &flat(&to_a)));
        }
    }
    fn live(&self) -> bool {
        self.a.live() || self.b.live()
    }
}
