//! The backward of normalisations: one number a row, which the elements were scaled by.
//!
//! Apart from the layers because the row is what differs: a feature over the batch, or an example over its features.

use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Ex, Node, Op, Pullback};
use crate::loops::{RowInput, RowProgram, Rows};
use crate::shape::Shape;

/// What a normalisation needs for its gradient, beside its own value: the rows, the number of each, and the program
/// that
/// makes the gradient of value, incoming gradient and number.
pub struct Normal<S, E, N, B> {
    x: N,
    shape: S,
    rows: Rows,
    factors: Buf<E>,
    program: B,
}

/// The graph of normalised elements.
pub(super) type NormalNode<S, E, N, B> = Op<S, E, Normal<S, E, N, B>>;

/// The normalised elements `out`, with their backward.
pub(super) fn normal<S, E, D, N, B>(
    x: Ex<S, E, D, N>,
    rows: Rows,
    out: Buf<E>,
    factors: Buf<E>,
    program: B,
) -> Ex<S, E, D, NormalNode<S, E, N, B>>
where
    S: Shape,
    E: Real,
    N: Node<E>,
    B: RowProgram,
{
    let Ex { node, shape, device, .. } = x;
    Ex::new(Op::new(out, shape, Normal { x: node, shape, rows, factors, program }), shape, device)
}

impl<S: Shape, E: Real, N: Node<E>, B: RowProgram> Pullback<E> for Normal<S, E, N, B> {
    type Grad = N::Grad;
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, out: Buf<E>) {
        let inputs = [RowInput::Elements(&out), RowInput::Elements(&gradient), RowInput::PerRow(&self.factors)];
        self.x.accept(device, self.shape, device.map_rows(self.rows, self.program, &inputs));
    }
    fn live(&self) -> bool {
        self.x.live()
    }
    fn cut(&self) {
        self.x.cut();
    }
}
