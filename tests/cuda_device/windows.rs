//! Pooling, patches and convolutions, both ways, held against the processor's.

use crate::device;
use crate::near::near;
use congruent::cuda::Cuda;
use congruent::prelude::*;

dims! { Batch = ? }

/// Numbers of which many are equal.
fn number<E: Real>(i: usize) -> E {
    E::of_f64(0.5 + Key::new(7).below(i as u64, 16) as f64 / 16.0)
}

fn small<E: Real>(i: usize) -> E {
    E::of_f64(0.1 + Key::new(8).below(i as u64, 32) as f64 / 128.0)
}

fn as_numbers<E: Elem>(values: Vec<E>) -> impl Iterator<Item = f64> {
    values.into_iter().map(|x| x.as_f64())
}

/// What a formula gives, and the gradients of both operands; the second operand is that of a convolution.
macro_rules! steps {
    ($seen:ident: $($name:literal of $x:ident, $w:ident: $body:expr;)*) => {$({
        let both: (Param<_, _>, Param<_, _>) = ($x.clone().into(), $w.clone().into());
        let (loss, grads) = both.value_and_grad(|($x, $w)| {
            let _ = ($x, $w);
            $body.square().sum()
        }).expect("a step");
        let mut found = vec![loss.as_f64()];
        found.extend(as_numbers(grads.0.tensor().to_vec()));
        found.extend(as_numbers(grads.1.tensor().to_vec()));
        $seen.push(($name, found));
    })*};
}

fn found<E: Real, A: Device>(d: A, batch: usize) -> Vec<(&'static str, Vec<f64>)> {
    let mut seen = Vec::new();
    let line: Tensor<(Batch, D<2>, D<67>), E, A> = d.from_fn((Batch(batch), D, D), number);
    let x: Tensor<(Batch, D<4>, D<7>, D<17>), E, A> = d.from_fn((Batch(batch), D, D, D), number);
    let space: Tensor<(Batch, D<2>, D<5>, D<4>, D<6>), E, A> = d.from_fn((Batch(batch), D, D, D, D), number);
    let one: Tensor<Shape![3, 2, 5], E, A> = d.from_fn((D, D, D), small);
    let w: Tensor<Shape![6, 2, 3, 3], E, A> = d.from_fn((D, D, D, D), small);
    let plain: Tensor<Shape![3, 4, 1, 1], E, A> = d.from_fn((D, D, D, D), small);
    let cube: Tensor<Shape![2, 2, 3, 2, 3], E, A> = d.from_fn((D, D, D, D, D), small);
    steps! { seen:
        "max_pool1d" of line, one: line.max_pool1d(Pool::<5, 3, 2>);
        "avg_pool1d" of line, one: line.avg_pool1d(Pool::<4, 1, 1, 2>);
        "conv1d" of line, one: line.conv1d(one, Filter::<5, 2, 3>);
        "max_pool2d" of x, w: x.max_pool2d(Pool::<2>);
        "max_pool2d that meets" of x, w: x.max_pool2d(Pool::<3, 2, 1>);
        "max_pool2d of spread windows" of x, w: x.max_pool2d(Pool::<3, 1, 1, 2>);
        "avg_pool2d" of x, w: x.avg_pool2d(Pool::<3, 2, 1>);
        "unfold2d" of x, w: x.unfold2d(Filter::<3, 2, 1>);
        "fold2d" of x, w: x.unfold2d(Filter::<3, 1, 1>).fold2d((D::<7>, D::<17>), Filter::<3, 1, 1>);
        "conv2d" of x, w: x.conv2d(w, Groups::<_, 2>(Filter::<3, 1, 1>));
        "conv2d of spread windows" of x, w: x.conv2d(w, Groups::<_, 2>(Filter::<3, 2, 2, 2>));
        "conv2d of one" of x, plain: x.conv2d(plain, Filter::<1>);
        "conv2d of one that leaps" of x, plain: x.conv2d(plain, Filter::<1, 2>);
        "max_pool3d" of space, cube: space.max_pool3d(Pool::<2, 1>);
        "avg_pool3d" of space, cube: space.avg_pool3d(Pool::<3, 2, 1>);
    }
    let (best, places) = x.max_pool2d_with_indices(Pool::<3, 2, 1>);
    seen.push(("the largest", as_numbers(best.eval().to_vec()).chain(as_numbers(places.to_vec())).collect()));
    seen
}

fn check<E: Real>(device: Cuda, digits: f64) {
    for batch in [0, 1, 7] {
        for ((name, found), (_, wanted)) in found::<E, _>(device, batch).iter().zip(found::<E, _>(Cpu, batch)) {
            near(found, &wanted, digits, &format!("{name} of {batch}, {}", E::NAME));
        }
    }
}

#[test]
fn windows_are_those_of_the_processor() {
    let Some(device) = device() else { return };
    check::<f64>(device, 1e-11);
    check::<f32>(device, 1e-5);
    check::<f16>(device, 1e-2);
    check::<bf16>(device, 6e-2);
}

/// NaN, infinities, sums that leave the range on their way; windows of which no element lies in the picture.
fn ends<A: Device>(d: A) -> Vec<f64> {
    let mut x = vec![1.0f64; 64];
    for (i, x) in x.iter_mut().enumerate() {
        *x = match i % 9 {
            0 => f64::NAN,
            2 => f64::NEG_INFINITY,
            4 | 5 => f64::MAX,
            7 => -0.0,
            _ => f64::from(i as u32 % 4),
        };
    }
    let x = d.from_vec((D::<1>, D::<1>, D::<64>), x).expect("64 elements");
    let (best, places) = x.max_pool1d_with_indices(Pool::<2, 1, 1, 4>);
    let mut seen: Vec<f64> = as_numbers(places.to_vec()).collect();
    seen.extend(best.eval().to_vec());
    seen.extend(x.max_pool1d(Pool::<1, 3, 4>).eval().to_vec());
    seen.extend(x.avg_pool1d(Pool::<2, 1>).eval().to_vec());
    seen
}

#[test]
fn ends_of_the_range_are_those_of_the_processor() {
    let Some(device) = device() else { return };
    near(&ends(device), &ends(Cpu), 1e-15, "windows of the ends of the range");
}
