//! Where operands lie in the tensor that is put together from them.
//!
//! Apart from the methods (`join`, `lists`), which compute its shape.

use crate::device::{Buf, Device};
use crate::dtype::Elem;
use crate::graph::{AssembledNode, Behind, Ex, Located, Operand, Piece, Pieces, assembled};
use crate::layout::{Axes, MAX_AXES, count};
use crate::ops::OtherOf;
use crate::shape::{AxisAt, Shape};

/// A tensor of shape `S` that is put together from the parts `P` of operands like `X`.
pub type AssembledOf<X, S, P> = Ex<S, <X as Operand>::E, <X as Operand>::D, AssembledNode<S, <X as Operand>::E, P>>;
/// An operand as a part.
type PieceOf<X> = Piece<<X as Operand>::N, <X as Operand>::S>;
/// Two operands as parts.
pub type Pair<X, Y> = (PieceOf<X>, PieceOf<OtherOf<X, Y>>);
/// Equal operands as parts.
pub type Equals<X> = Vec<PieceOf<X>>;
/// Axis `I` of an operand.
pub(super) type At<X, const I: isize> = <<X as Operand>::S as AxisAt<I>>::At;

/// Equal operands, one behind the other along an axis of the result that they do not have.
#[track_caller]
pub(super) fn stacked<S: Shape, E: Elem, D: Device, N: Located<E>, Out: Shape>(
    operands: Vec<Ex<S, E, D, N>>,
    axis: usize,
    shape: Out,
) -> Ex<Out, E, D, AssembledNode<Out, E, Vec<Piece<N, S>>>> {
    let (device, axis) = (operands[0].device, place::<Out>(axis));
    let mut axes = Axes::contiguous(shape);
    let stride = axes.stride[axis].unsigned_abs();
    // Seen from an operand, the axes before the new one move one place to the right.
    for i in (1..=axis).rev() {
        (axes.size[i], axes.stride[i]) = (axes.size[i - 1], axes.stride[i - 1]);
    }
    (axes.size[0], axes.stride[0]) = (1, 0);
    let parts = operands.into_iter().enumerate().map(|(i, x)| part(x, i * stride, &axes)).collect();
    assemble(device.unwritten(count(shape)), parts, shape, device)
}

/// Operands end to end along `axis` in `out`.
pub(super) fn row<S: Shape, E: Elem, D: Device, N: Located<E>, Out: Shape>(
    operands: Vec<Ex<S, E, D, N>>,
    device: D,
    axis: usize,
    shape: Out,
    out: Buf<E>,
) -> Ex<Out, E, D, AssembledNode<Out, E, Vec<Piece<N, S>>>> {
    let axes = Axes::contiguous(shape);
    let stride = axes.stride[place::<Out>(axis)].unsigned_abs();
    let mut start = 0;
    let next = |x: Ex<S, E, D, N>| {
        let offset = start * stride;
        start += x.shape.dims()[axis];
        part(x, offset, &axes)
    };
    let parts = operands.into_iter().map(next).collect();
    assemble(out, parts, shape, device)
}

/// An operand in the middle of a value along `axis`, `before` elements from its beginning.
#[track_caller]
pub(super) fn padded<S: Shape, E: Elem, D: Device, N: Located<E>, Out: Shape>(
    x: Ex<S, E, D, N>,
    axis: usize,
    before: usize,
    value: E,
    shape: Out,
) -> Ex<Out, E, D, AssembledNode<Out, E, Vec<Piece<N, S>>>> {
    let device = x.device;
    let out = device.filled(count(shape), value);
    let axes = Axes::contiguous(shape);
    let part = part(x, before * axes.stride[place::<Out>(axis)].unsigned_abs(), &axes);
    assemble(out, vec![part], shape, device)
}

/// `y` behind `x`.
#[track_caller]
pub(super) fn joined<SA: Shape, SB: Shape, S: Shape, E: Elem, D: Device, A: Located<E>, B: Located<E>>(
    x: Ex<SA, E, D, A>,
    y: Ex<SB, E, D, B>,
    shape: S,
    axis: usize,
) -> Ex<S, E, D, AssembledNode<S, E, (Piece<A, SA>, Piece<B, SB>)>> {
    let axes = Axes::contiguous(shape);
    let (device, length) = (x.device, x.shape.dims()[axis]);
    let behind = axes.stride[place::<S>(axis)].unsigned_abs() * length;
    let parts = (part(x, 0, &axes), part(y, behind, &axes));
    assemble(device.unwritten(count(shape)), parts, shape, device)
}

/// Where an axis, counted from the front, stands among right-aligned ones.
fn place<S: Shape>(axis: usize) -> usize {
    MAX_AXES - S::RANK + axis
}

/// The window of an operand whose first element is at `offset`.
fn part<S: Shape, E, D, N>(x: Ex<S, E, D, N>, offset: usize, out: &Axes) -> Piece<N, S> {
    let axes = Axes { size: Axes::contiguous(x.shape).size, stride: out.stride };
    Piece { node: x.node, shape: x.shape, offset, axes }
}

fn assemble<S: Shape, E: Elem, D: Device, P>(
    mut out: Buf<E>,
    parts: P,
    shape: S,
    device: D,
) -> Ex<S, E, D, AssembledNode<S, E, P>>
where
    P: Pieces<E> + Behind<E>,
{
    parts.write(device, &mut out);
    Ex::new(assembled(out, shape, parts), shape, device)
}
