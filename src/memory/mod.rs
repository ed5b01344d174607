//! Reference-counted, pooled, 64-byte aligned memory: after the first training step nothing is allocated.
//!
//! Apart from the devices because every device hands out the same handle [`Buf`]. A page fault costs more than the
//! arithmetic on the page, so freed blocks are kept for reuse.
//!
//! | file | holds |
//! |---|---|
//! | `buf` | [`Buf`]: the handle to elements |
//! | `claim` | the first handle to a block, and the last |
//! | `block` | blocks with a head; sizes become bytes here, and nothing wraps |
//! | `pool` | what is kept for reuse: by the thread (`own`), by all of them (`common`), on shelves (`shelf`) |
//! | `lent`, `adopted` | memory that somebody else has allocated: its head, and the buffers that have one |
//! | `erased` | buffers that know their element type themselves |
//! | `bytes` | elements as the bytes of files |
#![allow(unsafe_code, reason = "buffers point to memory that they count the handles of")]

mod adopted;
mod block;
mod buf;
mod bytes;
mod claim;
mod common;
mod erased;
mod lent;
mod own;
mod pool;
mod shelf;

pub use buf::Buf;
pub(crate) use bytes::show_bytes;
pub(crate) use erased::Erased;
pub use pool::{cached_bytes, empty_cache};
