//! The laws of labels: as many as axes, and one dim for each.
//!
//! Apart from the laws of shapes because a breach is a mistake in a string, and is told in its words.

use crate::dims::{Dim, StaticDim};
use crate::dtype::Never;
use crate::shape::Shape;

/// A shape of `N` axes, as the string says.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the string names {N} axes of an operand whose shape is `{Self}`",
    label = "`{Self}` needs one label for each axis, the string has {N}",
    note = "a generic shape has no rank: write it as a tuple of dims"
)]
pub trait Labelled<const N: usize>: Shape {
    /// The shape itself. Not written as `Self`, so that what follows from a mistake is not reported again.
    type Same: Shape;
    /// The shape itself.
    fn written(self) -> Self::Same;
}

/// The shape `S` of `N` axes.
#[doc(hidden)]
pub type Written<S, const N: usize> = <S as Labelled<N>>::Same;

macro_rules! ranks {
    ($($rank:literal: $($A:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($A: Dim),*> Labelled<$rank> for ($($A,)*) {
            type Same = Self;
            #[cfg_attr(optimised, inline(always))]
            fn written(self) -> Self {
                self
            }
        }
    )*};
}
ranks! { 0: ; 1: A; 2: A B; 3: A B C; 4: A B C F; 5: A B C F G; 6: A B C F G H; }

/// Equality of two axes that bear one label, which is named by a type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "einsum: label `{Label}` is `{Self}` in one place and `{Rhs}` in another",
    label = "`{Label}` is `{Rhs}` here, and `{Self}` before",
    note = "axes of one label are one dim: nothing broadcasts, not even `D<1>`"
)]
pub trait SameLabel<Label, Rhs> {}
#[diagnostic::do_not_recommend]
impl<Label, A: Dim> SameLabel<Label, A> for A {}
#[diagnostic::do_not_recommend]
impl<Label, A: Dim> SameLabel<Label, Never> for A {}

/// An axis that is cut by division.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cut by division: its size is known at run time only",
    label = "the axis that is cut is `{Self}`",
    note = "give all of its parts: `\"(b t) c -> b t c\", b = Batch(2), t = Time(3)`"
)]
pub trait Sliceable: Dim {
    /// The dim itself. Not written as `Self`, so that what follows from a mistake is not reported again.
    type Whole: StaticDim;
}
#[diagnostic::do_not_recommend]
impl<A: StaticDim> Sliceable for A {
    type Whole = A;
}
