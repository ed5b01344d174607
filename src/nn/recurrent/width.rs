//! How wide the gates of a state are: a multiple of its own width, which is static therefore.
//!
//! Apart from the layers, whose types name the product even where there is none, so that the law speaks first.

use super::Gating;
use crate::dims::{Dim, MulDim, Multiplied, Off, On, One, StaticDim};

/// The features of all gates of `K` over a state of `H` features.
pub type GateWidth<K, H> = <H as OfGates<<K as Gating>::Gates>>::All;

/// The width of a state with `G` gates. Of one that [`StateWidth`] refuses it means nothing.
pub trait OfGates<G>: Dim {
    /// The features of all gates.
    type All: StaticDim;
}

#[diagnostic::do_not_recommend]
impl<H: Dim<Static: Gated<H, G>>, G> OfGates<G> for H {
    type All = <H::Static as Gated<H, G>>::All;
}

/// [`OfGates`], asked of whether the width is static.
#[doc(hidden)]
pub trait Gated<H, G> {
    /// The features of all gates.
    type All: StaticDim;
}
impl<H, G> Gated<H, G> for Off {
    type All = One;
}
#[diagnostic::do_not_recommend]
impl<H: MulDim<G>, G> Gated<H, G> for On {
    type All = Multiplied<H, G>;
}

/// The width of a recurrent layer's state, a static size.
#[diagnostic::on_unimplemented(
    message = "the state of a recurrent layer has a static width, `{Self}` is known at run time only",
    label = "the gates' width is a multiple of it, which the compiler must know",
    note = "declare it with its size: `dims! {{ {Self} = 64 }}`"
)]
pub trait StateWidth: StaticDim {}
#[diagnostic::do_not_recommend]
impl<H: StaticDim> StateWidth for H {}
