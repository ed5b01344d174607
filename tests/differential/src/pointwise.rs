//! Functions of one and two numbers.

use crate::programs;
use crate::table::Table;
use congruent::prelude::*;

dims! { A = ?, B = ? }

macro_rules! unary {
    ($table:ident; [$($E:ident)*] $methods:tt) => { $( unary! { @ $table, $E, $methods } )* };
    (@ $table:ident, $E:ident, [$($method:ident)*]) => { $(
        $table.wide(format!("{}|{}|(A, B)", stringify!($method), <$E as congruent::dtype::Elem>::NAME), |inputs| {
            let x: &Tensor<(A, B), $E> = &crate::table::read(&inputs[0])?;
            attempt(|| { let y = x.$method().eval(); vec![crate::table::written(y.shape(), y.as_slice())] })
        });
    )* };
}

pub fn add(table: &mut Table) {
    unary! { table; [f16 bf16 f32 f64] [
        abs sign sqrt rsqrt square recip cbrt exp exp2 expm1 ln log2 log10 log1p sin cos tan asin acos atan sinh cosh
        tanh asinh acosh atanh erf erfc sinc lgamma floor ceil round trunc relu sigmoid softplus logsigmoid silu gelu
        gelu_tanh mish softsign hardswish tanhshrink
    ] }
    programs! { table, [f16 bf16 f32 f64] {
        "add", x: (A, B), y: (A, B) => (x + y).eval();
        "subtract", x: (A, B), y: (A, B) => (x - y).eval();
        "multiply", x: (A, B), y: (A, B) => (x * y).eval();
        "divide", x: (A, B), y: (A, B) => (x / y).eval();
        "maximum", x: (A, B), y: (A, B) => x.maximum(y).eval();
        "minimum", x: (A, B), y: (A, B) => x.minimum(y).eval();
        "hypot", x: (A, B), y: (A, B) => x.hypot(y).eval();
        "logaddexp", x: (A, B), y: (A, B) => x.logaddexp(y).eval();
        "arctan2", x: (A, B), y: (A, B) => x.atan2(y).eval();
        "fmod", x: (A, B), y: (A, B) => x.fmod(y).eval();
        "remainder", x: (A, B), y: (A, B) => x.rem(y).eval();
        "power", x: (A, B), y: (A, B) => x.pow(y).eval();
        "xlogy", x: (A, B), y: (A, B) => x.xlogy(y).eval();
        "lerp", x: (A, B), y: (A, B) => x.lerp(y, 0.25).eval();
        "fma", x: (A, B), y: (A, B), z: (A, B) => x.fma(y, z).eval();
    } }
}
