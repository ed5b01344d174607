//! The table of the sizes below 10 000: each `D<n>` with its binary and its decimal digits.
//!
//! Apart from everything because it is the one part that costs time, and because its rows are data: the test
//! `write_rows` below writes `table/rows.rs`. There is a table since stable Rust has no formula from a const parameter
//! to a type.
//!
//! # What it costs
//! Processor time of a cold `cargo check` of this crate without typenum, with rustc 1.95; runs differ by 15 %:
//!
//! | rows   | ordinary | incremental | incremental data |
//! |--------|----------|-------------|------------------|
//! | 2 000  | 0.3 s    | 0.6 s       | 50 MB            |
//! | 4 000  | 0.6 s    | 1.4 s       | 100 MB           |
//! | 6 000  | 1.1 s    | 2.3 s       | 180 MB           |
//! | 8 000  | 1.7 s    | 4.2 s       | 280 MB           |
//! | 10 000 | 2.6 s    | 5.8 s       | 400 MB           |
//!
//! The cost is quadratic. All impls of [`Numeral`] are for one type constructor, so rustc keeps them in one list. It
//! compares each with each for overlap, walks the list for each to prove the impl well formed, and once more to prove
//! the bounds of its associated type. Incremental compilation also records all of these steps. Cargo compiles
//! incrementally in a workspace, where a profile can say otherwise for one package, and never a crate from a registry.
//!
//! # What helps and what does not
//! One impl a row in both directions, and an alias for each number, took 3.8 s, incremental 8.6 s. Measured from there:
//! - from digits to `D<n>` by decades, 1 000 impls of ten types each in ten lists, in place of 10 000 impls; and 625
//!   aliases for shared high bits, in place of 10 000: 2.6 s.
//! - `Num` without the bound `Unsigned`: 4 % fewer instructions. `?Sized` on top of it: no difference.
//! - fewer rows, see above: but `D<8192>` would become `Dk<8, 192>`, and the readable range is worth a second in a
//!   clean build.
//!
//! Ruled out by how rustc works:
//! - a marker type a row as `Self`, so that each has a list of its own. This serves the way from digits to `D<n>` only:
//!   on the way back a const parameter is all there is, and rustc files an impl by its type constructor alone.
//! - several traits with a part of the rows each. Their lists are short, but no impl can say "one of these traits":
//!   two blanket impls over them overlap (E0119).

use crate::digits::{_0, _1, _2, _3, _4, _5, _6, _7, _8, _9};
use crate::spelling::D;
use typenum::{B0, B1, UInt, UTerm};

mod rows;

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
use decimal;

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
use groups;

/// A number as `typenum` writes it: the high bits, then four more.
type Bits<High, A, B, C, D> = UInt<UInt<UInt<UInt<High, A>, B>, C>, D>;

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
use binary;

/// One row for a number: `n` and its typenum number.
macro_rules! numerals {
    ($($n:literal $Num:ty;)*) => {$(
        impl Numeral for D<$n> {
            type Num = $Num;
        }
    )*};
}
use numerals;

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
//! The rows of the table, written by the test `write_rows` of `table.rs`; not to be edited by hand.
//!
//! Apart from `table.rs` because only a program reads or writes it.

use super::*;

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
