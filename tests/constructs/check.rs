//! What a construct is held against: differences of its loss, by every element of its model, its input and the other
//! model.
//!
//! Apart from the table, which says how a construct is run.

pub(crate) use crate::support::flat;

use crate::Input;
use congruent::device::{Buf, Storage};
use congruent::graph::{Node, Operand};
use congruent::model::{EachMut, Path, Tree};
use congruent::prelude::*;

/// A model, its input, and the parameter of another model.
pub(crate) type Parts<M> = (M, Input, Input);

/// A loss and the gradients that a way to run a construct gives: none by what is constant in it.
#[derive(Debug, PartialEq)]
pub(crate) struct Gradients {
    pub(crate) loss: f64,
    pub(crate) of_model: Vec<f64>,
    pub(crate) of_input: Vec<f64>,
    pub(crate) of_other: Vec<f64>,
}

/// A way to run a construct.
pub(crate) type Run<'a, M> = &'a dyn Fn(&Parts<M>) -> Gradients;

/// The same closure, whose argument the compiler knows from here.
pub(crate) fn way<M, F: Fn(&Parts<M>) -> Gradients>(_: &Parts<M>, run: F) -> F {
    run
}

/// Uniform numbers, away from kinks.
pub(crate) fn input(seed: u64) -> Input {
    Cpu.uniform_of((D::<3>, D::<4>), Key::new(seed), 0.2, 1.2).into()
}

/// A loss of all elements of `y`, each with another slope, and of the other model.
pub(crate) fn weigh<Y, A: Device>(
    y: Y,
    w: Input<Traced<f64, A>>,
) -> impl Operand<S = (), E = f64, D = A, N: Node<f64>> + use<Y, A>
where
    Y: Operand<E = f64, D = A, N: Node<f64>>,
{
    let y = y.ex();
    let slopes: Tensor<Y::S, f64, A> = y.device().uniform_of(y.shape(), Key::new(7), 0.5, 1.5);
    (y * &slopes).sum() * w.mean()
}

/// Asserts that each way to run a construct gives the gradients of what varies in it. A way comes with the one whose
/// loss it has.
pub(crate) fn agree<M>(name: &str, at_first: &Parts<M>, ways: &[(&str, Run<'_, M>, Run<'_, M>)])
where
    M: Tree<Weights<f64>> + Clone,
{
    let mut parts = at_first.clone();
    for (way, reference, run) in ways {
        let found = run(&parts);
        let loss = reference(&parts).loss;
        assert!((found.loss - loss).abs() <= 1e-12 * loss.abs(), "{name}, {way}: loss {} for {loss}", found.loss);
        let differ = |part: &str, found: &[f64], nudge: &mut dyn FnMut(usize, f64) -> f64| {
            for (place, gradient) in found.iter().enumerate() {
                const STEP: f64 = 1e-5;
                let up = nudge(place, STEP);
                let down = nudge(place, -2.0 * STEP);
                nudge(place, STEP);
                let slope = (up - down) / (2.0 * STEP);
                let near = (slope - gradient).abs() < 1e-6 * slope.abs().max(1.0);
                assert!(near, "{name}, {way}: by {part} {place} the gradient is {gradient}, differences say {slope}");
            }
        };
        differ("the model's", &found.of_model, &mut |place, by| {
            add(&mut parts.0, place, by);
            reference(&parts).loss
        });
        differ("the input's", &found.of_input, &mut |place, by| {
            add(&mut parts.1, place, by);
            reference(&parts).loss
        });
        differ("the other model's", &found.of_other, &mut |place, by| {
            add(&mut parts.2, place, by);
            reference(&parts).loss
        });
    }
}

/// Adds to one element of all parameters of a model; its statistics stay.
fn add<M: Tree<Weights<f64>>>(model: &mut M, place: usize, by: f64) {
    struct Add {
        left: usize,
        by: f64,
    }
    impl EachMut<Weights<f64>> for Add {
        fn param(&mut self, _: &Path<'_>, _: &[usize], (values, _): &mut (Buf<f64>, Cpu)) {
            let mut changed = Cpu.download(values);
            if let Some(value) = changed.get_mut(self.left) {
                *value += self.by;
                *values = Buf::from_slice(&changed);
            }
            self.left = self.left.wrapping_sub(changed.len());
        }
    }
    model.each_mut(&mut Add { left: place, by }, &Path::ROOT);
}
