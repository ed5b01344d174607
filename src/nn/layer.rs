//! Layers as values of one trait, so that they can be put one after the other without a name for each.
//!
//! Apart from the layers because none of them needs it: each has a `forward` of its own, which a model calls by name.

use super::{BatchNorm, Dropout, LayerNorm, Linear, RmsNorm};
use crate::dims::Dim;
use crate::graph::{Expr, Node, Out};
use crate::model::Forward;
use crate::shape::{InFeatures, LastAxis, Shape};

/// A layer with one input of shape `S` and one output, both in the form `P`.
///
/// A tuple of up to eight layers is a layer: each takes what the one before it gives, and the compiler checks that it
/// fits. Every formula of one operand is a layer, too: [`Relu`](super::Relu), [`Gelu`](super::Gelu), your own.
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
    /// The output.
    fn forward(self, x: impl Expr<S, P>) -> Out<Self::Out, P, impl Node<P::Elem>>;
}

/// `(.., I) → (.., O)`
impl<S: LastAxis, I: Dim + InFeatures<S::Last>, O: Dim, P: Forward> Layer<S, P> for Linear<I, O, P> {
    type Out = S::WithLast<O>;
    fn forward(self, x: impl Expr<S, P>) -> Out<Self::Out, P, impl Node<P::Elem>> {
        Linear::forward(self, x)
    }
}

macro_rules! same_shape {
    ($($Layer:ident)*) => {$(
        /// `(.., C) → (.., C)`
        impl<S: LastAxis, C: Dim + InFeatures<S::Last>, P: Forward> Layer<S, P> for $Layer<C, P> {
            type Out = S;
            fn forward(self, x: impl Expr<S, P>) -> Out<S, P, impl Node<P::Elem>> {
                $Layer::forward(self, x)
            }
        }
    )*};
}
same_shape! { LayerNorm RmsNorm BatchNorm }

impl<S: Shape, P: Forward> Layer<S, P> for Dropout<P> {
    type Out = S;
    fn forward(self, x: impl Expr<S, P>) -> Out<S, P, impl Node<P::Elem>> {
        Dropout::forward(self, x)
    }
}

impl<S: Shape, P: Forward, A: Layer<S, P>> Layer<S, P> for (A,) {
    type Out = A::Out;
    fn forward(self, x: impl Expr<S, P>) -> Out<Self::Out, P, impl Node<P::Elem>> {
        self.0.forward(x)
    }
}

/// Each layer after the first takes what the one before it gives; the last one gives the result.
macro_rules! sequences {
    ($(($($L:ident after $Before:ident at $i:tt),+; $Last:ident))*) => {$(
        impl<S: Shape, P: Forward, A: Layer<S, P>, $($L: Layer<$Before::Out, P>),+> Layer<S, P> for (A, $($L),+) {
            type Out = $Last::Out;
            fn forward(self, x: impl Expr<S, P>) -> Out<Self::Out, P, impl Node<P::Elem>> {
                let x = self.0.forward(x);
                $(let x = self.$i.forward(x);)+
                x
            }
        }
    )*};
}
sequences! {
    (B after A at 1; B)
    (B after A at 1, C after B at 2; C)
    (B after A at 1, C after B at 2, D after C at 3; D)
    (B after A at 1, C after B at 2, D after C at 3, E after D at 4; E)
    (B after A at 1, C after B at 2, D after C at 3, E after D at 4, F after E at 5; F)
    (B after A at 1, C after B at 2, D after C at 3, E after D at 4, F after E at 5, G after F at 6; G)
    (B after A at 1, C after B at 2, D after C at 3, E after D at 4, F after E at 5, G after F at 6, H after G at 7; H)
}
