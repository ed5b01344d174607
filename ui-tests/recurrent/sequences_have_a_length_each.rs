//! Each sequence of a recurrent layer has its length.
use congruent::prelude::*;

fn main() {
    let layer = Gru::<D<3>, D<4>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![2, 5, 3]>();
    let lengths = Cpu.tensor([5, 2, 1]);
    let _ = layer.infer(|m| m.forward_lengths(&x, &lengths).eval());
}
