//! Operations that are computed in `f64` on the host: how their values become a graph, and how the gradient comes back.
//!
//! Apart from the operations, each of which says two formulas over lists of numbers: none of them is the inner loop of
//! a model, and in `f64` they are rounded once, whatever the element type is.

use super::laws::{FloatingNode, GraphOf, NodeOver, OtherGraphOf, RuledByBothOf, RuledOf, result_of, whole};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Both, Described, Differentiable, Ex, Given, Operand, SlopeRule, Work};
use crate::shape::Shape;

/// The gradient of an operand from that of the result, both row-major.
pub struct SlopeOnHost(Box<dyn FnOnce(Vec<f64>) -> Vec<f64>>);

impl Described for SlopeOnHost {
    const NAME: &'static str = "on_host";
    const KIND: Work = Work::HostNumbers;
}

/// What an operation on the host gives: a tensor of shape `S`.
pub type OnHost<X, S> = RuledOf<X, S, SlopeOnHost>;

/// The operand as the operations see it.
pub(super) type WholeOf<X> = Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, GraphOf<X>>;

/// An operand and its elements.
pub(super) fn read<X: Operand<E: FloatingNode<X::N>>>(x: X) -> (WholeOf<X>, Vec<f64>) {
    let x = whole(x);
    let values = numbers(x.device, &x.materialise());
    (x, values)
}

/// A result, rounded, with the formula of its gradient.
pub(super) fn result<X, S: Shape>(
    x: WholeOf<X>,
    values: &[f64],
    shape: S,
    slope: impl FnOnce(Vec<f64>) -> Vec<f64> + 'static,
) -> OnHost<X, S>
where
    X: Operand<E: FloatingNode<X::N>>,
{
    let out = rounded(x.device, values);
    result_of::<X, _, _>(x.ruled(out, shape, SlopeOnHost(Box::new(slope))))
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for SlopeOnHost {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        rounded(device, &(self.0)(numbers(device, &gradient)))
    }
}

/// The gradients of two operands from that of the result; those that are asked for.
pub struct SlopesOnHost(Box<Slopes>);

impl Described for SlopesOnHost {
    const NAME: &'static str = "on_host";
    const KIND: Work = Work::HostNumbers;
}

type Slopes = dyn FnOnce(Vec<f64>, [bool; 2]) -> [Option<Vec<f64>>; 2];

/// What an operation of two operands on the host gives.
pub type OnHostOfBoth<X, Y, S> = RuledByBothOf<X, Y, S, SlopesOnHost>;

/// The other operand, of the element type of the first, and its elements.
pub(super) fn read_other<X, Y>(device: X::D, y: Y) -> (Ex<Y::S, X::E, X::D, OtherGraphOf<X, Y>>, Vec<f64>)
where
    X: Operand<E: Real>,
    Y: Operand<N: NodeOver<X::E, Y::E>>,
{
    let y = y.ex();
    let y = Ex::<Y::S, X::E, X::D, _>::new(y.node.node(), y.shape, device);
    let values = numbers(device, &y.materialise());
    (y, values)
}

/// A result of two operands, rounded, with the formula of its gradients.
pub(super) fn result_of_both<X, Y, S: Shape>(
    x: WholeOf<X>,
    y: Ex<Y::S, X::E, X::D, OtherGraphOf<X, Y>>,
    values: &[f64],
    shape: S,
    slopes: impl FnOnce(Vec<f64>, [bool; 2]) -> [Option<Vec<f64>>; 2] + 'static,
) -> OnHostOfBoth<X, Y, S>
where
    X: Operand<E: FloatingNode<X::N> + Real>,
    Y: Operand<N: NodeOver<X::E, Y::E>>,
{
    let out = rounded(x.device, values);
    result_of::<X, _, _>(x.ruled_with(y.given(), out, shape, SlopesOnHost(Box::new(slopes))))
}

impl<E, S, N, S2, N2> SlopeRule<E, Both<Given<S, N>, Given<S2, N2>>> for SlopesOnHost
where
    E: Real,
    S: Shape,
    N: Differentiable<E>,
    S2: Shape,
    N2: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        x: &Both<Given<S, N>, Given<S2, N2>>,
        gradient: Buf<E>,
        _: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        let slopes = (self.0)(numbers(device, &gradient), x.wanted::<E>());
        slopes.map(|slope| slope.map(|slope| rounded(device, &slope)))
    }
}

/// The elements of a buffer.
pub(super) fn numbers<E: Real, D: Device>(device: D, buf: &Buf<E>) -> Vec<f64> {
    device.download(buf).into_iter().map(|x| x.as_f64()).collect()
}

/// A buffer of these numbers, rounded to its element type.
fn rounded<E: Real, D: Device>(device: D, values: &[f64]) -> Buf<E> {
    device.adopt(Buf::from_fn(values.len(), |i| E::of_f64(values[i])))
}
