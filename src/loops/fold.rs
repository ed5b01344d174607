//! One result a row, and one for each element from those up to it, whatever the elements are: programs and running
//! formulas over floats, exact folds over integers and `bool`.
//!
//! Apart from these two so that a device is asked one question, whose answer it leaves to the kind of elements.

use super::rows::{ExactFold, RowProgram};
use super::scan::Recurrence;
use crate::dtype::{Discrete, Elem, NoFloat, Real};
use crate::memory::Buf;

/// What gives one result a row of elements `E`: a [`RowProgram`] of floats, an [`ExactFold`] of the others.
pub trait RowFold<E: Elem, Float = <E as Elem>::Float>: Copy {
    /// The results.
    type Out: Elem;
    /// Hands itself to the loops of its kind.
    fn fold<L: RowLoops<E>>(self, loops: L) -> Buf<Self::Out>;
}

/// Loops that give one result a row.
pub trait RowLoops<E: Elem> {
    /// The last pass of a program.
    fn program<P: RowProgram>(self, program: P) -> Buf<E>
    where
        E: Real;
    /// A fold, in any order.
    fn exact<F: ExactFold<E>>(self, fold: F) -> Buf<F::Out>
    where
        E: Discrete;
}

#[diagnostic::do_not_recommend]
impl<E: Real, P: RowProgram> RowFold<E, E> for P {
    type Out = E;
    #[inline(always)]
    fn fold<L: RowLoops<E>>(self, loops: L) -> Buf<E> {
        loops.program(self)
    }
}

#[diagnostic::do_not_recommend]
impl<K, E: Discrete<Kind = K>, F: ExactFold<E>> RowFold<E, NoFloat<K>> for F {
    type Out = F::Out;
    fn fold<L: RowLoops<E>>(self, loops: L) -> Buf<F::Out> {
        loops.exact(self)
    }
}

/// What gives one result for each element `E` along a row: a [`Recurrence`] of floats, an [`ExactFold`] of the others.
pub trait RowScan<E: Elem, Float = <E as Elem>::Float>: Copy {
    /// The results.
    type Out: Elem;
    /// Hands itself to the loops of its kind.
    fn scan<L: ScanLoops<E>>(self, loops: L) -> Buf<Self::Out>;
}

/// Loops that give one result for each element along a row.
pub trait ScanLoops<E: Elem> {
    /// A running formula.
    fn running<P: Recurrence>(self, formula: P) -> Buf<E>
    where
        E: Real;
    /// The fold of the elements up to each.
    fn exact<F: ExactFold<E>>(self, fold: F) -> Buf<F::Out>
    where
        E: Discrete;
}

#[diagnostic::do_not_recommend]
impl<E: Real, P: Recurrence> RowScan<E, E> for P {
    type Out = E;
    #[inline(always)]
    fn scan<L: ScanLoops<E>>(self, loops: L) -> Buf<E> {
        loops.running(self)
    }
}

#[diagnostic::do_not_recommend]
impl<K, E: Discrete<Kind = K>, F: ExactFold<E>> RowScan<E, NoFloat<K>> for F {
    type Out = F::Out;
    fn scan<L: ScanLoops<E>>(self, loops: L) -> Buf<F::Out> {
        loops.exact(self)
    }
}
