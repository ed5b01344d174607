//! The ends of a shape: its last axis, and new axes in front and behind.
//!
//! Apart from `axis.rs` because layers are generic over all leading axes and speak of the last one only.

use super::{AxisAt, Broadcast, Shape};
use congruent_dims::{Dim, One};

/// A shape of rank 1 or more, split before its last axis.
///
/// It says what generic layers need: `S` has axis `-1`, too, and broadcasts with a bias `(Last,)` and with itself
/// reduced to `(.., D<1>)`. And what ways around layers need: `(.., H)` with the first last axis again is `S`, and with
/// `H` again itself, so that `x + down(up(x))` has one shape.
///
/// ```
/// use congruent::{D, shape::LastAxis};
/// let shape = (D::<2>, D::<3>);
/// assert_eq!(shape.last(), D::<3>);
/// assert_eq!(shape.with_last(D::<5>), (D::<2>, D::<5>));
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` has no last axis", label = "rank 1 or more is needed here")]
pub trait LastAxis:
    AxisAt<-1, At = <Self as LastAxis>::Last, Removed = <Self as LastAxis>::Init>
    + Broadcast<(<Self as LastAxis>::Last,), Out = Self>
    + Broadcast<<Self as LastAxis>::WithLast<One>, Out = Self>
{
    /// The last axis.
    type Last: Dim;

    /// The axes before it.
    type Init: Shape;

    /// The shape with `N` as its last axis. Two bounds, for rustc takes one equation of a type of this kind in each.
    type WithLast<N: Dim>: LastAxis<Last = N, Init = Self::Init, WithLast<Self::Last> = Self>
        + LastAxis<WithLast<N> = Self::WithLast<N>>;

    /// The last axis.
    fn last(self) -> Self::Last;

    /// The axes before it.
    fn init(self) -> Self::Init;

    /// The shape with `last` as its last axis.
    fn with_last<N: Dim>(self, last: N) -> Self::WithLast<N>;
}

/// A new first axis: `N + (A, B) = (N, A, B)`.
#[diagnostic::on_unimplemented(
    message = "cannot put an axis `{N}` in front of `{Self}`",
    label = "the result would have more than six axes"
)]
pub trait Prepend<N: Dim>: Shape {
    /// The grown shape.
    type Out: Shape;

    /// The grown shape.
    fn prepend(self, size: N) -> Prepended<Self, N>;
}

/// A new last axis: `(A, B) + N = (A, B, N)`.
#[diagnostic::on_unimplemented(
    message = "cannot put an axis `{N}` behind `{Self}`",
    label = "the result would have more than six axes"
)]
pub trait Append<N: Dim>: Shape {
    /// The grown shape.
    type Out: Shape;

    /// The grown shape.
    fn append(self, size: N) -> Appended<Self, N>;
}

/// `S` with `N` in front.
pub type Prepended<S, N> = <S as Prepend<N>>::Out;

/// `S` with `N` behind.
pub type Appended<S, N> = <S as Append<N>>::Out;

congruent_macros::rank_impls! { LastAxis, Prepend, Append }

#[cfg(test)]
mod tests {
    use super::{Append, LastAxis, Prepend};
    use crate::shape::{AxisAt, Broadcast, Shape};
    use congruent_dims::{D, Dim, dims};

    dims! { Batch = ? }

    #[test]
    fn a_shape_splits_before_its_last_axis() {
        let shape = (Batch(2), D::<3>, D::<4>);
        assert_eq!((shape.init(), shape.last()), ((Batch(2), D::<3>), D::<4>));
        assert_eq!(shape.with_last(Batch(9)), (Batch(2), D::<3>, Batch(9)));
        assert_eq!(((D::<5>,).init(), (D::<5>,).last()), ((), D::<5>));
    }

    #[test]
    fn axes_grow_at_both_ends() {
        assert_eq!(().prepend(D::<2>), (D::<2>,));
        assert_eq!((D::<3>, D::<4>).prepend(Batch(2)), (Batch(2), D::<3>, D::<4>));
        assert_eq!((D::<3>, D::<4>).append(Batch(2)), (D::<3>, D::<4>, Batch(2)));
        let five = (D::<1>, D::<2>, D::<3>, D::<4>, D::<5>);
        assert_eq!(five.prepend(D::<9>).dims().as_slice(), [9, 1, 2, 3, 4, 5]);
        assert_eq!(five.append(D::<9>).dims().as_slice(), [1, 2, 3, 4, 5, 9]);
    }

    /// Two dense layers, a bias and a normalisation over the last axis, generic over the leading axes.
    fn layers<S: LastAxis, H: Dim, O: Dim>(shape: S, hidden: H, out: O) -> <S::WithLast<H> as LastAxis>::WithLast<O> {
        let centred: S = shape.join(AxisAt::<-1>::keep(shape)).unwrap();
        let back: S = AxisAt::<-1>::keep(shape).join(centred).unwrap();
        let scaled: S = back.join((back.last(),)).unwrap();
        let hidden: S::WithLast<H> = scaled.with_last(hidden);
        let biased: S::WithLast<H> = hidden.join((hidden.last(),)).unwrap();
        biased.with_last(out)
    }

    /// From the last axis to others and back again.
    fn around<S: LastAxis, H: Dim>(shape: S, hidden: H) -> S {
        let narrow: S::WithLast<H> = shape.with_last(hidden);
        let again: S::WithLast<H> = narrow.with_last(hidden);
        shape.join(again.with_last(shape.last())).unwrap()
    }

    #[test]
    fn ways_around_layers_need_no_further_bound() {
        assert_eq!(around((Batch(2), D::<3>), D::<8>), (Batch(2), D::<3>));
        assert_eq!(around((D::<3>,), Batch(8)), (D::<3>,));
    }

    #[test]
    fn generic_layers_need_no_further_bound() {
        assert_eq!(layers((Batch(2), D::<3>), D::<8>, D::<5>), (Batch(2), D::<5>));
        assert_eq!(layers((D::<3>,), D::<8>, Batch(5)), (Batch(5),));
    }
}
