//! A layer that reads a sequence from both ends.
//!
//! Apart from the recurrent layers because it is made of two layers of any kind.

use crate::dims::On;
use crate::graph::{Expr, Leaf, Node, Operand, Out, Sharing};
use crate::model::{Forward, Model, Part, Tree, Weights};
use crate::nn::Layer;
use crate::ops::{Joining, Slicing};
use crate::shape::{AxisAt, Concat, Concatenated, Shape};
use std::marker::PhantomData;

/// Two layers over one sequence, the second from its end: `(.., T, I)` gives `(.., T, 2H)`. PyTorch's
/// `bidirectional=True`.
///
/// `y = [forward(x), flip(backward(flip(x)))]`, side by side at each time. PyTorch's names end in `_l0` and
/// `_l0_reverse`; those here are `forward.weight_ih` and `backward.weight_ih`, to which
/// [`Import::rename`](crate::io::Import::rename) turns them. Schuster and Paliwal 1997.
///
/// ```
/// use congruent::{nn::Bidirectional, prelude::*};
/// dims! { Batch = ?, Time = ? }
///
/// #[derive(Model)]
/// struct Tagger<P: Part = Weights> {
///     reads: Bidirectional<Gru<D<3>, D<8>, P>, P>,
///     tags: Linear<D<16>, D<5>, P>,
/// }
///
/// impl<P: Forward> Tagger<P> {
///     fn forward<B: Dim>(self, x: Ex![P; B, Time, 3]) -> Ex![P; B, Time, 5] {
///         self.tags.forward(self.reads.forward(x))
///     }
/// }
/// let (key, other) = (Key::new(0), Key::new(1));
/// let tagger = Tagger { reads: Bidirectional::new(Gru::new(key), Gru::new(other)), tags: Linear::new(key) };
/// let x = Cpu.full((Batch(2), Time(7), D::<3>), 0.5_f32);
/// assert_eq!(tagger.infer(|m| m.forward(x.ex()).eval())?.shape(), (Batch(2), Time(7), D::<5>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Bidirectional<L: Tree<P>, P: Part = Weights> {
    /// What reads from the start.
    pub forward: L,
    /// What reads from the end.
    pub backward: L,
    part: PhantomData<P>,
}

impl<L: Tree<P>, P: Part> Bidirectional<L, P> {
    /// Of the layer that reads from the start and the one that reads from the end.
    pub fn new(forward: L, backward: L) -> Self {
        Bidirectional { forward, backward, part: PhantomData }
    }
}

/// `(.., T, I) → (.., T, 2H)`
impl<S, P, L> Layer<S, P> for Bidirectional<L, P>
where
    S: Shape + AxisAt<-2>,
    P: Forward,
    L: Tree<P> + Layer<S, P, Out: AxisAt<-2> + Concat<<L as Layer<S, P>>::Out, -1>>,
{
    type Out = Concatenated<L::Out, L::Out, -1>;
    /// What both gave is kept: its type is short.
    type Graph<N: Node<P::Elem>> = Leaf<Self::Out, P::Elem, On>;
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
        let both = x.with(|x| {
            let backward = self.backward.forward(x.flip::<-2>());
            self.forward.forward(x).concat::<-1, _>(backward.flip::<-2>())
        });
        both.keep().ex()
    }
}
