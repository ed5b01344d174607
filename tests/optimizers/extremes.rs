//! Gradients that are huge, infinite, NaN or zero, and step numbers at the end of their type: what is finite stays so,
//! and what is not is seen.

use crate::kinds::{Model, each_kind, model, start, step, weights};
use congruent::optim::{Adadelta, Adamax, Adan, Lamb, Lion, Muon, NAdam, Optimizer, RAdam, Rule};
use congruent::prelude::*;

dims! { Width = ? }

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

/// Parameters without elements, and of one, on every path of a rule.
#[test]
fn parameters_may_be_empty() {
    type Small = (Param<(Width, D<3>)>, Param<(D<3>, Width)>, Param<(Width,)>, Param<Shape![1, 1]>, Param<()>);
    let small = || -> Small {
        let width = Width(0);
        let one = Cpu.full((D::<1>, D::<1>), 2.0f32).into();
        let empty = (Cpu.full((width, D::<3>), 1.0f32).into(), Cpu.full((D::<3>, width), 1.0f32).into());
        (empty.0, empty.1, Cpu.full((width,), 1.0f32).into(), one, Cpu.full((), 2.0f32).into())
    };
    fn stepped<R: Rule>(mut model: Small, mut opt: Optimizer<R, Small>) {
        for _ in 0..2 {
            let step = model.value_and_grad(|m| m.0.sum() + m.1.sum() + m.2.sum() + m.3.square().sum() + m.4.square());
            opt.step(&mut model, &step.expect("sizes that fit").1);
        }
        assert!(model.0.as_slice().is_empty() && model.3.as_slice()[0] < 2.0 && model.4.as_slice()[0] < 2.0);
    }
    stepped(small(), Lamb::new(&small(), 0.1));
    stepped(small(), Muon::new(&small(), 0.1));
    stepped(small(), Muon::new(&small(), 0.1).match_rms(true));
    stepped(small(), Adan::new(&small(), 0.1));
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
