//! Conversion to another element type, differentiable.

use crate::device::{Buf, CopyWork, Device};
use crate::dtype::Real;
use crate::graph::{Backward, Described, Differentiable, Ex, Foreign, Given, Node, Op, Operand, SlopeRule, Work};
use crate::shape::Shape;

/// What [`cast`](Cast::cast) gives.
pub type CastOf<X, E> = Ex<
    <X as Operand>::S,
    E,
    <X as Operand>::D,
    Op<
        <X as Operand>::S,
        E,
        Backward<Foreign<<X as Operand>::E, Given<<X as Operand>::S, <X as Operand>::N>>, CastBack>,
    >,
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
    #[track_caller]
    fn cast<E: Real>(self) -> CastOf<Self, E>
    where
        Self::E: Real,
        Self::N: Node<Self::E>,
    {
        let x = self.ex();
        let out = x.device.convert(&x.materialise());
        Ex::new(Op::new(out, x.shape, Backward::foreign(x.node, x.shape, CastBack)), x.shape, x.device)
    }
}
impl<X: Operand> Cast for X {}

/// The rule of [`cast`](Cast::cast): the gradient is converted back.
pub struct CastBack;

impl Described for CastBack {
    const NAME: &'static str = "cast";
    const KIND: Work = Work::ElementCast;
}

impl<S: Shape, A: Real, B: Real, N: Differentiable<A>> SlopeRule<B, Foreign<A, Given<S, N>>> for CastBack {
    fn slopes<D: Device>(self, device: D, _: &Foreign<A, Given<S, N>>, gradient: Buf<B>, _: Buf<B>) -> Buf<A> {
        device.convert(&gradient)
    }
}
