//! The GGUF format of llama.cpp and ggml: metadata with types, and named tensors, many of them in blocks of few bits.
//!
//! Apart from safetensors because what it stores is not always what is read: numbers in blocks that share a scale
//! become `f32`. Versions 2 and 3, little endian; the format is ggml's `docs/gguf.md`.
//!
//! ```text
//! "GGUF", version: u32, count of tensors: u64, count of metadata: u64
//! each of the metadata: name, type: u32, value          a name or text is its length: u64, and UTF-8
//! each tensor: name, count of dims: u32, dims: u64.., type: u32, offset: u64
//! zeros up to a multiple of `general.alignment`, 32 unless it is said; from here offsets count
//! the bytes of all tensors, each at a multiple of the alignment
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `read` | files that are read |
//! | `header` | all before the tensors, read and checked |
//! | `value` | the values of metadata |
//! | `stored` | element types as ggml numbers them, and blocks made `f32` |

mod header;
mod read;
mod stored;
mod value;

pub use super::entry::{EntryDtype, TensorEntry};
pub use read::GgufFile;
pub use value::GgufValue;
