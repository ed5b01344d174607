//! Blocks of memory with a head: what a buffer points to, whether it is kept for reuse or not.
//!
//! Apart from the pool because here sizes become bytes: nothing in this file wraps, and what does not fit is `None`.
#![allow(unsafe_code, reason = "blocks are asked from the allocator and given back to it")]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;
use std::sync::atomic::AtomicUsize;

/// Bytes before the data: one cache line, so the data keeps the alignment.
const HEAD: usize = 64;
/// Size classes: eight per power of two, so at most an eighth of a block is unused.
pub(super) const CLASSES: usize = 8 * 60;

#[repr(C, align(64))]
pub(super) struct Head {
    pub(super) references: AtomicUsize,
    pub(super) len: usize,
    pub(super) class: usize,
    pub(super) bytes: usize,
    /// Where the elements begin: after the head, unless they are lent.
    pub(super) data: NonNull<u8>,
    /// The next free block of the class, where this one is kept for reuse.
    pub(super) below: Option<NonNull<Head>>,
}

/// The class of a request, and the bytes that every block of the class has; what is more than `isize::MAX` bytes has a
/// class that no thread keeps, and no such number.
pub(super) const fn class(bytes: usize) -> (usize, usize) {
    let lines = if bytes == 0 { 1 } else { bytes.div_ceil(HEAD) };
    if lines <= 8 {
        return (lines - 1, lines * HEAD);
    }
    let shift = (usize::BITS - 1 - (lines - 1).leading_zeros()) as usize - 3;
    let eighths = (lines - 1) >> shift; // 8..=15
    (8 * shift + eighths, (eighths + 1) << shift << 6)
}

/// The block of so many bytes behind a head; `None` where that is more than `isize::MAX`.
fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.checked_add(HEAD)?, HEAD).ok()
}

/// A block from the system; `None` where it has no room for it.
pub(super) fn fresh(bytes: usize, class: usize) -> Option<NonNull<Head>> {
    let layout = layout(bytes)?;
    // SAFETY: the layout is not empty; zeroed memory is valid for every element type.
    let head = NonNull::new(unsafe { alloc_zeroed(layout) }.cast::<Head>())?;
    // SAFETY: the block is ours alone and large enough for a head.
    unsafe {
        let data = head.add(1).cast();
        head.write(Head { references: AtomicUsize::new(1), len: 0, class, bytes, data, below: None });
    }
    Some(head)
}

/// # Safety
/// `head` came from [`fresh`] and nothing else points to it.
pub(super) unsafe fn give_back(head: NonNull<Head>) {
    // SAFETY: by the contract the block is valid, and was allocated with this very layout.
    unsafe {
        let layout = layout(head.as_ref().bytes).expect("it had this layout when it was allocated");
        dealloc(head.as_ptr().cast(), layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_what_is_asked_and_wastes_little() {
        let large = [1 << 20, (1 << 20) + 1, 123_456_789, 1 << 60, isize::MAX as usize - 1, isize::MAX as usize];
        for bytes in (1..5000).chain(large) {
            let (index, size) = class(bytes);
            assert!(size >= bytes && index < CLASSES, "{bytes}");
            assert!(size <= bytes + bytes / 8 + 64, "{bytes} -> {size}");
            if size <= isize::MAX as usize {
                assert_eq!(class(size), (index, size), "a full block maps to its own class");
            } else {
                assert!(fresh(size, index).is_none());
            }
        }
    }
}
