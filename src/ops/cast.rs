//! Conversion to another element type, differentiable.

use super::Operand;
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Ex, Lazy, Node, Op, Pullback};
use crate::shape::Shape;
use std::marker::PhantomData;

/// The backward of [`cast`](Cast::cast): the gradient is converted back.
pub struct CastBack<S, A, N> {
    x: N,
    shape: S,
    from: PhantomData<A>,
}

/// What [`cast`](Cast::cast) gives.
pub type CastOf<X, E> = Ex<
    <X as Operand>::S,
    E,
    <X as Operand>::D,
    Op<<X as Operand>::S, E, CastBack<<X as Operand>::S, <X as Operand>::E, <X as Operand>::N>>,
>;

/// The method [`cast`](Cast::cast).
pub trait Cast: Operand + Sized {
    /// The same values as `E`. `y = x as E`, `dx = dy as` the type of `x`. Rounded once, to the nearest; NaN stays NaN,
    /// and what is too large for `E` becomes infinite. Integers and masks are converted by
    /// [`Tensor::convert`](crate::Tensor::convert).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.5, 2.5]);
    /// assert_eq!((x.cast::<f64>() * 2.0).eval().as_slice(), [3.0f64, 5.0]);
    /// ```
    fn cast<E: Real>(self) -> CastOf<Self, E>
    where
        Self::E: Real,
        Self::N: Node<Self::E>,
    {
        let x = self.ex();
        let out = x.device.convert(&x.materialise());
        Ex::new(Op::new(out, x.shape, CastBack { x: x.node, shape: x.shape, from: PhantomData }), x.shape, x.device)
    }
}
impl<X: Operand> Cast for X {}

impl<S: Shape, A: Real, B: Real, N: Lazy<A>> Pullback<B> for CastBack<S, A, N> {
    type Grad = N::Grad;
    fn pull<D: Device>(self, device: D, gradient: Buf<B>, _: Buf<B>) {
        self.x.accept(device, self.shape, device.convert(&gradient));
    }
    fn live(&self) -> bool {
        self.x.live()
    }
    fn cut(&self) {
        self.x.cut();
    }
}
