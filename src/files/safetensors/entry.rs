//! What a header says of one tensor.
//!
//! Apart from the header because it is there whether the tensor can be read or not.

use std::fmt;
use std::ops::Range;

use crate::files::error::FileError;
use crate::files::raw::RawDtype;

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
    /// Where its bytes lie, counted from the end of the header.
    pub range: Range<u64>,
}
