//! Joining and padding: the result is put together from its operands.
//!
//! Apart from `slice`, the opposite, and from `lists` of operands.

use super::lengths::counted;
use super::parts::{AssembledOf, At, Equals, Pair, joined, padded};
use crate::device::SameDevice;
use crate::dims::{AddDim, Added, D, Dim};
use crate::error::{differ, raise};
use crate::graph::{Located, Operand};
use crate::ops::{Over, beside};
use crate::shape::{AxisAt, Concat, Concatenated, Mismatch, SameShape, Shape, WithAxis};

/// Axis `I` with `BEFORE` and `AFTER` elements more.
pub type Padded<X, const I: isize, const BEFORE: usize, const AFTER: usize> =
    WithAxis<<X as Operand>::S, I, Added<Added<At<X, I>, D<BEFORE>>, D<AFTER>>>;

/// Larger tensors from smaller ones, of any element type.
pub trait Joining: Operand + Sized {
    /// `other` behind this tensor along axis `I`, whose sizes are added by the compiler; all other axes are equal.
    /// NumPy's `concatenate`, PyTorch's `cat`. Each operand's gradient is its part of `dy`.
    ///
    /// Run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([[1], [2]]), Cpu.tensor([[3, 4], [5, 6]]));
    /// assert_eq!(x.concat::<1, _>(&y).eval(), Cpu.tensor([[1, 3, 4], [2, 5, 6]]));
    /// ```
    #[track_caller]
    fn concat<const I: isize, Y: Operand>(
        self,
        other: Y,
    ) -> AssembledOf<Self, Concatenated<Self::S, Y::S, I>, Pair<Self, Y>>
    where
        Self::S: Concat<Y::S, I>,
        Self::D: SameDevice<Y::D>,
        Self::N: Located<Self::E>,
        Y::N: Over<Self::E, Y::E, Node: Located<Self::E>>,
    {
        let x = self.ex();
        let y = beside::<Self, _>(x.device, other);
        let shape = x.shape.concat(y.shape).unwrap_or_else(|mismatch| differ(mismatch));
        joined(x, y, shape, <Self::S as Concat<Y::S, I>>::INDEX)
    }

    /// [`concat`](Joining::concat) along an axis whose size only the run knows: `name` makes a dim of the sum.
    ///
    /// Run-time sizes of the other axes that differ raise [`Error::Sizes`](crate::Error::Sizes), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Old = ?, New = ?, Both = ? }
    /// let (x, y) = (Cpu.full((Old(2),), 1), Cpu.full((New(1),), 2));
    /// let both: Tensor<(Both,), i64> = x.concat_as::<0, _, _>(&y, Both).eval();
    /// assert_eq!(both.as_slice(), [1, 1, 2]);
    /// ```
    #[track_caller]
    fn concat_as<const I: isize, Y: Operand, L: Dim>(
        self,
        other: Y,
        name: impl FnOnce(usize) -> L,
    ) -> AssembledOf<Self, WithAxis<Self::S, I, L>, Pair<Self, Y>>
    where
        Self::S: AxisAt<I, Removed: SameShape<<Y::S as AxisAt<I>>::Removed>>,
        Y::S: AxisAt<I>,
        Self::D: SameDevice<Y::D>,
        Self::N: Located<Self::E>,
        Y::N: Over<Self::E, Y::E, Node: Located<Self::E>>,
    {
        let x = self.ex();
        let y = beside::<Self, _>(x.device, other);
        if x.shape.remove().dims().as_slice() != y.shape.remove().dims().as_slice() {
            raise(Mismatch::new("concat", x.shape, y.shape).into());
        }
        let shape = x.shape.with(counted(x.shape.at().size().saturating_add(y.shape.at().size()), name));
        joined(x, y, shape, <Self::S as AxisAt<I>>::INDEX)
    }

    /// `BEFORE` elements of `value` in front of axis `I`, and `AFTER` behind it. `dx` is the inner part of `dy`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0], [2.0]]);
    /// assert_eq!(x.pad::<1, 1, 2>(0.0).eval(), Cpu.tensor([[0.0, 1.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]]));
    /// ```
    fn pad<const I: isize, const BEFORE: usize, const AFTER: usize>(
        self,
        value: Self::E,
    ) -> AssembledOf<Self, Padded<Self, I, BEFORE, AFTER>, Equals<Self>>
    where
        Self::S: AxisAt<I, At: AddDim<D<BEFORE>, Out: AddDim<D<AFTER>>>>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let shape = x.shape.with(Added::<Added<At<Self, I>, D<BEFORE>>, D<AFTER>>::default());
        padded(x, <Self::S as AxisAt<I>>::INDEX, BEFORE, value, shape)
    }

    /// [`pad`](Joining::pad) of an axis whose size, or by numbers that, only the run knows: `name` makes a dim of the
    /// sum.
    ///
    /// A name of another size raises [`Error::Shape`](crate::Error::Shape).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Steps = ?, Padded = ? }
    /// let (x, lags) = (Cpu.full((Steps(2),), 1), 2);
    /// let padded: Tensor<(Padded,), i64> = x.pad_as::<0, _>(lags, 0, -1, Padded).eval();
    /// assert_eq!(padded.as_slice(), [-1, -1, 1, 1]);
    /// ```
    #[track_caller]
    fn pad_as<const I: isize, L: Dim>(
        self,
        before: usize,
        after: usize,
        value: Self::E,
        name: impl FnOnce(usize) -> L,
    ) -> AssembledOf<Self, WithAxis<Self::S, I, L>, Equals<Self>>
    where
        Self::S: AxisAt<I>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let length = x.shape.at().size().saturating_add(before).saturating_add(after);
        let shape = x.shape.with(counted(length, name));
        padded(x, <Self::S as AxisAt<I>>::INDEX, before, value, shape)
    }
}
impl<X: Operand> Joining for X {}
