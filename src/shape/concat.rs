//! Laying two tensors end to end along an axis.
//!
//! Apart from `broadcast.rs` because here nothing stretches: all other axes are equal, and one is added.

use super::same::{Exactly, Never, Nothing};
use super::{Mismatch, Shape};
use congruent_dims::{AddDim, Added, Dim};

/// Along axis `I` the sizes are added, every other axis is of one type on both sides.
///
/// `(A, M) ++₁ (A, N) = (A, M + N)`. Run-time dims do not add up: their sum would be a dim of its own, without a name.
///
/// ```
/// use congruent::{D, shape::Concat};
/// let out: (D<2>, D<8>) = Concat::<_, 1>::concat((D::<2>, D::<3>), (D::<2>, D::<5>)).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "concat: `{Self}` and `{R}` do not join along axis {I}",
    label = "the ranks must be equal, axis {I} must exist and be static, all other axes be equal",
    note = "axes are counted from 0 at the front, or from -1 at the end"
)]
pub trait Concat<R, const I: isize>: Shape {
    /// The joined shape.
    type Out: Shape;

    /// The position of the axis, counted from the front.
    const INDEX: usize;

    /// The joined shape; fails when run-time sizes of the other axes differ.
    fn concat(self, right: R) -> Result<Concatenated<Self, R, I>, Mismatch>;
}

/// `L` and `R` joined along axis `I`.
pub type Concatenated<L, R, const I: isize> = <L as Concat<R, I>>::Out;

congruent_macros::rank_impls! { Concat }

/// Joins with nothing that exists, twice: with one candidate left, the compiler would take it for granted and report
/// the operand as a mismatched type.
macro_rules! never {
    ($($never:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape, const I: isize> Concat<$never, I> for S {
            type Out = S;
            const INDEX: usize = 0;

            fn concat(self, right: $never) -> Result<S, Mismatch> {
                match right {}
            }
        }
    )*};
}

never! { Never Nothing }

/// An axis along which nothing is joined, of one type on both sides.
///
/// `Out` is `Self`: it stands in the result so that the compiler meets the breach there, in these words.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "concat: the other axes must be equal, found `{Self}` and `{Rhs}`",
    label = "this axis is `{Rhs}`, expected `{Self}`"
)]
pub trait OtherAxis<Rhs>: Dim {
    type Out: Dim;
    fn kept(self) -> Self::Out;
}

/// In two steps, because the compiler speaks of this law only when an impl exists that falls short.
#[diagnostic::do_not_recommend]
impl<A: Dim + Exactly<Rhs>, Rhs> OtherAxis<Rhs> for A {
    type Out = A;

    #[cfg_attr(optimised, inline(always))]
    fn kept(self) -> A {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Concat, Concatenated};
    use congruent_dims::{D, dims};

    dims! { Batch = ?, Width = 6 }

    #[test]
    fn one_axis_is_added_and_the_others_stay() {
        let rows: (D<5>, D<3>) = Concat::<_, 0>::concat((D::<2>, D::<3>), (D::<3>, D::<3>)).unwrap();
        let columns: (Batch, D<7>, D<4>) =
            Concat::<_, -2>::concat((Batch(2), D::<3>, D::<4>), (Batch(2), D::<4>, D::<4>)).unwrap();
        assert_eq!((rows, columns), ((D, D), (Batch(2), D, D)));
    }

    #[test]
    fn a_named_static_axis_adds_up_to_a_number() {
        let joined: Concatenated<(D<2>, Width), (D<2>, D<9_994>), 1> = (D::<2>, Default::default());
        assert_eq!(Concat::<_, 1>::concat((D::<2>, Width), (D::<2>, D::<9_994>)), Ok(joined));
        assert_eq!(<(D<2>, Width) as Concat<(D<2>, D<1>), -1>>::INDEX, 1);
    }

    #[test]
    fn run_time_sizes_of_the_other_axes_must_agree() {
        assert!(Concat::<_, 1>::concat((Batch(2), D::<3>), (Batch(2), D::<4>)).is_ok());
        let error = Concat::<_, 1>::concat((Batch(2), D::<3>), (Batch(9), D::<4>)).unwrap_err();
        assert_eq!((error.law, error.right.as_str()), ("concat", "(Batch = 9, D<4>)"));
    }
}
