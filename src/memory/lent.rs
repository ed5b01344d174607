//! The head of memory that somebody else has allocated: a `Vec`, a mapped file, the memory of a device.
//!
//! Apart from the pool because this memory never enters it: with the last handle it goes back to its owner.
#![allow(unsafe_code, reason = "memory of others is handed over by pointer")]

use super::block::Head;
use std::any::Any;
use std::ptr::NonNull;

/// The class of blocks that are a [`Lent`], and may be written to by their only handle.
pub(super) const WRITABLE: usize = usize::MAX;
/// The class of blocks that are a [`Lent`], and are copied before they are written to.
pub(super) const READ_ONLY: usize = usize::MAX - 1;
/// The class of blocks that are a [`Lent`] of a device, and that the host never looks into.
pub(super) const OPAQUE: usize = usize::MAX - 2;

/// The head of such a buffer, and who owns its elements. The head stands first, so that both have one address.
#[repr(C)]
pub(super) struct Lent {
    pub(super) head: Head,
    pub(super) owner: Box<dyn Any + Send + Sync>,
}

/// Whether a block of this class is a [`Lent`].
pub(super) fn is_lent(class: usize) -> bool {
    class >= OPAQUE
}

/// Whether the host reads blocks of this class.
#[inline]
pub(super) fn is_readable(class: usize) -> bool {
    class != OPAQUE
}

/// Whether the only handle of a block may write to it.
pub(super) fn is_writable(class: usize) -> bool {
    class != READ_ONLY
}

/// # Safety
/// `head` is that of a [`Lent`], and nothing else points to it.
pub(super) unsafe fn give_back(head: NonNull<Head>) {
    // SAFETY: such heads are the start of a box that was made by `Buf::lent`.
    drop(unsafe { Box::from_raw(head.cast::<Lent>().as_ptr()) });
}
