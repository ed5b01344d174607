//! Several axes as a type, and what a reduction over them leaves.
//!
//! Apart from `axis.rs` because axes given in any order, from either end, first become a set: a tuple of flags, one
//! an axis, which removes them all at once.

use super::{Axed, AxisAt, Broadcast, MAX_RANK, Shape};
use congruent_dims::{Dim, Off, On, One};

/// An axis by position as a type; negative positions count from the end. `Axes![0, -1]` is `(Axis<0>, Axis<-1>)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Axis<const I: isize>;

/// All axes of a shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct All;

/// Positions as the type of several axes: `Axes![0, -1]` is `(Axis<0>, Axis<-1>)`.
///
/// ```
/// use congruent::{Axes, D, shape::{Axis, Reduced}};
/// let rows: (Axis<0>, Axis<-1>) = <Axes![0, -1]>::default();
/// let kept: Reduced<(D<2>, D<3>, D<4>), Axes![0, -1]> = (D::<3>,);
/// ```
#[macro_export]
macro_rules! Axes {
    ($($position:expr),* $(,)?) => { ($($crate::shape::Axis<{ $position }>,)*) };
}

/// What a reduction over the axes `A` leaves: `A` is [`All`], an [`Axis`], or a tuple written [`Axes!`](crate::Axes).
///
/// Every `S: Shape` reduces over `All`, and `S: AxisAt<I>` over `Axis<I>`, without a further bound.
///
/// ```
/// use congruent::{Axes, D, shape::Reduce};
/// let shape = (D::<2>, D::<3>, D::<4>);
/// assert_eq!(Reduce::<Axes![2, 0]>::removed(shape), (D::<3>,));
/// assert_eq!(Reduce::<Axes![2, 0]>::kept(shape), (D::<1>, D::<3>, D::<1>));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot reduce `{Self}` over `{A}`",
    label = "every axis must exist and be named once",
    note = "axes are counted from 0 at the front, or from -1 at the end",
    note = "a generic shape needs `where {Self}: Reduce<{A}>`"
)]
pub trait Reduce<A>: Shape + Broadcast<<Self as Reduce<A>>::Kept, Out = Self> {
    /// The shape without the axes.
    type Removed: Shape;

    /// The shape with `D<1>` in their places; it broadcasts back.
    type Kept: Shape + Broadcast<Self, Out = Self>;

    /// The shape without the axes.
    fn removed(self) -> Self::Removed;

    /// The shape with `D<1>` in their places.
    fn kept(self) -> Self::Kept;

    /// Which axes are reduced; what lies beyond the rank is `false`.
    fn mask() -> [bool; MAX_RANK];
}

/// A shape that has the axes `A`, each named once: a tuple written [`Axes!`](crate::Axes), an [`Axis`], or [`All`].
///
/// ```
/// use congruent::{Axes, D, shape::HasAxes};
/// assert_eq!(<(D<2>, D<3>) as HasAxes<Axes![-1]>>::mask()[..2], [false, true]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has not the axes `{A}`, each once",
    label = "every axis must exist and be named once",
    note = "axes are counted from 0 at the front, or from -1 at the end",
    note = "a generic shape needs `where {Self}: HasAxes<{A}>`"
)]
pub trait HasAxes<A>: Shape {
    /// Which axes are named; what lies beyond the rank is `false`.
    fn mask() -> [bool; MAX_RANK];
}
#[diagnostic::do_not_recommend]
impl<S: Reduce<A>, A> HasAxes<A> for S {
    fn mask() -> [bool; MAX_RANK] {
        <S as Reduce<A>>::mask()
    }
}

/// `S` without the axes `A`.
pub type Reduced<S, A> = <S as Reduce<A>>::Removed;

/// `S` with `D<1>` for the axes `A`.
pub type Kept<S, A> = <S as Reduce<A>>::Kept;

/// `Σ (A, B, ..) = ()`
#[diagnostic::do_not_recommend]
impl<S: Shape> Reduce<All> for S {
    type Removed = ();
    type Kept = S::Ones;

    #[cfg_attr(optimised, inline(always))]
    fn removed(self) {}

    #[cfg_attr(optimised, inline(always))]
    fn kept(self) -> S::Ones {
        S::ones()
    }

    fn mask() -> [bool; MAX_RANK] {
        std::array::from_fn(|axis| axis < S::RANK)
    }
}

/// One axis: `Σ₁ (A, B, C) = (A, C)`
#[diagnostic::do_not_recommend]
impl<const I: isize, S: AxisAt<I>> Reduce<Axis<I>> for S {
    type Removed = <S as AxisAt<I>>::Removed;
    type Kept = S::Keep;

    #[cfg_attr(optimised, inline(always))]
    fn removed(self) -> Self::Removed {
        self.remove()
    }

    #[cfg_attr(optimised, inline(always))]
    fn kept(self) -> S::Keep {
        self.keep()
    }

    fn mask() -> [bool; MAX_RANK] {
        std::array::from_fn(|axis| axis == S::INDEX)
    }
}

/// Several axes: `Σ₀₂ (A, B, C) = (B,)`
#[diagnostic::do_not_recommend]
impl<S, A> Reduce<A> for S
where
    S: Axed,
    A: AxisTuple + Choose<S::NoAxes, S>,
    S: Masked<A::Out>,
{
    type Removed = <S as Masked<A::Out>>::Removed;
    type Kept = <S as Masked<A::Out>>::Kept;

    #[cfg_attr(optimised, inline(always))]
    fn removed(self) -> Self::Removed {
        Masked::removed(self)
    }

    #[cfg_attr(optimised, inline(always))]
    fn kept(self) -> Self::Kept {
        Masked::kept(self)
    }

    fn mask() -> [bool; MAX_RANK] {
        <S as Masked<A::Out>>::MASK
    }
}

/// A shape without the axes whose flags in `Mask` are `On`.
#[doc(hidden)]
pub trait Masked<Mask>: Shape + Broadcast<<Self as Masked<Mask>>::Kept, Out = Self> {
    type Removed: Shape;
    type Kept: Shape + Broadcast<Self, Out = Self>;
    const MASK: [bool; MAX_RANK];
    fn removed(self) -> Self::Removed;
    fn kept(self) -> Self::Kept;
}

/// A tuple of axes: neither [`All`] nor a single [`Axis`].
///
/// Apart from [`Choose`], whose parameters would let another crate implement it for `All`, and the impls above overlap.
#[doc(hidden)]
pub trait AxisTuple {}

/// Axes of the shape `S`, added to a set. Base: no axis; step: the first axis, then the others.
#[doc(hidden)]
pub trait Choose<Mask, S> {
    type Out;
}

/// One axis of `S`, added to a set in which its flag is `Off`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is out of range for `{S}`, or named twice",
    label = "every axis must exist and be named once",
    note = "axes are counted from 0 at the front, or from -1 at the end"
)]
pub trait ChooseAxis<Mask, S> {
    type Out;
    type At: Dim;
    const INDEX: usize;
    fn at(shape: S) -> Self::At;
}

congruent_macros::rank_impls! { Masked, Choose, ChooseAxis }

#[cfg(test)]
mod tests {
    use super::{All, Axis, MAX_RANK, Reduce, Shape};
    use crate::shape::{AxisAt, LastAxis};
    use congruent_dims::{D, dims};

    dims! { Batch = ? }

    type Four = (Batch, D<3>, D<4>, D<5>);
    const FOUR: Four = (Batch(2), D, D, D);

    /// Compares a reduction over `A` with the same edits of a vector.
    fn check<A>(axes: &[usize])
    where
        Four: Reduce<A>,
    {
        let mask: [bool; MAX_RANK] = std::array::from_fn(|axis| axes.contains(&axis));
        assert_eq!(<Four as Reduce<A>>::mask(), mask);
        let kept: Vec<_> = [2, 3, 4, 5].iter().zip(mask).map(|(&size, gone)| if gone { 1 } else { size }).collect();
        assert_eq!(Reduce::<A>::kept(FOUR).dims().as_slice(), kept);
        let removed: Vec<_> = [2, 3, 4, 5].iter().zip(mask).filter(|(_, gone)| !gone).map(|(&size, _)| size).collect();
        assert_eq!(Reduce::<A>::removed(FOUR).dims().as_slice(), removed);
    }

    #[test]
    fn axes_in_any_order_and_from_either_end() {
        check::<Axes![]>(&[]);
        check::<Axes![1]>(&[1]);
        check::<Axes![3, 0]>(&[0, 3]);
        check::<Axes![-1, 1]>(&[1, 3]);
        check::<Axes![2, -4, 1]>(&[0, 1, 2]);
        check::<Axes![-2, -1, -4, -3]>(&[0, 1, 2, 3]);
    }

    #[test]
    fn one_axis_and_all_axes() {
        check::<Axis<0>>(&[0]);
        check::<Axis<-2>>(&[2]);
        check::<All>(&[0, 1, 2, 3]);
        assert_eq!(Reduce::<All>::kept(()), ());
    }

    #[test]
    fn what_is_left_keeps_its_names() {
        let left: (Batch, D<4>) = Reduce::<Axes![1, 3]>::removed(FOUR);
        assert_eq!(left, (Batch(2), D::<4>));
    }

    #[test]
    fn generic_shapes_reduce_without_bounds() {
        fn whole<S: Shape>(shape: S) -> S {
            shape.join(Reduce::<All>::kept(shape)).unwrap()
        }
        fn one<const I: isize, S: AxisAt<I>>(shape: S) -> S {
            shape.join(Reduce::<Axis<I>>::kept(shape)).unwrap()
        }
        fn last<S: LastAxis>(shape: S) -> S::Init {
            Reduce::<Axis<-1>>::removed(shape)
        }
        fn any<A, S: Reduce<A>>(shape: S) -> S {
            shape.join(shape.kept()).unwrap()
        }
        assert_eq!([whole(FOUR), one::<1, _>(FOUR), any::<Axes![0, 2], _>(FOUR)], [FOUR; 3]);
        assert_eq!(last(FOUR), (Batch(2), D::<3>, D::<4>));
    }
}
