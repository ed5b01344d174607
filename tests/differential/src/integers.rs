//! Programs over integers, which NumPy computes modulo their bits as the library does: results are equal to the bit.
//!
//! Apart from the other programs because each runs on eight element types, and nothing is rounded.
// A program of two operands takes references, and an operator takes them as they are.
#![allow(clippy::op_ref)]

use crate::table::Table;
use congruent::prelude::*;

dims! { A = ?, B = ?, C = ?, F = ? }
type One = D<1>;

macro_rules! unary {
    ($table:ident, $E:ident; $($name:literal |$x:ident| $body:expr;)*) => { $(
        $table.one::<(A, B), $E>(concat!("integer ", $name), |$x| $body.eval().to_raw());
    )* };
}

macro_rules! binary {
    ($table:ident, $E:ident; [$($S:ty, $S2:ty;)*] $names:tt) => { $( binary! { @ $table, $E, $S, $S2, $names } )* };
    (@ $table:ident, $E:ident, $S:ty, $S2:ty, { $($name:literal |$x:ident, $y:ident| $body:expr;)* }) => { $(
        $table.two::<$S, $S2, $E>(concat!("integer ", $name), |$x, $y| $body.eval().to_raw());
    )* };
}

macro_rules! integers {
    ($table:ident: $($E:ident)*) => { $(
        unary! { $table, $E;
            "negative" |x| x.neg();
            "absolute" |x| x.abs();
            "sign" |x| x.sign();
            "square" |x| x.square();
            "invert" |x| (!x);
            "cumsum 0" |x| x.cumsum_axis::<0>();
            "cumsum 1" |x| x.cumsum_axis::<1>();
            "cumprod 1" |x| x.cumprod_axis::<1>();
            "sum 0" |x| x.sum_axis::<0>();
            "sum 1" |x| x.sum_axis::<1>();
            "sum 0 1" |x| x.sum();
            "prod 0" |x| x.prod_axis::<0>();
            "prod 0 1" |x| x.prod();
            "max 0" |x| x.max_axis::<0>();
            "min 1" |x| x.min_axis::<1>();
            "max 0 1" |x| x.max();
            "twice t" |x| (x.t() + x.t());
            "reversed" |x| (x.slice(s![::-1, ..]) ^ x.slice(s![.., ::-1]));
        }
        binary! { $table, $E; [(A, B), (A, B); (A, B), (B,); (A, One), (A, B); (A, One), (B,); (A, B), ();] {
            "add" |x, y| (x + y);
            "subtract" |x, y| (x - y);
            "multiply" |x, y| (x * y);
            "floor_divide" |x, y| x.floor_div(y);
            "remainder" |x, y| x.rem(y);
            "fmod" |x, y| (x % y);
            "power" |x, y| x.pow(y);
            "bitwise_and" |x, y| (x & y);
            "bitwise_or" |x, y| (x | y);
            "bitwise_xor" |x, y| (x ^ y);
            "left_shift" |x, y| (x << y);
            "right_shift" |x, y| (x >> y);
            "maximum" |x, y| x.maximum(y);
            "minimum" |x, y| x.minimum(y);
            "less" |x, y| x.lt(y);
            "less_equal" |x, y| x.le(y);
            "greater" |x, y| x.gt(y);
            "greater_equal" |x, y| x.ge(y);
            "equal" |x, y| x.eq(y);
            "not_equal" |x, y| x.ne(y);
            "where" |x, y| x.lt(y).where_(x - y, y);
            "fused" |x, y| ((x * y + x) ^ (y - x));
        } }
        binary! { $table, $E; [(A, B), (B, C); (A, B), (B,); (F, A, B), (B, C);] { "matmul" |x, y| x.matmul(y); } }
    )* };
}

pub fn add(table: &mut Table) {
    integers! { table: i64 i32 i16 i8 u64 u32 u16 u8 }
    table.one::<(A, B), bool>("integer sum 0", |x| x.sum_axis::<0>().eval().to_raw());
    table.one::<(A, B), bool>("integer invert", |x| (!x).eval().to_raw());
    table.two::<(A, B), (B,), bool>("integer bitwise_xor", |x, y| (x ^ y).eval().to_raw());
    table.two::<(A, B), (A, One), bool>("integer bitwise_and", |x, y| (x & y).eval().to_raw());
}
