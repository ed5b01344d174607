//! The npy format: one array, as `numpy.save` writes it.
//!
//! Apart from npz because it is the inner format of both: a zip archive of such arrays is `npz`. Read are versions
//! 1 to 3, C and Fortran order, both byte orders, and every type of [`RawDtype`](super::raw::RawDtype); written is
//! version 1.
//!
//! A hostile file costs no memory: what its header declares is held against the bytes that are there.
//!
//! | file | holds |
//! |---|---|
//! | `read`, `write` | arrays from files and streams, and back |
//! | `header` | what stands before the data |
//! | `literal`, `descr` | its text: Python's literals, the names of element types |
//! | `order` | Fortran's order made C's |

mod descr;
pub(crate) mod header;
mod literal;
mod order;
mod read;
mod write;

pub(crate) use read::{header_of_whole, read_into, read_whole, read_with};
pub use read::{read_npy, read_npy_from};
pub(crate) use write::checked_header;
pub use write::{write_npy, write_npy_to};
