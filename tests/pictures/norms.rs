//! Norms of channels against their formulas.

use crate::support::{assert_gradients, flat, gradients, random};
use crate::*;
use congruent::nn::{InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, Relu};

/// `(x - mean) / √(var + eps)` of runs of `len` elements.
fn standard(x: &[f64], len: usize, eps: f64) -> Vec<f64> {
    let one = |row: &[f64]| {
        let mean = row.iter().sum::<f64>() / len as f64;
        let var = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / len as f64;
        row.iter().map(|x| (x - mean) / (var + eps).sqrt()).collect::<Vec<_>>()
    };
    x.chunks(len).flat_map(one).collect()
}

#[test]
fn groups_are_normalised_as_by_the_formula() {
    macro_rules! checked {
        ($([$($size:literal),*] in $groups:literal of $len:literal;)*) => {$(
            checked! { @ f64, 1e-9, [$($size),*] in $groups of $len }
            checked! { @ f32, 1e-4, [$($size),*] in $groups of $len }
            checked! { @ f16, 2e-2, [$($size),*] in $groups of $len }
            checked! { @ bf16, 1e-1, [$($size),*] in $groups of $len }
        )*};
        (@ $E:ty, $step:literal, [$($size:literal),*] in $groups:literal of $len:literal) => {{
            let x: Tensor<Shape![$($size),*], $E> = numbers(Default::default(), 1);
            let wide = x.convert::<f64>();
            near(x.group_norm::<$groups>(1e-3).eval().as_slice(), &standard(wide.as_slice(), $len, 1e-3), $step);
        }};
    }
    checked! {
        [3, 6] in 2 of 3;
        [2, 4, 5] in 4 of 5;
        [2, 4, 5] in 1 of 20;
        [2, 6, 3, 4] in 3 of 24;
        [1, 4, 2, 3, 2] in 2 of 24;
    }
    let x: Tensor<Shape![2, 3, 4, 5], f64> = numbers(Default::default(), 1);
    near(x.instance_norm(1e-3).eval().as_slice(), &standard(x.as_slice(), 20, 1e-3), 1e-9);
    assert_eq!(x.instance_norm(1e-3).eval(), x.group_norm::<3>(1e-3).eval());
    let turned = x.permute::<Axes![1, 2, 0, 3]>().eval();
    let view = x.permute::<Axes![1, 2, 0, 3]>().group_norm::<2>(1e-3).eval();
    near(view.as_slice(), &standard(turned.as_slice(), 20, 1e-3), 1e-9);
}

#[test]
fn norms_have_gradients() {
    let c: Tensor<Shape![2, 4, 3], f64> = numbers(Default::default(), 9);
    gradients!(random((D::<2>, D::<4>, D::<3>), 1, -1.0, 1.0), |x| (x.group_norm::<2>(1e-3) * &c).square().sum());
    gradients!(random((D::<2>, D::<4>, D::<3>), 1, -1.0, 1.0), |x| (x.instance_norm(1e-3) * &c).square().sum());
    let mut norm = GroupNorm::<D<4>, 2, Weights<f64>>::init(Cpu);
    (norm.weight, norm.bias) = (numbers((D::<4>,), 2).into(), numbers((D::<4>,), 3).into());
    gradients!((random((D::<2>, D::<4>, D::<3>), 1, -1.0, 1.0), norm), |(x, m)| (m.forward(x) * &c).square().sum());
}

#[test]
fn ends_and_nothing() {
    assert_eq!(Cpu.tensor([[1.0, 7.0]]).group_norm::<2>(0.0).eval(), Cpu.tensor([[0.0, 0.0]]));
    assert_eq!(Cpu.full((D::<2>, D::<2>, D::<3>), 5.0f32).group_norm::<1>(0.0).eval(), Cpu.zeros::<Shape![2, 2, 3]>());
    assert!(Cpu.ones::<Shape![0, 4, 3]>().group_norm::<2>(0.0).eval().is_empty());
    assert!(Cpu.ones::<Shape![2, 4, 0]>().instance_norm(0.0).eval().is_empty());
    let y = Cpu.tensor([[[1.0, f32::NAN], [1.0, 3.0]]]).instance_norm(0.0).eval();
    assert!(y.as_slice()[..2].iter().all(|y| y.is_nan()) && y.as_slice()[2..] == [-1.0, 1.0]);
    let big = Cpu.tensor([[[-3e38f32, 3e38]]]).instance_norm(1e-5).eval();
    near(big.as_slice(), &[-1.0, 1.0], 1e-5);
}

#[test]
fn layers_have_gain_and_bias() {
    let x: Tensor<Shape![2, 4, 3, 2], f64> = numbers(Default::default(), 1);
    let mut norm = GroupNorm::<D<4>, 2, Weights<f64>>::init(Cpu);
    (norm.weight, norm.bias) = (numbers((D::<4>,), 2).into(), numbers((D::<4>,), 3).into());
    let along = |v: Tensor<(D<4>,), f64>| v.reshape((D::<4>, D::<1>, D::<1>)).eval();
    let (w, b) = (along(norm.weight.tensor()), along(norm.bias.tensor()));
    let expected = (x.group_norm::<2>(1e-5) * &w + &b).eval();
    assert_eq!(norm.infer(|m| m.forward(&x).eval()).expect("the sizes agree"), expected);
    let mut names = vec![];
    norm.visit(|name, dims, _| names.push((name.to_owned(), dims.to_vec())));
    assert_eq!(names, [("weight".to_owned(), vec![4]), ("bias".to_owned(), vec![4])]);

    let key = Key::new(0);
    let tuple = (Conv2d::<D<4>, D<8>, Same<3>>::new(key), GroupNorm::<D<8>, 4>::new(), Relu, InstanceNorm2d::default());
    let y = tuple.infer(|m| m.forward(&Cpu.ones::<Shape![2, 4, 5, 5]>()).eval()).expect("it fits");
    assert_eq!(y.shape(), (D::<2>, D::<8>, D::<5>, D::<5>));
    let line: Tensor<Shape![2, 3, 4]> = numbers(Default::default(), 1);
    let tuple = (still!(BatchNorm1d<3>), InstanceNorm1d::default(), Relu);
    let y = tuple.infer(|m| m.forward(&line).eval()).expect("it fits");
    assert_eq!(y, line.instance_norm(1e-5).relu().eval());
    let room: Tensor<Shape![1, 2, 2, 2, 2]> = numbers(Default::default(), 1);
    let tuple = (still!(BatchNorm3d<2>), InstanceNorm3d { eps: 0.1 }, Relu);
    let y = tuple.infer(|m| m.forward(&room).eval()).expect("it fits");
    assert_eq!(y, room.instance_norm(0.1).relu().eval());
}

/// Batch norms over one and three axes of space, by the formula, in training and in inference.
macro_rules! batch_norms {
    ($($test:ident $Norm:ident [$($size:literal),*] of $count:literal: $Axes:ty, $Each:ty;)*) => {$(
        #[test]
        fn $test() {
            let x: Tensor<Shape![$($size),*], f64> = numbers(Default::default(), 1);
            let mut layer = $Norm::<D<3>, Weights<f64>>::init(Cpu);
            (layer.weight, layer.bias) = (numbers((D::<3>,), 2).into(), numbers((D::<3>,), 3).into());
            let along = |v: Tensor<(D<3>,), f64>| v.reshape(<$Each>::default()).eval();
            let (w, b) = (along(layer.weight.tensor()), along(layer.bias.tensor()));
            let (mean, var) = (x.mean_axes_keepdim::<$Axes>().eval(), x.var_axes_keepdim::<$Axes>(0).eval());
            let expected = ((&x - &mean) / (&var + 1e-5).sqrt() * &w + &b).eval();
            let mut found = vec![];
            let step = layer.value_and_grad(|m| m.forward(&x).with(|y| {
                found = y.eval().to_vec();
                y.sum()
            }));
            Sgd::new(&layer, 0.0).step(&mut layer, &step.expect("the sizes agree").1);
            near(&found, expected.as_slice(), 1e-9);
            let kept: Vec<f64> = mean.as_slice().iter().map(|mean| 0.1 * mean).collect();
            near(layer.running_mean.as_slice(), &kept, 1e-12);
            let count = f64::from($count);
            let unbiased: Vec<f64> = var.as_slice().iter().map(|var| 0.9 + 0.1 * var * count / (count - 1.0)).collect();
            near(layer.running_var.as_slice(), &unbiased, 1e-12);

            let (mean, var) = (along(layer.running_mean.tensor()), along(layer.running_var.tensor()));
            let expected = (&x - &mean) / (&var + 1e-5).sqrt() * &w + &b;
            let y = layer.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
            near(y.as_slice(), expected.eval().as_slice(), 1e-12);

            let c: Tensor<Shape![$($size),*], f64> = numbers(Default::default(), 4);
            let mut parts: (Param<_, Weights<f64>>, _, _) = (x.into(), layer.weight.clone(), layer.bias.clone());
            assert_gradients(stringify!($test), &mut parts, |(x, w, b)| {
                let own = $Norm { weight: w.clone(), bias: b.clone(), ..layer.clone() };
                let step = (x.clone(), own).value_and_grad(|(x, m)| (m.forward(x) * &c).square().sum());
                let (loss, (x, m)) = step.expect("the sizes agree");
                (loss, flat((x, m.weight, m.bias)))
            });
        }
    )*};
}
batch_norms! {
    lines_over_the_batch BatchNorm1d [4, 3, 5] of 20: Axes![0, 2], (D<3>, D<1>);
    pictures_over_the_batch BatchNorm2d [4, 3, 2, 5] of 40: Axes![0, 2, 3], (D<3>, D<1>, D<1>);
    a_single_picture BatchNorm2d [1, 3, 2, 5] of 10: Axes![0, 2, 3], (D<3>, D<1>, D<1>);
    rooms_over_the_batch BatchNorm3d [2, 3, 2, 3, 2] of 24: Axes![0, 2, 3, 4], (D<3>, D<1>, D<1>, D<1>);
}

#[test]
fn batch_norms_of_one_example_and_of_other_channels() {
    let norm = BatchNorm1d::<D<2>>::new();
    let error = norm.value_and_grad(|m| m.forward(&Cpu.ones::<Shape![1, 2, 1]>()).sum()).expect_err("one example");
    assert!(error.to_string().contains("a variance needs at least two"), "{error}");
    let norm = BatchNorm3d::<Channels>::sized(Cpu, Channels(3));
    let x: Tensor<_> = numbers((D::<1>, Channels(2), D::<2>, D::<2>, D::<2>), 1);
    let error = norm.infer(|m| m.forward(&x).eval()).expect_err("two channels").to_string();
    assert!(error.starts_with("batch norm: run-time sizes differ"), "{error}");
    let norm = BatchNorm2d::<D<2>>::new();
    let y = norm.infer(|m| m.forward(&Cpu.ones::<Shape![0, 2, 3, 3]>()).eval()).expect("nothing");
    assert!(y.is_empty());
}
