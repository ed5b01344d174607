//! What an attention looks at is as wide as itself.
use congruent::prelude::*;

fn main() {
    let layer = MultiHeadAttention::<D<8>, D<2>>::new(Key::new(0));
    let (x, others) = (Cpu.ones::<Shape![1, 5, 8]>(), Cpu.ones::<Shape![1, 7, 6]>());
    let _ = layer.infer(|m| m.attend(&x, &others, &others, Attend::all()).eval());
}
