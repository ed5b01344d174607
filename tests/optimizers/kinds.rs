//! Every optimizer that PyTorch or a paper defines against `golden/optimizers.npz`, which `scripts/golden_training.py`
//! writes: sixteen steps of known gradients. Each of them is saved, loaded into another one, and goes on to the bit.

use crate::support::assert_close;
use congruent::io::NpzFile;
use congruent::model::Tree;
use congruent::optim::Optimizer;
use congruent::optim::{Adadelta, Adamax, Adan, Lamb, Lion, Muon, NAdam, RAdam, Rule};
use congruent::prelude::*;
use std::collections::BTreeSet;

/// A tall matrix, a vector and a wide matrix: all shapes that a rule may tell apart.
pub(crate) type Model<E> =
    (Param<Shape![4, 3], Weights<E>>, Param<Shape![3], Weights<E>>, Param<Shape![3, 4], Weights<E>>);

type Gradients<E> = <Model<E> as Tree<Weights<E>>>::With<Grads<E>>;

fn part<S: Shape + Default, E: Real>(row: &[f64]) -> Tensor<S, E> {
    let values: Vec<E> = row.iter().map(|&x| E::of_f64(x)).collect();
    Cpu.from_slice(S::default(), &values).expect("as many as the shape has")
}

pub(crate) fn model<E: Real>(row: &[f64]) -> Model<E> {
    (part(&row[..12]).into(), part(&row[12..15]).into(), part(&row[15..]).into())
}

/// Gradients that are known: those of a sum that they are the factors of.
pub(crate) fn gradients<E: Real>(model: &Model<E>, row: &[f64]) -> Gradients<E> {
    let a: Tensor<Shape![4, 3], E> = part(&row[..12]);
    let b: Tensor<Shape![3], E> = part(&row[12..15]);
    let c: Tensor<Shape![3, 4], E> = part(&row[15..]);
    let step = model.value_and_grad(|m| (m.0 * &a).sum() + (m.1 * &b).sum() + (m.2 * &c).sum());
    step.expect("no run-time sizes").1
}

/// One step along gradients that are known.
pub(crate) fn step<R: Rule, E: Real>(opt: &mut Optimizer<R, Model<E>, E>, model: &mut Model<E>, row: &[f64]) {
    let gradients = gradients(model, row);
    opt.step(model, &gradients);
}

pub(crate) fn weights<E: Real>(model: &Model<E>) -> Vec<E> {
    [model.0.as_slice(), model.1.as_slice(), model.2.as_slice()].concat()
}

/// Calls a check for every optimizer: `check!("name", |model| optimizer)`.
macro_rules! each_kind {
    ($check:ident) => {
        $check!("adam_amsgrad", |m| Adam::new(m, 0.05).betas(0.8, 0.9).eps(1e-3).weight_decay(0.2).amsgrad(true));
        $check!("adamw_amsgrad", |m| AdamW::new(m, 0.05).betas(0.8, 0.9).eps(1e-3).weight_decay(0.2).amsgrad(true));
        $check!("adadelta", |m| Adadelta::new(m, 0.5).rho(0.8).eps(1e-3).weight_decay(0.2));
        $check!("adamax", |m| Adamax::new(m, 0.05).betas(0.8, 0.9).eps(1e-3).weight_decay(0.2));
        $check!("nadam", |m| NAdam::new(m, 0.05).betas(0.8, 0.9).eps(1e-3).weight_decay(0.2).momentum_decay(0.1));
        $check!("radam", |m| RAdam::new(m, 0.05).betas(0.8, 0.99).eps(1e-3).weight_decay(0.2));
        $check!("lion", |m| Lion::new(m, 0.02).weight_decay(0.1));
        $check!("lamb", |m| Lamb::new(m, 0.05).betas(0.8, 0.95).eps(1e-4).weight_decay(0.1));
        $check!("adan", |m| Adan::new(m, 0.05).betas(0.9, 0.8, 0.95).eps(1e-4).weight_decay(0.1));
        $check!("muon", |m| Muon::new(m, 0.05).weight_decay(0.2).group_by(|_, dims, hyper| {
            if dims.len() == 1 {
                hyper.lr_factor = 0.1;
            }
        }));
    };
}
pub(crate) use each_kind;

/// The numbers of a case, row by row.
pub(crate) fn read(file: &str, name: &str) -> Vec<f64> {
    let path = format!("{}/tests/golden/{file}.npz", env!("CARGO_MANIFEST_DIR"));
    let mut file = NpzFile::open(path).expect("the reference file is there");
    file.get(name).expect("the case is there").values(name).expect("these are f64")
}

fn rows(name: &str) -> Vec<Vec<f64>> {
    read("optimizers", name).chunks(27).map(<[f64]>::to_vec).collect()
}

pub(crate) fn start() -> Vec<f64> {
    read("optimizers", "start")
}

/// The steps of the reference; half of them later, another optimizer that has read the state of this one goes on beside
/// it, as does one that leaves the vector alone.
fn follow<R: Rule>(case: &str, make: impl Fn(&Model<f64>) -> Optimizer<R, Model<f64>, f64>) {
    let (given, expected) = (rows("gradients"), rows(case));
    let mut whole = model(&start());
    let (mut frozen, fixed) = (whole.clone(), weights(&whole)[12..15].to_vec());
    let mut opt = make(&whole);
    let mut without = make(&whole).group(|name, hyper| {
        if name == "1" {
            hyper.lr_factor = 0.0;
        }
    });
    let mut other = None;
    for (number, (gradient, expected)) in given.iter().zip(&expected).enumerate() {
        if number == 8 {
            let folder = tempfile::tempdir().expect("a folder for temporary files");
            let path = folder.path().join("optimizer.safetensors");
            opt.save(&path).expect("it is written");
            let mut again = make(&whole);
            again.load(&path).expect("state of the same optimizer");
            other = Some((whole.clone(), again));
        }
        if let Some((model, opt)) = &mut other {
            step(opt, model, gradient);
        }
        step(&mut opt, &mut whole, gradient);
        step(&mut without, &mut frozen, gradient);
        assert_close(&format!("{case}, step {number}"), &weights(&whole), expected, 1e-11);
    }
    let (resumed, again) = other.expect("there are more than eight steps");
    assert_eq!(weights(&resumed), weights(&whole), "{case} goes on to the bit");
    assert_eq!((again.steps(), weights(&frozen)[12..15].to_vec()), (opt.steps(), fixed), "{case}");
    assert_eq!(weights(&frozen)[..12], weights(&whole)[..12], "{case}: the others are trained");
    let mut names = BTreeSet::new();
    without.visit(|name, _| assert!(names.insert(name.to_owned())));
    assert!(
        names.contains("1.skipped") && names.iter().filter(|name| name.starts_with("1.")).count() == 1,
        "{names:?}"
    );
}

#[test]
fn trajectories_are_those_of_pytorch_and_of_the_papers() {
    macro_rules! followed {
        ($name:literal, $make:expr) => {
            follow($name, $make);
        };
    }
    each_kind!(followed);
    follow("adadelta_usual", |m| Adadelta::new(m, 1.0));
    follow("nadam_decoupled", |m| NAdam::new(m, 2e-3).weight_decay(0.2).decoupled(true));
    follow("radam_decoupled", |m| RAdam::new(m, 1e-3).weight_decay(0.2).decoupled(true));
    follow("muon_matched", |m| Muon::new(m, 0.05).momentum(0.8).nesterov(false).match_rms(true));
}

/// A checkpoint of Adam without AMSGrad is not one with it, and says what it lacks.
#[test]
fn what_a_file_lacks_is_named() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("optimizer.safetensors");
    let mut model = model::<f64>(&start());
    let mut opt = Adam::new(&model, 0.1);
    step(&mut opt, &mut model, &start());
    opt.save(&path).expect("it is written");
    let error = Adam::new(&model, 0.1).amsgrad(true).load(&path).expect_err("a tensor is missing").to_string();
    assert!(error.contains("0.largest_second_moment"), "{error}");
    let error = Muon::new(&model, 0.1).load(&path).expect_err("other state").to_string();
    assert!(error.contains("0.momentum"), "{error}");
    // All by AdamW: the state of Adam, under the same names.
    let mut muon = Muon::new(&model, 0.1).by_adamw(|_, _| true);
    muon.load(&path).expect("the same state");
    step(&mut muon, &mut model, &start());
}

#[test]
fn settings_are_checked() {
    let m = model::<f64>(&start());
    let refused = |what: &str, make: &dyn Fn()| {
        let error = attempt(make).expect_err(what);
        assert!(matches!(error, Error::Value { .. }), "{what}: {error}");
    };
    for bad in [f64::NAN, f64::INFINITY, -1e-3] {
        refused("eps", &|| drop(Adadelta::new(&m, 1.0).eps(bad)));
        refused("eps", &|| drop(Adamax::new(&m, 1.0).eps(bad)));
        refused("eps", &|| drop(NAdam::new(&m, 1.0).eps(bad)));
        refused("decay", &|| drop(NAdam::new(&m, 1.0).momentum_decay(bad)));
        refused("eps", &|| drop(RAdam::new(&m, 1.0).eps(bad)));
        refused("eps", &|| drop(Lamb::new(&m, 1.0).eps(bad)));
        refused("eps", &|| drop(Adan::new(&m, 1.0).eps(bad)));
        refused("eps", &|| drop(Muon::new(&m, 1.0).eps(bad)));
        refused("rate", &|| drop(Lion::new(&m, bad)));
        refused("decay", &|| drop(Lion::new(&m, 0.1).weight_decay(bad)));
        for bad in [bad, 1.0] {
            refused("rho", &|| drop(Adadelta::new(&m, 1.0).rho(bad)));
            refused("beta", &|| drop(Lion::new(&m, 1.0).betas(bad, 0.5)));
            refused("beta", &|| drop(NAdam::new(&m, 1.0).betas(0.5, bad)));
            refused("beta", &|| drop(Adan::new(&m, 1.0).betas(0.5, 0.5, bad)));
            refused("beta", &|| drop(Lamb::new(&m, 1.0).group_betas(|_, _, betas| betas.0 = bad)));
            refused("momentum", &|| drop(Muon::new(&m, 1.0).momentum(bad)));
        }
    }
}
