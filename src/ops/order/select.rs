//! The first few of the sorted elements, and the k-th: `topk` and `kthvalue`.
//!
//! Apart from `sort`, because no row is sorted as a whole, and the shape changes.

use crate::device::{OrderWork, Storage};
use crate::dims::{D, Dim, StaticDim};
use crate::error::{Error, raise};
use crate::graph::Operand;
use crate::ops::reduce::elements::{Elements, IndicesOf, PickedOf, places, rows_of};
use crate::shape::slice::Reaches;
use crate::shape::{AxisAt, WithAxis};
use crate::tensor::Tensor;

/// Single elements of the sorted rows.
pub trait OrderStatistics: Operand + Sized {
    /// The `K` largest elements along axis `I` in descending order, and their positions along it. NaN counts as
    /// the largest; of equal elements the first come first. `dy` goes back to where each was taken.
    ///
    /// A static axis of fewer than `K` elements does not compile; one whose size only the run knows raises
    /// [`Error::Value`].
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 5.0, 3.0], [7.0, 2.0, 7.0]]);
    /// let (values, indices) = x.topk::<2, 1>();
    /// assert_eq!(values.eval().as_slice(), [5.0, 3.0, 7.0, 7.0]);
    /// assert_eq!(indices.as_slice(), [1, 2, 0, 2]);
    /// ```
    #[track_caller]
    fn topk<const K: usize, const I: isize>(
        self,
    ) -> (PickedOf<Self, WithAxis<Self::S, I, D<K>>>, IndicesOf<Self, WithAxis<Self::S, I, D<K>>>)
    where
        Self: Elements,
        Self::S: AxisAt<I>,
        <Self::S as AxisAt<I>>::At: HasTop<K>,
        D<K>: StaticDim,
    {
        let x = self.read();
        let (rows, device) = (rows_of::<Self::S, I>(x.shape), x.device);
        if rows.len < K {
            let found = format!("{K} of {} elements along axis {I}", rows.len);
            raise(Error::Value { what: "topk", found, rule: "at most the axis's length" });
        }
        let shape = x.shape.with(D::<K>);
        let indices = device.order_rows(rows, &x.buf, true, K);
        let places = places(device, rows, K, &indices);
        (Self::pick(x, places, shape), Tensor { buf: indices, shape, device })
    }

    /// The `k`-th smallest element along axis `I`, which vanishes, and its position; `k` counts from 1, as PyTorch has
    /// it. NaN is larger than every number. `dy` goes to that element.
    ///
    /// A `k` of 0, or beyond the axis, raises [`Error::Value`].
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (values, indices) = Cpu.tensor([[3.0, 1.0, 2.0]]).kthvalue_axis::<1>(2);
    /// assert_eq!((values.eval().as_slice(), indices.as_slice()), (&[2.0][..], &[2][..]));
    /// ```
    #[track_caller]
    fn kthvalue_axis<const I: isize>(
        self,
        k: usize,
    ) -> (PickedOf<Self, <Self::S as AxisAt<I>>::Removed>, IndicesOf<Self, <Self::S as AxisAt<I>>::Removed>)
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        let x = self.read();
        let (rows, device, shape) = (rows_of::<Self::S, I>(x.shape), x.device, x.shape.remove());
        if k == 0 || k > rows.len {
            let found = format!("k = {k} along an axis of {} elements", rows.len);
            raise(Error::Value { what: "kthvalue", found, rule: "k counts from 1 to the axis's length" });
        }
        let first = device.download(&device.order_rows(rows, &x.buf, false, k));
        let block = k * rows.inner;
        let last = |row: usize| first[row / rows.inner * block + block - rows.inner + row % rows.inner];
        let indices = device.upload(&(0..rows.count()).map(last).collect::<Vec<_>>());
        let places = places(device, rows, 1, &indices);
        (Self::pick(x, places, shape), Tensor { buf: indices, shape, device })
    }
}
impl<X: Operand> OrderStatistics for X {}

/// An axis of at least `K` elements, or one whose size only the run knows.
///
/// ```
/// use congruent::prelude::*;
/// dims! { Batch = ?, Classes = 10 }
/// fn at_least_three<A: congruent::ops::order::HasTop<3>>() {}
/// at_least_three::<Classes>();
/// at_least_three::<D<3>>();
/// at_least_three::<Batch>();
/// ```
#[diagnostic::on_unimplemented(
    message = "topk: an axis of `{Self}` has fewer than {K} elements",
    label = "the {K} largest of `{Self}` are asked for",
    note = "a generic axis needs `where {Self}: HasTop<{K}>`"
)]
pub trait HasTop<const K: usize> {}

#[diagnostic::do_not_recommend]
impl<A: Dim<Static: Reaches<A, D<K>>>, const K: usize> HasTop<K> for A {}
