//! Axes whose elements come again in another order: rolled, padded by themselves, repeated.
//!
//! Apart from `select`, which is told the indices: here they follow from the axis.

use super::super::Operand;
use super::indices::Line;
use super::source::{Moved, Moves, Source};
use crate::dims::{AddDim, Added, D, Dim, MulDim, Multiplied};
use crate::error::{Error, raise};
use crate::graph::count;
use crate::shape::{AxisAt, WithAxis};

/// What stands beyond the ends of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edges {
    /// The axis mirrored at its first and last element, which are not repeated: `3 2 | 1 2 3 | 2 1`.
    Reflect,
    /// The first and last element: `1 1 | 1 2 3 | 3 3`.
    Replicate,
    /// The axis from its other end: `2 3 | 1 2 3 | 1 2`.
    Circular,
}

/// Axis `I` with `BEFORE` and `AFTER` elements more.
type Grown<X, const I: isize, const BEFORE: usize, const AFTER: usize> =
    WithAxis<<X as Operand>::S, I, Added<Added<At<X, I>, D<BEFORE>>, D<AFTER>>>;
/// Axis `I` `N` times as long.
type Longer<X, const I: isize, const N: usize> = WithAxis<<X as Operand>::S, I, Multiplied<At<X, I>, D<N>>>;
type At<X, const I: isize> = <<X as Operand>::S as AxisAt<I>>::At;

/// Elements along an axis, rolled, mirrored and repeated. Any element type; each operand's gradient is the sum of `dy`
/// over the places that an element came to.
pub trait Rearranging: Operand + Sized {
    /// Elements moved `shift` places along axis `I`, those that leave at one end coming in at the other; negative
    /// shifts go to the front. NumPy's and PyTorch's `roll`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).roll::<0>(1).eval(), Cpu.tensor([3.0, 1.0, 2.0]));
    /// ```
    fn roll<const I: isize>(self, shift: isize) -> Moved<Self, Self::S>
    where
        Self: Source<<Self as Operand>::E>,
        Self::S: AxisAt<I>,
    {
        self.moved(|x, shape, device| {
            let len = shape.at().size() as i64;
            let ids = (0..len).map(|i| (i - shift as i64 % len).rem_euclid(len)).collect();
            let rows = Line::of::<I, _>(shape).rows(device, ids);
            (rows.take(device, x), shape, Moves::Picked(rows))
        })
    }

    /// `BEFORE` elements in front of axis `I` and `AFTER` behind it, which continue it as `edges` says. PyTorch's `pad`
    /// by its modes; for one number everywhere there is [`pad`](crate::ops::Joining::pad).
    ///
    /// More than the axis can continue (its length less 1 by reflection, any number of an empty one) raises
    /// [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::{ops::Edges, prelude::*};
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.pad_edges::<0, 2, 1>(Edges::Reflect).eval(), Cpu.tensor([3.0, 2.0, 1.0, 2.0, 3.0, 2.0]));
    /// ```
    #[track_caller]
    fn pad_edges<const I: isize, const BEFORE: usize, const AFTER: usize>(
        self,
        edges: Edges,
    ) -> Moved<Self, Grown<Self, I, BEFORE, AFTER>>
    where
        Self: Source<<Self as Operand>::E>,
        Self::S: AxisAt<I, At: AddDim<D<BEFORE>, Out: AddDim<D<AFTER>>>>,
    {
        self.moved(|x, shape, device| {
            let len = shape.at().size();
            let out_shape = shape.with(Added::<Added<At<Self, I>, D<BEFORE>>, D<AFTER>>::default());
            count(out_shape);
            let rows = Line::of::<I, _>(shape).rows(device, continued(edges, len, BEFORE, AFTER));
            (rows.take(device, x), out_shape, Moves::Picked(rows))
        })
    }

    /// Each element of axis `I` `N` times in a row. NumPy's `repeat`, PyTorch's `repeat_interleave`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0]).repeat_interleave::<0, 2>().eval(), Cpu.tensor([1.0, 1.0, 2.0, 2.0]));
    /// ```
    fn repeat_interleave<const I: isize, const N: usize>(self) -> Moved<Self, Longer<Self, I, N>>
    where
        Self: Source<<Self as Operand>::E>,
        Self::S: AxisAt<I, At: MulDim<D<N>>>,
    {
        self.moved(|x, shape, device| {
            let out_shape = shape.with(Multiplied::<At<Self, I>, D<N>>::default());
            let ids = (0..shape.at().size() as i64).flat_map(|i| std::iter::repeat_n(i, N)).collect();
            let rows = Line::of::<I, _>(shape).rows(device, ids);
            (rows.take(device, x), out_shape, Moves::Picked(rows))
        })
    }
}
impl<X: Operand> Rearranging for X {}

/// The indices of a padded axis.
#[track_caller]
fn continued(edges: Edges, len: usize, before: usize, after: usize) -> Vec<i64> {
    let most = if edges == Edges::Reflect { len.saturating_sub(1) } else { usize::MAX };
    if before.max(after) > most || (len == 0 && before + after > 0) {
        let rule = "reflection needs a longer axis, and every mode one element";
        raise(Error::Value { what: "padding", found: format!("{before} and {after} beside {len} elements"), rule });
    }
    let (len, from) = (len as i64, -(before as i64));
    let place = |i: i64| match edges {
        Edges::Reflect if i < 0 => -i,
        Edges::Reflect if i >= len => 2 * (len - 1) - i,
        Edges::Reflect => i,
        Edges::Replicate => i.clamp(0, len - 1),
        Edges::Circular => i.rem_euclid(len),
    };
    (from..len + after as i64).map(place).collect()
}
