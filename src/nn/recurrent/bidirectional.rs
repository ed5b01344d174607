//! A layer that reads a sequence from both ends.
//!
//! Apart from the recurrent layers because it is made of two layers of any kind.

use super::gating::Gating;
use super::layer::{OutputsOf, Recurrent};
use super::lengths::{checked, turned};
use super::steps::TimeAxis;
use super::width::OfGates;
use crate::device::{Device, SameDevice};
use crate::dims::{Dim, On};
use crate::graph::{Expr, Keep, Leaf, Node, Operand, Out, Sharing};
use crate::model::{Forward, Model, Part, Tree, Weights};
use crate::nn::Layer;
use crate::nn::features::input;
use crate::ops::{Joining, NodeOver, Slicing};
use crate::shape::{AxisAt, Concat, Concatenated, EachSequence, InFeatures, LastAxis, Shape};
use crate::tensor::Tensor;
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

/// The shape of what two layers give of a sequence, side by side.
type BothOf<S, H> = Concatenated<OutputsOf<S, H>, OutputsOf<S, H>, -1>;

impl<K: Gating, I: Dim, H: OfGates<K::Gates>, P: Part> Bidirectional<Recurrent<K, I, H, P>, P> {
    /// Both ways over sequences that end before the last step: the second layer begins at the end of each. PyTorch's
    /// `pack_padded_sequence` with `bidirectional=True`.
    ///
    /// Outputs behind the end are zeros; all else is as in [`Recurrent::forward_lengths`].
    ///
    /// ```
    /// use congruent::{nn::Bidirectional, prelude::*};
    /// let both = Bidirectional::new(Gru::<D<3>, D<4>>::new(Key::new(0)), Gru::new(Key::new(1)));
    /// let x = Cpu.uniform((D::<2>, D::<5>, D::<3>), Key::new(2), -1.0, 1.0);
    /// let [cut, alone] = both.infer(|m| {
    ///     let cut = m.forward_lengths(&x, &Cpu.tensor([2, 5])).narrow::<1, _>(0, D::<2>);
    ///     [cut.select::<0>(0).eval(), m.forward(x.narrow::<1, _>(0, D::<2>)).select::<0>(0).eval()]
    /// })?;
    /// assert!(cut.allclose(&alone, 1e-6, 1e-6));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn forward_lengths<X, L, A>(self, x: X, lengths: &Tensor<L, i64, A>) -> Keep<BothOf<X::S, H>, P>
    where
        P: Forward<Dev: SameDevice<X::D> + SameDevice<A>>,
        X: Operand<S: TimeAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        OutputsOf<X::S, H>: Concat<OutputsOf<X::S, H>, -1>,
        <X::S as TimeAxis>::Examples: EachSequence<L>,
        L: Shape,
        A: Device,
    {
        let x = input::<X, P>(x, self.forward.weight_ih.raw.device);
        let ([_, times], lengths) = (x.shape.counts(), checked(K::NAME, x.shape, lengths));
        let ends = (times, &*lengths);
        let both = x.with(|x| {
            let backward = self.backward.until(turned::<_, P, _>(x.ex(), ends), lengths.clone());
            let backward = turned::<_, P, _>(backward.ex(), ends);
            self.forward.until(x.ex(), lengths.clone()).concat::<-1, _>(backward)
        });
        both.keep()
    }
}
