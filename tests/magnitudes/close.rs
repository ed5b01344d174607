//! Numbers that are equal or nearly so: deviations that are a few units of the last place of the mean, or none.
//!
//! Apart from `rows` because no scale helps here. Numbers `base + k · ulp` have the deviations of the integers `k`,
//! which are their reference.

use super::{near, wide};
use congruent::prelude::*;

dims! { Length = ? }

/// Integers whose mean is none of them in most lengths.
fn steps(len: usize) -> Vec<f64> {
    (0..len).map(|i| (i * i % 7 + i % 3) as f64).collect()
}

/// Distances from the mean, and the deviation of the population.
fn deviations(x: &[f64]) -> (Vec<f64>, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let distances: Vec<f64> = x.iter().map(|x| x - mean).collect();
    let deviation = (distances.iter().map(|d| d * d).sum::<f64>() / n).sqrt();
    (distances, deviation)
}

/// What a graph gives of a parameter with these values, and the gradient of its sum.
macro_rules! outcome {
    ($x:expr, |$w:ident| $run:expr) => {{
        let w: Param<_, Weights<_>> = $x.into();
        let mut values = Vec::new();
        let (_, slope) = w
            .value_and_grad(|$w| {
                $run.with(|y| {
                    values = wide(y.eval().as_slice());
                    y.sum()
                })
            })
            .expect("the sizes agree");
        (values, wide(slope.as_slice()))
    }};
}

/// Two features beside each other, and what batch normalisation without `eps` gives of them.
macro_rules! batches {
    ($E:ty, $len:expr, $at:expr) => {{
        let at = $at;
        let norm = BatchNorm { eps: 0.0, ..BatchNorm::<D<2>, Weights<$E>>::init(Cpu) };
        let x: Tensor<(Length, D<2>), $E> = Cpu.from_fn((Length($len), D::<2>), |i| <$E>::of_f64(at(i / 2, i % 2)));
        let mut values = Vec::new();
        let outcome = norm.value_and_grad(|m| {
            let y = m.forward(&x);
            values = wide(y.stop_gradient().eval().as_slice());
            m.forward(&x).sum()
        });
        outcome.expect("more than one example");
        values
    }};
}

#[test]
fn equal_numbers_of_any_size_have_no_deviation() {
    macro_rules! equal {
        ($E:ty, $exponents:expr) => {
            for exponent in $exponents {
                for len in [1, 2, 3, 7, 17, 100, 1021] {
                    let value = <$E>::of_f64(1.2345678901234567 * 2f64.powi(exponent));
                    let what = format!("{len} times {value:e} of {}", stringify!($E));
                    let zeros = vec![0.0; len];
                    let row = Cpu.full((Length(len),), value);
                    near(&format!("var, {what}"), &outcome!(row.clone(), |w| w.var(0)).0, &[0.0], 0.0);
                    let (deviation, slope) = outcome!(row.clone(), |w| w.std(0));
                    near(&format!("std, {what}"), &deviation, &[0.0], 0.0);
                    assert_eq!(slope, zeros, "the gradient of std, {what}");
                    let (normal, slope) = outcome!(row, |w| w.layer_norm(0.0));
                    assert_eq!((&normal, &slope), (&zeros, &zeros), "layer_norm, {what}");
                    let columns = Cpu.full((Length(len), D::<3>), value);
                    let (deviation, slope) = outcome!(columns, |w| w.std_axis::<0>(0));
                    assert_eq!(deviation, [0.0; 3], "std of columns, {what}");
                    assert_eq!(slope, zeros.repeat(3), "the gradient of std of columns, {what}");
                    if len > 1 {
                        let found = batches!($E, len, |_, _| value.as_f64());
                        assert_eq!(found, zeros.repeat(2), "batch norm, {what}");
                    }
                }
            }
        };
    }
    equal!(f32, (-149..128).step_by(9).chain([-31, -30, -29]));
    equal!(f64, (-1074..1024).step_by(49).chain([-460, -448, -189]));
    equal!(f16, (-24..16).step_by(5));
    equal!(bf16, (-133..128).step_by(15));
}

#[test]
fn close_numbers_have_the_deviations_of_their_last_places() {
    macro_rules! close {
        ($E:ty, $digits:literal, $exponents:expr, $relative:expr) => {
            for exponent in $exponents {
                for len in [2, 3, 7, 17, 64, 1021] {
                    let steps = steps(len);
                    let (distances, deviation) = deviations(&steps);
                    let ulp = 2f64.powi(exponent - $digits);
                    let base = 1.3125 * 2f64.powi(exponent);
                    let at = |i: usize| <$E>::of_f64(base + steps[i] * ulp);
                    let what = format!("{len} numbers beside {base:e} of {}", stringify!($E));
                    let normal: Vec<f64> = distances.iter().map(|d| d / deviation).collect();
                    let slopes: Vec<f64> = normal.iter().map(|y| y / len as f64).collect();
                    let row = Cpu.from_fn((Length(len),), at);
                    let (found, slope) = outcome!(row.clone(), |w| w.std(0));
                    near(&format!("std, {what}"), &found, &[deviation * ulp], $relative);
                    near(&format!("the gradient of std, {what}"), &slope, &slopes, 2.0 * $relative);
                    let found = row.layer_norm(0.0).eval();
                    near(&format!("layer_norm, {what}"), &wide(found.as_slice()), &normal, 2.0 * $relative);
                    let columns = Cpu.from_fn((Length(len), D::<2>), |i| at(if i % 2 == 0 { i / 2 } else { 0 }));
                    let found = columns.std_axis::<0>(0).eval();
                    near(
                        &format!("std of columns, {what}"),
                        &wide(found.as_slice()),
                        &[deviation * ulp, 0.0],
                        $relative,
                    );
                    let found = batches!($E, len, |i: usize, feature| match feature {
                        0 => at(i).as_f64(),
                        _ => steps[i],
                    });
                    let twice: Vec<f64> = normal.iter().flat_map(|y| [*y, *y]).collect();
                    near(&format!("batch norm, {what}"), &found, &twice, 4.0 * $relative);
                }
            }
        };
    }
    close!(f32, 23, [-100, -40, -20, 0, 10, 20, 60, 100, 126], 1e-6);
    close!(f64, 52, [-900, -400, -170, 0, 33, 53, 500, 1000], 1e-13);
    close!(f16, 10, [0, 10, 14], 1e-3);
    close!(bf16, 7, [-100, -30, 0, 20, 100], 1e-2);
}

#[test]
fn variances_of_close_numbers() {
    let x = Cpu.tensor_of::<f64, _>([1e16, 1e16 + 2.0, 1e16]);
    let (variance, slope) = outcome!(x, |w| w.var(0));
    near("var", &variance, &[8.0 / 9.0], 1e-14);
    near("the gradient of var", &slope, &[-4.0 / 9.0, 8.0 / 9.0, -4.0 / 9.0], 1e-14);
    let x = Cpu.tensor([1e6f32, 1e6 + 1.0, 1e6 + 0.5, 1e6 + 0.125, 1e6 + 0.25, 1e6 + 3.0, 1e6]);
    let (distances, deviation) = deviations(&wide(x.as_slice()));
    let (variance, slope) = outcome!(x, |w| w.var(0));
    near("var", &variance, &[deviation * deviation], 1e-6);
    let slopes: Vec<f64> = distances.iter().map(|d| d * 2.0 / 7.0).collect();
    near("the gradient of var", &slope, &slopes, 1e-6);
}

#[test]
fn batches_of_numbers_of_any_size() -> Result<(), congruent::Error> {
    let far = |by: f64| move |i: usize, feature| [by, -by, -by][i] * [1.0, 0.5][feature];
    let normal = [2f64.sqrt(), 2f64.sqrt(), -0.5f64.sqrt(), -0.5f64.sqrt(), -0.5f64.sqrt(), -0.5f64.sqrt()];
    for by in [3e38, 1e30, 1e10, 1.0, 1e-10, 1e-25, 1e-35] {
        near(&format!("batch norm of {by:e}"), &batches!(f32, 3, far(by)), &normal, 1e-6);
    }
    for by in [1.7e308, 1e200, 1e-100, 1e-200, 1e-300] {
        near(&format!("batch norm of {by:e}"), &batches!(f64, 3, far(by)), &normal, 1e-13);
    }
    near("batch norm of f16", &batches!(f16, 3, far(60000.0)), &normal, 1e-3);
    near("batch norm of bf16", &batches!(bf16, 3, far(3e38)), &normal, 1e-2);
    // Features of all sizes beside each other, with `eps`; the gradient of each is `(dy - mean - y · mean)` over the
    // deviation.
    let columns = [[3e38, -3e38, -3e38], [1e-25, -1e-25, 0.0], [0.1, 0.1, 0.1], [1.0, -1.0, -1.0], [1e4, 1e4, 10001.0]];
    let x: Param<Shape![3, 5]> = Cpu.from_fn((D::<3>, D::<5>), |i| columns[i % 5][i / 5] as f32).into();
    let seeds: Tensor<Shape![3, 5]> = Cpu.from_fn((D::<3>, D::<5>), |i| [1.0, 0.0, 3.0][i / 5]);
    let mut values = Vec::new();
    let mut model = (x, BatchNorm::<D<5>>::new());
    let (_, grads) = model.value_and_grad(|(x, norm)| {
        norm.forward(x).with(|y| {
            values = wide(y.eval().as_slice());
            (y * &seeds).sum()
        })
    })?;
    congruent::optim::Sgd::new(&model, 0.0).step(&mut model, &grads);
    for (feature, column) in columns.iter().enumerate() {
        let (distances, deviation) = deviations(&column.map(|x| f64::from(x as f32)));
        let deviation = deviation.hypot(1e-5f64.sqrt());
        let y: Vec<f64> = distances.iter().map(|d| d / deviation).collect();
        let found: Vec<f64> = values.iter().skip(feature).step_by(5).copied().collect();
        let y: Vec<f64> = if feature == 2 { vec![0.0; 3] } else { y };
        near(&format!("feature {feature}"), &found, &y, 1e-6);
        let (of_seeds, share) = ([1.0, 0.0, 3.0].map(|g| g - 4.0 / 3.0), (y[0] + 3.0 * y[2]) / 3.0);
        let slopes: Vec<f64> = of_seeds.iter().zip(&y).map(|(g, y)| (g - y * share) / deviation).collect();
        let found: Vec<f64> = wide(grads.0.as_slice()).iter().skip(feature).step_by(5).copied().collect();
        // Where they are nothing, what is subtracted is rounded.
        let off = found.iter().zip(&slopes).map(|(f, s)| (f - s).abs()).fold(0.0, f64::max);
        let most = slopes.iter().map(|s| s.abs()).fold(0.0, f64::max);
        assert!(off <= 1e-5 * most, "the gradient of feature {feature}: {found:?}, wanted {slopes:?}");
    }
    let means = wide(model.1.running_mean.as_slice());
    near("running mean", &means, &[-1e37, 0.0, 0.01, -1.0 / 30.0, 1e3 + 1.0 / 30.0], 1e-6);
    let variances = wide(model.1.running_var.as_slice());
    near("running variance", &variances[1..], &[0.9, 0.9, 0.9 + 4.0 / 30.0, 0.9 + 1.0 / 30.0], 1e-6);
    Ok(())
}
