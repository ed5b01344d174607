//! Transposed convolutions against their definition, and as what a convolution owes to its pictures.

use crate::support::{gradients, random};
use crate::*;
use congruent::nn::{Init, NoBias, Relu};

/// Stride, padding, output padding, dilation, groups.
type Numbers = [usize; 5];

/// `y[n, o, p · stride + k · dilation - padding] += w[c, o, k] · x[n, c, p]` over two axes.
fn plain(x: &Tensor<impl Shape, f64>, w: &Tensor<impl Shape, f64>, how: Numbers) -> Vec<f64> {
    let [stride, padding, extra, dilation, groups] = how;
    let sizes = |dims: &[usize]| <[usize; 4]>::try_from(dims).expect("four axes");
    let ([n, c, height, width], [_, each, down, across]) = (sizes(&x.dims()), sizes(&w.dims()));
    let places = |len: usize, k: usize| (len - 1) * stride + dilation * (k - 1) + extra + 1 - 2 * padding;
    let (rows, columns, outputs) = (places(height, down), places(width, across), each * groups);
    let (x, w) = (x.to_vec(), w.to_vec());
    let mut y = vec![0.0; n * outputs * rows * columns];
    for (at, x) in x.iter().enumerate() {
        let (j, i, channel, picture) =
            (at % width, at / width % height, at / width / height % c, at / width / height / c);
        let group = channel / (c / groups);
        for term in 0..each * down * across {
            let (l, k, o) = (term % across, term / across % down, term / across / down);
            let place = |p: usize, k: usize, len: usize| {
                (p * stride + k * dilation).checked_sub(padding).filter(|&place| place < len)
            };
            if let (Some(row), Some(column)) = (place(i, k, rows), place(j, l, columns)) {
                let out = picture * outputs + group * each + o;
                y[(out * rows + row) * columns + column] += w[channel * each * down * across + term] * x;
            }
        }
    }
    y
}

/// The operation in every element type against the definition.
macro_rules! checked {
    ($($Filter:ty, [$($size:literal),*] by [$($own:literal),*], $how:expr;)*) => {$(
        checked! { @ f64, 1e-12, $Filter, [$($size),*] by [$($own),*], $how }
        checked! { @ f32, 1e-5, $Filter, [$($size),*] by [$($own),*], $how }
        checked! { @ f16, 1e-2, $Filter, [$($size),*] by [$($own),*], $how }
        checked! { @ bf16, 1e-1, $Filter, [$($size),*] by [$($own),*], $how }
    )*};
    (@ $E:ty, $step:literal, $Filter:ty, [$($size:literal),*] by [$($own:literal),*], $how:expr) => {{
        let x: Tensor<Shape![$($size),*], $E> = numbers(Default::default(), 1);
        let w: Tensor<Shape![$($own),*], $E> = numbers(Default::default(), 2);
        let expected = plain(&x.convert::<f64>(), &w.convert::<f64>(), $how);
        near(x.conv_transpose2d(&w, <$Filter>::default()).eval().as_slice(), &expected, $step);
        let all = x.conv_transpose2d_as(&w, <$Filter>::default(), Down, Across).eval();
        near(all.as_slice(), &expected, $step);
    }};
}

#[test]
fn elements_are_spread_as_defined() {
    checked! {
        TransposedFilter<3>, [2, 3, 5, 4] by [3, 4, 3, 3], [1, 0, 0, 1, 1];
        TransposedFilter<3, 2, 1, 1>, [2, 3, 5, 4] by [3, 4, 3, 3], [2, 1, 1, 1, 1];
        TransposedFilter<2, 3>, [1, 2, 4, 3] by [2, 1, 2, 2], [3, 0, 0, 1, 1];
        TransposedFilter<3, 1, 2, 1, 2>, [1, 2, 4, 5] by [2, 3, 3, 3], [1, 2, 1, 2, 1];
        TransposedFilter<3, 2, 0, 3, 4>, [1, 2, 2, 3] by [2, 3, 3, 3], [2, 0, 3, 4, 1];
        TransposedFilter<1>, [2, 7, 3, 5] by [7, 6, 1, 1], [1, 0, 0, 1, 1];
        Groups<TransposedFilter<4, 2, 1>, 2>, [2, 4, 3, 5] by [4, 3, 4, 4], [2, 1, 0, 1, 2];
        Groups<TransposedFilter<3, 2>, 4>, [1, 4, 3, 3] by [4, 1, 3, 3], [2, 0, 0, 1, 4];
    }
    let x: Tensor<Shape![2, 3, 4], f64> = numbers(Default::default(), 1);
    let w: Tensor<Shape![3, 2, 3], f64> = numbers(Default::default(), 2);
    let flat = plain(&x.unsqueeze::<2>().eval(), &w.unsqueeze::<2>().eval(), [1, 0, 0, 1, 1]);
    near(x.conv_transpose1d(&w, TransposedFilter::<3>).eval().as_slice(), &flat, 1e-12);
    near(x.conv_transpose1d_as(&w, TransposedFilter::<3>, Across).eval().as_slice(), &flat, 1e-12);
}

#[test]
fn operands_are_views_and_expressions() {
    let x: Tensor<Shape![2, 5, 4, 3], f64> = numbers(Default::default(), 1);
    let w: Tensor<Shape![3, 2, 3, 3], f64> = numbers(Default::default(), 2);
    let expected = plain(&x.permute::<Axes![0, 3, 1, 2]>().eval(), &(&w * 2.0).eval(), [2, 1, 0, 1, 1]);
    let y = x.permute::<Axes![0, 3, 1, 2]>().conv_transpose2d(&w * 2.0, TransposedFilter::<3, 2, 1>).eval();
    near(y.as_slice(), &expected, 1e-12);
}

/// `Σ conv(y) · x = Σ y · conv_transpose(x)`, over three axes that differ.
#[test]
fn it_is_the_transposed_of_a_convolution() {
    type Big = Shape![2, 4, 5, 9, 6];
    let (y, w): (Tensor<Big, f64>, Tensor<Shape![3, 4, 2, 3, 4], f64>) =
        (numbers(Default::default(), 1), numbers(Default::default(), 2));
    let forward = y.conv3d(&w, (Filter::<2, 3>, Filter::<3, 2, 1>, Filter::<4, 1, 2>)).eval();
    let x: Tensor<_, f64> = numbers(forward.shape(), 3);
    let filter = (TransposedFilter::<2, 3>, TransposedFilter::<3, 2, 1>, TransposedFilter::<4, 1, 2>);
    let back: Tensor<Big, f64> = x.conv_transpose3d(&w, filter).eval();
    let (left, right) = ((&forward * &x).sum().eval().item(), (&y * &back).sum().eval().item());
    assert!((left - right).abs() < 1e-10, "{left} {right}");
    let all = x.conv_transpose3d_as(&w, filter, Rows, Down, Across).eval();
    assert_eq!(all.as_slice(), back.as_slice());
}

#[test]
fn gradients_are_those_of_differences() {
    gradients!(
        (
            random((D::<2>, D::<2>, D::<3>, D::<2>), 2, -1.0, 1.0),
            random((D::<2>, D::<3>, D::<3>, D::<3>), 3, -1.0, 1.0)
        ),
        |(x, w)| x.conv_transpose2d(w, TransposedFilter::<3, 2, 1, 1>).square().sum()
    );
    gradients!(
        (
            random((D::<1>, D::<4>, D::<2>, D::<3>), 2, -1.0, 1.0),
            random((D::<4>, D::<2>, D::<2>, D::<2>), 3, -1.0, 1.0)
        ),
        |(x, w)| x.conv_transpose2d(w, Groups::<_, 2>(TransposedFilter::<2, 1, 0, 1, 3>)).square().sum()
    );
    gradients!(
        (random((D::<2>, D::<3>, D::<4>), 2, -1.0, 1.0), random((D::<3>, D::<2>, D::<2>), 3, -1.0, 1.0)),
        |(x, w)| x.conv_transpose1d(w, TransposedFilter::<2, 2>).tanh().sum()
    );
    gradients!(
        (
            random((D::<1>, D::<2>, D::<2>, D::<1>, D::<2>), 2, -1.0, 1.0),
            random((D::<2>, D::<2>, D::<2>, D::<2>, D::<2>), 3, -1.0, 1.0)
        ),
        |(x, w)| x.conv_transpose3d(w, TransposedFilter::<2>).square().sum()
    );
    // Only one of both is differentiated.
    let w: Tensor<Shape![3, 2, 3, 3], f64> = numbers(Default::default(), 4);
    gradients!(random((D::<1>, D::<3>, D::<2>, D::<2>), 2, -1.0, 1.0), |x| x
        .conv_transpose2d(&w, TransposedFilter::<3, 2>)
        .square()
        .sum());
    let x: Tensor<Shape![2, 3, 2, 2], f64> = numbers(Default::default(), 5);
    gradients!(random((D::<3>, D::<1>, D::<3>, D::<3>), 2, -1.0, 1.0), |w| x
        .conv_transpose2d(w, TransposedFilter::<3, 2>)
        .square()
        .sum());
}

#[test]
fn numbers_of_the_run_are_checked() {
    let w: Tensor<_, f64> = numbers((Channels(3), D::<4>, D::<3>, D::<3>), 1);
    for (batch, rows, columns) in [(2, 7, 5), (0, 3, 3), (1, 1, 9)] {
        let x: Tensor<_, f64> = numbers((Batch(batch), Channels(3), Rows(rows), Columns(columns)), 2);
        let y: Tensor<(Batch, D<4>, Down, Across), f64> =
            x.conv_transpose2d_as(&w, TransposedFilter::<3, 2, 1, 1>, Down, Across).eval();
        near(y.as_slice(), &plain(&x, &w, [2, 1, 1, 1, 1]), 1e-12);
    }
    let x: Tensor<_, f64> = numbers((D::<1>, Channels(3), Rows(1), Columns(9)), 2);
    let rule = "it gives no places: (length - 1) * stride + dilation * (size - 1) + output padding >= 2 * padding, \
                none of them 0, output padding less than stride or dilation";
    let short = told(&|| drop(x.conv_transpose2d_as(&w, TransposedFilter::<3, 1, 2>, Down, Across)));
    let found = "size 3 (stride 1, padding 2, output padding 0, dilation 1) on an axis of length 1";
    assert_eq!(short, format!("filter of a transposed convolution: {found} is not allowed, {rule}"));
    macro_rules! refused {
        ($($filter:ty;)*) => {$(
            let error = told(&|| drop(x.conv_transpose2d_as(&w, <$filter>::default(), Down, Across)));
            assert!(error.ends_with(rule), "{error}");
        )*};
    }
    refused! {
        TransposedFilter<3, 0>;
        TransposedFilter<3, 1, 0, 0, 0>;
        TransposedFilter<3, 2, 0, 2>;
        TransposedFilter<3, 1, { usize::MAX }>;
        TransposedFilter<3, { usize::MAX }, 0, { usize::MAX - 1 }>;
    }
    let empty: Tensor<_, f64> = numbers((D::<1>, Channels(3), Rows(0), Columns(9)), 2);
    assert!(told(&|| drop(empty.conv_transpose2d_as(&w, TransposedFilter::<3>, Down, Across))).ends_with(rule));
    let named = told(&|| drop(x.conv_transpose2d_as(&w, TransposedFilter::<3>, Down, |_| D::<8>)));
    assert_eq!(named, "the data has shape [11], the type wants (D<8>,)");
    const FAR: usize = 1 << 40;
    let huge = told(&|| drop(x.conv_transpose2d_as(&w, TransposedFilter::<3, FAR, 0, { FAR - 1 }>, Down, Across)));
    assert!(huge.contains("more elements than the address space holds"), "{huge}");
    let other: Tensor<_, f64> = numbers((D::<1>, Channels(2), Rows(2), Columns(9)), 2);
    let channels = told(&|| drop(other.conv_transpose2d_as(&w, TransposedFilter::<3>, Down, Across)));
    let sides = "left is (D<1>, Channels = 2, Rows = 2, Columns = 9), right is (Channels = 3, D<4>, D<3>, D<3>)";
    assert_eq!(channels, format!("transposed convolution: run-time sizes differ: {sides}"));
}

#[test]
fn of_no_channels_it_is_zero_and_nan_is_spread() {
    let y =
        Cpu.ones::<Shape![2, 0, 3]>().conv_transpose1d(&Cpu.ones::<Shape![0, 4, 2]>(), TransposedFilter::<2>).eval();
    assert_eq!(y, Cpu.zeros::<Shape![2, 4, 4]>());
    let x: Tensor<Shape![1, 1, 4], f64> = Cpu.tensor_of([[[1.0, f64::NAN, 1.0, 1.0]]]);
    let y = x.conv_transpose1d(&Cpu.tensor_of([[[1.0, 1.0]]]), TransposedFilter::<2>).eval();
    assert_eq!(y.as_slice().iter().map(|y| y.is_nan()).collect::<Vec<_>>(), [false, true, true, false, false]);
}

#[test]
fn layers_are_the_operation_and_a_bias() {
    let x: Tensor<Shape![2, 4, 3, 5]> = numbers(Default::default(), 1);
    type Half = Groups<TransposedFilter<3, 2, 1, 1>, 2>;
    let mut layer = ConvTranspose2d::<D<4>, D<6>, Half>::new(Key::new(2));
    layer.bias = numbers((D::<6>,), 3).into();
    let bias = layer.bias.tensor();
    let plain = x.conv_transpose2d(&layer.weight.tensor(), Half::default()).eval();
    let expected = (&plain + bias.reshape((D::<6>, D::<1>, D::<1>))).eval();
    let y: Tensor<Shape![2, 6, 6, 10]> = layer.infer(|m| m.forward(&x).eval()).expect("it fits");
    assert_eq!(y, expected);
    // PyTorch counts axis 1 of the weight and the filter as inputs: 3 of each group, 3 by 3.
    let bound = 1.0 / (3.0f32 * 9.0).sqrt();
    let largest = layer.weight.as_slice().iter().fold(0.0f32, |most, w| most.max(w.abs()));
    assert!(largest <= bound && largest > 0.9 * bound, "PyTorch's bound is {bound}, the largest is {largest}");
    let mut names = vec![];
    layer.visit(|name, dims, _| names.push((name.to_owned(), dims.to_vec())));
    assert_eq!(names, [("weight".to_owned(), vec![4, 3, 3, 3]), ("bias".to_owned(), vec![6])]);

    type Twice = TransposedFilter<2, 2>;
    let layer =
        ConvTranspose1d::<Channels, D<2>, Twice, _, NoBias>::sized(Cpu, Channels(3), D, Init::DEFAULT, Key::new(0));
    let line: Tensor<_> = numbers((Batch(2), Channels(3), D::<5>), 1);
    assert_eq!(layer.infer(|m| m.forward(&line).eval()).expect("it fits").shape(), (Batch(2), D::<2>, D::<10>));
    let other: Tensor<_> = numbers((Batch(2), Channels(4), D::<5>), 1);
    let error = layer.infer(|m| m.forward(&other).eval()).expect_err("four channels").to_string();
    let begin = "transposed convolution layer: run-time sizes differ: left is (Batch = 2, Channels = 4";
    assert!(error.starts_with(begin), "{error}");

    let tuple = (ConvTranspose3d::<D<2>, D<3>, Twice>::new(Key::new(1)), Relu);
    let y = tuple.infer(|m| m.forward(&Cpu.ones::<Shape![1, 2, 1, 2, 2]>()).eval()).expect("it fits");
    assert_eq!(y.shape(), (D::<1>, D::<3>, D::<2>, D::<4>, D::<4>));
}

#[test]
fn layers_go_over_axes_of_the_run() {
    type Half = Groups<TransposedFilter<3, 2, 1, 1>, 2>;
    let mut layer = ConvTranspose2d::<D<4>, D<6>, Half, Weights<f64>>::init(Cpu, Init::DEFAULT, Key::new(2));
    layer.bias = numbers((D::<6>,), 3).into();
    for (batch, rows, columns) in [(2, 3, 5), (0, 2, 2), (1, 1, 17)] {
        let x: Tensor<_, f64> = numbers((Batch(batch), D::<4>, Rows(rows), Columns(columns)), 1);
        let y: Tensor<(Batch, D<6>, Down, Across), f64> =
            layer.infer(|m| m.forward_as(&x, Down, Across).eval()).expect("it fits");
        let plain = x.conv_transpose2d_as(&layer.weight.tensor(), Half::default(), Down, Across);
        assert_eq!(y, (plain + layer.bias.tensor().reshape((D::<6>, D::<1>, D::<1>))).eval());
        assert_eq!(y.shape(), (Batch(batch), D::<6>, Down(2 * rows), Across(2 * columns)));
    }
    let short = ConvTranspose1d::<D<1>, D<1>, TransposedFilter<3, 1, 2>>::new(Key::new(1));
    let x: Tensor<_> = numbers((Batch(1), D::<1>, Rows(1)), 1);
    let error = short.infer(|m| m.forward_as(&x, Down).eval()).expect_err("no places").to_string();
    assert!(error.starts_with("filter of a transposed convolution: size 3 (stride 1, padding 2"), "{error}");
    let room = ConvTranspose3d::<D<2>, D<3>, TransposedFilter<2, 2>>::new(Key::new(1));
    let x: Tensor<_> = numbers((D::<1>, D::<2>, Rows(1), D::<2>, D::<2>), 1);
    let y = room.infer(|m| m.forward_as(&x, Down, |_| D::<4>, |_| D::<4>).eval()).expect("it fits");
    assert_eq!(y.shape(), (D::<1>, D::<3>, Down(2), D::<4>, D::<4>));
    let x = random((D::<1>, D::<4>, Rows(2), D::<2>), 1, -1.0, 1.0);
    gradients!((x, layer), |(x, layer)| layer.forward_as(x, Down, Across).square().sum());
}

#[test]
fn layers_have_gradients() {
    let init = Init::Normal { mean: 0.0, std: 0.5 };
    let x = || random((D::<2>, D::<2>, D::<2>, D::<3>), 1, -1.0, 1.0);
    let layer: ConvTranspose2d<D<2>, D<3>, TransposedFilter<3, 2>, Weights<f64>> =
        ConvTranspose2d::init(Cpu, init, Key::new(1));
    gradients!((x(), layer), |(x, layer)| layer.forward(x).square().sum());
    let layer: ConvTranspose2d<D<2>, D<2>, Groups<TransposedFilter<2>, 2>, Weights<f64>, NoBias> =
        ConvTranspose2d::init(Cpu, init, Key::new(1));
    gradients!((x(), layer), |(x, layer)| layer.forward(x).square().sum());
}
