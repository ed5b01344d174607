//! What a fused loop sees: operands as pointers and strides, operations as types, nothing else.
//!
//! Apart from the nodes so that two regions with the same formula share one compiled loop, whatever produced their
//! operands: a node of any depth binds to a [`Slot`](super::Slot).
#![allow(unsafe_code, reason = "who makes a place promises that it is one of the loop's")]

use super::Sealed;
use super::faults::Faults;
use super::frame::{Frame, RowIndex};
use super::registers::Registers;
use super::traced::{TracedBody, Tracing};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::num::Lane;
use std::ops::BitOr;

/// A place in the inner loop: a column and how many of the lanes from there count.
///
/// Only the loops make one, which is why reading an operand at it is safe: frames are checked against every operand.
/// What a body does without one (`seek`, `select`, `settle`) is safe because nobody else has a body: operands are bound
/// to a [`Frame`], which only this crate makes.
#[derive(Clone, Copy)]
pub struct At {
    column: usize,
    lanes: usize,
}

impl At {
    /// # Safety
    /// `column + lanes` is at most the inner size of the frame that the bodies were bound to.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) unsafe fn new(column: usize, lanes: usize) -> Self {
        At { column, lanes }
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn column(self) -> usize {
        self.column
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn lanes(self) -> usize {
        self.lanes
    }
}

/// A place in the inner loop of a body without lanes: a column. `DENSE` where the body's steps are [`Spacing::ONE`].
///
/// Only the loops make one, as [`At`].
#[derive(Clone, Copy)]
pub struct Column<const DENSE: bool>(usize);

impl<const DENSE: bool> Column<DENSE> {
    /// # Safety
    /// The column is below the inner size of the frame that the body was bound to, and the steps of the body are
    /// [`Spacing::ONE`] where `DENSE` is true.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) unsafe fn new(column: usize) -> Self {
        Column(column)
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn index(self) -> usize {
        self.0
    }

    /// As a block of one.
    #[cfg_attr(optimised, inline(always))]
    pub fn alone(self) -> Block<DENSE> {
        Block { from: self.0, count: 1 }
    }
}

/// Places that lie side by side in the inner loop of a body of truth values: at most [`BLOCK`](Block::WIDEST).
///
/// Only the loops make them, as [`At`].
#[derive(Clone, Copy)]
pub struct Block<const DENSE: bool> {
    from: usize,
    count: usize,
}

impl<const DENSE: bool> Block<DENSE> {
    /// How many there are at most: what a body keeps of them is on the stack.
    pub const WIDEST: usize = 256;

    /// # Safety
    /// Each of the columns `from .. from + count` is as [`Column::new`] asks.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) unsafe fn new(from: usize, count: usize) -> Self {
        assert!(count <= Self::WIDEST, "a block of {count} columns");
        Block { from, count }
    }

    /// How many there are.
    #[cfg_attr(optimised, inline(always))]
    #[expect(clippy::len_without_is_empty, reason = "of no columns there is no block")]
    pub fn len(self) -> usize {
        self.count
    }

    /// One after the other.
    #[cfg_attr(optimised, inline(always))]
    pub fn each(self) -> impl Iterator<Item = Column<DENSE>> {
        (self.from..self.from + self.count).map(Column)
    }

    /// Those from the one numbered `first` on, as lanes read them.
    #[cfg_attr(optimised, inline(always))]
    pub fn lanes(self, first: usize, lanes: usize) -> At {
        assert!(first + lanes <= self.count, "lanes outside of their block");
        At { column: self.from + first, lanes }
    }
}

/// The steps, in elements, by which the operands of a body are read along the inner loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spacing(u8);

impl Spacing {
    /// All lie side by side, or in no memory.
    pub const ONE: Self = Spacing(0);
    /// One of them is a single element that stretches.
    pub const STRETCHED: Self = Spacing(1);
    /// The elements of one of them lie apart.
    pub const APART: Self = Spacing(2);

    /// Whether the elements of an operand lie apart.
    #[cfg_attr(optimised, inline(always))]
    pub fn are_apart(self) -> bool {
        self.0 & Self::APART.0 != 0
    }
}

impl BitOr for Spacing {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn bitor(self, other: Self) -> Self {
        Spacing(self.0 | other.0)
    }
}

/// A fused formula over bound operands. `Copy`: every thread works on its own.
///
/// Loops over floats run in lanes, and can be run backwards; those over integers and `bool` are plain ones over
/// [elements](Body::element), which the compiler vectorises, and know elements without a value. Which of the two run is
/// a matter of the element type alone: see [`ByKind`](crate::dtype::ByKind).
pub trait Body<E: Elem>: Sealed + Copy + 'static {
    /// Whether any gradient leaves through an operand.
    type Grad: Flag;
    /// What [`record`](Body::record) keeps in registers for [`pull`](Body::pull).
    type Tape<V: Lane<E>>: Copy
    where
        E: Real;
    /// Running sums of the operands that a row reduces to one element.
    type Sums<V: Lane<E>>: Copy
    where
        E: Real;

    /// How the operands are read along the inner loop.
    fn spacing(&self) -> Spacing;
    /// Moves to a row of the frame.
    fn seek(&mut self, frame: &Frame, index: &RowIndex);
    /// Directs reduced gradients to the partial sums of a chunk.
    fn select(&mut self, chunk: usize)
    where
        E: Real;
    /// The value at a place.
    fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V
    where
        E: Real;
    /// The value and what its derivative needs.
    fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, Self::Tape<V>)
    where
        E: Real;
    /// Empty sums for a row.
    fn sums<V: Lane<E>>(&self) -> Self::Sums<V>
    where
        E: Real;
    /// Reverse mode for one place: the gradient `g` of the value goes to the operands.
    fn pull<V: Lane<E>, R: Registers<V>>(
        &self,
        tape: Self::Tape<V>,
        g: V,
        sums: &mut Self::Sums<V>,
        registers: &mut R,
        at: At,
    ) where
        E: Real;
    /// Adds the sums of a finished row to their operands.
    fn settle<V: Lane<E>>(&self, sums: Self::Sums<V>)
    where
        E: Real;

    /// Writes down what it is made of, for a device that compiles its own loops.
    fn trace(&self, tracing: &mut Tracing) -> TracedBody;

    /// The value of one element, where there are no lanes, or a note of why there is none.
    fn element<const DENSE: bool>(&self, at: Column<DENSE>, faults: &mut Faults) -> E {
        let _ = (at, faults);
        unreachable!("floats run in lanes")
    }

    /// The values of a block, of which loops over truth values are made: what is compared runs in lanes of its own.
    /// `out` is as long as the block.
    #[cfg_attr(optimised, inline(always))]
    fn block<const DENSE: bool>(&self, at: Block<DENSE>, out: &mut [E], faults: &mut Faults) {
        for (place, column) in out.iter_mut().zip(at.each()) {
            *place = self.element(column, faults);
        }
    }
}

/// What of [`Body`] is the same for all bodies through which no gradient flows: there is nothing to record.
macro_rules! without_gradient {
    ($E:ty) => {
        type Grad = $crate::dims::Off;
        type Tape<V: Lane<$E>>
            = ()
        where
            $E: Real;
        type Sums<V: Lane<$E>>
            = ()
        where
            $E: Real;
        #[cfg_attr(optimised, inline(always))]
        fn select(&mut self, _: usize) {}
        #[cfg_attr(optimised, inline(always))]
        fn record<V: Lane<$E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, ())
        where
            $E: Real,
        {
            (self.value(registers, at), ())
        }
        #[cfg_attr(optimised, inline(always))]
        fn sums<V: Lane<$E>>(&self)
        where
            $E: Real,
        {
        }
        #[cfg_attr(optimised, inline(always))]
        fn pull<V: Lane<$E>, R: Registers<V>>(&self, _: (), _: V, _: &mut (), _: &mut R, _: At)
        where
            $E: Real,
        {
        }
        #[cfg_attr(optimised, inline(always))]
        fn settle<V: Lane<$E>>(&self, (): ())
        where
            $E: Real,
        {
        }
    };
}
pub(crate) use without_gradient;
