//! Files: NumPy's `.npy` and `.npz`, safetensors, comma-separated text; everything is written aside and renamed.
//!
//! | file | holds |
//! |---|---|
//! | `tensor` | tensors from arrays of files, and back: `load_npy`, `file.tensor("images")`, `to_raw` |
//! | `model` | [`Persist`]: `model.save(path)`, `model.load(path)`, and the same for optimizers |
//! | `raw` | arrays without types: dtype, shape, bytes |
//! | `npy`, `npz`, `safetensors` | the formats |
//! | `csv` | comma-separated text to and from matrices |
//! | `atomic` | writing without ever leaving half a file |
//! | `error` | what can be wrong with a file |

pub mod atomic;
#[cfg(feature = "csv")]
pub mod csv;
mod declared;
pub mod error;
mod model;
pub mod npy;
pub mod npz;
pub mod raw;
pub mod safetensors;
pub(crate) mod tensor;

#[cfg(feature = "csv")]
pub use csv::{read_csv, write_csv};
pub use error::FileError;
pub use model::Persist;
pub use npz::NpzFile;
pub use safetensors::SafetensorsFile;
