//! Convolutions with a bias, pooling, and a training step of a network of these.
//!
//! The rate is so small that nothing converges: every step does the same work.

use crate::models::Cnn;
use crate::session::Session;
use congruent::prelude::*;

pub(crate) fn run(session: &mut Session) {
    both::<32, 3, 32, 64>(session, ["conv_small_fwd", "conv_small_fb"]);
    both::<16, 64, 56, 64>(session, ["conv_big_fwd", "conv_big_fb"]);
    session.measure("pool_fwd", || {
        let x: Tensor<Shape![16, 64, 56, 56]> = random(1);
        move || x.max_pool2d(Pool::<2>).eval()
    });
    session.measure("pool_fb", || {
        let x: Param<Shape![16, 64, 56, 56]> = random(1).into();
        move || x.value_and_grad(|x| x.max_pool2d(Pool::<2>).sum())
    });
    session.measure("train_cnn", || {
        let mut model = Cnn::new();
        let mut optimizer = Adam::new(&model, 1e-6);
        let x: Tensor<Shape![64, 1, 28, 28]> = random(5);
        let labels = Cpu.from_fn((D::<64>,), |i| Key::new(6).below(i as u64, 10) as i64);
        move || {
            let (loss, grads) = model.value_and_grad(|model| model.forward(&x).cross_entropy(&labels))?;
            optimizer.step(&mut model, &grads);
            Ok::<_, Error>(loss)
        }
    });
}

/// Uniform in [-1, 1).
fn random<S: Shape + Default>(seed: u64) -> Tensor<S> {
    Cpu.uniform(S::default(), Key::new(seed), -1.0, 1.0)
}

/// Forward, and forward with all gradients, of `N` pictures of `I` channels and `SIDE` by `SIDE`.
fn both<const N: usize, const I: usize, const SIDE: usize, const O: usize>(
    session: &mut Session,
    names: [&'static str; 2],
) where
    D<N>: Dim + Default,
    D<I>: Dim + Default,
    D<SIDE>: Dim + Default,
    D<O>: Dim + Default,
{
    let layer = || Conv2d::<D<I>, D<O>, Same<3>>::new(Key::new(1));
    let pictures = || random::<(D<N>, D<I>, D<SIDE>, D<SIDE>)>(2);
    session.measure(names[0], || {
        let (layer, x) = (layer(), pictures());
        move || layer.infer(|layer| layer.forward(&x).eval())
    });
    session.measure(names[1], || {
        let model: (Param<_>, _) = (pictures().into(), layer());
        move || model.value_and_grad(|(x, layer)| layer.forward(x).sum())
    });
}
