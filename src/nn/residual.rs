//! A layer and a way around it.

use super::Layer;
use crate::dims::On;
use crate::graph::{Binary, Expr, Leaf, Let, Node, Out, Sharing};
use crate::model::{Forward, Model, Part, Tree, Weights};
use crate::ops::arithmetic::Add;
use crate::ops::binary;
use crate::shape::Shape;
use std::marker::PhantomData;

/// `y = x + layer(x)`: the layer keeps the shape. He et al. 2015, arXiv:1512.03385.
///
/// ```
/// use congruent::{nn::{Relu, Residual}, prelude::*};
/// let block = Residual::new((Linear::<D<4>, D<4>>::new(Key::new(0)), Relu));
/// let y = block.infer(|m| m.forward(&Cpu.ones::<Shape![5, 4]>()).eval())?;
/// assert!(y.as_slice().iter().all(|&y| y >= 1.0));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Residual<L: Tree<P>, P: Part = Weights> {
    /// The layer that a way leads around.
    pub layer: L,
    part: PhantomData<P>,
}

impl<L: Tree<P>, P: Part> Residual<L, P> {
    /// The layer with a way around it.
    pub fn new(layer: L) -> Self {
        Residual { layer, part: PhantomData }
    }
}

impl<S: Shape, P: Forward, L: Tree<P> + Layer<S, P, Out = S>> Layer<S, P> for Residual<L, P> {
    type Out = S;
    type Graph<N: Node<P::Elem>> =
        Let<S, P::Elem, N, Binary<Add, Leaf<S, P::Elem, On>, L::Graph<Leaf<S, P::Elem, On>>>>;
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<S, P, Self::Graph<X::N>> {
        x.with(|x| binary(Add, x, self.layer.forward(x)))
    }
}
