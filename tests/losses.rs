//! Losses against PyTorch, central differences, and their own words at the edges.

mod support;

use congruent::prelude::*;
use congruent::shape::LastAxis;
use support::{Golden, assert_close, gradients, random};

dims! { Batch = ?, Classes = ? }

/// A case of PyTorch's: the loss, and the gradients of the operands that have one.
macro_rules! case {
    ($name:literal, ($($operand:ident: $S:ty = $in:literal),* $(; $labels:ident: $L:ty = $ids:literal)?),
     $loss:expr) => {{
        let mut golden = Golden::open();
        $(let $operand: Param<$S> = golden.tensor::<$S>(concat!($name, "/", $in)).into();)*
        $(let $labels = golden.ids::<$L>(concat!($name, "/", $ids));)?
        let model = ($($operand,)*);
        let (loss, grads) = model.value_and_grad(|($($operand,)*)| $loss).expect("the sizes agree");
        assert_close($name, &[loss], golden.tensor::<()>(concat!($name, "/out0")).as_slice(), 1e-5);
        let cotangent = golden.cotangent($name) as f32;
        let ($($operand,)*) = grads;
        $(
            let found: Vec<f32> = $operand.as_slice().iter().map(|g| g * cotangent).collect();
            let expected = golden.tensor::<$S>(&format!("{}/grad{}", $name, &$in[2..]));
            assert_close(concat!($name, " by ", $in), &found, expected.as_slice(), 1e-5);
        )*
    }};
}

#[test]
fn losses_of_pairs_agree_with_pytorch() {
    type S = Shape![2, 3];
    case!("mse", (x: S = "in0", y: S = "in1"), x.mse(y));
    case!("l1", (x: S = "in0", y: S = "in1"), x.l1(y));
    case!("huber", (x: S = "in0", y: S = "in1"), x.huber(y, 0.7));
    case!("smooth_l1", (x: S = "in0", y: S = "in1"), x.smooth_l1(y, 1.0));
    case!("bce_logits", (x: S = "in0", y: S = "in1"), x.bce_with_logits(y));
    case!("kl_div", (x: Shape![2, 5] = "in0", y: Shape![2, 5] = "in1"), x.log_softmax().kl_div(y.softmax()));
}

#[test]
fn losses_of_labels_agree_with_pytorch() {
    type S = Shape![2, 5];
    type L = Shape![2];
    case!("cross_entropy", (x: S = "in0"; labels: L = "in1"), x.cross_entropy(&labels));
    case!("cross_entropy_smooth", (x: S = "in0"; labels: L = "in1"), x.cross_entropy_smoothed(&labels, 0.1));
    case!("nll", (x: S = "in0"; labels: L = "in1"), x.log_softmax().nll(&labels));
}

/// Values that PyTorch 2 gives for these very numbers; where it has no such function, its definition.
#[test]
fn other_losses_agree_with_their_formulas() {
    let (x, y) = (Cpu.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]), Cpu.tensor([[1.0, 0.5, -1.5], [0.5, -2.0, 1.0]]));
    let sign = Cpu.tensor([1.0, -1.0]);
    let value = |loss: Tensor<()>| f64::from(loss.item());
    let rows = |x: &Tensor<Shape![2, 3]>| x.as_slice().chunks(3).map(|row| row.to_vec()).collect::<Vec<_>>();
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();

    let cosine = |a: &[f32], b: &[f32]| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    let (xs, ys) = (rows(&x), rows(&y));
    let expected = ((1.0 - cosine(&xs[0], &ys[0])) + (cosine(&xs[1], &ys[1]) + 0.9).max(0.0)) / 2.0;
    assert_close("cosine_embedding", &[value(x.cosine_embedding(&y, &sign, -0.9).eval())], &[expected], 1e-6);

    let distance =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a - b + 1e-6).powi(2)).sum::<f64>().sqrt();
    let far = Cpu.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]);
    let fars = rows(&far);
    let term = |i: usize| (distance(&xs[i], &ys[i]) - distance(&xs[i], &fars[i]) + 1.0).max(0.0);
    assert_close("triplet", &[value(x.triplet_margin(&y, &far, 1.0).eval())], &[(term(0) + term(1)) / 2.0], 1e-6);

    let p = Cpu.tensor([0.25, 0.9]);
    let expected = -(0.25f64.ln() + 0.1f64.ln()) / 2.0;
    assert_close("bce", &[value(p.bce(&Cpu.tensor([1.0, 0.0])).eval())], &[expected], 1e-6);
    let certain = Cpu.tensor([0.0, 1.0]).bce(&Cpu.tensor([1.0, 1.0])).eval();
    assert_eq!(certain.item(), 50.0, "a logarithm counts as -100 at least");

    let probabilities = Cpu.tensor([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]]);
    let log = x.log_softmax().eval();
    let expected = -(dot(log.as_slice(), probabilities.as_slice())) / 2.0;
    assert_close("probs", &[value(x.cross_entropy_probs(&probabilities).eval())], &[expected], 1e-6);

    let labels = Cpu.tensor([2, 0]);
    assert_close("focal", &[value(x.focal(&labels, 0.0).eval())], &[value(x.cross_entropy(&labels).eval())], 1e-6);
    let focal = [log.as_slice()[2], log.as_slice()[3]].map(|l| -f64::from(1.0 - l.exp()).powi(2) * f64::from(l));
    assert_close("focal 2", &[value(x.focal(&labels, 2.0).eval())], &[(focal[0] + focal[1]) / 2.0], 1e-6);
}

#[test]
fn margin_losses_agree_with_their_formulas() {
    let x = Cpu.uniform_of::<f64, _>((Batch(7), Classes(5)), Key::new(1), -2.0, 2.0);
    let labels = Cpu.from_fn((Batch(7),), |i| (i * 3 % 5) as i64);
    for margin in [1.0, 0.3, 0.0, -0.5] {
        let row = |(row, &label): (&[f64], &i64)| {
            let others = (0..5).filter(|&i| i != label as usize);
            others.map(|i| (margin - row[label as usize] + row[i]).max(0.0)).sum::<f64>() / 5.0
        };
        let expected = x.as_slice().chunks(5).zip(labels.as_slice()).map(row).sum::<f64>() / 7.0;
        let found = x.multi_margin(&labels, margin).eval().item();
        assert!((found - expected).abs() < 1e-14, "{margin}: {found} in place of {expected}");
    }
    let sign: Tensor<_, f64> = Cpu.from_fn((Batch(7), Classes(5)), |i| if i % 3 == 0 { -1.0 } else { 1.0 });
    let mean =
        |term: fn(f64) -> f64| x.as_slice().iter().zip(sign.as_slice()).map(|(x, y)| term(x * y)).sum::<f64>() / 35.0;
    assert!((x.hinge(&sign).eval().item() - mean(|p| (1.0 - p).max(0.0))).abs() < 1e-14);
    assert!((x.soft_margin(&sign).eval().item() - mean(|p| (-p).exp().ln_1p())).abs() < 1e-14);
    let none: Tensor<_, f64> = Cpu.full((Batch(0), Classes(5)), 0.0);
    assert!(none.multi_margin(&Cpu.full((Batch(0),), 0i64), 1.0).eval().item().is_nan());
    let error = attempt(|| x.multi_margin(&Cpu.full((Batch(7),), 5i64), 1.0).eval().item()).unwrap_err();
    assert!(matches!(error, Error::Label { label: 5, position: 0, classes: 5 }), "{error}");
}

#[test]
fn gradients_of_all_losses_agree_with_differences() {
    let shape = (D::<3>, D::<4>);
    let (x, y) = (random(shape, 1, -2.0, 2.0), random(shape, 2, 0.1, 0.9));
    let target = || Cpu.uniform_of::<f64, _>(shape, Key::new(3), 0.1, 0.9);
    let t = target();
    let sign = Cpu.tensor_of::<f64, _>([1.0, -1.0, 1.0]);
    let labels = Cpu.tensor([3, 0, 2]);
    let mut model = (x, y);
    gradients!(model, |(x, y)| x.mse(y));
    gradients!(model, |(x, y)| x.l1(y));
    gradients!(model, |(x, y)| x.huber(y, 0.7));
    gradients!(model, |(x, y)| x.smooth_l1(y, 0.5));
    gradients!(model, |(x, y)| x.bce_with_logits(y));
    gradients!(model, |(x, y)| y.bce(x.sigmoid()));
    gradients!(model, |(x, y)| x.log_softmax().kl_div(y));
    gradients!(model, |(x, y)| x.poisson_nll(y));
    gradients!(model, |(x, y)| y.hinge_embedding(x, 1.0));
    gradients!(model, |(x, y)| x.focal_with_logits(y, 2.0));
    gradients!(model, |(x, y)| x.hinge(y));
    gradients!(model, |(x, y)| x.soft_margin(y));
    gradients!(model, |(x, y)| x.gaussian_nll(&t, y, 1e-6));
    gradients!(model, |(x, y)| x.margin_ranking(&t, y, 0.5));
    gradients!(model, |(x, y)| x.cosine_embedding(y, &sign, -0.9));
    gradients!(model, |(x, y)| x.triplet_margin(y, &t, 1.0));
    gradients!(model, |(x, y)| x.cross_entropy_probs(y));
    gradients!(model, |(x, y)| (x * y).cross_entropy(&labels));
    gradients!(model, |(x, y)| (x * y).cross_entropy_smoothed(&labels, 0.3) * 2.0);
    gradients!(model, |(x, y)| (x * y).nll(&labels));
    gradients!(model, |(x, y)| (x * y).focal(&labels, 1.5));
    gradients!(model, |(x, y)| (x * y).multi_margin(&labels, 0.7));
    gradients!(model, |(x, y)| ((x * y).pick(&labels) * &sign).sum());
}

#[test]
fn cross_entropy_takes_any_leading_axes() {
    let x = Cpu.uniform_of::<f64, _>((Batch(2), D::<3>, D::<4>), Key::new(1), -1.0, 1.0);
    let labels = Cpu.from_fn((Batch(2), D::<3>), |i| (i % 4) as i64);
    let flat = Cpu.from_slice((D::<6>, D::<4>), x.as_slice()).unwrap();
    let expected = flat.cross_entropy(&Cpu.tensor([0, 1, 2, 3, 0, 1])).eval().item();
    assert!((x.cross_entropy(&labels).eval().item() - expected).abs() < 1e-14);
    let one = Cpu.tensor([0.0, 0.0]).cross_entropy(&Cpu.full((), 1i64)).eval().item();
    assert!((one - 2f32.ln()).abs() < 1e-6, "a single row has a scalar label");
}

#[test]
fn cross_entropy_keeps_its_digits() {
    let loss = |x: [f64; 2], label: i64| Cpu.tensor_of::<f64, _>([x]).cross_entropy(&Cpu.tensor([label])).eval().item();
    let expected = (-10f64).exp().ln_1p();
    assert!((loss([1e9 + 10.0, 1e9], 0) - expected).abs() < 1e-15, "large logits that differ by little");
    assert_eq!(loss([1e4, 0.0], 1), 1e4);
    assert_eq!(loss([f64::NEG_INFINITY, 0.0], 1), 0.0, "a masked class does not count");
    assert_eq!(loss([f64::NEG_INFINITY, 0.0], 0), f64::INFINITY);
    assert!(loss([f64::NAN, 0.0], 1).is_nan());
    let far: Param<Shape![1, 2]> = Cpu.tensor([[1e4, 0.0]]).into();
    let (_, gradient) = far.value_and_grad(|x| x.cross_entropy(&Cpu.tensor([1]))).unwrap();
    assert_eq!(gradient.as_slice(), [1.0, -1.0]);
}

#[test]
fn labels_out_of_range_are_errors() {
    let x: Param<Shape![2, 3]> = Cpu.zeros().into();
    for (labels, place, label) in [([0, 3], 1, 3), ([-1, 0], 0, -1), ([i64::MIN, i64::MAX], 0, i64::MIN)] {
        let labels = Cpu.tensor(labels);
        let errors = [
            x.value_and_grad(|x| x.cross_entropy(&labels)).err(),
            x.value_and_grad(|x| x.nll(&labels)).err(),
            x.value_and_grad(|x| x.focal(&labels, 2.0)).err(),
        ];
        for error in errors {
            let Some(Error::Label { label: found, position, classes: 3 }) = error else { panic!("{error:?}") };
            assert_eq!((found, position), (label, place));
        }
    }
}

#[test]
fn the_mean_of_nothing_is_nan() {
    let x: Tensor<_, f32> = Cpu.full((Batch(0), D::<3>), 0.0);
    let labels: Tensor<_, i64> = Cpu.full((Batch(0),), 0);
    assert!(x.cross_entropy(&labels).eval().item().is_nan());
    assert!(x.cross_entropy_smoothed(&labels, 0.1).eval().item().is_nan());
    assert!(x.cross_entropy_probs(&x).eval().item().is_nan());
    assert!(x.nll(&labels).eval().item().is_nan());
    assert!(x.mse(&x).eval().item().is_nan());
    assert!(x.triplet_margin(&x, &x, 1.0).eval().item().is_nan());
    let w: Param<Shape![3]> = Cpu.ones().into();
    let (loss, gradient) = w.value_and_grad(|w| (&x * w).cross_entropy(&labels)).unwrap();
    assert!(loss.is_nan() && gradient.as_slice() == [0.0; 3]);
    let none: Tensor<_, f32> = Cpu.full((Batch(2), Classes(0)), 0.0);
    let error = attempt(|| none.cross_entropy(&Cpu.full((Batch(2),), 0i64)).eval().item()).err();
    assert!(matches!(error, Some(Error::Label { classes: 0, .. })), "without classes no label is right");
}

#[test]
fn sizes_that_only_the_run_knows_must_agree() {
    let (x, y) = (Cpu.full((Batch(2),), 1.0f32), Cpu.full((Batch(3),), 1.0f32));
    let error = attempt(|| x.mse(&y).eval().item()).unwrap_err();
    assert_eq!(error.to_string(), "mse: run-time sizes differ: left is (Batch = 2,), right is (Batch = 3,)");
    let logits = Cpu.full((Batch(2), D::<3>), 1.0f32);
    let error = attempt(|| logits.cross_entropy(&Cpu.full((Batch(3),), 0i64)).eval().item()).unwrap_err();
    assert!(matches!(error, Error::Sizes(_)), "{error}");
    assert_eq!(logits.shape().init(), (Batch(2),));
}
