//! A loss is a scalar, also beside other results.
use congruent::nn::Linear;
use congruent::prelude::*;

pub fn main() {
    let layer = Linear::<D<784>, D<10>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![2, 784]>();
    let _ = layer.value_grad_and(|m| (m.forward(&x).mean(), 7));
}
