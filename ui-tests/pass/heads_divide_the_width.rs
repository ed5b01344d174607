//! The heads of an attention divide its width.
use congruent::prelude::*;

pub fn main() {
    let layer = MultiHeadAttention::<D<512>, D<8>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![1, 2, 512]>();
    let _ = layer.infer(|m| m.forward(&x, Attend::causal()).eval());
}
