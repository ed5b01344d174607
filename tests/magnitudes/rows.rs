//! Norms, distances, deviations, normalisations and means of rows.

use super::{near, wide};
use congruent::prelude::*;

dims! { Length = ? }

/// Three rows of four, exact in every type.
const ROWS: [f64; 12] = [3.0, -4.0, 1.5, 0.25, -0.5, 2.0, 2.5, -1.0, 1.0, 0.0, -3.0, 0.75];
const WEIGHTS: [f64; 12] = [0.5, 1.0, -1.5, 2.0, 1.0, -0.25, 0.75, 1.5, -1.0, 1.25, 0.5, 0.25];

/// Values and gradients of operations of some degree, over rows times `2ᵏ`, are those of `k = 0` times a power of two.
macro_rules! homogeneous {
    ($E:ty, $exponents:expr, $relative:expr;
     $($name:literal of degree $degree:literal: |$w:ident, $at:ident| $run:expr;)*) => {$({
        let values_at = |k: i32| {
            let $at = |i: usize| <$E>::of_f64(ROWS[i] * 2f64.powi(k));
            let x: Tensor<Shape![3, 4], $E> = Cpu.from_fn((D::<3>, D::<4>), $at);
            let weights: Param<_, Weights<$E>> = x.into();
            let mut values = Vec::new();
            let (_, gradient) = weights
                .value_and_grad(|$w| {
                    $run.with(|y| {
                        values = wide(y.eval().as_slice());
                        y.sum()
                    })
                })
                .expect("the sizes agree");
            (values, wide(gradient.as_slice()))
        };
        let (values, gradient) = values_at(0);
        for k in $exponents {
            let what = format!("{} of {} times 2^{k}", $name, stringify!($E));
            let (found, slopes) = values_at(k);
            let by = |x: &[f64], power: i32| -> Vec<f64> { x.iter().map(|x| x * 2f64.powi(power)).collect() };
            near(&what, &found, &by(&values, k * $degree), $relative);
            near(&format!("the gradient of {what}"), &slopes, &by(&gradient, k * ($degree - 1)), $relative);
        }
    })*};
}

/// The operations of a type, over the exponents that it holds with all results.
macro_rules! each_operation {
    ($E:ty, $exponents:expr, $relative:expr) => {
        let weights: Tensor<Shape![3, 4], $E> = Cpu.from_fn((D::<3>, D::<4>), |i| <$E>::of_f64(WEIGHTS[i]));
        let tall: Tensor<Shape![4, 3], $E> = weights.t().eval();
        let (weights, tall) = (&weights, &tall);
        homogeneous! { $E, $exponents, $relative;
            "norm" of degree 1: |w, _at| w.norm(2.0);
            "norm of rows" of degree 1: |w, _at| w.norm_axis::<1>(2.0);
            "norm of columns" of degree 1: |w, _at| w.norm_axis::<0>(2.0);
            "norm of a view" of degree 1: |w, _at| w.t().norm_axis::<0>(2.0);
            "3-norm" of degree 1: |w, _at| w.norm_axis::<1>(3.0);
            "1-norm" of degree 1: |w, _at| w.norm_axis::<1>(1.0);
            "largest" of degree 1: |w, _at| w.norm_axis::<1>(f64::INFINITY);
            "matrix_norm" of degree 1: |w, _at| w.matrix_norm();
            "mean" of degree 1: |w, _at| w.mean_axis::<1>();
            "std" of degree 1: |w, _at| w.std(1);
            "std of rows" of degree 1: |w, _at| w.std_axis::<1>(0);
            "std of columns" of degree 1: |w, _at| w.std_axis::<0>(1);
            "nanstd of rows" of degree 1: |w, _at| w.nanstd_axis::<1>(0);
            "nanstd of columns" of degree 1: |w, _at| w.nanstd_axis::<0>(1);
            "std of a view" of degree 1: |w, _at| w.t().std_axis::<1>(1);
            "layer_norm" of degree 0: |w, _at| w.layer_norm(0.0) * weights;
            "layer_norm of a view" of degree 0: |w, _at| w.t().layer_norm(0.0) * tall;
            "cdist" of degree 1: |w, at| {
                let other: Tensor<Shape![2, 4], $E> = Cpu.from_fn((D::<2>, D::<4>), |i| at((i * 5 + 1) % 12));
                w.cdist(&other)
            };
            "cdist to the other side" of degree 1: |w, at| {
                let other: Tensor<Shape![2, 4], $E> = Cpu.from_fn((D::<2>, D::<4>), |i| at((i * 5 + 1) % 12));
                (&other).cdist(w)
            };
        }
    };
}

#[test]
fn rows_of_any_size() {
    each_operation!(f32, [-120, -90, -62, -20, 20, 60, 63, 64, 90, 120], 1e-5);
    each_operation!(f64, [-1000, -700, -510, -300, 300, 508, 512, 700, 1000], 1e-12);
    each_operation!(f16, [-8, 4, 8, 12], 4e-3);
    each_operation!(bf16, [-120, -64, -20, 20, 60, 64, 90, 120], 2e-2);
}

#[test]
fn lengths_in_rows_of_very_different_numbers() -> Result<(), congruent::Error> {
    let columns = Cpu.tensor([[1e20, 1e-25, 1.0, 3e38, 0.0], [-1e20, -1e-25, -1.0, 3e38, 0.0]]);
    near(
        "std of columns",
        &wide(columns.std_axis::<0>(0).eval().as_slice()),
        &wide(Cpu.tensor([1e20, 1e-25, 1.0, 0.0, 0.0]).as_slice()),
        1e-6,
    );
    near(
        "norm",
        &wide(columns.norm_axis::<0>(2.0).eval().as_slice())[..3],
        &[2f64.sqrt() * 1e20, 2f64.sqrt() * 1e-25, 2f64.sqrt()],
        1e-6,
    );
    let x = Cpu.tensor([[1e20, -1e20]]);
    near("layer_norm", &wide(x.layer_norm(1e-5).eval().as_slice()), &[1.0, -1.0], 1e-6);
    near("rms norm", &wide(RmsNorm::<D<2>>::new().infer(|m| m.forward(&x).eval())?.as_slice()), &[1.0, -1.0], 1e-6);
    let tiny = Cpu.tensor([[1e-30, -1e-30]]);
    let wanted = 1e-30 / 1e-5f64.sqrt();
    near(
        "layer_norm of what is nothing beside eps",
        &wide(tiny.layer_norm(1e-5).eval().as_slice()),
        &[wanted, -wanted],
        1e-5,
    );
    let found = RmsNorm::<D<2>>::new().infer(|m| m.forward(&tiny).eval())?;
    near("rms norm of what is nothing beside eps", &wide(found.as_slice()), &[wanted, -wanted], 1e-5);
    let w: Param<Shape![1, 2]> = Cpu.tensor([[3e20, 0.0]]).into();
    let (far, slope) = w.value_and_grad(|w| w.cdist(&Cpu.tensor([[0.0, 4e20]])).sum())?;
    near("cdist", &[far.into()], &[5e20], 1e-6);
    near("the gradient of cdist", &wide(slope.as_slice()), &[0.6, -0.8], 1e-6);
    let w: Param<Shape![1, 2]> = Cpu.tensor([[3e38, 1.0]]).into();
    let (same, slope) = w.value_and_grad(|w| w.cdist(&Cpu.tensor([[3e38, 1.0]])).sum())?;
    assert_eq!((same, slope.as_slice()), (0.0, [0.0, 0.0].as_slice()));
    Ok(())
}

#[test]
fn cosines_of_any_size() -> Result<(), congruent::Error> {
    macro_rules! cosines {
        ($E:ty, $sizes:expr, $relative:expr) => {
            for (left, right) in $sizes {
                let (left, right): (f64, f64) = (left, right);
                let row = |by: f64| Cpu.from_fn((D::<1>, D::<2>), |i| <$E>::of_f64([0.6, 0.8][i] * by));
                let other: Tensor<Shape![1, 2], $E> =
                    Cpu.from_fn((D::<1>, D::<2>), |i| <$E>::of_f64([0.8, 0.6][i] * right));
                let one: Tensor<Shape![1], $E> = Cpu.ones_of::<$E, _>((D::<1>,));
                let w: Param<Shape![1, 2], Weights<$E>> = row(left).into();
                let (loss, slope) = w.value_and_grad(|w| w.cosine_embedding(&other, &one, 0.0))?;
                let what = format!("cosine of {} of {left:e} and {right:e}", stringify!($E));
                near(&what, &[1.0 - loss.as_f64()], &[0.96], $relative);
                // (y - cos x) / |x| for directions x and y
                near(&what, &wide(slope.as_slice()), &[-0.224 / left, 0.168 / left], 20.0 * $relative);
            }
        };
    }
    cosines!(f32, [(1.0, 1.0), (1e10, 1e18), (1e18, 1e25), (1e37, 1e3), (1e30, 1e30)], 1e-5);
    cosines!(f64, [(1.0, 1.0), (1e150, 1e160), (1e200, 1e3), (1e300, 1e300)], 1e-10);
    cosines!(f16, [(1.0, 1.0), (200.0, 200.0), (3e4, 3e4)], 4e-3);
    cosines!(bf16, [(1.0, 1.0), (1e25, 1e37)], 1e-2);
    Ok(())
}

#[test]
fn equal_numbers_have_themselves_as_mean_and_no_deviation() {
    macro_rules! constant {
        ($E:ty, $values:expr) => {
            for value in $values {
                for length in [2, 3, 7, 49, 100, 512, 768, 1000, 4099] {
                    let value = <$E>::of_f64(value);
                    let what = format!("{length} times {value} of {}", stringify!($E));
                    let row = Cpu.full((D::<1>, Length(length)), value);
                    let column = Cpu.full((Length(length), D::<3>), value);
                    let zero = <$E>::of_f64(0.0);
                    for eps in [0.0, 1e-12, 1e-5] {
                        assert!(
                            row.layer_norm(eps).eval().as_slice().iter().all(|y| *y == zero),
                            "layer_norm of {what}"
                        );
                    }
                    assert_eq!(row.var_axis::<1>(0).eval().as_slice(), [zero], "var of {what}");
                    assert_eq!(row.std(1).eval().item(), zero, "std of {what}");
                    assert_eq!(column.std_axis::<0>(0).eval().as_slice(), [zero; 3], "std of columns of {what}");
                    assert_eq!(column.var_axis::<0>(1).eval().as_slice(), [zero; 3], "var of columns of {what}");
                    assert_eq!(row.mean_axis::<1>().eval().as_slice(), [value], "mean of {what}");
                    assert_eq!(column.mean_axis::<0>().eval().as_slice(), [value; 3], "mean of columns of {what}");
                    assert_eq!(row.nanvar_axis::<1>(0).eval().as_slice(), [zero], "nanvar of {what}");
                    assert_eq!(column.nanstd_axis::<0>(1).eval().as_slice(), [zero; 3], "nanstd of {what}");
                    assert_eq!(row.nanmean_axis::<1>().eval().as_slice(), [value], "nanmean of {what}");
                }
            }
        };
    }
    constant!(f32, [1234.567, 10000.3, 0.1, -1e-30, 3.3e38, 1e-42]);
    constant!(f64, [1234.567, 10000.3, 0.1, -1e-300, 1.7e308, 1e-310]);
    constant!(f16, [1234.567, 0.1, -60000.0, 1e-6]);
    constant!(bf16, [1234.567, 0.1, -3e38, 1e-30]);
}

#[test]
fn deviations_from_a_large_mean() {
    let x: Tensor<Shape![1000]> = Cpu.from_fn((D::<1000>,), |i| 10000.0 + (i % 5) as f32 * 0.5);
    near("var", &[x.var(0).eval().item().into()], &[0.5], 1e-6);
    let y = x.reshape((D::<1>, D::<1000>)).layer_norm(0.0).eval();
    near(
        "layer_norm",
        &wide(y.as_slice())[..5],
        &[-2f64.sqrt(), -0.5f64.sqrt(), 0.0, 0.5f64.sqrt(), 2f64.sqrt()],
        1e-6,
    );
}

#[test]
fn means_lie_among_their_numbers() {
    let x = Cpu.tensor([[3e38, 3.2e38], [-3e38, 3e38], [1.0, 2.0]]);
    near(
        "mean of rows",
        &wide(x.mean_axis::<1>().eval().as_slice()),
        &wide(Cpu.tensor([3.1e38, 0.0, 1.5]).as_slice()),
        1e-6,
    );
    near(
        "mean of a view",
        &wide(x.t().mean_axis::<0>().eval().as_slice()),
        &wide(Cpu.tensor([3.1e38, 0.0, 1.5]).as_slice()),
        1e-6,
    );
    let apart = Cpu.tensor([[3e38, -3e38, -3e38], [-1.0, f32::NAN, 3.0]]);
    near("mean of both ends", &wide(apart.mean_axis::<1>().eval().as_slice()), &[-1e38, f64::NAN], 1e-6);
    near("mean of both ends", &wide(apart.t().eval().nanmean_axis::<0>().eval().as_slice()), &[-1e38, 1.0], 1e-6);
    let large = Cpu.full((Length(1000),), 3.3e38f32);
    near("mean of all", &[large.mean().eval().item().into()], &[3.3e38f32.into()], 1e-6);
    near("mean of an expression", &[(&large * 1.0).mean().eval().item().into()], &[3.3e38f32.into()], 1e-6);
    assert_eq!(Cpu.tensor_of::<f64, _>([1.7e308, 1.7e308]).mean().eval().item(), 1.7e308);
    assert_eq!(Cpu.tensor_of::<f64, _>([1.7e308, f64::NAN, 1.7e308]).nanmean().eval().item(), 1.7e308);
    let infinite = Cpu.tensor([[f32::INFINITY, 1.0], [f32::INFINITY, f32::NEG_INFINITY], [1.0, f32::NAN]]);
    let means = wide(infinite.mean_axis::<1>().eval().as_slice());
    near("mean of infinities", &means, &[f64::INFINITY, f64::NAN, f64::NAN], 0.0);
}

#[test]
fn infinities_and_zeros() -> Result<(), congruent::Error> {
    let (inf, nan) = (f32::INFINITY, f32::NAN);
    let x = Cpu.tensor([[inf, 1.0], [inf, -inf], [inf, nan], [1.0, nan], [0.0, 0.0]]);
    let (far, none) = (f64::INFINITY, f64::NAN);
    near("norm", &wide(x.norm_axis::<1>(2.0).eval().as_slice()), &[far, far, none, none, 0.0], 0.0);
    near("std", &wide(x.std_axis::<1>(0).eval().as_slice()), &[none, none, none, none, 0.0], 0.0);
    let y = wide(x.layer_norm(1e-5).eval().as_slice());
    assert!(y[..8].iter().all(|y| y.is_nan()) && y[8..] == [0.0, 0.0], "{y:?}");
    let zeros: Param<Shape![2, 3]> = Cpu.zeros::<Shape![2, 3]>().into();
    for slope in [
        zeros.value_and_grad(|w| w.norm(2.0))?.1,
        zeros.value_and_grad(|w| w.matrix_norm())?.1,
        zeros.value_and_grad(|w| w.std_axis::<1>(0).sum())?.1,
        zeros.value_and_grad(|w| w.layer_norm(0.0).sum())?.1,
        zeros.value_and_grad(|w| w.cdist(&Cpu.zeros::<Shape![4, 3]>()).sum())?.1,
    ] {
        assert_eq!(slope.as_slice(), [0.0; 6]);
    }
    let norm = RmsNorm::<D<3>> { eps: 0.0, ..RmsNorm::new() };
    assert_eq!(norm.infer(|m| m.forward(&Cpu.zeros::<Shape![2, 3]>()).eval())?.as_slice(), [0.0; 6]);
    // The value of a norm may be too large for its type, the direction is not.
    let w: Param<Shape![2]> = Cpu.tensor([3e38, 3e38]).into();
    near(
        "the gradient of an infinite norm",
        &wide(w.value_and_grad(|w| w.norm(2.0))?.1.as_slice()),
        &[0.5f64.sqrt(); 2],
        1e-6,
    );
    let w: Param<Shape![2]> = Cpu.tensor([1e-45, 1e-45]).into();
    near(
        "the gradient of a tiny norm",
        &wide(w.value_and_grad(|w| w.norm(2.0))?.1.as_slice()),
        &[0.5f64.sqrt(); 2],
        1e-6,
    );
    Ok(())
}

#[test]
fn batches_of_equal_and_of_large_numbers() -> Result<(), congruent::Error> {
    let norm = BatchNorm::<D<3>>::new();
    let x: Tensor<Shape![768, 3]> =
        Cpu.from_fn((D::<768>, D::<3>), |i| [10000.3, if i % 2 == 0 { 1e20 } else { -1e20 }, 3e38][i % 3]);
    let mut values = Vec::new();
    norm.value_and_grad(|m| {
        values = m.forward(&x).eval().to_vec();
        m.forward(&x).sum()
    })?;
    for row in values.chunks(3) {
        assert!(row[0] == 0.0 && (row[1].abs() - 1.0).abs() < 1e-6 && row[2] == 0.0, "{row:?}");
    }
    Ok(())
}

/// `(|x| / y)ᵖ⁻¹` where the quotient is nothing and its power is not.
#[test]
fn norms_of_far_numbers() -> Result<(), congruent::Error> {
    macro_rules! norms {
        ($E:ty, $small:expr, $large:expr, $relative:expr) => {
            for p in [0.05, 0.25, 0.5, 0.9, 1.01, 1.25, 1.5, 2.5, 2.99, 3.0] {
                for len in [2, 7, 17, 1021] {
                    // Far numbers side by side, of both signs.
                    let value = |i: usize| [$large, -$small][i % 2];
                    let (many, few) = ((len - len / 2) as f64, (len / 2) as f64);
                    // By logarithms: the powers themselves leave the range of `f64` as well.
                    let [small, large] = [$small, $large].map(|x| <$E>::of_f64(x).as_f64().ln());
                    let total = (many + few * ((small - large) * p).exp()).ln();
                    let logarithms = [0.0, small - large].map(|way: f64| way * (p - 1.0) + (1.0 - p) / p * total);
                    let ends = if size_of::<$E>() == 4 { [1e-37, 1e38] } else { [1e-300, 1e307] }.map(f64::ln);
                    let inside = |x: &f64| (ends[0]..ends[1]).contains(x);
                    if !logarithms.iter().chain(&[large + total / p]).all(inside) {
                        continue;
                    }
                    let wanted = [logarithms[0].exp(), -logarithms[1].exp()];
                    let w: Param<_, Weights<$E>> = Cpu.from_fn((Length(len),), |i| <$E>::of_f64(value(i))).into();
                    let (found, slope) = w.value_and_grad(|w| w.norm(p))?;
                    let what = format!("{p}-norm of {len} of {}", stringify!($E));
                    near(&what, &[found.as_f64().ln()], &[large + total / p], $relative);
                    near(&format!("slope of the {what}"), &wide(&slope.as_slice()[..2]), &wanted, $relative);
                }
            }
        };
    }
    norms!(f32, 1e-25, 1e22, 2e-4);
    norms!(f32, 1e-40, 1e-3, 2e-4);
    norms!(f32, 1e-30, 1e38, 2e-4);
    norms!(f32, 1e-3, 2.0, 2e-4);
    norms!(f64, 1e-200, 1e150, 1e-9);
    norms!(f64, 1e-310, 1e3, 1e-9);
    norms!(f64, 1e-300, 1e300, 1e-9);
    Ok(())
}

#[test]
fn norms_of_nothing() {
    let (wide, tall) = (Cpu.full((Length(3), D::<0>), 1.0f32), Cpu.full((D::<0>, Length(3)), 1.0f32));
    let batch = Cpu.full((D::<2>, Length(0), D::<3>), f16::ONE);
    for (one, inf, root) in [
        (wide.matrix_norm_one().eval().item(), wide.matrix_norm_inf().eval().item(), wide.matrix_norm().eval().item()),
        (tall.matrix_norm_one().eval().item(), tall.matrix_norm_inf().eval().item(), tall.matrix_norm().eval().item()),
    ] {
        assert_eq!([one, inf, root], [0.0; 3]);
    }
    assert_eq!(batch.matrix_norm_inf().eval().as_slice(), [f16::ZERO; 2]);
    assert_eq!(batch.matrix_norm_one().eval().as_slice(), [f16::ZERO; 2]);
    for p in [0.0, 0.5, 1.0, 2.0, 3.0, f64::INFINITY] {
        assert_eq!(wide.norm(p).eval().item(), 0.0, "{p}");
        assert_eq!(wide.norm_axis::<1>(p).eval().as_slice(), [0.0; 3], "{p}");
        assert_eq!(tall.norm_axis::<0>(p).eval().as_slice(), [0.0; 3], "{p}");
        assert!(tall.norm_axis::<1>(p).eval().as_slice().is_empty(), "{p}");
    }
    assert_eq!((wide.sum().eval().item(), wide.nansum().eval().item(), wide.prod().eval().item()), (0.0, 0.0, 1.0));
}

#[test]
fn shares_of_running_sums_of_exponentials() -> Result<(), congruent::Error> {
    macro_rules! shares {
        ($E:ty, $shifts:expr, $relative:expr) => {
            for shift in $shifts {
                for len in [1, 2, 4, 17, 1021] {
                    let shift: f64 = shift;
                    let rows: Tensor<(Length, D<2>), $E> = Cpu.full((Length(len), D::<2>), <$E>::of_f64(shift));
                    let w: Param<_, Weights<$E>> = rows.into();
                    let last = (len - 1) as i64;
                    let what = format!("{len} logits of {shift:e} of {}", stringify!($E));
                    let (_, slope) =
                        w.value_and_grad(|w| w.logcumsumexp_axis::<0>().gather(&Cpu.tensor([last])).sum())?;
                    near(&what, &wide(slope.as_slice()), &vec![1.0 / len as f64; 2 * len], $relative);
                    let (_, slope) = w.value_and_grad(|w| w.t().logcumsumexp_axis::<1>().sum())?;
                    // 1/i of each later sum
                    let mut later = 0.0;
                    let mut wanted: Vec<f64> = (1..=len).rev().map(|i| (later += 1.0 / i as f64, later).1).collect();
                    wanted.reverse();
                    let wanted: Vec<f64> = wanted.iter().flat_map(|w| [*w, *w]).collect();
                    near(&format!("all of {what}"), &wide(slope.as_slice()), &wanted, $relative);
                }
            }
        };
    }
    shares!(f32, [0.0, 1e3, -1e6, 1e10, 3e38, f64::INFINITY], 1e-6);
    shares!(f64, [0.0, 1e6, -1e17, 1e300], 1e-13);
    shares!(f16, [0.0, 1000.0, -60000.0], 1e-3);
    shares!(bf16, [0.0, 1000.0, -3e38], 1e-2);
    let w: Param<Shape![5]> = Cpu.tensor([1e6, 1e6 + 1.0, -1e6, 1e6 + 2.0, f32::NEG_INFINITY]).into();
    let (_, slope) = w.value_and_grad(|w| w.logcumsumexp_axis::<0>().select::<0>(4))?;
    near(
        "a softmax",
        &wide(slope.as_slice()),
        &[0.09003057317038046, 0.24472847105479764, 0.0, 0.6652409557748218, 0.0],
        1e-6,
    );
    Ok(())
}
