//! Fused loops over elements without gradients: integers and `bool`.
//!
//! Apart from `region` because there are no lanes: a row is a plain loop, which the compiler vectorises, once for what
//! every processor has and once for AVX2.
#![allow(unsafe_code, reason = "loops over raw operands, into memory that is not written yet")]

use super::parallel::{SharedPtr, for_each};
use crate::dtype::{Discrete, Undefined};
use crate::loops::{Block, Body, Column, Faults, Frame, Spacing};
use crate::num::{Plain, vectorised};
use std::sync::atomic::{AtomicBool, Ordering};

/// Writes the values of a region to `out`; fails with the position of the first element that has none, and the reason.
///
/// # Safety
/// The body's operands were checked against the frame; `out` has room for its elements.
pub(in crate::device) unsafe fn evaluate<E, B>(frame: &Frame, body: &B, out: *mut E) -> Result<(), (usize, Undefined)>
where
    E: Discrete,
    B: Body<E>,
{
    let (task, place, failed) = (Task(*body), SharedPtr::new(out), AtomicBool::new(false));
    for_each(frame.chunks, frame.len(), |chunk| {
        let faults = vectorised(Chunk { frame, chunk, body: task.get(), out: place.get() });
        if !faults.is_clean() {
            failed.store(true, Ordering::Relaxed);
        }
    });
    // SAFETY: the caller's contract.
    if failed.into_inner() { Err(unsafe { first_fault(frame, *body) }) } else { Ok(()) }
}

/// A body that tasks copy.
#[derive(Clone, Copy)]
struct Task<B>(B);
// SAFETY: a body is pointers into buffers that outlive the loop and that nobody writes.
unsafe impl<B> Send for Task<B> {}
// SAFETY: as above.
unsafe impl<B> Sync for Task<B> {}
impl<B: Copy> Task<B> {
    fn get(&self) -> B {
        self.0
    }
}

/// A chunk of a frame, and where the region's values go.
struct Chunk<'f, E, B> {
    frame: &'f Frame,
    chunk: usize,
    body: B,
    out: *mut E,
}

impl<E: Discrete, B: Body<E>> Plain for Chunk<'_, E, B> {
    type Out = Faults;
    #[cfg_attr(optimised, inline(always))]
    fn run(self) -> Faults {
        let Chunk { frame, chunk, mut body, out } = self;
        let mut faults = Faults::default();
        let dense = body.spacing() == Spacing::ONE;
        for (row, from, to) in frame.chunk(chunk).units(frame.inner) {
            body.seek(frame, &frame.index(row));
            // SAFETY: the chunk's columns lie inside the frame, against which `evaluate`'s caller checked the body; no
            // other chunk has these elements of `out`, which has all of the frame's.
            unsafe {
                let out = std::slice::from_raw_parts_mut(out.add(row * frame.inner + from).cast(), to - from);
                if dense {
                    fill::<true, E, B>(&body, from, out, &mut faults)
                } else {
                    fill::<false, E, B>(&body, from, out, &mut faults)
                }
            }
        }
        faults
    }
}

/// Block from `from` on of the row at hand. The slice tells the compiler that nothing else refers to its memory.
///
/// # Safety
/// The columns lie inside the frame that the body was bound to; `DENSE` is what the body says.
#[cfg_attr(optimised, inline(always))]
unsafe fn fill<const DENSE: bool, E: Discrete, B: Body<E>>(
    body: &B,
    from: usize,
    out: &mut [std::mem::MaybeUninit<E>],
    faults: &mut Faults,
) {
    let body = *body;
    let mut own = *faults;
    if E::TRUTH {
        // SAFETY: the caller's contract.
        unsafe { fill_blocks::<DENSE, E, B>(&body, from, out, faults) };
        return;
    }
    for (i, place) in out.iter_mut().enumerate() {
        // SAFETY: the caller's contract.
        let at = unsafe { Column::<DENSE>::new(from + i) };
        place.write(body.element(at, &mut own));
    }
    *faults = own;
}

/// The same of truth values, a block after the other: what is compared runs in lanes of its own.
///
/// # Safety
/// As for `fill`.
#[cfg_attr(optimised, inline(always))]
unsafe fn fill_blocks<const DENSE: bool, E: Discrete, B: Body<E>>(
    body: &B,
    from: usize,
    out: &mut [std::mem::MaybeUninit<E>],
    faults: &mut Faults,
) {
    const BLOCK: usize = Block::<true>::WIDEST;
    let mut values = [E::default(); BLOCK];
    for (block, out) in out.chunks_mut(BLOCK).enumerate() {
        // SAFETY: the caller's contract.
        let at = unsafe { Block::<DENSE>::new(from + block * BLOCK, out.len()) };
        let values = &mut values[..out.len()];
        body.block(at, values, faults);
        for (place, value) in out.iter_mut().zip(values) {
            place.write(*value);
        }
    }
}

/// The position of the first element without a value, one element after the other.
///
/// # Safety
/// The body's operands were checked against the frame.
#[cold]
unsafe fn first_fault<E: Discrete, B: Body<E>>(frame: &Frame, mut body: B) -> (usize, Undefined) {
    for row in 0..frame.rows {
        body.seek(frame, &frame.index(row));
        for column in 0..frame.inner {
            let mut faults = Faults::default();
            // SAFETY: the column is one of the frame's.
            let at = unsafe { Column::<false>::new(column) };
            let _: E = body.element(at, &mut faults);
            if !faults.is_clean() {
                return (row * frame.inner + column, faults.reason());
            }
        }
    }
    unreachable!("a fault was noted")
}
