//! Where values lie among sorted ones: `searchsorted` and `bucketize`.
//!
//! Apart from `sort`, because what is searched in is sorted already.

use crate::device::{CopyWork, OrderWork, SameDevice};
use crate::dims::Dim;
use crate::dtype::SameDtype;
use crate::graph::Operand;
use crate::ops::reduce::elements::{Elements, IndicesOf};
use crate::tensor::Tensor;

/// Where a value goes that is among the sorted ones already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Before its equals.
    #[default]
    Left,
    /// Behind its equals.
    Right,
}

/// Searching in sorted elements.
pub trait Searching: Operand + Sized {
    /// Where each of `values` would be inserted into this sorted vector: at `Side::Left` the number of elements below
    /// it, at `Side::Right` of those that are not above it. NaN is larger than every number. Where the vector is not
    /// sorted, some position in it.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// use congruent::ops::order::Side;
    /// let sorted = Cpu.tensor([1.0, 3.0, 5.0]);
    /// let places = sorted.searchsorted(&Cpu.tensor([[3.0, 9.0], [0.0, 4.0]]), Side::Left);
    /// assert_eq!(places.as_slice(), [1, 3, 0, 2]);
    /// assert_eq!(sorted.searchsorted(&Cpu.tensor([3.0]), Side::Right).as_slice(), [2]);
    /// ```
    fn searchsorted<A: Dim, V>(self, values: V, side: Side) -> IndicesOf<V, V::S>
    where
        Self: Elements + Operand<S = (A,)>,
        V: Elements,
        Self::E: SameDtype<V::E>,
        Self::D: SameDevice<V::D>,
    {
        let (sorted, values) = (self.read(), values.read());
        // One type by the bound above, which the compiler does not conclude: the conversion changes nothing.
        let wanted = values.device.convert(&values.buf);
        let buf = values.device.search_sorted(&sorted.buf, &wanted, side == Side::Right);
        Tensor { buf, shape: values.shape, device: values.device }
    }

    /// The number of the bucket between sorted `boundaries` that each element lies in: bucket `i` ends with
    /// `boundaries[i]`, which at `Side::Left` belongs to it, and at `Side::Right` to the next (PyTorch's `right=True`).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// use congruent::ops::order::Side;
    /// let x = Cpu.tensor([0.5, 1.0, 7.0]);
    /// assert_eq!(x.bucketize(&Cpu.tensor([1.0, 2.0]), Side::Left).as_slice(), [0, 0, 2]);
    /// assert_eq!(x.bucketize(&Cpu.tensor([1.0, 2.0]), Side::Right).as_slice(), [0, 1, 2]);
    /// ```
    fn bucketize<A: Dim, B>(self, boundaries: B, side: Side) -> IndicesOf<Self, Self::S>
    where
        Self: Elements,
        B: Elements + Operand<S = (A,)>,
        B::E: SameDtype<Self::E>,
        B::D: SameDevice<Self::D>,
    {
        boundaries.searchsorted(self, side)
    }
}
impl<X: Operand> Searching for X {}
