//! Optimizers against PyTorch's trajectories; groups, clipping, state, and that a step copies and allocates nothing.

mod support;

use congruent::optim::{Optimizer, Rule, clip_grad_norm, clip_grad_value};
use congruent::prelude::*;
use support::{Golden, assert_close};

type S = Shape![2, 3];

/// Five steps on `Σ scale · (w - target)²`, as the reference took them.
fn trajectory<R: Rule>(case: &str, optimizer: impl FnOnce(&Param<S>) -> Optimizer<R, Param<S>>) {
    let mut golden = Golden::open();
    let mut tensor = |what: &str| golden.tensor::<S>(&format!("optim_{case}/{what}"));
    let (mut w, target, scale): (Param<S>, _, _) = (tensor("w0").into(), tensor("target"), tensor("scale"));
    let expected = golden.tensor::<Shape![5, 2, 3]>(&format!("optim_{case}/trajectory"));
    let mut opt = optimizer(&w);
    for step in expected.as_slice().chunks(6) {
        let (_, grads) = w.value_and_grad(|w| ((w - &target).square() * &scale).sum()).unwrap();
        opt.step(&mut w, &grads);
        assert_close(case, w.as_slice(), step, 2e-6);
    }
    assert_eq!(opt.steps(), 5);
}

#[test]
fn trajectories_agree_with_pytorch() {
    trajectory("sgd", |w| Sgd::new(w, 0.05));
    trajectory("sgd_momentum_nesterov_wd", |w| Sgd::new(w, 0.05).momentum(0.9).nesterov(true).weight_decay(0.01));
    trajectory("adam", |w| Adam::new(w, 0.05));
    trajectory("adamw", |w| AdamW::new(w, 0.05).weight_decay(0.1));
}
