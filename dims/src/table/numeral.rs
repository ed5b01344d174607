//! What the table says of a size: its number as `typenum` has it, its decimal digits, and back from these.

use crate::digits::{_0, _1, _2, _3, _4, _5, _6, _7, _8, _9};

/// A `D<n>` below 10 000, with its typenum number.
pub trait Numeral {
    /// The number. Its bound `Unsigned` stands where the number is used, else rustc would prove it once a row.
    type Num;
}

/// The typenum number of a `D<n>`.
pub(crate) type NumOf<N> = <N as Numeral>::Num;

/// A `D<n>` below 1 000: a group of three digits behind another group.
pub trait Group {}

/// A `D<n>` from 10 to 999: the first group of a `Dk`. Below 10, the size has four digits and is a `D` itself.
pub trait FirstOfTwo {}

/// The `D<n>` of four decimal digits, of which `Self` is the last.
pub trait FromDigits<Tens, Hundreds, Thousands> {
    /// The `D<n>`.
    type Numeral;
}

/// The ten `D<n>` that share their digits but the last; `Self` is the tens.
pub trait Decade<Hundreds, Thousands> {
    /// The one whose last digit is 0.
    type With0;
    /// The one whose last digit is 1.
    type With1;
    /// The one whose last digit is 2.
    type With2;
    /// The one whose last digit is 3.
    type With3;
    /// The one whose last digit is 4.
    type With4;
    /// The one whose last digit is 5.
    type With5;
    /// The one whose last digit is 6.
    type With6;
    /// The one whose last digit is 7.
    type With7;
    /// The one whose last digit is 8.
    type With8;
    /// The one whose last digit is 9.
    type With9;
}

/// One row for a digit: the number of its decade.
macro_rules! last_digit {
    ($($units:ident $With:ident;)*) => {$(
        impl<T: Decade<H, K>, H, K> FromDigits<T, H, K> for $units {
            type Numeral = T::$With;
        }
    )*};
}

last_digit! {
    _0 With0; _1 With1; _2 With2; _3 With3; _4 With4; _5 With5; _6 With6; _7 With7; _8 With8; _9 With9;
}
