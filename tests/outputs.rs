//! Models with several outputs that share a part, and losses made of them outside of the model: values that are kept.
//!
//! Apart from `sharing`, where one body holds all uses.

mod support;

use congruent::prelude::*;
use support::{gradients, random};

dims! { Batch = ?, Pixels = 12, Hidden = 8, Latent = 2 }

fn layer<I: Dim + Default, O: Dim + Default>(seed: u64) -> Linear<I, O, Weights<f64>> {
    let mut layer: Linear<I, O, Weights<f64>> =
        Linear::init(Cpu, congruent::nn::Init::Normal { mean: 0.0, std: 0.6 }, Key::new(seed));
    layer.visit_mut(|name, _, values| {
        if name == "bias" {
            values.fill(0.1)
        }
    });
    layer
}

/// Kingma and Welling 2013: reconstruction, mean and logarithm of the variance are three outputs with one encoder.
#[derive(Model)]
struct Vae<P: Part = Weights> {
    encoder: Linear<Pixels, Hidden, P>,
    mean: Linear<Hidden, Latent, P>,
    log_variance: Linear<Hidden, Latent, P>,
    decoder: (Linear<Latent, Hidden, P>, congruent::nn::Tanh, Linear<Hidden, Pixels, P>),
}

impl<P: Forward> Vae<P> {
    fn forward<B: Dim>(
        self,
        x: impl Expr<(B, Pixels), P>,
        noise: &Tensor<(B, Latent), P::Elem, P::Dev>,
    ) -> (Ex![P; B, Pixels], Keep<(B, Latent), P>, Keep<(B, Latent), P>) {
        let hidden = self.encoder.forward(x).tanh().keep();
        let mean = self.mean.forward(hidden).keep();
        let log_variance = self.log_variance.forward(hidden).keep();
        let latent = mean + (log_variance * 0.5).exp() * noise;
        (self.decoder.forward(latent), mean, log_variance)
    }
}

/// A loss that knows nothing of the model.
fn vae_loss<B: Dim, P: Forward>(
    (pixels, mean, log_variance): (impl Expr<(B, Pixels), P>, Keep<(B, Latent), P>, Keep<(B, Latent), P>),
    x: &Tensor<(B, Pixels), P::Elem, P::Dev>,
) -> Ex![P;] {
    let divergence = (mean.square() + log_variance.exp() - log_variance - 1.0).sum_axis::<1>().mean();
    pixels.ex().bce_with_logits(x) + divergence * 0.5
}

fn vae() -> Vae<Weights<f64>> {
    Vae {
        encoder: layer(1),
        mean: layer(2),
        log_variance: layer(3),
        decoder: (layer(4), congruent::nn::Tanh, layer(5)),
    }
}

#[test]
fn a_variational_autoencoder_learns() {
    let mut model = vae();
    let x = Cpu.uniform_of::<f64, _>((Batch(5), Pixels), Key::new(1), 0.0, 1.0);
    let noise = Cpu.normal_of::<f64, _>((Batch(5), Latent), Key::new(2), 0.0, 1.0);
    gradients!(model, |m| vae_loss::<Batch, Traced<f64>>(m.forward(&x, &noise), &x));
    let mut opt = Adam::new(&model, 0.01);
    let mut losses = vec![];
    for _ in 0..50 {
        let (loss, grads) =
            model.value_and_grad(|m| vae_loss::<Batch, Traced<f64>>(m.forward(&x, &noise), &x)).unwrap();
        opt.step(&mut model, &grads);
        losses.push(loss);
    }
    assert!(losses[49] < losses[0] * 0.8, "{losses:?}");
    let (pixels, mean) = model
        .infer(|m| {
            let (pixels, mean, _) = m.forward(&x, &noise);
            (pixels.sigmoid().eval(), mean.eval())
        })
        .unwrap();
    assert_eq!((pixels.shape(), mean.shape()), (x.shape(), noise.shape()));
}

/// A mixture of experts: scores, and a loss that balances the experts, of the same gates. Shazeer et al. 2017.
#[derive(Model)]
struct Mixture<P: Part = Weights> {
    gate: Linear<Hidden, D<3>, P>,
    experts: [Linear<Hidden, D<4>, P>; 3],
}

impl<P: Forward> Mixture<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, Hidden), P>) -> (Ex![P; B, 4], Ex![P;]) {
        let x = x.ex().keep();
        let gates = self.gate.forward(x).softmax().keep();
        let [first, second, third] = self.experts.map(|expert| expert.forward(x).tanh());
        let scores =
            first * gates.slice(s![.., 0..1]) + second * gates.slice(s![.., 1..2]) + third * gates.slice(s![.., 2..3]);
        (scores, gates.mean_axis::<0>().square().sum() * 3.0)
    }
}

#[test]
fn a_mixture_of_experts_has_a_loss_beside() {
    let mut model = Mixture { gate: layer(1), experts: [layer(2), layer(3), layer(4)] };
    let x = Cpu.uniform_of::<f64, _>((Batch(7), Hidden), Key::new(3), -1.0, 1.0);
    let labels = Cpu.from_fn((Batch(7),), |i| (i % 4) as i64);
    gradients!(model, |m| {
        let (scores, balance) = m.forward(&x);
        scores.cross_entropy(&labels) + balance * 0.01
    });
    // Each output alone.
    gradients!(model, |m| m.forward(&x).0.cross_entropy(&labels));
    let (_, grads) = model.value_and_grad(|m| m.forward(&x).1).unwrap();
    assert!(grads.gate.weight.reached() && !grads.experts[0].weight.reached());
}

/// Whatever is kept, and in whatever order it is used, the gradient is that of the formula written out.
#[test]
fn order_does_not_matter() {
    let mut m = (random((D::<3>,), 1, 0.5, 1.5), random((D::<3>,), 2, 0.5, 1.5));
    gradients!(m, |(x, y)| {
        let a = (x * y).keep();
        let b = (a * x).keep();
        let c = (b * a + y).keep();
        (c * a).sum() + b.sum() * c.sum() + a.square().sum()
    });
    gradients!(m, |(x, y)| {
        let a = (x * y).keep();
        let outer = (a * 2.0).with(|u| {
            let inner = (u * a).keep();
            let deeper = (inner * y).with(|v| (v * u).keep() * inner + v);
            deeper * inner
        });
        let b = (outer.boxed() * a).keep();
        (b.boxed() * b).sum() + a.sum()
    });
    gradients!(m, |(x, y)| {
        let mut kept = x.ex().keep();
        for _ in 0..200 {
            kept = (kept * 0.9 + (kept * y).sin() * 0.1).keep();
        }
        kept.sum()
    });
    gradients!(m, |(x, y)| {
        let h = (x * y).keep();
        Traced::<f64>::scan([y, x, y], h, |w, v| {
            let u = (v * w).keep();
            let z = (u * h).keep();
            u * 0.3 + z * u
        })
        .sum()
    });
}

/// A chain of any length takes no stack.
#[test]
fn long_chains_end() {
    let run = || {
        let w: Param<Shape![1]> = Cpu.ones().into();
        let step = w.value_and_grad(|w| {
            let mut kept = w.ex().keep();
            for _ in 0..20_000 {
                kept = (kept.boxed() * 1.0).keep();
            }
            kept.sum()
        });
        assert_eq!(step.unwrap().1.as_slice(), [1.0]);
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn what_is_kept_belongs_to_its_call() {
    let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let error = attempt(|| (&w.tensor() * 2.0).keep().sum().eval()).map(drop).unwrap_err();
    assert!(error.to_string().contains("`keep`") && error.to_string().contains("eval"), "{error}");
    let (_, _, escaped) = w
        .value_grad_and(|w| {
            let h = (w * 2.0).keep();
            (h.sum(), h)
        })
        .unwrap();
    assert!(matches!(attempt(|| escaped.sum().eval()).map(drop), Err(Error::Escaped { .. })));
    let escaped = w.infer(|w| (w * 2.0).keep()).unwrap();
    assert!(matches!(attempt(|| escaped.sum().eval()).map(drop), Err(Error::Escaped { .. })));
    assert_eq!(w.infer(|w| (w * 2.0).keep().eval()).unwrap().as_slice(), [2.0, 4.0]);
    // A panic on the way leaves nothing behind.
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        w.value_and_grad(|w| if (w * 2.0).keep().shape() == (D::<2>,) { panic!("on purpose") } else { w.sum() })
            .map(drop)
    }));
    assert!(failed.is_err() && attempt(|| (&w.tensor() * 2.0).keep().sum().eval()).is_err());
}

/// What is kept in the body of a `with` is used there: outside of it, its gradient would come too late.
#[test]
fn what_is_kept_in_a_let_stays_in_it() {
    let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let step = w.value_and_grad(|w| {
        let mut carried = None;
        let inside = (w * 2.0).with(|x| {
            let kept = (x * 3.0).keep();
            carried = Some(kept);
            kept * x
        });
        carried.expect("the body has run").sum() + inside.sum()
    });
    assert!(matches!(step.map(drop), Err(Error::Escaped { .. })));
    let step = w.value_and_grad(|w| {
        let carried = std::cell::RefCell::new(vec![]);
        let out = Traced::<f32>::scan(0..3, w, |_, x| {
            let kept = (x * 0.5).keep();
            carried.borrow_mut().push(kept);
            kept * x
        });
        carried.borrow()[0].sum() + out.sum()
    });
    assert!(matches!(step.map(drop), Err(Error::Escaped { .. })));
}

/// A step inside of another one keeps its own; what its loss did not need may be needed around it.
#[test]
fn steps_inside_of_steps() {
    let (a, b): (Param<Shape![2]>, Param<Shape![2]>) = (Cpu.tensor([1.0, 2.0]).into(), Cpu.tensor([3.0, 5.0]).into());
    let (_, outer) = a
        .value_and_grad(|a| {
            let h = (a * 2.0).keep();
            let (_, inner, rest) = b
                .value_grad_and(|b| {
                    let k = (h * b).keep();
                    let of_outer = (h * h).keep();
                    (k.sum(), (of_outer * 3.0).sum())
                })
                .unwrap();
            assert_eq!(inner.as_slice(), [2.0, 4.0], "h is a constant to it");
            rest + h.sum()
        })
        .unwrap();
    // d/da (3 · 4a² + 2a)
    assert_eq!(outer.as_slice(), [26.0, 50.0]);
    let (_, through) = a.value_and_grad(|a| b.infer(|b| (a * b).keep().square().sum()).unwrap()).unwrap();
    assert_eq!(through.as_slice(), [18.0, 100.0]);
}

/// A parameter that is only read by way of a kept value is named.
#[test]
fn what_is_only_read_is_found() {
    let model: (Param<Shape![2]>, Param<Shape![2]>) = (Cpu.ones().into(), Cpu.ones().into());
    let step = |used: bool| {
        model.value_and_grad(|(a, b)| {
            let h = (a * 2.0).keep();
            let read = h.eval();
            let loss = (b * &read).sum().boxed();
            if used { (loss + h.sum()).boxed() } else { loss }
        })
    };
    assert!(matches!(step(false).map(drop), Err(Error::Cut { parameters }) if parameters == ["`0`"]));
    assert!(step(true).is_ok());
    // And inside of a let.
    let step = model.value_and_grad(|(a, b)| {
        b.with(|b| {
            let h = (a * 2.0).keep();
            let read = h.eval();
            b * &read
        })
        .sum()
    });
    assert!(matches!(step.map(drop), Err(Error::Cut { parameters }) if parameters == ["`0`"]));
}

fn parameters() -> [Param<Shape![2], Weights<f64>>; 3] {
    [[1.0, 2.0], [3.0, 5.0], [7.0, 11.0]].map(|values| Cpu.tensor_of::<f64, _>(values).into())
}

/// What is kept inside of an inference belongs to the step around it: to a step beside it, it is a constant.
#[test]
fn a_step_beside_an_inference_leaves_what_that_kept_alone() {
    let [a, _, c] = parameters();
    let (_, da) = a
        .value_and_grad(|a| {
            let z = c.infer(|_| (a * 2.0).keep()).unwrap();
            let _ = c.value_and_grad(|c| (z * c).sum()).unwrap();
            z.sum()
        })
        .unwrap();
    assert_eq!(da.as_slice(), [2.0, 2.0]);
}

/// So does what an inner step leaves over.
#[test]
fn a_step_beside_another_leaves_what_that_left_over_alone() {
    let [a, b, c] = parameters();
    let (_, da) = a
        .value_and_grad(|a| {
            let (_, _, (x, y)) = b
                .value_grad_and(|b| {
                    let k = (a * 2.0).keep();
                    (b.sum(), (k * 1.0, k * 1.0))
                })
                .unwrap();
            let _ = c.value_and_grad(|c| (x * c).sum()).unwrap();
            y.sum()
        })
        .unwrap();
    assert_eq!(da.as_slice(), [2.0, 2.0]);
}

/// A gradient that comes when the value's own backward is over is never lost silently.
#[test]
fn gradients_that_come_too_late_are_errors() {
    let [a, b, _] = parameters();
    let inner = a.value_and_grad(|a| {
        let (_, _, rest) = b
            .value_grad_and(|b| {
                let k = (a * b).keep();
                (k.sum(), k.square().sum())
            })
            .unwrap();
        rest + a.sum()
    });
    assert!(matches!(inner.map(drop), Err(Error::Escaped { .. })));
    let kept = a.value_and_grad(|a| {
        let mut out = None;
        let y = (a * 2.0).with(|x| {
            let k = (x * 3.0).keep();
            out = Some(k * 1.0);
            k * x
        });
        y.sum() + out.unwrap().sum()
    });
    assert!(matches!(kept.map(drop), Err(Error::Escaped { .. })));
    let local = a.value_and_grad(|a| {
        let mut out = None;
        let y = (a * 2.0).with(|x| {
            out = Some(x * 1.0);
            x * x
        });
        y.sum() + out.unwrap().sum()
    });
    assert!(matches!(local.map(drop), Err(Error::Escaped { .. })));
}
