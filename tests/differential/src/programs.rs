//! The programs that are held against NumPy.
//!
//! Apart from the table because this is the list. The sizes of `A` to `H` are those of the arrays of a case; `1` is the
//! axis that stretches.
#![allow(clippy::op_ref, reason = "a program takes references, and an operator takes them as they are")]

use crate::integers;
use crate::table::Table;
use congruent::prelude::*;

dims! { A = ?, B = ?, C = ?, F = ?, G = ?, H = ? }
type One = D<1>;

macro_rules! one {
    ($table:ident; $name:expr; $S:ty; |$x:ident| $body:expr) => {{
        $table.one::<$S, f32>(&$name, |$x| $body.eval().to_raw());
        $table.one::<$S, f64>(&$name, |$x| $body.eval().to_raw());
    }};
}

macro_rules! two {
    ($table:ident; $name:expr; $S:ty, $S2:ty; |$x:ident, $y:ident| $body:expr) => {{
        $table.two::<$S, $S2, f32>(&$name, |$x, $y| $body.eval().to_raw());
        $table.two::<$S, $S2, f64>(&$name, |$x, $y| $body.eval().to_raw());
    }};
}

macro_rules! methods {
    ($table:ident; $S:ty; $($method:ident)*) => { $( one!($table; stringify!($method); $S; |x| x.$method()); )* };
}

macro_rules! arithmetic {
    ($table:ident; $($S:ty, $S2:ty;)*) => { $(
        two!($table; "add"; $S, $S2; |x, y| (x + y));
        two!($table; "subtract"; $S, $S2; |x, y| (x - y));
        two!($table; "multiply"; $S, $S2; |x, y| (x * y));
        two!($table; "divide"; $S, $S2; |x, y| (x / y));
        two!($table; "maximum"; $S, $S2; |x, y| x.maximum(y));
    )* };
}

macro_rules! reductions {
    ($table:ident; $($S:ty: $([$($axis:literal)*])*;)*) => { $( $(
        let axes = [$(stringify!($axis)),*].join(" ");
        one!($table; format!("sum {axes}"); $S; |x| x.sum_axes::<Axes![$($axis),*]>());
        one!($table; format!("mean {axes}"); $S; |x| x.mean_axes::<Axes![$($axis),*]>());
        one!($table; format!("prod {axes}"); $S; |x| x.prod_axes::<Axes![$($axis),*]>());
        one!($table; format!("max {axes}"); $S; |x| x.max_axes::<Axes![$($axis),*]>());
        one!($table; format!("min {axes}"); $S; |x| x.min_axes_keepdim::<Axes![$($axis),*]>());
        one!($table; format!("var {axes}"); $S; |x| x.var_axes::<Axes![$($axis),*]>(1));
        one!($table; format!("std {axes}"); $S; |x| x.std_axes_keepdim::<Axes![$($axis),*]>(0));
        one!($table; format!("logsumexp {axes}"); $S; |x| x.logsumexp_axes::<Axes![$($axis),*]>());
    )* )* };
}

macro_rules! permutations {
    ($table:ident; $($S:ty: $([$($axis:literal)*])*;)*) => { $( $(
        let axes = [$(stringify!($axis)),*].join(" ");
        one!($table; format!("permute {axes}"); $S; |x| (x.permute::<Axes![$($axis),*]>() * 2.0));
    )* )* };
}

macro_rules! slices {
    ($table:ident; $($S:ty: $([$($slice:tt)*])*;)*) => { $( $(
        let slice = stringify!($($slice)*).replace(' ', "");
        one!($table; format!("slice {slice}"); $S; |x| (x.slice(s![$($slice)*]) * 2.0));
    )* )* };
}

macro_rules! products {
    ($table:ident; $($S:ty, $S2:ty;)*) => { $( two!($table; "matmul"; $S, $S2; |x, y| x.matmul(y)); )* };
}

pub fn all() -> Table {
    let mut table = Table::default();
    pointwise(&mut table);
    broadcasts(&mut table);
    along_axes(&mut table);
    moved(&mut table);
    multiplied(&mut table);
    combined(&mut table);
    integers::add(&mut table);
    table
}

fn pointwise(table: &mut Table) {
    methods! { table; (A, B);
        abs sign sqrt rsqrt square recip cbrt exp exp2 expm1 ln log2 log10 log1p sin cos tan asin acos atan sinh cosh
        tanh asinh acosh atanh erf erfc floor ceil round trunc deg2rad rad2deg relu sigmoid softplus
    }
    methods! { table; (); exp ln tanh }
    methods! { table; (A,); exp ln tanh }
    methods! { table; (A, B, C); exp ln tanh }
    methods! { table; (A, B, C, F); exp ln tanh }
    methods! { table; (A, B, C, F, G); exp ln tanh }
    methods! { table; (A, B, C, F, G, H); exp ln tanh }
    two! { table; "hypot"; (A, B), (B,); |x, y| x.hypot(y) }
    two! { table; "minimum"; (A, B), (A, One); |x, y| x.minimum(y) }
    two! { table; "logaddexp"; (A, One), (One, B); |x, y| x.logaddexp(y) }
    two! { table; "copysign"; (A, B), (A, B); |x, y| x.copysign(y) }
    two! { table; "fmod"; (A, B), (A, B); |x, y| x.fmod(y) }
}

fn broadcasts(table: &mut Table) {
    arithmetic! { table;
        (), ();
        (A,), (A,);
        (A, B), (A, B);
        (A, B, C), (A, B, C);
        (A, B, C, F), (A, B, C, F);
        (A, B, C, F, G), (A, B, C, F, G);
        (A, B, C, F, G, H), (A, B, C, F, G, H);
        (A, B), ();
        (), (A, B);
        (A, B), (B,);
        (B,), (A, B);
        (A, B), (One, B);
        (A, B), (A, One);
        (A, One), (B,);
        (A, One), (One, B);
        (A, B, C), (C,);
        (A, B, C), (B, C);
        (B, One), (A, B, C);
        (A, B, C), (A, One, C);
        (A, One, One), (A, B, C);
        (A, One, C), (B, One);
        (One, B, One), (A, One, C);
        (A, B, C, F), (B, One, F);
        (A, One, C, One), (One, B, One, F);
        (A, B, C, F, G, H), (F, One, H);
        (A, One, C, One, G, One), (B, One, F, One, H);
    }
}

fn along_axes(table: &mut Table) {
    reductions! { table;
        (A,): [0];
        (A, B): [0] [1] [0 1];
        (A, B, C): [0] [1] [2] [0 2] [1 2] [0 1 2];
        (A, B, C, F): [1] [0 2] [1 3] [0 1 3];
        (A, B, C, F, G, H): [0] [3] [5] [1 2 4] [0 1 2 3 4 5];
    }
    one! { table; "softmax"; (A, B); |x| x.softmax() }
    one! { table; "softmax"; (A, B, C); |x| x.softmax() }
    one! { table; "log_softmax"; (A, B); |x| x.log_softmax() }
    one! { table; "softmax_first"; (A, B, C); |x| x.softmax_axis::<0>() }
}

fn moved(table: &mut Table) {
    permutations! { table;
        (A,): [0];
        (A, B): [1 0] [0 1];
        (A, B, C): [0 1 2] [0 2 1] [1 0 2] [1 2 0] [2 0 1] [2 1 0];
        (A, B, C, F): [3 2 1 0] [1 3 0 2] [0 2 1 3] [2 3 0 1];
        (A, B, C, F, G, H): [5 4 3 2 1 0] [3 0 4 1 5 2];
    }
    slices! { table;
        (A,): [0] [-1] [::-1] [1..3] [-2..] [0:6:2] [new, ..];
        (A, B): [0] [.., 0] [.., -1] [::-1] [.., ::-1] [1..3, ::-1] [-2.., -1] [new, .., new, ::-1];
        (A, B, C): [..., -1] [0, ...] [::-1, 0:3:2, ::-1] [-1, .., 1..2] [.., 1, ..];
        (A, B, C, F, G, H): [..., 0, ::-1] [::-1, .., -1, ...];
    }
}

fn multiplied(table: &mut Table) {
    products! { table;
        (A,), (A,);
        (A, B), (B,);
        (A,), (A, B);
        (A, B), (B, C);
        (F, A, B), (B, C);
        (A, B), (F, B, C);
        (F, A, B), (F, B, C);
        (F, G, A, B), (F, G, B, C);
        (F, One, A, B), (G, B, C);
    }
    two! { table; "matmul_t"; (A, B), (C, B); |x, y| x.matmul_t(y) }
    two! { table; "t_matmul"; (B, A), (B, C); |x, y| x.t().matmul(y) }
}

/// Views, fused formulas and reductions in one expression.
fn combined(table: &mut Table) {
    two! { table; "sum of exp of t plus"; (A, B), (B, A); |x, y| (x.t() + y).tanh().sum_axis::<0>() }
    two! { table; "mean of product along middle"; (A, B, C), (B, One); |x, y| (x * y).mean_axis::<1>() }
    one! { table; "standardised"; (A, B); |x| ((x - x.mean_keepdim::<0>()) / (x.std_keepdim::<0>(0) + 1.0)) }
    one! { table; "sum of permuted 2 0 1 along 1"; (A, B, C); |x| x.permute::<Axes![2, 0, 1]>().sum_axis::<1>() }
    one! { table; "max of reversed"; (A, B); |x| (x.slice(s![::-1, ..]) * 3.0 - 1.0).max_axis::<1>() }
}
