//! A decoder reads what is as wide as itself.
use congruent::nn::TransformerDecoderLayer;
use congruent::prelude::*;

fn main() {
    let layer = TransformerDecoderLayer::<D<8>, D<2>, D<16>>::new(Key::new(0));
    let (x, memory) = (Cpu.ones::<Shape![1, 5, 8]>(), Cpu.ones::<Shape![1, 7, 6]>());
    let _ = layer.infer(|m| m.forward(&x, &memory, Attend::causal(), Attend::all()).eval());
}
