//! What indices, masks and matrices must look like beside the tensor that they are used on.
//!
//! Apart from `axis.rs`, which replaces one axis: here two shapes are compared, or two axes of one shape.

use super::same::Exactly;
use super::{AxisAt, Between, BroadcastTo, Ellipsis, Mismatch, Shape};
use congruent_dims::Dim;

/// Indices along one axis are a list: a shape of one axis.
///
/// ```
/// use congruent::{D, shape::IndexList};
/// assert_eq!((D::<3>,).length(), D::<3>);
/// ```
#[diagnostic::on_unimplemented(
    message = "indices along an axis are a list, found the shape `{Self}`",
    label = "one axis is needed here, found `{Self}`",
    note = "one index for each element is what `take_along_axis` and `scatter` take; `take` takes any shape"
)]
pub trait IndexList: Shape {
    /// The axis.
    type Length: Dim;

    /// The axis.
    fn length(self) -> Self::Length;
}

#[diagnostic::do_not_recommend]
impl<M: Dim> IndexList for (M,) {
    type Length = M;

    #[cfg_attr(optimised, inline(always))]
    fn length(self) -> M {
        self.0
    }
}

/// The axis of a list of indices.
pub type LengthOf<Ids> = <Ids as IndexList>::Length;

/// One index for each element: the shape `S` of the tensor, with any size along axis `I`.
///
/// ```
/// use congruent::{D, dims, shape::AlongAxis};
/// dims! { Batch = ? }
/// assert!(AlongAxis::<_, 1>::along((Batch(2), D::<3>), (Batch(2), D::<9>)).is_ok());
/// assert!(AlongAxis::<_, 1>::along((Batch(2), D::<3>), (Batch(4), D::<9>)).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "indices of shape `{Self}` do not lie along axis {I} of `{S}`",
    label = "the ranks must be equal, and all axes but {I}",
    note = "each index chooses along one axis and stands at the place of its result; \
            a list of indices is for `index_select`"
)]
pub trait AlongAxis<S: AxisAt<I>, const I: isize>: AxisAt<I> {
    /// Fails when run-time sizes of the other axes differ.
    fn along(self, tensor: S) -> Result<(), Mismatch>;
}

#[diagnostic::do_not_recommend]
impl<const I: isize, S: AxisAt<I>, T: AxisAt<I, Removed: Exactly<S::Removed>>> AlongAxis<S, I> for T {
    fn along(self, tensor: S) -> Result<(), Mismatch> {
        let equal = self.remove().dims().as_slice() == tensor.remove().dims().as_slice();
        if equal { Ok(()) } else { Err(Mismatch::new("indices along an axis", self, tensor)) }
    }
}

/// The first `N` axes of a shape, as a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leading<const N: usize>;

/// A shape whose leading axes `L`, a [`Leading`], are replaced by those of `I`: what indices of shape `I`, one tensor
/// for each of the leading axes, take.
///
/// ```
/// use congruent::{D, shape::{Indexed, Leading}};
/// let out: (D<9>, D<4>) = Indexed::<Leading<2>, _>::indexed((D::<2>, D::<3>, D::<4>), (D::<9>,));
/// ```
#[diagnostic::on_unimplemented(
    message = "indices of shape `{I}`, one for each of the axes `{L}`, do not index a tensor of shape `{Self}`",
    label = "the tensor is `{Self}`",
    note = "there are as many axes as indices, or more, which stay: the result has the axes of the indices and these, \
            at most six"
)]
pub trait Indexed<L, I: Shape>: Shape {
    /// The axes of the indices, then the axes that stay.
    type Out: Shape;

    /// The axes of the indices, then the axes that stay.
    fn indexed(self, indices: I) -> IndexedBy<Self, L, I>;
}

/// `S` with its leading axes `L` replaced by the axes `I`.
pub type IndexedBy<S, L, I> = <S as Indexed<L, I>>::Out;

/// `(A, B, C)` indexed by two tensors of shape `(I,)` is `(I, C)`
#[diagnostic::do_not_recommend]
impl<const N: usize, S, I> Indexed<Leading<N>, I> for S
where
    S: Ellipsis<N, 0>,
    I: Between<(), <S as Ellipsis<N, 0>>::Middle>,
{
    type Out = <I as Between<(), <S as Ellipsis<N, 0>>::Middle>>::Out;

    #[cfg_attr(optimised, inline(always))]
    fn indexed(self, indices: I) -> IndexedBy<Self, Leading<N>, I> {
        indices.between((), self.middle())
    }
}

/// A mask of a tensor of shape `S`: it stretches to that shape, and never the other way round.
///
/// ```
/// use congruent::{D, shape::MaskShape};
/// assert!((D::<1>, D::<3>).cover((D::<2>, D::<3>)).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "a mask of shape `{Self}` does not fit a tensor of shape `{S}`",
    label = "the mask is `{Self}`, the tensor `{S}`",
    note = "a mask has the tensor's shape, or stretches to it: only axes that are `D<1>` or missing in front do"
)]
pub trait MaskShape<S: Shape>: Shape {
    /// Fails when run-time sizes of one named dim differ.
    fn cover(self, tensor: S) -> Result<S, Mismatch>;
}

#[diagnostic::do_not_recommend]
impl<S: Shape, M: BroadcastTo<S>> MaskShape<S> for M {
    #[cfg_attr(optimised, inline(always))]
    fn cover(self, tensor: S) -> Result<S, Mismatch> {
        self.expand(tensor)
    }
}

#[cfg(test)]
mod tests {
    use super::{AlongAxis, IndexList, MaskShape};
    use congruent_dims::{D, dims};

    dims! { Batch = ? }

    #[test]
    fn indices_lie_along_one_axis() {
        assert!(AlongAxis::<_, -2>::along((D::<5>, D::<3>), (D::<9>, D::<3>)).is_ok());
        assert!(AlongAxis::<_, 0>::along((Batch(5),), (D::<9>,)).is_ok());
        let error = AlongAxis::<_, 1>::along((Batch(5), D::<3>), (Batch(4), D::<9>)).unwrap_err();
        assert_eq!((error.left.as_str(), error.right.as_str()), ("(Batch = 5, D<3>)", "(Batch = 4, D<9>)"));
        assert_eq!((Batch(5),).length(), Batch(5));
    }

    #[test]
    fn masks_stretch() {
        assert!((D::<1>, D::<3>).cover((D::<2>, D::<3>)).is_ok() && ().cover((D::<2>, D::<3>)).is_ok());
        assert!((Batch(2), D::<3>).cover((Batch(3), D::<3>)).is_err());
    }
}
