//! The first handle to a block and the last: where memory comes from and goes to.
//!
//! Apart from the handles because no element type is known here: all of it is compiled once, in this crate.

use super::block::{self, CLASSES, Head};
use super::{lent, pool};
use crate::error::{Error, raise};
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

/// A block for `len` elements of `size` bytes. Compiled once, in this crate.
///
/// Ends in another call where the thread has no such block, so that the usual way through saves few registers.
#[inline(never)]
#[track_caller]
pub(super) fn claim(len: usize, size: usize) -> NonNull<Head> {
    match len.checked_mul(size).and_then(pool::own_block) {
        Some(head) => claimed(head, len, size),
        None => claim_elsewhere(len, size),
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn claim_elsewhere(len: usize, size: usize) -> NonNull<Head> {
    let bytes = len.checked_mul(size).filter(|&bytes| bytes <= isize::MAX as usize);
    let Some(head) = bytes.and_then(pool::block) else { raise(Error::no_room(len, size)) };
    claimed(head, len, size)
}

#[cfg_attr(optimised, inline(always))]
fn claimed(head: NonNull<Head>, len: usize, size: usize) -> NonNull<Head> {
    // SAFETY: the block is ours alone until the handle is returned.
    unsafe {
        (*head.as_ptr()).len = len;
        if cfg!(debug_assertions) {
            // NaN in every float, so that a read before the first write does not go unnoticed in tests.
            std::ptr::write_bytes(head.as_ptr().add(1).cast::<u8>(), 0xFF, len * size);
        }
    }
    head
}

/// One handle less.
///
/// Compiled once, in this crate, and by its kind of call one that never unwinds: it stands at the end of every scope
/// that a graph goes through, and what would have to be let go after a panic in it was a third of a user's code. An
/// owner of lent memory that panics when it is let go ends the process.
#[inline(never)]
pub(super) extern "C" fn let_go(head: NonNull<Head>) {
    // SAFETY: the head is valid as long as a handle lives, and the caller's does until here.
    let references = unsafe { &head.as_ref().references };
    // The only handle cannot be cloned by anybody else, so a plain read saves the dearer subtraction.
    if references.load(Ordering::Acquire) == 1 || references.fetch_sub(1, Ordering::AcqRel) == 1 {
        // SAFETY: the last handle is gone, the block is ours alone.
        unsafe {
            if !pool::keep_own(head) {
                release(head);
            }
        }
    }
}

/// Gives a block back to where it came from. Of the kind of [`let_go`], which ends in this call.
///
/// # Safety
/// Nothing else points to the block.
#[inline(never)]
unsafe extern "C" fn release(head: NonNull<Head>) {
    // SAFETY: the caller's contract; the class of the block says where it came from.
    unsafe {
        let (class, bytes) = (head.as_ref().class, head.as_ref().bytes);
        if class < CLASSES {
            pool::keep(head, class, bytes);
        } else if lent::is_lent(class) {
            lent::give_back(head);
        } else {
            block::give_back(head);
        }
    }
}
