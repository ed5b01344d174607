//! What a fused loop sees: operands as pointers and strides, operations as types, nothing else.
//!
//! Apart from the nodes so that two regions with the same formula share one compiled loop, whatever produced their
//! operands: a node of any depth binds to a [`Slot`](super::Slot).
#![allow(unsafe_code, reason = "who makes a place promises that it is one of the loop's")]

use super::Sealed;
use super::frame::{Frame, RowIndex};
use super::registers::Registers;
use crate::dims::Flag;
use crate::dtype::Real;
use crate::num::Lane;

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
    #[inline(always)]
    pub(crate) unsafe fn new(column: usize, lanes: usize) -> Self {
        At { column, lanes }
    }

    #[inline(always)]
    pub(super) fn column(self) -> usize {
        self.column
    }

    #[inline(always)]
    pub(super) fn lanes(self) -> usize {
        self.lanes
    }
}

/// A fused formula over bound operands. `Copy`: every thread works on its own.
pub trait Body<E: Real>: Sealed + Copy + 'static {
    /// Whether any gradient leaves through an operand.
    type Grad: Flag;
    /// What [`record`](Body::record) keeps in registers for [`pull`](Body::pull).
    type Tape<V: Lane<E>>: Copy;
    /// Running sums of the operands that a row reduces to one element.
    type Sums<V: Lane<E>>: Copy;

    /// Whether an operand's elements do not lie side by side along the inner loop.
    fn reads_apart(&self) -> bool;
    /// Moves to a row of the frame.
    fn seek(&mut self, frame: &Frame, index: &RowIndex);
    /// Directs reduced gradients to the partial sums of a chunk.
    fn select(&mut self, chunk: usize);
    /// The value at a place.
    fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V;
    /// The value and what its derivative needs.
    fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, Self::Tape<V>);
    /// Empty sums for a row.
    fn sums<V: Lane<E>>(&self) -> Self::Sums<V>;
    /// Reverse mode for one place: the gradient `g` of the value goes to the operands.
    fn pull<V: Lane<E>, R: Registers<V>>(
        &self,
        tape: Self::Tape<V>,
        g: V,
        sums: &mut Self::Sums<V>,
        registers: &mut R,
        at: At,
    );
    /// Adds the sums of a finished row to their operands.
    fn settle<V: Lane<E>>(&self, sums: Self::Sums<V>);
}
