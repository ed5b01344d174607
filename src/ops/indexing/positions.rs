//! Positions of elements, as a list of indices for each axis.
//!
//! Apart from `indices`, which are along one axis: here each axis has its own, and together they name elements.

use super::indices::{Indices, resolved};
use crate::device::Device;
use crate::error::raise;
use crate::shape::{Mismatch, Shape};

/// Positions in a tensor of shape `S`: a tuple of as many index tensors as it has axes, all of one shape.
///
/// ```
/// use congruent::prelude::*;
/// let (rows, columns) = (Cpu.tensor([0, 1]), Cpu.tensor([2, -1]));
/// let y = Cpu.zeros::<Shape![2, 3]>().index_put((&rows, &columns), &Cpu.tensor([5.0, 6.0])).eval();
/// assert_eq!(y, Cpu.tensor([[0.0, 0.0, 5.0], [0.0, 0.0, 6.0]]));
/// ```
#[diagnostic::on_unimplemented(
    message = "these are not positions in a tensor of shape `{S}`",
    label = "expected a tuple of index tensors by reference, one for each axis of `{S}`",
    note = "whole slices of an axis are written by `index_copy` and added to by `index_add`"
)]
pub trait Positions<S: Shape> {
    /// The shape of each index tensor.
    type List: Shape;
    /// The device.
    type D: Device;
    /// The shape of each index tensor; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
    fn list(&self) -> Self::List;
    /// The places in row-major memory; an index outside of its axis raises [`Error::Index`](crate::Error::Index).
    fn places(&self, shape: S) -> Vec<i64>;
}

macro_rules! positions {
    ($([$($axis:ident $Ids:ident $ids:tt),*];)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<L: Shape, Dev: Device, $($axis: crate::dims::Dim, $Ids: Indices<S = L, D = Dev>),*>
            Positions<($($axis,)*)> for ($($Ids,)*)
        {
            type List = L;
            type D = Dev;

            fn list(&self) -> L {
                let list = self.0.shape();
                $(if self.$ids.shape() != list {
                    raise(Mismatch::new("positions", list, self.$ids.shape()).into());
                })*
                list
            }

            fn places(&self, shape: ($($axis,)*)) -> Vec<i64> {
                let dims = shape.dims();
                let list = Positions::<($($axis,)*)>::list(self);
                let mut places = vec![0; list.dims().iter().product()];
                $(
                    let (ids, len) = (resolved(self.$ids.values(), dims[$ids]), dims[$ids] as i64);
                    places.iter_mut().zip(ids).for_each(|(place, id)| *place = *place * len + id);
                )*
                places
            }
        }
    )*};
}

positions! {
    [A IA 0];
    [A IA 0, B IB 1];
    [A IA 0, B IB 1, C IC 2];
    [A IA 0, B IB 1, C IC 2, F IF 3];
    [A IA 0, B IB 1, C IC 2, F IF 3, G IG 4];
    [A IA 0, B IB 1, C IC 2, F IF 3, G IG 4, H IH 5];
}
