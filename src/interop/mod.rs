//! Memory of others, with typed shapes: what is borrowed, what is copied, and what is handed out without a copy.
//!
//! Apart from `io`, which reads files into tensors: here the data stays where it is, and only gets its type.
//!
//! | file | holds | feature |
//! |---|---|---|
//! | `view` | [`View`]: a borrowed slice with a typed shape | |
//! | `mmap` | `NpyMap`: large `.npy` files, read by the pages that are touched | `mmap` |
//! | `ndarray` | tensors as `ndarray` views, tensors from arrays of any layout | `ndarray` |
//! | `numpy` | `NumpyArray`: arrays of a running Python; tensors returned to it | `numpy` |

#[cfg(feature = "mmap")]
mod mmap;
#[cfg(feature = "ndarray")]
mod ndarray;
#[cfg(feature = "numpy")]
mod numpy;
mod view;

#[cfg(feature = "ndarray")]
pub use self::ndarray::{ArrayRank, NdarrayDim, SameRank};
#[cfg(feature = "numpy")]
pub use self::numpy::NumpyArray;
#[cfg(feature = "mmap")]
pub use mmap::NpyMap;
pub use view::View;
