//! The last axis of a sequence has the features that a recurrent layer was declared with.
use congruent::prelude::*;

fn main() {
    let gru = Gru::<D<3>, D<8>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![2, 5, 4]>();
    let _ = gru.infer(|m| m.forward(&x).eval());
}
