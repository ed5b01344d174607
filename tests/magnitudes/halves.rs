//! Numbers beside two-byte floats: which of them are rounded to the element type, and scales that it does not hold.

use super::{near, wide};
use congruent::prelude::*;

dims! { Length = ? }

/// What lies beside a number that no type but `f64` holds, and on it once that is rounded.
fn compared<E: Real>() {
    for number in [0.1, 1.0 / 3.0, -2.7, 1e-3, 3.7] {
        for len in [0, 1, 7, 17, 1021] {
            let own = E::of_f64(number);
            let x: Tensor<(Length,), E> = Cpu.full((Length(len),), own);
            let what = format!("{len} of {} beside {number}", E::NAME);
            let all = |mask: Vec<bool>, holds| assert_eq!(mask, vec![holds; len], "{what}");
            all(x.eq(number).eval().to_vec(), true);
            all(x.ne(number).eval().to_vec(), false);
            all(x.lt(number).eval().to_vec(), false);
            all(x.gt(number).eval().to_vec(), false);
            all(x.le(number).eval().to_vec(), true);
            all(x.ge(number).eval().to_vec(), true);
            all(x.isclose(number, 0.0, 0.0).eval().to_vec(), true);
            // Also in the middle of a loop: of either branch, of a fill, and stretched.
            all(x.eq(number).where_(number, 0.0).ex().eq(&x).eval().to_vec(), true);
            all(x.gt(9.0).where_(0.0, number).ex().eq(&x).eval().to_vec(), true);
            all(x.masked_fill(x.lt(9.0), number).eq(&x).eval().to_vec(), true);
            let column: Tensor<(Length, D<1>), E> = Cpu.full((Length(len), D::<1>), own);
            all(column.t().eq(number).eval().to_vec(), true);
        }
    }
}

#[test]
fn numbers_are_rounded_before_they_are_compared() {
    compared::<f16>();
    compared::<bf16>();
    compared::<f32>();
    compared::<f64>();
}

/// Dropout with its gradient: what is kept is scaled by `1 / (1 - p)`, also where that number is none of the type.
fn dropped<E: Real>(len: usize, p: f64, relative: f64) {
    let x = E::of_f64(0.01);
    let w: Param<(Length,), Weights<E>> = Cpu.full((Length(len),), x).into();
    let model = (Dropout::<Weights<E>>::new(p).expect("a probability"), w);
    let step = || model.value_and_grad(|(dropout, w)| dropout.forward(w).max());
    let (largest, _) = with_key(Key::new(1), step).expect("no sizes");
    let wanted = x.as_f64() / (1.0 - p);
    near(&format!("{p} of {}", E::NAME), &[largest.as_f64()], &[wanted], relative);
    let step = || model.value_and_grad(|(dropout, w)| dropout.forward(w).sum() * 0.125);
    let (_, (_, slope)) = with_key(Key::new(1), step).expect("no sizes");
    let slopes = wide(slope.as_slice());
    let kept: Vec<f64> = slopes.iter().copied().filter(|slope| *slope != 0.0).collect();
    near("slopes", &kept, &vec![E::of_f64(0.125 / (1.0 - p)).as_f64(); kept.len()], relative);
    let share = kept.len() as f64 / len as f64;
    assert!(!kept.is_empty() && (share - (1.0 - p)).abs() < 0.01, "{share} of {p}");
}

#[test]
fn scales_of_dropout() {
    for p in [0.1, 0.3, 0.5, 0.9, 0.999] {
        dropped::<f16>(60_000, p, 1e-3);
        dropped::<bf16>(60_000, p, 8e-3);
        dropped::<f32>(60_000, p, 1e-6);
        dropped::<f64>(60_000, p, 1e-12);
    }
    // One element in 100 000 is kept.
    dropped::<f16>(1_000_000, 0.99999, 1e-3);
    dropped::<bf16>(1_000_000, 0.99999, 8e-3);
}
