//! The heads of a transformer layer divide its width.
use congruent::nn::TransformerEncoderLayer;
use congruent::prelude::*;

fn main() {
    let layer = TransformerEncoderLayer::<D<16>, D<3>, D<32>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![1, 2, 16]>();
    let _ = layer.infer(|m| m.forward(&x, Attend::causal()).eval());
}
