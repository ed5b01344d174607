//! Operations of one's own that are computed when called, with a gradient of one's own: PyTorch's `autograd.Function`.
//!
//! Apart from formulas ([`elementwise!`](crate::elementwise!)), which fuse and get their gradient from dual numbers:
//! these see whole tensors, and may do anything with them.

use super::Operand;
use crate::device::{Buf, Device, SameDevice};
use crate::dtype::{Real, SameDtype};
use crate::error::raise;
use crate::graph::{Both, Described, Differentiable, Ex, Given, Node, Ruled, RuledByBoth, SlopeRule, Work};
use crate::shape::{Mismatch, Shape};
use crate::tensor::Tensor;

/// An operation of one operand: a value, and the gradient that goes back. Called by [`apply`](Apply::apply).
///
/// Its shapes, element type and device are types as everywhere: a gradient of another shape does not compile, one whose
/// run-time sizes are not the operand's is an error of the step. What `forward` needs again in `backward` can be a
/// field (in a `Cell`); the operand and the result are at hand anyway. `backward` is not called where no gradient is
/// wanted.
///
/// ```
/// use congruent::{dtype::Real, ops::{Apply, Function}, prelude::*, shape::Shape};
///
/// /// Rounds; the gradient passes as if it had not. Bengio, Léonard and Courville 2013, arXiv:1308.3432.
/// struct StraightThrough;
/// impl<S: Shape, E: Real, D: Device> Function<S, E, D> for StraightThrough {
///     type Out = S;
///     fn forward(&self, x: &Tensor<S, E, D>) -> Tensor<S, E, D> {
///         x.round().eval()
///     }
///     fn backward(self, _: &Tensor<S, E, D>, _: &Tensor<S, E, D>, dy: Tensor<S, E, D>) -> Tensor<S, E, D> {
///         dy
///     }
/// }
///
/// let w: Param<Shape![2]> = Cpu.tensor([0.6, 2.2]).into();
/// let (loss, grads) = w.value_and_grad(|w| w.apply(StraightThrough).square().sum())?;
/// assert_eq!((loss, grads.as_slice()), (5.0, &[2.0, 4.0][..]));
/// # Ok::<(), congruent::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no function of a tensor of shape `{S}` with elements `{E}` on `{D}`",
    label = "not a `Function` of this operand",
    note = "implement `Function<S, E, D>` for it; for every shape: `impl<S: Shape> Function<S, ..> for ..`"
)]
pub trait Function<S: Shape, E: Real, D: Device>: Sized + 'static {
    /// The shape of the result.
    type Out: Shape;
    /// The value.
    fn forward(&self, x: &Tensor<S, E, D>) -> Tensor<Self::Out, E, D>;
    /// The gradient of the operand, from the operand, the value, and the gradient of the value.
    fn backward(self, x: &Tensor<S, E, D>, y: &Tensor<Self::Out, E, D>, dy: Tensor<Self::Out, E, D>)
    -> Tensor<S, E, D>;
}

/// An operation of two operands, of shapes `SA` and `SB`. Called by [`apply_with`](Apply::apply_with).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no function of tensors of shapes `{SA}` and `{SB}` with elements `{E}` on `{D}`",
    label = "not a `Function2` of these operands",
    note = "implement `Function2<SA, SB, E, D>` for it; nothing broadcasts by itself"
)]
pub trait Function2<SA: Shape, SB: Shape, E: Real, D: Device>: Sized + 'static {
    /// The shape of the result.
    type Out: Shape;
    /// The value.
    fn forward(&self, a: &Tensor<SA, E, D>, b: &Tensor<SB, E, D>) -> Tensor<Self::Out, E, D>;
    /// The gradients of both operands, from the operands, the value, and the gradient of the value.
    fn backward(
        self,
        operands: (&Tensor<SA, E, D>, &Tensor<SB, E, D>),
        y: &Tensor<Self::Out, E, D>,
        dy: Tensor<Self::Out, E, D>,
    ) -> (Tensor<SA, E, D>, Tensor<SB, E, D>);
}

/// What [`apply`](Apply::apply) gives.
pub type Applied<X, F> = Ruled<
    X,
    OutOf<X, F>,
    FunctionBack<F, (Tensor<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D>, OutOf<X, F>)>,
>;
type OutOf<X, F> = <F as Function<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D>>::Out;

/// What [`apply_with`](Apply::apply_with) gives.
pub type AppliedWith<X, Y, F> = RuledByBoth<
    X,
    Y,
    OutOfBoth<X, Y, F>,
    FunctionBack<
        F,
        (
            Tensor<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D>,
            Tensor<<Y as Operand>::S, <X as Operand>::E, <X as Operand>::D>,
            OutOfBoth<X, Y, F>,
        ),
    >,
>;
type OutOfBoth<X, Y, F> =
    <F as Function2<<X as Operand>::S, <Y as Operand>::S, <X as Operand>::E, <X as Operand>::D>>::Out;

/// Applying operations of one's own.
pub trait Apply: Operand<E: Real, N: Node<Self::E>> + Sized {
    /// Computes the function of this operand now; its gradient is what [`backward`](Function::backward) says.
    ///
    /// Reversing a gradient (Ganin and Lempitsky 2015, arXiv:1409.7495):
    ///
    /// ```
    /// use congruent::{ops::{Apply, Function}, prelude::*, shape::Shape};
    /// struct Reversed;
    /// impl<S: Shape> Function<S, f32, Cpu> for Reversed {
    ///     type Out = S;
    ///     fn forward(&self, x: &Tensor<S>) -> Tensor<S> {
    ///         x.clone()
    ///     }
    ///     fn backward(self, _: &Tensor<S>, _: &Tensor<S>, dy: Tensor<S>) -> Tensor<S> {
    ///         (-&dy).eval()
    ///     }
    /// }
    /// let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    /// let (_, grads) = w.value_and_grad(|w| w.apply(Reversed).square().sum())?;
    /// assert_eq!(grads.as_slice(), [-2.0, -4.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn apply<F: Function<Self::S, Self::E, Self::D>>(self, function: F) -> Applied<Self, F> {
        let x = self.ex();
        let seen = Tensor { buf: x.materialise(), shape: x.shape, device: x.device };
        let y = function.forward(&seen);
        x.ruled(y.buf, y.shape, FunctionBack { function, seen: (seen, y.shape) })
    }

    /// The same for a function of two operands; nothing broadcasts by itself.
    ///
    /// ```
    /// use congruent::{ops::{Apply, Function2}, prelude::*};
    /// /// `a · b`, with a loop of its own.
    /// struct Times;
    /// impl Function2<Shape![3], Shape![3], f32, Cpu> for Times {
    ///     type Out = Shape![3];
    ///     fn forward(&self, a: &Tensor<Shape![3]>, b: &Tensor<Shape![3]>) -> Tensor<Shape![3]> {
    ///         Cpu.from_fn(a.shape(), |i| a.as_slice()[i] * b.as_slice()[i])
    ///     }
    ///     fn backward(
    ///         self,
    ///         (a, b): (&Tensor<Shape![3]>, &Tensor<Shape![3]>),
    ///         _: &Tensor<Shape![3]>,
    ///         dy: Tensor<Shape![3]>,
    ///     ) -> (Tensor<Shape![3]>, Tensor<Shape![3]>) {
    ///         ((&dy * b).eval(), (&dy * a).eval())
    ///     }
    /// }
    /// let w: Param<Shape![3]> = Cpu.tensor([1.0, 2.0, 3.0]).into();
    /// let (loss, grads) = w.value_and_grad(|w| w.apply_with(w, Times).sum())?;
    /// assert_eq!((loss, grads.as_slice()), (14.0, &[2.0, 4.0, 6.0][..]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn apply_with<Y, F>(self, other: Y, function: F) -> AppliedWith<Self, Y, F>
    where
        Y: Operand<E = Self::E, N: Node<Self::E>>,
        Self::E: SameDtype<Y::E>,
        Self::D: SameDevice<Y::D>,
        F: Function2<Self::S, Y::S, Self::E, Self::D>,
    {
        let (x, other) = (self.ex(), other.ex());
        let device = x.device;
        let other = Ex::<_, Self::E, _, _>::new(other.node, other.shape, device);
        let a = Tensor { buf: x.materialise(), shape: x.shape, device };
        let b = Tensor { buf: other.materialise(), shape: other.shape, device };
        let y = function.forward(&a, &b);
        x.ruled_with(other.given(), y.buf, y.shape, FunctionBack { function, seen: (a, b, y.shape) })
    }
}
impl<X: Operand<E: Real, N: Node<X::E>>> Apply for X {}

/// The backward of a function: itself, and what it has seen.
pub struct FunctionBack<F, T> {
    function: F,
    seen: T,
}

impl<F: 'static, T: 'static> Described for FunctionBack<F, T> {
    const NAME: &'static str = "function";
    const KIND: Work = Work::UserFunction;
}

/// The memory of a gradient whose sizes are those of its operand.
#[track_caller]
fn checked<S: Shape, E, D>(gradient: Tensor<S, E, D>, operand: S) -> Buf<E> {
    if gradient.shape.dims().as_slice() != operand.dims().as_slice() {
        raise(Mismatch::new("gradient of a function", operand, gradient.shape).into());
    }
    gradient.buf
}

impl<S, E, D, N, F> SlopeRule<E, Given<S, N>> for FunctionBack<F, (Tensor<S, E, D>, F::Out)>
where
    S: Shape,
    E: Real,
    D: Device,
    N: Differentiable<E>,
    F: Function<S, E, D>,
{
    fn slopes<There: Device>(self, _: There, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        let (x, shape) = self.seen;
        let [y, dy] = [out, gradient].map(|buf| Tensor { buf, shape, device: x.device });
        checked(self.function.backward(&x, &y, dy), x.shape)
    }
}

impl<SA, SB, E, D, A, B, F> SlopeRule<E, Both<Given<SA, A>, Given<SB, B>>>
    for FunctionBack<F, (Tensor<SA, E, D>, Tensor<SB, E, D>, F::Out)>
where
    SA: Shape,
    SB: Shape,
    E: Real,
    D: Device,
    A: Differentiable<E>,
    B: Differentiable<E>,
    F: Function2<SA, SB, E, D>,
{
    fn slopes<There: Device>(
        self,
        _: There,
        _: &Both<Given<SA, A>, Given<SB, B>>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        let (a, b, shape) = self.seen;
        let [y, dy] = [out, gradient].map(|buf| Tensor { buf, shape, device: a.device });
        let (to_a, to_b) = self.function.backward((&a, &b), &y, dy);
        [Some(checked(to_a, a.shape)), Some(checked(to_b, b.shape))]
    }
}
