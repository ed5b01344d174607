//! Sums stay in `f32` and `f64` until they are done: reductions, softmax, normalisation, running sums, gradients.

use super::{Half, Len, Rows, assert_rounded, both, uniform, wide};
use congruent::ops::{RunningForm, RunningRow, RunningVisitor, every_running_formula};
use congruent::prelude::*;

fn long_sums<E: Half>() {
    let ones: Tensor<(Len,), E> = super::filled((Len(100_000),), 1.0);
    assert_rounded("the sum", ones.sum().eval().as_slice(), &[100_000.0], 0); // infinite for f16
    assert_eq!(ones.sum().eval().item().as_f64().is_infinite(), E::NAME == "f16");
    assert_eq!((ones.mean().eval().item().as_f64(), ones.var(0).eval().item().as_f64()), (1.0, 0.0));
    let part = ones.narrow::<0, _>(0, Len(60_001));
    assert_rounded("a part", part.sum().eval().as_slice(), &[60_001.0], 0);
    // 0.1 is not a number of the type: what is added is its neighbour.
    let tenth = E::of_f64(0.1).as_f64();
    let tenths: Tensor<(Rows, Len), E> = super::filled((Rows(3), Len(20_011)), 0.1);
    assert_rounded("rows", tenths.sum_axis::<1>().eval().as_slice(), &[20_011.0 * tenth; 3], 0);
    assert_rounded("all", tenths.sum().eval().as_slice(), &[60_033.0 * tenth], 0);
    assert_rounded("columns", tenths.t().eval().sum_axis::<0>().eval().as_slice(), &[20_011.0 * tenth; 3], 0);
    assert_rounded("means", tenths.mean_axis::<1>().eval().as_slice(), &[tenth; 3], 0);
}

/// Reductions along each axis against those of `f32`: at most a neighbour away, where `f32` itself lies on a middle.
fn reductions_agree<E: Half>() {
    macro_rules! along {
        ($x:expr, $y:expr, $axis:literal, $($name:ident($($arg:expr)?)),*) => { $(
            let (found, wanted) = ($x.$name::<$axis>($($arg)?).eval(), $y.$name::<$axis>($($arg)?).eval());
            assert_rounded(stringify!($name), found.as_slice(), &wide(&wanted), 1);
        )* };
    }
    for (rows, columns) in [(1, 1), (7, 17), (17, 1), (3, 1021), (1021, 5), (0, 3), (3, 0)] {
        let x: Tensor<(Rows, Len), E> = uniform((Rows(rows), Len(columns)), 1);
        let y = x.convert::<f32>();
        macro_rules! all {
            ($axis:literal) => {
                along!(
                    x,
                    y,
                    $axis,
                    sum_axis(),
                    mean_axis(),
                    prod_axis(),
                    max_axis(),
                    min_axis(),
                    var_axis(0),
                    std_axis(1),
                    logsumexp_axis(),
                    norm_axis(2.0)
                );
            };
        }
        all!(0);
        all!(1);
        assert_rounded("the mean", x.mean().eval().as_slice(), &wide(&y.mean().eval()), 1);
    }
}

fn softmax_of_many<E: Half>() {
    let x: Tensor<(Rows, Len), E> = Cpu.uniform_of((Rows(3), Len(5_000)), Key::new(2), -8.0, 8.0);
    let each = |of: fn(&[f64]) -> Vec<f64>| {
        let row = |row: &[E]| of(&row.iter().map(|x| x.as_f64()).collect::<Vec<_>>());
        x.as_slice().chunks(5_000).flat_map(row).collect::<Vec<_>>()
    };
    let softmax = each(|row| {
        let total = row.iter().map(|x| x.exp()).sum::<f64>();
        row.iter().map(|x| x.exp() / total).collect()
    });
    // A neighbour away where `f32` is on the other side of a middle; subnormal results of f16 are no different.
    assert_rounded("softmax", x.softmax().eval().as_slice(), &softmax, 1);
    let log = each(|row| {
        let total = row.iter().map(|x| x.exp()).sum::<f64>();
        row.iter().map(|x| x - total.ln()).collect()
    });
    assert_rounded("log_softmax", x.log_softmax().eval().as_slice(), &log, 1);
    let normed = each(|row| {
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
        row.iter().map(|x| (x - mean) / (variance + 1e-5).sqrt()).collect()
    });
    assert_rounded("layer_norm", x.layer_norm(1e-5).eval().as_slice(), &normed, 1);
}

fn running_sums<E: Half>() {
    let ones: Tensor<(Len,), E> = super::filled((Len(1_021),), 1.0);
    let wanted: Vec<f64> = (1..=1_021).map(f64::from).collect();
    assert_rounded("cumsum", ones.cumsum_axis::<0>().eval().as_slice(), &wanted, 0);
    struct Each<E: Half>(Tensor<(Rows, Len), E>);
    impl<E: Half> RunningVisitor for Each<E> {
        fn running<M: RunningForm>(&mut self, row: &RunningRow, method: M) {
            let (x, y) = (&self.0, &self.0.convert::<f64>());
            let (found, wanted) = (method.axis::<0, _>(x).eval(), method.axis::<0, _>(y).eval());
            assert_rounded(row.name, found.as_slice(), &wide(&wanted), 0);
            let (found, wanted) = (method.axis::<1, _>(x).eval(), method.axis::<1, _>(y).eval());
            assert_rounded(row.name, found.as_slice(), &wide(&wanted), 0);
        }
    }
    every_running_formula(&mut Each::<E>(uniform((Rows(7), Len(17)), 3)));
}

/// The gradient of what was broadcast is a sum over all places: of 10 000 ones it is 10 000, where a sum in the type
/// itself ends at 256 (bf16) or 2048 (f16).
fn gradients_of_broadcast_operands<E: Half>() {
    let x: Tensor<(Rows, Len), E> = super::filled((Rows(10_000), Len(7)), 1.0);
    let row: Param<(Len,), Weights<E>> = super::filled((Len(7),), 0.5).into();
    let slope = row.value_and_grad(|row| (&x + row).sum()).expect("sizes").1;
    assert_rounded("a row", slope.as_slice(), &[10_000.0; 7], 0);
    let column: Param<(Rows, D<1>), Weights<E>> = super::filled((Rows(3), D::<1>), 0.5).into();
    let x: Tensor<(Rows, Len), E> = super::filled((Rows(3), Len(10_007)), 1.0);
    let slope = column.value_and_grad(|column| (&x * column).sum()).expect("sizes").1;
    assert_rounded("a column", slope.as_slice(), &[10_007.0; 3], 0);
    let number: Param<(), Weights<E>> = super::filled((), 0.5).into();
    let slope = number.value_and_grad(|number| (&x * number).sum()).expect("sizes").1;
    assert_rounded("a number", slope.as_slice(), &[30_021.0], 0);
    // Through a view: the gradient lies as the memory of the operand does.
    let matrix: Param<(D<2>, Len), Weights<E>> = super::filled((D::<2>, Len(7)), 0.5).into();
    let x: Tensor<(Rows, Len), E> = super::filled((Rows(4_000), Len(7)), 1.0);
    let slope = matrix.value_and_grad(|m| (&x * m.narrow::<0, _>(1, D::<1>)).sum()).expect("sizes").1;
    let wanted: Vec<f64> = (0..14).map(|i| if i < 7 { 0.0 } else { 4_000.0 }).collect();
    assert_rounded("a view", slope.as_slice(), &wanted, 0);
    // Through a view whose elements do not lie side by side.
    let turned: Param<(Len, D<2>), Weights<E>> = super::filled((Len(7), D::<2>), 0.5).into();
    let slope = turned.value_and_grad(|m| (&x * m.t().narrow::<0, _>(1, D::<1>)).sum()).expect("sizes").1;
    let wanted: Vec<f64> = (0..14).map(|i| if i % 2 == 0 { 0.0 } else { 4_000.0 }).collect();
    assert_rounded("a turned view", slope.as_slice(), &wanted, 0);
    // Used twice: two sums, which are added in the type itself.
    let slope = row.value_and_grad(|row| (&x * row + row).sum()).expect("sizes").1;
    assert_rounded("twice", slope.as_slice(), &[8_000.0; 7], 1);
}

/// Chunks are as many for each number of threads, and partial sums are added in their order.
fn threads_agree<E: Half>() {
    let run = || {
        let x: Tensor<(Rows, Len), E> = uniform((Rows(1_021), Len(173)), 4);
        let row: Param<(Len,), Weights<E>> = uniform((Len(173),), 5).into();
        let (loss, slope) = row.value_and_grad(|row| (&x * row).tanh().mean()).expect("sizes");
        (loss.as_f64(), slope.as_slice().iter().map(|x| x.bits()).collect::<Vec<_>>())
    };
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
    assert_eq!(pool(1).install(run), pool(3).install(run));
}

/// Row programs forward and backward against `f64`, relative to the step of the type.
fn gradients_of_rows<E: Half>() {
    let x: Tensor<Shape![7, 17], E> = uniform(Default::default(), 6);
    let weight: Tensor<Shape![7, 17], E> = uniform(Default::default(), 7);
    let (own, double): (Param<_, Weights<E>>, Param<_, Weights<f64>>) = (x.clone().into(), x.convert::<f64>().into());
    let weight64 = weight.convert::<f64>();
    macro_rules! check {
        ($($what:literal: |$x:ident| $y:expr;)*) => { $(
            let found = own.value_and_grad(|$x| ($y * &weight).sum()).expect("sizes").1;
            let wanted = double.value_and_grad(|$x| ($y * &weight64).sum()).expect("sizes").1;
            assert_near($what, found.as_slice(), wanted.as_slice());
        )* };
    }
    check! {
        "softmax": |x| x.softmax();
        "log_softmax": |x| x.log_softmax();
        "layer_norm": |x| x.layer_norm(1e-5);
        "mean": |x| x.mean_keepdim::<1>();
        "logsumexp": |x| x.logsumexp_keepdim::<0>();
        "max": |x| x.max_keepdim::<1>();
        "std": |x| x.std_keepdim::<1>(1);
        "sort": |x| x.sort_axis::<1>();
        "roll": |x| x.flip::<0>().t().t();
    }
    every_running_formula(&mut RunningSlopes { x, weight });
}

struct RunningSlopes<E: Half> {
    x: Tensor<Shape![7, 17], E>,
    weight: Tensor<Shape![7, 17], E>,
}
impl<E: Half> RunningVisitor for RunningSlopes<E> {
    fn running<M: RunningForm>(&mut self, row: &RunningRow, method: M) {
        let (own, weight): (Param<_, Weights<E>>, _) = (self.x.clone().into(), &self.weight);
        let (double, weight64): (Param<_, Weights<f64>>, _) =
            (self.x.convert::<f64>().into(), &weight.convert::<f64>());
        let found = own.value_and_grad(|x| (method.axis::<0, _>(x) * weight).sum()).expect("sizes").1;
        let wanted = double.value_and_grad(|x| (method.axis::<0, _>(x) * weight64).sum()).expect("sizes").1;
        assert_near(row.name, found.as_slice(), wanted.as_slice());
    }
}

/// Within few steps of the type.
#[track_caller]
fn assert_near<E: Half>(what: &str, found: &[E], wanted: &[f64]) {
    for (found, wanted) in found.iter().zip(wanted) {
        let error = (found.as_f64() - wanted).abs();
        assert!(error <= 4.0 * E::EPSILON * wanted.abs().max(0.5), "{what}: {found}, not {wanted}");
    }
}

both! {
    a_long_sum_is_rounded_once: long_sums;
    reductions_are_those_of_f32: reductions_agree;
    softmax_of_5000_is_exact_to_the_last_place: softmax_of_many;
    running_sums_are_kept_in_f64: running_sums;
    broadcast_gradients_are_rounded_once: gradients_of_broadcast_operands;
    any_number_of_threads_gives_the_same_bits: threads_agree;
    gradients_of_rows_are_those_of_f64: gradients_of_rows;
}
