//! Places counted in row-major order, and the indices along each axis that they stand for.
//!
//! Apart from `select` because no tensor is looked at: a shape is enough.

use super::indices::resolved;
use crate::device::Storage;
use crate::dims::{Dim, DimOf, ToDim};
use crate::dtype::Integer;
use crate::error::collected;
use crate::graph::{Located, Operand};
use crate::layout::count;
use crate::shape::{Append, Appended, AxisAt, Coordinates, Shape, ShapeValue};
use crate::tensor::Tensor;

/// How many axes a shape has, as a dim.
type RankOf<S> = DimOf<<S as Shape>::Rank>;

/// Places in a shape, one number each or one for every axis. Negative ones count from the end; one outside raises
/// [`Error::Index`](crate::Error::Index).
pub trait FlatIndices: Operand + Sized {
    /// The indices along each axis of `shape` for places counted in row-major order: a new last axis holds them, as in
    /// [`argwhere`](crate::ops::Condition::argwhere). NumPy's `unravel_index`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 7.0, 2.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.argmax().unravel_index(x.shape()), Cpu.tensor([0, 1]));
    /// assert_eq!(Cpu.tensor([5, -6]).unravel_index(x.shape()), Cpu.tensor([[1, 2], [0, 0]]));
    /// ```
    #[track_caller]
    fn unravel_index<S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
    ) -> Tensor<Appended<Self::S, RankOf<S::Own>>, i64, Self::D>
    where
        Self::E: Integer,
        Self::N: Located<Self::E>,
        <S::Own as Shape>::Rank: ToDim<Dim: Default>,
        Self::S: Append<RankOf<S::Own>>,
    {
        let (x, shape) = (self.ex(), shape.own());
        let sizes = shape.dims();
        let places = resolved(numbers(x.device, &x.materialise()), count(shape));
        let mut all = collected(places.len().saturating_mul(sizes.len()), std::iter::repeat(0i64));
        for (row, place) in all.chunks_exact_mut(sizes.len().max(1)).zip(places) {
            sizes.iter().zip(row).rev().fold(place, |rest, (&size, index)| {
                *index = rest % size as i64;
                rest / size as i64
            });
        }
        Tensor { buf: x.device.upload(&all), shape: x.shape.append(Default::default()), device: x.device }
    }

    /// The places in row-major order of indices along each axis of `shape`, which the last axis holds: undoes
    /// [`unravel_index`](FlatIndices::unravel_index). NumPy's `ravel_multi_index`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let corners = Cpu.tensor([[0, 1], [1, -1]]);
    /// assert_eq!(corners.ravel_multi_index((D::<2>, D::<3>)), Cpu.tensor([1, 5]));
    /// ```
    #[track_caller]
    fn ravel_multi_index<S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
    ) -> Tensor<<Self::S as AxisAt<-1>>::Removed, i64, Self::D>
    where
        Self::E: Integer,
        Self::N: Located<Self::E>,
        <S::Own as Shape>::Rank: ToDim<Dim: Dim>,
        Self::S: AxisAt<-1, At: Coordinates<RankOf<S::Own>>>,
    {
        let (x, shape) = (self.ex(), shape.own());
        let (sizes, removed) = (shape.dims(), x.shape.remove());
        let _ = count(shape); // Places are below it: a shape of more elements than there are numbers is raised here.
        let all = numbers(x.device, &x.materialise());
        let mut places: Vec<i64> = collected(removed.len(), std::iter::repeat(0));
        for (axis, &size) in sizes.iter().enumerate() {
            let along = all.iter().skip(axis).step_by(sizes.len()).copied();
            let along = resolved(collected(places.len(), along), size);
            places.iter_mut().zip(along).for_each(|(place, index)| *place = *place * size as i64 + index);
        }
        Tensor { buf: x.device.upload(&places), shape: removed, device: x.device }
    }
}
impl<X: Operand> FlatIndices for X {}

/// The numbers on the host; what is beyond `i64` is outside of every shape, and stays so.
fn numbers<E: Integer, D: Storage>(device: D, buf: &crate::memory::Buf<E>) -> Vec<i64> {
    let number = |x: E| i64::try_from(x.as_i128()).unwrap_or(i64::MAX);
    device.download(buf).into_iter().map(number).collect()
}
