//! A layer takes the element type of its weights.
use congruent::nn::Linear;
use congruent::prelude::*;

pub fn main() {
    let layer = Linear::<D<3>, D<2>>::new(Key::new(0));
    let x = Cpu.tensor_of::<f32, _>([[1.0, 2.0, 3.0]]);
    let _ = layer.infer(|m| m.forward(&x).eval());
}
