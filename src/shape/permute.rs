//! Axes in another order.
//!
//! Apart from `axis.rs` because a permutation names every axis exactly once, which is a law of its own.

use super::Shape;
use super::reduce::ChooseAxis;
use congruent_dims::{Dim, Off};
use generic_array::GenericArray;
use typenum::{U0, U1, U2, U3, U4, U5, U6};

/// The axes in the order `A`, which is written [`Axes!`](crate::Axes): `Axes![2, 0, 1]` puts the last axis first.
///
/// ```
/// use congruent::{Axes, D, shape::Permute};
/// let shape = (D::<2>, D::<3>, D::<4>);
/// assert_eq!(Permute::<Axes![-1, 0, 1]>::permute(shape), (D::<4>, D::<2>, D::<3>));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{A}` does not permute the axes of `{Self}`",
    label = "every axis must be named exactly once",
    note = "axes are counted from 0 at the front, or from -1 at the end: `Axes![1, 0]` transposes a matrix"
)]
pub trait Permute<A>: Shape {
    /// The permuted shape.
    type Out: Shape<Rank = Self::Rank>;

    /// The permuted shape.
    fn permute(self) -> Permuted<Self, A>;

    /// For each axis of the result, its place in `self`.
    fn order() -> GenericArray<usize, Self::Rank>;
}

/// `S` with its axes in the order `A`.
pub type Permuted<S, A> = <S as Permute<A>>::Out;

/// The last two axes exchanged: `(.., M, N)ᵀ = (.., N, M)`.
///
/// ```
/// use congruent::{D, shape::Transpose};
/// assert_eq!((D::<8>, D::<2>, D::<3>).transpose(), (D::<8>, D::<3>, D::<2>));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be transposed",
    label = "rank 2 or more is needed here",
    note = "a vector becomes a row by `.unsqueeze::<0>()` and a column by `.unsqueeze::<-1>()`"
)]
pub trait Transpose: Shape {
    /// The transposed shape.
    type Out: Shape<Rank = Self::Rank>;

    /// The transposed shape.
    fn transpose(self) -> Transposed<Self>;
}

/// `S` with its last two axes exchanged.
pub type Transposed<S> = <S as Transpose>::Out;

/// Axes `I` and `J` exchanged.
///
/// ```
/// use congruent::{D, shape::SwapAxes};
/// assert_eq!(SwapAxes::<0, -1>::swap((D::<2>, D::<3>, D::<4>)), (D::<4>, D::<3>, D::<2>));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot exchange axes {I} and {J} of `{Self}`",
    label = "both axes must exist",
    note = "axes are counted from 0 at the front, or from -1 at the end"
)]
pub trait SwapAxes<const I: isize, const J: isize>: Shape {
    /// The shape with the axes exchanged.
    type Out: Shape;

    /// Where the two axes are, counted from the front.
    const PLACES: [usize; 2];

    /// The shape with the axes exchanged.
    fn swap(self) -> Swapped<Self, I, J>;
}

/// `S` with its axes `I` and `J` exchanged.
pub type Swapped<S, const I: isize, const J: isize> = <S as SwapAxes<I, J>>::Out;

congruent_macros::rank_impls! { Permute, Transpose, SwapAxes }

#[cfg(test)]
mod tests {
    use super::{Permute, Shape, SwapAxes, Transpose};
    use crate::Axes;
    use congruent_dims::{D, dims};

    dims! { Batch = ? }

    type Four = (Batch, D<3>, D<4>, D<5>);
    const FOUR: Four = (Batch(2), D, D, D);

    /// Compares a permutation with the same order of a vector.
    fn check<A>(order: [usize; 4])
    where
        Four: Permute<A>,
    {
        assert_eq!(<Four as Permute<A>>::order().as_slice(), order);
        assert_eq!(FOUR.permute().dims().as_slice(), order.map(|axis| [2, 3, 4, 5][axis]));
    }

    #[test]
    fn orders_from_either_end() {
        check::<Axes![0, 1, 2, 3]>([0, 1, 2, 3]);
        check::<Axes![3, 1, 0, 2]>([3, 1, 0, 2]);
        check::<Axes![-1, 0, -2, 1]>([3, 0, 2, 1]);
    }

    #[test]
    fn names_travel_with_their_axes() {
        let permuted: (D<5>, Batch, D<3>, D<4>) = Permute::<Axes![3, 0, 1, 2]>::permute(FOUR);
        assert_eq!(permuted, (D::<5>, Batch(2), D::<3>, D::<4>));
        assert_eq!(Permute::<Axes![]>::permute(()), ());
    }

    #[test]
    fn transposing_exchanges_the_last_two() {
        assert_eq!((Batch(2), D::<3>).transpose(), (D::<3>, Batch(2)));
        assert_eq!(FOUR.transpose(), (Batch(2), D::<3>, D::<5>, D::<4>));
        assert_eq!(FOUR.transpose().transpose(), FOUR);
    }

    #[test]
    fn two_axes_are_exchanged() {
        assert_eq!(SwapAxes::<0, 2>::swap(FOUR), (D::<4>, D::<3>, Batch(2), D::<5>));
        assert_eq!([<Four as SwapAxes<0, 2>>::PLACES, <Four as SwapAxes<-1, -3>>::PLACES], [[0, 2], [3, 1]]);
        assert_eq!(SwapAxes::<-1, 1>::swap(FOUR), (Batch(2), D::<5>, D::<4>, D::<3>));
        assert_eq!(SwapAxes::<1, -3>::swap(FOUR), FOUR);
        assert_eq!(SwapAxes::<-2, -1>::swap(FOUR), FOUR.transpose());
    }
}
