//! Attention and its gradients, held against the processor's: heads that share keys, order, masks, biases, views.

use crate::device;
use congruent::cuda::Cuda;
use congruent::prelude::*;

dims! { Batch = ?, Heads = ?, Shared = ?, Queries = ?, Keys = ?, Width = ?, Depth = ? }

/// Heads of keys, heads of queries that share one, queries, keys, elements of a query and of a value.
type Sizes = [usize; 6];

fn number<E: Elem>(seed: u64) -> impl Fn(usize) -> E {
    move |i| E::of_f64(Key::new(seed).uniform_f64(i as u64) * 2.0 - 1.0)
}

fn plain<E: Elem>(values: Vec<E>) -> Vec<f64> {
    values.into_iter().map(|x| x.as_f64()).collect()
}

/// The result and the gradients of an attention of its three operands.
macro_rules! step {
    ($q:expr, $k:expr, $v:expr, |$a:ident, $b:ident, $c:ident| $attention:expr) => {{
        let model: (Param<_, _>, Param<_, _>, Param<_, _>) = ($q.clone().into(), $k.clone().into(), $v.clone().into());
        let mut out = vec![];
        let (_, grads) = model
            .value_and_grad(|($a, $b, $c)| {
                $attention.with(|y| {
                    let y_there = y.stop_gradient().eval();
                    out = plain(y_there.to_vec());
                    let weights = y_there.device().from_fn(y_there.shape(), number(9));
                    (y * &weights).sum()
                })
            })
            .expect("a step");
        [out, plain(grads.0.tensor().to_vec()), plain(grads.1.tensor().to_vec()), plain(grads.2.tensor().to_vec())]
    }};
}

/// The ways to look at keys.
const WAYS: [&str; 8] =
    ["all", "causal", "mask", "causal mask", "bias", "causal bias", "mask for all heads", "bias of a key"];

fn attended<E: Real, A: Device>(d: A, [heads, shared, queries, keys, width, depth]: Sizes, way: &str) -> [Vec<f64>; 4] {
    let (heads, shared, queries) = (Heads(heads), Shared(shared), Queries(queries));
    let (keys, width, depth) = (Keys(keys), Width(width), Depth(depth));
    let q = d.from_fn((heads, shared, queries, width), number::<E>(1));
    let k = d.from_fn((heads, keys, width), number::<E>(2));
    let v = d.from_fn((heads, keys, depth), number::<E>(3));
    // One query sees nothing.
    let seen = |i: usize| i / keys.0.max(1) != 1 && i % 5 != 2;
    let mask = d.from_fn((heads, shared, queries, keys), seen);
    let few = d.from_fn((queries, keys), seen);
    let added = |i: usize| E::of_f64(if seen(i) { i as f64 % 3.0 } else { f64::NEG_INFINITY });
    let bias = d.from_fn((heads, shared, queries, keys), added);
    let of_keys = d.from_fn((keys,), added);
    let order = if way.starts_with("causal") { Attend::causal() } else { Attend::all() }.scale(0.7);
    step!(q, k, v, |q, k, v| match way {
        "mask" | "causal mask" => q.attention_with(k, v, order.mask(&mask)),
        "bias" | "causal bias" => q.attention_with(k, v, order.bias(&bias)),
        "mask for all heads" => q.attention_with(k, v, order.mask(&few)),
        "bias of a key" => q.attention_with(k, v, order.bias(&of_keys)),
        _ => q.attention_with(k, v, order),
    })
}

#[track_caller]
fn same(found: &[Vec<f64>], wanted: &[Vec<f64>], digits: f64, what: &str) {
    for ((found, wanted), part) in found.iter().zip(wanted).zip(["y", "dq", "dk", "dv"]) {
        assert_eq!(found.len(), wanted.len(), "{part} of {what}");
        for (i, (&found, &wanted)) in found.iter().zip(wanted).enumerate() {
            let near = (found - wanted).abs() <= digits * (1.0 + wanted.abs());
            let same = near || found == wanted || (found.is_nan() && wanted.is_nan());
            assert!(same, "{part} of {what}, element {i}: {found} in place of {wanted}");
        }
    }
}

fn check<E: Real>(device: Cuda, sizes: Sizes, digits: f64) {
    for way in WAYS {
        let (found, wanted) = (attended::<E, _>(device, sizes, way), attended::<E, _>(Cpu, sizes, way));
        same(&found, &wanted, digits, &format!("{way}, {sizes:?} of {}", E::NAME));
    }
}

fn all_sizes<E: Real>(device: Cuda, digits: f64) {
    for sizes in [
        [1, 1, 1, 1, 1, 1],
        [2, 1, 7, 17, 5, 3],
        [1, 3, 17, 7, 33, 40], // More queries than keys: by their order the first ones see none.
        [0, 1, 3, 3, 2, 2],
        [1, 1, 3, 0, 2, 2],
        [1, 2, 3, 5, 0, 2],
        [1, 1, 4, 3, 2, 0],
    ] {
        check::<E>(device, sizes, digits);
    }
}

#[test]
fn attention_is_that_of_the_processor() {
    let Some(device) = device() else { return };
    all_sizes::<f64>(device, 1e-11);
    all_sizes::<f32>(device, 2e-5);
    all_sizes::<f16>(device, 4e-3);
    all_sizes::<bf16>(device, 3e-2);
}

/// More than a tile of everything, and more columns than a block computes.
#[test]
fn tiles_follow_each_other() {
    let Some(device) = device() else { return };
    check::<f32>(device, [2, 2, 67, 131, 70, 150], 2e-5);
    check::<f64>(device, [1, 1, 65, 33, 150, 33], 1e-11);
    check::<bf16>(device, [1, 1, 33, 130, 64, 64], 3e-2);
}

/// Heads moved by a transpose, slices that run backwards, rows that serve for all.
fn views<A: Device>(d: A) -> Vec<Vec<f64>> {
    let x: Tensor<Shape![2, 9, 3, 5], f64, A> = d.from_fn(Default::default(), number(1));
    let other: Tensor<Shape![3, 2, 4, 5], f64, A> = d.from_fn(Default::default(), number(2));
    let row: Tensor<Shape![5], f64, A> = d.from_fn(Default::default(), number(3));
    let mut found = vec![];
    found.extend(step!(x, x, x, |a, b, c| {
        a.transpose::<1, 2>().attention_with(b.transpose::<1, 2>(), c.transpose::<1, 2>(), Attend::causal())
    }));
    found.extend(step!(x, other, other, |a, b, c| {
        let q = a.select::<1>(0).slice(s![.., ::-2, 1..4]);
        q.attention(b.select::<0>(1).slice(s![.., ::-1, ..3]), c.select::<0>(2).slice(s![.., .., ::2]))
    }));
    found.extend(step!(x, row, other, |a, b, c| {
        let q = a.select::<0>(1).select::<1>(0);
        q.attention(b.expand((D::<4>, D::<5>)), c.select::<0>(0).select::<0>(1))
    }));
    let (one, rank): (Tensor<Shape![1, 4], f64, A>, Tensor<Shape![2, 1, 2, 3, 5, 4], f64, A>) =
        (d.from_fn(Default::default(), number(4)), d.from_fn(Default::default(), number(5)));
    found.extend(step!(one, one, one, |a, b, c| a.attention(b, c)));
    found.extend(step!(rank, rank, rank, |a, b, c| a.attention(b, c)));
    found
}

#[test]
fn operands_are_read_where_they_lie() {
    let Some(device) = device() else { return };
    same(&views(device), &views(Cpu), 1e-11, "views");
}

/// NaN and infinities, which those who do not see them must not meet; means at the end of the range.
fn ends<A: Device>(d: A) -> Vec<Vec<f64>> {
    let mut found = vec![];
    for (operand, odd) in [(0, f64::NAN), (1, f64::NAN), (2, f64::NAN), (2, f64::INFINITY), (1, f64::INFINITY)] {
        let of = |i: usize| {
            let plain = number::<f64>(i as u64);
            d.from_fn((Keys(70), D::<4>), move |j| if operand == i && j == 161 { odd } else { plain(j) })
        };
        let (q, k, v) = (of(0), of(1), of(2));
        found.extend(step!(q, k, v, |q, k, v| q.attention_with(k, v, Attend::causal())));
    }
    for keys in [1, 3, 65] {
        let (q, v) = (d.zeros_of::<f32, _>((D::<2>, D::<3>)), d.full((Keys(keys), D::<2>), 3e38f32));
        found.push(plain(q.attention(&d.zeros_of::<f32, _>((Keys(keys), D::<3>)), &v).eval().to_vec()));
    }
    for scale in [1e4, -1e4] {
        let x = d.from_fn((Keys(70), D::<4>), number::<f64>(4));
        found.extend(step!(x, x, x, |q, k, v| q.attention_with(k, v, Attend::all().scale(scale))));
    }
    found
}

#[test]
fn what_is_hidden_has_no_influence() {
    let Some(device) = device() else { return };
    for (i, (found, wanted)) in ends(device).iter().zip(ends(Cpu)).enumerate() {
        let digits = if wanted.iter().any(|x| x.abs() > 1e30) { 1e-6 } else { 1e-9 };
        same(std::slice::from_ref(found), &[wanted], digits, &format!("part {i}"));
    }
}
