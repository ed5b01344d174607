//! Inside `infer` there are no gradients.
use congruent::nn::Linear;
use congruent::prelude::*;

pub fn main() {
    let layer = Linear::<D<784>, D<10>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![2, 784]>();
    let _ = layer.infer(|m| m.forward(&x).mean().eval());
}
