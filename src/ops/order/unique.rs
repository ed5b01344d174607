//! Distinct elements, with how often and where each occurs.
//!
//! Apart from `sort`, because how many there are is known when the program runs: the caller names the axis.

use super::quantile::same;
use crate::device::{Device, OrderWork, Storage};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::error::{Error, OrRaise};
use crate::graph::Operand;
use crate::loops::Rows;
use crate::ops::reduce::elements::{Elements, IndicesOf, Values};
use crate::tensor::Tensor;

/// The distinct elements of `X` along a new axis `A`.
pub type DistinctOf<X, A> = Tensor<(A,), <X as Operand>::E, <X as Operand>::D>;

/// Distinct elements. `axis` is the constructor of the axis along which they lie: `Distinct` after
/// `dims! { Distinct = ? }`. An axis that does not take their number raises [`Error::Length`].
pub trait DistinctValues: Operand + Sized {
    /// The distinct elements in ascending order. All NaN are one, at the end, as NumPy has it. No gradient.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Distinct = ? }
    /// let x = Cpu.tensor([[3, 1], [3, 2]]);
    /// assert_eq!(x.unique(Distinct).as_slice(), [1, 2, 3]);
    /// ```
    #[track_caller]
    fn unique<A: Dim>(self, axis: impl FnOnce(usize) -> A) -> DistinctOf<Self, A>
    where
        Self: Elements,
    {
        let x = self.read_apart();
        tensor(x.device, axis, &distinct(&x, false).values)
    }

    /// The distinct elements in ascending order, and how often each occurs.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Distinct = ? }
    /// let (values, counts) = Cpu.tensor([0.5, 0.1, 0.5]).unique_counts(Distinct);
    /// assert_eq!((values.as_slice(), counts.as_slice()), (&[0.1, 0.5][..], &[1, 2][..]));
    /// ```
    #[track_caller]
    fn unique_counts<A: Dim>(self, axis: impl FnOnce(usize) -> A) -> (DistinctOf<Self, A>, Tensor<(A,), i64, Self::D>)
    where
        Self: Elements,
    {
        let x = self.read_apart();
        let (device, found) = (x.device, distinct(&x, false));
        let values = tensor(device, axis, &found.values);
        let shape = values.shape;
        (values, tensor(device, |_| shape.0, &found.counts))
    }

    /// The distinct elements in ascending order, and for each element of the operand the position of its value among
    /// them.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Distinct = ? }
    /// let (values, inverse) = Cpu.tensor([30, 10, 30]).unique_inverse(Distinct);
    /// assert_eq!((values.as_slice(), inverse.as_slice()), (&[10, 30][..], &[1, 0, 1][..]));
    /// ```
    #[track_caller]
    fn unique_inverse<A: Dim>(self, axis: impl FnOnce(usize) -> A) -> (DistinctOf<Self, A>, IndicesOf<Self, Self::S>)
    where
        Self: Elements,
    {
        let x = self.read_apart();
        let (shape, device, found) = (x.shape, x.device, distinct(&x, true));
        let inverse = Tensor { buf: device.upload(&found.inverse), shape, device };
        (tensor(device, axis, &found.values), inverse)
    }
}
impl<X: Operand> DistinctValues for X {}

pub(super) struct Distinct<E> {
    pub(super) values: Vec<E>,
    counts: Vec<i64>,
    /// For each element the position of its value; of none where nobody asks.
    inverse: Vec<i64>,
}

/// How many elements are sorted with keys and memory beside them: of more, positions take less.
const FEW: usize = 1 << 17;

pub(super) fn distinct<X: Elements>(x: &Values<X>, inverse: bool) -> Distinct<X::E> {
    let len = x.buf.len();
    let (rows, places) = (Rows::new(1, len, 1), if inverse { len } else { 0 });
    let mut found = Distinct { values: Vec::new(), counts: Vec::new(), inverse: vec![0; places] };
    let mut note = |value: X::E, times: usize| {
        found.values.push(value);
        found.counts.push(times as i64);
    };
    if !inverse && len <= FEW {
        // Elements alone are sorted faster than their positions, and equal ones keep their order, too.
        let sorted = x.device.sort_rows(rows, &x.buf, false);
        x.device.show(&sorted, |sorted| {
            sorted.chunk_by(|&a, &b| same(a, b)).for_each(|run| note(run[0], run.len()));
        });
        return found;
    }
    let order = x.device.order_rows(rows, &x.buf, false, len);
    let mut number = 0;
    let mut note_all = |elements: &[X::E], order: &[i64]| {
        for run in order.chunk_by(|&a, &b| same(elements[a as usize], elements[b as usize])) {
            if inverse {
                run.iter().for_each(|&place| found.inverse[place as usize] = number);
            }
            note(elements[run[0] as usize], run.len());
            number += 1;
        }
    };
    x.device.show(&x.buf, |elements| x.device.show(&order, |order| note_all(elements, order)));
    found
}

#[track_caller]
pub(super) fn tensor<A: Dim, E: Elem, D: Device>(
    device: D,
    axis: impl FnOnce(usize) -> A,
    values: &[E],
) -> Tensor<(A,), E, D> {
    let shape = (named(axis, values.len()).or_raise(),);
    Tensor { buf: device.upload(values), shape, device }
}

/// The axis that the caller names, which must take as many elements as there are.
pub(super) fn named<A: Dim>(axis: impl FnOnce(usize) -> A, len: usize) -> Result<A, Error> {
    let axis = axis(len);
    if axis.size() == len { Ok(axis) } else { Err(Error::length((axis,), len)) }
}
