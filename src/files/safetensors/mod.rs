//! The safetensors format: named tensors and a small map of text, as Hugging Face's files have them.
//!
//! Apart from npz because models are exchanged in it: no compression, every type including `BF16`, and a header that
//! tells where each tensor lies, so one tensor is read without the others.
//!
//! ```text
//! 8 bytes: length of the header, little endian
//! {"__metadata__":{"epoch":"3"},"bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}, ..}  then spaces
//! the bytes of all tensors, without a gap
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `read`, `write` | files that are read, and written |
//! | `header` | the header as JSON |
//! | `index` | several files as one, by an index of their tensors |

mod header;
mod index;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use super::entry::{EntryDtype, TensorEntry};
pub(crate) use header::Outline;
pub use index::SafetensorsIndex;
pub use read::SafetensorsFile;
pub use write::write_safetensors;
pub(crate) use write::write_streamed;
