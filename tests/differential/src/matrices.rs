//! Decompositions of matrices, degenerate and badly scaled ones among them.

use crate::programs;
use crate::table::{Table, read, written};
use congruent::linalg;
use congruent::prelude::*;

dims! { N = ?, M = ?, K = ? }

/// Programs whose results are those of functions that may refuse a matrix.
macro_rules! refusing {
    ($table:ident, [$($E:ident)*] $programs:tt) => { $( refusing! { @ $table, $E, $programs } )* };
    (@ $table:ident, $E:ident, { $($name:literal, $($x:ident: $S:ty),* => $body:expr;)* }) => { $( {
        let mut name = format!("{}|{}", $name, <$E as congruent::dtype::Elem>::NAME);
        $( name.push_str(&format!("|{}", <$S as Shape>::describe_type())); )*
        $table.wide(name, |inputs| {
            let mut inputs = inputs.iter();
            $( let $x: &Tensor<$S, $E> = &read(inputs.next().expect("an operand"))?; )*
            let y = attempt(|| $body)??;
            Ok(vec![written(y.shape(), y.as_slice())])
        });
    } )* };
}

pub fn add(table: &mut Table) {
    programs! { table, [f32 f64] {
        "det", x: (N, N) => x.det().eval();
        "slogdet", x: (N, N) => x.slogdet().1.eval();
        "u s vt", x: (N, M) => { let (u, s, vt) = x.svd(); (u * s.unsqueeze::<-2>()).matmul(vt).eval() };
    } }
    refusing! { table, [f32 f64] {
        "inv", x: (N, N) => linalg::inv(x);
        "solve", x: (N, N), y: (N, K) => linalg::solve(x, y);
        "svdvals", x: (N, M) => linalg::svdvals(x);
        "pinv", x: (N, M) => linalg::pinv(x);
        "cond", x: (N, M) => linalg::cond(x);
        "lstsq", x: (N, M), y: (N, K) => linalg::lstsq(x, y);
        "eigvalsh", x: (N, N) => linalg::eigvalsh(x);
        "expm", x: (N, N) => linalg::expm(x);
        "rank", x: (N, M) => linalg::matrix_rank(x).map(|rank| rank.convert::<f64>().eval());
        "q r", x: (N, M) => linalg::qr(x).map(|(q, r)| q.matmul(&r).eval());
    } }
}
