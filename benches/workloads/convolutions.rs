//! Convolutions with a bias, pooling, and a training step of a network of these.
//!
//! The rate is so small that nothing converges: every step does the same work.

use crate::session::Session;
use congruent::prelude::*;

/// Two convolutions of 5 by 5, each with a pooling behind it; 128 features, 10 scores.
#[derive(Model)]
struct Cnn<P: Part = Weights> {
    first: Conv2d<D<1>, D<16>, Filter<5, 1, 2>, P>,
    second: Conv2d<D<16>, D<32>, Filter<5, 1, 2>, P>,
    hidden: Linear<D<1568>, D<128>, P>,
    scores: Linear<D<128>, D<10>, P>,
}

impl<P: Forward> Cnn<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<1>, D<28>, D<28>), P>) -> Ex![P; B, 10] {
        let first = self.first.forward(x).relu().max_pool2d(Pool::<2>);
        let second = self.second.forward(first).relu().max_pool2d(Pool::<2>);
        self.scores.forward(self.hidden.forward(second.flatten::<1>()).relu())
    }
}

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
        let [first, second] = [1, 2].map(Key::new);
        let mut model = Cnn {
            first: Conv2d::new(first),
            second: Conv2d::new(second),
            hidden: Linear::new(Key::new(3)),
            scores: Linear::new(Key::new(4)),
        };
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
