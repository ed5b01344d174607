//! Formulas as layers: an operation over one operand is a model without parameters.
//!
//! Apart from the operations, which do not know that there are models. Nothing is listed here: whatever
//! [`elementwise!`](crate::elementwise!) defines over one operand, here or in your crate, is a layer.

use super::Layer;
use crate::graph::{Expr, Node, Out, Unary};
use crate::model::{EachMut, Forward, Map, Part, Path, StaticCount, Tree, Zip};
use crate::ops::{Pointwise1, unary};
use crate::shape::Shape;

#[diagnostic::do_not_recommend]
impl<P: Part, Op: Pointwise1> Tree<P> for Op {
    const STATIC_COUNT: StaticCount = StaticCount::Known(0);
    type With<Q: Part> = Op;
    fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, _: &mut F, _: &Path<'_>) -> Op {
        *self
    }
    fn each_mut<F: EachMut<P>>(&mut self, _: &mut F, _: &Path<'_>) {}
    fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(&mut self, _: &Op, _: &mut Op, _: &mut F, _: &Path<'_>) {}
}

#[diagnostic::do_not_recommend]
impl<S: Shape, P: Forward, Op: Pointwise1> Layer<S, P> for Op {
    type Out = S;
    type Graph<N: Node<P::Elem>> = Unary<Op, N>;
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<S, P, Unary<Op, X::N>> {
        unary(self, x)
    }
}
