//! An array as a file has it: an element type and a shape that are values, and bytes.
//!
//! Apart from tensors, whose shape and dtype are types, because a file decides its own; here the two meet. Every
//! format reads into and writes from [`RawArray`], so nothing else knows how many formats there are.

use std::fmt;

use super::declared::byte_count;
use super::error::FileError;

/// The element types that files and tensors share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RawDtype {
    /// One byte, 0 or 1.
    Bool,
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 8 bits.
    I8,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 16 bits.
    I16,
    /// Unsigned, 32 bits.
    U32,
    /// Signed, 32 bits.
    I32,
    /// Unsigned, 64 bits.
    U64,
    /// Signed, 64 bits.
    I64,
    /// IEEE 754 half precision.
    F16,
    /// The upper half of an `F32`.
    BF16,
    /// IEEE 754 single precision.
    F32,
    /// IEEE 754 double precision.
    F64,
}

/// Each type with its bytes, NumPy's type code without the byte order, and its name in safetensors files.
const TABLE: [(RawDtype, usize, Option<&str>, &str); 13] = [
    (RawDtype::Bool, 1, Some("b1"), "BOOL"),
    (RawDtype::U8, 1, Some("u1"), "U8"),
    (RawDtype::I8, 1, Some("i1"), "I8"),
    (RawDtype::U16, 2, Some("u2"), "U16"),
    (RawDtype::I16, 2, Some("i2"), "I16"),
    (RawDtype::U32, 4, Some("u4"), "U32"),
    (RawDtype::I32, 4, Some("i4"), "I32"),
    (RawDtype::U64, 8, Some("u8"), "U64"),
    (RawDtype::I64, 8, Some("i8"), "I64"),
    (RawDtype::F16, 2, Some("f2"), "F16"),
    (RawDtype::BF16, 2, None, "BF16"),
    (RawDtype::F32, 4, Some("f4"), "F32"),
    (RawDtype::F64, 8, Some("f8"), "F64"),
];

impl RawDtype {
    /// All of them.
    pub const ALL: [Self; 13] = {
        let mut all = [Self::Bool; 13];
        let mut row = 0;
        while row < all.len() {
            all[row] = TABLE[row].0;
            row += 1;
        }
        all
    };

    /// The bytes of one element.
    pub const fn size(self) -> usize {
        TABLE[self as usize].1
    }

    /// NumPy's type code without the byte order, `f4`; NumPy has none for `BF16`.
    pub const fn npy_code(self) -> Option<&'static str> {
        TABLE[self as usize].2
    }

    /// NumPy's name as an npy header has it, `<f4` or `|u1`; NumPy has none for `BF16`.
    ///
    /// ```
    /// use congruent::io::raw::RawDtype;
    ///
    /// assert_eq!(RawDtype::F32.npy_name().as_deref(), Some("<f4"));
    /// assert_eq!(RawDtype::Bool.npy_name().as_deref(), Some("|b1"));
    /// ```
    pub fn npy_name(self) -> Option<String> {
        let order = if self.size() == 1 { '|' } else { '<' };
        self.npy_code().map(|code| format!("{order}{code}"))
    }

    /// The name in a safetensors header, `F32`.
    pub const fn safetensors_name(self) -> &'static str {
        TABLE[self as usize].3
    }

    /// The type of a NumPy code without its byte order, `f4`.
    pub fn from_npy_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.npy_code() == Some(code))
    }

    /// The type of a safetensors name, `F32`.
    pub fn from_safetensors_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.safetensors_name() == name)
    }

    /// The bytes of an array, `size · Π shape`, or `None` where no memory could hold it.
    ///
    /// Axes of length 0 count as 1 for the limit of `isize::MAX` bytes, so whoever multiplies the dims of an accepted
    /// shape, in any order, cannot overflow.
    ///
    /// ```
    /// use congruent::io::raw::RawDtype;
    ///
    /// assert_eq!(RawDtype::F32.byte_count(&[2, 3]), Some(24));
    /// assert_eq!(RawDtype::F32.byte_count(&[0, 3]), Some(0));
    /// assert_eq!(RawDtype::F32.byte_count(&[1 << 40, 1 << 40]), None);
    /// ```
    pub fn byte_count(self, shape: &[usize]) -> Option<usize> {
        let longest = shape.iter().try_fold(self.size(), |bytes, &dim| bytes.checked_mul(dim.max(1)))?;
        isize::try_from(longest).ok()?;
        Some(if shape.contains(&0) { 0 } else { longest })
    }

    /// Refuses bytes that are no value of the type: any bits are a number, and a bool is 0 or 1.
    pub(super) fn check_values(self, place: &str, bytes: &[u8]) -> Result<(), FileError> {
        let misfit = if self == Self::Bool { bytes.iter().position(|&byte| byte > 1) } else { None };
        match misfit {
            Some(index) => {
                Err(FileError::format(place, format!("element {index} is {}, a bool is 0 or 1", bytes[index])))
            }
            None => Ok(()),
        }
    }
}

/// The safetensors name, which is also how this library's messages name element types of files.
impl fmt::Display for RawDtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.safetensors_name())
    }
}

/// An array of a file: little endian, C order (the last axis is contiguous).
///
/// ```
/// use congruent::io::raw::{RawArray, RawDtype};
///
/// let array = RawArray::from_values(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])?;
/// assert_eq!(array.dtype, RawDtype::F32);
/// assert_eq!(array.values::<f32>("array")?, [1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(array.values::<f64>("array").unwrap_err().to_string(), "array: the file holds F32, wanted F64");
/// # Ok::<(), congruent::io::error::FileError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawArray {
    /// The element type.
    pub dtype: RawDtype,
    /// The length of each axis; none for a scalar.
    pub shape: Vec<usize>,
    /// The elements, one after the other.
    pub bytes: Vec<u8>,
}

impl RawArray {
    /// An array of bytes in hand.
    ///
    /// # Errors
    /// [`FileError::Format`] where the bytes are not as many as dtype and shape say, or a bool is neither 0 nor 1.
    pub fn new(dtype: RawDtype, shape: Vec<usize>, bytes: Vec<u8>) -> Result<Self, FileError> {
        let array = Self { dtype, shape, bytes };
        array.check("array")?;
        Ok(array)
    }

    /// An array of numbers in hand, in C order.
    ///
    /// # Errors
    /// [`FileError::Format`] where the values are not as many as the shape says.
    pub fn from_values<T: RawElement>(shape: &[usize], values: &[T]) -> Result<Self, FileError> {
        Self::new(T::DTYPE, shape.to_vec(), T::encode(values))
    }

    /// The numbers, in C order; `name` is what an error calls the array.
    ///
    /// # Errors
    /// [`FileError::WrongDtype`] where they are of another type: nothing is converted.
    pub fn values<T: RawElement>(&self, name: &str) -> Result<Vec<T>, FileError> {
        if self.dtype != T::DTYPE {
            return Err(FileError::WrongDtype { name: name.to_owned(), found: self.dtype, wanted: T::DTYPE });
        }
        Ok(T::decode(&self.bytes))
    }

    /// What every reader promises and every writer demands; the fields are public, so it is asked, not assumed.
    pub(super) fn check(&self, place: &str) -> Result<(), FileError> {
        let Self { dtype, shape, bytes } = self;
        let expected = byte_count(place, *dtype, shape)?;
        if bytes.len() != expected {
            let what = format!("shape {shape:?} of {dtype} takes {expected} bytes, there are {}", bytes.len());
            return Err(FileError::format(place, what));
        }
        dtype.check_values(place, bytes)
    }
}

/// A Rust type that a file has a name for.
///
/// ```
/// use congruent::io::raw::RawElement;
///
/// assert_eq!(u16::encode(&[1, 258]), [1, 0, 2, 1]);
/// assert_eq!(u16::decode(&[1, 0, 2, 1]), [1, 258]);
/// ```
pub trait RawElement: Copy {
    /// Its name in files.
    const DTYPE: RawDtype;

    /// The values as little-endian bytes.
    fn encode(values: &[Self]) -> Vec<u8>;

    /// The values of little-endian bytes; what is left after the last whole element is not read.
    fn decode(bytes: &[u8]) -> Vec<Self>;
}

macro_rules! raw_numbers {
    ($($number:ty => $dtype:ident),* $(,)?) => {$(
        impl RawElement for $number {
            const DTYPE: RawDtype = RawDtype::$dtype;

            fn encode(values: &[Self]) -> Vec<u8> {
                // A loop over slots, not `extend`, because it compiles to a copy.
                let mut bytes = vec![0; size_of_val(values)];
                for (slot, value) in bytes.as_chunks_mut().0.iter_mut().zip(values) {
                    *slot = value.to_le_bytes();
                }
                bytes
            }

            fn decode(bytes: &[u8]) -> Vec<Self> {
                bytes.as_chunks().0.iter().map(|&element| Self::from_le_bytes(element)).collect()
            }
        }
    )*};
}

raw_numbers! {
    u8 => U8, i8 => I8, u16 => U16, i16 => I16, u32 => U32, i32 => I32, u64 => U64, i64 => I64, f32 => F32, f64 => F64,
}

impl RawElement for bool {
    const DTYPE: RawDtype = RawDtype::Bool;

    fn encode(values: &[Self]) -> Vec<u8> {
        values.iter().map(|&value| u8::from(value)).collect()
    }

    fn decode(bytes: &[u8]) -> Vec<Self> {
        bytes.iter().map(|&byte| byte != 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_names_are_unique() {
        for (index, dtype) in RawDtype::ALL.into_iter().enumerate() {
            assert_eq!(dtype as usize, index);
            assert_eq!(RawDtype::from_safetensors_name(dtype.safetensors_name()), Some(dtype));
            assert_eq!(dtype.npy_code().and_then(RawDtype::from_npy_code), dtype.npy_code().map(|_| dtype));
        }
        assert_eq!(RawDtype::from_npy_code("f16"), None);
    }

    #[test]
    fn byte_counts_that_overflow_are_none_even_beside_a_zero() {
        assert_eq!(RawDtype::F64.byte_count(&[]), Some(8));
        assert_eq!(RawDtype::U8.byte_count(&[isize::MAX as usize]), Some(isize::MAX as usize));
        for shape in [&[usize::MAX][..], &[1 << 32, 1 << 32], &[1 << 32, 1 << 32, 0], &[0, 1 << 32, 1 << 32]] {
            assert_eq!(RawDtype::U8.byte_count(shape), None, "{shape:?}");
        }
    }

    #[test]
    fn what_does_not_fit_its_shape_is_refused() {
        let error = RawArray::from_values(&[2, 3], &[1i32; 5]).unwrap_err();
        assert_eq!(error.to_string(), "array: shape [2, 3] of I32 takes 24 bytes, there are 20");
        let error = RawArray::new(RawDtype::Bool, vec![2], vec![1, 7]).unwrap_err();
        assert_eq!(error.to_string(), "array: element 1 is 7, a bool is 0 or 1");
    }

    #[test]
    fn numbers_survive() {
        let values = [f64::MIN, -0.0, 1e-300, f64::INFINITY];
        assert_eq!(f64::decode(&f64::encode(&values)), values);
        assert_eq!(f32::encode(&[1.0]), [0, 0, 0x80, 0x3f]);
        assert_eq!(bool::decode(&bool::encode(&[true, false])), [true, false]);
        assert_eq!(i16::decode(&[255, 255, 9]), [-1]);
    }
}
