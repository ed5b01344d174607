//! Element types as files name them: one row each.
//!
//! Apart from the arrays because headers and errors speak of types alone.

use std::fmt;

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

    /// Makes little-endian elements of big-endian ones, and the other way round.
    pub(super) fn swap_bytes(self, bytes: &mut [u8]) {
        if self.size() > 1 {
            bytes.chunks_exact_mut(self.size()).for_each(<[u8]>::reverse);
        }
    }
}

/// The safetensors name, which is also how this library's messages name element types of files.
impl fmt::Display for RawDtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.safetensors_name())
    }
}
