//! Sorting along an axis, and the first few of the sorted ones.
//!
//! Apart from `quantile`, which picks single elements of the sorted rows. Values are differentiable: the gradient takes
//! the way back that the elements came.

use super::elements::{Elements, IndicesOf, PickedOf, places, rows_of};
use crate::device::{Device, Rows};
use crate::dims::{D, Dim, Flag, Off, On, StaticDim, SubDim};
use crate::error::{Error, raise};
use crate::graph::Operand;
use crate::shape::{AxisAt, WithAxis};
use crate::tensor::Tensor;

macro_rules! sorting {
    ($($(#[$doc:meta])* $name:ident, $(#[$index_doc:meta])* $index:ident is $descending:literal;)*) => { paste::paste! {
        /// Sorting along an axis. NaN is larger than every number: last in ascending order, as NumPy has it, and first
        /// in descending order, as PyTorch has it. Equal elements keep their order.
        pub trait Sorting: Operand + Sized {
            $(
                $(#[$doc])*
                fn $name(self) -> PickedOf<Self, Self::S>
                where
                    Self: Elements,
                    Self::S: AxisAt<-1>,
                {
                    sorted(self, rows_of::<Self::S, -1>, $descending)
                }

                #[doc = concat!("[`", stringify!($name), "`](Sorting::", stringify!($name), ") along axis `I`.")]
                fn [<$name _axis>]<const I: isize>(self) -> PickedOf<Self, Self::S>
                where
                    Self: Elements,
                    Self::S: AxisAt<I>,
                {
                    sorted(self, rows_of::<Self::S, I>, $descending)
                }

                $(#[$index_doc])*
                fn $index(self) -> IndicesOf<Self, Self::S>
                where
                    Self: Elements,
                    Self::S: AxisAt<-1>,
                {
                    order(self, rows_of::<Self::S, -1>, $descending)
                }

                #[doc = concat!("[`", stringify!($index), "`](Sorting::", stringify!($index), ") along axis `I`.")]
                fn [<$index _axis>]<const I: isize>(self) -> IndicesOf<Self, Self::S>
                where
                    Self: Elements,
                    Self::S: AxisAt<I>,
                {
                    order(self, rows_of::<Self::S, I>, $descending)
                }
            )*

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
                <Self::S as AxisAt<I>>::At: AtLeast<K>,
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
        }
    } };
}

sorting! {
    /// Sorts along the last axis in ascending order, NaN last. `dy` goes back to where each element was.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[3.0, 1.0, 2.0], [0.0, -1.0, 5.0]]);
    /// assert_eq!(x.sort().eval().as_slice(), [1.0, 2.0, 3.0, -1.0, 0.0, 5.0]);
    /// assert_eq!(x.sort_axis::<0>().eval().as_slice(), [0.0, -1.0, 2.0, 3.0, 1.0, 5.0]);
    /// assert_eq!(Cpu.tensor([3, 1, 2]).sort().as_slice(), [1, 2, 3]); // of integers it is a tensor
    /// ```
    sort,
    /// Positions that sort the last axis in ascending order, those of NaN last; equal elements keep their order.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 3.0, 2.0]).argsort().as_slice(), [1, 3, 0, 2]);
    /// ```
    argsort is false;
    /// Sorts along the last axis in descending order, NaN first. `dy` goes back to where each element was.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 2.0]).sort_descending().eval().as_slice(), [3.0, 2.0, 1.0]);
    /// ```
    sort_descending,
    /// Positions that sort the last axis in descending order, those of NaN first; equal elements keep their order.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 3.0, 2.0]).argsort_descending().as_slice(), [0, 2, 3, 1]);
    /// ```
    argsort_descending is true;
}
impl<X: Operand> Sorting for X {}

fn sorted<X: Elements>(x: X, along: impl FnOnce(X::S) -> Rows, descending: bool) -> PickedOf<X, X::S> {
    let x = x.read();
    let (rows, shape) = (along(x.shape), x.shape);
    let indices = x.device.order_rows(rows, &x.buf, descending, rows.len);
    let places = places(x.device, rows, rows.len, &indices);
    X::pick(x, places, shape)
}

fn order<X: Elements>(x: X, along: impl FnOnce(X::S) -> Rows, descending: bool) -> IndicesOf<X, X::S> {
    let x = x.read();
    let rows = along(x.shape);
    let buf = x.device.order_rows(rows, &x.buf, descending, rows.len);
    Tensor { buf, shape: x.shape, device: x.device }
}

/// An axis of at least `K` elements, or one whose size only the run knows.
///
/// ```
/// use congruent::prelude::*;
/// dims! { Batch = ?, Classes = 10 }
/// fn at_least_three<A: congruent::ops::order::AtLeast<3>>() {}
/// at_least_three::<Classes>();
/// at_least_three::<D<3>>();
/// at_least_three::<Batch>();
/// ```
#[diagnostic::on_unimplemented(
    message = "topk: an axis of `{Self}` has fewer than {K} elements",
    label = "the {K} largest of `{Self}` are asked for",
    note = "a generic axis needs `where {Self}: AtLeast<{K}>`"
)]
pub trait AtLeast<const K: usize> {}

#[diagnostic::do_not_recommend]
impl<A: Dim<Static: Reaches<A, K>>, const K: usize> AtLeast<K> for A {}

/// Whether `A` has at least `K` elements, asked of whether its size is static.
#[doc(hidden)]
pub trait Reaches<A, const K: usize>: Flag {}
#[diagnostic::do_not_recommend]
impl<A, const K: usize> Reaches<A, K> for Off {}
#[diagnostic::do_not_recommend]
impl<A: SubDim<D<K>>, const K: usize> Reaches<A, K> for On {}
