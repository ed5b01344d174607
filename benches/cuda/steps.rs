//! Training steps: a small line, where only launches count, and three models. The rates are so small that nothing
//! converges: every step does the same work.

use crate::language;
use crate::models::{Cnn, Mlp};
use crate::session::{Session, Work};
use congruent::cuda::Cuda;
use congruent::prelude::*;

dims! { Batch = ? }

pub(crate) fn run(session: &mut Session) -> Result<(), Error> {
    session.measure("train_linreg", Work::Step, |device| {
        let x = random(device, (D::<32>, D::<8>), 4);
        let y = random(device, (D::<32>, D::<1>), 5);
        let mut line = Linear::<D<8>, D<1>>::new(Key::new(6)).to(&device);
        let mut optimizer = Sgd::new(&line, 1e-5);
        move || {
            let (loss, grads) = line.loss_and_grad(|line| line.forward(&x).mse(&y))?;
            optimizer.step(&mut line, &grads);
            Ok::<_, Error>(loss)
        }
    })?;
    let [few, many] = [session.size(64, 4), session.size(4096, 8)].map(Batch);
    for Batch(batch) in [few, many] {
        session.measure(&format!("train_mlp_adam_{batch}"), Work::Step, |device| {
            let mut model = Mlp::new().to(&device);
            let mut optimizer = Adam::new(&model, 1e-6);
            let (x, labels) = (random(device, (Batch(batch), D::<784>), 4), labels(device, batch));
            move || {
                let (loss, grads) = model.loss_and_grad(|model| model.forward(&x).cross_entropy(&labels))?;
                optimizer.step(&mut model, &grads);
                Ok::<_, Error>(loss)
            }
        })?;
        session.measure(&format!("train_cnn_adam_{batch}"), Work::Step, |device| {
            let mut model = Cnn::new().to(&device);
            let mut optimizer = Adam::new(&model, 1e-6);
            let x = random(device, (Batch(batch), D::<1>, D::<28>, D::<28>), 5);
            let labels = labels(device, batch);
            move || {
                let (loss, grads) = model.loss_and_grad(|model| model.forward(&x).cross_entropy(&labels))?;
                optimizer.step(&mut model, &grads);
                Ok::<_, Error>(loss)
            }
        })?;
    }
    if session.is_small() {
        return Ok(());
    }
    session.measure("train_gpt", Work::Step, |device| {
        let mut model = language::model().to(&device);
        let mut optimizer = AdamW::new(&model, 1e-6).weight_decay(0.1);
        let [ids, labels] = [3, 4].map(|seed| language::tokens(seed).to(&device));
        move || {
            let (loss, grads) = model.loss_and_grad(|model| model.forward(&ids).cross_entropy(&labels))?;
            optimizer.step(&mut model, &grads);
            Ok::<_, Error>(loss)
        }
    })
}

/// Uniform in [-1, 1).
fn random<S: Shape>(device: Cuda<0>, shape: S, seed: u64) -> Tensor<S, f32, Cuda<0>> {
    Cpu.uniform(shape, Key::new(seed), -1.0, 1.0).to(&device)
}

fn labels(device: Cuda<0>, batch: usize) -> Tensor<(Batch,), i64, Cuda<0>> {
    Cpu.from_fn((Batch(batch),), |i| Key::new(6).below(i as u64, 10) as i64).to(&device)
}
