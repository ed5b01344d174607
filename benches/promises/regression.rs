//! A step of linear regression, 8 features and a batch of 32: arithmetic for 80 ns, so all the rest is the library's.

use crate::Promise;
use crate::race::race;
use congruent::prelude::*;

/// Nanoseconds.
const LIMIT: f64 = 500.0;

const BATCH: usize = 32;
const FEATURES: usize = 8;
const RATE: f64 = 1e-5;

pub(crate) fn promise() -> Promise {
    let x: Tensor<Shape![32, 8]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
    let y: Tensor<Shape![32, 1]> = Cpu.uniform(Default::default(), Key::new(2), -1.0, 1.0);
    let mut line = Linear::<D<8>, D<1>>::new(Key::new(3));
    let mut hand = ByHand::new(line.weight.as_slice());
    let mut optimizer = Sgd::new(&line, RATE);
    let mut step = || {
        let (loss, grads) = line.value_and_grad(|line| line.forward(&x).mse(&y)).expect("sizes of the types");
        optimizer.step(&mut line, &grads);
        loss
    };
    let (ours, theirs) = (step(), hand.step(x.as_slice(), y.as_slice()));
    assert!((ours - theirs).abs() < 1e-5, "the losses differ: {ours} and {theirs}");

    let (ours, theirs) = race(step, || hand.step(x.as_slice(), y.as_slice()));
    println!("# regression: {:.0} ns a step, by hand {:.0}", ours * 1e9, theirs * 1e9);
    Promise { name: "regression_step_ns".into(), measured: ours * 1e9, limit: LIMIT }
}

struct ByHand {
    weight: [f32; FEATURES],
    bias: f32,
}

impl ByHand {
    fn new(weight: &[f32]) -> Self {
        ByHand { weight: std::array::from_fn(|i| weight[i]), bias: 0.0 }
    }

    fn step(&mut self, x: &[f32], y: &[f32]) -> f32 {
        let (mut loss, mut slope, mut shift) = (0.0, [0.0; FEATURES], 0.0);
        for (row, target) in x.chunks_exact(FEATURES).zip(y) {
            let product: f32 = row.iter().zip(&self.weight).map(|(x, w)| x * w).sum();
            let error = product + self.bias - target;
            loss += error * error;
            shift += error;
            slope.iter_mut().zip(row).for_each(|(slope, x)| *slope += error * x);
        }
        let rate = RATE as f32 * 2.0 / BATCH as f32;
        self.weight.iter_mut().zip(slope).for_each(|(weight, slope)| *weight -= rate * slope);
        self.bias -= rate * shift;
        loss / BATCH as f32
    }
}
