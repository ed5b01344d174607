//! Optimizers against PyTorch's trajectories; groups, clipping, state, and that a step copies and allocates nothing.
#![allow(unsafe_code, reason = "an allocator that counts")]

mod averages;
mod extremes;
mod halves;
mod kinds;
mod lbfgs;
mod schedules;
#[path = "../support/mod.rs"]
mod support;

use congruent::optim::{Adagrad, Optimizer, RmsProp, Rule, clip_grad_norm, clip_grad_value};
use congruent::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use support::{Golden, assert_close};

dims! { Width = ? }

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the allocations of each thread.
struct Counting;

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

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
    trajectory("rmsprop", |w| RmsProp::new(w, 0.05).momentum(0.5));
    trajectory("adagrad", |w| Adagrad::new(w, 0.1));
}

/// What the reference has no case for, by PyTorch's definitions in `f64`: plain momentum with dampening, Adam with
/// decay in the gradient, RMSprop without momentum, Adagrad whose learning rate decays.
#[test]
fn other_settings_follow_their_formulas() {
    type W = Param<Shape![3], Weights<f64>>;
    fn run<R: Rule>(optimizer: impl FnOnce(&W) -> Optimizer<R, W, f64>) -> Vec<f64> {
        let mut w: W = Cpu.tensor_of::<f64, _>([1.0, -2.0, 0.5]).into();
        let mut opt = optimizer(&w);
        for _ in 0..4 {
            let (_, grads) = w.value_and_grad(|w| (w.square() * 1.5).sum()).unwrap();
            opt.step(&mut w, &grads);
        }
        w.as_slice().to_vec()
    }
    let by_hand = |step: &dyn Fn(f64, i32, f64, &mut [f64; 2]) -> f64| -> Vec<f64> {
        let one = |mut w: f64| {
            let mut state = [0.0; 2];
            (1..=4).for_each(|t| w = step(w, t, 3.0 * w, &mut state));
            w
        };
        [1.0, -2.0, 0.5].map(one).to_vec()
    };
    let expected = by_hand(&|w, t, g, [v, _]| {
        *v = 0.8 * *v + if t == 1 { g } else { 0.7 * g };
        w - 0.1 * *v
    });
    assert_close("momentum", &run(|w| Sgd::new(w, 0.1).momentum(0.8).dampening(0.3)), &expected, 1e-12);
    let expected = by_hand(&|w, t, g, [m, v]| {
        let g = g + 0.2 * w;
        (*m, *v) = (0.8 * *m + 0.2 * g, 0.9 * *v + 0.1 * g * g);
        w - 0.1 * (*m / (1.0 - 0.8f64.powi(t))) / ((*v / (1.0 - 0.9f64.powi(t))).sqrt() + 1e-3)
    });
    let adam = run(|w| Adam::new(w, 0.1).betas(0.8, 0.9).eps(1e-3).weight_decay(0.2));
    assert_close("adam", &adam, &expected, 1e-12);
    let expected = by_hand(&|w, _, g, [v, _]| {
        *v = 0.9 * *v + 0.1 * g * g;
        w - 0.1 * g / (v.sqrt() + 1e-4)
    });
    assert_close("rmsprop", &run(|w| RmsProp::new(w, 0.1).alpha(0.9).eps(1e-4)), &expected, 1e-12);
    let expected = by_hand(&|w, t, g, [v, _]| {
        *v += g * g;
        w - 0.1 / (1.0 + f64::from(t - 1) * 0.5) * g / (v.sqrt() + 1e-2)
    });
    assert_close("adagrad", &run(|w| Adagrad::new(w, 0.1).lr_decay(0.5).eps(1e-2)), &expected, 1e-12);
}

/// A parameter that several threads share, and sizes around the lanes, are renewed element by element alike.
#[test]
fn sizes_do_not_matter() {
    let renewed = |len: usize| {
        let mut w: Param<(Width,)> = Cpu.full((Width(len),), 1.0f32).into();
        let mut opt = AdamW::new(&w, 0.1);
        for _ in 0..2 {
            let (_, grads) = w.value_and_grad(|w| w.square().sum()).unwrap();
            opt.step(&mut w, &grads);
        }
        w.as_slice().to_vec()
    };
    let one = renewed(1)[0];
    for len in [0, 7, 8, 9, 17, 200_001] {
        let all = renewed(len);
        assert!(all.len() == len && all.iter().all(|&w| w == one), "{len} elements");
    }
}

#[test]
fn a_step_neither_copies_nor_allocates() {
    let key = Key::new(0);
    let mut model = (Linear::<D<8>, D<16>>::new(key), Linear::<D<16>, D<4>>::new(key));
    let x = Cpu.ones::<Shape![5, 8]>();
    let mut opt = AdamW::new(&model, 1e-3).group(|name, hyper| hyper.lr_factor = name.len() as f64);
    let place = |model: &(Linear<D<8>, D<16>>, Linear<_, D<4>>)| model.1.weight.as_slice().as_ptr();
    let before = place(&model);
    for step in 0..4 {
        let (_, mut grads) = model.value_and_grad(|m| m.1.forward(m.0.forward(&x).relu()).square().mean()).unwrap();
        let clipping = allocations(|| assert!(clip_grad_norm(&mut grads, 1e-3) > 1e-3));
        let stepping = allocations(|| opt.step(&mut model, &grads));
        assert!(step == 0 || stepping == 0, "{stepping} allocations in step {step}");
        assert!(step < 2 || clipping == 0, "{clipping} allocations clip the gradients of step {step}");
    }
    assert_eq!(place(&model), before);
}

#[test]
fn tensors_that_share_a_weight_stay_as_they_are() {
    let mut w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let copy = w.tensor();
    let (_, grads) = w.value_and_grad(|w| w.sum()).unwrap();
    Sgd::new(&w, 1.0).step(&mut w, &grads);
    assert_eq!((w.as_slice(), copy.as_slice()), (&[0.0, 1.0][..], &[1.0, 2.0][..]));
}

#[test]
fn groups_are_made_once_by_name() {
    let key = Key::new(0);
    let mut model = vec![Linear::<D<2>, D<2>>::new(key), Linear::new(key), Linear::new(key)];
    let start = model.clone();
    let mut asked = BTreeMap::new();
    let mut opt = Sgd::new(&model, 0.5).weight_decay(0.1).group(|name, hyper| {
        *asked.entry(name.to_owned()).or_insert(0) += 1;
        match name.split('.').next() {
            Some("0") => hyper.lr_factor = 0.0,
            Some("1") => (hyper.lr_factor, hyper.weight_decay) = (2.0, 0.0),
            _ => {}
        }
    });
    let names = ["0.bias", "0.weight", "1.bias", "1.weight", "2.bias", "2.weight"];
    assert!(asked.keys().eq(names.iter()) && asked.values().all(|&times| times == 1));
    for _ in 0..2 {
        let grads = model.value_and_grad(|m| m[0].weight.sum() + m[1].weight.sum() + m[2].weight.sum()).unwrap().1;
        opt.step(&mut model, &grads);
    }
    let moved = |i: usize| {
        let (now, then) = (model[i].weight.as_slice()[0], start[i].weight.as_slice()[0]);
        (f64::from(now), f64::from(then))
    };
    let (now, then) = moved(0);
    assert_eq!(now, then, "a learning rate of 0 freezes");
    let (now, then) = moved(1);
    assert_close("twice the rate, no decay", &[now], &[then - 2.0], 1e-6);
    let (now, then) = moved(2);
    let step = |w: f64| w - 0.5 * (1.0 + 0.1 * w);
    assert_close("the rest", &[now], &[step(step(then))], 1e-6);
}

#[test]
fn the_learning_rate_can_be_scheduled() {
    let mut w: Param<Shape![1]> = Cpu.tensor([0.0]).into();
    let mut opt = Sgd::new(&w, 1.0).group(|_, hyper| hyper.lr_factor = 10.0);
    for lr in [1.0, 0.5, 0.25] {
        opt.set_lr(lr);
        let (_, grads) = w.value_and_grad(|w| w.sum()).unwrap();
        opt.step(&mut w, &grads);
    }
    assert_eq!((opt.lr(), w.as_slice()), (0.25, &[-17.5][..]));
}

#[test]
fn a_changed_model_is_an_error_and_nothing_is_touched() {
    let key = Key::new(0);
    let layer = || Linear::<D<2>, D<2>>::new(key);
    let mut model = vec![layer(), layer()];
    let mut opt = AdamW::new(&model, 0.1);
    let gradients = |model: &Vec<Linear<D<2>, D<2>>>| model.value_and_grad(|m| m[0].weight.sum()).unwrap().1;
    let two = gradients(&model);
    for layers in [0, 1, 3] {
        let mut changed = vec![layer(); layers];
        if layers > 0 {
            let own = gradients(&changed);
            assert!(matches!(attempt(|| opt.step(&mut changed, &own)), Err(Error::Value { .. })), "{layers} layers");
            let theirs = attempt(|| AdamW::new(&model, 0.1).step(&mut model, &own));
            assert_eq!(theirs.is_err(), layers < 2, "gradients of fewer layers; of more, the rest is not looked at");
            model = vec![layer(), layer()];
        }
        assert!(matches!(attempt(|| opt.step(&mut changed, &two)), Err(Error::Value { .. })), "the old gradients");
        assert!(changed.iter().all(|changed| changed.weight.as_slice() == layer().weight.as_slice()));
    }
    assert_eq!(opt.steps(), 0);
    opt.step(&mut model, &two);

    let sized = |len: usize| -> Param<(Width,)> { Cpu.full((Width(len),), 1.0f32).into() };
    let (mut small, large) = (sized(2), sized(3));
    let (_, grads) = large.value_and_grad(|w| w.sum()).unwrap();
    assert!(attempt(|| Sgd::new(&small, 0.1).step(&mut small, &grads)).is_err());
    assert!(attempt(|| Sgd::new(&large, 0.1).step(&mut small, &grads)).is_err());
    let (_, fitting) = small.value_and_grad(|w| w.sum()).unwrap();
    assert!(attempt(|| Sgd::new(&large, 0.1).step(&mut small, &fitting)).is_err());
    assert_eq!(small.as_slice(), [1.0, 1.0]);
}

#[test]
fn training_goes_on_from_saved_state() {
    let x = Cpu.ones::<Shape![3, 2]>();
    let start = (Linear::<D<2>, D<2>>::new(Key::new(1)), BatchNorm::<D<2>>::new());
    let train = |model: &mut (Linear<D<2>, D<2>>, BatchNorm<D<2>>), opt: &mut AdamW<_>, steps: usize| {
        for _ in 0..steps {
            let (_, grads) = model.value_and_grad(|m| (m.0.forward(&x) - 3.0).square().mean()).unwrap();
            opt.step(model, &grads);
        }
    };
    let mut whole = start.clone();
    train(&mut whole, &mut AdamW::new(&start, 0.1), 6);

    let mut halves = start.clone();
    let mut first = AdamW::new(&start, 0.1);
    train(&mut halves, &mut first, 3);
    let mut saved = BTreeMap::new();
    first.visit(|name, values| drop(saved.insert(name.to_owned(), values.to_vec())));
    assert_eq!(saved.len(), 6, "two moments of each parameter in use, and `skipped` of the others: {:?}", saved.keys());
    let (mut cloned, mut in_clone) = (first.clone(), halves.clone());
    let mut second = AdamW::new(&halves, 0.1);
    second.restore(|name| saved.get(name).cloned()).unwrap();
    second.set_steps(first.steps());
    train(&mut halves, &mut second, 3);
    assert_eq!(halves.0.weight.as_slice(), whole.0.weight.as_slice());
    train(&mut in_clone, &mut cloned, 3);
    assert_eq!(in_clone.0.weight.as_slice(), whole.0.weight.as_slice(), "a clone has a state of its own");

    let error = second.restore(|name| (name == "0.bias.first_moment").then(|| vec![0.0; 3])).unwrap_err();
    assert!(error.to_string().contains("3 for `0.bias.first_moment`, which has 2"), "{error}");
    let mut kept = 0;
    second.visit(|_, _| kept += 1);
    assert_eq!(kept, 6, "the state is as it was");
}

#[test]
fn clipping_bounds_the_norm() {
    let model: (Param<Shape![2]>, Vec<Param<()>>) = (Cpu.tensor([2.0, 3.0]).into(), vec![Cpu.full((), 6.0).into()]);
    let gradients = || model.value_and_grad(|(a, b)| (a.square().sum() + b[0].square()) * 0.5).unwrap().1;
    let mut grads = gradients();
    assert_eq!(clip_grad_norm(&mut grads, 3.5), 7.0);
    assert_close("by half", grads.0.as_slice(), &[1.0, 1.5], 1e-6);
    assert_close("all of them", grads.1[0].as_slice(), &[3.0], 1e-6);
    let mut grads = gradients();
    assert_eq!(clip_grad_norm(&mut grads, 7.1), 7.0);
    assert_eq!(grads.0.as_slice(), [2.0, 3.0], "a small norm stays");
    clip_grad_value(&mut grads, 2.5);
    assert_eq!((grads.0.as_slice(), grads.1[0].as_slice()), (&[2.0, 2.5][..], &[2.5][..]));
}

#[test]
fn clipping_leaves_what_is_no_number() {
    for bad in [f32::NAN, f32::INFINITY] {
        let w: Param<Shape![2]> = Cpu.tensor([bad, 3.0]).into();
        let (_, mut grads) = w.value_and_grad(|w| (w.square() * 0.5).sum()).unwrap();
        let norm = clip_grad_norm(&mut grads, 1.0);
        assert!(!norm.is_finite() && grads.as_slice()[1] == 3.0, "norm {norm}");
        clip_grad_value(&mut grads, 1.0);
        assert!(grads.as_slice()[0].is_nan() == bad.is_nan() && grads.as_slice()[1] == 1.0);
    }
}

/// Step numbers end where their type does, in the optimizer and in what its slots have left out.
#[test]
fn no_number_of_steps_is_too_large() {
    fn go_on<R: Rule>(optimizer: impl FnOnce(&Vec<Param<Shape![2]>>) -> Optimizer<R, Vec<Param<Shape![2]>>>) {
        let mut model: Vec<Param<Shape![2]>> = vec![Cpu.tensor([1.0, -2.0]).into(), Cpu.tensor([3.0, 4.0]).into()];
        let mut opt = optimizer(&model);
        opt.set_steps(u64::MAX - 1);
        opt.restore(|name| name.ends_with("skipped").then(|| vec![u64::MAX as f32])).expect("a number");
        for _ in 0..3 {
            let (_, grads) = model.value_and_grad(|m| m[0].square().sum()).expect("no sizes");
            opt.step(&mut model, &grads);
        }
        assert!(opt.steps() == u64::MAX && model.iter().all(|w| w.as_slice().iter().all(|w| w.is_finite())));
    }
    go_on(|m| Sgd::new(m, 0.1).momentum(0.9));
    go_on(|m| Adam::new(m, 0.1));
    go_on(|m| AdamW::new(m, 0.1));
    go_on(|m| RmsProp::new(m, 0.1));
    go_on(|m| Adagrad::new(m, 0.1).lr_decay(0.5));
}

#[test]
fn settings_that_spoil_every_weight_are_refused() {
    let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e-3] {
        let mut opt = Sgd::new(&w, 0.1);
        assert!(attempt(|| opt.set_lr(bad)).is_err() && opt.lr() == 0.1, "{bad}");
        let refused = |what: &str, make: &dyn Fn()| {
            let error = attempt(make).expect_err(what);
            assert!(matches!(error, Error::Value { .. }), "{what} {bad}: {error}");
        };
        refused("sgd", &|| drop(Sgd::new(&w, bad)));
        refused("adam", &|| drop(Adam::new(&w, bad)));
        refused("adagrad", &|| drop(Adagrad::new(&w, bad)));
        refused("decay", &|| drop(AdamW::new(&w, 0.1).weight_decay(bad)));
        refused("factor", &|| drop(Sgd::new(&w, 0.1).group(|_, hyper| hyper.lr_factor = bad)));
        refused("momentum", &|| drop(Sgd::new(&w, 0.1).momentum(bad)));
        refused("momentum", &|| drop(RmsProp::new(&w, 0.1).momentum(bad)));
        refused("dampening", &|| drop(Sgd::new(&w, 0.1).dampening(bad)));
        refused("eps", &|| drop(Adam::new(&w, 0.1).eps(bad)));
        refused("eps", &|| drop(RmsProp::new(&w, 0.1).eps(bad)));
        refused("eps", &|| drop(Adagrad::new(&w, 0.1).eps(bad)));
        refused("lr_decay", &|| drop(Adagrad::new(&w, 0.1).lr_decay(bad)));
        for bad in [bad, 1.0, 2.0] {
            refused("beta", &|| drop(Adam::new(&w, 0.1).betas(bad, 0.9)));
            refused("beta", &|| drop(Adam::new(&w, 0.1).betas(0.9, bad)));
            refused("alpha", &|| drop(RmsProp::new(&w, 0.1).alpha(bad)));
        }
    }
}

/// PyTorch turns the gradients around at a negative limit, and makes NaN of them at NaN.
#[test]
fn limits_of_clipping_are_sizes() {
    let w: Param<Shape![2]> = Cpu.tensor([3.0, -4.0]).into();
    let opt = Sgd::new(&w, 0.1);
    let gradients = || w.value_and_grad(|w| (w.square() * 0.5).sum()).expect("no sizes").1;
    for bad in [f64::NAN, -1.0, -1e-300, f64::NEG_INFINITY] {
        let mut grads = gradients();
        assert!(attempt(|| clip_grad_norm(&mut grads, bad)).is_err(), "{bad}");
        assert!(attempt(|| opt.clip_grad_norm(&mut grads, bad)).is_err(), "{bad}");
        assert!(attempt(|| clip_grad_value(&mut grads, bad)).is_err(), "{bad}");
        assert_eq!(grads.as_slice(), [3.0, -4.0], "what is refused changes nothing");
    }
    for (limit, wanted) in
        [(0.0, [0.0, 0.0]), (-0.0, [0.0, 0.0]), (f64::INFINITY, [3.0, -4.0]), (f64::MAX, [3.0, -4.0])]
    {
        let (mut by_norm, mut by_value) = (gradients(), gradients());
        assert_eq!(clip_grad_norm(&mut by_norm, limit), 5.0);
        clip_grad_value(&mut by_value, limit);
        assert!(by_norm.as_slice() == wanted && by_value.as_slice() == wanted, "{limit}");
    }
}

/// A velocity beyond its type is infinite, never NaN, whichever way the gradients turn: the loss shows it.
#[test]
fn velocities_beyond_their_type_are_infinite() {
    for (nesterov, sign) in [(false, 1.0), (true, 1.0), (false, -1.0), (true, -1.0)] {
        let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -1.0]).into();
        let mut opt = Sgd::new(&w, 1e-3).momentum(0.9).nesterov(nesterov);
        for step in 0..60 {
            let size = if step < 40 { 1e38 * sign } else { -1e38 * sign };
            let (_, grads) = w.value_and_grad(|w| (w * size).sum()).expect("no sizes");
            opt.step(&mut w, &grads);
            assert!(w.as_slice().iter().all(|w| !w.is_nan()), "step {step}, {nesterov}: {:?}", w.as_slice());
        }
        opt.visit(|name, values| assert!(values.iter().all(|v| v.abs() == f32::INFINITY), "{name}: {values:?}"));
    }
}
