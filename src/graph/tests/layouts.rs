//! How operands lie in a region of two axes: whole, stretched, transposed.
//!
//! Apart from the rows because floats and integers lie in the same ways.

use super::plain::Judge;
use crate::device::Buf;
use crate::dims::{Flag, Off, On};
use crate::dtype::{Elem, Real};
use crate::graph::{Ex, Key, Leaf, Viewed};
use crate::ops::Movement;
use crate::prelude::D;
use crate::shape::Shape;

crate::dims! { pub(super) Rows = ?, pub(super) Columns = ? }

/// A transposed operand.
pub(super) type Turned<E, G> = Viewed<Leaf<(Columns, Rows), E, G>, (Columns, Rows), E>;

/// What a leaf is made of: the key of a variable, or memory that nothing differentiates.
pub(super) trait Source<E, G> {
    fn of<S: Shape>(self, shape: S) -> Leaf<S, E, G>;
}
impl<E: Real> Source<E, On> for Key {
    fn of<S: Shape>(self, shape: S) -> Leaf<S, E, On> {
        Leaf::keyed(self, shape, true)
    }
}
impl<E: Elem> Source<E, Off> for &Buf<E> {
    fn of<S: Shape>(self, shape: S) -> Leaf<S, E, Off> {
        Leaf::constant(self.clone(), shape)
    }
}

/// The region, and how an operand lies in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Whole,
    /// One row, for all rows.
    OneRow,
    /// One column, for all columns.
    OneColumn,
    /// One number.
    Single,
    /// A transpose.
    Turned,
}

/// Rows and columns of a region.
#[derive(Clone, Copy)]
pub(super) struct Size(pub(super) usize, pub(super) usize);

impl Size {
    pub(super) fn region(self) -> (Rows, Columns) {
        (Rows(self.0), Columns(self.1))
    }

    /// The place in memory of an operand that the region has at `index`.
    pub(super) fn place(self, form: Form, index: usize) -> usize {
        let (row, column) = (index / self.1, index % self.1);
        match form {
            Form::Whole => index,
            Form::OneRow => column,
            Form::OneColumn => row,
            Form::Single => 0,
            Form::Turned => column * self.0 + row,
        }
    }

    pub(super) fn len(self, form: Form) -> usize {
        match form {
            Form::Whole | Form::Turned => self.0 * self.1,
            Form::OneRow => self.1,
            Form::OneColumn => self.0,
            Form::Single => 1,
        }
    }

    pub(super) fn whole<E: Elem, G: Flag>(self, leaf: impl Source<E, G>) -> Leaf<(Rows, Columns), E, G> {
        leaf.of(self.region())
    }
    pub(super) fn row<E: Elem, G: Flag>(self, leaf: impl Source<E, G>) -> Leaf<(Columns,), E, G> {
        leaf.of((Columns(self.1),))
    }
    pub(super) fn column<E: Elem, G: Flag>(self, leaf: impl Source<E, G>) -> Leaf<(Rows, D<1>), E, G> {
        leaf.of((Rows(self.0), D::<1>))
    }
    pub(super) fn single<E: Elem, G: Flag>(self, leaf: impl Source<E, G>) -> Leaf<(), E, G> {
        leaf.of(())
    }
    pub(super) fn turned<E: Elem, G: Flag>(self, leaf: impl Source<E, G>) -> Turned<E, G> {
        let shape = (Columns(self.1), Rows(self.0));
        Ex::<_, E, _, _>::new(leaf.of(shape), shape, Judge).t().node
    }
}

/// The sizes of a matrix: one element, one row, one column, neither, nothing.
pub(super) const SIZES: [Size; 6] = [Size(1, 1), Size(1, 7), Size(17, 1), Size(3, 7), Size(0, 3), Size(3, 0)];
