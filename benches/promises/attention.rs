//! Attention as one operation against the same written out: a product, a mask, softmax, a product, and their gradients.

use crate::Promise;
use crate::race::race;
use congruent::prelude::*;

/// Times the written-out form.
const LIMIT: f64 = 1.0;

dims! { Heads = ?, Seq = ?, PerHead = 64 }

type Rows = Tensor<(Heads, Seq, PerHead)>;

pub(crate) fn promises() -> Vec<Promise> {
    [(32, 128), (4, 1024)].into_iter().flat_map(|(heads, seq)| of(Heads(heads), Seq(seq))).collect()
}

/// In order, the result alone, and with the gradients of all operands.
fn of(heads: Heads, seq: Seq) -> [Promise; 2] {
    let rows = |seed: u64| -> Rows { Cpu.uniform((heads, seq, PerHead), Key::new(seed), -1.0, 1.0) };
    let (q, k, v) = (rows(1), rows(2), rows(3));
    let len = seq.size();
    let mask = Cpu.from_fn((seq, seq), |i| if i % len > i / len { f32::NEG_INFINITY } else { 0.0 });
    let model: [Param<_, Weights>; 3] = [q.clone().into(), k.clone().into(), v.clone().into()];
    let there = race(
        || q.attention_with(&k, &v, Attend::causal()).eval(),
        || (q.matmul_t(&k) * 0.125 + &mask).softmax().matmul(&v).eval(),
    );
    let back = race(
        || model.value_and_grad(|[q, k, v]| q.attention_with(k, v, Attend::causal()).sum()).expect("a step"),
        || model.value_and_grad(|[q, k, v]| (q.matmul_t(k) * 0.125 + &mask).softmax().matmul(v).sum()).expect("a step"),
    );
    [("there", there), ("and_back", back)].map(|(way, (ours, theirs))| {
        println!(
            "# attention {way}, {} heads of {len}: {:.0} us, written out {:.0}",
            heads.size(),
            ours * 1e6,
            theirs * 1e6
        );
        Promise { name: format!("attention_{len}_{way}_over_written_out"), measured: ours / theirs, limit: LIMIT }
    })
}
