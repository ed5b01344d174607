//! Gradients that are huge, infinite, NaN or zero, and step numbers at the end of their type: what is finite stays so,
//! and what is not is seen.

use crate::kinds::{Model, each_kind, model, start, step, weights};
use congruent::optim::{Adadelta, Adamax, Adan, Lamb, Lion, Muon, NAdam, Optimizer, RAdam, Rule};
use congruent::prelude::*;

fn finite(values: &[f32]) -> bool {
    values.iter().all(|x| x.is_finite())
}

fn endure<R: Rule>(name: &str, make: impl Fn(&Model<f32>) -> Optimizer<R, Model<f32>>) {
    let row = start();
    // State that stays finite decays again. Gradients from the least to the largest number, whose signs turn, none,
    // usual ones.
    let mut w = model(&row);
    let mut opt = make(&w);
    for size in [1e38, 3.4e38, 1e30, 1e-45, 0.0, 0.0, 1.0, 1.0] {
        for sign in [1.0, -1.0] {
            let extreme: Vec<f64> = row.iter().map(|x| x.signum() * size * sign).collect();
            step(&mut opt, &mut w, &extreme);
            opt.visit(|state, values| assert!(finite(values), "{name}: {state} at {size}: {values:?}"));
        }
    }
    assert!(finite(&weights(&w)), "{name}: {:?}", weights(&w));

    for bad in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        let mut w = model(&row);
        let mut opt = make(&w);
        let mut spoilt = row.clone();
        spoilt[0] = bad;
        step(&mut opt, &mut w, &spoilt);
        step(&mut opt, &mut w, &row);
        let after = weights(&w);
        assert!(after[0].is_nan() && finite(&after[12..]), "{name} by {bad}: {after:?}");
    }

    let mut w = model(&row);
    let mut opt = make(&w);
    opt.set_steps(u64::MAX - 1);
    for _ in 0..3 {
        step(&mut opt, &mut w, &row);
    }
    assert!(opt.steps() == u64::MAX && finite(&weights(&w)), "{name} after all steps");
}

#[test]
fn what_is_finite_stays_finite() {
    macro_rules! endured {
        ($name:literal, $make:expr) => {
            endure($name, $make);
        };
    }
    each_kind!(endured);
}
