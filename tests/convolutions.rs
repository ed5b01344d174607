//! Convolutions and pooling as programs write them: views and broadcast operands, run-time sizes, gradients by
//! differences, halves, layers. That sums are right over a grid of sizes, `src/device/cpu/windows/tests.rs` asks.

mod support;

use congruent::nn::{Init, NoBias};
use congruent::prelude::*;
use support::{gradients, random};

dims! { Batch = ?, Channels = ?, Rows = ?, Columns = ?, Down = ?, Across = ? }

fn numbers<S: Shape, E: Real>(shape: S, seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(shape, Key::new(seed), -1.0, 1.0)
}

/// `Σ w · x` by the definition, over `(N, C, H, W)`, for one group.
fn plain(
    x: &Tensor<impl Shape, f64>,
    w: &Tensor<impl Shape, f64>,
    [stride, padding, dilation]: [usize; 3],
) -> Vec<f64> {
    let ([n, c, height, width], [o, _, down, across]) = (four(x), four(w));
    let places = |len: usize, k: usize| (len + 2 * padding - (k - 1) * dilation - 1) / stride + 1;
    let (rows, columns) = (places(height, down), places(width, across));
    let (x, w) = (x.to_vec(), w.to_vec());
    let mut y = vec![0.0; n * o * rows * columns];
    for (at, y) in y.iter_mut().enumerate() {
        let (column, row, out, picture) =
            (at % columns, at / columns % rows, at / columns / rows % o, at / columns / rows / o);
        for term in 0..c * down * across {
            let (k, l, i) = (term % across, term / across % down, term / across / down);
            let place = |p: usize, k: usize, len: usize| {
                (p * stride + k * dilation).checked_sub(padding).filter(|&place| place < len)
            };
            if let (Some(down_at), Some(across_at)) = (place(row, l, height), place(column, k, width)) {
                *y += w[out * c * down * across + term] * x[((picture * c + i) * height + down_at) * width + across_at];
            }
        }
    }
    y
}

fn four<S: Shape>(x: &Tensor<S, f64>) -> [usize; 4] {
    <[usize; 4]>::try_from(x.dims().as_slice()).expect("four axes")
}

#[track_caller]
fn near<E: Elem>(found: &[E], expected: &[f64], step: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found.as_f64() - expected).abs() <= step, "[{i}] is {}, not {expected}", found.as_f64());
    }
}

#[test]
fn operands_are_views_and_expressions() {
    let x: Tensor<Shape![2, 9, 7, 3], f64> = numbers(Default::default(), 1);
    let w: Tensor<Shape![3, 2, 3, 5], f64> = numbers(Default::default(), 2);
    let expected = plain(&x.permute::<Axes![0, 3, 1, 2]>().eval(), &w.permute::<Axes![3, 0, 2, 1]>().eval(), [2, 1, 1]);
    let turned = w.permute::<Axes![3, 0, 2, 1]>();
    let y = x.permute::<Axes![0, 3, 1, 2]>().conv2d(turned, (Filter::<3, 2, 1>, Filter::<2, 2, 1>)).eval();
    near(y.as_slice(), &expected, 1e-12);

    let x: Tensor<Shape![2, 2, 9, 9], f64> = numbers(Default::default(), 3);
    let w: Tensor<Shape![4, 2, 3, 3], f64> = numbers(Default::default(), 4);
    let part = x.slice(s![.., .., 1..-1, ::2]);
    let expected = plain(&part.eval(), &(&w * 2.0).eval(), [1, 2, 2]);
    let y = x.slice(s![.., .., 1..-1, ::2]).conv2d(&w * 2.0, Filter::<3, 1, 2, 2>).eval();
    near(y.as_slice(), &expected, 1e-12);

    let line: Tensor<Shape![5], f64> = numbers(Default::default(), 5);
    let everywhere = line.expand((D::<2>, D::<2>, D::<4>, D::<5>));
    let expected = plain(&everywhere.eval(), &w, [1, 1, 1]);
    near(line.expand((D::<2>, D::<2>, D::<4>, D::<5>)).conv2d(&w, Same::<3>).eval().as_slice(), &expected, 1e-12);
    let pooled = x.flip::<3>().max_pool2d(Pool::<3>).eval();
    assert_eq!(pooled.as_slice()[0], x.slice(s![0, 0, ..3, -3..]).max().eval().item());
}

#[test]
fn run_time_sizes_are_named_or_kept() {
    let w: Tensor<Shape![4, 3, 3, 3], f64> = numbers(Default::default(), 1);
    for (batch, rows, columns) in [(2, 7, 5), (1, 3, 3), (0, 4, 4), (3, 17, 1)] {
        let x: Tensor<_, f64> = numbers((Batch(batch), D::<3>, Rows(rows), Columns(columns)), 2);
        let kept: Tensor<(Batch, D<4>, Rows, Columns), f64> = x.conv2d(&w, Same::<3>).eval();
        near(kept.as_slice(), &plain(&x, &w, [1, 1, 1]), 1e-12);
        let half: Tensor<(Batch, D<4>, Down, Across), f64> = x.conv2d_as(&w, Filter::<3, 2, 1>, Down, Across).eval();
        near(half.as_slice(), &plain(&x, &w, [2, 1, 1]), 1e-12);
    }
    let x: Tensor<_, f64> = numbers((D::<1>, Channels(3), Rows(2), Columns(9)), 2);
    let w: Tensor<_, f64> = numbers((D::<4>, Channels(3), D::<3>, D::<3>), 2);
    let told = |run: &dyn Fn()| attempt(run).expect_err("a mistake").to_string();
    let short = told(&|| drop(x.conv2d_as(&w, Filter::<3, 2>, Down, Across)));
    assert_eq!(short, "window 3 (stride 2, padding 0) does not fit an axis of length 2");
    let still = told(&|| drop(x.conv2d_as(&w, Filter::<3, 0, 1>, Down, Across)));
    assert_eq!(still, "window 3 (stride 0, padding 1) does not fit an axis of length 2");
    let wide = told(&|| drop(x.max_pool2d_as(Pool::<3, 1, 0, 5>, Down, Across)));
    assert_eq!(wide, "window 11 (stride 1, padding 0) does not fit an axis of length 2");
    let named = told(&|| drop(x.conv2d_as(&w, Filter::<3, 1, 1>, Down, |_| D::<8>)));
    assert_eq!(named, "the data has shape [9], the type wants (D<8>,)");
    const FAR: usize = 1 << 40;
    let huge = told(&|| drop(x.conv2d_as(&w, Filter::<3, 1, FAR>, Down, Across)));
    assert!(huge.contains("more elements than the address space holds"), "{huge}");
    let empty: Tensor<_, f64> = numbers((Batch(0), Channels(3), Rows(2), Columns(9)), 2);
    assert!(attempt(|| empty.max_pool2d_as(Pool::<1, 1, FAR>, Down, Across).eval()).is_err());
    let apart = x.conv2d_as(&w, Filter::<3, { 4 * FAR }, FAR, { FAR - 1 }>, Down, Across).eval();
    assert!(apart.as_slice().iter().all(|&y| y == 0.0) && apart.dims()[2..] == [1, 1]);
    assert_eq!(x.conv2d(&w, Same::<3, 9999>).eval().len(), 4 * 2 * 9);
    let other: Tensor<_, f64> = numbers((D::<4>, Channels(2), D::<3>, D::<3>), 2);
    let channels = told(&|| drop(x.conv2d(&other, Same::<3>)));
    let sides = "left is (D<1>, Channels = 3, Rows = 2, Columns = 9), right is (D<4>, Channels = 2, D<3>, D<3>)";
    assert_eq!(channels, format!("convolution: run-time sizes differ: {sides}"));
}

#[test]
fn steps_without_sense_are_errors() {
    const MAX: usize = usize::MAX;
    const TOP: usize = 1 << 63;
    let x = Cpu.from_vec((D::<1>, D::<1>, Columns(3)), vec![1.0f32, 2.0, 3.0]).expect("three elements");
    let (one, three) = (Cpu.ones::<Shape![1, 1, 1]>(), Cpu.ones::<Shape![1, 1, 3]>());
    let none = Cpu.ones::<Shape![1, 1, 0]>();
    macro_rules! refused {
        ($($call:expr;)*) => {$({
            let error = attempt(|| $call.eval()).expect_err(stringify!($call));
            assert!(matches!(error, Error::Window { .. }), "{}: {error}", stringify!($call));
        })*};
    }
    refused! {
        x.conv1d_as(&one, Filter::<1, MAX, MAX>, Across);
        x.conv1d_as(&one, Filter::<1, 1, MAX>, Across);
        x.conv1d_as(&one, Filter::<1, TOP, TOP>, Across);
        x.conv1d_as(&three, Filter::<3, 1, 0, MAX>, Across);
        x.conv1d_as(&three, Filter::<3, 1, 0, 0>, Across);
        x.conv1d_as(&three, Filter::<3, 0>, Across);
        x.conv1d_as(&none, Filter::<0, 1, MAX>, Across);
        x.conv1d_as(&none, Filter::<0, 1>, Across);
        x.max_pool1d_as(Pool::<0, 1, MAX>, Across);
        x.max_pool1d_as(Pool::<1, MAX, MAX>, Across);
        x.avg_pool1d_as(Pool::<0, 1>, Across);
        x.avg_pool1d_as(Pool::<2, 1, 0, 0>, Across);
    }
    let y = x.conv1d(&three, Same::<3, 9999>).eval();
    assert_eq!(y, x);
    let y = x.conv1d_as(&one, Filter::<1, { TOP - 2 }, { TOP - 2 }>, Across).eval();
    assert_eq!(y.as_slice(), [0.0, 1.0, 0.0]);
    let empty = Cpu.full((D::<2>, D::<1>, Columns(0)), 0.0f32);
    let y: Tensor<(D<2>, D<1>, Columns)> = empty.conv1d(&three, Same::<3>).eval();
    assert!(y.is_empty());
}

#[test]
fn gradients_are_those_of_differences() {
    let c: Tensor<Shape![2, 4, 3, 2], f64> = numbers(Default::default(), 1);
    gradients!(
        (
            random((D::<2>, D::<2>, D::<5>, D::<4>), 2, -1.0, 1.0),
            random((D::<4>, D::<2>, D::<3>, D::<3>), 3, -1.0, 1.0)
        ),
        |(x, w)| (x.conv2d(w, Filter::<3, 2, 1>) * &c).sum()
    );
    gradients!(
        (
            random((D::<2>, D::<4>, D::<5>, D::<4>), 2, -1.0, 1.0),
            random((D::<4>, D::<1>, D::<3>, D::<3>), 3, -1.0, 1.0)
        ),
        |(x, w)| (x.conv2d(w, Groups::<_, 4>(Filter::<3, 2, 1>)) * &c).square().sum()
    );
    gradients!(
        (random((D::<1>, D::<3>, D::<7>), 2, -1.0, 1.0), random((D::<2>, D::<3>, D::<2>), 3, -1.0, 1.0)),
        |(x, w)| x.conv1d(w, Filter::<2, 1, 1, 2>).square().sum()
    );
    gradients!(
        (
            random((D::<1>, D::<2>, D::<3>, D::<3>, D::<2>), 2, -1.0, 1.0),
            random((D::<2>, D::<2>, D::<2>, D::<2>, D::<2>), 3, -1.0, 1.0)
        ),
        |(x, w)| x.conv3d(w, Filter::<2, 1, 1>).tanh().sum()
    );
    gradients!(
        (
            random((D::<2>, D::<3>, D::<2>, D::<2>), 2, -1.0, 1.0),
            random((D::<4>, D::<3>, D::<1>, D::<1>), 3, -1.0, 1.0)
        ),
        |(x, w)| x.conv2d(w, Filter::<1>).square().sum()
    );
    // Only one of both is differentiated, an operand is a view.
    let w: Tensor<Shape![3, 2, 3, 3], f64> = numbers(Default::default(), 4);
    gradients!(random((D::<1>, D::<5>, D::<2>, D::<4>), 2, -1.0, 1.0), |x| x
        .transpose::<1, 2>()
        .conv2d(&w, Same::<3>)
        .square()
        .sum());
    let x: Tensor<Shape![2, 2, 4, 5], f64> = numbers(Default::default(), 5);
    gradients!(random((D::<3>, D::<2>, D::<3>, D::<3>), 2, -1.0, 1.0), |w| x.conv2d(w, Same::<3>).square().sum());
    gradients!(random((D::<2>, D::<2>, D::<5>, D::<4>), 2, -1.0, 1.0), |x| x.max_pool2d(Pool::<2, 1>).square().sum());
    gradients!(random((D::<2>, D::<2>, D::<5>, D::<4>), 2, -1.0, 1.0), |x| x
        .avg_pool2d(Pool::<3, 2, 1>)
        .square()
        .sum());
    gradients!(random((D::<2>, D::<2>, D::<7>), 2, -1.0, 1.0), |x| x.max_pool1d(Pool::<3, 2, 1>).square().sum());
    gradients!(random((D::<1>, D::<2>, D::<2>, D::<3>, D::<4>), 2, -1.0, 1.0), |x| x
        .avg_pool3d(Pool::<2>)
        .square()
        .sum());
}

#[test]
fn halves_are_rounded_once() {
    let all = |value: f32| -> Tensor<Shape![1, 300, 3, 3], f16> { Cpu.full(Default::default(), f16::from_f32(value)) };
    let (x, w) = (all(1.0), all(1.5));
    assert_eq!(x.conv2d(&w, Filter::<3>).eval().as_slice()[0].to_f32(), 4050.0);
    let x: Tensor<Shape![1, 1, 3], bf16> = Cpu.tensor([[[256.0, 1.0, 1.0]]]).convert();
    assert_eq!(x.avg_pool1d(Pool::<3>).eval().as_slice()[0].to_f32(), 86.0);
}

#[test]
fn layers_are_the_operation_and_a_bias() {
    let x: Tensor<Shape![2, 4, 6, 5]> = numbers(Default::default(), 1);
    let mut layer = Conv2d::<D<4>, D<6>, Groups<Filter<3, 2, 1>, 2>>::new(Key::new(2));
    layer.bias = numbers((D::<6>,), 3).into();
    let filter = Groups::<_, 2>(Filter::<3, 2, 1>);
    let expected =
        (x.conv2d(&layer.weight.tensor(), filter) + layer.bias.tensor().reshape((D::<6>, D::<1>, D::<1>))).eval();
    let y: Tensor<Shape![2, 6, 3, 3]> = layer.infer(|m| m.forward(&x).eval()).expect("it fits");
    assert_eq!(y, expected);
    let bound = 1.0 / (2.0f32 * 9.0).sqrt();
    let largest = layer.weight.as_slice().iter().fold(0.0f32, |most, w| most.max(w.abs()));
    assert!(largest <= bound && largest > 0.9 * bound, "PyTorch's bound is {bound}, the largest is {largest}");
    let mut names = vec![];
    layer.visit(|name, dims, _| names.push((name.to_owned(), dims.to_vec())));
    assert_eq!(names, [("weight".to_owned(), vec![6, 2, 3, 3]), ("bias".to_owned(), vec![6])]);

    let layer = Conv1d::<Channels, D<2>, Same<3>, _, NoBias>::sized(Cpu, Channels(3), D, Init::DEFAULT, Key::new(0));
    let line: Tensor<_> = numbers((Batch(2), Channels(3), Rows(5)), 1);
    assert_eq!(layer.infer(|m| m.forward(&line).eval()).expect("it fits").shape(), (Batch(2), D::<2>, Rows(5)));
    let other: Tensor<_> = numbers((Batch(2), Channels(4), Rows(5)), 1);
    let error = layer.infer(|m| m.forward(&other).eval()).expect_err("four channels").to_string();
    assert!(error.starts_with("convolution layer: run-time sizes differ: left is (Batch = 2, Channels = 4"), "{error}");
}

#[test]
fn layers_have_gradients() {
    let init = Init::Normal { mean: 0.0, std: 0.5 };
    let x = || random((D::<2>, D::<2>, D::<4>, D::<3>), 1, -1.0, 1.0);
    let layer: Conv2d<D<2>, D<3>, Filter<3, 1, 1>, Weights<f64>> = Conv2d::init(Cpu, init, Key::new(1));
    gradients!((x(), layer), |(x, layer)| layer.forward(x).square().sum());
    let layer: Conv2d<D<2>, D<2>, Groups<Same<2>, 2>, Weights<f64>, NoBias> = Conv2d::init(Cpu, init, Key::new(1));
    gradients!((x(), layer), |(x, layer)| layer.forward(x).square().sum());
}

#[test]
fn channels_are_normalised_as_by_the_formula() {
    let x: Tensor<Shape![4, 3, 5, 2], f64> = numbers(Default::default(), 1);
    let mut layer = BatchNorm2d::<D<3>, Weights<f64>>::init(Cpu);
    layer.weight = numbers((D::<3>,), 2).into();
    layer.bias = numbers((D::<3>,), 3).into();
    let (w, b) = (layer.weight.tensor(), layer.bias.tensor());
    let (mean, var) = (x.mean_axes_keepdim::<Axes![0, 2, 3]>().eval(), x.var_axes_keepdim::<Axes![0, 2, 3]>(0).eval());
    let normal = (&x - &mean) / (&var + 1e-5).sqrt();
    let expected = (normal * w.reshape((D::<3>, D::<1>, D::<1>)) + b.reshape((D::<3>, D::<1>, D::<1>))).eval();
    let mut found = vec![];
    let step = layer.value_and_grad(|m| {
        m.forward(&x).with(|y| {
            found = y.eval().to_vec();
            y.sum()
        })
    });
    Sgd::new(&layer, 0.0).step(&mut layer, &step.expect("the sizes agree").1);
    near(&found, expected.as_slice(), 1e-9);
    let kept: Vec<f64> = mean.as_slice().iter().map(|mean| 0.1 * mean).collect();
    near(layer.running_mean.as_slice(), &kept, 1e-12);
    let unbiased: Vec<f64> = var.as_slice().iter().map(|var| 0.9 + 0.1 * var * 40.0 / 39.0).collect();
    near(layer.running_var.as_slice(), &unbiased, 1e-12);

    let (mean, var) = (layer.running_mean.tensor(), layer.running_var.tensor());
    let along = |v: &Tensor<(D<3>,), f64>| v.reshape((D::<3>, D::<1>, D::<1>)).eval();
    let expected = (&x - &along(&mean)) / (&along(&var) + 1e-5).sqrt() * &along(&w) + &along(&b);
    let y = layer.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
    near(y.as_slice(), expected.eval().as_slice(), 1e-12);

    let c: Tensor<Shape![2, 3, 2, 2], f64> = numbers(Default::default(), 4);
    let parts = (random((D::<2>, D::<3>, D::<2>, D::<2>), 5, -1.0, 1.0), w.into(), b.into());
    let (mut parts, layer): ((Param<_, Weights<f64>>, Param<_, Weights<f64>>, Param<_, Weights<f64>>), _) =
        (parts, layer);
    support::assert_gradients("batch norm of channels", &mut parts, |(x, w, b)| {
        let own = BatchNorm2d { weight: w.clone(), bias: b.clone(), ..layer.clone() };
        let step = (x.clone(), own).value_and_grad(|(x, m)| (m.forward(x) * &c).square().sum());
        let (loss, (x, m)) = step.expect("the sizes agree");
        (loss, support::flat((x, m.weight, m.bias)))
    });
}
