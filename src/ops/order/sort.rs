//! Sorting along an axis, by value and by position.
//!
//! Apart from `select` and `quantile`, which pick single elements of the sorted rows. Values are differentiable: the
//! gradient takes the way back that the elements came.

use crate::device::OrderWork;
use crate::graph::Operand;
use crate::loops::Rows;
use crate::ops::reduce::elements::{Elements, IndicesOf, PickedOf, rows_of};
use crate::shape::AxisAt;
use crate::tensor::Tensor;

/// Sorting along an axis. NaN is larger than every number: last in ascending order, as NumPy has it, and first in
/// descending order, as PyTorch has it. Equal elements keep their order.
pub trait Sorting: Operand + Sized {
    /// Sorts along the last axis in ascending order, NaN last. `dy` goes back to where each element was.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[3.0, 1.0, 2.0], [0.0, -1.0, 5.0]]);
    /// assert_eq!(x.sort().eval().as_slice(), [1.0, 2.0, 3.0, -1.0, 0.0, 5.0]);
    /// assert_eq!(x.sort_axis::<0>().eval().as_slice(), [0.0, -1.0, 2.0, 3.0, 1.0, 5.0]);
    /// assert_eq!(Cpu.tensor([3, 1, 2]).sort().eval().as_slice(), [1, 2, 3]);
    /// ```
    fn sort(self) -> PickedOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<-1>,
    {
        sorted(self, rows_of::<Self::S, -1>, false)
    }

    /// [`sort`](Sorting::sort) along axis `I`.
    fn sort_axis<const I: isize>(self) -> PickedOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        sorted(self, rows_of::<Self::S, I>, false)
    }

    /// Positions that sort the last axis in ascending order, those of NaN last; equal elements keep their order.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 3.0, 2.0]).argsort().as_slice(), [1, 3, 0, 2]);
    /// ```
    fn argsort(self) -> IndicesOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<-1>,
    {
        order(self, rows_of::<Self::S, -1>, false)
    }

    /// [`argsort`](Sorting::argsort) along axis `I`.
    fn argsort_axis<const I: isize>(self) -> IndicesOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        order(self, rows_of::<Self::S, I>, false)
    }

    /// Sorts along the last axis in descending order, NaN first. `dy` goes back to where each element was.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 2.0]).sort_descending().eval().as_slice(), [3.0, 2.0, 1.0]);
    /// ```
    fn sort_descending(self) -> PickedOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<-1>,
    {
        sorted(self, rows_of::<Self::S, -1>, true)
    }

    /// [`sort_descending`](Sorting::sort_descending) along axis `I`.
    fn sort_descending_axis<const I: isize>(self) -> PickedOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        sorted(self, rows_of::<Self::S, I>, true)
    }

    /// Positions that sort the last axis in descending order, those of NaN first; equal elements keep their order.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 3.0, 2.0]).argsort_descending().as_slice(), [0, 2, 3, 1]);
    /// ```
    fn argsort_descending(self) -> IndicesOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<-1>,
    {
        order(self, rows_of::<Self::S, -1>, true)
    }

    /// [`argsort_descending`](Sorting::argsort_descending) along axis `I`.
    fn argsort_descending_axis<const I: isize>(self) -> IndicesOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        order(self, rows_of::<Self::S, I>, true)
    }
}
impl<X: Operand> Sorting for X {}

fn sorted<X: Elements>(x: X, along: impl FnOnce(X::S) -> Rows, descending: bool) -> PickedOf<X, X::S> {
    let x = x.read();
    let rows = along(x.shape);
    X::sorted(x, rows, descending)
}

fn order<X: Elements>(x: X, along: impl FnOnce(X::S) -> Rows, descending: bool) -> IndicesOf<X, X::S> {
    let x = x.read();
    let rows = along(x.shape);
    let buf = x.device.order_rows(rows, &x.buf, descending, rows.len);
    Tensor { buf, shape: x.shape, device: x.device }
}
