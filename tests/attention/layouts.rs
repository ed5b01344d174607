//! Operands as programs have them: permuted heads, slices, stretched axes, expressions; ranks; sizes that differ.

use crate::support::{gradients, random};
use congruent::prelude::*;

dims! { Batch = ?, Past = ?, Now = ? }

fn numbers<S: Shape, E: Real>(shape: S, seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(shape, Key::new(seed), -1.0, 1.0)
}

/// Attention of matrices written out.
macro_rules! written_out {
    ($q:expr, $k:expr, $v:expr) => {{
        let q = $q;
        let width = q.dims()[q.dims().len() - 1] as f64;
        (q.matmul_t($k) * width.powf(-0.5)).softmax().matmul($v).eval()
    }};
}

#[test]
fn operands_are_views_and_expressions() {
    // Heads beside each other, as a projection gives them.
    let x: Tensor<Shape![2, 9, 3, 5], f64> = numbers(Default::default(), 1);
    let heads = x.transpose::<1, 2>();
    let y = heads.attention(x.transpose::<1, 2>(), x.transpose::<1, 2>()).eval();
    let (q, k) = (x.transpose::<1, 2>().eval(), x.transpose::<1, 2>().eval());
    assert!(y.allclose(&written_out!(&q, &k, &k), 1e-12, 1e-12));
    // Slices, also backwards; columns apart; a transposed matrix of keys.
    let q = x.select::<1>(0).slice(s![.., .., ::2]).eval();
    let part = || x.select::<2>(1);
    let k = part().slice(s![.., ::-2, 1..4]).eval();
    let y = x
        .select::<1>(0)
        .slice(s![.., .., ::2])
        .attention(part().slice(s![.., ::-2, 1..4]), part().slice(s![.., ::-2, ..]));
    let v = x.select::<2>(1).slice(s![.., ::-2, ..]).eval();
    assert!(y.eval().allclose(&written_out!(&q, &k, &v), 1e-12, 1e-12));
    let turned: Tensor<Shape![3, 7], f64> = numbers(Default::default(), 2);
    let (q, v): (Tensor<Shape![4, 3], f64>, Tensor<Shape![7, 2], f64>) =
        (numbers(Default::default(), 3), numbers(Default::default(), 4));
    let k = turned.t().eval();
    assert_eq!(q.attention(turned.t(), &v).eval(), q.attention(&k, &v).eval());
    // Stretched: one row of keys for all, one head for all.
    let row: Tensor<Shape![3], f64> = numbers(Default::default(), 5);
    let y = q.attention(row.expand((D::<7>, D::<3>)), &v).eval();
    assert!(y.allclose(&v.mean_axis::<0>().eval().expand((D::<4>, D::<2>)).eval(), 1e-12, 1e-12));
    let y = (&q * 2.0 + 1.0).attention(&k - 1.0, v.exp()).eval();
    assert!(y.allclose(&written_out!(&(&q * 2.0 + 1.0).eval(), &(&k - 1.0).eval(), &v.exp().eval()), 1e-12, 1e-12));
}

#[test]
fn gradients_reach_operands_as_they_lie() {
    let w: Tensor<Shape![2, 2, 3, 2], f64> = numbers(Default::default(), 9);
    let x = random((D::<2>, D::<3>, D::<2>, D::<2>), 1, -1.0, 1.0);
    let mut both = (x, random((D::<2>, D::<2>, D::<3>, D::<2>), 2, -1.0, 1.0));
    gradients!(both, |(x, v)| {
        let heads = x.transpose::<1, 2>();
        (heads.attention_with(x.transpose::<1, 2>(), v, Attend::causal()) * &w).sum()
    });
    // One operand three times, a slice of one, an expression.
    let mut x = random((D::<4>, D::<3>), 3, -1.0, 1.0);
    gradients!(x, |x| x.attention(x, x).square().sum());
    gradients!(x, |x| {
        x.slice(s![1..3, ..])
            .attention(x.slice(s![.., ::-1]), x.t().matmul(x).slice(s![.., ..2]).exp().t().matmul(x.t()).t())
            .square()
            .sum()
    });
    let mut q = random((D::<2>, D::<2>, D::<3>, D::<2>), 5, -1.0, 1.0);
    let mut k = random((D::<2>, D::<4>, D::<2>), 6, -1.0, 1.0);
    let (fixed, seen) = (k.tensor().clone(), Cpu.from_fn((D::<3>, D::<4>), |i| i % 5 != 2));
    gradients!(q, |q| q.attention_with(&fixed, &fixed, Attend::all().mask(&seen)).square().sum());
    let queries = q.tensor().clone();
    gradients!(k, |k| queries.attention_with(k, &fixed, Attend::causal().scale(2.0)).square().sum());
    gradients!(k, |k| queries.attention_with(&fixed, k, Attend::causal()).square().sum());
    let slopes: Tensor<Shape![2, 1, 1], f64> = numbers(Default::default(), 7);
    gradients!(k, |k| queries.attention_with(k, k, Attend::causal().bias(&slopes)).square().sum());
}

#[test]
fn heads_are_of_any_rank() {
    let two: Tensor<Shape![5, 4], f64> = numbers(Default::default(), 1);
    let six: Tensor<Shape![2, 1, 2, 3, 5, 4], f64> = numbers(Default::default(), 2);
    let three: Tensor<Shape![3, 5, 4], f64> = numbers(Default::default(), 3);
    assert!(two.attention(&two, &two).eval().allclose(&written_out!(&two, &two, &two), 1e-12, 1e-12));
    assert!(three.attention(&three, &three).eval().allclose(&written_out!(&three, &three, &three), 1e-12, 1e-12));
    let all = six.attention(&six, &six).eval();
    assert!(all.allclose(&written_out!(&six, &six, &six), 1e-12, 1e-12));
    // Keys without the axis of heads that share them.
    let keys = six.select::<3>(1).eval();
    let stretched = keys.unsqueeze::<3>().expand((D::<2>, D::<1>, D::<2>, D::<3>, D::<5>, D::<4>)).eval();
    assert_eq!(six.attention(&keys, &keys).eval(), six.attention(&stretched, &stretched).eval());
    assert_eq!(
        three.attention(&two, &two).eval().select::<0>(2).eval(),
        three.select::<0>(2).attention(&two, &two).eval()
    );
}

#[test]
fn masks_stretch_to_the_scores() {
    let (batch, past, now) = (Batch(3), Past(6), Now(4));
    let q: Tensor<(Batch, D<2>, Now, D<5>), f64> = numbers((batch, D::<2>, now, D::<5>), 1);
    let k: Tensor<(Batch, D<2>, Past, D<5>), f64> = numbers((batch, D::<2>, past, D::<5>), 2);
    let scores = || q.matmul_t(&k) * 5f64.powf(-0.5);
    // Of a batch, of all heads, for each key.
    let padding = Cpu.from_fn((batch, D::<1>, D::<1>, past), |i| i % 7 != 3);
    let y = q.attention_with(&k, &k, Attend::all().mask(&padding)).eval();
    let expected = padding.where_(scores(), f64::NEG_INFINITY).softmax().matmul(&k).eval();
    assert!(y.allclose(&expected, 1e-12, 1e-12));
    // An expression, of each head; a bias of distances, in order.
    let slopes: Tensor<Shape![2, 1, 1], f64> = Cpu.tensor_of([[[0.5]], [[0.25]]]);
    let far = Cpu.from_fn((now, past), |i| -((i % 6) as f64 - (i / 6) as f64).abs());
    let y = q.attention_with(&k, &k, Attend::causal().bias(&slopes * &far)).eval();
    let seen = Cpu.from_fn((now, past), |i| i % 6 <= i / 6 + 2);
    let expected = seen.where_(scores() + &slopes * &far, f64::NEG_INFINITY).softmax().matmul(&k).eval();
    assert!(y.allclose(&expected, 1e-12, 1e-12));
    let y = q.attention_with(&k, &k, Attend::all().mask(far.gt(-3.0))).eval();
    let expected = far.gt(-3.0).where_(scores(), f64::NEG_INFINITY).softmax().matmul(&k).eval();
    assert!(y.allclose(&expected, 1e-12, 1e-12));
}

/// A bias is a constant: one that is to learn is an error, not a parameter that never moves.
#[test]
fn biases_do_not_learn_in_silence() {
    let x: Tensor<Shape![3, 2], f64> = numbers(Default::default(), 1);
    let both = (random((D::<3>, D::<2>), 2, -1.0, 1.0), random((D::<3>, D::<3>), 3, -1.0, 1.0));
    let step = both.value_and_grad(|(q, far)| q.attention_with(&x, &x, Attend::all().bias(far)).sum());
    assert!(matches!(step, Err(Error::Cut { .. })));
    let meant = both.value_and_grad(|(q, far)| {
        q.attention_with(&x, &x, Attend::all().bias(far.stop_gradient())).sum() + far.sum() * 0.0
    });
    assert!(meant.is_ok());
}

#[test]
fn run_time_sizes_that_differ_are_an_error() {
    let of = |batch, len| numbers::<_, f32>((Batch(batch), Past(len), D::<4>), 1);
    let (q, k, v) = (of(2, 3), of(2, 5), of(2, 5));
    assert!(attempt(|| q.attention(&k, &v).eval()).is_ok());
    for (k, v) in [(of(2, 5), of(2, 6)), (of(3, 5), of(3, 5)), (of(2, 5), of(3, 5))] {
        let error = attempt(|| q.attention(&k, &v).eval()).expect_err("sizes differ").to_string();
        assert!(error.starts_with("attention: run-time sizes differ: left is (Batch = "), "{error}");
    }
    let mask = Cpu.from_fn((Batch(3), D::<1>, D::<1>), |_| true);
    let masked = attempt(|| q.attention_with(&k, &v, Attend::all().mask(&mask)).eval());
    assert!(matches!(masked, Err(Error::Sizes(_))));
    let bias = numbers::<_, f32>((Past(4),), 1);
    assert!(matches!(attempt(|| q.attention_with(&k, &v, Attend::all().bias(&bias)).eval()), Err(Error::Sizes(_))));
}

#[test]
fn inference_and_training_give_the_same_bits() {
    let x: Tensor<Shape![2, 70, 8]> = numbers(Default::default(), 1);
    let there = x.attention_with(&x, &x, Attend::causal()).eval();
    let w: Param<_, Weights> = x.into();
    let mut seen = None;
    let step = w.value_and_grad(|w| {
        w.attention_with(w, w, Attend::causal()).with(|y| {
            seen = Some(y.stop_gradient().eval());
            y.sum()
        })
    });
    assert!(step.is_ok() && seen == Some(there));
}
