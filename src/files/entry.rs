//! What a header says of one tensor, which formats there are, and files that have tensors by name.
//!
//! Apart from the formats because models are read by these alone: how a file keeps its tensors is its own business.

use std::fmt;
use std::ops::Range;

use super::error::FileError;
use super::raw::RawDtype;

/// The element type that a header names.
///
/// ```
/// use congruent::io::{raw::RawDtype, safetensors::EntryDtype};
///
/// assert_eq!(EntryDtype::from_name("BF16"), EntryDtype::Known(RawDtype::BF16));
/// assert_eq!(EntryDtype::from_name("F8_E4M3").to_string(), "F8_E4M3");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryDtype {
    /// One that tensors have.
    Known(RawDtype),
    /// One that they have not, such as `F8_E4M3`: the tensor is listed, and cannot be read.
    Other(String),
}

impl EntryDtype {
    /// The type of a name, `F32`.
    pub fn from_name(name: &str) -> Self {
        RawDtype::from_safetensors_name(name).map_or_else(|| Self::Other(name.to_owned()), Self::Known)
    }

    /// The type, where tensors have it; `place` is what the error calls the tensor.
    ///
    /// # Errors
    /// [`FileError::Format`] with the name and those that can be read.
    pub fn known(&self, place: &str) -> Result<RawDtype, FileError> {
        match self {
            Self::Known(dtype) => Ok(*dtype),
            Self::Other(name) => {
                let known = RawDtype::ALL.map(RawDtype::safetensors_name).join(", ");
                Err(FileError::format(place, format!("dtype {name} is not among {known}")))
            }
        }
    }
}

impl fmt::Display for EntryDtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(dtype) => dtype.fmt(formatter),
            Self::Other(name) => formatter.pad(name),
        }
    }
}

/// What a header says of one tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorEntry {
    /// Its name.
    pub name: String,
    /// Its element type.
    pub dtype: EntryDtype,
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// Where its bytes lie, counted from where the data of its file begins.
    pub range: Range<u64>,
}

/// What a file of tensors is, by its first eight bytes.
pub(crate) enum Format {
    /// A safetensors file, or none of these.
    Safetensors,
    /// JSON: an index of several safetensors files.
    Index,
    /// What ggml reads.
    Gguf,
}

impl Format {
    /// Safetensors begin with the length of their header, which is below 10⁸: the letters of GGUF would be a gigabyte,
    /// and the text of an index, which has no byte of zeros, more than any disk.
    pub(crate) fn of(start: &[u8]) -> Self {
        match start {
            [b'G', b'G', b'U', b'F', ..] => Self::Gguf,
            _ if start.len() == 8 && !start.contains(&0) && start.trim_ascii_start().starts_with(b"{") => Self::Index,
            _ => Self::Safetensors,
        }
    }
}

/// A file that has tensors by name: what models and their parts are read from.
pub(crate) trait NamedTensors {
    /// What errors call the file.
    fn place(&self) -> &str;

    /// The names of its tensors, in its own order.
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_>;

    /// What it says of a tensor; none where it has no tensor of the name.
    fn find(&mut self, name: &str) -> Result<Option<TensorEntry>, FileError>;

    /// Reads the little-endian elements of a tensor into memory of as many bytes.
    fn read_into(&mut self, entry: &TensorEntry, bytes: &mut [u8]) -> Result<(), FileError>;

    /// As [`find`](Self::find); a missing name is answered with the nearest one.
    fn entry_of(&mut self, name: &str) -> Result<TensorEntry, FileError> {
        let found = self.find(name)?;
        found.ok_or_else(|| FileError::missing(self.place(), name, &self.names().collect::<Vec<_>>()))
    }

    /// The element type that is read of a tensor; `place` is what an error calls it.
    fn dtype_of(&self, entry: &TensorEntry, place: &str) -> Result<RawDtype, FileError> {
        entry.dtype.known(place)
    }

    /// What errors call a tensor.
    fn place_of(&self, name: &str) -> String {
        format!("{}, tensor `{name}`", self.place())
    }
}
