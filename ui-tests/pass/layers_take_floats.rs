//! A linear layer takes floating-point tensors, not ids.
use congruent::nn::Linear;
use congruent::prelude::*;

pub fn main() {
    let layer = Linear::<D<3>, D<2>>::new(Key::new(0));
    let ids = Cpu.tensor([[1.0, 2.0, 3.0]]);
    let _ = layer.infer(|m| m.forward(&ids).eval());
}
