//! A fused region that reads a slice in place, against the same region over a tensor of the slice's shape.

use crate::Promise;
use crate::race::race;
use congruent::prelude::*;

/// Times the contiguous one.
const LIMIT: f64 = 1.5;

pub(crate) fn promises() -> Vec<Promise> {
    let wide: Tensor<Shape![1000, 1024]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
    let own: Tensor<Shape![1000, 512]> = wide.slice(s![.., ..512]).eval();
    let values = race(|| (wide.slice(s![.., ..512]) * 2.0 + 1.0).eval(), || (&own * 2.0 + 1.0).eval());
    let ragged: Tensor<Shape![1000, 997]> = wide.slice(s![.., 3..1000]).eval();
    let exps = race(|| wide.slice(s![.., 3..1000]).exp().eval(), || ragged.exp().eval());
    let sums = race(|| wide.slice(s![.., 512..]).share(|x| x * x).sum().eval(), || own.share(|x| x * x).sum().eval());
    let promise =
        |name: &str, (slice, whole): (f64, f64)| Promise { name: name.into(), measured: slice / whole, limit: LIMIT };
    vec![
        promise("slice_value_over_contiguous", values),
        promise("slice_exp_over_contiguous", exps),
        promise("slice_sum_over_contiguous", sums),
    ]
}
