//! Attention against its definition: sizes, heads that share keys, order, masks, biases, gradients, extremes, layouts.

mod cache;
mod extremes;
mod layouts;
mod plain;
mod sizes;
#[path = "../support/mod.rs"]
mod support;

use congruent::model::Weights;
use congruent::prelude::*;
use plain::Case;

dims! { Heads = ?, Shared = ?, Queries = ?, Keys = ?, Width = ?, Depth = ? }

/// Numbers that the element type holds.
pub(crate) fn numbers<E: Elem>(len: usize, seed: u64) -> Vec<E> {
    (0..len as u64).map(|i| E::of_f64(Key::new(seed).uniform_f64(i) * 2.0 - 1.0)).collect()
}

pub(crate) fn plain<E: Elem>(values: &[E]) -> Vec<f64> {
    values.iter().map(|x| x.as_f64()).collect()
}

#[track_caller]
pub(crate) fn near<E: Elem>(what: &str, found: &[E], expected: &[f64], step: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let (found, most) = (found.as_f64(), step * expected.abs().max(1.0));
        let close = (found - expected).abs() <= most || found.is_nan() && expected.is_nan();
        assert!(close, "{what}: [{i}] is {found}, not {expected}");
    }
}

/// What the operation gives for a case, and the gradients for a gradient of the result.
pub(crate) fn run<E: Real, D: Device>(device: D, case: &Case, [q, k, v, dy]: [&[E]; 4]) -> [Vec<E>; 4] {
    let (heads, shared, queries) = (Heads(case.heads), Shared(case.shared), Queries(case.queries));
    let (keys, width, depth) = (Keys(case.keys), Width(case.width), Depth(case.depth));
    let scores = (heads, shared, queries, keys);
    let q: Param<_, Weights<E, D>> = device.from_slice((heads, shared, queries, width), q).expect("queries").into();
    let k: Param<_, Weights<E, D>> = device.from_slice((heads, keys, width), k).expect("keys").into();
    let v: Param<_, Weights<E, D>> = device.from_slice((heads, keys, depth), v).expect("values").into();
    let dy = device.from_slice((heads, shared, queries, depth), dy).expect("a gradient");
    let order = if case.causal { Attend::causal() } else { Attend::all() }.scale(case.scale);
    let (model, mut out) = ((q, k, v), vec![]);
    let mask = (!case.mask.is_empty()).then(|| device.from_slice(scores, &case.mask).expect("a mask"));
    let bias: Vec<E> = case.bias.iter().map(|&x| E::of_f64(x)).collect();
    let bias = (!bias.is_empty()).then(|| device.from_slice(scores, &bias).expect("a bias"));
    let (_, grads) = model
        .value_and_grad(|(q, k, v)| {
            let y = match (&mask, &bias) {
                (Some(mask), _) => q.attention_with(k, v, order.mask(mask)),
                (_, Some(bias)) => q.attention_with(k, v, order.bias(bias)),
                _ => q.attention_with(k, v, order),
            };
            y.with(|y| {
                out = y.stop_gradient().eval().to_vec();
                (y * &dy).sum()
            })
        })
        .expect("a step");
    [out, grads.0.tensor().to_vec(), grads.1.tensor().to_vec(), grads.2.tensor().to_vec()]
}

/// The operation beside the definition, both ways.
#[track_caller]
pub(crate) fn check<E: Real>(case: &Case, step: f64) {
    let [a, b, c, d] = case.lens();
    let (q, k) = (numbers::<E>(a, 1), numbers::<E>(b, 2));
    let (v, dy) = (numbers::<E>(c, 3), numbers::<E>(d, 4));
    let found = run(Cpu, case, [&q, &k, &v, &dy]);
    let (q, k, v, dy) = (plain(&q), plain(&k), plain(&v), plain(&dy));
    let what =
        |part: &str| format!("{part} of {} in {:?}", E::NAME, Case { mask: vec![], bias: vec![], ..case.clone() });
    near(&what("y"), &found[0], &case.forward(&q, &k, &v), step);
    for (i, expected) in case.backward(&q, &k, &v, &dy).iter().enumerate() {
        near(&what(["dq", "dk", "dv"][i]), &found[i + 1], expected, step * 4.0);
    }
}
