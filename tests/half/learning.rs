//! Training: models of 16-bit weights learn, and their gradients and steps are those of `f32`, rounded.

use super::{Half, both, uniform, wide};
use congruent::device::Host;
use congruent::io::NpzFile;
use congruent::model::{EachMut, Gradient, Path, Tree};
use congruent::prelude::*;

/// What losses are multiplied by, and learning rates divided.
const SCALE: f64 = 256.0;

dims! { Examples = ?, Pixels = 8 * 8, Hidden = 64, Classes = 10, Tokens = ? }

#[derive(Model)]
struct Net<P: Part = Weights> {
    first: Linear<Pixels, Hidden, P>,
    norm: LayerNorm<Hidden, P>,
    blocks: Vec<Linear<Hidden, Hidden, P>>,
    scores: Linear<Hidden, Classes, P>,
}

impl Net {
    fn new(seed: u64) -> Self {
        let mut keys = Keys::new(seed);
        Net {
            first: Linear::new(keys.next_key()),
            norm: LayerNorm::new(),
            blocks: (0..2).map(|_| Linear::new(keys.next_key())).collect(),
            scores: Linear::new(keys.next_key()),
        }
    }
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, Pixels), P>) -> Ex![P; B, Classes] {
        let hidden = self.norm.forward(self.first.forward(x)).gelu();
        // Smooth: where `relu` meets a rounded 0, its slope would be another.
        let hidden = P::scan(self.blocks, hidden, |block, x| x.with(|x| x + block.forward(x).tanh()));
        self.scores.forward(hidden)
    }
}

fn gradients<E: Real, G: Tree<Grads<E, Cpu>>>(mut grads: G) -> Vec<f64> {
    struct Collect(Vec<f64>);
    impl<E: Real> EachMut<Grads<E, Cpu>> for Collect {
        fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &mut Gradient<E, Cpu>) {
            self.0.extend(Cpu.slice(gradient.values()).iter().map(|x| x.as_f64()));
        }
    }
    let mut collect = Collect(Vec::new());
    grads.each_mut(&mut collect, &Path::ROOT);
    collect.0
}

/// The same model over `f32`, from the same rounded weights: gradients agree to a few steps of the type, relative to
/// the largest of them, for activations are rounded between the layers. The loss is scaled, or gradients of `f16` would
/// be subnormal.
fn gradients_of_a_model<E: Half>() {
    let half: Net<Weights<E>> = Net::new(1).cast();
    let single: Net<Weights<f32>> = half.cast();
    let x: Tensor<(Examples, Pixels), E> = uniform((Examples(300), Pixels), 2);
    let labels = Cpu.from_fn((Examples(300),), |i| i as i64 % 10);
    let (loss, grads) = half.value_and_grad(|net| net.forward(&x).cross_entropy(&labels) * SCALE).expect("sizes");
    let y = x.convert::<f32>();
    let (wanted, single) = single.value_and_grad(|net| net.forward(&y).cross_entropy(&labels) * SCALE).expect("sizes");
    assert!((loss.as_f64() - f64::from(wanted)).abs() < 4.0 * E::EPSILON * f64::from(wanted));
    let (found, wanted) = (gradients(grads), gradients(single));
    let size = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>().sqrt();
    let apart: Vec<f64> = found.iter().zip(&wanted).map(|(a, b)| a - b).collect();
    assert!(size(&apart) < 1.5 * E::EPSILON * size(&wanted), "{} of {}", size(&apart), size(&wanted));
}

/// One step of each optimizer, against `f32` from the same weights and gradients.
fn one_step<E: Half>() {
    let w: Tensor<Shape![7, 17], E> = uniform(Default::default(), 3);
    macro_rules! step {
        ($($optimizer:expr, $double:expr;)*) => { $(
            let mut half: Param<_, Weights<E>> = w.clone().into();
            let mut single: Param<_, Weights<f32>> = w.convert::<f32>().into();
            let (mut own, mut wanted) = ($optimizer(&half), $double(&single));
            for _ in 0..2 {
                let grads = half.value_and_grad(|w| (w.square() * 0.5).sum()).expect("sizes").1;
                own.step(&mut half, &grads);
                let grads = single.value_and_grad(|w| (w.square() * 0.5).sum()).expect("sizes").1;
                wanted.step(&mut single, &grads);
            }
            for (found, wanted) in half.as_slice().iter().zip(single.as_slice()) {
                let error = (found.as_f64() - f64::from(*wanted)).abs();
                assert!(error <= 2.0 * E::EPSILON * 0.5_f64.max(f64::from(*wanted).abs()), "{found}, not {wanted}");
            }
        )* };
    }
    step! {
        |w: &_| Sgd::<_, E>::new(w, 0.1), |w: &_| Sgd::new(w, 0.1);
        |w: &_| AdamW::<_, E>::new(w, 0.01), |w: &_| AdamW::new(w, 0.01);
    }
    let mut grads = Param::<Shape![2], Weights<E>>::from(super::filled((D::<2>,), 300.0))
        .value_and_grad(|w| (w * 200.0).sum())
        .expect("sizes")
        .1;
    let norm = congruent::optim::clip_grad_norm(&mut grads, 1.0);
    assert!((norm - 200.0 * 2_f64.sqrt()).abs() < 0.01, "{norm}: the squares are beyond f16");
    assert!((grads.as_slice()[0].as_f64() - 0.5_f64.sqrt()).abs() < E::EPSILON);
}

type Digits<E> = (Tensor<(Examples, Pixels), E>, Tensor<(Examples,), i64>);

/// 1500 digits to learn from, 297 to be asked about.
fn digits<E: Real>() -> (Digits<E>, Digits<E>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.npz");
    let mut file = NpzFile::open(path).expect("the file is part of the crate");
    let labels: Tensor<(Examples,), i64> = file.tensor("labels").expect("it has labels");
    let images: Tensor<(Examples, D<8>, D<8>), u8> = file.tensor("images").expect("it has images");
    let part = |from: usize, to: usize| {
        let pixels = |i: usize| E::of_f64(f64::from(images.as_slice()[64 * from + i]) / 16.0);
        let x = Cpu.from_fn((Examples(to - from), Pixels), pixels);
        (x, Cpu.from_fn((Examples(to - from),), |i| labels.as_slice()[from + i]))
    };
    (part(0, 1500), part(1500, 1797))
}

/// How many of 297 digits a net of this type reads after 150 small steps.
fn digits_read<E: Real>() -> usize {
    let (train, test) = digits::<E>();
    let mut net: Net<Weights<E>> = Net::new(4).cast();
    // Adam's squares of gradients underflow in `f16`; steps of plain gradients do not.
    let mut optimizer = Sgd::<_, E>::new(&net, 0.1 / SCALE);
    for step in 0..150 {
        let from = step * 100 % 1500;
        let batch = Cpu.from_fn((Examples(100), Pixels), |i| train.0.as_slice()[64 * from + i]);
        let labels = Cpu.from_fn((Examples(100),), |i| train.1.as_slice()[from + i]);
        let loss = net.value_and_grad(|net| net.forward(&batch).cross_entropy(&labels) * SCALE);
        optimizer.step(&mut net, &loss.expect("labels below 10").1);
    }
    let scores: Tensor<(Examples, Classes), E> = net.infer(|net| net.forward(&test.0).eval()).expect("sizes");
    scores.argmax_axis::<1>().to_vec().iter().zip(test.1.as_slice()).filter(|(a, b)| a == b).count()
}

#[test]
fn digits_are_learned_as_by_f32() {
    let [single, brain, half] = [digits_read::<f32>(), digits_read::<bf16>(), digits_read::<f16>()];
    println!("of 297 digits f32 reads {single}, bf16 {brain}, f16 {half}");
    assert!(single > 250 && brain.abs_diff(single) < 12 && half.abs_diff(single) < 12, "{single}, {brain}, {half}");
}

/// Weights in `f32`, products in 16 bits: what is called mixed precision.
fn mixed_precision<E: Half>() {
    let net = Linear::<Pixels, Hidden>::new(Key::new(5));
    let x: Tensor<(Examples, Pixels), E> = uniform((Examples(33), Pixels), 6);
    let (_, grads) = net
        .value_and_grad(|net| (x.matmul(net.weight.cast::<E>()) + net.bias.cast::<E>()).tanh().cast::<f32>().mean())
        .expect("sizes");
    let y = x.convert::<f32>();
    let (_, wanted) = net.value_and_grad(|net| net.forward(&y).tanh().mean()).expect("sizes");
    let largest = wide(&wanted.weight.tensor()).into_iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    for (found, wanted) in grads.weight.as_slice().iter().zip(wanted.weight.as_slice()) {
        assert!(f64::from((found - wanted).abs()) < 4.0 * E::EPSILON * largest, "{found}, not {wanted}");
    }
}

both! {
    gradients_are_those_of_f32: gradients_of_a_model;
    a_step_is_that_of_f32: one_step;
    weights_of_f32_and_products_of_halves: mixed_precision;
}
