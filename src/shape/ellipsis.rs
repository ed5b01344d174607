//! The axes that `...` stands for: all between some first and some last ones, however many there are.
//!
//! Apart from `axis.rs` because here a shape is cut by how many axes stand at its ends, as a string of labels says, and
//! put together again around the rest.

use super::{Axis, Shape};
use congruent_dims::{Dim, MulDim, Multiplied, One};

/// A shape of at least `BEFORE + AFTER` axes; those between the first `BEFORE` and the last `AFTER` are its middle.
///
/// ```
/// use congruent::{D, shape::Ellipsis};
/// let shape = (D::<2>, D::<3>, D::<4>);
/// assert_eq!(Ellipsis::<0, 1>::middle(shape), (D::<2>, D::<3>));
/// assert_eq!(Ellipsis::<2, 1>::middle(shape), ());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has fewer axes than are named or indexed: {BEFORE} in front, {AFTER} at the end",
    label = "the shape is `{Self}` here",
    note = "a generic shape has no rank: write it as a tuple of dims"
)]
pub trait Ellipsis<const BEFORE: usize, const AFTER: usize>: Shape {
    /// The shape itself. Not written as `Self`, so that what follows from a mistake is not reported again.
    type Whole: Shape;

    /// The axes between.
    type Middle: Shape;

    /// Their positions, as [`Axes!`](crate::Axes) writes them.
    type Positions;

    /// The shape itself.
    fn whole(self) -> Self::Whole;

    /// The axes between.
    fn middle(self) -> Self::Middle;
}

/// The axes that `...` stands for, put between others: `(B,)` between `(A,)` and `(C,)` is `(A, B, C)`.
///
/// ```
/// use congruent::{D, shape::Between};
/// let shape: (D<2>, D<3>, D<4>) = (D::<2>, D::<3>).between((), (D::<4>,));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit between `{Before}` and `{After}`: a tensor has at most six axes",
    label = "`...` stands for `{Self}` here, beside `{Before}` and `{After}`"
)]
pub trait Between<Before, After>: Shape {
    /// All of them.
    type Out: Shape;

    /// All of them.
    fn between(self, before: Before, after: After) -> Surrounded<Self, Before, After>;
}

/// All axes made one: `(A, B, C)` is `A · B · C`, `()` is `D<1>`.
///
/// ```
/// use congruent::{D, dims, shape::Merge};
/// dims! { Batch = ? }
/// let product: D<24> = (D::<2>, D::<3>, D::<4>).merge();
/// assert_eq!((Batch(5),).merge(), Batch(5));
/// ```
#[diagnostic::on_unimplemented(
    message = "the axes `{Self}` cannot be made one at compile time",
    label = "`...` stands for `{Self}` here",
    note = "several axes are made one where all of them are static"
)]
pub trait Merge: Shape {
    /// The product.
    type Out: Dim;

    /// The product.
    fn merge(self) -> Merged<Self>;
}

/// The axes `Before`, `S` and `After`.
pub type Surrounded<S, Before, After> = <S as Between<Before, After>>::Out;

/// The product of the axes of `S`.
pub type Merged<S> = <S as Merge>::Out;

congruent_macros::rank_impls! { Ellipsis, Between, Merge }

#[cfg(test)]
mod tests {
    use super::{Between, Ellipsis, Merge};
    use congruent_dims::{D, One, dims};

    dims! { Batch = ? }

    #[test]
    fn what_is_cut_is_put_together_again() {
        let shape = (Batch(2), D::<3>, D::<4>, Batch(5));
        let middle: (D<3>, D<4>) = Ellipsis::<1, 1>::middle(shape);
        assert_eq!(middle.between((Batch(2),), (Batch(5),)), shape);
        assert_eq!(Ellipsis::<0, 0>::middle(shape), shape);
        assert_eq!(Ellipsis::<3, 1>::middle(shape), ());
        assert_eq!(().between((), ()), ());
        let six = (D::<2>, D::<2>).between((D::<1>, D::<3>), (D::<4>, D::<5>));
        assert_eq!(six, (D::<1>, D::<3>, D::<2>, D::<2>, D::<4>, D::<5>));
    }

    #[test]
    fn products_are_of_any_number_of_axes() {
        let (none, all): (One, D<720>) = (().merge(), (D::<2>, D::<3>, D::<4>, D::<5>, D::<6>, D::<1>).merge());
        assert_eq!((none, all), (One::default(), D::<720>));
        assert_eq!((Batch(7),).merge(), Batch(7));
    }
}
