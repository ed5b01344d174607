//! A second tensor written or added to places that indices name.
//!
//! Apart from `select`, whose gradients these are and the other way round. What is written twice is decided by the
//! order of the indices: the last one stays, sums are added in order.

use super::indices::{Indices, Line};
use super::scatter_reduce::ScatterReduce;
use super::select::along;
use super::several::{IndexTuple, rows};
use super::writing::{AccumulatedOf, Accumulates, Combined, Holds, Put, Receives, SameOf};
use crate::device::SameDevice;
use crate::error::raise;
use crate::graph::Operand;
use crate::shape::{AlongAxis, AxisAt, IndexList, Indexed, IndexedBy, LengthOf, Mismatch, SameShape, Shape, WithAxis};

/// Writing and adding at indices. Negative indices count from the end; one outside of the axis raises
/// [`Error::Index`](crate::Error::Index), run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
///
/// Indices and source are parameters of the trait so that methods can be called with the axis alone, `x.scatter::<1>`.
pub trait Scattering<Ids, Y>: Operand + Sized {
    /// Writes one element for each index, along axis `I`: `y[i, ids[i, j, k], k] = src[i, j, k]` for `I = 1`, else `x`.
    /// NumPy's `put_along_axis`. Any element type; of elements written to one place the last stays.
    ///
    /// `dx = dy` where nothing was written, else 0; `dsrc` is `dy` at the place, and 0 where a later element was
    /// written. `ids` and `src` have one shape, which is that of `x` but along axis `I`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![2, 3]>();
    /// let y = x.scatter::<1>(&Cpu.tensor([[2], [0]]), &Cpu.tensor([[5.0], [6.0]])).eval();
    /// assert_eq!(y.as_slice(), [0.0, 0.0, 5.0, 6.0, 0.0, 0.0]);
    /// ```
    #[doc(alias = "put_along_axis")]
    #[track_caller]
    fn scatter<const I: isize>(self, ids: Ids, src: Y) -> Put<Self, Y>
    where
        Y: Operand,
        Self::S: AxisAt<I>,
        Ids: Indices<S: AlongAxis<Self::S, I> + SameShape<Y::S>>,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Receives<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.put(src.same(), |shape, src, device| {
            same("scatter", ids.shape(), src);
            along::<I, _, _, _>(shape, device, &ids)
        })
    }

    /// Adds one element for each index, along axis `I`: `y[i, ids[i, j, k], k] += src[i, j, k]` for `I = 1`, in the
    /// order of the indices.
    ///
    /// `dx = dy`, `dsrc` is `dy` at the place. Shapes as of [`scatter`](Scattering::scatter).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([10.0, 20.0]);
    /// let y = x.scatter_add::<0>(&Cpu.tensor([1, 1, -2]), &Cpu.tensor([1.0, 2.0, 3.0])).eval();
    /// assert_eq!(y.as_slice(), [13.0, 23.0]);
    /// ```
    #[track_caller]
    fn scatter_add<const I: isize>(self, ids: Ids, src: Y) -> AccumulatedOf<Self, Y>
    where
        Y: Operand,
        Self::S: AxisAt<I>,
        Ids: Indices<S: AlongAxis<Self::S, I> + SameShape<Y::S>>,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Accumulates<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.add(src.same(), |shape, src, device| {
            same("scatter_add", ids.shape(), src);
            along::<I, _, _, _>(shape, device, &ids)
        })
    }

    /// Writes whole slices of axis `I`, by a list of indices: `y[.., ids[j], ..] = src[.., j, ..]`, else `x`. Any
    /// element type; of slices written to one place the last stays.
    ///
    /// `dx = dy` where nothing was written, else 0; `dsrc` is `dy` at the place, and 0 where a later slice was written.
    /// `src` has the shape of `x`, with the axis of `ids` in place of axis `I`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2], [3, 4], [5, 6]]);
    /// let y = x.index_copy::<0>(&Cpu.tensor([-1]), &Cpu.tensor([[8, 9]])).eval();
    /// assert_eq!(y.as_slice(), [1, 2, 3, 4, 8, 9]);
    /// ```
    #[track_caller]
    fn index_copy<const I: isize>(self, ids: Ids, src: Y) -> Put<Self, Y>
    where
        Y: Operand,
        Self::S: AxisAt<I>,
        Ids: Indices<S: IndexList>,
        WithAxis<Self::S, I, LengthOf<Ids::S>>: SameShape<Y::S>,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Receives<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.put(src.same(), |shape, src, device| {
            same("index_copy", shape.with(ids.shape().length()), src);
            Line::of::<I, _>(shape).rows(device, ids.values())
        })
    }

    /// Adds whole slices to axis `I`, by a list of indices: `y[.., ids[j], ..] += src[.., j, ..]`, in the order of `j`.
    ///
    /// `dx = dy`, `dsrc` is `dy` at the place. Shapes as of [`index_copy`](Scattering::index_copy).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![2, 2]>();
    /// let y = x.index_add::<0>(&Cpu.tensor([1, 1]), &Cpu.tensor([[1.0, 2.0], [3.0, 4.0]])).eval();
    /// assert_eq!(y.as_slice(), [0.0, 0.0, 4.0, 6.0]);
    /// ```
    #[track_caller]
    fn index_add<const I: isize>(self, ids: Ids, src: Y) -> AccumulatedOf<Self, Y>
    where
        Y: Operand,
        Self::S: AxisAt<I>,
        Ids: Indices<S: IndexList>,
        WithAxis<Self::S, I, LengthOf<Ids::S>>: SameShape<Y::S>,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Accumulates<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.add(src.same(), |shape, src, device| {
            same("index_add", shape.with(ids.shape().length()), src);
            Line::of::<I, _>(shape).rows(device, ids.values())
        })
    }

    /// Writes elements, or slices, by one tensor of indices for each of the leading axes, NumPy's `x[i, j] = src`:
    /// `y[i[k..], j[k..], ..] = src[k.., ..]`, else `x`. Any element type; of what is written to one place the last
    /// stays.
    ///
    /// `dx = dy` where nothing was written, else 0; `dsrc` is `dy` at the place, and 0 where a later element was
    /// written. `src` has the shape of [`index`](super::Indexing::index) by the same indices; `expand` gives it to a
    /// smaller one.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, i, j) = (Cpu.zeros::<Shape![2, 3]>(), Cpu.tensor([1, 0]), Cpu.tensor([0, -1]));
    /// let y = x.index_put((&i, &j), &Cpu.tensor([7.0, 8.0])).eval();
    /// assert_eq!(y.as_slice(), [0.0, 0.0, 8.0, 7.0, 0.0, 0.0]);
    /// ```
    #[track_caller]
    fn index_put(self, ids: Ids, src: Y) -> Put<Self, Y>
    where
        Y: Operand,
        Ids: IndexTuple,
        Self::S: Indexed<Ids::Axes, Ids::S>,
        IndexedBy<Self::S, Ids::Axes, Ids::S>: SameShape<Y::S>,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Receives<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.put(src.same(), |shape, src, device| {
            same("index_put", shape.indexed(ids.shape()), src);
            rows(shape, &ids, device)
        })
    }

    /// Adds elements, or slices, by one tensor of indices for each of the leading axes: `y[i[k..], j[k..], ..] +=
    /// src[k.., ..]`, in the order of the indices. NumPy's `add.at`, PyTorch's `index_put` that accumulates.
    ///
    /// `dx = dy`, `dsrc` is `dy` at the place. Shapes as of [`index_put`](Scattering::index_put).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, i, j) = (Cpu.ones::<Shape![2, 2]>(), Cpu.tensor([1, 1]), Cpu.tensor([0, 0]));
    /// let y = x.index_put_add((&i, &j), &Cpu.tensor([7.0, 8.0])).eval();
    /// assert_eq!(y.as_slice(), [1.0, 1.0, 16.0, 1.0]);
    /// ```
    #[track_caller]
    fn index_put_add(self, ids: Ids, src: Y) -> AccumulatedOf<Self, Y>
    where
        Y: Operand,
        Ids: IndexTuple,
        Self::S: Indexed<Ids::Axes, Ids::S>,
        IndexedBy<Self::S, Ids::Axes, Ids::S>: SameShape<Y::S>,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Accumulates<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.add(src.same(), |shape, src, device| {
            same("index_put_add", shape.indexed(ids.shape()), src);
            rows(shape, &ids, device)
        })
    }

    /// Combines one element for each index with what is there, along axis `I`: the sum, product, mean, largest or
    /// smallest of `x[i, j, k]` and every `src` whose index leads there. PyTorch's, with `include_self`.
    ///
    /// Sums and means pass `dy` (over the number of elements) on to all that met; products `dy` times the product of
    /// the others; extremes share it equally among ties. Shapes as of [`scatter`](Scattering::scatter).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, src) = (Cpu.tensor([2.0, 3.0]), Cpu.tensor([5.0, 7.0, 1.0]));
    /// let ids = Cpu.tensor([0, 0, 1]);
    /// assert_eq!(x.scatter_reduce::<0>(&ids, &src, ScatterReduce::Prod).eval().as_slice(), [70.0, 3.0]);
    /// assert_eq!(x.scatter_reduce::<0>(&ids, &src, ScatterReduce::Mean).eval().as_slice(), [14.0 / 3.0, 2.0]);
    /// ```
    #[track_caller]
    fn scatter_reduce<const I: isize>(self, ids: Ids, src: Y, how: ScatterReduce) -> Combined<Self, Y>
    where
        Y: Operand,
        Self::S: AxisAt<I>,
        Ids: Indices<S: AlongAxis<Self::S, I> + SameShape<Y::S>>,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Accumulates<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.combine(src.same(), how, |shape, src, device| {
            same("scatter_reduce", ids.shape(), src);
            along::<I, _, _, _>(shape, device, &ids)
        })
    }
}
impl<X: Operand, Ids, Y> Scattering<Ids, Y> for X {}

/// Run-time sizes of the source are those that are wanted.
#[track_caller]
fn same<S: Shape, S2: Shape>(law: &'static str, wanted: S, src: S2) {
    if wanted.dims().as_slice() != src.dims().as_slice() {
        raise(Mismatch::new(law, wanted, src).into());
    }
}
