//! What layers over the last axis share: their input as an expression of the layer's own kind, its width checked.
//!
//! Apart from the layers so that each of them is its formula; the laws stand in their signatures, where the compiler
//! reports them.

use crate::dims::Dim;
use crate::error::raise;
use crate::graph::{Ex, Kind, Operand, Out};
use crate::model::{Forward, Param};
use crate::ops::NodeOver;
use crate::shape::{LastAxis, Mismatch, Shape};

/// The graph of a parameter.
pub(super) type ParamNode<S, P> = <Param<S, P> as Operand>::N;

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

/// The same of channels, axis 1 of pictures; `layer` starts with its channels.
#[track_caller]
pub(super) fn check_channels<S: Shape, L: Shape>(law: &'static str, shape: S, layer: L) {
    if layer.dims().first() != shape.dims().get(1) {
        raise(Mismatch::new(law, shape, layer).into());
    }
}
