//! Losses of composite expressions, each with the gradient of every operand.

use crate::table::{Table, read, written};
use congruent::prelude::*;

dims! { A = ?, B = ?, C = ? }

macro_rules! gradients {
    ($table:ident, [$($E:ident)*] $programs:tt) => { $( gradients! { @ $table, $E, $programs } )* };
    (@ $table:ident, $E:ident, { $($name:literal, $($x:ident: $S:ty),* => $body:expr;)* }) => { $( {
        let mut name = format!("gradient {}|{}", $name, <$E as congruent::dtype::Elem>::NAME);
        $( name.push_str(&format!("|{}", <$S as Shape>::describe_type())); )*
        $table.wide(name, |inputs| {
            let mut inputs = inputs.iter();
            let model = ($( Param::<$S, Weights<$E>>::from(read::<$S, $E>(inputs.next().expect("an operand"))?), )*);
            let (loss, ($($x,)*)) = model.value_and_grad(|($($x,)*)| $body)?;
            Ok(vec![written((), &[loss]) $(, written($x.shape(), $x.as_slice()))*])
        });
    } )* };
}

pub fn add(table: &mut Table) {
    gradients! { table, [f16 bf16 f32 f64] {
        "mlp", x: (A, B), w: (B, C), b: (C,) => (x.matmul(w) + b).tanh().square().mean();
        "gelu mlp", x: (A, B), w: (B, C), v: (C, B) => (x.matmul(w).gelu().matmul(v) + x).layer_norm(1e-5).sin().sum();
        "silu gate", x: (A, B), w: (B, C), v: (B, C) => (x.matmul(w).silu() * x.matmul(v)).softsign().sum();
        "attention", q: (A, C), k: (B, C), v: (B, C) => (q.matmul_t(k) * 0.5).softmax().matmul(v).square().sum();
        "cross entropy of product", x: (A, B), w: (B, C) => {
            let rows = x.shape().0;
            let labels = Cpu.full((rows,), 0i64);
            x.matmul(w).cross_entropy(&labels)
        };
        "weighted softmax", x: (A, B), y: (A, B) => (x.softmax() * y).sum();
        "weighted log_softmax", x: (A, B), y: (A, B) => (x.log_softmax() * y.tanh()).mean();
        "logsumexp of sums", x: (A, B), y: (B,) => (x + y).logsumexp_axis::<1>().square().sum();
        "layer norm affine", x: (A, B), g: (B,), b: (B,) => ((x.layer_norm(1e-5) * g + b).sigmoid() * x).sum();
        "standardised", x: (A, B), y: (A, B) => {
            ((x - x.mean_keepdim::<1>()) / (x.std_keepdim::<1>(0) + 0.1) * y).sum()
        };
        "norms", x: (A, B), y: (A, B) => {
            ((x.norm_axis::<1>(2.0) + 0.1).ln() * (y.norm_axis::<1>(2.0) + 1.0).sqrt()).sum()
        };
        "var ratio", x: (A, B), y: (A, B) => (x.var_axis::<1>(0) / (y.var_axis::<1>(0) + 1.0)).log1p().sum();
        "cumsum of exp", x: (A, B), y: (A, B) => (x.tanh().exp().cumsum_axis::<1>() * y).sum();
        "cumprod", x: (A, B), y: (A, B) => ((x.tanh() * 0.1 + 1.0).cumprod_axis::<1>() * y).sum();
        "logcumsumexp", x: (A, B), y: (A, B) => (x.logcumsumexp_axis::<1>() * y).sum();
        "prod of sums", x: (A, B), y: (B,) => ((x.tanh() + y.tanh()) * 0.3 + 1.0).prod_axis::<1>().sum();
        "max of products", x: (A, B), y: (B,) => (x * y).max_axis::<1>().tanh().sum();
        "min and max", x: (A, B), y: (A, B) => (x.maximum(y) * x.minimum(y) + x.max_axis::<0>()).sum();
        "sorted", x: (A, B), y: (A, B) => (x.sort_axis::<1>() * y).sum();
        "turned", x: (A, B), y: (B, A) => ((x.t() * y).cos().cumsum_axis::<0>() / (y.square() + 1.0)).sum();
        "sliced", x: (A, B), y: (A, B) => (x.slice(s![::-1, ..]) * y + x).atan().sum();
        "reshaped", x: (A, B), y: (C,) => (x.unsqueeze::<1>() * y.exp().unsqueeze::<1>()).sin().square().sum();
        "gathered", x: (A, B), y: (A, B) => {
            let ids = Cpu.full((D::<3>,), 0i64);
            (x.index_select::<0>(&ids).square().sum_axis::<0>() * y).sum()
        };
        "scattered", x: (A, B), y: (B,) => {
            let places = Cpu.full((x.shape().0,), 0i64);
            x.index_add::<0>(&places, x.sigmoid()).matmul(y).square().sum()
        };
        "concatenated", x: (A, B), y: (A, B) => {
            x.concat_as::<0, _, _>(y.exp(), C).softmax().square().sum()
        };
        "powers", x: (A, B), y: (A, B) => (x.abs() + 0.5).pow(y.tanh()).sum();
        "hypot and atan2", x: (A, B), y: (A, B) => (x.hypot(y) + x.atan2(y)).sum();
        "logaddexp", x: (A, B), y: (B,) => x.logaddexp(y * 2.0).logsumexp();
        "erf and softplus", x: (A, B), y: (A, B) => (x.erf() * y.softplus() + x.mish()).sum();
        "distances", x: (A, B), y: (C, B) => (x.cdist(y) + 1.0).ln().sum();
        "mse of tanh", x: (A, B), y: (A, B) => x.tanh().mse(y);
        "huber of products", x: (A, B), y: (A, B) => (x * y).huber(x, 0.7);
        "bce", x: (A, B), y: (A, B) => x.bce_with_logits(y.sigmoid());
        "kl", x: (A, B), y: (A, B) => x.log_softmax().kl_div(y.softmax());
        "cosine", x: (A, B), y: (A, B) => x.cosine_embedding(y, &Cpu.full((x.shape().0,), 1.0).convert().eval(), 0.0);
        "triplet", x: (A, B), y: (A, B), z: (A, B) => x.triplet_margin(y, z, 1.0);
        "gaussian", x: (A, B), y: (A, B), z: (A, B) => x.gaussian_nll(y, z.exp(), 1e-6);
        "focal", x: (A, B), y: (A, B) => (x * y).focal(&Cpu.full((x.shape().0,), 0i64), 2.0);
        "lerp and fma", x: (A, B), y: (A, B), z: (A, B) => x.lerp_with(y, z.sigmoid()).fma(z, x).sum();
        "masked", x: (A, B), y: (A, B) => (x.gt(y).where_(x * 2.0, y.exp()) * x).sum();
        "expanded", x: (A,), y: (B,) => (x.outer(y).tanh() + y).sum_axis::<1>().prod();
        "matrix norm", x: (A, B), y: (B, C) => x.matmul(y).matrix_norm();
        "used thrice", x: (A, B) => (x.sigmoid() * x + x.square().sum_axis::<0>() + x.mean()).tanh().sum();
    } }
    gradients! { table, [f32 f64] {
        "solve", x: (A, A), y: (A, B) => x.solve(y).tanh().sum();
        "slogdet", x: (A, A), y: (A, A) => (x.matmul(y).slogdet().1 + x.inv().sum()).sum();
    } }
}
