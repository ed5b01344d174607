//! Expressions made tensors, and formulas of one's own applied to them.
//!
//! Apart from the rooms because every expression has these methods, whatever it is made of.

use super::movement::ReshapedTo;
use super::{BinaryOf, OtherOf, Over, UnaryOf, beside, binary, unary};
use crate::device::{CopyWork, Host, SameDevice};
use crate::dtype::{Elem, Floating};
use crate::error::raise;
use crate::graph::{Ex, Lazy, Located, Operand, Pointwise1, Pointwise2, Reshaped, materialise_into};
use crate::shape::{Broadcast, Shape, ShapeValue};
use crate::tensor::Tensor;

/// Shapes of one element: `()`.
#[diagnostic::on_unimplemented(
    message = "`item` is of scalars, but the shape is `{Self}`",
    label = "reduce it first, `x.sum().item()`, or read one element: `x[[0, 1]]`"
)]
pub trait OneElement: Shape {}
impl OneElement for () {}

/// The method [`eval`](Evaluate::eval), and applying a formula of one's own.
pub trait Evaluate: Operand + Sized {
    /// Computes the expression: one fused loop for each region.
    ///
    /// No gradient flows through the tensor. In a training step this is for looking at a value; what the loss is made
    /// of is shared by [`with`](crate::graph::Sharing::with). A parameter that was read in this way, and that no
    /// gradient reaches by another one, is an error of [`value_and_grad`](crate::model::Train::value_and_grad); that
    /// it is meant is said by `x.stop_gradient().eval()`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 4.0]);
    /// assert_eq!((x.sqrt() + 1.0).eval().as_slice(), [2.0, 3.0]);
    /// ```
    #[track_caller]
    fn eval(self) -> Tensor<Self::S, Self::E, Self::D>
    where
        Self::N: Located<Self::E>,
    {
        let Ex { node, shape, device, .. } = self.ex();
        node.cut();
        // No closure: a panic names the line of whoever calls.
        let buf = match node.taken() {
            Ok(buf) => buf,
            Err(node) => node.in_order(device, shape),
        };
        Tensor { buf, shape, device }
    }

    /// Computes the only element of a scalar expression.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 4.0]).mean().item(), 2.5);
    /// ```
    #[track_caller]
    fn item(self) -> Self::E
    where
        Self::S: OneElement,
        Self::N: Located<Self::E>,
    {
        self.eval().to_vec()[0]
    }

    /// Computes the expression into memory that is there already, in row-major order: nothing is allocated or copied.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) when the slice holds another number of elements than the shape.
    /// [`Error::Undefined`](crate::Error::Undefined) where an integer is divided by 0 in the loop itself. What has to
    /// be computed before it (a view, a product, a sort) raises where it is written.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, mut out) = (Cpu.tensor([1.0, 4.0]), [0.0; 2]);
    /// (x.sqrt() + 1.0).eval_into(&mut out)?;
    /// assert_eq!(out, [2.0, 3.0]);
    /// assert!(x.exp().eval_into(&mut out[1..]).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn eval_into(self, out: &mut [Self::E]) -> Result<(), crate::Error>
    where
        Self::N: Located<Self::E>,
        Self::D: Host,
    {
        let Ex { node, shape, device, .. } = self.ex();
        node.cut();
        materialise_into(device, &node, shape, out)
    }

    /// Computes the expression as a tensor of another element type: see [`Tensor::convert`]. No gradient flows through
    /// it; [`cast`](crate::ops::Cast::cast) is the differentiable conversion.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (labels, guesses) = (Cpu.tensor([1, 2, 3, 4]), Cpu.tensor([1, 2, 0, 4]));
    /// assert_eq!(guesses.eq(&labels).convert::<f32>().mean().eval().item(), 0.75);
    /// ```
    #[track_caller]
    fn convert<E2: Elem>(self) -> Tensor<Self::S, E2, Self::D>
    where
        Self::N: Located<Self::E>,
    {
        let Ex { node, shape, device, .. } = self.ex();
        node.cut();
        Tensor { buf: device.convert(&node.in_order(device, shape)), shape, device }
    }

    /// Applies a formula of one operand; see [`elementwise!`](crate::elementwise!) for giving it a name.
    fn map<Op: Pointwise1>(self, op: Op) -> UnaryOf<Op, Self>
    where
        Self::E: Floating,
    {
        unary(op, self)
    }

    /// Applies a formula of two operands.
    #[track_caller]
    fn zip<Op: Pointwise2, Y: Operand>(self, op: Op, y: Y) -> BinaryOf<Op, Self, OtherOf<Self, Y>>
    where
        Self::E: Floating,
        Y::N: Over<Self::E, Y::E>,
        Self::D: SameDevice<Y::D>,
        Self::S: Broadcast<Y::S>,
    {
        let x = self.ex();
        let y = beside::<Self, _>(x.device, y);
        binary(op, x, y)
    }

    /// Gives the axes other names. Sizes must agree. Memory in order is shared, anything else is computed first.
    ///
    /// Sizes that differ at run time raise [`Error::Shape`](crate::Error::Shape).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.ones::<Shape![2, 3]>();
    /// let y = Evaluate::rename(&x * 2.0, (Batch(2), D::<3>)).eval();
    /// assert_eq!(y.shape(), (Batch(2), D::<3>));
    /// ```
    #[track_caller]
    fn rename<S2>(self, shape: S2) -> ReshapedTo<Self, S2::Own>
    where
        S2: ShapeValue<Own: Shape<Rank = <Self::S as Shape>::Rank>>,
        Self::N: Located<Self::E>,
    {
        let (Ex { node, shape: from, device, .. }, shape) = (self.ex(), shape.own());
        if from.dims() != shape.dims() {
            raise(crate::Error::Shape { found: from.dims().to_vec(), wanted: shape.describe() });
        }
        // A node of its own: a run-time 1 may have become `D<1>`, and the loops read by type which memory stretches.
        Ex::new(Reshaped::new(device, node, from, shape), shape, device)
    }
}
impl<X: Operand> Evaluate for X {}
