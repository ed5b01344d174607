//! L-BFGS against PyTorch's, in a valley as Rosenbrock's; what it remembers in files, errors, and what is not trained.

use crate::kinds::{read, start};
use congruent::io::Checkpoint;
use congruent::model::Tree;
use congruent::optim::{Hyper, Lbfgs};
use congruent::prelude::*;

type Model<E> = (Param<Shape![3], Weights<E>>, Param<Shape![3], Weights<E>>);

type Evaluated<E> = Result<(E, <Model<E> as Tree<Weights<E>>>::With<Grads<E>>), Error>;

fn valley<E: Real>(model: &Model<E>) -> Evaluated<E> {
    model.value_and_grad(|(x, y)| (1.0 - x).square().sum() + (y - x.square()).square().sum() * 5.0)
}

fn model<E: Real>() -> Model<E> {
    let part = |row: &[f64]| -> Tensor<Shape![3], E> {
        let values: Vec<E> = row.iter().map(|&x| E::of_f64(x)).collect();
        Cpu.from_slice(Default::default(), &values).expect("three")
    };
    (part(&start()[..3]).into(), part(&start()[3..6]).into())
}

fn weights<E: Real>(model: &Model<E>) -> Vec<f64> {
    [model.0.as_slice(), model.1.as_slice()].concat().iter().map(|w| w.as_f64()).collect()
}

/// Half of the steps later a checkpoint is read into another model and optimizer, which go on to the bit.
fn follow(case: &str, make: impl Fn(&Model<f64>) -> Lbfgs<Model<f64>, f64>) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("run.safetensors");
    let mut whole = model();
    let mut opt = make(&whole);
    let mut other = None;
    for (number, expected) in read("optimizers", case).chunks(7).enumerate() {
        if number == 3 {
            Checkpoint::new().save(&path, &whole, &opt).expect("it is written");
            let mut again = model();
            let mut resumed = make(&again);
            Checkpoint::load(&path, &mut again, &mut resumed).expect("our own checkpoint");
            other = Some((again, resumed));
        }
        let loss = opt.step_with(&mut whole, valley).expect("static shapes");
        let found: Vec<f64> = std::iter::once(loss).chain(weights(&whole)).collect();
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{case}, step {number}: found {found}, expected {expected}");
        }
        if let Some((model, opt)) = &mut other {
            opt.step_with(model, valley).expect("static shapes");
        }
    }
    let (again, resumed) = other.expect("there are six steps");
    assert_eq!((weights(&again), resumed.steps()), (weights(&whole), opt.steps()), "{case}");
}

#[test]
fn iterations_are_those_of_pytorch() {
    follow("lbfgs", |m| Lbfgs::new(m, 0.5).iterations(4).history(3));
    follow("lbfgs_wolfe", |m| Lbfgs::new(m, 1.0).iterations(4).history(5).strong_wolfe(true));
    follow("lbfgs_few", |m| Lbfgs::new(m, 1.0).iterations(4).evaluations(2).strong_wolfe(true));
    follow("lbfgs_far", |m| Lbfgs::new(m, 7.0).iterations(5).strong_wolfe(true));
    follow("lbfgs_farther", |m| Lbfgs::new(m, 40.0).iterations(3).strong_wolfe(true));
    follow("lbfgs_decayed", |m| {
        let opt = Lbfgs::new(m, 0.1).strong_wolfe(true).weight_decay(0.2);
        opt.tolerance_grad(1e-5).tolerance_change(1e-7)
    });
}

#[test]
fn what_is_not_trained_stays() {
    let frozen = |name: &str, hyper: &mut Hyper| {
        if name == "1" {
            hyper.lr_factor = 0.0;
        }
    };
    let mut both = model::<f32>();
    let fixed = both.1.as_slice().to_vec();
    let mut opt = Lbfgs::new(&both, 1.0).strong_wolfe(true).group(frozen);
    let first = opt.step_with(&mut both, valley).expect("static shapes");
    let last = opt.step_with(&mut both, valley).expect("static shapes");
    assert!(last < first && both.1.as_slice() == fixed);
    let mut names = vec![];
    opt.visit(|name, _| names.push(name.to_owned()));
    assert!(names.contains(&"0.previous_gradient".to_owned()) && names.contains(&"1.skipped".to_owned()), "{names:?}");
    assert!(!names.contains(&"1.previous_gradient".to_owned()), "{names:?}");

    // Nothing at all, and what is there already.
    let before = weights(&both);
    let mut opt = Lbfgs::new(&both, 1.0).group(|_, hyper| hyper.lr_factor = 0.0);
    opt.step_with(&mut both, valley).expect("static shapes");
    let mut opt = Lbfgs::new(&both, 1.0).tolerance_grad(1e9);
    opt.step_with(&mut both, valley).expect("static shapes");
    assert_eq!((weights(&both), opt.steps()), (before, 0));
}

#[test]
fn errors_leave_everything_as_it_was() {
    let mut both = model::<f64>();
    let mut opt = Lbfgs::new(&both, 1.0).strong_wolfe(true).iterations(3);
    opt.step_with(&mut both, valley).expect("static shapes");
    let (before, steps) = (weights(&both), opt.steps());
    for last in 0..4 {
        let mut asked = 0;
        let failing = |model: &Model<f64>| {
            asked += 1;
            if asked > last { Err(Error::NoGradient) } else { valley(model) }
        };
        assert!(matches!(opt.step_with(&mut both, failing), Err(Error::NoGradient)));
        assert_eq!((weights(&both), opt.steps()), (before.clone(), steps), "after {last}");
    }
    let mut other = opt.clone().group(|_, hyper| hyper.lr_factor = 0.5);
    let error = other.step_with(&mut both, valley).expect_err("a factor").to_string();
    assert!(error.contains("0.5") && weights(&both) == before, "{error}");
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(attempt(|| Lbfgs::new(&both, 1.0).tolerance_grad(bad)).is_err());
        assert!(attempt(|| Lbfgs::new(&both, 1.0).tolerance_change(bad)).is_err());
        assert!(attempt(|| Lbfgs::new(&both, bad)).is_err());
    }
    for bad in [0, 101] {
        assert!(matches!(attempt(|| Lbfgs::new(&both, 1.0).history(bad)), Err(Error::Value { .. })));
    }
}

/// Halves find what single precision finds, as near as their losses tell; losses that are no numbers end a step.
#[test]
fn other_types_and_numbers() {
    fn nearer<E: Real>() {
        let mut both = model::<E>();
        let mut opt = Lbfgs::new(&both, 1.0).strong_wolfe(true);
        let first = opt.step_with(&mut both, valley).expect("static shapes").as_f64();
        let last = opt.step_with(&mut both, valley).expect("static shapes").as_f64();
        assert!(last < first / 10.0, "{}: {last} after {first}", E::NAME);
    }
    nearer::<f16>();
    nearer::<bf16>();
    nearer::<f32>();
    for bad in [f32::NAN, f32::INFINITY] {
        for strong_wolfe in [false, true] {
            let mut both = model::<f32>();
            both.0.as_mut_slice()[0] = bad;
            let mut opt = Lbfgs::new(&both, 1.0).strong_wolfe(strong_wolfe);
            let loss = opt.step_with(&mut both, valley).expect("static shapes");
            assert!(!loss.is_finite() && !both.0.as_slice()[0].is_finite());
        }
    }
}
