//! Files: NumPy's `.npy` and `.npz`, safetensors, GGUF, IDX, comma-separated text; everything is written aside and
//! renamed.
//!
//! | file | holds |
//! |---|---|
//! | `tensor` | tensors from arrays of files, and back: `load_npy`, `file.tensor("images")`, `to_raw` |
//! | `checkpoint` | [`Checkpoint`]: model, optimizer and what is beside them in one file, whole or the old one |
//! | `model` | [`Persist`]: `model.save(path)`, `model.load(path)`, and the same for optimizers |
//! | `import` | [`Import`]: state dicts of PyTorch and others, by `model.load_with(path, &import)` |
//! | `named` | tensors by name: written from where they are, read whole before anything changes |
//! | [`raw`] | arrays without types: dtype, shape, bytes |
//! | [`npy`], [`npz`], [`safetensors`], [`gguf`], [`idx`] | the formats |
//! | `mnist` | [`mnist()`]: a folder of MNIST's files, or of its kin's |
//! | `csv` | comma-separated text to and from matrices |
//! | [`atomic`] | writing without ever leaving half a file |
//! | [`error`] | what can be wrong with a file |

mod checkpoint;
#[cfg(feature = "csv")]
pub mod csv;
mod import;
mod mnist;
mod model;
mod named;
pub(crate) mod tensor;

pub use crate::files::error::FileError;
pub use crate::files::gguf::GgufFile;
pub use crate::files::npz::NpzFile;
pub use crate::files::safetensors::{SafetensorsFile, SafetensorsIndex};
pub use crate::files::{atomic, error, gguf, idx, npy, npz, raw, safetensors};
pub use checkpoint::Checkpoint;
#[cfg(feature = "csv")]
pub use csv::{read_csv, write_csv};
pub use import::Import;
pub use mnist::{Mnist, MnistPictures, mnist};
pub use model::Persist;
pub use named::Unmatched;
