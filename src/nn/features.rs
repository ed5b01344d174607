//! What layers over the last axis share: their input as an expression of the layer's own kind, its width checked.
//!
//! Apart from the layers so that each of them is its formula; the laws stand in their signatures, where the compiler
//! reports them.

use crate::dims::Dim;
use crate::error::raise;
use crate::graph::{Ex, Operand};
use crate::shape::{LastAxis, Mismatch, Shape};

/// The operand of a layer, on the layer's device: that both are one device and one element type is the law of its method.
pub(super) fn input<X: Operand, E, D>(x: X, device: D) -> Ex<X::S, E, D, X::N> {
    let x = x.ex();
    Ex::new(x.node, x.shape, device)
}

/// A vector of the layer, as wide as the last axis of its input.
///
/// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
#[track_caller]
pub(super) fn across<S: LastAxis, C: Dim, E, D, N>(
    law: &'static str,
    shape: S,
    vector: Ex<(C,), E, D, N>,
) -> Ex<(S::Last,), E, D, N> {
    check_width(law, shape, vector.shape);
    Ex::new(vector.node, (shape.last(),), vector.device)
}

/// Raises the difference of two widths that only the run knows; `layer` starts with its input features.
#[track_caller]
pub(super) fn check_width<S: LastAxis, L: Shape>(law: &'static str, shape: S, layer: L) {
    if layer.dims().first() != Some(&shape.last().size()) {
        raise(Mismatch::new(law, shape, layer).into());
    }
}
