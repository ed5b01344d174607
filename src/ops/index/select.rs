//! Elements and rows chosen by indices, and rows filled with a number.
//!
//! Apart from `scatter`, which has a second tensor to write from.

use super::indices::{Indices, Line, NumberedRows, resolved};
use super::several::{IndexTuple, rows};
use super::source::{Fill, Moved, Moves, Source};
use crate::device::{Device, IndexWork, SameDevice, Storage};
use crate::error::{collected, differ};
use crate::graph::Operand;
use crate::layout::count;
use crate::shape::{AlongAxis, AxisAt, IndexList, Indexed, IndexedBy, LengthOf, WithAxis};

/// Choosing by indices. Any element type; negative indices count from the end.
///
/// The indices are a parameter of the trait so that methods can be called with the axis alone, `x.index_select::<1>`.
pub trait Indexing<Ids>: Operand + Sized {
    /// Slices along axis `I`, in the order of a list of indices: `y[.., i, ..] = x[.., ids[i], ..]`.
    ///
    /// `dx` is the sum of `dy` over the indices that took the slice, in their order. The axis becomes that of `ids`,
    /// all others stay. An index outside of the axis raises [`Error::Index`](crate::Error::Index); of no indices the
    /// result is empty.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let y = x.index_select::<1>(&Cpu.tensor([-1, 0])).eval();
    /// assert_eq!(y.as_slice(), [3.0, 1.0, 6.0, 4.0]);
    /// let error = attempt(|| x.index_select::<0>(&Cpu.tensor([0, 2])).eval()).unwrap_err();
    /// assert_eq!(error.to_string(), "index 2 at position 1 is outside of an axis of length 2");
    /// ```
    #[track_caller]
    fn index_select<const I: isize>(self, ids: Ids) -> Moved<Self, WithAxis<Self::S, I, LengthOf<Ids::S>>>
    where
        Ids: Indices<S: IndexList>,
        Self: Source,
        Self::S: AxisAt<I>,
        Self::D: SameDevice<Ids::D>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let out_shape = shape.with(ids.shape().length());
        count(out_shape);
        let rows = Line::of::<I, _>(shape).rows(device, ids.values());
        Self::moved((rows.take(device, x), out_shape, Moves::Picked(rows)), whole)
    }

    /// Elements by their number in row-major order: `y[i..] = x.flatten()[ids[i..]]`; `y` has the shape of `ids`.
    ///
    /// `dx` is the sum of `dy` over the indices that took the element. An index outside raises
    /// [`Error::Index`](crate::Error::Index).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.take(&Cpu.tensor([[3, 0], [-3, 0]])).eval().as_slice(), [4.0, 1.0, 2.0, 1.0]);
    /// ```
    #[track_caller]
    fn take(self, ids: Ids) -> Moved<Self, Ids::S>
    where
        Ids: Indices,
        Self: Source,
        Self::D: SameDevice<Ids::D>,
    {
        let whole = self.whole();
        let (x, device) = (&whole.values, whole.from.device);
        let rows = NumberedRows::new(device, 1, resolved(ids.values(), x.len()));
        Self::moved((rows.take(device, x), ids.shape(), Moves::Picked(rows)), whole)
    }

    /// One element for each index, chosen along axis `I`: `y[i, j, k] = x[i, ids[i, j, k], k]` for `I = 1`. This is
    /// NumPy's name; PyTorch calls it `gather`, which here takes rows of a table.
    ///
    /// `dx` is the sum of `dy` over the indices that took the element, in their order. `ids` has the rank of `x` and
    /// its axes but `I`. An index outside of the axis raises [`Error::Index`](crate::Error::Index), run-time sizes that
    /// differ [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let y = x.take_along_axis::<1>(&Cpu.tensor([[2, 2], [0, -1]])).eval();
    /// assert_eq!(y.as_slice(), [3.0, 3.0, 4.0, 6.0]);
    /// ```
    #[doc(alias = "gather")]
    #[track_caller]
    fn take_along_axis<const I: isize>(self, ids: Ids) -> Moved<Self, Ids::S>
    where
        Self::S: AxisAt<I>,
        Ids: Indices<S: AlongAxis<Self::S, I>>,
        Self: Source,
        Self::D: SameDevice<Ids::D>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let rows = along::<I, _, _, _>(shape, device, &ids);
        Self::moved((rows.take(device, x), ids.shape(), Moves::Picked(rows)), whole)
    }

    /// Elements, or slices, by one tensor of indices for each of the leading axes, NumPy's `x[i, j]`:
    /// `y[k.., ..] = x[i[k..], j[k..], ..]`.
    ///
    /// The indices broadcast with each other. The result has their axes, then those of `x` that have no index. `dx` is
    /// the sum of `dy` over the indices that took the element, in their order. An index outside of its axis raises
    /// [`Error::Index`](crate::Error::Index), indices whose run-time sizes differ
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let (i, j) = (Cpu.tensor([0, 1, -1]), Cpu.tensor([2, 0, 1]));
    /// assert_eq!(x.index((&i, &j)).eval().as_slice(), [3.0, 4.0, 5.0]);
    /// assert_eq!(x.index((&Cpu.tensor([[1, 0]]),)).shape(), (D::<1>, D::<2>, D::<3>));
    /// let error = attempt(|| x.index((&i, &Cpu.tensor([0, 3, 0]))).eval()).unwrap_err();
    /// assert_eq!(error.to_string(), "index 3 at position 1 is outside of an axis of length 3");
    /// ```
    #[doc(alias = "gather_nd")]
    #[track_caller]
    fn index(self, ids: Ids) -> Moved<Self, IndexedBy<Self::S, Ids::Axes, Ids::S>>
    where
        Ids: IndexTuple,
        Self: Source,
        Self::S: Indexed<Ids::Axes, Ids::S>,
        Self::D: SameDevice<Ids::D>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let rows = rows(shape, &ids, device);
        Self::moved((rows.take(device, x), shape.indexed(ids.shape()), Moves::Picked(rows)), whole)
    }

    /// A number in the slices of axis `I` that a list of indices names: `y[.., ids[i], ..] = value`, else `x`.
    ///
    /// `dx = dy` where nothing was filled, and 0 elsewhere. The number is an `f64` for floats, and of the element type
    /// for the others. An index outside of the axis raises [`Error::Index`](crate::Error::Index).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let y = x.index_fill::<1>(&Cpu.tensor([-1, 1]), 0.0).eval();
    /// assert_eq!(y.as_slice(), [1.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
    /// ```
    #[track_caller]
    fn index_fill<const I: isize>(self, ids: Ids, value: <Self::E as Fill>::Value) -> Moved<Self, Self::S>
    where
        Ids: Indices<S: IndexList>,
        Self: Source,
        Self::E: Fill,
        Self::S: AxisAt<I>,
        Self::D: SameDevice<Ids::D>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let rows = Line::of::<I, _>(shape).rows(device, ids.values());
        let mut out = device.unshared(x.clone());
        let row = collected(rows.width.min(x.len()), std::iter::repeat(<Self::E as Fill>::of(value)));
        device.put_rows(&mut out, rows.width, &rows.places, &device.upload(&row));
        Self::moved((out, shape, Moves::Overwritten(rows)), whole)
    }
}
impl<X: Operand, Ids> Indexing<Ids> for X {}

/// The elements along axis `I` that indices name, one each.
#[track_caller]
pub(super) fn along<const I: isize, S, D, Ids>(shape: S, device: D, ids: &Ids) -> NumberedRows
where
    S: AxisAt<I>,
    D: Device,
    Ids: Indices<S: AlongAxis<S, I>>,
{
    if let Err(mismatch) = ids.shape().along(shape) {
        differ(mismatch);
    }
    Line::of::<I, _>(shape).elements(device, ids.values())
}
