//! Distinct slices along an axis, with how often and where each occurs; columns sorted by several keys.
//!
//! Apart from `unique` and `sort`, which compare elements: here whole slices are compared, element after element.

use super::unique::{named, tensor};
use crate::device::{OrderWork, Storage};
use crate::dims::Dim;
use crate::error::{OrRaise, collected};
use crate::graph::Operand;
use crate::loops::Rows;
use crate::memory::Buf;
use crate::ops::index::{Line, NumberedRows};
use crate::ops::reduce::elements::{Elements, IndicesOf, Values, places, rows_of, take};
use crate::shape::{AxisAt, Shape, WithAxis};
use crate::tensor::Tensor;
use std::cmp::Ordering;

/// The distinct slices of `X` along its axis `I`, which is `A` now.
pub type DistinctSlicesOf<X, const I: isize, A> =
    Tensor<WithAxis<<X as Operand>::S, I, A>, <X as Operand>::E, <X as Operand>::D>;

/// Slices compared as wholes. `axis` is the constructor of the axis of distinct slices: `Distinct` after
/// `dims! { Distinct = ? }`. An axis that does not take their number raises [`Error::Length`](crate::Error::Length).
pub trait SliceOrder: Operand + Sized {
    /// The distinct slices along axis `I`, in the order of their first elements that differ: distinct rows for `I` = 0.
    /// NumPy's `unique` with an axis. NaN is one value, the largest. Slices without elements are all the same. No
    /// gradient.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Distinct = ? }
    /// let x = Cpu.tensor([[2, 1], [1, 3], [2, 1]]);
    /// assert_eq!(x.unique_axis::<0, _>(Distinct).as_slice(), [1, 3, 2, 1]);
    /// ```
    #[track_caller]
    fn unique_axis<const I: isize, A: Dim>(self, axis: impl FnOnce(usize) -> A) -> DistinctSlicesOf<Self, I, A>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        let x = self.read_apart();
        let found = distinct::<I, _>(&x, false);
        slices::<I, _, _>(&x, found.first, axis)
    }

    /// The distinct slices along axis `I`, and how often each occurs.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Distinct = ? }
    /// let x = Cpu.tensor([[2, 1], [1, 3], [2, 1]]);
    /// let (values, counts) = x.unique_axis_counts::<0, _>(Distinct);
    /// assert_eq!((values.as_slice(), counts.as_slice()), (&[1, 3, 2, 1][..], &[1, 2][..]));
    /// ```
    #[track_caller]
    fn unique_axis_counts<const I: isize, A: Dim>(
        self,
        axis: impl FnOnce(usize) -> A,
    ) -> (DistinctSlicesOf<Self, I, A>, IndicesOf<Self, (A,)>)
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        let x = self.read_apart();
        let found = distinct::<I, _>(&x, false);
        let axis = named(axis, found.first.len()).or_raise();
        let counts = tensor(x.device, |_| axis, &found.counts);
        (slices::<I, _, _>(&x, found.first, |_| axis), counts)
    }

    /// The distinct slices along axis `I`, and for each slice of the operand its position among them.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Distinct = ? }
    /// let x = Cpu.tensor([[2, 1], [1, 3], [2, 1]]);
    /// let (values, inverse) = x.unique_axis_inverse::<0, _>(Distinct);
    /// assert_eq!((values.as_slice(), inverse.as_slice()), (&[1, 3, 2, 1][..], &[1, 0, 1][..]));
    /// ```
    #[track_caller]
    #[expect(clippy::type_complexity, reason = "the slices, and a position for each of the axis")]
    fn unique_axis_inverse<const I: isize, A: Dim>(
        self,
        axis: impl FnOnce(usize) -> A,
    ) -> (DistinctSlicesOf<Self, I, A>, IndicesOf<Self, (<Self::S as AxisAt<I>>::At,)>)
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        let x = self.read_apart();
        let found = distinct::<I, _>(&x, true);
        let inverse = Tensor { buf: x.device.upload(&found.inverse), shape: (x.shape.at(),), device: x.device };
        (slices::<I, _, _>(&x, found.first, axis), inverse)
    }

    /// Positions that sort the last axis by several keys, which lie along the first axis: the last key decides, those
    /// before it where it is equal, as in NumPy's `lexsort`. Each key is ascending, NaN last; columns that are equal in
    /// all keys keep their order, and so do all where there are no keys.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (minutes, hours) = (Cpu.tensor([30, 10, 20]), Cpu.tensor([9, 9, 8]));
    /// assert_eq!([&minutes, &hours].stack::<0>().lexsort().as_slice(), [2, 1, 0]);
    /// ```
    #[track_caller]
    fn lexsort(self) -> IndicesOf<Self, <Self::S as AxisAt<0>>::Removed>
    where
        Self: Elements,
        Self::S: AxisAt<0, Removed: AxisAt<-1>>,
    {
        let x = self.read_apart();
        let (keys, shape, device) = (x.shape.at().size(), x.shape.remove(), x.device);
        let (rows, len) = (rows_of::<_, -1>(shape), shape.len());
        let key = |key: usize| NumberedRows::new(device, len, vec![key as i64]).take(device, &x.buf);
        let sorted = |key: &Buf<_>| device.order_rows(rows, key, false, rows.len);
        // Of no elements there is nothing to order, however many keys there are.
        let keys = if len == 0 { 0 } else { keys };
        let first = if keys == 0 { sorted(&device.zeroed(len)) } else { sorted(&key(0)) };
        let order = (1..keys).fold(first, |order, next| {
            let before = places(device, rows, rows.len, &order);
            let now = sorted(&take(device, &key(next), &before));
            take(device, &order, &places(device, rows, rows.len, &now))
        });
        Tensor { buf: order, shape, device }
    }
}
impl<X: Operand> SliceOrder for X {}

/// Distinct slices.
struct Distinct {
    /// A slice of each kind, in order.
    first: Vec<i64>,
    counts: Vec<i64>,
    /// For each slice the position of its kind; of none where nobody asks.
    inverse: Vec<i64>,
}

#[track_caller]
fn distinct<const I: isize, X>(x: &Values<X>, inverse: bool) -> Distinct
where
    X: Operand<S: AxisAt<I>>,
{
    let rows = rows_of::<X::S, I>(x.shape);
    let places = collected(if inverse { rows.len } else { 0 }, std::iter::repeat(0));
    let mut found = Distinct { first: Vec::new(), counts: Vec::new(), inverse: places };
    if x.buf.is_empty() {
        // One kind, however many slices there are: they are not even numbered.
        found.first.extend((rows.len > 0).then_some(0));
        found.counts.extend((rows.len > 0).then_some(rows.len as i64));
        return found;
    }
    let mut order: Vec<i64> = collected(rows.len, 0..rows.len as i64);
    x.device.show(&x.buf, |elements| {
        order.sort_by(|&a, &b| compared(rows, elements, a as usize, b as usize));
        for run in order.chunk_by(|&a, &b| compared(rows, elements, a as usize, b as usize).is_eq()) {
            if inverse {
                run.iter().for_each(|&slice| found.inverse[slice as usize] = found.first.len() as i64);
            }
            found.first.push(run[0]);
            found.counts.push(run.len() as i64);
        }
    });
    found
}

/// The order of two slices: that of the first elements that differ, NaN after all numbers.
fn compared<E: PartialOrd>(rows: Rows, elements: &[E], a: usize, b: usize) -> Ordering {
    let Rows { outer, len, inner } = rows;
    let line = |at: usize, block: usize| &elements[(block * len + at) * inner..][..inner];
    let nan = |x: &E| x.partial_cmp(x).is_none();
    let order = |(x, y): (&E, &E)| x.partial_cmp(y).unwrap_or_else(|| nan(x).cmp(&nan(y)));
    let mut orders = (0..outer).flat_map(|block| line(a, block).iter().zip(line(b, block)).map(order));
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// These slices of axis `I`, under the axis that the caller names.
#[track_caller]
fn slices<const I: isize, X, A: Dim>(
    x: &Values<X>,
    which: Vec<i64>,
    axis: impl FnOnce(usize) -> A,
) -> DistinctSlicesOf<X, I, A>
where
    X: Operand<S: AxisAt<I>>,
{
    let axis = named(axis, which.len()).or_raise();
    let rows = Line::of::<I, _>(x.shape).rows(x.device, which);
    Tensor { buf: rows.take(x.device, &x.buf), shape: x.shape.with(axis), device: x.device }
}
