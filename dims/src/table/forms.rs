//! How a row is written, and what becomes of it.
//!
//! Apart from the rows because these are read.

use super::numeral::Numeral;
use crate::spelling::D;
use typenum::UInt;

/// One row for a decade: the thousands, hundreds and tens, then its ten numbers.
macro_rules! decimal {
    ($(
        $k:ident $h:ident $t:ident: $n0:literal $n1:literal $n2:literal $n3:literal $n4:literal
        $n5:literal $n6:literal $n7:literal $n8:literal $n9:literal;
    )*) => {$(
        impl Decade<$h, $k> for $t {
            type With0 = D<$n0>;
            type With1 = D<$n1>;
            type With2 = D<$n2>;
            type With3 = D<$n3>;
            type With4 = D<$n4>;
            type With5 = D<$n5>;
            type With6 = D<$n6>;
            type With7 = D<$n7>;
            type With8 = D<$n8>;
            type With9 = D<$n9>;
        }
        groups! { $k $h $t: $n0 $n1 $n2 $n3 $n4 $n5 $n6 $n7 $n8 $n9 }
    )*};
}
pub(super) use decimal;

/// The groups in a decade: its ten numbers where there are no thousands, first ones where there are hundreds or tens.
macro_rules! groups {
    (_0 _0 _0: $($n:literal)*) => {
        $(impl Group for D<$n> {})*
    };
    (_0 $h:ident $t:ident: $($n:literal)*) => {
        $(impl Group for D<$n> {})*
        $(impl FirstOfTwo for D<$n> {})*
    };
    ($k:ident $h:ident $t:ident: $($n:literal)*) => {};
}
pub(super) use groups;

/// A number as `typenum` writes it: the high bits, then four more.
pub(super) type Bits<High, A, B, C, D> = UInt<UInt<UInt<UInt<High, A>, B>, C>, D>;

/// One row for sixteen numbers that share their high bits: an alias for these, its half and lowest bit, the numbers.
macro_rules! binary {
    ($(
        $high:ident $half:ident $bit:ident: $n0:literal $n1:literal $n2:literal $n3:literal $n4:literal $n5:literal
        $n6:literal $n7:literal $n8:literal $n9:literal $n10:literal $n11:literal $n12:literal $n13:literal
        $n14:literal $n15:literal;
    )*) => {$(
        type $high = UInt<$half, $bit>;
        numerals! {
            $n0 Bits<$high, B0, B0, B0, B0>; $n1 Bits<$high, B0, B0, B0, B1>;
            $n2 Bits<$high, B0, B0, B1, B0>; $n3 Bits<$high, B0, B0, B1, B1>;
            $n4 Bits<$high, B0, B1, B0, B0>; $n5 Bits<$high, B0, B1, B0, B1>;
            $n6 Bits<$high, B0, B1, B1, B0>; $n7 Bits<$high, B0, B1, B1, B1>;
            $n8 Bits<$high, B1, B0, B0, B0>; $n9 Bits<$high, B1, B0, B0, B1>;
            $n10 Bits<$high, B1, B0, B1, B0>; $n11 Bits<$high, B1, B0, B1, B1>;
            $n12 Bits<$high, B1, B1, B0, B0>; $n13 Bits<$high, B1, B1, B0, B1>;
            $n14 Bits<$high, B1, B1, B1, B0>; $n15 Bits<$high, B1, B1, B1, B1>;
        }
    )*};
}
pub(super) use binary;

/// One row for a number: `n` and its typenum number.
macro_rules! numerals {
    ($($n:literal $Num:ty;)*) => {$(
        impl Numeral for D<$n> {
            type Num = $Num;
        }
    )*};
}
pub(super) use numerals;

// Below sixteen there are no high bits, and typenum writes no leading zeros.
numerals! {
    0 typenum::U0; 1 typenum::U1; 2 typenum::U2; 3 typenum::U3; 4 typenum::U4; 5 typenum::U5;
    6 typenum::U6; 7 typenum::U7; 8 typenum::U8; 9 typenum::U9; 10 typenum::U10; 11 typenum::U11;
    12 typenum::U12; 13 typenum::U13; 14 typenum::U14; 15 typenum::U15;
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    /// What `rows.rs` must hold.
    fn rows() -> String {
        let mut text = String::from(HEAD);
        for high in 1..625 {
            write!(text, "    T{high} T{} B{}:", high / 2, high % 2).unwrap();
            numbers(&mut text, 16 * high..16 * high + 16);
        }
        text.push_str("}\n\ndecimal! {\n");
        for high in 0..1000 {
            write!(text, "    _{} _{} _{}:", high / 100, high / 10 % 10, high % 10).unwrap();
            numbers(&mut text, 10 * high..10 * high + 10);
        }
        text + "}\n"
    }

    /// The end of a row.
    fn numbers(text: &mut String, numbers: std::ops::Range<usize>) {
        for n in numbers {
            write!(text, " {n}").unwrap();
        }
        text.push_str(";\n");
    }

    const HEAD: &str = "\
//! The rows of the table, written by the test `write_rows` of `forms.rs`; not to be edited by hand.
//!
//! Apart from `forms.rs` because only a program reads or writes it.

use super::forms::{Bits, binary, decimal, groups, numerals};
use super::numeral::{Decade, FirstOfTwo, Group, Numeral};
use crate::digits::{_0, _1, _2, _3, _4, _5, _6, _7, _8, _9};
use crate::spelling::D;
use typenum::{B0, B1, UInt, UTerm};

type T0 = UTerm;

binary! {
";

    #[test]
    fn rows_are_as_computed() {
        assert!(include_str!("rows.rs") == rows(), "run `cargo test -p congruent-dims write_rows -- --ignored`");
    }

    #[test]
    #[ignore = "writes src/table/rows.rs"]
    fn write_rows() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/table/rows.rs");
        std::fs::write(path, rows()).expect("the sources are writable");
    }
}
