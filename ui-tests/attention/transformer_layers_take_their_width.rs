//! Tokens are as wide as the transformer layer that takes them.
use congruent::nn::TransformerEncoderLayer;
use congruent::prelude::*;

fn main() {
    let layer = TransformerEncoderLayer::<D<8>, D<2>, D<16>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![1, 5, 6]>();
    let _ = layer.infer(|m| m.forward(&x, Attend::all()).eval());
}
