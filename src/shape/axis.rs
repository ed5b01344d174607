//! One axis of a shape, by position: read, replaced, removed, inserted.
//!
//! Apart from the operations along an axis because all of them begin here. `-1` is the last axis.

use super::{Broadcast, Shape};
use congruent_dims::{Dim, One};

/// A shape that has an axis `I`, counted from the front or, negative, from the end.
///
/// ```
/// use congruent::{D, shape::AxisAt};
/// let shape = (D::<2>, D::<3>, D::<4>);
/// assert_eq!(AxisAt::<-2>::at(shape), D::<3>);
/// assert_eq!(AxisAt::<1>::keep(shape), (D::<2>, D::<1>, D::<4>));
/// assert_eq!(AxisAt::<0>::remove(shape), (D::<3>, D::<4>));
/// ```
#[diagnostic::on_unimplemented(
    message = "axis {I} is out of range for `{Self}`",
    label = "`{Self}` has no axis {I}",
    note = "axes are counted from 0 at the front, or from -1 at the end",
    note = "a generic shape needs `where {Self}: AxisAt<{I}>`"
)]
pub trait AxisAt<const I: isize>: Shape + Broadcast<<Self as AxisAt<I>>::Keep, Out = Self> {
    /// The axis.
    type At: Dim;

    /// The shape with `D<1>` in its place; it broadcasts back.
    type Keep: Shape + Broadcast<Self, Out = Self>;

    /// The shape without it.
    type Removed: Shape;

    /// The shape with `N` in its place.
    type With<N: Dim>: Shape;

    /// The position counted from the front.
    const INDEX: usize;

    /// The axis.
    fn at(self) -> Self::At;

    /// The shape with `D<1>` in its place.
    fn keep(self) -> Self::Keep;

    /// The shape without it.
    fn remove(self) -> Self::Removed;

    /// The shape with `size` in its place.
    fn with<N: Dim>(self, size: N) -> Self::With<N>;
}

/// `S` with axis `I` replaced by `N`.
pub type WithAxis<S, const I: isize, N> = <S as AxisAt<I>>::With<N>;

/// A new `D<1>` in front of axis `I`; `-1` is behind the last axis.
///
/// ```
/// use congruent::{D, shape::InsertAxis};
/// assert_eq!(InsertAxis::<1>::insert((D::<2>, D::<3>)), (D::<2>, D::<1>, D::<3>));
/// assert_eq!(InsertAxis::<-1>::insert((D::<2>, D::<3>)), (D::<2>, D::<3>, D::<1>));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot insert axis {I} into `{Self}`",
    label = "position {I} does not exist, or the result would have more than six axes",
    note = "positions are counted from 0 at the front, or from -1 behind the last axis"
)]
pub trait InsertAxis<const I: isize>: Shape {
    /// The shape with a new `D<1>`.
    type Out: Shape;

    /// The shape with a new axis `N` there: what stacking `N` tensors gives.
    type With<N: Dim>: Shape;

    /// The position of the new axis in the result.
    const INDEX: usize;

    /// The shape with a new `D<1>`.
    fn insert(self) -> Unsqueezed<Self, I>;

    /// The shape with a new axis of this size.
    fn insert_with<N: Dim>(self, size: N) -> Self::With<N>;
}

/// `S` with a new `D<1>` at position `I`.
pub type Unsqueezed<S, const I: isize> = <S as InsertAxis<I>>::Out;

congruent_macros::rank_impls! { AxisAt, InsertAxis }

/// A shape whose axis `I` is `D<1>` and may be left out.
///
/// ```
/// use congruent::{D, shape::RemoveAxis};
/// assert_eq!(RemoveAxis::<-1>::squeeze((D::<2>, D::<1>)), (D::<2>,));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot squeeze axis {I} of `{Self}`",
    label = "axis {I} does not exist or is not `D<1>`"
)]
pub trait RemoveAxis<const I: isize>: Shape {
    /// The shape without the axis.
    type Out: Shape;

    /// The shape without the axis.
    fn squeeze(self) -> Squeezed<Self, I>;
}

/// `S` without its axis `I`, which is `D<1>`.
pub type Squeezed<S, const I: isize> = <S as RemoveAxis<I>>::Out;

// Without `do_not_recommend`: what is wrong is the axis, and `Single` and `AxisAt` say so.
impl<const I: isize, S: AxisAt<I, At: Single<I>>> RemoveAxis<I> for S {
    type Out = S::Removed;

    #[cfg_attr(optimised, inline(always))]
    fn squeeze(self) -> S::Removed {
        self.remove()
    }
}

/// An axis that may be left out.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "cannot squeeze axis {I}: its size is `{Self}`, not `D<1>`",
    label = "axis {I} is `{Self}`",
    note = "only the literal `D<1>` can be left out: a named or run-time size may be another one tomorrow"
)]
pub trait Single<const I: isize> {}
impl<const I: isize> Single<I> for One {}

#[cfg(test)]
mod tests {
    use super::{AxisAt, InsertAxis, RemoveAxis, WithAxis};
    use crate::shape::{Broadcast, Shape};
    use congruent_dims::{D, Dim, dims};

    dims! { Batch = ? }

    type Four = (D<2>, D<3>, D<4>, D<5>);
    const FOUR: Four = (D, D, D, D);

    /// Compares axis `I` with the same edits of a vector.
    fn check<const I: isize>(index: usize)
    where
        Four: AxisAt<I>,
    {
        let (mut kept, mut removed, mut with) = (vec![2, 3, 4, 5], vec![2, 3, 4, 5], vec![2, 3, 4, 5]);
        assert_eq!(<Four as AxisAt<I>>::INDEX, index);
        assert_eq!(AxisAt::<I>::at(FOUR).size(), kept[index]);
        (kept[index], with[index]) = (1, 9);
        removed.remove(index);
        assert_eq!(AxisAt::<I>::keep(FOUR).dims().as_slice(), kept);
        assert_eq!(AxisAt::<I>::remove(FOUR).dims().as_slice(), removed);
        assert_eq!(AxisAt::<I>::with(FOUR, D::<9>).dims().as_slice(), with);
    }

    #[test]
    fn axes_from_both_ends() {
        let from_front: [fn(usize); 4] = [check::<0>, check::<1>, check::<2>, check::<3>];
        let from_end: [fn(usize); 4] = [check::<-4>, check::<-3>, check::<-2>, check::<-1>];
        for index in 0..4 {
            from_front[index](index);
            from_end[index](index);
        }
    }

    /// Inserts at `I` and compares with a vector.
    fn inserted<const I: isize>(index: usize)
    where
        Four: InsertAxis<I>,
    {
        let mut grown = vec![2, 3, 4, 5];
        grown.insert(index, 1);
        assert_eq!(<Four as InsertAxis<I>>::INDEX, index);
        assert_eq!(InsertAxis::<I>::insert(FOUR).dims().as_slice(), grown);
        grown[index] = 7;
        assert_eq!(InsertAxis::<I>::insert_with(FOUR, Batch(7)).dims().as_slice(), grown);
    }

    #[test]
    fn new_axes_from_both_ends() {
        let from_front: [fn(usize); 5] = [inserted::<0>, inserted::<1>, inserted::<2>, inserted::<3>, inserted::<4>];
        let from_end: [fn(usize); 5] = [inserted::<-5>, inserted::<-4>, inserted::<-3>, inserted::<-2>, inserted::<-1>];
        for index in 0..5 {
            from_front[index](index);
            from_end[index](index);
        }
        assert_eq!(InsertAxis::<-1>::insert(()), (D::<1>,));
    }

    #[test]
    fn squeezing_undoes_inserting() {
        let shape = (Batch(2), D::<3>);
        assert_eq!(RemoveAxis::<1>::squeeze(InsertAxis::<1>::insert(shape)), shape);
        assert_eq!(RemoveAxis::<-1>::squeeze(InsertAxis::<-1>::insert(shape)), shape);
        assert_eq!(RemoveAxis::<0>::squeeze((D::<1>,)), ());
    }

    #[test]
    fn a_kept_axis_broadcasts_back_in_generic_code() {
        fn centred<const I: isize, S: AxisAt<I>>(shape: S) -> [S; 2] {
            [shape.join(shape.keep()).unwrap(), shape.keep().join(shape).unwrap()]
        }
        assert_eq!(centred::<1, _>((Batch(2), D::<3>, D::<4>)), [(Batch(2), D::<3>, D::<4>); 2]);
    }

    #[test]
    fn an_axis_is_replaced_by_type() {
        let shape: WithAxis<(Batch, D<3>), 0, D<7>> = (D::<7>, D::<3>);
        assert_eq!(AxisAt::<0>::with((Batch(2), D::<3>), D::<7>), shape);
    }
}
