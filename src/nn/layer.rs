//! Layers as values of one trait, so that they can be put one after the other without a name for each.
//!
//! Apart from the layers because none of them needs it: each has a `forward` of its own, which a model calls by name.

use crate::graph::{Expr, Node, Out};
use crate::model::Forward;
use crate::shape::Shape;

/// A layer with one input of shape `S` and one output, both in the form `P`.
///
/// A tuple of up to eight layers is a layer: each takes what the one before it gives, and the compiler checks that it
/// fits. Every formula of one operand is a layer, too: [`Relu`](super::Relu), [`Gelu`](super::Gelu), your own.
///
/// Tuples of tuples go on from there. The type of a graph names every operation, so from about two dozen layers on the
/// compiler asks when it builds the program (not in `cargo check`) for `#![recursion_limit = "256"]` at the top of the
/// crate. Many equal layers are better an array in [`P::scan`](crate::model::Forward::scan), whose type names only one.
///
/// ```
/// use congruent::{nn::Relu, prelude::*};
/// let key = Key::new(0);
/// let model = (Linear::<D<4>, D<8>>::new(key.fold_in(0)), Relu, Linear::<D<8>, D<3>>::new(key.fold_in(1)));
/// let x = Cpu.ones::<Shape![5, 4]>();
/// let (loss, _) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&Cpu.tensor([0, 1, 2, 0, 1])))?;
/// assert_eq!(model.infer(|m| m.forward(&x).eval())?.shape(), (D::<5>, D::<3>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "layer `{Self}` does not take an input of shape `{S}`",
    label = "its input is `{S}`",
    note = "in a tuple of layers each takes what the one before it gives"
)]
pub trait Layer<S: Shape, P: Forward>: Sized {
    /// The shape of the output.
    type Out: Shape;
    /// The graph of the output, over an input of graph `N`.
    type Graph<N: Node<P::Elem>>: Node<P::Elem>;
    /// The output.
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>>;
}

/// A layer as one of tuples: over which shapes and with what, what it gives, and the graph of that over `N`. It has an
/// `apply`, its `forward` of what the compiler has been asked about already.
macro_rules! layer {
    ($(#[$about:meta])* [$($generics:tt)*] $Layer:ty, $S:ident to $Out:ty, $Graph:ty $(, where $($bound:tt)*)?) => {
        $(#[$about])*
        impl<$($generics)*> $crate::nn::Layer<$S, P> for $Layer
        $(where $($bound)*)?
        {
            type Out = $Out;
            type Graph<N: $crate::graph::Node<P::Elem>> = $Graph;
            fn forward<X: $crate::graph::Expr<$S, P>>(
                self,
                x: X,
            ) -> $crate::graph::Out<Self::Out, P, Self::Graph<X::N>> {
                self.apply(x.ex())
            }
        }
    };
}
pub(super) use layer;

/// Each layer after the first takes what the one before it gives; the last one gives the result.
macro_rules! sequences {
    ($([$($L:ident after $Before:ident at $i:tt),*] gives $Last:ident: $Graph:ty;)*) => {$(
        impl<S: Shape, P: Forward, A: Layer<S, P>, $($L: Layer<$Before::Out, P>),*> Layer<S, P> for (A, $($L),*) {
            type Out = $Last::Out;
            type Graph<N: Node<P::Elem>> = $Graph;
            fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
                let x = self.0.forward(x);
                $(let x = self.$i.forward(x);)*
                x
            }
        }
    )*};
}
sequences! {
    [] gives A: A::Graph<N>;
    [B after A at 1] gives B: B::Graph<A::Graph<N>>;
    [B after A at 1, C after B at 2] gives C: C::Graph<B::Graph<A::Graph<N>>>;
    [B after A at 1, C after B at 2, D after C at 3] gives D: D::Graph<C::Graph<B::Graph<A::Graph<N>>>>;
    [B after A at 1, C after B at 2, D after C at 3, E after D at 4]
        gives E: E::Graph<D::Graph<C::Graph<B::Graph<A::Graph<N>>>>>;
    [B after A at 1, C after B at 2, D after C at 3, E after D at 4, F after E at 5]
        gives F: F::Graph<E::Graph<D::Graph<C::Graph<B::Graph<A::Graph<N>>>>>>;
    [B after A at 1, C after B at 2, D after C at 3, E after D at 4, F after E at 5, G after F at 6]
        gives G: G::Graph<F::Graph<E::Graph<D::Graph<C::Graph<B::Graph<A::Graph<N>>>>>>>;
    [B after A at 1, C after B at 2, D after C at 3, E after D at 4, F after E at 5, G after F at 6, H after G at 7]
        gives H: H::Graph<G::Graph<F::Graph<E::Graph<D::Graph<C::Graph<B::Graph<A::Graph<N>>>>>>>>;
}
