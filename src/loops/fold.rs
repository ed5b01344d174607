//! One result a row, and one for each element from those up to it, whatever the elements are: programs and running
//! formulas over floats, exact folds over integers and `bool`.
//!
//! Apart from these two so that a device is asked one question, whose answer it leaves to the kind of elements.

use super::rows::{ExactFold, RowProgram};
use super::scan::Recurrence;
use crate::dtype::{Discrete, Elem, NoFloat, Real};
use crate::memory::Buf;

/// What a device is asked to run along rows, and the loops that run it: the one hands itself to the other, so that
/// neither asks what the elements are.
macro_rules! along_rows {
    ($($(#[$doc:meta])* $Work:ident $hand:ident to
       $(#[$about:meta])* $Loops:ident: $floats:ident of $Formula:ident;)*) => {$(
        $(#[$doc])*
        pub trait $Work<E: Elem, Float = <E as Elem>::Float>: Copy {
            /// The results.
            type Out: Elem;
            /// Hands itself to the loops of its kind.
            fn $hand<L: $Loops<E>>(self, loops: L) -> Buf<Self::Out>;
        }

        $(#[$about])*
        pub trait $Loops<E: Elem> {
            /// Over floats.
            fn $floats<P: $Formula>(self, formula: P) -> Buf<E>
            where
                E: Real;
            /// Over integers and `bool`.
            fn exact<F: ExactFold<E>>(self, fold: F) -> Buf<F::Out>
            where
                E: Discrete;
        }

        #[diagnostic::do_not_recommend]
        impl<E: Real, P: $Formula> $Work<E, E> for P {
            type Out = E;
            #[cfg_attr(optimised, inline(always))]
            fn $hand<L: $Loops<E>>(self, loops: L) -> Buf<E> {
                loops.$floats(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<K, E: Discrete<Kind = K>, F: ExactFold<E>> $Work<E, NoFloat<K>> for F {
            type Out = F::Out;
            fn $hand<L: $Loops<E>>(self, loops: L) -> Buf<F::Out> {
                loops.exact(self)
            }
        }
    )*};
}
along_rows! {
    /// What gives one result a row of elements `E`: a [`RowProgram`] of floats, an [`ExactFold`] of the others.
    RowFold fold to
    /// Loops that give one result a row: the last pass of a program, or a fold in any order.
    RowLoops: program of RowProgram;

    /// What gives one result for each element `E` along a row: a [`Recurrence`] of floats, an [`ExactFold`] of the
    /// others.
    RowScan scan to
    /// Loops that give one result for each element along a row: a running formula, or the fold of those up to it.
    ScanLoops: running of Recurrence;
}
