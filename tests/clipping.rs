//! Clipping by a norm that stays on its device, held against the one that comes back.
//!
//! Apart from the optimizers because gradients of all sizes are the subject here.

use congruent::optim::{clip_grad_norm, clip_grad_norm_on_device};
use congruent::prelude::*;

dims! { Many = ? }

type Two<E> = (Param<(Many,), Weights<E>>, Param<(), Weights<E>>);

/// A model whose gradients are these numbers.
fn gradients<E: Real>(first: &[f64], second: f64) -> <Two<E> as congruent::model::Tree<Weights<E>>>::With<Grads<E>> {
    let ones: Two<E> = (Cpu.ones_of((Many(first.len()),)).into(), Cpu.ones_of(()).into());
    let first: Vec<E> = first.iter().map(|&x| E::of_f64(x)).collect();
    let factors = Cpu.from_vec((Many(first.len()),), first).expect("as many");
    let factor: Tensor<(), E> = Cpu.full((), E::of_f64(second));
    ones.value_and_grad(|(a, b)| (a * &factors).sum() + b * &factor).expect("a step").1
}

fn check<E: Real>(first: &[f64], second: f64, max: f64) {
    let (mut here, mut there) = (gradients::<E>(first, second), gradients::<E>(first, second));
    let (wanted, found) = (clip_grad_norm(&mut here, max), clip_grad_norm_on_device(&mut there, max).item());
    let what = format!("{first:?}, {second} of {} to {max}", E::NAME);
    let near = |found: f64, wanted: f64, step: f64| {
        found == wanted || found.is_nan() && wanted.is_nan() || (found - wanted).abs() <= step * wanted.abs() + 3e-45
    };
    assert!(near(found.as_f64(), wanted, 4.0 * <E::Precise as Real>::EPSILON), "{found} for {wanted}: {what}");
    let last = (there.1.as_slice()[0], here.1.as_slice()[0]);
    for (found, wanted) in there.0.as_slice().iter().copied().zip(here.0.as_slice().iter().copied()).chain([last]) {
        // The last digit of the smallest numbers of 16 bits.
        let least = if E::NARROW { 6e-8 } else { 0.0 };
        let (found, wanted) = (found.as_f64(), wanted.as_f64());
        assert!(near(found, wanted, 4.0 * E::EPSILON) || (found - wanted).abs() <= least, "{found}, {wanted}: {what}");
    }
}

fn all_sizes<E: Real>(sizes: &[f64]) {
    for &size in sizes {
        for max in [0.0, 1e-9 * size, 0.3 * size, 4.99 * size, 5.0 * size, 5.01 * size, 1e9 * size, f64::INFINITY] {
            check::<E>(&[3.0 * size, 0.0], 4.0 * size, max);
            check::<E>(&[], -5.0 * size, max);
            check::<E>(&[0.0; 3], 0.0, max);
        }
    }
}

#[test]
fn norms_of_all_sizes() {
    all_sizes::<f32>(&[1.0, 1e-3, 1e3, 1e-12, 1e-30, 1e-38, 1e-42, 1e15, 1e25, 6e37]);
    all_sizes::<f64>(&[1.0, 1e-3, 1e-150, 1e-300, 1e150, 1e300]);
    all_sizes::<f16>(&[1.0, 0.01, 1000.0]);
    all_sizes::<bf16>(&[1.0, 0.01, 1000.0, 1e-30, 1e30]);
}

#[test]
fn what_is_no_number_stays() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for max in [0.0, 1.0, f64::INFINITY] {
            let mut grads = gradients::<f32>(&[bad, 3.0], 2.0);
            let norm = clip_grad_norm_on_device(&mut grads, max).item();
            assert!(norm.is_nan() == bad.is_nan() && !norm.is_finite(), "{norm} of {bad}");
            assert_eq!((grads.0.as_slice()[1], grads.1.as_slice()[0]), (3.0, 2.0), "{bad} to {max}");
        }
    }
}

#[test]
fn a_norm_beyond_its_type_clips() {
    let mut grads = gradients::<f32>(&[3e38], -3e38);
    assert_eq!(clip_grad_norm_on_device(&mut grads, 1.0).item(), f32::INFINITY);
    let part = 0.5f32.sqrt();
    assert!((grads.0.as_slice()[0] - part).abs() < 1e-6 && (grads.1.as_slice()[0] + part).abs() < 1e-6);
}

#[test]
fn limits_that_are_none_are_refused() {
    let mut grads = gradients::<f32>(&[1.0], 2.0);
    for bad in [-1.0, f64::NAN, f64::NEG_INFINITY] {
        let found = attempt(|| clip_grad_norm_on_device(&mut grads, bad)).map(|_| ());
        assert!(matches!(found, Err(Error::Value { .. })), "{bad}");
    }
    let mut nothing: Vec<Param<Shape![2], Grads>> = Vec::new();
    assert!(matches!(attempt(|| clip_grad_norm_on_device(&mut nothing, 1.0)).map(|_| ()), Err(Error::NoGradient)));
}

#[test]
fn what_is_not_trained_or_not_reached_does_not_count() {
    let model: (Param<Shape![1]>, Param<Shape![1]>, Param<Shape![1]>) =
        (Cpu.tensor([3.0]).into(), Cpu.tensor([4.0]).into(), Cpu.tensor([7.0]).into());
    let opt = Sgd::new(&model, 0.1).group(|name, hyper| {
        if name == "1" {
            hyper.lr_factor = 0.0
        }
    });
    let (_, mut grads) = model.loss_and_grad(|(a, b, _)| (a.square() + b.square()).sum()).expect("a step");
    assert_eq!(opt.clip_grad_norm_on_device(&mut grads, 60.0).item(), 6.0);
    assert_eq!((grads.0.as_slice()[0], grads.2.reached()), (6.0, false));
    assert_eq!(clip_grad_norm_on_device(&mut grads, 60.0).item(), 10.0);

    let copies = |count| -> Vec<Param<Shape![1]>> { vec![model.0.clone(); count] };
    let of_two = Sgd::new(&copies(2), 0.1).group(|_, hyper| hyper.lr_factor = 0.0);
    let (_, mut three) = copies(3).loss_and_grad(|w| (w[0] + w[1] + w[2]).sum()).expect("a step");
    let found = attempt(|| of_two.clip_grad_norm_on_device(&mut three, 1.0)).map(|_| ());
    assert!(matches!(found, Err(Error::Value { .. })));
}
