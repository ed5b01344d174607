//! What a loop over elements without gradients sees: plain elements in place of lanes, and elements without a value.
//!
//! Apart from the bodies of floats because there is nothing to differentiate: the loops are plain ones, which the
//! compiler vectorises.
#![allow(unsafe_code, reason = "operands are pointers and strides, checked when they are bound")]

use super::Sealed;
use super::frame::{Frame, OUTER, RowIndex};
use crate::dims::Flag;
use crate::dtype::{Elem, Undefined};
use crate::layout::Axes;
use crate::memory::Buf;
use std::marker::PhantomData;

/// What went wrong in a loop so far. A loop goes on: the first element without a value is looked for afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(u8);

impl Faults {
    /// The value, or a 0 in its place and a note of why there is none.
    #[inline(always)]
    pub fn settle<E: Elem>(&mut self, value: Result<E, Undefined>) -> E {
        match value {
            Ok(value) => value,
            Err(reason) => {
                self.0 |= reason as u8;
                E::default()
            }
        }
    }

    /// Whether every element so far had a value.
    #[inline(always)]
    pub fn is_clean(self) -> bool {
        self.0 == 0
    }

    /// The reason, of those that there are.
    pub(crate) fn reason(self) -> Undefined {
        if self.0 & Undefined::DivisionByZero as u8 == 0 { Undefined::NegativePower } else { Undefined::DivisionByZero }
    }
}

/// The value of a formula over integers: the number itself, or a result that may have no value.
///
/// ```
/// use congruent::{dtype::Undefined, loops::{Faults, Outcome}};
/// let mut faults = Faults::default();
/// assert_eq!((Outcome::<i32>::value(5, &mut faults), faults.is_clean()), (5, true));
/// let none: Result<i32, Undefined> = Err(Undefined::DivisionByZero);
/// assert_eq!((none.value(&mut faults), faults.is_clean()), (0, false));
/// ```
pub trait Outcome<E> {
    /// The number, 0 where there is none.
    fn value(self, faults: &mut Faults) -> E;
}
impl<E: Elem> Outcome<E> for E {
    #[inline(always)]
    fn value(self, _: &mut Faults) -> E {
        self
    }
}
impl<E: Elem> Outcome<E> for Result<E, Undefined> {
    #[inline(always)]
    fn value(self, faults: &mut Faults) -> E {
        faults.settle(self)
    }
}

/// A formula over bound operands. `Copy`: every thread works on its own.
pub trait ExactBody<E: Elem>: Sealed + Copy + 'static {
    /// Whether the row at hand is read in steps of one element by every operand.
    fn dense(&self) -> bool;
    /// Moves to a row of the frame.
    fn seek(&mut self, frame: &Frame, index: &RowIndex);
    /// The value in a column of the row at hand; `DENSE` where [`dense`](ExactBody::dense) holds.
    ///
    /// # Safety
    /// The column is below the inner size of the frame that the body was bound to, and `DENSE` is as said.
    unsafe fn value<const DENSE: bool>(&self, column: usize, faults: &mut Faults) -> E;
}

/// An operand: memory with a stride for each loop. `K` is `On` where the inner stride is only known at run time.
pub struct ExactSlot<E, K> {
    base: *const E,
    /// Where the row at hand begins.
    row: *const E,
    step: isize,
    outer: [isize; OUTER],
    kind: PhantomData<K>,
}

impl<E, K> Clone for ExactSlot<E, K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E, K> Copy for ExactSlot<E, K> {}
impl<E, K> Sealed for ExactSlot<E, K> {}

// SAFETY: a slot is pointers into buffers that the region keeps alive and that nobody writes.
unsafe impl<E: Elem, K> Send for ExactSlot<E, K> {}
// SAFETY: as above.
unsafe impl<E: Elem, K> Sync for ExactSlot<E, K> {}

impl<E: Elem, K: Flag> ExactSlot<E, K> {
    /// The elements of `memory`, from `offset` on, along the axes of a region.
    ///
    /// # Panics
    /// When the loops of the frame reach outside of the memory.
    pub(crate) fn new(memory: &Buf<E>, offset: usize, axes: &Axes, frame: &Frame) -> Self {
        let mut outer = [0; OUTER];
        for level in 0..frame.levels {
            outer[level] = axes.stride[frame.source[level + 1]];
        }
        // Rows of a shape whose last axis cannot stretch are contiguous: a frame drops the last axis only when it is
        // `D<1>` for every operand.
        let step = if K::ON { axes.stride[frame.source[0]] } else { 1 };
        assert!(frame.stays_inside(offset, step, &outer, memory.len()), "an operand reaches outside of its memory");
        let base = memory.address().wrapping_add(offset);
        ExactSlot { base, row: base, step, outer, kind: PhantomData }
    }
}

impl<E: Elem, K: Flag> ExactBody<E> for ExactSlot<E, K> {
    #[inline(always)]
    fn dense(&self) -> bool {
        !K::ON || self.step == 1
    }

    #[inline(always)]
    fn seek(&mut self, frame: &Frame, index: &RowIndex) {
        let mut offset = index[0] as isize * self.outer[0];
        for level in 1..frame.levels {
            offset += index[level] as isize * self.outer[level];
        }
        self.row = self.base.wrapping_offset(offset);
    }

    #[inline(always)]
    unsafe fn value<const DENSE: bool>(&self, column: usize, _: &mut Faults) -> E {
        // SAFETY: the frame was compared with the memory when the slot was made, and the column is one of the frame's.
        unsafe { if DENSE || !K::ON { *self.row.add(column) } else { *self.row.offset(column as isize * self.step) } }
    }
}
