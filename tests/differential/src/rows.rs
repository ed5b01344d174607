//! Reductions, normalisations, running formulas, distances and losses.

use crate::programs;
use crate::table::Table;
use congruent::prelude::*;

dims! { A = ?, B = ?, C = ? }

pub fn add(table: &mut Table) {
    programs! { table, [f16 bf16 f32 f64] {
        "sum 1", x: (A, B) => x.sum_axis::<1>().eval();
        "sum 0", x: (A, B) => x.sum_axis::<0>().eval();
        "mean 1", x: (A, B) => x.mean_axis::<1>().eval();
        "mean 0", x: (A, B) => x.mean_axis::<0>().eval();
        "prod 1", x: (A, B) => x.prod_axis::<1>().eval();
        "max 1", x: (A, B) => x.max_axis::<1>().eval();
        "min 0", x: (A, B) => x.min_axis::<0>().eval();
        "var 1", x: (A, B) => x.var_axis::<1>(0).eval();
        "std 1", x: (A, B) => x.std_axis::<1>(0).eval();
        "std 0", x: (A, B) => x.std_axis::<0>(0).eval();
        "logsumexp 1", x: (A, B) => x.logsumexp_axis::<1>().eval();
        "norm 1", x: (A, B) => x.norm_axis::<1>(2.0).eval();
        "norm3 1", x: (A, B) => x.norm_axis::<1>(3.0).eval();
        "matrix_norm", x: (A, B) => x.matrix_norm().eval();
        "softmax", x: (A, B) => x.softmax().eval();
        "log_softmax", x: (A, B) => x.log_softmax().eval();
        "layer_norm", x: (A, B) => x.layer_norm(1e-5).eval();
        "cumsum", x: (A, B) => x.cumsum_axis::<1>().eval();
        "cumprod", x: (A, B) => x.cumprod_axis::<1>().eval();
        "logcumsumexp", x: (A, B) => x.logcumsumexp_axis::<1>().eval();
        "median", x: (A, B) => x.median_axis::<1>().eval();
        "quantile", x: (A, B) => x.quantile_axis::<1>(0.3).eval();
        "sort", x: (A, B) => x.sort_axis::<1>().eval();
        "matmul", x: (A, B), y: (B, C) => x.matmul(y).eval();
        "dot", x: (A,), y: (A,) => x.dot(y).eval();
        "cdist", x: (A, B), y: (C, B) => x.cdist(y).eval();
        "mse", x: (A, B), y: (A, B) => x.mse(y).eval();
        "l1", x: (A, B), y: (A, B) => x.l1(y).eval();
        "huber", x: (A, B), y: (A, B) => x.huber(y, 1.0).eval();
        "bce_with_logits", x: (A, B), y: (A, B) => x.bce_with_logits(y).eval();
        "cosine", x: (A, B), y: (A, B) => {
            let sign = Cpu.full((x.shape().0,), 1.0).convert().eval();
            x.cosine_embedding(y, &sign, 0.0).eval()
        };
        "cross_entropy", x: (A, B), y: (A, B) => x.cross_entropy(&y.argmax_axis::<1>()).eval();
        "masked_softmax", x: (A, B), y: (A, B) => x.masked_fill(y.gt(0.0), f64::NEG_INFINITY).softmax().eval();
        "scatter_add", x: (A,), y: (B,) => x.scatter_add::<0>(&Cpu.full((y.shape().0,), 0i64), y).eval();
    } }
}
