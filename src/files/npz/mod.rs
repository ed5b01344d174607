//! The npz format: named arrays in a zip archive, as `numpy.savez` and `numpy.savez_compressed` write them.
//!
//! Apart from `npy` because of the archive: names, compression, and what a hostile one may claim. Opening reads the
//! list of names; an array is read when it is asked for, and alone.

mod read;
mod write;

pub use read::{DEFAULT_LIMIT, NpzFile};
pub use write::{Compression, write_npz};
