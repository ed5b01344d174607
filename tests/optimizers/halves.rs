//! Every optimizer of `f16` and `bf16`: what it keeps is what the same optimizer of `f32` has, to the bit.

use crate::kinds::{Model, each_kind, model, start, step, weights};
use congruent::optim::{Adadelta, Adamax, Adan, Lamb, Lion, Muon, NAdam, Optimizer, RAdam, Rule};
use congruent::prelude::*;
use std::collections::BTreeMap;

/// Weights before they were rounded, and all state but these, by name.
fn state<R: Rule, E: Real<Precise = f32>>(opt: &Optimizer<R, Model<E>, E>) -> [BTreeMap<String, Vec<f32>>; 2] {
    let mut all = [BTreeMap::new(), BTreeMap::new()];
    opt.visit(|name, values| {
        let kept = name.ends_with(".exact");
        all[usize::from(!kept)].insert(name.to_owned(), values.to_vec());
    });
    all
}

/// A learning rate so small that no step alone moves a weight of so few digits.
fn as_single<R: Rule, E: Real<Precise = f32>>(
    name: &str,
    half: impl Fn(&Model<E>) -> Optimizer<R, Model<E>, E>,
    single: impl Fn(&Model<f32>) -> Optimizer<R, Model<f32>>,
) {
    // Numbers of few digits, which all types have.
    let few = |x: f64| (x * 8.0).round() / 8.0;
    let row: Vec<f64> = start().into_iter().map(few).collect();
    let (mut halves, mut singles) = (model::<E>(&row), model::<f32>(&row));
    let (mut of_halves, mut of_singles) = (half(&halves), single(&singles));
    of_halves.set_lr(1e-4);
    of_singles.set_lr(1e-4);
    for number in 0..6 {
        let gradient: Vec<f64> = row.iter().enumerate().map(|(i, x)| few(x + ((i + number) % 3) as f64)).collect();
        step(&mut of_halves, &mut halves, &gradient);
        step(&mut of_singles, &mut singles, &gradient);
    }
    let ([exact, narrow], [_, wide]) = (state(&of_halves), state(&of_singles));
    assert_eq!(exact.into_values().flatten().collect::<Vec<_>>(), weights(&singles), "{name} of {}", E::NAME);
    assert_eq!(narrow, wide, "{name} of {}", E::NAME);
    let rounded: Vec<f64> = weights(&singles).iter().map(|&w| E::of_f64(f64::from(w)).as_f64()).collect();
    assert_eq!(weights(&halves).iter().map(|w| w.as_f64()).collect::<Vec<_>>(), rounded, "{name} of {}", E::NAME);
}

#[test]
fn halves_keep_what_rounding_takes() {
    macro_rules! checked {
        ($name:literal, $make:expr) => {
            as_single::<_, f16>($name, $make, $make);
            as_single::<_, bf16>($name, $make, $make);
        };
    }
    each_kind!(checked);
}
