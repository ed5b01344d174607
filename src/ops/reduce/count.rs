//! How many elements are not zero, and whether any or all of them hold, over axes.
//!
//! Apart from `mask`, where conditions are made and used: here they are summed up into tensors.

use super::elements::{Elements, IndicesOf};
use super::reductions::Reductions;
use crate::device::{Buf, CopyWork, Storage};
use crate::graph::{Located, Operand};
use crate::ops::Evaluate;
use crate::ops::mask::{Condition, anywhere, everywhere};
use crate::shape::{AxisAt, Reduce, Shape};
use crate::tensor::Tensor;

/// Four forms over axes: what `$run` makes of the operand and of a way to sum a mask.
macro_rules! over_axes {
    ($visible:vis fn $name:ident[$($receiver:tt)*] of $own:ident, $says:literal, $S:ty, [$($bound:tt)*],
     $run:ident $(($($argument:expr),*))?, $Out:ident<$($before:ty),*; $($after:ty),*>) => { paste::paste! {
        #[doc = concat!($says, " along axis `I`, which vanishes.")]
        $visible fn [<$name _axis>]<const I: isize>(
            $($receiver)*
        ) -> $Out<$($before,)* <$S as AxisAt<I>>::Removed $(, $after)*>
        where
            $S: AxisAt<I>,
            $($bound)*
        {
            $run($own, $($($argument,)*)? |mask| mask.sum_axis::<I>().eval())
        }

        #[doc = concat!($says, " along axis `I`, which stays as `D<1>`.")]
        $visible fn [<$name _keepdim>]<const I: isize>(
            $($receiver)*
        ) -> $Out<$($before,)* <$S as AxisAt<I>>::Keep $(, $after)*>
        where
            $S: AxisAt<I>,
            $($bound)*
        {
            $run($own, $($($argument,)*)? |mask| mask.sum_keepdim::<I>().eval())
        }

        #[doc = concat!($says, " along the axes `A`, which vanish: `Axes![0, 2]`.")]
        $visible fn [<$name _axes>]<A>(
            $($receiver)*
        ) -> $Out<$($before,)* <$S as Reduce<A>>::Removed $(, $after)*>
        where
            $S: Reduce<A>,
            $($bound)*
        {
            $run($own, $($($argument,)*)? |mask| mask.sum_axes::<A>().eval())
        }

        #[doc = concat!($says, " along the axes `A`, which stay as `D<1>`.")]
        $visible fn [<$name _axes_keepdim>]<A>(
            $($receiver)*
        ) -> $Out<$($before,)* <$S as Reduce<A>>::Kept $(, $after)*>
        where
            $S: Reduce<A>,
            $($bound)*
        {
            $run($own, $($($argument,)*)? |mask| mask.sum_axes_keepdim::<A>().eval())
        }
    } };
}

/// Counts of elements, over all of them, along one axis or several (`Axes![0, 2]`); whether masks hold along axes.
///
/// ```
/// # use congruent::prelude::*;
/// let x = Cpu.tensor([[7.0, 9.0], [2.0, 9.0]]);
/// assert_eq!(x.gt(5.0).all_axis::<0>().as_slice(), [false, true]);
/// assert_eq!(x.gt(8.0).any_axis::<1>().as_slice(), [true, true]);
/// assert!(x.gt(5.0).eval().any_axes::<Axes![0, 1]>().item());
/// ```
pub trait Counting: Operand + Sized {
    /// How many elements are not 0 (or `false`); NaN is not 0. 0 when empty. No gradient.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[0.0, 1.0], [2.0, 3.0]]);
    /// assert_eq!((x.count_nonzero().item(), x.count_nonzero_axis::<0>().as_slice()), (3, &[1, 2][..]));
    /// ```
    #[track_caller]
    fn count_nonzero(self) -> IndicesOf<Self, ()>
    where
        Self: Elements,
    {
        nonzero(self, |mask| mask.sum().eval())
    }

    /// Whether a mask holds anywhere; false of no elements.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert!(!Cpu.tensor([1.0, 2.0]).is_nan().any());
    /// assert!(Cpu.tensor_of::<bool, _>([false, true]).any());
    /// ```
    fn any(self) -> bool
    where
        Self: Condition<Truths: Located<bool>>,
    {
        anywhere(self.holds())
    }

    /// Whether a mask holds everywhere; true of no elements.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert!(Cpu.tensor([1.0, 2.0]).is_finite().all());
    /// assert!(!Cpu.tensor_of::<bool, _>([false, true]).all());
    /// ```
    fn all(self) -> bool
    where
        Self: Condition<Truths: Located<bool>>,
    {
        everywhere(self.holds())
    }

    over_axes! {
        fn any[self] of self, "Whether a mask holds anywhere, which of no elements it does not,",
        <Self as Condition>::S, [Self: Condition<Truths: Located<bool>>],
        hold(false), HoldingOf<Self;>
    }
    over_axes! {
        fn all[self] of self, "Whether a mask holds everywhere, which of no elements it does,",
        <Self as Condition>::S, [Self: Condition<Truths: Located<bool>>],
        hold(true), HoldingOf<Self;>
    }
    over_axes! {
        fn count_nonzero[self] of self, "How many elements are not 0", Self::S, [Self: Elements],
        nonzero, IndicesOf<Self;>
    }
}
impl<X: Operand> Counting for X {}

fn nonzero<X, S>(x: X, sum: impl FnOnce(&Tensor<X::S, bool, X::D>) -> Tensor<S, i64, X::D>) -> IndicesOf<X, S>
where
    X: Elements,
    S: Shape,
{
    let x = x.read();
    sum(&Tensor { buf: x.device.convert(&x.buf), shape: x.shape, device: x.device })
}

/// Truth values along axes of `X`, under shape `S`.
pub type HoldingOf<X, S> = Tensor<S, bool, <X as Condition>::D>;

/// Which sums of a mask say that it holds somewhere or, `all`, everywhere.
fn hold<X: Condition<Truths: Located<bool>>, S: Shape>(
    mask: X,
    all: bool,
    sum: impl FnOnce(&Tensor<X::S, bool, X::D>) -> Tensor<S, i64, X::D>,
) -> HoldingOf<X, S> {
    let holds = mask.holds();
    let Tensor { buf, shape, device } = sum(&holds);
    let terms = holds.len().checked_div(buf.len()).unwrap_or(0) as i64;
    let holds = |count| if all { count == terms } else { count > 0 };
    let found = device.show(&buf, |counts| Buf::from_fn(counts.len(), |i| holds(counts[i])));
    Tensor { buf: device.adopt(found), shape, device }
}
