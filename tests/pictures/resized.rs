//! Pooling into parts, and pictures sampled anew, as programs write them.
//!
//! That sums are right over a grid of sizes, `src/device/cpu/windows/parts_tests.rs` asks.

use crate::support::{gradients, random};
use crate::*;
use congruent::nn::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d,
    Flattening, PixelShuffle, PixelUnshuffle, Relu, Times, Upsample,
};

const LINEAR: Resample = Resample::Multilinear { align_corners: false };
const CUBIC: Resample = Resample::Cubic { align_corners: false };

#[test]
fn parts_of_equal_size_are_windows() {
    let x: Tensor<Shape![2, 3, 6, 8], f64> = numbers(Default::default(), 1);
    let mean = x.adaptive_avg_pool2d((D::<3>, D::<2>)).eval();
    near(mean.as_slice(), x.avg_pool2d((Pool::<2>, Pool::<4>)).eval().as_slice(), 1e-15);
    let max = x.adaptive_max_pool2d((D::<3>, D::<2>)).eval();
    assert_eq!(max, x.max_pool2d((Pool::<2>, Pool::<4>)).eval());
    let all = x.adaptive_avg_pool2d((D::<1>, D::<1>)).eval();
    near(all.as_slice(), x.mean_axes::<Axes![2, 3]>().eval().as_slice(), 1e-15);
    let whole = x.permute::<Axes![0, 2, 3, 1]>().eval();
    let view = x.permute::<Axes![0, 2, 3, 1]>();
    assert_eq!(view.adaptive_max_pool2d((D::<5>, D::<2>)).eval(), whole.adaptive_max_pool2d((D::<5>, D::<2>)).eval());
    assert_eq!((&x * 2.0).adaptive_max_pool2d((D::<3>, D::<2>)).eval(), (&max * 2.0).eval());
}

#[test]
fn parts_have_gradients() {
    gradients!(random((D::<2>, D::<2>, D::<5>), 1, -1.0, 1.0), |x| x.adaptive_avg_pool1d((D::<3>,)).square().sum());
    gradients!(random((D::<2>, D::<2>, D::<5>), 1, -1.0, 1.0), |x| x.adaptive_max_pool1d((D::<3>,)).square().sum());
    gradients!(random((D::<2>, D::<2>, D::<5>, D::<4>), 1, -1.0, 1.0), |x| x
        .adaptive_avg_pool2d((D::<2>, D::<7>))
        .square()
        .sum());
    gradients!(random((D::<2>, D::<2>, D::<5>, D::<4>), 1, -1.0, 1.0), |x| x
        .adaptive_max_pool2d((D::<2>, D::<3>))
        .square()
        .sum());
    gradients!(random((D::<1>, D::<2>, D::<2>, D::<3>, D::<2>), 1, -1.0, 1.0), |x| x
        .adaptive_max_pool3d((D::<1>, D::<2>, D::<2>))
        .square()
        .sum());
    gradients!(random((D::<1>, D::<2>, D::<2>, D::<3>, D::<2>), 1, -1.0, 1.0), |x| x
        .adaptive_avg_pool3d((D::<1>, D::<2>, D::<2>))
        .square()
        .sum());
}

#[test]
fn norms_of_windows_are_those_of_the_formula() {
    let x: Tensor<Shape![2, 3, 7, 6], f64> = numbers(Default::default(), 1);
    for p in [1.0, 2.0, 3.5] {
        let sums = x.abs().powf(p).avg_pool2d(Pool::<3, 2, 1>) * 9.0;
        let expected = sums.powf(1.0 / p).eval();
        near(x.lp_pool2d(p, Pool::<3, 2, 1>).eval().as_slice(), expected.as_slice(), 1e-12);
        let single: Tensor<_, f32> = x.convert();
        near(single.lp_pool2d(p, Pool::<3, 2, 1>).eval().as_slice(), expected.as_slice(), 1e-5);
        let half: Tensor<_, f16> = x.convert();
        near(half.lp_pool2d_as(p, Pool::<3, 2, 1>, Down, Across).eval().as_slice(), expected.as_slice(), 1e-2);
        gradients!(random((D::<2>, D::<1>, D::<5>, D::<4>), 2, -1.0, 1.0), |x| x
            .lp_pool2d(p, Pool::<3, 2, 1>)
            .square()
            .sum());
        gradients!(random((D::<2>, D::<1>, D::<5>), 2, -1.0, 1.0), |x| x.lp_pool1d(p, Pool::<2, 1>).square().sum());
    }
    for p in [0.5, 0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = told(&|| drop(x.lp_pool2d(p, Pool::<2>)));
        assert_eq!(error, format!("power of lp_pool: {p} is not allowed, it is a number of 1 or more"));
    }
}

#[test]
fn norms_of_windows_reach_all_numbers() {
    let x: Tensor<Shape![1, 1, 10], f64> =
        Cpu.tensor_of([[[0.0, 0.0, 3e200, -4e200, 3e-200, 4e-200, f64::NAN, 1.0, f64::NEG_INFINITY, 1.0]]]);
    let y = x.lp_pool1d(2.0, Pool::<2>).eval().to_vec();
    let expected = [0.0, 5e200, 5e-200];
    assert!(y.iter().zip(expected).all(|(y, expected)| (y - expected).abs() <= 1e-12 * expected), "{y:?}");
    assert!(y[3].is_nan() && y[4] == f64::INFINITY);
    let w: Param<_, Weights<f64>> = x.slice(s![.., .., ..6]).eval().into();
    let (_, grads) = w.value_and_grad(|x| x.lp_pool1d(2.0, Pool::<2>).sum()).expect("a gradient");
    near(grads.tensor().as_slice(), &[0.0, 0.0, 0.6, -0.8, 0.6, 0.8], 1e-12);
}

#[test]
fn samples_are_pytorchs() {
    let x = Cpu.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]);
    let y = x.interpolate2d((D::<4>, D::<4>), LINEAR).eval();
    let rows = [[1.0, 1.25, 1.75, 2.0], [1.5, 1.75, 2.25, 2.5], [2.5, 2.75, 3.25, 3.5], [3.0, 3.25, 3.75, 4.0]];
    assert_eq!(y, Cpu.tensor([[rows]]));
    let y = x.interpolate2d((D::<4>, D::<4>), Resample::Multilinear { align_corners: true }).eval();
    let third = |n: i32| 1.0 + f64::from(n) / 3.0;
    let expected: Vec<f64> = (0..16).map(|i| third(i % 4 + i / 4 * 2)).collect();
    near(y.as_slice(), &expected, 1e-6);
    // The first row that ONNX has for its cubic of 4 by 4 numbers, twice as large.
    let x = Cpu.from_fn((D::<1>, D::<1>, D::<4>, D::<4>), |i| i as f32 + 1.0);
    let y = x.interpolate2d((D::<8>, D::<8>), CUBIC).eval();
    let first = [0.47265625, 0.76953125, 1.24609375, 1.875, 2.28125, 2.91015625, 3.38671875, 3.68359375];
    near(&y.as_slice()[..8], &first, 1e-6);
    let y = x.interpolate2d((D::<4>, D::<4>), CUBIC).eval();
    assert_eq!(y, x);
}

#[test]
fn samples_have_gradients() {
    for how in [Resample::Nearest, LINEAR, Resample::Multilinear { align_corners: true }, CUBIC] {
        gradients!(random((D::<2>, D::<1>, D::<4>), 1, -1.0, 1.0), |x| x.interpolate1d((D::<7>,), how).square().sum());
        gradients!(random((D::<1>, D::<2>, D::<3>, D::<4>), 1, -1.0, 1.0), |x| x
            .interpolate2d((D::<5>, D::<2>), how)
            .square()
            .sum());
        gradients!(random((D::<1>, D::<1>, D::<2>, D::<3>, D::<2>), 1, -1.0, 1.0), |x| x
            .interpolate3d((D::<3>, D::<2>, D::<4>), how)
            .square()
            .sum());
    }
}

#[test]
fn halves_are_rounded_once() {
    let x: Tensor<Shape![1, 1, 2], f16> = Cpu.tensor([[[1.0, 2.0]]]).convert();
    let y = x.interpolate1d((D::<6>,), LINEAR).eval();
    let expected = [1.0, 1.0, 7.0 / 6.0 + 1.0 / 6.0, 5.0 / 3.0, 2.0, 2.0].map(|y: f64| f16::from_f64(y).to_f64());
    near(y.as_slice(), &expected, 1e-3);
    let x: Tensor<Shape![1, 1, 3], bf16> = Cpu.tensor([[[256.0, 1.0, 1.0]]]).convert();
    assert_eq!(x.adaptive_avg_pool1d((D::<1>,)).eval().as_slice()[0].to_f32(), 86.0);
}

#[test]
fn sizes_of_the_run_are_named_by_their_dims() {
    for (batch, rows, columns) in [(2, 7, 5), (0, 3, 3), (1, 1, 9)] {
        let x: Tensor<_, f64> = numbers((Batch(batch), D::<3>, Rows(rows), Columns(columns)), 1);
        let y: Tensor<(Batch, D<3>, Down, D<2>), f64> = x.adaptive_avg_pool2d((Down(4), D::<2>)).eval();
        assert_eq!(y.shape(), (Batch(batch), D::<3>, Down(4), D::<2>));
        let y: Tensor<(Batch, D<3>, Down, Across), f64> = x.interpolate2d((Down(6), Across(0)), CUBIC).eval();
        assert!(y.is_empty());
    }
    let empty: Tensor<_, f64> = numbers((Batch(1), D::<3>, Rows(0), Columns(4)), 1);
    let error = told(&|| drop(empty.interpolate2d((D::<2>, D::<2>), LINEAR)));
    assert_eq!(
        error,
        "axes of space to interpolate: [1, 3, 0, 4] is not allowed, places between no elements have no value"
    );
    assert!(empty.interpolate2d((D::<0>, D::<2>), LINEAR).eval().is_empty());
    assert!(empty.adaptive_avg_pool2d((D::<1>, D::<1>)).eval().as_slice().iter().all(|mean| mean.is_nan()));
    let huge = told(&|| drop(empty.adaptive_avg_pool2d((Down(1 << 40), Across(1 << 40)))));
    assert!(huge.contains("more elements than the address space holds"), "{huge}");
}

#[test]
fn layers_are_the_operations() {
    let x: Tensor<Shape![2, 4, 6, 5]> = numbers(Default::default(), 1);
    macro_rules! same {
        ($($x:ident $Norm:ident<$channels:literal>: $layer:expr => $expected:expr;)*) => {$(
            let tuple = (still!($Norm<$channels>), $layer, Relu);
            assert_eq!(tuple.infer(|m| m.forward(&$x).eval()).expect("it fits"), $expected.relu().eval());
        )*};
    }
    let (line, room): (Tensor<Shape![2, 3, 7]>, Tensor<Shape![1, 2, 3, 4, 2]>) =
        (numbers(Default::default(), 2), numbers(Default::default(), 3));
    same! {
        line BatchNorm1d<3>: AdaptiveAvgPool1d((D::<3>,)) => line.adaptive_avg_pool1d((D::<3>,));
        line BatchNorm1d<3>: AdaptiveMaxPool1d((D::<3>,)) => line.adaptive_max_pool1d((D::<3>,));
        x BatchNorm2d<4>: AdaptiveAvgPool2d((D::<3>, D::<2>)) => x.adaptive_avg_pool2d((D::<3>, D::<2>));
        x BatchNorm2d<4>: AdaptiveMaxPool2d((D::<3>, D::<2>)) => x.adaptive_max_pool2d((D::<3>, D::<2>));
        room BatchNorm3d<2>: AdaptiveAvgPool3d((D::<1>, D::<1>, D::<1>)) =>
            room.adaptive_avg_pool3d((D::<1>, D::<1>, D::<1>));
        room BatchNorm3d<2>: AdaptiveMaxPool3d((D::<1>, D::<2>, D::<1>)) =>
            room.adaptive_max_pool3d((D::<1>, D::<2>, D::<1>));
        line BatchNorm1d<3>: Upsample { to: (D::<14>,), how: LINEAR } => line.interpolate1d((D::<14>,), LINEAR);
        x BatchNorm2d<4>: Upsample { to: (D::<12>, D::<10>), how: CUBIC } => x.interpolate2d((D::<12>, D::<10>), CUBIC);
        room BatchNorm3d<2>: Upsample { to: (D::<3>, D::<8>, D::<4>), how: Resample::Nearest } =>
            room.interpolate3d((D::<3>, D::<8>, D::<4>), Resample::Nearest);
        line BatchNorm1d<3>: Upsample::by::<2>(LINEAR) => line.interpolate1d((D::<14>,), LINEAR);
        x BatchNorm2d<4>: Upsample::by::<3>(CUBIC) => x.interpolate2d((D::<18>, D::<15>), CUBIC);
        room BatchNorm3d<2>: Upsample { to: Times::<2>, how: LINEAR } =>
            room.interpolate3d((D::<6>, D::<8>, D::<4>), LINEAR);
        x BatchNorm2d<4>: PixelShuffle::<2> => x.pixel_shuffle::<2>();
    }
    let fine = x.pixel_shuffle::<2>().eval();
    same! { fine BatchNorm2d<1>: PixelUnshuffle::<2> => fine.pixel_unshuffle::<2>(); }
    let key = Key::new(0);
    let model: (_, Conv2d<D<1>, D<1>, Same<3>, Weights<f64>>, _, _) = (
        PixelShuffle::<2>,
        Conv2d::init(Cpu, congruent::nn::Init::DEFAULT, key),
        AdaptiveAvgPool2d((D::<2>, D::<2>)),
        Flattening,
    );
    gradients!((random((D::<2>, D::<4>, D::<3>, D::<2>), 1, -1.0, 1.0), model), |(x, m)| m.forward(x).square().sum());
}
