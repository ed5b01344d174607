//! The graphs of operations on matrices: how a result becomes one, and how its gradient comes back.
//!
//! Apart from `methods`, which say what is computed.

use super::error::MatrixError;
use super::host::{MatrixBack, Sizes, Slope, Stack, upload};
use super::shape::MatrixAxes;
use crate::error::OrRaise;
use crate::graph::Ex;
use crate::ops::{FloatingNode, GraphOf, Operand, RuledOf, result_of};
use crate::shape::{Mismatch, Shape};

/// What an operation on matrices gives: a tensor of shape `S`.
pub type MatrixOf<X, S> = RuledOf<X, S, MatrixBack>;

/// The value, or its error to whoever listens.
#[track_caller]
pub(super) fn heard<T>(result: Result<T, MatrixError>) -> T {
    result.or_raise()
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
    result_of::<X, _, _>(x.ruled(out, shape, MatrixBack(slope)))
}

/// The sizes of a system whose sides agree, or the error of two sizes that only the run knows.
pub(super) fn equations<A: MatrixAxes, B: Shape>(law: &'static str, a: A, b: B) -> Result<Sizes, MatrixError> {
    let rows = A::RANK - 1;
    match a.dims()[..rows] == b.dims()[..rows] {
        true => Ok(Sizes::of(a)),
        false => Err(Mismatch::new(law, a, b).into()),
    }
}
