//! What layers over the last axis share: their input as an expression of the layer's own kind, its width checked, and
//! the gain and bias after a normalisation.
//!
//! Apart from the layers so that each of them is its formula; the laws stand in their signatures, where the compiler
//! reports them.

use super::Bias;
use crate::dims::Dim;
use crate::error::raise;
use crate::graph::{Binary, Ex, Kind, Node, Operand, Out};
use crate::model::{Forward, Param};
use crate::ops::arithmetic::Mul;
use crate::ops::{NodeOver, binary};
use crate::shape::{LastAxis, Mismatch, Shape};

/// The graph of a parameter.
pub(super) type ParamNode<S, P> = <Param<S, P> as Operand>::N;

/// The graph of `x · weight + bias`, element by element.
pub(super) type ScaledNode<C, P, N, B = Param<(C,), P>> = <B as Bias<C, P>>::Graph<Binary<Mul, N, ParamNode<(C,), P>>>;

/// The graph of a layer's input.
pub(super) type InputNode<X, P> = <<X as Operand>::N as NodeOver<<P as Kind>::Elem, <X as Operand>::E>>::Node;

/// The operand of a layer, of the layer's element type and on its device: that these agree is the law of its method.
pub(super) fn input<X, P>(x: X, device: P::Dev) -> Out<X::S, P, InputNode<X, P>>
where
    P: Kind,
    X: Operand<N: NodeOver<P::Elem, X::E>>,
{
    let x = x.ex();
    Ex::new(x.node.node(), x.shape, device)
}

/// `x · weight + bias` with vectors along the last axis.
#[track_caller]
pub(super) fn scaled<S, C, P, N, B>(
    law: &'static str,
    x: Ex<S, P::Elem, P::Dev, N>,
    weight: Param<(C,), P>,
    bias: B,
) -> Ex<S, P::Elem, P::Dev, ScaledNode<C, P, N, B>>
where
    S: LastAxis,
    C: Dim,
    P: Forward,
    N: Node<P::Elem>,
    B: Bias<C, P>,
{
    let shape = x.shape;
    bias.add(law, binary(Mul, x, across(law, shape, weight)))
}

/// A vector of the layer, as wide as the last axis of its input.
///
/// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
#[track_caller]
pub(super) fn across<S: LastAxis, C: Dim, P: Forward>(
    law: &'static str,
    shape: S,
    vector: Param<(C,), P>,
) -> Ex<(S::Last,), P::Elem, P::Dev, ParamNode<(C,), P>> {
    check_width(law, shape, vector.shape);
    let vector = vector.ex();
    Ex::new(vector.node, (shape.last(),), vector.device)
}

/// Raises the difference of two widths that only the run knows; `layer` starts with its input features.
#[track_caller]
pub(super) fn check_width<S: LastAxis, L: Shape>(law: &'static str, shape: S, layer: L) {
    if layer.dims().first() != Some(&shape.last().size()) {
        raise(Mismatch::new(law, shape, layer).into());
    }
}
