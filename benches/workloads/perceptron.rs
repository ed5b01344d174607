//! Linear regression and a multilayer perceptron: training steps on one fixed batch, and inference for one image.
//!
//! The rates are so small that nothing converges: every step does the same work.

use crate::models::Mlp;
use crate::session::Session;
use congruent::prelude::*;
use congruent::{model::Tree, optim};

pub(crate) fn run(session: &mut Session) {
    session.measure("train_linreg", || {
        let x: Tensor<Shape![32, 8]> = random(4);
        let y: Tensor<Shape![32, 1]> = random(5);
        let mut line = Linear::<D<8>, D<1>>::new(Key::new(6));
        let mut optimizer = Sgd::new(&line, 1e-5);
        move || {
            let (loss, grads) = line.value_and_grad(|line| line.forward(&x).mse(&y))?;
            optimizer.step(&mut line, &grads);
            Ok::<_, Error>(loss)
        }
    });
    session.measure("train_mlp_sgd", || {
        let model = Mlp::new();
        let optimizer = Sgd::new(&model, 1e-5).momentum(0.9);
        step(model, optimizer)
    });
    session.measure("train_mlp_adam", || {
        let model = Mlp::new();
        let optimizer = Adam::new(&model, 1e-6);
        step(model, optimizer)
    });
    session.measure("inf_mlp_b1", || {
        let (model, x) = (Mlp::new(), random::<Shape![1, 784]>(4));
        move || model.infer(|model| model.forward(&x).eval())
    });
}

/// Uniform in [-1, 1).
fn random<S: Shape + Default>(seed: u64) -> Tensor<S> {
    Cpu.uniform(S::default(), Key::new(seed), -1.0, 1.0)
}

/// A step of the perceptron on 64 images.
fn step<R>(mut model: Mlp, mut optimizer: optim::Optimizer<R, Mlp>) -> impl FnMut() -> Result<f32, Error>
where
    R: optim::Rule,
    Mlp: Tree<Weights>,
{
    let x = random::<Shape![64, 784]>(4);
    let labels = Cpu.from_fn((D::<64>,), |i| Key::new(5).below(i as u64, 10) as i64);
    move || {
        let (loss, grads) = model.value_and_grad(|model| model.forward(&x).cross_entropy(&labels))?;
        optimizer.step(&mut model, &grads);
        Ok(loss)
    }
}
