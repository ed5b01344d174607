//! The axes that `...` stands for: found in an operand, met by those of another one, reduced, made one.
//!
//! Apart from the labels because their number is known by type alone: the macro sees only what stands before and after.

use super::axes::Shaped;
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::reduce::{Max, Mean, Min, NumbersReducedTo, Prod, ReducedTo, Reduces, Reductions, Sum};
use crate::shape::{Between, Ellipsis, Merge, Merged, Reduce, Reduced, Surrounded};

/// The positions of the axes of `S` that `...` stands for.
type Positions<S, const BEFORE: usize, const AFTER: usize> = <S as Ellipsis<BEFORE, AFTER>>::Positions;

/// The axes of an operand that `...` stands for.
#[doc(hidden)]
pub fn unnamed<const BEFORE: usize, const AFTER: usize, X>(x: &X) -> <X::S as Ellipsis<BEFORE, AFTER>>::Middle
where
    X: Shaped,
    X::S: Ellipsis<BEFORE, AFTER>,
{
    x.own_shape().middle()
}

/// A shape in which `...` stands between named axes.
#[doc(hidden)]
pub fn around<Before, S: Between<Before, After>, After>(
    before: Before,
    unnamed: S,
    after: After,
) -> Surrounded<S, Before, After> {
    unnamed.between(before, after)
}

/// The axes that `...` stands for, made one.
#[doc(hidden)]
pub fn merged<S: Merge>(unnamed: S) -> Merged<S> {
    unnamed.merge()
}

macro_rules! reductions {
    ($($name:ident $method:ident $Reducer:ident $To:ident [$($law:tt)*];)*) => {$(
        /// The reduction of this name over the axes that `...` stands for.
        #[doc(hidden)]
        pub fn $name<const BEFORE: usize, const AFTER: usize, X>(
            x: X,
        ) -> $To<X, Reduced<X::S, Positions<X::S, BEFORE, AFTER>>, $Reducer>
        where
            X: Operand,
            X::E: $($law)*,
            X::S: Ellipsis<BEFORE, AFTER> + Reduce<Positions<X::S, BEFORE, AFTER>>,
        {
            x.$method::<Positions<X::S, BEFORE, AFTER>>()
        }
    )*};
}

reductions! {
    sum sum_axes Sum NumbersReducedTo [Reduces<Sum, X::N>];
    mean mean_axes Mean ReducedTo [FloatingNode<X::N>];
    max max_axes Max NumbersReducedTo [Reduces<Max, X::N>];
    min min_axes Min NumbersReducedTo [Reduces<Min, X::N>];
    prod prod_axes Prod NumbersReducedTo [Reduces<Prod, X::N>];
}
