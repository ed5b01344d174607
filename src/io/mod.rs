//! Files: NumPy's `.npy` and `.npz`, safetensors; everything is written aside and renamed.
//!
//! | file | holds |
//! |---|---|
//! | `raw` | arrays without types: dtype, shape, bytes |
//! | `npy`, `npz`, `safetensors` | the formats |
//! | `atomic` | writing without ever leaving half a file |
//! | `error` | what can be wrong with a file |

pub mod atomic;
mod declared;
pub mod error;
pub mod npy;
pub mod npz;
pub mod raw;
pub mod safetensors;

pub use error::FileError;
