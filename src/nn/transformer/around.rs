//! A part of a transformer layer with a way around it, and its norm before or behind; the network of each token.
//!
//! Apart from the layers because encoder and decoder differ by a part, not by how parts are put together.

use crate::dims::Dim;
use crate::error::differ;
use crate::graph::{Boxed, Ex, Kind, Node, Operand, Out, Pointwise1, Sharing};
use crate::model::{Forward, Part};
use crate::nn::attention::{Attended, Tokens};
use crate::nn::features::check_width;
use crate::nn::linear::LinearNode;
use crate::nn::{Dropout, Dropped, LayerNorm, Linear};
use crate::ops::arithmetic::Add;
use crate::ops::{UnaryOf, binary, unary};
use crate::shape::{LastAxis, Mismatch};

/// What tokens of shape `S` come to in a layer of width `W`: `(batch, tokens, W)`, as a value whose graph is erased.
pub type TokensOut<S, W, P> = Boxed<Attended<S, W>, <P as Kind>::Elem, <P as Kind>::Dev>;

/// Tokens as a layer of this width sees them.
#[track_caller]
pub(super) fn tokens<S: Tokens, W: Dim, P: Kind, N>(
    law: &'static str,
    x: Ex<S, P::Elem, P::Dev, N>,
    width: W,
) -> Out<Attended<S, W>, P, N> {
    check_width(law, x.shape, (width,));
    let (batch, length) = x.shape.tokens();
    Ex::new(x.node, (batch, length, width), x.device)
}

/// `x + part(norm(x))` where the norm is first, else `norm(x + part(x))`.
///
/// The parts in between are erased: which of both it is, the run knows, and both are one type.
#[track_caller]
pub(super) fn around<S, C, P, N, B>(
    x: Out<S, P, N>,
    (norm, norm_first): (LayerNorm<C, P>, bool),
    dropout: Dropout<P>,
    part: impl FnOnce(Boxed<S, P::Elem, P::Dev>) -> Out<S, P, B>,
) -> Boxed<S, P::Elem, P::Dev>
where
    S: LastAxis,
    C: Dim,
    P: Forward,
    N: Node<P::Elem>,
    B: Node<P::Elem>,
{
    let sum = x.with(|x| {
        let inner = if norm_first { norm.apply(x.ex()).boxed() } else { x.ex().boxed() };
        let sum = binary(Add, x, dropout.forward(part(inner)));
        if norm_first { sum.boxed() } else { norm.apply(sum).boxed() }
    });
    sum.boxed()
}

/// The network of each token.
pub(super) struct FeedForward<W: Dim, F: Dim, P: Part, A> {
    pub(super) up: Linear<W, F, P>,
    pub(super) activation: A,
    pub(super) dropout: Dropout<P>,
    pub(super) down: Linear<F, W, P>,
}

type Wide<S, F> = <S as LastAxis>::WithLast<F>;

/// The graph of the network of each token.
pub(super) type FeedForwardNode<S, W, F, P, A, N> = LinearNode<
    Wide<S, F>,
    F,
    W,
    P,
    Dropped<Wide<S, F>, <P as Kind>::Elem, <UnaryOf<A, Out<Wide<S, F>, P, LinearNode<S, W, F, P, N>>> as Operand>::N>,
>;

impl<W: Dim, F: Dim, P: Forward, A: Pointwise1> FeedForward<W, F, P, A> {
    /// `down(dropout(activation(up(x))))`
    #[track_caller]
    pub(super) fn of<S: LastAxis<Last = W>, N: Node<P::Elem>>(
        self,
        x: Out<S, P, N>,
    ) -> Out<S, P, FeedForwardNode<S, W, F, P, A, N>> {
        let wide = self.dropout.forward(unary(self.activation, self.up.apply(x)));
        self.down.apply(wide)
    }
}

/// Raises where tokens and what they read are not of the same number of sequences.
#[track_caller]
pub(super) fn check_batches<S: Tokens, T: Tokens>(law: &'static str, x: S, memory: T) {
    if x.tokens().0.size() != memory.tokens().0.size() {
        differ(Mismatch::new(law, x, memory));
    }
}
