//! Files: NumPy's `.npy` and `.npz`, safetensors, comma-separated text; everything is written aside and renamed.
//!
//! | file | holds |
//! |---|---|
//! | `tensor` | tensors from arrays of files, and back: `load_npy`, `file.tensor("images")`, `to_raw` |
//! | `checkpoint` | [`Checkpoint`]: model, optimizer and what is beside them in one file, whole or the old one |
//! | `model` | [`Persist`]: `model.save(path)`, `model.load(path)`, and the same for optimizers |
//! | `named` | tensors by name: written from where they are, read whole before anything changes |
//! | `raw` | arrays without types: dtype, shape, bytes |
//! | `npy`, `npz`, `safetensors` | the formats |
//! | `csv` | comma-separated text to and from matrices |
//! | `atomic` | writing without ever leaving half a file |
//! | `error` | what can be wrong with a file |

pub mod atomic;
mod checkpoint;
#[cfg(feature = "csv")]
pub mod csv;
mod declared;
pub mod error;
mod model;
mod named;
pub mod npy;
pub mod npz;
pub mod raw;
pub mod safetensors;
pub(crate) mod tensor;

pub use checkpoint::Checkpoint;
#[cfg(feature = "csv")]
pub use csv::{read_csv, write_csv};
pub use error::FileError;
pub use model::Persist;
pub use named::Unmatched;
pub use npz::NpzFile;
pub use safetensors::SafetensorsFile;
