//! Stacking and joining lists of operands of one type.
//!
//! Apart from `join`, which takes one operand beside another.

use super::lengths::counted;
use super::parts::{AssembledOf, At, Equals, row, stacked};
use crate::device::Storage;
use crate::dims::{D, Dim, MulDim, Multiplied};
use crate::error::{Error, raise};
use crate::graph::{Ex, Located, Operand};
use crate::layout::count;
use crate::shape::{AxisAt, InsertAxis, Mismatch, Shape, WithAxis};

/// `N` equal operands as one tensor.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array of operands",
    label = "an array `[&x, &y]` is needed here, whose length its type says",
    note = "lists as long as the run says: `list.stack_as::<0, _>(Name)`, `list.cat_as::<0, _>(Name)`"
)]
pub trait Stacking<X: Operand, const N: usize>: Sized {
    /// The operands one above the other along a new axis `I` of `D<N>`. PyTorch's and NumPy's `stack`. Each operand's
    /// gradient is its part of `dy`.
    ///
    /// Run-time sizes that differ raise [`Error::Sizes`], no operands [`Error::Empty`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([3.0, 4.0]));
    /// assert_eq!([&x, &y].stack::<1>().eval(), Cpu.tensor([[1.0, 3.0], [2.0, 4.0]]));
    /// ```
    #[track_caller]
    fn stack<const I: isize>(self) -> AssembledOf<X, <X::S as InsertAxis<I>>::With<D<N>>, Equals<X>>
    where
        D<N>: Dim,
        X::S: InsertAxis<I>,
        X::N: Located<X::E>;

    /// The operands end to end along axis `I`, whose size becomes `N` times as large. PyTorch's `cat` of equal shapes.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([1, 2]), Cpu.tensor([3, 4]));
    /// assert_eq!([&x, &y, &x].cat::<0>().eval(), Cpu.tensor([1, 2, 3, 4, 1, 2]));
    /// ```
    #[track_caller]
    fn cat<const I: isize>(self) -> AssembledOf<X, WithAxis<X::S, I, Multiplied<At<X, I>, D<N>>>, Equals<X>>
    where
        X::S: AxisAt<I, At: MulDim<D<N>>>,
        X::N: Located<X::E>;
}

impl<X: Operand, const N: usize> Stacking<X, N> for [X; N] {
    fn stack<const I: isize>(self) -> AssembledOf<X, <X::S as InsertAxis<I>>::With<D<N>>, Equals<X>>
    where
        D<N>: Dim,
        X::S: InsertAxis<I>,
        X::N: Located<X::E>,
    {
        let operands = equal("stack", self);
        let shape = operands[0].shape.insert_with(D::<N>);
        stacked(operands, <X::S as InsertAxis<I>>::INDEX, shape)
    }

    #[track_caller]
    fn cat<const I: isize>(self) -> AssembledOf<X, WithAxis<X::S, I, Multiplied<At<X, I>, D<N>>>, Equals<X>>
    where
        X::S: AxisAt<I, At: MulDim<D<N>>>,
        X::N: Located<X::E>,
    {
        let operands = equal("cat", self);
        let shape = operands[0].shape.with(Multiplied::<At<X, I>, D<N>>::default());
        let device = operands[0].device;
        row(operands, device, <X::S as AxisAt<I>>::INDEX, shape, device.unwritten(count(shape)))
    }
}

/// Lists of operands of one type, as long as the run says: vectors, slices, iterators.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of operands",
    label = "a vector, slice or iterator of tensors or expressions is needed here"
)]
pub trait JoiningLists<X: Operand>: IntoIterator<Item = X> + Sized {
    /// The operands one above the other along a new axis `I`: `name` makes a dim of their number. PyTorch's and NumPy's
    /// `stack`. Each operand's gradient is its part of `dy`.
    ///
    /// Run-time sizes that differ raise [`Error::Sizes`], no operands [`Error::Empty`], a name of another size
    /// [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let rows: Vec<_> = (0..3).map(|i| Cpu.full((D::<2>,), i)).collect();
    /// let batch: Tensor<(Batch, D<2>), i32> = rows.stack_as::<0, _>(Batch).eval();
    /// assert_eq!(batch.as_slice(), [0, 0, 1, 1, 2, 2]);
    /// ```
    #[track_caller]
    fn stack_as<const I: isize, L: Dim>(
        self,
        name: impl FnOnce(usize) -> L,
    ) -> AssembledOf<X, <X::S as InsertAxis<I>>::With<L>, Equals<X>>
    where
        X::S: InsertAxis<I>,
        X::N: Located<X::E>,
    {
        let operands = equal("stack", self);
        let shape = operands[0].shape.insert_with(counted(operands.len(), name));
        stacked(operands, <X::S as InsertAxis<I>>::INDEX, shape)
    }

    /// The operands end to end along axis `I`, in which run-time sizes may differ: `name` makes a dim of their sum.
    /// NumPy's `concatenate`, PyTorch's `cat`. Each operand's gradient is its part of `dy`.
    ///
    /// Run-time sizes of the other axes that differ raise [`Error::Sizes`], no operands [`Error::Empty`], a name of
    /// another size [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, All = ? }
    /// let batches = [Cpu.full((Batch(2),), 7), Cpu.full((Batch(1),), 8)];
    /// let all: Tensor<(All,), i64> = batches.iter().cat_as::<0, _>(All).eval();
    /// assert_eq!(all.as_slice(), [7, 7, 8]);
    /// ```
    #[track_caller]
    fn cat_as<const I: isize, L: Dim>(
        self,
        name: impl FnOnce(usize) -> L,
    ) -> AssembledOf<X, WithAxis<X::S, I, L>, Equals<X>>
    where
        X::S: AxisAt<I>,
        X::N: Located<X::E>,
    {
        let operands = expressions(self);
        let first = operands[0].shape;
        let others = first.remove().dims();
        if let Some(other) = operands.iter().find(|other| other.shape.remove().dims() != others) {
            raise(Mismatch::new("cat", first, other.shape).into());
        }
        let length = operands.iter().fold(0usize, |sum, x| sum.saturating_add(x.shape.at().size()));
        let shape = first.with(counted(length, name));
        let device = operands[0].device;
        row(operands, device, <X::S as AxisAt<I>>::INDEX, shape, device.unwritten(count(shape)))
    }
}
impl<List: IntoIterator<Item = X>, X: Operand> JoiningLists<X> for List {}

/// An operand's expression.
type Expression<X> = Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, <X as Operand>::N>;

/// The operands, at least one.
#[track_caller]
fn expressions<X: Operand>(operands: impl IntoIterator<Item = X>) -> Vec<Expression<X>> {
    let operands: Vec<_> = operands.into_iter().map(Operand::ex).collect();
    if operands.is_empty() {
        raise(Error::Empty { what: "the list of operands".into() });
    }
    operands
}

/// Operands of one shape; run-time sizes that differ raise.
#[track_caller]
fn equal<X: Operand>(law: &'static str, operands: impl IntoIterator<Item = X>) -> Vec<Expression<X>> {
    let operands = expressions(operands);
    let shape = operands[0].shape;
    if let Some(other) = operands.iter().find(|other| other.shape != shape) {
        raise(Mismatch::new(law, shape, other.shape).into());
    }
    operands
}
