//! Multi-head attention takes batches of tokens.
use congruent::prelude::*;

pub fn main() {
    let layer = MultiHeadAttention::<D<8>, D<2>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![1, 5, 8]>();
    let _ = layer.infer(|m| m.forward(&x, Attend::all()).eval());
}
