//! Layers without bias: the same numbers, gradients and files as with one of zeros, less the bias.
//!
//! Apart from `layers` because here a type says what is absent: in graphs, names, files and errors.

mod support;

use congruent::nn::{Init, Relu};
use congruent::prelude::*;
use support::{gradients, random};

dims! { Batch = ?, Width = ? }

type Wide<P = Weights<f64>> = Linear<D<4>, D<7>, P, NoBias>;

#[derive(Model)]
struct Block<P: Part = Weights> {
    norm: LayerNorm<D<4>, P, NoBias>,
    up: Linear<D<4>, D<17>, P, NoBias>,
    down: Linear<D<17>, D<4>, P>,
}

impl<P: Forward> Block<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<4>), P>) -> Ex![P; B, 4] {
        self.down.forward(self.up.forward(self.norm.forward(x)).relu())
    }
}

fn block() -> Block {
    let key = Key::new(3);
    Block { norm: LayerNorm::new(), up: Linear::new(key.fold_in(0)), down: Linear::new(key.fold_in(1)) }
}

fn names<M: Inspect<f32, Cpu>>(model: &M) -> Vec<String> {
    let mut names = vec![];
    model.visit(|name, _, _| names.push(name.to_owned()));
    names
}

/// To the bit what a bias of zeros gives, for batches of all sizes, and no worse than that for each element type.
#[test]
fn nothing_is_added() {
    fn same<E: Real>(batch: usize) {
        let init = Init::Normal { mean: 0.0, std: 0.5 };
        let bare: Linear<D<4>, D<7>, Weights<E>, NoBias> = Linear::init(Cpu, init, Key::new(1));
        let zeros: Linear<D<4>, D<7>, Weights<E>> = Linear::init(Cpu, init, Key::new(1));
        let norm: LayerNorm<D<4>, Weights<E>, NoBias> = LayerNorm::init(Cpu);
        let norm_of_zeros: LayerNorm<D<4>, Weights<E>> = LayerNorm::init(Cpu);
        let x = Cpu.uniform_of::<E, _>((Batch(batch), D::<4>), Key::new(2), -2.0, 2.0);
        let y = (norm, bare).infer(|m| m.forward(&x).eval()).unwrap();
        let expected = (norm_of_zeros, zeros).infer(|m| m.forward(&x).eval()).unwrap();
        assert_eq!(y, expected, "{} of {batch}", E::NAME);
    }
    for batch in [0, 1, 7, 17, 1021] {
        same::<f32>(batch);
        same::<f64>(batch);
        same::<f16>(batch);
        same::<bf16>(batch);
    }
}

#[test]
fn gradients_agree_with_differences() {
    let x = || random((D::<3>, D::<4>), 1, -2.0, 2.0);
    let cotangent = Cpu.uniform_of::<f64, _>((D::<3>, D::<7>), Key::new(5), -1.0, 1.0);
    let wide: Wide = Linear::init(Cpu, Init::Normal { mean: 0.0, std: 0.7 }, Key::new(2));
    gradients!((x(), wide.clone()), |(x, layer)| (layer.forward(x) * &cotangent).sum());
    let norm: LayerNorm<D<4>, Weights<f64>, NoBias> = LayerNorm::init(Cpu);
    gradients!((x(), (norm, wide)), |(x, layers)| (layers.forward(x) * &cotangent).sum());
}

#[test]
fn models_hold_them_beside_others() {
    let mut model = block();
    assert_eq!(names(&model), ["norm.weight", "up.weight", "down.weight", "down.bias"]);
    assert_eq!(model.count(), 4 + 4 * 17 + 17 * 4 + 4);
    let x = Cpu.uniform((Batch(5), D::<4>), Key::new(4), -1.0, 1.0);
    let mut opt = AdamW::new(&model, 0.01);
    let step = |model: &Block| model.value_and_grad(|m| m.forward(&x).square().mean()).unwrap();
    let (before, grads) = step(&model);
    opt.step(&mut model, &grads);
    assert!(step(&model).0 < before);
    let double = model.cast::<f64>().to(&Cpu);
    assert_eq!(double.up.bias, NoBias);
    let sequence = (Linear::<D<4>, D<4>, Weights, NoBias>::new(Key::new(0)), Relu);
    assert_eq!(names(&sequence), ["0.weight"]);
    assert!(Residual::new(sequence).infer(|m| m.forward(&x).eval()).is_ok());
}

/// What a file has too much or too little is said by name.
#[test]
fn files_have_a_weight_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [bare, whole] = ["bare", "whole"].map(|name| folder.path().join(name));
    let mut without = Linear::<D<3>, D<2>, Weights, NoBias>::new(Key::new(1));
    let mut with = Linear::<D<3>, D<2>>::new(Key::new(2));
    without.save(&bare).unwrap();
    with.save(&whole).unwrap();
    let error = with.load(&bare).unwrap_err().to_string();
    assert!(error.contains("bias") && error.contains("weight"), "{error}");
    let error = without.load(&whole).unwrap_err().to_string();
    assert!(error.contains("bias"), "{error}");
    let mut again = Linear::<D<3>, D<2>, Weights, NoBias>::new(Key::new(3));
    again.load(&bare).unwrap();
    assert_eq!(again.weight.as_slice(), without.weight.as_slice());
    assert_eq!(again.load_matching(&whole).unwrap().unexpected, ["bias"]);
    assert_eq!(again.weight.as_slice(), with.weight.as_slice());
}

#[test]
fn widths_that_only_the_run_knows_must_agree() {
    let x = Cpu.full((Batch(2), Width(3)), 1.0f32);
    let linear: Linear<Width, D<2>, Weights, NoBias> = Linear::sized(Cpu, Width(4), D::<2>, Init::DEFAULT, Key::new(0));
    assert!(matches!(linear.infer(|m| m.forward(&x).eval()), Err(Error::Sizes(_))));
    let norm: LayerNorm<Width, Weights, NoBias> = LayerNorm::sized(Cpu, Width(4));
    assert!(matches!(norm.infer(|m| m.forward(&x).eval()), Err(Error::Sizes(_))));
    let norm: LayerNorm<Width, Weights, NoBias> = LayerNorm::sized(Cpu, Width(3));
    assert!(norm.infer(|m| m.forward(&x).eval()).is_ok());
}
