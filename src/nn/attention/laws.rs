//! Which heads a width has, and which shapes are tokens.
//!
//! Apart from the layer because the words of these mistakes are its own, and neither heads nor tokens are anybody
//! else's.

use crate::dims::{Dim, DivDim, StaticDim};
use crate::shape::{LastAxis, Never, PartOf};

/// The features of each of `H` heads of a width `W`.
pub type HeadWidth<W, H> = PartOf<W, H>;

/// A number of heads that a width `W` is divided among.
#[diagnostic::on_unimplemented(
    message = "`{Self}` heads do not divide a width of `{W}`",
    label = "each head has the same number of features, a static size",
    note = "choose a number of heads by which the width is divisible"
)]
pub trait HeadCount<W>: StaticDim {}
#[diagnostic::do_not_recommend]
impl<H: StaticDim, W: StaticDim + DivDim<H>> HeadCount<W> for H {}
#[diagnostic::do_not_recommend]
impl<H: StaticDim> HeadCount<Never> for H {}

/// Tokens of a batch of sequences, `(batch, tokens, features)`.
#[diagnostic::on_unimplemented(
    message = "multi-head attention takes `(batch, tokens, features)`, the tensor is `{Self}`",
    label = "expected three axes",
    note = "a single sequence is a batch of one: `x.unsqueeze::<0>()`"
)]
pub trait Tokens: LastAxis {
    /// The sequences.
    type Batch: Dim;
    /// The tokens of each.
    type Length: Dim;
    /// How many sequences, and how many tokens each has.
    fn tokens(self) -> (Self::Batch, Self::Length);
}

#[diagnostic::do_not_recommend]
impl<B: Dim, N: Dim, C: Dim> Tokens for (B, N, C) {
    type Batch = B;
    type Length = N;
    fn tokens(self) -> (B, N) {
        (self.0, self.1)
    }
}
