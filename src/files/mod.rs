//! Bytes of files: NumPy's `.npy` and `.npz`, safetensors, GGUF, IDX, and writing that leaves nothing half done.
//!
//! Apart from `io`, which makes tensors and models of them: here a type and a shape are values.
//!
//! | file | holds |
//! |---|---|
//! | `dtype`, `raw` | element types as files name them; arrays of them |
//! | `npy`, `npz`, `safetensors`, `gguf`, `idx` | the formats |
//! | `entry` | what a header says of one tensor; formats, and files that have tensors by name |
//! | `declared` | reading what a header declares, without believing it |
//! | `open` | files of tensors in any format |
//! | `atomic` | writing without ever leaving half a file |
//! | `error` | what can be wrong with a file |

pub mod atomic;
pub(crate) mod declared;
mod dtype;
pub(crate) mod entry;
pub mod error;
pub mod gguf;
pub mod idx;
pub mod npy;
pub mod npz;
pub(crate) mod open;
pub mod raw;
pub mod safetensors;
