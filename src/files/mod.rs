//! Bytes of files: NumPy's `.npy` and `.npz`, safetensors, IDX, and writing that leaves nothing half done.
//!
//! Apart from `io`, which makes tensors and models of them: here a type and a shape are values.
//!
//! | file | holds |
//! |---|---|
//! | `dtype`, `raw` | element types as files name them; arrays of them |
//! | `npy`, `npz`, `safetensors`, `idx` | the formats |
//! | `declared` | reading what a header declares, without believing it |
//! | `atomic` | writing without ever leaving half a file |
//! | `error` | what can be wrong with a file |

pub mod atomic;
pub(crate) mod declared;
mod dtype;
pub mod error;
pub mod idx;
pub mod npy;
pub mod npz;
pub mod raw;
pub mod safetensors;
