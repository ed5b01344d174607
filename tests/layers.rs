//! Layers against PyTorch and central differences; dropout's statistics, batch statistics, sequences, sizes.

mod support;

use congruent::nn::{Gelu, Init, LeakyRelu, Relu, Sigmoid, Silu, Tanh};
use congruent::prelude::*;
use support::{Golden, assert_close, gradients, random};

dims! { Batch = ?, Width = ? }

/// Output and gradients of `$run`, with PyTorch's cotangent, and its output against PyTorch's.
macro_rules! case {
    ($golden:ident, $name:literal: $Out:ty, $model:expr, |$m:pat_param| $run:expr) => {{
        let cotangent = $golden.tensor::<$Out>(concat!($name, "/cot0"));
        let mut out = Vec::new();
        let model = $model;
        let (_, grads) = model
            .value_and_grad(|$m| {
                $run.with(|y| {
                    out = y.eval().to_vec();
                    (y * &cotangent).sum()
                })
            })
            .expect("the sizes agree");
        assert_close($name, &out, $golden.tensor::<$Out>(concat!($name, "/out0")).as_slice(), 1e-5);
        grads
    }};
}

/// The gradients of the sum of `$run`, and its elements.
macro_rules! trained {
    ($model:expr, |$m:pat_param| $run:expr) => {{
        let mut elements = Vec::new();
        let step = $model.value_and_grad(|$m| {
            $run.with(|y| {
                elements = y.eval().to_vec();
                y.sum()
            })
        });
        (step.expect("the sizes agree").1, elements)
    }};
}

/// Asserts that a gradient is PyTorch's.
#[track_caller]
fn agrees<S: Shape>(golden: &mut Golden, name: &str, found: Tensor<S>) {
    assert_close(name, found.as_slice(), golden.tensor::<S>(name).as_slice(), 1e-5);
}

#[test]
fn linear_agrees_with_pytorch() {
    let mut golden = Golden::open();
    let x: Param<Shape![2, 3]> = golden.tensor("linear/in0").into();
    // PyTorch keeps the weight as (out, in).
    let weight = golden.tensor::<Shape![4, 3]>("linear/in1").t().mul(&Cpu.full((), 1.0)).eval().into();
    let layer: Linear<D<3>, D<4>> = Linear { weight, bias: golden.tensor("linear/in2").into() };
    let (dx, grads) = case!(golden, "linear": Shape![2, 4], (x, layer), |(x, layer)| layer.forward(x));
    agrees(&mut golden, "linear/grad0", dx.tensor());
    agrees(&mut golden, "linear/grad1", grads.weight.tensor().t().mul(&Cpu.full((), 1.0)).eval());
    agrees(&mut golden, "linear/grad2", grads.bias.tensor());
}

#[test]
fn norms_agree_with_pytorch() {
    let mut golden = Golden::open();
    let x: Param<Shape![2, 3, 5]> = golden.tensor("layer_norm/in0").into();
    let mut layer = LayerNorm::<D<5>>::new();
    (layer.weight, layer.bias) = (golden.tensor("layer_norm/in1").into(), golden.tensor("layer_norm/in2").into());
    let (dx, grads) = case!(golden, "layer_norm": Shape![2, 3, 5], (x, layer), |(x, layer)| layer.forward(x));
    agrees(&mut golden, "layer_norm/grad0", dx.tensor());
    agrees(&mut golden, "layer_norm/grad1", grads.weight.tensor());
    agrees(&mut golden, "layer_norm/grad2", grads.bias.tensor());

    let x: Param<Shape![2, 5]> = golden.tensor("rms_norm/in0").into();
    let mut layer = RmsNorm::<D<5>>::new();
    layer.weight = golden.tensor("rms_norm/in1").into();
    let (dx, grads) = case!(golden, "rms_norm": Shape![2, 5], (x, layer), |(x, layer)| layer.forward(x));
    agrees(&mut golden, "rms_norm/grad0", dx.tensor());
    agrees(&mut golden, "rms_norm/grad1", grads.weight.tensor());
}

#[test]
fn embedding_agrees_with_pytorch() {
    let mut golden = Golden::open();
    let ids = golden.ids::<Shape![2, 3]>("embedding/in0");
    let layer: Embedding<D<5>, D<4>> = Embedding { weight: golden.tensor("embedding/in1").into() };
    let grads = case!(golden, "embedding": Shape![2, 3, 4], layer, |layer| layer.forward(&ids));
    agrees(&mut golden, "embedding/grad1", grads.weight.tensor());
}

#[test]
fn gradients_agree_with_differences() {
    let key = Key::new(7);
    let cotangent = Cpu.uniform_of::<f64, _>((D::<2>, D::<3>, D::<4>), key, -1.0, 1.0);
    let x = || random((D::<2>, D::<3>, D::<4>), 1, -2.0, 2.0);
    let c = &cotangent;
    let wide: Linear<D<4>, D<4>, Weights<f64>> = Linear::init(Cpu, Init::Normal { mean: 0.0, std: 0.7 }, key);
    gradients!((x(), wide.clone()), |(x, layer)| (layer.forward(x) * c).sum());
    gradients!((x(), LayerNorm::<D<4>, Weights<f64>>::init(Cpu)), |(x, layer)| (layer.forward(x) * c).sum());
    gradients!((x(), RmsNorm::<D<4>, Weights<f64>>::init(Cpu)), |(x, layer)| (layer.forward(x) * c).sum());
    gradients!((x(), Residual::new((wide, Tanh))), |(x, layer)| (layer.forward(x) * c).sum());
    let table: Embedding<D<5>, D<4>, Weights<f64>> = Embedding::init(Cpu, Init::Constant(0.5), key);
    let ids = Cpu.tensor([[0, 4, 2], [4, 4, 1]]);
    gradients!(table.clone(), |table| (table.forward(&ids) * c).square().sum());
    let formulas = (RmsNorm::<D<4>, Weights<f64>>::init(Cpu), Gelu, Silu, Sigmoid, LeakyRelu { slope: 0.1 });
    gradients!((x(), formulas), |(x, layers)| (layers.forward(x) * c).sum());
    gradients!((x(), Dropout::new(0.4).unwrap()), |(x, layer)| with_key(key, || (layer.forward(x) * c).sum()));
}

#[test]
fn dropout_drops_its_part_and_keeps_the_mean() {
    let x = Cpu.ones::<Shape![100, 1000]>();
    let drop = |p: f64, seed: u64| {
        let w: (Param<Shape![1000]>, Dropout) = (Cpu.ones().into(), Dropout::new(p).unwrap());
        let ((slope, _), y) = with_key(Key::new(seed), || trained!(w, |(w, drop)| drop.forward(&x * w)));
        let column = y.chunks(1000).map(|row| f64::from(row[3])).sum::<f64>();
        assert!((f64::from(slope.as_slice()[3]) - column).abs() < 1e-3, "the gradient has the same mask");
        y
    };
    for p in [0.1, 0.5, 0.9] {
        let y = drop(p, 1);
        let kept = (1.0 / (1.0 - p)) as f32;
        assert!(y.iter().all(|&y| y == 0.0 || y == kept), "kept elements are scaled");
        let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64 / y.len() as f64;
        let deviation = (p * (1.0 - p) / y.len() as f64).sqrt();
        assert!((dropped - p).abs() < 5.0 * deviation, "{dropped} dropped at p = {p}");
    }
    assert_eq!(drop(0.5, 1), drop(0.5, 1), "one key, one mask");
    assert_ne!(drop(0.5, 1), drop(0.5, 2));
    assert!(drop(0.0, 1).iter().all(|&y| y == 1.0));
}

#[test]
fn dropout_depends_on_the_key_and_the_element_alone() {
    // A longer tensor begins with the same mask, whatever threads and blocks it is drawn by.
    let masked = |len: usize| {
        let model: (Param<Shape![1]>, Dropout) = (Cpu.ones().into(), Dropout::new(0.3).unwrap());
        let x = Cpu.full((Batch(len),), 1.0f32);
        with_key(Key::new(9), || trained!(model, |(w, drop)| drop.forward(&x * w))).1
    };
    let long = masked(200_000);
    for len in [1, 17, 255, 256, 257, 40_000] {
        assert_eq!(masked(len), long[..len]);
    }
    let per_call = (Dropout::<Weights>::new(0.5).unwrap(), Dropout::<Weights>::new(0.5).unwrap());
    let model: (Param<Shape![64]>, (Dropout, Dropout)) = (Cpu.ones().into(), per_call);
    let (.., (a, b)) = with_key(Key::new(1), || {
        model.value_grad_and(|(w, (first, second))| {
            let (a, b) = (first.forward(w).eval(), second.forward(w).eval());
            (w.sum(), (a, b))
        })
    })
    .unwrap();
    assert_ne!(a, b, "two layers have two masks");
}

#[test]
fn dropout_is_the_identity_in_inference() {
    let model: (Linear<D<4>, D<4>>, Dropout) = (Linear::new(Key::new(1)), Dropout::new(0.9).unwrap());
    let x = Cpu.tensor([[1.0, f32::NAN, f32::INFINITY, -2.0]]);
    let y = model.infer(|(_, drop)| drop.forward(&x).eval()).unwrap();
    assert!(y.as_slice()[1].is_nan() && y.as_slice()[2..] == [f32::INFINITY, -2.0]);
    let same = model.infer(|(layer, drop)| (drop.forward(layer.forward(&x)).eval(), layer.forward(&x).eval())).unwrap();
    assert_eq!(format!("{:?}", same.0.as_slice()), format!("{:?}", same.1.as_slice()));
    let memory = model.infer(|(_, drop)| drop.forward(&x).eval().as_slice().as_ptr()).unwrap();
    assert_eq!(memory, x.as_slice().as_ptr(), "not even a copy");
}

#[test]
fn dropout_checks_its_probability_and_asks_for_a_key() {
    for p in [-0.1, 1.0, 1.5, f64::NAN, f64::INFINITY] {
        assert!(matches!(Dropout::<Weights>::new(p), Err(Error::Value { .. })), "{p}");
    }
    let model: (Param<Shape![1]>, Dropout) = (Cpu.ones().into(), Dropout::new(0.5).unwrap());
    let without = || model.value_and_grad(|(w, drop)| drop.forward(w).sum()).map(|(loss, _)| loss);
    assert!(matches!(without(), Err(Error::NoKey)));
    assert!(with_key(Key::new(1), without).is_ok());
    let words = without().unwrap_err().to_string();
    assert!(words.contains("with_key"), "{words}");
}

#[test]
fn dropped_elements_are_zero_whatever_they_were() {
    let model: (Param<Shape![1]>, Dropout) = (Cpu.ones().into(), Dropout::new(0.5).unwrap());
    let x = Cpu.full((D::<100>,), f32::INFINITY);
    let (_, y) = with_key(Key::new(1), || trained!(model, |(w, drop)| drop.forward(&x * w)));
    assert!(y.contains(&0.0) && y.iter().all(|&y| y == 0.0 || y == f32::INFINITY));
}

/// The same numbers as `torch.nn.BatchNorm1d(3)` on these rows: by its definition, in `f64`.
#[test]
fn batch_norm_uses_the_batch_in_training_and_remembers() {
    let x = Cpu.uniform_of::<f64, _>((D::<2>, D::<4>, D::<3>), Key::new(1), -2.0, 3.0);
    let mut layer: BatchNorm<D<3>, Weights<f64>> = BatchNorm::init(Cpu);
    layer.visit_mut(|name, _, values| {
        if name == "weight" {
            values.copy_from_slice(&[2.0, 0.5, -1.0])
        }
    });
    let feature = |i: usize| x.as_slice().iter().skip(i).step_by(3).copied().collect::<Vec<_>>();
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let var = |v: &[f64]| mean(&v.iter().map(|x| (x - mean(v)).powi(2)).collect::<Vec<_>>());
    let (grads, y) = trained!(layer, |m| m.forward(&x));
    Sgd::new(&layer, 0.0).step(&mut layer, &grads);
    for (i, gain) in [2.0, 0.5, -1.0].into_iter().enumerate() {
        let v = feature(i);
        let expected: Vec<f64> = v.iter().map(|x| (x - mean(&v)) / (var(&v) + 1e-5).sqrt() * gain).collect();
        let found: Vec<f64> = y.iter().skip(i).step_by(3).copied().collect();
        assert_close("training", &found, &expected, 1e-12);
        assert_close("running mean", &[layer.running_mean.as_slice()[i]], &[0.1 * mean(&v)], 1e-12);
        let unbiased = var(&v) * 8.0 / 7.0;
        assert_close("running variance", &[layer.running_var.as_slice()[i]], &[0.9 + 0.1 * unbiased], 1e-12);
    }
    let (mean, var) = (layer.running_mean.clone(), layer.running_var.clone());
    let y = layer.infer(|m| m.forward(&x).eval()).unwrap();
    let expected = (x.as_slice()[0] - mean.as_slice()[0]) / (var.as_slice()[0] + 1e-5).sqrt() * 2.0;
    assert_close("inference", &y.as_slice()[..1], &[expected], 1e-12);
    assert_eq!((mean.as_slice(), var.as_slice()), (layer.running_mean.as_slice(), layer.running_var.as_slice()));
}

#[test]
fn batch_norm_gradients_agree_with_differences() {
    // The statistics are left out of the model: differences would move them.
    let c = Cpu.uniform_of::<f64, _>((D::<5>, D::<3>), Key::new(2), -1.0, 1.0);
    let layer: BatchNorm<D<3>, Weights<f64>> = BatchNorm::init(Cpu);
    let mut model = random((D::<5>, D::<3>), 3, -1.0, 2.0);
    support::assert_gradients("batch norm", &mut model, |x| {
        let model = (x.clone(), layer.clone());
        let (loss, (dx, _)) = model.value_and_grad(|(x, layer)| (layer.forward(x) * &c).sum()).unwrap();
        (loss, support::flat(dx))
    });
}

#[test]
fn a_batch_of_one_has_no_variance() {
    let layer = BatchNorm::<D<3>>::new();
    let x = Cpu.full((Batch(1), D::<3>), 1.0f32);
    let error = layer.value_and_grad(|m| m.forward(&x).sum()).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Value { .. }), "{error}");
    assert!(layer.infer(|m| m.forward(&x).eval()).is_ok());
}

#[test]
fn sequences_chain_shapes() {
    let key = Key::new(0);
    let (first, second) = (Linear::<D<4>, D<8>>::new(key.fold_in(0)), Linear::<D<8>, D<3>>::new(key.fold_in(1)));
    let model =
        (first, LayerNorm::<D<8>>::new(), Relu, Dropout::new(0.2).unwrap(), Residual::new((Tanh,)), Gelu, Silu, second);
    let x = Cpu.uniform((Batch(6), D::<4>), key, -1.0, 1.0);
    let labels = Cpu.full((Batch(6),), 2i64);
    let (loss, grads) = with_key(key, || model.value_and_grad(|m| m.forward(&x).cross_entropy(&labels))).unwrap();
    assert!(loss.is_finite() && grads.0.weight.as_slice().iter().any(|&g| g != 0.0));
    let y = model.infer(|m| m.forward(&x).eval()).unwrap();
    assert_eq!(y.shape(), (Batch(6), D::<3>));
    let by_hand = model.infer(|m| {
        let hidden = m.1.forward(m.0.forward(&x)).relu().with(|x| x + x.tanh()).gelu().silu();
        m.7.forward(hidden).eval()
    });
    assert_eq!(y, by_hand.unwrap());
    let mut names = Vec::new();
    model.visit(|name, _, _| names.push(name.to_owned()));
    assert_eq!(names, ["0.weight", "0.bias", "1.weight", "1.bias", "7.weight", "7.bias"]);
}

/// A formula of one's own is a layer at once.
#[test]
fn own_formulas_are_layers() {
    elementwise! {
        /// Own formulas.
        trait Own;
        /// The cube.
        Cube: cube(x) = x * x * x, for x in -1.0..1.0;
    }
    let model = (Linear::<D<2>, D<2>>::new(Key::new(0)), Cube);
    let x = Cpu.tensor([[1.0, 2.0]]);
    let (y, expected) = model.infer(|m| (m.forward(&x).eval(), m.0.forward(&x).cube().eval())).unwrap();
    assert_eq!(y, expected);
}

#[test]
fn widths_that_only_the_run_knows_must_agree() {
    let key = Key::new(0);
    let x = Cpu.full((Batch(2), Width(3)), 1.0f32);
    let linear: Linear<Width, D<2>> = Linear::sized(Cpu, Width(4), D::<2>, Init::DEFAULT, key);
    let error = linear.infer(|m| m.forward(&x).eval()).unwrap_err();
    let words = "linear layer: run-time sizes differ: left is (Batch = 2, Width = 3), right is (Width = 4, D<2>)";
    assert_eq!(error.to_string(), words);
    let norm: LayerNorm<Width> = LayerNorm::sized(Cpu, Width(4));
    assert!(matches!(norm.infer(|m| m.forward(&x).eval()), Err(Error::Sizes(_))));
    let norm: RmsNorm<Width> = RmsNorm::sized(Cpu, Width(4));
    assert!(matches!(norm.infer(|m| m.forward(&x).eval()), Err(Error::Sizes(_))));
    let norm: BatchNorm<Width> = BatchNorm::sized(Cpu, Width(4));
    assert!(matches!(norm.infer(|m| m.forward(&x).eval()), Err(Error::Sizes(_))));
    let norm: LayerNorm<Width> = LayerNorm::sized(Cpu, Width(3));
    assert!(norm.infer(|m| m.forward(&x).eval()).is_ok());
}

#[test]
fn ids_out_of_range_are_errors() {
    let table = Embedding::<D<5>, D<2>>::new(Key::new(0));
    for (ids, position, index) in [([0, 5], 1, 5), ([-1, 0], 0, -1)] {
        let error = table.value_and_grad(|m| m.forward(&Cpu.tensor(ids)).sum()).map(|_| ()).unwrap_err();
        let found = matches!(error, Error::Index { index: i, position: p, len: 5 } if (i, p) == (index, position));
        assert!(found, "{error}");
    }
}

#[test]
fn empty_batches_pass_through() {
    let x = Cpu.full((Batch(0), D::<4>), 1.0f32);
    let model = (Linear::<D<4>, D<4>>::new(Key::new(0)), LayerNorm::<D<4>>::new(), RmsNorm::<D<4>>::new(), Relu);
    assert!(model.infer(|m| m.forward(&x).eval()).unwrap().is_empty());
    let (loss, grads) = model.value_and_grad(|m| m.forward(&x).sum()).unwrap();
    assert!(loss == 0.0 && grads.0.weight.as_slice().iter().all(|&g| g == 0.0));
}

/// A layer that was put together of parts whose sizes only the run knows says which part differs, and a named axis of
/// one element does not stretch.
#[test]
fn parts_of_a_layer_have_one_size() {
    dims! { Channels = ? }
    fn differs<T>(what: &str, result: Result<T, Error>) {
        match result {
            Err(Error::Sizes(_)) => {}
            Err(other) => panic!("{what}: {other}"),
            Ok(_) => panic!("{what}: no error"),
        }
    }
    let param = |n| -> Param<(Channels,)> { Cpu.full((Channels(n),), 1.0).into() };
    let statistic = |n| -> Buffer<(Channels,)> { Cpu.full((Channels(n),), 1.0).into() };
    let rows = Cpu.full((D::<3>, Channels(2)), 1.0f32);
    let pictures = Cpu.full((D::<3>, Channels(2), D::<4>, D::<4>), 1.0f32);
    let lines = Cpu.full((D::<3>, Channels(2), D::<4>), 1.0f32);
    let rooms = Cpu.full((D::<3>, Channels(2), D::<4>, D::<2>, D::<2>), 1.0f32);
    for [gain, bias, mean, var] in [[3, 2, 2, 2], [2, 3, 2, 2], [2, 2, 3, 2], [2, 2, 2, 3], [2, 1, 2, 2], [2, 2, 1, 1]]
    {
        let what = format!("{gain} {bias} {mean} {var}");
        let (weight, bias) = (param(gain), param(bias));
        let (running_mean, running_var) = (statistic(mean), statistic(var));
        let (momentum, eps) = (0.1, 1e-5);
        let norm = BatchNorm { weight, bias, running_mean, running_var, momentum, eps };
        differs(&what, norm.infer(|m| m.forward(&rows).eval()));
        differs(&what, norm.value_and_grad(|m| m.forward(&rows).sum()));
        let BatchNorm { weight, bias, running_mean, running_var, .. } = norm;
        let norm = BatchNorm2d { weight, bias, running_mean, running_var, momentum, eps };
        differs(&what, norm.infer(|m| m.forward(&pictures).eval()));
        differs(&what, norm.value_and_grad(|m| m.forward(&pictures).sum()));
        let BatchNorm2d { weight, bias, running_mean, running_var, .. } = norm;
        let norm = BatchNorm1d { weight, bias, running_mean, running_var, momentum, eps };
        differs(&what, norm.infer(|m| m.forward(&lines).eval()));
        let BatchNorm1d { weight, bias, running_mean, running_var, .. } = norm;
        let norm = BatchNorm3d { weight, bias, running_mean, running_var, momentum, eps };
        differs(&what, norm.infer(|m| m.forward(&rooms).eval()));
    }
    for wrong in [1, 3] {
        let weight = Cpu.full((Channels(2), Channels(2), D::<3>, D::<3>), 1.0).into();
        let layer = Conv2d::<Channels, Channels, Filter<3>> { weight, bias: param(wrong) };
        differs("convolution", layer.infer(|m| m.forward(&pictures).eval()));
        let weight = Cpu.full((Channels(2), Channels(wrong), D::<3>, D::<3>), 1.0).into();
        let layer = Conv2d::<Channels, Channels, Filter<3>> { weight, bias: param(2) };
        differs("convolution", layer.infer(|m| m.forward(&pictures).eval()));
        let linear: Linear<Channels, Channels> =
            Linear { weight: Cpu.full((Channels(2), Channels(2)), 1.0).into(), bias: param(wrong) };
        differs("linear", linear.infer(|m| m.forward(&rows).eval()));
        let norm: LayerNorm<Channels> = LayerNorm { weight: param(2), bias: param(wrong), eps: 1e-5 };
        differs("layer norm", norm.infer(|m| m.forward(&rows).eval()));
    }
}
