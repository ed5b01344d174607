//! Values of metadata: numbers and texts, and arrays of them.
//!
//! Apart from the header because users ask them.

use crate::files::raw::{RawArray, RawDtype, RawElement};

/// A value of a GGUF file's metadata.
///
/// ```
/// use congruent::io::{gguf::GgufValue, raw::RawArray};
///
/// let heads = GgufValue::Raw(RawArray::from_values(&[], &[32u32])?);
/// assert_eq!((heads.as_u64(), heads.as_f64(), heads.as_text()), (Some(32), Some(32.0), None));
/// # Ok::<(), congruent::io::FileError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GgufValue {
    /// A number or a bool, of shape `[]`, or an array of such, of shape `[n]`, as they stand in the file.
    Raw(RawArray),
    /// A text.
    Text(String),
    /// An array of texts, such as the tokens of a vocabulary.
    Texts(Vec<String>),
    /// An array of arrays.
    Arrays(Vec<GgufValue>),
}

impl GgufValue {
    /// The number, if it is one integer that is not negative, of any type.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_integer()?.try_into().ok()
    }

    /// The number, if it is one integer up to `i64::MAX`, of any type.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_integer()?.try_into().ok()
    }

    /// The number, if it is one, of any type; an integer beyond 2⁵³ is rounded.
    pub fn as_f64(&self) -> Option<f64> {
        match self.one()? {
            (RawDtype::F32, bytes) => first::<f32>(bytes).map(f64::from),
            (RawDtype::F64, bytes) => first(bytes),
            _ => self.as_integer().map(|value| value as f64),
        }
    }

    /// The bool, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        self.one().filter(|(dtype, _)| *dtype == RawDtype::Bool).and_then(|(_, bytes)| first(bytes))
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The texts, if it is an array of them.
    pub fn as_texts(&self) -> Option<&[String]> {
        if let Self::Texts(texts) = self { Some(texts) } else { None }
    }

    fn as_integer(&self) -> Option<i128> {
        match self.one()? {
            (RawDtype::U8, bytes) => first::<u8>(bytes).map(i128::from),
            (RawDtype::I8, bytes) => first::<i8>(bytes).map(i128::from),
            (RawDtype::U16, bytes) => first::<u16>(bytes).map(i128::from),
            (RawDtype::I16, bytes) => first::<i16>(bytes).map(i128::from),
            (RawDtype::U32, bytes) => first::<u32>(bytes).map(i128::from),
            (RawDtype::I32, bytes) => first::<i32>(bytes).map(i128::from),
            (RawDtype::U64, bytes) => first::<u64>(bytes).map(i128::from),
            (RawDtype::I64, bytes) => first::<i64>(bytes).map(i128::from),
            _ => None,
        }
    }

    /// Type and bytes of a value that is no array.
    fn one(&self) -> Option<(RawDtype, &[u8])> {
        match self {
            Self::Raw(RawArray { dtype, shape, bytes }) if shape.is_empty() => Some((*dtype, bytes)),
            _ => None,
        }
    }
}

fn first<T: RawElement>(bytes: &[u8]) -> Option<T> {
    T::decode(bytes).into_iter().next()
}
