//! An array as a file has it: an element type and a shape that are values, and bytes.
//!
//! Apart from tensors, whose shape and dtype are types, because a file decides its own; here the two meet. Every
//! format reads into and writes from [`RawArray`], so nothing else knows how many formats there are.

pub use super::dtype::RawDtype;

use super::declared::{byte_count, check_values};
use super::error::FileError;

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
    pub(crate) fn check(&self, place: &str) -> Result<(), FileError> {
        let Self { dtype, shape, bytes } = self;
        let expected = byte_count(place, *dtype, shape)?;
        if bytes.len() != expected {
            let what = format!("shape {shape:?} of {dtype} takes {expected} bytes, there are {}", bytes.len());
            return Err(FileError::format(place, what));
        }
        check_values(*dtype, place, bytes)
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
